"""Operators on symmetric matrices: D⁺ M D and Dᵀ M D with the duplication matrix D."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.kronecker.composites import PRODUCT_SOLUTIONS, Product, Sum, total
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
                raise SingularOperatorError(f"in {self.label}: {error.message}") from None
            raise NoRuleError(
                f"the structure of {self.label} does not give solutions: on all matrices it is singular,"
                " which does not tell whether it is on symmetric ones",
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
    if not isinstance(right, Duplication):
        return None
    terms: Sequence[Operator] = inner.terms if isinstance(inner, Sum) else (inner,)
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


PRODUCT_SOLUTIONS.append(_on_symmetric)
