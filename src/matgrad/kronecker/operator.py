"""What every operator can be asked, and sums, products and inverses of operators.

An operator states how it is applied to the columns of an array, its transpose and its conjugate. What else
its structure gives (a solution, a determinant, a root) it states too; what it does not is refused by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
from scipy.sparse.linalg import LinearOperator

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker.reading import KINDS, numbers, plain_number, require_finite
from matgrad.kronecker.refusals import NoRuleError, require_whole, said, shape_text

Array = Any

WEAK = np.dtype(np.int8)
"""The type of operators of zeros and ones, which keep the precision of what they meet."""


class SignedLog(NamedTuple):
    """The sign of a determinant (a number of modulus 1, or 0) and the logarithm of its modulus."""

    sign: Any
    logabsdet: Any


class Eigen(NamedTuple):
    """Eigenvalues, and the operator whose columns are the eigenvectors in the same order."""

    values: Array
    vectors: Operator


class SingularValues(NamedTuple):
    """U, the singular values s and Vᴴ, with P = U diag(s) Vᴴ; values in the order of the columns."""

    U: Operator
    s: Array
    Vh: Operator


NORMS: tuple[Any, ...] = (2, "fro", "nuc", 1, np.inf)
"""The norms: spectral, Frobenius, nuclear, largest sum of a column, largest sum of a row."""

WORDS = {2: "2-norm", "fro": "Frobenius norm", "nuc": "nuclear norm", 1: "1-norm", np.inf: "∞-norm"}


class OnMatrices(NamedTuple):
    """The shapes of the matrices on whose vec an operator acts: of what it takes and of what it makes."""

    domain: tuple[int, int]
    codomain: tuple[int, int]
    symmetric: bool = False
    """Whether what it takes is symmetric."""


class Algebra(Protocol):
    """What makes operators of operators."""

    def total(self, terms: Sequence[Operator]) -> Operator:
        """Their sum."""

    def product(self, parts: Sequence[Operator]) -> Operator:
        """Their product."""

    def scaled(self, c: Any, operand: Operator) -> Operator:
        """A number times an operator."""

    def inverse(self, operand: Operator) -> Operator:
        """The inverse, applied by solving."""

    def identity(self, n: int) -> Operator:
        """The identity of an order."""

    def as_operator(self, value: Any) -> Operator:
        """An operator of ours or of SciPy's."""

    def solve_for_symmetric(self, operator: Operator, y: Array) -> Array:
        """The vec of the symmetric X with P vec(X) = y."""


_DOUBLE = np.dtype(np.float64)

_Base: Any = LinearOperator
"""SciPy's class; its stubs promise sums and products of its own classes."""


