"""The definition: every golden case, the classic results as printed, and entries back to matrices."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import matgrad as mg
from matgrad.calculus.components import Components
from matgrad.calculus.terms import Term
from matgrad.core.expr import Expr
from matgrad.explanation import explain
from matgrad.explanation.assembly import gradient_entry, jacobian_block
from tests.explanation.every_case import check, check_that_wrong_lines_are_found, printed, transcripts
from tests.golden.loader import Case, cases

M, N = mg.dims("m n")
A = mg.matrix("A", M, N)
B = mg.matrix("B", N, M)
S = mg.matrix("S", N, N)
a, b = mg.vector("a", M), mg.vector("b", N)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_every_line_holds(case: Case) -> None:
    check(case, "definition")


@pytest.mark.parametrize("case", transcripts("definition"), ids=lambda case: str(case["name"]))
def test_transcript(case: dict[str, Any]) -> None:
    assert printed(case, "definition").split("\n") == case["lines"].strip("\n").split("\n")


@pytest.mark.parametrize(
    ("expression", "given", "wrt"),
    [
        ("tr(X' A X)", "A: n×n, X: n×p", "X"),
        ("logdet(X' A X)", "A: n×n, X: n×p", "X"),
        ("A X' B", "A: p×n, X: m×n, B: m×q", "X"),
        ("tr(A kron(X, B))", "A: 6×6, X: 2×2, B: 3×3", "X"),
    ],
)
def test_a_wrong_line_is_found(expression: str, given: str, wrt: str) -> None:
    read = mg.interpret(expression, given)
    assert check_that_wrong_lines_are_found(explain(read.expr, read.symbols[wrt], method="definition")) >= 3


def term(*entries: tuple[Expr, str, str], sums: str = "", deltas: tuple[tuple[str, str], ...] = ()) -> Term:
    dims = {"i": M, "j": N, "p": N, "q": M, "r": N}
    return Term(Fraction(1), entries, tuple((index, dims[index]) for index in sums), deltas)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (term((A, "k", "p"), (S, "p", "l"), sums="p"), A @ S),
        (term((A, "k", "p"), (S, "l", "p"), sums="p"), A @ S.T),
        # A vector at an inner index is a diagonal matrix, at an outer one it scales rows.
        (term((A, "k", "p"), (b, "p", ""), (S, "p", "l"), sums="p"), A @ mg.diag(b) @ S),
        (term((a, "k", ""), (b, "l", "")), a @ b.T),
        (term((a, "k", ""), (A, "k", "l")), mg.diag(a) @ A),
        # Two matrices with the same indices are multiplied entry by entry.
        (term((A, "k", "l"), (B, "l", "k")), A * B.T),
        # A closed chain is a trace, the diagonal of a matrix a column.
        (term((A, "k", "l"), (S, "p", "p"), sums="p"), mg.trace(S) * A),
        (term((A, "k", "l"), (S, "p", "r"), (S, "r", "p"), sums="pr"), mg.trace(S @ S) * A),
        (term((A, "k", "l"), (b, "p", ""), sums="p"), mg.sum(b) * A),
    ],
)
def test_entries_back_to_matrices(given: Term, expected: Expr) -> None:
    assembled = gradient_entry(given, (("k", M), ("l", N)))
    assert assembled is not None
    assert mg.equivalent(assembled, expected)


def test_a_network_that_is_no_product_stays() -> None:
    """Σ_pqr S_kp S_kq S_pq S_pr S_ql S_qr … with three matrices at each index."""
    tangled = term((S, "k", "p"), (S, "k", "r"), (S, "p", "r"), (S, "p", "l"), (S, "r", "l"), sums="pr")
    assert gradient_entry(tangled, (("k", N), ("l", N))) is None


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("A X B", "A: p×m, X: m×n, B: n×q"),
        ("A X' B", "A: p×n, X: m×n, B: m×q"),
        ("X' a", "X: m×n, a: m"),
        ("a' X", "X: m×n, a: m"),
        ("(a' X b) C", "X: m×n, a: m, b: n, C: p×q"),
        ("A .* X .* X", "A: m×n, X: m×n"),
        ("diag(a) X diag(b)", "X: m×n, a: m, b: n"),
        ("a b' X", "a: p, b: m, X: m×n"),
    ],
)
def test_kronecker_products_from_entries(expression: str, given: str) -> None:
    """The matrix made of the entries is the Jacobian of the engine, term by term and not by chance."""
    read = mg.interpret(expression, given)
    variable = read.symbols["X"]
    shown = mg.derive(read.expr, variable, form="components").expr
    assert isinstance(shown, Components)
    rows = tuple((i, d) for i, d in zip((shown.row, shown.column), read.expr.shape, strict=True) if i)
    columns = tuple((i, d) for i, d in zip((shown.x_row, shown.x_column), variable.shape, strict=True) if i)
    blocks = [jacobian_block(each, rows, columns) for each in shown.terms]
    found = [block for block in blocks if block is not None]
    assert len(found) == len(blocks)
    total = found[0]
    for block in found[1:]:
        total = total + block
    assert mg.equivalent(total, mg.jacobian(read.expr, variable))


def test_deep_networks_are_not_multiplied_out() -> None:
    """Where entries would fill pages, the derivative is taken along a single-entry matrix."""
    x = mg.vector("x", "n")
    value: Expr = x
    for layer in range(1, 13):
        value = mg.tanh(mg.matrix(f"W{layer}", "n", "n") @ value)
    derivation = explain(mg.sum(value), x, method="definition")
    assert len(derivation.lines) == 5
    assert derivation.verify(points=1).verified


def test_chinese() -> None:
    read = mg.interpret("a' X b", "a: m, X: m×n, b: n")
    text = explain(read.expr, read.symbols["X"], method="definition", language="zh").text()
    assert "写成元素形式" in text
    assert "因为" in text
