"""Linear algebra on rows of mpmath numbers, written for the small arrays that verification uses.

mpmath's own matrices are slower by a factor of 5 to 20 at these sizes, so the inner loops are
here; the symmetric eigenvalue and singular value decompositions are mpmath's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, factorial, log2
from operator import mul
from typing import TYPE_CHECKING, Any, Protocol

from matgrad.core.errors import DomainError
from matgrad.core.lazy import DeferredModule
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.numeric.operation_words import said

if TYPE_CHECKING:
    import mpmath.libmp as libmp
else:
    libmp = DeferredModule("mpmath.libmp")

Number = Any
"""A number of an mpmath context (mpmath has no types of its own)."""

Rows = list[list[Number]]
Raw = tuple[int, int, int, int]
"""How mpmath stores a number: sign, mantissa, exponent of 2, bits of the mantissa."""


class Arithmetic(Protocol):
    """What is needed of the arrays whose rows these are; :class:`matgrad.numeric.precise.PreciseArrays`."""

    ctx: Any
    digits: int
    functions: Any

    def entry(self, value: Any, /) -> Number: ...
    def eye(self, n: int) -> Rows: ...
    def zeros(self, rows: int, columns: int) -> Rows: ...
    def shape(self, a: Rows) -> tuple[int, int]: ...
    def add(self, a: Rows, b: Rows) -> Rows: ...
    def subtract(self, a: Rows, b: Rows) -> Rows: ...
    def scale(self, factor: Any, a: Rows) -> Rows: ...
    def matmul(self, a: Rows, b: Rows) -> Rows: ...
    def transpose(self, a: Rows) -> Rows: ...
    def diag(self, v: Rows) -> Rows: ...
    def largest(self, a: Rows) -> Number: ...
    def eigh(self, a: Rows) -> tuple[Rows, Rows]: ...
    def svd(self, a: Rows) -> tuple[Rows, Rows, Rows]: ...


_WIDEST_SHIFT = 1 << 16
"""Numbers whose exponents are further apart are left to mpmath, which rounds them earlier."""

_WIDEST_ALIGNED = 1 << 11
"""Numbers whose exponents are further apart are not brought to one exponent."""

ROOT_STEPS = 24
"""A square root that has not been found after so many steps is taken to be none; ten are usual."""

_LOST_BITS = 24
"""Bits that rounding may cost: a pivot below 2^(24 - precision) of the largest entry is zero."""

_SYMMETRY = 1e-25
"""Asymmetry, relative to the largest entry, that rounding may leave in a symmetric array."""


def exact_dot(u: Sequence[Raw], v: Sequence[Raw], precision: int) -> Raw:
    """The dot product of finite raw numbers, computed exactly and rounded once."""
    total, base = 0, 0
    for (sign_x, man_x, exp_x, _), (sign_y, man_y, exp_y, _) in zip(u, v, strict=True):
        product = man_x * man_y
        if not product:
            continue
        if sign_x != sign_y:
            product = -product
        if not total:
            total, base = product, exp_x + exp_y
            continue
        shift = exp_x + exp_y - base
        if shift >= 0:
            if shift > _WIDEST_SHIFT:
                return _wide_dot(u, v, precision)
            total += product << shift
        else:
            if shift < -_WIDEST_SHIFT:
                return _wide_dot(u, v, precision)
            total = (total << -shift) + product
            base += shift
    rounded: Raw = libmp.from_man_exp(total, base, precision, "n") if total else libmp.fzero
    return rounded


def exact_products(
    lines: Sequence[Sequence[Raw]], others: Sequence[Sequence[Raw]], precision: int
) -> list[list[Raw]]:
    """The dot product of each line with each of some others, computed exactly and rounded once.

    The numbers of a line are brought to one exponent, so that whole numbers are left to multiply and add.
    """
    aligned = [_aligned(line) for line in others]
    products = []
    for line in lines:
        one = _aligned(line)
        row = []
        for other, raw in zip(aligned, others, strict=True):
            if one is None or other is None:
                row.append(exact_dot(line, raw, precision))
                continue
            total = sum(map(mul, one[0], other[0]))
            row.append(libmp.from_man_exp(total, one[1] + other[1], precision, "n") if total else libmp.fzero)
        products.append(row)
    return products


def _aligned(line: Sequence[Raw]) -> tuple[list[int], int] | None:
    """The numbers as multiples of one power of 2; ``None`` where they are too far apart for that."""
    exponents = [exponent for _, mantissa, exponent, _ in line if mantissa]
    if not exponents:
        return [0] * len(line), 0
    least = min(exponents)
    if max(exponents) - least > _WIDEST_ALIGNED:
        return None
    return [
        (-mantissa if sign else mantissa) << (exponent - least) if mantissa else 0
        for sign, mantissa, exponent, _ in line
    ], least


def _wide_dot(u: Sequence[Raw], v: Sequence[Raw], precision: int) -> Raw:
    total: Raw = libmp.mpf_sum([libmp.mpf_mul(x, y) for x, y in zip(u, v, strict=True)], precision, "n")
    return total


def _raw(a: Rows) -> list[list[Raw]]:
    return [[x._mpf_ for x in row] for row in a]


def _largest(raw: list[list[Raw]]) -> Raw:
    largest: Raw = libmp.fzero
    for row in raw:
        for x in row:
            if libmp.mpf_gt(libmp.mpf_abs(x), largest):
                largest = libmp.mpf_abs(x)
    return largest


@dataclass
class Factors:
    """The factors L and U of a square array with rows exchanged: ``a[order] = L U``.

    Attributes
    ----------
    order : list of int
        The rows of the array in the order in which they were used as pivots.
    lower : list of list of raw numbers
        The rows of L left of its unit diagonal.
    upper : list of list of raw numbers
        The columns of U down to its diagonal.
    odd : bool
        Whether an odd number of exchanges was made.
    singular : bool
        Whether a pivot is zero to the precision in use.
    """

    order: list[int]
    lower: list[list[Raw]]
    upper: list[list[Raw]]
    odd: bool
    singular: bool

    @property
    def pivots(self) -> list[Raw]:
        """The diagonal of U."""
        return [column[-1] for column in self.upper]

    @property
    def magnitude(self) -> int:
        """The logarithm of the size of the determinant to the base 2, rounded up pivot by pivot."""
        return sum(exponent + count for _, _, exponent, count in self.pivots)


def factor(ctx: Any, a: Rows) -> Factors:
    """Gaussian elimination with partial pivoting, column by column, with exact dot products."""
    precision = ctx.prec
    n = len(a)
    rows = _raw(a)
    tolerance = libmp.mpf_shift(_largest(rows), _LOST_BITS - precision)
    order = list(range(n))
    lower: list[list[Raw]] = [[] for _ in range(n)]
    upper: list[list[Raw]] = []
    odd = singular = False
    for j in range(n):
        column: list[Raw] = []
        below: list[Raw] = []
        for i in range(n):
            rest = libmp.mpf_sub(rows[i][j], exact_dot(lower[i], column, precision), precision, "n")
            (column if i < j else below).append(rest)
        best, size = 0, libmp.mpf_abs(below[0])
        for place in range(1, n - j):
            if libmp.mpf_gt(libmp.mpf_abs(below[place]), size):
                best, size = place, libmp.mpf_abs(below[place])
        if best:
            odd = not odd
            below[0], below[best] = below[best], below[0]
            tables: tuple[list[Any], ...] = (order, lower, rows)
            for table in tables:
                table[j], table[j + best] = table[j + best], table[j]
        pivot = below[0]
        column.append(pivot)
        upper.append(column)
        singular = singular or not libmp.mpf_gt(size, tolerance)
        for place in range(1, n - j):
            lower[j + place].append(
                libmp.mpf_div(below[place], pivot, precision, "n") if pivot[1] else libmp.fzero
            )
    return Factors(order, lower, upper, odd, singular)


def solve(ctx: Any, a: Rows, b: Rows, what: str) -> Rows:
    """The solution X of a X = b.

    Raises
    ------
    DomainError
        When ``a`` is singular to the precision in use; ``what`` says what was asked.
    """
    factors = factor(ctx, a)
    if factors.singular:
        raise DomainError.degenerate(phrase("{what} a singular matrix", what=said(what)))
    return _solved(ctx, factors, b)


def _solved(ctx: Any, factors: Factors, b: Rows) -> Rows:
    """The solution X of a X = b, by the factors of a."""
    precision, make = ctx.prec, ctx.make_mpf
    upper = factors.upper
    n = len(upper)
    right_of = [[upper[j][i] for j in range(n - 1, i, -1)] for i in range(n)]
    solution = []
    for column in zip(*b, strict=True):
        y: list[Raw] = []
        for i in range(n):
            known = exact_dot(factors.lower[i], y, precision)
            y.append(libmp.mpf_sub(column[factors.order[i]]._mpf_, known, precision, "n"))
        backwards: list[Raw] = []
        for i in range(n - 1, -1, -1):
            rest = libmp.mpf_sub(y[i], exact_dot(right_of[i], backwards, precision), precision, "n")
            backwards.append(libmp.mpf_div(rest, upper[i][i], precision, "n"))
        solution.append([make(x) for x in reversed(backwards)])
    return [list(row) for row in zip(*solution, strict=True)]


def determinant(ctx: Any, a: Rows) -> Number:
    """The determinant; zero for a singular array."""
    factors = factor(ctx, a)
    product = ctx.one
    for pivot in factors.pivots:
        product = product * ctx.make_mpf(pivot)
    return -product if factors.odd else product


def log_determinant(ctx: Any, a: Rows) -> Number:
    """log det a, where the determinant is positive."""
    factors = factor(ctx, a)
    if factors.singular:
        raise DomainError.degenerate(phrase("log det of a singular matrix"))
    negative = sum(ctx.make_mpf(pivot) < 0 for pivot in factors.pivots) + factors.odd
    if negative % 2:
        raise DomainError(phrase("log det of a matrix whose determinant is negative"))
    return ctx.fsum(ctx.log(abs(ctx.make_mpf(pivot))) for pivot in factors.pivots)


def adjugate(ctx: Any, a: Rows) -> Rows:
    """The transposed cofactors: the signed determinants of what is left without a row and a column."""
    if len(a) == 1:
        return [[ctx.one]]
    minors = [
        [[row[:i] + row[i + 1 :] for row in a[:j] + a[j + 1 :]] for j in range(len(a))] for i in range(len(a))
    ]
    return [
        [(-1) ** (i + j) * determinant(ctx, minor) for j, minor in enumerate(line)]
        for i, line in enumerate(minors)
    ]


def det_hessian(ctx: Any, a: Rows) -> Rows:
    """The second derivatives of the determinant: signed determinants without two rows and two columns."""
    n = len(a)
    places = [(i, j) for j in range(n) for i in range(n)]

    def entry(i: int, j: int, k: int, m: int) -> Number:
        if i == k or j == m:
            return ctx.zero
        minor = [
            [x for c, x in enumerate(row) if c not in (j, m)] for r, row in enumerate(a) if r not in (i, k)
        ]
        sign = (-1) ** (i + j + k + m) * (1 if (k > i) == (m > j) else -1)
        return sign * (determinant(ctx, minor) if minor else ctx.one)

    return [[entry(*one, *other) for other in places] for one in places]


def pinv(xp: Arithmetic, a: Rows, nullity: int = 0) -> Rows:
    """The Moore-Penrose inverse; at least ``nullity`` singular values are known to be zero.

    With full rank it is (aᵀa)⁻¹aᵀ or aᵀ(aaᵀ)⁻¹, whose error the extra digits absorb; with less it
    comes from the singular values that are not zero.
    """
    rows, columns = xp.shape(a)
    flipped = xp.transpose(a)
    try:
        if nullity:
            raise DomainError(phrase("the rank is not full"))
        if rows >= columns:
            return solve(xp.ctx, xp.matmul(flipped, a), flipped, "pinv of")
        return xp.transpose(solve(xp.ctx, xp.matmul(a, flipped), a, "pinv of"))
    except DomainError:
        u, s, v = xp.svd(a)
        cutoff = s[0][0] * xp.ctx.mpf(10) ** -(2 * xp.digits // 5)
        rank = len(s) - nullity
        inverse = [[1 / x if i < rank and x > cutoff else xp.ctx.zero] for i, (x,) in enumerate(s)]
        return xp.matmul(v, xp.matmul(xp.diag(inverse), xp.transpose(u)))


# ---- functions of a matrix ----------------------------------------------------------------------------


def _norm(a: Rows) -> Number:
    """The largest row sum of magnitudes."""
    return max(sum(abs(x) for x in row) for row in a)


def _from_identity(xp: Arithmetic, a: Rows) -> Number:
    return _norm(xp.subtract(a, xp.eye(len(a))))


def _polynomial(xp: Arithmetic, coefficients: Sequence[Fraction], a: Rows) -> Rows:
    """A polynomial of an array, in blocks of powers (Paterson and Stockmeyer).

    See Higham, Functions of Matrices (2008), section 4.2.
    """
    precision, make = xp.ctx.prec, xp.ctx.make_mpf
    order = range(len(a))
    block = max(2, ceil(len(coefficients) ** 0.5))
    powers = [xp.eye(len(a)), a]
    while len(powers) <= block:
        powers.append(xp.matmul(powers[-1], a))
    raw = [_raw(power) for power in powers[:block]]
    result: Rows | None = None
    for first in range((len(coefficients) - 1) // block * block, -1, -block):
        factors = [xp.entry(c)._mpf_ for c in coefficients[first : first + block]]
        used = raw[: len(factors)]
        part = [[make(exact_dot([x[i][j] for x in used], factors, precision)) for j in order] for i in order]
        result = part if result is None else xp.add(part, xp.matmul(result, powers[block]))
    return xp.zeros(len(a), len(a)) if result is None else result


def expm(xp: Arithmetic, a: Rows) -> Rows:
    """The matrix exponential, by its Taylor series on a / 2^s and s squarings.

    See Higham, Functions of Matrices (2008), section 10.3.
    """
    norm = _norm(a)
    if norm > 2**20:
        raise DomainError(phrase("the exponential of a matrix too large to compute with"))
    squarings = max(0, xp.ctx.mag(norm) + 3) if norm else 0
    terms = 1
    while 3 * terms + log2(factorial(terms)) < xp.ctx.prec + squarings + 8:
        terms += 1
    coefficients = [Fraction(1, factorial(k)) for k in range(terms)]
    result = _polynomial(xp, coefficients, xp.scale(Fraction(1, 2**squarings), a))
    for _ in range(squarings):
        result = xp.matmul(result, result)
    return result


def _spectral(xp: Arithmetic, a: Rows, function: Callable[[Number], Number]) -> Rows:
    """A function of a symmetric array, through its eigenvalues; those of rounding size are zero."""
    values, vectors = xp.eigh(a)
    tolerance = xp.ctx.ldexp(xp.largest(values), _LOST_BITS - xp.ctx.prec)
    images = [[function(row[0] if abs(row[0]) > tolerance else xp.ctx.zero)] for row in values]
    return xp.matmul(vectors, xp.matmul(xp.diag(images), xp.transpose(vectors)))


def sqrtm(xp: Arithmetic, a: Rows) -> Rows:
    """The principal square root, by the product form of the Denman-Beavers iteration, scaled.

    It converges quadratically exactly when no eigenvalue is zero or negative; see Higham,
    Functions of Matrices (2008), equation (6.29). A symmetric array goes through its eigenvalues.

    Raises
    ------
    DomainError
        When the principal square root is not real, or the array is singular and not symmetric.
    """
    refusal = phrase("the principal square root of a matrix with a zero or negative eigenvalue")
    ctx = xp.ctx
    if is_symmetric(xp, a):
        return _spectral(xp, a, xp.functions.sqrt)
    identity = xp.eye(len(a))
    m = x = a
    enough = ctx.ldexp(1, -(ctx.prec // 2 + 4))
    for _ in range(ROOT_STEPS):
        factors = factor(ctx, m)
        if factors.singular:
            raise DomainError(refusal)
        inverse = _solved(ctx, factors, identity)
        distance = _from_identity(xp, m)
        # A scale that brings the determinant near 1 spares a third of the steps; powers of 2 are exact.
        level = -round(factors.magnitude / (2 * len(a)))
        both = xp.add(_shifted(ctx, m, 2 * level), _shifted(ctx, inverse, -2 * level))
        x = _shifted(ctx, xp.matmul(x, xp.add(identity, _shifted(ctx, inverse, -2 * level))), level - 1)
        m = xp.add(_shifted(ctx, identity, -1), _shifted(ctx, both, -2))
        if distance < enough:
            limit = _norm(a) * ctx.mpf(10) ** -(2 * xp.digits // 3)
            if _norm(xp.subtract(xp.matmul(x, x), a)) > limit:
                raise DomainError(phrase("the square root of a matrix that is nearly singular"))
            return x
    raise DomainError(refusal)


def _shifted(ctx: Any, a: Rows, places: int) -> Rows:
    """An array times a power of 2."""
    if not places:
        return a
    make = ctx.make_mpf
    return [[make(libmp.mpf_shift(x._mpf_, places)) for x in row] for row in a]


def logm(xp: Arithmetic, a: Rows) -> Rows:
    """The principal logarithm, by square roots until the array is near the identity.

    There log a = 2 (z + z³/3 + z⁵/5 + …) with z = (a - I)(a + I)⁻¹; see Higham, Functions of
    Matrices (2008), equation (11.7). A symmetric array goes through its eigenvalues.

    Raises
    ------
    DomainError
        When the principal logarithm is not real, or the array is singular.
    """
    if is_symmetric(xp, a):
        return _spectral(xp, a, xp.functions.log)
    doublings = 0
    try:
        while not (near := _near_identity(xp, a)):
            a = sqrtm(xp, a)
            doublings += 1
    except DomainError:
        raise DomainError(
            phrase("the principal logarithm of a matrix with a zero or negative eigenvalue")
        ) from None
    z, squared, size = near
    # A term is smaller than the one before by |z²|.
    terms = ceil((xp.ctx.prec + 8) / -max(xp.ctx.mag(size), -xp.ctx.prec)) + 1 if size else 1
    series = _polynomial(xp, [Fraction(1, 2 * k + 1) for k in range(terms)], squared)
    return xp.scale(2 ** (doublings + 1), xp.matmul(z, series))


def _near_identity(xp: Arithmetic, a: Rows) -> tuple[Rows, Rows, Number] | None:
    """z = (a - I)(a + I)⁻¹, its square and the size of that, where its powers fall off fast.

    A square root takes about thirty products, and spares the series fewer where |z²| is below 1/4.
    """
    identity = xp.eye(len(a))
    try:
        z = solve(xp.ctx, xp.add(a, identity), xp.subtract(a, identity), "the logarithm of")
    except DomainError:
        return None
    squared = xp.matmul(z, z)
    size = _norm(squared)
    return (z, squared, size) if size < 0.25 else None


# ---- decompositions -------------------------------------------------------------------------------------


def is_symmetric(xp: Arithmetic, a: Rows) -> bool:
    """Whether an array is symmetric but for rounding."""
    tolerance = _SYMMETRY * xp.largest(a)
    return all(abs(a[i][j] - a[j][i]) <= tolerance for i in range(len(a)) for j in range(i))


def cholesky(xp: Arithmetic, a: Rows) -> Rows:
    """The lower triangular L with L Lᵀ = a.

    Raises
    ------
    DomainError
        When ``a`` is not symmetric or not positive definite.
    """
    if not is_symmetric(xp, a):
        raise DomainError(phrase("the Cholesky factor of a matrix that is not symmetric"))
    ctx, precision = xp.ctx, xp.ctx.prec
    tolerance = ctx.ldexp(xp.largest(a), _LOST_BITS - precision)
    raw: list[list[Raw]] = []
    result: Rows = []
    for i, row in enumerate(a):
        new: list[Raw] = []
        for j in range(i):
            rest = libmp.mpf_sub(row[j]._mpf_, exact_dot(new, raw[j][:j], precision), precision, "n")
            new.append(libmp.mpf_div(rest, raw[j][j], precision, "n"))
        pivot = ctx.make_mpf(libmp.mpf_sub(row[i]._mpf_, exact_dot(new, new, precision), precision, "n"))
        if pivot <= tolerance:
            raise DomainError(phrase("the Cholesky factor of a matrix that is not positive definite"))
        new.append(ctx.sqrt(pivot)._mpf_)
        raw.append(new)
        result.append([ctx.make_mpf(x) for x in new] + [ctx.zero] * (len(a) - i - 1))
    return result
