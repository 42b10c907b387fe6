"""Formulas that go by a name elsewhere: the error writes them out, and what it writes is right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov
from scipy.special import log_softmax, ndtr, rel_entr, softmax

import matgrad as mg
from matgrad.language.spelled_out import SPELLED_OUT, Spelling
from matgrad.verify.equality import same_value

_RNG = np.random.default_rng(8)
_X, _Y = _RNG.standard_normal(5), _RNG.standard_normal(5)
_P, _Q = softmax(_X), softmax(_Y)
_A, _B = _RNG.standard_normal((3, 3)), _RNG.standard_normal((3, 3))
_TALL = _RNG.standard_normal((5, 2))


def _layer_norm(x: Any, epsilon: float = 0.0) -> Any:
    return (x - x.mean()) / np.sqrt(x.var() + epsilon)


CASES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "kl": ("p: n, q: n", {"p": _P, "q": _Q}, rel_entr(_P, _Q).sum()),
    "entropy": ("p: n", {"p": _P}, -(_P @ np.log(_P))),
    "cross_entropy": ("y: n, p: n", {"y": _P, "p": softmax(_Y), "z": _Y}, -(_P @ log_softmax(_Y))),
    "bce": ("y: n, p: n", {"y": _P, "p": _Q}, -(_P @ np.log(_Q) + (1 - _P) @ np.log1p(-_Q))),
    "mse": ("x: n, y: n", {"x": _X, "y": _Y}, ((_X - _Y) ** 2).mean()),
    "rmse": ("x: n, y: n", {"x": _X, "y": _Y}, ((_X - _Y) ** 2).mean() ** 0.5),
    "mae": ("x: n, y: n", {"x": _X, "y": _Y}, abs(_X - _Y).mean()),
    "sse": ("x: n, y: n", {"x": _X, "y": _Y}, ((_X - _Y) ** 2).sum()),
    "cosine_similarity": ("x: n, y: n", {"x": _X, "y": _X}, 1.0),
    "cosine_distance": ("x: n, y: n", {"x": _X, "y": -_X}, 2.0),
    "dist": ("x: n, y: n", {"x": _X, "y": _Y}, np.hypot.reduce(_X - _Y)),
    "sumsq": ("x: n", {"x": _X}, (_X**2).sum()),
    "sumproduct": ("x: n, y: n", {"x": _X, "y": _Y}, (_X * _Y).sum()),
    "mmult": ("A: n×n, B: n×n", {"A": _A, "B": _B}, _A @ _B),
    "minverse": ("A: n×n", {"A": _A}, np.linalg.inv(_A)),
    "mdeterm": ("A: n×n", {"A": _A}, np.linalg.det(_A)),
    "dnorm": ("x: n", {"x": _X}, np.exp(-(_X**2) / 2) / np.sqrt(2 * np.pi)),
    "mahalanobis": (
        "x: n, m: n, S: n×n",
        {"x": _X[:3], "m": _Y[:3], "S": _A @ _A.T},
        np.linalg.norm(np.linalg.solve(_A, _X[:3] - _Y[:3])),
    ),
    "normalize": ("x: n", {"x": _X}, _X / np.linalg.norm(_X)),
    "standardize": ("x: n", {"x": _X}, _layer_norm(_X)),
    "layer_norm": ("x: n, epsilon: scalar", {"x": _X, "epsilon": 0.3}, _layer_norm(_X, 0.3)),
    "rms_norm": ("x: n, epsilon: scalar", {"x": _X, "epsilon": 0.3}, _X / np.sqrt((_X**2).mean() + 0.3)),
    "attention": (
        "Q: n×k, K: n×k, V: n×k, d: scalar",
        {"Q": _A, "K": _B, "V": _A.T, "d": 3.0},
        softmax(_A @ _B.T / 3**0.5, axis=1) @ _A.T,
    ),
    "quad_form": ("x: n, A: n×n", {"x": _X[:3], "A": _A}, _X[:3] @ _A @ _X[:3]),
    "rayleigh": ("x: n, A: n×n", {"x": 2 * np.eye(3)[1], "A": _A}, _A[1, 1]),
    "huber": (
        "x: n, delta: scalar",
        {"x": np.array([-3.0, 0.5, 2.0]), "delta": 1.0},
        np.array([2.5, 0.125, 1.5]),
    ),
    "hinge": ("y: n, s: n", {"y": _X, "s": _Y}, np.maximum(0, 1 - _X * _Y)),
    "leaky_relu": ("x: n, alpha: scalar", {"x": _X, "alpha": 0.1}, np.maximum(_X, 0.1 * _X)),
    "elu": ("x: n, alpha: scalar", {"x": _X, "alpha": 2.0}, np.where(_X > 0, _X, 2 * np.expm1(_X))),
    "softsign": ("x: n", {"x": _X}, _X / (1 + abs(_X))),
    "mish": ("x: n", {"x": _X}, _X * np.tanh(np.log1p(np.exp(_X)))),
    "hardtanh": ("x: n", {"x": 3 * _X}, np.clip(3 * _X, -1, 1)),
    "relu6": ("x: n", {"x": 9 * _X}, np.clip(9 * _X, 0, 6)),
    "softmin": ("x: n", {"x": _X}, softmax(-_X)),
    "log_cosh": ("x: n", {"x": _X}, np.log(np.cosh(_X))),
    "soft_threshold": (
        "x: n, t: scalar",
        {"x": np.array([-3.0, 0.5, 2.0]), "t": 1.0},
        np.array([-2.0, 0.0, 1.0]),
    ),
    "normcdf": ("x: n", {"x": _X}, ndtr(_X)),
    "corr": ("x: n, y: n", {"x": _X, "y": _Y}, np.corrcoef(_X, _Y)[0, 1]),
    "frobenius": ("X: m×n", {"X": _TALL}, np.linalg.norm(_TALL)),
    "frobenius_inner": ("A: m×n, B: m×n", {"A": _A, "B": _B}, (_A * _B).sum()),
    "l1": ("x: n", {"x": _X}, abs(_X).sum()),
    "l2": ("x: n", {"x": _X}, np.linalg.norm(_X)),
    "cofactor": ("A: n×n", {"A": _A}, np.linalg.det(_A) * np.linalg.inv(_A).T),
    "lyapunov": ("A: n×n, Q: n×n", {"A": _A, "Q": _A.T}, solve_continuous_lyapunov(_A, _A.T)),
    "commutator": ("A: n×n, B: n×n", {"A": _A, "B": _B}, _A @ _B - _B @ _A),
    "anticommutator": ("A: n×n, B: n×n", {"A": _A, "B": _B}, _A @ _B + _B @ _A),
    "hat_matrix": ("X: m×n", {"X": _TALL}, _TALL @ np.linalg.pinv(_TALL)),
    "laplacian": ("W: n×n", {"W": _A}, np.diag(_A.sum(axis=1)) - _A),
    "centering": ("", {"n": 4}, np.eye(4) - np.ones((4, 4)) / 4),
}


def _first_names() -> dict[str, Spelling]:
    firsts: dict[int, str] = {}
    for name, spelling in SPELLED_OUT.items():
        firsts.setdefault(id(spelling), name)
    return {name: SPELLED_OUT[name] for name in firsts.values()}


@pytest.mark.parametrize("is_numpy", [False, True])
@pytest.mark.parametrize("name", _first_names())
def test_its_formula_is_what_the_name_means(name: str, is_numpy: bool) -> None:
    given, arrays, wanted = CASES[name]
    for formula in SPELLED_OUT[name].of((), is_numpy=is_numpy):
        letters = {word: array for word, array in arrays.items() if word in _words(formula)}
        declared = ", ".join(part for part in given.split(", ") if part.split(":")[0] in letters)
        if "z" in letters:
            declared += ", z: n"
        read = mg.parse(formula, declared, syntax="numpy" if is_numpy else "matlab")
        np.testing.assert_allclose(mg.evaluate(read, letters), wanted, rtol=1e-12, atol=1e-12)


def _words(formula: str) -> set[str]:
    return set("".join(c if c.isalpha() else " " for c in formula).split())


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("mse(X w, y)", "mean(((X w) - y).^2)"),
        ("F.mse_loss(X @ w, y)", "mean(((X @ w) - y)**2)"),
        ("cosine_similarity(A x, y)", "(A x)' y / (norm(A x) norm(y))"),
        ("quad_form(x - mu, inv(S))", "(x - mu)' inv(S) (x - mu)"),
        ("Frobenius(A - B)^2", "norm(A - B)"),
        ("cross_entropy(softmax(W x), y)", "-sum(y .* log(p)) or -sum(y .* logsoftmax(z))"),
        ("(X w - y).normalize()", "(X w - y) / norm(X w - y)"),
        ("MSE(y, z)", "mean((y - z).^2)"),
        ("kl(p)", "sum(p .* log(p ./ q))"),
    ],
)
def test_the_error_writes_it_with_what_was_typed(text: str, formula: str) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(text)
    assert f"Try: its formula: {formula}" in str(caught.value)


def test_in_latex_there_is_no_formula_of_another_language() -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(r"\operatorname{rmse}(X w, y)")
    assert "its formula" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("norm(A x - b)_1", "norm1(A x - b)"),
        ("norm(x)_2^2", "x'x"),
        ("norm(x)_inf", "max(abs(x))"),
        ("norm(A)_F^2", "sum(A.^2)"),
        ("norm(A)_*", "nuclear_norm(A)"),
        ("|x|_1 + |x|_2^2", "norm1(x) + x'x"),
        ("norm(A, fro) + norm(A, F)", "2 norm(A)"),
    ],
)
def test_what_stands_below_a_norm_is_its_kind(text: str, meant: str) -> None:
    given = "A: m×n, x: n, b: m"
    assert same_value(mg.parse(text, given), mg.parse(meant, given))


def test_a_number_has_no_entry() -> None:
    with pytest.raises(mg.MatgradError, match="is a number here, and has no entries") as caught:
        mg.parse("sum(x)[1]")
    assert str(caught.value).endswith("Try: sum(x)")
    with pytest.raises(mg.MatgradError, match="more than one meaning"):
        mg.parse("norm(W)_1")
