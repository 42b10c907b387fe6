"""Operators on symmetric matrices: D⁺ M D and Dᵀ M D with the duplication matrix D."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from matgrad.core.errors import DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase
from matgrad.kronecker.composites import PRODUCT_SOLUTIONS, Product, Scaled, product, total
from matgrad.kronecker.operator import Operator, SignedLog
from matgrad.kronecker.products import Kron, same
from matgrad.kronecker.refusals import NoRuleError, SingularOperatorError
from matgrad.kronecker.sums import KronSum
from matgrad.kronecker.vec_matrices import Duplication, DuplicationInverse, DuplicationTransposed, Elimination

Array = Any


class OnSymmetric(Operator):
    """D⁺ M D, or Dᵀ M D, of an M that takes symmetric matrices to symmetric ones: for solving.

    Its inverse is D⁺ M⁻¹ D, since M commutes with K. Any other M is first put in the place of its mean with
    K M K, which is the same operator on symmetric matrices.
    """

    def __init__(self, whole: Operator, inner: Operator, n: int, weighted: bool, *, was_own: bool) -> None:
        self.whole, self.inner, self.n, self.weighted = whole, inner, n, weighted
        self.was_own = was_own
        super().__init__(whole.shape, inner.kind)

    @cached_property
    def label(self) -> str:
        return self.whole.label

    @cached_property
    def _weights(self) -> Array:
        return Duplication(self.n)._weights()

    def _check_invertible(self) -> None:
        try:
            self.inner._check_invertible()
        except SingularOperatorError as error:
            if self.was_own:
                raise SingularOperatorError(
                    phrase("in {name}: {problem}", name=self.named, problem=error.problem)
                ) from None
            raise NoRuleError(
                phrase(
                    "the structure of {name} does not give solutions: on all matrices it is "
                    "singular, which does not tell whether it is on symmetric ones",
                    name=self.named,
                ),
                fix="P.to_dense()",
            ) from None

    def _solve(self, Y: Array) -> Array:
        self._check_invertible()
        if self.weighted:
            Y = Y / self._weights.astype(np.result_type(np.float32, Y.dtype), copy=False)[:, None]
        D = Duplication(self.n)
        return D.pinv()._apply(self.inner._solve(D._apply(Y)))

    def slogdet(self) -> SignedLog:
        """det(A)^(n+1) of A ⊗ A, ∏_{i≤j} (λᵢ + λⱼ) of A ⊕ A (Magnus & Neudecker, 2019, section 3.8)."""
        n = self.n
        if isinstance(self.inner, Kron) and same(*self.inner.factors):
            sign, logarithm = self.inner.factors[0].slogdet()
            sign, logarithm = sign ** (n + 1), (n + 1) * logarithm
        elif isinstance(self.inner, KronSum) and same(*self.inner.factors):
            values = self.inner.factors[0].eigvals()
            sums = np.add.outer(values, values)[np.triu_indices(n)]
            if not np.abs(sums).all():
                return SignedLog(self.dtype.type(0), -np.inf)
            phase = np.exp(1j * np.angle(sums).sum())
            sign = self.dtype.type(phase if self.dtype.kind == "c" else round(phase.real))
            logarithm = float(np.log(np.abs(sums)).sum())
        else:
            raise self._no_rule("the determinant")
        if self.weighted:
            logarithm += n * (n - 1) / 2 * math.log(2)
        return SignedLog(sign, logarithm)


def _freed_of_commutation(term: Operator, left: Operator, right: Operator) -> Operator:
    """A term without the K that does nothing beside D or D⁺."""
    made = product([left, term, right])
    if isinstance(made, Product) and len(made.parts) == 3 and type(made.parts[0]) is type(left):
        return made.parts[1]
    return term


def _swapped(term: Operator) -> Operator | None:
    """K M K."""
    if isinstance(term, (Kron, KronSum)) and len(term.factors) == 2:
        return type(term)(term.factors[::-1])
    return None


def _equal(a: Operator, b: Operator) -> bool:
    if not isinstance(a, (Kron, KronSum)) or type(a) is not type(b):
        return False
    assert isinstance(b, (Kron, KronSum))
    return all(same(f, g) for f, g in zip(a.factors, b.factors, strict=True))


def _on_symmetric(whole: Product) -> Operator | None:
    if len(whole.parts) != 3:
        return None
    left, inner, right = whole.parts
    if isinstance(left, Scaled):
        inner, left = inner.times(left.c), left.operand
    if not isinstance(right, Duplication):
        return None
    terms = [_freed_of_commutation(term, left, right) for term in inner.terms]
    inner = total(terms)
    terms = list(inner.terms)
    swapped = [_swapped(term) for term in terms]
    n = right.n
    for term in terms:
        if not isinstance(term, (Kron, KronSum)) or any(f.shape != (n, n) for f in term.factors):
            return None
    others = [s for s in swapped if s is not None]
    if len(others) != len(terms):
        return None
    own = all(any(_equal(s, t) for t in terms) for s in others)
    weighted = isinstance(left, DuplicationTransposed)
    if (
        not weighted
        and not isinstance(left, DuplicationInverse)
        and not (own and isinstance(left, Elimination))
    ):
        return None
    if not own:
        inner = total([inner.times(0.5), *(s.times(0.5) for s in others)])
    return OnSymmetric(whole, inner, n, weighted, was_own=own)


def solve_for_symmetric(operator: Operator, y: Array) -> Array:
    """The vec of the symmetric X with P vec(X) = y, also where P is singular on skew matrices.

    Raises
    ------
    DomainError
        Where no symmetric matrix is a solution.
    """
    n = math.isqrt(operator.shape[1])
    Y = y.reshape(n, n)
    scale = float(np.abs(Y).max())
    limit = math.sqrt(float(np.finfo(np.result_type(y, np.float32)).eps)) * scale
    D = Duplication(n)
    if n > 1 and np.abs(Y - Y.T).max() <= limit:
        try:
            x = D._vector(product([D.pinv(), operator, D]).solve(D.pinv()._vector(y)))
        except NoRuleError:
            x = None
        if x is not None and np.abs(operator._vector(x) - y).max() <= limit:
            return x
    operator._check_invertible()
    x = operator._solve(y[:, None])[:, 0]
    X = x.reshape(n, n)
    off = float(np.abs(X - X.T).max())
    if off > math.sqrt(float(np.finfo(x.dtype).eps)) * max(float(np.abs(X).max()), 1e-300):
        raise DomainError(
            phrase(
                "no symmetric matrix solves with {operator}: the one solution differs "
                "from its transpose by {off}",
                operator=operator.label,
                off=f"{off:.3g}",
            )
        )
    return x


PRODUCT_SOLUTIONS.append(_on_symmetric)
