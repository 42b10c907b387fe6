"""Fréchet derivatives of matrix functions on arrays: in a direction, and as a matrix on vec."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.core.arrays import Array, Arrays


def derivative(xp: Arrays, value: Callable[[Array], Array], a: Array, directions: Sequence[Array]) -> Array:
    """The derivative at a in the directions, read off the value at a block matrix.

    See Higham (2008), theorem 3.6.
    """
    n = xp.shape(a)[0]
    big = a
    for direction in directions:
        size = xp.shape(big)[0]
        spread = xp.kron(xp.eye(size // n), direction)
        big = xp.grid([[big, spread], [xp.zeros(size, size), big]])
    size = xp.shape(big)[0]
    return xp.part(value(big), slice(0, n), slice(size - n, size))


def matrix(xp: Arrays, value: Callable[[Array], Array], a: Array, directions: Sequence[Array]) -> Array:
    """The matrix on vec of the derivative as a function of one more direction, unit by unit."""
    n = xp.shape(a)[0]
    units = [xp.constant([[int(r == i)] for r in range(n)]) for i in range(n)]
    columns = []
    for j in range(n):
        for i in range(n):
            unit = xp.matmul(units[i], xp.transpose(units[j]))
            columns.append(xp.reshape(derivative(xp, value, a, (*directions, unit)), n * n, 1))
    return xp.grid([columns])
