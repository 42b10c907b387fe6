"""Sums of log det(sI + H_k H_kᵀ) over members by k×k matrices, where those are the smaller ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.plan.cheaper_side import by_cheaper_side
from matgrad.core.dims import Dim

GIVEN = "s: positive scalar, t: positive scalar, H: n×k, A: n×n, B: k×k, w: n"
FORMS = [
    ("logdet(s*eye(n) + H*H')", "logdet(H' H + s eye(k)) + (n - k) log(s)"),
    ("logdet(eye(n) + 4*H*H')", "logdet(4 H' H + eye(k))"),
    ("inv(s*eye(n) + H*H')*H", "H inv(H' H + s eye(k))"),
    ("H'*inv(s*eye(n) + H*H')*A", "inv(H' H + s eye(k)) H' A"),
    ("H'*inv(s*eye(n) + H*H')*H", None),
    ("w'*inv(s*eye(n) + H*H')*w", None),
    ("inv(2*eye(n) + t*H*H')*A", None),
    ("tr(A*inv(eye(n) + H*H'))", None),
]


@pytest.mark.parametrize(("text", "written"), FORMS)
def test_the_smaller_matrix_has_the_same_value(text: str, written: str | None) -> None:
    def size(dim: Dim) -> int:
        return dim.value({"n": 8, "k": 2})

    e = mg.parse(text, GIVEN)
    found = by_cheaper_side(e, size)
    assert found is not e
    assert mg.equivalent(e, found)
    assert written is None or str(found) == written


@pytest.mark.parametrize(
    "text",
    [
        "logdet(s*eye(n) - H*H')",
        "logdet(s*A + H*H')",
        "logdet(H*H' - s*eye(n))",
        "inv(s*eye(n) + A)",
        "logdet(s*eye(n) + H*B*B'*H')",
    ],
)
def test_others_stay(text: str) -> None:
    e = mg.parse(text, GIVEN)
    assert by_cheaper_side(e, lambda dim: dim.value({"n": 8, "k": 2})) is e


def test_a_wide_one_stays() -> None:
    e = mg.parse("logdet(s*eye(n) + H*H')", GIVEN)
    assert by_cheaper_side(e, lambda dim: dim.value({"n": 3, "k": 2})) is e


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_stacks_are_solved_by_the_smaller_side(backend: str) -> None:
    pytest.importorskip(backend)
    given = "H_k: n×p, y_k: n, k = 1..K, s: positive scalar"
    f = mg.parse("sum_k (logdet(s*eye(n) + H_k*H_k') + y_k'*inv(s*eye(n) + H_k*H_k')*y_k)", given)
    slopes = [mg.gradient(f, name, verify=False) for name in ("s", "y", "H")]
    rng = np.random.default_rng(0)
    v: dict[str, Any] = {
        "H": rng.standard_normal((5, 30, 2)), "y": rng.standard_normal((5, 30)), "s": 0.7,
    }  # fmt: skip
    value, ds, dy, dh = mg.compile([f, *slopes], backend=backend)(**v)
    each = [np.linalg.inv(0.7 * np.eye(30) + h @ h.T) for h in v["H"]]
    of = list(zip(v["y"], each, v["H"], strict=True))
    tolerance: dict[str, Any] = {"rtol": 1e-8, "atol": 1e-8}
    if backend != "numpy":
        tolerance = {"rtol": 5e-4, "atol": 5e-4}
    for found, expected in (
        (value, sum(y @ m @ y - np.linalg.slogdet(m)[1] for y, m, _ in of)),
        (ds, sum(np.trace(m) - y @ m @ m @ y for y, m, _ in of)),
        (dy, np.array([2 * m @ y for y, m, _ in of])),
        (dh, np.array([2 * (m @ h - np.outer(m @ y, y @ m @ h)) for y, m, h in of])),
    ):
        np.testing.assert_allclose(np.asarray(found).reshape(np.shape(expected)), expected, **tolerance)


def test_nothing_of_the_larger_order_is_made() -> None:
    f = mg.parse("sum_k logdet(s*eye(n) + H_k*H_k')", "H_k: n×p, k = 1..K, s: positive scalar")
    fn = mg.compile([f, mg.gradient(f, "H", verify=False)])
    h = np.random.default_rng(0).standard_normal((3, 40, 2))
    value, _ = fn(H=h, s=0.5)
    assert value == pytest.approx(sum(np.linalg.slogdet(0.5 * np.eye(40) + x @ x.T)[1] for x in h))
    assert "(3, 40, 2)" in fn.source
    assert "40, 40" not in fn.source
