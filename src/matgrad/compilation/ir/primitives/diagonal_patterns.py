"""Products, solves and determinants that use a band, or that each diagonal has one number.

``params[0]`` of a factorisation or a product is the pattern: ``"band"``, with the widths below and above,
``"circulant"`` or ``"toeplitz"``. Toeplitz matrices are not solved with as such: the error of Levinson's
recursion grows with the reflection coefficients of the matrix (Cybenko, 1980).
"""

from __future__ import annotations

import math

from matgrad.compilation.ir.cost import ENTRY, product_flops
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.spelling import ADD, MUL, POST, Speller, Text

FOURIER = 5.0
"""The flops of a fast Fourier transform of length n, over n log₂ n."""

TRANSFORMS = {"circulant": 12.0, "toeplitz": 30.0}
"""How many times as long as those of a matrix product the flops of Fourier transforms take: those of matrices
that lie in larger ones are copied as well."""

TRANSFORM_START = 300_000.0
"""What starting Fourier transforms costs, in multiplications of a matrix product."""

DIAGONAL_START = 20_000.0
"""What starting with one diagonal costs, likewise."""

PASSES = 1.0
"""How often each diagonal passes over an entry of the product, in units of passing over memory."""


def fourier_flops(length: int, columns: int) -> int:
    """The flops of a real transform of each column, half of a complex one."""
    return round(FOURIER / 2 * length * math.log2(max(length, 2)) * columns)


def product_by_pattern(pattern: tuple[str | int, ...], rows: int, inner: int, columns: int) -> int:
    """The flops of a product with a matrix of a pattern."""
    if pattern[0] == "band":
        return 2 * (int(pattern[1]) + int(pattern[2]) + 1) * rows * columns
    length = rows if pattern[0] == "circulant" else rows + inner
    return 2 * fourier_flops(length, columns) + fourier_flops(length, 1) + 4 * length * columns


def product_time(pattern: tuple[str | int, ...], rows: int, inner: int, columns: int) -> float:
    """An estimate of its time, in multiplications of a matrix product."""
    if pattern[0] == "band":
        return (int(pattern[1]) + int(pattern[2]) + 1) * (DIAGONAL_START + ENTRY * PASSES * rows * columns)
    work = TRANSFORMS[str(pattern[0])] * product_by_pattern(pattern, rows, inner, columns)
    return TRANSFORM_START + work


def solve_by_pattern(pattern: tuple[str | int, ...], rows: int, columns: int) -> int:
    """The flops of a solve whose factorisation is there."""
    if pattern[0] == "band":
        return 2 * (2 * int(pattern[1]) + int(pattern[2]) + 1) * rows * columns
    return 2 * fourier_flops(rows, columns) + 4 * rows * columns


def solve_time(pattern: tuple[str | int, ...], rows: int, columns: int) -> float:
    """An estimate of its time, in multiplications of a matrix product."""
    return TRANSFORMS["circulant"] * solve_by_pattern(pattern, rows, columns)


def _product_flops(v: Value) -> int:
    return product_by_pattern(v.params[0], v.extent[0], v.args[0].extent[1], v.extent[1])


def _product_work(v: Value) -> float:
    return product_time(v.params[0], v.extent[0], v.args[0].extent[1], v.extent[1])


def _dense_product(v: Value) -> int:
    return product_flops(v.extent[0], v.args[0].extent[1], v.extent[1])


def _factor_flops(v: Value) -> int:
    pattern, n = v.params[0], v.extent[0]
    if pattern[0] == "band":
        return 2 * n * (int(pattern[1]) + 1) * (int(pattern[1]) + int(pattern[2]) + 1)
    return fourier_flops(n, 1)


def _pattern(v: Value) -> tuple[str | int, ...]:
    pattern: tuple[str | int, ...] = v.args[0].params[0]
    return pattern


def _solve_flops(v: Value) -> int:
    return solve_by_pattern(_pattern(v), *v.extent)


def _solve_work(v: Value) -> float:
    return solve_time(_pattern(v), *v.extent)


def _times(w: Speller[Value], v: Value) -> Text:
    return Text(f"{w.operand(v.args[0], MUL)} {w.operand(v.args[1], MUL)}", MUL)


def _matrix(w: Speller[Value], v: Value) -> str:
    return w.operand(v.args[0].args[0])


def _solved(w: Speller[Value], v: Value) -> Text:
    return Text(f"{_matrix(w, v)}{'⁻ᵀ' if v.params[0] else '⁻¹'} {w.operand(v.args[1], MUL)}", MUL)


PATTERN_PRODUCT = Primitive(
    name="pattern_product",
    meaning="A B for a matrix A of a pattern along its diagonals, params[0], by its diagonals or by Fourier "
    "transforms",
    flops=_product_flops, work=_product_work, spelled=_times, allocates=True, is_structured=True,
    rule="products with banded, Toeplitz and circulant matrices by their diagonals", otherwise=_dense_product,
)  # fmt: skip
PATTERN_FACTOR = Primitive(
    name="pattern_factor",
    meaning="a factorisation of a matrix of a pattern, params[0], for those that read one: LU or Cholesky of "
    "a band, where params[1], the eigenvalues of a circulant matrix",
    flops=_factor_flops, work=lambda v: TRANSFORMS["circulant"] * _factor_flops(v) + ENTRY * v.extent[0],
    spelled=lambda w, v: w.whole(v.args[0]), title="factors", is_factorisation=True, is_structured=True,
    rule="banded and circulant matrices are factorised as such",
    otherwise=lambda v: 2 * v.extent[0] ** 3 // 3,
)  # fmt: skip
SOLVE_PATTERN = Primitive(
    name="solve_pattern",
    meaning="A⁻¹B, or A⁻ᵀB where params[0]: operand 0 is the factorisation by a pattern, operand 1 is B",
    flops=_solve_flops, work=_solve_work, spelled=_solved, allocates=True, is_structured=True,
    rule="solves with banded and circulant matrices",
    otherwise=lambda v: 2 * v.extent[0] ** 2 * v.extent[1],
)  # fmt: skip
INVERSE_PATTERN = Primitive(
    name="inverse_pattern", meaning="A⁻¹ from the factorisation of A by a pattern",
    flops=lambda v: solve_by_pattern(_pattern(v), v.extent[0], v.extent[0]),
    work=lambda v: solve_time(_pattern(v), v.extent[0], v.extent[0]),
    spelled=lambda w, v: Text(f"{_matrix(w, v)}⁻¹", POST), is_inverse=True, allocates=True,
    is_structured=True,
)  # fmt: skip
LOG_DET_PATTERN = Primitive(
    name="log_det_pattern",
    meaning="log det A from the factorisation of A by a pattern; an error where it is negative",
    flops=lambda v: 2 * v.args[0].extent[0],
    spelled=lambda w, v: Text(f"log det({w.operand(v.args[0].args[0], ADD)})"), is_structured=True,
)  # fmt: skip
DET_PATTERN = Primitive(
    name="det_pattern", meaning="det A from the factorisation of A by a pattern",
    flops=lambda v: 2 * v.args[0].extent[0],
    spelled=lambda w, v: Text(f"det({w.operand(v.args[0].args[0], ADD)})"),
    is_structured=True,
)  # fmt: skip

__all__ = [
    "DET_PATTERN",
    "INVERSE_PATTERN",
    "LOG_DET_PATTERN",
    "PATTERN_FACTOR",
    "PATTERN_PRODUCT",
    "SOLVE_PATTERN",
]
