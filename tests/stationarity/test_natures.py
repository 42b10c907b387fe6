"""No point is called a minimum, a maximum or a saddle that is none; what does not exist is not found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.stationarity import said


@pytest.mark.parametrize(
    ("factor", "given", "nature"),
    [
        ("", "", "maximum"),
        ("-", "", "minimum"),
        ("2 c ", ", c: positive scalar", "maximum"),
        ("-c ", ", c: positive scalar", "minimum"),
        ("c ", ", c: scalar", "not known"),
    ],
)
def test_the_sign_of_a_discriminant_decides(factor: str, given: str, nature: str) -> None:
    """Each is S⁻¹d; with a minus it was called a maximum."""
    r = mg.stationary(f"{factor}(d'w)^2/(w'S w)", "w", given=f"S: n×n spd{given}")
    assert (str(r), r.nature) == ("w = S⁻¹d", nature)


def test_a_saddle_need_be_none_along_constraints() -> None:
    """Of symmetric X, tr(X²) is ‖X‖², smallest at 0, though its Hessian K has eigenvalues of both signs."""
    r = mg.stationary("tr(X X)", "X", given="X: n×n", subject_to="X = X'")
    assert r.nature == "not known"
    # K − I, whose inverse was in the conditions, never has one.
    assert r.solution is None
    assert mg.stationary("tr(X X)", "X", given="X: n×n").nature == "saddle"


def test_constraints_are_not_linear_in_the_inverse() -> None:
    """Σ log x + Σ a/x bends down where x > 2a: convex in 1/x is no argument where Σ x is fixed."""
    f, given = "sum(log(x)) + sum(a ./ x)", "x: n positive, a: n positive"
    assert mg.stationary(f, "x", given=given).nature == "minimum"
    assert mg.stationary(f, "x", given=given, subject_to="sum(x) = 1").nature == "not known"


def test_the_root_of_a_convex_function_need_not_be_convex() -> None:
    """|z|/√x has a Hessian of negative determinant."""
    r = mg.stationary("sqrt(z' inv(X) z)", ["z", "X"], given="X: n×n spd")
    assert r.nature == "not known"
    assert mg.stationary("sqrt(2 abs(x))", "x", given="x: scalar").nature == "not known"
    assert mg.stationary("sqrt(x'A x)", "x", given="A: n×n spd").nature == "minimum"


NONE: list[tuple[str, str | list[str], str, str]] = [
    ("exp(x)", "x", "x: scalar", "the derivative exp(x) is never zero"),
    ("log(x)", "x", "x: positive scalar", "the derivative 1/x is never zero"),
    ("x^2 + y", ["x", "y"], "x: scalar, y: scalar", "the derivative 1 is never zero"),
    ("sum(softplus(x))", "x", "x: n", "the derivative σ(x) is never zero"),
    ("logdet(X)", "X", "X: n×n spd", "the derivative X⁻¹ is never zero"),
    ("tr(X)", "X", "X: n×n", "the derivative I is never zero"),
    (
        "a'x", "x", "x: n", "the derivative a does not depend on x: it is zero everywhere or nowhere",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("f", "wrt", "given", "why"), NONE, ids=[case[0] for case in NONE])
def test_what_is_unbounded_has_no_stationary_point(f: str, wrt: Any, given: str, why: str) -> None:
    r = mg.stationary(f, wrt, given=given)
    assert (r.solution, r.nature, r.reasons) == (None, "not known", (why,))
    assert "there is no stationary point" in repr(r)


def test_a_solution_must_be_what_its_variable_is_declared_to_be() -> None:
    cases = [
        ("norm(x - a)^2", "x", "x: n positive", "the entries of a are positive"),
        ("(x - a)^2", "x", "x: positive scalar, a: scalar", "a is positive"),
        ("norm(S - A)^2", "S", "S: n×n spd", "½(A + Aᵀ) is positive definite"),
    ]
    for f, wrt, given, condition in cases:
        r = mg.stationary(f, wrt, given=given)
        assert [said(c) for c in r.conditions] == [condition]
    r = mg.stationary("a x + b/x", "x", given="x: positive scalar, a: positive scalar, b: positive scalar")
    assert not r.conditions


def test_natures_against_values_nearby() -> None:
    """Around each point the function rises, falls or does both, as the nature says."""
    rng = np.random.default_rng(5)
    cases = [
        ("x'A x - 2 b'x", "x", "A: n×n spd", "minimum"),
        ("b'x - x'A x", "x", "A: n×n spd", "maximum"),
        ("(x'A x)/(x'x)", "x", "A: n×n symmetric", "maximum"),
        ("-(d'x)^2/(x'A x)", "x", "A: n×n spd", "minimum"),
        ("-(x'A x)/(x'A x + d'x d'x)", "x", "A: n×n spd", "maximum"),
    ]
    for text, wrt, given, nature in cases:
        r = mg.stationary(text, wrt, given=given)
        assert r.nature == nature, text
        root = rng.standard_normal((4, 4))
        data = {"A": root @ root.T + np.eye(4), "b": rng.standard_normal(4), "d": rng.standard_normal(4)}
        used = {k: v for k, v in data.items() if k in text}
        x = np.ravel(mg.evaluate(r.solution, used))
        here = float(mg.evaluate(r.function, {**used, "x": x}))
        around = [
            float(mg.evaluate(r.function, {**used, "x": x + 0.01 * rng.standard_normal(4)})) - here
            for _ in range(20)
        ]
        assert (min(around) if nature == "minimum" else -max(around)) > -1e-9, text


UNSOLVED = [
    # softmax(x) is positive and sums to 1, so that most c have no x.
    ("logsumexp(x) - c'x", "x", "", "minimum"),
    ("c'x - logsumexp(x)", "x", "", "maximum"),
    ("sum(softplus(A x)) - b'x", "x", "", "minimum"),
    ("sum(exp(A x)) + c'x", "x", "", "minimum"),
    ("norm(x - a)", "x", "", "minimum"),
]


@pytest.mark.parametrize(("f", "wrt", "given", "nature"), UNSOLVED, ids=[case[0] for case in UNSOLVED])
def test_an_unsolved_equation_is_not_said_to_have_a_solution(
    f: str, wrt: str, given: str, nature: str
) -> None:
    r = mg.stationary(f, wrt, given=given or None)
    said_of = f"{nature}, if there is a solution"
    assert (r.solution, r.nature, r.nature_said.text()) == (None, nature, said_of)
    assert said_of in repr(r)
    assert r.derivation().lines[-1].right.write("unicode") == said_of


KINKS = [
    ("norm(A x - b)^2 + t norm1(x)", "x", "t: positive scalar", ["where an argument of | | is 0"]),
    ("sum(relu(A x)) + b'x", "x", "", ["where an argument of relu is 0"]),
    ("max(x) + norm(x)^2", "x", "", ["where the extreme value is attained more than once"]),
    ("norm(x - a) + norm(x - b)", "x", "", ["where the argument of a norm or root is 0"]),
    ("nuclear_norm(X) + norm(X - A)^2", "X", "", ["where the rank is not full"]),
    ("norm(x - a)^2 + norm1(a) + norm(a)", "x", "", []),
    ("sqrt(1 + x'x)", "x", "", []),
]


@pytest.mark.parametrize(("f", "wrt", "given", "places"), KINKS, ids=[case[0] for case in KINKS])
def test_where_a_function_has_kinks_its_minimum_may_lie_there(
    f: str, wrt: str, given: str, places: list[str]
) -> None:
    """That of the lasso mostly does, where its equation does not hold."""
    r = mg.stationary(f, wrt, given=given or None)
    rest = "a minimum or a maximum may lie there, and the equation tells nothing of it"
    assert [said(note) for note in r.notes] == [f"no derivative {place}: {rest}" for place in places]
    assert r.record()["notes"] == [said(note, medium="text") for note in r.notes]


SQUARES = [
    ("norm(A - B X)^2", "X: n×n skew", "minimum"),
    ("-norm(A - B X)^2", "X: n×n skew", "maximum"),
    ("norm(A - B X C)^2", "X: n×n skew", "minimum"),
    ("tr((A - B X)' S (A - B X))", "X: n×n skew, S: m×m spd", "minimum"),
    ("tr((B X - A)' S (A - B X))", "X: n×n skew, S: m×m spd", "maximum"),
    ("tr((B X - A) (A - B X)')", "X: n×p", "maximum"),
    ("norm(A - B X)^2 + norm(C - X D)^2", "X: n×n skew", "minimum"),
    # With A that has both signs it has no sign.
    ("tr((B X - A)' S (A - B X))", "X: n×n skew, S: m×m symmetric", "not known"),
    ("norm(A - B X)^2 - norm(C - X D)^2", "X: n×n skew", "not known"),
]


@pytest.mark.parametrize(("f", "given", "nature"), SQUARES, ids=[case[0] for case in SQUARES])
def test_a_square_is_one_also_where_its_halves_have_opposite_signs(f: str, given: str, nature: str) -> None:
    """That of a skew matrix is written −tr((BX − A)(A − BX)ᵀ)."""
    assert mg.stationary(f, "X", given=given).nature == nature


def test_a_determinant_against_a_trace_has_a_saddle_among_all_matrices() -> None:
    """The second derivative is −tr(A dX A dX), which is −tr(M²) with M = A dX."""
    for f in ("logdet(X) - tr(A X)", "tr(A X) - logdet(X)"):
        r = mg.stationary(f, "X")
        assert (str(r), r.nature) == ("X = A⁻¹", "saddle")
    assert mg.stationary("logdet(X) - tr(A X)", "X", given="X, A: n×n spd").nature == "maximum"
    # The form tr(dX²) of triangular matrices has no negative value.
    assert mg.stationary("tr(X X)", "X", given="X: n×n lower triangular").nature == "not known"


LOGARITHMS = [
    ("sum(exp(x)) - c'x", "x: n", ["the entries of c are positive"]),
    ("exp(x) - c x", "x: scalar, c: scalar", ["c is positive"]),
    ("softplus(x) - c x", "x: scalar, c: scalar", ["c/(1 − c) is positive"]),
    ("exp(x) - c x", "x: scalar, c: positive scalar", []),
    ("tr(expm(X)) - tr(A X)", "X: n×n symmetric, A: n×n spd", []),
]


@pytest.mark.parametrize(("f", "given", "conditions"), LOGARITHMS, ids=[case[0] for case in LOGARITHMS])
def test_a_logarithm_in_a_solution_asks_for_what_is_positive(
    f: str, given: str, conditions: list[str]
) -> None:
    r = mg.stationary(f, "X" if "X" in f else "x", given=given)
    assert [said(condition) for condition in r.conditions] == conditions
