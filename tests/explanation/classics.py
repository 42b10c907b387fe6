"""The classic derivations, by three methods in two languages, as books of transcripts that people read."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import NamedTuple

import matgrad as mg
from matgrad.explanation import Derivation
from matgrad.explanation.derivation import METHODS

BOOKS = tuple(product(METHODS, ("en", "zh")))
"""Each method in each language."""


class Classic(NamedTuple):
    """A problem that every course has.

    Attributes
    ----------
    name, expression, given, wrt : str
        What it is called, the function as one types it, what is declared, and the variable.
    order : int
        How often it is differentiated.
    """

    name: str
    expression: str
    given: str
    wrt: str
    order: int = 1


CLASSICS = (
    Classic("quadratic form", "x' A x", "A: n×n, x: n", "x"),
    Classic("least squares", "norm(A x - b)^2", "A: m×n, x: n, b: m", "x"),
    Classic("ridge regression", "norm(X w - y)^2 + lambda norm(w)^2", "X: m×n, w: n, y: m", "w"),
    Classic("norm of a vector", "norm(x)", "x: n", "x"),
    Classic("Rayleigh quotient", "(x' A x)/(x' x)", "A: n×n symmetric, x: n", "x"),
    Classic("trace of a product", "tr(A X B)", "A: m×n, X: n×p, B: p×m", "X"),
    Classic("trace of a quadratic form", "tr(X' A X B)", "A: m×m, X: m×n, B: n×n", "X"),
    Classic("squared Frobenius norm", "norm(X)^2", "X: m×n", "X"),
    Classic("matrix factorisation", "norm(X - U V')^2", "X: m×n, U: m×k, V: n×k", "U"),
    Classic("weighted squares", "sum(A .* X .* X)", "A: m×n, X: m×n", "X"),
    Classic("log-determinant", "log(det(X))", "X: n×n", "X"),
    Classic("log-determinant of a covariance", "log(det(S))", "S: n×n SPD", "S"),
    Classic("log-determinant of a Gram matrix", "log(det(X' A X))", "A: m×m SPD, X: m×n", "X"),
    Classic("determinant", "det(X)", "X: n×n", "X"),
    Classic("inverse", "inv(X)", "X: n×n", "X"),
    Classic("trace of an inverse", "tr(A inv(X) B)", "A: m×n, X: n×n, B: n×m", "X"),
    Classic("trace of the exponential", "tr(expm(X))", "X: n×n", "X"),
    Classic("Gram matrix", "X' X", "X: m×n", "X"),
    Classic("matrix between two", "A X B", "A: m×n, X: n×p, B: p×q", "X"),
    Classic("softmax", "softmax(x)", "x: n", "x"),
    Classic("cross-entropy of softmax", "-y' log(softmax(x))", "x: n, y: n", "x"),
    Classic("logistic regression", "sum(log(1 + exp(X w))) - y' X w", "X: m×n, w: n, y: m", "w"),
    Classic(
        "Gaussian log-likelihood, by the mean",
        "-(1/2) (x - mu)' inv(S) (x - mu) - (1/2) log(det(S))",
        "x: n, mu: n, S: n×n SPD",
        "mu",
    ),
    Classic(
        "Gaussian log-likelihood, by the covariance",
        "-(1/2) (x - mu)' inv(S) (x - mu) - (1/2) log(det(S))",
        "x: n, mu: n, S: n×n SPD",
        "S",
    ),
    Classic("hidden layer", "norm(r)^2 where r = y - tanh(W x + b)", "W: m×n, x: n, b: m, y: m", "W"),
    Classic(
        "Gaussian process, by the noise",
        "-(1/2) y' inv(K + sigma^2 I) y - (1/2) log det(K + sigma^2 I)",
        "K: n×n symmetric, y: n, sigma: scalar",
        "sigma",
    ),
    Classic("spectral norm", "spectral_norm(X)", "X: m×n", "X"),
    Classic("Hessian of least squares", "norm(A x - b)^2", "A: m×n, x: n, b: m", "x", 2),
)


def derivation(case: Classic, method: str, language: str = "en") -> Derivation:
    """The derivation of a classic, verified line by line."""
    return mg.explain(
        case.expression, case.wrt, given=case.given, order=case.order, method=method, lang=language
    )


def path_of(method: str, language: str) -> Path:
    """Where a book is kept."""
    return Path(__file__).parent / "classics" / f"{method}_{language}.txt"


def book(method: str, language: str) -> str:
    """All classics by one method in one language."""
    parts = (f"{case.name}: {case.expression}\n\n{derivation(case, method, language)}\n" for case in CLASSICS)
    return "\n".join(parts)
