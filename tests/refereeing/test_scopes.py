"""Names in long documents: what an earlier section says of a name, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

import matgrad as mg
from tests.refereeing.test_sections import CASES, HERE

LEAST_SQUARES = r"Let $A \in \mathbb{R}^{m\times n}$ and $f(x) = \|Ax - b\|^2$. "
QUADRATIC = r"Let $A \in \mathbb{R}^{n\times n}$ be symmetric and $f(x) = x^\top A x$. "
RIGHT, HALF, SYMMETRIC = r"2A^\top(Ax - b)", r"A^\top(Ax - b)", "2Ax"


def statuses(*texts: str, kind: str = "tex") -> list[str]:
    return [claim.status for claim in mg.audit("\n".join(texts), kind=kind).claims]


def section(*texts: str) -> str:
    return "\\section{One of several}\n" + "".join(texts)


def claim(side: str) -> str:
    return rf"Then $\nabla f(x) = {side}$."


@pytest.mark.parametrize(("side", "status"), [(RIGHT, "verified"), (HALF, "wrong")])
def test_what_was_defined_in_an_earlier_section_holds_where_nothing_is_said_anew(
    side: str, status: str
) -> None:
    assert statuses(section(LEAST_SQUARES), section(claim(side))) == [status]


def test_a_name_that_is_introduced_again_is_another_one() -> None:
    again = r"For $A \in \mathbb{R}^{n\times n}$ let $g(x) = x^\top A x$, so that $\nabla g(x) = 2Ax$."
    assert statuses(section(QUADRATIC, claim(SYMMETRIC)), section(again)) == ["verified", "ambiguous"]
    assert statuses(QUADRATIC + claim(SYMMETRIC) + " Let" + again[3:]) == ["verified", "ambiguous"]
    # Below a heading of its own nothing is said anew.
    below = "\\subsection{More}\n" + r"Let $g(x) = x^\top A x + b^\top x$. Then $\nabla g(x) = 2Ax + b$."
    assert statuses(section(QUADRATIC, claim(SYMMETRIC)), below) == ["verified", "verified"]


def test_a_matrix_that_is_let_be_something_has_no_earlier_size() -> None:
    first = section(r"Let $X \in \mathbb{R}^{m\times r}$ and $L(X) = \|X\|_F^2$. Then $\nabla L(X) = 2X$.")
    second = section(
        r"Let $X$ be a symmetric positive definite matrix, $S$ be symmetric and "
        r"$L(X) = \operatorname{tr}(SX) - \log\det X$. Then $\nabla L(X) = S - X^{-1}$."
    )
    assert statuses(first, second) == ["verified", "verified"]


def test_sizes_of_another_section_do_not_make_a_claim_wrong() -> None:
    first = section(r"Let $W \in \mathbb{R}^{7 \times 3}$, $x \in \mathbb{R}^3$ and $z = Wx$.")
    second = section(
        r"The volatility is $s(w) = \sqrt{w^\top W w}$, $W \succ 0$, and $\nabla s(w) = W w / s(w)$."
    )
    third = section(r"Here $\frac{\partial\, x^\top z}{\partial x} = z$.")
    assert statuses(first, second) == ["verified"]
    assert statuses(first, third) == ["ambiguous"]


def test_a_layout_holds_where_it_is_said() -> None:
    claims = (
        r"Then $\frac{\partial (a^\top x)}{\partial x} = a$ and $\frac{\partial (Bx)}{\partial x} = B^\top$."
    )
    rows = (
        r"Then $\frac{\partial (a^\top x)}{\partial x} = a^\top$ and $\frac{\partial (Bx)}{\partial x} = B$."
    )
    first = section("Nothing.")
    one = section("We use denominator layout here. ", claims)
    assert statuses(first, one, section("We use numerator layout here. ", rows)) == ["verified"] * 4
    assert statuses("We use denominator layout. ", section(claims), section(rows)) == [
        *["verified"] * 2,
        *["wrong"] * 2,
    ]
    told = section(r"The derivative is the row vector $\frac{\partial (a^\top x)}{\partial x} = a^\top$.")
    assert statuses("We use denominator layout. ", section(claims), told) == ["verified"] * 3


def test_sigma_is_a_function_in_its_own_section() -> None:
    layer = section(r"With the activation $\sigma$ let $g(a) = \sum_i \sigma(a_i)$.")
    values = section(r"The singular values are $\sigma(X)$. Let $h(a) = a^\top a$. Then $\nabla h(a) = 2a$.")
    assert statuses(layer, values) == ["verified"]


def test_sections_joined_are_judged_as_each_alone() -> None:
    names = ("ica", "logistic", "lqr", "mvdr", "procrustes", "wiener", "var", "notation_clash")
    files = [HERE / "sections" / CASES[name]["file"] for name in names]
    alone = [(c.text, c.status) for file in files for c in mg.audit(file).claims]
    joined = mg.audit("\n".join(body(file) for file in files), kind="tex")
    assert [(c.text, c.status) for c in joined.claims] == alone


def body(file: Path) -> str:
    text = file.read_text(encoding="utf-8").partition(r"\begin{document}")
    return f"\\section{{{file.stem}}}\n" + (text[2] or text[0]).replace(r"\end{document}", "")
