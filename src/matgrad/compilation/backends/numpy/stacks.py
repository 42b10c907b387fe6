"""What generated NumPy code does to every block of a stack: N matrices of one shape, one below the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.compilation.backends.numpy.linear_algebra import MatrixError

Shape = tuple[int, int]


def _apart(stack: Any, count: int, shape: Shape) -> Any:
    return np.reshape(stack, (count, *shape))


def product(a: Any, b: Any, count: int, first: Shape | tuple[()], second: Shape) -> Any:
    """The products of the blocks of two stacks; the first may be one matrix for all."""
    left = _apart(a, count, first) if first else np.reshape(a, (-1, second[0]))
    found = left @ _apart(b, count, second)
    return found.reshape(-1, second[1])


def transpose(a: Any, count: int, shape: Shape) -> Any:
    """The transposes of the blocks."""
    return np.swapaxes(_apart(a, count, shape), 1, 2).reshape(-1, shape[0])


def inverse(a: Any, count: int, shape: Shape) -> Any:
    """The inverses of the blocks."""
    try:
        return np.linalg.inv(_apart(a, count, shape)).reshape(-1, shape[0])
    except np.linalg.LinAlgError:
        raise MatrixError("a matrix of a family is singular") from None


def log_det(a: Any, count: int, shape: Shape) -> Any:
    """The logarithms of the determinants of the blocks; NaN where one is not positive."""
    sign, value = np.linalg.slogdet(_apart(a, count, shape))
    return np.where(sign > 0, value, np.nan)


def det(a: Any, count: int, shape: Shape) -> Any:
    """The determinants of the blocks."""
    return np.linalg.det(_apart(a, count, shape))


def trace(a: Any, count: int, shape: Shape) -> Any:
    """The traces of the blocks."""
    return np.trace(_apart(a, count, shape), axis1=1, axis2=2)


def total(a: Any, count: int, shape: Shape) -> Any:
    """The sums of the entries of the blocks."""
    return np.reshape(a, (count, -1)).sum(1)


def weighted(s: Any, a: Any, count: int, one: Shape, shape: Shape) -> Any:
    """A number times each block."""
    return (np.reshape(s, (count, 1, 1)) * _apart(a, count, shape)).reshape(-1, shape[1])


def spread(a: Any, count: int, shape: Shape) -> Any:
    """One matrix as every block."""
    return np.broadcast_to(np.reshape(a, shape), (count, *shape)).reshape(-1, shape[1])


def sum(a: Any, count: int, shape: Shape) -> Any:
    """The sum of the blocks."""
    return _apart(a, count, shape).sum(0)
