"""Operators made of operators: multiples, inverses, sums and products, and those of SciPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.kronecker.operator import (
    WEAK,
    WORDS,
    Eigen,
    Operator,
    SignedLog,
    SingularValues,
    in_brackets,
    kind_of,
)
from matgrad.kronecker.reading import KINDS
from matgrad.kronecker.refusals import SingularOperatorError, naming, shape_text

Array = Any

SUM_RULES: list[Callable[[Operator, Operator], Operator | None]] = []
"""What two terms of a sum make together; tried in both orders."""

PRODUCT_RULES: list[Callable[[Operator, Operator], Sequence[Operator] | None]] = []
"""What two neighbours in a product make together, as the parts that stand in their place."""

SOLUTIONS: list[Callable[[Sum], Operator | None]] = []
"""What a sum is for solving: an equal operator whose structure gives a solution and a determinant."""


class Foreign(Operator):
    """An operator of SciPy's, of which only products are known."""

    def __init__(self, operator: Any) -> None:
        self.operator = operator
        kind = np.dtype(operator.dtype or np.float64)
        super().__init__(operator.shape, kind if kind.char in KINDS else np.float64)

    def _apply(self, X: Array) -> Array:
        return self.operator.matmat(X)

    def _transposed(self) -> Operator:
        return Foreign(self.operator.T)

    def _conjugated(self) -> Operator:
        return Foreign(self.operator.T.H)


class Scaled(Operator):
    """A number times an operator."""

    def __init__(self, c: Any, operand: Operator) -> None:
        if isinstance(operand, Scaled):
            c, operand = c * operand.c, operand.operand
        self.c: Any = c
        self.operand: Operator = operand
        kind = operand.kind
        if kind != WEAK:
            kind = np.result_type(kind, c)
        elif not isinstance(c, (int, np.integer)):
            # A number of Python's takes part in any precision: half a permutation is single where that is.
            wide = isinstance(c, complex) or np.asarray(c).dtype.kind == "c"
            kind = (
                np.dtype(np.complex64 if wide else np.float32)
                if type(c) in (float, complex)
                else np.asarray(c).dtype
            )
        super().__init__(operand.shape, kind)

    @cached_property
    def label(self) -> str:
        return f"{self.c:g} {in_brackets(self.operand.label)}"

    def _apply(self, X: Array) -> Array:
        return self.c * self.operand._apply(X)

    def _transposed(self) -> Operator:
        return Scaled(self.c, self.operand.T)

    def _conjugated(self) -> Operator:
        return Scaled(np.conj(self.c), self.operand.conj())

    def _scaled(self, c: Any) -> Operator:
        c = c * self.c
        return self.operand if c == 1 else self.operand._scaled(c)

    def _check_invertible(self) -> None:
        if self.c == 0:
            raise SingularOperatorError(
                phrase("{name} is singular: it is 0 times an operator", name=self.named)
            )
        self.operand._check_invertible()

    def _solve(self, Y: Array) -> Array:
        self._check_invertible()
        return self.operand._solve(Y) / self.c

    def inverse(self) -> Operator:
        self._check_invertible()
        return self.operand.inverse().times(1 / self.c)

    def pinv(self) -> Operator:
        return Scaled(0, self.operand.H) if self.c == 0 else self.operand.pinv().times(1 / self.c)

    def slogdet(self) -> SignedLog:
        self._require_square("take the determinant of")
        sign, logarithm = self.operand.slogdet()
        if self.c == 0:
            return SignedLog(self.dtype.type(0), -np.inf)
        n = self.shape[0]
        phase = self.c / abs(self.c)
        return SignedLog(sign * phase**n, logarithm + n * math.log(abs(self.c)))

    def trace(self) -> Any:
        return self.c * self.operand.trace()

    def diagonal(self) -> Array:
        return self.c * self.operand.diagonal()

    def _power(self, k: int) -> Operator:
        return self.operand.power(k).times(self.c**k)

    def sqrt(self) -> Operator:
        if np.imag(self.c) or np.real(self.c) < 0:
            raise self._no_rule("a square root")
        return self.operand.sqrt().times(math.sqrt(np.real(self.c)))

    def cholesky(self) -> Operator:
        if np.imag(self.c) or np.real(self.c) <= 0:
            raise DomainError(
                phrase("{name} has no Cholesky factor: {c} is not positive", name=self.named, c=f"{self.c:g}")
            )
        return self.operand.cholesky().times(math.sqrt(np.real(self.c)))

    def eig(self) -> Eigen:
        values, vectors = self.operand.eig()
        return Eigen(self.c * values, vectors)

    def eigh(self) -> Eigen:
        if np.imag(self.c):
            raise DomainError(
                phrase("{name} is not Hermitian: {c} is not real", name=self.named, c=f"{self.c:g}")
            )
        values, vectors = self.operand.eigh()
        return Eigen(np.real(self.c) * values, vectors)

    def svd(self) -> SingularValues:
        u, s, vh = self.operand.svd()
        phase = self.c / abs(self.c) if self.c else 1.0
        return SingularValues(u.times(phase), abs(self.c) * s, vh)

    def _norm(self, ord: Any) -> Any:
        return abs(self.c) * self.operand.norm(ord)

    def rank(self) -> int:
        return self.operand.rank() if self.c else 0

    def _cond(self, p: Any) -> Any:
        return self.operand.cond(p) if self.c else np.inf

    def to_dense(self) -> Array:
        return self.c * self.operand.to_dense()


