"""Which values of a program are split over machines when its data are split along one dimension.

A split dimension must be carried along entry by entry or summed over. Where a value would have it
twice (m×m), or needs all of it in one place (a factorisation), the program cannot be distributed, and
the reason is said.
"""

from __future__ import annotations

from collections.abc import Mapping

from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import INPUT
from matgrad.compilation.ir.program import Program
from matgrad.compilation.ir.split import RefusalError, Split
from matgrad.compilation.ir.split_rules import needing_all
from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase


def distribute(program: Program, inputs: Mapping[str, Split]) -> dict[Value, Split]:
    """How each value of a program lies, from how its arguments lie.

    Parameters
    ----------
    program : Program
        What is computed.
    inputs : mapping of str to Split
        How the arguments lie.

    Raises
    ------
    ArgumentError
        When the program cannot be distributed, with the value that stands in the way and the reason.
    """
    length = next(
        (value.shape[0 if inputs[name] is Split.ROWS else 1] for name, value in program.inputs.items()
         if inputs[name].is_split),
        -1,
    )  # fmt: skip
    found: dict[Value, Split] = {}
    notation = Notation({})
    for value in program.values:
        rule = value.op.split or needing_all
        try:
            if value.op is INPUT:
                found[value] = inputs[value.params[0]]
            else:
                found[value] = rule(value, [found[arg] for arg in value.args], length)
        except RefusalError as reason:
            raise ArgumentError(
                phrase("{value} cannot be distributed: {reason}", value=notation.of(value), reason=reason),
                fix=phrase("compute it on one machine, with backend='numpy' and NumPy arrays"),
            ) from None
    return found
