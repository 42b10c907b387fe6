"""What a document says after the place where it is needed: definitions behind "where", rows of matrices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex.lexer import cut
from matgrad.refereeing.entries import whole_of
from matgrad.refereeing.formulas import Tokens, key_of, names_used, trimmed, whole_name
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.known import Definition, Known
from matgrad.refereeing.outline import Scope, is_over
from matgrad.refereeing.stacks import Stack, stack_of, stacks_in_words
from matgrad.refereeing.subjects import Subject
from matgrad.refereeing.written_derivatives import Notation

_ONES = regex(
    r"⟦(?P<name>\d+)⟧\s*(?:\b(?:is|denotes?|being|for|be|as)\b)?\s*(?:\bthe\b|\ban?\b)?\s*"
    r"(?:(?:column\s+)?vector\s+of\s+(?:all[-\s]+)?ones\b|(?:all[-\s]+)?ones?[-\s]+vector\b)"
    r"|⟦(?P<zh>\d+)⟧\s*(?:为|是|表示)\s*全\s*[1一]\s*(?:的)?向量",
    re.IGNORECASE,
)
FARTHEST = 12
"""How many formulas after a claim what it uses may be defined."""


@dataclass
class Later:
    """The definitions of a document and the names of rows of matrices, with the headings over them.

    A reader looks for a name that was not introduced in the lines that follow: ``…, where $p = …$``.
    """

    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    stacks: list[tuple[Scope, Stack]] = field(default_factory=list)
    ones: dict[str, Tokens] = field(default_factory=dict)
    """The names that are said to be the vector of ones."""

    def take(self, definition: Definition, relation: str, before: str) -> None:
        """Take in a definition, in the order of the document."""
        stack = stack_of(definition)
        if stack is not None:
            self.stacks.append((definition.scope, stack))
        elif Known().may_define(definition, relation, None, before):
            self.definitions.setdefault(definition.key, []).append(definition)

    def take_words(self, words: str, formulas: Sequence[Tokens], scope: Scope) -> None:
        """Take in what a sentence says of rows and columns, and of a vector of ones."""
        self.stacks += [(scope, stack) for stack in stacks_in_words(words, formulas)]
        for match in _ONES.finditer(words):
            name = trimmed(formulas[int(match["name"] or match["zh"])])
            if whole_name(name):
                self.ones[key_of(name)] = name

    def stacks_at(self, scope: Scope) -> dict[str, Stack]:
        """The stacks of which is spoken under the headings over a place; the nearest of each name."""
        found: dict[str, Stack] = {}
        for one, stack in self.stacks:
            if is_over(one, scope) or is_over(scope, one) or stack.member not in found:
                found[stack.member] = stack
        return found

    def explained(self, subject: Subject, right: Tokens, place: int) -> Known | None:
        """What is known of a claim with what is defined after it; ``None`` where that adds nothing."""
        variables = {key_of(v) for v in subject.variables} | {key_of(p) for p in subject.parameters()}
        known = subject.known.as_it_is()
        waiting, seen = [right, *subject.texts()], set[str]()
        while waiting:
            for key, _, _ in names_used(waiting.pop()):
                if key in seen or key in variables or known.latest(key) is not None:
                    continue
                seen.add(key)
                found = self._after(key, subject.known.scope, place)
                if found is not None:
                    known.define(found)
                    waiting.append(found.body)
                elif key in self.ones:
                    known.define(Definition(key, self.ones[key], (), cut(r"\mathbf{1}"), place))
                else:
                    found = self._entries_after(key, subject.known.scope, place)
                    if found is not None:
                        known.define(found)
                        waiting.append(found.body)
        return known if known.definitions.keys() != subject.known.definitions.keys() else None

    def function_of(self, notation: Notation, known: Known, place: int) -> Known | None:
        """What is known with a function that is defined after the claim; ``None`` where none is."""
        head = head_of(notation.function)
        name = key_of(head[0]) if head is not None else key_of(notation.function)
        found = self._after(name, known.scope, place) if known.latest(name) is None else None
        if found is None:
            return None
        known = known.as_it_is()
        known.define(found)
        return known

    def _after(self, key: str, scope: Scope, place: int) -> Definition | None:
        """The first definition of a name at or after a place, under its headings."""
        for one in self.definitions.get(key, ()):
            if place <= one.place <= place + FARTHEST and (
                is_over(one.scope, scope) or is_over(scope, one.scope)
            ):
                return one
        return None

    def _entries_after(self, key: str, scope: Scope, place: int) -> Definition | None:
        """What a vector or matrix is whose entries are defined after a place."""
        for name in self.definitions:
            if name.startswith(f"{key} _ "):
                found = self._after(name, scope, place)
                whole = whole_of(found) if found is not None else None
                if whole is not None and whole.key == key:
                    return whole
        return None
