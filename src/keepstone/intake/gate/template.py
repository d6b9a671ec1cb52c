"""Chat templates: parsed, never rendered. Only what templates need may stand in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keepstone.intake.gate.listed import words

if TYPE_CHECKING:
    from jinja2 import nodes

    from keepstone.intake.gate.look import Look

LONGEST = 64 << 10
LONGEST_TEXT = 300
"""Letters of one piece of text in a template that nobody needs to read."""


def read(text: str, look: Look) -> None:
    """Judge a template.

    Args:
        text: The template.
        look: Takes the reasons.
    """
    import jinja2
    from jinja2 import nodes

    if len(text) > LONGEST:
        look.unsure("file.large", f"a template of {len(text):,} letters")
        return
    try:
        tree = jinja2.Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=True).parse(text)
        found = list(tree.find_all(nodes.Node))
        look.budget.step(len(found))
        built = _built(found)
        for node in found:
            _judge(node, built, look)
    except (jinja2.TemplateError, RecursionError, ValueError, MemoryError):
        look.unsure("template.code", "a template that can't be parsed")


def _judge(node: nodes.Node, built: frozenset[str], look: Look) -> None:
    from jinja2 import nodes

    kind = type(node).__name__
    if kind not in words("template_nodes"):
        look.hostile("template.code", f"«{kind}» in a template")
    elif isinstance(node, nodes.Getattr):
        _attribute(node.attr, look)
    elif isinstance(node, nodes.Getitem):
        _item(node.arg, built, look)
    elif isinstance(node, nodes.Filter | nodes.Test):
        if node.name not in words("template_filters"):
            look.hostile("template.code", f"the filter or test «{node.name}»")
    elif isinstance(node, nodes.Call):
        _call(node.node, look)
    else:
        _text(node, look)


def _attribute(name: str, look: Look) -> None:
    if name.startswith("_") or name in {"mro", "func_globals", "gi_frame", "cr_frame", "format", "format_map"}:
        look.hostile("template.code", f"the attribute «{name}»")


def _item(key: nodes.Node, built: frozenset[str], look: Look) -> None:
    from jinja2 import nodes

    if isinstance(key, nodes.Const):
        if isinstance(key.value, str):
            _attribute(key.value, look)
    elif isinstance(key, nodes.Slice) or _is_number(key):
        return
    elif not (isinstance(key, nodes.Name) and key.name not in built):
        look.hostile("template.code", "a key that is built in the template")


def _is_number(node: nodes.Node) -> bool:
    """Whether an expression can only be a number: a whole number, or arithmetic that no text takes part in."""
    from jinja2 import nodes

    if isinstance(node, nodes.Const):
        return isinstance(node.value, int)
    if isinstance(node, nodes.Neg):
        return _is_number(node.node)
    if isinstance(node, nodes.Sub | nodes.FloorDiv):
        return True
    if isinstance(node, nodes.Add):
        return _is_number(node.left) or _is_number(node.right)
    return isinstance(node, nodes.Getattr) and node.attr in {"index", "index0", "length"}


def _call(called: nodes.Node, look: Look) -> None:
    from jinja2 import nodes

    if isinstance(called, nodes.Name):
        if called.name in {"lipsum", "cycler", "joiner", "self", "caller", "super"}:
            look.hostile("template.code", f"calls «{called.name}»")
    elif not (isinstance(called, nodes.Getattr) and called.attr in words("template_methods")):
        look.hostile("template.code", "calls something that is not on the list")


def _built(found: list[nodes.Node]) -> frozenset[str]:
    """Names that the template itself gives a value that is no number: their value may be any text."""
    from jinja2 import nodes

    built: set[str] = set()
    for node in found:
        if isinstance(node, nodes.Assign) and not _is_number(node.node):
            built |= {one.name for one in node.target.find_all(nodes.Name)} | ({node.target.name} if isinstance(node.target, nodes.Name) else set())
        elif isinstance(node, nodes.Macro):
            built |= {one.name for one in node.args}
        elif isinstance(node, nodes.For) and not _is_given(node.iter):
            built |= set(_targets(node.target))
    return frozenset(built)


def _is_given(node: nodes.Node) -> bool:
    """Whether what is looped over comes from outside of the template: names, attributes, keys and listed filters of such."""
    from jinja2 import nodes

    return not any(isinstance(one, nodes.Concat | nodes.Add | nodes.Mul | nodes.List | nodes.Tuple | nodes.Dict) for one in _all(node)) and not any(
        isinstance(one, nodes.Const) and isinstance(one.value, str) and "_" in one.value[:1] for one in _all(node)
    )


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    from jinja2 import nodes

    yield node
    yield from node.find_all(nodes.Node)


def _targets(node: nodes.Node) -> Iterator[str]:
    from jinja2 import nodes

    yield from (one.name for one in _all(node) if isinstance(one, nodes.Name))


def _text(node: nodes.Node, look: Look) -> None:
    from jinja2 import nodes

    if isinstance(node, nodes.Const | nodes.TemplateData):
        text = str(node.value if isinstance(node, nodes.Const) else node.data)
        if len(text) > LONGEST_TEXT and not text.isspace():
            look.unsure("template.text", f"a text of {len(text):,} letters")
    elif isinstance(node, nodes.Compare):
        _condition(node, look)


def _condition(node: nodes.Compare, look: Look) -> None:
    """A template that looks for words in what was said decides by them what the model is told."""
    from jinja2 import nodes

    for one in node.ops:
        left, right = (node.expr, one.expr) if one.op in {"in", "notin"} else (one.expr, node.expr)
        sought = left.value if isinstance(left, nodes.Const) else ""
        tag = not isinstance(sought, str) or not sought or sought[0] in "<[{#|/" or not sought.isprintable()
        if not tag and _is_content(right):
            look.unsure("template.text", f"looks for {sought[:60]!r} in what was said")


def _is_content(node: nodes.Node) -> bool:
    from jinja2 import nodes

    if isinstance(node, nodes.Filter) and node.node is not None:
        return _is_content(node.node)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        return _is_content(node.node.node)
    key = node.attr if isinstance(node, nodes.Getattr) else node.name if isinstance(node, nodes.Name) else ""
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        key = str(node.arg.value)
    return "content" in key or "prompt" in key or key in {"text", "message"}
