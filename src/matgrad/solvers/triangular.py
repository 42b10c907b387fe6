"""Matrix equations with quasi-triangular coefficients, solved by halves so that nearly all work is products.

The real Schur and generalised Schur forms have blocks of order 1 and 2 on their diagonals; a split never
cuts one (Jonsson & Kågström, 2002, *Recursive blocked algorithms for solving triangular systems*).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

from matgrad.core.lazy import cached_property
from matgrad.solvers.modes import Halved, Modes, solve_by_modes, solve_stein_by_modes

Array = Any

_LEAF, _LEAF_BY_MODES = 40, 64
"""The order up to which LAPACK's unblocked routine is as fast as products are, and that for the modes."""
_BY_MODES = 300
"""The order from which each leaf is met so often that its modes pay."""
_COUPLED_LEAF = 64
_GOOD, _VERY_GOOD = 1e-4, 1e-2
"""The reciprocal conditions from which a leaf is inverted, and from which no better turn is tried."""
_TRIED = 1
"""The turns tried, and one more, for a very good one: first those farthest from singular on the diagonal."""
_COSINES = np.array([1.0, 0.0, 0.6, 0.8, 0.28, 0.96, 0.8, 0.6, 0.96, 0.28])
_SINES = np.array([0.0, 1.0, 0.8, -0.6, -0.96, 0.28, 0.6, -0.8, -0.28, 0.96])


def solve_sylvester(
    r: Halved | Array, s: Halved | Array, f: Array, *, turn_r: bool = False, turn_s: bool = False
) -> bool:
    """Replace F by the Y with R Y + Y S = F, R and S quasi-triangular, each transposed if told so.

    Returns
    -------
    bool
        Whether no pair of eigenvalues had to be disturbed to go on.
    """
    if max(f.shape) <= _LEAF:
        return _solve_by_lapack(r, s, f, turn_r, turn_s)
    r = r if isinstance(r, Halved) else Halved(r)
    s = s if isinstance(s, Halved) else Halved(s)
    return _solve_halved(r, s, f, turn_r, turn_s, modes_pay(f.shape))


def modes_pay(shape: tuple[int, int]) -> bool:
    """Whether an equation is so large that each leaf is met often."""
    return min(shape) >= _BY_MODES


def _solve_halved(r: Halved, s: Halved, f: Array, turn_r: bool, turn_s: bool, by_modes: bool) -> bool:
    m, n = f.shape
    if max(m, n) <= (_LEAF_BY_MODES if by_modes else _LEAF):
        modes = (r.modes, s.modes) if by_modes else (None, None)
        if solve_by_modes(*modes, f, turn_r=turn_r, turn_s=turn_s):
            return True
        return _solve_by_lapack(r.matrix, s.matrix, f, turn_r, turn_s)
    if m >= n:
        k = r.cut
        before, after = r.halves if turn_r else r.halves[::-1]
        first, last = (f[:k], f[k:]) if turn_r else (f[k:], f[:k])
        fine = _solve_halved(before, s, first, turn_r, turn_s, by_modes)
        last -= (r.corner.T if turn_r else r.corner) @ first
        return _solve_halved(after, s, last, turn_r, turn_s, by_modes) and fine
    k = s.cut
    before, after = s.halves[::-1] if turn_s else s.halves
    first, last = (f[:, k:], f[:, :k]) if turn_s else (f[:, :k], f[:, k:])
    fine = _solve_halved(r, before, first, turn_r, turn_s, by_modes)
    last -= first @ (s.corner.T if turn_s else s.corner)
    return _solve_halved(r, after, last, turn_r, turn_s, by_modes) and fine


def _solve_by_lapack(r: Array, s: Array, f: Array, turn_r: bool, turn_s: bool) -> bool:
    trsyl = lapack.dtrsyl if f.dtype.char == "d" else lapack.strsyl
    y, scale, info = trsyl(r, s, f, trana="T" if turn_r else "N", tranb="T" if turn_s else "N")
    if scale == 0:
        f[...] = np.nan
        return False
    f[...] = y if scale == 1 else y / scale
    return bool(info == 0)


def solve_lyapunov(r: Array, f: Array) -> bool:
    """Replace a symmetric F by the Y with R Y + Y Rᵀ = F, of which one corner is solved for and mirrored.

    Returns
    -------
    bool
        Whether no pair of eigenvalues had to be disturbed to go on.
    """
    if len(f) <= _LEAF:
        return _solve_by_lapack(r, r, f, False, True)
    return _solve_lyapunov_halved(Halved(r), f, modes_pay(f.shape))


