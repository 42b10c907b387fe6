"""Unknowns with a structure: whether a formula has it, and what they are called on arrays."""

from __future__ import annotations

from matgrad.calculus.structure import structure_of
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, variables_among
from matgrad.core.facts import FACT_ADJECTIVES, LINEAR_STRUCTURE, Fact, closure
from matgrad.core.substitution import substitute
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import multiply
from matgrad.ops.leaves import eye
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify
from matgrad.verify.equality import same_value

PARTICULAR = Phrase("a {structure} solution exists for particular right sides only")
"""Why there is no formula: the one without the structure has not got it."""
PARTICULAR_VOWEL = Phrase("an {structure} solution exists for particular right sides only")
ONLY_WHERE = Phrase("a {structure} solution exists only where {name} is {structure}")
ONLY_WHERE_VOWEL = Phrase("an {structure} solution exists only where {name} is {structure}")
NEED_NOT = Phrase("a {structure} solution need not exist")
ONLY_ZERO = Phrase("{a} = 0 has no {structure} solution but 0")
"""When a linear equation has no two solutions of a structure."""
DECLARED = Phrase("{problem}; if {name} is {structure}, declare it")
"""The same, where one variable decides."""

_NAMES = {
    Fact.DIAGONAL: "diagonal",
    Fact.SYMMETRIC: "symmetric",
    Fact.SKEW: "skew",
    Fact.LOWER_TRIANGULAR: "lower triangular",
    Fact.UPPER_TRIANGULAR: "upper triangular",
}


def structure_name(unknown: Symbol) -> str | None:
    """What solvers call the structure of an unknown; ``None`` where it has none that is a linear space."""
    if unknown.is_scalar or not unknown.is_square:
        return None
    return next((name for fact, name in _NAMES.items() if unknown.facts & fact), None)


def has_structure(value: Expr, unknown: Symbol) -> bool:
    """Whether a formula has the structure that its unknown is declared with, for all that is given."""
    structure = structure_of(unknown)
    if structure is None:
        return True
    wanted = structure.fact if structure.is_curved else unknown.facts & LINEAR_STRUCTURE & ~Fact.CONSTANT
    if wanted and value.has(wanted):
        return True
    try:
        if not structure.is_curved:
            return not structure.is_fixed and same_value(value, structure.project(value, unknown))
        if structure.fact & (Fact.ORTHOGONAL | Fact.ORTHONORMAL_COLUMNS):
            return same_value(multiply(transpose(value), value), eye(value.columns))
    except MatgradError:
        pass
    return False


def for_some(unknown: Symbol) -> Phrase | None:
    """That not every right side has a solution of the declared structure; ``None`` where none is declared."""
    structure = structure_of(unknown)
    if structure is None:
        return None
    word = FACT_ADJECTIVES[structure.fact]
    return (PARTICULAR_VOWEL if word.english[0] in "aeiou" else PARTICULAR).filled(structure=word)


def need_not_exist(value: Expr, unknown: Symbol) -> Phrase | None:
    """That a formula need not be of the sign that its unknown is declared with; ``None`` where it is."""
    wanted = (Fact.POSITIVE_DEFINITE, Fact.POSITIVE_SEMIDEFINITE, Fact.POSITIVE, Fact.NONNEGATIVE)
    lacking = next((fact for fact in wanted if unknown.facts & fact and not value.has(fact)), None)
    return None if lacking is None else NEED_NOT.filled(structure=FACT_ADJECTIVES[lacking])


def only_where(value: Expr, unknown: Symbol) -> Phrase | None:
    """That one variable has to be of the structure for a formula to be; ``None`` where that is not enough."""
    name = _deciding(value, unknown)
    structure = structure_of(unknown)
    if name is None or structure is None:
        return None
    word = FACT_ADJECTIVES[structure.fact]
    said = ONLY_WHERE_VOWEL if word.english[0] in "aeiou" else ONLY_WHERE
    return said.filled(structure=word, name=name)


def only_for_some(value: Expr, unknown: Symbol) -> Phrase:
    """That not every right side has a solution of the declared structure; the variable at which that lies."""
    structure, said = structure_of(unknown), for_some(unknown)
    assert structure is not None
    assert said is not None
    name = _deciding(value, unknown)
    if name is None:
        return said
    return DECLARED.filled(problem=said, name=name, structure=FACT_ADJECTIVES[structure.fact])


def _deciding(value: Expr, unknown: Symbol) -> str | None:
    """The variable by whose structure a formula has that of its unknown."""
    structure = structure_of(unknown)
    if structure is None:
        return None
    for symbol in variables_among(postorder([value])).values():
        if symbol.is_square and not symbol.is_scalar:
            facts = closure(symbol.facts | structure.fact)
            declared = Symbol.stand_in(symbol.label, symbol.rows, symbol.columns, facts)
            if has_structure(simplify(substitute(value, {symbol: declared})), unknown):
                return symbol.label
    return None
