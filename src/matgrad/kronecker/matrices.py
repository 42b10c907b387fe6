"""A matrix as an operator: what all others are made of, by LAPACK."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import scipy.linalg as linalg

from matgrad.core.errors import ArgumentError, DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker import reading
from matgrad.kronecker.composites import PRODUCT_RULES, SUM_RULES, Inverse, Product
from matgrad.kronecker.operator import Eigen, Operator, SignedLog, SingularValues, frobenius
from matgrad.kronecker.reading import lapack_function, owned, require_finite
from matgrad.kronecker.refusals import SingularOperatorError, shape_text

Array = Any

LEAST_SQUARES = phrase("a solution of least squares: P.pinv() @ y")


def _turned(name: str) -> str:
    """The name of a transpose: of B' it is B, of a product the product in brackets."""
    if re.fullmatch(r"\([^()]*\)ᵀ", name):
        return name[1:-2]
    base = name.removesuffix("ᵀ").removesuffix("'")
    if base.isidentifier():
        return base if base != name else f"{name}ᵀ"
    return f"({name})ᵀ" if name else ""


class Dense(Operator):
    """A matrix.

    Parameters
    ----------
    array : ndarray
        Its entries, which nobody else changes.
    name : str
        How messages call it.

    Attributes
    ----------
    array : ndarray
        As given.
    """

    def __init__(self, array: Array, name: str = "") -> None:
        self.array, self.name = array, name
        super().__init__(array.shape, array.dtype)

    @cached_property
    def label(self) -> str:
        return str(self.named)

    @cached_property
    def named(self) -> str | Phrase:
        return self.name or phrase("the {shape} matrix", shape=shape_text(self.shape))

    def _apply(self, X: Array) -> Array:
        return self.array @ X

    def _vector(self, x: Array) -> Array:
        return self.array @ x

    def _transposed(self) -> Operator:
        return Dense(self.array.T, _turned(self.name))

    def _conjugated(self) -> Operator:
        return Dense(self.array.conj(), self.name)

    def _scaled(self, c: Any) -> Operator:
        return Dense(owned(c * self.array), f"{c:g} {self.name}" if self.name else "")

    def to_dense(self) -> Array:
        return np.array(self.array)

    # ---- solving ----------------------------------------------------------------------------------

    @cached_property
    def _finite(self) -> bool:
        require_finite(self.array, self.label)
        return True

    @cached_property
    def triangle(self) -> str:
        """Which triangle holds all entries: "L", "U" or "" for none."""
        a = self.array
        if a.shape[0] == 1 or (a[0, -1] == 0 and not np.triu(a, 1).any()):
            return "L"
        return "U" if a[-1, 0] == 0 and not np.tril(a, -1).any() else ""

    @cached_property
    def _lu(self) -> tuple[Array, Array, bool, bool]:
        """The factors, the pivots, whether they are those of the transpose, whether a pivot is 0."""
        assert self._finite
        transposed = not self.array.flags.f_contiguous
        getrf = lapack_function("getrf", self.array)
        lu, pivots, info = getrf(self.array.T if transposed else self.array)
        return lu, pivots, transposed, info > 0

    @cached_property
    def _reciprocal_condition(self) -> float:
        """An estimate, in the 1-norm; where it is bad, that of the matrix with scaled rows and columns."""
        a = self.array
        if self.triangle:
            trcon = lapack_function("trcon", a)
            diagonal = a.diagonal()
            if not diagonal.all():
                return 0.0
            value = float(trcon(a, uplo=self.triangle)[0])
        else:
            lu, _, transposed, singular = self._lu
            if singular:
                return 0.0
            value = _estimated(lu, np.abs(a).sum(axis=1 if transposed else 0).max())
        if value >= np.finfo(a.dtype).eps:
            return value
        rows = np.abs(a).max(axis=1, keepdims=True)
        scaled = a / rows
        columns = np.abs(scaled).max(axis=0)
        scaled = scaled / columns
        getrf = lapack_function("getrf", scaled)
        lu, _, info = getrf(scaled)
        return 0.0 if info else max(value, _estimated(lu, np.abs(scaled).sum(axis=0).max()))

    def _check_invertible(self) -> None:
        assert self._finite
        value = self._reciprocal_condition
        if value < np.finfo(self.dtype).eps:
            how = (
                phrase(
                    " to working precision (reciprocal condition number {value} in {dtype})",
                    value=f"{value:.1e}",
                    dtype=self.dtype,
                )
                if value
                else ""
            )
            raise SingularOperatorError(
                phrase("{name} is singular{how}", name=self.named, how=how), fix=LEAST_SQUARES
            )

    def _solve(self, Y: Array) -> Array:
        self._check_invertible()
        if Y.dtype.kind == "c" and self.kind.kind != "c":
            return self._solve(Y.real) + 1j * self._solve(Y.imag)
        Y = Y.astype(np.result_type(self.kind, Y), copy=False)
        if self.triangle:
            return linalg.solve_triangular(
                self.array.astype(Y.dtype, copy=False), Y, lower=self.triangle == "L", check_finite=False
            )
        lu, pivots, transposed, _ = self._lu
        getrs = lapack_function("getrs", lu, Y)
        x, _ = getrs(lu, pivots.copy(), Y, trans=1 if transposed else 0)
        return x

    def inverse(self) -> Operator:
        self._require_square("invert")
        self._check_invertible()
        return InverseOfMatrix(self)

    def pinv(self) -> Operator:
        assert self._finite
        return Dense(owned(np.linalg.pinv(self.array)), f"{self.name}⁺" if self.name else "")

    def slogdet(self) -> SignedLog:
        self._require_square("take the determinant of")
        assert self._finite
        one = self.dtype.type(1)
        diagonal, swaps = self.array.diagonal(), 0
        if not self.triangle:
            lu, pivots, _, _ = self._lu
            diagonal = lu.diagonal()
            swaps = int((pivots != np.arange(len(pivots))).sum())
        size = np.abs(diagonal)
        if not size.all():
            return SignedLog(0 * one, -np.inf)
        sign = np.prod(diagonal / size)
        if self.dtype.kind != "c":
            sign = np.sign(sign)
        return SignedLog((-one if swaps % 2 else one) * sign, float(np.log(size).sum(dtype=np.float64)))

    # ---- functions of the matrix ------------------------------------------------------------------

    def diagonal(self) -> Array:
        return np.array(self.array.diagonal())

    def trace(self) -> Any:
        self._require_square("take the trace of")
        return self.array.trace()

    def _power(self, k: int) -> Operator:
        return self if k == 1 else Dense(owned(np.linalg.matrix_power(self.array, k)))

    @cached_property
    def is_hermitian(self) -> bool:
        """Whether the matrix is its conjugate transpose, up to rounding."""
        a = self.array
        if a.shape[0] != a.shape[1] or abs(a[0, -1] - np.conj(a[-1, 0])) > self._rounding:
            return False
        return bool(np.abs(a - a.conj().T).max() <= self._rounding)

    @cached_property
    def _rounding(self) -> float:
        """What entries may be off by rounding."""
        largest = float(np.abs(self.array).max())
        return 8 * max(self.shape) * float(np.finfo(self.dtype).eps) * largest

    def require_hermitian(self) -> None:
        """Refuse a matrix that is not Hermitian.

        Raises
        ------
        DomainError
            Saying by how much.
        """
        self._require_square("take eigenvalues of")
        assert self._finite
        if not self.is_hermitian:
            off = np.abs(self.array - self.array.conj().T).max()
            word = "Hermitian" if self.dtype.kind == "c" else "symmetric"
            raise DomainError(
                phrase(
                    "{name} is not {word}: entries differ by {off} from their mirror image",
                    name=self.named,
                    word=word,
                    off=f"{off:.3g}",
                )
            )

    def sqrt(self) -> Operator:
        self._require_square("take the square root of")
        assert self._finite
        if self.is_hermitian:
            values, vectors = self.eigh()
            if values.min() < -self._rounding * max(self.shape):
                raise _no_root(self.label, values.min())
            v = vectors.to_dense()
            return Dense(owned((v * np.sqrt(np.maximum(values, 0))) @ v.conj().T))
        values = self.eigvals()
        limit = self._rounding * max(self.shape)
        negative = (np.abs(np.imag(values)) <= limit) & (np.real(values) < -limit)
        if negative.any():
            raise _no_root(self.label, np.real(values[negative][0]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            root = np.asarray(linalg.sqrtm(self.array))
        if self.dtype.kind != "c" and root.dtype.kind == "c" and not np.imag(root).any():
            root = root.real
        root = root.astype(self.dtype, copy=False) if root.dtype.kind == self.dtype.kind else root
        size = np.abs(self.array).sum(axis=0).max()
        off = np.abs(root @ root - self.array).sum(axis=0).max() if np.isfinite(root).all() else np.inf
        if not off <= np.sqrt(np.finfo(self.dtype).eps) * size:
            raise DomainError(
                phrase(
                    "{name} has no square root that is found to working precision: 0 is an "
                    "eigenvalue that is not semisimple, or nearly so",
                    name=self.named,
                )
            )
        return Dense(owned(root))

    def exp(self) -> Operator:
        self._require_square("take the exponential of")
        assert self._finite
        return Dense(owned(linalg.expm(self.array)), f"exp({self.name})" if self.name else "")

    def cholesky(self) -> Operator:
        self.require_hermitian()
        try:
            return Dense(owned(np.linalg.cholesky(self.array)))
        except np.linalg.LinAlgError:
            raise DomainError(
                phrase("{name} is not positive definite, so it has no Cholesky factor", name=self.named)
            ) from None

    @cached_property
    def _eigh(self) -> Eigen:
        self.require_hermitian()
        values, vectors = np.linalg.eigh(self.array)
        return Eigen(values, Dense(owned(vectors)))

    def eigh(self) -> Eigen:
        return self._eigh

    @cached_property
    def _eig(self) -> Eigen:
        self._require_square("take eigenvalues of")
        assert self._finite
        values, vectors = np.linalg.eig(self.array)
        # A double eigenvalue with one eigenvector is moved by the root of what rounding moves others by.
        size = np.linalg.svd(vectors, compute_uv=False)
        if size.size and size[-1] <= np.sqrt(np.finfo(vectors.dtype).eps) * size[0]:
            raise DomainError(
                phrase(
                    "{name} has fewer eigenvectors than rows, to working precision: it is not diagonalisable",
                    name=self.named,
                ),
                fix=phrase("its eigenvalues: P.eigvals()"),
            )
        return Eigen(values, Dense(owned(vectors)))

    def eig(self) -> Eigen:
        return self._eig

    @cached_property
    def _eigenvalues(self) -> Array:
        self._require_square("take eigenvalues of")
        assert self._finite
        return np.linalg.eigvals(self.array)

    def eigvals(self) -> Array:
        return self._eigenvalues

    @cached_property
    def _svd(self) -> SingularValues:
        assert self._finite
        u, s, vh = np.linalg.svd(self.array, full_matrices=False)
        return SingularValues(Dense(owned(u)), s, Dense(owned(vh)))

    def svd(self) -> SingularValues:
        return self._svd

    @cached_property
    def _singular_values(self) -> Array:
        assert self._finite
        return np.linalg.svd(self.array, compute_uv=False)

    def singular_values(self) -> Array:
        return self._singular_values

    def _norm(self, ord: Any) -> Any:
        if ord in (2, "nuc"):
            return super()._norm(ord)
        return frobenius(self.array) if ord == "fro" else np.linalg.norm(self.array, ord)

    def _cond(self, p: Any) -> Any:
        try:
            return self._norm(p) * self.inverse().norm(p)
        except SingularOperatorError:
            return self._singular_values.dtype.type(np.inf)


class InverseOfMatrix(Inverse):
    """The inverse of a matrix, applied by its factors, and formed where its entries are asked for."""

    operand: Dense

    @cached_property
    def label(self) -> str:
        return f"{self.operand.name}⁻¹" if self.operand.name else f"the inverse of {self.operand.label}"

    @cached_property
    def formed(self) -> Dense:
        """The inverse, formed."""
        return Dense(owned(self.operand._solve(np.eye(self.shape[0], dtype=self.dtype))), self.label)

    def _transposed(self) -> Operator:
        return InverseOfMatrix(Dense(self.operand.array.T, self.operand.name))

    def _conjugated(self) -> Operator:
        return InverseOfMatrix(Dense(self.operand.array.conj(), self.operand.name))

    def _scaled(self, c: Any) -> Operator:
        return super()._scaled(c) if c == 0 else Dense(owned(self.operand.array / c), "").inverse()

    def diagonal(self) -> Array:
        return self.formed.diagonal()

    def to_dense(self) -> Array:
        return self.formed.to_dense()

    def exp(self) -> Operator:
        return self.formed.exp()

    def cholesky(self) -> Operator:
        return self.formed.cholesky()

    def svd(self) -> SingularValues:
        u, s, vh = self.operand.svd()
        return SingularValues(vh.H, 1 / s, u.H)

    def _norm(self, ord: Any) -> Any:
        return super()._norm(ord) if ord in (2, "nuc") else self.formed.norm(ord)


class MatrixProduct(Product):
    """The product of a tall matrix with a wide one, which is not multiplied out."""

    def __init__(self, left: Dense, right: Dense) -> None:
        self.left, self.right = left, right
        super().__init__([left, right])

    def diagonal(self) -> Array:
        count = min(self.shape)
        return np.einsum("ij,ji->i", self.left.array[:count], self.right.array[:, :count])

    def svd(self) -> SingularValues:
        for part in self.parts:
            assert isinstance(part, Dense)
            assert part._finite
        (qa, ra), (qb, rb) = np.linalg.qr(self.left.array), np.linalg.qr(self.right.array.T)
        u, s, vh = np.linalg.svd(ra @ rb.T, full_matrices=False)
        return SingularValues(Dense(owned(qa @ u)), s, Dense(owned(vh @ qb.T)))

    def singular_values(self) -> Array:
        s = self.svd().s
        return np.concatenate([s, np.zeros(min(self.shape) - len(s), s.dtype)])

    def pinv(self) -> Operator:
        u, s, vh = self.svd()
        kept = s > s.max() * max(self.shape) * np.finfo(s.dtype).eps
        inverse = np.divide(1, s, out=np.zeros_like(s), where=kept)
        return MatrixProduct(Dense(owned(vh.H.to_dense() * inverse)), Dense(u.H.to_dense()))

    def _norm(self, ord: Any) -> Any:
        if ord == "fro":
            return frobenius(self.svd().s)
        return super()._norm(ord) if ord in (1, np.inf) else Operator._norm(self, ord)


def _estimated(lu: Array, norm: Any) -> float:
    gecon = lapack_function("gecon", lu)
    return float(gecon(lu, norm)[0])


def _no_root(label: str, value: Any) -> DomainError:
    return DomainError(
        phrase(
            "{label} has no principal square root: its eigenvalue {value} is negative",
            label=label,
            value=f"{value:.6g}",
        )
    )


def _added(a: Operator, b: Operator) -> Operator | None:
    if isinstance(a, Dense) and isinstance(b, Dense):
        named = a.name and b.name
        return Dense(owned(a.array + b.array), f"{a.name} + {b.name}" if named else "")
    return None


def _multiplied(a: Operator, b: Operator) -> list[Operator] | None:
    """The product of two matrices, multiplied out where it holds no more entries than both."""
    if not isinstance(a, Dense) or not isinstance(b, Dense):
        return None
    if a.shape[0] * b.shape[1] > a.array.size + b.array.size:
        return [MatrixProduct(a, b)]
    named = a.name and b.name
    return [Dense(owned(a.array @ b.array), f"{a.name} {b.name}" if named else "")]


SUM_RULES.append(_added)
PRODUCT_RULES.append(_multiplied)


def dense(A: Any, name: str = "") -> Dense:
    """A matrix as an operator.

    Parameters
    ----------
    A : array_like
        With two axes, of float32, float64, complex64 or complex128; integers become doubles. It is copied.
    name : str
        How messages and labels call it.

    Raises
    ------
    ShapeError, ArgumentError
        For another number of axes, no entries, or entries of another type.

    Examples
    --------
    >>> from matgrad.kronecker import dense, kron
    >>> kron(dense([[1.0, 2.0]], "A"), dense([[3.0]], "B"))
    <A ⊗ B: 1×2, float64>
    """
    if not isinstance(name, str):
        raise ArgumentError(phrase("a name is a text, not {name}", name=repr(name)))
    return Dense(owned(reading.matrix(A, name or "the matrix")), name)
