"""How much accuracy the computed form of a derivative loses beside the program as it was typed.

The reference is the derivative as the chain rule gives it, evaluated with many digits on the very numbers
that the compiled code is given. The program as typed is the same expression in double precision: the
function and its adjoint, no form chosen for it. A form that cancels where that one does not is found by data
for which it does: shifted far from zero, large and small, nearly singular, and such that residuals nearly
vanish.

Where the program as typed has itself lost what the rounding of its data takes, another order of its
operations may lose several times that: it is the condition of the problem, and no form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.calculus.derivative import AsItIs
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.question import Question
from matgrad.compilation.backends.numpy.function import compile_expressions
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import TRIANGULAR, Fact
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.sizes import dims_in
from matgrad.ops.arithmetic import split_number
from matgrad.ops.indices.members import Family
from matgrad.ops.named_functions import only_named
from matgrad.ops.transpose import Transpose
from matgrad.rewrite.conditioning import is_difference
from matgrad.verify.drawing import Style
from matgrad.verify.sampling import Source
from tests.golden.loader import Case

Arrays = dict[str, Any]

DIGITS = 50
TIMES = 10.0
"""The computed form may have an error this many times that of the program as typed."""

ROUNDINGS = 16
"""Errors of so many roundings, relative to the largest entry, are no loss."""

DRAWS = 3
"""The largest errors of so many samples of one kind are compared."""

MORE_DRAWS = 20
"""Of so many where they differ: either program may have been lucky."""

NO_DIGITS = 0.1
"""What the program as typed has with an error of this size has no digits to lose."""

UNLUCKY = 100.0
"""A program loses what the rounding of its data takes up to this factor: with less it is better than that."""

RIGID = Fact.DIAGONAL | TRIANGULAR | Fact.NONNEGATIVE | Fact.ORTHONORMAL_COLUMNS | Fact.INTEGER | Fact.SIMPLEX
"""What a matrix does not keep when a singular value of it is changed."""

Change = Callable[[Sequence[Expr], Sequence[Symbol], Arrays, Any], Arrays]
"""Makes other data of the arrays of variables: from the expressions, the variables and a source of noise."""


@dataclass(frozen=True)
class Loss:
    """A kind of data on which the computed form is less accurate than the program as typed."""

    case: str
    data: str
    what: str
    typed: float
    computed: float

    def __str__(self) -> str:
        return f"{self.case}, {self.data}, {self.what}: {self.computed:.1e}, as typed {self.typed:.1e}"


def is_free(symbol: Symbol) -> bool:
    """Whether the entries of a variable may be any numbers."""
    return not symbol.facts & ~(Fact.INVERTIBLE | Fact.CONSTANT)


# ---- data ------------------------------------------------------------------------------------


def shifted(by: float) -> Change:
    """All free variables far from zero, by one number: differences between them are as they were."""

    def change(exprs: Sequence[Expr], symbols: Sequence[Symbol], arrays: Arrays, rng: Any) -> Arrays:
        return {s.label: arrays[s.label] + by * (is_free(s) and not s.is_scalar) for s in symbols}

    return change


def scaled(by: float) -> Change:
    """All free variables multiplied by one number."""

    def change(exprs: Sequence[Expr], symbols: Sequence[Symbol], arrays: Arrays, rng: Any) -> Arrays:
        return {s.label: arrays[s.label] * (by if is_free(s) else 1.0) for s in symbols}

    return change


def nearly_singular(exprs: Sequence[Expr], symbols: Sequence[Symbol], arrays: Arrays, rng: Any) -> Arrays:
    """Matrices whose smallest singular value is 10⁻⁷ of what it was; definite ones stay definite."""
    changed = {}
    for s in symbols:
        a = arrays[s.label]
        if isinstance(s, Family) or min(a.shape) < 2:
            changed[s.label] = a
        elif is_free(s):
            u, values, vt = np.linalg.svd(a, full_matrices=False)
            values[-1] *= 1e-7
            changed[s.label] = u * values @ vt
        elif s.facts & Fact.POSITIVE_SEMIDEFINITE and not s.facts & RIGID:
            values, vectors = np.linalg.eigh(a)
            values[0] *= 1e-7
            whole = vectors * values @ vectors.T
            changed[s.label] = (whole + whole.T) / 2
        else:
            changed[s.label] = a
    return changed


def small_residuals(exprs: Sequence[Expr], symbols: Sequence[Symbol], arrays: Arrays, rng: Any) -> Arrays:
    """Variables that are terms of a difference are nearly the rest of it, so that it nearly vanishes."""
    changed = dict(arrays)
    sizes = _sizes(symbols, arrays)
    for node in postorder(exprs):
        if not is_difference(node):
            continue
        for term in node.args:
            front, core = split_number(term)
            turned = isinstance(core, Transpose)
            symbol = core.args[0] if turned else core
            if not isinstance(symbol, Symbol) or not is_free(symbol) or isinstance(symbol, Family):
                continue
            rest = node - term
            if symbol in symbols_of(rest).values() or changed[symbol.label] is not arrays[symbol.label]:
                continue
            try:
                with np.errstate(all="ignore"):
                    (value,) = evaluate_nodes([rest], changed, NumpyArrays(sizes))
            except (MatgradError, ArithmeticError, np.linalg.LinAlgError):
                continue
            noise = 1e-7 * np.abs(value).max(initial=1e-300) * rng.standard_normal(value.shape)
            new = (noise - value) / float(front)
            changed[symbol.label] = new.T if turned else new
            break
    return changed


KINDS: dict[str, Change] = {
    "plain": lambda exprs, symbols, arrays, rng: arrays,
    "shifted by 1e4": shifted(1e4),
    "shifted by 1e8": shifted(1e8),
    "times 1e6": scaled(1e6),
    "times 1e-6": scaled(1e-6),
    "nearly singular": nearly_singular,
    "small residuals": small_residuals,
}


# ---- errors ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """A golden case as typed and as computed.

    Attributes
    ----------
    typed : tuple of Expr
        The function and its derivative as the chain rule gives it.
    computed : tuple of Expr
        The function, and the derivative that is shown.
    """

    id: str
    typed: tuple[Expr, ...]
    computed: tuple[Expr, ...]


def problem(case: Case) -> Problem | None:
    """A golden case as a problem; ``None`` where it has no value or no matrix for an answer."""
    read = mg.interpret(case.expression, case.given or None)
    if any(only_named(postorder(read.expr))):
        return None
    variable = read.symbols[case.wrt]
    question = Question(read.expr, variable, case.order, case.form, case.layout, case.convention).settled()
    typed = Derivatives(read.expr, variable, AsItIs()).answer(question)
    result = mg.derive(
        read.expr, variable, order=case.order, form=case.form, layout=case.layout,
        convention=case.convention, verify=False,
    )  # fmt: skip
    if not isinstance(typed, Expr) or not isinstance(result.expr, Expr):
        return Problem(case.id, (read.expr,), (read.expr,))
    return Problem(case.id, (read.expr, typed), (read.expr, result.expr))


def losses(problem: Problem) -> Iterator[Loss]:
    """The kinds of data on which a problem is computed less accurately than it was typed."""
    fn = compile_expressions(problem.computed)
    for name, change in KINDS.items():
        found = [
            e for e in (_errors(problem, fn, *drawn) for drawn in _samples(problem, change, 0, DRAWS)) if e
        ]
        if any(_loses(found, place) for place in range(len(problem.typed))):
            more = _samples(problem, change, DRAWS, MORE_DRAWS)
            found += [e for e in (_errors(problem, fn, *drawn) for drawn in more) if e]
            for place in range(len(problem.typed)):
                if _loses(found, place):
                    typed, computed = (max(e[i][place] for e in found) for i in range(2))
                    yield Loss(problem.id, name, ("value", "derivative")[place], typed, computed)


def _loses(found: Sequence[list[list[float]]], place: int) -> bool:
    """Whether the errors of the computed program are beyond those of the typed one."""
    typed, computed, rounding = (max((e[i][place] for e in found), default=0.0) for i in range(3))
    allowed = max(typed, ROUNDINGS * float(np.finfo(float).eps))
    if typed * UNLUCKY > rounding:
        allowed = max(allowed, rounding)
    return typed < NO_DIGITS and not computed <= TIMES * allowed


def _samples(
    problem: Problem, change: Change, start: int, end: int
) -> Iterator[tuple[Arrays, dict[str, int]]]:
    source = Source((*problem.typed, *problem.computed))
    for attempt in range(start, end):
        rng = np.random.default_rng(attempt)
        drawn = source.draw(attempt, Style(short=False, signed=attempt % 2 == 0))
        arrays = {name: np.array(value, dtype=float) for name, value in drawn.values(DIGITS)[0].items()}
        yield change(problem.typed, source.symbols, arrays, rng), drawn.sizes


def _sizes(symbols: Sequence[Symbol], arrays: Arrays) -> dict[str, int]:
    """The sizes of the dimensions that are sides of variables."""
    pairs = [pair for s in symbols for pair in zip(s.shape, arrays[s.label].shape, strict=True)]
    return {str(dim): size for dim, size in pairs if str(dim) in dim.symbols}


def _errors(problem: Problem, fn: Any, arrays: Arrays, sizes: Mapping[str, int]) -> list[list[float]] | None:
    """The errors of the typed and of the computed program, and what rounding the data changes.

    ``None`` where the function has no value.
    """
    rng = np.random.default_rng(1)
    half = float(np.finfo(float).eps) / 2
    rounded = {name: a * (1 + half * rng.choice((-1, 1), a.shape)) for name, a in arrays.items()}
    try:
        reference, moved = _exact(problem.typed, arrays, sizes), _exact(problem.typed, rounded, sizes)
        with np.errstate(all="ignore"):
            plain = evaluate_nodes(problem.typed, arrays, NumpyArrays(sizes))
            ours = fn(**_arguments(problem, arrays, sizes))
    except (MatgradError, ArithmeticError, ValueError, np.linalg.LinAlgError):
        return None
    return [
        [_error(value, right) for value, right in zip(values, reference, strict=True)]
        for values in (plain, ours, moved)
    ]


def _arguments(problem: Problem, arrays: Arrays, sizes: Mapping[str, int]) -> Arrays:
    symbols = symbols_of(problem.computed)
    shown = {n for s in symbols.values() for dim in s.shape for n in dim.symbols}
    needed = {n for dim in dims_in(postorder(problem.computed)) for n in dim.symbols}
    return {**{n: a for n, a in arrays.items() if n in symbols}, **{n: sizes[n] for n in needed - shown}}


def _exact(exprs: Sequence[Expr], arrays: Arrays, sizes: Mapping[str, int]) -> list[Any]:
    """The values with many digits, rounded to doubles."""
    xp = PreciseArrays(sizes, DIGITS)
    exact = {name: [[xp.entry(Fraction(float(x))) for x in row] for row in a] for name, a in arrays.items()}
    return [np.array([[float(x) for x in row] for row in v]) for v in evaluate_nodes(exprs, exact, xp)]


def _error(value: Any, right: Any) -> float:
    """The largest error of an entry, relative to the largest entry; 0 where that is no number, or 0."""
    largest = float(np.abs(right).max(initial=0.0))
    if largest == 0 or not np.isfinite(largest):
        return 0.0
    error = float(np.abs(np.reshape(value, right.shape) - right).max(initial=0.0)) / largest
    return error if np.isfinite(error) else np.inf
