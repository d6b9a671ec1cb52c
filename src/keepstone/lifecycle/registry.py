"""What a run says in the ledger: its plan before the first trial, its result afterwards. A result whose plan was not there first is exploratory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger import note
from keepstone.ledger.envelope import statement
from keepstone.ledger.log import Ledger
from keepstone.ledger.sqlite import SqliteStore

if TYPE_CHECKING:
    from keepstone.govern.document import Result
    from keepstone.ledger.keys import Key
    from keepstone.ledger.store import Store

PLAN = "urn:keepstone:plan:1"
"""The predicate of a plan: which system, which set of cases, how many criteria."""
RESULT = "https://in-toto.io/attestation/test-result/v0.1"
"""in-toto's own predicate of a test's result."""
POSTGRES = ("postgresql://", "postgres://")
SAID = {"met": "PASSED", "not_met": "FAILED"}


def store_at(place: str, *, make: bool = False) -> Store:
    """Open the store of a path or a DSN.

    Raises:
        InputError: If the path can't be one.
        MissingExtra: If it is a DSN and psycopg is not installed.
    """
    if place.startswith(POSTGRES):
        from keepstone.ledger.postgres import PostgresStore

        return PostgresStore(place, make=make)
    if "\0" in place or not place.strip() or Path(place).is_dir():
        raise InputError("A ledger must be a file's path, or an address postgresql://...")
    return SqliteStore(Path(place), make=make)


def found(place: str, origin: str, key: Key) -> Ledger:
    """Make a ledger: a signed checkpoint of no entries gives it its name.

    Raises:
        InputError: If there is one already.
    """
    store = store_at(place, make=True)
    if store.size or store.checkpoint():
        raise InputError("There is a ledger here already; it is only ever added to.")
    ledger = Ledger(store, origin, key)
    ledger.checkpoint()
    return ledger


def opened(place: str, key: Key) -> Ledger:
    """Open a ledger to add to it.

    Raises:
        EvidenceError: If the key is not the ledger's.
    """
    store = store_at(place)
    return Ledger(store, origin_of(store), key)


def origin_of(store: Store) -> str:
    """The name that a ledger was founded with.

    Raises:
        EvidenceError: If it never was.
    """
    kept = store.checkpoint()
    if not kept:
        raise EvidenceError("The ledger holds no checkpoint.", hint="`keepstone ledger new` founds one.")
    return note.read(kept).checkpoint.origin


def registered(ledger: Ledger, plan: str, *, system: str, data: str, criteria: int) -> int:
    """Log a plan before its first trial, unless it is there; give how often this set of cases was planned for before.

    Args:
        ledger: Where.
        plan: `sha256:` of plan.json.
        system: The system's name.
        data: Digest of the cases.
        criteria: How many are fixed.
    """
    uses, there = 0, False
    for one in _of(ledger, PLAN):
        named = _subjects(one)
        there = there or named.get("plan.json") == plan
        uses += named.get("cases") == data and named.get("plan.json") != plan
    if not there:
        ledger.append([statement({"plan.json": plan, "cases": data}, PLAN, {"system": system, "criteria": criteria, "earlier_uses": uses})])
    return uses


def concluded(ledger: Ledger, result: Result, digests: Mapping[str, str]) -> str:
    """Log a result, unless it is there, and sign the head; give the checkpoint.

    Args:
        ledger: Where.
        result: What came out.
        digests: `sha256:` of plan.json, losses.jsonl and result.json.
    """
    there = any(_subjects(one).get("result.json") == digests["result.json"] for one in _of(ledger, RESULT))
    if not there:
        by_verdict = {verdict: sorted(one.id for one in result.findings if one.verdict == verdict) for verdict in ("pass", "fail", "inconclusive")}
        said: dict[str, object] = {
            "result": SAID.get(result.verdict.overall, "WARNED"),
            "configuration": [{"name": "plan.json", "digest": {"sha256": digests["plan.json"].removeprefix("sha256:")}}],
            "passedTests": by_verdict["pass"],
            "warnedTests": by_verdict["inconclusive"],
            "failedTests": by_verdict["fail"],
        }
        ledger.append([statement({name: digests[name] for name in ("losses.jsonl", "result.json")}, RESULT, said)])
    return ledger.checkpoint()


@dataclass(frozen=True)
class Standing:
    """What the ledger says of a run.

    Attributes:
        planned: Number of the entry of its plan; None where it was never registered.
        concluded: Number of the entry of its result; None where it is not there.
    """

    planned: int | None
    concluded: int | None

    @property
    def exploratory(self) -> bool:
        """Whether the plan was not fixed before the result was known."""
        return self.planned is None or (self.concluded is not None and self.planned > self.concluded)

    @property
    def sentence(self) -> str:
        """In plain words."""
        if self.concluded is None:
            return "Its result does not stand in the ledger."
        if self.exploratory:
            return f"Exploratory: its result is entry {self.concluded}, and its plan was not registered before."
        return f"Its plan was registered (entry {self.planned}) before its result (entry {self.concluded})."


def standing(statements: Iterable[Mapping[str, object]], plan: str, result: str) -> Standing:
    """Find a run in a ledger, by the digests of its plan and its result."""
    planned = told = None
    for number, one in enumerate(statements):
        named = _subjects(one)
        if planned is None and one["predicateType"] == PLAN and named.get("plan.json") == plan:
            planned = number
        if told is None and one["predicateType"] == RESULT and named.get("result.json") == result:
            told = number
    return Standing(planned, told)


def _of(ledger: Ledger, kind: str) -> Iterable[Mapping[str, object]]:
    return (one for one in ledger.statements() if one["predicateType"] == kind)


def _subjects(stated: Mapping[str, object]) -> dict[str, str]:
    subjects = stated.get("subject")
    found = subjects if isinstance(subjects, list) else []
    return {str(one["name"]): f"sha256:{one['digest']['sha256']}" for one in found}
