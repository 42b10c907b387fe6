"""The derivative of an expression: a linear map, and the views of it."""

from __future__ import annotations

from typing import Any, Protocol

from matgrad.calculus.components import Components, components
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.presentation import LAYOUTS, require_word
from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import differential_of, free_entries, is_curved, project
from matgrad.core.dims import shape_text
from matgrad.core.errors import NotDifferentiableError, ShapeError
from matgrad.core.expr import Expr, Symbol, names_in
from matgrad.core.lazy import cached_property
from matgrad.core.linear_map import LinearMap
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import multiply
from matgrad.ops.convert import to_expr
from matgrad.ops.leaves import number
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose


class Simplifier(Protocol):
    """Brings expressions to the form in which they are shown."""

    def __call__(self, expr: Expr, /) -> Expr:
        """The expression in that form."""
        ...

    def reasons(self, expr: Expr, /) -> tuple[Phrase, ...]:
        """The named rules by which an expression is brought to that form."""
        ...


class AsItIs:
    """Leaves every expression as it comes, for comparison only."""

    def __call__(self, expr: Expr, /) -> Expr:
        """The expression."""
        return expr

    def reasons(self, expr: Expr, /) -> tuple[Phrase, ...]:
        """No rules."""
        return ()


class Derivative:
    """The derivative of F at X: the linear map dX ↦ dF.

    Parameters
    ----------
    function : Expr
        F, of any shape m×n.
    variable : Symbol
        X, of any shape p×q.
    simplify : callable
        Brings each view to the form in which it is shown.
    convention : str
        How a structured variable is meant; see :func:`matgrad.gradient`.
    """

    def __init__(
        self, function: Expr, variable: Symbol, simplify: Simplifier, convention: str = "subspace"
    ) -> None:
        self.function = function
        self.variable = variable
        self.convention = convention
        self._simplify = simplify

    @cached_property
    def change(self) -> Symbol:
        """The symbol dX."""
        return differential_of(self.variable, names_in(self.function))

    def __repr__(self) -> str:
        return f"Derivative of {self.function} with respect to {self.variable}: {self.differential}"

    def _repr_latex_(self) -> str:
        function, change = self.function.shower.latex(self.function), self.differential
        return rf"$\displaystyle \mathrm{{d}}\left({function}\right) = {change.shower.latex(change)}$"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/latex": self._repr_latex_()}

    def apply(self, direction: Expr) -> Expr:
        """L[V]: the change of F when X changes by V (the Jacobian-vector product).

        Raises
        ------
        ShapeError
            When V does not have the shape of X.
        """
        direction = to_expr(direction)
        _require_shape(direction, self.variable, phrase("a direction"))
        return self._simplify(pushforward(self.function, self.variable, direction))

    def pullback(self, cotangent: Expr) -> Expr:
        """L*[G]: the gradient of ⟨G, F⟩ (the vector-Jacobian product).

        Raises
        ------
        ShapeError
            When G does not have the shape of F.
        """
        cotangent = to_expr(cotangent)
        _require_shape(cotangent, self.function, phrase("a cotangent"))
        whole = pullback(self.function, self.variable, cotangent)
        return self._simplify(project(whole, self.variable, self.convention))

    @cached_property
    def differential(self) -> Expr:
        """DF in terms of the symbol dX."""
        return self.apply(self.change)

    @cached_property
    def gradient(self) -> Expr:
        """The matrix G of the shape of X with df = ⟨G, dX⟩, for a scalar f.

        Raises
        ------
        ShapeError
            When F is not scalar.
        """
        if not self.function.is_scalar:
            raise ShapeError(
                phrase(
                    "a gradient needs a scalar function; {function} is not one",
                    function=self.function.describe(),
                ),
                fix=phrase("ask for the jacobian, or take the sum or the norm of the function first"),
            )
        return self._simplify(project(self.unstructured, self.variable, self.convention))

    @cached_property
    def unstructured(self) -> Expr:
        """The gradient of a scalar F as though the entries of X were all independent, not simplified."""
        return pullback(self.function, self.variable, number(1))

    def take_unstructured(self, gradient: Expr) -> None:
        """Take over the gradient of a scalar F from a reverse pass for several variables."""
        self.__dict__["unstructured"] = gradient

    @cached_property
    def by_scalar(self) -> Expr:
        """DF/dt of the shape of F, for a scalar variable t."""
        return self.apply(number(1))

    @cached_property
    def map(self) -> LinearMap:
        """The linear map itself, as a sum of compositions of elementary maps."""
        return linear_map_of(self.differential, self.change)

    @cached_property
    def _matrix(self) -> Expr:
        if is_curved(self.variable):
            raise NotDifferentiableError(
                phrase(
                    "{variable} moves on a curved set, where a Jacobian or Hessian on vec has no one meaning",
                    variable=self.variable,
                ),
                fix=phrase(
                    "declare {variable} without that fact, or ask for the gradient or the differential",
                    variable=self.variable,
                ),
            )
        free = free_entries(self.variable, self.convention)
        return self._simplify(self.on_vec if free is None else multiply(self.on_vec, free))

    @cached_property
    def on_vec(self) -> Expr:
        """The Jacobian in numerator layout by all entries of X, not simplified."""
        if self.function.is_scalar:
            return transpose(vec(self.unstructured))
        return self.map.kronecker()

    def jacobian(self, layout: str = "numerator") -> Expr:
        """The matrix J with vec(dF) = J vec(dX); in denominator layout its transpose.

        Raises
        ------
        ArgumentError
            For an unknown layout.
        """
        require_word(layout, phrase("layout"), LAYOUTS)
        return self._matrix if layout != "denominator" else self._simplify(transpose(self._matrix))

    @cached_property
    def components(self) -> Components:
        """∂F_ij/∂X_kl in index notation; of a structured X the entries of the projected derivative."""
        change, moved = self.free_change
        return components(moved, self.function, self.variable, change)

    @cached_property
    def free_change(self) -> tuple[Symbol, Expr]:
        """A change of X whose entries are all free, and the differential along its projection.

        The projections on linear structures are their own adjoints, so that what stands beside the
        entries of that change are those of the projected derivative.
        """
        variable = self.variable
        if structure_of(variable) is None or (is_curved(variable) and not self.function.is_scalar):
            return self.change, self.differential
        free = Symbol.stand_in(self.change.label, *variable.shape, differential=True)
        return free, self.apply(project(free, variable, self.convention))


def _require_shape(expr: Expr, like: Expr, what: str | Phrase) -> None:
    if expr.shape != like.shape:
        raise ShapeError(
            phrase(
                "{what} here is {shape}; {expr} is not",
                what=what,
                shape=shape_text(like.shape),
                expr=expr.describe(),
            )
        )
