"""Substitution of indices that captures nothing, and the names of bound ones.

A bound index is named after what is said of it: the body with a hole in its place. So two sums that differ
in the names of their indices alone are one object, an index never has the name of another sum's, and what
is rewritten under a sum cannot be caught by it. (A numbering by depth would have to be renewed from the
outside whenever something is rewritten inside.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b

from matgrad.core.dims import BOUND, Dim
from matgrad.core.expr import Data, Expr, postorder
from matgrad.core.substitution import rewrite_bottom_up


def with_indices(expr: Expr, replacements: Mapping[str, Dim]) -> Expr:
    """An expression with other indices in the place of free ones.

    Parameters
    ----------
    expr : Expr
        The expression.
    replacements : mapping of str to Dim
        What stands for each name of a bound index.
    """
    names = replacements.keys()
    if names.isdisjoint(expr.indices):
        return expr

    def reached(node: Expr) -> bool:
        return not names.isdisjoint(node.indices)

    coming = frozenset(name for value in replacements.values() for name in value.indices)
    if any(_catches(node, coming, names) for node in postorder(expr, reached)):
        expr = rewrite_bottom_up(
            expr, lambda node: apart(node, coming) if _catches(node, coming, names) else None
        )
    return rewrite_bottom_up(
        expr,
        lambda node: None if reached(node) else node,
        lambda data: with_indices_in_data(data, replacements),
    )


def with_indices_in_data(data: Data, replacements: Mapping[str, Dim]) -> Data:
    """The data of a node with other indices."""
    return tuple(
        item.substitute(replacements)
        if isinstance(item, Dim)
        else with_indices_in_data(item, replacements)
        if isinstance(item, tuple)
        else item
        for item in data
    )


def _catches(node: Expr, coming: frozenset[str], names: Collection[str]) -> bool:
    """Whether a node binds a name that something brings in that is to be put below it."""
    return node.binds and not coming.isdisjoint(node.data[0].names) and not node.indices.isdisjoint(names)


def apart(node: Expr, taken: frozenset[str]) -> Expr:
    """A sum or product over an index whose name is none of those taken, for its body to be taken out.

    A gradient puts a sum beside what stands under that very sum: there both have one name for their index.
    """
    (name,) = node.data[0].names
    if name not in taken:
        return node
    fresh = {name: open_index(taken.union(*(arg.indices for arg in node.args)))}
    args = tuple(with_indices(arg, fresh) for arg in node.args)
    return type(node).intern(args, with_indices_in_data(node.data, fresh))


def depth(expr: Expr) -> int:
    """How many sums and products over indices stand inside each other, at most."""
    depths: dict[Expr, int] = {}
    for node in postorder(expr):
        depths[node] = max((depths[arg] for arg in node.args), default=0) + node.binds
    return depths[expr]


def index_name(number: int) -> str:
    """The name of an index that is open, as while a body is put together."""
    return f"{BOUND}{number}"


def open_index(taken: frozenset[str], what: str = "i") -> Dim:
    """An index that no expression in hand has."""
    number = 0
    while f"{BOUND}{what}{number}" in taken:
        number += 1
    return Dim.unknown(f"{BOUND}{what}{number}")


_MOST_REMEMBERED = 4096
"""Bodies of which the name of their index is remembered: it takes two passes over all that stands inside."""


@lru_cache(maxsize=_MOST_REMEMBERED)
def closed(
    operation: str, body: Expr, data: Data, split: Callable[[Expr], tuple[Fraction, Expr]] | None = None
) -> tuple[Fraction, Expr, Data]:
    """A body and the data of what binds the first of them, under the name that they give the index.

    Which of r_i − r_j and r_j − r_i is the canonical one depends on names: under another name a number
    may come out in front, which ``split`` takes off.

    Parameters
    ----------
    operation : str
        The name of the operation that binds it.
    body : Expr
        The body.
    data : tuple
        The index, then the rest of the data.
    split : callable, optional
        Writes an expression as a number times the rest.

    Returns
    -------
    tuple of (Fraction, Expr, tuple)
        The number that came out in front, the body and the data.
    """
    (name,) = data[0].indices
    hole = f"{BOUND}h{depth(body) + 1}"
    opened = {name: Dim.unknown(hole)}
    body = with_indices(body, opened)
    data = with_indices_in_data(data, opened)
    first = second = Fraction(1)
    if split is not None:
        first, body = split(body)
    digest = blake2b(digest_size=6)
    digest.update(operation.encode())
    digest.update(body.key[3])
    digest.update(repr(data).encode())
    final = {hole: Dim.unknown(f"{BOUND}x{digest.hexdigest()}")}
    body = with_indices(body, final)
    if split is not None:
        second, body = split(body)
    return first * second, body, with_indices_in_data(data, final)
