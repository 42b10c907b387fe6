"""What is declared of a variable, seen in arrays that have no values yet.

Under ``jit``, ``vmap`` and the like an array is only traced: nothing can be refused. What can be seen
in the order of its entries' number is, and where it does not hold the array is NaN, as the results of
linear algebra are there. Whether a matrix is definite or invertible is not seen.
"""

from __future__ import annotations

from typing import Any

from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.numeric.inputs import two_axes


def marked(xp: Any, symbol: Symbol, array: Any) -> Any:
    """An array, or NaN in its place where it contradicts what is declared of its variable.

    Parameters
    ----------
    xp : module
        The library of the array, ``jax.numpy`` or ``torch``.
    symbol : Symbol
        The variable.
    array : array
        Of a shape that fits.
    """
    shape = two_axes(symbol, array.shape)
    if 0 in shape:
        return array
    facts, a = symbol.facts, array.reshape(shape)
    eps = xp.finfo(a.dtype).eps
    relative = 1e-8 if eps < 1e-10 else 1e-4 if eps < 1e-5 else 1e-2
    largest = xp.max(xp.abs(a))
    holds = largest == largest  # with a NaN there is nothing to see

    def near(b: Any) -> Any:
        return xp.max(xp.abs(a - b)) <= relative * largest

    if facts & Fact.SYMMETRIC:
        holds = holds & near(a.T)
    if facts & Fact.SKEW:
        holds = holds & near(-a.T)
    if facts & Fact.LOWER_TRIANGULAR:
        holds = holds & near(xp.tril(a))
    if facts & Fact.UPPER_TRIANGULAR:
        holds = holds & near(xp.triu(a))
    if facts & Fact.POSITIVE_DEFINITE:
        holds = holds & xp.all(xp.diagonal(a) > 0)
    if facts & Fact.POSITIVE:
        holds = holds & xp.all(a > 0)
    if facts & Fact.NONNEGATIVE:
        holds = holds & xp.all(a >= -512 * eps * largest)
    if facts & Fact.INTEGER:
        holds = holds & xp.all(xp.abs(a - xp.round(a)) <= relative)
    if facts & Fact.SIMPLEX:
        holds = holds & xp.all(xp.abs(xp.sum(a, 0) - 1) <= relative)
    if facts & Fact.SIMPLEX_ROWS:
        holds = holds & xp.all(xp.abs(xp.sum(a, 1) - 1) <= relative)
    if facts & Fact.ORTHONORMAL_COLUMNS:
        gram = a.T @ a
        rest = gram - xp.diag(xp.ones_like(xp.diagonal(gram)))
        holds = holds & (xp.max(xp.abs(rest)) <= relative)
    if facts & Fact.IDEMPOTENT:
        norm = xp.max(xp.sum(xp.abs(a), 0))
        holds = holds & (xp.max(xp.abs(a @ a - a)) <= relative * largest + 4 * eps * norm**2)
    return xp.where(holds, array, float("nan"))
