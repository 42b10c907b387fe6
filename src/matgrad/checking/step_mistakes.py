"""Slips of the chain rule: the differential as it comes out when one step of it goes wrong.

The function is a graph of operations; at each, the change of an operand goes through a linear map.
A slip replaces one of these maps: by zero (a term of the product rule is lost), by the identity (an
inner or outer derivative is forgotten), by its negative, by its adjoint (a transpose is lost), or
for elementwise functions by that of another function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.calculus.pullback import pullback
from matgrad.checking.case import Case, Field, Finding, Target, claimed_change
from matgrad.checking.trial import Point, close, confirmed
from matgrad.core.errors import MatgradError
from matgrad.core.expr import OPERATIONS, Expr, Symbol
from matgrad.core.linear_map import LinearMap
from matgrad.core.records import dataclass
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Sum, add, multiply, scale, subtract
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import Number, number, ones, zeros
from matgrad.ops.power import Power, power
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.undefined import Undefined
from matgrad.rewrite.simplify import simplify

LARGEST = 60
"""Functions of more operations than this are not searched for slips."""


@dataclass(frozen=True)
class Slip:
    """One step that went wrong: what the change of an operand was taken to become."""

    mistake: str
    cost: float
    node: Expr
    place: int
    outcome: Expr
    taken: Expr | None = None
    """What the derivative of an elementwise function was taken for."""


class Graph:
    """The differential of a function, step by step.

    Parameters
    ----------
    function : Expr
        F.
    variable : Symbol
        X.
    change : Symbol
        dX.
    """

    def __init__(self, function: Expr, variable: Symbol, change: Symbol) -> None:
        self.function, self.variable, self.change = function, variable, change
        self.order = dependent_nodes(function, variable)
        self._dependent = set(self.order)
        self.places = {
            node: differentiable_operands(node, self._dependent)
            for node in self.order
            if node is not variable
        }
        self._stand_ins: dict[Expr, Symbol] = {}
        self._steps: dict[tuple[Expr, int], Expr] = {}
        for node, places in self.places.items():
            for place in places:
                arg = node.args[place]
                self._steps[node, place] = node.linear_map(place).apply(self.stand_in(arg))

    def stand_in(self, node: Expr) -> Symbol:
        """The symbol that stands for the change of a node."""
        known = self._stand_ins.get(node)
        if known is None:
            known = Symbol.stand_in(f"change {len(self._stand_ins)}", *node.shape, differential=True)
            self._stand_ins[node] = known
        return known

    def step(self, node: Expr, place: int) -> Expr:
        """What the change of an operand becomes, in terms of its stand-in."""
        return self._steps[node, place]

    def changes(self, point: Point) -> dict[Expr, Any]:
        """The change of every node at a point."""
        found: dict[Expr, Any] = {self.variable: point.values[self.change.label]}
        for node in self.order:
            if node is not self.variable:
                found[node] = self._change(point, node, found)
        return found

    def _change(self, point: Point, node: Expr, changes: dict[Expr, Any]) -> Any:
        parts = [
            self.through(point, self._steps[node, place], node.args[place], changes)
            for place in self.places[node]
        ]
        return point.total(parts)

    def through(self, point: Point, outcome: Expr, arg: Expr, changes: dict[Expr, Any]) -> Any:
        """The value of what the change of an operand becomes."""
        change = changes[arg]
        return None if change is None else point.value_with(outcome, self.stand_in(arg), change)

    def slipped_value(self, point: Point, slip: Slip, changes: dict[Expr, Any]) -> Any:
        """The change of the function at a point when one step goes wrong."""
        wrong: dict[Expr, Any] = {}
        for node in self.order[self.order.index(slip.node) :]:
            touched = node is slip.node or any(arg in wrong for arg in node.args)
            if not touched:
                continue
            merged = {**changes, **wrong}
            if node is not slip.node:
                wrong[node] = self._change(point, node, merged)
                continue
            parts = []
            for place in self.places[node]:
                outcome = slip.outcome if place == slip.place else self._steps[node, place]
                parts.append(self.through(point, outcome, node.args[place], changes))
            wrong[node] = point.total(parts)
        return wrong.get(self.function)

    def slipped(self, slip: Slip) -> Expr:
        """The differential that comes out when one step goes wrong."""
        changes: dict[Expr, Expr] = {self.variable: self.change}
        for node in self.order:
            if node is self.variable:
                continue
            parts = []
            for place in self.places[node]:
                arg = node.args[place]
                if node is slip.node and place == slip.place:
                    parts.append(slip.outcome.substitute({self.stand_in(arg): changes[arg]}))
                else:
                    parts.append(node.linear_map(place).apply(changes[arg]))
            changes[node] = add(*parts)
        return changes[self.function]


def slips(case: Case) -> Iterator[Finding]:
    """Explanations of the answer by one wrong step of the differential."""
    question = case.question
    if question.order > 2 or not case.targets:
        return
    function = case.function
    if question.order == 2:
        function = case.views.derivatives.first().gradient if function.is_scalar else function
    claims = [
        (target, claimed)
        for target in case.targets
        if (claimed := claimed_change(target.view, case.expr, question, case.change)) is not None
    ]
    if not claims or (question.order == 2 and claims[0][0].view.form != "hessian"):
        return
    graph = Graph(function, case.variable, case.change)
    if function not in graph.places or len(graph.order) > LARGEST:
        return
    points = [(point, graph.changes(point)) for point in case.trial.points]
    if not points or any(changes[function] is None for _, changes in points):
        return
    for slip in _candidates(graph):
        if slip.cost >= case.bound:
            continue
        values = [graph.slipped_value(point, slip, changes) for point, changes in points]
        for rank, (target, claimed) in enumerate(claims):
            agrees = all(
                close(value, point.value(claimed)) for value, (point, _) in zip(values, points, strict=True)
            )
            cost = slip.cost + 0.5 * rank
            if agrees and cost < case.bound and confirmed(graph.slipped(slip), claimed):
                yield _finding(case, graph, slip, target, cost)


def _finding(case: Case, graph: Graph, slip: Slip, target: Target, cost: float) -> Finding:
    arg = slip.node.args[slip.place]
    fields: dict[str, Field] = {"node": slip.node, "operand": arg}
    if slip.taken is not None:
        fields |= {"taken": slip.taken, "due": _slope(slip.node)}
    if slip.mistake == "lost_term":
        lost = subtract(graph.slipped(_whole(graph, slip)), graph.slipped(slip))
        if target.view.form == "gradient":
            lost = pullback(lost, case.change, number(1))
            lost = lost if target.view.layout == "denominator" else transpose(lost)
        fields["term"] = simplify(lost)
    return Finding(slip.mistake, cost, fields)


def _whole(graph: Graph, slip: Slip) -> Slip:
    """The same step done right."""
    return Slip("", 0, slip.node, slip.place, graph.step(slip.node, slip.place))


def _candidates(graph: Graph) -> Iterator[Slip]:
    for node, places in graph.places.items():
        for place in places:
            yield from _at(graph, node, place, len(places) > 1)


def _at(graph: Graph, node: Expr, place: int, several: bool) -> Iterator[Slip]:
    """What can go wrong with the change of one operand."""
    arg = node.args[place]
    change, right = graph.stand_in(arg), graph.step(node, place)
    linear = node.linear_map(place)

    def slip(mistake: str, cost: float, outcome: Expr, taken: Expr | None = None) -> Iterator[Slip]:
        if outcome is not right and outcome.shape == node.shape:
            yield Slip(mistake, cost, node, place, outcome, taken)

    if several:
        yield from slip("lost_term", 1.3, zeros(*node.shape))
    if isinstance(node, (Sum, Transpose)):
        return
    if arg.shape == node.shape:
        yield from slip("chain_rule", 1.4, change)
    yield from slip("step_sign", 1.4, scale(-1, right))
    if linear.domain == linear.codomain:
        yield from slip("step_transposed", 1.6, linear.adjoint().apply(change))
    for parts in _shorter(linear):
        yield from slip("step_factor_missing", 1.7, parts.apply(change))
    if isinstance(node, (Elementwise, Power)) and place == 0:
        for cost, slope in _slopes(node):
            wrong = multiply(slope, change) if node.is_scalar else hadamard(slope, change)
            yield from slip("wrong_derivative", cost, wrong, slope)
    if isinstance(node, Hadamard):
        for product in _plain_products(node, place, change):
            yield from slip("step_hadamard", 1.6, product)


def _shorter(linear: LinearMap) -> Iterator[LinearMap]:
    """A composition of maps with one of them left out."""
    parts = linear.parts
    if len(parts) < 2:
        return
    for i, part in enumerate(parts):
        if part.domain == part.codomain:
            yield lm.compose(*parts[:i], *parts[i + 1 :])


def _plain_products(node: Hadamard, place: int, change: Expr) -> Iterator[Expr]:
    """A Hadamard product taken for a matrix product."""
    rest = [arg for i, arg in enumerate(node.args) if i != place]
    other = hadamard(*rest)
    for pair in ((other, change), (change, other)):
        if pair[0].columns is pair[1].rows:
            yield multiply(*pair)


def _slope(node: Expr) -> Expr:
    change = ones(*node.shape) if not node.is_scalar else number(1)
    return simplify(node.linear_map(0).apply(change))


def _slopes(node: Elementwise | Power) -> Iterator[tuple[float, Expr]]:
    """What the derivative of an elementwise function may be taken for."""
    x = node.args[0]
    one = ones(*x.shape) if not x.is_scalar else number(1)
    y: Expr = node
    yield 1.4, y
    yield 1.45, subtract(one, y)
    yield 1.45, hadamard(y, subtract(one, y))
    yield 1.45, subtract(one, hadamard(y, y))
    yield 1.5, add(one, hadamard(y, y))
    yield 1.5, hadamard(y, y)
    yield 1.5, x
    yield 1.5, one
    if isinstance(node, Power):
        yield from _power_slopes(node)
        return
    if isinstance(node, Undefined):
        return
    for operation in OPERATIONS.values():
        if not issubclass(operation, Elementwise) or operation.is_family or operation is type(node):
            continue
        try:
            other = operation.of(x)
        except MatgradError:
            continue
        yield 1.5, other
        if isinstance(other, Elementwise):
            yield 1.55, other.slope()


def _power_slopes(node: Power) -> Iterator[tuple[float, Expr]]:
    base, exponent = node.args
    lower, higher = (add(exponent, number(d)) for d in (-1, 1))
    yield 1.4, power(base, lower)
    yield 1.4, multiply(exponent, node)
    yield 1.5, node
    yield 1.5, multiply(exponent, power(base, higher))
    yield 1.5, multiply(lower, power(base, lower))
    if isinstance(exponent, Number) and exponent.value < 0:
        yield 1.45, scale(-1, multiply(exponent, power(base, lower)))
