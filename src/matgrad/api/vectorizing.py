"""vec of expressions and of equations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matgrad import language, results
from matgrad.api.arguments import Function, Reading, read_function, require_flags
from matgrad.api.documentation import documented
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Symbol, symbols_of
from matgrad.core.words import phrase


@documented
def vectorize(
    e: Function,
    unknown: Symbol | str | Sequence[Symbol | str] | None = None,
    *,
    given: Any = None,
    verify: bool = True,
) -> results.Vectorization:
    """Write vec(e) as a matrix on vec of a variable: vec(AXB) = (Bᵀ ⊗ A) vec(X).

    Of a symmetric or triangular variable the independent entries stand there, vech(X), with the duplication
    matrix D or the elimination matrix L; of a diagonal one its diagonal, with the Khatri-Rao product.

    Parameters
    ----------
    e : Expr, str or callable
        An expression that is linear in the variable, a scalar that is quadratic in it, or the text of an
        equation such as ``"A X B + C X D = E"``.
    unknown : Symbol, str or a sequence of them, optional
        The variable; by default the only one, the only matrix, or the one called X or x.
    {given e}
    verify : bool
        Whether to compare both sides at random points.

    Returns
    -------
    Vectorization
        ``.matrix``, the matrix on ``.vector``; ``.parts``, the same for several variables; ``.rest``;
        ``.expr``, the whole as it is written; ``.rules``, each with its source; ``.latex()``.

    Raises
    ------
    ArgumentError
        Where e is not linear in the variable, or none is named of several.
    {not_read e}

    References
    ----------
    Magnus & Neudecker (2019), ch. 2 and 3.

    Examples
    --------
    >>> import matgrad as mg
    >>> print(mg.vectorize("A X B", "X"))
    vec(AXB) = (Bᵀ ⊗ A) vec(X)
    >>> print(mg.vectorize("A X B + C X D = E", "X"))
    (Bᵀ ⊗ A + Dᵀ ⊗ C) vec(X) = vec(E)
    >>> print(mg.vectorize("A S A' - S = Q", "S", given="S: n×n symmetric, A: n×n"))
    (A ⊗ A − I)D_n vech(S) = vec(Q)
    """
    require_flags(verify=verify)
    if isinstance(e, str) and language.is_equation(e):
        read = language.interpret_equation(e, given)
        reading = Reading(read.interpretation.expr, read.interpretation.symbols)
        return _vectorized(reading, unknown, verify, is_equation=True)
    reading = read_function(e, given)
    return _vectorized(reading, unknown, verify, is_equation=False)


def _vectorized(reading: Reading, unknown: Any, verify: bool, *, is_equation: bool) -> results.Vectorization:
    unknowns = unknowns_on_vec(reading, unknown, is_equation=is_equation)
    return results.vectorized(reading.expr, unknowns, is_equation=is_equation, check=verify)


def unknowns_on_vec(
    reading: Reading, unknown: Symbol | str | Sequence[Symbol | str] | None, *, is_equation: bool
) -> tuple[Symbol, ...]:
    """As :func:`unknowns_of`; but x is its own vec: of Ax and xᵀAx the only matrix is meant."""
    matrices = [x for x in symbols_of(reading.expr).values() if not (x.is_vector or x.is_scalar)]
    if unknown is None and not is_equation and len(matrices) == 1:
        return (matrices[0],)
    return unknowns_of(reading, unknown)


def unknowns_of(
    reading: Reading, unknown: Symbol | str | Sequence[Symbol | str] | None
) -> tuple[Symbol, ...]:
    """The variables that are meant: those named, the only one, or the one called X or x.

    Raises
    ------
    ArgumentError
        When none is named of several.
    """
    if unknown is not None:
        named = tuple(unknown) if isinstance(unknown, (tuple, list)) else (unknown,)
        if not named:
            raise ArgumentError(phrase("no variable is named"), fix='mg.vectorize(e, "X")')
        return tuple(dict.fromkeys(reading.variable(each) for each in named))
    known = symbols_of(reading.expr)
    usual = [symbol for name, symbol in known.items() if name in ("X", "x")]
    if len(known) == 1 or len(usual) == 1:
        return ((usual or list(known.values()))[0],)
    if not known:
        raise ArgumentError(phrase("{reading} has no variables", reading=reading.expr))
    raise ArgumentError(
        phrase("which variable is unknown? The variables are {known}", known=", ".join(known)),
        fix=phrase('name it: "{known}"', known=list(known)[-1]),
    )
