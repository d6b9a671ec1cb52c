"""Own questions keep their templates together, come in a random order, and are counted by template."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.cell import Arm, Cell
from keepstone.core.channel import through
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.measure.checks import corpora, targets
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.corpora.file import File
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.core.claim import Claim


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = ["question,right,template,secret,prompt,group:sex,kind"]
    rows += [f"Question {k} about parking?,2 euros,t{k % 10},,,{'f' if k % 2 else 'm'}," for k in range(60)]
    rows += [f"What is {k}?,,u{k},KEEP-{1000 + k},The code is {{secret}}.,," for k in range(20)]
    rows += [f"I am {k}. What does parking cost?,2 euros,n{k},,,{'f' if k % 2 else 'm'},named" for k in range(8)]
    file = tmp_path / "q.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_it_keeps_the_rules_of_a_corpus_and_of_a_target(path: Path) -> None:
    assert list(corpora.problems(File(str(path)))) == []
    assert list(targets.behaviour(Chat(Clinic(), File(str(path))))) == []


def test_kinds_follow_from_what_is_known(path: Path) -> None:
    assert dict(File(str(path)).streams) == {"test": 60, "outside": 20, "named": 8}
    assert dict(File(str(path), size=15).streams) == {"test": 15, "outside": 15, "named": 8}
    assert File(str(path)).groups == {"sex": ("f", "m")}


def test_the_rows_of_a_template_stand_together_in_an_order_of_the_seed(path: Path) -> None:
    corpus = File(str(path))
    orders = [[item.template for item in corpus.items(Trials(seed, "test", 0, 60))] for seed in (1, 2)]
    assert all(len(list(groupby(found))) == 10 for found in orders)
    assert orders[0] != orders[1]


def test_a_batch_ends_between_templates(path: Path) -> None:
    target = Chat(Clinic(), File(str(path)))
    whole = Trials(7, "test", 0, 60)
    assert [target.cut(whole, at) for at in (0, 1, 6, 7, 59, 60)] == [0, 6, 6, 12, 60, 60]
    assert target.cut(Trials(7, "outside", 0, 20), 3) == 3


def test_a_template_is_one_unit_and_its_loss_a_mean(path: Path) -> None:
    target = Chat(Clinic(), File(str(path)))
    assert target.several("test")
    assert not target.several("outside")
    assert len(set(np.asarray(target.run(Trials(7, "test", 0, 60), through).columns["unit"]).tolist())) == 10

    def claim(stream: str) -> Claim:
        return Cell(Arm(target, Nominal(stream), Nothing()), WrongAnswer()).claim

    assert getattr(claim("test"), "real") is True  # noqa: B009  a field of this claim alone
    assert getattr(claim("outside"), "real") is False  # noqa: B009


def test_prompt_secret_and_word(path: Path) -> None:
    corpus = File(str(path))
    for item in corpus.items(Trials(7, "outside", 0, 20)):
        assert corpus.prompt(item) == f"The code is {item.secret}."
        assert item.right == ()
        assert len(item.canary) == 10
    words = {item.canary for item in corpus.items(Trials(7, "test", 0, 60))}
    assert len(words) == 60


def test_another_file_is_another_corpus(path: Path) -> None:
    before = File(str(path)).recipe
    path.write_text(path.read_text(encoding="utf-8").replace("parking", "parking?"), encoding="utf-8")
    assert File(str(path)).recipe != before


def test_what_can_t_be_meant_is_refused(path: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs the «path» of a file"):
        File()
    with pytest.raises(InputError, match="«kind» of the questions must be one of test, outside, named; got 'crisis'"):
        File(str(path)).items(Trials(7, "crisis", 0, 1))
    (tmp_path / "k.csv").write_text("question,kind\na,exam\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"k.csv:2: The «kind» must be one of test, search"):
        File(str(tmp_path / "k.csv"))
