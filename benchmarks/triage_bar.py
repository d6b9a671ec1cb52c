"""Triage bars: the known answers, a deciding fact removed, denied and role-swapped sentences, and what the proposer is worth on texts by source.

    python benchmarks/triage_bar.py FOLDER     the folder of the triage data; without it only what needs none is measured

Floor: the majority class. Peer: keyword rules, the words by which a person would search. Both stand in the same table. Every figure on texts is by a proposer
that saw no row of the same group; calibration and thresholds come from other folds than the figures.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from printing import show

from keepstone.catalog.intent import decision
from keepstone.core.errors import InputError
from keepstone.core.incident import Incident
from keepstone.intake.incident import of_lines
from keepstone.intake.threads import one_thread
from keepstone.lifecycle.triaging import many, triage
from keepstone.map.hashing import words
from keepstone.map.proposer import cues, proposer
from keepstone.map.triage import decide

sys.path.insert(0, str(Path(__file__).parent.parent))
from tools.train_proposer import Texts, held_out, read, told, train

Floats = NDArray[np.float64]
HOSTILE = ("harm", "unauthorised")
THINGS = ("bank", "hospital", "shop", "museum", "airline", "university", "insurer", "newspaper", "ministry", "library")
DENIED = (
    "The {0} denied that its chatbot was hacked.",
    "The {0} said that nobody attacked its model.",
    "There is no evidence that the {0} suffered a breach of its assistant.",
    "The outage at the {0} was not caused by an attack on its model.",
    "Reports that criminals manipulated the chatbot of the {0} were false.",
    "An audit of the {0} ruled out that the model was poisoned.",
    "The {0} was never the victim of a scam with a cloned voice.",
    "The {0} dismissed the rumour that its filter had been jailbroken.",
    "The data of the {0} were lost without any theft or tampering.",
    "The police rejected the claim that fraud was committed with the model of the {0}.",
    "It was an accident that looked like sabotage of the robots of the {0}.",
    "The {0} confirmed that its classifier had not been tricked by spammers.",
    "Neither hackers nor insiders had tampered with the system of the {0}.",
    "The {0} debunked a story that its camera had been spoofed.",
    "The alleged hijack of the drones of the {0} turned out to be a hoax.",
)
SWAPPED = (
    "The chatbot of the {0} insulted a hacker who asked for the opening hours.",
    "The camera of the {0} mistook a visitor for a thief.",
    "The algorithm of the {0} labelled an honest customer a fraud.",
    "The model of the {0} attacked the character of a customer in its reply.",
    "A robot of the {0} injured a thief.",
    "The detector of the {0} missed an attack by a virus on the lungs of a patient.",
    "The assistant of the {0} wrongly accused a teacher of theft.",
    "The classifier of the {0} flagged a poem as a phishing attempt.",
    "The system of the {0} refused a loan to a victim of fraud.",
    "The car of the {0} hit a criminal.",
    "The filter of the {0} deleted a lecture about malware.",
    "The scanner of the {0} called a birthday cake a weapon and a baker a terrorist.",
    "The software of the {0} sent a harassing number of reminders.",
    "The bot of the {0} told a customer a false story about a hack.",
    "The app of the {0} misidentified a singer as a robber.",
)
PLAIN = (
    "Hackers attacked the model of the {0} and stole its data.",
    "Criminals used a cloned voice to defraud the {0} in a scam.",
    "An attacker poisoned the training data of the {0} with malicious examples.",
    "Scammers used deepfake videos of the {0} to deceive people and steal money.",
)


def main() -> int:
    """Print the tables; 0 where every bar is met."""
    given = sys.argv[1:]
    met = [swaps()]
    if given:
        folder = Path(given[0])
        met += [known(folder), removed(folder), *texts(folder), batch(folder)]
    else:
        print("The folder of the triage data was not given: known answers, texts and the batch are not measured.")
    return 0 if all(met) else 1


def at_least(bar: str, got: float, least: float) -> bool:
    """Print a bar that is a lower one."""
    print(f"{'met    ' if got >= least else 'NOT MET'}  {bar}: {got:.4g}, at least {least:g}")
    return got >= least


# ---- facts ----


def cases(folder: Path) -> list[tuple[Incident, dict[str, object]]]:
    """The known answers: facts, and what is expected."""
    data = (folder / "known_answers.jsonl").read_bytes()
    found = list(of_lines(data, decision().facts, name="known_answers.jsonl"))
    lines = [json.loads(line) for line in data.splitlines() if line.strip()]
    return [(one, line) for one, line in zip(found, lines, strict=True) if not isinstance(one, InputError)]


def known(folder: Path) -> bool:
    """Class and directions of the known answers, as expected and not merely defensible; the flags too."""
    rows, right = [], 0
    for case, wanted in cases(folder):
        got = decide(case)
        fits = got.class_ == wanted["expect"] and set(got.directions) == set(wanted["directions"]) and set(got.flags) == set(wanted["flags"])  # type: ignore[call-overload]
        right += fits
        rows.append((wanted["case"], wanted["expect"], got.class_, ", ".join(got.directions), ", ".join(got.flags), "yes" if fits else "NO"))
    show("known answers", ("case", "expected", "class", "directions", "flags", "right"), rows)
    return at_least("known answers with class, direction and flags", right, 12)


def removed(folder: Path) -> bool:
    """Without the fact that gives the class there is none; without a fact that gives a direction it is what is asked, or can flip the class back."""
    tries = undetermined = others = named = 0
    for case, _ in cases(folder):
        outcome = decide(case)
        for fact in outcome.decided:
            without = replace(case, facts={name: value for name, value in case.facts.items() if name != fact})
            if fact == "intent" or (fact == "relation" and case.fact("intent") in HOSTILE):
                tries, undetermined = tries + 1, undetermined + (decide(without).class_ == "undetermined")
            elif fact in case.facts:
                others += 1
                values = decision().facts[fact].values
                named += any(decide(replace(without, facts={**without.facts, fact: value})).class_ == outcome.class_ for value in values)
    print(f"\n{others} facts that gave a direction removed one at a time: the class stays as without the direction, and {named} name the flip back")
    return at_least("deciding fact removed -> undetermined, share", undetermined / tries, 1.0)


# ---- denied and swapped ----


def swaps() -> bool:
    """300 sentences that name hostility and tell of none: an adversary must be proposed in none, with any answer to the other questions."""
    rows, wrong = [], 0
    for name, frames in (("denied", DENIED), ("role-swapped", SWAPPED), ("plain, for contrast", PLAIN)):
        told_ = [frame.format(thing) for frame in frames for thing in THINGS]
        harm = sum(intent(text) == "harm" for text in told_)
        keyword_ = sum(keyword(text) for text in told_)
        rows.append((name, len(told_), harm, keyword_))
        wrong += harm if frames is not PLAIN else 0
    show("sentences in which an adversary is proposed", ("kind", "sentences", "proposer", "keywords"), rows)
    print(f"{'met    ' if wrong == 0 else 'NOT MET'}  flips to security in 300 denied and role-swapped sentences: {wrong}, at most 0")
    return wrong == 0


def intent(text: str) -> str:
    """The intent that a text proposes, with the answer that makes most of it: had they attacked the system, would it be security?"""
    found = triage({"relation": "attacks"}, text=text)
    return "harm" if found.outcome.class_ in ("security", "both") else ""


def keyword(text: str) -> bool:
    """The peer: a hostile word stands in the text."""
    return any(word.startswith(cues().hostile) for word in words(text))


# ---- texts ----


def texts(folder: Path) -> list[bool]:
    """F1, calibration and accuracy by source, beside keywords and the majority."""
    aiid, mit = read(folder, "aiid"), read(folder, "mitrisk")
    met, rows = [], []
    for name, source, least in (("AIID", aiid, 0.90), ("MIT", mit, 0.85)):
        p, yes, facts = held_out(source)
        for head, what in enumerate(("meant (the label)", "hostile (label and domain)")):
            rows += table(f"{name}, {what}", source, p[:, head], yes[:, head], head)
        y, q = source.labels[:, 0], p[:, 0]
        told_of = np.array([bool(one) for one in facts])
        said = np.array([one == "harm" for one in facts])
        print(f"\n{name}: proposed on {told_of.mean():.0%} of the texts; of them right on the label {(said == y)[told_of].mean():.3f}")
        met += [at_least(f"F1 for malicious, {name}", f1(y, yes[:, 0]), least), sharp(name, y, q), calm(name, y, q)]
    model = train(mit)
    moved = told(model, aiid)
    for head, what in enumerate(("meant (the label)", "hostile (label and domain)")):
        rows += table(f"MIT -> AIID, {what}", aiid, moved[:, head], moved[:, head] >= model.cut[head], head)
    met.append(at_least("F1 for malicious, MIT -> AIID", f1(aiid.labels[:, 0], moved[:, 0] >= model.cut[0]), 0.72))
    show("text only, split by group", ("source and label", "who", "texts", "F1", "accuracy", "top 80 %", "calibration error"), rows)
    return met


def table(name: str, source: Texts, p: Floats, yes: NDArray[np.bool_], head: int) -> list[tuple[object, ...]]:
    """A row for the proposer, its peer and its floor."""
    y = source.labels[:, head]
    keywords = np.array([keyword(text) for text in source.texts], float)
    most = np.full(len(y), float(y.mean() >= 0.5))
    return [
        (name, "proposer", len(y), f1(y, yes), right(y, p).mean(), top(y, p), error(y, p)),
        (name, "keywords", len(y), f1(y, keywords >= 0.5), right(y, keywords).mean(), "-", "-"),
        (name, "majority", len(y), f1(y, most >= 0.5), right(y, most).mean(), "-", "-"),
    ]


def f1(y: Floats, said: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall of the class 1; 0 where nothing is said."""
    return float(2 * (y * said).sum() / max(y.sum() + said.sum(), 1))


