"""Several linear equations in several unknowns with what is known of them, and their solution on arrays."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from matgrad import solvers
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.flags import require_flags
from matgrad.core.lazy import DeferredModule, cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.equations.equation import DEFINED, Step, require_known
from matgrad.equations.kinds import Kind, Term
from matgrad.equations.on_arrays import values_together
from matgrad.equations.structures import structure_name
from matgrad.ops.arithmetic import Sum
from matgrad.ops.leaves import zeros
from matgrad.printing.medium import require_medium
from matgrad.verify.claims import Verification

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")


@dataclass(frozen=True, repr=False)
class EquationSystem:
    """Several equations as they were understood; made by :func:`matgrad.equation` for several unknowns.

    Attributes
    ----------
    sides : tuple of pairs of Expr
        Both sides of each equation as they were given.
    unknowns : tuple of Symbol
        What they are solved for.
    form : Kind
        What they are called, when they have one solution and how that is found.
    normal : tuple of pairs of Expr
        Both sides of each with what holds unknowns on the left.
    terms : tuple
        By equation and unknown the terms A X B and A Xᵀ B; empty where there are others.
    solution : tuple of Expr or None
        The value of each unknown; ``None`` where no formula is known.
    way : tuple of pairs of Symbol and Expr
        The same in the order in which they are found, each by those before it.
    needed : tuple of Expr
        What must be invertible for the formula, beside that there is one solution.
    verification : Verification
        What was verified: the solution put back.
    no_solution : Phrase
        Why no formula is known.

    Examples
    --------
    >>> import matgrad as mg
    >>> q = mg.equation(["A X + Y B = C", "D X + Y E = F"], ["X", "Y"])
    >>> q.kind
    'coupled Sylvester equations'
    >>> s = q.solve(A=[[1.0]], B=[[2.0]], C=[[5.0]], D=[[3.0]], E=[[4.0]], F=[[11.0]])
    >>> {name: x.round(12).tolist() for name, x in s.value.items()}
    {'X': [[1.0]], 'Y': [[2.0]]}
    """

    sides: tuple[tuple[Expr, Expr], ...]
    unknowns: tuple[Symbol, ...]
    form: Kind
    normal: tuple[tuple[Expr, Expr], ...]
    terms: tuple[tuple[tuple[Term, ...], ...], ...]
    solution: tuple[Expr, ...] | None
    way: tuple[tuple[Symbol, Expr], ...]
    needed: tuple[Expr, ...]
    verification: Verification
    no_solution: Phrase = field(default=Phrase(""))

    @property
    def kind(self) -> str:
        """What they are called."""
        return self.form.name.text()

    @property
    def normal_form(self) -> str:
        """The equations with what holds unknowns on the left, in the text language."""
        return "; ".join(f"{left} = {right}" for left, right in self.normal)

    @property
    def condition(self) -> str:
        """When they have one solution."""
        return self.form.condition_text(str)

    @property
    def method(self) -> str:
        """How they are solved numerically."""
        return self.form.method.text()

    @property
    def expr(self) -> tuple[Expr, ...]:
        """The solution, an expression for each unknown.

        Raises
        ------
        ArgumentError
            Where no formula is known.
        """
        if self.solution is None:
            raise ArgumentError(
                phrase(
                    "no formula is known for the solution of {normal_form}: {no_solution}",
                    normal_form=self.normal_form,
                    no_solution=self.no_solution.text(),
                ),
                fix=phrase("q.solve(…) finds it on arrays"),
            )
        return self.solution

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The way from the equations to their solution."""
        found = [Step(*both, Phrase("the equation")) for both in self.sides]
        names = ", ".join(x.label for x in self.unknowns)
        moved = Phrase("what holds {x} on one side").filled(x=names)
        found += [
            Step(*both, moved) for both, given in zip(self.normal, self.sides, strict=True) if both != given
        ]
        found += [Step(*both, self.form.name) for both in self.way]
        return tuple(found)

    @property
    def derivation(self) -> str:
        """The way from the equations to their solution, line by line, each with its reason."""
        return "\n".join(f"{step.line()}    {step.reason.text()}" for step in self.steps)

    def legends(self, language: str = "en") -> list[str]:
        """What the operations mean by which the solution is written."""
        kinds = dict.fromkeys(type(node) for e in self.solution or () for node in postorder(e))
        return [kind.legend.text(language) for kind in kinds if kind in DEFINED]

    def lines(self, medium: str = "unicode") -> list[str]:
        """The solution, a line ``X = …`` for each unknown, which may hold those of the lines before.

        Where no formula is known it is the normal form.
        """
        require_medium(medium)
        if self.solution is None:
            return self.normal_lines(medium)
        return [Step(*both, Phrase("")).line(medium) for both in self.way]

    def normal_lines(self, medium: str = "unicode") -> list[str]:
        """The normal form, a line for each equation."""
        return [Step(*both, Phrase("")).line(medium) for both in self.normal]

    def latex(self) -> str:
        """The solution in LaTeX, for math mode."""
        return r", \quad ".join(self.lines("latex"))

    def __str__(self) -> str:
        return ", ".join(self.lines("unicode"))

    def __repr__(self) -> str:
        return f"<EquationSystem: {self.kind}, {self}, {self.verification}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    # ---- on arrays ------------------------------------------------------------------------------------

    def solve(self, *, least_squares: bool = False, **arrays: Any) -> SystemSolution:
        """Solve them on arrays.

        Parameters
        ----------
        least_squares : bool, default False
            Where they have no solution or many, take the smallest of those nearest to one.
        **arrays : array
            The array of each variable but the unknowns.

        Returns
        -------
        SystemSolution
            ``.value``, a dict by the names of the unknowns; ``.method``, ``.residual``,
            ``.reciprocal_condition``, ``.unique``.

        Raises
        ------
        DomainError
            Where they are singular, with what makes them so.
        EvaluationError
            Where an array is missing, or has another shape than the others say.
        ArgumentError
            Where a term is neither A X B nor A Xᵀ B.
        """
        require_flags(least_squares=least_squares)
        if not self.terms:
            raise ArgumentError(
                phrase(
                    "{normal_form} has terms that are neither A X B nor A X' B", normal_form=self.normal_form
                ),
                fix=phrase("mg.evaluate(q.expr[0], {…}), which is the solution on vec"),
            )
        require_known(arrays, [side for both in self.sides for side in both], self.unknowns)
        parts = [x for one in self.terms for some in one for term in some for x in (term.left, term.right)]
        rights = [right for _, right in self.normal]
        # The zero matrices of the unknowns' shapes carry those over to arrays.
        shapes = [zeros(*x.shape) for x in self.unknowns]
        values = values_together([*parts, *rights, *shapes], arrays)
        given = values[len(parts) : len(parts) + len(rights)]
        blanks = values[len(parts) + len(rights) :]
        if len(self.form.coefficients) == 4 and not any(map(structure_name, self.unknowns)):
            return self._of_pair(values[: len(parts)], given, least_squares)
        system = self._system(iter(values[: len(parts)]), given, blanks)
        found = system.solve(system.together(given), least_squares=least_squares)
        return SystemSolution(self, system.apart(found.value), found, system, system.together(given))

    def _of_pair(self, parts: list[Any], given: list[Any], least_squares: bool) -> SystemSolution:
        a, _, _, b, d, _, _, e = parts
        names = tuple(f"({x})" if isinstance(x, Sum) else str(x) for x in self.form.coefficients)
        system = solvers.CoupledSylvester(a, b, d, e, names)  # type: ignore[arg-type]
        system.text = self.normal_form
        right = np.vstack(given)
        found = system.solve(right, least_squares=least_squares)
        values = [found.value[: system.order], found.value[system.order :]]
        return SystemSolution(self, values, found, system, right)

    def _system(self, parts: Any, given: list[Any], blanks: list[Any]) -> solvers.CoupledTerms:
        terms = [
            solvers.CoupledTerm(i, k, next(parts), next(parts), term.turned)
            for i, one in enumerate(self.terms)
            for k, some in enumerate(one)
            for term in some
        ]
        return solvers.CoupledTerms(
            [x.shape for x in blanks],
            [c.shape for c in given],
            terms,
            self.normal_form,
            [structure_name(x) for x in self.unknowns],
        )


