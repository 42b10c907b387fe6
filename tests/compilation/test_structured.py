"""Jacobians and Hessians as factors and as operators stand for the dense matrix."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.use.matrix import compile_matrix
from matgrad.compilation.use.operator import OperatorFunction, compiled_operator
from matgrad.core.expr import Symbol, symbols_of
from matgrad.kronecker import Dense, Diagonal, Identity, Kron, Operator
from matgrad.kronecker.composites import Product, Scaled

RNG = np.random.default_rng(1)
M, N, K = 6, 4, 3


def spd(n: int) -> np.ndarray:
    a = RNG.normal(size=(n, n))
    return a @ a.T + np.eye(n)


CASES: dict[str, tuple[str, str, str, list[type]]] = {
    "factorisation": ("norm(T - U*V')^2", "T: m×n, U: m×k, V: n×k", "U", [Kron]),
    "log det": ("logdet(X'*A*X)", "A: m×m spd, X: m×n", "X", [Kron, Product]),
    "entrywise": ("sum(exp(X))", "X: m×n", "X", [Diagonal]),
    "quadratic": ("x'*B*x", "B: m×m, x: m", "x", [Dense]),
    "squares": ("tr(X'*X)", "X: m×n", "X", [Scaled]),
    "regularised": ("norm(T - U*V')^2 + sum(exp(U))", "T: m×n, U: m×k, V: n×k", "U", [Kron, Diagonal]),
    "softmax": ("-sum(Y .* log(row_softmax(X*W)))", "X: m×n, W: n×k, Y: m×k", "W", [Product]),
}
SHAPES = {
    "T": (M, N),
    "U": (M, K),
    "V": (N, K),
    "X": (M, N),
    "W": (N, K),
    "Y": (M, K),
    "B": (M, M),
    "x": (M,),
}


@pytest.mark.parametrize("name", CASES)
def test_three_shapes_of_one_hessian(name: str) -> None:
    text, given, wrt, kinds = CASES[name]
    f = mg.parse(text, given)
    variables = list(symbols_of(f).values())
    arrays = {s.label: spd(M) if s.label == "A" else RNG.normal(size=SHAPES[s.label]) for s in variables}
    H = mg.hessian(f, wrt, verify=False)
    dense: Any = compile_matrix(H, more=variables)(**arrays)
    factors = compile_matrix(H, "factors", more=variables)(**arrays)
    operator: Any = compile_matrix(H, "operator", more=variables)(**arrays)
    assert isinstance(factors, Operator)
    assert {type(term) for term in factors.terms} == set(kinds)
    assert len(factors.terms) == len(kinds)
    assert np.allclose(factors.to_dense(), dense, rtol=1e-12)
    for v in (RNG.normal(size=dense.shape[1]), RNG.normal(size=(dense.shape[1], 2))):
        for product in (factors @ v, operator @ v):
            assert np.allclose(product, dense @ v, rtol=1e-10)
    w = RNG.normal(size=dense.shape[0])
    for product in (factors.rmatvec(w), operator.rmatvec(w)):
        assert np.allclose(product, dense.T @ w, rtol=1e-10)


def test_factors_are_never_formed() -> None:
    f = mg.parse("norm(T - U*V')^2", "T: m×n, U: m×k, V: n×k")
    V = RNG.normal(size=(50, 5))
    factors = compile_matrix(mg.hessian(f, "U"), "factors")(V=V, m=10**6)
    assert isinstance(factors, Operator)
    (term,) = factors.terms
    assert isinstance(term, Kron)
    left, right = term.factors
    assert isinstance(left, Dense)
    assert np.allclose(left.array, 2 * V.T @ V)
    assert isinstance(right, Identity)
    assert right.shape == (10**6, 10**6)


def test_operator_of_a_derivative_computes_what_is_fixed_once() -> None:
    X = mg.matrix("X", "n", "n")
    D = mg.derivative(mg.inv(X), X, verify=False)
    cotangent = Symbol.make("G", *D.function.shape)
    make = OperatorFunction(D.function, D.differential, D.pullback(cotangent), D.change, cotangent)
    a = spd(3)
    operator = make(X=a)
    jacobian = mg.evaluate(mg.jacobian(mg.inv(X), X), {"X": a})
    for _ in range(2):
        v = RNG.normal(size=9)
        assert np.allclose(operator @ v, jacobian @ v)
        assert np.allclose(operator.rmatvec(v), jacobian.T @ v)
    at_once = compiled_operator(
        D.function, D.differential, D.pullback(cotangent), D.change, cotangent, {"X": a}
    )
    assert np.allclose(at_once @ np.ones(9), jacobian @ np.ones(9))
    with pytest.raises(np.linalg.LinAlgError, match="X is singular"):
        make(X=np.zeros((3, 3)))


def test_unknown_structure_is_refused() -> None:
    with pytest.raises(mg.ArgumentError, match="'sparse' is not a structure"):
        compile_matrix(mg.matrix("A", "n", "n"), "sparse")


@pytest.mark.parametrize("structure", ["operator", "factors"])
def test_what_is_done_to_the_arrays_later_does_not_reach_an_operator(structure: str) -> None:
    X, B = mg.matrix("X", "m", "n"), mg.matrix("B", "n", "n", symmetric=True)
    f = mg.sum(mg.exp(X @ B @ X.T)) + mg.logdet(mg.eye("m") + X @ X.T)
    matrix = mg.hessian(f, X, verify=False)
    x, b = RNG.normal(size=(3, 2)), RNG.normal(size=(2, 2))
    b = b + b.T
    dense: Any = compile_matrix(matrix)(X=x, B=b)
    for kind in (float, object):
        given = {"X": x.astype(kind), "B": b.astype(kind)}
        made: Any = compile_matrix(matrix, structure)(**given)
        given["X"][...] = 5
        given["B"][...] = 7
        operator = made
        v = RNG.normal(size=6)
        for held in (operator, pickle.loads(pickle.dumps(operator))):
            assert np.allclose(held.matvec(v), dense @ v)
            assert np.allclose(held.rmatvec(v), dense.T @ v)
