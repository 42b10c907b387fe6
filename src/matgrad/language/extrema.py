"""max_i and min_i: the largest and the smallest of numbers that an index counts."""

from __future__ import annotations

from collections.abc import Collection

from matgrad.core.errors import ParseError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.ranges import Range
from matgrad.language.wording import Wording
from matgrad.ops import leaves
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.sums import indexed_sum
from matgrad.ops.reductions import maximum, minimum


def extremum(node: s.Indexed, ranges: Collection[Range], body: Expr, say: Wording) -> Expr:
    """The largest or smallest of numbers: that of the vector Σ_i f(i) e_i which they make.

    Raises
    ------
    ParseError
        Under a condition: what does not fulfil it has no number to compare with.
    ShapeError
        For bodies that are no numbers.
    """
    if node.conditions:
        raise ParseError(
            phrase("a {kind}imum under a condition is not read", kind=node.kind),
            fix=phrase("{kind}_{{i=2}}^n, with a range of its own", kind=node.kind),
        )
    if not body.is_scalar:
        raise ShapeError(
            phrase(
                "a {kind}imum over an index is one of numbers, and {body} is none",
                kind=node.kind,
                body=say.quote(node.body),
            ),
            fix=phrase(
                "{kind}({body}) for its largest entry, or its norm", kind=node.kind, body=say.quote(node.body)
            ),
        )
    choose = maximum if node.kind == "max" else minimum
    for index, first, last in reversed([bound[:3] for bound in ranges]):
        place = leaves.unit(index - first + 1, last - first + 1)
        body = choose(indexed_sum(multiply(body, place), index, first, last))
    return body
