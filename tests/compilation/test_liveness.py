"""No array is written to that anything still reads: code run with an eye on every array."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy.writer import Source
from matgrad.compilation.ir.liveness import Liveness
from matgrad.compilation.ir.primitive import PRIMITIVES, Value
from matgrad.compilation.ir.program import Program
from matgrad.core.expr import symbols_of
from tests.compilation.golden import TOPICS, agrees, points
from tests.compilation.watched import WatchedError, run_watched, source_for, written_as_if_large

RNG = np.random.default_rng(8)


@pytest.mark.parametrize("large", [False, True], ids=["as it is", "as if large"])
@pytest.mark.parametrize("topic", TOPICS)
def test_golden_cases_overwrite_nothing_that_is_read(topic: str, large: bool) -> None:
    wrong = []
    for point in points(topic):
        with written_as_if_large() if large else nullcontext():
            source, given = source_for(point.exprs, point.arrays)
        with np.errstate(all="ignore"):
            try:
                got = run_watched(source, given)
            except (WatchedError, ValueError) as error:
                wrong.append(f"{point.id}: {error}")
                continue
        results = got if len(point.exprs) > 1 else (got,)
        for expr, value, expected in zip(point.exprs, results, point.values, strict=True):
            if not agrees(value, expected, 1e-9):
                wrong.append(f"{point.id}: {expr}: {value} is not {expected}\n{source.text}")
    assert not wrong, "\n".join(wrong)


X, Y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
SQUARES = {name: RNG.normal(size=(4, 4)) for name in "ABCD"}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        (
            "logdet(ones(n,n) + diag(x)) + logdet(ones(n,n) + diag(y))",
            {"x": X, "y": Y},
            np.log(np.linalg.det(1 + np.diag(X))) + np.log(np.linalg.det(1 + np.diag(Y))),
        ),
        (
            "det(ones(n,1)*x' + diag(y)) - det(ones(n,1)*x' + eye(n))",
            {"x": X, "y": Y},
            np.linalg.det(np.outer(np.ones(2), X) + np.diag(Y))
            - np.linalg.det(np.outer(np.ones(2), X) + np.eye(2)),
        ),
        (
            "(A B + eye(n))*(A B)' + (A B - 2*eye(n))",
            SQUARES,
            (SQUARES["A"] @ SQUARES["B"] + np.eye(4)) @ (SQUARES["A"] @ SQUARES["B"]).T
            + SQUARES["A"] @ SQUARES["B"]
            - 2 * np.eye(4),
        ),
        (
            "exp(A) + diag(diag(exp(A))) + exp(A)'",
            SQUARES,
            np.exp(SQUARES["A"]) + np.diag(np.diag(np.exp(SQUARES["A"]))) + np.exp(SQUARES["A"]).T,
        ),
    ],
)
def test_an_array_that_is_read_twice_is_copied(
    text: str, given: dict[str, Any], expected: Any, large: bool
) -> None:
    declared = "x: n, y: n" if "x" in given else "A: n×n, B: n×n, C: n×n, D: n×n"
    f = mg.parse(text, declared)
    with written_as_if_large() if large else nullcontext():
        source, arrays = source_for([f], {name: given[name] for name in symbols_of([f])})
    np.testing.assert_allclose(run_watched(source, arrays), expected, rtol=1e-12)


def test_the_watch_sees_an_array_that_is_overwritten_and_read() -> None:
    lines = ["t1 = np.ones(2)", "t2 = t1", "t2 += x", "return t1 + t2"]
    text = "\n    ".join(["import numpy as np\ndef compute(x):", *lines])
    with pytest.raises(WatchedError, match="t1"):
        run_watched(Source(text), [X])
    with pytest.raises(ValueError, match="read-only"):
        run_watched(Source("def compute(x):\n    x += 1\n    return x\n"), [X])
    with pytest.raises(ValueError, match="read-only"):
        run_watched(Source("def compute(x):\n    t1 = x.T\n    t1[0] = 1\n    return t1\n"), [X])


def _value(index: int, op: str, *args: Value, params: tuple[object, ...] = ()) -> Value:
    return Value(index, PRIMITIVES[op], args, params, (3, 3))


def test_an_operand_is_free_after_its_last_reader() -> None:
    a = _value(0, "input", params=("A",))
    made = _value(1, "apply", a, params=("exp",))
    turned = _value(2, "transpose", made)
    first = _value(3, "sum", made, a, params=(1, 1))
    second = _value(4, "matmul", first, turned)
    program = Program([a, made, turned, first, second], [second], {"A": a})
    liveness = Liveness.of(program)
    assert not liveness.ends_with(first, made, {a, made}), "its transpose is read later"
    assert not liveness.ends_with(first, a, {a, made}), "an argument belongs to the caller"
    assert not liveness.ends_with(second, turned, {a, made, turned, first}), "a view is no array of its own"
    assert liveness.ends_with(second, first, {a, made, first})
    kept = Program(program.values, [second, first], program.inputs)
    assert not Liveness.of(kept).ends_with(second, first, {a, made, first}), "an output is read at the end"


def test_an_operand_of_a_structure_is_read_whenever_the_structure_is() -> None:
    v = _value(0, "apply", params=("exp",))
    repeated = _value(1, "broadcast_row", v)
    one = _value(2, "sum", repeated, params=(1,))
    scaled = _value(3, "scale", v, params=(2,))
    other = _value(4, "sum", repeated, scaled, params=(1, 1))
    liveness = Liveness.of(Program([v, repeated, one, scaled, other], [one, other], {}))
    assert not liveness.ends_with(scaled, v, {v, repeated, one})
