"""What `assess` and `demo` do: open, plan, run with progress, write, and say it on one screen."""

from __future__ import annotations

import math
import os
import platform
import shlex
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from keepstone.cli.options import console, folder, passphrase
from keepstone.cli.outside import authority, outside
from keepstone.cli.progress import Bar
from keepstone.cli.screen import paragraph
from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.govern.diff import unlike
from keepstone.govern.document import Result, Run
from keepstone.govern.report.explored import told
from keepstone.govern.report.page import Beside
from keepstone.govern.report.terminal import summary
from keepstone.govern.summary import exit_code
from keepstone.ledger import keys
from keepstone.ledger.canonical import encode
from keepstone.lifecycle import assess as order
from keepstone.lifecycle.described import described
from keepstone.lifecycle.opening import open_target
from keepstone.lifecycle.publish import publish
from keepstone.lifecycle.record import PLAN, SHELF, Record
from keepstone.measure.executors.local import Processes
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    from keepstone.ledger.keys import Key
    from keepstone.ledger.log import Ledger
    from keepstone.lifecycle.talking import Outside


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was chosen on the command line."""

    seed: int = 7
    calls: float = math.inf
    seconds: float = math.inf
    rounds: int | None = None
    only: frozenset[str] = frozenset()
    profile: str = "quick"
    resume: bool = False
    baseline: str = ""
    key: str = ""
    ledger: str = ""
    passphrase_file: str | None = None
    trust_pickle: bool = False
    show_rows: bool = False
    explore: bool = False
    proxy: str = ""
    proxy_ca: str = ""
    as_json: bool = False

    @classmethod
    def of(cls, chosen: Mapping[str, object]) -> Options:
        """Read them as click gives them.

        Raises:
            InputError: If an area is not known.
        """
        budget = chosen.get("budget")
        calls, seconds = budget if isinstance(budget, tuple) else (math.inf, math.inf)
        only = frozenset(word.strip() for word in str(chosen.get("only") or "").split(",") if word.strip())
        strange = sorted(only - {area.value for area in Area})
        if strange:
            raise InputError(f"The «--only» must name areas; got {strange[0]!r}.", hint=f"Areas: {', '.join(area.value for area in Area)}.")
        rounds = chosen.get("rounds")
        return cls(
            seed=int(str(chosen["seed"])),
            calls=calls,
            seconds=seconds,
            rounds=rounds if isinstance(rounds, int) else None,
            only=only,
            profile=str(chosen["profile"]),
            resume=bool(chosen.get("resume")),
            baseline=str(chosen.get("baseline") or ""),
            key=str(chosen.get("key") or ""),
            ledger=str(chosen.get("ledger") or ""),
            passphrase_file=None if chosen.get("passphrase_file") is None else str(chosen["passphrase_file"]),
            trust_pickle=bool(chosen.get("trust_pickle")),
            show_rows=bool(chosen.get("show_rows")),
            explore=bool(chosen.get("explore")),
            proxy=str(chosen.get("proxy") or ""),
            proxy_ca=str(chosen.get("proxy_ca") or ""),
            as_json=bool(chosen.get("as_json")),
        )


def perform(path: Path, options: Options, out: Path, *, processes: int) -> int:
    """Assess a system file; give the exit code.

    Raises:
        KeepstoneError: If anything from outside is wrong.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    began, clock = datetime.now(UTC), time.monotonic()
    _writable(out, resume=options.resume)
    system = described(path)
    key = _key(options)
    ledger = _ledger(options, key)
    before = _baseline(options.baseline)
    screen = console(err=True)
    choice = order.Choice(
        seed=options.seed,
        profile=options.profile,
        only=options.only,
        budget=options.calls,
        rounds=options.rounds,
        resume=options.resume,
        show_rows=options.show_rows,
        explore=options.explore,
    )
    workers = Processes(processes, out / SHELF, time.perf_counter) if processes > 1 else None
    with Bar(screen, quiet=options.as_json) as bar, ended(workers):
        bar.say("reading model and cases")
        shelf = KeptShelf()
        opened = open_target(system, path.parent, seed=options.seed, shelf=shelf, trust_pickle=options.trust_pickle, outside=_outside(options))
        _same_settings(before, opened.settings)
        bar.say("planning, and trying every probe on its controls")
        planned = order.prepare(system, opened, choice, shelf)
        record = Record(out)
        place = order.Place(record=record, processes=None if opened.alone else workers, clock=time.perf_counter, ledger=ledger)
        found = order.assess(planned, choice, key, place=place, on_progress=lambda step: bar.step(step) and time.monotonic() - clock < options.seconds)
        bar.say("drawing the report")
        seconds = time.monotonic() - clock
        facts = _paid(msgspec.structs.replace(_run(path, began, seconds, found, processes, options), system=_from(out, path)), found.cost)
        page = publish(record, found.document, facts, Beside(rows=found.personal, said=found.said, explored=found.explored))
    _tell(found, page, options, facts)
    if found.uses:
        again = f"Of these cases a plan was registered {found.uses} times before: what was looked at before has spent error (docs/statistics.md)."
        paragraph(console(err=True), again, style="dim")
    return _code(found.document, before)


