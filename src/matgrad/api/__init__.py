"""The functions that users call: they read what they are handed, and hand it on.

What only some of them need is loaded by those when they are called, third-party libraries and packages of
matgrad alike: all of them together would take three times as long to import as the rest.
"""

from __future__ import annotations

from matgrad.api.compiling import (
    compile as compile,
    jax_function as jax_function,
    minimize as minimize,
    torch_function as torch_function,
)
from matgrad.api.deriving import (
    Derivative as Derivative,
    derivative as derivative,
    derive as derive,
    differential as differential,
    gradient as gradient,
    hessian as hessian,
    jacobian as jacobian,
)
from matgrad.api.expressions import (
    block as block,
    equivalent as equivalent,
    evaluate as evaluate,
    interpret as interpret,
    latex as latex,
    parse as parse,
    simplify as simplify,
    undefined as undefined,
)
from matgrad.api.matrix_equations import equation as equation
from matgrad.api.named_functions import function as function
from matgrad.api.refereeing import audit as audit
from matgrad.api.stationary_points import stationary as stationary
from matgrad.api.teaching import (
    check as check,
    check_derivation as check_derivation,
    explain as explain,
    practice as practice,
)
from matgrad.api.vectorizing import vectorize as vectorize
