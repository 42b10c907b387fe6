"""Kronecker sums, and what sums of Kronecker products are where they have a shorter form."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import reduce
from typing import Any

import numpy as np
import scipy.linalg as linalg

from matgrad import solvers
from matgrad.core.errors import ArgumentError, DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase, together
from matgrad.kronecker import triangular
from matgrad.kronecker.composites import FROBENIUS, SUM_RULES, Scaled, product, total
from matgrad.kronecker.diagonals import Diagonal, Identity
from matgrad.kronecker.matrices import LEAST_SQUARES, Dense
from matgrad.kronecker.modes import along_axes
from matgrad.kronecker.operator import Eigen, Operator, SignedLog, SingularValues, kind_of
from matgrad.kronecker.products import Kron, kron_of, operand
from matgrad.kronecker.reading import owned, require_finite, triangular_factor
from matgrad.kronecker.refusals import SingularOperatorError, naming

Array = Any


def is_hermitian(operator: Operator) -> bool:
    """Whether an operator is known to be its conjugate transpose."""
    if isinstance(operator, Dense):
        return operator.is_hermitian
    if isinstance(operator, Diagonal):
        return not np.imag(operator.entries).any()
    if isinstance(operator, Scaled):
        return not np.imag(operator.c) and is_hermitian(operator.operand)
    if isinstance(operator, (Kron, KronSum)):
        return all(is_hermitian(f) for f in operator.factors)
    return isinstance(operator, Identity)


class KronSum(Operator):
    """A₁ ⊕ A₂ ⊕ ⋯ = A₁ ⊗ I ⊗ ⋯ + I ⊗ A₂ ⊗ ⋯ + ⋯, of two or more square operators.

    Attributes
    ----------
    factors : tuple of Operator
        A₁, A₂, ….
    """

    def __init__(self, factors: Sequence[Operator]) -> None:
        self.factors = tuple(factors)
        n = math.prod(f.shape[0] for f in factors)
        super().__init__((n, n), kind_of(factors))

    @cached_property
    def label(self) -> str:
        return " ⊕ ".join(Kron._label_of(f) for f in self.factors)

    def _each(self, ask: Callable[[Operator], Any]) -> list[Any]:
        answers = []
        for place, factor in enumerate(self.factors):
            with naming(phrase("factor {place} of {name}", place=place + 1, name=self.named)):
                answers.append(ask(factor))
        return answers

    @cached_property
    def _orders(self) -> list[int]:
        return [f.shape[0] for f in self.factors]

    def _apply(self, X: Array) -> Array:
        ones = [Identity(n) for n in self._orders]
        result: Any = 0
        for place, factor in enumerate(self.factors):
            if isinstance(factor, Scaled) and isinstance(factor.operand, Identity):
                result = result + factor.c * X
            else:
                alone = [*ones[:place], factor, *ones[place + 1 :]]
                result = result + along_axes(alone, [place], X)
        return result

    def _transposed(self) -> Operator:
        return KronSum([f.T for f in self.factors])

    def _conjugated(self) -> Operator:
        return KronSum([f.conj() for f in self.factors])

    def _scaled(self, c: Any) -> Operator:
        return KronSum([f._scaled(c) for f in self.factors])

    # ---- eigenvalues ------------------------------------------------------------------------------

    @cached_property
    def _is_hermitian(self) -> bool:
        return is_hermitian(self)

    @cached_property
    def _values(self) -> list[Array]:
        if self._is_hermitian:
            return [pair.values for pair in self._each(lambda f: f.eigh())]
        return self._each(lambda f: f.eigvals())

    def eigvals(self) -> Array:
        return _outer_sum(self._values)

    def eig(self) -> Eigen:
        pairs = self._each(lambda f: f.eig())
        return Eigen(_outer_sum([p.values for p in pairs]), kron_of([p.vectors for p in pairs]))

    def eigh(self) -> Eigen:
        pairs = self._each(lambda f: f.eigh())
        return Eigen(_outer_sum([p.values for p in pairs]), kron_of([p.vectors for p in pairs]))

    def _of_eigenvalues(self, values: Array) -> Operator:
        vectors = self.eigh().vectors
        return product([vectors, Diagonal(owned(values)), vectors.H])

    def _require_hermitian(self, what: str) -> None:
        if not self._is_hermitian:
            raise self._no_rule(what)

    def svd(self) -> SingularValues:
        self._require_hermitian("singular values")
        values, vectors = self.eigh()
        sign = np.where(values < 0, -1, 1).astype(values.dtype)
        return SingularValues(product([vectors, Diagonal(owned(sign))]), np.abs(values), vectors.H)

    def singular_values(self) -> Array:
        self._require_hermitian("singular values")
        return np.sort(np.abs(self.eigvals()))[::-1]

    # ---- solutions --------------------------------------------------------------------------------

    def _check_invertible(self) -> None:
        if self._is_an_equation:
            if self._equation.is_singular:
                raise singular_equation(self._equation, self.label)
            return
        values = self.eigvals()
        # Rounding moves eigenvalues by as much as the norm says.
        scale = sum(float(np.linalg.norm(f.to_dense())) for f in self.factors)
        size = np.abs(values)
        place = int(size.argmin())
        if size[place] <= max(self._orders) * np.finfo(self.dtype).eps * scale:
            chosen = np.unravel_index(place, self._orders)
            parts = [f"{v[i]:.6g}" for v, i in zip(self._values, chosen, strict=True)]
            whose = [
                f"{part} of {f.label if getattr(f, 'name', '') else f'factor {i}'}"
                for i, (part, f) in enumerate(zip(parts, self.factors, strict=True), 1)
            ]
            raise SingularOperatorError(
                phrase(
                    "{name} is singular to working precision: the eigenvalues {whose} sum to {value}",
                    name=self.named,
                    whose=together(whose),
                    value=f"{values[place]:.3g}",
                ),
                fix=LEAST_SQUARES if self._is_hermitian else None,
            )

    @cached_property
    def _schur(self) -> tuple[list[Array], Kron]:
        """Complex triangular factors and the unitary change of basis."""
        for place, factor in enumerate(self.factors):
            with naming(phrase("factor {place} of {name}", place=place + 1, name=self.named)):
                require_finite(factor.to_dense(), factor.label)
        pairs = [linalg.schur(f.to_dense(), output="complex", check_finite=False) for f in self.factors]
        return [t for t, _ in pairs], Kron([Dense(owned(q)) for _, q in pairs])

    @cached_property
    def _is_an_equation(self) -> bool:
        """Whether it is solved as a real Sylvester equation."""
        return len(self.factors) == 2 and self.kind.kind != "c" and not self._is_hermitian

    @cached_property
    def _equation(self) -> solvers.Sylvester:
        """B X + X Aᵀ = Y, whose solution is that of the system, on vec."""
        a, b = (f.to_dense() for f in self.factors)
        for place, array in enumerate((a, b)):
            require_finite(array, phrase("factor {place} of {name}", place=place + 1, name=self.named))
        first, second = (getattr(f, "name", "") or f"factor {i}" for i, f in enumerate(self.factors, 1))
        return solvers.Sylvester(b, a.T, (second, first))

    @cached_property
    def _spectrum(self) -> Eigen:
        self._check_invertible()
        return self.eigh()

    def _solve(self, Y: Array) -> Array:
        if self._is_hermitian:
            values, vectors = self._spectrum
            return vectors._apply(vectors.H._apply(Y) / values[:, None])
        if Y.dtype.kind == "c" and self.kind.kind != "c":
            return self._solve(Y.real) + 1j * self._solve(Y.imag)
        if self._is_an_equation:
            return columns_solved(self._equation, Y, self.label)
        self._check_invertible()
        triangles, basis = self._schur
        kind = np.result_type(self.kind, Y)
        moved = basis.H._apply(Y)
        triangles = [np.asarray(t, moved.dtype) for t in triangles]
        solved = np.empty(moved.shape, moved.dtype)
        for column in range(Y.shape[1]):
            y = moved[:, column].reshape(self._orders)
            try:
                solved[:, column] = triangular.kronecker_sum(triangles, y).reshape(-1)
            except triangular.PerturbedError:
                raise SingularOperatorError(
                    phrase("{name} is singular to working precision", name=self.named)
                ) from None
        x = basis._apply(solved)
        return x.astype(kind, copy=False) if kind.kind == "c" else np.ascontiguousarray(x.real, kind)

    def pinv(self) -> Operator:
        """By orthonormal eigenvectors, where there are some; of another sum only the inverse is known."""
        if not self._is_hermitian:
            with suppress(SingularOperatorError):
                self._check_invertible()
                return self.inverse()
        self._require_hermitian("a pseudoinverse")
        return self._of_eigenvalues(Diagonal(owned(self.eigh().values)).pinv().diagonal())

    def slogdet(self) -> SignedLog:
        values = self.eigvals()
        size = np.abs(values)
        one = self.dtype.type(1)
        if not size.all():
            return SignedLog(0 * one, -np.inf)
        logarithm = float(np.log(size).sum(dtype=np.float64))
        if self.dtype.kind == "c":
            return SignedLog(self.dtype.type(np.exp(1j * np.angle(values).sum())), logarithm)
        # Conjugate eigenvalues come in pairs, whose sums have a positive product.
        negative = int(((np.imag(values) == 0) & (np.real(values) < 0)).sum())
        return SignedLog(-one if negative % 2 else one, logarithm)

    # ---- entries and functions --------------------------------------------------------------------

    def diagonal(self) -> Array:
        return _outer_sum(self._each(lambda f: f.diagonal()))

    def trace(self) -> Any:
        n = self.shape[0]
        traces = self._each(lambda f: f.trace())
        return sum(n // f.shape[0] * t for f, t in zip(self.factors, traces, strict=True))

    def exp(self) -> Operator:
        """exp(A ⊕ B) = exp(A) ⊗ exp(B)."""
        return kron_of(self._each(lambda f: f.exp()))

    def sqrt(self) -> Operator:
        self._require_hermitian("a square root")
        values = self.eigh().values
        limit = sum(float(np.abs(v).max()) for v in self._values) * max(self._orders)
        if values.min() < -limit * np.finfo(self.dtype).eps:
            raise DomainError(
                phrase(
                    "{name} has no principal square root: its eigenvalue {name2} is negative",
                    name=self.named,
                    name2=f"{values.min():.6g}",
                )
            )
        return self._of_eigenvalues(np.sqrt(np.maximum(values, 0)))

    def _norm(self, ord: Any) -> Any:
        if ord == "fro":
            return self._frobenius()
        if ord in (1, np.inf):
            parts = [f.to_dense() for f in self.factors]
            off = [np.abs(a).sum(axis=0 if ord == 1 else 1) - np.abs(a.diagonal()) for a in parts]
            return (np.abs(self.diagonal()) + _outer_sum(off)).max()
        return super()._norm(ord)

    def _frobenius(self) -> Any:
        """The multiples of the identity together, and the rests, which are orthogonal to each other."""
        n = self.shape[0]
        traces = self._each(lambda f: f.trace())
        mean = sum(t / f.shape[0] for f, t in zip(self.factors, traces, strict=True))
        square = n * np.abs(mean) ** 2
        for f, t in zip(self.factors, traces, strict=True):
            rest = f.to_dense() - t / f.shape[0] * np.eye(f.shape[0], dtype=f.dtype)
            square = square + n / f.shape[0] * np.linalg.norm(rest) ** 2
        return np.sqrt(square)

    def _as_products(self) -> list[Kron]:
        ones = [Identity(n) for n in self._orders]
        return [Kron([*ones[:i], f, *ones[i + 1 :]]) for i, f in enumerate(self.factors)]

    def to_dense(self) -> Array:
        return reduce(np.add, (term.to_dense() for term in self._as_products()))


def singular_equation(equation: solvers.LinearSystem, label: str) -> SingularOperatorError:
    """The error where a matrix equation is singular, which says why."""
    return SingularOperatorError(
        phrase("{label} is singular to working precision: {why}", label=label, why=equation.why_singular())
    )


def columns_solved(equation: solvers.LinearSystem, Y: Array, label: str) -> Array:
    """The solutions of a matrix equation for columns that are vec of its right-hand sides."""
    p, m = equation.shape
    solved = np.empty(Y.shape, np.result_type(equation.dtype, Y))
    for column in range(Y.shape[1]):
        try:
            X = equation.solve(Y[:, column].reshape(m, p).T).value
        except solvers.SingularEquationError:
            raise singular_equation(equation, label) from None
        solved[:, column] = X.T.reshape(-1)
    return solved


def _outer_sum(parts: Sequence[Array]) -> Array:
    return reduce(np.add.outer, parts).reshape(-1)


def kron_sum(*factors: Any) -> Operator:
    """The Kronecker sum A ⊕ B = A ⊗ I + I ⊗ B, and so on for more.

    Parameters
    ----------
    *factors : array_like or Operator
        Square matrices.

    Raises
    ------
    ShapeError
        Naming the factor that is not square.

    References
    ----------
    Horn & Johnson (1991), Topics in Matrix Analysis, section 4.4.

    Examples
    --------
    >>> from matgrad.kronecker import kron_sum
    >>> S = kron_sum([[1.0, 1.0], [0.0, 3.0]], [[-1.0]])
    >>> S.eigvals().tolist()
    [0.0, 2.0]
    >>> S.solve([1.0, 2.0])
    Traceback (most recent call last):
    ...
    matgrad.kronecker.refusals.SingularOperatorError: (2×2) ⊕ (1×1) is singular to working precision: the
    eigenvalue -1 of factor 2 and the eigenvalue 1 of factor 1 add up to 0
    """
    if not factors:
        raise ArgumentError(phrase("a Kronecker sum needs a factor"), fix="kron_sum(A, B)")
    flat: list[Operator] = []
    for place, value in enumerate(factors, 1):
        with naming(phrase("factor {place} of the Kronecker sum", place=place)):
            factor = operand(value, "the matrix")
            factor._require_square("take a Kronecker sum of")
        flat.extend(factor.factors if isinstance(factor, KronSum) else (factor,))
    return flat[0] if len(flat) == 1 else KronSum(flat)


# ---- what sums of products make together ------------------------------------------------------------


def _moving(operator: Operator) -> list[tuple[int, Operator]] | None:
    """A Kronecker sum as its factors, each with the order of the identity before it; else ``None``."""
    if isinstance(operator, KronSum):
        orders = operator._orders
        if 1 in orders:  # the place of a number is not told by the order of what is before it
            return None
        return [(math.prod(orders[:i]), f) for i, f in enumerate(operator.factors)]
    if isinstance(operator, Kron):
        places = [i for i, f in enumerate(operator.factors) if not isinstance(f, Identity)]
        if len(places) == 1 and operator.is_of_square_factors:
            (i,) = places
            return [(math.prod(f.shape[0] for f in operator.factors[:i]), operator.factors[i])]
    return None


def _is_multiple_of_identity(operator: Operator) -> bool:
    return isinstance(operator, Identity) or (
        isinstance(operator, Scaled) and isinstance(operator.operand, Identity)
    )


def _kronecker_sum(a: Operator, b: Operator) -> Operator | None:
    """A ⊗ I + I ⊗ B = A ⊕ B, with a multiple of the identity within."""
    if _is_multiple_of_identity(b):
        a, b = b, a
    if _is_multiple_of_identity(a) and isinstance(b, KronSum):
        c = a.c if isinstance(a, Scaled) else 1
        place = min(range(len(b.factors)), key=lambda i: b.factors[i].shape[0])
        factors = list(b.factors)
        factors[place] = total([factors[place], Identity(factors[place].shape[0]).times(c)])
        return KronSum(factors)
    if isinstance(a, KronSum) and isinstance(b, KronSum) and a._orders == b._orders:
        return KronSum([total([f, g]) for f, g in zip(a.factors, b.factors, strict=True)])
    first, second = _moving(a), _moving(b)
    if first is None or second is None:
        return None
    parts = dict(first)
    for before, factor in second:
        if before in parts:
            if parts[before].shape != factor.shape:
                return None
            parts[before] = total([parts[before], factor])
        else:
            parts[before] = factor
    factors, reached = [], 1
    for before, factor in sorted(parts.items(), key=lambda item: item[0]):
        if before % reached:
            return None
        if before > reached:
            factors.append(Scaled(0, Identity(before // reached)))
        elif before < reached:
            return None
        factors.append(factor)
        reached = before * factor.shape[0]
    if a.shape[0] % reached:
        return None
    if reached < a.shape[0]:
        factors.append(Scaled(0, Identity(a.shape[0] // reached)))
    return KronSum(factors) if len(factors) > 1 else factors[0]


def _frobenius(terms: Sequence[Operator]) -> Any:
    """‖Σ Aᵢ ⊗ Bᵢ‖ = ‖R_A R_Bᵀ‖ with the triangular factors of [vec A₁ …] and [vec B₁ …]."""
    split = [pair for term in terms if (pair := _halves(term)) is not None]
    if len(split) < len(terms) or len({(a.shape, b.shape) for a, b in split}) > 1:
        return None
    first = np.stack([a.reshape(-1) for a, _ in split], axis=1)
    second = np.stack([b.reshape(-1) for _, b in split], axis=1)
    return np.linalg.norm(triangular_factor(first) @ triangular_factor(second).T)


def _halves(term: Operator) -> tuple[Array, Array] | None:
    if not isinstance(term, Kron) or len(term.factors) != 2:
        return None
    a, b = term.factors
    return a.to_dense(), b.to_dense()


SUM_RULES.append(_kronecker_sum)
FROBENIUS.append(_frobenius)
