"""Random NumPy programs: run on arrays by NumPy, and on symbols by tracing."""

from __future__ import annotations

import operator
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy

import matgrad as mg
from matgrad.language.declarations import read_given
from matgrad.language.tracing import trace_function
from matgrad.ops.arrays import SymbolicArray
from matgrad.ops.arrays.lifting import lift

np: Any = numpy
"""NumPy without its types, which know nothing of expressions."""

Environment = dict[str, Any]
Run = Callable[[Environment], Any]

SYMBOLIC = "x: n, y: n, z: m, p: n positive, A: m×n, B: m×n, P: m×n positive, Q: n×n, S: n×n spd, t: scalar"
SIZED = "x: 3, y: 3, z: 2, p: 3 positive, A: 2×3, B: 2×3, P: 2×3 positive, Q: 3×3, S: 3×3 spd, t: scalar"
THIN = "x: 3, y: 3×1, z: 1×3, p: 1 positive, A: 3×1, B: 1×3, P: 1×1 positive, Q: 3×3, S: 1×1 spd, t: scalar"
ONES = "x: 1, y: 1, z: 1, p: 1 positive, A: 1×1, B: 1×1, P: 1×1 positive, Q: 1×1, S: 1×1 spd, t: scalar"
OPEN = "x: n, y: n×1, z: 1×n, p: m positive, A: n×1, B: 1×n, P: n×m positive, Q: n×n, S: n×n spd, t: scalar"
SETTINGS = (SYMBOLIC, SIZED, THIN, SYMBOLIC, SIZED, ONES, OPEN)
"""Declarations under which programs are read: sizes that are known or not, and lengths of one."""


@cache
def data(seed: int, given: str = SIZED) -> dict[str, Any]:
    """Arrays for the arguments of the programs: generic, not symmetric, not square where they need not be."""
    rng = np.random.default_rng(seed)
    found: dict[str, Any] = {}
    for name, entry in read_given(given).entries.items():
        assert entry.rows is not None
        assert entry.columns is not None
        sizes = {"m": 2, "n": 3}
        shape = (entry.rows.value(sizes), entry.columns.value(sizes))[: entry.ndim]
        if name == "S":
            root = rng.normal(size=shape)
            found[name] = root @ root.T + np.eye(shape[0])
        else:
            found[name] = rng.uniform(0.5, 2, size=shape) if name in "pPt" else rng.normal(size=shape)
    return found | {"t": np.float64(found["t"])}


