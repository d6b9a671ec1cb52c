"""Bar 10: `tools/verify.py` accepts a run and rejects 100 random edits of plan, log or result; by whom each was found.

    python benchmarks/bar_10_edits.py [FOLDER [EDITS]]     a run folder, of a table or a chat; without one a small run of the healthcare example is made

Two attackers. One can write the files but has no key: the signatures must find every edit. The other is the signer himself, who edits and signs anew:
recomputation must find every edit of a verdict, direction, number or count. Floor: unsigned digests beside the files, which the second attacker, and in
truth the first too, writes anew. No peer among the tools compared recomputes its verdicts.
"""

from __future__ import annotations

import importlib.util
import json
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
from printing import show, verdict

from keepstone.ledger import keys
from keepstone.ledger.canonical import digest_bytes, encode
from keepstone.lifecycle import assess
from keepstone.lifecycle.described import described
from keepstone.lifecycle.opening import open_target
from keepstone.lifecycle.record import Record
from keepstone.measure.shelf import KeptShelf

TOP = pathlib.Path(__file__).resolve().parent.parent
EDITS = 100
PLAN, LOG, RESULT = "plan.json", "losses.jsonl", "result.json"
EFFECTS = ("interplay", "attack_harm", "exposed_by_flaw", "intent")
WORDS = {
    "verdict": ("pass", "fail", "inconclusive", "not_measured", "error"),
    "direction": ("worse", "better", "no_worse", "inconclusive", "not_measured"),
    "state": ("met", "not_met", "inconclusive", "incomplete"),
    "kind": ("trade-off", "harmful", "synergy", "one-sided gain", "no effect", "inconclusive"),
}

Files = dict[str, bytes]
Random = np.random.Generator
Edit = Callable[[Files, Random], Files]


