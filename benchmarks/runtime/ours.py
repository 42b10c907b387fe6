"""matgrad as a peer: the derivatives derived, then compiled; deriving and compiling are not timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

import matgrad as mg
from benchmarks.runtime.case import Array, Arrays, Case
from benchmarks.runtime.peers import WHOLE, Call, flat
from matgrad.compilation.backends.numpy.function import compile_expressions
from matgrad.compilation.ir.cost import flops
from matgrad.compilation.use.factors import Factors, FactorsFunction


def expressions(case: Case) -> list[Any]:
    """What one call computes: values, gradients, the Hessian."""
    read = [mg.interpret(text, case.given) for text in case.texts]
    if not case.wanted:
        return [one.expr for one in read]
    (f,), symbols = [one.expr for one in read], read[0].symbols
    found: list[Any] = []
    for wanted in case.wanted:
        if wanted == "value":
            found.append(f)
        elif wanted == "gradient":
            found += [mg.gradient(f, symbols[name], verify=False) for name in case.variables]
        else:
            found.append(mg.hessian(f, symbols[case.variables[0]], verify=False))
    return found


def compile_together(exprs: Sequence[Any], more: Sequence[Any] = ()) -> Any:
    """One function of all expressions."""
    return compile_expressions(list(exprs), more=more)


def compiled(case: Case) -> Any:
    """The compiled function of a case; it takes all arrays, also those that the result does not depend on."""
    symbols: dict[str, Any] = {}
    for text in case.texts:
        symbols |= mg.interpret(text, case.given).symbols
    exprs = expressions(case)
    if case.form == "factors":
        return FactorsFunction(*exprs, more=list(symbols.values()))
    return compile_together(exprs, list(symbols.values()))


def body(function: Any, arrays: Mapping[str, Any]) -> tuple[Callable[..., Any], list[Any]]:
    """The generated function itself with its arguments in order, without the checks of a call."""
    function(**arrays)
    return next(iter(function._planned.values())), [arrays[name] for name in function.signature.symbols]


def calls(case: Case, arrays: Arrays) -> list[Call]:
    """The one way of matgrad."""
    function = compiled(case)
    return [Call("compiled", partial(function, **arrays), in_order, partial(plan_flops, function))]


def in_order(results: Any) -> list[Array]:
    """Results are in the final order; factors are multiplied out, if that is possible at all."""
    if isinstance(results, Factors):
        return [results.toarray()] if results.shape[0] <= WHOLE else []
    return [np.asarray(array) for array in flat(results)]


def plan_flops(function: Any) -> float:
    """Additions and multiplications of the plan for the shapes of the latest call."""
    return float(sum(flops(value) for value in function._program.values))
