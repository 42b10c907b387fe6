"""The strategy: rules from the leaves up, common factors out, and the cheapest form kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from matgrad.core.expr import Expr, postorder
from matgrad.core.substitution import rewrite_bottom_up, with_equal_operands
from matgrad.core.words import Phrase
from matgrad.ops.activations import Sigmoid, sigmoid
from matgrad.ops.arithmetic import Product, Sum, content, multiply, scale, subtract
from matgrad.ops.diagonals import Diag
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import Number, number, ones
from matgrad.ops.power import Power, power
from matgrad.rewrite.conditioning import is_no_worse
from matgrad.rewrite.expanding import expanded
from matgrad.rewrite.factoring import factored
from matgrad.rewrite.lifting import matrix_form
from matgrad.rewrite.reading_cost import Cost
from matgrad.rewrite.rules import RULES, Rule, operand_kinds
from matgrad.rewrite.structure import STRUCTURE, fewer_terms_in_order
from matgrad.rewrite.updates import shorter_pushed_through
from matgrad.rewrite.vector_products import shorter_by_triple_products

ROUNDS = 40
"""After this many rounds an expression is taken as it is; two or three are usual, ten have been seen."""

SMALL = 400
"""Only expressions up to this size are multiplied out to see whether that is shorter."""


def simplify(expr: Expr, fired: list[Rule] | None = None) -> Expr:
    """Bring an expression to the form that a textbook would print.

    The value and the shape stay; simplifying again changes nothing.

    Parameters
    ----------
    expr : Expr
        The expression.
    fired : list of Rule, optional
        Takes the named rules on the way to the result, in the order in which they are applied.

    Examples
    --------
    >>> import matgrad as mg
    >>> n = mg.dims("n")[0]
    >>> A, B, C = (mg.matrix(name, n, n) for name in "ABC")
    >>> print(mg.simplify(A @ B + A @ C))
    A (B + C)
    """
    return _simplified(expr, _Simplification([] if fired is None else fired))


def simplify_together(exprs: Iterable[Expr]) -> list[Expr]:
    """Simplify expressions that may share parts, each part once; parameters as for :func:`simplify`."""
    work = _Simplification([])
    return [_simplified(expr, work) for expr in exprs]


def _simplified(expr: Expr, work: _Simplification) -> Expr:
    for _ in range(ROUNDS):
        new = work.round(expr)
        if new is expr:
            break
        expr = new
    return expr


class _Simplification:
    """One run: what is known of the nodes met so far, of which candidates share most."""

    def __init__(self, fired: list[Rule]) -> None:
        self._cost = Cost()
        self._done: dict[Expr, Expr] = {}
        self._polished: dict[Expr, tuple[Expr, tuple[Rule, ...]]] = {}
        self._fired = fired

    def round(self, root: Expr) -> Expr:
        """Simplify every node once, operands first."""
        done = self._done
        for node in postorder(root, lambda n: n not in done):
            args = tuple(done.get(arg, arg) for arg in node.args)
            done[node] = self._best(with_equal_operands(node, args))
        return done[root]

    def _best(self, node: Expr) -> Expr:
        """Improve the top of an expression until nothing is gained."""
        for _ in range(12):
            ruled = _apply_rules(node)
            if ruled is not None:
                node, rule = ruled
                self._fired.append(rule)
                continue
            here = self._cost(node)
            best, least = node, here - 1e-9
            used: tuple[Rule, ...] = ()
            for candidate, before, named in _candidates(node):
                candidate, rules = self._polish(candidate)
                rules = (*named, *rules)
                price = self._cost(candidate)
                if price < least and (before is None or is_no_worse(candidate, before)):
                    best, least, used = candidate, price, rules
            if best is node:
                return node
            self._fired += used
            node = best
        return node

    def _polish(self, candidate: Expr) -> tuple[Expr, tuple[Rule, ...]]:
        """Apply the rules to the operands that a candidate has come to hold."""
        if not isinstance(candidate, (Sum, Product, Hadamard, Kron)):
            return candidate, ()
        polished = [self._polished_operand(arg) for arg in candidate.args]
        rules = tuple(rule for _, used in polished for rule in used)
        args = tuple(arg for arg, _ in polished)
        return (candidate if args == candidate.args else candidate.rebuild(args, candidate.data)), rules

    def _polished_operand(self, arg: Expr) -> tuple[Expr, tuple[Rule, ...]]:
        known = self._polished.get(arg)
        if known is None:
            inner = arg
            used: tuple[Rule, ...] = ()
            if isinstance(arg, (Hadamard, Product)):
                ruled = [_ruled(part) if isinstance(part, Sum) else (part, ()) for part in arg.args]
                parts = tuple(part for part, _ in ruled)
                used = tuple(rule for _, rules in ruled for rule in rules)
                inner = arg if parts == arg.args else arg.rebuild(parts, arg.data)
            result, more = _ruled(inner)
            known = self._polished[arg] = result, (*used, *more)
        return known


def _ruled(node: Expr) -> tuple[Expr, tuple[Rule, ...]]:
    result = _apply_rules(node)
    return (node, ()) if result is None else (result[0], (result[1],))


def _apply_rules(node: Expr) -> tuple[Expr, Rule] | None:
    head: type = type(node)
    asked_for = _asked_for(head)
    if asked_for is None:
        return None
    for rule in _fitting(head, operand_kinds(node) & asked_for):
        result = rule.apply(node)
        if result is not None and result is not node:
            return result, rule
    return None


@cache
def _asked_for(head: type) -> frozenset[type] | None:
    """The operations that rules ask for among the operands of one; nothing where no rule is for it."""
    needs = [kinds for rule in (*RULES, *STRUCTURE) for kinds in rule.needs(head)]
    return frozenset().union(*needs) if needs else None


@cache
def _fitting(head: type, kinds: frozenset[type]) -> tuple[Rule, ...]:
    """The rules for an operation among whose operands these stand of those that are asked for."""
    return tuple(rule for rule in (*RULES, *STRUCTURE) if any(need <= kinds for need in rule.needs(head)))


def _candidates(node: Expr) -> Iterator[tuple[Expr, Expr | None, tuple[Rule, ...]]]:
    """Other forms of an expression, each one step away, or multiplied out and collected again.

    Beside each one that is multiplied out stands what it was: it may be worse conditioned. Last come the
    rules by which it is equal, where it is more than algebra.
    """
    for form in _one_step_away(node):
        yield form, None, ()
    if isinstance(node, Sum):
        yield from _one_sigmoid(node)
    if isinstance(node, (Sum, Product, Hadamard, Kron)) and node.tree_size <= SMALL:
        flat = expanded(node)
        if flat is not node:
            yield flat, node, ()
            if isinstance(flat, Sum):
                for form in factored(flat):
                    yield form, node, ()


def _one_step_away(node: Expr) -> Iterator[Expr]:
    if isinstance(node, IndexedSum):
        plain = matrix_form(node)
        if plain is not None:
            yield plain
    if isinstance(node, Sum):
        if node.tree_size <= SMALL:
            for shorter in (fewer_terms_in_order, shorter_pushed_through, shorter_by_triple_products):
                found = shorter(node)
                if found is not None:
                    yield found
        yield from factored(node)
    if isinstance(node, Product):
        column = _column_form(node)
        if column is not None:
            yield column
        yield from _cleared_denominators(node)


def _cleared_denominators(node: Product) -> Iterator[Expr]:
    """s⁻¹(a + b/s)⁻¹ = (sa + b)⁻¹, for scalars."""
    powers = [f for f in node.scalars if isinstance(f, Power) and isinstance(f.exponent, Number)]
    for whole in powers:
        if not isinstance(whole.args[0], Sum):
            continue
        for other in powers:
            if other is not whole and other.exponent is whole.exponent:
                inside = expanded(multiply(other.args[0], whole.args[0]))
                rest = [f for f in node.scalars if f is not whole and f is not other]
                merged = power(inside, whole.exponent)
                yield multiply(number(node.coefficient), *rest, merged, *node.chain)


_COMPLEMENT = Rule(Phrase("σ(−t) = 1 − σ(t)", "Bishop (2006)", "eq. 4.60"))


def _one_sigmoid(node: Sum) -> Iterator[tuple[Expr, Expr, tuple[Rule, ...]]]:
    """Where σ(z) and σ(−z) stand in one sum, write the second 1 − σ(z) and multiply out."""
    if node.tree_size > SMALL:
        return
    arguments = {n.args[0] for n in postorder(node) if isinstance(n, Sigmoid)}
    for z in sorted(arguments, key=lambda argument: argument.key):
        opposite = scale(-1, z)
        if opposite in arguments and content(opposite)[0] < 0:
            replaced = {sigmoid(opposite): subtract(ones(*z.shape), sigmoid(z))}
            rebuilt = rewrite_bottom_up(node, replaced.get)
            yield expanded(rebuilt), rebuilt, (_COMPLEMENT,)


def _column_form(node: Product) -> Expr | None:
    """diag(d) B y = d ⊙ (B y), where the product ends in a column."""
    chain = node.chain
    if not chain or not chain[-1].is_vector:
        return None
    for place, factor in enumerate(chain):
        if isinstance(factor, Diag) and place + 1 < len(chain):
            rest = hadamard(factor.args[0], multiply(*chain[place + 1 :]))
            return multiply(number(node.coefficient), *node.scalars, *chain[:place], rest)
    return None
