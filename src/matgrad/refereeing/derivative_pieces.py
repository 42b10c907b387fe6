"""Pieces of formulas that hold derivatives: where they begin and end, and what changes in them."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import MatgradError
from matgrad.core.words import Phrase
from matgrad.language.declarations import parse_declarations
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token
from matgrad.refereeing.formulas import (
    NAMING,
    Tokens,
    group_end,
    is_upright_d,
    key_of,
    name_end,
    skip,
    trimmed,
    with_depth,
)

OTHER_FUNCTIONS = frozenset(("vec", "softplus", "sigma", "logdet", "softmax", "sigmoid"))


class NotUnderstoodError(Exception):
    """Why a claim is not understood."""

    def __init__(self, reason: str | Phrase) -> None:
        super().__init__(str(reason))
        self.reason = reason


def changes_in(sides: Sequence[Tokens]) -> list[Tokens]:
    """The names whose changes occur: the X of dX."""
    found: dict[str, Tokens] = {}
    for tokens in sides:
        for i, token in enumerate(tokens):
            if token.kind == "letter" and token.glued and token.text == "d":
                continue
            end = is_upright_d(tokens, i)
            if end == i or token.is_command("partial"):
                continue
            at = skip(tokens, end)
            behind = name_end(tokens, at)
            if behind > at and (token.kind == "command" or at == end):
                found.setdefault(key_of(tokens[at:behind]), list(tokens[at:behind]))
    return list(found.values())


def is_declaration(text: str) -> bool:
    """Whether a text declares something."""
    try:
        parse_declarations(text)
    except MatgradError:
        return False
    return True


def named_tokens(label: str, start: int, end: int) -> Tokens:
    """The tokens of a name that is put in for what was written at a place."""
    pieces = (("letter", "G"), ("sign", "_"), ("sign", "{"), ("number", label[2:]), ("sign", "}"))
    return [Token(kind, text, (start, end)) for kind, text in pieces]


def may_begin(token: Token) -> bool:
    """Whether a derivative may begin with a token."""
    return token.is_command("frac", "dfrac", "tfrac", "nabla", "partial", "operatorname") or token.is_sign(
        "∇"
    )


def operand_end(tokens: Tokens, start: int) -> int:
    """Where what a sign of derivation is applied to ends: at a bracket, or before the next sum."""
    if start < len(tokens) and tokens[start].is_sign("(["):
        return group_end(tokens, start)
    if start < len(tokens) and tokens[start].is_command("left") and start + 1 < len(tokens):
        return group_end(tokens, start + 1)
    for i, token, depth in with_depth(tokens[start:]):
        if depth <= 0 and i and token.is_sign("+-,"):
            return start + i
    return len(tokens)


def is_function(name: Tokens) -> bool:
    r"""Whether a name with an argument is a function of the language: ``\operatorname{tr}(X)``."""
    word = "".join(
        t.text for t in name if t.kind == "letter" or (t.kind == "command" and t.text not in NAMING)
    )
    return word in c.COMMAND_FUNCTIONS or word in c.FUNCTIONS_SPELLED or word in OTHER_FUNCTIONS


def holds_derivative(side: Tokens) -> bool:
    """Whether a sign of a derivative stands in a side."""
    return any(t.is_command("partial", "nabla") for t in side)


def is_zero(side: Tokens) -> bool:
    """Whether a side is zero, in whatever font, with a size below or without."""
    bare = [t for t in side if not t.is_sign("{}") and not t.is_command("mathbf", "boldsymbol", "bm", "vec")]
    bare = trimmed(bare)
    return bool(bare) and bare[0].text in ("0", "𝟎") and (len(bare) == 1 or bare[1].is_sign("_"))