def setting(seed: int) -> tuple[str, dict[str, Any]]:
    """Declarations, and arrays as they are declared."""
    given = SETTINGS[seed % len(SETTINGS)]
    return given, data(seed // len(SETTINGS) % 7, given)


def program(x: Any, y: Any, z: Any, p: Any, A: Any, B: Any, P: Any, Q: Any, S: Any, t: Any) -> Any:
    """The signature of every program."""
    raise NotImplementedError


@dataclass(frozen=True)
class Drawn:
    """A program, its text for a message, and its value by NumPy."""

    run: Run
    text: str
    value: Any


ENTRYWISE: list[Any] = [
    np.exp, np.sin, np.cos, np.tanh, np.arctan, np.square, np.abs, np.negative, np.positive, np.sign,
    np.sinh, np.cosh, np.expm1, np.exp2, np.deg2rad, np.degrees, np.conj, np.real, np.imag, np.reciprocal,
    np.log, np.sqrt, np.log1p, np.log2, np.log10, np.arcsin, np.arccos, np.fabs, np.copy, np.tan,
]  # fmt: skip
TWO: list[Any] = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.matmul, np.add, np.subtract,
    np.multiply, np.divide, np.matmul, np.maximum, np.minimum, np.hypot, np.logaddexp, np.fmax, np.fmin,
    np.dot, np.inner, np.outer, np.vdot, np.kron, np.cross, np.power, np.add.outer, np.multiply.outer,
    np.subtract.outer, np.append, np.linalg.solve, np.linalg.outer, np.vecdot, np.tensordot,
    lambda a, b: np.tensordot(a, b, 1), lambda a, b: np.tensordot(a, b, 0),
    lambda a, b: np.tensordot(a, b, ([0], [0])), lambda a, b: np.tensordot(a, b, ([0, 1], [0, 1])),
    lambda a, b: np.hstack([a, b]), lambda a, b: np.vstack([a, b]), lambda a, b: np.column_stack([a, b]),
    lambda a, b: np.stack([a, b]), lambda a, b: np.stack([a, b], axis=1),
    lambda a, b: np.stack([a, b], axis=-1), lambda a, b: np.concatenate([a, b]),
    lambda a, b: np.concatenate([a, b], axis=1), lambda a, b: np.concatenate([a, b], axis=-1),
    lambda a, b: np.concatenate([a, b], axis=None), lambda a, b: np.block([a, b]),
    lambda a, b: np.block([[a, b], [b, a]]), lambda a, b: np.block([[a], [b]]),
    lambda a, b: np.average(a, weights=b), lambda a, b: np.average(a, axis=0, weights=b),
    lambda a, b: np.average(a, axis=1, weights=b), lambda a, b: np.append(a, b, axis=0),
    lambda a, b: a.dot(b), lambda a, b: np.linalg.multi_dot([a, b]), lambda a, b: np.clip(a, b, 2.0),
    lambda a, b: np.full_like(a, b), lambda a, b: np.broadcast_to(a, np.shape(b)),
    lambda a, b: a / np.linalg.norm(b), lambda a, b: [a, b] @ np.ones(2) if np.ndim(a) == 0 else a,
    lambda a, b: np.linalg.vecdot(a, b, axis=0), lambda a, b: np.linalg.cross(a, b),
]  # fmt: skip
AXES: list[Any] = [None, 0, 1, -1, -2, (0,), (0, 1), (1, 0), (-1,), 2, (0, 0)]
ORDERS: list[Any] = [None, 1, 2, 3, np.inf, -np.inf, -1, -2, 0, "fro", "nuc", 1.5]
REDUCED = [np.sum, np.mean, np.var, np.std, np.max, np.min, np.amax, np.ptp, np.average]
METHODS = ["sum", "mean", "var", "std", "max", "min"]
KEYS: list[Any] = [
    0, 1, -1, -2, 2, slice(None), slice(1, None), slice(None, -1), slice(0, 2), slice(-2, None), None,
    Ellipsis, (slice(None), None), (None, slice(None)), (0, slice(None)), (slice(None), 0), (0, 1), (-1, -1),
    (slice(1, None), 0), (slice(None), slice(1, 3)), (Ellipsis, 0), (0, Ellipsis), (slice(None), -1),
    (1, None), (None, 0), (slice(None), 0, None), (0, None, slice(None)), (Ellipsis, None), (None, Ellipsis),
    (slice(0, 1), slice(None)), (slice(None), slice(0, 1)), (np.newaxis, slice(1, None)), slice(0, 9),
    slice(None, None, 2), [0, 1], (0, 0, 0), slice(2, 1), np.int64(1), (slice(None), np.int64(1)), True,
    (None, 0, slice(1, None)), (slice(None), None, 0),
]  # fmt: skip
SHAPES: list[Any] = [
    -1, (-1,), (1, -1), (-1, 1), (3, 1), (1, 3), (3, 2), (6,), 6, (2, -1), (-1, 2), 3, (), (1, 1), (2, 3),
    (-1, -1), (3, 3), (9,), (1, 1, -1),
]  # fmt: skip


