"""Python text for arrays of any size: it runs, and computes what evaluation computes, at other sizes too."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import code_for
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, symbols_of
from matgrad.verify.sampling import samples
from tests.golden.loader import Case, cases

RNG = np.random.default_rng(4)
CASES = [case for case in cases() if case.form != "components"][::4]


def run(text: str, name: str, arrays: dict[str, Any]) -> Any:
    space: dict[str, Any] = {}
    exec(compile(text, "<pasted>", "exec"), space)
    return space[name](*arrays.values())


def drawn(exprs: list[Expr]) -> list[dict[str, Any]]:
    """Arrays for the variables of expressions at two sets of sizes."""
    found = []
    for _, values in samples(exprs, attempts=2, digits=16):
        symbols = symbols_of(exprs)
        arrays = {
            name: np.array(value, dtype=float).reshape([len(value), len(value[0])])
            for name, value in values.items()
        }
        for name, symbol in symbols.items():
            if symbol.is_scalar:
                arrays[name] = arrays[name][0, 0]
            elif symbol.is_vector:
                arrays[name] = arrays[name][:, 0]
        found.append({name: arrays[name] for name in symbols})
    return found


def written(exprs: list[Expr]) -> str | None:
    try:
        return code_for(exprs, "numpy", name="both")
    except ArgumentError:
        return None


def test_few_golden_cases_have_no_text() -> None:
    refused = sum(written([mg.interpret(case.expression, case.given).expr]) is None for case in CASES[::3])
    assert refused <= len(CASES[::3]) // 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_golden_cases(case: Case) -> None:
    read = mg.interpret(case.expression, case.given)
    found = mg.derive(
        read.expr, read.symbols[case.wrt], order=case.order, form=case.form, layout=case.layout,
        convention=case.convention, verify=False,
    )  # fmt: skip
    exprs: list[Any] = [read.expr, found.expr]
    text = written(exprs)
    if text is None:
        pytest.skip("its code depends on the sizes, or it holds a function that is only a name")
    for arrays in drawn(exprs):
        try:
            expected = [mg.evaluate(expr, {k: arrays[k] for k in symbols_of(expr)}) for expr in exprs]
        except MatgradError:
            continue
        for value, right in zip(run(text, "both", arrays), expected, strict=True):
            np.testing.assert_allclose(np.ravel(value), np.ravel(right), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_libraries(backend: str) -> None:
    library = pytest.importorskip({"jax": "jax.numpy", "torch": "torch"}[backend])
    f = mg.parse("sum((A X).^2 .* exp(-X))/n + logdet(eye(n) + X' X)", "A: m×m, X: m×n")
    text = code_for([f, mg.gradient(f, "X")], backend, name="both")
    rng = np.random.default_rng(1)
    for m, n in ((3, 3), (4, 2)):
        arrays = {"A": rng.normal(size=(m, m)), "X": rng.normal(size=(m, n))}
        value, gradient = run(text, "both", {name: library.asarray(a) for name, a in arrays.items()})
        np.testing.assert_allclose(float(value), mg.evaluate(f, arrays), rtol=1e-5)
        np.testing.assert_allclose(
            np.asarray(gradient), mg.evaluate(mg.gradient(f, "X"), arrays), rtol=1e-4, atol=1e-5
        )


def test_dimensions_are_taken_from_the_arguments() -> None:
    text = code_for([mg.parse("kron(A, B) + ones(m p, n q)", "A: m×n, B: p×q")], "numpy", name="f")
    a, b = np.arange(6.0).reshape(2, 3), np.ones((4, 1))
    np.testing.assert_array_equal(run(text, "f", {"A": a, "B": b}), np.kron(a, b) + 1)
    assert "m = A.shape[0]" in text


def test_a_size_that_is_a_number_is_no_argument() -> None:
    text = code_for([mg.parse("mean(x)", "x: n")], "numpy", name="f")
    assert "def f(x):" in text
    assert run(text, "f", {"x": np.array([1.0, 2.0, 6.0])}) == 3


@pytest.mark.parametrize("text", ["expm(A)", "expm(t*A)", "logm(A)", "A^5"])
def test_code_that_grows_with_the_sizes_is_refused_at_once(text: str) -> None:
    f = mg.parse(text, "A: n×n, t: scalar")
    jacobian = mg.jacobian(f, "A", verify=False)
    start = time.process_time()
    with pytest.raises(ArgumentError, match="depends on the sizes"):
        code_for([f, jacobian], "numpy")
    assert time.process_time() - start < 5


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_a_size_that_no_argument_shows_is_refused(backend: str) -> None:
    with pytest.raises(ArgumentError, match="no argument has q rows or columns"):
        code_for([mg.trace(mg.eye("q")) / 4], backend)


def test_tables_are_made_for_the_sizes_that_come() -> None:
    X = mg.matrix("X", "n", "n")
    exprs = [mg.duplication("n") @ mg.vech(X), mg.parse("[1, 2; 3, 4] B", "B: 2×n")]
    text = code_for(exprs, "numpy")
    for n in (1, 2, 4):
        x, b = RNG.normal(size=(n, n)), RNG.normal(size=(2, n))
        copied, product = run(text, "compute", {"B": b, "X": x})
        low = np.tril(x)
        assert np.array_equal(np.ravel(copied), (low + np.tril(x, -1).T).ravel(order="F"))
        assert np.array_equal(product, np.array([[1, 2], [3, 4]]) @ b)
