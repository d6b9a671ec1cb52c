"""Read questions from the tests of a promptfoo configuration (YAML), as far as their checks need no model.

The file is composed into nodes and never constructed: no tag does anything, and an alias is refused, so that a small file stays small. What is not
understood is told with its line, and then nothing of the file is used: a test that were left out in silence would be taken for one that holds.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from keepstone.core.errors import InputError, MissingExtra
from keepstone.intake.fields import inert, is_plain_file, shown
from keepstone.intake.items import LONGEST, Row

LARGEST = 1 << 23
"""The most bytes of a file: 8 mebibytes."""
DEEPEST = 30
MOST_EVENTS = 1_000_000
MOST = 20  # problems that are listed
BESIDE = ("description", "providers", "targets", "outputPath", "sharing", "evaluateOptions", "commandLineOptions", "metadata")
"""What stands beside prompts and tests and changes none of them: the target is Keepstone's to name."""
PLAIN = tuple(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "value"))

Holds = Callable[[str, Sequence[str]], bool]
POSITIVE: Mapping[str, Holds] = {
    "contains": lambda reply, words: words[0] in reply,
    "icontains": lambda reply, words: words[0].casefold() in reply.casefold(),
    "contains-any": lambda reply, words: any(word in reply for word in words),
    "icontains-any": lambda reply, words: any(word.casefold() in reply.casefold() for word in words),
    "contains-all": lambda reply, words: all(word in reply for word in words),
    "icontains-all": lambda reply, words: all(word.casefold() in reply.casefold() for word in words),
    "starts-with": lambda reply, words: reply.startswith(words[0]),
    "equals": lambda reply, words: reply == words[0],
}
"""Checks that need no model: of each, whether it holds of a reply. With "not-" in front it is the opposite."""
KINDS = (*POSITIVE, *(f"not-{name}" for name in POSITIVE))
SEVERAL = ("any", "all")
ONE_RIGHT = ("contains", "icontains", "contains-any", "icontains-any", "equals")
"""Checks that, alone of their kind in a test, name the right answers."""

Checks = tuple[tuple[str, tuple[str, ...]], ...]


def spelled(checks: Checks) -> str:
    """Checks as one text, for a column; "" where there are none."""
    return msgspec.json.encode(checks).decode() if checks else ""


def failed(text: str, reply: str) -> bool:
    """Whether a reply breaks one of the checks of a text that `spelled` gave.

    >>> failed(spelled((("icontains", ("14",)), ("not-contains", ("Sunday",)))), "From 14 to 19.")
    False
    """
    return not all(_holds(kind, words, reply) for kind, words in msgspec.json.decode(text, type=Checks))


def _holds(kind: str, words: Sequence[str], reply: str) -> bool:
    negated = kind.startswith("not-")
    return POSITIVE[kind.removeprefix("not-")](reply, words) is not negated


@dataclass
class Reading:
    """A file that is read, and what is wrong with it so far.

    Attributes:
        name: What errors call it.
        problems: Each with its line.
    """

    name: str
    problems: list[str] = field(default_factory=list)

    def where(self, node: Any) -> str:  # noqa: ANN401  a node of the library
        """File and line of a node."""
        return f"{self.name}:{node.start_mark.line + 1}"

    def problem(self, node: Any, sentence: str) -> None:  # noqa: ANN401  a node of the library
        """Note what is wrong with a node."""
        self.problems.append(f"{self.where(node)}: {sentence}")

    def mapping(self, node: Any, what: str, known: Sequence[str] = ()) -> dict[str, Any]:  # noqa: ANN401  a node of the library
        """The fields of a node that must be a mapping; a field that is not known is a problem."""
        if node.id != "mapping":
            self.problem(node, f"The {what} must be a mapping.")
            return {}
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value) if key.id == "scalar" else ""
            if not name or name in found:
                self.problem(key, f"A field of the {what} must be a name that stands once; got {shown(name)}.")
            elif known and name not in known:
                self.problem(key, f"The field {shown(name)} of the {what} is not understood; it must be one of {', '.join(known)}.")
            else:
                found[name] = value
        return found

    def items(self, node: Any, what: str) -> list[Any]:  # noqa: ANN401  a node of the library
        """The nodes of a list."""
        if node.id != "sequence":
            self.problem(node, f"The {what} must be a list; other files are not read from here.")
            return []
        return list(node.value)

    def text(self, node: Any, what: str) -> str:  # noqa: ANN401  a node of the library
        """A scalar as it stands."""
        if node.id != "scalar" or node.tag not in PLAIN:
            self.problem(node, f"The {what} must be a text or a number.")
            return ""
        value = str(node.value)
        if len(value) > LONGEST or any(ord(letter) < 32 and letter not in "\n\r\t" for letter in value):
            self.problem(node, f"The {what} must be a text of at most {LONGEST:,} letters, without control characters.")
            return ""
        if value.startswith(("file://", "package:")):
            self.problem(node, f"The {what} must stand in the file itself; got {shown(value)}.")
        return value


@dataclass(frozen=True)
class Test:
    """What a test says: its own values, and those of the default test."""

    texts: Mapping[str, str]
    checks: Checks


