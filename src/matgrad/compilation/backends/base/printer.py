"""Prints source trees: brackets where an operand binds less than what it stands in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import ClassVar

from matgrad.compilation.backends.base.names import remark
from matgrad.compilation.backends.base.tree import (
    Assign,
    Attribute,
    Binary,
    Blocks,
    Call,
    Do,
    End,
    For,
    Grouped,
    If,
    Index,
    Listed,
    Name,
    Negative,
    Node,
    Number,
    Return,
    Slice,
    Statement,
    String,
    Transposed,
    Update,
    Word,
)
from matgrad.compilation.ir.numbers import Scalar, literal, magnitude

COMPARISON, SUM, PRODUCT, NEGATIVE, POWER, ATOM = range(6)
"""How tightly an expression binds."""

LEVELS = {
    "==": COMPARISON, "!=": COMPARISON, ">": COMPARISON, ">=": COMPARISON,
    "+": SUM, "-": SUM,
    "*": PRODUCT, "/": PRODUCT, "@": PRODUCT, "\\": PRODUCT, "//": PRODUCT, "÷": PRODUCT,
    "**": POWER, "^": POWER,
}  # fmt: skip


def number_text(value: Scalar | int) -> tuple[str, int]:
    """A number as every language here reads it, and how tightly it binds."""
    value = Fraction(value) if isinstance(value, int) else value
    text, sign = literal(magnitude(value)), "-" if value < 0 else ""
    return sign + text, PRODUCT if " / " in text else NEGATIVE if sign else ATOM


@cache
def _method_for(node: str) -> str:
    """What the method is called that prints the nodes of a class."""
    return f"_{node.lower()}"


class Printer(ABC):
    """Prints the trees of one language."""

    comment: ClassVar[str] = "#"
    """What starts a comment."""

    end: ClassVar[str] = ""
    """What ends a statement."""

    words: ClassVar[dict[bool | None, str]]
    """The constants that are no numbers."""

    over: ClassVar[str] = "in"
    """What stands between the variable of a loop and its range."""

    quote: ClassVar[str] = "'"

    # ---- expressions ---------------------------------------------------------------------------------

    def text(self, node: Node, least: int = COMPARISON) -> str:
        """An expression, in brackets where it binds less than needed."""
        text, level = self._written(node)
        return text if level >= least else f"({text})"

    def _written(self, node: Node) -> tuple[str, int]:
        written: tuple[str, int] = getattr(self, _method_for(type(node).__name__))(node)
        return written

    def _name(self, node: Name) -> tuple[str, int]:
        return node.name, ATOM

    def _number(self, node: Number) -> tuple[str, int]:
        return number_text(node.value)

    def _word(self, node: Word) -> tuple[str, int]:
        return self.words[node.value], ATOM

    def _string(self, node: String) -> tuple[str, int]:
        return repr(node.value), ATOM

    def _call(self, node: Call) -> tuple[str, int]:
        args = [self.text(arg) for arg in node.args]
        args += [f"{name}={self.text(value)}" for name, value in node.named]
        return f"{self.text(node.function, ATOM)}{self.dot_of_call(node)}({', '.join(args)})", ATOM

    def dot_of_call(self, node: Call) -> str:
        """What says that a function is one of every entry."""
        return ""

    def _attribute(self, node: Attribute) -> tuple[str, int]:
        return f"{self.text(node.of, ATOM)}.{node.name}", ATOM

    @abstractmethod
    def _slice(self, node: Slice) -> tuple[str, int]:
        """Places of an array."""

    @abstractmethod
    def _index(self, node: Index) -> tuple[str, int]:
        """Entries of an array."""

    @abstractmethod
    def _transposed(self, node: Transposed) -> tuple[str, int]:
        """A transpose."""

    def _negative(self, node: Negative) -> tuple[str, int]:
        return f"-{self.text(node.of, POWER)}", NEGATIVE

    def _binary(self, node: Binary) -> tuple[str, int]:
        level = LEVELS[node.operator]
        # Operators of one level are read from the left; a power takes none beside it.
        spine = [node]
        if level in (SUM, PRODUCT):
            while isinstance(first := spine[-1].left, Binary) and LEVELS[first.operator] == level:
                spine.append(first)
        text = self.text(spine[-1].left, level if level in (SUM, PRODUCT) else level + 1)
        for part in reversed(spine):
            space = "" if self.is_tight(part) else " "
            text += f"{space}{self.operator(part)}{space}{self.text(part.right, level + 1)}"
        return text, level

    @abstractmethod
    def operator(self, node: Binary) -> str:
        """An operator as the language has it between operands of these kinds."""

    def is_tight(self, node: Binary) -> bool:
        """Whether an operator stands without spaces."""
        return False

    def _listed(self, node: Listed) -> tuple[str, int]:
        return f"[{', '.join(map(self.text, node.items))}]", ATOM

    def _grouped(self, node: Grouped) -> tuple[str, int]:
        comma = "," if len(node.items) == 1 else ""
        return f"({', '.join(map(self.text, node.items))}{comma})", ATOM

    def _blocks(self, node: Blocks) -> tuple[str, int]:
        rows = [" ".join(self._block(block) for block in row) for row in node.rows]
        return f"[{'; '.join(rows)}]", ATOM

    def _block(self, node: Node) -> str:
        """A block among others: what is put together by spaces must not be read as a sum."""
        return self.text(node, NEGATIVE if isinstance(node, Number) else ATOM)

    # ---- statements ----------------------------------------------------------------------------------

    def statement(self, statement: Statement) -> str:
        """A line of code."""
        match statement:
            case Assign(targets, value):
                return f"{self.targets(targets)} = {self.text(value)}{self.end}"
            case Update(target, operator, value):
                return f"{self.text(target)} {operator}= {self.text(value)}{self.end}"
            case Do(value):
                return f"{self.text(value)}{self.end}"
            case Return(value):
                return f"return {self.returned(value)}{self.end}"
            case For(index, first, last):
                return f"for {self.text(index)} {self.over} {self.text(first, SUM)}:{self.text(last, SUM)}"
            case If(tests):
                return f"if {' && '.join(map(self.text, tests))}"
            case End():
                return "end"
        raise TypeError(statement)

    def targets(self, targets: Sequence[Node]) -> str:
        """What is assigned to."""
        return ", ".join(map(self.text, targets))

    def returned(self, value: Node) -> str:
        """What a function returns."""
        return self.text(value)

    def noted(self, line: str, note: str, longest: int) -> list[str]:
        """A line with its comment behind it, or before it where both are too long for one line."""
        if not note:
            return [line]
        note = f"{self.comment} {remark(note)}"
        return [f"{line}  {note}"] if len(line) + len(note) < longest else [note, line]


class PythonPrinter(Printer):
    """Prints Python."""

    words: ClassVar[dict[bool | None, str]] = {True: "True", False: "False", None: "None"}

    def _slice(self, node: Slice) -> tuple[str, int]:
        start, stop = ("" if end is None else self.text(end) for end in (node.start, node.stop))
        return f"{start}:{stop}", COMPARISON

    def _index(self, node: Index) -> tuple[str, int]:
        return f"{self.text(node.of, ATOM)}[{', '.join(map(self.text, node.places))}]", ATOM

    def _transposed(self, node: Transposed) -> tuple[str, int]:
        return f"{self.text(node.of, ATOM)}.T", ATOM

    def operator(self, node: Binary) -> str:
        return node.operator
