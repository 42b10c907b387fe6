"""Every rule of every operator against the dense matrix, on random structures, signs, ranks and shapes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matgrad.kronecker import SingularOperatorError, kron, kron_sum, modes
from tests.kronecker.rules import RULES, is_answered
from tests.kronecker.structures import STRUCTURES, kron_sum_dense

ANSWERED: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "answered.toml").read_text(encoding="utf-8")
)
"""Which rules each structure has; all others are refused."""

SEEDS = 12


def made(name: str, seeds: int = SEEDS) -> Iterator[tuple[Any, Any, np.random.Generator]]:
    """Random operators of a structure, each with its matrix."""
    for seed in range(seeds):
        rng = np.random.default_rng([seed, *name.encode()])
        try:
            operator, dense = STRUCTURES[name](rng)
        except (SingularOperatorError, np.linalg.LinAlgError):
            continue
        yield operator, dense, rng


@pytest.mark.parametrize("name", STRUCTURES)
def test_every_rule_agrees_with_the_matrix(name: str) -> None:
    answered = {
        rule
        for operator, dense, rng in made(name)
        for rule in RULES
        if is_answered(rule, operator, dense, rng)
    }
    assert sorted(answered) == ANSWERED[name]


def test_the_table_names_structures_and_rules() -> None:
    assert list(ANSWERED) == list(STRUCTURES)
    assert {rule for rules in ANSWERED.values() for rule in rules} == set(RULES)


def test_the_sign_of_a_sum_of_three_does_not_depend_on_what_was_asked_before() -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        parts = [rng.normal(size=(n, n)) for n in (3, 2, 1)]
        S = kron_sum(*parts)
        S.solve(np.ones(6))
        assert S.slogdet().sign == np.linalg.slogdet(kron_sum_dense(parts)).sign


@pytest.mark.parametrize("kind", ["d", "D", "f"])
@pytest.mark.parametrize("columns", [2, 3])
def test_long_vectors_are_worked_on_block_by_block(
    columns: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modes, "_CACHED", 5)
    monkeypatch.setattr(modes, "grouped", list)
    rng = np.random.default_rng(columns)
    for count in (3, 4, 6):
        factors: list[Any] = [rng.normal(size=(2, columns)).astype(kind) for _ in range(count)]
        if kind == "D":
            factors[0] = factors[0] * (1 + 2j)
        dense: Any = reduce(np.kron, factors)
        P = kron(*factors)
        X: Any = np.asfortranarray(rng.normal(size=(dense.shape[1], 3)))
        for given in (X[:, 0].astype("f"), X, np.ascontiguousarray(X)):
            before = given.copy()
            made = P @ given
            assert made.dtype == np.result_type(kind, given)
            off = abs(made - dense @ given).max() / abs(dense).max()
            assert off <= (1e-4 if kind == "f" else 1e-12)
            np.testing.assert_array_equal(given, before)


def test_no_columns_and_numbers_in_arrays() -> None:
    """An array without columns raised NumPy's error; a number in an array without axes is a number."""
    rng = np.random.default_rng(0)
    P = kron(rng.normal(size=(3, 3)), rng.normal(size=(4, 4)), rng.normal(size=(2, 2)))
    Q = kron(np.eye(3), P.T.T, kron_sum(np.ones((2, 2)), np.eye(2)))
    for operator in (P, Q, P.inverse()):
        empty = np.ones((operator.shape[1], 0))
        assert (operator @ empty).shape == (operator.shape[0], 0)
    assert P.solve(np.ones((24, 0))).shape == (24, 0)
    x, two = rng.normal(size=24), np.array(2.0)
    for made in (two * P, P * two, P / np.array(0.5)):
        np.testing.assert_allclose(made @ x, 2 * (P @ x))
