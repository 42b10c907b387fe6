"""How errors name operands and propose what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matgrad.core.dims import ONE, Dim, Shape, shape_text
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, alternatives, phrase
from matgrad.language import syntax as s
from matgrad.language.inference import Unknowns
from matgrad.language.names import is_capital, is_greek, is_letter
from matgrad.language.places import name_of
from matgrad.language.scope import Scope
from matgrad.language.syntax import inner as inner

_WHOLE = 120
"""The letters of an operand in a spelling that is offered: a cut one would not be read."""


def _unclosed(text: str, start: int, end: int) -> int:
    """How many braces behind a piece of text close what is open in it."""
    count = 0
    while (
        text.count("{", start, end + count) > text.count("}", start, end + count)
        and text[end + count : end + count + 1] == "}"
    ):
        count += 1
    return count


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

    def quote(self, node: s.Node, longest: int | None = None) -> str:
        """The piece of text that a node was read from, cut where it is long, later in LaTeX."""
        longest = longest or (_WHOLE if self.is_latex else 30)
        start, end = node.span
        if self.is_latex:
            end += _unclosed(self._text, start, end)
        piece = " ".join(self._text[start : min(end, start + 4 * longest)].split())
        if self.is_latex and isinstance(node, (s.Name, s.Subscripted)):
            # In x_1^2 the exponent stands with the index.
            piece = re.sub(r"\^(?:\{[^{}]*\}|\w)$", "", piece)
        return piece if len(piece) <= longest else piece[: longest - 1] + "…"

    def operand(self, node: s.Node, value: Expr) -> str:
        """Name an operand and its shape."""
        return f"{self.quote(node)} ({shape_text(value.shape)})"

    def atom(self, node: s.Node) -> str:
        """The text of a node, in brackets where it needs them as a factor."""
        text = self.quote(node, _WHOLE)
        return f"({text})" if isinstance(node, (s.Sum, s.Signed, s.Product)) else text

    def exponent(self, node: s.Power) -> str:
        """The text of an exponent: 2 of a small ² as well."""
        bare = inner(node.exponent)
        return str(bare.value) if isinstance(bare, s.Num) else self.quote(node.exponent)

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

    def scalars(self, *nodes: s.Node) -> list[Phrase]:
        """Undeclared lower-case names count as vectors; they may have been meant as scalars."""
        names = dict.fromkeys(name for node in nodes for name in self._by_letter(node))
        if names:
            names = dict.fromkeys([*names, *self._of_text()])
        declared = ", ".join(f"{name}: scalar" for name in names)
        return [phrase("declare {declared}", declared=declared)] if names else []

    def numbers(self, left: s.Node, right: s.Node) -> list[Phrase]:
        """What declares two factors numbers, where both are made of such letters and of nothing else."""
        first, second = self._by_letter(left), self._by_letter(right)
        if not first or not second:
            return []
        numbers = phrase("{declare} for numbers", declare=self.scalars(left, right)[0])
        if not isinstance(inner(left), s.Name) or first == second:
            return [numbers]
        before = phrase(
            "declare {name}: scalar for a number before {right}", name=first[0], right=self.quote(right)
        )
        return [phrase("{left} or {right}", left=before, right=numbers)]

    def _of_text(self) -> list[str]:
        """All letters of a text in which nothing is a vector or a matrix by more than its letter."""
        scope = self._scope
        known = scope.dimensions | scope.scalars | scope.integers | set(scope.letters)
        others = [n for n in scope.used if n not in known]
        if (
            scope.turned
            or scope.columns
            or any(is_capital(n) or n in scope.declarations.entries for n in others)
        ):
            return []
        return sorted(n for n in others if is_letter(n) and not is_greek(n) and n not in ("e", "π"))

    def _by_letter(self, node: s.Node) -> list[str]:
        """The letters of a piece, where they are vectors by their letters alone."""
        scope = self._scope
        names = [n for n in (name_of(part) for part in s.walk(node) if _is_named(part)) if n is not None]
        functions = [part.function.text for part in s.walk(node) if isinstance(part, s.Call)]
        names = [name for name in dict.fromkeys(names) if name not in functions]
        letters = [n for n in names if n in scope.symbols and n not in scope.declarations.entries]
        letters = [n for n in letters if n[0].islower() and not scope.symbols[n].is_scalar]
        wide = any(
            isinstance(p, s.Product) and any(o in ("×", "⊗") for o, _ in p.factors) for p in s.walk(node)
        )
        is_told = any(n in scope.turned or n in scope.columns for n in letters)
        wide |= any(n in scope.symbols and not scope.symbols[n].is_scalar for n in names if n not in letters)
        return [] if is_told or wide else letters


def _is_named(node: s.Node) -> bool:
    return isinstance(node, (s.Name, s.Subscripted))


def either(fixes: Sequence[str | Phrase], otherwise: Phrase | None = None) -> str | Phrase | None:
    """Join what could be written instead; at most three are offered."""
    return alternatives(fixes[:3]) or otherwise
