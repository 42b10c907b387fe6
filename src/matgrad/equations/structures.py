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


def only_for_some(value: Expr, unknown: Symbol) -> Phrase:
    """That not every right side has a solution of the declared structure; the variable at which that lies."""
    structure = structure_of(unknown)
    assert structure is not None
    word = FACT_ADJECTIVES[structure.fact]
    said = (PARTICULAR_VOWEL if word.english[0] in "aeiou" else PARTICULAR).filled(structure=word)
    for symbol in variables_among(postorder([value])).values():
        if symbol.is_square and not symbol.is_scalar:
            facts = closure(symbol.facts | structure.fact)
            declared = Symbol.stand_in(symbol.label, symbol.rows, symbol.columns, facts)
            if has_structure(simplify(substitute(value, {symbol: declared})), unknown):
                return DECLARED.filled(problem=said, name=symbol.label, structure=word)
    return said
