"""The properties of all rooms on random seeds, and what their generator draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import matgrad as mg
from matgrad.core.expr import OPERATIONS, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.numeric.contradictions import contradiction
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.verify.sampling import samples
from tests.properties.expressions import templates
from tests.properties.rooms import Property, all_properties, families, named_functions
from tests.properties.rooms.expressions import PROPERTIES, drawn


@pytest.mark.parametrize("tried", all_properties(), ids=str)
def test_property(tried: Property) -> None:
    @settings(
        max_examples=tried.examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    @given(st.integers(min_value=0, max_value=2**32 - 1))
    def run(seed: int) -> None:
        tried.holds(seed)

    run()


def test_the_generator_reaches_every_operation() -> None:
    reached = {type(node) for template in templates() for node in postorder(template.expr)}
    # Real powers are compared in tests/ops: in random expressions their exponents leave all that is computed.
    reached |= {type(node) for node in postorder(mg.parse("X^t", "X: n×n spd, t: scalar"))}
    for seed in range(25):
        expr = families.read(families.drawn(seed)).expr
        gradients = [mg.gradient(expr, s, verify=False) for s in symbols_of(expr).values() if expr.is_scalar]
        reached |= {type(node) for node in postorder([expr, *gradients, named_functions.drawn(seed)[0]])}
    missing = {name for name, cls in OPERATIONS.items() if cls not in reached}
    assert not missing


def test_facts_hold_numerically() -> None:
    """What is inferred of random expressions is true of their values."""
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
                if facts & Fact.POSITIVE_SEMIDEFINITE and np.linalg.cond(array) > 1e12:
                    continue  # a high power, which rounded numbers do not tell from a singular matrix
                assert contradiction(facts, array) is None, (str(node), facts)
                checked += 1
    assert checked > 300


@pytest.mark.parametrize("seed", [9_009_950, 9_011_121, 9_013_485])
def test_what_campaigns_have_found(seed: int) -> None:
    """Random expressions on which a property once failed."""
    for holds in PROPERTIES:
        holds(seed)
