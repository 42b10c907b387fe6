"""Products, solutions and determinants as functions of arrays of JAX or PyTorch, which differentiate them.

They are made of products, solutions and determinants of the factors: ``jax.grad``, ``jit``, ``vmap`` and
PyTorch's backward pass go through them, and nothing of the size of the product is formed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.records import dataclass
from matgrad.core.words import alternatives, phrase
from matgrad.kronecker.refusals import said, shape_text

Array = Any

_LIBRARIES = {"jax": "jax.numpy", "torch": "torch"}


@dataclass(frozen=True)
class ArrayFunctions:
    """The functions of one library; made by :func:`array_functions`.

    Attributes
    ----------
    library : module
        ``jax.numpy`` or ``torch``.
    """

    library: Any

    def vec(self, X: Array) -> Array:
        """The columns of a matrix one below the other: (..., m, n) to (..., m n)."""
        return self.library.swapaxes(X, -1, -2).reshape(*X.shape[:-2], X.shape[-1] * X.shape[-2])

    def unvec(self, x: Array, m: int, n: int) -> Array:
        """The m×n matrix whose vec is given."""
        if x.shape[-1] != m * n:
            raise ShapeError(
                phrase(
                    "a vector of {shape} entries is no vec of a {m}×{n} matrix", shape=x.shape[-1], m=m, n=n
                )
            )
        return self.library.swapaxes(x.reshape(*x.shape[:-1], n, m), -1, -2)

    def commutation_matvec(self, x: Array, m: int, n: int) -> Array:
        """K_mn x: vec(Aᵀ) of vec(A) for A of m rows and n columns."""
        return self.vec(self.library.swapaxes(self.unvec(x, m, n), -1, -2))

    def kron_matvec(self, factors: Sequence[Array], x: Array) -> Array:
        """(A₁ ⊗ A₂ ⊗ ⋯) x; x may be (n,), or (n, k) of columns."""
        return self._along(factors, x, lambda a, y: a @ y, column=1, what="columns")

    def kron_rmatvec(self, factors: Sequence[Array], y: Array) -> Array:
        """(A₁ ⊗ A₂ ⊗ ⋯)ᴴ y."""
        adjoint = [self.library.conj(self.library.swapaxes(self._matrix(a), 0, 1)) for a in factors]
        return self.kron_matvec(adjoint, y)

    def kron_solve(self, factors: Sequence[Array], y: Array) -> Array:
        """The solution of (A₁ ⊗ A₂ ⊗ ⋯) x = y for square factors.

        Singular factors are what the library makes of them: JAX gives infinities, PyTorch raises.
        """
        self._require_square(factors, "solve with")
        return self._along(factors, y, self.library.linalg.solve, column=0, what="rows")

    def kron_slogdet(self, factors: Sequence[Array]) -> tuple[Array, Array]:
        """The sign and the logarithm of the modulus of det(A₁ ⊗ A₂ ⊗ ⋯) for square factors."""
        self._require_square(factors, "take the determinant of")
        order = math.prod(a.shape[0] for a in factors)
        sign: Any = 1.0
        logarithm: Any = 0.0
        for factor in factors:
            one, value = self.library.linalg.slogdet(factor)
            times = order // factor.shape[0]
            sign = sign * one**times
            logarithm = logarithm + times * value
        return sign, logarithm

    def kron_sum_matvec(self, factors: Sequence[Array], x: Array) -> Array:
        """(A₁ ⊕ A₂ ⊕ ⋯) x for square factors."""
        self._require_square(factors, "take a Kronecker sum of")
        orders = [a.shape[0] for a in factors]
        self._require_rows(x, math.prod(orders), "columns")
        result: Any = 0.0
        for place, factor in enumerate(factors):
            before = math.prod(orders[:place])
            result = result + (factor @ x.reshape(before, orders[place], -1)).reshape(x.shape)
        return result

    def khatri_rao_matvec(self, A: Array, B: Array, x: Array) -> Array:
        """(A ∗ B) x for a vector x, with the columns aⱼ ⊗ bⱼ."""
        if A.shape[1] != B.shape[1]:
            raise ShapeError(
                phrase(
                    "a column-wise product needs as many columns in both: A is {shape}, B {shape_shape}",
                    shape=shape_text(A.shape),
                    shape_shape=shape_text(B.shape),
                )
            )
        self._require_rows(x, A.shape[1], "columns")
        return ((A * x) @ self.library.swapaxes(B, 0, 1)).reshape(-1)

    def _along(self, factors: Sequence[Array], x: Array, act: Any, *, column: int, what: str) -> Array:
        """One factor after the other along its axis."""
        if not factors:
            raise ArgumentError(phrase("a Kronecker product needs a factor"), fix="kron_matvec((A, B), x)")
        sizes = [self._matrix(a).shape[column] for a in factors]
        self._require_rows(x, math.prod(sizes), what)
        trailing = tuple(x.shape[1:])
        for place, factor in enumerate(factors):
            before = math.prod(sizes[:place])
            made = act(factor, self._first(x.reshape(before, sizes[place], -1)))
            sizes[place] = made.shape[0]
            x = self.library.swapaxes(made.reshape(sizes[place], before, -1), 0, 1)
        return x.reshape(-1, *trailing)

    def _first(self, x: Array) -> Array:
        """The middle axis as rows, the others as columns."""
        return self.library.swapaxes(x, 0, 1).reshape(x.shape[1], -1)

    def _matrix(self, factor: Array) -> Array:
        if len(factor.shape) != 2:
            raise ShapeError(
                phrase("a factor has {count} axes, but a matrix has two", count=len(factor.shape))
            )
        return factor

    def _require_square(self, factors: Sequence[Array], verb: str) -> None:
        for place, factor in enumerate(factors, 1):
            if self._matrix(factor).shape[0] != factor.shape[1]:
                raise ShapeError(
                    phrase(
                        "cannot {verb} factor {place}: it is {shape}, not square",
                        verb=said(verb),
                        place=place,
                        shape=shape_text(factor.shape),
                    )
                )

    def _require_rows(self, x: Array, rows: int, what: str) -> None:
        if len(x.shape) not in (1, 2) or x.shape[0] != rows:
            raise ShapeError(
                phrase(
                    "an array of shape {shape} does not fit: the operator has {rows} {what}",
                    shape=tuple(x.shape),
                    rows=rows,
                    what=said(what),
                )
            )


def array_functions(library: str) -> ArrayFunctions:
    """Functions on arrays of a library that differentiates: ``"jax"`` or ``"torch"``.

    Parameters
    ----------
    library : str
        Its name.

    Raises
    ------
    ArgumentError
        For another name, or a library that is not installed.

    Examples
    --------
    >>> from matgrad.kronecker import array_functions
    >>> k = array_functions("torch")
    >>> import torch
    >>> A = torch.tensor([[2.0, 1.0], [0.0, 3.0]], requires_grad=True)
    >>> k.kron_slogdet((A, torch.eye(3)))[1].backward()
    >>> A.grad.tolist()   # 3 A⁻ᵀ
    [[1.5, 0.0], [-0.5, 1.0]]
    """
    if library not in _LIBRARIES:
        raise ArgumentError(
            phrase("{library} is not a library of these functions", library=repr(library)),
            fix=alternatives(_LIBRARIES),
        )
    try:
        return ArrayFunctions(import_module(_LIBRARIES[library]))
    except ImportError:
        raise ArgumentError(
            phrase("{library} is not installed", library=library), fix=f"pip install {library}"
        ) from None
