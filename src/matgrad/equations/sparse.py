"""Equations with large sparse coefficients and right sides that are given as products of thin factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matgrad import solvers
from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import phrase
from matgrad.equations.kinds import Term
from matgrad.ops.arithmetic import Product, split_number
from matgrad.ops.matrix_equation import is_unit
from matgrad.ops.transpose import Transpose


def is_sparse(arrays: Mapping[str, Any]) -> bool:
    """Whether one of the arrays is sparse."""
    return any(hasattr(array, "tocsc") for array in arrays.values())


def solve_sparse(terms: Sequence[Term], right: Expr, arrays: Mapping[str, Any]) -> solvers.LowRank:
    """Solve A X + X B = U Vᵀ with sparse A and B for the factors of X.

    Raises
    ------
    ArgumentError
        When the equation is of another form.
    """
    sides = [
        (one.left, other.right)
        for one, other in ((terms[0], terms[-1]), (terms[-1], terms[0]))
        if len(terms) == 2 and is_unit(one.right) and is_unit(other.left) and not (one.turned or other.turned)
    ]
    number, product = split_number(right)
    if not sides or not isinstance(product, Product) or len(product.chain) != 2 or product.scalars:
        raise ArgumentError(
            phrase(
                "with sparse coefficients A X + X B = U V' is solved, the right side a "
                "product of two thin factors"
            ),
            fix='mg.equation("A X + X A\' = U U\'", "X").solve(A=sparse, U=dense)',
        )
    a, b = (_value(x, arrays) for x in sides[0])
    first, second = (_value(x, arrays) for x in product.chain)
    same_space = sides[0][1] is sides[0][0].T and product.chain[1] is product.chain[0].T
    if same_space:
        found = solvers.solve_low_rank(a, first)
        found.core = float(number) * found.core
        return found
    return solvers.solve_low_rank(a, float(number) * first, b, second.T)


def _value(x: Expr, arrays: Mapping[str, Any]) -> Any:
    """The array of a variable, of its transpose, or of a multiple of them."""
    number, rest = split_number(x)
    base = rest.args[0] if isinstance(rest, Transpose) else rest
    if not isinstance(base, Symbol):
        raise ArgumentError(
            phrase("with sparse arrays {x} is not computed", x=x), fix=phrase("one variable for it")
        )
    if base.label not in arrays:
        raise EvaluationError(phrase("no array was given for {base}", base=base.describe()))
    value = arrays[base.label]
    value = value.T if isinstance(rest, Transpose) else value
    return value if number == 1 else float(number) * value