class SystemSolution:
    """The solution of several equations on arrays.

    Attributes
    ----------
    value : dict of str to array
        The value of each unknown.
    unique : bool
        Whether it is the only one.
    consistent : bool
        Whether it solves the equations; if not, it is the nearest, of least squares.
    """

    def __init__(
        self, asked: EquationSystem, values: list[Any], found: solvers.Solved, system: Any, right: Any
    ) -> None:
        self.value = {x.label: value for x, value in zip(asked.unknowns, values, strict=True)}
        self.unique, self.consistent = found.unique, found.consistent
        self._system, self._right, self._found = system, right, found.value

    @property
    def method(self) -> str:
        """How it was found."""
        if not self.consistent:
            return "least squares"
        return str(self._system.method) if self.unique else "the smallest of the solutions"

    @cached_property
    def residual(self) -> float:
        """What is left over when it is put back, relative to the sizes of the terms."""
        return float(self._system.residual(self._found, self._right))

    @cached_property
    def reciprocal_condition(self) -> float:
        """1 where the solution is as exact as the data, 0 where the equations are singular."""
        of_columns = self._system.reciprocal_condition_of_columns if self.unique else 0.0
        return float(of_columns or self._system.reciprocal_condition)

    def __repr__(self) -> str:
        return f"<SystemSolution: {self.method}, unique={self.unique}, residual={self.residual:.1e}>"
