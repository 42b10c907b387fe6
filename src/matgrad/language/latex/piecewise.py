r"""Functions in pieces: ``\begin{cases} … \end{cases}``, and the indicator ``𝟏[x > 0]``."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.stream import Core, Parse

_IF = frozenset(("if", "for", "when", "where", "as", "whenever", "provided", "on", "and"))
_ELSE = frozenset(("otherwise", "else", "elsewhere", "o.w", "ow", "otherwise,"))
_SIGNS = frozenset("<>≤≥=≠")
_LOOK = regex(r"\\(?:left|right|big|Big|[,;!: ])|[\s{}]")
_TURNED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}


@dataclass(slots=True)
class _Piece:
    """What a function is, and where; ``holds`` is ``None`` for all the rest."""

    value: s.Node
    holds: s.Node | None
    sides: list[tuple[str, str, str]]


class Piecewise:
    """Reads the functions in pieces of one formula."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # ---- cases -----------------------------------------------------------------------------------

    def cases(self, opened: Token) -> Parse:
        """A function given by cases; all cases but one need a condition."""
        stream = self._core.stream
        stream.bars.append("{")
        pieces: list[_Piece] = []
        while True:
            token = stream.peek()
            if token is None:
                stream.fail(phrase(r"\begin{{{opened}}} is never closed", opened=opened.text), opened.span)
            if token.kind == "end":
                break
            if token.kind == "row":
                stream.place += 1
                continue
            value = yield self._core.flat(0)
            pieces.append((yield self._piece(value)))
        closing = stream.take()
        stream.bars.pop()
        span = (opened.span[0], closing.span[1])
        return (yield self._core.scripts(self._joined(pieces, span)))

    def _piece(self, value: s.Node) -> Parse:
        """A value with the condition behind it."""
        stream = self._core.stream
        while (token := stream.peek()) is not None and (token.is_sign("&,;:") or _is(token, _IF)):
            stream.place += 1
        if token is not None and _is(token, _ELSE):
            stream.place += 1
            stream.skip(",;.")
            token = stream.peek()
            if token is not None and token.kind not in ("row", "end"):
                stream.unexpected(token)
            return _Piece(value, None, [])
        if token is None or token.kind in ("row", "end"):
            return _Piece(value, None, [])
        holds, sides = yield self.condition()
        while (token := stream.peek()) is not None and token.is_sign(",;."):
            stream.place += 1
        if token is not None and token.kind not in ("row", "end"):
            stream.unexpected(token)
        return _Piece(value, holds, sides)

    def condition(self) -> Parse:
        """``0 < x ≤ 1``, several of them with a comma or a word between; and their sides as text."""
        stream = self._core.stream
        whole: s.Node | None = None
        sides: list[tuple[str, str, str]] = []
        while True:
            left = yield self._core.flat(0)
            before: s.Node = left
            relation = stream.peek()
            if relation is None or relation.kind != "relation":
                stream.fail(
                    phrase("a condition compares two sides"), left.span, phrase(r"x > 0, or \text{otherwise}")
                )
            while (relation := stream.peek()) is not None and relation.kind == "relation":
                if relation.text not in _SIGNS:
                    sign = stream.quote(relation)
                    stream.fail(phrase("the relation {sign} is not read in a condition", sign=sign),
                                relation.span, phrase("x > 0, with <, ≤, > and ≥"))  # fmt: skip
                sign = self._reached(relation)
                if sign in "=≠":
                    self._refuse_equal(relation)
                stream.place += 1
                right = yield self._core.flat(0)
                sides.append((self._text(left), relation.text, self._text(right)))
                before = s.Comparison((before.span[0], right.span[1]), before, sign, right)
                left = right
            whole = before if whole is None else self._both(whole, before)
            token = stream.peek()
            if token is None or not (token.is_sign(",") or _is(token, frozenset(("and",)))):
                return whole, sides
            after = stream.peek(1)
            if after is None or after.kind in ("row", "end"):
                return whole, sides
            stream.place += 1

    def _reached(self, relation: Token) -> str:
        r"""What a relation says: a number that is ``= \max_i f_i`` is at least that."""
        extreme = self._core.stream.peek(1)
        if relation.text != "=" or extreme is None:
            return relation.text
        return "≥" if extreme.is_command("max") else "≤" if extreme.is_command("min") else "="

    def _both(self, first: s.Node, second: s.Node) -> s.Node:
        span = (first.span[0], second.span[1])
        return s.Call(span, s.Name(span, "logical_and"), (first, second))

    def _refuse_equal(self, relation: Token) -> None:
        """Numbers are hardly ever equal; what is meant is a label, and has a number for every class."""
        self._core.stream.fail(
            phrase("where two numbers are equal no derivative shows, and labels are not compared here"),
            relation.span,
            phrase(
                "a number y_{ik} for every class, 1 where the label of i is k and 0 "
                "elsewhere; or one case alone"
            ),
        )

    def _text(self, node: s.Node) -> str:
        return _LOOK.sub("", self._core.stream.text[node.span[0] : node.span[1]])

    def _joined(self, pieces: Sequence[_Piece], span: s.Span) -> s.Node:
        """The cases, each where its condition holds and none before it does."""
        stream = self._core.stream
        if not pieces:
            stream.fail(phrase("there is no case"), span)
        early = next((p for p in pieces[:-1] if p.holds is None), None)
        if early is not None:
            stream.fail(phrase("only the last case can do without a condition"), early.value.span, "x > 0")
        if pieces[-1].holds is not None and not _cover(pieces):
            stream.fail(
                phrase("the cases do not say what the function is everywhere else"),
                span,
                phrase(r"… & \text{otherwise} in the last case"),
            )
        node = pieces[-1].value
        for piece in reversed(pieces[:-1]):
            assert piece.holds is not None
            node = s.Call(span, s.Name(span, "where"), (piece.holds, piece.value, node))
        return node if isinstance(node, s.Call) else s.Group(span, (node,), False)

    # ---- indicators ------------------------------------------------------------------------------

    def holds_condition(self) -> bool:
        """Whether the bracket that opens next compares two sides."""
        stream = self._core.stream
        at, depth = 0, 0
        while (token := stream.peek(at)) is not None:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                return False
            if depth == 1 and token.kind == "relation" and token.text in _SIGNS:
                return True
            at += 1
        return False

    def indicator(self, span: s.Span) -> Parse:
        """𝟏[x > 0], and 𝟏[x = max], behind its sign."""
        stream = self._core.stream
        opened = stream.take()
        start = stream.place
        left = yield self._core.flat(0)
        relation, largest = stream.peek(), stream.peek(1)
        if (
            relation is not None
            and relation.text == "="
            and largest is not None
            and largest.is_command("max", "min")
            and (behind := stream.peek(2)) is not None
            and behind.kind == "close"
        ):
            stream.place += 2
            name = s.Name(span, f"onehot_{largest.text}")
            node: s.Node = s.Call((span[0], largest.span[1]), name, (left,))
        else:
            stream.place = start
            node, _ = yield self.condition()
        closing = stream.take()
        if closing.kind != "close" or closing.text != opened.text:
            stream.fail(phrase("{opened} is never closed", opened=stream.quote(opened)), opened.span)
        whole = s.Group((span[0], closing.span[1]), (node,), False)
        return (yield self._core.scripts(whole))

    def below(self, tokens: Sequence[Token], span: s.Span) -> Parse:
        """The condition that stands below the sign: 𝟏_{x > 0}."""
        stream = self._core.stream
        solid = [t for t in tokens if not t.is_sign("{}")]
        if solid[0].kind == "open" and solid[-1].kind == "close":
            solid = solid[1:-1]
        node, _ = yield stream.within(solid, self.condition(), span)
        return (yield self._core.scripts(s.Group((span[0], stream.end()[1]), (node,), False)))


def _is(token: Token, words: frozenset[str]) -> bool:
    return token.kind == "word" and token.text.strip(" ,.;:").lower() in words


def _cover(pieces: Sequence[_Piece]) -> bool:
    """Whether conditions on one quantity leave out single numbers at most: where one ends, another begins.

    Ranges without an end below have the end "", and so have those without one above.
    """
    sides = [side for piece in pieces for side in piece.sides]
    shared = {sides[0][0], sides[0][2]}
    for left, _, right in sides:
        shared &= {left, right}
    for quantity in shared:
        ranges = [_range(piece, quantity) for piece in pieces]
        lows, highs = sorted(low for low, _ in ranges), sorted(high for _, high in ranges)
        if lows == highs and lows.count("") == 1:
            return True
    return False


def _range(piece: _Piece, quantity: str) -> tuple[str, str]:
    """The range that the conditions of one piece leave a quantity."""
    low = high = ""
    for left, sign, right in piece.sides:
        sign, bound = (sign, right) if left == quantity else (_TURNED[sign], left)
        if sign in ">≥":
            low = bound
        else:
            high = bound
    return low, high
