"""SymPy's answer to a golden case: how long it takes, and whether it is right."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from time import process_time
from typing import Any

import numpy as np
import sympy as sp

import matgrad as mg
from benchmarks.sympy_form import NoSympyFormError, symbol, sympy_form
from benchmarks.sympy_value import value
from matgrad.calculus.structure import structure_of
from matgrad.core.expr import symbols_of
from matgrad.verify.sampling import samples

REPEATS = 3
CHECK_SECONDS = 3.0


@dataclass(frozen=True)
class Answer:
    """What became of a case.

    ``outcome`` is "answered", "refused" (an error), "unevaluated", "timed out" or "not expressible"
    (SymPy has no matrix expression for the function). ``check`` is "right", "wrong" or why the
    answer was not compared.
    """

    outcome: str
    ms: float = 0.0
    check: str = ""


class _TimedOut(BaseException):
    """Not an Exception, so that no handler inside SymPy catches it."""


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise _TimedOut

    before = signal.signal(signal.SIGALRM, stop)
    # Again each second: an exception inside a destructor is lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def answer(function: mg.Expr, variable: mg.Symbol, result: mg.Result, order: int, timeout: float) -> Answer:
    """Ask SymPy for the derivative by the variable, ``order`` times.

    The time is the median of three runs; SymPy's cache is left on, which helps it from the second on.
    """
    try:
        plain, by = sympy_form(function), symbol(variable)
    except NoSympyFormError:
        return Answer("not expressible")
    except Exception:
        return Answer("refused")
    taken = []
    derivative: Any = None
    for _ in range(REPEATS):
        start = process_time()
        try:
            with _limit(timeout), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                derivative = plain
                for _ in range(order):
                    derivative = derivative.diff(by)
        except _TimedOut:
            return Answer("timed out")
        except Exception:
            return Answer("refused")
        taken.append(1e3 * (process_time() - start))
        if taken[-1] > 300:
            break
    if derivative.has(sp.Derivative):
        return Answer("unevaluated")
    return Answer(
        "answered", sorted(taken)[len(taken) // 2], _check(function, variable, result, plain, derivative)
    )


def _check(function: mg.Expr, variable: mg.Symbol, result: mg.Result, plain: Any, derivative: Any) -> str:
    """Compare SymPy's gradient with matgrad's, which is verified, at a random point."""
    if result.form not in ("gradient", "derivative") or result.order != 1:
        return "of another form"
    if structure_of(variable) is not None:
        return "by a structured variable"
    try:
        with _limit(CHECK_SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _compared(function, result, plain, derivative)
    except (_TimedOut, Exception):
        return "not evaluated"


def _compared(function: mg.Expr, result: mg.Result, plain: Any, derivative: Any) -> str:
    assert isinstance(result.expr, mg.Expr)
    variables = symbols_of([function, result.expr])
    for sizes, values in islice(samples([function, result.expr]), 6):
        arrays = {name: np.array(rows, dtype=float) for name, rows in values.items()}
        given = {**arrays, **sizes}
        try:
            ours = [np.asarray(mg.evaluate(e, _known(e, given))) for e in (function, result.expr)]
        except mg.MatgradError:
            continue
        theirs = [_value(e, variables, arrays, sizes) for e in (plain, derivative)]
        if not _agree(ours[0], theirs[0]):
            return "not evaluated"
        return "right" if _agree(ours[1], theirs[1]) else "wrong"
    return "not evaluated"


def _known(expr: mg.Expr, given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in symbols_of(expr)} | {
        k: v for k, v in given.items() if isinstance(v, int)
    }


def _value(expr: Any, variables: dict[str, mg.Symbol], arrays: dict[str, Any], sizes: dict[str, int]) -> Any:
    """The value of a SymPy expression on arrays."""
    known: dict[Any, Any] = {
        sp.Symbol(name, integer=True, positive=True): sp.Integer(n) for name, n in sizes.items()
    }
    for name, variable in variables.items():
        array = arrays[name]
        known[symbol(variable)] = sp.Float(array[0, 0]) if variable.is_scalar else array
    return np.asarray(value(expr, known), dtype=float)


def _agree(a: Any, b: Any) -> bool:
    a, b = np.squeeze(a), np.squeeze(b)
    if a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, rtol=1e-6, atol=1e-9))
