"""Solutions of linear matrix equations of any number of terms, also with Xᵀ among them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same, shape_text
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Sum, add, content, multiply, scale, split_scalars
from matgrad.ops.inverse import inv
from matgrad.ops.kronecker import commutation, kron
from matgrad.ops.leaves import Eye, is_number, is_zero, zeros
from matgrad.ops.registry import function
from matgrad.ops.stein import stein
from matgrad.ops.sylvester import sylvester
from matgrad.ops.transpose import transpose

Pair = tuple[Expr, Expr]


class MatrixEquation(Expr):
    """The solution X of Σ Aᵢ X Bᵢ + Σ Aⱼ Xᵀ Bⱼ = C.

    ``args`` are A₁, B₁, A₂, B₂, …, C, the terms with X first; ``data`` is how many those are. From
    Σ Aᵢ dX Bᵢ + Σ Aⱼ dXᵀ Bⱼ = dC − Σ (dAᵢ X Bᵢ + Aᵢ X dBᵢ) − …: its linear maps are solutions of the same
    equation with other right sides.
    """

    __slots__ = ()
    name = "matrix_equation"
    reason = Phrase("differential of a linear matrix equation")
    legend = Phrase(
        "matrix_equation(k, A₁, B₁, A₂, B₂, …, C) is the solution X of A₁ X B₁ + A₂ X B₂ + … = C, "
        "with Xᵀ for X behind the first k terms"
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        pairs, c = list(zip(args[:-1:2], args[1:-1:2], strict=False)), args[-1]
        if len(args) % 2 == 0 or not pairs or not 0 <= data[0] <= len(pairs):
            raise ArgumentError(
                phrase("a matrix equation has two factors for each term, and a right side"),
                fix=phrase("matrix_equation(2, A, B, C, D, E) for A X B + C X D = E"),
            )
        shape: Shape | None = None
        for i, (a, b) in enumerate(pairs):
            here = (a.columns, b.rows) if i < data[0] else (b.rows, a.columns)
            if shape is not None and not (same(shape[0], here[0]) and same(shape[1], here[1])):
                raise ShapeError(
                    phrase(
                        "in a matrix equation X is {shape} by its first term, and {here_shape} "
                        "between {a} and {b}",
                        shape=shape_text(shape),
                        here_shape=shape_text(here),
                        a=a.describe(),
                        b=b.describe(),
                    )
                )
            shape = shape or here
            if not (same(a.rows, c.rows) and same(b.columns, c.columns)):
                raise ShapeError(
                    phrase(
                        "in a matrix equation the right side {c} must be {rows}×{columns}, as {a} "
                        "and {b} say",
                        c=c.describe(),
                        rows=a.rows,
                        columns=b.columns,
                        a=a.describe(),
                        b=b.describe(),
                    )
                )
        assert shape is not None
        if not same(shape[0] * shape[1], c.rows * c.columns):
            raise ShapeError(
                phrase(
                    "{rows} equations do not determine the {shape} unknowns of a matrix X of "
                    "shape {shape_shape}",
                    rows=c.rows * c.columns,
                    shape=shape[0] * shape[1],
                    shape_shape=shape_text(shape),
                )
            )
        return shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return matrix_equation(data[0], *args)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The factors of each term."""
        return tuple(zip(self.args[:-1:2], self.args[1:-1:2], strict=True))

    @property
    def plain(self) -> int:
        """How many terms have X; the others have Xᵀ."""
        count: int = self.data[0]
        return count

    def infer_facts(self) -> Fact:
        return Fact.NONE

    def linear_map(self, index: int) -> LinearMap:
        c = self.args[-1]
        solve = EquationSolve(self.plain, self.pairs, c.shape, self.shape)
        term, side = divmod(index, 2)
        if term == len(self.pairs):
            return solve
        a, b = self.pairs[term]
        x = self if term < self.plain else transpose(self)
        inner = lm.Left(multiply(a, x), b.shape) if side else lm.Right(multiply(x, b), a.shape)
        return lm.negated(lm.compose(solve, inner))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.matrix_equation(self.plain, values[:-1], values[-1])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        pairs = zip(transposed[:-1:2], transposed[1:-1:2], strict=True)
        return matrix_equation(self.plain, *(part for a, b in pairs for part in (b, a)), transposed[-1])

    def notation(self) -> Notation:
        plain = call("matrix_equation")
        return Notation(*(
            form.replace("{*}", f"{self.plain}, {{*}}")
            for form in (plain.text, plain.unicode, plain.latex, plain.numpy)
        ))  # fmt: skip


