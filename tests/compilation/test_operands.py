"""Operands keep their brackets: every primitive computes the same however its operands are written."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard

import numpy as np
import pytest

from matgrad.compilation.backends.base import source, text
from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.base.signature import held_shape
from matgrad.compilation.backends.dask import function as dask
from matgrad.compilation.backends.jax.function import JaxSource
from matgrad.compilation.backends.julia import writer as julia
from matgrad.compilation.backends.matlab import writer as matlab
from matgrad.compilation.backends.matlab.writer import MatlabSource
from matgrad.compilation.backends.numpy import algebra, entrywise, products
from matgrad.compilation.backends.numpy.writer import Argument, Writer
from matgrad.compilation.backends.torch import function as torch
from matgrad.compilation.backends.torch.function import TorchSource
from matgrad.compilation.ir.primitive import PRIMITIVES, Value
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.plan.symbolic import SymbolicProgram
from matgrad.core.dims import Dim
from matgrad.core.expr import Symbol
from tests.compilation.operands import KINDS, USES, Use, Written
from tests.compilation.test_matlab import literal, needs_octave, octave
from tests.compilation.test_primitives import library_array
from tests.compilation.watched import run_watched, written_as_if_large

_WITHOUT_OPERANDS = {
    "input", "number", "constant", "zeros", "ones", "eye", "unit", "selection", "eigh", "svd", "item",
    "cholesky_factor", "lu_factor", "matrix_power_by",
    "adjugate", "det_hessian",
}  # fmt: skip
"""Leaves; and factorisations, whose operands those who read them bring along."""


def test_every_primitive_with_operands_is_used() -> None:
    assert {use.op for use in USES} == set(PRIMITIVES) - _WITHOUT_OPERANDS


def by_numpy(written: Written) -> Any:
    arguments = {name: Argument(_axes(array)) for name, array in written.arrays.items()}
    given = [array.reshape(held_shape(array.shape)) for array in written.arrays.values()]
    found = []
    code = Writer(written.program, arguments, [False], "float64").write()
    found.append(run_watched(code, given))
    with written_as_if_large():
        code = Writer(written.program, arguments, [False], "float64").write()
        found.append(run_watched(code, given))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-9, atol=1e-9, err_msg=code.text)
    return found[0]


@cache
def by_numpy_plain(use: Use) -> Any:
    return by_numpy(Written(use))


def _axes(array: Any) -> int:
    return len(held_shape(array.shape))


def by_library(writer: type[Any], written: Written) -> Any:
    lines = writer(written.program, "compute").text()
    given = (array.reshape(held_shape(array.shape)) for array in written.arrays.values())
    return np.asarray(load(lines, "compute")(*(library_array(writer, array) for array in given))[0])


# What JAX and PyTorch write differs in little.
WAYS: list[tuple[type[Any] | None, str]] = [(None, kind) for kind in KINDS] + [
    (TorchSource, kind) for kind in KINDS
]
WAYS += [(JaxSource, kind) for kind in ("sum", "negation", "transpose")]


@pytest.mark.parametrize("use", [use for use in USES if PRIMITIVES[use.op].allocates], ids=str)
def test_what_is_said_to_allocate_shares_no_memory(use: Use) -> None:
    written = Written(use)
    arguments = {name: Argument(_axes(array), "F") for name, array in written.arrays.items()}
    code = Writer(written.program, arguments, [False], "float64").write()
    given = [np.asfortranarray(a.reshape(held_shape(a.shape))) for a in written.arrays.values()]
    result = run_watched(code, given)
    assert not any(np.shares_memory(result, array) for array in given)


@pytest.mark.parametrize(("writer", "kind"), WAYS)
def test_operands_of_python_code(kind: str, writer: type[Any] | None) -> None:
    wrong = []
    for use in USES:
        written, expected = Written(use, kind), by_numpy_plain(use)
        if not written.arrays and writer is not None:
            continue  # Code without arguments has the library's own type.
        try:
            got = by_numpy(written) if writer is None else by_library(writer, written)
        except Exception as error:  # every use is to be listed, not the first
            wrong.append(f"{use}: {type(error).__name__}: {error}")
            continue
        if not np.allclose(np.ravel(got), np.ravel(expected), rtol=1e-8, atol=1e-8):
            wrong.append(f"{use}: {got} is not {expected}")
    assert not wrong, "\n".join(wrong)


def symbolic(written: Written) -> SymbolicProgram:
    """A program for some sizes as one whose sizes are numbers."""

    def params(value: Value) -> tuple[Any, ...]:
        if value.params and isinstance(value.params[0], Selection):
            return (value.params[0].kind, *map(Dim.of, value.params[0].sizes))
        return tuple(map(Dim.of, value.params)) if value.op is PRIMITIVES["part"] else value.params

    program = written.program
    return SymbolicProgram(
        program,
        {value: (Dim.of(value.rows), Dim.of(value.columns)) for value in program.values},
        {value: params(value) for value in program.values},
        {n: Symbol.make(n, Dim.of(v.rows), Dim.of(v.columns)) for n, v in program.inputs.items()},
        {},
    )


TEXTS = [use for use in USES if not PRIMITIVES[use.op].is_structured]


@needs_octave
def test_operands_of_matlab_text(tmp_path: Path) -> None:
    script, expected = ["warning('off', 'all');"], {}
    for number, (use, kind) in enumerate((use, kind) for use in TEXTS for kind in KINDS):
        written, name = Written(use, kind), f"case_{number}"
        expected[name] = (f"{use} by {kind}", by_numpy_plain(use))
        lines = MatlabSource(symbolic(written), ["r"], name).text()
        (tmp_path / f"{name}.m").write_text(lines, encoding="utf-8")
        arguments = ", ".join(literal(array) for array in written.arrays.values())
        script += [f"try r = {name}({arguments}); printf('{name}'); printf(' %.17g', r); printf('\\n');"]
        script += [f"catch problem, printf('{name} failed: %s\\n', problem.message); end"]
    wrong = []
    for line in octave(tmp_path, "\n".join(script) + "\n").splitlines():
        name, *rest = line.split(" ")
        what, right = expected.pop(name)
        numbers = [] if rest[0] == "failed:" else [float(x) for x in rest]
        if len(numbers) != np.size(right) or not np.allclose(numbers, np.ravel(right, order="F"), 1e-8, 1e-8):
            wrong.append(f"{what}: {line}")
    assert not wrong, "\n".join(wrong)
    assert not expected


WRITERS = [entrywise, products, algebra, source, torch, dask, text, julia, matlab]


@pytest.mark.parametrize("module", WRITERS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_no_operand_stands_beside_an_operator_without_saying_how_it_binds(module: ModuleType) -> None:
    """In every f-string an operand that says nothing stands alone between brackets and commas."""
    wrong = []
    for function in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(function, ast.FunctionDef):
            continue
        arguments = function.args.args
        operands = {a.arg for a in arguments if a.annotation and ast.unparse(a.annotation) == "Piece"}
        operands |= {node.targets[0].id for node in ast.walk(function) if _takes_an_operand(node)}
        for string in (node for node in ast.walk(function) if isinstance(node, ast.JoinedStr)):
            if any(_exposed(string, operands)):
                wrong.append(f"{function.name}: {ast.unparse(string)}")
    assert not wrong, "\n".join(wrong)


def _takes_an_operand(node: ast.AST) -> TypeGuard[Any]:
    """Whether a line gives a name to the text of an operand in which nothing binds."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    return _is_bare(node.value, set())


def _is_bare(node: ast.expr, operands: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in operands
    if isinstance(node, ast.Attribute):
        return node.attr in ("bare", "text") and _is_bare(node.value, operands)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "text":
        return len(node.args) == 1  # w.text(a), without a level
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "two_axes" and len(node.args) == 2


def _exposed(string: ast.JoinedStr, operands: set[str]) -> Iterator[bool]:
    """For every part of an f-string, whether it is a bare operand next to something that may bind it."""
    parts = string.values
    for place, part in enumerate(parts):
        before = parts[place - 1] if place else None
        after = parts[place + 1] if place + 1 < len(parts) else None
        left = str(before.value) if isinstance(before, ast.Constant) else ""
        right = str(after.value) if isinstance(after, ast.Constant) else ""
        # What a call ends with, such as a keyword, may be put together before; a line ends with its value.
        closed = right.startswith((")", "]", ", ", ";")) or isinstance(after, ast.FormattedValue)
        apart = left.endswith(("(", "[", ", ")) and closed
        assigned = left.endswith(" = ") and (not right or right.startswith("\n") or closed)
        bare = isinstance(part, ast.FormattedValue) and _is_bare(part.value, operands)
        yield bare and not apart and not assigned
