"""The derivation by a variable that cannot change, whatever the method: every derivative is zero."""

from __future__ import annotations

from matgrad.calculus.components import Components
from matgrad.calculus.pushforward import pushforward
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.entries import Indexed
from matgrad.explanation.lines import THEREFORE, Formula, Line, Side
from matgrad.explanation.reasons import within_structure
from matgrad.explanation.subject import Subject
from matgrad.ops.leaves import zeros


def derivation(subject: Subject, method: str) -> Derivation:
    """Say that the variable cannot change, and that the derivative is zero."""
    function, variable, answer = subject.plain, subject.variable, subject.answer
    reason = within_structure(variable, subject.convention)
    assert reason is not None
    right: Side = Indexed.of(answer) if isinstance(answer, Components) else Formula(answer)
    # The one direction in which the variable may change is zero.
    moved = Formula(pushforward(function, variable, zeros(*variable.shape)))
    claim = (moved, Formula(zeros(*function.shape)))
    lines = [
        Line(Formula(subject.function), subject.name),
        Line(right, subject.left_side, (reason,), THEREFORE, (claim,)),
    ]
    return subject.derivation(method, lines, {})
