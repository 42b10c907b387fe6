"""Julia: functions as text, with vectors as ``Vector`` and numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matgrad.compilation.backends.base.language.table import TEXTS
from matgrad.compilation.backends.base.language.writer import Helper, TextWriter, mapped
from matgrad.compilation.backends.base.sizes import axes_of
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.backends.base.tree import (
    Call,
    Grouped,
    Kind,
    Name,
    Node,
    Number,
    Slice,
    Transposed,
    assign,
    call,
)
from matgrad.compilation.backends.base.writer import Line
from matgrad.compilation.backends.julia.helpers import HELPERS, NEEDS, PACKAGES, RESERVED
from matgrad.compilation.backends.julia.printer import JuliaPrinter
from matgrad.compilation.ir.primitive import Value
from matgrad.core.records import dataclass

JULIA = Table("Julia", TEXTS)


@dataclass(frozen=True)
class Package:
    """What a name needs: a package."""

    name: str


class JuliaWriter(TextWriter):
    """Writes a program for Julia (1.6 or later) and its standard library ``LinearAlgebra``.

    A column is a ``Vector``, a row the adjoint of one or a matrix with one row, a 1×1 value a number.
    """

    table = JULIA
    printer = JuliaPrinter()
    helpers = HELPERS
    helpers_of_helpers = NEEDS
    reserved = RESERVED
    whole = "÷"
    has_updates = True
    permuted = "permutedims"

    def size_of(self, array: Name, axis: int, vector: bool) -> Node:
        return call("length", array) if vector else call("size", array, Number(axis + 1))

    def openings(self) -> list[Line]:
        rows = [
            Name(self.arguments[symbol.label])
            for symbol in self.symbols.values()
            if symbol.is_row and len(axes_of(symbol)) == 2
        ]
        return [Line(assign(name, Transposed(call("vec", name)))) for name in rows]

    def function(self, arguments: Sequence[str], body: Sequence[str], needs: Iterable[object]) -> str:
        needs = list(needs)
        helped = {PACKAGES[need.name] for need in needs if isinstance(need, Helper) and need.name in PACKAGES}
        named = {need.name for need in needs if isinstance(need, Package)}
        packages = sorted({"LinearAlgebra"} | helped | named)
        lines = [f"function {self.name}({', '.join(arguments)})", *body, f"return {', '.join(self.results)}"]
        main = "\n    ".join(lines) + "\nend"
        return "\n\n".join([f"using {', '.join(packages)}", *self.helpers_needed(needs), main]) + "\n"

    def mapped(self, name: str, *args: Node) -> Call:
        """A function of numbers that Julia has, of every entry."""
        return mapped(Name(name, Package("SpecialFunctions") if name == "erf" else None), *args)

    def root(self, a: Node) -> Node:
        return self.mapped("sqrt", a)

    def mapped_helper(self, name: str, *args: Node) -> Call:
        return mapped(Name(name, Helper(name)), *args)

    def axes_in(self, order: Sequence[int]) -> Node:
        return Grouped(tuple(map(Number, order)))

    def flattened(self, turned: Node, name: Name, axes: int, has_columns: bool) -> Node:
        if not has_columns:
            return call("vec", turned)
        return call("reshape", turned, Slice(), call("size", name, Number(axes)))

    def zeros(self, value: Value) -> Node:
        return call("zeros", *self.extent(value))

    def extent(self, value: Value) -> list[Node]:
        """The length of a column, or rows and columns."""
        return [self.rows(value)] if Kind.of(value) is Kind.COLUMN else self.shape(value)
