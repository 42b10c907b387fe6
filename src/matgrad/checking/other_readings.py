"""What an answer may mean where as it stands it has no shape of the derivative: 1 s' for 𝟏 s', |x|."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.language import syntax as s

_ONES = Phrase("note: the number 1 is read as 𝟏, the column of ones")
_NORM = Phrase("note: |·| of a vector is read as its norm")
_ENTRIES = Phrase("note: |·| of a vector is read as the absolute values of its entries")
_POWERS = Phrase("note: a power of a vector is read as the powers of its entries, x.^2")

_QUOTIENTS = Phrase("note: division by a vector is read as division by its entries, 1 ./ x")
_COLUMNS = Phrase("note: ∗ is read as the product column by column (Khatri-Rao)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of an answer.

    Attributes
    ----------
    tree : Node
        Its tree.
    bindings : dict of str to Node
        The trees of the names that it defines.
    note : Phrase or None
        What is said of it; nothing where an answer is read as it stands.
    """

    tree: s.Node
    bindings: dict[str, s.Node]
    note: Phrase | None = None


def other_readings(
    tree: s.Node, bindings: Mapping[str, s.Node], is_vector: Callable[[s.Node], bool]
) -> Iterator[Reading]:
    """The other readings of a tree and of the definitions in it, the most usual first.

    Which of its pieces are vectors ``is_vector`` tells: their powers have but one meaning.
    """

    def entrywise_power(node: s.Node) -> s.Node:
        if not isinstance(node, s.Power) or node.operator != "^":
            return node
        is_number = not any(isinstance(part, (s.Name, s.TransposeSign)) for part in s.walk(node.exponent))
        return dataclasses.replace(node, operator=".^") if is_number and is_vector(node.base) else node

    def entrywise_quotient(node: s.Node) -> s.Node:
        if not isinstance(node, s.Product):
            return node
        is_below = [sign == "/" and is_vector(part) for sign, part in node.factors]
        factors = [
            ("./" if below else sign, part)
            for (sign, part), below in zip(node.factors, is_below, strict=True)
        ]
        return dataclasses.replace(node, factors=factors) if any(is_below) else node

    def entrywise(node: s.Node) -> s.Node:
        return entrywise_power(entrywise_quotient(node))

    for change, note in (
        *_CHANGES,
        (entrywise_power, _POWERS),
        (entrywise_quotient, _QUOTIENTS),
        (entrywise, _QUOTIENTS),
    ):
        changed = {name: rewritten(part, change) for name, part in bindings.items()}
        whole = rewritten(tree, change)
        if whole is not tree or any(changed[name] is not part for name, part in bindings.items()):
            yield Reading(whole, changed, note)


def has_star(tree: s.Node) -> bool:
    """Whether the sign ∗ stands in an answer, which fits the derivative as more than one product."""
    products = (node for node in s.walk(tree) if isinstance(node, s.Product))
    return any(sign == "∗" for node in products for sign, _ in node.factors)


def _ones(node: s.Node) -> s.Node:
    """A product that begins with the number 1, which as a number would be idle."""
    if not isinstance(node, s.Product) or len(node.factors) < 2:
        return node
    (operator, first), *rest = node.factors
    is_idle = isinstance(first, s.Num) and first.value == 1 and rest[0][0] in ("", "*", "@", "⋅")
    return dataclasses.replace(node, factors=[(operator, s.OnesSign(first.span)), *rest]) if is_idle else node


def _norm(node: s.Node) -> s.Node:
    return dataclasses.replace(node, double=True) if isinstance(node, s.Bars) and not node.double else node


def _entries(node: s.Node) -> s.Node:
    if isinstance(node, s.Bars) and not node.double:
        return s.Call(node.span, s.Name(node.span, "abs"), (node.operand,), entrywise=True)
    if not isinstance(node, s.Product):
        return node
    # Divided is entry by entry as well: x/|x|.
    signs = [
        "./" if sign == "/" and isinstance(part, s.Call) and part.entrywise else sign
        for sign, part in node.factors
    ]
    if all(sign == other for sign, (other, _) in zip(signs, node.factors, strict=True)):
        return node
    factors = [(sign, part) for sign, (_, part) in zip(signs, node.factors, strict=True)]
    return dataclasses.replace(node, factors=factors)


def _by_columns(node: s.Node) -> s.Node:
    """A ∗ B as it is printed, which as a sign for every product is A B."""
    if not isinstance(node, s.Product) or {sign for sign, _ in node.factors[1:]} != {"∗"}:
        return node
    (_, whole), *rest = node.factors
    for _, part in rest:
        whole = s.Call(node.span, s.Name(node.span, "khatri_rao"), (whole, part))
    return whole


_CHANGES: tuple[tuple[Callable[[s.Node], s.Node], Phrase], ...] = (
    (_ones, _ONES),
    (_norm, _NORM),
    (_entries, _ENTRIES),
    (_by_columns, _COLUMNS),
)


def rewritten(root: s.Node, change: Callable[[s.Node], s.Node]) -> s.Node:
    """A tree with every piece changed, from the leaves up; what does not change is shared."""
    done: dict[int, s.Node] = {}
    for node in reversed(list(s.walk(root))):
        fields: dict[str, Any] = {
            field.name: _put(getattr(node, field.name), done)
            for field in dataclasses.fields(node)
            if field.name != "span"
        }
        is_same = all(value is getattr(node, name) for name, value in fields.items())
        done[id(node)] = change(node if is_same else dataclasses.replace(node, **fields))
    return done[id(root)]


def _put(value: object, done: Mapping[int, s.Node]) -> object:
    """A field of a piece with its parts changed."""
    if isinstance(value, s.Node):
        return done.get(id(value), value)
    if isinstance(value, (tuple, list)):
        items = [_put(item, done) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else type(value)(items)
    return value