def right(y: Floats, p: Floats) -> NDArray[np.bool_]:
    """Which are right at one half."""
    return np.asarray((p >= 0.5) == (y == 1))


def top(y: Floats, p: Floats) -> float:
    """Accuracy on the most confident 80 %."""
    order = np.argsort(-np.abs(p - 0.5), kind="stable")[: int(0.8 * len(y))]
    return float(right(y, p)[order].mean())


def error(y: Floats, p: Floats) -> float:
    """Expected calibration error, ten bins."""
    bins = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(y[bins == k].mean() - p[bins == k].mean()) * (bins == k).mean() for k in range(10) if (bins == k).any()))


def sharp(name: str, y: Floats, p: Floats) -> bool:
    """Whether confidence is worth something."""
    return at_least(f"points of accuracy that the most confident 80 % gain, {name}", 100 * (top(y, p) - float(right(y, p).mean())), 5)


def calm(name: str, y: Floats, p: Floats) -> bool:
    """Whether probabilities are as often right as they say."""
    got = error(y, p)
    print(f"{'met    ' if got <= 0.08 else 'NOT MET'}  expected calibration error, {name}: {got:.4g}, at most 0.08")
    return got <= 0.08


def batch(folder: Path) -> bool:
    """10 000 texts, from bytes to triages."""
    proposer()
    held = [json.loads(line) for name in ("aiid", "mitrisk") for line in (folder / f"{name}_dev.jsonl").read_text("utf-8").splitlines()]
    data = b"".join(json.dumps({"id": str(at), "text": held[at % len(held)]["text"]}).encode() + b"\n" for at in range(10_000))
    began = perf_counter()
    count = sum(not isinstance(one, InputError) for one in many(data, name="batch.jsonl"))
    took = perf_counter() - began
    print(f"{'met    ' if took <= 10 and count == 10_000 else 'NOT MET'}  seconds for {count:,} texts: {took:.3g}, at most 10")
    return took <= 10 and count == 10_000


if __name__ == "__main__":
    with one_thread():
        sys.exit(main())
