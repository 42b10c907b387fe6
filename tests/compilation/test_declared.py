"""Arrays are held to what is declared of their variables: on every call, on every backend."""

from __future__ import annotations

import copy
import gc
import inspect
import linecache
import pickle
import traceback
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import matgrad as mg
from matgrad.compilation.backends.base import declared_arrays
from matgrad.numeric.inputs import check_declared

BACKENDS = ["numpy", "jax", "torch", "dask"]
ROTATION = np.array([[0.6, -0.8], [0.8, 0.6]])
CASES: list[tuple[str, str, Any, Any]] = [
    ("symmetric", "n×n", [[1, 2], [2, 5]], [[1, 2], [3, 5]]),
    ("skew", "n×n", [[0, 2], [-2, 0]], [[0, 2], [2, 0]]),
    ("skew", "n×n", [[0, 2], [-2, 0]], [[1, 2], [-2, 0]]),
    ("diagonal", "n×n", [[1, 0], [0, 5]], [[1, 2], [0, 5]]),
    ("lower", "n×n", [[1, 0], [2, 5]], [[1, 2], [0, 5]]),
    ("upper", "n×n", [[1, 2], [0, 5]], [[1, 0], [2, 5]]),
    ("orthogonal", "n×n", ROTATION, [[0.6, 0.8], [0.8, 0.6]]),
    ("orthonormal", "m×n", [[0.6, 0], [0.8, 0], [0, 1]], [[0.6, 0], [0.7, 0], [0, 1]]),
    ("spd", "n×n", [[2, 1], [1, 2]], [[1, 2], [2, 1]]),
    ("spd", "n×n", [[2, 1], [1, 2]], [[2, 1], [0, 2]]),
    ("spd", "n×n", [[2, 1], [1, 2]], [[1, 1], [1, 1]]),
    ("spd", "n×n", [[1, 0], [0, 1e-16]], [[1, 0], [0, 0]]),
    ("psd", "n×n", [[1, 1], [1, 1]], [[1, 2], [2, 1]]),
    ("invertible", "n×n", [[1, 2], [3, 4]], [[1, 2], [2, 4]]),
    ("invertible", "n×n", [[1, 0], [0, 1e-20]], [[0, 0], [0, 1]]),
    ("positive", "m×n", [[1, 2], [3, 4], [5, 6]], [[1, 2], [0, 4], [5, 6]]),
    ("nonnegative", "m×n", [[1, 0], [3, 4], [5, 6]], [[1, -1e-2], [3, 4], [5, 6]]),
    ("integer", "m×n", [[1, 2], [-3, 4], [5, 1e9]], [[1, 2.5], [-3, 4], [5, 1e9]]),
    ("simplex", "n", [0.25, 0.75], [0.25, 0.7]),
    ("simplex", "n", [0.25, 0.75], [-0.25, 1.25]),
    ("positive", "n", [1, 2], [1, -2]),
    ("positive", "scalar", 2.0, -2.0),
    ("nonnegative", "scalar", 0.0, -2.0),
    ("integer", "scalar", 2.0, 2.5),
]


def compiled(words: str, shape: str, backend: str, **options: Any) -> Any:
    if backend != "numpy":
        pytest.importorskip(backend)
    return mg.compile(mg.parse("sum(A .^ 2)", f"A: {shape} {words}"), backend=backend, **options)


def called(fn: Any, array: Any) -> float:
    value = fn(A=np.asarray(array, dtype=float))
    return float(value.compute() if hasattr(value, "compute") else value)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("words", "shape", "right", "wrong"), CASES)
