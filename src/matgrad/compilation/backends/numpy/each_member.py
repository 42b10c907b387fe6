"""What NumPy code computes of all members of stacks at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.compilation.backends.base.library.stack_functions import StackFunctions
from matgrad.compilation.backends.numpy import matrix_functions
from matgrad.compilation.backends.numpy.linear_algebra import MatrixError
from matgrad.core.words import phrase


class _Functions(StackFunctions):
    """Functions of stacks that refuse matrices which have no value, in words."""

    def cholesky(self, a: Any) -> Any:
        try:
            return np.linalg.cholesky(a)
        except np.linalg.LinAlgError:
            raise MatrixError(phrase("a matrix of a family is not positive definite")) from None

    def inverse(self, a: Any) -> Any:
        try:
            return np.linalg.inv(a)
        except np.linalg.LinAlgError:
            raise MatrixError(phrase("a matrix of a family is singular")) from None

    def solve(self, a: Any, b: Any) -> Any:
        try:
            return np.linalg.solve(a, self._one_for_all(a, b))
        except np.linalg.LinAlgError:
            raise MatrixError(phrase("a matrix of a family is singular")) from None

    def log_det(self, a: Any) -> Any:
        sign, value = np.linalg.slogdet(a)
        if (sign <= 0).any():
            raise MatrixError(
                phrase("the determinant of a matrix of a family is not positive, and has no logarithm")
            )
        return value[..., None, None]

    def expm(self, a: Any) -> Any:
        return self.of_one(lambda one: matrix_functions.expm(one, _ONE), a)

    def logm(self, a: Any) -> Any:
        return self.of_one(lambda one: matrix_functions.logm(one, _ONE), a)

    def sqrtm(self, a: Any) -> Any:
        return self.of_one(lambda one: matrix_functions.sqrtm(one, _ONE), a)

    def sylvester(self, a: Any, b: Any, c: Any) -> Any:
        return self.of_one(lambda x, y, z: matrix_functions.sylvester(x, y, z, _ONE), a, b, c)

    def stein(self, a: Any, b: Any, c: Any) -> Any:
        return self.of_one(lambda x, y, z: matrix_functions.stein(x, y, z, _ONE), a, b, c)

    def eigenvalues(self, a: Any) -> Any:
        return self.of_one(lambda one: matrix_functions.eigh(one, _ONE)[0][:, None], a)

    def eigenvectors(self, a: Any) -> Any:
        return self.of_one(lambda one: matrix_functions.eigh(one, _ONE)[1], a)

    def require_gaps(self, a: Any, values: Any, is_one: bool, place: int) -> Any:
        for one in values.reshape(-1, values.shape[-2]):
            matrix_functions.require_gaps(one, _ONE, place if is_one else None)
        return a


_ONE = "a matrix of a family"


EACH = _Functions(np, matrix_functions)
