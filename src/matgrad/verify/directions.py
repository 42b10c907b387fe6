"""Random directions in which a variable may change, and the curves that leave along them.

A matrix with a linear structure (symmetric, skew, diagonal, triangular) changes within its
subspace. One with orthonormal columns moves on its manifold, along a Cayley curve; see Wen and
Yin, A feasible method for optimization with orthogonality constraints (2013), equation (7). A projector
moves among those that are similar to it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction

from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import is_fixed
from matgrad.core.expr import Symbol
from matgrad.core.facts import LINEAR_STRUCTURE, TRIANGULAR, Fact
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Number, Rows
from matgrad.ops.indices.members import Family
from matgrad.verify.claims import inner
from matgrad.verify.drawing import Drawing, Style, cayley


def direction(symbol: Symbol, values: Mapping[str, Rows], xp: PreciseArrays, rng: random.Random) -> Rows:
    """A random direction in which a variable may change at its value.

    Parameters
    ----------
    symbol : Symbol
        The variable.
    values : mapping of str to array
        The arrays of the variables by name.
    xp : PreciseArrays
        The arithmetic of the arrays.
    rng : random.Random
        The source of the direction.

    Returns
    -------
    array
        Of the shape of the variable. Zero where it cannot change, as a diagonal orthogonal matrix.
    """
    value = values[symbol.label]
    rows, columns = xp.shape(value)
    if isinstance(symbol, Family):
        return _of_members(symbol, value, xp, rng)
    if is_fixed(symbol):
        return xp.zeros(rows, columns)
    if not symbol.facts & (Fact.ORTHONORMAL_COLUMNS | Fact.IDEMPOTENT):
        change = _within(xp, rng, symbol.facts & LINEAR_STRUCTURE, rows, columns)
        if symbol.facts & Fact.SIMPLEX:
            change = _centred(xp, change)
        if symbol.facts & Fact.SIMPLEX_ROWS:
            change = xp.transpose(_centred(xp, xp.transpose(change)))
        return change
    if symbol.facts & (Fact.SYMMETRIC | Fact.SKEW | Fact.IDEMPOTENT):
        # P + t (K P - P K) is similar to P to first order, by a rotation where K is skew.
        kept = Fact.SKEW if symbol.facts & (Fact.SYMMETRIC | Fact.SKEW) else Fact.NONE
        turn = _within(xp, rng, kept, rows, rows)
        return xp.subtract(xp.matmul(turn, value), xp.matmul(value, turn))
    along = xp.matmul(value, _within(xp, rng, Fact.SKEW, columns, columns))
    other = _within(xp, rng, Fact.NONE, rows, columns)
    inside = xp.matmul(value, xp.matmul(xp.transpose(value), other))
    return xp.add(along, xp.subtract(other, inside))


def _of_members(family: Family, value: Rows, xp: PreciseArrays, rng: random.Random) -> Rows:
    """A direction for the stack of a family, each member of which changes as it may."""
    rows, columns = xp.shape(value)
    like = Symbol.stand_in(family.label, *family.member_shape, family.member_facts)
    if structure_of(like) is None:
        return _within(xp, rng, Fact.NONE, rows, columns)
    height, width = (xp.size(dim) for dim in family.member_shape)
    step = 1 if family.members_are_rows else height
    blocks = []
    for start in range(0, rows, step):
        block = xp.part(value, slice(start, start + step), slice(0, columns))
        member = xp.transpose(block) if family.members_are_rows else block
        along = direction(like, {family.label: member}, xp, rng)
        blocks.append([xp.transpose(along) if family.members_are_rows else along])
    assert height * width
    return xp.grid(blocks)


def normal(symbol: Symbol, values: Mapping[str, Rows], xp: PreciseArrays, rng: random.Random) -> Rows:
    """A random matrix that stands orthogonally on every direction in which a variable may change.

    The directions are spanned by random ones, made orthonormal one after the other, so that this knows
    nothing of how a gradient is projected. The parameters are those of :func:`direction`.
    """
    rows, columns = xp.shape(values[symbol.label])
    rest = _within(xp, rng, Fact.NONE, rows, columns)
    basis: list[Rows] = []
    for _ in range(rows * columns):
        along = direction(symbol, values, xp, rng)
        size = xp.largest(along)
        # Twice, as once leaves what rounding makes of nearly parallel directions.
        for other in basis * 2:
            along = _less(xp, along, other)
        if not xp.largest(along) > size * xp.entry(Fraction(1, 10**10)):
            break
        basis.append(xp.scalar_times(xp.power(inner(xp, along, along), xp.number(Fraction(-1, 2))), along))
    for other in basis * 2:
        rest = _less(xp, rest, other)
    return rest


def _less(xp: PreciseArrays, a: Rows, unit: Rows) -> Rows:
    """A matrix without its part along one of length 1."""
    return xp.subtract(a, xp.scalar_times(inner(xp, a, unit), unit))


def move(symbol: Symbol, value: Rows, direction: Rows, t: Number | Fraction | int, xp: PreciseArrays) -> Rows:
    """The point X(t) of a curve of admissible values with X(0) = value and X'(0) = direction.

    Parameters
    ----------
    symbol : Symbol
        The variable; its facts decide on the curve, a straight line unless its columns are
        orthonormal or it is a projector.
    value, direction : array
        Where the curve starts, and a direction as :func:`direction` gives it.
    t : mpmath number, Fraction or int
        The parameter of the curve. The curve is analytic in it.
    xp : PreciseArrays
        The arithmetic of the arrays.
    """
    step = xp.scalar_times([[xp.entry(t) if isinstance(t, (int, Fraction)) else t]], direction)
    if symbol.facts & Fact.IDEMPOTENT:
        # V = K P - P K for K = V P - P V, where V = P V + V P.
        turn = xp.subtract(xp.matmul(step, value), xp.matmul(value, step))
        return xp.matmul(cayley(xp, turn), xp.matmul(value, cayley(xp, xp.scale(-1, turn))))
    if not symbol.facts & Fact.ORTHONORMAL_COLUMNS:
        return xp.add(value, step)
    flipped = xp.transpose(value)
    if symbol.facts & (Fact.SYMMETRIC | Fact.SKEW | TRIANGULAR):
        # V = K X - X K for K = V Xᵀ / 2, so X turns with the rotation of K on both sides.
        rotation = cayley(xp, xp.scale(Fraction(1, 2), xp.matmul(step, flipped)))
        return xp.matmul(rotation, xp.matmul(value, xp.transpose(rotation)))
    # V = K X for the skew K = P V Xᵀ - X Vᵀ P with P = I - X Xᵀ / 2.
    partly = xp.subtract(step, xp.scale(Fraction(1, 2), xp.matmul(value, xp.matmul(flipped, step))))
    half = xp.matmul(partly, flipped)
    return xp.matmul(cayley(xp, xp.subtract(half, xp.transpose(half))), value)


def _centred(xp: PreciseArrays, change: Rows) -> Rows:
    """Subtract the mean of each column, so that the sums of the columns stay."""
    rows = xp.shape(change)[0]
    means = xp.scale(Fraction(1, rows), xp.matmul(xp.ones(1, rows), change))
    return xp.subtract(change, xp.matmul(xp.ones(rows, 1), means))


def _within(xp: PreciseArrays, rng: random.Random, facts: Fact, rows: int, columns: int) -> Rows:
    """A random element of the linear subspace of these facts."""
    array = Drawing(xp, rng, Style(), facts & ~Fact.CONSTANT).array(rows, columns)
    return xp.zeros(rows, columns) if array is None else array
