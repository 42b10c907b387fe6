"""Functions that array libraries lack, where they write them with the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class SharedFunctions:
    """Functions written once for all libraries with NumPy's names.

    Parameters
    ----------
    xp : module
        The library.
    largest : callable
        The largest magnitude along some axes, which stay with length 1, as a constant to derivatives.
    """

    def __init__(self, xp: Any, largest: Callable[[Any, tuple[int, ...]], Any]) -> None:
        self.xp, self._largest = xp, largest

    def power_or_zero(self, x: Any, exponent: Any) -> Any:
        """Entries to a power; 0 where an entry is 0."""
        where = self.xp.where
        return where(x == 0, 0, where(x == 0, 1, x) ** exponent)

    def xlogy(self, x: Any, u: Any, exponent: int) -> Any:
        """x log(u) to a power, entry by entry; 0 where x is 0."""
        where = self.xp.where
        return where(x == 0, 0, x * self.xp.log(where(x == 0, 1, u)) ** exponent)

    def select(self, condition: Any, a: Any, b: Any) -> Any:
        """Entries of ``a`` where the condition is positive, and of ``b`` elsewhere."""
        return self.xp.where(condition > 0, a, b)

    def cumsum_from_end(self, x: Any) -> Any:
        """The sums of the entries of each column from each place on."""
        flip = self.xp.flip
        return flip(self.xp.cumsum(flip(x, (0,)), 0), (0,))

    def prods_of_others(self, x: Any) -> Any:
        """For each entry the product of the others of its column."""
        xp = self.xp
        one = xp.ones_like(x[:1])
        before = xp.cumprod(xp.concatenate([one, x[:-1]]), 0)
        after = xp.flip(xp.cumprod(xp.flip(xp.concatenate([x[1:], one]), (0,)), 0), (0,))
        return before * after

    def norm(self, x: Any) -> Any:
        """The norm of all entries."""
        return self._scaled_norm(x, tuple(range(x.ndim))).reshape(())

    def row_norms(self, x: Any) -> Any:
        """The norm of each row."""
        return self._scaled_norm(x, (1,))[:, 0]

    def _scaled_norm(self, x: Any, axes: tuple[int, ...]) -> Any:
        """The root of the sum of squares, scaled by the largest entry; its derivative at 0 is 0."""
        xp, largest = self.xp, self._largest(x, axes)
        scale = xp.where((largest > 0) & (largest < float("inf")), largest, 1)
        squares = xp.sum(xp.square(x / scale), axis=axes, keepdims=True)
        # Where the sum is 0, or no number, it is the norm itself.
        root = xp.sqrt(xp.where(squares > 0, squares, 1))
        return xp.where(squares > 0, scale * root, squares)

    def over_norms(self, x: Any, norms: Any) -> Any:
        """An array over its norm, or its rows over theirs; zeros over a norm of zero."""
        return x / self.xp.where(norms == 0, 1, norms)

    def face_split(self, p: Any, x: Any) -> Any:
        """The matrix whose row i is the Kronecker product of the rows i of two matrices."""
        return (p[:, :, None] * x[:, None, :]).reshape(p.shape[0], p.shape[1] * x.shape[1])

    def kron_apply(self, a: Any, b: Any, m: Any) -> Any:
        """(A ⊗ B) M, with the Kronecker product never formed."""
        cube = m.reshape(a.shape[1], b.shape[1], m.shape[1])
        product = self.xp.einsum("in,jq,nqk->ijk", a, b, cube)
        return product.reshape(a.shape[0] * b.shape[0], m.shape[1])

    def kron_combination(self, *terms: tuple[float, Any, Any, bool]) -> Any:
        """Σ c A ⊗ B; where a term is turned, the column (l, j) is a_j ⊗ b_l."""
        total: Any = 0
        for factor, a, b, turned in terms:
            cube = self.xp.einsum("ij,pq->ipqj" if turned else "ij,pq->ipjq", a, b)
            total = total + factor * cube.reshape(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])
        return total

    def deflated_pinv(self, a: Any, nullity: int) -> Any:
        """The Moore-Penrose inverse of a matrix of which so many singular values are known to be zero."""
        u, s, vt = self.xp.linalg.svd(a)
        rank = s.shape[0] - nullity
        return (vt[:rank].T / s[:rank]) @ u[:, :rank].T

    def regular_det_hessian(self, a: Any) -> Any:
        """The second derivative of det on vec(A) of a regular matrix."""
        xp, n = self.xp, a.shape[0]
        inverse = xp.linalg.inv(a)
        pairs = xp.einsum("ba,dc->badc", inverse, inverse) - xp.einsum("bc,da->badc", inverse, inverse)
        return xp.linalg.det(a) * pairs.reshape(n * n, n * n)
