"""The differential method: write df out, bring it to tr(Gᵀ dX), and read the derivative off.

For matrix functions both sides are stacked, vec(dF) = J vec(dX) (Magnus & Neudecker, 2019, ch. 9).
"""

from __future__ import annotations

from fractions import Fraction

from matgrad.calculus.components import Components
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.pullback import pullback
from matgrad.calculus.variable import differential_of, project
from matgrad.core.dims import ONE
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.reason import Reason
from matgrad.explain import reasons as why
from matgrad.explain.derivation import THEREFORE, Derivation, Formula, Label, Line, Side, Written
from matgrad.explain.expansion import Expansion
from matgrad.explain.inert import Change, plus, product
from matgrad.explain.problem import Problem
from matgrad.explain.terms import terms_of
from matgrad.ops.arithmetic import Product, multiply, split_number
from matgrad.ops.leaves import is_zero, number
from matgrad.ops.structure import vec
from matgrad.ops.trace import Trace, inner_product
from matgrad.rewrite.simplify import simplify


def derivation(problem: Problem) -> Derivation:
    """Derive by differentials.

    Raises
    ------
    NotDifferentiableError
        When there is no derivative, or none is known.
    """
    return _Writer(problem).derivation()


class _Writer:
    """The lines of one derivation, as they are written."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lines: list[Line] = []
        self._shown = ""

    # ---- lines ----------------------------------------------------------------------------------

    def add(
        self,
        right: Expr,
        reasons: tuple[Reason, ...] = (),
        left: Written | None = None,
        before: Side | None = None,
    ) -> None:
        """A line that continues the one above; one that reads the same is left out."""
        side = Formula(right)
        shown = side.write("unicode")
        if left is None and shown == self._shown:
            return
        self._shown = shown
        claims = () if before is None else ((before, side),)
        self.lines.append(Line(side, left, reasons, claims=claims))

    @property
    def last(self) -> Formula:
        """The right side of the last line."""
        right = self.lines[-1].right
        assert isinstance(right, Formula)
        return right

    def then(self, right: Expr, *reasons: Reason) -> None:
        """A line equal to the last one."""
        self.add(right, reasons, before=self.last)

    def derivation(self) -> Derivation:
        problem = self.problem
        name = problem.name
        self.add(problem.function, (), name)
        if problem.plain is not problem.function:
            self.then(problem.plain, why.SIMPLIFIED)
        if problem.form == "hessian":
            raise NotDifferentiableError("not yet")
        self.expand()
        form = problem.form
        if form == "gradient" or (form == "jacobian" and problem.function.is_scalar):
            self.gradient()
        elif form == "jacobian":
            self.jacobian()
        elif form == "derivative":
            self.by_scalar()
        elif form == "differential":
            assert isinstance(problem.answer, Expr)
            self.then(problem.answer, why.COLLECT)
        else:
            raise NotDifferentiableError("not yet")
        return Derivation(
            problem.function,
            problem.variable,
            "differential",
            tuple(self.lines),
            problem.answer,
            {},
            problem.change,
            (),
            problem.language,
        )

    # ---- writing the differential out -------------------------------------------------------------

    def expand(self) -> None:
        """The lines from df to an expression that is linear in dX."""
        problem = self.problem
        expansion = Expansion(problem.plain, problem.variable, problem.change)
        name = problem.name
        left = Label(f"d{name.unicode}", rf"\mathrm{{d}}{name.latex}", f"d{name.text}")
        whole, reasons = expansion.start()
        if isinstance(whole, Change):
            whole, reasons = expansion.opened(whole)
        self.add(whole, reasons, left, Formula(Change.of(problem.plain)))
        while any(isinstance(node, Change) for node in postorder(whole)):
            whole, reasons = expansion.opened(whole)
            self.then(whole, *reasons)

    # ---- scalar functions ---------------------------------------------------------------------------

    def gradient(self) -> None:
        """From df to df = tr(Gᵀ dX), and the gradient."""
        problem = self.problem
        change = problem.change
        gradients = [pullback(term, change, number(1)) for term in terms_of(self.last.expr, change)]
        self.then(plus(*(self._inner(g) for g in gradients)), why.TRACE_LINEAR)
        whole = simplify(pullback(problem.plain, problem.variable, number(1)))
        self.then(self._inner(whole), why.COLLECT)
        answer = problem.answer
        assert isinstance(answer, Expr)
        reading = why.READ_VECTOR if problem.variable.is_vector else why.READ_GRADIENT
        self.lines.append(Line(Formula(answer), problem.left_side, (reading,), THEREFORE, ()))

    def _inner(self, gradient: Expr) -> Expr:
        """⟨G, dX⟩ as it is written: gᵀdx, tr(GᵀdX)."""
        change = self.problem.change
        if is_zero(gradient):
            return number(0)
        turned = gradient.T
        if change.is_vector or change.is_scalar:
            return product(turned, change)
        if change.is_row:
            return product(change, turned)
        if isinstance(turned, Product):
            front = [number(turned.coefficient), *turned.scalars]
            return product(*front, Trace.intern((product(*turned.chain, change),)))
        return Trace.intern((product(turned, change),))

    def jacobian(self) -> None: ...

    def by_scalar(self) -> None: ...
