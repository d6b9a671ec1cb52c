"""Read what other tools wrote of their runs: prompts, replies and the scores that they gave. Nothing is scored here and nothing is sent.

    garak      NAME.report.jsonl: a line an attempt, with one output a generation and one score a detector and output; 1 is a hit
    promptfoo  `promptfoo eval -o FILE.json`: a result a prompt, test and provider; a success has passed its assertions
    pyrit      an export of its memory as JSON: a list of messages, with the scores of each

What has no reply counts nowhere, and is counted itself. Fields that are not read may be anything.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Any, TypeVar

import msgspec

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert, is_plain_file

FORMATS = ("garak", "promptfoo", "pyrit")
LARGEST = 1 << 28  # bytes of a file
LONGEST = 100_000  # characters of a text that are kept
NAMES = 120  # characters of a name
DONE = 2  # status of an attempt of garak that was evaluated
FAILED = 2  # reason of promptfoo: the provider failed, not an assertion
HIT = 0.5
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One reply of another tool's run.

    Attributes:
        id: Names it in the file.
        question: What was sent last by the user.
        reply: What came back.
        probe: What the tool calls the kind of question, or "".
        theirs: By scorer, the tool's own score, 1 a hit.
        words: What the tool looked for in the reply, where it says so.
    """

    id: str
    question: str
    reply: str
    probe: str = ""
    theirs: Mapping[str, float] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a file holds.

    Attributes:
        form: "garak", "promptfoo" or "pyrit".
        digest: Of the file's bytes.
        tried: Every reply.
        silent: How many attempts had no reply.
        told: What the tool's own summary says: by scorer and probe, hits and all.
    """

    form: str
    digest: str
    tried: tuple[Tried, ...]
    silent: int = 0
    told: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


class _Said(msgspec.Struct):
    """A message of garak."""

    text: str | None = None


class _Turn(msgspec.Struct):
    role: str = ""
    content: _Said | str | None = None


class _Conversation(msgspec.Struct):
    turns: list[_Turn] = []
    text: str | None = None


class _Line(msgspec.Struct):
    """A line of garak's report."""

    entry_type: str = ""
    uuid: str | None = None
    status: int = 0
    probe_classname: str | None = None
    prompt: _Conversation | str | None = None
    outputs: list[_Said | str | None] = []
    detector_results: dict[str, Any] | None = None
    notes: dict[str, Any] | None = None
    probe: str | None = None
    detector: str | None = None
    passed: int = 0
    fails: int | None = None
    total: int | None = None
    total_evaluated: int | None = None


class _Prompt(msgspec.Struct):
    raw: str | None = None
    label: str | None = None


class _Provider(msgspec.Struct):
    id: str | None = None
    label: str | None = None


class _Response(msgspec.Struct):
    output: Any = None


class _Result(msgspec.Struct, rename="camel"):
    """A result of promptfoo."""

    id: str | None = None
    prompt_idx: int = 0
    test_idx: int = 0
    success: bool = False
    failure_reason: int | None = 0
    prompt: _Prompt | None = None
    provider: _Provider | str | None = None
    response: _Response | None = None
    metadata: dict[str, Any] | None = None
    test_case: dict[str, Any] | None = None


class _Results(msgspec.Struct):
    results: list[_Result]


class _File(msgspec.Struct):
    """The whole of promptfoo's file; older ones have the results at the top."""

    results: _Results | list[_Result]


class _Score(msgspec.Struct):
    score_value: str | float | bool | None = None
    score_type: str | None = None
    scorer_class_identifier: Any = None


class _Piece(msgspec.Struct):
    """A message of PyRIT."""

    id: str
    role: str
    conversation_id: str
    sequence: int = 0
    original_value: str | None = None
    converted_value: str | None = None
    response_error: str | None = "none"
    targeted_harm_categories: Any = None
    attack_identifier: Any = None
    orchestrator_identifier: Any = None
    scores: list[_Score] | None = None


def read(path: pathlib.Path, form: str = "") -> Run:
    """Read a file.

    Args:
        path: The file.
        form: "garak", "promptfoo" or "pyrit"; "" to see by what it holds.

    Raises:
        InputError: It is missing, too large, or in none of the forms.
    """
    where = inert(str(path))
    if not is_plain_file(path):
        raise InputError(f"{where}: There is no such file.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{where}: The file must be at most {LARGEST:,} bytes.")
    data = path.read_bytes()
    found = {"garak": _garak, "promptfoo": _promptfoo, "pyrit": _pyrit}[form or _form(data, where)](data, where)
    if not found.tried and not found.silent:
        raise InputError(f"{where}: There must be at least one attempt that was evaluated; the file holds none.")
    return found


def _form(data: bytes, where: str) -> str:
    """Which tool wrote it."""
    start = data.lstrip()[:1]
    if start == b"[":
        return "pyrit"
    if start == b"{":
        first = data.split(b"\n", 1)[0]
        return "garak" if b'"entry_type"' in first else "promptfoo"
    raise InputError(f"{where}: The file must be a report of garak (.report.jsonl), a JSON result of promptfoo, or a JSON export of PyRIT's memory.")


def _decoded(data: bytes, form: type[T], where: str, what: str) -> T:
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{where}: This is no {what}: {inert(str(error))[:200]}.") from None


