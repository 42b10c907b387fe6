"""Writes programs for array libraries with NumPy's names.

Columns and rows are arrays with one axis and 1×1 values have none, so that the text reads as one would write
it: ``X.T @ (p - y)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from matgrad.compilation.backends.base.arrays import as_column, as_row
from matgrad.compilation.backends.base.names import PYTHON_WORDS, Names
from matgrad.compilation.backends.base.printer import PythonPrinter
from matgrad.compilation.backends.base.python import Import, Pasted, PythonWriter
from matgrad.compilation.backends.base.tree import (
    Attribute,
    Call,
    Grouped,
    Index,
    Listed,
    Name,
    Node,
    Number,
    Return,
    Word,
    assign,
    call,
    entrywise,
    is_name,
    method,
)
from matgrad.compilation.backends.base.writer import Line
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import INPUT, ITEM, NUMBER, SIZE, TRANSPOSE
from matgrad.compilation.ir.program import Program
from matgrad.core.records import dataclass

LONGEST_LINE = 100
"""Up to here a comment stands behind its line."""


@dataclass(frozen=True)
class Found:
    """What a name needs: to be found from the arguments, as the type of constants is."""

    name: str


class _Printer(PythonPrinter):
    def returned(self, value: Node) -> str:
        assert isinstance(value, Grouped)
        return ", ".join(map(self.text, value.items)) + ("," if len(value.items) == 1 else "")


class ArrayWriter(PythonWriter):
    """Writes a program as a function on arrays of one library.

    Parameters
    ----------
    program : Program
        What to write.
    name : str
        What the function is called.
    pasted : Pasted, optional
        For text that is pasted elsewhere; a compiled function has brought arguments to their form.
    """

    printer = _Printer()

    library: ClassVar[Import]
    """The library."""

    functions: ClassVar[Import]
    """The module with what the library lacks."""

    names_of_functions: ClassVar[dict[str, str]] = {
        "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
        "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
        "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
        "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign", "absolute": "abs",
    }  # fmt: skip
    """Functions of one number that the library has, by the names in ``core.arrays.Functions``."""

    def __init__(self, program: Program, name: str = "function", pasted: Pasted | None = None) -> None:
        super().__init__(program, name, pasted)
        self.repeated = {value.args[0] for value in program.values if value.op.mentions_twice}

    @classmethod
    def free_names(cls) -> Names:
        return Names({*PYTHON_WORDS, cls.library.alias, cls.functions.alias, "dtype", "device"})

    def text(self) -> str:
        """The function as source text."""
        self.write_values()
        results = tuple(self._result(output) for output in self.program.outputs)
        received = [] if self.pasted is None else self._received()
        return self.function(received, Return(Grouped(results)), LONGEST_LINE)

    def _result(self, output: Value) -> Node:
        """A result as it is returned: a row has two axes in text that is pasted."""
        node = self.array(output)
        if self.pasted is not None and output.kind == "vector" and output.columns != 1:
            return as_row(node)
        return node

    # ---- arguments -----------------------------------------------------------------------------------

    def _received(self) -> list[Line]:
        """Lines that bring arguments to their form: rows and columns with one axis, numbers with none."""
        lines = []
        for label, value in self.program.inputs.items():
            name = Name(self.arguments[label])
            if value.kind == "vector":
                lines.append(Line(assign(name, self.lib("reshape", name, Grouped((Number(-1),))))))
            elif value.kind == "scalar":
                lines.append(Line(assign(name, self.received_number(name))))
        return lines

    def received_number(self, name: Name) -> Node:
        """A number, held by whatever has one entry, as an array without axes."""
        return self.lib("reshape", name, Grouped(()))

    def preamble(self, needs: Iterable[object]) -> list[Line]:
        """The first lines of the function: the type of constants, where it is needed."""
        return [Line(assign(Name("dtype"), self.dtype()))] if Found("dtype") in needs else []

    def dtype(self) -> Node:
        """Find the type of constants from the arguments."""
        model = self.model()
        if model is None:
            return Attribute(self.lib("zeros", Grouped(())), "dtype")
        # What is pasted may be given whole numbers, with which constants would be rounded.
        if self.pasted is not None:
            return self.lib("result_type", model, Name("float"))
        return Attribute(model, "dtype")

    def model(self) -> Name | None:
        """The argument whose type all have; nothing without arguments."""
        inputs = self.program.inputs
        shaped = [label for label, value in inputs.items() if value.kind != "scalar"]
        return next((Name(self.arguments[label]) for label in [*shaped, *inputs]), None)

    # ---- values --------------------------------------------------------------------------------------

    def is_inlined(self, value: Value, node: Node) -> bool:
        if isinstance(node, Name) or value.op in (NUMBER, SIZE, INPUT):
            return True
        if value in self.program.outputs:
            return False
        if value in self.repeated:
            return is_name(node)
        return (self.uses[value] <= 1 or value.op in (TRANSPOSE, ITEM)) and self.is_short(node)

    @staticmethod
    def is_plain(value: Value) -> bool:
        """Whether a value is a number of Python: one known in advance, or a size."""
        return value.op in (NUMBER, SIZE)

    def array(self, value: Value) -> Node:
        """A value as an array of the library, also where it is a number of Python."""
        return self.lifted(self(value)) if self.is_plain(value) else self(value)

    def arrays(self, values: Sequence[Value]) -> list[Node]:
        """Several values as arrays."""
        return [self.array(value) for value in values]

    def operands(self, value: Value) -> list[Node]:
        """The operands of arithmetic, where numbers of Python may stand beside arrays."""
        if all(map(self.is_plain, value.args)):
            return self.arrays(value.args)
        return self.all(value.args)

    def matrix(self, value: Value) -> Node:
        """A value as an array with two axes."""
        node = self.array(value)
        if value.kind == "matrix":
            return node
        if value.kind == "scalar":
            return Index(node, (Word(None), Word(None)))
        return as_column(node) if value.columns == 1 else as_row(node)

    def matrices(self, value: Value) -> list[Node]:
        """The operands as arrays with two axes."""
        return [self.matrix(arg) for arg in value.args]

    def outer(self, column: Node, row: Node) -> Node:
        """The product of a column and a row."""
        return entrywise("*", as_column(column), row)

    # ---- what is referred to -------------------------------------------------------------------------

    def lib(self, name: str, *args: Node, **named: Node) -> Call:
        """A call of a function of the library."""
        return call(Attribute(Name(self.library.alias, self.library), name), *args, **named)

    def own(self, name: str, *args: Node, **named: Node) -> Call:
        """A call of a function that the library lacks."""
        return call(Attribute(Name(self.functions.alias, self.functions), name), *args, **named)

    @property
    def type(self) -> Node:
        """The type of constants."""
        return Name("dtype", Found("dtype"))

    def made(self, name: str, *args: Node) -> Call:
        """A call that makes an array, with its type."""
        return self.lib(name, *args, dtype=self.type)

    def lifted(self, number: Node) -> Call:
        """A number of Python, or a list of such, as an array of the library."""
        return self.made("asarray", number)

    def extent(self, value: Value) -> Grouped:
        """The shape as the library holds it."""
        if value.kind == "scalar":
            return Grouped(())
        if value.kind == "matrix":
            return Grouped(tuple(self.shape(value)))
        m, n = value.shape
        length = (n if m == 1 else m) if m and n else 0
        return Grouped((self.size(length),))

    def reshaped(self, value: Value, node: Node) -> Node:
        """An array with two axes as the library holds a value of that shape."""
        return node if value.kind == "matrix" else method(node, "reshape", self.extent(value))

    def arange(self, n: Node) -> Node:
        """The numbers from 0 to n − 1."""
        return self.lib("arange", n)

    def cast(self, truth: Node) -> Node:
        """1 where a condition holds and 0 elsewhere."""
        return method(truth, "astype", self.type)

    def places(self, value: Value) -> Node:
        """The places of the ones of a selection matrix."""
        chosen = value.params[0]
        return self.own(chosen.kind, *map(self.size, chosen.sizes))

    def kron(self, a: Node, b: Node) -> Node:
        """The Kronecker product of two arrays with as many axes."""
        return self.lib("kron", a, b)

    def blocks(self, rows: Sequence[Sequence[Node]]) -> Node:
        """Matrices put together row by row."""
        return self.lib("block", Listed(tuple(Listed(tuple(row)) for row in rows)))

    def joined(self, parts: Sequence[Node]) -> Node:
        """Arrays with one axis put together."""
        return self.lib("hstack", Listed(tuple(parts)))
