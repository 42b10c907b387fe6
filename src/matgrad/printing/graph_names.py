"""Names for the shared parts of a large expression, given on its graph: one for each, in one pass.

Written out, the gradient of a network is as long as an exponential of its depth, or the square of it; with a
name for each part that has several places it is as long as its graph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.ops.arithmetic import Sum, scale, split_number
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Leaf
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.orientation import known_facts
from matgrad.ops.power import Power
from matgrad.ops.real_matrix_power import RealMatrixPower
from matgrad.ops.registry import FUNCTIONS
from matgrad.ops.transpose import Transpose

Named = tuple[Expr, list[tuple[Symbol, Expr]]]

_LETTERS = {"value": "hzqp", "column": "ugvr", "matrix": "HGMCPQE", "scalar": "cdk"}
_SMALLEST = 4
"""The fewest nodes of a part that has a name, names inside it counted as one."""


def named_on_graph(expr: Expr, given: Mapping[str, Expr] | None = None) -> Named:
    """The expression in names for its shared parts, and their meanings, each after those that it uses.

    Parameters
    ----------
    expr : Expr
        The expression.
    given : mapping of str to Expr, optional
        Names that the author defined.
    """
    nodes = postorder(expr)
    labels = {node.label for node in nodes if isinstance(node, Symbol)}
    labels |= {name for node in nodes for dim in node.shape for name in dim.symbols}
    names = _Names(labels | set(given or ()))
    places = Counter(split_number(arg)[1] for node in nodes for arg in node.args)
    authors = {value: name for name, value in (given or {}).items()}
    in_names = _InNames()
    bindings: list[tuple[Symbol, Expr]] = []
    known: dict[Expr, Expr] = {}
    for node in nodes:
        factor, core = split_number(node)
        if core in known:
            in_names.enter(node, scale(factor, known[core]))
            continue
        new = in_names.enter(node, None)
        front, inside = split_number(new)
        if node is expr or not (core in authors or (places[core] > 1 and _deserves_name(inside))):
            continue
        # In names another term may be the first one, whose sign decides on that of the whole.
        part = scale(factor / front, core)
        turned = core.is_row and not core.is_scalar
        value, part = (inside.T, part.T) if turned else (inside, part)
        if in_names.means(value, part):
            symbol = names.symbol(part, authors.get(core))
            bindings.append((symbol, value))
            in_names.meanings[symbol] = part
            known[core] = scale(front / factor, symbol.T if turned else symbol)
            in_names.enter(node, scale(factor, known[core]))
    return in_names.written[expr], bindings


class _InNames:
    """Expressions in names, each of which means what it was written for."""

    def __init__(self) -> None:
        self.written: dict[Expr, Expr] = {}
        """Each expression in names."""
        self.meanings: dict[Expr, Expr] = {}
        """What the expressions in names mean."""

    def enter(self, node: Expr, proposed: Expr | None) -> Expr:
        """Write a node in names: as proposed, or of its operands in names.

        In another form than the constructors would leave where that alone means the node: of a sum that
        stays a term of another, or of a line of a derivation.
        """
        args = tuple(self.written[arg] for arg in node.args)
        if proposed is None:
            proposed = node if args == node.args else _tried(lambda: node.rebuild(args, node.data))
        if proposed is None or not self.means(proposed, node):
            proposed = type(node).intern(args, node.data)
            self.meanings[proposed] = node
        self.written[node] = proposed
        return proposed

    def means(self, new: Expr, node: Expr) -> bool:
        """Whether an expression in names is another one where what they stand for is put in."""
        if new is node:
            self.meanings.setdefault(new, node)
        return self._meaning(new) is node

    def _meaning(self, new: Expr) -> Expr | None:
        """An expression with what its names stand for, whose own parts are left as they are."""
        known = self.meanings
        for node in postorder(new, lambda n: n not in known):
            args = tuple(known[arg] for arg in node.args)
            meaning = node if args == node.args else _tried(partial(node.rebuild, args, node.data))
            if meaning is None:
                return None
            known[node] = meaning
        return known[new]


def _tried(make: Callable[[], Expr]) -> Expr | None:
    """An expression; ``None`` where an operation needs more of a part than a name can say."""
    try:
        return make()
    except MatgradError:
        return None


class _Names:
    """Names that are free: a letter for each kind of part, and numbers."""

    def __init__(self, used: set[str]) -> None:
        taken = {re.sub(r"_?\d+$", "", label) for label in used} | used | set(FUNCTIONS)
        self._letters = {
            kind: next((letter for letter in letters if letter not in taken), letters[0] * 2)
            for kind, letters in _LETTERS.items()
        }
        self._numbers = {kind: count(1) for kind in _LETTERS}

    def symbol(self, part: Expr, author: str | None) -> Symbol:
        """A new variable for a part, under the name that the author gave it."""
        kind = "scalar" if part.is_scalar else "column" if part.is_vector else "matrix"
        if part.is_vector and isinstance(part, (Sum, Elementwise)):
            kind = "value"
        label = author or f"{self._letters[kind]}{next(self._numbers[kind])}"
        return Symbol.make(label, part.rows, part.columns, known_facts(part))


def _deserves_name(node: Expr) -> bool:
    """Whether what is written of a part is worth a name: no symbol, no simple product, no power of one."""
    if node.indices or isinstance(node, (Leaf, Symbol, Transpose)) or node.tree_size < _SMALLEST:
        return False
    if isinstance(node, (Inverse, MatrixPower, RealMatrixPower, Power)):
        return node.tree_size > 2 * _SMALLEST
    return True
