"""From text to tokens, and what each bracket and bar stands for.

The lexer of the grammar cuts the text. What it cannot see is settled here: whether a bracket opens
the arguments of a function, an index or a group; whether a bar opens or closes; where one statement
ends and the next begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language.bad_characters import bad_character, not_usable
from matgrad.language.broadcast_dots import without_broadcast_dots
from matgrad.language.names import MODULES, Vocabulary, is_public, plain
from matgrad.language.signatures import derivative_in_signs
from matgrad.language.subscripts import lowered
from matgrad.language.tables import grammar
from matgrad.printing.accents import spelled_out

if TYPE_CHECKING:
    from lark import Token

LONGEST = 1_000_000
"""The number of characters beyond which a text is refused."""

OPERAND_ENDS = frozenset(
    [
        "NUMBER",
        "NAME",
        "ONES",
        "SIZE",
        "NODE",
        "TRANSPOSE",
        "SUPERSCRIPT",
        "PLUS_SIGN",
        "SUBSCRIPT",
        "RPAR",
        "RSQB",
        "RBRACE",
        "BAR_CLOSE",
        "NORM_CLOSE",
    ]
)
OPERAND_STARTS = frozenset(
    ["NUMBER", "NAME", "FUNCTION", "ONES", "SIZED", "NODE", "BIG", "LPAR", "LSQB", "BAR", "NORM_BAR", "SQRT"]
)
INFIX = frozenset(
    [
        "PLUS",
        "MINUS",
        "STAR",
        "SLASH",
        "BACKSLASH",
        "AT",
        "TIMES",
        "OVER",
        "KRON",
        "CROSS",
        "STARSTAR",
        "CARET",
        "DOT_CARET",
        "EQUAL",
        "COMPARE",
        "COMMA",
    ]
)
PRIMES = {"'": 1, "’": 1, "′": 1, "″": 2, "‴": 3}
"""The signs of derivatives, by how often they say that it is differentiated."""
_CLOSERS = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}


_BIG_SIGNS = str.maketrans("∑∏⟨⟩〈〉", "ΣΠ<><>")
"""Signs of summation that are no letters, and brackets of inner products as a keyboard has them."""
_ANGLES = frozenset("⟨〈")


def span(token: Token) -> tuple[int, int]:
    """The place of a token."""
    return (token.start_pos or 0, token.end_pos or 0)


def retyped(token: Token, kind: str, value: str | None = None, end: int | None = None) -> Token:
    """The same token under another type."""
    from lark import Token

    return Token(
        kind,
        str(token) if value is None else value,
        start_pos=token.start_pos,
        end_pos=token.end_pos if end is None else end,
    )


def placed(letter: str, place: int) -> Token:
    """One letter of a name, as a name at its place."""
    from lark import Token

    return Token("NAME", letter, start_pos=place, end_pos=place + 1)


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens; names with a package in front are one token.

    Raises
    ------
    ParseError
        For a character that has no meaning, and for a text that is too long.
    UnknownNameError
        For names that start with an underscore or hold two in a row.
    """
    from lark import UnexpectedCharacters

    if len(text) > LONGEST:
        raise ParseError(
            phrase(
                "the text has {count} characters; at most {longest} are read",
                count=f"{len(text):,}",
                longest=f"{LONGEST:,}",
            )
        )
    below, places = lowered(text)
    try:
        raw = list(grammar().lex(below.translate(_BIG_SIGNS)))
    except UnexpectedCharacters as error:
        raise bad_character(text, places[error.pos_in_stream or 0]) from None
    if below is not text:
        for token in raw:
            token.start_pos, token.end_pos = places[token.start_pos or 0], places[token.end_pos or 0]
    tokens: list[Token] = []
    for token in raw:
        if token.type == "NAME":
            _check_sum_sign(text, token)
            token = retyped(token, "NAME", spelled_out(derivative_in_signs(token)))
            if not is_public(token):
                raise not_usable(text, span(token))
            if not plain(token).isidentifier():
                odd = next((i for i, c in enumerate(token) if not plain("x" + c).isidentifier()), 0)
                raise bad_character(text, (token.start_pos or 0) + odd)
            if len(tokens) > 1 and tokens[-1].type == "DOT" and tokens[-2].type == "NAME":
                owner = tokens[-2]
                if owner.partition(".")[0] in MODULES and owner.end_pos == tokens[-1].start_pos:
                    tokens[-2:] = [retyped(owner, "NAME", f"{owner}.{token}", token.end_pos)]
                    continue
            tokens.append(retyped(token, "NAME", plain(token)))
        else:
            tokens.append(token)
    return _inner_products(_plus_signs(without_broadcast_dots(tokens)), text)


