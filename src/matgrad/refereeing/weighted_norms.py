r"""Norms with a matrix below them, written out: ``\|x - \mu\|_W^2`` is ``(x - \mu)^\top W (x - \mu)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.formulas import NO_WEIGHTS, Tokens, argument, key_of, name_end, skip, trimmed

_BARS = ("|", "Vert", "lVert", "rVert")
_SIZES = ("left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg", "biggl", "biggr")


def with_weights(tokens: Sequence[Token], is_matrix: Callable[[str], bool], *, is_inverse: bool) -> Tokens:
    r"""Tokens with the squares of weighted norms written out.

    Parameters
    ----------
    tokens : sequence of Token
        The formula.
    is_matrix : callable
        Whether a name is known to be that of a matrix.
    is_inverse : bool
        Whether the weight is the inverse of what stands below, as of ``\|e\|_\Sigma^2`` in statistics.
    """
    out: Tokens = []
    i = 0
    while i < len(tokens):
        found = _norm_at(tokens, i, is_matrix)
        if found is None:
            out.append(tokens[i])
            i += 1
            continue
        inside, weight, i = found
        span = (weight[0].span[0], weight[-1].span[1])
        inner = with_weights(inside, is_matrix, is_inverse=is_inverse)
        middle = [*_at(r"(", span), *weight, *_at(")^{-1}" if is_inverse else ")", span)]
        out += [
            *_at("((", span),
            *inner,
            *_at(r")^{\top}", span),
            *middle,
            *_at("(", span),
            *inner,
            *_at("))", span),
        ]
    return out


def has_weights(tokens: Sequence[Token], is_matrix: Callable[[str], bool]) -> bool:
    """Whether the square of a weighted norm stands in a formula."""
    return any(_norm_at(tokens, i, is_matrix) is not None for i in range(len(tokens)))


def _norm_at(
    tokens: Sequence[Token], i: int, is_matrix: Callable[[str], bool]
) -> tuple[Tokens, Tokens, int] | None:
    """The square of a weighted norm that starts at a place: what is in its bars, its weight, its end."""
    start = i + 1 if tokens[i].kind == "command" and tokens[i].text in _SIZES else i
    if start >= len(tokens) or not _is_bar(tokens[start]):
        return None
    end = next((k for k in range(start + 1, len(tokens)) if _is_bar(tokens[k])), -1)
    at = skip(tokens, end + 1)
    if end < 0 or at >= len(tokens) or not tokens[at].is_sign("_"):
        return None
    weight, at = argument(tokens, at + 1)
    at = skip(tokens, at)
    if at >= len(tokens) or not tokens[at].is_sign("^") or key_of(argument(tokens, at + 1)[0]) != "2":
        return None
    weight = trimmed(weight)
    name = weight[: name_end(weight, 0)]
    is_weight = bool(name) and key_of(name) not in NO_WEIGHTS and is_matrix(key_of(name))
    inside = [
        t for k, t in enumerate(tokens[start + 1 : end], start + 1) if not _is_size_of_bar(tokens, k, end)
    ]
    return (inside, weight, argument(tokens, at + 1)[1]) if is_weight else None


def _is_bar(token: Token) -> bool:
    return token.is_command(*_BARS) or token.is_sign("‖")


def _is_size_of_bar(tokens: Sequence[Token], k: int, end: int) -> bool:
    return k + 1 == end and tokens[k].kind == "command" and tokens[k].text in _SIZES


def _at(text: str, span: tuple[int, int]) -> list[Token]:
    return [token.placed(span) for token in cut(text)]
