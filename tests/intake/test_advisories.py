"""Advisories: the schema's own rule, and nothing undecided called unaffected."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from keepstone.core.errors import InputError
from keepstone.intake import advisories
from keepstone.intake.advisories import Advisory, affects, read_advisories

pytest.importorskip("packaging")


def advisory(events: list[dict[str, str]] | None = None, versions: tuple[str, ...] = (), kind: str = "ECOSYSTEM", **more: object) -> Advisory:
    ranges = [] if events is None else [{"type": kind, "events": events}]
    affected = [{"package": {"ecosystem": "PyPI", "name": "Foo_Bar"}, "ranges": ranges, "versions": versions}]
    return read_advisories(json.dumps({"id": "EX-1", "affected": affected} | more).encode(), name="a.json")[0]


@pytest.mark.parametrize(
    ("events", "version", "wanted"),
    [
        ([{"introduced": "0"}, {"fixed": "1.2"}], "1.1", True),
        ([{"introduced": "0"}, {"fixed": "1.2"}], "1.2", False),
        ([{"introduced": "0"}, {"fixed": "1.2"}], "1.2rc1", True),
        ([{"introduced": "0"}, {"fixed": "1.10"}], "1.9", True),
        ([{"introduced": "2"}, {"last_affected": "2.5"}], "2.5", True),
        ([{"introduced": "2"}, {"last_affected": "2.5"}], "2.5+cu12", True),
        ([{"introduced": "2"}, {"last_affected": "2.5"}], "2.5.post1", False),
        ([{"introduced": "2"}, {"last_affected": "2.5"}], "1", False),
        ([{"fixed": "2"}, {"introduced": "3"}, {"introduced": "1"}, {"fixed": "4"}], "2.5", False),
        ([{"introduced": "0"}, {"fixed": "1"}, {"introduced": "1"}, {"fixed": "2"}], "1", True),
        ([{"introduced": "0"}, {"limit": "2"}], "3", False),
        ([{"introduced": "0"}, {"limit": "*"}], "3", True),
        ([{"introduced": "0"}], "not a version", None),
        ([{"introduced": "0"}, {"fixed": "what"}], "1", None),
        ([{"introduced": "what"}], "1", None),
    ],
)
def test_a_range_is_read_as_the_schema_says(events: list[dict[str, str]], version: str, wanted: object) -> None:
    assert affects(advisory(events), "foo.bar", version) is wanted


def test_listed_versions_count_whatever_way_they_are_spelt() -> None:
    one = advisory(versions=("1.0", "weird"))
    assert [affects(one, "foo-bar", version) for version in ("1.0.0", "weird", "1.1")] == [True, True, False]


def test_commits_alone_decide_nothing() -> None:
    assert affects(advisory([{"introduced": "0"}], kind="GIT"), "foo-bar", "1") is None


def test_another_package_or_another_ecosystem_is_not_meant() -> None:
    assert affects(advisory([{"introduced": "0"}]), "foo", "1") is False
    npm = json.dumps({"id": "EX", "affected": [{"package": {"ecosystem": "npm", "name": "foo"}, "versions": ["1"]}]}).encode()
    assert affects(read_advisories(npm, name="a")[0], "foo", "1") is False


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(f"{name}.json", data)
    return out.getvalue()


def test_a_record_a_list_lines_and_an_archive_are_read() -> None:
    one, two = b'{"id": "A"}', b'{"id": "B", "more": 1}'
    assert [each.id for each in read_advisories(one, name="a")] == ["A"]
    for data in (b"[" + one + b"," + two + b"]", one + b"\n" + two + b"\n", archive(a=one, b=two)):
        assert [each.id for each in read_advisories(data, name="a")] == ["A", "B"]
    assert read_advisories(b'{\n "id": "A"\n}', name="a")[0].id == "A"


def test_a_field_that_is_null_is_an_empty_one() -> None:
    one = read_advisories(b'{"id": "A", "aliases": null, "withdrawn": null, "affected": [{"package": null, "ranges": null, "versions": null}]}', name="a")[0]
    assert affects(one, "foo", "1") is False
    assert affects(read_advisories(b'{"id": "A", "affected": null}', name="a")[0], "foo", "1") is False


def test_what_was_withdrawn_is_passed_over() -> None:
    assert read_advisories(b'{"id": "A", "withdrawn": "2026-01-01T00:00:00Z"}', name="a") == ()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"7", b"\xff", b"[" * 100_000, b'{"id": 7}', b"PK\x03\x04 no archive", b'{"id": "A"}\nno', archive(a=b"x"), archive()]
)
def test_what_is_no_export_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_advisories(data, name="a\x1b.json")
    assert str(caught.value).isprintable()


def test_an_archive_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisories, "LARGEST_RECORD", 1000)
    with pytest.raises(InputError, match="must be at most 1,000 bytes unpacked"):
        read_advisories(archive(a=b" " * 100_000), name="a")


def test_a_damaged_archive_is_refused_wherever_it_is_damaged() -> None:
    whole = archive(a=b'{"id": "A", "summary": "' + b"x" * 300 + b'"}')
    for at in range(4, len(whole)):
        try:
            read_advisories(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :], name="a")
        except InputError as error:
            assert str(error).isprintable()  # noqa: PT017  a time stamp that is changed harms nothing, anything else is said in a line
