"""The syntax tree, built while the text is parsed: one method for each rule of the grammar."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language import syntax as s

if TYPE_CHECKING:
    from lark import Token

_OPERATORS = {
    "STAR": "*",
    "SLASH": "/",
    "BACKSLASH": "\\",
    "AT": "@",
    "TIMES": ".*",
    "OVER": "./",
    "KRON": "⊗",
    "CROSS": "×",
}
_POINTS = ("·", "⋅", "∙")
"""Signs of a product that between vectors are the inner one."""
_COLUMNS = "∗"
"""The sign of a product, with which that column by column is printed."""
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_LETTERS = dict(zip("ⁿᵏᵐᵖᵃᵇᶜᵈᵉᶠᵍʰⁱʲˡᵒʳˢᵘᵛʷˣʸᶻ", "nkmpabcdefghijlorsuvwxyz", strict=True))


def _span(token: Token) -> s.Span:
    return (token.start_pos or 0, token.end_pos or 0)


def _joined(first: s.Span, last: s.Span) -> s.Span:
    return (first[0], last[1])


_FRACTIONS = {
    "½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3),
}  # fmt: skip


def exact(text: str, place: s.Span) -> Fraction:
    """Read a decimal number exactly.

    Raises
    ------
    ParseError
        For exponents that no number here needs.
    """
    if text in _FRACTIONS:
        return _FRACTIONS[text]
    exponent = text.lower().partition("e")[2]
    if len(text) > 4300 or len(exponent) > 5 or abs(int(exponent or 0)) > 1000:
        raise ParseError(
            phrase("this number is too large, too small or too long to be kept exactly"), span=place
        )
    return Fraction(text)


class Build:
    """Makes the nodes; lark calls a method when the rule of that name is complete."""

    def start(self, parts: list[Any]) -> s.Node:
        return parts[0]  # type: ignore[no-any-return]

    def number(self, parts: list[Token]) -> s.Node:
        return s.Num(_span(parts[0]), exact(str(parts[0]), _span(parts[0])))

    def name(self, parts: list[Token]) -> s.Node:
        return s.Name(_span(parts[0]), str(parts[0]))

    def node(self, parts: list[Any]) -> s.Node:
        return parts[0].node  # type: ignore[no-any-return]

    def indexed(self, parts: list[Any]) -> s.Node:
        head, body = parts
        return s.Indexed(_joined(_span(head), body.span), head.kind, head.bounds, head.conditions, body)

    def comparison(self, parts: list[Any]) -> s.Node:
        left, sign, right = parts
        written = {"<=": "≤", ">=": "≥", "!=": "≠"}.get(str(sign), str(sign))
        return s.Comparison(_joined(left.span, right.span), left, written, right)

    def ones_sign(self, parts: list[Token]) -> s.Node:
        return s.OnesSign(_span(parts[0]))

    def sized_sign(self, parts: list[Any]) -> s.Node:
        """``1_n``, ``𝟏_{m×n}`` and ``0_{m,n}``."""
        if len(parts) == 2:
            sizes: list[s.Node] = [s.Name(_span(parts[1]), str(parts[1]))]
        else:
            sizes = [size for node in parts[2] for size in _by_times(node)]
        place = _joined(_span(parts[0]), _span(parts[-1]))
        if len(sizes) > 2:
            raise ParseError(
                phrase("a matrix has two dimensions, not {count}", count=len(sizes)),
                fix="0_{m×n}",
                span=place,
            )
        return (s.OnesSign if parts[0][0] in "1𝟏𝟙" else s.ZeroSign)(place, tuple(sizes))

    def transpose_sign(self, parts: list[Token]) -> s.Node:
        return s.TransposeSign(_span(parts[0]))

    def string(self, parts: list[Token]) -> s.Node:
        return s.Text(_span(parts[0]), parts[0][1:-1])

    def add(self, parts: list[Any]) -> s.Node:
        left, operator, right = parts
        sign = 1 if operator.type == "PLUS" else -1
        place = _joined(left.span, right.span)
        if isinstance(left, s.Sum):
            left.terms.append((sign, right))
            return s.Sum(place, left.terms)
        return s.Sum(place, [(1, left), (sign, right)])

    def multiply(self, parts: list[Any]) -> s.Node:
        sign = parts[1]
        operator = "⋅" if sign in _POINTS else _COLUMNS if sign == _COLUMNS else _OPERATORS[sign.type]
        return self._factor(parts[0], operator, parts[2])

    def juxtapose(self, parts: list[Any]) -> s.Node:
        return self._factor(parts[0], "", parts[1])

    @staticmethod
    def _factor(left: s.Node, operator: str, right: s.Node) -> s.Node:
        place = _joined(left.span, right.span)
        if isinstance(left, s.Product):
            left.factors.append((operator, right))
            return s.Product(place, left.factors)
        return s.Product(place, [("", left), (operator, right)])

    def sign(self, parts: list[Any]) -> s.Node:
        return s.Signed(
            _joined(_span(parts[0]), parts[1].span), 1 if parts[0].type == "PLUS" else -1, parts[1]
        )

    def raise_to(self, parts: list[Any]) -> s.Node:
        base, operator, exponent = parts
        place = _joined(base.span, exponent.span)
        written = {"CARET": "^", "DOT_CARET": ".^", "STARSTAR": "**"}[operator.type]
        return s.Power(place, written, base, exponent)

    def superscript(self, parts: list[Any]) -> s.Node:
        base, mark = parts
        place = _joined(base.span, _span(mark))
        negative = mark[0] == "⁻"
        body = mark.lstrip("⁻⁺")
        exponent: s.Node
        if body in "ᵀᵗ":
            exponent = s.TransposeSign(_span(mark))
        elif body in _LETTERS:
            exponent = s.Name(_span(mark), _LETTERS[body])
        else:
            exponent = s.Num(_span(mark), Fraction(body.translate(_DIGITS)))
        return s.Power(place, "^", base, s.Signed(_span(mark), -1, exponent) if negative else exponent)

    def plus_sign(self, parts: list[Any]) -> s.Node:
        return s.RaisedSign(_joined(parts[0].span, _span(parts[1])), "+", parts[0])

    def transposed(self, parts: list[Any]) -> s.Node:
        return s.Transposed(_joined(parts[0].span, _span(parts[1])), parts[0], str(parts[1]))

    def apply_bare(self, parts: list[Any]) -> s.Node:
        name, operand = parts
        place = _joined(_span(name), operand.span)
        if name.type == "SQRT":
            return s.Call(place, s.Name(_span(name), "sqrt"), (operand,))
        return s.Call(place, s.Name(_span(name), str(name)), (operand,), bare=True)

    def apply_raised(self, parts: list[Any]) -> s.Node:
        """``sin^2 t`` and ``sin²(t)``: brackets right behind the exponent hold all that it applies to."""
        name, *above, operand = parts
        place = _joined(_span(name), operand.span)
        end = above[-1].span[1] if len(above) > 1 else _span(above[-1])[1]
        is_closed = isinstance(operand, s.Group) and operand.span[0] == end
        call = s.Call(place, s.Name(_span(name), str(name)), (operand,), bare=not is_closed)
        raised = self.superscript([call, *above]) if len(above) == 1 else self.raise_to([call, *above])
        return replace(raised, span=place)

    def call(self, parts: list[Any]) -> s.Node:
        name, _, args, closing = parts
        bare = name.rstrip("'")
        positional, keywords = args
        function = s.Name(_span(name), str(bare))
        place = _joined(_span(name), _span(closing))
        return s.Call(place, function, positional, keywords, len(name) - len(bare))

    def method(self, parts: list[Any]) -> s.Node:
        operand, _, name, _, args, closing = parts
        positional, keywords = args
        place = _joined(operand.span, _span(closing))
        return s.Method(place, operand, s.Name(_span(name), str(name)), positional, keywords)

    def attribute(self, parts: list[Any]) -> s.Node:
        operand, _, name = parts
        return s.Method(_joined(operand.span, _span(name)), operand, s.Name(_span(name), str(name)), None)

    def args(self, parts: list[Any]) -> tuple[tuple[s.Node, ...], tuple[tuple[s.Name, s.Node], ...]]:
        found = parts[0] if parts else []
        positional = tuple(arg for arg in found if isinstance(arg, s.Node))
        return positional, tuple(arg for arg in found if not isinstance(arg, s.Node))

    def keyword(self, parts: list[Any]) -> tuple[s.Name, s.Node]:
        name, _, value = parts
        meant = value if isinstance(value, s.Node) else self.string([value])
        return s.Name(_span(name), str(name)), meant

    def one(self, parts: list[Any]) -> list[Any]:
        return [parts[0]]

    def more(self, parts: list[Any]) -> list[Any]:
        parts[0].append(parts[2])
        return parts[0]  # type: ignore[no-any-return]

    def same(self, parts: list[Any]) -> list[Any]:
        return parts[0]  # type: ignore[no-any-return]

    def group(self, parts: list[Any]) -> s.Node:
        return s.Group(_joined(_span(parts[0]), _span(parts[2])), (parts[1],), False)

    def list_group(self, parts: list[Any]) -> s.Node:
        rest = parts[3] if len(parts) == 5 else []
        return s.Group(_joined(_span(parts[0]), _span(parts[-1])), (parts[1], *rest), True)

    def blocks(self, parts: list[Any]) -> s.Node:
        return s.Blocks(_joined(_span(parts[0]), _span(parts[2])), tuple(tuple(row) for row in parts[1]))

    def bars(self, parts: list[Any]) -> s.Node:
        return s.Bars(_joined(_span(parts[0]), _span(parts[2])), parts[1], False)

    def norm(self, parts: list[Any]) -> s.Node:
        kind = parts[3].lstrip("_").strip("{}").translate(_LOWERED) if len(parts) == 4 else ""
        return s.Bars(_joined(_span(parts[0]), _span(parts[-1])), parts[1], True, kind)

    def index(self, parts: list[Any]) -> s.Node:
        operand, _, items, closing = parts
        if isinstance(operand, s.Call) and (kind := _kind_of_norm(operand, items)):
            # norm(A)_F and norm(x)_1 name the kind of the norm, as ‖A‖_F does: a number has no entries.
            return s.Bars(_joined(operand.span, _span(closing)), operand.args[0], True, kind)
        return s.Index(_joined(operand.span, _span(closing)), operand, tuple(items))

    def slice(self, parts: list[Any]) -> s.Node:
        colons = [i for i, part in enumerate(parts) if not isinstance(part, s.Node)]
        first = parts[0] if colons[0] == 1 else None
        rest = parts[colons[0] + 1 :]
        last = rest[0] if rest else None
        step = rest[2] if len(rest) == 3 else None
        ends = [p.span if isinstance(p, s.Node) else _span(p) for p in (parts[0], parts[-1])]
        return s.Slice(_joined(*ends), first, last, step)


def _by_times(node: s.Node) -> list[s.Node]:
    """The sizes of a shape that is written with its sign: m and n of m×n."""
    if isinstance(node, s.Product) and [operator for operator, _ in node.factors] == ["", "×"]:
        return [factor for _, factor in node.factors]
    return [node]


def _kind_of_norm(call: s.Call, items: list[s.Node]) -> str:
    """What stands below ``norm(x)`` of one operand; empty where it is another function, or no kind."""
    if call.function.text != "norm" or len(call.args) != 1:
        return ""
    pieces = [
        i.text if isinstance(i, s.Name) else str(i.value) if isinstance(i, s.Num) else "" for i in items
    ]
    return "".join(pieces) if all(pieces) else ""
