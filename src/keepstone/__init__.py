"""Keepstone: is this AI system safe, is it secure, and what does each cost the other?

    import keepstone as ks
    result = ks.assess(model, X, y, groups=frame[["sex", "age_band"]])
    print(result)
    result.require("safety", "security")

Nothing is loaded before it is used: each name below comes from where it is defined when it is first asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing `typing` would take ten times as long as the rest of this file
    from keepstone.core.errors import InputError, KeepstoneError, MissingExtra, PartError, RequirementError
    from keepstone.core.origin import Adversary, Area, Hazard
    from keepstone.core.part import part
    from keepstone.core.table import Feature, Unit
    from keepstone.lifecycle.api import assess
    from keepstone.lifecycle.shown import Result
    from keepstone.lifecycle.triaging import triage

    __version__: str

__all__ = [
    "Adversary",
    "Area",
    "Feature",
    "Hazard",
    "InputError",
    "KeepstoneError",
    "MissingExtra",
    "PartError",
    "RequirementError",
    "Result",
    "Unit",
    "__version__",
    "assess",
    "part",
    "triage",
]


if not TYPE_CHECKING:  # so that a type checker refuses a name that is mistyped

    def __getattr__(name: str) -> object:
        """Find a public name where it is defined."""
        if name not in __all__:
            message = f"module 'keepstone' has no attribute {name!r}"
            raise AttributeError(message)
        found = _find(name)
        globals()[name] = found
        return found


def _find(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("keepstone")
    if name == "assess":
        from keepstone.lifecycle.api import assess

        return assess
    if name == "triage":
        from keepstone.lifecycle.triaging import triage

        return triage
    if name == "Result":
        from keepstone.lifecycle.shown import Result

        return Result
    from keepstone.core import errors, origin, part, table

    return next(vars(home)[name] for home in (errors, origin, part, table) if name in vars(home))


def __dir__() -> list[str]:
    """Name what is public."""
    return sorted(__all__)
