"""What it takes to add a primitive or a backend: one object and an entry a backend, one folder."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation import backends
from matgrad.compilation.backends import backend_named, backend_names, code_for, compile_for
from matgrad.compilation.backends.base.tree import Listed, Node, Number, call
from matgrad.compilation.ir import degrees
from matgrad.compilation.ir.cost import entries, passing
from matgrad.compilation.ir.primitive import PRIMITIVES, Primitive, Value
from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import Shape
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import OPERATIONS, Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap

# ---- a primitive: running sums, whose adjoint is the running sum from the end ----------------------------


class RunningSum(Expr):
    """x₁, x₁ + x₂, … of a vector, or from the end where ``data`` is ``(True,)``."""

    __slots__ = ()

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    def infer_facts(self) -> Fact:
        return Fact.NONE

    def linear_map(self, index: int) -> LinearMap:
        return Running(self.shape, self.data[0])

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        (x,) = values
        n = xp.shape(x)[0]
        lower = xp.tril(xp.ones(n, n))
        return xp.matmul(xp.transpose(lower) if self.data[0] else lower, x)

    def planned(self, plan: Planning, *values: Array) -> Array:
        (x,) = values
        return plan.primitive("runsum", [x], *plan.arrays.shape(x), self.data[0])


class Running(LinearMap):
    """The map to running sums: its adjoint is no dense matrix but the same from the other end."""

    def __init__(self, shape: Shape, backwards: bool) -> None:
        self.domain = self.codomain = shape
        self.backwards = backwards

    def apply(self, v: Expr) -> Expr:
        return RunningSum.intern((v,), (self.backwards,))

    def adjoint(self) -> LinearMap:
        return Running(self.domain, not self.backwards)


@pytest.fixture
def runsum(monkeypatch: pytest.MonkeyPatch) -> Iterator[Primitive]:
    for table in (backend_named(name).table for name in backend_names()):
        monkeypatch.setattr(table, "_written", dict(table._written))
        monkeypatch.setattr(table, "_refused", dict(table._refused))
    RunningSum.name = "runsum"
    OPERATIONS["runsum"] = RunningSum
    primitive = Primitive(
        name="runsum", meaning="the running sums of a column, from the end where params[0]",
        flops=entries, work=passing, degree=degrees.linear, allocates=True,
    )  # fmt: skip
    try:
        yield primitive
    finally:
        del PRIMITIVES["runsum"], OPERATIONS["runsum"]


def write_everywhere(primitive: Primitive) -> None:
    """One entry a backend."""
    tables = {name: backend_named(name).table for name in backend_names()}

    @tables["numpy"].writes(primitive)
    def _numpy(w: Any, v: Value) -> Node:
        def flipped(node: Node) -> Node:
            return w.np("flip", node) if v.params[0] else node

        return flipped(w.np("cumsum", flipped(w(v.args[0]))))

    @tables["jax"].writes(primitive)
    @tables["dask"].writes(primitive)
    def _array(w: Any, v: Value) -> Node:
        def flipped(node: Node) -> Node:
            return w.lib("flip", node) if v.params[0] else node

        return flipped(w.lib("cumsum", flipped(w.array(v.args[0])), axis=Number(0)))

    @tables["torch"].writes(primitive)
    def _torch(w: Any, v: Value) -> Node:
        def flipped(node: Node) -> Node:
            return w.lib("flip", node, Listed((Number(0),))) if v.params[0] else node

        return flipped(w.lib("cumsum", flipped(w.array(v.args[0])), Number(0)))

    @tables["julia"].writes(primitive)
    def _julia(w: Any, v: Value) -> Node:
        a = w(v.args[0])
        return call("reverse", call("cumsum", call("reverse", a))) if v.params[0] else call("cumsum", a)

    @tables["matlab"].writes(primitive)
    def _matlab(w: Any, v: Value) -> Node:
        a = w(v.args[0])
        return call("flipud", call("cumsum", call("flipud", a))) if v.params[0] else call("cumsum", a)


def test_a_new_primitive_is_asked_for_by_every_backend(runsum: Primitive) -> None:
    for name in backend_names():
        with pytest.raises(NotImplementedError, match="runsum"):
            backend_named(name).table.require_complete()
        with pytest.raises(ArgumentError, match="runsum is not written"):
            backend_named(name).table.of(runsum)
    write_everywhere(runsum)
    for name in backend_names():
        backend_named(name).table.require_complete()


def test_a_new_primitive_is_one_object_and_an_entry_a_backend(runsum: Primitive) -> None:
    write_everywhere(runsum)
    x, c = mg.vector("x", "n"), mg.vector("c", "n")
    f = c.T @ RunningSum.intern((mg.exp(x),), (False,))
    gradient = mg.gradient(f, x)
    a, b = np.array([0.5, -1.0, 2.0]), np.array([1.0, 3.0, -2.0])
    right = [b @ np.cumsum(np.exp(a)), np.exp(a) * np.cumsum(b[::-1])[::-1]]
    for name in ("numpy", "jax", "torch", "dask"):
        if find_spec(name) is None:
            continue
        fn = compile_for([f, gradient], name)
        for got, expected in zip(fn(x=a, c=b), right, strict=True):
            np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-5)
        assert "cumsum" in fn.source
        assert "tril" not in fn.source
    space: dict[str, Any] = {}
    exec(code_for([f, gradient], "numpy"), space)
    for got, expected in zip(space["compute"](b, a), right, strict=True):
        np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-12)
    for name, turned in (("julia", "reverse"), ("matlab", "flipud")):
        text = code_for([f, gradient], name)
        assert "runsum(exp" in text
        assert f"{turned}(cumsum({turned}(c)))" in text


def test_a_primitive_has_a_name_of_its_own() -> None:
    with pytest.raises(ValueError, match="two primitives matmul"):
        Primitive(name="matmul", meaning="", flops=entries)


# ---- a backend: a folder that lies beside the others -----------------------------------------------------

STUB = '''
"""NumPy by another name, as CuPy is."""

import numpy as cp

from matgrad.compilation.backends.base.library.backend import library
from matgrad.compilation.backends.base.library.complete import ARRAYS
from matgrad.compilation.backends.base.library.function import LibraryFunction
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.python import Import
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.ir.primitives import SOFTMAX

CUPY = Table("CuPy", ARRAYS)
CUPY.refuses(SOFTMAX, reason="the stub has no softmax")


class CupyWriter(ArrayWriter):
    table = CUPY
    library = Import("numpy", "", "cp")
    functions = Import("matgrad.compilation.backends.numpy", "matrix_functions", "more")


class CupyFunction(LibraryFunction):
    library = "CuPy"
    writer = CupyWriter

    def array(self, name, value):
        return cp.asarray(value, dtype=float)


BACKEND = library("cupy", CupyFunction)
'''


def test_a_new_backend_is_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cupy"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "backend.py").write_text(STUB)
    monkeypatch.setattr(backends, "__path__", [*backends.__path__, str(tmp_path)])
    assert "cupy" in backend_names()
    f = mg.parse("norm(A x - b)^2 + sum(exp(x)) + 1/3", "A: m×n, x: n, b: m")
    exprs = [f, mg.gradient(f, "x")]
    rng = np.random.default_rng(3)
    arrays = {"A": rng.normal(size=(4, 3)), "x": rng.normal(size=3), "b": rng.normal(size=4)}
    space: dict[str, Any] = {}
    exec(code_for(exprs, "cupy"), space)
    pasted = space["compute"](*(arrays[name] for name in ("A", "b", "x")))
    for results in (compile_for(exprs, "cupy")(**arrays), pasted):
        for got, expr in zip(results, exprs, strict=True):
            np.testing.assert_allclose(got, mg.evaluate(expr, arrays), rtol=1e-12)
    with pytest.raises(ArgumentError, match="the stub has no softmax"):
        compile_for(mg.parse("softmax(x)", "x: n"), "cupy")(x=np.ones(3))
    with pytest.raises(ArgumentError, match="there are numpy, cupy, dask"):
        compile_for(exprs, "nonsense")
