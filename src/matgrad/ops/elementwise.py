"""Functions applied to every entry. Their derivative is V ↦ f'(X) ⊙ V (Magnus & Neudecker, ch. 9)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from matgrad.core.arrays import Array, Arrays, Functions
from matgrad.core.dims import Dim, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import ALONG_DIAGONALS, PATTERN, Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import content, multiply, scale, subtract
from matgrad.ops.leaves import Ones, is_zero, number, ones
from matgrad.ops.orientation import oriented
from matgrad.ops.transpose import Transpose, transpose

KEEPS_ZERO = PATTERN
"""Patterns of zeros that a function with f(0) = 0 keeps."""


def entrywise(slope: Expr) -> LinearMap:
    """The map V ↦ S ⊙ V; of scalars, the product."""
    return lm.Scale(slope, slope.shape) if slope.is_scalar else lm.HadamardBy(slope)


_WHERE = Phrase("where an argument of {name} is {last}")
_WHERE_SEVERAL = Phrase("where an argument of {name} is {values} or {last}")


def _signed(number: Fraction | int) -> str:
    return str(number).replace("-", "−")


class Elementwise(Expr):
    """A function of one number, applied to every entry."""

    __slots__ = ()
    rank = 50
    worth_keeping = True
    parity: ClassVar[int] = 0
    """1 for f(−x) = f(x), −1 for f(−x) = −f(x)."""
    range_facts: ClassVar[Fact] = Fact.NONE
    at_zero: ClassVar[Fraction | None] = None
    """The value at zero, where it is rational."""
    kinks_at: ClassVar[tuple[Fraction | int, ...]] = ()
    """Where it is continuous but has no derivative, or jumps."""
    written: ClassVar[Notation]
    of_squares: ClassVar[Notation | None] = None
    """How it is written of a square matrix, which has a matrix function of that name too."""
    of_matrices: ClassVar[Notation | None] = None
    """How it is written of a matrix, where its sign is that of another function of matrices."""
    of_vectors: ClassVar[Notation | None] = None
    """How it is written of vectors and matrices, where its sign says something else of them."""
    is_family: ClassVar[bool] = False
    """Whether it is one function for each value of ``data``, so that the class alone names none."""

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        sign = self.notation().unicode.partition("(")[0]
        name = sign if sign.isalpha() else self.name
        return Phrase("derivative of {name}").filled(name=name)

    def where_no_derivative(self) -> Phrase | None:
        if not self.kinks_at:
            return None
        *before, last = map(_signed, self.kinks_at)
        said = _WHERE_SEVERAL.filled(values=", ".join(before)) if before else _WHERE
        return said.filled(name=self.shown_in_words or self.name, last=last)

    def kinks(self) -> tuple[tuple[Expr, str], ...]:
        x = self.args[0]
        shifted = [x if not place else subtract(x, scale(place, self.one)) for place in self.kinks_at]
        return tuple((operand, "sign") for operand in shifted)

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.of(args[0])

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        """The value on operands that have a simpler one."""
        return None

    @classmethod
    def of(cls, x: Expr) -> Expr:
        """Apply the function; the canonical constructor of every elementwise operation."""
        if cls.at_zero is not None and is_zero(x):
            return multiply(number(cls.at_zero), ones(*x.shape)) if cls.at_zero else x
        special = cls.special(x)
        if special is None:
            special = composed(cls, x)
        if special is not None:
            return special
        if isinstance(x, Transpose):
            return transpose(cls.of(x.args[0]))
        if isinstance(x, Ones) and not x.is_scalar:
            return multiply(cls.of(number(1)), x)
        if cls.parity:
            common, _ = content(x)
            if common < 0:
                return scale(cls.parity, cls.of(scale(-1, x)))
        return oriented(cls, x, parity=cls.parity)

    def infer_facts(self) -> Fact:
        x = self.args[0]
        facts = self.range_facts | x.facts & (Fact.CONSTANT | ALONG_DIAGONALS)
        if x.T is x:
            facts |= Fact.SYMMETRIC
        elif self.parity and x.is_square and x.T is scale(-1, x):
            facts |= Fact.SKEW if self.parity < 0 else Fact.SYMMETRIC
        if self.at_zero == 0:
            facts |= x.facts & KEEPS_ZERO
        if self.parity < 0:
            facts |= x.facts & Fact.SKEW
        return facts

    def slope(self) -> Expr:
        """f'(X), of the shape of X."""
        raise NotImplementedError(f"{type(self).__name__} states no slope")

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        """The function of one number."""
        raise NotImplementedError("an elementwise operation states its function of one number")

    def linear_map(self, index: int) -> LinearMap:
        return entrywise(self.slope())

    def lift(self, operands: Sequence[Expr | None], count: Dim) -> Expr | None:
        return None if operands[0] is None else self.rebuild((operands[0],), self.data)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.map(self.entry, values[0])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return () if self.args[0].is_vector else self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed and transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        if self.of_matrices is not None and not (self.is_scalar or self.is_vector or self.is_row):
            return self.of_matrices
        if self.of_vectors is not None and not self.is_scalar:
            return self.of_vectors
        if self.of_squares is not None and not self.is_scalar and self.rows is self.columns:
            return self.of_squares
        return self.written

    @property
    def one(self) -> Expr:
        """Ones in the shape of the operand."""
        return ones(*self.shape)
