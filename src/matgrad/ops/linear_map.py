"""Linear maps between matrix spaces: what a derivative is.

Each map knows how to act on an expression, its adjoint with respect to ⟨X, Y⟩ = tr(XᵀY), and its
matrix on vec (columns stacked). Everything else that matgrad shows is a view of these three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from matgrad.core.dims import ONE, THREE, Shape
from matgrad.core.expr import Expr
from matgrad.core.linear_map import LinearMap as LinearMap
from matgrad.core.words import Phrase
from matgrad.ops import arithmetic as ar, hadamard, kronecker, leaves, structure, trace

_CYCLIC = Phrase("cyclic shift", "迹的循环不变性", "Matrix Cookbook, eq. 14")
_VEC_OF_PRODUCT = Phrase(
    "vec(AXB) = (Bᵀ ⊗ A) vec(X)", "vec(AXB) = (Bᵀ ⊗ A) vec(X)", "Magnus & Neudecker (2019), ch. 2, sec. 4"
)
_BLOCKS = Phrase("the adjoint of ⊗ sums over blocks", "⊗ 的伴随是按块求和")


@dataclass(frozen=True, slots=True)
class Identity(LinearMap):
    """V ↦ V."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return v

    def adjoint(self) -> LinearMap:
        return self

    def kronecker(self) -> Expr:
        return leaves.eye(self.domain[0] * self.domain[1])


@dataclass(frozen=True, slots=True)
class Zero(LinearMap):
    """V ↦ 0."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return leaves.zeros(*self.codomain)

    def adjoint(self) -> LinearMap:
        return Zero(self.codomain, self.domain)

    def kronecker(self) -> Expr:
        return leaves.zeros(self.codomain[0] * self.codomain[1], self.domain[0] * self.domain[1])


@dataclass(frozen=True, slots=True)
class Scale(LinearMap):
    """V ↦ c V for a scalar c."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    factor: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return ar.multiply(self.factor, v)

    def adjoint(self) -> LinearMap:
        return self

    def kronecker(self) -> Expr:
        return ar.multiply(self.factor, leaves.eye(self.domain[0] * self.domain[1]))


@dataclass(frozen=True, slots=True)
class Left(LinearMap):
    """V ↦ A V. Its matrix on vec is I ⊗ A (Magnus & Neudecker, 2019, ch. 2, sec. 4)."""

    adjoint_reason: ClassVar[Phrase | None] = _CYCLIC
    kronecker_reason: ClassVar[Phrase | None] = _VEC_OF_PRODUCT

    matrix: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.matrix.rows, self.domain[1])

    def apply(self, v: Expr) -> Expr:
        return ar.multiply(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return Left(self.matrix.T, self.codomain)

    def kronecker(self) -> Expr:
        return kronecker.kron(leaves.eye(self.domain[1]), self.matrix)


@dataclass(frozen=True, slots=True)
class Right(LinearMap):
    """V ↦ V B. Its matrix on vec is Bᵀ ⊗ I (Magnus & Neudecker, 2019, ch. 2, sec. 4)."""

    adjoint_reason: ClassVar[Phrase | None] = _CYCLIC
    kronecker_reason: ClassVar[Phrase | None] = _VEC_OF_PRODUCT

    matrix: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[0], self.matrix.columns)

    def apply(self, v: Expr) -> Expr:
        return ar.multiply(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return Right(self.matrix.T, self.codomain)

    def kronecker(self) -> Expr:
        return kronecker.kron(self.matrix.T, leaves.eye(self.domain[0]))


@dataclass(frozen=True, slots=True)
class Transposition(LinearMap):
    """V ↦ Vᵀ. Its matrix on vec is the commutation matrix (Magnus & Neudecker, 1979)."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase(
        "tr(M) = tr(Mᵀ)", "转置不改变迹", "Matrix Cookbook, eq. 13"
    )
    kronecker_reason: ClassVar[Phrase | None] = Phrase(
        "vec(Xᵀ) = K vec(X)", "vec(Xᵀ) = K vec(X)", "Magnus & Neudecker (1979)"
    )

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[1], self.domain[0])

    def apply(self, v: Expr) -> Expr:
        return v.T

    def adjoint(self) -> LinearMap:
        return Transposition(self.codomain)

    def kronecker(self) -> Expr:
        return kronecker.commutation(*self.domain)


@dataclass(frozen=True, slots=True)
class HadamardBy(LinearMap):
    """V ↦ M ⊙ V. Its matrix on vec is diag(vec M)."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase(
        "tr(Aᵀ(B ⊙ C)) = tr((A ⊙ B)ᵀC)", "tr(Aᵀ(B ⊙ C)) = tr((A ⊙ B)ᵀC)"
    )
    kronecker_reason: ClassVar[Phrase | None] = Phrase(
        "vec(A ⊙ B) = diag(vec A) vec(B)", "vec(A ⊙ B) = diag(vec A) vec(B)"
    )

    matrix: Expr

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    def apply(self, v: Expr) -> Expr:
        return hadamard.hadamard(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return self

    def kronecker(self) -> Expr:
        return structure.diag(structure.vec(self.matrix))


@dataclass(frozen=True, slots=True)
class Inner(LinearMap):
    """V ↦ tr(MᵀV). Its matrix on vec is the row vec(M)ᵀ."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    matrix: Expr

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (ONE, ONE)

    def apply(self, v: Expr) -> Expr:
        return trace.inner_product(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return Outer(self.matrix)

    def kronecker(self) -> Expr:
        return structure.vec(self.matrix).T


@dataclass(frozen=True, slots=True)
class Outer(LinearMap):
    """c ↦ c M for scalar c. Its matrix on vec is the column vec(M)."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    matrix: Expr

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return (ONE, ONE)

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    def apply(self, v: Expr) -> Expr:
        return ar.multiply(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return Inner(self.matrix)

    def kronecker(self) -> Expr:
        return structure.vec(self.matrix)


@dataclass(frozen=True, slots=True)
class Diagonal(LinearMap):
    """v ↦ diag(v). On vec it puts entry i at place (i, i): the columns e_i ⊗ e_i."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase(
        "tr(A diag(v)) = diagonal(A)ᵀv", "tr(A diag(v)) = diagonal(A)ᵀv"
    )

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[0], self.domain[0])

    def apply(self, v: Expr) -> Expr:
        return structure.diag(v)

    def adjoint(self) -> LinearMap:
        return DiagonalPart(self.codomain)

    def kronecker(self) -> Expr:
        return kronecker.khatri_rao(leaves.eye(self.domain[0]), leaves.eye(self.domain[0]))


@dataclass(frozen=True, slots=True)
class DiagonalPart(LinearMap):
    """V ↦ the column of its diagonal entries; the adjoint of :class:`Diagonal`."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase(
        "aᵀ diagonal(V) = tr(diag(a)V)", "aᵀ diagonal(V) = tr(diag(a)V)"
    )

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[0], ONE)

    def apply(self, v: Expr) -> Expr:
        return structure.diagonal(v)

    def adjoint(self) -> LinearMap:
        return Diagonal(self.codomain)

    def kronecker(self) -> Expr:
        return kronecker.khatri_rao(leaves.eye(self.domain[0]), leaves.eye(self.domain[0])).T


