"""`keepstone init MODEL DATA`: a first system file, in which every guess says that it is one."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console
from keepstone.core.errors import InputError
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from keepstone.core.system import System
    from keepstone.intake.table import RawTable
    from keepstone.map.propose import Question

NONE = "-"
MOST = 12  # options and remarks that are shown
WHY = {
    "target.threshold": "from which score a case is flagged: every verdict rests on it",
    "target.recall": "which share of outcomes must be flagged: every verdict rests on it",
    "data.unit": "who a row belongs to: rows of one patient are not independent",
    "data.label": "the outcome",
    "data.positive": "the value of the outcome that matters",
    "data.part": "which rows were trained on",
    "data.batch": "site, period or file of a row: shift is measured by it",
}
ASKED = {
    "name": "The system's name.",
    "purpose": "What is decided with its answers, and by whom.",
    "population": "For whom it is meant.",
    "domain": "Where it is used, e.g. health: the catalogue has limits for it.",
    "label": "The column of the outcome.",
    "positive": "The value of the outcome that matters (death, disease, fraud).",
    "unit": 'The column that says who a row belongs to (the patient); "" if each row is somebody else.',
    "horizon": "By when the outcome is settled (discharge, 60 days).",
    "after": "Columns known only after the answer is needed, with commas; they are left out.",
    "units": 'Units of the values, with commas: "crea mg/dL, temp C".',
    "features": "Columns that the model sees, in its order, with commas.",
}


def _answers(command: Callable[..., int]) -> Callable[..., int]:
    """Add an option for each answer that can be given beforehand."""
    for key, said in reversed(ASKED.items()):
        command = click.option(f"--{key}", key, help=said)(command)
    return command


@click.command()
@click.argument("model", metavar="MODEL_OR_CALLABLE")
@click.argument("data", metavar="DATA.csv")
@click.option("--out", default="system.toml", show_default=True, help="The file to write; model and data lie in its folder or below.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given stays a guess.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Score from which a case is flagged.")
@click.option("--recall", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="Share of outcomes that must be flagged, instead of a threshold.")
@_answers
@click.option("--trust-pickle", is_flag=True, help="Load a model file that can run code when it is loaded.")
def command(model: str, data: str, **chosen: object) -> int:
    r"""Write a first system.toml for a model and its cases.

    What can be told from the file is told: columns, types, bounds, groups. What can't is asked, on a terminal. Every guess is marked in the file;
    it runs as it is, and a verdict that rests on a guess is provisional, never a pass.

    \b
    MODEL_OR_CALLABLE is one of
      model.py:fit       a function that trains: fit(X, y, *, seed, weight=None)
      model.py:score     a function from rows to scores or labels
      model.skops        a saved scikit-learn model
      scores.csv         scores alone, one a case, in a column «score»

    \b
    Examples:
      keepstone init model.skops cases.csv
      keepstone init model.py:fit data/cases.csv --label died --unit patient --recall 0.8
      keepstone init scores.csv cases.csv --threshold 0.3 --yes --out vendor.toml
    """
    from keepstone.cli.options import existing, folder
    from keepstone.cli.proposing import about_model, beside
    from keepstone.intake import table
    from keepstone.map.propose import propose

    out = _free(str(chosen["out"]), force=bool(chosen["force"]))
    folder(str(out.parent))
    raw = table.read(existing(data))
    known = about_model(model, trust_pickle=bool(chosen["trust_pickle"])) | _given(chosen)
    file, colon, function = model.rpartition(":")
    named = beside(file if colon else model, out) + (f":{function}" if colon else "")
    if not chosen["yes"] and sys.stdin.isatty():
        known |= _ask(raw, named, known)
    text = propose(raw, model=named, data=beside(data, out), answers=known)
    system, remarks = _usable(raw, text)
    _write(out, text)
    _tell(out, system, remarks, told="unit" in known)
    return 0


def _free(path: str, *, force: bool) -> Path:
    """The file that will be written, which must not be there."""
    if "\0" in path or not path:
        raise InputError("The «--out» must be the name of a file.")
    out = Path(path)
    if out.is_dir():
        raise InputError(f"{inert(path)}: This is a folder; the «--out» must be the name of a file.")
    if out.exists() and not force:
        raise InputError(
            f"{inert(path)}: The file is there already, and may hold what people confirmed.", hint="Name another with --out, or write over it with --force."
        )
    return out


def _given(chosen: Mapping[str, object]) -> dict[str, str]:
    """The answers that were given on the command line."""
    known = {key: str(value) for key in ASKED if (value := chosen.get(key)) is not None}
    threshold, recall = chosen["threshold"], chosen["recall"]
    if threshold is not None and recall is not None:
        raise click.UsageError("Give --threshold or --recall, not both: each sets the operating point.")
    if recall is not None:
        known["operating point"] = f"recall {recall}"
    elif threshold is not None:
        known["operating point"] = str(threshold)
    return known


# ---- asking ----


def _ask(raw: RawTable, model: str, known: Mapping[str, str]) -> dict[str, str]:
    """Ask what was not given; an empty answer leaves the guess a guess."""
    from keepstone.map.propose import questions

    click.echo(
        "What the file can't tell. Enter alone leaves what stands in brackets, marked as a guess;\ntyping it confirms it. A dash means none.\n", err=True
    )
    answers: dict[str, str] = {}
    for place in range(len(questions(raw, model=model))):
        label = answers.get("label") or known.get("label", "")
        question = questions(raw, model=model, label=label)[place]  # which outcome it is decides what is asked after it
        if question.key not in known and (said := _answer(question, raw)):
            answers[question.key] = said.removeprefix(NONE)
    click.echo(err=True)
    return answers


def _answer(question: Question, raw: RawTable) -> str:
    """One answer, asked again while it can't be one; "" for none."""
    options = [one for one in question.options if one]
    shown = f" ({', '.join(options[:MOST])}{' …' if len(options) > MOST else ''})" if options else ""
    proposed = f" [{question.proposed}]" if question.proposed else ""
    while True:
        asked = "\n".join(textwrap.wrap(inert(question.text + shown + proposed), console(err=True).width - 2, break_on_hyphens=False))
        said = str(click.prompt(asked, default="", show_default=False, err=True)).strip()
        wrong = _wrong(question, said, raw)
        if not wrong:
            return said
        click.echo(f"  {wrong}", err=True)


