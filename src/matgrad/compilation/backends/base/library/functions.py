"""Functions that array libraries lack, where they write them with the same names."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log, nan
from typing import Any

from matgrad.compilation.backends.base.library.iterations import DOUBLED, DOUBLINGS, NODES, ROOTS, WEIGHTS


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
        scale = xp.where((largest > 0) & (largest < inf), largest, 1)
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

    def log_cosh(self, x: Any) -> Any:
        """log(cosh x) without overflow."""
        size = abs(x)
        return size + self.xp.log1p(self.xp.exp(-2 * size)) - log(2)


class DifferentiableFunctions(SharedFunctions):
    """Functions that a library which differentiates and traces can have in this form.

    Parameters
    ----------
    xp, largest
        As for :class:`SharedFunctions`.
    eye : callable
        The identity of some order, of the type of an array and where that lies.
    along : callable
        The entries of an array at places along an axis, as NumPy's ``take_along_axis``.
    repeat : callable
        What is left of a state after a number of steps, each a function of the state.
    """

    def __init__(
        self,
        xp: Any,
        largest: Callable[[Any, tuple[int, ...]], Any],
        *,
        eye: Callable[[int, Any], Any],
        along: Callable[[Any, Any, int], Any],
        repeat: Callable[[int, Callable[[Any], Any], Any], Any],
    ) -> None:
        super().__init__(xp, largest)
        self._eye, self._along, self._repeat = eye, along, repeat

    # ---- determinants ----------------------------------------------------------------------------

    def singular_adjugate(self, a: Any) -> Any:
        """det(U) det(V) V diag(∏_{j≠i} s_j) Uᵀ for A = U diag(s) Vᵀ."""
        xp = self.xp
        u, s, vt = xp.linalg.svd(a)
        others = xp.prod(xp.where(self._eye(len(s), a) > 0, 1, s), axis=1)
        sign = xp.sign(xp.linalg.det(u) * xp.linalg.det(vt))
        return (vt.T * (sign * others)) @ u.T

    def regular_adjugate(self, a: Any) -> Any:
        """det(A) A⁻¹."""
        return self.xp.linalg.det(a) * self.xp.linalg.inv(a)

    def singular_det_hessian(self, a: Any) -> Any:
        """det(U) det(V) times the second derivative of ∏ s_i in the bases U and V."""
        xp, n = self.xp, a.shape[0]
        u, s, vt = xp.linalg.svd(a)
        left_out = self._eye(n, a) > 0
        others = xp.prod(xp.where(left_out[:, None] | left_out[None], 1, s), axis=2)
        others = xp.where(left_out, 0, others) * xp.sign(xp.linalg.det(u) * xp.linalg.det(vt))
        ones = xp.einsum("ai,ib,ij,cj,jd->badc", u, vt, others, u, vt)
        crossed = xp.einsum("ai,jb,ij,cj,id->badc", u, vt, others, u, vt)
        return (ones - crossed).reshape(n * n, n * n)

    # ---- powers, roots and logarithms of matrices ------------------------------------------------

    def matrix_power(self, a: Any, exponent: Any) -> Any:
        """A square matrix to a whole power held by an array, which may be traced, by repeated squaring.

        31 squarings reach every whole number of 32 bits; what is not needed is not computed with, so
        that neither values nor derivatives overflow. NaN where the exponent is not whole.
        """
        xp, identity = self.xp, self._eye(a.shape[0], a)
        negative = exponent < 0
        base = xp.where(negative, xp.linalg.inv(xp.where(negative, a, identity)), a)

        def square(state: Any) -> Any:
            result, power, rest = state
            result = xp.where(rest % 2 == 1, result @ power, result)
            rest = rest // 2
            return result, xp.where(rest > 0, power @ power, identity), rest

        result, _, _ = self._repeat(31, square, (identity, base, xp.round(abs(exponent))))
        return xp.where(xp.round(exponent) == exponent, result, nan)

    def sqrtm(self, a: Any) -> Any:
        """The principal square root, by the product form of the Denman–Beavers iteration.

        Higham (2008), eq. 6.29. The number of steps is fixed, so that the iteration can be differentiated
        in reverse; scaling by the determinant makes it converge in a few.
        """
        xp, n = self.xp, a.shape[0]
        identity = self._eye(n, a)

        def scaled(state: Any) -> Any:
            m, x = state
            inverse = xp.linalg.inv(m)
            mu = xp.exp(-xp.linalg.slogdet(m)[1] / (2 * n))
            x = mu / 2 * x @ (identity + inverse / mu**2)
            return (identity + (mu**2 * m + inverse / mu**2) / 2) / 2, x

        def plain(state: Any) -> Any:
            m, x = state
            inverse = xp.linalg.inv(m)
            return (identity + (m + inverse) / 2) / 2, x @ (identity + inverse) / 2

        near = self._repeat(ROOTS // 2, scaled, (a, a))
        return self._repeat(ROOTS - ROOTS // 2, plain, near)[1]

    def logm(self, a: Any) -> Any:
        """The principal logarithm of a matrix.

        By inverse scaling: square roots until the matrix is near the identity, there a Padé approximant
        in partial fractions, which are Gauss-Legendre nodes (Higham, 2008, eq. 11.18).
        """
        identity, solve = self._eye(a.shape[0], a), self.xp.linalg.solve
        near = self._repeat(DOUBLINGS, self.sqrtm, a) - identity
        terms = [w * solve(identity + x * near, near) for x, w in zip(NODES, WEIGHTS, strict=True)]
        return 2**DOUBLINGS * sum(terms[1:], terms[0])

    def frechet_expm(self, expm: Callable[[Any], Any], a: Any, e: Any) -> Any:
        """The Fréchet derivative of exp at A in the direction E, read off the exponential of [A E; 0 A]."""
        join, n = self.xp.concatenate, a.shape[0]
        return expm(join([join([a, e], 1), join([0 * a, a], 1)], 0))[:n, n:]

    # ---- products and equations ------------------------------------------------------------------

    def block_products(self, x: Any, f: Any, count: int) -> Any:
        """The block diagonal matrix of Xᵀ F_a for the blocks F = [F_1, F_2, …] of columns."""
        rows, columns = x.shape[1], f.shape[1] // count
        blocks = (x.T @ f).reshape(rows, count, columns)
        whole = self.xp.einsum("iaj,ab->aibj", blocks, self._eye(count, x))
        return whole.reshape(count * rows, count * columns)

    def sylvester(self, a: Any, b: Any, c: Any) -> Any:
        """The X with A X + X B = C, as one linear system on vec(X)."""
        m, n = c.shape
        parts = ((1, self._eye(n, c), a, False), (1, b.T, self._eye(m, c), False))
        system = self.kron_combination(*parts)
        return self.xp.linalg.solve(system, c.T.reshape(-1)).reshape(n, m).T

    def stein(self, a: Any, b: Any, c: Any) -> Any:
        """The X with X = A X B + C, as one linear system on vec(X)."""
        m, n = c.shape
        parts = ((1, self._eye(n, c), self._eye(m, c), False), (-1, b.T, a, False))
        system = self.kron_combination(*parts)
        return self.xp.linalg.solve(system, c.T.reshape(-1)).reshape(n, m).T

    def solve_equation(self, factors: Any, c: Any, adjoint: bool = False) -> Any:
        """The X of A₁ X B₁ + … = C with Xᵀ behind the first terms, as one linear system on vec(X)."""
        plain, *coefficients = factors
        p, q = coefficients[0].shape[0], coefficients[1].shape[1]
        system: Any = 0
        for i, (a, b) in enumerate(zip(coefficients[::2], coefficients[1::2], strict=True)):
            term = self.xp.einsum("ik,sj->jisk" if i < plain else "is,kj->jisk", a, b)
            system = system + term
            n, m = term.shape[2:]
        system = system.reshape(p * q, m * n)
        if adjoint:
            return self.xp.linalg.solve(system.T, c.T.reshape(-1)).reshape(q, p).T
        return self.xp.linalg.solve(system, c.T.reshape(-1)).reshape(n, m).T

    def riccati(self, a: Any, g: Any, q: Any, discrete: bool = False) -> Any:
        """The stabilising solution of a Riccati equation, by the doubling algorithm.

        The continuous equation is brought to discrete form by a Cayley transform (Chu, Fan & Lin, 2005).
        """
        eye, inverse = self._eye(a.shape[0], a), self.xp.linalg.inv
        if not discrete:
            shift = 1 + abs(a).sum() + abs(g).sum() ** 0.5 * abs(q).sum() ** 0.5
            shift = shift / a.shape[0] ** 0.5
            low = inverse(a - shift * eye)
            w = inverse(a - shift * eye + g @ low.T @ q)
            a, g, q = eye + 2 * shift * w, 2 * shift * low @ g @ w.T, 2 * shift * w.T @ q @ low

        def step(state: Any) -> Any:
            a, g, q = state
            middle = inverse(eye + g @ q)
            after = a @ middle
            return after @ a, g + after @ g @ a.T, q + a.T @ q @ middle @ a

        _, _, x = self._repeat(DOUBLED, step, (a, g, q))
        return (x + x.T) / 2

    # ---- decompositions --------------------------------------------------------------------------

    def signs(self, columns: Any) -> Any:
        """The sign of the entry of largest magnitude of each column, as ±1 beside numbers of its type."""
        places = self.xp.argmax(abs(columns), axis=0)
        largest = self._along(columns, places[None, :], 0)[0]
        one = self.xp.ones_like(largest)
        return self.xp.where(largest < 0, -one, one)

    def eigh(self, a: Any) -> tuple[Any, Any]:
        """Ascending eigenvalues and eigenvectors, the entry of largest magnitude of each positive."""
        values, vectors = self.xp.linalg.eigh(a)
        return values, vectors * self.signs(vectors)

    def svd(self, a: Any) -> tuple[Any, Any, Any]:
        """U, s, V; the entry of largest magnitude of each column of U is positive."""
        u, s, vt = self.xp.linalg.svd(a, full_matrices=False)
        signs = self.signs(u)
        return u * signs, s, vt.T * signs

    # ---- what is refused, as no number -----------------------------------------------------------

    def epsilon(self, dtype: Any) -> float:
        """The precision of a type."""
        return float(self.xp.finfo(dtype).eps)

    def require_gaps(self, result: Any, values: Any, only: int | None = None) -> Any:
        """The result, or NaN where two of the values coincide."""
        xp = self.xp
        gaps = abs(values[:, None] - values[None, :]) + xp.diag(xp.full_like(values, inf))
        nearest = xp.min(gaps) if only is None else xp.min(gaps[only])
        bound = 8 * self.epsilon(values.dtype) * xp.max(abs(values))
        return xp.where(nearest > bound, result, nan)

    def require_nonzero(self, result: Any, values: Any) -> Any:
        """The result, or NaN where one of the values is zero."""
        size = abs(values)
        return self.xp.where(
            self.xp.min(size) > 8 * self.epsilon(values.dtype) * self.xp.max(size), result, nan
        )
