"""No computed form of a golden case is less accurate than the program as it was typed, whatever its data."""

from __future__ import annotations

import pytest

from tests.compilation.accuracy import losses, problem
from tests.compilation.golden import TOPICS
from tests.golden.loader import cases

SOLVERS = {"operations: operation: solution of a two-term matrix equation, gradient"}
"""Cases in which two programs use different algorithms: Schur forms of pairs, and one dense system."""

SHARED = 6
"""Every so many cases of a topic are one test."""


@pytest.mark.parametrize("part", range(SHARED))
@pytest.mark.parametrize("topic", TOPICS)
def test_golden_cases(topic: str, part: int) -> None:
    chosen = [case for case in cases() if case.topic == topic and case.id not in SOLVERS][part::SHARED]
    problems = [found for found in map(problem, chosen) if found is not None]
    assert len(problems) > len(chosen) // 2
    assert [str(loss) for found in problems for loss in losses(found)] == []
