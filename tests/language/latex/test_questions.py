"""What has two readings is asked, with the spelling for each; what is none is refused with its place."""

from __future__ import annotations

import pytest

import matgrad as mg
from tests.language.latex.reading import Formula, formulas

QUESTIONS = formulas("questions.txt")


@pytest.mark.parametrize("formula", QUESTIONS, ids=lambda formula: formula.latex)
def test_a_question(formula: Formula) -> None:
    assert formula.expected.startswith("?? ")
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(formula.latex, formula.given, syntax="latex")
    assert formula.expected[3:] in str(caught.value)


@pytest.mark.parametrize("formula", QUESTIONS, ids=lambda formula: formula.latex)
def test_a_question_has_its_place(formula: Formula) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(formula.latex, formula.given, syntax="latex")
    error = caught.value
    assert error.text == formula.latex
    assert error.span is not None
    assert 0 <= error.span[0] <= error.span[1] <= len(formula.latex)


@pytest.mark.parametrize(
    ("text", "given", "spelled"),
    [
        (r"\|A\|_2", "A: m×n", [r"\sigma_{\max}(A)", r"\|A\|_F"]),
        (r"\exp(A)", "A: n×n", [r"\operatorname{expm}(A)", r"\exp^{\circ}(A)"]),
        (r"\log(A)", "A: n×n SPD", [r"\operatorname{logm}(A)", r"\log^{\circ}(A)"]),
        (r"\sqrt{A}", "A: n×n SPD", [r"(A)^{1/2}", r"(A)^{\circ 1/2}"]),
        (r"\sigma(X)", "X: n×n", [r"\operatorname{sigmoid}(X)", r"\operatorname{singular\_values}(X)"]),
        (r"\log x y", "x: scalar positive, y: scalar positive", [r"\log(x y)", r"\log(x) y"]),
        (r"X^{-1}_{12}", "X: n×n", [r"(X^{-1})_{12}", r"(X_{12})^{-1}"]),
        (r"A * B", "A: n×n, B: n×n", [r"A \odot B", "A B", r"\operatorname{khatri\_rao}(A, B)"]),
        (r"\det A B", "A: n×n, B: n×n", [r"\det(A B)", r"(\det(A)) B"]),
        (r"|x|", "x: n", ["norm(x)", "abs(x)"]),
    ],
)
def test_every_spelling_that_is_offered_is_read(text: str, given: str, spelled: list[str]) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(text, given, syntax="latex")
    found = []
    for spelling in spelled:
        assert spelling in str(caught.value)
        found.append(mg.parse(spelling, given, syntax="latex"))
    assert len(set(found)) == len(spelled)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(r"\frac12 x^\top A x + b^\top y", "A: m×n, x: n, b: n, y: n")
    assert str(caught.value).split("\n")[1:3] == [
        r"  \frac12 x^\top A x + b^\top y",
        r"          ^^^^^^^^",
    ]
