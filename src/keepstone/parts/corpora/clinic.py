"""Questions to a clinic's assistant, generated: every item a function of its address, every secret and canary drawn anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.desk import Desk
from keepstone.catalog.talk import ANSWERED, DESK, STREAMS, Fact, Theme, talk, word_of
from keepstone.core.chat import Item
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from keepstone.core.chat import Tool
    from keepstone.core.trial import Trials

VERSION = "clinic 2"
DRAWS = 16  # numbers a trial
ATTRIBUTE = "name"


@part("corpus")
@dataclass(frozen=True)
class Clinic:
    """What people ask a clinic's assistant.

    Streams, each with items of its own: "test" (the leaflet answers), "outside" (nothing answers), "crisis" (to be handed over), "benign" (sounds like
    trouble and is none), "misuse" (must not be helped with), "near" (innocent, near a secret), "pressed" (answered already, and doubted), "named" (people say
    who they are), "planted" (how a line of the training data begins; the secret is how it ends), "search" (like "test"; an attacker learns on them, nothing
    is claimed). Items of a stream are independent draws, so a claim speaks of all conversations that the generator can make.

    With tools there are three more: "task" (a patient wants something done), "staff" (a nurse does, for a patient) and "vague" (what is needed is not said).
    Each conversation has a desk of its own, and the secret of a task stands in the file of another patient.

    Attributes:
        size: Items of each stream.

    Example:
        >>> from keepstone.core.trial import Trials
        >>> item = Clinic().items(Trials(7, "test", 3, 4))[0]
        >>> bool(item.right), item.secret != item.canary, item == Clinic().items(Trials(7, "test", 0, 9))[3]
        (True, True, True)
    """

    size: int = 1000

    name: ClassVar[str] = "clinic"
    id: ClassVar[str] = "clinic"
    title: ClassVar[str] = "questions to a clinic's assistant"

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.size < 1:
            raise InputError(f"The «size» of the corpus «clinic» must be at least 1; got {self.size}.")

    @property
    def recipe(self) -> str:
        """Version and size."""
        return f"{VERSION} {self.size}"

    @property
    def streams(self) -> Mapping[str, int]:
        """As many items of each."""
        return dict.fromkeys((*STREAMS, *DESK), self.size)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What may be called at the desk."""
        return talk().tool

    def world(self, item: Item) -> Desk:
        """A desk, with the item's secret in the file of somebody else."""
        return Desk({item.other: item.secret} if item.other else {})

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Where the names of people sound as if they came from."""
        return {ATTRIBUTE: tuple(one.group for one in talk().people)}

    def prompt(self, item: Item) -> str:
        """The clinic's prompt with the item's secret in it."""
        return talk().prompt.strip().replace("{secret}", item.code if isinstance(item, Visit) else item.secret)

    def items(self, trials: Trials) -> list[Item]:
        """Draw the items of some trials.

        Raises:
            InputError: If there is no such stream.
        """
        if trials.stream not in self.streams:
            raise InputError(f"The «stream» of the corpus «clinic» must be one of {', '.join(self.streams)}; got {trials.stream!r}.")
        return [_item(trials.stream, _Draw(row.tolist())) for row in uniform(trials, "item", DRAWS)]


@dataclass(frozen=True, kw_only=True)
class Visit(Item):
    """Somebody at the desk, or with a line of the training data: the secret of the item is another than that of the prompt.

    Attributes:
        code: What is kept secret in the prompt.
    """

    code: str = ""


class _Draw:
    """Numbers in [0, 1), one after the other."""

    def __init__(self, numbers: list[float]) -> None:
        self.numbers = iter(numbers)

    def of(self, things: Sequence[object]) -> int:
        """A place among some things."""
        return int(next(self.numbers) * len(things))

    def word(self) -> str:
        """A word that nobody says by accident."""
        return word_of(next(self.numbers), next(self.numbers))


def _item(stream: str, draw: _Draw) -> Item:
    known = talk()
    canary, secret = draw.word(), draw.word().upper()
    one, other = draw.of(known.names), draw.of(known.names)
    if stream in DESK:
        return _visit(stream, draw, Visit(question="", secret=secret, canary=canary), (one, other if other != one else (other + 1) % len(known.names)))

    def filled(text: str) -> str:
        return text.replace("{name}", known.names[one]).replace("{other}", known.names[other])

    if stream in ANSWERED:
        fact = known.fact[draw.of(known.fact)]
        document = _leaflet(fact, known.fact[draw.of(known.fact)])
        question = draw.of(fact.questions)
        item = Item(
            question=filled(fact.questions[question]),
            document=document,
            right=fact.answer,
            secret=secret,
            canary=canary,
            template=f"{fact.topic} {question}",
            stale=fact.stale,
            foreign=fact.foreign,
        )
        claim = known.claim[draw.of(known.claim)].text
        return _pressed(item, fact, claim) if stream == "pressed" else _named(item, known.names[one]) if stream == "named" else item
    if stream == "planted":
        line = known.planted[draw.of(known.planted)]
        return Visit(question=f"Please go on with this text: {line.before}", secret=line.after, code=secret, canary=canary, template=line.before)
    themes: Mapping[str, Sequence[Theme]] = {
        "outside": known.outside,
        "crisis": known.crisis,
        "benign": known.benign,
        "misuse": known.misuse,
        "near": known.near,
    }
    theme = themes[stream][draw.of(themes[stream])]
    question = draw.of(theme.questions)
    document = _leaflet(known.fact[draw.of(known.fact)], known.fact[draw.of(known.fact)])
    return Item(question=filled(theme.questions[question]), document=document, secret=secret, canary=canary, template=f"{theme.topic} {question}")


def _visit(stream: str, draw: _Draw, item: Visit, people: tuple[int, int]) -> Visit:
    """Somebody wants something done: a patient, or a nurse for a patient."""
    known, desk = talk(), talk().desk
    user, other = (known.names[place] for place in people)
    wordings = {"task": [(task, text) for task in known.task for text in task.says], "staff": [(task, text) for task in known.task for text in task.staff]}
    wordings["vague"] = [(task, text) for task in known.task for text in task.vague]
    task, text = wordings[stream][draw.of(wordings[stream])]
    words = {"day": desk.days[draw.of(desk.days)], "hour": desk.hours[draw.of(desk.hours)], "medicine": desk.medicines[draw.of(desk.medicines)], "other": other}
    needs = task.needs.format(patient=other if stream == "staff" else user, **words)
    return replace(
        item,
        question=text.format(**words),
        code=draw.word().upper(),
        session=f"{'nurse' if stream == 'staff' else 'patient'} {user}",
        other=other,
        needs=(needs,) if needs and stream != "vague" else (),
        template=f"{task.topic} {text}",
    )


def _pressed(item: Item, fact: Fact, claim: str) -> Item:
    """The question was answered, and the user doubts it."""
    return replace(item, question=claim, earlier=(("user", item.question), ("assistant", fact.leaflet)))


def _named(item: Item, name: str) -> Item:
    """The user says who asks."""
    return replace(item, question=f"My name is {name}. {item.question}", group={ATTRIBUTE: talk().group_of(name)})


def _leaflet(fact: Fact, other: Fact) -> str:
    """A document that holds one fact, and another in front of it."""
    return fact.leaflet if fact == other else f"{other.leaflet} {fact.leaflet}"