def _check_sum_sign(text: str, token: Token) -> None:
    """Refuse ``∑ p log p``, which says of no letter that it is an index.

    Raises
    ------
    ParseError
        With the sum over an index, and over all entries.
    """
    sign = text[token.start_pos or 0]
    is_called = re.match(r"\s*(?:over\b|\(\s*\w+\s*[,=<≠])", text[token.end_pos or 0 :])
    if sign in "∑∏" and len(token) == 1 and is_called is None:
        name = "sum" if sign == "∑" else "prod"
        raise ParseError(
            phrase("{sign} needs its index below", sign=sign),
            fix=phrase("{name}_i p_i with an index, {name}(p .* q) over all entries", name=name),
            text=text,
            span=span(token),
        )


_RAISED_PLUS = (
    ["CARET", "LBRACE", "PLUS", "RBRACE"],
    ["CARET", "LPAR", "PLUS", "RPAR"],
    ["CARET", "LBRACE", "PLUS_SIGN", "RBRACE"],
)


def _plus_signs(tokens: list[Token]) -> list[Token]:
    """The plus of ``A^+`` and ``A^{+}`` as a sign behind its operand, where no number is raised to."""
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        length = _length_of_plus(tokens, i)
        end = tokens[i + length - 1].end_pos if length else None
        found.append(retyped(tokens[i], "PLUS_SIGN", "⁺", end) if length else tokens[i])
        i += max(length, 1)
    return found


def _length_of_plus(tokens: list[Token], i: int) -> int:
    """How many tokens from a place on are a raised plus; 0 where there is none."""
    if tokens[i].type != "CARET":
        return 0
    kinds = [token.type for token in tokens[i : i + 4]]
    if kinds in _RAISED_PLUS:
        return 4
    if kinds[1:2] == ["PLUS_SIGN"]:
        return 2
    if kinds[1:2] != ["PLUS"] or kinds[2:3] == ["LPAR"]:
        return 0
    is_number = kinds[2:3] == ["NUMBER"] and tokens[i + 2].start_pos == tokens[i + 1].end_pos
    return 0 if is_number else 2


def _inner_products(tokens: list[Token], text: str) -> list[Token]:
    """The brackets of ``<x, y>``, where an operand is expected, as those of a call of inner."""
    found: list[Token] = []
    ends: set[int] = set()
    for i, token in enumerate(tokens):
        if i in ends:
            token = retyped(token, "RPAR", ")")
        elif token.type == "COMPARE" and token == "<":
            opens = text[token.start_pos or 0] in _ANGLES or not found or found[-1].type not in OPERAND_ENDS
            end = _end_of_angles(tokens, i) if opens else None
            bar = (
                _bar_of_braket(tokens, i)
                if opens and end is None and text[token.start_pos or 0] in _ANGLES
                else None
            )
            if bar is not None:
                tokens[bar] = retyped(tokens[bar], "COMMA", ",")
                end = _end_of_angles(tokens, i)
            if end is not None:
                ends.add(end)
                found.append(retyped(token, "NAME", "inner", token.start_pos))
                token = retyped(token, "LPAR", "(")
        found.append(token)
    return found


def _bar_of_braket(tokens: list[Token], start: int) -> int | None:
    """The one bar between the brackets of ``⟨x|y⟩``, which stands for the comma."""
    end = next((j for j in range(start + 1, len(tokens)) if tokens[j] == ">"), start)
    bars = [j for j in range(start + 1, end) if tokens[j].type == "BAR"]
    return bars[0] if len(bars) == 1 else None


