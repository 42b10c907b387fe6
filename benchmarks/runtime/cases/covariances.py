"""Gaussian models: processes, mixed models, low-rank and structured covariances."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh, solve_triangular
from scipy.linalg.lapack import dpotrf, dpotri

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing
from benchmarks.runtime.cases.determinants import positive_definite


def inverse_of(c: Array) -> Array:
    """The inverse from the lower Cholesky factor."""
    half, _ = dpotri(c, lower=1)
    half = np.tril(half)
    return half + np.tril(half, -1).T


def log_det(c: Array) -> Any:
    """log det from a Cholesky factor."""
    return 2 * np.log(np.diag(c)).sum()


# ---- Gaussian process: hyperparameters -------------------------------------------------------------


def kernel_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Squared distances of points in the plane, and observations."""
    x = rng.uniform(0, 3, (dims["n"], 2))
    D = ((x[:, None] - x[None]) ** 2).sum(2)
    return {
        "D": D, "y": rng.standard_normal(dims["n"]),
        "s": np.float64(1.3), "h": np.float64(0.8), "t": np.float64(0.1),
    }  # fmt: skip


def process(D: Array, y: Array, s: float, h: float, t: float) -> Outputs:
    """One Cholesky factorisation and its inverse (Rasmussen & Williams, 2006, eq. 5.9)."""
    E = np.exp(D * (-0.5 / h**2))
    K = s * E
    K.flat[:: len(y) + 1] += t
    c, _ = dpotrf(K, lower=1, clean=1)
    inverse = inverse_of(c)
    a = inverse @ y
    W = inverse
    value = 0.5 * (y @ a) + 0.5 * log_det(c)
    W = W - np.outer(a, a)
    W *= 0.5
    trace = np.trace(W)
    W *= E
    return value, W.sum(), s / h**3 * np.vdot(W, D), trace


def process_plain(D: Array, y: Array, s: float, h: float, t: float) -> Outputs:
    """The same with SciPy's high-level functions."""
    E = np.exp(-D / (2 * h**2))
    c = cho_factor(s * E + t * np.eye(len(y)), lower=True, check_finite=False)
    a = cho_solve(c, y, check_finite=False)
    W = 0.5 * (cho_solve(c, np.eye(len(y)), check_finite=False) - np.outer(a, a))
    value = 0.5 * (y @ a) + np.log(np.diag(c[0])).sum()
    return value, np.vdot(W, E), s / h**3 * np.vdot(W, E * D), np.trace(W)


def process_objective(F: Any, D: Any, y: Any, s: Any, h: Any, t: Any) -> Any:
    """−log p(y) up to a constant."""
    K = s * F.np.exp(-D / (2 * h**2)) + t * F.np.eye(len(y))
    return y @ F.solve(K, y) / 2 + F.slogdet(K)[1] / 2


# ---- mixed model -----------------------------------------------------------------------------------


def mixed_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two random effects."""
    n = dims["n"]
    return {
        "Z": rng.standard_normal((n, dims["k"])), "W": rng.standard_normal((n, dims["p"])),
        "r": rng.standard_normal(n),
        "a": np.float64(0.7), "b": np.float64(0.4), "s": np.float64(1.1),
    }  # fmt: skip


def mixed(Z: Array, W: Array, r: Array, a: float, b: float, s: float) -> Outputs:
    """V = UUᵀ + sI with U = [√a Z, √b W], by the small matrix sI + UᵀU (Henderson; Woodbury)."""
    n, k = Z.shape
    U = np.hstack([np.sqrt(a) * Z, np.sqrt(b) * W])
    q = U.shape[1]
    M = U.T @ U
    G = M + s * np.eye(q)
    c = cho_factor(G, lower=True, check_finite=False)
    z = cho_solve(c, U.T @ r, check_finite=False)
    v = (r - U @ z) / s
    value = r @ v + log_det(c[0]) + (n - q) * np.log(s)
    T = np.diag(cho_solve(c, M, check_finite=False))
    h = U.T @ v
    return (
        value,
        (T[:k].sum() - h[:k] @ h[:k]) / a,
        (T[k:].sum() - h[k:] @ h[k:]) / b,
        (n - T.sum()) / s - v @ v,
    )


# ---- factor analysis -------------------------------------------------------------------------------


def factor_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Loadings, unique variances, a covariance of data."""
    n = dims["n"]
    return {
        "L": rng.standard_normal((n, dims["k"])), "d": rng.uniform(0.5, 2, n),
        "S": positive_definite(rng, n),
    }  # fmt: skip


