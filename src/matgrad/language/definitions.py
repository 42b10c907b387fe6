"""Names that are defined with indices: ``q_i = sigmoid(w'x_i)`` after where, ``x_i = X[i,:]'`` declared.

Such a name has a value at places only: its definition is elaborated where it is used, with its letters
standing for the places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from matgrad.core.dims import Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr
from matgrad.language import syntax as s
from matgrad.language.declarations import Declarations
from matgrad.language.declared_indices import read_member
from matgrad.language.dimension import read_dimension
from matgrad.language.member_kinds import with_members
from matgrad.language.names import Vocabulary
from matgrad.language.reader import read_tree
from matgrad.language.tokens import tokenize
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.ops.indices.members import Family


class Elaborated(Protocol):
    """What gives a definition a value."""

    def value_at(self, definition: Definition, places: Sequence[Dim]) -> Expr:
        """The value of a name that is defined with indices, at some places."""
        ...


class Definition(NamedTuple):
    """A name that is defined with indices: its letters, the tree, and the text that the tree is of."""

    letters: tuple[str, ...]
    tree: s.Node
    text: str


def indexed_definitions(
    bindings: dict[str, s.Node], declarations: Declarations, letters: set[str], text: str
) -> dict[str, Definition]:
    """Take the definitions with indices out of the bindings, and those of the declarations beside them."""
    found: dict[str, Definition] = {}
    for name, tree in list(bindings.items()):
        base, own = read_member(name, letters | declarations.ranges.keys())
        free = {node.text for node in s.walk(tree) if isinstance(node, s.Name)}
        if own and base not in declarations.entries and (_reads(tree, own) or free & set(own)):
            found[base] = Definition(tuple(own), bindings.pop(name), text)
    for base, (indices, written) in declarations.readings.items():
        tree = read_tree(tokenize(written), Vocabulary(set(declarations.entries)), written)
        found[base] = Definition(indices, tree, written)
    return found


def _reads(tree: s.Node, letters: list[str]) -> bool:
    """Whether a tree reads something by one of these indices."""
    return any(
        isinstance(node, s.Name) and "_" in node.text and set(node.text.partition("_")[2]) & set(letters)
        for node in s.walk(tree)
    )


def defined_members(
    host: Elaborated, definitions: Mapping[str, Definition], declarations: Declarations
) -> Iterator[DefinedMembers]:
    """What the members of the names stand for that are defined with indices whose ranges are declared."""
    for name, definition in definitions.items():
        lasts = [declarations.ranges.get(letter) for letter in definition.letters]
        if None in lasts:
            continue
        ranges = [
            (letter, last) for letter, last in zip(definition.letters, lasts, strict=True) if last is not None
        ]
        try:
            body = host.value_at(definition, tuple(Dim.symbol(letter) for letter, _ in ranges))
            yield DefinedMembers(Family.of(name, ranges, *body.shape), body)
        except MatgradError:
            continue  # it is not used, and what it would say is refused where it is


def with_ranges_of_text(
    declarations: Declarations, tree: s.Node, bindings: Mapping[str, s.Node]
) -> Declarations:
    """The declarations, in which ``x_i`` is a family where the text says that i runs from 1 to N."""
    trees = [tree, *bindings.values()]
    ends = _ends(trees)
    ranges = {letter: next(iter(found)) for letter, found in ends.items() if len(found) == 1}
    declarations = _counted_from_zero(declarations, trees, ranges)
    wanted = {
        letter
        for name in declarations.entries
        for letter in read_member(name, {**ranges, **declarations.ranges})[1]
        if letter not in declarations.ranges
    }
    if wanted:
        declarations = replace(declarations, entries=dict(declarations.entries))
        declarations = declarations.with_families({letter: ranges[letter] for letter in wanted})
    defined = {read_member(name, {*ranges, *declarations.ranges})[0] for name in bindings}
    # Of a letter that runs to several ends its members do not say how many there are.
    known = {**ranges, **declarations.ranges}
    clear = {letter: end for letter, end in known.items() if ends.get(letter, {end}) == {end}}
    return with_members(declarations, trees, clear, defined | declarations.readings.keys())


def _ends(trees: Iterable[s.Node]) -> dict[str, set[Dim]]:
    """How far the letters run that are counted from 1, by each of the sums."""
    ends: dict[str, set[Dim]] = {}
    for tree in trees:
        for node in s.walk(tree):
            if isinstance(node, s.Bound) and isinstance(node.first, s.Num) and node.first.value == 1:
                if isinstance(node.last, s.Name):
                    ends.setdefault(node.index.text, set()).add(Dim.symbol(node.last.text))
                elif isinstance(node.last, s.Num) and node.last.value.denominator == 1:
                    ends.setdefault(node.index.text, set()).add(Dim.of(int(node.last.value)))
    return ends


def _counted_from_zero(
    declarations: Declarations, trees: Iterable[s.Node], ranges: dict[str, Dim]
) -> Declarations:
    """The declarations, in which x is counted from 0 where the text has ``Σ_{i=0}^{N-1} x_i``."""
    letters: dict[str, Dim] = {}
    names: set[str] = set()
    for tree in trees:
        for node in s.walk(tree):
            if not isinstance(node, s.Indexed):
                continue
            starting = {
                b.index.text: b.last for b in node.bounds if isinstance(b.first, s.Num) and b.first.value == 0
            }
            for letter, last in starting.items():
                end = None if last is None else _end(last)
                if end is not None and letter not in ranges and letter not in declarations.ranges:
                    letters[letter] = end
            for part in s.walk(node.body):
                if isinstance(part, s.Subscripted) and any(
                    isinstance(item, s.Name) and starting.keys() & set(item.text) for item in part.items
                ):
                    names.add(part.base.text)
    members = [read_member(entry, declarations.ranges) for entry in declarations.entries]
    counted = {base for base, own in members if own}
    counted |= {entry.name for entry in declarations.entries.values() if entry.is_family}
    names -= counted
    if not names:
        return declarations
    ranges.update(letters)
    return replace(declarations, from_zero={*declarations.from_zero, *letters, *names})


def _end(last: s.Node) -> Dim | None:
    """The end of a range as a size, where it is one: N, N - 1, 9."""
    try:
        return read_dimension(last, "", lambda name: Dim.symbol(name.text))
    except MatgradError:
        return None
