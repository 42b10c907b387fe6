"""Operands keep their brackets: every primitive computes the same however its operands are written."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matgrad.compilation import backends
from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.base.signature import held_shape
from matgrad.compilation.backends.jax.writer import JaxWriter
from matgrad.compilation.backends.matlab.entries import MatlabWriter
from matgrad.compilation.backends.numpy.source import numpy_source
from matgrad.compilation.backends.numpy.writer import Argument
from matgrad.compilation.backends.torch.writer import TorchWriter
from matgrad.compilation.ir.primitive import PRIMITIVES
from matgrad.core.dims import Dim
from matgrad.core.expr import Symbol
from tests.compilation.operands import KINDS, USES, Use, Written
from tests.compilation.test_matlab import literal, needs_octave, octave
from tests.compilation.test_primitives import library_array
from tests.compilation.watched import run_watched, written_as_if_large

_WITHOUT_OPERANDS = {
    "input", "number", "size", "constant", "zeros", "ones", "eye", "unit", "selection", "eigh", "svd", "item",
    "cholesky_factor", "lu_factor", "low_rank_factor", "matrix_power_by", "expm_steps", "sylvester_factors",
    "adjugate", "det_hessian", "member", "placed_at", "unit_at", "call", "call_each",
    "loop", "given", "given_factor", "equation_factors", "solve_equation", "riccati", "permuted",
    "filled_in", "places", "sampled_product", "function_in_places", "squares_of_difference",
    "pattern_product", "pattern_factor", "solve_pattern", "inverse_pattern", "log_det_pattern", "det_pattern",
}  # fmt: skip
"""Leaves, what stands for an index, functions that are handed over (test_supplied.py), loops (test_loops.py),
matrix equations (test_host_equations.py, tests/equations), permutations (test_permutations.py), what only
sparse arrays have (test_sparse.py), patterns along diagonals (test_diagonal_patterns.py), and
factorisations, whose operands those who read them bring along."""


def test_every_primitive_with_operands_is_used() -> None:
    assert {use.op for use in USES} == set(PRIMITIVES) - _WITHOUT_OPERANDS


def by_numpy(written: Written) -> Any:
    arguments = {name: Argument(_axes(array)) for name, array in written.arrays.items()}
    given = [array.reshape(held_shape(array.shape)) for array in written.arrays.values()]
    found = []
    code = numpy_source(written.program, arguments, [False])
    found.append(run_watched(code, given))
    with written_as_if_large():
        code = numpy_source(written.program, arguments, [False])
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
    (TorchWriter, kind) for kind in KINDS
]
WAYS += [(JaxWriter, kind) for kind in ("sum", "negation", "transpose")]


@pytest.mark.parametrize("use", [use for use in USES if PRIMITIVES[use.op].allocates], ids=str)
def test_what_is_said_to_allocate_shares_no_memory(use: Use) -> None:
    written = Written(use)
    arguments = {name: Argument(_axes(array), "F") for name, array in written.arrays.items()}
    code = numpy_source(written.program, arguments, [False])
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


def symbols(written: Written) -> dict[str, Symbol]:
    """The arguments of a program, with numbers for sizes."""
    inputs = written.program.inputs.items()
    return {n: Symbol.make(n, Dim.of(v.rows), Dim.of(v.columns)) for n, v in inputs}


TEXTS = [use for use in USES if not PRIMITIVES[use.op].is_structured]


@needs_octave
def test_operands_of_matlab_text(tmp_path: Path) -> None:
    script, expected = ["warning('off', 'all');"], {}
    for number, (use, kind) in enumerate((use, kind) for use in TEXTS for kind in KINDS):
        written, name = Written(use, kind), f"case_{number}"
        expected[name] = (f"{use} by {kind}", by_numpy_plain(use))
        lines = MatlabWriter(written.program, symbols(written), ["r"], name).text()
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


SOURCES = Path(backends.__path__[0])


def _is_printer(path: Path) -> bool:
    return path.name in ("printer.py", "names.py", "loading.py") or path.name.endswith("functions.py")


@pytest.mark.parametrize(
    "path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES))
)
def test_no_entry_makes_text_or_reads_any(path: Path) -> None:
    """Brackets are decided where trees are printed: no entry of a table joins or looks into text."""
    tree = ast.parse(path.read_text())
    entries = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and {"Node", "Steps"} & set(re.findall(r"\w+", ast.unparse(node.returns)))
    ]
    looking = {"endswith", "startswith", "removesuffix", "removeprefix", "replace", "isidentifier", "split"}
    wrong = []
    for entry in entries:
        for node in ast.walk(entry):
            if isinstance(node, ast.JoinedStr) and not _is_name_of_function(node):
                wrong.append(ast.unparse(node))
            if isinstance(node, ast.Attribute) and node.attr in looking:
                wrong.append(ast.unparse(node))
    assert not wrong, "\n".join(wrong)


def _is_name_of_function(string: ast.JoinedStr) -> bool:
    """Whether a string is the name of something, such as ``softmax_along``."""
    return all(
        not isinstance(part, ast.Constant) or str(part.value).replace("_", "").isalnum()
        for part in string.values
    )
