"""Membership inference against that of ART, and its guesses against the likelihood ratio written anew.

ART's black-box attack (a random forest on the model's answers and the true labels) is told of two fifths of the people who was in the training data; ours
is told of nobody, trains shadow models instead, and both name the other three fifths. What counts is how many members are named while one or ten in a
hundred of the others are accused: ours must be inside the interval or better. Floor: somebody who draws lots names as many members as others.

The second comparison takes the answers of the same shadow models and gives scipy's normal densities to Carlini et al. 2022's formula: the guesses must be
the same, apart from the chance that breaks ties.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from bar_05_planted import table
from printing import show, verdict
from scipy.special import logit
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from keepstone.core.cell import Arm
from keepstone.core.trial import Trials
from keepstone.intake.model import CloneLearner, Guarded
from keepstone.intake.threads import one_thread
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.membership import CLIP, TIE, Membership, Shadow
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.classifier import Classifier
from keepstone.stats.exact import upper_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.table import Table

    Floats = NDArray[np.float64]

ALARMS = (0.01, 0.1)
NOISE = 0.15  # share of labels that are wrong: what a model can only know by heart
LEVEL = 0.025


class Named(NamedTuple):
    """What an attack and its peer say of the people who are counted."""

    member: NDArray[np.bool_]
    ours: Floats
    theirs: Floats
    apart: float


def noisy(one: Table, seed: int) -> Table:
    """The same people with a share of wrong labels."""
    wrong = np.random.default_rng([seed, len(one), 17]).random(len(one)) < NOISE
    return replace(one, y=np.where(wrong, 1 - one.y, one.y).astype(np.int8), digest=f"{one.digest}-noisy")


def target_of(seed: int, estimator: object) -> Classifier:
    """A model trained on noisy labels."""
    train, test, learner = noisy(table(seed, "train"), seed), noisy(table(seed, "test"), seed + 1), CloneLearner(estimator)
    scorer = Guarded(learner.fit(train.x, train.y, seed=seed))
    return Classifier(label="noisy", digest=f"sha256:{seed}-{estimator}", scorer=scorer, threshold=0.5, test=test, train=train, learner=learner)


def named(seed: int, estimator: object, shadows: int) -> Named:
    """Attack one model with both."""
    target, attack, shelf = target_of(seed, estimator), Membership(shadows=shadows), KeptShelf()
    played = play(target, Arm(target, attack, Nothing()), Trials(seed, "pool", 0, target.size("pool")), shelf)
    at = target.order(Trials(seed, "pool", 0, target.size("pool")))
    pool, ours = target.table("pool"), np.empty(target.size("pool"))
    ours[at] = np.asarray(played.columns["guess"], dtype=np.float64)
    counted, member = ~np.isnan(ours), np.isin(pool.row, target.table("train").row)
    score = target.scorer(pool.x).scores
    said = np.column_stack([1 - score, score])
    theirs = art_says(said, pool.y, member, counted, seed)
    apart = float(np.abs(ours - ratio(attack, target, shelf, score))[counted].max())
    return Named(member[counted], ours[counted], theirs[counted], apart)


def art_says(said: Floats, y: NDArray[np.int8], member: NDArray[np.bool_], counted: NDArray[np.bool_], seed: int) -> Floats:
    """The chance of membership that ART's attack gives everybody, told who was in of those who are not counted."""
    from art.attacks.inference.membership_inference import MembershipInferenceBlackBox  # it warns when it is imported
    from art.estimators.classification import BlackBoxClassifier

    np.random.seed(seed)  # noqa: NPY002  ART's forest draws from numpy's own generator
    attack = MembershipInferenceBlackBox(BlackBoxClassifier(np.asarray, (2,), 2), attack_model_type="rf")
    inside, outside = (~counted & one for one in (member, ~member))
    attack.fit(x=None, y=y[inside], test_x=None, test_y=y[outside], pred=said[inside], test_pred=said[outside])
    return np.asarray(attack.infer(None, y, pred=said, probabilities=True), dtype=np.float64)[:, -1]


def ratio(attack: Membership, target: Classifier, shelf: KeptShelf, score: Floats) -> Floats:
    """The likelihood ratio of each person's answer, by the formula of the paper, from the answers of the same shadow models."""
    made = [shelf.get(shadow) for shadow in attack.needs(target) if isinstance(shadow, Shadow)]
    odds = logit(np.clip(np.array([one["scores"] for one in made]), CLIP, 1 - CLIP))
    inside = np.array([one["inside"] for one in made]) == 1
    logs = []
    for had in (inside, ~inside):
        mean = np.array([column[mask].mean() for column, mask in zip(odds.T, had.T, strict=True)])
        off = sum(float(((column[mask] - column[mask].mean()) ** 2).sum()) for column, mask in zip(odds.T, had.T, strict=True))
        logs.append(norm.logpdf(logit(np.clip(score, CLIP, 1 - CLIP)), mean, np.sqrt(off / (had.sum() - odds.shape[1]))))
    return np.asarray(logs[0] - logs[1], dtype=np.float64)


def hits(guess: Floats, member: NDArray[np.bool_], alarms: float, luck: Floats) -> float:
    """The share of members over the guess that so many of the others reach; ties are parted by luck."""
    ranked = np.lexsort((luck, guess))
    place = np.empty(len(guess), dtype=np.int64)
    place[ranked] = np.arange(len(guess))
    edge = np.sort(place[~member])[::-1][int(alarms * (~member).sum())]
    return float((place[member] > edge).mean())


def main() -> int:
    """Print the table."""
    warnings.simplefilter("ignore")
    fast = "--fast" in sys.argv
    seeds, shadows = (range(2), 8) if fast else (range(5), 16)
    boosted = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=31, early_stopping=False)
    models = {"boosted trees": boosted, "random forest": RandomForestClassifier(100), "logistic regression": LogisticRegression()}
    rows: list[list[object]] = []
    met, apart = True, 0.0
    for kind, estimator in models.items():
        with one_thread():
            found = [named(seed, estimator, shadows) for seed in seeds]
        members = sum(int(one.member.sum()) for one in found)
        apart = max(apart, *(one.apart for one in found))
        for alarms in ALARMS:
            shares = []
            for who in ("ours", "theirs"):
                luck = [np.random.default_rng([9, seed]).random(len(one.member)) for seed, one in zip(seeds, found, strict=True)]
                got = [hits(getattr(one, who), one.member, alarms, draw) for one, draw in zip(found, luck, strict=True)]
                shares.append(float(np.mean(got)))
            good = shares[1] <= max(shares[0], upper_rate(round(shares[0] * members), members, LEVEL))
            met &= good
            rows.append([kind, f"{alarms:.0%}", alarms, *shares, "met" if good else "NOT MET"])
    show(f"Members named, {len(seeds)} models each, {shadows} shadows", ["model", "alarms", "floor", "ours, told of nobody", "ART, told of 2 in 5", ""], rows)
    print(f"{'met    ' if met else 'NOT MET'}  no weaker than ART: inside the interval or better in every line")
    return 0 if verdict("guesses apart from the formula", apart, 2 * TIE) and met else 1


if __name__ == "__main__":
    sys.exit(main())
