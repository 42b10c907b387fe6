"""What an operator may be asked, each answer held against the matrix it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from matgrad.core.errors import MatgradError, ShapeError
from matgrad.kronecker import SingularOperatorError

Array = Any
Random = np.random.Generator
RULES: dict[str, Callable[[Any, Array, Random], None]] = {}


def rule(ask: Callable[[Any, Array, Random], None]) -> Callable[[Any, Array, Random], None]:
    RULES[ask.__name__] = ask
    return ask


def close(found: Any, expected: Any, tolerance: float = 1e-8) -> None:
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    assert np.isfinite(found).all()
    scale = max(1.0, float(np.abs(expected).max()) if expected.size else 1.0)
    assert np.abs(found - expected).max() <= tolerance * scale


def singular_values(A: Array) -> Array:
    return np.linalg.svd(A, compute_uv=False)


def condition(A: Array) -> float:
    values = singular_values(A)
    return float(values[0] / values[-1]) if values[-1] else np.inf


def is_singular(A: Array) -> bool:
    return condition(A) > 1e9


def is_square(A: Array) -> bool:
    return bool(A.shape[0] == A.shape[1])


@rule
def products(P: Any, A: Array, rng: Random) -> None:
    m, n = A.shape
    assert P.shape == A.shape
    x, X = rng.normal(size=n), rng.normal(size=(n, 3))
    y, Y = rng.normal(size=m), rng.normal(size=(m, 3))
    close(P @ x, A @ x)
    close(P.matvec(x[:, None]), A @ x[:, None])
    close(P @ (x + 1j * x), A @ (x + 1j * x))
    close(P.rmatvec(y), A.conj().T @ y)
    close(P @ X, A @ X)
    close(P @ np.asfortranarray(X), A @ X)
    close(P @ (X + 1j * X[::-1]), A @ (X + 1j * X[::-1]))
    close(P.rmatmat(Y), A.conj().T @ Y)
    close(Y.T @ P, Y.T @ A)
    close(y @ P, y @ A)
    close(P.T @ Y, A.T @ Y)
    close(P.H @ Y, A.conj().T @ Y)
    close(P.conj() @ X, A.conj() @ X)


@rule
def algebra(P: Any, A: Array, rng: Random) -> None:
    X = rng.normal(size=(A.shape[1], 2))
    close((2.5 * P) @ X, 2.5 * A @ X)
    close((P * 1j) @ X, 1j * A @ X)
    close((P + P) @ X, 2 * A @ X)
    close((P - 2 * P) @ X, -A @ X)
    close((P / 2) @ X, A @ X / 2)
    close((-P) @ X, -A @ X)
    close((P.H @ P) @ X, A.conj().T @ A @ X)
    close((P @ P.T + 0 * P @ P.T) @ np.eye(A.shape[0]), A @ A.T)


@rule
def to_dense(P: Any, A: Array, rng: Random) -> None:
    close(P.to_dense(), A)


@rule
def diagonal(P: Any, A: Array, rng: Random) -> None:
    close(P.diagonal(), A.diagonal())


@rule
def trace(P: Any, A: Array, rng: Random) -> None:
    close(P.trace(), A.trace())


@rule
def solve(P: Any, A: Array, rng: Random) -> None:
    y = rng.normal(size=A.shape[0])
    try:
        x = P.solve(y)
    except SingularOperatorError:
        assert is_singular(A)
        return
    worst = 1e14 if len(A) < 6 else 1e17  # the factors of A ⊗ A are solved with: its condition is a square
    assert condition(A) < worst
    tolerance = 1e-12 * condition(A) + 1e-9
    close(x, np.linalg.solve(A, y), tolerance)
    Y = rng.normal(size=(len(A), 2))
    close(P.solve(Y), np.linalg.solve(A, Y), tolerance)
    Y = np.asfortranarray(Y + 1j * Y[::-1])
    close(P.solve(Y), np.linalg.solve(A, Y), tolerance)


@rule
def inverse(P: Any, A: Array, rng: Random) -> None:
    try:
        Q = P.inverse()
    except SingularOperatorError:
        assert is_singular(A)
        return
    expected, one, tolerance = np.linalg.inv(A), np.eye(len(A)), 1e-12 * condition(A) + 1e-9
    close(Q @ one, expected, tolerance)
    close(Q.T @ one, expected.T, tolerance)
    close(Q.H @ one, expected.conj().T, tolerance)
    close(Q.inverse() @ one, A)


@rule
def pinv(P: Any, A: Array, rng: Random) -> None:
    values = singular_values(A)
    kept = values[values > 1e-10 * values[0]]
    worst = kept[0] / kept[-1] if len(kept) else 1
    close(P.pinv() @ np.eye(A.shape[0]), np.linalg.pinv(A, rcond=1e-10), 1e-9 * worst)


@rule
def slogdet(P: Any, A: Array, rng: Random) -> None:
    sign, logarithm = P.slogdet()
    if is_singular(A):
        assert sign == 0 or logarithm < -15
    else:
        expected = np.linalg.slogdet(A)
        close(sign, expected.sign)
        close(logarithm, expected.logabsdet)


@rule
def det(P: Any, A: Array, rng: Random) -> None:
    found = P.det()
    wide = max(1, singular_values(A)[0] ** len(A)) if is_singular(A) else 1
    close(found, np.linalg.det(A), 1e-8 * wide)


@rule
def power(P: Any, A: Array, rng: Random) -> None:
    cube, none, one = P**3, P**0, P**1
    close(cube @ np.eye(len(A)), np.linalg.matrix_power(A, 3))
    close(none.to_dense(), np.eye(len(A)))
    close(one.to_dense(), A)


@rule
def negative_power(P: Any, A: Array, rng: Random) -> None:
    try:
        made = P**-2
    except SingularOperatorError:
        assert is_singular(A)
        return
    if condition(A) < 1e5:
        expected = np.linalg.matrix_power(np.linalg.inv(A), 2)
        close(made @ np.eye(len(A)), expected, 1e-11 * condition(A) ** 2 + 1e-8)


@rule
def sqrt(P: Any, A: Array, rng: Random) -> None:
    root = P.sqrt().to_dense()
    close(root @ root, A, 1e-7)
    values = np.linalg.eigvals(root)
    assert (values.real >= -1e-6 * max(1, np.abs(values).max())).all()


@rule
def exp(P: Any, A: Array, rng: Random) -> None:
    close(P.exp().to_dense(), scipy.linalg.expm(A * 1.0))


@rule
def cholesky(P: Any, A: Array, rng: Random) -> None:
    C = P.cholesky().to_dense()
    close(C @ C.conj().T, A)
    close(C, np.tril(C))
    assert (C.diagonal().real > 0).all()


@rule
def eig(P: Any, A: Array, rng: Random) -> None:
    values, vectors = P.eig()
    V = vectors.to_dense()
    close(A @ V, V * values)
    close(np.linalg.norm(V, axis=0), np.ones(len(A)))
    close(np.poly(values), np.poly(A), 1e-5)


@rule
def eigvals(P: Any, A: Array, rng: Random) -> None:
    close(np.poly(P.eigvals()), np.poly(A), 1e-5)


@rule
def eigh(P: Any, A: Array, rng: Random) -> None:
    values, vectors = P.eigh()
    V = vectors.to_dense()
    assert np.isrealobj(values)
    close(A @ V, V * values)
    close(V.conj().T @ V, np.eye(len(A)))
    close(P.eigvalsh(), np.linalg.eigvalsh(A))


@rule
def eigvalsh(P: Any, A: Array, rng: Random) -> None:
    close(P.eigvalsh(), np.linalg.eigvalsh(A))
    close(A, A.conj().T)


@rule
def svd(P: Any, A: Array, rng: Random) -> None:
    left, s, right = P.svd()
    U, V = left.to_dense(), right.to_dense()
    assert (s >= 0).all()
    close((U * s) @ V, A)
    close(U.conj().T @ U, np.eye(len(s)))
    close(V @ V.conj().T, np.eye(len(s)))


@rule
def values_of_svd(P: Any, A: Array, rng: Random) -> None:
    close(P.singular_values(), singular_values(A), 1e-7)


@rule
def rank(P: Any, A: Array, rng: Random) -> None:
    assert P.rank() == np.linalg.matrix_rank(A, tol=1e-10 * max(singular_values(A)[0], 1e-300))


def norm_rule(ord: Any) -> None:
    def ask(P: Any, A: Array, rng: Random) -> None:
        close(P.norm(ord), np.linalg.norm(A, ord))

    RULES[f"norm_{ord}"] = ask


def condition_rule(p: Any) -> None:
    def ask(P: Any, A: Array, rng: Random) -> None:
        found = P.cond(p)
        if is_singular(A):
            assert found > 1e9
        else:
            expected = condition(A) if p == 2 else np.linalg.cond(A, p)
            assert abs(found - expected) <= 1e-6 * expected * (1 + 1e-9 * expected)

    RULES[f"cond_{p}"] = ask


for ord in (2, "fro", "nuc", 1, np.inf):
    norm_rule(ord)
for p in (2, "fro", 1, np.inf):
    condition_rule(p)


def is_answered(name: str, P: Any, A: Array, rng: Random) -> bool:
    """Whether a rule answers rather than refuses; an answer that is wrong fails."""
    try:
        RULES[name](P, A, rng)
    except SingularOperatorError:
        assert is_singular(A)
        return False
    except ShapeError:
        assert not is_square(A)
        return False
    except MatgradError:
        return False
    return True
