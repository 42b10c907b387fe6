"""Writes programs as Python functions: names, lines, and the shapes in which arrays are held.

Columns and rows are arrays with one axis and 1×1 values have none, so that the text reads as one
would write it: ``X.T @ (p - y)``.
"""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import ClassVar

from matgrad.compilation.backends.pieces import ATOM, NEGATIVE, PRODUCT, SUM, Piece
from matgrad.compilation.notation import Notation
from matgrad.compilation.program import Program, Scalar, Value
from matgrad.core.errors import ArgumentError

LONGEST_LINE = 70
"""A value used once is written where it is used, up to this many characters."""

_REPEATING = frozenset({"gram", "weighted_gram"})
"""Primitives that write their first operand twice, which must then have a name."""

_ARITHMETIC = frozenset({"sum", "scale", "scalar_times", "hadamard"})


def number_text(value: Scalar) -> Piece:
    """A number as Python writes it; a fraction as a quotient, which rounds once."""
    if isinstance(value, Fraction):
        whole = value.denominator == 1
        text = str(value.numerator) if whole else f"{value.numerator}/{value.denominator}"
        level = NEGATIVE if value < 0 else ATOM
        return Piece(f"{text}.0" if whole else text, level if whole else PRODUCT)
    return Piece(repr(value), NEGATIVE if value < 0 else ATOM)


def argument_names(names: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """What each variable is called in Python: its name, with _ behind a word that is not free."""
    found: dict[str, str] = {}
    for name in names:
        called = name if name.isidentifier() else "".join(c if c.isidentifier() else "_" for c in name)
        while keyword.iskeyword(called) or called in taken or called in found.values():
            called += "_"
        found[name] = called
    return found


class Writer:
    """Writes a program as a function on arrays of one library.

    Parameters
    ----------
    program : Program
        What to write.
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

    def __init__(self, program: Program) -> None:
        self.program = program
        self.pieces: dict[Value, Piece] = {}
        self.written: dict[Value, str] = {}
        self.notation = Notation(self.written)
        self.lines: list[str] = []
        self.arguments = argument_names(program.inputs, {self.library, self.functions, "dtype", "device"})
        self.taken = set(self.arguments.values())
        self.repeated = {value.args[0] for value in program.values if value.op in _REPEATING}

    # ---- the whole text -------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """The function as source text."""
        arguments = ", ".join(self.arguments.values())
        uses = self.program.uses()
        for value in self.program.values:
            self._write(value, uses[value])
        results = [self.pieces[output] for output in self.program.outputs]
        returned = ", ".join(piece.bare for piece in results)
        body = [*self.preamble(), *self.lines, f"return {returned}{',' if len(results) == 1 else ''}"]
        head = [*self.heading, "", "", f"def {name}({arguments}):"]
        return "\n".join([*head, *(f"    {line}" for line in body)]) + "\n"

    def preamble(self) -> list[str]:
        """The first lines of the function: the type of constants, where it is needed."""
        used = any("dtype" in line for line in [*self.lines, *(p.text for p in self.pieces.values())])
        return [self.dtype_line()] if used else []

    def dtype_line(self) -> str:
        """Find the type of constants from the arguments."""
        model = self.model()
        return f"dtype = {model}.dtype" if model else f"dtype = {self.library}.zeros(()).dtype"

    def model(self) -> str:
        """The argument whose type all have; empty without arguments."""
        shaped = [name for name, value in self.program.inputs.items() if value.kind != "scalar"]
        return next((self.arguments[name] for name in [*shaped, *self.program.inputs]), "")

    def _write(self, value: Value, uses: int) -> None:
        if value.op in self.refused:
            raise ArgumentError(self.refused[value.op])
        piece: Piece = getattr(self, value.op)(value, *[self.operand(value, arg) for arg in value.args])
        short = len(piece.text) <= LONGEST_LINE and (uses <= 1 or value.op in ("transpose", "item"))
        if value in self.repeated:
            short = piece.text.removesuffix(".T").isidentifier()
        if piece.text.isidentifier() or value.op == "number" or (short and value not in self.program.outputs):
            self.pieces[value] = piece
            return
        name = self.fresh(value)
        line, note = f"{name} = {piece.bare}", f"{self.comment} {self.notation.of(value)}"
        self.lines += [f"{line}  {note}"] if len(line) + len(note) < LONGEST_LINE + 30 else [note, line]
        self.pieces[value] = Piece(name)
        self.written[value] = name

    def fresh(self, value: Value) -> str:
        """A name for a value."""
        letter = {"scalar": "s", "vector": "v", "matrix": "M", "factorisation": "F"}[value.kind]
        number = 1
        while f"{letter}{number}" in self.taken:
            number += 1
        self.taken.add(f"{letter}{number}")
        return f"{letter}{number}"

    def operand(self, value: Value, arg: Value) -> Piece:
        """An operand; a number is an array of the library except in arithmetic with arrays."""
        if arg.op == "ones" and value.op == "sum":
            return Piece("1")  # The other terms give it its shape.
        if arg.op != "number":
            return self.pieces[arg]
        if value.op in _ARITHMETIC and any(other.op != "number" for other in value.args):
            return number_text(arg.params[0])
        return self.pieces[arg]

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

    def as_matrix(self, value: Value, a: Piece, level: int = SUM) -> str:
        """A value as an array with two axes, in brackets where something binds it more tightly."""
        if value.kind == "matrix":
            return a.at(level)
        if value.kind == "scalar":
            return f"{a.at(ATOM)}[None, None]"
        return self.as_column(a) if value.columns == 1 else f"{a.at(ATOM)}[None, :]"

    def outer(self, column: Piece, row: Piece) -> Piece:
        """The product of a column and a row."""
        return Piece(f"{self.as_column(column)} * {row.at(NEGATIVE)}", PRODUCT)
