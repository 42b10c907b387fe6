"""One name, one meaning: what is a dimension is nothing else, and no name is printed like another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matgrad.core.dims import Dim
from matgrad.core.errors import DeclarationError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.words import phrase
from matgrad.ops.named_functions import Applied, only_named
from matgrad.printing.names import printed_as


class NamedThing(NamedTuple):
    """A name, what it stands for (``"scalar"``, ``"matrix"``), and the dimensions of its shape."""

    name: str
    kind: str
    sizes: frozenset[str] = frozenset()


def require_one_meaning(dimensions: Iterable[str], things: Sequence[NamedThing]) -> None:
    """Refuse a name that is a dimension and something else, and dimensions that are printed alike.

    ``x'x/n`` with x of length n and a scalar n would divide by a second, independent n.

    Raises
    ------
    DeclarationError
        Naming both meanings.
    """
    seen: dict[str, str] = {}
    for name in sorted(dimensions):
        other = seen.setdefault(printed_as(name), name)
        if other != name:
            raise DeclarationError(
                phrase(
                    "the dimensions {other} and {name} are one name: they are printed alike",
                    other=other,
                    name=name,
                ),
                fix=phrase("{other} for both, or another name for one", other=other),
            )
    for thing in things:
        size = seen.get(printed_as(thing.name))
        if size is None:
            continue
        sized = next((other.name for other in things if size in other.sizes), None)
        what = phrase("an integer") if thing.kind == "integer" else phrase("a {kind}", kind=thing.kind)
        shown = size if size == thing.name else phrase("{size}, printed alike,", size=size)
        dimension = phrase("a dimension of {name}", name=sized) if sized else phrase("a dimension")
        fix = phrase("another name for the {kind}", kind=thing.kind)
        if thing.kind in ("scalar", "integer"):
            fix = phrase(
                "{size}: dimension if the size is meant, which is a number too, or {fix}", size=size, fix=fix
            )
        raise DeclarationError(
            phrase(
                "{thing} is {what}, and {shown} is the name of {dimension}",
                thing=thing.name,
                what=what,
                shown=shown,
                dimension=dimension,
            ),
            fix=fix,
        )


def kind_of(symbol: Symbol) -> str:
    """What a variable is."""
    if symbol.is_scalar:
        return "scalar"
    return "vector" if symbol.is_vector else "matrix"


def require_apart(exprs: Iterable[Expr]) -> None:
    """Refuse expressions in which a variable has the name of a dimension, or a name is that of two functions.

    Raises
    ------
    DeclarationError
        Naming both.
    """
    things: list[NamedThing] = []
    dimensions: set[str] = set()
    nodes = postorder(exprs)
    for node in nodes:
        if isinstance(node, Symbol):
            things.append(NamedThing(node.label, kind_of(node), node.rows.symbols | node.columns.symbols))
            continue
        # Sizes and indices: of eye(n), of e(i, n), of the number n itself, of a reshape.
        dimensions.update(*(dim.symbols for dim in node.data if isinstance(dim, Dim)))
    dimensions.update(*(thing.sizes for thing in things))
    _require_one_function(nodes, {thing.name for thing in things})
    if dimensions:
        require_one_meaning(dimensions, things)


def _require_one_function(nodes: Iterable[Expr], variables: set[str]) -> None:
    """Refuse a name of two functions, or of a function and a variable.

    Raises
    ------
    DeclarationError
        Naming both.
    """
    seen: dict[str, str] = {}
    for name, node in only_named(nodes):
        signature = node.function.text if isinstance(node, Applied) else "function"
        other = seen.setdefault(name, signature)
        if other != signature or name in variables:
            second = f"{name}: {signature}" if other != signature else phrase("a variable")
            raise DeclarationError(
                phrase(
                    "the name {name} stands for two things, {name}: {other} and {second}",
                    name=name,
                    other=other,
                    second=second,
                ),
                fix=phrase("another name for one of them"),
            )
