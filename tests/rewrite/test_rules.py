"""Every rule is tested with numbers, by a test made from the rule itself."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import Expr
from matgrad.rewrite.rules import RULES, Rule

STATEMENTS = [
    pytest.param(rule, left, right, id=f"{rule.reason.english}, {'x'.join(map(str, left.shape))}, {place}")
    for rule in RULES
    for place, (left, right) in enumerate(rule.statements)
]


@pytest.mark.parametrize(("rule", "left", "right"), STATEMENTS)
def test_rule_keeps_value_and_shape(rule: Rule, left: Expr, right: Expr) -> None:
    assert left.shape == right.shape
    assert mg.equivalent(left, right)


@pytest.mark.parametrize(("rule", "left", "right"), STATEMENTS)
def test_rule_is_needed_and_fits(rule: Rule, left: Expr, right: Expr) -> None:
    """The constructors do not do it already, and the rule rewrites its own left side."""
    assert left is not right
    assert rule.apply(left) is right


@pytest.mark.parametrize(("rule", "left", "right"), STATEMENTS)
def test_simplification_uses_the_rule(rule: Rule, left: Expr, right: Expr) -> None:
    assert mg.simplify(left) is mg.simplify(right)


def test_every_rule_has_a_name_and_a_citation() -> None:
    assert all(rule.reason.english and rule.reason.citation for rule in RULES)
