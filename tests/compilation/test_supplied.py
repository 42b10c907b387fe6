"""Functions that are only names, handed over to compiled code."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import code_for
from matgrad.core.errors import ArgumentError, EvaluationError

RNG = np.random.default_rng(11)
A, X = RNG.normal(size=(3, 4)), RNG.normal(size=4)
SQUARE = mg.parse("f(A x)^2", "f: m -> scalar, A: m×n, x: n")
CUBES = {
    "f": lambda y: (y**3).sum(),
    "grad_f": lambda y: 3 * y**2,
    "H_f": lambda y: 6 * y * np.eye(3),
}


def _square_by_hand() -> tuple[Any, Any, Any]:
    y = A @ X
    f, g = (y**3).sum(), 3 * y**2
    return f**2, 2 * f * A.T @ g, 2 * A.T @ (np.outer(g, g) + f * np.diag(6 * y)) @ A


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_value_gradient_and_hessian_call_what_is_handed_over(backend: str) -> None:
    library: Any = np
    functions: dict[str, Any] = CUBES
    if backend == "jax":
        jax = pytest.importorskip("jax")
        jax.config.update("jax_enable_x64", True)
        library = jax.numpy
    if backend == "torch":
        library = pytest.importorskip("torch")
        functions = {**CUBES, "H_f": lambda y: library.diag(6 * y)}
    exprs = [SQUARE, mg.gradient(SQUARE, "x"), mg.hessian(SQUARE, "x")]
    fn = mg.compile(exprs, backend=backend, functions=functions)
    got = fn(A=library.asarray(A), x=library.asarray(X))
    for value, expected in zip(got, _square_by_hand(), strict=True):
        assert np.allclose(np.asarray(value), expected, rtol=1e-12)


def test_matrices_of_a_number_and_primed_names() -> None:
    f = mg.parse("log det(A(t))", "A: scalar -> n×n, t: scalar")
    B = np.diag([1.0, 2, 3]) + 0.1
    for name in ("D1_A", "A'"):
        fn = mg.compile([f, mg.gradient(f, "t")], functions={"A": lambda t: B * t, name: lambda t: B})
        value, slope = fn(t=2.0, n=3)
        assert np.allclose(value, np.linalg.slogdet(2 * B)[1])
        assert np.allclose(slope, 3 / 2)


def test_a_sum_over_data_calls_once_with_all_members() -> None:
    f = mg.parse("sum_i l(y_i, w'x_i)", "l: (scalar, scalar) -> scalar, x_i: d, y_i: scalar, i = 1..N, w: d")
    x, y, w = RNG.normal(size=(3000, 2)), RNG.normal(size=3000), RNG.normal(size=2)
    calls = []

    def loss(a: Any, b: Any) -> Any:
        calls.append(np.shape(a))
        return np.exp(-a * b)

    functions = {
        "l": loss,
        "D2_l": lambda a, b: -a * np.exp(-a * b),
        "D22_l": lambda a, b: a**2 * np.exp(-a * b),
    }
    fn = mg.compile([f, mg.gradient(f, "w"), mg.hessian(f, "w")], functions=functions)
    value, gradient, hessian = fn(x=x, y=y, w=w)
    e = np.exp(-y * (x @ w))
    assert np.allclose(value, e.sum())
    assert np.allclose(gradient, -x.T @ (y * e))
    assert np.allclose(hessian, (x.T * (y**2 * e)) @ x)
    assert calls == [(3000,)]


def test_what_is_missing_or_of_another_shape_is_told() -> None:
    slope = mg.gradient(SQUARE, "x")
    with pytest.raises(EvaluationError, match="f is only the name of a function") as caught:
        mg.compile(slope, functions={"f": CUBES["f"]})
    assert '"grad_f": grad_f' in (caught.value.fix or "")
    family = mg.parse("sum_i f(w' x_i)", "f: scalar -> scalar, w: d, x_i: d, i = 1..N")
    with pytest.raises(EvaluationError, match="no value is known of D1_f\n"):
        mg.compile(mg.gradient(family, "w"), functions={"f": np.tanh})
    with pytest.raises(ArgumentError, match="'f' is not a Python function but int"):
        mg.compile(SQUARE, functions={"f": 3})  # type: ignore[dict-item]
    with pytest.raises(ArgumentError, match="by their names"):
        mg.compile(SQUARE, functions=[len])  # type: ignore[arg-type]
    wrong = mg.compile(slope, functions={**CUBES, "grad_f": lambda y: np.ones(5)})
    with pytest.raises(EvaluationError, match=r"grad_f gave an array of the shape \(5,\).*shape \(3,\)"):
        wrong(A=A, x=X)
    with pytest.raises(EvaluationError, match="f gave an array of the shape") as caught:
        mg.compile(mg.parse("f(x)", "x: n"), functions={"f": np.sum})(x=X)
    assert caught.value.fix == "np.vectorize(f)"
    with pytest.raises(ArgumentError, match="dense code"):
        mg.compile(mg.hessian(SQUARE, "x"), structure="factors", functions=CUBES)


def test_arrays_that_are_split_are_taken_by_functions_of_numbers_alone() -> None:
    da = pytest.importorskip("dask.array")
    split = da.from_array(A, chunks=(1, 4))
    f = mg.parse("sum(f(A x))", "A: m×n, x: n")
    fn = mg.compile(mg.gradient(f, "x"), backend="dask", functions={"f'": np.exp})
    assert np.allclose(fn(A=split, x=X).compute(), A.T @ np.exp(A @ X))
    fn = mg.compile(SQUARE, backend="dask", functions=CUBES)
    assert np.isclose(fn(A=A, x=X).compute(), _square_by_hand()[0])
    with pytest.raises(ArgumentError, match="needs all of a matrix that is split"):
        fn(A=split, x=X)


def test_a_function_that_keeps_its_value_is_not_written_to() -> None:
    kept = np.arange(3.0)
    f = mg.parse("v + f(A x)", "f: m -> m, A: m×n, x: n, v: m")
    fn = mg.compile(mg.parse("f(x)", "f: n -> 3, x: n"), functions={"f": lambda x: kept})
    fn(x=X)[0] = 7
    assert kept.tolist() == [0, 1, 2]
    fn = mg.compile(f, functions={"f": lambda y: y})
    assert np.allclose(fn(A=A, x=X, v=np.ones(3)), A @ X + 1)


def test_code_survives_pickling() -> None:
    fn = pickle.loads(pickle.dumps(mg.compile(mg.parse("sum(f(x))", "x: n"), functions={"f": np.exp})))
    assert np.isclose(fn(x=[0.0, 1.0]), 1 + np.exp(1))


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch", "julia", "matlab"])
def test_text_calls_the_names_and_says_what_they_take(backend: str) -> None:
    if backend in ("jax", "torch"):
        pytest.importorskip(backend)
    text = code_for([SQUARE, mg.gradient(SQUARE, "x")], backend)
    sign = "%" if backend == "matlab" else "#"
    assert text.startswith(f"{sign} to be defined: f: m -> scalar\n{sign} to be defined: grad_f: m -> m\n\n")
    assert "grad_f(" in text.partition("\n\n")[2]


def test_names_of_functions_and_variables_do_not_hide_each_other() -> None:
    f = mg.parse("t1(x) + grad_f' x", "t1: n -> scalar, grad_f: n, x: n")
    fn = mg.compile(f, functions={"t1": lambda x: x @ x})
    assert np.isclose(fn(x=X, grad_f=X), 2 * X @ X)


LOSS, OF_LOSS = "f(A x - b)", "f: m -> scalar, A: m×n, x: n, b: m"


def test_a_jax_function_differentiates_what_is_handed_over() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    b = np.ones(3)

    def f(y: Any) -> Any:
        return y @ y / 2 + jax.numpy.log(1 + y[0] ** 2)

    functions = {"f": f, "grad_f": jax.grad(f), "H_f": jax.hessian(f)}
    loss = mg.jax_function(LOSS, given=OF_LOSS, functions=functions)
    for derive in (jax.grad, jax.hessian):
        found = derive(lambda x: loss(A=A, b=b, x=x))(X)
        np.testing.assert_allclose(found, derive(lambda x: f(A @ x - b))(X), rtol=1e-10)
    with pytest.raises(EvaluationError, match="grad_f"):
        jax.grad(lambda x: mg.jax_function(LOSS, given=OF_LOSS, functions={"f": f})(A=A, b=b, x=x))(X)


def test_a_torch_function_differentiates_what_is_handed_over() -> None:
    torch = pytest.importorskip("torch")
    functions = {"f": torch.sum, "grad_f": torch.ones_like}
    loss = mg.torch_function(LOSS, given=OF_LOSS, functions=functions)
    for function in (loss, pickle.loads(pickle.dumps(loss))):
        x = torch.tensor(X, requires_grad=True)
        function(A=torch.tensor(A), b=torch.ones(3, dtype=x.dtype), x=x).backward()
        np.testing.assert_allclose(x.grad, A.sum(0), rtol=1e-10)
