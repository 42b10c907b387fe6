"""A X + X B = U Vᵀ with large sparse A and B and a right side of low rank: the factors of X are returned."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from scipy.sparse.linalg import splu

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.words import phrase
from matgrad.solvers.checks import as_matrix, require_square, shown
from matgrad.solvers.sylvester import Sylvester

Array = Any


class LowRank:
    """X = L C Rᵀ, with what it took.

    Attributes
    ----------
    left, core, right : array
        L (m×k), C (k×l) and R (n×l), L and R with orthonormal columns.
    residual : float
        ‖A X + X B − U Vᵀ‖ over ‖U Vᵀ‖, as the projection tells it.
    steps : int
        The steps of the iteration.
    """

    def __init__(self, left: Array, core: Array, right: Array, residual: float, steps: int) -> None:
        u, s, vt = scipy.linalg.svd(core)
        rank = int((s > 1e-14 * s.max(initial=0)).sum())
        self.left, self.right = left @ u[:, :rank], right @ vt[:rank].T
        self.core = np.diag(s[:rank])
        self.residual, self.steps = residual, steps

    @property
    def method(self) -> str:
        """How it was found."""
        return f"extended Krylov spaces, {self.steps} steps"

    @property
    def rank(self) -> int:
        """The rank of X."""
        return len(self.core)

    def to_dense(self) -> Array:
        """X itself."""
        return self.left @ self.core @ self.right.T


class _Space:
    """The extended Krylov space of A and U: spanned by U, A⁻¹U, AU, A⁻²U, …; orthonormal columns.

    Attributes
    ----------
    v : array
        The columns, each in one piece.
    t : array
        Vᵀ A V.
    b : array
        Vᵀ U.
    """

    def __init__(self, a: Any, u: Array, name: str, mass: Any = None) -> None:
        self.a = a
        self.lu = _factors(a, name)
        self.mass, self.of_mass = mass, None if mass is None else _factors(mass, "M")
        if self.of_mass is not None:
            u = self.of_mass.solve(u)
        self._columns: Array = np.empty((len(u), 0), order="F")
        self._image: Array = self._columns
        self.width, self.t = 0, np.zeros((0, 0))
        self._outside = np.zeros((len(u), 0))
        self.v = self._columns
        self._extend(np.hstack([u, self._back(u)]))
        self.b = self.v.T @ u

    def _forth(self, x: Array) -> Array:
        """A X, or M⁻¹A X beside a mass matrix."""
        image: Array = self.a @ x
        return image if self.of_mass is None else self.of_mass.solve(image)

    def _back(self, x: Array) -> Array:
        """A⁻¹X, or A⁻¹M X beside a mass matrix."""
        found: Array = self.lu.solve(x if self.mass is None else self.mass @ x)
        return found

    def _extend(self, block: Array) -> int:
        """Take in what a block adds to the space; how many columns that is."""
        new = self._orthogonal(block, self.v)
        before, added = int(self.v.shape[1]), int(new.shape[1])
        if not added:
            return 0
        if before + added > self._columns.shape[1]:
            grown = np.empty((len(block), 2 * (before + added)), order="F")
            grown[:, :before] = self.v
            self._columns = grown
        self._columns[:, before : before + added] = new
        self.v = self._columns[:, : before + added]
        image = self._forth(new)
        last = self.v.T @ image
        # A V = V T but for the last block, so that the row of a new block is of the last alone.
        low = new.T @ self._image if before else np.zeros((added, 0))
        t = np.zeros((before + added, before + added))
        t[:before, :before], t[:, before:] = self.t, last
        t[before:, before - self.width : before] = low
        self.t, self.width, self._image = t, added, image
        outside = image - self.v @ last
        # What rounding left is no direction.
        real = np.linalg.norm(outside, axis=0) > 1e-12 * np.linalg.norm(image, axis=0)
        self._outside = outside * real
        return added

    @staticmethod
    def _orthogonal(block: Array, v: Array) -> Array:
        """An orthonormal basis of what a block adds to a space."""
        sizes = np.linalg.norm(block, axis=0)
        block = block / np.where(sizes == 0, 1, sizes)
        for _ in range(2):
            block = block - v @ (v.T @ block)
        q, r, _ = scipy.linalg.qr(block, mode="economic", pivoting=True)
        kept = int((abs(np.diagonal(r)) > 1e-12).sum())
        q = q[:, :kept]
        return q - v @ (v.T @ q) if v.shape[1] else q

    def outside(self) -> Array:
        """The part of A V outside of the space, in a basis of its own: only the last block has one."""
        return np.linalg.qr(self._outside, mode="r")

    def grow(self) -> None:
        """Add A and A⁻¹ times the last block."""
        added = self._extend(np.hstack([self._outside, self._back(self.v[:, -self.width :])]))
        self.b = np.vstack([self.b, np.zeros((added, self.b.shape[1]))])


def _factors(a: Any, name: str) -> Any:
    """The sparse LU factors of what is invertible."""
    try:
        return splu(a, permc_spec=_ordering(a))
    except RuntimeError:
        raise DomainError(
            phrase("{name} is singular: extended Krylov spaces need its inverse", name=name)
        ) from None


def _coefficient(a: Any, name: str) -> Any:
    """A sparse matrix that is real, finite and square, in double precision."""
    found = scipy.sparse.csc_array(a) if _is_sparse(a) else scipy.sparse.csc_array(as_matrix(a, name))
    require_square(found, name)
    entries = as_matrix(found.data[None], name)
    return scipy.sparse.csc_array((entries[0].astype(float), found.indices, found.indptr), shape=found.shape)


def _factor(u: Any, name: str) -> Array:
    return as_matrix(u.toarray() if _is_sparse(u) else u, name).astype(float)


def _ordering(a: Any) -> Any:
    """How the columns are ordered for elimination: where the entries' places are symmetric, by them."""
    places: Any = scipy.sparse.csc_array((np.ones_like(a.indices), a.indices, a.indptr), shape=a.shape)
    return "MMD_AT_PLUS_A" if (places != places.T).nnz == 0 else "COLAMD"


