"""Minimisation by SciPy, with compiled values, gradients and Hessian-vector products."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from matgrad.compilation import compile_expressions
from matgrad.compilation.coordinates import Coordinates, Entries, coordinates_of
from matgrad.compilation.derivatives import changes_of, gradient_of, pushforward_of
from matgrad.compilation.progress import Progress
from matgrad.compilation.staging import split
from matgrad.core.dims import shape_text
from matgrad.core.errors import ArgumentError, DomainError, EvaluationError, ShapeError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.verify.inputs import named, read_inputs
from matgrad.verify.sizes import solve_sizes

VALUES_ONLY = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})
"""Methods of SciPy that use no derivative."""

WITH_PRODUCTS = frozenset({"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"})
"""Methods that use Hessian-vector products."""

WITH_HESSIAN = frozenset({"dogleg", "trust-exact"})
"""Methods that need the whole Hessian."""

WITH_BOUNDS = frozenset(
    {"nelder-mead", "l-bfgs-b", "tnc", "slsqp", "powell", "trust-constr", "cobyla", "cobyqa"}
)
"""Methods that keep to bounds."""


METHODS = VALUES_ONLY | WITH_PRODUCTS | WITH_HESSIAN | WITH_BOUNDS | {"cg", "bfgs"}


@dataclass
class Place:
    """One of the variables, and where its coordinates lie among those of all."""

    variable: Symbol
    start: Any
    """The starting point, with two axes."""
    shape: tuple[int, ...]
    """The shape in which the user gave it."""
    coordinates: Coordinates
    part: slice


@dataclass
class Evaluated:
    """What is known at one point."""

    z: Any
    arrays: dict[str, Any]
    gradients: list[Any]
    parts: dict[str, Any]


@dataclass
class Objective:
    """The function to minimise in flat coordinates, with what a method may ask of it.

    A point outside the domain has the value ∞, so that a line search comes back from it.
    """

    places: list[Place]
    data: dict[str, Any]
    first: Callable[..., Any]
    """The value, the gradients, and the parts of products that depend on the point alone."""
    product: Callable[..., Any] | None
    changes: list[str]
    parts: list[str]
    progress: Progress
    last: Evaluated | None = None

    def arrays(self, z: Any) -> dict[str, Any]:
        """The arrays of the variables at a point."""
        return {p.variable.label: p.coordinates.point(z[p.part]) for p in self.places}

    def strict(self, z: Any) -> tuple[float, Any]:
        """Value and gradient; raises outside the domain."""
        # What is not finite is seen below; NumPy need not warn of it.
        with np.errstate(all="ignore"):
            arrays = self.arrays(z)
            value, *rest = self.first(**self.data, **arrays)
        if not np.isfinite(value):
            raise DomainError("the function is not finite there")
        gradients = rest[: len(self.places)]
        parts = dict(zip(self.parts, rest[len(self.places) :], strict=True))
        self.last = Evaluated(z.copy(), arrays, gradients, parts)
        flat = [p.coordinates.pull(z[p.part], g) for p, g in zip(self.places, gradients, strict=True)]
        return float(value), np.concatenate(flat)

    def __call__(self, z: Any) -> tuple[float, Any]:
        """Value and gradient."""
        try:
            value, gradient = self.strict(z)
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            return np.inf, np.zeros_like(z)
        self.progress.evaluated(value, gradient)
        return value, gradient

    def value(self, z: Any) -> float:
        """The value alone."""
        return self(z)[0]

    def hessian_product(self, z: Any, v: Any) -> Any:
        """The Hessian at a point times a vector."""
        at = self.last
        if at is None or not np.array_equal(at.z, z):
            self.strict(z)
            at = self.last
        assert at is not None
        assert self.product is not None
        v = np.asarray(v, dtype=z.dtype).ravel()
        changes = {
            name: p.coordinates.direction(z[p.part], v[p.part])
            for p, name in zip(self.places, self.changes, strict=True)
        }
        bent = self.product(**self.data, **at.arrays, **at.parts, **changes)
        flat = [
            p.coordinates.pull(z[p.part], h) + p.coordinates.bend(z[p.part], v[p.part], g)
            for p, h, g in zip(self.places, bent, at.gradients, strict=True)
        ]
        self.progress.multiplied()
        return np.concatenate(flat)

    def hessian(self, z: Any) -> Any:
        """The whole Hessian, column by column."""
        return np.column_stack([self.hessian_product(z, column) for column in np.eye(len(z))])


def minimize_expression(
    f: Expr,
    variables: Sequence[Symbol],
    data: Mapping[Any, Any],
    x0: Any,
    *,
    method: str | None = None,
    bounds: Any = None,
    tol: float | None = None,
    options: Mapping[str, Any] | None = None,
    callback: Callable[[Any], Any] | None = None,
    progress: bool | None = None,
    verify: bool = True,
    single: bool = True,
) -> Any:
    """Minimise a scalar expression over variables; see :func:`matgrad.minimize`."""
    from scipy import optimize

    # SciPy's types tell apart each way in which a function may come with its derivatives.
    run: Callable[..., Any] = optimize.minimize
    if not f.is_scalar:
        raise ShapeError(
            f"only a scalar can be minimised; {f.describe()} is not one", fix="take its sum or its norm"
        )
    places, sizes, arrays = _read(f, variables, data, x0, single)
    limits = _limits(places, bounds, single)
    chosen = _method(method, limits)
    gradients = [gradient_of(f, variable, verify=verify) for variable in variables]
    changes = changes_of(variables, symbols_of(f))
    product: Callable[..., Any] | None = None
    parts: dict[Symbol, Expr] = {}
    if chosen in WITH_PRODUCTS | WITH_HESSIAN:
        whole = [pushforward_of(g, variables, changes, verify=verify) for g in gradients]
        products, parts = split(whole, changes)
        product = _with(compile_expressions(products, check=False), sizes)
    first = _with(compile_expressions([f, *gradients, *parts.values()], check=False), sizes)
    names = [symbol.label for symbol in parts]
    objective = Objective(
        places, arrays, first, product, [c.label for c in changes], names, Progress(progress)
    )
    start = np.concatenate([p.coordinates.start(p.start) for p in places])
    try:
        objective.strict(start)
    except (DomainError, np.linalg.LinAlgError) as error:
        raise DomainError(f"the starting point is outside the domain: {error}", fix="another x0") from None

    with objective.progress:
        result = run(
            objective.value if chosen in VALUES_ONLY else objective,
            start,
            method=chosen,
            jac=None if chosen in VALUES_ONLY else True,
            hessp=objective.hessian_product if chosen in WITH_PRODUCTS else None,
            hess=objective.hessian if chosen in WITH_HESSIAN else None,
            bounds=limits,
            tol=tol,
            options=dict(options or {}),
            callback=_callback(callback, places, single),
        )
    return _finish(result, objective, single)


def _with(function: Any, sizes: Mapping[str, int]) -> Callable[..., Any]:
    """A compiled function that takes from the arrays what it needs."""
    needed = set(function.signature.symbols)
    free = {name: sizes[name] for name in function.signature.free}

    def call(**arrays: Any) -> Any:
        return function(**free, **{name: array for name, array in arrays.items() if name in needed})

    return call


def _read(
    f: Expr, variables: Sequence[Symbol], data: Mapping[Any, Any], x0: Any, single: bool
) -> tuple[list[Place], dict[str, int], dict[str, Any]]:
    """Match data and starting points with the variables of the expression."""
    symbols = symbols_of([f, *variables])
    names = [variable.label for variable in variables]
    given = named(symbols, data)
    _check_data(symbols, names, given)
    starts = _starts(variables, x0, single, symbols, given)
    inputs = read_inputs([f, *variables], {**given, **starts})
    places, at = [], 0
    for variable in variables:
        array = inputs.values[variable.label]
        coordinates = coordinates_of(variable, array.shape)
        part = slice(at, at + coordinates.length)
        places.append(Place(variable, array, np.shape(starts[variable.label]), coordinates, part))
        at = part.stop
    arrays = {name: value for name, value in inputs.values.items() if name not in names}
    return places, inputs.sizes, arrays


def _check_data(symbols: Mapping[str, Symbol], names: Sequence[str], given: Mapping[str, Any]) -> None:
    missing = [s for name, s in symbols.items() if name not in given and name not in names]
    if missing:
        words = ", ".join(f"{s.label} ({shape_text(s.shape)})" for s in missing)
        fix = ", ".join(f"{s.label}=…" for s in missing)
        raise EvaluationError(f"no data were given for {words}", fix=fix)
    for name in names:
        if name in given:
            raise ArgumentError(f"{name} is minimised over: its starting point is x0", fix=f"x0={name}")


def _starts(
    variables: Sequence[Symbol],
    x0: Any,
    single: bool,
    symbols: Mapping[str, Symbol],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """The starting point of each variable."""
    if single:
        starts = {} if x0 is None else {variables[0].label: x0}
    elif x0 is None or isinstance(x0, Mapping):
        starts = {str(getattr(key, "label", key)): value for key, value in (x0 or {}).items()}
    else:
        raise ArgumentError(
            "with several variables x0 gives the starting point of each by name",
            fix=f"x0={{{', '.join(f'{v.label!r}: …' for v in variables)}}}",
        )
    for variable in variables:
        if variable.label not in starts:
            shape = _expected(variable, symbols, given)
            example = "1.0" if variable.is_scalar else f"np.zeros({shape})"
            where = example if single else f"{{{variable.label!r}: {example}, …}}"
            raise ArgumentError(
                f"no starting point was given for {variable.label} ({shape_text(variable.shape)})",
                fix=f"x0={where}",
            )
    return starts


def _expected(variable: Symbol, symbols: Mapping[str, Symbol], given: Mapping[str, Any]) -> str:
    """The shape that the data ask of a variable, as far as they tell."""
    shapes = [(symbols[name], np.shape(value)) for name, value in given.items() if name in symbols]
    sizes: dict[str, int] = {}
    solve_sizes([(symbol, (shape[0], shape[1])) for symbol, shape in shapes if len(shape) == 2], sizes)
    known = [d.value(sizes) if d.symbols <= sizes.keys() else d for d in variable.shape]
    return str(known[0]) if variable.is_vector else f"({known[0]}, {known[1]})"


def _limits(places: Sequence[Place], bounds: Any, single: bool) -> Any:
    """The bounds of all coordinates; those declared nonnegative are so."""
    from scipy.optimize import Bounds

    if not single and bounds is not None and not isinstance(bounds, Mapping):
        raise ArgumentError(
            "with several variables bounds are given by name", fix="bounds={'x': scipy.optimize.Bounds(0, 1)}"
        )
    lows, highs = [], []
    for place in places:
        own = bounds if single else (bounds or {}).get(place.variable.label)
        low, high = _own_limits(place, own)
        lows.append(low)
        highs.append(high)
    low, high = np.concatenate(lows), np.concatenate(highs)
    return Bounds(low, high) if np.isfinite(low).any() or np.isfinite(high).any() else None


def _own_limits(place: Place, bounds: Any) -> tuple[Any, Any]:
    label, coordinates = place.variable.label, place.coordinates
    free = np.full(coordinates.length, np.inf)
    nonnegative = place.variable.facts & Fact.NONNEGATIVE and not place.variable.facts & Fact.POSITIVE
    if bounds is None:
        return (np.zeros_like(free) if nonnegative else -free), free
    if not isinstance(coordinates, Entries):
        raise ArgumentError(
            f"{label} is not moved entry by entry, but by {coordinates.meaning}: it takes no bounds"
        )
    if hasattr(bounds, "lb"):
        low, high = (np.broadcast_to(side, place.shape) for side in (bounds.lb, bounds.ub))
        flat = [np.reshape(side, place.start.shape).ravel(order="F") for side in (low, high)]
    else:
        pairs = [(-np.inf if a is None else a, np.inf if b is None else b) for a, b in bounds]
        if len(pairs) != coordinates.length:
            raise ArgumentError(
                f"{len(pairs)} pairs of bounds for {label}, which has {coordinates.length} entries",
                fix="scipy.optimize.Bounds(low, high) with numbers or arrays of its shape",
            )
        flat = [np.array(side, dtype=float) for side in zip(*pairs, strict=True)]
    return (np.maximum(flat[0], 0) if nonnegative else flat[0]), flat[1]


def _method(method: str | None, limits: Any) -> str:
    """The method asked for, or the one that fits: a trust region, or L-BFGS-B within bounds."""
    if method is None:
        return "l-bfgs-b" if limits is not None else "trust-ncg"
    if not isinstance(method, str):
        raise ArgumentError(f"a method is named by a word of scipy.optimize.minimize, not {method!r}")
    chosen = method.lower()
    if chosen not in METHODS:
        close = get_close_matches(chosen, METHODS, n=1, cutoff=0.4)
        raise ArgumentError(
            f"{method!r} is no method of scipy.optimize.minimize; those are {', '.join(sorted(METHODS))}",
            fix=f"method={close[0]!r}" if close else None,
        )
    if limits is not None and chosen not in WITH_BOUNDS:
        raise ArgumentError(f"{method} keeps to no bounds", fix="method='L-BFGS-B'")
    return chosen


def _given(places: Sequence[Place], arrays: Sequence[Any], single: bool) -> Any:
    """Arrays of all variables, each in the shape of its starting point."""
    shaped = {
        p.variable.label: np.reshape(a, p.shape) if p.shape else float(np.reshape(a, ()))
        for p, a in zip(places, arrays, strict=True)
    }
    return next(iter(shaped.values())) if single else shaped


def _callback(
    callback: Callable[[Any], Any] | None, places: Sequence[Place], single: bool
) -> Callable[..., Any] | None:
    if callback is None:
        return None

    def reached(z: Any, *state: Any) -> Any:
        return callback(_given(places, [p.coordinates.point(z[p.part]) for p in places], single))

    return reached


def _finish(result: Any, objective: Objective, single: bool) -> Any:
    """The result in terms of the variables: the minimiser, and the gradient there."""
    z, places = result.x, objective.places
    objective.strict(z)
    assert objective.last is not None
    result.x = _given(places, list(objective.last.arrays.values()), single)
    result.jac = _given(places, objective.last.gradients, single)
    return result
