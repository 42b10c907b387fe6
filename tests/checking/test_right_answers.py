"""Right answers, in whatever form they are written, are never rejected."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import matgrad as mg
from matgrad import printing
from matgrad.checking import Verdict, check
from matgrad.core.expr import Expr, Symbol
from matgrad.language import Interpretation
from tests.golden.loader import Case, cases

PUBLISHED = [case for case in cases() if case.answer is not None]


def read(case: Case) -> tuple[Interpretation, Symbol]:
    """The function of a golden case, and its variable."""
    found = mg.interpret(case.expression, case.given or None)
    return found, found.symbols[case.wrt]


def verdict(case: Case, answer: str) -> Verdict:
    """What is said of an answer to a golden case."""
    found, variable = read(case)
    return check(
        found.expr,
        variable,
        answer,
        symbols=found.symbols.values(),
        order=case.order,
        form="auto" if case.form == "components" else case.form,
        layout=case.layout if case.form == "jacobian" else None,
        convention=case.convention,
    )


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.id)
def test_published(case: Case) -> None:
    assert case.answer is not None
    assert verdict(case, case.answer).correct


def derived(case: Case) -> Expr:
    """The derivative of a golden case."""
    found, variable = read(case)
    result = mg.derive(
        found.expr,
        variable,
        order=case.order,
        form=case.form,
        layout=case.layout,
        convention=case.convention,
        verify=False,
    )
    assert isinstance(result.expr, Expr)
    return result.expr


def other_spellings(case: Case) -> list[str]:
    """The published answer, rewritten so that it stays equal, in ways that its name decides."""
    answer = case.answer
    assert answer is not None
    whole, _, where = answer.partition(" where ")
    tail = f" where {where}" if where else ""
    text = printing.text(derived(case))
    turned = "" if derived(case).is_scalar else "'"
    spellings = [
        f"(({whole}){turned}){turned}",
        f"-(-({whole}))",
        f"2 ({whole}) - ({whole})",
        f"({whole} + {whole})/2",
        f"3/2 ({whole}) - ({whole})/2",
        f"({whole}) + 0 ({whole})",
    ]
    chosen = random.Random(case.id).sample(spellings, 2)
    return [spelling + tail for spelling in chosen] + [text]


@pytest.mark.parametrize("case", PUBLISHED[::4], ids=lambda case: case.id)
def test_other_spellings(case: Case) -> None:
    for answer in other_spellings(case):
        assert verdict(case, answer).correct, answer


AS_WRITTEN = (Path(__file__).parent / "right_answers.txt").read_text("utf-8").splitlines()
GIVEN = AS_WRITTEN[1].removeprefix("# ")


@pytest.mark.parametrize("line", [line for line in AS_WRITTEN[2:] if line])
def test_an_answer_as_people_write_it_is_right(line: str) -> None:
    f, wrt, answer = line.split(" | ")
    assert mg.check(f, wrt, answer, given=GIVEN).correct


def test_what_an_answer_says_of_a_variable_must_be_known() -> None:
    assert mg.check("x' S x", "x", "2 S x where S = S'", given="S: n×n symmetric").correct
    with pytest.raises(mg.ParseError, match="not known of S"):
        mg.check("x' S x", "x", "2 S x where S = S'", given="S: n×n")


DERIVATIONS = [
    ("x' A x", "x", "f = x'Ax\ndf = dx'Ax + x'A dx\n   = x'(A' + A)dx\ngrad = (A + A')x", 0),
    ("x' A x", "x", "df = dx'Ax + x'A dx\n   = 2x'A dx\ngrad = 2A'x", 2),
    ("x' A x", "x", "df = x'(A + A')dx ⇒ ∇f = (A + A')x", 0),
    ("norm(X w - b)^2", "w", "r = X w - b\ndf = 2 r' dr\n   = 2 r' X dw\n∇f = 2 X' r", 0),
    ("norm(X w - b)^2", "w", "r = X w - b\ndf = 2 r' X dw\n∇f = 2 X r", 3),
    (
        "norm(X w - b)^2",
        "w",
        r"\begin{align} df &= 2 (Xw-b)^\top X\,dw \\ \nabla f &= 2 X^\top (X w - b) \end{align}",
        0,
    ),
    ("inv(A)", "A", "dF = -A^-1 dA A^-1\nvec(dF) = -(A^-T ⊗ A^-1) vec(dA)\nJ = -(A^-T ⊗ A^-1)", 0),
    ("logdet(A)", "A", "1. df = tr(A^-1 dA)\n2. ∂f/∂A = -A^-T", 2),
    ("tr(A^2)", "A", "df = tr(dA A + A dA) = 2 tr(A dA)\n∇f = 2 A'", 0),
]


@pytest.mark.parametrize(("f", "wrt", "answer", "wrong"), DERIVATIONS)
def test_of_lines_that_are_pasted_the_first_wrong_one_is_told(
    f: str, wrt: str, answer: str, wrong: int
) -> None:
    found = mg.check(f, wrt, answer, given=GIVEN)
    assert found.correct == (not wrong)
    assert found.reason.startswith(f"line {wrong}: ") == bool(wrong)
