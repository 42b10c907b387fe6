"""numpy.einsum: contractions of arrays with at most two axes, index by index, as products of matrices."""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.ops import arithmetic, diagonals, hadamard, leaves, transpose
from matgrad.ops.arrays.lifting import lift
from matgrad.ops.arrays.symbolic import SymbolicArray

Indices = tuple[str, ...]
Factors = dict[Indices, Expr]
"""What is multiplied, by its indices in alphabetical order: a scalar, a column, or a matrix."""

_THREE = (
    "a sum over one index at a time meets arrays with three axes here, and there are at most two",
    "np.kron(A, B), or the sum written out over one axis",
)


def einsum(*operands: Any, optimize: Any = False) -> SymbolicArray:
    """Contract arrays by Einstein's convention.

    Raises
    ------
    ArgumentError
        When the text is none of einsum, or something has more than two axes.
    ShapeError
        When an index stands for different lengths.
    """
    inputs, output, arrays = _read(operands)
    lengths: dict[str, Dim] = {}
    factors: Factors = {}
    for indices, array in zip(inputs, arrays, strict=True):
        if len(indices) != array.ndim:
            raise ArgumentError(
                f"numpy.einsum: {array.describe()} has {array.ndim} axes, and {''.join(indices)!r} names "
                f"{len(indices)}"
            )
        for index, dim in zip(indices, array.dims, strict=True):
            if not same(lengths.setdefault(index, dim), dim):
                raise ShapeError(
                    f"numpy.einsum: the index {index} stands for {lengths[index]} and for {dim}, "
                    f"in {array.describe()}"
                )
        if len(indices) == 2 and indices[0] == indices[1]:
            _multiply(factors, indices[:1], diagonals.diagonal(array.expr))
        else:
            _multiply(factors, indices, array.expr)
    if len(output) > 2:
        raise ArgumentError(
            f"numpy.einsum gives {len(output)} axes here, and there are at most two", fix=_THREE[1]
        )
    summed = sorted(lengths.keys() - set(output))
    while summed:
        chosen = min(summed, key=lambda index: len(_beside(factors, index)))
        if len(_beside(factors, chosen)) > 2:
            raise ArgumentError(f"numpy.einsum: {_THREE[0]}", fix=_THREE[1])
        summed.remove(chosen)
        _sum_over(factors, chosen, lengths[chosen])
    return SymbolicArray(_together(factors, output, lengths), len(output))


def _beside(factors: Factors, index: str) -> set[str]:
    """The indices that stand beside one in a factor."""
    return {other for indices in factors if index in indices for other in indices} - {index}


def _multiply(factors: Factors, indices: Indices, expr: Expr) -> None:
    """Multiply by one more factor, entry by entry where there is one of these indices."""
    ordered = tuple(sorted(indices))
    if ordered != indices:
        expr = transpose.transpose(expr)
    known = factors.get(ordered)
    if known is not None:
        scalar = known.is_scalar or expr.is_scalar
        expr = arithmetic.multiply(known, expr) if scalar else hadamard.hadamard(known, expr)
    factors[ordered] = expr


def _facing(factors: Factors, indices: Indices, last: str) -> Expr:
    """A matrix with one of its indices on its columns."""
    matrix = factors.pop(indices)
    return matrix if indices[1] == last else transpose.transpose(matrix)


def _sum_over(factors: Factors, index: str, length: Dim) -> None:
    """Sum over an index: the factors that have it become one that has not."""
    column = factors.pop((index,), None)
    pairs = [indices for indices in factors if index in indices]
    others = [next(other for other in indices if other != index) for indices in pairs]
    matrices = [_facing(factors, indices, index) for indices in pairs]
    if not matrices:
        ones = transpose.transpose(leaves.ones(length))
        total = arithmetic.multiply(ones, leaves.ones(length) if column is None else column)
        _multiply(factors, (), total)
        return
    if len(matrices) == 1:
        weights = leaves.ones(length) if column is None else column
        _multiply(factors, (others[0],), arithmetic.multiply(matrices[0], weights))
        return
    left, right = matrices
    middle = () if column is None else (diagonals.diag(column),)
    _multiply(factors, (others[0], others[1]), arithmetic.multiply(left, *middle, transpose.transpose(right)))


