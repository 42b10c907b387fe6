"""One name, one variable: whatever gives values to names refuses two variables of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import NameClashError

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
