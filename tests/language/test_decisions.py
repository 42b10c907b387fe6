"""The table of decisions: every line of it is read, or asked about, as it says."""

from __future__ import annotations

import itertools

import pytest

from matgrad.core.errors import MatgradError
from matgrad.language import interpret
from matgrad.language.decisions import DECISIONS, Decision
from matgrad.verify.equality import same_value

LINES = list(itertools.chain(*DECISIONS.values()))


@pytest.mark.parametrize("line", [line for line in LINES if line.means], ids=lambda line: line.text)
def test_what_is_read_means_what_the_table_says(line: Decision) -> None:
    found = interpret(line.text, line.given)
    declared = found.declarations()
    assert found.expr is interpret(line.means, declared, syntax="matlab").expr
    assert not line.asks


@pytest.mark.parametrize("line", [line for line in LINES if line.asks], ids=lambda line: line.text)
def test_what_is_asked_names_both_readings(line: Decision) -> None:
    with pytest.raises(MatgradError) as caught:
        interpret(line.text, line.given)
    assert line.asks in caught.value.message
    assert caught.value.fix
    assert not line.means


@pytest.mark.parametrize(
    ("text", "given", "means"),
    [
        ("A X B", "A: m×n, X: n×p, B: p×q", "A*X*B"),
        ("norm2(A*x-y)^2", "A: m×n, x: n, y: m", "(A*x - y)'*(A*x - y)"),
        ("x'*A*x", "A: n×n, x: n", "x'*A*x"),
        ("tr(X'*A*X)", "A: n×n, X: n×m", "tr(X'*A*X)"),
        ("exp(-x)./(vector(1)+exp(-x))", "x: n", "sigmoid(-x)"),
        ("A + matrix(1)", "A: m×n", "A + ones(m, n)"),
        ("inv(A + eye)", "A: n×n", "inv(A + eye(n))"),
        ("a^b", "", "a^b"),
        ("sum(log(exp(-y.*(X*w)) + vector(1)))", "X: m×n, w: n, y: m", "sum(log(exp(-y.*(X*w)) + ones(m)))"),
    ],
)
def test_what_matrixcalculus_documents_is_read(text: str, given: str, means: str) -> None:
    found = interpret(text, given)
    assert same_value(found.expr, interpret(means, found.declarations()).expr)


def test_one_of_the_letters_alone_is_no_exponent() -> None:
    with pytest.raises(MatgradError, match="a power needs"):
        interpret("a^b + a'c")
    assert interpret("a^b", "a: scalar, b: integer").expr is not interpret("a^b").expr


def test_ones_have_their_sizes_below_them() -> None:
    given = "X: m×n"
    assert interpret("X 𝟏_n", given).expr is interpret("X 1", given).expr
    assert interpret("X - 1_{m×n}", given).expr is interpret("X - ones(m, n)", given).expr
    assert interpret("X - 0_{m,n}", given).expr is interpret("X", given).expr
    with pytest.raises(MatgradError):
        interpret("X 1_m", given)
    assert interpret("1_n 1_m'").expr is interpret("ones(n, m)").expr
    assert interpret("X*1", given).expr is interpret("X", given).expr