def _together(factors: Factors, output: Indices, lengths: dict[str, Dim]) -> Expr:
    """The product of what is left, with its indices in the order asked for."""
    scalar = factors.pop((), leaves.number(1))
    if not output:
        return scalar
    if len(output) == 1:
        return arithmetic.multiply(scalar, factors[output])
    first, second = output
    matrix = factors.pop(tuple(sorted(output)), None)
    rows, columns = factors.pop((first,), None), factors.pop((second,), None)
    if matrix is None:
        left = leaves.ones(lengths[first]) if rows is None else rows
        right = leaves.ones(lengths[second]) if columns is None else columns
        return arithmetic.multiply(scalar, left, transpose.transpose(right))
    parts = [matrix if first < second else transpose.transpose(matrix)]
    parts = ([] if rows is None else [diagonals.diag(rows)]) + parts
    parts += [] if columns is None else [diagonals.diag(columns)]
    return arithmetic.multiply(scalar, *parts)


# ---- reading -----------------------------------------------------------------------------------------


def _read(operands: tuple[Any, ...]) -> tuple[list[Indices], Indices, list[SymbolicArray]]:
    """The indices of each array and of the result, from a text or from lists of numbers."""
    if not operands or not isinstance(operands[0], str):
        return _read_lists(operands)
    text = operands[0].replace(" ", "")
    arrays = [lift(array) for array in operands[1:]]
    left, arrow, right = text.partition("->")
    parts = left.split(",")
    if len(parts) != len(arrays):
        raise ArgumentError(f"numpy.einsum: {text!r} is for {len(parts)} arrays, not {len(arrays)}")
    used = set(text)
    spare = [letter for letter in "ABCDEFGHIJ" if letter not in used]
    if "..." in text:
        counts = [
            array.ndim - len(part.replace("...", "")) for part, array in zip(parts, arrays, strict=True)
        ]
        longest = max([count for part, count in zip(parts, counts, strict=True) if "..." in part], default=0)
        dots = "".join(spare[: max(longest, 0)])
        parts = [
            part.replace("...", dots[len(dots) - max(count, 0) :])
            for part, count in zip(parts, counts, strict=True)
        ]
        right = right.replace("...", dots)
        if not arrow:
            letters = "".join(parts)
            right = dots + "".join(sorted(c for c in set(letters) - set(dots) if letters.count(c) == 1))
            arrow = "->"
    letters = "".join(parts)
    if not arrow:
        right = "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    if not (letters + right).isalpha() and letters + right:
        raise ArgumentError(
            f"numpy.einsum: {text!r} is made of letters, commas and an arrow", fix="'ij,jk->ik'"
        )
    if len(set(right)) != len(right) or not set(right) <= set(letters):
        raise ArgumentError(
            f"numpy.einsum: the indices {right!r} of the result are not all different, or not there"
        )
    return [tuple(part) for part in parts], tuple(right), arrays


def _read_lists(operands: tuple[Any, ...]) -> tuple[list[Indices], Indices, list[SymbolicArray]]:
    """einsum(A, [0, 1], x, [1], [0])."""
    count = len(operands) // 2
    arrays = [lift(array) for array in operands[: 2 * count : 2]]
    parts = ["".join(map(_letter, indices)) for indices in operands[1 : 2 * count : 2]]
    text = ",".join(parts)
    if len(operands) % 2:
        text += "->" + "".join(map(_letter, operands[-1]))
    return _read((text, *arrays))


def _letter(index: Any) -> str:
    number = as_fraction(index)
    if number is None or number.denominator != 1 or not 0 <= number < 26:
        raise ArgumentError(f"numpy.einsum: {index!r} is no index", fix="np.einsum('ij,j->i', A, x)")
    return "abcdefghijklmnopqrstuvwxyz"[int(number)]
