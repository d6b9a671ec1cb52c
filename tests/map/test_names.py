"""Names of files stay in their folder, as text and after links."""

from __future__ import annotations

import pathlib

import pytest

from keepstone.core.errors import InputError
from keepstone.intake import toml
from keepstone.map.names import finding_pattern, inside, lies_within, risk_patterns

TRICKS = [
    *("", "/etc/passwd", "..", "../a", "a/../../b", "a/..", "./a", "a//b", "a/", "~", "~root/a", "C:a", "C:\\a", "\\\\host\\a", "a\\..\\b"),
    *("a\0b", "a\nb", "file:///etc/passwd", "http://host/a", " /a", "a/ ../b", "\u202ea"),
]


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_that_leads_out_is_refused(name: str, tmp_path: pathlib.Path) -> None:
    assert not lies_within(name)
    with pytest.raises(InputError, match="must be the path of a file beside the system file") as caught:
        inside(tmp_path, name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["a.csv", "data/a.csv.gz", "Fälle 2025.csv", "a..b/c", "...", "a b/c d.toml"])
def test_a_plain_name_is_taken(name: str, tmp_path: pathlib.Path) -> None:
    assert lies_within(name)
    assert inside(tmp_path, name) == (tmp_path / name).resolve()


def test_a_link_that_leads_out_is_refused_and_one_that_stays_is_not(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (folder / "real.csv").write_text("a\n1\n")
    (folder / "out.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "up").symlink_to(tmp_path)
    (folder / "in.csv").symlink_to(folder / "real.csv")
    for name in ("out.csv", "up/secret.csv"):
        with pytest.raises(InputError, match="it leads elsewhere"):
            inside(folder, name)
    assert inside(folder, "in.csv") == (folder / "real.csv").resolve()


def test_patterns_begin_with_an_area_or_a_star() -> None:
    root = toml.parse(b'a = "robustness.*"\nb = "*.missed"\nc = "rob*.missed"\nd = "rain.*"\ne = "robustness.(a+)+"\nf = ["fairness.*", "x.y"]', name="s.toml")
    assert [finding_pattern(root, key) for key in "abcde"][:3] == ["robustness.*", "*.missed", "rob*.missed"]
    risk_patterns(root, "f")
    with pytest.raises(InputError) as caught:
        root.finish()
    assert [problem[: problem.index(" must")] for problem in caught.value.problems] == [
        "s.toml:4: The «d» of «s.toml»",
        "s.toml:5: The «e» of «s.toml»",
        "s.toml:6: The «f 2» of «s.toml»",
    ]
