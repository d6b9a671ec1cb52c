"""`keepstone triage`, as a person at a terminal, with a file or with a batch has it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hostile.spoil import Ran, ran

CASE = 'title = "a <b>price</b>"\n[facts]\nactor = "curious"\nintent = "unauthorised"\nrelation = "bypasses"\nflaw = "security"\ncia = ["I"]\n'


def typed(words: list[str], folder: Path, answers: list[str], patch: pytest.MonkeyPatch) -> Ran:
    patch.setattr("sys.stdin", io.StringIO("".join(f"{one}\n" for one in answers)))
    return ran(["triage", *words], folder)


def test_a_file_is_triaged_with_what_would_flip_it_and_who_owns_it(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    got = ran(["triage", "case.toml"], tmp_path)
    assert got.code == 0, got.err
    for said in ("security", "relation = bypasses", "undetermined if deployer_harm, unknown", "security team: adversarial (security)", "Ask next"):
        assert said in got.out


def test_the_owner_is_whom_the_file_of_owners_names(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    (tmp_path / "owners.toml").write_text('[owner]\nadversarial = "the red team"\n', encoding="utf-8")
    assert "the red team: adversarial" in ran(["triage", "case.toml", "--owners", "owners.toml"], tmp_path).out
    (tmp_path / "owners.toml").write_text('[owner]\nadversary = "the red team"\n', encoding="utf-8")
    wrong = ran(["triage", "case.toml", "--owners", "owners.toml"], tmp_path)
    assert wrong.code == 2
    assert "owners.toml:2: The «adversary» of «owner» is not known; did you mean «adversarial»?" in wrong.err


def test_questions_end_as_soon_as_no_answer_changes_class_or_direction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got = typed([], tmp_path, ["harm", "uses_own_tool", "", ""], monkeypatch)
    assert got.code == 0, got.err
    assert "misuse_as_tool" in got.out
    assert "Which kind of flaw" not in got.err
    assert "section 4.1" in got.err


def test_an_answer_that_cannot_be_meant_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got = typed([], tmp_path, ["malice", "none", "attacks", "no", "no", "C", "logs"], monkeypatch)
    assert "The fact «intent» must be one of none, harm" in got.err
    assert "The fact «exploitable» must be one of no, yes, unknown" in got.err
    assert "latent_C" in got.out


def test_the_end_of_the_input_leaves_what_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got = typed([], tmp_path, [], monkeypatch)
    assert got.code == 0
    assert "undetermined" in got.out


def test_a_batch_gives_a_line_for_each_line_and_a_wrong_one_ends_with_2(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "facts": {"intent": "none"}}',
        '{"id": "b", "facts": {"actor": "none", "intent": "harm"}}',
        '{"id": "c", "facts": {"intent": "test"}}',
    ]
    (tmp_path / "all.jsonl").write_text("\n".join(lines), encoding="utf-8")
    got = ran(["triage", "all.jsonl"], tmp_path)
    assert got.code == 2
    rows = [json.loads(line) for line in got.out.splitlines()]
    assert [row.get("class") for row in rows] == ["safety", None, "security"]
    assert "all.jsonl, case «b»: The facts «actor = none» and «intent = harm» contradict each other" in got.err
    assert rows[1]["problems"][0] in got.err


def test_markdown_holds_foreign_text_that_formats_nothing(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    got = ran(["triage", "case.toml", "--markdown"], tmp_path)
    assert "<b>" not in got.out.replace("\\<", "")
    assert "| Class | security |" in got.out


def test_an_avid_report_says_the_domain_of_the_class(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    report = json.loads(ran(["triage", "case.toml", "--avid"], tmp_path).out)
    assert report["data_type"] == "AVID"
    assert report["impact"]["avid"]["risk_domain"] == ["Security"]


def test_the_template_asks_for_every_fact(tmp_path: Path) -> None:
    got = ran(["triage", "--template"], tmp_path)
    assert "`uses_own_tool`" in got.out
    assert got.out.count("Evidence:") == 12


def test_a_text_proposes_facts_and_never_a_class(tmp_path: Path) -> None:
    got = ran(["triage", "--text", "Criminals used a cloned voice to steal money from a bank in a scam."], tmp_path)
    assert "intent = harm, proposed with" in got.out
    assert "undetermined" in got.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.toml"], "missing.toml: There is no such file."),
        (["--text", ""], "The «text» must not be empty."),
        (["--text", "a\x07b"], "must be a text without control characters"),
        (["--text", "x", "case.toml"], "must not be given together"),
    ],
)
def test_wrong_use_is_refused_in_one_line(words: list[str], said: str, tmp_path: Path) -> None:
    got = ran(["triage", *words], tmp_path)
    assert got.code == 2
    assert said in got.err
    assert "Traceback" not in got.err


def test_explain_prints_the_whole_table(tmp_path: Path) -> None:
    told = ran(["explain", "triage"], tmp_path).out
    assert "10 security" in told
    assert max(map(len, told.splitlines())) <= 100
    table = json.loads(ran(["explain", "triage", "--json"], tmp_path).out)["table"]
    assert len(table["rule"]) == 10
