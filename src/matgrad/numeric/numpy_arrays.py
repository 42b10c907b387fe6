"""NumPy arrays as the arithmetic of an expression; refuses what has no finite real value."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from matgrad import solvers
from matgrad.core.dims import Dim
from matgrad.core.errors import DomainError
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import phrase
from matgrad.numeric.gaps import check_gaps, check_nonzero
from matgrad.numeric.operation_words import said

if TYPE_CHECKING:
    import numpy as np
    import scipy.linalg as scipy_linalg
    import scipy.special as scipy_special
    from numpy.typing import DTypeLike
else:
    np = DeferredModule("numpy")
    scipy_linalg = DeferredModule("scipy.linalg")
    scipy_special = DeferredModule("scipy.special")


class NumpyFunctions:
    """Functions of all numbers of an array at once."""

    def __init__(self) -> None:
        self.pi = float(np.pi)
        self.exp, self.log, self.log1p, self.expm1, self.sqrt = np.exp, np.log, np.log1p, np.expm1, np.sqrt
        self.sin, self.cos, self.tan = np.sin, np.cos, np.tan
        self.asin, self.acos, self.atan = np.arcsin, np.arccos, np.arctan
        self.sinh, self.cosh, self.tanh = np.sinh, np.cosh, np.tanh
        self.asinh, self.acosh, self.atanh = np.arcsinh, np.arccosh, np.arctanh
        self.sigmoid = scipy_special.expit
        self.erf = scipy_special.erf
        self.sign, self.absolute = np.sign, np.abs

    def softplus(self, value: Any, /) -> Any:
        """log(1 + exp(value)) without overflow."""
        return np.logaddexp(value, 0)

    def lgamma(self, value: Any, /) -> Any:
        """log|Γ(value)|, but at the poles."""
        return scipy_special.gammaln(no_poles(value))

    def gamma(self, value: Any, /) -> Any:
        """The gamma function, but at its poles."""
        return scipy_special.gamma(no_poles(value))

    def relu(self, value: Any, /) -> Any:
        """The larger of value and 0."""
        return np.maximum(value, 0)

    def step(self, value: Any, /) -> Any:
        """1 for a positive value and 0 otherwise, the derivative of relu (0 at 0)."""
        return np.asarray(value > 0, dtype=np.result_type(value))


def _sizes_of_rows(a: Any) -> Any:
    """A column of powers of 2 near the largest entries of the rows; 1 for rows of zeros."""
    largest = np.abs(a).max(axis=1, keepdims=True)
    return np.exp2(np.round(np.log2(np.where(largest > 0, largest, 1)))).astype(a.dtype)


def no_poles(value: Any) -> Any:
    """Refuse 0, −1, −2, …, where the gamma function and its kin have poles."""
    if ((value <= 0) & (value == np.floor(value))).any():
        raise DomainError(phrase("the gamma function of 0 or a negative whole number, where it has a pole"))
    return value


@cache
def _functions() -> NumpyFunctions:
    return NumpyFunctions()


class NumpyArrays:
    """Two-dimensional NumPy arrays of real floating-point numbers.

    Implements :class:`matgrad.core.arrays.Arrays`. What has no finite real value (the logarithm
    of zero, the inverse of a matrix that is singular to working precision) raises
    :class:`~matgrad.core.errors.DomainError`; no NaN, infinity or warning comes out.

    Parameters
    ----------
    sizes : mapping of str to int
        The number that each symbolic dimension stands for.
    dtype : dtype, default float64
        The type of constants: float32 keeps a computation on float32 arrays in float32.

    Examples
    --------
    >>> xp = NumpyArrays({"n": 2})
    >>> xp.det(xp.constant([[1, 2], [3, 5]])).round(12).tolist()
    [[-1.0]]
    """

    def __init__(self, sizes: Mapping[str, int], dtype: DTypeLike = "float64") -> None:
        self.sizes = dict(sizes)
        self.dtype = np.dtype(dtype)
        self.functions = _functions()
        self.epsilon = float(np.finfo(self.dtype).eps)

    def size(self, dim: Dim) -> int:
        """The number that a dimension stands for."""
        return dim.value(self.sizes)

    def at_indices(self, indices: Mapping[str, int]) -> NumpyArrays:
        """The same arithmetic with indices set to numbers."""
        return NumpyArrays({**self.sizes, **indices}, self.dtype)

    def shape(self, a: Any) -> tuple[int, int]:
        """The numbers of rows and columns."""
        rows, columns = a.shape
        return rows, columns

    # ---- making arrays ------------------------------------------------------------------------------

    def constant(self, rows: Sequence[Sequence[Fraction | int]]) -> Any:
        """The array of the given numbers."""
        width = len(rows[0]) if rows else 0
        return np.array([[float(x) for x in row] for row in rows], dtype=self.dtype).reshape(len(rows), width)

    def number(self, value: Fraction | int) -> Any:
        """A 1×1 array."""
        return np.array([[float(value)]], dtype=self.dtype)

    def pi(self) -> Any:
        """π as a 1×1 array."""
        return np.array([[np.pi]], dtype=self.dtype)

    def zeros(self, rows: int, columns: int) -> Any:
        """An array of zeros."""
        return np.zeros((rows, columns), dtype=self.dtype)

    def ones(self, rows: int, columns: int) -> Any:
        """An array of ones."""
        return np.ones((rows, columns), dtype=self.dtype)

    def eye(self, n: int) -> Any:
        """The identity."""
        return np.eye(n, dtype=self.dtype)

    # ---- entry by entry ------------------------------------------------------------------------------

    def add(self, a: Any, b: Any) -> Any:
        """The sum of two arrays of the same shape."""
        with finite("a sum"):
            return a + b

    def subtract(self, a: Any, b: Any) -> Any:
        """The difference of two arrays of the same shape."""
        with finite("a difference"):
            return a - b

    def scale(self, factor: Fraction | int, a: Any) -> Any:
        """A number times an array."""
        with finite("a product"):
            return float(factor) * a

    def scalar_times(self, scalar: Any, a: Any) -> Any:
        """A 1×1 array times an array."""
        with finite("a product"):
            return scalar * a

    def hadamard(self, a: Any, b: Any) -> Any:
        """The entrywise product of two arrays of the same shape."""
        with finite("an entrywise product"):
            return a * b

    def map(self, function: Callable[[Any, Any], Any], a: Any) -> Any:
        """Apply a function to all entries."""
        with finite("a function"):
            result = function(self.functions, a)
            return np.broadcast_to(np.asarray(result, dtype=a.dtype), a.shape)

    def power(self, a: Any, exponent: Any) -> Any:
        """Entries to the power of a 1×1 exponent; negative entries only to whole powers."""
        number = float(exponent[0, 0])
        if not number.is_integer() and (a < 0).any():
            raise DomainError(
                phrase("a negative number to the power {number}, which is not whole", number=f"{number:g}")
            )
        with finite("a power"):
            return a**number

    def polygamma(self, order: int, a: Any) -> Any:
        """The derivative of that order of the digamma function, entry by entry."""
        return self.map(lambda _, t: scipy_special.polygamma(order, no_poles(t)), a)

    def power_or_zero(self, a: Any, exponent: Any) -> Any:
        """Entries to the power of a 1×1 exponent, with 0 where an entry is 0."""
        zero = a == 0
        return np.where(zero, 0, self.power(np.where(zero, 1, a), exponent))

    def xlogy(self, a: Any, u: Any, exponent: int) -> Any:
        """a ⊙ log(u) to a whole power, with 0 where an entry of a is 0."""
        zero = a == 0
        with finite("a logarithm"):
            return np.where(zero, 0, a * np.log(np.where(zero, 1, u)) ** exponent)

    def norms(self, a: Any, *, by_row: bool = False) -> Any:
        """The root of the sum of the squares of all entries (1×1), or of those of each row (a column)."""
        axis = 1 if by_row else None
        largest = np.abs(a).max(axis=axis, keepdims=True, initial=0)
        scale = np.where((largest > 0) & np.isfinite(largest), largest, 1)
        with finite("a norm"):
            return scale * np.sqrt(np.square(a / scale).sum(axis=axis, keepdims=True))

    def over_norms(self, a: Any, norms: Any) -> Any:
        """An array over its norm, or each row over its own, with 0 for 0/0."""
        with finite("a quotient"):
            return a / np.where(norms == 0, 1, norms)

    # ---- products and rearrangements -------------------------------------------------------------------

    def matmul(self, a: Any, b: Any) -> Any:
        """The matrix product."""
        with finite("a matrix product"):
            return a @ b

    def transpose(self, a: Any) -> Any:
        """The transpose."""
        return a.T

    def kron(self, a: Any, b: Any) -> Any:
        """The Kronecker product."""
        with finite("a Kronecker product"):
            return np.kron(a, b)

    def reshape(self, a: Any, rows: int, columns: int) -> Any:
        """The same entries column by column in another shape."""
        return a.reshape((rows, columns), order="F")

    def tril(self, a: Any, *, strict: bool = False, upper: bool = False) -> Any:
        """The entries below the diagonal or above it, and those on it unless ``strict``; zero elsewhere."""
        return np.triu(a, int(strict)) if upper else np.tril(a, -int(strict))

    def diag(self, v: Any) -> Any:
        """The diagonal array of a column."""
        return np.diag(v[:, 0])

    def diagonal(self, a: Any) -> Any:
        """The diagonal of a square array as a column."""
        return np.diag(a)[:, None]

    def grid(self, blocks: Sequence[Sequence[Any]]) -> Any:
        """Put blocks together, row by row."""
        return np.block([list(line) for line in blocks])

    def part(self, a: Any, rows: slice, columns: slice) -> Any:
        """A block of an array."""
        return a[rows, columns]

    def max(self, a: Any) -> Any:
        """The largest entry as a 1×1 array."""
        return a.max(keepdims=True)

    def require_nonzero(self, values: Any) -> None:
        """Refuse a column with a zero entry, up to rounding relative to the largest."""
        check_nonzero(values[:, 0].tolist(), 8 * float(np.finfo(values.dtype).eps))

    def require_gaps(self, values: Any, *, only: int | None = None) -> None:
        """Refuse a column with two equal entries, up to rounding relative to the largest."""
        check_gaps(values[:, 0].tolist(), 8 * float(np.finfo(values.dtype).eps), only)

    def is_max(self, a: Any) -> Any:
        """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
        rows = a.shape[0]
        result = np.zeros_like(a)
        if not a.size:
            return result
        column, row = divmod(int(a.T.argmax()), rows)
        result[row, column] = 1
        return result

    def column_max(self, a: Any) -> Any:
        """The largest entry of each column, as a row; of columns without entries -∞."""
        return a.max(axis=0, keepdims=True, initial=-np.inf) if not len(a) else a.max(axis=0, keepdims=True)

    def larger(self, a: Any, b: Any) -> Any:
        """The larger of two entries, entry by entry."""
        return np.maximum(a, b)

    def arctan2(self, a: Any, b: Any) -> Any:
        """The angles of the points (b, a), entry by entry."""
        return np.arctan2(a, b)

    def select(self, condition: Any, a: Any, b: Any) -> Any:
        """Entries of ``a`` where the condition is positive, and of ``b`` elsewhere."""
        return np.where(condition > 0, a, b)

    def cumsum(self, a: Any, *, from_end: bool = False) -> Any:
        """The sums of the entries of each column up to each place, or from each place on."""
        with finite("a sum"):
            return np.cumsum(a[::-1], axis=0)[::-1] if from_end else np.cumsum(a, axis=0)

    def cumprod(self, a: Any) -> Any:
        """The products of the entries of each column up to each place."""
        with finite("a product"):
            return np.cumprod(a, axis=0)

    def column_prods(self, a: Any) -> Any:
        """The product of the entries of each column, as a row."""
        with finite("a product"):
            return a.prod(axis=0, keepdims=True)

    def prods_of_others(self, a: Any) -> Any:
        """For each entry the product of the others of its column."""
        if not len(a):
            return a
        one = np.ones_like(a[:1])
        with finite("a product"):
            before = np.cumprod(np.concatenate([one, a[:-1]]), axis=0)
            after = np.cumprod(np.concatenate([one, a[:0:-1]]), axis=0)[::-1]
            return before * after

    # ---- linear algebra --------------------------------------------------------------------------------

    def inv(self, a: Any) -> Any:
        """The inverse of a square array."""
        return self._solve(a, np.eye(len(a), dtype=a.dtype), "the inverse of")

    def solve(self, a: Any, b: Any) -> Any:
        """The solution X of a X = b."""
        return self._solve(a, b, "solve with")

    def _solve(self, a: Any, b: Any, what: str) -> Any:
        """Solve with an estimate of the condition number, which NumPy does not make."""
        dtype = np.result_type(a, b)
        a, b = a.astype(dtype), b.astype(dtype)
        if not a.size:
            return b
        lapack: Any = scipy_linalg.get_lapack_funcs(("getrf", "getrs", "gecon"), (a, b))
        getrf, getrs, gecon = lapack
        # Rows and columns are brought to one size first: diag(1, 1e-20) is far from singular.
        rows = _powers(np.abs(a).max(axis=1))[:, None]
        columns = _powers(np.abs(a * rows).max(axis=0))
        scaled = a * rows * columns
        lu, pivots, info = getrf(scaled)
        if info == 0:
            reciprocal, _ = gecon(lu, np.abs(scaled).sum(axis=0).max())
            if reciprocal >= np.finfo(dtype).eps:
                with finite(what):
                    return columns[:, None] * getrs(lu, pivots, rows * b)[0]
        raise DomainError(phrase("{what} a matrix that is singular to working precision", what=said(what)))

    def pinv(self, a: Any, *, nullity: int = 0) -> Any:
        """The Moore-Penrose inverse; at least ``nullity`` singular values are known to be zero."""
        if not nullity or not a.size:
            return np.linalg.pinv(a, rcond=max(a.shape) * np.finfo(a.dtype).eps)
        u, s, vt = np.linalg.svd(a, full_matrices=False)
        kept = s[: len(s) - nullity]
        # The gaps that these are have been found to be larger than rounding.
        rank = int((kept > 2 * np.finfo(a.dtype).eps * s[0]).sum())
        with finite("a pseudoinverse"):
            return (vt[:rank].T / s[:rank]) @ u[:, :rank].T

    def adjugate(self, a: Any) -> Any:
        """det(a) a⁻¹, also of a singular array: det(U) det(V) V diag(∏_{j≠i} s_j) Uᵀ.

        Rows and columns are made alike in size first: singular values far below the largest have few digits.
        """
        if not a.size:
            return a.copy()
        rows = _sizes_of_rows(a)
        columns = _sizes_of_rows((a / rows).T).T
        u, s, vt = np.linalg.svd(a / rows / columns)
        ones = np.ones(1, dtype=a.dtype)
        with finite("an adjugate"):
            before = np.cumprod(np.concatenate([ones, s[:-1]]))
            after = np.cumprod(np.concatenate([ones, s[:0:-1]]))[::-1]
            sign = np.sign(np.linalg.det(u) * np.linalg.det(vt))
            scaled = (vt.T * (sign * before * after)) @ u.T
            return scaled / columns.T / rows.T * (rows.prod() * columns.prod())

    def det(self, a: Any) -> Any:
        """The determinant as a 1×1 array."""
        with finite("a determinant"):
            return np.array([[np.linalg.det(a)]], dtype=a.dtype)

    def det_hessian(self, a: Any) -> Any:
        """The second derivative of det on vec(a): det(U) det(V) times that of ∏ s_i in the bases U and V."""
        n = len(a)
        u, s, vt = np.linalg.svd(a)
        left_out = np.eye(n, dtype=bool)
        factors = np.where(left_out[:, None] | left_out[None], 1, s)
        with finite("a determinant"):
            others = factors.prod(axis=2) * ~left_out * np.sign(np.linalg.det(u) * np.linalg.det(vt))
            ones = np.einsum("ai,ib,ij,cj,jd->badc", u, vt, others, u, vt, optimize=True)
            crossed = np.einsum("ai,jb,ij,cj,id->badc", u, vt, others, u, vt, optimize=True)
            return (ones - crossed).reshape(n * n, n * n)

    def log_det(self, a: Any) -> Any:
        """log det a as a 1×1 array; refused where the determinant is not positive."""
        sign, value = np.linalg.slogdet(a)
        if sign == 0:
            raise DomainError(phrase("log det of a singular matrix"))
        if sign < 0:
            raise DomainError(phrase("log det of a matrix whose determinant is negative"))
        return np.array([[value]], dtype=a.dtype)

    def matrix_power(self, a: Any, exponent: Any) -> Any:
        """A square array to the power of a 1×1 whole number, possibly negative."""
        number = float(exponent[0, 0])
        if not number.is_integer():
            raise DomainError(phrase("the matrix power {number}, which is not whole", number=f"{number:g}"))
        base = self.inv(a) if number < 0 else a
        with finite("a matrix power"):
            return np.linalg.matrix_power(base, abs(int(number)))

    def matrix_equation(self, plain: int, coefficients: Sequence[Any], c: Any) -> Any:
        """The X with A₁ X B₁ + A₂ X B₂ + … = C, coefficients A₁, B₁, …, and Xᵀ behind the first terms."""
        return solvers.system_of(plain, coefficients).solve(c).value

    def riccati(self, a: Any, g: Any, q: Any, *, discrete: bool) -> Any:
        """The stabilising X of Aᵀ X + X A − X G X + Q = 0, or of X = Aᵀ X (I + G X)⁻¹ A + Q."""
        return solvers.solve_riccati(a, g, q, discrete=discrete)

    def expm(self, a: Any) -> Any:
        """The matrix exponential."""
        with finite("a matrix exponential"):
            return self._real(scipy_linalg.expm(a), a, "the exponential")

    def _function(self, function: Any, inverse: Any, a: Any, what: str) -> Any:
        """A function of a matrix, refused where its inverse does not lead back."""
        if not a.size:
            return a
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SciPy warns of inaccuracy; it is checked here.
            result = self._real(function(a), a, what)
        if np.abs(inverse(result) - a).max() > np.sqrt(np.finfo(a.dtype).eps) * np.abs(a).max():
            raise DomainError(
                phrase("{what} of a matrix for which it cannot be computed accurately", what=said(what))
            )
        return result

    def logm(self, a: Any) -> Any:
        """The principal matrix logarithm, where it is real."""
        self._principal(a, "the logarithm")
        return self._function(scipy_linalg.logm, scipy_linalg.expm, a, "the logarithm")

    def sqrtm(self, a: Any) -> Any:
        """The principal matrix square root, where it is real."""
        if a.size and self._is_symmetric(a):
            values, vectors = self.eigh(a)
            if values[0, 0] < -len(a) * np.finfo(a.dtype).eps * abs(values).max():
                raise DomainError(phrase("the square root of a matrix with a negative eigenvalue"))
            return (vectors * np.sqrt(np.maximum(values.T, 0))) @ vectors.T
        self._principal(a, "the square root")
        return self._function(scipy_linalg.sqrtm, lambda root: root @ root, a, "the square root")

    def _principal(self, a: Any, what: str) -> None:
        """See that no eigenvalue lies on the closed negative real axis."""
        if not a.size:
            return
        values = np.linalg.eigvals(a)
        tolerance = len(a) * np.finfo(a.dtype).eps * np.abs(values).max()
        on_axis = (np.abs(values.imag) <= tolerance) & (values.real <= tolerance)
        if on_axis.any():
            raise DomainError(
                phrase("{what} of a matrix with a zero or negative eigenvalue", what=said(what))
            )

    def _real(self, result: Any, a: Any, what: str) -> Any:
        if np.iscomplexobj(result):
            if np.abs(result.imag).max() > np.sqrt(np.finfo(a.dtype).eps) * np.abs(result.real).max():
                raise DomainError(phrase("{what} of a matrix for which it is not real", what=said(what)))
            result = result.real
        if not np.isfinite(result).all():
            raise DomainError(phrase("{what} of a matrix for which it is not finite", what=said(what)))
        return result.astype(a.dtype)

    def _is_symmetric(self, a: Any) -> bool:
        # 1e-12 in float64; rounding in float32 is 2^29 times as large.
        tolerance = 4500 * np.finfo(a.dtype).eps
        return not a.size or bool(np.abs(a - a.T).max() <= tolerance * np.abs(a).max())

    def cholesky(self, a: Any) -> Any:
        """The lower triangular L with L Lᵀ = a, for a symmetric positive definite array."""
        if not self._is_symmetric(a):
            raise DomainError(phrase("the Cholesky factor of a matrix that is not symmetric"))
        try:
            return np.linalg.cholesky(a)
        except np.linalg.LinAlgError:
            raise DomainError(
                phrase("the Cholesky factor of a matrix that is not positive definite")
            ) from None

    def eigh(self, a: Any) -> tuple[Any, Any]:
        """Ascending eigenvalues (n×1) and eigenvectors of a symmetric array.

        In each eigenvector the entry of largest magnitude is positive.
        """
        if not self._is_symmetric(a):
            raise DomainError(phrase("the eigenvalues of a matrix that is not symmetric"))
        values, vectors = np.linalg.eigh((a + a.T) / 2)
        return values[:, None], vectors * _signs(vectors)

    def svd(self, a: Any) -> tuple[Any, Any, Any]:
        """U (m×k), descending singular values (k×1), V (n×k) with a = U diag(s) Vᵀ, k = min(m, n).

        In each column of U the entry of largest magnitude is positive.
        """
        u, s, vt = np.linalg.svd(a, full_matrices=False)
        signs = _signs(u)
        return u * signs, s[:, None], vt.T * signs


def _powers(sizes: Any) -> Any:
    """Powers of 2 that bring positive numbers near 1, by which nothing is rounded."""
    exponents = np.clip(np.frexp(sizes)[1], np.finfo(sizes.dtype).minexp, np.finfo(sizes.dtype).maxexp)
    return np.ldexp(np.ones_like(sizes), -exponents + 1)


def _signs(columns: Any) -> Any:
    """The sign of the entry of largest magnitude of each column."""
    if not columns.size:
        return np.ones(columns.shape[1], dtype=columns.dtype)
    largest = columns[np.abs(columns).argmax(axis=0), np.arange(columns.shape[1])]
    return np.where(largest < 0, -1, 1).astype(columns.dtype)


@contextmanager
def finite(what: str) -> Iterator[None]:
    """Turn NumPy's floating-point signals into a refusal that says what failed."""
    with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
        try:
            yield
        except FloatingPointError as error:
            reason = {"divide": "division by zero or the logarithm of zero", "overflow": "a result too large"}
            key = next((key for key in reason if key in str(error)), "")
            raise DomainError(
                phrase(
                    "{what} outside its domain: {key}",
                    what=said(what),
                    key=said(reason.get(key, "no real value")),
                )
            ) from None
