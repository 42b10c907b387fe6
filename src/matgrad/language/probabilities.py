"""Writings of statistics that name no function here: ``N(x; m, S)``, ``KL(p || q)``, ``E[x]``, ``p(x | y)``.

They are said to be that, with what can be written instead, before a bar or a bracket in them is taken for
another sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.words import Phrase, phrase
from matgrad.language.names import Vocabulary
from matgrad.language.tokens import span

if TYPE_CHECKING:
    from lark import Token

_OPENED = ("LPAR", "LSQB", "LBRACE")
_CLOSED = ("RPAR", "RSQB", "RBRACE")
_SIGNS = ("BAR", "NORM_BAR", "SEMICOLON")
_EXPECTATIONS = frozenset(("E", "𝔼", "Ex"))
_DIVERGENCES = frozenset(("KL", "D_KL", "DKL", "D_kl", "KLD"))
_NORMALS = frozenset(("N", "𝒩", "Normal", "normal", "Gaussian"))


def check_probabilities(tokens: Sequence[Token], words: Vocabulary, text: str) -> None:
    """Refuse what statistics writes with brackets and bars of its own.

    Raises
    ------
    ParseError
        With what to write instead.
    """
    for start, end, has_sign in _brackets(tokens):
        i = start - 1
        token = tokens[i]
        if i < 0 or token.type != "NAME" or str(token) in words.variables:
            continue
        if tokens[start].start_pos != token.end_pos or not (has_sign or str(token) in _EXPECTATIONS):
            continue
        problem = _problem(str(token), tokens[start : end + 1], text)
        if problem is not None:
            what, fix = problem
            raise ParseError(what, fix=fix, text=text, span=(span(token)[0], span(tokens[end])[1]))


def _brackets(tokens: Sequence[Token]) -> list[tuple[int, int, bool]]:
    """Where brackets begin and end, and whether a bar or a semicolon stands right in each."""
    found: list[tuple[int, int, bool]] = []
    opened: list[int] = []
    with_sign: set[int] = set()
    for k, token in enumerate(tokens):
        if token.type in _OPENED:
            opened.append(k)
        elif token.type in _CLOSED and opened:
            start = opened.pop()
            found.append((start, k, start in with_sign))
        elif token.type in _SIGNS and opened:
            with_sign.add(opened[-1])
    return sorted(found)


def _problem(name: str, bracket: Sequence[Token], text: str) -> tuple[Phrase, str | Phrase] | None:
    """What is wrong with a name and the bracket behind it, and what to write instead."""
    inside = bracket[1:-1]
    parts = _parts(inside, text)
    signs = [token.type for token in _top(inside)]
    bars = [kind for kind in signs if kind in ("BAR", "NORM_BAR")]
    if name in _EXPECTATIONS and inside and not _is_place(bracket):
        return (
            phrase("an expectation is not read here"),
            phrase("mean(x) for the mean of all entries, mean_i f(x_i) for the mean of data"),
        )
    if name in _DIVERGENCES and bars in (["NORM_BAR"], ["BAR"], ["BAR", "BAR"]) and len(parts) == 2:
        p, q = parts
        return (
            phrase("a divergence is not read here"),
            phrase("its formula: {formula}", formula=f"sum({_atom(p)} .* log({_atom(p)} ./ {_atom(q)}))"),
        )
    if name in _NORMALS and len(parts) > 1 and ("SEMICOLON" in signs or bars == ["BAR"]) and len(parts) < 4:
        x, mean, *rest = [part.strip() for piece in parts for part in piece.split(",")]
        if len(rest) == 1:
            call = f"({x}, {mean}, {rest[0]})"
            return (
                phrase("a density is not read with these signs"),
                phrase(
                    "gaussian_pdf{call} for the normal density, gaussian_logpdf{call} for its logarithm",
                    call=call,
                ),
            )
    if (bars == ["BAR"] or "SEMICOLON" in signs) and bracket[0].type == "LPAR":
        return (
            phrase("a bar or a semicolon in a bracket is one of a density or a conditional, not read here"),
            phrase(
                "the formula of the density, or declare {name}: (n, m) -> scalar and write commas",
                name=name,
            ),
        )
    return None


def _top(inside: Sequence[Token]) -> list[Token]:
    """The tokens that stand in no further bracket."""
    depth, found = 0, []
    for token in inside:
        depth -= token.type in _CLOSED
        if not depth:
            found.append(token)
        depth += token.type in _OPENED
    return found


def _parts(inside: Sequence[Token], text: str) -> list[str]:
    """What stands between bars and semicolons."""
    signs = [span(token) for token in _top(inside) if token.type in _SIGNS]
    if not inside:
        return []
    starts = [span(inside[0])[0], *(end for _, end in signs)]
    ends = [*(start for start, _ in signs), span(inside[-1])[1]]
    return [piece for a, b in zip(starts, ends, strict=True) if (piece := text[a:b].strip())]


def _atom(text: str) -> str:
    return text if text.isidentifier() else f"({text})"


def _is_place(bracket: Sequence[Token]) -> bool:
    """Whether an index stands in the bracket, as in the entry E[1, 2] of a matrix E."""
    inside = bracket[1:-1]
    if bracket[0].type == "LBRACE":
        return True
    return any(token.type in ("COMMA", "COLON") for token in inside) or (
        len(inside) == 1 and (inside[0].type == "NUMBER" or str(inside[0]) in "ijkl")
    )