def _end_of_angles(tokens: list[Token], start: int) -> int | None:
    """Where the bracket of an inner product of two operands closes."""
    depth, commas = 0, 0
    for j in range(start + 1, len(tokens)):
        kind = tokens[j].type
        depth += (kind in ("LPAR", "LSQB", "LBRACE")) - (kind in _CLOSERS)
        if depth < 0 or (depth == 0 and kind == "EQUAL"):
            return None
        commas += depth == 0 and kind == "COMMA"
        if depth == 0 and kind == "COMPARE" and tokens[j] == ">":
            return j if commas == 1 else None
    return None


def plain_uses(tokens: Sequence[Token]) -> set[str]:
    """The names that occur other than directly before a bracket."""
    found: set[str] = set()
    last = len(tokens) - 1
    for i, token in enumerate(tokens):
        if token.type != "NAME" or (i and tokens[i - 1].type == "DOT"):
            continue
        j, end = i, token.end_pos
        while (
            j < last
            and tokens[j + 1].type == "TRANSPOSE"
            and tokens[j + 1] in PRIMES
            and tokens[j + 1].start_pos == end
        ):
            j, end = j + 1, tokens[j + 1].end_pos
        applied = j < last and tokens[j + 1].type == "LPAR" and tokens[j + 1].start_pos == end
        exponent = i > 0 and tokens[i - 1].type in ("CARET", "DOT_CARET")
        if not applied or exponent:
            found.add(str(token))
    return found


def interpret_brackets(tokens: Sequence[Token], words: Vocabulary, text: str) -> list[Token]:
    """Give every bracket and bar of one statement the type the grammar wants.

    Raises
    ------
    ParseError
        For brackets that do not match.
    """
    result: list[Token] = []
    opened: list[Token] = []
    doubles = [i for i, token in enumerate(tokens) if token == "||"]
    for i, token in enumerate(tokens):
        kind = token.type
        previous = result[-1] if result else None
        if kind == "NAME":
            token = _name(tokens, i, words)
        elif kind == "LPAR":
            opened.append(token)
            token = _round_bracket(tokens, i, result, words, text)
        elif kind == "LSQB":
            opened.append(token)
            ends = previous is not None and previous.type in OPERAND_ENDS and previous.type != "NUMBER"
            if (
                ends
                and previous is not None
                and previous.end_pos == token.start_pos
                and not _has_rows(tokens, i)
            ):
                token = retyped(token, "INDEX_OPEN")
        elif kind == "LBRACE":
            opened.append(token)
        elif kind in _CLOSERS:
            if not opened or opened[-1].type != _CLOSERS[kind]:
                raise _mismatch(opened, token, text)
            opened.pop()
        elif token == "||" and _parts(opened, previous, tokens[i:]):
            # |a||b|: one bar closes, and the next one opens.
            result.append(retyped(token, "BAR_CLOSE", "|", (token.start_pos or 0) + 1))
            token = retyped(token, "BAR", "|")
            opened[-1] = token
        elif kind == "NORM_BAR" and token == "||" and i == doubles[-1] and not _closes(opened, previous):
            opened += [retyped(token, "BAR", "|"), retyped(token, "BAR", "|")]
            result.append(opened[-2])
            token = opened[-1]
        elif kind in ("BAR", "NORM_BAR"):
            after_operand = previous is not None and previous.type in OPERAND_ENDS
            if after_operand and kind == "NORM_BAR" and [t.type for t in opened[-2:]] == ["BAR", "BAR"]:
                middle = (token.start_pos or 0) + 1
                result.append(retyped(token, "BAR_CLOSE", "|", middle))
                opened[-2:] = []
                token = retyped(token, "BAR_CLOSE", "|")
            elif after_operand and opened and opened[-1].type == kind:
                opened.pop()
                token = retyped(token, "BAR_CLOSE" if kind == "BAR" else "NORM_CLOSE")
            else:
                opened.append(token)
        result.append(token)
    if opened:
        _check_bars(opened, text)
        raise ParseError(
            phrase("{opened} is never closed", opened=opened[-1]),
            fix=_closed_text(text, opened),
            text=text,
            span=span(opened[-1]),
        )
    return result


