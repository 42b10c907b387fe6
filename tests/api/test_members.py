"""Members of families as variables, as a text names them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import ArgumentError, MatgradError

GIVEN = "x_i: n, y_i: scalar, w_ij: scalar, v: n, i = 1..N, j = 1..N"
SQUARES = "sum_i (y_i - v'x_i)^2"


def test_a_gradient_by_a_member_has_the_index_that_was_typed() -> None:
    for letter in "kjm":
        assert str(mg.gradient(SQUARES, f"x_{letter}", given=GIVEN)) == f"2 (v' x_{letter} - y_{letter}) v"
    assert str(mg.gradient("sum_{i,j} w_ij x_i' x_j", "w_kl", given=GIVEN)) == "x_k' x_l"
    assert str(mg.gradient("sum_{i,j} w_ij x_i' x_j", "w_{k,l}", given=GIVEN)) == "x_k' x_l"


def test_it_is_the_row_of_the_gradient_by_all_members() -> None:
    draw = np.random.default_rng(3)
    arrays = {"x": draw.normal(size=(4, 3)), "y": draw.normal(size=4), "v": draw.normal(size=3)}
    whole = mg.evaluate(mg.gradient(SQUARES, "x", given=GIVEN), arrays)
    residuals = arrays["x"] @ arrays["v"] - arrays["y"]
    assert np.allclose(whole, 2 * np.outer(residuals, arrays["v"]))


def test_second_derivatives_are_by_two_members() -> None:
    assert str(mg.hessian(SQUARES, "x_k", given=GIVEN)) == "2 [k = l] v v'"


@pytest.mark.parametrize("name", ["x_kl", "x_3q", "z_k"])
def test_what_names_no_member_is_no_variable(name: str) -> None:
    with pytest.raises(MatgradError):
        mg.gradient(SQUARES, name, given=GIVEN)


@pytest.mark.parametrize("layout", ["numerator", "denominator"])
def test_a_jacobian_by_one_member(layout: str) -> None:
    found = mg.jacobian("sum_i (x_i' v) x_i", "x_k", given=GIVEN, layout=layout)
    assert (
        str(found)
        == {
            "numerator": "x_k v' + (v' x_k) eye(n)",
            "denominator": "v x_k' + (v' x_k) eye(n)",
        }[layout]
    )


def test_differentials_by_one_member_are_refused_with_what_there_is() -> None:
    with pytest.raises(
        ArgumentError, match="by x_k are gradients, Jacobians, and Hessians of scalar functions"
    ):
        mg.differential("sum_i y_i x_i", "x_k", given=GIVEN)


def test_the_command_line_takes_members() -> None:
    command = [sys.executable, "-m", "matgrad", "diff", SQUARES, "--wrt", "x_k", "--given", GIVEN]
    assert (
        "∂f/∂x_k = 2(vᵀx_k − y_k)v" in subprocess.run(command, capture_output=True, encoding="utf-8").stdout
    )
