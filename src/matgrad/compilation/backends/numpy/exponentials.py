"""What compiled code calls for the matrix exponential beside its Fréchet derivatives.

Both are made of one Padé approximant of order 13, its LU factorisation, and squarings (Al-Mohy & Higham,
2009, "Computing the Fréchet derivative of the matrix exponential", SIMAX 30, alg. 6.4). The
exponential of a block matrix twice as large, from which the derivative may be read off too, takes eight times
the work of one exponential.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from matgrad.compilation.backends.numpy.linear_algebra import MatrixError, lu, lu_solve
from matgrad.compilation.backends.numpy.matrix_functions import expm
from matgrad.core.words import phrase

Array = Any

_LARGEST = 4.74
"""Up to this norm the approximant is exact to rounding, with its derivative (ℓ₁₃ of table 6.1)."""

_EVEN = 20.0
"""How many times larger than its powers say a matrix may be: the scaling of others would lose digits."""

_B = (
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
    670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
)  # fmt: skip
_B = tuple(b / _B[0] for b in _B)  # type: ignore[assignment]


class Steps:
    """The exponential of a matrix, step by step.

    Parameters
    ----------
    a : ndarray
        The matrix.
    name : str
        What a message calls it.
    """

    def __init__(self, a: Array, name: str) -> None:
        self.a, self.name = a, name
        with np.errstate(all="ignore"):
            self.is_plain = not self._approximate()
        if self.is_plain:
            self.value = expm(a, name)

    def _approximate(self) -> bool:
        """Take the steps; false where the plain exponential is safer."""
        a = self.a
        size = _norm(a)
        a2 = a @ a
        a4 = a2 @ a2
        a6 = a4 @ a2
        if not size < np.inf or size > _LARGEST + _EVEN * max(_norm(a4) ** (1 / 4), _norm(a6) ** (1 / 6)):
            return False
        count = max(0, int(np.ceil(np.log2(size / _LARGEST)))) if size else 0
        if count:
            share = 2.0**-count
            a, a2, a4, a6 = share * a, share**2 * a2, share**4 * a4, share**6 * a6
        self.scaled, self.powers, self.share = a, (a2, a4, a6), 2.0**-count
        b = _B
        self.w1 = _combined(((b[13], a6), (b[11], a4), (b[9], a2)))
        self.z1 = _combined(((b[12], a6), (b[10], a4), (b[8], a2)))
        self.w = a6 @ self.w1
        _add(self.w, ((b[7], a6), (b[5], a4), (b[3], a2)), b[1])
        u = a @ self.w
        v = a6 @ self.z1
        _add(v, ((b[6], a6), (b[4], a4), (b[2], a2)), b[0])
        try:
            self.factors = lu(v - u, self.name)
        except MatrixError:
            return False
        v += u
        value = _solved(self.factors, v)
        self.stages = [value]
        for _ in range(count):
            self.stages.append(self.stages[-1] @ self.stages[-1])
        self.value = self.stages.pop()
        self.first = self.stages[0] if self.stages else self.value
        return bool(np.isfinite(self.value).all())

    def derivative(self, e: Array) -> Array:
        """L(A, E)."""
        if self.is_plain:
            return _by_blocks(self.a, e, self.name)
        a, (a2, a4, a6), b = self.scaled, self.powers, _B
        # It is linear in E: what is small beside A would lose digits nowhere, as nothing is added to A.
        e = self.share * e
        m2 = a @ e
        m2 += e @ a
        m4 = a2 @ m2
        m4 += m2 @ a2
        m6 = a4 @ m2
        m6 += m4 @ a2
        w = a6 @ _combined(((b[13], m6), (b[11], m4), (b[9], m2)))
        w += m6 @ self.w1
        _add(w, ((b[7], m6), (b[5], m4), (b[3], m2)))
        u = a @ w
        u += e @ self.w
        v = a6 @ _combined(((b[12], m6), (b[10], m4), (b[8], m2)))
        v += m6 @ self.z1
        _add(v, ((b[6], m6), (b[4], m4), (b[2], m2)))
        right = (u - v) @ self.first
        right += u
        right += v
        out = _solved(self.factors, right)
        for stage in self.stages:
            both = stage @ out
            both += out @ stage
            out = both
        return out


def expm_steps(a: Array, name: str) -> Steps:
    """The steps of exp(A)."""
    return Steps(a, name)


def expm_of_steps(steps: Steps) -> Array:
    """exp(A)."""
    return steps.value


def frechet_expm(steps: Steps, direction: Array) -> Array:
    """L(A, E), the derivative of exp at A in the direction E.

    Raises
    ------
    MatrixError
        Where it is too large for a number.
    """
    with np.errstate(all="ignore"):
        out = steps.derivative(direction)
    if not np.isfinite(out).all():
        raise MatrixError(
            phrase("the derivative of the exponential is too large for a number: {steps}", steps=steps.name)
        )
    return out


def _norm(a: Array) -> float:
    return float(np.abs(a).sum(axis=0).max(initial=0.0))


def _solved(factors: Any, b: Array) -> Array:
    """A⁻¹B with its rows one after another, as products want it."""
    return np.ascontiguousarray(lu_solve(factors, b))


def _combined(terms: tuple[tuple[float, Array], ...]) -> Array:
    """Σ c A."""
    (c, a), *others = terms
    out = c * a
    for c, a in others:
        out += c * a
    return out


def _add(out: Array, terms: tuple[tuple[float, Array], ...], diagonal: float = 0.0) -> None:
    """Add Σ c A and a multiple of the identity in place."""
    for c, a in terms:
        out += c * a
    if diagonal:
        out.flat[:: len(out) + 1] += diagonal


def _by_blocks(a: Array, e: Array, name: str) -> Array:
    """Read off the exponential of [A E; 0 A] (Higham, 2008, thm. 3.6), with E of the size of A."""
    n = len(a)
    share = (np.abs(e).max(initial=0) or 1) / (np.abs(a).max(initial=0) or 1)
    whole = np.block([[a, e / share], [np.zeros_like(a), a]])
    return share * np.asarray(scipy.linalg.expm(whole))[:n, n:]
