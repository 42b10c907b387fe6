"""Constraints that follow from others are left out, and those that contradict them are named."""

from __future__ import annotations

import pytest

import matgrad as mg

FOLLOWING = [
    (["sum(x) = 1", "2 sum(x) = 2"], "x = P⁻¹𝟏/sum(P⁻¹)", "2 sum(x) - 2"),
    (["A x = b", "sum(A x) = sum(b)"], "x = P⁻¹Aᵀ(AP⁻¹Aᵀ)⁻¹b", "sum(A x) - sum(b)"),
    (["a' x = 1", "(a + a)' x = 2"], "x = P⁻¹a/(aᵀP⁻¹a)", "2 a' x - 2"),
]


@pytest.mark.parametrize(("constraints", "line", "left_out"), FOLLOWING)
def test_what_follows_is_left_out(constraints: list[str], line: str, left_out: str) -> None:
    r = mg.stationary("x' P x", "x", subject_to=constraints, given="P: n×n spd, A: m×n")
    assert (str(r), r.nature) == (line, "minimum")
    assert r.verification.verified
    assert [str(h) for h in r.how if "follows" in str(h)] == [
        f"the constraint {left_out} = 0 follows from the others, and is left out"
    ]


TWICE = [
    (["sum(x) = 1", "sum(x) = 1"], "x = 𝟏/n", "sum(x) - 1"),
    (["A x = b", "A x = b"], "x = Aᵀ(AAᵀ)⁻¹b", "A x - b"),
    (["ones(n)' x = 1", "sum(x) = 1"], "x = 𝟏/n", "sum(x) - 1"),
    (["a' x = 1", "a' x = 1", "2 a' x = 2"], "x = a/‖a‖²", "a' x - 1"),
]


@pytest.mark.parametrize(("constraints", "line", "twice"), TWICE)
def test_what_is_given_twice_is_taken_once(constraints: list[str], line: str, twice: str) -> None:
    r = mg.stationary("norm(x)^2", "x", subject_to=constraints, given="A: m×n, x: n")
    assert (str(r), r.nature) == (line, "minimum")
    assert r.verification.verified
    assert f"the constraint {twice} = 0 is given twice, and taken once" in [str(h) for h in r.how]


CONTRADICTING = [
    (["sum(x) = 1", "2 sum(x) = 3"], "2 sum(x) − 3", ""),
    (["A x = b", "A x = c"], "Ax − c", "but for particular data"),
    (["a' x = 1", "b' x = 0", "(a + b)' x = 2"], "xᵀ(a + b) − 2", "but for particular data"),
    (["x = c", "sum(x) = 1"], "sum(x) − 1", "but for particular data"),
]


@pytest.mark.parametrize(("constraints", "wrong", "but"), CONTRADICTING)
def test_what_contradicts_is_named(constraints: list[str], wrong: str, but: str) -> None:
    r = mg.stationary("x' P x", "x", subject_to=constraints, given="P: n×n spd, A: m×n")
    assert r.solution is None
    assert str(r.no_solution) == "there is no stationary point" + (" in general" if but else "")
    assert r.reasons == (f"the constraint {wrong} = 0 contradicts the others" + (f", {but}" if but else ""),)


INDEPENDENT = [
    ("x' P x", "x", ["A x = b", "C x = d"], "A: m×n, C: p×n, P: n×n spd, x: n"),
    ("tr(L V L')", "L", ["L X = I", "L Z = 0"], "V: n×n spd, X: n×p, Z: n×q, L: p×n"),
    ("x' P x", "x", ["sum(x) = 1", "a' x = 0", "b' x = 0"], "P: n×n spd"),
]


@pytest.mark.parametrize(("function", "wrt", "constraints", "given"), INDEPENDENT)
def test_others_are_all_kept(function: str, wrt: str, constraints: list[str], given: str) -> None:
    r = mg.stationary(function, wrt, subject_to=constraints, given=given)
    assert r.nature == "minimum"
    assert r.verification.verified
    assert len(r.equations) == 1 + len(constraints)


DECLARED = [
    (
        "A k^a - r k",
        "k",
        "A, k, r: positive scalar, a: scalar",
        ["1 - a is not zero", "A^(1/(1 - a)) a^(1/(1 - a)) r^(-1/(1 - a)) is positive"],
    ),
    ("(w'd)^2/(w'W w)", "w", "W: n×n spd", ["d is not zero"]),
    ("d'w/sqrt(w'W w)", "w", "W: n×n spd", ["d is not zero"]),
    ("norm(X - A)^2", "X", "X: n×n psd, A: n×n symmetric", ["A is positive semidefinite"]),
    ("norm(X - A)^2", "X", "X: n×n psd, A: n×n psd", []),
    ("norm(X - A)^2", "X", "X: n×m nonnegative, A: n×m", ["no entry of A is negative"]),
    ("norm(x - a)^2", "x", "x: n nonnegative", ["no entry of a is negative"]),
    ("norm(x - a)^2", "x", "x: n positive", ["the entries of a are positive"]),
    ("(x - a)^2", "x", "x: nonnegative scalar, a: scalar", ["a is not negative"]),
    ("x^2", "x", "x: nonnegative scalar", []),
]


@pytest.mark.parametrize(("function", "wrt", "given", "conditions"), DECLARED)
def test_conditions_of_a_point_are_named(function: str, wrt: str, given: str, conditions: list[str]) -> None:
    r = mg.stationary(function, wrt, given=given)
    assert [str(c) for c in r.conditions] == conditions


def test_a_bound_is_written_in_the_letters_that_were_given() -> None:
    r = mg.stationary("(u'm)^2/(u'W u)", "u", given="W: n×n spd")
    said = "(mᵀu)²/uᵀWu is at most mᵀW⁻¹m, by the Cauchy-Schwarz inequality"
    assert r.reasons[0] == said
