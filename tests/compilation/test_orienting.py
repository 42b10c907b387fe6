"""What is a transpose or a multiple of something made already is not made again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.ir.primitives import APPLY, HADAMARD, MATMUL, SUM
from matgrad.compilation.ir.program import Program
from matgrad.core.expr import symbols_of

SIZES = {"n": 7, "m": 5, "k": 3, "p": 4}


def compiled(text: str, given: str, *variables: str) -> tuple[Any, dict[str, Any], list[Any]]:
    """The compiled value and gradients, with arrays, and what evaluation gives."""
    read = mg.interpret(text, given)
    exprs = [read.expr, *(mg.gradient(read.expr, read.symbols[v], verify=False) for v in variables)]
    fn = mg.compile(exprs, more=list(read.symbols.values()))
    rng = np.random.default_rng(1)
    arrays = {}
    for name, symbol in read.symbols.items():
        shape = tuple(dim.value(SIZES) for dim in symbol.shape)
        shape = () if symbol.is_scalar else shape[:1] if symbol.is_vector else shape
        arrays[name] = rng.uniform(0.5, 1.5, shape)[()]
    wanted = [mg.evaluate(e, {s: arrays[s] for s in symbols_of([e])}) for e in exprs]
    return fn, arrays, wanted


def count(program: Program, *ops: Any) -> int:
    return sum(v.op in ops and v.kind == "matrix" for v in program.values)


CASES = [
    ("sum(W .* (Y - U*V').^2)", "W: n×m, Y: n×m, U: n×k, V: m×k", ("U", "V")),
    ("sum(W .* (Y - U*V').^2)", "W: n×m, Y: n×m, U: n×k, V: m×k", ("V", "U")),
    ("tr((X - ones(n)*c')*P*(X - ones(n)*c')')", "X: n×p, c: p, P: p×p", ("c", "P")),
    (
        "-sum(Y .* row_log_softmax(tanh(X*W + ones(n)*b')*V))",
        "X: n×p, W: p×k, b: k, V: k×m, Y: n×m", ("W", "V"),
    ),
    (
        "norm(row_softmax(X*Q*(X*K)')*(X*V) - T)^2",
        "X: n×p, Q: p×k, K: p×k, V: p×m, T: n×m", ("X", "Q", "K", "V"),
    ),
    ("-tr(row_log_softmax(U*V'/t))/n", "U: n×k, V: n×k, t: scalar positive", ("U", "V")),
    ("sum(w .* row_sum((X*R' + ones(n)*t' - Y).^2))", "X: n×k, Y: n×m, w: n, R: m×k, t: m", ("R", "t")),
    ("sum(log(1 + exp(X*A - B')))", "X: n×p, A: p×m, B: m×n", ("X", "A", "B")),
    ("tr(V'*A*V)/tr(V'*B*V)", "A: n×n, B: n×n, V: n×k", ("V",)),
    ("sum(C .* (X ./ (sqrt(row_mean(X.^2) + e)*ones(p)')))", "X: n×p, C: n×p, e: scalar positive", ("X",)),
]  # fmt: skip


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("text", "given", "variables"), CASES)
def test_values(text: str, given: str, variables: tuple[str, ...], order: Any) -> None:
    fn, arrays, wanted = compiled(text, given, *variables)
    found = fn(**{name: np.asarray(a, order=order)[()] for name, a in arrays.items()})
    for mine, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-11, atol=1e-12 * np.abs(other).max())


def test_one_difference_and_one_product_for_all() -> None:
    fn, arrays, _ = compiled(*CASES[0][:2], "U", "V")
    fn(**arrays)
    program = fn._program
    assert count(program, SUM) == 1
    assert count(program, HADAMARD) == 1
    assert count(program, MATMUL) == 3
    assert "U.dot(V.T) - Y" in fn.source


def test_one_set_of_exponentials() -> None:
    fn, arrays, _ = compiled(*CASES[3][:2], "W", "V")
    fn(**arrays)
    assert sum(v.op is APPLY and v.params[0] == "exp" for v in fn._program.values) == 1
    assert "softmax" not in fn.source.split("def compute")[0]


def test_quotients_of_forms_take_two_products() -> None:
    read = mg.interpret("tr(V'*A*V)/tr(V'*B*V)", "A: n×n symmetric, B: n×n symmetric, V: n×k")
    fn = mg.compile([read.expr, mg.gradient(read.expr, read.symbols["V"])])
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((2, 50, 50))
    fn(A=A + A.T, B=B + B.T, V=rng.standard_normal((50, 4)))
    assert count(fn._program, MATMUL) == 2


def test_the_plan_says_so() -> None:
    fn, arrays, _ = compiled("norm(Y - U*V')^2", "Y: n×m, U: n×k, V: m×k", "U", "V")
    fn(**arrays)
    (said,) = (choice for choice in fn.plan.choices if choice.rule.startswith("transposes and multiples"))
    assert said.flops < said.otherwise
    fn, arrays, _ = compiled("norm(Y)^2", "Y: n×m")
    fn(**arrays)
    assert not fn.plan.choices
