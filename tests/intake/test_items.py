"""Own questions are read as they stand, and everything that can't be meant is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keepstone.core.errors import InputError
from keepstone.intake import items

if TYPE_CHECKING:
    from pathlib import Path


FIELDS = "q.csv:1: The fields of a question must be question, kind, document, right, secret, canary, template, prompt or group:NAME; got"
SHORT = "must be one word of at least 6 letters, so that nobody says it by accident; got"


def written(folder: Path, text: str | bytes, name: str = "q.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def problems(folder: Path, text: str | bytes, name: str = "q.csv") -> list[str]:
    path = written(folder, text, name)
    with pytest.raises(InputError) as caught:
        items.read(path)
    return [said.replace(str(path), name) for said in caught.value.problems]


def test_a_table_and_lines_say_the_same(tmp_path: Path) -> None:
    one = items.read(written(tmp_path, 'question,right,group:sex,secret\nWhen?,"9 to 5\n9-17",f,\n"Who, me?",,,DOOR-77\n'))
    lines = '{"question": "When?", "right": ["9 to 5", "9-17"], "group:sex": "f"}\n\n{"question": "Who, me?", "secret": "DOOR-77"}\n'
    other = items.read(written(tmp_path, lines, "q.jsonl"))
    assert [(row.texts, row.groups) for row in one] == [(row.texts, row.groups) for row in other]
    assert [row.where.rpartition("/")[2] for row in one] == ["q.csv:2", "q.csv:4"]
    assert [row.where.rpartition("/")[2] for row in other] == ["q.jsonl:1", "q.jsonl:3"]
    assert one[0].texts["right"].splitlines() == ["9 to 5", "9-17"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "question,answer\na,b\n",
            f'{FIELDS} "answer".',
        ),
        ("kind,right\ntest,b\n", "q.csv:1: A question must have the field «question»."),
        ("question,right\n ,b\n", "q.csv:2: The «question» must be a text; it is empty."),
        ("question,secret\nx,7741\n", f'q.csv:2: The «secret» {SHORT} "7741".'),
        (
            "question,canary\nx,two words\n",
            f'q.csv:2: The «canary» {SHORT} "two words".',
        ),
        ("question,right\nx\x1b[31m,b\n", 'q.csv:2: The «question» must be text; got control characters: "x\\x1b[31m".'),
        ("question,right\nx,y,z\n", "q.csv:2: The row must have 2 cells, as the header; got 3."),
        (
            "question,group:\nx,y\n",
            f'{FIELDS} "group:".',
        ),
    ],
)
def test_what_can_t_be_meant_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert problems(tmp_path, text) == [said]


def test_a_text_without_end_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, f"question,right\n{'x' * (items.LONGEST + 1)},b\n") == ["q.csv:2: The «question» must have at most 100,000 letters; got 100,001."]


@pytest.mark.parametrize(
    "line",
    [
        b"[1]",
        b"{",
        b'{"question": 7}',
        b'{"question": {"a": "b"}}',
        b"[" * 100_000,
        b'{"question": ' + b"[" * 100_000,
        b'{"question": "\xff"}',
        b'"text"',
        b"nan",
    ],
)
def test_a_line_that_is_no_object_of_texts_is_refused(tmp_path: Path, line: bytes) -> None:
    (said,) = problems(tmp_path, b'{"question": "a"}\n' + line, "q.jsonl")
    assert said.startswith("q.jsonl:2: The line must be a JSON object of texts, or of lists of texts:")
    assert len(said) < 400


def test_problems_are_counted_beyond_the_first(tmp_path: Path) -> None:
    found = problems(tmp_path, "question,secret\n" + "x,short\n" * 50)
    assert len(found) == 21
    assert found[-1] == "q.csv: and 30 more."


def test_no_question_and_no_file(tmp_path: Path) -> None:
    assert problems(tmp_path, "\n\n", "q.jsonl") == ["q.jsonl: There must be at least one question."]
    for name in ("nothing.csv", "nothing.jsonl"):
        with pytest.raises(InputError, match="There is no such file"):
            items.read(tmp_path / name)