class Operator(_Base):  # type: ignore[misc]
    """A matrix that is applied, solved with and asked about without being formed.

    It is a SciPy ``LinearOperator``, so that every iterative solver takes it. ``P @ x``, ``P.T``, ``P.H``,
    ``P + Q``, ``2 * P`` and ``P @ Q`` are what they are for matrices; ``P ** k`` is a power.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    kind : dtype
        The type of the entries; int8 for those that keep the precision of what they meet.
    """

    shape: tuple[int, int]
    dtype: Any

    algebra: ClassVar[Algebra]
    """How sums, products and inverses are made: they are operators too, which are defined above this."""

    matrices: OnMatrices | None = None
    """What the vectors are vec of, where that is known, as of a derivative: then matrices are solved for."""

    def __init__(self, shape: tuple[int, int], kind: Any) -> None:
        # What SciPy's own __init__ does, without its doubts about the shape: operators are made in every call
        # of compiled code.
        self.kind = np.dtype(kind)
        self.dtype = _DOUBLE if self.kind == WEAK else self.kind
        self.shape = shape

    # ---- what each operator states ----------------------------------------------------------------

    @cached_property
    def label(self) -> str:
        """What the operator is called."""
        return str(self.named)

    @cached_property
    def named(self) -> str | Phrase:
        """How messages name the operator: by its label, where that is no word."""
        if type(self).label is not Operator.label:
            return self.label
        return phrase("the {shape} operator", shape=shape_text(self.shape))

    def _apply(self, X: Array) -> Array:
        """The product with the columns of an array."""
        raise NotImplementedError

    def _vector(self, x: Array) -> Array:
        """The product with a flat array."""
        return self._apply(x[:, None])[:, 0]

    def _transposed(self) -> Operator:
        raise NotImplementedError

    def _conjugated(self) -> Operator:
        raise NotImplementedError

    def _scaled(self, c: Any) -> Operator:
        return self.algebra.scaled(c, self)

    def _solve(self, Y: Array) -> Array:
        """The solution for the columns of an array, where the operator is square."""
        raise self._no_rule("solutions")

    def _check_invertible(self) -> None:
        """Refuse a singular operator."""

    # ---- transposes -------------------------------------------------------------------------------

    @cached_property
    def _the_transpose(self) -> Operator:
        return self._transposed()

    @cached_property
    def _the_adjoint(self) -> Operator:
        return self._the_transpose.conj()

    def _transpose(self) -> Operator:
        return self._the_transpose

    def _adjoint(self) -> Operator:
        return self._the_adjoint

    @property
    def T(self) -> Operator:
        """The transpose."""
        return self._the_transpose

    @property
    def H(self) -> Operator:
        """The conjugate transpose."""
        return self._the_adjoint

    def conj(self) -> Operator:
        """The operator with conjugated entries: itself where it is real."""
        return self._conjugated() if self.kind.kind == "c" else self

    # ---- products with arrays ---------------------------------------------------------------------

    def matvec(self, x: Any) -> Array:
        """The product with a vector: (n,) or (n, 1)."""
        if type(x) is not np.ndarray or x.dtype.char not in KINDS:
            x = numbers(x, "the vector")
        if x.shape == (self.shape[1],):
            return self._vector(x)
        if x.shape == (self.shape[1], 1):
            return self._vector(x[:, 0])[:, None]
        raise self._meets("multiply", x)

    def rmatvec(self, x: Any) -> Array:
        """The product of the conjugate transpose with a vector."""
        return self._the_adjoint.matvec(x)

    def matmat(self, X: Any) -> Array:
        """The product with the columns of an array."""
        X = numbers(X, "the array")
        if X.ndim != 2 or X.shape[0] != self.shape[1]:
            raise self._meets("multiply", X)
        return self._apply(X)

    def rmatmat(self, X: Any) -> Array:
        """The product of the conjugate transpose with the columns of an array."""
        return self._the_adjoint.matmat(X)

    _matvec, _matmat = matvec, matmat
    _rmatvec, _rmatmat = rmatvec, rmatmat

    def dot(self, x: Any) -> Any:
        """The product with an array or an operator."""
        if type(x) is np.ndarray and x.ndim == 1:
            return self.matvec(x)
        if isinstance(x, LinearOperator):
            return self.algebra.product([self, self.algebra.as_operator(x)])
        x = numbers(x, "the array")
        if x.ndim not in (1, 2):
            raise self._meets("multiply", x)
        return self.matvec(x) if x.ndim == 1 else self.matmat(x)

    __matmul__ = dot

    def __rmatmul__(self, x: Any) -> Any:
        if isinstance(x, LinearOperator):
            return self.algebra.product([self.algebra.as_operator(x), self])
        x = numbers(x, "the array")
        if x.ndim == 0 or x.ndim > 2 or x.shape[-1] != self.shape[0]:
            raise ShapeError(
                phrase(
                    "cannot multiply an array of shape {shape} by {name} ({shape_shape}): it "
                    "has {first_shape} rows",
                    shape=x.shape,
                    name=self.named,
                    shape_shape=shape_text(self.shape),
                    first_shape=self.shape[0],
                )
            )
        return self.T.dot(x.T).T

    def _meets(self, verb: str, x: Array) -> ShapeError:
        m, n = self.shape
        need = n if verb == "multiply" else m
        what = "by" if verb == "multiply" else "for"
        return ShapeError(
            phrase(
                "cannot {verb} {name} ({m}×{n}) {what} an array of shape {shape}: it "
                "takes ({need},) or ({need}, k)",
                verb=said(verb),
                name=self.named,
                m=m,
                n=n,
                what=said(what),
                shape=x.shape,
                need=need,
            ),
            fix=phrase("x.reshape(-1, order='F') for a matrix: vec stacks columns")
            if x.ndim == 2 and x.size == need
            else None,
        )

    # ---- algebra ----------------------------------------------------------------------------------

    def __mul__(self, c: Any) -> Any:
        c = plain_number(c)
        return self.__rmul__(c) if np.isscalar(c) else self.dot(c)

    def __rmul__(self, c: Any) -> Any:
        c = plain_number(c)
        if not np.isscalar(c):
            return self.__rmatmul__(c)
        if isinstance(c, (str, bytes)) or not np.isfinite(c):
            raise ArgumentError(phrase("{name} cannot be multiplied by {c}", name=self.named, c=repr(c)))
        return self.times(c)

    def times(self, c: Any) -> Operator:
        """A number times the operator."""
        return self if isinstance(c, (int, float)) and c == 1 else self._scaled(c)

    def __truediv__(self, c: Any) -> Operator:
        c = plain_number(c)
        if not np.isscalar(c) or isinstance(c, (str, bytes)):
            raise ArgumentError(phrase("an operator is divided by numbers only"), fix="P.inverse() @ Q")
        if c == 0:
            raise DomainError(phrase("{name} cannot be divided by 0", name=self.named))
        number: Any = c
        return self.times(1 / number)

    def __neg__(self) -> Operator:
        return self._scaled(-1)

    def __add__(self, other: Any) -> Operator:
        return self.algebra.total([self, self.algebra.as_operator(other)])

    def __radd__(self, other: Any) -> Operator:
        return self.algebra.total([self.algebra.as_operator(other), self])

    def __sub__(self, other: Any) -> Operator:
        return self.algebra.total([self, -self.algebra.as_operator(other)])

    def __rsub__(self, other: Any) -> Operator:
        return self.algebra.total([self.algebra.as_operator(other), -self])

    def __pow__(self, k: Any) -> Operator:
        return self.power(k)

    # ---- what may be asked ------------------------------------------------------------------------

    def solve(self, y: Any) -> Array:
        """The solution x of P x = y.

        Parameters
        ----------
        y : array_like
            One right-hand side (n,), or the columns of an array (n, k), which are solved for together. The
            operator of a derivative X ↦ F also takes a matrix of the shape of F and returns one of that of X,
            a symmetric one where X is symmetric.

        Raises
        ------
        ShapeError
            Where P is not square, or y does not conform.
        SingularOperatorError
            Where P is singular, exactly or to working precision; the operand that makes it so is named.
        DomainError
            For NaN and infinity.
        NoRuleError
            Where the structure gives no solution.
        """
        self._require_square("solve with")
        y = numbers(y, "the right-hand side")
        if self.matrices is not None:
            shapes = self.matrices
            if y.shape == shapes.codomain and len(y) != self.shape[0]:
                return self.solve(y.T.reshape(-1)).reshape(shapes.domain[::-1]).T
            if shapes.symmetric and y.ndim == 1 and y.shape[0] == self.shape[0]:
                require_finite(y, "the right-hand side", "so there is no solution")
                return self.algebra.solve_for_symmetric(self, y)
        if y.ndim not in (1, 2) or y.shape[0] != self.shape[0]:
            raise self._meets("solve", y)
        require_finite(y, "the right-hand side", "so there is no solution")
        return self._solve(y) if y.ndim == 2 else self._solve(y[:, None])[:, 0]

    def inverse(self) -> Operator:
        """The inverse, as an operator."""
        self._require_square("invert")
        self._check_invertible()
        return self.algebra.inverse(self)

    def pinv(self) -> Operator:
        """The Moore–Penrose inverse, as an operator: ``P.pinv() @ y`` is the least-squares solution."""
        raise self._no_rule("a pseudoinverse")

    def slogdet(self) -> SignedLog:
        """The sign and the logarithm of the modulus of the determinant; (0, -inf) where it is 0."""
        raise self._no_rule("the determinant")

    def det(self) -> Any:
        """The determinant.

        Raises
        ------
        DomainError
            Where it is no number of the type of the entries, too large or too small: see :meth:`slogdet`.
        """
        sign, logarithm = self.slogdet()
        if sign == 0:
            return self.dtype.type(0)
        limits = np.finfo(self.dtype)
        if not math.log(limits.tiny) < logarithm < math.log(limits.max):
            size = "large" if logarithm > 0 else "small"
            raise DomainError(
                phrase(
                    "the determinant of {name} is too {size} for {dtype}: its logarithm is {logarithm}",
                    name=self.named,
                    size=size,
                    dtype=self.dtype,
                    logarithm=f"{logarithm:.6g}",
                ),
                fix="P.slogdet()",
            )
        return self.dtype.type(sign * math.exp(logarithm))

    def trace(self) -> Any:
        """The sum of the diagonal."""
        self._require_square("take the trace of")
        return self.diagonal().sum()

    def diagonal(self) -> Array:
        """The entries (i, i)."""
        raise self._no_rule("the diagonal")

    def power(self, k: int) -> Operator:
        """The power P^k for a whole number k; negative ones of the inverse."""
        self._require_square("take a power of")
        k = require_whole(k, "an exponent", least=-(2**31))
        if k < 0:
            return self.inverse().power(-k)
        return self._power(k)

    def _power(self, k: int) -> Operator:
        if k == 0:
            return self.algebra.identity(self.shape[0])
        return self.algebra.product([self] * k)

    def sqrt(self) -> Operator:
        """The principal square root: the one whose eigenvalues have positive real parts (or are 0)."""
        raise self._no_rule("a square root")

    def exp(self) -> Operator:
        """The exponential."""
        raise self._no_rule("an exponential")

    def cholesky(self) -> Operator:
        """The lower triangular factor C with P = C Cᴴ."""
        raise self._no_rule("a Cholesky factor")

    def eig(self) -> Eigen:
        """Eigenvalues and right eigenvectors of a square operator, in the order that its structure gives."""
        raise self._no_rule("eigenvectors")

    def eigh(self) -> Eigen:
        """Eigenvalues and orthonormal eigenvectors of a Hermitian operator, not sorted."""
        raise self._no_rule("eigenvectors")

    def eigvals(self) -> Array:
        """The eigenvalues, in the order that the structure gives."""
        return self.eig().values

    def eigvalsh(self) -> Array:
        """The eigenvalues of a Hermitian operator, ascending."""
        return np.sort(self.eigh().values)

    def svd(self) -> SingularValues:
        """A singular value decomposition, not sorted; values that it leaves out are 0."""
        raise self._no_rule("singular values")

    def singular_values(self) -> Array:
        """The singular values, descending."""
        return np.sort(self.svd().s)[::-1]

    def norm(self, ord: Any = "fro") -> Any:
        """A norm: 2 (spectral), "fro", "nuc" (nuclear), 1 (by columns) or inf (by rows)."""
        if ord not in NORMS:
            raise ArgumentError(
                phrase("{ord} is not a norm of operators", ord=repr(ord)),
                fix=phrase("2 or 'fro' or 'nuc' or 1 or np.inf"),
            )
        return self._norm(ord)

    def _norm(self, ord: Any) -> Any:
        if ord in (2, "nuc"):
            values = self.singular_values()
            return values[0] if ord == 2 else values.sum()
        raise self._no_rule(f"the {WORDS[ord]}")

    def rank(self) -> int:
        """The rank to working precision."""
        values = self.singular_values()
        limit = values[0] * max(self.shape) * np.finfo(values.dtype).eps
        return int((values > limit).sum())

    def cond(self, p: Any = 2) -> Any:
        """The condition number ‖P‖ ‖P⁻¹‖ in the norm p; inf where P is singular."""
        if p != 2:
            self._require_square("take that condition number of")
            if p not in ("fro", 1, np.inf):
                raise ArgumentError(
                    phrase("{p} is not a norm of condition numbers", p=repr(p)),
                    fix=phrase("2 or 'fro' or 1 or np.inf"),
                )
            return self._cond(p)
        values = self.singular_values()
        return values[0] / values[-1] if values[-1] else values.dtype.type(np.inf)

    def _cond(self, p: Any) -> Any:
        raise self._no_rule(f"the condition number in the {WORDS[p]}")

    def to_dense(self) -> Array:
        """The matrix itself."""
        return self._apply(np.eye(self.shape[1], dtype=self.dtype))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        raise ArgumentError(
            phrase("{name} is no array", name=self.named), fix=phrase("P.to_dense() forms the matrix")
        )

    @property
    def terms(self) -> tuple[Operator, ...]:
        """What the operator is the sum of: itself alone, where it is no sum."""
        return (self,)

    def __repr__(self) -> str:
        return f"<{self.label}: {shape_text(self.shape)}, {self.dtype}>"

    # ---- refusals ---------------------------------------------------------------------------------

    def _no_rule(self, what: str | Phrase) -> NoRuleError:
        m, n = self.shape
        size = _bytes(m * n * self.dtype.itemsize)
        dense = phrase("P.to_dense() forms the {m}×{n} matrix ({size})", m=m, n=n, size=size)
        return NoRuleError(
            phrase("the structure of {name} does not give {what}", name=self.named, what=said(what)),
            fix=phrase("{dense}; scipy.sparse.linalg.gmres(P, y) iterates without it", dense=dense)
            if what == "solutions"
            else dense,
        )

    def _require_square(self, verb: str) -> None:
        m, n = self.shape
        if m != n:
            raise ShapeError(
                phrase(
                    "cannot {verb} {name}: it is {m}×{n}, not square",
                    verb=said(verb),
                    name=self.named,
                    m=m,
                    n=n,
                ),
                fix=phrase("P.pinv() for least squares") if verb in ("solve with", "invert") else None,
            )


def _bytes(size: int) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size //= 1024
    return f"{size:.4g} TiB"


def kind_of(operators: Iterable[Operator]) -> Any:
    """The type of entries that operators have together."""
    kinds = {operator.kind for operator in operators}
    return kinds.pop() if len(kinds) == 1 else np.result_type(*kinds)


def in_brackets(label: str) -> str:
    """A label as a part of another."""
    if label.startswith("the ") and label.endswith(" matrix"):
        label = f"({label[4:-7]})"
    return f"({label})" if " " in label and not _enclosed(label) else label


def _enclosed(label: str) -> bool:
    return label.startswith("the ") or (label[0] == "(" and label.find(")") == len(label) - 1)


def frobenius(array: Array) -> Any:
    """The Frobenius norm, without squares that are too large or too small for numbers of the kind."""
    largest = np.abs(array).max(initial=0)
    limits = np.finfo(np.result_type(largest, np.float32))
    is_plain = np.sqrt(limits.tiny) / limits.eps < largest < np.sqrt(limits.max) * limits.eps
    if is_plain or not largest or not np.isfinite(largest):
        return np.linalg.norm(array)
    return largest * np.linalg.norm(array / largest)
