"""The verifier agrees with the engine wherever the engine is right, and with nobody who changes a byte, with the key or without."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec
import numpy as np
import pytest
from fakes import Coin, Lost, held, plan

from keepstone.core.cell import Cell, Design, Held, Pair, Plan, Role
from keepstone.core.claim import Claim
from keepstone.core.system import Autonomy, Stage, System
from keepstone.core.trial import Outcome
from keepstone.govern import document as doc
from keepstone.govern.summary import Facts, summarise
from keepstone.ledger.canonical import digest_bytes, encode
from keepstone.ledger.keys import InsecureDevelopmentKey, Key
from keepstone.lifecycle.record import Record
from keepstone.lifecycle.written import plan_document
from keepstone.map.plan import paired
from keepstone.measure.compare import rows
from keepstone.measure.executors.local import InProcess
from keepstone.measure.families import NULLS
from keepstone.measure.judge import judge
from keepstone.measure.log import lines
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.stats.claims import Advantage, Both, Gap, Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.claim import Comparison
    from keepstone.core.part import Target

TOP = pathlib.Path(__file__).parent.parent.parent
TOOL = TOP / "tools" / "verify.py"
SYSTEM = System(name="a coin", purpose="", domain="general", autonomy=Autonomy.ADVISES, stage=Stage.RELEASE, population="", affected=())


def loaded(path: pathlib.Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFY: Any = loaded(TOOL)
sys.path.insert(0, str(TOP / "benchmarks"))
EDITS: Any = loaded(TOP / "benchmarks" / "bar_10_edits.py")


@dataclass(frozen=True)
class Parted:
    """The coin's loss, told apart by the row's number: the k-th part loses `shares[k]` of it."""

    claim: Claim
    shares: tuple[float, ...]
    apart: bool = True
    sizes: tuple[int, ...] = ()
    word: str = "parted"
    name: ClassVar[str] = "parted"
    title: ClassVar[str] = "losses by part"

    @property
    def id(self) -> str:
        return self.word

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(f"part {k}" for k in range(len(self.shares)))

    def unfit(self, target: Target) -> str:
        del target
        return ""

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        del calm
        loss = np.asarray(outcome.columns["loss"], dtype=np.float64)
        chosen = np.asarray(outcome.columns["row"], dtype=np.int64) // 3 * 7919 % 1000 / 1000  # the same for all rows of a unit
        values = np.stack([loss * share for share in self.shares], axis=1)
        if self.apart:
            sizes = self.sizes or (1,) * len(self.shares)
            of = np.searchsorted(np.cumsum(sizes) / sum(sizes), chosen, side="right")
            values[np.arange(len(sizes))[None, :] != of[:, None]] = np.nan
        return values


def write(folder: pathlib.Path, made: Plan, key: Key, failed: frozenset[str] = frozenset(), rounds: int | None = None) -> pathlib.Path:
    """Run a plan as an assessment does, and write and seal what it writes."""
    record = Record(folder)
    written = plan_document(made, failed)
    digest = record.begin(written, key, resume=False)
    shelf = KeptShelf(record.shelf)
    state = run(made, InProcess(shelf), failed_controls=failed, most_rounds=rounds)
    measured = judge(state, {one.probe.id: "it passed the bad target" if one.probe.id in failed else "" for one in made.held})
    facts = Facts(
        data=doc.DataFacts(),
        target="a coin",
        digests={**made.digests, "plan": digest},
        key=doc.Key(id="" if key.public.insecure else key.public.id, insecure=key.public.insecure),
        effect_nulls=NULLS * len(made.pairs),
    )
    record.stream("losses.jsonl", lines(state, shelf))
    record.write("result.json", encode(msgspec.to_builtins(summarise(SYSTEM, made, measured, rows(measured.effects), facts))))
    record.seal(key)
    return folder


def of(rate: float, limit: float, metric: Any, word: str, target: Coin, **more: Any) -> Held:  # noqa: ANN401  a fake metric
    """A criterion read by such a metric, its finding's id unlike every other's."""
    one = held(rate, limit, target=target, metric=metric, word=word, **more)
    return replace(one, id=one.probe.id)


def mixed(seed: int, design: Design = Design.ALL_ITEMS) -> Plan:
    """A plan with every claim, at rates and limits that the seed draws."""
    random = np.random.default_rng(seed)
    target = Coin(int(random.choice([150, 400, 1000])), rows_a_unit=int(random.choice([1, 1, 3])), broken_from=int(random.choice([10**9, 10**9, 140])))
    metrics: list[Any] = [
        Lost(),
        Lost(0.5),
        Parted(Gap(minimum=20), (1.0, 0.0, 1.0), word="gap3", sizes=(4, 3, 1)),
        Parted(Gap(minimum=20), (1.0, 0.0), word="gap2"),
        Parted(Gap(minimum=20, real=True), (0.5, 0.25, 1.0), word="real-gap"),
        Parted(Advantage(), (1.0, 0.0), word="adv", sizes=(1, 3)),
        Parted(Advantage(block=2, real=True), (0.25, 1.0), word="real-adv"),
        Parted(Mean(real=True), (1.0,), word="real", apart=False),
    ]
    if target.rows_a_unit == 1:  # it takes no mean of a unit's rows
        metrics.append(Parted(Both(f=0.1), (1.0, 0.0, 1.0, 0.0), word="both", apart=False))
    criteria = []
    for k, metric in enumerate(metrics * 2):
        rate, limit = float(random.choice([0.0, 0.02, 0.1, 0.3, 0.6, 0.97])), float(random.choice([0.05, 0.1, 0.15, 0.333, 0.5]))
        critical, guessed = bool(random.random() < 0.2), bool(random.random() < 0.1)
        criteria.append(of(rate, limit, metric, f"w{k}", target, critical=critical, provisional=("a guess",) if guessed else ()))
    criteria[len(metrics)] = replace(criteria[len(metrics)], floor=criteria[0].id)
    cells = [one.cell for one in criteria if len(one.cell.metric.parts) == 1]
    pairs = []
    for k in range(6):
        a, b = (cells[int(random.integers(len(cells)))] for _ in range(2))
        if a.id != b.id:
            pairs.append(fix(f"p{k}", a, b))
    cell = next(one.cell for one in criteria if one.cell.metric.id == "adv")
    about = {"flaw": "f", "title": "a flaw", "threat": cell.arm.condition.id}
    pairs.append(Pair(id="door", role=Role.EXPOSED_BY_FLAW, of=cell, against=None, margin=0.05, claim=cast("Comparison", cell.claim), about=about))
    return plan(*criteria, pairs=pairs, design=design, seed=seed)


def fix(name: str, a: Cell, b: Cell) -> Pair:
    """A comparison as the matrix has it."""
    about = {"mitigation": "none", "column": name, "block": "safety", "guard": "yes"}
    return Pair(id=name, role=Role.MITIGATION, of=a, against=b, margin=0.05, claim=paired(a, b), about=about)


def little() -> Plan:
    """A plan that is checked in no time and still has a verdict of each kind, a comparison and a flaw."""
    target = Coin(80)
    groups = Parted(Advantage(), (1.0, 0.0), word="adv")
    criteria = [of(rate, 0.2, Lost(), word, target) for rate, word in ((0.0, "low"), (0.6, "high"), (0.2, "even"))] + [of(0.9, 0.3, groups, "groups", target)]
    cells = [one.cell for one in criteria]
    about = {"flaw": "f", "title": "a flaw", "threat": cells[3].arm.condition.id, "telling": "yes"}
    door = replace(fix("door", cells[3], cells[3]), role=Role.EXPOSED_BY_FLAW, against=None, claim=Advantage(), about=about)
    return plan(*criteria, pairs=[fix("better", cells[0], cells[1]), fix("worse", cells[1], cells[2]), door])


@pytest.fixture(scope="module")
def key() -> Key:
    return InsecureDevelopmentKey()


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory, key: Key) -> pathlib.Path:
    return write(tmp_path_factory.mktemp("run"), little(), key)


@pytest.fixture
def copy(run_folder: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    return pathlib.Path(shutil.copytree(run_folder, tmp_path / "copy", ignore=shutil.ignore_patterns("shelf")))


def layers(folder: pathlib.Path) -> set[str]:
    return {layer for layer, _ in VERIFY.check(folder).problems}


# It agrees with the engine


@pytest.mark.parametrize("design", list(Design))
@pytest.mark.parametrize("seed", [2, 4])
def test_it_agrees_with_the_engine_on_every_claim(seed: int, design: Design, key: Key, tmp_path: pathlib.Path) -> None:
    report = VERIFY.check(write(tmp_path, mixed(seed, design), key))
    assert report.problems == []
    assert report.criteria >= 16


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_it_agrees_on_many_more(seed: int, key: Key, tmp_path: pathlib.Path) -> None:
    for design in Design:
        assert VERIFY.check(write(tmp_path / design.name, mixed(seed, design), key)).problems == []


def test_the_run_that_is_edited_below_has_a_verdict_of_each_kind(run_folder: pathlib.Path) -> None:
    result = json.loads((run_folder / "result.json").read_bytes())
    assert {row["verdict"] for row in result["findings"]} == {"pass", "fail", "inconclusive"}
    assert {row["direction"] for row in result["interplay"]} == {"better", "worse"}
    assert VERIFY.check(run_folder).problems == []


def test_rows_that_broke_are_in_the_log_and_make_an_error(key: Key, tmp_path: pathlib.Path) -> None:
    target = Coin(100, broken_from=98)
    made = plan(of(0.0, 0.2, Lost(), "low", target), of(0.6, 0.2, Lost(), "high", target))
    folder = write(tmp_path, made, key)
    assert VERIFY.check(folder).problems == []
    assert {row["verdict"] for row in json.loads((folder / "result.json").read_bytes())["findings"]} == {"error"}


def test_a_probe_whose_control_failed_claims_nothing(key: Key, tmp_path: pathlib.Path) -> None:
    made = little()
    folder = write(tmp_path, made, key, failed=frozenset({made.held[0].probe.id}))
    assert VERIFY.check(folder).problems == []
    assert json.loads((folder / "result.json").read_bytes())["findings"][0]["verdict"] == "error"


def test_a_guess_or_a_floor_keeps_a_criterion_from_passing(key: Key, tmp_path: pathlib.Path) -> None:
    target = Coin(200)
    floor = of(0.6, 0.2, Lost(), "floor", target)
    made = plan(floor, of(0.0, 0.2, Lost(), "a", target, floor=floor.id), of(0.0, 0.2, Lost(), "b", target, provisional=("a guess",)))
    folder = write(tmp_path, made, key)
    assert VERIFY.check(folder).problems == []
    assert [row["verdict"] for row in json.loads((folder / "result.json").read_bytes())["findings"]] == ["fail", "inconclusive", "inconclusive"]


def test_a_run_that_was_stopped_verifies_and_says_so(key: Key, tmp_path: pathlib.Path) -> None:
    made = plan(*[of(0.19, 0.2, Lost(), f"w{k}", Coin(3000)) for k in range(3)])
    report = VERIFY.check(write(tmp_path, made, key, rounds=2))
    assert report.problems == []
    assert any("stopped" in note for note in report.notes)


def test_of_fewer_than_ten_no_number_is_said(key: Key, tmp_path: pathlib.Path) -> None:
    few, more, groups = Coin(9), Coin(80), Parted(Advantage(), (1.0, 0.0), word="adv", sizes=(1, 9))
    criteria = [of(0.9, 0.2, Lost(), "few", few), of(0.9, 0.2, Lost(), "more", more), of(0.9, 0.3, groups, "groups", more)]
    about = {"flaw": "f", "title": "a flaw", "threat": criteria[2].cell.arm.condition.id}
    door = Pair(id="door", role=Role.EXPOSED_BY_FLAW, of=criteria[2].cell, against=None, margin=0.05, claim=Advantage(), about=about)
    criteria.append(of(0.1, 0.2, Lost(), "small", few))
    folder = write(tmp_path, plan(*criteria, pairs=[door, fix("few", criteria[0].cell, criteria[3].cell)]), key)
    assert VERIFY.check(folder).problems == []
    result = json.loads((folder / "result.json").read_bytes())
    for row in (result["findings"][0], result["findings"][2], result["exposed_by_flaw"][0], result["interplay"][0]):
        assert "Fewer than 10" in row["why"]
        assert {row.get(name) for name in ("mean", "effect", "lower", "upper", "of", "against", "trials", "count", "nominal", "e_fail")} == {None}
        assert row.get("verdict", row.get("direction")) == "not_measured"
    assert result["findings"][1]["verdict"] == "fail"


def test_a_small_part_and_the_next_smallest_keep_their_names_only(key: Key, tmp_path: pathlib.Path) -> None:
    groups = Parted(Gap(minimum=20), (1.0, 0.0, 1.0), word="gap3", sizes=(90, 4, 40))
    folder = write(tmp_path, plan(of(0.9, 0.2, groups, "groups", Coin(150)), of(0.9, 0.2, Lost(), "more", Coin(150))), key)
    assert VERIFY.check(folder).problems == []
    parts = json.loads((folder / "result.json").read_bytes())["findings"][0]["parts"]
    assert [part["trials"] > 0 for part in parts] == [True, False, False]


# It agrees with nobody who changes a byte


def test_every_edit_is_found_without_the_key_and_with_it(run_folder: pathlib.Path, key: Key, tmp_path: pathlib.Path) -> None:
    genuine = {name: (run_folder / name).read_bytes() for name in VERIFY.FILES}
    seen = set()
    for kind, edited in EDITS.edits(genuine, 3, 51):
        seen.add(kind)
        assert list(VERIFY.signatures(edited, "")), f"not found by the signatures: {kind}"
        assert "recomputation" in EDITS.layers(VERIFY, EDITS.sealed_anew(edited, key), tmp_path), f"not found by recomputation: {kind}"
    assert seen == set(EDITS.KINDS)


@pytest.mark.parametrize("name", ["plan.json", "losses.jsonl", "result.json"])
def test_any_byte_counts(copy: pathlib.Path, name: str) -> None:
    data = (copy / name).read_bytes()
    for at in range(7, len(data), max(1, len(data) // 25)):
        (copy / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert "signature" in layers(copy)


def test_a_longer_or_shorter_log_is_found_though_signed_anew(run_folder: pathlib.Path, key: Key, tmp_path: pathlib.Path) -> None:
    genuine = {name: (run_folder / name).read_bytes() for name in VERIFY.FILES}
    log = genuine["losses.jsonl"]
    lines = log.splitlines(keepends=True)
    for edited in (log + lines[-1], b"".join(lines[:-1]), log + b"\n", b"", log[:-1], lines[0] + log):
        assert "recomputation" in EDITS.layers(VERIFY, EDITS.sealed_anew({**genuine, "losses.jsonl": edited}, key), tmp_path)


def test_numbers_in_sentences_are_those_of_their_effects(run_folder: pathlib.Path, key: Key, tmp_path: pathlib.Path) -> None:
    genuine = {name: (run_folder / name).read_bytes() for name in VERIFY.FILES}
    result = json.loads(genuine["result.json"])
    text = result["sentences"][0]["text"]
    number = next(word for word in text.split() if word.isdigit() and len(word) > 1)
    result["sentences"][0]["text"] = text.replace(number, str(int(number) + 37))
    edited = EDITS.sealed_anew({**genuine, "result.json": encode(result)}, key)
    assert "recomputation" in EDITS.layers(VERIFY, edited, tmp_path)


def swapped(document: Any) -> None:  # noqa: ANN401  JSON
    for row in document["mitigations"]:
        row["title"], row["how"] = "another", "something else"


def renamed(document: Any) -> None:  # noqa: ANN401  JSON
    for row in document["interplay"]:
        row["column"] = "nothing that matters"
    for row in document["mitigations"]:
        row["better"], row["worse"] = (["nothing that matters"] * len(row[side]) for side in ("better", "worse"))
        row["buys"] = row["costs"] = ""


def added(document: Any) -> None:  # noqa: ANN401  JSON
    numbers = {"by_intent": 0.0, "by_chance": 0.9, "difference": -0.9, "lower": -1.0, "upper": -0.8}
    document["intent"].append({"id": "", "channel": "input", "threat": "t", "counterpart": "", "direction": "not_measured", **numbers})


def sized(document: Any) -> None:  # noqa: ANN401  JSON
    document["intent"].append({"id": "", "channel": "input", "threat": "t", "counterpart": "", "direction": "not_measured", "size": "mean change 3 by intent"})


def without_sentences(document: Any) -> None:  # noqa: ANN401  JSON
    document["sentences"] = []


def one_sentence_less(document: Any) -> None:  # noqa: ANN401  JSON
    del document["sentences"][-1]


def turned(document: Any) -> None:  # noqa: ANN401  JSON
    for one in document["sentences"]:
        one["text"] = one["text"].replace("more", "less").replace("fewer", "rather more")


def nothing_gained(document: Any) -> None:  # noqa: ANN401  JSON
    document["sentences"][0]["text"] = "An attacker gains nothing: 0."


def of_findings(field: str, value: object) -> Callable[[Any], None]:
    def change(document: Any) -> None:  # noqa: ANN401  JSON
        document["findings"][0][field] = value

    return change


def of_a_door(field: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:  # noqa: ANN401  JSON
        document["exposed_by_flaw"][0][field] = "nothing that matters"

    return change


FALSE = [swapped, renamed, added, sized, without_sentences, one_sentence_less, turned, nothing_gained]
WORDS = {"title": "", "harm": "none", "severity": 1, "metric_title": "replies that are good", "condition_title": "never"}


@pytest.mark.parametrize(
    "change",
    [*FALSE, *(of_findings(*one) for one in WORDS.items()), *(of_a_door(one) for one in ("title", "threat_title", "metric_title", "repaired"))],
)
def test_what_is_said_around_the_numbers_is_that_of_the_plan(change: Callable[[Any], None], run_folder: pathlib.Path, key: Key, tmp_path: pathlib.Path) -> None:
    genuine = {name: (run_folder / name).read_bytes() for name in VERIFY.FILES}
    result = json.loads(genuine["result.json"])
    change(result)
    edited = EDITS.sealed_anew({**genuine, "result.json": encode(result)}, key)
    assert edited["result.json"] != genuine["result.json"]
    assert EDITS.layers(VERIFY, edited, tmp_path) == {"recomputation"}


def test_sentences_are_of_a_door_and_of_what_a_mitigation_buys(run_folder: pathlib.Path) -> None:
    texts = [one["text"] for one in json.loads((run_folder / "result.json").read_bytes())["sentences"]]
    assert [text.partition(":")[0] for text in texts] == ["A safety flaw is an open door", "No mitigation (trade-off)"]


def test_another_key_is_told_from_the_first(copy: pathlib.Path, key: Key) -> None:
    assert VERIFY.check(copy, key.public.id).problems == []
    assert [layer for layer, _ in VERIFY.check(copy, InsecureDevelopmentKey().public.id).problems] == ["signature"]
    Record(copy).seal(InsecureDevelopmentKey())
    assert "signature" in layers(copy)


def test_a_key_s_name_is_its_digest(copy: pathlib.Path) -> None:
    record = json.loads((copy / "plan.sig.json").read_bytes())
    record["key"]["id"] = digest_bytes(b"somebody else")
    (copy / "plan.sig.json").write_bytes(encode(record))
    assert "signature" in layers(copy)


HOSTILE = {
    "empty": b"",
    "no object": b"[]",
    "deep": b"[" * 100_000,
    "twice": b'{"schema": 1, "schema": 2}',
    "bytes": bytes(range(256)),
    "another object": b'{"design": "all items", "alpha": "x"}',
    "numbers": b'{"alpha": 1e999, "seed": ' + b"9" * 5000 + b"}",
    "nothing in it": b"{}",
}


@pytest.mark.parametrize("name", VERIFY.FILES)
@pytest.mark.parametrize("what", HOSTILE)
def test_garbage_is_refused_and_never_a_traceback(copy: pathlib.Path, name: str, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / name).write_bytes(HOSTILE[what])
    assert VERIFY.main([str(copy)]) == 3
    assert "does not verify" in capsys.readouterr().out


def test_what_is_printed_can_do_nothing_to_a_terminal(copy: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan_ = json.loads((copy / "plan.json").read_bytes())
    plan_["arms"][0]["id"] = "\x1b[31mred+none"
    (copy / "plan.json").write_bytes(encode(plan_))
    assert VERIFY.main([str(copy)]) == 3
    assert "\x1b" not in capsys.readouterr().out


# It stands alone


def test_it_runs_with_the_standard_library_alone(run_folder: pathlib.Path) -> None:
    found = subprocess.run([sys.executable, "-I", "-S", str(TOOL), str(run_folder)], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    assert "It verifies: 4 criteria and 3 effects" in found.stdout
    assert "signed by nobody" in found.stdout


def test_a_missing_file_is_a_line_and_code_2(copy: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "evidence.sig.json").unlink()
    assert VERIFY.main([str(copy)]) == 2
    assert "evidence.sig.json" in capsys.readouterr().err
    assert VERIFY.main([]) == 2
