"""Products: of matrices and vectors, inner, outer, Kronecker, and linear algebra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from matgrad.core.dims import same
from matgrad.core.errors import ArgumentError, NoValueError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.ops import (
    arithmetic,
    cross_product,
    determinant,
    eigenvalues,
    inverse,
    kronecker,
    piecewise,
    pseudoinverse,
    singular_values,
    trace,
    transpose,
)
from matgrad.ops.arrays import entrywise, reducing, shaping
from matgrad.ops.arrays.lifting import axis_of, flag, lift, raveled, require_same, rows_of
from matgrad.ops.arrays.symbolic import SymbolicArray
from matgrad.ops.cholesky import cholesky as cholesky_factor
from matgrad.ops.registry import NUMPY_FUNCTIONS


def matmul(a: Any, b: Any) -> SymbolicArray:
    left, right = lift(a), lift(b)
    if not left.ndim or not right.ndim:
        number = left if not left.ndim else right
        raise ShapeError(
            phrase("@ takes arrays, and {number} is a number", number=number.describe()), fix="*"
        )
    return _contracted(left, right, left.ndim - 1, 0)


def _contracted(a: SymbolicArray, b: SymbolicArray, i: int, j: int) -> SymbolicArray:
    """The sum over one axis of each; what is left of the axes of a comes before what is left of b's."""
    if not same(a.dims[i], b.dims[j]):
        raise ShapeError(
            phrase(
                "cannot multiply {a} and {b}: the lengths {dim} and {b_dim} of the axes "
                "to be summed over differ",
                a=a.describe(),
                b=b.describe(),
                dim=a.dims[i],
                b_dim=b.dims[j],
            )
        )
    left = transpose.transpose(a.expr) if a.ndim == 1 or i == 0 else a.expr
    right = b.expr if j == 0 else transpose.transpose(b.expr)
    ndim = a.ndim + b.ndim - 2
    product = arithmetic.multiply(left, right)
    # A vector times a matrix is a row so far, and an array with one axis is a column.
    return SymbolicArray(transpose.transpose(product) if a.ndim == 1 and b.ndim == 2 else product, ndim)


def matvec(x1: Any, x2: Any, /) -> SymbolicArray:
    a, b = lift(x1), lift(x2)
    if a.ndim != 2 or b.ndim != 1:
        raise ShapeError(
            phrase(
                "numpy.matvec takes a matrix and an array with one axis, not {a} and {b}",
                a=a.describe(),
                b=b.describe(),
            )
        )
    return _contracted(a, b, 1, 0)


def vecmat(x1: Any, x2: Any, /) -> SymbolicArray:
    a, b = lift(x1), lift(x2)
    if a.ndim != 1 or b.ndim != 2:
        raise ShapeError(
            phrase(
                "numpy.vecmat takes an array with one axis and a matrix, not {a} and {b}",
                a=a.describe(),
                b=b.describe(),
            )
        )
    return _contracted(a, b, 0, 0)


def dot(a: Any, b: Any) -> SymbolicArray:
    left, right = lift(a), lift(b)
    return matmul(left, right) if left.ndim and right.ndim else entrywise.multiply(left, right)


def inner(a: Any, b: Any) -> SymbolicArray:
    left, right = lift(a), lift(b)
    if not left.ndim or not right.ndim:
        return entrywise.multiply(left, right)
    return _contracted(left, right, left.ndim - 1, right.ndim - 1)


def vdot(a: Any, b: Any) -> SymbolicArray:
    return matmul(SymbolicArray(raveled(lift(a)), 1), SymbolicArray(raveled(lift(b)), 1))


def outer(a: Any, b: Any) -> SymbolicArray:
    left, right = raveled(lift(a)), raveled(lift(b))
    return SymbolicArray(arithmetic.multiply(left, transpose.transpose(right)), 2)


def linalg_outer(x1: Any, x2: Any, /) -> SymbolicArray:
    for x in (x1, x2):
        if lift(x).ndim != 1:
            raise ShapeError(
                phrase("numpy.linalg.outer takes arrays with one axis, not {x}", x=lift(x).describe())
            )
    return outer(x1, x2)


def vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> SymbolicArray:
    a, b = lift(x1), lift(x2)
    require_same(a, b, phrase("multiply"))
    return reducing.sum(entrywise.multiply(a, b), axis_of(axis, a.ndim, "vecdot"))


def tensordot(a: Any, b: Any, axes: Any = 2) -> SymbolicArray:
    left, right = lift(a), lift(b)
    if isinstance(axes, (tuple, list)) and len(axes) == 2:
        first, second = ((e if isinstance(e, (tuple, list)) else (e,)) for e in axes)
        pairs = [
            (axis_of(i, left.ndim, "tensordot"), axis_of(j, right.ndim, "tensordot"))
            for i, j in zip(first, second, strict=True)
        ]
    else:
        count = as_fraction(axes)
        if count is None or count.denominator != 1 or not 0 <= count <= min(left.ndim, right.ndim):
            raise ArgumentError(
                phrase(
                    "numpy.tensordot with axes={axes} does not fit the axes of its operands", axes=repr(axes)
                )
            )
        pairs = [(left.ndim - int(count) + k, k) for k in range(int(count))]
    if len(pairs) == 1:
        return _contracted(left, right, *pairs[0])
    if not pairs and left.ndim + right.ndim <= 2:
        return outer(left, right) if left.ndim and right.ndim else entrywise.multiply(left, right)
    if len(pairs) == 2 and sorted(pairs) in ([(0, 0), (1, 1)], [(0, 1), (1, 0)]):
        straight = (0, 0) in pairs
        other = right.expr if straight else transpose.transpose(right.expr)
        if not (same(left.dims[0], other.rows) and same(left.dims[1], other.columns)):
            raise ShapeError(
                phrase(
                    "cannot contract {left} and {right}: the shapes differ",
                    left=left.describe(),
                    right=right.describe(),
                )
            )
        return SymbolicArray(trace.inner_product(left.expr, other), 0)
    raise ArgumentError(phrase("numpy.tensordot gives more than two axes here"), fix="np.kron(A, B)")


def kron(a: Any, b: Any) -> SymbolicArray:
    left, right = lift(a), lift(b)
    ndim = max(left.ndim, right.ndim)
    factors = (left.expr, right.expr) if ndim < 2 else (rows_of(left), rows_of(right))
    return SymbolicArray(kronecker.kron(*factors), ndim)


def cross(a: Any, b: Any) -> SymbolicArray:
    left, right = lift(a), lift(b)
    if left.ndim != 1 or right.ndim != 1:
        raise ShapeError(
            phrase(
                "a cross product is read of two arrays with one axis, not of {left} and {right}",
                left=left.describe(),
                right=right.describe(),
            )
        )
    return SymbolicArray(cross_product.cross(left.expr, right.expr), 1)


def multi_dot(arrays: Any) -> SymbolicArray:
    parts = [lift(part) for part in arrays]
    if len(parts) < 2 or any(part.ndim != 2 for part in parts[1:-1]):
        raise ArgumentError(
            phrase("numpy.linalg.multi_dot takes two or more arrays; those between are matrices")
        )
    result = parts[0]
    for part in parts[1:]:
        result = matmul(result, part)
    return result


# ---- linear algebra --------------------------------------------------------------------------------


def matrix(a: Any, name: str) -> Expr:
    """The entries of a matrix.

    Raises
    ------
    ShapeError
        For an array with fewer axes.
    """
    array = lift(a)
    if array.ndim != 2:
        raise ShapeError(
            phrase("numpy.{name} needs a matrix, not {array}", name=name, array=array.describe())
        )
    return array.expr


def inv(a: Any) -> SymbolicArray:
    return SymbolicArray(inverse.inv(matrix(a, "linalg.inv")), 2)


def pinv(a: Any) -> SymbolicArray:
    return SymbolicArray(pseudoinverse.pinv(matrix(a, "linalg.pinv")), 2)


def det(a: Any) -> SymbolicArray:
    return SymbolicArray(determinant.det(matrix(a, "linalg.det")), 0)


class SlogdetResult(NamedTuple):
    """What :func:`numpy.linalg.slogdet` gives."""

    sign: SymbolicArray
    logabsdet: SymbolicArray


