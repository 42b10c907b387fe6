"""Derivatives of a loss of which only that by a layer is known: of G = ∂L/∂Z, that ∂L/∂W = Xᵀ G."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.declared_in_words import Said
from matgrad.refereeing.derivative_pieces import may_begin
from matgrad.refereeing.formulas import Tokens, key_of, name_end, names_used, plain, skip, whole_name
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.known import Definition, Known
from matgrad.refereeing.outline import Scope, is_over
from matgrad.refereeing.rows import Statement
from matgrad.refereeing.written_derivatives import Notation, derivative_at, derivative_on_left

_NAMES = (r"\breve{G}", r"\breve{H}", r"\breve{K}", r"\breve{M}")
"""What derivatives are called that have no name, which no author writes."""


_RUNS = regex(r" _ .*[A-Za-z]")
"""A name with a letter below, which may run."""


@dataclass(frozen=True)
class Given:
    """A derivative that is only given: of which function, by which name, and how it is called."""

    function: str
    variable: Tokens
    name: Tokens
    written: str
    scope: Scope = ()


@dataclass(frozen=True)
class Through:
    """A claim on a loss as one on what stands for it, with names for the derivatives on its right sides."""

    definition: Definition
    rights: tuple[Tokens, ...]
    said: tuple[Said, ...]
    written: tuple[tuple[str, str], ...]
    """The names that were put in, and what was written for each."""
    layout: str = ""
    """The layout in which it has to be right; either where that is empty."""


@dataclass
class Upstream:
    """The derivatives that a document gives a name, of functions that it does not define."""

    given: list[Given] = field(default_factory=list)

    def take(self, statement: Statement, known: Known) -> None:
        r"""Take in what ``G = \partial L/\partial Z`` gives a name; a side more is a claim."""
        if len(statement.sides) != 2 or statement.relations[0] not in ("=", ":="):
            return
        name, side = statement.sides
        notation = derivative_on_left(side, False)
        if not whole_name(name) or notation is None or not _is_by_one(notation):
            return
        variable = notation.variables[0]
        found = Given(key_of(notation.function), variable, name, plain(side), known.scope)
        self.given.append(found)

    def through(self, notation: Notation, rights: Sequence[Tokens], known: Known) -> Iterator[Through]:
        """A claim on a function that is not defined, through what it depends on; in either layout.

        Of the function no more is used than its derivatives by what is defined: it is Σ tr(Gᵀ Z).
        """
        head = head_of(notation.function)
        if head is None or not notation.variables or notation.order != 1:
            return
        key = key_of(head[0])
        if known.latest(key) is not None:
            return
        own = {key_of(v) for v in notation.variables}
        inside, written, changed = self._inside(key, own, rights, known)
        used = {name for tokens in changed for name, _, _ in names_used(tokens)}
        named = [one for one in self._at(key, known) if key_of(one.name) in used]
        pairs = [(one.name, one.variable) for one in named if key_of(one.variable) not in own] + inside
        if not pairs:
            return
        body: Tokens = []
        for name, variable in pairs:
            span = notation.function[0].span
            start = (" + " if body else "") + r"\operatorname{tr}({"
            body += [*_at(start, span), *name, *_at(r"}^{\top} {", span), *variable, *_at("})", span)]
        said = tuple(Said(key_of(name), plain(name), facts=_kind(variable)) for name, variable in pairs)
        definition = Definition(key, head[0], (), body, 0)
        yield Through(definition, tuple(changed), said, tuple(written))
        # In numerator layout a derivative is the transpose of what has the shape of its variable.
        turned = [with_turned(right, {key_of(name) for name, _ in pairs}) for right in changed]
        yield Through(definition, tuple(turned), said, tuple(written), "numerator")

    def _at(self, key: str, known: Known) -> list[Given]:
        return [
            one
            for one in self.given
            if one.function == key
            and is_over(one.scope, known.scope)
            and known.latest(key_of(one.variable)) is not None
            and known.latest(key_of(one.name)) is None
        ]

    def _inside(
        self, key: str, own: set[str], rights: Sequence[Tokens], known: Known
    ) -> tuple[list[tuple[Tokens, Tokens]], list[tuple[str, str]], list[Tokens]]:
        """The derivatives of the function on right sides by what is defined, each put in by a name."""
        pairs: dict[str, tuple[Tokens, Tokens]] = {}
        written: list[tuple[str, str]] = []
        changed: list[Tokens] = []
        for right in rights:
            out: Tokens = []
            i = 0
            while i < len(right):
                found = _derivative(right, i)
                notation = None if found is None else found[0]
                if (
                    found is None
                    or notation is None
                    or not _is_by_one(notation)
                    or key_of(notation.function) != key
                    or key_of(notation.variables[0]) in own
                    or known.latest(key_of(notation.variables[0])) is None
                ):
                    out.append(right[i])
                    i += 1
                    continue
                variable, end = notation.variables[0], found[1]
                if key_of(variable) not in pairs and len(pairs) < len(_NAMES):
                    name = cut(_NAMES[len(pairs)])
                    pairs[key_of(variable)] = name, variable
                    written.append((plain(name), plain(right[i:end])))
                span = (right[i].span[0], right[end - 1].span[1])
                out += [token.placed(span) for token in pairs[key_of(variable)][0]]
                i = end
            changed.append(out)
        return list(pairs.values()), written, changed


def _derivative(tokens: Tokens, i: int) -> tuple[Notation, int] | None:
    r"""The derivative that starts at a place with its function, which stands behind ``\nabla_y``."""
    found = derivative_at(tokens, i) if may_begin(tokens[i]) else None
    if found is None or found[0].function:
        return found
    notation, end = found
    start = skip(tokens, end)
    behind = name_end(tokens, start)
    return (replace(notation, function=tokens[start:behind]), behind) if behind > start else None


def with_turned(tokens: Tokens, keys: set[str]) -> Tokens:
    """Tokens with the transposes of some names in their place."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        if end > i and key_of(tokens[i:end]) in keys:
            span = (tokens[i].span[0], tokens[end - 1].span[1])
            out += [*_at("({", span), *tokens[i:end], *_at(r"}^{\top})", span)]
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


def _is_by_one(notation: Notation) -> bool:
    """Whether it is a first derivative of a named function by one name."""
    return (
        notation.order == 1
        and notation.form in ("auto", "gradient")
        and len(notation.variables) == 1
        and not notation.turned
        and whole_name(notation.function)
        and whole_name(notation.variables[0])
        and not _RUNS.search(key_of(notation.variables[0]))  # of h_t a loss depends through every t
    )


def _kind(variable: Tokens) -> tuple[str, ...]:
    """What a derivative is by the name of what it is by: a matrix or a vector, as that is."""
    return ("matrix",) if key_of(variable)[0].isupper() else ("vector",)


def _at(text: str, span: tuple[int, int]) -> list[Token]:
    return [token.placed(span) for token in cut(text)]
