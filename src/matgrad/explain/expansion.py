"""Writing a differential out, one level of operations at a time.

A held differential d(F) is opened by the rule of the operation at the top of F: the linear map of each
operand is applied to the held differential of that operand. What changes linearly with X (sums,
transposes, constant factors) is passed through in the same step, as every textbook does.
"""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import LINEAR_STRUCTURE, Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.reason import Reason
from matgrad.explain.inert import Change, as_written, plus
from matgrad.ops.arithmetic import add
from matgrad.ops.leaves import zeros


class Expansion:
    """The differentials of the parts of one function, by the rules of their operations.

    Parameters
    ----------
    function : Expr
        F.
    variable, change : Symbol
        X and dX.
    """

    def __init__(self, function: Expr, variable: Symbol, change: Symbol) -> None:
        self.function, self.variable, self.change = function, variable, change
        self.dependent = set(dependent_nodes(function, variable))
        self._held: dict[Expr, tuple[Expr, tuple[Reason, ...]]] = {}

    def start(self) -> tuple[Expr, tuple[Reason, ...]]:
        """The differential of F as far as it is linear in operands that are not."""
        return self._hold(self.function)

    def opened(self, expr: Expr) -> tuple[Expr, tuple[Reason, ...]]:
        """Open every held differential in an expression by one rule."""
        reasons: list[Reason] = []

        def open_change(node: Expr) -> Expr | None:
            if not isinstance(node, Change):
                return None
            opened, why = self._open(node.expr)
            reasons.extend(why)
            return opened

        return as_written(expr, open_change), tuple(reasons)

    def _hold(self, root: Expr) -> tuple[Expr, tuple[Reason, ...]]:
        """The differential of a part, passed through what is linear and held where a rule is needed."""
        for node in postorder(root, lambda n: n not in self._held):
            if node is self.variable:
                self._held[node] = self.change, ()
            elif node not in self.dependent:
                self._held[node] = zeros(*node.shape), ()
            elif self._is_linear(node):
                self._held[node] = self._open(node)
            else:
                self._held[node] = Change.of(node), ()
        return self._held[root]

    def _open(self, node: Expr) -> tuple[Expr, tuple[Reason, ...]]:
        """The rule of one operation: its linear maps on the held differentials of its operands."""
        places = differentiable_operands(node, self.dependent)
        terms: list[Expr] = []
        inner: list[Reason] = []
        plain: list[Expr] = []
        for place in places:
            held, why = self._hold(node.args[place])
            inner += why
            local = node.linear_map(place)
            plain.append(local.apply(held))
            terms.append(_applied(local, node.args[place], held))
        own = node.reason_for(places)
        merged = add(*plain)
        whole = merged if _is_shorter(merged, terms) else plus(*terms)
        return whole, (*([] if own is None else [own]), *inner)

    def _is_linear(self, node: Expr) -> bool:
        """Whether the maps of a node do not depend on X, so that its differential needs no rule."""
        return all(
            self.dependent.isdisjoint(postorder(node.linear_map(place).apply(_direction(node.args[place]))))
            for place in differentiable_operands(node, self.dependent)
        )


def _direction(arg: Expr) -> Symbol:
    """A symbol for a change of an operand."""
    facts = arg.facts & LINEAR_STRUCTURE & ~Fact.CONSTANT
    return Symbol.make("d#", arg.rows, arg.columns, facts, differential=True)


def _applied(local: LinearMap, arg: Expr, held: Expr) -> Expr:
    """A map applied to a held differential, in the form that the map gives it."""
    direction = _direction(arg)
    return as_written(local.apply(direction), lambda node: held if node is direction else None)


def _is_shorter(merged: Expr, terms: Sequence[Expr]) -> bool:
    """Whether terms of a product rule are equal as they stand, as those of a square are."""
    from matgrad.ops.arithmetic import Sum

    count = sum(len(term.args) if isinstance(term, Sum) else 1 for term in terms)
    return (len(merged.args) if isinstance(merged, Sum) else 1) < count
