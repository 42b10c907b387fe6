"""The intermediate representation: a straight-line program of primitives on arrays of known sizes.

A program is a list of values, each the result of one primitive on values before it. Backends turn it
into source. Every value has two axes here. A backend is free
to hold a row or column as an array with one axis and a 1×1 value as a number: ``transpose`` of a
row or column then costs nothing and means nothing.

Values are interned by their builder: the same primitive on the same operands is the same object, so
common subexpressions are computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.core.records import dataclass


@dataclass(frozen=True)
class Choice:
    """A rule by which a program was planned.

    Attributes
    ----------
    rule : str
        What it says, in words.
    flops, otherwise : int
        The additions and multiplications of the program, or of a part of it, with the rule and without it.
    """

    rule: str
    flops: int
    otherwise: int


@dataclass
class Program:
    """What to compute, in order.

    Attributes
    ----------
    values : list of Value
        Every value that an output needs, operands first.
    outputs : list of Value
        The results, in the order asked for. Two may be the same value.
    inputs : dict of str to Value
        The arguments by name, also those that no output needs.
    sizes : dict of str to int
        The number that each symbolic dimension stands for.
    names : dict of Value to str
        What the author of a text calls some of them.
    apart : set of Value
        Those that are computed where they stand, not inside the line of their only use.
    choices : list of Choice
        The rules that chose among whole programs.
    """

    values: list[Value]
    outputs: list[Value]
    inputs: dict[str, Value]
    sizes: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[Value, str] = field(default_factory=dict)
    apart: frozenset[Value] = frozenset()
    choices: Sequence[Choice] = ()

    @property
    def numbers(self) -> Iterator[Scalar]:
        """The numbers that its code will hold."""
        for value in self.values:
            if value.op.numbers is not None:
                yield from value.op.numbers(value)

    def uses(self) -> dict[Value, int]:
        """How often each value is an operand or an output."""
        count = dict.fromkeys(self.values, 0)
        for value in self.values:
            for arg in value.args:
                count[arg] += 1
        for output in self.outputs:
            count[output] += 1
        return count


def live_values(outputs: Iterable[Value]) -> list[Value]:
    """The values that outputs need, in the order of making."""
    found: set[Value] = set()
    stack = list(outputs)
    while stack:
        value = stack.pop()
        if value not in found:
            found.add(value)
            stack.extend(value.args)
    return sorted(found, key=lambda value: value.index)


def read_once(values: Sequence[Value], outputs: Sequence[Value]) -> set[Value]:
    """The values that one other reads, once, and no result."""
    uses: dict[Value, int] = {}
    for v in (*(arg for value in values for arg in value.args), *outputs):
        uses[v] = uses.get(v, 0) + 1
    return {v for v, count in uses.items() if count == 1}


def make_program(outputs: Sequence[Value], inputs: Mapping[str, Value], sizes: Mapping[str, int]) -> Program:
    """Make the program of some outputs, with nothing in it that they do not need."""
    return Program(live_values(outputs), list(outputs), dict(inputs), dict(sizes))
