"""Estimators and designs: portfolios, canonical correlations, graphical models, designs of experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.blas import dsymm
from scipy.linalg.lapack import dpotrf

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing
from benchmarks.runtime.cases.covariances import inverse_of, log_det
from benchmarks.runtime.cases.determinants import positive_definite


def _chol(S: Array) -> Array:
    return dpotrf(S, lower=1, clean=1)[0]


# ---- two Gaussians ---------------------------------------------------------------------------------


def divergence_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two Gaussians."""
    n = dims["n"]
    return {
        "S": positive_definite(rng, n), "T": positive_definite(rng, n),
        "m": rng.standard_normal(n), "p": rng.standard_normal(n),
    }  # fmt: skip


def divergence(S: Array, T: Array, m: Array, p: Array) -> Outputs:
    """Two Cholesky factorisations and their inverses."""
    s, t = _chol(S), _chol(T)
    Ti = inverse_of(t)
    TS = Ti @ S
    r = p - m
    u = Ti @ r
    value = 0.5 * (np.trace(TS) + r @ u + log_det(t) - log_det(s))
    return value, 0.5 * (Ti - inverse_of(s)), 0.5 * (Ti - TS @ Ti - np.outer(u, u)), -u


def divergence_objective(F: Any, S: Any, T: Any, m: Any, p: Any) -> Any:
    """KL(N(m, S) ‖ N(p, T)) + n/2."""
    inner = (F.solve(T, S)).trace() + (p - m) @ F.solve(T, p - m)
    return (inner + F.slogdet(T)[1] - F.slogdet(S)[1]) / 2


# ---- graphical model, Wishart ----------------------------------------------------------------------


def graphical_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A precision matrix and a covariance."""
    n = dims["n"]
    return {"K": positive_definite(rng, n), "S": positive_definite(rng, n), "v": np.float64(n + 3.5)}


def graphical(K: Array, S: Array, v: float) -> Outputs:
    """(v/2)(S − K⁻¹)."""
    c = _chol(K)
    G = inverse_of(c)
    np.subtract(S, G, out=G)
    G *= v / 2
    return v / 2 * (np.vdot(S, K) - log_det(c)), G


def graphical_objective(F: Any, K: Any, S: Any, v: Any) -> Any:
    """(v/2)(tr(SK) − log det K)."""
    return v / 2 * ((S * K).sum() - F.slogdet(K)[1])


# ---- designs ---------------------------------------------------------------------------------------


def design_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Candidates and weights."""
    return {"X": rng.standard_normal((dims["n"], dims["k"])), "w": rng.uniform(0.5, 1.5, dims["n"])}


def d_optimal(X: Array, w: Array) -> Outputs:
    """The leverages by a triangular solve or an inverse."""
    c = cho_factor((X.T * w) @ X, lower=True, check_finite=False)
    return log_det(c[0]), np.einsum("ij,ij->i", cho_solve(c, X.T, check_finite=False).T, X)


def d_optimal_inverse(X: Array, w: Array) -> Outputs:
    """With the inverse."""
    Y = np.sqrt(w)[:, None] * X
    c = _chol(Y.T @ Y)
    return log_det(c), np.einsum("ij,ij->i", X @ inverse_of(c), X)


def a_optimal(X: Array, w: Array) -> Outputs:
    """The norms of the rows of XM⁻¹."""
    Y = np.sqrt(w)[:, None] * X
    G = inverse_of(_chol(Y.T @ Y))
    Z = X @ G
    return np.trace(G), -np.einsum("ij,ij->i", Z, Z)


# ---- traces with inverses --------------------------------------------------------------------------