@function(
    "matrix_equation",
    example="sum(matrix_equation(2, A, B, C, D, X))",
    given="A: m×m spd, B: n×n spd, C: m×m spd, D: n×n spd, X: m×n",
)
def matrix_equation(k: int, *parts: Expr) -> Expr:
    """The solution X of A₁ X B₁ + A₂ X B₂ + … = C, with Xᵀ for X behind the first k terms.

    Raises
    ------
    ArgumentError
        When there are not two factors for each term and a right side.
    ShapeError
        When a factor does not fit the others, or there are more or fewer unknowns than equations.
    """
    shape = MatrixEquation.shape_rule(parts, (k,))
    c = parts[-1]
    pairs = list(zip(parts[:-1:2], parts[1:-1:2], strict=True))
    if is_zero(c):
        return zeros(*shape)
    if isinstance(c, Sum):
        common, rest = content(c)
        if common != 1:
            return scale(common, matrix_equation(k, *parts[:-1], rest))
    split = split_scalars(c)
    if split is not None and not c.is_scalar:
        return multiply(split[0], matrix_equation(k, *parts[:-1], split[1]))
    plain, turned = _gathered(pairs[:k]), _gathered(pairs[k:])
    known = (
        _known(plain, c)
        if not turned
        else _known([(b.T, a.T) for a, b in turned], c.T)
        if not plain
        else None
    )
    if known is not None:
        return known
    flat = [part for pair in (*plain, *turned) for part in pair]
    return MatrixEquation.intern((*flat, c), (len(plain),))


def _gathered(pairs: Sequence[Pair]) -> list[Pair]:
    """The terms in the order of their factors, those with a common factor as one."""
    for side in (0, 1):
        groups: dict[Expr, list[Expr]] = {}
        for pair in pairs:
            groups.setdefault(pair[side], []).append(pair[1 - side])
        found = [(same_, add(*others)) for same_, others in groups.items()]
        pairs = [pair if side == 0 else pair[::-1] for pair in found]
    return sorted(
        (pair for pair in pairs if not (is_zero(pair[0]) or is_zero(pair[1]))),
        key=lambda pair: (pair[0].key, pair[1].key),
    )


def _known(pairs: Sequence[Pair], c: Expr) -> Expr | None:
    """One term, or two that make an equation with a name."""
    if len(pairs) == 1:
        (a, b) = pairs[0]
        if same(a.rows, a.columns) and same(b.rows, b.columns):
            return multiply(inv(a), c, inv(b))
    if len(pairs) != 2:
        return None
    (a, b), (p, q) = pairs
    for first, second in (((a, b), (p, q)), ((p, q), (a, b))):
        if is_unit(first[1]) and is_unit(second[0]):
            return sylvester(first[0], second[1], c)
        if is_unit(first[0]) and is_unit(first[1]) and same(second[0].rows, second[0].columns):
            return stein(scale(Fraction(-1), second[0]), second[1], c)
    return None


def is_unit(a: Expr) -> bool:
    """Whether a factor is the identity, of order 1 too."""
    return isinstance(a, Eye) or is_number(a, 1)


@dataclass(frozen=True, slots=True)
class EquationSolve(LinearMap):
    """C ↦ the X with Σ Aᵢ X Bᵢ + Σ Aⱼ Xᵀ Bⱼ = C."""

    plain: int
    pairs: tuple[Pair, ...]
    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return matrix_equation(self.plain, *(part for pair in self.pairs for part in pair), v)

    def adjoint(self) -> LinearMap:
        """Of A X B the adjoint is Aᵀ Y Bᵀ, of A Xᵀ B it is B Yᵀ A."""
        plain = tuple((transpose(a), transpose(b)) for a, b in self.pairs[: self.plain])
        turned = tuple((b, a) for a, b in self.pairs[self.plain :])
        return EquationSolve(self.plain, plain + turned, self.codomain, self.domain)

    def kronecker(self) -> Expr:
        m, n = self.codomain
        terms = [kron(transpose(b), a) for a, b in self.pairs[: self.plain]]
        terms += [multiply(kron(transpose(b), a), commutation(m, n)) for a, b in self.pairs[self.plain :]]
        return inv(add(*terms))
