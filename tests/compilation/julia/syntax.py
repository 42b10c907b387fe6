"""The part of Julia's syntax that generated functions use; anything else is refused.

Written after the manual (Mathematical Operations, operator precedence; Arrays, concatenation): a
number takes no trailing dot before an operator, a transpose mark stands directly behind its operand,
nothing is multiplied by standing side by side, and inside square brackets spaces divide entries.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

Node = tuple[Any, ...]


class JuliaError(Exception):
    """What Julia would refuse, or what this checker does not know."""


_KEYWORDS = """
baremodule begin break catch const continue do else elseif end export false finally for function
global if import let local macro module quote return struct true try using while
"""
KEYWORDS = frozenset(_KEYWORDS.split())

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t]+) | (?P<comment>\#[^\n]*) | (?P<newline>\n)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d]\w*!?)
  | (?P<string>"[^"\\\n$]*")
  | (?P<op>\.(?:==|!=|<=|>=|[-+*/\\^<>÷])
       |==|!=|<=|>=|\+=|&&|\|\||[-+*/\\^<>÷=:?!'.,;()\[\]{}])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A token, and whether space stands before it."""

    kind: str
    text: str
    spaced: bool
    place: int


def tokens(text: str) -> list[Token]:
    """Cut a text into tokens."""
    found: list[Token] = []
    place, spaced = 0, False
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise JuliaError(f"the character {text[place]!r} in {text[place - 20 : place + 20]!r}")
        kind, part = str(match.lastgroup), match[0]
        after = text[match.end() : match.end() + 2]
        if kind == "number" and re.match(r"\.(?!\.)|\w", after):
            raise JuliaError(f"{part + after!r}: a number with a dot or a letter behind it")
        if kind == "name" and unicodedata.normalize("NFC", part) != part:
            raise JuliaError(f"{part!r} is another name to Julia, which normalises names")
        place = match.end()
        if kind in ("space", "comment"):
            spaced = True
            continue
        found.append(Token(kind, part, spaced, match.start()))
        spaced = False
    return [*found, Token("end", "", False, len(text))]


_BINARY = {
    "||": 2, "&&": 3,
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">=", ".==", ".!=", ".<", ".>", ".<=", ".>="), 4),
    ":": 5,
    **dict.fromkeys(("+", "-", ".+", ".-"), 6),
    **dict.fromkeys(("*", "/", "\\", "÷", ".*", "./", ".\\", ".÷"), 7),
}  # fmt: skip
_UNARY, _POWER = 8, 9


