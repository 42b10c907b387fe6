"""The Hadamard product: entry by entry, n-ary, commutative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase
from matgrad.ops import arithmetic, elementwise, linear_map as lm, power as powers, structure
from matgrad.ops.leaves import Eye, Ones, is_zero, number, ones, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, transpose


class Hadamard(Expr):
    """The product entry by entry of two or more distinct matrices of one shape."""

    __slots__ = ()
    name = "hadamard"
    reason = Phrase("product rule for ⊙", "⊙ 的乘积法则", "Matrix Cookbook, eq. 38")
    rank = 35

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        first = args[0]
        for other in args[1:]:
            if not (same(first.rows, other.rows) and same(first.columns, other.columns)):
                raise ShapeError(
                    f"cannot multiply {first.describe()} and {other.describe()} entry by entry: "
                    "the shapes differ",
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
        )
        return facts | some & (Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR)

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        return self.reason if len(indices) > 1 else arithmetic.CONSTANT_FACTORS

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.HadamardBy(hadamard(*self.args[:index], *self.args[index + 1 :]))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        result = values[0]
        for value in values[1:]:
            result = xp.hadamard(result, value)
        return result

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return None if self.is_vector else hadamard(*transposed)

    def notation(self) -> Notation:
        return Notation("{0} .* {1}", "{0} ⊙ {1}", r"{0} \odot {1}", "{0} * {1}")


def unit_of(x: Expr) -> Expr:
    """The matrix of ones of the shape of x."""
    return ones(*x.shape)


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
        return arithmetic.multiply(*factors)
    shape = factors[0].shape
    if any(is_zero(f) for f in factors):
        return zeros(*shape)
    scalars: list[Expr] = []
    plain: list[Expr] = []
    for factor in factors:
        for part in _parts(factor, scalars):
            plain.append(part)
    if plain and all(isinstance(f, Transpose) for f in plain) and factors[0].is_row:
        inner = transpose(hadamard(*(f.args[0] for f in plain)))
        return arithmetic.multiply(*scalars, inner)
    plain = _collect(plain, scalars)
    core = _structured(plain, shape)
    if core is None:
        core = _node(plain) if plain else ones(*shape)
    return arithmetic.multiply(*scalars, core)


def _parts(factor: Expr, scalars: list[Expr]) -> list[Expr]:
    """Take numbers and scalars out of a factor and flatten it."""
    if isinstance(factor, arithmetic.Product):
        if factor.data[1] or factor.coefficient != 1:
            scalars += [number(factor.coefficient), *factor.scalars]
            return _parts(arithmetic.multiply(*factor.chain), scalars)
    elif isinstance(factor, arithmetic.Sum):
        common, factor = arithmetic.content(factor)
        if common != 1:
            scalars.append(number(common))
    elif isinstance(factor, Transpose) and isinstance(factor.args[0], Hadamard):
        return [transpose(arg) for arg in factor.args[0].args]
    if isinstance(factor, Hadamard):
        return list(factor.args)
    if isinstance(factor, Ones) or (isinstance(factor, Transpose) and isinstance(factor.args[0], Ones)):
        return []
    return [factor]


def split_exponent(factor: Expr) -> tuple[Expr, Expr]:
    """Write a factor as base and exponent, entry by entry."""
    if isinstance(factor, powers.Power):
        return factor.args[0], factor.args[1]
    if isinstance(factor, Transpose) and isinstance(factor.args[0], powers.Power):
        return transpose(factor.args[0].args[0]), factor.args[0].args[1]
    return factor, number(1)


def _collect(factors: list[Expr], scalars: list[Expr]) -> list[Expr]:
    """Merge equal bases, and exponentials."""
    groups: dict[Expr | str, list[tuple[Expr, Expr]]] = {}
    for factor in factors:
        if isinstance(factor, elementwise.Exp):
            groups.setdefault("exp", []).append((factor, factor.args[0]))
        else:
            base, exponent = split_exponent(factor)
            groups.setdefault(base, []).append((factor, exponent))
    _join_negatives(groups, scalars)
    if all(len(group) == 1 for group in groups.values()):
        return factors
    result: list[Expr] = []
    for shared, group in groups.items():
        if len(group) == 1:
            result.append(group[0][0])
            continue
        exponent = arithmetic.add(*(e for _, e in group))
        merged = elementwise.exp(exponent) if isinstance(shared, str) else powers.power(shared, exponent)
        result += _parts(merged, scalars)
    return _collect(result, scalars) if len(result) < len(factors) else result


def _join_negatives(groups: dict[Expr | str, list[tuple[Expr, Expr]]], scalars: list[Expr]) -> None:
    """(a − b) ⊙ (b − a)^p = −(b − a)^(p+1): put a difference to the powers of its negative."""
    sums = [b for b in groups if not isinstance(b, str) and isinstance(b, arithmetic.Sum)]
    # A sum and its negative have the same terms but for the numbers in front.
    alike = Counter(_without_numbers(base) for base in sums) if len(sums) > 1 else {}
    for base in sums:
        if alike.get(_without_numbers(base), 1) < 2:
            continue
        group = groups.get(base, [])
        negative = arithmetic.scale(-1, base)
        if negative in groups and all(exponent is number(1) for _, exponent in group):
            del groups[base]
            for _ in group:
                scalars.append(number(-1))
                groups[negative].append((negative, number(1)))


def _without_numbers(x: Expr) -> tuple[Expr, ...]:
    return tuple(arithmetic.split_number(term)[1] for term in x.args)


def _structured(factors: list[Expr], shape: Shape) -> Expr | None:
    """Use an identity, a diagonal or an outer product among the factors."""
    for place, factor in enumerate(factors):
        others = factors[:place] + factors[place + 1 :]
        if isinstance(factor, Eye) and others:
            return structure.diag(structure.diagonal(hadamard(*others)))
        if isinstance(factor, structure.Diag) and others:
            return structure.diag(hadamard(factor.args[0], structure.diagonal(hadamard(*others))))
        if isinstance(factor, arithmetic.Product) and len(factor.chain) == 2:
            column, row = factor.chain
            if column.is_vector and row.is_row:
                if not others:
                    return None
                rest = hadamard(*others)
                return arithmetic.multiply(structure.diag(column), rest, structure.diag(row.T))
    return None


def _node(factors: list[Expr]) -> Expr:
    """Make the node in canonical orientation; a column stays a column."""
    ordered = sorted(factors, key=lambda f: f.key)
    if len(ordered) == 1:
        return ordered[0]
    if ordered[0].is_row:
        return transpose(_node([transpose(f) for f in ordered]))
    return Hadamard.intern(tuple(ordered))


@function("divide", numpy="divide", example="sum(divide(A, X))", given="A: m×n, X: m×n positive")
def divide(a: Expr, b: Expr) -> Expr:
    """The quotient entry by entry; division by a scalar divides every entry.

    Raises
    ------
    ShapeError
        When the shapes differ and the divisor is no scalar.
    """
    reciprocal = powers.power(b, number(Fraction(-1)))
    return arithmetic.multiply(reciprocal, a) if b.is_scalar else hadamard(a, reciprocal)
