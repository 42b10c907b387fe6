"""numpy.einsum: contractions index by index, as products of matrices and as sums over indices."""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import ONE, Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops import arithmetic, diagonals, hadamard, leaves, transpose
from matgrad.ops.arrays.families import FamilyArray, array_of, refusal
from matgrad.ops.arrays.lifting import lift
from matgrad.ops.arrays.symbolic import SymbolicArray
from matgrad.ops.indices.binding import open_index
from matgrad.ops.indices.sums import indexed_sum

Indices = tuple[str, ...]
Factors = dict[Indices, Expr]
"""What is multiplied, by its indices in alphabetical order: a scalar, a column, or a matrix."""


class _ThreeAxesError(Exception):
    """The sum over an index would have to be taken of an array with more than two other axes."""


def einsum(*operands: Any, optimize: Any = False) -> SymbolicArray:
    """Contract arrays by Einstein's convention.

    Where the sum over an index is no product of matrices, and over the indices of a family, it is a sum over
    an index: Σ_k A_ik B_jk C_lk is one of products of columns.

    Raises
    ------
    ArgumentError
        When the text is none of einsum, or the result has more than two axes.
    ShapeError
        When an index stands for different lengths.
    """
    inputs, output, arrays = _read(operands)
    arrays = [array_of(array.expr, array.ndim) for array in arrays]
    lengths: dict[str, Dim] = {}
    opened: set[str] = set()
    for indices, array in zip(inputs, arrays, strict=True):
        if len(indices) != array.ndim:
            raise ArgumentError(
                phrase(
                    "numpy.einsum: {array} has {ndim} axes, and {indices} names {count}",
                    array=array.describe(),
                    ndim=array.ndim,
                    indices=repr("".join(indices)),
                    count=len(indices),
                )
            )
        for index, dim in zip(indices, array.dims, strict=True):
            if not same(lengths.setdefault(index, dim), dim):
                raise ShapeError(
                    phrase(
                        "numpy.einsum: the index {index} stands for {length} and for {dim}, in {array}",
                        index=index,
                        length=lengths[index],
                        dim=dim,
                        array=array.describe(),
                    )
                )
        if isinstance(array, FamilyArray):
            opened.update(indices[: len(array.expr.ranges)])
    if len(output) > 2:
        raise ArgumentError(
            phrase("numpy.einsum gives {count} axes here, and there are at most two", count=len(output)),
            fix=phrase("np.kron(A, B), or the sum written out over one axis"),
        )
    while True:
        try:
            return _contracted(inputs, output, arrays, lengths, opened)
        except _ThreeAxesError as error:
            opened.add(str(error))


def product_of_members(family: FamilyArray, x: Any) -> SymbolicArray:
    """The products of the matrices of a family with a vector, below one another.

    Raises
    ------
    ArgumentError
        Where the result would have more than two axes.
    """
    vector = lift(x)
    if vector.ndim != 1 or family.ndim != 3:
        raise refusal(family, phrase("this product"))
    return einsum("kij,j->ki", family, vector)


def _contracted(
    inputs: list[Indices],
    output: Indices,
    arrays: list[SymbolicArray],
    lengths: dict[str, Dim],
    opened: set[str],
) -> SymbolicArray:
    """The contraction, with some indices at places over which sums are taken at the end."""
    places: dict[str, Dim] = {}
    taken = frozenset[str]().union(*(array.expr.indices for array in arrays))
    for letter in sorted(opened):
        places[letter] = open_index(taken | {name for place in places.values() for name in place.names})
    factors: Factors = {}
    for indices, array in zip(inputs, arrays, strict=True):
        expr: Expr = array.expr
        if isinstance(array, FamilyArray):
            count = len(array.expr.ranges)
            expr = array.expr.member(*(places[letter] for letter in indices[:count]))
            indices = indices[count:]
        left, expr = _at_places(indices, expr, places, lengths)
        if len(left) == 2 and left[0] == left[1]:
            left, expr = left[:1], diagonals.diagonal(expr)
        _multiply(factors, left, expr)
    summed = sorted(lengths.keys() - set(output) - opened)
    while summed:
        chosen = min(summed, key=lambda index: len(_beside(factors, index)))
        if len(_beside(factors, chosen)) > 2:
            raise _ThreeAxesError(chosen)
        summed.remove(chosen)
        _sum_over(factors, chosen, lengths[chosen])
    expr = _together(factors, tuple(index for index in output if index not in opened), lengths)
    expr = _put_at(expr, output, places, lengths)
    for letter, place in places.items():
        expr = indexed_sum(expr, place, ONE, lengths[letter])
    return SymbolicArray(expr, len(output))


def _at_places(
    indices: Indices, expr: Expr, places: dict[str, Dim], lengths: dict[str, Dim]
) -> tuple[Indices, Expr]:
    """What is left of an array where some of its indices stand at places."""
    units = {index: leaves.unit(places[index], lengths[index]) for index in indices if index in places}
    if not units:
        return indices, expr
    left = tuple(index for index in indices if index not in places)
    if len(indices) == 1:
        return left, arithmetic.multiply(transpose.transpose(units[indices[0]]), expr)
    rows, columns = indices
    if rows in units and columns in units:
        return left, arithmetic.multiply(transpose.transpose(units[rows]), expr, units[columns])
    if rows in units:
        return left, arithmetic.multiply(transpose.transpose(expr), units[rows])
    return left, arithmetic.multiply(expr, units[columns])


def _put_at(expr: Expr, output: Indices, places: dict[str, Dim], lengths: dict[str, Dim]) -> Expr:
    """A part of the result at the places of those of its indices that are open."""
    units = {index: leaves.unit(places[index], lengths[index]) for index in output if index in places}
    if not units:
        return expr
    if len(output) == 1:
        return arithmetic.multiply(expr, units[output[0]])
    rows, columns = output
    if rows in units and columns in units:
        return arithmetic.multiply(expr, units[rows], transpose.transpose(units[columns]))
    if rows in units:
        return arithmetic.multiply(units[rows], transpose.transpose(expr))
    return arithmetic.multiply(expr, transpose.transpose(units[columns]))


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
        raise ArgumentError(
            phrase(
                "numpy.einsum: {text} is for {count} arrays, not {count_of_arrays}",
                text=repr(text),
                count=len(parts),
                count_of_arrays=len(arrays),
            )
        )
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
            phrase("numpy.einsum: {text} is made of letters, commas and an arrow", text=repr(text)),
            fix="'ij,jk->ik'",
        )
    if len(set(right)) != len(right) or not set(right) <= set(letters):
        raise ArgumentError(
            phrase(
                "numpy.einsum: the indices {right} of the result are not all different, or not there",
                right=repr(right),
            )
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
        raise ArgumentError(
            phrase("numpy.einsum: {index} is no index", index=repr(index)), fix="np.einsum('ij,j->i', A, x)"
        )
    return "abcdefghijklmnopqrstuvwxyz"[int(number)]
