"""What an area declares: a risk, the condition and metric that show it, a limit, and controls that prove the probe works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepstone.core.risk import Risk

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.part import AnyCondition, Metric, Mitigation, Target, Threat
    from keepstone.core.system import System
    from keepstone.core.table import Rule

PHRASES = "judge.phrases"
"""What a verdict rests on that a list of phrases read and nobody corrected by the list's own errors."""
UNCORRECTED = "judge.uncorrected"
"""What a verdict rests on that a judge of the system file read whose errors no labels tell."""
PROXY = "proxy.short_run"
"""What a verdict rests on that a short run read of something that shows in the long run."""
RESTS = {
    PHRASES: "a list of phrases that nobody checked against people's reading",
    UNCORRECTED: "a judge whose errors no labels of people tell",
    PROXY: "a short run, which can show a sign and never its absence",
}


def rests(provisional: Sequence[str]) -> str:
    """What a provisional verdict rests on, in words that follow "rests on".

    Args:
        provisional: As a probe has it: guesses by their place in the system file, and the keys of `RESTS`.

    >>> rests(("target.threshold",)), rests((PHRASES,))
    ('guesses: target.threshold', "a list of phrases that nobody checked against people's reading")
    """
    guesses = ", ".join(one for one in provisional if one not in RESTS)
    others = [told for one, told in RESTS.items() if one in provisional]
    return ", and on ".join(one for one in (*others, f"guesses: {guesses}" if guesses else "") if one)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What an area is asked to declare probes for.

    Attributes:
        system: The system as described.
        target: What is asked.
        risk: From a risk's id to the risk of the register.
        limit: From area, name of the condition and name of the metric to the catalogue's limit.
        profile: "quick" or "full".
        slices: Weak slices that a search on other rows found, worst first.
        overconfident: Where its flags claim the most beyond what came, found on the same rows; None where nothing could be searched.
        groups: Per attribute, the groups held against the rest, in a fixed order.
        honest: Scores of the rows of "search" by a target that was not trained on them, float64 (rows,), NaN where not answered; None where there are none.
    """

    system: System
    target: Target
    risk: Callable[[str], Risk]
    limit: Callable[[str, str, str], float]
    profile: str = "quick"
    slices: tuple[Rule, ...] = ()
    overconfident: Rule | None = None
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    honest: Floats | None = None


@dataclass(frozen=True, kw_only=True)
class Control:
    """A target that must fail the probe and one that must pass it, in every run, or the probe is in ERROR.

    Attributes:
        bad: Must come out over the limit.
        good: Must come out under the limit.
        limit: The limit that the controls are held against.
    """

    bad: Target
    good: Target
    limit: float


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One question to the target.

    Attributes:
        risk: The risk that it measures.
        condition: What befalls the target; its origin must fit the risk's area.
        metric: How the loss is read.
        limit: The catalogue's limit, used where nobody adopted another.
        control: Known-bad and known-good.
        paired: The metric by which arms of this condition are compared (counted on the same trials whatever the mitigation);
            None leaves the cell out of every comparison.
        column: Whether it is a column of the matrix, so that it is played under every mitigation.
        guard: Whether a mitigation may call itself a gain only if this cell is shown no worse.
        floor: Id of the finding of usefulness that must pass too, or "".
        advice: What to do when it fails, in one sentence.
        provisional: What its verdict rests on that nobody showed; it can't be PASS then.
        remark: What a reader should know of what its number rests on, said with the finding, or "".
    """

    risk: Risk
    condition: AnyCondition
    metric: Metric
    limit: float
    control: Control | None = None
    paired: Metric | None = None
    column: bool = True
    guard: bool = False
    floor: str = ""
    advice: str = ""
    provisional: tuple[str, ...] = ()
    remark: str = ""

    def __post_init__(self) -> None:
        """Refuse a condition of the other half."""
        self.risk.area.admit(self.condition.origin)

    @property
    def id(self) -> str:
        """Id of its finding: area, condition, metric."""
        return f"{self.risk.area.value}.{self.condition.id}.{self.metric.id}"


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """A question that can't be put to this target, and what would change that."""

    risk: Risk
    what: str
    why: str

    @property
    def id(self) -> str:
        """Id of its finding."""
        return f"{self.risk.area.value}.{self.what}"


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """A safety flaw that may open a door: a threat's success where the flaw is present against where it is absent, or against where it is repaired.

    Attributes:
        flaw: A word for it: "weak_slice", "overconfidence", "missing_validation", "disadvantaged_group".
        title: In plain words.
        condition: The threat.
        metric: Its success: in two parts, present and absent; or in one, where it is held against a repair on the same trials.
        repaired: The mitigation that repairs the flaw, with the threat going through it; the one of its kind that the system considers stands in for it.
            None where the flaw is present in some of the trials and absent in the others.
        telling: Whether the flaw says something of its own; False for one that an attack finds open by what it is, and no headline rests on that.
    """

    flaw: str
    title: str
    condition: Threat
    metric: Metric
    repaired: Mitigation | None = None
    telling: bool = True
