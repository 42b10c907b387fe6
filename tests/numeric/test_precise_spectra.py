"""Eigenvalues and singular values in high precision, beside mpmath's and by what they must satisfy."""

from __future__ import annotations

import random

import pytest

from matgrad.core.errors import DomainError
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Rows

SMALL = 1e-36


def arrays() -> PreciseArrays:
    return PreciseArrays({}, 40)


def drawn(xp: PreciseArrays, rows: int, columns: int, kind: str) -> Rows:
    rng = random.Random(f"{rows}/{columns}/{kind}")
    if kind == "ones":
        return xp.ones(rows, columns)
    a = [[xp.ctx.mpf(rng.gauss(0, 1)) for _ in range(columns)] for _ in range(rows)]
    if kind == "graded":
        a[0] = [x * xp.ctx.mpf(10) ** -15 for x in a[0]]
    return a


def apart(xp: PreciseArrays, a: Rows, b: Rows) -> float:
    return float(xp.largest(xp.subtract(a, b)))


@pytest.mark.parametrize("kind", ["general", "ones", "graded", "diagonal"])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 9])
def test_eigenvalues(n: int, kind: str) -> None:
    xp = arrays()
    a = drawn(xp, n, n, kind)
    a = xp.diag(xp.diagonal(a)) if kind == "diagonal" else xp.add(a, xp.transpose(a))
    values, vectors = xp.eigh(a)
    again = xp.matmul(vectors, xp.matmul(xp.diag(values), xp.transpose(vectors)))
    assert apart(xp, again, a) < SMALL
    assert apart(xp, xp.matmul(xp.transpose(vectors), vectors), xp.eye(n)) < SMALL
    assert apart(xp, values, [[x] for x in xp.ctx.eigsy(xp.ctx.matrix(a), eigvals_only=True)]) < SMALL
    assert all(max(column, key=abs) > 0 for column in xp.transpose(vectors))


@pytest.mark.parametrize("kind", ["general", "ones", "graded"])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 3), (4, 1), (3, 2), (2, 3), (4, 4), (9, 9)])
def test_singular_values(m: int, n: int, kind: str) -> None:
    xp = arrays()
    a = drawn(xp, m, n, kind)
    u, s, v = xp.svd(a)
    k = min(m, n)
    assert (xp.shape(u), xp.shape(s), xp.shape(v)) == ((m, k), (k, 1), (n, k))
    assert apart(xp, xp.matmul(u, xp.matmul(xp.diag(s), xp.transpose(v))), a) < SMALL
    for side in (u, v):
        assert apart(xp, xp.matmul(xp.transpose(side), side), xp.eye(k)) < SMALL
    assert [x for (x,) in s] == sorted((x for (x,) in s), reverse=True)
    assert all(max(column, key=abs) > 0 for column in xp.transpose(u))


def test_a_matrix_that_is_not_symmetric_is_refused() -> None:
    xp = arrays()
    with pytest.raises(DomainError, match="not symmetric"):
        xp.eigh(xp.constant([[1, 2], [0, 1]]))


def test_products_of_numbers_far_apart_are_exact() -> None:
    xp = arrays()
    large, small = xp.ctx.ldexp(3, 5000), xp.ctx.ldexp(5, -5000)
    product = xp.matmul([[large, small, -large]], [[xp.ctx.one], [large], [xp.ctx.one]])
    assert product == [[15]]
