"""What is computed at and near data where factors of the formulas have no value, in every array library.

Gradients and Hessians at singular, zero, repeated, tiny and huge data are compared with their limits: the
values of the same formulas in arbitrary precision at points beside the data, in several directions.
Where the directions disagree there is no limit, and a number must not come out, but for the subgradient
0 of a norm at 0.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.core.expr import Expr, symbols_of
from matgrad.core.facts import Fact
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays

DIGITS = 60
BESIDE = 1e-13
"""How far beside the data limits are taken, relative to the data."""

TOLERANCE = 1e-6

SPECIAL = ("x", "X")
"""The variables that are given special data."""


@dataclass(frozen=True)
class Form:
    """An expression, the variable, and the highest order of its derivatives that is tried."""

    text: str
    given: str
    wrt: str
    orders: Sequence[int] = (1, 2)
    data: Sequence[str] = ()
    """The kinds of data that fit."""

    kinks: Sequence[str] = ()
    """Data where a second derivative may be refused, though it has a limit."""

    one_entry: Sequence[str] = ()
    """Data where there is a limit where n is 1 and for no larger n: there it may be refused."""


NORMS = ("zero", "tiny", "huge", "random", "row of zeros")
QUOTIENTS = ("zero", "near zero", "zeros among", "random")
RANKS = ("zero", "rank 1", "rank n−1", "random", "repeated", "tiny rank", "huge rank")
SPECTRA = ("random", "repeated", "pair", "near pair", "rank n−1", "tiny", "huge")

FORMS = (
    Form("norm(x)", "x: n", "x", data=NORMS, kinks=("zero", "row of zeros")),
    Form("norm(A*x)", "A: m×n constant, x: n", "x", data=NORMS, kinks=("zero", "row of zeros")),
    Form("norm(X)", "X: m×n", "X", data=NORMS, kinks=("zero", "row of zeros")),
    Form("norm(x)^3", "x: n", "x", data=NORMS),
    Form("norm(x) + x'*x/2", "x: n", "x", data=NORMS, kinks=("zero", "row of zeros")),
    Form("exp(-norm(x))", "x: n", "x", data=("zero", "tiny", "random"), kinks=("zero",)),
    Form("norm(x)*(a'*x)", "x: n, a: n", "x", (1,), data=("zero", "tiny", "random")),
    Form("x'*x*log(norm(x))", "x: n", "x", (1,), data=("zero", "tiny", "random")),
    Form("norm_p(x, 3)", "x: n", "x", (1,), data=("zero", "random")),
    Form("norm_p(x, 3/2)", "x: n", "x", (1,), data=("zero", "random")),
    Form("sum(sqrt(row_sum(X.^2)))", "X: m×n", "X", (1,), data=NORMS),
    Form("sqrt(x'*A*x)", "x: n, A: n×n spd constant", "x", (1,), data=("zero", "random")),
    Form("sum(sqrt(X.^2 + Y.^2))", "X: m×n, Y: m×n constant", "X", (1,), data=NORMS),
    Form("sum(sqrt(2*X.^2 + (X - Y).^2))", "X: m×n, Y: m×n constant", "X", (1,), data=("tiny", "random")),
    Form("t*(x'y)/(norm(x)*norm(y))", "x: n, y: n, t: scalar", "t", (1,), data=NORMS),
    Form(
        "t*(x'*A*x)/(x'*x)",
        "x: n, A: n×n, t: scalar",
        "t",
        (1,),
        data=NORMS,
        one_entry=("zero",),
    ),
    Form("log(norm(x))", "x: n", "x", (1,), data=NORMS),
    Form("sum(sin(X)./X)", "X: m×n", "X", data=("zero", "random", "row of zeros", "near zero")),
    Form("y'*((exp(x) - ones(n))./x)", "x: n, y: n", "y", (1,), data=QUOTIENTS),
    Form("y'*((ones(n) - cos(x))./x.^2)", "x: n, y: n", "y", (1,), data=QUOTIENTS),
    Form("y'*((x - sin(x))./x.^3)", "x: n, y: n", "y", (1,), data=QUOTIENTS),
    Form("y'*(log(ones(n) + x.^2)./x)", "x: n, y: n", "y", (1,), data=QUOTIENTS),
    Form("tanh(norm(x))/norm(x)", "x: n", "x", (1,), data=("zero", "near zero", "random")),
    Form("std(x)", "x: n", "x", (1,), data=("constant", "random")),
    Form("sum(column_std(X))", "X: m×n", "X", (1,), data=("constant", "random")),
    Form("det(X)", "X: n×n", "X", data=RANKS),
    Form("det(X)^2", "X: n×n", "X", (1,), data=RANKS),
    Form("det(X)*a'*inv(X)*b", "X: n×n, a: n, b: n", "a", (1,), data=RANKS),
    Form("tr(A*adjugate(X))", "X: n×n, A: n×n", "A", (1,), data=RANKS),
    Form("det(A*X)", "X: n×n, A: n×n", "X", (1,), data=RANKS),
    Form("det(X'*X)", "X: m×n", "X", (1,), data=("zero", "rank 1", "random")),
    Form("exp(det(X))", "X: n×n", "X", (1,), data=("zero", "rank 1", "rank n−1", "random", "repeated")),
    Form("spectral_norm(X)", "X: m×n", "X", data=("random", "huge rank", "rank 1", "zero"), kinks=("zero",)),
    Form("nuclear_norm(X)", "X: m×n", "X", data=("random", "repeated", "huge")),
    Form("sum(singular_values(X))", "X: m×n", "X", (1,), data=("random", "repeated", "huge")),
    Form("sum(singular_values(X).^3)", "X: m×n", "X", (1,), data=("random", "repeated")),
    Form("lambda_max(X)", "X: n×n symmetric", "X", data=SPECTRA),
    Form("lambda_min(X)", "X: n×n symmetric", "X", data=SPECTRA),
    Form("sum(eigenvalues(X))", "X: n×n symmetric", "X", data=SPECTRA),
    Form(
        "sum(sin(eigenvalues(X)))",
        "X: n×n symmetric",
        "X",
        data=("random", "repeated", "pair", "near pair"),
        kinks=("repeated", "pair"),
    ),
    Form(
        "sum(exp(eigenvalues(X)))", "X: n×n symmetric", "X", data=("random", "repeated", "pair", "near pair")
    ),
    Form("tr(A*expm(X))", "X: n×n symmetric, A: n×n", "X", data=("random", "repeated", "pair", "near pair")),
    Form("tr(A*logm(X))", "X: n×n spd, A: n×n", "X", (1,), data=("random", "repeated", "pair", "near pair")),
    Form("tr(A*sqrtm(X))", "X: n×n spd, A: n×n", "X", (1,), data=("random", "repeated", "pair", "near pair")),
    Form("a'*top_eigenvector(X)", "X: n×n symmetric, a: n", "X", (1,), data=SPECTRA),
    Form("a'*top_left_singular_vector(X)", "X: m×n, a: m", "X", (1,), data=("random", "repeated")),
    Form("sum(x.^t)", "x: n nonnegative, t: scalar constant", "x", (1,), data=("zeros among",)),
    Form("sum(x.^t)", "x: n nonnegative, t: scalar", "t", data=("zeros among",)),
    Form("y'*(x.*log(x))", "x: n, y: n", "y", (1,), data=("zeros among",)),
    Form("(x'*log(x))^2*s", "x: n, s: scalar", "s", (1,), data=("zeros among",)),
)


def entries(rng: np.random.Generator, kind: str, shape: tuple[int, int], facts: Fact) -> Any:
    """An array of a kind, with the declared facts."""
    m, n = shape
    if kind == "zeros among":
        return np.abs(rng.normal(size=shape)) * (rng.random(shape) < 0.6)
    if kind == "near zero":
        return rng.normal(size=shape) * 10.0 ** -rng.integers(1, 12, size=shape)
    if kind == "constant":
        return np.full(shape, 1.0) * rng.integers(-9, 10, size=(1, n))
    if kind in ("tiny", "huge", "tiny rank", "huge rank"):
        size = {"tiny": 1e-200, "huge": 1e150, "tiny rank": 1e-30, "huge rank": 1e30}[kind]
        return size * entries(rng, "rank n−1" if "rank" in kind and m == n else "random", shape, facts)
    if facts & Fact.SYMMETRIC:
        q, _ = np.linalg.qr(rng.normal(size=shape))
        values = np.sort(rng.normal(size=n)) if kind != "repeated" else np.full(n, rng.normal())
        if kind == "repeated" and rng.random() < 0.5:
            # Rounding of the products must not separate the eigenvalues.
            q = np.eye(n)
        if kind in ("pair", "near pair") and n > 1:
            values[-2] = values[-1] - (1e-9 if kind == "near pair" else 0)
        if kind == "rank n−1":
            values -= values[0]
        values = np.exp(values) if facts & Fact.POSITIVE_DEFINITE else values
        return (q * values) @ q.T if kind != "repeated" else np.eye(n) * values[0]
    x: Any = rng.normal(size=shape)
    if kind == "zero":
        return np.zeros(shape)
    if kind == "row of zeros":
        x[0] = 0
    if kind == "rank 1":
        # Whole numbers, so that the rank is exact.
        return rng.integers(-3, 4, size=(m, 1)) * rng.integers(1, 4, size=(1, n)) * 1.0
    if kind == "rank n−1" and min(m, n) > 1:
        x = rng.integers(-4, 5, size=shape) * 1.0
        x[-1] = x[:-1].sum(axis=0)
    if kind == "repeated":
        return np.eye(m, n)[rng.permutation(m)] * 2.0
    return x


def beside(array: Any, step: Any, far: float, ctx: Any) -> Any:
    """An array a little beside another, in arbitrary precision."""
    distance = ctx.mpf(far) * float(np.abs(array).max(initial=0) or 1.0)
    return [
        [ctx.mpf(float(x)) + distance * float(e) for x, e in zip(r, s, strict=True)]
        for r, s in zip(array, step, strict=True)
    ]


def direction(shape: tuple[int, int], rng: np.random.Generator, facts: Fact) -> Any:
    """A random change with the declared facts."""
    step = rng.normal(size=shape)
    if facts & Fact.SYMMETRIC:
        step = step + step.T
    return np.abs(step) if facts & Fact.NONNEGATIVE else step


@lru_cache(maxsize=256)
def derivative(form: Form, order: int) -> Expr:
    """The gradient or Hessian of a form."""
    expr = mg.parse(form.text, form.given)
    return (
        mg.gradient(expr, form.wrt, verify=False) if order == 1 else mg.hessian(expr, form.wrt, verify=False)
    )


@dataclass(frozen=True)
class Limit:
    """What the values of an expression beside the data come to, and in which entries."""

    value: Any
    tolerance: float
    exists: Any


def limit(expr: Expr, arrays: Mapping[str, Any], sizes: Any, seed: int) -> Limit | None:
    """The limit of the values of an expression along several directions; ``None`` where none has any."""
    symbols = {s.label: s for s in symbols_of([expr]).values()}
    xp = PreciseArrays(sizes, DIGITS)
    far: list[Any] = []
    near: list[Any] = []
    for number in range(4):
        # Both ways, but where the data may not become negative.
        side = (-1) ** number
        if side < 0 and any(symbol.facts & Fact.NONNEGATIVE for symbol in symbols.values()):
            continue
        rng = np.random.default_rng([seed, number // 2])
        steps = {}
        for name, array in arrays.items():
            step = direction(array.shape, rng, symbols[name].facts)
            steps[name] = step * side if name in SPECIAL else 0 * step
        for distance, found in ((BESIDE, far), (BESIDE / 100, near)):
            values = {name: beside(a, steps[name], distance, xp.ctx) for name, a in arrays.items()}
            try:
                (value,) = evaluate_nodes([expr], values, xp)
            except mg.MatgradError:
                return None
            found.append(np.array(value))
    largest = float(max(np.abs(value).max() for value in near))
    if all(np.abs(b).max() < np.abs(a).max() / 2 for a, b in zip(far, near, strict=True)):
        bound = max(2 * float(max(np.abs(value).max() for value in far)), _rounding(expr, arrays, steps, xp))
        return Limit(np.zeros(near[0].shape), bound, np.full(near[0].shape, True))
    size = max(
        (float(np.abs(arrays[name]).max(initial=0)) for name in SPECIAL if name in arrays), default=0.0
    )
    if size and largest < 1e-30 / size:
        # What is 0 everywhere is computed as a difference of numbers of the size of one over the data.
        return Limit(np.zeros(near[0].shape), 1e-12 / size, np.full(near[0].shape, True))
    spread = np.array([np.abs(near[0] - other) for other in near]).max(axis=0).astype(float)
    return Limit(near[0].astype(float), TOLERANCE * largest, spread <= TOLERANCE * largest / 10)


def _rounding(expr: Expr, arrays: Mapping[str, Any], steps: Mapping[str, Any], xp: PreciseArrays) -> float:
    """What vanishes is rounded as what does not: as the values are at data of its size without structure."""
    special = [name for name in arrays if name in SPECIAL]
    size = max((float(np.abs(arrays[name]).max(initial=0)) for name in special), default=0.0)
    values = {
        name: beside(0 * a if name in special else a, size * steps[name], 1.0, xp.ctx)
        for name, a in arrays.items()
    }
    try:
        (value,) = evaluate_nodes([expr], values, xp)
    except mg.MatgradError:
        return 0.0
    return 1e-13 * float(np.abs(np.array(value)).max())


def computed(expr: Expr, arrays: Mapping[str, Any], sizes: Mapping[str, int], library: str) -> Any:
    """What a library computes; ``None`` where it refuses."""
    used = {s.label for s in symbols_of(expr).values()}
    given: dict[str, Any] = {name: a for name, a in arrays.items() if name in used}
    try:
        with np.errstate(all="ignore"):
            if library == "evaluate":
                result = mg.evaluate(expr, {**given, **sizes_for(expr, sizes)})
            else:
                fn = mg.compile(expr, backend=library)
                if library == "torch":
                    import torch

                    given = {name: torch.tensor(a) for name, a in given.items()}
                with _doubles(library):
                    result = fn(**given, **sizes_for(expr, sizes))
                result = result.compute() if library == "dask" else result
    except (mg.MatgradError, RuntimeError):
        return None
    return np.asarray(result, dtype=float)


def _doubles(library: str) -> AbstractContextManager[object]:
    """Where JAX computes with doubles, as the others do."""
    if library != "jax":
        return nullcontext()
    import jax

    manager: AbstractContextManager[object] = jax.enable_x64(True)
    return manager


def sizes_for(expr: Expr, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes that no array shows."""
    from matgrad.compilation.backends.base.signature import Signature

    return {name: sizes[name] for name in Signature([expr], ()).free}


