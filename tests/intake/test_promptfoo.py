"""Tests of a promptfoo configuration become questions with checks; what is not understood is told with its line, and then nothing is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepstone.core.errors import InputError, MissingExtra
from keepstone.intake import promptfoo
from keepstone.intake.promptfoo import KINDS, failed, read, spelled

pytest.importorskip("yaml")
GOOD = """description: a clinic
prompts:
  - "Answer shortly: {{question}}"
  - "{{ question }}"
providers: [a, b]
defaultTest:
  vars: {unit: euro}
  assert:
    - {type: not-icontains, value: sorry}
tests:
  - vars: {question: When do you open?}
    assert:
      - {type: contains, value: 8}
  - description: the price
    vars:
      question: What does parking cost?
    assert:
      - type: icontains-any
        value: ["{{unit}}", free]
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "q.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def problems(folder: Path, text: str | bytes) -> list[str]:
    path = written(folder, text)
    with pytest.raises(InputError) as caught:
        read(path)
    return [said.replace(str(path), "q.yaml") for said in caught.value.problems]


def test_each_prompt_with_each_test_is_a_question_and_a_test_is_a_template(tmp_path: Path) -> None:
    rows = read(written(tmp_path, GOOD))
    assert [row.texts["question"] for row in rows] == [
        "Answer shortly: When do you open?",
        "When do you open?",
        "Answer shortly: What does parking cost?",
        "What does parking cost?",
    ]
    assert [row.texts["template"] for row in rows] == ["test 1", "test 1", "test 2", "test 2"]
    assert [row.texts["right"] for row in rows] == ["8", "8", "euro\nfree", "euro\nfree"]
    assert rows[0].checks == (("not-icontains", ("sorry",)), ("contains", ("8",)))
    assert [row.where.rpartition("/")[2] for row in rows] == ["q.yaml:11", "q.yaml:11", "q.yaml:14", "q.yaml:14"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: contains,", "type: llm-rubric,", 'q.yaml:13: The assertion "llm-rubric" is not understood: it must need no model, and be one of contains, '),
        ("value: 8", "weight: 8", 'q.yaml:13: The field "weight" of the assertion is not understood; it must be one of type, value, description.'),
        ("{type: contains, value: 8}", "{type: contains}", "q.yaml:13: The assertion «contains» must have a «value»."),
        ("value: 8", "value: [8]", "q.yaml:13: The «value» of «contains» must be a text or a number."),
        ("value: 8", "value: ''", "q.yaml:13: The assertion «contains» must have a «value» that is not empty."),
        ("value: 8", "value: !!python/object/apply:os.system [x]", "q.yaml:13: The «value» of «contains» must be a text or a number."),
        ("value: 8", 'value: !secret "x"', "q.yaml:13: The «value» of «contains» must be a text or a number."),
        ("value: 8", "value: file://a.js", 'q.yaml:13: The «value» of «contains» must stand in the file itself; got "file://a.js".'),
        ("{{ question }}", "{{ question | upper }}", 'q.yaml:4: A template must hold the names of variables alone; got "question | upper".'),
        ("{{ question }}", "{% if x %}", "q.yaml:4: A template must hold nothing but {{ names }}; got a block or a comment."),
        ("{{ question }}", "[{'role': 'user'}]", "q.yaml:4: A prompt must be one text; got a conversation."),
        ("question: When do you open?", "question: [When, Where]", 'q.yaml:11: The variable "question" must be a text or a number.'),
        ("description: the price", "options: {}", 'q.yaml:14: The field "options" of the test is not understood; it must be one of description, vars,'),
        ("description: a clinic", "scenarios: []", 'q.yaml:1: The field "scenarios" of the configuration is not understood; it must be one of prompts,'),
        ("description: a clinic", "providers: []", 'q.yaml:5: A field of the configuration must be a name that stands once; got "providers".'),
        ("question: When do you open?", "question: &a When", "q.yaml:11"),
    ],
)
def test_what_is_not_understood_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    changed = GOOD.replace(old, new, 1)
    assert changed != GOOD
    if "&a" in new:  # an anchor that nobody uses does nothing
        assert len(read(written(tmp_path, changed))) == 4
        return
    assert any(problem.startswith(said) for problem in problems(tmp_path, changed)), problems(tmp_path, changed)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, GOOD.replace("type: contains", "type: similar").replace("type: icontains-any", "type: javascript"))) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "q.yaml: The file is empty."),
        ("- a", "q.yaml:1: The configuration must be a mapping."),
        ("tests: []", "q.yaml:1: The configuration must have «prompts» and «tests», at least one of each."),
        ("prompts: [a]\ntests: file://t.csv", "q.yaml:2: The «tests» must be a list; other files are not read from here."),
        ("prompts: [a]\ntests: [{vars: {}}]", "q.yaml:2: A test must have an assertion, of its own or of «defaultTest»."),
        ("a: [", "q.yaml:"),
        (b"a: \xff", "q.yaml: The file must be UTF-8."),
        ("a: &x [1]\nb: *x", "q.yaml:2: The file must be plain: an alias is not read."),
        ("a: " + "[" * 40 + "]" * 40, "q.yaml:1: The file must be plain: it is nested too deep."),
        ("a: \x07", "q.yaml"),
        ("a: b\n---\nc: d", "q.yaml"),
    ],
)
def test_what_is_no_configuration_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert problems(tmp_path, text)[0].startswith(said)


def test_a_bomb_of_aliases_is_refused_at_its_first(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{k}: &a{k} [*a{k - 1}, *a{k - 1}]\n" for k in range(1, 60))
    assert problems(tmp_path, bomb) == ["q.yaml:2: The file must be plain: an alias is not read."]


def test_a_file_that_is_large_or_absent_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.yaml")
    monkeypatch.setattr(promptfoo, "MOST_EVENTS", 5)
    assert problems(tmp_path, GOOD) == ["q.yaml:3: The file must be plain: it holds too much."]
    monkeypatch.setattr(promptfoo, "LARGEST", 5)
    assert problems(tmp_path, GOOD) == ["q.yaml: The file must be at most 5 bytes."]


def test_without_the_library_one_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(MissingExtra, match=r"This needs PyYAML: pip install 'keepstone\[promptfoo\]'"):
        read(written(tmp_path, GOOD))


@pytest.mark.parametrize(
    ("kind", "words", "holds", "breaks"),
    [
        ("contains", ("Open",), "We Open.", "we open."),
        ("icontains", ("Open",), "we open.", "closed"),
        ("contains-any", ("a1", "b2"), "b2", "c3"),
        ("icontains-any", ("A1", "B2"), "b2", "c3"),
        ("contains-all", ("a1", "b2"), "b2 a1", "a1"),
        ("icontains-all", ("A1", "B2"), "b2 a1", "a1"),
        ("starts-with", ("We",), "We open.", "Yes. We open."),
        ("equals", ("8",), "8", "8 "),
    ],
)
def test_a_check_holds_or_breaks_and_its_opposite_the_other_way(kind: str, words: tuple[str, ...], holds: str, breaks: str) -> None:
    for name, kept, broken in ((kind, holds, breaks), (f"not-{kind}", breaks, holds)):
        text = spelled(((name, words),))
        assert name in KINDS
        assert (failed(text, kept), failed(text, broken)) == (False, True)
    assert failed(spelled(((kind, words), (f"not-{kind}", words))), holds)
