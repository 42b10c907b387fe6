"""Records what operations compute: an arithmetic whose arrays are the values of a program.

Every operation states its numeric meaning once, over :class:`matgrad.core.arrays.Arrays`. Run on
this arithmetic it writes itself down, so that a new operation compiles in every backend.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from typing import Any

from matgrad.compilation.ir.builder_sparse import is_sampled
from matgrad.compilation.ir.builder_spectra import Spectra
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import (
    ADJUGATE,
    APPLY,
    ARCTAN2,
    CHOLESKY,
    COLUMN_MAX,
    COLUMN_PRODS,
    CONSTANT,
    CUMPROD,
    CUMSUM,
    DET_HESSIAN,
    EIGH,
    EQUATION_FACTORS,
    EXPM,
    EXPM_STEPS,
    EYE,
    FRECHET_EXPM,
    IS_MAX,
    ITEM,
    LOGM,
    LU_FACTOR,
    MATRIX_POWER,
    MATRIX_POWER_BY,
    MAX,
    MAXIMUM,
    NORMS,
    NUMBER,
    OVER_NORMS,
    PINV,
    POLYGAMMA,
    POWER_OR_ZERO,
    PRODS_OF_OTHERS,
    REQUIRE_GAPS,
    REQUIRE_NONZERO,
    RICCATI,
    SELECT,
    SOLVE_EQUATION,
    SQRTM,
    SVD,
    TRANSPOSE,
    XLOGY,
)
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.ir.sizes import Size, size_of, smaller, with_numbers
from matgrad.core.dims import Dim
from matgrad.core.errors import DomainError
from matgrad.core.facts import Fact
from matgrad.core.words import phrase


class Recorder(Spectra):
    """Implements :class:`matgrad.core.arrays.Arrays` on the values of a program.

    Parameters
    ----------
    sizes : mapping of str to int
        The number that each symbolic dimension stands for.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        super().__init__()
        self.partial = False
        self.explicit_inverse = False
        self.structured = False
        self.loops = False
        self.low_rank = False
        self.branches = False
        self.summed = {}
        self.held = {}
        self.spectra = {}
        self.formed = set()
        self.sizes = sizes
        self.functions = _Functions(self)
        self.requirements: list[tuple[Primitive, Value, tuple[int | None, ...]]] = []

    def size(self, dim: Dim) -> int:
        """The number that a dimension stands for."""
        size: int = size_of(dim, self.sizes)
        return size

    def at_indices(self, indices: Mapping[str, int]) -> Recorder:
        """The same arithmetic with indices set to numbers; it records into the same program."""
        inner = copy(self)
        inner.sizes = with_numbers(self.sizes, indices)
        inner.functions = _Functions(inner)
        return inner

    def shape(self, a: Value) -> tuple[int, int]:
        """Rows and columns."""
        return a.shape

    def constant(self, rows: Sequence[Sequence[Fraction | int]]) -> Value:
        """A matrix of numbers."""
        if len(rows) == 1 and len(rows[0]) == 1:
            return self.number(rows[0][0])
        table = tuple(tuple(Fraction(x) for x in row) for row in rows)
        if len(table) == 1:
            return self.transpose(self.constant([[x] for x in table[0]]))
        facts = Fact.NONE
        if len(table) == len(table[0]) and table == tuple(zip(*table, strict=True)):
            facts |= Fact.SYMMETRIC
        return self.make(CONSTANT, (), (len(table), len(table[0])), (table,), facts)

    def pi(self) -> Value:
        """π."""
        return self.number(math.pi)

    def zeros(self, rows: Any, columns: int | None = None) -> Value:
        """All zeros; the shape as one tuple or as two numbers."""
        return super().zeros(rows if columns is None else (rows, columns))

    def ones(self, rows: Any, columns: int | None = None) -> Value:
        """All ones; the shape as one tuple or as two numbers."""
        return super().ones(rows if columns is None else (rows, columns))

    def map(self, function: Callable[[Any, Any], Any], a: Value) -> Value:
        """A function entry by entry."""
        result = function(self.functions, _Entry(self, a))
        if isinstance(result, _Entry):
            return result.value
        return self.scale(_exact(result), self.ones(a.shape))

    def power(self, a: Value, exponent: Any) -> Value:
        """Entries to the power of a 1×1 exponent."""
        return self.power_by(a, exponent) if isinstance(exponent, Value) else super().power(a, exponent)

    def matrix_power(self, a: Value, exponent: Value) -> Value:
        """A square matrix to a whole power."""
        if a.kind == "scalar":
            return self.power(a, exponent)
        if exponent.op is not NUMBER:
            return self.make(MATRIX_POWER_BY, (a, exponent), a.shape, (), a.facts & Fact.SYMMETRIC)
        number = Fraction(exponent.params[0])
        if number.denominator != 1:
            raise DomainError(phrase("the matrix power {number}, which is not whole", number=number))
        base = self.inverse(a) if number < 0 else a
        count = abs(int(number))
        if count <= 1:
            return base if count else self.eye(a.rows)
        return self.make(MATRIX_POWER, (base,), a.shape, (count,), a.facts & Fact.SYMMETRIC)

    def inv(self, a: Value) -> Value:
        """The inverse."""
        return self.inverse(a)

    def solve(self, a: Value, b: Value) -> Value:
        """The solution of a X = b."""
        return self.matmul(self.inverse(a), b)

    def matrix_equation(self, plain: int, coefficients: Sequence[Value], c: Value) -> Value:
        """The X of a matrix equation; its adjoint, and the equation of Xᵀ, read the factors of the same."""
        given = list(zip(coefficients[::2], coefficients[1::2], strict=True))
        if not self.structured or all(x.shape == (1, 1) for x in coefficients):
            return self._as_linear_system(plain, given, c)  # of numbers that is a quotient
        back = [
            (self.transpose(a), self.transpose(b)) if i < plain else (b, a) for i, (a, b) in enumerate(given)
        ]
        forms = [(given, False, False), (back, True, False)]
        forms += [
            ([(self.transpose(b), self.transpose(a)) for a, b in pairs], adjoint, True)
            for pairs, adjoint, _ in forms
        ]

        def rank(form: tuple[list[tuple[Value, Value]], bool, bool]) -> tuple[int, list[int]]:
            flat = [x for pair in form[0] for x in pair if x.op is not EYE]
            return sum(x.op is TRANSPOSE for x in flat), [x.index for x in flat]

        pairs, adjoint, turned = min(forms, key=rank)
        if turned:
            c = self.transpose(c)
        a, b = pairs[0]
        shape = (a.columns, b.rows) if plain else (b.rows, a.columns)
        factors = self.make(EQUATION_FACTORS, [x for pair in pairs for x in pair], shape, (plain,))
        solved = (a.rows, b.columns) if adjoint else shape
        x = self.make(SOLVE_EQUATION, (factors, c), solved, (adjoint,))
        return self.transpose(x) if turned else x

    def _as_linear_system(self, plain: int, pairs: Sequence[tuple[Value, Value]], c: Value) -> Value:
        """A matrix equation on vec(X), for languages without a solver of ours."""
        a, b = pairs[0]
        m, n = (a.columns, b.rows) if plain else (b.rows, a.columns)
        terms = [self.kron(self.transpose(b), a) for a, b in pairs]
        if plain < len(terms):
            turn = self.selection(Selection("commutation", (m, n)))
            terms[plain:] = [self.matmul(term, turn) for term in terms[plain:]]
        system = terms[0]
        for term in terms[1:]:
            system = self.add(system, term)
        flat = self.reshape(c, c.rows * c.columns, 1)
        return self.reshape(self.solve(system, flat), m, n)

    def riccati(self, a: Value, g: Value, q: Value, *, discrete: bool) -> Value:
        """The stabilising solution of a Riccati equation."""
        return self.make(RICCATI, (a, g, q), a.shape, (discrete,), Fact.SYMMETRIC)

    def power_or_zero(self, a: Value, exponent: Value) -> Value:
        """Entries to the power of a 1×1 exponent, with 0 where an entry is 0."""
        return self.make(POWER_OR_ZERO, (a, exponent), a.shape, (), a.facts & Fact.NONNEGATIVE)

    def xlogy(self, a: Value, u: Value, exponent: int) -> Value:
        """a ⊙ log(u) to a whole power, with 0 where an entry of a is 0."""
        log = self.apply("log", u)
        if log.op is TRANSPOSE:
            return self.transpose(self.xlogy(self.transpose(a), self.transpose(u), exponent))
        if log.op is APPLY and log.params[0] == "log1p":
            # log1p keeps the digits of log(1 - p) for small p; where a is 0, it is to be taken of 0.
            shown = self.hadamard(log.args[0], self.power(self.apply("sign", a), self.number(2)))
            return self.hadamard(a, self.power(self.apply("log1p", shown), exponent))
        if log.op is not APPLY or log.params[0] != "log":
            return self.hadamard(a, self.power(log, exponent))
        front, a = self.split(a)
        if self._is_one(a):
            return self.scale(front, self.power(log, exponent))
        if self.held and self.is_mask(a) and is_sampled(log.args[0]):
            found = self.function_in_places(a, log.args[0], ("xlogy", exponent))
            return self.scale(front, found)
        return self.scale(front, self.make(XLOGY, (a, log.args[0]), a.shape, (exponent,)))

    def norms(self, a: Value, *, by_row: bool = False) -> Value:
        """The norm of all entries (1×1), or of those of each row (a column)."""
        if a.kind == "scalar" or (by_row and a.columns == 1):
            return self.apply("absolute", a)
        front, a = self.split(a)
        by_row = by_row and a.rows != 1
        if a.op is TRANSPOSE and not by_row:
            a = a.args[0]
        value = self.make(NORMS, (a,), (a.rows if by_row else 1, 1), (by_row,), Fact.NONNEGATIVE)
        return self.scale(front if front > 0 else -front, value)

    def over_norms(self, a: Value, norms: Value) -> Value:
        """An array over its norm, or each row over its own, with 0 for 0/0."""
        if norms.shape == a.shape:
            return self.apply("sign", a)
        if a.op is TRANSPOSE and norms.kind == "scalar":
            return self.transpose(self.over_norms(a.args[0], norms))
        facts = a.facts & (Fact.NONNEGATIVE | (Fact.SYMMETRIC if norms.kind == "scalar" else Fact.NONE))
        return self.make(OVER_NORMS, (a, norms), a.shape, (), facts)

    def adjugate(self, a: Value) -> Value:
        """det(a) a⁻¹, also of a singular array."""
        if a.kind == "scalar":
            return self.number(1)
        if a.facts & (Fact.POSITIVE_DEFINITE | Fact.ORTHOGONAL):
            return self.scalar_times(self.det(a), self.inverse(a))
        if a.op is TRANSPOSE:
            return self.transpose(self.adjugate(a.args[0]))
        keep = Fact.SYMMETRIC | Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
        return self.make(ADJUGATE, (self.make(LU_FACTOR, (a,), a.shape), a), a.shape, (), a.facts & keep)

    def det_hessian(self, a: Value) -> Value:
        """The Hessian of the determinant on vec, also at a singular array."""
        if a.kind == "scalar":
            return self.number(0)
        shape = (a.rows**2, a.rows**2)
        return self.make(DET_HESSIAN, (self.make(LU_FACTOR, (a,), a.shape), a), shape, (), Fact.SYMMETRIC)

    def pinv(self, a: Value, *, nullity: int = 0) -> Value:
        """The Moore-Penrose inverse; at least ``nullity`` singular values are known to be zero."""
        if a.kind == "scalar":
            return self.number(0) if nullity else super().power(a, -1)
        if a.kind == "vector":
            return self.scalar_times(super().power(self.inner(a, a), -1), self.transpose(a))
        return self.make(PINV, (a,), (a.columns, a.rows), (nullity,), a.facts & Fact.SYMMETRIC)

    def det(self, a: Value) -> Value:
        """The determinant."""
        return self.determinant(a, log=False)

    def log_det(self, a: Value) -> Value:
        """The logarithm of the determinant."""
        return self.determinant(a, log=True)

    def expm(self, a: Value) -> Value:
        """The matrix exponential."""
        if a.kind == "scalar":
            return self.apply("exp", a)
        if a.op is TRANSPOSE:
            return self.transpose(self.expm(a.args[0]))
        facts = Fact.POSITIVE_DEFINITE if a.symmetric else Fact.NONE
        return self.make(EXPM, (a,), a.shape, (), facts)

    def frechet_expm(self, a: Value, direction: Value) -> Value:
        """The Fréchet derivative of the matrix exponential, which reads what the exponential is made of."""
        if a.op is TRANSPOSE:
            return self.transpose(self.frechet_expm(a.args[0], self.transpose(direction)))
        front, direction = self.split(direction)
        steps = self.make(EXPM_STEPS, (a,), a.shape)
        return self.scale(front, self.make(FRECHET_EXPM, (steps, direction), a.shape))

    def logm(self, a: Value) -> Value:
        """The matrix logarithm."""
        if a.kind == "scalar":
            return self.apply("log", a)
        return self.make(LOGM, (a,), a.shape, (), a.facts & Fact.SYMMETRIC)

    def sqrtm(self, a: Value) -> Value:
        """The matrix square root."""
        if a.kind == "scalar":
            return self.apply("sqrt", a)
        if self.is_in_basis(a):
            return self.root_by_spectrum(a)
        return self.make(SQRTM, (a,), a.shape, (), a.facts & (Fact.SYMMETRIC | Fact.POSITIVE_DEFINITE))

    def cholesky(self, a: Value) -> Value:
        """The lower Cholesky factor."""
        if a.kind == "scalar":
            return self.apply("sqrt", a)
        return self.make(CHOLESKY, (a,), a.shape, (), Fact.LOWER_TRIANGULAR | Fact.INVERTIBLE)

    def eigh(self, a: Value) -> tuple[Value, Value]:
        """Eigenvalues and eigenvectors of a symmetric matrix."""
        if a.kind == "scalar":
            return a, self.number(1)
        both = self.make(EIGH, (a,), a.shape)
        n = a.rows
        vectors = self.make(ITEM, (both,), (n, n), (1,), Fact.ORTHOGONAL)
        return self.make(ITEM, (both,), (n, 1), (0,)), vectors

    def svd(self, a: Value) -> tuple[Value, Value, Value]:
        """The thin singular value decomposition."""
        m, n = a.shape
        k = smaller(m, n)
        whole = self.make(SVD, (a,), a.shape)
        s = self.make(ITEM, (whole,), (k, 1), (1,), Fact.NONNEGATIVE)
        return self.make(ITEM, (whole,), (m, k), (0,)), s, self.make(ITEM, (whole,), (n, k), (2,))

    def require_nonzero(self, values: Value) -> None:
        """Refuse a zero entry, when the value being recorded is computed."""
        if values.op is not NUMBER:
            self.requirements.append((REQUIRE_NONZERO, values, ()))

    def require_gaps(self, values: Value, *, only: int | None = None) -> None:
        """Refuse two equal entries, when the value being recorded is computed."""
        if values.rows > 1:
            self.requirements.append((REQUIRE_GAPS, values, (only,)))

    def required(self, value: Value) -> Value:
        """A value with the requirements met since the last call."""
        for op, values, params in self.requirements:
            value = self.make(op, (value, values), value.shape, params, value.facts)
        self.requirements.clear()
        return value

    def max(self, a: Value) -> Value:
        """The largest entry."""
        return a if a.kind == "scalar" else self.make(MAX, (a,), (1, 1), (), a.facts & Fact.POSITIVE)

    def is_max(self, a: Value) -> Value:
        """1 at the largest entry."""
        return self.ones(a.shape) if a.kind == "scalar" else self.make(IS_MAX, (a,), a.shape)

    def column_max(self, a: Value) -> Value:
        """The largest entry of each column, as a row."""
        if a.rows == 1:
            return a
        return self.transpose(self.make(COLUMN_MAX, (a,), (a.columns, 1)))

    def polygamma(self, order: int, a: Value) -> Value:
        """The derivative of that order of the digamma function, entry by entry."""
        if a.op is TRANSPOSE:
            return self.transpose(self.polygamma(order, a.args[0]))
        facts = a.facts & Fact.SYMMETRIC | (Fact.POSITIVE if order % 2 else Fact.NONE)
        return self.make(POLYGAMMA, (a,), a.shape, (order,), facts)

    def larger(self, a: Value, b: Value) -> Value:
        """The larger of two entries, entry by entry."""
        if a.op is TRANSPOSE and b.op is TRANSPOSE:
            return self.transpose(self.larger(a.args[0], b.args[0]))
        facts = (a.facts | b.facts) & (Fact.POSITIVE | Fact.NONNEGATIVE) | a.facts & b.facts & Fact.SYMMETRIC
        return self.make(MAXIMUM, (a, b), a.shape, (), facts)

    def arctan2(self, a: Value, b: Value) -> Value:
        """The angles of the points (b, a), entry by entry."""
        if a.op is TRANSPOSE and b.op is TRANSPOSE:
            return self.transpose(self.arctan2(a.args[0], b.args[0]))
        return self.make(ARCTAN2, (a, b), a.shape)

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """Entries of ``a`` where the condition is positive, and of ``b`` elsewhere."""
        kept = a.facts & b.facts & (Fact.POSITIVE | Fact.NONNEGATIVE)
        return self.make(SELECT, (condition, a, b), a.shape, (), kept)

    def cumsum(self, a: Value, *, from_end: bool = False) -> Value:
        """The sums of the entries of each column up to each place, or from each place on."""
        if a.rows == 1:
            return a
        front, a = self.split(a)
        return self.scale(front, self.make(CUMSUM, (a,), a.shape, (from_end,)))

    def cumprod(self, a: Value) -> Value:
        """The products of the entries of each column up to each place."""
        return a if a.rows == 1 else self.make(CUMPROD, (a,), a.shape)

    def column_prods(self, a: Value) -> Value:
        """The product of the entries of each column, as a row."""
        if a.rows == 1:
            return a
        return self.transpose(self.make(COLUMN_PRODS, (a,), (a.columns, 1), (), a.facts & Fact.POSITIVE))

    def prods_of_others(self, a: Value) -> Value:
        """For each entry the product of the others of its column."""
        if a.rows == 1:
            return self.ones(a.shape)
        return self.make(PRODS_OF_OTHERS, (a,), a.shape, (), a.facts & Fact.POSITIVE)

    def part(self, a: Value, rows: Any, columns: Any, c0: Any = None, c1: Any = None) -> Value:
        """A block, by two slices or four numbers."""
        if isinstance(rows, slice):
            (r0, r1), (c0, c1) = _bounds(rows, a.rows), _bounds(columns, a.columns)
            return super().part(a, r0, r1, c0, c1)
        return super().part(a, rows, columns, c0, c1)


