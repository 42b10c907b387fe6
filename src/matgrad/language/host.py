"""What the parts of the elaboration see of the whole."""

from __future__ import annotations

from collections.abc import Container, Generator, Mapping, Sequence
from typing import Any, Protocol

from matgrad.calculus.question import Question
from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import Phrase
from matgrad.language import syntax as s
from matgrad.language.definitions import Definition
from matgrad.language.scope import Scope
from matgrad.language.wording import Wording

Visit = Generator[s.Node, Any, Any]
"""What elaborating a node is: it asks for the values of its parts and returns its own."""


class Host(Protocol):
    """One text that is elaborated; see :class:`matgrad.language.elaborate.Elaborator`."""

    text: str
    scope: Scope
    is_numpy: bool
    bound: Container[str]
    definitions: Mapping[str, Definition]
    values: dict[str, Expr]
    is_latex: bool
    say: Wording
    of_entries: set[int]
    """The pieces, by their identity, that stand beside a sign of entries, as in (1 − A) ⊙ B."""

    summed: set[int]
    """The pieces, by their identity, over which a sum or a product goes."""

    pieces: dict[int, Any]
    """The values of the pieces that were elaborated, by their identity."""

    def run(self, node: s.Node) -> Any:
        """The value of a piece of text."""

    def variable(self, name: str) -> Symbol:
        """A declared variable."""

    def dimension(self, node: s.Name) -> Dim:
        """What a name stands for in the place of a dimension."""

    def place(self, node: s.Name) -> Dim:
        """What a name stands for in the place of an index."""

    def indexed_binding(self, name: str, items: Sequence[s.Node]) -> Expr | None:
        """The value of a name that is defined with indices, at some places."""

    def note(self, name: str, operands: Sequence[object]) -> None:
        """Remember what is to be said of a function."""

    def remark(self, phrase: Phrase) -> None:
        """Remember that the text means something else than its usual reader may think."""

    def filling_ones(self, node: s.Node) -> Expr:
        """The column of ones of whatever length fits."""

    def one_or_more(self, node: s.Node) -> Dim:
        """The length of a piece that is 1 where nothing says otherwise."""

    def alike(self, left: Dim, right: Dim) -> None:
        """Remember two sizes that are one where nothing says otherwise."""

    def runs_over(self, item: s.Node, length: Dim) -> None:
        """Take it that a sum runs over an axis of no known length whose place its index is."""

    def derived(self, question: Question) -> None:
        """Remember a derivative in the text, which whoever reads it verifies."""

    def expect(self, value: Any, node: s.Node) -> Expr:
        """Refuse what is no expression."""
