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


CONTRADICTING = [
    (["sum(x) = 1", "2 sum(x) = 3"], "2 sum(x) − 3", "there is no stationary point"),
    (["A x = b", "A x = c"], "Ax − c", "there is no stationary point in general"),
    (["a' x = 1", "b' x = 0", "(a + b)' x = 2"], "xᵀ(a + b) − 2", "there is no stationary point in general"),
]


@pytest.mark.parametrize(("constraints", "wrong", "said"), CONTRADICTING)
def test_what_contradicts_is_named(constraints: list[str], wrong: str, said: str) -> None:
    r = mg.stationary("x' P x", "x", subject_to=constraints, given="P: n×n spd, A: m×n")
    assert r.solution is None
    assert str(r.no_solution) == said
    assert r.reasons == (f"the constraint {wrong} = 0 contradicts the others",)


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
