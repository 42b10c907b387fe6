"""What Sylvester and Stein equations do with their two coefficients."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from matgrad.core.lazy import cached_property
from matgrad.solvers.checks import as_matrix, one_type, require_square
from matgrad.solvers.schur import are_transposes, is_symmetric
from matgrad.solvers.system import LinearSystem


class OfTwoSquares(LinearSystem):
    """An equation of two square coefficients, which are read and looked at once.

    Attributes
    ----------
    a, b : array
        m×m and n×n, of one type.
    is_symmetric : bool
        Whether both are, so that eigenvalues serve; nothing is left to solve where one is empty.
    is_lyapunov : bool
        Whether B is Aᵀ, so that one Schur form serves both.
    """

    def __init__(self, a: Any, b: Any, names: tuple[str, str] = ("A", "B")) -> None:
        a, b = as_matrix(a, names[0]), as_matrix(b, names[1])
        require_square(a, names[0])
        require_square(b, names[1])
        self.a, self.b = one_type(a, b)
        self.names = names
        self.dtype = self.a.dtype
        self.shape = self.right_shape = (len(a), len(b))
        self.is_symmetric = (is_symmetric(self.a) and is_symmetric(self.b)) or not (a.size and b.size)
        self.is_lyapunov = len(a) == len(b) and are_transposes(self.a, self.b)

    @cached_property
    def method(self) -> str:
        """How it is solved, in words."""
        return "eigenvalues of the symmetric coefficients" if self.is_symmetric else self.by_schur_forms

    @property
    @abstractmethod
    def by_schur_forms(self) -> str:
        """How it is solved where eigenvalues do not serve, in words."""
