"""An equation with what is known of it, and its solution on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from matgrad import printing, solvers
from matgrad.calculus.linear_terms import LinearTerm
from matgrad.core.errors import ArgumentError, DomainError, EvaluationError, MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import ALONG_DIAGONALS, BANDS, Fact
from matgrad.core.flags import require_flags
from matgrad.core.labels import goes_by
from matgrad.core.lazy import DeferredModule, cached_property
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.words import Phrase, phrase
from matgrad.equations.kinds import ENTRYWISE, Kind, Term
from matgrad.equations.on_arrays import solve_for_numbers, system_on_arrays, values_together
from matgrad.equations.rank_one import update_of
from matgrad.equations.sparse import densified, is_sparse, solve_sparse
from matgrad.equations.structures import structure_name
from matgrad.numeric.contradictions import contradiction
from matgrad.numeric.evaluate import evaluate_on_arrays
from matgrad.numeric.sizes import dims_in
from matgrad.ops.arithmetic import Sum, summands
from matgrad.ops.matrix_equation import MatrixEquation
from matgrad.ops.riccati import Care, Dare
from matgrad.ops.stein import Stein
from matgrad.ops.sylvester import Sylvester
from matgrad.printing.medium import require_medium
from matgrad.verify.claims import Verification

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")

DEFINED = (MatrixEquation, Sylvester, Stein, Care, Dare)
"""Operations that a solution may be named by, each with a legend of its own."""

_OF_VALUES = Fact.ORTHONORMAL_COLUMNS | Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE | Fact.POSITIVE
_OF_VALUES |= Fact.NONNEGATIVE | BANDS | ALONG_DIAGONALS
"""What is declared of an unknown that solvers do not see to: its solution has it or not."""


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the way to the solution, and why it holds."""

    left: Expr
    right: Expr
    reason: Phrase

    def line(self, medium: str = "unicode") -> str:
        """The line as an equation."""
        return " = ".join(printing.line(side, medium, names=False) for side in (self.left, self.right))


