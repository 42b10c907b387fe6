"""Entrywise products with a sparse matrix: what stands beside it is computed in the places of its entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matgrad.compilation.ir.builder import Builder
from matgrad.compilation.ir.primitive import Shape, Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    FUNCTION_IN_PLACES,
    GRAM,
    HADAMARD,
    MATMUL,
    PLACES,
    POWER,
    SAMPLED_PRODUCT,
    SQUARES_OF_DIFFERENCE,
    SUM,
    TRANSPOSE,
)
from matgrad.compilation.ir.sparse_rules import cells, is_sparse, nonzeros
from matgrad.core.facts import Fact

_FUNCTIONS = {
    "exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "asinh",
    "sign", "absolute", "sigmoid", "erf", "relu", "softplus",
}  # fmt: skip
"""Functions that are computed in the places of a sparse matrix."""

FEW = 8
"""One in so many entries at most is stored where a product is computed entry by entry."""


class SparseData(Builder):
    """Makes entrywise products of which one factor is sparse."""

    def hadamard(self, *factors: Value) -> Value:
        """The entrywise product of values of one shape."""
        raise NotImplementedError

    def matmul(self, a: Value, b: Value) -> Value:
        """The product of two values."""
        raise NotImplementedError

    def gram(self, a: Value) -> Value:
        """AᵀA."""
        raise NotImplementedError

    @staticmethod
    def is_mask(v: Value) -> bool:
        """Whether what stands beside a value is worth computing entry by entry."""
        return is_sparse(v) and FEW * nonzeros(v) <= cells(v)

    def in_places(self, flat: Sequence[Value], shape: Shape) -> Value | None:
        """A product with a sparse matrix that has few entries, of what is needed of the other factors."""
        sparse = [f for f in flat if self.is_mask(f)]
        if not sparse or len(flat) < 2:
            return None
        mask = min(sparse, key=nonzeros)
        others = [f for f in flat if f is not mask]
        if not any(_has_product(f) for f in others):
            return None
        if mask.op is TRANSPOSE:
            return self.transpose(self.hadamard(*(self.transpose(f) for f in flat)))
        if mask.op is POWER and mask.params[0] == 2:
            base = mask.args[0]
            return self.make(HADAMARD, (base, self.hadamard(base, *others)), shape)
        place = next(i for i, f in enumerate(others) if _has_product(f))
        factor = others.pop(place)
        if factor.op is APPLY or factor.op is POWER:
            made = self.function_in_places(mask, factor.args[0], (factor.op.name, *factor.params))
        else:
            # In the places of the mask, and with it afterwards: functions of the factor need the same.
            made = self.hadamard(mask, self._sampled(self._places(mask), factor))
        for other in others:
            made = self.hadamard(made, other)
        return made

    def function_in_places(self, mask: Value, argument: Value, function: tuple[Any, ...]) -> Value:
        """W ⊙ f(M) for a sum or a product M, of which the entries in the places of W are computed."""
        if mask.op is TRANSPOSE:
            turned = self.function_in_places(mask.args[0], self.transpose(argument), function)
            return self.transpose(turned)
        sampled = self._sampled(self._places(mask), argument)
        return self.make(FUNCTION_IN_PLACES, (mask, sampled), mask.shape, function)

    def squares_of_difference(self, a: Value, b: Value) -> Value | None:
        """⟨M, M⟩ of M = c X + d A B with X sparse and A B a product of low rank, without M."""
        one, other = self._difference(a), self._difference(b)
        if one is None or other is None or one[1] is not other[1]:
            return None
        (c, x, d, left, right), (e, _, f, *factors) = one, other
        if [left, right] != factors or c * f != d * e:
            return None
        turned = self.transpose(right)
        args = (x, left, right, self.matmul(x, turned), self.gram(left), self.gram(turned))
        return self.scale(e / c, self.make(SQUARES_OF_DIFFERENCE, args, (1, 1), (c, d), Fact.NONNEGATIVE))

    def _difference(self, v: Value) -> tuple[Any, Value, Any, Value, Value] | None:
        """c, X, d, A and B of a value c X + d A B; nothing of another."""
        if v.op is TRANSPOSE:
            found = self._difference(v.args[0])
            if found is None:
                return None
            c, x, d, left, right = found
            return c, self.transpose(x), d, self.transpose(right), self.transpose(left)
        if v.op is not SUM or len(v.args) != 2:
            return None
        terms = sorted(zip(v.params, v.args, strict=True), key=lambda term: not is_sparse(term[1]))
        (c, x), (d, product) = terms
        if not self.is_mask(x):
            return None
        turned = product.op is TRANSPOSE
        product = product.args[0] if turned else product
        if product.op is GRAM:
            left, right = self.transpose(product.args[0]), product.args[0]
        elif product.op is MATMUL:
            left, right = product.args
        else:
            return None
        if left.stored is not None or right.stored is not None or FEW * left.columns > min(v.shape):
            return None
        if left.columns == 1:
            return None
        return (c, x, d, self.transpose(right), self.transpose(left)) if turned else (c, x, d, left, right)

    def _places(self, mask: Value) -> Value:
        return self.make(PLACES, (mask,), mask.shape, (), Fact.NONNEGATIVE)

    def _sampled(self, mask: Value, factor: Value) -> Value:
        """W ⊙ M for a sum or a product M, of which the entries in the places of W are computed."""
        front, factor = self.split(factor)
        if factor.op is TRANSPOSE:
            turned = factor.args[0]
            if turned.op is SUM:
                terms = [(c, self.transpose(t)) for c, t in zip(turned.params, turned.args, strict=True)]
            else:
                b, a = (self.transpose(f) for f in turned.args)
                return self.scale(front, self.make(SAMPLED_PRODUCT, (mask, a, b), mask.shape))
        elif factor.op is SUM:
            terms = list(zip(factor.params, factor.args, strict=True))
        else:
            return self.scale(front, self.make(SAMPLED_PRODUCT, (mask, *factor.args), mask.shape))
        parts = [(c, self._sampled(mask, t) if is_sampled(t) else self.hadamard(mask, t)) for c, t in terms]
        return self.scale(front, self.sum(parts, mask.shape))


def _has_product(v: Value) -> bool:
    """Whether a value is made by a product of matrices: a sum with such a term, or a function of it."""
    if (v.op is APPLY or v.op is POWER) and v.kind == "matrix":
        known = v.op is POWER or v.params[0] in _FUNCTIONS
        return known and is_sampled(v.args[0])
    return is_sampled(v)


def is_sampled(v: Value) -> bool:
    """Whether a value is made by a product of matrices, or a sum with such a term."""
    if v.op.name in ("transpose", "scale"):
        return is_sampled(v.args[0])
    if v.op is SUM:
        return v.kind == "matrix" and any(is_sampled(t) for t in v.args)
    return v.op is MATMUL and v.stored is None and v.args[0].columns > 1 and not _is_of_operator(v)


def _is_of_operator(v: Value) -> bool:
    return any(arg.stored is not None for arg in v.args)
