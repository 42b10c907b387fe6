"""NumPy, as the others see it."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.backends import numpy
from matgrad.compilation.backends.base.backend import Backend, Request
from matgrad.compilation.backends.base.python import Pasted
from matgrad.compilation.backends.numpy.source import numpy_source
from matgrad.compilation.backends.numpy.table import NUMPY
from matgrad.compilation.backends.numpy.writer import Argument
from matgrad.compilation.plan.open_sizes import open_program
from matgrad.core.expr import Expr


def _compile(asked: Request) -> numpy.CompiledFunction:
    return numpy.compile_expressions(
        asked.exprs, more=asked.more, check=asked.check, axes=asked.axes, functions=asked.functions
    )


def _paste(exprs: Sequence[Expr], name: str, results: Sequence[str] | None) -> str:
    program, symbols = open_program(exprs)
    arguments = dict.fromkeys(program.inputs, Argument(1))
    flat = [value.columns == 1 for value in program.outputs]
    return numpy_source(program, arguments, flat, "float64", pasted=Pasted(symbols), name=name).text


BACKEND = Backend("numpy", NUMPY, _compile, _paste)
