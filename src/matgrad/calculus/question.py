"""What is asked: the derivative of a function by a variable, of an order, in a form and layout."""

from __future__ import annotations

from matgrad.calculus.presentation import CONVENTIONS, FORMS, LAYOUTS, require_word
from matgrad.calculus.variable import free_entries
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import phrase

HIGHEST = 12
"""The highest order: derivatives grow with the order as the partitions of a set do."""


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """A function, a variable, and the derivative that is asked for.

    Attributes
    ----------
    function : Expr
        F, of any shape m×n.
    variable : Symbol
        X, of any shape p×q.
    order : int
        How often F is differentiated.
    form : str
        One of :data:`matgrad.calculus.presentation.FORMS`; ``"auto"`` leaves it open.
    layout : str or None
        ``"numerator"``, ``"denominator"`` or ``"mixed"``; ``None`` leaves it open.
    convention : str or None
        ``"subspace"`` or ``"independent"``; ``None`` leaves it open.
    other : Symbol or None
        Of a mixed second derivative the second variable Y: the derivative by Y of the gradient by X.

    Raises
    ------
    ArgumentError
        For an unknown form, layout or convention, or an order that is no whole number from 1 to
        :data:`HIGHEST`.
    """

    function: Expr
    variable: Symbol
    order: int = 1
    form: str = "auto"
    layout: str | None = None
    convention: str | None = None
    other: Symbol | None = None

    def __post_init__(self) -> None:
        if self.form != "auto":
            require_word(self.form, phrase("form"), ("auto", *FORMS))
        if isinstance(self.order, bool) or not isinstance(self.order, int) or self.order < 1:
            raise ArgumentError(
                phrase("the order is a whole number from 1 up, not {order}", order=repr(self.order))
            )
        if self.order > HIGHEST:
            raise ArgumentError(
                phrase(
                    "derivatives are taken up to the order {highest}, not {order}",
                    highest=HIGHEST,
                    order=self.order,
                ),
                fix=phrase("a lower order"),
            )
        if self.layout is not None:
            require_word(self.layout, phrase("layout"), LAYOUTS)
        if self.convention is not None:
            require_word(self.convention, phrase("convention"), CONVENTIONS)

    def __repr__(self) -> str:
        rest = f" and {self.other}" if self.other is not None else ""
        order = "" if self.order == 1 else f" of order {self.order}"
        asked = "derivative" if self.form == "auto" else self.form
        rest += "".join(f", {word}" for word in (self.layout, self.convention) if word is not None)
        return f"<Question: the {asked}{order} of {self.function} with respect to {self.variable}{rest}>"

    def settled(self) -> Question:
        """The question with nothing left open.

        The form is then the usual one for the shapes, the layout that of the numerator, and the convention
        for structured variables that of the subspace. By a scalar, whatever matrix is asked for is the
        ``"derivative"``, of the shape of F.

        Raises
        ------
        ShapeError
            When the form does not fit the shape of the function.
        ArgumentError
            When a derivative of that order cannot be written in that form.
        """
        if self.other is not None and self.other is not self.variable:
            return self._settled_mixed(self.other)
        form, order = self._usual_form() if self.form == "auto" else self.form, self.order
        function, by_scalar = self.function, self.variable.is_scalar
        if form == "hessian" or (form in ("gradient", "jacobian") and order == 2 and function.is_scalar):
            form, order = "hessian", max(order, 2)
            if not function.is_scalar:
                raise ShapeError(
                    phrase(
                        "a Hessian needs a scalar function; {function} is not one",
                        function=function.describe(),
                    ),
                    fix=phrase("ask for the form differential with order 2"),
                )
        if by_scalar and form in ("gradient", "jacobian", "hessian"):
            form = "derivative"
        if order > (2 if form == "hessian" else 1) and form not in ("differential", "derivative"):
            raise ArgumentError(
                phrase("the {form} of order {order} cannot be written as one matrix", form=form, order=order),
                fix=phrase("ask for the form differential"),
            )
        if form == "gradient" and not function.is_scalar:
            raise ShapeError(
                phrase(
                    "a gradient needs a scalar function; {function} is not one", function=function.describe()
                ),
                fix=phrase("ask for the jacobian, or take the sum or the norm of the function first"),
            )
        layout, convention = self.layout or "numerator", self.convention or "subspace"
        return Question(function, self.variable, order, form, layout, convention)

    def _settled_mixed(self, other: Symbol) -> Question:
        """The question of a mixed second derivative with nothing left open."""
        if self.form not in ("auto", "hessian", "gradient", "jacobian") or not self.function.is_scalar:
            raise ShapeError(
                phrase(
                    "second derivatives by two variables are Hessians of scalar functions, "
                    "and not of {function} in the form {form}",
                    function=self.function.describe(),
                    form=self.form,
                ),
                fix=phrase("the Jacobian by one variable, then by the other"),
            )
        convention = self.convention or "subspace"
        if any(free_entries(x, convention) is not None for x in (self.variable, other)):
            raise ArgumentError(
                phrase("mixed second derivatives by independent entries are not known"),
                fix='convention="subspace"',
            )
        return Question(self.function, self.variable, 2, "hessian", "numerator", convention, other)

    def _usual_form(self) -> str:
        if self.variable.is_scalar:
            return "derivative"
        if self.order == 1:
            return "gradient" if self.function.is_scalar else "jacobian"
        return "hessian" if self.order == 2 and self.function.is_scalar else "differential"

    @property
    def has_layout(self) -> bool:
        """Whether the answer is a matrix on vec, of which there are two layouts."""
        return self.form in ("jacobian", "hessian")

    @property
    def free(self) -> Expr | None:
        """The duplication matrix, where a matrix on vec is by the independent entries of the variable."""
        return free_entries(self.variable, self.convention or "subspace") if self.has_layout else None
