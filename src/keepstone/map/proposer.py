"""Propose facts of a free text, with probabilities; never a class. What is not probable enough stays unknown and is asked.

Two logistic models on hashed features: whether what happened was meant, and whether somebody was hostile. The numbers come from
`tools/train_proposer.py`; docs/howto/triage-model.md says on which data, and what the labels do not mean.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from keepstone.map.hashing import features, unit, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADS = ("meant", "hostile")
_LEAST_ENGLISH = 0.12  # share of a text's words that are among the commonest of English
_FEWEST = 4  # words that a text must have


class Cues(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words by which a sentence is seen to deny, to doubt, or to have the system act."""

    hostile: tuple[str, ...]
    denials: tuple[str, ...]
    systems: tuple[str, ...]
    passives: tuple[str, ...]
    english: tuple[str, ...]


@dataclass(frozen=True)
class Proposer:
    """A proposer.

    Attributes:
        rarity: Of each place, its weight (inverse document frequency).
        weights: Of each head, of each place.
        bias: Of each head.
        threshold: Probability from which a fact is proposed: hostile, and not meant.
        cut: Of each head, the probability from which its F1 was highest; no fact is proposed by it.
    """

    rarity: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    threshold: NDArray[np.float64]
    cut: NDArray[np.float64]

    def probabilities(self, text: str) -> dict[str, float]:
        """How probable it is that what a text tells was meant, and that somebody was hostile."""
        places, times = features(text)
        values = unit(places, times, self.rarity)
        raw = self.weights[:, places] @ values + self.bias
        found = 0.5 * (1.0 + np.tanh(0.5 * raw))
        return {head: float(one) for head, one in zip(HEADS, found, strict=True)}

    def facts(self, text: str) -> Mapping[str, tuple[str, float]]:
        """Propose facts: by name, value and probability. Of what is not English, too short or disputed nothing is proposed."""
        if not english(text) or disputed(text):
            return {}
        found = self.probabilities(text)
        if min(found["hostile"], found["meant"]) >= self.threshold[0]:
            return {"intent": ("harm", min(found["hostile"], found["meant"]))}
        if 1.0 - max(found["hostile"], found["meant"]) >= self.threshold[1]:
            return {"intent": ("none", 1.0 - max(found["hostile"], found["meant"]))}
        return {}


@cache
def proposer() -> Proposer:
    """Give the proposer that comes with Keepstone."""
    held = np.load(io.BytesIO((files("keepstone.catalog") / "triage" / "proposer.npz").read_bytes()), allow_pickle=False)
    scale = held["scale"].astype(np.float64)
    return Proposer(
        rarity=held["rarity"].astype(np.float64) * scale[0],
        weights=held["weights"].astype(np.float64) * scale[1:, None],
        bias=held["bias"].astype(np.float64),
        threshold=held["threshold"].astype(np.float64),
        cut=held["cut"].astype(np.float64),
    )


def packed(model: Proposer) -> bytes:
    """Write a proposer as whole numbers of one byte; the same numbers give the same bytes."""
    scale = np.array([model.rarity.max() / 255, *(np.abs(model.weights).max(axis=1) / 127)])
    file = io.BytesIO()
    np.savez_compressed(
        file,
        rarity=np.rint(model.rarity / scale[0]).astype(np.uint8),
        weights=np.rint(model.weights / scale[1:, None]).astype(np.int8),
        scale=scale,
        bias=model.bias,
        threshold=model.threshold,
        cut=model.cut,
    )
    return file.getvalue()


# ---- what a sentence does not say ----


@cache
def cues() -> Cues:
    """Give the words."""
    return msgspec.convert(tomllib.loads((files("keepstone.catalog") / "triage" / "cues.toml").read_text("utf-8")), Cues)


def english(text: str) -> bool:
    """Say whether a text looks like English and has words enough.

    >>> english("A visitor of the shop was rude to the bot"), english("Ein Besucher des Ladens war grob zu dem Automaten")
    (True, False)
    """
    found, common = words(text), frozenset(cues().english)
    return len(found) >= _FEWEST and sum(word in common for word in found) >= _LEAST_ENGLISH * len(found)


def disputed(text: str) -> bool:
    """Say whether every sentence with a hostile word denies it, doubts it, or has the system act.

    >>> disputed("The company denied that it was hacked."), disputed("The company was hacked.")
    (True, False)
    """
    told = [_disputed(words(sentence)) for sentence in _sentences(text)]
    return True in told and False not in told


def _sentences(text: str) -> list[str]:
    return "".join("\n" if letter in ".!?;" else letter for letter in text).splitlines()


def _disputed(found: list[str]) -> bool | None:
    """Whether a sentence with a hostile word does not say that somebody was hostile; None where it has no such word."""
    known = cues()
    hostile = [at for at, word in enumerate(found) if word.startswith(known.hostile)]
    if not hostile:
        return None
    if any(word.startswith(stem) if len(stem) > 3 else word == stem for word in found for stem in known.denials):
        return True
    systems = [at for at, word in enumerate(found[: hostile[0]]) if word.removesuffix("s") in known.systems]
    return bool(systems) and not any(word in known.passives for word in found)