def _one(rng: random.Random) -> tuple[Callable[[Any], Any], str]:
    """A function of one array with random options, and its text."""
    kind = rng.randrange(19)
    axis, keep = rng.choice(AXES), rng.random() < 0.4
    if kind <= 1:
        function = rng.choice(ENTRYWISE)
        return function, f"{function.__name__}({{}})"
    if kind <= 3:
        reduce = rng.choice(REDUCED)
        options: dict[str, Any] = {"axis": axis, "keepdims": keep}
        if reduce in (np.var, np.std):
            options["ddof"] = rng.choice([0, 1])
        if reduce is np.ptp:
            del options["keepdims"]
        return lambda a: reduce(a, **options), f"{reduce.__name__}({{}}, {options})"
    if kind == 4:
        name = rng.choice(METHODS)
        return lambda a: getattr(a, name)(axis), f"{{}}.{name}({axis})"
    if kind == 5:
        order = rng.choice(ORDERS)
        return lambda a: np.linalg.norm(a, order, axis, keep), f"norm({{}}, {order}, {axis}, {keep})"
    if kind <= 8:
        key = rng.choice(KEYS)
        return lambda a: a[key], f"{{}}[{key}]"
    if kind == 9:
        shape, order = rng.choice(SHAPES), rng.choice("CF")
        return lambda a: np.reshape(a, shape, order=order), f"reshape({{}}, {shape}, {order})"
    if kind == 10:
        k = rng.choice([0, 0, 1, -1, 2])
        place = rng.choice([np.diag, np.tril, np.triu, np.trace, np.diagonal, np.diagflat])
        return lambda a: place(a, k), f"{place.__name__}({{}}, {k})"
    if kind == 11:
        linear = rng.choice(
            [np.linalg.inv, np.linalg.det, np.linalg.pinv, np.linalg.cholesky, np.linalg.eigvalsh,
             np.linalg.svdvals, np.linalg.matrix_norm, np.linalg.vector_norm, np.linalg.trace,
             np.linalg.diagonal, np.linalg.matrix_transpose]
        )  # fmt: skip
        return linear, f"{linear.__name__}({{}})"
    if kind == 12:
        power = rng.choice([0, 1, 2, 3, -1, -2, 0.5, np.float64(2), np.arange(1, 4), [2, 3]])
        return lambda a: a**power, f"{{}}**{power}"
    if kind == 13:
        constant = rng.choice(
            [2, -0.5, np.float64(3), np.arange(3.0), np.arange(6.0).reshape(2, 3), np.ones((3, 1)),
             np.array([[1.0, 2.0, 3.0]]), np.array(2.5), np.eye(3)]
        )  # fmt: skip
        act: Any = rng.choice([operator.add, operator.sub, operator.mul, operator.truediv, operator.matmul])
        if rng.random() < 0.5:
            return lambda a: act(constant, a), f"{act.__name__}({constant}, {{}})"
        return lambda a: act(a, constant), f"{act.__name__}({{}}, {constant})"
    if kind == 14:
        reach = rng.choice([np.add, np.maximum, np.minimum])
        if rng.random() < 0.4:
            return reach.reduce, f"{reach.__name__}.reduce({{}})"
        return lambda a: reach.reduce(a, axis=axis, keepdims=keep), f"{reach.__name__}.reduce({{}}, {axis})"
    return _moved(rng, axis)


