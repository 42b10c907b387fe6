"""Members whose index people write above the name, x^{(i)}: it comes back where it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from matgrad.language import syntax as s
from matgrad.language.declarations import Declarations
from matgrad.language.declared_indices import read_member
from matgrad.language.names import plain
from matgrad.language.subscripts import raised_indices


def with_raised_members(
    declarations: Declarations, trees: Iterable[s.Node], text: str, is_latex: bool
) -> Declarations:
    """The declarations, in which the families know where their index stands in a text."""
    if not any(entry.is_family for entry in declarations.entries.values()):
        return declarations
    letters = {letter for entry in declarations.entries.values() for letter, _ in entry.family}
    seen: dict[str, set[str]] = {}
    for tree in trees:
        for node in s.walk(tree):
            if isinstance(node, s.Subscripted):
                seen.setdefault(node.base.text, set()).add(node.above)
            elif isinstance(node, s.Name) and "_" in node.text:
                seen.setdefault(read_member(node.text, letters)[0], set()).add("")
    if not is_latex:
        seen |= {plain(name): {bracket} for name, bracket in raised_indices(text).items()}
    entries = {
        name: replace(entry, above=min(seen[name]))
        if entry.is_family and len(entry.family) == 1 and name in seen
        else entry
        for name, entry in declarations.entries.items()
    }
    return replace(declarations, entries=entries)
