"""Long data in blocks of rows that stay in the cache: one pass for all that can be computed in it.

A program that is a sum over the rows of its data, or has a result for each of them, is taken apart: what is
computed of all rows before, a pass over blocks of rows, what is made of the sums, and so on. Every part is a
program of its own on arrays of its own sizes. How a dimension that is cut may be treated is what each
primitive says for data on several machines; sums over it are added up block by block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from matgrad.compilation.ir.cost import effort, flops
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    COLUMN_MAX,
    COLUMN_SUMS,
    GRAM,
    HADAMARD,
    INNER,
    INPUT,
    LOG_COSH,
    LOG_SOFTMAX,
    LOGADDEXP,
    LOGSUMEXP,
    MATMUL,
    MAXIMUM,
    NORMS,
    ONES,
    OVER_NORMS,
    POWER,
    POWER_BY,
    POWER_OR_ZERO,
    ROW_INNER,
    ROW_SUMS,
    SCALAR_TIMES,
    SCALE,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SELECT,
    SOFTMAX,
    SUM,
    TOTAL,
    TRANSPOSE,
    WEIGHTED_GRAM,
    XLOGY,
    ZEROS,
)
from matgrad.compilation.ir.program import Choice, Program, make_program
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.ir.split import RefusalError, Split
from matgrad.compilation.ir.split_rules import needing_all
from matgrad.core.records import dataclass

_SUMS = frozenset({COLUMN_SUMS, GRAM, INNER, MATMUL, ROW_INNER, ROW_SUMS, TOTAL, WEIGHTED_GRAM})
"""What is the sum of its values on blocks, where it sums over the dimension that is cut."""

_CARRIED = _SUMS | {
    APPLY, BROADCAST_COLUMN, BROADCAST_ROW, COLUMN_MAX, HADAMARD, INPUT, LOG_COSH, LOG_SOFTMAX, LOGADDEXP,
    LOGSUMEXP, MAXIMUM, NORMS, ONES, OVER_NORMS, POWER, POWER_BY, POWER_OR_ZERO, SCALAR_TIMES, SCALE,
    SCALE_COLUMNS, SCALE_ROWS, SELECT, SOFTMAX, SUM, TRANSPOSE, XLOGY, ZEROS,
}  # fmt: skip
"""What is computed of a block as of the whole."""

LARGE = 300_000
"""So many entries the largest array has at least that is worth being cut."""

FEW = 4
"""The length is at least so many times that of every other dimension, and that of a block."""

BLOCK = 48_000
"""So many entries of the widest array are in a block: with what is made of it they stay in the cache."""

AGAIN = 0.5
"""This part of all work may be done again in another pass."""

LONGEST = 3
"""So many passes are made at most."""


@dataclass
class Part:
    """A program that is a part of another.

    Attributes
    ----------
    program : Program
        What is computed; its inputs are named as the values are called.
    rest : Program, optional
        The same of the last block, which is shorter.
    outputs : list of Value
        The values of the whole program that it gives, in order.
    cut : dict of str to Split
        How those of its inputs lie that are cut.
    size : int
        The rows of a block; 0 of what is computed once.
    """

    program: Program
    outputs: list[Value]
    rest: Program | None = None
    cut: dict[str, Split] = field(default_factory=dict)
    size: int = 0


@dataclass
class Blocks:
    """A program taken apart.

    Attributes
    ----------
    parts : list of Part
        The parts in order.
    length : int
        The dimension that is cut.
    lies : dict of Value to Split
        How every value lies.
    names : dict of Value to str
        What the values are called that one part hands to another.
    """

    parts: list[Part]
    length: int
    lies: dict[Value, Split]
    names: dict[Value, str]

    def choice(self, whole: Program) -> Choice:
        """What a plan says of it: the flops of all blocks together, and those of the whole at once."""
        count = 0
        for part in self.parts:
            blocks = self.length // part.size if part.size else 1
            count += blocks * _flops(part.program) + (_flops(part.rest) if part.rest else 0)
        size = max(part.size for part in self.parts)
        passes = sum(part.size > 0 for part in self.parts)
        passed = "one pass" if passes == 1 else f"{passes} passes"
        rule = f"blocks of {size:,} rows that stay in the cache, in {passed}"
        return Choice(rule, count, _flops(whole))


def _flops(program: Program) -> int:
    return sum(map(flops, program.values))


def in_blocks(program: Program) -> Blocks | None:
    """The program in parts; nothing where it is not long, or does not come apart."""
    length = _length(program)
    if not length or any(v.is_of_stored for v in program.values):
        return None
    lies = _lies(program, length)
    if lies is None:
        return None
    cut = [v for v in program.values if lies[v].is_split]
    width = max((v.extent[0] * v.extent[1] for v in cut if not v.op.is_virtual), default=0) // length
    size = max(32, BLOCK // max(width, 1))
    if width * length < LARGE or length < FEW * size:
        return None
    while length % size == 1:
        size -= 1
    return _Taking(program, lies, length, size).blocks()


def _length(program: Program) -> int:
    """The one long dimension of the arguments, or 0."""
    sizes = sorted({n for v in program.inputs.values() for n in v.extent}, reverse=True)
    if not sizes or (len(sizes) > 1 and sizes[0] < FEW * sizes[1]):
        return 0
    square = any(v.extent == (sizes[0], sizes[0]) for v in program.inputs.values())
    return 0 if square or sizes[0] < 64 else sizes[0]


def _lies(program: Program, length: int) -> dict[Value, Split] | None:
    """How every value lies where the long dimension is cut; nothing where one cannot be cut."""
    lies: dict[Value, Split] = {}
    for v in program.values:
        args = [lies[arg] for arg in v.args]
        if v.op is INPUT:
            rows, columns = v.extent
            lies[v] = Split.ROWS if rows == length else Split.COLUMNS if columns == length else Split.WHOLE
            continue
        touched = any(split is not Split.WHOLE for split in args)
        if (touched or length in v.extent) and v.op not in _CARRIED:
            return None
        try:
            lies[v] = (v.op.split or needing_all)(v, args, length)
        except RefusalError:
            return None
        split = any(lie.is_split for lie in args)
        if split and lies[v] is Split.ANY:
            return None
        if split and not lies[v].is_split and v.op not in _SUMS:
            return None
        if not split and touched and lies[v] is Split.WHOLE:
            if length not in v.extent:
                return None
            lies[v] = Split.ANY  # A number, spread over the dimension that is cut.
    if not any(v in lies and lies[v].is_split for v in program.inputs.values()):
        return None
    return None if any(lies[v] is Split.ANY or v.op is INPUT for v in program.outputs) else lies


class _Taking:
    """Takes a program apart."""

    def __init__(self, program: Program, lies: dict[Value, Split], length: int, size: int) -> None:
        self.program, self.lies, self.length, self.size = program, lies, length, size
        self.passes: dict[Value, int] = {}
        for v in program.values:
            before = max((self._known_after(arg) for arg in v.args), default=0)
            self.passes[v] = before
        self.count = max((self.passes[v] + 1 for v in program.values if self._is_of_pass(v)), default=0)
        self.names = {v: label for label, v in program.inputs.items()}

    def _is_of_pass(self, v: Value) -> bool:
        """Whether a value is computed block by block: it is cut, or a sum of what is."""
        return self.lies[v].is_split or any(self.lies[arg].is_split for arg in v.args)

    def _known_after(self, v: Value) -> int:
        """How many passes are over when a value is known to what reads it, in the same pass if it is cut."""
        summed = self._is_of_pass(v) and not self.lies[v].is_split
        return self.passes[v] + summed

    def blocks(self) -> Blocks | None:
        """All parts, where their work is not much more than that of the whole."""
        if not self.count or self.count > LONGEST:
            return None
        wanted = self._wanted()
        parts: list[Part] = []
        work = 0.0
        for place in range(self.count + 1):
            once = [v for v in wanted if not self._is_of_pass(v) and self.passes[v] == place]
            if once:
                parts.append(Part(self._program(once, 0)[0], once))
            found = [v for v in wanted if self._is_of_pass(v) and self.passes[v] == place]
            if not found:
                continue
            program, values = self._program(found, self.size)
            work += sum(map(effort, values))
            rest = self.length % self.size
            last = self._program(found, rest)[0] if rest else None
            cut = {self.names[v]: self.lies[v] for v in values if v.op is INPUT and self.lies[v].is_split}
            parts.append(Part(program, found, last, cut, self.size))
        whole = sum(effort(v) for v in self.program.values if self._is_of_pass(v))
        if work > (1 + AGAIN) * whole:
            return None
        return Blocks(parts, self.length, self.lies, self.names)

    def _wanted(self) -> list[Value]:
        """The values that one part hands to another, and the results."""
        found = dict.fromkeys(self.program.outputs)
        for v in self.program.values:
            for arg in v.args:
                if arg.op is INPUT or arg.op.is_repeatable or self.lies[arg] is not Split.WHOLE:
                    continue
                inside = self._is_of_pass(v) or self.lies[v] is Split.ANY
                if inside or self._is_of_pass(arg) or self.passes[arg] != self.passes[v]:
                    found[arg] = None
        word = "part"
        while any(label.startswith(word) for label in self.program.inputs):
            word += "_"
        for v in found:
            self.names.setdefault(v, f"{word}_{v.index}")
        return sorted(found, key=lambda v: v.index)

    def _program(self, outputs: Sequence[Value], size: int) -> tuple[Program, list[Value]]:
        """The program of some values on blocks of a size, and the values of the whole that it computes."""
        xp = Recorder(self.program.sizes)
        done: dict[Value, Value] = {}
        inputs: dict[str, Value] = {}
        values = self._needed(outputs, size)
        for v in values:
            if self._is_given(v, outputs):
                made = xp.make(INPUT, (), self._shape(v, size), (self.names[v],), v.facts)
                inputs[self.names[v]] = made
            else:
                args = [done[arg] for arg in v.args]
                made = xp.make(v.op, args, self._shape(v, size), v.params, v.facts)
            done[v] = made
        program = make_program([done[v] for v in outputs], inputs, self.program.sizes)
        program.names = {done[v]: name for v, name in self.program.names.items() if v in done}
        return program, values

    def _is_given(self, v: Value, outputs: Sequence[Value]) -> bool:
        """Whether a part reads a value that another has made."""
        return v.op is INPUT or (v in self.names and v not in outputs and not self.lies[v].is_split)

    def _needed(self, outputs: Sequence[Value], size: int) -> list[Value]:
        found: set[Value] = set()
        stack = list(outputs)
        while stack:
            v = stack.pop()
            if v not in found:
                found.add(v)
                if not self._is_given(v, outputs):
                    stack += v.args
        return sorted(found, key=lambda v: v.index)

    def _shape(self, v: Value, size: int) -> tuple[int, int]:
        rows, columns = v.shape
        lie = self.lies[v]
        if lie is Split.ROWS:
            return size, columns
        if lie is Split.COLUMNS:
            return rows, size
        if lie is Split.ANY:
            return (size if rows == self.length else rows), (size if columns == self.length else columns)
        return v.shape
