"""Natures of points by numbers: by where a function is defined, by its logarithm, by its Hessian."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.stationarity import said

FOUND = [
    ("s log(p) + (n - s) log(1 - p)", "p", "s, n: positive scalar, p: scalar", "p = s/n", "maximum"),
    ("s log(p) + (n - s) log(1 - p)", "p", "s, n, p: scalar", "p = s/n", "not known"),
    ("n log(p) + (s - n) log(1 - p)", "p", "s, n, p: positive scalar", "p = n/s", "maximum"),
    ("a log(x) + b log(c - x)", "x", "a, b, c, x: positive scalar", "x = ac/(a + b)", "maximum"),
    ("exp(-x'A x)", "x", "A: n×n spd", "x = 0", "maximum"),
    ("-exp(-(x - m)'S^-1(x - m)/2)", "x", "S: n×n spd, x: n", "x = m", "minimum"),
    ("x^4", "x", "x: scalar", "x = 0", "minimum"),
    ("x exp(-x)", "x", "x: scalar", "x = 1", "maximum"),
    ("x^a exp(-b x)", "x", "a, b, x: positive scalar", "x = a/b", "maximum"),
    ("norm(A x - b)", "x", "", "x = (AᵀA)⁻¹Aᵀb", "minimum"),
    ("norm(A x - b)^4", "x", "", "x = (AᵀA)⁻¹Aᵀb", "minimum"),
    ("1/(1 + (x - a)^2)", "x", "x, a: scalar", "x = a", "maximum"),
    ("tr(X logm(X)) + tr(H X)", "X", "X: n×n spd, H: n×n symmetric", "X = expm(−H − I)", "minimum"),
    ("tr(expm(X)) - tr(C X)", "X", "X: n×n symmetric, C: n×n spd", "X = logm(C)", "minimum"),
    ("x^2 + x y + y^2 - 3 x", "x,y", "x, y: scalar", "x = 2, y = −1", "minimum"),
    ("x^2 - 4 x y + y^2 - 3 x", "x,y", "x, y: scalar", "x = −½, y = −1", "saddle"),
    ("(1 - x)^2 + c (y - x^2)^2", "x,y", "x, y: scalar, c: positive scalar", "x = 1, y = 1", "minimum"),
]


@pytest.mark.parametrize(("f", "wrt", "given", "printed", "nature"), FOUND, ids=[case[0] for case in FOUND])
def test_points(f: str, wrt: str, given: str, printed: str, nature: str) -> None:
    r = mg.stationary(f, tuple(wrt.split(",")), given=given)
    assert (str(r), r.nature) == (printed, nature)
    assert r.verification.verified


def test_where_a_likelihood_is_defined_is_said() -> None:
    r = mg.stationary("s log(p) + (n - s) log(1 - p)", "p", given="s, n: positive scalar, p: scalar")
    assert [said(condition) for condition in r.conditions] == ["n − s is positive"]
    open_one = mg.stationary("s log(p) + (n - s) log(1 - p)", "p", given="s, n, p: scalar")
    assert open_one.reasons == ("a maximum where n > 0, a minimum where n < 0",)


@pytest.mark.parametrize(
    ("f", "points"),
    [
        ("x^3 - 3 x", ("x = −1: maximum", "x = 1: minimum")),
        ("(x^2 - 1)^2", ("x = −1: minimum", "x = 0: maximum", "x = 1: minimum")),
        ("x^2 exp(-x)", ("x = 0: minimum", "x = 2: maximum")),
        ("x/(1 + x^2)", ("x = −1: minimum", "x = 1: maximum")),
    ],
)
def test_several_points_are_listed(f: str, points: tuple[str, ...]) -> None:
    r = mg.stationary(f, "x", given="x: scalar")
    assert (r.solution, r.reasons) == (None, points)
    assert "there are several stationary points" in repr(r)


def test_a_matrix_that_is_never_definite_is_no_point() -> None:
    """The logarithm of every entry: X would be exp(−𝟏𝟏ᵀ), of rank one."""
    r = mg.stationary("tr(X log X)", "X", given="X: n×n spd")
    assert r.solution is None
    assert r.reasons == ("X would have to be exp(−𝟏𝟏ᵀ), which is not positive definite",)
