r"""Indices with a prime, ``\sum_{c'=1}^{C} z_{c'}``, as letters of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.language.latex.lexer import Token

_LETTERS = "pqrstuvwabcdghjklmn"


def without_primes(tokens: Sequence[Token], is_variable: Callable[[str], bool]) -> list[Token]:
    """The tokens, in which an index that a sum binds with a prime is another letter throughout."""
    found = _with_primes_apart(tokens)
    bound = {
        letter
        for i, t in enumerate(found)
        if t.is_command("sum", "prod")
        for letter in _primed_below(found, i)
    }
    used = {t.text for t in found if t.kind == "letter"}
    for letter in sorted(bound):
        if is_variable(letter):
            continue
        other = next((x for x in _LETTERS if x not in used and not is_variable(x)), None)
        if other is None:
            continue
        used.add(other)
        found = _renamed(found, letter, other)
    return found


def _with_primes_apart(tokens: Sequence[Token]) -> list[Token]:
    r"""The tokens, with the prime of ``v^{\prime\top}`` before the exponent: the transpose of a v'."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        inside = tokens[place + 2 : place + 4]
        if (
            token.is_sign("^")
            and place + 3 < len(tokens)
            and tokens[place + 1].is_sign("{")
            and inside[0].is_command("prime")
            and not (inside[1].is_sign("}") or inside[1].is_command("prime"))
        ):
            found += [Token("sign", "'", inside[0].span), token, tokens[place + 1]]
            place += 3
            continue
        found.append(token)
        place += 1
    return found


def _primed_below(tokens: Sequence[Token], sign: int) -> set[str]:
    """The letters with a prime below a sum, left of its relation."""
    if sign + 1 >= len(tokens) or not tokens[sign + 1].is_sign("_"):
        return set()
    depth, letters = 0, set()
    for at in range(sign + 2, len(tokens)):
        token = tokens[at]
        depth += token.is_sign("{") - token.is_sign("}")
        if token.kind == "letter" and _prime(tokens, at + 1):
            letters.add(token.text)
        if depth <= 0:
            break
    return letters


def _prime(tokens: Sequence[Token], at: int) -> int:
    r"""How many tokens the prime takes that stands at a place: ``'``, ``^\prime``, ``^{\prime}``."""
    if at < len(tokens) and tokens[at].is_sign("'"):
        return 1
    if at + 1 < len(tokens) and tokens[at].is_sign("^"):
        if tokens[at + 1].is_command("prime"):
            return 2
        braced = tokens[at + 1 : at + 4]
        if len(braced) == 3 and braced[0].is_sign("{") and braced[1].is_command("prime"):
            return 4 if braced[2].is_sign("}") else 0
    return 0


def _renamed(tokens: Sequence[Token], letter: str, other: str) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        taken = _prime(tokens, at + 1) if token.kind == "letter" and token.text == letter else 0
        out.append(Token("letter", other, token.span) if taken else token)
        at += 1 + taken
    return out
