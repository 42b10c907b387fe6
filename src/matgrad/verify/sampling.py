"""Random samples for the variables of expressions, to be searched until they lie in the domain."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder, variables_among
from matgrad.core.facts import fact_words
from matgrad.verify.choose_sizes import SizeConstraints, choose_sizes
from matgrad.verify.drawing import Drawing, Style
from matgrad.verify.precise import PreciseArrays

if TYPE_CHECKING:
    from matgrad.verify.precise_linalg import Rows

STYLES = (
    Style(),
    Style(low=20, high=180, signed=False),
    Style(low=10, high=90, square="dominant"),
    Style(low=10, high=90, signed=False),
    Style(low=2, high=30),
    Style(low=35, high=65, signed=False, square="dominant"),
    Style(low=20, high=120, square="definite"),
    Style(low=120, high=180, signed=False),
    Style(low=2, high=20, signed=False, square="dominant"),
    Style(low=150, high=450, signed=False, square="definite"),
    Style(low=200, high=600),
    Style(full_rank=False),
)
"""From the most telling sample, with both signs, to those that reach narrow domains."""

ATTEMPTS = 2 * len(STYLES)
"""Every style once with tall and once with wide matrices."""


def samples(
    exprs: Sequence[Expr], seed: int | str = 0, attempts: int = ATTEMPTS, digits: int = 40
) -> Iterator[tuple[dict[str, int], dict[str, Rows]]]:
    """Candidate samples for the variables of expressions, for the caller to try.

    They differ in sizes, in which dimension is the larger, in scale and in signs. The same
    expressions and seed give the same samples on every machine.

    Parameters
    ----------
    exprs : sequence of Expr
        Expressions that are evaluated together.
    seed : int or str
        Another seed gives other samples.
    attempts : int
        How many samples to give.
    digits : int
        The precision of the numbers, as of :class:`PreciseArrays`.

    Yields
    ------
    sizes : dict of str to int
        The size of each symbolic dimension.
    values : dict of str to array
        An array for each variable by its name, of ``PreciseArrays(sizes, digits)``.

    Raises
    ------
    EvaluationError
        When no sizes satisfy the constraints, or declared facts contradict each other.
    """
    nodes = postorder(exprs)
    symbols = list(variables_among(nodes).values())
    digest = "/".join(expr.key[3].hex() for expr in exprs)
    constraints = SizeConstraints.of(nodes)
    for attempt in range(attempts):
        rng = random.Random(f"{seed}/{attempt}/{digest}")
        sizes = choose_sizes(constraints, rng, attempt)
        style = STYLES[attempt // 2 % len(STYLES)]
        yield sizes, sample(symbols, PreciseArrays(sizes, digits), rng, style)


def sample(
    symbols: Iterable[Symbol], xp: PreciseArrays, rng: random.Random, style: Style = STYLES[0]
) -> dict[str, Rows]:
    """Random arrays for variables, with everything that is declared of them.

    Parameters
    ----------
    symbols : iterable of Symbol
        The variables.
    xp : PreciseArrays
        The arithmetic; it knows the sizes.
    rng : random.Random
        The source of the samples.
    style : Style
        How to draw what the declared facts leave open.

    Raises
    ------
    EvaluationError
        When the facts declared of a variable contradict each other.
    """
    values = {}
    for symbol in symbols:
        rows, columns = (xp.size(dim) for dim in symbol.shape)
        array = Drawing(xp, rng, style, symbol.facts).array(rows, columns)
        if array is None:
            words = ", ".join(fact_words(symbol.facts))
            raise EvaluationError(
                f"no {rows}×{columns} sample was found for {symbol.label}, declared {words}",
                fix="facts that one matrix can have together",
            )
        values[symbol.label] = array
    return values
