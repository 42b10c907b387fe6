"""Is a derivation right? Every line is tried at random points in arbitrary precision."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from matgrad.calculus.components import Components
from matgrad.calculus.pushforward import pushforward
from matgrad.core.arrays import Array
from matgrad.core.errors import EvaluationError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.words import phrase
from matgrad.explanation.lines import Line, Side
from matgrad.explanation.unsimplified import Change
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.ops.indices.members import Family
from matgrad.verify import claims
from matgrad.verify.agreement import Gaps, gaps, require_digits, vanish
from matgrad.verify.claims import DIGITS, Verification
from matgrad.verify.derivative_check import TOO_LARGE, least_entries
from matgrad.verify.directions import direction
from matgrad.verify.sampling import Sample
from matgrad.verify.search import Search

TOLERANCE = Fraction(1, 10**20)
"""How far two values may be apart, relative to the larger, before they are looked at with more digits."""
SHRINK = Fraction(1, 10**DIGITS)
"""By how much more digits shrink what is left by rounding."""


class Tried(Protocol):
    """What is tried of a derivation; see :class:`matgrad.explanation.derivation.Derivation`."""

    @property
    def function(self) -> Expr: ...
    @property
    def variable(self) -> Symbol: ...
    @property
    def lines(self) -> tuple[Line, ...]: ...
    @property
    def result(self) -> Expr | Components: ...
    @property
    def definitions(self) -> Mapping[Symbol, Expr]: ...
    @property
    def change(self) -> Symbol | None: ...
    @property
    def second(self) -> tuple[Symbol, Symbol] | None: ...


DEEP = 60
"""More names than this may be made of each other deeper than Python's stack goes."""


class SampledPoint:
    """Values for the variables, for dX and for the names that a derivation defines.

    Parameters
    ----------
    derivation : Derivation
        Whose lines are evaluated here.
    values : mapping of str to array
        The arrays of the variables and of dX by name.
    xp : PreciseArrays
        Their arithmetic; it knows the sizes of the dimensions.
    """

    def __init__(self, derivation: Tried, values: Mapping[str, Array], xp: PreciseArrays) -> None:
        self.xp = xp
        self._derivation = derivation
        self._done: dict[Expr, Array] = {}
        self._values = values
        self._once: dict[Expr, Array] = {}
        self._moves: dict[Symbol, Array] = {}
        """How the names change with dX."""

    def value(self, expr: Expr) -> Array:
        """The value of an expression, in which defined names and held differentials may stand."""
        done = self._done
        if expr in done:
            return done[expr]
        for node in postorder(expr, lambda n: n not in done, lambda n: not n.scoped):
            done[node] = self._of(node)
        return done[expr]

    def once(self, expr: Expr) -> Array:
        """The value of an expression without letters, the same for all that they are set to."""
        if expr not in self._once:
            self._once[expr] = self.value(expr)
        return self._once[expr]

    def at(self, indices: Mapping[str, int]) -> SampledPoint:
        """The same point with letters of indices set to numbers."""
        there = SampledPoint(self._derivation, self._values, self.xp.at_indices(indices))
        there._once = self._once
        return there

    def _of(self, node: Expr) -> Array:
        if isinstance(node, Symbol):
            definition = self._derivation.definitions.get(node)
            if definition is not None:
                if len(self._derivation.definitions) > DEEP:
                    self._define(node)
                return self.once(definition)
            if node.label not in self._values:
                raise EvaluationError(phrase("the variable {node} has no value", node=node.label))
            return self._values[node.label]
        if isinstance(node, Change):
            return self._change(node.expr)
        if node.scoped:
            symbols = {inner for inner in postorder(node) if isinstance(inner, Symbol)}
            named = symbols & self._derivation.definitions.keys()
            values = {**self._values, **{symbol.label: self._of(symbol) for symbol in named}}
            return evaluate_nodes([node], values, self.xp)[0]
        return node.numeric(self.xp, *[self._done[arg] for arg in node.args])

    def _define(self, name: Symbol) -> None:
        """Evaluate what stands before a name, each after what it is made of: without recursion."""
        for other, meaning in self._derivation.definitions.items():
            if other is name:
                return
            if meaning not in self._once:
                self._once[meaning] = self._done[other] = self.value(meaning)

    def _change(self, expr: Expr) -> Array:
        """What a held differential stands for: that of the names it is made of, one after the other."""
        definitions = self._derivation.definitions
        if any(isinstance(symbol, Family) for symbol in (self._derivation.variable, *definitions)):
            return self.value(self._differential(expr))
        needed, waiting = set[Expr](), [expr]
        while waiting:
            for node in postorder(waiting.pop()):
                if (
                    isinstance(node, Symbol)
                    and node in definitions
                    and node not in needed | self._moves.keys()
                ):
                    needed.add(node)
                    waiting.append(definitions[node])
        for name, meaning in definitions.items():
            if name in needed:
                self._moves[name] = self._moved(meaning)
        return self._moved(expr)

    def _moved(self, expr: Expr) -> Array:
        """The change of an expression in X and in names whose changes are known."""
        variable, change = self._derivation.variable, self._derivation.change
        if change is None:
            raise EvaluationError(
                phrase("a derivation without dX holds the differential of {expr}", expr=expr)
            )
        total = self.value(pushforward(expr, variable, change))
        for symbol in sorted(symbols_of(expr).values(), key=lambda symbol: symbol.key):
            if symbol in self._moves:
                move = Symbol.stand_in(f"change of {symbol.label}", *symbol.shape)
                self._done[move] = self._moves[symbol]
                total = self.xp.add(total, self.value(pushforward(expr, symbol, move)))
        return total

    def _differential(self, expr: Expr) -> Expr:
        """What a held differential stands for: the derivative applied to dX."""
        change = self._derivation.change
        if change is None:
            raise EvaluationError(
                phrase("a derivation without dX holds the differential of {expr}", expr=expr)
            )
        whole = expr
        for symbol, meaning in reversed(list(self._derivation.definitions.items())):
            whole = whole.substitute({symbol: meaning})
        return pushforward(whole, self._derivation.variable, change)


