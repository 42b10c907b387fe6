"""Algebraic Riccati equations: the stabilising solution, by SLICOT where it is installed, else by SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import lapack

from matgrad.core.errors import DomainError
from matgrad.core.words import phrase
from matgrad.solvers.checks import as_matrix, one_type, require_shape, require_square

Array = Any

_NOT_FINITE = phrase("the Riccati equation has no stabilising solution that is finite")


def solve_riccati(a: Any, g: Any, q: Any, *, discrete: bool = False) -> Array:
    """The stabilising X of Aᵀ X + X A − X G X + Q = 0, or of X = Aᵀ X (I + G X)⁻¹ A + Q.

    By the ordered Schur form of the Hamiltonian matrix (Laub, 1979), or of the symplectic pencil.

    Parameters
    ----------
    a, g, q : array
        n×n, G and Q symmetric; G is B R⁻¹ Bᵀ of a control problem.
    discrete : bool, default False
        Which of the two equations.

    Raises
    ------
    DomainError
        Where there is no stabilising solution.

    Examples
    --------
    >>> solve_riccati([[1.0]], [[1.0]], [[3.0]]).round(12).tolist()
    [[3.0]]
    """
    a, g, q = one_type(as_matrix(a, "A"), as_matrix(g, "G"), as_matrix(q, "Q"))
    require_square(a, "A")
    for value, name in ((g, "G"), (q, "Q")):
        require_shape(value, a.shape, name, "A says")
        if abs(value - value.T).max(initial=0) > 1e-9 * abs(value).max(initial=0):
            raise DomainError(
                phrase("{name} of a Riccati equation is not symmetric", name=name),
                fix=f"({name} + {name}.T) / 2",
            )
    if not a.size:
        return np.zeros_like(a)
    x = _discrete(a, g, q) if discrete else _continuous(a, g, q)
    return x.astype(a.dtype, copy=False)


def _continuous(a: Array, g: Array, q: Array) -> Array:
    n = len(a)
    # Scaled so that both corners are of one size: X is then of the size of 1 (Benner, 1999).
    ratio = np.sqrt((np.linalg.norm(q, 1) or 1.0) / (np.linalg.norm(g, 1) or 1.0))
    hamiltonian = np.block([[a, -g * ratio], [-q / ratio, -a.T]])
    _, u, stable = scipy.linalg.schur(hamiltonian, sort="lhp", check_finite=False)
    if stable == n:
        x = _quotient(u, n) * ratio
        edge = -np.linalg.eigvals(a - g @ x).real.max()
        if edge > 10 * n * np.finfo(a.dtype).eps * np.linalg.norm(hamiltonian, 1):
            return (x + x.T) / 2
    raise DomainError(
        phrase(
            "the Riccati equation has no stabilising solution: its Hamiltonian matrix "
            "has eigenvalues on the imaginary axis, so that (A, G) is not "
            "stabilisable or Q does not see a mode on it"
        )
    )


def _quotient(u: Array, n: int) -> Array:
    """U₂₁ U₁₁⁻¹; where no X is large enough, U₁₁ is singular but for what rounding left."""
    top = u[:n, :n].T
    single = top.dtype == np.float32
    getrf, gecon, getrs = (
        (lapack.sgetrf, lapack.sgecon, lapack.sgetrs)
        if single
        else (lapack.dgetrf, lapack.dgecon, lapack.dgetrs)
    )
    lu, pivots, info = getrf(top)
    condition = 0.0 if info else gecon(lu, np.linalg.norm(top, 1))[0]
    if condition <= n * np.finfo(top.dtype).eps:
        raise DomainError(_NOT_FINITE)
    x: Array = getrs(lu, pivots, u[n:, :n].T)[0].T
    return x


def _discrete(a: Array, g: Array, q: Array) -> Array:
    n = len(a)
    eye, zero = np.eye(n), np.zeros((n, n))
    left = np.block([[a, zero], [-q, eye]])
    right = np.block([[eye, g], [zero, a.T]])
    _, _, alpha, beta, _, z = scipy.linalg.ordqz(left, right, sort="iuc", output="real", check_finite=False)
    inside = int((abs(alpha) < abs(beta)).sum())
    edge = abs(abs(alpha) - abs(beta)) / np.maximum(abs(alpha), abs(beta))
    if inside != n or edge.min() <= 100 * n * np.finfo(a.dtype).eps:
        raise DomainError(
            phrase(
                "the Riccati equation has no stabilising solution: its symplectic pencil "
                "has eigenvalues on the unit circle, so that (A, G) is not stabilisable "
                "or Q does not see a mode on it"
            )
        )
    x = _quotient(z, n)
    x = (x + x.T) / 2
    closed = np.linalg.solve(eye + g @ x, a)
    if not abs(np.linalg.eigvals(closed)).max() < 1:
        raise DomainError(_NOT_FINITE)
    return x
