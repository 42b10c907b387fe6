"""What is printed as text or as NumPy source, and parsed, is the same expression."""

from __future__ import annotations

import ast
import keyword
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import matgrad as mg
from matgrad.core.expr import OPERATIONS, postorder
from matgrad.ops.leaves import Eye, Ones, Unit, Zeros
from matgrad.ops.registry import FUNCTIONS
from matgrad.ops.undefined import Undefined
from matgrad.printing import latex, line, numpy_source, text, unicode

DECLARATIONS = (
    "A: m×n, B: n×n, C: n×n, S: n×n symmetric, P: n×n spd, b: m, x: n, y: n, "
    "s: scalar, t: scalar, mu: scalar positive, k: integer"
)
SYMBOLS = [
    mg.parse(name, DECLARATIONS) for name in ["A", "B", "C", "S", "P", "b", "x", "y", "s", "t", "mu", "k"]
]
ELEMENTWISE = ("exp", "sin", "tanh", "sigmoid", "abs", "sign", "relu", "softplus")
SQUARE = ("inv", "tr", "det", "logdet", "tril", "diagonal", "matrix_square", "inverse_square")
FIELDS = {"expression", "answer"}
CASES = [
    case
    for path in sorted((Path(__file__).parent.parent / "golden").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def parsed_again(expr: mg.Expr, declarations: str) -> None:
    """Check every form that the parser reads."""
    assert mg.parse(text(expr), declarations, syntax="matlab") is expr
    assert mg.parse(line(expr, "text"), declarations, syntax="matlab") is expr
    source = numpy_source(expr)
    ast.parse(source, mode="eval")
    if _spelled_in_python(expr):
        assert mg.parse(source, declarations, syntax="numpy") is expr


def _spelled_in_python(expr: mg.Expr) -> bool:
    """Whether Python can spell all names: no keywords, no primes."""
    nodes = postorder(expr)
    primes = any(isinstance(node, Undefined) and node.data[1] for node in nodes)
    return not primes and not any(
        keyword.iskeyword(node.data[0]) for node in nodes if isinstance(node, mg.Symbol)
    )


@st.composite
def expressions(draw: st.DrawFn) -> mg.Expr:
    """Draw an expression built step by step from operands that conform."""
    pool: list[mg.Expr] = list(SYMBOLS)
    for _ in range(draw(st.integers(1, 9))):
        a = draw(st.sampled_from(pool[-4:] + pool))
        try:
            pool.append(_step(draw, pool, a))
        except (mg.DomainError, mg.ShapeError):
            continue
    return pool[-1]


def _step(draw: st.DrawFn, pool: list[mg.Expr], a: mg.Expr) -> mg.Expr:
    kind = draw(
        st.sampled_from(["add", "subtract", "matmul", "times", "over", "number", "T", "f", "power", "square"])
    )
    if kind in ("add", "subtract", "times", "over"):
        b = draw(st.sampled_from([x for x in pool if x.shape == a.shape]))
        return {"add": a + b, "subtract": a - b, "times": a * b}[kind] if kind != "over" else a / b
    if kind == "matmul":
        return a @ draw(st.sampled_from([x for x in pool if a.columns is x.rows or x.is_scalar]))
    if kind == "number":
        return draw(st.fractions(-3, 3, max_denominator=6)) * a
    if kind == "T":
        return a.T
    if kind == "f":
        return FUNCTIONS[draw(st.sampled_from(ELEMENTWISE))].build(a)
    if kind == "power":
        return a ** draw(st.sampled_from([2, 3, -1, -2, 0.5, -0.5, 1.5]))
    return _square_step(draw, a)


def _square_step(draw: st.DrawFn, a: mg.Expr) -> mg.Expr:
    if not a.is_square:
        return FUNCTIONS[draw(st.sampled_from(["sum", "norm", "mean", "row_sum", "column_sum"]))].build(a)
    name = draw(st.sampled_from(SQUARE))
    power: Any = FUNCTIONS["matrix_power"].build
    number: Any = mg.parse
    if name == "matrix_square":
        return power(a, number("2")) if not a.is_scalar else a
    if name == "inverse_square":
        return power(a, number("-2")) if not a.is_scalar else a
    return FUNCTIONS[name].build(a)


@settings(max_examples=300, deadline=None)
@given(expressions())
def test_random_expressions(expr: mg.Expr) -> None:
    parsed_again(expr, DECLARATIONS)
    for medium in (unicode, latex):
        assert medium(expr)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_golden_cases(case: dict[str, Any]) -> None:
    for field in FIELDS & case.keys():
        read = mg.interpret(case[field], case.get("given"))
        parsed_again(read.expr, read.declarations())


ASKED_AGAIN = re.compile(r"[A-Za-z]_\d|λ\(|\]×|_real_power|[^(]\|[^|]+\||max\(\|")
"""What is printed at a terminal and asked about where it is read: entries x_1 beside other variables of that
name, eigenvalues λ(X), the matrix of a cross product, and bars round a vector."""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_golden_cases_at_a_terminal(case: dict[str, Any]) -> None:
    """Constants do not show their sizes there, nor D_n, L_n and V(A) what they are; all others are read."""
    for field in FIELDS & case.keys():
        read = mg.interpret(case[field], case.get("given"))
        if any(isinstance(node, (Eye, Zeros, Ones, Unit)) for node in postorder(read.expr)):
            continue
        shown = unicode(read.expr)
        if re.search(r"[DL](_n|₃)|V\(", shown):
            continue
        try:
            found = mg.parse(shown, read.declarations(), syntax="matlab")
        except mg.MatgradError:
            assert ASKED_AGAIN.search(shown), shown
            continue
        assert found is read.expr or mg.equivalent(found, read.expr), shown


@pytest.mark.parametrize(
    "source",
    [
        "-kron(C - B, C - B)",
        "-kron(B - C, S, B - C)",
        "-(B - C) .* (C - S)",
        "-row_sum(B - C)",
        "-(B - C)[1, 2]",
        "-(x - y) (x - y)' (x - y)",
        "-sin(B - C) (B - C)",
        "-diag(x - y) (B' - C)'",
        "-tr((B - C)' (B - C))",
    ],
)
def test_a_minus_is_neither_lost_nor_doubled(source: str) -> None:
    parsed_again(mg.parse(source, DECLARATIONS), DECLARATIONS)


def test_every_function_prints_what_parses() -> None:
    for function in set(map(id, FUNCTIONS.values())):
        entry = next(f for f in FUNCTIONS.values() if id(f) == function)
        read = mg.interpret(entry.example, entry.given)
        parsed_again(read.expr, read.declarations())


def test_every_operation_has_been_printed() -> None:
    seen: set[str] = set()
    for function in FUNCTIONS.values():
        seen |= {node.name for node in postorder(mg.interpret(function.example, function.given).expr)}
    for case in CASES:
        for field in FIELDS & case.keys():
            seen |= {node.name for node in postorder(mg.interpret(case[field], case.get("given")).expr)}
    for printed, declared in SUMS:
        expr = mg.interpret(printed, declared).expr
        assert mg.interpret(text(expr), declared).expr is expr
        seen |= {node.name for node in postorder(expr)}
    # What is placed in a stack is there only while a gradient is built: its sum is a stack of members.
    assert set(OPERATIONS) - seen == {"placed"}


SUMS = [
    ("sum_{i<j} tr(A_i*X*A_j)", "A_i: n×n, i = 1..N, X: n×n"),
    ("prod_i x_i", "x: n"),
]
