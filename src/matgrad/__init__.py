"""matgrad: derivatives of matrix expressions, derived, verified and shown as a textbook would.

Examples
--------
>>> import matgrad as mg
>>> f = mg.parse("log det(X' A X)", "A: m×m symmetric, X: m×n")
>>> print(mg.gradient(f, "X"))
2 A X inv(X' A X)
"""

from typing import Any

from matgrad import printing as printing
from matgrad.api import (
    Derivative,
    block,
    derivative,
    derive,
    differential,
    equivalent,
    evaluate,
    gradient,
    hessian,
    interpret,
    jacobian,
    latex,
    parse,
    simplify,
    undefined,
)
from matgrad.bridges import compile, jax_function, minimize, torch_function
from matgrad.core.dims import Dim, dims
from matgrad.core.errors import (
    ArgumentError,
    DeclarationError,
    DomainError,
    EvaluationError,
    MatgradError,
    NotDifferentiableError,
    ParseError,
    ShapeError,
    UnknownNameError,
    VerificationError,
)
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.registry import FUNCTIONS as _FUNCTIONS
from matgrad.ops.variables import matrix, scalar, vector
from matgrad.results import Result
from matgrad.teaching import check, check_derivation, explain, practice

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "DeclarationError",
    "Derivative",
    "Dim",
    "DomainError",
    "EvaluationError",
    "Expr",
    "MatgradError",
    "NotDifferentiableError",
    "ParseError",
    "Result",
    "ShapeError",
    "Symbol",
    "UnknownNameError",
    "VerificationError",
    "block",
    "check",
    "check_derivation",
    "compile",
    "derivative",
    "derive",
    "differential",
    "dims",
    "equivalent",
    "evaluate",
    "explain",
    "gradient",
    "hessian",
    "interpret",
    "jacobian",
    "jax_function",
    "latex",
    "matrix",
    "minimize",
    "parse",
    "practice",
    "scalar",
    "simplify",
    "torch_function",
    "undefined",
    "vector",
]


def __getattr__(name: str) -> Any:
    """Every function of the language is a function of this module: ``mg.trace``, ``mg.inv`` and so on."""
    from matgrad.ops.operators import call

    known = _FUNCTIONS.get(name)
    if known is None or not name.isascii():
        raise AttributeError(f"module 'matgrad' has no attribute {name!r}")

    def apply(*args: Any) -> Any:
        return call(known, args)

    apply.__name__ = name
    apply.__doc__ = known.build.__doc__
    return apply


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in _FUNCTIONS if name.isascii())})
