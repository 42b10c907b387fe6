"""The rule book of vec, ⊗, K, D, L, ∗ and ⊕: each rule holds at random points, and simplification has it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import matgrad as mg
from matgrad.ops.arithmetic import add
from matgrad.ops.leaves import ones
from matgrad.verify.equality import same_value

FILE = Path(__file__).with_name("rule_book.toml")
RULES: list[dict[str, str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["rule"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["name"])
def test_rule(rule: dict[str, str]) -> None:
    left, right = (mg.parse(rule[side], rule["given"]) for side in ("left", "right"))
    assert same_value(left, right)
    assert mg.simplify(left) is mg.simplify(right)
    assert rule["source"]


def test_a_wrong_rule_would_be_found() -> None:
    for rule in RULES:
        left, right = (mg.parse(rule[side], rule["given"]) for side in ("left", "right"))
        assert not same_value(left, add(right, ones(*right.shape)))
