"""∂²f/∂t ∂xᵀ of a scalar t: derived by x first, then by t, and turned, for the order does not matter."""

from __future__ import annotations

from dataclasses import replace

from matgrad.calculus.question import Question
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.families import for_each, written_places
from matgrad.explanation.lines import MEDIA, THEREFORE, Formula, Label, Line, Side
from matgrad.ops.transpose import transpose
from matgrad.results import Result

ORDER = Phrase("the order of differentiation does not matter", "Magnus & Neudecker (2019)", "ch. 6, sec. 7")


def is_by_scalar_first(question: Question) -> bool:
    """Whether a mixed second derivative is by a scalar first, and then by what is none."""
    other = question.other
    return other is not None and question.variable.is_scalar and not other.is_scalar


def turned(question: Question) -> Question:
    """The question with its two variables exchanged."""
    assert question.other is not None
    return replace(question, variable=question.other, other=question.variable)


def as_asked(derivation: Derivation, known: Result, result: Result) -> Derivation:
    """The derivation by the other order, and the answer that is its transpose."""
    shown, before = result.by_member, known.by_member
    answer: object = result.expr if shown is None else shown.expr
    found: object = known.expr if before is None else before.expr
    assert isinstance(answer, Expr)
    assert isinstance(found, Expr)
    sides: tuple[Side, Side] = (Formula(transpose(found)), Formula(answer))
    if shown is not None and before is not None and shown.second is not None:
        places = written_places(shown.second, shown.places[1])
        letters = {
            name: at for old, at in zip(before.places[0], shown.places[1], strict=True) for name in old.names
        }
        same = transpose(found.substitute(letters))
        sides = (for_each(Formula(same), places), for_each(Formula(answer), places))
    left = Label(*(result.left_side(medium) for medium in MEDIA))
    line = Line(Formula(answer), left, (ORDER,), THEREFORE, (sides,))
    return replace(derivation, lines=(*derivation.lines, line), result=result.expr)
