"""Σ_{i=1}^N and x_{i−1} among the tokens: what stands below a sign of summation, and in a subscript.

The grammar of expressions does not see into them: each becomes one token that carries its tree.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.names import Vocabulary
from matgrad.language.tokens import retyped, span

if TYPE_CHECKING:
    from lark import Token

Reading = Callable[[Sequence["Token"]], s.Node]
"""Reads the tokens of an expression."""

KINDS = {
    "sum": "sum", "Sum": "sum", "Σ": "sum", "prod": "prod", "Prod": "prod", "product": "prod", "Π": "prod",
    "mean": "mean", "avg": "mean", "average": "mean", "max": "max", "min": "min",
}  # fmt: skip
"""The words and signs that stand before an index."""
EXTREMA = {"max": phrase("largest"), "min": phrase("smallest")}
"""Those that may stand before a variable as well, over which they ask for a point."""
_SIGNED = regex(rf"({'|'.join(KINDS)})_(\w*)")
_POINT = regex(r"(?P<arg>(?:arg_?)?)(?P<sense>max|min)_(?P<below>\w*)")
_RELATIONS = {"<": "<", ">": ">", "<=": "≤", ">=": "≥", "≤": "≤", "≥": "≥", "!=": "≠", "≠": "≠", "=": "="}
_OPENERS = {"LPAR": "RPAR", "LBRACE": "RBRACE", "LSQB": "RSQB"}
_IN = ("in", "∈")


@cache
def carrying() -> type[Token]:
    """The class of tokens that carry a tree, or the head of a sum."""
    from lark import Token

    class Carrying(Token):
        """A token in the place of several."""

        __slots__ = ("bounds", "conditions", "kind", "node")

    return Carrying


def _carrying(like: Token, end: int, type_: str, text: str) -> Any:
    """A token in the place of several, which can carry what they say."""
    return carrying()(type_, text, start_pos=like.start_pos, end_pos=end)


def with_heads(tokens: Sequence[Token], words: Vocabulary, text: str, read: Reading) -> list[Token]:
    """The tokens of an expression, in which heads of sums and braced subscripts are one token each.

    Raises
    ------
    ParseError
        Where a head is no head.
    """
    return _Heads(list(tokens), words, text, read).run()


class _Heads:
    def __init__(self, tokens: list[Token], words: Vocabulary, text: str, read: Reading) -> None:
        self.tokens, self.words, self.text, self.read = tokens, words, text, read

    def run(self) -> list[Token]:
        out: list[Token] = []
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            found = None
            if token.type == "NAME" and token not in self.words.variables:
                found = self._head(place) or self._subscripted(place)
            if found is None:
                out.append(token)
                place += 1
            else:
                out.append(found[0])
                place = found[1]
        return out

    # ---- heads ----------------------------------------------------------------------------------

    def _head(self, place: int) -> tuple[Token, int] | None:
        """The head of a sum that starts here, and where its body does."""
        token = self.tokens[place]
        match = _SIGNED.fullmatch(token)
        if match is not None and (self._is_variable(match[1]) or match[2][:1].isdigit()):
            return None
        if match is not None and match[2] and len(match[1]) == 1 and self._is_operand(place + 1):
            return None
        point = _POINT.fullmatch(token)
        if point is not None and (point["arg"] or not self._binds(point["below"], place + 1)):
            sense = point["sense"]
            at_point = phrase(
                "the function alone for its derivative; mg.stationary(f, x), or matgrad "
                "stationary for the point; {sense}_i where i is an index",
                sense=sense,
            )
            raise ParseError(
                phrase(
                    "{token} asks where a function is {extrema}, which is no expression",
                    token=token.rstrip("_"),
                    extrema=EXTREMA[sense],
                ),
                fix=phrase("{fix}, or declare {token}", fix=at_point, token=token)
                if point["below"]
                else at_point,
                text=self.text,
                span=span(token),
            )
        if match is not None:
            kind, below = KINDS[match[1]], match[2]
            if below:
                start = (token.start_pos or 0) + len(match[1]) + 1
                bounds = (
                    [
                        s.Bound((start + k, start + k + 1), s.Name((start + k, start + k + 1), letter))
                        for k, letter in enumerate(below)
                    ]
                    if _are_letters(below)
                    else [
                        s.Bound(
                            (start, token.end_pos or start), s.Name((start, token.end_pos or start), below)
                        )
                    ]
                )
                return self._made(token, kind, bounds, [], place + 1)
            if self._type(place + 1) == "LBRACE":
                end = self._closing(place + 1)
                return self._braced(token, kind, place + 2, end)
            return None
        if token in KINDS and self._is_word(place + 1, "over"):
            return self._over(place)
        if token in KINDS and token not in EXTREMA and self._type(place + 1) == "LPAR":
            return self._called(place)
        return None

    def _binds(self, below: str, place: int) -> bool:
        """Whether below a maximum stand indices; below one over a variable stands the variable."""
        is_index = self.words.is_index_below_maximum
        if below:
            return is_index(below) or all(map(is_index, below))
        return self._type(place) == "LBRACE" and is_index(str(self.tokens[place + 1]))

    def _is_variable(self, sign: str) -> bool:
        """Whether Σ, or Π, is declared a letter: Σ_k is a member of Sigma_k then."""
        spellings = {"Σ": ("Σ", "Sigma"), "Π": ("Π", "Pi")}.get(sign, (sign,))
        return any(name in self.words.variables for name in spellings)

    def _is_operand(self, place: int) -> bool:
        """Whether what stands in front is transposed or inverted, as no sign is: the matrix Σ_k of Σ_k⁻¹."""
        following = self.tokens[place] if place < len(self.tokens) else None
        if following is None:
            return False
        is_inverse = following.type == "SUPERSCRIPT" and following.startswith("⁻")
        is_inverse |= following.type == "CARET" and self._type(place + 1) == "MINUS"
        is_inverse |= following.type == "CARET" and self._type(place + 2) == "MINUS"
        return is_inverse or following.type == "TRANSPOSE"

    def _braced(self, token: Token, kind: str, start: int, end: int) -> tuple[Token, int]:
        bounds, conditions = self._parts(start, end)
        return self._made(token, kind, bounds, conditions, end + 1)

    def _over(self, place: int) -> tuple[Token, int] | None:
        """``sum over i, j of body``, ``sum over i = 1..N of body``."""
        end = place + 2
        while end < len(self.tokens) and not self._is_word(end, "of"):
            end += 1
        token = self.tokens[place]
        if end == len(self.tokens):
            # Without "of" the index alone: sum over i (y_i − w'x_i)^2.
            if self._type(place + 2) != "NAME":
                return None
            bounds, conditions = self._parts(place + 2, place + 3)
            return self._made(token, KINDS[token], bounds, conditions, place + 3)
        bounds, conditions = self._parts(place + 2, end)
        return self._made(token, KINDS[token], bounds, conditions, end + 1)

    def _called(self, place: int) -> tuple[Token, int] | None:
        """``sum(i, body)``, ``sum(i = 1..N, body)``, ``sum(i < j, body)``: the head of a bracket."""
        first, close = place + 2, self._closing(place + 1)
        commas = [k for k in self._top_level(first, close) if self.tokens[k].type == "COMMA"]
        if not commas:
            return None
        inside = self.tokens[first : commas[0]]
        name = inside[0] if inside else None
        if name is None or name.type != "NAME" or name in self.words.variables:
            return None
        alone = len(inside) == 1 and (name in self.words.indices or (len(name) == 1 and name in "ijklpqrs"))
        related = len(inside) > 2 and inside[1].type in ("EQUAL", "COMPARE") and not alone
        if not alone and not related:
            return None
        if inside[1:2] and inside[1].type == "EQUAL" and not self._has_range(first, commas[0]):
            return None
        if alone and not self._is_subscript(name, commas[0] + 1, close):
            return None
        bounds, conditions = self._parts(first, commas[0])
        # The bracket of the call stays, as that of the body.
        head, _ = self._made(self.tokens[place], KINDS[self.tokens[place]], bounds, conditions, 0)
        body = self.read(self.tokens[commas[0] + 1 : close])
        node = s.Indexed(
            (self.tokens[place].start_pos or 0, self.tokens[close].end_pos or 0),
            head.kind,
            tuple(bounds),
            tuple(conditions),
            s.Group(body.span, (body,), False),
        )
        return self._in_place(self.tokens[place], node), close + 1

    def _has_range(self, start: int, end: int) -> bool:
        return self._dots(start, end) is not None

    def _is_subscript(self, name: Token, start: int, end: int) -> bool:
        """Whether a letter occurs as an index between two places."""
        return any(
            (t.type == "NAME" and "_" in t and name in t.partition("_")[2])
            or (t.type == "NAME" and t == name and self._type(k - 1) in ("LSQB", "COMMA", "LBRACE"))
            for k, t in enumerate(self.tokens[start:end], start)
        )

    def _made(
        self, token: Token, kind: str, bounds: list[s.Bound], conditions: list[s.Comparison], place: int
    ) -> tuple[Any, int]:
        last = self.tokens[place - 1] if place else token
        if place and self._type(place) == "CARET":
            upper, place = self._upper(place + 1)
            if len(bounds) != 1 or bounds[0].first is None or bounds[0].last is not None:
                raise ParseError(
                    phrase("what stands above Σ is the last value of an index whose first one stands below"),
                    fix="sum_{i=1}^N",
                    text=self.text,
                    span=upper.span,
                )
            bounds = [s.Bound(bounds[0].span, bounds[0].index, bounds[0].first, upper)]
            last = self.tokens[place - 1]
        elif len(bounds) == 1 and bounds[0].first is not None and bounds[0].last is None:
            name = bounds[0].index.text
            raise ParseError(
                phrase("the last value of {name} is missing", name=name),
                fix=f"sum_{{{name}=1}}^N",
                text=self.text,
                span=bounds[0].span,
            )
        made = _carrying(token, last.end_pos or 0, "BIG", str(token))
        made.kind, made.bounds, made.conditions = kind, tuple(bounds), tuple(conditions)
        return made, place

    def _upper(self, place: int) -> tuple[s.Node, int]:
        """What stands above a sign of summation, and where it ends."""
        kind = self._type(place)
        if kind in _OPENERS:
            end = self._closing(place)
            return self.read(self.tokens[place + 1 : end]), end + 1
        if kind in ("NAME", "NUMBER"):
            return self.read(self.tokens[place : place + 1]), place + 1
        raise ParseError(
            phrase("the last value of the index is missing"),
            fix="sum_{i=1}^N",
            text=self.text,
            span=span(self.tokens[min(place, len(self.tokens)) - 1]),
        )

    # ---- what stands below ------------------------------------------------------------------------

    def _parts(self, start: int, end: int) -> tuple[list[s.Bound], list[s.Comparison]]:
        """Bounds and conditions, with commas between them: ``i=1..N, j ≠ i``."""
        bounds: list[s.Bound] = []
        conditions: list[s.Comparison] = []
        pieces: list[tuple[int, int]] = []
        begin = start
        commas = [k for k in self._top_level(start, end) if self.tokens[k].type == "COMMA"]
        # The commas of 1, …, N separate nothing.
        commas = [k for k in commas if "DOT" not in (self._type(k - 1), self._type(k + 1))]
        for k in [*commas, end]:
            pieces.append((begin, k))
            begin = k + 1
        for first, last in pieces:
            if first == last:
                raise self._no_head(start, end)
            self._piece(first, last, bounds, conditions)
        return bounds, conditions

    def _piece(self, start: int, end: int, bounds: list[s.Bound], conditions: list[s.Comparison]) -> None:
        tokens = self.tokens[start:end]
        place = (tokens[0].start_pos or 0, tokens[-1].end_pos or 0)
        if len(tokens) == 1 and tokens[0].type == "NAME":
            name = tokens[0]
            letters = (
                list(name)
                if len(name) > 1 and _are_letters(name) and name not in self.words.indices
                else [str(name)]
            )
            at = span(name)
            bounds += [s.Bound(at, s.Name(at, letter)) for letter in letters]
            return
        signs = [
            k
            for k in self._top_level(start, end)
            if self.tokens[k].type in ("COMPARE", "EQUAL") or self._is_word(k, "in")
        ]
        if not signs:
            raise self._no_head(start, end)
        first = self.tokens[start]
        if (
            len(signs) == 1
            and signs[0] == start + 1
            and first.type == "NAME"
            and str(self.tokens[signs[0]]) in ("=", *_IN)
        ):
            index = s.Name(span(first), str(first))
            dots = self._dots(start + 2, end)
            if dots is not None:
                low, (after, high) = (start + 2, dots[0]), (dots[1], end)
                bounds.append(s.Bound(place, index, self._ended(*low), self.read(self.tokens[after:high])))
                return
            if str(self.tokens[signs[0]]) == "=":
                bounds.append(s.Bound(place, index, self.read(self.tokens[start + 2 : end])))
                return
            raise self._of_set(start, end) if str(self.tokens[signs[0]]) in _IN else self._no_head(start, end)
        words = [str(self.tokens[k]) for k in signs]
        if not all(word in _RELATIONS for word in words):
            raise self._of_set(start, end) if set(words) & set(_IN) else self._no_head(start, end)
        if any(later == before + 1 for before, later in itertools.pairwise(signs)):
            raise self._no_head(start, end)
        edges = [start - 1, *signs, end]
        sides = [self.read(self.tokens[a + 1 : b]) for a, b in itertools.pairwise(edges)]
        for k, left, right in zip(signs, sides, sides[1:], strict=False):
            sign = _RELATIONS[str(self.tokens[k])]
            conditions.append(s.Comparison((left.span[0], right.span[1]), left, sign, right))

    def _dots(self, start: int, end: int) -> tuple[int, int] | None:
        """Where ``..``, ``…``, ``:`` or ``to`` stands in a range: where it begins, and after it."""
        for k in range(start, end):
            token = self.tokens[k]
            if token.type == "COMMA":
                continue
            if token.type == "COLON" or token in ("…", "⋯") or self._is_word(k, "to"):
                return self._past_comma(k, k + 1)
            ends = token.type == "NUMBER" and token.endswith(".")
            following = self.tokens[k + 1] if k + 1 < end else token
            if ends and following.type == "NUMBER" and following.startswith("."):  # 1..3
                whole = retyped(following, "NUMBER", str(following[1:]), following.end_pos or 0)
                self.tokens[k + 1] = whole
                return k + 1, k + 1
            if (token.type == "DOT" or ends) and self._type(k + 1) == "DOT":
                after = k + 1
                while self._type(after) == "DOT":
                    after += 1
                return self._past_comma(k + 1 if ends else k, after)
        return None

    def _past_comma(self, before: int, after: int) -> tuple[int, int]:
        """The ends of a range without the commas of 1, …, N."""
        return before - (self._type(before - 1) == "COMMA"), after + (self._type(after) == "COMMA")

    def _ended(self, start: int, end: int) -> s.Node:
        """The first value of a range, whose number may have taken a dot."""
        last = self.tokens[end - 1]
        if last.type == "NUMBER" and last.endswith("."):
            number = retyped(last, "NUMBER", str(last[:-1]), (last.end_pos or 1) - 1)
            return self.read([*self.tokens[start : end - 1], number])
        return self.read(self.tokens[start:end])

    def _of_set(self, start: int, end: int) -> ParseError:
        """The error for ``i in S``: a set of which nothing is known."""
        tokens = self.tokens[start:end]
        return ParseError(
            phrase("what is in the set {token} is not known here", token=tokens[-1]),
            fix=phrase(
                "sum_{i=1}^N for a range; or over all, with a number for each that is 1 "
                "in the set and 0 outside"
            ),
            text=self.text,
            span=(span(tokens[0])[0], span(tokens[-1])[1]),
        )

    def _no_head(self, start: int, end: int) -> ParseError:
        tokens = self.tokens[start:end] or self.tokens[start - 1 : start]
        return ParseError(
            phrase("below Σ stands an index, its range, or a condition"),
            fix="sum_i, sum_{i=1}^N, sum_{i=1..N, j=1..N}, sum_{i<j}, sum_{j != i}",
            text=self.text,
            span=(span(tokens[0])[0], span(tokens[-1])[1]),
        )

    # ---- subscripts -------------------------------------------------------------------------------

    def _subscripted(self, place: int) -> tuple[Token, int] | None:
        """``x_{i-1}``, ``X_{:,1}``."""
        token = self.tokens[place]
        brace = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        if not token.endswith("_") or len(token) < 2 or brace is None or brace.type != "LBRACE":
            return None
        if brace.start_pos != token.end_pos:
            return None
        end = self._closing(place + 1)
        start = token.start_pos or 0
        name_end = min(start + len(token) - 1, token.end_pos or 1)
        node: s.Node
        if any(t.type == "COLON" for t in self.tokens[place + 2 : end]):  # X_{:,1}, as X[:,1]
            name = retyped(token, "NAME", str(token[:-1]))
            opened, closed = retyped(brace, "LSQB", "["), retyped(self.tokens[end], "RSQB", "]")
            node = self.read([name, opened, *self.tokens[place + 2 : end], closed])
            return self._in_place(token, node), end + 1
        items, begin = [], place + 2
        for k in [*self._top_level(place + 2, end), end]:
            if k == end or self.tokens[k].type == "COMMA":
                if k == begin:
                    raise ParseError(
                        phrase("an index is missing"), fix="x_{i,j}", text=self.text, span=span(brace)
                    )
                items.append(self.read(self.tokens[begin:k]))
                begin = k + 1
        base = s.Name((start, name_end), str(token[:-1]))
        node = s.Subscripted((start, self.tokens[end].end_pos or 0), base, tuple(items))
        return self._in_place(token, node), end + 1

    def _in_place(self, token: Token, node: s.Node) -> Any:
        """One token in the place of those that a node was read from."""
        made = _carrying(token, node.span[1], "NODE", self.text[node.span[0] : node.span[1]])
        made.node = node
        return made

    # ---- brackets ---------------------------------------------------------------------------------

    def _type(self, place: int) -> str:
        return self.tokens[place].type if 0 <= place < len(self.tokens) else ""

    def _is_word(self, place: int, word: str) -> bool:
        return self._type(place) == "NAME" and self.tokens[place] == word

    def _closing(self, place: int) -> int:
        """The bracket that closes the one at a place."""
        depth = 0
        for k in range(place, len(self.tokens)):
            kind = self.tokens[k].type
            depth += (kind in _OPENERS) - (kind in _OPENERS.values())
            if not depth:
                return k
        raise ParseError(
            phrase("{token} is never closed", token=self.tokens[place]),
            text=self.text,
            span=span(self.tokens[place]),
        )

    def _top_level(self, start: int, end: int) -> list[int]:
        """The places between two that stand in no bracket."""
        depth, found = 0, []
        for k in range(start, end):
            kind = self.tokens[k].type
            depth -= kind in _OPENERS.values()
            if not depth:
                found.append(k)
            depth += kind in _OPENERS
        return found


def _are_letters(text: str) -> bool:
    """Whether letters written together are several indices: ``ij``."""
    return (
        1 < len(text) <= 4
        and all(letter in "abcdijklmnpqrstuv" for letter in text)
        and len(set(text)) == len(text)
    )
