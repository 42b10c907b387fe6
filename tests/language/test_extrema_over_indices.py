"""max_k and min_k: the largest and smallest of numbers that an index counts, and what only looks alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import ParseError, ShapeError
from matgrad.core.expr import symbols_of

GIVEN = "x: n, X: n×m, A_k: n×n, k = 1..K, u_p: n, y_p: scalar, p = 1..N"
_RNG = np.random.default_rng(0)
VALUES: dict[str, Any] = {
    "A": _RNG.normal(size=(3, 4, 4)),
    "x": _RNG.normal(size=4),
    "X": _RNG.normal(size=(4, 5)),
    "u": _RNG.normal(size=(6, 4)),
    "y": _RNG.normal(size=6),
}
A, x, X, u, y = (VALUES[name] for name in "AxXuy")

CASES: list[tuple[str, str, Callable[[], Any]]] = [
    ("max_k norm(A_k x)", "max_k norm(A_k x)", lambda: max(np.linalg.norm(a @ x) for a in A)),
    ("max over k of tr(A_k)", "max_k tr(A_k)", lambda: max(np.trace(a) for a in A)),
    ("max_{j,l} abs(X_jl)", "max_i max_j abs(X[i, j])", lambda: np.abs(X).max()),
    ("min_p (y_p - u_p'x)^2", "min_p (u_p' x - y_p)^2", lambda: ((y - u @ x) ** 2).min()),
    ("sum_k max_p (u_p' A_k x)", "sum_k max_p u_p' A_k x", lambda: sum(max(v @ a @ x for v in u) for a in A)),
    (
        "max_p min_k u_p' A_k x",
        "max_p min_k u_p' A_k x",
        lambda: max(min(v @ a @ x for a in A) for v in u),
    ),
    ("max_{j=2}^4 x_j", "max(sum_{i=2}^4 x[i] e(i - 1, 3))", lambda: x[1:4].max()),
    ("max_{k=1..2} tr(A_k)", "max_{k=1}^2 tr(A_k)", lambda: max(np.trace(a) for a in A[:2])),
    (
        r"\max_{1\le k\le K}\|A_k x\|^2 + x^\top x",
        "max_k norm(A_k x)^2 + x' x",
        lambda: max(np.linalg.norm(a @ x) ** 2 for a in A) + x @ x,
    ),
    (r"\max_{k=1,\dots,K} \operatorname{tr}(A_k)", "max_k tr(A_k)", lambda: max(np.trace(a) for a in A)),
    (
        r"\max_k \left\{ \|A_k x\| - \|x\| \right\}",
        "max_k (norm(A_k x) - norm(x))",
        lambda: max(np.linalg.norm(a @ x) for a in A) - np.linalg.norm(x),
    ),
]


@pytest.mark.parametrize(("text", "shown", "value"), CASES, ids=[case[0] for case in CASES])
def test_a_maximum_over_an_index(text: str, shown: str, value: Callable[[], Any]) -> None:
    expr = mg.parse(text, GIVEN)
    assert str(expr) == shown
    assert mg.parse(str(expr), GIVEN) is expr
    assert mg.parse(mg.latex(expr), GIVEN) is expr
    arrays = {name: VALUES[name] for name in symbols_of(expr)}
    assert np.isclose(mg.evaluate(expr, arrays), value())
    by = next(name for name in ("x", "X", "A") if name in arrays)
    result = mg.derive(expr, by)
    assert result.verification is not None
    assert result.verification.verified
    for method in ("differential", "definition", "chain"):
        assert mg.explain(expr, by, method=method).lines
    for backend in ("numpy", "jax"):
        assert np.isclose(float(mg.compile([expr], backend=backend)(**arrays)[0]), value(), rtol=1e-5)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("min_w norm(X w - x)^2", ParseError, "min_w asks where a function is smallest"),
        ("min_x norm(x)", ParseError, "asks where a function is smallest"),
        ("argmax_k tr(A_k)", ParseError, "argmax_k asks where a function is largest"),
        (r"\min_x \|x\|", ParseError, "asks where a function is smallest"),
        ("max_{k != 2} tr(A_k)", ParseError, "a maximum under a condition is not read"),
        ("max_k A_k x", ShapeError, "a maximum over an index is one of numbers, and A_k x is none"),
    ],
)
def test_what_is_no_maximum_over_an_index(text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        mg.parse(text, GIVEN)


def test_names_that_are_declared_are_names() -> None:
    assert str(mg.parse("min_w' x_max", "min_w: n, x_max: n")) == "min_w' x_max"
