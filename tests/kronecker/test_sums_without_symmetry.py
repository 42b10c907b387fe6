"""Kronecker sums of general matrices: the inverse is the pseudoinverse; too few eigenvectors are refused."""

from __future__ import annotations

import numpy as np
import pytest

from matgrad.core.errors import DomainError
from matgrad.kronecker import NoRuleError, kron, kron_sum

RNG = np.random.default_rng(8)
A, B = RNG.normal(size=(2, 2)), RNG.normal(size=(3, 3))
JORDAN = np.array([[1.0, 1.0], [0.0, 1.0]])
HIDDEN = A @ JORDAN @ np.linalg.inv(A)


def test_the_pseudoinverse_of_what_is_invertible_is_its_inverse() -> None:
    for operator in (kron_sum(A, B), kron_sum(A, B, JORDAN)):
        assert np.allclose(operator.pinv().to_dense(), np.linalg.pinv(operator.to_dense()))
    with pytest.raises(NoRuleError, match="does not give a pseudoinverse"):
        kron_sum(B, -B).pinv()


@pytest.mark.parametrize("defective", [JORDAN, np.eye(3, k=1), HIDDEN])
def test_eigenvectors_that_are_too_few_are_refused(defective: np.ndarray) -> None:
    for operator in (kron_sum(B, defective), kron(defective, B)):
        with pytest.raises(DomainError, match="fewer eigenvectors than rows"):
            operator.eig()
        assert len(operator.eigvals()) == len(operator.to_dense())


def test_others_are_eigenvectors() -> None:
    for operator in (
        kron_sum(A, B),
        kron(A, B),
        kron_sum(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.diag([1.0, 1.0])),
    ):
        values, vectors = operator.eig()
        v = vectors.to_dense()
        assert np.allclose(operator.to_dense() @ v, v * values)
        assert np.linalg.matrix_rank(v) == len(v)
