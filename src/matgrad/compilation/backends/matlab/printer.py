"""Prints MATLAB, as GNU Octave reads it too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from matgrad.compilation.backends.base.printer import ATOM, COMPARISON, Printer
from matgrad.compilation.backends.base.tree import Binary, Index, Kind, Node, Slice, Transposed
from matgrad.compilation.backends.matlab import COMMENT


class MatlabPrinter(Printer):
    """Prints MATLAB, with a dot wherever an operator acts on the entries of two arrays."""

    comment = COMMENT
    end = ";"
    over = "="
    words: ClassVar[dict[bool | None, str]] = {True: "true", False: "false", None: "[]"}

    def _slice(self, node: Slice) -> tuple[str, int]:
        if node.start is None or node.stop is None:
            return ":", ATOM
        return f"{self.text(node.start)}:{self.text(node.stop)}", COMPARISON

    def _index(self, node: Index) -> tuple[str, int]:
        return f"{self.text(node.of, ATOM)}({', '.join(map(self.text, node.places))})", ATOM

    def _transposed(self, node: Transposed) -> tuple[str, int]:
        return f"{self.text(node.of, ATOM)}'", ATOM

    def operator(self, node: Binary) -> str:
        left, right = node.left.kind is Kind.NUMBER, node.right.kind is Kind.NUMBER
        match node.operator:
            case "@":
                return "*"
            case "*":
                return "*" if left or right else ".*"
            case "/":
                return "/" if right else "./"
            case "**":
                return "^" if left and right else ".^"
            case "!=":
                return "~="
        return node.operator

    def is_tight(self, node: Binary) -> bool:
        return node.operator in ("**", "^")

    def targets(self, targets: Sequence[Node]) -> str:
        shown = super().targets(targets)
        return shown if len(targets) == 1 else f"[{shown}]"
