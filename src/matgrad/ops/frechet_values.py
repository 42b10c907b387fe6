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


def _of_root(xp: Arrays, a: Array) -> Array:
    """From S dS + dS S = dA for S = A^(1/2)."""
    root, identity = xp.sqrtm(a), xp.eye(xp.shape(a)[0])
    return xp.inv(xp.add(xp.kron(identity, root), xp.kron(xp.transpose(root), identity)))


def _of_logarithm(xp: Arrays, a: Array) -> Array:
    return xp.inv(matrix(xp, xp.expm, xp.logm(a), ()))


MATRICES: dict[str, Callable[[Arrays, Array], Array]] = {"logm": _of_logarithm, "sqrtm": _of_root}
"""Functions that are inverses of others, and so are their derivatives (Higham, 2008, thm. 3.5).

That takes one inverse instead of a function of a block matrix for every entry.
"""
