"""What operators refuse, and how they name the operand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, DomainError, MatgradError
from matgrad.core.words import phrase


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
def naming(place: str) -> Iterator[None]:
    """Put the place of an operand in front of what is refused of it."""
    try:
        yield
    except MatgradError as error:
        raise type(error)(f"{place}: {error.message}", fix=error.fix) from None


def require_whole(value: Any, what: str, *, least: int = 0) -> int:
    """An integer argument, refused where it is another thing or too small."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ArgumentError(phrase("{what} is a whole number, not {value}", what=what, value=repr(value)))
    if value < least:
        raise ArgumentError(
            phrase("{what} is at least {least}, not {value}", what=what, least=least, value=value)
        )
    return int(value)
