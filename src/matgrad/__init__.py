"""matgrad: derivatives of matrix expressions, derived, verified and shown as a textbook would.

Examples
--------
>>> import matgrad as mg
>>> f = mg.parse("log det(X' A X)", "A: m×m symmetric, X: m×n")
>>> print(mg.gradient(f, "X"))
2 A X inv(X' A X)
"""

from typing import Any

from matgrad import kronecker as kronecker, printing as printing
from matgrad.api import (
    Derivative,
    audit,
    block,
    check,
    check_derivation,
    compile,
    derivative,
    derive,
    differential,
    equation,
    equivalent,
    evaluate,
    explain,
    function,
    gradient,
    hessian,
    interpret,
    jacobian,
    jax_function,
    latex,
    minimize,
    parse,
    practice,
    simplify,
    stationary,
    torch_function,
    undefined,
    vectorize,
)
from matgrad.api.language_functions import language_function as _language_function
from matgrad.api.notebook import load_ipython_extension as load_ipython_extension
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
from matgrad.typesetting.style import LatexStyle

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "DeclarationError",
    "Derivative",
    "Dim",
    "DomainError",
    "EvaluationError",
    "Expr",
    "LatexStyle",
    "MatgradError",
    "NotDifferentiableError",
    "ParseError",
    "Result",
    "ShapeError",
    "Symbol",
    "UnknownNameError",
    "VerificationError",
    "audit",
    "block",
    "check",
    "check_derivation",
    "compile",
    "derivative",
    "derive",
    "differential",
    "dims",
    "equation",
    "equivalent",
    "evaluate",
    "explain",
    "function",
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
    "stationary",
    "torch_function",
    "undefined",
    "vector",
    "vectorize",
]


def __getattr__(name: str) -> Any:
    """Every function of the language is a function of this module: ``mg.trace``, ``mg.inv`` and so on."""
    found = _language_function(name)
    if found is None:
        raise AttributeError(f"module 'matgrad' has no attribute {name!r}")
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in _FUNCTIONS if name.isascii())})
