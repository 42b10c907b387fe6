"""Text for arrays of any size: at several sets of sizes it computes what compiled functions compute there."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.compilation.backends import code_for, compile_for
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.ops.named_functions import only_named
from matgrad.verify.sampling import samples
from tests.compilation.julia.execution import require_agreement
from tests.golden.loader import Case, cases

BACKENDS = tuple(
    name for name in ("numpy", "jax", "torch", "julia") if name in ("numpy", "julia") or find_spec(name)
)

_LARGE = 1e10
"""Larger values come of matrices that are singular but for rounding."""

_SETS = 2
"""How many sets of sizes each text is tried at."""


@lru_cache
def golden() -> tuple[Case, ...]:
    """The golden cases that are matrices."""
    return tuple(case for case in cases() if case.form != "components")


def exprs_of(case: Case) -> list[Expr]:
    """The function of a case and its derivative."""
    read = mg.interpret(case.expression, case.given or None)
    found = mg.derive(
        read.expr, read.symbols[case.wrt], order=case.order, form=case.form, layout=case.layout,
        convention=case.convention, verify=False,
    )  # fmt: skip
    assert isinstance(found.expr, Expr)
    return [read.expr, found.expr]


def arrays_at(exprs: list[Expr]) -> list[dict[str, Any]]:
    """Arrays for the variables of expressions at several sets of sizes: vectors with one axis."""
    symbols, found = symbols_of(exprs), []
    for _, values in samples(exprs, attempts=_SETS, digits=16):
        arrays = {}
        for name, symbol in symbols.items():
            array = np.array(values[name], dtype=float)
            array = array.reshape(len(values[name]), -1)
            if symbol.is_scalar:
                arrays[name] = array[0, 0]
            else:
                arrays[name] = array[:, 0] if symbol.is_vector else array
        found.append(arrays)
    return found


def _in_library(backend: str, array: Any) -> Any:
    if backend == "torch":
        import torch

        return torch.tensor(array)
    return array


def agreement(case: Case, backend: str) -> int:
    """Compare text with a compiled function; at how many sets of sizes they were compared.

    Raises
    ------
    AssertionError
        Where they differ.
    """
    exprs = exprs_of(case)
    if any(only_named(postorder(exprs))):  # which somebody must hand over
        return 0
    try:
        text = code_for(exprs, backend, name="both")
    except ArgumentError:
        return 0  # The code depends on the sizes, or no argument shows one.
    compiled = compile_for(exprs, "numpy" if backend == "julia" else backend, check=False)
    compared = 0
    for arrays in arrays_at(exprs):
        given = {name: _in_library(backend, array) for name, array in arrays.items()}
        try:
            expected = [np.asarray(value) for value in compiled(**given)]
        except (MatgradError, np.linalg.LinAlgError, RuntimeError):
            continue
        if not all(np.isfinite(v).all() and np.abs(v).max(initial=0) < _LARGE for v in expected):
            continue
        compared += 1
        if backend == "julia":
            require_agreement(exprs, arrays, expected)
            continue
        space: dict[str, Any] = {}
        exec(compile(text, "<pasted>", "exec"), space)
        for got, value in zip(space["both"](*given.values()), expected, strict=True):
            scale = max(1.0, float(np.abs(value).max(initial=0)))
            np.testing.assert_allclose(
                np.ravel(np.asarray(got)), np.ravel(value), rtol=1e-7, atol=1e-9 * scale, err_msg=case.id
            )
    return compared


def _doubles(backend: str) -> AbstractContextManager[Any]:
    """JAX in double precision."""
    if backend != "jax":
        return nullcontext()
    import jax

    context: AbstractContextManager[Any] = jax.enable_x64(True)
    return context


def text_computes_what_compiled_functions_compute(seed: int) -> None:
    """Each seed is a golden case and a backend."""
    case = golden()[seed % len(golden())]
    backend = BACKENDS[seed // len(golden()) % len(BACKENDS)]
    # NumPy warns of logarithms of negative numbers, in both.
    with _doubles(backend), np.errstate(all="ignore"):
        agreement(case, backend)


PROPERTIES = (text_computes_what_compiled_functions_compute,)
EXAMPLES = 12
