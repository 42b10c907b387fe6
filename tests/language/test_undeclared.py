"""First spellings with little or nothing declared: read as meant, or asked with an answer that works."""

from __future__ import annotations

import numpy as np
import pytest

import matgrad as mg
from matgrad.language import interpret
from matgrad.language.interpretation import Interpretation
from matgrad.printing.names import printed_as
from tests.language.spellings import Spelling, spellings

CASES = [*spellings("undeclared.txt"), *spellings("undeclared_latex.txt", "latex")]
READ = [case for case in CASES if not case.asks]
ASKED = [case for case in CASES if case.asks]


def name(case: Spelling) -> str:
    """A case by its text and what is declared."""
    return f"{case.text} :: {case.given}" if case.given else case.text


def check_value(read: Interpretation, case: Spelling) -> None:
    """Compare what was read with NumPy at two points."""
    names = {printed_as(symbol): symbol for symbol in read.symbols}
    for seed in range(2):
        arrays, wanted = case.point(np.random.default_rng(seed))
        point = {names.get(shown, shown): value for shown, value in arrays.items()}
        assert set(read.symbols) <= set(point)
        found = mg.evaluate(read.expr, point)
        assert np.ravel(found).shape == np.ravel(wanted).shape
        assert np.allclose(np.ravel(found), np.ravel(wanted), rtol=1e-8)


@pytest.mark.parametrize("case", READ, ids=name)
def test_what_is_read_has_the_value_meant(case: Spelling) -> None:
    check_value(interpret(case.text, case.given, syntax=case.syntax), case)


@pytest.mark.parametrize("case", [case for case in READ if case.wrt], ids=name)
def test_derivatives_by_a_named_variable_are_verified(case: Spelling) -> None:
    read = interpret(case.text, case.given, syntax=case.syntax)
    (symbol,) = (symbol for symbol in read.symbols if printed_as(symbol) == printed_as(case.wrt))
    derivative = mg.gradient if read.expr.is_scalar else mg.jacobian
    assert derivative(read.expr, symbol) is not None


@pytest.mark.parametrize("case", ASKED, ids=name)
def test_what_is_asked_leads_to_what_is_meant(case: Spelling) -> None:
    error = asked(case, case.text, case.given)
    assert case.asks in error.message
    text, given = case.text, case.given
    for place, offer in enumerate(case.offers, 1):
        assert error.fix is not None
        assert error.span is not None
        assert offer in error.fix
        if offer.startswith("declare "):
            given = ", ".join(filter(None, [given, offer.removeprefix("declare ")]))
        else:
            text = text[: error.span[0]] + offer + text[error.span[1] :]
        if place < len(case.offers):
            error = asked(case, text, given)
    if case.offers:
        check_value(interpret(text, given, syntax=case.syntax), case)


def asked(case: Spelling, text: str, given: str) -> mg.MatgradError:
    """What a text is asked about."""
    with pytest.raises(mg.MatgradError) as caught:
        interpret(text, given, syntax=case.syntax)
    assert caught.value.span is not None
    return caught.value