def test_what_contradicts_its_declaration_is_refused_on_every_call(
    words: str, shape: str, right: Any, wrong: Any, backend: str
) -> None:
    if backend == "jax" and words in ("spd", "invertible") and np.min(np.abs(np.diag(right))) < 1e-10:
        pytest.skip("float32 has no such digits")
    fn = compiled(words, shape, backend)
    for order in ([right, wrong, right, wrong], [wrong, wrong, right]):
        fn = compiled(words, shape, backend)
        for array in order:
            if array is right:
                assert called(fn, array) == pytest.approx(np.sum(np.square(right)), rel=1e-5)
                continue
            with pytest.raises(mg.EvaluationError, match="A is"):
                called(fn, array)
    if shape == "n" or words in ("spd", "invertible", "psd", "orthogonal", "orthonormal", "diagonal"):
        return
    assert called(compiled(words, shape, backend, check=False), wrong) == pytest.approx(
        np.sum(np.square(wrong)), rel=1e-5
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_change_in_place_is_seen(backend: str) -> None:
    fn, S = compiled("symmetric", "n×n", backend), np.array([[1.0, 2], [2, 5]])
    called(fn, S)
    S[0, 1] = 3
    with pytest.raises(mg.EvaluationError, match="A is declared symmetric"):
        called(fn, S)


@pytest.mark.parametrize("structure", ["factors", "operator"])
def test_other_structures_look_too(structure: str) -> None:
    S, x = mg.matrix("S", "n", "n", spd=True), mg.vector("x", "n")
    fn = mg.compile(mg.hessian(mg.norm(S @ x) ** 2, x), structure=structure)
    for _ in range(2):
        fn(S=np.eye(2))
        with pytest.raises(mg.EvaluationError, match="S is declared symmetric"):
            fn(S=[[1, 2], [0, 1]])


@pytest.mark.parametrize("text", ["x' inv(S) x", "logdet(S) + x'x", "x' S x", "tr(sqrtm(S)) + x'x"])
def test_definite_is_what_scaling_makes_definite(text: str) -> None:
    f = mg.parse(text, "S: n×n spd, x: n")
    fn: Any = mg.compile(f)
    x = np.ones(2)
    for small in (1e-16, 1e-200):
        S = np.diag([1, small])
        expected = {
            "x' inv(S) x": 1 + 1 / small,
            "logdet(S) + x'x": np.log(small) + 2,
            "x' S x": 1 + small,
            "tr(sqrtm(S)) + x'x": 3 + np.sqrt(small),
        }[text]
        for _ in range(2):
            assert fn(S=S, x=x) == pytest.approx(expected, rel=1e-12)
        if "sqrtm" not in text:
            assert mg.evaluate(f, {"S": S, "x": x}) == pytest.approx(expected, rel=1e-12)
    X = np.random.default_rng(3).normal(size=(5, 3))
    for S in (X @ X.T, np.ones((3, 3)), scipy.linalg.hilbert(16)):
        for _ in range(2):
            with pytest.raises(mg.EvaluationError, match="only positive semidefinite"):
                fn(S=S, x=np.ones(len(S)))
        with pytest.raises(mg.EvaluationError, match="only positive semidefinite"):
            mg.evaluate(f, {"S": S, "x": np.ones(len(S))})


def test_traced_arrays_that_visibly_contradict_their_declaration_are_nan() -> None:
    jax = pytest.importorskip("jax")
    fn = jax.jit(mg.compile(mg.parse("sum(S .^ 2)", "S: n×n symmetric"), backend="jax"))
    assert float(fn(S=np.eye(2))) == 2
    assert np.isnan(float(fn(S=np.array([[1.0, 2], [0, 1]]))))
    torch = pytest.importorskip("torch")
    many = torch.func.vmap(mg.compile(mg.parse("sum(S .^ 2)", "S: n×n symmetric"), backend="torch"))
    values = many(torch.tensor([[[1.0, 2], [0, 1]], [[1.0, 0], [0, 1]]]))
    assert torch.isnan(values).tolist() == [True, False]


@pytest.mark.parametrize("library", ["jax", "torch"])
def test_wrapped_functions_look_and_their_derivatives_do_not_mind_directions(library: str) -> None:
    module = pytest.importorskip(library)
    wrap: Any = {"jax": mg.jax_function, "torch": mg.torch_function}[library]
    f = wrap("x' inv(S) x", given="S: n×n spd, x: n")
    good, bad = np.array([[2.0, 1], [1, 2]]), np.array([[2.0, 1], [0, 2]])
    array = module.numpy.asarray if library == "jax" else module.tensor
    for _ in range(2):
        assert float(f(S=array(good), x=array([1.0, 2]))) == pytest.approx(2)
        with pytest.raises(mg.EvaluationError, match="S is declared symmetric"):
            f(S=array(bad), x=array([1.0, 2]))
    if library == "jax":
        H = module.hessian(lambda x: f(S=array(good), x=x))(array([1.0, 2]))
        np.testing.assert_allclose(H, 2 * np.linalg.inv(good), rtol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("again", [lambda f: pickle.loads(pickle.dumps(f)), copy.copy, copy.deepcopy])
def test_compiled_functions_are_pickled_and_copied_before_and_after_a_call(backend: str, again: Any) -> None:
    fn = compiled("symmetric", "n×n", backend)
    first = again(fn)
    assert called(first, np.eye(2)) == called(fn, np.eye(2)) == 2
    assert called(again(fn), np.eye(3)) == 3
    assert "A" in again(first).source
    with pytest.raises(mg.EvaluationError, match="symmetric"):
        called(again(fn), [[1, 2], [3, 4]])


def test_everything_that_is_compiled_can_be_pickled() -> None:
    x, A = mg.vector("x", "n"), mg.matrix("A", "m", "n")
    H = mg.hessian(mg.norm(A @ x) ** 2, x)
    data = np.arange(6.0).reshape(2, 3)
    for structure in ("factors", "operator"):
        fn: Any = mg.compile(H, structure=structure)
        for _ in range(2):
            result = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(fn))(A=data)))
            np.testing.assert_allclose(result @ np.ones(3), 2 * data.T @ data @ np.ones(3))
    operator = mg.derivative(A @ x, x).operator(A=data, x=np.ones(3))
    np.testing.assert_allclose(pickle.loads(pickle.dumps(operator)).rmatvec([1, 2]), data.T @ [1, 2])
    factors = mg.compile(H, structure="factors")(A=data)
    np.testing.assert_allclose(copy.deepcopy(factors).matvec(np.ones(3)), 2 * data.T @ data @ np.ones(3))
    several = pickle.loads(pickle.dumps(mg.compile([mg.norm(x) ** 2, x], more=[A])))
    assert several(x=[1, 2], A=[[1, 2]])[0] == 5
    f = mg.norm(A @ x) ** 2
    for made in (
        mg.derive(f, x), mg.derivative(f, x), mg.explain(f, x), mg.check(f, x, "2 A' A x"),
        mg.minimize(f, x, A=data, x0=np.ones(3)), mg.parse("A", [A]).rows,
    ):  # fmt: skip
        assert repr(pickle.loads(pickle.dumps(made))) == repr(made)
        assert repr(copy.deepcopy(made)) == repr(made)


