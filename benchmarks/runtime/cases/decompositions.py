"""Matrix factorisation and principal components."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing


def factorisation(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A matrix and two thin factors."""
    m, n, k = dims["m"], dims["n"], dims["k"]
    return {
        "T": rng.standard_normal((m, n)),
        "U": rng.standard_normal((m, k)),
        "V": rng.standard_normal((n, k)) / np.sqrt(n),
    }


def gram(T: Array, U: Array, V: Array) -> Outputs:
    """2 VᵀV: the only factor that is no identity."""
    G = V.T @ V
    G *= 2
    return (G,)


def factorisation_dense(T: Array, U: Array, V: Array) -> Outputs:
    """2 VᵀV ⊗ I written through a strided view of the block diagonals."""
    m, k = U.shape
    G = V.T @ V
    G *= 2
    H = np.zeros((k, m, k, m))
    np.einsum("jili->jli", H)[...] = G[:, :, None]
    return (H.reshape(m * k, m * k),)


def factorisation_diagonals(T: Array, U: Array, V: Array) -> Outputs:
    """The same, one strided diagonal at a time."""
    m, k = U.shape
    G = 2 * (V.T @ V)
    H = np.zeros((m * k, m * k))
    flat = H.reshape(-1)
    for j in range(k):
        for i in range(k):
            flat[j * m * m * k + i * m :: m * k + 1][:m] = G[j, i]
    return (H,)


def factorisation_objective(F: Any, T: Any, U: Any, V: Any) -> Any:
    """‖T − UVᵀ‖²."""
    return ((T - U @ V.T) ** 2).sum()


def kron_identity(arrays: Arrays, outputs: Outputs) -> Array:
    """What the factor stands for."""
    return np.kron(outputs[0], np.eye(len(arrays["U"])))


def components(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Data and directions, not quite orthonormal."""
    m, n, k = dims["m"], dims["n"], dims["k"]
    return {"X": rng.standard_normal((m, n)), "W": rng.standard_normal((n, k)) / np.sqrt(n)}


def pca(X: Array, W: Array) -> Outputs:
    """Two passes over X; everything else is thin."""
    Z = X @ W
    G = X.T @ Z
    R = G @ (W.T @ W)
    R -= 2 * G
    R += W @ (Z.T @ Z)
    R *= 2
    return (R,)


def pca_shifted(X: Array, W: Array) -> Outputs:
    """The −2 of the first bracket put on the diagonal of WᵀW."""
    k = W.shape[1]
    Z = X @ W
    G = X.T @ Z
    M = W.T @ W
    M.flat[:: k + 1] -= 2
    R = G @ M
    R += W @ (Z.T @ Z)
    R *= 2
    return (R,)


def pca_residual(X: Array, W: Array) -> Outputs:
    """Through the residual: fewer calls, more work."""
    Z = X @ W
    R = Z @ W.T
    R -= X
    return (2 * (R.T @ Z + X.T @ (R @ W)),)


def pca_objective(F: Any, X: Any, W: Any) -> Any:
    """‖X − XWWᵀ‖²."""
    return ((X - X @ W @ W.T) ** 2).sum()


_FACTORISATION: dict[str, Any] = {
    "text": "norm(T - U*V')^2",
    "given": "T: m×n, U: m×k, V: n×k",
    "wanted": ("hessian",),
    "variables": ("U",),
    "sizes": growing((50, 100, 300, 1000), m=1.0, k=5),
    "quick": (50, 300),
    "data": factorisation,
    "objectives": (factorisation_objective,),
    "tangent": lambda d: d["m"] * d["n"],
}

CASES = (
    Case(
        name="factorisation",
        about="factorisation: Hessian in U, dense",
        by_hand={"view": factorisation_dense, "diagonals": factorisation_diagonals},
        work=lambda d: (d["n"] * d["k"] ** 2, 8 * (d["m"] * d["k"]) ** 2),
        **_FACTORISATION,
    ),
    Case(
        name="factorisation-factors",
        about="factorisation: Hessian in U, factors",
        form="factors",
        by_hand={"2VᵀV": gram},
        work=lambda d: (d["n"] * d["k"] ** 2, 8 * d["n"] * d["k"]),
        whole=kron_identity,
        **_FACTORISATION,
    ),
    Case(
        name="pca",
        about="principal components: gradient",
        text="norm(X - X*W*W')^2",
        given="X: m×n, W: n×k",
        wanted=("gradient",),
        variables=("W",),
        sizes=growing((10, 30, 100, 300, 1000), m=2.0, k=5),
        quick=(10, 100, 1000),
        data=components,
        by_hand={"two passes": pca, "shifted": pca_shifted, "residual": pca_residual},
        objectives=(pca_objective,),
        work=lambda d: (4 * d["m"] * d["n"] * d["k"], 8 * d["m"] * d["n"]),
    ),
)
