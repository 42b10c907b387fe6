"""numpy.einsum of families and of what has no matrix form, against NumPy and difference quotients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import ArgumentError

GIVEN = (
    "A_k: m×n, B_k: n×p, k = 1..K, T_kl: m×n, l = 1..L, Q_k: n×n, y_k: n, c_k: scalar, x: n, z: m, X: m×n, "
    "R: n×n"
)
RNG = np.random.default_rng(5)
SHAPES = {
    "A": (5, 2, 3), "B": (5, 3, 4), "T": (5, 2, 2, 3), "Q": (5, 3, 3), "y": (5, 3), "c": (5,), "x": (3,),
    "z": (2,), "X": (2, 3), "R": (3, 3),
}  # fmt: skip
DATA = {name: RNG.normal(size=shape) for name, shape in SHAPES.items()}

CASES = [
    ("kij,j->", "Ax"), ("kij,kj->", "Ay"), ("kij,j->ki", "Ax"), ("kij,kjl->il", "AB"), ("kij,k->ij", "Ac"),
    ("kij->ij", "A"), ("kij,kij->", "AA"), ("kij,kij->k", "AA"), ("kij,i,j->k", "Azx"),
    ("kij,i,j,k->", "Azxc"), ("klij,ij->kl", "TX"), ("klij,ij,klij->", "TXT"), ("kij->k", "A"),
    ("kii->k", "Q"), ("kij,kji->", "QQ"), ("ki,kj->ij", "yy"), ("kij,ki,kj->", "Qyy"), ("kij,kj->ik", "Ay"),
    ("ia,ib,ic,ab,bc,ca->", "XXXRRR"), ("ai,bi,ci,a,b,c->i", "XXXzzz"), ("il,jl,l,kl,k->ij", "XXxXz"),
]  # fmt: skip


def _contraction(text: str, names: str) -> Any:
    arguments = sorted(set(names))
    made: dict[str, Any] = {"np": np}
    exec(f"def f({', '.join(arguments)}):\n    return np.einsum({text!r}, {', '.join(names)})", made)
    return made["f"], {name: DATA[name] for name in arguments}


@pytest.mark.parametrize(("text", "names"), CASES)
def test_it_is_what_numpy_gives(text: str, names: str) -> None:
    contraction, arrays = _contraction(text, names)
    expected = contraction(**arrays)
    found = mg.compile(contraction, given=GIVEN)(**arrays)
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    if expected.ndim:
        return
    for name, array in arrays.items():
        gradient = mg.evaluate(mg.gradient(contraction, name, given=GIVEN), arrays)
        direction = RNG.normal(size=array.shape)
        ends = [contraction(**{**arrays, name: array + h * direction}) for h in (1e-6, -1e-6)]
        quotient = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(np.ravel(gradient) @ np.ravel(direction), quotient, rtol=1e-6, atol=1e-7)


def test_members_of_a_family_are_its_parts() -> None:
    first = mg.compile(lambda A, x: A[0] @ x + A[-1] @ x, given=GIVEN)
    np.testing.assert_allclose(first(A=DATA["A"], x=DATA["x"]), (DATA["A"][0] + DATA["A"][-1]) @ DATA["x"])
    each = mg.compile(lambda A, x: A @ x, given=GIVEN)
    np.testing.assert_allclose(each(A=DATA["A"], x=DATA["x"]), DATA["A"] @ DATA["x"])


@pytest.mark.parametrize(
    "function",
    [
        lambda A: np.sum(A**2), lambda A: np.trace(A), lambda A, B: A @ B, lambda A: np.sum(A[:2]),
        lambda A: np.concatenate([A, A]).sum(), lambda A: A.sum(0), lambda A, X: np.sum(X @ A),
        lambda A: np.einsum("kij->kji", A), lambda A: A.T,
    ],
)  # fmt: skip
def test_what_would_take_the_stack_for_the_array_is_refused(function: Any) -> None:
    with pytest.raises(ArgumentError, match="axes"):
        mg.compile(function, given=GIVEN)


@pytest.mark.parametrize(
    "function",
    [
        lambda v, M: np.sum(v[::2] ** 3), lambda v, M: np.sum(v[::-1] * M[1]), lambda v, M: M[3:0:-2],
        lambda v, M: np.sum(M[::-1, ::2] @ v[::2]), lambda v, M: M[::2, 1:4],
        lambda v, M: M[1, ::2] * v[1::2][0],
    ],
)  # fmt: skip
def test_slices_take_steps_where_the_length_is_known(function: Any) -> None:
    v, m = RNG.normal(size=5), RNG.normal(size=(4, 5))
    compiled = mg.compile(function, given="v: 5, M: 4×5")
    expected = function(v, m)
    arrays = {"v": v, "M": m}
    found = compiled(**arrays)
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected)


def test_a_slice_with_a_step_asks_for_the_length() -> None:
    with pytest.raises(ArgumentError, match="needs to know the length n"):
        mg.compile(lambda x: np.sum(x[::2]))
