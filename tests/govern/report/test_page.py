"""The page in every state: well formed, inert, self-contained, readable by ear and by anybody's eyes, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import itertools
import unicodedata
from importlib.resources import files

import jinja2
import msgspec
import pytest
from govern import synthetic
from govern.report.html_page import Element, read

from keepstone.govern.document import Sentence
from keepstone.govern.explored import Explored, Opened, Success, WayIn
from keepstone.govern.personal import NOTICE, Behind, Case, Personal
from keepstone.govern.report.page import Beside, environment, render, render_findings
from keepstone.govern.transcripts import Behind as Told
from keepstone.govern.transcripts import Example, Sight, Talk, Text, Transcripts, Turn
from keepstone.intake.slug import slug

PAGES = {state: render(make(), synthetic.run() if state == "not_met" else None) for state, make in synthetic.STATES.items()}
STATES = pytest.mark.parametrize("state", synthetic.STATES)
ELEMENTS = """
html head meta title style body header main footer nav section article div span p a b em small code pre ul ol li dl dt dd h1 h2 h3 h4
table caption thead tbody tr th td figure figcaption mark details summary svg symbol use g line circle rect path text document
"""
KNOWN = set(ELEMENTS.split())


def tree(state: str) -> Element:
    root, mistakes = read(PAGES[state])
    assert mistakes == []
    return root


@STATES
def test_it_is_well_formed_and_holds_only_known_elements(state: str) -> None:
    assert {one.tag for one in tree(state).walk()} <= KNOWN


@STATES
def test_nothing_runs_and_nothing_is_fetched(state: str) -> None:
    root = tree(state)
    assert not root.all("script", "iframe", "object", "embed", "img", "link", "form")
    for one in root.walk():
        for name, value in one.attrs.items():
            assert not name.startswith("on"), one
            assert name not in {"style", "src", "srcset", "action", "formaction", "data"}, one
            assert name not in {"href", "xlink:href"} or value.startswith("#"), one
    style = root.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style


@STATES
def test_the_security_policy_names_the_style_sheet_by_its_digest(state: str) -> None:
    root = tree(state)
    policy = next(one.attrs["content"] for one in root.all("meta") if one.attrs.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(root.all("style")[0].text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@STATES
def test_places_are_unique_and_every_link_has_one(state: str) -> None:
    root = tree(state)
    ids = [one.attrs["id"] for one in root.walk() if "id" in one.attrs]
    assert len(ids) == len(set(ids))
    for one in root.walk():
        for name in ("href", "aria-labelledby"):
            if name in one.attrs:
                assert one.attrs[name].removeprefix("#") in ids, one.attrs


@STATES
def test_headings_are_in_order_and_landmarks_are_there(state: str) -> None:
    root = tree(state)
    levels = [int(one.tag[1]) for one in root.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert len(root.all("main")) == 1
    assert root.all("nav")[0].attrs["aria-label"]
    assert root.all("html")[0].attrs["lang"] == "en"
    assert root.all("title")[0].text.strip()


@STATES
def test_every_picture_has_words_or_is_hidden_from_readers(state: str) -> None:
    for one in tree(state).all("svg"):
        inside = any(around.tag == "svg" or around.attrs.get("aria-hidden") for around in one.ancestors())
        assert inside or one.attrs.get("aria-hidden") == "true" or (one.attrs.get("role") == "img" and one.attrs.get("aria-label")), one.attrs


@STATES
def test_every_table_has_a_caption_and_every_header_a_scope(state: str) -> None:
    for table in tree(state).all("table"):
        assert table.all("caption")
        assert all(one.attrs.get("scope") in {"col", "row"} for one in table.all("th"))


@STATES
def test_what_scrolls_can_be_reached_by_keyboard_and_is_named(state: str) -> None:
    for one in tree(state).walk():
        if one.attrs.get("class") == "scroll":
            assert one.attrs["tabindex"] == "0"
            assert one.attrs["role"] == "region"
            assert one.attrs["aria-label"]


@STATES
def test_a_verdict_is_a_word_and_not_only_a_colour_or_a_sign(state: str) -> None:
    words = {"pass": {"met"}, "fail": {"not met"}, "inconclusive": {"inconclusive"}, "error": {"error"}, "not_measured": {"not measured", "incomplete"}}
    for one in tree(state).walk():
        kinds = one.attrs.get("class", "").split()
        if kinds[:1] == ["said"] and kinds[1] in words:
            assert one.words().strip().removeprefix("Overall ") in words[kinds[1]] | {"not measured", "inconclusive"}, one.words()


@STATES
def test_no_control_character_and_no_direction_mark_is_left(state: str) -> None:
    strange = {letter for letter in PAGES[state].decode() if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}} - {"\n"}
    assert not strange


def test_hostile_text_stays_text() -> None:
    root = tree("hostile")
    assert "<script>alert(1)</script>" in root.words()
    assert "{{ 7*7 }}" in root.words()
    assert "49" not in root.all("h1")[0].text
    assert max(len(one.text) for one in root.walk() if one.tag != "style") < 2_500


@STATES
def test_the_same_result_gives_the_same_bytes(state: str) -> None:
    assert render(synthetic.STATES[state](), synthetic.run() if state == "not_met" else None) == PAGES[state]


def test_no_template_marks_anything_as_safe() -> None:
    folder = files("keepstone.govern.report") / "templates"
    for one in folder.iterdir():
        text = one.read_text("utf-8")
        assert "|safe" not in text.replace(" ", ""), one.name
        assert "{% autoescape" not in text, one.name


def test_a_name_that_is_missing_is_a_mistake_and_not_a_blank() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ nowhere }}").render()


def text(state: str) -> str:
    return " ".join(tree(state).words().split()).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("state", "parts"),
    [
        ("not_met", ["not met (2 of 13)", "not met (5 of 10)", "Overall not met", "1 limit not adopted", "373 of 1 204", "one-sided gain (security)"]),
        (
            "not_met",
            ["Doctors' own forecast", "not shown: by it, fewer than 10 could be told of", "Left out by Dr A. Example", "keepstone assess system.toml --seed 7"],
        ),
        ("not_met", ["Insecure development key", "66 % were saved", "1.13", "against one try", "Nothing recognises a patient by chance"]),
        ("met", ["criteria met", "Overall met", "No mitigation was measured."]),
        ("inconclusive", ["Overall inconclusive"]),
        ("error", ["ValueError at row 118", "the known-bad target came out at 3.1 %", "5 in error"]),
        ("empty", ["Overall incomplete", "nothing measured", "A thing not measured is never green", "Not signed"]),
        ("provisional", ["rests on guesses", "That can't give", "13 limits not adopted", "13 verdicts provisional"]),
        ("many", ["not met (86 of 230)"]),
    ],
)
def test_each_state_says_what_it_must(state: str, parts: list[str]) -> None:
    said = text(state)
    for part in parts:
        assert part in said, part


@pytest.mark.parametrize("state", ["error", "empty", "provisional", "inconclusive"])
def test_nothing_but_a_met_result_calls_a_half_met(state: str) -> None:
    assert "criteria met" not in text(state)


def test_sections_come_in_the_order_of_the_proposal() -> None:
    order = [one.attrs["id"] for one in tree("not_met").all("main")[0].children if one.tag == "section"]
    assert order == ["verdict", "matrix", "intent", "across", "harms", "findings", "clinical", "unmeasured", "repeat", "population"]


def test_a_group_of_fewer_than_ten_is_not_shown_anywhere() -> None:
    result = synthetic.not_met()
    small = {"trials": 7, "mean": 0.428571, "lower": 0.0987, "upper": 0.8159, "count": 3, "nominal": 0.6543}
    rows = tuple(msgspec.structs.replace(row, **small) if row.condition == "hispanic" else row for row in result.findings)
    said = read(render(msgspec.structs.replace(result, findings=rows)))[0].words().replace("\u202f", " ").replace("\u00a0", " ")
    assert "fewer than 10, not shown" in said
    for trace in ("42.9", "[9.8", "81.6", "65.4 %", "3 of 7"):
        assert trace not in said, trace
    assert "race: asian" in said.lower()
    assert "0.799" not in said


def test_five_hundred_findings_stay_folded_and_small() -> None:
    root = tree("many")
    assert len(PAGES["many"]) < 1_500_000
    assert len([one for one in root.all("article") if one.attrs["class"].startswith("card")]) == 12
    folded = [one for one in root.all("details") if one.attrs.get("class") == "area"]
    assert len(folded) == 11
    assert all("open" not in one.attrs for one in folded)
    assert sum(len([row for row in one.all("li") if row.parent is not None and row.parent.attrs.get("class") == "list"]) for one in folded) == 500


def test_a_finding_is_shown_against_its_limit_with_its_interval() -> None:
    labels = [one.attrs["aria-label"].replace("\u202f", " ").replace("\u00a0", " ") for one in tree("not_met").all("svg") if one.attrs.get("role") == "img"]
    assert "31.0 %, interval [27.8, 34.3], limit 20 %, in ordinary use 17.7 %" in labels


HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "\u202egnp.exe", "a\x00b\x1b[31m", "x" * 5_000, "=cmd|' /C calc'!A0", "")


def with_rows() -> bytes:
    result = synthetic.not_met()
    cases = tuple(Case(row=at, trained=at == 1, outcome=1, values=(value, "2.5")) for at, value in enumerate(HOSTILE))
    found = (Behind(finding=result.findings[0].id, lost=40, cases=cases), Behind(finding=result.findings[1].id, lost=0, cases=()))
    return render(result, None, Beside(rows=Personal(features=("</table><b onclick=x>name", "lab"), findings=found)))


def test_rows_stand_on_the_page_only_where_they_were_asked_for() -> None:
    root, mistakes = read(with_rows())
    assert mistakes == []
    assert [one.attrs["id"] for one in root.all("main")[0].children if one.tag == "section"].count("rows") == 1
    assert root.words().count(NOTICE) == 1
    assert "#rows" in {one.attrs.get("href") for one in root.all("a")}
    for state in synthetic.STATES:
        assert b"personal data" not in PAGES[state]
        assert not [one for one in tree(state).walk() if one.attrs.get("id") == "rows"]


def test_a_hostile_cell_is_text() -> None:
    page = with_rows()
    root, _mistakes = read(page)
    assert {one.tag for one in root.walk()} <= KNOWN
    assert not [name for one in root.walk() for name in one.attrs if name.startswith("on") or name in {"src", "style"}]
    words = root.words()
    for text in ("<script>alert(1)</script>", "{{ 7*7 }}", "</table><b onclick=x>name"):
        assert text in words
    assert {letter for letter in page.decode() if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"}} <= {"\n"}
    assert "x" * 61 not in words
    for one in root.all("table"):
        assert one.all("caption")
        assert all(head.attrs.get("scope") in {"col", "row"} for head in one.all("th"))


def talked(text: str) -> Talk:
    pieces: Text = ((text, ""), (text, "found"), ("[secret]", "hidden"))
    turn = (Turn(role=text, text=pieces),)
    sight = (Sight(what=text, how=text, column=text),)
    return Talk(trial=3, loss=1.0, prompt=pieces, document=pieces, earlier=turn, asked=pieces, reply=pieces, tools=pieces, broken=text, carrier=text,
                encoding=text, tries=2, path=pieces, found=sight, sent=pieces, raw=pieces)  # fmt: skip


def beside(texts: tuple[str, ...]) -> Beside:
    result = synthetic.not_met()
    examples = tuple(Example(talk=talked(text), counterpart=talked(text)) for text in texts)
    said = Transcripts(findings=(Told(finding=result.findings[0].id, lost=40, counterpart=texts[0], examples=examples),))
    ways = tuple(WayIn(carrier=text, encoding=text, effect=text, hits=1, tries=2, share=0.5, lower=0.1, upper=0.9, talk=talked(text)) for text in texts)
    tries = (Success(tries=1, share=0.5, lower=0.4, upper=0.6), Success(tries=2, share=0.75))
    found = Explored(calls=7.0, ended=texts[0], findings=(Opened(finding=result.findings[0].id, tries=4, hits=2, ways=ways, at=tries, within=tries),))
    return Beside(said=said, explored=found)


@pytest.mark.parametrize("alone", [False, True])
def test_what_was_said_is_shown_and_acts_on_nobody(*, alone: bool) -> None:
    result, given = synthetic.not_met(), beside(tuple(text for text in HOSTILE if text))
    pages = dict(render_findings(result, given))
    assert list(pages) == [f"{slug(result.findings[0].id)}.html"]
    page = next(iter(pages.values())) if alone else render(result, None, given)
    root, mistakes = read(page)
    assert mistakes == []
    assert {one.tag for one in root.walk()} <= KNOWN
    assert not [name for one in root.walk() for name in one.attrs if name.startswith("on") or name in {"src", "style"}]
    assert {letter for letter in page.decode() if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"}} <= {"\n"}
    words = root.words()
    for text in ("<script>alert(1)</script>", "{{ 7*7 }}", "⟨U+202E⟩gnp.exe", "⟨U+0000⟩b⟨U+001B⟩[31m", "[secret]"):
        assert text in words
    assert alone or {"#said", "#explored"} <= {one.attrs.get("href") for one in root.all("a")}
    assert len(root.all("mark")) > 10
    places = [one.attrs["id"] for one in root.walk() if "id" in one.attrs]
    assert len(places) == len(set(places))
    assert all(one.attrs["href"][1:] in places for one in root.all("a"))


def test_what_was_said_needs_nobody_to_be_there() -> None:
    empty = render(synthetic.not_met(), None, Beside(said=Transcripts(), explored=Explored()))
    assert "No conversation lost." in read(empty)[0].words()
    stranger = Transcripts(findings=(Told(finding="nobody.knows.it", lost=1),))
    assert "nobody.knows.it" not in read(render(synthetic.not_met(), None, Beside(said=stranger)))[0].words()


def test_where_two_groups_meet_is_shown_but_of_a_few() -> None:
    root, _ = read(PAGES["not_met"])
    table = next(one for one in root.all("table") if "where two groups meet" in one.words())
    assert "sex: female, age: 80 and older" in table.words()
    assert "29.0\u202f%" in table.words()
    assert "race: asian" not in table.words()
    assert "2 pairs of groups are not shown" in root.words()


def test_a_sentence_leads_to_the_effect_that_it_rests_on() -> None:
    result = synthetic.not_met()
    named = tuple(msgspec.structs.replace(one, id=f"intent:{i}") for i, one in enumerate(result.intent))
    harm = tuple(msgspec.structs.replace(one, id=f"attack_harm:{i}") for i, one in enumerate(result.attack_harm))
    marks = tuple(msgspec.structs.replace(one, id=f"mitigation:{i}") for i, one in enumerate(result.interplay))
    rests = ("intent:2", "attack_harm:1", "mitigation:0", "intent:none")
    said = tuple(Sentence(text=f"sentence {word}", rests_on=word) for word in rests)
    root, _ = read(render(msgspec.structs.replace(result, intent=named, attack_harm=harm, interplay=marks, sentences=said)))
    links = [one.all("a")[0] for one in root.walk() if one.attrs.get("class") == "rests"]
    assert [one.attrs["href"].rstrip("0123456789") for one in links] == ["#intent-", "#attack-", "#fix-", "#intent"]
    place = {one.attrs["id"]: one for one in root.walk() if "id" in one.attrs}
    assert named[2].threat_title in place[links[0].attrs["href"][1:]].words().lower()
    assert harm[1].title in links[1].words().lower()
    assert marks[0].column in links[2].words()


def test_words_of_the_machine_are_told_from_prose() -> None:
    result = synthetic.empty()
    gap = msgspec.structs.replace(result.unmeasured[0], why='with `model = "<b>"` it would be read')
    root, _ = read(render(msgspec.structs.replace(result, unmeasured=(gap,))))
    assert [one.text for one in root.all("code") if "model" in one.text] == ['model = "<b>"']


def test_what_a_fix_buys_is_said_with_its_bounds_and_beaten_is_only_observed() -> None:
    said = text("not_met")
    assert "[at least, at most]" in said
    assert "as observed, beaten by another" in said
    assert "no bound stands behind it" in said
