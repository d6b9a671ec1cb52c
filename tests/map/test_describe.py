"""A system file becomes a System, and everything wrong with one is said at once, with its line."""

from __future__ import annotations

import pathlib

import pytest

from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.core.system import Autonomy, ControlSpec, Stage
from keepstone.map.describe import describe

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
WHOLE = """\
[system]
name = "triage"
purpose = "advise"
autonomy = "advises"
population = "adults"
[target]
fit = "model.py:fit"
recall = 0.8
[data]
test = "cases.csv"
label = "died"
[[feature]]
name = "age"
lower = 18.0
upper = 110.0
[[feature]]
name = "ca"
kind = "category"
levels = ["no", "yes", "late"]
[[group]]
attribute = "sex"
[[criterion]]
finding = "*.missed"
limit = 0.25
reason = "agreed"
set_by = "the board"
source = "judgement"
date = 2026-11-24
[[mitigation]]
name = "abstention"
state = "considered"
parameters = { coverage = 0.8 }
"""


def said(text: str) -> list[str]:
    """Give what is said of a wrong file."""
    with pytest.raises(InputError) as caught:
        describe(text, name="s.toml")
    return caught.value.problems


def of(name: str, folder: str = "healthcare") -> str:
    return (EXAMPLES / folder / name).read_text(encoding="utf-8")


def test_the_least_that_can_be_said_is_enough_to_map_risks() -> None:
    system = describe(of("system.toml", "minimal"), name="s.toml")
    assert (system.autonomy, system.stage) == (Autonomy.ADVISES, Stage.DEVELOPMENT)
    assert system.target is not None
    assert system.target.recall == 0.95
    assert system.data is not None
    assert len(system.data.features) == 10
    assert system.guesses == frozenset()
    bare = describe('[system]\nname = "a"\npurpose = "b"\nautonomy = "none"\npopulation = "c"\n', name="s.toml")
    assert (bare.target, bare.data, bare.alpha, bare.margin, bare.small_margin) == (None, None, 0.05, 0.03, 0.05)


def test_the_whole_example_is_understood() -> None:
    system = describe(of("system.toml"), name="examples/healthcare/system.toml", read=lambda name: (EXAMPLES / "healthcare" / name).read_bytes())
    assert system.data is not None
    assert [feature.name for feature in system.data.features][:3] == ["age", "sex", "dzgroup"]
    assert system.data.forecast_means == "complement"
    assert system.data.positive == "1"
    assert {criterion.date for criterion in system.criteria} == {"2026-11-24"}
    assert [criterion.cell for criterion in system.criteria if criterion.critical] == ["robustness.nominal.missed"]
    both = next(mitigation for mitigation in system.mitigations if len(mitigation.parts) == 2)
    assert both.parts == (("plausibility", {}), ("abstention", {"coverage": 0.8}))
    assert {exclusion.area for exclusion in system.exclusions} == {Area.LONGTERM, Area.ACCESS, Area.RESILIENCE}
    assert any(not precedent.accepted for precedent in system.precedents)


def test_the_faulty_example_differs_in_nothing_but_model_and_table() -> None:
    careful, faulty = (of(name).split("[system]")[1].splitlines() for name in ("system.toml", "system-published.toml"))
    changed = [(one, other) for one, other in zip(careful, faulty, strict=True) if one != other]
    assert len(changed) == 4
    assert {line.split(" = ")[0] for pair in changed for line in pair} == {"name", "fit", "test", "population"}


def test_guesses_are_kept_by_their_path() -> None:
    text = WHOLE.replace("recall = 0.8", 'threshold = 0.3\nguessed = ["threshold"]').replace("lower = 18.0", 'lower = 18.0\nguessed = ["lower", "immutable"]')
    text = text.replace('label = "died"', 'label = "died"\nguessed = ["label"]').replace('attribute = "sex"', 'attribute = "sex"\nguessed = ["column"]')
    system = describe(text, name="s.toml")
    assert system.guesses == {"target.threshold", "feature.age.lower", "feature.age.immutable", "data.label", "group.sex.column"}
    assert system.data is not None
    assert system.data.features[0].guessed == {"lower", "immutable"}


