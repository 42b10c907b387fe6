"""Functions that are only names: their stand-ins, facts, writing and declarations, and filling them in."""

from __future__ import annotations

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError, DeclarationError, EvaluationError, MatgradError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.language import interpret
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.ops.named_functions import Applied
from matgrad.printing import latex, unicode

SIZES = {"m": 3, "n": 4, "p": 2}
SHAPES = {"x": (4, 1), "y": (3, 1), "t": (1, 1), "X": (3, 4)}
GIVEN = "x: n, y: m, t: scalar, X: m×n"


def value(expr: Expr, arrays: dict[str, np.ndarray]) -> np.ndarray:
    xp = NumpyArrays(SIZES, np.dtype(np.float64))
    (found,) = evaluate_nodes([expr], arrays, xp)
    return np.asarray(found)


@pytest.mark.parametrize(
    ("text", "by", "derivative", "signature"),
    [
        ("f(x)", "x", "grad_f(x)", "n -> scalar"),
        ("grad_f(x)", "x", "H_f(x)", "n -> scalar"),
        ("H_f(x)", "x", "D111_f(x)", "n -> scalar"),
        ("f(x)", "x", "J_f(x)", "n -> p"),
        ("J_f(x)", "x", "D11_f(x)", "n -> p"),
        ("f(X)", "X", "J_f(X)", "m×n -> p×m"),
        ("f(X)", "X", "grad_f(X)", "m×n -> scalar"),
        ("grad_f(X)", "X", "H_f(X)", "m×n -> scalar"),
        ("f(t)", "t", "f'(t)", "scalar -> m×n"),
        ("f''(t)", "t", "f'''(t)", "scalar -> m×m symmetric"),
        ("f(x, y)", "y", "grad2_f(x, y)", "(n, m) -> scalar"),
        ("grad1_f(x, y)", "y", "H12_f(x, y)", "(n, m) -> scalar"),
        ("grad2_f(x, y)", "x", "H12_f(x, y)'", "(n, m) -> scalar"),
        ("f(x, t)", "x", "D1_f(x, t)", "(n, scalar) -> p"),
        ("D1_f(x, t)", "t", "D12_f(x, t)", "(n, scalar) -> p"),
        ("D2_f(x, t)", "x", "D12_f(x, t)", "(n, scalar) -> p"),
    ],
)
def test_stand_ins_have_the_derivatives_that_their_names_say(
    text: str, by: str, derivative: str, signature: str
) -> None:
    given = f"{GIVEN}, f: {signature}"
    f, slope = (interpret(t, given).expr for t in (text, derivative))
    rng = np.random.default_rng(7)
    at = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    change = rng.normal(size=SHAPES[by])
    step = 1e-5
    ends = [value(f, {**at, by: at[by] + sign * step * change}) for sign in (1, -1)]
    found = (ends[0] - ends[1]) / (2 * step)
    matrix = value(slope, at)
    moved = change.reshape(-1, 1, order="F")
    if f.is_scalar:
        expected = np.sum(matrix * change).reshape(1, 1)
    elif by == "t":
        expected = matrix * change
    else:
        expected = (matrix @ moved).reshape(found.shape, order="F")
    assert np.allclose(found, expected, atol=1e-7)
    assert np.abs(expected).max() > 1e-3


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ("symmetric", lambda A: np.allclose(A, A.T)),
        ("skew", lambda A: np.allclose(A, -A.T)),
        ("diagonal", lambda A: np.allclose(A, np.diag(np.diag(A)))),
        ("lower triangular", lambda A: np.allclose(A, np.tril(A))),
        ("positive definite", lambda A: np.linalg.eigvalsh(A).min() > 0),
        ("positive", lambda A: A.min() > 0),
    ],
)
def test_values_have_what_is_declared_of_them(facts: str, holds: object) -> None:
    read = interpret("A(t)", f"{GIVEN}, A: scalar -> m×m {facts}")
    for t in (-2.0, 0.3, 5.0):
        assert holds(value(read.expr, {"t": np.array([[t]])}))  # type: ignore[operator]
    assert interpret(str(read.expr), read.declarations()).expr is read.expr


