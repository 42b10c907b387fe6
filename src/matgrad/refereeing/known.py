r"""What a document has said before a place: definitions, and what its names are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from matgrad.language.latex.lexer import Token
from matgrad.refereeing.declared_in_words import Said, Sentence
from matgrad.refereeing.formulas import (
    Tokens,
    group_end,
    key_of,
    last_sign,
    name_end,
    names_used,
    skip,
    text_of,
    trimmed,
    whole_name,
)

_NAMES_IT = re.compile(
    r"\b(?:let|define|denote|write|set|put|with|where|introduce|call|consider|using)\b|设|记|令|定义|其中",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"(?:\b(?:gives?|yields?|hence|obtain(?:s|ed)?|therefore|thus|solutions?|minimi[sz]er|at|if|when|"
    r"satisf\w+|subject to|such that|vanish\w*|solv\w+|we get|we find|have|optimum|optimal\s\w+|implies|"
    r"leads to|becomes)\b|解得|可得|得到|即得|得|当|在)"
    r"[^⟦.;]{0,25}$",
    re.IGNORECASE,
)


_MODEL = re.compile(
    r"(?:model\w*|observ\w*|measure\w*|generated|plant|dynamics|data|模型|观测|测量)[^⟦.;]{0,25}$",
    re.IGNORECASE,
)
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
    """

    key: str
    left: Tokens
    parameters: tuple[Tokens, ...]
    body: Tokens
    place: int


@dataclass
class Known:
    """What is known at a place of a document."""

    definitions: list[Definition] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    everywhere: dict[str, Said] = field(default_factory=dict)
    """What is said of a name at any place of the document, under conditions as well."""
    layout: str = ""
    said_here: dict[str, Said] = field(default_factory=dict)
    """What is said below the last heading."""
    heading: int = 0
    """The number of the first formula below the last heading."""
    claimed: set[str] = field(default_factory=set)
    """The variables by which derivatives were claimed so far."""

    def say(self, said: Said) -> None:
        """Take in what is said of a name."""
        known = self.said.get(said.key)
        self.said[said.key] = said if known is None else known.joined(said)
        here = self.said_here.get(said.key)
        self.said_here[said.key] = said if here is None else here.joined(said)

    def begin_section(self, number: int) -> None:
        """Go on below a heading, where names may be used anew."""
        self.heading, self.said_here = number, {}

    def of_this_section(self) -> Known:
        """What was said and defined below the last heading alone."""
        definitions = [d for d in self.definitions if d.place >= self.heading]
        return replace(self, definitions=definitions, said=dict(self.said_here))

    def latest(self, key: str) -> Definition | None:
        """The definition of a name that holds now."""
        return next((d for d in reversed(self.definitions) if d.key == key), None)

    def define(self, definition: Definition) -> None:
        """Take in a definition."""
        self.definitions.append(replace(definition, body=self.uncalled(definition.body)))

    def uncalled(self, tokens: Sequence[Token]) -> Tokens:
        """Tokens in which a function at its own arguments goes by its name alone: r for r(x)."""
        out: Tokens = []
        i = 0
        while i < len(tokens):
            end = name_end(tokens, i)
            out += tokens[i : max(end, i + 1)]
            behind = self._own_call_end(tokens, i, end)
            if behind and skip(tokens, behind) < len(tokens) and tokens[skip(tokens, behind)].is_sign("(["):
                return list(tokens)  # a name before a bracket would be read as called
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
        used = {key for key, start, end in names_used(body) if end == name_end(body, start)}
        if definition.key in used or not definition.body:
            return False
        is_number = all(
            t.kind == "number" or t.is_sign("+-.{}/") or t.is_command("mathbf", "boldsymbol", "bm", "frac")
            for t in definition.body
        )
        if is_number:
            return False
        if definition.parameters and definition.key not in self.claimed:
            return True
        if _MODEL.search(words) and _ends_with_noise(definition.body):
            return False  # y = Xβ + ε says how data come about: y is given where β is sought
        names_it = _NAMES_IT.search(words[-40:]) is not None
        if definition.key in self.claimed and not names_it:
            return False
        return names_it or _CONCLUDES.search(words) is None

    def used_by(self, tokens: Sequence[Token], without: set[str]) -> list[Definition]:
        """The definitions that a formula needs, and those that these need, in the order of the document."""
        found: dict[str, Definition] = {}
        waiting = [list(tokens)]
        while waiting:
            whole = waiting.pop()
            for key, start, end in names_used(whole):
                if key in found or key in without:
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


def _ends_with_noise(body: Sequence[Token]) -> bool:
    """Whether the last term of a sum is a name that noise goes by."""
    at = last_sign(body, "+")
    last = trimmed(body[at + 1 :])
    return at > 0 and whole_name(last) and key_of(last).split()[0] in _NOISE
