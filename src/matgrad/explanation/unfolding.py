"""Intermediate variables for what is one operation: softmax is a quotient, AXB two products.

A chain of one link would say no more than its answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.explanation.graph import Graph
from matgrad.ops.arithmetic import Product, multiply, subtract
from matgrad.ops.determinant import LogDet, det
from matgrad.ops.indices.members import Family
from matgrad.ops.leaves import Number, number, ones
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.power import Power, exp, log, power
from matgrad.ops.reshaping import vec
from matgrad.ops.softmax import LogSoftmax, LogSumExp, Softmax
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose, transpose
from matgrad.printing.shapes import square_root


class _Names:
    """The names of a graph, as they are given."""

    def __init__(self, function: Expr, variable: Symbol, taken: Iterable[str]) -> None:
        self.variable = variable
        dims = {name for node in postorder(function) for dim in node.shape for name in dim.symbols}
        self._taken = {*taken, *names_in(function), *dims, "f", "F", "d" + variable.label}
        self.names: list[tuple[Symbol, Expr]] = []
        self.parts: dict[Symbol, Expr] = {}

    def name(self, letters: str, meaning: Expr) -> Symbol:
        """A name for a part, which is defined in X and in the names before it."""
        label = next((c for c in letters if c not in self._taken), f"{letters[-1]}1")
        self._taken.add(label)
        symbol = Symbol.make(label, *meaning.shape)
        self.names.append((symbol, meaning))
        self.parts[symbol] = meaning.substitute(self.parts)
        return symbol

    def graph(self, top: Expr) -> Graph:
        """The graph of the whole."""
        return Graph(self.variable, tuple(self.names), top, self.parts)


def unfolded(function: Expr, variable: Symbol, taken: Iterable[str]) -> Graph | None:
    """The graph of a function that is one operation on X, as it is made of simpler ones.

    Parameters
    ----------
    function, variable : Expr, Symbol
        F and X.
    taken : iterable of str
        Names that must not be used.

    Returns
    -------
    Graph or None
        None where nothing simpler is behind it.
    """
    if isinstance(variable, Family) or any(node.binds for node in postorder(function)):
        return None
    names = _Names(function, variable, taken)
    top = _top(function, variable, names)
    return None if top is None else names.graph(top)


def is_quotient(function: Expr) -> bool:
    """Whether a number is a quotient of two."""
    is_product = isinstance(function, Product) and function.is_scalar
    return is_product and any(isinstance(f, Power) and f.exponent is number(-1) for f in function.args)


@singledispatch
def _top(node: Expr, x: Symbol, names: _Names) -> Expr | None:
    """The function in names for its parts."""
    return None


@_top.register
def _(node: Product, x: Symbol, names: _Names) -> Expr | None:
    quotient = _quotient(node, x, names)
    if quotient is None:
        quotient = _of_numbers(node, x, names)
    if quotient is not None or node.is_scalar or node.scalars:
        return quotient
    chain = node.chain
    places = [place for place, factor in enumerate(chain) if x in set(postorder(factor))]
    bare = [factor.args[0] if isinstance(factor, Transpose) else factor for factor in chain]
    if any(bare[place] is not x for place in places):
        return None
    if len(places) == 1 and 0 < places[0] < len(chain) - 1:
        tail = multiply(*chain[places[0] :])
        inner = names.name("uvz" if tail.is_vector else "UVZ", tail)
        return multiply(number(node.coefficient), *chain[: places[0]], inner)
    is_gram = len(chain) == 2 and isinstance(chain[0], Transpose) != isinstance(chain[1], Transpose)
    if is_gram and len(places) == 2:
        turned = names.name("UVZ" if x.columns is not ONE else "uvz", transpose(x))
        factors = [turned if isinstance(factor, Transpose) else factor for factor in chain]
        return multiply(number(node.coefficient), *factors)
    return None


def _quotient(node: Product, x: Symbol, names: _Names) -> Expr | None:
    """s/t for a quotient of numbers that both depend on X."""
    below = [
        factor
        for factor in node.scalars
        if isinstance(factor, Power) and factor.exponent is number(-1) and x in set(postorder(factor))
    ]
    if len(below) != 1 or not node.is_scalar:
        return None
    others = [factor for factor in node.scalars if factor is not below[0]]
    above = multiply(number(node.coefficient), *others, *node.chain)
    if x not in set(postorder(above)) or isinstance(above, Symbol):
        return None
    s, t = names.name("srpq", above), names.name("tzcd", below[0].args[0])
    return multiply(s, power(t, number(-1)))


def _of_numbers(node: Product, x: Symbol, names: _Names) -> Expr | None:
    """S t for numbers that both depend on X, and s x for a number and a column."""
    moving = [factor for factor in node.scalars if x in set(postorder(factor))]
    chain_moves = any(x in set(postorder(factor)) for factor in node.chain)
    if len(moving) + chain_moves < 2 or not all(factor.args for factor in moving):
        return None
    named = {factor: names.name("stc", factor) for factor in moving}
    scalars = [named.get(factor, factor) for factor in node.scalars]
    return multiply(number(node.coefficient), *scalars, *node.chain)


@_top.register
def _(node: MatrixPower, x: Symbol, names: _Names) -> Expr | None:
    exponent = node.args[1]
    if node.args[0] is not x or not isinstance(exponent, Number) or exponent.value < 3:
        return None
    lower = names.name("UVZ", node.rebuild((x, number(exponent.value - 1)), node.data))
    return multiply(lower, x)


@_top.register
def _(node: Power, x: Symbol, names: _Names) -> Expr | None:
    is_norm = node.is_scalar and isinstance(node.exponent, Number) and square_root(node.args[0]) is not None
    if not is_norm or node.exponent is number(1):
        return None
    return power(names.name("stc", node.args[0]), node.exponent)


@_top.register
def _(node: Trace, x: Symbol, names: _Names) -> Expr | None:
    """‖X‖² is xᵀx for the column x of all entries."""
    if square_root(node) not in ((x,), (x.T,)):
        return None
    column = names.name((x.label.lower() if len(x.label) == 1 else "") + "uvz", vec(x))
    return multiply(transpose(column), column)


@_top.register
def _(node: LogDet, x: Symbol, names: _Names) -> Expr | None:
    return log(names.name("stc", det(node.args[0]))) if node.args[0] is x else None


def _is_of_column(node: Expr, x: Symbol) -> bool:
    return node.args[0] is x and x.is_vector


def _exponentials(x: Symbol, names: _Names) -> tuple[Symbol, Symbol]:
    """H := exp(x) and s := 𝟏ᵀh."""
    grown = names.name("hpg", exp(x))
    return grown, names.name("stc", multiply(transpose(ones(x.rows)), grown))


@_top.register
def _(node: Softmax, x: Symbol, names: _Names) -> Expr | None:
    if not _is_of_column(node, x):
        return None
    grown, summed = _exponentials(x, names)
    return multiply(power(summed, number(-1)), grown)


@_top.register
def _(node: LogSumExp, x: Symbol, names: _Names) -> Expr | None:
    if not _is_of_column(node, x):
        return None
    return log(_exponentials(x, names)[1])


@_top.register
def _(node: LogSoftmax, x: Symbol, names: _Names) -> Expr | None:
    if not _is_of_column(node, x):
        return None
    summed = _exponentials(x, names)[1]
    return subtract(x, multiply(log(summed), ones(x.rows)))
