"""Benchmarks are run by hand, and seldom: that each of them still finds what it uses is seen here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import benchmarks
import numpy as np
import pytest
from benchmarks.runtime.cases import CASES
from benchmarks.runtime.formula import Transcriber
from benchmarks.runtime.frameworks import Jax
from benchmarks.runtime.peers import NotRunError, by_hand

MODULES = [module.name for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks.")]


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_finds_what_it_uses(module: str) -> None:
    importlib.import_module(module)


WRITING = ("softmax", "factorisation", "quadratic", "logdet", "logdet-factors", "gaussian", "process", "relu",
           "blocks", "tridiagonal", "exponential", "info-nce", "tall-logistic-single", "t-sne")  # fmt: skip
"""Cases whose code writes into arrays, in every way that there is."""

BY_NAME = {case.name: case for case in CASES}


@pytest.fixture(scope="module")
def transcribe() -> Iterator[Transcriber]:
    """JAX in double precision, and as it was when all is done."""
    jax = Jax().jax
    yield Transcriber(jax)
    jax.config.update("jax_enable_x64", False)


@pytest.mark.parametrize("name", WRITING)
def test_the_code_by_hand_runs_on_the_arrays_of_jax(name: str, transcribe: Transcriber) -> None:
    """The same code, on arrays that cannot be written into: with the same results."""
    case = BY_NAME[name]
    arrays = case.arrays(min(case.sizes))
    for mine, theirs in zip(by_hand(case, arrays), transcribe.calls(case, arrays), strict=True):
        for wanted, found in zip(mine.read(mine.run()), theirs.read(theirs.run()), strict=True):
            tolerance = 1e-5 if found.dtype == np.float32 else 1e-9
            np.testing.assert_allclose(
                found.reshape(wanted.shape), wanted, atol=tolerance * np.abs(wanted).max(), rtol=0
            )


@pytest.mark.parametrize(
    ("name", "reason"), [("lyapunov_cost", "JAX has no dtrsyl"), ("sparse-ridge", "sparse arrays")]
)
def test_what_jax_lacks_is_named(name: str, reason: str, transcribe: Transcriber) -> None:
    case = BY_NAME[name]
    with pytest.raises(NotRunError, match=reason):
        transcribe.calls(case, case.arrays(min(case.sizes)))[0].run()
