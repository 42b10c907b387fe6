"""Variables: matrices, vectors and scalars with what is declared of them."""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import ONE, DimLike, Shape, same, shape_text
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Symbol
from matgrad.core.facts import FACTS, NEVER_POSITIVE, SQUARE_ONLY, Fact, fact_words, facts_from_words
from matgrad.core.labels import check_label
from matgrad.core.words import phrase
from matgrad.core.written_dims import read_dim


def matrix(name: str, rows: DimLike, columns: DimLike, **facts: Any) -> Symbol:
    """Make a matrix variable.

    Parameters
    ----------
    name : str
        Its name.
    rows, columns : Dim, int or str
        Its shape; a text may be made of names and numbers: ``"m*n"``, ``"n+1"``.
    **facts : bool
        What is known of it: ``symmetric=True``, ``positive_definite=True``, ``orthogonal=True`` …;
        ``banded=(2, 1)`` says how many diagonals there are below the main one and above it.

    Returns
    -------
    Symbol
        The variable, of shape rows×columns.

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
        raise ArgumentError(
            phrase("a variable has a name, not {name}", name=repr(name)), fix='mg.matrix("A", "m", "n")'
        )
    shape = (read_dim(rows), read_dim(columns))
    known = facts_from_words(facts)
    check_facts(name, shape, known)
    check_label(name)
    if not name.isidentifier():
        raise ArgumentError(
            phrase("{name} is not a name for a variable: a prime is a transpose", name=repr(name)),
            fix='"x_1"',
        )
    return Symbol.make(name, *shape, known)


def check_facts(name: str, shape: Shape, facts: Fact) -> None:
    """Refuse facts that a matrix of that shape cannot have."""
    if facts & Fact.SYMMETRIC and facts & Fact.SKEW:
        raise ArgumentError(
            phrase("{name} is declared symmetric and skew: only the zero matrix is both", name=name)
        )
    if facts & Fact.IDEMPOTENT and facts & Fact.INVERTIBLE and shape[0] is not ONE:
        raise ArgumentError(
            phrase(
                "{name} is declared idempotent and invertible, as orthogonal and definite matrices are: "
                "only the identity matrix is both",
                name=name,
            ),
            fix=f"{name}: {shape_text(shape)} orthogonal projector",
        )
    if facts & Fact.POSITIVE and facts & NEVER_POSITIVE and shape[0] is not ONE:
        word = fact_words(facts & NEVER_POSITIVE)[0]
        meant = next((about.meant for about in FACTS if about.word.english == word), "nonnegative")
        raise ArgumentError(
            phrase(
                "{name} is declared {word} and positive, which is said of every entry, though some are not",
                name=name,
                word=word,
            ),
            fix=f"{name}: {shape_text(shape)} {word} {meant}".rstrip(),
        )
    impossible = facts & SQUARE_ONLY
    if impossible and not same(*shape):
        words = ", ".join(fact_words(impossible))
        raise ArgumentError(
            phrase(
                "{name} is declared {words} but is {shape}, not square",
                name=name,
                words=words,
                shape=shape_text(shape),
            ),
            fix=f"{name}: {shape[0]}×{shape[0]} {words}",
        )


def vector(name: str, n: DimLike, **facts: Any) -> Symbol:
    """Make a vector variable, a column of length n.

    Parameters
    ----------
    name : str
        Its name.
    n : Dim, int or str
        Its length.
    **facts : bool
        What is known of it: ``positive=True``, ``simplex=True`` …; see :func:`matrix`.

    Returns
    -------
    Symbol
        The variable, of shape n×1.

    Raises
    ------
    ArgumentError
        For a word that is no fact, or a fact that a vector cannot have.

    Examples
    --------
    >>> import matgrad as mg
    >>> x = mg.vector("x", "n")
    >>> (x.T @ x).is_scalar
    True
    """
    return matrix(name, n, 1, **facts)


def scalar(name: str, **facts: bool) -> Symbol:
    """Make a scalar variable, a 1×1 matrix, which multiplies anything.

    Parameters
    ----------
    name : str
        Its name.
    **facts : bool
        What is known of it: ``positive=True``, ``integer=True`` …; see :func:`matrix`.

    Returns
    -------
    Symbol
        The variable, of shape 1×1.

    Raises
    ------
    ArgumentError
        For a word that is no fact.

    Examples
    --------
    >>> import matgrad as mg
    >>> t, X = mg.scalar("t"), mg.matrix("X", "m", "n")
    >>> (t * X).shape == X.shape
    True
    """
    return matrix(name, 1, 1, **facts)
