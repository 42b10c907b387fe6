"""Plans: what is computed, how often, and in which order; and the source as it reads."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy.function import CompiledFunction, compile_expressions
from matgrad.compilation.ir.program import Program
from matgrad.compilation.plan.planner import Options, Planner

SIZES = {"m": 200, "n": 100, "k": 5}


DERIVE: dict[str, Any] = {"gradient": mg.gradient, "hessian": mg.hessian}


def planned(text: str, given: str, *wanted: str, wrt: str = "", **sizes: int) -> Program:
    f = mg.parse(text, given)
    exprs = [f] if not wanted else []
    for name in wanted:
        derive = DERIVE.get(name)
        exprs.append(f if derive is None else derive(f, wrt, verify=False))
    return Planner(exprs, Options(structured=True)).program({**SIZES, **sizes})


def count(program: Program) -> Counter[str]:
    return Counter(value.op.name for value in program.values)


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("A'*B*A'*B + A'*B", "A: n×n, B: n×n", {"matmul": 2}),
        ("A'*B + B'*A", "A: n×n, B: n×n", {"matmul": 1}),
        ("3*A*B - (2*A)*B*C", "A: n×n, B: n×n, C: n×n", {"matmul": 2}),
        ("A*B + A*C", "A: n×n, B: n×n, C: n×n", {"matmul": 1}),
        ("inv(A)*B + inv(A)*C", "A: n×n, B: n×n, C: n×n", {"lu_factor": 1, "solve_lu": 1}),
        ("inv(S)*x + inv(S)*y", "S: n×n spd, x: n, y: n", {"cholesky_factor": 1}),
        ("x'*inv(S)*x + logdet(S)", "S: n×n spd, x: n", {"cholesky_factor": 1, "solve_cholesky": 1}),
        ("det(A)*inv(A)", "A: n×n", {"lu_factor": 1}),
        ("tr(A*B)", "A: n×m, B: m×n", {"matmul": 0, "inner": 1}),
        ("diag(a)*B*diag(c)", "a: m, B: m×n, c: n", {"matmul": 0, "diag": 0}),
        ("sum(A*x)", "A: m×n, x: n", {"ones": 0}),
        ("eye(n)*A*eye(n)", "A: n×n", {"eye": 0, "matmul": 0}),
        ("(A*B)[2, 3]", "A: n×n, B: n×n", {"matmul": 0, "inner": 1}),
        ("A[1, 2] + sum(A[:, 3])", "A: n×n", {"matmul": 0, "unit": 0}),
        ("kron(A, B)*x", "A: n×n, B: m×m, x: m*n", {"kron": 0, "matmul": 2}),
        ("commutation(m, n)*vec(A)", "A: m×n", {"selection": 0, "take_rows": 0}),
        ("X'*diag(d)*X", "X: m×n, d: m positive", {"gram": 1, "matmul": 0}),
        ("X'*diag(d)*X", "X: m×n, d: m", {"weighted_gram": 1, "matmul": 0}),
        ("(L*L')*x", "L: n×n lower triangular, x: n", {"gram": 0}),
        ("inv(L)*x", "L: n×n lower triangular, x: n", {"solve_triangular": 1, "lu_factor": 0}),
        ("D*A", "D: n×n diagonal, A: n×n", {"matmul": 0, "scale_rows": 1}),
        ("Q'*Q*x", "Q: n×n orthogonal, x: n", {"matmul": 0}),
    ],
)
def test_structure_is_used(text: str, given: str, expected: dict[str, int]) -> None:
    found = count(planned(text, given))
    assert {op: found[op] for op in expected} == expected


@pytest.mark.parametrize(
    ("text", "given", "largest"),
    [
        ("A*B*C*x", "A: n×n, B: n×n, C: n×n, x: n", 6 * 100 * 100),
        ("x'*A*B*C", "A: n×n, B: n×n, C: n×n, x: n", 6 * 100 * 100),
        ("A*x*y'*B", "A: n×n, B: n×n, x: n, y: n", 5 * 100 * 100),
        ("A*B*x + A*C*x", "A: n×n, B: n×n, C: n×n, x: n", 7 * 100 * 100),
        ("(A - H'*H)*x", "A: n×n, H: n×n, x: n", 6 * 100 * 100 + 200),
        ("(A*B)'*x", "A: n×n, B: n×n, x: n", 4 * 100 * 100),
        ("tr(x*y'*A)", "A: n×n, x: n, y: n", 2 * 100 * 100 + 400),
    ],
)
def test_products_are_associated_by_cost(text: str, given: str, largest: int) -> None:
    from matgrad.compilation.ir.cost import flops

    assert sum(map(flops, planned(text, given).values)) <= largest


def test_no_inverse_where_a_solve_does_unless_asked() -> None:
    X, x = mg.matrix("X", "n", "n"), mg.vector("x", "n")
    assert count(Planner([mg.inv(X) @ x]).program({"n": 50}))["inverse_lu"] == 0
    explicit = compile_expressions(mg.inv(X) @ x, explicit_inverse=True)
    a = np.random.default_rng(0).normal(size=(4, 4))
    assert np.allclose(explicit(X=a, x=np.ones(4)), np.linalg.solve(a, np.ones(4)))
    assert "lu_inverse" in explicit.source


def test_value_gradient_and_hessian_share_their_work() -> None:
    program = planned("logdet(X'*A*X)", "A: m×m spd, X: m×n", "value", "gradient", wrt="X")
    assert count(program)["cholesky_factor"] == 1
    # A X and Xᵀ(A X), and one more by the inverse or by a solve, whichever is cheaper at these sizes.
    assert count(program)["matmul"] + count(program)["solve_cholesky"] == 3
    logistic = planned(
        "sum(log(1 + exp(-y .* (X*w))))", "X: m×n, w: n, y: m", "value", "gradient", "hessian", wrt="w"
    )
    assert count(logistic)["gram"] == 1
    assert count(logistic)["matmul"] == 2


def source(text: str, given: str, *wanted: str, wrt: str, **arrays: np.ndarray) -> str:
    f = mg.parse(text, given)
    exprs = [f if w == "value" else DERIVE[w](f, wrt) for w in wanted]
    fn: CompiledFunction = compile_expressions(exprs)
    fn(**{name: array for name, array in arrays.items() if name in fn.signature.names})
    return fn.source


def test_source_of_logistic_regression() -> None:
    m, n = 8, 3
    shown = source(
        "sum(log(1 + exp(-y .* (X*w))))", "X: m×n, w: n, y: m", "value", "gradient", "hessian",
        wrt="w", X=np.ones((m, n)), w=np.ones(n), y=np.ones(m),
    )  # fmt: skip
    assert shown.splitlines() == [
        "import numpy as np",
        "from scipy.special import expit",
        "",
        "c1 = np.ones(8)",
        "",
        "",
        "def compute(X, w, y):",
        "    t1 = y * X.dot(w)                                         # y ⊙ (X w)",
        "    t2 = -t1                                                  # −y ⊙ (X w)",
        "    t3 = expit(t2)                                            # σ(−y ⊙ (X w))",
        "    t4 = np.sqrt(t3 * expit(t1) * np.square(y))[:, None] * X"
        "  # diag(√(σ(−y ⊙ (X w)) ⊙ σ(y ⊙ (X w)) ⊙ y²)) X",
        "    t5 = t4.T.dot(t4)                                         # t4ᵀ t4",
        "    t6 = -X.T.dot(y * t3)                                     # −Xᵀ (y ⊙ σ(−y ⊙ (X w)))",
        "    t7 = np.logaddexp(t2, 0).dot(c1)                          # sum(softplus(−y ⊙ (X w)))",
        "    return (t7, t6, t5)",
    ]


def test_source_of_least_squares() -> None:
    shown = source(
        "norm(A*x - b)^2", "A: m×n, x: n, b: m", "value", "gradient",
        wrt="x", A=np.ones((4, 3)), x=np.ones(3), b=np.ones(4),
    )  # fmt: skip
    assert [line.split("  #")[0].strip() for line in shown.splitlines()] == [
        "def compute(A, b, x):",
        "t1 = A.dot(x) - b",
        "t2 = 2 * A.T.dot(t1)",
        "t3 = t1.dot(t1)",
        "return (t3, t2)",
    ]


def test_lines_say_what_they_compute() -> None:
    f = mg.parse("x'*S*x + logdet(S) + sum(exp(B*x))", "S: n×n spd, x: n, B: m×n")
    fn = compile_expressions([f, mg.gradient(f, "x")])
    rng = np.random.default_rng(0)
    fn(S=np.eye(3), x=rng.normal(size=3), B=rng.normal(size=(4, 3)))
    notes = [line.split("  # ")[1] for line in fn.source.splitlines() if "  # " in line]
    assert "Cholesky factor L of S" in notes
    assert any("exp(B x)" in note for note in notes)
