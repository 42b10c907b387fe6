"""Several variables at once, parts of variables, derivatives within expressions, and at a point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.calculus import dependence, pullback
from matgrad.core.errors import ArgumentError, MatgradError, NotDifferentiableError, ParseError, ShapeError
from matgrad.core.expr import postorder, symbols_of
from matgrad.explanation import derivation_of
from matgrad.language.points import read_point
from matgrad.ops import maps as lm
from matgrad.ops.activations import Sigmoid
from matgrad.results.points import at_point

RNG = np.random.default_rng(5)
N, M = 4, 3
ARRAYS: dict[str, Any] = {
    "A": RNG.normal(size=(M, N)),
    "B": np.eye(N) * 3 + RNG.normal(size=(N, N)),
    "X": np.eye(N) * 3 + RNG.normal(size=(N, N)),
    "x": RNG.normal(size=M),
    "y": RNG.normal(size=N),
    "t": 0.7,
}
GIVEN = "A: m×n, B: n×n, X: n×n, x: m, y: n, t: scalar"


def moved(text: str, name: str, change: np.ndarray, arrays: dict[str, Any]) -> Any:
    """The directional derivative of a function by central differences."""
    step = 1e-6
    ends = [
        mg.evaluate(text, {**arrays, name: arrays[name] + s * step * change}, given=GIVEN) for s in (1, -1)
    ]
    return (np.asarray(ends[0]) - np.asarray(ends[1])) / (2 * step)


PARTS = [
    ("X[1, 2]", (np.array([0]), np.array([1]))),
    ("X_12", (np.array([0]), np.array([1]))),
    ("X_{3,1}", (np.array([2]), np.array([0]))),
    ("X[2, :]", (np.full(N, 1), np.arange(N))),
    ("X[:, 3]", (np.arange(N), np.full(N, 2))),
    ("diag(X)", (np.arange(N), np.arange(N))),
    ("X[1:2, 2:3]", (np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2]))),
]


@pytest.mark.parametrize(("part", "places"), PARTS, ids=[part for part, _ in PARTS])
def test_the_gradient_by_a_part_is_that_of_its_entries(part: str, places: tuple[Any, Any]) -> None:
    text = "log det(X' X + B' B) + t tr(X B)"
    result = mg.derive(text, part, given=GIVEN)
    assert result.verification.verified
    found = mg.evaluate(result.expr, {**{k: ARRAYS[k] for k in ("X", "B", "t")}, "n": N})  # type: ignore[arg-type]
    entries = []
    for i, j in zip(*places, strict=True):
        change = np.zeros((N, N))
        change[i, j] = 1
        entries.append(moved(text, "X", change, {k: ARRAYS[k] for k in ("X", "B", "t")}))
    assert np.allclose(np.ravel(found), entries, atol=1e-5)


def test_parts_are_called_as_they_are_written() -> None:
    sides = {
        "X_ij": "∂f/∂X_ij",
        "b_ij": "∂f/∂B_ij",
        "X[i, j]": "∂f/∂X_ij",
        "X[1,2]": "∂f/∂X₁₂",
        "X[1, :]": "∂f/∂X[1, :]",
        "diag(X)": "∂f/∂diag(X)",
        "X'": "∂f/∂Xᵀ",
    }
    found = {part: mg.derive("log det(X) + tr(B)", part, given=GIVEN).left_side() for part in sides}
    assert found == sides
    assert mg.derive("log det(X)", "X_ij", given=GIVEN).line() == "∂f/∂X_ij = (X⁻¹)_ji"
    assert mg.derive("log det(X)", "X[1, :]", given=GIVEN).left_side("latex") == (
        r"\frac{\partial f}{\partial X_{1,:}}"
    )


def test_a_row_as_variable_is_the_row_layout() -> None:
    assert str(mg.gradient("x' A y", "x'", given=GIVEN)) == "y' A'"
    assert mg.derive("A y", "y'", given=GIVEN).line() == "∂f/∂yᵀ = A"


def test_parts_in_python_and_in_numpy_count_from_zero() -> None:
    X = mg.matrix("X", "m", "n")
    by_row = mg.gradient(mg.sum(X * X), X[0, :])
    assert by_row is mg.gradient("sum(X .* X)", "X[1, :]", given="X: m×n")
    assert by_row is mg.gradient("np.sum(X * X)", "X[0, :]", given="X: m×n")


@pytest.mark.parametrize(
    ("part", "given", "says"),
    [
        ("S[1, 2]", "S: n×n symmetric", "S is symmetric"),
        ("diag(Q)", "Q: n×n orthogonal", "Q is orthogonal"),
        ("p[1]", "p: n simplex", "simplex"),
        ("tril(X)", "X: n×n", "is not a part of X"),
        ("X + X'", "X: n×n", "is not"),
        ("X[1, :] A", "X: n×n, A: n×n", "part of one variable"),
    ],
)
def test_what_does_not_change_alone_is_refused(part: str, given: str, says: str) -> None:
    name = given[0]
    with pytest.raises(ArgumentError, match=says.replace("+", r"\+")):
        mg.derive(f"sum({name}) {'+ sum(A)' * ('A:' in given)}", part, given=given)


def test_no_stand_in_is_left_behind() -> None:
    for order in (1, 2):
        result = mg.derive("y' B y", "y[1:2]", given=GIVEN, order=order)
        assert set(symbols_of(result.expr)) <= {"B", "y"}  # type: ignore[arg-type]


def test_all_gradients_come_from_one_reverse_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []
    once = dependence.dependent_nodes

    def counted(*args: Any) -> Any:
        passes.append(len(args))
        return once(*args)

    monkeypatch.setattr(pullback, "dependent_nodes", counted)
    f = mg.parse("norm(A y - x)^2 + t x'x", GIVEN)
    found = mg.gradient(f, ("A", "y", "x", "t"))
    assert passes == [5]
    assert list(found) == [mg.gradient(f, name) for name in ("A", "y", "x", "t")]
    with pytest.raises(ArgumentError, match="named once"):
        mg.gradient(f, ("x", "x"))
    with pytest.raises(ShapeError):
        mg.gradient("A y", ("A", "y"), given=GIVEN)


@pytest.mark.parametrize(
    ("first", "second"), [("x", "y"), ("y", "x"), ("x", "A"), ("A", "y"), ("x", "t"), ("t", "x"), ("t", "t")]
)
def test_mixed_second_derivatives(first: str, second: str) -> None:
    text = "x' A (y .* y) + t^2 exp(x'x/10) norm(A)^2"
    arrays = {k: ARRAYS[k] for k in ("A", "x", "y", "t")}
    H = np.asarray(mg.evaluate(mg.hessian(text, first, second, given=GIVEN), arrays))
    slope = str(mg.gradient(text, first, given=GIVEN))
    size = np.size(arrays[second])
    columns = []
    for k in range(size):
        change = np.zeros(size)
        change[k] = 1
        shaped = change.reshape(np.shape(arrays[second]), order="F") if size > 1 else change[0]
        columns.append(np.ravel(moved(slope, second, shaped, arrays), order="F"))
    assert np.allclose(H.reshape(-1, size), np.array(columns).T, atol=1e-5)


def test_the_joint_hessian_is_made_of_blocks() -> None:
    f = mg.parse("x' A y + t x'x", GIVEN)
    H = mg.hessian(f, ("x", "y", "t"))
    values = {k: ARRAYS[k] for k in ("A", "x", "y", "t")}
    found = np.asarray(mg.evaluate(H, values))
    assert found.shape == (M + N + 1, M + N + 1)
    assert np.allclose(found, found.T)
    assert np.allclose(found[:M, M : M + N], ARRAYS["A"])
    assert np.allclose(found[:M, -1], 2 * ARRAYS["x"])
    assert H is mg.hessian(f, ["x", "y", "t"])


def test_mixed_derivatives_are_of_numbers() -> None:
    with pytest.raises(ShapeError, match="two variables"):
        mg.hessian("A y", "A", "y", given=GIVEN)
    line = mg.results.derive(
        mg.parse("x' A y", GIVEN), mg.vector("x", "m"), order=2, other=mg.vector("y", "n")
    ).line()
    assert line == "∂²f/∂x ∂yᵀ = A"


INNER = [
    ("grad(norm(A y - x)^2, y)' v", "2 (A' (A y - x))' v"),
    ("d(tr(X^3), X)", "3 (X^2)'"),
    ("d(sin(t y), t)", "y .* cos(t y)"),
    ("jac(A y, y)", "A"),
    ("hess(x' A y, x, y)", "A"),
    ("y' hess(y' B y, y) y", "y' (B + B') y"),
    ("norm(grad(L, y))^2 where L = norm(A y - x)^2", "4 norm(A' (A y - x))^2"),
    ("d(f(x), x)", "grad_f(x)"),
]


@pytest.mark.parametrize(("text", "means"), INNER, ids=[text for text, _ in INNER])
def test_derivatives_within_expressions(text: str, means: str) -> None:
    given = f"{GIVEN}, v: n, f: m -> scalar"
    assert mg.equivalent(mg.parse(text, given), mg.parse(means, given))


def test_derivatives_within_expressions_find_their_shapes_and_are_differentiated() -> None:
    f = mg.parse("grad(norm(A x - b)^2, x)' v")
    assert {name: str(s.rows) for name, s in symbols_of(f).items()} == {
        "A": "m", "b": "m", "v": "n", "x": "n",
    }  # fmt: skip
    assert str(mg.gradient(f, "x")) == "2 A' A v"
    assert mg.interpret("d(x, y)", "d: (n, n) -> scalar, x: n, y: n").functions == ("d",)


@pytest.mark.parametrize("text", ["d(x'x, x'x)", "grad(A y, y)", "grad(y'y, y, y)", "grad(y'y, 2)"])
def test_what_is_no_derivative_within_an_expression_is_refused(text: str) -> None:
    with pytest.raises(MatgradError) as caught:
        mg.parse(text, GIVEN)
    assert caught.value.fix


def test_a_wrong_map_within_an_expression_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sigmoid, "linear_map", lambda self, index: lm.HadamardBy(self))
    with pytest.raises(mg.VerificationError):
        mg.parse("grad(sum(sigmoid(y)), y)' y")


POINTS = [
    ("norm(A y - x)^2", "y", "y = 0", "-2 A' x"),
    ("log det(X)", "X", "X = I", "eye(n)"),
    ("log det(X)", "X", "X = 2 I", "eye(n)/2"),
    ("t^2 x'x", "x", "t = 3", "18 x"),
    ("t^2 x'x", "x", "t = 3, x = ones(m)", "18 ones(m)"),
    ("norm(x)", "x", "x = ones(m)", "ones(m)/sqrt(m)"),
    ("norm(x)^2", "x", "x = 0", "zeros(m)"),
]


@pytest.mark.parametrize(("text", "wrt", "point", "means"), POINTS, ids=[" at ".join(c[:3]) for c in POINTS])
def test_derivatives_at_a_point(text: str, wrt: str, point: str, means: str) -> None:
    read = mg.interpret(text, GIVEN)
    values = read_point(point, read.symbols)
    result = at_point(mg.derive(text, wrt, given=GIVEN), values)
    assert mg.equivalent(result.expr, mg.parse(means, [*read.symbols.values()]))  # type: ignore[arg-type]
    assert "|_(" in result.line()
    assert not any("does not change" in note for note in result.notes)
    assert not {symbol for symbol in values if symbol in postorder(result.expr)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "point", "error"),
    [
        ("norm(x)", "x = 0", NotDifferentiableError),
        ("sum(abs(x))", "x = 0", NotDifferentiableError),
        ("sum(relu(x))", "x = 0", NotDifferentiableError),
        ("sum(log(x))", "x = 0", NotDifferentiableError),
        ("x'x", "x = 1", ParseError),
        ("x'x", "z = 0", MatgradError),
        ("x'x", "x", ParseError),
        ("x'x", "x = ones(3)'", MatgradError),
    ],
)
def test_points_without_a_derivative(text: str, point: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        at_point(mg.derive(text, "x", given="x: n"), read_point(point, mg.interpret(text, "x: n").symbols))


MIXED_STEPS = [
    ("x' A y + x'x", "x", "y"),
    ("norm(A y - x)^2", "y", "A"),
    ("exp(x' A y)", "x", "y"),
    ("t x'x", "x", "t"),
]


@pytest.mark.parametrize("method", ["differential", "definition", "chain"])
@pytest.mark.parametrize(("text", "first", "second"), MIXED_STEPS, ids=[case[0] for case in MIXED_STEPS])
def test_the_steps_to_a_mixed_derivative(text: str, first: str, second: str, method: str) -> None:
    read = mg.interpret(text, GIVEN)
    result = mg.results.derive(read.expr, read.symbols[first], order=2, other=read.symbols[second])
    derivation = derivation_of(result, method=method)
    derivation.verify()
    assert result.left_side() in derivation.text("unicode")


def test_steps_by_a_part_and_by_a_scalar_first() -> None:
    by_part = mg.derive("log det(X)", "X[1, :]", given=GIVEN)
    last = derivation_of(by_part).lines[-1].right
    assert last.write("unicode") == by_part.right_side("unicode")
    read = mg.interpret("t x'x", GIVEN)
    result = mg.results.derive(read.expr, read.symbols["t"], order=2, other=read.symbols["x"])
    assert derivation_of(result).lines[-1].right.write("unicode") == "2xᵀ"


def test_a_second_derivative_that_is_zero_says_what_does_not_change() -> None:
    hessian = mg.derive(mg.parse("x' A x + a' x", "x: n, A: n×n"), "a", order=2)
    assert [remark.text(name="a") for remark in hessian.remarks] == [
        "the first derivative does not change with a: the second is zero"
    ]


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("x = A", "x is n×1 and cannot be A (m×n)"),
        ("A = A'", "A is m×n and cannot be A' (n×m)"),
        ("A = I", "A is m×n and cannot be I, which is square"),
        ("x = A A", "x is n×1 and cannot be A A"),
    ],
)
def test_a_value_of_another_shape_is_refused_in_words_of_the_point(point: str, said: str) -> None:
    read = mg.interpret("norm(A x - b)^2", "A: m×n, x: n, b: m")
    with pytest.raises(ShapeError) as caught:
        read_point(point, read.symbols)
    assert caught.value.message == said


@pytest.mark.parametrize("point", ["w = 0", {"w": 0}, {"w": "0"}, {"w": mg.zeros("n")}])
def test_a_point_is_a_text_or_values_by_name(point: Any) -> None:
    found = mg.hessian("sum(softplus(X w))", "w", given="X: m×n, w: n", point=point)
    assert str(found) == "X' X/4"


def test_every_derivative_is_taken_at_a_point() -> None:
    given, point = "A: m×n, x: m, y: n, t: scalar", "x = 0, t = 2"
    bilinear = "t x' A y + x'x"
    found = mg.gradient(bilinear, ("x", "y"), given=given, point=point)
    assert [str(g) for g in found] == [
        "2 A y",
        "zeros(n)",
    ]
    assert (
        str(mg.hessian(bilinear, ("x", "y"), given=given, point=point))
        == "[2 eye(m), 2 A; 2 A', zeros(n, n)]"
    )
    assert str(mg.hessian(bilinear, "x", "y", given=given, point=point)) == "2 A"
    assert str(mg.jacobian("inv(X)", "X", point="X = I")) == "-eye(n^2)"
    assert str(mg.differential("X^3", "X", point="X = I")) == "3 dX"
    assert mg.derive("log det(X)", "X", point="X = 2 I").line() == "∂f/∂X|_(X = 2I) = ½I"
    assert "insert the values at the point" in str(mg.explain("log det(X)", "X", point="X = I"))
    by_member = mg.gradient("sum_i norm(x_i - c)^2", "x_k", given="x_i: n, c: n, i = 1..N", point={"c": 0})
    assert str(by_member) == "2 x_k"


@pytest.mark.parametrize(
    ("point", "said"),
    [
        (3, "a point gives values to variables, and 3 does not"),
        ({"z": 0}, "z is not a variable of x' x; its variables are: x"),
        ({"x": 1}, "x = 1 gives a number to a matrix"),
    ],
)
def test_what_is_no_point_is_said(point: Any, said: str) -> None:
    with pytest.raises(MatgradError) as caught:
        mg.gradient("x'x", "x", given="x: n", point=point)
    assert caught.value.message == said
