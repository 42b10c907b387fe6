"""SciPy linear operators made of compiled code; they can be pickled and copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

Action = Callable[[Any], Any]


def compiled_operator(
    shape: tuple[int, int], dtype: Any, forward: Action, backward: Action, origin: tuple[Any, ...]
) -> LinearOperator:
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
    made: LinearOperator = _operator_class()(shape, dtype, forward, backward, origin)
    return made


@cache
def _operator_class() -> Any:
    """The class of such operators, which SciPy is loaded for."""
    from scipy.sparse.linalg import LinearOperator

    class CompiledOperator(LinearOperator[Any]):
        def __init__(
            self,
            shape: tuple[int, int],
            dtype: Any,
            forward: Action,
            backward: Action,
            origin: tuple[Any, ...],
        ) -> None:
            LinearOperator.__init__(self, dtype, shape)  # type: ignore[call-arg]
            self._forward, self._backward, self._origin = forward, backward, origin

        def _matvec(self, v: Any) -> Any:
            return self._forward(v)

        def _rmatvec(self, v: Any) -> Any:
            return self._backward(v)

        def __reduce__(self) -> tuple[Any, ...]:
            function, *arguments = self._origin
            return (function, tuple(arguments))

    return CompiledOperator