def _outside(options: Options) -> Outside:
    return outside(sending=True, whole=options.show_rows, proxy=options.proxy, authority=authority(options.proxy, options.proxy_ca))


def _writable(out: Path, *, resume: bool) -> None:
    """Refuse before the work begins what would be refused when it is written down."""
    folder(str(out))
    if resume and not (out / PLAN).is_file():
        raise InputError(f"{out / PLAN}: there is no run to resume.", hint="Leave out --resume.")


def _tell(found: order.Assessed, page: Path, options: Options, facts: Run) -> None:
    result = found.document
    if options.as_json:
        click.echo(encode_document(result).encode())
        return
    summary(result, console(), report=str(page), run=facts)
    if found.explored is not None:
        paragraph(console(), told(found.explored))
    if result.key.insecure:
        paragraph(console(err=True), keys.InsecureDevelopmentKey.notice, style="dim")


def encode_document(result: Result) -> str:
    """The document as text, the same bytes as the file."""
    return encode(msgspec.to_builtins(result)).decode()


def _code(result: Result, before: Result | None) -> int:
    """The exit code; beside a baseline, 1 only for failures that it does not have."""
    code = exit_code(result)
    if before is None or code != 1:
        return code
    known = {finding.id for finding in before.findings if finding.verdict == "fail"}
    return 1 if any(finding.verdict == "fail" and finding.id not in known for finding in result.findings) else 4


def _baseline(path: str) -> Result | None:
    from keepstone.cli.options import existing
    from keepstone.govern.read import read_result

    return read_result(existing(path).read_bytes(), name=path) if path else None


def _same_settings(before: Result | None, now: Mapping[str, str]) -> None:
    """Refuse a baseline whose target was set otherwise, before anything is asked.

    Raises:
        InputError: If it was, with each difference on a line of its own.
    """
    problems = [] if before is None else list(unlike(before.system.settings, now))
    if problems:
        lines = [f"The «{name}» must be that of the baseline; got {one[:80]!r} there and {other[:80]!r} here." for name, one, other in problems]
        raise InputError(lines, hint="Make a new baseline; `keepstone diff --across` compares two results all the same.")


def _key(options: Options) -> Key:
    secret = passphrase(options.passphrase_file)
    if secret is not None and not options.key:
        raise InputError("The «--passphrase-file» must stand beside «--key», the folder of the key that it opens.")
    return keys.load(options.key, passphrase=secret) if options.key else keys.InsecureDevelopmentKey()


def _ledger(options: Options, key: Key) -> Ledger | None:
    """The ledger that the plan is registered in.

    Raises:
        InputError: If no key was named: a ledger is signed by one that lasts.
    """
    if not options.ledger:
        return None
    if not options.key:
        raise InputError("The «--ledger» must stand beside «--key», the folder of the ledger's key.")
    from keepstone.lifecycle.registry import opened

    return opened(options.ledger, key)


def _run(path: Path, began: datetime, seconds: float, found: order.Assessed, processes: int, options: Options) -> Run:
    return Run(
        start=began.isoformat(timespec="seconds"),
        end=datetime.now(UTC).isoformat(timespec="seconds"),
        host=socket.gethostname(),
        python=platform.python_version(),
        platform=platform.platform(),
        seconds=round(seconds, 3),
        cells=found.cells,
        calls=found.document.calls.made,
        workers=processes,
        latency=found.latency,
        seconds_by_kind={name: round(took, 3) for name, took in sorted(found.seconds.items())},
        rounds=found.rounds,
        command=_command(path.name, options, found.rounds),
    )


def _paid(facts: Run, cost: order.Cost | None) -> Run:
    """The facts with what was paid, where it was counted."""
    if cost is None:
        return facts
    return msgspec.structs.replace(facts, tokens_read=cost.read, tokens_written=cost.written, money=cost.money, currency=cost.currency)


def _from(out: Path, path: Path) -> str:
    """The path of the system file from the folder of the run; "" where there is none, as from one drive to another."""
    try:
        return Path(os.path.relpath(path.resolve(), out.resolve())).as_posix()
    except ValueError:
        return ""


def _command(name: str, options: Options, rounds: int) -> str:
    """The command that repeats the run: with the rounds that it got, whatever ended it."""
    only = f" --only {','.join(sorted(options.only))}" if options.only else ""
    trusted = " --trust-pickle" if options.trust_pickle else ""
    return f"keepstone assess {shlex.quote(name)} --seed {options.seed} --profile {options.profile}{only} --rounds {rounds}{trusted}"


@contextmanager
def ended(workers: Processes | None) -> Iterator[None]:
    """End the workers, whatever happens."""
    try:
        yield
    finally:
        if workers is not None:
            workers.close()


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
