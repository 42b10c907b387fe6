"""Readable NumPy source of a program: one line to a value, with a comment that says what it is.

A row or a column is an array with one axis, a 1×1 value a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matgrad.compilation.backends.base.names import PYTHON_WORDS, Names, remark
from matgrad.compilation.backends.numpy import expressions
from matgrad.compilation.backends.numpy.text import ATOM, enclosed
from matgrad.compilation.ir.liveness import Liveness, borrowed
from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.numbers import extremes, require_representable
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import CONSTANT, INPUT, NUMBER
from matgrad.compilation.ir.program import Program

if TYPE_CHECKING:
    from matgrad.compilation.backends.base.writer import Pasted

REUSED = 1 << 14
"""From this many entries on a result takes the memory of an operand that is done with."""

_WIDTH = 64
"""The longest expression that is written inside another."""


@dataclass(frozen=True)
class Argument:
    """An array as the generated function receives it.

    Attributes
    ----------
    axes : int
        How many axes it has.
    order : str
        ``"C"``, ``"F"`` or ``""`` for anything else, of arrays with two axes.
    exact : bool
        Whether it has the type of the computation already.
    """

    axes: int
    order: str = "C"
    exact: bool = True


@dataclass
class Source:
    """Generated code.

    Attributes
    ----------
    text : str
        The source of a module with one function ``compute``.
    constants : tuple of str
        The names of index arrays and matrices of numbers that the module makes once.
    parameters : tuple of str
        The names of the parameters of ``compute``, as they stand in the source.
    """

    text: str
    constants: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


class Writer:
    """Writes the NumPy source of a program.

    Parameters
    ----------
    program : Program
        What to compute.
    arguments : mapping of str to Argument
        How the arrays come.
    flat : list of bool
        For each output, whether it is returned with one axis (a column) rather than two.
    dtype : str
        ``"float64"`` or ``"float32"``.
    numbers : list of bool, optional
        For each output of size 1×1, whether it is returned as a number; by default all are.
    pasted : Pasted, optional
        How arguments are received by text that is pasted elsewhere.
    name : str
        What the function is called.
    """

    def __init__(
        self,
        program: Program,
        arguments: Mapping[str, Argument],
        flat: list[bool],
        dtype: str,
        numbers: list[bool] | None = None,
        pasted: Pasted | None = None,
        name: str = "compute",
    ) -> None:
        self.pasted = pasted
        self.used = Names({*PYTHON_WORDS, "np"}) if pasted is None else pasted.names
        self.name = self.used.claim_function(name) if pasted is None else name
        self.numbers = numbers or [True] * len(program.outputs)
        self.program, self.arguments, self.flat, self.dtype = program, arguments, flat, dtype
        self.uses = mentions(program)
        self.names: dict[Value, str] = {}
        self.notation = Notation(self.names)
        self.plain = Notation({})
        self.texts: dict[Value, tuple[str, int]] = {}
        self.lines: list[tuple[str, str]] = []
        self.imports: dict[str, dict[str, str]] = {}
        self.constants: dict[str, str] = {}
        self.layouts: dict[Value, str] = {}
        require_representable(extremes(program.numbers), dtype)
        self.liveness = Liveness.of(program)
        self.borrowed = borrowed(program)

    def write(self) -> Source:
        """The source."""
        parameters = self._parameters()
        for value in self.program.values:
            self._value(value)
        results = [self._result(place, v) for place, v in enumerate(self.program.outputs)]
        returned = results[0] if len(results) == 1 else f"({', '.join(results)})"
        width = min(max((len(line) for line, _ in self.lines), default=0), 56)
        lines = [f"{line:<{width}}  # {remark(note)}" if note else line for line, note in self.lines]
        last = f"return {returned}"
        found = [] if self.pasted is None else self.pasted.lines([*lines, last])
        body = [f"    {line}" for line in [*lines[: self.received], *found, *lines[self.received :], last]]
        head = ["import numpy as np"]
        head += [
            f"from {module} import "
            + ", ".join(f"{n} as {alias}" if alias != n else n for n, alias in sorted(names.items()))
            for module, names in sorted(self.imports.items())
        ]
        text = "\n".join(
            [
                *head,
                *([""] if self.constants else []),
                *(f"{constant} = {made}" for constant, made in self.constants.items()),
                "",
                "",
                f"def {self.name}({', '.join(parameters)}):",
                *body,
                "",
            ]
        )
        return Source(text, tuple(self.constants), tuple(parameters))

    # ---- names -----------------------------------------------------------------------------------

    def _parameters(self) -> list[str]:
        parameters = []
        for label, value in self.program.inputs.items():
            shown = self.used.claim(label) if self.pasted is None else self.pasted.called[label]
            self.names[value] = shown
            if self.pasted is None or shown in self.pasted.parameters:
                parameters.append(shown)
        for label, value in self.program.inputs.items():
            if value in self.uses:
                self._receive(value, self.arguments[label])
        self.received = len(self.lines)
        return parameters

    def _receive(self, value: Value, argument: Argument) -> None:
        """Bring an argument to the form that the lines below expect."""
        name = self.names[value]
        self.texts[value] = (name, ATOM)
        self.layouts[value] = argument.order
        note = f"{name}: {value.rows}×{value.columns}"
        if self.pasted is not None:
            if name in self.pasted.sizes:
                return
            if value.kind == "scalar":
                self.lines.append((f"{name} = np.{self.dtype}(np.reshape({name}, ()))", f"{name}: a number"))
            elif value.kind == "vector":
                self.lines.append((f"{name} = np.reshape({name}, -1)", note))
            return
        if value.kind == "scalar":
            inner = f"{name}.item()" if argument.axes else name
            self.lines.append((f"{name} = np.{self.dtype}({inner})", f"{name}: a number"))
            return
        steps = "" if argument.exact else f".astype(np.{self.dtype})"
        if value.kind == "vector" and argument.axes == 2:
            steps += ".reshape(-1)"
        if steps:
            self.lines.append((f"{name} = {name}{steps}", note))

    def fresh(self) -> str:
        """A new name for a value."""
        return self.used.fresh("t")

    # ---- values ----------------------------------------------------------------------------------

    def _value(self, value: Value) -> None:
        if value.op is INPUT:
            return
        self.layouts[value] = expressions.layout(self, value)
        if not value.op.is_virtual:
            self._define(value)

    def _define(self, value: Value) -> None:
        """Write a value inline, or on a line of its own."""
        text, level = expressions.write(self, value)
        if value.kind == "scalar" and value.args and all(a.op is NUMBER for a in value.args):
            # What Python computes of numbers that are written out has neither the type nor the attributes.
            text, level = f"np.{self.dtype}({text})", ATOM
        free = value.op.is_repeatable or value.op is CONSTANT
        once = self.uses[value] == 1 and value.op.is_inline and value not in self.program.outputs
        if not text.startswith("\0") and (free or (once and len(text) <= _WIDTH)):
            self.texts[value] = (text, level)
            return
        name = self.fresh()
        self.names[value] = name
        self.texts[value] = (name, ATOM)
        if not text.startswith("\0"):
            self.lines.append((f"{name} = {text}", self.notation.of(value)))
            return
        # Several lines, with the name of the value in place of the mark.
        note = self.notation.of(value)
        for line in text[1:].split("\n"):
            self.lines.append((line.replace("\0", name), note))
            note = ""

    def overwritten(self, value: Value, operand: Value) -> str:
        """The name of an operand whose array a value may take; empty where something else reads it."""
        return self.names[operand] if self.liveness.ends_with(value, operand, self.names) else ""

    def reuse(self, value: Value, operand: Value) -> str:
        """The name of a large operand whose array a value takes, being the last to read it; or nothing.

        Only large arrays are worth it: filling new memory takes longer than computing a sum.
        """
        if operand.shape != value.shape or value.rows * value.columns < REUSED or value.kind == "scalar":
            return ""
        name = self.overwritten(value, operand)
        if name:
            self.layouts[value] = self.layouts[operand]
        return name

    def text(self, value: Value, least: int = 0) -> str:
        """The text of a value, in brackets where it binds less than needed."""
        if value not in self.texts:
            self._define(value)
        return enclosed(*self.texts[value], least)

    def argument(self, value: Value) -> str:
        """The text of a value as an argument of a function that makes arrays, or that asks for a type."""
        return f"np.{self.dtype}({self.text(value)})" if value.op is NUMBER else self.text(value)

    def dtype_argument(self) -> str:
        """The argument that makes new arrays of the type of the computation."""
        return "" if self.dtype == "float64" else f", dtype=np.{self.dtype}"

    def call(self, module: str, name: str) -> str:
        """Import a function and give its name."""
        names = self.imports.setdefault(module, {})
        if name not in names:
            names[name] = self.used.claim(name)
        return names[name]

    def constant(self, made: str) -> str:
        """Make an array once, beside the function, and give its name.

        Text that is pasted makes it where it is used: its size is known only there.
        """
        if self.pasted is not None:
            return made
        name = self.used.fresh("c")
        self.constants[name] = made
        return name

    # ---- results ---------------------------------------------------------------------------------

    def _result(self, place: int, value: Value) -> str:
        text = self.text(value, ATOM)
        if value.kind == "scalar":
            text = f"np.{self.dtype}({self.text(value)})" if value.op is NUMBER else text
            if self.numbers[place]:
                return text
            return f"np.reshape({text}, {1 if self.flat[place] else (1, 1)})"
        if self.borrowed[place]:
            text += ".copy()"
        if value.kind == "vector" and not (self.flat[place] and value.columns == 1):
            text += "[:, None]" if value.columns == 1 else "[None, :]"
        elif value.kind == "matrix" and self.flat[place] and value.columns == 1:
            text += ".reshape(-1)"
        return text


def mentions(program: Program) -> dict[Value, int]:
    """How often the text of each value is written, where what is free is written wherever it is used."""
    uses = program.uses()
    for value in reversed(program.values):
        times = uses[value] if value.op.is_repeatable else 1
        # These mention their operand twice.
        times += value.op.mentions_twice
        for arg in value.args[:1]:
            uses[arg] += times - 1
    return uses
