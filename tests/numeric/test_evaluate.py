"""Evaluation on arrays: sizes read off them, shapes of results, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Dim, Shape, dims, minimum
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Data, Expr, Symbol
from matgrad.core.facts import FACT_NAMES, Fact
from matgrad.numeric.evaluate import evaluate_nodes, evaluate_on_arrays as evaluate
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.sizes import solve_sizes

M, N, P = dims("m n p")
RNG = np.random.default_rng(3)


class Group(Expr):
    """Test operation: the first operand; the others are only there."""

    __slots__ = ()
    name = ""

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.scale(2, values[0])


class Doubled(Group):
    """Test operation: counts how often it is evaluated."""

    __slots__ = ()
    calls = 0

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        Doubled.calls += 1
        return xp.add(values[0], values[-1])


def symbol(name: str, rows: Any = ONE, columns: Any = ONE, *words: str) -> Symbol:
    facts = Fact.NONE
    for word in words:
        facts |= FACT_NAMES[word]
    return Symbol.make(name, Dim.of(rows), Dim.of(columns), facts)


X, Y = symbol("X", M, N), symbol("Y", N, P)
x, y, t = symbol("x", N), symbol("y", N), symbol("t")


def group(*args: Expr, data: Data = ()) -> Expr:
    return Group.intern(args, data)


def test_results_have_two_axes_or_are_floats() -> None:
    a = RNG.normal(size=(2, 3))
    value = evaluate(group(X), {"X": a})
    np.testing.assert_array_equal(value, 2 * a)
    assert evaluate(group(t), {t: 3}) == 6.0
    assert type(evaluate(group(t), {"t": np.array([[3]])})) is float
    assert evaluate(group(X), {"X": a.tolist()}).shape == (2, 3)


def test_vectors_come_out_as_they_went_in() -> None:
    flat, column = np.arange(3.0), np.arange(3.0)[:, None]
    assert evaluate(group(x), {"x": flat}).shape == (3,)
    assert evaluate(group(x), {"x": [0, 1, 2]}).shape == (3,)
    assert evaluate(group(x), {"x": column}).shape == (3, 1)
    assert evaluate(group(x, y), {"x": flat, "y": column}).shape == (3, 1)
    assert evaluate(group(X, x), {"X": np.ones((2, 3)), "x": flat}).shape == (2, 3)
    narrow = symbol("Z", M, 1)
    assert evaluate(group(symbol("W", 2, 2), x), {"W": np.eye(2), "x": flat}).shape == (2, 2)
    assert evaluate(group(narrow), {"Z": [1, 2]}).shape == (2,)


def test_the_result_is_a_copy() -> None:
    a = np.ones((2, 3))
    evaluate(X, {"X": a})[0, 0] = 5
    assert a[0, 0] == 1


def test_types() -> None:
    single = np.ones((2, 3), dtype=np.float32)
    assert evaluate(group(X), {"X": single}).dtype == np.float32
    assert evaluate(group(X, t), {"X": single, "t": 2.0}).dtype == np.float32
    assert evaluate(group(X, x), {"X": single, "x": np.ones(3)}).dtype == np.float64
    assert evaluate(group(X), {"X": np.ones((2, 3), dtype=int)}).dtype == np.float64


def test_a_shared_node_is_evaluated_once() -> None:
    Doubled.calls = 0
    node: Expr = X
    for _ in range(3000):
        node = Doubled.intern((node, node), ())
    xp = PreciseArrays({"m": 1, "n": 1})
    (value,) = evaluate_nodes([node], {"X": xp.number(1)}, xp)
    assert Doubled.calls == 3000
    assert xp.ctx.log(value[0][0], 2) == 3000


@pytest.mark.parametrize(
    ("expr", "arrays", "message"),
    [
        (group(X), {}, "no array was given for X (m×n)"),
        (group(x, y), {"x": [1, 2]}, "no array was given for y (n×1)"),
        (
            group(x, y),
            {"x": [1, 2], "y": [1, 2, 3]},
            "y is declared n×1 but was given 3×1, where n = 2 as in x",
        ),
        (group(X, Y), {"X": np.ones((2, 3)), "Y": np.ones((2, 3))}, "Y is declared n×p but was given 2×3"),
        (group(X), {"X": np.ones(3)}, "X is declared m×n but was given one axis of length 3"),
        (group(X), {"X": np.ones((1, 2, 3))}, "X is declared m×n but was given 1×2×3"),
        (group(x), {"x": 3.0}, "x is declared n×1 but was given a single number"),
        (group(x), {"x": np.ones((1, 3))}, "x is declared n×1 but was given 1×3"),
        (group(t), {"t": [1, 2]}, "t is declared 1×1 but was given"),
        (group(symbol("B", 2, 2)), {"B": np.eye(3)}, "B is declared 2×2 but was given 3×3"),
        (
            group(symbol("alpha")),
            {"alpha": 1, "alhpa": 2},
            "'alhpa' is not a variable of the expression, which has alpha",
        ),
        (group(symbol("alpha")), {"alhpa": 2}, "Try: alpha"),
        (group(x), {"x": [1, 2], 3: 4}, "by the name of a variable, not by 3"),
        (group(x), {"x": "abc"}, "x is not an array of real numbers"),
        (group(x), {"x": [[1, 2], [3]]}, "x is not an array of numbers"),
        (group(x), {"x": [1j, 2]}, "x is not an array of real numbers"),
        (group(x), {"x": [1, float("nan")]}, "x holds an infinity or a NaN"),
        (group(x), {"x": np.ma.masked_equal([1, 2], 1)}, "x is a masked array"),
        (group(x, symbol("x", 3, 3)), {"x": [1, 2]}, "the name x stands for two variables"),
        (group(x, data=(P,)), {"x": [1, 2]}, 'Try: "p": 3'),
        (group(x, data=(P,)), {"x": [1, 2], "p": 1.5}, "the dimension p is a whole number, not 1.5"),
        (group(x), {"x": [1, 2], "n": 3}, "x is declared n×1 but was given 2×1, where n = 3 given"),
    ],
)
def test_refusals(expr: Expr, arrays: Any, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(expr, arrays)
    assert message in str(caught.value)


def test_a_size_no_array_shows() -> None:
    assert evaluate(group(x, data=((P,),)), {"x": [1, 2], "p": 4}).tolist() == [2, 4]
    assert evaluate(group(x, data=(P,)), {"x": [1, 2], P: 4}).tolist() == [2, 4]
    assert evaluate(group(x, data=(P,)), {"x": [1, 2], "p": np.int64(4)}).tolist() == [2, 4]


def test_sizes_of_composite_dimensions() -> None:
    sizes: dict[str, int] = {}
    half = (N * (N + 1)).halved()
    shapes = [
        (symbol("A", M * N, M + P), (6, 7)),
        (symbol("v", half), (6, 1)),
        (symbol("w", minimum(M, P)), (2, 1)),
    ]
    solve_sizes(shapes, sizes)
    assert sizes == {"n": 3, "m": 2, "p": 5}
    with pytest.raises(EvaluationError, match=r"v is declared .* but was given 7×1"):
        solve_sizes([(symbol("v", half), (7, 1))], {})
    with pytest.raises(EvaluationError, match="A is declared"):
        solve_sizes([(symbol("A", 2 * M, N), (5, 2))], {})
    unsolved: dict[str, int] = {}
    solve_sizes([(symbol("A", M * N, 1), (6, 1))], unsolved)
    assert not unsolved


GENERAL = np.array([[1.0, 2], [3, -4]])


@pytest.mark.parametrize(
    ("word", "wrong", "right"),
    [
        ("symmetric", GENERAL, [[1, 2], [2, -4]]),
        ("skew", GENERAL, [[0, 2], [-2, 0]]),
        ("diagonal", GENERAL, [[1, 0], [0, -4]]),
        ("lower", GENERAL, [[1, 0], [3, -4]]),
        ("upper", GENERAL, [[1, 2], [0, -4]]),
        ("orthogonal", GENERAL, [[0, 1], [-1, 0]]),
        ("orthonormal", GENERAL, [[0, 1], [1, 0]]),
        ("positive_definite", [[1, 2], [2, 1]], [[2, 1], [1, 2]]),
        ("positive_definite", [[1, 1], [1, 1]], [[2, 1], [1, 2]]),
        ("positive_definite", GENERAL, [[2, 1], [1, 2]]),
        ("positive_semidefinite", [[1, 2], [2, 1]], [[1, 1], [1, 1]]),
        ("invertible", [[1, 2], [2, 4]], GENERAL),
        ("positive", [[1, 0], [1, 1]], [[1, 2], [3, 4]]),
        ("nonnegative", GENERAL, [[1, 0], [0, 1]]),
        ("integer", [[0.5, 1], [1, 1]], GENERAL),
        ("simplex", GENERAL, [[0.3, 0], [0.7, 1]]),
        ("constant", None, GENERAL),
    ],
)
def test_declared_facts_are_checked(word: str, wrong: Any, right: Any) -> None:
    expr = group(symbol("S", N, N, word))
    evaluate(expr, {"S": right})
    nearly = np.array(right, dtype=float)
    if word not in {"positive", "positive_definite"}:
        evaluate(expr, {"S": nearly * (1 + 1e-12)})
    if wrong is not None:
        with pytest.raises(EvaluationError, match="S is declared"):
            evaluate(expr, {"S": wrong})


def test_the_simplest_fact_is_named() -> None:
    with pytest.raises(EvaluationError, match="S is declared symmetric, but the array given is not"):
        evaluate(group(symbol("S", N, N, "positive_definite")), {"S": GENERAL})
    with pytest.raises(EvaluationError, match="declared positive definite"):
        evaluate(group(symbol("S", N, N, "positive_definite")), {"S": [[0, 1], [1, 0]]})


def test_float32_facts_have_room_for_rounding() -> None:
    q = np.linalg.qr(RNG.normal(size=(5, 5)))[0].astype(np.float32)
    assert evaluate(group(symbol("Q", N, N, "orthogonal")), {"Q": q}).dtype == np.float32


def test_an_answer_is_not_bound_to_the_question_it_came_from() -> None:
    """A is the gradient of many functions; what another x was in one of them says nothing here."""
    answer = mg.gradient(mg.parse("tr(A' X) + x'x", "A: m×n, X: m×n, x: m"), "X")
    arrays = {"A": np.ones((4, 3)), "x": np.ones(3), "m": 4, "n": 3}
    assert mg.evaluate(answer, arrays).shape == (4, 3)


def test_greek_letters_go_by_their_latin_names_and_back() -> None:
    latin, greek = mg.parse("sigma x' x", "sigma: scalar, x: n"), mg.parse("σ x' x", "x: n")
    for f in (latin, greek):
        for name in ("sigma", "σ"):
            assert mg.evaluate(f, {name: 2.0, "x": [1.0, 3.0]}) == 20.0
            assert mg.compile(f)(**{name: 2.0, "x": np.array([1.0, 3.0])}) == 20.0
