"""Which letters and names of an answer stand for places, and which leave a size open."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence, Set

from matgrad.checking.other_readings import rewritten
from matgrad.core.dims import ONE
from matgrad.core.errors import ShapeError, UnknownNameError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import LINEAR_STRUCTURE
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.names import unknown_variable
from matgrad.numeric.sizes import dims_of_data
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.members import Family, Member, Placed
from matgrad.ops.leaves import Unit

UNIT = regex(r"e_?(\d+|[a-z])$")
"""The name of a unit vector: e_1, e_k."""


def nodes_of(tree: s.Node | None, bindings: Mapping[str, s.Node]) -> Iterator[s.Node]:
    """The pieces of an answer and of what ``where`` binds in it; there is no tree of what is no text."""
    for root in (tree, *bindings.values()):
        if root is not None:
            yield from s.walk(root)


def is_used_behind(name: str, text: str) -> bool:
    """Whether a name is used behind its definition, in a statement of its own."""
    behind = re.split(r"[;\n]", text, maxsplit=1)[1:]
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", piece) for piece in behind)


def defined_in(text: str) -> set[str]:
    """The letters that an answer gives a value to, so that the r of rB is a factor: where r = x'Ax."""
    return set(re.findall(r"(?<![\w\\])([^\W\d_])\s*=(?!=)", text))


def bound_in(tree: s.Node) -> set[str]:
    """The letters that sums in an answer bind: the k of Σ_{k < i}, which stands in front of its bound."""
    found: set[str] = set()
    for node in s.walk(tree):
        if isinstance(node, s.Indexed):
            found |= {bound.index.text for bound in node.bounds}
            found |= {c.left.text for c in node.conditions if isinstance(c.left, s.Name)}
    return found


def kept_apart_in(tree: s.Node) -> set[str]:
    """The letters that sums compare theirs with: the j of Σ_{i ≠ j}, of an entry or of the sum itself."""
    sums = (node for node in s.walk(tree) if isinstance(node, s.Indexed))
    return {c.right.text for node in sums for c in node.conditions if isinstance(c.right, s.Name)}


class FreeLetterError(ShapeError):
    """A letter of an answer that its left side does not have: no entry is told."""


def check_free_letters(inside: Set[str], allowed: Set[str], trees: Sequence[s.Node], text: str) -> None:
    """Refuse an answer whose letters are not those of its left side, which say where its entry stands.

    Raises
    ------
    FreeLetterError
        For the x_j² of ∂f/∂x_i = x_j², where no sum runs over j.
    """
    others = sorted(inside - allowed)
    if not others:
        return
    letter = others[0]
    summed = sorted((allowed - inside) & {name for tree in trees for name in bound_in(tree)})
    if summed:
        problem = phrase(
            "the index {summed} of the left side is summed over, and {letter} is not",
            summed=summed[0],
            letter=letter,
        )
    else:
        problem = phrase(
            "the index {letter} is none of the left side, and no sum runs over it", letter=letter
        )
    below = (node.span for tree in trees for node in s.walk(tree) if letter in letters_below(node))
    raise FreeLetterError(problem, text=text, span=next(below, trees[0].span))


def blocks_of(family: Family) -> Family:
    """The blocks of a Hessian that belong to one member twice."""
    rows, columns = family.member_shape
    return Family.of(family.label, family.ranges, rows * columns, rows * columns)


def entries_of(variable: Symbol) -> Family | None:
    """The entries of a vector or a matrix, as a family that is read by its places."""
    if variable.is_scalar or variable.is_row or variable.facts & LINEAR_STRUCTURE:
        return None
    ranges = [("i", variable.rows)]
    if not variable.is_vector:
        ranges.append(("j", variable.columns))
    return Family.of(variable.label, ranges, ONE, ONE)


def letters_of_places(node: Expr) -> set[str]:
    """The names of the places that a node reads or places at."""
    if isinstance(node, (Unit, Member, Placed)):
        places = node.data[:1]
    elif isinstance(node, Guard) or node.binds:
        places = node.data
    else:
        return set()
    return {name for dim in dims_of_data(places) for name in dim.symbols}


_BELOW = regex(r"(?P<base>.*_)(?P<letters>[a-z]{1,4})")


def letters_below(node: s.Node) -> set[str]:
    """The letters that stand below a name: the j and k of A_jk and of A[j, k]."""
    match node:
        case s.Name(text=text) if (found := _BELOW.fullmatch(text)) is not None:
            return set(found["letters"])
        case s.Subscripted(items=items) | s.Index(items=items):
            return {letter for item in items if isinstance(item, s.Name) for letter in item.text}
    return set()


def letters_written(tree: s.Node) -> set[str]:
    """The letters that stand below names in a tree, and those that it binds."""
    found = bound_in(tree)
    for node in s.walk(tree):
        if isinstance(node, s.Name):
            match = _BELOW.fullmatch(node.text)
            found.update(match["letters"] if match is not None else node.text if len(node.text) < 3 else "")
    return found


def with_letters_below(tree: s.Node, others: Mapping[str, str]) -> s.Node:
    """A tree with other letters below its names: V_jq for V_jk; a factor k stays what it is."""

    def put(text: str) -> str:
        return "".join(others.get(letter, letter) for letter in text)

    def change(node: s.Node) -> s.Node:
        match node:
            case s.Name(text=text) if (match := _BELOW.fullmatch(text)) is not None:
                return s.Name(node.span, match["base"] + put(match["letters"]))
            case s.Subscripted(items=items) | s.Index(items=items):
                named = [
                    s.Name(item.span, put(item.text))
                    if isinstance(item, s.Name) and len(item.text) < 5
                    else item
                    for item in items
                ]
                return dataclasses.replace(node, items=tuple(named))
        return node

    return rewritten(tree, change) if others else tree


def is_of_entries(node: s.Node) -> bool:
    """Whether a piece may be an entry, whose letters stand for places of the whole answer."""
    return isinstance(node, (s.Subscripted, s.Index)) or (isinstance(node, s.Name) and "_" in node.text)


def is_open(node: s.Node) -> bool:
    """Whether a piece leaves its dimension open, to be settled by what stands beside it."""
    return isinstance(node, s.OnesSign) or (
        isinstance(node, s.Name) and (node.text == "I" or UNIT.match(node.text) is not None)
    )


def unknown_name(name: str, known: list[str], span: s.Span, text: str) -> UnknownNameError:
    """The error for a name that the function does not have."""
    near = unknown_variable(name, known, span, text)
    listed = ", ".join(known) or phrase("none")
    return UnknownNameError(
        phrase(
            "{name} does not occur in the function, whose variables are {listed}", name=name, listed=listed
        ),
        fix=near.fix if near.fix in known else phrase('declare it with the function: "{name}: …"', name=name),
        text=text,
        span=span,
    )


def definitions_used(node: s.Node, bindings: Mapping[str, s.Node]) -> dict[str, s.Node]:
    """The definitions that a piece uses: another one may mean nothing, and says nothing of it."""
    found: dict[str, s.Node] = {}
    open_pieces = [node]
    while open_pieces:
        for piece in s.walk(open_pieces.pop()):
            if isinstance(piece, s.Name) and piece.text in bindings and piece.text not in found:
                found[piece.text] = bindings[piece.text]
                open_pieces.append(bindings[piece.text])
    return found
