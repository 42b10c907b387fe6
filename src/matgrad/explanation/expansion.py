"""Writing a differential out, one level of operations at a time.

A held differential d(F) is opened by the rule of the operation at the top of F: the linear map of each
operand is applied to the held differential of that operand. What changes linearly with X (sums,
transposes, constant factors) is passed through in the same step, as every textbook does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from matgrad.calculus.dependence import differentiable_operands
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import LINEAR_STRUCTURE, Fact
from matgrad.core.lazy import cached_property
from matgrad.core.linear_map import LinearMap
from matgrad.core.words import Phrase
from matgrad.explanation import reasons as why
from matgrad.explanation.canonical import MOST_NODES, canonical, turned_signs
from matgrad.explanation.unsimplified import Change, Norm, plus, product, replaced, traced, turned
from matgrad.ops.arithmetic import CONSTANT_FACTORS, Product, Sum, add, multiply, split_number
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.leaves import Number, number, zeros
from matgrad.ops.power import Power
from matgrad.ops.transpose import transpose
from matgrad.printing.shapes import is_ones, parts_of, square_root

_HALF = Fraction(1, 2)
LINEARITY = Sum.reason


class Opened(NamedTuple):
    """A differential written out by one rule more.

    ``rules`` are what does the work; ``passed`` is what the differential only passes through, which is
    worth a word where nothing else happens.
    """

    expr: Expr
    rules: tuple[Phrase, ...] = ()
    passed: tuple[Phrase, ...] = ()

    @property
    def reasons(self) -> tuple[Phrase, ...]:
        """What to say: linearity says all that factors and traces do."""
        if self.rules or LINEARITY in self.passed:
            return self.rules or (LINEARITY,)
        if why.SUM_LINEAR in self.passed:
            return (why.SUM_LINEAR,)
        telling = tuple(reason for reason in self.passed if reason is not CONSTANT_FACTORS)
        return telling or self.passed


class Expansion:
    """The differentials of the parts of one function, by the rules of their operations.

    Parameters
    ----------
    function : Expr
        F, in X and in the names of its parts.
    variable, change : Symbol
        X and dX.
    definitions : mapping of Symbol to Expr
        What the names stand for.
    """

    def __init__(
        self, function: Expr, variable: Symbol, change: Symbol, definitions: Mapping[Symbol, Expr]
    ) -> None:
        self.function, self.variable, self.change = function, variable, change
        self.definitions = definitions
        self.dependent: set[Expr] = {variable, *definitions}
        self._names = {meaning: name for name, meaning in definitions.items()}
        self._held: dict[Expr, Opened] = {}

    def start(self) -> Opened:
        """The differential of F: opened as far as F is linear in operands that are not, or by one rule."""
        whole = self._hold(self.function)
        if isinstance(whole.expr, Change):
            whole = self._open(self.function)
        return whole._replace(expr=self._in_names(whole.expr))

    def opened(self, expr: Expr) -> Opened:
        """Open held differentials in an expression by one rule each.

        Names wait until nothing else is held, and until the names that are defined by them are opened.
        """
        held = {node.expr for node in postorder(expr) if isinstance(node, Change)}
        names: set[Expr] = {node for node in held if isinstance(node, Symbol)}
        chosen = held - names or {name for name in names if not self._is_used_by(name, names - {name})}
        rules: list[Phrase] = []
        passed: list[Phrase] = []

        def open_change(node: Expr) -> Expr | None:
            if not isinstance(node, Change) or node.expr not in chosen:
                return None
            opened = self._open(node.expr)
            rules.extend(opened.rules)
            passed.extend(opened.passed)
            return opened.expr

        return Opened(self._in_names(replaced(expr, open_change)), tuple(rules), tuple(passed))

    def _is_used_by(self, name: Expr, others: set[Expr]) -> bool:
        """Whether other names are defined by one, directly or through further names."""
        seen, waiting = {name}, [name]
        while waiting and others:
            users = self._users.get(waiting.pop(), ())
            if not others.isdisjoint(users):
                return True
            waiting += [user for user in users if user not in seen]
            seen.update(users)
        return False

    @cached_property
    def _users(self) -> dict[Expr, list[Expr]]:
        """For each name the other names that are defined by it."""
        users: dict[Expr, list[Expr]] = {}
        for other, meaning in self.definitions.items():
            for node in postorder(meaning):
                if node in self.definitions:
                    users.setdefault(node, []).append(other)
        return users

    def _in_names(self, expr: Expr) -> Expr:
        """Write a part by its name where a rule has brought it in: h for σ(z)."""
        if not self._names:
            return expr
        return replaced(expr, lambda node: node if isinstance(node, Change) else self._names.get(node))

    def _hold(self, root: Expr) -> Opened:
        """The differential of a part, passed through what is linear and held where a rule is needed."""
        for node in postorder(root, lambda n: n not in self._held):
            if any(arg in self.dependent for arg in node.args):
                self.dependent.add(node)
            if node is self.variable:
                self._held[node] = Opened(self.change)
            elif node in self.definitions:
                self._held[node] = Opened(Change.of(node))
            elif node not in self.dependent:
                self._held[node] = Opened(zeros(*node.shape))
            elif self._has_number(node):
                front, rest = split_number(node)
                inner = self._hold(rest)
                passed = (*inner.passed, CONSTANT_FACTORS)
                self._held[node] = inner._replace(expr=product(number(front), inner.expr), passed=passed)
            elif _root(node) is None and self._is_linear(node):
                opened = self._open(node)
                self._held[node] = Opened(opened.expr, (), (*opened.rules, *opened.passed))
            else:
                self._held[node] = Opened(Change.of(node))
        return self._held[root]

    def _has_number(self, node: Expr) -> bool:
        """Whether a number stands before a part, and its differential before that of the rest."""
        inside = node is not self.function and _root(node) is None
        return inside and isinstance(node, Product) and node.coefficient != 1

    def _open(self, node: Expr) -> Opened:
        """The rule of one operation: its linear maps on the held differentials of its operands."""
        if isinstance(node, Symbol):
            meaning = self.definitions[node]
            held = self._hold(meaning)
            return self._open(meaning) if isinstance(held.expr, Change) else held
        root = _root(node)
        if root is not None:
            return self._square(root[0] if len(root) == 1 else multiply(*root))
        if isinstance(node, Norm):
            return self._norm(node)
        places = differentiable_operands(node, self.dependent)
        rules, passed = self._own_rule(node, places), list[Phrase]()
        terms: list[Expr] = []
        plain: list[Expr] = []
        for place in places:
            arg = node.args[place]
            held = self._operand(node, arg, why.QUOTIENT in rules)
            rules += held.rules
            passed += held.passed
            local = node.linear_map(place)
            plain.append(local.apply(held.expr))
            stands = _in_place(node, place, held.expr) if len(places) > 1 else None
            terms.append(_applied(local, arg, held.expr) if stands is None else stands)
        merged = add(*(_canonical(term) for term in plain))
        if _count([merged]) >= _count(terms):
            return Opened(plus(*terms), tuple(rules), tuple(passed))
        # A square xx gives the same term twice; then the two are written as one.
        symmetric = why.symmetries(merged)
        if symmetric and node.is_scalar:
            rules += [why.SCALAR_TRANSPOSE, *symmetric]
        whole = self._change_last(merged)
        if node is self.function:  # elsewhere the sign may be that of what stands before it
            rules += turned_signs(plus(*terms), whole)
        return Opened(whole, tuple(rules), tuple(passed))

    def _change_last(self, expr: Expr) -> Expr:
        """A scalar dxᵀAx written xᵀAᵀdx."""
        if not isinstance(expr, Product) or not expr.is_scalar:
            return expr
        chain = expr.chain
        if not chain:
            last = expr.scalars[-1]
            return product(*expr.scalars[:-1], self._change_last(last), coefficient=expr.coefficient)
        moving = [place for place, factor in enumerate(chain) if self._moves(factor)]
        if not moving or 2 * moving[0] >= len(chain) - 1:
            return expr
        factors = [turned(f) if self._moves(f) else transpose(f) for f in reversed(chain)]
        return product(*factors, coefficient=expr.coefficient)

    def _moves(self, factor: Expr) -> bool:
        """Whether dX stands in a factor."""
        return any(node is self.change or isinstance(node, Change) for node in postorder(factor))

    def _own_rule(self, node: Expr, places: list[int]) -> list[Phrase]:
        if isinstance(node, Power) and _root(node.args[0]) is not None and node.exponent is number(_HALF):
            return [why.NORM]
        if isinstance(node, Product):
            if len(places) > 1 and any(_is_divisor(node.args[place]) for place in places):
                return [why.QUOTIENT]
            if len(places) == 1 and is_ones(parts_of(node.chain[0].T if node.chain else node)):
                return [why.SUM_LINEAR]
        own = node.reason_for(places)
        return [] if own is None else [own]

    def _square(self, base: Expr) -> Opened:
        """d‖Y‖² = 2⟨Y, dY⟩: the product rule, whose two terms are equal."""
        held = self._hold(base)
        whole = product(number(2), _inner(base, held.expr))
        return Opened(whole, (why.SQUARED_NORM, *held.rules), held.passed)

    def _norm(self, node: Norm) -> Opened:
        """d‖Y‖ = ⟨Y, dY⟩/‖Y‖."""
        base = node.args[0]
        held = self._hold(base)
        whole = product(Power.intern((node, number(-1))), _inner(base, held.expr))
        return Opened(whole, (why.NORM, *held.rules), held.passed)

    def _operand(self, node: Expr, arg: Expr, in_quotient: bool) -> Opened:
        """The differential of an operand; below a root and in a quotient it is written out at once."""
        held = self._hold(arg)
        if not isinstance(held.expr, Change):
            return held
        if isinstance(node, Power) and _root(arg) is not None:
            return Opened(self._open(arg).expr)
        if not isinstance(node, (Product, Hadamard)) or not _is_divisor(arg):
            return held
        opened = self._open(arg)
        if not in_quotient:
            return held if is_held(opened.expr) else opened
        # The quotient rule says what becomes of a divisor.
        if _root(arg.args[0]) is None:
            return Opened(opened.expr)
        is_norm = isinstance(arg, Power) and arg.exponent is number(-_HALF)
        return Opened(opened.expr, (why.NORM if is_norm else why.SQUARED_NORM,))

    def _is_linear(self, node: Expr) -> bool:
        """Whether the maps of a node do not depend on X, so that its differential needs no rule."""
        return all(
            self.dependent.isdisjoint(postorder(node.linear_map(place).apply(_direction(node.args[place]))))
            for place in differentiable_operands(node, self.dependent)
        )


def is_held(expr: Expr) -> bool:
    """Whether a differential in an expression is not written out."""
    return any(isinstance(node, Change) for node in postorder(expr))


def _root(node: Expr) -> tuple[Expr, ...] | None:
    """The chain Y of a scalar ‖Y‖²; ``None`` for anything else."""
    if isinstance(node, Power) and isinstance(node.args[0], Norm) and node.args[1] is number(2):
        return node.args[0].args
    return square_root(node) if node.is_scalar else None


def _inner(base: Expr, held: Expr) -> Expr:
    """⟨Y, dY⟩ as it is written."""
    if base.is_vector:
        return product(turned(base), held)
    return product(held, base.T) if base.is_row else traced(product(turned(base), held))


def _direction(arg: Expr) -> Symbol:
    """A symbol for a change of an operand."""
    facts = arg.facts & LINEAR_STRUCTURE & ~Fact.CONSTANT
    return Symbol.stand_in("d#", arg.rows, arg.columns, facts, differential=True)


def _in_place(node: Expr, place: int, held: Expr) -> Expr | None:
    """A factor of a product replaced by its differential, where the others have their places."""
    if not isinstance(node, Product) or place < len(node.scalars):
        return None
    factors = [held if at == place else factor for at, factor in enumerate(node.args)]
    return product(*factors, coefficient=node.coefficient)


def _canonical(term: Expr) -> Expr:
    """A term as the constructors build it, the same for each way to write it."""
    return canonical(term)[0] if term.tree_size <= MOST_NODES else term


def _applied(local: LinearMap, arg: Expr, held: Expr) -> Expr:
    """A map applied to a held differential, in the form that the map gives it."""
    direction = _direction(arg)
    return replaced(local.apply(direction), lambda node: held if node is direction else None)


def _count(terms: Sequence[Expr]) -> int:
    return sum(len(term.args) if isinstance(term, Sum) else 1 for term in terms)


def _is_divisor(arg: Expr) -> bool:
    """Whether an operand is a negative power, as in a quotient."""
    return isinstance(arg, Power) and isinstance(arg.exponent, Number) and arg.exponent.value < 0