def read(path: pathlib.Path) -> list[Row]:
    """Read the tests of a configuration, one question for each prompt and test; those of one test are one template.

    Args:
        path: A YAML file.

    Raises:
        InputError: It is missing, too large, no YAML, or holds what is not understood; everything is told with its line.
        MissingExtra: If PyYAML is not installed.
    """
    reading = Reading(str(path))
    root = _composed(path)
    if root is None:
        raise InputError(f"{path}: The file is empty.")
    top = reading.mapping(root, "configuration", ("prompts", "tests", "defaultTest", *BESIDE))
    prompts = [(one, reading.text(one, "prompt")) for one in reading.items(top["prompts"], "«prompts»")] if "prompts" in top else []
    usual = _test(reading, top["defaultTest"], Test({}, ())) if "defaultTest" in top else Test({}, ())
    tests = [(one, _test(reading, one, usual)) for one in reading.items(top["tests"], "«tests»")] if "tests" in top else []
    if not prompts or not tests:
        reading.problem(root, "The configuration must have «prompts» and «tests», at least one of each.")
    rows = [_row(reading, prompt, node, test, number) for number, (node, test) in enumerate(tests, 1) for prompt in prompts]
    if reading.problems:
        told = list(dict.fromkeys(reading.problems))
        raise InputError(told[:MOST] + ([f"{path}: and {len(told) - MOST:,} more."] if len(told) > MOST else []))
    return rows


def _composed(path: pathlib.Path) -> Any:  # noqa: ANN401  a node of the library
    """The nodes of the file, after its events were counted: no alias, not too deep, not too many."""
    try:
        import yaml
    except ImportError:
        raise MissingExtra("PyYAML", "promptfoo") from None
    if not is_plain_file(path):
        raise InputError(f"{inert(str(path))}: There is no such file.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path}: The file must be at most {LARGEST:,} bytes.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        _counted(path, yaml.parse(text, Loader=loader))
        return yaml.compose(text, Loader=loader)
    except UnicodeDecodeError:
        raise InputError(f"{path}: The file must be UTF-8.") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise InputError(f"{path}{line}: This is not YAML: {inert(str(getattr(error, 'problem', None) or 'it can not be read'))[:200]}.") from None


def _counted(path: pathlib.Path, events: Iterator[Any]) -> None:
    depth = 0
    for count, event in enumerate(events):
        kind = type(event).__name__
        depth += kind in {"MappingStartEvent", "SequenceStartEvent"}
        depth -= kind in {"MappingEndEvent", "SequenceEndEvent"}
        wrong = (
            "an alias is not read"
            if kind == "AliasEvent"
            else "it is nested too deep"
            if depth > DEEPEST
            else "it holds too much"
            if count > MOST_EVENTS
            else ""
        )
        if wrong:
            raise InputError(f"{path}:{event.start_mark.line + 1}: The file must be plain: {wrong}.")


def _test(reading: Reading, node: Any, usual: Test) -> Test:  # noqa: ANN401  a node of the library
    """A test, with what every test has."""
    found = reading.mapping(node, "test", ("description", "vars", "assert", "metadata"))
    given = reading.mapping(found["vars"], "«vars»") if "vars" in found else {}
    texts = {**usual.texts, **{name: reading.text(value, f"variable {shown(name)}") for name, value in given.items()}}
    checks = [_check(reading, one, texts) for one in reading.items(found["assert"], "«assert»")] if "assert" in found else []
    return Test(texts, (*usual.checks, *(one for one in checks if one is not None)))


def _check(reading: Reading, node: Any, texts: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:  # noqa: ANN401  a node of the library
    found = reading.mapping(node, "assertion", ("type", "value", "description"))
    kind = reading.text(found["type"], "«type»") if "type" in found else ""
    if kind not in KINDS:
        reading.problem(node, f"The assertion {shown(kind)} is not understood: it must need no model, and be one of {', '.join(KINDS)}.")
        return None
    if "value" not in found:
        reading.problem(node, f"The assertion «{kind}» must have a «value».")
        return None
    several = kind.rpartition("-")[2] in SEVERAL
    listed = reading.items(found["value"], f"«value» of «{kind}»") if several else [found["value"]]
    words = tuple(_filled(reading, one, reading.text(one, f"«value» of «{kind}»"), texts) for one in listed)
    if not words or not all(words):
        reading.problem(node, f"The assertion «{kind}» must have a «value» that is not empty.")
        return None
    return kind, words


def _filled(reading: Reading, node: Any, text: str, texts: Mapping[str, str]) -> str:  # noqa: ANN401  a node of the library
    """A text with the values of its variables; of the templates' language nothing else is understood."""
    out, rest = "", text
    while rest:
        before, mark, rest = rest.partition("{{")
        if "{%" in before or "{#" in before:
            reading.problem(node, "A template must hold nothing but {{ names }}; got a block or a comment.")
            return ""
        out += before
        if mark:
            name, _end, rest = rest.partition("}}")
            if name.strip() not in texts:
                reading.problem(node, f"A template must hold the names of variables alone; got {shown(name.strip())}.")
                return ""
            out += texts[name.strip()]
    return out


def _row(reading: Reading, prompt: tuple[Any, str], node: Any, test: Test, number: int) -> Row:  # noqa: ANN401  a node of the library
    where = reading.where(node)
    if not test.checks:
        reading.problem(node, "A test must have an assertion, of its own or of «defaultTest».")
    question = _filled(reading, *prompt, test.texts)
    if question.lstrip().startswith(("[{", "- role")):
        reading.problem(prompt[0], "A prompt must be one text; got a conversation.")
    right = [words for kind, words in test.checks if kind in ONE_RIGHT and not any("\n" in word for word in words)]
    texts = {"question": question, "kind": "test", "template": f"test {number}"} | ({"right": "\n".join(right[0])} if len(right) == 1 else {})
    return Row(where, texts, {}, test.checks)