def _wrong(question: Question, said: str, raw: RawTable) -> str:
    """Why an answer can't be one, or ""."""
    if said in {"", NONE}:
        return ""
    if question.options and said not in question.options:
        return f"Please one of: {', '.join(inert(one) for one in question.options if one)}."
    if question.key == "operating point":
        return "" if _is_share(said.removeprefix("recall ")) else 'Please a score from 0 to 1, or "recall" and a share.'
    strange = [one for one in _columns_of(question.key, said) if one not in raw.columns]
    return f"There is no column «{inert(strange[0])}»." if strange else ""


def _columns_of(key: str, said: str) -> list[str]:
    """The columns that an answer names."""
    words = [one.strip() for one in said.split(",") if one.strip()]
    return {"unit": [said], "after": words, "units": [one.rpartition(" ")[0] for one in words]}.get(key, [])


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


# ---- writing and telling ----


def _usable(raw: RawTable, text: str) -> tuple[System, Sequence[str]]:
    """Read what was written as `assess` will, so that a file that can't be used is never left behind; give the remarks on the data."""
    from keepstone.map.describe import describe
    from keepstone.map.frame import frame

    system = describe(text, name="the proposed system.toml")
    if system.data is None:
        raise InputError("The «data» must be described.")
    return system, frame(raw, system.data, digest="sha256:").remarks


def _write(out: Path, text: str) -> None:
    from keepstone.lifecycle.record import Record

    Record(out.parent).write(out.name, text.encode())


def _tell(out: Path, system: System, remarks: Sequence[str], *, told: bool) -> None:
    """Say what was written, what must be confirmed, and what comes next; `told` where somebody said who a row belongs to."""
    from keepstone.cli.screen import columns, paragraph

    screen = console()
    data = system.data
    screen.print(
        f"Wrote {inert(str(out))}: {len(data.features) if data else 0} features, {len(data.groups) if data else 0} ways to tell people apart.",
        style="bold",
        soft_wrap=True,
    )
    for remark in remarks[:MOST]:
        paragraph(screen, f"Note: {remark}")
    screen.print()
    paragraph(screen, "To confirm, since verdicts rest on it: check it, then take its name off the list `guessed` of its table.")
    columns(screen, _to_confirm(system, told=told) or [("nothing", "everything was answered")], indent=2, styles=("bold",))
    screen.print("\nNext:")
    columns(
        screen,
        [(f"keepstone plan {inert(str(out))}", "what it could decide; no criterion is measured"), (f"keepstone assess {inert(str(out))}", "measure it")],
        indent=2,
    )


def _to_confirm(system: System, *, told: bool) -> list[tuple[str, str]]:
    """The guesses, those that decide every verdict first; those of features are counted."""
    said: list[tuple[str, str]] = []
    for guess in sorted(system.guesses, key=lambda one: (not one.startswith("target."), one)):
        table, _, field = guess.partition(".")
        if table in {"target", "data"}:
            said.append((f"[{table}] {field}", WHY.get(guess, "every verdict rests on it")))
    if system.data is not None and not system.data.unit and not told:
        said.append(("[data] unit", "not given: each row is taken to be somebody else"))
    of_features = {guess.split(".")[1] for guess in system.guesses if guess.startswith("feature.")}
    groups = {guess.split(".")[1] for guess in system.guesses if guess.startswith("group.")}
    if of_features:
        said.append(("[[feature]]", f"type, bounds, error and what can't be changed, of {len(of_features)}: noise and attacks rest on it"))
    if groups:
        said.append(("[[group]]", f"how people are told apart: {', '.join(sorted(groups))}"))
    words = sorted(guess.partition(".")[2] for guess in system.guesses if guess.startswith("system."))
    return [*said, *([("[system]", ", ".join(words))] if words else [])]
