"""matgrad as a peer: the derivatives derived, then compiled; deriving and compiling are not timed."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.compile import compile_expressions
from benchmarks.runtime.case import Arrays, Case
from benchmarks.runtime.peers import Call, NotRunError, flat


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


def compiled(case: Case) -> Any:
    """The compiled function of a case."""
    if case.form != "dense":
        raise NotRunError("no factors yet")
    return compile_expressions(expressions(case))


def calls(case: Case, arrays: Arrays) -> list[Call]:
    """The one way of matgrad."""
    function = compiled(case)
    return [Call("compiled", partial(function, **arrays), lambda results: [np.asarray(a) for a in flat(results)])]
