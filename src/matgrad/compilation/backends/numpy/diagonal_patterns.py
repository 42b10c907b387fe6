"""What compiled code calls for bands, Toeplitz and circulant matrices, which are given as full arrays."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import scipy.fft
from scipy.linalg import lapack, matmul_toeplitz

from matgrad.compilation.backends.numpy.linear_algebra import EPSILON, MatrixError
from matgrad.core.words import phrase
from matgrad.numeric.contradictions import SINGULAR

Array = Any

_LETTERS = {"d": "d", "f": "s"}


def _routine(name: str) -> dict[str, Any]:
    """A LAPACK routine by the type code of its arrays."""
    return {code: getattr(lapack, letter + name) for code, letter in _LETTERS.items()}


_GBTRF, _GBTRS = _routine("gbtrf"), _routine("gbtrs")
_PBTRF, _PBTRS = _routine("pbtrf"), _routine("pbtrs")
_GTTRF, _GTTRS = _routine("gttrf"), _routine("gttrs")

CACHED = 1 << 14
"""How many entries of a block of rows stay in the cache while all diagonals are multiplied."""


def band_product(a: Array, b: Array, lower: int, upper: int) -> Array:
    """A B, diagonal by diagonal of a square band A, for blocks of rows that stay in the cache."""
    n = len(a)
    lower, upper = min(lower, n - 1), min(upper, n - 1)
    flat = b.ndim == 1
    beside = ... if flat else (..., None)
    main = a.diagonal()[beside]
    diagonals = [(k, a.diagonal(k)[beside]) for k in range(-lower, upper + 1) if k]
    step = n if flat or not b.flags.c_contiguous else max(16, CACHED // max(b.shape[1], 1))
    if step >= n:
        out = main * b
        for k, diagonal in diagonals:
            out[max(-k, 0) : n - max(k, 0)] += diagonal * b[max(k, 0) : n + min(k, 0)]
        return out
    out = np.empty_like(b)
    room = np.empty_like(b[:step])
    for start in range(0, n, step):
        stop = min(start + step, n)
        np.multiply(main[start:stop], b[start:stop], out=out[start:stop])
        for k, diagonal in diagonals:
            low, high = max(start, -k), min(stop, n - k)
            if low < high:
                first = low + min(k, 0)
                part = room[: high - low]
                np.multiply(diagonal[first : first + high - low], b[low + k : high + k], out=part)
                out[low:high] += part
    return out


def circulant_product(a: Array, b: Array) -> Array:
    """A B for a circulant A: its first column is convolved with each of B."""
    spectrum = scipy.fft.rfft(a[:, 0])
    return _filtered(spectrum, b)


def toeplitz_product(a: Array, b: Array) -> Array:
    """A B for a Toeplitz A, as a part of a product with a circulant matrix."""
    return matmul_toeplitz((a[:, 0], a[0]), b, check_finite=False)


def _filtered(spectrum: Array, b: Array) -> Array:
    """The columns of B, or B, with each frequency multiplied by a number."""
    if b.ndim == 2:
        spectrum = spectrum[:, None]
    return scipy.fft.irfft(spectrum * scipy.fft.rfft(b, axis=0), len(b), axis=0, overwrite_x=True)


class Factors(Protocol):
    """A factorisation of a square matrix of a pattern."""

    def solve(self, b: Array, transposed: bool) -> Array: ...
    def inverse(self) -> Array: ...
    def log_det(self) -> Any: ...
    def det(self) -> Any: ...


class BandLu:
    """The LU factorisation of a band, with room for the exchange of rows."""

    first = 0
    """The place that SciPy gives the first row in pivots."""

    def __init__(self, a: Array, name: str, lower: int, upper: int) -> None:
        self.name, self.lower, self.upper = name, lower, upper
        n = len(a)
        band = np.zeros((2 * lower + upper + 1, n), a.dtype, order="F")
        for k in range(-lower, upper + 1):
            band[lower + upper - k, max(k, 0) : n + min(k, 0)] = a.diagonal(k)
        self.factor, self.pivots, info = _GBTRF[a.dtype.char](band, lower, upper, overwrite_ab=1)
        self.is_singular = info > 0

    def _require_inverse(self) -> None:
        if self.is_singular:
            raise MatrixError(phrase("{name} is singular", name=self.name))

    def solve(self, b: Array, transposed: bool) -> Array:
        """A⁻¹B, or A⁻ᵀB."""
        self._require_inverse()
        solve = _GBTRS[self.factor.dtype.char]
        # SciPy counts the pivots from 1 in place while LAPACK runs.
        return solve(self.factor, self.lower, self.upper, b, self.pivots.copy(), trans=int(transposed))[0]

    def inverse(self) -> Array:
        """A⁻¹."""
        return self.solve(np.eye(len(self._diagonal), dtype=self._diagonal.dtype).T, False)

    @property
    def _diagonal(self) -> Array:
        return self.factor[self.lower + self.upper]

    @property
    def _sign(self) -> int:
        places = np.arange(len(self.pivots)) + self.first
        return 1 - 2 * (int((self.pivots != places).sum()) % 2)

    def log_det(self) -> Any:
        """log det A."""
        self._require_inverse()
        diagonal = self._diagonal
        if (np.signbit(diagonal).sum() % 2 == 1) != (self._sign < 0):
            raise MatrixError(
                phrase("the determinant of {name} is negative and has no logarithm", name=self.name)
            )
        return np.log(np.abs(diagonal)).sum()

    def det(self) -> Any:
        """Det A; 0 where A is singular."""
        return self._diagonal.dtype.type(0) if self.is_singular else self._diagonal.prod() * self._sign


class TridiagonalLu(BandLu):
    """The LU factorisation of a tridiagonal matrix, by the routines of LAPACK for those."""

    first = 1

    def __init__(self, a: Array, name: str) -> None:
        self.name = name
        below, main, above = (a.diagonal(k).copy() for k in (-1, 0, 1))
        *self.parts, self.pivots, info = _GTTRF[a.dtype.char](below, main, above)
        self.is_singular = info > 0

    def solve(self, b: Array, transposed: bool) -> Array:
        """A⁻¹B, or A⁻ᵀB."""
        self._require_inverse()
        trans = "T" if transposed else "N"
        return _GTTRS[self._diagonal.dtype.char](*self.parts, self.pivots, b, trans=trans)[0]

    @property
    def _diagonal(self) -> Array:
        return self.parts[1]


class BandCholesky:
    """The Cholesky factor of a symmetric band, in its rows below the diagonal."""

    def __init__(self, a: Array, name: str, width: int) -> None:
        n = len(a)
        band = np.zeros((width + 1, n), a.dtype, order="F")
        for k in range(width + 1):
            band[k, : n - k] = a.diagonal(-k)
        self.factor, info = _PBTRF[a.dtype.char](band, lower=1)
        if info:
            raise MatrixError(
                phrase(
                    "{name} is not positive definite (its leading minor of order {info} is not)",
                    name=name,
                    info=info,
                )
            )
        # What is left of a diagonal entry, as a share of it, does not change when A is scaled.
        if not (self.factor[0] ** 2 > n * EPSILON[a.dtype.char] * a.diagonal()).all():
            raise MatrixError(phrase("{name} is {singular}", name=name, singular=SINGULAR))

    def solve(self, b: Array, transposed: bool) -> Array:
        """A⁻¹B."""
        return _PBTRS[self.factor.dtype.char](self.factor, b, lower=1)[0]

    def inverse(self) -> Array:
        """A⁻¹."""
        return self.solve(np.eye(self.factor.shape[1], dtype=self.factor.dtype, order="F"), False)

    def log_det(self) -> Any:
        """log det A."""
        return 2 * np.log(self.factor[0]).sum()

    def det(self) -> Any:
        """Det A."""
        return np.square(self.factor[0].prod())


class CirculantFactors:
    """The eigenvalues of a circulant matrix: the Fourier transform of its first column."""

    def __init__(self, a: Array, name: str) -> None:
        self.name, self.order, self.type = name, len(a), a.dtype
        self.spectrum = scipy.fft.rfft(a[:, 0])
        sizes = np.abs(self.spectrum)
        self.is_singular = not sizes.min() > EPSILON[a.dtype.char] * sizes.max()

    def _require_inverse(self) -> None:
        if self.is_singular:
            raise MatrixError(phrase("{name} is singular", name=self.name))

    def solve(self, b: Array, transposed: bool) -> Array:
        """A⁻¹B, or A⁻ᵀB."""
        self._require_inverse()
        return _filtered(1 / (self.spectrum.conj() if transposed else self.spectrum), b)

    def inverse(self) -> Array:
        """A⁻¹, which is circulant as well."""
        self._require_inverse()
        column = scipy.fft.irfft(1 / self.spectrum, self.order)
        places = np.arange(self.order)
        return column[places[:, None] - places]

    @property
    def _alone(self) -> Array:
        """The eigenvalues that are real for every circulant matrix; all others come in pairs."""
        return self.spectrum.real[[0, -1] if self.order % 2 == 0 else [0]]

    @property
    def _paired(self) -> Array:
        return np.abs(self.spectrum[1:-1] if self.order % 2 == 0 else self.spectrum[1:])

    def log_det(self) -> Any:
        """log det A."""
        self._require_inverse()
        if np.signbit(self._alone).sum() % 2:
            raise MatrixError(
                phrase("the determinant of {name} is negative and has no logarithm", name=self.name)
            )
        return np.log(np.abs(self._alone)).sum() + 2 * np.log(self._paired).sum()

    def det(self) -> Any:
        """Det A."""
        return self._alone.prod() * np.square(self._paired).prod()


band_cholesky, circulant_factors = BandCholesky, CirculantFactors


def band_lu(a: Array, name: str, lower: int, upper: int) -> Factors:
    """The LU factorisation of a band."""
    return TridiagonalLu(a, name) if lower == upper == 1 else BandLu(a, name, lower, upper)


def pattern_solve(factors: Factors, b: Array, transposed: bool = False) -> Array:
    """A⁻¹B, or A⁻ᵀB, from factors of A."""
    return factors.solve(b, transposed) if b.size else b.copy()


def pattern_inverse(factors: Factors) -> Array:
    """A⁻¹ from factors of A."""
    return factors.inverse()


def pattern_log_det(factors: Factors) -> Any:
    """log det A from factors of A."""
    return factors.log_det()


def pattern_det(factors: Factors) -> Any:
    """Det A from factors of A."""
    return factors.det()
