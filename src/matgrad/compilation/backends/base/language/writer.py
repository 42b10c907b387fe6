"""Writes programs as functions in languages with matrices, for sizes that are not known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

from matgrad.compilation.backends.base.names import Names, spelling
from matgrad.compilation.backends.base.sizes import SizeNames, SizeOf, axes_of, shown_by
from matgrad.compilation.backends.base.tree import (
    Assign,
    Call,
    End,
    For,
    If,
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
from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import SIZE, TRANSPOSE
from matgrad.compilation.ir.primitives.loops import Repeat
from matgrad.compilation.ir.program import Program
from matgrad.core.dims import ONE
from matgrad.core.expr import Symbol
from matgrad.core.records import dataclass
from matgrad.ops.indices.members import Family

LONGEST_LINE = 100
"""Up to here a comment stands behind its line."""

INDENT = "    "
"""What stands before the lines of a loop."""


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

    indices: ClassVar[str] = "ijklpqrs"
    """What the variables of loops are called, from the outermost on."""

    has_updates: ClassVar[bool] = False
    """Whether ``+=`` is an operator."""

    permuted: ClassVar[str]
    """What brings the axes of an array into an order."""

    of_a_block: ClassVar[tuple[str, ...]] = (
        "program", "uses", "nodes", "names", "parts", "notation", "indexed", "given", "put_off", "_depth",
    )  # fmt: skip
    """What is known while the lines of one block are written: those of the function, or of a loop in it."""

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
        self.indexed = self._indexed()
        self.given: Mapping[int, Node] = {}
        self._letters: list[Name] = []
        self._depth = 0

    def _indexed(self) -> dict[Value, bool]:
        """What must be a variable: whether strictly, or as the transpose of one as well."""
        found: dict[Value, bool] = {}
        for user in self.program.values:
            if not self.table.reason_against(user.op) and self.table.of(user.op).names_operand:
                for arg in user.args:
                    # What is only written twice may be the transpose of a variable.
                    found[arg] = not user.op.mentions_twice or found.get(arg, False)
        return found

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
        inside = 0
        stacked = [self._stacked(symbol) for symbol in self.symbols.values() if len(axes_of(symbol)) > 2]
        for line in [*opened, *found, *stacked, *self.lines]:
            inside -= isinstance(line.statement, End)
            text = self.printer.statement(line.statement)
            body += [INDENT * inside + t for t in self.printer.noted(text, line.note, LONGEST_LINE)]
            inside += isinstance(line.statement, (For, If))
        return self.function([*(self.arguments[label] for label in self.symbols), *given], body, needs)

    def _size_lines(self, wanted: Iterable[str]) -> tuple[list[Line], list[str]]:
        """The lines that find sizes, and the names of those that must be given."""
        order = {
            name: None
            for symbol in self.symbols.values()
            for dim in axes_of(symbol)
            for name in sorted(dim.symbols)
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
                is_vector = symbol.is_vector and len(axes_of(symbol)) < 3
                lines.append(Line(assign(name, self.size_of(array, axis, is_vector))))
        return lines, given

    @abstractmethod
    def size_of(self, array: Name, axis: int, vector: bool) -> Node:
        """Read a size off an argument."""

    def openings(self) -> list[Line]:
        """Lines that bring the arguments into the form that the code expects."""
        return []

    def _stacked(self, symbol: Symbol) -> Line:
        """The line that puts the members of a family below one another: its array has its indices first."""
        assert isinstance(symbol, Family)
        name, axes = Name(self.arguments[symbol.label]), axes_of(symbol)
        # The rows of a member stand last among the axes that become rows; arrays are read column by column.
        rows = len(axes) - (symbol.member_shape[1] is not ONE)
        order = [*range(rows, 0, -1), *range(rows + 1, len(axes) + 1)]
        turned = call(self.permuted, name, self.axes_in(order))
        note = f"{' × '.join(map(str, axes))}, the members of the family below one another"
        return Line(assign(name, self.flattened(turned, name, len(axes), len(axes) > rows)), note)

    @abstractmethod
    def axes_in(self, order: Sequence[int]) -> Node:
        """The order of axes, counted from 1, as an argument."""

    @abstractmethod
    def flattened(self, turned: Node, name: Name, axes: int, has_columns: bool) -> Node:
        """An array as a matrix with its last axis as columns, or as one column."""

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

    # ---- loops ---------------------------------------------------------------------------------------

    def claim_index(self, index: str) -> Name:
        """The variable of a loop, one for each depth."""
        if self._depth == len(self._letters):
            word = self.indices[self._depth % len(self.indices)]
            self._letters.append(Name(self.used.claim(word), kind=Kind.NUMBER))
        self.sizes.call(index, self._letters[self._depth])
        return self._letters[self._depth]

    @contextmanager
    def inside(self, repeat: Repeat, given: Sequence[Node]) -> Iterator[None]:
        """Write the term of a loop: its values have names of their own, and go when it ends."""
        kept = {name: getattr(self, name) for name in self.of_a_block}
        self.program = Program(repeat.values, [], {}, self.program.sizes)
        self.uses = self.program.uses()
        self.uses[repeat.body] += 1
        self.nodes, self.names, self.parts = {}, {}, {}
        self.notation = _SILENT
        self.indexed = self._indexed()
        self.given = dict(enumerate(given))
        self._depth += 1
        try:
            yield
        finally:
            for name, value in kept.items():
                setattr(self, name, value)

    @abstractmethod
    def zeros(self, value: Value) -> Node:
        """An array of zeros of the shape of a value."""

    # ---- names of values -----------------------------------------------------------------------------

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


class _Silent(Notation):
    """No comments: what stands in a loop speaks of an index, whose letter notation does not know."""

    def of(self, value: Value) -> str:
        return ""


_SILENT = _Silent({})


def mapped(function: Name, *args: Node) -> Call:
    """A function of numbers, of every entry."""
    kind = Kind.NUMBER
    for arg in args:
        kind = joint(kind, arg.kind)
    return Call(function, args, (), entrywise=True, kind=kind)
