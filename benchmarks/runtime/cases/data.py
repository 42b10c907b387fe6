"""Losses over data: tall regressions with all derivatives, factorisations, points and mixtures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit

from benchmarks.runtime.case import Array, Arrays, Dims, Outputs, growing, value_and_gradients
from benchmarks.runtime.cases.layers import one_hot, single

BLOCK = 2048
"""Rows of tall data that stay in the cache."""

ALL = ("value", "gradient", "hessian")


def regression(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Tall data with real targets."""
    X, w = rng.standard_normal((dims["n"], dims["p"])), rng.standard_normal(dims["p"]) / 4
    return {"X": X, "y": X @ w + rng.standard_normal(dims["n"]), "w": w + 0.1}


def signs(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Tall data with labels ±1."""
    made = regression(rng, dims)
    return {**made, "y": np.sign(made["y"])}


def counts(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Tall data with counts."""
    made = regression(rng, dims)
    return {**made, "y": rng.poisson(np.exp(made["X"] @ made["w"] / 2)).astype(float)}


def in_blocks(step: Callable[..., Outputs], X: Array, y: Array, *more: Any) -> Outputs:
    """Value, gradient and Hessian added up over blocks of rows."""
    total: list[Any] | None = None
    for start in range(0, len(X), BLOCK):
        part = step(X[start : start + BLOCK], y[start : start + BLOCK], *more)
        total = list(part) if total is None else [a + b for a, b in zip(total, part, strict=True)]
    assert total is not None
    return tuple(total)


def logistic(X: Array, y: Array, w: Array) -> Outputs:
    """Σ log(1 + exp(−y xᵀw)), its gradient and Hessian."""
    m = y * (X @ w)
    value = np.logaddexp(0, -m).sum()
    q = expit(-m)
    G = -(y * q) @ X
    q *= 1 - q
    return value, G, X.T @ (q[:, None] * X)


def poisson(X: Array, y: Array, w: Array) -> Outputs:
    """Σ exp(xᵀw) − y xᵀw, its gradient and Hessian."""
    z = X @ w
    e = np.exp(z)
    return e.sum() - y @ z, (e - y) @ X, X.T @ (e[:, None] * X)


def squares(X: Array, y: Array, w: Array) -> Outputs:
    """‖Xw − y‖², its gradient and Hessian."""
    r = X @ w
    r -= y
    return r @ r, 2 * (r @ X), 2 * (X.T @ X)


def student(X: Array, y: Array, w: Array, nu: float) -> Outputs:
    """Σ log(1 + r²/ν), its gradient and Hessian."""
    r = X @ w
    r -= y
    s = r * r
    value = np.log1p(s / nu).sum()
    t = 1 / (s + nu)
    G = (2 * r * t) @ X
    h = (nu - s) * t * t * 2
    return value, G, X.T @ (h[:, None] * X)


def _ways(step: Callable[..., Outputs]) -> dict[str, Callable[..., Outputs]]:
    """At once, and in blocks."""

    def blocks(X: Array, y: Array, **more: Any) -> Outputs:
        return in_blocks(step, X, y, *more.values())

    return {"at once": step, "blocks": blocks}


def classes(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Tall data with one-hot labels."""
    n, p, k = dims["n"], dims["p"], dims["k"]
    return {
        "X": rng.standard_normal((n, p)), "W": rng.standard_normal((p, k)) / 4, "Y": one_hot(rng, n, k)
    }  # fmt: skip


def softmax_regression(X: Array, W: Array, Y: Array) -> Outputs:
    """Cross-entropy and its gradient."""
    Z = X @ W
    Z -= Z.max(1, keepdims=True)
    picked = np.vdot(Y, Z)
    np.exp(Z, out=Z)
    total = Z.sum(1, keepdims=True)
    Z /= total
    Z -= Y
    return np.log(total).sum() - picked, X.T @ Z


def softmax_blocks(X: Array, W: Array, Y: Array) -> Outputs:
    """The same in blocks."""
    return in_blocks(lambda x, y: softmax_regression(x, W, y), X, Y)


def normal(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Tall data, a mean and a precision."""
    A = rng.standard_normal((dims["p"], dims["p"]))
    X = rng.standard_normal((dims["n"], dims["p"]))
    return {"X": X, "m": rng.standard_normal(dims["p"]), "P": A @ A.T + np.eye(dims["p"])}


def mahalanobis(X: Array, m: Array, P: Array) -> Outputs:
    """Σ (x − m)ᵀP(x − m) and its gradients."""
    D = X - m
    S = D.T @ D
    return np.vdot(P, S), P @ D.sum(0) * -2, S


def mahalanobis_blocks(X: Array, m: Array, P: Array) -> Outputs:
    """The same in blocks."""
    S, s = np.zeros_like(P), np.zeros_like(m)
    for start in range(0, len(X), BLOCK):
        D = X[start : start + BLOCK] - m
        S += D.T @ D
        s += D.sum(0)
    return np.vdot(P, S), P @ s * -2, S


def weighted(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A matrix known in part, and two factors."""
    n, m, k = dims["n"], dims["m"], dims["k"]
    return {
        "W": rng.uniform(size=(n, m)), "Y": rng.standard_normal((n, m)),
        "U": rng.standard_normal((n, k)), "V": rng.standard_normal((m, k)), "mu": np.float64(0.1),
    }  # fmt: skip


def weighted_factorisation(W: Array, Y: Array, U: Array, V: Array, mu: float) -> Outputs:
    """Σ W ⊙ (Y − UVᵀ)² + μ(‖U‖² + ‖V‖²) and its gradients."""
    R = U @ V.T
    R -= Y
    E = W * R
    value = np.vdot(E, R) + mu * (np.vdot(U, U) + np.vdot(V, V))
    E *= 2
    GU, GV = E @ V, E.T @ U
    GU += 2 * mu * U
    GV += 2 * mu * V
    return value, GU, GV


def weighted_objective(F: Any, W: Any, Y: Any, U: Any, V: Any, mu: Any) -> Any:
    """Σ W ⊙ (Y − UVᵀ)² + μ(‖U‖² + ‖V‖²)."""
    return (W * (Y - U @ V.T) ** 2).sum() + mu * ((U**2).sum() + (V**2).sum())


def positive(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A positive matrix and two positive factors."""
    n, m, k = dims["n"], dims["m"], dims["k"]
    return {
        "Y": rng.uniform(1, 2, (n, m)), "W": rng.uniform(size=(n, k)) + 0.1,
        "H": rng.uniform(size=(k, m)) + 0.1,
    }  # fmt: skip


def divergence(Y: Array, W: Array, H: Array) -> Outputs:
    """Σ WH − Y log WH and its gradients."""
    M = W @ H
    Q = Y / M
    value = M.sum()
    np.log(M, out=M)
    value -= np.vdot(Y, M)
    np.subtract(1, Q, out=Q)
    return value, Q @ H.T, W.T @ Q


def divergence_objective(F: Any, Y: Any, W: Any, H: Any) -> Any:
    """Σ WH − Y log WH."""
    M = W @ H
    return (M - Y * F.log(M)).sum()


def triplets(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Anchors, what is to be near and what is to be far, and a projection."""
    n, d = dims["n"], dims["p"]
    return {name: rng.standard_normal((n, d)) for name in ("A", "P", "N")} | {
        "L": rng.standard_normal((dims["k"], d)) / np.sqrt(d)
    }


def triplet_loss(A: Array, P: Array, N: Array, L: Array) -> Outputs:
    """Σ max(0, 1 + ‖L(a − p)‖² − ‖L(a − n)‖²) and its gradient."""
    near, far = A - P, A - N
    p, q = near @ L.T, far @ L.T
    m = np.einsum("ij,ij->i", p, p)
    m -= np.einsum("ij,ij->i", q, q)
    m += 1
    active = 2.0 * (m > 0)
    p *= active[:, None]
    q *= active[:, None]
    G = p.T @ near
    G -= q.T @ far
    return np.maximum(m, 0).sum(), G


def triplet_objective(F: Any, A: Any, P: Any, N: Any, L: Any) -> Any:
    """Σ max(0, 1 + ‖L(a − p)‖² − ‖L(a − n)‖²)."""
    near, far = (A - P) @ L.T, (A - N) @ L.T
    return F.relu(1 + (near**2).sum(1) - (far**2).sum(1)).sum()


def pencil(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two symmetric matrices and a frame."""
    n, k = dims["n"], dims["k"]
    A, B = rng.standard_normal((n, n)), rng.standard_normal((n, n))
    return {"A": A @ A.T, "B": B @ B.T + np.eye(n), "V": rng.standard_normal((n, k))}


def trace_ratio(A: Array, B: Array, V: Array) -> Outputs:
    """tr(VᵀAV)/tr(VᵀBV) and its gradient."""
    P, Q = A @ V, B @ V
    b = np.vdot(V, Q)
    ratio = np.vdot(V, P) / b
    Q *= ratio
    P -= Q
    P *= 2 / b
    return ratio, P


def trace_ratio_objective(F: Any, A: Any, B: Any, V: Any) -> Any:
    """tr(VᵀAV)/tr(VᵀBV)."""
    return (V * (A @ V)).sum() / (V * (B @ V)).sum()


def neighbours(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Points in the plane and symmetric probabilities."""
    n = dims["n"]
    P = rng.uniform(size=(n, n))
    P = P + P.T
    np.fill_diagonal(P, 0)
    return {"X": rng.standard_normal((n, 2)), "P": P / P.sum()}


def tsne(X: Array, P: Array) -> Outputs:
    """Σ P log(1 + ‖x_i − x_j‖²) + log Σ_{ij} 1/(1 + ‖x_i − x_j‖²) and its gradient."""
    g = np.einsum("ij,ij->i", X, X)
    D = X @ X.T
    D *= -2
    D += g[:, None]
    D += g
    D += 1
    q = 1 / D
    total = q.sum()
    np.log(D, out=D)
    value = np.vdot(P, D) + np.log(total)
    np.multiply(q, -1 / total, out=D)
    D += P
    D *= q
    return value, 4 * (D.sum(1)[:, None] * X - D @ X)


def cloud(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two clouds of points, a matrix and a shift that bring one to the other."""
    n = dims["n"]
    return {
        "X": rng.standard_normal((n, 3)), "Y": rng.standard_normal((n, 3)), "w": rng.uniform(size=n),
        "R": rng.standard_normal((3, 3)), "t": rng.standard_normal(3),
    }  # fmt: skip


def registration(X: Array, Y: Array, w: Array, R: Array, t: Array) -> Outputs:
    """Σ w_i ‖R x_i + t − y_i‖² and its gradients."""
    E = X @ R.T
    E += t
    E -= Y
    F = E * w[:, None]
    value = np.vdot(E, F)
    F *= 2
    return value, F.T @ X, F.sum(0)


def registration_objective(F: Any, X: Any, Y: Any, w: Any, R: Any, t: Any) -> Any:
    """Σ w_i ‖R x_i + t − y_i‖²."""
    return (w * ((X @ R.T + t - Y) ** 2).sum(1)).sum()


def mixture(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Points, centres and log weights."""
    n, p, k = dims["n"], dims["p"], dims["k"]
    return {
        "X": rng.standard_normal((n, p)), "M": rng.standard_normal((k, p)), "c": rng.standard_normal(k)
    }  # fmt: skip


def responsibilities(X: Array, M: Array, c: Array) -> Outputs:
    """Σ_i log Σ_k exp(c_k + x_iᵀm_k − ‖m_k‖²/2) and its gradients."""
    Z = X @ M.T
    Z += c - np.einsum("ij,ij->i", M, M) / 2
    top = Z.max(1, keepdims=True)
    Z -= top
    np.exp(Z, out=Z)
    total = Z.sum(1, keepdims=True)
    Z /= total
    value = np.log(total).sum() + top.sum()
    s = Z.sum(0)
    return value, Z.T @ X - s[:, None] * M, s


def mixture_objective(F: Any, X: Any, M: Any, c: Any) -> Any:
    """Σ_i log Σ_k exp(c_k + x_iᵀm_k − ‖m_k‖²/2)."""
    return F.logsumexp(X @ M.T + c - (M**2).sum(1) / 2, 1).sum()


def _least(d: Dims) -> tuple[float, float]:
    """A pass over the data."""
    columns = d.get("m", d.get("p", d["n"]))
    return (4 * d["n"] * columns, 8 * d["n"] * columns)


_case = partial(value_and_gradients, work=_least)
_TALL: dict[int, Dims] = growing((30, 100, 10_000, 1_000_000), p=10)
_SHORT: dict[int, Dims] = growing((30, 100, 10_000, 200_000), p=10, k=5)
_XYW = "X: n×p, y: n, w: p"
CASES = (
    _case("tall-logistic", "logistic, tall: value, gradient, Hessian", "sum(log(1 + exp(-y .* (X*w))))", _XYW,
          ("w",), _TALL, signs, _ways(logistic), wanted=ALL),
    _case("tall-logistic-single", "the same in single precision", "sum(log(1 + exp(-y .* (X*w))))", _XYW,
          ("w",), growing((30, 100_000), p=10), single(signs), _ways(logistic), wanted=ALL),
    _case("tall-poisson", "Poisson, tall: value, gradient, Hessian", "sum(exp(X*w)) - y'*X*w", _XYW,
          ("w",), _TALL, counts, _ways(poisson), wanted=ALL),
    _case("tall-squares", "least squares, tall: value, gradient, Hessian", "norm(X*w - y)^2", _XYW,
          ("w",), _TALL, regression, _ways(squares), wanted=ALL),
    _case("tall-student", "Student-t, tall: value, gradient, Hessian", "sum(log(1 + (X*w - y).^2/nu))",
          _XYW + ", nu: scalar positive", ("w",), growing((30, 100, 10_000, 200_000), p=10),
          lambda r, d: {**regression(r, d), "nu": np.float64(4.0)}, _ways(student), wanted=ALL),
    _case("tall-softmax", "softmax regression, tall: value, gradient", "-sum(Y .* row_log_softmax(X*W))",
          "X: n×p, W: p×k, Y: n×k", ("W",), _SHORT, classes,
          {"at once": softmax_regression, "blocks": softmax_blocks}),
    _case("tall-mahalanobis", "Mahalanobis, tall: value, gradients",
          "tr((X - ones(n)*m')*P*(X - ones(n)*m')')",
          "X: n×p, m: p, P: p×p symmetric", ("m", "P"), _SHORT, normal,
          {"at once": mahalanobis, "blocks": mahalanobis_blocks}),
    _case("weighted-factorisation", "weighted factorisation: value, gradients",
          "sum(W .* (Y - U*V').^2) + mu*(norm(U)^2 + norm(V)^2)",
          "W: n×m, Y: n×m, U: n×k, V: m×k, mu: scalar", ("U", "V"), growing((30, 100, 700), m=0.8, k=10),
          weighted, {"in place": weighted_factorisation}, weighted_objective),
    _case("nmf", "Kullback-Leibler NMF: value, gradients", "sum(W*H - Y .* log(W*H))",
          "Y: n×m, W: n×k positive, H: k×m positive", ("W", "H"), growing((30, 100, 500), m=0.8, k=10),
          positive, {"in place": divergence}, divergence_objective),
    _case("triplets", "triplet loss: value, gradient",
          "sum(relu(1 + row_sum(((A - P)*L').^2) - row_sum(((A - N)*L').^2)))",
          "A: n×p, P: n×p, N: n×p, L: k×p", ("L",), growing((30, 100, 5000), p=20, k=10), triplets,
          {"in place": triplet_loss}, triplet_objective),
    _case("trace-ratio", "trace ratio: value, gradient", "tr(V'*A*V)/tr(V'*B*V)",
          "A: n×n symmetric, B: n×n symmetric, V: n×k", ("V",), growing((30, 100, 500), k=10), pencil,
          {"in place": trace_ratio}, trace_ratio_objective),
    _case("t-sne", "t-SNE: value, gradient",
          "sum_{i,j} P_ij log(1 + norm(x_i - x_j)^2) + log(sum_{i,j} 1/(1 + norm(x_i - x_j)^2))"
          " where x_i = X[i,:]'",
          "X: n×d, P: n×n symmetric, i = 1..n, j = 1..n", ("X",), growing((30, 100, 500)), neighbours,
          {"in place": tsne}),
    _case("registration", "point clouds: value, gradients", "sum(w .* row_sum((X*R' + ones(n)*t' - Y).^2))",
          "X: n×3, Y: n×3, w: n, R: 3×3, t: 3", ("R", "t"), growing((30, 100, 10_000)), cloud,
          {"in place": registration}, registration_objective),
    _case("mixture", "responsibilities: value, gradients",
          "sum(row_logsumexp(X*M' + ones(n)*(c - row_sum(M.^2)/2)'))", "X: n×p, M: k×p, c: k", ("M", "c"),
          _SHORT, mixture, {"in place": responsibilities}, mixture_objective),
)  # fmt: skip
