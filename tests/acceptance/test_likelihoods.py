"""What people ask: functions as books and posts write them, by every parameter, against loops and answers."""

from __future__ import annotations

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.facts import Fact
from matgrad.explanation.derivation import METHODS
from matgrad.ops.indices.members import Family
from tests.acceptance.loader import Case, cases, facts_of, point_of, quotients

CASES = [*cases("asked.toml"), *cases("bishop.toml")]
PLACES = [(case, wrt) for case in CASES for wrt in case.wrt]
WITH_LOOPS = [(case, wrt) for case, wrt in PLACES if case.np and wrt.isidentifier() and wrt != "A_ij"]
KNOWN = [(case, wrt) for case, wrt in PLACES if wrt in case.answer]
BY_PARTS = "determinant of a sum by an entry"


def named(entry: tuple[Case, str]) -> str:
    """What a test is called."""
    case, wrt = entry
    return f"{case.name} by {wrt}"


@pytest.mark.parametrize("case", [case for case in CASES if case.np], ids=lambda case: case.name)
def test_it_is_read_as_meant(case: Case) -> None:
    """The text and the LaTeX have the value of the loops."""
    for text, given, syntax in (
        (case.text, case.given, "auto"),
        (case.latex, case.latex_given or case.given, "latex"),
    ):
        if text:
            read = mg.interpret(text, given, syntax=syntax)
            point = point_of(case, read.symbols)
            np.testing.assert_allclose(np.ravel(mg.evaluate(read.expr, point)), case.value(point), rtol=1e-9)


@pytest.mark.parametrize("case", [case for case in CASES if case.latex and not case.np], ids=lambda c: c.name)
def test_latex_says_the_same(case: Case) -> None:
    text = mg.interpret(case.text, case.given).expr
    latex = mg.interpret(case.latex, case.latex_given or case.given, syntax="latex").expr
    assert latex is text or case.name == "Wishart"


@pytest.mark.parametrize("entry", PLACES, ids=named)
def test_it_is_verified_and_printed(entry: tuple[Case, str]) -> None:
    case, wrt = entry
    result = mg.derive(case.text, wrt, given=case.given)
    assert result.verification.verified
    assert str(result) == case.printed[wrt]


@pytest.mark.parametrize("entry", [(case, wrt) for case in CASES for wrt in case.second], ids=named)
def test_second_derivatives(entry: tuple[Case, str]) -> None:
    case, wrt = entry
    result = mg.derive(case.text, wrt, given=case.given, order=2)
    assert result.verification.verified
    assert str(result) == case.printed[wrt + "''"]
    if wrt in case.second_answer and not isinstance(result.variable, Family):
        assert mg.check(case.text, wrt, case.second_answer[wrt], given=case.given, order=2).correct


@pytest.mark.parametrize("entry", WITH_LOOPS, ids=named)
def test_gradients_are_difference_quotients_of_the_loops(entry: tuple[Case, str]) -> None:
    """By every member, in the formula that is shown; and in compiled code."""
    case, wrt = entry
    read = mg.interpret(case.text, case.given)
    point = point_of(case, dict(read.symbols))
    symbol = read.symbols[wrt]
    symmetric = bool(facts_of(symbol) & Fact.SYMMETRIC) and point[wrt].ndim > 1
    wanted = quotients(case, point, wrt, symmetric)
    result = mg.derive(case.text, wrt, given=case.given)
    if result.by_member is not None:
        (places,) = result.by_member.places
        for at in np.ndindex(*wanted.shape[: len(places)]):
            chosen = {place.sort_key: number + 1 for place, number in zip(places, at, strict=True)}
            value = mg.evaluate(result.by_member.expr, {**point, **chosen})
            np.testing.assert_allclose(np.ravel(value), np.ravel(wanted[at]), rtol=1e-5, atol=1e-7)
    gradient = mg.gradient(read.expr, symbol)
    np.testing.assert_allclose(np.ravel(mg.evaluate(gradient, point)), np.ravel(wanted), rtol=1e-5, atol=1e-7)
    compiled = mg.compile([read.expr, gradient])
    value, computed = compiled(**point)
    np.testing.assert_allclose(np.ravel(value), case.value(point), rtol=1e-8)
    np.testing.assert_allclose(np.ravel(computed), np.ravel(wanted), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("entry", KNOWN, ids=named)
def test_the_answers_of_books_are_right(entry: tuple[Case, str]) -> None:
    case, wrt = entry
    if case.name == BY_PARTS and wrt != "A":
        return
    verdict = mg.check(case.text, wrt, case.answer[wrt], given=case.given)
    assert verdict.correct, verdict.reason


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("entry", PLACES, ids=named)
def test_it_is_explained(entry: tuple[Case, str], method: str) -> None:
    case, wrt = entry
    assert mg.explain(case.text, wrt, given=case.given, method=method).lines
