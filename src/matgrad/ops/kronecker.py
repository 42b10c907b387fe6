"""Kronecker products, their block traces, and the commutation matrix K."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import ClassVar

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import ONE, Dim, Monomial, Shape
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, subscript
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import CONSTANT_FACTORS, Product, Sum, add, content, multiply, split_scalars
from matgrad.ops.leaves import Eye, Leaf, eye, is_zero, number, zeros
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.reshaping import Reshape, is_vec, reshape, vec
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import Transpose, transpose


class Kron(Expr):
    """The Kronecker product of two or more matrices."""

    __slots__ = ()
    name = "kron"
    shown_in_words = "a Kronecker product"
    linearity = "each"
    form = "infix"
    reason = Phrase("product rule for ⊗", "Matrix Cookbook", "eq. 39")
    rank = 32

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        rows, columns = args[0].shape
        for arg in args[1:]:
            rows, columns = rows * arg.rows, columns * arg.columns
        return (rows, columns)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return kron(*args)

    def infer_facts(self) -> Fact:
        shared = Fact(-1)
        for arg in self.args:
            shared &= arg.facts
        return shared & (
            Fact.SYMMETRIC
            | Fact.DIAGONAL
            | Fact.LOWER_TRIANGULAR
            | Fact.UPPER_TRIANGULAR
            | Fact.ORTHOGONAL
            | Fact.PERMUTATION
            | Fact.IDEMPOTENT
            | Fact.ORTHONORMAL_COLUMNS
            | Fact.POSITIVE_DEFINITE
            | Fact.POSITIVE_SEMIDEFINITE
            | Fact.INVERTIBLE
            | Fact.POSITIVE
            | Fact.NONNEGATIVE
            | Fact.CONSTANT
            | Fact.INTEGER
        )

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        return self.reason if len(indices) > 1 else CONSTANT_FACTORS

    def linear_map(self, index: int) -> LinearMap:
        before, after = self.args[:index], self.args[index + 1 :]
        shape = self.args[index].shape
        maps: list[LinearMap] = []
        if before:
            left = kron(*before)
            inner = shape if not after else (shape[0] * kron(*after).rows, shape[1] * kron(*after).columns)
            maps.append(KronLeft(left, inner))
        if after:
            maps.append(KronRight(kron(*after), shape))
        return lm.compose(*maps)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        result = values[0]
        for value in values[1:]:
            result = xp.kron(result, value)
        return result

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return kron(*transposed)

    def notation(self) -> Notation:
        return Notation("kron({*})", "{0} ⊗ {1}", r"{0} \otimes {1}", "kron({0}, {1})")


@function("kron", numpy="kron", example="kron(A, X)", given="A: m×n, X: p×q")
def kron(*factors: Expr) -> Expr:
    """The Kronecker product of matrices."""
    scalars: list[Expr] = []
    matrices: list[Expr] = []
    for factor in factors:
        if factor.is_scalar:
            scalars.append(factor)
        elif isinstance(factor, Kron):
            matrices += factor.args
        elif isinstance(factor, Product) and (factor.coefficient != 1 or factor.scalars):
            scalars += [number(factor.coefficient), *factor.scalars]
            inner = multiply(*factor.chain)
            matrices += inner.args if isinstance(inner, Kron) else (inner,)
        elif isinstance(factor, Sum):
            common, rest = content(factor)
            scalars.append(number(common))
            matrices.append(rest)
        else:
            matrices.append(factor)
    if not matrices:
        return multiply(*scalars)
    if any(is_zero(m) for m in matrices):
        return zeros(*Kron.shape_rule(tuple(matrices), ()))
    merged: list[Expr] = []
    for m in matrices:
        if merged and isinstance(m, Eye) and isinstance(merged[-1], Eye):
            merged[-1] = eye(m.rows * merged[-1].rows)
        else:
            merged.append(m)
    core = _column_times_row(merged)
    return multiply(*scalars, core)


def _column_times_row(matrices: list[Expr]) -> Expr:
    """Make the node; a column and a row side by side, in either order, are an outer product."""
    if len(matrices) == 1:
        return matrices[0]
    columns = [m for m in matrices if m.is_vector]
    rows = [m for m in matrices if m.is_row]
    if len(columns) == 1 and len(rows) == 1 and len(matrices) == 2:
        return multiply(columns[0], rows[0])
    return Kron.intern(tuple(matrices))


@function("kron_sum", "kronecker_sum", example="tr(A*kron_sum(X, B))", given="A: m*n×m*n, X: m×m, B: n×n")
def kron_sum(a: Expr, b: Expr) -> Expr:
    """The Kronecker sum A ⊗ I + I ⊗ B of square matrices.

    Raises
    ------
    ShapeError
        When one is not square.
    """
    require_square(a, phrase("a Kronecker sum"), "kron(A, B)")
    require_square(b, phrase("a Kronecker sum"), "kron(A, B)")
    return add(kron(a, eye(b.rows)), kron(eye(a.rows), b))


@function("outer", numpy="outer", example="tr(A*outer(x, b))", given="A: n×m, x: m, b: n")
def outer(a: Expr, b: Expr) -> Expr:
    """The outer product a bᵀ of two columns."""
    return multiply(vec(a), transpose(vec(b)))


class Commutation(Leaf):
    """K with K vec(X) = vec(Xᵀ) for X of shape m×n. ``data`` is ``(m, n)``."""

    __slots__ = ()
    name = "commutation"
    reading_cost = 1.4
    legend = Phrase(
        "K_mn is the commutation matrix: K_mn vec(X) = vec(Xᵀ) for X of shape m×n",
    )
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (data[0] * data[1], data[0] * data[1])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return commutation(*data)

    def infer_facts(self) -> Fact:
        facts = Fact.CONSTANT | Fact.ORTHOGONAL | Fact.NONNEGATIVE
        return facts | Fact.SYMMETRIC if self.data[0] is self.data[1] else facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        m, n = xp.size(self.data[0]), xp.size(self.data[1])
        rows = [[0] * (m * n) for _ in range(m * n)]
        for i in range(m):
            for j in range(n):
                rows[i * n + j][j * m + i] = 1
        return xp.constant(rows)

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.selection("commutation", *self.data)

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return commutation(self.data[1], self.data[0])

    def notation(self) -> Notation:
        m, n = self.data
        inside = f"{m}, {n}"
        simple = len(str(m)) == len(str(n)) == 1
        return Notation(
            f"commutation({inside})",
            f"K{subscript(f'{m}{n}')}"
            if m.is_integer and n.is_integer and simple
            else f"K_{m}{n}"
            if simple
            else f"K_({inside})",
            f"K_{{{m}{n}}}" if simple else f"K_{{{inside}}}",
            f"commutation({inside})",
        )


@function("commutation", example="commutation(m, n)*vec(X)", given="X: m×n")
def commutation(m: Dim, n: Dim) -> Expr:
    """The commutation matrix K with K vec(X) = vec(Xᵀ) for X of shape m×n."""
    return eye(m * n) if m is ONE or n is ONE else Commutation.intern((), (m, n))


def left_block_trace(a: Expr, w: Expr) -> Expr:
    """Σ_ij A_ij W_ij over the blocks of W: the adjoint of V ↦ A ⊗ V applied to W.

    With the rearrangement 𝓡(W) of Van Loan & Pitsianis (1993) it is unvec(𝓡(W) vec A).
    """
    shape = (_quotient(w, w.rows, a.rows), _quotient(w, w.columns, a.columns))
    return _blockwise(w, lambda part: _left_block_trace(a, part, shape), shape)


def _left_block_trace(a: Expr, w: Expr, shape: Shape) -> Expr:
    halves = _halves(w, a.shape, shape)
    if halves is not None:
        return multiply(inner_product(a, halves[0]), halves[1])
    outer = _outer(w)
    if outer is not None:
        u = reshape(outer[0], shape[0], a.rows)
        v = reshape(transpose(outer[1]), shape[1], a.columns)
        return multiply(u, a, transpose(v))
    rearranged = _rearranged(w, a.shape, shape)
    return reshape(multiply(rearranged, vec(a)), *shape)


def right_block_trace(w: Expr, b: Expr) -> Expr:
    """The matrix of ⟨W_ij, B⟩ over the blocks of W: the adjoint of V ↦ V ⊗ B applied to W."""
    shape = (_quotient(w, w.rows, b.rows), _quotient(w, w.columns, b.columns))
    return _blockwise(w, lambda part: _right_block_trace(part, b, shape), shape)


def _right_block_trace(w: Expr, b: Expr, shape: Shape) -> Expr:
    halves = _halves(w, shape, b.shape)
    if halves is not None:
        return multiply(halves[0], inner_product(b, halves[1]))
    outer = _outer(w)
    if outer is not None:
        u = reshape(outer[0], b.rows, shape[0])
        v = reshape(transpose(outer[1]), b.columns, shape[1])
        return multiply(transpose(u), b, v)
    rearranged = _rearranged(w, shape, b.shape)
    return reshape(multiply(transpose(rearranged), vec(b)), *shape)


def _halves(w: Expr, left: Shape, right: Shape) -> tuple[Expr, Expr] | None:
    """The two matrices of given shapes that a product of two or more is the Kronecker product of."""
    for place in range(1, len(w.args)) if isinstance(w, Kron) else ():
        halves = kron(*w.args[:place]), kron(*w.args[place:])
        if halves[0].shape == left and halves[1].shape == right:
            return halves
    return None


def _outer(w: Expr) -> tuple[Expr, Expr] | None:
    """The column and the row that a product of them is made of."""
    chain = w.chain if isinstance(w, Product) else ()
    for place in range(1, len(chain)):
        if chain[place - 1].columns is ONE:
            return multiply(*chain[:place]), multiply(*chain[place:])
    return None


def block_trace_of(node: Expr) -> tuple[str, Expr, Expr] | None:
    """The side, W and the factor of a block trace that is written with the rearrangement of W."""
    product = node.args[0] if isinstance(node, Reshape) else None
    if not isinstance(product, Product) or len(product.args) != 2 or len(product.chain) != 2:
        return None
    first, last = product.chain
    inner = first.args[0] if isinstance(first, Transpose) else first
    spread = inner.args[0] if isinstance(inner, Reshape) else None
    if not isinstance(spread, Product) or not is_vec(last) or not (spread.chain and is_vec(spread.chain[-1])):
        return None
    w, factor = spread.chain[-1].args[0], last.args[0]
    if isinstance(first, Transpose):
        return ("right", w, factor) if right_block_trace(w, factor) is node else None
    return ("left", w, factor) if left_block_trace(factor, w) is node else None


def _blockwise(w: Expr, apply: Callable[[Expr], Expr], shape: Shape) -> Expr:
    """Apply a linear function of W term by term, scalars in front."""
    if is_zero(w):
        return zeros(*shape)
    if isinstance(w, Sum):
        return add(*(_blockwise(term, apply, shape) for term in w.args))
    split = split_scalars(w)
    if split is not None:
        return multiply(split[0], _blockwise(split[1], apply, shape))
    return apply(w)


def _rearranged(w: Expr, left: Shape, right: Shape) -> Expr:
    """𝓡(W), of shape |right|×|left|, with 𝓡(A ⊗ B) = vec(B) vec(A)ᵀ."""
    (m, n), (p, q) = left, right
    shuffle = kron(eye(n), commutation(q, m), eye(p))
    return reshape(multiply(transpose(shuffle), vec(w)), p * q, m * n)


def _quotient(w: Expr, whole: Dim, part: Dim) -> Dim:
    """The dimension with part · quotient = whole."""
    if part is ONE:
        return whole
    if whole is part:
        return ONE
    if part.is_integer and int(part) and all((c / int(part)).denominator == 1 for _, c in whole.terms):
        return Dim({m: c / int(part) for m, c in whole.terms})
    if len(part.terms) == 1:
        (monomial, coefficient) = part.terms[0]
        quotient: dict[Monomial, Fraction] = {}
        for term, c in whole.terms:
            powers = dict(term)
            for atom, power in monomial:
                if powers.get(atom, 0) < power:
                    break
                powers[atom] -= power
            else:
                quotient[tuple((a, p) for a, p in powers.items() if p)] = c / coefficient
                continue
            break
        else:
            return Dim(quotient)
    raise ShapeError(
        phrase(
            "{w} does not fall into blocks: {part} does not divide {whole}",
            w=w.describe(),
            part=part,
            whole=whole,
        )
    )


_BLOCKS = Phrase("the adjoint of ⊗ sums over blocks")


@dataclass(frozen=True, slots=True)
class KronLeft(LinearMap):
    """V ↦ A ⊗ V (Magnus & Neudecker, 2019, ch. 3, sec. 7: vec of a Kronecker product)."""

    adjoint_reason: ClassVar[Phrase | None] = _BLOCKS

    matrix: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.matrix.rows * self.domain[0], self.matrix.columns * self.domain[1])

    def apply(self, v: Expr) -> Expr:
        return kron(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return LeftBlockTrace(self.matrix, self.codomain, self.domain)

    def kronecker(self) -> Expr:
        p, q = self.domain
        return multiply(
            _kron_shuffle(self.matrix.shape, self.domain),
            kron(vec(self.matrix), eye(p * q)),
        )


@dataclass(frozen=True, slots=True)
class KronRight(LinearMap):
    """V ↦ V ⊗ B."""

    adjoint_reason: ClassVar[Phrase | None] = _BLOCKS

    matrix: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[0] * self.matrix.rows, self.domain[1] * self.matrix.columns)

    def apply(self, v: Expr) -> Expr:
        return kron(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return RightBlockTrace(self.matrix, self.codomain, self.domain)

    def kronecker(self) -> Expr:
        m, n = self.domain
        return multiply(
            _kron_shuffle(self.domain, self.matrix.shape),
            kron(eye(m * n), vec(self.matrix)),
        )


def _kron_shuffle(left: Shape, right: Shape) -> Expr:
    """The matrix P with vec(A ⊗ B) = P (vec A ⊗ vec B): P = I ⊗ K ⊗ I."""
    (m, n), (p, q) = left, right
    return kron(eye(n), commutation(q, m), eye(p))


@dataclass(frozen=True, slots=True)
class LeftBlockTrace(LinearMap):
    """W ↦ Σ_ij A_ij W_ij over the blocks of W: the adjoint of V ↦ A ⊗ V."""

    adjoint_reason: ClassVar[Phrase | None] = _BLOCKS

    matrix: Expr
    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return left_block_trace(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return KronLeft(self.matrix, self.codomain)

    def kronecker(self) -> Expr:
        return self.adjoint().kronecker().T


@dataclass(frozen=True, slots=True)
class RightBlockTrace(LinearMap):
    """W ↦ the matrix of ⟨W_ij, B⟩ over the blocks of W: the adjoint of V ↦ V ⊗ B."""

    adjoint_reason: ClassVar[Phrase | None] = _BLOCKS

    matrix: Expr
    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return right_block_trace(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return KronRight(self.matrix, self.codomain)

    def kronecker(self) -> Expr:
        return self.adjoint().kronecker().T
