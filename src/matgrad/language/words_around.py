"""What people write around a formula: ``derivative of x'Ax with respect to x``, ``lambda x:``, ``@(x)``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language.asked_derivatives import MESSAGE, spelling
from matgrad.language.names import Vocabulary
from matgrad.language.tokens import span

if TYPE_CHECKING:
    from lark import Token

_DERIVATIVES = tuple(
    regex(pattern)
    for pattern in (
        r"(?i:(?:find|compute|calculate|what is)\s+)?(?i:the\s+)?"
        r"(?i:(?:partial\s+)?derivative|gradient|hessian|jacobian)\s+of\s+(?P<of>.+?)\s+"
        r"(?i:with respect to|w\.?r\.?t\.?|by)\s+(?P<by>\w+)[.?]?",
        r"(?i:differentiate)\s+(?P<of>.+?)\s+(?i:with respect to|w\.?r\.?t\.?|by)\s+(?P<by>\w+)[.?]?",
        r"(?:[Dd](?:ie|er|en)\s+)?(?:Ableitung|Gradient(?:en)?)\s+von\s+(?P<of>.+?)\s+nach\s+(?P<by>\w+)[.?]?",
        r"(?:[Ll][ae]\s+)?(?:[Dd]érivée|[Gg]radient)\s+de\s+(?P<of>.+?)\s+par rapport à\s+(?P<by>\w+)[.?]?",
        r"[求计算]*\s*(?P<of>.+?)\s*[对關关][于於]?\s*(?P<by>[A-Za-zα-ω]\w*?)\s*的?(?:偏?导数?|梯度|求导|求偏导)[。？]?",
        r"[对关][于]?\s*(?P<by>[A-Za-zα-ω]\w*?)\s*求(?:偏?导数?|梯度)\s*[:：,，]?\s*(?P<of>.+)",
        r"[求计算]+\s*(?P<of>.+?)\s*的(?:导数|梯度|偏导数?)[。？]?(?P<by>)",
    )
)
_PROSE = frozenset(
    (
        *(
            "symmetric",
            "skew",
            "invertible",
            "nonsingular",
            "orthogonal",
            "orthonormal",
            "positive",
            "definite",
        ),
        *(
            "semidefinite",
            "diagonal",
            "triangular",
            "idempotent",
            "constant",
            "const",
            "matrices",
            "the",
            "The",
        ),
        *(
            "is",
            "are",
            "of",
            "for",
            "with",
            "if",
            "let",
            "Let",
            "suppose",
            "Suppose",
            "such",
            "that",
            "subject",
        ),
        *(
            "function",
            "given",
            "denotes",
            "respect",
            "von",
            "nach",
            "und",
            "und",
            "mit",
            "de",
            "du",
            "le",
            "la",
        ),
    )
)
"""Words of sentences, which nobody takes for names of variables."""
_GENERATOR = regex(r"\s+\w+\s+in\b|\s+\w+\s*=")
_NAMES = r"\w+(?:\s*,\s*\w+)*"
_HEADS = regex(
    r"\s*(?:\w+\s*(?:=|<-)\s*)?"
    rf"(?:(?:@|function)\s*\(\s*(?P<listed>{_NAMES})\s*\)|lambda\s+(?P<bound>{_NAMES}):"
    rf"|\(?\s*(?P<mapped>{_NAMES})\s*\)?\s*(?:->|↦))"
)
_LONGEST = 500
"""The letters up to which a text is looked through for words."""


def without_head(text: str) -> str:
    """A text with blanks in the place of ``@(x)``, ``lambda x:``, ``x ->`` and ``function(x)``.

    A head is one of a function where its variables occur behind it, unlike in ``lambda A: B``.
    """
    head = _HEADS.match(text)
    if head is None:
        return text
    body = text[head.end() :]
    names = (head["listed"] or head["bound"] or head["mapped"]).replace(",", " ").split()
    return " " * head.end() + body if all(name in body for name in names) else text


def check_words(text: str) -> None:
    """Refuse ``derivative of x'Ax with respect to x``, and the = before a formula of a spreadsheet.

    Raises
    ------
    ParseError
        With the formula alone, and the variable.
    """
    for pattern in _DERIVATIVES if len(text) <= _LONGEST else ():
        found = pattern.fullmatch(text.strip())
        if found is not None:
            raise ParseError(
                MESSAGE, fix=spelling(found["of"], found["by"] or "x"), text=text, span=(0, len(text))
            )
    bare = text.lstrip()
    if bare.startswith("=") and bare[1:].strip():
        place = len(text) - len(bare)
        raise ParseError(
            phrase("nothing stands before the equals sign"),
            fix=bare[1:].strip(),
            text=text,
            span=(place, place + 1),
        )


def check_prose(tokens: Sequence[Token], words: Vocabulary, text: str) -> None:
    """Refuse ``x'Ax (A symmetric)``, in which a word would be read as the name of a variable.

    Raises
    ------
    ParseError
        With the formula alone, and what is said of its letters as a declaration.
    """
    is_over = False  # max over k of tr(A_k)
    for token, after in zip_longest(tokens, tokens[1:]):
        is_over = is_over or token == "over"
        if is_over and token == "of":
            continue
        is_word = token.type == "NAME" and str(token) in _PROSE and str(token) not in words.variables
        if is_word and not (after is not None and after.type in ("LPAR", "EQUAL", "CALL_OPEN")):
            if token == "for" and token.end_pos and _GENERATOR.match(text, token.end_pos):
                raise ParseError(
                    phrase("the index of a sum stands below it"),
                    fix="sum_i x_i^2",
                    text=text,
                    span=span(token),
                )
            raise ParseError(
                phrase("{word} is a word of a sentence here, and no variable", word=str(token)),
                fix=phrase("the formula alone, and beside it what is declared: A: n×n symmetric, c: scalar"),
                text=text,
                span=span(token),
            )
