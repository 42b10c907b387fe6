"""A function as its author wrote it: the same operations in the same order, which nothing simplifies.

The reader gives the canonical form of what it reads: ``tr(X' A X B)`` is turned, ``norm(X)^2`` is a trace. A
derivation begins with what was typed, so the operations of the text are put together once more, as they
stand. What comes out is the function, or it is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.dims import Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import PASSED_ON
from matgrad.core.identity import IDENTITIES
from matgrad.explanation.canonical import MOST_NODES, canonical
from matgrad.explanation.lines import MEDIA, Formula, look_the_same
from matgrad.explanation.unsimplified import (
    Called,
    Norm,
    by_entry,
    in_norms,
    inserted,
    product,
    replaced,
    turned,
)
from matgrad.language import Interpretation, syntax as s
from matgrad.ops.arithmetic import AS_TYPED, Sum, scale, summands
from matgrad.ops.determinant import LogDet
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.indices.binding import with_indices, with_indices_in_data
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.leaves import Number, number, ones
from matgrad.ops.orientation import known_facts
from matgrad.ops.power import Power, power
from matgrad.ops.reductions import norm, total
from matgrad.ops.trace import Trace, trace
from matgrad.ops.transpose import transpose
from matgrad.printing.shapes import parts_of
from matgrad.results import Written


def as_written(read: Interpretation) -> Written | None:
    """A function in the form in which it was typed; ``None`` where what is read is shown in that form anyway.

    Parameters
    ----------
    read : Interpretation
        What a text was understood to say.
    """
    if read.tree is None or read.expr.tree_size > MOST_NODES:
        return None
    writer = _Writer(read)
    try:
        whole = writer.put(read.tree)
        meant = writer.names
        plain = whole
        for symbol, value in reversed(meant.items()):
            plain = inserted(plain, symbol, value)
        if canonical(plain)[0] is not canonical(read.expr)[0]:
            return None
    except MatgradError:
        return None
    nodes = set(postorder(whole))
    shown: tuple[tuple[Symbol, Expr], ...] = ()
    for symbol, value in reversed(meant.items()):  # what a name means may hold those before it
        if symbol in nodes:
            nodes.update(postorder(value))
            shown = ((symbol, value), *shown)
    has_signs = any(
        isinstance(node, Sum) and node.data == AS_TYPED and _is_difference(node) for node in nodes
    )
    written = Formula(whole, as_typed=True)
    if not (shown or has_signs) and look_the_same(written, Formula(read.expr), MEDIA):
        return None
    return Written(whole, shown)


_DIVIDES = frozenset(("./", "⊘"))
_BY_ENTRY = _DIVIDES | {".*", "⊙", "∘"}


class _UnreadError(Exception):
    """A piece has no value of its own: the 1 of 1ᵀy is 𝟏 only beside what stands there."""


class _Writer:
    """Puts the operations of a text together.

    Parameters
    ----------
    read : Interpretation
        What it was understood to say: the value of each piece.
    """

    def __init__(self, read: Interpretation) -> None:
        self.read = read
        self.names: dict[Symbol, Expr] = {}
        self._done: dict[int, Expr] = {}

    def value(self, node: s.Node) -> Expr:
        """What a piece was read as."""
        if id(node) not in self.read.pieces:
            raise _UnreadError
        return self.read.pieces[id(node)]

    def put(self, node: s.Node) -> Expr:
        """A piece as it stands; its value, where that is all that can be said."""
        done = self._done.get(id(node))
        if done is None:
            try:
                done = self._put(node)
            except _UnreadError:
                done = replaced(self.value(node), in_norms)
            self._done[id(node)] = done
        return done

    def _put(self, node: s.Node) -> Expr:
        value = self.value(node)
        match node:
            case s.Group(items=(inner,), is_list=False):
                found = self.put(inner)
            case s.Name(text=name) if name in self.read.bindings and name in self.read.trees:
                found = self._named(name, value)
            case s.Transposed(operand=operand):
                found = turned(self.put(operand))
            case s.Signed(sign=sign, operand=operand):
                found = product(number(sign), self.put(operand))
            case s.Sum(terms=terms):
                found = self._sum(terms, value)
            case s.Product(factors=factors):
                found = self._product(factors, value)
            case s.Power(base=base, exponent=exponent):
                found = self._power(base, exponent, value)
            case s.Bars(operand=operand, weight=None):
                found = self._applied((operand,), value)
            case s.Indexed(kind="sum", bounds=(_,), conditions=(), body=body):
                found = self._over_index(body, value)
            case s.Indexed(body=body):
                found = self._like((body,), value)
            case s.Call(function=function, args=args, keywords=(), primes=0):
                found = self._applied(args, value, function.text)
            case _:
                return replaced(value, in_norms)
        return found if found.shape == value.shape else value

    def _named(self, name: str, value: Expr) -> Expr:
        """A name that the author defined."""
        meant = self.put(self.read.trees[name])
        symbol = Symbol.stand_in(name, *value.shape, known_facts(value) & PASSED_ON)
        if not value.args:
            return value
        self.names[symbol] = meant
        return symbol

    def _sum(self, terms: list[tuple[int, s.Node]], value: Expr) -> Expr:
        parts = []
        for sign, term in terms:
            part = self.put(term)
            if part.is_scalar and not value.is_scalar:
                # A number is added to every entry, or it is a multiple of the identity.
                part = product(part, ones(*value.shape))
            parts.append(part if sign > 0 else product(number(-1), part))
        flat = [arg for part in parts for arg in (summands(part))]
        return Sum.intern(tuple(flat), AS_TYPED)

    def _product(self, factors: list[tuple[str, s.Node]], value: Expr) -> Expr:
        operators = {operator for operator, _ in factors[1:]}
        parts = [self.put(factor) for _, factor in factors]
        if operators <= _BY_ENTRY and operators and not any(part.is_scalar for part in parts):
            pairs = zip([operator for operator, _ in factors], parts, strict=True)
            return by_entry([_reciprocal(part) if operator in _DIVIDES else part for operator, part in pairs])
        if operators <= _BY_ENTRY | {"/"} and operators & _BY_ENTRY:
            divided = [operator in _DIVIDES or operator == "/" for operator, _ in factors]
            parts = [_reciprocal(part) if below else part for below, part in zip(divided, parts, strict=True)]
            numbers = [part for part in parts if part.is_scalar]
            arrays = [part for part in parts if not part.is_scalar]
            return product(*numbers, by_entry(arrays) if len(arrays) > 1 else product(*arrays))
        if "*" in operators and self.read.syntax == "numpy" and sum(not p.is_scalar for p in parts) > 1:
            return by_entry(parts) if operators == {"*"} else replaced(value, in_norms)
        if not operators <= {"", "*", "@", "/", "·"}:
            return replaced(value, in_norms)
        out = [parts[0]]
        for (operator, _), part in zip(factors[1:], parts[1:], strict=True):
            if operator == "/":
                if not part.is_scalar:
                    return replaced(value, in_norms)
                part = _reciprocal(part)
            out.append(part)
        return product(*out, in_order=True)

    def _power(self, base: s.Node, exponent: s.Node, value: Expr) -> Expr:
        above = self.read.pieces.get(id(exponent))
        if above is None or not above.is_scalar:
            return replaced(value, in_norms)
        below = self.put(base)
        if below.is_scalar:
            return Power.intern((below, self.put(exponent)))
        if not isinstance(above, Number):
            return replaced(value, in_norms)
        if power(self.value(base), above) is value:
            return Power.intern((below, above))
        return self._like((base,), value)

    def _over_index(self, body: s.Node, value: Expr) -> Expr:
        """A sum over an index, of its body as it stands."""
        sums = [node for node in postorder(value) if isinstance(node, IndexedSum)]
        names = self.value(body).indices - value.indices
        if not sums or len(names) != 1:
            return replaced(value, in_norms)
        (name,) = names
        return IndexedSum.intern((_with_index(self.put(body), name, sums[-1].index),), sums[-1].data)

    def _applied(self, args: tuple[s.Node, ...], value: Expr, name: str = "") -> Expr:
        """A function of written operands."""
        if len(args) == 1 and id(args[0]) in self.read.pieces:
            inner, shown = self.value(args[0]), self.put(args[0])
            if not inner.is_scalar:
                if value is norm(inner):
                    return Norm.intern((shown,))
                if inner.rows is inner.columns and value is trace(inner):
                    return Trace.intern((shown,))
                if value is total(inner):
                    columns = () if inner.is_vector else (ones(inner.columns),)
                    return product(transpose(ones(inner.rows)), shown, *columns)
            for known in IDENTITIES:
                # A log of softmax is one operation to the constructors; its author wrote two.
                fits = known.inner == (type(inner),) and len(known.operands) == 1
                if fits and not isinstance(value, LogDet) and known.rewrite(inner, *known.data) is value:
                    return known.outer.intern((shown,), known.data)
        return self._like(args, value, name)

    def _like(self, nodes: tuple[s.Node, ...], value: Expr, name: str = "") -> Expr:
        """The operation that was read, on its operands as they stand."""
        # log(det(A)) is one operation on A.
        deeper = [arg for node in nodes for arg in _operands(node)]
        known = {self.value(node): node for node in (*deeper, *nodes) if id(node) in self.read.pieces}
        if isinstance(value, Elementwise) and value.parity > 0:
            # |x − a| is |a − x| to the constructors.
            known |= {scale(-1, arg): node for arg, node in known.items() if scale(-1, arg) not in known}
        fits = bool(value.args) and all(arg in known or isinstance(arg, Number) for arg in value.args)
        if not fits or len(nodes) > len(value.args):
            if not value.args or not name or not all(id(node) in self.read.pieces for node in nodes):
                return replaced(value, in_norms)
            return Called.intern((value, *map(self.put, nodes)), (name.rpartition(".")[2],))
        args = tuple(self.put(known[arg]) if arg in known else arg for arg in value.args)
        return type(value).intern(args, value.data)


def _with_index(written: Expr, name: str, index: Dim) -> Expr:
    """A form as it is written, with another index in the place of one."""
    done: dict[Expr, Expr] = {}
    for node in postorder(written):
        if name not in node.indices:
            done[node] = node
        elif not node.args:
            done[node] = with_indices(node, {name: index})
        else:
            args = tuple(done[arg] for arg in node.args)
            done[node] = type(node).intern(args, with_indices_in_data(node.data, {name: index}))
    return done[written]


def _is_difference(typed: Sum) -> bool:
    """Whether some terms of a sum have a minus and others have none."""
    return typed.data == AS_TYPED and len({parts_of(term).number < 0 for term in typed.args}) == 2


def _operands(node: s.Node) -> Sequence[s.Node]:
    """What a function of one operand is applied to."""
    match node:
        case s.Group(items=(inner,), is_list=False):
            return _operands(inner)
        case s.Call(args=(operand,), keywords=(), primes=0) | s.Bars(operand=operand, weight=None):
            return (operand,)
    return ()


def _reciprocal(part: Expr) -> Expr:
    if isinstance(part, Number):
        return number(Fraction(1) / part.value)
    return Power.intern((part, number(-1)))
