"""The differential method: write df out, bring it to tr(Gᵀ dX), and read the derivative off.

For matrix functions both sides are stacked, vec(dF) = J vec(dX) (Magnus & Neudecker, 2019, ch. 9).
Where lines would become long, the parts of the function are given names first, as in a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import cast

from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.words import Phrase
from matgrad.explanation import reasons as why
from matgrad.explanation.canonical import rewriting
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.differentiations import NamedDifferentiation, differentiations_of
from matgrad.explanation.expansion import Expansion, is_held
from matgrad.explanation.graph import FUNCTION, NAME, Graph, graph_of, graph_of_author
from matgrad.explanation.lines import (
    ENDLESS,
    EQUALS,
    LET,
    Formula,
    Line,
    Named,
    Side,
    alike,
    width,
)
from matgrad.explanation.reading import Reading, collected, inner, read
from matgrad.explanation.sides import symbol_label
from matgrad.explanation.subject import Subject
from matgrad.explanation.unsimplified import Change, replaced

LONG = 80
"""Where a line has more signs than this, names are tried."""

NAMED = 30
"""What stands before the differential of a name is named itself where it has more signs than this."""

NAMED_IN_DEEP = 8
"""The same where there are many names: what is not named stands in every line that follows."""

IN_ONE_LINE = 10
"""More names than this are given line by line."""

LONGER = 8
"""So many signs more are no reason to leave a differential in an awkward form."""


def derivation(subject: Subject) -> Derivation:
    """Derive by differentials.

    Raises
    ------
    NotDifferentiableError
        When there is no derivative, or none is known.
    """
    taken = {subject.change.label}
    authored = graph_of_author(subject.plain, subject.variable, taken, subject.authored)
    writer = _Writer(subject, authored)
    graph = None
    if not authored.names and subject.plain.tree_size > ENDLESS:
        graph = graph_of(subject.plain, subject.variable, taken)
        writer = _Writer(subject, graph) if graph.names else writer
    writer.write()
    if writer.graph.names:
        return subject.derivation("differential", writer.lines, writer.definitions)
    if writer.width > LONG:
        graph = graph or graph_of(subject.plain, subject.variable, taken)
        named = _Writer(subject, graph)
        if graph.names:
            named.write()
            writer = named if named.width < writer.width else writer
    return subject.derivation("differential", writer.lines, writer.definitions)


class _Writer:
    """The lines of one derivation, as they are written."""

    def __init__(self, subject: Subject, graph: Graph) -> None:
        self.subject = subject
        self.graph = graph
        self.definitions: dict[Symbol, Expr] = dict(graph.definitions)
        self.lines: list[Line] = []
        self._last: Side | None = None
        self.width = 0
        """The widest line on the way, in signs."""

    def write(self) -> None:
        """The whole derivation: the function, its differentials, and the answer."""
        subject, graph = self.subject, self.graph
        if len(graph.names) > IN_ONE_LINE:
            for name, meaning in graph.names:
                self.lines.append(Line(Formula(meaning), symbol_label(name), (NAME,), LET))
            claim = (Formula(subject.function), Formula(graph.top))
            self._append(Line(Formula(graph.top), subject.name, (FUNCTION,), claims=(claim,)))
            self._differentiate_all()
            return
        self._append(self._first())
        second = subject.second_line()
        if second is not None:
            self._append(second)
        if subject.plain is not subject.function:
            self._then(
                Formula(subject.plain),
                *(subject.simplify.reasons(subject.function) or rewriting(subject.function, subject.plain)),
            )
        written = subject.result.written
        named = () if written is None else written.names
        if self.graph.names and {name for name, _ in self.graph.names} != {name for name, _ in named}:
            self._then(Named(self.graph.top, self.graph.names), why.NAMES)
        self._differentiate_all()

    def _first(self) -> Line:
        """The function as its author wrote it, with the names that he defined."""
        subject = self.subject
        written, side = subject.result.written, subject.typed
        if written is None:
            return Line(side, subject.name)
        if written.names:
            self.definitions |= {
                symbol: meaning for symbol, meaning in written.names if symbol not in self.definitions
            }
        return Line(side, subject.name, claims=((Formula(subject.function), side),))

    def _differentiate_all(self) -> None:
        """From the function, written already, to the answer."""
        self.width = 0
        for step in differentiations_of(self.subject, renames=False):
            self._differentiate(step)

    def _differentiate(self, step: NamedDifferentiation) -> None:
        """One differentiation: from the function to its differential, and the derivative read off it."""
        function, variable, change = step.function, step.variable, step.change
        in_names = function is self.subject.plain and bool(self.graph.names)
        shown = self.graph.top if in_names else function
        if step.order == 1 and function is self.subject.function and not self.graph.names:
            shown = self.subject.opened_form
        definitions: Mapping[Symbol, Expr] = self.graph.definitions if in_names else {}
        expansion = Expansion(shown, variable, change, definitions)
        opened = expansion.start()
        reasons = opened.reasons
        if not reasons:
            said = why.itself if shown is variable else why.constant
            reasons = (said(variable),)
        if any(node is change for node in postorder(function)):
            reasons = (*reasons, why.constant_direction(change))
        left = step.left if step.form == "differential" else step.name.differential()
        side = Formula(opened.expr)
        self._append(Line(side, left, reasons, claims=((Formula(Change.of(function)), side),)))
        while is_held(opened.expr):
            opened = expansion.opened(opened.expr)
            self._then(Formula(opened.expr), *opened.reasons)
            if in_names and function.is_scalar:
                opened = opened._replace(expr=self._by_one_name(opened.expr))
        for line in read(Reading(step, in_names), opened.expr):
            if line.claims:
                self._append(line)
            else:
                assert isinstance(line.right, Formula)
                self._then(line.right, *line.reasons)

    def _by_one_name(self, differential: Expr) -> Expr:
        """Collect what stands before dZ, where the differential of one name Z is all that is held."""
        held = {node for node in postorder(differential) if isinstance(node, Change)}
        only = next(iter(held), None)
        if len(held) != 1 or only is None or not isinstance(only.expr, Symbol):
            return differential
        if any(node is self.subject.change for node in postorder(differential)):
            return differential
        name = only.expr
        change = Symbol.make("d" + name.label, *name.shape, differential=True)
        plain = replaced(differential, lambda node: change if node is only else None)
        lines, gradient = collected(plain, change, self.subject.simplify, True)
        whole = inner(gradient, change)
        deep = len(self.graph.names) > IN_ONE_LINE
        if not deep and _length(whole) > _length(differential) + LONGER:
            return differential
        each = lines[0].right
        assert isinstance(each, Formula)
        reasons = lines[0].reasons
        if not alike(each, Formula(whole)):
            self._then(Formula(_with(each.expr, change, only)), *reasons)
            reasons = lines[1].reasons
        if _length(gradient) <= (NAMED_IN_DEEP if deep else NAMED):
            whole = _with(whole, change, only)
            self._then(Formula(whole), *reasons)
            return whole
        symbol = self._cotangent(gradient)
        whole = _with(inner(symbol, change), change, only)
        self._then(Named(whole, ((symbol, gradient),)), *reasons)
        return whole

    def _cotangent(self, gradient: Expr) -> Symbol:
        """A name for what stands before dZ: G₁, or g₁ where it is a column."""
        taken = {*symbols_of(self.subject.function), *(symbol.label for symbol in self.definitions)}
        letter = "g" if gradient.is_vector else "G"
        label = next(f"{letter}{n}" for n in count(1) if f"{letter}{n}" not in taken)
        symbol = Symbol.make(label, *gradient.shape)
        self.definitions[symbol] = gradient
        return symbol

    def _then(self, right: Side, *reasons: Phrase) -> None:
        """A line equal to the last one; it is left out where it reads the same."""
        assert self._last is not None
        if not alike(right, self._last):
            self._append(Line(right, None, reasons, claims=((self._last, right),)))

    def _append(self, line: Line) -> None:
        self.lines.append(line)
        self._last = cast(Side, line.right)
        if line.relation == EQUALS and why.INSERTED not in line.reasons:
            self.width = max(self.width, width(line.right))


def _with(expr: Expr, change: Symbol, held: Change) -> Expr:
    """Put the differential of a name back in the place of the symbol for it."""
    return replaced(expr, lambda node: held if node is change else None)


def _length(expr: Expr) -> int:
    return width(Formula(expr))
