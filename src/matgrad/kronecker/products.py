"""Kronecker products of any number of factors."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker import reading
from matgrad.kronecker.composites import PRODUCT_RULES, SUM_RULES, Foreign, Scaled, product, total
from matgrad.kronecker.diagonals import Diagonal, Identity
from matgrad.kronecker.matrices import LEAST_SQUARES, Dense, InverseOfMatrix
from matgrad.kronecker.modes import along_axes, grouped, order_of
from matgrad.kronecker.operator import Eigen, Operator, SignedLog, SingularValues, in_brackets, kind_of
from matgrad.kronecker.reading import owned
from matgrad.kronecker.refusals import NoRuleError, SingularOperatorError, naming, said, shape_text

Array = Any


class Kron(Operator):
    """A₁ ⊗ A₂ ⊗ ⋯, of two or more factors.

    Attributes
    ----------
    factors : tuple of Operator
        The factors, rectangular ones too.
    """

    def __init__(self, factors: Sequence[Operator]) -> None:
        self.factors = tuple(factors)
        shape = (math.prod(f.shape[0] for f in factors), math.prod(f.shape[1] for f in factors))
        super().__init__(shape, kind_of(factors))

    @cached_property
    def _pair(self) -> tuple[Any, ...] | None:
        """Two matrices, applied without more ado, and which comes first."""
        if len(self.factors) != 2:
            return None
        a, b = self.factors
        if not isinstance(a, Dense) or not isinstance(b, Dense):
            return None
        return a.array, b.array.T, (a.shape[1], b.shape[1]), order_of(self.factors)[0] == 0

    @cached_property
    def label(self) -> str:
        return " ⊗ ".join(self._label_of(f) for f in self.factors)

    @staticmethod
    def _label_of(factor: Operator) -> str:
        if isinstance(factor, InverseOfMatrix) and not factor.operand.name:
            return f"({shape_text(factor.shape)})⁻¹"
        return in_brackets(factor.label)

    def _at(self, place: int) -> Any:
        return naming(phrase("factor {place} of {name}", place=place + 1, name=self.named))

    def _each(self, ask: Callable[[Operator], Any]) -> list[Any]:
        """What each factor answers; a refusal names the factor."""
        answers = []
        for place, factor in enumerate(self.factors):
            with self._at(place):
                answers.append(ask(factor))
        return answers

    # ---- products with arrays ---------------------------------------------------------------------

    @cached_property
    def _plan(self) -> tuple[list[Operator], list[int]]:
        groups = grouped(self.factors)
        return groups, order_of(groups)

    def _apply(self, X: Array) -> Array:
        return along_axes(*self._plan, X)

    def _vector(self, x: Array) -> Array:
        if self._pair is not None:
            a, bt, shape, first = self._pair
            x = x.reshape(shape)
            return (a.dot(x).dot(bt) if first else a.dot(x.dot(bt))).reshape(-1)
        return self._apply(x[:, None])[:, 0]

    def _transposed(self) -> Operator:
        return Kron([f.T for f in self.factors])

    def _conjugated(self) -> Operator:
        return Kron([f.conj() for f in self.factors])

    def _scaled(self, c: Any) -> Operator:
        """The number goes into the smallest factor that has entries of its own."""
        places = [i for i, f in enumerate(self.factors) if isinstance(f, (Dense, Diagonal))]
        if not places:
            return Scaled(c, self)
        place = min(places, key=lambda i: math.prod(self.factors[i].shape))
        factors = list(self.factors)
        factors[place] = factors[place]._scaled(c)
        return Kron(factors)

    def to_dense(self) -> Array:
        return reduce(np.kron, (f.to_dense() for f in self.factors))

    # ---- solutions --------------------------------------------------------------------------------

    @cached_property
    def is_of_square_factors(self) -> bool:
        """Whether each factor is square."""
        return all(f.shape[0] == f.shape[1] for f in self.factors)

    def _check_invertible(self) -> None:
        for place, factor in enumerate(self.factors):
            m, n = factor.shape
            if m != n:
                raise SingularOperatorError(
                    phrase(
                        "{name} is singular: its factor {place} is {m}×{n}, not square, so the "
                        "rank is at most {factors} of {shape}",
                        name=self.named,
                        place=place + 1,
                        m=m,
                        n=n,
                        factors=math.prod(min(f.shape) for f in self.factors),
                        shape=self.shape[0],
                    ),
                    fix=LEAST_SQUARES,
                )
            with self._at(place):
                factor._check_invertible()

    @cached_property
    def _inverse(self) -> Kron:
        self._check_invertible()
        return Kron(self._each(lambda f: f.inverse()))

    def _solve(self, Y: Array) -> Array:
        return self._inverse._apply(Y)

    def inverse(self) -> Operator:
        self._require_square("invert")
        return self._inverse

    def pinv(self) -> Operator:
        return Kron(self._each(lambda f: f.pinv()))

    def slogdet(self) -> SignedLog:
        """Of A ⊗ B with A of order m and B of order p: det(A)ᵖ det(B)ᵐ; 0 where a factor is not square."""
        self._require_square("take the determinant of")
        zero = SignedLog(self.dtype.type(0), -np.inf)
        if not self.is_of_square_factors:
            return zero
        n = self.shape[0]
        sign, logarithm = self.dtype.type(1), 0.0
        for factor, (s, value) in zip(self.factors, self._each(lambda f: f.slogdet()), strict=True):
            if s == 0:
                return zero
            times = n // factor.shape[0]
            sign = sign * _power_of_phase(s, times)
            logarithm += times * value
        return SignedLog(self.dtype.type(sign), logarithm)

    # ---- entries ----------------------------------------------------------------------------------

    def diagonal(self) -> Array:
        if self.is_of_square_factors:
            return reduce(np.multiply.outer, self._each(lambda f: f.diagonal())).reshape(-1)
        count = min(self.shape)
        rows = np.unravel_index(np.arange(count), [f.shape[0] for f in self.factors])
        columns = np.unravel_index(np.arange(count), [f.shape[1] for f in self.factors])
        parts = [f.to_dense()[r, c] for f, r, c in zip(self.factors, rows, columns, strict=True)]
        return reduce(np.multiply, parts)

    def trace(self) -> Any:
        self._require_square("take the trace of")
        if self.is_of_square_factors:
            return math.prod(self._each(lambda f: f.trace()))
        return self.diagonal().sum()

    # ---- functions --------------------------------------------------------------------------------

    def _power(self, k: int) -> Operator:
        if not self.is_of_square_factors:
            return super()._power(k)
        return kron_of(self._each(lambda f: f.power(k)))

    def _require_square_factors(self, what: str | Phrase) -> None:
        self._require_square("take eigenvalues of")
        if not self.is_of_square_factors:
            place = next(i for i, f in enumerate(self.factors) if f.shape[0] != f.shape[1])
            raise NoRuleError(
                phrase(
                    "the factors of {name} do not give {what}: factor {place} is {shape}",
                    name=self.named,
                    what=said(what),
                    place=place + 1,
                    shape=shape_text(self.factors[place].shape),
                ),
                fix="P.to_dense()",
            )

    def sqrt(self) -> Operator:
        """The product of the factors' principal roots, where that is the principal root.

        The arguments of eigenvalues add: only where no sum leaves (−π, π) is the product's root principal.
        Two negative factors are made positive first, as (−A) ⊗ (−B) = A ⊗ B.
        """
        self._require_square_factors("a square root")
        factors = self._with_signs_moved()
        spread = [0.0, 0.0]
        for place, factor in enumerate(factors):
            with self._at(place):
                values = factor.eigvals()
            values = values[np.abs(values) > np.abs(values).max() * len(values) * np.finfo(self.dtype).eps]
            if len(values):
                angles = np.angle(values)
                spread = [spread[0] + float(angles.min()), spread[1] + float(angles.max())]
        if not -math.pi < spread[0] <= spread[1] < math.pi - 1e-12:
            raise DomainError(
                phrase(
                    "{name} has no principal square root, or none that its factors' roots are "
                    "factors of: the arguments of their eigenvalues add up to {spread}, and π "
                    "is reached or passed",
                    name=self.named,
                    spread=f"{max(spread, key=abs):.4g}",
                )
            )
        roots = []
        for place, factor in enumerate(factors):
            with self._at(place):
                roots.append(factor.sqrt())
        return Kron(roots)

    def cholesky(self) -> Operator:
        """The product of the factors' Cholesky factors; negative definite factors are taken in pairs."""
        self._require_square_factors("a Cholesky factor")
        factors = []
        for place, factor in enumerate(self._with_signs_moved()):
            with self._at(place):
                factors.append(factor.cholesky())
        return Kron(factors)

    def _with_signs_moved(self) -> list[Operator]:
        """The factors, those whose trace is negative made positive as far as they come in pairs."""
        factors = list(self.factors)
        negative = [
            i for i, f in enumerate(factors) if isinstance(f, (Dense, Diagonal)) and f.trace().real < 0
        ]
        for i in negative[: len(negative) // 2 * 2]:
            factors[i] = -factors[i]
        return factors

    def exp(self) -> Operator:
        """Of I ⊗ A ⊗ I alone; of a Kronecker sum it is a Kronecker product, of a product it is none."""
        moving = [i for i, f in enumerate(self.factors) if not isinstance(f, Identity)]
        if not self.is_of_square_factors or len(moving) > 1:
            self._require_square("take the exponential of")
            raise NoRuleError(
                phrase("the exponential of {name} is no Kronecker product of exponentials", name=self.named),
                fix=phrase("kron_sum(A, B).exp() is exp(A) ⊗ exp(B); that of a product needs P.to_dense()"),
            )
        factors = list(self.factors)
        if not moving:
            return self.times(math.e)
        factors[moving[0]] = factors[moving[0]].exp()
        return Kron(factors)

    def eig(self) -> Eigen:
        self._require_square_factors("eigenvectors")
        pairs = self._each(lambda f: f.eig())
        return Eigen(_outer([p.values for p in pairs]), Kron([p.vectors for p in pairs]))

    def eigvals(self) -> Array:
        self._require_square_factors("eigenvalues")
        return _outer(self._each(lambda f: f.eigvals()))

    def eigh(self) -> Eigen:
        self._require_square_factors("eigenvectors")
        pairs = self._each(lambda f: f.eigh())
        return Eigen(_outer([p.values for p in pairs]), Kron([p.vectors for p in pairs]))

    def svd(self) -> SingularValues:
        parts = self._each(lambda f: f.svd())
        return SingularValues(
            Kron([p.U for p in parts]), _outer([p.s for p in parts]), Kron([p.Vh for p in parts])
        )

    def singular_values(self) -> Array:
        found = np.sort(_outer(self._each(lambda f: f.singular_values())))[::-1]
        return np.concatenate([found, np.zeros(min(self.shape) - len(found), found.dtype)])

    def _norm(self, ord: Any) -> Any:
        return math.prod(self._each(lambda f: f.norm(ord)))

    def rank(self) -> int:
        return math.prod(self._each(lambda f: f.rank()))

    def cond(self, p: Any = 2) -> Any:
        if math.prod(min(f.shape) for f in self.factors) < min(self.shape):
            return np.inf
        if p != 2:
            self._require_square("take that condition number of")
        return math.prod(self._each(lambda f: f.cond(p)))


def _outer(parts: Sequence[Array]) -> Array:
    return reduce(np.multiply.outer, parts).reshape(-1)


def _power_of_phase(sign: Any, times: int) -> Any:
    """A power of a number of modulus 1, which stays one."""
    if np.iscomplexobj(sign):
        power = np.exp(1j * times * np.angle(sign))
        return type(sign)(power)
    return sign if times % 2 else sign * sign


def kron_of(factors: Sequence[Operator]) -> Operator:
    """The product of operators, in its shortest form: flat, identities together, numbers in a factor."""
    flat: list[Operator] = []
    number: Any = 1
    for factor in factors:
        if isinstance(factor, Scaled):
            number, factor = number * factor.c, factor.operand
        for part in factor.factors if isinstance(factor, Kron) else (factor,):
            if flat and isinstance(part, Identity) and isinstance(flat[-1], Identity):
                flat[-1] = Identity(flat[-1].shape[0] * part.shape[0])
            elif not isinstance(part, Identity) or part.shape[0] > 1:
                flat.append(part)
    if not flat:
        flat.append(Identity(1))
    made = flat[0] if len(flat) == 1 else Kron(flat)
    return made if isinstance(number, int) and number == 1 else made._scaled(number)


def operand(value: Any, what: str | Phrase) -> Operator:
    """An operator, or a matrix as one."""
    if isinstance(value, Operator):
        return value
    if hasattr(value, "matvec") and hasattr(value, "shape"):
        return Foreign(value)
    return Dense(owned(reading.matrix(value, what)))


def kron(*factors: Any) -> Operator:
    """The Kronecker product A₁ ⊗ A₂ ⊗ ⋯, which is never formed.

    Parameters
    ----------
    *factors : array_like or Operator
        Any number of matrices, rectangular ones too, and operators such as :func:`identity`. Float32, float64
        and complex entries are kept; integers become doubles.

    Returns
    -------
    Operator
        Of shape ∏mᵢ × ∏nᵢ. With vec stacking columns, ``kron(B.T, A) @ vec(X)`` is ``vec(A @ X @ B)``.

    Raises
    ------
    ArgumentError, ShapeError
        Naming the factor that is no matrix of numbers.

    References
    ----------
    Van Loan (2000), The ubiquitous Kronecker product; Horn & Johnson (1991), Topics in Matrix Analysis,
    chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> from matgrad.kronecker import kron, vec
    >>> A, B, X = np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.eye(2)
    >>> P = kron(B.T, A)
    >>> bool(np.allclose(P @ vec(X), vec(A @ X @ B)))
    True
    >>> P.slogdet().sign == np.sign(np.linalg.det(np.kron(B.T, A)))
    np.True_
    >>> bool(np.allclose(P.solve(vec(A @ X @ B)), vec(X)))
    True
    """
    if not factors:
        raise ArgumentError(phrase("a Kronecker product needs a factor"), fix="kron(A, B)")
    return kron_of(
        [
            f if isinstance(f, Operator) else operand(f, phrase("factor {i} of the Kronecker product", i=i))
            for i, f in enumerate(factors, 1)
        ]
    )


def _mixed(a: Operator, b: Operator) -> list[Operator] | None:
    """(A ⊗ B)(C ⊗ D) = AC ⊗ BD, where the factors conform."""
    if not isinstance(a, Kron) or not isinstance(b, Kron):
        return None
    if [f.shape[1] for f in a.factors] != [f.shape[0] for f in b.factors]:
        return None
    return [kron_of([product([f, g]) for f, g in zip(a.factors, b.factors, strict=True)])]


def same(a: Operator, b: Operator) -> bool:
    """Whether two operators are one: the same object, identities of one order, or equal matrices."""
    if a is b:
        return True
    if isinstance(a, Identity) and isinstance(b, Identity):
        return a.shape == b.shape
    if not isinstance(a, Dense) or not isinstance(b, Dense) or a.shape != b.shape:
        return False
    return a.array is b.array or (a.array[0, 0] == b.array[0, 0] and np.array_equal(a.array, b.array))


def _common_factor(a: Operator, b: Operator) -> Operator | None:
    """A ⊗ B + A ⊗ C = A ⊗ (B + C)."""
    if not isinstance(a, Kron) or not isinstance(b, Kron) or len(a.factors) != len(b.factors):
        return None
    different = [i for i, (f, g) in enumerate(zip(a.factors, b.factors, strict=True)) if not same(f, g)]
    if len(different) > 1:
        return None
    place = different[0] if different else 0
    f, g = a.factors[place], b.factors[place]
    if f.shape != g.shape:
        return None
    factors = list(a.factors)
    factors[place] = total([f, g])
    return kron_of(factors)


PRODUCT_RULES.append(_mixed)
SUM_RULES.append(_common_factor)
