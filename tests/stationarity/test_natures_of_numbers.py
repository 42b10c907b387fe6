"""Natures of points by numbers: by where a function is defined, by its logarithm, by its Hessian."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.ops.arithmetic import subtract
from matgrad.stationarity import said
from matgrad.stationarity.verifying import vanishes

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


SEVERAL = [
    ("x^3 - 3 x", "x: scalar", {"-1": "maximum", "1": "minimum"}, "several"),
    ("(x^2 - 1)^2", "x: scalar", {"-1": "minimum", "0": "maximum", "1": "minimum"}, "several"),
    ("x^2 exp(-x)", "x: scalar", {"0": "minimum", "2": "maximum"}, "several"),
    ("x/(1 + x^2)", "x: scalar", {"-1": "minimum", "1": "maximum"}, "several"),
    ("x^2 + 1/x^2", "x: scalar", {"-1": "minimum", "1": "minimum"}, "minimum"),
    ("x^6/6 - 8 x^3/3", "x: scalar", {"0": "saddle", "2": "minimum"}, "several"),
    ("x^5 - 5 x", "x: scalar", {"-1": "maximum", "1": "minimum"}, "several"),
    ("x^3 - a x", "x, a: scalar", {"-sqrt(a/3)": "maximum", "sqrt(a/3)": "minimum"}, "several"),
    (
        "-x^3 + b x^2 + x", "x, b: scalar",
        {"(b - sqrt(b^2 + 3))/3": "minimum", "(b + sqrt(b^2 + 3))/3": "maximum"}, "several",
    ),
    (
        "x^4/4 - a x^2/2", "x: scalar, a: positive scalar",
        {"0": "maximum", "-sqrt(a)": "minimum", "sqrt(a)": "minimum"}, "several",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("f", "given", "points", "nature"), SEVERAL, ids=[case[0] for case in SEVERAL])
def test_several_points_are_listed(f: str, given: str, points: dict[str, str], nature: str) -> None:
    r = mg.stationary(f, "x", given=given)
    assert (r.solution, r.nature) == (None, nature)
    assert r.verification.verified
    (x,) = r.variables
    known = list(symbols_of(r.function).values())
    assert [point.nature for point in r.points] == list(points.values())
    for point, value in zip(r.points, points, strict=True):
        assert vanishes(subtract(point.values[x], mg.parse(value, known)))
    assert "there are several stationary points" in str(r.no_solution and r.no_solution.text())
    assert len(r.lines()) == len(points)
    assert [point["nature"] for point in r.record()["points"]] == list(points.values())


@pytest.mark.parametrize(
    ("f", "given", "printed", "nature"),
    [
        ("x^4 - x", "x: scalar", "x = ¼^⅓", "minimum"),
        ("x^4 + 4 x", "x: scalar", "x = −1", "minimum"),
        ("x^4 - a x", "x, a: scalar", "x = ¼^⅓|a|^⅓ sign(a)", "minimum"),
        ("x^2/2 - log(x)", "x: scalar", "x = 1", "minimum"),
        ("x^3", "x: scalar", "x = 0", "saddle"),
        ("x^3/3 - x^2 + x", "x: scalar", "x = 1", "saddle"),
    ],
)
def test_odd_roots_and_bends(f: str, given: str, printed: str, nature: str) -> None:
    r = mg.stationary(f, "x", given=given)
    assert (str(r), r.nature) == (printed, nature)
    assert r.verification.verified


@pytest.mark.parametrize(
    ("f", "wrt", "given", "said_of_it"),
    [
        (
            "p log(1 + b f) + (1 - p) log(1 - a f)", "f", "p, a, b: positive scalar, f: scalar",
            "a maximum where 1 − p > 0",
        ),
        ("(v - d - 1) logdet(S) - tr(P S)", "S", "S, P: d×d spd, v: scalar", "a maximum where v − d − 1 > 0"),
        ("a norm(x - u)^2 - b norm(x - v)^2", "x", "a, b: scalar, x: n", "a minimum where a > 0 and b < 0"),
        ("a' c norm(x - b)^2", "x", "x, b: n", "a minimum where aᵀc > 0"),
    ],
)  # fmt: skip
def test_signs_that_decide_are_named(f: str, wrt: str, given: str, said_of_it: str) -> None:
    r = mg.stationary(f, wrt, given=given)
    assert (r.nature, r.reasons) == ("not known", (said_of_it,))


def test_a_matrix_that_is_never_definite_is_no_point() -> None:
    """The logarithm of every entry: X would be exp(−𝟏𝟏ᵀ), of rank one."""
    r = mg.stationary("tr(X log X)", "X", given="X: n×n spd")
    assert r.solution is None
    assert r.reasons == ("X would have to be exp(−𝟏𝟏ᵀ), which is not positive definite",)