def _check_bars(opened: Sequence[Token], text: str) -> None:
    """Refuse ``‖x|²``, which opens with one kind of bars and closes with the other."""
    first, last = opened[0], opened[-1]
    if len(opened) != 2 or {first.type, last.type} != {"BAR", "NORM_BAR"}:
        return
    (start, begins), (ends, stop) = span(first), span(last)
    kinds = [text[:start] + sign + text[begins:ends] + sign + text[stop:] for sign in (str(first), str(last))]
    norm, value = kinds if first.type == "NORM_BAR" else reversed(kinds)
    raise ParseError(
        phrase("{first} is closed by {last}", first=first, last=last),
        fix=phrase("{norm} for the norm, {value} for the absolute value", norm=norm, value=value),
        text=text,
        span=(start, stop),
    )


_CLOSING = {"LPAR": ")", "LSQB": "]", "INDEX_OPEN": "]", "CALL_OPEN": ")", "LBRACE": "}", "BAR": "|"}
_WHOLE = 60
"""The letters of a text that is offered with its brackets closed."""


def _closed_text(text: str, opened: Sequence[Token]) -> str | None:
    """A short text in which what is open is closed at its end."""
    if len(text) > _WHOLE or "\n" in text or not text[span(opened[-1])[1] :].strip():
        return None
    return text.rstrip() + "".join(_CLOSING.get(token.type, str(token)) for token in reversed(opened))


def _has_rows(tokens: Sequence[Token], place: int) -> bool:
    """Whether a semicolon stands in a square bracket, which no index has: it is a matrix, A'[0; I]."""
    depth = 0
    for token in tokens[place:]:
        depth += (token.type in ("LPAR", "LSQB", "LBRACE")) - (token.type in _CLOSERS)
        if depth == 1 and token.type == "SEMICOLON":
            return True
        if depth == 0:
            break
    return False


def _closes(opened: list[Token], previous: Token | None) -> bool:
    """Whether a double bar closes a norm, or two single bars."""
    if previous is None or previous.type not in OPERAND_ENDS or not opened:
        return False
    return opened[-1].type == "NORM_BAR" or [token.type for token in opened[-2:]] == ["BAR", "BAR"]


def _parts(opened: list[Token], previous: Token | None, tokens: Sequence[Token]) -> bool:
    """Whether a double bar within one bar closes it and opens another, as in |a||b|: none closes a norm."""
    if previous is None or previous.type not in OPERAND_ENDS or not opened or opened[-1].type != "BAR":
        return False
    if len(opened) > 1 and opened[-2].type == "BAR":
        return False
    depth, doubles = 0, 0
    for token in tokens:
        depth += (token.type in ("LPAR", "LSQB", "LBRACE")) - (token.type in _CLOSERS)
        if depth < 0:
            return False
        if depth == 0 and token == "|":
            return doubles % 2 == 1
        doubles += depth == 0 and token == "||"
    return False


def _mismatch(opened: list[Token], token: Token, text: str) -> ParseError:
    if not opened:
        return ParseError(phrase("{token} closes nothing", token=token), text=text, span=span(token))
    wanted = {"LPAR": ")", "LSQB": "]", "LBRACE": "}", "BAR": "|", "NORM_BAR": str(opened[-1])}[
        opened[-1].type
    ]
    return ParseError(
        phrase("{token} closes nothing: {opened} is still open", token=token, opened=opened[-1]),
        fix=wanted,
        text=text,
        span=span(token),
    )


def _name(tokens: Sequence[Token], i: int, words: Vocabulary) -> Token:
    """A function named without brackets before an operand is applied to it: ``log det X``."""
    token = tokens[i]
    if i + 1 == len(tokens) or (i and tokens[i - 1].type == "DOT"):
        return token
    following = tokens[i + 1]
    if not words.is_known_function(token):
        return token
    if following.type in ("CARET", "SUPERSCRIPT"):
        return retyped(token, "RAISED") if _is_raised(tokens, i + 1) else token
    if following.type == "LPAR" or following.type not in OPERAND_STARTS:
        return token
    return retyped(token, "FUNCTION")


