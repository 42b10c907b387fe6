"""What is declared of a variable: its gradient against curves drawn with NumPy, and what is said of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

import matgrad as mg
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import FACT_NAMES, Fact, closure, has_diagonals, is_banded, widths
from matgrad.results import derive
from tests.properties.statements import holds

N = 4
STEP = 1e-5
Curve = Callable[[float], Any]

_SINGLE = sorted(set(FACT_NAMES.values()))
_TRIANGULAR = Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
_SIGNS = Fact.POSITIVE | Fact.NONNEGATIVE


def is_possible(facts: Fact) -> bool:
    """Whether not both zero, as what is skew and symmetric, and of full rank."""
    is_zero = facts & Fact.SKEW and facts & (Fact.SYMMETRIC | _TRIANGULAR | _SIGNS)
    return not (is_zero and facts & (Fact.ORTHONORMAL_COLUMNS | Fact.INVERTIBLE | Fact.SIMPLEX))


_ALL = {closure(a | b | c) for a, b, c in combinations([*_SINGLE, Fact.NONE, Fact.NONE], 3)}
_ALONE = Fact.IDEMPOTENT | Fact.SIMPLEX_ROWS
_CURVED = {closure(f) for f in (Fact.IDEMPOTENT, Fact.ORTHOGONAL_PROJECTOR, Fact.SIMPLEX_ROWS)}
COMBINATIONS = sorted(
    facts for facts in _ALL | _CURVED if is_possible(facts) and (facts in _CURVED or not facts & _ALONE)
)
"""Every combination of up to three declared facts that a matrix can have; projectors and rows on the simplex
with nothing else."""


def skew(m: Any) -> Any:
    return m - m.T


def pattern(facts: Fact, m: Any) -> Any:
    """The part of a matrix that lies in a linear structure."""
    if facts & Fact.SKEW and facts & (Fact.SYMMETRIC | _TRIANGULAR):
        return np.zeros_like(m)
    lower, upper = (N if width is None else width for width in widths(facts))
    m = np.triu(np.tril(m, upper), -lower)
    if facts & Fact.SYMMETRIC:
        m = (m + m.T) / 2
    if facts & Fact.SKEW:
        m = (m - m.T) / 2
    if facts & Fact.TOEPLITZ:
        m = sum((m.diagonal(k).mean() * np.eye(len(m), k=k) for k in range(1 - len(m), len(m))), 0 * m)
    if facts & Fact.CIRCULANT:
        shift = np.roll(np.eye(len(m)), 1, axis=0)
        turns = [np.linalg.matrix_power(shift, k) for k in range(len(m))]
        m = sum(((turn * m).sum() / len(m) * turn for turn in turns), 0 * m)
    return m


def orthogonal_curve(facts: Fact, rng: np.random.Generator) -> Curve:
    """A curve of orthogonal matrices that keeps what else is declared, or a point where none leaves."""
    turn = skew(rng.normal(size=(N, N)))
    if facts & _TRIANGULAR or facts & (Fact.POSITIVE_SEMIDEFINITE | _SIGNS | Fact.INTEGER | Fact.SIMPLEX):
        signs = np.eye(N) if facts & (Fact.POSITIVE_SEMIDEFINITE | _SIGNS | Fact.SIMPLEX) else -np.eye(N)
        return lambda t: signs
    start = np.linalg.qr(rng.normal(size=(N, N)))[0]
    if facts & Fact.SYMMETRIC:
        middle = np.diag([1.0, -1.0, 1.0, 1.0])
        return turned(start @ middle @ start.T, turn)
    if facts & Fact.SKEW:
        middle = np.kron(np.eye(N // 2), [[0.0, 1.0], [-1.0, 0.0]])
        return turned(start @ middle @ start.T, turn)
    return lambda t: expm(t * turn) @ start


def turned(base: Any, turn: Any) -> Curve:
    """A curve of matrices that are similar by rotations."""
    return lambda t: expm(t * turn) @ base @ expm(-t * turn)


def curve(facts: Fact, rng: np.random.Generator) -> Curve | None:
    """A curve through admissible matrices; ``None`` where there is none in every neighbourhood drawn."""
    is_rigid = facts & (_TRIANGULAR | Fact.POSITIVE_SEMIDEFINITE | _SIGNS | Fact.INTEGER)
    if has_diagonals(facts) and not is_rigid and facts & (Fact.ORTHONORMAL_COLUMNS | Fact.SIMPLEX):
        return None
    is_fixed = facts & Fact.INTEGER and facts & (Fact.SIMPLEX | Fact.ORTHONORMAL_COLUMNS)
    if facts & Fact.CIRCULANT and is_banded(facts) and not (facts & Fact.DIAGONAL or is_fixed):
        return None
    if facts & Fact.ORTHONORMAL_COLUMNS:
        return orthogonal_curve(facts, rng)
    m, v = rng.normal(size=(2, N, N))
    if facts & Fact.IDEMPOTENT:
        # Of a projector that is not symmetric no gradient is known.
        u = np.linalg.qr(m)[0][:, :2]
        return turned(u @ u.T, skew(v)) if facts & Fact.SYMMETRIC else None
    if facts & Fact.SIMPLEX_ROWS:
        return lambda t: np.exp(m + t * v) / np.exp(m + t * v).sum(axis=1, keepdims=True)
    if facts & Fact.SIMPLEX:
        if facts & (Fact.INTEGER | Fact.DIAGONAL):
            return lambda t: np.eye(N)
        if facts & (Fact.SYMMETRIC | Fact.SKEW | _TRIANGULAR) or has_diagonals(facts):
            return None
        return lambda t: np.exp(m + t * v) / np.exp(m + t * v).sum(axis=0)
    start, along = pattern(facts, m), pattern(facts, v)
    if facts & Fact.SKEW and facts & _SIGNS:
        return lambda t: np.zeros((N, N))
    if facts & _SIGNS:
        start = np.abs(start)
    if facts & Fact.POSITIVE_SEMIDEFINITE:
        start = pattern(facts, start @ start.T + np.eye(N))
    return lambda t: start + t * along


def value(x: Any, a: Any, b: Any) -> Any:
    """The function of the test, by NumPy."""
    return np.trace(a @ x) + np.trace(a @ x @ b @ x) + np.sin(x).sum()


def symbol(facts: Fact) -> Symbol:
    n = Dim.symbol("n")
    return Symbol.make("X", n, n, facts)


def gradients_are_tangent_and_right_along_curves(seed: int) -> None:
    """⟨G, X'(0)⟩ is the slope of f along every curve, and G is a combination of such directions."""
    facts = random.Random(f"facts {seed}").choice(COMBINATIONS)
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, N, N))
    x = symbol(facts)
    A, B = mg.matrix("A", "n", "n"), mg.matrix("B", "n", "n")
    f = mg.trace(A @ x) + mg.trace(A @ x @ B @ x) + mg.parse("sum(sin(X))", [x])
    path = curve(facts, rng)
    if path is None:
        with pytest.raises(mg.NotDifferentiableError):
            derive(f, x)
        return
    gradient = derive(f, x).expr
    assert isinstance(gradient, Expr)
    base = path(0.0)
    given = mg.evaluate(
        gradient.substitute({x: mg.matrix("Z", "n", "n")}), {"A": a, "B": b, "Z": base, "n": N}
    )
    slopes = []
    for k in range(N * N + 2):
        there = path if k == 0 else restarted(facts, base, np.random.default_rng(1000 * seed + k))
        direction = (there(STEP) - there(-STEP)) / (2 * STEP)
        slope = (value(there(STEP), a, b) - value(there(-STEP), a, b)) / (2 * STEP)
        slopes.append(direction.ravel())
        assert abs((given * direction).sum() - slope) < 1e-4 * (1 + abs(slope)), (facts, slope)
    basis = np.linalg.svd(np.array(slopes))
    tangent = basis[2][: int((basis[1] > 1e-6).sum())]
    rest = given.ravel() - tangent.T @ (tangent @ given.ravel())
    assert np.abs(rest).max() < 1e-6 * (1 + np.abs(given).max()), (facts, rest)


