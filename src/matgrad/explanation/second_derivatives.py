"""Second derivatives of sums over an index: the gradient is differentiated, and the Hessian read off."""

from __future__ import annotations

from matgrad.calculus.pushforward import pushforward
from matgrad.core.expr import Expr, postorder
from matgrad.core.words import Phrase
from matgrad.explanation.differentiations import AGAIN
from matgrad.explanation.families import for_each, tried_member, written_places
from matgrad.explanation.lines import THEREFORE, Formula, Label, Line
from matgrad.explanation.reasons import TERM_BY_TERM
from matgrad.explanation.subject import Subject
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.reshaping import vec

OF_MEMBER = Phrase("of the differential what belongs to one member: [k = l] where it is the same one")
READ_OFF = Phrase("dg = H dx: read off H")


def lines_of(subject: Subject, gradient: Expr, called: Label) -> list[Line]:
    """The differential of a gradient, and the Hessian.

    Parameters
    ----------
    subject : Subject
        The Hessian that is arrived at.
    gradient : Expr
        The gradient; by a family that by one member.
    called : Label
        What it is called: ∂f/∂x_k.
    """
    variable, change, answer = subject.variable, subject.change, subject.answer
    exact = pushforward(gradient, variable, change)
    moved = subject.simplify(exact)
    has_sums = any(node.binds for node in postorder(gradient))
    rules = (AGAIN, TERM_BY_TERM) if has_sums else (AGAIN,)
    shown = subject.result.by_member
    if shown is None or not isinstance(variable, Family):
        assert isinstance(answer, Expr)
        lines = [
            Line(
                Formula(moved),
                called.differential(),
                (TERM_BY_TERM,),
                claims=((Formula(exact), Formula(moved)),),
            )
        ]
        claim = (Formula(vec(exact)), Formula(multiply(answer, vec(change))))
        return [*lines, Line(Formula(answer), subject.left_side, (READ_OFF,), THEREFORE, (claim,))]
    own, others = (written_places(variable, places) for places in shown.places)
    sides = (for_each(Formula(exact), own), for_each(Formula(moved), own))
    lines = [Line(Formula(moved), called.differential(), rules, claims=(sides,))]
    direction = tried_member(variable, others)
    along = pushforward(gradient, variable, variable.stacked_at(direction, others.letters))
    both = own.joined(others)
    block = multiply(shown.expr, vec(direction))
    claim = (for_each(Formula(vec(along)), both), for_each(Formula(block), both))  # type: ignore[assignment]
    return [*lines, Line(Formula(shown.expr), subject.left_side, (OF_MEMBER,), THEREFORE, (claim,))]
