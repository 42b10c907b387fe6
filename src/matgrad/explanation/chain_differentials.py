"""The chain rule by differentials: dU in dX, dV in dU …, then one inserted into the other."""

from __future__ import annotations

from collections.abc import Mapping

from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import differential_of
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.explanation.chain_words import DIFFERENTIAL, INVARIANCE
from matgrad.explanation.differentiations import NamedDifferentiation
from matgrad.explanation.families import for_each, inserted, member_at, stack
from matgrad.explanation.graph import Graph
from matgrad.explanation.lines import Formula, Label, Line
from matgrad.explanation.sides import symbol_label
from matgrad.explanation.subject import Subject
from matgrad.ops.arithmetic import add
from matgrad.ops.indices.members import Family
from matgrad.ops.leaves import zeros


def differential_lines(
    subject: Subject, stage: NamedDifferentiation, graph: Graph, definitions: dict[Symbol, Expr]
) -> tuple[list[Line], Expr]:
    """The differentials of all intermediate variables and of the whole, and what the last one is.

    Parameters
    ----------
    subject : Subject
        What is derived.
    stage : NamedDifferentiation
        Which differentiation of it.
    graph : Graph
        Its intermediate variables.
    definitions : dict of Symbol to Expr
        What the names stand for; those of the differentials are added.
    """
    lines: list[Line] = []
    changes: dict[Symbol, Symbol] = {stage.variable: subject.change}
    used = set(symbols_of(stage.function)) | {symbol.label for symbol in definitions}
    values: dict[Symbol, Expr] = {}
    for name, meaning in graph.names:
        moved = subject.simplify(_moved(meaning, {s: changes[s] for s in graph.operands(meaning)}))
        whole = subject.simplify(_inserted(moved, values, changes, graph))
        change = changes[name] = differential_of(name, used)
        used.add(change.label)
        places = graph.places_of(name)
        definitions[change] = stack(change, whole, places) if isinstance(change, Family) else whole
        values[name] = whole
        exact = pushforward(graph.written_out(member_at(name, places)), stage.variable, subject.change)
        label = symbol_label(graph.shown(name))
        left = Label(f"d{label.unicode}", rf"\mathrm{{d}}{label.latex}", f"d{label.text}")
        claim = (for_each(Formula(exact), places), for_each(Formula(moved), places))
        lines.append(Line(Formula(moved), left, (DIFFERENTIAL,), claims=(claim,)))
    moved = subject.simplify(_moved(graph.top, {s: changes[s] for s in graph.operands(graph.top)}))
    whole = subject.simplify(_inserted(moved, values, changes, graph))
    exact = pushforward(stage.function, stage.variable, subject.change)
    name_of = stage.name
    left = Label(f"d{name_of.unicode}", rf"\mathrm{{d}}{name_of.latex}", f"d{name_of.text}")
    if stage.order > 1 and stage.form == "differential":
        left = stage.left
    lines.append(Line(Formula(moved), left, (DIFFERENTIAL,), claims=((Formula(exact), Formula(moved)),)))
    if whole is not moved:
        lines.append(Line(Formula(whole), None, (INVARIANCE,), claims=((Formula(exact), Formula(whole)),)))
    return lines, whole


def _inserted(
    moved: Expr, values: Mapping[Symbol, Expr], changes: Mapping[Symbol, Symbol], graph: Graph
) -> Expr:
    """A differential in which those of intermediate variables are inserted."""
    for symbol, value in values.items():
        moved = inserted(moved, changes[symbol], value, graph.places_of(symbol))
    return moved


def _moved(meaning: Expr, changes: Mapping[Symbol, Symbol]) -> Expr:
    """The differential of an expression in those of its operands."""
    if not changes:
        return zeros(*meaning.shape)
    return add(*(pushforward(meaning, symbol, change) for symbol, change in changes.items()))
