"""Sums and products: flat, with numbers in front, like terms collected and operands in order.

The canonical forms are

- ``Sum``: distinct terms, each a number times something that is no number;
- ``Product``: a number, scalar factors in order, then a chain of matrices. Wherever the inner
  dimension of a chain is 1, it falls apart into scalars, which move to the front.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import ClassVar, Protocol

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import ONE, SCALAR, Dim, Shape, same, shape_text
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import ALONG_DIAGONALS, PATTERN, Fact, pattern_of_product, reach
from matgrad.core.linear_map import LinearMap
from matgrad.core.words import Phrase, alternatives, phrase
from matgrad.ops import maps as lm
from matgrad.ops.leaves import Eye, Literal, Number, eye, is_zero, literal, number, ones, zeros
from matgrad.ops.shared_sums import LONG, sums_within

_ONE = Fraction(1)


CONSTANT_FACTORS = Phrase("constant factors", "Matrix Cookbook", "eq. 34")


AS_GIVEN: Data = ("as given",)
"""The data of a sum whose terms stand in an order that means something, as in a step of a derivation."""

AS_TYPED: Data = ("as typed",)
"""The data of a sum as its author wrote it: in that order, and with 1 for a 1 in every entry."""


class Sum(Expr):
    """A sum of distinct terms.

    ``data`` is empty, or :data:`AS_GIVEN` where the terms are written in the order they have, and
    :data:`AS_TYPED` where that is the order of its author.
    """

    __slots__ = ()
    name = "sum_of_terms"
    linearity = "together"
    form = "sum"
    reason = Phrase("the differential is linear", "Matrix Cookbook", "eq. 35")
    rank = 40

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        first = args[0]
        for other in args[1:]:
            if other.shape == first.shape:
                continue
            if not (same(first.rows, other.rows) and same(first.columns, other.columns)):
                raise ShapeError(
                    phrase(
                        "cannot add {first} and {other}: the shapes differ",
                        first=first.describe(),
                        other=other.describe(),
                    ),
                    fix=_addition_fix(first, other),
                )
        return first.shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return add(*args)

    def infer_facts(self) -> Fact:
        keep = (
            Fact.SYMMETRIC
            | Fact.SKEW
            | PATTERN
            | ALONG_DIAGONALS
            | Fact.NONNEGATIVE
            | Fact.POSITIVE_SEMIDEFINITE
            | Fact.CONSTANT
            | Fact.INTEGER
        )
        for arg in self.args:
            keep &= reach(arg.facts) if arg.facts & PATTERN else arg.facts
        facts = keep
        if keep & Fact.NONNEGATIVE and any(arg.facts & Fact.POSITIVE for arg in self.args):
            facts |= Fact.POSITIVE
        if keep & Fact.POSITIVE_SEMIDEFINITE and any(arg.facts & Fact.POSITIVE_DEFINITE for arg in self.args):
            facts |= Fact.POSITIVE_DEFINITE
        if len(self.args) == 2:
            facts |= self._complement_facts()
        return facts

    def _complement_facts(self) -> Fact:
        """What I − P shows: it is a projector where P is one."""
        for one, other in (self.args, self.args[::-1]):
            if isinstance(one, Eye):
                coefficient, rest = split_number(other)
                if coefficient == -1:
                    return rest.facts & (Fact.IDEMPOTENT | Fact.ORTHOGONAL_PROJECTOR)
        return Fact.NONE

    def linear_map(self, index: int) -> LinearMap:
        return lm.Identity(self.shape)

    def lift(self, operands: Sequence[Expr | None], count: Dim) -> Expr | None:
        shape = next(whole.shape for whole in operands if whole is not None)
        found = []
        for arg, whole in zip(self.args, operands, strict=True):
            if whole is not None:
                found.append(whole)
            elif self.is_scalar:
                found.append(multiply(arg, ones(*shape)))
            else:
                found.append(multiply(arg, ones(ONE, count)))
        return add(*found)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        total = values[0]
        for value in values[1:]:
            total = xp.add(total, value)
        return total

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.sum(values)

    def transpose_operands(self) -> tuple[Expr, ...]:
        # With a sum that stays one node among its terms, it stays one node as well.
        return () if any(isinstance(arg, Sum) for arg in self.args) else self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return add(*transposed) if transposed else None


class Merging(Protocol):
    """What factors make together; :mod:`~matgrad.ops.identities.matrix_products` has it."""

    def push(self, chain: list[Expr], factor: Expr) -> Expr | None: ...
    def scalar_chain(self, chain: list[Expr]) -> Expr: ...
    def collect_powers(self, scalars: list[Expr]) -> tuple[Fraction, list[Expr]]: ...
    def projector_facts(self, x: Product) -> Fact: ...


class Product(Expr):
    """A number, scalar factors, and a chain of matrices.

    ``data`` is ``(coefficient, count of scalar factors)``.
    """

    __slots__ = ("_without_number",)
    merging: ClassVar[Merging]
    _without_number: Expr
    name = "product"
    linearity = "each"
    form = "product"
    reason = Phrase("product rule", "Matrix Cookbook", "eq. 37")
    rank = 30

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        chain = args[data[1] :]
        for left, right in pairwise(chain):
            if not same(left.columns, right.rows):
                raise ShapeError(
                    phrase(
                        "cannot multiply {left} by {right}: {columns} columns meet {rows} rows",
                        left=left.describe(),
                        right=right.describe(),
                        columns=left.columns,
                        rows=right.rows,
                    ),
                    fix=_product_fix(left, right),
                )
        return (chain[0].rows, chain[-1].columns) if chain else SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return multiply(number(data[0]), *args)

    @property
    def coefficient(self) -> Fraction:
        """The number in front."""
        return self.data[0]  # type: ignore[no-any-return]

    @property
    def scalars(self) -> tuple[Expr, ...]:
        """The scalar factors."""
        return self.args[: self.data[1]]

    @property
    def chain(self) -> tuple[Expr, ...]:
        """The matrix factors, in order."""
        return self.args[self.data[1] :]

    def infer_facts(self) -> Fact:
        facts = Fact.NONE
        everything = Fact(-1)
        for arg in self.args:
            everything &= arg.facts
        facts |= everything & Fact.CONSTANT
        sign = self.coefficient > 0
        if sign and everything & Fact.NONNEGATIVE:
            facts |= Fact.NONNEGATIVE
            if everything & Fact.POSITIVE:
                facts |= Fact.POSITIVE
        if self.coefficient.denominator == 1 and all(a.facts & Fact.INTEGER for a in self.args):
            facts |= Fact.INTEGER
        chain = self.chain
        if not chain:
            return facts
        if len(chain) == 1:
            inner = chain[0].facts
            facts |= inner & (Fact.SYMMETRIC | Fact.SKEW | PATTERN | ALONG_DIAGONALS)
            scalars_positive = all(s.facts & Fact.POSITIVE for s in self.scalars)
            if sign and scalars_positive:
                facts |= inner & (Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE)
            if all(s.facts & Fact.POSITIVE for s in self.scalars):
                facts |= inner & Fact.INVERTIBLE
            return facts
        facts |= pattern_of_product([factor.facts for factor in chain], all(f.is_square for f in chain))
        if self.coefficient == 1 and not self.scalars:
            if all(factor.facts & Fact.ORTHOGONAL for factor in chain):
                facts |= Fact.ORTHOGONAL
                if all(factor.facts & Fact.PERMUTATION for factor in chain):
                    facts |= Fact.PERMUTATION
            elif all(factor.facts & Fact.ORTHONORMAL_COLUMNS for factor in chain):
                facts |= Fact.ORTHONORMAL_COLUMNS
        if all(factor.facts & Fact.INVERTIBLE for factor in chain) and not self.scalars:
            facts |= Fact.INVERTIBLE
        if sign and all(s.facts & Fact.NONNEGATIVE for s in self.scalars) and _is_gram(chain):
            facts |= Fact.POSITIVE_SEMIDEFINITE if chain[0].rows is not ONE else Fact.NONNEGATIVE
        return facts | self.merging.projector_facts(self)

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        return self.reason if len(indices) > 1 else CONSTANT_FACTORS

    def linear_map(self, index: int) -> LinearMap:
        count = self.data[1]
        if index < count:
            others = self.args[:index] + self.args[index + 1 :]
            return lm.Outer(multiply(number(self.coefficient), *others))
        chain = self.chain
        place = index - count
        factor = self.args[index]
        left = multiply(*chain[:place]) if place else eye(factor.rows)
        right = multiply(*chain[place + 1 :]) if place + 1 < len(chain) else eye(factor.columns)
        return lm.compose(
            lm.Scale(multiply(number(self.coefficient), *self.scalars), self.shape)
            if self.coefficient != 1 or count
            else lm.Identity(self.shape),
            lm.two_sided(left, right, factor.shape),
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        count = self.data[1]
        scalars, chain = values[:count], values[count:]
        if chain:
            result = multiply_chain(xp, chain)
            for scalar in scalars:
                result = xp.scalar_times(scalar, result)
        else:
            result = scalars[0]
            for scalar in scalars[1:]:
                result = xp.hadamard(result, scalar)
        return result if self.coefficient == 1 else xp.scale(self.coefficient, result)

    def planned(self, plan: Planning, *values: Array) -> Array:
        count = self.data[1]
        return plan.product(self.coefficient, values[:count], values[count:])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.chain

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return multiply(number(self.coefficient), *self.scalars, *reversed(transposed))


def multiply_chain(xp: Arrays, chain: Sequence[Array]) -> Array:
    """Multiply from the narrow end, so that a chain with a vector stays a vector."""
    if xp.shape(chain[-1])[1] < xp.shape(chain[0])[0]:
        result = chain[-1]
        for value in reversed(chain[:-1]):
            result = xp.matmul(value, result)
        return result
    result = chain[0]
    for value in chain[1:]:
        result = xp.matmul(result, value)
    return result


def _is_gram(chain: Sequence[Expr]) -> bool:
    """Whether a chain reads Bᵀ M B with M absent or positive semidefinite."""
    length = len(chain)
    half = length // 2
    if any(chain[i].T is not chain[length - 1 - i] for i in range(half)):
        return False
    return length % 2 == 0 or bool(chain[half].facts & Fact.POSITIVE_SEMIDEFINITE)


def split_number(x: Expr) -> tuple[Fraction, Expr]:
    """Write an expression as a number times the rest; the rest of a number is 1."""
    if isinstance(x, Number):
        return x.value, number(1)
    if isinstance(x, Product) and x.data[0] != 1:
        try:
            return x.data[0], x._without_number
        except AttributeError:
            rest = x._without_number = _product(_ONE, x.scalars, x.chain)
            return x.data[0], rest
    return _ONE, x


def _product(coefficient: Fraction, scalars: Sequence[Expr], chain: Sequence[Expr]) -> Expr:
    """Make the node of factors that are in canonical form already."""
    if coefficient == 0:
        return zeros(chain[0].rows, chain[-1].columns) if chain else number(0)
    if not scalars and not chain:
        return number(coefficient)
    if len(scalars) + len(chain) == 1:
        only = scalars[0] if scalars else chain[0]
        if coefficient == 1:
            return only
        if isinstance(only, Sum):
            return scale(coefficient, only)
    return Product.intern((*scalars, *chain), (coefficient, len(scalars)))


def split_scalars(x: Expr) -> tuple[Expr, Expr] | None:
    """Write a matrix as its number and scalar factors times the rest; ``None`` where it has none."""
    if not isinstance(x, Product) or not (x.data[1] or x.coefficient != 1):
        return None
    return multiply(number(x.coefficient), *x.scalars), multiply(*x.chain)


def scale(factor: Fraction | int, x: Expr) -> Expr:
    """A number times an expression; numbers go into sums."""
    factor = Fraction(factor)
    if factor == 1:
        return x
    if factor == 0:
        return zeros(*x.shape)
    if isinstance(x, Number):
        return number(factor * x.value)
    if isinstance(x, Sum):
        return _sum([_term(factor * c, rest) for c, rest in map(split_number, x.args)])
    if isinstance(x, Literal):
        return literal([[factor * entry for entry in row] for row in x.data])
    if isinstance(x, Product) and not (x.is_scalar and x.chain):
        return _product(factor * x.coefficient, x.scalars, x.chain)
    return Product.intern((x,), (factor, 1 if x.is_scalar else 0)) if not is_zero(x) else x


def _sum(terms: list[Expr]) -> Expr:
    """Make the node of terms that are distinct and in order."""
    return terms[0] if len(terms) == 1 else Sum.intern(tuple(terms))


def add(*terms: Expr) -> Expr:
    """The sum of expressions of one shape.

    Raises
    ------
    ShapeError
        When two terms differ in shape.
    """
    if len(terms) == 1:
        return terms[0]
    Sum.shape_rule(terms, ())
    total: dict[Expr, Fraction] = {}
    alone: dict[Expr, Expr] = {}  # the terms that stay as they are: nearly all, where a sum grows
    for term in terms:
        for part in term.args if isinstance(term, Sum) else () if is_zero(term) else (term,):
            coefficient, rest = split_number(part)
            if rest in total:
                total[rest] += coefficient
                alone.pop(rest, None)
            else:
                total[rest] = coefficient
                alone[rest] = part
    _add_literals(total)
    if len(total) > LONG or any(isinstance(rest, Sum) for rest in total):
        _keep_shared(total, alone)
    rests = sorted((rest for rest, c in total.items() if c), key=lambda rest: rest.key)
    if not rests:
        return zeros(*terms[0].shape)
    if len(rests) == 1:
        return scale(total[rests[0]], rests[0])
    return _sum(
        [
            alone[rest] if rest in alone and not isinstance(rest, Literal) else _term(total[rest], rest)
            for rest in rests
        ]
    )


def _term(factor: Fraction, x: Expr) -> Expr:
    """A multiple of an expression as a term: a sum that stays one node is not written out."""
    if isinstance(x, Sum) and factor != 1:
        return Product.intern((x,), (factor, 1 if x.is_scalar else 0))
    return scale(factor, x)


def _keep_shared(total: dict[Expr, Fraction], alone: dict[Expr, Expr]) -> None:
    """Write out the sums among terms beside which terms of theirs stand, and put shared ones together."""
    for whole in [rest for rest in total if isinstance(rest, Sum)]:
        parts = [split_number(part) for part in whole.args]
        if any(total.get(rest) for _, rest in parts):
            factor = total.pop(whole)
            for coefficient, rest in parts:
                total[rest] = total.get(rest, Fraction(0)) + factor * coefficient
                alone.pop(rest, None)
    if len(total) <= LONG:
        return
    for shared in sums_within(total):
        parts = [split_number(part) for part in shared.args]
        factor = total.get(parts[0][1], Fraction(0)) / parts[0][0]
        if factor and all(total.get(rest) == factor * coefficient for coefficient, rest in parts):
            for _, rest in parts:
                del total[rest]
            total[shared] = total.get(shared, Fraction(0)) + factor
            alone.pop(shared, None)


def _add_literals(total: dict[Expr, Fraction]) -> None:
    """Put all matrices of numbers in a sum into one."""
    literals = [rest for rest in total if isinstance(rest, Literal)]
    if len(literals) > 1 or any(total[rest] != 1 for rest in literals):
        weights = [total.pop(rest) for rest in literals]
        rows, columns = len(literals[0].data), len(literals[0].data[0])
        table = [
            [
                sum(w * rest.data[i][j] for w, rest in zip(weights, literals, strict=True))
                for j in range(columns)
            ]
            for i in range(rows)
        ]
        merged = literal(table)
        total[merged] = Fraction(0) if not any(map(any, table)) else Fraction(1)


def subtract(a: Expr, b: Expr) -> Expr:
    """The difference of two expressions of one shape."""
    return add(a, scale(-1, b))


def summands(x: Expr) -> tuple[Expr, ...]:
    """The terms of a sum; anything else is one term."""
    return x.args if isinstance(x, Sum) else (x,)


def content(x: Expr) -> tuple[Fraction, Expr]:
    """Write a sum as a number times a sum with coprime whole coefficients.

    The sign is such that a sum and its transpose have the same number in front: one distinguished
    term is positive, and the choice of the term does not see transposition.
    """
    if not isinstance(x, Sum):
        return split_number(x)
    parts = [split_number(term) for term in x.args]
    numbers = [number for number, _ in parts]
    common = Fraction(gcd(*(c.numerator for c in numbers)), lcm(*(c.denominator for c in numbers)))
    if _distinguished(parts) < 0:
        common = -common
    return (common, x) if common == 1 else (common, scale(1 / common, x))


def _distinguished(parts: list[tuple[Fraction, Expr]]) -> Fraction:
    """The number in front of the term that decides the sign of a sum."""
    least = min(rest.signature for _, rest in parts)
    tied = [part for part in parts if part[1].signature == least]
    if len(tied) > 1:
        tied.sort(key=lambda part: (min(part[1].key, part[1].T.key), part[1].key))
    return tied[0][0]


def multiply(*factors: Expr) -> Expr:
    """The matrix product of expressions, where a scalar may stand anywhere.

    Raises
    ------
    ShapeError
        When two neighbours do not conform.
    """
    coefficient = _ONE
    scalars: list[Expr] = []
    chain: list[Expr] = []
    pending = list(reversed(factors))
    while pending:
        factor = pending.pop()
        if isinstance(factor, Number):
            coefficient *= factor.value
        elif isinstance(factor, Product):
            if factor.is_scalar and factor.chain:
                scalars.append(factor)
            else:
                coefficient = _times(coefficient, factor.coefficient)
                scalars += factor.scalars
                pending += reversed(factor.chain)
        elif factor.is_scalar:
            if isinstance(factor, Sum):
                number_part, factor = content(factor)
                coefficient = _times(coefficient, number_part)
            scalars.append(factor)
        else:
            if isinstance(factor, Sum):
                number_part, factor = content(factor)
                coefficient = _times(coefficient, number_part)
            if chain and not same(chain[-1].columns, factor.rows):
                Product.shape_rule((chain[-1], factor), (Fraction(1), 0))
            merged = Product.merging.push(chain, factor)
            if merged is not None:
                pending.append(merged)
    shape = _shape_of(factors)
    if not coefficient or any(is_zero(f) for f in chain):
        return zeros(*shape)
    inner, chain = split_chain(chain)
    for scalar in inner:
        if isinstance(scalar, Product) and not scalar.chain:
            coefficient *= scalar.coefficient
            scalars += scalar.scalars
        else:
            front, scalar = content(scalar)
            coefficient *= front
            scalars.append(scalar)
    if inner and len(chain) > 1:
        # The scalars stood between a column and a row that are neighbours now.
        return multiply(number(coefficient), *scalars, *chain)
    number_part, scalars = Product.merging.collect_powers(scalars)
    coefficient = _times(coefficient, number_part)
    result = _product(coefficient, scalars, chain)
    if result.shape != shape and not (same(result.rows, shape[0]) and same(result.columns, shape[1])):
        # The chain merged into an identity: what is left is scalar, the result is not.
        return _product(coefficient, scalars, [eye(shape[0])])
    return result


def _times(a: Fraction, b: Fraction) -> Fraction:
    """The product of two numbers, of which one is 1 nearly always."""
    return b if a is _ONE else a if b == 1 else a * b


def _shape_of(factors: Iterable[Expr]) -> Shape:
    matrices = [f for f in factors if not f.is_scalar]
    return (matrices[0].rows, matrices[-1].columns) if matrices else SCALAR


def split_chain(chain: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    """Split a chain at inner dimensions of 1 into scalars and what remains of the chain."""
    segments: list[list[Expr]] = []
    current: list[Expr] = []
    for factor in chain:
        if current and current[-1].columns is ONE:
            segments.append(current)
            current = []
        current.append(factor)
    if current:
        segments.append(current)
    scalars: list[Expr] = []
    rest: list[Expr] = []
    for segment in segments:
        if segment[0].rows is ONE and segment[-1].columns is ONE:
            scalars.append(Product.merging.scalar_chain(segment))
        else:
            rest += segment
    return scalars, rest


def _addition_fix(a: Expr, b: Expr) -> Phrase:
    if a.shape == (b.columns, b.rows):
        return phrase("transpose one of them: {a} + {b}'", a=_brief(a), b=_brief(b))
    if a.is_scalar or b.is_scalar:
        big = b if a.is_scalar else a
        sizes = ", ".join(str(d) for d in big.shape)
        return phrase(
            "add a scalar to every entry with ones({sizes}), or to the diagonal with eye", sizes=sizes
        )
    return phrase("declare both with the same shape, for instance {shape}", shape=shape_text(a.shape))


def _product_fix(a: Expr, b: Expr) -> str | Phrase:
    options: list[str | Phrase] = []
    if a.columns is b.columns:
        options.append(f"{_brief(a)} {_brief(b)}'")
    if a.rows is b.rows:
        options.append(f"{_brief(a)}' {_brief(b)}")
    if a.shape == b.shape:
        options.append(phrase("{a} .* {b} (entry by entry)", a=_brief(a), b=_brief(b)))
    if options:
        return alternatives(options)
    return phrase("declare shapes with {columns} = {rows}", columns=a.columns, rows=b.rows)


def _brief(x: Expr) -> str:
    text = str(x)
    return text if len(text) <= 30 and (len(x.args) < 2) else f"({text})"
