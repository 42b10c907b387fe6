"""Which variables an answer came from, where it has lost some of them: their arrays show sizes all the same.

The gradient of tr A is the identity of order n, and n is seen from the array of A.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence

from matgrad.core.expr import Expr, Symbol, postorder, symbols_of

_origins: weakref.WeakKeyDictionary[Expr, frozenset[Symbol]] = weakref.WeakKeyDictionary()


def remember(answer: Expr, question: Expr) -> Expr:
    """Keep the variables of a question that its answer has lost; return the answer."""
    lost = set(symbols_of(question).values()) - set(symbols_of(answer).values())
    if lost:
        _origins[answer] = _origins.get(answer, frozenset()) | lost
    return answer


def remember_each(answers: Sequence[Expr], question: Expr) -> tuple[Expr, ...]:
    """Do the same for several answers to one question, whose parts are gone through once."""
    places = {symbol: 1 << place for place, symbol in enumerate(symbols_of(question).values())}
    held: dict[Expr, int] = {}
    for node in postorder(answers):
        found = places.get(node, 0)  # type: ignore[call-overload]
        for arg in node.args:
            found |= held[arg]
        held[node] = found
    everything = (1 << len(places)) - 1
    for answer in answers:
        if held[answer] != everything:
            lost = frozenset(symbol for symbol, bit in places.items() if not held[answer] & bit)
            _origins[answer] = _origins.get(answer, frozenset()) | lost
    return tuple(answers)


def lost_variables(expr: Expr, names: Iterable[object]) -> list[Symbol]:
    """The variables of those names that an answer came from, where a name stands for one only."""
    known = _origins.get(expr, frozenset())
    found = {name: [symbol for symbol in known if symbol.label == name] for name in names}
    return [symbols[0] for symbols in found.values() if len(symbols) == 1]
