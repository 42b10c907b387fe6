r"""Names that a document gives to known functions: ``h = \tanh`` says what ``h(x)`` and ``h'(x)`` are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matgrad.language.latex.lexer import Token
from matgrad.refereeing.derivative_pieces import is_function
from matgrad.refereeing.formulas import Tokens, key_of, name_end, skip, trimmed, whole_name
from matgrad.refereeing.rows import statements_of


def aliases_in(formulas: Iterable[Tokens]) -> dict[str, Tokens]:
    """The names that stand for functions; none that stands for two."""
    found: dict[str, dict[str, Tokens]] = {}
    for tokens in formulas:
        for statement in statements_of(tokens, ""):
            sides = [trimmed(side) for side in statement.sides]
            if len(sides) != 2 or statement.relations[0] not in ("=", ":=") or not whole_name(sides[0]):
                continue
            if _is_one_name(sides[1]) and is_function(sides[1]) and not key_of(sides[0])[0].isupper():
                found.setdefault(key_of(sides[0]), {})[key_of(sides[1])] = sides[1]
    return {key: next(iter(those.values())) for key, those in found.items() if len(those) == 1}


def _is_one_name(side: Tokens) -> bool:
    """Whether a side is the name of a function alone."""
    return whole_name(side) or (len(side) == 1 and side[0].kind == "command")


def with_functions(tokens: Sequence[Token], aliases: Mapping[str, Tokens]) -> Tokens:
    """Tokens with the functions that the names stand for, where these are called."""
    if not aliases:
        return list(tokens)
    out: Tokens = []
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        if end > i and key_of(tokens[i:end]) in aliases and _is_called(tokens, end):
            span = (tokens[i].span[0], tokens[end - 1].span[1])
            out += [token.placed(span) for token in aliases[key_of(tokens[i:end])]]
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


def _is_called(tokens: Sequence[Token], end: int) -> bool:
    at = skip(tokens, end)
    while at < len(tokens) and (
        tokens[at].is_sign("'") or tokens[at].is_command("left", "big", "bigl", "Big", "Bigl")
    ):
        at = skip(tokens, at + 1)
    return at < len(tokens) and tokens[at].is_sign("([")
