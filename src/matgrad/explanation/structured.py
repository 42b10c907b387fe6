"""Why the gradient of a structured variable is the projection of the plain one."""

from __future__ import annotations

from dataclasses import replace

from matgrad.calculus.structure import structure_of
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase

_INDEPENDENT = Phrase(
    "X symmetric, one derivative for each independent entry: G + Gᵀ − G⊙I",
    "X 对称，对每个独立元素求导：G + Gᵀ − G⊙I",
    "Matrix Cookbook, eq. 138",
)
_INDEPENDENT_SKEW = Phrase(
    "X skew, one derivative for each independent entry: G − Gᵀ", "X 反对称，对每个独立元素求导：G − Gᵀ"
)
_PROJECTIONS = (
    (
        Fact.ORTHONORMAL_COLUMNS,
        Phrase(
            "XᵀX = I: projected on the tangent space, G − X sym(XᵀG)",
            "XᵀX = I：投影到切空间，G − X sym(XᵀG)",
            "Edelman, Arias & Smith (1998)",
        ),
    ),
    (Fact.SIMPLEX, Phrase("entries that sum to 1: the mean is taken off", "元素之和为 1：减去均值")),
    (Fact.DIAGONAL, Phrase("X diagonal: the diagonal part", "X 为对角矩阵：取对角部分")),
    (Fact.SYMMETRIC, Phrase("X symmetric: the symmetric part ½(G + Gᵀ)", "X 对称：取对称部分 ½(G + Gᵀ)")),
    (Fact.SKEW, Phrase("X skew: the skew part ½(G − Gᵀ)", "X 反对称：取反对称部分 ½(G − Gᵀ)")),
    (Fact.LOWER_TRIANGULAR, Phrase("X lower triangular: the lower part", "X 为下三角矩阵：取下三角部分")),
    (Fact.UPPER_TRIANGULAR, Phrase("X upper triangular: the upper part", "X 为上三角矩阵：取上三角部分")),
)

HALF = Phrase(
    "vec(X) = D vech(X) for symmetric X", "X 对称时 vec(X) = D vech(X)", "Magnus & Neudecker (1980)"
)


def structure_reason(variable: Symbol, convention: str) -> Phrase | None:
    """The projection that belongs to the structure of a variable; ``None`` for a general one."""
    structure = structure_of(variable)
    if structure is None:
        return None
    if structure.is_fixed or (structure.is_curved and variable.facts & (Fact.SYMMETRIC | Fact.SKEW)):
        return replace(structure.projection.filled(name="X"), citation=structure.citation)
    for fact, reason in _PROJECTIONS:
        if variable.facts & fact:
            if convention == "independent" and fact in (Fact.SYMMETRIC, Fact.SKEW):
                return _INDEPENDENT if fact is Fact.SYMMETRIC else _INDEPENDENT_SKEW
            return reason
    return None
