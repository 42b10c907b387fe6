"""Golden cases: the line printed, its verification, and its agreement with the published answer."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import LINEAR_STRUCTURE
from tests.golden.loader import Case, cases

CASES = cases()


def derive(case: Case) -> tuple[mg.Result, dict[str, Symbol]]:
    """The answer to a golden case, and the variables it knows."""
    read = mg.interpret(case.expression, case.given or None)
    variable = read.symbols[case.wrt]
    result = mg.derive(
        read.expr, variable, order=case.order, form=case.form, layout=case.layout, convention=case.convention
    )
    return result, dict(read.symbols)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_golden(case: Case) -> None:
    result, symbols = derive(case)
    assert result.verification.verified, result.verification.reason
    assert result.right_side("unicode") == case.printed
    if case.answer is not None:
        assert isinstance(result.expr, Expr)
        variable = symbols[case.wrt]
        change = Symbol.make(
            "d" + case.wrt,
            variable.rows,
            variable.columns,
            variable.facts & LINEAR_STRUCTURE,
            differential=True,
        )
        published = mg.parse(case.answer, [*symbols.values(), change])
        assert mg.equivalent(result.expr, published)


def test_names_are_unique_and_every_case_is_complete() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
    assert all(case.printed for case in CASES)
    # Index notation is no expression of the language; everything else has a published answer.
    assert all(case.answer is not None or case.form == "components" for case in CASES)
