"""From LaTeX text to tokens: commands, letters, numbers and signs, each with its place."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language.syntax import Span

LONGEST = 200_000
"""The number of characters beyond which a text is refused."""


@dataclass(frozen=True, slots=True)
class Token:
    r"""A piece of LaTeX.

    Attributes
    ----------
    kind : str
        ``"command"`` (its name without the backslash), ``"letter"``, ``"number"``, ``"sign"``,
        ``"parameter"`` (the ``#1`` of a macro), ``"row"`` (``\\``) or ``"blank"``.
    text : str
        The name, the letter, the digits or the sign.
    span : tuple of int
        Its place in the text; what a macro brings in has the place of the macro.
    glued : bool
        Whether it is a letter right behind another one: letters of a word.
    """

    kind: str
    text: str
    span: Span
    glued: bool = False

    def placed(self, span: Span) -> Token:
        """The same token at another place."""
        return replace(self, span=span)

    def is_sign(self, signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs

    def is_command(self, *names: str) -> bool:
        """Whether it is one of these commands."""
        return self.kind == "command" and self.text in names


_SIGNS = {
    "−": "-", "–": "-", "—": "-", "·": "⋅", "∙": "⋅", "•": "⋅", "∗": "*", "＊": "*", "⊤": "⊤", "ᵀ": "⊤",
    "ᵗ": "⊤", "′": "'", "’": "'", "″": "''", "∥": "‖", "∣": "|", "∕": "/", "÷": "/", "（": "(", "）": ")",
    "、": ",", "。": ".", "｡": ".", "⟨": "⟨", "⟩": "⟩", "〈": "⟨", "〉": "⟩", "【": "[", "】": "]", "≔": "=",
    "≜": "=", "∶": ":",
}  # fmt: skip
_COMMANDS = {
    "×": "times", "⊗": "otimes", "⊙": "odot", "∘": "circ", "⊕": "oplus", "⊘": "oslash", "∂": "partial",
    "∇": "nabla", "√": "sqrt", "∞": "infty", "∑": "sum", "∏": "prod", "≤": "le", "≥": "ge", "≠": "ne",
    "†": "dagger", "⊺": "intercal", "…": "ldots", "⋯": "ldots", "∈": "in", "ℝ": "R", "ℓ": "ell", "𝔼": "E",
    "∖": "setminus", "∫": "int", "≈": "approx", "∝": "propto", "⌊": "lfloor", "⌋": "rfloor",
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵏᵐᵖ", "0123456789+-nkmp", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙ", "0123456789ijklmn", strict=True))
_MARKS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot",
          "\u0308": "ddot",
          "\u20d7": "vec", "\u030c": "check", "\u0306": "breve"}  # fmt: skip
"""Accents that are characters of their own behind their letter."""
_STARRED = frozenset(
    [
        "operatorname",
        "newcommand",
        "renewcommand",
        "providecommand",
        "DeclareMathOperator",
        "hspace",
        "vspace",
        "tag",
    ]
)
_BY_A_LENGTH = frozenset(("kern", "mkern", "hskip", "mskip"))
"""Spaces of TeX, with their length behind them: ``\\mkern-1.5mu``."""
_LENGTH = regex(r"\s*=?\s*[-+]?\s*\d*\.?\d+\s*(?:mu|pt|em|ex|cm|mm|in|pc|sp|bp|dd|cc)(?![A-Za-z])")
_BIG_SIGN = regex(r"(?<![A-Za-z])(?:sum|prod)(?=_)")
"""``sum_{i=1}^n`` of a hand that forgets the backslash."""
_SPACES = "\u200b\u2061\u2062\u2009\u2002\u2003\u00a0\u3000\ufeff~"
_PLAIN_SIGNS = frozenset("{}^_&()[]|+-=<>,;:.!?/*'⋅⊤‖⟨⟩\"`@$")


def fold(character: str) -> str:
    """A character of a keyboard of full width, or of a mathematical font, as the plain one."""
    if "！" <= character <= "～" or "\U0001d400" <= character <= "\U0001d7ff":
        return unicodedata.normalize("NFKC", character)
    return character


def cut(text: str) -> list[Token]:
    r"""Cut LaTeX into tokens; comments are left out.

    Raises
    ------
    ParseError
        For a character that has no meaning, and for a text that is too long.
    """
    if len(text) > LONGEST:
        raise ParseError(
            phrase(
                "the text has {count} characters; at most {longest} are read",
                count=f"{len(text):,}",
                longest=f"{LONGEST:,}",
            )
        )
    tokens: list[Token] = []
    place, size = 0, len(text)
    while place < size:
        raw = text[place]
        character = fold(raw)
        start = place
        if character == "\\":
            place = _command(text, place, tokens)
        elif character == "%":
            end = text.find("\n", place)
            place = size if end < 0 else end + 1
        elif character.isspace() or raw in _SPACES:
            place += 1
            if not tokens or tokens[-1].kind != "blank":
                tokens.append(Token("blank", " ", (start, place)))
        elif character in "0123456789":
            place = _number(text, place)
            digits = "".join(map(fold, text[start:place]))
            if digits[0] != raw and not raw.isascii() and raw >= "\U0001d7ce":
                _bold_digit(tokens, digits, (start, place))
            else:
                tokens.append(Token("number", digits, (start, place)))
        elif character == "." and fold(text[place + 1 : place + 2] or " ") in "0123456789":
            place = _number(text, place + 1)
            tokens.append(Token("number", "0" + text[start:place], (start, place)))
        elif raw in _RAISED or raw in _LOWERED:
            place = _scripts(text, place, tokens)
        elif (word := _BIG_SIGN.match(text, place)) is not None:
            place = word.end()
            tokens.append(Token("command", word[0], (start, place)))
        elif character == "#":
            place += 2
            tokens.append(Token("parameter", text[start + 1 : place], (start, place)))
        else:
            place += 1
            _character(text, character, (start, place), tokens)
    return tokens


def _command(text: str, place: int, tokens: list[Token]) -> int:
    """A command; a backslash before a sign is a command of that sign."""
    start, place = place, place + 1
    while place < len(text) and (text[place].isascii() and text[place].isalpha()):
        place += 1
    if place == start + 1:
        place = min(place + 1, len(text))
        name = fold(text[start + 1 : place])
        if name == "\\":
            tokens.append(Token("row", "\\\\", (start, place)))
            return _row_space(text, place)
        if not name or name.isspace():
            tokens.append(Token("blank", " ", (start, place)))
            return place
        tokens.append(Token("command", name, (start, place)))
        return place
    name = text[start + 1 : place]
    if name in _BY_A_LENGTH and (length := _LENGTH.match(text, place)) is not None:
        tokens.append(Token("blank", " ", (start, length.end())))
        return length.end()
    if text[place : place + 1] == "*" and name in _STARRED:
        place += 1
    tokens.append(Token("command", name, (start, place)))
    return place


def _row_space(text: str, place: int) -> int:
    r"""Skip the star and the extra space behind a row: ``\\*[2pt]``."""
    if text[place : place + 1] == "*":
        place += 1
    if text[place : place + 1] == "[":
        end = text.find("]", place)
        inside = text[place + 1 : end]
        if end > 0 and inside.strip().endswith(("pt", "em", "ex", "cm", "mm", "jot", "baselineskip")):
            return end + 1
    return place


def _number(text: str, place: int) -> int:
    """The end of a number: digits, and a point between digits."""
    while place < len(text) and fold(text[place]) in "0123456789":
        place += 1
    if (
        place + 1 < len(text)
        and text[place] == "."
        and text[place + 1] in "0123456789"
        and "." not in text[max(0, place - 1) : place]
    ):
        place += 1
        while place < len(text) and text[place] in "0123456789":
            place += 1
    return place


def _bold_digit(tokens: list[Token], digits: str, span: Span) -> None:
    """𝟏 and 𝟙 are the bold one of LaTeX."""
    tokens += [Token("command", "mathbf", span), Token("number", digits, span)]


def _scripts(text: str, place: int, tokens: list[Token]) -> int:
    """Raised and lowered characters, as scripts in braces."""
    table, sign = (_RAISED, "^") if text[place] in _RAISED else (_LOWERED, "_")
    start = place
    inside: list[Token] = []
    while place < len(text) and (
        text[place] in table or (sign == "^" and text[place] in "ᵀᵗ" and place > start)
    ):
        plain = table.get(text[place], "⊤")
        kind = "number" if plain.isdigit() else "letter" if plain.isalpha() else "sign"
        if kind == "number" and inside and inside[-1].kind == "number":
            inside[-1] = Token("number", inside[-1].text + plain, (inside[-1].span[0], place + 1))
        else:
            inside.append(Token(kind, plain, (place, place + 1)))
        place += 1
    tokens += [Token("sign", sign, (start, start + 1)), Token("sign", "{", (start, start + 1))]
    tokens += [*inside, Token("sign", "}", (place - 1, place))]
    return place


def _character(text: str, character: str, span: Span, tokens: list[Token]) -> None:
    """A letter or a sign."""
    if character in _MARKS:
        last = next((i for i in range(len(tokens) - 1, -1, -1) if tokens[i].kind != "blank"), -1)
        if last >= 0 and tokens[last].kind == "letter":
            letter = tokens[last]
            tokens[last:] = [Token("command", _MARKS[character], letter.span), replace(letter, glued=False)]
            return
    if character in "ᵀᵗ⊤":
        if not tokens or not (tokens[-1].is_sign("^") or _in_script(tokens)):
            tokens.append(Token("sign", "^", span))
        tokens.append(Token("command", "top", span))
        return
    if character in "½¼¾⅓⅔":
        above, _, below = unicodedata.normalize("NFKC", character).partition("⁄")
        inside = [Token("number", above, span), Token("sign", "}", span), Token("sign", "{", span)]
        inside.append(Token("number", below, span))
        tokens += [
            Token("command", "frac", span),
            Token("sign", "{", span),
            *inside,
            Token("sign", "}", span),
        ]
        return
    if character in _COMMANDS:
        tokens.append(Token("command", _COMMANDS[character], span))
        return
    plain = _SIGNS.get(character, character)
    if all(sign in _PLAIN_SIGNS for sign in plain):
        tokens += [Token("sign", sign, span) for sign in plain]
        return
    decomposed = unicodedata.normalize("NFD", character)
    if len(decomposed) == 2 and decomposed[1] in _MARKS and decomposed[0].isalpha():
        tokens += [Token("command", _MARKS[decomposed[1]], span), Token("letter", decomposed[0], span)]
        return
    if character.isalpha() and len(character) == 1:
        glued = bool(tokens) and tokens[-1].kind == "letter" and tokens[-1].span[1] == span[0]
        tokens.append(Token("letter", character, span, glued))
        return
    raise ParseError(
        phrase("the character {character} has no meaning in a formula", character=repr(character)),
        text=text,
        span=span,
    )


def _in_script(tokens: list[Token]) -> bool:
    """Whether a transpose sign stands within the braces of an exponent: ^{⊤}, ^{-⊤}."""
    for token in reversed(tokens):
        if token.is_sign("-+{") or token.kind == "blank":
            continue
        return token.is_sign("^")
    return False
