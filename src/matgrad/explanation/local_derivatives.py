"""Local derivatives: of one variable of the graph with respect to another, and how they are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace

from matgrad.calculus.derivative import Derivative, Simplifier
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import project
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.canonical import is_divisor
from matgrad.explanation.families import (
    Letters,
    Places,
    for_each,
    fresh,
    matched,
    occurrences,
    shown,
    tried_member,
)
from matgrad.explanation.graph import Graph, is_function
from matgrad.explanation.lines import Formula, Side
from matgrad.explanation.reasons import (
    ENTRY_BY_ENTRY,
    HELD,
    LINEAR,
    QUOTIENT,
    SINCE,
    SQUARED_NORM,
    TERM_BY_TERM,
    equation,
    symmetric,
    symmetries,
)
from matgrad.explanation.rows import linear_on_vec
from matgrad.explanation.sides import Applied, Deferred, expression_label, symbol_label
from matgrad.explanation.terms import terms_of, vec_reasons
from matgrad.explanation.unsimplified import product
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply
from matgrad.ops.determinant import Determinant, LogDet
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.reading import part_of
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import number
from matgrad.ops.reshaping import is_vec, vec
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.trigonometric import cos, sin
from matgrad.printing.shapes import square_root


@dataclass(frozen=True)
class Link:
    """The derivative of one variable, or of the whole, with respect to one that it is made of.

    Of members of families the letters of the operand are its own; ``letters`` says what those of the user are
    called beside them, and ``under`` what both are called in a product with other links.
    """

    graph: Graph
    user: Symbol | None
    derivative: Derivative
    simplify: Simplifier
    letters: Letters = field(default_factory=dict)
    under: Letters = field(default_factory=dict)

    @classmethod
    def between(
        cls, graph: Graph, user: Symbol | None, meaning: Expr, operand: Symbol, simplify: Simplifier
    ) -> Link:
        """The link of a user, of what it is, and of an operand."""
        own, its = graph.places_of(user), graph.places_of(operand)
        letters: Letters = {}
        if own.letters:
            letters = matched(meaning, own, operand, its) if isinstance(operand, Family) else {}
            meaning = meaning.substitute(letters) if letters else meaning
        return cls(graph, user, Derivative(meaning, operand, simplify), simplify, letters)

    @property
    def its(self) -> Places:
        """The letters of the operand."""
        return self.graph.places_of(self.operand).renamed(self.under)

    @cached_property
    def own(self) -> Places:
        """The letters of the user."""
        return self.graph.places_of(self.user).renamed(self.letters).renamed(self.under)

    @property
    def sums(self) -> Places:
        """The letters of the user over which its uses of one operand are summed."""
        return self.own.without(self.its)

    @property
    def shown_user(self) -> Symbol | None:
        """The user as lines write it."""
        return None if self.user is None else shown(self.user, self.own)

    def renamed(self, value: Expr) -> Expr:
        """A value in the letters of the user, in those of this link."""
        return value.substitute(self.above) if self.above else value

    def beneath(self, letters: Letters) -> Link:
        """The same link where the letters of the operand are others.

        A letter over which it is summed, and that would be taken for one of those, gets a new one.
        """
        if not letters:
            return self
        return replace(self, under={**fresh(self.sums, letters), **letters})

    def shown_held(self, symbol: Symbol) -> Symbol:
        """Another variable that the user is made of, as it stands there."""
        if isinstance(symbol, Family):
            found = occurrences(self.meaning, symbol)
            if len(found) == 1:
                there = Places(found[0]).renamed(self.under)
                if not any(place.indices for place in there.letters):
                    return shown(symbol, there)
        return self.graph.shown(symbol)

    @property
    def above(self) -> Letters:
        """What the letters of the user are called in this link, all in all."""
        places = self.graph.places_of(self.user)
        pairs = zip(places.letters, self.own.letters, strict=True)
        return {str(before): after for before, after in pairs if before is not after}

    def pulled(self, cotangent: Expr) -> Expr:
        """What arrives at the operand, from the derivative of a scalar by the user."""
        if self.user is None:
            return self._part(self.derivative.unstructured)
        return self.sums.summed(self._part(pullback(self.meaning, self.operand, self.renamed(cotangent))))

    def _part(self, gradient: Expr) -> Expr:
        return part_at(gradient, self.operand, self.its)

    @property
    def meaning(self) -> Expr:
        """The definition of the variable, or the whole, in the variables that it is made of."""
        return self.derivative.function

    @property
    def operand(self) -> Symbol:
        """The variable with respect to which it is differentiated."""
        return self.derivative.variable

    @property
    def shown_operand(self) -> Symbol:
        """The operand as lines write it."""
        return shown(self.operand, self.its)

    @cached_property
    def matrix(self) -> Expr:
        """The Jacobian on vec, in numerator layout."""
        if self.under:
            return replace(self, under={}).matrix.substitute(self.under)
        return self.graph.named(self.simplify(self._on_vec))

    @property
    def shown(self) -> Expr:
        """The Jacobian as lines write it: of a number by a matrix, the gradient as one under vec."""
        matrix, operand = self.matrix, self.operand
        inside = matrix.args[0] if isinstance(matrix, Transpose) else matrix
        spread = self.meaning.is_scalar and isinstance(content(inside)[1], Sum)
        if not spread or isinstance(operand, Family) or operand.columns is ONE:
            return matrix
        gradient = self.graph.named(self.simplify(self.derivative.unstructured))
        front, rest = content(gradient)
        stacked = vec(Symbol.stand_in("?", *rest.shape))
        whole = Transpose.intern((type(stacked).intern((rest,), stacked.data),))
        return product(whole, coefficient=front)

    @property
    def _on_vec(self) -> Expr:
        operand = self.operand
        if not isinstance(operand, Family):
            return self.derivative.on_vec
        return self.its.among(on_vec_at(self.meaning, operand, self.its))

    @cached_property
    def held(self) -> tuple[Symbol, ...]:
        """The other variables in the definition that depend on the operand as well."""
        others = [s for s in self.graph.operands(self.meaning) if s is not self.operand]
        return tuple(
            s
            for s in others
            if s in self.graph.definitions
            and self.operand in set(postorder(self.graph.down_to(s, self._between(s))))
        )

    def _between(self, symbol: Symbol) -> list[Symbol]:
        names = list(self.graph.definitions)
        start = names.index(self.operand) + 1 if self.operand in names else 0
        return names[start : names.index(symbol) + 1]

    def check(self) -> tuple[Side, Side]:
        """The matrix against the map of the engine, in a direction without symmetries."""
        operand, its = self.operand, self.its
        if isinstance(operand, Family):
            direction = tried_member(operand, its)
            moved = pushforward(self.meaning, operand, operand.stacked_at(direction, its.letters))
        else:
            direction = tried_direction(operand)
            moved = pushforward(self.meaning, operand, direction)
        places = self.own.joined(its)
        applied = Formula(multiply(self.shown, vec(direction)))
        return for_each(applied, places), for_each(Formula(vec(moved)), places)


def local_rules(link: Link) -> list[Phrase]:
    """Why a local derivative is what it is: the rules of its functions, or that of its matrix on vec."""
    meaning, operand = link.meaning, link.operand
    while isinstance(meaning, IndexedSum) or (isinstance(meaning, Product) and len(meaning.args) == 1):
        meaning = meaning.args[0]
    found: list[Phrase] = []
    if is_function(meaning):
        found = _rules_of_function(meaning, link)
        if isinstance(meaning, Elementwise) and not meaning.is_scalar:
            found.append(ENTRY_BY_ENTRY)
    elif isinstance(operand, Family):
        found = []
    elif meaning.is_scalar and square_root(meaning) is not None:
        found = [SQUARED_NORM]
    elif operand in set(postorder(link.derivative.on_vec)):
        # Under the names of the graph it may not be seen that X still stands in it.
        found = _rules_of_parts(link)
    elif is_vec(meaning) and link.user is not None and meaning.args[0] is operand:
        found = [SINCE.filled(form=equation(symbol_label(link.user), expression_label(meaning)))]
    elif meaning.is_scalar or operand.is_vector or operand.is_scalar:
        found = [LINEAR.filled(x=symbol_label(operand))]
        found += linear_on_vec(meaning, link.matrix, operand) if meaning.is_scalar else []
    else:
        direction = Symbol.stand_in("d?", *operand.shape, differential=True)
        terms = terms_of(pushforward(meaning, operand, direction), direction)
        found = [reason for term in terms for reason in vec_reasons(term, direction)]
        found = found or [LINEAR.filled(x=symbol_label(operand))]
    held = [HELD.filled(x=symbol_label(link.shown_held(symbol))) for symbol in link.held]
    return list(dict.fromkeys([*found, *held]))


def _rules_of_function(node: Expr, link: Link) -> list[Phrase]:
    rule = node.reason_for([0])
    rules = [] if rule is None else [rule]
    if isinstance(node, (Determinant, Inverse, LogDet)) and not node.args[0].is_scalar:
        # Its derivative is that by a matrix of which X⁻ᵀ is not X⁻¹.
        matrix = node.args[0]
        member = matrix is link.operand or isinstance(link.operand, Family)
        own = symbol_label(link.shown_operand) if member else expression_label(matrix)
        rules += [symmetric(own)] if matrix.T is matrix else []
    return rules


def _rules_of_parts(link: Link) -> list[Phrase]:
    """The rules of what is neither linear in an operand nor a function of it."""
    meaning, operand = link.meaning, link.operand
    nodes = postorder(meaning)
    dependent: set[Expr] = {operand}
    found: list[Phrase] = [TERM_BY_TERM] if isinstance(meaning, Sum) else []
    # tr(XXᵀ) is ‖X‖², where no product is seen.
    squares = {node: node.args[0] for node in nodes if isinstance(node, Trace) and square_root(node)}
    for node in nodes:
        live = [arg for arg in node.args if arg in dependent]
        if not live:
            continue
        dependent.add(node)
        if node in squares.values():
            continue
        if node in squares:
            found.append(SQUARED_NORM)
        elif is_function(node):
            found += [QUOTIENT] if is_divisor(node) else _rules_of_function(node, link)
        elif len(live) > 1 and node.linearity and not isinstance(node, Sum) and node.reason is not None:
            is_square = node.is_scalar and square_root(node) is not None
            found += [SQUARED_NORM] if is_square else [node.reason, *symmetries(node)]
    return found


def is_one_path(graph: Graph, longest: int) -> bool:
    """Whether a graph is one path of few links: every variable is used once, and uses one."""
    meanings = [*graph.definitions.values(), graph.top]
    return (
        len(meanings) <= longest
        and all(len(graph.operands(meaning)) == 1 for meaning in meanings)
        and all(len(graph.users(symbol)) == 1 for symbol in (graph.variable, *graph.definitions))
    )


def in_one_product(path: Sequence[Link]) -> list[Link]:
    """The links of a path, outermost first, with one letter for what is the same index in all of them."""
    letters: Letters = {}
    found: list[Link] = []
    for link in reversed(path):
        found.insert(0, link.beneath(letters))
        letters = found[0].above
    return found


def part_at(gradient: Expr, operand: Symbol, places: Places) -> Expr:
    """What of a gradient belongs to the member of a family at places."""
    return part_of(gradient, operand, places.letters) if isinstance(operand, Family) else gradient


def on_vec_at(function: Expr, operand: Family, places: Places) -> Expr:
    """The Jacobian on vec by a member of a family, not simplified."""
    if function.is_scalar:
        return transpose(vec(part_of(pullback(function, operand, number(1)), operand, places.letters)))
    change = Symbol.stand_in("?change", *operand.member_shape)
    moved = pushforward(function, operand, operand.stacked_at(change, places.letters))
    return linear_map_of(moved, change).kronecker()


def along_structure(
    matrix: Callable[[], Expr], shown: Side, operand: Symbol, turned: bool
) -> tuple[Side, Side]:
    """The claim that a matrix on vec, shown in a layout, is that one on every direction of a variable."""
    if project(cos(operand), operand) is cos(operand) and not operand.has(Fact.SYMMETRIC):
        return Deferred(lambda: transpose(matrix()) if turned else matrix()), shown
    column = vec(tried_direction(operand))
    return Deferred(lambda: multiply(matrix(), column)), Applied(shown, column, turned)


def tried_direction(operand: Symbol) -> Expr:
    """A direction in which a variable may move, without symmetries besides those of the variable."""
    return project(add(cos(operand), sin(operand)), operand)
