"""Layers of networks: attention, normalisations, cross-entropy with, contrastive losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.runtime.case import Array, Arrays, Dims, Outputs, growing, value_and_gradients

SMALL = np.float64(1e-5)
"""What is added to variances."""


def one_hot(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Rows with a single 1."""
    return np.eye(columns)[rng.integers(columns, size=rows)]


def row_softmax(Z: Array) -> Array:
    """The softmax of each row, in the place of the argument."""
    Z -= Z.max(1, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(1, keepdims=True)
    return Z


def tokens(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Tokens, three projections and targets."""
    n, p, d = dims["n"], dims["p"], dims["d"]
    return {
        "X": rng.standard_normal((n, p)),
        "Q": rng.standard_normal((p, d)) / np.sqrt(p),
        "K": rng.standard_normal((p, d)) / np.sqrt(p),
        "V": rng.standard_normal((p, d)) / np.sqrt(p),
        "T": rng.standard_normal((n, d)),
    }


def attention(X: Array, Q: Array, K: Array, V: Array, T: Array) -> Outputs:
    """Backpropagation through one head."""
    q, k, v = X @ Q, X @ K, X @ V
    q /= np.sqrt(Q.shape[1])
    A = row_softmax(q @ k.T)
    R = A @ v
    R -= T
    value = np.vdot(R, R)
    R *= 2
    dv = A.T @ R
    dS = R @ v.T
    dS -= np.einsum("ij,ij->i", dS, A)[:, None]
    dS *= A
    dq = dS @ k
    dq /= np.sqrt(Q.shape[1])
    dk = dS.T @ q
    dX = dq @ Q.T
    dX += dk @ K.T
    dX += dv @ V.T
    return value, dX, X.T @ dq, X.T @ dk, X.T @ dv


def attention_objective(F: Any, X: Any, Q: Any, K: Any, V: Any, T: Any) -> Any:
    """‖softmax(XQ(XK)ᵀ/√d) XV − T‖²."""
    S = (X @ Q) @ (X @ K).T / Q.shape[1] ** 0.5
    S = S - F.logsumexp(S, 1)[:, None]
    exp = F.np.exp if hasattr(F, "np") else F.torch.exp
    return ((exp(S) @ (X @ V) - T) ** 2).sum()


def features(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Activations and what they are weighted by."""
    return {
        "X": rng.standard_normal((dims["n"], dims["p"])) + 0.3,
        "C": rng.standard_normal((dims["n"], dims["p"])),
        "epsilon": SMALL,
    }


def layer_norm(X: Array, C: Array, epsilon: float) -> Outputs:
    """Value and gradient of Σ C ⊙ LayerNorm(X)."""
    p = X.shape[1]
    Z = X - X.mean(1, keepdims=True)
    r = 1 / np.sqrt(np.einsum("ij,ij->i", Z, Z) / p + epsilon)[:, None]
    Z *= r
    dots = np.einsum("ij,ij->i", Z, C)
    G = C - C.mean(1, keepdims=True)
    Z *= (dots / p)[:, None]
    G -= Z
    G *= r
    return dots.sum(), G


def layer_norm_objective(F: Any, X: Any, C: Any, epsilon: Any) -> Any:
    """Σ C ⊙ LayerNorm(X)."""
    Z = X - X.mean(1)[:, None]
    return (C * Z / ((Z**2).mean(1) + epsilon)[:, None] ** 0.5).sum()


def rms_norm(X: Array, C: Array, epsilon: float) -> Outputs:
    """Value and gradient of Σ C ⊙ RMSNorm(X)."""
    p = X.shape[1]
    r = 1 / np.sqrt(np.einsum("ij,ij->i", X, X) / p + epsilon)
    dots = np.einsum("ij,ij->i", X, C) * r
    G = X * (dots * r / -p)[:, None]
    G += C
    G *= r[:, None]
    return dots.sum(), G


def rms_norm_objective(F: Any, X: Any, C: Any, epsilon: Any) -> Any:
    """Σ C ⊙ RMSNorm(X)."""
    return (C * X / ((X**2).mean(1) + epsilon)[:, None] ** 0.5).sum()


def batch(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Activations, what they are weighted by, scale and shift."""
    made = features(rng, dims)
    return {**made, "g": rng.uniform(1, 2, dims["p"]), "b": rng.standard_normal(dims["p"])}


def batch_norm(X: Array, C: Array, epsilon: float, g: Array, b: Array) -> Outputs:
    """Value and gradients of Σ C ⊙ (BatchNorm(X) diag(g) + 𝟏bᵀ)."""
    n = X.shape[0]
    Z = X - X.mean(0)
    r = 1 / np.sqrt(np.einsum("ij,ij->j", Z, Z) / n + epsilon)
    Z *= r
    dg, db = np.einsum("ij,ij->j", Z, C), C.sum(0)
    G = C - db / n
    Z *= dg / n
    G -= Z
    G *= g * r
    return dg @ g + db @ b, G, dg, db


def batch_norm_objective(F: Any, X: Any, C: Any, epsilon: Any, g: Any, b: Any) -> Any:
    """Σ C ⊙ (BatchNorm(X) diag(g) + 𝟏bᵀ)."""
    Z = X - X.mean(0)
    return (C * (Z / ((Z**2).mean(0) + epsilon) ** 0.5 * g + b)).sum()


def classifier(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A network of one hidden layer, samples in rows, one-hot labels."""
    n, p, h, k = dims["n"], dims["p"], dims["h"], dims["k"]
    return {
        "X": rng.standard_normal((n, p)),
        "W": rng.standard_normal((p, h)) / np.sqrt(p),
        "b": rng.standard_normal(h),
        "V": rng.standard_normal((h, k)) / np.sqrt(h),
        "c": rng.standard_normal(k),
        "Y": one_hot(rng, n, k),
    }


def cross_entropy(X: Array, W: Array, b: Array, V: Array, c: Array, Y: Array) -> Outputs:
    """Backpropagation that knows that the rows of Y sum to one."""
    n = len(X)
    H = X @ W
    H += b
    np.tanh(H, out=H)
    Z = H @ V
    Z += c
    Z -= Z.max(1, keepdims=True)
    picked = np.vdot(Y, Z)
    np.exp(Z, out=Z)
    total = Z.sum(1, keepdims=True)
    value = (np.log(total).sum() - picked) / n
    Z /= total
    Z -= Y
    Z /= n
    D = Z @ V.T
    dV, dc = H.T @ Z, Z.sum(0)
    H *= H
    np.subtract(1, H, out=H)
    D *= H
    return value, X.T @ D, D.sum(0), dV, dc


def cross_entropy_objective(F: Any, X: Any, W: Any, b: Any, V: Any, c: Any, Y: Any) -> Any:
    """The mean cross-entropy."""
    Z = F.tanh(X @ W + b) @ V + c
    return (F.logsumexp(Z, 1) - (Y * Z).sum(1)).sum() / X.shape[0]


def pairs_of_views(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two embeddings of each sample."""
    U = rng.standard_normal((dims["n"], dims["d"]))
    return {"U": U, "V": U + 0.5 * rng.standard_normal(U.shape), "tau": np.float64(2.0)}


def info_nce(U: Array, V: Array, tau: float) -> Outputs:
    """Value and gradients of the contrastive loss."""
    n = len(U)
    Z = (U / tau) @ V.T
    Z -= Z.max(1, keepdims=True)
    picked = np.trace(Z)
    np.exp(Z, out=Z)
    total = Z.sum(1, keepdims=True)
    value = (np.log(total).sum() - picked) / n
    Z /= total * n * tau
    Z.flat[:: n + 1] -= 1 / (n * tau)
    return value, Z @ V, Z.T @ U


def info_nce_objective(F: Any, U: Any, V: Any, tau: Any) -> Any:
    """The contrastive loss."""
    Z = U @ V.T / tau
    return (F.logsumexp(Z, 1).sum() - (U * V).sum() / tau) / U.shape[0]


def single(data: Callable[[np.random.Generator, Dims], Arrays]) -> Callable[..., Arrays]:
    """The same data in single precision."""

    def made(rng: np.random.Generator, dims: Dims) -> Arrays:
        return {name: np.asarray(a, np.float32)[()] for name, a in data(rng, dims).items()}

    return made


def _passes(d: Dims) -> tuple[float, float]:
    """A pass over two arrays, and one written."""
    return (6 * d["n"] * d["p"], 24 * d["n"] * d["p"])


_case = value_and_gradients
CROSS_ENTROPY = (
    "-sum(Y .* row_log_softmax(tanh(X*W + ones(n)*b')*V + ones(n)*c'))/n",
    "X: n×p, W: p×h, b: h, V: h×k, c: k, Y: n×k",
)
CASES = (
    _case("attention", "attention head: value, all gradients",
          "norm(row_softmax(X*Q*(X*K)'/sqrt(d))*(X*V) - T)^2", "X: n×p, Q: p×d, K: p×d, V: p×d, T: n×d",
          ("X", "Q", "K", "V"), growing((30, 100, 500), p=64, d=32), tokens, attention, attention_objective,
          lambda d: (10 * d["n"] ** 2 * d["d"] + 18 * d["n"] * d["p"] * d["d"], 32 * d["n"] ** 2)),
    _case("layer-norm", "LayerNorm: value, gradient",
          "sum(C .* ((X - row_mean(X)*ones(p)') ./ (sqrt(row_var(X) + epsilon)*ones(p)')))",
          "X: n×p, C: n×p, epsilon: scalar positive", ("X",), growing((30, 100, 2000), p=256), features,
          layer_norm, layer_norm_objective, _passes),
    _case("rms-norm", "RMSNorm: value, gradient",
          "sum(C .* (X ./ (sqrt(row_mean(X.^2) + epsilon)*ones(p)')))",
          "X: n×p, C: n×p, epsilon: scalar positive", ("X",), growing((30, 100, 2000), p=256), features,
          rms_norm, rms_norm_objective, _passes),
    _case("batch-norm", "batch normalisation: value, gradients",
          "sum(C .* ((X - ones(n)*column_mean(X)) ./ (ones(n)*sqrt(column_var(X) + epsilon)) .* (ones(n)*g')"
          " + ones(n)*b'))",
          "X: n×p, C: n×p, epsilon: scalar positive, g: p, b: p", ("X", "g", "b"),
          growing((30, 100, 2000), p=256), batch, batch_norm, batch_norm_objective, _passes),
    _case("cross-entropy", "MLP with: value, gradients", *CROSS_ENTROPY, ("W", "b", "V", "c"),
          growing((30, 100, 2000), p=64, h=64, k=10), classifier, cross_entropy, cross_entropy_objective,
          lambda d: (4 * d["n"] * d["h"] * (d["p"] + 1.5 * d["k"]), 32 * d["n"] * d["h"])),
    _case("cross-entropy-single", "the same in single precision", *CROSS_ENTROPY, ("W", "b", "V", "c"),
          growing((30, 100, 2000), p=64, h=64, k=10), single(classifier), cross_entropy,
          cross_entropy_objective,
          lambda d: (4 * d["n"] * d["h"] * (d["p"] + 1.5 * d["k"]), 16 * d["n"] * d["h"])),
    _case("info-nce", "contrastive loss: value, gradients", "-tr(row_log_softmax(U*V'/tau))/n",
          "U: n×d, V: n×d, tau: scalar positive", ("U", "V"), growing((30, 100, 500), d=64), pairs_of_views,
          info_nce, info_nce_objective, lambda d: (6 * d["n"] ** 2 * d["d"], 24 * d["n"] ** 2)),
)  # fmt: skip
