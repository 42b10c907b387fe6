"""Writes programs: asks a table for every primitive, and decides what gets a line of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, ClassVar

from matgrad.compilation.backends.base.names import Names
from matgrad.compilation.backends.base.printer import Printer
from matgrad.compilation.backends.base.sizes import SizeNames
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.backends.base.tree import (
    Kind,
    Name,
    Node,
    Number,
    Statement,
    assign,
    entrywise,
    is_name,
    negative,
    of_kind,
    over,
    times,
)
from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.numbers import Scalar, magnitude
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import CALL, CALL_EACH, LOOP, ONES, SCALAR_TIMES
from matgrad.compilation.ir.program import Program
from matgrad.core.records import dataclass


@dataclass(frozen=True)
class Steps:
    """Several lines that make a value: what they are for the name that it gets."""

    lines: Callable[[Name], Sequence[Statement]]


@dataclass(frozen=True)
class Line:
    """A statement with its comment."""

    statement: Statement
    note: str = ""


class Writer(ABC):
    """Writes a program as one function.

    Parameters
    ----------
    program : Program
        What to compute.
    names : Names
        Where all names of the function come from.
    sizes : SizeNames
        How sizes are written.
    """

    table: ClassVar[Table]
    """How each primitive is written."""

    printer: ClassVar[Printer]
    """Prints the language."""

    width: ClassVar[int] = 70
    """The longest expression that is written inside another."""

    def __init__(self, program: Program, names: Names, sizes: SizeNames) -> None:
        self.program = program
        self.used = names
        self.sizes = sizes
        self.uses = program.uses()
        self.nodes: dict[Value, Node] = {}
        self.names: dict[Value, str] = {}
        self.notation = Notation(self.names)
        self.plain = Notation({})
        self.lines: list[Line] = []
        self.called: dict[str, str] = {}
        self.put_off: Collection[Value] = ()

    def claim_called(self) -> None:
        """Take the names of the functions that the code calls and that are handed over."""
        for value in with_terms(self.program.values):
            if value.op in (CALL, CALL_EACH) and value.params[0] not in self.called:
                self.called[value.params[0]] = self.used.claim(value.params[0])

    # ---- values --------------------------------------------------------------------------------------

    def write_values(self) -> None:
        """Write every value that is not formed only where it is needed, as a factorisation is.

        What a plan factorises may be written as one function of the matrix.
        """
        for value in self.program.values:
            if value in self.nodes or value in self.put_off or value.kind == "factorisation":
                continue
            if not is_formed_late(value):
                self.define(value)

    def __call__(self, value: Value) -> Node:
        """The node of a value, which is formed where that is still to be done."""
        if value not in self.nodes:
            self.define(value)
        return self.nodes[value]

    def all(self, values: Sequence[Value]) -> list[Node]:
        """The nodes of several values."""
        return [self(value) for value in values]

    def define(self, value: Value) -> None:
        """Write a value inside others, or on lines of its own."""
        made = self.written(value)
        if isinstance(made, Steps):
            name = self.named(value)
            note = self.notation.of(value)
            for statement in made.lines(name):
                self.lines.append(Line(statement, note))
                note = ""
            return
        node = of_kind(made, Kind.of(value))
        if self.is_inlined(value, node) and (value not in self.program.names or is_name(node)):
            self.nodes[value] = node
            return
        name = self.named(value)
        self.lines.append(Line(assign(name, node), self.notation.of(value)))

    def written(self, value: Value) -> Node | Steps:
        """What a value is written as."""
        made: Node | Steps = self.table.of(value.op).entry(self, value)
        return made

    @abstractmethod
    def is_inlined(self, value: Value, node: Node) -> bool:
        """Whether a value is written where it is used."""

    def named(self, value: Value) -> Name:
        """Give a value a name."""
        given = self.program.names.get(value)
        word = self.fresh(value) if given is None else self.used.claim(given)
        name = Name(word, kind=Kind.of(value))
        self.nodes[value] = name
        self.names[value] = name.name
        return name

    def fresh(self, value: Value) -> str:
        """A new name for a value."""
        return self.used.fresh(LETTERS[value.kind])

    def is_short(self, node: Node) -> bool:
        """Whether an expression may stand inside another."""
        return is_name(node) or len(self.printer.text(node)) <= self.width

    def size(self, size: Any) -> Node:
        """A size, or a place."""
        return self.sizes.node(size)

    def shape(self, value: Value) -> list[Node]:
        """Rows and columns."""
        return [self.size(size) for size in value.shape]


def with_terms(values: Iterable[Value]) -> Iterator[Value]:
    """Values, and those of the terms of loops among them."""
    for value in values:
        yield value
        if value.op is LOOP:
            yield from with_terms(value.params[0].values)


def is_constant(value: Value) -> bool:
    """Whether all entries are one number."""
    return value.op is ONES or (value.op is SCALAR_TIMES and value.args[1].op is ONES)


def is_formed_late(value: Value) -> bool:
    """Whether a value is formed only where it is needed: others may read what it is made of."""
    return value.op.is_virtual or is_constant(value)


LETTERS = {"scalar": "s", "vector": "v", "matrix": "M", "factorisation": "F"}
"""What the names of values begin with."""


def scaled(factor: Scalar, node: Node) -> Node:
    """A number times what is written already; over the denominator of a unit fraction."""
    size = magnitude(factor)
    if size == 1:
        made = node
    elif isinstance(node, Number) and node.value == 1:
        made = Number(size)
    elif isinstance(size, Fraction) and size.numerator == 1:
        made = over(node, Number(size.denominator))
    else:
        made = times(Number(size), node)
    return negative(made) if factor < 0 else made


def total(factors: Sequence[Scalar], nodes: Sequence[Node]) -> Node:
    """The sum of numbers times what is written already: what is taken away comes last."""
    out: Node | None = None
    for factor, node in sorted(zip(factors, nodes, strict=True), key=lambda term: bool(term[0] < 0)):
        if out is None:
            out = scaled(factor, node)
        else:
            out = entrywise("-" if factor < 0 else "+", out, scaled(magnitude(factor), node))
    assert out is not None
    return out
