"""The expressions of a case, compiled, with what every version of the package offers."""

from __future__ import annotations

from typing import Any

import matgrad as mg
from benchmarks.runtime.case import Case


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


def compiled(case: Case, *, check: bool = True) -> Any:
    """The compiled function of a case; it takes all arrays, also those that the result does not depend on."""
    symbols: dict[str, Any] = {}
    for text in case.texts:
        symbols |= mg.interpret(text, case.given).symbols
    exprs, more = expressions(case), list(symbols.values())
    if case.form == "factors":
        (matrix,) = exprs
        return mg.compile(matrix, structure="factors", more=more, check=check)
    return mg.compile(exprs, more=more, check=check)
