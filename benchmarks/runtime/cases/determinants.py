"""Quadratic forms, determinants and inverses."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.blas import dsymm, dsyr
from scipy.linalg.lapack import dgetrf, dgetri, dgetrs, dpotrf, dpotri, dpotrs

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing


def positive_definite(rng: np.random.Generator, n: int) -> Array:
    """A well-conditioned covariance matrix."""
    A = rng.standard_normal((n, n))
    return A @ A.T / n + np.eye(n)


def form(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A general matrix and a vector."""
    n = dims["n"]
    return {"A": rng.standard_normal((n, n)), "x": rng.standard_normal(n)}


def quadratic(A: Array, x: Array) -> Outputs:
    """A + Aᵀ."""
    return (A + A.T,)


def quadratic_copied(A: Array, x: Array) -> Outputs:
    """The transpose copied, then added in place."""
    H = A.T.copy()
    H += A
    return (H,)


def quadratic_blocked(A: Array, x: Array) -> Outputs:
    """In blocks that stay in the cache, each used twice."""
    n, b = len(A), 128
    H = np.empty_like(A)
    for i in range(0, n, b):
        for j in range(0, i + b, b):
            np.add(A[i : i + b, j : j + b], A[j : j + b, i : i + b].T, out=H[i : i + b, j : j + b])
            if i != j:
                H[j : j + b, i : i + b] = H[i : i + b, j : j + b].T
    return (H,)


def quadratic_objective(F: Any, A: Any, x: Any) -> Any:
    """xᵀAx."""
    return x @ A @ x


def gram_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A tall matrix and a metric."""
    m, n = dims["m"], dims["n"]
    return {"X": rng.standard_normal((m, n)), "A": positive_definite(rng, m)}


def logdet_gradient(X: Array, A: Array) -> Outputs:
    """2 AX (XᵀAX)⁻¹ by Cholesky, solved in place of AX, whose rows are LAPACK's columns."""
    AX = A @ X
    c, _ = dpotrf((X.T @ AX).T, lower=0, overwrite_a=1, clean=0)
    G, _ = dpotrs(c, AX.T, lower=0, overwrite_b=1)
    G *= 2
    return (G.T,)


def logdet_gradient_inverse(X: Array, A: Array) -> Outputs:
    """With the explicit inverse and a symmetric product."""
    AX = A @ X
    c, _ = dpotrf((X.T @ AX).T, lower=0, overwrite_a=1, clean=0)
    inverse, _ = dpotri(c, lower=0, overwrite_c=1)
    return (dsymm(2.0, inverse, AX.T, lower=0).T,)


def logdet_gradient_plain(X: Array, A: Array) -> Outputs:
    """The same with SciPy's high-level functions."""
    AX = A @ X
    return (2 * cho_solve(cho_factor(X.T @ AX, check_finite=False), AX.T, check_finite=False).T,)


def logdet_factors(X: Array, A: Array) -> Outputs:
    """With S = XᵀAX and Q = AXS⁻¹: S⁻¹, A − QXᵀA and Q, of H = 2 S⁻¹ ⊗ (A − QXᵀA) − 2 (Qᵀ ⊗ Q) K."""
    AX = A @ X
    inverse = np.linalg.inv(X.T @ AX)
    Q = AX @ inverse
    P = Q @ AX.T
    return inverse, np.subtract(A, P, out=P), Q


def logdet_factors_cholesky(X: Array, A: Array) -> Outputs:
    """The same by LAPACK's inverse of a positive definite matrix."""
    AX = A @ X
    c, _ = dpotrf((X.T @ AX).T, lower=0, overwrite_a=1, clean=1)
    half, _ = dpotri(c, lower=0, overwrite_c=1)
    inverse = half + half.T
    inverse.flat[:: len(half) + 1] *= 0.5
    Q = AX @ inverse
    P = Q @ AX.T
    return inverse, np.subtract(A, P, out=P), Q


def logdet_pairs(X: Array, A: Array) -> Outputs:
    """Each n×m block of the Hessian is a product of two columns by two rows: one batched product."""
    inverse, P, Q = logdet_factors(X, A)
    m, n = X.shape
    left = np.empty((n, m, n, 2))
    left[..., 0] = 2 * inverse[:, None, :]
    left[..., 1] = Q
    right = np.empty((n, m, 2, m))
    right[:, :, 0] = P
    right[:, :, 1] = -2 * Q.T[:, None, :]
    return (np.matmul(left, right).reshape(m * n, m * n),)


