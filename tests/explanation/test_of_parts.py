"""Steps by a part of a variable, and at a point: those by the whole, and one line more."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.errors import ArgumentError
from matgrad.explanation import derivation_of
from matgrad.explanation.derivation import METHODS
from matgrad.ops.leaves import zeros
from matgrad.results.points import at_point
from tests.explanation.every_case import check_that_wrong_lines_are_found

DATA = "x_i: n, y_i: scalar, i = 1..N, w: n"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("f", "given", "part", "last"),
    [
        ("log det(A + B)", None, "A[1, :]", "((A + B)⁻ᵀ)[1, :]"),
        ("log det(A + B)", None, "diag(A)", "diag((A + B)⁻¹)"),
        ("x' A x", None, "A[1, 2]", "x_1 x_2"),
        ("tr(X^3)", None, "X'", "3X²"),
        ("sum_i (y_i - x_i'*w)^2", DATA, "w[2]", "−2Σ_i (x_i)_2 (y_i − wᵀx_i)"),
    ],
)
def test_by_a_part(f: str, given: str | None, part: str, last: str, method: str) -> None:
    derivation = mg.explain(f, part, given=given, method=method)
    assert derivation.lines[-1].right.write("unicode") == last
    assert derivation.verify(points=1).verified
    assert check_that_wrong_lines_are_found(derivation) >= 2


@pytest.mark.parametrize("method", METHODS)
def test_at_a_point(method: str) -> None:
    whole = mg.derive("sum(softplus(X w))", "w")
    result = at_point(whole, {whole.variable: zeros(*whole.variable.shape)})
    derivation = derivation_of(result, method=method)
    assert derivation.verify(points=1).verified
    line = derivation.lines[-1]
    assert line.left is not None
    assert (line.left.write("unicode"), line.right.write("unicode")) == ("∂f/∂w|_(w = 0)", "½Xᵀ𝟏")


def test_what_is_not_read_off_a_gradient_is_refused() -> None:
    with pytest.raises(ArgumentError, match="are shown of gradients"):
        mg.explain("A x", "x[1]")
