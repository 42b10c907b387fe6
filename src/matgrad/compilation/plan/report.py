"""What a plan costs, step by step."""

from __future__ import annotations

from matgrad.compilation.ir.cost import flops
from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import EYE, FILLED_IN, INPUT, KRON, TRANSPOSE
from matgrad.compilation.ir.program import Choice, Program
from matgrad.compilation.ir.sparse_rules import is_operator
from matgrad.core.records import dataclass


@dataclass(frozen=True, repr=False)
class Plan:
    """The plan of a compiled function for certain sizes.

    Attributes
    ----------
    program : Program
        What is computed, in order.
    """

    program: Program

    @property
    def flops(self) -> int:
        """The additions, multiplications and function values of one call."""
        return sum(flops(value) for value in self.program.values)

    @property
    def least(self) -> int:
        """The entries that must be read and written at least once: no program takes fewer steps."""
        read = sum(_entries(v) for v in self.program.values if v.op is INPUT)
        return read + sum(_written(v) for v in set(self.program.outputs))

    @property
    def choices(self) -> list[Choice]:
        """The rules by which it was made, each with its flops and those without it."""
        parts: dict[str, Choice] = {}
        for v in self.program.values:
            rule, otherwise = v.op.rule, v.op.otherwise
            if rule and otherwise is not None and flops(v) < otherwise(v):
                before = parts.get(rule, Choice(rule, 0, 0))
                parts[rule] = Choice(rule, before.flops + flops(v), before.otherwise + otherwise(v))
        return [*self.program.choices, *parts.values()]

    def __str__(self) -> str:
        names: dict[Value, str] = {}
        notation = Notation(names)
        lines = []
        for value in self.program.values:
            work = flops(value)
            if work:
                lines.append(f"{work:>14,}  {notation.of(value)}")
            if len(notation.of(value)) > 24 and value.op is not TRANSPOSE:
                names[value] = f"t{len(names) + 1}"
                lines[-1:] = [f"{lines[-1]}  =: {names[value]}"] if work else []
        sizes = ", ".join(f"{name} = {size}" for name, size in self.program.sizes.items())
        head = f"Plan for {sizes}: " if sizes else "Plan: "
        lines.append(f"{self.flops:>14,}  floating-point operations")
        lines.append(f"{self.least:>14,}  entries of arguments and results: no program does with fewer steps")
        for choice in self.choices:
            lines.append(f"{choice.flops:>14,}  {choice.rule}: {choice.otherwise:,} otherwise")
        held = [_held(v) for v in self.program.inputs.values() if v.stored is not None]
        filled = [f"{notation.of(v.args[0])} is filled in" for v in self.program.values if v.op is FILLED_IN]
        lines += [f"{'':>14}  {note}" for note in (*held, *filled)]
        return "\n".join([head.rstrip(": ") + ":", *lines])

    __repr__ = __str__


def _entries(v: Value) -> int:
    """How many entries of a value are there to be read."""
    return v.rows * v.columns if v.stored is None else int(v.stored.nonzeros)


def _held(v: Value) -> str:
    """How an argument is held that is no array."""
    if is_operator(v):
        return f"{v.params[0]} is a linear operator: only its products with arrays are computed"
    return f"{v.params[0]} is sparse: {_entries(v):,} entries of {v.rows}×{v.columns} are stored"


def _written(v: Value) -> int:
    """The entries of a result that are computed, not the zeros around them."""
    if v.stored is not None:
        return _entries(v)
    if v.op is KRON and any(arg.op is EYE for arg in v.args):
        a, b = v.args
        return a.rows * b.rows * max(a.columns if b.op is EYE else b.columns, 1)
    return v.rows * v.columns