def _solve_lyapunov_halved(r: Halved, f: Array, by_modes: bool) -> bool:
    if len(f) <= (_LEAF_BY_MODES if by_modes else _LEAF):
        return _solve_halved(r, r, f, False, True, by_modes)
    k, (first, last) = r.cut, r.halves
    upper, corner, lower = f[:k, :k], f[:k, k:], f[k:, k:]
    fine = _solve_lyapunov_halved(last, lower, by_modes)
    corner -= r.corner @ lower
    fine = _solve_halved(first, last, corner, False, True, by_modes) and fine
    f[k:, :k] = corner.T
    change = r.corner @ corner.T
    upper -= change
    upper -= change.T
    return _solve_lyapunov_halved(first, upper, by_modes) and fine


class Turned:
    """A leaf of a pencil after a turn: cA + sD, its inverse, and both ratios with cD − sA.

    Attributes
    ----------
    good : float
        The reciprocal condition of the first, 0 where it is singular.
    """

    def __init__(self, pencil: Pencil, c: float, s: float) -> None:
        self.pencil, self.turn = pencil, (c, s)
        self.first = c * pencil.a + s * pencil.d
        self.good = 0.0
        try:
            self.inverse = np.linalg.inv(self.first)
        except np.linalg.LinAlgError:
            return
        size = float(abs(self.inverse).sum(0).max()) * pencil.size
        if 0 < size < np.inf:
            self.good = 1 / size

    @cached_property
    def second(self) -> Array:
        """The other matrix, cD − sA."""
        c, s = self.turn
        return c * self.pencil.d - s * self.pencil.a

    @cached_property
    def minus_before(self) -> Array:
        """−(cA + sD)⁻¹(cD − sA)."""
        return -self.pencil.cleaned(self.inverse @ self.second)

    @cached_property
    def after(self) -> Array:
        """(cD − sA)(cA + sD)⁻¹."""
        return self.pencil.cleaned(self.second @ self.inverse)


class Scaled:
    """A multiple of a quasi-triangular matrix, or of the identity, of which no large copy is made.

    Attributes
    ----------
    weight : float
        The multiple.
    matrix : array or None
        The matrix; ``None`` is the identity.
    """

    def __init__(self, weight: Any, matrix: Array | None = None) -> None:
        self.weight, self.matrix = weight, matrix

    def joins(self, k: int) -> bool:
        """Whether a block of order 2 stands across the cut before place k."""
        return self.matrix is not None and bool(self.matrix[k, k - 1] != 0)

    def part(self, start: int | None, stop: int | None) -> Scaled:
        """A part of the diagonal."""
        return Scaled(self.weight, None if self.matrix is None else self.matrix[start:stop, start:stop])

    def corner(self, k: int) -> Array | None:
        """What stands right of the cut; nothing where that is zero."""
        if self.matrix is None:
            return None
        found = self._scaled(self.matrix[:k, k:])
        return found if found.any() else None

    def whole(self, order: int, dtype: Any) -> Array:
        """The array."""
        return self._scaled(np.eye(order, dtype=dtype) if self.matrix is None else self.matrix)

    def _scaled(self, part: Array) -> Array:
        return part if self.weight == 1 else part * self.weight


