"""Arrays as operators take them: kept in their precision, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg.lapack import get_lapack_funcs

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker.refusals import said, shape_text

Array = Any


def lapack_function(name: str, *arrays: Array) -> Any:
    """The routine of LAPACK for the type of the arrays."""
    functions: Any = get_lapack_funcs((name,), arrays)
    return functions[0]


def triangular_factor(a: Array) -> Array:
    """R of a = Q R."""
    made: Array = np.linalg.qr(a, mode="r")
    return made


KINDS = "fdFD"
"""The types of entries, which are kept: single and double precision, real and complex."""

_EXACT = 2**53
"""Integers up to here are doubles."""


def numbers(value: Any, what: str | Phrase) -> Array:
    """An array of floating-point numbers: single, double and complex ones as they are, integers as doubles.

    Raises
    ------
    ArgumentError
        For other types, and for integers that doubles do not hold.
    """
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        raise ArgumentError(
            phrase("{what} is a sparse matrix, which operators do not hold", what=said(what)),
            fix=phrase("aslinearoperator(A) of SciPy where products are enough, or A.toarray()"),
        )
    if isinstance(value, np.ma.MaskedArray):
        raise ArgumentError(phrase("{what} is a masked array", what=said(what)), fix="A.filled(0)")
    try:
        array = np.asarray(value)
    except ValueError:
        raise ArgumentError(
            phrase("{what} is no array of numbers: its rows differ in length", what=said(what))
        ) from None
    if array.dtype.char in KINDS:
        return array
    if array.dtype.kind in "iub":
        if array.dtype.itemsize == 8 and array.size and _largest(array) > _EXACT:
            raise ArgumentError(
                phrase(
                    "{what} holds integers above 2⁵³, which double precision does not hold", what=said(what)
                )
            )
        return array.astype(np.float64)
    raise ArgumentError(
        phrase(
            "{what} has entries of type {dtype}; operators compute in float32, "
            "float64, complex64 or complex128",
            what=said(what),
            dtype=array.dtype,
        ),
        fix=phrase("A.astype(float), where that loses nothing"),
    )


def plain_number(c: Any) -> Any:
    """The number in an array without axes; anything else as it is."""
    return c[()] if isinstance(c, np.ndarray) and c.ndim == 0 else c


def _largest(array: Array) -> int:
    return max(int(array.max()), -int(array.min()))


def matrix(value: Any, what: str | Phrase) -> Array:
    """An array of two axes, neither empty.

    Raises
    ------
    ShapeError
        For another number of axes.
    """
    array = numbers(value, what)
    if array.ndim != 2:
        raise ShapeError(
            phrase(
                "{what} has {ndim} {which}, but a matrix has two",
                what=said(what),
                ndim=array.ndim,
                which=said("axis" if array.ndim == 1 else "axes"),
            ),
            fix=phrase("a[:, None] for a column, a[None, :] for a row") if array.ndim == 1 else None,
        )
    if not array.size:
        raise ShapeError(phrase("{what} is empty ({shape})", what=said(what), shape=shape_text(array.shape)))
    return array


def owned(array: Array) -> Array:
    """A copy that nobody else can change: what is computed of it once stays true."""
    array = np.array(array)
    array.flags.writeable = False
    return array


def vector(value: Any, what: str | Phrase) -> Array:
    """An array of one axis; a column is taken as one."""
    array = numbers(value, what)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ShapeError(
            phrase(
                "{what} is a vector, not an array of shape {shape}",
                what=said(what),
                shape=shape_text(array.shape) or "()",
            )
        )
    return array


def require_finite(array: Array, what: str | Phrase, so: str = "so nothing of it can be factorised") -> None:
    """Refuse NaN and infinity where something is factorised.

    Raises
    ------
    DomainError
        Naming the first such entry.
    """
    with np.errstate(all="ignore"):
        if np.isfinite(array.sum()):
            return  # Nothing that is not finite sums to a finite number.
    finite = np.isfinite(array)
    if not finite.all():
        place = np.unravel_index(int(np.argmin(finite)), finite.shape)
        where = ", ".join(str(int(i) + 1) for i in place)
        raise DomainError(
            phrase(
                "{what} holds {array} at ({where}), {so}",
                what=said(what),
                array=array[place],
                where=where,
                so=said(so),
            )
        )
