"""Python functions for arrays of any size, as text to be pasted.

A function for JAX, PyTorch or NumPy is written for given sizes. Here the sizes of its program carry
the names of dimensions, so that the text reads ``zeros((m, n))``, and its first lines take the
dimensions from the arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from matgrad.compilation.backends.base.names import PYTHON_WORDS, Names
from matgrad.compilation.backends.base.writer import Pasted
from matgrad.compilation.ir.primitive import Shape, Value
from matgrad.compilation.ir.program import Program
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.plan.symbolic import SymbolicProgram, symbolic_program
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol

if TYPE_CHECKING:
    from matgrad.compilation.backends.base.source import ArraySource


class NamedSize(int):
    """A size that is written as the dimension it is the size of."""

    name: str

    def __new__(cls, value: int, name: str) -> NamedSize:
        size = super().__new__(cls, value)
        size.name = name
        return size

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__

    def __format__(self, form: str) -> str:
        return format(self.name, form)


def python_text(exprs: Expr | Sequence[Expr], backend: str, name: str) -> str:
    """The source of a Python function that computes expressions of arrays of any size.

    Parameters
    ----------
    exprs : Expr or sequence of Expr
        What to compute.
    backend : str
        ``"numpy"``, ``"jax"`` or ``"torch"``.
    name : str
        What the function is called.

    Raises
    ------
    ArgumentError
        Where the code depends on the sizes, or the library is not installed.
    """
    wanted = [exprs] if isinstance(exprs, Expr) else list(exprs)
    symbolic = symbolic_program(wanted)
    words = _writer(backend).free_names() if backend != "numpy" else Names({*PYTHON_WORDS, "np"})
    title = words.claim_function(name)
    called = {label: words.claim(label) for label in (*symbolic.symbols, *symbolic.sizes)}
    numbers = {dim: called[label] for label, dim in symbolic.sizes.items()}
    names = {dim: numbers.get(dim) or words.claim(str(dim)) for dim in _dims(symbolic)}
    sizes = {name: _place(dim, symbolic.symbols, called) for dim, name in names.items()}
    for label, dim in symbolic.sizes.items():
        places = {d: _place(d, symbolic.symbols, called) for d in map(Dim.symbol, sorted(dim.symbols))}
        sizes[called[label]] = _formula(dim, places)
    program = _named(symbolic, names)
    pasted = Pasted(words, called, sizes)
    if backend != "numpy":
        return _writer(backend)(program, title, pasted).text()
    return _numpy_text(program, title, pasted)


def _writer(backend: str) -> type[ArraySource]:
    if backend == "jax":
        from matgrad.compilation.backends.jax.function import JaxSource

        return JaxSource
    from matgrad.compilation.backends.torch.function import TorchSource

    return TorchSource


def _numpy_text(program: Program, name: str, pasted: Pasted) -> str:
    from matgrad.compilation.backends.numpy.writer import Argument, Writer

    arguments = dict.fromkeys(program.inputs, Argument(1))
    flat = [value.columns == 1 for value in program.outputs]
    return Writer(program, arguments, flat, "float64", pasted=pasted, name=name).write().text


def _dims(symbolic: SymbolicProgram) -> list[Dim]:
    shapes = [dim for shape in symbolic.shapes.values() for dim in shape]
    params = [p for params in symbolic.params.values() for p in params if isinstance(p, Dim)]
    found = [Dim.symbol(name) for dim in [*shapes, *params] for name in sorted(dim.symbols)]
    return list(dict.fromkeys(found))


def _named(symbolic: SymbolicProgram, names: Mapping[Dim, str]) -> Program:
    """The program with sizes that carry the names of their dimensions."""
    made: dict[Value, Value] = {}

    def size(value: int, dim: Dim) -> int:
        return value if dim.is_integer else NamedSize(value, _formula(dim, names))

    for old in symbolic.program.values:
        shape: Shape = tuple(size(v, d) for v, d in zip(old.shape, symbolic.shapes[old], strict=True))  # type: ignore[assignment]
        args = tuple(made[arg] for arg in old.args)
        made[old] = replace(old, args=args, shape=shape, params=_params(old, symbolic.params[old], size))
    program = symbolic.program
    inputs = [name for name in (*symbolic.symbols, *symbolic.sizes) if name in program.inputs]
    return Program(
        [made[value] for value in program.values],
        [made[value] for value in program.outputs],
        {name: made.get(program.inputs[name], program.inputs[name]) for name in inputs},
        program.sizes,
    )


def _params(old: Value, named: tuple[Any, ...], size: Any) -> tuple[Any, ...]:
    if old.params and isinstance(old.params[0], Selection):
        sizes = tuple(size(v, d) for v, d in zip(old.params[0].sizes, named[1:], strict=True))
        return (replace(old.params[0], sizes=sizes), *old.params[1:])
    return tuple(size(v, d) if isinstance(d, Dim) else v for v, d in zip(old.params, named, strict=True))


def _formula(dim: Dim, names: Mapping[Dim, str]) -> str:
    text = str(dim)
    for known, name in names.items():
        text = re.sub(rf"(?<!\w){re.escape(str(known))}(?!\w)", name, text)
    text = text.replace("^", "**").replace("*", " * ").replace(" *  * ", "**")
    return f"({text})" if len(dim.terms) > 1 else text


def _place(dim: Dim, symbols: Mapping[str, Symbol], called: Mapping[str, str]) -> str:
    for label, symbol in symbols.items():
        for axis, size in enumerate(symbol.shape):
            if size is dim:
                # Rows and columns have one axis when the sizes are read.
                return f"{called[label]}.shape[{0 if symbol.is_row else axis}]"
    raise ArgumentError(f"no argument has {dim} rows or columns", fix=f"declare a number in place of {dim}")