def test_an_operating_point_that_nobody_set_is_a_guess() -> None:
    assert describe(WHOLE.replace("recall = 0.8\n", ""), name="s.toml").guesses == {"target.threshold"}
    assert describe(WHOLE, name="s.toml").guesses == frozenset()


def test_features_may_stand_in_a_file_of_their_own() -> None:
    text = WHOLE[: WHOLE.index("[[feature]]")].replace('label = "died"', 'label = "died"\nfeatures = "columns/f.toml"')
    asked: list[str] = []

    def read(name: str) -> bytes:
        asked.append(name)
        return b'[[feature]]\nname = "age"\nlower = 0\nupper = 120\n'

    system = describe(text, name="here/s.toml", read=read)
    assert asked == ["columns/f.toml"]
    assert system.data is not None
    assert system.data.features[0].upper == 120
    with pytest.raises(InputError) as caught:
        describe(
            text.replace("[target]\n", "[target]\ncolour = 1\n"), name="here/s.toml", read=lambda _name: b'[[feature]]\nname = "age"\nlower = 3\nupper = 2\n'
        )
    assert caught.value.problems == [
        "here/s.toml:7: The «colour» of «target» is not known.",
        "here/columns/f.toml:4: The «upper» of «feature 1» must be above «lower», 3; got 2.0.",
    ]
    with pytest.raises(InputError) as caught:
        describe(text, name="here/s.toml", read=lambda _name: b"[[feature]]\nname = \n")
    assert caught.value.problems[0].startswith("here/columns/f.toml:2:8: This is not TOML")


def test_everything_wrong_is_said_at_once() -> None:
    text = WHOLE.replace('autonomy = "advises"', 'autonomy = "rules"').replace("limit = 0.25", "limit = 25").replace('"model.py:fit"', '"/etc/x.py:fit"')
    assert said(text) == [
        's.toml:4: The «autonomy» of «system» must be one of "none", "advises", "acts with veto", "acts alone"; got "rules".',
        's.toml:7: The «fit» of «target» must name a function of a file beside the system file, "model.py:fit"; got "/etc/x.py:fit".',
        "s.toml:24: The «limit» of «criterion 1» must be a number in (0, 1); got 25.",
    ]


def test_a_target_may_be_a_part_with_parameters() -> None:
    text = WHOLE.replace('fit = "model.py:fit"\nrecall = 0.8', 'part = "scorecard"\nparameters = { cuts = [65, 140], from_points = 2 }')
    system = describe(text, name="s.toml")
    assert system.target is not None
    assert (system.target.part, system.target.parameters) == ("scorecard", {"cuts": (65, 140), "from_points": 2})
    assert system.guesses == frozenset()  # its operating point is its own


PROBE = """\
[[probe]]
risk = "robustness.sensor_noise"
condition = "digit_preference"
parameters = { share = 0.5 }
metric = "weighted_error"
metric_parameters = { alarm = 0.2 }
limit = 0.2
paired = "missed"
guard = true
floor = "robustness.nominal.alarms"
control = { bad = "mistaken", good = "perfect", limit = 0.25 }
advice = "write values down as they were measured"
"""
PROBE_LINE = WHOLE.count("\n") + 1


