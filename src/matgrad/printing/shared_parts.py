"""Names for subexpressions that are written more than once: (s − y)xᵀ where s = softmax(Wx)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.ops.arithmetic import Product, Sum, content, scale
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Leaf, number
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.orientation import known_facts
from matgrad.ops.power import Power
from matgrad.ops.real_matrix_power import RealMatrixPower
from matgrad.ops.registry import FUNCTIONS
from matgrad.ops.softmax import Normalised
from matgrad.ops.transpose import Transpose
from matgrad.printing.compose import Composer
from matgrad.printing.graph_names import named_on_graph
from matgrad.printing.shapes import needs_flip
from matgrad.printing.unicode import Unicode
from matgrad.rewrite.simplify import simplify

_SHORTEST = 6
"""The fewest characters of a subexpression that is worth a name."""
_MARGIN = 0.9
"""How much shorter a line must become for a name to be worth its reading."""
_LONG_LINE = 100
_LARGE = 1000
"""Parts of expressions with more nodes than this, shared ones counted often, are named on the graph."""
_MOST_NAMES = 4

_VECTORS = {"normalised": "sp", "entrywise": "shg", "difference": "r", "other": "uvzq"}
_MATRICES = {"normalised": "SP", "entrywise": "EHG", "difference": "RE", "other": "MCPQ"}
_SCALARS = ("alpha", "beta", "gamma", "kappa", "theta", "tau")


class Binding(NamedTuple):
    """A name and what it stands for."""

    symbol: Symbol
    value: Expr


def with_names(expr: Expr, given: Mapping[str, Expr] | None = None) -> tuple[Expr, list[Binding]]:
    """Name the subexpressions that are written more than once, where that makes the line shorter.

    Parameters
    ----------
    expr : Expr
        The expression.
    given : mapping of str to Expr, optional
        Names that the author defined: they come first, wherever what they stand for is written.

    Returns
    -------
    main : Expr
        The expression in the names.
    bindings : list of Binding
        The names, each after those that it uses. Empty where the plain line reads better.
    """
    if expr.tree_size < _SHORTEST and not given:
        return expr, []
    if expr.tree_size > _LARGE:
        main, named = named_on_graph(expr, given)
        return main, [Binding(symbol, value) for symbol, value in named]
    written = Written(expr, ())
    for name, value in sorted((given or {}).items(), key=lambda item: -item[1].tree_size):
        written = written.with_given(name, value)
    written = written.with_squares()
    while len(written.bindings) < _MOST_NAMES:
        better = next(written.shorter(), None)
        if better is None:
            break
        written = better
    return written.main, _in_order(written.bindings)


class Written:
    """An expression with some of its parts named, and its length on one line."""

    def __init__(self, main: Expr, bindings: tuple[Binding, ...]) -> None:
        self.main = main
        self.bindings = bindings
        self._composer = Composer(Unicode())
        self.length = len(self._composer.text(main))
        for binding in bindings:
            self.length += len(self._composer.text(binding.value)) + len(binding.symbol.label) + 5
        self.length += 5 if bindings else 0

    def with_given(self, name: str, value: Expr) -> Written:
        """The same with a name that the author defined, if that is written here and not shorter itself."""
        used = {node.label for node in postorder(self.main) if isinstance(node, Symbol)}
        if name in used or isinstance(value, (Leaf, Symbol)):
            return self
        for part in dict.fromkeys((value, simplify(value))):
            symbol = Symbol.stand_in(name, part.rows, part.columns, known_facts(part))
            named = self._named(part, symbol, multiples=True)
            if named is not None and named.main is not self.main and self._is_shorter(named):
                return named
        return self

    def with_squares(self) -> Written:
        """The same with H ⊙ H for the square of every entry of a long product, which has the name H."""
        squares = [node for node in postorder(self.main) if _is_square_of_product(node)]
        if len(squares) != 1:
            return self
        (square,) = squares
        used = {node.label for node in postorder(self.main) if isinstance(node, Symbol)}
        used |= {name for node in postorder(self.main) for dim in node.shape for name in dim.symbols}
        base = square.args[0]
        name = next((letter for letter in "HMCPQ" if letter not in used), None)
        if name is None or len(self._composer.text(base)) < 2 * _SHORTEST:
            return self
        symbol = Symbol.make(name, base.rows, base.columns, known_facts(base))
        places = {square: Hadamard.intern((symbol, symbol)), base: symbol, base.T: symbol.T}
        try:
            main = _replaced(self.main, places)
        except MatgradError:
            return self
        return Written(main, (*self.bindings, Binding(symbol, base)))

    def _is_shorter(self, other: Written) -> bool:
        """Whether another way to write the same has a shorter line, its definitions not counted."""
        mine, other_one = (len(written._composer.text(written.main)) for written in (self, other))
        return other_one < mine

    def shorter(self) -> Iterator[Written]:
        """The same with one more part named, for every part that is worth it, the best first."""
        roots = [self.main, *(binding.value for binding in self.bindings)]
        used = {node.label for node in postorder(roots) if isinstance(node, Symbol)}
        used |= {binding.symbol.label for binding in self.bindings}
        used |= {name for node in postorder(roots) for dim in node.shape for name in dim.symbols}
        limit = self.length * (_MARGIN if self.length <= _LONG_LINE else 0.97)
        for part in self._candidates(roots):
            symbol = _symbol_for(part, used)
            if symbol is None:
                continue
            named = self._named(part, symbol)
            if named is not None and named.length <= limit:
                yield named

    def _candidates(self, roots: list[Expr]) -> list[Expr]:
        counts = _occurrences(roots)
        savings: list[tuple[int, int, Expr]] = []
        for node, count in counts.items():
            # What depends on the index of a sum has no name outside it.
            if not _deserves_name(node) or node in roots[1:] or node.indices:
                continue
            if isinstance(node, Sum) and (needs_flip(node) or node.is_row):
                continue
            if not node.is_vector and not node.is_scalar and isinstance(node, Sum) and node.T is not node:
                count += counts.get(node.T, 0)
            done = self._composer.done.get(node)
            length = len(done.piece.text) if done is not None else 0
            if count > 1 and length >= _SHORTEST:
                savings.append((-(count - 1) * (length - 1), len(savings), node))
        return [node for _, _, node in sorted(savings)[:5]]

    def _named(self, part: Expr, symbol: Symbol, *, multiples: bool = False) -> Written | None:
        """Put the name in the place of the part; ``None`` where it would not mean the same."""
        places: dict[Expr, Expr] = {part: symbol, part.T: symbol.T}
        if multiples:
            places |= _multiples([self.main, *(value for _, value in self.bindings)], places)
        try:
            main = _replaced(self.main, places)
            bindings = tuple(Binding(s, _replaced(value, places)) for s, value in self.bindings)
        except MatgradError:  # an operation needs more of the part than a name can say
            return None
        new = (*bindings, Binding(symbol, part))
        before = [self.main, *(value for _, value in self.bindings)]
        after = [main, *(value for _, value in bindings)]
        if any(a.substitute({symbol: part}) is not b for a, b in zip(after, before, strict=True)):
            return None
        return Written(main, new)


def _multiples(roots: list[Expr], places: Mapping[Expr, Expr]) -> dict[Expr, Expr]:
    """The multiples of named parts that stand in expressions, −R and 2R, in their names."""
    found: dict[Expr, Expr] = {}
    for node in postorder(roots):
        if isinstance(node, (Product, Sum)):
            factor, rest = content(node)
            for sign in (1, -1):
                name = places.get(scale(sign, rest))
                if name is not None and factor * sign != 1:
                    found[node] = scale(factor * sign, name)
    return found


def _replaced(root: Expr, places: Mapping[Expr, Expr]) -> Expr:
    return rewrite_bottom_up(root, places.get)


def _occurrences(roots: list[Expr]) -> dict[Expr, int]:
    """How often each node stands in the text."""
    counts: dict[Expr, int] = {}
    for root in roots:
        counts[root] = counts.get(root, 0) + 1
    for node in reversed(postorder(roots)):
        for arg in node.args:
            counts[arg] = counts.get(arg, 0) + counts[node]
    return counts


def _deserves_name(node: Expr) -> bool:
    """Whether an author would name it: neither a symbol nor an inverse nor a product of a few."""
    if isinstance(node, (Leaf, Symbol, Transpose, Inverse, MatrixPower, RealMatrixPower, Power)):
        return False
    return not isinstance(node, Product) or (node.coefficient == 1 and not node.is_row)


def _is_square_of_product(node: Expr) -> bool:
    """Whether it is the square, entry by entry, of a matrix that is a product."""
    return (
        isinstance(node, Power)
        and node.exponent is number(2)
        and isinstance(node.args[0], Product)
        and not (node.is_scalar or node.is_vector or node.is_row)
    )


def _symbol_for(part: Expr, used: set[str]) -> Symbol | None:
    """A new variable with a name that fits the part."""
    kind = (
        "normalised" if isinstance(part, Normalised)
        else "entrywise" if isinstance(part, Elementwise)
        else "difference" if isinstance(part, Sum)
        else "other"
    )  # fmt: skip
    if part.is_scalar:
        names: list[str] = list(_SCALARS)
    else:
        letters = _VECTORS if part.is_vector else _MATRICES
        names = [*letters[kind], *letters["other"]]
    for name in names:
        if name not in used and name not in FUNCTIONS:
            return Symbol.make(name, part.rows, part.columns, known_facts(part))
    return None


def _in_order(bindings: tuple[Binding, ...]) -> list[Binding]:
    """Each name after those that its meaning uses."""
    rest = list(bindings)
    ordered: list[Binding] = []
    while rest:
        waiting = {binding.symbol.label for binding in rest}
        ready = next(binding for binding in rest if waiting.isdisjoint(symbols_of(binding.value)))
        rest.remove(ready)
        ordered.append(ready)
    return ordered
