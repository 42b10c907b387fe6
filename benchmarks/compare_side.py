"""One of the two versions that :mod:`compare` compares, in a process of its own.

It reads requests from its input, one a line, and answers each with a line: what can be measured, whether a
measure works in this version and how long it takes, and a turn of it. Only what every version offers is used;
cases and golden problems are those of the tree that this file lies in.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

import matgrad as mg  # noqa: E402
from benchmarks import network  # noqa: E402
from benchmarks.runtime.cases import CASES  # noqa: E402
from benchmarks.runtime.compiling import compiled  # noqa: E402
from benchmarks.runtime.timing import batch, estimate  # noqa: E402
from tests.golden.loader import Case, cases  # noqa: E402

LAYERS = 200
TINY = 3

SMALL: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("x'x", "x: n", "an array", {"x": np.ones(TINY)}),
    ("x'x", "x: n", "a list", {"x": [1.0] * TINY}),
    ("x' S x", "S: n×n symmetric, x: n", "arrays", {"S": np.eye(TINY), "x": np.ones(TINY)}),
    ("t^2 + 1", "t: scalar", "a number", {"t": 3.0}),
)
"""Functions that compute next to nothing."""

Measure = Callable[[], Any]


def measures() -> dict[str, dict[str, Callable[[], Measure]]]:
    """What makes each measure, by its kind and name."""
    golden = {case.id: case for case in cases()}
    found: dict[str, dict[str, Callable[[], Measure]]] = {
        kind: {name: lambda case=case, make=make: make(case) for name, case in golden.items()}
        for kind, make in (("read", reading), ("derive", deriving), ("verify", verifying), ("write", writing))
    }
    found["network"] = {f"{LAYERS} layers": deep}
    found["run"] = {
        f"{case.name} n={n}": lambda case=case, n=n: running(case, case.arrays(n))
        for case in CASES
        for n in case.quick
    }
    found["call"] = {case.name: lambda case=case: calling(case) for case in CASES if case.form == "dense"}
    found["call"] |= {
        f"{text} of {kind}": lambda text=text, given=given, arrays=arrays: small(text, given, arrays)
        for text, given, kind, arrays in SMALL
    }
    return found


def reading(case: Case) -> Measure:
    """From text to an expression."""
    return lambda: mg.interpret(case.expression, case.given or None)


def _derivation(case: Case, verify: bool) -> Measure:
    read = mg.interpret(case.expression, case.given or None)
    options = {"order": case.order, "form": case.form, "layout": case.layout, "convention": case.convention}
    return lambda: mg.derive(read.expr, read.symbols[case.wrt], verify=verify, **options)


def deriving(case: Case) -> Measure:
    """A derivation with simplification."""
    return _derivation(case, False)


def verifying(case: Case) -> Measure:
    """A derivation whose result is verified."""
    return _derivation(case, True)


def writing(case: Case) -> Measure:
    """Planning a function and its derivative, and writing the code, without any call before."""
    result = _derivation(case, False)()
    exprs = [mg.interpret(case.expression, case.given or None).expr]
    if isinstance(result.expr, mg.Expr):
        exprs.append(result.expr)
    return lambda: mg.compile(exprs).source


def deep() -> Measure:
    """The gradient of a deep network."""
    loss, variable = network.network(LAYERS)
    return lambda: mg.gradient(loss, variable, verify=False)


def running(case: Any, arrays: dict[str, Any]) -> Measure:
    """A call of a compiled function."""
    function = compiled(case)
    return lambda: function(**arrays)


def calling(case: Any) -> Measure:
    """A call with arrays of size 3: what it costs beside arithmetic."""
    dims = dict.fromkeys(next(iter(case.sizes.values())), TINY)
    return running(case, case.data(np.random.default_rng(3), dims))


def small(text: str, given: str, arrays: dict[str, Any]) -> Measure:
    """A call of a function that computes next to nothing."""
    function = mg.compile(mg.parse(text, given))
    return lambda: function(**arrays)


def answers() -> Callable[[list[Any]], Any]:
    """What answers a request: its name, and what belongs to it."""
    found = measures()
    measure: Measure = dict

    def begin(kind: str, name: str) -> dict[str, Any]:
        nonlocal measure
        try:
            measure = found[kind][name]()
            measure()
            return {"seconds": estimate(measure)}
        except Exception as error:  # what this version cannot do is said, and the other cases go on
            return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        finally:
            gc.collect()

    def turn(number: int, batches: int) -> float:
        gc.disable()
        try:
            return min(batch(measure, number) for _ in range(batches))
        finally:
            gc.enable()

    actions: dict[str, Callable[..., Any]] = {
        "names": lambda: {kind: list(named) for kind, named in found.items()},
        "where": lambda: mg.__file__,
        "begin": begin,
        "turn": turn,
    }
    return lambda request: actions[request[0]](*request[1:])


def main() -> None:
    """Answer until the input ends."""
    answer = answers()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
