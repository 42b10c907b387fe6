r"""Macros: definitions are collected, and expanded on tokens, as TeX does it.

Known are ``\newcommand`` and its relatives, ``\def``, ``\let``, ``\DeclareMathOperator``,
``\NewDocumentCommand`` and ``\DeclarePairedDelimiter``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matgrad.core.errors import ArgumentError, ParseError
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language.latex.lexer import Token, cut

LARGEST = 20_000
"""The number of tokens beyond which an expansion is refused: it goes round in a circle, or explodes."""
_DEFINE = (
    "newcommand",
    "renewcommand",
    "providecommand",
    "newcommand*",
    "renewcommand*",
    "providecommand*",
    "DeclareRobustCommand",
)
_DOCUMENT = ("NewDocumentCommand", "RenewDocumentCommand", "DeclareDocumentCommand", "ProvideDocumentCommand")
_OPERATOR = ("DeclareMathOperator", "DeclareMathOperator*")
_PAIRED = ("DeclarePairedDelimiter", "DeclarePairedDelimiterX")
_DEFINING = frozenset((*_DEFINE, *_DOCUMENT, *_OPERATOR, *_PAIRED, "def", "gdef", "let"))


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: how many arguments it takes, the default of the first if that is optional, and its body."""

    arguments: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None
    paired: bool = False
    """Whether it takes a star or a size before its argument, which are looks."""


Macros = dict[str, Macro]


def collect(source: str | Mapping[str, str] | None) -> Macros:
    r"""Read the macros that are handed along with a formula.

    Parameters
    ----------
    source : str or mapping, optional
        Definitions as in a preamble, or each macro with its replacement, as KaTeX has them:
        ``{r"\tr": r"\operatorname{tr}", r"\ip": r"\langle #1, #2\rangle"}``.

    Raises
    ------
    ParseError
        For a definition that cannot be read.
    """
    if source is None:
        return {}
    if isinstance(source, str):
        macros: Macros = {}
        take_definitions(cut(source), macros, source)
        return macros
    if not isinstance(source, Mapping):
        raise ArgumentError(
            phrase("macros are given as text or as a mapping, not as {name}", name=type(source).__name__),
            fix=r"macros=r'\newcommand{\tr}{\operatorname{tr}}'",
        )
    found: Macros = {}
    for name, body in source.items():
        if not isinstance(name, str) or not isinstance(body, str):
            raise ArgumentError(
                phrase("a macro is the text of its name with the text of its replacement"),
                fix=r"macros={r'\tr': r'\operatorname{tr}'}",
            )
        tokens = cut(body)
        numbers = [int(t.text) for t in tokens if t.kind == "parameter" and t.text.isdigit()]
        found[name.lstrip("\\")] = Macro(max(numbers, default=0), tuple(tokens))
    return found


def take_definitions(tokens: Sequence[Token], macros: Macros, text: str) -> list[Token]:
    """The tokens without the definitions among them, which are added to the macros."""
    rest: list[Token] = []
    cursor = _Cursor(tokens, 0, text)
    while cursor.place < len(tokens):
        token = tokens[cursor.place]
        cursor.place += 1
        if token.kind == "command" and token.text in _DEFINING:
            _define(token, cursor, macros)
        else:
            rest.append(token)
    return rest


@dataclass(slots=True)
class _Cursor:
    """A place among tokens."""

    tokens: Sequence[Token]
    place: int
    text: str

    def skip_blanks(self) -> None:
        while self.place < len(self.tokens) and self.tokens[self.place].kind == "blank":
            self.place += 1

    def peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def optional(self) -> list[Token] | None:
        """What stands in square brackets, if they come next."""
        self.skip_blanks()
        token = self.peek()
        if token is None or not token.is_sign("["):
            return None
        self.place += 1
        found: list[Token] = []
        while (token := self.peek()) is not None:
            self.place += 1
            if token.is_sign("]"):
                return found
            found.append(token)
        return found

    def argument(self, of: Token) -> list[Token]:
        """The next argument: a group in braces, or one token (one digit of a number)."""
        self.skip_blanks()
        token = self.peek()
        if token is None or token.is_sign("}"):
            raise ParseError(phrase(r"\{of} has too few arguments", of=of.text), text=self.text, span=of.span)
        self.place += 1
        if not token.is_sign("{"):
            if token.kind == "number" and len(token.text) > 1:
                self._split(token)
                return [Token("number", token.text[0], (token.span[0], token.span[0] + 1))]
            return [token]
        return self.to_closing(token)

    def _split(self, token: Token) -> None:
        """Leave the other digits of a number for what follows."""
        rest = Token("number", token.text[1:], (token.span[0] + 1, token.span[1]))
        tokens = list(self.tokens)
        tokens[self.place - 1] = rest
        self.tokens = tokens
        self.place -= 1

    def to_closing(self, opened: Token) -> list[Token]:
        """The tokens up to the brace that closes the one that was opened."""
        found: list[Token] = []
        depth = 1
        while (token := self.peek()) is not None:
            self.place += 1
            depth += token.is_sign("{") - token.is_sign("}")
            if depth == 0:
                return found
            found.append(token)
        raise ParseError(phrase("{ is never closed"), text=self.text, span=opened.span)


