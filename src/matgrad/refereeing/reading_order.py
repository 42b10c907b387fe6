"""A part of a document in the order in which it is read: its formulas, and the sentences around them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache

from matgrad.core.errors import MatgradError, ParseError
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language.latex.lexer import cut
from matgrad.language.latex.macros import Macros, expand
from matgrad.refereeing.declared_in_words import Said, Sentence, said_in
from matgrad.refereeing.documents import Section
from matgrad.refereeing.formulas import Tokens, is_space, with_depth
from matgrad.refereeing.source_pieces import Defined, FormulaPiece, ProsePiece

_BREAK = regex(
    r"\\(?:(?:sub)*section|chapter|paragraph|item|begin|end|par|bigskip|medskip|noindent)\b\*?(?:\{[^{}]*\})?"
)
_COMMAND = regex(r"\\[A-Za-z]+\*?|[{}~]")
_END = regex(
    r"[.!?](?=\s+(?:[A-Z⟦\\*#\u4e00-\u9fff-]|$))|[。！？]|\n\s*\n(?=\s*(?:[A-Z#*]|[\u4e00-\u9fff]))|\n#+\s"
)
_SHORT = regex(r"\b(?:i\.e|e\.g|w\.r\.t|i\.i\.d|resp|cf|Eq|Eqs|Fig|Sec|Ch|vs|s\.t|al|No)\.$")
_EXPLAINS_BEFORE = regex(
    r"\s*(?:(?:where|with|here|in which|note that|recall that|as|since|because)\b|其中|这里|此处)",
    re.IGNORECASE,
)


_LOGISTIC = regex(
    r"sigmoid|logistic|activation|(?:entry|element|component)-?wise|entry by entry|逐元素|激活", re.IGNORECASE
)
_OTHER_SIGMA = regex(r"singular|\\sigma\s*\(\s*\w+\s*\)\s*&?\s*:?=")
_IS_LOGISTIC = regex(
    r"\s*(?:\\[dt]?frac\s*\{?\s*1\s*\}?\s*\{\s*1\s*\+\s*(?P<e>e\^\{\s*-\s*\\?\w+\s*\}|\\exp\s*\(\s*-\s*\\?\w+\s*\))\s*\}"
    r"|1\s*/\s*\(\s*1\s*\+\s*(?:e\^\{\s*-\s*\\?\w+\s*\}|\\exp\s*\(\s*-\s*\\?\w+\s*\))\s*\)"
    r"|\(\s*1\s*\+\s*(?:e\^\{\s*-\s*\\?\w+\s*\}|\\exp\s*\(\s*-\s*\\?\w+\s*\))\s*\)\s*\^\s*\{\s*-\s*1\s*\}"
    r"|\\[dt]?frac\s*\{\s*e\^\{?\s*\\?\w+\s*\}?\s*\}\s*\{\s*(?:1\s*\+\s*e\^\{?\s*\\?\w+\s*\}?|e\^\{?\s*\\?\w+\s*\}?\s*\+\s*1)\s*\})"
)
"""The logistic function written out behind ``σ(z) =``."""
"""Words beside which σ(…) is the logistic function, and no singular values."""


DEEPEST = 100
"""How many brackets of a formula may be open at once."""


@dataclass(frozen=True)
class Formula:
    """A formula with its tokens; those of one that cannot be read are none, with the reason."""

    piece: FormulaPiece
    tokens: Tokens
    error: MatgradError | None = None


@dataclass(frozen=True)
class Words:
    """What a sentence says, and from which place on it holds."""

    sentence: Sentence
    said: tuple[Said, ...]
    since: int


def formulas_of(section: Section, macros: Macros, around: Callable[[int], str]) -> list[Formula]:
    """The formulas of a part of a document, their macros put in.

    Parameters
    ----------
    section : Section
        The part.
    macros : dict of str to Macro
        The macros that hold where it begins; where it ends, those that hold there.
    around : callable
        The text under the same headings as a place, which decides what a sigma is there.
    """
    found: list[Formula] = []
    is_logistic = cache(_is_logistic)
    waiting = deque(section.defined)
    for piece in section.pieces:
        if not isinstance(piece, FormulaPiece):
            continue
        while waiting and waiting[0].start <= piece.start:
            _take(waiting.popleft(), macros)
        text = section.readable[piece.start : piece.end]
        try:
            tokens = [t.placed((t.span[0] + piece.start, t.span[1] + piece.start)) for t in cut(text)]
            tokens = expand(tokens, macros, section.readable)
            if max((depth for _, _, depth in with_depth(tokens)), default=0) > DEEPEST:
                raise ParseError(phrase("the formula is nested too deeply"))
            tokens = _with_logistic(tokens) if is_logistic(around(piece.start)) else tokens
        except MatgradError as error:
            found.append(Formula(piece, [], error))
        else:
            found.append(Formula(piece, tokens))
    for one in waiting:
        _take(one, macros)
    return found


def _take(defined: Defined, macros: Macros) -> None:
    """Add a macro to those that hold."""
    if not (defined.is_kept and defined.name in macros):
        macros[defined.name] = defined.macro


def _is_logistic(text: str) -> bool:
    """Whether sigma is the logistic function in a text."""
    other = _OTHER_SIGMA.search(text)
    if other is not None and _IS_LOGISTIC.match(text, other.end()):
        return True
    return other is None and _LOGISTIC.search(text) is not None


def _with_logistic(tokens: Tokens) -> Tokens:
    r"""The tokens with the name of the function for ``\sigma(…)``."""
    out: Tokens = []
    for i, token in enumerate(tokens):
        after = i + 1
        while after < len(tokens) and (
            is_space(tokens[after])
            or tokens[after].is_sign("'")
            or tokens[after].is_command("left", "big", "bigl")
        ):
            after += 1
        is_called = after < len(tokens) and tokens[after].is_sign("(")
        is_raised = bool(out) and out[-1].is_sign("_^")
        if token.is_command("sigma") and is_called and not is_raised:
            out += [t.placed(token.span) for t in cut(r"\operatorname{sigmoid}")]
        else:
            out.append(token)
    return out


def words_of(section: Section, formulas: Sequence[Formula]) -> list[Words]:
    """The sentences of a part of a document, with what they say of names."""
    text: list[str] = []
    places: list[int] = []
    number = 0
    for piece in section.pieces:
        if isinstance(piece, ProsePiece):
            plain = _BREAK.sub(lambda m: "." + " " * (len(m[0]) - 1) if len(m[0]) > 1 else m[0], piece.text)
            plain = _COMMAND.sub(lambda m: " " * len(m[0]), plain)
            text.append(plain)
            places += range(piece.start, piece.start + len(plain))
        else:
            mark = f" ⟦{number}⟧ "
            mark += (
                ". "
                if piece.is_display and section.readable[piece.start : piece.end].rstrip().endswith(".")
                else ""
            )
            text.append(mark)
            places += [piece.start] * len(mark)
            number += 1
    whole = "".join(text)
    tokens = [formula.tokens for formula in formulas]
    found: list[Words] = []
    start = 0
    ends = [m.end() for m in _END.finditer(whole) if not _SHORT.search(whole[: m.start() + 1])]
    for end in [*ends, len(whole)]:
        words = whole[start:end].replace("\n", " ")
        if words.strip() and places:
            sentence = Sentence(
                words, places[min(start, len(places) - 1)], places[min(end, len(places)) - 1] + 1
            )
            since = sentence.start
            if found and _EXPLAINS_BEFORE.match(words):
                since = found[-1].sentence.start
            found.append(Words(sentence, tuple(said_in(sentence, tokens)), since))
        start = end
    return found
