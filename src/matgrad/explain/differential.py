"""The differential method: write df out, bring it to tr(Gᵀ dX), and read the derivative off.

For matrix functions both sides are stacked, vec(dF) = J vec(dX) (Magnus & Neudecker, 2019, ch. 9).
"""

from __future__ import annotations

from dataclasses import replace

from matgrad.core.expr import Expr, postorder
from matgrad.core.reason import Reason
from matgrad.explain import reasons as why
from matgrad.explain.derivation import Derivation, Formula, Label, Line, Side, Written
from matgrad.explain.expansion import Expansion, is_held
from matgrad.explain.inert import Change
from matgrad.explain.problem import Problem
from matgrad.explain.reading import Reading, read


def derivation(problem: Problem) -> Derivation:
    """Derive by differentials.

    Raises
    ------
    NotDifferentiableError
        When there is no derivative, or none is known.
    """
    writer = _Writer(problem)
    writer.write()
    return Derivation(
        problem.function,
        problem.variable,
        "differential",
        tuple(writer.lines),
        problem.answer,
        change=problem.change,
        language=problem.language,
    )


class _Writer:
    """The lines of one derivation, as they are written."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lines: list[Line] = []
        self._shown = ""

    def add(
        self,
        right: Expr,
        reasons: tuple[Reason, ...] = (),
        left: Written | None = None,
        before: Side | None = None,
    ) -> None:
        """A line; one that continues the line above and reads the same is left out."""
        side = Formula(right)
        shown = side.write("unicode")
        if left is None and shown == self._shown:
            return
        self._shown = shown
        self.lines.append(Line(side, left, reasons, claims=() if before is None else ((before, side),)))

    def then(self, right: Expr, *reasons: Reason) -> None:
        """A line equal to the last one."""
        last = self.lines[-1].right
        assert isinstance(last, Formula)
        self.add(right, reasons, before=last)

    def write(self) -> None:
        """The whole derivation: the function, its differentials, and the answer."""
        problem = self.problem
        self.add(problem.function, (), problem.name)
        if problem.plain is not problem.function:
            self.then(problem.plain, why.SIMPLIFIED)
        if problem.form == "hessian":
            first = replace(problem, form="gradient", order=1, convention="subspace")
            self.stage(
                problem.plain, problem.name, Reading(first, problem.plain, first.answer, first.left_side)
            )
            assert isinstance(first.answer, Expr)
            gradient = Reading(problem, first.answer, problem.answer, problem.left_side, of=first.left_side)
            self.stage(first.answer, first.left_side, gradient)
            return
        function, name = problem.plain, problem.name
        for order in range(1, problem.order + 1):
            step = replace(problem, order=order)
            reading = Reading(step, function, step.answer, step.left_side, of=name)
            self.stage(function, name, reading)
            assert order == problem.order or isinstance(step.answer, Expr)
            function, name = step.answer, step.left_side  # type: ignore[assignment]

    def stage(self, function: Expr, name: Label, reading: Reading) -> None:
        """One differentiation: from the function to its differential, and the derivative read off it."""
        problem = self.problem
        expansion = Expansion(function, problem.variable, problem.change)
        opened = expansion.start()
        reasons = opened.reasons
        if any(node is problem.change for node in postorder(function)):
            reasons = (*reasons, why.constant_direction(problem.change))
        left = reading.left_side if reading.problem.form == "differential" else name.differential()
        self.add(opened.expr, reasons, left, Formula(Change.of(function)))
        while is_held(opened.expr):
            opened = expansion.opened(opened.expr)
            self.then(opened.expr, *opened.reasons)
        for line in read(reading, opened.expr):
            if line.left is None:
                assert isinstance(line.right, Formula)
                self.then(line.right.expr, *line.reasons)
            else:
                self.lines.append(line)
                self._shown = line.right.write("unicode")