def _define(token: Token, cursor: _Cursor, macros: Macros) -> None:
    """Take in one definition."""
    if token.text in ("def", "gdef"):
        name = _name(cursor, token)
        count = 0
        while (after := cursor.peek()) is not None and not after.is_sign("{"):
            cursor.place += 1
            count += after.kind == "parameter"
        macros[name] = Macro(count, tuple(cursor.argument(token)))
    elif token.text == "let":
        name = _name(cursor, token)
        cursor.skip_blanks()
        after = cursor.peek()
        if after is not None and after.is_sign("="):
            cursor.place += 1
        macros[name] = Macro(0, tuple(cursor.argument(token)))
    elif token.text in _OPERATOR:
        name = _name(cursor, token)
        body = cursor.argument(token)
        here = token.span
        macros[name] = Macro(
            0,
            (
                Token("command", "operatorname", here),
                Token("sign", "{", here),
                *body,
                Token("sign", "}", here),
            ),
        )
    elif token.text in _PAIRED:
        name = _name(cursor, token)
        left, right = cursor.argument(token), cursor.argument(token)
        here = token.span
        inside = (Token("sign", "{", here), Token("parameter", "1", here), Token("sign", "}", here))
        sides = (Token("command", "left", here), *left, *inside, Token("command", "right", here), *right)
        macros[name] = Macro(1, sides, paired=True)
    elif token.text in _DOCUMENT:
        name = _name(cursor, token)
        kinds = [t.text for t in cursor.argument(token) if t.kind == "letter"]
        macros[name] = Macro(len(kinds), tuple(cursor.argument(token)))
    else:
        name = _name(cursor, token)
        number = cursor.optional()
        default = cursor.optional() if number is not None else None
        digits = "".join(t.text for t in number or () if t.kind == "number")
        body = cursor.argument(token)
        macro = Macro(int(digits or 0), tuple(body), None if default is None else tuple(default))
        if token.text.startswith("provide"):
            macros.setdefault(name, macro)
        else:
            macros[name] = macro


def _name(cursor: _Cursor, of: Token) -> str:
    """The name that is defined."""
    named = [t for t in cursor.argument(of) if t.kind != "blank"]
    if len(named) != 1 or named[0].kind != "command":
        raise ParseError(
            phrase(r"\{of} defines no command", of=of.text),
            fix=r"\newcommand{\tr}{\operatorname{tr}}",
            text=cursor.text,
            span=of.span,
        )
    return named[0].text


def expand(tokens: Sequence[Token], macros: Macros, text: str) -> list[Token]:
    """Replace every macro by its body, its arguments put in; the body takes the place of the macro.

    Raises
    ------
    ParseError
        When arguments are missing, or the macros do not come to an end.
    """
    if not macros:
        return list(tokens)
    waiting = list(reversed(tokens))
    done: list[Token] = []
    expansions = 0
    while waiting:
        token = waiting.pop()
        macro = macros.get(token.text) if token.kind == "command" else None
        if macro is None:
            done.append(token)
            continue
        expansions += 1
        if expansions > 2000 or len(waiting) > LARGEST:
            raise ParseError(
                phrase(r"the macro \{token} does not come to an end", token=token.text),
                text=text,
                span=token.span,
            )
        arguments, end = _arguments(token, macro, waiting, text)
        place = (token.span[0], max(token.span[1], end))
        body: list[Token] = []
        for piece in macro.body:
            if piece.kind == "parameter":
                index = int(piece.text) - 1 if piece.text.isdigit() else -1
                if not 0 <= index < len(arguments):
                    raise ParseError(
                        phrase(
                            r"#{piece} in the macro \{token} is no argument of it",
                            piece=piece.text,
                            token=token.text,
                        ),
                        text=text,
                        span=token.span,
                    )
                body += arguments[index]
            else:
                body.append(piece.placed(token.span if arguments else place))
        waiting += reversed(body)
    return done


def _arguments(token: Token, macro: Macro, waiting: list[Token], text: str) -> tuple[list[list[Token]], int]:
    """The arguments that stand behind a macro, and where they end."""
    if not macro.arguments:
        return [], 0
    cursor = _Cursor(list(reversed(waiting)), 0, text)
    if macro.paired:
        cursor.skip_blanks()
        after = cursor.peek()
        if after is not None and after.is_sign("*"):
            cursor.place += 1
        cursor.optional()
    found: list[list[Token]] = []
    if macro.default is not None:
        given = cursor.optional()
        found.append(list(macro.default) if given is None else given)
    while len(found) < macro.arguments:
        found.append(cursor.argument(token))
    used = list(cursor.tokens)
    waiting[:] = list(reversed(used[cursor.place :]))
    end = used[cursor.place - 1].span[1] if cursor.place else 0
    return found, end
