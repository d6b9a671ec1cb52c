"""The judges of a system file: what their labels tell, what they ask, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keepstone.areas.chat import alignment, known
from keepstone.catalog.load import load
from keepstone.core.artefact import key_of
from keepstone.core.errors import InputError
from keepstone.core.probe import UNCORRECTED, Probe, Scope, Unasked
from keepstone.core.system import Autonomy, JudgeSpec, Permission, Stage, System, TargetSpec
from keepstone.intake.labelled import Line, append, read
from keepstone.lifecycle import judging
from keepstone.lifecycle.talking import Outside
from keepstone.map.derive import derive
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.judged import Judged

WORD = "o'clock"
KINDS = ("test", "outside", "benign", "pressed", "crisis", "named")
SPEC = JudgeSpec(name="time", meaning="the reply names a time", limit=0.1, kind="words", parameters={"words": [WORD]}, labels="x.jsonl")
SHARED = replace(SPEC, streams=KINDS)
"""Labels that one cell alone would use better are shared by six."""


def system(*judges: JudgeSpec, scope: Permission | None = None) -> System:
    return System(
        name="bot", purpose="", domain="general", autonomy=Autonomy.ADVISES, stage=Stage.RELEASE, population="", affected=(), judges=judges, scope=scope
    )


def labels(path: Path, *, right: int = 95, of: int = 100, source: str = "elsewhere") -> None:
    """So many of each kind, the judge right on some of each."""
    lines = []
    for truth in (1, 0):
        for at in range(of):
            says = truth if at < right else 1 - truth
            lines.append(Line(question=f"q{at}", reply=f"at {at} {WORD if says else 'times'} {truth}", rater="ann", label=truth, source=source))
    append(path, lines)


def bench(folder: Path, spec: JudgeSpec = SPEC) -> judging.Bench:
    return judging.benches(system(spec), folder, Outside())[0]


def scope() -> Scope:
    said = replace(system(), target=TargetSpec(chat="reference:clinic"))
    return Scope(system=said, target=known.flawless(), risk=derive(said, load()).risk, limit=lambda *_: 0.1)


def questions(found: judging.Bench, seed: int = 7) -> list[Probe | Unasked]:
    return list(judging.questions(scope(), (found,), [], seed))


def test_labels_tell_how_often_it_is_right(tmp_path: Path) -> None:
    labels(tmp_path / "x.jsonl")
    one = bench(tmp_path)
    assert (one.caught, one.cleared, one.unread) == ((95, 100), (95, 100), 0)
    assert set(one.digests) == {"judge time", "labels time"}


def test_what_was_drawn_more_than_once_counts_as_often(tmp_path: Path) -> None:
    append(
        tmp_path / "x.jsonl",
        [
            Line(question="q", reply="5 o'clock", times=4, rater="ann", label=1),
            Line(question="q", reply="noon", times=3, rater="ann", label=1),
            Line(question="q", reply="never", rater="ann", label=0),
        ],
    )
    one = bench(tmp_path)
    assert (one.caught, one.cleared) == ((4, 7), (1, 1))


def test_split_raters_tell_nothing_of_the_judge(tmp_path: Path) -> None:
    labels(tmp_path / "x.jsonl")
    some = list(read(tmp_path / "x.jsonl").items)[:10]
    append(tmp_path / "x.jsonl", [Line(item=item, rater="ben", label=0) for item in some])
    one = bench(tmp_path)
    assert one.caught[1] == 90
    assert "10 labels are left out, since raters are split" in judging.told(one, known.flawless(), Nominal())


def test_without_labels_its_question_is_provisional_and_says_why(tmp_path: Path) -> None:
    (probe,) = questions(bench(tmp_path, replace(SPEC, labels="")))
    assert isinstance(probe, Probe)
    assert probe.provisional == (UNCORRECTED,)
    assert "Nobody labelled" in probe.remark
    assert probe.id == "alignment.nominal.judged-time"
    assert probe.paired is None


def test_label_shift_is_said(tmp_path: Path) -> None:
    labels(tmp_path / "x.jsonl", of=80, right=79)
    probe = questions(bench(tmp_path, SHARED))[0]
    assert isinstance(probe, Probe)
    assert probe.provisional == ()
    assert "on another system or condition" in probe.remark
    own = judging.source_of(known.flawless(), Nominal(), 99)
    (tmp_path / "x.jsonl").unlink()
    labels(tmp_path / "x.jsonl", of=80, right=79, source=own)
    probe = questions(bench(tmp_path, SHARED))[0]
    assert isinstance(probe, Probe)
    assert "another system" not in probe.remark


def test_labels_of_the_run_itself_don_t_correct_it(tmp_path: Path) -> None:
    labels(tmp_path / "x.jsonl", source=judging.source_of(known.flawless(), Nominal(), 7))
    (probe,) = questions(bench(tmp_path), seed=7)
    assert isinstance(probe, Probe)
    assert probe.provisional == (UNCORRECTED,)
    assert "own conversations" in probe.remark


def test_a_judge_worth_less_than_its_labels_is_refused_with_the_reason(tmp_path: Path) -> None:
    labels(tmp_path / "x.jsonl", right=70)
    (one,) = questions(bench(tmp_path))
    assert isinstance(one, Unasked)
    assert one.id == "alignment.nominal.judged-time"
    assert "worth less than its labels" in one.why


def test_it_reads_under_every_condition_that_is_played_on_its_items_once(tmp_path: Path) -> None:
    said = scope()
    asked = list(alignment.probes(said))
    found = list(judging.questions(said, (bench(tmp_path, replace(SPEC, labels="", streams=("test", "outside"))),), [*asked, *asked], 7))
    ids = [one.id for one in found]
    assert len(ids) == len(set(ids))
    assert {"alignment.nominal.judged-time", "alignment.nominal-outside.judged-time"} < set(ids)
    assert any("false_claim" in one for one in ids)
    few = list(judging.questions(said, (bench(tmp_path, replace(SPEC, labels="", threats=False)),), asked, 7))
    assert [one.id for one in few] == ["alignment.nominal.judged-time"]


def test_items_that_there_are_none_of_and_risks_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="«streams» of judge «time»"):
        questions(bench(tmp_path, replace(SPEC, labels="", streams=("nothing",))))
    with pytest.raises(InputError, match="«risk»"):
        questions(bench(tmp_path, replace(SPEC, labels="", risk="alignment.nothing")))


def test_a_model_s_answers_are_those_that_were_kept_of_this_very_judge(tmp_path: Path) -> None:
    spec = replace(SPEC, kind="openai", address="http://127.0.0.1:9/v1", parameters={"model": "m"})
    labels(tmp_path / "x.jsonl", of=3, right=3)
    (probe,) = questions(bench(tmp_path, spec))
    assert isinstance(probe, Probe)
    assert "`keepstone label --judge time`" in probe.remark
    judge = judging.built(system(spec), spec, tmp_path, Outside())
    items = list(read(tmp_path / "x.jsonl").items)
    append(tmp_path / "x.jsonl", [Line(item=item, judge=key_of(judge), says=1) for item in items[:5]])
    one = bench(tmp_path, spec)
    assert (one.caught, one.cleared, one.unread) == ((3, 3), (0, 2), 1)
    other = replace(spec, parameters={"model": "another"})
    assert bench(tmp_path, other).caught == (0, 0)


def test_problems_name_the_judge(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"judge «time»: .*no such file"):
        bench(tmp_path)
    with pytest.raises(InputError, match="judge «time»: The «words»"):
        bench(tmp_path, replace(SPEC, labels="", parameters={"words": []}))
    with pytest.raises(InputError, match=r"judge «time»: .*no parameter «wrods»"):
        bench(tmp_path, replace(SPEC, labels="", parameters={"wrods": ["a"]}))
    remote = replace(SPEC, labels="", kind="openai", address="https://api.example.org/v1", parameters={"model": "m", "key": "JUDGE_KEY"})
    with pytest.raises(InputError, match="lies outside the \\[scope\\]"):
        bench(tmp_path, remote)
    inside = system(remote, scope=Permission(hosts=("api.example.org",), authorised_by="A", until="2026-12-31"))
    with pytest.raises(InputError, match="«JUDGE_KEY», which is not set"):
        judging.benches(inside, tmp_path, Outside({}, lambda: "2026-01-01"))
    assert judging.benches(inside, tmp_path, Outside())[0].caught == (0, 0)


def test_the_metric_holds_judge_and_labels(tmp_path: Path) -> None:
    labels(tmp_path / "x.jsonl", of=80, right=79)
    probe = questions(bench(tmp_path, SHARED))[0]
    assert isinstance(probe, Probe)
    assert isinstance(probe.metric, Judged)
    assert probe.metric.labels == read(tmp_path / "x.jsonl").digest
    assert probe.metric.caught == (79, 80)
