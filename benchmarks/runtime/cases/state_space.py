"""State space models and control: filters, Lyapunov and Sylvester equations, matrix exponentials."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import (
    cho_factor,
    cho_solve,
    eigh,
    expm,
    expm_frechet,
    schur,
)
from scipy.linalg.lapack import dtrsyl

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing
from benchmarks.runtime.cases.covariances import inverse_of, log_det
from benchmarks.runtime.cases.determinants import positive_definite

# ---- Kalman filter ---------------------------------------------------------------------------------


def filter_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A prediction and an observation."""
    n, m = dims["n"], dims["m"]
    return {
        "P": positive_definite(rng, n), "H": rng.standard_normal((m, n)), "R": positive_definite(rng, m),
        "x": rng.standard_normal(n), "y": rng.standard_normal(m),
    }  # fmt: skip


def update(P: Array, H: Array, R: Array, x: Array, y: Array) -> Outputs:
    """The mean and the covariance after an observation."""
    PH = P @ H.T
    c = cho_factor(H @ PH + R, lower=True, check_finite=False)
    K = cho_solve(c, PH.T, check_finite=False).T
    return x + K @ (y - H @ x), P - K @ PH.T


def innovation(P: Array, H: Array, R: Array, x: Array, y: Array) -> Outputs:
    """The likelihood of an observation and its gradients by R and x."""
    S = H @ P @ H.T + R
    c, _ = cho_factor(S, lower=True, check_finite=False)
    v = y - H @ x
    u = cho_solve((c, True), v, check_finite=False)
    G = inverse_of(c)
    return 0.5 * (log_det(c) + v @ u), 0.5 * (G - np.outer(u, u)), -(H.T @ u)


def innovation_objective(F: Any, P: Any, H: Any, R: Any, x: Any, y: Any) -> Any:
    """½(log det S + vᵀS⁻¹v)."""
    S = H @ P @ H.T + R
    v = y - H @ x
    return (F.slogdet(S)[1] + v @ F.solve(S, v)) / 2


# ---- Lyapunov and Sylvester ------------------------------------------------------------------------


def stable_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A stable matrix and two weights."""
    n = dims["n"]
    A = rng.standard_normal((n, n)) / np.sqrt(n) - 2 * np.eye(n)
    return {"A": A, "Q": positive_definite(rng, n), "W": positive_definite(rng, n)}


def cost(A: Array, Q: Array, W: Array) -> Outputs:
    """tr(WX) with AX + XAᵀ + Q = 0, and 2YX, by one Schur form and two triangular equations."""
    T, U = schur(A, check_finite=False)
    X, s, _ = dtrsyl(T, T, -(U.T @ Q @ U), tranb="T")
    Y, r, _ = dtrsyl(T, T, -(U.T @ W @ U), trana="T")
    X, Y = U @ (s * X) @ U.T, U @ (r * Y) @ U.T
    return np.vdot(W, X), 2 * (Y @ X)


def symmetric_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two definite coefficients and a right side."""
    n, m = dims["n"], dims["m"]
    return {
        "A": positive_definite(rng, n), "B": positive_definite(rng, m),
        "C": rng.standard_normal((n, m)), "T": rng.standard_normal((n, m)),
    }  # fmt: skip


def fit(A: Array, B: Array, C: Array, T: Array) -> Outputs:
    """‖X − T‖² with AX + XB = C, by two eigenbases, with gradients by A and C."""
    p, P = eigh(A, check_finite=False)
    q, Q = eigh(B, check_finite=False)
    E = 1 / (p[:, None] + q)
    X = P @ (E * (P.T @ C @ Q)) @ Q.T
    R = X - T
    Y = P @ (E * (P.T @ (2 * R) @ Q)) @ Q.T
    G = Y @ X.T
    return np.vdot(R, R), -0.5 * (G + G.T), Y


def root_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two covariances."""
    n = dims["n"]
    return {"S": positive_definite(rng, n), "M": positive_definite(rng, n)}


def root(S: Array, M: Array) -> Outputs:
    """tr(MS^½), and its gradient, the X with S^½X + XS^½ = M, by one eigenbasis."""
    p, P = eigh(S, check_finite=False)
    r = np.sqrt(p)
    N = P.T @ M @ P
    return np.diag(N) @ r, P @ (N / (r[:, None] + r)) @ P.T


# ---- exponentials ----------------------------------------------------------------------------------


def flow_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A generator, a state and what is observed."""
    n = dims["n"]
    return {
        "A": rng.standard_normal((n, n)) / np.sqrt(n),
        "x": rng.standard_normal(n), "y": rng.standard_normal(n),
    }  # fmt: skip


