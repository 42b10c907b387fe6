"""Stationary points on arrays, and the signs of a function's curvature there, by difference quotients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy.linalg

import matgrad as mg
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.numeric.sizes import dims_in
from matgrad.ops.indices.members import Family
from matgrad.stationarity import StationaryPoint

Array = Any
Arrays = dict[str, Array]

_STEP = 2e-4
_SINGULAR = 1e8
"""A matrix of this condition is no longer inverted well enough for a slope of 0."""
_SIZES = (
    (3, 2, 4, 5),
    (2, 3, 4, 5),
    (4, 3, 2, 5),
    (5, 3, 2, 4),
    (3, 4, 2, 5),
    (6, 3, 4, 2),
    (4, 4, 4, 4),
    (9, 2, 3, 2),
)


def _drawn(symbol: Symbol, sizes: dict[str, int], rng: np.random.Generator) -> Array:
    """A random array with what is declared of a variable."""
    if not isinstance(symbol, Family):
        return _member(symbol.facts, tuple(dim.value(sizes) for dim in symbol.shape), rng)
    ranges = [last.value(sizes) for _, last in symbol.ranges]
    shape = tuple(dim.value(sizes) for dim in symbol.member_shape)
    members = [_member(symbol.member_facts, shape, rng) for _ in range(int(np.prod(ranges)))]
    return np.array(members).reshape(*ranges, *(() if shape == (1, 1) else shape))


def _member(facts: Fact, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    x = rng.standard_normal(shape)
    if facts & Fact.INTEGER:
        return np.full(shape, 3.0)
    if facts & (Fact.POSITIVE | Fact.NONNEGATIVE):
        x = 0.2 + abs(x)
    if facts & Fact.IDEMPOTENT and shape[0] > 1:
        basis = np.linalg.qr(x)[0][:, :-1]
        return basis @ basis.T
    if facts & Fact.DIAGONAL and shape[0] > 1:
        return np.diag(abs(np.diagonal(x)) + 0.2 if facts & Fact.POSITIVE_DEFINITE else np.diagonal(x))
    if facts & Fact.POSITIVE_DEFINITE and shape[0] > 1:
        return x @ x.T + 0.3 * np.eye(shape[0])
    if facts & Fact.POSITIVE_SEMIDEFINITE and shape[0] > 1:
        return x @ x.T
    if facts & Fact.SYMMETRIC:
        return x + x.T
    if facts & Fact.SKEW:
        return x - x.T
    return np.linalg.qr(x)[0] if facts & Fact.ORTHONORMAL_COLUMNS else x


def evaluated(expr: Expr, arrays: Arrays, sizes: dict[str, int]) -> Array:
    """The value of an expression at more arrays than it has."""
    needed = symbols_of(expr)
    names = {name for dim in dims_in(postorder(expr)) for name in dim.symbols}
    given = {name: array for name, array in arrays.items() if name in needed}
    shown = {name for s in needed.values() for dim in dims_in([s]) for name in dim.symbols}
    return np.asarray(mg.evaluate(expr, {**given, **{n: sizes[n] for n in names - shown}}))


def points(found: StationaryPoint, seeds: Sequence[int]) -> Iterator[tuple[Arrays, dict[str, int]]]:
    """Random arrays, with the variables at the point for them, and the sizes."""
    solved = {symbol.label for symbol in found.solutions}
    everything = [found.function, *found.equations.values(), *found.solutions.values()]
    symbols = {k: s for k, s in symbols_of(everything).items() if k not in solved}
    names = sorted({n for dim in dims_in(postorder(everything)) for n in dim.symbols})
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for numbers in _SIZES:
            sizes = dict(zip(names, (*numbers, 3, 2), strict=False))
            arrays = {k: _drawn(s, sizes, rng) for k, s in symbols.items()}
            try:
                if not _hold(found, arrays, sizes):
                    continue
                values = {s.label: evaluated(v, arrays, sizes) for s, v in found.solutions.items()}
                evaluated(found.function, arrays | values, sizes)
            except (MatgradError, ArithmeticError):
                continue
            yield arrays | values, sizes
            break


def _hold(found: StationaryPoint, arrays: Arrays, sizes: dict[str, int]) -> bool:
    """Whether what the solution needs to be invertible is so at these arrays, by far."""
    meant = dict(found.parts)
    needed = [value for condition in found.conditions for _, value in condition.fields]
    matrices = [
        x.substitute(meant) for x in needed if isinstance(x, Expr) and x.is_square and not x.is_scalar
    ]
    given = [x for x in matrices if symbols_of(x).keys() <= arrays.keys()]
    return all(np.linalg.cond(evaluated(x, arrays, sizes)) < _SINGULAR for x in given)


def curvature(found: StationaryPoint, at: Arrays, sizes: dict[str, int]) -> tuple[float, Array]:
    """The relative slope along what the variables may do, and the eigenvalues of the Hessian on that."""
    variables = found.variables
    start = [np.array(at[v.label], float) for v in variables]
    bases = [_basis(v, x) for v, x in zip(variables, start, strict=True)]
    basis = scipy.linalg.block_diag(*bases)
    flat = np.concatenate([x.ravel() for x in start])
    ends = np.cumsum([x.size for x in start])[:-1]

    def moved(step: Array) -> Arrays:
        parts = np.split(flat + basis @ step, ends)
        return at | {
            v.label: _retracted(v, p.reshape(x.shape))
            for v, p, x in zip(variables, parts, start, strict=True)
        }

    multipliers = [symbol for symbol in found.equations if symbol not in variables]
    constraints = [found.equations[symbol] for symbol in multipliers]
    count = basis.shape[1]
    if constraints:
        jacobian = np.stack(
            [
                np.concatenate([
                    (evaluated(c, moved(_STEP * e), sizes) - evaluated(c, moved(-_STEP * e), sizes)).ravel()
                    for c in constraints
                ]) / (2 * _STEP)
                for e in np.eye(count)
            ],
            axis=1,
        )  # fmt: skip
        along = scipy.linalg.null_space(jacobian, rcond=1e-6)
    else:
        along = np.eye(count)

    def function(step: Array) -> float:
        there = moved(along @ step)
        value = float(evaluated(found.function, there, sizes).item())
        for symbol, constraint in zip(multipliers, constraints, strict=True):
            value += float(np.sum(at[symbol.label] * evaluated(constraint, there, sizes)))
        return value

    return _bent(function, along.shape[1])


def _bent(function: Callable[[Array], float], count: int) -> tuple[float, Array]:
    h, units, zero = _STEP, np.eye(count), np.zeros(count)
    middle = function(zero)
    slope = np.array([(function(h * e) - function(-h * e)) / (2 * h) for e in units])
    hessian = np.empty((count, count))
    for i in range(count):
        for j in range(i + 1):
            a, b = units[i], units[j]
            if i == j:
                hessian[i, i] = (function(h * a) - 2 * middle + function(-h * a)) / h**2
            else:
                whole = function(h * (a + b)) - function(h * (a - b)) - function(h * (b - a))
                hessian[i, j] = hessian[j, i] = (whole + function(-h * (a + b))) / (4 * h**2)
    values = np.linalg.eigvalsh(hessian) if count else np.zeros(0)
    size = abs(values).max(initial=1e-12) + abs(middle)
    return float(abs(slope).max(initial=0) / size), values / size


def _basis(variable: Symbol, x: Array) -> Array:
    """What a variable may do: a structured one stays in its space."""
    if x.ndim < 2 or x.shape[0] != x.shape[1] or x.size == 1:
        return np.eye(x.size)
    n = len(x)
    if variable.facts & Fact.DIAGONAL:
        return np.eye(n * n)[:, :: n + 1]
    for fact, sign in ((Fact.SYMMETRIC, 1), (Fact.SKEW, -1)):
        if variable.facts & fact:
            places = [(i, j) for i in range(n) for j in range(i + (sign > 0))]
            units = [np.outer(np.eye(n)[i], np.eye(n)[j]) for i, j in places]
            return np.stack(
                [(u + sign * u.T).ravel() / np.linalg.norm(u + sign * u.T) for u in units], axis=1
            )
    return np.eye(n * n)


def _retracted(variable: Symbol, x: Array) -> Array:
    """The nearest with orthonormal columns, where a variable has them."""
    if not variable.facts & Fact.ORTHONORMAL_COLUMNS or variable.is_scalar:
        return x
    columns = x.reshape(len(x), -1)
    return scipy.linalg.polar(columns)[0].reshape(x.shape)
