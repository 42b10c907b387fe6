"""One name, one variable: whatever gives values to names refuses two variables of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import ArgumentError, DeclarationError, NameClashError

N = mg.Dim.symbol("n")
S = mg.matrix("S", N, N, symmetric=True)
OTHER = mg.matrix("S", N, N)
x = mg.vector("x", N)
BOTH = x.T @ S @ x + x.T @ OTHER @ x
QUADRATIC = x.T @ S @ x
DATA = {"S": np.eye(2), "x": [1, 2]}

USES: dict[str, Callable[[], Any]] = {
    "evaluate": lambda: mg.evaluate(BOTH, DATA),
    "evaluate by a variable": lambda: mg.evaluate(QUADRATIC, {OTHER: np.eye(2), x: [1, 2]}),
    "compile": lambda: mg.compile(BOTH),
    "compile several": lambda: mg.compile([QUADRATIC, x.T @ OTHER @ x]),
    "compile with more": lambda: mg.compile(QUADRATIC, more=[OTHER]),
    "compile an operator": lambda: mg.compile(S @ x @ x.T @ OTHER, structure="operator"),
    "compile factors": lambda: mg.compile(S @ x @ x.T @ OTHER, structure="factors"),
    "julia": lambda: mg.compile(BOTH, backend="julia").source,
    "gradient": lambda: mg.gradient(BOTH, "x"),
    "gradient, not verified": lambda: mg.gradient(BOTH, x, verify=False),
    "gradient by the other": lambda: mg.gradient(QUADRATIC, OTHER, verify=False),
    "hessian": lambda: mg.hessian(BOTH, x),
    "jacobian": lambda: mg.jacobian(S @ x + OTHER @ x, x, verify=False),
    "differential": lambda: mg.differential(BOTH, x),
    "derivative": lambda: mg.derivative(BOTH, x, verify=False),
    "derive": lambda: mg.derive(BOTH, x),
    "explain": lambda: mg.explain(BOTH, x),
    "check": lambda: mg.check(BOTH, x, "2 S x"),
    "check an answer": lambda: mg.check(QUADRATIC, x, 2 * (OTHER @ x)),
    "equivalent": lambda: mg.equivalent(S @ x, OTHER @ x),
    "substitute": lambda: QUADRATIC.substitute({OTHER: S}),
    "minimize": lambda: mg.minimize(BOTH, "x", S=np.eye(2), x0=[1, 1]),
    "minimize by data": lambda: mg.minimize(QUADRATIC, "x", {OTHER: np.eye(2)}, x0=[1, 1]),
}


@pytest.mark.parametrize("use", USES)
def test_two_variables_of_one_name_are_refused_with_both_declarations(use: str) -> None:
    with pytest.raises(NameClashError) as refused:
        USES[use]()
    assert "S: n×n symmetric" in str(refused.value)
    assert "S: n×n and" in str(refused.value) or str(refused.value.message).endswith("S: n×n")
    assert "another name" in str(refused.value)


@pytest.mark.parametrize("backend", ["jax", "torch", "dask"])
def test_backends_refuse_them_too(backend: str) -> None:
    pytest.importorskip(backend)
    with pytest.raises(NameClashError):
        mg.compile(BOTH, backend=backend)


def test_a_name_with_one_declaration_may_come_from_two_places() -> None:
    again = mg.matrix("S", N, N, symmetric=True)
    assert mg.evaluate(QUADRATIC, {again: np.eye(2), "x": [1, 2]}) == 5
    assert str(BOTH) == "x' S x + x' S x"


n = mg.scalar("n")
MEAN = x.T @ x / n
BESIDE: dict[str, Callable[[], Any]] = {
    "declarations": lambda: mg.parse("x'x/n", "x: n, n: scalar"),
    "a mapping": lambda: mg.parse("x'x/n", {"x": "n", "n": "scalar"}),
    "shapes": lambda: mg.parse("x'x/n", {"x": ("n",), "n": ()}),
    "variables": lambda: mg.parse("x'x/n", [x, n]),
    "an integer variable": lambda: mg.parse("x'x/n", [x, mg.scalar("n", integer=True)]),
    "a definition": lambda: mg.parse("x'x/n where n = 3", "x: n"),
    "printed alike": lambda: mg.parse("x'x/n_1", "x: n1, n_1: scalar"),
    "a traced parameter": lambda: mg.gradient(lambda x, n: x @ x / n, "x", given="x: n"),
    "a declared parameter": lambda: mg.gradient(lambda x, n: x @ x / n, "x", given="x: n, n: scalar"),
    "gradient": lambda: mg.gradient(MEAN, x),
    "gradient, not verified": lambda: mg.gradient(MEAN, x, verify=False),
    "gradient of a number": lambda: mg.gradient(mg.parse("n*t", "n: dimension, t: scalar") * n, "t"),
    "evaluate": lambda: mg.evaluate(MEAN, {"x": [1, 2], "n": 2}),
    "compile": lambda: mg.compile(MEAN),
    "compile several": lambda: mg.compile([x.T @ x, 2 * n]),
    "equivalent": lambda: mg.equivalent(x.T @ x, n),
    "simplify": lambda: mg.simplify(MEAN),
    "latex": lambda: mg.latex(MEAN),
    "explain": lambda: mg.explain(MEAN, x),
    "check": lambda: mg.check(MEAN, x, "2 x/n"),
    "minimize": lambda: mg.minimize(MEAN, x, x0=[1, 2], n=2),
}


@pytest.mark.parametrize("use", BESIDE)
def test_a_variable_beside_a_dimension_of_its_name_is_refused(use: str) -> None:
    """x'x/n with x of length n and a scalar n would be divided by a second, independent n."""
    with pytest.raises(DeclarationError, match="is the name of a dimension") as refused:
        BESIDE[use]()
    assert refused.value.fix is not None
    assert "another name" in refused.value.fix
    if "scalar" in refused.value.message:
        assert ": dimension if the size is meant" in refused.value.fix