def slogdet(a: Any) -> SlogdetResult:
    """The sign and log |det|; where only the logarithm is used, it is that of a positive determinant."""
    x = matrix(a, "linalg.slogdet")
    return SlogdetResult(
        SymbolicArray(piecewise.sign(determinant.det(x)), 0), SymbolicArray(determinant.logdet(x), 0)
    )  # fmt: skip


def solve(a: Any, b: Any) -> SymbolicArray:
    x, right = matrix(a, "linalg.solve"), lift(b)
    if not right.ndim:
        raise ShapeError(
            phrase("numpy.linalg.solve needs a right side with axes, not {right}", right=right.describe())
        )
    if not same(x.rows, right.dims[0]):
        raise ShapeError(
            phrase(
                "numpy.linalg.solve: the right side {right} is not as long as the matrix has rows, {rows}",
                right=right.describe(),
                rows=x.rows,
            )
        )
    return SymbolicArray(inverse.solve(x, right.expr), right.ndim)


def matrix_power(a: Any, n: Any) -> SymbolicArray:
    x = matrix(a, "linalg.matrix_power")
    exponent = n.expr if isinstance(n, SymbolicArray) else n
    if not isinstance(exponent, Expr):
        exponent = lift(exponent).expr
    return SymbolicArray(NUMPY_FUNCTIONS["linalg.matrix_power"].build(x, exponent), 2)


def cholesky(a: Any, *, upper: Any = False) -> SymbolicArray:
    factor = cholesky_factor(matrix(a, "linalg.cholesky"))
    return SymbolicArray(transpose.transpose(factor) if flag(upper, "upper") else factor, 2)


def eigvalsh(a: Any, UPLO: Any = "L") -> SymbolicArray:
    if UPLO not in ("L", "U"):
        raise ArgumentError(phrase("UPLO is 'L' or 'U', not {uplo}", uplo=repr(UPLO)))
    return SymbolicArray(eigenvalues.eigenvalues(matrix(a, "linalg.eigvalsh")), 1)


def svdvals(x: Any, /) -> SymbolicArray:
    return SymbolicArray(singular_values.singular_values(matrix(x, "linalg.svdvals")), 1)


class _NotKnown:
    """What NumPy gives beside, which depends on the data or on the library; any use of it is refused."""

    def __init__(self, said: str | Phrase, fix: str | Phrase) -> None:
        self._said, self._fix = said, fix

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise NoValueError(self._said, fix=self._fix)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = _refuse
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = __getitem__ = __len__ = __iter__ = __bool__ = _refuse
    __array_ufunc__ = __array_function__ = __array__ = __float__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __pow__ = __rpow__ = _refuse

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by Python of any object: whether it is wrapped, for one
            raise AttributeError(name)
        self._refuse()


_SIGNS = _NotKnown(
    phrase("the signs of singular vectors and eigenvectors are NumPy's choice, and have no meaning here"),
    "np.linalg.svdvals(X), np.linalg.norm(X, 'nuc'), mg.eigenvectors(S), mg.top_eigenvector(S)",
)


class SVDResult(NamedTuple):
    """What :func:`numpy.linalg.svd` gives; only the singular values are known."""

    U: Any
    S: SymbolicArray
    Vh: Any


def svd(a: Any, full_matrices: Any = True, compute_uv: Any = True, hermitian: Any = False) -> Any:
    values = svdvals(a)
    return SVDResult(_SIGNS, values, _SIGNS) if flag(compute_uv, "compute_uv") else values


class EighResult(NamedTuple):
    """What :func:`numpy.linalg.eigh` gives; only the eigenvalues are known."""

    eigenvalues: SymbolicArray
    eigenvectors: Any


def eigh(a: Any, UPLO: Any = "L") -> EighResult:
    return EighResult(eigvalsh(a, UPLO), _SIGNS)


class LstsqResult(NamedTuple):
    """What :func:`numpy.linalg.lstsq` gives; residuals and rank depend on the data."""

    x: SymbolicArray
    residuals: Any
    rank: Any
    singular_values: SymbolicArray


