"""By a variable that cannot change, every derivation says so, in every form and by every method."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.explanation.derivation import METHODS


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("form", ["gradient", "jacobian", "hessian", "differential", "components"])
def test_a_derivation_agrees_with_the_answer(form: str, method: str) -> None:
    read = mg.interpret("tr(A X)", "X: n×n orthogonal diagonal, A: n×n")
    X = read.symbols["X"]
    derivation = mg.explain(read.expr, X, form=form, method=method)
    answer = mg.derive(read.expr, X, form=form)
    assert derivation.lines[-1].right.write("unicode") == answer.right_side() == "0"
    assert "X cannot change" in derivation.text()
    assert derivation.verify().verified
