"""JAX: values, transformations, types, several devices, and functions with matgrad's derivative."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import matgrad as mg
from matgrad.api import jax_function
from matgrad.compilation.backends.jax.function import JaxFunction
from matgrad.core.errors import ArgumentError, EvaluationError
from tests.compilation.golden import TOPICS, Point, agrees, disagreements, points

LOSS = "sum(softplus(-y .* (X w))) + c/2*w'w"
GIVEN = "X: m×n, y: m, w: n, c: scalar"
RNG = np.random.default_rng(3)
DATA = {"X": RNG.normal(size=(7, 3)), "c": 0.3, "w": RNG.normal(size=3), "y": np.sign(RNG.normal(size=7))}


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    before = bool(jax.config.read("jax_enable_x64"))
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def plain(X: Any, c: Any, w: Any, y: Any) -> Any:
    """The loss in JAX's own words."""
    return jnp.sum(jax.nn.softplus(-y * (X @ w))) + c / 2 * w @ w


GROUP = 40
"""So many golden cases are compiled together: XLA takes longer over many small programs."""


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_cases_under_jit(topic: str) -> None:
    before = bool(jax.config.read("jax_disable_most_optimizations"))
    jax.config.update("jax_disable_most_optimizations", True)
    try:
        every = points(topic)
        found: dict[str, Any] = {}
        for start in range(0, len(every), GROUP):
            found |= jitted(every[start : start + GROUP])
    finally:
        jax.config.update("jax_disable_most_optimizations", before)
    wrong = disagreements(topic, lambda point: found[point.id])
    assert not wrong, "\n".join(wrong)


def jitted(group: Sequence[Point]) -> dict[str, Any]:
    """The values of some cases, computed in one jitted function."""
    functions = {point.id: JaxFunction(point.exprs) for point in group}
    sizes = {p.id: {n: v for n, v in p.arrays.items() if isinstance(v, int)} for p in group}
    arrays = {p.id: {n: v for n, v in p.arrays.items() if n not in sizes[p.id]} for p in group}

    def every(given: dict[str, Any]) -> dict[str, Any]:
        return {name: f(**given[name], **sizes[name]) for name, f in functions.items()}

    return dict(jax.jit(every)(arrays))


def test_golden_cases_operation_by_operation() -> None:
    for point in points("operations")[::6]:
        values = JaxFunction(point.exprs)(**point.arrays)
        assert all(agrees(a, b) for a, b in zip(values, point.values, strict=True)), point.id


def test_functions_are_mapped_and_differentiated() -> None:
    f = mg.parse(LOSS, GIVEN)
    function = JaxFunction([f, mg.gradient(f, "w"), mg.hessian(f, "w")])
    at = [jnp.asarray(DATA[name]) for name in function.arguments]
    assert function.arguments == ("X", "c", "w", "y")
    _, gradient, hessian = function(*at)
    np.testing.assert_allclose(gradient, jax.grad(plain, 2)(*at), rtol=1e-12)
    np.testing.assert_allclose(hessian, jax.hessian(plain, 2)(*at), rtol=1e-10)
    np.testing.assert_allclose(jax.jacfwd(function, 2)(*at)[0], gradient, rtol=1e-12)
    several = jnp.stack([at[2], 2 * at[2], -at[2]])
    mapped = jax.vmap(function, (None, None, 0, None))(at[0], at[1], several, at[3])
    for k in range(3):
        for value, alone in zip(mapped, function(at[0], at[1], several[k], at[3]), strict=True):
            np.testing.assert_allclose(value[k], alone, rtol=1e-12)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float16, jnp.float64])
def test_results_have_the_type_of_the_arguments(dtype: Any) -> None:
    f = mg.parse(LOSS + " + norm(eye(n)*w)", GIVEN)
    arrays = {name: jnp.asarray(value, dtype) for name, value in DATA.items() if name != "c"}
    value, gradient = JaxFunction([f, mg.gradient(f, "w")])(**arrays, c=0.3)
    assert value.dtype == gradient.dtype == dtype
    np.testing.assert_allclose(np.asarray(value, float), mg.evaluate(f, DATA), rtol=2e-2)


def test_shapes_as_they_come() -> None:
    F = mg.parse("X w + b*ones(m)", "X: m×n, w: n, b: scalar")
    function = JaxFunction(F)
    assert function(X=np.ones((2, 3)), w=np.ones(3), b=1).shape == (2,)
    assert function(X=np.ones((2, 3)), w=np.ones((3, 1)), b=np.ones((1, 1))).shape == (2, 1)
    assert function(X=np.ones((1, 1)), w=np.ones(1), b=2.0).tolist() == [3.0]
    assert function(X=np.ones((0, 3)), w=np.ones(3), b=1.0).shape == (0,)
    assert function(X=np.asfortranarray(np.ones((4, 6)))[::2, ::2], w=np.ones(6)[::2], b=0).tolist() == [3, 3]


