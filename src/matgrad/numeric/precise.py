"""Arbitrary-precision arrays: lists of rows of mpmath numbers. Needs no NumPy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Any

from matgrad.core.dims import Dim
from matgrad.core.errors import DomainError
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import phrase
from matgrad.numeric import precise_equations, precise_linalg as linalg, precise_spectra
from matgrad.numeric.gaps import GAP, check_gaps, check_nonzero
from matgrad.numeric.precise_linalg import Number, Rows, exact_products

if TYPE_CHECKING:
    import mpmath
else:
    mpmath = DeferredModule("mpmath")

_contexts = threading.local()


def context(digits: int) -> Any:
    """The mpmath context of this thread with that many decimal digits.

    The global context ``mpmath.mp`` belongs to the user and is left alone. A context is not safe
    to share between threads, since mpmath raises its precision for a while inside functions.
    """
    known: dict[int, Any] = _contexts.__dict__.setdefault("known", {})
    if digits not in known:
        known[digits] = mpmath.MPContext()
        known[digits].dps = digits
    return known[digits]


STEEPEST = 10**9
"""Exponentials are taken of numbers up to this size; beyond, their digits alone would fill the memory."""


TURNS = 1 << 14
"""Sines are taken of numbers with up to so many bits before the point; they need as many digits of π."""


def _not_too_large(value: Number) -> Number:
    if abs(value) > STEEPEST:
        raise DomainError(phrase("a number too large to compute with"))
    return value


class PreciseFunctions:
    """Functions of one mpmath number that refuse what is outside their real domain.

    Parameters
    ----------
    ctx : mpmath context
        Where the numbers live.
    """

    def __init__(self, ctx: Any) -> None:
        self.ctx = ctx
        self.pi = +ctx.pi
        self.atan, self.tanh, self.asinh = ctx.atan, ctx.tanh, ctx.asinh
        self.erf, self.sign, self.absolute = ctx.erf, ctx.sign, abs

    def _angle(self, value: Number) -> Number:
        if value and self.ctx.mag(value) > TURNS:
            raise DomainError(phrase("a number too large to compute with"))
        return value

    def sin(self, value: Number, /) -> Number:
        """The sine."""
        return self.ctx.sin(self._angle(value))

    def cos(self, value: Number, /) -> Number:
        """The cosine."""
        return self.ctx.cos(self._angle(value))

    def tan(self, value: Number, /) -> Number:
        """The tangent."""
        return self.ctx.tan(self._angle(value))

    def exp(self, value: Number, /) -> Number:
        """The exponential; of a number far below 0 it is 0."""
        if value < -STEEPEST:
            return self.ctx.zero
        return self.ctx.exp(_not_too_large(value))

    def expm1(self, value: Number, /) -> Number:
        """exp(value) − 1; of a number far below 0 it is −1."""
        if value < -STEEPEST:
            return -self.ctx.one
        return self.ctx.expm1(_not_too_large(value))

    def sinh(self, value: Number, /) -> Number:
        """The hyperbolic sine."""
        return self.ctx.sinh(_not_too_large(value))

    def cosh(self, value: Number, /) -> Number:
        """The hyperbolic cosine."""
        return self.ctx.cosh(_not_too_large(value))

    def log(self, value: Number, /) -> Number:
        """The natural logarithm of a positive number."""
        if value <= 0:
            raise DomainError(phrase("log of {value}, which is not positive", value=short(value)))
        return self.ctx.log(value)

    def log1p(self, value: Number, /) -> Number:
        """log(1 + value) for a value above -1."""
        if value <= -1:
            raise DomainError(phrase("log1p of {value}, which is not above -1", value=short(value)))
        return self.ctx.log1p(value)

    def sqrt(self, value: Number, /) -> Number:
        """The square root of a number that is not negative."""
        if value < 0:
            raise DomainError(phrase("square root of {value}, which is negative", value=short(value)))
        return self.ctx.sqrt(value)

    def lgamma(self, value: Number, /) -> Number:
        """log|Γ(value)|, but at the poles."""
        self.not_pole(value)
        return self.ctx.loggamma(_not_too_large(value)).real

    def gamma(self, value: Number, /) -> Number:
        """The gamma function, but at its poles."""
        self.not_pole(value)
        return self.ctx.gamma(_not_too_large(value))

    def not_pole(self, value: Number) -> None:
        """Refuse 0, −1, −2, …, where the gamma function and its kin have poles."""
        if value <= 0 and self.ctx.isint(value):
            raise DomainError(
                phrase("the gamma function of {value}, where it has a pole", value=short(value))
            )

    def asin(self, value: Number, /) -> Number:
        """The inverse sine of a number in [-1, 1]."""
        return self.ctx.asin(self._in_unit(value, "asin"))

    def acos(self, value: Number, /) -> Number:
        """The inverse cosine of a number in [-1, 1]."""
        return self.ctx.acos(self._in_unit(value, "acos"))

    def acosh(self, value: Number, /) -> Number:
        """The inverse hyperbolic cosine of a number of at least 1."""
        if value < 1:
            raise DomainError(phrase("the acosh of a number below 1"))
        return self.ctx.acosh(value)

    def atanh(self, value: Number, /) -> Number:
        """The inverse hyperbolic tangent of a number between -1 and 1."""
        if abs(value) >= 1:
            raise DomainError(phrase("the atanh of a number that is not between -1 and 1"))
        return self.ctx.atanh(value)

    def sigmoid(self, value: Number, /) -> Number:
        """1 / (1 + exp(-value)), written so that large values of either sign are as good as others."""
        if value >= 0:
            return 1 / (1 + self.exp(-value))
        power = self.exp(value)
        return power / (1 + power)

    def softplus(self, value: Number, /) -> Number:
        """log(1 + exp(value)), written so that nothing is lost for large values."""
        tail = self.ctx.log1p(self.exp(-abs(value)))
        return value + tail if value > 0 else tail

    def relu(self, value: Number, /) -> Number:
        """The larger of value and 0."""
        return value if value > 0 else self.ctx.zero

    def step(self, value: Number, /) -> Number:
        """1 for a positive value and 0 otherwise, the derivative of relu (0 at 0)."""
        return self.ctx.one if value > 0 else self.ctx.zero

    def _in_unit(self, value: Number, name: str) -> Number:
        if abs(value) > 1:
            raise DomainError(
                phrase("{name} of {value}, which is not between -1 and 1", name=name, value=short(value))
            )
        return value


def functions(digits: int) -> PreciseFunctions:
    """The functions of the context of this thread with that many decimal digits."""
    known: dict[int, PreciseFunctions] = _contexts.__dict__.setdefault("functions", {})
    if digits not in known:
        known[digits] = PreciseFunctions(context(digits))
    return known[digits]


class PreciseArrays:
    """Two-dimensional arrays in arbitrary precision, as lists of rows of mpmath numbers.

    Implements :class:`matgrad.core.arrays.Arrays`. Operations share entries and never change an
    array in place. What is outside the real domain of an operation raises
    :class:`~matgrad.core.errors.DomainError`.

    Parameters
    ----------
    sizes : mapping of str to int
        The number that each symbolic dimension stands for.
    digits : int, default 40
        Decimal digits of every number.

    Examples
    --------
    >>> xp = PreciseArrays({"n": 2})
    >>> a = xp.constant([[1, 2], [0, 4]])
    >>> xp.floats(xp.inv(a))
    [[1.0, -0.5], [0.0, 0.25]]
    """

    def __init__(self, sizes: Mapping[str, int], digits: int = 40) -> None:
        self.sizes = dict(sizes)
        self.digits = digits
        self.ctx = context(digits)
        self.functions = functions(digits)
        self._known_sizes: dict[Dim, int] = {}
        self._known_numbers: dict[Fraction | int, Number] = {}

    def size(self, dim: Dim) -> int:
        """The number that a dimension stands for."""
        known = self._known_sizes.get(dim)
        if known is None:
            known = self._known_sizes[dim] = dim.value(self.sizes)
        return known

    def at_indices(self, indices: Mapping[str, int]) -> PreciseArrays:
        """The same arithmetic with indices set to numbers."""
        return type(self)({**self.sizes, **indices}, self.digits)

    def shape(self, a: Rows) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return len(a), len(a[0]) if a else 0

    # ---- to and from Python numbers ---------------------------------------------------------------

    def entry(self, value: Fraction | int) -> Number:
        """One number, rounded to the precision in use."""
        if value.denominator == 1:
            value = value.numerator  # the hash of a fraction is slow
        known = self._known_numbers.get(value)
        if known is None:
            if isinstance(value, int):
                known = self.ctx.mpf(value)
            else:
                known = self.ctx.mpf(value.numerator) / value.denominator
            self._known_numbers[value] = known
        return known

    def floats(self, a: Rows) -> list[list[float]]:
        """The entries as Python floats, row by row."""
        return [[float(x) for x in row] for row in a]

    def largest(self, a: Rows) -> Number:
        """The largest magnitude among the entries; 0 for an array of zeros."""
        return max((abs(x) for row in a for x in row), default=self.ctx.zero)

    # ---- making arrays ------------------------------------------------------------------------------

    def constant(self, rows: Sequence[Sequence[Fraction | int]]) -> Rows:
        """The array of the given numbers."""
        return [[self.entry(x) for x in row] for row in rows]

    def number(self, value: Fraction | int) -> Rows:
        """A 1×1 array."""
        return [[self.entry(value)]]

    def pi(self) -> Rows:
        """π as a 1×1 array."""
        return [[self.functions.pi]]

    def zeros(self, rows: int, columns: int) -> Rows:
        """An array of zeros."""
        return [[self.ctx.zero] * columns for _ in range(rows)]

    def ones(self, rows: int, columns: int) -> Rows:
        """An array of ones."""
        return [[self.ctx.one] * columns for _ in range(rows)]

    def eye(self, n: int) -> Rows:
        """The identity."""
        zero, one = self.ctx.zero, self.ctx.one
        return [[one if i == j else zero for j in range(n)] for i in range(n)]

    # ---- entry by entry ----------------------------------------------------------------------------

    def add(self, a: Rows, b: Rows) -> Rows:
        """The sum of two arrays of the same shape."""
        return [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]

    def subtract(self, a: Rows, b: Rows) -> Rows:
        """The difference of two arrays of the same shape."""
        return [[x - y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]

    def scale(self, factor: Fraction | int, a: Rows) -> Rows:
        """A number times an array."""
        if factor == 1:
            return a
        if factor == -1:
            return [[-x for x in row] for row in a]
        number = self.entry(factor)
        return [[number * x for x in row] for row in a]

    def scalar_times(self, scalar: Rows, a: Rows) -> Rows:
        """A 1×1 array times an array."""
        number = scalar[0][0]
        return [[number * x for x in row] for row in a]

    def hadamard(self, a: Rows, b: Rows) -> Rows:
        """The entrywise product of two arrays of the same shape."""
        return [[x * y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]

    def map(self, function: Callable[[Any, Any], Any], a: Rows) -> Rows:
        """Apply a function entry by entry."""
        return self._real(partial(function, self.functions), a)

    def power(self, a: Rows, exponent: Rows) -> Rows:
        """Entries to the power of a 1×1 exponent; negative entries only to whole powers."""
        number = exponent[0][0]
        if self.ctx.isint(number):
            whole = int(number)
            return self._real(lambda x: x**whole, a)
        if any(x < 0 for row in a for x in row):
            raise DomainError(
                phrase("a negative number to the power {number}, which is not whole", number=short(number))
            )
        return self._real(lambda x: x**number, a)

    def polygamma(self, order: int, a: Rows) -> Rows:
        """The derivative of that order of the digamma function, entry by entry."""

        def of(x: Number) -> Number:
            self.functions.not_pole(x)
            return self.ctx.psi(order, x)

        return self._real(of, a)

    def power_or_zero(self, a: Rows, exponent: Rows) -> Rows:
        """Entries to the power of a 1×1 exponent, with 0 where an entry is 0."""
        one = self.ctx.one
        powers = self.power([[x or one for x in row] for row in a], exponent)
        return [[y if x else x for x, y in zip(r, s, strict=True)] for r, s in zip(a, powers, strict=True)]

    def xlogy(self, a: Rows, u: Rows, exponent: int) -> Rows:
        """a ⊙ log(u) to a whole power, with 0 where an entry of a is 0."""
        log = self.functions.log
        return [
            [x * log(y) ** exponent if x else x for x, y in zip(r, s, strict=True)]
            for r, s in zip(a, u, strict=True)
        ]

    def norms(self, a: Rows, *, by_row: bool = False) -> Rows:
        """The root of the sum of the squares of all entries (1×1), or of those of each row (a column)."""
        groups = a if by_row else [[x for row in a for x in row]]
        return [[self.ctx.sqrt(self.ctx.fsum(row, squared=True))] for row in groups]

    def over_norms(self, a: Rows, norms: Rows) -> Rows:
        """An array over its norm, or each row over its own, with 0 for 0/0."""
        each = norms if len(norms) == len(a) else norms * len(a)
        return [[x / norm if norm else x for x in row] for row, (norm,) in zip(a, each, strict=True)]

    def _real(self, function: Callable[[Number], Number], a: Rows) -> Rows:
        """Apply a function to each entry and see that finite real numbers come out."""
        try:
            result = [[function(x) for x in row] for row in a]
        except ZeroDivisionError:
            raise DomainError(phrase("division by zero")) from None
        except OverflowError:
            raise DomainError(phrase("a number too large to compute with")) from None
        mpf = self.ctx.mpf
        for row in result:
            for place, y in enumerate(row):
                if not isinstance(y, mpf):
                    if not isinstance(y, int):
                        raise DomainError(phrase("a function value that is not real"))
                    row[place] = mpf(y)
                elif not y._mpf_[1] and y._mpf_[2]:  # how mpmath stores infinities and not-a-number
                    raise DomainError(phrase("a function value that is not finite"))
        return result

    # ---- products and rearrangements ------------------------------------------------------------------

    def matmul(self, a: Rows, b: Rows) -> Rows:
        """The matrix product."""
        make = self.ctx.make_mpf
        rows = [[x._mpf_ for x in row] for row in a]
        columns = [[y._mpf_ for y in column] for column in zip(*b, strict=True)]
        return [[make(x) for x in row] for row in exact_products(rows, columns, self.ctx.prec)]

    def transpose(self, a: Rows) -> Rows:
        """The transpose."""
        return [list(column) for column in zip(*a, strict=True)]

    def kron(self, a: Rows, b: Rows) -> Rows:
        """The Kronecker product; factors are often identities, whose zeros and ones cost nothing here."""
        zeros, no, yes = [self.ctx.zero] * self.shape(b)[1], self.ctx.zero._mpf_, self.ctx.one._mpf_

        def times(x: Number, line: list[Number]) -> list[Number]:
            raw = x._mpf_
            return zeros if raw == no else line if raw == yes else [x * y for y in line]

        return [[y for part in [times(x, s) for x in r] for y in part] for r in a for s in b]

    def reshape(self, a: Rows, rows: int, columns: int) -> Rows:
        """The same entries column by column in another shape."""
        entries = [x for column in zip(*a, strict=True) for x in column]
        return [[entries[i + rows * j] for j in range(columns)] for i in range(rows)]

    def tril(self, a: Rows, *, strict: bool = False, upper: bool = False) -> Rows:
        """The entries below the diagonal or above it, and those on it unless ``strict``; zero elsewhere."""
        if upper:
            return self.transpose(self.tril(self.transpose(a), strict=strict))
        zero = self.ctx.zero
        return [[x if j <= i - strict else zero for j, x in enumerate(row)] for i, row in enumerate(a)]

    def diag(self, v: Rows) -> Rows:
        """The diagonal array of a column."""
        zero = self.ctx.zero
        return [[row[0] if i == j else zero for j in range(len(v))] for i, row in enumerate(v)]

    def diagonal(self, a: Rows) -> Rows:
        """The diagonal of a square array as a column."""
        return [[row[i]] for i, row in enumerate(a)]

    def grid(self, blocks: Sequence[Sequence[Rows]]) -> Rows:
        """Put blocks together, row by row."""
        return [[x for part in parts for x in part] for line in blocks for parts in zip(*line, strict=True)]

    def part(self, a: Rows, rows: slice, columns: slice) -> Rows:
        """A block of an array."""
        return [row[columns] for row in a[rows]]

    def max(self, a: Rows) -> Rows:
        """The largest entry as a 1×1 array."""
        return [[max(x for row in a for x in row)]]

    def require_nonzero(self, values: Rows) -> None:
        """Refuse a column with a zero entry, up to rounding relative to the largest."""
        check_nonzero([row[0] for row in values], self.entry(GAP))

    def require_gaps(self, values: Rows, *, only: int | None = None) -> None:
        """Refuse a column with two equal entries, up to rounding relative to the largest."""
        check_gaps([row[0] for row in values], self.entry(GAP), only)

    def is_max(self, a: Rows) -> Rows:
        """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
        rows, columns = self.shape(a)
        places = [(i, j) for j in range(columns) for i in range(rows)]
        row, column = max(places, key=lambda place: a[place[0]][place[1]])
        result = self.zeros(rows, columns)
        result[row][column] = self.ctx.one
        return result

    def column_max(self, a: Rows) -> Rows:
        """The largest entry of each column, as a row."""
        return [[max(column) for column in zip(*a, strict=True)]]

    def larger(self, a: Rows, b: Rows) -> Rows:
        """The larger of two entries, entry by entry."""
        return [[max(x, y) for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]

    def arctan2(self, a: Rows, b: Rows) -> Rows:
        """The angles of the points (b, a), entry by entry."""
        return [[self.ctx.atan2(y, x) for y, x in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]

    def select(self, condition: Rows, a: Rows, b: Rows) -> Rows:
        """Entries of ``a`` where the condition is positive, and of ``b`` elsewhere."""
        return [
            [x if c > 0 else y for c, x, y in zip(q, r, s, strict=True)]
            for q, r, s in zip(condition, a, b, strict=True)
        ]

    def cumsum(self, a: Rows, *, from_end: bool = False) -> Rows:
        """The sums of the entries of each column up to each place, or from each place on."""
        lines = a[::-1] if from_end else a
        sums = [
            list(column) for column in zip(*(accumulate(c) for c in zip(*lines, strict=True)), strict=True)
        ]
        return sums[::-1] if from_end else sums

    def cumprod(self, a: Rows) -> Rows:
        """The products of the entries of each column up to each place."""
        columns = (accumulate(column, mul) for column in zip(*a, strict=True))
        return [list(row) for row in zip(*columns, strict=True)]

    def column_prods(self, a: Rows) -> Rows:
        """The product of the entries of each column, as a row."""
        return [[self.ctx.fprod(column) for column in zip(*a, strict=True)]]

    def prods_of_others(self, a: Rows) -> Rows:
        """For each entry the product of the others of its column."""
        columns = [
            [self.ctx.fprod(column[:i] + column[i + 1 :]) for i in range(len(column))]
            for column in zip(*a, strict=True)
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    # ---- linear algebra ------------------------------------------------------------------------------

    def inv(self, a: Rows) -> Rows:
        """The inverse of a square array."""
        return linalg.solve(self.ctx, a, self.eye(len(a)), "the inverse of")

    def solve(self, a: Rows, b: Rows) -> Rows:
        """The solution X of a X = b."""
        return linalg.solve(self.ctx, a, b, "solve with")

    def matrix_equation(self, plain: int, coefficients: Sequence[Rows], c: Rows) -> Rows:
        """The X with A₁ X B₁ + A₂ X B₂ + … = C, coefficients A₁, B₁, …, and Xᵀ behind the first terms."""
        return precise_equations.matrix_equation(self, plain, coefficients, c)

    def riccati(self, a: Rows, g: Rows, q: Rows, *, discrete: bool) -> Rows:
        """The stabilising X of Aᵀ X + X A − X G X + Q = 0, or of X = Aᵀ X (I + G X)⁻¹ A + Q."""
        return precise_equations.riccati(self, a, g, q, discrete=discrete)

    def pinv(self, a: Rows, *, nullity: int = 0) -> Rows:
        """The Moore-Penrose inverse; at least ``nullity`` singular values are known to be zero."""
        return linalg.pinv(self, a, nullity)

    def adjugate(self, a: Rows) -> Rows:
        """det(a) a⁻¹, also of a singular array."""
        return linalg.adjugate(self.ctx, a)

    def det(self, a: Rows) -> Rows:
        """The determinant as a 1×1 array."""
        return [[linalg.determinant(self.ctx, a)]]

    def det_hessian(self, a: Rows) -> Rows:
        """The second derivative of det on vec(a): signed determinants without two rows and two columns."""
        return linalg.det_hessian(self.ctx, a)

    def log_det(self, a: Rows) -> Rows:
        """log det a as a 1×1 array; refused where the determinant is not positive."""
        return [[linalg.log_determinant(self.ctx, a)]]

    def matrix_power(self, a: Rows, exponent: Rows) -> Rows:
        """A square array to the power of a 1×1 whole number, possibly negative."""
        number = exponent[0][0]
        if not self.ctx.isint(number):
            raise DomainError(phrase("the matrix power {number}, which is not whole", number=short(number)))
        whole = int(number)
        square = self.inv(a) if whole < 0 else a
        whole = abs(whole)
        result: Rows | None = None
        while whole:
            if whole & 1:
                result = square if result is None else self.matmul(result, square)
            whole >>= 1
            if whole:
                square = self.matmul(square, square)
        return self.eye(len(a)) if result is None else result

    def expm(self, a: Rows) -> Rows:
        """The matrix exponential."""
        return linalg.expm(self, a)

    def logm(self, a: Rows) -> Rows:
        """The principal matrix logarithm, where it is real."""
        return linalg.logm(self, a)

    def sqrtm(self, a: Rows) -> Rows:
        """The principal matrix square root, where it is real."""
        return linalg.sqrtm(self, a)

    def cholesky(self, a: Rows) -> Rows:
        """The lower triangular L with L Lᵀ = a, for a symmetric positive definite array."""
        return linalg.cholesky(self, a)

    def eigh(self, a: Rows) -> tuple[Rows, Rows]:
        """Ascending eigenvalues (n×1) and eigenvectors of a symmetric array.

        In each eigenvector the entry of largest magnitude is positive.
        """
        return precise_spectra.eigh(self, a)

    def svd(self, a: Rows) -> tuple[Rows, Rows, Rows]:
        """U (m×k), descending singular values (k×1), V (n×k) with a = U diag(s) Vᵀ, k = min(m, n).

        In each column of U the entry of largest magnitude is positive.
        """
        return precise_spectra.svd(self, a)


def short(value: Number) -> str:
    """A number as a message shows it."""
    return f"{float(value):.6g}"