class Inverse(Operator):
    """The inverse of an operator, applied by solving."""

    def __init__(self, operand: Operator) -> None:
        self.operand = operand
        super().__init__(operand.shape, operand.kind)

    @cached_property
    def label(self) -> str:
        return str(self.named)

    @cached_property
    def named(self) -> str | Phrase:
        return phrase("the inverse of {name}", name=self.operand.named)

    def _apply(self, X: Array) -> Array:
        return self.operand._solve(X)

    def _transposed(self) -> Operator:
        return Inverse(self.operand.T)

    def _conjugated(self) -> Operator:
        return Inverse(self.operand.conj())

    def _solve(self, Y: Array) -> Array:
        return self.operand._apply(Y)

    def inverse(self) -> Operator:
        return self.operand

    def pinv(self) -> Operator:
        return self.operand

    def slogdet(self) -> SignedLog:
        sign, logarithm = self.operand.slogdet()
        return SignedLog(np.conj(sign), -logarithm)

    def _power(self, k: int) -> Operator:
        return self if k == 1 else self.operand.power(k).inverse()

    def sqrt(self) -> Operator:
        return self.operand.sqrt().inverse()

    def eig(self) -> Eigen:
        values, vectors = self.operand.eig()
        return Eigen(1 / values, vectors)

    def eigh(self) -> Eigen:
        values, vectors = self.operand.eigh()
        return Eigen(1 / values, vectors)

    def singular_values(self) -> Array:
        return 1 / self.operand.singular_values()[::-1]

    def _cond(self, p: Any) -> Any:
        return self.operand.cond(p)


class Sum(Operator):
    """A sum of operators of one shape."""

    def __init__(self, terms: Sequence[Operator]) -> None:
        self._terms = tuple(terms)
        super().__init__(terms[0].shape, kind_of(terms))

    @property
    def terms(self) -> tuple[Operator, ...]:
        return self._terms

    @cached_property
    def label(self) -> str:
        return " + ".join(term.label for term in self.terms)

    def _apply(self, X: Array) -> Array:
        result = self.terms[0]._apply(X)
        for term in self.terms[1:]:
            result = result + term._apply(X)
        return result

    def _vector(self, x: Array) -> Array:
        result = self.terms[0]._vector(x)
        for term in self.terms[1:]:
            result = result + term._vector(x)
        return result

    def _transposed(self) -> Operator:
        return total([term.T for term in self.terms])

    def _conjugated(self) -> Operator:
        return total([term.conj() for term in self.terms])

    def _scaled(self, c: Any) -> Operator:
        return Sum([term._scaled(c) for term in self.terms])

    def trace(self) -> Any:
        self._require_square("take the trace of")
        return sum(term.trace() for term in self.terms)

    def diagonal(self) -> Array:
        return reduce(np.add, (term.diagonal() for term in self.terms))

    def to_dense(self) -> Array:
        return reduce(np.add, (term.to_dense() for term in self.terms))

    @cached_property
    def _solvable(self) -> Operator | None:
        return next((made for rule in SOLUTIONS if (made := rule(self)) is not None), None)

    def _check_invertible(self) -> None:
        if self._solvable is None:
            raise self._no_rule("solutions")
        self._solvable._check_invertible()

    def _solve(self, Y: Array) -> Array:
        if self._solvable is None:
            raise self._no_rule("solutions")
        return self._solvable._solve(Y)

    def slogdet(self) -> SignedLog:
        self._require_square("take the determinant of")
        if self._solvable is None:
            raise self._no_rule("the determinant")
        return self._solvable.slogdet()

    def _norm(self, ord: Any) -> Any:
        if ord == "fro":
            for rule in FROBENIUS:
                value = rule(self.terms)
                if value is not None:
                    return value
        raise self._no_rule(f"the {WORDS[ord]}")


FROBENIUS: list[Callable[[Sequence[Operator]], Any]] = []
"""What the Frobenius norm of a sum is, where its terms say."""


