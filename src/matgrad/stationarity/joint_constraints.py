"""Several linear constraints on one variable as one: Cx = d, with their matrices below each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matgrad.calculus.linear_terms import LinearTerm, linear_terms
from matgrad.core.dims import ZERO, Dim
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import multiply, scale, subtract
from matgrad.ops.blocks import hstack, part, vstack
from matgrad.ops.leaves import Eye
from matgrad.rewrite.simplify import simplify


@dataclass(frozen=True, slots=True)
class Joint:
    """Constraints in one.

    Attributes
    ----------
    constraint : Expr
        C X − D, or X C − D.
    matrix, right : Symbol
        C and D.
    blocks : tuple of (Expr, Expr)
        For each constraint its rows of C and D; its columns where C stands behind X.
    is_behind : bool
        Whether it does.
    """

    constraint: Expr
    matrix: Symbol
    right: Symbol
    blocks: tuple[tuple[Expr, Expr], ...]
    is_behind: bool

    @property
    def values(self) -> dict[Expr, Expr]:
        """What C and D are."""
        stack = hstack if self.is_behind else vstack
        left, right = (stack(*(block[side] for block in self.blocks)) for side in (0, 1))
        return {self.matrix: left, self.right: right}

    def shares(self, multiplier: Expr) -> list[Expr]:
        """The part of the joint multiplier that is that of each constraint."""
        found, first = [], ZERO
        for _, right in self.blocks:
            past = first + (right.columns if self.is_behind else right.rows)
            bounds: tuple[Dim, Dim, Dim, Dim] = (
                (ZERO, multiplier.rows, first, past)
                if self.is_behind
                else (first, past, ZERO, multiplier.columns)
            )
            found.append(part(multiplier, bounds))
            first = past
        return found


def joint_constraint(constraints: Sequence[Expr], variable: Symbol, taken: Collection[str]) -> Joint | None:
    """Constraints A X = B, or X A = B, in one; ``None`` where they are not all of one of these forms.

    Parameters
    ----------
    constraints : sequence of Expr
        What is zero.
    variable : Symbol
        X, without a structure.
    taken : collection of str
        Names that are not to be used.
    """
    if len(constraints) < 2 or variable.is_scalar or variable.facts & ~Fact.CONSTANT:
        return None
    terms: list[LinearTerm] = []
    rights = []
    for constraint in constraints:
        found = linear_terms(constraint, [variable])
        if found is None or len(found.terms) != 1 or not found.terms[0].is_two_sided:
            return None
        if found.terms[0].transposed:
            return None
        terms.append(found.terms[0])
        rights.append(simplify(scale(-1, found.rest)))
    for is_behind in (False, True):
        others = [term.left if is_behind else term.right for term in terms]
        if not all(isinstance(other, Eye) or (other is not None and other.is_scalar) for other in others):
            continue
        own = [
            multiply(term.coefficient, *(side for side in (term.left, term.right) if side is not None))
            if term.left is not None and term.right is not None and variable.is_vector
            else multiply(term.coefficient, term.right if is_behind else term.left)  # type: ignore[arg-type]
            for term in terms
        ]
        if any(symbols_of(block).get(variable.label) is variable for block in own):
            return None
        return _joined(list(zip(own, rights, strict=True)), variable, taken, is_behind=is_behind)
    return None


def _joined(
    blocks: list[tuple[Expr, Expr]], variable: Symbol, taken: Collection[str], *, is_behind: bool
) -> Joint:
    side = [block.columns if is_behind else block.rows for block, _ in blocks]
    count = sum(side[1:], side[0])
    names = iter(name for name in ("C", "G", "H", "C0", "G0", "H0", "C00", "G00") if name not in taken)
    shape = (variable.columns, count) if is_behind else (count, variable.rows)
    matrix = Symbol.make(next(names), *shape, Fact.NONE)
    right_shape = (variable.rows, count) if is_behind else (count, variable.columns)
    right = Symbol.stand_in("D", *right_shape)
    product = multiply(variable, matrix) if is_behind else multiply(matrix, variable)
    return Joint(subtract(product, right), matrix, right, tuple(blocks), is_behind)
