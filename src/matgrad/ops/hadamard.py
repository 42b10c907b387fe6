"""The Hadamard product: entry by entry, n-ary, commutative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import Dim, Shape, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import ALONG_DIAGONALS, PATTERN, Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import CONSTANT_FACTORS, Product, Sum, content, multiply
from matgrad.ops.leaves import Ones, is_zero, number, ones, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, transpose


class Merging(Protocol):
    """What factors make together; :mod:`~matgrad.ops.identities.hadamard_products` has it."""

    def collect_powers(self, factors: list[Expr], scalars: list[Expr]) -> list[Expr]: ...
    def structured(self, factors: list[Expr]) -> Expr | None: ...


class Hadamard(Expr):
    """The product entry by entry of two or more distinct matrices of one shape."""

    __slots__ = ()
    merging: ClassVar[Merging]
    name = "hadamard"
    linearity = "each"
    form = "infix"
    reason = Phrase("product rule for ⊙", "Matrix Cookbook", "eq. 38")
    rank = 35

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        first = args[0]
        for other in args[1:]:
            if not (same(first.rows, other.rows) and same(first.columns, other.columns)):
                raise ShapeError(
                    phrase(
                        "cannot multiply {first} and {other} entry by entry: the shapes differ",
                        first=first.describe(),
                        other=other.describe(),
                    ),
                    fix=f"{other}'" if first.shape == (other.columns, other.rows) else None,
                )
        return first.shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return hadamard(*args)

    def infer_facts(self) -> Fact:
        shared = Fact(-1)
        some = Fact.NONE
        for arg in self.args:
            shared &= arg.facts
            some |= arg.facts
        facts = shared & (
            Fact.POSITIVE
            | Fact.NONNEGATIVE
            | Fact.SYMMETRIC
            | Fact.CONSTANT
            | Fact.POSITIVE_DEFINITE
            | Fact.POSITIVE_SEMIDEFINITE
            | Fact.INTEGER
            | ALONG_DIAGONALS
        )
        return facts | some & PATTERN

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        return self.reason if len(indices) > 1 else CONSTANT_FACTORS

    def linear_map(self, index: int) -> LinearMap:
        return lm.HadamardBy(hadamard(*self.args[:index], *self.args[index + 1 :]))

    def lift(self, operands: Sequence[Expr | None], count: Dim) -> Expr | None:
        row = transpose(ones(count))
        return hadamard(
            *(
                multiply(arg, row) if whole is None else whole
                for arg, whole in zip(self.args, operands, strict=True)
            )
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        result = values[0]
        for value in values[1:]:
            result = xp.hadamard(result, value)
        return result

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.hadamard(values)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return None if self.is_vector else hadamard(*transposed)

    def notation(self) -> Notation:
        return Notation("{0} .* {1}", "{0} ⊙ {1}", r"{0} \odot {1}", "{0} * {1}")


@function("hadamard", numpy="multiply", example="sum(hadamard(A, X))", given="A: m×n, X: m×n")
def hadamard(*factors: Expr) -> Expr:
    """The product entry by entry of matrices of one shape.

    Raises
    ------
    ShapeError
        When two factors differ in shape.
    """
    if len(factors) == 1:
        return factors[0]
    Hadamard.shape_rule(factors, ())
    if factors[0].is_scalar:
        return multiply(*factors)
    shape = factors[0].shape
    if any(is_zero(f) for f in factors):
        return zeros(*shape)
    scalars: list[Expr] = []
    plain: list[Expr] = []
    for factor in factors:
        for part in parts_of(factor, scalars):
            plain.append(part)
    if plain and all(isinstance(f, Transpose) for f in plain) and factors[0].is_row:
        inner = transpose(hadamard(*(f.args[0] for f in plain)))
        return multiply(*scalars, inner)
    plain = Hadamard.merging.collect_powers(plain, scalars)
    core = Hadamard.merging.structured(plain)
    if core is None:
        core = _node(plain) if plain else ones(*shape)
    return multiply(*scalars, core)


def parts_of(factor: Expr, scalars: list[Expr]) -> list[Expr]:
    """Take numbers and scalars out of a factor and flatten it."""
    if isinstance(factor, Product):
        if factor.data[1] or factor.coefficient != 1:
            scalars += [number(factor.coefficient), *factor.scalars]
            return parts_of(multiply(*factor.chain), scalars)
    elif isinstance(factor, Sum):
        common, factor = content(factor)
        if common != 1:
            scalars.append(number(common))
    elif isinstance(factor, Transpose) and isinstance(factor.args[0], Hadamard):
        return [transpose(arg) for arg in factor.args[0].args]
    if isinstance(factor, Hadamard):
        return list(factor.args)
    if isinstance(factor, Ones) or (isinstance(factor, Transpose) and isinstance(factor.args[0], Ones)):
        return []
    return [factor]


def _node(factors: list[Expr]) -> Expr:
    """Make the node in canonical orientation; a column stays a column."""
    ordered = sorted(factors, key=lambda f: f.key)
    if len(ordered) == 1:
        return ordered[0]
    if ordered[0].is_row:
        return transpose(_node([transpose(f) for f in ordered]))
    return Hadamard.intern(tuple(ordered))