def flow(A: Array, x: Array, y: Array) -> Outputs:
    """‖e^A x − y‖² with 2 L(Aᵀ, rxᵀ), where r takes the exponential first."""
    r = expm(A) @ x - y
    return r @ r, 2 * expm_frechet(A.T, np.outer(r, x), compute_expm=False, check_finite=False)


def exponential_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A generator and a weight."""
    n = dims["n"]
    return {"A": rng.standard_normal((n, n)) / np.sqrt(n), "B": rng.standard_normal((n, n))}


def exponential(A: Array, B: Array) -> Outputs:
    """tr(Bᵀe^A) and L(Aᵀ, B), which gives the exponential besides."""
    E, L = expm_frechet(A.T, B, check_finite=False)
    return np.vdot(B, E.T), L


CASES = (
    Case(
        name="kalman_update",
        about="Kalman filter: mean and covariance",
        text=("x + P H' inv(H P H' + R) (y - H x)", "P - P H' inv(H P H' + R) H P"),
        given="P: n×n spd, H: m×n, R: m×m spd, x: n, y: m",
        wanted=(),
        variables=(),
        sizes=growing((30, 100, 500), m=0.5),
        quick=(30, 100, 500),
        data=filter_data,
        by_hand={"gain": update},
        objectives=(),
        work=lambda d: (6 * d["n"] ** 2 * d["m"], 24 * d["n"] ** 2),
    ),
    Case(
        name="kalman_likelihood",
        about="likelihood of an observation: value, gradients in R and x",
        text="(logdet(H P H' + R) + (y - H x)' inv(H P H' + R) (y - H x))/2",
        given="P: n×n spd, H: m×n, R: m×m spd, x: n, y: m",
        wanted=("value", "gradient"),
        variables=("R", "x"),
        sizes=growing((30, 100, 500), m=0.5),
        quick=(30, 100, 500),
        data=filter_data,
        by_hand={"Cholesky": innovation},
        objectives=(innovation_objective,),
        work=lambda d: (3 * d["n"] ** 2 * d["m"], 24 * d["n"] ** 2),
    ),
    Case(
        name="lyapunov_cost",
        about="tr(WX) with AX + XAᵀ + Q = 0: value, gradient in A",
        text="tr(W lyap(A, Q))",
        given="A: n×n, Q: n×n symmetric, W: n×n symmetric",
        wanted=("value", "gradient"),
        variables=("A",),
        sizes=growing((30, 100, 300)),
        quick=(30, 100, 300),
        data=stable_data,
        by_hand={"one Schur form": cost},
        objectives=(),
        work=lambda d: (30 * d["n"] ** 3, 32 * d["n"] ** 2),
    ),
    Case(
        name="sylvester_fit",
        about="‖X − T‖² with AX + XB = C, definite: value, gradients in A and C",
        text="norm(sylvester(A, B, C) - T)^2",
        given="A: n×n spd, B: m×m spd, C: n×m, T: n×m",
        wanted=("value", "gradient"),
        variables=("A", "C"),
        sizes=growing((30, 100, 300), m=0.5),
        quick=(30, 100, 300),
        data=symmetric_data,
        by_hand={"eigenbases": fit},
        objectives=(),
        work=lambda d: (9 * d["n"] ** 3, 32 * d["n"] ** 2),
    ),
    Case(
        name="square_root",
        about="tr(MS^½): value, gradient",
        text="tr(M sqrtm(S))",
        given="S: n×n spd, M: n×n symmetric",
        wanted=("value", "gradient"),
        variables=("S",),
        sizes=growing((30, 100, 300)),
        quick=(30, 100, 300),
        data=root_data,
        by_hand={"eigenbasis": root},
        objectives=(),
        work=lambda d: (9 * d["n"] ** 3, 32 * d["n"] ** 2),
    ),
    Case(
        name="flow",
        about="‖e^A x − y‖²: value, gradient",
        text="norm(expm(A) x - y)^2",
        given="A: n×n, x: n, y: n",
        wanted=("value", "gradient"),
        variables=("A",),
        sizes=growing((30, 100, 300)),
        quick=(30, 100, 300),
        data=flow_data,
        by_hand={"expm_frechet": flow},
        objectives=(),
        work=lambda d: (40 * d["n"] ** 3, 32 * d["n"] ** 2),
    ),
    Case(
        name="exponential",
        about="tr(Bᵀe^A): value, gradient",
        text="tr(B' expm(A))",
        given="A: n×n, B: n×n",
        wanted=("value", "gradient"),
        variables=("A",),
        sizes=growing((30, 100, 300)),
        quick=(30, 100, 300),
        data=exponential_data,
        by_hand={"expm_frechet": exponential},
        objectives=(),
        work=lambda d: (40 * d["n"] ** 3, 32 * d["n"] ** 2),
    ),
)