@dataclass(frozen=True, repr=False)
class Equation:
    """A matrix equation as it was understood; made by :func:`matgrad.equation`.

    Attributes
    ----------
    left, right : Expr
        Its sides as they were given.
    unknown : Symbol
        X.
    form : Kind
        What it is called, when it has one solution and how that is found.
    normal : tuple of Expr
        Both sides with what holds X on the left.
    terms : tuple of Term
        The terms A X B and A Xᵀ B of the left side; empty where there are others.
    solution : Expr or None
        X; ``None`` where no formula is known.
    no_solution : Phrase
        Why no formula is known.
    matrix : Expr or None
        Where the terms are others: H of H ⊙ X = C, or the matrix on vec(X).
    parts : tuple of LinearTerm
        Where the terms are others: them.
    for_arrays : callable or None
        Makes the equation in the sizes of arrays, or ``None`` where they are not what is declared.
    verification : Verification
        What was verified: the solution put back.

    Examples
    --------
    >>> import matgrad as mg
    >>> q = mg.equation("A X B + C X D = E", "X")
    >>> print(q.kind)
    generalised Sylvester equation of two terms
    >>> print(mg.gradient(mg.trace(mg.equation("A X + X A' = Q", "X").expr), "Q"))
    sylvester(A', A, eye(n))
    """

    left: Expr
    right: Expr
    unknown: Symbol
    form: Kind
    normal: tuple[Expr, Expr]
    terms: tuple[Term, ...]
    solution: Expr | None
    verification: Verification
    no_solution: Phrase = field(default=Phrase(""))
    matrix: Expr | None = None
    parts: tuple[LinearTerm, ...] = ()
    for_arrays: Callable[[dict[str, Any]], Equation | None] | None = None

    @property
    def kind(self) -> str:
        """What it is called."""
        return self.form.name.text()

    @property
    def normal_form(self) -> str:
        """The equation with what holds X on the left, in the text language."""
        return f"{self.normal[0]} = {self.normal[1]}"

    @property
    def condition(self) -> str:
        """When it has one solution."""
        return self.form.condition_text(str)

    @property
    def method(self) -> str:
        """How it is solved numerically."""
        return self.form.method.text()

    @property
    def is_entrywise(self) -> bool:
        """Whether it is H ⊙ X = C."""
        return self.matrix is not None and self.form.name.english == ENTRYWISE.english

    @property
    def expr(self) -> Expr:
        """The solution, as an expression.

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
        """The way from the equation to its solution."""
        found = [Step(self.left, self.right, Phrase("the equation"))]
        if self.normal != (self.left, self.right):
            found.append(
                Step(*self.normal, Phrase("what holds {x} on one side").filled(x=self.unknown.label))
            )
        if self.solution is not None:
            found.append(Step(self.unknown, self.solution, self.form.name))
        return tuple(found)

    @property
    def derivation(self) -> str:
        """The way from the equation to its solution, line by line, each with its reason."""
        return "\n".join(f"{step.line()}    {step.reason.text()}" for step in self.steps)

    def legends(self, language: str = "en") -> list[str]:
        """What the operations mean by which the solution is written."""
        if self.solution is None:
            return []
        kinds = dict.fromkeys(type(node) for node in postorder(self.solution))
        return [kind.legend.text(language) for kind in kinds if kind in DEFINED]

    def line(self, medium: str = "unicode") -> str:
        """The solution, ``X = …``; the normal form where no formula is known."""
        require_medium(medium)
        sides = self.normal if self.solution is None else (self.unknown, self.solution)
        return " = ".join(printing.line(side, medium, names=False) for side in sides)

    def normal_line(self, medium: str = "unicode") -> str:
        """The normal form."""
        return Step(*self.normal, Phrase("")).line(medium)

    def latex(self) -> str:
        """The solution in LaTeX, for math mode."""
        return self.line("latex")

    def __str__(self) -> str:
        return self.line("unicode")

    def __repr__(self) -> str:
        return f"<Equation: {self.kind}, {self}, {self.verification}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    # ---- on arrays ------------------------------------------------------------------------------------

    def solve(self, *, least_squares: bool = False, **arrays: Any) -> Solution:
        """Solve it on arrays.

        Parameters
        ----------
        least_squares : bool, default False
            Where it has no solution or many, take the smallest of those nearest to one.
        **arrays : array
            The array of each variable but the unknown. With sparse coefficients and a right side that is
            a product of two thin factors the value has ``.left``, ``.core`` and ``.right``.

        Returns
        -------
        Solution
            ``.value``, ``.method``, ``.residual``, ``.reciprocal_condition``, ``.unique``. A column has one
            axis where all columns were given with one.

        Raises
        ------
        DomainError
            Where it is singular, with the pair of eigenvalues that makes it so.
        EvaluationError
            Where an array is missing, or of no variable of the equation, or has another shape than the
            others say. A matrix that was taken to be square and was not declared so may be rectangular.

        Examples
        --------
        >>> import matgrad as mg
        >>> s = mg.equation("A X + X B = C", "X").solve(A=[[1.0]], B=[[2.0]], C=[[6.0]])
        >>> s.value.tolist(), s.unique
        ([[2.0]], True)
        """
        require_flags(least_squares=least_squares)
        require_known(arrays, [self.left, self.right], [self.unknown])
        try:
            found = self._solved(arrays, least_squares=least_squares)
        except EvaluationError as error:
            is_of_sizes = bool(self.terms) and type(error) is EvaluationError
            again = self.for_arrays(arrays) if is_of_sizes and self.for_arrays is not None else None
            if again is None:
                raise
            return again.solve(least_squares=least_squares, **arrays)
        return found.flattened() if self.unknown.is_vector and self._is_flat(arrays) else found

    def _is_flat(self, arrays: dict[str, Any]) -> bool:
        """Whether all columns were given as arrays of one axis."""
        columns = [x.label for x in symbols_of([self.left, self.right]).values() if x.is_vector]
        given = [array for name, array in arrays.items() if any(goes_by(label, name) for label in columns)]
        return bool(given) and all(np.ndim(array) == 1 for array in given)

    def _solved(self, arrays: dict[str, Any], *, least_squares: bool) -> Solution:
        """The solution, columns as matrices."""
        if is_sparse(arrays):
            factors = solve_sparse(self.terms, self.normal[1], arrays)
            if factors is not None:
                return Solution(factors, True, True, None, None, method=factors.method)
            arrays = densified(arrays)
        if not self.terms:
            return self._otherwise(arrays, least_squares=least_squares)
        coefficients = [x for term in self.terms for x in (term.left, term.right)]
        plain = sum(not term.turned for term in self.terms)
        values = values_together([*coefficients, self.normal[1]], arrays)
        names = [f"({x})" if isinstance(x, Sum) else str(x) for x in coefficients]
        system = solvers.system_of(plain, values[:-1], names, self.normal_form)
        return self._solution(system, values[-1], least_squares=least_squares)

    def _solution(self, system: solvers.LinearSystem, c: Any, *, least_squares: bool) -> Solution:
        """That of a system, with the structure that the unknown is declared with."""
        structure = structure_name(self.unknown)
        if structure is None:
            found = system.solve(c, least_squares=least_squares)
        else:
            found = self._with_structure(system, c, structure, least_squares=least_squares)
        self._require_declared(found.value, self.unknown.facts & _OF_VALUES)
        return Solution(found.value, found.unique, found.consistent, system, c)

    def _require_declared(self, value: Any, facts: Fact) -> None:
        """Refuse a solution that is not what its unknown is declared to be.

        Raises
        ------
        DomainError
            When it is not.
        """
        if np.ndim(value) == 2 and contradiction(facts, value) is not None:
            raise DomainError(
                phrase(
                    "the solution of {normal_form} for these arrays is not what {unknown} is declared to be",
                    normal_form=self.normal_form,
                    unknown=self.unknown.label,
                ),
                fix=phrase(
                    "mg.stationary for the nearest one, or {unknown} without the declaration",
                    unknown=self.unknown.label,
                ),
            )

    def _with_structure(
        self, system: solvers.LinearSystem, c: Any, structure: str, *, least_squares: bool
    ) -> solvers.Solved:
        """The solution without the structure where it has it, else the one on the independent entries."""
        singular: MatgradError | None = None
        try:
            found = system.solve(c, least_squares=least_squares)
            away = _distance(found.value, structure)
            if away > 1e-10 and self.solution is not None and system.reciprocal_condition:
                # The formula has the structure: what is off is rounding.
                away = away if away > 1e-14 / system.reciprocal_condition else 0.0
            if away <= 1e-10:
                return found
        except solvers.SingularEquationError as error:
            singular = error
        try:
            return solvers.solve_structured(system, c, structure, least_squares=least_squares)
        except solvers.SingularEquationError:
            if singular is not None and self.solution is not None:
                raise singular from None
            raise

    def _otherwise(self, arrays: dict[str, Any], *, least_squares: bool) -> Solution:
        """Where it is no sum of terms A X B: entry by entry, on vec(X), or by the formula."""
        if self.matrix is None:
            if least_squares:
                raise ArgumentError(
                    phrase(
                        "{normal_form} is not linear in {unknown}: it has no least squares",
                        normal_form=self.normal_form,
                        unknown=self.unknown.label,
                    ),
                    fix="least_squares=False",
                )
            return self._on_arrays(arrays)
        if self.parts and all(update_of(part) is not None for part in self.parts):
            found = solve_for_numbers(self.parts, self.normal[1], arrays, least_squares=least_squares)
            value, left_over, unique = found
            consistent = left_over < 1e-10
            method = "least squares" if not consistent else "the smallest of the solutions"
            return Solution(value, unique, consistent, None, None, left_over, method)
        if self.is_entrywise:
            matrix, c = values_together([self.matrix, self.normal[1]], arrays)
            system: solvers.LinearSystem = solvers.Entrywise(matrix, str(self.matrix))
        else:
            system, c = system_on_arrays(self.parts, self.matrix, self.normal[1], arrays)
        system.text = self.normal_form
        return self._solution(system, c, least_squares=least_squares)

    def _on_arrays(self, arrays: dict[str, Any]) -> Solution:
        """By the formula, where it is no sum of terms A X B."""
        value = evaluate_on_arrays(self.expr, _needed(self.expr, arrays))
        if self.form.exists is not None:
            self._require_declared(value, self.unknown.facts)
        back = {**arrays, self.unknown.label: value}
        whole = self.normal[0] - self.normal[1]
        parts = summands(whole)
        terms = [evaluate_on_arrays(term, _needed(term, back)) for term in parts]
        size = sum(float(np.max(np.abs(term), initial=0)) for term in terms)
        left_over = float(np.max(np.abs(sum(terms)), initial=0)) / size if size else 0.0
        return Solution(value, not self.form.is_one_of_several, True, None, None, left_over, self.method)


class Solution:
    """The solution of an equation on arrays.

    Attributes
    ----------
    value : array
        X.
    unique : bool
        Whether it is the only one.
    consistent : bool
        Whether it solves the equation; if not, it is the nearest, of least squares.
    """

    def __init__(
        self,
        value: Any,
        unique: bool,
        consistent: bool,
        system: solvers.LinearSystem | None,
        right: Any,
        left_over: float = 0.0,
        method: str = "",
    ) -> None:
        self.value, self.unique, self.consistent = value, unique, consistent
        self._matrix = value
        self._system, self._right, self._left_over, self._method = system, right, left_over, method

    def flattened(self) -> Solution:
        """The same, with the column as an array of one axis."""
        self.value = self._matrix.ravel()
        return self

    @property
    def method(self) -> str:
        """How it was found."""
        if self._system is None:
            return self._method
        if not self.consistent:
            return "least squares"
        return self._system.method if self.unique else "the smallest of the solutions"

    @cached_property
    def residual(self) -> float:
        """What is left over when it is put back, relative to the sizes of the terms."""
        if self._system is not None:
            return self._system.residual(self._matrix, self._right)
        if isinstance(self._matrix, solvers.LowRank):
            return self._matrix.residual
        return self._left_over

    @cached_property
    def reciprocal_condition(self) -> float | None:
        """1 where the solution is as exact as the data, 0 where the equation is singular."""
        if self._system is None:
            return None
        of_columns = self._system.reciprocal_condition_of_columns if self.unique else 0.0
        return of_columns or self._system.reciprocal_condition

    def __repr__(self) -> str:
        return f"<Solution: {self.method}, unique={self.unique}, residual={self.residual:.1e}>"


def _needed(expr: Expr, arrays: dict[str, Any]) -> dict[str, Any]:
    names = set(symbols_of(expr))
    return {name: array for name, array in arrays.items() if name in names}


def require_known(arrays: dict[str, Any], sides: Sequence[Expr], unknowns: Sequence[Symbol]) -> None:
    """Refuse arrays that equations have no variable or dimension for.

    Raises
    ------
    EvaluationError
        Where there is one.
    """
    solved_for = {x.label for x in unknowns}
    labels = [name for name in symbols_of(sides) if name not in solved_for]
    sizes = {name for dim in dims_in(postorder(sides)) for name in dim.symbols}
    for name in arrays:
        if name in solved_for:
            raise EvaluationError(
                phrase("{name} is what the equation is solved for", name=name), fix=phrase("the other arrays")
            )
        if name not in sizes and not any(label == name or goes_by(label, name) for label in labels):
            near = nearest(name, labels, 0.5)
            raise EvaluationError(
                phrase(
                    "{name} is not a variable of the equation, which has {labels}",
                    name=repr(name),
                    labels=", ".join(labels) or phrase("none"),
                ),
                fix=near or phrase("leave {name} out", name=repr(name)),
            )


def _distance(x: Any, structure: str) -> float:
    """How far a matrix is from a structure, relative to its size."""
    entries = solvers.independent_entries(structure, len(x))
    near = entries.matrix(entries.gathered(x) / entries.weights**2)
    size = float(abs(x).max(initial=0))
    return float(abs(x - near).max(initial=0)) / size if size else 0.0
