"""Names that an author defined with indices: γ_nk = π_k N_nk/Σ_j π_j N_nj."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.ops.indices.members import Family


@dataclass(frozen=True, slots=True)
class DefinedMembers:
    """A family that has a definition.

    Attributes
    ----------
    family : Family
        What its members are called, with the letters and the ranges of their indices.
    body : Expr
        What a member stands for, with the letters as places.
    """

    family: Family
    body: Expr
