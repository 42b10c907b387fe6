"""Source code as a tree: built by a backend from a program, printed once.

A node of an expression knows its kind: whether it is a number, a column, a row or a matrix. What is written
differently for them, such as the dots of Julia, is then right by construction. A name knows what it needs:
an import, a helper, a size. What no node needs is not written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from enum import Enum
from typing import Any, TypeVar

from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.core.records import dataclass


class Kind(Enum):
    """What an expression is worth."""

    NUMBER = "number"
    COLUMN = "column"
    ROW = "row"
    MATRIX = "matrix"
    OTHER = "other"
    """No array: a function, a factorisation, a tuple."""

    @property
    def turned(self) -> Kind:
        """The kind of the transpose."""
        return {Kind.ROW: Kind.COLUMN, Kind.COLUMN: Kind.ROW}.get(self, self)

    @classmethod
    def of(cls, value: Value) -> Kind:
        """The kind of a value of a program."""
        if value.op.is_factorisation:
            return cls.OTHER
        if value.kind == "scalar":
            return cls.NUMBER
        return cls.MATRIX if value.kind == "matrix" else cls.COLUMN if value.columns == 1 else cls.ROW


def joint(left: Kind, right: Kind) -> Kind:
    """The kind of two operands computed entry by entry, one spread over the other."""
    if left is right or right is Kind.NUMBER:
        return left
    return right if left is Kind.NUMBER else Kind.MATRIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Part of an expression."""

    kind: Kind = Kind.OTHER


Given = TypeVar("Given", bound=Node)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or a function, with what must be there for it to mean something."""

    name: str
    needs: Any = None


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number known in advance."""

    value: Scalar | int
    kind: Kind = field(default=Kind.NUMBER, kw_only=True)


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A constant that is no number, such as ``True``."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class String(Node):
    """Letters."""

    value: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of arguments; ``entrywise`` where it is one of numbers, of every entry."""

    function: Node
    args: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()
    entrywise: bool = False


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """Something by its name in something else."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """Places from one to before another, or to the end."""

    start: Node | None = None
    stop: Node | None = None


@dataclass(frozen=True, slots=True)
class Index(Node):
    """Entries of an array, or an item of a tuple."""

    of: Node
    places: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Transposed(Node):
    """The transpose."""

    of: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """The number, or the entries, with the other sign."""

    of: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    r"""An operator between two operands.

    ``+ - * / **`` and comparisons act entry by entry, one operand spread over the other; ``@`` is the product
    of matrices, ``\`` a solve, ``^`` the power of a matrix.
    """

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Listed(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Grouped(Node):
    """A tuple."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Blocks(Node):
    """Numbers or matrices put together row by row."""

    rows: tuple[tuple[Node, ...], ...]
    kind: Kind = field(default=Kind.MATRIX, kw_only=True)


# ---- statements ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of code."""


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    """Give a value to a variable or an entry, or several to several."""

    targets: tuple[Node, ...]
    value: Node


@dataclass(frozen=True, slots=True)
class Update(Statement):
    """Change a variable or entries by an operator: ``x += y``."""

    target: Node
    operator: str
    value: Node


@dataclass(frozen=True, slots=True)
class Do(Statement):
    """Call something for what it does."""

    value: Node


@dataclass(frozen=True, slots=True)
class Return(Statement):
    """Leave with results; one may be returned as a tuple of one."""

    value: Node


@dataclass(frozen=True, slots=True)
class For(Statement):
    """Do what follows, up to the end of it, for every whole number from one to another."""

    index: Node
    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class If(Statement):
    """Do what follows, up to the end of it, where all of some comparisons hold."""

    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class End(Statement):
    """The end of what a line before opened."""


def assign(target: Node, value: Node) -> Assign:
    """Give a value to one target."""
    return Assign((target,), value)


# ---- making nodes ----------------------------------------------------------------------------------


def of_kind(node: Given, kind: Kind) -> Given:
    """A node of a kind."""
    if node.kind is kind:
        return node
    # As dataclasses.replace, in a third of the time: nearly every line of code comes through here.
    made = object.__new__(type(node))
    for part in _parts(node):
        object.__setattr__(made, part, getattr(node, part))
    object.__setattr__(made, "kind", kind)
    return made


def call(function: Node | str, *args: Node, **named: Node) -> Call:
    """A function of arguments."""
    called = Name(function) if isinstance(function, str) else function
    return Call(called, args, tuple(named.items()))


def method(of: Node, name: str, *args: Node, **named: Node) -> Call:
    """A function that an array brings along."""
    return Call(Attribute(of, name), args, tuple(named.items()))


def index(of: Node, *places: Node) -> Index:
    """Entries of an array."""
    return Index(of, places)


def entrywise(operator: str, left: Node, right: Node) -> Binary:
    """An operator that acts entry by entry."""
    return Binary(operator, left, right, kind=joint(left.kind, right.kind))


def times(*factors: Node) -> Node:
    """The entrywise product."""
    first, *others = factors
    for factor in others:
        first = entrywise("*", first, factor)
    return first


def over(left: Node, right: Node) -> Binary:
    """The entrywise quotient."""
    return entrywise("/", left, right)


def power(base: Node, exponent: Node) -> Binary:
    """The entrywise power."""
    return entrywise("**", base, exponent)


def product(left: Node, right: Node) -> Binary:
    """The product of matrices."""
    return Binary("@", left, right)


def transposed(node: Node) -> Node:
    """The transpose; that of a transpose is what was transposed."""
    return node.of if isinstance(node, Transposed) else Transposed(node, kind=node.kind.turned)


def negative(node: Node) -> Node:
    """The other sign: of an entrywise product, that of its first factor."""
    if isinstance(node, Number):
        return Number(-node.value)
    if isinstance(node, Binary) and node.operator in ("*", "/"):
        return replace(node, left=negative(node.left))
    return Negative(node, kind=node.kind)


def is_name(node: Node) -> bool:
    """Whether a node is a variable or its transpose, which costs nothing to write twice."""
    return isinstance(node.of if isinstance(node, Transposed) else node, Name)


# ---- reading a tree --------------------------------------------------------------------------------


def walk(*roots: Node | Statement) -> Iterator[Node]:
    """All nodes of expressions and statements, in the order in which they are written."""
    stack: list[Any] = list(reversed(roots))
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            stack += reversed(top)
        elif isinstance(top, (Node, Statement)):
            stack += [getattr(top, part) for part in reversed(_parts(top))]
            if isinstance(top, Node):
                yield top


def _parts(node: Node | Statement) -> tuple[str, ...]:
    """The names of what a node is made of, in the order in which it is written."""
    parts: tuple[str, ...] = type(node).__match_args__
    return parts


def needs_of(*roots: Node | Statement) -> dict[Any, None]:
    """What the names in expressions and statements need, in the order in which they occur."""
    return {node.needs: None for node in walk(*roots) if isinstance(node, Name) and node.needs}
