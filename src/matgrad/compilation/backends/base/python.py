"""What all Python text has in common: imports, the function itself, and sizes read off arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matgrad.compilation.backends.base.names import Names
from matgrad.compilation.backends.base.printer import PythonPrinter
from matgrad.compilation.backends.base.sizes import SizeNames, SizeOf, shown_by
from matgrad.compilation.backends.base.tree import (
    Attribute,
    Name,
    Number,
    Return,
    assign,
    index,
    needs_of,
)
from matgrad.compilation.backends.base.writer import Line, Writer
from matgrad.compilation.ir.program import Program
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import phrase


@dataclass(frozen=True)
class Import:
    """What a name needs: a module, or something from a module.

    Attributes
    ----------
    module : str
        The module.
    name : str
        What is taken from it; empty for the module itself.
    alias : str
        What it is called in the text.
    """

    module: str
    name: str
    alias: str

    @property
    def is_ours(self) -> bool:
        """Whether it comes from this project."""
        return self.module.partition(".")[0] == "matgrad"


@dataclass(frozen=True)
class Pasted:
    """How a function receives its arguments whose text is pasted elsewhere: it brings them to their form.

    Attributes
    ----------
    symbols : dict of str to Symbol
        The variables that are arguments, whose shapes show the sizes.
    """

    symbols: Mapping[str, Symbol]


class PythonWriter(Writer):
    """Writes programs as Python functions.

    Parameters
    ----------
    program : Program
        What to compute.
    name : str
        What the function is called.
    pasted : Pasted, optional
        For text that is pasted elsewhere; a compiled function has brought arguments to their form.
    """

    printer = PythonPrinter()

    def __init__(self, program: Program, name: str, pasted: Pasted | None) -> None:
        names = self.free_names()
        super().__init__(program, names, SizeNames(names, whole="//"))
        self.pasted = pasted
        self.name = names.claim_function(name)
        self.claim_called()
        self.arguments = {label: names.claim(label) for label in program.inputs}

    @classmethod
    def free_names(cls) -> Names:
        """Names of which those are taken that the text refers to."""
        raise NotImplementedError

    @property
    def parameters(self) -> Sequence[str]:
        """The parameters of the function, as they stand in the text."""
        return tuple(self.arguments.values())

    def function(self, received: Sequence[Line], last: Return, longest: int) -> str:
        """The text of the module: what the lines need before them, and the function."""
        needs = needs_of(*(line.statement for line in [*received, *self.lines]), last)
        found = [*self.size_lines(needs), *self.preamble(needs)]
        needs |= needs_of(*(line.statement for line in found))
        body: list[str] = []
        for line in [*received, *found, *self.lines]:
            body += self.printer.noted(self.printer.statement(line.statement), line.note, longest)
        body.append(self.printer.statement(last))
        return self.module([need for need in needs if isinstance(need, Import)], body)

    def preamble(self, needs: Iterable[object]) -> list[Line]:
        """Further lines that what is needed takes."""
        return []

    def module(self, imports: Iterable[Import], body: Sequence[str], made: Sequence[str] = ()) -> str:
        """The text of a module with one function, and lines that are run once before it."""
        head = [*import_lines(imports), *([""] if made else []), *made]
        given = ", ".join(self.parameters)
        lines = [*head, *["", ""][: 2 * bool(head)], f"def {self.name}({given}):"]
        return "\n".join([*lines, *(f"    {line}" for line in body)]) + "\n"

    def size_lines(self, needs: Iterable[object]) -> list[Line]:
        """Lines that take the sizes from the shapes of arguments.

        Raises
        ------
        ArgumentError
            Where none shows a size that is needed.
        """
        wanted = {need.dim for need in needs if isinstance(need, SizeOf)}
        symbols = {} if self.pasted is None else self.pasted.symbols
        order = {name: None for symbol in symbols.values() for dim in symbol.shape for name in dim.symbols}
        lines = []
        for dim in sorted(wanted, key=lambda dim: ([*order, dim].index(dim), dim)):
            shown = shown_by(dim, symbols)
            if shown is None:
                raise ArgumentError(
                    phrase("no argument has {dim} rows or columns", dim=dim),
                    fix=phrase("declare a number in place of {dim}", dim=dim),
                )
            symbol, axis = shown
            # Rows and columns have one axis when the sizes are read.
            shape = Attribute(Name(self.arguments[symbol.label]), "shape")
            place = Number(0 if symbol.is_row else axis)
            lines.append(Line(assign(self.sizes.name(dim), index(shape, place))))
        return lines

    def imported(self, module: str, name: str, alias: str) -> Name:
        """Something from a module, under a name that is taken."""
        return Name(alias, Import(module, name, alias))


def import_lines(imports: Iterable[Import]) -> list[str]:
    """Import statements, those of other projects before ours."""
    ours = {need for need in imports if need.is_ours}
    others = set(imports) - ours
    lines = [*_statements(others), *([""] if others and ours else []), *_statements(ours)]
    return lines


def _statements(imports: Iterable[Import]) -> list[str]:
    modules: list[str] = []
    parts: dict[str, list[str]] = {}
    for need in sorted(imports, key=lambda need: (need.module, need.name)):
        original = need.name or need.module
        called = original if need.alias == original else f"{original} as {need.alias}"
        if need.name:
            parts.setdefault(need.module, []).append(called)
        else:
            modules.append(f"import {called}")
    return [*modules, *(f"from {module} import {', '.join(names)}" for module, names in parts.items())]
