"""Operators made of compiled code; they can be pickled and copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matgrad.kronecker import Operator

Action = Callable[[Any], Any]


class CompiledOperator(Operator):
    """A linear operator given by the actions of a matrix and of its transpose.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    dtype : dtype
        The type of the entries.
    forward, backward : callable
        The products of the matrix, and of its transpose, with a flat array.
    origin : tuple
        A function and its arguments that make the operator again: code is not pickled.
    """

    def __init__(
        self, shape: tuple[int, int], dtype: Any, forward: Action, backward: Action, origin: tuple[Any, ...]
    ) -> None:
        super().__init__(shape, dtype)
        self._forward, self._backward, self._origin = forward, backward, origin

    def _vector(self, x: Any) -> Any:
        if x.dtype.kind == "c":
            return self._forward(x.real) + 1j * self._forward(x.imag)
        return self._forward(x)

    def _apply(self, X: Any) -> Any:
        return np.stack([self._vector(column) for column in X.T], axis=1)

    def _transposed(self) -> Operator:
        m, n = self.shape
        return CompiledOperator((n, m), self.kind, self._backward, self._forward, (_transposed, self))

    def __reduce__(self) -> tuple[Any, ...]:
        function, *arguments = self._origin
        return (function, tuple(arguments))


def _transposed(operator: Operator) -> Operator:
    return operator.T
