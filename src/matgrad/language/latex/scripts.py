"""What is attached to a piece: powers, transposes, inverses, primes, entries."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.latex import commands as c
from matgrad.language.latex.labels import Labels, key_of
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.stream import Core, Parse

_TRANSPOSING_WORDS = frozenset(("T", "tr", "transpose", "top", "t"))


class Scripts:
    """Reads the scripts of pieces that are no names."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._labels = Labels(core)

    def on(self, node: s.Node) -> Parse:
        """A piece with all that is attached to it."""
        stream = self._core.stream
        exponents = 0
        while (token := stream.peek()) is not None and token.kind == "sign" and token.text in "_^'!":
            stream.place += 1
            start = node.span[0]
            if token.text == "!":
                one = s.Num(token.span, Fraction(1))
                above_one = s.Sum((start, token.span[1]), [(1, node), (1, one)])
                node = s.Call(above_one.span, s.Name(token.span, "gammafn"), (above_one,))
                continue
            if token.text == "'":
                node = s.Transposed((start, token.span[1]), node, "'")
            elif token.text == "^":
                exponent = stream.argument(token)
                if exponents and isinstance(node, s.Power):
                    stream.fail(phrase("a power of a power needs brackets"), token.span, "(X^{a})^{b}")
                exponents += 1
                node = yield self.raised(node, exponent, (start, max(stream.end()[1], node.span[1])))
            else:
                node = yield self._below(node, stream.argument(token), token)
        return node

    def raised(self, base: s.Node, exponent: Sequence[Token], span: s.Span) -> Parse:
        """A piece with one exponent."""
        stream = self._core.stream
        solid = [t for t in exponent if not t.is_sign("{}")]
        if not solid:
            stream.fail(phrase("there is nothing in the exponent"), span)
        sign, rest = (-1, solid[1:]) if solid[0].is_sign("-") and len(solid) > 1 else (1, solid)
        turn = self._turn(rest)
        if turn is not None:
            if isinstance(base, s.Num) and base.value == 1:
                base = s.OnesSign(base.span)
            return s.Power(span, "^", base, s.Signed(turn.span, -1, turn) if sign < 0 else turn)
        if len(solid) == 1:
            token = solid[0]
            if token.is_sign("+"):
                return s.RaisedSign(span, "+", base)
            if token.is_command("dagger", "dag"):
                return s.RaisedSign(span, "†", base)
            if token.is_command("prime"):
                return s.Transposed(span, base, "'")
            if token.is_sign("*") or token.is_command("ast", "star"):
                text = stream.piece(base, base)
                stream.fail(
                    phrase("{text}^* may be a transpose or another variable", text=text),
                    span,
                    phrase(
                        r"{text}^\top for the transpose, or declare {plain}_star",
                        text=text,
                        plain=_plain(text),
                    ),
                )
            if token.is_command("ddagger", "circ", "perp", "flat", "sharp", "dagger", "bullet"):
                stream.fail(
                    phrase("the exponent {token} has no meaning here", token=stream.quote(token)), span
                )
        if all(t.is_command("prime") or t.is_sign("'") for t in solid):
            for _ in solid:
                base = s.Transposed(span, base, "'")
            return base
        if solid[0].is_command("otimes", "oplus"):
            text = stream.piece(base, base)
            stream.fail(
                phrase("a repeated product or sum of Kronecker is not read here"),
                span,
                rf"{text} \{solid[0].text} {text}",
            )
        if solid[0].is_command("circ", "odot"):
            node = yield stream.within(self._after(exponent, solid[0]), self._core.flat(0), span)
            return s.Power(span, ".^", base, node)
        node = yield stream.within(list(exponent), self._core.flat(0), span)
        return s.Power(span, "^", base, node)

    def _after(self, exponent: Sequence[Token], first: Token) -> list[Token]:
        """The exponent without the sign in front that makes it one entry by entry."""
        return [t for t in exponent if t is not first]

    def _turn(self, tokens: Sequence[Token]) -> s.Node | None:
        """The sign of the transpose that an exponent is."""
        stream = self._core.stream
        if len(tokens) != 1:
            return None
        token = tokens[0]
        if token.kind == "command" and token.text in c.TRANSPOSE_COMMANDS:
            return s.TransposeSign(token.span)
        if token.kind == "word" and token.text in _TRANSPOSING_WORDS:
            return s.TransposeSign(token.span)
        if token.kind in ("letter", "word") and token.text == "H" and stream.known("H") is None:
            return s.TransposeSign(token.span)
        if token.kind == "letter" and token.text == "T":
            return s.Name(token.span, "T")
        return None

    # ---- below ---------------------------------------------------------------------------------------

    def _below(self, node: s.Node, below: list[Token], token: Token) -> Parse:
        """What stands below a bracket: an entry, the cross-product matrix, or the positive part."""
        stream = self._core.stream
        span = (node.span[0], max(stream.end()[1], node.span[1]))
        solid = [t for t in below if not t.is_sign("{}")]
        if isinstance(node, (s.Num, s.Bars)):
            stream.fail(phrase("{node} takes no index", node=stream.piece(node, node)), span)
        if len(solid) == 1:
            if solid[0].is_sign("+"):
                inside = node.items[0] if isinstance(node, s.Group) and len(node.items) == 1 else node
                return s.Call(span, s.Name(solid[0].span, "relu"), (inside,))
            if solid[0].is_command("times"):
                inside = node.items[0] if isinstance(node, s.Group) and len(node.items) == 1 else node
                return s.Call(span, s.Name(solid[0].span, "skew_matrix"), (inside,))
        if isinstance(node, s.Call) and key_of(solid) == "F" and node.function.text == "dot":
            return node
        if any(t.kind == "relation" for t in solid):
            stream.fail(
                phrase("a value at a point is asked for, and the formula is to be the function alone"),
                span, phrase('the point beside it: --at "x = 0"'),
            )  # fmt: skip
        items = yield from self._labels.entries(below, span)
        return s.Index(span, node, tuple(items))


def _plain(text: str) -> str:
    return text.lstrip("\\").strip("{}")
