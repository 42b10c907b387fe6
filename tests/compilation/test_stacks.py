"""Sums of what has no matrix form: compiled all at once, they are what they are term by term."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.language import interpret
from tests.ops.indices.test_sums import arrays, read

TEXTS = [
    "sum_k inv(Q_k)", "sum_k c_k inv(Q_k + S)", "sum_k tr(A_k V B_k')", "sum_k c_k norm(A_k V - B_k)^2",
    "sum_k exp(tr(A_k V B_k')/10)", "sum_k logdet(Q_k)^2", "sum_k w' inv(Q_k) w", "sum_k m_k' inv(Q_k) m_k",
    "sum_k m_k m_k' Q_k", "sum_k c_k Q_k m_k", "sum_k softmax(A_k m_k)", "sum_k logsumexp(A_k w)",
    "sum_k norm(A_k w)", "sum_k det(Q_k)", "sum_k tr(Q_k^2)", "sum_k tr(inv(Q_k) S)",
    "sum_i sum_k (x_i - m_k)' inv(Q_k) (x_i - m_k) y_i", "sum_k k c_k tr(Q_k)", "sum_k tr(Q_k) Q_k",
    "sum_k sum_i exp(-x_i'Q_k x_i/9)", "sum_k diag(m_k) Q_k", "sum_k tr(A_k diag(w) A_k')",
    "sum_k sum(A_k)^2", "sum_k sigmoid(m_k' Q_k m_k)", "sum_k sum(exp(A_k/3))", "sum_k norm(A_k m_k - A_k w)",
    "logdet(sum_k c_k Q_k)", "sum_i (i + t) p_i^i", "sum_k tr(Q_k Q_k')", "sum_k c_k tr(A_k A_k')",
    "sum_i log(sum_k c_k exp(-1/2 (x_i - m_k)' inv(Q_k) (x_i - m_k))/sqrt(det(Q_k)))",
]  # fmt: skip


def read_given(text: str, given: str) -> mg.Expr:
    return interpret(text, given).expr


def _derived(text: str) -> list[mg.Expr]:
    expr = read(text).expr
    return [expr, *(mg.gradient(expr, name) for name in symbols_of(expr) if expr.is_scalar)]


def _compared(exprs: list[mg.Expr], backend: str) -> None:
    for expr in exprs:
        compiled = mg.compile(expr, backend=backend, more=tuple(symbols_of(exprs[0]).values()))
        given: dict[str, Any] = arrays(symbols_of(exprs[0]))
        found = compiled(**given)
        expected = mg.evaluate(expr, given)
        np.testing.assert_allclose(np.ravel(np.asarray(found)), np.ravel(expected), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("text", TEXTS)
def test_all_at_once_and_term_by_term_it_is_the_same(text: str) -> None:
    _compared(_derived(text), "numpy")


@pytest.mark.parametrize("text", TEXTS[::4])
def test_dask_computes_stacks(text: str) -> None:
    _compared(_derived(text)[:1], "dask")


def test_code_does_not_grow_with_the_number_of_members() -> None:
    expr = read("sum_k c_k logdet(Q_k + S)").expr
    lines = []
    for count in (2, 300):
        compiled = mg.compile([expr, mg.gradient(expr, "Q")])
        compiled(c=np.ones(count), Q=np.stack([np.eye(3)] * count), S=np.eye(3))
        lines.append(len(compiled.source.splitlines()))
    assert lines[0] == lines[1]
    assert "for " not in compiled.source


WITH_CONDITIONS = [
    "sum_{k<l} logdet(Q_k + P_l)", "sum_{k≠l} tr(inv(Q_k + P_l))", "sum_{k>l} s_k det(Q_k - 2 P_l)",
    "sum_{k≤l} s_k tr(A_k X A_l')", "sum_{k,l} norm(B_kl A_l)", "sum_{k≥l} logdet(Q_k) norm(B_kl X)^2",
    "sum_{k≠l} norm(B_kl X) s_l",
]  # fmt: skip
OF_TWO = "A_k: n×n, Q_k: n×n SPD, P_l: n×n SPD, B_kl: n×n, s_k: scalar, k = 1..K, l = 1..K, X: n×n"


@pytest.mark.parametrize("text", WITH_CONDITIONS)
def test_what_a_condition_leaves_is_computed_at_once(text: str) -> None:
    expr = read_given(text, OF_TWO)
    names = symbols_of(expr)
    exprs = [expr, *(mg.gradient(expr, name) for name in names)]
    lines = []
    for count in (1, 2, 3, 6):
        rng = np.random.default_rng(count)
        data = {
            "A": rng.normal(size=(count, 3, 3)), "B": rng.normal(size=(count, count, 3, 3)),
            "s": rng.normal(size=count), "X": rng.normal(size=(3, 3)),
        }  # fmt: skip
        for name in "QP":
            root = rng.normal(size=(count, 3, 3))
            data[name] = root @ root.swapaxes(1, 2) + np.eye(3)
        given = {name: data[name] for name in names}
        compiled = mg.compile(exprs)
        for found, each in zip(compiled(**given), exprs, strict=True):
            np.testing.assert_allclose(
                np.ravel(found), np.ravel(mg.evaluate(each, given)), rtol=1e-8, atol=1e-10
            )
        value = mg.compile(expr)
        value(**given)
        lines.append(len(value.source.splitlines()))
    assert lines[3] <= 8 * lines[0] + 60


@pytest.mark.parametrize(
    "text", ["sum_k tr(expm(A_k))", "sum_k s_k lambda_max(Q_k)", "sum_k lambda_min(Q_k)^2"]
)
def test_spectra_and_exponentials_are_stacked(text: str) -> None:
    expr = read_given(text, OF_TWO)
    rng = np.random.default_rng(5)
    exprs = [expr, *(mg.gradient(expr, name) for name in symbols_of(expr))]
    compiled = mg.compile(exprs)
    for count in (2, 5):
        root = rng.normal(size=(count, 3, 3))
        data = {"A": root, "Q": root @ root.swapaxes(1, 2) + np.eye(3), "s": rng.normal(size=count)}
        given = {name: data[name] for name in symbols_of(expr)}
        for found, each in zip(compiled(**given), exprs, strict=True):
            np.testing.assert_allclose(np.ravel(found), np.ravel(mg.evaluate(each, given)), rtol=1e-9)
        assert len(compiled.source.splitlines()) < 40


def test_eigenvalues_of_a_family_that_coincide_have_no_derivative() -> None:
    slope = mg.compile(mg.gradient(read_given("sum_k s_k lambda_max(Q_k)", OF_TWO), "Q"))
    with pytest.raises(mg.MatgradError, match="a matrix of a family"):
        slope(Q=np.stack([np.diag([1.0, 2.0, 3.0]), np.eye(3)]), s=np.ones(2))


def test_what_makes_a_sum_narrow_is_multiplied_inside() -> None:
    rng = np.random.default_rng(1)
    h, v = rng.normal(size=(3, 4, 8)), rng.normal(size=(8, 2))
    expr = read_given("sum_k logdet(eye(m) + H_k V V' H_k')", "H_k: m×n, k = 1..K, V: n×p")
    compiled = mg.compile(mg.gradient(expr, "V"))
    found = compiled(H=h, V=v)
    expected = sum(2 * a.T @ np.linalg.solve(np.eye(4) + a @ v @ v.T @ a.T, a @ v) for a in h)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    assert "(3, 4, 2)" in compiled.source
    assert "(3, 8, 8)" not in compiled.source


def test_softmax_and_its_logarithm_share_their_exponentials() -> None:
    rng = np.random.default_rng(2)
    x, t, w = rng.normal(size=(7, 3)), rng.dirichlet(np.ones(4), 7), rng.normal(size=(4, 3))
    x[0] *= 1e3
    text = "sum_i (logsumexp(W x_i) - t_i' W x_i)"
    expr = read_given(text, "x_i: n, t_i: c, i = 1..N, W: c×n")
    compiled = mg.compile([expr, mg.gradient(expr, "W")])
    value, slope = compiled(x=x, t=t, W=w)
    z = x @ w.T
    top = z.max(1, keepdims=True)
    e = np.exp(z - top)
    expected = np.sum(np.log(e.sum(1)) + top[:, 0]) - np.sum(t * z)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(slope, (e / e.sum(1, keepdims=True) - t).T @ x, rtol=1e-10)
    assert compiled.source.count("np.exp(") == 1


def test_a_singular_member_is_refused_in_words() -> None:
    compiled = mg.compile("sum_k w' inv(G_k) w", given="G_k: n×n, k = 1..K, w: n")
    with pytest.raises(np.linalg.LinAlgError, match="of a family is singular"):
        compiled(G=np.zeros((2, 3, 3)), w=np.ones(3))


def test_a_product_of_a_member_with_itself_is_summed() -> None:
    expr = read_given("sum_k tr(B_k B_k)", "B_k: n×n, k = 1..K")
    members = np.random.default_rng(2).normal(size=(4, 3, 3))
    np.testing.assert_allclose(
        mg.compile(expr)(B=members), np.trace(members @ members, axis1=1, axis2=2).sum()
    )
