"""A first system file from a model and its data (`keepstone init`): what can be inferred is written down, and every guess says that it is one.

The result runs at once; a verdict that rests on a guess is provisional, never a pass. Confirming one means to check it and to take its name off
the list `guessed` of its table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomlkit

from keepstone.core.errors import InputError
from keepstone.map import infer
from keepstone.map.describe import describe
from keepstone.map.names import RULE, lies_within

if TYPE_CHECKING:
    from tomlkit.items import AoT, Item, Table

    from keepstone.intake.table import RawTable
    from keepstone.map.infer import Column

NOTE = "guess: confirm"
ERROR = 0.05
"""The share of a value that its measurement is guessed to be off by."""
CUTS = (40.0, 65.0, 80.0)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that data can't tell.

    Attributes:
        key: Under which the answer is handed to `propose`.
        text: The question.
        proposed: What is written down as a guess where nobody answers.
        options: What may be answered; empty for any text.
    """

    key: str
    text: str
    proposed: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """What is known when the file is written: every column, those that the model sees, and the part that the others play."""

    raw: RawTable
    every: tuple[Column, ...]
    columns: tuple[Column, ...]
    roles: Mapping[str, str]
    answers: Mapping[str, str]
    data: str
    model: str

    def said(self, key: str) -> bool:
        """Whether somebody answered."""
        return bool(self.answers.get(key, "").strip())

    def get(self, key: str, otherwise: str) -> str:
        """The answer, or the guess."""
        return self.answers[key].strip() if self.said(key) else otherwise


def questions(raw: RawTable, *, model: str, label: str = "") -> tuple[Question, ...]:
    """What is asked before a file is written, each with the guess that stands in for an answer.

    Args:
        raw: The data.
        model: The model as named on the command line.
        label: The column of the outcome, where it is known already: what is proposed for its value follows from it.
    """
    return _questions(raw, tuple(infer.infer(raw, name) for name in raw.columns), model, label)


def _questions(raw: RawTable, columns: tuple[Column, ...], model: str, label: str = "") -> tuple[Question, ...]:
    label = label or infer.label_of(columns)
    binary = tuple(column.name for column in columns if len(column.levels) == 2)
    outcome = next((column for column in columns if column.name == label), None)
    trains = _source(model, {}) == "fit"
    point = "From which score is a case flagged"
    return (
        Question(key="purpose", text="What is decided with its answers, and by whom?", proposed="not said yet"),
        Question(key="population", text="For whom is it meant?", proposed="not said yet"),
        Question(key="domain", text="In which domain is it used?", proposed="", options=("", "health")),
        Question(key="label", text="Which column is the outcome?", proposed=label, options=binary),
        Question(
            key="positive",
            text="Which of its values matters (death, disease, fraud)?",
            proposed=infer.positive_of(raw, outcome) if outcome else "1",
            options=outcome.levels if outcome else (),
        ),
        Question(key="unit", text="Which column says who a row belongs to (the patient)? Empty: each row is somebody else.", proposed=infer.unit_of(columns)),
        Question(
            key="operating point",
            text=f'{point} ("0.5"), or which share of outcomes must be ("recall 0.8")?' if trains else f"{point}?",
            proposed="recall 0.8" if trains else "0.5",
        ),
        Question(key="horizon", text="By when is the outcome settled (a date, discharge, 60 days)?", proposed=""),
        Question(key="after", text="Which columns are known only after the answer is needed? They are left out, with commas between them.", proposed=""),
        Question(key="units", text='In which units are the values ("crea mg/dL, temp C")? Those not named are written without.', proposed=""),
    )


def propose(raw: RawTable, *, model: str, data: str, answers: Mapping[str, str]) -> str:
    """Write a commented system file.

    Args:
        raw: The data.
        model: The model relative to the system file: "model.py:fit", "model.py:score", "model.skops" or "scores.csv".
        data: The path of the data, relative to the system file.
        answers: By key of `questions`; also "name", "model is" ("fit" or "call") and "features" (the columns that the model sees, in its
            order, with commas between them), where they are known.

    Returns:
        TOML that `describe` accepts.

    Raises:
        InputError: An answer names no column, the data hold no outcome, or the data lie elsewhere.
    """
    if not lies_within(data):
        raise InputError(f"The «data» {RULE}; got {data!r}.")
    draft = _draft(raw, model, data, answers)
    document = tomlkit.document()
    for line in (
        "A first description, written by `keepstone init`. It runs as it is.",
        f'Whatever is marked "{NOTE}" was read off the data or taken from custom. A verdict that rests on a guess is provisional, never a pass.',
        "To confirm one, check it and take its name off the list `guessed` of its table.",
    ):
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    document.add("system", _system(draft))
    document.add(tomlkit.nl())
    document.add("target", _target(draft))
    document.add(tomlkit.nl())
    document.add("data", _data(draft))
    document.add(tomlkit.nl())
    if groups := _groups(draft):
        document.add("group", groups)
    document.add("feature", _features(draft))
    text = tomlkit.dumps(document) + "\n" + _ending(draft)
    describe(text, name="the proposed system.toml")
    return text


