"""Least squares, logistic regression and softmax regression."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg.blas import dgemv
from scipy.special import expit, log_expit, logsumexp, softmax

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing


def labelled(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design matrix, labels ±1 and weights, scaled so that the margins are of order 1."""
    m, n = dims["m"], dims["n"]
    return {
        "X": rng.standard_normal((m, n)) / np.sqrt(n),
        "y": rng.choice([-1.0, 1.0], m),
        "w": rng.standard_normal(n),
    }


def logistic(X: Array, y: Array, w: Array) -> Outputs:
    """Value, gradient and Hessian with NumPy; y² = 1 is known to the expert."""
    margin = y * (X @ w)
    value = -log_expit(margin).sum()
    s = expit(-margin)
    gradient = -((y * s) @ X)
    scaled = X * np.sqrt(s * (1 - s))[:, None]
    return value, gradient, scaled.T @ scaled


def logistic_gemm(X: Array, y: Array, w: Array) -> Outputs:
    """The same with a general product, which is as fast where calls cost more than work."""
    margin = y * (X @ w)
    e = np.exp(-np.abs(margin))
    value = np.log1p(e).sum() - np.minimum(margin, 0).sum()
    s = expit(-margin)
    d = s * (1 - s)
    return value, dgemv(-1.0, X.T, y * s), X.T @ (X * d[:, None])


def logistic_objective(F: Any, X: Any, y: Any, w: Any) -> Any:
    """The sum of log(1 + exp(−y ⊙ Xw))."""
    return F.softplus(-y * (X @ w)).sum()


def classes(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design matrix, one-hot labels and weights."""
    m, n, c = dims["m"], dims["n"], dims["c"]
    return {
        "X": rng.standard_normal((m, n)) / np.sqrt(n),
        "Y": np.eye(c)[rng.integers(c, size=m)],
        "W": rng.standard_normal((n, c)),
    }


def softmax_hessian(X: Array, Y: Array, W: Array) -> Outputs:
    """One symmetric product for −Σ pⱼpₗ xxᵀ, one general one for the blocks on the diagonal."""
    m, n = X.shape
    c = W.shape[1]
    P = softmax(X @ W, axis=1)
    Z = (P[:, :, None] * X[:, None, :]).reshape(m, c * n)
    H = Z.T @ Z
    np.negative(H, out=H)
    j = np.arange(c)
    H.reshape(c, n, c, n)[j, :, j, :] += (X.T @ Z).reshape(n, c, n).transpose(1, 0, 2)
    return (H,)


def softmax_blocks(X: Array, Y: Array, W: Array) -> Outputs:
    """Block by block, each a weighted XᵀDX, the upper ones by symmetry."""
    n, c = W.shape
    logits = X @ W
    P = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
    H = np.empty((c, n, c, n))
    for j in range(c):
        for k in range(j + 1):
            d = P[:, j] * ((j == k) - P[:, k])
            H[j, :, k] = (X * d[:, None]).T @ X
            if k < j:
                H[k, :, j] = H[j, :, k]
    return (H.reshape(n * c, n * c),)


def softmax_objective(F: Any, X: Any, Y: Any, W: Any) -> Any:
    """Cross-entropy of softmax(XW) by rows."""
    logits = X @ W
    return F.logsumexp(logits, 1).sum() - (Y * logits).sum()


def measured(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design matrix, measurements and weights."""
    m, n = dims["m"], dims["n"]
    return {
        "X": rng.standard_normal((m, n)) / np.sqrt(n),
        "y": rng.standard_normal(m),
        "w": rng.standard_normal(n),
    }


def least_squares(X: Array, y: Array, w: Array) -> Outputs:
    """2 Xᵀ(Xw − y), the factor on the short vector."""
    r = X @ w
    r -= y
    g = X.T @ r
    g *= 2
    return (g,)


def least_squares_blas(X: Array, y: Array, w: Array) -> Outputs:
    """Two calls of dgemv, which add and scale on the way."""
    r = dgemv(1.0, X.T, w, beta=-1.0, y=y, trans=1)
    return (dgemv(2.0, X.T, r),)


def least_squares_objective(F: Any, X: Any, y: Any, w: Any) -> Any:
    """‖Xw − y‖²."""
    r = X @ w - y
    return r @ r


CASES = (
    Case(
        name="logistic",
        about="logistic regression: value, gradient, Hessian",
        text="sum(log(1 + exp(-y .* (X*w))))",
        given="X: m×n, w: n, y: m",
        wanted=("value", "gradient", "hessian"),
        variables=("w",),
        sizes=growing((10, 30, 100, 300, 1000), m=2.0),
        quick=(10, 100, 1000),
        data=labelled,
        by_hand={"syrk": logistic, "gemm": logistic_gemm},
        objectives=(logistic_objective,),
        work=lambda d: (d["m"] * d["n"] * (d["n"] + 6), 8 * (d["m"] * d["n"] + d["n"] ** 2)),
        tangent=lambda d: d["m"],
    ),
    Case(
        name="softmax",
        about="softmax regression: Hessian",
        text="sum(row_logsumexp(X*W)) - sum(Y .* (X*W))",
        given="X: m×n, W: n×c, Y: m×c",
        wanted=("hessian",),
        variables=("W",),
        sizes={50: {"m": 1000, "n": 50, "c": 10}, 100: {"m": 2000, "n": 100, "c": 10}},
        quick=(50, 100),
        data=classes,
        by_hand={"one syrk": softmax_hessian, "by blocks": softmax_blocks},
        objectives=(softmax_objective,),
        work=lambda d: (
            d["m"] * d["n"] * d["c"] * (d["n"] * (d["c"] + 1) / 2 + 3),
            8 * (d["m"] * d["n"] + (d["n"] * d["c"]) ** 2),
        ),
        tangent=lambda d: d["m"] * d["c"],
    ),
    Case(
        name="least-squares",
        about="least squares: gradient",
        text="norm(X*w - y)^2",
        given="X: m×n, w: n, y: m",
        wanted=("gradient",),
        variables=("w",),
        sizes=growing((10, 30, 100, 300, 1000), m=2.0),
        quick=(10, 100, 1000),
        data=measured,
        by_hand={"numpy": least_squares, "dgemv": least_squares_blas},
        objectives=(least_squares_objective,),
        work=lambda d: (4 * d["m"] * d["n"], 8 * d["m"] * d["n"]),
    ),
)
