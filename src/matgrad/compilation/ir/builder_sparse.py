"""Entrywise products with a sparse matrix: what stands beside it is computed in the places of its entries."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.ir.builder import Builder
from matgrad.compilation.ir.primitive import Shape, Value
from matgrad.compilation.ir.primitives import HADAMARD, MATMUL, POWER, SAMPLED_PRODUCT, SUM, TRANSPOSE
from matgrad.compilation.ir.sparse_rules import cells, is_sparse, nonzeros

FEW = 8
"""One in so many entries at most is stored where a product is computed entry by entry."""


class SparseData(Builder):
    """Makes entrywise products of which one factor is sparse."""

    def hadamard(self, *factors: Value) -> Value:
        """The entrywise product of values of one shape."""
        raise NotImplementedError

    def in_places(self, flat: Sequence[Value], shape: Shape) -> Value | None:
        """A product with a sparse matrix that has few entries, of what is needed of the other factors."""
        sparse = [f for f in flat if is_sparse(f) and FEW * nonzeros(f) <= cells(f)]
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
        made = self._sampled(mask, others.pop(place))
        for other in others:
            made = self.hadamard(made, other)
        return made

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
        parts = [(c, self._sampled(mask, t) if _has_product(t) else self.hadamard(mask, t)) for c, t in terms]
        return self.scale(front, self.sum(parts, mask.shape))


def _has_product(v: Value) -> bool:
    """Whether a value is an array made by a product of matrices, or a sum with such a term."""
    if v.op.name in ("transpose", "scale"):
        return _has_product(v.args[0])
    if v.op is SUM:
        return v.kind == "matrix" and any(_has_product(t) for t in v.args)
    return v.op is MATMUL and v.stored is None and v.args[0].columns > 1 and not _is_of_operator(v)


def _is_of_operator(v: Value) -> bool:
    return any(arg.stored is not None for arg in v.args)
