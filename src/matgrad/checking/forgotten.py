"""What is forgotten: the ones of a sum over entries, the K of a transpose, the product rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from matgrad.calculus.derivative import AsItIs
from matgrad.calculus.derivatives import Derivatives
from matgrad.checking.case import Case, Finding, uses
from matgrad.checking.other_questions import is_answer
from matgrad.checking.trial import Trial
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, add, multiply
from matgrad.ops.kronecker import commutation
from matgrad.ops.leaves import number, ones
from matgrad.ops.transpose import transpose


def the_ones(case: Case) -> Iterator[Finding]:
    """The answer times a column or a row of ones is right: the sum over entries was forgotten."""
    if case.targets or uses(case.expr, case.change):
        return
    expr = case.expr
    for view in case.wanted[:2]:
        rows, columns = view.shape
        if expr.is_scalar:
            choices = [multiply(expr, ones(rows), transpose(ones(columns)))]
        else:
            choices = []
            if columns is ONE and expr.rows is rows:
                choices.append(multiply(expr, ones(expr.columns)))
            if columns is ONE and expr.columns is rows:
                choices.append(multiply(transpose(expr), ones(expr.rows)))
            if rows is ONE and expr.columns is columns:
                choices.append(multiply(transpose(ones(expr.rows)), expr))
        for place, whole in enumerate(choices):
            trial = Trial(case.trial.needed, [whole])
            if whole.shape == view.shape and trial.same(whole, view.expr()):
                # In NumPy's code a product of entries is the likelier slip.
                cost = 1.5 if case.answer.dialect == "numpy" else 1.2
                yield Finding("ones_missing", cost + 0.1 * place, {"old": expr, "new": whole})


def commutation_matrix(case: Case) -> Iterator[Finding]:
    """A commutation matrix beside the answer, or beside one of two equal terms of it, makes it right."""
    function, variable = case.function, case.variable
    if case.reader.entry is not None:
        return  # whoever writes entries has no vec in mind
    if case.question.order == 2:
        function = variable
    sizes = dict.fromkeys([function.shape, function.shape[::-1], variable.shape, variable.shape[::-1]])
    matrices = [commutation(*size) for size in sizes if ONE not in size]
    for target in case.targets:
        if target.view.form not in ("jacobian", "hessian") or target.view.stacked != "vec":
            continue
        for k in matrices:
            for whole in _beside(case.expr, k):
                if case.trial.same(whole, target.expr):
                    yield Finding("commutation_missing", 1.15, {"old": case.expr, "new": whole})
                    return


def _beside(expr: Expr, k: Expr) -> Iterator[Expr]:
    """An expression with a commutation matrix before or behind it, or half of it so."""
    half = number(Fraction(1, 2))
    if k.columns is expr.rows and k.rows is expr.rows:
        yield multiply(k, expr)
        yield multiply(half, add(expr, multiply(k, expr)))
    if k.rows is expr.columns and k.columns is expr.columns:
        yield multiply(expr, k)
        yield multiply(half, add(expr, multiply(expr, k)))


def product_rule(case: Case) -> Iterator[Finding]:
    """The derivative of a product as the sum, or the product, of the derivatives of its factors."""
    function, variable = case.function, case.variable
    if case.question.order != 1 or not (function.is_scalar and isinstance(function, Product)):
        return
    factors = [f for f in (*function.scalars, *_square(function)) if uses(f, variable)]
    if len(factors) < 2:
        return
    front = number(function.coefficient)
    summed = replace(case.question, function=multiply(front, add(*factors)), form="auto", layout=None)
    if is_answer(case, summed):
        yield Finding("product_rule", 1.25, {"node": function})
    elif variable.is_scalar:
        slopes = [Derivatives(f, variable, AsItIs()).first().gradient for f in factors]
        if case.trial.same(case.expr, multiply(front, *slopes)):
            yield Finding("product_rule", 1.25, {"node": function})


def _square(function: Product) -> tuple[Expr, ...]:
    """What stands in a product besides its scalars, if that is a scalar as well."""
    chain = multiply(*function.chain) if function.chain else None
    return (chain,) if chain is not None and chain.is_scalar else ()
