"""matgrad as a peer: the derivatives derived, then compiled; deriving and compiling are not timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

import matgrad as mg
from benchmarks.runtime.case import Array, Arrays, Case
from benchmarks.runtime.peers import Call, NotRunError, flat
from matgrad.compile import compile_expressions
from matgrad.compile.cost import flops


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


def compile_together(exprs: Sequence[Any]) -> Any:
    """One function of all expressions."""
    return compile_expressions(list(exprs))


def compiled(case: Case) -> Any:
    """The compiled function of a case."""
    if case.form != "dense":
        raise NotRunError("no factors yet")
    return compile_together(expressions(case))


def accepted(function: Any, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays that the function takes: a Hessian may not depend on all variables."""
    names = set(function.signature.names)
    return {name: array for name, array in arrays.items() if name in names}


def body(function: Any, arrays: Mapping[str, Any]) -> tuple[Callable[..., Any], list[Any]]:
    """The generated function itself with its arguments in order, without the checks of a call."""
    function(**arrays)
    return next(iter(function._planned.values())), [arrays[name] for name in function.signature.symbols]


def calls(case: Case, arrays: Arrays, dims: Mapping[str, int]) -> list[Call]:
    """The one way of matgrad."""
    function = compiled(case)
    given = accepted(function, {**dims, **arrays})
    return [Call("compiled", partial(function, **given), results_in_order, partial(plan_flops, function))]


def results_in_order(results: Any) -> list[Array]:
    """Results are in the final order; factors are nested."""
    return [np.asarray(array) for array in flat(results)]


def plan_flops(function: Any) -> float:
    """Additions and multiplications of the plan for the shapes of the latest call."""
    return float(sum(flops(value) for value in function._program.values))
