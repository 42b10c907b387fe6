"""Compiled functions: arguments, errors that name them, types, out=, results that share no memory."""

from __future__ import annotations

import traceback
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.base.names import spelling
from matgrad.compilation.backends.numpy.function import compile_expressions
from matgrad.compilation.backends.numpy.linear_algebra import MatrixError
from matgrad.ops.sylvester import sylvester

(n,) = mg.dims("n")
S = mg.matrix("S", "n", "n", positive_definite=True)
X = mg.matrix("X", "n", "n")
L = mg.matrix("L", "n", "n", lower_triangular=True)
x = mg.vector("x", "n")
t = mg.scalar("t")
QUADRATIC = x.T @ S @ x
RNG = np.random.default_rng(0)


def test_results_as_evaluation_returns_them() -> None:
    fn = compile_expressions([QUADRATIC, mg.gradient(QUADRATIC, x), x.T, x @ x.T])
    data = {"S": np.eye(3), "x": np.arange(3.0)}
    for given in (data, {**data, "x": data["x"][:, None]}, {"S": np.eye(3).tolist(), "x": [0, 1, 2]}):
        for expr, result in zip(fn.exprs, fn(**given), strict=True):
            used = {k: v for k, v in given.items() if k in mg.core.expr.symbols_of(expr)}
            expected = mg.evaluate(expr, used)
            assert np.shape(result) == np.shape(expected)
            assert np.allclose(result, expected)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"x": np.ones(3)}, ["no array was given for S (n×n)"]),
        ({"S": np.eye(3), "x": np.ones(3), "y": 1}, ["'y' is not an argument", "S, x"]),
        ({"S": np.eye(3), "xs": np.ones(3)}, ["'xs' is not an argument", "Try: x"]),
        ({"S": np.eye(3), "x": np.ones(4)}, ["x is declared n×1", "4×1", "n = 3 as in S"]),
        ({"S": np.eye(3), "x": np.ones((3, 1, 1))}, ["x is declared n×1", "3×1×1"]),
        ({"S": np.eye(3), "x": ["a", "b", "c"]}, ["x is not an array of real numbers"]),
        ({"S": np.eye(3), "x": np.ones(3) * 1j}, ["x is not an array of real numbers", "complex128"]),
        ({"S": np.eye(3), "x": np.ma.ones(3)}, ["x is a masked array"]),
        ({"S": np.array([[1.0, 2], [0, 1]]), "x": np.ones(2)}, ["S is declared", "symmetric"]),
    ],
)
def test_bad_arguments_are_named(given: dict[str, Any], words: list[str]) -> None:
    fn = compile_expressions(QUADRATIC)
    for _ in range(2):  # before and after the function has been planned for some shapes
        with pytest.raises(mg.EvaluationError) as error:
            fn(**given)
        assert all(word in str(error.value) for word in words), str(error.value)
        fn(S=np.eye(5), x=np.ones(5))


def test_unknown_argument_after_planning() -> None:
    fn = compile_expressions(QUADRATIC)
    fn(S=np.eye(3), x=np.ones(3))
    with pytest.raises(mg.EvaluationError, match="'y' is not an argument"):
        fn(S=np.eye(3), x=np.ones(3), y=1)


def test_sizes_that_no_array_shows() -> None:
    fn = compile_expressions(
        mg.parse("A + eye(m)", "A: m×m") @ mg.parse("ones(m, k)", "m: dimension, k: dimension")
    )
    for k in (2, 4, 2):
        assert fn(A=np.zeros((3, 3)), k=k).shape == (3, k)
    with pytest.raises(mg.EvaluationError, match="no array shows the size of k"):
        fn(A=np.zeros((3, 3)))
    with pytest.raises(mg.EvaluationError, match="the dimension k is a whole number"):
        fn(A=np.zeros((3, 3)), k=2.5)


@pytest.mark.parametrize(
    ("expr", "arrays", "name"),
    [
        (mg.inv(X) @ x, {"X": np.zeros((3, 3))}, "X"),
        (mg.inv(X), {"X": np.ones((2, 2))}, "X"),
        (mg.inv(X), {"X": np.zeros((1, 1))}, "X is singular"),
        (mg.inv(X + X.T) @ x, {"X": np.zeros((4, 4))}, "X + Xᵀ"),
        (
            sylvester(X, X.T, L),
            {"X": np.diag([1.0, -1]), "L": np.tril(np.ones((2, 2)))},
            "share an eigenvalue",
        ),
        (mg.logdet(X), {"X": -np.eye(3)}, "X"),
        (mg.inv(X + X @ X) @ x, {"X": np.zeros((3, 3))}, "X + X²"),
        (mg.inv(L) @ x, {"L": np.diag([1.0, 0, 2])}, "L"),
        (mg.inv(L), {"L": np.diag([1.0, 0, 2])}, "L"),
        (mg.logdet(X.T @ X), {"X": np.zeros((3, 3))}, "Xᵀ X"),
        (mg.inv(S) @ x, {"S": np.eye(3)}, ""),
    ],
    ids=str,
)
def test_singular_matrices_are_named(expr: Any, arrays: dict[str, Any], name: str) -> None:
    order = len(next(iter(arrays.values())))
    given = {k: v for k, v in {**arrays, "x": np.ones(order)}.items() if k in mg.core.expr.symbols_of(expr)}
    fn = compile_expressions(expr)
    if not name:
        assert np.isfinite(fn(**given)).all()
        given["S"] = np.diag([1.0, -1, 1])  # of the shape that is planned already
        name = "S"
    with pytest.raises(np.linalg.LinAlgError) as error:
        fn(**given)
    assert isinstance(error.value, MatrixError)
    assert name in str(error.value)


