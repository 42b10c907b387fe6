"""Operators along a diagonal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker.composites import PRODUCT_RULES, product
from matgrad.kronecker.matrices import LEAST_SQUARES, Dense
from matgrad.kronecker.operator import Eigen, Operator, SignedLog, SingularValues, kind_of
from matgrad.kronecker.products import operand
from matgrad.kronecker.refusals import NoRuleError, SingularOperatorError, naming, said, shape_text

Array = Any


class BlockDiagonal(Operator):
    """Operators as the blocks of a diagonal, rectangular ones too.

    Attributes
    ----------
    blocks : tuple of Operator
        The blocks.
    """

    def __init__(self, blocks: Sequence[Operator]) -> None:
        self.blocks = tuple(blocks)
        shape = (sum(b.shape[0] for b in blocks), sum(b.shape[1] for b in blocks))
        super().__init__(shape, kind_of(blocks))

    @cached_property
    def label(self) -> str:
        return str(self.named)

    @cached_property
    def named(self) -> Phrase:
        inside = [
            shape_text(b.shape) if isinstance(b, Dense) and not b.name else b.label for b in self.blocks
        ]
        shown = inside if len(inside) <= 4 else [*inside[:3], "…", inside[-1]]
        return phrase("the block diagonal ({blocks})", blocks=", ".join(shown))

    def _each(self, ask: Callable[[Operator], Any]) -> list[Any]:
        answers = []
        for place, block in enumerate(self.blocks):
            with naming(phrase("block {place} of {name}", place=place + 1, name=self.named)):
                answers.append(ask(block))
        return answers

    def _parts(self, X: Array, axis: int) -> list[Array]:
        ends = np.cumsum([b.shape[axis] for b in self.blocks])[:-1]
        return np.split(X, ends)

    def _apply(self, X: Array) -> Array:
        parts = self._parts(X, 1)
        return np.concatenate([b._apply(part) for b, part in zip(self.blocks, parts, strict=True)])

    def _vector(self, x: Array) -> Array:
        parts = self._parts(x, 1)
        return np.concatenate([b._vector(part) for b, part in zip(self.blocks, parts, strict=True)])

    def _transposed(self) -> Operator:
        return BlockDiagonal([b.T for b in self.blocks])

    def _conjugated(self) -> Operator:
        return BlockDiagonal([b.conj() for b in self.blocks])

    def _scaled(self, c: Any) -> Operator:
        return BlockDiagonal([b._scaled(c) for b in self.blocks])

    def _rectangular(self) -> int | None:
        return next((i for i, b in enumerate(self.blocks) if b.shape[0] != b.shape[1]), None)

    def _require_square_blocks(self, what: str) -> None:
        self._require_square(f"take {what} of")
        place = self._rectangular()
        if place is not None:
            raise NoRuleError(
                phrase(
                    "the blocks of {name} do not give {what}: block {place} is {shape}",
                    name=self.named,
                    what=said(what),
                    place=place + 1,
                    shape=shape_text(self.blocks[place].shape),
                ),
                fix="P.to_dense()",
            )

    def _check_invertible(self) -> None:
        place = self._rectangular()
        if place is not None:
            raise SingularOperatorError(
                phrase(
                    "{name} is singular: its block {place} is {shape}, not square",
                    name=self.named,
                    place=place + 1,
                    shape=shape_text(self.blocks[place].shape),
                ),
                fix=LEAST_SQUARES,
            )
        self._each(lambda b: b._check_invertible())

    def _solve(self, Y: Array) -> Array:
        self._check_invertible()
        parts = self._parts(Y, 0)
        return np.concatenate([b._solve(part) for b, part in zip(self.blocks, parts, strict=True)])

    def inverse(self) -> Operator:
        self._require_square("invert")
        self._check_invertible()
        return BlockDiagonal(self._each(lambda b: b.inverse()))

    def pinv(self) -> Operator:
        return BlockDiagonal(self._each(lambda b: b.pinv()))

    def slogdet(self) -> SignedLog:
        self._require_square("take the determinant of")
        if self._rectangular() is not None:
            return SignedLog(self.dtype.type(0), -np.inf)
        parts = self._each(lambda b: b.slogdet())
        sign = reduce(lambda a, b: a * b, (part.sign for part in parts))
        return SignedLog(sign, sum(part.logabsdet for part in parts) if sign else -np.inf)

    def diagonal(self) -> Array:
        if self._rectangular() is not None:
            raise self._no_rule("the diagonal")
        return np.concatenate(self._each(lambda b: b.diagonal()))

    def _power(self, k: int) -> Operator:
        return super()._power(k) if self._rectangular() is not None else self._made("power", k)

    def _made(self, name: str, *arguments: Any) -> Operator:
        return BlockDiagonal(self._each(lambda b: getattr(b, name)(*arguments)))

    def sqrt(self) -> Operator:
        self._require_square_blocks("a square root")
        return self._made("sqrt")

    def exp(self) -> Operator:
        self._require_square_blocks("an exponential")
        return self._made("exp")

    def cholesky(self) -> Operator:
        self._require_square_blocks("a Cholesky factor")
        return self._made("cholesky")

    def _joined(self, pairs: Sequence[Eigen]) -> Eigen:
        return Eigen(np.concatenate([p.values for p in pairs]), BlockDiagonal([p.vectors for p in pairs]))

    def eig(self) -> Eigen:
        self._require_square_blocks("eigenvectors")
        return self._joined(self._each(lambda b: b.eig()))

    def eigh(self) -> Eigen:
        self._require_square_blocks("eigenvectors")
        return self._joined(self._each(lambda b: b.eigh()))

    def svd(self) -> SingularValues:
        parts = self._each(lambda b: b.svd())
        return SingularValues(
            BlockDiagonal([p.U for p in parts]),
            np.concatenate([p.s for p in parts]),
            BlockDiagonal([p.Vh for p in parts]),
        )

    def singular_values(self) -> Array:
        found = np.concatenate(self._each(lambda b: b.singular_values()))
        zeros = min(self.shape) - len(found)
        return np.sort(np.concatenate([found, np.zeros(zeros, found.dtype)]))[::-1]

    def _norm(self, ord: Any) -> Any:
        parts = np.array(self._each(lambda b: b.norm(ord)))
        if ord == "fro":
            return np.linalg.norm(parts)
        return parts.sum() if ord == "nuc" else parts.max()

    def rank(self) -> int:
        return int(sum(self._each(lambda b: b.rank())))

    def _cond(self, p: Any) -> Any:
        try:
            return self.norm(p) * self.inverse().norm(p)
        except SingularOperatorError:
            return np.inf

    def to_dense(self) -> Array:
        made = np.zeros(self.shape, self.dtype)
        row = column = 0
        for block in self.blocks:
            m, n = block.shape
            made[row : row + m, column : column + n] = block.to_dense()
            row, column = row + m, column + n
        return made


def block_diagonal(*blocks: Any) -> BlockDiagonal:
    """Matrices or operators as the blocks of a diagonal.

    Examples
    --------
    >>> from matgrad.kronecker import block_diagonal
    >>> block_diagonal([[2.0]], [[0.0, 1.0], [1.0, 0.0]]).det()
    np.float64(-2.0)
    """
    if not blocks:
        raise ArgumentError(phrase("a block diagonal operator needs a block"), fix="block_diagonal(A, B)")
    return BlockDiagonal([operand(b, f"block {i}") for i, b in enumerate(blocks, 1)])


def _blockwise(a: Operator, b: Operator) -> list[Operator] | None:
    if not isinstance(a, BlockDiagonal) or not isinstance(b, BlockDiagonal):
        return None
    if [f.shape[1] for f in a.blocks] != [f.shape[0] for f in b.blocks]:
        return None
    return [BlockDiagonal([product([f, g]) for f, g in zip(a.blocks, b.blocks, strict=True)])]


PRODUCT_RULES.append(_blockwise)
