"""Letters of an entry that stand at each other's places: ∂f/∂X_ij = a_j b_i."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import combinations

from matgrad.checking.answer_entries import with_letters
from matgrad.checking.answer_places import letters_below
from matgrad.checking.case import Case, Finding
from matgrad.core.errors import MatgradError
from matgrad.core.lazy import regex
from matgrad.language import syntax as s
from matgrad.ops.indices.members import Family

_TWO_LETTERS = regex(
    r"(?P<name>.*[_\[{,]\s*)(?P<one>[a-z])(?P<between>[,\s]*)(?P<other>[a-z])(?P<end>[\]}]*)"
)


def with_indices_swapped(node: s.Node) -> s.Node | None:
    """The entry A_ij where A_ji is written; ``None`` where no two letters stand below a name."""
    match node:
        case s.Name(text=text) if (found := _TWO_LETTERS.fullmatch(text)) and found["one"] != found["other"]:
            return s.Name(node.span, swapped_letters(text))
        case s.Subscripted(items=(s.Name(text=letters) as item,)) if len(set(letters)) == len(letters) == 2:
            return dataclasses.replace(node, items=(s.Name(item.span, letters[::-1]),))
        case s.Subscripted(items=(first, second)) | s.Index(items=(first, second)):
            is_entry = not any(isinstance(item, s.Slice) for item in (first, second))
            return dataclasses.replace(node, items=(second, first)) if is_entry else None
    return None


def bound_letters(case: Case) -> list[str]:
    """The indices of the sums in an answer."""
    sums = (node for node in case.answer.nodes if isinstance(node, s.Indexed))
    return list(dict.fromkeys(bound.index.text for node in sums for bound in node.bounds))


def read_entries(case: Case) -> list[s.Node]:
    """The entries of expressions that an answer has already: the (A x)_i in it."""
    return [node for node in case.answer.nodes if isinstance(node, s.Index)]


def deltas(case: Case, span: s.Span) -> Iterator[s.Node]:
    """The Kronecker deltas that may be factors of an entry of a Jacobian."""
    entry = case.reader.entry
    if entry is not None and entry.top:
        for over in entry.top:
            for below in entry.bottom:
                yield s.Name(span, f"delta_{over}{below}")


def members_in_sums(case: Case, span: s.Span) -> Iterator[s.Node]:
    """The members that may be factors in a sum: the w_i of Σ_i w_i x_i."""
    for label, symbol in case.reader.names.symbols.items():
        if isinstance(symbol, Family) and len(symbol.ranges) == 1:
            for letter in bound_letters(case):
                yield s.Name(span, f"{label}_{letter}")


def letters_used(case: Case) -> list[str]:
    """The letters that may stand below a name: those of the entry, and all that stand below one already."""
    below = {letter for node in case.answer.nodes for letter in letters_below(node)}
    named = case.reader.entry.letters if case.reader.entry is not None else frozenset()
    return sorted(below.union(named))


def with_other_letters(node: s.Node, letters: Sequence[str]) -> Iterator[s.Node]:
    """The entries with one letter another than in the one that is written: x_i for x_j."""
    match node:
        case s.Name(text=text):
            head, sign, below = text.rpartition("_")
            if sign and set(below) <= set(letters):
                for other in _with_one_other(below, letters):
                    yield s.Name(node.span, f"{head}_{''.join(other)}")
        case s.Subscripted(items=items) | s.Index(items=items):
            names = [item.text for item in items if isinstance(item, s.Name)]
            if len(names) < len(items):
                return
            written = names[0] if len(names) == 1 else names
            if set(written) <= set(letters):
                for other in _with_one_other(written, letters):
                    parts = ["".join(other)] if len(names) == 1 else other
                    named = (s.Name(item.span, part) for item, part in zip(items, parts, strict=True))
                    yield dataclasses.replace(node, items=tuple(named))


def _with_one_other(written: Sequence[str], letters: Sequence[str]) -> Iterator[list[str]]:
    for place, letter in enumerate(written):
        for other in letters:
            if other != letter:
                yield [*written[:place], other, *written[place + 1 :]]


def swapped_letters(text: str) -> str:
    """A_ij for A_ji, as it is written."""
    return _TWO_LETTERS.sub(r"\g<name>\g<other>\g<between>\g<one>\g<end>", text)


def interchanged(case: Case) -> Iterator[Finding]:
    """Two letters of an entry are interchanged throughout."""
    entry, expr = case.reader.entry, case.answer.at_entry
    if entry is None or expr is None:
        return
    targets = case.aims
    for one, other in combinations(sorted(entry.letters), 2):
        try:
            whole = case.reader.whole_of(entry, with_letters(expr, one, other))
        except MatgradError:
            continue
        for target in targets:
            if whole.shape == target.view.shape and case.trial.same(whole, target.expr):
                yield Finding("letters_interchanged", 1.36, {"one": one, "other": other}, target=target)
                break
