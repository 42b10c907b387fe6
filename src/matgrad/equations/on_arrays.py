"""Equations on arrays: expressions evaluated together, and the terms of a linear equation by their kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from matgrad import solvers
from matgrad.calculus.linear_terms import LinearTerm
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import DeferredModule
from matgrad.core.linear_map import LinearMap
from matgrad.core.words import phrase
from matgrad.equations.rank_one import update_of
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.inputs import read_inputs
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.ops.arithmetic import add, multiply
from matgrad.ops.leaves import zeros
from matgrad.rewrite.computable_forms import for_computing

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")

Array = Any

SMALL = 400
"""Up to so many unknowns the matrix on vec is as fast, and tells its rank."""


class Reader:
    """The values of expressions, whose sizes are read off all arrays together.

    Parameters
    ----------
    exprs : sequence of Expr
        All that will be asked for.
    arrays : dict
        The arrays of their variables.

    Raises
    ------
    EvaluationError
        Where an array is missing, unknown, or has another shape than the others say.
    """

    def __init__(self, exprs: Sequence[Expr], arrays: dict[str, Any]) -> None:
        inputs = read_inputs(exprs, arrays)
        self._given = inputs.values
        self._arithmetic = NumpyArrays(inputs.sizes, inputs.dtype)

    def values(self, exprs: Sequence[Expr], **more: Array) -> list[Any]:
        """The values of some of them, with the arrays of more variables."""
        return evaluate_nodes(for_computing(exprs), {**self._given, **more}, self._arithmetic, Expr.describe)


def values_together(exprs: Sequence[Expr], arrays: dict[str, Any]) -> list[Any]:
    """The values of several expressions, as a :class:`Reader` has them."""
    return Reader(exprs, arrays).values(exprs)


def system_on_arrays(
    terms: Sequence[LinearTerm], matrix: Expr, right: Expr, arrays: dict[str, Any]
) -> tuple[solvers.LinearSystem, Array]:
    """The solver of a linear equation and its right side on arrays.

    Parameters
    ----------
    terms : sequence of LinearTerm
        The terms in X.
    matrix : Expr
        The matrix on vec(X), which is formed only where nothing better is known.
    right : Expr
        The right side.
    arrays : dict
        The arrays of the other variables.

    Raises
    ------
    DomainError
        Where but its matrix on vec(X) would solve it, and that is too large to be formed.
    """
    text = f"{add(*(term.expr for term in terms))} = {right}"
    unknown = terms[0].unknown
    # The zero matrix of the unknown's shape carries that over to arrays.
    blank = zeros(*unknown.shape)
    reader = Reader([matrix, right, blank], arrays)
    c, shape = reader.values([right, blank])
    if shape.size <= SMALL or c.shape != shape.shape:
        solvers.require_room(c.size, shape.size, text)
        (whole,) = reader.values([matrix])
        return solvers.OnVec(whole, shape.shape, c.shape), c
    return solvers.system_of_parts(_parts(terms, unknown, shape.shape, reader), text), c


def solve_for_numbers(
    terms: Sequence[LinearTerm], right: Expr, arrays: dict[str, Any], *, least_squares: bool
) -> tuple[Array, float, bool]:
    """The smallest X of Σ tr(VᵀX) W = C, what is left over relative to C, and whether it is the only one.

    Raises
    ------
    SingularEquationError
        Where that is not asked for: but as many numbers of X are told as there are terms.
    """
    unknown = terms[0].unknown
    blank = zeros(*unknown.shape)
    updates = [update for term in terms if (update := update_of(term)) is not None]
    exprs = [right, blank, *(u.image for u in updates), *(u.weights for u in updates)]
    c, shape, *parts = Reader(exprs, arrays).values(exprs)
    images, weights = (
        np.stack([part.ravel() for part in half], axis=1)
        for half in (parts[: len(updates)], parts[len(updates) :])
    )
    is_unique = shape.size <= len(updates) and np.linalg.matrix_rank(weights) == shape.size
    if not is_unique and not least_squares:
        raise solvers.SingularEquationError(
            phrase(
                "the equation {text} is singular: it tells no more numbers of {unknown} than it has terms",
                text=f"{add(*(term.expr for term in terms))} = {right}",
                unknown=unknown.label,
            ),
            fix=phrase("least_squares=True takes the smallest of the solutions, or of those nearest to one"),
        )
    basis, factor = np.linalg.qr(weights)
    inner = images @ factor.T
    x = basis @ (np.linalg.pinv(inner) @ c.ravel())
    size = float(np.linalg.norm(c))
    left_over = float(np.linalg.norm(inner @ (basis.T @ x) - c.ravel())) / size if size else 0.0
    return x.reshape(shape.shape), left_over, bool(is_unique)


def _parts(
    terms: Sequence[LinearTerm], unknown: Symbol, shape: tuple[int, int], reader: Reader
) -> solvers.Parts:
    """The terms of a linear map by their kind, on arrays."""
    found = solvers.Parts(shape)
    for term in terms:
        update, entries = update_of(term), term.entrywise
        if term.left is not None and term.right is not None:
            left, right = reader.values([multiply(term.coefficient, term.left), term.right])
            (found.turned if term.transposed else found.plain).append((left, right))
        elif update is not None:
            w, v = reader.values([update.image, update.weights])
            found.updates.append((w, v))
        elif entries is not None:
            (h,) = reader.values([entries])
            found.h = h if found.h is None else found.h + h
        else:
            found.others.append((_applied(term.map, reader), _applied(term.map.adjoint(), reader)))
    return found


def _applied(linear: LinearMap, reader: Reader) -> Callable[[Array], Array]:
    """A linear map as a function of arrays."""
    operand = Symbol.stand_in("V", *linear.domain)
    image = linear.apply(operand)

    def apply(x: Array) -> Array:
        return reader.values([image], **{operand.label: x})[0]

    return apply
