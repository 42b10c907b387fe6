r"""Names with a prime: where a document transposes with another sign, its ``Z'`` is no Zᵀ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from matgrad.language.latex.lexer import Token, cut
from matgrad.printing.accents import accented
from matgrad.printing.names import unicode_name
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    group_end,
    is_turned,
    key_of,
    last_sign,
    name_end,
    names_used,
    parted,
    skip,
    trimmed,
    whole_name,
)
from matgrad.refereeing.rows import statements_of


def primed_names(formulas: Iterable[Tokens]) -> set[str]:
    r"""The names that go with a prime: of ``Z' \in \mathbb{R}^n``, and of ``x' = Ax`` beside an ``^\top``."""
    found: set[str] = set()
    defined: set[str] = set()
    has_other_sign = False
    for tokens in formulas:
        has_other_sign = has_other_sign or _transposes(tokens)
        for statement in statements_of(tokens, ""):
            names = [_primed(piece) for piece in parted(statement.sides[0], lambda t: t.is_sign(","))]
            names = [name for name in names if name]
            if not names:
                continue
            if not statement.is_equation:
                defined.update(names)  # "and $x'$ the next state"
            elif statement.relations[0] == "∈":
                found.update(names)
            elif statement.relations[0] in ("=", ":="):
                others = {key for key, _, _ in names_used(statement.sides[1])}
                defined.update(name for name in names if others - {name, "I"})
    return found | defined if has_other_sign else found


def _transposes(tokens: Tokens) -> bool:
    """Whether a transpose is written with another sign than a prime."""
    return any(
        t.is_sign("^")
        and is_turned(inside := argument(tokens, i + 1)[0])
        and not any(one.is_sign("'") for one in inside)
        for i, t in enumerate(tokens)
    )


def _primed(piece: Tokens) -> str:
    """The name that stands with a prime and nothing else; empty for none."""
    bare = trimmed(piece)
    end = name_end(bare, 0)
    at = _behind_prime(bare, end) if end else 0
    if not at:
        return ""
    if at < len(bare) and bare[at].is_sign("_"):
        at = argument(bare, at + 1)[1]
    return key_of(_base(bare[:end])) if at == len(bare) else ""


def _base(name: Tokens) -> Tokens:
    below = last_sign(name, "_")
    return name[:below] if below > 0 else name


def _behind_prime(tokens: Sequence[Token], end: int) -> int:
    """The place behind a prime that stands at a place; 0 where none does."""
    at = skip(tokens, end)
    if at < len(tokens) and tokens[at].is_sign("'"):
        return at + 1
    if at < len(tokens) and tokens[at].is_sign("^"):
        inside, behind = argument(tokens, at + 1)
        if len(trimmed(inside)) == 1 and (inside[0].is_command("prime") or inside[0].is_sign("'")):
            return behind
    return 0


def with_primed_names(tokens: Sequence[Token], keys: Set[str]) -> Tokens:
    r"""Tokens in which the primes of some names are part of them: ``\check Z`` for ``Z'``."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        behind = _behind_prime(tokens, end) if end > i else 0
        base = _base(list(tokens[i:end]))
        if behind and key_of(base) in keys and not _is_a_slope(tokens, base, behind):
            span = (tokens[i].span[0], tokens[behind - 1].span[1])
            signs = [t.placed(span) for t in cut(r"\check{}")]
            out += [*signs[:-1], *base, signs[-1], *tokens[i + len(base) : end]]
            i = behind
        else:
            out.append(tokens[i])
            i += 1
    return out


def _is_a_slope(tokens: Sequence[Token], base: Tokens, behind: int) -> bool:
    """Whether a small letter with a prime is the derivative of a function: f'(x), f''."""
    after = skip(tokens, behind)
    if after < len(tokens) and tokens[after].is_sign("'"):
        return True
    if after >= len(tokens) or not tokens[after].is_sign("(") or key_of(base)[0].isupper():
        return False
    return whole_name(tokens[after + 1 : group_end(tokens, after) - 1])


def as_primed(text: str, keys: Set[str]) -> str:
    """A text with the primes that an author wrote, where the names of ours stand in it."""
    for key in keys:
        letter = unicode_name(key)
        sign = "\\" + key if len(key) > 1 else key
        for name in (rf"\check{{{sign}}}", accented(letter, "check") or "", f"{key}_check"):
            text = text.replace(name, f"{sign if name.startswith(chr(92)) else letter}'") if name else text
    return text
