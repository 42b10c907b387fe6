"""What is printed is the same in every process and after every other question.

Expressions are told apart by their addresses and found in sets and tables; none of that is an order.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import matgrad as mg
from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import AS_GIVEN, Sum

ROOT = Path(__file__).parents[2]

SHOW = """
import json, sys
import matgrad as mg
from matgrad.compilation.backends import compile_for
from matgrad.core.expr import symbols_of
from tests.compilation.test_loops import CASES as SUMS
from tests.golden.loader import cases

shown = {}
chosen = [case for place, case in enumerate(cases()) if place % 37 == 0 or "full column rank" in case.name]
for case in chosen[:: int(sys.argv[1])]:
    read = mg.interpret(case.expression, case.given or None)
    asked = {"order": case.order, "form": case.form, "layout": case.layout, "convention": case.convention}
    result = mg.derive(read.expr, read.symbols[case.wrt], **asked)
    texts = [repr(result), *map(result.right_side, ("text", "unicode", "latex", "numpy"))]
    for method in ("differential", "chain", "definition"):
        try:
            derivation = mg.explain(read.expr, read.symbols[case.wrt], method=method, verify=False, **asked)
            texts.append(str(derivation))
        except mg.MatgradError as error:
            texts.append(str(error))
    for backend in ("numpy", "julia"):
        try:
            texts.append(mg.compile(result.expr, backend=backend).source)
        except (mg.MatgradError, AttributeError) as error:
            texts.append(str(error))
    shown[case.id] = texts
for text, given in SUMS[::4][:: int(sys.argv[1])]:
    read = mg.interpret(text, given)
    result = mg.derive(read.expr, list(symbols_of([read.expr]).values())[-1])
    texts = [repr(result), *map(result.right_side, ("text", "unicode", "latex"))]
    for backend in ("numpy", "jax", "torch", "julia", "matlab"):
        try:
            texts.append(compile_for([result.expr], backend, name="slope", results=["G"]).source)
        except mg.MatgradError as error:
            texts.append(str(error))
    shown[text] = texts
print(json.dumps(dict(sorted(shown.items()))))
"""


def shown(seed: int, step: int) -> str:
    """All that is shown of some golden cases, in a process of its own, in either order."""
    paths = [str(ROOT / "src"), str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-c", SHOW, str(step)],
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(paths)},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def test_no_line_depends_on_the_hash_seed_or_on_what_was_asked_before() -> None:
    assert shown(1, 1) == shown(2, -1)


@pytest.mark.parametrize("text", ["X' dX + dX' X", "X dX X + X^2 dX + dX X^2", "A X + B"])
def test_the_order_of_a_step_leaves_no_trace_in_the_transpose(text: str) -> None:
    """A derivation that is still there, with its terms as they came about, turns no other line round."""
    expr = mg.parse(text, "X: n×n, dX: n×n, A: n×n, B: n×n")
    step: Expr = Sum.intern(tuple(reversed(expr.args)), AS_GIVEN)
    assert step is not expr
    turned = step.T
    assert turned is expr.T
    assert turned.T is expr


def test_what_is_known_does_not_depend_on_what_was_asked() -> None:
    expr = mg.parse("X' X + X X'", "X: n×n")
    before = expr.facts
    assert expr.T is expr
    mg.simplify(expr @ expr)
    assert expr.facts == before
