"""Variables: matrices, vectors and scalars with what is declared of them."""

from __future__ import annotations

from matgrad.core.dims import Dim, DimLike, Shape, same, shape_text
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Symbol
from matgrad.core.facts import SQUARE_ONLY, Fact, fact_words, facts_from_words
from matgrad.core.labels import check_label


def matrix(name: str, rows: DimLike, columns: DimLike, **facts: bool) -> Symbol:
    """Make a matrix variable.

    Parameters
    ----------
    name : str
        Its name.
    rows, columns : Dim, int or str
        Its shape.
    **facts : bool
        What is known of it: ``symmetric=True``, ``positive_definite=True``, ``orthogonal=True`` …

    Raises
    ------
    ArgumentError
        For a word that is no fact, or a fact that needs a square matrix.

    Examples
    --------
    >>> import matgrad as mg
    >>> S = mg.matrix("S", "n", "n", symmetric=True)
    >>> S.T is S
    True
    """
    if not isinstance(name, str):
        raise ArgumentError(f"a variable has a name, not {name!r}", fix='mg.matrix("A", "m", "n")')
    shape = (Dim.of(rows), Dim.of(columns))
    known = facts_from_words(facts)
    check_facts(name, shape, known)
    check_label(name)
    if not name.isidentifier():
        raise ArgumentError(f"{name!r} is not a name for a variable: a prime is a transpose", fix='"x_1"')
    return Symbol.make(name, *shape, known)


def check_facts(name: str, shape: Shape, facts: Fact) -> None:
    """Refuse facts that a matrix of that shape cannot have."""
    if facts & Fact.SYMMETRIC and facts & Fact.SKEW:
        raise ArgumentError(f"{name} is declared symmetric and skew: only the zero matrix is both")
    impossible = facts & SQUARE_ONLY
    if impossible and not same(*shape):
        words = ", ".join(fact_words(impossible))
        raise ArgumentError(
            f"{name} is declared {words} but is {shape_text(shape)}, not square",
            fix=f"{name}: {shape[0]}×{shape[0]} {words}",
        )


def vector(name: str, n: DimLike, **facts: bool) -> Symbol:
    """Make a vector variable, a column of length n; see :func:`matrix` for the facts."""
    return matrix(name, n, 1, **facts)


def scalar(name: str, **facts: bool) -> Symbol:
    """Make a scalar variable; see :func:`matrix` for the facts."""
    return matrix(name, 1, 1, **facts)
