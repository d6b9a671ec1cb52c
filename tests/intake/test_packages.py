"""A file of a package is the one that is known, or it is not read; and nothing of the package runs."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from keepstone.catalog.packages import known, known_files
from keepstone.core.errors import InputError
from keepstone.intake import packages
from keepstone.intake.packages import Pinned, read, unread

DATA = b"text,label\nhello,0\n"
PINNED = Pinned(
    package="some-texts",
    path="some_texts/data/a.csv",
    digest=f"sha256:{hashlib.sha256(DATA).hexdigest()}",
    licence="MIT",
    how="Get it: pip install some-texts",
)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that breaks when it is imported, with one file of data."""
    info = tmp_path / "some_texts-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-texts\nVersion: 1.2\n")
    folder = tmp_path / "some_texts" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "some_texts" / "__init__.py").write_text("raise SystemExit('imported')\n")
    (folder / "a.csv").write_bytes(DATA)
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder / "a.csv"


def test_it_is_read_with_all_that_tells_where_it_came_from(installed: Path) -> None:
    taken = read(PINNED)
    assert taken.data == DATA
    assert taken.recipe == f"some-texts 1.2 some_texts/data/a.csv {PINNED.digest} MIT"
    assert unread(PINNED) == ""
    assert "some_texts" not in sys.modules


def test_what_is_not_installed_is_told_with_how_to_get_it() -> None:
    with pytest.raises(InputError, match="«some-texts» is not installed") as raised:
        read(PINNED)
    assert raised.value.hint == PINNED.how
    assert unread(PINNED) == "The package «some-texts» is not installed. Get it: pip install some-texts"


def test_one_byte_of_another_makes_it_another_file(installed: Path) -> None:
    installed.write_bytes(DATA.replace(b"0", b"1"))
    with pytest.raises(InputError, match=f"1.2 must have the digest {PINNED.digest}; got sha256:"):
        read(PINNED)


@pytest.mark.parametrize("spoil", ["gone", "folder", "large"])
def test_what_is_no_file_of_a_fair_size_is_not_read(installed: Path, monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    if spoil == "large":
        monkeypatch.setattr(packages, "LARGEST", 3)
    else:
        installed.unlink()
    if spoil == "folder":
        installed.mkdir()
    with pytest.raises(InputError, match=r"has no file some_texts/data/a\.csv"):
        read(PINNED)


@pytest.mark.parametrize("path", ["/etc/passwd", "some_texts/../../a.csv"])
def test_a_path_that_leads_out_of_the_package_is_refused(installed: Path, path: str) -> None:
    with pytest.raises(InputError, match="must lie inside it"):
        read(replace(PINNED, path=path))


def test_every_known_file_has_a_digest_a_licence_and_a_way_to_get_it() -> None:
    assert {"s_labs", "s_labs_train", "in_the_wild"} <= set(known_files())
    for one in known_files().values():
        assert len(one.digest) == len("sha256:") + 64
        assert one.licence
        assert "pip install" in one.how
    with pytest.raises(InputError, match="must be one of s_labs"):
        known("s_lab")


@pytest.mark.parametrize("name", sorted(known_files()))
def test_the_installed_file_is_the_known_one(name: str) -> None:
    try:
        distribution(known(name).package)
    except PackageNotFoundError:
        pytest.skip(f"{known(name).package} is not installed")
    assert read(known(name).pinned).data
