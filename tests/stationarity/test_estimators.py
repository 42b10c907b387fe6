"""Textbook estimators: the published closed form, the line that is printed, and the nature."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.ops.arithmetic import subtract
from matgrad.stationarity import StationaryPoint
from matgrad.stationarity.verifying import vanishes

FILE = Path(__file__).with_name("estimators.toml")
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]


def point(case: dict[str, Any]) -> StationaryPoint:
    """The stationary point of a case."""
    return _point(case["function"], case["wrt"], case.get("given"), tuple(case.get("subject_to", ())))


@cache
def _point(function: str, wrt: str, given: str | None, subject_to: tuple[str, ...]) -> StationaryPoint:
    variables = tuple(name.strip() for name in wrt.split(","))
    return mg.stationary(function, variables, given=given, subject_to=subject_to)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_estimator(case: dict[str, Any]) -> None:
    found = point(case)
    assert found.solutions, found.equation_lines()
    assert found.verification.verified
    assert str(found) == case["printed"]
    assert found.nature == case["nature"]
    assert found.reasons
    known = {symbol.label: symbol for e in found.equations.values() for symbol in symbols_of(e).values()}
    known |= symbols_of(found.function)
    answers = case["answer"] if isinstance(case["answer"], list) else [case["answer"]]
    for variable, answer in zip(found.variables, answers, strict=True):
        published = mg.parse(answer, list(known.values()))
        assert vanishes(subtract(found.solutions[variable], published))


def test_there_are_forty() -> None:
    assert len(CASES) >= 40
    assert all(case["source"] for case in CASES)
