"""What a lecturer would mark in a derivation and a program can find, over all golden cases."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

import matgrad as mg
from matgrad.core.words import Phrase
from matgrad.explanation import Derivation
from matgrad.explanation.derivation import METHODS
from matgrad.explanation.reasons import SIMPLIFIED
from tests.explanation.every_case import options_of
from tests.golden.loader import Case, cases

CASES = cases()
MOST_UNNAMED = 60
"""Lines that only say "simplify", over all cases and methods; there are 53."""


def derivation(case: Case, method: str) -> Derivation:
    """A golden case as one asks for it, with the form in which it was typed."""
    given = case.given or None
    return mg.explain(case.expression, case.wrt, given=given, method=method, verify=False, **options_of(case))


def marks(found: Derivation) -> list[str]:
    """What is wrong with the lines of a derivation."""
    marked = []
    lines = found.lines
    left_sides = (None if line.left is None else line.left.write("unicode") for line in lines)
    shown = list(zip(left_sides, (line.right.write("unicode") for line in lines), strict=True))
    for (_, before), (left, after) in pairwise(shown):
        if left is None and before == after:
            marked.append(f"said twice: {after}")
    for line, (left, right) in zip(lines[1:], shown[1:], strict=True):
        if line.relation == "=" and not line.reasons:
            marked.append(f"no reason: {right}")
        if left and re.fullmatch(r"∂(\w+)/∂\1", left):
            marked.append(f"a number by itself: {left}")
        if re.search(r"∂([^\W\d_]+)/∂\1(?![\w_])", right):
            marked.append(f"a number by itself: {right}")
        if re.match(r"d[tsabu] [(A-Z]", right) and found.variable.is_scalar:
            marked.append(f"the change stands first: {right}")
    return marked


def texts(reasons: tuple[Phrase, ...]) -> list[str]:
    """The reasons of a line."""
    return [reason.text() for reason in reasons]


@pytest.fixture(scope="module")
def derived() -> list[tuple[Case, str, Derivation]]:
    return [(case, method, derivation(case, method)) for case in CASES for method in METHODS]


def test_no_line_of_any_golden_case_is_marked(derived: list[tuple[Case, str, Derivation]]) -> None:
    found = {f"{case.id}, {method}": marks(each) for case, method, each in derived}
    assert not {name: marked for name, marked in found.items() if marked}


def test_few_lines_say_only_that_they_are_simplified(derived: list[tuple[Case, str, Derivation]]) -> None:
    unnamed = [line for _, _, each in derived for line in each.lines if line.reasons == (SIMPLIFIED,)]
    assert len(unnamed) <= MOST_UNNAMED


def test_no_index_of_any_golden_case_has_the_name_of_a_dimension(
    derived: list[tuple[Case, str, Derivation]],
) -> None:
    for case, method, each in derived:
        if method == "definition":
            dims = {name for dim in each.function.shape for name in dim.symbols}
            text = each.text()
            bound = {letter for group in re.findall(r"Σ_([a-z]+)", text) for letter in group}
            assert not bound & dims, case.id


@pytest.mark.parametrize(
    ("expression", "given", "wrt", "first"),
    [
        ("(x' A x)/(x' x)", "A: n×n symmetric, x: n", "x", "xᵀAx/(xᵀx)"),
        ("-y' log(softmax(x))", "x: n, y: n", "x", "−yᵀ log(softmax(x))"),
        ("sum(A .* X .* X)", "A: m×n, X: m×n", "X", "sum(A ⊙ X ⊙ X)"),
        ("(x - A s)' W (x - A s)", "x: m, A: m×n, s: n, W: m×m symmetric", "s", "(x − As)ᵀW(x − As)"),
        ("tr(X .* B) + t^2", "X: n×n, B: n×n, t: scalar", "X", "tr(X ⊙ B) + t²"),
        ("exp(-(1/2) (x - m)' inv(S) (x - m))", "x: n, m: n, S: n×n SPD", "x", "exp(−½(x − m)ᵀS⁻¹(x − m))"),
        ("(y + 1) .* log(z)", "y: n, z: n", "z", "(y + 1) ⊙ log(z)"),
        ("norm(X w - y)^2 + lambda norm(w)^2", "X: m×n, w: n, y: m", "w", "‖Xw − y‖² + λ‖w‖²"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_the_first_line_is_the_function_as_it_was_typed(
    expression: str, given: str, wrt: str, first: str, method: str
) -> None:
    derived = mg.explain(expression, wrt, given=given, method=method)
    assert derived.lines[0].right.write("unicode").split("   ")[0] == first


def test_a_residual_has_the_sign_that_it_was_typed_with() -> None:
    given = "X: m×n, w: n, y: m"
    for text in ("X w - y", "y - X w"):
        for method in ("chain", "definition"):
            lines = mg.explain(f"norm({text})^2 + t norm(w)^2", "w", given=given, method=method).lines
            assert lines[1].right.write("text").split("   ")[0] == text


def test_a_difference_that_takes_a_minus_over_says_so() -> None:
    lines = mg.explain("norm(X - U V')^2", "U", given="X: m×n, U: m×k, V: n×k").lines
    assert [line.right.write("unicode") for line in lines][1:3] == [
        "−2 tr((X − UVᵀ)ᵀ dU Vᵀ)",
        "2 tr(Vᵀ(UVᵀ − X)ᵀ dU)",
    ]
    assert texts(lines[2].reasons) == ["cyclic shift", "since −(A − B) = B − A"]


@pytest.mark.parametrize(
    ("expression", "given", "wrt", "first", "second", "why"),
    [
        ("sum(max(0, 1 - x))", "x: n", "x", "sum(max(0, 1 − x))", "sum(relu(1 − x))",
         "since max(0, 1 − x) = relu(1 − x)"),
        ("a .* x/sqrt(var(x) + t) + b", "a: n, x: n, b: n, t: positive scalar", "x",
         "(a ⊙ x)/√(var(x) + t) + b", "(a ⊙ x)/√(‖x − mean(x)‖²/n + t) + b",
         "since var(x) = ‖x − mean(x)‖²/n"),
        ("norm1(P)", "P: m×n", "P", "‖P‖₁", "sum(abs(P))", "since ‖P‖₁ = sum(abs(P))"),
        ("-log(exp(q'k)/(exp(q'k) + sum(exp(M q))))", "q: n, k: n, M: m×n", "q",
         "−log(exp(qᵀk)/(exp(qᵀk) + sum(exp(Mq))))",
         "log(exp(kᵀq) + sum(exp(Mq))) − kᵀq", "in canonical form"),
        ("row_softmax(Q K') V", "Q: n×p, K: m×p, V: m×k", "Q", "row_softmax(QKᵀ)V", "column_softmax(KQᵀ)ᵀV",
         "since row_softmax(QKᵀ) = column_softmax(KQᵀ)ᵀ"),
        ("tr(inv(A X) B)", "A: n×n, X: n×n, B: n×n", "X", "tr((AX)⁻¹B)", "tr(X⁻¹A⁻¹B)",
         "since (AX)⁻¹ = X⁻¹A⁻¹"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", METHODS)
def test_what_is_canonically_another_function_stands_as_typed_and_the_next_line_says_what_it_is(
    expression: str, given: str, wrt: str, first: str, second: str, why: str, method: str
) -> None:
    lines = mg.explain(expression, wrt, given=given, method=method).lines
    assert lines[0].right.write("unicode").split("   ")[0] == first
    assert lines[1].right.write("unicode").split("   ")[0] == second
    assert why in texts(lines[1].reasons)


def test_names_that_an_author_defined_stand_in_the_first_line() -> None:
    given = "W: n×k, S: n×n symmetric, s: scalar"
    found = mg.explain("log(det(C)) + tr(inv(C) S) where C = W W' + s^2 I", "W", given=given)
    assert found.lines[0].right.write("unicode") == "log det(C) + tr(C⁻¹S),  C = WWᵀ + s² I"


def test_entries_are_differentiated_by_a_rule_of_calculus_that_is_said() -> None:
    lines = mg.explain("sum(tanh(A x))", "x", given="A: m×n, x: n", method="definition").lines
    said = [reason for line in lines for reason in texts(line.reasons)]
    assert "chain rule: d tanh(t)/dt = 1 − tanh(t)²" in said


def test_a_function_of_a_symmetric_matrix_says_so_where_its_derivative_is_not_transposed() -> None:
    for wrt, given in (("S", "S: n×n SPD"), ("S", "S: n×n")):
        text = mg.explain("log(det(S)) + tr(inv(S))", wrt, given=given, method="chain").text()
        assert ("S is symmetric" in text) == ("SPD" in given)


def test_the_commutation_matrix_is_told_from_a_variable_of_its_letter() -> None:
    text = mg.explain("K X K'", "K", given="K: n×n, X: n×n").text()
    assert "K_mn is the commutation matrix" in text
    assert "K alone is the K of the function" in text
    assert "K alone" not in mg.explain("X A X'", "X", given="A: n×n, X: n×n").text()
