"""What every linear map between matrix spaces can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from matgrad.core.dims import Shape
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase


class LinearMap(ABC):
    """A linear map from matrices of shape ``domain`` to matrices of shape ``codomain``."""

    __slots__ = ()
    domain: Shape
    codomain: Shape
    adjoint_reason: ClassVar[Phrase | None] = Phrase(
        "the adjoint map: ⟨A, L(B)⟩ = ⟨L*(A), B⟩", "伴随映射：⟨A, L(B)⟩ = ⟨L*(A), B⟩"
    )
    """Why ⟨A, L(B)⟩ is ⟨L*(A), B⟩, as an identity of traces; ``None`` where it needs no reason."""
    kronecker_reason: ClassVar[Phrase | None] = Phrase(
        "a linear map is a matrix on vec",
        "线性映射对应 vec 上的矩阵",
        "Magnus & Neudecker (2019), ch. 2, sec. 4",
    )
    """Why vec(L(V)) is J vec(V); ``None`` where it needs no reason."""

    @abstractmethod
    def apply(self, v: Expr) -> Expr:
        """The image of ``v``, of the shape of the codomain."""

    @abstractmethod
    def adjoint(self) -> LinearMap:
        """The map L* with ⟨L v, w⟩ = ⟨v, L* w⟩."""

    @abstractmethod
    def kronecker(self) -> Expr:
        """The matrix J with vec(L v) = J vec(v)."""

    @property
    def parts(self) -> tuple[LinearMap, ...]:
        """The maps this one is composed of, outermost first."""
        return (self,)
