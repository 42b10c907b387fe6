"""What every linear map between matrix spaces can do."""

from __future__ import annotations

from abc import ABC, abstractmethod

from matgrad.core.dims import Shape
from matgrad.core.expr import Expr


class LinearMap(ABC):
    """A linear map from matrices of shape ``domain`` to matrices of shape ``codomain``."""

    __slots__ = ()
    domain: Shape
    codomain: Shape

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
