"""What every linear map between matrix spaces can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import singledispatch
from typing import ClassVar, Protocol

from matgrad.core.dims import Shape
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase


class Algebra(Protocol):
    """What maps need of sums and products, which stand above them; the operations install it."""

    def add(self, *terms: Expr) -> Expr: ...
    def multiply(self, *factors: Expr) -> Expr: ...
    def hadamard(self, *factors: Expr) -> Expr: ...
    def inner_product(self, a: Expr, b: Expr) -> Expr: ...


class LinearMap(ABC):
    """A linear map from matrices of shape ``domain`` to matrices of shape ``codomain``."""

    __slots__ = ()
    domain: Shape
    codomain: Shape
    algebra: ClassVar[Algebra]
    adjoint_reason: ClassVar[Phrase | None] = Phrase("the adjoint map: ⟨A, L(B)⟩ = ⟨L*(A), B⟩")
    """Why ⟨A, L(B)⟩ is ⟨L*(A), B⟩, as an identity of traces; ``None`` where it needs no reason."""
    kronecker_reason: ClassVar[Phrase | None] = Phrase(
        "a linear map is a matrix on vec",
        "Magnus & Neudecker (2019)",
        "ch. 2, sec. 4",
    )
    """Why vec(L(V)) is J vec(V); ``None`` where it needs no reason."""

    @abstractmethod
    def apply(self, v: Expr) -> Expr:
        """The image of ``v``, of the shape of the codomain."""

    @abstractmethod
    def adjoint(self) -> LinearMap:
        """The map L* with ⟨L v, w⟩ = ⟨v, L* w⟩."""

    def kronecker(self) -> Expr:
        """The matrix J with vec(L v) = J vec(v)."""
        return matrix_on_vec(self)

    @property
    def parts(self) -> tuple[LinearMap, ...]:
        """The maps this one is composed of, outermost first."""
        return (self,)


@singledispatch
def matrix_on_vec(linear: LinearMap) -> Expr:
    """The matrix on vec of a map whose family lies below ⊗ and vec; those above state their own.

    Parameters
    ----------
    linear : LinearMap
        A map of a kind registered here.
    """
    raise NotImplementedError(f"{type(linear).__name__} states no matrix on vec")
