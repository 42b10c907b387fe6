"""What is refused before anything is computed: no numbers, wrong shapes, infinities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.linalg import blas

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.words import phrase

Array = Any


def as_matrix(a: Any, name: str) -> Array:
    """A real, finite matrix in single or double precision.

    Raises
    ------
    ArgumentError
        When it is no array of real numbers.
    ShapeError
        When it has not two axes.
    DomainError
        When an entry is infinite or no number.
    """
    found = np.asarray(a)
    if found.dtype.kind == "c":
        raise ArgumentError(
            phrase("{name} is complex; equations are solved for real matrices", name=name), fix=f"{name}.real"
        )
    if found.dtype.kind not in "fiub":
        raise ArgumentError(
            phrase("{name} is no array of numbers: its dtype is {dtype}", name=name, dtype=found.dtype)
        )
    if found.dtype != np.float32:
        found = found.astype(np.float64, copy=False)
    if found.ndim != 2:
        raise ShapeError(
            phrase("{name} must have two axes; it has shape {shape}", name=name, shape=found.shape)
        )
    require_finite(found, name)
    return found


def require_finite(a: Array, name: str) -> None:
    """Refuse an entry that is infinite or no number.

    Raises
    ------
    DomainError
        Where there is one.
    """
    # The sum of squares is finite where all entries are, but for overflow.
    if not math.isfinite(frobenius(a)) and not np.isfinite(a).all():
        place = tuple(int(k) + 1 for k in np.argwhere(~np.isfinite(a))[0])
        value = a[tuple(k - 1 for k in place)]
        raise DomainError(
            phrase("{name} has the entry {value} at {place}", name=name, value=value, place=place)
        )


def frobenius(a: Array) -> float:
    """‖A‖ in the Frobenius norm, without a warning where its square overflows."""
    if not a.size:
        return 0.0
    flat = a.ravel(order="K")
    square = blas.ddot(flat, flat) if a.dtype.char == "d" else blas.sdot(flat, flat)
    return float(square**0.5)


def largest(a: Array) -> Any:
    """The largest absolute value of an entry."""
    return max(a.max(initial=0), -a.min(initial=0))


def require_square(a: Array, name: str) -> None:
    """Refuse a matrix that is not square.

    Raises
    ------
    ShapeError
        Where it is not.
    """
    if a.shape[0] != a.shape[1]:
        raise ShapeError(phrase("{name} must be square; it is {shape}", name=name, shape=shown(a.shape)))


_BECAUSE = {
    word.english: word
    for word in (
        phrase("the coefficients say"),
        phrase("the other coefficients say"),
        phrase("the sizes of X and C say"),
        phrase("A says"),
    )
}


def require_shape(a: Array, shape: tuple[int, int], name: str, because: str) -> None:
    """Refuse a matrix of another shape.

    Raises
    ------
    ShapeError
        Where it has another one.
    """
    if a.shape != shape:
        raise ShapeError(
            phrase(
                "{name} must be {shape}, as {because}; it is {a_shape}",
                name=name,
                shape=shown(shape),
                because=_BECAUSE.get(because, because),
                a_shape=shown(a.shape),
            )
        )


def one_type(*arrays: Array) -> tuple[Array, ...]:
    """All in single precision where all are, else in double."""
    dtype = arrays[0].dtype
    if all(a.dtype == dtype for a in arrays):
        return arrays
    dtype = np.result_type(*arrays)
    return tuple(a.astype(dtype, copy=False) for a in arrays)


def shown(shape: tuple[int, ...]) -> str:
    """A shape as it is written."""
    return "×".join(map(str, shape))


def turned_name(name: str) -> str:
    """What the transpose of a coefficient is called: A', of A' it is A.

    Examples
    --------
    >>> [turned_name(name) for name in ("A", "A'", "A B'", "(A + B)", "eye(n)")]
    ["A'", 'A', "(A B')'", "(A + B)'", 'eye(n)']
    """
    if not name or name.startswith("eye("):
        return name
    if name.endswith("'") and name[:-1].isidentifier():
        return name[:-1]
    enclosed = name[0] == "(" and name.find(")") == len(name) - 1
    return f"{name}'" if name.isidentifier() or enclosed else f"({name})'"


def shown_number(value: complex) -> str:
    """An eigenvalue with as many digits as tell it apart."""
    real, imaginary = float(value.real), float(value.imag)
    small = 1e-12 * max(abs(value), 1e-300)
    if abs(imaginary) <= small:
        return f"{real + 0.0:.6g}"
    real = 0.0 if abs(real) <= small else real
    sign = "+" if imaginary > 0 else "-"
    return f"{real + 0.0:.6g}{sign}{abs(imaginary):.6g}i"


ROOM = 8000
"""Of so many rows and columns a matrix is still formed and factorised: half a gibibyte, half a minute."""


def require_room(rows: int, columns: int, text: str) -> None:
    """Refuse to form the matrix of an equation on vec where it would be too large.

    Raises
    ------
    DomainError
        With what it would take.
    """
    if min(rows, columns) > ROOM or rows * columns > ROOM**2:
        raise DomainError(
            phrase(
                "the matrix of {text} on vec(X) would be {rows}×{columns}, which takes {size} GiB: no other "
                "way to solve it is known",
                text=text,
                rows=rows,
                columns=columns,
                size=gibibytes(rows, columns),
            ),
            fix=phrase("smaller arrays"),
        )


def gibibytes(rows: int, columns: int) -> str:
    """What a matrix in double precision takes.

    Examples
    --------
    >>> gibibytes(10**4, 10**4)
    '0.75'
    """
    return f"{rows * columns / 2**27:.2g}"
