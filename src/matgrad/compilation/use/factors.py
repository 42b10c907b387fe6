"""Jacobians and Hessians as operators made of their Kronecker and diagonal factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from matgrad.compilation.backends.base.declared_arrays import Guard
from matgrad.compilation.backends.base.names import as_named
from matgrad.compilation.backends.base.signature import Signature
from matgrad.compilation.backends.numpy.argument_layouts import KEPT, finder
from matgrad.compilation.backends.numpy.binding import Binding, bind
from matgrad.compilation.backends.numpy.function import CompiledFunction
from matgrad.compilation.plan.planner import Options
from matgrad.compilation.plan.report import Plan
from matgrad.compilation.use.operator import OperatorFunction
from matgrad.compilation.use.structure import Structure
from matgrad.core.expr import Expr, Symbol

Array = Any


class FactorsFunction:
    """A function of arrays whose result is one matrix as an operator made of its factors.

    Parameters
    ----------
    matrix : Expr
        The matrix: a Jacobian or Hessian on vec.
    more : sequence of Symbol
        Arguments even where the expression does not hold them.
    check : bool
        Whether to hold the arrays to what is declared of their variables.
    applied : bool
        Whether what has no structure is applied by code rather than computed.
    """

    def __init__(
        self, matrix: Expr, *, more: Sequence[Symbol] = (), check: bool = True, applied: bool = False
    ) -> None:
        self._made_of = (matrix, tuple(more), check, applied)
        self.matrix, self.check = matrix, check
        self.signature = Signature([matrix], more)
        self._planned: dict[Any, Callable[..., Any]] = {}
        self._runs: dict[Any, Callable[..., Any]] = {}
        self._guard = Guard(self.signature.symbols)
        self._find = finder(self.signature.symbols, self.signature.free)
        self._computing: CompiledFunction | None = None

    def __call__(self, /, *unnamed: Any, **arrays: Any) -> Any:
        """The operator at the given arrays.

        Raises
        ------
        EvaluationError
            When an array is missing or unknown, does not conform, or contradicts what is declared of
            its variable.
        MatrixError
            When a matrix is singular.
        """
        if unnamed:
            self.signature.refuse_unnamed()
        try:
            given, key = self._find(arrays)
            run = self._runs[key]
        except (KeyError, TypeError):
            return self._first_call(arrays)
        if len(arrays) != len(self.signature.names):
            return self._first_call(arrays)
        if self.check:
            self._guard(given)
        return run(*given)

    def _first_call(self, arrays: dict[str, Any]) -> Any:
        arrays = as_named(arrays, self.signature.names)
        binding = bind(self.signature, arrays)
        read = tuple(binding.arrays[name] for name in self.signature.symbols)
        if self.check:
            self._guard(read)
        key = (tuple(binding.sizes.items()), binding.dtype)
        run = self._planned.get(key)
        if run is None:
            run = self._planned[key] = self._plan(binding)
        given, key = self._find(arrays)
        # What is read as it is given, and can be told by its layout, need not be read again.
        if all(a is b and type(a) is np.ndarray for a, b in zip(given, read, strict=True)):
            if len(self._runs) >= KEPT:
                self._runs.clear()
            self._runs[key] = run
        return run(*read)

    def _plan(self, binding: Binding) -> Callable[..., Any]:
        matrix, more, _, applied = self._made_of
        structure = Structure(matrix, binding.sizes, applied=applied)
        symbols = tuple(self.signature.symbols.values())
        names, sizes, dtype = tuple(self.signature.symbols), dict(binding.sizes), np.dtype(binding.dtype)
        compute: CompiledFunction | None = None
        if structure.computed:
            options = Options(structured=True)
            compute = CompiledFunction(
                structure.computed, single=False, more=symbols, options=options, check=False
            )
            self._computing = compute
        coded = [OperatorFunction.of_matrix(part, (*symbols, *more), check=False) for part in structure.coded]

        asked = {} if compute is None else _asked(compute.signature, sizes)
        applied_by = [(code, _asked(code.signature, sizes)) for code in coded]

        def run(*given: Any) -> Any:
            arrays = dict(zip(names, given, strict=True))
            results = () if compute is None else compute(**arrays, **asked)
            own = [_own(result, dtype) for result in results]
            return structure.made(own, [code(**arrays, **more) for code, more in applied_by])

        return run

    @property
    def source(self) -> str:
        """The Python source that computes the factors, for the shapes of the latest plan."""
        return self._computing.source if self._computing is not None else ""

    @property
    def plan(self) -> Plan:
        """What the latest plan computes, with its cost."""
        if self._computing is None:
            return CompiledFunction([self.matrix], single=True).plan
        return self._computing.plan

    @property
    def _program(self) -> Any:
        return self._computing._program if self._computing is not None else None

    def __getstate__(self) -> dict[str, Any]:
        # Plans and code are made again where the function is called next.
        return {"made_of": self._made_of}

    def __setstate__(self, state: dict[str, Any]) -> None:
        matrix, more, check, applied = state["made_of"]
        FactorsFunction.__init__(self, matrix, more=more, check=check, applied=applied)

    def __repr__(self) -> str:
        return f"<compiled factors of a matrix of {', '.join(self.signature.names) or 'nothing'}>"


def _asked(signature: Signature, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes that no array shows to a function, which it is asked for by name."""
    return {name: sizes[name] for name in signature.free if name in sizes}


def _own(result: Array, dtype: Any) -> Array:
    """A result, which shares no memory with the caller's arrays, closed: the operator lives on."""
    array = np.asarray(result, dtype)
    if array.base is None:
        array.flags.writeable = False
    return array
