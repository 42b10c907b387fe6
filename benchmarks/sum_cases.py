"""Sums over data by hand: the value and a gradient of each in batched NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A sum, what it is derived by, its data, and how one writes it by hand."""

    name: str
    text: str
    given: str
    wrt: str
    data: Callable[[np.random.Generator], Arrays]
    by_hand: Callable[..., tuple[Any, Any]]


def _spd(rng: np.random.Generator, *shape: int) -> Any:
    a = rng.normal(size=(*shape, shape[-1]))
    return a @ np.swapaxes(a, -1, -2) / shape[-1] + np.eye(shape[-1])


def _rows(rng: np.random.Generator) -> Arrays:
    n, d = 100_000, 10
    return {"x": rng.normal(size=(n, d)), "y": rng.normal(size=n), "w": rng.normal(size=d)}


def _squares(x: Any, y: Any, w: Any) -> tuple[Any, Any]:
    r = y - x @ w
    return r @ r, -2 * (r @ x)


def _logistic(x: Any, y: Any, w: Any) -> tuple[Any, Any]:
    z = x @ w
    p = -y * z
    return np.logaddexp(0, p).sum(), (-y / (1 + np.exp(-p))) @ x


def _gaussian(x: Any, m: Any, S: Any) -> tuple[Any, Any]:
    d = x - m
    e = np.linalg.solve(S, d.T).T
    n = len(x)
    value = n * np.linalg.slogdet(S)[1] + np.einsum("ij,ij->", d, e)
    return value, n * np.linalg.inv(S) - e.T @ e


def _softmax(x: Any, T: Any, W: Any) -> tuple[Any, Any]:
    z = x @ W.T
    top = z.max(1, keepdims=True)
    e = np.exp(z - top)
    total = e.sum(1, keepdims=True)
    value = np.sum(np.log(total) + top) - np.einsum("ij,ij->", T, z)
    return value, (e / total - T).T @ x


def _log_dets(Q: Any, S: Any) -> tuple[Any, Any]:
    M = Q + S
    return np.linalg.slogdet(M)[1].sum(), np.linalg.inv(M).sum(0)


def _log_dets_each(c: Any, Q: Any) -> tuple[Any, Any]:
    return c @ np.linalg.slogdet(Q)[1], c[:, None, None] * np.linalg.inv(Q)


def _sandwich(A: Any, B: Any, X: Any) -> tuple[Any, Any]:
    G = np.tensordot(B, A, axes=([0, 2], [0, 1])).T
    return np.vdot(G, X), G


def _quadratic(A: Any, X: Any, B: Any) -> tuple[Any, Any]:
    R = A @ X - B
    return np.vdot(R, R), 2 * np.tensordot(A, R, axes=([0, 1], [0, 1]))


def _four(A: Any, B: Any, X: Any) -> tuple[Any, Any]:
    AX = A @ X
    BX = B @ X
    G = A.transpose(0, 2, 1) @ BX + B.transpose(0, 2, 1) @ AX
    return np.vdot(AX, BX), G.sum(0)


def _mahalanobis(x: Any, m: Any, Q: Any) -> tuple[Any, Any]:
    d = x - m
    e = np.linalg.solve(Q, d[:, :, None])[:, :, 0]
    return np.vdot(d, e), -2 * e.sum(0)


def _channels(H: Any, V: Any) -> tuple[Any, Any]:
    HV = H @ V
    M = np.eye(H.shape[1]) + HV @ HV.transpose(0, 2, 1)
    G = np.linalg.solve(M, HV)
    return np.linalg.slogdet(M)[1].sum(), 2 * np.tensordot(H, G, axes=([0, 1], [0, 1]))


def _mixture(x: Any, m: Any, c: Any, Q: Any) -> tuple[Any, Any]:
    d = x[None] - m[:, None]
    e = np.linalg.solve(Q, d.transpose(0, 2, 1)).transpose(0, 2, 1)
    quad = np.einsum("knd,knd->kn", d, e)
    p = (c / np.sqrt(np.linalg.det(Q)))[:, None] * np.exp(-quad / 2)
    total = p.sum(0)
    return np.log(total).sum(), np.einsum("kn,knd->kd", p / total, e)


def _pairs(x: Any, t: Any) -> tuple[Any, Any]:
    g = np.einsum("ij,ij->i", x, x)
    K = np.exp(-t * (g[:, None] + g - 2 * (x @ x.T)))
    return K.sum(), -4 * t * (K.sum(1)[:, None] * x - K @ x)


def _distances(x: Any, D: Any) -> tuple[Any, Any]:
    g = np.einsum("ij,ij->i", x, x)
    s = np.maximum(g[:, None] + g - 2 * (x @ x.T), 0)
    np.fill_diagonal(s, 1)
    r = np.sqrt(s)
    # Of D only what is above the diagonal: nothing says that it is symmetric.
    gap = np.triu(r - D, 1)
    weight = gap / r
    weight += weight.T
    return np.vdot(gap, gap), 2 * (weight.sum(1)[:, None] * x - weight @ x)


