"""The variable of a derivative: its differential, and the subspace in which it moves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import LINEAR_STRUCTURE, Fact
from matgrad.core.phrase import Phrase
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.hadamard import hadamard
from matgrad.ops.kronecker import duplication
from matgrad.ops.leaves import dimension, eye, number, ones
from matgrad.ops.merging import total
from matgrad.ops.power import power
from matgrad.ops.structure import sym, tril, triu
from matgrad.ops.transpose import transpose

CONVENTIONS = ("subspace", "independent")


def find_variable(expr: Expr, at: Symbol | str) -> Symbol:
    """The variable that is meant by a symbol or its name.

    Raises
    ------
    ArgumentError
        When the name belongs to no variable of the expression.
    NameClashError
        When the expression has another variable of that name.
    """
    known = symbols_of(expr)
    if isinstance(at, Symbol):
        known.get(at.label, at).require(at)
        return at
    if isinstance(at, str) and at in known:
        return known[at]
    if not isinstance(at, str):
        raise ArgumentError(
            f"a derivative is taken with respect to a variable, not {at!r}", fix='mg.gradient(f, "x")'
        )
    listed = ", ".join(known) or "none"
    raise ArgumentError(f"{at} is not a variable of {expr}; its variables are: {listed}")


def differential_of(variable: Symbol, taken: set[str]) -> Symbol:
    """The symbol dX of a variable X; it has the linear structure of X."""
    name = "d" + variable.label
    while name in taken:
        name = "d" + name
    facts = variable.facts & LINEAR_STRUCTURE & ~Fact.CONSTANT
    return Symbol.make(name, variable.rows, variable.columns, facts, differential=True)


@dataclass(frozen=True, slots=True)
class Subspace:
    """Where a structured variable moves: what its gradient is, and how to say so."""

    description: Phrase
    has_pairs: bool = False
    """Whether (i, j) and (j, i) hold the same number, so that conventions differ."""


def subspace_of(variable: Symbol) -> Subspace | None:
    """The structure of a variable, or ``None`` for a general matrix."""
    facts = variable.facts
    name = variable.label
    if variable.is_scalar:
        return None
    if facts & Fact.ORTHONORMAL_COLUMNS:
        if facts & Fact.ORTHOGONAL:
            return Subspace(Phrase(f"{name} is orthogonal", f"{name} 是正交矩阵"))
        return Subspace(Phrase(f"{name} has orthonormal columns", f"{name} 的列标准正交"))
    if facts & Fact.SIMPLEX:
        return Subspace(Phrase(f"the entries of {name} sum to 1", f"{name} 的元素之和为 1"))
    if facts & Fact.DIAGONAL:
        return Subspace(Phrase(f"{name} is diagonal", f"{name} 是对角矩阵"))
    if facts & Fact.SYMMETRIC:
        return Subspace(Phrase(f"{name} is symmetric", f"{name} 是对称矩阵"), has_pairs=True)
    if facts & Fact.SKEW:
        return Subspace(Phrase(f"{name} is skew", f"{name} 是反对称矩阵"), has_pairs=True)
    if facts & Fact.LOWER_TRIANGULAR:
        return Subspace(Phrase(f"{name} is lower triangular", f"{name} 是下三角矩阵"))
    if facts & Fact.UPPER_TRIANGULAR:
        return Subspace(Phrase(f"{name} is upper triangular", f"{name} 是上三角矩阵"))
    return None


def is_curved(variable: Symbol) -> bool:
    """Whether a variable moves on a manifold that is no linear space."""
    return bool(variable.facts & (Fact.ORTHONORMAL_COLUMNS | Fact.SIMPLEX)) and not variable.is_scalar


def project(gradient: Expr, variable: Symbol, convention: str = "subspace") -> Expr:
    """Bring the gradient of an unstructured variable into the structure of the variable.

    For a linear structure this is the orthogonal projection, so that df = ⟨G, dX⟩ for every
    admissible dX. With ``convention="independent"`` the entries of a symmetric (or skew) X count
    as one variable each for the pairs (i, j) and (j, i): G + Gᵀ − G ⊙ I (Matrix Cookbook, eq. 138).
    For orthonormal columns it is the projection on the tangent space, G − X sym(XᵀG)
    (Edelman, Arias & Smith, 1998; Absil, Mahony & Sepulchre, 2008, ex. 3.6.2).

    Raises
    ------
    ArgumentError
        For an unknown convention.
    """
    if convention not in CONVENTIONS:
        raise ArgumentError(f"{convention!r} is not a convention", fix=" or ".join(CONVENTIONS))
    facts = variable.facts
    if variable.is_scalar:
        return gradient
    if facts & Fact.ORTHONORMAL_COLUMNS:
        return subtract(gradient, multiply(variable, sym(multiply(transpose(variable), gradient))))
    if facts & Fact.SIMPLEX:
        mean = multiply(power(dimension(variable.rows), number(-1)), total(gradient))
        return subtract(gradient, multiply(mean, ones(variable.rows)))
    if facts & Fact.DIAGONAL:
        return hadamard(eye(variable.rows), gradient)
    if facts & Fact.SYMMETRIC:
        if convention == "independent":
            diagonal = hadamard(eye(variable.rows), gradient)
            return subtract(add(gradient, transpose(gradient)), diagonal)
        return sym(gradient)
    if facts & Fact.SKEW:
        factor = Fraction(1, 2) if convention == "subspace" else Fraction(1)
        return scale(factor, subtract(gradient, transpose(gradient)))
    if facts & Fact.LOWER_TRIANGULAR:
        return tril(gradient)
    if facts & Fact.UPPER_TRIANGULAR:
        return triu(gradient)
    return gradient


def free_entries(variable: Symbol, convention: str) -> Expr | None:
    """The matrix that takes the independent entries to vec: D for symmetric X in that convention."""
    if convention == "independent" and variable.facts & Fact.SYMMETRIC and not variable.facts & Fact.DIAGONAL:
        return duplication(variable.rows)
    return None
