"""Verification catches every broken linear map: a sign, a factor, a transpose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import matgrad as mg
from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.expr import OPERATIONS, Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.ops import maps as lm
from matgrad.ops.leaves import number
from matgrad.ops.registry import FUNCTIONS

PIECEWISE_CONSTANT = {"step", "sign", "argmax", "column_onehot_max", "rank"}
"""Operations whose derivative is zero: so is minus that, and twice."""

Mutation = Callable[[LinearMap], LinearMap]

MORE = (
    ("sum([A, X; X, B])", "A: n×n, B: n×n, X: n×n"),
    ("sum(f(x))", "x: n, f: function"),
    ("sum(X[1:2, :] .* A)", "X: m×n, A: 2×n"),
    ("tr(A*X')", "A: m×n, X: m×n"),
    ("tr(A*axial(X)*b')", "A: 3×3, X: 3×3, b: 3"),
    ("sum_k tr(A_k*X)*y_k", "A_k: n×n, y_k: scalar, k = 1..N, X: n×n"),
    ("sum_{i<j} tr(A_i*X*A_j)", "A_i: n×n, i = 1..N, X: n×n"),
    ("prod_i x_i", "x: n"),
    ("tr(frechet_expm(X, A)*B)", "X: n×n, A: n×n, B: n×n"),
    ("sum(x .* exp(x) .* sin(x))", "x: n"),
    ("tr(A*X^p)", "A: n×n, X: n×n positive definite, p: scalar"),
    ("a'*f(X, x)*b", "f: (p×q, p) -> m×n, X: p×q, x: p, a: m, b: n"),
)


def negated(linear: LinearMap) -> LinearMap:
    return lm.negated(linear)


def doubled(linear: LinearMap) -> LinearMap:
    return lm.compose(lm.Scale(number(2), linear.codomain), linear)


def transposed(linear: LinearMap) -> LinearMap:
    if linear.codomain[0] is linear.codomain[1]:
        return lm.compose(lm.Transposition(linear.codomain), linear)
    if linear.domain[0] is linear.domain[1]:
        return lm.compose(linear, lm.Transposition(linear.domain))
    return lm.negated(linear)


def scalar_of(expr: Expr) -> Expr:
    """An expression weighted to a scalar, so that its gradient passes once through every map."""
    return expr if expr.is_scalar else mg.dot(mg.matrix("W_", *expr.shape), expr)


def places() -> dict[tuple[str, int], tuple[Expr, Symbol]]:
    """For each operand of each operation an expression whose derivative passes through it."""
    found: dict[tuple[str, int], tuple[Expr, Symbol]] = {}
    pairs = [(f.example, f.given) for f in {id(f): f for f in FUNCTIONS.values()}.values()] + list(MORE)
    for text, given in pairs:
        expr = scalar_of(mg.parse(text, given))
        for variable in symbols_of(expr).values():
            if variable.facts & (Fact.CONSTANT | Fact.INTEGER):
                continue
            nodes = dependent_nodes(expr, variable)
            dependent = set(nodes)
            for node in nodes:
                for index in node.operand_indices:
                    operand = node.args[index]
                    # Behind what is piecewise constant nothing arrives that a broken map could break.
                    if operand in dependent and operand.name not in PIECEWISE_CONSTANT:
                        found.setdefault(
                            (node.name, index if len(node.operand_indices) < 4 else 0), (expr, variable)
                        )
    return found


PLACES = places()


@pytest.mark.parametrize("mutation", [negated, doubled, transposed])
@pytest.mark.parametrize(("name", "index"), sorted(PLACES))
def test_a_broken_map_is_caught(
    name: str, index: int, mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    expr, variable = PLACES[name, index]
    cls = OPERATIONS[name]
    original = cls.linear_map

    def broken(self: Expr, place: int) -> LinearMap:
        linear = original(self, place)
        return linear if place != index else mutation(linear)

    right = mg.derive(expr, variable)
    assert right.verification.verified
    monkeypatch.setattr(cls, "linear_map", broken)
    try:
        result = mg.derive(expr, variable)
    except mg.VerificationError:
        return
    # A map that the mutation leaves as it is (zero, or symmetric under transposition) is not broken.
    monkeypatch.undo()
    assert mutation is transposed or name in PIECEWISE_CONSTANT, f"a broken map of {name} went unnoticed"
    assert isinstance(result.expr, Expr)
    assert isinstance(right.expr, Expr)
    assert mg.equivalent(result.expr, right.expr), f"a broken map of {name} went unnoticed"


def test_every_operation_with_operands_is_broken_once() -> None:
    covered = {name for name, _ in PLACES}
    with_operands = {name for name, cls in OPERATIONS.items() if cls.linear_map is not Expr.linear_map}
    # These occur in derivatives only; their maps are broken where second derivatives are taken.
    only_in_derivatives = {"frechet_matrix", "placed"}
    assert with_operands - covered <= only_in_derivatives
