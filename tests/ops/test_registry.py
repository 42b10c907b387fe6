"""Every operation states everything: no column of the registry is empty."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.calculus.pushforward import pushforward
from matgrad.core.expr import OPERATIONS, Expr, Symbol, postorder, symbols_of
from matgrad.ops.registry import FUNCTIONS, Function
from matgrad.printing import latex, numpy_source, text, unicode

FUNCTION_LIST = sorted({id(f): f for f in FUNCTIONS.values()}.values(), key=lambda f: f.name)
EXTRA = {
    "literal": ("tr([1, 2; 3, 4]*X)", "X: 2×2"),
    "block": ("sum([A, X; X, B])", "A: n×n, B: n×n, X: n×n"),
    "undefined": ("sum(f(x))", "x: n, f: function"),
    "applied": ("g(x)' g(x)", "x: n, g: n -> p"),
    "part": ("sum(X[1:2, :])", "X: m×n"),
    "transpose": ("tr(A*X')", "A: m×n, X: m×n"),
    "real_matrix_power": ("tr(A*X^t)", "A: n×n, X: n×n spd, t: scalar"),
    "dimension": ("n*sum(x)", "x: n"),
    "families": ("sum_k tr(A_k*X)*y_k", "A_k: n×n, y_k: scalar, k = 1..N, X: n×n"),
    "conditions": ("sum_{i<j} tr(A_i*X*A_j)", "A_i: n×n, i = 1..N, X: n×n"),
    "product": ("prod_i x_i", "x: n"),
}
"""Operations that have no function of their own: they are written with brackets and signs."""


def example(function: Function) -> Expr:
    return mg.parse(function.example, function.given)


def examples() -> list[Expr]:
    return [example(f) for f in FUNCTION_LIST] + [mg.parse(*pair) for pair in EXTRA.values()]


@pytest.fixture(scope="module")
def nodes() -> dict[type[Expr], Expr]:
    """One node of every operation that the examples or their derivatives contain."""
    found: dict[type[Expr], Expr] = {}
    pending = examples()
    for expr in list(pending):
        for symbol in symbols_of(expr).values():
            if not symbol.facts & mg.core.facts.Fact.CONSTANT:
                try:
                    pending.append(mg.derive(expr, symbol, verify=False).expr)  # type: ignore[arg-type]
                except mg.MatgradError:
                    continue
    for expr in pending:
        for node in postorder(expr):
            found.setdefault(type(node), node)
    return found


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operation_is_complete(name: str, nodes: dict[type[Expr], Expr]) -> None:
    cls = OPERATIONS[name]
    assert cls in nodes, f"no example reaches {name}"
    node = nodes[cls]
    assert cls.__doc__, f"{name} has no documentation"
    assert cls.shape_rule(node.args, node.data) == node.shape
    assert node.rebuild(node.args, node.data) is node
    assert cls.numeric is not Expr.numeric or issubclass(cls, Symbol), f"{name} has no numeric meaning"
    for index in node.operand_indices:
        try:
            linear = node.linear_map(index)
        except mg.NotDifferentiableError:
            continue
        arg = node.args[index]
        assert linear.domain == arg.shape
        assert linear.codomain == node.shape
        assert linear.adjoint().domain == node.shape
        assert linear.adjoint().codomain == arg.shape
        size = (node.rows * node.columns, arg.rows * arg.columns)
        assert linear.kronecker().shape == size
    for write in (text, unicode, latex, numpy_source):
        assert write(node)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operation_names_the_rule_of_its_differential(name: str, nodes: dict[type[Expr], Expr]) -> None:
    node = nodes[OPERATIONS[name]]
    places = [index for index in node.operand_indices if _is_differentiable(node, index)]
    for used in [places, *([place] for place in places)]:
        reason = node.reason_for(used) if used else None
        assert not used or reason is not None, f"{name} does not name the rule of its differential"
        if reason is not None:
            assert reason.text()
            assert reason.text("zh")


def _is_differentiable(node: Expr, index: int) -> bool:
    try:
        node.linear_map(index)
    except mg.NotDifferentiableError:
        return False
    return True


@pytest.mark.parametrize("function", FUNCTION_LIST, ids=lambda f: f.name)
def test_function_is_documented_and_differentiable(function: Function) -> None:
    expr = example(function)
    assert function.summary.endswith(".")
    for symbol in symbols_of(expr).values():
        if symbol.facts & (mg.core.facts.Fact.CONSTANT | mg.core.facts.Fact.INTEGER):
            continue
        result = mg.derive(expr, symbol)
        assert result.verification.verified, (function.name, symbol, result.verification.reason)


def test_pushforward_and_pullback_agree() -> None:
    """⟨L V, W⟩ = ⟨V, L* W⟩ for every example, by the values of both sides."""
    for expr in examples():
        for symbol in symbols_of(expr).values():
            if symbol.facts:
                continue
            derivative = mg.derivative(expr, symbol, verify=False)
            v = mg.matrix("V_", *symbol.shape)
            w = mg.matrix("W_", *expr.shape)
            left = mg.dot(pushforward(expr, symbol, v), w)
            right = mg.dot(v, derivative.pullback(w))
            assert mg.equivalent(left, right), (str(expr), symbol)