def test_float32_stays_float32_and_mixed_types_do_not() -> None:
    fn = compile_expressions(
        [QUADRATIC * t, mg.inv(S) @ x / 3, mg.logdet(S), mg.exp(x), mg.eye(n) @ S + mg.eye(n)]
    )
    single = fn(S=np.eye(3, dtype=np.float32), x=np.ones(3, np.float32), t=2.0)
    assert [np.asarray(r).dtype for r in single] == [np.float32] * 5
    mixed = fn(S=np.eye(3), x=np.ones(3, np.float32), t=2)
    assert [np.asarray(r).dtype for r in mixed] == [np.float64] * 5
    whole = fn(S=np.eye(3, dtype=int), x=np.ones(3, bool), t=2)
    assert [np.asarray(r).dtype for r in whole] == [np.float64] * 5


def test_out() -> None:
    fn = compile_expressions([QUADRATIC, mg.gradient(QUADRATIC, x)])
    arrays = {"S": np.eye(3), "x": np.arange(3.0)}
    gradient = np.empty(3)
    value, result = fn(**arrays, out=(None, gradient))
    assert result is gradient
    assert gradient.tolist() == [0, 2, 4]
    assert value == 5
    with pytest.raises(mg.EvaluationError, match=r"out\[1\] has the shape \(4,\)"):
        fn(**arrays, out=(None, np.empty(4)))
    with pytest.raises(mg.EvaluationError, match=r"out\[1\] has the type int"):
        fn(**arrays, out=(None, np.empty(3, int)))
    with pytest.raises(mg.EvaluationError, match="1 arrays for 2 results"):
        fn(**arrays, out=[gradient])
    single = compile_expressions(S @ x)
    assert single(**arrays, out=gradient) is gradient


def test_results_share_no_memory_with_arguments_or_each_other() -> None:
    fn = compile_expressions([X, X.T, X[0, :], mg.vec(X), X + X.T])
    a = np.arange(9.0).reshape(3, 3)
    for given in (a, np.asfortranarray(a)):
        results = fn(X=given)
        for i, result in enumerate(results):
            assert not np.shares_memory(result, given)
            assert not any(np.shares_memory(result, other) for other in results[:i])


def test_names_of_variables_never_become_code() -> None:
    names = ["np", "compute", "class", "λ", "t1", "c1", "sum", "out", "self"]
    variables = [mg.matrix(name, "n", "n") for name in names if name.isidentifier()]
    total = variables[0]
    for variable in variables[1:]:
        total = total + mg.exp(variable)
    fn = compile_expressions(total)
    arrays = {v.label: RNG.normal(size=(2, 2)) for v in variables}
    expected = arrays[variables[0].label] + sum(np.exp(arrays[v.label]) for v in variables[1:])
    for _ in range(2):
        assert np.allclose(fn(**arrays), expected)
    for hostile in ("x'; import os", "a\nb", "__import__('os')", "1x", "", "a b"):
        assert spelling(hostile).isidentifier()


def test_tracebacks_show_the_generated_line() -> None:
    fn = compile_expressions(mg.inv(X) @ x)
    with pytest.raises(MatrixError) as error:
        fn(X=np.zeros((2, 2)), x=np.ones(2))
    assert "lu(X, 'X')" in "".join(traceback.format_tb(error.tb))


def test_source_and_plan_before_any_call() -> None:
    fn = compile_expressions(QUADRATIC)
    assert "Written for n = 100" in fn.source
    assert fn.plan.flops >= 2 * 100 * 100
    fn(S=np.eye(3), x=np.ones(3))
    assert "Written for" not in fn.source
    assert fn.plan.least == 9 + 3 + 1
    assert "floating-point operations" in str(fn.plan)


def test_ill_conditioned_matrices_are_solved_as_numpy_solves_them() -> None:
    hilbert = 1 / (np.arange(9)[:, None] + np.arange(9) + 1)
    got = compile_expressions(mg.inv(X) @ x)(X=hilbert, x=np.ones(9))
    assert np.allclose(got, np.linalg.solve(hilbert, np.ones(9)), rtol=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        "diag(sqrt(s) ones(n)) - ones(n, n)/sqrt(s)",
        "A (sqrt(s) eye(n) - ones(n, n)/sqrt(s))",
        "s ones(n) - ones(n)",
        "log(s) ones(n) + x",
        "s^2 ones(n, n) + x ones(n)'",
        "(s ones(n) + exp(s) ones(n)).^2",
    ],
)
def test_sums_of_constant_arrays_keep_their_shape(text: str) -> None:
    expr = mg.parse(text, "s: scalar positive, A: m×n, x: n, n: dimension")
    arrays = {"s": 2.0, "A": np.ones((2, 3)), "x": np.arange(3.0), "n": 3}
    function = compile_expressions(expr)
    needed = {*function.signature.symbols, *function.signature.free}
    given = {name: array for name, array in arrays.items() if name in needed}
    np.testing.assert_allclose(function(**given), mg.evaluate(expr, given))
