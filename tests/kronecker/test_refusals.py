"""What operators refuse, and in which words: each message stands in refusals.toml, beside what was asked."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

import matgrad as mg
from matgrad import kronecker

GOLDEN = Path(__file__).parent / "refusals.toml"
CASES = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["refused"]
NAMES = {
    **{name: getattr(kronecker, name) for name in dir(kronecker)},
    "np": np,
    "sparse": scipy.sparse,
    "A": np.array([[2.0, 1.0], [0.0, 3.0]]),
    "B": np.array([[1.0, 2.0], [3.0, 5.0]]),
    "R": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    "Z": np.array([[1.0, 2.0], [2.0, 4.0]]),
    "N": np.array([[1.0, np.nan], [0.0, 1.0]]),
}


@pytest.mark.parametrize("asked", CASES)
def test_the_message_names_the_operand_and_says_why(asked: str) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        eval(asked, dict(NAMES))
    assert f"{type(caught.value).__name__}: {caught.value}" == CASES[asked]


def test_singular_operators_are_what_numpy_users_catch() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        kronecker.kron(NAMES["Z"], NAMES["A"]).solve(np.ones(4))


@pytest.mark.parametrize(
    ("name", "turned", "back"), [("A", "Aᵀ", "A"), ("B'", "B", "Bᵀ"), ("A B", "(A B)ᵀ", "A B")]
)
def test_a_transpose_is_called_so_once(name: str, turned: str, back: str) -> None:
    transposed = kronecker.dense(np.ones((2, 3)), name).T
    assert (transposed.label, transposed.T.label) == (turned, back)


def test_norms_of_very_small_and_large_factors_are_numbers() -> None:
    tiny, huge = 1e-200 * np.eye(3), 1e200 * np.eye(3)
    np.testing.assert_allclose(kronecker.kron(tiny, huge).norm("fro"), 3.0)
    np.testing.assert_allclose(kronecker.diagonal(np.diag(huge)).norm("fro"), 3**0.5 * 1e200)
    assert kronecker.kron(0 * tiny, np.eye(2)).norm("fro") == 0
