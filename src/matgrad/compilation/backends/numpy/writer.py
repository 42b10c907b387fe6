"""Readable NumPy source of a program: one line to a value, with a comment that says what it is.

A row or a column is an array with one axis, a 1×1 value a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from matgrad.compilation.backends.base.arrays import as_column, as_row, flattened
from matgrad.compilation.backends.base.names import PYTHON_WORDS, Names, remark
from matgrad.compilation.backends.base.python import Import, Pasted, PythonWriter
from matgrad.compilation.backends.base.tree import (
    Attribute,
    Call,
    Grouped,
    Name,
    Node,
    Number,
    Return,
    Word,
    assign,
    call,
    is_name,
    method,
    needs_of,
)
from matgrad.compilation.backends.base.writer import Line, Steps, is_formed_late
from matgrad.compilation.backends.numpy.filling import into, makes_an_array
from matgrad.compilation.backends.numpy.table import NUMPY, SPARSE
from matgrad.compilation.ir.liveness import Liveness, borrowed
from matgrad.compilation.ir.numbers import extremes, require_representable
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import CONSTANT, INPUT, NUMBER
from matgrad.compilation.ir.program import Program
from matgrad.compilation.ir.sizes import plain
from matgrad.core.records import dataclass

REUSED = 1 << 14
"""From this many entries on a result takes the memory of an operand that is done with."""


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
        Whether it has the type of the computation already, and is a sparse array where it is sparse.
    stored : str
        How it is held where it is no array: ``"sparse"`` or ``"operator"``.
    """

    axes: int
    order: str = "C"
    exact: bool = True
    stored: str = ""


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
        The names of the parameters of the function, as they stand in the source.
    called : mapping of str to str
        What the functions that are handed over are called in the source.
    filled : tuple of int
        The places of the results that are not returned but written into arrays, the last arguments.
    """

    text: str
    constants: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    filled: tuple[int, ...] = ()


SPARSE_ARRAYS = "matgrad.compilation.backends.numpy.sparse_arrays"

_WORDS = PYTHON_WORDS | {"np"}
"""What no name of a text may be."""


class NumpyWriter(PythonWriter):
    """Writes the NumPy source of a program.

    Parameters
    ----------
    program : Program
        What to compute.
    arguments : mapping of str to Argument
        How the arrays come.
    flat : sequence of bool
        For each output, whether it is returned with one axis (a column) rather than two.
    dtype : str
        ``"float64"`` or ``"float32"``.
    numbers : sequence of bool, optional
        For each output of size 1×1, whether it is returned as a number; by default all are.
    pasted : Pasted, optional
        For text that is pasted elsewhere.
    name : str
        What the function is called.
    fill : sequence of int
        The places of matrices among the outputs for which the caller has arrays: what is made by a step that
        can write into an array is written there.
    """

    table = NUMPY
    width = 64

    def __init__(
        self,
        program: Program,
        arguments: Mapping[str, Argument],
        flat: Sequence[bool],
        dtype: str,
        numbers: Sequence[bool] | None = None,
        pasted: Pasted | None = None,
        name: str = "compute",
        fill: Sequence[int] = (),
    ) -> None:
        super().__init__(program, name, pasted)
        self.filled: dict[int, str] = {}
        self.given, self.flat, self.dtype = arguments, flat, dtype
        self.numbers = numbers or [True] * len(program.outputs)
        self.uses = mentions(program)
        self.constants: dict[str, Node] = {}
        self.layouts: dict[Value, str] = {}
        self._imported: dict[tuple[str, str], Name] = {}
        require_representable(extremes(program.numbers), dtype)
        self.liveness = Liveness.of(program)
        self.borrowed = borrowed(program)
        outputs = {program.outputs[place]: place for place in fill}
        self.arrays: list[Value] = []
        self.taken: set[Value] = set()
        self._fill = {value: place for value, place in outputs.items() if value.kind == "matrix"}

    @classmethod
    def free_names(cls) -> Names:
        return Names(_WORDS)

    def write(self) -> Source:
        """The source."""
        received = self._received()
        for value in self.program.values:
            if value.op is not INPUT:
                self.layouts[value] = self._layout(value)
                if not is_formed_late(value):
                    self.define(value)
        outputs = [(p, v) for p, v in enumerate(self.program.outputs) if p not in self.filled]
        results = [self._result(place, value) for place, value in outputs]
        last = Return(_returned(results))
        text = self._text(received, last)
        return Source(text, tuple(self.constants), self.parameters, self.called, tuple(self.filled))

    @property
    def parameters(self) -> tuple[str, ...]:
        return (*self.arguments.values(), *self.filled.values())

    def _text(self, received: Sequence[Line], last: Return) -> str:
        """The module, with its comments below one another."""
        made = [assign(Name(name), node) for name, node in self.constants.items()]
        needs = needs_of(*made, *(line.statement for line in [*received, *self.lines]), last)
        lines = [(self.printer.statement(line.statement), line.note) for line in [*received, *self.lines]]
        width = min(max((len(line) for line, _ in lines), default=0), 56)
        body = [f"{line:<{width}}  # {remark(note)}" if note else line for line, note in lines]
        found = [self.printer.statement(line.statement) for line in self.size_lines(needs)]
        count = len(received)
        whole = [*body[:count], *found, *body[count:], self.printer.statement(last)]
        imports = [need for need in needs if isinstance(need, Import)]
        return self.module(imports, whole, list(map(self.printer.statement, made)))

    # ---- arguments -----------------------------------------------------------------------------------

    def _received(self) -> list[Line]:
        """The lines that bring arguments to the form that the others expect."""
        lines: list[Line] = []
        for label, value in self.program.inputs.items():
            name = self.arguments[label]
            self.names[value] = name
            if value in self.uses:
                self.nodes[value] = Name(name)
                self.layouts[value] = self.given[label].order
                lines += self._receive(Name(name), value, self.given[label])
        return lines

    def _receive(self, name: Name, value: Value, argument: Argument) -> list[Line]:
        note = f"{name.name}: {value.rows}×{value.columns}"
        if argument.stored:
            note += f", {argument.stored}"
            if argument.stored == "operator" or (argument.exact and value.kind == "matrix"):
                return []
            reading = "as_rows" if value.kind == "matrix" else "as_column"
            read: Node = call(self.own(SPARSE_ARRAYS, reading), name, self.type)
            if value.kind == "scalar":
                read = method(read, "item")
            return [Line(assign(name, read), note)]
        if value.kind == "scalar":
            if self.pasted is not None:
                number: Node = self.np("reshape", name, Grouped(()))
            else:
                number = method(name, "item") if argument.axes else name
            return [Line(assign(name, self.np(self.dtype, number)), f"{name.name}: a number")]
        steps: Node = name
        if self.pasted is not None:
            if value.kind == "vector":
                steps = self.np("reshape", name, Number(-1))
        else:
            if not argument.exact:
                steps = method(steps, "astype", self.type)
            if value.kind == "vector" and argument.axes == 2:
                steps = flattened(steps)
        return [] if steps is name else [Line(assign(name, steps), note)]

    # ---- values --------------------------------------------------------------------------------------

    def _layout(self, value: Value) -> str:
        if value.kind != "matrix":
            return "C"
        if value.is_of_stored:
            return ""
        rule = self.table.of(value.op).options.get("layout")
        return "" if rule is None else rule(self.layouts, value)

    def is_inlined(self, value: Value, node: Node) -> bool:
        if value.op.is_repeatable or value.op is CONSTANT:
            return True
        once = self.uses[value] == 1 and value.op.is_inline and value not in self.program.outputs
        once = once and value not in self.program.apart
        return once and len(self.printer.text(node)) <= self.width

    def define(self, value: Value) -> None:
        super().define(value)
        if value in self.names and value.kind == "matrix":
            self._find_place(value)

    def _find_place(self, value: Value) -> None:
        """Write a matrix that was just made into an array of the caller, or one that is done with."""
        place = self._fill.get(value)
        if place is not None:
            target = self.used.fresh("out")
            if self._written_into(value, target):
                self.filled[place] = target
        elif self.is_large(value) and self.pasted is None and makes_an_array(self.lines[-1].statement):
            array = next((held for held in self.arrays if self._is_free(held, value)), None)
            if array is not None and self._written_into(value, self.names[array]):
                self.taken.add(array)
        if value.op.allocates:
            self.arrays.append(value)

    def _is_free(self, array: Value, value: Value) -> bool:
        """Whether a value may be written where another stands, which nothing reads any more."""
        alike = array.shape == value.shape and self.layouts[array] == self.layouts[value] != ""
        return alike and array not in self.taken and self.liveness.is_over(value, array, self.names)

    def _written_into(self, value: Value, target: str) -> bool:
        """Write the array of a value that was just made into another, where its last step can."""
        line = self.lines[-1]
        found = into(line.statement, self.names[value], Name(target), self.library)
        if found is not None:
            self.lines[-1] = Line(found, line.note)
        return found is not None

    def fresh(self, value: Value) -> str:
        return self.used.fresh("t")

    def written(self, value: Value) -> Node | Steps:
        if value.is_of_stored:
            found: Node | Steps = SPARSE.of(value.op).entry(self, value)
            return found
        made = super().written(value)
        of_numbers = value.kind == "scalar" and value.args and all(arg.op is NUMBER for arg in value.args)
        # What Python computes of numbers that are written out has neither the type nor the attributes.
        return self.np(self.dtype, made) if of_numbers and not isinstance(made, Steps) else made

    def is_inside(self, value: Value) -> bool:
        """Whether a value is written inside others, with no name."""
        return not isinstance(self(value), Name)

    def held(self, value: Value) -> Node:
        """A value on a line of its own, so that what it is made of is read before the next line."""
        node = self(value)
        if is_name(node) or value.op.is_repeatable or value.op is CONSTANT:
            return node
        name = self.named(value)
        self.lines.append(Line(assign(name, node), self.notation.of(value)))
        if value.kind == "matrix":
            self._find_place(value)
        return name

    def overwritten(self, value: Value, operand: Value) -> Node | None:
        """An operand whose array a value may take; nothing where something else reads it."""
        if operand in self.taken or not self.liveness.ends_with(value, operand, self.names):
            return None
        self.taken.add(operand)
        return self(operand)

    def is_large(self, value: Value) -> bool:
        """Whether new memory for a value takes longer than filling it."""
        return plain(value.rows * value.columns) >= REUSED

    def reuse(self, value: Value, operand: Value) -> Node | None:
        """A large operand whose array a value takes, being the last to read it; or nothing.

        Only large arrays are worth it: filling new memory takes longer than computing a sum. An operand that
        would be written inside the line of the value gets a line of its own.
        """
        if operand.shape != value.shape or not self.is_large(value) or value.kind == "scalar":
            return None
        if operand.op.allocates and value.args.count(operand) == 1:
            self.held(operand)
        taken = self.overwritten(value, operand)
        if taken is not None:
            self.layouts[value] = self.layouts[operand]
        return taken

    # ---- what is referred to -------------------------------------------------------------------------

    def argument(self, value: Value) -> Node:
        """A value as an argument of a function that makes arrays, or that asks for a type."""
        return self.np(self.dtype, self(value)) if value.op is NUMBER else self(value)

    def arguments_of(self, value: Value) -> list[Node]:
        """The operands of a value as arguments of such a function."""
        return [self.argument(arg) for arg in value.args]

    @property
    def library(self) -> Name:
        """NumPy."""
        return self.imported("numpy", "", "np")

    def np(self, name: str, *args: Node, **named: Node) -> Call:
        """A call of a function of NumPy."""
        return call(Attribute(self.library, name), *args, **named)

    @property
    def type(self) -> Node:
        """The type of the computation."""
        return Attribute(self.library, self.dtype)

    @property
    def typed(self) -> dict[str, Node]:
        """The argument that makes new arrays of the type of the computation."""
        return {} if self.dtype == "float64" else {"dtype": self.type}

    def own(self, module: str, name: str) -> Name:
        """A function of a module."""
        known = self._imported.get((module, name))
        if known is None:
            known = self._imported[module, name] = self.imported(module, name, self.used.claim(name))
        return known

    def constant(self, made: Node) -> Node:
        """Make an array once, beside the function, and give its name.

        Text that is pasted makes it where it is used: its size is known only there.
        """
        if self.pasted is not None:
            return made
        for known, node in self.constants.items():
            if node == made:
                return Name(known)
        name = self.used.fresh("c")
        self.constants[name] = made
        return Name(name)

    # ---- results -------------------------------------------------------------------------------------

    def _result(self, place: int, value: Value) -> Node:
        node = self(value)
        if value.kind == "scalar":
            node = self.np(self.dtype, node) if value.op is NUMBER else node
            if self.numbers[place]:
                return node
            return self.np(
                "reshape", node, Number(1) if self.flat[place] else Grouped((Number(1), Number(1)))
            )
        if self.borrowed[place]:
            node = method(node, "copy")
        if value.kind == "vector" and not (self.flat[place] and value.columns == 1):
            return as_column(node) if value.columns == 1 else as_row(node)
        if value.kind == "matrix" and self.flat[place] and value.columns == 1:
            return flattened(node)
        return node


def mentions(program: Program) -> dict[Value, int]:
    """How often each value is written, where what is repeatable is written wherever it is used."""
    uses = program.uses()
    for value in reversed(program.values):
        times = uses[value] if value.op.is_repeatable else 1
        times += value.op.mentions_twice
        for arg in value.args[:1]:
            uses[arg] += times - 1
    return uses


def _returned(results: Sequence[Node]) -> Node:
    """What a function returns: a result, several, or nothing."""
    if not results:
        return Word(None)
    return results[0] if len(results) == 1 else Grouped(tuple(results))