# ---- what each column is ----


def _draft(raw: RawTable, model: str, data: str, answers: Mapping[str, str]) -> _Draft:
    columns = tuple(infer.infer(raw, name) for name in raw.columns)
    asked = {question.key: question.proposed for question in _questions(raw, columns, model)}
    known = {key: value.strip() for key, value in answers.items()}
    label = known.get("label") or asked["label"]
    if not label:
        raise InputError(f"{raw.name}: The «label» must be a column with two values; the data have none.")
    others = [column for column in columns if column.name != label]
    hot = infer.one_hot_of(raw, others)
    batches = [column for column in others if column.kind not in {"number", "empty"} and column.distinct <= infer.MOST_LEVELS and column.name not in hot]
    roles = {
        "label": label,
        "unit": known["unit"] if "unit" in known else infer.unit_of(others),
        "part": infer.part_of(others),
        "batch": next(iter(infer.named(batches, infer.BATCHES)), ""),
    }
    _columns_there(raw, {**roles, **{f"after {n + 1}": name for n, name in enumerate(_split(known.get("after", "")))}})
    return _Draft(raw=raw, every=columns, columns=_seen(raw, columns, roles, known), roles=roles, answers=known, data=data, model=model)


def _seen(raw: RawTable, columns: tuple[Column, ...], roles: Mapping[str, str], known: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns that the model sees: those named, or all that play no other part and hold numbers or a few words."""
    chosen = _split(known.get("features", ""))
    _columns_there(raw, {f"feature {n + 1}": name for n, name in enumerate(chosen)})
    by_name = {column.name: column for column in columns}
    taken = {*roles.values(), *_split(known.get("after", ""))}
    found = tuple(by_name[name] for name in chosen) or tuple(c for c in columns if c.name not in taken and c.kind not in {"text", "empty"})
    odd = [column.name for column in found if column.kind in {"text", "empty"} or column.name == roles["label"]]
    if odd or not found:
        raise InputError(f"{raw.name}: The «features» must be columns of numbers or of a few words, and not the outcome; got {', '.join(odd) or 'none'}.")
    return found


def _columns_there(raw: RawTable, roles: Mapping[str, str]) -> None:
    problems = [f"{raw.name}: The «{role}» must be a column of the data; got {name!r}." for role, name in roles.items() if name and name not in raw.columns]
    if problems:
        raise InputError(problems)


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


# ---- tables ----


def _put(table: Table, key: str, value: object, *, guess: bool, guessed: list[str]) -> None:
    """Write a field; a guess is marked and listed."""
    item: Item = tomlkit.item(value)
    if guess:
        item.comment(NOTE)
        guessed.append(key)
    table.add(key, item)


def _close(table: Table, guessed: Sequence[str]) -> Table:
    """List the guesses of a table."""
    if guessed:
        table.add("guessed", list(guessed))
    return table


def _system(draft: _Draft) -> Table:
    table, guessed = tomlkit.table(), list[str]()
    name = draft.model.partition(":")[0].rpartition("/")[2].partition(".")[0] or "model"
    for key, otherwise in {"name": name, "purpose": "not said yet", "domain": "", "population": "not said yet"}.items():
        value = draft.get(key, otherwise)
        if value:
            _put(table, key, value, guess=not draft.said(key), guessed=guessed)
    _put(table, "autonomy", "advises", guess=True, guessed=guessed)
    _put(table, "stage", "development", guess=True, guessed=guessed)
    return _close(table, guessed)


def _source(model: str, answers: Mapping[str, str]) -> str:
    """Say which field of [target] the model belongs in."""
    if ":" in model:
        function = model.rpartition(":")[2]
        return answers.get("model is") or ("fit" if function.startswith(("fit", "train")) else "call")
    return "predictions" if model.endswith((".csv", ".csv.gz")) else "model"


def _target(draft: _Draft) -> Table:
    table, guessed = tomlkit.table(), list[str]()
    source = _source(draft.model, draft.answers)
    table.add(source, draft.model)
    rule, _, value = draft.get("operating point", "recall 0.8" if source == "fit" else "0.5").rpartition(" ")
    key = "recall" if rule == "recall" else "threshold"
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if rule not in {"", "recall"} or not 0 <= number <= 1:
        raise InputError(f'The «operating point» must be a score in [0, 1] or "recall" and a share; got {draft.get("operating point", "")!r}.')
    _put(table, key, number, guess=not draft.said("operating point"), guessed=guessed)
    return _close(table, guessed)


def _data(draft: _Draft) -> Table:
    table, guessed = tomlkit.table(), list[str]()
    table.add("test", draft.data)
    label = next(column for column in draft.every if column.name == draft.roles["label"])
    if len(label.levels) != 2:
        raise InputError(f"{draft.raw.name}: The «label» must be a column with two values; «{label.name}» has {label.distinct}.")
    for role in ("part", "label", "unit", "batch"):
        if draft.roles[role]:
            _put(table, role, draft.roles[role], guess=role not in draft.answers, guessed=guessed)
    _put(table, "positive", draft.get("positive", infer.positive_of(draft.raw, label)), guess=not draft.said("positive"), guessed=guessed)
    if draft.said("horizon"):
        table.add("horizon", draft.answers["horizon"])
    if not draft.roles["unit"]:
        table.add(tomlkit.comment("unit = ...: no column says who a row belongs to; each row is taken to be somebody else"))
    return _close(table, guessed)


def _groups(draft: _Draft) -> AoT | None:
    """Propose groups: every column that speaks of what people are told apart by."""
    array = tomlkit.aot()
    by_name = {column.name: column for column in draft.every if column.name != draft.roles["label"]}
    for name in infer.named(by_name.values(), infer.PEOPLE):
        column = by_name[name]
        table, guessed = tomlkit.table(), list[str]()
        table.add("attribute", name)
        _put(table, "column", name, guess=True, guessed=guessed)
        if column.kind in {"number", "integer"}:
            cuts = [cut for cut in CUTS if column.lower < cut < column.upper] or [round((column.lower + column.upper) / 2, 3)]
            _put(table, "cuts", cuts, guess=True, guessed=guessed)
        if column.kind not in {"text", "empty"}:
            array.append(_close(table, guessed))
    return array if len(array) else None


def _features(draft: _Draft) -> AoT:
    array = tomlkit.aot()
    hot = infer.one_hot_of(draft.raw, draft.columns)
    units = dict(entry.rsplit(" ", 1) for entry in _split(draft.get("units", "")) if " " in entry)
    _columns_there(draft.raw, {f"units of {name}": name for name in units})
    for column in draft.columns:
        array.append(_feature(column, hot.get(column.name, ""), units.get(column.name, "")))
    return array


def _feature(column: Column, hot: str, unit: str) -> Table:
    table, guessed = tomlkit.table(), list[str]()
    table.add("name", column.name)
    fixed = bool(column.words & infer.FIXED)
    _put(table, "kind", column.kind, guess=column.kind == "integer", guessed=guessed)
    if unit:
        table.add("unit", unit)
    if column.kind in {"number", "integer"}:
        _put(table, "lower", column.lower, guess=True, guessed=guessed)
        _put(table, "upper", column.upper, guess=True, guessed=guessed)
        if not fixed:
            _put(table, "error_abs" if column.kind == "integer" else "error_rel", 1.0 if column.kind == "integer" else ERROR, guess=True, guessed=guessed)
    elif not _numeric(column.levels):
        _put(table, "levels", list(column.levels), guess=True, guessed=guessed)
    _put(table, "immutable", fixed, guess=True, guessed=guessed)
    table.add("missing", column.missing)
    if hot:
        _put(table, "one_hot", hot, guess=True, guessed=guessed)
    return _close(table, guessed)


def _numeric(levels: Sequence[str]) -> bool:
    try:
        return all(math.isfinite(float(level)) for level in levels)
    except ValueError:
        return False


def _ending(draft: _Draft) -> str:
    """What a person has to add: limits, in words that can be taken over."""
    seen = {column.name for column in draft.columns}
    left = [name for name in draft.raw.columns if name not in seen and name not in draft.roles.values()]
    lines = [f"The model does not see: {', '.join(left)}."] if left else []
    lines += [
        "A word of a category reaches the model as its place in `levels`, from 0.",
        "",
        "A limit counts once somebody has set it, by name and with a reason. Without any, the catalogue's limits are measured and shown as not adopted.",
        "[[criterion]]",
        'finding = "*.missed"',
        "limit = 0.25",
        'reason = "why this number"',
        'set_by = "who chose it"',
        'source = "what it rests on"',
        "date = 2026-01-31",
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
