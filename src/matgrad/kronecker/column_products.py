"""Column-wise and row-wise Kronecker products."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.core.errors import ShapeError
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase
from matgrad.kronecker.composites import PRODUCT_RULES, product
from matgrad.kronecker.diagonals import Diagonal
from matgrad.kronecker.matrices import Dense
from matgrad.kronecker.operator import Operator, SignedLog, SingularValues
from matgrad.kronecker.products import Kron, operand
from matgrad.kronecker.reading import owned, require_finite
from matgrad.kronecker.refusals import shape_text
from matgrad.kronecker.vectors import khatri_rao_array

Array = Any


class KhatriRao(Operator):
    """A ∗ B: its columns are aⱼ ⊗ bⱼ.

    Attributes
    ----------
    A, B : ndarray
        (m, n) and (p, n).
    """

    def __init__(self, A: Array, B: Array) -> None:
        self.A, self.B = A, B
        super().__init__((A.shape[0] * B.shape[0], A.shape[1]), np.result_type(A, B))

    @cached_property
    def label(self) -> str:
        return f"({shape_text(self.A.shape)}) ∗ ({shape_text(self.B.shape)})"

    def _apply(self, X: Array) -> Array:
        made = np.matmul(self.A * X.T[:, None, :], self.B.T)
        return made.reshape(X.shape[1], -1).T

    def _vector(self, x: Array) -> Array:
        return ((self.A * x) @ self.B.T).reshape(-1)

    def _transposed(self) -> Operator:
        return FaceSplitting(self)

    def _conjugated(self) -> Operator:
        return KhatriRao(self.A.conj(), self.B.conj())

    def _scaled(self, c: Any) -> Operator:
        if self.A.size <= self.B.size:
            return KhatriRao(owned(c * self.A), self.B)
        return KhatriRao(self.A, owned(c * self.B))

    @cached_property
    def reduced(self) -> tuple[Kron, Array]:
        """Orthonormal Q_A ⊗ Q_B and the small matrix R_A ∗ R_B that it is multiplied by."""
        require_finite(self.A, phrase("the left operand of {name}", name=self.named))
        require_finite(self.B, phrase("the right operand of {name}", name=self.named))
        (qa, ra), (qb, rb) = np.linalg.qr(self.A), np.linalg.qr(self.B)
        return Kron([Dense(owned(qa)), Dense(owned(qb))]), khatri_rao_array(ra, rb)

    def _check_invertible(self) -> None:
        self._small()._check_invertible()

    def _small(self) -> Dense:
        return Dense(owned(self.to_dense()), self.label)

    def _solve(self, Y: Array) -> Array:
        return self._small()._solve(Y)

    def inverse(self) -> Operator:
        self._require_square("invert")
        return self._small().inverse()

    def slogdet(self) -> SignedLog:
        self._require_square("take the determinant of")
        return self._small().slogdet()

    def pinv(self) -> Operator:
        basis, small = self.reduced
        return product([Dense(owned(small)).pinv(), basis.H])

    def diagonal(self) -> Array:
        count = min(self.shape)
        rows, columns = np.arange(count), np.arange(count)
        p = self.B.shape[0]
        return self.A[rows // p, columns] * self.B[rows % p, columns]

    def svd(self) -> SingularValues:
        basis, small = self.reduced
        u, s, vh = Dense(owned(small)).svd()
        count = min(self.shape)
        if len(s) < count:
            raise self._no_rule("singular values")
        return SingularValues(product([basis, u]), s, vh)

    def singular_values(self) -> Array:
        found = Dense(owned(self.reduced[1])).singular_values()
        return np.concatenate([found, np.zeros(min(self.shape) - len(found), found.dtype)])

    def _norm(self, ord: Any) -> Any:
        if ord in ("fro", 1):
            sizes = [(np.abs(x) if ord == 1 else np.abs(x) ** 2).sum(axis=0) for x in (self.A, self.B)]
            return np.sqrt((sizes[0] * sizes[1]).sum()) if ord == "fro" else (sizes[0] * sizes[1]).max()
        if ord == np.inf:
            return (np.abs(self.A) @ np.abs(self.B).T).max()
        return super()._norm(ord)

    def _cond(self, p: Any) -> Any:
        return self._small().cond(p)

    def to_dense(self) -> Array:
        return khatri_rao_array(self.A, self.B)


class FaceSplitting(Operator):
    """The row-wise product A • B, whose rows are aᵢ ⊗ bᵢ: the transpose of Aᵀ ∗ Bᵀ."""

    def __init__(self, columns: KhatriRao) -> None:
        self.columns = columns
        super().__init__((columns.shape[1], columns.shape[0]), columns.kind)

    @cached_property
    def label(self) -> str:
        a, b = (x.shape[::-1] for x in (self.columns.A, self.columns.B))
        return f"({shape_text(a)}) • ({shape_text(b)})"

    def _apply(self, X: Array) -> Array:
        a, b = self.columns.A, self.columns.B
        x = X.T.reshape(X.shape[1], a.shape[0], b.shape[0])
        return np.einsum("ij,kij->jk", a, np.matmul(x, b))

    def _vector(self, x: Array) -> Array:
        a, b = self.columns.A, self.columns.B
        return np.einsum("ij,ij->j", a, x.reshape(a.shape[0], b.shape[0]) @ b)

    def _transposed(self) -> Operator:
        return self.columns

    def _conjugated(self) -> Operator:
        return self.columns.conj().T

    def _scaled(self, c: Any) -> Operator:
        return self.columns._scaled(c).T

    def _check_invertible(self) -> None:
        self._small()._check_invertible()

    def _small(self) -> Dense:
        return Dense(owned(self.to_dense()), self.label)

    def _solve(self, Y: Array) -> Array:
        return self._small()._solve(Y)

    def inverse(self) -> Operator:
        self._require_square("invert")
        return self._small().inverse()

    def slogdet(self) -> SignedLog:
        self._require_square("take the determinant of")
        return self.columns.slogdet()

    def pinv(self) -> Operator:
        return self.columns.pinv().T

    def diagonal(self) -> Array:
        return self.columns.diagonal()

    def svd(self) -> SingularValues:
        u, s, vh = self.columns.svd()
        return SingularValues(vh.T, s, u.T)

    def singular_values(self) -> Array:
        return self.columns.singular_values()

    def _norm(self, ord: Any) -> Any:
        return self.columns.norm({1: np.inf, np.inf: 1}.get(ord, ord))

    def _cond(self, p: Any) -> Any:
        return self._small().cond(p)

    def to_dense(self) -> Array:
        return self.columns.to_dense().T


def khatri_rao(A: Any, B: Any) -> KhatriRao:
    """The column-wise Kronecker product A ∗ B, whose columns are aⱼ ⊗ bⱼ.

    ``khatri_rao(B.T, A) @ d`` is ``vec(A @ diag(d) @ B)``.

    Parameters
    ----------
    A, B : array_like
        (m, n) and (p, n).

    Raises
    ------
    ShapeError
        Where the numbers of columns differ.

    References
    ----------
    Khatri & Rao (1968).

    Examples
    --------
    >>> import numpy as np
    >>> from matgrad.kronecker import khatri_rao, vec
    >>> A, d, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0]), np.array([[7.0, 8.0], [9.0, 1.0]])
    >>> bool(np.allclose(khatri_rao(B.T, A) @ d, vec(A @ np.diag(d) @ B)))
    True
    """
    a, b = _array(A, "the left operand"), _array(B, "the right operand")
    if a.shape[1] != b.shape[1]:
        raise ShapeError(
            phrase(
                "a column-wise product needs as many columns in both: A is {shape}, B {shape_shape}",
                shape=shape_text(a.shape),
                shape_shape=shape_text(b.shape),
            ),
            fix=phrase("kron(A, B) for the product of all columns with all"),
        )
    return KhatriRao(a, b)


def face_splitting(A: Any, B: Any) -> Operator:
    """The row-wise Kronecker product A • B, whose rows are aᵢ ⊗ bᵢ: (m, n) and (m, p) to (m, n p).

    References
    ----------
    Slyusar (1999), face-splitting products of matrices.

    Examples
    --------
    >>> from matgrad.kronecker import face_splitting
    >>> face_splitting([[1.0, 2.0]], [[3.0, 4.0]]).to_dense().tolist()
    [[3.0, 4.0, 6.0, 8.0]]
    """
    a, b = _array(A, "the left operand"), _array(B, "the right operand")
    if a.shape[0] != b.shape[0]:
        raise ShapeError(
            phrase(
                "a row-wise product needs as many rows in both: A is {shape}, B {shape_shape}",
                shape=shape_text(a.shape),
                shape_shape=shape_text(b.shape),
            ),
            fix=phrase("kron(A, B) for the product of all rows with all"),
        )
    return KhatriRao(a.T, b.T).T


def _array(value: Any, what: str) -> Array:
    made = operand(value, what)
    return made.array if isinstance(made, Dense) else owned(made.to_dense())


def _together(a: Operator, b: Operator) -> list[Operator] | None:
    """(A ∗ B)ᵀ(C ∗ D) = AᵀC ⊙ BᵀD, (A ⊗ B)(C ∗ D) = AC ∗ BD and (C ∗ D) diag(d)."""
    if isinstance(b, KhatriRao):
        if isinstance(a, FaceSplitting) and _same_rows(a.columns, b):
            return [Dense(owned((a.columns.A.T @ b.A) * (a.columns.B.T @ b.B)))]
        if isinstance(a, Kron) and len(a.factors) == 2:
            first, second = a.factors
            if first.shape[1] == b.A.shape[0] and second.shape[1] == b.B.shape[0]:
                return [KhatriRao(owned(first._apply(b.A)), owned(second._apply(b.B)))]
    if isinstance(a, KhatriRao) and isinstance(b, Diagonal):
        return [KhatriRao(owned(a.A * b.entries), a.B)]
    return None


def _same_rows(a: KhatriRao, b: KhatriRao) -> bool:
    return (len(a.A), len(a.B)) == (len(b.A), len(b.B))


PRODUCT_RULES.append(_together)