def factors(L: Array, d: Array, S: Array) -> Outputs:
    """Σ⁻¹ = D⁻¹ − D⁻¹L(I + LᵀD⁻¹L)⁻¹LᵀD⁻¹, never formed."""
    w = 1 / d
    B = w[:, None] * L
    G = L.T @ B + np.eye(L.shape[1])
    c = cho_factor(G, lower=True, check_finite=False)
    C = cho_solve(c, B.T, check_finite=False).T
    SC = S @ C
    inner = B.T @ SC
    value = log_det(c[0]) + np.log(d).sum() + w @ np.diag(S) - np.vdot(B, SC)
    gradient = 2 * (C - w[:, None] * SC + C @ inner)
    # diagonal of Σ⁻¹ − Σ⁻¹SΣ⁻¹
    BC = (B * C).sum(1)
    diagonal = w - BC - (w**2 * np.diag(S) - 2 * w * (B * SC).sum(1) + ((B @ (C.T @ SC)) * B).sum(1))
    return value, gradient, diagonal


def factors_formed(L: Array, d: Array, S: Array) -> Outputs:
    """The inverse formed, n×n."""
    V = L @ L.T
    V.flat[:: len(d) + 1] += d
    c, _ = dpotrf(V, lower=1, clean=1)
    P = inverse_of(c)
    PS = P @ S
    M = P - PS @ P
    return log_det(c) + np.trace(PS), 2 * M @ L, np.diag(M)


# ---- evidence of a linear model; determinants of I + HHᵀ --------------------------------------------


def design_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design with few columns."""
    n = dims["n"]
    return {
        "X": rng.standard_normal((n, dims["k"])), "y": rng.standard_normal(n),
        "a": np.float64(0.6), "t": np.float64(0.9),
    }  # fmt: skip


def evidence(X: Array, y: Array, a: float, t: float) -> Outputs:
    """Bayesian linear regression, by the k×k matrix tI + aXᵀX."""
    n, k = X.shape
    M = X.T @ X
    c = cho_factor(t * np.eye(k) + a * M, lower=True, check_finite=False)
    Xy = X.T @ y
    m = cho_solve(c, Xy, check_finite=False)
    v = (y - a * (X @ m)) / t
    value = y @ v + log_det(c[0]) + (n - k) * np.log(t)
    T = np.trace(cho_solve(c, M, check_finite=False))
    return value, T - m @ m, (n - a * T) / t - v @ v


def channel_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A channel matrix."""
    return {"H": rng.standard_normal((dims["n"], dims["k"]))}


def capacity(H: Array) -> Outputs:
    """log det(I + HᵀH), and H(I + HᵀH)⁻¹."""
    c = cho_factor(H.T @ H + np.eye(H.shape[1]), lower=True, check_finite=False)
    return log_det(c[0]), 2 * cho_solve(c, H.T, check_finite=False).T


def capacity_objective(F: Any, H: Any) -> Any:
    """log det(I + HHᵀ)."""
    return F.slogdet(F.np.eye(H.shape[0]) + H @ H.T)[1]


# ---- Kronecker structure ---------------------------------------------------------------------------


def matrix_normal_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Row and column covariances."""
    m, n = dims["m"], dims["n"]
    return {
        "A": positive_definite(rng, m), "B": positive_definite(rng, n), "X": rng.standard_normal((n, m)),
    }  # fmt: skip


def matrix_normal(A: Array, B: Array, X: Array) -> Outputs:
    """Factor by factor (Gupta & Nagar, 1999)."""
    m, n = len(A), len(B)
    a, _ = dpotrf(A, lower=1, clean=1)
    b, _ = dpotrf(B, lower=1, clean=1)
    Ai, Bi = inverse_of(a), inverse_of(b)
    BX = Bi @ X
    XA = X @ Ai
    value = n * log_det(a) + m * log_det(b) + np.vdot(BX, XA)
    return value, n * Ai - XA.T @ (Bi @ XA), m * Bi - BX @ (Ai @ BX.T)


def matrix_normal_solving(A: Array, B: Array, X: Array) -> Outputs:
    """With a whitened residual."""
    m, n = len(A), len(B)
    a = np.linalg.cholesky(A)
    b = np.linalg.cholesky(B)
    Z = solve_triangular(b, X, lower=True, check_finite=False)
    Z = solve_triangular(a, Z.T, lower=True, check_finite=False).T
    E = solve_triangular(a, Z.T, lower=True, trans=1, check_finite=False)
    G = solve_triangular(b, Z, lower=True, trans=1, check_finite=False)
    value = n * log_det(a) + m * log_det(b) + np.vdot(Z, Z)
    return value, n * inverse_of(a) - E @ E.T, m * inverse_of(b) - G @ G.T


def tasks_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A covariance of tasks and one of inputs."""
    m, n = dims["m"], dims["n"]
    return {
        "A": positive_definite(rng, m), "B": positive_definite(rng, n),
        "y": rng.standard_normal(m * n), "t": np.float64(0.3),
    }  # fmt: skip


def tasks(A: Array, B: Array, y: Array, t: float) -> Outputs:
    """A ⊗ B + tI in the basis of eigenvectors (Stegle et al., 2011)."""
    m, n = len(A), len(B)
    p, P = eigh(A, check_finite=False)
    q, Q = eigh(B, check_finite=False)
    E = np.outer(q, p) + t
    Y = Q.T @ y.reshape(m, n).T @ P
    Z = Y / E
    R = 1 / E
    W = R - Z**2
    inner = (Z * q[:, None]).T @ Z
    G = np.diag(q @ R) - inner
    return np.vdot(Y, Z) + np.log(E).sum(), P @ G @ P.T, W.sum()


