"""Answers to another question: by another variable, of another function, of another order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import singledispatch

from matgrad.calculus.dependence import dependent_nodes
from matgrad.calculus.derivative import AsItIs
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.question import Question
from matgrad.checking.case import Case, Finding, uses
from matgrad.checking.views import Views
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.ops.arithmetic import Product, add, multiply
from matgrad.ops.determinant import Determinant, LogDet, det, logdet
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.identities.scalar_products import total
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import number, ones
from matgrad.ops.matrix_functions import Expm, Logm, Sqrtm, expm
from matgrad.ops.power import Exp, Power, exp, log, power
from matgrad.ops.trace import Trace, trace
from matgrad.ops.transpose import Transpose, transpose

LARGEST = 40
"""Functions of more operations than this are not searched."""


def function_itself(case: Case) -> Iterator[Finding]:
    """The function was repeated, or its derivative of another order was given."""
    if case.trial.same(case.expr, case.function):
        yield Finding("function_itself", 1.1)
    for order in (1, 2):
        other = replace(case.question, order=order, form="auto", layout=None)
        is_other = order != case.question.order and case.function.is_scalar
        if is_other and is_answer(case, other):
            yield Finding("order", 1.2, {"order": str(order), "wanted": str(case.question.order)})


def other_variable(case: Case) -> Iterator[Finding]:
    """The derivative with respect to another variable."""
    for symbol in case.symbols:
        if symbol is case.variable or symbol is case.change or not uses(case.function, symbol):
            continue
        question = replace(case.question, variable=symbol, form="auto", layout=None)
        if is_answer(case, question):
            fields = {"other": symbol, "name": case.variable}
            # What has not the shape of a derivative by X is hardly taken for one.
            cost = 1.2 if symbol.shape == case.variable.shape else 1.4
            yield Finding("other_variable", cost, fields)


def stopped_early(case: Case) -> Iterator[Finding]:
    """The derivative with respect to a part of the function that depends on the variable."""
    order = dependent_nodes(case.function, case.variable)
    if len(order) > LARGEST or case.question.order != 1:
        return
    for node in reversed(order):
        if node is case.function or node is case.variable or node is transpose(case.variable):
            continue
        stand_in = Symbol.stand_in("the inner part", *node.shape)
        both = {node: stand_in, transpose(node): transpose(stand_in)}
        outer = rewrite_bottom_up(case.function, both.get)
        if uses(outer, case.variable):
            continue
        if is_answer(case, Question(outer, stand_in), {stand_in: node}):
            inner = min(node, transpose(node), key=_transposes)
            yield Finding("inner_derivative", 1.35, {"inner": inner, "name": case.variable})
            return


def _transposes(expr: Expr) -> int:
    """How many transposes are written in an expression, and in a row."""
    return sum(isinstance(node, Transpose) for node in postorder(expr)) + (2 if expr.is_row else 0)


def other_function(case: Case) -> Iterator[Finding]:
    """The derivative of a function that differs from the one asked in a single operation."""
    order = dependent_nodes(case.function, case.variable)
    if len(order) > LARGEST:
        return
    seen: set[Expr] = {case.function}
    for node in order:
        for cost, other in _mistaken(node):
            if other.shape != node.shape:
                continue
            try:
                misread = _with(case.function, node, other)
            except MatgradError:
                continue
            if misread in seen:
                continue
            seen.add(misread)
            if is_answer(case, replace(case.question, function=misread, form="auto", layout=None)):
                fields = {"misread": misread, "old": node, "new": other}
                yield Finding("other_function", cost, fields)


def _with(root: Expr, node: Expr, other: Expr) -> Expr:
    """An expression with one of its nodes replaced."""
    return rewrite_bottom_up(root, lambda n: other if n is node else None)


def is_answer(case: Case, question: Question, back: dict[Symbol, Expr] | None = None) -> bool:
    """Whether the answer is right for another problem."""
    try:
        # The forms are compared and never shown, so that they may be left as they come.
        views = Views(question, Derivatives(question.function, question.variable, AsItIs()))
        for view in views.all():
            if view.shape != case.expr.shape or view.form == "differential":
                continue
            expr = view.expr()
            if case.trial.same(case.expr, expr.substitute(back) if back else expr):
                return True
    except MatgradError:
        return False
    return False


def _mistaken(node: Expr) -> Iterator[tuple[float, Expr]]:
    """What an operation may be mistaken for."""
    x = node.args[0] if node.args else node
    try:
        yield from _functions(node, x)
        if isinstance(node, Hadamard) and len(node.args) == 2:
            a, b = node.args
            for pair in ((a, b), (b, a), (a, transpose(b)), (transpose(a), b)):
                if pair[0].columns is pair[1].rows:
                    yield 1.7, multiply(*pair)
        if isinstance(node, Product):
            yield from _products(node)
        if node.is_square and not node.is_scalar:
            yield 1.9, transpose(node)
    except MatgradError:
        return


@singledispatch
def _functions(node: Expr, x: Expr) -> Iterator[tuple[float, Expr]]:
    """What the function of x may be mistaken for, and how far-fetched that is."""
    yield from ()


@_functions.register
def _(node: Exp, x: Expr) -> Iterator[tuple[float, Expr]]:
    if x.is_square and not x.is_scalar:
        yield 1.6, expm(x)


@_functions.register
def _(node: Expm, x: Expr) -> Iterator[tuple[float, Expr]]:
    yield 1.6, exp(x)


@_functions.register
def _(node: Logm, x: Expr) -> Iterator[tuple[float, Expr]]:
    yield 1.6, log(x)


@_functions.register
def _(node: Sqrtm, x: Expr) -> Iterator[tuple[float, Expr]]:
    yield 1.6, power(x, number(1) / number(2))


@_functions.register
def _(node: Inverse, x: Expr) -> Iterator[tuple[float, Expr]]:
    yield 1.6, power(x, number(-1))
    yield 1.8, x


@_functions.register
def _(node: Power, x: Expr) -> Iterator[tuple[float, Expr]]:
    if x.is_square and not x.is_scalar:
        yield 1.6, inv(x)
    yield 1.7, x
    yield 1.8, power(x, add(node.args[1], number(1)))


@_functions.register
def _(node: Determinant, x: Expr) -> Iterator[tuple[float, Expr]]:
    yield 1.6, logdet(x)
    yield 1.6, trace(x)


@_functions.register
def _(node: LogDet, x: Expr) -> Iterator[tuple[float, Expr]]:
    yield 1.6, det(x)
    yield 1.6, trace(x)


@_functions.register
def _(node: Trace, x: Expr) -> Iterator[tuple[float, Expr]]:
    yield 1.6, total(x)
    yield 1.7, det(x)


def _products(node: Product) -> Iterator[tuple[float, Expr]]:
    chain = node.chain
    front = multiply(number(node.coefficient), *node.scalars)
    is_plain = node.is_scalar and node.coefficient == 1 and not node.scalars
    if is_plain and len(chain) == 2 and chain[0] is transpose(chain[1]):
        yield 1.6, power(node, number(1) / number(2))
    if node.is_scalar and len(chain) > 2 and chain[0] is transpose(ones(chain[0].columns)):
        middle = multiply(*chain[1:-1])
        if chain[-1] is ones(chain[-1].rows) and middle.is_square:
            yield 1.6, multiply(front, trace(middle))
    for i in range(len(chain) - 1):
        a, b = chain[i], chain[i + 1]
        if a.shape == b.shape and not a.is_scalar:
            yield 1.7, multiply(front, *chain[:i], hadamard(a, b), *chain[i + 2 :])