def solve_low_rank(
    a: Any,
    u: Any,
    b: Any = None,
    v: Any = None,
    *,
    mass: Any = None,
    tolerance: float = 1e-10,
    most: int = 100,
) -> LowRank:
    """The factors of the X with A X + X B = U Vᵀ, or A X Mᵀ + M X Aᵀ = U Uᵀ.

    By Galerkin projection on extended Krylov spaces (Simoncini, 2007).

    Parameters
    ----------
    a, b : sparse matrix
        m×m and n×n, both invertible and definite in the sense that A + Aᵀ and B + Bᵀ are; B is Aᵀ by default.
    u, v : array
        m×r and n×r; V is U by default.
    mass : sparse matrix, optional
        M, beside which B and V are not given: M⁻¹A and M⁻¹U are what is said of A and U, the residual too.
    tolerance : float
        What is to be left over of the right side.
    most : int
        The most steps.

    Raises
    ------
    DomainError
        Where A or B is singular, or the iteration does not come near.

    Examples
    --------
    >>> import scipy.sparse
    >>> a = scipy.sparse.diags_array([1.0, 2.0, 3.0])
    >>> x = solve_low_rank(a, [[1.0], [1.0], [1.0]]).to_dense()
    >>> x.round(6).tolist()[0]
    [0.5, 0.333333, 0.25]
    """
    if not any(_is_sparse(x) for x in (a, b, mass)):
        raise ArgumentError(
            phrase("extended Krylov spaces are for sparse coefficients"), fix="scipy.sparse.csc_array(A)"
        )
    a, b, mass = (
        None if x is None else _coefficient(x, name) for x, name in ((a, "A"), (b, "B"), (mass, "M"))
    )
    u = _factor(u, "U")
    v_given = None if v is None else _factor(v, "V")
    for matrix, factor, name in ((a, u, "A"), (b, v_given, "B"), (mass, u, "M")):
        if matrix is not None and factor is not None and matrix.shape != (len(factor), len(factor)):
            raise ShapeError(
                phrase(
                    "{name} is {shape} beside a factor of {count} rows",
                    name=name,
                    shape=shown(matrix.shape),
                    count=len(factor),
                )
            )
    one = b is None and (v is None or v_given is u)
    left = _Space(a, u, "A", mass)
    right = left if one else _Space(a if b is None else b.T.tocsc(), u if v_given is None else v_given, "B")
    size = float(np.linalg.norm(left.b @ right.b.T))
    if not size:
        return LowRank(left.v, np.zeros((left.v.shape[1], right.v.shape[1])), right.v, 0.0, 0)
    residual = np.inf
    for step in range(1, most + 1):
        y = Sylvester(left.t, right.t.T).solve(left.b @ right.b.T).value
        over_left = np.linalg.norm(left.outside() @ y[-left.width :])
        over_right = np.linalg.norm(y[:, -right.width :] @ right.outside().T)
        residual = float(np.hypot(over_left, over_right)) / size
        if residual <= tolerance:
            return LowRank(left.v, y, right.v, residual, step)
        before = left.v.shape[1], right.v.shape[1]
        left.grow()
        if not one:
            right.grow()
        if before == (left.v.shape[1], right.v.shape[1]):
            break
    raise DomainError(
        phrase(
            "extended Krylov spaces did not come near: after {step} steps {residual} "
            "of the right side is left",
            step=step,
            residual=f"{residual:.1e}",
        )
    )


def _is_sparse(a: Any) -> bool:
    return bool(scipy.sparse.issparse(a))