def test_names_with_lowered_digits_are_those_with_an_underscore() -> None:
    assert mg.parse("n₁*x", {"n₁": "scalar", "x": "n"}) is mg.parse("n_1*x", "n_1: scalar, x: n")
    assert mg.parse("sum(A₁)", {"A₁": ("m", "n")}) is mg.parse("sum(A_1)", "A_1: m×n")


def test_dimensions_that_are_printed_alike_are_refused() -> None:
    with pytest.raises(DeclarationError, match="n1 and n_1 are one name"):
        mg.parse("sum(x) + sum(y)", "x: n1, y: n_1")


def test_names_of_changes_are_no_dimensions() -> None:
    """The differential of x'x with x of length dx is not in a symbol dx."""
    found = mg.differential("x'x", "x", given="x: dx")
    assert str(found) == "2 x' ddx"
    assert mg.evaluate(found, {"x": [1.0, 2], "ddx": [3.0, 4]}) == 22


@pytest.mark.parametrize(
    "name", ["change 0", "d#", "the inner part", "?1.A.rows", "a.b", "x y", "∂x", "x#1", "1x", "", " ", "'x"]
)
def test_names_of_ours_are_no_names_of_users(name: str) -> None:
    for make in (mg.scalar, mg.Dim.symbol, lambda name: mg.Symbol.make(name, N, N)):
        with pytest.raises(ArgumentError, match="is not a name") as refused:
            make(name)
        assert refused.value.fix is not None


@pytest.mark.parametrize("name", ["x", "x_1", "θ", "αβ", "x̂", "Ω_max", "x′"])
def test_letters_of_every_script_are_names(name: str) -> None:
    assert mg.Symbol.make(name, N, N).label == name


@pytest.mark.parametrize("size", ["-n", "-2n", "-n - 1", "-3"])
def test_sizes_that_are_never_positive_are_refused(size: str) -> None:
    with pytest.raises(ArgumentError, match="not a name for a dimension"):
        mg.matrix("X", size, "n")
