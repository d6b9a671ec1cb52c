"""Walks through a pickle and keeps a stack of what would be built, to know what would be called. Nothing is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keepstone.intake.gate.calls import may_call
from keepstone.intake.gate.listed import is_dangerous, kind_of, module_of
from keepstone.intake.gate.opcodes import opcodes
from keepstone.intake.gate.outcome import Outcome
from keepstone.intake.gate.source import Refused
from keepstone.intake.gate.values import BYTES, DATA, LIST, MARK, NONE, Made, Name, Table, Weighed

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

TEXTS = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINSTRING", "SHORT_BINSTRING"})
NUMBERS = frozenset({"BININT", "BININT1", "BININT2", "LONG1"})
PLAIN = frozenset({"BINFLOAT", "FLOAT", "NEWTRUE", "NEWFALSE", "LONG4", "EMPTY_SET"})
RAW = frozenset({"BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"})
PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
FILLING = {"APPEND": 1, "SETITEM": 2}
FILLING_ALL = frozenset({"APPENDS", "SETITEMS", "ADDITEMS"})
NEW = {"NEWOBJ": 1, "NEWOBJ_EX": 2}
HEAVIEST = 1 << 24
WIDEST = 1 << 12
"""The longest tuple that is remembered by its items."""

Raw = Callable[["Machine", int], int]


@dataclass(eq=False)
class Machine:
    """One walk through one pickle.

    Attributes:
        look: Takes the reasons.
        storages: Told of every persistent id; None where there must be none.
        raw: Called where an array of joblib has its state: skips the bytes that follow, and gives where the pickle goes on.
        trial: Whether this asks only what would run if the bytes were taken for a pickle: then a wrong name alone is no reason.
    """

    look: Look
    storages: Callable[[object], bool] | None = None
    raw: Raw | None = None
    trial: bool = False
    stack: list[object] = field(default_factory=list)
    memo: dict[int, object] = field(default_factory=dict)
    ran: bool = False

    def walk(self, source: Source, at: int = 0) -> int:
        """Walk to the end of the pickle.

        Returns:
            Where it ends.

        Raises:
            Refused: It is broken.
        """
        walking = True
        while walking:
            walking = False
            for name, argument, after in opcodes(source, at, self.look.budget):
                at = after
                if name == "STOP":
                    self._stop()
                    return at
                self._do(name, argument)
                if name == "BUILD" and self.raw is not None and self._is_array():
                    at, walking = self.raw(self, at), True
                    break
        return at

    @property
    def top(self) -> object:
        """What lies on the stack.

        Raises:
            Refused: Nothing.
        """
        if not self.stack or self.stack[-1] is MARK:
            raise Refused("pickle.broken", "something is taken from an empty stack")
        return self.stack[-1]

    def _is_array(self) -> bool:
        top = self.stack[-1]
        return isinstance(top, Made) and top.of.name == "NumpyArrayWrapper" and top.of.module == "joblib.numpy_pickle"

    def _stop(self) -> None:
        self._pop()
        if self.stack and not self.trial:
            raise Refused("pickle.broken", "more than one thing is left at the end")

    def _pop(self) -> object:
        top = self.top
        self.stack.pop()
        return top

    def _to_mark(self) -> list[object]:
        for k in range(len(self.stack) - 1, -1, -1):
            if self.stack[k] is MARK:
                items = self.stack[k + 1 :]
                del self.stack[k:]
                self.look.budget.step(len(items) >> 3)
                return items
        raise Refused("pickle.broken", "a mark is missing")

    def _do(self, name: str, argument: bytes | None) -> None:
        if name in TEXTS:
            self.stack.append(_text(argument))
        elif name in NUMBERS:
            self.stack.append(int.from_bytes(argument or b"", "little", signed=name in {"BININT", "LONG1"}))
        elif name in RAW:
            self.stack.append(BYTES)
        elif name in PLAIN:
            self.stack.append(DATA)
        else:
            self._memo(name, argument)

    def _memo(self, name: str, argument: bytes | None) -> None:
        if name in PUTS or name == "MEMOIZE":
            key = len(self.memo) if name == "MEMOIZE" else _index(name, argument)
            if key > 4 * len(self.memo) + 1024:
                raise Refused("archive.bomb", f"a memo of {key:,} places for {len(self.memo):,} values", Outcome.HOSTILE)
            self.memo[key] = self.top
        elif name in GETS:
            key = _index(name, argument)
            if key not in self.memo:
                raise Refused("pickle.broken", f"place {key:,} of the memo is empty")
            self.stack.append(self.memo[key])
        else:
            self._build(name, argument)

    def _build(self, name: str, argument: bytes | None) -> None:
        if name in TUPLES:
            self.stack.append(tupled(list(reversed([self._pop() for _ in range(TUPLES[name])]))))
        elif name in FILLING:
            items = list(reversed([self._pop() for _ in range(FILLING[name])]))
            self._fill(items)
        elif name in FILLING_ALL:
            self._fill(self._to_mark())
        elif name in _SIMPLE:
            _SIMPLE[name](self)
        elif name in _LINES:
            self.stack.append(_LINES[name](argument))
        else:
            self._act(name, argument)

    def _fill(self, items: list[object]) -> None:
        top = self.top
        if isinstance(top, Table):
            for key, value in zip(items[::2], items[1::2], strict=False):
                if isinstance(key, str) and len(top.items) < 64:
                    top.items[key] = value
        elif isinstance(top, Name) or (isinstance(top, Made) and top.of.kind != "container"):
            self._bad("pickle.state", f"fills {top if isinstance(top, Name) else top.of}, which is no container")

    def _act(self, name: str, argument: bytes | None) -> None:
        if name in {"GLOBAL", "INST"}:
            parts = (argument or b"").split(b"\n")
            found = self._name(*(_text(part) for part in parts))
            self.stack.append(self._call(found, tuple(self._to_mark())) if name == "INST" else found)
        elif name == "STACK_GLOBAL":
            last, module = self._pop(), self._pop()
            self.stack.append(self._name(module, last))
        elif name == "REDUCE":
            arguments, called = self._pop(), self._pop()
            self.stack.append(self._call(called, arguments))
        elif name in NEW:
            self._new(name)
        else:
            self._rare(name, argument)

    def _new(self, name: str) -> None:
        arguments = [self._pop() for _ in range(NEW[name])][-1]
        called = self._pop()
        if isinstance(called, Name) and called.kind == "function":
            self._bad("pickle.call", f"makes {called} as if it were a class")
        self.stack.append(self._call(called, arguments))

    def _rare(self, name: str, argument: bytes | None) -> None:
        if name == "BUILD":
            self._state()
        elif name == "OBJ":
            items = self._to_mark()
            if not items:
                raise Refused("pickle.broken", "an object without a class")
            self.stack.append(self._call(items[0], tuple(items[1:])))
        elif name in {"PERSID", "BINPERSID"}:
            self._persistent(_text(argument) if name == "PERSID" else self._pop())
        elif name.startswith("EXT"):
            self._bad("pickle.hidden", f"{name}: a name from a registry that only the loader knows", hostile=True)
            self.stack.append(Name("?", name, ""))
        elif name not in {"PROTO", "FRAME"}:
            raise Refused("pickle.broken", f"the opcode {name} needs what is not in the file")

    def _state(self) -> None:
        state, top = self._pop(), self.top
        if isinstance(top, Name):
            self._bad("pickle.state", f"sets attributes of {top} itself", hostile=True)
        elif isinstance(top, Made):
            if top.of.name == "NumpyArrayWrapper" and isinstance(state, Table):
                top.arguments = (state,)
            self._ran(top.of)

    def _persistent(self, what: object) -> None:
        if self.trial:
            raise Refused("pickle.broken", "a persistent id")
        if self.storages is None or not self.storages(what):
            self._bad("pickle.hidden", "a persistent id: only the loader knows what it means")
        kind = what[1] if isinstance(what, tuple) and len(what) > 1 and isinstance(what[1], Name) else Name("torch", "UntypedStorage", "class")
        self.stack.append(Made(kind))

    def _name(self, module: object, name: object) -> Name:
        if not isinstance(module, str) or not isinstance(name, str):
            if self.trial and DATA not in (module, name):
                raise Refused("pickle.broken", "a name that is no text")
            self._bad("pickle.hidden", "a name that is no text in the file", hostile=True)
            return Name("?", "?", "")
        found = Name(module_of(module), name, kind_of(module, name))
        if not found.kind and not self.trial:
            self._bad("pickle.name", str(found), hostile=is_dangerous(module, name))
        return found

    def _call(self, called: object, arguments: object) -> object:
        if not isinstance(called, Name):
            self._bad("pickle.call", "calls what another call gave", hostile=True)
            return DATA
        self._ran(called)
        if called.kind and (called.kind == "value" or not may_call(called, arguments)):
            self._bad("pickle.call", f"{called} with arguments that are not on the list", hostile=False)
        return Made(called, arguments if isinstance(arguments, tuple) and len(arguments) <= WIDEST else ())

    def _ran(self, called: Name) -> None:
        if not called.kind:
            self.ran = True
            if not self.trial:
                self._bad("pickle.call", str(called), hostile=is_dangerous(called.module, called.name))

    def _bad(self, rule: str, what: str, *, hostile: bool = False) -> None:
        if self.trial:
            self.ran = True
            raise Refused(rule, what)
        (self.look.hostile if hostile else self.look.unsure)(rule, what)


def tupled(items: list[object]) -> tuple[object, ...]:
    """A tuple that knows how much there is to walk through when it is hashed or compared.

    Raises:
        Refused: Far more than the file holds: tuples of the same tuples.
    """
    made = Weighed(items)
    made.weight = 1 + sum(one.weight if isinstance(one, Weighed) else 1 for one in items)
    if made.weight > HEAVIEST:
        raise Refused("archive.bomb", "tuples of the same tuples, doubled many times", Outcome.HOSTILE)
    return made


def _text(argument: bytes | None) -> object:
    """A short text, or DATA."""
    if argument is None:
        return DATA
    try:
        return argument.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return DATA


def _index(name: str, argument: bytes | None) -> int:
    if name not in {"PUT", "GET"}:
        return int.from_bytes(argument or b"", "little")
    if argument is None or not argument.isdigit() or len(argument) > 12:
        raise Refused("pickle.broken", "a place of the memo that is no number")
    return int(argument)


def _quoted(argument: bytes | None) -> object:
    text = _text(argument)
    if not isinstance(text, str):
        return DATA
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        raise Refused("pickle.broken", "a text without its quotes")
    return DATA if "\\" in text else text[1:-1]


def _unicode(argument: bytes | None) -> object:
    return DATA if argument is None or b"\\" in argument else _text(argument)


def _number(argument: bytes | None) -> object:
    text = (argument or b"").removesuffix(b"L")
    return int(text) if text.isdigit() and len(text) < 20 and text not in (b"00", b"01") else DATA


def _tuple(machine: Machine) -> None:
    items = machine._to_mark()  # noqa: SLF001  a step of the machine itself
    machine.stack.append(tupled(items) if len(items) <= WIDEST else DATA)


def _list(machine: Machine) -> None:
    machine._to_mark()  # noqa: SLF001
    machine.stack.append(LIST)


def _dict(machine: Machine) -> None:
    items = machine._to_mark()  # noqa: SLF001
    machine.stack.append(Table({key: value for key, value in zip(items[::2], items[1::2], strict=False) if isinstance(key, str)}))


def _drop(machine: Machine) -> None:
    if not machine.stack:
        raise Refused("pickle.broken", "something is taken from an empty stack")
    machine.stack.pop()


_SIMPLE: dict[str, Callable[[Machine], object]] = {
    "MARK": lambda machine: machine.stack.append(MARK),
    "NONE": lambda machine: machine.stack.append(NONE),
    "EMPTY_LIST": lambda machine: machine.stack.append(LIST),
    "EMPTY_TUPLE": lambda machine: machine.stack.append(()),
    "EMPTY_DICT": lambda machine: machine.stack.append(Table()),
    "TUPLE": _tuple,
    "LIST": _list,
    "FROZENSET": _list,
    "DICT": _dict,
    "POP": _drop,
    "POP_MARK": lambda machine: machine._to_mark(),  # noqa: SLF001
    "DUP": lambda machine: machine.stack.append(machine.top),
}
_LINES: dict[str, Callable[[bytes | None], object]] = {"STRING": _quoted, "UNICODE": _unicode, "INT": _number, "LONG": _number}
