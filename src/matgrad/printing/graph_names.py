"""Names for the shared parts of a large expression, given on its graph: one for each, in one pass.

Written out, the gradient of a network is as long as an exponential of its depth, or the square of it; with a
name for each part that has several places it is as long as its graph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.ops.arithmetic import Sum, scale, split_number
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Leaf
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.orientation import known_facts
from matgrad.ops.power import Power
from matgrad.ops.real_matrix_power import RealMatrixPower
from matgrad.ops.registry import FUNCTIONS
from matgrad.ops.transpose import Transpose

Named = tuple[Expr, list[tuple[Symbol, Expr]]]

_LETTERS = {"value": "hzqp", "column": "ugvr", "matrix": "HGMCPQE", "scalar": "cdk"}
_SMALLEST = 4
"""The fewest nodes of a part that has a name, names inside it counted as one."""


def named_on_graph(expr: Expr, given: Mapping[str, Expr] | None = None) -> Named:
    """The expression in names for its shared parts, and their meanings, each after those that it uses.

    Parameters
    ----------
    expr : Expr
        The expression.
    given : mapping of str to Expr, optional
        Names that the author defined.
    """
    # Lines of a derivation hold forms that the constructors would not leave as they are.
    for remake in (_rebuilt, _as_it_is):
        found = _named(expr, given, remake)
        if found is not None:
            return found
    return expr, []


Remake = Callable[[Expr, tuple[Expr, ...]], Expr]


def _rebuilt(node: Expr, args: tuple[Expr, ...]) -> Expr:
    return node if args == node.args else node.rebuild(args, node.data)


def _as_it_is(node: Expr, args: tuple[Expr, ...]) -> Expr:
    return node if args == node.args else type(node).intern(args, node.data)


def _named(expr: Expr, given: Mapping[str, Expr] | None, remake: Remake) -> Named | None:
    """The same, where the names then mean what they were given for."""
    nodes = postorder(expr)
    labels = {node.label for node in nodes if isinstance(node, Symbol)}
    labels |= {name for node in nodes for dim in node.shape for name in dim.symbols}
    labels |= set(given or ())
    names = _Names(labels)
    places = Counter(split_number(arg)[1] for node in nodes for arg in node.args)
    authors = {value: name for name, value in (given or {}).items()}
    done: dict[Expr, Expr] = {}
    bindings: list[tuple[Symbol, Expr]] = []
    original: dict[Expr, Expr] = {}
    known: dict[Expr, Expr] = {}
    try:
        for node in nodes:
            factor, core = split_number(node)
            new = known.get(core)
            if new is None:
                args = tuple(done[arg] for arg in node.args)
                new = remake(node, args)
                front, inside = split_number(new)
                if node is not expr and (core in authors or (places[core] > 1 and _deserves_name(inside))):
                    # In names another term may be the first one, whose sign decides on that of the whole.
                    part = scale(factor / front, core)
                    turned = core.is_row and not core.is_scalar and remake is _rebuilt
                    value, part = (inside.T, part.T) if turned else (inside, part)
                    symbol = names.symbol(part, authors.get(core))
                    bindings.append((symbol, value))
                    original[symbol] = part
                    known[core] = scale(front / factor, symbol.T if turned else symbol)
                    new = scale(factor, known[core])
            else:
                new = scale(factor, new)
            done[node] = new
        means = _means(done[expr], bindings, original, expr, remake)
    except MatgradError:  # an operation needs more of a part than a name can say
        return None
    return (done[expr], bindings) if means else None


class _Names:
    """Names that are free: a letter for each kind of part, and numbers."""

    def __init__(self, used: set[str]) -> None:
        taken = {re.sub(r"_?\d+$", "", label) for label in used} | used | set(FUNCTIONS)
        self._letters = {
            kind: next((letter for letter in letters if letter not in taken), letters[0] * 2)
            for kind, letters in _LETTERS.items()
        }
        self._numbers = {kind: count(1) for kind in _LETTERS}

    def symbol(self, part: Expr, author: str | None) -> Symbol:
        """A new variable for a part, under the name that the author gave it."""
        kind = "scalar" if part.is_scalar else "column" if part.is_vector else "matrix"
        if part.is_vector and isinstance(part, (Sum, Elementwise)):
            kind = "value"
        label = author or f"{self._letters[kind]}{next(self._numbers[kind])}"
        return Symbol.make(label, part.rows, part.columns, known_facts(part))


def _deserves_name(node: Expr) -> bool:
    """Whether what is written of a part is worth a name: no symbol, no simple product, no power of one."""
    if node.indices or isinstance(node, (Leaf, Symbol, Transpose)) or node.tree_size < _SMALLEST:
        return False
    if isinstance(node, (Inverse, MatrixPower, RealMatrixPower, Power)):
        return node.tree_size > 2 * _SMALLEST
    return True


def _means(
    main: Expr,
    bindings: list[tuple[Symbol, Expr]],
    original: Mapping[Expr, Expr],
    expr: Expr,
    remake: Remake,
) -> bool:
    """Whether the names mean what they were given for."""
    for symbol, value in bindings:
        if _restored(value, original, remake) is not original[symbol]:
            return False
    return _restored(main, original, remake) is expr


def _restored(value: Expr, original: Mapping[Expr, Expr], remake: Remake) -> Expr:
    """An expression in names with what they stand for, whose own parts are left as they are."""
    done: dict[Expr, Expr] = {}
    for node in postorder(value):
        if node in original:
            done[node] = original[node]
        else:
            done[node] = remake(node, tuple(done[arg] for arg in node.args))
    return done[value]