def test_a_question_of_their_own_is_read_with_parts_by_name() -> None:
    (probe,) = describe(WHOLE + PROBE, name="s.toml").probes
    assert (probe.risk, probe.limit, probe.paired, probe.guard) == ("robustness.sensor_noise", 0.2, "missed", True)
    assert probe.condition == ("digit_preference", {"share": 0.5})
    assert probe.metric == ("weighted_error", {"alarm": 0.2})
    assert probe.control == ControlSpec(bad="mistaken", good="perfect", limit=0.25)
    (least,) = describe(WHOLE + '[[probe]]\nrisk = "control.reliance"\ncondition = "a"\nmetric = "b"\nlimit = 0.2\n', name="s.toml").probes
    assert (least.control, least.paired, least.guard, least.floor, least.advice, least.condition) == (None, "", False, "", "", ("a", {}))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            'risk = "robustness.sensor_noise"',
            'risk = "robustness.*"',
            f"{PROBE_LINE + 1}: The «risk» of «probe 1» must be the id of one risk, without `*`; got ",
        ),
        ('risk = "robustness.sensor_noise"', 'risk = "rain"', f"{PROBE_LINE + 1}: The «risk» of «probe 1» must begin with `*` or an area: "),
        ('condition = "digit_preference"\n', "", f"{PROBE_LINE}: The «condition» of «probe 1» must be given."),
        ('metric = "weighted_error"\n', "", f"{PROBE_LINE}: The «metric» of «probe 1» must be given."),
        ("limit = 0.2\n", "", f"{PROBE_LINE}: The «limit» of «probe 1» must be given."),
        ("limit = 0.2\n", "limit = 1\n", f"{PROBE_LINE + 6}: The «limit» of «probe 1» must be a number in (0, 1); got 1."),
        ("{ share = 0.5 }", "{ share = [[1]] }", f"{PROBE_LINE + 3}: The «share» of «probe 1.parameters» must be a text, a number, true or false, or a list"),
        ('bad = "mistaken", ', "", f"{PROBE_LINE + 10}: The «bad» of «probe 1.control» must be given."),
        ('good = "perfect"', 'god = "perfect"', f"{PROBE_LINE + 10}: The «god» of «probe 1.control» is not known; did you mean «good»?"),
        ('paired = "missed"\n', "", f"{PROBE_LINE + 7}: The «guard» of «probe 1» must stand beside «paired», by which mitigations are compared."),
    ],
)
def test_a_wrong_question_gets_one_clear_line(old: str, new: str, problem: str) -> None:
    assert PROBE.count(old) == 1, old
    problems = said(WHOLE + PROBE.replace(old, new))
    assert [line for line in problems if line.startswith(f"s.toml:{problem}")], problems


def test_a_question_in_an_area_that_is_left_out_is_a_contradiction() -> None:
    text = WHOLE + PROBE.replace("robustness.sensor_noise", "longterm.drift") + STAKES
    assert said(text) == [f's.toml:{PROBE_LINE + 1}: The «risk» of «probe 1» must not be one of an area that [[exclude]] leaves out; got "longterm.drift".']


