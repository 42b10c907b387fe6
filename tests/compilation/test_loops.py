"""Sums and products over indices in text for Julia and MATLAB: loops, right for every size."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import compile_for
from matgrad.core.expr import Expr, symbols_of
from matgrad.core.facts import Fact
from matgrad.language import interpret
from matgrad.ops.indices.members import Family
from tests.compilation.golden import Point
from tests.compilation.julia.execution import require_agreement
from tests.compilation.test_matlab import calls, needs_octave, octave
from tests.compilation.test_stacks import OF_TWO, TEXTS, WITH_CONDITIONS
from tests.ops.indices.test_sums import GIVEN

MORE = (
    "A_k: m×n, C_k: n×n SPD, D_k: n×n, x_k: n, s_k: scalar, c_kl: scalar, v_kl: n, M_kl: n×n, k = 1..K, "
    "l = 1..K, X: n×p, Y: n×n SPD, w: n, B: n×n"
)
OF_MORE = [
    "prod_k (x_k' w)", "sum_k s_k prod_{l≠k} (x_l' w)", "sum_k norm(A_k X)", "sum_k tr(D_k^3 B)",
    "sum_k tr(B inv(C_k + Y))", "sum_k det(C_k + Y)", "sum_k tr(sqrtm(C_k + Y))", "sum_k sum(chol(C_k + Y))",
    "sum_k sum(cumsum(A_k w).^2)", "sum_k prod(A_k w)", "sum_k max(A_k w)", "mean_k logdet(C_k + Y)",
    "sum_k norm([A_k X; X])", "sum_{k,l} s_k c_kl norm(M_kl w)", "sum_k sum_l tr(M_kl Y M_kl')^2",
    "sum_{k,l} exp(v_kl' w) s_l", "sum_{k,l} exp(-norm(x_k - x_l)^2)", "sum_{k<l} log(1 + (x_k' x_l)^2)",
    "sum_{k=2}^K norm(D_k - D_{k-1})", "sum_{k=1}^{K-1} logdet(C_k + C_{k+1})",
    "sum_k log(sum_{l<k} exp(s_l) + 1)", "sum_k k^2 norm(A_k w)", "logdet(sum_k s_k^2 C_k)",
    "sum_k logsumexp(A_k w)", "sum_k softmax(A_k w)' A_k w",
    "sum_k tr(D_k X X' D_k')^2", "norm(sum_k D_k x_k)", "sum_k (x_k' inv(Y) x_k)^2 det(C_k)",
]  # fmt: skip

CASES = (
    [(text, GIVEN) for text in TEXTS[::3]]
    + [(text, OF_TWO) for text in WITH_CONDITIONS]
    + [(text, MORE) for text in OF_MORE]
)


def _expr(text: str, given: str) -> Expr:
    return interpret(text, given).expr


def _drawn(symbols: Any, sizes: dict[str, int]) -> dict[str, Any]:
    """Arrays as they are handed over: those of families with their indices first."""
    rng = np.random.default_rng(3)
    found = {}
    for name, symbol in symbols.items():
        is_family = isinstance(symbol, Family)
        axes = symbol.array_shape if is_family else symbol.shape
        array = rng.normal(size=[axis.value(sizes) for axis in axes])
        facts = symbol.member_facts if is_family else symbol.facts
        if facts & Fact.POSITIVE_DEFINITE:
            array = array @ array.swapaxes(-1, -2) + np.eye(array.shape[-1])
        elif facts & Fact.SYMMETRIC:
            array = array + array.swapaxes(-1, -2)
        found[name] = np.abs(array) if facts & (Fact.POSITIVE | Fact.NONNEGATIVE) else array
    return found


@cache
def points_of(text: str, given: str) -> list[Point]:
    """A sum and its gradients at points of different sizes."""
    expr = _expr(text, given)
    symbols = symbols_of(expr)
    exprs = [expr]
    if expr.is_scalar:
        exprs += [mg.gradient(expr, name) for name in symbols]
    found = []
    for count in (3, 1):
        sizes = {"K": count, "L": count + 1, "N": count + 2, "n": 3, "m": 2, "p": 4, "D": 3, "M": 2}
        arrays = _drawn(symbols, sizes)
        more = {name: size for name, size in sizes.items() if _is_free(name, symbols)}
        try:
            values = tuple(mg.evaluate(e, {**arrays, **more}) for e in exprs)
        except mg.MatgradError:
            continue
        found.append(Point(text, tuple(exprs), {**sizes, **arrays}, values))
    assert found
    return found


def _is_free(name: str, symbols: Any) -> bool:
    shown = {size for symbol in symbols.values() for dim in symbol.shape for size in dim.symbols}
    return name not in shown and name not in symbols


@pytest.mark.parametrize(("text", "given"), CASES)
def test_julia(text: str, given: str) -> None:
    for point in points_of(text, given):
        require_agreement(point.exprs, point.arrays, point.values)


@needs_octave
def test_matlab(tmp_path: Any) -> None:
    script, waiting = ["warning('off', 'all');"], {}
    for number, (text, given) in enumerate(CASES):
        points = points_of(text, given)
        name = f"case_{number}"
        results = [f"r{k}" for k in range(len(points[0].exprs))]
        source = compile_for(points[0].exprs, "matlab", name=name, results=results).source
        (tmp_path / f"{name}.m").write_text(source, encoding="utf-8")
        for point in points:
            script += calls(name, source, point)
        waiting[name] = [(point, value) for point in points for value in point.values]
    wrong = []
    for line in octave(tmp_path, "\n".join(script) + "\n").splitlines():
        name, *rest = line.split(" ")
        point, expected = waiting[name].pop(0)
        if rest[0] == "failed:":
            wrong.append(f"{point.id}: {line}")
            waiting[name].clear()
            continue
        found = np.array([float(x) for x in rest[2:]])
        right = np.ravel(np.reshape(expected, (int(rest[0]), int(rest[1]))), order="F")
        if not np.allclose(found, right, rtol=1e-8, atol=1e-8):
            wrong.append(f"{point.id}: {found} is not {right}")
    assert not wrong, "\n".join(wrong)
    assert not any(waiting.values())


def test_a_sum_of_matrices_is_a_loop() -> None:
    expr = _expr("sum_k logdet(C_k + Y)", MORE)
    source = compile_for([mg.gradient(expr, "Y")], "julia", name="slope", results=["G"]).source
    assert (
        source
        == """\
using LinearAlgebra

function slope(C, Y)
    K = size(C, 1)
    n = size(C, 2)
    # K × n × n, the members of the family below one another
    C = reshape(permutedims(C, (2, 1, 3)), :, size(C, 3))
    G = zeros(n, n)  # Σ(…)
    for i in 1:K
        F1 = cholesky(Symmetric(Y + C[i * n - n + 1:i * n, :]))
        G += inv(F1)
    end
    return G
end
"""
    )
