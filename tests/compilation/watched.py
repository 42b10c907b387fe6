"""Generated NumPy code run statement by statement, with an eye on every array that it writes to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from matgrad.compilation.backends.base.signature import Signature
from matgrad.compilation.backends.numpy import calls, entrywise, products, writer
from matgrad.compilation.backends.numpy.binding import bind
from matgrad.compilation.backends.numpy.source import numpy_source
from matgrad.compilation.backends.numpy.writer import Source
from matgrad.compilation.plan.planner import Options, Planner
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr


class WatchedError(AssertionError):
    """Code that reads what it has overwritten."""


@contextmanager
def written_as_if_large() -> Iterator[None]:
    """Small arrays get the code that large ones get: in place, by @, by BLAS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "REUSED", 1)
        patch.setattr(entrywise, "TURNED", 2)
        for module in (calls, products):
            patch.setattr(module, "SMALL", 0)
        patch.setattr(products, "LARGE", 0)
        patch.setattr(products, "TRIANGULAR", 2)
        patch.setattr(products, "THIN", 2)
        yield


def source_for(exprs: Sequence[Expr], arrays: Mapping[str, Any]) -> tuple[Source, list[Any]]:
    """The code of expressions for some arrays, and those that it takes, in order."""
    signature = Signature(exprs)
    binding = bind(signature, arrays)
    program = Planner(exprs, Options(structured=True), signature.symbols).program(binding.sizes)
    flat = [binding.flat and expr.columns is ONE for expr in exprs]
    numbers = [expr.is_scalar for expr in exprs]
    source = numpy_source(program, binding.arguments, flat, binding.dtype, numbers)
    return source, [np.asarray(arrays[name]) for name in signature.symbols]


def run_watched(source: Source, given: Sequence[Any]) -> Any:
    """What generated code returns.

    Every name stands for one value. Arguments and constants cannot be written to, and a name whose array
    was changed under another name must not be read again.

    Raises
    ------
    WatchedError
        Where a name is read after that.
    ValueError
        Where an argument or a constant is written to.
    """
    module = ast.parse(source.text)
    function = next(node for node in module.body if isinstance(node, ast.FunctionDef))
    head = ast.Module([node for node in module.body if node is not function], [])
    scope: dict[str, Any] = {}
    exec(compile(head, "<imports>", "exec"), scope)
    scope |= {name: _closed(scope[name]) for name in source.constants}
    parameters = [parameter.arg for parameter in function.args.args]
    frame = {name: _closed(array) for name, array in zip(parameters, given, strict=True)}
    frame |= {name: scope[name] for name in source.constants}
    stale: dict[str, str] = {}
    current = ""
    for statement in function.body:
        text = ast.unparse(statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in stale:
                raise WatchedError(f"{text!r} reads {node.id}, which was overwritten by {stale[node.id]!r}")
        if isinstance(statement, ast.Return):
            assert statement.value is not None
            return eval(compile(ast.Expression(statement.value), "<return>", "eval"), {**scope, **frame})
        before = {name: _contents(value) for name, value in frame.items()}
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            current = statement.targets[0].id
        space = {**scope, **frame}
        exec(compile(ast.Module([statement], []), "<line>", "exec"), space)
        frame |= {name: space[name] for name in {*frame, current} if name in space}
        for name, contents in before.items():
            if name != current and _contents(frame[name]) != contents:
                stale[name] = text
    raise AssertionError("the function returns nothing")


def _closed(array: Any) -> Any:
    """An array that cannot be written to."""
    array = np.asarray(array).view()
    array.flags.writeable = False
    return array if array.ndim else array[()]


def _contents(value: Any) -> Any:
    """What an array, or the arrays of a factorisation, hold."""
    if isinstance(value, tuple):
        return tuple(map(_contents, value))
    return np.asarray(value).tobytes()
