"""NumPy's functions on symbols: traced programs against NumPy, and what plain symbols do and refuse."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy
import pytest
import scipy.linalg
import scipy.sparse
import scipy.special

import matgrad as mg
from matgrad.language.declarations import read_given
from matgrad.language.tracing import trace_function
from matgrad.ops.arrays.lifting import lift
from tests.properties.rooms.numpy_functions import SIZED, SYMBOLIC, data, drawn, tried

np: Any = numpy
m, n = mg.dims("m n")
x, y = mg.vector("x", n), mg.vector("y", n)
X = mg.matrix("X", n, n)
U, t = mg.matrix("U", 2, 3), mg.scalar("t")
A: Any = mg.matrix("A", m, n)
array: Any = x  # for the methods of arrays, which a type checker does not see

PROGRAMS: list[Callable[..., Any]] = [
    lambda x, y: np.sum((x.T - y) ** 2),
    lambda A, x: A[0] * x,
    lambda A, x: A * x,
    lambda A, x: A + x,
    lambda A, z: A * z[:, None],
    lambda x, y: x[:, None] - y[None, :],
    lambda A: A.sum(axis=0),
    lambda A: A.sum(axis=0, keepdims=True),
    lambda A: A - A.mean(axis=0),
    lambda A: A - A.mean(axis=1, keepdims=True),
    lambda A: np.inner(A, A),
    lambda A, x: np.inner(A, x),
    lambda x, y: np.hstack([x, y]),
    lambda x, y: np.vstack([x, y]),
    lambda x, y: np.column_stack([x, y]),
    lambda x, y: x @ y,
    lambda x, Q: x @ Q,
    lambda x, y: np.outer(x, y),
    lambda x: x.reshape(-1, 1) @ x[np.newaxis],
    lambda x: np.sum(x) / x.shape[0] + x.size + x.ndim,
    lambda x: 1 / x.shape[0] * x,
    lambda A: np.linalg.norm(A, axis=1),
    lambda A: np.linalg.norm(A, 1),
    lambda A: np.ravel(A),
    lambda A: A.reshape(3, 2),
    lambda A: np.var(A, axis=0, ddof=1),
    lambda x, A: np.kron(x, A),
    lambda Q: np.diag(Q) * np.diag(Q, 1).sum(),
    lambda x: np.cumsum(x)[1:] - np.diff(x),
    lambda x: np.add.reduce(x) + np.subtract.outer(x, x),
    lambda A, x: np.array([1.0, 2.0]) @ A + np.arange(3) * x,
    lambda Q, x: np.linalg.solve(Q, x) @ np.linalg.inv(Q),
    lambda x: np.clip(x, -0.3, 0.4) + abs(x),
]


@pytest.mark.parametrize("run", PROGRAMS)
def test_a_traced_function_has_numpys_value_and_shape(run: Callable[..., Any]) -> None:
    names = run.__code__.co_varnames[: run.__code__.co_argcount]
    arrays = {name: data(0)[name] for name in names}
    expected = np.asarray(run(**arrays))
    traced = lift(run(**{name: lift(symbol) for name, symbol in _symbols().items() if name in names}))
    assert traced.ndim == expected.ndim
    value = np.asarray(mg.evaluate(run, data(0), given=SIZED))
    assert value.shape == expected.shape
    assert np.allclose(value, expected)


SHAPED: list[tuple[Callable[..., Any], Any, dict[str, Any]]] = [
    (lambda A: np.mean(A, 1), None, {"A": (2, 3)}),
    (lambda A: np.mean(A, 0), None, {"A": (2, 3)}),
    (lambda A: A.sum(keepdims=True), None, {"A": (2, 3)}),
    (lambda x, Q: Q @ x[:, None], None, {"x": (3,), "Q": (3, 3)}),
    (lambda x: x[None] * 2, None, {"x": (3,)}),
    (lambda x: x[0] + x, "x: 1", {"x": (1,)}),
    (lambda x: x[0], "x: 1", {"x": (1,)}),
    (lambda A: A[0] + A * A.T, "A: 1×1", {"A": (1, 1)}),
    (lambda A: A * A.T, "A: 3×1", {"A": (3, 1)}),
    (lambda A: A[0], {"A": (3, 1)}, {"A": (3, 1)}),
    (lambda a, x: a @ x, "a: 1×n, x: n", {"a": (1, 3), "x": (3,)}),
    (lambda x: np.zeros_like(x), None, {"x": (3,)}),
    (lambda y, x: y / x, None, {"y": (3,), "x": (3,)}),
    (lambda x: 2.0, None, {"x": (3,)}),
    (lambda x, *, t=2.0: t * x, None, {"x": (3,)}),
    (lambda A: np.tril(A), "A: 3×1", {"A": (3, 1)}),
    (lambda A: np.tril(A), "A: 1×3", {"A": (1, 3)}),
]  # fmt: skip


@pytest.mark.parametrize(
    "backend", ["evaluate", "numpy", "jax", "torch", "dask", "jax_function", "torch_function"]
)
@pytest.mark.parametrize(("run", "given", "shapes"), SHAPED)
def test_a_value_has_the_axes_of_numpys(
    run: Callable[..., Any], given: Any, shapes: dict[str, Any], backend: str
) -> None:
    rng = np.random.default_rng(3)
    arrays = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    expected = np.asarray(run(**arrays))
    if backend in ("jax", "torch", "dask", "jax_function", "torch_function"):
        library = pytest.importorskip(backend.partition("_")[0])
    if backend == "evaluate":
        value = mg.evaluate(run, arrays, given=given)
    elif backend.endswith("_function"):
        # By position, in the order of the function's own parameters.
        taken = [
            library.tensor(a) if backend[0] == "t" else library.numpy.asarray(a) for a in arrays.values()
        ]
        value = getattr(mg, backend)(run, given=given)(*taken)
    else:
        value = mg.compile(run, given=given, backend=backend)(**arrays)
    value = np.asarray(value.compute() if backend == "dask" else value)
    assert value.shape == expected.shape
    assert np.allclose(value, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["numpy", "jax", "torch", "evaluate"])
def test_an_array_with_other_axes_than_the_function_was_read_with_is_refused(name: str) -> None:
    """x * x.T of a column is a table, of an array with one axis it is not."""
    column = {"x": np.ones((3, 1))}
    if name in ("jax", "torch"):
        pytest.importorskip(name)
    compute: Callable[..., Any] = (
        (lambda **arrays: mg.evaluate(lambda x: x * x.T, arrays))
        if name == "evaluate"
        else mg.compile(lambda x: x * x.T, backend=name)
    )
    with pytest.raises(mg.EvaluationError, match="one axis") as raised:
        compute(**column)
    assert raised.value.fix == "given='x: n×1'"
    assert mg.evaluate(lambda x: x * x.T, column, given="x: n×1").shape == (3, 3)


def test_a_parameter_with_a_default_value_is_a_variable_where_it_is_declared() -> None:
    def scaled(x: Any, t: float = 2.0) -> Any:
        return t * x

    arrays = {"x": np.arange(3.0), "t": 5.0}
    with pytest.raises(mg.EvaluationError, match="default value"):
        mg.evaluate(scaled, arrays)
    assert mg.evaluate(scaled, arrays, given="t: scalar").tolist() == [0.0, 5.0, 10.0]


def test_closures_over_many_numbers_are_refused_at_once() -> None:
    many = np.arange(10.0**6)
    with pytest.raises(mg.ArgumentError, match="1,000,000 numbers"):
        mg.evaluate(lambda t: t * many, {"t": 2.0}, given="t: scalar")
    assert mg.evaluate(lambda t: np.ones(10**5) * t, {"t": 2.0}, given="t: scalar").shape == (10**5,)
    x = np.array([0.6, 0.8])
    power = mg.evaluate(lambda x: np.linalg.matrix_power(np.outer(x, x), 10**9), {"x": x})
    assert np.allclose(power, np.outer(x, x))


def test_shapes_stay_apart_in_comparisons() -> None:
    assert not mg.equivalent(lambda A: np.mean(A, 1), lambda A: np.mean(A, 1, keepdims=True))
    assert mg.equivalent(lambda A: np.mean(A, 1), lambda A: A.mean(axis=-1))


def test_a_compiled_function_keeps_its_axes_when_it_is_copied() -> None:
    compiled = copy.deepcopy(mg.compile([SHAPED[0][0], SHAPED[2][0]]))
    assert [np.shape(value) for value in compiled(A=np.ones((2, 3)))] == [(2,), (1, 1)]


def _symbols() -> dict[str, Any]:
    return dict(read_given(SIZED).symbols)


def test_shapes_are_found_by_numpys_rules() -> None:
    assert trace_function(lambda A, x: np.sum(A * x)).description() == "A ∈ ℝ^{m×n}, x ∈ ℝⁿ"
    assert str(mg.gradient(lambda x, y: np.sum((x.T - y) ** 2), at="x")) == "2 (x - y)"


def test_most_of_what_numpy_does_is_done() -> None:
    programs = [part for seed in range(300) for part in drawn(seed) if not isinstance(part.value, Exception)]
    refused = sum(tried(part, SYMBOLIC) is None for part in programs)
    assert len(programs) > 300
    assert refused < 0.25 * len(programs)


@pytest.mark.parametrize(
    "run",
    [
        lambda x: x.__setitem__(0, 1.0),
        lambda x: x if x[0] > 0 else -x,
        lambda x: x == 0,
        lambda x: np.where(x > 0),
        lambda x: np.sum(x) / len(x),
        lambda x: np.exp(x, out=np.zeros(3)),
        lambda x: np.add(x, 1, where=[True, False, True]),
        lambda x: np.sum(x, initial=1),
        lambda x: np.add.at(x, 0, 1),
        lambda x: np.asarray(x),
        lambda x: scipy.linalg.norm(x),
        lambda x: x.tolist(),
        lambda x: x.nonsense,
        lambda x: math.sin(x[0]),
        lambda x: np.linalg.norm(x, "fro"),
        lambda x: np.ones(x.shape[0]) @ x,
        lambda x: x[None, :, None],
        lambda x: x @ 2,
        lambda x: {"a": x}["b"],
    ],
)
def test_what_cannot_be_traced_is_refused(run: Callable[..., Any]) -> None:
    with pytest.raises(mg.MatgradError):
        trace_function(run)


def test_an_array_is_not_changed_in_place() -> None:
    def program(x: Any) -> Any:
        x += 1
        return x

    with pytest.raises(mg.MatgradError, match="in place"):
        trace_function(program)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda: np.inner(A, A), A @ A.T),
        (lambda: np.inner(x, y), x.T @ y),
        (lambda: np.concatenate([x, y]), mg.vstack(x, y)),
        (lambda: np.column_stack([x, y]), mg.hstack(x, y)),
        (lambda: np.subtract.outer(x, y), x @ mg.ones(n).T - mg.ones(n) @ y.T),
        (lambda: abs(A), mg.abs(A)),
        (lambda: A.ravel(), mg.vec(A.T)),
        (lambda: A.reshape(-1, 1), mg.vec(A.T)),
        (lambda: np.sum(A, axis=0), mg.column_sum(A).T),
        (lambda: np.float64(2) * X, 2 * X),
        (lambda: np.array([[1, 2], [3, 4]]) @ U, mg.block([[1, 2], [3, 4]]) @ U),
        (lambda: 1 / n * x, x / n),
        (lambda: np.sqrt(n) * x, mg.sqrt(1 / (1 / n)) * x),
        (lambda: x / x.size, x / n),
        (lambda: mg.parse("np.inner(X, X)", "X: m×n"), mg.matrix("X", m, n) @ mg.matrix("X", m, n).T),
    ],
)  # fmt: skip
def test_plain_symbols_mean_what_both_readings_give(value: Callable[[], Any], expected: mg.Expr) -> None:
    assert value() is expected


@pytest.mark.parametrize(
    "run",
    [
        lambda: np.hstack([x, y]),
        lambda: np.vstack([x, y]),
        lambda: x.T - y,
        lambda: A[0] * x,
        lambda: x.T / y,
        lambda: np.kron(x, A),
        lambda: np.sum(x, axis=-1),
        lambda: np.maximum(X, x),
        lambda: mg.parse("np.sum((x.T - y)**2)", "x: n, y: n"),
        lambda: mg.parse("np.hstack([x, y])", "x: n, y: n", syntax="numpy"),
    ],
)
def test_what_means_two_things_is_asked(run: Callable[[], Any]) -> None:
    with pytest.raises(mg.ShapeError) as raised:
        run()
    assert "one axis" in str(raised.value)
    assert raised.value.fix


def test_a_new_axis_says_that_a_table_is_meant() -> None:
    table = mg.parse("x[:, None] - y[None, :]", "x: n, y: m", syntax="numpy")
    assert table.shape == (n, m)


@pytest.mark.parametrize(
    "run",
    [
        lambda: np.asarray(x),
        lambda: np.array([x, y]),
        lambda: np.sum(scipy.linalg.norm(X)),         lambda: scipy.linalg.inv(X),
        lambda: scipy.linalg.expm(X),
        lambda: scipy.special.j0(x),         lambda: scipy.special.logsumexp(x),
        lambda: scipy.sparse.eye(2) @ A,
        lambda: float(t),         lambda: int(t),
        lambda: complex(t),
        lambda: math.sin(t),
        lambda: sorted([x, y]),
        lambda: x in y,
        lambda: list(x),         lambda: bool(x),
        lambda: len(x),
        lambda: round(t),
        lambda: divmod(x, y),
        lambda: x // 2,
        lambda: 2 % x,
        lambda: np.equal(x, y),
        lambda: x & y,
        lambda: f"{t:.2f}",         lambda: array.tolist(),
        lambda: array.any(),
        lambda: array.argmax(),
        lambda: array.fill(0),
        lambda: np.where(x, x, 0),         lambda: np.add(x, y, out=np.zeros(2)),
        lambda: range(n),
        lambda: x + "a",
        lambda: x * np.array(1j),
    ],
)  # fmt: skip
def test_what_needs_a_value_is_refused(run: Callable[[], Any]) -> None:
    with pytest.raises(mg.MatgradError):
        run()


def test_probing_finds_what_there_is() -> None:
    assert not hasattr(x, "tolist")
    assert not hasattr(x, "_ipython_display_")
    assert copy.deepcopy(X @ x) is X @ x
    assert pickle.loads(pickle.dumps(X @ x)) is X @ x
    assert x != y


TEXT = "x' A x"


def test_functions_of_an_expression_take_its_text() -> None:
    given = "A: n×n, x: n"
    read = mg.parse(TEXT, given)
    assert mg.simplify(TEXT, given=given) is mg.simplify(read)
    assert mg.latex(TEXT) == mg.latex(read)
    assert mg.equivalent(TEXT, "x' A' x")
    assert mg.equivalent(read, TEXT)
    assert not mg.equivalent(TEXT, "2 x' A x")
    assert str(mg.derive(TEXT, "x")) == "∂f/∂x = (A + Aᵀ)x"
    arrays = {"x": [1.0, 2.0], "A": [[1.0, 2.0], [3.0, 4.0]]}
    assert mg.evaluate(TEXT, arrays) == 27.0
    assert mg.compile(TEXT)(**arrays) == 27.0
    assert mg.compile([TEXT, lambda x: x @ x])(**arrays) == (27.0, 5.0)


JUNK: list[Any] = [
    None, 3, float("nan"), "", "zz(", b"x", [], ["a"], {}, np.array(1j), np.array(["a"]), np.ones((2, 2, 2)),
    object(), object, len, lambda: 1, x, n, np.ones(2),
]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["block", "check_derivation", "compile", "derivative", "derive", "differential", "dims", "gradient",
     "hessian", "interpret", "jacobian", "latex", "parse", "scalar", "simplify"],
)  # fmt: skip
def test_arguments_of_a_wrong_kind_are_refused(name: str) -> None:
    """What comes out is a result or an error of ours, never an error from within."""
    for value in JUNK:
        try:
            getattr(mg, name)(value)
        except mg.MatgradError:
            continue


@pytest.mark.parametrize("option", ["layout", "convention", "form"])
def test_choices_are_words(option: str) -> None:
    derive: Any = mg.derive
    for value in (np.ones(2), 3, object()):
        with pytest.raises(mg.ArgumentError):
            derive(TEXT, "x", **{option: value})


def test_a_name_in_another_case_is_offered() -> None:
    with pytest.raises(mg.ArgumentError, match='Try: "x"'):
        mg.gradient(TEXT, "X")


@pytest.mark.parametrize("order", ["-1", "-2", "0.5", "-1, None"])
def test_a_norm_that_vectors_have_and_this_language_has_not_is_no_norm_of_columns(order: str) -> None:
    # Of a column, NumPy's norm of order −1 is the sum of its sizes; of a vector it is not.
    with pytest.raises(mg.ArgumentError, match="has no meaning here"):
        mg.parse(f"np.linalg.norm(z, {order})", "z: n")
    assert mg.parse("np.linalg.norm(Z, -1)", "Z: m×n") is mg.parse("min(column_sum(abs(Z)))", "Z: m×n")
