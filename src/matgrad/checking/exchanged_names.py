"""Two names of an answer that stand at each other's places: the a and b of (aᵀx)² b where others stay."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from matgrad.checking.case import Case, Field, Finding
from matgrad.checking.text_mistakes import Edit, edited
from matgrad.core.errors import MatgradError
from matgrad.language import syntax as s

TRIES = 150
"""So many pairs of names are tried."""


def exchanged(case: Case) -> Iterator[Finding]:
    """Two names of one shape, or two that are defined, are interchanged at two places, and not throughout."""
    answer, symbols = case.answer, case.reader.names.symbols
    assert answer.tree is not None
    defined = answer.bindings
    names = [
        node for node in s.walk(answer.tree) if isinstance(node, s.Name) and node.text in {*symbols, *defined}
    ]

    def are_alike(one: str, other: str) -> bool:
        if one in defined or other in defined:
            return one in defined and other in defined
        return symbols[one].shape == symbols[other].shape and not symbols[one].is_scalar

    pairs = (
        (one, other)
        for one, other in combinations(names, 2)
        if one.text != other.text and are_alike(one.text, other.text)
    )
    remeaning = case.reader.variations(answer)
    targets = case.aims
    for one, other in islice(pairs, TRIES):
        changes = [
            Edit("symbol", 1.8, old, s.Name(old.span, new.text), old.span)
            for old, new in ((one, other), (other, one))
        ]
        try:
            expr = remeaning(*edited(answer, *changes))
        except (MatgradError, ArithmeticError):
            continue
        for target in targets[:2]:
            if expr.shape == target.view.shape and case.trial.same(expr, target.expr):
                fields: dict[str, Field] = {
                    key: name.text if name.text in defined else symbols[name.text]
                    for key, name in (("old", one), ("new", other))
                }
                yield Finding("symbols_swapped", 1.75, fields, case.whole(one.span), target=target)
                return
