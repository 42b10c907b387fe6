"""Prints Julia."""

from __future__ import annotations

from typing import ClassVar

from matgrad.compilation.backends.base.printer import ATOM, COMPARISON, Printer
from matgrad.compilation.backends.base.tree import Binary, Call, Index, Kind, Node, Slice, Transposed

_OPERATORS = {"@": "*", "**": "^"}
_OF_WHOLE_ARRAYS = frozenset({"@", "\\", "^", "÷"})


class JuliaPrinter(Printer):
    """Prints Julia, with a dot where a function or an operator of numbers acts on entries of arrays."""

    words: ClassVar[dict[bool | None, str]] = {True: "true", False: "false", None: "nothing"}

    def _slice(self, node: Slice) -> tuple[str, int]:
        if node.start is None or node.stop is None:
            return ":", ATOM
        return f"{self.text(node.start)}:{self.text(node.stop)}", COMPARISON

    def _index(self, node: Index) -> tuple[str, int]:
        return f"{self.text(node.of, ATOM)}[{', '.join(map(self.text, node.places))}]", ATOM

    def _transposed(self, node: Transposed) -> tuple[str, int]:
        return f"{self.text(node.of, ATOM)}'", ATOM

    def dot_of_call(self, node: Call) -> str:
        return "." if node.entrywise and node.kind is not Kind.NUMBER else ""

    def operator(self, node: Binary) -> str:
        sign = _OPERATORS.get(node.operator, node.operator)
        return f".{sign}" if is_dotted(node.operator, node.left, node.right) else sign

    def is_tight(self, node: Binary) -> bool:
        return node.operator == "^"


def is_dotted(operator: str, left: Node, right: Node) -> bool:
    """Whether an operator of numbers is spread over the entries of its operands.

    Julia adds and subtracts arrays of one shape, multiplies an array by a number and divides it by one; all
    else is said by a dot.
    """
    if operator in _OF_WHOLE_ARRAYS or left.kind is right.kind is Kind.NUMBER:
        return False
    if operator in ("+", "-"):
        return left.kind is not right.kind
    if operator == "*":
        return Kind.NUMBER not in (left.kind, right.kind)
    return not (operator == "/" and right.kind is Kind.NUMBER)
