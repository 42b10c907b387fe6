"""Logistic regression on the breast cancer data of scikit-learn: the loss as text, SciPy's optimiser.

Run it with ``python examples/train_logistic.py``; it needs ``pip install scikit-learn``.
"""

from __future__ import annotations

import time

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import matgrad as mg
from matgrad.api import minimize

PENALTY = 1.0
"""The weight of w'w/2; scikit-learn calls its inverse C."""


def main() -> None:
    """Train, and compare with scikit-learn."""
    data = load_breast_cancer()
    X = StandardScaler().fit_transform(data.data)
    y = 2.0 * data.target - 1

    loss = mg.parse(
        "sum(softplus(-y .* (X w + b*ones(m)))) + c/2*w'w", "X: m×n, w: n, b: scalar, y: m, c: scalar"
    )
    print(f"loss       {loss}")
    print(f"gradient   {mg.gradient(loss, 'w')}")
    print(f"data       {X.shape[0]} samples of {X.shape[1]} features")

    started = time.perf_counter()
    start = {"w": np.zeros(X.shape[1]), "b": 0.0}
    result = minimize(loss, ["w", "b"], X=X, y=y, c=PENALTY, x0=start, tol=1e-10)
    seconds = time.perf_counter() - started

    started = time.perf_counter()
    theirs = LogisticRegression(C=1 / PENALTY, tol=1e-12, max_iter=10_000).fit(X, y)
    their_seconds = time.perf_counter() - started
    w, b = theirs.coef_[0], float(theirs.intercept_[0])
    at_theirs = mg.evaluate(loss, {"X": X, "y": y, "c": PENALTY, "w": w, "b": b})
    right = np.mean(np.sign(X @ result.x["w"] + result.x["b"]) == y)

    print(f"minimum    {result.fun:.10f}  by matgrad and SciPy, {result.nit} Newton steps, {seconds:.2f} s")
    print(
        f"           {at_theirs:.10f}  by scikit-learn, {theirs.n_iter_[0]} iterations, {their_seconds:.2f} s"
    )
    print(f"gradient   {np.linalg.norm(result.jac['w']):.1e}")
    print(f"weights    differ by {np.abs(result.x['w'] - w).max():.1e} at most")
    print(f"accuracy   {right:.1%} of the training samples")


if __name__ == "__main__":
    main()
