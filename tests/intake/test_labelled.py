"""The file of labels: read strictly, written whole, and left as it was where a writer was interrupted."""

from __future__ import annotations

import pathlib

import pytest

from keepstone.core.errors import InputError
from keepstone.intake.labelled import Line, append, item_of, read

ITEM = item_of("q", "r")


def put(path: pathlib.Path, text: str) -> pathlib.Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_one_line_may_hold_all_and_more_lines_add_to_it(tmp_path: pathlib.Path) -> None:
    path = put(
        tmp_path / "x.jsonl",
        '{"question": "q", "reply": "r", "rater": "ann", "label": 1, "judge": "ab1", "says": 0, "times": 3}\n'
        f'{{"item": "{ITEM}", "rater": "ben", "label": 0}}\n\n'
        f'{{"item": "{ITEM}", "rater": "ben", "label": null}}\n',
    )
    labels = read(path)
    assert labels.items[ITEM].times == 3
    assert labels.votes == {"ann": {ITEM: 1}, "ben": {ITEM: None}}
    assert labels.opinions == {"ab1": {ITEM: 0}}
    assert labels.truth == {ITEM: 1}


def test_more_than_half_decide_and_split_raters_decide_nothing(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.jsonl"
    append(path, [Line(question="q", reply="r", rater="ann", label=1), Line(item=ITEM, rater="ben", label=0)])
    assert (read(path).truth, read(path).split) == ({}, 1)
    append(path, [Line(item=ITEM, rater="cy", label=0)])
    assert (read(path).truth, read(path).split) == ({ITEM: 0}, 0)


def test_a_line_that_an_interrupted_writer_left_is_passed_over_and_then_replaced(tmp_path: pathlib.Path) -> None:
    path = put(tmp_path / "x.jsonl", '{"question": "q", "reply": "r"}\n{"item": "12')
    assert list(read(path).items) == [ITEM]
    append(path, [Line(item=ITEM, rater="ann", label=1)])
    assert read(path).truth == {ITEM: 1}
    assert path.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[]", "JSON object of a label"),
        ('{"question": "q"}', "«question» and the «reply»"),
        ('{"item": "abc", "rater": "ann", "label": 1}', "whose texts stand in a line before"),
        ('{"item": "abc", "question": "q", "reply": "r"}', "that of its question and reply"),
        ('{"question": "q", "reply": "r", "label": 1}', "beside a «rater»"),
        ('{"question": "q", "reply": "r", "rater": "ann"}', "«label» must be 1, 0, or null"),
        ('{"question": "q", "reply": "r", "rater": "ann", "label": 2}', "«label» must be 1, 0, or null"),
        ('{"question": "q", "reply": "r", "rater": "\\u001b[2J", "label": 1}', "«rater» must be a name"),
        ('{"question": "q", "reply": "r", "says": 1}', "beside a «judge»"),
        ('{"question": "q", "reply": "r", "judge": "../x", "says": 1}', "digest of a judge"),
        ('{"question": "q", "reply": "r", "times": 0}', "«times»"),
        ('{"question": "q", "reply": "r", "mine": 1}', "JSON object of a label"),
        ("[" * 50_000, "JSON object of a label"),
    ],
)
def test_what_can_t_be_meant_is_told_with_its_line(tmp_path: pathlib.Path, line: str, told: str) -> None:
    path = put(tmp_path / "x.jsonl", "\n" + line + "\n")
    with pytest.raises(InputError, match=told) as raised:
        read(path)
    assert ":2: " in str(raised.value)
    assert "\x1b" not in str(raised.value)


def test_true_and_false_are_labels_too(tmp_path: pathlib.Path) -> None:
    path = put(tmp_path / "x.jsonl", '{"question": "q", "reply": "r", "rater": "ann", "label": true}\n')
    assert read(path).truth == {ITEM: 1}