def _moved(rng: random.Random, axis: Any) -> tuple[Callable[[Any], Any], str]:
    moves: list[tuple[Callable[[Any], Any], str]] = [
        (lambda a: a.T, "{}.T"),
        (lambda a: a.mT, "{}.mT"),
        (np.transpose, "transpose({})"),
        (lambda a: a.transpose(1, 0), "{}.transpose(1, 0)"),
        (lambda a: np.transpose(a, (0,)), "transpose({}, (0,))"),
        (lambda a: np.swapaxes(a, 0, -1), "swapaxes({}, 0, -1)"),
        (lambda a: np.moveaxis(a, 0, 1), "moveaxis({}, 0, 1)"),
        (lambda a: np.expand_dims(a, axis), f"expand_dims({{}}, {axis})"),
        (lambda a: np.squeeze(a, axis), f"squeeze({{}}, {axis})"),
        (np.atleast_1d, "atleast_1d({})"),
        (np.atleast_2d, "atleast_2d({})"),
        (np.ravel, "ravel({})"),
        (lambda a: a.ravel("F"), "{}.ravel('F')"),
        (lambda a: a.flatten(), "{}.flatten()"),
        (lambda a: a.reshape(3, -1), "{}.reshape(3, -1)"),
        (lambda a: np.cumsum(a, axis), f"cumsum({{}}, {axis})"),
        (lambda a: np.diff(a), "diff({})"),
        (lambda a: np.diff(a, 2, axis), f"diff({{}}, 2, {axis})"),
        (lambda a: np.tile(a, 2), "tile({}, 2)"),
        (lambda a: np.tile(a, (2, 1)), "tile({}, (2, 1))"),
        (lambda a: np.repeat(a, 2, axis), f"repeat({{}}, 2, {axis})"),
        (lambda a: np.broadcast_to(a, (2, 3)), "broadcast_to({}, (2, 3))"),
        (lambda a: np.zeros_like(a) + 1, "zeros_like({}) + 1"),
        (lambda a: np.clip(a, -0.5, 0.5), "clip({}, -0.5, 0.5)"),
        (lambda a: a.clip(0), "{}.clip(0)"),
        (lambda a: np.heaviside(a, 0.5) * a, "heaviside({}, 0.5) * a"),
        (lambda a: a / a.shape[0], "{0}/{0}.shape[0]"),
        (lambda a: a * np.size(a), "{0} * size({0})"),
        (lambda a: a - np.ndim(a), "{0} - ndim({0})"),
        (lambda a: abs(a), "abs({})"),
        (lambda a: +a - (-a), "+{0} - (-{0})"),
        (lambda a: 2**a, "2**{}"),
        (lambda a: a.item(0), "{}.item(0)"),
        (lambda a: a.astype(float), "{}.astype(float)"),
        (lambda a: a.diagonal(), "{}.diagonal()"),
        (lambda a: a.trace(), "{}.trace()"),
        (lambda a: np.linalg.slogdet(a)[1], "slogdet({})[1]"),
        (lambda a: np.linalg.matrix_power(a, 2), "matrix_power({}, 2)"),
        (lambda a: np.linalg.svd(a, compute_uv=False), "svd({}, compute_uv=False)"),
        (lambda a: np.sum(a, axis, float), f"sum({{}}, {axis}, float)"),
        (lambda a: np.mean(a, axis=axis, where=True), f"mean({{}}, {axis}, where=True)"),
        (lambda a: np.sum(a, initial=1.0), "sum({}, initial=1)"),
        (lambda a: np.prod(a), "prod({})"),
        (lambda a: a.round(), "{}.round()"),
        (lambda a: np.sort(a), "sort({})"),
        (lambda a: np.where(a > 0, a, 0), "where({}>0)"),
        (lambda a: np.add.accumulate(a), "add.accumulate({})"),
        (lambda a: np.linalg.vector_norm(a, axis=axis), f"vector_norm({{}}, axis={axis})"),
        (lambda a: np.array([1.0, 2.0]) @ a[:2], "[1, 2] @ {}[:2]"),
        (lambda a: sum(a[i] for i in range(2)), "sum({}[i])"),
        (lambda a: np.sum([a, a]), "sum([{0}, {0}])"),
    ]
    return rng.choice(moves)


def _call(function: Callable[..., Any], *parts: Drawn) -> Run:
    return lambda env: function(*(part.run(env) for part in parts))


def _argument(name: str, value: Any) -> Drawn:
    return Drawn(lambda env: env[name], name, value)


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", function))


def grown(rng: random.Random, pool: list[Drawn]) -> Drawn:
    """One more function on parts of the pool, not run yet."""
    if rng.random() < 0.45:
        i = rng.randrange(len(TWO))
        a, b = rng.choice(pool), rng.choice(pool)
        return Drawn(_call(TWO[i], a, b), f"{_name(TWO[i])}#{i}({a.text}, {b.text})", None)
    part = rng.choice(pool)
    function, text = _one(rng)
    return Drawn(_call(function, part), text.replace("{0}", part.text).replace("{}", part.text), None)


