"""The variable of a derivative: its differential, and the subspace in which it moves."""

from __future__ import annotations

from matgrad.calculus.presentation import CONVENTIONS, require_word
from matgrad.calculus.structure import structure_of, within_pattern
from matgrad.core.dims import ONE
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import add, subtract
from matgrad.ops.hadamard import hadamard
from matgrad.ops.indices.binding import open_index
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.reading import part_of
from matgrad.ops.indices.sums import indexed_sum
from matgrad.ops.leaves import eye
from matgrad.ops.transpose import transpose
from matgrad.ops.vec_matrices import duplication


def differential_of(variable: Symbol, taken: set[str]) -> Symbol:
    """The symbol dX of a variable X; it has the linear structure of X."""
    name = "d" + variable.label
    while name in taken:
        name = "d" + name
    return variable.change(name)


def is_curved(variable: Symbol) -> bool:
    """Whether a variable moves on a manifold that is no linear space."""
    structure = structure_of(variable)
    return structure is not None and structure.is_curved


def is_fixed(variable: Symbol) -> bool:
    """Whether what is declared of a variable leaves it no way to change."""
    structure = structure_of(variable)
    return structure is not None and structure.is_fixed


def project(gradient: Expr, variable: Symbol, convention: str = "subspace") -> Expr:
    """Bring the gradient of an unstructured variable into the structure of the variable.

    For a linear structure this is the orthogonal projection, so that df = ⟨G, dX⟩ for every
    admissible dX. With ``convention="independent"`` the entries of a symmetric (or skew) X count
    as one variable each for the pairs (i, j) and (j, i): G + Gᵀ − G ⊙ I (Matrix Cookbook, eq. 138).
    For orthonormal columns it is the projection on the tangent space, G − X sym(XᵀG)
    (Edelman, Arias & Smith, 1998; Absil, Mahony & Sepulchre, 2008, ex. 3.6.2). Where the declared
    facts leave finitely many matrices it is zero.

    Raises
    ------
    ArgumentError
        For an unknown convention.
    NotDifferentiableError
        When the declared facts leave a set on which no derivative is known.
    """
    require_word(convention, phrase("convention"), CONVENTIONS)
    if isinstance(variable, Family):
        return _project_members(gradient, variable, convention)
    structure = structure_of(variable)
    if structure is None:
        return gradient
    if structure.has_diagonals and convention == "independent":
        raise NotDifferentiableError(
            phrase(
                "the independent entries of {variable} are the numbers on its diagonals, "
                "no matrix of its shape",
                variable=variable.label,
            ),
            fix=phrase("the gradient within the subspace, convention subspace"),
        )
    if structure.has_pairs and convention == "independent":
        if variable.facts & Fact.SKEW:
            return within_pattern(subtract(gradient, transpose(gradient)), variable)
        diagonal = hadamard(eye(variable.rows), gradient)
        return subtract(within_pattern(add(gradient, transpose(gradient)), variable), diagonal)
    return structure.project(gradient, variable)


def _project_members(gradient: Expr, family: Family, convention: str) -> Expr:
    """The gradient by the stack of a family, each part in the structure of a member."""
    like = Symbol.stand_in(family.label, *family.member_shape, family.member_facts)
    structure = structure_of(like)
    if structure is None:
        return gradient
    if structure.is_curved:
        raise NotDifferentiableError(
            phrase(
                "the members of {family} move on a curved set: no derivative by a family is known there",
                family=family.label,
            ),
            fix=phrase("declare {family} without that fact", family=family.label),
        )
    places = tuple(open_index(gradient.indices, f"p{k}") for k in range(len(family.ranges)))
    whole = family.stacked_at(project(part_of(gradient, family, places), like, convention), places)
    for place, (_, last) in zip(places, family.ranges, strict=True):
        whole = indexed_sum(whole, place, ONE, last)
    return whole


def free_entries(variable: Symbol, convention: str) -> Expr | None:
    """The matrix that takes the independent entries to vec: D for symmetric X in that convention."""
    structure = structure_of(variable)
    if convention != "independent" or structure is None or not structure.has_pairs:
        return None
    return duplication(variable.rows) if variable.facts & Fact.SYMMETRIC else None