def restarted(facts: Fact, base: Any, rng: np.random.Generator) -> Curve:
    """Another curve through the same matrix."""
    v = rng.normal(size=(N, N))
    if facts & Fact.ORTHONORMAL_COLUMNS:
        turn, free = skew(v), curve(facts, rng)
        assert free is not None
        if np.array_equal(free(0.0), free(1.0)):
            return lambda t: base
        if facts & (Fact.SYMMETRIC | Fact.SKEW):
            return turned(base, turn)
        return lambda t: expm(t * turn) @ base
    if facts & Fact.IDEMPOTENT:
        return turned(base, skew(v))
    if facts & Fact.SIMPLEX_ROWS:
        return lambda t: base * np.exp(t * v) / (base * np.exp(t * v)).sum(axis=1, keepdims=True)
    if facts & Fact.SIMPLEX:
        if facts & (Fact.INTEGER | Fact.DIAGONAL):
            return lambda t: base
        return lambda t: base * np.exp(t * v) / (base * np.exp(t * v)).sum(axis=0)
    if facts & Fact.SKEW and facts & _SIGNS:
        return lambda t: base
    return lambda t: base + t * pattern(facts, v)


FUNCTIONS = (
    "tr(A X B X)",
    "X A X",
    "A X b",
    "tr(A X X' B X)",
    "X' X",
    "sum(exp(X))",
    "b' X",
    "inv(X + 9 eye(n))",
)
STRUCTURES = (
    "", "symmetric", "skew", "diagonal", "lower triangular", "upper triangular", "tridiagonal",
    "banded(2, 0)", "symmetric tridiagonal", "Toeplitz", "skew Toeplitz", "circulant", "symmetric circulant",
)  # fmt: skip


