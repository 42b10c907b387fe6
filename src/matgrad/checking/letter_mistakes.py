"""Letters of an entry that stand at each other's places: ∂f/∂X_ij = a_j b_i."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matgrad.checking.answer_entries import with_letters
from matgrad.checking.case import Case, Finding, Target
from matgrad.core.errors import MatgradError


def interchanged(case: Case) -> Iterator[Finding]:
    """Two letters of an entry are interchanged throughout."""
    entry, expr = case.reader.entry, case.answer.at_entry
    if entry is None or expr is None:
        return
    targets = case.targets or [Target(view) for view in case.wanted if view.form != "differential"]
    for one, other in combinations(sorted(entry.letters), 2):
        try:
            whole = case.reader.whole_of(entry, with_letters(expr, one, other))
        except MatgradError:
            continue
        for target in targets:
            if whole.shape == target.view.shape and case.trial.same(whole, target.expr):
                yield Finding("letters_interchanged", 1.36, {"one": one, "other": other}, target=target)
                break
