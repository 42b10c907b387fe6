"""The tokens of one formula as a stream, what is known of its names, and how parts of the parser meet."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, NoReturn, Protocol

from matgrad.core.errors import ParseError
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.looks import joined
from matgrad.language.names import Vocabulary
from matgrad.printing.names import printed_as

Parse = Generator[Any, Any, Any]
"""A piece that is being parsed: it asks for the pieces inside it, and returns its tree."""


def finish(parse: Parse) -> Any:
    """Run a parse and all it asks for, without recursion, so that depth is no limit."""
    waiting = [parse]
    value: Any = None
    while waiting:
        try:
            waiting.append(waiting[-1].send(value))
            value = None
        except StopIteration as finished:
            waiting.pop()
            value = finished.value
    return value


_DEEPEST = 200


class Stream:
    """Tokens with a place among them.

    Parameters
    ----------
    tokens : sequence of Token
        The tokens of one statement.
    text : str
        The text they come from, for messages.
    words : Vocabulary
        What is known of names.
    dimensions : frozenset of str
        Names that stand for sizes of shapes.
    families : frozenset of str
        Names of which there are members.
    is_answer : bool
        Whether this is an answer about a derivative, where ``d`` before a letter is the sign of a change.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        text: str,
        words: Vocabulary,
        dimensions: frozenset[str],
        families: frozenset[str] = frozenset(),
        *,
        is_answer: bool = False,
    ) -> None:
        self.tokens = list(tokens)
        self.place = 0
        self.text = text
        self.words = words
        self.dimensions = dimensions
        self.families = families
        self.is_answer = is_answer
        self.bars: list[str] = []
        """The bars and brackets that are open, innermost last."""
        self.bound: list[str] = []
        """The indices that sums around this place bind."""
        self._nested = 0
        self.is_head = False
        """Whether this is the name left of an equals sign."""

    # ---- moving --------------------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> Token | None:
        """The next token, if there is one."""
        at = self.place + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def take(self) -> Token:
        """The next token, taken."""
        token = self.peek()
        if token is None:
            self.fail(phrase("an operand is missing at the end"), self.end())
        self.place += 1
        return token

    def skip(self, signs: str) -> bool:
        """Take the next token if it is one of these signs; whether it was."""
        token = self.peek()
        if token is not None and token.is_sign(signs):
            self.place += 1
            return True
        return False

    def end(self) -> s.Span:
        """The place of the last token that was taken."""
        if self.place and self.place <= len(self.tokens):
            return self.tokens[self.place - 1].span
        return self.tokens[-1].span if self.tokens else (0, len(self.text))

    def fail(self, message: str | Phrase, span: s.Span, fix: str | Phrase | None = None) -> NoReturn:
        """Refuse the text.

        Raises
        ------
        ParseError
            Always.
        """
        raise ParseError(message, fix=fix, text=self.text, span=span)

    def has_entries(self, name: str) -> bool:
        """Whether a name is that of one declared vector or matrix, so that an index is one of an entry."""
        return self.is_variable(name) and name not in self.families

    # ---- arguments -----------------------------------------------------------------------------

    def argument(self, of: Token) -> list[Token]:
        """The tokens of the next argument of a command or a script, without their braces."""
        token = self.peek()
        if token is None or token.is_sign("}") or token.kind in ("close", "bar_close", "row"):
            what = phrase("the sign {sign}", sign=of.text) if of.kind == "sign" else "\\" + of.text
            self.fail(phrase("nothing stands behind {what}", what=what), of.span)
        self.place += 1
        if token.is_sign("{"):
            return self._to_brace(token)
        if token.kind == "number" and len(token.text) > 1:
            if of.kind == "sign":
                self.fail(
                    phrase(
                        "only the {token} would be in the script: LaTeX takes one sign", token=token.text[0]
                    ),
                    token.span,
                    f"{of.text}{{{token.text}}}",
                )
            first = token.span[0]
            self.place -= 1
            self.tokens[self.place] = Token("number", token.text[1:], (first + 1, token.span[1]))
            return [Token("number", token.text[0], (first, first + 1))]
        if of.kind == "sign" and token.is_sign("+-") and self._continues():
            return [token, *self.argument(of)]
        if token.kind == "command" and token.text in ("frac", "tfrac", "dfrac"):
            return [token, *self._braced(token), *self._braced(token)]
        if token.kind == "command" and token.text == "sqrt":
            return [token, *self._braced(token)]
        return [token]

    def _braced(self, of: Token) -> list[Token]:
        self._nested += 1
        if self._nested > _DEEPEST:
            self.fail(phrase("commands without braces are nested too deeply"), of.span, rf"\{of.text}{{…}}")
        inside = self.argument(of)
        self._nested -= 1
        here = joined(inside) if inside else of.span
        return [Token("sign", "{", here), *inside, Token("sign", "}", here)]

    def _continues(self) -> bool:
        """Whether the sign of an exponent without braces has its number or letter: X^-1."""
        token = self.peek()
        if token is None:
            return False
        return (
            (token.kind == "number" and len(token.text) == 1)
            or token.is_command("top")
            or (token.kind in ("letter", "word") and token.text == "T")
        )

    def _to_brace(self, opened: Token) -> list[Token]:
        depth, start = 1, self.place
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            if token.kind == "sign":
                depth += (token.text == "{") - (token.text == "}")
                if depth == 0:
                    return self.tokens[start : self.place - 1]
        self.fail(phrase("{ is never closed"), opened.span)

    def within(self, tokens: Sequence[Token], parse: Parse, span: s.Span) -> Parse:
        """Parse some tokens as a piece of their own, all of them."""
        kept = self.tokens, self.place, self.bars
        self.tokens, self.place, self.bars = list(tokens), 0, []
        if not tokens:
            self.fail(phrase("there is nothing between the braces"), span)
        node = yield parse
        left = self.peek()
        if left is not None:
            self.unexpected(left)
        self.tokens, self.place, self.bars = kept
        return node

    def unexpected(self, token: Token) -> NoReturn:
        """Refuse a token where the formula cannot go on."""
        name = self.quote(token)
        match token.kind:
            case "bar_close" if (after := self.peek(1)) is not None and after.is_sign("_"):
                self.fail(
                    phrase("a value at a point is asked for, and the formula is to be the function alone"),
                    token.span,
                    phrase('the point beside it: --at "x = 0"'),
                )
            case "close" | "bar_close":
                self.fail(phrase("{name} closes nothing", name=name), token.span)
            case "sign" if token.text == "_" and self.place and self.tokens[self.place - 1].text == "|":
                self.fail(
                    phrase("a value at a point is asked for, and the formula is to be the function alone"),
                    token.span,
                    phrase('the point beside it: --at "x = 0"'),
                )
            case "sign" if token.text in "_^":
                shown = self.text[max(token.span[0] - 2, 0) : token.span[0]]
                behind = (
                    phrase("R_W in place of {}^{W}R, with the script behind its letter")
                    if shown == "{}"
                    else None
                )
                self.fail(phrase("nothing stands before {token}", token=token.text), token.span, behind)
            case "sign" if token.text == "}":
                self.fail(phrase("} closes nothing"), token.span)
            case "relation" if token.text == "=":
                self.fail(
                    phrase("an equals sign cannot stand here"),
                    token.span,
                    phrase("name = expression, or an expression alone"),
                )
            case "relation":
                self.fail(phrase("the relation {name} makes this no expression", name=name), token.span)
            case "sign" if token.text == "&":
                self.fail(phrase("& stands only between the columns of a matrix"), token.span)
            case "row":
                self.fail(phrase("a new line cannot begin here"), token.span)
            case "sign" if token.text in "+-⋅*/":
                self.fail(phrase("an operand is missing before {name}", name=name), token.span)
            case "sign" if token.text in ",;":
                what = (
                    phrase("a comma cannot stand here")
                    if token.text == ","
                    else phrase("a semicolon cannot stand here")
                )
                self.fail(what, token.span)
            case "word":
                self.fail(phrase("the word {token} cannot stand here", token=repr(token.text)), token.span)
        self.fail(phrase("{name} cannot stand here", name=name), token.span)

    def quote(self, token: Token) -> str:
        """The piece of text that a token was read from."""
        return " ".join(self.text[token.span[0] : token.span[1]].split()) or token.text

    def piece(self, first: s.Node, last: s.Node) -> str:
        """The text from one tree to another, for messages: whole, as spellings are made of it."""
        start, end = first.span[0], max(first.span[1], last.span[1])
        while (
            self.text.count("{", start, end) > self.text.count("}", start, end)
            and self.text[end : end + 1] == "}"
        ):
            end += 1  # the brace that closes the last argument belongs to what is shown
        return " ".join(self.text[start:end].split())

    # ---- names ---------------------------------------------------------------------------------

    def known(self, name: str) -> str | None:
        """The declared name that is printed like this one."""
        found = self.words.spellings.get(printed_as(name))
        return found if found is not None and self.is_declared(found) else None

    @property
    def may_change(self) -> bool:
        """Whether ``d`` before a letter is the sign of a change."""
        return self.known("d") is None or (self.is_answer and not self.is_variable("d"))

    def is_declared(self, name: str) -> bool:
        """Whether a name is that of a variable, a size, a definition or a function."""
        return name in self.words.variables or name in self.words.functions

    def is_variable(self, name: str) -> bool:
        """Whether a name is that of a declared variable or a definition, and no size."""
        return name in self.words.variables and name not in self.dimensions


class Core(Protocol):
    """What the parts of the parser see of the whole."""

    stream: Stream

    def flat(self, level: int) -> Parse:
        """Factors and the operators between them, down to operators of a level."""

    def factor(self) -> Parse:
        """One factor with its scripts."""

    def scripts(self, node: s.Node) -> Parse:
        """What is attached to a piece: powers, primes, entries."""

    def named(self, name: str, span: s.Span) -> Parse:
        """A name with its scripts, applied to what follows where it is a function."""

    def applied(self, function: str, span: s.Span) -> Parse:
        """A function of the language applied to what follows."""

    def raised(self, base: s.Node, exponent: Sequence[Token], span: s.Span) -> Parse:
        """A piece with one exponent."""

    def items(self, opened: Token) -> Parse:
        """What stands in a bracket that was opened, by its commas."""

    def extremum(self, name: str, token: Token) -> Parse:
        """max and min of arguments or of all entries; over a variable they ask for a point."""

    def starts_operand(self) -> bool:
        """Whether a factor can begin here."""
