"""Families that a text defines: ``q_i = σ(v^T z_i)`` puts its right side for every member of q."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language import syntax as s


def replaced(
    tree: s.Node, name: str, indices: Sequence[str], body: s.Node, text: str, is_declared: bool = False
) -> s.Node:
    """A tree with the body of a definition in the place of each member of a family.

    Parameters
    ----------
    tree : Node
        The tree.
    name : str
        The name of the family.
    indices : sequence of str
        The indices on the left side of its definition.
    body : Node
        The right side.
    text : str
        The text, for messages.
    is_declared : bool
        Whether the name is declared as well, with another number of indices: r_i beside r_{ij} = ‖r_i − r_j‖.

    Raises
    ------
    ParseError
        Where a member has another number of indices, or is named without any.
    """

    def visit(node: s.Node, is_index: bool) -> s.Node | None:
        if isinstance(node, s.Subscripted) and node.base.text == name:
            items = _split(node.items, len(indices))
            if len(items) != len(indices) and is_declared:
                return None
            if len(items) != len(indices):
                raise ParseError(
                    phrase(
                        "{name} is defined with {count} {what}",
                        name=name,
                        count=len(indices),
                        what=phrase("index") if len(indices) == 1 else phrase("indices"),
                    ),
                    fix=f"{name}_{{{', '.join(indices)}}}",
                    text=text,
                    span=node.span,
                )
            inside = _with_indices(_fresh(body, items), dict(zip(indices, items, strict=True)))
            return s.Group(node.span, (inside,), False)
        if isinstance(node, s.Name) and node.text == name and not is_declared:
            raise ParseError(
                phrase(
                    "{name} is defined for each {indices}, and stands here without",
                    name=name,
                    indices=", ".join(indices),
                ),
                fix=f"{name}_{{{', '.join(indices)}}}",
                text=text,
                span=node.span,
            )
        return None

    return rebuilt(tree, visit)


def with_value(tree: s.Node, name: str, value: s.Node) -> s.Node:
    """A tree with a value in the place of a name, wherever that has no index."""
    bases = {id(node.base) for node in s.walk(tree) if isinstance(node, s.Subscripted)}

    def visit(node: s.Node, is_index: bool) -> s.Node | None:
        if isinstance(node, s.Name) and node.text == name and id(node) not in bases and not is_index:
            return s.Group(node.span, (value,), False)
        return None

    return rebuilt(tree, visit)


def _split(items: Sequence[s.Node], count: int) -> list[s.Node]:
    """The indices of a member; letters side by side are several."""
    if len(items) == 1 and count > 1 and isinstance(items[0], s.Name) and len(items[0].text) == count:
        return [s.Name(items[0].span, letter) for letter in items[0].text]
    return list(items)


def _with_indices(tree: s.Node, values: Mapping[str, s.Node]) -> s.Node:
    """A tree with indices replaced by what stands in their place."""

    def visit(node: s.Node, is_index: bool) -> s.Node | None:
        if not isinstance(node, s.Name):
            return None
        if node.text in values:
            return values[node.text]
        if is_index and len(node.text) > 1 and node.text.isalpha() and all(len(k) == 1 for k in values):
            renamed = [values.get(letter) for letter in node.text]
            if any(r is not None for r in renamed) and all(
                r is None or isinstance(r, s.Name) for r in renamed
            ):
                letters = [
                    r.text if isinstance(r, s.Name) else k for r, k in zip(renamed, node.text, strict=True)
                ]
                return s.Name(node.span, "".join(letters))
        return None

    return rebuilt(tree, visit)


def _fresh(body: s.Node, items: Sequence[s.Node]) -> s.Node:
    """The body with bound indices renamed that would catch those of the member."""
    used = {n.text for item in items for n in s.walk(item) if isinstance(n, s.Name)}
    bound = {
        name.text
        for node in s.walk(body)
        if isinstance(node, s.Indexed)
        for name in [*(b.index for b in node.bounds), *_names(node.conditions)]
    }
    taken = used | {n.text for n in s.walk(body) if isinstance(n, s.Name)}
    renamed: dict[str, s.Node] = {}
    for name in bound & used:
        letter = next(k for k in "klpqrstuvwij" if k not in taken)
        taken.add(letter)
        renamed[name] = s.Name((0, 0), letter)
    return _with_indices(body, renamed) if renamed else body


def _names(conditions: Sequence[s.Comparison]) -> list[s.Name]:
    return [n for k in conditions for n in s.walk(k) if isinstance(n, s.Name)]


def rebuilt(tree: s.Node, visit: Callable[[s.Node, bool], s.Node | None]) -> s.Node:
    """A tree in which the pieces are replaced for which ``visit`` gives another one.

    It is told whether the piece stands where an index does.
    """
    done: dict[int, s.Node] = {}
    stack: list[tuple[s.Node, bool, bool]] = [(tree, False, False)]
    while stack:
        node, ready, is_index = stack.pop()
        if id(node) in done:
            continue
        if not ready:
            found = visit(node, is_index)
            if found is not None:
                done[id(node)] = found
                continue
            stack.append((node, True, is_index))
            index = is_index or isinstance(node, (s.Bound, s.Comparison))
            for child in node.children():
                inner = index
                if isinstance(node, s.Subscripted):
                    inner = child is not node.base
                elif isinstance(node, s.Index):
                    inner = child is not node.operand
                stack.append((child, False, inner))
            continue
        changed: dict[str, Any] = {}
        for part in fields(node):
            value = getattr(node, part.name)
            new = _mapped(value, done)
            if new is not value:
                changed[part.name] = new
        done[id(node)] = replace(node, **changed) if changed else node
    return done[id(tree)]


def _mapped(value: Any, done: Mapping[int, s.Node]) -> Any:
    """A field with the replaced pieces in it."""
    if isinstance(value, s.Node):
        return done.get(id(value), value)
    if isinstance(value, (tuple, list)):
        new = [_mapped(item, done) for item in value]
        if any(a is not b for a, b in zip(new, value, strict=True)):
            return type(value)(new)
    return value