@dataclass(frozen=True, slots=True)
class LowerPart(LinearMap):
    """V ↦ its lower triangle, diagonal included; self-adjoint."""

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return structure.tril(v)

    def adjoint(self) -> LinearMap:
        return self

    def kronecker(self) -> Expr:
        return structure.diag(structure.vec(structure.tril(leaves.ones(*self.domain))))


@dataclass(frozen=True, slots=True)
class Reshape(LinearMap):
    """V ↦ the matrix of another shape with the same vec."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase(
        "tr(AᵀB) = vec(A)ᵀvec(B)", "tr(AᵀB) = vec(A)ᵀvec(B)", "Matrix Cookbook, eq. 521"
    )
    kronecker_reason: ClassVar[Phrase | None] = None

    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return structure.reshape(v, *self.codomain)

    def adjoint(self) -> LinearMap:
        return Reshape(self.codomain, self.domain)

    def kronecker(self) -> Expr:
        return leaves.eye(self.domain[0] * self.domain[1])


@dataclass(frozen=True, slots=True)
class Part(LinearMap):
    """V ↦ V[r₀:r₁, c₀:c₁]; its adjoint pads with zeros."""

    domain: Shape
    bounds: structure.Bounds

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        r0, r1, c0, c1 = self.bounds
        return (r1 - r0, c1 - c0)

    def apply(self, v: Expr) -> Expr:
        return structure.part(v, self.bounds)

    def adjoint(self) -> LinearMap:
        return Pad(self.codomain, self.domain, self.bounds)

    def kronecker(self) -> Expr:
        rows, columns = structure.selections(self.domain, self.bounds)
        return kronecker.kron(columns, rows)


@dataclass(frozen=True, slots=True)
class Pad(LinearMap):
    """V ↦ the matrix with V at [r₀:r₁, c₀:c₁] and zeros elsewhere."""

    domain: Shape
    codomain: Shape
    bounds: structure.Bounds

    def apply(self, v: Expr) -> Expr:
        return structure.pad(v, self.codomain, self.bounds)

    def adjoint(self) -> LinearMap:
        return Part(self.codomain, self.bounds)

    def kronecker(self) -> Expr:
        return self.adjoint().kronecker().T


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
        return kronecker.kron(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return LeftBlockTrace(self.matrix, self.codomain, self.domain)

    def kronecker(self) -> Expr:
        p, q = self.domain
        return ar.multiply(
            _kron_shuffle(self.matrix.shape, self.domain),
            kronecker.kron(structure.vec(self.matrix), leaves.eye(p * q)),
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
        return kronecker.kron(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return RightBlockTrace(self.matrix, self.codomain, self.domain)

    def kronecker(self) -> Expr:
        m, n = self.domain
        return ar.multiply(
            _kron_shuffle(self.domain, self.matrix.shape),
            kronecker.kron(leaves.eye(m * n), structure.vec(self.matrix)),
        )


def _kron_shuffle(left: Shape, right: Shape) -> Expr:
    """The matrix P with vec(A ⊗ B) = P (vec A ⊗ vec B): P = I ⊗ K ⊗ I."""
    (m, n), (p, q) = left, right
    return kronecker.kron(leaves.eye(n), kronecker.commutation(q, m), leaves.eye(p))


@dataclass(frozen=True, slots=True)
class LeftBlockTrace(LinearMap):
    """W ↦ Σ_ij A_ij W_ij over the blocks of W: the adjoint of V ↦ A ⊗ V."""

    adjoint_reason: ClassVar[Phrase | None] = _BLOCKS

    matrix: Expr
    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return kronecker.left_block_trace(self.matrix, v)

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
        return kronecker.right_block_trace(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return KronRight(self.matrix, self.codomain)

    def kronecker(self) -> Expr:
        return self.adjoint().kronecker().T


@dataclass(frozen=True, slots=True)
class SkewOf(LinearMap):
    """a ↦ [a]×, for vectors of length 3."""

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return (THREE, ONE)

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (THREE, THREE)

    def apply(self, v: Expr) -> Expr:
        return structure.skew_matrix(v)

    def adjoint(self) -> LinearMap:
        return AxialOf()

    def kronecker(self) -> Expr:
        return structure.skew_basis()


@dataclass(frozen=True, slots=True)
class AxialOf(LinearMap):
    """W ↦ the axial vector of W; the adjoint of :class:`SkewOf`."""

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return (THREE, THREE)

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (THREE, ONE)

    def apply(self, v: Expr) -> Expr:
        return structure.axial(v)

    def adjoint(self) -> LinearMap:
        return SkewOf()

    def kronecker(self) -> Expr:
        return structure.skew_basis().T


@dataclass(frozen=True, slots=True)
class Compose(LinearMap):
    """V ↦ L₁(L₂(…(V))), the maps listed outermost first."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    maps: tuple[LinearMap, ...]

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return self.maps[-1].domain

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.maps[0].codomain

    @property
    def parts(self) -> tuple[LinearMap, ...]:
        return self.maps

    def apply(self, v: Expr) -> Expr:
        for linear in reversed(self.maps):
            v = linear.apply(v)
        return v

    def adjoint(self) -> LinearMap:
        return Compose(tuple(linear.adjoint() for linear in reversed(self.maps)))

    def kronecker(self) -> Expr:
        return ar.multiply(*(linear.kronecker() for linear in self.maps))


