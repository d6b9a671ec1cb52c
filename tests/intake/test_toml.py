"""Reading a file that a person wrote: what comes out, and what is said when it is wrong."""

from __future__ import annotations

import pathlib

import pytest

from keepstone.core.errors import InputError
from keepstone.intake import toml


def refusal(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        toml.parse(data, name="s.toml")
    return str(caught.value)


def test_a_file_is_read(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "system.toml"
    file.write_bytes(b'\xef\xbb\xbfname = "triage"\r\n[data]\r\nrows = 3\r\n')
    root = toml.read(file)
    assert (root.text("name"), root.sub("data").integer("rows")) == ("triage", 3)
    root.finish()


def test_no_such_file(tmp_path: pathlib.Path) -> None:
    for name in ("none.toml", "none\0.toml", "x" * 5000, "\x1b[31m"):
        with pytest.raises(InputError, match="There is no such file") as caught:
            toml.read(tmp_path / name)
        assert "keepstone init" in caught.value.hint
        assert "\x1b" not in str(caught.value)


def test_what_is_no_plain_file_is_refused(tmp_path: pathlib.Path) -> None:
    for path in (tmp_path, pathlib.Path("/dev/zero")):
        with pytest.raises(InputError, match="There is no such file"):
            toml.read(path)


def test_a_large_file_is_refused_without_reading_it_all(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "large.toml"
    with file.open("wb") as stream:
        stream.truncate(10 << 30)  # ten gigabytes declared, none written
    with pytest.raises(InputError, match="at most 1,048,576 bytes"):
        toml.read(file)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = 1\nb = tru", "s.toml:2:5: This is not TOML: invalid value."),
        (b"a = 1\na = 2\n", "s.toml:2:6: This is not TOML: cannot overwrite a value."),
        (b"a = [1,\n2", "s.toml:2:2: This is not TOML: unclosed array."),
        (b"ok = 1\nx = '\xff'", "s.toml:2:6: The file must be UTF-8; got byte 0xff."),
        (b"a = " + b"9" * 5000, "s.toml: This can't be read as TOML: an integer has too many digits."),
    ],
)
def test_the_place_of_a_syntax_error(data: bytes, said: str) -> None:
    assert refusal(data) == said


@pytest.mark.parametrize(
    "bomb",
    [b"a." * 200_000 + b"a = 1", b"[" + b"a." * 200_000 + b"a]", b"x = " + b"[" * 200_000, b"x = " + b"{a=" * 100_000, b"[[" + b"'b' . " * 90_000],
    ids=["dotted", "header", "arrays", "inline", "quoted"],
)
def test_a_bomb_is_refused_before_it_is_parsed(bomb: bytes) -> None:
    assert refusal(b"name = 1\n" + bomb).startswith("s.toml:2: Nesting and dotted keys must be at most 32 levels deep.")
