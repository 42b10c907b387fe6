"""What an operation may ask of arrays to state its numeric meaning, once, for every arithmetic.

An implementation holds the sizes of the symbolic dimensions. Every array has two axes. The
arithmetic is either arbitrary precision (verification) or NumPy (:func:`matgrad.evaluate`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from matgrad.core.dims import Dim

Array = Any
"""An array of whatever arithmetic is in use; only its :class:`Arrays` looks inside."""


class Functions(Protocol):
    """Functions of one number, or of all numbers of an array."""

    pi: Any

    def exp(self, value: Any, /) -> Any: ...
    def log(self, value: Any, /) -> Any: ...
    def log1p(self, value: Any, /) -> Any: ...
    def expm1(self, value: Any, /) -> Any: ...
    def sqrt(self, value: Any, /) -> Any: ...
    def sin(self, value: Any, /) -> Any: ...
    def cos(self, value: Any, /) -> Any: ...
    def tan(self, value: Any, /) -> Any: ...
    def asin(self, value: Any, /) -> Any: ...
    def acos(self, value: Any, /) -> Any: ...
    def atan(self, value: Any, /) -> Any: ...
    def asinh(self, value: Any, /) -> Any: ...
    def acosh(self, value: Any, /) -> Any: ...
    def atanh(self, value: Any, /) -> Any: ...
    def sinh(self, value: Any, /) -> Any: ...
    def cosh(self, value: Any, /) -> Any: ...
    def tanh(self, value: Any, /) -> Any: ...
    def sigmoid(self, value: Any, /) -> Any: ...
    def softplus(self, value: Any, /) -> Any: ...
    def erf(self, value: Any, /) -> Any: ...
    def lgamma(self, value: Any, /) -> Any: ...
    def gamma(self, value: Any, /) -> Any: ...
    def sign(self, value: Any, /) -> Any: ...
    def absolute(self, value: Any, /) -> Any: ...
    def relu(self, value: Any, /) -> Any: ...
    def step(self, value: Any, /) -> Any: ...


class Arrays(Protocol):
    """The arithmetic of two-dimensional arrays."""

    def size(self, dim: Dim) -> int:
        """The number that a dimension stands for."""

    def at_indices(self, indices: Mapping[str, int]) -> Arrays:
        """The same arithmetic with indices set to numbers."""

    def shape(self, a: Array) -> tuple[int, int]: ...
    def constant(self, rows: Sequence[Sequence[Fraction | int]]) -> Array: ...
    def number(self, value: Fraction | int) -> Array:
        """A 1×1 array."""

    def pi(self) -> Array:
        """π as a 1×1 array."""

    def zeros(self, rows: int, columns: int) -> Array: ...
    def ones(self, rows: int, columns: int) -> Array: ...
    def eye(self, n: int) -> Array: ...
    def add(self, a: Array, b: Array) -> Array: ...
    def subtract(self, a: Array, b: Array) -> Array: ...
    def scale(self, factor: Fraction | int, a: Array) -> Array: ...
    def scalar_times(self, scalar: Array, a: Array) -> Array:
        """A 1×1 array times an array."""

    def matmul(self, a: Array, b: Array) -> Array: ...
    def transpose(self, a: Array) -> Array: ...
    def hadamard(self, a: Array, b: Array) -> Array: ...
    def map(self, function: Callable[[Functions, Any], Any], a: Array) -> Array:
        """Apply a function entry by entry."""

    def power(self, a: Array, exponent: Array) -> Array:
        """Entries to the power of a 1×1 exponent; negative entries only to whole powers."""

    def polygamma(self, order: int, a: Array) -> Array:
        """The derivative of that order of the digamma function, entry by entry."""

    def power_or_zero(self, a: Array, exponent: Array) -> Array:
        """Entries to the power of a 1×1 exponent, with 0 where an entry is 0."""

    def xlogy(self, a: Array, u: Array, exponent: int) -> Array:
        """a ⊙ log(u) to a whole power, with 0 where an entry of a is 0."""

    def norms(self, a: Array, *, by_row: bool = False) -> Array:
        """The root of the sum of the squares of all entries (1×1), or of those of each row (a column)."""

    def over_norms(self, a: Array, norms: Array) -> Array:
        """An array over its norm, or each row over its own, with 0 for 0/0."""

    def matrix_power(self, a: Array, exponent: Array) -> Array:
        """A square array to the power of a 1×1 whole number, possibly negative."""

    def inv(self, a: Array) -> Array: ...
    def pinv(self, a: Array, *, nullity: int = 0) -> Array:
        """The Moore-Penrose inverse; at least ``nullity`` singular values are known to be zero."""

    def adjugate(self, a: Array) -> Array:
        """det(a) a⁻¹, also of a singular array."""

    def det_hessian(self, a: Array) -> Array:
        """The second derivative of det on vec(a), also at a singular array."""

    def det(self, a: Array) -> Array:
        """The determinant as a 1×1 array."""

    def log_det(self, a: Array) -> Array:
        """log det a as a 1×1 array; refused where the determinant is not positive."""

    def solve(self, a: Array, b: Array) -> Array: ...
    def matrix_equation(self, plain: int, coefficients: Sequence[Array], c: Array) -> Array:
        """The X with A₁ X B₁ + A₂ X B₂ + … = C, coefficients A₁, B₁, …, and Xᵀ behind the first terms."""

    def riccati(self, a: Array, g: Array, q: Array, *, discrete: bool) -> Array:
        """The stabilising X of Aᵀ X + X A − X G X + Q = 0, or of X = Aᵀ X (I + G X)⁻¹ A + Q."""

    def expm(self, a: Array) -> Array: ...
    def logm(self, a: Array) -> Array: ...
    def sqrtm(self, a: Array) -> Array: ...
    def cholesky(self, a: Array) -> Array:
        """The lower triangular L with L Lᵀ = a."""

    def eigh(self, a: Array) -> tuple[Array, Array]:
        """Ascending eigenvalues (n×1) and eigenvectors of a symmetric array.

        In each eigenvector the entry of largest magnitude is positive.
        """

    def svd(self, a: Array) -> tuple[Array, Array, Array]:
        """U (m×k), descending singular values (k×1), V (n×k) with a = U diag(s) Vᵀ, k = min(m, n).

        In each column of U the entry of largest magnitude is positive.
        """

    def require_nonzero(self, values: Array) -> None:
        """Refuse a column with a zero entry, up to rounding relative to the largest.

        Raises
        ------
        DomainError
            Where the rank is not full.
        """

    def require_gaps(self, values: Array, *, only: int | None = None) -> None:
        """Refuse a column with two equal entries, up to rounding relative to the largest.

        With ``only`` just the entry of that place (from the end, if negative) is compared with the
        others.

        Raises
        ------
        DomainError
            Where eigenvectors or singular vectors are not determined.
        """

    def kron(self, a: Array, b: Array) -> Array: ...
    def reshape(self, a: Array, rows: int, columns: int) -> Array:
        """Column by column (Fortran order), as vec does."""

    def tril(self, a: Array, *, strict: bool = False, upper: bool = False) -> Array:
        """The entries below the diagonal or above it, and those on it unless ``strict``; zero elsewhere."""

    def diag(self, v: Array) -> Array:
        """The diagonal array of a column."""

    def diagonal(self, a: Array) -> Array:
        """The diagonal of a square array as a column."""

    def grid(self, blocks: Sequence[Sequence[Array]]) -> Array:
        """Put blocks together, row by row."""

    def part(self, a: Array, rows: slice, columns: slice) -> Array: ...
    def max(self, a: Array) -> Array:
        """The largest entry as a 1×1 array."""

    def is_max(self, a: Array) -> Array:
        """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""

    def column_max(self, a: Array) -> Array:
        """The largest entry of each column, as a row."""

    def larger(self, a: Array, b: Array) -> Array:
        """The larger of two entries, entry by entry."""

    def arctan2(self, a: Array, b: Array) -> Array:
        """The angles of the points (b, a), entry by entry, above −π and up to π."""

    def select(self, condition: Array, a: Array, b: Array) -> Array:
        """Entries of ``a`` where the condition is positive, and of ``b`` elsewhere."""

    def cumsum(self, a: Array, *, from_end: bool = False) -> Array:
        """The sums of the entries of each column up to each place, or from each place on."""

    def cumprod(self, a: Array) -> Array:
        """The products of the entries of each column up to each place."""

    def column_prods(self, a: Array) -> Array:
        """The product of the entries of each column, as a row."""

    def prods_of_others(self, a: Array) -> Array:
        """For each entry the product of the others of its column."""


