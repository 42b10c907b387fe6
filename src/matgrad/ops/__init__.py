"""The operations: one class each, and the functions that build them in canonical form."""

from matgrad.ops import (  # isort: skip
    arithmetic as arithmetic,
    elementwise as elementwise,
    hadamard as hadamard,
    inverse as inverse,
    kronecker as kronecker,
    matrix_functions as matrix_functions,
    operators as operators,
    power as power,
    reductions as reductions,
    spectral as spectral,
    structure as structure,
    trace as trace,
    undefined as undefined,
)

operators.install()
