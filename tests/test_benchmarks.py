"""Benchmarks are run by hand, and seldom: that each of them still finds what it uses is seen here."""

from __future__ import annotations

import importlib
import pkgutil

import benchmarks
import pytest

MODULES = [module.name for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks.")]


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_finds_what_it_uses(module: str) -> None:
    importlib.import_module(module)