def precision_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A covariance and a matrix beside it."""
    n = dims["n"]
    return {"K": positive_definite(rng, n), "M": rng.standard_normal((n, n))}


def inverse_trace(K: Array, M: Array) -> Outputs:
    """tr(MK⁻¹) and −K⁻¹ sym(M) K⁻¹."""
    G = inverse_of(_chol(K))
    H = G @ M @ G
    return np.vdot(G, M), -0.5 * (H + H.T)


def inverse_squared(K: Array, M: Array) -> Outputs:
    """tr K⁻² and −2 K⁻³."""
    G = inverse_of(_chol(K))
    return np.vdot(G, G), -2 * (G @ (G @ G))


def inverse_squared_symmetric(K: Array, M: Array) -> Outputs:
    """With the symmetric square."""
    G = inverse_of(_chol(K))
    return np.vdot(G, G), dsymm(-2.0, G.T, (G @ G).T)


# ---- ridge -----------------------------------------------------------------------------------------


def ridge_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A kernel matrix and observations."""
    n = dims["n"]
    return {"K": positive_definite(rng, n), "y": rng.standard_normal(n), "t": np.float64(0.2)}


def ridge(K: Array, y: Array, t: float) -> Outputs:
    """Residual t²‖(K + tI)⁻¹y‖² and its derivative by t."""
    c = cho_factor(K + t * np.eye(len(y)), lower=True, check_finite=False)
    a = cho_solve(c, y, check_finite=False)
    b = cho_solve(c, a, check_finite=False)
    return t**2 * (a @ a), 2 * t * (a @ a) - 2 * t**2 * (a @ b)


# ---- portfolio -------------------------------------------------------------------------------------


def portfolio_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A covariance and expected returns."""
    n = dims["n"]
    return {"S": positive_definite(rng, n), "r": rng.uniform(0, 1, n)}


def sharpe(S: Array, r: Array) -> Outputs:
    """√(rᵀS⁻¹r) and its gradients."""
    c = cho_factor(S, lower=True, check_finite=False)
    w = cho_solve(c, r, check_finite=False)
    s = np.sqrt(r @ w)
    return s, np.outer(w, w) / (-2 * s), w / s


def minimum_variance(S: Array, r: Array) -> Outputs:
    """1/(1ᵀS⁻¹1) and its gradient."""
    c = cho_factor(S, lower=True, check_finite=False)
    w = cho_solve(c, np.ones(len(S)), check_finite=False)
    w /= w.sum()
    return w @ (S @ w), np.outer(w, w)


def factor_risk_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Exposures, factor covariance, own variances, returns."""
    n, k = dims["n"], dims["k"]
    return {
        "B": rng.standard_normal((n, k)), "F": positive_definite(rng, k),
        "d": rng.uniform(0.5, 2, n), "r": rng.uniform(0, 1, n),
    }  # fmt: skip


def factor_risk(B: Array, F: Array, d: Array, r: Array) -> Outputs:
    """(BFBᵀ + D)⁻¹r by a k×k system; gradients by r and d."""
    w = 1 / d
    WB = w[:, None] * B
    G = B.T @ WB
    # (F⁻¹ + BᵀD⁻¹B)⁻¹ without F⁻¹: F (I + GF)⁻¹
    z = np.linalg.solve(np.eye(len(F)) + G @ F, WB.T @ r)
    x = w * r - WB @ (F @ z)
    return r @ x, 2 * x, -(x**2)


# ---- canonical correlations ------------------------------------------------------------------------


def correlation_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Covariances of two sets of variables."""
    n, m = dims["n"], dims["m"]
    return {"A": positive_definite(rng, n), "B": positive_definite(rng, m), "C": rng.standard_normal((n, m))}


def correlations(A: Array, B: Array, C: Array) -> Outputs:
    """tr(A⁻¹CB⁻¹Cᵀ), its gradients by C and A."""
    a = cho_factor(A, lower=True, check_finite=False)
    b = cho_factor(B, lower=True, check_finite=False)
    G = cho_solve(a, C, check_finite=False)
    H = cho_solve(b, G.T, check_finite=False).T
    return np.vdot(C, H), 2 * H, -(H @ G.T)


def correlations_inverse(A: Array, B: Array, C: Array) -> Outputs:
    """With inverses."""
    a, b = inverse_of(_chol(A)), inverse_of(_chol(B))
    G = a @ C
    H = G @ b
    return np.vdot(C, H), 2 * H, -(H @ G.T)


# ---- many terms ------------------------------------------------------------------------------------

TERMS = 20
_PLACES = range(1, TERMS + 1)


def terms_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Twenty systems."""
    n, m = dims["n"], dims["m"]
    out: Arrays = {"x": rng.standard_normal(n)}
    for i in _PLACES:
        out[f"A{i}"], out[f"b{i}"] = rng.standard_normal((m, n)), rng.standard_normal(m)
    return out


