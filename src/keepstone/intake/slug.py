"""Names and numbers from outside as parts of an id, which holds letters, digits, `_` and `-` only."""

from __future__ import annotations

KNOWN = {" ": "_", "+": "_plus", "<": "lt_", ">": "gt_", "=": "eq_", "&": "_and_", ".": "_", "/": "_"}


def slug(text: str) -> str:
    """Turn a name into a part of an id. Names that differ in common signs stay apart; other signs become their code.

    Example:
        >>> slug("under 50"), slug("80+"), slug("<50"), slug("ARF/MOSF w/Sepsis")
        ('under_50', '80_plus', 'lt_50', 'ARF_MOSF_w_Sepsis')
    """
    return "".join(sign if (sign.isascii() and sign.isalnum()) or sign in "_-" else KNOWN.get(sign, f"x{ord(sign):x}") for sign in text) or "none"


def number(value: float) -> str:
    """Write a number as a part of an id: the point becomes a `p`.

    Example:
        >>> number(0.5), number(2.0), number(1e-05)
        ('0p5', '2', '1e-05')
    """
    return f"{value:g}".replace(".", "p").replace("+", "")