def _bounds(places: slice, size: Any) -> tuple[Any, Any]:
    """Where a slice starts and stops."""
    if any(isinstance(place, Size) for place in (places.start, places.stop, size)):
        return places.start or 0, size if places.stop is None else places.stop
    start, stop, _ = places.indices(size)
    return start, max(start, stop)


def _exact(x: Any) -> Scalar:
    if isinstance(x, (int, Fraction)):
        return Fraction(x)
    return Fraction(int(x)) if float(x).is_integer() and abs(x) < 1 << 50 else float(x)


class _Entry:
    """Every entry of a value at once, with the operators of a number."""

    def __init__(self, recorder: Recorder, value: Value) -> None:
        self.recorder, self.value = recorder, value

    def _wrap(self, value: Value) -> _Entry:
        return _Entry(self.recorder, value)

    def _value(self, other: Any) -> Value:
        if isinstance(other, _Entry):
            return other.value
        return self.recorder.scale(_exact(other), self.recorder.ones(self.value.shape))

    def __add__(self, other: Any) -> _Entry:
        return self._wrap(self.recorder.add(self.value, self._value(other)))

    __radd__ = __add__

    def __neg__(self) -> _Entry:
        return self._wrap(self.recorder.scale(-1, self.value))

    def __sub__(self, other: Any) -> _Entry:
        return self._wrap(self.recorder.subtract(self.value, self._value(other)))

    def __rsub__(self, other: Any) -> _Entry:
        return self._wrap(self.recorder.subtract(self._value(other), self.value))

    def __mul__(self, other: Any) -> _Entry:
        if isinstance(other, _Entry):
            return self._wrap(self.recorder.hadamard(self.value, other.value))
        return self._wrap(self.recorder.scale(_exact(other), self.value))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> _Entry:
        if isinstance(other, _Entry):
            reciprocal = self.recorder.power(other.value, Fraction(-1))
            return self._wrap(self.recorder.hadamard(self.value, reciprocal))
        exact = _exact(other)
        return self._wrap(self.recorder.scale(1 / exact, self.value))

    def __rtruediv__(self, other: Any) -> _Entry:
        reciprocal = self.recorder.power(self.value, Fraction(-1))
        return self._wrap(self.recorder.scale(_exact(other), reciprocal))

    def __pow__(self, exponent: Any) -> _Entry:
        return self._wrap(self.recorder.power(self.value, _exact(exponent)))


class _Functions:
    """Functions of one number: recorded of entries, computed of plain numbers."""

    pi = math.pi

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        def function(value: Any) -> Any:
            if isinstance(value, _Entry):
                return _Entry(self._recorder, self._recorder.apply(name, value.value))
            return getattr(math, {"absolute": "fabs"}.get(name, name))(value)

        return function