PLACE = "must be the path of a file beside the system file or in a folder below it"
AREAS = ", ".join(area.value for area in Area)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "triage"\n', "", "1: The «name» of «system» must be given."),
        ('purpose = "advise"', "purpose = 7", "3: The «purpose» of «system» must be a text; got 7."),
        ('purpose = "advise"', 'purpose = "  "', '3: The «purpose» of «system» must be a text; got "  ".'),
        ("[system]\n", "[systems]\n", "1: The «systems» of «s.toml» is not known; did you mean «system»?"),
        ('population = "adults"', 'popluation = "adults"', "5: The «popluation» of «system» is not known; did you mean «population»?"),
        ('population = "adults"', 'population = "adults"\nstage = "done"', '6: The «stage» of «system» must be one of "design", "development", "release", '),
        ('population = "adults"', 'population = "adults"\naffected = "all"', '6: The «affected» of «system» must be a list: each a text; got "all".'),
        ('fit = "model.py:fit"\n', "", "6: The «fit» of «target» must be given, or one of «call», «model», «predictions», «part», «chat», «agentdojo»."),
        ('fit = "model.py:fit"', 'fit = "model.py"', "7: The «fit» of «target» must name a function of a file beside the system file"),
        ('fit = "model.py:fit"', 'fit = "../model.py:fit"', "7: The «fit» of «target» must name a function of a file beside the system file"),
        ('fit = "model.py:fit"', 'fit = "model.py:fit()"', "7: The «fit» of «target» must name a function of a file beside the system file"),
        ("recall = 0.8", 'recall = 0.8\nmodel = "../m.skops"', f'9: The «model» of «target» {PLACE}; got "../m.skops".'),
        ("recall = 0.8", 'recall = 0.8\nmodel = "C:m.skops"', f'9: The «model» of «target» {PLACE}; got "C:m.skops".'),
        ("recall = 0.8", 'recall = 0.8\nmodel = "m\\u0000.skops"', '9: The «model» of «target» must be a text without control characters; got "m\\x00.skops".'),
        ("recall = 0.8", 'recall = 0.8\nmodel = "m.skops"\ncall = "a.py:f"', "9: The «model» of «target» must not stand beside «call»: both would answer."),
        ("recall = 0.8", 'recall = 0.8\npredictions = "p.csv"', "9: The «predictions» of «target» must not stand beside «fit»: scores alone can't be"),
        ("recall = 0.8", "recall = 0.8\nthreshold = 0.2", "8: The «recall» of «target» must not stand beside «threshold»: each sets the operating point."),
        ('fit = "model.py:fit"', 'predictions = "p.csv"', "8: The «recall» of «target» must not stand beside «predictions»: there are no rows on which "),
        ("recall = 0.8", 'part = "a"', "7: The «fit» of «target» must not stand beside «part»: what it needs stands in «parameters»."),
        ('fit = "model.py:fit"', 'part = "a"', "8: The «recall» of «target» must not stand beside «part»: what it needs stands in «parameters»."),
        ('fit = "model.py:fit"', 'part = "a"\ncall = "a.py:f"', "7: The «part» of «target» must not stand beside «call»: both would answer."),
        ("recall = 0.8", "parameters = { a = 1 }", "8: The «parameters» of «target» must stand beside «part», «chat» or «agentdojo», whose they are."),
        ("recall = 0.8", "recall = 1.0", "8: The «recall» of «target» must be a number in (0, 1); got 1.0."),
        ("recall = 0.8", 'recall = 0.8\ndesign = "some"', '9: The «design» of «target» must be one of "all items", "sequential"; got "some".'),
        ("recall = 0.8", 'recall = 0.8\nguessed = ["colour"]', '9: The «guessed 1» of «target» must be one of "threshold", "recall"; got "colour".'),
        ('test = "cases.csv"\n', "", "9: The «test» of «data» must be given."),
        ('test = "cases.csv"', 'test = "/data/cases.csv"', f'10: The «test» of «data» {PLACE}; got "/data/cases.csv".'),
        ('test = "cases.csv"', "test = 'a\\b.csv'", f'10: The «test» of «data» {PLACE}; got "a\\b.csv".'),
        ('label = "died"', 'label = "age"', '11: The «label» of «data» must not be a feature that the model sees; got "age".'),
        ('label = "died"', 'label = "died"\npart = "p"\ntrain = "t.csv"', "12: The «part» of «data» must not stand beside a «train» of its own: "),
        ('label = "died"', 'label = "died"\nforecast_means = "outcome"', "12: The «forecast_means» of «data» must stand beside «forecast», "),
        ('label = "died"', 'label = "died"\nfeatures = "f.toml"', "12: The «features» of «data» must not stand beside [[feature]]: the columns would be "),
        ("upper = 110.0", "upper = 10.0", "15: The «upper» of «feature 1» must be above «lower», 18; got 10.0."),
        ("upper = 110.0", "upper = nan", "15: The «upper» of «feature 1» must be a number; got nan."),
        ("upper = 110.0", "upper = 110.0\nerror_rel = -1", "16: The «error_rel» of «feature 1» must be a number in [0, 1]; got -1."),
        ("upper = 110.0", 'upper = 110.0\nlevels = ["a"]', '16: The «levels» of «feature 1» must not be given, since its kind is "number"; got ["a"].'),
        ("upper = 110.0", 'upper = 110.0\nunits = [{name = "m", factor = 0}]', "16: The «factor» of «feature 1.units 1» must not be 0; got 0.0."),
        ('name = "ca"', 'name = "age"', '17: The «name» of «feature 2» must not stand twice; «feature 1» has it too; got "age".'),
        ('levels = ["no", "yes", "late"]\n', "", '16: The «levels» of «feature 2» must name at least two levels, since its kind is "category".'),
        ('levels = ["no", "yes", "late"]', 'levels = ["no", "no"]', '19: The «levels 2» of «feature 2» must not stand twice; got "no".'),
        ('kind = "category"', 'kind = "colour"', '18: The «kind» of «feature 2» must be one of "number", "integer", "category", "binary"; got "colour".'),
        ('kind = "category"', 'kind = "binary"', '19: The «levels» of «feature 2» must name two levels, since its kind is "binary"; got ["no", '),
        ('attribute = "sex"', 'attribute = "sex"\ncuts = [3, 2]', "22: The «cuts» of «group 1» must rise; got [3.0, 2.0]."),
        ('attribute = "sex"', 'attribute = "sex"\nminimum = 0', "22: The «minimum» of «group 1» must be an integer of at least 1; got 0."),
        ('reason = "agreed"\n', "", "22: The «reason» of «criterion 1» must be given."),
        ('set_by = "the board"\n', "", "22: The «set_by» of «criterion 1» must be given."),
        ('source = "judgement"\n', "", "22: The «source» of «criterion 1» must be given."),
        ("date = 2026-11-24\n", "", "22: The «date» of «criterion 1» must be given."),
        ("limit = 0.25\n", "", "22: The «limit» of «criterion 1» must be given."),
        ("limit = 0.25", 'limit = "0.25"', '24: The «limit» of «criterion 1» must be a number in (0, 1); got "0.25".'),
        ("limit = 0.25", "limit = 0", "24: The «limit» of «criterion 1» must be a number in (0, 1); got 0."),
        ("date = 2026-11-24", 'date = "2026-11-24"', '28: The «date» of «criterion 1» must be a date such as 2026-11-24; got "2026-11-24".'),
        ("date = 2026-11-24", "date = 2026-13-24", "28:12: This is not TOML"),
        ('finding = "*.missed"', 'finding = "*.[m]"', "23: The «finding» of «criterion 1» must be an id or a pattern: letters, digits, `.`, `_`, `-` and `*`"),
        ('finding = "*.missed"', 'finding = "robust.missed"', f"23: The «finding» of «criterion 1» must begin with `*` or an area: {AREAS}; got"),
        ('state = "considered"', 'state = "wished"', '31: The «state» of «mitigation 1» must be one of "in_place", "considered"; got "wished".'),
        ('state = "considered"', 'parts = ["a"]', '31: The «parts» of «mitigation 1» must be a list of at least 2: each a text; got ["a"].'),
        ("{ coverage = 0.8 }", "{ cuts = [[1]] }", "32: The «cuts» of «mitigation 1.parameters» must be a text, a number, true or false, or a list of such"),
    ],
)
def test_a_wrong_file_gets_one_clear_line(old: str, new: str, problem: str) -> None:
    assert WHOLE.count(old) == 1, old
    problems = said(WHOLE.replace(old, new))
    assert [line for line in problems if line.startswith(f"s.toml:{problem}")], problems


