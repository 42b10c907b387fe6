"""Brackets, braces, bars and matrices."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.latex import commands as c
from matgrad.language.latex.binomials import binomial
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.looks import joined
from matgrad.language.latex.stream import Core, Parse

_SIDED = {"|": r"\lvert", "‖": r"\lVert"}
"""Bars that say that they open, among what is open: a bar that says nothing opens inside them."""
_CLOSERS = {"(": ")", "[": "]", "{": r"\}", "⟨": r"\rangle", "|": "|", "‖": r"\|", "||": "||"}
_FROBENIUS = frozenset(("F", "Fro", "fro", "HS", "frob", "Frob"))


def _ends_operand(token: Token) -> bool:
    """Whether an operand can end with a token, so that a bar behind it closes."""
    if token.kind in ("letter", "number", "word", "close", "bar", "bar_close", "end"):
        return True
    is_command = token.kind == "command" and (token.text in c.LETTERS or token.text in c.TRANSPOSE_COMMANDS)
    return is_command or token.is_sign("}'")


def _entry(node: s.Node) -> s.Node:
    """An entry of a matrix, of which a product is one: on paper blanks part no entries, as in MATLAB."""
    return s.Group(node.span, (node,), False) if isinstance(node, s.Product) else node


def _is_name(token: Token) -> bool:
    return token.kind in ("letter", "word") or (token.kind == "command" and token.text in c.LETTERS)


def _compares(token: Token) -> bool:
    return token.kind == "relation" and token.text in ("=", "≠", "<", "≤", ">", "≥")


class Brackets:
    """Reads what stands between two signs."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # ---- brackets --------------------------------------------------------------------------------

    def round(self, token: Token) -> Parse:
        """A bracket: a piece in brackets, a list, or an inner product."""
        stream = self._core.stream
        before = stream.tokens[stream.place - 2] if stream.place > 1 else None
        is_applied = before is not None and before.span[1] == token.span[0] and _is_name(before)
        start = stream.place
        items = yield self.items(token)
        span = (token.span[0], stream.end()[1])
        if token.text == "⟨":
            return (yield self._inner_product(items, span))
        if token.text == "[" and len(items) > 1 and not is_applied and self._is_parted(start):
            # [A | b] is an augmented matrix, [x ‖ y] the one below the other.
            is_column = any(t.text == "‖" for t in stream.tokens[start : stream.place])
            items = list(map(_entry, items))
            rows = tuple((item,) for item in items) if is_column else (tuple(items),)
            return (yield self._core.scripts(s.Blocks(span, rows)))
        if token.text == "[" and all(isinstance(item, s.Comparison) for item in items):
            return s.Blocks(span, (tuple(items),))  # [k = l], Iverson's bracket
        node = s.Group(span, tuple(items), len(items) > 1)
        return (yield self._core.scripts(node))

    def _is_parted(self, start: int) -> bool:
        """Whether all that parts what stands in the bracket before this place are bars."""
        depth, bars = 0, 0
        stream = self._core.stream
        for token in stream.tokens[start : stream.place - 1]:
            depth += (token.kind in ("open", "begin") or token.is_sign("{")) - (
                token.kind in ("close", "end") or token.is_sign("}")
            )
            if depth == 0 and token.is_sign(",;"):
                return False
            bars += depth == 0 and token.text in ("|", "‖")
        return bars > 0

    def items(self, opened: Token) -> Parse:
        """What stands in a bracket that was opened, up to the sign that closes it, by its commas."""
        stream = self._core.stream
        stream.bars.append(opened.text)
        found: list[s.Node] = []
        while True:
            item = yield self._core.flat(0)
            while opened.text == "[" and (relation := stream.peek()) is not None and _compares(relation):
                stream.place += 1
                right = yield self._core.flat(0)
                item = s.Comparison((item.span[0], right.span[1]), item, relation.text, right)
            found.append(item)
            token = stream.peek()
            is_bar = token is not None and token.text in ("|", "‖") and token.kind in ("bar", "relation")
            if token is not None and (token.is_sign(",;") or is_bar):
                stream.place += 1
                continue
            self.close(opened)
            stream.bars.pop()
            return found

    def close(self, opened: Token) -> None:
        """Take the sign that closes a bracket.

        Raises
        ------
        ParseError
            When there is none, or another one.
        """
        stream = self._core.stream
        token = stream.peek()
        name = stream.quote(opened)
        if token is None or token.kind == "row":
            stream.fail(phrase("{name} is never closed", name=name), opened.span)
        if token.kind != "close":
            if token.kind in ("bar_close", "relation", "word") or token.is_sign("}"):
                stream.fail(
                    phrase("{token} stands where {name} is still open", token=stream.quote(token), name=name),
                    token.span,
                    _CLOSERS[opened.text],
                )
            stream.unexpected(token)
        if token.text != opened.text:
            said = phrase(
                "{token} closes nothing: {name} is still open", token=stream.quote(token), name=name
            )
            stream.fail(said, token.span, _CLOSERS[opened.text])
        stream.place += 1

    def _inner_product(self, items: list[s.Node], span: s.Span) -> Parse:
        """⟨a, b⟩, with an F or nothing below it."""
        stream = self._core.stream
        if len(items) != 2:
            stream.fail(
                phrase("an inner product has two factors")
                if len(items) > 2
                else phrase("⟨…⟩ of one operand is an average here"),
                span,
                r"\langle A, B \rangle",
            )
        after = stream.peek()
        if after is not None and after.is_sign("_"):
            stream.place += 1
            below = stream.argument(after)
            kind = "".join(t.text for t in below if not t.is_sign("{}"))
            if kind not in (*_FROBENIUS, "2", "ℓ2", "R^n", "R", "ell2"):
                items = [items[0], (yield self._weighted(items, below, after))]
        node = s.Call(span, s.Name(span, "dot"), tuple(items))
        return (yield self._core.scripts(node))

    def _weighted(self, items: Sequence[s.Node], below: list[Token], script: Token) -> Parse:
        r"""The second factor of ``⟨x, y⟩_M``, M y, of a declared M that is no covariance by its letter."""
        stream = self._core.stream
        first, second = (stream.piece(item, item) for item in items)
        shown = stream.text[below[0].span[0] : below[-1].span[1]] if below else ""
        weight = None
        if any(t.kind == "letter" or (t.kind == "command" and t.text in c.LETTERS) for t in below):
            weight = yield stream.within(below, self._core.flat(0), script.span)
        names = [] if weight is None else [n.text for n in s.walk(weight) if isinstance(n, s.Name)]
        is_covariance = isinstance(weight, s.Name) and weight.text.partition("_")[0] in ("Sigma", "Σ")
        if weight is None or is_covariance or not (names and all(map(stream.is_variable, names))):
            stream.fail(
                phrase("an inner product with {shown} below it has more than one meaning", shown=shown),
                script.span,
                phrase(
                    r"({first})^\top {shown} {second}, or \langle {first}, {second} \rangle",
                    first=first,
                    shown=shown,
                    second=second,
                ),
            )
        return s.Product(items[1].span, [("", s.Group(weight.span, (weight,), False)), ("", items[1])])

    # ---- braces ----------------------------------------------------------------------------------

    def braces(self, opened: Token) -> Parse:
        r"""What stands in braces is one piece; ``{a \over b}`` is a fraction."""
        stream = self._core.stream
        stream.bars.append("{")
        node = yield self._core.flat(0)
        over = stream.peek()
        if over is not None and over.is_command("choose"):
            stream.place += 1
            below = yield self._core.flat(0)
            node = binomial(node, below, (opened.span[0], below.span[1]))
        if over is not None and over.is_command("over"):
            stream.place += 1
            below = yield self._core.flat(0)
            span = (opened.span[0], below.span[1])
            parts: list[tuple[str, s.Node]] = [
                ("", s.Group(node.span, (node,), False)),
                ("/", s.Group(below.span, (below,), False)),
            ]
            node = s.Group(span, (s.Product(span, parts),), False)
        token = stream.peek()
        if token is None or not token.is_sign("}"):
            if token is not None and not (token.kind == "row" or token.is_sign("&")):
                stream.unexpected(token)
            stream.fail(phrase("{ is never closed"), opened.span)
        stream.place += 1
        stream.bars.pop()
        after = stream.peek()
        if isinstance(node, s.Product) and after is not None and after.is_sign("^_'"):
            self._unclear_script(node, after)
        if isinstance(node, (s.Sum, s.Product, s.Signed)):
            node = s.Group(node.span, (node,), False)
        return (yield self._core.scripts(node))

    def _unclear_script(self, node: s.Product, script: Token) -> None:
        """Refuse ``{AB}^T``, which looks like A Bᵀ and is spelled like (AB)ᵀ."""
        stream = self._core.stream
        whole, last = stream.piece(node, node), stream.piece(node.factors[-1][1], node.factors[-1][1])
        stream.fail(
            phrase(
                "what {script} belongs to is not clear: it looks like that of {last} alone",
                script=script.text,
                last=last,
            ),
            (node.span[0], script.span[1]),
            phrase(
                "({whole}){script}… for the product, {last}{script}… for the last factor",
                whole=whole,
                script=script.text,
                last=last,
            ),
        )

    # ---- bars ------------------------------------------------------------------------------------

    def closes(self, token: Token) -> bool:
        """Whether a bar, behind an operand, closes the one that is open."""
        bars = self._core.stream.bars
        if not bars:
            return False
        if bars[-1] == "⟨" and token.text == "|" and token.kind == "bar":
            return True
        if bars[-1] in ("(", "[") and token.text == "|" and token.kind == "bar":
            return self._stands_alone("|")
        if bars[-1] == "[" and token.text == "‖" and token.kind == "bar":
            return self._stands_alone("‖")
        if bars[-1] in _SIDED.values():
            return _SIDED.get(token.text) == bars[-1] and not self._is_closed_by_side(token)
        return bars[-1] == token.text or (bars[-1] == "||" and token.text == "|")

    def bars(self, opened: Token) -> Parse:
        """``|x|`` and ``‖x‖``, also of two single bars, with the kind of norm below."""
        stream = self._core.stream
        sign = opened.text
        following = stream.peek()
        is_double = (
            sign == "|"
            and following is not None
            and (following.kind, following.text) == (opened.kind, "|")
            and (following.span[0] - opened.span[1] <= 1 or opened.kind == "bar_open" or self._is_pair())
            and not self._are_nested(opened)
        )
        if is_double:
            stream.place += 1
            sign = "||"
        stream.bars.append(_SIDED.get(sign, sign) if opened.kind == "bar_open" else sign)
        if stream.peek() is None:
            stream.fail(phrase("{opened} is never closed", opened=stream.quote(opened)), opened.span)
        inside = yield self._core.flat(0)
        self._close_bar(opened, sign)
        stream.bars.pop()
        span = (opened.span[0], max(stream.end()[1], inside.span[1]))
        return (yield self._normed(inside, span, sign != "|"))

    def _normed(self, inside: s.Node, span: s.Span, is_double: bool) -> Parse:
        """What stands between bars, with what stands below them."""
        kind, below = self._kind(inside, span)
        if kind == "@op":
            return (yield self._core.scripts(s.Call(span, s.Name(span, "spectral_norm"), (inside,))))
        weight = None
        if below:
            weight = yield self._core.stream.within(below, self._core.flat(0), joined(below))
        return (yield self._core.scripts(s.Bars(span, inside, is_double or bool(kind), kind, weight)))

    def _is_closed_by_side(self, token: Token) -> bool:
        r"""Whether a bar that says that it closes, ``\right\|``, comes behind one that does not say it."""
        stream = self._core.stream
        behind = stream.tokens[stream.place + 1 :]
        return any(other.kind == "bar_close" and other.text == token.text for other in behind)

    def _stands_alone(self, sign: str) -> bool:
        """Whether a bar has no partner in its bracket: the bar of ``p(x|θ)``."""
        stream = self._core.stream
        at, depth, bars = 1, 0, 0
        while (token := stream.peek(at)) is not None and depth >= 0:
            depth += (token.kind == "open") - (token.kind == "close")
            bars += depth == 0 and token.kind == "bar" and token.text == sign
            at += 1
        return bars == 0

    def in_braces(self, name: str, token: Token) -> Parse:
        r"""``\norm{x}_2`` and ``\abs{x}``, where the braces are the bars."""
        stream = self._core.stream
        inside = yield stream.within(stream.argument(token), self._core.flat(0), token.span)
        span = (token.span[0], max(stream.end()[1], inside.span[1]))
        if name == "qty":
            return (yield self._core.scripts(s.Group(span, (inside,), False)))
        return (yield self._normed(inside, span, name == "norm"))

    def _are_nested(self, opened: Token) -> bool:
        """Whether two bars that open are one in the other, ``||a| - |b||``: the first to close is alone."""
        stream = self._core.stream
        if opened.kind != "bar":
            return False
        inner = 0
        place = stream.place + 1
        while place < len(stream.tokens):
            token = stream.tokens[place]
            place += 1
            if token.kind != "bar" or token.text != "|":
                continue
            before, after = stream.tokens[place - 2], stream.peek(place - stream.place)
            if not _ends_operand(before):
                inner += 1
            elif inner:
                inner -= 1
            else:
                is_pair = after is not None and after.kind == "bar" and after.text == "|"
                return not is_pair and self._closes_later(place)
        return False

    def _closes_later(self, place: int) -> bool:
        """Whether a bar behind this place closes the outer one of two."""
        open_ones = 1
        tokens = self._core.stream.tokens
        for i in range(place, len(tokens)):
            if tokens[i].kind == "bar" and tokens[i].text == "|":
                open_ones += -1 if _ends_operand(tokens[i - 1]) else 1
        return open_ones <= 0

    def _is_pair(self) -> bool:
        """Whether two single bars that open are matched by two that close at once."""
        stream = self._core.stream
        return any(
            a.kind == b.kind == "bar" and a.text == b.text == "|"
            for a, b in zip(
                stream.tokens[stream.place + 1 :], stream.tokens[stream.place + 2 :], strict=False
            )
        )

    def _close_bar(self, opened: Token, sign: str) -> None:
        stream = self._core.stream
        token = stream.peek()
        name = stream.quote(opened)
        if token is None or token.kind == "row":
            stream.fail(phrase("{name} is never closed", name=name), opened.span)
        wanted = "|" if sign == "||" else sign
        if token.kind not in ("bar", "bar_close") or token.text != wanted:
            if token.kind == "relation" and token.text == "|":
                stream.fail(
                    phrase(r"\mid is the bar of a condition, and this is no conditional"),
                    token.span,
                    r"\lvert x \rvert",
                )
            if token.kind in ("bar", "bar_close", "close") or token.is_sign("}"):
                stream.fail(
                    phrase("{token} stands where {name} is still open", token=stream.quote(token), name=name),
                    token.span,
                    _CLOSERS[sign],
                )
            stream.unexpected(token)
        stream.place += 1
        if sign == "||":
            second = stream.peek()
            if second is None or second.text != "|" or second.kind not in ("bar", "bar_close"):
                stream.fail(phrase("|| is closed by a single bar"), token.span, "||x||")
            stream.place += 1

    def _kind(self, inside: s.Node, span: s.Span) -> tuple[str, list[Token]]:
        """The kind of norm below the bars, or the tokens of a matrix; a power may stand before it."""
        stream = self._core.stream
        at = 0
        token = stream.peek()
        if token is not None and token.is_sign("^"):
            at = self._after_script()
            token = stream.peek(at)
        if token is None or not token.is_sign("_"):
            return "", []
        kept = stream.tokens[stream.place : stream.place + at]
        stream.place += at + 1
        whole = stream.argument(token)
        below = [t for t in whole if not t.is_sign("{}")]
        if kept:
            stream.place -= len(kept)
            stream.tokens[stream.place : stream.place + len(kept)] = kept
        words = [
            "∞" if t.is_command("infty") else "*" if t.is_command("ast", "star") else t.text for t in below
        ]
        key = "".join(words).replace("ℓ", "ell").replace("ell_", "").replace("ell", "").replace(" ", "")
        if key in _FROBENIUS:
            return "F", []
        if key in ("*", "nuc", "tr", "S_1", "S1", "nuclear", "N"):
            return "*", []
        if key in ("op", "spec", "2→2", "sp", "2,2op", "σ", "spectral", "2\\to2", "S∞", "S_∞"):
            return "@op", []
        if key in ("1", "2", "∞", "p") or (key.isdecimal() and len(key) < 4 and key != "0"):
            return key, []
        if key == "max":
            text = stream.piece(inside, inside)
            stream.fail(
                phrase("the largest absolute entry is spelled as a maximum"),
                span,
                rf"\max(\operatorname{{abs}}({text}))",
            )
        text = stream.piece(inside, inside)
        shown = stream.text[whole[0].span[0] : whole[-1].span[1]] if below else key
        if key == "0":
            stream.fail(phrase("the number of nonzero entries has no derivative"), span, r"\|x\|_1")
        if key.replace(",", "").isdecimal() or "," in key:
            stream.fail(
                phrase("the norm with {key} below it is not known", key=key),
                span,
                phrase(r"\sum_i \|x_i\| of rows or columns, or \|X\|_F"),
            )
        return shown, whole

    def _after_script(self) -> int:
        """How many tokens the script takes that comes next."""
        stream = self._core.stream
        at = 1
        token = stream.peek(1)
        if token is None or not token.is_sign("{"):
            return 2 if token is not None and not token.is_sign("+-") else 3
        depth = 0
        while (token := stream.peek(at)) is not None:
            depth += token.is_sign("{") - token.is_sign("}")
            at += 1
            if depth == 0:
                break
        return at

    # ---- matrices --------------------------------------------------------------------------------

    def matrix(self, opened: Token) -> Parse:
        """A matrix of entries or blocks."""
        stream = self._core.stream
        stream.bars.append("{")
        rows: list[tuple[s.Node, ...]] = []
        row: list[s.Node] = []
        while True:
            token = stream.peek()
            if token is None:
                stream.fail(phrase(r"\begin{{{opened}}} is never closed", opened=opened.text), opened.span)
            if token.kind == "end" and not row and rows:
                break
            row.append(_entry((yield self._core.flat(0))))
            token = stream.peek()
            if token is None:
                stream.fail(phrase(r"\begin{{{opened}}} is never closed", opened=opened.text), opened.span)
            if token.is_sign("&"):
                stream.place += 1
                continue
            if token.kind not in ("row", "end"):
                stream.unexpected(token)
            rows.append(tuple(row))
            row = []
            if token.kind == "end":
                break
            stream.place += 1
        closing = stream.take()
        stream.bars.pop()
        if closing.text != opened.text:
            stream.fail(
                phrase(
                    r"\end{{{closing}}} closes nothing: \begin{{{opened}}} is still open",
                    closing=closing.text,
                    opened=opened.text,
                ),
                closing.span,
            )
        named = stream.text.find("}", closing.span[1])
        span = (opened.span[0], max(named + 1, closing.span[1]))
        if len({len(entries) for entries in rows}) > 1:
            stream.fail(phrase("the rows of the matrix have different lengths"), span)
        node: s.Node = s.Blocks(span, tuple(rows))
        if opened.text == "vmatrix":
            node = s.Call(span, s.Name(opened.span, "det"), (node,))
        return (yield self._core.scripts(node))