def logdet_broadcast(X: Array, A: Array) -> Outputs:
    """Row blocks of the Hessian by broadcasting, a temporary of one block."""
    inverse, P, Q = logdet_factors(X, A)
    inverse *= 2
    twice = 2 * Q.T
    m, n = X.shape
    H, other = np.empty((n, m, n, m)), np.empty((m, n, m))
    for j in range(n):
        np.multiply(inverse[j][None, :, None], P[:, None, :], out=H[j])
        np.multiply(twice[j], Q[:, :, None], out=other)
        H[j] -= other
    return (H.reshape(m * n, m * n),)


def logdet_whole(arrays: Arrays, outputs: Outputs) -> Array:
    """What the three factors stand for."""
    inverse, P, Q = outputs
    m, n = arrays["X"].shape
    H = 2 * np.einsum("jl,ik->jilk", inverse, P) - 2 * np.einsum("il,kj->jilk", Q, Q)
    return np.asarray(H.reshape(m * n, m * n))


def logdet_objective(F: Any, X: Any, A: Any) -> Any:
    """log det(XᵀAX)."""
    return F.slogdet(X.T @ A @ X)[1]


def general(rng: np.random.Generator, dims: Dims) -> Arrays:
    """An invertible matrix and another."""
    n = dims["n"]
    return {"X": rng.standard_normal((n, n)) / np.sqrt(n) + 2 * np.eye(n), "A": rng.standard_normal((n, n))}


def trace_inverse(X: Array, A: Array) -> Outputs:
    """−X⁻ᵀAᵀX⁻ᵀ: one LU, two solves in place."""
    lu, pivots, _ = dgetrf(X.T)
    Z, _ = dgetrs(lu, pivots, A.T)
    G, _ = dgetrs(lu, pivots, Z.T, trans=1)
    return (np.negative(G, out=G).T,)


def trace_inverse_explicit(X: Array, A: Array) -> Outputs:
    """With the inverse by LAPACK and two products."""
    lu, pivots, _ = dgetrf(X.T)
    inverse = dgetri(lu, pivots, overwrite_lu=1)[0].T
    return (-(inverse @ A @ inverse).T,)


def trace_inverse_plain(X: Array, A: Array) -> Outputs:
    """With NumPy alone."""
    inverse = np.linalg.inv(X)
    return (-(inverse @ A @ inverse).T,)


def trace_inverse_objective(F: Any, X: Any, A: Any) -> Any:
    """tr(X⁻¹A)."""
    return F.solve(X, A).trace()


def gaussian_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A covariance matrix, an observation and a mean."""
    n = dims["n"]
    return {"S": positive_definite(rng, n), "x": rng.standard_normal(n), "mu": rng.standard_normal(n)}


def gaussian(S: Array, x: Array, mu: Array) -> Outputs:
    """Value and both gradients from one Cholesky factor; a symmetric rank-one update of the inverse."""
    r = x - mu
    c, _ = dpotrf(S.T, lower=1, clean=0)
    v, _ = dpotrs(c, r, lower=1)
    value = np.log(c.diagonal()).sum() + 0.5 * (r @ v)
    half, _ = dpotri(c, lower=1, overwrite_c=1)
    half = np.tril(dsyr(-1.0, v, a=half, lower=1, overwrite_a=1))
    half *= 0.5
    gradient = half + half.T
    gradient.flat[:: len(x) + 1] *= 0.5
    return value, gradient, -v


def gaussian_inverse(S: Array, x: Array, mu: Array) -> Outputs:
    """With NumPy's inverse, which takes the fewest calls."""
    r = x - mu
    inverse = np.linalg.inv(S)
    v = inverse @ r
    value = 0.5 * (np.linalg.slogdet(S)[1] + r @ v)
    inverse -= v[:, None] * v
    inverse *= 0.5
    return value, inverse, -v


def gaussian_objective(F: Any, S: Any, x: Any, mu: Any) -> Any:
    """½ log det S + ½ (x − μ)ᵀS⁻¹(x − μ)."""
    r = x - mu
    return 0.5 * F.slogdet(S)[1] + 0.5 * (r @ F.solve(S, r))


