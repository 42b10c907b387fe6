"""What NumPy code computes of all members of stacks at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.compilation.backends.base.library.stack_functions import StackFunctions
from matgrad.compilation.backends.numpy.linear_algebra import MatrixError


class _Functions(StackFunctions):
    """Functions of stacks that refuse matrices which have no value, in words."""

    def cholesky(self, a: Any) -> Any:
        try:
            return np.linalg.cholesky(a)
        except np.linalg.LinAlgError:
            raise MatrixError("a matrix of a family is not positive definite") from None

    def inverse(self, a: Any) -> Any:
        try:
            return np.linalg.inv(a)
        except np.linalg.LinAlgError:
            raise MatrixError("a matrix of a family is singular") from None

    def solve(self, a: Any, b: Any) -> Any:
        try:
            return np.linalg.solve(a, b)
        except np.linalg.LinAlgError:
            raise MatrixError("a matrix of a family is singular") from None

    def log_det(self, a: Any) -> Any:
        sign, value = np.linalg.slogdet(a)
        if (sign <= 0).any():
            raise MatrixError("the determinant of a matrix of a family is not positive, and has no logarithm")
        return value[..., None, None]


EACH = _Functions(np)