TAIL_LINE = WHOLE.count("\n") + 1
STAKES = """\
[[exclude]]
area = "longterm"
by = "the board"
reason = "one period"
[[precedent]]
case = "AIID 123"
accepted = true
reason = "alike"
[statistics]
alpha = 0.05
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('by = "the board"\n', "", "The «by» of «exclude 1» must be given."),
        ('reason = "one period"\n', "", "The «reason» of «exclude 1» must be given."),
        ('area = "longterm"', 'area = "everything"', "The «area» of «exclude 1» must be one of "),
        ('[[precedent]]\ncase = "AIID 123"', '[[precedent]]\ncase = ""', "The «case» of «precedent 1» must be a text"),
        ("accepted = true", 'accepted = "yes"', 'The «accepted» of «precedent 1» must be true or false; got "yes".'),
        ("alpha = 0.05", "alpha = 5", "The «alpha» of «statistics» must be a number in (0, 1); got 5."),
        ("alpha = 0.05", "beta = 0.05", "The «beta» of «statistics» is not known"),
        ("[[exclude]]\n", '[[exclude]]\narea = "access"\nby = "x"\nreason = "y"\n[[exclude]]\n', ""),
        ('area = "longterm"', 'area = "robustness"\nby_ = "x"', "The «by_» of «exclude 1» is not known; did you mean «by»?"),
    ],
)
def test_what_is_left_out_and_learned_from_is_checked(old: str, new: str, problem: str) -> None:
    text = WHOLE + STAKES.replace(old, new)
    if not problem:
        assert len(describe(text, name="s.toml").exclusions) == 2
    else:
        assert [line for line in said(text) if problem in line], said(text)


def test_a_limit_for_an_area_that_is_left_out_is_a_contradiction() -> None:
    text = WHOLE.replace('finding = "*.missed"', 'finding = "longterm.drift.missed"') + STAKES
    assert said(text) == ['s.toml:23: The «finding» of «criterion 1» must not speak of an area that [[exclude]] leaves out; got "longterm.drift.missed".']


def test_two_of_one_name_are_refused() -> None:
    criterion = WHOLE[WHOLE.index("[[criterion]]") : WHOLE.index("[[mitigation]]")]
    mitigation = WHOLE[WHOLE.index("[[mitigation]]") :]
    assert said(WHOLE + criterion) == [
        f's.toml:{TAIL_LINE + 1}: The «finding» of «criterion 2» must not stand twice; «criterion 1» has it too; got "*.missed".'
    ]
    assert said(WHOLE + mitigation) == [
        f's.toml:{TAIL_LINE + 1}: The «name» of «mitigation 2» must not stand twice; «mitigation 1» has it too; got "abstention".'
    ]


def test_mitigations_may_be_used_together_and_renamed() -> None:
    text = WHOLE + '[[mitigation]]\nname = "strict"\nmethod = "abstention"\nstate = "in_place"\nparameters = { coverage = 0.5, fast = true, cuts = [1, 2.5] }\n'
    text += '[[mitigation]]\nname = "both"\nparts = ["label_only", "strict"]\n'
    found = {mitigation.name: mitigation for mitigation in describe(text, name="s.toml").mitigations}
    assert found["strict"].parts == (("abstention", {"coverage": 0.5, "fast": True, "cuts": (1, 2.5)}),)
    assert found["strict"].in_place
    assert found["both"].parts == (("label_only", {}), ("abstention", {"coverage": 0.5, "fast": True, "cuts": (1, 2.5)}))
    assert not found["both"].in_place


@pytest.mark.parametrize("text", ["", "\ufeff", "[[system]]\n", "system = 3\n", "\ud800", "[system]\nname = 'a'\n" * 2, "a." * 40 + "a = 1"])
def test_what_is_hardly_a_system_file_is_refused(text: str) -> None:
    assert all(line.startswith("s.toml") for line in said(text))


def test_a_file_of_features_is_not_opened_outside_the_folder() -> None:
    opened: list[str] = []
    text = WHOLE[: WHOLE.index("[[feature]]")].replace('label = "died"', 'label = "died"\nfeatures = "../../etc/passwd"')

    def read(name: str) -> bytes:
        opened.append(name)
        return b""

    with pytest.raises(InputError, match="must be the path of a file beside the system file"):
        describe(text, name="s.toml", read=read)
    assert opened == []
    with pytest.raises(InputError, match="must not name a file here"):
        describe(text.replace("../../etc/passwd", "f.toml"), name="s.toml")
