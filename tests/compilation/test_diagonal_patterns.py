"""Products, solves and determinants of banded, Toeplitz and circulant matrices: those of any matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import circulant, toeplitz

import matgrad as mg
from matgrad.core.errors import DomainError, EvaluationError
from matgrad.core.expr import symbols_of

N = 48
GIVEN = (
    "T: n×n tridiagonal, A: n×n banded(2,1), S: n×n banded(2) spd, R: n×n Toeplitz, C: n×n circulant, "
    "D: n×n circulant, B: n×n, x: n, W: m×n Toeplitz, G: n×n banded(2,0), U: n×n tridiagonal spd"
)
WORDS = (" tridiagonal", " banded(2,1)", " banded(2,0)", " banded(2)", " spd", " Toeplitz", " circulant")
TEXTS = [
    "T*B", "B*T", "T'*B", "B*T'", "T*x", "x'*T", "A*T*B", "A'*T'*x", "(T+S)*B", "2*T*B", "T*T*x", "T'*T",
    "A*A*B", "G*B", "tr(T*B)", "sum((T*B).*B)", "norm(A*x)^2", "band(B,3,4)*x", "inv(T)*B", "inv(T)*x",
    "inv(T')*B", "inv(T')*x", "B*inv(A)", "x'*inv(S)*x", "log(det(S))", "log(det(U))", "inv(U)*B", "det(T/4)",
    "tr(inv(A))", "inv(S)", "inv(T)", "inv(T+S)*x", "inv(G)*B", "inv(G')*x", "inv(T)*inv(A)*x",
    "x'*inv(S)*B*inv(S)*x", "R*B", "B*R", "R'*x", "W*B", "B*W'", "W'*(W*x)", "R'*R", "(R+C)*x",
    "toeplitz_part(B)*x", "C*B", "B*C", "C'*x", "C*x", "(C+D)*B", "C*D*B", "inv(C)*B", "B*inv(C)",
    "inv(C')*x", "inv(C*D)*x", "det(C/6)", "log(det(C'*C))", "tr(inv(C))", "inv(C)", "circulant_part(B)*B",
    "inv(R)*x", "log(det(R*R'))",
]  # fmt: skip
RNG = np.random.default_rng(5)


def band(lower: int, upper: int) -> Any:
    return np.triu(np.tril(RNG.standard_normal((N, N)), upper), -lower)


def arrays(n: int = N) -> dict[str, Any]:
    s, u = band(2, 2), band(1, 1)
    one, other, wide = RNG.standard_normal((3, n))
    return {
        "T": band(1, 1), "A": band(2, 1) + 6 * np.eye(n), "S": s + s.T + 20 * np.eye(n),
        "U": u + u.T + 9 * np.eye(n), "G": np.tril(band(2, 2)) + 3 * np.eye(n),
        "R": toeplitz(one, other), "W": toeplitz(wide[: n - 9], other), "C": circulant(one),
        "D": circulant(wide), "B": RNG.standard_normal((n, n)), "x": RNG.standard_normal(n),
    }  # fmt: skip


def plain() -> str:
    given = GIVEN
    for word in WORDS:
        given = given.replace(word, "")
    return given


@pytest.mark.parametrize("text", TEXTS)
def test_values_are_those_of_any_matrix(text: str) -> None:
    known, general = mg.parse(text, GIVEN), mg.parse(text, plain())
    given = arrays()
    if "log(det(R" in text or "det(C'" in text:
        given["R"] = given["R"] + 9 * np.eye(N)
    expected = np.asarray(mg.compile(general)(**{k: given[k] for k in symbols_of(general)}))
    function = mg.compile(known)
    for make in (np.asarray, np.asfortranarray):
        found = np.asarray(function(**{k: make(given[k]) for k in symbols_of(known)}))
        assert np.abs(found - expected).max() <= 1e-10 * np.abs(expected).max()


@pytest.mark.parametrize(
    "text", ["T*B", "inv(T)*B", "inv(U)*x", "C*B", "inv(C)*x", "log(det(U))", "inv(T')*x"]
)
def test_single_precision_is_kept(text: str) -> None:
    expr, given = mg.parse(text, GIVEN), arrays()
    held = {k: given[k].astype(np.float32) for k in symbols_of(expr)}
    found = np.asarray(mg.compile(expr)(**held))
    expected = np.asarray(mg.compile(expr)(**{k: a.astype(float) for k, a in held.items()}))
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() <= 2e-3 * np.abs(expected).max()


def test_the_plan_names_its_rules() -> None:
    function = mg.compile(mg.parse("T*B", GIVEN))
    function(T=np.eye(300), B=np.ones((300, 300)))
    assert function.plan.flops == 2 * 3 * 300 * 300
    assert "by their diagonals: 54,000,000 otherwise" in str(function.plan)


def test_small_matrices_are_computed_with_as_any_others() -> None:
    function = mg.compile(mg.parse("inv(T)*x", GIVEN))
    function(T=np.eye(5), x=np.ones(5))
    assert "patterns" not in function.source


@pytest.mark.parametrize(
    ("text", "name", "singular"),
    [
        ("inv(T)*x", "T", np.diag(np.r_[np.ones(N - 1), 0])),
        ("inv(A)*x", "A", np.diag(np.r_[np.ones(N - 1), 0])),
        ("inv(C)*x", "C", np.ones((N, N))),
        ("log(det(C))", "C", np.ones((N, N))),
        ("log(det(T))", "T", np.diag(np.r_[np.ones(N - 1), 0])),
    ],
)
def test_singular_matrices_are_named(text: str, name: str, singular: Any) -> None:
    expr = mg.parse(text, GIVEN)
    given = {k: v for k, v in (arrays() | {name: singular}).items() if k in symbols_of(expr)}
    with pytest.raises(DomainError, match=f"{name} is singular"):
        mg.compile(expr)(**given)


def test_determinants_of_singular_matrices_are_zero() -> None:
    assert mg.compile(mg.parse("det(T)", GIVEN))(T=np.diag(np.r_[np.ones(N - 1), 0])) == 0
    assert abs(mg.compile(mg.parse("det(C)", GIVEN))(C=np.ones((N, N)))) < 1e-12


def test_what_is_not_definite_or_negative_is_said() -> None:
    with pytest.raises(EvaluationError, match="S is declared"):
        mg.compile(mg.parse("inv(S)*x", GIVEN), check=True)(S=-np.eye(N) + np.eye(N, k=9), x=np.ones(N))
    with pytest.raises((DomainError, EvaluationError), match="definite"):
        mg.compile(mg.parse("log(det(U))", GIVEN))(U=-np.eye(N))
    with pytest.raises(DomainError, match="negative"):
        mg.compile(mg.parse("log(det(C))", GIVEN))(C=-np.eye(N, k=0)[:, np.r_[1:N, 0]])


@pytest.mark.parametrize(
    ("word", "wrong", "said"),
    [
        ("tridiagonal", np.eye(N, k=2), "tridiagonal"),
        ("banded(2, 1)", np.eye(N, k=2), r"banded\(2, 1\)"),
        ("Toeplitz", np.diag(np.arange(N)), "Toeplitz"),
        ("circulant", np.eye(N, k=1), "circulant"),
    ],
)
def test_arrays_are_held_to_what_is_declared(word: str, wrong: Any, said: str) -> None:
    function = mg.compile(mg.parse("T*x", f"T: n×n {word}, x: n"))
    with pytest.raises(EvaluationError, match=f"T is declared {said}"):
        function(T=wrong.astype(float), x=np.ones(N))


def test_families_of_bands_are_summed_as_others_are() -> None:
    rng = np.random.default_rng(2)
    stack = np.stack([band(1, 1) + 5 * np.eye(N) for _ in range(3)])
    x = rng.standard_normal(N)
    for text in ("sum_i x'*T_i*x", "sum_i x'*inv(T_i)*x", "sum_i log(det(T_i))", "sum_i norm(T_i*x)^2"):
        found = mg.compile(mg.parse(text, "T_i: n×n tridiagonal, i = 1..3, x: n"))
        general = mg.compile(mg.parse(text, "T_i: n×n, i = 1..3, x: n"))
        given = (
            {"T": stack, "x": x}
            if "x" in symbols_of(mg.parse(text, "T_i: n×n, i = 1..3, x: n"))
            else {"T": stack}
        )
        assert abs(found(**given) - general(**given)) <= 1e-10 * abs(general(**given))
