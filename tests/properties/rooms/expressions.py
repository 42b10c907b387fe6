"""What holds for every expression: random ones over all operations."""

from __future__ import annotations

import random
from contextlib import suppress

import matgrad as mg
from matgrad.core.dims import all_symbols
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.ops.leaves import Dimension
from matgrad.verify.equality import same_value
from tests.properties.expressions import Generator, shuffled


def drawn(seed: int, scalar: bool = False) -> Expr:
    depth = 3 if seed % 5 == 0 else 2
    generator = Generator(random.Random(seed))
    return generator.scalar(depth) if scalar else generator.draw(depth)


def a_variable(expr: Expr, seed: int) -> Symbol | None:
    names = list(symbols_of(expr).values())
    return random.Random(seed).choice(names) if names else None


def equal(a: Expr, b: Expr) -> bool:
    """Whether two expressions agree; where neither has a value at any point tried, they do."""
    try:
        return same_value(a, b, points=2)
    except EvaluationError:
        return True


def has_huge_result(expr: Expr, variable: Symbol) -> bool:
    """Whether a Jacobian on vec would have too many entries for arbitrary precision."""
    return sum(m.count("*") + 1 for m in map(str, (*expr.shape, *variable.shape))) > 5


def derivative_agrees_with_the_difference_quotient(seed: int) -> None:
    """Gradients, Jacobians and Hessians pass verification; anything else is an error of ours."""
    expr = drawn(seed, scalar=seed % 2 == 0)
    variable = a_variable(expr, seed)
    if variable is None:
        return
    form = "auto" if expr.is_scalar or has_huge_result(expr, variable) is False else "differential"
    with suppress(mg.NotDifferentiableError):
        mg.derive(expr, variable, form=form)


def adjoints_are_adjoint(seed: int) -> None:
    """⟨L v, w⟩ = ⟨v, L* w⟩ for every map of every node."""
    expr = drawn(seed)
    node = random.Random(seed).choice([n for n in postorder(expr) if n.operand_indices] or [expr])
    for index in node.operand_indices:
        try:
            linear = node.linear_map(index)
            v = mg.matrix("v_", *linear.domain)
            w = mg.matrix("w_", *linear.codomain)
            left, right = mg.dot(linear.apply(v), w), mg.dot(v, linear.adjoint().apply(w))
        except mg.NotDifferentiableError:
            continue
        assert equal(left, right)


def simplification_keeps_value_and_shape_and_is_idempotent(seed: int) -> None:
    """Simplifying keeps the value and the shape, and simplifying again changes nothing."""
    expr = drawn(seed)
    simple = mg.simplify(expr)
    assert simple.shape == expr.shape
    assert equal(expr, simple)
    assert mg.simplify(simple) is simple


def construction_order_does_not_change_the_result(seed: int) -> None:
    """The same operands in another order make the same object."""
    expr = drawn(seed)
    assert shuffled(expr, random.Random(seed)) is expr


def parse_undoes_print(seed: int) -> None:
    """Parsing what is printed gives the same object, in both dialects."""
    expr = drawn(seed)
    known = list(symbols_of(expr).values())
    sizes = {d for node in postorder(expr) if isinstance(node, Dimension) for d in node.dim.symbols}
    if not sizes <= all_symbols(symbol.shape for symbol in known):
        return  # a dimension that no variable has: its name alone does not say what it is
    assert mg.parse(str(expr), known) is expr
    assert mg.parse(mg.printing.numpy_source(expr), known, syntax="numpy") is expr


PROPERTIES = (
    derivative_agrees_with_the_difference_quotient,
    adjoints_are_adjoint,
    simplification_keeps_value_and_shape_and_is_idempotent,
    construction_order_does_not_change_the_result,
    parse_undoes_print,
)

EXAMPLES = 200
