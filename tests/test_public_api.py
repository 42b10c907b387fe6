"""Every public function and method, called with what no one expects: a result, or an error of ours."""

from __future__ import annotations

import inspect
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.face import Face

SQUARE, COLUMN, NUMBER = mg.matrix("A", "n", "n"), mg.vector("x", "n"), mg.scalar("t")
HOSTILE: list[Any] = [
    None, 3, -1, 3.5, float("nan"), float("inf"), 1j, True, "", "zz(", "x", "x' A x", b"", b"x: n", [],
    [1], ["a"], [[]], (), {}, {1}, {"x": 1}, {1: 2}, object(), object, len, lambda: 1, lambda x: x,
    iter([]), range(3), slice(1), Ellipsis, NotImplemented, COLUMN, SQUARE, NUMBER, SQUARE @ COLUMN,
    mg.Dim.of("n"), np.float32(2), np.int8(3), np.bool_(True), np.complex128(1j), np.str_("x"), np.ones(2),
    np.ones((2, 2)), np.ones((2, 2, 2)), np.ones(0), np.array(1.0), np.array([1j]), np.array(["a"]),
    np.array([None]), np.array([True]), np.array([np.nan]), np.array("2020-01-01", dtype="M8[D]"), 10**400,
    -(10**400), "x" * 3000,
]  # fmt: skip
"""What stands in the place of an argument."""

ERRORS = {
    name
    for name in mg.__all__
    if isinstance(getattr(mg, name), type) and issubclass(getattr(mg, name), Exception)
}
MADE_ELSEWHERE = {"Derivative", "Dim", "Expr", "Result", "Symbol"}
"""Classes whose instances users get from functions; their methods are called below."""

