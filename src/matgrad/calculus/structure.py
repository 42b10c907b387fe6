"""What is declared of a variable decides where it moves, and so what its gradient is.

A linear structure (symmetric, triangular …) is a subspace, orthonormal columns and projectors are on
manifolds: the gradient is projected on the tangent space. Facts meet: of the matrices that are orthogonal
and diagonal there are only finitely many, and none of them can change. What has a gradient is a row of a
table here; what has none is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import (
    ALONG_DIAGONALS,
    BANDS,
    FACT_ADJECTIVES,
    ON_SIMPLEX,
    TRIANGULAR,
    Fact,
    has_diagonals,
    is_banded,
    widths,
)
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.diagonal_patterns import CirculantPart, ToeplitzPart, band
from matgrad.ops.hadamard import hadamard
from matgrad.ops.identities.scalar_products import total
from matgrad.ops.leaves import dimension, eye, number, ones, zeros
from matgrad.ops.power import power
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import sym, tril, triu

_EDELMAN = "Edelman, Arias & Smith (1998)"
_ABSIL = "Absil, Mahony & Sepulchre (2008)"
_BENDOKAT = "Bendokat, Zimmermann & Absil (2024)"


@dataclass(frozen=True, slots=True)
class Structure:
    """Where a variable moves.

    Attributes
    ----------
    holds : callable
        Whether a variable has this structure.
    description : Phrase
        What the variable is; ``{name}`` is its name.
    projection : Phrase
        What becomes of the gradient G of a variable without structure, called ``{name}``, and where that
        is written.
    project : callable
        Does it: from G and the variable.
    fact : Fact
        What the variable is called by; none where it cannot change.
    is_curved : bool
        Whether the variable moves on a set that is no linear space.
    is_fixed : bool
        Whether it cannot change at all.
    has_pairs : bool
        Whether (i, j) and (j, i) hold the same number, so that conventions differ.
    has_diagonals : bool
        Whether all places of a diagonal hold the same number.
    """

    holds: Callable[[Symbol], bool]
    description: Phrase
    projection: Phrase
    project: Callable[[Expr, Symbol], Expr]
    fact: Fact = Fact.NONE
    is_curved: bool = False
    is_fixed: bool = False
    has_pairs: bool = False
    has_diagonals: bool = False


def structure_of(variable: Symbol) -> Structure | None:
    """The structure of a variable, or ``None`` for a general matrix.

    Raises
    ------
    NotDifferentiableError
        When the facts declared of it together leave a set on which no derivative is known.
    """
    if variable.facts & _ANY == Fact.NONE:
        return None
    found = next((structure for structure in STRUCTURES if structure.holds(variable)), None)
    if found is None or found.is_fixed:
        return found
    if variable.is_scalar:
        return None
    for has, never in _UNKNOWN:
        if variable.facts & has and never(variable):
            raise NotDifferentiableError(
                phrase(
                    "{variable} moves on a set that is neither a subspace nor one smooth "
                    "surface: no derivative is known there",
                    variable=variable.label,
                ),
                fix=phrase("declare {variable} with fewer facts", variable=variable.label),
            )
    return found


def adjective_of(variable: Symbol) -> Phrase:
    """What a variable with a structure is, in a word, as orthogonal."""
    return next(FACT_ADJECTIVES[s.fact] for s in STRUCTURES if s.fact and s.holds(variable))


def _has(*alternatives: Fact) -> Callable[[Symbol], bool]:
    """Whether at least one fact of each group is known."""
    return lambda x: all(x.facts & some for some in alternatives)


def _is_zero(x: Symbol) -> bool:
    """A skew matrix with another symmetry of signs, or a skew number."""
    others = Fact.SYMMETRIC | TRIANGULAR | Fact.NONNEGATIVE | Fact.IDEMPOTENT
    return bool(x.facts & Fact.SKEW) and (x.is_scalar or bool(x.facts & others))


def _is_isolated(x: Symbol) -> bool:
    """One of finitely many: signs, the identity, permutations, unit vectors, choices of coordinates."""
    if x.facts & Fact.IDEMPOTENT and (x.is_scalar or x.facts & Fact.DIAGONAL):
        return True
    if not x.facts & (Fact.ORTHONORMAL_COLUMNS | ON_SIMPLEX):
        return False
    if x.is_scalar or x.facts & Fact.INTEGER:
        return True
    if not x.facts & Fact.ORTHONORMAL_COLUMNS:
        return bool(x.facts & Fact.DIAGONAL)
    rigid = TRIANGULAR | Fact.POSITIVE_SEMIDEFINITE | ON_SIMPLEX
    return bool(x.facts & rigid) or (x.is_square and bool(x.facts & Fact.NONNEGATIVE))


def _skew(gradient: Expr) -> Expr:
    return scale(Fraction(1, 2), subtract(gradient, transpose(gradient)))


def _reflected(sign: int) -> Callable[[Expr, Symbol], Expr]:
    """The part of S = ½(G ± Gᵀ) with X V X = −V for a symmetric, + V for a skew orthogonal X."""

    def project(gradient: Expr, x: Symbol) -> Expr:
        part = sym(gradient) if sign > 0 else _skew(gradient)
        both = multiply(x, multiply(part, x))
        return scale(Fraction(1, 2), add(part, scale(-sign, both)))

    return project


def _tangent(gradient: Expr, x: Symbol) -> Expr:
    return subtract(gradient, multiply(x, sym(multiply(transpose(x), gradient))))


def _turned(gradient: Expr, x: Symbol) -> Expr:
    both = sym(gradient)
    inside = multiply(x, both, x)
    return subtract(add(multiply(x, both), multiply(both, x)), scale(2, inside))


def _unknown(gradient: Expr, x: Symbol) -> Expr:
    raise NotDifferentiableError(
        phrase(
            "{variable} is idempotent and not symmetric: no closed form of the gradient is known there",
            variable=x.label,
        ),
        fix=phrase(
            "the differential, or {variable} declared an orthogonal projector, where it is one",
            variable=x.label,
        ),
    )


def _centred(gradient: Expr, x: Symbol) -> Expr:
    share = power(dimension(x.rows), number(-1))
    if x.is_vector:
        return subtract(gradient, multiply(multiply(share, total(gradient)), ones(x.rows)))
    sums = multiply(transpose(ones(x.rows)), gradient)
    return subtract(gradient, multiply(share, multiply(ones(x.rows), sums)))


def _centred_rows(gradient: Expr, x: Symbol) -> Expr:
    if x.facts & Fact.SIMPLEX:
        gradient = _centred(gradient, x)
    sums = multiply(gradient, ones(x.columns), transpose(ones(x.columns)))
    return subtract(gradient, multiply(power(dimension(x.columns), number(-1)), sums))


def _nothing(gradient: Expr, x: Symbol) -> Expr:
    return zeros(*x.shape)


def _mirrored(gradient: Expr, x: Symbol) -> Expr:
    """The part with the symmetry of signs that is declared."""
    if x.facts & Fact.SKEW:
        return _skew(gradient)
    return sym(gradient) if x.facts & Fact.SYMMETRIC else gradient


def within_pattern(gradient: Expr, x: Symbol) -> Expr:
    """The entries that a band, or a triangle, leaves."""
    lower, upper = widths(x.facts)
    if lower is not None and upper is not None:
        return band(gradient, lower, upper)
    return gradient if lower is upper is None else triu(gradient) if lower == 0 else tril(gradient)


def _averaged(part: Callable[[Expr], Expr]) -> Callable[[Expr, Symbol], Expr]:
    return lambda gradient, x: part(within_pattern(_mirrored(gradient, x), x))


_ON_TANGENT_SPACE = Phrase(
    "G − {name} sym({name}ᵀG), the projection on the tangent space",
    _ABSIL,
    "ex. 3.6.2",
)
_ZERO = Phrase("zero, as {name} cannot change")
_WITHOUT_FORM = Phrase("the projection on the tangent space, of which no closed form is known here")

STRUCTURES = (
    Structure(
        _is_zero,
        Phrase("only the zero matrix is all that {name} is declared"),
        _ZERO,
        _nothing,
        is_fixed=True,
    ),
    Structure(
        _is_isolated,
        Phrase("{name} is one of finitely many matrices"),
        _ZERO,
        _nothing,
        is_fixed=True,
    ),
    Structure(
        _has(Fact.ORTHONORMAL_COLUMNS, Fact.SYMMETRIC),
        Phrase("{name} is orthogonal and symmetric"),
        Phrase(
            "½(S − {name} S {name}) with S = ½(G + Gᵀ), the projection on the tangent space",
            _EDELMAN,
        ),
        _reflected(1),
        is_curved=True,
        fact=Fact.ORTHOGONAL,
    ),
    Structure(
        _has(Fact.ORTHONORMAL_COLUMNS, Fact.SKEW),
        Phrase("{name} is orthogonal and skew"),
        Phrase(
            "½(K + {name} K {name}) with K = ½(G − Gᵀ), the projection on the tangent space",
            _EDELMAN,
        ),
        _reflected(-1),
        is_curved=True,
        fact=Fact.ORTHOGONAL,
    ),
    Structure(
        _has(Fact.ORTHOGONAL),
        Phrase("{name} is orthogonal"),
        _ON_TANGENT_SPACE,
        _tangent,
        is_curved=True,
        fact=Fact.ORTHOGONAL,
    ),
    Structure(
        _has(Fact.ORTHONORMAL_COLUMNS),
        Phrase("{name} has orthonormal columns"),
        _ON_TANGENT_SPACE,
        _tangent,
        is_curved=True,
        fact=Fact.ORTHONORMAL_COLUMNS,
    ),
    Structure(
        _has(Fact.ORTHOGONAL_PROJECTOR),
        Phrase("{name} is an orthogonal projector"),
        Phrase(
            "{name}S(I − {name}) + (I − {name})S{name} with S = ½(G + Gᵀ), "
            "the projection on the tangent space",
            _BENDOKAT,
        ),
        _turned,
        is_curved=True,
        fact=Fact.ORTHOGONAL_PROJECTOR,
    ),
    Structure(
        _has(Fact.IDEMPOTENT),
        Phrase("{name} is idempotent"),
        _WITHOUT_FORM,
        _unknown,
        is_curved=True,
        fact=Fact.IDEMPOTENT,
    ),
    Structure(
        _has(Fact.SIMPLEX, Fact.SIMPLEX_ROWS),
        Phrase("the rows and the columns of {name} sum to 1"),
        Phrase("G less the mean of each column, then less the mean of each row", _ABSIL, "ex. 3.6.2"),
        _centred_rows,
        is_curved=True,
        fact=Fact.SIMPLEX_ROWS,
    ),
    Structure(
        _has(Fact.SIMPLEX_ROWS),
        Phrase("the rows of {name} sum to 1"),
        Phrase("G less the mean of each row", _ABSIL, "ex. 3.6.2"),
        _centred_rows,
        is_curved=True,
        fact=Fact.SIMPLEX_ROWS,
    ),
    Structure(
        lambda x: bool(x.facts & Fact.SIMPLEX) and (x.is_vector or x.is_scalar),
        Phrase("the entries of {name} sum to 1"),
        Phrase("G less the mean of its entries", _ABSIL, "ex. 3.6.2"),
        _centred,
        is_curved=True,
        fact=Fact.SIMPLEX,
    ),
    Structure(
        _has(Fact.SIMPLEX),
        Phrase("the columns of {name} sum to 1"),
        Phrase("G less the mean of each column", _ABSIL, "ex. 3.6.2"),
        _centred,
        is_curved=True,
        fact=Fact.SIMPLEX,
    ),
    Structure(
        _has(Fact.DIAGONAL, Fact.TOEPLITZ),
        Phrase("{name} is a multiple of the identity"),
        Phrase("the mean of the diagonal of G"),
        lambda g, x: multiply(power(dimension(x.rows), number(-1)), trace(g), eye(x.rows)),
        fact=Fact.DIAGONAL,
        has_diagonals=True,
    ),
    Structure(
        _has(Fact.DIAGONAL),
        Phrase("{name} is diagonal"),
        Phrase("the diagonal of G"),
        lambda g, x: hadamard(eye(x.rows), g),
        fact=Fact.DIAGONAL,
    ),
    Structure(
        _has(Fact.CIRCULANT, Fact.SYMMETRIC),
        Phrase("{name} is symmetric and circulant"),
        Phrase("the mean of each cyclic diagonal of ½(G + Gᵀ)", "Chan (1988)"),
        _averaged(CirculantPart.of),
        fact=Fact.CIRCULANT,
        has_diagonals=True,
    ),
    Structure(
        _has(Fact.CIRCULANT, Fact.SKEW),
        Phrase("{name} is skew and circulant"),
        Phrase("the mean of each cyclic diagonal of ½(G − Gᵀ)", "Chan (1988)"),
        _averaged(CirculantPart.of),
        fact=Fact.CIRCULANT,
        has_diagonals=True,
    ),
    Structure(
        _has(Fact.CIRCULANT),
        Phrase("{name} is circulant"),
        Phrase("the mean of each cyclic diagonal of G", "Chan (1988)"),
        _averaged(CirculantPart.of),
        fact=Fact.CIRCULANT,
        has_diagonals=True,
    ),
    Structure(
        _has(Fact.TOEPLITZ, Fact.SYMMETRIC),
        Phrase("{name} is symmetric and Toeplitz"),
        Phrase("the mean of each diagonal of ½(G + Gᵀ)", "Chu & Plemmons (2003)"),
        _averaged(ToeplitzPart.of),
        fact=Fact.TOEPLITZ,
        has_diagonals=True,
    ),
    Structure(
        _has(Fact.TOEPLITZ, Fact.SKEW),
        Phrase("{name} is skew and Toeplitz"),
        Phrase("the mean of each diagonal of ½(G − Gᵀ)", "Chu & Plemmons (2003)"),
        _averaged(ToeplitzPart.of),
        fact=Fact.TOEPLITZ,
        has_diagonals=True,
    ),
    Structure(
        _has(Fact.TOEPLITZ),
        Phrase("{name} is Toeplitz"),
        Phrase("the mean of each diagonal of G", "Chu & Plemmons (2003)"),
        _averaged(ToeplitzPart.of),
        fact=Fact.TOEPLITZ,
        has_diagonals=True,
    ),
    Structure(
        lambda x: is_banded(x.facts) and bool(x.facts & Fact.SYMMETRIC),
        Phrase("{name} is symmetric and banded"),
        Phrase("the band of ½(G + Gᵀ)"),
        lambda g, x: within_pattern(_mirrored(g, x), x),
        has_pairs=True,
        fact=BANDS,
    ),
    Structure(
        lambda x: is_banded(x.facts) and bool(x.facts & Fact.SKEW),
        Phrase("{name} is skew and banded"),
        Phrase("the band of ½(G − Gᵀ)"),
        lambda g, x: within_pattern(_mirrored(g, x), x),
        has_pairs=True,
        fact=BANDS,
    ),
    Structure(
        lambda x: is_banded(x.facts),
        Phrase("{name} is banded"),
        Phrase("the band of G"),
        within_pattern,
        fact=BANDS,
    ),
    Structure(
        _has(Fact.SYMMETRIC),
        Phrase("{name} is symmetric"),
        Phrase("the symmetric part ½(G + Gᵀ)"),
        lambda g, x: sym(g),
        has_pairs=True,
        fact=Fact.SYMMETRIC,
    ),
    Structure(
        _has(Fact.SKEW),
        Phrase("{name} is skew"),
        Phrase("the skew part ½(G − Gᵀ)"),
        lambda g, x: _skew(g),
        has_pairs=True,
        fact=Fact.SKEW,
    ),
    Structure(
        _has(Fact.LOWER_TRIANGULAR),
        Phrase("{name} is lower triangular"),
        Phrase("the lower triangle of G"),
        lambda g, x: tril(g),
        fact=Fact.LOWER_TRIANGULAR,
    ),
    Structure(
        _has(Fact.UPPER_TRIANGULAR),
        Phrase("{name} is upper triangular"),
        Phrase("the upper triangle of G"),
        lambda g, x: triu(g),
        fact=Fact.UPPER_TRIANGULAR,
    ),
)
"""From the facts that leave least freedom to those that leave most."""

_ANY = Fact.ORTHONORMAL_COLUMNS | Fact.IDEMPOTENT | ON_SIMPLEX | Fact.SYMMETRIC | Fact.SKEW | TRIANGULAR
_ANY |= BANDS | ALONG_DIAGONALS

_UNKNOWN: tuple[tuple[Fact, Callable[[Symbol], bool]], ...] = (
    # The columns share no row: which rows are whose divides the set into pieces.
    (Fact.ORTHONORMAL_COLUMNS, lambda x: not x.is_vector and bool(x.facts & Fact.NONNEGATIVE)),
    # Projectors without negative entries have blocks, and triangular or whole ones pieces for each diagonal.
    (Fact.IDEMPOTENT, lambda x: bool(x.facts & (Fact.NONNEGATIVE | Fact.INTEGER | TRIANGULAR))),
    (ON_SIMPLEX, lambda x: bool(x.facts & (Fact.SYMMETRIC | Fact.SKEW | TRIANGULAR))),
    (Fact.ORTHONORMAL_COLUMNS | Fact.IDEMPOTENT | ON_SIMPLEX, lambda x: has_diagonals(x.facts)),
    # How many cyclic diagonals lie within a band depends on the order.
    (Fact.CIRCULANT, lambda x: is_banded(x.facts) and not x.facts & Fact.DIAGONAL),
)
"""Facts with which another one leaves no subspace and no smooth surface."""
