"""How errors name operands and propose what to write instead."""

from __future__ import annotations

from matgrad.core.dims import ONE, Dim, Shape, shape_text
from matgrad.core.expr import Expr
from matgrad.language import syntax as s
from matgrad.language.inference import Unknowns
from matgrad.language.scope import Scope
from matgrad.language.syntax import inner as inner


def count(dim: Dim, noun: str) -> str:
    """Write a number of rows or columns: ``1 column``, ``n columns``."""
    return f"1 {noun}" if dim is ONE else f"{dim} {noun}s"


class Wording:
    """Quotes a text, and writes what would mend it in its own dialect."""

    def __init__(self, text: str, scope: Scope, unknowns: Unknowns, *, dialect: str) -> None:
        self._text = text
        self._scope = scope
        self._unknowns = unknowns
        self.is_numpy = dialect == "numpy"
        self.is_latex = dialect == "latex"
        self.times = " @ " if self.is_numpy else " "
        self.entrywise = (
            ("*", "/") if self.is_numpy else (r"\odot", r"\oslash") if self.is_latex else (".*", "./")
        )

    def quote(self, node: s.Node, longest: int = 30) -> str:
        """The piece of text that a node was read from, cut where it is long."""
        start, end = node.span
        piece = " ".join(self._text[start : min(end, start + 4 * longest)].split())
        return piece if len(piece) <= longest else piece[: longest - 1] + "…"

    def operand(self, node: s.Node, value: Expr) -> str:
        """Name an operand and its shape."""
        return f"{self.quote(node)} ({shape_text(value.shape)})"

    def atom(self, node: s.Node) -> str:
        """The text of a node, in brackets where it needs them as a factor."""
        text = self.quote(node)
        return f"({text})" if isinstance(node, (s.Sum, s.Signed, s.Product)) else text

    def call(self, function: str, text: str) -> str:
        """A function applied to a text."""
        name = function.replace("_", r"\_")
        return rf"\operatorname{{{name}}}({text})" if self.is_latex else f"{function}({text})"

    def transposed(self, node: s.Node) -> str:
        """The text of the transpose of a node."""
        mark = ".T" if self.is_numpy else r"^\top" if self.is_latex else "'"
        bare = inner(node)
        if isinstance(bare, s.Transposed):
            return self.quote(bare.operand)
        return f"({self.quote(bare)}){mark}" if isinstance(bare, s.Power) else self.atom(bare) + mark

    def fits(self, left: Dim, right: Dim) -> bool:
        """Whether two dimensions are equal, or open and so could be."""
        if left is right:
            return True
        return ONE not in (left, right) and (self._unknowns.is_open(left) or self._unknowns.is_open(right))

    def shapes_fit(self, left: Shape, right: Shape) -> bool:
        """Whether two shapes are equal, or could be."""
        return self.fits(left[0], right[0]) and self.fits(left[1], right[1])

    def scalars(self, *nodes: s.Node) -> list[str]:
        """Undeclared lower-case names count as vectors; they may have been meant as scalars."""
        names = [n.text for n in map(inner, nodes) if isinstance(n, s.Name)]
        declared = self._scope.declarations.entries
        open_names = [n for n in names if n in self._scope.symbols and n not in declared and n[0].islower()]
        return [f"declare {name}: scalar" for name in dict.fromkeys(open_names)]


def either(fixes: list[str], otherwise: str | None = None) -> str | None:
    """Join what could be written instead; at most three are offered."""
    return " or ".join(fixes[:3]) or otherwise