@dataclass(frozen=True, slots=True)
class Sum(LinearMap):
    """V ↦ L₁(V) + L₂(V) + … + Lₖ(V)."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    maps: tuple[LinearMap, ...]

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return self.maps[0].domain

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.maps[0].codomain

    def apply(self, v: Expr) -> Expr:
        return ar.add(*(linear.apply(v) for linear in self.maps))

    def adjoint(self) -> LinearMap:
        return Sum(tuple(linear.adjoint() for linear in self.maps))

    def kronecker(self) -> Expr:
        return ar.add(*(linear.kronecker() for linear in self.maps))


def compose(*maps: LinearMap) -> LinearMap:
    """Compose maps, outermost first; identities vanish and a zero makes the whole zero."""
    flat = tuple(part for linear in maps for part in linear.parts if not isinstance(part, Identity))
    if not flat:
        return Identity(maps[-1].domain)
    if any(isinstance(part, Zero) for part in flat):
        return Zero(maps[-1].domain, maps[0].codomain)
    return flat[0] if len(flat) == 1 else Compose(flat)


def add_maps(*maps: LinearMap) -> LinearMap:
    """Add maps with the same domain and codomain; zeros vanish."""
    flat: list[LinearMap] = []
    for linear in maps:
        flat += linear.maps if isinstance(linear, Sum) else [] if isinstance(linear, Zero) else [linear]
    if not flat:
        return Zero(maps[0].domain, maps[0].codomain)
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def two_sided(left: Expr, right: Expr, domain: Shape) -> LinearMap:
    """V ↦ A V B; an identity on either side vanishes."""
    maps: list[LinearMap] = []
    if left is not leaves.eye(domain[0]):
        maps.append(Left(left, (domain[0], right.columns) if right is not leaves.eye(domain[1]) else domain))
    if right is not leaves.eye(domain[1]):
        maps.append(Right(right, domain))
    return compose(*maps, Identity(domain))


def negated(linear: LinearMap) -> LinearMap:
    """V ↦ −L(V)."""
    return compose(Scale(leaves.number(-1), linear.codomain), linear)
