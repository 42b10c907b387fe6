"""Kronecker products, and the matrices of vec calculus.

K, D and L are the commutation, duplication and elimination matrices of Magnus & Neudecker (1980).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Dim, Monomial, Shape, same
from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, subscript
from matgrad.core.words import Phrase
from matgrad.ops import arithmetic, inverse, linear_map as lm, structure, trace
from matgrad.ops.leaves import Eye, Leaf, dimension, eye, is_zero, number, ones, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import transpose


class Kron(Expr):
    """The Kronecker product of two or more matrices."""

    __slots__ = ()
    name = "kron"
    reason = Phrase("product rule for ⊗", "⊗ 的乘积法则", "Matrix Cookbook, eq. 39")
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
        return self.reason if len(indices) > 1 else arithmetic.CONSTANT_FACTORS

    def linear_map(self, index: int) -> lm.LinearMap:
        before, after = self.args[:index], self.args[index + 1 :]
        shape = self.args[index].shape
        maps: list[lm.LinearMap] = []
        if before:
            left = kron(*before)
            inner = shape if not after else (shape[0] * kron(*after).rows, shape[1] * kron(*after).columns)
            maps.append(lm.KronLeft(left, inner))
        if after:
            maps.append(lm.KronRight(kron(*after), shape))
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

    def absorb_right(self, right: Expr) -> Expr | None:
        if isinstance(right, Kron):
            return _mixed_product(self.args, right.args)
        if structure.is_vec(right) and len(self.args) == 2:
            a, b = self.args
            x = right.args[0]
            if same(b.columns, x.rows) and same(a.columns, x.columns):
                return structure.vec(arithmetic.multiply(b, x, transpose(a)))
        if isinstance(right, Commutation) and len(self.args) == 2:
            b, a = self.args
            if right.data == (b.columns, a.columns) and (a.rows is ONE or b.rows is ONE):
                return kron(a, b)
            return None
        return self._inside(right, [arg.columns for arg in self.args], after=True)

    def absorb_left(self, left: Expr) -> Expr | None:
        if isinstance(left, (Kron, Commutation)):
            return None
        return self._inside(left, [arg.rows for arg in self.args], after=False)

    def _inside(self, factor: Expr, sizes: list[Dim], after: bool) -> Expr | None:
        """(x ⊗ A) B = x ⊗ AB for a column x, and B (xᵀ ⊗ A) = xᵀ ⊗ BA."""
        wide = [place for place, size in enumerate(sizes) if size is not ONE]
        if len(wide) != 1:
            return None
        args = list(self.args)
        place = wide[0]
        args[place] = (
            arithmetic.multiply(args[place], factor) if after else arithmetic.multiply(factor, args[place])
        )
        return kron(*args)

    def notation(self) -> Notation:
        return Notation("kron({*})", "{0} ⊗ {1}", r"{0} \otimes {1}", "kron({0}, {1})")


def _mixed_product(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> Expr | None:
    """(A ⊗ B)(C ⊗ D) = AC ⊗ BD, where the factors conform, one or several at a time."""
    products: list[Expr] = []
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = [left[i]], [right[j]]
        i, j = i + 1, j + 1
        while not same(_columns(a), _rows(b)):
            if _divides(_columns(a), _rows(b)) and i < len(left):
                a.append(left[i])
                i += 1
            elif _divides(_rows(b), _columns(a)) and j < len(right):
                b.append(right[j])
                j += 1
            else:
                return None
        if len(a) > 1 and len(b) > 1:
            return None
        products.append(arithmetic.multiply(_join(a), _join(b)))
    if i < len(left) or j < len(right):
        return None
    if len(products) == 1 and isinstance(products[0], arithmetic.Product) and len(products[0].chain) > 1:
        return None
    return kron(*products)


def _columns(factors: list[Expr]) -> Dim:
    total = ONE
    for factor in factors:
        total = total * factor.columns
    return total


def _rows(factors: list[Expr]) -> Dim:
    total = ONE
    for factor in factors:
        total = total * factor.rows
    return total


def _divides(part: Dim, whole: Dim) -> bool:
    """Whether one monomial is a proper divisor of another."""
    if part is whole or len(part.terms) != 1 or len(whole.terms) != 1:
        return False
    (small, c1), (large, c2) = part.terms[0], whole.terms[0]
    powers = dict(large)
    return all(powers.get(atom, 0) >= power for atom, power in small) and (c2 / c1).denominator == 1


def _join(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else kron(*factors)


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
        elif isinstance(factor, arithmetic.Product) and (factor.coefficient != 1 or factor.scalars):
            scalars += [number(factor.coefficient), *factor.scalars]
            inner = arithmetic.multiply(*factor.chain)
            matrices += inner.args if isinstance(inner, Kron) else (inner,)
        elif isinstance(factor, arithmetic.Sum):
            common, rest = arithmetic.content(factor)
            scalars.append(number(common))
            matrices.append(rest)
        else:
            matrices.append(factor)
    if not matrices:
        return arithmetic.multiply(*scalars)
    if any(is_zero(m) for m in matrices):
        return zeros(*Kron.shape_rule(tuple(matrices), ()))
    merged: list[Expr] = []
    for m in matrices:
        if merged and isinstance(m, Eye) and isinstance(merged[-1], Eye):
            merged[-1] = eye(m.rows * merged[-1].rows)
        else:
            merged.append(m)
    core = _column_times_row(merged)
    return arithmetic.multiply(*scalars, core)


def _column_times_row(matrices: list[Expr]) -> Expr:
    """Make the node; a column and a row side by side, in either order, are an outer product."""
    if len(matrices) == 1:
        return matrices[0]
    columns = [m for m in matrices if m.is_vector]
    rows = [m for m in matrices if m.is_row]
    if len(columns) == 1 and len(rows) == 1 and len(matrices) == 2:
        return arithmetic.multiply(columns[0], rows[0])
    return Kron.intern(tuple(matrices))


@function("kron_sum", "kronecker_sum", example="tr(A*kron_sum(X, B))", given="A: m*n×m*n, X: m×m, B: n×n")
def kron_sum(a: Expr, b: Expr) -> Expr:
    """The Kronecker sum A ⊗ I + I ⊗ B of square matrices.

    Raises
    ------
    ShapeError
        When one is not square.
    """
    inverse.require_square(a, "a Kronecker sum", "kron(A, B)")
    inverse.require_square(b, "a Kronecker sum", "kron(A, B)")
    return arithmetic.add(kron(a, eye(b.rows)), kron(eye(a.rows), b))


@function("outer", numpy="outer", example="tr(A*outer(x, b))", given="A: n×m, x: m, b: n")
def outer(a: Expr, b: Expr) -> Expr:
    """The outer product a bᵀ of two columns."""
    return arithmetic.multiply(structure.vec(a), transpose(structure.vec(b)))


class KhatriRao(Expr):
    """The Khatri-Rao product: column j is a_j ⊗ b_j."""

    __slots__ = ()
    name = "khatri_rao"
    reason = Phrase("product rule for the Khatri-Rao product", "Khatri-Rao 积的乘积法则")
    legend = Phrase(
        "A ∗ B is the Khatri-Rao product, of columns a_j ⊗ b_j",
        "A ∗ B 是 Khatri-Rao 积，各列为 a_j ⊗ b_j",
    )
    rank = 33

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, b = args
        if not same(a.columns, b.columns):
            raise ShapeError(
                f"a Khatri-Rao product needs as many columns in {a.describe()} as in {b.describe()}",
                fix=f"kron({a}, {b}) for the Kronecker product",
            )
        return (a.rows * b.rows, a.columns)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return khatri_rao(*args)

    def infer_facts(self) -> Fact:
        shared = self.args[0].facts & self.args[1].facts
        return shared & (
            Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER | Fact.ORTHONORMAL_COLUMNS
        )

    def linear_map(self, index: int) -> lm.LinearMap:
        a, b = self.args
        if index == 0:
            spread, other = kron(eye(a.rows), ones(b.rows)), kron(ones(a.rows), b)
        else:
            spread, other = kron(ones(a.rows), eye(b.rows)), kron(a, ones(b.rows))
        return lm.compose(lm.HadamardBy(other), lm.Left(spread, self.args[index].shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, b = values
        rows = xp.shape(a)[0], xp.shape(b)[0]
        left = xp.kron(a, xp.ones(rows[1], 1))
        right = xp.kron(xp.ones(rows[0], 1), b)
        return xp.hadamard(left, right)

    def notation(self) -> Notation:
        return Notation("khatri_rao({0}, {1})", "{0} ∗ {1}", r"{0} \ast {1}", "khatri_rao({0}, {1})")


@function(
    "khatri_rao",
    numpy="linalg.khatri_rao",
    example="sum(A .* khatri_rao(X, B))",
    given="A: m*p×n, X: m×n, B: p×n",
)
def khatri_rao(a: Expr, b: Expr) -> Expr:
    """The Khatri-Rao product: the Kronecker products of the columns, side by side.

    Raises
    ------
    ShapeError
        When the numbers of columns differ.
    """
    shape = KhatriRao.shape_rule((a, b), ())
    if a.is_scalar or b.is_scalar:
        return arithmetic.multiply(a, b)
    if a.is_vector:
        return kron(a, b)
    if is_zero(a) or is_zero(b):
        return zeros(*shape)
    scalars: list[Expr] = []
    plain: list[Expr] = []
    for factor in (a, b):
        if isinstance(factor, arithmetic.Product) and (factor.coefficient != 1 or factor.scalars):
            scalars += [number(factor.coefficient), *factor.scalars]
            factor = arithmetic.multiply(*factor.chain)
        elif isinstance(factor, arithmetic.Sum):
            common, factor = arithmetic.content(factor)
            scalars.append(number(common))
        plain.append(factor)
    return arithmetic.multiply(*scalars, KhatriRao.intern(tuple(plain)))


def left_block_trace(a: Expr, w: Expr) -> Expr:
    """Σ_ij A_ij W_ij over the blocks of W: the adjoint of V ↦ A ⊗ V applied to W.

    With the rearrangement 𝓡(W) of Van Loan & Pitsianis (1993) it is unvec(𝓡(W) vec A).
    """
    shape = (_quotient(w, w.rows, a.rows), _quotient(w, w.columns, a.columns))
    return _blockwise(w, lambda part: _left_block_trace(a, part, shape), shape)


def _left_block_trace(a: Expr, w: Expr, shape: Shape) -> Expr:
    if isinstance(w, Kron) and len(w.args) == 2 and w.args[0].shape == a.shape:
        return arithmetic.multiply(trace.inner_product(a, w.args[0]), w.args[1])
    if isinstance(w, arithmetic.Product) and len(w.chain) == 2 and w.chain[0].is_vector:
        u = structure.reshape(w.chain[0], shape[0], a.rows)
        v = structure.reshape(transpose(w.chain[1]), shape[1], a.columns)
        return arithmetic.multiply(u, a, transpose(v))
    rearranged = _rearranged(w, a.shape, shape)
    return structure.reshape(arithmetic.multiply(rearranged, structure.vec(a)), *shape)


def right_block_trace(w: Expr, b: Expr) -> Expr:
    """The matrix of ⟨W_ij, B⟩ over the blocks of W: the adjoint of V ↦ V ⊗ B applied to W."""
    shape = (_quotient(w, w.rows, b.rows), _quotient(w, w.columns, b.columns))
    return _blockwise(w, lambda part: _right_block_trace(part, b, shape), shape)


def _right_block_trace(w: Expr, b: Expr, shape: Shape) -> Expr:
    if isinstance(w, Kron) and len(w.args) == 2 and w.args[0].shape == shape:
        return arithmetic.multiply(w.args[0], trace.inner_product(b, w.args[1]))
    if isinstance(w, arithmetic.Product) and len(w.chain) == 2 and w.chain[0].is_vector:
        u = structure.reshape(w.chain[0], b.rows, shape[0])
        v = structure.reshape(transpose(w.chain[1]), b.columns, shape[1])
        return arithmetic.multiply(transpose(u), b, v)
    rearranged = _rearranged(w, shape, b.shape)
    return structure.reshape(arithmetic.multiply(transpose(rearranged), structure.vec(b)), *shape)


def _blockwise(w: Expr, apply: Callable[[Expr], Expr], shape: Shape) -> Expr:
    """Apply a linear function of W term by term, scalars in front."""
    if is_zero(w):
        return zeros(*shape)
    if isinstance(w, arithmetic.Sum):
        return arithmetic.add(*(_blockwise(term, apply, shape) for term in w.args))
    split = arithmetic.split_scalars(w)
    if split is not None:
        return arithmetic.multiply(split[0], _blockwise(split[1], apply, shape))
    return apply(w)


def _rearranged(w: Expr, left: Shape, right: Shape) -> Expr:
    """𝓡(W), of shape |right|×|left|, with 𝓡(A ⊗ B) = vec(B) vec(A)ᵀ."""
    (m, n), (p, q) = left, right
    shuffle = kron(eye(n), commutation(q, m), eye(p))
    return structure.reshape(arithmetic.multiply(transpose(shuffle), structure.vec(w)), p * q, m * n)


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
    raise ShapeError(f"{w.describe()} does not fall into blocks: {part} does not divide {whole}")


class Commutation(Leaf):
    """K with K vec(X) = vec(Xᵀ) for X of shape m×n. ``data`` is ``(m, n)``."""

    __slots__ = ()
    name = "commutation"
    legend = Phrase(
        "K is the commutation matrix: K_mn vec(X) = vec(Xᵀ) for X of shape m×n",
        "K 是交换矩阵：对 m×n 的 X 有 K_mn vec(X) = vec(Xᵀ)",
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

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return commutation(self.data[1], self.data[0])

    def absorb_right(self, right: Expr) -> Expr | None:
        if structure.is_vec(right) and right.args[0].shape == self.data:
            return structure.vec(transpose(right.args[0]))
        if isinstance(right, Kron) and len(right.args) == 2:
            a, b = right.args
            if (b.rows, a.rows) == self.data:
                return arithmetic.multiply(kron(b, a), commutation(b.columns, a.columns))
        return None

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


def _triangle(n: Dim) -> Dim:
    return (n * (n + 1)).halved()


class Duplication(Leaf):
    """D with D vech(X) = vec(X) for symmetric X of order n. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "duplication"
    legend = Phrase(
        "D_n is the duplication matrix: D_n vech(X) = vec(X) for symmetric X",
        "D_n 是复制矩阵：对对称的 X 有 D_n vech(X) = vec(X)",
    )
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (data[0] * data[0], _triangle(data[0]))

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return duplication(*data)

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.NONNEGATIVE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        n = xp.size(self.data[0])
        return xp.constant(_duplication_rows(n))

    def absorb_left(self, left: Expr) -> Expr | None:
        if isinstance(left, Commutation) and left.data == (self.data[0], self.data[0]):
            return self
        return None

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(f"duplication({n})", f"D{subscript(n)}", f"D_{{{n}}}", f"duplication({n})")


