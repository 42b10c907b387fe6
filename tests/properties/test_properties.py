"""What holds for every expression, tried on random ones over all operations."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matgrad as mg
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import OPERATIONS, Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.verify.equality import same_value
from tests.properties.expressions import Generator, shuffled, templates

QUICK = settings(max_examples=450, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


def drawn(seed: int, depth: int = 2, scalar: bool = False) -> Expr:
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


@QUICK
@given(seeds)
def test_derivative_agrees_with_the_difference_quotient(seed: int) -> None:
    expr = drawn(seed, scalar=seed % 2 == 0)
    variable = a_variable(expr, seed)
    if variable is None:
        return
    form = "auto" if expr.is_scalar or has_huge_result(expr, variable) is False else "differential"
    try:
        mg.derive(expr, variable, form=form)
    except mg.NotDifferentiableError as refusal:
        assert refusal.message


@QUICK
@given(seeds)
def test_adjoints_are_adjoint(seed: int) -> None:
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


@QUICK
@given(seeds)
def test_simplification_keeps_value_and_shape_and_is_idempotent(seed: int) -> None:
    expr = drawn(seed)
    simple = mg.simplify(expr)
    assert simple.shape == expr.shape
    assert equal(expr, simple)
    assert mg.simplify(simple) is simple


@QUICK
@given(seeds)
def test_construction_order_does_not_change_the_result(seed: int) -> None:
    expr = drawn(seed)
    assert shuffled(expr, random.Random(seed)) is expr


@QUICK
@given(seeds)
def test_parse_undoes_print(seed: int) -> None:
    expr = drawn(seed)
    known = list(symbols_of(expr).values())
    assert mg.parse(str(expr), known) is expr
    assert mg.parse(mg.printing.numpy_source(expr), known, syntax="numpy") is expr


def test_the_generator_reaches_every_operation() -> None:
    reached = {type(node) for seed in range(1500) for node in postorder(drawn(seed))}
    reached |= {type(node) for template in templates() for node in postorder(template.expr)}
    missing = {name for name, cls in OPERATIONS.items() if cls not in reached}
    assert not missing


def test_facts_hold_numerically() -> None:
    """What is inferred of random expressions is true of their values."""
    from matgrad.verify.declared import contradiction
    from matgrad.verify.evaluate import evaluate_nodes
    from matgrad.verify.precise import PreciseArrays
    from matgrad.verify.sampling import samples

    import numpy as np

    checked = 0
    for seed in range(400):
        for node in postorder(drawn(seed)):
            # Whether a matrix is invertible is no question for rounded numbers.
            facts = node.facts & ~(Fact.CONSTANT | Fact.INTEGER | Fact.INVERTIBLE)
            if not facts or not node.args:
                continue
            for sizes, values in samples([node], attempts=2):
                xp = PreciseArrays(sizes)
                try:
                    (value,) = evaluate_nodes([node], values, xp)
                except mg.MatgradError:
                    continue
                array = np.array(xp.floats(value))
                if not np.isfinite(array).all() or np.abs(array[array != 0]).min(initial=1) < 1e-100:
                    continue
                if facts & Fact.POSITIVE and (array == 0).any():
                    continue  # underflow in the conversion to float
                assert contradiction(facts, array) is None, (str(node), facts)
                checked += 1
    assert checked > 300
