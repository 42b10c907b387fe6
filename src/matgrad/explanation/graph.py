"""The computational graph of an expression: its intermediate variables, with names.

A textbook gives a name to what an operation works on (``u = Xw`` under a sigmoid), to what an
activation hands on (``h = σ(z)``), to a residual that is squared, and to nothing smaller: neither a
transposition nor a factor is a step of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import NamedTuple

from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import PASSED_ON
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase
from matgrad.explanation.families import NOWHERE, Places, Scope, family, is_read, member_at, shown, stack
from matgrad.explanation.nested_sums import Continued, continued_sums
from matgrad.ops.arithmetic import AS_TYPED, Product, Sum, add, multiply, scale
from matgrad.ops.comparisons import is_condition
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.members import Family
from matgrad.ops.khatri_rao import KhatriRao
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import Number, Ones, number
from matgrad.ops.named_functions import only_named
from matgrad.ops.orientation import known_facts, orient
from matgrad.ops.power import Power
from matgrad.ops.registry import FUNCTIONS
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose

_LETTERS = {
    ("residual", "vector"): "rq", ("residual", "matrix"): "RQ", ("residual", "scalar"): "st",
    ("value", "vector"): "hpga", ("value", "matrix"): "HPGM", ("value", "scalar"): "sct",
    ("total", "vector"): "s", ("total", "matrix"): "S", ("total", "scalar"): "t",
    ("operand", "vector"): "uvz", ("operand", "matrix"): "UVZ", ("operand", "scalar"): "sct",
}  # fmt: skip


MOST_LETTERS = 3
"""More variables of a kind than this have one letter with an index."""


NAME = Phrase("name the intermediate variable")
FUNCTION = Phrase("the function in the intermediate variables")
WRITE_OUT = Phrase("write the intermediate variables out")


class Typed(NamedTuple):
    """What is kept of the form in which a function was typed, as canonical expressions.

    Attributes
    ----------
    sums : frozenset of Expr
        The sums in it, with the signs that they have there.
    terms : tuple of Expr
        The terms of the whole, in their order.
    """

    sums: frozenset[Expr] = frozenset()
    terms: tuple[Expr, ...] = ()


NOT_TYPED = Typed()


@dataclass(frozen=True)
class Graph:
    """An expression in intermediate variables.

    Attributes
    ----------
    variable : Symbol
        X.
    names : tuple of (Symbol, Expr)
        The intermediate variables, each defined in X and the ones before it; of a family one member.
    top : Expr
        The expression in all of them.
    parts : mapping of Symbol to Expr
        What each intermediate variable is in X alone.
    places : mapping of Symbol to Places
        The letters of those that are families, and of X where it is one.
    """

    variable: Symbol
    names: tuple[tuple[Symbol, Expr], ...]
    top: Expr
    parts: Mapping[Symbol, Expr]
    places: Mapping[Symbol, Places] = field(default_factory=dict)
    typed_terms: tuple[Expr, ...] = ()
    """The terms of the expression in the order in which they were typed, where that is known."""

    @cached_property
    def definitions(self) -> dict[Symbol, Expr]:
        """What each name stands for."""
        return {
            name: stack(name, meaning, self.places_of(name)) if isinstance(name, Family) else meaning
            for name, meaning in self.names
        }

    @cached_property
    def shown_top(self) -> Expr:
        """The expression in all of them as lines write it."""
        return Sum.intern(self.typed_terms, AS_TYPED) if self.typed_terms else self.top

    def places_of(self, symbol: Symbol | None) -> Places:
        """The letters of a name; ``None`` names the top, which has none."""
        return NOWHERE if symbol is None else self.places.get(symbol, NOWHERE)

    def shown(self, symbol: Symbol) -> Symbol:
        """A name as lines write it."""
        return shown(symbol, self.places_of(symbol))

    def named(self, expr: Expr) -> Expr:
        """An expression in which the values of functions that have a name stand under it."""
        places: dict[Expr, Expr] = {
            meaning: member_at(name, self.places_of(name))
            for name, meaning in self.names
            if is_function(meaning)
        }
        places |= {meaning.T: name.T for meaning, name in places.items()}
        return rewrite_bottom_up(expr, places.get) if places else expr

    def operands(self, expr: Expr) -> list[Symbol]:
        """X and the names that stand in an expression, in the order of the graph."""
        nodes = set(postorder(expr))
        return [symbol for symbol in (self.variable, *self.definitions) if symbol in nodes]

    def users(self, symbol: Symbol) -> list[tuple[Symbol | None, Expr]]:
        """The names whose definitions hold a symbol, and those definitions; ``None`` names the top."""
        users: list[tuple[Symbol | None, Expr]] = [
            (name, meaning) for name, meaning in self.names if symbol in set(postorder(meaning))
        ]
        if symbol in set(postorder(self.top)):
            users.append((None, self.top))
        return users

    def after(self, symbol: Symbol) -> Expr:
        """The whole as a function of a name: everything that is defined later written out."""
        order = list(self.definitions)
        return self.down_to(
            self.top, order[order.index(symbol) + 1 :] if symbol in self.definitions else order
        )

    def down_to(self, expr: Expr, names: Sequence[Symbol]) -> Expr:
        """An expression with some names replaced by what they stand for in the others."""
        meant: dict[Symbol, Expr] = {}
        for name in names:  # those that it is made of come first
            meant[name] = _with(self.definitions[name], meant)
        return _with(expr, meant)

    def written_out(self, expr: Expr) -> Expr:
        """An expression in names as one in X alone."""
        return expr.substitute(self.parts)


def graph_of(
    function: Expr,
    variable: Symbol,
    taken: Iterable[str] = (),
    coarse: bool = False,
    known: Mapping[Expr, Symbol] = MappingProxyType({}),
    authored: Mapping[str, Expr] = MappingProxyType({}),
    places: Places = NOWHERE,
    typed: Typed = NOT_TYPED,
) -> Graph:
    """Choose the intermediate variables of an expression.

    Parameters
    ----------
    function, variable : Expr, Symbol
        F and X.
    taken : iterable of str
        Names that must not be used besides those in the expression.
    coarse : bool
        Name only what a function works on and differences that are multiplied; the values of
        functions keep their place.
    known : mapping of Expr to Symbol
        Parts that have a name from an earlier step.
    authored : mapping of str to Expr
        Names that the author of the function defined: where what they stand for is a part, it has that name.
    places : Places
        The letters under which X is spoken of, where it is a family.
    typed : Typed
        The sums in it as they were typed: a residual has the sign that it has there.
    """
    dependent = dependent_nodes(function, variable)
    defined = _defined(authored, function, set(dependent))
    parts = _operands_of_functions(dependent) | _differences(dependent)
    has_sums = any(node.binds for node in dependent)
    if not coarse and not has_sums:
        parts |= _values(function, parts, set(dependent))
        if not parts:
            parts = _of_plain_algebra(function, set(dependent))
    parts |= defined.keys()
    continued = {} if coarse or has_sums else continued_sums(dependent, set(map(_upright, dependent)))
    parts |= {sum_.inner for sum_ in continued.values()}
    parts.discard(_upright(function))
    parts = _nameable(parts)
    scope = Scope(function) if has_sums else None
    if scope is not None:
        parts = {part for part in parts if scope.is_nameable(part)}
    builder = _Builder(
        function, variable, parts, set(taken), {**known, **defined}, authored, scope, continued, typed
    )
    return builder.graph(places)


def graph_of_author(
    function: Expr, variable: Symbol, taken: Iterable[str], authored: Mapping[str, Expr]
) -> Graph:
    """The graph with no other intermediate variables than those that the author of the function defined.

    Parameters
    ----------
    function, variable, taken, authored
        As for :func:`graph_of`.
    """
    defined = _defined(authored, function, set(dependent_nodes(function, variable)))
    parts = _nameable(set(defined) - {_upright(function)})
    return _Builder(function, variable, parts, set(taken), defined, authored).graph()


def _nameable(parts: set[Expr]) -> set[Expr]:
    """The parts that are no comparisons, where no letter can stand, and no members, which have a name."""
    return {part for part in parts if not is_condition(part) and not is_read(part)}


def _defined(authored: Mapping[str, Expr], function: Expr, dependent: set[Expr]) -> dict[Expr, Symbol]:
    """The parts of an expression that its author gave a name, as they stand in it."""
    used = set(symbols_of(function))
    found: dict[Expr, Symbol] = {}
    for name, value in authored.items():
        if name in used or not _is_composite(value):
            continue
        for part in (value, value.T, scale(-1, value), scale(-1, value.T)):
            if part in dependent and _upright(part) is part and part is not _upright(function):
                meant = part if part in (value, value.T) else scale(-1, part)
                found[part] = Symbol.stand_in(name, part.rows, part.columns, known_facts(meant) & PASSED_ON)
                break
    return found


def is_function(node: Expr) -> bool:
    """Whether a node is neither a leaf nor an operation of the algebra of matrices."""
    return bool(node.args) and not node.linearity


def _operands_of_functions(dependent: list[Expr]) -> set[Expr]:
    """What the functions in an expression work on, where it is more than a symbol."""
    known = set(dependent)
    return {
        _upright(arg)
        for node in dependent
        if is_function(node)
        for arg in node.args
        if arg in known and _is_composite(arg) and not _is_norm(node)
    }


def _upright(expr: Expr) -> Expr:
    """An expression or its transpose, the same for both; never a transpose of something that has none."""
    if isinstance(expr, Transpose):
        return expr.args[0]
    return expr if isinstance(expr.T, Transpose) else orient(expr)[0]


def _is_norm(node: Expr) -> bool:
    """Whether a power is one of yᵀy: the norm of y counts as one operation."""
    base = node.args[0]
    return isinstance(node, Power) and isinstance(base, Product) and _is_square(base)


def _is_square(node: Product) -> bool:
    chain = node.chain
    return len(chain) == 2 and not node.scalars and chain[0].T is chain[1]


def _is_composite(expr: Expr) -> bool:
    """Whether an expression is more than a symbol or member with a number, a sign or a transpose."""
    if is_read(expr):
        return False
    if isinstance(expr, Product):
        factors = [arg for arg in expr.args if not isinstance(arg, Number)]
        return len(factors) > 1 or _is_composite(factors[0])
    if isinstance(expr, Transpose):
        return _is_composite(expr.args[0])
    return bool(expr.args)


def _differences(dependent: list[Expr]) -> set[Expr]:
    """Sums that stand as factors: residuals Ax − b, and those that are factors twice."""
    known = set(dependent)
    uses: dict[Expr, int] = {}
    for node in dependent:
        if not isinstance(node, (Product, Hadamard, Kron)) or not _has_rows(node):
            continue
        for arg in node.args:
            if isinstance(arg, Sum) and arg in known and not arg.is_scalar:
                part = _upright(arg)
                uses[part] = uses.get(part, 0) + 1
    return {
        part
        for part, count in uses.items()
        if count > 1 or any(term in known and _multiplies(term) for term in part.args)
    }


def _has_rows(node: Expr) -> bool:
    return any(not arg.is_scalar for arg in node.args)


def _multiplies(term: Expr) -> bool:
    """Whether a term is a product of matrices."""
    return isinstance(term, Hadamard) or (isinstance(term, Product) and len(term.chain) > 1)


def _values(function: Expr, parts: set[Expr], dependent: set[Expr]) -> set[Expr]:
    """Values of functions that other intermediate variables are made of, and those in a matrix."""
    inside: set[Expr] = set()
    for part in parts:
        inside |= {node for node in postorder(part) if node is not part}
    if function.is_scalar:
        inside |= _repeated_factors(function, dependent)
    else:
        inside |= set(postorder(function))
    return {
        _upright(node)
        for node in inside
        if node in dependent
        and is_function(node)
        and not (isinstance(node, Power) and not _is_composite(node.args[0]))
    }


def _repeated_factors(function: Expr, dependent: set[Expr]) -> set[Expr]:
    """Values of functions that are factors more than once, as h in hᵀh."""
    uses: dict[Expr, int] = {}
    for node in postorder(function):
        if isinstance(node, Product) and node in dependent:
            for arg in node.args:
                part = _upright(arg)
                if is_function(part) and not part.is_scalar:
                    uses[part] = uses.get(part, 0) + 1
    return {part for part, count in uses.items() if count > 1}


def _of_plain_algebra(function: Expr, dependent: set[Expr]) -> set[Expr]:
    """The parts of sums and products without functions: Ax in xᵀAx, Xb in aᵀXb."""
    nodes = [node for node in postorder(function) if node in dependent]
    values = {_upright(node) for node in nodes if is_function(node) and node is not function}
    if values and not _is_multiple_of_value(function):
        return values
    parts: set[Expr] = set()
    for node in nodes:
        if isinstance(node, Product) and node.chain:
            under_trace = isinstance(function, Trace) and node is function.args[0]
            parts |= _tail(node.chain, dependent, not function.is_scalar, under_trace)
        elif isinstance(node, Hadamard) and sum(arg in dependent for arg in node.args) > 1:
            parts |= {_upright(arg) for arg in node.args if arg in dependent and isinstance(arg, Product)}
        elif isinstance(node, (Kron, KhatriRao)):
            parts |= {_upright(arg) for arg in node.args if arg in dependent and _is_composite(arg)}
    if isinstance(function, Trace) and len([n for n in nodes if n is not function]) > 1:
        inner = function.args[0]
        count = sum(arg in dependent for arg in inner.args) if isinstance(inner, Product) else 0
        if count == 1:
            parts = {_upright(inner)}
    return parts


def _is_multiple_of_value(function: Expr) -> bool:
    """Whether a function is a number times one value: a chain would have one link."""
    if isinstance(function, Product):
        return not function.chain and len(function.scalars) == 1 and is_function(function.scalars[0])
    return is_function(function)


def _tail(
    chain: tuple[Expr, ...], dependent: set[Expr], is_matrix: bool, under_trace: bool = False
) -> set[Expr]:
    """What a product multiplies last: (Ax) in xᵀAx, (Xb) in aᵀXb; under a trace all but Xᵀ at its end."""
    places = [place for place, factor in enumerate(chain) if factor in dependent]
    *before, last = chain
    upright = not any(isinstance(factor, Transpose) for factor in before)
    if under_trace and upright and len(places) == 2 and last in dependent and len(before) > 1:
        first, stop = 0, len(before)
    elif len(places) > 1:
        first, stop = places[-2] + 1, len(chain)
        if first == stop - 1 and places[-2] > 0:
            # The two stand side by side: everything from the last factor on, or up to it.
            first, stop = 0, places[-2] + 1
    elif places and len(chain) > 2 and not is_matrix:
        first, stop = (places[0], len(chain)) if places[0] < len(chain) - 1 else (places[0] - 1, len(chain))
        if any(isinstance(factor, Ones) for factor in (chain[0].T, chain[-1])):
            # A sum over entries is one operation.
            return set()
    else:
        return set()
    if stop - first < 2:
        return set()
    return {_upright(multiply(*chain[first:stop]))}


class _Builder:
    """Writes an expression in names for some of its parts."""

    def __init__(
        self,
        function: Expr,
        variable: Symbol,
        parts: set[Expr],
        taken: set[str],
        known: Mapping[Expr, Symbol],
        authored: Mapping[str, Expr] = MappingProxyType({}),
        scope: Scope | None = None,
        continued: Mapping[Expr, Continued] = MappingProxyType({}),
        typed: Typed = NOT_TYPED,
    ) -> None:
        self.typed = typed
        self.function, self.variable, self.parts, self.known = function, variable, parts, known
        self.continued = {whole: sum_ for whole, sum_ in continued.items() if sum_.inner in parts}
        self.scope = scope
        self.families: dict[tuple[object, ...], Family] = {}
        self.places: dict[Symbol, Places] = {}
        nodes = postorder(function)
        self.taken = (
            taken
            | {symbol.label for symbol in known.values()}
            | set(symbols_of(function))
            | {"f", "F", "d" + variable.label, *authored}
        )
        self.taken |= {name for node in nodes for dim in node.shape for name in dim.symbols}
        self.taken |= {name for name, _ in only_named(nodes)}
        self.done: dict[Expr, Expr] = {variable: variable}
        self.names: list[tuple[Symbol, Expr]] = []
        self.meanings: dict[Symbol, Expr] = {}
        self.patterns: dict[tuple[Expr, ...], Expr] = {}
        for part in parts:
            if isinstance(part, Product) and part.coefficient == 1 and not part.scalars:
                self.patterns[part.chain] = part
                turned = part.T
                if isinstance(turned, Product) and turned.coefficient == 1:
                    self.patterns[turned.chain] = turned
        self.lengths = sorted({len(chain) for chain in self.patterns}, reverse=True)
        self.kinds = self._kinds()
        self.opposite = {
            part
            for part, symbol in known.items()
            if part in parts
            and symbol.label in authored
            and part not in (authored[symbol.label], authored[symbol.label].T)
        }
        self.opposite |= {
            part
            for part in parts - known.keys()
            if not typed.sums.intersection((part, part.T))
            and typed.sums.intersection((scale(-1, part), scale(-1, part.T)))
        }
        """The parts that are minus what their name stands for."""

    def graph(self, places: Places = NOWHERE) -> Graph:
        """Build operands first, without recursion."""
        stack = [self.function]
        while stack:
            node = stack[-1]
            if node in self.done:
                stack.pop()
                continue
            operands = self._operands(node)
            waiting = [operand for operand in operands if operand not in self.done]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            self.done[node] = self._build(node, operands)
        self.places[self.variable] = places
        top = self.done[self.function]
        terms: tuple[Expr, ...] = ()
        if isinstance(self.function, Sum) and set(self.typed.terms) == set(self.function.args):
            terms = tuple(self.done[term] for term in self.typed.terms)
        return Graph(self.variable, tuple(self.names), top, self.meanings, self.places, terms)

    def _is_turned(self, node: Expr) -> bool:
        """Whether the transpose of a node has a name, and the node has none."""
        return node not in self.parts and bool(node.args) and node.T in self.parts

    def _operands(self, node: Expr) -> list[Expr]:
        if self._is_turned(node):
            return [node.T]
        if node in self.continued:
            return [self.continued[node].inner, *self.continued[node].rest]
        if isinstance(node, Product) and self.patterns:
            return [*node.scalars, *self._segments(node)]
        return list(node.args)

    def _segments(self, node: Product) -> Iterator[Expr]:
        """The factors of a chain, those together that have a name."""
        chain, place = node.chain, 0
        while place < len(chain):
            for length in self.lengths:
                part = self.patterns.get(chain[place : place + length])
                if part is not None and part is not node:
                    yield part
                    place += length
                    break
            else:
                yield chain[place]
                place += 1

    def _build(self, node: Expr, operands: list[Expr]) -> Expr:
        new = tuple(self.done[operand] for operand in operands)
        if self._is_turned(node):
            return new[0].T
        if new == node.args:
            built: Expr = node
        elif node in self.continued:
            built = add(scale(self.continued[node].factor, new[0]), *new[1:])
        elif isinstance(node, Product):
            built = multiply(number(node.coefficient), *new)
        else:
            built = node.rebuild(new, node.data)
        if node not in self.parts:
            return built
        if self.scope is not None and node.indices:
            return self._member(node, built, self.scope)
        symbol = self._symbol(node)
        sign = -1 if node in self.opposite else 1
        self.names.append((symbol, scale(sign, built)))
        self.meanings[symbol] = scale(sign, node)
        return scale(sign, symbol)

    def _member(self, node: Expr, built: Expr, scope: Scope) -> Expr:
        """A member of a family, for a part that depends on indices."""
        key = scope.alike(node)
        name = self.families.get(key)
        if name is None:
            places = scope.places_of(node)
            meaning = stack(family("?", node, places), scope.in_letters(node), places)
            known = self.known.get(meaning)
            if isinstance(known, Family) and known.ranges == family("?", node, places).ranges:
                name = known
            else:
                name = family(self._symbol(node).label, node, places)
            self.families[key] = name
            self.places[name] = places
            self.names.append((name, scope.in_letters(built)))
            self.meanings[name] = meaning
        return name.member(*(Dim.unknown(index) for index in scope.names_of(node)))

    def _kinds(self) -> dict[Expr, tuple[str, str]]:
        kinds = {}
        totals = {sum_.inner for sum_ in self.continued.values()}
        for part in self.parts:
            shape = "scalar" if part.is_scalar else "vector" if part.is_vector else "matrix"
            kind = "value" if is_function(part) else "operand"
            if isinstance(part, Sum) and any(_is_negative(term) for term in part.args):
                kind = "residual"
            elif part in totals:
                kind = "total"
            kinds[part] = (kind, shape)
        return kinds

    def _symbol(self, part: Expr) -> Symbol:
        """A new name that fits the part; with an index where there are more than letters."""
        if part in self.known:
            return self.known[part]
        kind = self.kinds[part]
        letters = _LETTERS[kind]
        alike = [other for other, its_kind in self.kinds.items() if its_kind == kind]
        free = [c for c in letters if c not in self.taken and c not in FUNCTIONS]
        names = iter(free) if len(alike) <= MOST_LETTERS and len(free) else iter(())
        label = next(names, None)
        count = 1
        while label is None:
            candidate = f"{letters[-1]}{count}"
            label = None if candidate in self.taken else candidate
            count += 1
        self.taken.add(label)
        return Symbol.make(label, part.rows, part.columns, known_facts(part) & PASSED_ON)


def _with(expr: Expr, meant: Mapping[Symbol, Expr]) -> Expr:
    """An expression with what some of its variables stand for."""
    held = {symbol: meant[symbol] for symbol in symbols_of(expr).values() if symbol in meant}
    return expr.substitute(held) if held else expr


def _is_negative(term: Expr) -> bool:
    return isinstance(term, Product) and term.coefficient < 0
