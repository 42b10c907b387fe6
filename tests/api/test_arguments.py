"""Which variable is meant, in Python and at the command line."""

from __future__ import annotations

from typing import Any

import pytest

import matgrad as mg
from matgrad.api.arguments import read_function


@pytest.mark.parametrize(
    ("text", "given", "name", "meant"),
    [
        ("x' x", None, None, "x"),
        ("x' A x", None, "A", "A"),
        ("λ x' x", None, "lambda", "λ"),
        ("x' W1 x", None, "W_1", "W1"),
        ("x' x", "x: n, y: m", "y", "y"),
        ("2", "x: n", None, "x"),
    ],
)
def test_names_are_understood_as_they_are_printed(
    text: str, given: str | None, name: str | None, meant: str
) -> None:
    assert read_function(text, given).variable(name).label == meant


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "with respect to what\\? The variables are A, x"),
        ("B", "B is not a variable of x' A x; its variables are: A, x"),
        ("a", '"A"'),
        (5, "with respect to a variable, not 5"),
    ],
)
def test_what_is_meant_by_no_name_is_refused(name: str | None, message: str) -> None:
    with pytest.raises(mg.ArgumentError, match=message):
        mg.gradient("x' A x", name)


def test_another_variable_of_the_same_name_is_refused() -> None:
    with pytest.raises(mg.MatgradError):
        mg.gradient("x' A x", mg.matrix("x", "n", "n"))


def test_a_second_variable_is_answered_with_what_takes_several() -> None:
    functions: list[Any] = [mg.derive, mg.gradient, mg.jacobian, mg.differential]
    for function in functions:
        with pytest.raises(mg.MatgradError, match="takes one variable") as caught:
            function("x' A y", "x", "y")
        assert 'mg.hessian(f, "x", "y")' in (caught.value.fix or "")


def test_arrays_come_by_keyword_as_well() -> None:
    assert mg.evaluate("x' x", x=[3.0, 4.0]) == 25.0
    assert mg.evaluate("A x", {"A": [[1, 2], [3, 4]]}, x=[1, 1]).tolist() == [3.0, 7.0]
    with pytest.raises(mg.MatgradError, match="given twice"):
        mg.evaluate("x' x", {"x": [3.0]}, x=[3.0])


@pytest.mark.parametrize(
    ("text", "given", "offered"),
    [
        ("f(t, x)", "t: scalar, x: n", "f: (scalar, n) -> scalar"),
        ("f(A, x)", "A: m×n, x: p", "f: (m×n, p) -> scalar"),
        ("sum_i f(x_i, w)", "x_i: n, w: p, i = 1..N", "f: (n, p) -> scalar"),
    ],
)
def test_a_function_of_several_arguments_is_offered_as_it_is_called(
    text: str, given: str, offered: str
) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(text, given)
    assert offered in (caught.value.fix or "")
    assert mg.parse(text, f"{given}, {offered}").is_scalar
