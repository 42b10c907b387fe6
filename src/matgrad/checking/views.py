"""The forms in which a derivative may be written: each is a view of one linear map.

A view knows its shape before its expression is made, so that only those that an answer can be are
made at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from matgrad.calculus.by_member import ByMember, gradient_by_member, hessian_by_members, stacked
from matgrad.calculus.derivative import Derivative
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.question import Question
from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import free_entries, is_curved
from matgrad.checking.answer_places import blocks_of
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.ops.indices.members import Family
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose
from matgrad.ops.vec_matrices import elimination, vech
from matgrad.rewrite.simplifier import RememberingSimplifier


@dataclass(frozen=True)
class View:
    """One way to write the derivative.

    Attributes
    ----------
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"derivative"`` (by a
        scalar), or ``"function"`` for an expression that only is to have a given value.
    layout : str or None
        ``"numerator"`` or ``"denominator"``; ``None`` where there is but one.
    convention : str or None
        ``"subspace"`` or ``"independent"`` for a symmetric or skew variable; else ``None``.
    stacked : str
        ``"vec"`` or ``"vech"`` where a matrix is written as a column or row of its entries.
    shape : (Dim, Dim)
        Its shape.
    """

    form: str
    layout: str | None
    convention: str | None
    stacked: str
    shape: Shape
    build: Callable[[], Expr]

    def expr(self) -> Expr:
        """The view itself."""
        return self.build()


class Views:
    """All forms of the derivative that a question is about.

    Parameters
    ----------
    question : Question
        The function and the variable, and what is asked for; it may be left open.
    derivatives : Derivatives, optional
        Those of the function by the variable, where some of them were made before.
    """

    def __init__(self, question: Question, derivatives: Derivatives | None = None) -> None:
        self.question = question
        function, variable = question.function, question.variable
        self.derivatives = derivatives or Derivatives(function, variable, RememberingSimplifier())
        self.change = self.derivatives.change

    def asked(self, question: Question) -> Views:
        """The same forms for another question about the same function and variable."""
        return Views(question, self.derivatives)

    def all(self) -> list[View]:
        """Every form, the most usual first, whatever is asked for."""
        question = self.question
        found: list[View] = []
        if question.variable.is_scalar:
            found += self._by_scalar()
        elif question.order == 1:
            found += self._gradients() if question.function.is_scalar else self._jacobians()
        elif question.order == 2 and question.function.is_scalar:
            found += self._hessians()
        return found + list(self._differentials())

    def wanted(self) -> list[View]:
        """The forms that answer the problem as it was asked."""
        question = self.question
        return [
            view
            for view in self.all()
            if question.form in ("auto", view.form, *self._other_names(view))
            and (question.layout is None or view.layout in (None, _column_layout(question.layout, view.form)))
            and (question.convention is None or view.convention in (None, question.convention))
        ]

    def _other_names(self, view: View) -> tuple[str, ...]:
        """What else a form is called: partial derivatives in a line are the Jacobian of a scalar."""
        if view.form == "derivative":
            return ("gradient", "jacobian", "hessian")
        if view.form == "hessian_by_member":
            return ("hessian",)
        is_line = _is_line(self.question.variable.shape)
        return ("jacobian",) if view.form == "gradient" and is_line else ()

    def _answer(self, form: str, convention: str | None) -> Callable[[], Expr]:
        """Makes the derivative in a form, when it is asked for."""
        question = replace(self.question, form=form, layout="numerator", convention=convention or "subspace")

        def answer() -> Expr:
            found = self.derivatives.answer(question)
            assert isinstance(found, Expr)
            return found

        return answer

    # ---- the forms ------------------------------------------------------------------------------

    def _conventions(self) -> list[str | None]:
        structure = structure_of(self.question.variable)
        if structure is None:
            return [None]
        return ["subspace", "independent"] if structure.has_pairs else ["subspace"]

    def _gradients(self) -> Iterator[View]:
        variable = self.question.variable
        for convention in self._conventions():
            derivative = self.derivatives.first(convention or "subspace")
            yield from _both(
                "gradient", convention, "", variable.shape, partial(_gradient, derivative), column_first=True
            )
        for convention in self._conventions():
            derivative = self.derivatives.first(convention or "subspace")
            if not _is_line(variable.shape):
                size = (variable.rows * variable.columns, ONE)
                yield from _both(
                    "jacobian",
                    convention,
                    "vec",
                    size,
                    partial(_stacked_gradient, derivative, vec),
                    column_first=False,
                )
            if convention == "independent" and variable.has(Fact.SYMMETRIC):
                yield from _both(
                    "jacobian",
                    convention,
                    "vech",
                    (_triangle(variable.rows), ONE),
                    partial(_stacked_gradient, derivative, vech),
                    column_first=False,
                )

    def _jacobians(self) -> Iterator[View]:
        function, variable = self.question.function, self.question.variable
        if is_curved(variable):
            return
        rows, columns = function.rows * function.columns, variable.rows * variable.columns
        stacked = "" if _is_line(function.shape) and _is_line(variable.shape) else "vec"
        for convention in self._conventions():
            derivative = self.derivatives.first(convention or "subspace")
            free = free_entries(variable, convention or "subspace")
            if convention == "independent" and free is None:
                continue
            width = columns if free is None else free.columns
            yield from _both(
                "jacobian",
                convention,
                stacked if free is None else "vech",
                (rows, width),
                partial(_jacobian, derivative),
                column_first=False,
                turned=True,
            )
            if free is not None and function.has(Fact.SYMMETRIC):
                half = elimination(function.rows)
                yield from _both(
                    "jacobian",
                    convention,
                    "vech",
                    (half.rows, width),
                    partial(_jacobian, derivative, half),
                    column_first=False,
                    turned=True,
                )

    def _hessians(self) -> Iterator[View]:
        variable = self.question.variable
        if is_curved(variable):
            return
        size = variable.rows * variable.columns
        for convention in self._conventions():
            free = free_entries(variable, convention or "subspace")
            if convention == "independent" and free is None:
                continue

            width = size if free is None else free.columns
            stacked = "" if _is_line(variable.shape) else "vec" if free is None else "vech"
            hessian = self._answer("hessian", convention)
            yield View("hessian", None, convention, stacked, (width, width), hessian)
        if isinstance(variable, Family):
            yield View("hessian_by_member", None, None, "", blocks_of(variable).shape, self._of_one_member)

    def _of_one_member(self) -> Expr:
        """The second derivatives by one member twice, of every member."""
        variable, simplify = self.question.variable, self.derivatives.simplify
        assert isinstance(variable, Family)
        whole = self.derivatives.first().unstructured
        first = gradient_by_member(variable, whole, simplify, self.question.convention or "subspace")
        found = hessian_by_members(first, simplify)
        one, other = found.places
        names = [name for place in other for name in place.names]
        twice = found.expr.substitute(dict(zip(names, one, strict=True)))
        return stacked(ByMember(blocks_of(variable), (one,), twice))

    def _by_scalar(self) -> Iterator[View]:
        shape = self.question.function.shape

        derivative = self._answer("derivative", None)
        if self.question.function.is_scalar:
            yield View("derivative", None, None, "", shape, derivative)
            return
        yield View("derivative", "numerator", None, "", shape, derivative)
        yield View("derivative", "denominator", None, "", _turned(shape), lambda: transpose(derivative()))
        if not _is_line(shape):
            column = (shape[0] * shape[1], ONE)
            yield View("derivative", "numerator", None, "vec", column, lambda: vec(derivative()))
            yield View(
                "derivative",
                "denominator",
                None,
                "vec",
                _turned(column),
                lambda: transpose(vec(derivative())),
            )

    def _differentials(self) -> Iterator[View]:
        shape = self.question.function.shape

        differential = self._answer("differential", None)
        yield View("differential", None, None, "", shape, differential)
        if not _is_line(shape):
            yield View(
                "differential", None, None, "vec", (shape[0] * shape[1], ONE), lambda: vec(differential())
            )


def _gradient(derivative: Derivative) -> Expr:
    return derivative.gradient


def _stacked_gradient(derivative: Derivative, stack: Callable[[Expr], Expr]) -> Expr:
    return stack(derivative.gradient)


def _jacobian(derivative: Derivative, rows: Expr | None = None) -> Expr:
    """The Jacobian; with ``rows``, of the independent entries of a symmetric function."""
    whole = derivative.jacobian("numerator")
    return whole if rows is None else rows @ whole


def _both(
    form: str,
    convention: str | None,
    stacked: str,
    shape: Shape,
    build: Callable[[], Expr],
    *,
    column_first: bool,
    turned: bool = False,
) -> list[View]:
    """A view in both layouts: as it is built, and transposed.

    Gradients and columns are built in denominator layout, Jacobians (``turned``) in numerator
    layout.
    """
    built, other = ("numerator", "denominator") if turned else ("denominator", "numerator")
    views = [
        View(form, built, convention, stacked, shape, build),
        View(form, other, convention, stacked, _turned(shape), lambda: transpose(build())),
    ]
    return views if column_first or turned else views[::-1]


def _turned(shape: Shape) -> Shape:
    return (shape[1], shape[0])


def _is_line(shape: Shape) -> bool:
    """Whether a matrix is a column or a row, which needs no vec."""
    return ONE in shape


def _triangle(n: Dim) -> Dim:
    return (n * (n + 1)).halved()


def _column_layout(layout: str, form: str) -> str:
    """The layout that is meant: in mixed layout gradients are columns and Jacobians are not."""
    if layout == "mixed":
        return "denominator" if form == "gradient" else "numerator"
    return layout
