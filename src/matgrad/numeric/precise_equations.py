"""Matrix equations in arbitrary precision, for the small ones of verification."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import DomainError
from matgrad.core.words import phrase
from matgrad.numeric import precise_linalg as linalg
from matgrad.numeric.precise_linalg import Arithmetic, Number, Rows

_STEPS = 100
"""So many steps a Newton iteration may take; those that find a sign take about twenty."""


def matrix_equation(xp: Arithmetic, plain: int, coefficients: Sequence[Rows], c: Rows) -> Rows:
    """The X with A₁ X B₁ + A₂ X B₂ + … = C, as one linear system.

    Raises
    ------
    DomainError
        When it is singular to the precision in use.
    """
    pairs = list(zip(coefficients[::2], coefficients[1::2], strict=True))
    a, b = pairs[0]
    m, n = (len(a[0]), len(b)) if plain else (len(b), len(a[0]))
    p, q = xp.shape(c)
    system = xp.zeros(p * q, m * n)
    for place, (a, b) in enumerate(pairs):
        for i in range(p):
            for j in range(q):
                row = system[i + p * j]
                for k in range(m):
                    for s in range(n):
                        # The entry of A X B at (i, j) has A_ik B_sj for X_ks, that of A Xᵀ B has A_is B_kj.
                        factor = a[i][k] * b[s][j] if place < plain else a[i][s] * b[k][j]
                        row[k + m * s] += factor
    right = [[c[i][j]] for j in range(q) for i in range(p)]
    flat = linalg.solve(xp.ctx, system, right, "solve a matrix equation with")
    return [[flat[k + m * s][0] for s in range(n)] for k in range(m)]


def riccati(xp: Arithmetic, a: Rows, g: Rows, q: Rows, *, discrete: bool) -> Rows:
    """The stabilising solution of a Riccati equation.

    By the doubling algorithm, which converges like Newton's method (Chu, Fan, Lin & Wang, 2004); the
    continuous equation is brought to discrete form by a Cayley transform (Chu, Fan & Lin, 2005).

    Raises
    ------
    DomainError
        When there is none: an eigenvalue lies on the axis or the unit circle.
    """
    n = len(a)
    eye = xp.eye(n)
    if not discrete:
        a, g, q = _discrete(xp, a, g, q)
    size = xp.largest(q) or xp.entry(1)
    for _ in range(_STEPS):
        inverse = linalg.solve(xp.ctx, xp.add(eye, xp.matmul(g, q)), eye, "a Riccati equation with")
        after = xp.matmul(a, inverse)
        change = xp.matmul(xp.matmul(xp.transpose(a), xp.matmul(q, inverse)), a)
        g = xp.add(g, xp.matmul(xp.matmul(after, g), xp.transpose(a)))
        q = xp.add(q, change)
        a = xp.matmul(after, a)
        size = max(size, xp.largest(q))
        if xp.largest(change) <= size * xp.ctx.mpf(10) ** -xp.digits:
            return _times(xp.ctx.mpf(0.5), xp.add(q, xp.transpose(q)))
        if xp.largest(a) > xp.ctx.mpf(10) ** xp.digits:
            break
    raise DomainError(phrase("a Riccati equation without a stabilising solution"))


def _discrete(xp: Arithmetic, a: Rows, g: Rows, q: Rows) -> tuple[Rows, Rows, Rows]:
    """The discrete equation with the same stabilising solution as a continuous one."""
    n = len(a)
    eye = xp.eye(n)

    def inverse(m: Rows) -> Rows:
        return linalg.solve(xp.ctx, m, eye, "a Riccati equation with")

    shift = 1 + xp.largest(a) + xp.largest(g) + xp.largest(q)
    low = xp.subtract(a, _times(shift, eye))
    low_inverse = inverse(low)
    w = xp.add(low, xp.matmul(g, xp.matmul(xp.transpose(low_inverse), q)))
    w_inverse = inverse(w)
    first = xp.add(eye, _times(2 * shift, w_inverse))
    second = _times(2 * shift, xp.matmul(xp.matmul(low_inverse, g), xp.transpose(w_inverse)))
    third = _times(2 * shift, xp.matmul(xp.matmul(xp.transpose(w_inverse), q), low_inverse))
    return first, second, third


def _times(factor: Number, a: Rows) -> Rows:
    return [[factor * x for x in row] for row in a]
