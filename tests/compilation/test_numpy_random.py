"""Random expressions over all operations, compiled with a derivative, agree with evaluation."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy.function import compile_expressions
from matgrad.core.expr import postorder
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.ops.undefined import Undefined
from matgrad.verify.sampling import samples
from tests.compilation.golden import agrees
from tests.properties.expressions import SLOW
from tests.properties.rooms.expressions import a_variable, drawn

BLOCK = 30
FUNCTIONS_OF_MATRICES = SLOW | {"pinv", "cholesky", "singular_values", "adjugate", "cofactor", "logdet"}
"""Their values at random data may be too ill-conditioned to compare two ways of computing them."""


@pytest.mark.parametrize("start", range(0, 240, BLOCK))
def test_random_expressions(start: int) -> None:
    wrong, compared = [], 0
    for seed in range(start, start + BLOCK):
        expr = drawn(seed, scalar=seed % 2 == 0)
        exprs = [expr]
        variable = a_variable(expr, seed)
        if variable is not None and expr.is_scalar:
            with suppress(mg.NotDifferentiableError):
                exprs.append(mg.gradient(expr, variable, verify=False))
        nodes = postorder(exprs)
        if any(isinstance(n, Undefined) or n.name in FUNCTIONS_OF_MATRICES for n in nodes):
            continue
        for sizes, values in samples(exprs, seed=1, attempts=4, digits=16):
            arrays = {name: np.array(value, dtype=float) for name, value in values.items()}
            try:
                expected = evaluate_nodes(exprs, arrays, NumpyArrays(sizes))
            except mg.MatgradError:
                continue
            fn = compile_expressions(exprs)
            with np.errstate(all="ignore"):
                got = fn(**arrays, **{name: sizes[name] for name in fn.signature.free})
            compared += 1
            wrong += [
                f"seed {seed}: {e}"
                for e, value, reference in zip(exprs, got, expected, strict=True)
                if not agrees(value, reference if np.shape(value) else reference[0, 0], 1e-8)
            ]
            break
    assert wrong == []
    assert compared > BLOCK // 3
