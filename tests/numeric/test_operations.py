"""Every operation has a value, of its shape, and the same in both arithmetics."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

import numpy as np
import pytest

import matgrad.ops  # noqa: F401  (defines the operations)
from matgrad.calculus.pullback import pullback
from matgrad.core.dims import Dim, dims
from matgrad.core.errors import EvaluationError, MatgradError
from matgrad.core.expr import OPERATIONS, Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import FACT_NAMES, closure
from matgrad.language import interpret
from matgrad.numeric.evaluate import evaluate_nodes, evaluate_on_arrays as evaluate
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.numeric.precise import PreciseArrays
from matgrad.ops.leaves import literal, number
from matgrad.ops.registry import FUNCTIONS, Function
from matgrad.ops.undefined import undefined
from matgrad.verify.sampling import sample, samples

M, N = dims("m n")
DISTINCT = {id(f): f for f in FUNCTIONS.values()}.values()


def symbol(name: str, rows: Any, columns: Any = 1, *words: str) -> Symbol:
    facts = FACT_NAMES["constant"] & 0
    for word in words:
        facts |= FACT_NAMES[word]
    return Symbol.make(name, Dim.of(rows), Dim.of(columns), closure(facts))


OPERANDS = [
    symbol("X", M, N),
    symbol("Y", M, N),
    symbol("x", N),
    symbol("A", N, N),
    symbol("S", N, N, "spd"),
    symbol("t", 1),
    symbol("k", 1, 1, "integer"),
    symbol("a", 3),
    symbol("b", 3),
    symbol("R", 3, 3),
]
SUMS = [
    ("sum_{i<j} tr(A_i*X*A_j)", "A_i: n×n, i = 1..N, X: n×n"),
    ("prod_i x_i", "x: n"),
]
DIMS = [N, M, M * N, Dim.of(1), Dim.of(2), Dim.of(4)]


def examples(function: Function) -> Iterator[Expr]:
    """The example of a function, and what it builds of variables."""
    yield interpret(function.example, function.given).expr
    required = [p for p in function.parameters if not p.optional]
    kinds = [p.kind for p in required] + [p.kind for p in required if p.variadic]
    choices: dict[str, list[Any]] = {"expr": [*OPERANDS], "dim": [*DIMS], "int": [1, 2]}
    for args in product(*(choices[kind] for kind in kinds)):
        try:
            yield function.build(*args)
        except MatgradError:
            continue


def values_agree(expr: Expr) -> bool:
    """Compare the two arithmetics on the first sample in the domain; say whether there is one."""
    for sizes, values in samples([expr]):
        precise, fast = PreciseArrays(sizes), NumpyArrays(sizes)
        try:
            (exact,) = evaluate_nodes([expr], values, precise)
        except MatgradError:
            continue
        floats = {name: np.array(precise.floats(value)) for name, value in values.items()}
        (got,) = evaluate_nodes([expr], floats, fast)
        assert got.shape == tuple(fast.size(d) for d in expr.shape) == precise.shape(exact)
        np.testing.assert_allclose(got, precise.floats(exact), rtol=1e-7, atol=1e-7)
        return True
    return False


@pytest.mark.parametrize("function", DISTINCT, ids=[f.name for f in DISTINCT])
def test_functions_have_the_same_value_in_both_arithmetics(function: Function) -> None:
    agreeing = 0
    for expr in examples(function):
        agreeing += values_agree(expr)
        if agreeing == 2:
            break
    assert agreeing


def test_every_operation_was_reached() -> None:
    built = (expr for f in DISTINCT for expr in islice(examples(f), 40))
    reached = {type(node) for expr in built for node in postorder(expr)}
    for expr in (
        undefined("f", OPERANDS[2]),
        interpret("f(x, A)", "f: (n, n×n) -> scalar, x: n, A: n×n").expr,
        OPERANDS[3].T @ OPERANDS[3],
        OPERANDS[3][0, 0],
        OPERANDS[3][1:, :],
        literal([[1, 2], [3, 4]]),
        *(interpret(*pair).expr for pair in SUMS),
        pullback(interpret(*SUMS[0]).expr, interpret(*SUMS[0]).symbols["A"], number(1)),
    ):
        assert values_agree(expr)
        reached |= {type(node) for node in postorder(expr)}
    assert not [name for name, operation in OPERATIONS.items() if operation not in reached]


def test_public_evaluation_agrees_with_numpy() -> None:
    rng = np.random.default_rng(8)
    x, a, data = rng.normal(size=3), rng.normal(size=(3, 3)), rng.normal(size=(4, 3))
    X, v, A = OPERANDS[0], OPERANDS[2], OPERANDS[3]
    assert evaluate(v.T @ A @ v, {"x": x, "A": a}) == pytest.approx(x @ a @ x)
    np.testing.assert_allclose(evaluate(X @ v, {"x": x, "X": data}), data @ x)
    np.testing.assert_allclose(evaluate((X @ v).T, {"x": x, "X": data}), (data @ x)[None])
    np.testing.assert_allclose(evaluate(X.T @ X, {"X": data}), data.T @ data)


def test_an_undefined_function_has_no_value() -> None:
    with pytest.raises(EvaluationError, match="f is only the name of a function"):
        evaluate(undefined("f", OPERANDS[2]), {"x": [1, 2]})


def test_a_singular_inverse_names_its_place() -> None:
    inverse = FUNCTIONS["inv"].build(OPERANDS[3])
    with pytest.raises(
        EvaluationError, match="inverse of a matrix that is singular to working precision, at"
    ):
        evaluate(inverse, {"A": [[1, 2], [2, 4]]})


def test_samples_reach_narrow_domains() -> None:
    X, x, A = OPERANDS[0], OPERANDS[2], OPERANDS[3]
    f = {
        name: FUNCTIONS[name].build
        for name in ("log", "sqrt", "acos", "inv", "logdet", "logm", "sqrtm", "sum")
    }
    for expr in (
        f["sum"](f["log"](x)),
        f["sum"](f["log"](1 - x)),
        f["sum"](f["log"](1 - x * x)),
        f["sum"](f["sqrt"](x - 1)),
        f["sum"](f["acos"](X)),
        f["inv"](X.T @ X),
        f["inv"](X @ X.T),
        f["logdet"](A),
        f["logdet"](A - 1),
        f["logm"](A),
        f["sqrtm"](A),
        f["log"](1 - x.T @ x),
    ):
        assert values_agree(expr), expr.key


def test_samples_of_symbols_only() -> None:
    xp = PreciseArrays({"m": 2, "n": 3})
    values = sample(symbols_of(OPERANDS).values(), xp, random.Random(0))
    assert sorted(values) == sorted(s.label for s in OPERANDS)
