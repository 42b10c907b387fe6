"""The checker of Julia text: it knows wrong Julia, and every golden case is right Julia."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import MatgradError
from matgrad.core.expr import symbols_of
from tests.compilation.golden import TOPICS, points
from tests.compilation.julia.checker import run
from tests.compilation.julia.execution import require_agreement
from tests.compilation.julia.rules import Row, dense, is_number
from tests.compilation.julia.syntax import JuliaError
from tests.compilation.test_matlab import SIZE_DEPENDENT

V, M = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 5.0]])


def julia(expression: str, **names: Any) -> Any:
    """The value of one expression."""
    text = f"using LinearAlgebra\n\nfunction f({', '.join(names)})\n    return {expression}\nend\n"
    return run(text, "f", *names.values())[0]


WRONG = [
    # numbers and arrays are added with a dot
    "1 - v .^ 2", "1 + v", "v + 1", "v - 2", "M + 1", "1 - M", "2 + v'", "1 + v * v'",
    # functions of numbers, and powers, take a dot
    "abs(v)", "exp(v)", "log(v)", "tanh(M)", "v ^ 2", "v ^ -1", "1 / v", "1 / M", "max(v, 0)", "M ^ 0.5",
    # products and sums of shapes that do not fit
    "v * v", "v' * v'", "v + v'", "M + v", "M * [1, 2, 3]", "dot(v, [1, 2, 3])", "v .+ [1, 2, 3]",
    # where text is parsed otherwise than meant
    "1.-v", "2.*v", "2v", "2 v", "v '", "(v)(M)", "1 < 2 < 3", "[1 -M]", "v[1; 2]",
    # what is no matrix, not known to be symmetric, not whole, or not there
    "tr(v)", "diag(v)", "diagm(M)", "tril(v)", "det(v)", "cholesky(M)", "eigen(M)", "v[0]", "v[3]", "M[1]",
    "zeros(2.0)", "M ^ 2.0", "norm(v, v)", "numpy(v)", "erf.(v)", "w", "if", "max(v)", "sum(v; axis=1)",
    "LowerTriangular(M) + 1", "cholesky(Symmetric(M' * M)) + M", "M * cholesky(Symmetric(M' * M))",
    "M' \\ v'", "lu(v * v') \\ v", "logdet(-M' * M - M')",
]  # fmt: skip


@pytest.mark.parametrize("expression", WRONG)
def test_wrong_julia_is_refused(expression: str) -> None:
    with pytest.raises(JuliaError):
        julia(expression, v=V, M=M)


@pytest.mark.parametrize(
    "text",
    [
        "function f(x, x)\n    return x\nend\n",
        "function f(end)\n    return 1\nend\n",
        "function f(x)\n    return x\n",
        "function f(x)\n    exp = x\n    return exp\nend\n",
        "exp(x) = x\n\nfunction f(x)\n    return exp(x)\nend\n",
        "using Nothing\n\nf(x) = x\n",
        "function f(x)\n    y = x\nend\n",
        "f(x) = dot(x, x)\n",
        "f(x') = x\n",
        "f(x) = x; g(x)\n",
        "f(µ) = µ\n\nf(x) = x\n",
    ],
)
def test_wrong_functions_are_refused(text: str) -> None:
    with pytest.raises(JuliaError):
        run(text, "f", V)


RIGHT: list[tuple[str, Any]] = [
    ("1 .- v .^ 2", [0, -3]),
    ("-1 .^ v", [-1, -1]),  # a power binds tighter than the sign before it
    ("-v .^ 2", [-1, -4]),
    ("2 ^ -1 * v", [0.5, 1]),
    ("v .^ -1", [1, 0.5]),
    ("v' * v", 5),
    ("v * v'", [[1, 2], [2, 4]]),
    ("M * v", [5, 13]),
    ("v' * M", [[7, 12]]),
    ("v .* M", [[1, 2], [6, 10]]),
    ("M .* v'", [[1, 4], [3, 10]]),
    ("v' .+ v", [[2, 3], [3, 4]]),
    ("6 / 2 * v", [3, 6]),
    ("M \\ v + v", [0, 3]),
    ("reshape(M, 1, 4)", [[1, 3, 2, 5]]),
    ("vec(M)", [1, 3, 2, 5]),
    ("vec(sum(M, dims=2))", [3, 8]),
    ("sum(M, dims=1)", [[4, 7]]),
    ("[v M]", [[1, 1, 2], [2, 3, 5]]),
    ("[v; v]", [1, 2, 1, 2]),
    ("[1 -2; 3 (1 / 4)]", [[1, -2], [3, 0.25]]),
    ("M + I", [[2, 2], [3, 6]]),
    ("norm(M) ^ 2", 39),  # of the entries; the largest singular value is opnorm
    ("kron(v, v')", [[1, 2], [2, 4]]),
    ("M[1, :]", [1, 2]),
    ("M[1:2, 2:2]", [[2], [5]]),
    ("1:2 .== 2", [False, True]),
    ("vec(M)[1:3:4]", [1, 5]),
    ("[10 * i + j for i in 1:2, j in 1:3]", [[11, 12, 13], [21, 22, 23]]),
    ("prod(v[k] for k in 1:2 if k != 1; init=1.0)", 2),
    ("norm.(eachrow(v * v'))", [5**0.5, 20**0.5]),
    ("exp(0 * M)", [[1, 0], [0, 1]]),
]


@pytest.mark.parametrize(("expression", "value"), RIGHT)
def test_right_julia_has_its_value(expression: str, value: Any) -> None:
    found: Any = julia(expression, v=V, M=M)
    np.testing.assert_allclose(found if is_number(found) else dense(found), value, atol=1e-12)


def test_a_row_of_a_matrix_is_no_adjoint() -> None:
    # The product of a row with a vector is a number for an adjoint, and a vector for a matrix with one row.
    assert julia("v' * v", v=V) == 5
    assert julia("(v' .+ 0) * v", v=V).shape == (1,)
    assert isinstance(julia("2 * v'", v=V), Row)


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_cases(topic: str) -> None:
    wrong = []
    for point in points(topic, "julia"):
        if point.id in SIZE_DEPENDENT:
            continue
        try:
            require_agreement(point.exprs, point.arrays, point.values)
        except (JuliaError, MatgradError) as error:
            wrong.append(f"{point.id}: {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "given", "wrt"),
    [
        ("sum(tanh(x))", "x: n", "x"),
        ("sum(atan(X))", "X: m×n", "X"),
        ("sum((relu(x) + 1).^2)", "x: n", "x"),
        ("tr((x*x' + 1)*(x*x' - 3))", "x: n", "x"),
        ("sum(gelu(x))", "x: n", "x"),
        ("sum(1 - exp(-x .* y) + t)", "x: n, y: n, t: scalar", "x"),
        ("logsumexp(z) + sum((2 - z).^3)", "z: 1×n", "z"),
        ("sum((3 + z*A).^2)", "z: 1×m, A: m×n", "z"),
        ("det(X)", "X: n×n", "X"),
        ("spectral_norm(X) + sum(column_std(X))", "X: m×n", "X"),
        ("t + sum(1 ./ (1 + x.^2))", "x: n, t: scalar", "x"),
        ("a'*b + sum(X)^2 + s", "a: 1, b: 1, X: 1×1, s: scalar", "X"),
    ],
)
def test_numbers_beside_arrays(text: str, given: str, wrt: str) -> None:
    f = mg.parse(text, given)
    exprs = [f, mg.gradient(f, wrt), mg.hessian(f, wrt)]
    rng = np.random.default_rng(3)
    arrays = {}
    for name, symbol in symbols_of(exprs).items():
        sizes = [int(d) if d.is_integer else {"m": 4, "n": 3}[str(d)] for d in symbol.shape]
        arrays[name] = rng.normal(size=sizes)
    values = [mg.evaluate(expr, {name: arrays[name] for name in symbols_of(expr)}) for expr in exprs]
    require_agreement(exprs, arrays, values)


@pytest.mark.parametrize(
    ("text", "given", "wrt"),
    [
        ("a'*top_left_singular_vector(x)", "a: m, x: m", "x"),
        ("a'*top_right_singular_vector(z)", "a: n, z: 1×n", "z"),
        ("sum(tanh(2 - top_left_singular_vector(x)))", "x: m", "x"),
        ("a'*polar(z)'", "a: n, z: 1×n", "z"),
        ("1 - sum(polar(x))", "x: m", "x"),
    ],
)
def test_parts_of_a_factorisation_of_a_vector_are_numbers_and_vectors(
    text: str, given: str, wrt: str
) -> None:
    """In Julia the factors of a vector are matrices, as those of a matrix: ``svd([3, 4]).U`` is 2×1."""
    f = mg.parse(text, given)
    exprs = [f, mg.gradient(f, wrt)]
    rng = np.random.default_rng(5)
    arrays = {
        name: rng.normal(size=[int(d) if d.is_integer else {"m": 4, "n": 3}[str(d)] for d in symbol.shape])
        for name, symbol in symbols_of(exprs).items()
    }
    values = [mg.evaluate(expr, {name: arrays[name] for name in symbols_of(expr)}) for expr in exprs]
    require_agreement(exprs, arrays, values)
