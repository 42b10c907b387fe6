"""Which variable is meant, in Python and at the command line."""

from __future__ import annotations

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
