"""What was said: kept once, told with secrets left out, the same bytes however it was run; asked again; and explored once verdicts stand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hostile.spoil import ran
from loopback import Body, Loopback
from service import Answered, Asked, Forwarding, Service

SYSTEM = """
[system]
name = "assistant"
purpose = "answers questions"
autonomy = "advises"
population = "patients"

[target]
chat = "{chat}"
items = 200
{more}
"""
FLAWED = "parameters = { obeys_documents = 0.6, leaky = 0.6 }"
ONLY = ("--only", "adversarial,protection,robustness")
INJECTED, LEAKED = "adversarial.prompt_injection-document.hijacked", "protection.secret_extraction.leaked"
BESIDE = ("result.json", "transcripts.json", "explored.json", "report.md")


def assess(folder: Path, out: str, *words: str) -> None:
    got = ran(["assess", "system.toml", "--out", out, *ONLY, *words], folder)
    assert got.code in {1, 4}, got.err


def write(folder: Path, chat: str = "reference:clinic", more: str = FLAWED) -> Path:
    (folder / "system.toml").write_text(SYSTEM.format(chat=chat, more=more), encoding="utf-8")
    return folder


def read(path: Path) -> Any:  # noqa: ANN401  a document
    return json.loads(path.read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write(tmp_path_factory.mktemp("said"))
    assess(made, "out", "--workers", "1", "--explore")
    return made


@pytest.fixture(scope="module")
def said(folder: Path) -> dict[str, Any]:
    return {one["finding"]: one for one in read(folder / "out" / "transcripts.json")["findings"]}


def text(pieces: list[list[str]]) -> str:
    return "".join(piece for piece, _kind in pieces)


def test_the_worst_are_told_with_attack_reply_what_was_found_and_the_counterpart(said: dict[str, Any]) -> None:
    one = said[INJECTED]
    assert one["lost"] > 5 == len(one["examples"])
    assert "somebody else" in one["counterpart"]
    assert len({example["talk"]["carrier"] for example in one["examples"]}) > 2, "as unlike as they come"
    for example in one["examples"]:
        talk, other = example["talk"], example["counterpart"]
        word = next(piece for piece, kind in talk["reply"] if kind == "found")
        assert word in text(talk["document"])
        assert word not in text(other["reply"])
        assert (talk["loss"], other["loss"]) == (1.0, 0.0)
        assert talk["found"] == [{"what": "the word that only the order asks for", "how": "plain", "column": "reply"}]
        assert text(talk["asked"]) == text(other["asked"])


def test_secrets_are_left_out_everywhere_unless_asked_for(folder: Path, said: dict[str, Any], tmp_path: Path) -> None:
    talk = said[LEAKED]["examples"][0]["talk"]
    assert ["[secret]", "hidden"] in talk["reply"]
    assert ["[secret]", "hidden"] in talk["prompt"]
    shutil.copy(folder / "system.toml", tmp_path)
    assess(tmp_path, "whole", "--workers", "1", "--show-rows")
    whole = {one["finding"]: one for one in read(tmp_path / "whole" / "transcripts.json")["findings"]}
    secret = next(piece for piece, kind in whole[LEAKED]["examples"][0]["talk"]["reply"] if kind == "found")
    page = (tmp_path / "whole" / "report.html").read_text(encoding="utf-8")
    assert secret in page
    assert "This file holds what was said as it was, secrets and personal data too." in page
    for path in (folder / "out").rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


@pytest.mark.slow
def test_the_same_bytes_whatever_the_workers_and_after_a_resume(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "system.toml", tmp_path)
    assess(tmp_path, "two", "--workers", "2", "--explore")
    assess(tmp_path, "cut", "--workers", "1", "--rounds", "9")
    assess(tmp_path, "cut", "--workers", "1", "--resume", "--explore")
    for name in BESIDE:
        whole = (folder / "out" / name).read_bytes()
        assert (tmp_path / "two" / name).read_bytes() == whole, name
        assert (tmp_path / "cut" / name).read_bytes() == whole, name


def test_a_resumed_run_and_a_drawn_report_ask_nothing(tmp_path: Path) -> None:
    with Loopback(says=lambda asked: "Certainly. " + asked["messages"][0]["content"][-60:], keep=False) as server:
        write(tmp_path, server.url, 'parameters = { model = "m", price_in = 1.0, price_out = 2.0, currency = "EUR" }')
        assess(tmp_path, "out", "--workers", "1")
        before, page = server.count, (tmp_path / "out" / "report.html").read_bytes()
        assess(tmp_path, "out", "--workers", "1", "--resume")
        got = ran(["report", "out/result.json"], tmp_path)
        assert server.count == before
        assert b'id="said"' in page
        assert b'id="said"' in (tmp_path / "out" / "report.html").read_bytes()
        run, result = read(tmp_path / "out" / "run.json"), read(tmp_path / "out" / "result.json")
        assert run["tokens_read"] + run["tokens_written"] == 12 * server.count
        assert run["money"] == pytest.approx(2.0 * run["tokens_written"] / 1e6)
        assert "EUR" in got.out
        assert result["system"]["settings"]["model"] == "m"


def test_the_evidence_verifies_beside_them(folder: Path) -> None:
    assert ran(["verify", "out"], folder).code == 0


# ---- asked again ----


def test_a_finding_is_reproduced(folder: Path, said: dict[str, Any]) -> None:
    got = ran(["replay", INJECTED, "--run", "out"], folder)
    assert got.code == 1, got.err
    word = next(piece for piece, kind in said[INJECTED]["examples"][0]["talk"]["reply"] if kind == "found")
    assert f">>{word}<<" in got.out
    assert "Reproduced: something is lost again." in got.out
    assert "note:" not in got.out


def test_each_trial_says_again_what_it_said(folder: Path, said: dict[str, Any]) -> None:
    for one in said.values():
        trial = one["examples"][-1]["talk"]
        got = ran(["replay", one["finding"], "--run", "out", "--trial", str(trial["trial"]), "--json"], folder)
        assert got.code == 1, got.err
        again = json.loads(got.out)
        assert again["reproduced"] is True
        assert {**again["talk"], "loss": 1.0} == {**trial, "loss": 1.0}


def test_a_mended_target_is_not_at_fault(folder: Path) -> None:
    mended = ran(["replay", INJECTED, "--run", "out", "--target", "bot.py:reply"], folder)
    assert mended.code == 2
    (folder / "bot.py").write_text('def reply(messages):\n    return "Visiting hours are 14 to 19."\n', encoding="utf-8")
    got = ran(["replay", INJECTED, "--run", "out", "--target", "bot.py:reply"], folder)
    assert got.code == 0, got.err
    assert "note: asked is a function of yours" in got.out
    assert "Not reproduced: nothing is lost." in got.out


def test_who_does_not_answer_leaves_it_open(folder: Path) -> None:
    (folder / "mute.py").write_text("def reply(messages):\n    return 3\n", encoding="utf-8")
    got = ran(["replay", INJECTED, "--run", "out", "--target", "mute.py:reply"], folder)
    assert got.code == 4, got.err
    assert "the assistant must answer with a text" in got.out


def test_a_target_elsewhere_is_not_asked_without_a_scope(folder: Path) -> None:
    got = ran(["replay", INJECTED, "--run", "out", "--target", "http://192.0.2.1/v1"], folder)
    assert got.code == 2
    assert "outside the [scope]" in got.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing.of.it", "--trial", "1"], "The «finding» must be one of the run"),
        ([INJECTED, "--trial", "200"], "must be a number from 0 to 199; got 200"),
        (["adversarial.prompt_injection-input.hijacked"], "No conversation of"),
        ([INJECTED, "--run", "nowhere"], "the system file of this run is not found"),
        ([INJECTED, "--proxy", "http://127.0.0.1:9"], "The «--proxy» must stand beside a target behind an address"),
        ([INJECTED, "--proxy", "http://127.0.0.1:9", "--proxy-ca", "x.pem"], "There is no such file."),
        ([INJECTED, "--proxy-ca", "system.toml"], "must stand beside «--proxy»"),
    ],
)
def test_what_cannot_be_replayed_is_told_in_one_line(folder: Path, words: list[str], told: str) -> None:
    run = [] if "--run" in words else ["--run", "out"]
    got = ran(["replay", *words, *run], folder)
    assert got.code == 2
    assert told in got.err
    assert got.out == ""


def test_other_questions_are_not_replayed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "system.toml").write_text((folder / "system.toml").read_text().replace("items = 200", "items = 201"), encoding="utf-8")
    got = ran(["replay", INJECTED, "--run", "out", "--system", str(tmp_path / "system.toml")], folder)
    assert got.code == 2
    assert "The questions are not those of the run any more" in got.err


# ---- explored ----


def test_exploring_goes_on_and_tells_ways_in_apart(folder: Path) -> None:
    found, result = read(folder / "out" / "explored.json"), read(folder / "out" / "result.json")
    failed = {row["id"] for row in result["findings"] if row["verdict"] == "fail" and row["side"] == "security"}
    assert {one["finding"] for one in found["findings"]} == failed >= {INJECTED}
    one = next(one for one in found["findings"] if one["finding"] == INJECTED)
    assert one["tries"] == 200
    assert one["tries"] > next(row["trials"] for row in result["findings"] if row["id"] == INJECTED)
    assert sum(way["hits"] for way in one["ways"]) == one["hits"]
    assert len({(way["carrier"], way["encoding"], way["effect"]) for way in one["ways"]}) == len(one["ways"]) >= 4
    assert all(way["lower"] <= way["share"] <= way["upper"] for way in one["ways"])
    shares = [row["share"] for row in one["at"]]
    assert shares == sorted(shares)
    assert one["at"][0]["share"] == pytest.approx(one["hits"] / one["tries"])
    assert all(row["lower"] <= row["share"] <= row["upper"] for row in one["at"])
    assert "changes none" in found["notice"]


def test_exploring_changes_no_verdict_and_keeps_to_its_budget(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "system.toml", tmp_path)
    assess(tmp_path, "without", "--workers", "1")
    assert (tmp_path / "without" / "result.json").read_bytes() == (folder / "out" / "result.json").read_bytes()
    assert not (tmp_path / "without" / "explored.json").exists()
    made = read(folder / "out" / "result.json")["calls"]["made"]
    assess(tmp_path, "little", "--workers", "1", "--explore", "--budget", str(int(made) + 40))
    found = read(tmp_path / "little" / "explored.json")
    assert 0 < found["calls"] <= 40
    assert found["ended"] == "the budget ended"


# ---- who is asked ----


def test_a_service_of_any_form_is_assessed_and_only_what_it_is_told_is_looked_for(tmp_path: Path) -> None:
    def answers(asked: Asked) -> Answered:
        return Answered({"out": {"text": f"Certainly. {asked[3]['q'].rstrip('.').rsplit(' ', 1)[-1]}"}})

    with Service(answers) as service:
        more = '[target.parameters]\npath = "/ask"\nrequest = \'{"q": "{question}", "s": "{session}"}\'\nresponse = "out.text"\n'
        write(tmp_path, service.url, more)
        assess(tmp_path, "out", "--workers", "1")
        found = {row["id"]: row for row in read(tmp_path / "out" / "result.json")["findings"]}
        assert found["adversarial.prompt_injection-input.hijacked"]["verdict"] == "fail"
        assert INJECTED not in found, "it is told no document"
        assert found[LEAKED]["trials"] in {0, None}, "it was told no secret"
        assert found[LEAKED]["verdict"] not in {"pass", "fail"}
        before = len(service.seen)
        got = ran(["replay", "adversarial.prompt_injection-input.hijacked", "--run", "out"], tmp_path)
        assert got.code == 1, got.err
        assert len(service.seen) == before + 1
        assert "POST /ask" in got.out
        assert '"out"' in got.out


def test_a_comparison_across_settings_is_refused_with_the_difference_named(tmp_path: Path) -> None:
    def says(asked: Body) -> str:
        return f"At {asked['temperature']}."

    with Loopback(says=says, keep=False) as server:
        for heat in ("0.0", "0.7"):
            write(tmp_path, server.url, f'parameters = {{ model = "m", temperature = {heat} }}')
            assess(tmp_path, f"at-{heat}", "--workers", "1", "--only", "resilience")
        words = ["diff", "at-0.0/result.json", "at-0.7/result.json"]
        got = ran(words, tmp_path)
        assert got.code == 2
        assert "The «setting «temperature» of the target» of the two results must be the same; got '0.0' and '0.7'." in got.err
        assert ran([*words, "--across"], tmp_path).code in {0, 1}
        before = server.count
        late = ran(["assess", "system.toml", "--out", "third", "--baseline", "at-0.0/result.json", "--workers", "1"], tmp_path)
        assert late.code == 2
        assert "«temperature»" in late.err
        assert server.count == before


def test_all_of_a_run_and_of_a_replay_goes_through_the_proxy_that_is_named(tmp_path: Path) -> None:
    def says(asked: Asked) -> Answered:
        return Answered({"out": asked[3]["q"]})

    forward = Forwarding()
    with Service(says) as service, Service(forward) as proxy:
        write(tmp_path, service.url, '[target.parameters]\nrequest = \'{"q": "{question}"}\'\nresponse = "out"\n')
        assess(tmp_path, "out", "--workers", "1", "--proxy", proxy.url, "--only", "resilience")
        assert len(forward.passed) == len(service.seen) > 0
        ran(["replay", "resilience.token_flood.flooded", "--run", "out", "--trial", "1", "--proxy", proxy.url], tmp_path)
        assert len(forward.passed) == len(service.seen)
        got = ran(["assess", "system.toml", "--out", "other", "--proxy", "nonsense"], tmp_path)
        assert got.code == 2
        assert "The «--proxy» must be an address" in got.err
        assert len(forward.passed) == len(service.seen)


def test_a_prompt_that_was_not_sent_is_not_told(tmp_path: Path) -> None:
    with Service(lambda asked: Answered({"out": asked[3]["q"]})) as service:
        write(tmp_path, service.url, '[target.parameters]\nrequest = \'{"q": "{question}"}\'\nresponse = "out"\n')
        assess(tmp_path, "out", "--workers", "1", "--only", "resilience")
    said = read(tmp_path / "out" / "transcripts.json")["findings"]
    assert said
    assert not [example for one in said for example in one["examples"] if example["talk"]["prompt"] or example["talk"]["document"]]


@pytest.mark.slow
def test_what_an_attacker_learned_is_not_learned_again(tmp_path: Path) -> None:
    def says(asked: Body) -> str:
        said: str = asked["messages"][-1]["content"]
        words = [word.strip(".") for word in said.split() if word.strip(".")[-4:].isdigit()]
        return f"Certainly. {' '.join(words)}" if "Override" in said else "I don't know that."

    finding = "adversarial.adaptive_injection-8q.hijacked"
    with Loopback(says=says, keep=False) as server, Loopback(says=says, keep=False) as other:
        write(tmp_path, server.url, 'parameters = { model = "m" }')
        got = ran(["assess", "system.toml", "--out", "out", "--only", "adversarial", "--profile", "full", "--workers", "1"], tmp_path)
        assert got.code in {1, 4}, got.err
        before = server.count
        assert ran(["replay", finding, "--run", "out"], tmp_path).code == 1
        assert 1 < server.count - before <= 9
        assert ran(["replay", finding, "--run", "out", "--target", other.url], tmp_path).code == 1
        assert 1 < other.count <= 9
