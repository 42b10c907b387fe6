r"""What a document has said before a place: definitions, and what its names are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, replace

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex.lexer import Token
from matgrad.refereeing.declared_in_words import Said, Sentence
from matgrad.refereeing.formulas import (
    NO_WEIGHTS,
    Tokens,
    group_end,
    is_below,
    is_space,
    key_of,
    last_sign,
    name_end,
    names_used,
    skip,
    stands_below_bars,
    text_of,
    trimmed,
    whole_name,
)
from matgrad.refereeing.outline import Scope, is_near, is_over

_NAMES_IT = regex(
    r"\b(?:let|define|denote|write|set|put|with|where|introduce|call|consider|using)\b|设|记|令|定义|其中",
    re.IGNORECASE,
)
_CONCLUDES = regex(
    r"(?:\b(?:gives?|yields?|hence|obtain(?:s|ed)?|therefore|thus|solutions?|minimi[sz]er|at|if|when|"
    r"satisf\w+|subject to|such that|vanish\w*|solv\w+|we get|we find|have|optimum|optimal\s\w+|implies|"
    r"leads to|becomes)\b|解得|可得|得到|即得|得|当|在)"
    r"[^⟦.;]{0,25}$",
    re.IGNORECASE,
)


_MODEL = regex(
    r"(?:model\w*|observ\w*|measure\w*|generated|plant|dynamics|data|模型|观测|测量)[^⟦.;]{0,25}$",
    re.IGNORECASE,
)
_IF = regex(r"\b(?:if|when)\s*\$?$|(?:若|如果|当)\s*\$?$", re.IGNORECASE)
_NOISE = frozenset(("epsilon", "varepsilon", "v", "w", "e", "n", "eta", "nu", "xi", "u", "ε"))


@dataclass(frozen=True)
class Definition:
    r"""A name and what it stands for.

    Attributes
    ----------
    key : str
        The name; of ``\\log p(y) = …`` the whole left side.
    left : tokens
        How the left side is written, without arguments.
    parameters : tuple of tokens
        The arguments of a function.
    body : tokens
        What it stands for.
    place : int
        Where it stands, counted in formulas.
    scope : tuple of int
        The headings over it.
    """

    key: str
    left: Tokens
    parameters: tuple[Tokens, ...]
    body: Tokens
    place: int
    scope: Scope = ()


@dataclass(frozen=True)
class LayoutSaid:
    """A layout that a document says it uses, the headings over that, and whether it is said of the whole."""

    layout: str
    scope: Scope
    is_general: bool


@dataclass
class Known:
    """What is known at a place of a document.

    A later definition of a name takes the place of an earlier one, and a name that is introduced again under
    another heading is another one: what was said of the first no longer holds.
    """

    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    everywhere: list[tuple[Scope, Said]] = field(default_factory=list)
    """What is said of names at any place of the document, under conditions as well."""
    layouts: list[LayoutSaid] = field(default_factory=list)
    scope: Scope = ()
    """The headings over the place."""
    sayings: list[tuple[Scope, Said]] = field(default_factory=list)
    claimed: dict[str, Scope] = field(default_factory=dict)
    """The variables by which derivatives were claimed, with the headings over the last such claim."""
    _scopes: dict[str, set[Scope]] = field(default_factory=dict)
    """The headings under which each name was spoken of."""

    def say(self, said: Said) -> None:
        """Take in what is said of a name."""
        self.sayings.append((self.scope, said))
        known = self.said.get(said.key)
        scopes = self._scopes.setdefault(said.key, set())
        is_another = said.is_new and not any(is_over(scope, self.scope) for scope in scopes)
        self.said[said.key] = said if known is None or is_another else known.joined(said)
        scopes.add(self.scope)

    def as_it_is(self) -> Known:
        """What is known now, whatever is taken in later."""
        definitions = {key: list(found) for key, found in self.definitions.items()}
        return replace(self, definitions=definitions, said=dict(self.said), sayings=list(self.sayings))

    def near(self, depth: int) -> Known:
        """What was said and defined above this place, and under the first headings over it alone."""
        definitions = {
            key: those
            for key, all_of_it in self.definitions.items()
            if (those := [d for d in all_of_it if is_near(d.scope, self.scope, depth)])
        }
        kept = Known(definitions, scope=self.scope, layouts=self.layouts, claimed=self.claimed)
        kept.everywhere = self.everywhere
        for scope, said in self.sayings:
            if is_near(scope, self.scope, depth):
                kept.scope = scope
                kept.say(said)
        kept.scope = self.scope
        return kept

    def introduces(self, key: str) -> bool:
        """Whether a name is introduced under a heading that is open: with its size, or as an argument."""
        is_said = any(said.key == key and said.is_new and self._is_below(at) for at, said in self.sayings)
        return is_said or any(
            self._is_below(definition.scope) and key in map(key_of, definition.parameters)
            for found in self.definitions.values()
            for definition in found
        )

    def speaks_of(self, key: str) -> bool:
        """Whether something is said of a name under a heading that is open."""
        return any(said.key == key and self._is_below(scope) for scope, said in self.everywhere)

    def said_anywhere(self) -> dict[str, Said]:
        """What the document says of each name before or after this place, where it may be the same name."""
        here = {said.key for scope, said in self.everywhere if said.is_new and self._is_below(scope)}
        found: dict[str, Said] = {}
        for scope, said in self.everywhere:
            if said.key in here and not is_over(scope, self.scope):
                continue
            said = replace(said, general=False)
            found[said.key] = found[said.key].joined(said) if said.key in found else said
        return found

    def _is_below(self, scope: Scope) -> bool:
        return bool(scope) and is_over(scope, self.scope)

    @property
    def layout(self) -> str:
        """The layout that the document says it uses here; empty where it says none."""
        near = [said for said in self.layouts if is_over(said.scope, self.scope)]
        if near:
            return max(near, key=lambda said: len(said.scope)).layout
        general = {said.layout for said in self.layouts if said.is_general}
        return general.pop() if len(general) == 1 else ""

    def latest(self, key: str) -> Definition | None:
        """The definition of a name that holds now."""
        found = self.definitions.get(key)
        return found[-1] if found else None

    def define(self, definition: Definition) -> None:
        """Take in a definition."""
        taken = replace(definition, body=self.uncalled(definition.body), scope=self.scope)
        self.definitions.setdefault(definition.key, []).append(taken)

    def change(self, key: str, body: Tokens) -> None:
        """Take another right side for the definition of a name that holds now."""
        found = self.definitions[key]
        self.definitions[key] = [*found[:-1], replace(found[-1], body=body)]

    def forget(self, definition: Definition) -> None:
        """Take back a definition that was taken in last."""
        found = self.definitions[definition.key]
        found.pop()
        if not found:
            del self.definitions[definition.key]

    def has(self, definition: Definition) -> bool:
        """Whether a definition was taken in before."""
        return any(d.place == definition.place for d in self.definitions.get(definition.key, ()))

    def claim(self, keys: Sequence[str]) -> None:
        """Take in that a derivative by some variables was claimed."""
        self.claimed.update((key, self.scope) for key in keys)

    def is_claimed(self, key: str) -> bool:
        """Whether a derivative by this variable was claimed under an open heading."""
        return key in self.claimed and is_over(self.claimed[key], self.scope)

    def uncalled(self, tokens: Sequence[Token]) -> Tokens:
        """Tokens in which a function at its own arguments goes by its name alone: r for r(x)."""
        out: Tokens = []
        i = 0
        while i < len(tokens):
            end = name_end(tokens, i)
            behind = self._own_call_end(tokens, i, end)
            name = list(tokens[i : max(end, i + 1)])
            if behind and skip(tokens, behind) < len(tokens) and tokens[skip(tokens, behind)].is_sign("(["):
                # A name before a bracket would be read as called.
                around = (name[0].span, name[-1].span)
                name = [Token("sign", "(", around[0]), *name, Token("sign", ")", around[1])]
            out += name
            i = behind or max(end, i + 1)
        return out

    def _own_call_end(self, tokens: Sequence[Token], start: int, end: int) -> int:
        """The place behind a function with its own arguments; 0 for anything else."""
        definition = self.latest(key_of(tokens[start:end])) if end > start else None
        at = skip(tokens, end)
        if definition is None or not definition.parameters or definition.key == "sigma":
            return 0
        if at >= len(tokens) or not tokens[at].is_sign("("):
            return 0
        behind = group_end(tokens, at)
        own = ",".join(key_of(p) for p in definition.parameters)
        return behind if key_of(tokens[at + 1 : behind - 1]).replace(" , ", ",") == own else 0

    def may_define(
        self, definition: Definition, relation: str, sentence: Sentence | None, words: str
    ) -> bool:
        """Whether an equation gives a name to its right side, and is no result and no condition."""
        if relation == ":=":
            return True
        body = definition.body
        used = {
            key
            for key, start, end in names_used(body)
            if end == name_end(body, start) and not stands_below_bars(body, start)
        }
        if definition.key in used or not definition.body:
            return False
        is_number = all(
            t.kind == "number"
            or is_space(t)
            or t.is_sign("+-.{}/")
            or t.is_command("mathbf", "boldsymbol", "bm", "frac", "pm", "mp")
            for t in definition.body
        )
        if is_number:
            return False
        if definition.parameters and not self.is_claimed(definition.key):
            return True
        if _MODEL.search(words) and _ends_with_noise(definition.body):
            return False  # y = Xβ + ε says how data come about: y is given where β is sought
        if (
            sentence is not None
            and _IF.search(words)
            and definition.key not in self.said
            and self.latest(definition.key) is None
        ):
            return True  # "if a = Wx" names a, of which nothing was said
        names_it = _NAMES_IT.search(words[-40:]) is not None
        if self.is_claimed(definition.key) and not names_it:
            return False
        return names_it or _CONCLUDES.search(words) is None

    def used_by(self, tokens: Sequence[Token], without: set[str]) -> list[Definition]:
        """The definitions that a formula needs, and those that these need, in the order of the document."""
        found: dict[str, Definition] = {}
        waiting = [list(tokens)]
        while waiting:
            whole = waiting.pop()
            for key, start, end in names_used(whole):
                if key in found or key in without or is_below(whole, start):
                    continue
                if stands_below_bars(whole, start) and key in NO_WEIGHTS:
                    continue
                full = name_end(whole, start)
                if full > end and self.latest(key_of(whole[start:full])) is not None:
                    continue  # E_D is defined, and no entry of E
                definition = self.latest(key)
                if definition is not None:
                    found[key] = definition
                    own = {key_of(p) for p in definition.parameters}
                    waiting.append(list(definition.body) if not own else definition.body)
        return sorted(found.values(), key=lambda d: d.place)


def replaced_name(tokens: Sequence[Token], old: str, new: Tokens) -> Tokens:
    """Tokens with a name in the place of another."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        if end > i and key_of(tokens[i:end]) == old:
            out += [Token("sign", "{", tokens[i].span), *new, Token("sign", "}", tokens[end - 1].span)]
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