def _places(n: int) -> list[tuple[int, int]]:
    """The entries of the lower triangle in the order of vech."""
    return [(i, j) for j in range(n) for i in range(j, n)]


def _duplication_rows(n: int) -> list[list[int]]:
    rows = [[0] * (n * (n + 1) // 2) for _ in range(n * n)]
    for column, (i, j) in enumerate(_places(n)):
        rows[j * n + i][column] = 1
        rows[i * n + j][column] = 1
    return rows


@function("duplication", example="duplication(n)*vech(X)", given="X: n×n symmetric")
def duplication(n: Dim) -> Expr:
    """The duplication matrix D with D vech(X) = vec(X) for symmetric X of order n."""
    return number(1) if n is ONE else Duplication.intern((), (n,))


class Elimination(Leaf):
    """L with L vec(X) = vech(X) for X of order n. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "elimination"
    legend = Phrase(
        "L_n is the elimination matrix: L_n vec(X) = vech(X)",
        "L_n 是消去矩阵：L_n vec(X) = vech(X)",
    )
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (_triangle(data[0]), data[0] * data[0])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return elimination(*data)

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.NONNEGATIVE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        n = xp.size(self.data[0])
        rows = [[0] * (n * n) for _ in _places(n)]
        for row, (i, j) in enumerate(_places(n)):
            rows[row][j * n + i] = 1
        return xp.constant(rows)

    def absorb_right(self, right: Expr) -> Expr | None:
        if isinstance(right, Duplication):
            return eye(self.rows)
        if right.T is self:
            return eye(self.rows)
        return None

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(f"elimination({n})", f"L{subscript(n)}", f"L_{{{n}}}", f"elimination({n})")


@function("elimination", example="elimination(n)*vec(X)", given="X: n×n")
def elimination(n: Dim) -> Expr:
    """The elimination matrix L with L vec(X) = vech(X) for X of order n."""
    return number(1) if n is ONE else Elimination.intern((), (n,))


class HadamardMatrix(Leaf):
    """Sylvester's Hadamard matrix of order n = 2^k. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "hadamard_matrix"
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        n = data[0]
        if n.is_integer and (int(n) < 1 or int(n) & (int(n) - 1)):
            raise ArgumentError(
                f"Sylvester's Hadamard matrix exists for orders 1, 2, 4, 8, …; {n} is not a power of two",
                fix=f"hadamard_matrix({1 << max(int(n), 1).bit_length()})",
            )
        return (n, n)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return hadamard_matrix(*data)

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.SYMMETRIC | Fact.INVERTIBLE

    def absorb_right(self, right: Expr) -> Expr | None:
        return arithmetic.multiply(dimension(self.rows), eye(self.rows)) if right is self else None

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        n = xp.size(self.data[0])
        if n < 1 or n & (n - 1):
            raise DomainError(f"Sylvester's Hadamard matrix has no order {n}: it is not a power of two")
        return xp.constant([[-1 if (i & j).bit_count() % 2 else 1 for j in range(n)] for i in range(n)])

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(f"hadamard_matrix({n})", f"H{subscript(n)}", f"H_{{{n}}}", f"hadamard_matrix({n})")


@function("hadamard_matrix", numpy="linalg.hadamard", example="tr(hadamard_matrix(4)*X)", given="X: 4×4")
def hadamard_matrix(n: Dim) -> Expr:
    """Sylvester's Hadamard matrix of order n, a power of two.

    Raises
    ------
    ArgumentError
        When n is a number but no power of two.
    """
    return number(1) if n is ONE else HadamardMatrix.intern((), (n,))