def gaussian_cholesky(F: Any, S: Any, x: Any, mu: Any) -> Any:
    """The same by a Cholesky factor."""
    L = F.cholesky(S)
    z = F.triangular_solve(L, x - mu)
    return F.log(L.diagonal()).sum() + 0.5 * (z @ z)


_LOGDET: dict[str, Any] = {
    "text": "logdet(X'*A*X)",
    "given": "X: m×n, A: m×m symmetric positive definite",
    "variables": ("X",),
    "data": gram_data,
    "objectives": (logdet_objective,),
    "tangent": lambda d: d["m"] * d["n"],
}
_SIZES = (10, 20, 40, 100, 400)

CASES = (
    Case(
        name="quadratic",
        about="quadratic form: Hessian",
        text="x'*A*x",
        given="A: n×n, x: n",
        wanted=("hessian",),
        variables=("x",),
        sizes=growing((10, 100, 300, 1000)),
        quick=(10, 1000),
        data=form,
        by_hand={"A + A.T": quadratic, "copied": quadratic_copied, "blocked": quadratic_blocked},
        objectives=(quadratic_objective,),
        work=lambda d: (d["n"] ** 2, 16 * d["n"] ** 2),
        tangent=lambda d: d["n"],
    ),
    Case(
        name="logdet-gradient",
        about="log det(XᵀAX): gradient",
        wanted=("gradient",),
        sizes=growing(_SIZES, m=2.0),
        quick=(10, 100, 400),
        by_hand={
            "Cholesky": logdet_gradient,
            "inverse": logdet_gradient_inverse,
            "plain": logdet_gradient_plain,
        },
        work=lambda d: (
            2 * d["m"] ** 2 * d["n"] + d["m"] * d["n"] ** 2 + d["n"] ** 3 / 3 + 2 * d["m"] * d["n"] ** 2,
            8 * (d["m"] ** 2 + 2 * d["m"] * d["n"]),
        ),
        **_LOGDET,
    ),
    Case(
        name="logdet",
        about="log det(XᵀAX): Hessian, dense",
        wanted=("hessian",),
        sizes=growing((10, 20, 40), m=2.0),
        quick=(10, 40),
        by_hand={"pairs": logdet_pairs, "broadcast": logdet_broadcast},
        work=lambda d: (3 * (d["m"] * d["n"]) ** 2, 8 * (d["m"] * d["n"]) ** 2),
        **_LOGDET,
    ),
    Case(
        name="logdet-factors",
        about="log det(XᵀAX): Hessian, factors",
        wanted=("hessian",),
        form="factors",
        sizes=growing(_SIZES, m=2.0),
        quick=(10, 40, 400),
        by_hand={"inverse": logdet_factors, "Cholesky": logdet_factors_cholesky},
        work=lambda d: (
            2 * d["m"] ** 2 * d["n"] + 3 * d["m"] * d["n"] ** 2 + d["n"] ** 3 + d["m"] ** 2 * d["n"],
            8 * (2 * d["m"] ** 2 + d["m"] * d["n"]),
        ),
        whole=logdet_whole,
        **_LOGDET,
    ),
    Case(
        name="trace-inverse",
        about="tr(X⁻¹A): gradient",
        text="tr(inv(X)*A)",
        given="X: n×n, A: n×n",
        wanted=("gradient",),
        variables=("X",),
        sizes=growing((10, 30, 100, 300, 1000)),
        quick=(10, 100, 1000),
        data=general,
        by_hand={
            "two solves": trace_inverse,
            "getri": trace_inverse_explicit,
            "inv": trace_inverse_plain,
        },
        objectives=(trace_inverse_objective,),
        work=lambda d: (14 * d["n"] ** 3 / 3, 24 * d["n"] ** 2),
    ),
    Case(
        name="gaussian",
        about="Gaussian likelihood: value, gradients in S and μ",
        text="1/2*logdet(S) + 1/2*(x - mu)'*inv(S)*(x - mu)",
        given="S: n×n symmetric positive definite, x: n, mu: n",
        wanted=("value", "gradient"),
        variables=("S", "mu"),
        sizes=growing((10, 30, 100, 300, 1000)),
        quick=(10, 100, 1000),
        data=gaussian_data,
        by_hand={"potri": gaussian, "inv": gaussian_inverse},
        objectives=(gaussian_objective, gaussian_cholesky),
        work=lambda d: (d["n"] ** 3, 16 * d["n"] ** 2),
    ),
)