def test_extreme_arguments_stay_finite() -> None:
    f = mg.parse("sum(log(1 + exp(x))) + logsumexp(x)", "x: n")
    value, gradient = JaxFunction([f, mg.gradient(f, "x")])(x=np.array([1e4, -1e4, 0.0]))
    assert float(value) == pytest.approx(2e4 + np.log(2), rel=1e-12)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"X": np.ones((2, 3))}, "no array was given for w"),
        ({"X": np.ones((2, 3)), "w": np.ones(2)}, "w is declared n×1"),
        ({"X": np.ones((2, 3)), "w": np.ones(3), "W": 1}, "'W' is not an argument"),
        ({"X": np.ones((2, 3)), "w": "abc"}, "w is not an array"),
        ({"X": np.ones((2, 3)), "w": np.ones(3) * 1j}, "real numbers"),
    ],
)
def test_wrong_arguments_are_named(arrays: dict[str, Any], words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        JaxFunction(mg.parse("X w", "X: m×n, w: n"))(**arrays)


def test_no_value_gives_nan() -> None:
    f = JaxFunction(mg.parse("logdet(X)", "X: n×n"))
    assert np.isnan(f(X=np.diag([1.0, -1.0])))
    power = JaxFunction(mg.parse("matrix_power(X, k)", "X: n×n, k: integer", syntax="numpy"))
    X = RNG.normal(size=(3, 3))
    for k in (-2, 0, 1, 5):
        np.testing.assert_allclose(power(X=X, k=k), np.linalg.matrix_power(X, k), rtol=1e-9)


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from matgrad.compilation.backends.base import installed

    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    for module in ("jax", "torch", "dask"):
        with pytest.raises(ArgumentError, match=f"{module} is not installed") as caught:
            installed.require(module)
        assert caught.value.fix == f'pip install "matgrad[{module}]"'


# ---- functions with matgrad's derivative ----------------------------------------------------------------

TRANSFORMS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "value": lambda f, at: f(*at),
    "grad": lambda f, at: jax.grad(f, (0, 1, 2, 3))(*at),
    "jvp": lambda f, at: jax.jvp(f, tuple(at), tuple(at))[1],
    "hessian": lambda f, at: jax.hessian(f, 2)(*at),
    "reverse over reverse": lambda f, at: jax.jacrev(jax.jacrev(f, 2), 2)(*at),
    "forward over forward": lambda f, at: jax.jacfwd(jax.jacfwd(f, 2), 2)(*at),
    "reverse over forward": lambda f, at: jax.jacrev(jax.jacfwd(f, 2), 2)(*at),
    "mixed": lambda f, at: jax.hessian(f, (0, 2))(*at),
    "Hessian-vector product": lambda f, at: jax.jvp(
        lambda w: jax.grad(f, 2)(at[0], at[1], w, at[3]), [at[2]], [at[2]]
    ),
    "jit": lambda f, at: jax.jit(jax.value_and_grad(f, 2))(*at),
    "vmap": lambda f, at: jax.vmap(jax.grad(f, 2), (None, None, 0, None))(
        at[0], at[1], jnp.stack([at[2], 2 * at[2]]), at[3]
    ),
    "third": lambda f, at: jax.jacfwd(jax.hessian(f, 2), 2)(*at),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_wrapped_functions_under_every_transformation(name: str) -> None:
    f = jax_function(LOSS, given=GIVEN)
    at = [jnp.asarray(DATA[argument]) for argument in f.arguments]
    ours, theirs = TRANSFORMS[name](f, at), TRANSFORMS[name](plain, at)
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10)


def test_the_wrapped_derivative_is_the_one_derived() -> None:
    # Where the largest entry is attained twice JAX shares the gradient out; ours is that of the first.
    f = jax_function("max(x)", given="x: n")
    x = jnp.asarray([1.0, 3.0, 3.0])
    assert jax.grad(jnp.max)(x).tolist() == [0, 0.5, 0.5]
    assert jax.grad(f)(x).tolist() == [0, 1, 0]


def test_wrapped_matrix_functions() -> None:
    F = jax_function("A X B", given="A: p×m, X: m×n, B: n×q")
    A, B, X = (jnp.asarray(RNG.normal(size=shape)) for shape in [(2, 3), (4, 5), (3, 4)])
    assert F.arguments == ("A", "B", "X")
    for mode in (jax.jacfwd, jax.jacrev):
        ours = mode(lambda x: F(A=A, B=B, X=x))(X)
        np.testing.assert_allclose(ours, jnp.einsum("am,nb->abmn", A, B), rtol=1e-12)


def test_what_is_not_among_wrt_is_refused() -> None:
    f = jax_function(LOSS, "w", given=GIVEN)
    at = [jnp.asarray(DATA[argument]) for argument in f.arguments]
    jax.grad(f, 2)(*at)
    with pytest.raises(ArgumentError, match="by X is asked for"):
        jax.grad(f, 0)(*at)


SHARDED = """
import jax, numpy as np, jax.numpy as jnp
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
jax.config.update("jax_enable_x64", True)
import matgrad as mg
from matgrad.compilation.backends.jax.function import JaxFunction
assert len(jax.devices()) == 4
f = mg.parse("sum(softplus(-y .* (X w))) + w'w", "X: m×n, y: m, w: n")
exprs = [f, mg.gradient(f, "w"), mg.hessian(f, "w"), mg.parse("X w", "X: m×n, w: n")]
rng = np.random.default_rng(0)
data = {"X": rng.normal(size=(64, 5)), "y": np.sign(rng.normal(size=64)), "w": rng.normal(size=5)}
mesh = Mesh(np.array(jax.devices()), ("rows",))
rows = NamedSharding(mesh, P("rows"))
split = {"X": jax.device_put(data["X"], rows), "y": jax.device_put(data["y"], rows)}
w = jax.device_put(data["w"], NamedSharding(mesh, P()))
out = jax.jit(JaxFunction(exprs))(**split, w=w)
for value, expr in zip(out, exprs):
    np.testing.assert_allclose(value, mg.evaluate(expr, data), rtol=1e-10)
assert not out[3].sharding.is_fully_replicated
assert len({shard.device for shard in out[3].addressable_shards}) == 4
assert out[3].addressable_shards[0].data.shape == (16,)
print("sharded")
"""


def test_rows_over_several_devices() -> None:
    environment = {
        **os.environ,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=4",
        "JAX_PLATFORMS": "cpu",
    }
    done = subprocess.run(
        [sys.executable, "-c", SHARDED],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "sharded\n", done.stderr
