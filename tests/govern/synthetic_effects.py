"""Made-up effects for tests: the matrix, what intent adds, attack harm, exposed flaws, the clinician's table."""

from __future__ import annotations

from govern.invented import COLUMNS, MITIGATIONS, noise

from keepstone.govern.document import Clinical
from keepstone.govern.rows import AttackHarm, CalibrationBin, ClinicalRow, Direction, Exposed, Intent, Interplay, Intersection, Mitigation, Triple

MARGIN = 0.03


def direction(lower: float, upper: float) -> Direction:
    """Read the direction off an interval, as the engine does."""
    return "worse" if lower > 0 else "better" if upper < 0 else "no_worse" if upper < MARGIN else "inconclusive"


def interplay(rows: int = len(MITIGATIONS), columns: int = len(COLUMNS)) -> tuple[Interplay, ...]:
    """Give a matrix; some cells were not measured."""
    made = []
    for i, mitigation in enumerate(MITIGATIONS[:rows]):
        for j, (block, column) in enumerate(COLUMNS[:columns]):
            draw, size = noise(i, j, 1), noise(i, j, 2)
            guard = j in {0, 2, 8, 14}
            if draw > 0.93:
                made.append(
                    Interplay(
                        mitigation=mitigation[0],
                        column=column,
                        condition=column,
                        metric="missed",
                        block=block,
                        direction="not_measured",
                        guard=guard,
                        why="the mitigation needs a target that can be refitted",
                    )
                )
                continue
            effect = 0.0 if draw < 0.35 else -0.25 * size**2 - 0.02 if draw < 0.68 else 0.15 * size**3 + 0.005
            half = 0.012 + 0.02 * noise(i, j, 3)
            made.append(
                Interplay(
                    mitigation=mitigation[0],
                    column=column,
                    condition=column,
                    metric="missed",
                    block=block,
                    aimed="security",
                    affected=block,
                    effect=effect,
                    lower=effect - half,
                    upper=effect + half,
                    margin=MARGIN,
                    direction=direction(effect - half, effect + half),
                    of=0.2 + effect / 2,
                    against=0.2,
                    trials=710,
                    guard=guard,
                )
            )
    return tuple(made)


def mitigations(rows: int = len(MITIGATIONS)) -> tuple[Mitigation, ...]:
    """Give what each mitigation is."""
    return tuple(
        Mitigation(name=name, title=title, kind=kind, side=side, dominated=dominated, buys=buys, costs=costs, reads=reads)
        for name, title, kind, side, dominated, buys, costs, reads in MITIGATIONS[:rows]
    )


def intent() -> tuple[Intent, ...]:
    """Give what intent adds on six channels, at one try and at as many as the attack had; membership has no counterpart."""
    table = (
        (
            "lab values",
            "evasion_2",
            "evasion by scores",
            "sensor_noise",
            "noise of the same size",
            "independent normal errors, projected as the attack's",
            "at most 2 lab errors a value",
            100,
            0.043,
            0.122,
            0.241,
        ),
        (
            "lab values",
            "withhold_3",
            "three values withheld",
            "missing_values",
            "missing at random",
            "values drawn evenly without replacement",
            "3 values",
            469,
            0.040,
            0.372,
            0.401,
        ),
        (
            "prescribed unit",
            "unit_chosen",
            "the worst unit chosen",
            "unit_mixup",
            "mix-up by a clerk",
            "one of seven values, drawn evenly",
            "1 value",
            7,
            0.164,
            0.251,
            0.255,
        ),
        (
            "training labels",
            "label_flip_5",
            "labels flipped on purpose",
            "label_noise",
            "labels mistaken by chance",
            "labels drawn evenly",
            "5 % of labels",
            1,
            0.127,
            0.127,
            0.278,
        ),
        ("model file", "tampering", "one leaf edited", "bit_rot", "bit rot", "bits drawn evenly", "64 bits", 100, 0.167, 0.192, 0.630),
    )
    made = []
    for channel, threat, title, counterpart, counterpart_title, law, size, tries, once, often, meant in table:
        for count, chance in ((1, once), (tries, often)):
            gap = meant - chance
            made.append(
                Intent(
                    channel=channel,
                    threat=threat,
                    threat_title=title,
                    counterpart=counterpart,
                    counterpart_title=counterpart_title,
                    law=law,
                    size=size,
                    tries=count,
                    metric="missed",
                    metric_title="death flags turned off",
                    by_chance=chance,
                    by_intent=meant,
                    difference=gap,
                    lower=gap - 0.03,
                    upper=gap + 0.03,
                    direction=direction(gap - 0.03, gap + 0.03),
                )
            )
    made.append(
        Intent(
            channel="scores",
            threat="membership",
            threat_title="membership inference",
            counterpart="",
            by_intent=0.077,
            direction="not_measured",
            metric_title="records recognised",
            why="Nothing recognises a patient by chance at that strength: guessing has no advantage.",
        )
    )
    return tuple(made)


