"""Second derivatives of sums over an index: the gradient is differentiated, and the Hessian read off."""

from __future__ import annotations

from matgrad.calculus.pushforward import pushforward
from matgrad.core.expr import Expr, postorder
from matgrad.core.words import Phrase
from matgrad.explanation.differentiations import AGAIN, NamedDifferentiation
from matgrad.explanation.families import for_each, tried_member, written_places
from matgrad.explanation.lines import THEREFORE, Formula, Line
from matgrad.explanation.reasons import HALF, MEMBER, OF_MEMBER, TERM_BY_TERM
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose

READ_OFF = Phrase("dg = H dx: read off H")


def lines_of(step: NamedDifferentiation) -> list[Line]:
    """The differential of a gradient, and the Hessian.

    Parameters
    ----------
    step : NamedDifferentiation
        The differentiation of the gradient, by a family that by one member.
    """
    subject, gradient, called = step.subject, step.given, step.name_before
    variable, change, answer = step.variable, step.change, subject.answer
    exact = pushforward(gradient, variable, change)
    moved = subject.simplify(exact)
    has_sums = any(node.binds for node in postorder(gradient))
    shown = subject.result.by_member
    if shown is None:
        assert isinstance(answer, Expr)
        rules: tuple[Phrase, ...] = (TERM_BY_TERM,) if has_sums else (AGAIN,)
        claim = ((Formula(exact), Formula(moved)),)
        lines = [Line(Formula(moved), called.differential(), rules, claims=claim)]
        if step.free is not None:
            half = multiply(transpose(step.free), step.derivative.on_vec, step.free)
            whole = (Formula(half), Formula(answer))
            return [*lines, Line(Formula(answer), subject.left_side, (HALF,), THEREFORE, (whole,))]
        whole = (Formula(vec(exact)), Formula(multiply(answer, vec(change))))
        return [*lines, Line(Formula(answer), subject.left_side, (READ_OFF,), THEREFORE, (whole,))]
    rules = (AGAIN, TERM_BY_TERM) if has_sums else (AGAIN,)
    own = written_places(shown.family, shown.places[0])
    others = written_places(variable, shown.places[1])
    sides = (for_each(Formula(exact), own), for_each(Formula(moved), own))
    lines = [Line(Formula(moved), called.differential(), rules, claims=(sides,))]
    direction: Expr = change
    along = exact
    if isinstance(variable, Family):
        direction = tried_member(variable, others)
        along = pushforward(gradient, variable, variable.stacked_at(direction, others.letters))
    both = own.joined(others)
    block = multiply(shown.expr, vec(direction))
    claims = ((for_each(Formula(vec(along)), both), for_each(Formula(block), both)),)
    reason = OF_MEMBER if shown.family is variable else MEMBER if others.letters else READ_OFF
    return [*lines, Line(Formula(shown.expr), subject.left_side, (reason,), THEREFORE, claims)]
