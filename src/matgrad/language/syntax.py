"""The syntax tree: what was written, before anything is known of shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from fractions import Fraction

from matgrad.core.records import dataclass
from matgrad.core.words import Phrase

Span = tuple[int, int]
"""Start and end in the text, the end exclusive."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A piece of text with its place."""

    span: Span

    def children(self) -> Iterator[Node]:
        """The pieces it is made of."""
        return iter(())


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A name; a dotted one such as ``np.linalg.inv`` counts as one name."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Num(Node):
    """An exact number."""

    value: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Text(Node):
    """A quoted word, as in ``ord='fro'``."""

    value: str


@dataclass(frozen=True, slots=True, eq=False)
class OnesSign(Node):
    """Ones of the sizes written below, ``𝟏_n``; without them a column of whatever length fits, ``𝟏``."""

    sizes: tuple[Node, ...] = ()

    def children(self) -> Iterator[Node]:
        return iter(self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class ZeroSign(Node):
    """Zeros of the sizes written below, ``0_n`` and ``0_{m×n}``."""

    sizes: tuple[Node, ...]

    def children(self) -> Iterator[Node]:
        return iter(self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class UnitSign(Node):
    """The unit vector e_i of whatever length fits."""

    place: Node

    def children(self) -> Iterator[Node]:
        return iter((self.place,))


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Node):
    """Terms, each with its sign, +1 or -1."""

    terms: list[tuple[int, Node]]

    def children(self) -> Iterator[Node]:
        return (term for _, term in self.terms)


@dataclass(frozen=True, slots=True, eq=False)
class Product(Node):
    """Factors, each with the operator before it; juxtaposition is the operator ``""``."""

    factors: list[tuple[str, Node]]

    def children(self) -> Iterator[Node]:
        return (factor for _, factor in self.factors)


@dataclass(frozen=True, slots=True, eq=False)
class Signed(Node):
    """A sign before an operand."""

    sign: int
    operand: Node

    def children(self) -> Iterator[Node]:
        return iter((self.operand,))


@dataclass(frozen=True, slots=True, eq=False)
class RaisedSign(Node):
    """A raised plus, the pseudoinverse of a matrix and the positive part of a number, or a dagger."""

    sign: str
    operand: Node

    def children(self) -> Iterator[Node]:
        return iter((self.operand,))


@dataclass(frozen=True, slots=True, eq=False)
class Power(Node):
    """Base and exponent; ``operator`` is ``^``, ``.^`` or ``**``."""

    operator: str
    base: Node
    exponent: Node

    def children(self) -> Iterator[Node]:
        return iter((self.base, self.exponent))


@dataclass(frozen=True, slots=True, eq=False)
class Transposed(Node):
    """A transpose; ``mark`` is the way it was written."""

    operand: Node
    mark: str

    def children(self) -> Iterator[Node]:
        return iter((self.operand,))


@dataclass(frozen=True, slots=True, eq=False)
class TransposeSign(Node):
    """The ⊤ of ``X^⊤`` and ``X^{-⊤}``, which stands where an exponent does."""


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A function applied to arguments, by position and by keyword.

    ``entrywise`` says that it is written as one of every entry, where books may mean a matrix function.
    """

    function: Name
    args: tuple[Node, ...]
    keywords: tuple[tuple[Name, Node], ...] = ()
    primes: int = 0
    bare: bool = False
    entrywise: bool = False

    def children(self) -> Iterator[Node]:
        yield from self.args
        for _, value in self.keywords:
            yield value


@dataclass(frozen=True, slots=True, eq=False)
class Method(Node):
    """A method of NumPy arrays: ``X.sum(axis=0)``; without a call, an attribute: ``X.shape``."""

    operand: Node
    name: Name
    args: tuple[Node, ...] | None
    keywords: tuple[tuple[Name, Node], ...] = ()

    def children(self) -> Iterator[Node]:
        yield self.operand
        yield from self.args or ()
        for _, value in self.keywords:
            yield value


@dataclass(frozen=True, slots=True, eq=False)
class Slice(Node):
    """A range of an index; a missing end is ``None``."""

    first: Node | None
    last: Node | None
    step: Node | None = None

    def children(self) -> Iterator[Node]:
        return (node for node in (self.first, self.last, self.step) if node is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Index(Node):
    """Entries or parts of an operand."""

    operand: Node
    items: tuple[Node, ...]

    def children(self) -> Iterator[Node]:
        yield self.operand
        yield from self.items


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """Something in round brackets; more than one item, or a comma, makes it a list."""

    items: tuple[Node, ...]
    is_list: bool

    def children(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks(Node):
    """Rows of entries in square brackets."""

    rows: tuple[tuple[Node, ...], ...]

    def children(self) -> Iterator[Node]:
        for row in self.rows:
            yield from row


@dataclass(frozen=True, slots=True, eq=False)
class Bars(Node):
    """``|X|`` or, with ``double``, ``‖X‖`` and the kind of norm, or the matrix, written below it."""

    operand: Node
    double: bool
    kind: str = ""
    weight: Node | None = None

    def children(self) -> Iterator[Node]:
        return iter((self.operand,) if self.weight is None else (self.operand, self.weight))


@dataclass(frozen=True, slots=True, eq=False)
class Subscripted(Node):
    """``x_i``, ``w_ij``, ``x_{i-1}``, ``A_{k,l}``: a member of a family, an entry, a column, or one name.

    What it is, is decided where names are known. Letters written together stay together: the item of
    ``w_ij`` is the name ``ij``, which is two indices where i and j are some.
    """

    base: Name
    items: tuple[Node, ...]
    above: str = ""
    """The bracket that opens the index above the name: ``x^{(i)}``."""

    def children(self) -> Iterator[Node]:
        yield self.base
        yield from self.items


@dataclass(frozen=True, slots=True, eq=False)
class Bound(Node):
    """An index with its range: ``i``, ``i = 1..N``, or ``i ∈ S``, where ``first`` is missing.

    What is missing is the range that the members in the body have.
    """

    index: Name
    first: Node | None = None
    last: Node | None = None

    def children(self) -> Iterator[Node]:
        return (node for node in (self.index, self.first, self.last) if node is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    """``i < j``; a chain ``1 ≤ i < j`` is one comparison for each pair. The signs are < > ≤ ≥ = ≠."""

    left: Node
    sign: str
    right: Node

    def children(self) -> Iterator[Node]:
        return iter((self.left, self.right))


@dataclass(frozen=True, slots=True, eq=False)
class Indexed(Node):
    """A sum, a product or a mean over indices: Σ_{i=1}^N body.

    Attributes
    ----------
    kind : str
        ``"sum"``, ``"prod"``, ``"mean"``, ``"max"`` or ``"min"``.
    bounds : tuple of Bound
        The indices that are named with or without a range.
    conditions : tuple of Comparison
        What holds between them; an index that occurs only here, as in Σ_{i<j}, is bound as well unless
        it is bound outside.
    body : Node
        What is summed: the product that follows, or the bracket.
    """

    kind: str
    bounds: tuple[Bound, ...]
    conditions: tuple[Comparison, ...]
    body: Node

    def children(self) -> Iterator[Node]:
        yield from self.bounds
        yield from self.conditions
        yield self.body


@dataclass(frozen=True, slots=True, eq=False)
class Either(Node):
    """A piece with several readings: the types decide, or it is asked about.

    Attributes
    ----------
    readings : tuple of Node
        The trees.
    question : str or Phrase
        What is not clear.
    spellings : str or Phrase
        What to write for each of them.
    all_fit : bool
        Whether each of them has to fit: they are said to be equal.
    first_of_matrices : bool
        Whether the first one is meant wherever its value is no number and the function is one of a number:
        a function without brackets takes one factor, and what follows is unclear only among numbers, or
        where the factor is a vector or a matrix, as in tanh W x.
    by_shapes : bool
        Whether nothing but shapes rules a reading out: what is asked about in one of them is asked.
    """

    readings: tuple[Node, ...]
    question: str | Phrase
    spellings: str | Phrase
    all_fit: bool = False
    first_of_matrices: bool = False
    by_shapes: bool = False

    def children(self) -> Iterator[Node]:
        return iter(self.readings)


def walk(root: Node) -> Iterator[Node]:
    """All pieces of a tree, each before those it is made of, in the order of the text."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(node.children())))


@dataclass(slots=True)
class Statement:
    """One statement: an expression, what stands left of its equals sign, and where it stands."""

    span: Span
    name: str | None = None
    parameters: tuple[str, ...] = ()
    name_span: Span = (0, 0)
    is_binding: bool = False
    tree: Node | None = field(default=None)


def touches(left: Node, right: Node) -> bool:
    """Whether nothing stands between two pieces of text, not even a blank."""
    return left.span[1] == right.span[0]


def inner(node: Node) -> Node:
    """What stands in round brackets."""
    while isinstance(node, Group) and not node.is_list:
        node = node.items[0]
    return node


def is_one(node: Node) -> bool:
    """Whether a piece is the number 1, which is a column of ones where a number would say nothing."""
    return isinstance(node, Num) and node.value == 1
