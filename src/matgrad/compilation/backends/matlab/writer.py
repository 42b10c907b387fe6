"""MATLAB and GNU Octave: functions as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from matgrad.compilation.backends.base.language.table import TEXTS
from matgrad.compilation.backends.base.language.writer import TextWriter
from matgrad.compilation.backends.base.sizes import axes_of
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.backends.base.tree import (
    Index,
    Listed,
    Name,
    Node,
    Number,
    Slice,
    assign,
    call,
    of_kind,
)
from matgrad.compilation.backends.base.writer import Line
from matgrad.compilation.backends.matlab.helpers import HELPERS, NEEDS, RESERVED
from matgrad.compilation.backends.matlab.printer import MatlabPrinter
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.program import Program
from matgrad.core.expr import Symbol

MATLAB = Table("MATLAB", TEXTS)


class MatlabWriter(TextWriter):
    """Writes a program for MATLAB (R2016b or later) and GNU Octave."""

    table = MATLAB
    printer = MatlabPrinter()
    longest = 60  # of the 63 that namelengthmax lets count
    helpers = HELPERS
    helpers_of_helpers = NEEDS
    reserved = RESERVED
    permuted = "permute"
    indices = "klpqrstu"  # i and j are √−1
    of_a_block = (*TextWriter.of_a_block, "factors")

    def __init__(
        self, program: Program, symbols: Mapping[str, Symbol], results: Sequence[str], name: str = "compute"
    ) -> None:
        super().__init__(program, symbols, results, name)
        self.factors: dict[Value, tuple[Node, Node, Node]] = {}

    @staticmethod
    def spell(name: str) -> str:
        shown = "".join(_spelled(letter) for letter in name)
        shown = "".join(c if c.isalnum() else "_" for c in shown)
        return shown if shown[:1].isalpha() else f"x{shown}"

    def openings(self) -> list[Line]:
        lines = []
        for symbol in self.symbols.values():
            name = Name(self.arguments[symbol.label])
            if len(axes_of(symbol)) > 2:
                continue
            if symbol.is_vector:
                lines.append(Line(assign(name, Index(name, (Slice(),)))))
            elif symbol.is_row:
                lines.append(Line(assign(name, call("reshape", name, Number(1), Listed(())))))
        return lines

    def size_of(self, array: Name, axis: int, vector: bool) -> Node:
        return call("size", array, Number(axis + 1))

    def root(self, a: Node) -> Node:
        return of_kind(call("sqrt", a), a.kind)

    def axes_in(self, order: Sequence[int]) -> Node:
        return Listed(tuple(map(Number, order)))

    def flattened(self, turned: Node, name: Name, axes: int, has_columns: bool) -> Node:
        columns = call("size", name, Number(axes)) if has_columns else Number(1)
        return call("reshape", turned, Listed(()), columns)

    def zeros(self, value: Value) -> Node:
        return call("zeros", *self.shape(value))

    def function(self, arguments: Sequence[str], body: Sequence[str], needs: Iterable[object]) -> str:
        outputs = self.results[0] if len(self.results) == 1 else f"[{', '.join(self.results)}]"
        lines = [f"function {outputs} = {self.name}({', '.join(arguments)})", *body, "end"]
        return "\n\n".join(["\n".join(lines), *self.helpers_needed(needs)]) + "\n"


def _spelled(letter: str) -> str:
    """A letter in ASCII: λ as lambda, ₁ as 1."""
    plain = unicodedata.normalize("NFKC", letter)
    if plain.isascii():
        return plain
    words = unicodedata.name(plain[0], "").split()
    if words[:1] != ["GREEK"]:
        return "_"
    spelled = {"LAMDA": "LAMBDA"}.get(words[-1], words[-1])
    return spelled.lower() if "SMALL" in words else spelled.capitalize()
