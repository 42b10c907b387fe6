"""What operators refuse, and how they name the operand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, DomainError, MatgradError
from matgrad.core.words import Phrase, phrase


class SingularOperatorError(DomainError, np.linalg.LinAlgError):
    """An operator that has no inverse, or none to working precision; the operand that makes it so is named.

    Examples
    --------
    >>> from matgrad.kronecker import kron
    >>> try:
    ...     kron([[1.0, 2.0], [2.0, 4.0]], [[3.0]]).solve([1.0, 2.0])
    ... except np.linalg.LinAlgError as error:
    ...     print(error)
    factor 1 of (2×2) ⊗ (1×1): the 2×2 matrix is singular
    Try: a solution of least squares: P.pinv() @ y
    """


class NoRuleError(ArgumentError):
    """A quantity that the structure of an operator does not give.

    Examples
    --------
    >>> from matgrad.kronecker import kron, NoRuleError
    >>> try:
    ...     kron([[1.0]], [[2.0]]).exp()
    ... except NoRuleError as error:
    ...     print(error.message)
    the exponential of (1×1) ⊗ (1×1) is no Kronecker product of exponentials
    """


def shape_text(shape: tuple[int, ...]) -> str:
    """Rows × columns."""
    return "×".join(map(str, shape))


@contextmanager
def naming(place: str | Phrase) -> Iterator[None]:
    """Put the place of an operand in front of what is refused of it."""
    try:
        yield
    except MatgradError as error:
        problem = phrase("{place}: {problem}", place=place, problem=error.problem)
        raise type(error)(problem, fix=error.remedy) from None


def require_whole(value: Any, what: str, *, least: int = 0) -> int:
    """An integer argument, refused where it is another thing or too small."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ArgumentError(
            phrase("{what} is a whole number, not {value}", what=said(what), value=repr(value))
        )
    if value < least:
        raise ArgumentError(
            phrase("{what} is at least {least}, not {value}", what=said(what), least=least, value=value)
        )
    return int(value)


_WORDS = {
    word.english: word
    for word in (
        phrase("solve with"),
        phrase("invert"),
        phrase("take the determinant of"),
        phrase("take the trace of"),
        phrase("take eigenvalues of"),
        phrase("take the square root of"),
        phrase("take the exponential of"),
        phrase("take a Kronecker sum of"),
        phrase("take a power of"),
        phrase("take a Cholesky factor of"),
        phrase("take that condition number of"),
        phrase("take a square root of"),
        phrase("take an exponential of"),
        phrase("take the diagonal of"),
        phrase("multiply"),
        phrase("by"),
        phrase("for"),
        phrase("a square root"),
        phrase("an exponential"),
        phrase("a Cholesky factor"),
        phrase("the diagonal"),
        phrase("the determinant"),
        phrase("solutions"),
        phrase("a pseudoinverse"),
        phrase("eigenvectors"),
        phrase("singular values"),
        phrase("the vector"),
        phrase("the array"),
        phrase("the right-hand side"),
        phrase("an exponent"),
        phrase("the number of rows"),
        phrase("the number of columns"),
        phrase("the order"),
        phrase("a number of rows or columns"),
        phrase("the order of an identity"),
        phrase("the left operand"),
        phrase("the right operand"),
        phrase("the matrix"),
        phrase("so nothing of it can be factorised"),
        phrase("so there is no solution"),
        phrase("symmetric"),
        phrase("Hermitian"),
        phrase("rows"),
        phrase("columns"),
        phrase("axis"),
        phrase("axes"),
        phrase("large"),
        phrase("small"),
    )
}
"""What operators are asked for and what it is asked of, as refusals name them."""


def said(words: str | Phrase) -> str | Phrase:
    """The words of a refusal, to be said in any language."""
    return _WORDS.get(words, words) if isinstance(words, str) else words