class Pencil:
    """A pair of matrices of one order, upper quasi-triangular with the same blocks; cut in halves once.

    A leaf is turned, (cA + sD, cD − sA), so that its first matrix can be inverted, whichever of the two
    is singular.

    Parameters
    ----------
    first, second : Scaled
        A and D.
    order : int
        Theirs.
    dtype
        Theirs.
    mirrored : Pencil, optional
        One with rows and columns turned round, which is cut where this one is.
    by_modes : bool, default False
        Whether each leaf is met so often that its modes pay, one of both matrices being the identity.
    """

    def __init__(
        self, first: Scaled, second: Scaled, order: int, dtype: Any, mirrored: Pencil | None = None,
        *, by_modes: bool = False,
    ) -> None:  # fmt: skip
        self.first, self.second = first, second
        self.turned: dict[int, Turned] = {}
        self.order, self.dtype = order, dtype
        self.mirrored = mirrored
        self.by_modes = by_modes

    @classmethod
    def of(cls, a: Array, d: Array) -> Pencil:
        """That of two arrays."""
        one = a.dtype.type(1)
        return cls(Scaled(one, a), Scaled(one, d), len(a), a.dtype)

    @cached_property
    def a(self) -> Array:
        """The first matrix."""
        return self.first.whole(self.order, self.dtype)

    @cached_property
    def d(self) -> Array:
        """The second matrix."""
        return self.second.whole(self.order, self.dtype)

    @cached_property
    def cut(self) -> int:
        """Where it is cut in two; of one that is turned round, where the other is."""
        if self.mirrored is not None:
            return self.order - self.mirrored.cut
        k = self.order // 2
        return k + 1 if self.first.joins(k) or self.second.joins(k) else k

    @cached_property
    def halves(self) -> tuple[Pencil, Pencil]:
        """The two halves of the diagonal."""
        k = self.cut
        last, first = (None, None) if self.mirrored is None else self.mirrored.halves
        return self._part(None, k, first), self._part(k, None, last)

    def _part(self, start: int | None, stop: int | None, mirrored: Pencil | None) -> Pencil:
        order = self.order - (start or 0) if stop is None else stop
        first, second = self.first.part(start, stop), self.second.part(start, stop)
        return Pencil(first, second, order, self.dtype, mirrored, by_modes=self.by_modes)

    @cached_property
    def modes(self) -> Modes | None:
        """Those of the matrix that stands beside an identity, if they are well conditioned."""
        if self.mirrored is not None:
            return None if self.mirrored.modes is None else self.mirrored.modes.flipped
        matrix = self.second.matrix if self.first.matrix is None else self.first.matrix
        return None if matrix is None else Modes.of(matrix)

    @cached_property
    def corners(self) -> tuple[Array | None, Array | None]:
        """What stands right of the cut in both; nothing where it is zero, as of an identity."""
        return self.first.corner(self.cut), self.second.corner(self.cut)

    @cached_property
    def is_whole(self) -> bool:
        """Whether it is one block, which no split cuts."""
        return self.order == 1 or self.cut >= self.order

    def at(self, angle: int) -> Turned:
        """The leaf after one of the turns."""
        found = self.turned.get(angle)
        if found is None:
            c, s = self.a.dtype.type(_COSINES[angle]), self.a.dtype.type(_SINES[angle])
            found = self.turned[angle] = Turned(self, c, s)
        return found

    @cached_property
    def size(self) -> float:
        """The sum of both norms."""
        return float(abs(self.a).sum(0).max() + abs(self.d).sum(0).max())

    @cached_property
    def outlook(self) -> Array:
        """How far the diagonal blocks are from singular after each of the turns."""
        blocks = np.flatnonzero(self._places[1:, :-1].diagonal())
        c, s = _COSINES[:, None], _SINES[:, None]
        sizes = abs(c * self.a.diagonal() + s * self.d.diagonal())
        if len(blocks):
            rows, columns = np.array([blocks, blocks + 1]), np.array([blocks + 1, blocks])
            across = c[:, None] * self.a[rows, columns] + s[:, None] * self.d[rows, columns]
            diagonals = c * self.a.diagonal() + s * self.d.diagonal()
            found = diagonals[:, blocks] * diagonals[:, blocks + 1] - across[:, 0] * across[:, 1]
            sizes[:, blocks] = sizes[:, blocks + 1] = np.sqrt(abs(found))
        nearest: Array = sizes.min(axis=1) / (self.size or 1)
        return nearest

    @cached_property
    def _places(self) -> Array:
        """Where entries may stand: above the diagonal, and below it in blocks."""
        n = self.order
        places = np.tri(n, dtype=bool).T
        below = np.arange(n - 1)
        places[below + 1, below] = (np.diagonal(self.a, -1) != 0) | (np.diagonal(self.d, -1) != 0)
        return places

    def cleaned(self, t: Array) -> Array:
        """With exact zeros where blocks have none: what rounding left there is no block."""
        return np.asfortranarray(np.where(self._places, t, t.dtype.type(0)))


def solve_coupled(left: Pencil, right: Pencil, e: Array, f: Array) -> bool:
    """Replace E, F by R, L with A R + L B = E and D R + L G = F, (A, D) = ``left``, (B, G) = ``right``.

    Returns
    -------
    bool
        Whether the solution is finite.
    """
    m, n = e.shape
    if m <= _COUPLED_LEAF and n <= _COUPLED_LEAF and _solve_leaf(left, right, e, f):
        return True
    if (m >= n or right.is_whole) and not left.is_whole:
        k = left.cut
        upper, lower = left.halves
        a, d = left.corners
        fine = solve_coupled(lower, right, e[k:], f[k:])
        if a is not None:
            e[:k] -= a @ e[k:]
        if d is not None:
            f[:k] -= d @ e[k:]
        return solve_coupled(upper, right, e[:k], f[:k]) and fine
    if not right.is_whole:
        k = right.cut
        first, last = right.halves
        b, g = right.corners
        fine = solve_coupled(left, first, e[:, :k], f[:, :k])
        if b is not None:
            e[:, k:] -= f[:, :k] @ b
        if g is not None:
            f[:, k:] -= f[:, :k] @ g
        return solve_coupled(left, last, e[:, k:], f[:, k:]) and fine
    return _solve_blocks(left, right, e, f)


