"""A factorisation of the digits of scikit-learn, T ≈ U Vᵀ, with both factors found at once.

Run it with ``python examples/factorise.py``; it needs ``pip install scikit-learn``.
"""

from __future__ import annotations

import time

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import matgrad as mg
from matgrad.api import minimize

RANK = 5


def main() -> None:
    """Factorise, and compare with the best approximation of that rank, which a PCA finds."""
    T = load_digits().data / 16
    T = T - T.mean(axis=0)
    m, n = T.shape

    loss = mg.parse("norm(T - U V')^2", "T: m×n, U: m×k, V: n×k")
    print(f"loss       {loss}")
    print(f"gradient   {mg.gradient(loss, 'U')}   by U")
    print(f"Hessian    {mg.hessian(loss, 'U')}   by vec U: {m * RANK}×{m * RANK}, never formed")
    print(f"data       {m} digits of {n} pixels; U and V have {(m + n) * RANK} entries")

    rng = np.random.default_rng(0)
    start = {"U": rng.normal(size=(m, RANK)) / 10, "V": rng.normal(size=(n, RANK)) / 10}
    started = time.perf_counter()
    result = minimize(loss, ["U", "V"], T=T, x0=start, tol=1e-8)
    seconds = time.perf_counter() - started

    pca = PCA(RANK, svd_solver="full").fit(T)
    best = np.linalg.norm(T - pca.inverse_transform(pca.transform(T))) ** 2
    angles = np.linalg.svd(pca.components_ @ np.linalg.qr(result.x["V"])[0], compute_uv=False)

    print(f"minimum    {result.fun:.8f}  by matgrad and SciPy, {result.nit} Newton steps, {seconds:.2f} s")
    print(f"           {best:.8f}  by scikit-learn's PCA")
    print(f"subspace   largest angle between the two {np.degrees(np.arccos(min(angles.min(), 1))):.1e}°")


if __name__ == "__main__":
    main()
