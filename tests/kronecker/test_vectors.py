"""vec and its kin on arrays and batches, beside the matrices K, D, L and N."""

from __future__ import annotations

import numpy as np
import pytest

from matgrad import kronecker as k

RNG = np.random.default_rng(4)


@pytest.mark.parametrize("shape", [(2, 3), (1, 4), (4, 1), (5, 2, 3), (2, 0, 3, 2)])
def test_vec_stacks_columns(shape: tuple[int, ...]) -> None:
    A = RNG.normal(size=shape)
    m, n = shape[-2:]
    flat = k.vec(A)
    assert flat.shape == (*shape[:-2], m * n)
    assert (k.unvec(flat, m, n) == A).all()
    if A.ndim == 2:
        assert (flat == A.reshape(-1, order="F")).all()
        assert (k.commutation(m, n) @ flat == k.vec(A.T)).all()
    assert (k.commute(flat, m, n) == k.vec(np.swapaxes(A, -1, -2))).all()


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_vech_takes_the_lower_triangle(n: int) -> None:
    A = RNG.normal(size=(4, n, n))
    half = k.vech(A)
    assert (half[0] == k.elimination(n) @ k.vec(A[0])).all()
    assert (k.unvech(half, triangular=True) == np.tril(A)).all()
    S = A + np.swapaxes(A, -1, -2)
    assert (k.unvech(k.vech(S)) == S).all()
    assert (k.duplication(n) @ k.vech(S[1]) == k.vec(S[1])).all()
    assert np.allclose(k.symmetriser(n) @ k.vec(A[2]), k.vec(S[2] / 2))


def test_types_are_kept() -> None:
    for kind in (np.float32, np.complex64, np.int16, bool):
        A = np.ones((2, 2), kind)
        assert k.vec(A).dtype == k.vech(A).dtype == k.unvech(k.vech(A)).dtype == kind


def test_large_transposes_are_those_of_numpy() -> None:
    x = RNG.normal(size=1100 * 1030)
    assert (k.commutation(1100, 1030) @ x == x.reshape(1030, 1100).T.reshape(-1)).all()
    assert (k.commutation(1030, 1100).T @ x == x.reshape(1030, 1100).T.reshape(-1)).all()
    z = x.astype(np.complex64)
    assert (k.commutation(1100, 1030) @ z == z.reshape(1030, 1100).T.reshape(-1)).all()


def test_identities_between_the_matrices() -> None:
    n = 3
    D, L, N, K = k.duplication(n), k.elimination(n), k.symmetriser(n), k.commutation(n)
    for made, expected in (
        (L @ D, "I_6"), (D.pinv() @ D, "I_6"), (N @ D, "D_3"), (K @ D, "D_3"), (N @ N, "N_3"), (K @ N, "N_3"),

        (D @ D.pinv(), "N_3"), (K @ K, "I_9"), (k.identity(9) + K, "2 N_3"),
    ):  # fmt: skip
        assert made.label == expected