def _digest(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"


def _short(text: object) -> str:
    return inert(str(text or "")[:NAMES])


# ---- garak ----


def _garak(data: bytes, where: str) -> Run:
    tried: list[Tried] = []
    told: dict[tuple[str, str], tuple[int, int]] = {}
    silent = 0
    for number, text in enumerate(data.split(b"\n"), 1):
        if not text.strip() or (b'"attempt"' not in text and b'"eval"' not in text):
            continue
        line = _decoded(text, _Line, f"{where}:{number}", "line of a garak report")
        if line.entry_type == "eval":
            whole = line.total_evaluated if line.total_evaluated is not None else line.total or 0
            told[_short(line.detector), _short(line.probe)] = (max(whole - line.passed, 0), whole)
        elif line.entry_type == "attempt" and line.status == DONE:
            found = list(_outputs(line, number))
            tried += [one for one in found if one is not None]
            silent += sum(one is None for one in found)
    return Run(form="garak", digest=_digest(data), tried=tuple(tried), silent=silent, told=told)


def _outputs(line: _Line, number: int) -> Iterator[Tried | None]:
    """Each generation of an attempt; None where there is no text."""
    triggers = (line.notes or {}).get("triggers", [])
    words = tuple(one for one in triggers if isinstance(one, str) and one.strip()) if isinstance(triggers, list) else ()
    for at, output in enumerate(line.outputs):
        reply = output if isinstance(output, str) else output.text if output is not None else None
        scores = {_short(name): value for name, values in (line.detector_results or {}).items() if (value := _number(values, at)) is not None}
        yield (
            None
            if reply is None
            else Tried(
                id=f"{_short(line.uuid) or f'line-{number}'}/{at}",
                question=_asked(line.prompt)[:LONGEST],
                reply=reply[:LONGEST],
                probe=_short(line.probe_classname),
                theirs=scores,
                words=words,
            )
        )


def _number(values: object, at: int) -> float | None:
    """The score of one output, where there is one."""
    value = values[at] if isinstance(values, list) and at < len(values) else None
    return float(value) if isinstance(value, int | float) else None


def _asked(prompt: _Conversation | str | None) -> str:
    """What the user said last."""
    if prompt is None or isinstance(prompt, str):
        return prompt or ""
    users = [turn.content for turn in prompt.turns if turn.role == "user"]
    last = users[-1] if users else None
    return (last if isinstance(last, str) else last.text if last is not None else prompt.text) or ""


# ---- promptfoo ----


def _promptfoo(data: bytes, where: str) -> Run:
    file = _decoded(data, _File, where, "result file of promptfoo")
    results = file.results if isinstance(file.results, list) else file.results.results
    tried, silent, seen = [], 0, set()
    for at, one in enumerate(results):
        output = one.response.output if one.response is not None else None
        if output is None or one.failure_reason == FAILED:
            silent += 1
            continue
        name = _short(one.id) or f"{one.test_idx}-{one.prompt_idx}"
        name = name if name not in seen else f"{name}#{at}"
        seen.add(name)
        text = output if isinstance(output, str) else msgspec.json.encode(output).decode()
        question = (one.prompt.raw if one.prompt is not None else None) or ""
        tried.append(
            Tried(id=name, question=question[:LONGEST], reply=text[:LONGEST], probe=_kind(one), theirs={f"promptfoo{_provider(one)}": float(not one.success)})
        )
    return Run(form="promptfoo", digest=_digest(data), tried=tuple(tried), silent=silent)


def _kind(one: _Result) -> str:
    """The red-team plugin, or the label of the prompt."""
    places = [one.metadata, (one.test_case or {}).get("metadata")]
    plugin = next((place["pluginId"] for place in places if isinstance(place, dict) and isinstance(place.get("pluginId"), str)), "")
    return _short(plugin or (one.prompt.label if one.prompt is not None else ""))[:NAMES]


def _provider(one: _Result) -> str:
    name = one.provider if isinstance(one.provider, str) else (one.provider.label or one.provider.id) if one.provider is not None else ""
    return f" {_short(name)}" if name else ""


# ---- PyRIT ----


def _pyrit(data: bytes, where: str) -> Run:
    pieces = _decoded(data, list[_Piece], where, "export of PyRIT's memory")
    asked: dict[str, dict[int, list[str]]] = {}
    for one in pieces:
        if one.role == "user":
            asked.setdefault(one.conversation_id, {}).setdefault(one.sequence, []).append(one.converted_value or one.original_value or "")
    tried, silent = [], 0
    for one in pieces:
        if one.role != "assistant":
            continue
        reply = one.original_value if one.converted_value is None else one.converted_value
        if reply is None or one.response_error not in {None, "", "none", "blocked"}:
            silent += 1
            continue
        turns = asked.get(one.conversation_id, {})
        last = max((at for at in turns if at <= one.sequence), default=None)
        question = "" if last is None else "\n".join(turns[last])
        tried.append(Tried(id=_short(one.id), question=question[:LONGEST], reply=reply[:LONGEST], probe=_about(one), theirs=_scores(one)))
    return Run(form="pyrit", digest=_digest(data), tried=tuple(tried), silent=silent)


def _class(identifier: object) -> str:
    """The class that an identifier names; newer ones have it under another word."""
    found = identifier if isinstance(identifier, dict) else {}
    return str(found.get("__type__") or found.get("class_name") or (identifier if isinstance(identifier, str) else ""))


def _about(one: _Piece) -> str:
    """The kind of attack, or the harm that it aims at."""
    harms = one.targeted_harm_categories if isinstance(one.targeted_harm_categories, list) else []
    return _short(_class(one.attack_identifier) or _class(one.orchestrator_identifier) or ", ".join(map(str, harms)))


def _scores(one: _Piece) -> dict[str, float]:
    out = {}
    for score in one.scores or ():
        value = score.score_value
        number = {"true": 1.0, "false": 0.0}.get(str(value).strip().casefold())
        if number is None:
            try:
                number = float(str(value))
            except ValueError:
                continue
        if 0 <= number <= 1:
            out[_short(_class(score.scorer_class_identifier) or score.score_type or "score")] = number
    return out


def key_of_prompt(text: str) -> str:
    """A short name of a prompt, the same for the same text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
