"""Samples lie on every branch, in several sizes and scales, on no lattice; what stayed untried is said."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import Expr
from matgrad.numeric.precise import PreciseArrays
from matgrad.results import derive
from matgrad.verify.equality import compare
from matgrad.verify.sampling import samples
from matgrad.verify.search import Search

GIVEN = "t: scalar, s: scalar, x: n, y: n, A: n×n, S: n×n spd, Q: n×n orthogonal, k: integer, X: m×n"

UNEQUAL = (
    ("abs(t)", "t"), ("relu(t - 3)", "0"), ("relu(t - 10000)", "0"), ("relu(-40 - t)", "0"),
    ("sum(abs(x - 100*ones(n)))", "sum(100*ones(n) - x)"), ("abs(sin(t))", "sign(t)*sin(t)"),
    ("relu(1 - 100*(t - 50)^2)", "0"), ("relu(x'*x - 10^6)", "0"), ("relu(logdet(S) - 20)", "0"),
    ("norm_inf(x)", "max(x)"), ("max(x)", "x[1]"), ("max([t; 3; s])", "max([t; 3])"),
    ("relu(t)*relu(s)", "relu(t)*s*step(s*t)*step(s) + relu(-t)*relu(-s)"), ("asin(sin(t))", "t"),
    ("10^-30*x'*A*x", "0"), ("x'*x + 10^-300*y'*x", "x'*x"), ("x", "x + 10^-12*y"), ("x", "1.0000001*x"),
    ("sin(100*pi*t)", "sin(100*pi*t)^3"), ("sin(1000*t)", "sin(1001*t)"), ("cos(2*pi*t*100)", "1"),
    ("t^k", "abs(t)^k"), ("(-1)^k", "1"), ("x'*x", "x'*x*(1 + (n - 3)*(n - 4))"),
    ("det(A)", "det(A)*cos(2*pi*n)*(1 + (n - 3)*(n - 4)*(n - 2))"), ("x'*A*x", "x'*A'*x + (x[1])^9/10^20"),
    ("10^300*x'*A*x", "10^300*(x'*A*x + x'*x)"), ("sum(x.^2)", "sum(x.*abs(x))"),
    # Between two kinks, however near, and where several branches are open together.
    ("relu(t - 10)*relu(11 - t)", "0"), ("relu(t - 3) - relu(t - 3.0001)", "step(t - 3)/10000"),
    ("sign(t - 1)", "sign(t - 1.000001)"), ("relu(t - 1)*relu(2 - t)*relu(s - 8)*relu(9 - s)", "0"),
    ("sum(relu(x - 2*ones(n)).*relu(3*ones(n) - x))", "0"),
    ("max(A*x + y/10000)", "y'*onehot_max(A*x)/10000 + max(A*x)"),
    ("step(s - t)*relu(t - x[1])*relu(x[1] - x[2])*relu(x[2] - 5)", "0"),
    ("relu(x'*y - 10)*relu(y'*A*x - 9)*relu(-x'*A*x - 5)", "0"),
    # Near 0, and far away.
    ("sign(t)", "sign(t + 10^-9)"), ("sign(x)", "sign(x - 10^-30*y)"), ("x", "x*step(norm(x) - 10^-15)"),
    ("sign(t)", "sign(t) + step(t - 10^12)"), ("x", "x + relu(sum(x) - 10^40)*y"),
    # Beside a term that is lost in every precision.
    ("exp(-abs(t + 100000)) + relu(t + 100000)", "exp(-abs(t + 100000))"),
    ("exp(x) + relu(-10^5 - sum(x))*y", "exp(x)"),
    # What is left of a value that is rounded, or of a term beside a larger one.
    ("sigmoid(t + 1000)", "1"), ("sigmoid(t - 1000)*(1 - sigmoid(t - 1000))", "0"), ("tanh(t + 200)", "1"),
    ("erf(t + 20)", "1"), ("log(1 + exp(t - 500))", "0"), ("softplus(t + 500)", "t + 500"),
    ("logsumexp([t; t - 900])", "t"), ("sqrt(1 + exp(t - 900))", "1"),
    # In larger sizes, where a size is a number.
    ("sum(x)*(n - 1)*(n - 2)*(n - 3)*(n - 4)*(n - 5)*(n - 6)*(n - 7)*(n - 8)", "0"),
)  # fmt: skip
"""Pairs that agree on one branch, on a lattice, in small sizes, or but for little."""

EQUAL = (
    ("sign(t)", "t/abs(t)"), ("abs(t)", "relu(t) + relu(-t)"), ("relu(t - 3)", "(t - 3 + abs(t - 3))/2"),
    ("sign(x).^3", "sign(x)"), ("10^-30*x'*A*x", "10^-30*x'*A'*x"), ("10^300*x'*A*x", "10^300*x'*A'*x"),
    ("1 - tanh(t)^2", "1/cosh(t)^2"), ("log(1 + exp(t - 10000))", "softplus(t - 10000)"),
    ("1 - sigmoid(t)", "sigmoid(-t)"), ("norm_inf(x)", "max(abs(x))"), ("sin(t)^2 + cos(t)^2", "1"),
    ("(x + y)'*(x - y) - x'*x", "-y'*y"), ("det(S)", "exp(logdet(S))"), ("tr(A*A') - norm(A)^2", "0"),
    ("adjugate(A)", "det(A)*inv(A)"), ("t^k*t^k", "t^(2*k)"), ("relu(t - 3)*relu(-t - 3)", "0"),
    ("abs(s - t)", "2*max([s; t]) - s - t"), ("max([s; t]) + max(x)", "max([s + max(x); t + max(x)])"),
    ("1 + sign(A*x)", "relu(sign(A*x) + 1)"), ("sigmoid(t - 1000)", "exp(t - 1000)/(1 + exp(t - 1000))"),
    ("cosh(t + 300) - sinh(t + 300)", "exp(-t - 300)"),
)  # fmt: skip


def read(text: str) -> Expr:
    return mg.parse(text, GIVEN)


@pytest.mark.parametrize(("a", "b"), UNEQUAL)
def test_what_differs_somewhere_is_not_equal(a: str, b: str) -> None:
    assert not mg.equivalent(read(a), read(b))


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_what_is_equal_is_found_equal(a: str, b: str) -> None:
    assert mg.equivalent(read(a), read(b))


def test_a_side_that_no_sample_reaches_is_said() -> None:
    found = compare(read("relu(-1 - x'*x)*t"), read("0"))
    assert found.equal
    assert found.said("en") == "not tried: -1 - x' x > 0"
    assert found.said("zh", mg.printing.unicode) == "未尝试：−1 − xᵀx > 0"
    assert compare(read("abs(t)"), read("t*sign(t)")).said("en") == ""


def test_a_verification_says_which_side_it_has_not_seen() -> None:
    f = read("relu(-1 - x'*x)")
    assert str(derive(f, mg.vector("x", "n")).verification).endswith("not tried: -1 - x' x > 0")
    assert derive(read("relu(t - 10000)"), mg.scalar("t")).verification.untried == ()


def test_generic_samples_lie_on_no_lattice() -> None:
    x = mg.vector("x", "n")
    xp = PreciseArrays({})
    for _, values in samples([x], attempts=8):
        for row in values["x"]:
            assert abs(xp.ctx.nint(row[0] * 10**6) - row[0] * 10**6) > 1e-9


def test_every_dimension_is_met_in_two_sizes() -> None:
    for text in ("x'*A*x", "tr(X*A*X')", "logdet(S)"):
        search = Search([read(text)], 2)
        for sample in search:
            search.accept(sample)
        names = search.agreed[0].sizes
        assert all(len({sample.sizes[name] for sample in search.agreed}) > 1 for name in names)


def test_a_size_at_which_there_is_no_value_is_no_verification() -> None:
    f = mg.parse("a' eigenvalues(x y' + y x')", "a: n, x: n, y: n")
    found = derive(f, mg.vector("x", "n")).verification
    assert not found.verified
    assert found.reason.startswith("at n = 4 no random point was found in the domain")


def test_the_rank_of_long_matrices_is_met() -> None:
    f = mg.parse("a' eigenvalues(A B' + B A')", "a: n, A: n×k, B: n×k")
    found = derive(f, mg.matrix("A", "n", "k")).verification
    assert not found.verified
    assert "k = 2, n = 6" in found.reason


def test_dimensions_that_must_not_be_equal_do_not_stand_in_the_way() -> None:
    f = mg.parse("log(det(X' X))", "X: m×n")
    assert derive(f, mg.matrix("X", "m", "n")).verification.verified
