"""Every primitive in every backend: written, and computed, by the golden cases or by a program of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import backend_named, backend_names
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.base.signature import Signature, held_shape
from matgrad.compilation.backends.dask.writer import DaskWriter
from matgrad.compilation.backends.jax.writer import JaxWriter
from matgrad.compilation.backends.torch.writer import TorchWriter
from matgrad.compilation.ir.primitive import PRIMITIVES
from matgrad.compilation.ir.primitives import EQUATION_FACTORS, RICCATI, SOLVE_EQUATION
from matgrad.compilation.plan.planner import Options, Planner
from matgrad.core.errors import ArgumentError
from tests.compilation.golden import REFUSED, TOPICS, points
from tests.compilation.primitives import SAMPLES, Sample, expected_of, program_of_sample

ARRAYS = [JaxWriter, TorchWriter, DaskWriter]


@pytest.mark.parametrize("name", backend_names())
def test_every_backend_writes_every_primitive_or_says_why_not(name: str) -> None:
    table = backend_named(name).table
    for primitive in PRIMITIVES.values():
        assert table.has(primitive) != bool(table.reason_against(primitive)), primitive
        if not table.has(primitive):
            # Plans for text are made without the structured primitives.
            assert primitive.is_structured or primitive in (EQUATION_FACTORS, SOLVE_EQUATION, RICCATI)
            with pytest.raises(ArgumentError, match=r"structured|matrix equations"):
                table.of(primitive)


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_refused_equation_is_named(name: str) -> None:
    text = "tr(riccati(A, G, Q))"
    with pytest.raises(ArgumentError, match="matrix equations"):
        # Text is written at once, a program for arrays when their sizes are known.
        mg.compile([mg.parse(text, "A: n×n, G: n×n spd, Q: n×n spd")], backend=name)(
            A=np.eye(2), G=np.eye(2), Q=np.eye(2)
        )


def test_every_primitive_is_computed_by_a_test() -> None:
    seen = {name for sample in SAMPLES for name in (sample.op, sample.factorised_by) if name}
    for topic in TOPICS:
        for point in points(topic):
            signature = Signature(point.exprs)
            shapes = {name: np.shape(point.arrays[name]) for name in signature.symbols}
            sizes = signature.sizes(shapes, {name: point.arrays[name] for name in signature.free})
            program = Planner(point.exprs, Options(structured=True), signature.symbols).program(sizes)
            seen |= {value.op.name for value in program.values}
    # Sizes that are not known are in text only, and loops (test_loops.py); what stands for an index is never
    # written; functions that are handed over are called in test_supplied.py.
    elsewhere = {"size", "member", "unit_at", "placed_at", "call", "call_each"}
    elsewhere |= {
        "filled_in",
        "sampled_product",
        "places",
        "function_in_places",
        "squares_of_difference",
    }  # of sparse data: test_sparse.py
    elsewhere |= {name for name in PRIMITIVES if "pattern" in name}  # test_diagonal_patterns.py
    assert seen >= set(PRIMITIVES) - elsewhere - {"loop", "given", "given_factor"}


@pytest.mark.parametrize("writer", ARRAYS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.op)
def test_primitives(writer: type[ArrayWriter], sample: Sample) -> None:
    program = program_of_sample(sample)
    compute = load(writer(program, "compute").text(), "compute")
    held = [array.reshape(held_shape(array.shape)) for array in sample.operands]
    (result,) = compute(*(library_array(writer, array) for array in held))
    expected = np.asarray(expected_of(sample))
    np.testing.assert_allclose(np.asarray(result), expected.reshape(np.shape(result)), rtol=1e-10, atol=1e-12)


def library_array(writer: type[ArrayWriter], array: Any) -> Any:
    """An array of the library, in double precision."""
    if writer is JaxWriter:
        import jax

        jax.config.update("jax_enable_x64", True)
        return jax.numpy.asarray(array)
    if writer is TorchWriter:
        import torch

        return torch.tensor(array)
    import dask.array as da

    return da.from_array(array)
