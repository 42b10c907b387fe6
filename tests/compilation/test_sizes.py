"""Sizes that are not known: numbers decide, dimensions are written, and no number reaches the code."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import matgrad as mg
from matgrad.compilation.backends import code_for
from matgrad.compilation.ir.sizes import OpenSizes, Size, plain, quotient, size_of, smaller
from matgrad.core.dims import Dim, minimum
from matgrad.core.errors import ArgumentError

m, n = Dim.of("m"), Dim.of("n")
SIZES = OpenSizes({"m": 22, "n": 34})
M, N = size_of(m, SIZES), size_of(n, SIZES)


def test_sums_and_products_carry_their_dimensions() -> None:
    for size, dim in (
        (M + N, m + n), (M + 1, m + 1), (1 + M, m + 1), (M - 1, m - 1), (2 * M, 2 * m), (M * N, m * n),
        (N * M, m * n), (M**2, m * m), (M * (M + 1) // 2, (m * (m + 1)).halved()), (M * N // M, n),
        ((2 * M * N + 2 * N) // (2 * N), m + 1),
    ):  # fmt: skip
        assert size.dim is dim
        assert size.number == dim.value(SIZES)


def test_what_comes_to_a_number_is_one() -> None:
    assert [type(size) for size in (M - M, M // M, (M + 3) - M, size_of(Dim.of(4), SIZES))] == [int] * 4
    assert (M + 3) - M == 3


def test_sizes_are_equal_where_their_dimensions_are() -> None:
    assert M + N == N + M
    assert hash(M + N) == hash(N + M)
    assert Size(34, m) != N, "a number that happens to be the same"
    assert N not in (34, M, 1)
    assert (M, 1) != (22, 1)


def test_numbers_decide_what_is_larger() -> None:
    assert M < N
    assert N >= M
    assert M > 1
    assert 30 < N < 40
    assert plain(max(M, N)) == 34
    assert smaller(M, N).dim is minimum(m, n)
    assert smaller(3, 5) == 3
    assert bool(M)


LEAKS: list[Callable[[], Any]] = [
    lambda: range(M),
    lambda: int(M),
    lambda: float(M),
    lambda: Fraction(M),
    lambda: Fraction(1, M),
    lambda: Fraction(1, 2) * M,
    lambda: M * 0.5,
    lambda: Fraction(1, 2) + M,
    lambda: 1 / M,
    lambda: M / 2,
    lambda: M // 3,
    lambda: M // N,
    lambda: M % 2,
    lambda: [0, 1][M],
    lambda: [0] * M,
    lambda: 2**M,
    lambda: round(M),
]


@pytest.mark.parametrize("leak", LEAKS)
def test_the_number_itself_is_refused(leak: Callable[[], Any]) -> None:
    with pytest.raises(ArgumentError, match="the code depends on the sizes"):
        leak()


def test_quotients_leave_nothing_over() -> None:
    assert quotient(m * n + m, m) is n + 1
    assert quotient(m * n + n, m) is None
    assert quotient(m + n, m + n) is Dim.of(1)
    assert quotient(m, m + n) is None


def test_sizes_are_written_as_their_dimensions() -> None:
    text = code_for([mg.parse("sum(x)/n + sum(ones(m n, 1)) + sum(A)", "x: n, A: m×n")], "numpy")
    assert "34" not in text
    assert "22" not in text
    assert "m = A.shape[0]" in text
    notes = code_for([mg.parse("x[1:n-1]' x[2:n]", "x: n")], "matlab")
    assert "x(1:n - 1)" in notes
    assert "[1:n - 1]" in notes, "comments say the dimension too"


def test_a_size_that_nothing_needs_is_not_found() -> None:
    for backend in ("numpy", "jax", "torch", "julia", "matlab"):
        text = code_for([mg.parse("A x", "A: m×n, x: n")], backend)
        assert "size(" not in text
        assert ".shape[" not in text


def test_nothing_is_written_that_no_line_needs() -> None:
    f = mg.parse("sum((x - ones(n,1)).^2)", "x: n")
    for backend in ("numpy", "jax", "torch", "julia", "matlab"):
        text = code_for([f, mg.gradient(f, "x")], backend)
        assert "ones" not in text
        assert "dtype" not in text or backend == "numpy"
        assert "functions as more" not in text
