"""The largest and the smallest: −max(−x) is min(x); where an index counts, max_i f(i), 𝟏[f_k = max_i f_i].

Canonical form knows the largest alone. Before an expression is composed, the largest of opposites becomes
what people call the smallest, with the sign in front of it.
"""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Data, Expr, postorder
from matgrad.core.notation import Notation
from matgrad.ops.arithmetic import Product, Sum, multiply, scale, split_number
from matgrad.ops.indices.binding import with_indices_in_data
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Unit, number
from matgrad.ops.reductions import ArgMax, Max
from matgrad.printing.brackets import Piece
from matgrad.printing.comparing import ONE_WHERE, compared
from matgrad.printing.index_names import has_its_range
from matgrad.printing.pen import Pen
from matgrad.printing.shapes import Parts, has_mixed_signs, leads_positive, parts_of


class WrittenOpposite(Expr):
    """f(−x) as it is written without the sign. ``data`` is a shape, the name of f, and the notation."""

    __slots__ = ()
    name = ""
    rank = 50

    @classmethod
    def of(cls, node: Expr, operand: Expr) -> Expr:
        """F(−x) for the x that is its operand without the sign."""
        assert node.mirrored is not None
        sign, form = node.mirrored
        said = (*node.shape, node.name, form.text, form.unicode, form.latex, form.numpy)
        return scale(sign, cls.intern((operand,), said))

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> tuple[Dim, Dim]:
        return (data[0], data[1])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.intern(args, data)

    @property
    def of_largest(self) -> str:
        """The name of f."""
        return self.data[2]  # type: ignore[no-any-return]

    def notation(self) -> Notation:
        return Notation(*self.data[3:])


def with_opposites(root: Expr) -> Expr:
    """An expression in which the largest of opposites is called the smallest."""
    nodes = postorder(root)
    if not any(node.mirrored for node in nodes):
        return root
    done: dict[Expr, Expr] = {}
    for node in nodes:
        args = tuple(done[arg] for arg in node.args)
        made = node if args == node.args else _rebuilt(node, args)
        if node.mirrored is not None and _is_opposite(made.args[0]):
            made = WrittenOpposite.of(node, scale(-1, made.args[0]))
        elif isinstance(node, Product) and node.coefficient < 0:
            made = _turned(made)
        done[node] = made
    return done[root]


def _rebuilt(node: Expr, args: tuple[Expr, ...]) -> Expr:
    if isinstance(node, IndexedSum):
        front, body = split_number(args[0])
        return scale(front, IndexedSum.intern((body,), node.data))
    # An inverse would put the sign of a sum in front of itself: (AᵀA − λI)⁻¹ stays as people write it.
    if node.mirrored is not None or node.scoped or isinstance(node, Inverse):
        return type(node).intern(args, node.data)
    return node.rebuild(args, node.data)


def _is_opposite(expr: Expr) -> bool:
    """Whether every term of an expression has a minus."""
    terms = expr.args if isinstance(expr, Sum) else (expr,)
    return all(parts_of(term).number < 0 for term in terms)


def _turned(node: Expr) -> Expr:
    """A product with a minus in which −max(b − a) is min(a − b)."""
    if not isinstance(node, Product):
        return node
    for factor in node.args:
        if factor.mirrored is None or factor.mirrored[0] > 0:
            continue
        inside = factor.args[0]
        if isinstance(inside, Sum) and has_mixed_signs(inside) and not leads_positive(inside):
            turned = WrittenOpposite.of(factor, scale(-1, inside))
            factors = [turned if other is factor else other for other in node.args]
            return multiply(number(node.coefficient), *factors)
    return node


def over_indices(pen: Pen, node: Expr) -> Piece | None:
    """The largest, or the smallest, of numbers that an index counts, max(Σ_i f(i) e_i): max_i f(i)."""
    found = _counted(node.args[0])
    if found is None or _largest_of(node) != Max.name:
        return None
    index, last, scalars, factor = found
    bound = (index, ONE, last, has_its_range(scalars, index, ONE, last))
    body = pen.medium.whole(pen.product(Parts(factor, scalars, ())))
    return pen.medium.over("min" if isinstance(node, WrittenOpposite) else "max", [bound], (), body)


def entry_of_choice(pen: Pen, node: Expr, place: Dim) -> Piece | None:
    """Whether the entry at a place is the largest of all: 𝟏[f_k = max_i f_i]."""
    found = _counted(node.args[0]) if node.args else None
    if found is None or _largest_of(node) != ArgMax.name or pen.medium.is_source:
        return None
    index, last, scalars, factor = found
    bound = (index, ONE, last, has_its_range(scalars, index, ONE, last))
    everywhere = multiply(number(factor), *scalars)
    here = _at(everywhere, index, place)
    body = pen.medium.whole(pen.product(parts_of(everywhere)))
    kind = "min" if isinstance(node, WrittenOpposite) else "max"
    extreme = pen.medium.over(kind, [bound], (), body)
    return pen.medium.function(ONE_WHERE, [compared(pen.piece(here), "=", extreme)])


def _at(root: Expr, index: Dim, place: Dim) -> Expr:
    """What is written with an index, at a place."""
    (name,) = index.names
    done: dict[Expr, Expr] = {}
    for node in postorder(root):
        args = tuple(done[arg] for arg in node.args)
        done[node] = type(node).intern(args, with_indices_in_data(node.data, {name: place}))
    return done[root]


def _largest_of(node: Expr) -> str:
    return node.of_largest if isinstance(node, WrittenOpposite) else node.name


def _counted(stack: Expr) -> tuple[Dim, Dim, tuple[Expr, ...], Fraction] | None:
    """The index, its last value and the factors of the body of c Σ_i f(i) e_i, with the number c in front."""
    front = Fraction(1)
    if isinstance(stack, Product) and not stack.scalars and len(stack.chain) == 1:
        front, stack = stack.coefficient, stack.chain[0]
    if not isinstance(stack, IndexedSum):
        return None
    factor, scalars, chain = parts_of(stack.args[0])
    index, first, last = stack.data[:3]
    if not scalars or len(chain) != 1 or not isinstance(chain[0], Unit):
        return None
    if first is not ONE or chain[0].data != (index, last):
        return None
    return index, last, scalars, factor * front