WORKING: dict[str, tuple[Any, ...]] = {
    "audit": (r"Let $f(x) = x^\top A x$. Then $\nabla f(x) = (A + A^\top) x$.",),
    "equation": ("A X = B", "X"),
    "block": ([[SQUARE]],), "check": ("x' A x", "x", "2 A x"),
    "check_derivation": ("f = x' A x\ndf = 2 x' A dx",),
    "compile": ("x' A x",), "derivative": ("x' A x", "x"), "derive": ("x' A x", "x"),
    "differential": ("x' A x", "x"), "dims": ("m n",), "equivalent": ("x' x", "sum(x .^ 2)"),
    "evaluate": ("x' x", {"x": [1.0, 2.0]}), "explain": ("x' A x", "x"), "gradient": ("x' A x", "x"),
    "hessian": ("x' A x", "x"), "interpret": ("x' A x", "x: n"), "jacobian": ("A x", "x"),
    "jax_function": ("x' x", "x"), "latex": ("x' A x",), "matrix": ("A", "m", "n"),
    "minimize": ("norm(x - c)^2", "x", {"c": [1.0]}), "parse": ("x' A x", "x: n"),
    "practice": ("trace", 1, 3),
    "scalar": ("t",), "simplify": ("x' A x",), "stationary": ("norm(y - X b)^2", "b"),
    "torch_function": ("x' x", "x"), "undefined": ("f", COLUMN),
    "function": ("f", "n -> scalar"),
    "vector": ("x", "n"), "vectorize": ("A X B", "X"),
}  # fmt: skip
"""Arguments that work: one at a time gives way to something hostile. A new function is called without."""


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Interrupt what does not end."""

    def stop(*_: Any) -> None:
        raise AssertionError(f"no end within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def raw(function: Callable[..., Any], *args: Any, **options: Any) -> str | None:
    """What a call raises that is no error of ours; nothing where it works or refuses."""
    try:
        with limited(20):
            result = function(*args, **options)
            if hasattr(result, "__next__"):
                next(result)
    except (mg.MatgradError, StopIteration):
        return None
    except Exception as error:
        shown = ", ".join([*(repr(a)[:40] for a in args), *(f"{k}={v!r:.40}" for k, v in options.items())])
        return f"({shown}): {type(error).__name__}: {error}"
    return None


def faults(function: Callable[..., Any], working: tuple[Any, ...]) -> list[str]:
    """The raw errors of a function, with each of its arguments hostile in turn."""
    found = []
    for value in HOSTILE:
        for place in range(len(working)):
            found.append(raw(function, *working[:place], value, *working[place + 1 :]))
        for name in options_of(function):
            found.append(raw(function, *working, **{name: value}))
    return [text for text in found if text is not None]


def options_of(function: Callable[..., Any]) -> list[str]:
    """The keywords that a function takes."""
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]


NAMES = sorted(set(mg.__all__) - ERRORS - MADE_ELSEWHERE)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_function_raises_errors_of_ours_only(name: str) -> None:
    if name in ("jax_function", "torch_function"):
        pytest.importorskip(name.partition("_")[0])
    function = getattr(mg, name)
    working = WORKING.get(name, ())
    assert raw(function, *working) is None
    assert faults(function, working or (None,)) == []


def instances() -> dict[str, Any]:
    """What the functions give to users, by kind."""
    return {
        "expression": SQUARE @ COLUMN,
        "symbol": COLUMN,
        "result": mg.derive("x' A x", "x"),
        "derivative": mg.derivative("A x", "x"),
        "derivation": mg.explain("x' A x", "x"),
        "verdict": mg.check("x' A x", "x", "2 A x"),
        "derivation verdict": mg.check_derivation("f = x' A x\ndf = 2 x' A dx"),
        "exercise": next(mg.practice("trace", seed=3)),
        "interpretation": mg.interpret("x' A x"),
        "compiled": mg.compile("x' x + sum(y)"),
        "dask": mg.compile("x' x + sum(y)", backend="dask"),
        "julia": mg.compile("x' x", backend="julia"),
        "factors": mg.compile(mg.hessian("x' A x", "x"), structure="factors"),
        "operator": mg.compile(mg.hessian("x' A x", "x"), structure="operator"),
    }


KINDS = tuple(instances())


@pytest.mark.parametrize("kind", KINDS)
def test_a_method_of_what_users_get_raises_errors_of_ours_only(kind: str) -> None:
    thing = instances()[kind]
    found = []
    public = Face if isinstance(thing, mg.Expr) else object if callable(thing) else thing
    names = [name for name in dir(public) if not name.startswith("_")]
    for name in [
        *names,
        *(["substitute"] if isinstance(thing, mg.Expr) else []),
        *(["__call__"] if callable(thing) else []),
    ]:
        try:
            method = getattr(thing, name)
        except mg.MatgradError:
            continue
        if not callable(method):
            continue
        for value in HOSTILE:
            for arguments in ((), (value,), (value, value)):
                if takes(method, arguments):
                    found.append((name, raw(method, *arguments)))
            found += [(name, raw(method, **{o: value})) for o in options_of(method) if takes(method, (), o)]
        if kind in ("compiled", "dask", "factors", "operator") and name == "__call__":
            calls: list[dict[str, Any]] = [{}, {"x": [1.0]}, {"z": 1}, {"x": [1.0], "y": [1.0], "z": 1}]
            calls += [{"x": v, "y": [1.0]} for v in HOSTILE] + [
                {"x": [1.0], "y": [1.0], "out": v} for v in HOSTILE
            ]
            found += [(name, raw(method, **call)) for call in calls]
    assert [f"{name}{text}" for name, text in found if text is not None] == []


def takes(function: Callable[..., Any], arguments: tuple[Any, ...], *options: str) -> bool:
    """Whether Python lets a function be called with so many arguments."""
    try:
        inspect.signature(function).bind(*arguments, **dict.fromkeys(options))
    except (TypeError, ValueError):
        return False
    return True


def test_compiled_functions_say_how_they_are_called() -> None:
    for backend in ("numpy", "dask"):
        compiled = mg.compile("x' x", backend=backend)
        with pytest.raises(mg.EvaluationError):
            compiled([1.0], [2.0])
        with pytest.raises(mg.EvaluationError):
            compiled(x=[1.0], nonsense=2)


def test_practice_does_not_end() -> None:
    assert len(list(islice(mg.practice(seed=1), 12))) == 12
