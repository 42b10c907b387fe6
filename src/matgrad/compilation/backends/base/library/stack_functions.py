"""What libraries compute of all members of stacks at once; the last two axes are those of a member."""

from __future__ import annotations

from functools import reduce
from math import inf, nan
from operator import add, mul
from typing import Any


class StackFunctions:
    """Functions of stacks, by the names that :class:`~matgrad.compilation.ir.primitives.stacks.Each` has.

    Parameters
    ----------
    xp : module
        The library.
    own : object
        What we have for single matrices beside the library, such as ``logm``.
    """

    def __init__(self, xp: Any, own: Any) -> None:
        self.xp, self.own = xp, own

    def matmul(self, a: Any, b: Any) -> Any:
        """The products."""
        return a @ b

    def turned(self, a: Any) -> Any:
        """The transposes."""
        return a.swapaxes(-1, -2)

    def gram(self, a: Any) -> Any:
        """AᵀA."""
        return self.turned(a) @ a

    def weighted_gram(self, a: Any, d: Any) -> Any:
        """Aᵀ diag(d) A."""
        return self.turned(a) @ (d * a)

    def combination(self, *given: Any) -> Any:
        """Arrays times the numbers behind them, added."""
        count = len(given) // 2
        terms = [a if c == 1 else c * a for a, c in zip(given[:count], given[count:], strict=True)]
        return reduce(add, terms)

    def hadamard(self, *given: Any) -> Any:
        """The entrywise products, columns and numbers spread."""
        return reduce(mul, given)

    def scale_columns(self, a: Any, v: Any) -> Any:
        """A diag(v)."""
        return a * self.turned(v)

    def inner(self, a: Any, b: Any) -> Any:
        """The sums of the products of entries."""
        return self.xp.einsum("...ij,...ij->...", a, b)[..., None, None]

    def total(self, a: Any) -> Any:
        """The sums of all entries."""
        return a.sum((-1, -2))[..., None, None]

    def trace(self, a: Any) -> Any:
        """The traces."""
        return self.xp.einsum("...ii->...", a)[..., None, None]

    def row_sums(self, a: Any) -> Any:
        """The sums of rows, as columns."""
        return a.sum(-1)[..., None]

    def column_sums(self, a: Any) -> Any:
        """The sums of columns, as columns."""
        return a.sum(-2)[..., None]

    def row_inner(self, a: Any, b: Any) -> Any:
        """The diagonals of A Bᵀ."""
        return self.xp.einsum("...ij,...ij->...i", a, b)[..., None]

    def diag(self, v: Any) -> Any:
        """The diagonal matrices of columns."""
        return v * self.xp.eye(v.shape[-2])

    def diagonal(self, a: Any) -> Any:
        """The diagonals."""
        return self.xp.einsum("...ii->...i", a)[..., None]

    def tril(self, a: Any, strict: bool, upper: bool) -> Any:
        """The lower or upper triangles."""
        if upper:
            return self.xp.triu(a, 1 if strict else 0)
        return self.xp.tril(a, -1 if strict else 0)

    def eigenvalues(self, a: Any) -> Any:
        """The ascending eigenvalues of symmetric matrices, as columns."""
        return self.xp.linalg.eigvalsh(a)[..., None]

    def eigenvectors(self, a: Any) -> Any:
        """Their eigenvectors, the entry of largest magnitude of each positive."""
        vectors = self.xp.linalg.eigh(a)[1]
        places = self.xp.argmax(abs(vectors), -2)[..., None, :]
        largest = self._along(vectors, places, -2)
        return self.xp.where(largest < 0, -vectors, vectors)

    def require_gaps(self, a: Any, values: Any, is_one: bool, place: int) -> Any:
        """Arrays, or NaN where two of the values that belong to one coincide, or one of them with another."""
        xp, v = self.xp, values[..., 0]
        count = v.shape[-1]
        gaps = abs(v[..., :, None] - v[..., None, :]) + xp.diag(xp.full_like(v.reshape(-1)[:count], inf))
        if is_one:
            gaps = gaps[..., place, :][..., None, :]
        nearest = -self._signed_largest(-gaps, (-1, -2))
        bound = 8 * xp.finfo(values.dtype).eps * self._largest(values, (-1, -2))
        return xp.where(nearest > bound, a, nan)

    def _along(self, a: Any, places: Any, axis: int) -> Any:
        return self.xp.take_along_axis(a, places, axis)

    def part(self, a: Any, r0: int, r1: int, c0: int, c1: int) -> Any:
        """The blocks."""
        return a[..., r0:r1, c0:c1]

    def reshape(self, a: Any, rows: int, columns: int) -> Any:
        """The same entries column by column in another shape."""
        return self.turned(self.turned(a).reshape((*a.shape[:-2], columns, rows)))

    def repeated(self, v: Any, rows: int, columns: int) -> Any:
        """The columns repeated."""
        return self.xp.broadcast_to(v, (*v.shape[:-2], rows, columns))

    def repeated_row(self, v: Any, rows: int, columns: int) -> Any:
        """The columns as rows, repeated."""
        return self.repeated(self.turned(v), rows, columns)

    def norms(self, a: Any, by_row: bool) -> Any:
        """The norms of all entries, or of each row."""
        axes = (-1,) if by_row else (-1, -2)
        top = self._largest(a, axes)
        scale = self.xp.where(top > 0, top, 1)
        return scale * self.xp.sqrt(((a / scale) ** 2).sum(axes, keepdims=True))

    def over_norms(self, a: Any, norms: Any) -> Any:
        """Arrays over their norms, or rows over theirs; 0 for 0/0."""
        return a / self.xp.where(norms == 0, 1, norms)

    def power(self, a: Any, exponent: Any) -> Any:
        """Entries to a power."""
        return a**exponent

    def power_or_zero(self, a: Any, exponent: Any) -> Any:
        """Entries to a power; 0 where an entry is 0."""
        where = self.xp.where
        return where(a == 0, 0, where(a == 0, 1, a) ** exponent)

    def _largest(self, a: Any, axes: tuple[int, ...]) -> Any:
        return abs(a).max(axes, keepdims=True)

    def _exponentials(self, a: Any, axis: int) -> tuple[Any, Any, Any]:
        along = (-2,) if axis == 0 else (-1,)
        shifted = a - self._signed_largest(a, along)
        powers = self.xp.exp(shifted)
        return shifted, powers, powers.sum(along, keepdims=True)

    def _signed_largest(self, a: Any, axes: tuple[int, ...]) -> Any:
        return a.max(axes, keepdims=True)

    def softmax(self, a: Any, axis: int) -> Any:
        """exp(x)/Σ exp(x) down columns or along rows."""
        _, powers, total = self._exponentials(a, axis)
        return powers / total

    def log_softmax(self, a: Any, axis: int) -> Any:
        """x − log Σ exp(x) down columns or along rows."""
        shifted, _, total = self._exponentials(a, axis)
        return shifted - self.xp.log(total)

    def logsumexp(self, a: Any, axis: int) -> Any:
        """log Σ exp(x) down columns or along rows, as columns."""
        _, _, total = self._exponentials(a, axis)
        top = self._signed_largest(a, (-2,) if axis == 0 else (-1,))
        found = top + self.xp.log(total)
        return self.turned(found) if axis == 0 else found

    def kron(self, a: Any, b: Any) -> Any:
        """The Kronecker products."""
        cube = self.xp.einsum("...ij,...pq->...ipjq", a, b)
        rows, columns = a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1]
        return cube.reshape((*cube.shape[:-4], rows, columns))

    def matrix_power(self, a: Any, power: int) -> Any:
        """Whole powers."""
        return self.xp.linalg.matrix_power(a, power)

    def cholesky(self, a: Any) -> Any:
        """The lower Cholesky factors."""
        return self.xp.linalg.cholesky(a)

    def inverse(self, a: Any) -> Any:
        """The inverses."""
        return self.xp.linalg.inv(a)

    def solve(self, a: Any, b: Any) -> Any:
        """A⁻¹B."""
        return self.xp.linalg.solve(a, self._one_for_all(a, b))

    @staticmethod
    def _one_for_all(a: Any, b: Any) -> Any:
        """One B beside a stack of A, with an axis more: libraries take it for a stack of vectors."""
        return b[None] if b.ndim < a.ndim else b

    def det(self, a: Any) -> Any:
        """The determinants."""
        return self.xp.linalg.det(a)[..., None, None]

    def log_det(self, a: Any) -> Any:
        """The logarithms of determinants; NaN where one is not positive."""
        sign, value = self.xp.linalg.slogdet(a)
        return self.xp.where(sign > 0, value, nan)[..., None, None]

    def log_det_definite(self, a: Any) -> Any:
        """The logarithms of determinants of positive definite matrices."""
        diagonals = self.xp.einsum("...ii->...i", self.cholesky(a))
        return 2 * self.xp.log(diagonals).sum(-1)[..., None, None]

    def singular_values(self, a: Any) -> Any:
        """The descending singular values, as columns."""
        return self.xp.linalg.svd(a, full_matrices=False)[1][..., None]

    def left_vectors(self, a: Any) -> Any:
        """The left singular vectors, the entry of largest magnitude of each positive."""
        u = self.xp.linalg.svd(a, full_matrices=False)[0]
        return u * self._signs(u)

    def right_vectors(self, a: Any) -> Any:
        """The right singular vectors that belong to these."""
        u, _, vt = self.xp.linalg.svd(a, full_matrices=False)
        return self.turned(vt) * self._signs(u)

    def _signs(self, columns: Any) -> Any:
        places = self.xp.argmax(abs(columns), -2)[..., None, :]
        largest = self._along(columns, places, -2)
        one = self.xp.ones_like(largest)
        return self.xp.where(largest < 0, -one, one)

    def pinv(self, a: Any, nullity: int) -> Any:
        """The Moore-Penrose inverses; so many singular values at least are known to be zero."""
        u, s, vt = self.xp.linalg.svd(a, full_matrices=False)
        epsilon = self.xp.finfo(a.dtype).eps
        bound = (2 if nullity else max(a.shape[-2:])) * epsilon * s[..., :1]
        place = self.xp.cumsum(self.xp.ones_like(s), -1)
        kept = (s > bound) & (place <= s.shape[-1] - nullity)
        over = self.xp.where(kept, 1 / self.xp.where(kept, s, 1), 0)
        return self.turned(vt) @ (over[..., None] * self.turned(u))

    def adjugate(self, factor: Any, a: Any) -> Any:
        """det(A) A⁻¹, also of singular matrices: det(U) det(V) V diag(∏_{j≠i} s_j) Uᵀ."""
        u, s, vt = self.xp.linalg.svd(a)
        sign = self.xp.sign(self.xp.linalg.det(u) * self.xp.linalg.det(vt))
        others = self.prods_of_others(s[..., None]) * sign[..., None, None]
        return self.turned(vt) @ (others * self.turned(u))

    def largest(self, a: Any) -> Any:
        """The largest entries."""
        return self._signed_largest(a, (-1, -2))

    def column_max(self, a: Any) -> Any:
        """The largest entry of each column, as columns."""
        return self.turned(self._signed_largest(a, (-2,)))

    def is_largest(self, a: Any) -> Any:
        """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
        flat = self.turned(a).reshape((*a.shape[:-2], -1))
        place = self.xp.cumsum(self.xp.ones_like(flat), -1) - 1
        ones = self.xp.where(place == self.xp.argmax(flat, -1)[..., None], place * 0 + 1, place * 0)
        return self.reshape(ones[..., None], *a.shape[-2:])

    def cumsum(self, a: Any, from_end: bool) -> Any:
        """The sums of the entries of each column up to each place, or from each place on."""
        if not from_end:
            return self.xp.cumsum(a, -2)
        return self.xp.flip(self.xp.cumsum(self.xp.flip(a, (-2,)), -2), (-2,))

    def cumprod(self, a: Any) -> Any:
        """The products of the entries of each column up to each place."""
        return self.xp.cumprod(a, -2)

    def column_prods(self, a: Any) -> Any:
        """The products of the entries of each column, as columns."""
        return a.prod(-2)[..., None]

    def prods_of_others(self, a: Any) -> Any:
        """For each entry the product of the others of its column."""
        xp, ones = self.xp, self.xp.ones_like(a[..., :1, :])
        before = xp.cumprod(xp.concatenate([ones, a[..., :-1, :]], -2), -2)
        turned = xp.flip(a[..., 1:, :], (-2,))
        after = xp.flip(xp.cumprod(xp.concatenate([ones, turned], -2), -2), (-2,))
        return before * after

    def grid(self, *given: Any) -> Any:
        """Arrays put together row by row, so many in each."""
        *blocks, width = given
        lead = self.xp.broadcast_shapes(*(block.shape[:-2] for block in blocks))
        wide = [self.xp.broadcast_to(block, (*lead, *block.shape[-2:])) for block in blocks]
        rows = [self.xp.concatenate(wide[k : k + width], -1) for k in range(0, len(wide), width)]
        return rows[0] if len(rows) == 1 else self.xp.concatenate(rows, -2)

    # ---- one member after the other ------------------------------------------------------------------

    def of_one(self, function: Any, *given: Any) -> Any:
        """A function of single matrices, of each."""
        lead = self.xp.broadcast_shapes(*(a.shape[:-2] for a in given))
        flat = [self.xp.broadcast_to(a, (*lead, *a.shape[-2:])).reshape((-1, *a.shape[-2:])) for a in given]
        made = self.xp.stack([function(*members) for members in zip(*flat, strict=True)])
        return made.reshape((*lead, *made.shape[-2:]))

    def logm(self, a: Any) -> Any:
        """The principal logarithms."""
        return self.of_one(self.own.logm, a)

    def sqrtm(self, a: Any) -> Any:
        """The principal square roots."""
        return self.of_one(self.own.sqrtm, a)

    def sylvester(self, a: Any, b: Any, c: Any) -> Any:
        """The X with A X + X B = C."""
        return self.of_one(self.own.sylvester, a, b, c)

    def stein(self, a: Any, b: Any, c: Any) -> Any:
        """The X with X = A X B + C."""
        return self.of_one(self.own.stein, a, b, c)
