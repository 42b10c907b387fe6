"""Jacobians and Hessians as their Kronecker and diagonal factors, without the matrix they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.numpy.binding import Binding
from matgrad.compilation.backends.numpy.function import CompiledFunction
from matgrad.compilation.backends.numpy.linear_algebra import kron_combination
from matgrad.compilation.backends.numpy.source import numpy_source
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import DIAG, EYE, KRON, KRON_COMBINATION, SUM
from matgrad.compilation.ir.program import Program, live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.plan.planner import Options
from matgrad.compilation.use.linear_operator import compiled_operator
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import cached_property

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

Array = Any


@dataclass(frozen=True)
class Identity:
    """The identity matrix of some order, as a factor that is never formed."""

    order: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self.order, self.order)


@dataclass(frozen=True)
class Kronecker:
    """A ⊗ B, or (A ⊗ B) K with the commutation matrix K.

    Attributes
    ----------
    left, right : ndarray or Identity
        A and B, with two axes.
    commuted : bool
        Whether K follows: K vec(X) = vec(Xᵀ).
    """

    left: Array | Identity
    right: Array | Identity
    commuted: bool = False

    def apply(self, v: Array) -> Array:
        """The product with a flat array: vec(B X Aᵀ), with Xᵀ for X where K follows."""
        p, q = self.left.shape[1], self.right.shape[1]
        # Rows of x are the columns of X.
        x = v.reshape(q, p).T if self.commuted else v.reshape(p, q)
        if not isinstance(self.right, Identity):
            x = x @ self.right.T
        if not isinstance(self.left, Identity):
            x = self.left @ x
        return x.reshape(-1)

    def apply_transposed(self, v: Array) -> Array:
        """The product of the transpose with a flat array."""
        x = v.reshape(self.left.shape[0], self.right.shape[0])
        if not isinstance(self.right, Identity):
            x = x @ self.right
        if not isinstance(self.left, Identity):
            x = self.left.T @ x
        return (x.T if self.commuted else x).reshape(-1)


@dataclass(frozen=True)
class Diagonal:
    """A diagonal matrix; ``entries`` is a flat array."""

    entries: Array

    def apply(self, v: Array) -> Array:
        """The product with a flat array."""
        return self.entries * v

    apply_transposed = apply


@dataclass(frozen=True)
class Dense:
    """A matrix without structure."""

    matrix: Array

    def apply(self, v: Array) -> Array:
        """The product with a flat array."""
        return self.matrix @ v

    def apply_transposed(self, v: Array) -> Array:
        """The product of the transpose with a flat array."""
        return self.matrix.T @ v


Term = Kronecker | Diagonal | Dense


@dataclass(frozen=True)
class Factors:
    """A matrix as the sum of its terms.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns of the matrix that it stands for.
    terms : tuple of Kronecker, Diagonal or Dense
        What to add; numbers in front are in the factors.
    dtype : dtype
        The type of its entries.
    """

    shape: tuple[int, int]
    terms: tuple[Term, ...]
    dtype: Any

    def __matmul__(self, v: Array) -> Array:
        """The product with a flat array, or with the columns of an array."""
        v = np.asarray(v)
        if v.ndim == 2:
            return np.stack([self @ column for column in v.T], axis=1)
        total = np.zeros(self.shape[0], np.result_type(self.dtype, v))
        for term in self.terms:
            total += term.apply(v)
        return total

    def rmatvec(self, v: Array) -> Array:
        """The product of the transpose with a flat array."""
        total = np.zeros(self.shape[1], np.result_type(self.dtype, v))
        for term in self.terms:
            total += term.apply_transposed(np.asarray(v))
        return total

    def toarray(self) -> Array:
        """The matrix itself."""
        total = np.zeros(self.shape, self.dtype)
        for term in self.terms:
            if isinstance(term, Diagonal):
                np.einsum("ii->i", total)[:] += term.entries
            elif isinstance(term, Dense):
                total += term.matrix
            else:
                total += _formed(term, self.dtype)
        return total

    def operator(self) -> LinearOperator:
        """The matrix as a SciPy linear operator."""
        return compiled_operator(
            self.shape,
            self.dtype,
            lambda v: self @ np.ravel(v),
            lambda v: self.rmatvec(np.ravel(v)),
            (Factors.operator, self),
        )


def _is_structured(value: Value) -> bool:
    return value.op in (KRON, KRON_COMBINATION, DIAG, EYE)


def _formed(term: Kronecker, dtype: Any) -> Array:
    (m, n), (p, q) = term.left.shape, term.right.shape
    shape = (m, p, q, n) if term.commuted else (m, p, n, q)
    if isinstance(term.left, Identity) and isinstance(term.right, Identity):
        return kron_combination(shape, [(1.0, None, np.eye(p, dtype=dtype), term.commuted)], dtype)
    a, b = (None if isinstance(x, Identity) else x for x in (term.left, term.right))
    return kron_combination(shape, [(1.0, a, b, term.commuted)], dtype)


class FactorsFunction(CompiledFunction):
    """A compiled function whose result is the :class:`Factors` of one matrix.

    Parameters
    ----------
    expr : Expr
        The matrix: a Jacobian or Hessian on vec.
    more : sequence of Symbol
        Arguments even where the expression does not hold them.
    options : Options
        How to plan.
    check : bool
        Whether to hold the arrays to what is declared of their variables.
    """

    def __init__(
        self, expr: Expr, *, more: Sequence[Symbol] = (), options: Options | None = None, check: bool = True
    ) -> None:
        super().__init__([expr], single=True, more=more, options=options, check=check)

    def __repr__(self) -> str:
        return f"<compiled factors of a matrix of {', '.join(self.signature.names) or 'nothing'}>"

    def __setstate__(self, state: dict[str, Any]) -> None:
        (expr,) = state.pop("exprs")
        # Of a matrix there is one, which was not traced and calls no functions that are only names.
        del state["single"], state["axes"], state["functions"]
        FactorsFunction.__init__(self, expr, **state)

    def _plan(self, binding: Binding) -> tuple[Any, Program]:
        whole = self._planner.program(binding.sizes)
        made = Decomposition(whole, binding.sizes)
        program = made.program
        source = numpy_source(program, binding.arguments, [False] * len(program.outputs), binding.dtype)
        self._program, self._source = program, source.text
        compute = load(source.text, "compute")
        single = len(program.outputs) == 1
        dtype = np.dtype(binding.dtype)

        def run(*given: Any) -> Factors:
            results = compute(*given)
            return made.assembled((results,) if single else results, dtype)

        return run, program


class Decomposition:
    """The terms of the one output of a program, as a program that computes their factors.

    Parameters
    ----------
    whole : Program
        Computes the matrix.
    sizes : mapping of str to int
        The sizes that it was planned for.
    """

    def __init__(self, whole: Program, sizes: Mapping[str, int]) -> None:
        self.builder = Recorder(sizes)
        self.builder.resume(whole.values)
        self.shape = whole.outputs[0].shape
        self.outputs: list[Value] = []
        self.terms: list[tuple[str, tuple[int | Identity, ...], bool]] = []
        self._decompose(whole.outputs[0])
        self.program = Program(live_values(self.outputs), self.outputs, whole.inputs, dict(sizes))

    def _decompose(self, matrix: Value) -> None:
        front, matrix = self.builder.split(matrix)
        if matrix.op is KRON_COMBINATION:
            for i, (c, commuted) in enumerate(matrix.params):
                a, b = matrix.args[2 * i : 2 * i + 2]
                self._kronecker(front * c, a, b, commuted)
        elif matrix.op is SUM and any(_is_structured(term) for term in matrix.args):
            terms = list(zip(matrix.params, matrix.args, strict=True))
            for c, term in terms:
                if _is_structured(term):
                    self._decompose(self.builder.scale(front * c, term))
            rest = [(front * c, term) for c, term in terms if not _is_structured(term)]
            if rest:
                self._decompose(self.builder.sum(rest, matrix.shape))
        elif matrix.op is KRON:
            self._kronecker(front, matrix.args[0], matrix.args[1], False)
        elif matrix.op is EYE:
            self._kronecker(front, matrix, self.builder.number(1), False)
        elif matrix.op is DIAG:
            self._add("diagonal", (self._output(self.builder.scale(front, matrix.args[0])),), False)
        else:
            self._add("dense", (self._output(self.builder.scale(front, matrix)),), False)

    def _kronecker(self, front: Scalar, a: Value, b: Value, commuted: bool) -> None:
        """Put the number in front to the smaller factor that is no identity."""
        if a.op is b.op is EYE and front != 1:
            a, b = self.builder.eye(a.rows * b.rows), self.builder.number(1)
        pair = [a, b]
        place = min(
            (i for i in range(2) if pair[i].op is not EYE),
            key=lambda i: pair[i].rows * pair[i].columns,
            default=0,
        )
        if front != 1:
            pair[place] = self.builder.scale(front, pair[place])
        parts = tuple(Identity(x.rows) if x.op is EYE else self._output(x) for x in pair)
        self._add("kronecker", parts, commuted)

    def _output(self, value: Value) -> int:
        self.outputs.append(value)
        return len(self.outputs) - 1

    def _add(self, kind: str, parts: tuple[int | Identity, ...], commuted: bool) -> None:
        self.terms.append((kind, parts, commuted))

    @cached_property
    def _numbers(self) -> list[int]:
        """The places of outputs that the code returns as numbers."""
        return [place for place, value in enumerate(self.outputs) if value.kind == "scalar"]

    def assembled(self, results: Sequence[Array], dtype: Any) -> Factors:
        """The factors from what the program computes."""
        if self._numbers:
            results = list(results)
            for place in self._numbers:
                results[place] = np.full((1, 1), results[place], dtype)
        terms: list[Term] = []
        for kind, parts, commuted in self.terms:
            arrays: list[Any] = [part if isinstance(part, Identity) else results[part] for part in parts]
            if kind == "kronecker":
                terms.append(Kronecker(arrays[0], arrays[1], commuted))
            elif kind == "diagonal":
                terms.append(Diagonal(np.ravel(arrays[0])))
            else:
                terms.append(Dense(arrays[0]))
        return Factors(self.shape, tuple(terms), dtype)