def run_by_numpy(run: Run, values: Environment) -> Any:
    """The value by NumPy, or the error it raises; ``None`` where the value is of no use."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            value = run(values)
        except (AttributeError, ZeroDivisionError):
            return None  # a number of NumPy has fewer methods than an array; weights add to 0
        except Exception as error:
            return error
    if isinstance(value, tuple) or not np.all(np.isfinite(value)) or np.size(value) == 0:
        return None
    if np.ndim(value) > 2 or np.max(np.abs(value)) > 1e8:
        return None
    return np.asarray(value, dtype=float)


def tried(part: Drawn, given: str) -> SymbolicArray | None:
    """What tracing makes of a program; nothing where it refuses with an error of ours."""
    declared = read_given(given)
    arguments = {
        name: SymbolicArray(symbol, declared.entries[name].ndim) for name, symbol in declared.symbols.items()
    }
    try:
        return lift(part.run(arguments))
    except (mg.MatgradError, IndexError):
        return None  # the shape of a number has no first length


@cache
def _symbols(given: str) -> dict[str, Any]:
    return dict(read_given(given).symbols)


def drawn(seed: int, length: int = 3, arrays: dict[str, Any] | None = None) -> list[Drawn]:
    """A chain of programs, each one more function on those before."""
    rng, arrays = random.Random(seed), data(seed % 7) if arrays is None else arrays
    pool = [_argument(name, value) for name, value in arrays.items()]
    found: list[Drawn] = []
    for _ in range(12):
        part = grown(rng, pool + found * 3)
        value = run_by_numpy(part.run, arrays)
        if isinstance(value, Exception):
            found_error = Drawn(part.run, part.text, value)
            found.append(found_error)
            break
        if value is not None:
            found.append(Drawn(part.run, part.text, value))
        if len(found) == length:
            break
    return found


def traced_programs_have_numpys_value_and_shape(seed: int) -> None:
    """What is traced has NumPy's value with NumPy's axes, or is refused; what NumPy refuses is refused."""
    given, arrays = setting(seed)
    for part in drawn(seed, 3, arrays):
        array = tried(part, given)
        if array is None or (isinstance(part.value, IndexError) and "n" in given):
            continue  # whether there is such an entry depends on the sizes
        if isinstance(part.value, np.linalg.LinAlgError):
            _refused(part, given, arrays)
            continue
        assert not isinstance(part.value, Exception), f"{part.text}: NumPy raises {part.value}"
        assert array.ndim == part.value.ndim, f"{part.text}: {array.describe()} for {part.value.shape}"
        try:
            value = mg.evaluate(function_of(part), arrays, given=given)
        except mg.MatgradError:
            continue
        _compared(part, value, "evaluate")


def compiled_programs_have_numpys_value_and_shape(seed: int) -> None:
    """What is compiled for any library returns NumPy's value with NumPy's axes."""
    given, arrays = setting(seed)
    part = drawn(seed, 2, arrays)[-1:]
    if not part or isinstance(part[0].value, Exception):
        return
    backend = BACKENDS[seed % 20] if seed % 20 < len(BACKENDS) else "numpy"
    try:
        compiled = mg.compile(function_of(part[0]), given=given, backend=backend)
        assert set(arrays) == set(compiled.signature.symbols)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of logarithms of negative numbers
            value = compiled(**arrays)
            value = value.compute() if backend == "dask" else value
            pair = mg.compile([function_of(part[0]), lambda x: x], given=given)(**arrays)
        _compared(part[0], value, backend)
        _compared(part[0], pair[0], "numpy, of two")
        assert np.shape(pair[1]) == arrays["x"].shape
    except mg.MatgradError:
        return


def _refused(part: Drawn, given: str, arrays: Environment) -> None:
    """What NumPy refuses because of the data is refused when there are data."""
    try:
        value = mg.evaluate(function_of(part), arrays, given=given)
    except mg.MatgradError:
        return
    raise AssertionError(f"{part.text}: {value}, where NumPy raises {part.value}")


BACKENDS = tuple(name for name in ("jax", "torch", "dask") if find_spec(name))


def _compared(part: Drawn, value: Any, how: str) -> None:
    value = np.asarray(value)
    assert value.shape == part.value.shape, f"{how}: {part.text}: {value.shape} for {part.value.shape}"
    scale, digits = 1 + np.max(np.abs(part.value)), 1e-3 if value.dtype == np.float32 else 1e-7
    if not np.isfinite(value).all() and how != "evaluate":
        return  # what no number is, as 0/0 of a derivative, is refused by evaluate only
    assert np.allclose(value, part.value, rtol=digits, atol=digits * scale), (
        f"{how}: {part.text}: {value} for {part.value}"
    )


def function_of(part: Drawn, finish: Callable[[Any], Any] = lambda value: value) -> Callable[..., Any]:
    """The program as a plain function with the arguments of :func:`program`, as users write them."""

    def function(x: Any, y: Any, z: Any, p: Any, A: Any, B: Any, P: Any, Q: Any, S: Any, t: Any) -> Any:
        env = {"x": x, "y": y, "z": z, "p": p, "A": A, "B": B, "P": P, "Q": Q, "S": S, "t": t}
        return finish(part.run(env))

    return function


def gradients_are_difference_quotients_of_the_numpy_function(seed: int) -> None:
    """The gradient of a traced program, against central differences of the program itself."""
    given, arrays = setting(seed)
    parts = [part for part in drawn(seed, 2, arrays) if not isinstance(part.value, Exception)]
    if not parts:
        return
    function, arrays = function_of(parts[-1], lambda value: np.sum(np.tanh(value))), dict(arrays)
    try:
        expr = trace_function(function, given).expr
    except mg.MatgradError:
        return
    names = [name for name in mg.core.expr.symbols_of(expr) if name not in ("S", "t")]
    if not names:
        return
    name = random.Random(seed).choice(names)
    try:
        gradient = np.reshape(mg.evaluate(mg.gradient(expr, name, verify=False), arrays), arrays[name].shape)
    except mg.MatgradError:
        return
    step, rng = 1e-6, np.random.default_rng(seed)
    direction = rng.normal(size=arrays[name].shape)
    sides = []
    for sign in (1, -1):
        moved = arrays | {name: arrays[name] + sign * step * direction}
        side = run_by_numpy(lambda env: function(**env), moved)
        if not isinstance(side, numpy.ndarray):
            return
        sides.append(float(side))
    quotient, slope = (sides[0] - sides[1]) / (2 * step), float(np.sum(gradient * direction))
    middle = float(function(**arrays))
    bend = abs(sides[0] + sides[1] - 2 * middle) / step
    if bend > 1e-2 * (1 + abs(quotient)):
        return  # a kink, or too steep to tell
    assert abs(quotient - slope) <= 2e-4 * (1 + abs(quotient) + abs(slope)), (
        f"by {name}: {parts[-1].text}: {slope} for {quotient}"
    )


ONE_WAY = ("T", "diag", "transpose", "swapaxes", "moveaxis", "inner", "shape", "ndim", "[", "matmul")
"""What is meant one way of plain symbols: a transposed vector is a row, an index keeps two axes."""


def plain_symbols_mean_what_every_reading_gives(seed: int) -> None:
    """On symbols themselves a result is NumPy's, whether vectors are arrays with one axis or columns."""
    (*_, part) = drawn(seed, 1) or (None,)
    if part is None or any(sign in part.text for sign in ONE_WAY):
        return
    try:
        result = part.run(dict(_symbols(SIZED)))
        if not isinstance(result, mg.Expr):
            return
        value = np.ravel(mg.evaluate(result, data(seed % 7)))
    except (mg.MatgradError, IndexError):
        return
    columns = {k: v[:, None] if np.ndim(v) == 1 else v for k, v in data(seed % 7).items()}
    for arrays in (data(seed % 7), columns):
        expected = run_by_numpy(part.run, arrays)
        if isinstance(expected, numpy.ndarray):
            scale = 1 + np.max(np.abs(expected))
            assert value.size == expected.size, f"{part.text}: {value} for {expected}"
            assert np.allclose(value, np.ravel(expected), rtol=1e-7, atol=1e-7 * scale), (
                f"{part.text}: {value} for {expected}"
            )


PROPERTIES = (
    plain_symbols_mean_what_every_reading_gives,
    compiled_programs_have_numpys_value_and_shape,
    traced_programs_have_numpys_value_and_shape,
    gradients_are_difference_quotients_of_the_numpy_function,
)

EXAMPLES = 400