def attack_harm() -> tuple[AttackHarm, ...]:
    """Give what attacks do to harms."""
    table = (
        ("evasion by scores", "missed deaths", 0.198, 0.177),
        ("three values withheld", "missed deaths", 0.331, 0.177),
        ("labels flipped on purpose", "missed deaths", 0.101, 0.177),
        ("evasion by scores", "gap between women and men", 0.034, 0.017),
        ("membership inference", "missed deaths", 0.0, 0.177),
        ("rows joined to the wrong patients", "confidently wrong", 0.119, 0.021),
    )
    return tuple(
        AttackHarm(
            threat=title,
            title=title,
            metric=metric,
            metric_title=metric,
            effect=effect,
            lower=effect - 0.024,
            upper=effect + 0.024,
            margin=MARGIN,
            direction=direction(effect - 0.024, effect + 0.024),
            of=base + effect,
            against=base,
            trials=710,
        )
        for title, metric, effect, base in table
    )


def exposed() -> tuple[Exposed, ...]:
    """Give which flaw opens a door."""
    table = (
        ("weak slice: over 75 with albumin missing", "evasion by scores", 0.221, 0.09, 97),
        ("missing validation of units", "the worst unit chosen", 0.091, 0.02, 584),
        ("heart failure, the disadvantaged group", "three values withheld", 0.12, 0.14, 126),
        ("overconfidence", "evasion by scores", 0.01, 0.05, 401),
    )
    made = [
        Exposed(
            flaw=title,
            title=title,
            threat=threat,
            metric="attack success",
            effect=effect,
            lower=effect - half,
            upper=effect + half,
            margin=0.05,
            direction=direction(effect - half, effect + half),
            of=0.24 + effect,
            against=0.24,
            trials_of=trials,
            trials_against=584,
        )
        for title, threat, effect, half, trials in table
    ]
    made.append(
        Exposed(
            flaw="no log of queries",
            title="no log of queries",
            threat="extraction",
            metric="copy agrees",
            direction="not_measured",
            why="the system file describes no service",
        )
    )
    return tuple(made)


def clinical() -> Clinical:
    """Give a clinician's table; one group is smaller than ten."""

    def near(value: float, half: float) -> Triple:
        return (value, value - half, value + half)

    groups = (
        ("all", 2731, 710),
        ("sex=female", 1190, 310),
        ("sex=male", 1541, 400),
        ("age=under 50", 601, 137),
        ("age=50 to 64", 812, 182),
        ("age=65 to 79", 1020, 313),
        ("age=80 and older", 298, 78),
        ("race=white", 2101, 543),
        ("race=black", 421, 113),
        ("race=hispanic", 81, 17),
        ("race=asian", 8, 3),
        ("disease=heart failure", 310, 126),
        ("disease=coma", 260, 151),
    )
    rows = []
    for i, (name, people, outcomes) in enumerate(groups):
        half = min(0.3, 0.9 / people**0.5)
        auc = 0.862 - 0.1 * noise(i, 7)
        rows.append(
            ClinicalRow(
                group=name,
                n=people,
                outcomes=outcomes,
                auroc=near(auc, half),
                slope=near(0.97 - 0.2 * noise(i, 8), 3 * half),
                intercept=near(-0.05 + 0.2 * noise(i, 9), 3 * half),
                sensitivity=near(0.82 - 0.1 * noise(i, 1), 2 * half),
                specificity=near(0.73, half),
                ppv=near(0.52, 2 * half) if i != 12 else None,
                alerts_per_100=near(41.0 - 9 * noise(i, 2), 100 * half),
                net_benefit=near(0.12, half),
                kind="modelled",
            )
        )
    points = tuple(
        CalibrationBin(bin=k + 1, predicted=p, observed=o, lower=max(0.0, o - h), upper=min(1.0, o + h), n=n) for k, (p, o, h, n) in enumerate(CALIBRATION)
    )
    forecast = ClinicalRow(
        group="doctors' own forecast",
        n=2310,
        outcomes=601,
        auroc=near(0.79, 0.02),
        sensitivity=near(0.71, 0.04),
        specificity=near(0.74, 0.02),
        ppv=near(0.49, 0.04),
        alerts_per_100=near(37.0, 2.0),
        net_benefit=near(0.09, 0.02),
    )
    crossed = (
        Intersection(group="sex=female, age=80 and older", n=160, outcomes=41, missed=near(0.29, 0.14), alarms=near(0.31, 0.09)),
        Intersection(group="sex=male, race=black", n=230, outcomes=58, missed=near(0.21, 0.11), alarms=near(0.24, 0.07)),
        Intersection(group="sex=female, race=asian", n=14, outcomes=4, missed=(0.25, 0.01, 0.81), alarms=(0.0, 0.0, 0.31)),
    )
    return Clinical(rows=tuple(rows), forecast=forecast, calibration=points, threshold=0.2169, intersections=crossed, intersections_hidden=2)


CALIBRATION = (
    (0.03, 0.02, 0.015, 610),
    (0.08, 0.07, 0.02, 540),
    (0.14, 0.16, 0.03, 410),
    (0.24, 0.22, 0.04, 330),
    (0.35, 0.39, 0.05, 260),
    (0.45, 0.41, 0.06, 190),
    (0.55, 0.58, 0.07, 150),
    (0.66, 0.61, 0.08, 120),
    (0.77, 0.80, 0.08, 80),
    (0.9, 0.93, 0.06, 41),
    (0.98, 0.9, 0.1, 6),
)