def statement_of(definition: Definition, is_called: bool) -> str:
    """A definition as a statement behind ``where``."""
    left = text_of(definition.left)[0].strip()
    if definition.parameters and is_called:
        left += "(" + ", ".join(text_of(p)[0].strip() for p in definition.parameters) + ")"
    return f"{left} = {text_of(definition.body)[0].strip()}"


def stated(definitions: Sequence[Definition], texts: Sequence[Tokens]) -> str:
    """Definitions as they stand behind a formula; empty where there is none.

    Parameters
    ----------
    definitions : sequence of Definition
        The definitions.
    texts : sequence of tokens
        All formulas in which a function may be called.
    """
    if not definitions:
        return ""
    return r" \text{ where } " + ", ".join(statement_of(d, is_called(d, texts)) for d in definitions)


def is_called(definition: Definition, texts: Sequence[Tokens]) -> bool:
    """Whether a function stands with its arguments somewhere."""
    for tokens in texts:
        for key, _, end in names_used(tokens):
            at = skip(tokens, end)
            if at < len(tokens) and tokens[at].is_command("left", "big", "bigl"):
                at = skip(tokens, at + 1)
            if key == definition.key and at < len(tokens) and tokens[at].is_sign("("):
                return True
    return False


def is_of_members(definition: Definition) -> bool:
    """Whether a function is made of members of its own name: F(x) = F_0 + Σ x_i F_i."""
    bases = {key.partition(" _ ")[0] for key, _, _ in names_used(definition.body) if " _ " in key}
    return definition.key in bases


def _ends_with_noise(body: Sequence[Token]) -> bool:
    """Whether the last term of a sum is a name that noise goes by."""
    at = last_sign(body, "+")
    last = trimmed(body[at + 1 :])
    return at > 0 and whole_name(last) and key_of(last).split()[0] in _NOISE