def solve_symmetric_stein(t: Array, left: Pencil, right: Pencil, scale: Any, f: Array) -> bool:
    """Replace a symmetric F by the Y with Y − T Y Tᵀ = F, of which one corner is solved for and mirrored.

    Parameters
    ----------
    t : array
        T, upper quasi-triangular.
    left, right : Pencil
        Of L − αT P = F/β beside P − L S = 0 with S = Tᵀ/α, rows and columns turned round: the second
        mirrors the first.
    scale
        β, a power of 2.
    """
    n = len(t)
    if n <= _COUPLED_LEAF or left.is_whole:
        turned = np.asfortranarray(f[:, ::-1]) / scale
        y = np.zeros_like(turned)
        fine = solve_coupled(left, right, turned, y)
        f[...] = y[:, ::-1]
        f += f.T.copy()
        f *= 0.5
        return fine
    k = left.cut
    (first, last), (right_last, right_first) = left.halves, right.halves
    top, corner, low = t[:k, :k], t[:k, k:], t[k:, k:]
    lower = f[k:, k:]
    fine = solve_symmetric_stein(low, last, right_last, scale, lower)
    across = corner @ lower
    beside = np.ascontiguousarray((f[:k, k:] + across @ low.T)[:, ::-1])
    beside /= scale
    y = np.zeros_like(beside)
    fine = solve_coupled(first, right_last, beside, y) and fine
    y = y[:, ::-1]
    f[:k, k:], f[k:, :k] = y, y.T
    # T₁₁Y₁₂T₁₂ᵀ and its transpose, and T₁₂Y₂₂T₁₂ᵀ as a half of each
    across *= 0.5
    across += top @ y
    change = across @ corner.T
    f[:k, :k] += change
    f[:k, :k] += change.T
    return solve_symmetric_stein(top, first, right_first, scale, f[:k, :k]) and fine


def _solve_stein_leaf(left: Pencil, right: Pencil, e: Array, f: Array) -> bool:
    """Solve αT R + βL = E and δR + γL S = F by the modes of T and S, if they serve: L − κT L S = G."""
    alpha, beta, gamma, delta = (side.weight for side in (left.first, right.first, right.second, left.second))
    y = (e - left.first.matrix @ f * (alpha / delta)) / beta
    if not solve_stein_by_modes(left.modes, right.modes, alpha * gamma / (beta * delta), y):
        return False
    e[...] = (f - y @ right.second.matrix * gamma) / delta
    f[...] = y
    return True


def _solve_leaf(left: Pencil, right: Pencil, e: Array, f: Array) -> bool:
    """Solve it as a Sylvester equation, if some combination of the two equations allows that.

    With A and B invertible, L = A N and R = A⁻¹E − N B leave N G B⁻¹ − A⁻¹D N = A⁻¹F B⁻¹ − A⁻¹D A⁻¹E B⁻¹.
    """
    if left.by_modes and _solve_stein_leaf(left, right, e, f):
        return True
    best, angle = 0.0, 0
    for tried, k in enumerate(np.argsort(-np.minimum(left.outlook, right.outlook))):
        good = min(left.at(k).good, right.at(k).good)
        if good > best:
            best, angle = good, k
        if best > (_VERY_GOOD if tried < _TRIED else _GOOD):
            break
    if best < _GOOD:
        return False
    one, other = left.at(angle), right.at(angle)
    c, s = one.turn
    if s == 0:
        e1, f1 = e, f
    else:
        e1, f1 = c * e + s * f, c * f - s * e
    first = one.inverse @ e1
    n = (one.minus_before @ first + one.inverse @ f1) @ other.inverse
    fine = solve_sylvester(one.minus_before, other.after, n)
    e[...] = first - n @ other.first
    f[...] = one.first @ n
    return fine


def _solve_blocks(left: Pencil, right: Pencil, e: Array, f: Array) -> bool:
    """Blocks of order 1 and 2, as the linear system that they are."""
    m, n = e.shape
    eye_m, eye_n = np.eye(m), np.eye(n)
    system = np.block(
        [
            [np.kron(eye_n, left.a), np.kron(right.a.T, eye_m)],
            [np.kron(eye_n, left.d), np.kron(right.d.T, eye_m)],
        ]
    )
    given = np.concatenate([e.ravel(order="F"), f.ravel(order="F")])
    try:
        x = np.linalg.solve(system, given)
    except np.linalg.LinAlgError:
        fine = False
    else:
        fine = bool(np.isfinite(x).all())
    if not fine:
        # Disturbed by rounding, as LAPACK does: a singular equation is told by its growth.
        tiny = np.finfo(system.dtype).eps * (abs(system).max() or 1)
        rows, values, columns = np.linalg.svd(system)
        x = columns.T @ ((rows.T @ given) / np.maximum(values, tiny))
    e[...] = x[: m * n].reshape((m, n), order="F")
    f[...] = x[m * n :].reshape((m, n), order="F")
    return fine


def flipped(t: Array) -> Array:
    """The transpose with its rows and columns in the opposite order: upper triangular as T is."""
    return t.T[::-1, ::-1]
