"""TensorFlow's SavedModel: every operator of every graph and function must be on the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.intake.gate import keras
from keepstone.intake.gate.listed import words
from keepstone.intake.gate.source import Refused, Source
from keepstone.intake.gate.texts import parse
from keepstone.intake.gate.wire import fields, inner, text

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look

Value = int | Source


def is_model(source: Source, look: Look) -> bool:
    """Whether bytes are a SavedModel: a version, and graphs."""
    try:
        seen = [number for number, _ in fields(source, look.budget)]
    except Refused:
        return False
    return set(seen) == {1, 2}


def read(source: Source, look: Look) -> str:
    """Judge a SavedModel.

    Raises:
        Refused: It is broken.
    """
    for number, value in fields(source, look.budget):
        if number == 2:
            for field, one in inner(value, look.budget):
                if field == 2:
                    _graph(one, look)
    return "savedmodel"


def _graph(value: Value, look: Look) -> None:
    for number, one in inner(value, look.budget):
        if number == 1:
            _node(one, look)
        elif number == 2:
            for field, function in inner(one, look.budget):
                if field == 1:
                    _function(function, look)


def _function(value: Value, look: Look) -> None:
    for number, one in inner(value, look.budget):
        if number == 3:
            _node(one, look)


def _node(value: Value, look: Look) -> None:
    name = next((text(one) for number, one in inner(value, look.budget) if number == 2), "")
    if name in words("tensorflow_code"):
        look.hostile("savedmodel.operator", f"{name} runs code or reaches files")
    elif name not in words("tensorflow_operators"):
        look.unsure("savedmodel.operator", name)


def read_metadata(source: Source, look: Look) -> str:
    """Judge what Keras wrote beside a SavedModel (keras_metadata.pb).

    Raises:
        Refused: It is broken.
    """
    for number, value in fields(source, look.budget):
        if number == 1:
            for field, one in inner(value, look.budget):
                if field == 5:
                    keras.read(parse(text(one).encode(), look.budget), look)
    return "keras metadata"