def _gaussians_of_parts(x: Any, A: Any) -> tuple[Any, Any]:
    z = np.einsum("krc,kc->kr", A, x)
    e = np.exp(-np.einsum("kr,kr->k", z, z))
    return e.sum(), -2 * e[:, None] * np.einsum("krc,kr->kc", A, z)


_K = "k = 1..K"
CASES = [
    Case("squares", "sum_i (y_i - w'x_i)^2", "x_i: n, y_i: scalar, i = 1..N, w: n", "w", _rows, _squares),
    Case("logistic", "sum_i log(1 + exp(-y_i w'x_i))", "x_i: n, y_i: scalar, i = 1..N, w: n", "w",
         _rows, _logistic),
    Case("gaussian", "sum_i (logdet(S) + (x_i - m)' inv(S) (x_i - m))",
         "x_i: n, i = 1..N, m: n, S: n×n SPD", "S",
         lambda r: {"x": r.normal(size=(100_000, 10)), "m": r.normal(size=10), "S": _spd(r, 10)}, _gaussian),
    Case("softmax", "sum_i (logsumexp(W x_i) - t_i' W x_i)", "x_i: n, t_i: c, i = 1..N, W: c×n", "W",
         lambda r: {"x": r.normal(size=(100_000, 10)), "t": r.dirichlet(np.ones(5), 100_000),
                    "W": r.normal(size=(5, 10))}, lambda x, t, W: _softmax(x, t, W)),
    Case("log-dets", "sum_k logdet(Q_k + S)", f"Q_k: n×n SPD, {_K}, S: n×n SPD", "S",
         lambda r: {"Q": _spd(r, 200, 50), "S": _spd(r, 50)}, _log_dets),
    Case("log-dets by members", "sum_k c_k logdet(Q_k)", f"Q_k: n×n SPD, c_k: scalar, {_K}", "Q",
         lambda r: {"Q": _spd(r, 200, 50), "c": r.normal(size=200)}, _log_dets_each),
    Case("A X B", "sum_k tr(A_k X B_k)", f"A_k: m×n, B_k: n×m, {_K}, X: n×n", "X",
         lambda r: {"A": r.normal(size=(200, 50, 50)), "B": r.normal(size=(200, 50, 50)),
                    "X": r.normal(size=(50, 50))}, _sandwich),
    Case("least squares of matrices", "sum_k norm(A_k X - B_k)^2", f"A_k: m×n, B_k: m×p, {_K}, X: n×p", "X",
         lambda r: {"A": r.normal(size=(200, 50, 50)), "B": r.normal(size=(200, 50, 50)),
                    "X": r.normal(size=(50, 50))}, lambda A, B, X: _quadratic(A, X, B)),
    Case("four factors", "sum_k tr(A_k X X' B_k')", f"A_k: m×n, B_k: m×n, {_K}, X: n×p", "X",
         lambda r: {"A": r.normal(size=(200, 50, 50)), "B": r.normal(size=(200, 50, 50)),
                    "X": r.normal(size=(50, 50))}, _four),
    Case("distances of Mahalanobis", "sum_k (x_k - m)' inv(Q_k) (x_k - m)",
         f"x_k: n, Q_k: n×n SPD, {_K}, m: n", "m",
         lambda r: {"x": r.normal(size=(200, 50)), "Q": _spd(r, 200, 50), "m": r.normal(size=50)},
         _mahalanobis),
    Case("channels", "sum_k logdet(eye(m) + H_k V V' H_k')", f"H_k: m×n, {_K}, V: n×p", "V",
         lambda r: {"H": r.normal(size=(200, 50, 50)), "V": r.normal(size=(50, 20)) / 50}, _channels),
    Case("mixture", "sum_i log(sum_k c_k exp(-1/2 (x_i - m_k)' inv(Q_k) (x_i - m_k))/sqrt(det(Q_k)))",
         f"x_i: n, i = 1..N, m_k: n, c_k: scalar positive, Q_k: n×n SPD, {_K}", "m",
         lambda r: {"x": r.normal(size=(20_000, 10)), "m": r.normal(size=(5, 10)),
                    "c": r.dirichlet(np.ones(5)), "Q": _spd(r, 5, 10)}, _mixture),
    Case("kernel of pairs", "sum_{i,j} exp(-t norm(x_i - x_j)^2)", "x_i: n, i = 1..N, t: scalar", "x",
         lambda r: {"x": r.normal(size=(500, 10)), "t": 0.1}, _pairs),
    Case("distances of pairs", "sum_{i<j} (norm(x_i - x_j) - d_ij)^2",
         "x_i: n, d_ij: scalar, i = 1..N, j = 1..N", "x",
         lambda r: {"x": r.normal(size=(500, 10)), "d": (lambda a: a + a.T)(r.uniform(1, 2, (500, 500)))},
         lambda x, d: _distances(x, d)),
    Case("functions of products", "sum_k exp(-norm(A_k x_k)^2)", f"A_k: m×n, x_k: n, {_K}", "x",
         lambda r: {"A": r.normal(size=(200, 50, 50)) / 50, "x": r.normal(size=(200, 50))},
         lambda A, x: _gaussians_of_parts(x, A)),
]  # fmt: skip
"""What is compared."""
