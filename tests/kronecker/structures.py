"""Random operators of every structure, each beside the matrix that it stands for, made by NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import scipy.linalg

from matgrad import kronecker as k

Array = Any
Random = np.random.Generator
Made = tuple[Any, Array]
STRUCTURES: dict[str, Callable[[Random], Made]] = {}


def structure(make: Callable[[Random], Made]) -> Callable[[Random], Made]:
    STRUCTURES[make.__name__] = make
    return make


def matrix(rng: Random, m: int, n: int, *, kind: str = "") -> Array:
    """A random matrix: real or complex, sometimes of integers, triangular or not of full rank."""
    kind = kind or rng.choice(["real", "real", "complex", "integer", "triangular", "singular", "negative"])
    a = rng.normal(size=(m, n))
    if kind == "complex":
        return a + 1j * rng.normal(size=(m, n))
    if kind == "integer":
        return rng.integers(-4, 5, size=(m, n))
    if kind == "triangular":
        return np.tril(a) if rng.random() < 0.5 else np.triu(a)
    if kind == "singular" and min(m, n) > 1:
        a[-1] = a[0] if m > 1 else 0
        return a
    if kind == "spd":
        return a @ a.T + np.eye(m)
    if kind == "hermitian":
        b = a + 1j * rng.normal(size=(m, n))
        return b + b.conj().T
    if kind == "symmetric":
        return a + a.T
    return -a @ a.T - np.eye(m) if kind == "negative" and m == n else a


def size(rng: Random) -> int:
    return int(rng.integers(1, 5))


def kron_dense(parts: list[Array]) -> Array:
    return reduce(np.kron, parts)


def kron_sum_dense(parts: list[Array]) -> Array:
    orders = [len(p) for p in parts]
    made: Any = 0
    for i, part in enumerate(parts):
        made = made + kron_dense([part if i == j else np.eye(n) for j, n in enumerate(orders)])
    return made


def commutation_dense(m: int, n: int) -> Array:
    made = np.zeros((m * n, m * n))
    for i in range(m):
        for j in range(n):
            made[i * n + j, j * m + i] = 1
    return made


def duplication_dense(n: int) -> Array:
    columns = []
    for j in range(n):
        for i in range(j, n):
            a = np.zeros((n, n))
            a[i, j] = a[j, i] = 1
            columns.append(a.reshape(-1, order="F"))
    return np.array(columns).T


def elimination_dense(n: int) -> Array:
    rows = []
    for j in range(n):
        for i in range(j, n):
            a = np.zeros((n, n))
            a[i, j] = 1
            rows.append(a.reshape(-1, order="F"))
    return np.array(rows)


@structure
def one_matrix(rng: Random) -> Made:
    a = matrix(rng, size(rng), size(rng))
    return k.dense(a), a


@structure
def square_matrix(rng: Random) -> Made:
    n = size(rng)
    a = matrix(rng, n, n)
    return k.dense(a), a


@structure
def product_of_squares(rng: Random) -> Made:
    parts = [matrix(rng, n, n) for n in rng.integers(1, 4, size=rng.integers(2, 4))]
    return k.kron(*parts), kron_dense(parts)


@structure
def product_of_symmetric(rng: Random) -> Made:
    parts = [
        matrix(rng, n, n, kind=rng.choice(["spd", "hermitian", "symmetric", "negative"]))
        for n in rng.integers(1, 4, size=rng.integers(2, 4))
    ]
    return k.kron(*parts), kron_dense(parts)


@structure
def product_of_definite(rng: Random) -> Made:
    parts = [matrix(rng, n, n, kind="spd") for n in rng.integers(1, 4, size=2)]
    if rng.random() < 0.5:
        parts = [-p for p in parts]
    return k.kron(*parts), kron_dense(parts)


@structure
def product_of_rectangles(rng: Random) -> Made:
    parts = [matrix(rng, size(rng), size(rng)) for _ in range(rng.integers(2, 4))]
    return k.kron(*parts), kron_dense(parts)


@structure
def square_of_rectangles(rng: Random) -> Made:
    m, n = size(rng), size(rng)
    parts = [matrix(rng, m, n), matrix(rng, n, m)]
    return k.kron(*parts), kron_dense(parts)


@structure
def product_with_identities(rng: Random) -> Made:
    n = size(rng)
    a = matrix(rng, n, n)
    p, q = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    return k.kron(k.identity(p), a, k.identity(q)), kron_dense([np.eye(p), a, np.eye(q)])


@structure
def product_with_parts_of_all_kinds(rng: Random) -> Made:
    d, a = rng.normal(size=2), matrix(rng, 2, 3)
    parts = [k.diagonal(d), k.commutation(2, 1), a, k.duplication(2)]
    return k.kron(*parts), kron_dense([np.diag(d), commutation_dense(2, 1), a, duplication_dense(2)])


@structure
def many_small(rng: Random) -> Made:
    parts = [matrix(rng, *rng.integers(1, 3, size=2), kind="real") for _ in range(8)]
    return k.kron(*parts), kron_dense(parts)


@structure
def identity(rng: Random) -> Made:
    n = size(rng)
    return k.identity(n), np.eye(n)


@structure
def diagonal(rng: Random) -> Made:
    d = matrix(rng, size(rng), size(rng))
    if rng.random() < 0.2:
        d = np.abs(d)
    return k.diagonal(d), np.diag(d.reshape(-1, order="F"))


@structure
def kronecker_sum(rng: Random) -> Made:
    parts = [matrix(rng, n, n) for n in rng.integers(1, 4, size=rng.integers(2, 4))]
    return k.kron_sum(*parts), kron_sum_dense(parts)


@structure
def kronecker_sum_of_symmetric(rng: Random) -> Made:
    kinds = rng.choice(["spd", "hermitian", "symmetric"], size=rng.integers(2, 4))
    parts = [matrix(rng, n, n, kind=kind) for kind, n in zip(kinds, rng.integers(1, 4, size=3), strict=False)]
    return k.kron_sum(*parts), kron_sum_dense(parts)


@structure
def singular_kronecker_sum(rng: Random) -> Made:
    a = matrix(rng, 3, 3, kind="real")
    return k.kron_sum(a, -a), kron_sum_dense([a, -a])


@structure
def sum_that_is_a_kronecker_sum(rng: Random) -> Made:
    a, b = matrix(rng, 2, 2), matrix(rng, 3, 3)
    made = k.kron(a, k.identity(3)) + k.kron(k.identity(2), b) + 0.5 * k.identity(6)
    return made, kron_sum_dense([a, b]) + 0.5 * np.eye(6)


@structure
def two_products(rng: Random) -> Made:
    m, n = size(rng), size(rng)
    a, c = matrix(rng, m, m), matrix(rng, m, m)
    b, d = matrix(rng, n, n), matrix(rng, n, n)
    return k.kron(a, b) + k.kron(c, d), np.kron(a, b) + np.kron(c, d)


@structure
def product_plus_identity(rng: Random) -> Made:
    a, b = matrix(rng, 3, 3), matrix(rng, 2, 2)
    return k.kron(a, b) - 0.5 * k.identity(6), np.kron(a, b) - 0.5 * np.eye(6)


@structure
def two_products_of_singular(rng: Random) -> Made:
    a, d = matrix(rng, 3, 3, kind="singular"), matrix(rng, 2, 2, kind="singular")
    c, b = matrix(rng, 3, 3, kind="singular"), matrix(rng, 2, 2, kind="real")
    c = c[:, ::-1]
    return k.kron(a, b) + k.kron(c, d), np.kron(a, b) + np.kron(c, d)


@structure
def three_products(rng: Random) -> Made:
    m, n, p, q = (size(rng) for _ in range(4))
    pairs = [(matrix(rng, m, n), matrix(rng, p, q)) for _ in range(3)]
    return sum((k.kron(*pair) for pair in pairs[1:]), k.kron(*pairs[0])), sum(
        np.kron(*pair) for pair in pairs
    )


@structure
def khatri_rao(rng: Random) -> Made:
    n = size(rng)
    a, b = matrix(rng, size(rng), n), matrix(rng, size(rng), n)
    return k.khatri_rao(a, b), scipy.linalg.khatri_rao(a, b)


@structure
def square_khatri_rao(rng: Random) -> Made:
    a, b = matrix(rng, 2, 4), matrix(rng, 2, 4)
    return k.khatri_rao(a, b), scipy.linalg.khatri_rao(a, b)


@structure
def face_splitting(rng: Random) -> Made:
    m = size(rng)
    a, b = matrix(rng, m, size(rng)), matrix(rng, m, size(rng))
    return k.face_splitting(a, b), np.array([np.kron(r, s) for r, s in zip(a, b, strict=True)])


@structure
def commutation(rng: Random) -> Made:
    m, n = size(rng), size(rng)
    return k.commutation(m, n), commutation_dense(m, n)


@structure
def square_commutation(rng: Random) -> Made:
    n = size(rng)
    return k.commutation(n), commutation_dense(n, n)


@structure
def duplication(rng: Random) -> Made:
    n = size(rng)
    return k.duplication(n), duplication_dense(n)


@structure
def duplication_transposed(rng: Random) -> Made:
    n = size(rng)
    return k.duplication(n).T, duplication_dense(n).T


@structure
def duplication_inverse(rng: Random) -> Made:
    n = size(rng)
    return k.duplication(n).pinv(), np.linalg.pinv(duplication_dense(n))


@structure
def elimination(rng: Random) -> Made:
    n = size(rng)
    return k.elimination(n), elimination_dense(n)


@structure
def elimination_transposed(rng: Random) -> Made:
    n = size(rng)
    return k.elimination(n).T, elimination_dense(n).T


@structure
def symmetriser(rng: Random) -> Made:
    n = size(rng)
    return k.symmetriser(n), (np.eye(n * n) + commutation_dense(n, n)) / 2


@structure
def block_diagonal(rng: Random) -> Made:
    parts = [matrix(rng, n, n) for n in rng.integers(1, 4, size=3)]
    return k.block_diagonal(*parts), scipy.linalg.block_diag(*parts)


@structure
def block_diagonal_of_rectangles(rng: Random) -> Made:
    parts = [matrix(rng, size(rng), size(rng)) for _ in range(3)]
    return k.block_diagonal(*parts), scipy.linalg.block_diag(*parts)


@structure
def diagonal_plus_low_rank(rng: Random) -> Made:
    n, r = int(rng.integers(2, 7)), int(rng.integers(1, 3))
    d, u, v = matrix(rng, n, 1, kind="real")[:, 0], matrix(rng, n, r), matrix(rng, n, r)
    d[: rng.integers(0, 4)] = 0
    if rng.random() < 0.3:
        d[-1] = 1e-9
    return k.diagonal_plus_low_rank(d, u, v), np.diag(d) + u @ v.T


@structure
def multiple(rng: Random) -> Made:
    c = rng.choice([-2, 0.5, 3, -1j])
    made, a = STRUCTURES[
        rng.choice(["square_commutation", "product_of_squares", "kronecker_sum", "diagonal"])
    ](rng)
    return c * made, c * a


@structure
def inverse(rng: Random) -> Made:
    parts = [
        matrix(rng, n, n, kind=rng.choice(["real", "complex", "spd"])) for n in rng.integers(1, 4, size=2)
    ]
    if rng.random() < 0.5:
        return k.kron_sum(*parts).inverse(), np.linalg.inv(kron_sum_dense(parts))
    return k.kron(*parts).inverse(), np.linalg.inv(kron_dense(parts))


@structure
def product_of_operators(rng: Random) -> Made:
    a, b = matrix(rng, 2, 2), matrix(rng, 3, 3)
    return k.commutation(2, 3) @ k.kron_sum(a, b) @ k.kron(b, a), (
        commutation_dense(2, 3) @ kron_sum_dense([a, b]) @ np.kron(b, a)
    )


@structure
def commuted(rng: Random) -> Made:
    a, b = matrix(rng, size(rng), size(rng)), matrix(rng, size(rng), size(rng))
    (m, n), (p, q) = a.shape, b.shape
    made = k.commutation(p, m) @ k.kron(a, b) @ k.commutation(n, q)
    assert isinstance(made, (k.Kron, k.Dense, k.Identity))
    return made, np.kron(b, a)


@structure
def mixed_product(rng: Random) -> Made:
    m, n, p = (size(rng) for _ in range(3))
    a, c = matrix(rng, m, n), matrix(rng, n, p)
    b, d = matrix(rng, p, m), matrix(rng, m, n)
    made = k.kron(a, b) @ k.kron(c, d)
    return made, np.kron(a @ c, b @ d)


@structure
def on_symmetric(rng: Random) -> Made:
    n = size(rng)
    a, b = matrix(rng, n, n), matrix(rng, n, n)
    D, dense = k.duplication(n), duplication_dense(n)
    left, inner = rng.integers(0, 2), rng.integers(0, 3)
    M, m = [
        (k.kron(a, a), np.kron(a, a)),
        (k.kron_sum(a, a), kron_sum_dense([a, a])),
        (k.kron(a, b), np.kron(a, b)),
    ][inner]
    return (D.T if left else D.pinv()) @ M @ D, (dense.T if left else np.linalg.pinv(dense)) @ m @ dense


@structure
def conjugated_and_transposed(rng: Random) -> Made:
    name = rng.choice([n for n in STRUCTURES if n != "conjugated_and_transposed"])
    made, a = STRUCTURES[name](rng)
    way = rng.integers(0, 3)
    return (made.T, made.H, made.conj())[way], (a.T, a.conj().T, a.conj())[way]
