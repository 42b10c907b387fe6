"""Equations with large sparse coefficients and right sides that are given as products of thin factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matgrad import solvers
from matgrad.core.errors import ArgumentError, EvaluationError, ShapeError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import phrase
from matgrad.equations.kinds import Term
from matgrad.ops.arithmetic import Product, split_number
from matgrad.ops.matrix_equation import is_unit
from matgrad.ops.transpose import Transpose

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")


_FILLED = 10**6
"""Up to so many entries a sparse array is filled in where its sparsity is of no use."""


def is_sparse(arrays: Mapping[str, Any]) -> bool:
    """Whether one of the arrays is sparse."""
    return any(hasattr(array, "tocsc") for array in arrays.values())


def solve_sparse(terms: Sequence[Term], right: Expr, arrays: Mapping[str, Any]) -> solvers.LowRank | None:
    """Solve A X + X B = U Vᵀ with sparse A and B for the factors of X; ``None`` of other equations.

    Beside a mass matrix M, A X Mᵀ + M X Aᵀ = U Uᵀ is that of M⁻¹A and M⁻¹U.
    """
    if len(terms) != 2 or any(term.turned for term in terms):
        return None
    number, product = split_number(right)
    if not isinstance(product, Product) or len(product.chain) != 2 or product.scalars:
        return None
    one, other = terms
    is_mirrored = one.left is other.right.T and other.left is one.right.T and product.T is product
    if is_mirrored and not (is_unit(one.right) or is_unit(other.right)):
        a, m, u = (_value(x, arrays) for x in (one.left, other.left, product.chain[0]))
        found = solvers.solve_low_rank(a, u, mass=m)
        found.core = float(number) * found.core
        return found
    sides = [
        (first.left, second.right)
        for first, second in ((one, other), (other, one))
        if is_unit(first.right) and is_unit(second.left)
    ]
    if not sides:
        return None
    a, b = (_value(x, arrays) for x in sides[0])
    first, second = (_value(x, arrays) for x in product.chain)
    same_space = sides[0][1] is sides[0][0].T and product.chain[1] is product.chain[0].T
    if same_space:
        found = solvers.solve_low_rank(a, first)
        found.core = float(number) * found.core
        return found
    return solvers.solve_low_rank(a, float(number) * first, b, second.T)


def densified(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays with the sparse ones filled in, where they are small.

    Raises
    ------
    ArgumentError
        Where one is not.
    """
    for name, array in arrays.items():
        if hasattr(array, "tocsc") and array.shape[0] * array.shape[1] > _FILLED:
            raise ArgumentError(
                phrase(
                    "{name} is sparse and too large to be filled in ({shape}): with such coefficients "
                    "A X + X B = U V' and A X M' + M X A' = U U' are solved, the right side a product of two "
                    "thin factors",
                    name=name,
                    shape="×".join(map(str, array.shape)),
                ),
                fix='mg.equation("A X + X A\' = U U\'", "X").solve(A=sparse, U=dense)',
            )
    return {name: array.toarray() if hasattr(array, "tocsc") else array for name, array in arrays.items()}


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
    if getattr(value, "ndim", 2) == 1 and base.is_vector:
        value = value[:, None]
    if base.is_vector and np.shape(value)[1:] != (1,):
        raise ShapeError(
            phrase(
                "{name} must be {shape}, as {because}; it is {a_shape}",
                name=base.label,
                shape=f"{np.shape(value)[0]}×1",
                because=phrase("it is declared a vector"),
                a_shape="×".join(map(str, np.shape(value))),
            )
        )
    value = value.T if isinstance(rest, Transpose) else value
    return value if number == 1 else float(number) * value
