"""The terms of an expression that is linear in dX, and why each is an inner product with dX."""

from __future__ import annotations

from itertools import chain

from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.dims import SCALAR
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.linear_map import LinearMap
from matgrad.core.words import Phrase
from matgrad.explanation import reasons as why
from matgrad.explanation.unsimplified import with_operands
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Sum
from matgrad.ops.frechet import FrechetMap
from matgrad.ops.leaves import Eye, Ones
from matgrad.ops.transpose import Transpose


def terms_of(expr: Expr, change: Symbol) -> list[Expr]:
    """Multiply out the sums around dX, and nothing else.

    Parameters
    ----------
    expr : Expr
        Linear in the change.
    change : Symbol
        dX.
    """
    done: dict[Expr, list[Expr]] = {change: [change]}
    for node in postorder(expr, lambda n: n not in done):
        live = [place for place, arg in enumerate(node.args) if done.get(arg)]
        if isinstance(node, Sum):
            done[node] = list(chain.from_iterable(done[arg] for arg in node.args))
        elif len(live) == 1:
            place = live[0]
            done[node] = [
                with_operands(node, (*node.args[:place], part, *node.args[place + 1 :]))
                for part in done[node.args[place]]
            ]
        else:
            # What does not change has no terms; what changes in two operands stays whole.
            done[node] = [node] if live else []
    return done[expr]


def maps_to(term: Expr, change: Symbol) -> list[LinearMap]:
    """The elementary maps that dX goes through to a term, outermost first."""
    path: list[LinearMap] = []
    dependent = set(dependent_nodes(term, change))
    node = term
    while node is not change:
        place = next((i for i in node.operand_indices if node.args[i] in dependent), None)
        if place is None:
            return path
        path += node.linear_map(place).parts
        node = node.args[place]
    return path


def inner_product_reasons(term: Expr, change: Symbol) -> list[Phrase]:
    """Why a scalar term is ⟨G, dX⟩: what its maps do when they go over to the other side."""
    maps = maps_to(term, change)
    in_columns = change.is_vector or change.is_row or change.is_scalar
    is_trace = in_columns or any(isinstance(linear, lm.Inner) for linear in maps)
    reasons: list[Phrase] = [] if is_trace else [why.SCALAR_TRACE]
    if _is_total(maps):
        # The ones at both ends are a sum over the entries, and no factors to be moved.
        maps = [linear for linear in maps if not (_is_by_ones(linear) or isinstance(linear, lm.Scale))]
        named = isinstance(maps[0], lm.HadamardBy) if maps else False
        reasons = [why.total_of_products(in_columns)] if named else [] if in_columns else [why.SUM_TRACE]
        maps = maps[1:] if named else maps
    plain_trace = len(maps) == 2 and isinstance(maps[0], lm.Inner) and isinstance(maps[0].matrix, Eye)
    if plain_trace and isinstance(maps[1], FrechetMap):
        return [why.BY_SERIES]
    turned = False
    for linear in maps:
        if isinstance(linear, lm.Transposition):
            turned = not turned
        # A factor on the far side of dX must go round; on the near side it stands where it is.
        if isinstance(linear, lm.Right if not turned else lm.Left) or not isinstance(
            linear, (lm.Left, lm.Right)
        ):
            in_column = isinstance(linear, lm.HadamardBy) and linear.matrix.is_vector
            reason = why.HADAMARD_COLUMNS if in_column else linear.adjoint_reason
            reasons += [] if reason is None else [reason]
    return list(dict.fromkeys(reasons))


def _is_by_ones(linear: LinearMap) -> bool:
    if isinstance(linear, lm.Left):
        return isinstance(linear.matrix, Transpose) and isinstance(linear.matrix.args[0], Ones)
    return isinstance(linear, lm.Right) and isinstance(linear.matrix, Ones)


def _is_total(maps: list[LinearMap]) -> bool:
    """Whether a scalar is the sum of the entries of something."""
    plain = [linear for linear in maps if not isinstance(linear, lm.Scale)]
    return (bool(plain) and _is_by_ones(plain[0]) and plain[0].codomain == SCALAR) or (
        len(plain) > 1 and _is_by_ones(plain[0]) and _is_by_ones(plain[1])
    )


def vec_reasons(term: Expr, change: Symbol) -> list[Phrase]:
    """Why vec of a term is a matrix times vec(dX)."""
    maps = maps_to(term, change)
    if change.is_vector and term.is_vector:
        return [why.HADAMARD_DIAGONAL] if any(isinstance(linear, lm.HadamardBy) for linear in maps) else []
    reasons = [linear.kronecker_reason for linear in maps]
    return list(dict.fromkeys(reason for reason in reasons if reason is not None))