@pytest.mark.parametrize("library", ["jax", "torch"])
def test_wrapped_functions_are_pickled(library: str) -> None:
    pytest.importorskip(library)
    wrap: Any = {"jax": mg.jax_function, "torch": mg.torch_function}[library]
    f = wrap("norm(A x)^2", given="A: m×n, x: n")
    for _ in range(2):
        again = pickle.loads(pickle.dumps(f))
        assert float(again(A=np.eye(2), x=np.ones(2))) == float(f(A=np.eye(2), x=np.ones(2))) == 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_was_not_called_yet_can_be_inspected(backend: str) -> None:
    fn = compiled("", "m×n", backend)
    assert hasattr(fn, "source")
    assert "# Written for m = 100, n = 110" in fn.source
    assert "source" in dict(inspect.getmembers(fn))


def test_code_goes_when_its_function_goes() -> None:
    gc.collect()
    before = len(linecache.cache)
    for n in range(2, 202):
        mg.compile(mg.vector("x", "n") * 2)(x=np.ones(n % 7))
    gc.collect()
    assert len(linecache.cache) <= before
    fn = mg.compile(mg.parse("inv(A)", "A: n×n"))
    try:
        fn(A=np.zeros((2, 2)))
    except mg.EvaluationError as error:
        lines = traceback.format_exception(error)
    assert any("lu(A" in line for line in lines)


@pytest.mark.parametrize("backend", BACKENDS)
def test_arrays_of_other_sizes_are_looked_at_again(backend: str) -> None:
    pytest.importorskip(backend)
    fn = mg.compile(mg.parse("x' S x", "S: n×n spd, x: n"), backend=backend)
    for n in (2, 3, 1):
        assert float(np.asarray(fn(S=2 * np.eye(n), x=np.ones(n)))) == 2 * n
    with pytest.raises(mg.EvaluationError, match="S is declared positive definite"):
        fn(S=2 * np.ones((3, 3)), x=np.ones(3))  # Every entry is that of the last array, of order 1.


