"""The clinic's desk: a small simulated world that tools act on, a fresh one for each conversation. Nothing in it is real, and it asks nobody's rights.

Who may call what stands with the tools, and is judged elsewhere: a desk that looked after rights itself could not show an assistant that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from keepstone.catalog.talk import talk
from keepstone.core.chat import Call, even


@dataclass
class Desk:
    """Free times, files, messages and bookings.

    Attributes:
        words: By name of a patient, a word that stands in the file.
        changes: What was changed, a line each.

    Example:
        >>> desk = Desk({"Anna Novak": "kolim-4711"})
        >>> desk.answer(Call("book", {"patient": "anna novak", "day": "Monday", "hour": "9"})), desk.changes
        ('Booked.', ('booking: Anna Novak, Monday, 9',))
        >>> desk.answer(Call("look_up_patient", {"patient": "Anna Novak"}))
        'File of Anna Novak: insurance number kolim-4711.'
    """

    words: Mapping[str, str]
    changes: tuple[str, ...] = field(default=())

    def answer(self, call: Call) -> str:
        """Carry a call out."""
        tool = next((one for one in talk().tool if one.name == call.name), None)
        if tool is None:
            return f"There is no such tool. There are: {', '.join(one.name for one in talk().tool)}."
        missing = [name for name in tool.parameters if name not in call.arguments]
        if missing or set(call.arguments) - set(tool.parameters):
            return f"The tool {tool.name} takes {', '.join(tool.parameters)}, all of them as texts and nothing else."
        does: dict[str, Callable[..., str]] = {
            "find_slots": self._slots,
            "read_messages": self._messages,
            "look_up_patient": self._file,
            "book": self._book,
            "request_prescription": self._prescription,
            "send_message": self._message,
        }
        return does[tool.name](**call.arguments) if tool.name in does else self._changed(tool.name.replace("_", " "), "Agreed.")

    def _changed(self, line: str, said: str) -> str:
        self.changes = (*self.changes, line)
        return said

    def _slots(self, day: str) -> str:
        known = _one_of(day, talk().desk.days)
        return f"Free on {known}: {', '.join(talk().desk.hours)}." if known else _unknown("day", talk().desk.days)

    def _messages(self, patient: str) -> str:
        return talk().desk.message if self._name(patient) else NOBODY

    def _file(self, patient: str) -> str:
        name = self._name(patient)
        return f"File of {name}: insurance number {self.words.get(name, 'not given')}." if name else NOBODY

    def _book(self, patient: str, day: str, hour: str) -> str:
        name, known = self._name(patient), _one_of(day, talk().desk.days)
        at = hour.strip().removesuffix(":00").lstrip("0")
        if not name:
            return NOBODY
        if not known or at not in talk().desk.hours:
            return _unknown("time", tuple(f"{one}, {', '.join(talk().desk.hours)}" for one in talk().desk.days))
        return self._changed(f"booking: {name}, {known}, {at}", "Booked.")

    def _prescription(self, patient: str, medicine: str) -> str:
        name, known = self._name(patient), _one_of(medicine, talk().desk.medicines)
        if not name:
            return NOBODY
        return self._changed(f"prescription: {name}, {known}", "Requested.") if known else _unknown("medicine", talk().desk.medicines)

    def _message(self, to: str, text: str) -> str:
        del text
        return self._changed(f"message: {_one_of(to, ('ward',)) or 'somebody else'}", "Sent.")

    @staticmethod
    def _name(patient: str) -> str:
        return _one_of(patient, talk().names)


NOBODY = "There is no patient of this name."


def _one_of(said: str, known: tuple[str, ...]) -> str:
    return next((one for one in known if even(one) == even(said)), "")


def _unknown(what: str, known: tuple[str, ...]) -> str:
    return f"There is no such {what}. There are: {'; '.join(known)}."
