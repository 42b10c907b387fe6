"""Every rule is tested with numbers, by a test made from the rule itself."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import add, scale
from matgrad.ops.power import square
from matgrad.ops.trigonometric import cosh, sinh
from matgrad.ops.variables import scalar
from matgrad.rewrite import simplify
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


def test_a_rule_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of CONTRIBUTING.md: with the rule alone, simplification uses and names it."""
    t, a = scalar("t"), scalar("a")
    name = Phrase("double argument", "NIST Digital Library of Mathematical Functions", "4.35.28")
    rule = Rule(name, ((add(square(cosh(t)), square(sinh(t))), cosh(scale(2, t))),))
    written = mg.parse("(3 a)*(cosh(a + 1)^2 + sinh(a + 1)^2)", [a])
    assert "sinh" in str(mg.simplify(written))
    monkeypatch.setattr(simplify, "RULES", (*RULES, rule))
    for known in ("_asked_for", "_fitting"):
        monkeypatch.setattr(simplify, known, getattr(simplify, known).__wrapped__)
    fired: list[Rule] = []
    simplified = simplify.simplify(written, fired)
    assert str(simplified) == "3 a cosh(2 a + 2)"
    assert rule in fired
    for left, right in rule.statements:
        test_rule_keeps_value_and_shape(rule, left, right)
        test_rule_is_needed_and_fits(rule, left, right)
