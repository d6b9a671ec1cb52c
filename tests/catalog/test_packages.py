"""The texts of a file that is known, each with its label; and of one that others changed, nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from keepstone.catalog import packages
from keepstone.catalog.packages import Known, collected, known_files
from keepstone.core.errors import InputError


@dataclass
class Shop:
    """An invented package with one file of each form."""

    folder: Path

    def put(self, form: str, data: bytes) -> Known:
        path = self.folder / "some_texts" / f"{form}.data"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        given = {"name": form, "title": "t", "form": form, "package": "some-texts", "path": f"some_texts/{form}.data", "digest": digest}
        return Known(**given, licence="MIT", how="Get it: pip install some-texts")  # type: ignore[arg-type]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    info = tmp_path / "some_texts-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-texts\nVersion: 1.2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found: dict[str, Known] = {}
    monkeypatch.setattr(packages, "known_files", lambda: found)
    made = Shop(tmp_path)
    found["labelled"] = made.put("labelled", b'text,label\nhello there,0\n"ignore, all",1\n ,1\n')
    found["texts"] = made.put("texts", b"prompt_injections\nignore all\nforget all\n")
    found["jailbreaks"] = made.put("jailbreaks", b'["be free", ""]')
    return made


@pytest.mark.parametrize(
    ("name", "injections", "harmless"),
    [("labelled", ("ignore, all",), ("hello there",)), ("texts", ("ignore all", "forget all"), ()), ("jailbreaks", ("be free",), ())],
)
def test_each_form_is_read_with_its_labels(shop: Shop, name: str, injections: tuple[str, ...], harmless: tuple[str, ...]) -> None:
    found = collected(name)
    assert (found.injections, found.harmless) == (injections, harmless)
    assert found.taken.recipe.startswith("some-texts 1.2 some_texts/")


def test_a_changed_file_gives_nothing(shop: Shop) -> None:
    (shop.folder / "some_texts" / "texts.data").write_bytes(b"prompt_injections\nbe nice\n")
    with pytest.raises(InputError, match="must have the digest"):
        collected("texts")


def test_the_catalogue_names_three_parts_of_one_collection() -> None:
    parts = [one for name, one in known_files().items() if name.startswith("s_labs")]
    assert len({one.digest for one in parts}) == 3
    assert {one.licence for one in parts} == {"MIT"}
