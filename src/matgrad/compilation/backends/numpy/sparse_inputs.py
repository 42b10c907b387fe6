"""Arguments that are no arrays: SciPy's sparse arrays and linear operators."""

from __future__ import annotations

import math
from typing import Any

from matgrad.compilation.ir.stored import Stored
from matgrad.core.errors import EvaluationError
from matgrad.core.words import phrase
from matgrad.numeric.inputs import how_stored, read_array

_SMALL = 1 << 20
"""A sparse array of so many entries, stored or not, is filled in where that is needed: 8 MB."""


def read_any(name: str, value: Any) -> Any:
    """Read an array of real numbers, which may be sparse, or an operator.

    Raises
    ------
    EvaluationError
        When it is none.
    """
    stored = how_stored(value)
    if not stored:
        return read_array(name, value)
    if value.dtype is None or value.dtype.kind not in "fiub":
        raise EvaluationError(
            phrase(
                "{name} is not an array of real numbers: its type is {dtype}", name=name, dtype=value.dtype
            )
        )
    return value


def of_family(name: str, value: Any) -> Any:
    """A sparse array of the members of a family, whose entries are taken one by one.

    Raises
    ------
    EvaluationError
        When it is an operator, or too large to be filled in.
    """
    if how_stored(value) == "operator":
        raise EvaluationError(phrase("{name} is a family, and no linear operator", name=name))
    if math.prod(value.shape) > _SMALL:
        raise EvaluationError(
            phrase(
                "{name} is sparse, but the members of a family are taken one by one, zeros with the rest",
                name=name,
            ),
            fix=phrase('"{name}_i = X[i,:]\'", and the array as X, which stays sparse', name=name),
        )
    return value.toarray()


def as_held(value: Any) -> Stored | None:
    """How a matrix is held that is no array."""
    stored = how_stored(value)
    if stored == "sparse":
        return Stored(float(value.nnz))
    return Stored(0.0, is_operator=True) if stored else None


def is_ready(value: Any, dtype: str) -> bool:
    """Whether code may take an argument as it is: an array by rows or columns, of the type of the code."""
    if how_stored(value) == "operator":
        return True
    return (
        type(value).__name__ in ("csr_array", "csc_array") and value.ndim == 2 and str(value.dtype) == dtype
    )