@pytest.mark.parametrize("given", ["text", None, np.array([1j, 2])])
def test_wrapped_jax_functions_name_what_is_no_array(given: Any) -> None:
    pytest.importorskip("jax")
    with pytest.raises(mg.EvaluationError, match="x is not an array of"):
        mg.jax_function(mg.parse("x' x", "x: n"))(x=given)


def test_large_matrices_are_told_apart_by_products() -> None:
    """A symmetric matrix that came before is let through; every change of it that matters is seen."""
    rng = np.random.default_rng(0)
    fn = mg.compile(mg.parse("x' S x", "S: n×n symmetric, x: n"))
    A = rng.standard_normal((60, 60))
    A, x = A + A.T, rng.standard_normal(60)
    wanted = x @ A @ x
    assert fn(S=A, x=x) == pytest.approx(wanted)
    assert fn(S=A.copy(), x=x) == pytest.approx(wanted)
    for i, j, change in ((0, 59, 1e-5), (31, 7, 1.0), (59, 58, 1e6), (3, 2, np.nan)):
        changed = A.copy()
        changed[i, j] += change
        with pytest.raises(mg.EvaluationError, match="symmetric"):
            fn(S=changed, x=x)
        assert fn(S=A, x=x) == pytest.approx(wanted)
    A[5, 6] += 1  # in place
    with pytest.raises(mg.EvaluationError, match="symmetric"):
        fn(S=A, x=x)


def test_large_positive_arrays_are_looked_at_on_every_call() -> None:
    fn = mg.compile(mg.parse("sum(log(W))", "W: n×m positive"))
    W = np.ones((60, 50))
    fn(W=W)
    for value in (0.0, -1.0):
        W[3, 4] = value
        with pytest.raises(mg.EvaluationError, match="positive"):
            fn(W=W)


def test_read_only_arrays_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They say themselves that they do not change; views of what can be written to do not."""
    looked: list[Any] = []

    def look(symbol: Any, array: Any, **more: Any) -> None:
        looked.append(array)
        check_declared(symbol, array, **more)

    monkeypatch.setattr(declared_arrays, "check_declared", look)
    fn = mg.compile(mg.parse("x' S x", "S: n×n symmetric, x: n"))
    S, x = np.array([[1.0, 2], [2, 5]]), np.ones(2)
    S.flags.writeable = False
    assert [fn(S=S, x=x) for _ in range(3)] == [10, 10, 10]
    assert len(looked) == 1
    other = np.array([[1.0, 2], [3, 5]])
    other.flags.writeable = False
    for _ in range(2):
        with pytest.raises(mg.EvaluationError, match="S is declared symmetric"):
            fn(S=other, x=x)
    base = np.array([[1.0, 2], [2, 5]])
    view = base[:]
    view.flags.writeable = False
    fn(S=view, x=x)
    base[0, 1] = 3
    with pytest.raises(mg.EvaluationError, match="S is declared symmetric"):
        fn(S=view, x=x)


@pytest.mark.parametrize("change", [0.0, 1e-7, 1e-3])
@pytest.mark.parametrize(("i", "j"), [(0, 0), (0, 150), (199, 3)])
def test_large_orthogonal_matrices_and_projectors(i: int, j: int, change: float) -> None:
    """What is seen on a few random vectors: one entry beside all others, ten times the tolerance."""
    rng = np.random.default_rng(3)
    Q = np.linalg.qr(rng.standard_normal((200, 200)))[0]
    P = Q[:, :50] @ Q[:, :50].T
    for words, array in (("orthogonal", Q), ("idempotent", P), ("projector", P)):
        fn = mg.compile(mg.parse("sum(A B)", f"A: n×n {words}, B: n×n"))
        changed = array.copy()
        changed[i, j] += change
        if words == "projector":
            changed[j, i] = changed[i, j]
        if change:
            with pytest.raises(mg.EvaluationError, match="A is declared"):
                fn(A=changed, B=np.eye(200))
        else:
            fn(A=changed, B=np.eye(200))


@pytest.mark.parametrize("number", [np.float64, np.float32, float, np.array])
def test_positive_numbers_of_any_type(number: Any) -> None:
    fn = mg.compile(mg.parse("s x", "s: scalar positive, x: n"))
    assert fn(s=number(2.0), x=np.ones(2)).tolist() == [2, 2]
    for wrong in (0.0, -1.0, np.nan):
        with pytest.raises(mg.EvaluationError, match="s is declared positive"):
            fn(s=number(wrong), x=np.ones(2))
