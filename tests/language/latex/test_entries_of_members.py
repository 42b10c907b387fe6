r"""Entries of vectors of a family, ``x_j^{(i)}``, and sums over all entries of what has no size."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.errors import MatgradError
from matgrad.language.interpretation import interpret

DATA = "x_i: n, θ: n, y_i: scalar, i = 1..m, j: integer"


@pytest.mark.parametrize("written", [r"x_j^{(i)}", r"x^{(i)}_j", r"x_{ij}", r"(x_i)_j"])
def test_an_entry_of_a_member(written: str) -> None:
    read = mg.parse(rf"\sum_i {written} y_i", DATA, syntax="latex")
    assert str(read) == "sum_i y_i x_i[j]"


def test_of_members_x_j_the_first_index_may_be_either() -> None:
    with pytest.raises(MatgradError):
        mg.parse(r"\sum_i x_{ij} y_i", "x_j: n, y_i: scalar, i = 1..n, j = 1..m", syntax="latex")


@pytest.mark.parametrize(
    "written",
    [
        r"\sum_{i=1}^m r_i^2 \text{ where } r = A x - b",
        r"\sum_{i=1}^m (A x - b)_i^2",
        r"\sum_{i=1}^m \sqrt{(A x - b)_i^2 + 1}",
    ],
)
def test_a_sum_runs_over_all_entries_of_what_has_no_size(written: str) -> None:
    read = interpret(written, "", syntax="latex")
    rows = read.symbols["A"].rows
    assert str(rows) == "m"
    assert read.symbols["b"].rows is rows


def test_a_sum_over_a_part_of_a_vector_of_known_length_stays_one() -> None:
    read = interpret(r"\sum_{i=1}^k x_i^2", "x: n", syntax="latex")
    assert str(read.symbols["x"].rows) == "n"
    assert str(read.expr) == "sum_{i=1}^k x[i]^2"
