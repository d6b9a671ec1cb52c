"""What can go wrong, and whose fault it is.

KeepstoneError                 anything that Keepstone says in one line
├─ InputError        exit 2    a file, option or value from outside is wrong; lists every problem found
├─ MissingExtra      exit 2    an optional library is needed; says how to get it
├─ EvidenceError     exit 3    a signature, digest or recomputed verdict does not agree
├─ PartError         exit 4    a part broke its contract (a budget passed, a shape wrong)
├─ RequirementError  exit 1    `result.require` was not met
└─ Interrupted       exit 130  a person stopped the run; it can be resumed
"""

from __future__ import annotations

from collections.abc import Sequence


class KeepstoneError(Exception):
    """A message for the caller: what was wrong, where, and what would be right.

    Attributes:
        exit_code: The code with which a command ends.
        hint: One more line that helps, or an empty string.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message and the hint."""
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        """Give the message, with the hint on a line of its own."""
        message = str(self.args[0]) if self.args else ""
        return f"{message}\n{self.hint}" if self.hint else message


class InputError(KeepstoneError):
    """Something from outside is wrong. Every problem found is a line of its own.

    >>> print(InputError(["a.toml:3: The «limit» of «criterion 1» must be a number; got 'x'."]))
    a.toml:3: The «limit» of «criterion 1» must be a number; got 'x'.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[str] | str, *, hint: str = "") -> None:
        """Keep each problem; a single text is one problem."""
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems), hint=hint)


class MissingExtra(KeepstoneError):
    """An optional library is needed.

    >>> print(MissingExtra("scikit-learn", "tabular"))
    This needs scikit-learn: pip install 'keepstone[tabular]'
    """

    exit_code = 2

    def __init__(self, library: str, extra: str) -> None:
        """Name the library and the extra that brings it."""
        super().__init__(f"This needs {library}: pip install 'keepstone[{extra}]'")


class EvidenceError(KeepstoneError):
    """Evidence does not verify: a signature, a digest, or a verdict recomputed from the log."""

    exit_code = 3


class PartError(KeepstoneError):
    """A part broke its contract; the cell that used it is in ERROR."""

    exit_code = 4


class RequirementError(KeepstoneError):
    """A half that was required to be met is not."""

    exit_code = 1


class Interrupted(KeepstoneError):
    """A person stopped the run. What was finished is kept; `--resume` goes on."""

    exit_code = 130
