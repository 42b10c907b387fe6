"""Writes programs as Python functions: names, lines, and the shapes in which arrays are held.

Columns and rows are arrays with one axis and 1×1 values have none, so that the text reads as one
would write it: ``X.T @ (p - y)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from matgrad.compilation.backends.base.names import PYTHON_WORDS, Names, remark
from matgrad.compilation.backends.base.pieces import ADDED, ATOM, NEGATIVE, PRODUCT, Piece
from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.numbers import Scalar, literal, magnitude
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    HADAMARD,
    INPUT,
    ITEM,
    NUMBER,
    ONES,
    SCALAR_TIMES,
    SCALE,
    SUM,
    TRANSPOSE,
)
from matgrad.compilation.ir.program import Program
from matgrad.core.errors import ArgumentError

LONGEST_LINE = 70
"""A value used once is written where it is used, up to this many characters."""


def number_text(value: Scalar) -> Piece:
    """A number as Python writes it, a float in any case."""
    text, sign = literal(magnitude(value)), "-" if value < 0 else ""
    if " / " in text:
        return Piece(sign + text.replace(" / ", "/"), PRODUCT)
    return Piece(f"{sign}{text}.0" if text.isdigit() else sign + text, NEGATIVE if value < 0 else ATOM)


@dataclass(frozen=True)
class Pasted:
    """What a function that is pasted elsewhere must do itself: bring its arguments to their form.

    Attributes
    ----------
    names : Names
        Where all names of the function come from.
    called : dict of str to str
        The name in the text of each input, by its own name.
    sizes : dict of str to str
        Names of the text that are found from the shapes of arguments, with the text that finds them.
    """

    names: Names
    called: Mapping[str, str]
    sizes: Mapping[str, str]

    @property
    def parameters(self) -> list[str]:
        """The names of what is given."""
        return [name for name in self.called.values() if name not in self.sizes]

    def lines(self, body: Sequence[str]) -> list[str]:
        """The lines that find the sizes of which a body speaks."""
        code = [line.partition("#")[0] for line in body]
        found: list[str] = []
        for name, text in self.sizes.items():
            if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line) for line in code):
                found.append(f"{name} = {text}")
        return found


class Writer:
    """Writes a program as a function on arrays of one library.

    Parameters
    ----------
    program : Program
        What to write.
    name : str
        What the function is called.
    pasted : Pasted, optional
        How arguments are received by text that is pasted elsewhere; a compiled function has brought
        them to their form.
    """

    library: ClassVar[str]
    """The name under which the library is imported."""

    functions: ClassVar[str]
    """The name of the module with what the library lacks."""

    heading: ClassVar[Sequence[str]]
    """The lines that import them."""

    comment: ClassVar[str] = "#"
    """What starts a comment."""

    refused: ClassVar[dict[str, str]] = {}
    """Primitives that the library cannot do, with the reason."""

    names: ClassVar[dict[str, str]] = {
        "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
        "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
        "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign", "absolute": "abs",
    }  # fmt: skip
    """Functions of one number that the library has, by the names of :class:`Functions`."""

    own_functions: ClassVar[dict[str, str]] = {}
    """Functions of one number under other full names."""

    def __init__(self, program: Program, name: str = "function", pasted: Pasted | None = None) -> None:
        self.program = program
        self.pasted = pasted
        self.pieces: dict[Value, Piece] = {}
        self.written: dict[Value, str] = {}
        self.notation = Notation(self.written)
        self.lines: list[str] = []
        if pasted is None:
            self.names_used = self.free_names()
            self.name = self.names_used.claim_function(name)
            self.arguments = {label: self.names_used.claim(label) for label in program.inputs}
        else:
            self.names_used, self.name, self.arguments = pasted.names, name, dict(pasted.called)
        self.repeated = {value.args[0] for value in program.values if value.op.mentions_twice}

    # ---- the whole text -------------------------------------------------------------------------------

    @classmethod
    def free_names(cls) -> Names:
        """Names of which those are taken that the text refers to."""
        return Names({*PYTHON_WORDS, cls.library, cls.functions, "dtype", "device"})

    def text(self) -> str:
        """The function as source text."""
        uses = self.program.uses()
        for value in self.program.values:
            self._write(value, uses[value])
        results = [self.result(output) for output in self.program.outputs]
        returned = f"return {', '.join(results)}{',' if len(results) == 1 else ''}"
        code = [*self.lines, returned]
        body = [*self.preamble(code), *code]
        parameters = list(self.arguments.values())
        if self.pasted is not None:
            parameters = self.pasted.parameters
            received = self.received()
            body = [*received, *self.pasted.lines([*received, *body]), *body]
        heading = list(self.heading)
        if self.pasted is not None and not any(f"{self.functions}." in line for line in body):
            heading = heading[:-2]
        head = [*heading, "", "", f"def {self.name}({', '.join(parameters)}):"]
        return "\n".join([*head, *(f"    {line}" for line in body)]) + "\n"

    def result(self, output: Value) -> str:
        """A result as it is returned: a row has two axes in text that is pasted."""
        piece = self.pieces[output]
        if self.pasted is not None and output.kind == "vector" and output.columns != 1:
            return self.as_matrix(output, piece)
        return piece.bare

    def received(self) -> list[str]:
        """Lines that bring arguments to their form: rows and columns with one axis, numbers with none."""
        lines = []
        for label, value in self.program.inputs.items():
            name = self.arguments[label]
            if self.pasted is not None and name in self.pasted.sizes:
                continue
            if value.kind == "vector":
                lines.append(f"{name} = {self.library}.reshape({name}, (-1,))")
            elif value.kind == "scalar":
                lines.append(f"{name} = {self.received_number(name)}")
        return lines

    def received_number(self, name: str) -> str:
        """A number, held by whatever has one entry, as an array without axes."""
        return f"{self.library}.reshape({name}, ())"

    def preamble(self, code: Sequence[str]) -> list[str]:
        """The first lines of the function: the type of constants, where it is needed."""
        return [self.dtype_line()] if any("dtype" in line for line in code) else []

    def dtype_line(self) -> str:
        """Find the type of constants from the arguments."""
        model = self.model()
        if not model:
            return f"dtype = {self.library}.zeros(()).dtype"
        # What is pasted may be given whole numbers, with which constants would be rounded.
        return (
            f"dtype = {self.library}.result_type({model}, float)" if self.pasted else f"dtype = {model}.dtype"
        )

    def model(self) -> str:
        """The argument whose type all have; empty without arguments."""
        given = {label: value for label, value in self.program.inputs.items() if not self.is_size(label)}
        shaped = [label for label, value in given.items() if value.kind != "scalar"]
        return next((self.arguments[label] for label in [*shaped, *given]), "")

    def is_size(self, label: str) -> bool:
        """Whether an input is found from the shapes of the others."""
        return self.pasted is not None and self.arguments[label] in self.pasted.sizes

    def _write(self, value: Value, uses: int) -> None:
        if value.op.name in self.refused:
            raise ArgumentError(self.refused[value.op.name])
        piece: Piece = getattr(self, value.op.name)(value, *[self.operand(value, arg) for arg in value.args])
        short = len(piece.text) <= LONGEST_LINE and (uses <= 1 or value.op in (TRANSPOSE, ITEM))
        if value in self.repeated:
            short = piece.text.removesuffix(".T").isidentifier()
        if (
            piece.text.isidentifier()
            or value.op in (NUMBER, INPUT)
            or (short and value not in self.program.outputs)
        ):
            self.pieces[value] = piece
            return
        name = self.fresh(value)
        line, note = f"{name} = {piece.bare}", f"{self.comment} {remark(self.notation.of(value))}"
        self.lines += [f"{line}  {note}"] if len(line) + len(note) < LONGEST_LINE + 30 else [note, line]
        self.pieces[value] = Piece(name)
        self.written[value] = name

    def fresh(self, value: Value) -> str:
        """A name for a value."""
        letter = {"scalar": "s", "vector": "v", "matrix": "M", "factorisation": "F"}[value.kind]
        return self.names_used.fresh(letter)

    def operand(self, value: Value, arg: Value) -> Piece:
        """An operand; a number is an array of the library except in arithmetic with arrays."""
        if arg.op is ONES and value.op is SUM:
            return Piece("1")  # The other terms give it its shape.
        if (
            self._is_plain(arg)
            and value.op in (SUM, SCALE, SCALAR_TIMES, HADAMARD)
            and not all(map(self._is_plain, value.args))
        ):
            return number_text(arg.params[0]) if arg.op is NUMBER else Piece(self.arguments[arg.params[0]])
        return self.pieces[arg]

    def _is_plain(self, value: Value) -> bool:
        """Whether a value is a number of Python: one known in advance, or a size."""
        return value.op is NUMBER or (value.op is INPUT and self.is_size(value.params[0]))

    def call(self, name: str, *arguments: object) -> Piece:
        """A call of a function of the library."""
        return Piece(f"{self.library}.{name}({', '.join(map(str, arguments))})")

    def own(self, name: str, *arguments: object) -> Piece:
        """A call of a function that the library lacks."""
        return Piece(f"{self.functions}.{name}({', '.join(map(str, arguments))})")

    def made(self, name: str, *arguments: object) -> Piece:
        """A call that makes an array, with its type."""
        return self.call(name, *arguments, "dtype=dtype")

    @staticmethod
    def extent(value: Value) -> str:
        """The shape as the library holds it."""
        m, n = value.shape
        if value.kind == "scalar":
            return "()"
        return f"({max(m, n) if min(m, n) else 0},)" if value.kind == "vector" else f"({m}, {n})"

    # ---- orientation ----------------------------------------------------------------------------------

    def as_column(self, a: Piece) -> str:
        """An array with one axis as a matrix with one column."""
        return f"{a.at(ATOM)}[:, None]"

    def as_matrix(self, value: Value, a: Piece, level: int = ADDED) -> str:
        """A value as an array with two axes, in brackets where something binds it more tightly."""
        if value.kind == "matrix":
            return a.at(level)
        if value.kind == "scalar":
            return f"{a.at(ATOM)}[None, None]"
        return self.as_column(a) if value.columns == 1 else f"{a.at(ATOM)}[None, :]"

    def outer(self, column: Piece, row: Piece) -> Piece:
        """The product of a column and a row."""
        return Piece(f"{self.as_column(column)} * {row.at(NEGATIVE)}", PRODUCT)
