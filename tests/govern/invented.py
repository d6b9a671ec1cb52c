"""Invented names and numbers that the synthetic results are made of."""

from __future__ import annotations

from keepstone.govern.document import Unmeasured
from keepstone.govern.rows import Block, Sort

HARMS = {
    "missed": ("a dying patient is not flagged", "people", "physical", 5),
    "alarm": ("a patient is treated as dying who is not", "people", "psychological", 3),
    "unfair": ("one group is overlooked more often", "people", "systemic", 4),
    "leak": ("a patient's record is exposed", "people", "psychological", 4),
    "trust": ("staff stop trusting the tool", "institutions", "systemic", 2),
    "stolen": ("the model is copied", "institutions", "systemic", 2),
}
METRICS = {
    "missed": "missed deaths",
    "alarm": "false alarms",
    "unfair": "gap in missed deaths",
    "leak": "records recognised",
    "trust": "decisions that flip",
    "stolen": "copy agrees",
}

# area, condition, its title, harm, what the title says, losses per 1 000, trials, limit in percent
SAFETY = (
    ("alignment", "proxy", "label against what was meant", "missed", "Care withdrawn counts as death", 31, 710, 5),
    ("alignment", "nominal", "ordinary use", "missed", "Dying patients are flagged in ordinary use", 177, 710, 25),
    ("robustness", "unit_mixup", "a unit mix-up", "missed", "A unit mix-up doubles missed deaths", 310, 1204, 20),
    ("robustness", "sensor_noise", "lab error", "missed", "Lab error alone costs little", 149, 710, 25),
    ("robustness", "missing_values", "20 % of values missing", "alarm", "Missing values raise false alarms", 388, 2021, 40),
    ("robustness", "rare_cases", "the rarest twentieth", "missed", "The rare are the sickest, and they are found", 35, 86, 25),
    ("robustness", "shift_site", "another site", "missed", "At another site more deaths are missed", 249, 640, 25),
    ("transparency", "sensor_noise", "lab error", "trust", "Explanations stay put under lab error", 60, 2731, 15),
    ("fairness", "sex", "women against men", "unfair", "Women are not missed much more often than men", 17, 710, 10),
    ("fairness", "age_80", "80 and older against the rest", "unfair", "The oldest may be missed more often", 90, 78, 10),
    ("fairness", "hispanic", "Hispanic patients against the rest", "unfair", "Too few deaths to tell for Hispanic patients", 120, 17, 10),
    ("fairness", "heart_failure", "heart failure", "missed", "Most deaths in heart failure are missed", 770, 126, 25),
    ("control", "out_of_range", "values out of range", "trust", "No score outside its limits", 4, 2731, 2),
)
SECURITY = (
    ("adversarial", "evasion_2", "lab values moved within two errors, 100 queries", "missed", "Two lab errors on purpose turn death flags off", 241, 584, 10),
    ("adversarial", "withhold_3", "three lab values withheld", "missed", "Withholding three values turns death flags off", 401, 584, 20),
    ("adversarial", "withhold_1", "one lab value withheld", "missed", "Withholding one value turns death flags off", 169, 584, 10),
    ("adversarial", "unit_chosen", "the worst unit chosen", "missed", "A chosen unit turns death flags off", 91, 584, 10),
    ("integrity", "label_flip_1", "1 % of labels flipped on purpose", "missed", "Few flipped labels change little", 175, 710, 25),
    ("integrity", "label_flip_5", "5 % of labels flipped on purpose", "missed", "Five flipped labels in a hundred go unseen", 278, 710, 25),
    ("integrity", "misjoin", "rows joined to the wrong patients", "trust", "Half of the published rows carry others' physiology", 480, 9105, 1),
    ("protection", "membership", "membership inference, 16 shadow models", "leak", "Training patients can be recognised", 77, 4361, 5),
    ("protection", "extraction", "1 000 queries for a copy", "stolen", "A copy agrees after 1 000 queries", 910, 2731, 95),
    ("supply_chain", "rows_in_file", "training rows inside the model file", "leak", "The model file holds no training row", 0, 5000, 1),
)
MITIGATIONS: tuple[tuple[str, str, Sort, str, bool, str, str, tuple[str, ...]], ...] = (
    (
        "abstain",
        "abstain when unsure, coverage 80 %",
        "trade-off",
        "",
        False,
        "39 fewer missed deaths in ordinary use, 250 fewer under withholding",
        "200 patients get no score",
        ("output",),
    ),
    ("plausibility", "plausibility check", "one-sided gain", "security", False, "62 fewer missed under a chosen unit", "16 patients get no score", ("input",)),
    (
        "abstain + plausibility",
        "check, then abstain",
        "trade-off",
        "",
        False,
        "301 fewer missed under withholding and chosen units",
        "215 patients get no score",
        ("input", "output"),
    ),
    (
        "adversarial_training",
        "adversarial training",
        "trade-off",
        "",
        True,
        "100 fewer under evasion",
        "140 more under withholding; 34 more false alarms",
        ("training",),
    ),
    ("threshold_per_group", "threshold per age and sex", "harmful", "", True, "nothing shown", "50 more missed among the oldest", ("output",)),
    ("label_only", "label-only output", "no effect", "", True, "nothing shown", "nothing shown", ("output",)),
    ("coarse_scores", "scores rounded to .1", "one-sided gain", "security", False, "70 fewer records recognised", "nothing shown", ("output",)),
    (
        "missing_augmented",
        "missing-value augmentation",
        "synergy",
        "",
        False,
        "138 fewer under withholding, 106 fewer false alarms with values missing",
        "nothing shown",
        ("training",),
    ),
    (
        "regularised",
        "small trees, 5 % label noise",
        "trade-off",
        "",
        False,
        "190 fewer under withholding, 67 fewer records recognised",
        "29 more missed under lab error",
        ("training",),
    ),
    ("sanitised", "training data sanitised", "inconclusive", "", False, "nothing shown", "nothing shown", ("training",)),
    ("ensemble", "ensemble of five and a logistic regression", "trade-off", "", True, "nothing shown", "54 more missed with values missing", ("input",)),
    ("query_budget", "query budget of 20 a day", "one-sided gain", "security", False, "90 fewer under evasion", "nothing shown", ("input",)),
)
COLUMNS: tuple[tuple[Block, str], ...] = (
    ("safety", "missed deaths, ordinary use"),
    ("safety", "false alarms, ordinary use"),
    ("safety", "missed deaths, lab error"),
    ("safety", "missed deaths, unit mix-up"),
    ("safety", "missed deaths, values missing"),
    ("safety", "missed deaths, rare cases"),
    ("safety", "gap women and men"),
    ("safety", "missed deaths, another site"),
    ("security", "evasion within one error"),
    ("security", "evasion within two errors"),
    ("security", "one value withheld"),
    ("security", "three values withheld"),
    ("security", "chosen unit"),
    ("security", "5 % labels flipped"),
    ("security", "membership"),
    ("security", "copy agrees"),
    ("usefulness", "patients without a score"),
    ("usefulness", "alarms per 100"),
)
SENTENCES = (
    "An attacker who moves lab values within two errors turns off at least 119 more in 1\u00a0000 death flags than noise does at as many tries.",
    "The weakest slice, patients over 75 with albumin missing, is also the open door: evasion succeeds there in 221 more of 1\u00a0000 than elsewhere.",
    "Missing-value augmentation takes 138 in 1\u00a0000 back from who withholds values, and no guard cell of safety is shown worse.",
)
HOSTILE = (
    "<script>alert(1)</script></svg></style><img src=x onerror=alert(2)>\u202egnirts\u2066 \x1b[31mred\x1b[0m\x07 "
    "[bold]b[/bold] [a](javascript:alert(3)) @everyone | `x` &amp; \"q\" 'q' {{ 7*7 }} {% x %}"
)

UNMEASURED = (
    Unmeasured(
        id="access.gateway",
        side="security",
        area="access",
        what="authentication at the gateway",
        why="The system file describes no service; name one under [assets].",
    ),
    Unmeasured(
        id="resilience.flood",
        side="security",
        area="resilience",
        what="staying available under a flood of requests",
        why="The system file describes no service; name one under [assets].",
    ),
    Unmeasured(
        id="fairness.asian",
        side="safety",
        area="fairness",
        what="gap in missed deaths, Asian patients",
        why="12 deaths; about 100 more would be needed for a claim at a limit of 20 points.",
    ),
    Unmeasured(id="integrity.backdoor", side="security", area="integrity", what="a backdoor planted in training", why="Comes with images in a later release."),
)
DIGESTS = {
    word: "sha256:" + f"{i:x}{i + 3:x}" * 16 + "9f0c41d7e6ab5823" * 2 for i, word in enumerate(("data", "target", "system", "catalogue", "code", "plan"))
}


def noise(*at: int) -> float:
    """Give a number in [0, 1) that depends on where it is asked and on nothing else."""
    seed = 12345
    for word in at:
        seed = (seed * 1103515245 + word * 12820163 + 12345) % 2**31
    return seed / 2**31
