"""The way to a stationary point, line by line."""

from __future__ import annotations

from typing import Any

import pytest

import matgrad as mg
from matgrad.core.errors import VerificationError
from matgrad.explanation.lines import THEREFORE, Formula
from matgrad.ops.arithmetic import scale
from tests.stationarity.derivations import LANGUAGES, book, path_of
from tests.stationarity.test_estimators import CASES, point


@pytest.mark.parametrize("language", LANGUAGES)
def test_derivations_are_printed_as_they_were_read(language: str) -> None:
    assert book(language) == path_of(language).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES[::4], ids=lambda case: case["name"])
def test_every_line_is_verified_and_the_point_is_reached(case: dict[str, Any]) -> None:
    found = point(case)
    derivation = found.derivation()
    derivation.verify(1)
    shown = [line for line in derivation.lines if line.relation == THEREFORE and line.left is not None]
    solved = {(line.left.write("unicode"), line.right.write("unicode")) for line in shown if line.left}
    for variable in found.variables:
        sides = [Formula(variable), Formula(found.solutions[variable])]
        assert tuple(side.write("unicode") for side in sides) in solved
    assert all(line.reasons for line in derivation.lines[1:-1])


def test_a_wrong_line_does_not_stand() -> None:
    derivation = mg.stationary("norm(y - X b)^2", "b").derivation()
    wrong = derivation.solving.lines[1]
    assert isinstance(wrong.right, Formula)
    claims = tuple((left, Formula(scale(2, wrong.right.expr))) for left, _ in wrong.claims)
    object.__setattr__(wrong, "claims", claims)
    with pytest.raises(VerificationError):
        derivation.verify()


def test_without_a_closed_form_the_equation_is_where_it_ends() -> None:
    derivation = mg.stationary("sum(log(1 + exp(X w))) - y' X w", "w").derivation()
    assert [line.right.write("unicode") for line in derivation.lines[-3:]] == [
        "0",
        "no closed form is known",
        "minimum, if there is a solution",
    ]


def test_where_there_is_no_point_the_reason_is_told() -> None:
    derivation = mg.stationary("exp(x)", "x", given="x: scalar").derivation()
    assert derivation.text().splitlines()[-1].split("   ")[1:] == ["the derivative exp(x) is never zero"]


def test_it_shows_itself() -> None:
    derivation = mg.stationary("norm(A x - b)^2", "x").derivation("zh")
    assert "正规方程" in str(derivation)
    assert r"\text{极小值点}" in derivation.latex()
    assert derivation._repr_mimebundle_()["text/plain"] == str(derivation)
    assert repr(derivation) == "<PointDerivation: 8 lines>"


def test_a_language_that_does_not_exist_is_refused() -> None:
    with pytest.raises(mg.ArgumentError):
        mg.stationary("norm(A x - b)^2", "x").derivation("de")


def test_the_first_line_is_what_was_typed() -> None:
    line = mg.stationary("norm(b - A x)^2 where b = 2 c", "x").steps[0]
    assert line.right.write("unicode") == "‖b − Ax‖²,  b = 2c"