def _is_raised(tokens: Sequence[Token], place: int) -> bool:
    """Whether an operand follows the exponent that stands at a place, as in ``sin^2 t`` and ``sin^{-1}t``."""
    if tokens[place].type == "CARET":
        place += 1
        while place < len(tokens) and tokens[place].type in ("PLUS", "MINUS"):
            place += 1
        depth = 0
        while place < len(tokens):
            depth += (tokens[place].type in ("LPAR", "LBRACE")) - (tokens[place].type in ("RPAR", "RBRACE"))
            if not depth:
                break
            place += 1
    return place + 1 < len(tokens) and tokens[place + 1].type in OPERAND_STARTS


def _round_bracket(
    tokens: Sequence[Token], i: int, result: list[Token], words: Vocabulary, text: str
) -> Token:
    """Decide what a round bracket opens."""
    token = tokens[i]
    primes = 0
    while primes < len(result) and result[-1 - primes].type == "TRANSPOSE" and result[-1 - primes] in PRIMES:
        primes += 1
    if primes == len(result) or result[-1 - primes].type != "NAME":
        return token
    name = result[-1 - primes]
    before = result[-2 - primes] if len(result) > primes + 1 else None
    if before is not None and before.type == "DOT":
        return retyped(token, "CALL_OPEN") if not primes else token
    adjacent = (
        text[name.end_pos : token.start_pos].strip("'’′″‴") == ""
        and (name.end_pos or 0) + primes == token.start_pos
    )
    if before is not None and before.type in ("CARET", "DOT_CARET") and not words.is_known_function(name):
        return token
    if words.is_constant(name):
        return token
    if words.is_function(name, adjacent=adjacent, primes=primes):
        if not primes and not words.is_called(name):
            _check_single_number(tokens, i, name, text)
        if primes:
            end = result[-1].end_pos
            marks = sum(PRIMES[mark] for mark in result[-primes:])
            result[-1 - primes :] = [retyped(name, "NAME", name + "'" * marks, end)]
        return retyped(token, "CALL_OPEN")
    if adjacent and not primes and words.is_shadowed(name):
        raise ParseError(
            phrase("{name} is declared a variable, and is a function as well", name=name),
            fix=phrase("another name for the variable, or {name}*(…) for the product", name=name),
            text=text,
            span=span(name),
        )
    if adjacent and not primes and _is_index_list(tokens, i, name, words, text):
        return retyped(token, "INDEX_OPEN")
    return token


def _is_index_list(tokens: Sequence[Token], i: int, name: Token, words: Vocabulary, text: str) -> bool:
    """Whether the round bracket after a variable holds indices: a comma or a colon says so."""
    depth, j = 1, i + 1
    while j < len(tokens) and depth:
        kind = tokens[j].type
        depth += (kind in ("LPAR", "LSQB", "LBRACE")) - (kind in _CLOSERS)
        if depth == 1 and kind in ("COMMA", "COLON"):
            return True
        j += 1
    _check_single_number(tokens, i, name, text)
    return False


def _check_single_number(tokens: Sequence[Token], i: int, name: Token, text: str) -> None:
    """Refuse ``x(1)``, which may be an entry or a product.

    Raises
    ------
    ParseError
        When a whole number alone stands in the bracket.
    """
    inside = tokens[i + 1 : i + 3]
    if len(inside) == 2 and inside[0].type == "NUMBER" and inside[0].isdigit() and inside[1].type == "RPAR":
        raise ParseError(
            phrase("{name}({token}) can be read as an entry or as a product", name=name, token=tokens[i + 1]),
            fix=phrase(
                "{name}[{token}] for the entry, {token} {name} for the product",
                name=name,
                token=tokens[i + 1],
            ),
            text=text,
            span=(name.start_pos or 0, inside[1].end_pos or 0),
        )