class Parser:
    """Reads a text as a list of function definitions."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.at = 0
        self.dense = 0
        """How deep in square brackets, where spaces divide entries."""

    # ---- tokens ---------------------------------------------------------------------------------------

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def is_(self, *texts: str) -> bool:
        return self.now.kind in ("op", "name") and self.now.text in texts

    def take(self, *texts: str) -> Token:
        token = self.now
        if texts and not self.is_(*texts):
            wanted = " or ".join(texts)
            raise JuliaError(f"{wanted} is expected, not {token.text!r} (at {token.place})")
        self.at += 1
        return token

    def name(self) -> str:
        token = self.take()
        if token.kind != "name" or token.text in KEYWORDS:
            raise JuliaError(f"{token.text!r} is not a name")
        return token.text

    def lines(self) -> None:
        while self.now.kind == "newline":
            self.at += 1

    # ---- statements -----------------------------------------------------------------------------------

    def program(self) -> tuple[list[str], dict[str, Node]]:
        """The packages that are used, and the functions by name."""
        packages, functions = [], {}
        self.lines()
        while self.now.kind != "end":
            if self.is_("using"):
                self.take()
                packages.append(self.name())
                while self.is_(","):
                    self.take()
                    packages.append(self.name())
            else:
                name, function = self.definition()
                if name in functions:
                    raise JuliaError(f"{name} is defined twice")
                functions[name] = function
            if self.now.kind not in ("newline", "end"):
                raise JuliaError(f"{self.now.text!r} after the end of a statement (at {self.now.place})")
            self.lines()
        return packages, functions

    def definition(self) -> tuple[str, Node]:
        long = self.is_("function")
        if long:
            self.take()
        name = self.name()
        self.take("(")
        parameters, options = [], []
        while not self.is_(")"):
            if self.is_(";"):
                self.take()
                options.append(self.name())
            else:
                parameters.append(self.name())
                if self.is_(","):
                    self.take()
        self.take(")")
        if len(set(parameters + options)) < len(parameters + options):
            raise JuliaError(f"{name} has two parameters of one name")
        if not long:
            self.take("=")
            return name, ("function", parameters, options, [("return", self.expression())])
        body = self.block()
        self.take("end")
        return name, ("function", parameters, options, body)

    def block(self) -> list[Node]:
        """Statements up to ``end``."""
        body: list[Node] = []
        self.lines()
        while not self.is_("end", "else", "elseif"):
            body.append(self.statement())
            if self.now.kind != "newline":
                raise JuliaError(f"{self.now.text!r} after the end of a statement (at {self.now.place})")
            self.lines()
        return body

    def statement(self) -> Node:
        if self.is_("return"):
            self.take()
            return ("return", self.listed())
        if self.is_("for"):
            self.take()
            ranges = [self.range()]
            while self.is_(","):
                self.take()
                ranges.append(self.range())
            body = self.block()
            self.take("end")
            return ("for", ranges, body)
        if self.is_("if"):
            self.take()
            condition, body = self.expression(), self.block()
            self.take("end")
            return ("if", condition, body)
        left = self.listed()
        if self.is_("+="):
            self.take()
            return ("assign", [left], ("binary", "+", left, self.expression()))
        targets = []
        while self.is_("="):
            self.take()
            targets.append(left)
            left = self.listed()
        return ("assign", targets, left) if targets else ("expression", left)

    def range(self) -> tuple[str, Node]:
        name = self.name()
        self.take("in")
        return name, self.expression()

    def listed(self) -> Node:
        """Expressions with commas between them: a tuple."""
        first = self.expression()
        if not self.is_(","):
            return first
        parts = [first]
        while self.is_(","):
            self.take()
            parts.append(self.expression())
        return ("tuple", parts)

    # ---- expressions ----------------------------------------------------------------------------------

    def expression(self) -> Node:
        condition = self.binary(2)
        if not self.is_("?"):
            return condition
        if not self.take().spaced or not self.now.spaced:
            raise JuliaError("a question mark needs space on both sides")
        yes = self.binary(6)
        self.take(":")
        return ("ternary", condition, yes, self.expression())

    def binary(self, least: int) -> Node:
        left = self.unary()
        while self.now.kind == "op" and self.now.text in _BINARY and _BINARY[self.now.text] >= least:
            token, level = self.now, _BINARY[self.now.text]
            if token.text == ":" and (self.tokens[self.at + 1].text in (",", "]", ")") or least > 5):
                break
            if self.dense and token.spaced and not self.tokens[self.at + 1].spaced:
                break  # [a -b] holds two entries
            self.take()
            right = self.binary(level + 1)
            left = ("binary", token.text, left, right)
            if level == 4 and self.now.kind == "op" and _BINARY.get(self.now.text) == 4:
                raise JuliaError("a chain of comparisons")
        return left

    def unary(self) -> Node:
        if self.is_("-", "+", "!"):
            sign = self.take().text
            if self.now.spaced and self.dense:
                raise JuliaError("a sign with space behind it inside square brackets")
            # A power binds tighter than a sign before it: -1 .^ 2 is -(1 .^ 2).
            return ("unary", sign, self.unary())
        base = self.postfix()
        if self.is_("^", ".^") and not (
            self.dense and self.now.spaced and not self.tokens[self.at + 1].spaced
        ):
            operator = self.take().text
            return ("binary", operator, base, self.unary())
        return base

    def postfix(self) -> Node:
        node = self.primary()
        while not self.now.spaced:
            if self.is_("'"):
                self.take()
                node = ("adjoint", node)
            elif self.is_("("):
                node = ("call", node, *self.arguments())
            elif self.is_("["):
                self.take()
                node = ("index", node, self.inside("]", sparse=True))
            elif self.is_("{"):
                self.take()
                node = ("typed", node, self.name())
                self.take("}")
            elif self.is_(".") and not self.tokens[self.at + 1].spaced:
                self.take()
                if self.is_("("):
                    node = ("broadcast", node, *self.arguments())
                else:
                    node = ("field", node, self.name())
            else:
                break
        beside = self.now.kind in ("name", "number", "string") or self.is_("(", "[", "{", "'")
        if beside and not (self.dense and self.now.spaced) and not self.is_("for", "in", "if", "end", "else"):
            raise JuliaError(f"{self.now.text!r} stands beside an operand (at {self.now.place})")
        return node

    def arguments(self) -> tuple[list[Node], dict[str, Node]]:
        self.take("(")
        outer, self.dense = self.dense, 0
        plain: list[Node] = []
        options: dict[str, Node] = {}
        behind = False
        while not self.is_(")"):
            if self.is_(";"):
                self.take()
                behind = True
                continue
            if self.now.kind == "name" and self.tokens[self.at + 1].text == "=":
                name = self.name()
                self.take("=")
                options[name] = self.expression()
            elif behind:
                name = self.name()
                options[name] = ("name", name)
            elif self.is_(":") and self.tokens[self.at + 1].text in (",", ")"):
                self.take()
                plain.append(("all",))
            else:
                plain.append(self.expression())
                if self.is_("for"):
                    plain[-1] = ("generator", plain[-1], self.loops(), self.filter())
            if not self.is_(")", ";"):
                self.take(",")
        self.take(")")
        self.dense = outer
        return plain, options

    def inside(self, closing: str, *, sparse: bool) -> list[Node]:
        """Indices: expressions with commas between them, or a colon alone."""
        outer, self.dense = self.dense, 0 if sparse else self.dense
        parts: list[Node] = []
        while not self.is_(closing):
            if self.is_(":") and self.tokens[self.at + 1].text in (",", closing):
                self.take()
                parts.append(("all",))
            else:
                parts.append(self.expression())
            if not self.is_(closing):
                self.take(",")
        self.take(closing)
        self.dense = outer
        return parts

    def primary(self) -> Node:
        token = self.now
        if token.kind == "number":
            self.take()
            return ("number", float(token.text) if re.search(r"[.eE]", token.text) else int(token.text))
        if token.kind == "string":
            self.take()
            return ("string", token.text[1:-1])
        if self.is_("true", "false"):
            return ("number", self.take().text == "true")
        if self.is_("end"):
            self.take()
            return ("last",)
        if token.kind == "name":
            return ("name", self.name())
        if self.is_("("):
            self.take()
            outer, self.dense = self.dense, 0
            node = self.listed()
            self.take(")")
            self.dense = outer
            return ("group", node)
        if self.is_("["):
            return self.array()
        raise JuliaError(f"{token.text!r} where an operand is expected (at {token.place})")

    def loops(self) -> list[list[tuple[str, Node]]]:
        """What a comprehension runs over: with a comma between ranges it is a matrix."""
        found = []
        while self.is_("for"):
            self.take()
            found.append([self.range()])
            while self.is_(","):
                self.take()
                found[-1].append(self.range())
        return found

    def filter(self) -> Node | None:
        """The condition of a generator."""
        if not self.is_("if"):
            return None
        self.take()
        return self.expression()

    def array(self) -> Node:
        self.take("[")
        outer, self.dense = self.dense, self.dense + 1
        rows, commas = [[self.expression()]], False
        if self.is_("for"):
            loops = self.loops()
            self.take("]")
            self.dense = outer
            return ("comprehension", rows[0][0], loops)
        while not self.is_("]"):
            if self.is_(","):
                self.take()
                commas = True
                rows[-1].append(self.expression())
            elif self.is_(";"):
                self.take()
                rows.append([self.expression()])
            elif self.now.spaced and not commas:
                rows[-1].append(self.expression())
            else:
                raise JuliaError(f"{self.now.text!r} inside square brackets (at {self.now.place})")
        self.take("]")
        self.dense = outer
        if commas and len(rows) > 1:
            raise JuliaError("commas and semicolons in one array")
        return ("vector", rows[0]) if commas or rows == [[rows[0][0]]] else ("matrix", rows)