def verify(derivation: Tried, points: int = 2) -> Verification:
    """Try every line of a derivation at random points.

    Parameters
    ----------
    derivation : Derivation
        What to try.
    points : int
        At how many points.

    Raises
    ------
    VerificationError
        When the two sides of a claim differ; the message names the line.
    """
    roots = _roots(derivation)
    search = Search(roots, points)
    try:
        if least_entries(roots) > TOO_LARGE:
            return Verification(False, why=claims.TOO_LARGE)
        for sample in search:
            try:
                _try_lines(derivation, sample, search.agreed)
            except VerificationError:
                raise
            except (MatgradError, ArithmeticError) as error:
                search.refuse(sample, error)
                continue
            search.accept(sample)
    except EvaluationError as error:
        return Verification(False, why=claims.AS_SAID.filled(why=error.problem))
    if not search.agreed:
        why = claims.NOWHERE.filled(why=search.reason) if search.reason else claims.NO_LINE
        return Verification(False, why=why)
    return Verification(
        True, len(search.agreed), DIGITS, untried=tuple(search.untried()), sizes=tuple(search.unmet().items())
    )


def _roots(derivation: Tried) -> Sequence[Expr]:
    """The expressions whose variables and dimensions a point must give values.

    They are those that verifying the answer draws its points for, so that both find points in the
    same domains; dX is given a value afterwards.
    """
    roots = [derivation.function, derivation.variable, *derivation.definitions.values()]
    if derivation.second is not None:
        roots.append(derivation.second[0])
    if isinstance(derivation.result, Expr) and derivation.change not in postorder(derivation.result):
        roots.insert(1, derivation.result)
    return roots


def _point(derivation: Tried, sample: Sample, digits: int) -> SampledPoint:
    """The values of a sample with that of dX: a direction in which the variable may change."""
    values, xp = sample.values(digits)
    pairs = [] if derivation.change is None else [(derivation.variable, derivation.change)]
    pairs += [] if derivation.second is None else [derivation.second]
    for variable, change in pairs:
        rng = random.Random(f"{sample.seed}/{variable.label}")
        values = {**values, change.label: direction(variable, values, xp, rng)}
    return SampledPoint(derivation, values, xp)


def _try_lines(derivation: Tried, sample: Sample, agreed: Sequence[Sample]) -> None:
    """Compare what every line claims; what differs is looked at once more with more digits."""
    points = [_point(derivation, sample, DIGITS)]
    for number, line in enumerate(derivation.lines, start=1):
        for left, right in line.claims:
            before = _gaps(number, line, left, right, points[0])
            if not before:
                continue
            if len(points) == 1:
                points.append(_point(derivation, sample, 3 * DIGITS))
            after = _gaps(number, line, left, right, points[1])
            if not vanish(before, after, SHRINK, points[1].xp):
                require_digits(_roots(derivation), sample, 3 * DIGITS, max(after.values()), agreed)
                raise VerificationError(
                    phrase(
                        "line {number} of the derivation, {line}, does not follow from what "
                        "stands before it; it is not shown, please report this",
                        number=number,
                        line=_brief(line),
                    )
                )


def _gaps(number: int, line: Line, left: Side, right: Side, point: SampledPoint) -> Gaps:
    xp = point.xp
    a, b = left.evaluate(point), right.evaluate(point)
    if xp.shape(a) != xp.shape(b):
        raise VerificationError(
            phrase(
                "line {number} of the derivation, {line}, has the shape {b} where {a} is "
                "due; it is not shown, please report this",
                number=number,
                line=_brief(line),
                b=xp.shape(b),
                a=xp.shape(a),
            )
        )
    return gaps(a, b, TOLERANCE, xp)


def _brief(line: Line) -> str:
    text = line.right.write("unicode")
    return text if len(text) <= 60 else text[:57] + "…"
