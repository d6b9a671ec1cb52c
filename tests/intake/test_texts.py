"""Texts of the operator's own, one a line; what is no text is told with its line."""

from __future__ import annotations

import pathlib

import pytest

from keepstone.core.errors import InputError
from keepstone.intake.texts import LONGEST, read_texts


def test_a_text_a_line_and_empty_lines_are_none(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "calm.txt"
    path.write_bytes("\ufeffWhen do you open?\r\n\r\n  Grüße\tan Karl \n".encode())
    assert read_texts(path) == ("When do you open?", "Grüße\tan Karl")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\n \n", "There must be at least one text"),
        (b"fine\n\xff\xfe", "must be UTF-8; byte 5"),
        (b"fine\na\x00b\n", ":2: A line must be text"),
        (b"x" * (LONGEST + 1), ":1: A text must have at most"),
        (b"\x01\n" * 30, "and 10 more"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: pathlib.Path, data: bytes, told: str) -> None:
    path = tmp_path / "calm.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=told):
        read_texts(path)


def test_a_file_that_is_none_is_refused(tmp_path: pathlib.Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(InputError, match="no such file"):
            read_texts(path)
