"""The intermediate variables and the function in them as their author wrote them: u := Wx + b, f = yᵀu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.identity import step
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.explanation.canonical import MOST_NODES, canonical, canonical_parts
from matgrad.explanation.graph import Graph
from matgrad.explanation.sides import Sized
from matgrad.explanation.unsimplified import Called, Norm, in_norms, product, replaced, squared_norm
from matgrad.ops.arithmetic import Product, Sum, multiply
from matgrad.ops.leaves import number
from matgrad.ops.power import Power
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import transpose
from matgrad.printing.shapes import square_root


@dataclass(frozen=True)
class TypedGraph:
    """A graph beside the function as it was typed.

    Attributes
    ----------
    graph : Graph
        The expression in intermediate variables.
    written : Expr
        The expression as it was typed.
    """

    graph: Graph
    written: Expr

    def top(self) -> Sized:
        """The function in the names."""
        graph = self.graph
        if graph.names and self._is_plain:
            found = self._in_names(self._reduced, graph.top, dict(graph.parts))
            if found is not None:
                return Sized(found, as_typed=True)
        root = square_root(graph.top) if graph.names and isinstance(graph.top, Trace) else None
        if root is not None:
            return Sized(Power.intern((Norm.intern((multiply(*root),)), number(2))))
        shown = graph.shown_top
        if isinstance(shown, Sum):
            shown = replaced(shown, lambda node: squared_norm(node) if isinstance(node, Trace) else None)
        return Sized(shown)

    def meaning_of(self, name: Symbol, meaning: Expr) -> Sized:
        """What a name stands for in X and the names before it."""
        if self._is_plain:
            part, order = self.graph.parts[name], list(self.graph.definitions)
            before = {other: self.graph.parts[other] for other in order[: order.index(name)]}
            for piece in self._pieces():
                if canonical(piece)[0] is part:
                    found = self._in_names(piece, meaning, before)
                    return Sized(meaning) if found is None else Sized(found, as_typed=True)
        return Sized(meaning)

    @cached_property
    def _reduced(self) -> Expr:
        """What was typed, with what the constructors make of one function of another: log(softmax(x))."""
        return replaced(
            self.written,
            lambda node: canonical(node)[0] if len(node.args) == 1 and step(node) is not None else None,
        )

    @cached_property
    def _is_plain(self) -> bool:
        if self.written.tree_size > MOST_NODES or any(place.letters for place in self.graph.places.values()):
            return False
        return not any(node.binds or isinstance(node, Called) for node in postorder(self.written))

    def _pieces(self) -> Iterator[Expr]:
        """The parts of what was typed, and neighbours among its factors."""
        for node in postorder(self._reduced):
            yield node
            if isinstance(node, Product):
                for first, last in _stretches(node):
                    yield product(*node.chain[first:last])

    def _in_names(self, typed: Expr, meant: Expr, parts: Mapping[Symbol, Expr]) -> Expr | None:
        """A piece with names for its parts, if it is what the graph says that it is."""
        names: dict[Expr, Expr] = {part: name for name, part in parts.items()}
        names |= {part.T: transpose(name) for name, part in parts.items() if part.T is not part}
        known = canonical_parts(typed)

        def named(node: Expr) -> Expr | None:
            if node.args and (name := names.get(known.get(node, node))) is not None:
                return name
            if isinstance(node, Product) and names:
                return _stretch_named(node, names)
            return None

        found = replaced(
            replaced(typed, named), lambda node: in_norms(node) if isinstance(node, Power) else None
        )
        return found if canonical(found)[0] is meant else None


def _roots_as_norms(node: Expr) -> Expr | None:
    """√(xᵀx), which is typed as a norm; a square is left, which may be typed as xᵀx."""
    return in_norms(node) if isinstance(node, Power) else None


def _stretches(node: Product) -> Iterator[tuple[int, int]]:
    """The places of neighbours among the factors of a chain, the longest first."""
    count = len(node.chain)
    for length in range(count - 1, 1, -1):
        for first in range(count - length + 1):
            yield first, first + length


def _stretch_named(node: Product, names: Mapping[Expr, Expr]) -> Expr | None:
    """A product in which neighbours that have one name together stand under it, rather than its transpose."""
    found: Expr | None = None
    for first, last in _stretches(node):
        name = names.get(canonical(product(*node.chain[first:last]))[0])
        if name is None or (found is not None and not isinstance(name, Symbol)):
            continue
        chain = (*node.chain[:first], name, *node.chain[last:])
        found = product(*node.scalars, *chain, coefficient=node.coefficient)
        if isinstance(name, Symbol):
            return found
    return found
