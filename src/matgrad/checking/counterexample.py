"""Small numbers on which a wrong answer fails, which a person can check by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence, Set
from fractions import Fraction
from typing import Any

from matgrad.checking.messages import say
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import ON_SIMPLEX, Fact, closure
from matgrad.core.records import dataclass
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.ops.indices.members import Family
from matgrad.printing.names import unicode_name
from matgrad.verify.choose_sizes import SizeConstraints, choose_sizes
from matgrad.verify.sampling import STYLES, sample

ATTEMPTS = 60
DIGITS = 30
STEP = Fraction(1, 1000)
"""How far an entry is moved for a difference quotient that a person can follow."""

LARGEST = 16
"""Matrices with more entries than this are not followed by hand."""

_NUMBERS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
_SMALL = _NUMBERS[:7]
"""What entries of examples are, but for their signs."""

_TINY = 1 / 100
"""Arrays with no larger entry look like zero."""

_HUGE = 10**5

_VAST = 10**15
"""Larger numbers are told by their power of ten."""

_FREE = Fact.INTEGER | Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INVERTIBLE | Fact.CONSTANT
"""Facts that numbers drawn at random have, or nearly always."""

Rows = list[list[Any]]


@dataclass(frozen=True, repr=False)
class Counterexample:
    """Values of the variables at which an answer is wrong.

    Attributes
    ----------
    values : dict of str to str
        The value of each variable, as it is written.
    given, due : str
        What the answer gives there, and what the derivative is.
    entry : str
        An entry of the variable, such as ``x₂``; empty where there is no quotient.
    before, after, quotient : str
        The function there, the function with that entry moved by ``STEP``, and the quotient.
    """

    values: dict[str, str]
    given: str
    due: str
    entry: str = ""
    before: str = ""
    after: str = ""
    quotient: str = ""

    def lines(self, language: str = "en") -> list[str]:
        """What is shown, line by line."""
        where = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        lines = [say("example", language, where=where, given=self.given, due=self.due)]
        if self.entry:
            lines.append(
                say(
                    "quotient",
                    language,
                    entry=self.entry,
                    step=_decimal(float(STEP)),
                    before=self.before,
                    after=self.after,
                    quotient=self.quotient,
                )
            )
        return lines

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__


MULTIPLES = frozenset(("sign", "factor", "sign_and_factor", "number", "term_scaled", "step_sign"))
"""Mistakes for which the answer may be a number times the derivative in an example."""

TURNED = frozenset(("layout", "letters", "indices_swapped", "factor_transpose", "transpose_throughout"))
"""Mistakes for which it may be the transpose of the derivative."""


def counterexample(
    function: Expr,
    variable: Symbol,
    answer: Expr,
    right: Expr,
    change: Symbol,
    mistakes: Iterable[str] = (),
) -> Counterexample | None:
    """Small whole numbers on which an answer differs from the derivative; ``None`` where none are found.

    Numbers that would suggest another mistake are passed over as long as there are others: a matrix that
    happens to be symmetric, 2 + 2 = 2², an answer that happens to be twice the derivative.

    Parameters
    ----------
    function, variable : Expr, Symbol
        What was differentiated with respect to what.
    answer, right : Expr
        The wrong answer and the derivative, of one shape.
    change : Symbol
        The symbol dX.
    mistakes : iterable of str
        What is wrong with the answer.
    """
    made = set(mistakes)
    plain: Counterexample | None = None
    nodes = postorder([function, answer, right, variable])
    found = {node.label: node for node in nodes if isinstance(node, Symbol)}
    symbols = [found[name] for name in sorted(found)]
    constraints = SizeConstraints.of(nodes)
    for attempt in range(ATTEMPTS):
        rng = random.Random(f"{attempt}/{[symbol.label for symbol in symbols]}")
        whole = Fact.INTEGER if attempt < 2 * ATTEMPTS // 3 else Fact.NONE
        drawn = [
            Symbol.stand_in(
                s.label, s.rows, s.columns, closure(s.facts | whole), differential=s.is_differential
            )
            for s in symbols
        ]
        try:
            sizes = dict.fromkeys(constraints.names(), 2)
            sizes.update(dict.fromkeys(constraints.indices, 1))
            if attempt % 3 or not constraints.hold(sizes):
                sizes = choose_sizes(constraints, rng, attempt)
            xp = PreciseArrays(sizes, DIGITS)
            values = sample(drawn, xp, rng, STYLES[attempt % 3])
            if attempt < 2 * ATTEMPTS // 3:
                # Tenths, too: of tanh and exp whole numbers show nothing but 1 and what is very large.
                unit = Fraction(1, 10 if attempt % 2 else 1)
                values = _telling(symbols, values, xp, rng, unit, is_signed=attempt < ATTEMPTS // 3)
            given, due = evaluate_nodes([answer, right], values, xp)
        except (MatgradError, ArithmeticError):
            continue
        place = _differing(given, due)
        if place is None or any(len(rows) * len(rows[0]) > LARGEST for rows in (*values.values(), due)):
            continue
        suggests = (
            _suggests_another(given, due, made)
            or not all(_is_generic(symbol, values[symbol.label]) for symbol in symbols)
            or not _is_clear(given, due, place)
        )
        if suggests and plain is not None:
            continue
        written = {unicode_name(name): _array(rows) for name, rows in values.items()}
        quotient = _quotient(function, variable, values, place, due, xp)
        example = Counterexample(written, _array(given), _array(due), *quotient)
        if not suggests:
            return example
        plain = example
    return plain


def _telling(
    symbols: Sequence[Symbol],
    values: Mapping[str, Rows],
    xp: PreciseArrays,
    rng: random.Random,
    unit: Fraction,
    *,
    is_signed: bool,
) -> dict[str, Rows]:
    """Values of which nothing can be read into an example by chance: in an array no number stands twice.

    None is 0, 1 or 2, whose squares and doubles agree with each other; they are times a unit where the
    variable takes fractions. What has a structure stays as it is.
    """
    found = dict(values)
    for symbol in symbols:
        rows = values[symbol.label]
        is_free = not symbol.facts & ~_FREE and not isinstance(symbol, Family)
        count = len(rows) * len(rows[0])
        if not is_free or count > len(_NUMBERS):
            continue
        numbers = iter(rng.sample(_SMALL if count <= len(_SMALL) else _NUMBERS, count))
        signs = (1, 1, -1) if is_signed and not symbol.facts & (Fact.POSITIVE | Fact.NONNEGATIVE) else (1,)
        step = Fraction(1) if symbol.facts & Fact.INTEGER else unit
        found[symbol.label] = [
            [xp.entry(step * next(numbers) * rng.choice(signs)) for _ in row] for row in rows
        ]
    return found


def _is_generic(symbol: Symbol, rows: Rows) -> bool:
    """Whether a square matrix is not diagonal, nor symmetric where that is not known of it."""
    if len(rows) == 1 or len(rows) != len(rows[0]) or symbol.facts & Fact.DIAGONAL == Fact.DIAGONAL:
        return True
    pairs = [(rows[i][j], rows[j][i]) for i in range(len(rows)) for j in range(i)]
    is_known = symbol.has(Fact.SYMMETRIC)
    return any(a != 0 or b != 0 for a, b in pairs) and (is_known or any(a != b for a, b in pairs))


def _is_clear(given: Rows, due: Rows, place: tuple[int, int]) -> bool:
    """Whether the numbers can be looked at: none is huge, and the one that is told has digits to see."""
    entries = [abs(x) for row in (*given, *due) for x in row]
    told = abs(due[place[0]][place[1]])
    return bool(max(entries) < _HUGE and (told == 0 or told > _TINY))


def _suggests_another(given: Rows, due: Rows, made: Set[str]) -> bool:
    """Whether an example looks like a mistake that is not made: a factor, a sign, a transpose, zero."""
    flat = [
        (float(x), float(y))
        for row, other in zip(given, due, strict=True)
        for x, y in zip(row, other, strict=True)
    ]
    if any(all(abs(pair[side]) < _TINY for pair in flat) for side in (0, 1)):
        return "zero" not in made
    ratios = [x / y if y else None for x, y in flat]
    first = ratios[0]
    is_multiple = first is not None and all(r is not None and abs(r - first) < 1e-9 for r in ratios)
    if is_multiple and first is not None and not made & MULTIPLES:
        nearest = Fraction(first).limit_denominator(4)
        if abs(first) <= 4 and abs(nearest - Fraction(first)) < Fraction(1, 10**9):
            return True
    is_square = len(due) == len(due[0]) > 1
    is_turned = is_square and all(
        abs(given[i][j] - due[j][i]) < 1e-9 for i in range(len(due)) for j in range(len(due))
    )
    return is_turned and not made & TURNED


def _differing(a: Rows, b: Rows) -> tuple[int, int] | None:
    """The first entry in which two arrays differ visibly."""
    for i, (row, other) in enumerate(zip(a, b, strict=True)):
        for j, (x, y) in enumerate(zip(row, other, strict=True)):
            if abs(x - y) > (1 + abs(y)) / 1000:
                return i, j
    return None


def _quotient(
    function: Expr,
    variable: Symbol,
    values: Mapping[str, Rows],
    place: tuple[int, int],
    due: Rows,
    xp: PreciseArrays,
) -> tuple[str, ...]:
    """The difference quotient in the entry that differs, where the derivative is a gradient."""
    start = values[variable.label]
    plain = not variable.facts & (Fact.SYMMETRIC | Fact.SKEW | Fact.ORTHONORMAL_COLUMNS | ON_SIMPLEX)
    if not (function.is_scalar and plain and xp.shape(due) == xp.shape(start)):
        return ()
    i, j = place
    moved = [list(row) for row in start]
    moved[i][j] = moved[i][j] + xp.entry(STEP)
    try:
        (before,) = evaluate_nodes([function], values, xp)
        (after,) = evaluate_nodes([function], {**values, variable.label: moved}, xp)
    except (MatgradError, ArithmeticError):
        return ()
    slope = (after[0][0] - before[0][0]) / xp.entry(STEP)
    # With a step that a person can follow, the quotient is near the derivative and not equal to it;
    # where it is not even near, or the layout is the other one, it would explain nothing.
    if abs(slope - due[i][j]) > (1 + abs(due[i][j])) / 20:
        return ()
    name = unicode_name(variable.label)
    entry = (
        name
        if variable.is_scalar
        else f"{name}[{i + 1}]"
        if variable.is_vector
        else f"{name}[{i + 1}, {j + 1}]"
    )
    return entry, _decimal(before[0][0], 6), _decimal(after[0][0], 6), _decimal(slope)


def _array(rows: Rows) -> str:
    """A number, a vector (1, 2) or a matrix [1 2; 3 4]."""
    if len(rows) == len(rows[0]) == 1:
        return _decimal(rows[0][0])
    if len(rows[0]) == 1:
        return "(" + ", ".join(_decimal(row[0]) for row in rows) + ")"
    return "[" + "; ".join(" ".join(_decimal(x) for x in row) for row in rows) + "]"


def _decimal(value: Any, places: int = 4) -> str:
    """A number with few digits."""
    if abs(value) >= _VAST and value - value == 0:
        power = len(str(abs(int(value)))) - 1
        return f"{_decimal(Fraction(int(value), 10**power), places)}·10^{power}"
    text = f"{float(value):.{places}f}".rstrip("0").rstrip(".")
    return ("0" if text in ("-0", "") else text).replace("-", "−")