class Product(Operator):
    """A product of operators."""

    def __init__(self, parts: Sequence[Operator]) -> None:
        self.parts = tuple(parts)
        super().__init__((parts[0].shape[0], parts[-1].shape[1]), kind_of(parts))

    @cached_property
    def label(self) -> str:
        return " · ".join(in_brackets(part.label) for part in self.parts)

    def _apply(self, X: Array) -> Array:
        for part in reversed(self.parts):
            X = part._apply(X)
        return X

    def _vector(self, x: Array) -> Array:
        for part in reversed(self.parts):
            x = part._vector(x)
        return x

    def _transposed(self) -> Operator:
        return product([part.T for part in reversed(self.parts)])

    def _conjugated(self) -> Operator:
        return product([part.conj() for part in self.parts])

    def _scaled(self, c: Any) -> Operator:
        return product([self.parts[0]._scaled(c), *self.parts[1:]])

    @cached_property
    def _solvable(self) -> Operator | None:
        return next((made for rule in PRODUCT_SOLUTIONS if (made := rule(self)) is not None), None)

    @property
    def _are_square(self) -> bool:
        return all(part.shape[0] == part.shape[1] for part in self.parts)

    def _check_invertible(self) -> None:
        if self._are_square:
            for part in self.parts:
                with naming(f"in {self.label}"):
                    part._check_invertible()
            return
        inner = min(part.shape[1] for part in self.parts[:-1])
        if inner < self.shape[0]:
            raise SingularOperatorError(
                phrase(
                    "{name} is singular: its rank is at most {inner}, its order {shape}",
                    name=self.named,
                    inner=inner,
                    shape=self.shape[0],
                ),
                fix=phrase("a solution of least squares: P.pinv() @ y"),
            )
        if self._solvable is None:
            raise self._no_rule("solutions")
        self._solvable._check_invertible()

    def _solve(self, Y: Array) -> Array:
        self._check_invertible()
        if not self._are_square:
            assert self._solvable is not None
            return self._solvable._solve(Y)
        for part in self.parts:
            Y = part._solve(Y)
        return Y

    def inverse(self) -> Operator:
        self._require_square("invert")
        self._check_invertible()
        if self._are_square:
            return product([part.inverse() for part in reversed(self.parts)])
        return Inverse(self)

    def slogdet(self) -> SignedLog:
        self._require_square("take the determinant of")
        if not self._are_square:
            if min(part.shape[1] for part in self.parts[:-1]) < self.shape[0]:
                return SignedLog(self.dtype.type(0), -np.inf)
            if self._solvable is None:
                raise self._no_rule("the determinant")
            return self._solvable.slogdet()
        sign, logarithm = self.dtype.type(1), 0.0
        for part in self.parts:
            s, value = part.slogdet()
            sign, logarithm = sign * s, logarithm + value
        return SignedLog(sign, logarithm if sign else -np.inf)


PRODUCT_SOLUTIONS: list[Callable[[Product], Operator | None]] = []
"""What a product of rectangular parts is for solving: an equal operator with a solution."""


def total(terms: Sequence[Operator]) -> Operator:
    """The sum of operators: what terms make together is put together.

    Raises
    ------
    ShapeError
        Where the shapes differ.
    """
    flat: list[Operator] = []
    for term in terms:
        for part in term.terms if isinstance(term, Sum) else (term,):
            if flat and part.shape != flat[0].shape:
                raise ShapeError(
                    phrase(
                        "cannot add {flat} ({shape}) and {part} ({shape_shape}): the shapes differ",
                        flat=flat[0].label,
                        shape=shape_text(flat[0].shape),
                        part=part.label,
                        shape_shape=shape_text(part.shape),
                    )
                )
            _put(flat, part)
    return flat[0] if len(flat) == 1 else Sum(flat)


def _put(flat: list[Operator], term: Operator) -> None:
    for place, other in enumerate(flat):
        for rule in SUM_RULES:
            made = rule(other, term)
            if made is not None:
                del flat[place]
                for part in made.terms if isinstance(made, Sum) else (made,):
                    _put(flat, part)
                return
    flat.append(term)


def product(parts: Sequence[Operator]) -> Operator:
    """The product of operators: what neighbours make together is put together.

    Raises
    ------
    ShapeError
        Where the columns of one are not as many as the rows of the next.
    """
    flat: list[Operator] = []
    for operator in parts:
        for part in operator.parts if isinstance(operator, Product) else (operator,):
            if flat and flat[-1].shape[1] != part.shape[0]:
                raise ShapeError(
                    phrase(
                        "cannot multiply {flat} ({shape}) by {part} ({shape_shape}): "
                        "{second_shape} columns meet {first_shape} rows",
                        flat=flat[-1].label,
                        shape=shape_text(flat[-1].shape),
                        part=part.label,
                        shape_shape=shape_text(part.shape),
                        second_shape=flat[-1].shape[1],
                        first_shape=part.shape[0],
                    )
                )
            _follow(flat, part)
    return flat[0] if len(flat) == 1 else Product(flat)


def _follow(flat: list[Operator], part: Operator) -> None:
    if flat:
        if isinstance(part, Scaled):
            c = part.c
            _follow(flat, part.operand)
            flat[0] = flat[0]._scaled(c)
            return
        for rule in PRODUCT_RULES:
            made = rule(flat[-1], part)
            if made is not None:
                flat.pop()
                for new in made:
                    _follow(flat, new)
                return
    flat.append(part)


def as_operator(value: Any) -> Operator:
    """An operator as it is, one of SciPy's as a part of ours.

    Raises
    ------
    ArgumentError
        For an array, which might be meant as a matrix or as something to apply to.
    """
    if isinstance(value, Operator):
        return value
    if isinstance(value, LinearOperator):
        return Foreign(value)
    raise ArgumentError(
        phrase("operators are added to operators, not to {name}", name=type(value).__name__),
        fix=phrase("dense(A) makes one of a matrix"),
    )