def test_second_derivatives_of_numbers_are_symmetric() -> None:
    read = interpret("H_f(x) - H_f(x)'", "f: n -> scalar, x: n")
    assert str(read.expr) == "zeros(n, n)"
    slope = interpret("A'(t)", "A: scalar -> n×n positive definite, t: scalar").expr
    assert slope.has(Fact.SYMMETRIC)
    assert not slope.has(Fact.POSITIVE_DEFINITE)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("∇f(x)", "n -> scalar"),
        ("∇²f(x)", "n -> scalar"),
        ("∇₂f(x, y)", "(n, m) -> scalar"),
        ("∇²₁₂f(x, y)", "(n, m) -> scalar"),
        ("∂₁₂f(x, y)", "(n, m) -> p"),
        ("J_f(x)", "n -> p"),
        ("f'(t) + f''(t)", "scalar -> p"),
        ("D11_f(x)", "n -> p"),
    ],
)
def test_what_is_printed_is_read(text: str, signature: str) -> None:
    read = interpret(text, f"{GIVEN}, f: {signature}")
    assert interpret(str(read.expr), read.declarations()).expr is read.expr
    assert any(isinstance(node, Applied) for node in [read.expr, *read.expr.args])
    assert interpret(latex(read.expr), read.declarations(), syntax="latex").expr is read.expr
    assert interpret(unicode(read.expr).replace("′", "'"), read.declarations()).expr is read.expr


def test_a_function_is_of_the_arguments_that_it_is_declared_with() -> None:
    with pytest.raises(ShapeError, match="is declared n -> scalar"):
        interpret("f(y)", f"{GIVEN}, f: n -> scalar")
    with pytest.raises(ArgumentError, match="takes 2 arguments, not 1"):
        interpret("f(x)", f"{GIVEN}, f: (n, m) -> scalar")
    with pytest.raises(ArgumentError, match="by which argument"):
        interpret("f'(x, y)", f"{GIVEN}, f: (n, m) -> scalar")
    with pytest.raises(ArgumentError, match="does not have"):
        interpret("D3_f(x, y)", f"{GIVEN}, f: (n, m) -> scalar")
    with pytest.raises(MatgradError, match="needs an argument"):
        interpret("A A(t)", "A: scalar -> n×n, t: scalar")


@pytest.mark.parametrize(
    "body", ["-> n", "n ->", "n -> m -> p", "n -> vector", "n -> n×n orthogonal", "n -> integer", "(n,) -> p"]
)
def test_a_signature_that_says_too_little_is_refused(body: str) -> None:
    with pytest.raises(DeclarationError):
        interpret("x", f"x: n, f: {body}")


def test_shapes_are_found_from_the_declaration() -> None:
    read = interpret("A(t) v + f(u)", "A: scalar -> m×n, f: p -> m")
    assert {name: symbol.shape for name, symbol in read.symbols.items()} == {
        "t": (Dim.of(1), Dim.of(1)),
        "v": (Dim.of("n"), Dim.of(1)),
        "u": (Dim.of("p"), Dim.of(1)),
    }


def test_python_functions_fill_in_what_the_names_stand_for() -> None:
    rng = np.random.default_rng(3)
    A, x = rng.normal(size=(3, 4)), rng.normal(size=4)
    f = mg.parse("norm(f(A x))", "f: m -> p, A: m×n, x: n")
    slope = mg.gradient(f, "x")
    M = rng.normal(size=(2, 3))
    functions = {"f": lambda u: np.sin(M @ u), "J_f": lambda u: np.cos(M @ u)[:, None] * M}
    g = np.sin(M @ A @ x)
    expected = A.T @ (np.cos(M @ A @ x)[:, None] * M).T @ g / np.linalg.norm(g)
    assert np.allclose(mg.evaluate(slope, {"A": A, "x": x, **functions}), expected)
    with pytest.raises(EvaluationError, match="only the name of a function") as caught:
        mg.evaluate(slope, {"A": A, "x": x, "f": functions["f"]})
    assert "J_f" in (caught.value.fix or "")
    assert mg.evaluate("g(x)", {"x": x, "g": np.tanh}).tolist() == np.tanh(x).tolist()
    with pytest.raises(EvaluationError, match="only the name of a function"):
        mg.compile(slope)(A=A, x=x)


