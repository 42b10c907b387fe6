"""Writes programs as functions in languages with matrices, for sizes that are not known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from matgrad.compilation.backends.base.names import Names, spelling
from matgrad.compilation.backends.base.sizes import SizeNames, SizeOf, shown_by
from matgrad.compilation.backends.base.tree import (
    Assign,
    Call,
    Kind,
    Name,
    Node,
    Number,
    Transposed,
    assign,
    call,
    is_name,
    joint,
    needs_of,
)
from matgrad.compilation.backends.base.writer import Line, Writer
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import SIZE, TRANSPOSE
from matgrad.compilation.ir.program import Program
from matgrad.core.expr import Symbol

LONGEST_LINE = 100
"""Up to here a comment stands behind its line."""


@dataclass(frozen=True)
class Helper:
    """What a name needs: a function that the language lacks, written before the others."""

    name: str


class TextWriter(Writer):
    """Writes a program as a function in a language with matrices.

    Parameters
    ----------
    program : Program
        What to write.
    symbols : mapping of str to Symbol
        The variables that are arguments, whose shapes show the sizes.
    results : sequence of str
        What the results are called.
    name : str
        What the function is called.
    """

    longest: ClassVar[int | None] = None
    """How many characters of a name count."""

    reserved: ClassVar[frozenset[str]]
    """Words that no variable may be called."""

    helpers: ClassVar[Mapping[str, str]]
    """Functions that the language lacks, by name."""

    helpers_of_helpers: ClassVar[Mapping[str, str]] = {}
    """A function that a helper calls."""

    whole: ClassVar[str] = "/"
    """What divides whole numbers."""

    def __init__(
        self, program: Program, symbols: Mapping[str, Symbol], results: Sequence[str], name: str = "compute"
    ) -> None:
        names = Names({*self.reserved, *self.helpers}, self.spell, self.longest)
        super().__init__(program, names, SizeNames(names, self.whole))
        self.symbols = symbols
        self.name = names.claim_function(name)
        self.claim_called()
        self.arguments = {label: names.claim(label) for label in program.inputs}
        self.results = [names.claim(result) for result in results]
        self.parts: dict[Value, tuple[Name, ...]] = {}
        self.indexed: dict[Value, bool] = {}
        for user in program.values:
            if not self.table.reason_against(user.op) and self.table.of(user.op).names_operand:
                for arg in user.args:
                    # What is only written twice may be the transpose of a variable.
                    strict = not user.op.mentions_twice or self.indexed.get(arg, False)
                    self.indexed[arg] = strict

    # ---- names ---------------------------------------------------------------------------------------

    @staticmethod
    def spell(name: str) -> str:
        """A name in letters that the language accepts."""
        return spelling(name)

    # ---- the whole text ------------------------------------------------------------------------------

    def text(self) -> str:
        """The function as source text."""
        self.write_values()
        for result, output in zip(self.results, self.program.outputs, strict=True):
            node = self(output)
            if not (isinstance(node, Name) and node.name == result):
                self.lines.append(Line(assign(Name(result), node)))
        opened = self.openings()
        needs = needs_of(*(line.statement for line in [*opened, *self.lines]))
        found, given = self._size_lines({need.dim for need in needs if isinstance(need, SizeOf)})
        body: list[str] = []
        for line in [*opened, *found, *self.lines]:
            body += self.printer.noted(self.printer.statement(line.statement), line.note, LONGEST_LINE)
        return self.function([*(self.arguments[label] for label in self.symbols), *given], body, needs)

    def _size_lines(self, wanted: Iterable[str]) -> tuple[list[Line], list[str]]:
        """The lines that find sizes, and the names of those that must be given."""
        order = {
            name: None for symbol in self.symbols.values() for dim in symbol.shape for name in dim.symbols
        }
        lines, given = [], []
        for dim in sorted(wanted, key=lambda dim: ([*order, dim].index(dim), dim)):
            name = self.sizes.name(dim)
            shown = shown_by(dim, self.symbols)
            if shown is None:
                given.append(name.name)
            else:
                symbol, axis = shown
                array = Name(self.arguments[symbol.label])
                lines.append(Line(assign(name, self.size_of(array, axis, symbol.is_vector))))
        return lines, given

    @abstractmethod
    def size_of(self, array: Name, axis: int, vector: bool) -> Node:
        """Read a size off an argument."""

    def openings(self) -> list[Line]:
        """Lines that bring the arguments into the form that the code expects."""
        return []

    @abstractmethod
    def function(self, arguments: Sequence[str], body: Sequence[str], needs: Iterable[object]) -> str:
        """Put the function together, with what it needs."""

    def helpers_needed(self, needs: Iterable[object]) -> list[str]:
        """The texts of the helpers that are needed, and of those that these need."""
        names = {need.name for need in needs if isinstance(need, Helper)}
        names |= {self.helpers_of_helpers[name] for name in names & self.helpers_of_helpers.keys()}
        return [self.helpers[name] for name in sorted(names)]

    # ---- values --------------------------------------------------------------------------------------

    def is_inlined(self, value: Value, node: Node) -> bool:
        indexed = value in self.indexed
        if indexed and not self.indexed[value] and isinstance(node, Transposed) and is_name(node):
            indexed = False
        if isinstance(node, (Name, Number)) or value.kind == "factorisation" or value.op is SIZE:
            return True
        if value.op is TRANSPOSE and not indexed:
            return True
        if indexed or value in self.program.outputs:
            return False
        return self.uses[value] <= 1 and self.is_short(node)

    def fresh(self, value: Value) -> str:
        outputs = self.program.outputs
        return self.results[outputs.index(value)] if value in outputs else super().fresh(value)

    def kept(self, value: Value, node: Node) -> Name:
        """A variable for what others read of a value."""
        name = Name(super().fresh(value), kind=node.kind)
        self.lines.append(Line(assign(name, node), self.notation.of(value)))
        return name

    def several(self, value: Value, node: Node, count: int) -> Name:
        """Variables for the parts of what is computed together."""
        base = super().fresh(value)
        self.parts[value] = tuple(self.part_of(base, k + 1) for k in range(count))
        self.lines.append(Line(Assign(self.parts[value], node)))
        return Name(base)

    def part_of(self, name: str, ending: object) -> Name:
        """A variable for part of what another holds."""
        return Name(self.used.claim(f"{name}_{ending}"))

    def rows(self, value: Value) -> Node:
        """The number of rows."""
        return self.size(value.rows)

    def columns(self, value: Value) -> Node:
        """The number of columns."""
        return self.size(value.columns)

    # ---- what is referred to -------------------------------------------------------------------------

    def helper(self, name: str, *args: Node, **named: Node) -> Call:
        """A call of a function that the language lacks."""
        return call(Name(name, Helper(name)), *args, **named)

    def mapped_helper(self, name: str, *args: Node) -> Call:
        """A function of numbers that the language lacks, of every entry."""
        return self.helper(name, *args)

    @abstractmethod
    def root(self, a: Node) -> Node:
        """The square root of every entry."""

    def places(self, value: Value) -> Node:
        """The places of the ones of a selection matrix."""
        chosen = value.params[0]
        return self.helper(f"{chosen.kind}_places", *map(self.size, chosen.sizes))


def mapped(function: Name, *args: Node) -> Call:
    """A function of numbers, of every entry."""
    kind = Kind.NUMBER
    for arg in args:
        kind = joint(kind, arg.kind)
    return Call(function, args, (), entrywise=True, kind=kind)
