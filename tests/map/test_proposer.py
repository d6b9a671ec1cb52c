"""The proposer proposes facts, says nothing where it should not, is the same every time, and holds no text."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from keepstone.map.hashing import PLACES, features
from keepstone.map.proposer import disputed, english, packed, proposer

HOSTILE = "Criminals used a cloned voice to steal money from a bank in a scam."
DATA = (files("keepstone.catalog") / "triage" / "proposer.npz").read_bytes()


def test_it_proposes_an_intent_and_nothing_else() -> None:
    assert set(proposer().facts(HOSTILE)) == {"intent"}
    assert proposer().facts(HOSTILE)["intent"][0] == "harm"
    assert proposer().facts("The speech recognition of the phone performed worse for women because of bias in its data.")["intent"][0] == "none"


@pytest.mark.parametrize(
    "text",
    [
        "The bank denied that its chatbot was hacked by criminals.",
        "The camera of the museum mistook a visitor for a thief.",
        "A robot of the library injured a thief.",
        "Verbrecher stahlen mit einer nachgemachten Stimme das Geld einer Bank in einem Betrug.",
        "Hacked!",
        "",
        "....",
    ],
)
def test_nothing_is_proposed_of_what_does_not_say_it(text: str) -> None:
    assert proposer().facts(text) == {}


def test_a_sentence_that_says_it_stands_against_another_that_denies_it() -> None:
    assert not disputed("The bank was hacked by criminals. Its model was never attacked.")
    assert not english("Die Bank wurde gestern angegriffen, sagte ein Sprecher")


def test_it_is_numbers_only_small_and_written_the_same_every_time() -> None:
    assert len(DATA) < 300_000
    held = np.load(files("keepstone.catalog").joinpath("triage", "proposer.npz"), allow_pickle=False)  # type: ignore[arg-type]
    assert {held[name].dtype.kind for name in held.files} <= {"u", "i", "f"}
    assert packed(proposer()) == DATA


def test_features_are_the_same_in_every_process_and_within_their_places() -> None:
    places, times = features("Hello, hello world")
    assert (places < PLACES).all()
    assert int(places.sum()) == int(features("hello HELLO world")[0].sum())
    assert float(times.max()) == pytest.approx(1 + np.log(2))


def test_a_text_without_words_costs_nothing() -> None:
    assert set(proposer().probabilities("")) == {"meant", "hostile"}
