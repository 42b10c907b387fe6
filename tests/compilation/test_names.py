"""The names of generated code, and what is refused as a name."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import code_for, compile_for
from matgrad.compilation.backends.base.names import Names, as_named, remark
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Symbol

HOSTILE = (
    *("x\nimport os", "x\r\nend", "x; import os", "x'); f('", 'x"', "x\\", "x%", "x{", "x$", "x\u2028y"),
    *("x\x1b[2J", "", " ", " x", "x ", "x\ty", "x(y)", "x[1]", "#{x}\n", "x\x00", "x\u202ey", "x\ufeff"),
    "f(x):\n    import os",
)
PARTS = ("x(y)", "x[1]")
"""Such are stand-ins for parts of variables called; no user makes one, and code has other names for them."""


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_variable_is_an_identifier_in_code(name: str) -> None:
    part = Symbol.stand_in(name, mg.Dim.of("n"), mg.Dim.of("n"))
    assert "def compute(x_" in ast.unparse(ast.parse(mg.compile(mg.trace(part)).source))
    assert "function compute(x_" in mg.compile(mg.trace(part), backend="julia").source
    assert "= compute(x_" in mg.compile(mg.trace(part), backend="matlab").source


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_name_is_refused_where_it_is_made(name: str) -> None:
    n = mg.Dim.of("n")

    def inner() -> Symbol:
        return Symbol.intern((), (name, n, n, mg.vector("x", "n").facts, False))

    makes: list[Callable[[], object]] = [
        *([] if name in PARTS else [inner]),
        lambda: Symbol.make(name, n, n),
        lambda: mg.matrix(name, n, n),
        lambda: mg.matrix("X", name, n),
        lambda: mg.Dim.symbol(name),
    ]
    for make in makes:
        with pytest.raises(ArgumentError, match="not a name"):
            make()


@pytest.mark.parametrize("name", [*HOSTILE, "for", "1f", None, 3])
def test_the_name_of_a_function_is_a_name(name: Any) -> None:
    x = mg.vector("x", "n")
    for backend in ("numpy", "jax", "torch", "julia", "matlab"):
        if backend in ("jax", "torch") and find_spec(backend) is None:
            continue
        with pytest.raises(ArgumentError, match=r"not a name|no name"):
            code_for([x], backend, name=name)


@pytest.mark.parametrize(("backend", "name"), [("numpy", "np"), ("julia", "exp"), ("matlab", "size")])
def test_a_function_does_not_hide_what_its_code_needs(backend: str, name: str) -> None:
    with pytest.raises(ArgumentError, match="a word that the code needs"):
        code_for([mg.vector("x", "n")], backend, name=name)


def test_a_comment_is_one_line() -> None:
    assert remark("a\nb\u2028c\x1b") == "a�b�c�"
    assert remark("2 Aᵀ (A x − b)") == "2 Aᵀ (A x − b)"


def test_names_of_stand_ins_and_pickled_symbols_are_names() -> None:
    n = mg.Dim.of("n")
    for name in ("the inner part", "d#", "∂X", "x'", "θ_1", "θ₁", "變量", "x̂"):
        symbol = Symbol.stand_in(name, n, n)
        assert pickle.loads(pickle.dumps(symbol)) is symbol


def test_names_are_told_apart() -> None:
    names = Names({"np"}, longest=6)
    found = [
        names.claim(n)
        for n in ("np", "µ", "μ", "abcdefgh", "abcdefgi", "abcdefgh", "x'", "x_", "1a", "ſ", "s")
    ]
    assert len(set(found)) == len(found)
    assert found[:3] == ["np_", "μ", "μ_"]
    assert all(len(name) <= 6 for name in found)
    assert names.fresh("t") != names.fresh("t")


def test_keywords_that_python_folds_reach_their_variable() -> None:
    assert as_named({"φ": 1}, ["ϕ", "x"]) == {"ϕ": 1}
    assert as_named({"φ": 1, "ϕ": 2}, ["ϕ", "φ"]) == {"φ": 1, "ϕ": 2}
    assert as_named({"y": 1}, ["ϕ"]) == {"y": 1}


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch", "dask"])
def test_any_word_is_an_argument(backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    x, y, t = mg.vector("self", "n"), mg.vector("ℓ", "n"), mg.scalar("expit")
    f = compile_for([mg.sum(mg.sigmoid(x * y)) + t], backend)
    a, b = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    right = float((1 / (1 + np.exp(-a * b))).sum()) + 2
    np.testing.assert_allclose(np.asarray(f(self=a, ℓ=b, expit=2.0)[0]), right, rtol=1e-5)


ROWS = [
    ("logsumexp(z)", "z: 1×m", lambda z: np.log(np.exp(z).sum())),
    ("sum(z + z)", "z: 1×m", lambda z: 2 * z.sum()),
    ("2*z + 1", "z: 1×m", lambda z: 2 * z[None] + 1),
    ("std(x)", "x: n", np.std),
    ("x*x'", "x: n", lambda x: np.outer(x, x)),
]


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
@pytest.mark.parametrize(("text", "given", "right"), ROWS)
def test_pasted_text_takes_rows_and_columns_in_every_form(
    backend: str, text: str, given: str, right: Any
) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    space: dict[str, Any] = {}
    exec(code_for([mg.parse(text, given)], backend, name="f"), space)
    flat = np.array([0.5, -1.0, 2.0])
    if backend == "torch":
        import torch

        make: Any = torch.tensor
    else:
        make = np.array
    for form in (flat, flat[:, None], flat[None, :]):
        result = space["f"](make(form))
        result = result[0] if isinstance(result, tuple) else result
        value = np.asarray(right(flat))
        assert np.shape(result) == value.shape
        np.testing.assert_allclose(np.asarray(result), value, rtol=1e-5)


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_numbers_come_in_every_form(backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    space: dict[str, Any] = {}
    text = code_for([mg.parse("sqrt(t)*sum(x)/n + 1/3", "t: scalar, x: n")], backend, name="f")
    exec(text, space)
    if backend == "torch":
        import torch

        make: Any = torch.tensor
    else:
        make = np.array
    for t in (2, 2.0, make(2.0), make([2.0]), make([[2.0]])):
        # Whole numbers are no reason to round constants.
        for x in (make([1.0, 2.0]), make([1, 2])):
            result = space["f"](t, x)
            value = result[0] if isinstance(result, tuple) else result
            assert np.shape(value) == ()
            np.testing.assert_allclose(float(value), np.sqrt(2) * 1.5 + 1 / 3, rtol=1e-5)
