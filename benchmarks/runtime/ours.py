"""matgrad as a peer: the derivatives derived, then compiled; deriving and compiling are not timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from benchmarks.runtime.case import Array, Arrays, Case
from benchmarks.runtime.compiling import compiled
from benchmarks.runtime.peers import WHOLE, Call, as_array, flat
from matgrad.compilation.ir.cost import flops
from matgrad.kronecker import Operator


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
    if isinstance(results, Operator):
        return [results.to_dense()] if results.shape[0] <= WHOLE else []
    return [as_array(array) for array in flat(results)]


def plan_flops(function: Any) -> float:
    """Additions and multiplications of the plan for the shapes of the latest call."""
    return float(sum(flops(value) for value in function._program.values))