def what_is_said_of_a_result_is_true(seed: int) -> None:
    """df = J vec(dX), d²f = vech(dX)ᵀ H vech(dX) and the like, evaluated as they are printed."""
    choose = random.Random(f"said {seed}")
    structure, text = choose.choice(STRUCTURES), choose.choice(FUNCTIONS)
    name = choose.choice(("X", "Sigma", "x"))
    medium = choose.choice(("text", "unicode", "latex"))
    options: dict[str, Any] = {
        "convention": choose.choice(("subspace", "independent")),
        "layout": choose.choice(("numerator", "denominator", "mixed")),
    }
    given = f"A: n×n, B: n×n, b: n, {name}: " + ("n" if name == "x" else f"n×n {structure}")
    if name == "x":
        text, structure = choose.choice(("sum(exp(x))", "x' A x", "A x", "x b'", "x' A", "sin(x)")), ""
    read = mg.interpret(text.replace("X", name) if name != "x" else text, given)
    f, x = read.expr, read.symbols[name]
    form = choose.choice(("jacobian", "hessian")) if f.is_scalar else "jacobian"
    result = derive(f, x, form=form, order=2 if form == "hessian" else 1, **options)
    said = result.statement(medium)
    rng = np.random.default_rng(seed)
    size = 3
    arrays = {label: rng.normal(size=(size, size)) for label in ("A", "B")} | {
        "b": rng.normal(size=(size, 1))
    }
    facts = x.facts
    shape = (size, 1) if x.columns is ONE else (size, size)
    start, along = (rng.normal(size=shape) for _ in range(2))
    if name != "x":
        start, along = pattern(facts, start), pattern(facts, along)

    def at(t: float) -> Any:
        known = {label: a for label, a in arrays.items() if label in read.symbols}
        return np.atleast_2d(mg.evaluate(f, known | {name: start + t * along, "n": size}))

    def shaped(v: Any) -> Any:
        return v.reshape(-1, 1) if f.columns is ONE and v.shape[0] == 1 and not f.is_scalar else v

    step = 1e-4
    first = shaped((at(step) - at(-step)) / (2 * step))
    second = float((at(step) - 2 * at(0.0) + at(-step))[0, 0] / step**2) if form == "hessian" else None
    assert isinstance(result.expr, Expr)
    matrix = np.atleast_2d(mg.evaluate(result.expr, arrays | {name: start, "n": size}))
    shown = name if medium == "text" else mg.printing.unicode(x)
    assert holds(said, matrix, {shown: along, "f": first, "F": first}, second), (said, str(result.expr))


PROPERTIES = (gradients_are_tangent_and_right_along_curves, what_is_said_of_a_result_is_true)

EXAMPLES = 30
