"""Compiled functions: planned once for every set of shapes, dispatched in a few microseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from matgrad.compile.binding import Binding, Signature
from matgrad.compile.loading import load
from matgrad.compile.numpy_source import Source, Writer
from matgrad.compile.planner import Options, plan
from matgrad.compile.program import Program
from matgrad.core.dims import ONE
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr

_KEPT = 512
"""How many combinations of shapes and strides are remembered."""


class CompiledFunction:
    """A function of arrays that computes expressions; made by :func:`matgrad.compile`.

    Call it with the arrays as keyword arguments. The first call with arrays of new shapes plans
    and writes the code for them, later ones only run it.

    Parameters
    ----------
    exprs : sequence of Expr
        What to compute.
    single : bool
        Whether to return the one result itself rather than a tuple.
    """

    def __init__(self, exprs: Sequence[Expr], *, single: bool) -> None:
        self.exprs = tuple(exprs)
        self.single = single
        self.signature = Signature(self.exprs)
        self._names = self.signature.names
        self._runs: dict[Any, Callable[..., Any]] = {}
        self._planned: dict[Any, Callable[..., Any]] = {}
        self._source: Source | None = None
        self._program: Program | None = None

    def __call__(self, **arrays: Any) -> Any:
        try:
            given = [arrays[name] for name in self._names]
            run = self._runs[tuple([(a.shape, a.strides, a.dtype) for a in given])]
        except (KeyError, AttributeError):
            return self._first_call(arrays)
        if len(arrays) != len(given):
            self.signature.check_names(arrays)
        return run(*given)

    def _first_call(self, arrays: dict[str, Any]) -> Any:
        binding = self.signature.bind(arrays)
        key = (tuple(binding.sizes.items()), tuple(binding.arguments.items()), binding.dtype, binding.flat)
        run = self._planned.get(key)
        if run is None:
            run = self._planned[key] = self._plan(binding)
        given = [np.asarray(arrays[name]) for name in self.signature.symbols]
        if not self.signature.free and all(type(a) is np.ndarray for a in arrays.values()):
            if len(self._runs) >= _KEPT:
                self._runs.clear()
            self._runs[tuple([(a.shape, a.strides, a.dtype) for a in given])] = run
        return run(*given)

    def _plan(self, binding: Binding) -> Callable[..., Any]:
        program = plan(self.exprs, binding.sizes, Options(structured=True))
        for name, symbol in self.signature.symbols.items():
            if name not in program.inputs:
                raise EvaluationError(f"{symbol.label} is not used")
        program.inputs = {name: program.inputs[name] for name in self.signature.symbols}
        flat = [binding.flat and expr.columns is ONE for expr in self.exprs]
        self._source = Writer(program, binding.arguments, flat, binding.dtype).write()
        self._program = program
        run = load(self._source.text, "compute", self._source.constants)
        if self.single or len(self.exprs) > 1:
            return run
        return lambda *given: (run(*given),)

    @property
    def source(self) -> str:
        """The Python source for the arrays of the last new shapes."""
        if self._source is None:
            raise EvaluationError("the source is written for given shapes: call the function first")
        return self._source.text

    def __repr__(self) -> str:
        return f"<compiled function of {', '.join(self._names)}>"