SMALL = (10, 30, 100)

CASES = (
    Case(
        name="process",
        about="Gaussian process: value, gradients by variance, length, noise",
        text="y' inv(s exp(-D/(2 h^2)) + t eye(n)) y/2 + logdet(s exp(-D/(2 h^2)) + t eye(n))/2",
        given="D: n×n symmetric, y: n, s: scalar positive, h: scalar positive, t: scalar positive",
        wanted=("value", "gradient"),
        variables=("s", "h", "t"),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=kernel_data,
        by_hand={"Cholesky and its inverse": process, "high-level SciPy": process_plain},
        objectives=(process_objective,),
        work=lambda d: (d["n"] ** 3, 24 * d["n"] ** 2),
    ),
    Case(
        name="mixed_model",
        about="mixed model: value, gradients by variances",
        text="r' inv(a Z Z' + b W W' + s eye(n)) r + logdet(a Z Z' + b W W' + s eye(n))",
        given="Z: n×k, W: n×p, r: n, a: scalar positive, b: scalar positive, s: scalar positive",
        wanted=("value", "gradient"),
        variables=("a", "b", "s"),
        sizes=growing((30, 200, 2000), k=4, p=6),
        quick=(200, 2000),
        data=mixed_data,
        by_hand={"small matrix": mixed},
        objectives=(),
        work=lambda d: (2 * d["n"] * (d["k"] + d["p"]) ** 2, 8 * d["n"] * (d["k"] + d["p"])),
    ),
    Case(
        name="factor_analysis",
        about="factor analysis: value, gradients by loadings and variances",
        text="logdet(L L' + diag(d)) + tr(inv(L L' + diag(d)) S)",
        given="L: n×k, d: n positive, S: n×n symmetric",
        wanted=("value", "gradient"),
        variables=("L", "d"),
        sizes=growing((30, 100, 500), k=5),
        quick=(30, 100, 500),
        data=factor_data,
        by_hand={"Woodbury": factors, "formed": factors_formed},
        objectives=(),
        work=lambda d: (2 * d["n"] ** 2 * d["k"], 8 * d["n"] ** 2),
    ),
    Case(
        name="evidence",
        about="evidence of a linear model: value, gradients",
        text="y' inv(a X X' + t eye(n)) y + logdet(a X X' + t eye(n))",
        given="X: n×k, y: n, a: scalar positive, t: scalar positive",
        wanted=("value", "gradient"),
        variables=("a", "t"),
        sizes=growing((30, 100, 2000), k=8),
        quick=(100, 2000),
        data=design_data,
        by_hand={"small matrix": evidence},
        objectives=(),
        work=lambda d: (2 * d["n"] * d["k"] ** 2, 8 * d["n"] * d["k"]),
    ),
    Case(
        name="capacity",
        about="log det(I + HHᵀ): value, gradient",
        text="logdet(eye(n) + H H')",
        given="H: n×k",
        wanted=("value", "gradient"),
        variables=("H",),
        sizes=growing((50, 100, 500), k=20),
        quick=(50, 500),
        data=channel_data,
        by_hand={"small matrix": capacity},
        objectives=(capacity_objective,),
        work=lambda d: (4 * d["n"] * d["k"] ** 2, 16 * d["n"] * d["k"]),
    ),
    Case(
        name="matrix_normal",
        about="matrix normal likelihood: value, gradients",
        text="vec(X)' inv(kron(A, B)) vec(X) + logdet(kron(A, B))",
        given="A: m×m spd, B: n×n spd, X: n×m",
        wanted=("value", "gradient"),
        variables=("A", "B"),
        sizes=growing((30, 100, 300), m=0.5),
        quick=(30, 300),
        data=matrix_normal_data,
        by_hand={"inverses": matrix_normal, "whitened": matrix_normal_solving},
        objectives=(),
        work=lambda d: (d["n"] ** 3 + d["m"] ** 3 + 6 * d["n"] ** 2 * d["m"], 24 * d["n"] ** 2),
    ),
    Case(
        name="tasks",
        about="several tasks, A ⊗ B + tI: value, gradients in A and t",
        text="y' inv(kron(A, B) + t eye(m*n)) y + logdet(kron(A, B) + t eye(m*n))",
        given="A: m×m spd, B: n×n spd, y: m*n, t: scalar positive",
        wanted=("value", "gradient"),
        variables=("A", "t"),
        sizes=growing((10, 30, 100), m=0.4),
        quick=(10, 30, 100),
        data=tasks_data,
        by_hand={"eigenbases": tasks},
        objectives=(),
        work=lambda d: (9 * (d["n"] ** 3 + d["m"] ** 3) + 4 * d["n"] ** 2 * d["m"], 8 * d["n"] ** 2),
    ),
)