def many_squares(x: Array, **arrays: Array) -> Outputs:
    """Each residual once."""
    value, gradient = 0.0, np.zeros_like(x)
    for i in _PLACES:
        r = arrays[f"A{i}"] @ x - arrays[f"b{i}"]
        value += r @ r
        gradient += arrays[f"A{i}"].T @ r
    return value, 2 * gradient


def forms_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Twenty matrices."""
    n = dims["n"]
    return {"x": rng.standard_normal(n), **{f"A{i}": rng.standard_normal((n, n)) for i in _PLACES}}


def many_forms(x: Array, **arrays: Array) -> Outputs:
    """A x and Aᵀx of each."""
    value, gradient = 0.0, np.zeros_like(x)
    for i in _PLACES:
        y = arrays[f"A{i}"] @ x
        value += x @ y
        gradient += y
        gradient += x @ arrays[f"A{i}"]
    return value, gradient


CASES = (
    Case(
        name="divergence",
        about="divergence of two Gaussians: value, gradients",
        text="(tr(inv(T) S) + (p - m)' inv(T) (p - m) + logdet(T) - logdet(S))/2",
        given="S: n×n spd, T: n×n spd, m: n, p: n",
        wanted=("value", "gradient"),
        variables=("S", "T", "m"),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=divergence_data,
        by_hand={"inverses": divergence},
        objectives=(divergence_objective,),
        work=lambda d: (6 * d["n"] ** 3, 32 * d["n"] ** 2),
    ),
    Case(
        name="graphical",
        about="graphical model: value, gradient",
        text="v/2 (tr(S K) - logdet(K))",
        given="K: n×n spd, S: n×n symmetric, v: scalar",
        wanted=("value", "gradient"),
        variables=("K",),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=graphical_data,
        by_hand={"inverse": graphical},
        objectives=(graphical_objective,),
        work=lambda d: (d["n"] ** 3, 24 * d["n"] ** 2),
    ),
    Case(
        name="d_optimal",
        about="log det(Xᵀ diag(w) X): value, gradient in w",
        text="logdet(X' diag(w) X)",
        given="X: n×k, w: n positive",
        wanted=("value", "gradient"),
        variables=("w",),
        sizes=growing((100, 1000), k=0.1),
        quick=(100, 1000),
        data=design_data,
        by_hand={"solve": d_optimal, "inverse": d_optimal_inverse},
        objectives=(),
        work=lambda d: (3 * d["n"] * d["k"] ** 2, 16 * d["n"] * d["k"]),
    ),
    Case(
        name="a_optimal",
        about="tr((Xᵀ diag(w) X)⁻¹): value, gradient in w",
        text="tr(inv(X' diag(w) X))",
        given="X: n×k, w: n positive",
        wanted=("value", "gradient"),
        variables=("w",),
        sizes=growing((100, 1000), k=0.1),
        quick=(100, 1000),
        data=design_data,
        by_hand={"inverse": a_optimal},
        objectives=(),
        work=lambda d: (3 * d["n"] * d["k"] ** 2, 16 * d["n"] * d["k"]),
    ),
    Case(
        name="inverse_trace",
        about="tr(MK⁻¹): value, gradient",
        text="tr(M inv(K))",
        given="K: n×n spd, M: n×n",
        wanted=("value", "gradient"),
        variables=("K",),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=precision_data,
        by_hand={"inverse": inverse_trace},
        objectives=(),
        work=lambda d: (5 * d["n"] ** 3, 24 * d["n"] ** 2),
    ),
    Case(
        name="inverse_squared",
        about="tr K⁻²: value, gradient",
        text="tr(inv(K)^2)",
        given="K: n×n spd, M: n×n",
        wanted=("value", "gradient"),
        variables=("K",),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=precision_data,
        by_hand={"inverse": inverse_squared, "symmetric": inverse_squared_symmetric},
        objectives=(),
        work=lambda d: (4 * d["n"] ** 3, 24 * d["n"] ** 2),
    ),
    Case(
        name="kernel_ridge",
        about="kernel ridge residual: value, gradient in t",
        text="t^2 norm(inv(K + t eye(n)) y)^2",
        given="K: n×n spd, y: n, t: scalar positive",
        wanted=("value", "gradient"),
        variables=("t",),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=ridge_data,
        by_hand={"Cholesky": ridge},
        objectives=(),
        work=lambda d: (d["n"] ** 3 / 3, 16 * d["n"] ** 2),
    ),
    Case(
        name="sharpe",
        about="√(rᵀS⁻¹r): value, gradients",
        text="sqrt(r' inv(S) r)",
        given="S: n×n spd, r: n",
        wanted=("value", "gradient"),
        variables=("S", "r"),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=portfolio_data,
        by_hand={"Cholesky": sharpe},
        objectives=(),
        work=lambda d: (d["n"] ** 3 / 3, 16 * d["n"] ** 2),
    ),
    Case(
        name="minimum_variance",
        about="1/(1ᵀS⁻¹1): value, gradient",
        text="1/sum(inv(S))",
        given="S: n×n spd, r: n",
        wanted=("value", "gradient"),
        variables=("S",),
        sizes=growing((30, 100, 500)),
        quick=(30, 100, 500),
        data=portfolio_data,
        by_hand={"Cholesky": minimum_variance},
        objectives=(),
        work=lambda d: (d["n"] ** 3 / 3, 16 * d["n"] ** 2),
    ),
    Case(
        name="factor_risk",
        about="rᵀ(BFBᵀ + D)⁻¹r: value, gradients in r and d",
        text="r' inv(B F B' + diag(d)) r",
        given="B: n×k, F: k×k spd, d: n positive, r: n",
        wanted=("value", "gradient"),
        variables=("r", "d"),
        sizes=growing((50, 200, 2000), k=10),
        quick=(200, 2000),
        data=factor_risk_data,
        by_hand={"small system": factor_risk},
        objectives=(),
        work=lambda d: (2 * d["n"] * d["k"] ** 2, 16 * d["n"] * d["k"]),
    ),
    Case(
        name="correlations",
        about="canonical correlations, tr(A⁻¹CB⁻¹Cᵀ): value, gradients",
        text="tr(inv(A) C inv(B) C')",
        given="A: n×n spd, B: m×m spd, C: n×m",
        wanted=("value", "gradient"),
        variables=("C", "A"),
        sizes=growing((30, 100, 500), m=0.5),
        quick=(30, 100, 500),
        data=correlation_data,
        by_hand={"solves": correlations, "inverses": correlations_inverse},
        objectives=(),
        work=lambda d: (4 * d["n"] ** 2 * d["m"], 16 * d["n"] ** 2),
    ),
    Case(
        name="many_squares",
        about="Σ₂₀‖Aᵢx − bᵢ‖²: value, gradient",
        text=" + ".join(f"norm(A{i} x - b{i})^2" for i in _PLACES),
        given="x: n, " + ", ".join(f"A{i}: m×n, b{i}: m" for i in _PLACES),
        wanted=("value", "gradient"),
        variables=("x",),
        sizes=growing((30, 100, 300), m=1.5),
        quick=(30, 100, 300),
        data=terms_data,
        by_hand={"each residual once": many_squares},
        objectives=(),
        work=lambda d: (80 * d["n"] * d["m"], 160 * d["n"] * d["m"]),
    ),
    Case(
        name="many_forms",
        about="Σ₂₀ xᵀAᵢx: value, gradient",
        text=" + ".join(f"x' A{i} x" for i in _PLACES),
        given="x: n, " + ", ".join(f"A{i}: n×n" for i in _PLACES),
        wanted=("value", "gradient"),
        variables=("x",),
        sizes=growing((30, 100, 300)),
        quick=(30, 100, 300),
        data=forms_data,
        by_hand={"A x and Aᵀx": many_forms},
        objectives=(),
        work=lambda d: (80 * d["n"] ** 2, 160 * d["n"] ** 2),
    ),
)
