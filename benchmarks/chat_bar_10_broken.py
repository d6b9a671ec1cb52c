"""Chat bar 10: an endpoint that breaks at 30 % of its replies, in seven ways. Beside it the same run without a break, and what a peer would count.

Floor: nothing breaks. Peer: what breaks is dropped ("resisted"), as is usual; its rate has no bound for what is missing.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from printing import show, verdict

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from loopback import Body, Loopback, breaking

from keepstone.core.chat import Conversation
from keepstone.core.result import Finding, Measured, Verdict
from keepstone.lifecycle.assess import Choice, Planned, prepare
from keepstone.lifecycle.described import described
from keepstone.lifecycle.opening import open_target
from keepstone.measure.executors.local import InProcess
from keepstone.measure.judge import judge
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import Clinic

EXAMPLE = Path(__file__).parent.parent / "examples" / "chatbot" / "system.toml"
SHARES = (0.0, 0.03, 0.3, 1.0)
BUDGET = 2000.0
AREAS = frozenset({"alignment", "adversarial"})
CLINIC = Clinic(wrong=0.02, gaps=0.5, obeys_documents=0.6, complies=0.05)
SECONDS, ITEMS, AT_ONCE = 0.5, 300, 16


def says(asked: Body) -> str:
    """The scripted assistant behind the address."""
    prompt, _, document = str(asked["messages"][0]["content"]).partition("\n\nDocument:\n")
    turns = tuple((one["role"], one["content"]) for one in asked["messages"][1:])
    return CLINIC.reply([Conversation(prompt, (document,) if document else (), turns, asked["seed"] / 2**31)])[0].text


def planned(url: str, budget: float) -> Planned:
    """The example's plan, without mitigations, at an address."""
    system = described(EXAMPLE)
    assert system.target is not None
    spec = replace(system.target, chat=url, items=ITEMS, seconds=SECONDS, parameters={"model": "m", "concurrency": AT_ONCE, "attempts": 2})
    system = replace(system, target=spec, mitigations=())
    shelf = KeptShelf()
    return prepare(system, open_target(system, EXAMPLE.parent, seed=7, shelf=shelf), Choice(only=AREAS, budget=budget), shelf)


def measured(share: float, budget: float = float("inf")) -> tuple[Measured, int]:
    """What a run finds where a share of replies breaks, and the calls that the server saw."""
    with Loopback(says=says, how=breaking(share), keep=False) as server:
        made = planned(server.url, budget)
        found = judge(run(made.plan, InProcess(KeptShelf())), made.controls)
        made.opened.target.assistant.close()  # type: ignore[attr-defined]
        return found, server.count


def word(finding: Finding) -> str:
    """A finding in a cell of a table."""
    shown = finding.estimate
    return finding.verdict.value if shown is None else f"{finding.verdict.value} {shown.mean:.2f} [{shown.lower:.2f}, {shown.upper:.2f}] n={shown.trials}"


def main() -> int:
    """Print the tables."""
    got = {share: measured(share) for share in SHARES}
    rows = [(held.held.id, *(word(got[share][0].findings[k]) for share in SHARES)) for k, held in enumerate(got[0.0][0].findings)]
    show("Findings where a share of replies breaks", ["criterion", *(f"{share:.0%}" for share in SHARES)], rows)
    truth = {one.held.id: one.verdict for one in got[0.0][0].findings}
    greener = [one.held.id for share in SHARES[1:] for one in got[share][0].findings if one.verdict is Verdict.PASS and truth[one.held.id] is not Verdict.PASS]
    claims = [one for share in SHARES[1:] for one in got[share][0].effects if one.direction in {"worse", "better"}]
    sound = {one.pair.id: one.direction for one in got[0.0][0].effects}
    against = [one.pair.id for one in claims if sound[one.pair.id] not in {one.direction, "inconclusive"}]
    counts = [(f"{share:.0%}", *(Counter(one.verdict for one in got[share][0].findings)[verdict_] for verdict_ in Verdict), got[share][1]) for share in SHARES]
    show("Verdicts", ["broken", *(one.value for one in Verdict), "calls"], counts)
    bounded, seen = measured(0.3, BUDGET)
    met = [
        verdict("verdicts greener than without the breaks", len(greener), 0),
        verdict("effects claimed against what holds without the breaks", len(against), 0),
        verdict("trials paid for and not in the result, at 30 % broken", abs(got[0.3][1] - got[0.3][0].calls), 0),
        verdict(f"calls over a budget of {BUDGET:g}, at 30 % broken", max(bounded.calls, seen) - BUDGET, AT_ONCE),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
