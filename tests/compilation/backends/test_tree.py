"""Source trees: brackets where an operand binds less, and dots where Julia and MATLAB want them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from matgrad.compilation.backends.base.printer import Printer, PythonPrinter
from matgrad.compilation.backends.base.tree import (
    Assign,
    Binary,
    Blocks,
    Call,
    Grouped,
    Index,
    Kind,
    Listed,
    Name,
    Negative,
    Node,
    Number,
    Return,
    Slice,
    Transposed,
    Update,
    assign,
    call,
    entrywise,
    index,
    joint,
    method,
    needs_of,
    negative,
    over,
    power,
    product,
    times,
    transposed,
    walk,
)
from matgrad.compilation.backends.julia.printer import JuliaPrinter
from matgrad.compilation.backends.matlab.printer import MatlabPrinter

A, B = Name("A", kind=Kind.MATRIX), Name("B", kind=Kind.MATRIX)
v, w = Name("v", kind=Kind.COLUMN), Name("w", kind=Kind.COLUMN)
r, s = Name("r", kind=Kind.ROW), Name("s", kind=Kind.NUMBER)
PYTHON, JULIA, MATLAB = PythonPrinter(), JuliaPrinter(), MatlabPrinter()


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (entrywise("-", A, entrywise("+", A, B)), "A - (A + B)"),
        (entrywise("-", entrywise("+", A, B), A), "A + B - A"),
        (times(A, entrywise("+", A, B)), "A * (A + B)"),
        (over(A, over(A, B)), "A / (A / B)"),
        (product(A, times(A, B)), "A @ (A * B)"),
        (Transposed(product(A, B)), "(A @ B).T"),
        (method(entrywise("+", A, B), "sum"), "(A + B).sum()"),
        (index(negative(A), Slice(), Number(0)), "(-A)[:, 0]"),
        (negative(times(A, B)), "-A * B"),
        (negative(product(A, B)), "-(A @ B)"),
        (negative(entrywise("+", A, B)), "-(A + B)"),
        (negative(power(A, Number(2))), "-A ** 2"),
        (power(negative(A), Number(2)), "(-A) ** 2"),
        (power(A, Number(-2)), "A ** (-2)"),
        (power(power(A, Number(2)), Number(3)), "(A ** 2) ** 3"),
        (power(A, Number(Fraction(1, 3))), "A ** (1 / 3)"),
        (times(Number(Fraction(1, 3)), A), "1 / 3 * A"),
        (times(A, Number(Fraction(-1, 3))), "A * (-1 / 3)"),
        (times(A, negative(B)), "A * -B"),
        (entrywise("==", entrywise("+", A, B), A), "A + B == A"),
        (method(entrywise("==", A, B), "astype", Name("t")), "(A == B).astype(t)"),
        (call("f", entrywise("+", A, B), Grouped((s,)), k=Listed((s, s))), "f(A + B, (s,), k=[s, s])"),
    ],
)  # fmt: skip
def test_brackets(node: Node, text: str) -> None:
    assert PYTHON.text(node) == text


def test_a_long_sum_is_no_deep_one() -> None:
    total: Node = A
    for _ in range(5000):
        total = entrywise("+", total, B)
    assert PYTHON.text(total) == "A" + " + B" * 5000
    assert sum(node is B for node in walk(total)) == 5000


@pytest.mark.parametrize(
    ("node", "julia", "matlab"),
    [
        (entrywise("-", Number(1), power(v, Number(2))), "1 .- v .^ 2", "1 - v.^2"),
        (entrywise("+", A, B), "A + B", "A + B"),
        (entrywise("+", A, v), "A .+ v", "A + v"),
        (entrywise("+", s, Number(1)), "s + 1", "s + 1"),
        (entrywise("+", times(s, v), s), "s * v .+ s", "s * v + s"),
        (times(v, w), "v .* w", "v .* w"),
        (times(v, A), "v .* A", "v .* A"),
        (times(A, Transposed(v, kind=Kind.ROW)), "A .* v'", "A .* v'"),
        (times(s, A), "s * A", "s * A"),
        (over(A, s), "A / s", "A / s"),
        (over(s, A), "s ./ A", "s ./ A"),
        (over(v, w), "v ./ w", "v ./ w"),
        (over(Number(1), s), "1 / s", "1 / s"),
        (power(s, Number(2)), "s ^ 2", "s^2"),
        (power(v, s), "v .^ s", "v.^s"),
        (power(Number(2), v), "2 .^ v", "2.^v"),
        (entrywise(">", v, Number(0)), "v .> 0", "v > 0"),
        (product(A, B), "A * B", "A * B"),
        (product(transposed(A), times(v, A)), "A' * (v .* A)", "A' * (v .* A)"),
        (Binary("\\", A, Binary("\\", B, v)), "A \\ (B \\ v)", "A \\ (B \\ v)"),
        (Binary("^", A, Number(2)), "A^2", "A^2"),
        (Call(Name("exp"), (v,), entrywise=True, kind=Kind.COLUMN), "exp.(v)", "exp(v)"),
        (Call(Name("exp"), (s,), entrywise=True, kind=Kind.NUMBER), "exp(s)", "exp(s)"),
        (Blocks(((A, negative(B)),)), "[A (-B)]", "[A (-B)]"),
        (Blocks(((transposed(A),), (product(A, B),))), "[A'; (A * B)]", "[A'; (A * B)]"),
        (Blocks(((Number(-1), Number(Fraction(1, 3))),)), "[-1 (1 / 3)]", "[-1 (1 / 3)]"),
        (Index(A, (Number(1), Slice())), "A[1, :]", "A(1, :)"),
        (Index(A, (Slice(Number(2), s), Slice())), "A[2:s, :]", "A(2:s, :)"),
    ],
)  # fmt: skip
def test_dots(node: Node, julia: str, matlab: str) -> None:
    assert JULIA.text(node) == julia
    assert MATLAB.text(node) == matlab


def test_kinds_of_what_is_spread() -> None:
    assert joint(Kind.NUMBER, Kind.COLUMN) is Kind.COLUMN
    assert joint(Kind.MATRIX, Kind.NUMBER) is Kind.MATRIX
    assert joint(Kind.COLUMN, Kind.COLUMN) is Kind.COLUMN
    assert joint(Kind.COLUMN, Kind.ROW) is Kind.MATRIX
    assert transposed(v).kind is Kind.ROW
    assert transposed(transposed(v)) is v


@pytest.mark.parametrize(
    ("printer", "lines"),
    [
        (PYTHON, ["x = A", "L, U = f(A)", "x += A", "return (x, A)"]),
        (JULIA, ["x = A", "L, U = f(A)", "x += A", "return (x, A)"]),
        (MATLAB, ["x = A;", "[L, U] = f(A);", "x += A;", "return (x, A);"]),
    ],
)
def test_statements(printer: Printer, lines: list[str]) -> None:
    x = Name("x")
    statements = [
        assign(x, A),
        Assign((Name("L"), Name("U")), call("f", A)),
        Update(x, "+", A),
        Return(Grouped((x, A))),
    ]
    assert [printer.statement(statement) for statement in statements] == lines


def test_what_names_need() -> None:
    f, g = Name("f", "module f"), Name("g", "module g")
    lines = [assign(Name("x"), call(g, call(f, A), k=Negative(call(g, B))))]
    assert list(needs_of(*lines)) == ["module g", "module f"]
