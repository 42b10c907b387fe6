"""Fréchet derivatives of matrix functions on arrays: in a direction, and as a matrix on vec."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.core.arrays import Array, Arrays


def derivative(xp: Arrays, value: Callable[[Array], Array], a: Array, directions: Sequence[Array]) -> Array:
    """The derivative at a in the directions, read off the value at a block matrix.

    See Higham (2008), theorem 3.6. The directions are made of the size of a: a block that is tiny beside
    the others would be lost among them in rounding, and the whole be taken for symmetric.
    """
    n = xp.shape(a)[0]
    big, factor = a, xp.number(1)
    largest = _largest(xp, a)
    for direction in directions:
        size = xp.shape(big)[0]
        share = xp.hadamard(_largest(xp, direction), xp.power(largest, xp.number(-1)))
        factor = xp.hadamard(factor, share)
        unit = xp.scalar_times(xp.power(share, xp.number(-1)), direction)
        spread = xp.kron(xp.eye(size // n), unit)
        big = xp.grid([[big, spread], [xp.zeros(size, size), big]])
    size = xp.shape(big)[0]
    return xp.scalar_times(factor, xp.part(value(big), slice(0, n), slice(size - n, size)))


def _largest(xp: Arrays, a: Array) -> Array:
    """The largest absolute value of an entry, and 1 where all are 0."""
    rows, columns = xp.shape(a)
    largest = xp.max(xp.map(lambda f, x: f.absolute(x), xp.reshape(a, rows * columns, 1)))
    return xp.add(largest, xp.subtract(xp.number(1), xp.map(lambda f, x: f.step(x), largest)))


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


def derivative_of_symmetric(xp: Arrays, vectors: Array, differences: Array, direction: Array) -> Array:
    """V (F ⊙ VᵀEV) Vᵀ with the divided differences F at the eigenvalues (Daleckii & Krein, 1965)."""
    turned = xp.matmul(xp.matmul(xp.transpose(vectors), direction), vectors)
    return xp.matmul(xp.matmul(vectors, xp.hadamard(differences, turned)), xp.transpose(vectors))


def matrix_of_symmetric(xp: Arrays, vectors: Array, differences: Array) -> Array:
    """(V ⊗ V) diag(vec F) (V ⊗ V)ᵀ, the matrix on vec of that."""
    n = xp.shape(vectors)[0]
    both = xp.kron(vectors, vectors)
    weighted = xp.matmul(both, xp.diag(xp.reshape(differences, n * n, 1)))
    return xp.matmul(weighted, xp.transpose(both))
