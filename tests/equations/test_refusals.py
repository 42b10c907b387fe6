"""What equations, stationary points and vec refuse, and in which words: refusals.toml has them."""

from __future__ import annotations

import tomllib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse

import matgrad as mg

GOLDEN = Path(__file__).parent / "refusals.toml"
CASES = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["refused"]

EQUATIONS: dict[str, tuple[Any, Any, str]] = {
    "sylvester": ("A X + X B = C", "X", ""),
    "lyapunov": ("A X + X A' + Q = 0", "X", ""),
    "stein": ("X - A X B = C", "X", ""),
    "two_terms": ("A X B + C X D = E", "X", ""),
    "one_sided": ("A X = B", "X", ""),
    "two_sided": ("A X B = C", "X", ""),
    "transposed": ("A X + X' B = C", "X", ""),
    "symmetric": ("A X A' + X = C", "X", "A: n×n, X: n×n symmetric, C: n×n symmetric"),
    "coupled": (("A X + Y B = C", "D X + Y E = F"), ("X", "Y"), ""),
    "care": (
        "A' X + X A - X G X + Q = 0",
        "X",
        "A: n×n, G: n×n symmetric, Q: n×n symmetric, X: n×n symmetric",
    ),
    "dare": (
        "X = A' X A - A' X B inv(R + B' X B) B' X A + Q",
        "X",
        "A: n×n, B: n×m, R: m×m symmetric, Q: n×n symmetric, X: n×n symmetric",
    ),
}


def solve(name: str, /, **arrays: Any) -> Any:
    """Solve one of the equations above on arrays."""
    text, unknown, given = EQUATIONS[name]
    return mg.equation(text, unknown, given=given or None).solve(**arrays)


NAMES = {
    "solve": solve,
    "mg": mg,
    "np": np,
    "sparse": scipy.sparse,
    "A": np.array([[2.0, 1.0], [0.0, 3.0]]),
    "B": np.array([[1.0, 2.0], [3.0, 5.0]]),
    "C": np.array([[1.0, 0.0], [2.0, 1.0]]),
    "I": np.eye(2),
    "R": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    "Z": np.array([[1.0, 2.0], [2.0, 4.0]]),
    "N": np.array([[1.0, np.nan], [0.0, 1.0]]),
    "F": np.array([[np.inf, 0.0], [0.0, 1.0]]),
}


@pytest.mark.parametrize("asked", CASES)
def test_the_message_names_the_operand_and_says_why(asked: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(mg.MatgradError) as caught:
            eval(asked, dict(NAMES))
    assert f"{type(caught.value).__name__}: {caught.value}" == CASES[asked]


def test_there_are_sixty() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int8, bool])
def test_types_that_hold_real_numbers_are_taken(dtype: type) -> None:
    a: Any = np.array([[2, 1], [0, 3]]).astype(dtype)
    b: Any = np.array([[1, 0], [1, 1]]).astype(dtype)
    c: Any = np.array([[1, 0], [0, 1]]).astype(dtype)
    found = solve("sylvester", A=a, B=b, C=c).value
    a, b, c = (x.astype(float) for x in (a, b, c))
    np.testing.assert_allclose(a @ found + found @ b, c, atol=1e-5 if dtype is np.float32 else 1e-12)
    assert found.dtype == (np.float32 if dtype is np.float32 else np.float64)