def outcome(seed: int, libraries: Sequence[str]) -> list[str]:
    """What is wrong at one draw."""
    random_form = random.Random(seed)
    form = random_form.choice(FORMS)
    order = random_form.choice(list(form.orders))
    kind = random_form.choice(list(form.data))
    sizes = {"m": random_form.choice((1, 2, 3, 4)), "n": random_form.choice((1, 2, 3))}
    expr = derivative(form, order)
    whole = mg.parse(form.text, form.given)
    rng = np.random.default_rng(seed)
    arrays = {}
    for symbol in sorted(symbols_of([whole, expr]).values(), key=lambda s: s.label):
        shape = (symbol.rows.value(sizes), symbol.columns.value(sizes))
        special = symbol.label in SPECIAL
        arrays[symbol.label] = entries(rng, kind if special else "random", shape, symbol.facts)
    if "t" in arrays:
        arrays["t"] = np.array([[2.0 + abs(arrays["t"][0, 0])]])
    used = {s.label for s in symbols_of(expr).values()}
    arrays = {name: a for name, a in arrays.items() if name in used}
    varied = [arrays[name] for name in SPECIAL if name in arrays]
    if varied and not any(array.any() for array in varied):
        kind = "zero"  # However it was drawn.
    found = limit(expr, arrays, sizes, seed)
    if found is None or not np.isfinite(found.value).all():
        return []
    wrong = []
    for library in libraries:
        value = computed(expr, arrays, sizes, library)
        where = f"{form.text} by {form.wrt}, order {order}, {kind} {sizes}, {library}"
        if value is None or not np.isfinite(value).all():
            # Differences of curvatures of 1e200 may be refused; where there is a kink there is no limit.
            if order == 2 and (kind in form.kinks or kind in ("tiny", "huge")):
                continue
            if found.exists.all() and not (kind in form.one_entry and sizes["n"] == 1):
                wrong.append(f"refused: {where}: limit {found.value.tolist()}")
            continue
        # Without a limit an entry is 0, the subgradient, or no number.
        right = np.where(found.exists, found.value, 0)
        if not (np.abs(value.reshape(right.shape) - right) <= found.tolerance).all():
            wrong.append(f"wrong: {where}: {value.tolist()} for {right.tolist()}, {found.exists.tolist()}")
    return wrong


