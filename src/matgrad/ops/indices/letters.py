"""Letters for bound indices: those that the families in an expression were declared with, or else i, j, k."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import chain, count, pairwise

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Data, Expr, Symbol, postorder
from matgrad.ops.arithmetic import Product
from matgrad.ops.indices.members import Family, Member
from matgrad.ops.leaves import Unit
from matgrad.ops.transpose import Transpose

LETTERS = "ijklpqrstuvabcdh"
_RELATIONS = ("≥", "=", "≠")
"""What a condition begins with; what else has two parts is the letter of a family with its last value."""


def letters_for(root: Expr, avoided: Container[str] = ()) -> dict[str, str]:
    """A letter for the index of each sum: no two that stand inside each other have the same.

    Parameters
    ----------
    root : Expr
        The expression.
    avoided : container of str
        Letters that mean something else around it.
    """
    nodes = postorder(root)
    taken = {node.label for node in nodes if isinstance(node, Symbol)}
    for node in nodes:
        taken |= {name for dim in node.shape for name in dim.symbols} | set(_free_names(node.data))
    wanted = _wanted(nodes)
    ranges = [pair for node in nodes if isinstance(node, Family) for pair in node.ranges]
    columns = _rows_first(nodes)
    letters: dict[str, str] = {}
    around: dict[Expr, set[str]] = {node: set() for node in nodes}
    for node in reversed(nodes):
        inside = around[node]
        if node.binds:
            nest, below = [node], node.args[0]
            while below.binds and type(below) is type(node):
                nest.append(below)
                below = below.args[0]
            (name,) = node.data[0].names
            for member in sorted(nest, key=lambda n: columns.get(n.data[0].sort_key, 0)):
                (one,) = member.data[0].names
                if one in letters:
                    continue
                # The letter of a family has the range that it was declared with.
                others = {letter for letter, last in ranges if last is not member.data[2]}
                spare = (letter for letter in LETTERS if letter not in others)
                free = chain(wanted.get(one, ()), spare, (f"i_{n}" for n in count(1)))
                used = {letters[other] for other in inside if other in letters}
                used |= {letters[other] for other in {name, *_below(node)} if other in letters}
                letters[one] = next(c for c in free if c not in used and c not in taken and c not in avoided)
            inside = inside | {name}
        for arg in node.args:
            around[arg] |= inside
    return letters


def _rows_first(nodes: list[Expr]) -> dict[str, int]:
    """How often an index is that of a column in an entry of a matrix, less how often that of a row."""
    found: dict[str, int] = {}
    for node in nodes:
        ends = (node.chain[0], node.chain[-1]) if isinstance(node, Product) and len(node.chain) > 2 else ()
        for end, weight in zip(ends, (-1, 1), strict=False):
            unit = end.args[0] if isinstance(end, Transpose) else end
            if isinstance(unit, Unit):
                for name in unit.data[0].indices:
                    found[name] = found.get(name, 0) + weight
    return found


def _below(node: Expr) -> set[str]:
    """The indices of the sums inside a sum."""
    return {name for part in postorder(node.args) if part.binds for name in part.data[0].names}


def _free_names(data: Data) -> Iterator[str]:
    for item in data:
        if isinstance(item, Dim):
            yield from item.symbols
        elif isinstance(item, tuple) and (len(item) != 2 or item[0] in _RELATIONS):
            yield from _free_names(item)


def _wanted(nodes: list[Expr]) -> dict[str, list[str]]:
    """The letters that the families were declared with, by the indices that read their members."""
    found: dict[str, list[str]] = {}

    def want(place: Dim, letter: str) -> None:
        for name in place.indices:
            found.setdefault(name, []).append(letter)

    for node in nodes:
        if isinstance(node, Member) and isinstance(node.args[0], Family):
            for place, (letter, _) in zip(node.data[0], node.args[0].ranges, strict=True):
                want(place, letter)
        if not isinstance(node, Product):
            continue
        chained = node.chain
        for left, right in pairwise(chained):
            pair = [x.args[0] if isinstance(x, Transpose) else x for x in (left, right)]
            if isinstance(pair[0], Unit) and isinstance(pair[1], Family):
                want(pair[0].data[0], pair[1].ranges[0][0])
            if isinstance(pair[1], Unit) and isinstance(pair[0], Family):
                want(pair[1].data[0], pair[0].ranges[-1][0])
    return found


def reads_whole_range(body: Expr, index: Dim, first: Dim, last: Dim) -> bool:
    """Whether the range of an index is that of the members and entries that it reads in a body."""
    if first is not ONE:
        return False
    for part in postorder(body):
        if isinstance(part, Unit) and part.data[0] is index and part.data[1] is last:
            return True
        if isinstance(part, Member) and (index, last) in zip(*part.data[:2], strict=True):
            return True
    return False