def test_one_name_is_one_function() -> None:
    x, t = mg.vector("x", "n"), mg.scalar("t")
    one, other = mg.function("f", "n -> scalar"), mg.function("f", "n -> scalar positive")
    for expr in (one(x) + other(x), one(x) + mg.undefined("f", t), one(x) + mg.scalar("f")):
        with pytest.raises(DeclarationError, match="stands for two things"):
            mg.gradient(expr, x)


def test_functions_are_made_in_python() -> None:
    f = mg.function("f", "(n, m) -> scalar")
    x, y = mg.vector("x", "n"), mg.vector("y", "m")
    assert f(x, y) is mg.parse("f(x, y)", "f: (n, m) -> scalar, x: n, y: m")
    assert f.derivative(1, 0)(x, y) is f.derivative(0, 1)(x, y).T
    with pytest.raises(ArgumentError):
        f.derivative(2)
    with pytest.raises(ArgumentError):
        mg.function("f", "function")
    with pytest.raises(ShapeError):
        f(y, x)


def test_names_are_shown_as_those_of_variables() -> None:
    given = "phi: scalar -> scalar, loss: (k, k) -> scalar, g1: n -> k, x: n, y: k, psi: n -> k"
    read = interpret("phi(x'x) + loss(y, g1(x))", given)
    result = mg.derive(read.expr, read.symbols["x"])
    assert result.line("unicode") == "∂f/∂x = J_g₁(x)ᵀ∇₂loss(y, g₁(x)) + 2φ′(xᵀx)x"
    textbook = result.line("latex")
    assert r"J_{g_{1}}(x)^{\top}" in textbook
    assert r"\phi'" in textbook
    assert r"\nabla_{2} \mathrm{loss}" in textbook
    assert "φ: ℝ → ℝ" in read.function_spaces("unicode")


def test_what_second_derivatives_of_columns_are_is_said() -> None:
    read = interpret("y' g(x)", "g: n -> k, x: n, y: k")
    hessian = mg.derive(read.expr, read.symbols["x"], order=2)
    assert [remark.text() for remark in hessian.remarks] == [
        "∂₁₂g is the Jacobian of vec(∂₁g) by the second argument, and so on"
    ]
    read = interpret("f(x)", "f: n -> scalar, x: n")
    assert not mg.derive(read.expr, read.symbols["x"], order=2).remarks


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A' grad(f, A x)", "A' grad_f(A x)"),
        ("v' hess(f, A x) v", "v' H_f(A x) v"),
        ("jac(g, x)' u", "J_g(x)' u"),
        ("d(h, t) v", "h'(t) v"),
        ("diff(h, 2 t) v", "h'(2 t) v"),
    ],
)
def test_a_derivative_of_a_name_is_taken_at_its_place(written: str, meant: str) -> None:
    given = "f: m -> scalar, g: n -> p, h: (scalar) -> 1×1, A: m×n, x: n, v: m, u: p, t: scalar"
    given = given.replace("(scalar) -> 1×1", "scalar -> scalar")
    assert mg.parse(written, given) is mg.parse(meant, given)


def test_a_derivative_of_another_kind_of_function_is_refused() -> None:
    with pytest.raises(MatgradError, match="another kind of function than g: n -> p") as caught:
        mg.parse("grad(g, x)' v", "g: n -> p, x: n, v: n")
    assert caught.value.fix == "jac(g, x)"
    with pytest.raises(MatgradError, match="needs its arguments"):
        mg.parse("grad(g, x)' v", "g: (n, n) -> scalar, x: n, v: n")
