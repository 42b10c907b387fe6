"""Functions of sparse data, as an expert writes them with SciPy's sparse arrays: nothing is filled in.

Rows of data hold a few entries each, whatever their length; graphs have a few edges at each vertex.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import aslinearoperator, splu
from scipy.special import expit

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing

Sparse = Any
Hand = Callable[..., Outputs]

SYMMETRIC = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}
"""SuperLU of a symmetric definite matrix: the order of its graph, and no pivoting."""

EACH = 10
"""Entries in each row."""


def data(rng: np.random.Generator, rows: int, columns: int) -> Sparse:
    """Rows with a few entries each."""
    density = min(EACH / columns, 0.5)
    return sp.random_array((rows, columns), density=density, format="csr", rng=rng)


def graph(rng: np.random.Generator, n: int) -> Sparse:
    """The symmetric adjacency matrix of a graph, with weights."""
    half = sp.triu(data(rng, n, n) / 2, 1)
    return (half + half.T).tocsr()


def grid(n: int) -> Sparse:
    """The five-point Laplacian of a square grid with about n points, plus the identity."""
    k = round(n**0.5)
    line = sp.diags_array([-np.ones(k - 1), 2 * np.ones(k), -np.ones(k - 1)], offsets=[-1, 0, 1])
    eye = sp.eye_array(k)
    return (sp.kron(line, eye) + sp.kron(eye, line) + sp.eye_array(k * k)).tocsc()


def regression(y: Callable[[np.random.Generator, int], Array]) -> Callable[[Any, Dims], Arrays]:
    """Sparse X, coefficients, and what is observed."""

    def made(rng: np.random.Generator, dims: Dims) -> Arrays:
        m, n = dims["m"], dims["n"]
        return {"X": data(rng, m, n), "w": rng.standard_normal(n) / 4, "y": y(rng, m)}

    return made


def least_squares(X: Sparse, w: Array, y: Array) -> Outputs:
    """The residual once."""
    r = X @ w
    r -= y
    return r @ r, 2 * (X.T @ r)


def logistic(X: Sparse, w: Array, y: Array) -> Outputs:
    """One product with X, one with its transpose."""
    z = X @ w
    return np.logaddexp(0, z).sum() - y @ z, X.T @ (expit(z) - y)


def logistic_hessian(X: Sparse, w: Array, y: Array) -> Outputs:
    """The Hessian is as sparse as XᵀX."""
    p = expit(X @ w)
    p *= 1 - p
    return (X.T @ sp.csr_array((X.data * np.repeat(p, np.diff(X.indptr)), X.indices, X.indptr), X.shape),)


def poisson(X: Sparse, w: Array, y: Array) -> Outputs:
    """The mean once."""
    z = X @ w
    mean = np.exp(z)
    return mean.sum() - y @ z, X.T @ (mean - y)


def quadratic(A: Sparse, x: Array) -> Outputs:
    """One product with A and one with its transpose."""
    right = A @ x
    return x @ right, right + A.T @ x


def laplacian(W: Sparse, x: Array) -> Outputs:
    """xᵀ(D − W)x without the Laplacian: the degrees, and one product."""
    lx = W.sum(axis=1) * x
    lx -= W @ x
    return x @ lx, 2 * lx


def ridge(X: Sparse, y: Array, a: float) -> Outputs:
    """Sparse normal equations, factorised without pivoting."""
    K = (X.T @ X + a * sp.eye_array(X.shape[1])).tocsc()
    return (splu(K, **SYMMETRIC).solve(X.T @ y),)


def log_det(K: Sparse, y: Array) -> Outputs:
    """A Gaussian with a sparse precision matrix: one factorisation."""
    pivots = splu(K, **SYMMETRIC).U.diagonal()
    return (y @ (K @ y) - np.log(pivots).sum(),)


def solve(K: Sparse, y: Array) -> Outputs:
    """One factorisation, one solve; the gradient by y is twice the solution."""
    x = splu(K, **SYMMETRIC).solve(y)
    return y @ x, 2 * x


def several(X: Sparse, W: Array, Y: Array) -> Outputs:
    """Several right sides."""
    R = X @ W
    R -= Y
    return np.vdot(R, R), 2 * (X.T @ R)


def scaled_gram(X: Sparse, d: Array) -> Outputs:
    """The weights scale the stored entries."""
    return (X.T @ sp.csr_array((X.data * np.repeat(d, np.diff(X.indptr)), X.indices, X.indptr), X.shape),)


def operator(X: Any, w: Array, y: Array) -> Outputs:
    """Products with the operator, and nothing else."""
    r = X.matvec(w)
    r -= y
    return r @ r, 2 * X.rmatvec(r)


def weighted_squares(W: Sparse, T: Sparse, U: Array, V: Array) -> Outputs:
    """Predictions where something is observed only."""
    rows = np.repeat(np.arange(W.shape[0]), np.diff(W.indptr))
    r = W.data * (T.data - np.einsum("ij,ij->i", U[rows], V[W.indices]))
    G = sp.csr_array((-2 * W.data * r, W.indices, W.indptr), W.shape)
    return r @ r, G @ V


def case(
    name: str,
    about: str,
    text: str,
    given: str,
    made: Callable[[Any, Dims], Arrays],
    hand: Mapping[str, Hand],
    wanted: str = "value gradient",
    variables: str = "w",
    **ratio: float,
) -> Case:
    """A case that only NumPy code takes part in."""
    return Case(
        name=f"sparse-{name}",
        about=about,
        text=text,
        given=given,
        wanted=tuple(wanted.split()),
        variables=tuple(variables.split()),
        sizes=growing((1000, 10_000, 40_000), **ratio),
        quick=(10_000,),
        data=made,
        by_hand=hand,
        objectives=(),
        work=lambda dims: (4 * EACH * dims.get("m", dims["n"]), 24 * EACH * dims.get("m", dims["n"])),
    )


def _integers(rng: np.random.Generator, m: int) -> Array:
    return rng.integers(0, 2, m).astype(float)


def _normal(rng: np.random.Generator, m: int) -> Array:
    return rng.standard_normal(m)


def _square(make: Callable[[Any, int], Sparse], matrix: str, vector: str) -> Callable[[Any, Dims], Arrays]:
    def made(rng: np.random.Generator, dims: Dims) -> Arrays:
        A = make(rng, dims["n"])
        return {matrix: A, vector: rng.standard_normal(A.shape[0])}

    return made


def _ridge(rng: np.random.Generator, dims: Dims) -> Arrays:
    X = sp.random_array((dims["m"], dims["n"]), density=2 / dims["n"], format="csr", rng=rng)
    return {"X": X, "y": rng.standard_normal(dims["m"]), "a": 2.0}


def _several(rng: np.random.Generator, dims: Dims) -> Arrays:
    m, n, k = dims["m"], dims["n"], 8
    return {"X": data(rng, m, n), "W": rng.standard_normal((n, k)), "Y": rng.standard_normal((m, k))}


def _weighted(rng: np.random.Generator, dims: Dims) -> Arrays:
    m, n = dims["m"], dims["n"]
    W = data(rng, m, n)
    W.sort_indices()
    T = sp.csr_array((rng.standard_normal(W.nnz), W.indices, W.indptr), W.shape)
    return {"W": W, "T": T, "U": rng.standard_normal((m, 8)), "V": rng.standard_normal((n, 8))}


def _scaled(rng: np.random.Generator, dims: Dims) -> Arrays:
    return {"X": data(rng, dims["m"], dims["n"]), "d": rng.uniform(-1, 1, dims["m"])}


def _operator(rng: np.random.Generator, dims: Dims) -> Arrays:
    arrays = regression(_normal)(rng, dims)
    return {**arrays, "X": aslinearoperator(arrays["X"])}


REGRESSION = "X: m×n, w: n, y: m"

CASES = (
    case("least-squares", "‖Xw − y‖²", "norm(X*w - y)^2", REGRESSION, regression(_normal),
         {"scipy": least_squares}, m=5.0),
    case("logistic", "Σ softplus(Xw) − yᵀXw", "sum(softplus(X*w)) - y'*X*w", REGRESSION,
         regression(_integers), {"scipy": logistic}, m=5.0),
    case("logistic-hessian", "Xᵀ diag(p ⊙ (1 − p)) X", "sum(softplus(X*w)) - y'*X*w", REGRESSION,
         regression(_integers), {"scipy": logistic_hessian}, wanted="hessian", m=1.0),
    case("poisson", "Σ exp(Xw) − yᵀXw", "sum(exp(X*w)) - y'*X*w", REGRESSION, regression(_integers),
         {"scipy": poisson}, m=5.0),
    case("quadratic", "xᵀAx", "x'*A*x", "A: n×n, x: n", _square(lambda r, n: data(r, n, n), "A", "x"),
         {"scipy": quadratic}, variables="x"),
    case("laplacian", "xᵀ(diag(W1) − W)x", "x'*(diag(W*ones(n)) - W)*x", "W: n×n symmetric, x: n",
         _square(graph, "W", "x"), {"scipy": laplacian}, variables="x"),
    case("ridge", "(XᵀX + aI)⁻¹Xᵀy", "inv(X'*X + a*eye(n))*X'*y", "X: m×n, y: m, a: scalar positive",
         _ridge, {"splu": ridge}, wanted="", variables="", m=1.0),
    case("gaussian", "yᵀKy − log det K", "y'*K*y - logdet(K)", "K: n×n positive definite, y: n",
         _square(lambda r, n: grid(n), "K", "y"), {"splu": log_det}, wanted="value", variables=""),
    case("inverse-form", "yᵀK⁻¹y", "y'*inv(K)*y", "K: n×n positive definite, y: n",
         _square(lambda r, n: grid(n), "K", "y"), {"splu": solve}, variables="y"),
    case("several", "‖XW − Y‖²", "norm(X*W - Y)^2", "X: m×n, W: n×k, Y: m×k", _several,
         {"scipy": several}, variables="W", m=2.0, k=8),
    case("weighted-gram", "Xᵀ diag(d) X", "X'*diag(d)*X", "X: m×n, d: m", _scaled, {"scipy": scaled_gram},
         wanted="", variables="", m=1.0),
    case("operator", "‖Xw − y‖², X a LinearOperator", "norm(X*w - y)^2", REGRESSION, _operator,
         {"scipy": operator}, m=5.0),
    case("factorisation", "‖W ⊙ (T − UVᵀ)‖²", "norm(W .* (T - U*V'))^2", "W: m×n, T: m×n, U: m×k, V: n×k",
         _weighted, {"scipy": weighted_squares}, variables="U", m=2.0, k=8),
)  # fmt: skip
