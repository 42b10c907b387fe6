"""The decisions of a careful author, made once for all media.

An expression is composed from its operands upwards, with a memory of what is done, so that
neither depth nor sharing costs more than the text itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.notation import call
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import AS_GIVEN, AS_TYPED, Product, Sum
from matgrad.ops.comparisons import Where
from matgrad.ops.diagonals import Diag, DiagonalPart
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.indexed_products import IndexedProduct
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Dimension, Eye, Literal, Number, Ones, Unit, Zeros
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.orientation import as_written
from matgrad.ops.piecewise import Abs, Step
from matgrad.ops.power import Power, split_exponent
from matgrad.ops.real_matrix_power import RealMatrixPower
from matgrad.ops.reductions import Max
from matgrad.ops.reshaping import is_vec
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose
from matgrad.ops.vec_matrices import Elimination
from matgrad.printing.brackets import Level, Piece, Term
from matgrad.printing.comparing import step, where
from matgrad.printing.extremes import WrittenOpposite, entry_of_choice, over_indices, with_opposites
from matgrad.printing.factors import negative_exponent, square_factors, upright
from matgrad.printing.index_names import WrittenMember, is_natural, reads_places_below, written
from matgrad.printing.medium import Medium
from matgrad.printing.names import printed_as
from matgrad.printing.ones import without_ones
from matgrad.printing.row_sums import with_row_sums
from matgrad.printing.shapes import (
    Parts,
    average,
    common_number,
    difference_inside,
    ends_in_product,
    has_mixed_signs,
    is_added,
    is_cross_product,
    is_inner_product_of_crosses,
    joined_roots,
    leads_positive,
    needs_flip,
    parts_of,
    signs_of_differences,
    square_of_cross_product,
    square_root,
    terms_in_order,
    turned_inside,
)

_HALF = Fraction(1, 2)
_ONE = Fraction(1)
_TWO = Fraction(2)
_VECH = call("vech", r"\operatorname{vech}")
"""L vec(X), the entries of a lower triangle one below the other."""


LONGEST = 5_000_000
"""Expressions with more signs than this are not written."""


_Way = Callable[[Any, Any], Any]
_WAYS: dict[type[Expr], _Way] = {}
"""How an operation is written that is no call: the method of :class:`Composer` that says so."""

W = TypeVar("W", bound=_Way)


def _as_people_write(expr: Expr) -> Expr:
    """An expression with members, rows and the smallest, which canonical form does not know."""
    return written(with_opposites(with_row_sums(expr)))


def _composes(operation: type[Expr]) -> Callable[[W], W]:
    def enter(way: W) -> W:
        _WAYS[operation] = way
        return way

    return enter


class Composer:
    """Writes expressions in one medium and remembers their pieces."""

    def __init__(self, medium: Medium) -> None:
        self.medium = medium
        self.done: dict[Expr, Term] = {}
        self._names: dict[str, str] = {}

    def text(self, expr: Expr) -> str:
        """The whole expression, in the notation of indices that a reader takes.

        Raises
        ------
        ArgumentError
            As :meth:`term`.
        """
        return self.medium.whole(self.term(_as_people_write(expr))).text

    def term(self, expr: Expr) -> Term:
        """An expression with its sign apart.

        Raises
        ------
        ArgumentError
            When shared parts, written out each time, would make it too long to write at all.
        """
        if expr.tree_size > LONGEST:
            raise ArgumentError(
                phrase(
                    "the expression is too long to write: its parts are shared, and it would "
                    "have {tree_size} signs",
                    tree_size=f"{expr.tree_size:.1g}",
                ),
                fix=phrase("write its parts, or evaluate it with mg.evaluate, where shared parts count once"),
            )
        return self._compose(expr)

    def terms(self, exprs: Sequence[Expr]) -> str:
        """Terms with their signs, in the order given."""
        return self.medium.sum([self._compose(_as_people_write(expr)) for expr in exprs]).text

    def is_negative(self, expr: Expr) -> bool:
        """Whether an expression has a minus that stands before the whole of it."""
        return self._compose(expr).negative

    def is_call(self, expr: Expr) -> bool:
        """Whether an expression is written as a word with brackets behind it, and nothing else."""
        term = self._compose(expr)
        return term.piece.is_call and not term.negative

    def _compose(self, root: Expr) -> Term:
        """Compose a node after all that it is made of, without recursion."""
        done = self.done
        stack = [root]
        while stack:
            node = stack[-1]
            if node in done:
                stack.pop()
                continue
            waiting = [part for part in self._needed(node) if part not in done]
            if waiting:
                stack += waiting
            else:
                stack.pop()
                done[node] = _WAYS.get(type(node), Composer.function)(self, node)
        return done[root]

    def _needed(self, node: Expr) -> Sequence[Expr]:
        """The expressions whose pieces a node is composed of."""
        if isinstance(node, Sum):
            if node.is_row:
                return (node.T,)
            return [
                part
                for term in node.args
                for part in upright(term.args if isinstance(term, Product) else (term,))
            ]
        if isinstance(node, Product):
            return upright(node.args)
        if isinstance(node, Trace) and isinstance(node.args[0], Product):
            return [node.args[0], *square_factors(node)]
        if isinstance(node, Power):
            return [node.args[1], *upright(node.args[:1])]
        if isinstance(node, Hadamard):
            return upright([part for arg in node.args for part in (arg, split_exponent(arg)[0])])
        if isinstance(node, Transpose) and isinstance(node.args[0], Inverse):
            return as_written(node.args[0].args[0])[:1]
        if isinstance(node, Elementwise) and node.parity > 0:
            return upright(node.args)
        if isinstance(node, Diag) and isinstance(node.args[0], DiagonalPart):
            return (*node.args, *node.args[0].args)
        return node.args

    # ---- pieces in their places -----------------------------------------------------------------

    def piece(self, node: Expr) -> Piece:
        """An expression with its sign."""
        return self.medium.whole(self.done.get(node) or self._compose(node))

    def _factor(self, node: Expr, negate: bool = False) -> Piece:
        """A factor of a product, with the other sign if asked for."""
        if needs_flip(node):
            return self.medium.transposed(self._factor(node.T, negate))
        if not negate:
            return self.piece(node)
        if isinstance(node, Transpose):
            return self.medium.transposed(self._factor(node.args[0], negate))
        if isinstance(node, Hadamard):
            return self._entrywise(node, negate)
        if isinstance(node, Sum):
            return self.medium.whole(self._sum(node, negate))
        if isinstance(node, IndexedSum):
            return self._over(node, negate).piece
        if isinstance(node, Product):
            parts = parts_of(node)
            return self.medium.whole(self.product(parts._replace(number=-parts.number)))
        chosen = difference_inside(node)
        args = [self._factor(arg, arg is chosen) for arg in node.args]
        return self.medium.function(node.notation(), args)

    def _free_sign(self, node: Expr) -> Piece:
        """A factor whose sign does not matter: a difference starts with a plus in the order of names."""
        return self._factor(node, has_mixed_signs(node) and not leads_positive(node))

    # ---- sums -----------------------------------------------------------------------------------

    @_composes(Sum)
    def _sum(self, node: Expr, negate: bool = False) -> Term:
        if node.is_row:
            return Term(False, self.medium.transposed(self._factor(node.T, negate)))
        terms = terms_in_order(node, negate)
        common = _ONE if node.data == AS_TYPED else common_number(terms)
        if node.data != AS_GIVEN:
            terms = without_ones(terms, self.medium)
        plus = len(set(map(is_added, terms))) == 2
        written = [self.product(term._replace(number=term.number / common), plus) for term in terms]
        if node.data != AS_TYPED:
            written.sort(key=lambda term: term.negative)
        total = self.medium.sum(written)
        if common == 1:
            return Term(False, total)
        return Term(common < 0, self.medium.scaled(abs(common), [], total, []))

    @_composes(Step)
    def _step(self, node: Expr) -> Term:
        return Term(False, step(self, node))

    @_composes(Where)
    def _where(self, node: Expr) -> Term:
        return Term(False, where(self, node))

    def _in_brackets(self, piece: Piece) -> Piece:
        return Piece(self.medium.brackets(piece), Level.ATOM, piece.tall)

    # ---- products -------------------------------------------------------------------------------

    @_composes(Product)
    def _product_node(self, node: Expr) -> Term:
        return self.product(parts_of(node))

    def product(self, parts: Parts, beside_others: bool = False) -> Term:
        """A number, scalars and a chain: a minus goes into a difference, negative powers below the bar.

        Beside a term with a plus, a minus is no burden, and differences keep their natural order.
        """
        number, scalars, chain = parts
        medium = self.medium
        if not scalars and not chain:
            return Term(number < 0, medium.number(abs(number)))
        crossed = None if medium.as_typed else square_of_cross_product(number, scalars, chain)
        if crossed is not None:
            return Term(False, medium.scaled(abs(number), [self._norm(crossed, _TWO)], None, []))
        if medium.writes_crosses and is_cross_product(chain):
            negative, turned = False, [chain[-2]] if number < 0 else []
        else:
            negative, turned = signs_of_differences(number < 0, (*scalars, *chain), beside_others)
        number, scalars = joined_roots(abs(number), scalars, as_typed=medium.as_typed)
        changes = [scalar for scalar in scalars if isinstance(scalar, Symbol) and scalar.is_differential]
        scalars = tuple(s for s in scalars if s not in changes)  # a change stands last: A dt
        if not scalars and not changes and number == 1:
            piece = self._chain(chain, turned)
            if negative and piece.level is Level.OPERATOR and not self._leads_alone(chain[0]):
                piece = self._in_brackets(piece)
            return Term(negative, piece)
        scalars, averaged = average(scalars) if medium.names_means else (scalars, ())
        above = [Piece(f"mean({self._chain(averaged).text})", Level.ATOM, is_call=True)] if averaged else []
        below: list[Piece] = []
        forms: list[Piece] = []
        held: list[Piece] = []
        divides = number.denominator != 1 or any(negative_exponent(scalar) is not None for scalar in scalars)
        crowd = sum(negative_exponent(scalar) is None for scalar in scalars) + bool(chain) + len(above)
        for scalar in scalars:
            exponent = negative_exponent(scalar)
            if exponent is not None:
                below.append(self._power_of(scalar.args[0], -exponent, scalar in turned))
                continue
            piece = self._scalar(scalar, crowd > 1, scalar in turned)
            is_long = isinstance(scalar, IndexedSum) and medium.is_source and reads_places_below(scalars)
            if is_long or (divides and ends_in_product(scalar) and not medium.stacks_fractions):
                piece = self._in_brackets(piece)  # the parser would take what it is divided by into the sum
            kind = held if scalar.is_differential else forms if piece.level is Level.PRODUCT else above
            kind.append(piece)
        above += forms if len(forms) + len(held) == 1 else [self._in_brackets(form) for form in forms]
        above += held
        if not chain:
            above[-1:] = [medium.chain([*above[-1:], *map(self.piece, changes)])] if changes else above[-1:]
            return Term(negative, medium.scaled(number, above, None, below))
        tail = self._chain(chain, turned, changes)
        if isinstance(chain[-1], IndexedSum) and medium.is_source and reads_places_below(scalars):
            tail = self._in_brackets(tail)
        is_bare = not scalars and number.denominator == 1
        if is_bare and tail.level is Level.OPERATOR and isinstance(chain[0], Hadamard):
            text = str(number) + medium.glue(str(number), tail.text) + tail.text
            return Term(negative, Piece(text, Level.OPERATOR, tail.tall))
        return Term(negative, medium.scaled(number, above, tail, below))

    def _leads_alone(self, factor: Expr) -> bool:
        """Whether a minus before a factor is read as one of the whole: −x ⊙ y, −x ⊙ x, not −1 ⊘ x."""
        return isinstance(factor, (Hadamard, Diag, Power)) and negative_exponent(factor) is None

    def _scalar(self, node: Expr, crowded: bool, negate: bool) -> Piece:
        """A scalar factor; among others, a square is written as one of a norm."""
        root = self._root(node) if crowded else None
        return self._factor(node, negate) if root is None else self._norm(root, _TWO)

    def divisor(self, node: Expr) -> Piece:
        """A scalar below a line, where a square is one of a norm."""
        return self._scalar(node, True, False)

    def _chain(self, chain: Sequence[Expr], turned: Sequence[Expr] = (), last: Sequence[Expr] = ()) -> Piece:
        """A chain of matrices: sums of entries, entries, squared norms, or the factors in order."""
        special = self._special_chain(chain, turned) if len(chain) > 1 else None
        factors = self._factors(list(chain), turned) if special is None else [special]
        return special if special and not last else self.medium.chain([*factors, *map(self.piece, last)])

    def _factors(self, chain: list[Expr], turned: Sequence[Expr]) -> list[Piece]:
        """The factors of a product, with vech(X) for L vec(X) at its end and vech(X)ᵀ at its front."""
        first: list[Piece] = []
        last: list[Piece] = []
        if len(chain) > 1 and isinstance(chain[-2], Elimination) and is_vec(chain[-1]):
            last = [self.medium.function(_VECH, [self.piece(chain[-1].args[0])])]
            chain = chain[:-2]
        if len(chain) > 1 and all(isinstance(factor, Transpose) for factor in chain[:2]):
            row, spread = (factor.args[0] for factor in chain[:2])
            if isinstance(spread, Elimination) and is_vec(row):
                half = self.medium.function(_VECH, [self.piece(row.args[0])])
                first, chain = [self.medium.transposed(half)], chain[2:]
        return [*first, *(self._factor(factor, factor in turned) for factor in chain), *last]

    def _special_chain(self, chain: Sequence[Expr], turned: Sequence[Expr]) -> Piece | None:
        medium = self.medium
        first, last = chain[0], chain[-1]
        if medium.writes_crosses and is_cross_product(chain):
            product = self.piece(last)
            for place, factor in reversed(list(enumerate(chain[:-1]))):
                vectors = [self.piece(factor.args[0]), product]
                flipped = factor in turned and place == len(chain) - 2
                product = medium.cross(*(reversed(vectors) if flipped else vectors))
            return product
        if is_inner_product_of_crosses(chain) and isinstance(first, Transpose):
            crossed = medium.cross(self.piece(first.args[0]), self.piece(chain[1].args[0]))
            other = medium.cross(self.piece(chain[2].args[0]), self.piece(last))
            return medium.chain([medium.transposed(crossed), other])
        left = first.args[0] if isinstance(first, Transpose) else None
        right = last.args[0] if isinstance(last, Transpose) else None
        if isinstance(first, Ones) and isinstance(right, Ones) and len(chain) == 2:
            return medium.all_ones(first.rows, last.columns)
        if isinstance(left, Unit) or isinstance(last, Unit):
            return self._entry(chain, left.data[0] if isinstance(left, Unit) else None, turned)
        is_scalar = first.rows is last.columns and first.is_row
        if isinstance(left, Ones) and len(chain) == 2 and isinstance(last, Abs):
            norm = medium.norm1(self._free_sign(last.args[0]))
            if norm is not None:
                return norm
        if isinstance(left, Ones):
            inner = chain[1:-1] if isinstance(last, Ones) else chain[1:]
            if isinstance(last, Ones) and len(inner) == 1 and needs_flip(inner[0]):
                # The sum over all entries does not see a transpose.
                inner = [inner[0].T]
            return medium.ones_chain(self._chain(inner, turned), True, is_scalar) if inner else None
        if isinstance(last, Ones) and not is_scalar:
            return medium.ones_chain(self._chain(chain[:-1], turned), False, True)
        if is_scalar and (len(chain) > 2 or isinstance(last, Sum)):
            root = self._root(Product.intern(tuple(chain), (_ONE, 0)))
            # A square has an even number of turned differences, so their signs do not matter.
            return None if root is None else self._norm(root, _TWO)
        return None

    def _entry(self, chain: Sequence[Expr], row: Any, turned: Sequence[Expr]) -> Piece | None:
        """An entry, a row or a column of what stands between unit vectors."""
        column = chain[-1].data[0] if isinstance(chain[-1], Unit) else None
        inner = chain[row is not None : len(chain) - (column is not None)]
        chosen = entry_of_choice(self, inner[0], row) if column is None and len(inner) == 1 else None
        if chosen is not None:
            return chosen
        if not inner or inner[0].is_row or isinstance(inner[0], (Ones, Unit)):
            return None
        is_turned = row is None and len(inner) == 1 and isinstance(inner[0], Transpose)
        if is_turned and isinstance(inner[0].args[0], Symbol):  # a row of data, as a column
            written = self.medium.entry(self.piece(inner[0].args[0]), column, None, False)
            return self.medium.transposed(written._replace(level=Level.ATOM))
        is_vector = inner[-1].is_vector
        return self.medium.entry(self._chain(inner, turned), row, column, is_vector)

    # ---- norms and powers -----------------------------------------------------------------------

    def _root(self, node: Expr) -> tuple[Expr, ...] | None:
        """The chain Y of what is written ‖Y‖²."""
        return None if self.medium.as_typed else square_root(node)

    def _norm(self, root: Sequence[Expr], exponent: Fraction) -> Piece:
        """‖Y‖ to a power, for Y a chain."""
        inside = self._free_sign(root[0]) if len(root) == 1 else self._chain(root)
        norm = self.medium.norm(inside, not (root[-1].is_vector or root[0].is_row))
        return norm if exponent == 1 else self.medium.power(norm, self.medium.number(exponent))

    def _power_of(self, base: Expr, exponent: Fraction, negate: bool = False) -> Piece:
        """A scalar, or one with the other sign, to a positive number."""
        root = self._root(base) if (2 * exponent).denominator == 1 else None
        if root is not None:
            return self._norm(root, 2 * exponent)
        piece = self._free_sign(base) if exponent % 2 == 0 else self._factor(base, negate)
        if exponent == 1:
            return piece
        return (
            self.medium.root(piece)
            if exponent == _HALF
            else self.medium.power(piece, self.medium.number(exponent))
        )

    @_composes(Power)
    def _power(self, node: Expr) -> Term:
        base, exponent = node.args
        medium = self.medium
        value = exponent.value if isinstance(exponent, Number) else None
        if node.is_scalar:
            if value is None:
                return Term(False, medium.power(self._factor(base), self.piece(exponent)))
            piece = self._power_of(base, abs(value))
            return Term(False, medium.scaled(_ONE, [], None, [piece]) if value < 0 else piece)
        if value is None:
            return Term(False, medium.entry_power(self._factor(base), self.piece(exponent)))
        piece = self._entry_power(base, abs(value))
        return Term(False, medium.by_entry([], [piece]) if value < 0 else piece)

    def _entry_power(self, base: Expr, exponent: Fraction) -> Piece:
        piece = self._free_sign(base) if exponent % 2 == 0 else self._factor(base)
        if exponent == 1:
            return piece
        if exponent == _HALF:
            return self.medium.entry_root(piece, base.rows is base.columns)
        if exponent == 2 and isinstance(base, Symbol) and not self.medium.is_source:
            return self.medium.by_entry([piece, piece], [])
        return self.medium.entry_power(piece, self.medium.number(exponent))

    @_composes(Hadamard)
    def _hadamard(self, node: Expr) -> Term:
        return Term(False, self._entrywise(node, False))

    def _entrywise(self, node: Expr, negate: bool) -> Piece:
        """A product entry by entry: sums and identities last, negative powers as divisors."""
        above: list[Piece] = []
        below: list[Piece] = []
        turned, typed = turned_inside(node, negate), self.medium.as_typed
        for factor in sorted(node.args, key=lambda x: not typed and (isinstance(x, Sum), isinstance(x, Eye))):
            base, exponent = split_exponent(factor)
            if isinstance(exponent, Number) and exponent.value < 0:
                below.append(self._entry_power(base, -exponent.value))
                continue
            above.append(self._factor(factor, factor in turned))
        return self.medium.by_entry(above, below)

    # ---- the rest -------------------------------------------------------------------------------

    @_composes(RealMatrixPower)
    @_composes(MatrixPower)
    def _matrix_power(self, node: Expr) -> Term:
        base, exponent = node.args
        return Term(False, self.medium.matrix_power(self.piece(base), self.piece(exponent)))

    @_composes(Transpose)
    def _transpose(self, node: Expr) -> Term:
        inner = node.args[0]
        if isinstance(inner, Inverse):
            inside, turned = as_written(inner.args[0])
            return Term(False, self.medium.inverse(self.piece(inside), turned))
        return Term(False, self.medium.transposed(self.piece(inner)))

    @_composes(Inverse)
    def _inverse(self, node: Expr) -> Term:
        return Term(False, self.medium.inverse(self.piece(node.args[0]), False))

    @_composes(Trace)
    def _trace(self, node: Expr) -> Term:
        root = self._root(node)
        if root is not None and (len(root) > 1 or isinstance(root[0], Sum)):
            return Term(False, self._norm(root, _TWO))
        return self.function(node)

    def function(self, node: Expr) -> Term:
        """A call, or what else a notation says."""
        if isinstance(node, Elementwise) and node.parity > 0:
            return Term(False, self.medium.function(node.notation(), [self._free_sign(node.args[0])]))
        return Term(False, self.medium.function(node.notation(), [self.piece(arg) for arg in node.args]))

    @_composes(Diag)
    def _diag(self, node: Expr) -> Term:
        """The diagonal part of a matrix, as a matrix, is M ⊙ I."""
        inner = node.args[0]
        if not isinstance(inner, DiagonalPart):
            return self.function(node)
        identity = Eye.intern((), (node.rows,))
        return Term(
            False, self.medium.by_entry([self.piece(inner.args[0]), self.function(identity).piece], [])
        )

    @_composes(Eye)
    @_composes(Ones)
    @_composes(Zeros)
    @_composes(Unit)
    def _sized(self, node: Expr) -> Term:
        """A constant that has its size written where nothing beside it says it."""
        shape = node.data if isinstance(node, Unit) else node.shape
        sizes = shape[:1] if node.is_vector and not isinstance(node, Unit) else shape
        sizes = sizes[:1] if isinstance(node, Eye) else sizes
        piece = self.medium.sized(node.name, sizes)
        return self.function(node) if piece is None else Term(False, piece)

    @_composes(Number)
    def _number(self, node: Number) -> Term:
        return Term(node.value < 0, self.medium.number(abs(node.value)))

    @_composes(Dimension)
    def _dimension(self, node: Dimension) -> Term:
        return Term(False, self.medium.dimension(node.dim))

    @_composes(Family)
    @_composes(Symbol)
    def _symbol(self, node: Symbol) -> Term:
        if not self.medium.is_source:
            first = self._names.setdefault(printed_as(node.label), node.label)
            if first != node.label:
                return Term(False, self.medium.spelled(node))
        return Term(False, self.medium.symbol(node))

    @_composes(WrittenMember)
    def _member(self, node: WrittenMember) -> Term:
        return Term(False, self.medium.member(self.medium.symbol(node), node.places, node.above))

    # ---- sums over indices ----------------------------------------------------------------------

    @_composes(IndexedSum)
    @_composes(IndexedProduct)
    def _over(self, node: Expr, negate: bool = False) -> Term:
        """A sum over indices: those that stand directly inside each other under one sign."""
        bounds: list[tuple[Dim, Dim, Dim, bool]] = []
        conditions: list[tuple[Any, ...]] = []
        kind, body = type(node), node
        while isinstance(body, (kind, Guard)) and (not isinstance(body, IndexedProduct) or body is node):
            if isinstance(body, Guard):
                conditions += body.conditions
            else:
                index, first, last = body.data[:3]
                bounds.append((index, first, last, is_natural(body)))
                conditions += body.data[3] if len(body.data) > 3 else ()
            body = body.args[0]
        sign = "sum" if kind is IndexedSum else "prod"
        if negate and isinstance(body, Product):
            parts = parts_of(body)
            piece = self.medium.whole(self.product(parts._replace(number=-parts.number)))
        else:
            piece = self._factor(body, negate)
        return Term(False, self.medium.over(sign, bounds, conditions, piece))

    @_composes(Max)
    @_composes(WrittenOpposite)
    def _max(self, node: Expr) -> Term:
        found = over_indices(self, node)
        return self.function(node) if found is None else Term(False, found)

    @_composes(Guard)
    def _guard(self, node: Guard) -> Term:
        return Term(False, self.medium.guarded(node.conditions, self.piece(node.args[0])))

    @_composes(Literal)
    def _literal(self, node: Literal) -> Term:
        return Term(False, self.medium.literal(node.data))