class Planning(Protocol):
    """What an operation may ask of the planner of compiled code, which knows more than its arithmetic.

    An operation that has nothing to ask is recorded from its numeric meaning.
    """

    @property
    def arrays(self) -> Arrays:
        """The arithmetic that records what is computed."""

    def sum(self, terms: Sequence[Array]) -> Array:
        """The sum of several arrays, common factors out where that is cheaper."""

    def product(self, coefficient: Fraction, scalars: Sequence[Array], chain: Sequence[Array]) -> Array:
        """A number times 1×1 arrays times a chain of arrays, multiplied in the cheapest order."""

    def hadamard(self, factors: Sequence[Array]) -> Array:
        """The entrywise product of several arrays."""

    def trace(self, coefficient: Fraction, chain: Sequence[Array]) -> Array:
        """A number times the trace of a product, none of which is computed but its diagonal."""

    def inverse(self, a: Array) -> Array:
        """The inverse, which products replace by solves."""

    def sylvester(self, a: Array, b: Array, c: Array) -> Array | None:
        """The X with a X + X b = c; nothing where it is no equation of matrices."""

    def frechet_expm(self, a: Array, direction: Array) -> Array | None:
        """The Fréchet derivative of the matrix exponential; nothing where it is read off a block matrix."""

    def selection(self, kind: str, *dims: Dim) -> Array:
        """A commutation, duplication or elimination matrix, with products that only pick entries."""

    def unit(self, index: Dim, n: Dim) -> Array:
        """The column of length n with 1 at a place counted from 1, with products that only pick entries."""

    def normalised(self, name: str, x: Array, *, by_row: bool) -> Array:
        """softmax, log_softmax or logsumexp down each column or along each row."""

    def primitive(self, name: str, operands: Sequence[Array], rows: int, columns: int, *params: Any) -> Array:
        """What every backend writes as one step, by the name of the primitive."""

    def value(self, expr: Any) -> Array:
        """The array of an expression among the operands of the operands."""
