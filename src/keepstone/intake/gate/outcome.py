"""What the gate says of a file: clean, hostile, or cannot tell; and why."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Outcome(enum.StrEnum):
    """What a file is. Only CLEAN passes.

    >>> Outcome.worst([Outcome.CLEAN, Outcome.UNKNOWN]).passes
    False
    """

    CLEAN = "clean"
    UNKNOWN = "cannot tell"
    HOSTILE = "hostile"

    @property
    def passes(self) -> bool:
        """Whether a loader may have the file."""
        return self is Outcome.CLEAN

    @staticmethod
    def worst(outcomes: Iterable[Outcome]) -> Outcome:
        """The worst of several; of none, CLEAN."""
        return max(outcomes, key=_ORDER.index, default=Outcome.CLEAN)


_ORDER = (Outcome.CLEAN, Outcome.UNKNOWN, Outcome.HOSTILE)

RULES = {
    "archive.bomb": "Unpacks to far more than it is, or to more than the gate reads.",
    "archive.broken": "The archive contradicts itself: loaders differ in what they read from it.",
    "archive.depth": "Archives lie in archives, deeper than the gate follows.",
    "archive.encrypted": "A member is encrypted.",
    "archive.link": "A member is a link or a device.",
    "archive.method": "A way to compress that the gate does not read.",
    "archive.name": "A member's name leads out of the folder, or stands twice.",
    "code.file": "Code lies beside the weights. Whoever loads the model may run it.",
    "code.install": "A list of packages names another index or an address.",
    "config.code": "A configuration names code to be run or fetched.",
    "config.path": "A configuration names a file outside its folder.",
    "file.broken": "The file is cut off, or its parts contradict each other.",
    "file.changed": "The file changed while it was read.",
    "file.format": "A format that the gate does not read.",
    "file.kind": "No plain file, or a link that leads out of the folder.",
    "file.large": "More steps, bytes or entries than the gate reads.",
    "file.name": "The content is not what the name says.",
    "file.polyglot": "The same bytes are two things to two loaders.",
    "gguf.header": "Counts, sizes or offsets of a GGUF header don't fit.",
    "hdf5.link": "An HDF5 file refers to another file or to a filter that is loaded at run time.",
    "hdf5.structure": "A structure of HDF5 that the gate does not read.",
    "keras.class": "A layer or object that is not on the list of Keras' own.",
    "keras.code": "A layer that runs code or reads files when it is loaded.",
    "notebook.code": "A cell does what is not on the list for notebooks.",
    "notebook.output": "An output runs code in the browser.",
    "numpy.header": "The header of an array does not fit its bytes.",
    "onnx.data": "Tensor data outside the file, by a path that leads elsewhere or does not fit.",
    "onnx.domain": "An operator that is not of a listed domain: a library must be loaded for it.",
    "pickle.broken": "The pickle is broken. Loaders may still run it up to there.",
    "pickle.call": "Loading calls something that is not on the list.",
    "pickle.hidden": "A name is built at run time, so nobody can say what is called.",
    "pickle.name": "Refers to something that is not on the list, called or not.",
    "pickle.state": "Sets attributes or items of something that may not be changed.",
    "pickle.trailing": "Bytes follow the end of the pickle.",
    "safetensors.header": "The header of a safetensors file does not fit its bytes.",
    "savedmodel.operator": "An operator that is not on the list for SavedModel.",
    "skops.type": "A type that is not on the list.",
    "template.code": "A template does what is not on the list: it could leave its sandbox.",
    "template.text": "A template holds long text, or decides by what a user wrote. A person must read it.",
    "text.markup": "Markup that fetches or defines entities, or is no model.",
}
"""Every rule, with what it says."""


@dataclass(frozen=True)
class Reason:
    """Why a file does not pass.

    Attributes:
        rule: One of `RULES`.
        outcome: HOSTILE or UNKNOWN.
        what: What was found.
        where: The member of an archive, or "".
    """

    rule: str
    outcome: Outcome
    what: str
    where: str = ""


@dataclass(frozen=True)
class Report:
    """What the gate says of one file.

    Attributes:
        path: As it was asked for.
        kind: The format, by content.
        size: In bytes.
        sha256: Of the bytes, or "" where they could not be read.
        reasons: Worst first; empty where the file is clean.
        pinned: A person's reason for letting exactly these bytes pass, or "".

    >>> Report("a.bin", "pickle", 3, "", (Reason("pickle.call", Outcome.HOSTILE, "os.system"),)).outcome
    <Outcome.HOSTILE: 'hostile'>
    """

    path: str
    kind: str
    size: int
    sha256: str
    reasons: tuple[Reason, ...] = ()
    pinned: str = ""

    @property
    def found(self) -> Outcome:
        """What the bytes are, whoever pinned them."""
        return Outcome.worst(reason.outcome for reason in self.reasons)

    @property
    def outcome(self) -> Outcome:
        """What counts: a file that a person pinned passes."""
        return Outcome.CLEAN if self.pinned else self.found
