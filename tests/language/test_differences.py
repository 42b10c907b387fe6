"""Functions that mean something else than MATLAB's of the same name say so, once, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.language import interpret
from matgrad.ops.registry import FUNCTIONS
from tests.cli.in_process import called

DIFFERENCES = {f.matlab.name: f.matlab for f in FUNCTIONS.values() if f.matlab is not None}
OF_MATRICES = {name for name, found in DIFFERENCES.items() if not found.of_vectors}

X = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 0.5]])
MATLAB: dict[str, Callable[[Any], Any]] = {
    "norm": lambda x: np.linalg.norm(x, 2),
    "sum": lambda x: x.sum(axis=0),
    "mean": lambda x: x.mean(axis=0),
    "max": lambda x: x.max(axis=0),
    "min": lambda x: x.min(axis=0),
    "var": lambda x: x.var(axis=0, ddof=1),
    "std": lambda x: x.std(axis=0, ddof=1),
    "abs": np.abs,
    "exp": np.exp,
    "tanh": np.tanh,
}
"""What MATLAB's documentation says of a matrix, by NumPy."""


@pytest.mark.parametrize("name", sorted(MATLAB))
def test_what_differs_from_matlab_is_said(name: str) -> None:
    read = interpret(f"{name}(X) + 2 {name}(X)", "X: 3×2")
    here = mg.evaluate(mg.parse(f"{name}(X)", "X: 3×2"), {"X": X})
    there = MATLAB[name](X)
    same = np.shape(here) == np.shape(there) and np.allclose(here, there)
    assert len(read.notes()) == len(read.notes("zh")) == (0 if same else 1)
    assert same or "MATLAB" in read.notes()[0]


@pytest.mark.parametrize("name", sorted(OF_MATRICES))
def test_nothing_is_said_of_vectors_numbers_and_numpy(name: str) -> None:
    second = ", y" if name == "dot" else ""
    if name != "chol":
        assert interpret(f"{name}(x{second})", "x: n, y: n").notes() == []
        assert interpret(f"np.{name}(X{', X' if second else ''})", "X: n×n", syntax="numpy").notes() == []
    assert DIFFERENCES.keys() - OF_MATRICES == {"var", "std"}


def test_bars_are_a_textbooks() -> None:
    assert interpret("‖X‖^2", "X: m×n").notes() == []


def test_checks_and_results_say_it_too() -> None:
    said = "sum(X) is the sum of all entries"
    result = mg.derive("sum(A)", "A", given="A: m×n")
    assert [note for note in result.notes if note.startswith(said)] != []
    assert mg.derive("sum(x)", "x", given="x: n").notes == ()
    shown = called(["check", "sum(A)", "--wrt", "A", "--answer", "ones(m,n)"])
    assert shown.stdout.count(f"note: {said}") == 1
    record = json.loads(called(["check", "sum(A)", "--wrt", "A", "--answer", "1", "--format", "json"]).stdout)
    assert [note for note in record["notes"] if note.startswith(said)] != []
