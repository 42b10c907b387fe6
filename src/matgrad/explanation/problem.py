"""What is to be derived, and the answer that a derivation must arrive at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Derivative, require_layout
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import differential_of, free_entries
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Expr, Symbol, names_in
from matgrad.core.lazy import cached_property
from matgrad.explanation.derivation import Derivation, Label, Line
from matgrad.ops.leaves import number
from matgrad.printing.index_notation import component_name
from matgrad.printing.left_side import function_name, left_side
from matgrad.printing.names import latex_name
from matgrad.rewrite.simplify import simplify

FORMS = ("auto", "gradient", "jacobian", "hessian", "differential", "components")


@dataclass(frozen=True)
class Problem:
    """A function, a variable, and the derivative that is asked for.

    Attributes
    ----------
    function : Expr
        F, as it was given.
    variable : Symbol
        X.
    order : int
        How often it is differentiated.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"components"``, or
        ``"derivative"``: by a scalar variable, of the shape of F.
    layout, convention : str
        As for :func:`matgrad.derive`.
    language : str
        ``"en"`` or ``"zh"``.
    """

    function: Expr
    variable: Symbol
    order: int = 1
    form: str = "gradient"
    layout: str = "numerator"
    convention: str = "subspace"
    language: str = "en"

    def derivation(
        self, method: str, lines: Sequence[Line], definitions: Mapping[Symbol, Expr]
    ) -> Derivation:
        """The derivation of this problem by some lines, and the names that they use."""
        return Derivation(
            self.function,
            self.variable,
            method,
            tuple(lines),
            self.answer,
            definitions,
            self.change,
            language=self.language,
        )

    @classmethod
    def of(
        cls,
        function: Expr,
        variable: Symbol,
        *,
        order: int = 1,
        form: str = "auto",
        layout: str = "numerator",
        convention: str = "subspace",
        language: str = "en",
    ) -> Problem:
        """Decide on the form as :func:`matgrad.results.derive` does.

        Raises
        ------
        ArgumentError
            For an unknown form or layout, or an order that is no whole number from 1 up.
        ShapeError
            When the form does not fit the shape of the function.
        """
        if form not in FORMS:
            raise ArgumentError(f"{form!r} is not a form", fix=" or ".join(FORMS))
        if isinstance(order, bool) or not isinstance(order, int) or order < 1:
            raise ArgumentError(f"the order is a whole number from 1 up, not {order!r}")
        require_layout(layout)
        scalar = function.is_scalar
        if form == "auto":
            form = ("gradient" if scalar else "jacobian") if order == 1 or variable.is_scalar else "hessian"
            if order > 1 and not variable.is_scalar and not (scalar and order == 2):
                form = "differential"
        if form == "hessian" or (form in ("gradient", "jacobian") and order == 2 and scalar):
            form, order = "hessian", max(order, 2)
        if variable.is_scalar and form in ("gradient", "jacobian", "hessian"):
            form = "derivative"
        if form in ("gradient", "hessian") and not scalar:
            raise ShapeError(
                f"a {form} needs a scalar function; {function.describe()} is not one",
                fix="ask for the jacobian"
                if form == "gradient"
                else "ask for the form differential with order 2",
            )
        if order > (2 if form == "hessian" else 1) and form not in ("differential", "derivative"):
            raise ArgumentError(
                f"the {form} of order {order} cannot be written as one matrix",
                fix="ask for the form differential",
            )
        return cls(function, variable, order, form, layout, convention, language)

    @cached_property
    def plain(self) -> Expr:
        """F simplified: what the engine differentiates."""
        return simplify(self.function)

    @cached_property
    def derivative(self) -> Derivative:
        """The derivative of F."""
        return Derivative(self.plain, self.variable, simplify, self.convention)

    @cached_property
    def change(self) -> Symbol:
        """The symbol dX."""
        return differential_of(self.variable, names_in(self.function))

    @cached_property
    def answer(self) -> Expr | Components:
        """The derivative that is asked for, in the form in which it is shown."""
        if self.form == "gradient":
            return self.derivative.gradient
        if self.form == "jacobian":
            return self.derivative.jacobian(self.layout)
        if self.form == "components":
            return self.derivative.components
        if self.form == "hessian":
            return self._hessian()
        direction = number(1) if self.form == "derivative" else self.change
        expr = self.plain
        for _ in range(self.order):
            expr = simplify(pushforward(expr, self.variable, direction))
        return expr

    def _hessian(self) -> Expr:
        gradient = Derivative(self.plain, self.variable, simplify).gradient
        hessian = Derivative(gradient, self.variable, simplify, self.convention).jacobian("numerator")
        free = free_entries(self.variable, self.convention)
        return hessian if free is None else simplify(free.T @ hessian)

    @cached_property
    def left_side(self) -> Label:
        """What the answer is called: ∂f/∂X, ∂vec(F)/∂vec(X)ᵀ."""
        if self.form == "components":
            assert isinstance(self.answer, Components)
            return Label(*(component_name(self.answer, medium) for medium in ("unicode", "latex", "text")))
        half = (
            self.form in ("jacobian", "hessian") and free_entries(self.variable, self.convention) is not None
        )
        layout = self.layout if self.form in ("jacobian", "hessian") else None
        convention = "independent" if half else "subspace"
        return Label(
            *(
                left_side(self.form, self.function, self.variable, self.order, layout, convention, medium)
                for medium in ("unicode", "latex", "text")
            )
        )

    @cached_property
    def name(self) -> Label:
        """What the function is called: f, or F where its values are matrices."""
        name = function_name(self.function)
        return Label(name, latex_name(name), name)
