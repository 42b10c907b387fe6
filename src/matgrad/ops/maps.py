"""Linear maps between matrix spaces, those that no single family of operations owns."""

from __future__ import annotations

from typing import ClassVar

from matgrad.core.dims import ONE, Shape
from matgrad.core.expr import Expr
from matgrad.core.linear_map import LinearMap
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.leaves import eye, number, zeros

_CYCLIC = Phrase("cyclic shift", "Matrix Cookbook", "eq. 14")


VEC_OF_PRODUCT = Phrase("vec(AXB) = (Bᵀ ⊗ A) vec(X)", "Magnus & Neudecker (2019)", "ch. 2, sec. 4")


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


@dataclass(frozen=True, slots=True)
class Zero(LinearMap):
    """V ↦ 0."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    domain: Shape
    codomain: Shape

    def apply(self, v: Expr) -> Expr:
        return zeros(*self.codomain)

    def adjoint(self) -> LinearMap:
        return Zero(self.codomain, self.domain)

    def kronecker(self) -> Expr:
        return zeros(self.codomain[0] * self.codomain[1], self.domain[0] * self.domain[1])


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
        return self.algebra.multiply(self.factor, v)

    def adjoint(self) -> LinearMap:
        return self


@dataclass(frozen=True, slots=True)
class Left(LinearMap):
    """V ↦ A V. Its matrix on vec is I ⊗ A (Magnus & Neudecker, 2019, ch. 2, sec. 4)."""

    adjoint_reason: ClassVar[Phrase | None] = _CYCLIC
    kronecker_reason: ClassVar[Phrase | None] = VEC_OF_PRODUCT

    matrix: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.matrix.rows, self.domain[1])

    def apply(self, v: Expr) -> Expr:
        return self.algebra.multiply(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return Left(self.matrix.T, self.codomain)


@dataclass(frozen=True, slots=True)
class Right(LinearMap):
    """V ↦ V B. Its matrix on vec is Bᵀ ⊗ I (Magnus & Neudecker, 2019, ch. 2, sec. 4)."""

    adjoint_reason: ClassVar[Phrase | None] = _CYCLIC
    kronecker_reason: ClassVar[Phrase | None] = VEC_OF_PRODUCT

    matrix: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[0], self.matrix.columns)

    def apply(self, v: Expr) -> Expr:
        return self.algebra.multiply(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return Right(self.matrix.T, self.codomain)


@dataclass(frozen=True, slots=True)
class Transposition(LinearMap):
    """V ↦ Vᵀ. Its matrix on vec is the commutation matrix (Magnus & Neudecker, 1979)."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase("tr(M) = tr(Mᵀ)", "Matrix Cookbook", "eq. 13")
    kronecker_reason: ClassVar[Phrase | None] = Phrase("vec(Xᵀ) = K_mn vec(X)", "Magnus & Neudecker (1979)")

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return (self.domain[1], self.domain[0])

    def apply(self, v: Expr) -> Expr:
        return v.T

    def adjoint(self) -> LinearMap:
        return Transposition(self.codomain)


@dataclass(frozen=True, slots=True)
class HadamardBy(LinearMap):
    """V ↦ M ⊙ V. Its matrix on vec is diag(vec M)."""

    adjoint_reason: ClassVar[Phrase | None] = Phrase("tr(Aᵀ(B ⊙ C)) = tr((A ⊙ B)ᵀC)")
    kronecker_reason: ClassVar[Phrase | None] = Phrase("vec(A ⊙ B) = diag(vec A) vec(B)")

    matrix: Expr

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    def apply(self, v: Expr) -> Expr:
        return self.algebra.hadamard(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return self


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
        return self.algebra.inner_product(self.matrix, v)

    def adjoint(self) -> LinearMap:
        return Outer(self.matrix)


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
        return self.algebra.multiply(v, self.matrix)

    def adjoint(self) -> LinearMap:
        return Inner(self.matrix)


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
        return self.algebra.multiply(*(linear.kronecker() for linear in self.maps))


@dataclass(frozen=True, slots=True)
class SumOfMaps(LinearMap):
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
        return self.algebra.add(*(linear.apply(v) for linear in self.maps))

    def adjoint(self) -> LinearMap:
        return SumOfMaps(tuple(linear.adjoint() for linear in self.maps))

    def kronecker(self) -> Expr:
        return self.algebra.add(*(linear.kronecker() for linear in self.maps))


@dataclass(frozen=True, slots=True)
class Gathered(LinearMap):
    """V ↦ Σ_i L_i(V): the maps of the terms of a sum over an index, one for each of its values."""

    adjoint_reason: ClassVar[Phrase | None] = None
    kronecker_reason: ClassVar[Phrase | None] = None

    over: Expr
    each: LinearMap

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return self.each.domain

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.each.codomain

    def apply(self, v: Expr) -> Expr:
        return self.over.gathered(self.each.apply(v))

    def adjoint(self) -> LinearMap:
        return Gathered(self.over, self.each.adjoint())

    def kronecker(self) -> Expr:
        return self.over.gathered(self.each.kronecker())


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
        flat += linear.maps if isinstance(linear, SumOfMaps) else [] if isinstance(linear, Zero) else [linear]
    if not flat:
        return Zero(maps[0].domain, maps[0].codomain)
    return flat[0] if len(flat) == 1 else SumOfMaps(tuple(flat))


def two_sided(left: Expr, right: Expr, domain: Shape) -> LinearMap:
    """V ↦ A V B; an identity on either side vanishes."""
    maps: list[LinearMap] = []
    if left is not eye(domain[0]):
        maps.append(Left(left, (domain[0], right.columns) if right is not eye(domain[1]) else domain))
    if right is not eye(domain[1]):
        maps.append(Right(right, domain))
    return compose(*maps, Identity(domain))


def negated(linear: LinearMap) -> LinearMap:
    """V ↦ −L(V)."""
    return compose(Scale(number(-1), linear.codomain), linear)
