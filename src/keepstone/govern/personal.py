"""Rows of the user's data behind the failed findings: never part of a result, written and drawn only where a person asks for them."""

from __future__ import annotations

from keepstone.govern.rows import Document

NOTICE = "This file holds personal data: rows of the data that was given. Keep it as you keep the data; delete it when it is no longer needed."


class Case(Document, frozen=True, kw_only=True):
    """One row.

    Attributes:
        row: Its number in its file, from 0.
        trained: Whether it is one of the training rows.
        outcome: 1 where the outcome came about.
        values: One text a feature, as the model was given it; "" where it is missing.
    """

    row: int
    trained: bool
    outcome: int
    values: tuple[str, ...]


class Behind(Document, frozen=True, kw_only=True):
    """The rows that lost in one finding.

    Attributes:
        finding: Its id.
        lost: How many they are.
        cases: The first of them, in the order in which they were played.
    """

    finding: str
    lost: int
    cases: tuple[Case, ...]


class Personal(Document, frozen=True, kw_only=True):
    """What was asked for.

    Attributes:
        notice: What whoever opens the file must know.
        features: Names of the values of a row.
        findings: One each.
    """

    notice: str = NOTICE
    features: tuple[str, ...]
    findings: tuple[Behind, ...]