def verifier() -> ModuleType:
    """Load the verifier as anybody would run it, apart from Keepstone."""
    spec = importlib.util.spec_from_file_location("verify", TOP / "tools" / "verify.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(TOP / "tools" / "verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def digit(value: float, random: Random) -> float:
    """Change one digit of a number, not beyond the fifth that counts."""
    mantissa, mark, power = f"{value:.10g}".partition("e")
    text = list(mantissa)
    first = next((k for k, letter in enumerate(text) if letter in "123456789"), len(text) - 1)
    places = [k for k, letter in enumerate(text) if letter.isdigit() and k < first + 5 + ("." in text[first:])]
    at = int(random.choice(places))
    text[at] = str(random.choice([one for one in "0123456789" if one != text[at]]))
    changed = float("".join([*text, mark, power]))
    return changed if changed != value else value + 1


def one_of(found: list[Any], random: Random) -> Any:  # noqa: ANN401  a row of JSON
    """Draw one."""
    return found[int(random.integers(len(found)))]


def of_json(name: str, change: Callable[[Any, Random], None]) -> Edit:
    """Make an edit of a JSON file from a change of its value; a change that finds nothing to change raises."""

    def edit(files: Files, random: Random) -> Files:
        value = json.loads(files[name])
        change(value, random)
        return {**files, name: encode(value)}

    return edit


def number_in(rows: Callable[[Any], list[Any]], fields: tuple[str, ...]) -> Callable[[Any, Random], None]:
    """Change a digit of one of these fields of one of these rows."""

    def change(document: Any, random: Random) -> None:  # noqa: ANN401  JSON
        places = [(row, field) for row in rows(document) for field in fields if isinstance(row.get(field), (int, float))]
        row, field = one_of(places, random)
        small = isinstance(row[field], int) and abs(row[field]) < 10**5  # a large one is a number that happens to be whole
        row[field] = row[field] + int(random.choice([-1, 1])) if small else digit(row[field], random)

    return change


def word_in(rows: Callable[[Any], list[Any]], field: str, words: str) -> Callable[[Any, Random], None]:
    """Put another word of the same sort."""

    def change(document: Any, random: Random) -> None:  # noqa: ANN401  JSON
        row = one_of([row for row in rows(document) if row[field] in WORDS[words]], random)
        row[field] = str(random.choice([word for word in WORDS[words] if word != row[field]]))

    return change


def effects_of(document: Any) -> list[Any]:  # noqa: ANN401  JSON
    """Every effect's row that has numbers."""
    return [row for table in EFFECTS for row in document[table] if row["direction"] != "not_measured"]


def loss(files: Files, random: Random) -> Files:
    """Turn one loss over: lost, not lost, not counted."""
    lines = files[LOG].decode().split("\n")
    at = int(random.choice([k for k, line in enumerate(lines) if '"losses"' in line]))
    line = json.loads(lines[at])
    part = int(random.integers(len(line["losses"])))
    losses = list(line["losses"][part])
    trial = int(random.integers(len(losses)))
    other = [one for one in ("01." if isinstance(losses[trial], str) else (0, 1000, None)) if one != losses[trial]]
    losses[trial] = other[int(random.integers(len(other)))]
    line["losses"][part] = "".join(losses) if isinstance(line["losses"][part], str) else losses
    lines[at] = encode(line).decode()
    return {**files, LOG: "\n".join(lines).encode()}


def dropped(files: Files, random: Random) -> Files:
    """Leave out a line of the log."""
    lines = files[LOG].decode().split("\n")
    del lines[int(random.integers(len(lines) - 1))]
    return {**files, LOG: "\n".join(lines).encode()}


def swapped(files: Files, random: Random) -> Files:
    """Swap two lines of the log."""
    lines = files[LOG].decode().split("\n")
    a, b = random.choice(len(lines) - 1, 2, replace=False)
    lines[a], lines[b] = lines[b], lines[a]
    return {**files, LOG: "\n".join(lines).encode()}


def flag(document: Any, random: Random) -> None:  # noqa: ANN401  JSON
    """Turn over whether a criterion is critical, in the family, or rests on a guess."""
    row = one_of(document["criteria"], random)
    field = str(random.choice(["critical", "in_family", "provisional"]))
    row[field] = not row[field] if field != "provisional" else ([] if row[field] else ["a guess"])


def count(document: Any, random: Random) -> None:  # noqa: ANN401  JSON
    """Change a count of verdicts or of claims."""
    row = one_of([*document["counts"].values(), *document["families"].values()], random)
    field = str(random.choice([name for name in row if name != "level"]))
    row[field] += int(random.choice([-1, 1]))


def half(document: Any, random: Random) -> None:  # noqa: ANN401  JSON
    """Say something else of a half."""
    side = str(random.choice(list(document["verdict"])))
    document["verdict"][side] = str(random.choice([word for word in WORDS["state"] if word != document["verdict"][side]]))


KINDS: dict[str, Edit] = {
    "a verdict": of_json(RESULT, word_in(lambda document: document["findings"], "verdict", "verdict")),
    "a direction": of_json(RESULT, word_in(effects_of, "direction", "direction")),
    "a mean, bound or e-value of a finding": of_json(RESULT, number_in(lambda document: document["findings"], ("mean", "lower", "upper", "e_pass", "e_fail"))),
    "a number of an effect": of_json(RESULT, number_in(effects_of, ("effect", "difference", "lower", "upper", "of", "against", "by_chance", "by_intent"))),
    "trials, played, calls or count": of_json(RESULT, number_in(lambda document: document["findings"], ("trials", "played", "calls", "count"))),
    "a limit in the result": of_json(RESULT, number_in(lambda document: document["findings"], ("limit",))),
    "a limit in the plan": of_json(PLAN, number_in(lambda document: document["criteria"], ("limit",))),
    "a margin in the plan": of_json(PLAN, number_in(lambda document: document["pairs"], ("margin",))),
    "alpha or seed in the plan": of_json(PLAN, number_in(lambda document: [document], ("alpha", "seed"))),
    "what holds of a criterion in the plan": of_json(PLAN, flag),
    "an area": of_json(RESULT, word_in(lambda document: document["areas"], "state", "state")),
    "a half": of_json(RESULT, half),
    "a count of verdicts or claims": of_json(RESULT, count),
    "a mitigation's kind": of_json(RESULT, word_in(lambda document: document["mitigations"], "kind", "kind")),
    "a loss": loss,
    "a line of the log left out": dropped,
    "two lines of the log swapped": swapped,
}


def edits(files: Files, seed: int, number: int) -> Iterator[tuple[str, Files]]:
    """Give so many edits in turn of every kind that the files have something for, each of the untouched files."""
    random = np.random.default_rng(seed)
    names = list(KINDS)
    made = tries = 0
    while made < number and tries < 10 * number:
        name, tries = names[tries % len(names)], tries + 1
        try:
            edited = KINDS[name](files, random)
        except (IndexError, ValueError):
            continue  # there is no such row
        if edited != files:
            made += 1
            yield name, edited


def sealed_anew(files: Files, key: keys.Key) -> Files:
    """Sign edited files as their signer would: the plan, its digest in the result, and the seal."""
    out = {**files, "plan.sig.json": encode({"key": key.public.record(), "signature": key.sign(files[PLAN]).hex()})}
    try:
        result = json.loads(files[RESULT])
        result["digests"]["plan"] = digest_bytes(files[PLAN])
        out[RESULT] = encode(result)
    except (ValueError, KeyError, TypeError):
        pass  # an edit may have left no JSON
    digests = {name.split(".")[0]: digest_bytes(out[name]) for name in (PLAN, LOG, RESULT)}
    return {**out, "evidence.sig.json": encode({"digests": digests, "key": key.public.record(), "signature": key.sign(encode(digests)).hex()})}


def layers(module: ModuleType, files: Files, folder: pathlib.Path) -> set[str]:
    """Write the files and say which layers of the verifier find something wrong."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return {layer for layer, _ in module.check(folder).problems}


def small(folder: pathlib.Path, key: keys.Key) -> None:
    """Make a small run of the healthcare example: attacks alone, and its first two mitigations."""
    path = TOP / "examples" / "healthcare" / "system.toml"
    system, shelf = described(path), KeptShelf()
    system = replace(system, mitigations=system.mitigations[:2])
    choice = assess.Choice(only=frozenset({"adversarial"}))
    planned = assess.prepare(system, open_target(system, path.parent, seed=7, shelf=shelf), choice, shelf)
    assess.assess(planned, choice, key, place=assess.Place(record=Record(folder)))


def main(words: list[str]) -> bool:
    """Make or take a run, edit it, print who found what; say whether the bar is met."""
    number = int(words[1]) if len(words) > 1 else EDITS
    module, key = verifier(), keys.InsecureDevelopmentKey()
    with tempfile.TemporaryDirectory() as place:
        run, scratch = pathlib.Path(place) / "run", pathlib.Path(place) / "edited"
        scratch.mkdir()
        if words:
            run.mkdir()
            for name in module.FILES:
                shutil.copy(pathlib.Path(words[0]) / name, run / name)
        else:
            small(run, key)
        genuine = {name: (run / name).read_bytes() for name in module.FILES}
        accepted = not layers(module, genuine, scratch)
        result = json.loads(genuine[RESULT])
        result["key"] = {"id": "", "insecure": True}  # the signer who edits signs with a key of this benchmark
        own = sealed_anew({**genuine, RESULT: encode(result)}, key)
        accepted = accepted and not layers(module, own, scratch)
        found: dict[str, list[tuple[bool, bool]]] = {}
        for kind, edited in edits(own, seed=10, number=number):
            unsigned = "signature" in set(layers_of_signature(module, edited))
            known = "recomputation" in layers(module, sealed_anew(edited, key), scratch)
            found.setdefault(kind, []).append((unsigned, known))
            if not known:
                print(f"not found by recomputation: {kind}: {differing(own, edited)}")
    rows: list[list[object]] = [[kind, len(each), sum(one for one, _ in each), sum(two for _, two in each)] for kind, each in found.items()]
    total = [sum(int(str(row[k])) for row in rows) for k in (1, 2, 3)]
    show(
        "Edits found",
        ("edited", "edits", "by signature", "by recomputation, signed anew"),
        [*rows, ["all", *total], ["floor: unsigned digests, written anew", total[0], 0, 0]],
    )
    print(f"\nthe untouched run is {'accepted' if accepted else 'REJECTED'}")
    one = verdict("edits not found without the key", total[0] - total[1], 0)
    return verdict("edits not found with the key", total[0] - total[2], 0) and one and accepted


def differing(a: Files, b: Files) -> str:
    """Show the place where two sets of files first differ."""
    name = next(name for name in a if a[name] != b[name])
    at = next((k for k, (one, two) in enumerate(zip(a[name], b[name], strict=False)) if one != two), 0)
    return f"{name}: …{a[name][max(0, at - 60) : at + 12].decode(errors='replace')} -> {b[name][max(0, at - 4) : at + 12].decode(errors='replace')}"


def layers_of_signature(module: ModuleType, files: Files) -> Iterator[str]:
    """Ask the first layer alone."""
    return ("signature" for _ in module.signatures(files, ""))


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