def lstsq(a: Any, b: Any, rcond: Any = None) -> LstsqResult:
    """The solution of least norm, A⁺b."""
    x, right = matrix(a, "linalg.lstsq"), lift(b)
    if not right.ndim or not same(x.rows, right.dims[0]):
        raise ShapeError(
            phrase(
                "numpy.linalg.lstsq: {right} is not as long as the matrix has rows, {rows}",
                right=right.describe(),
                rows=x.rows,
            )
        )
    solution = arithmetic.multiply(pseudoinverse.pinv(x), right.expr)
    unknown = _NotKnown(
        phrase("the residuals and the rank of a least squares problem depend on the data"),
        phrase("np.sum((A @ x - b) ** 2) for the residual"),
    )
    return LstsqResult(SymbolicArray(solution, right.ndim), unknown, unknown, svdvals(a))


def cond(x: Any, p: Any = None) -> SymbolicArray:
    """The condition number: σ_max/σ_min, or ‖X‖ ‖X⁻¹‖ in another norm."""
    if p is None or (not isinstance(p, (str, SymbolicArray)) and p == 2):
        values = svdvals(x)
        return entrywise.divide(values[0], values[-1])
    return entrywise.multiply(reducing.norm(x, p), reducing.norm(inv(x), p))


def tensorinv(a: Any, ind: Any = 2) -> SymbolicArray:
    if as_fraction(ind) != 1:
        raise ArgumentError(
            phrase("numpy.linalg.tensorinv is of a matrix here, with ind=1"), fix="np.linalg.inv(X)"
        )
    return inv(a)


def tensorsolve(a: Any, b: Any, axes: Any = None) -> SymbolicArray:
    if axes is not None or lift(b).ndim != 1:
        raise ArgumentError(phrase("numpy.linalg.tensorsolve is of a matrix and an array with one axis here"))
    return solve(a, b)


def solve_sylvester(a: Any, b: Any, q: Any) -> SymbolicArray:
    parts = [matrix(part, "linalg.solve_sylvester") for part in (a, b, q)]
    return SymbolicArray(NUMPY_FUNCTIONS["linalg.solve_sylvester"].build(*parts), 2)


def _matrix_function(name: str) -> Callable[[Any], SymbolicArray]:
    build = NUMPY_FUNCTIONS[name].build

    def apply(a: Any) -> SymbolicArray:
        return SymbolicArray(build(matrix(a, name)), 2)

    return apply


def trace_of(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> SymbolicArray:
    return reducing.sum(shaping.diagonal(a, offset, axis1, axis2))


def linalg_trace(x: Any, /, *, offset: Any = 0) -> SymbolicArray:
    return trace_of(x, offset)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "matmul": matmul,
    "matvec": matvec,
    "vecmat": vecmat,
    "dot": dot,
    "inner": inner,
    "vdot": vdot,
    "outer": outer,
    "vecdot": vecdot,
    "tensordot": tensordot,
    "kron": kron,
    "cross": cross,
    "trace": trace_of,
    "linalg.matmul": matmul,
    "linalg.outer": linalg_outer,
    "linalg.vecdot": vecdot,
    "linalg.tensordot": tensordot,
    "linalg.cross": cross,
    "linalg.trace": linalg_trace,
    "linalg.multi_dot": multi_dot,
    "linalg.inv": inv,
    "linalg.pinv": pinv,
    "linalg.det": det,
    "linalg.slogdet": slogdet,
    "linalg.solve": solve,
    "linalg.matrix_power": matrix_power,
    "linalg.cholesky": cholesky,
    "linalg.eigvalsh": eigvalsh,
    "linalg.svdvals": svdvals,
    "linalg.svd": svd,
    "linalg.eigh": eigh,
    "linalg.lstsq": lstsq,
    "linalg.cond": cond,
    "linalg.tensorinv": tensorinv,
    "linalg.tensorsolve": tensorsolve,
    "linalg.solve_sylvester": solve_sylvester,
    "linalg.expm": _matrix_function("linalg.expm"),
    "linalg.logm": _matrix_function("linalg.logm"),
    "linalg.sqrtm": _matrix_function("linalg.sqrtm"),
}