def gradients_and_hessians_are_their_limits(seed: int) -> None:
    """At special data every library computes the limit, or says that there is none."""
    library = ("jax", "torch", "dask")[seed % 3]
    wrong = outcome(seed, ("evaluate", "numpy", library))
    assert not wrong, "\n".join(wrong)


CONVEX = (
    ("nuclear_norm(X)", lambda x, y: np.linalg.norm(x, "nuc")),
    ("norm(X)", lambda x, y: np.linalg.norm(x)),
    ("sum(sqrt(row_sum(X.^2)))", lambda x, y: np.linalg.norm(x, axis=1).sum()),
    ("sum(sqrt(X.^2 + Y.^2))", lambda x, y: np.hypot(x, y).sum()),
    ("norm1(X)", lambda x, y: np.abs(x).sum()),
)
"""Convex functions with kinks, and their values by NumPy."""


@lru_cache(maxsize=16)
def convex_gradient(text: str) -> Expr:
    """The gradient of one of :data:`CONVEX`."""
    return mg.gradient(mg.parse(text, "X: m×n, Y: m×n constant"), "X", verify=False)


def gradients_at_kinks_are_subgradients(seed: int) -> None:
    """f(Z) ≥ f(X) + ⟨G, Z − X⟩ for all Z, and ⟨G, X⟩ is f(X) as far as f grows with X."""
    rng = np.random.default_rng(seed)
    text, function = CONVEX[seed % len(CONVEX)]
    shape = (int(rng.integers(1, 5)), int(rng.integers(1, 4)))
    x = entries(rng, str(rng.choice(["zero", "rank 1", "row of zeros", "random"])), shape, Fact.NONE)
    y = entries(rng, "random", shape, Fact.NONE) * (rng.random(shape) < 0.5)
    x = np.where(rng.random() < 0.5, x, x * 1e-3)
    expr = convex_gradient(text)
    sizes = {"m": shape[0], "n": shape[1]}
    arrays = {name: a for name, a in {"X": x, "Y": y}.items() if name in symbols_of([expr])}
    for library in ("evaluate", "numpy", ("jax", "torch", "dask")[seed % 3]):
        found = computed(expr, arrays, sizes, library)
        assert found is not None, f"{text} at {x.tolist()}, {library}: refused"
        assert np.isfinite(found).all(), f"{text} at {x.tolist()}, {library}: {found.tolist()}"
        slope = found.reshape(shape)
        for size in (1e-3, 1, 10):
            z = x + size * rng.normal(size=shape)
            least = function(x, y) + (slope * (z - x)).sum()
            assert function(z, y) >= least - 1e-9 * (1 + size), f"{text} at {x.tolist()}, {library}: {slope}"


PROPERTIES = (gradients_and_hessians_are_their_limits, gradients_at_kinks_are_subgradients)

EXAMPLES = 40
