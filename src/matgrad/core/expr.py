"""Expressions: frozen, interned nodes. Equal expressions are the same object."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from typing import Any, ClassVar, Protocol, Self

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import NO_INDICES, ONE, Dim, Shape, indices_in, shape_text, without_indices
from matgrad.core.errors import ArgumentError, DomainError, MatgradError, NameClashError
from matgrad.core.face import Face
from matgrad.core.facts import BANDS, LINEAR_STRUCTURE, Fact, closure, fact_words, of_one_type, reach
from matgrad.core.interning import Interned
from matgrad.core.labels import check_label, check_stand_in
from matgrad.core.notation import Notation
from matgrad.core.shaped import Shaped
from matgrad.core.traits import Traits
from matgrad.core.words import Phrase, phrase

Data = tuple[Any, ...]
Key = tuple[int, str, int, bytes]

OPERATIONS: dict[str, type[Expr]] = {}
"""Every operation by its name; a class joins by being defined."""

LONG = 100_000
"""Longer expressions than this are not written out in messages; shared parts may make them endless."""

SMALL = 64
"""Transposes of expressions up to this size are made again where they were let go."""

_table: Interned[Expr] = Interned()
"""All living nodes, by operation, data and the identities of the operands.

A node keeps its operands, so their identities are theirs while it lives. Were the operands
themselves in the key, no node would ever be let go that an operand of its own refers to.
"""


class Shower(Protocol):
    """How expressions show themselves; the printers install it."""

    def text(self, expr: Expr) -> str: ...
    def latex(self, expr: Expr) -> str: ...


class Expr(Traits, Shaped, Face["Expr"]):
    """A real matrix expression: an operation on arguments, with a symbolic shape.

    A subclass is one operation and holds all that is intrinsic to it: its shape rule, its facts,
    the linear map of each argument, its numeric meaning, and how it is written. Make expressions
    with the functions of the operation (``mg.trace``), not with the class: the functions bring
    them to canonical form.

    Attributes
    ----------
    args : tuple of Expr
        The operands.
    data : tuple
        What the operation holds besides operands: a name, a number, an axis.
    shape : tuple of Dim
        Rows and columns. A scalar is 1×1, a vector is a column.

    Examples
    --------
    >>> import matgrad as mg
    >>> A, x = mg.matrix("A", "m", "n"), mg.vector("x", "n")
    >>> f = mg.trace(A.T @ A) + (A @ x).T @ (A @ x)
    >>> f.is_scalar, f is (A @ x).T @ (A @ x) + mg.trace(A.T @ A)
    (True, True)
    """

    __slots__ = (
        "__weakref__",
        "_facts",
        "_indices",
        "_transposed",
        "args",
        "data",
        "key",
        "shape",
        "signature",
        "tree_size",
    )
    name: ClassVar[str] = ""
    rank: ClassVar[int] = 50
    """The place of the operation in the order of operands of commutative operations."""
    shower: ClassVar[Shower]

    args: tuple[Expr, ...]
    data: Data
    shape: Shape
    key: Key
    tree_size: int
    """The number of nodes, shared ones as often as they occur."""
    signature: int
    """A number that an expression shares with its transpose."""
    _facts: Fact | None
    _indices: frozenset[str] | None
    _transposed: Expr | weakref.ref[Expr] | None
    """The transpose if it was asked for; see :meth:`keep_transpose`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__ and cls.name:
            OPERATIONS[cls.name] = cls

    @classmethod
    def intern(cls, args: tuple[Expr, ...] = (), data: Data = ()) -> Self:
        """Return the one node of this operation with these operands.

        Raises
        ------
        ShapeError
            When the operands do not conform.
        """
        identity = (cls, data, *map(id, args))
        known = _table.get(identity)
        if known is not None:
            return known  # type: ignore[return-value]
        node = object.__new__(cls)
        node.args = args
        node.data = data
        node.shape = cls.shape_rule(args, data)
        node._facts = None
        node._indices = None
        node._transposed = None
        digest = blake2b(digest_size=16)
        digest.update(cls.name.encode())
        try:
            digest.update(repr(data).encode())
        except ValueError:
            raise DomainError(phrase("a number in this expression is too long to be kept exactly")) from None
        size = 1
        for arg in args:
            digest.update(arg.key[3])
            size += arg.tree_size
        node.tree_size = min(size, 1 << 60)
        node.key = (cls.rank_of(data), node.lead(), node.tree_size, digest.digest())
        node.signature = cls.signature_of(args, data)
        return _table.keep(identity, node)  # type: ignore[return-value]

    @classmethod
    def rank_of(cls, data: Data) -> int:
        """The place of the node in the order of operands."""
        return cls.rank

    @classmethod
    def signature_of(cls, args: tuple[Expr, ...], data: Data) -> int:
        """A number that an expression shares with its transpose."""
        total = sum(arg.signature for arg in args)
        text = f"{cls.name} {sorted(map(without_indices, data))} {total}"
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")

    # ---- what an operation states -------------------------------------------------------------

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        """The shape of the result; raises :class:`ShapeError` when operands do not conform."""
        raise NotImplementedError(f"{cls.__name__} states no shape rule")

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        """The canonical expression of this operation on other operands."""
        raise NotImplementedError(f"{cls.__name__} states no constructor")

    def infer_facts(self) -> Fact:
        """What is known of the result, from what is known of the operands."""
        return Fact.NONE

    def linear_map(self, index: int) -> Any:
        """The linear map that a change of the operand of that index goes through."""
        raise NotImplementedError(f"{type(self).__name__} states no linear map for operand {index}")

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        """The rule of its differential where just the operands of these indices change."""
        return self.reason

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        """The value of the result from the values of the operands."""
        raise NotImplementedError(f"{type(self).__name__} states no numeric meaning")

    def planned(self, plan: Planning, *values: Array) -> Array:
        """The value in compiled code, where the planner knows more than the numeric meaning says."""
        return self.numeric(plan.arrays, *values)

    def where_no_derivative(self) -> Phrase | None:
        """Where it has no derivative, in words; ``None`` where it has one everywhere."""
        return self.no_derivative

    def kinks(self) -> tuple[tuple[Expr, str], ...]:
        """What its branches depend on, and how: an expression, and its ``kink``."""
        return ((self.args[0], self.kink),) if self.kink else ()

    def rounding(self, entries: Sequence[Any]) -> Any:
        """About how far it is from what it tends to at these entries, as −log of the distance."""
        raise NotImplementedError(f"{type(self).__name__} tends to nothing")

    @property
    def is_differential(self) -> bool:
        """Whether this is the change of something, which stands last in a product."""
        return False

    def explanation(self) -> Phrase | None:
        """What its sign means, where a reader may not know it."""
        return self.legend

    def notation(self) -> Notation:
        """How the operation is written when it is written as a function."""
        raise NotImplementedError(f"{type(self).__name__} states no notation")

    def transpose_operands(self) -> tuple[Expr, ...]:
        """The operands whose transposes :meth:`transpose_rule` needs."""
        return ()

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        """The transpose, from those of the operands; ``None`` where it is a node of its own."""
        return None

    @property
    def operand_indices(self) -> tuple[int, ...]:
        """The operands that a derivative passes through; the others are parameters."""
        return tuple(range(len(self.args)))

    def lead(self) -> str:
        """The name under which the node is sorted among its like."""
        return self.args[0].key[1] if self.args else self.name

    # ---- what all share -------------------------------------------------------------------------

    def __reduce__(self) -> tuple[Any, ...]:
        # All nodes in one flat list: pickle recurses into arguments, and expressions are deep.
        # As with every pickle, reading one runs what is written in it: read only your own.
        nodes = postorder(self)
        place = {node: i for i, node in enumerate(nodes)}
        return (_restore, ([(type(n), tuple(place[arg] for arg in n.args), n.data) for n in nodes],))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    @property
    def facts(self) -> Fact:
        """What is known of the result, with all that follows from it."""
        if self._facts is None:
            for node in postorder(self, lambda n: n._facts is None):
                if node._facts is None:
                    node._facts = closure(node.infer_facts())
        return self._facts  # type: ignore[return-value]

    @property
    def indices(self) -> frozenset[str]:
        """The names of the bound indices that occur in it free, as in the body of a sum."""
        if self._indices is None:
            for node in postorder(self, lambda n: n._indices is None):
                if node._indices is None:
                    found = indices_in(node.data)
                    for arg in node.args:
                        found |= arg._indices or NO_INDICES
                    node._indices = found - node.data[0].indices if node.binds else found
        return self._indices  # type: ignore[return-value]

    def lift(self, operands: Sequence[Expr | None], count: Dim) -> Expr | None:
        """The operation for all values of an index at once; ``None`` where it has no such form.

        A scalar s(i) = e_iᵀs is lifted to the column s, a column c(i) = C e_i to the matrix C.

        Parameters
        ----------
        operands : sequence of Expr or None
            The operands lifted; ``None`` stands for one that does not depend on the index.
        count : Dim
            The number of values of the index.
        """
        return None

    def gathered(self, term: Expr) -> Expr:
        """The sum of a term over the index that it binds, where that takes values."""
        raise NotImplementedError(f"{type(self).__name__} binds no index")

    def scoped_value(self, xp: Arrays, operand: Callable[[Mapping[str, int]], Array]) -> Array:
        """The value, where the operand is evaluated at values of indices.

        Parameters
        ----------
        xp : Arrays
            The arithmetic; it knows the sizes.
        operand : callable
            Gives the value of the operand with indices set to the numbers of a mapping.
        """
        raise NotImplementedError(f"{type(self).__name__} binds no index")

    def has(self, fact: Fact) -> bool:
        """Whether all of the given facts are known to hold."""
        if self.facts & fact == fact:
            return True
        if fact & Fact.SYMMETRIC and self.is_square and self.T is self:
            # Not kept: what is known of an expression must not depend on what was asked of it before.
            return closure(self.facts | Fact.SYMMETRIC) & fact == fact
        if fact & BANDS:
            return reach(self.facts) & fact == fact
        return False

    @property
    def known_transpose(self) -> Expr | None:
        """The transpose, if it was asked for and is still there."""
        known = self._transposed
        return known() if isinstance(known, weakref.ref) else known

    def keep_transpose(self, transposed: Expr) -> None:
        """Keep the transpose for the next time.

        The way back is found when it is asked for: of terms in another order than theirs, as a step of a
        derivation has them, the transpose is that of the terms in order too, and what is printed must not
        depend on which of the two is still there. What is small is let go as soon as no one uses it, so
        nothing keeps it alive in a circle: the way back is weak, as is the way to what refers to this node.
        What is large keeps both ways, and is left to the collector: a deep transpose would be made again
        at each step.
        """
        holds_this = transposed is self or self in transposed.args
        is_back = transposed.known_transpose is self and self.tree_size <= SMALL
        self._transposed = weakref.ref(transposed) if holds_this or is_back else transposed

    @property
    def T(self) -> Expr:
        """The transpose."""
        transposed: Expr = self.operators.transpose(self)
        return transposed

    def substitute(self, replacements: Mapping[Any, Any]) -> Expr:
        """Replace variables (by symbol or name) by expressions, and dimensions by dimensions.

        Raises
        ------
        ArgumentError
            When a replacement has another shape than the variable it replaces.
        """
        substituted: Expr = self.operators.substitute(self, replacements)
        return substituted

    def __str__(self) -> str:
        return self.shower.text(self)

    def __repr__(self) -> str:
        return self.shower.text(self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.shower.latex(self)}$"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": self._repr_latex_()}

    def describe(self) -> str | Phrase:
        """Name the expression and its shape for a message; long ones are cut."""
        if self.tree_size > LONG:
            return phrase("an expression of {shape}", shape=shape_text(self.shape))
        text = str(self)
        if len(text) > 60:
            text = text[:57] + "…"
        return f"{text} ({shape_text(self.shape)})"


_DATA = (str, int, Fraction, Dim, type(None))


def _is_data(data: Any) -> bool:
    return isinstance(data, tuple) and all(_is_data(d) or isinstance(d, _DATA) for d in data)


def _restore(nodes: list[tuple[type[Expr], tuple[int, ...], Data]]) -> Expr:
    """Make the last of a list of nodes that name their operands by their places in it.

    Raises
    ------
    ArgumentError
        When this is no such list: another version of matgrad may have written it.
    """
    made: list[Expr] = []
    try:
        for cls, places, data in nodes:
            if not issubclass(cls, Expr) or OPERATIONS.get(cls.name, cls) is not cls or not _is_data(data):
                raise TypeError(f"no operation of this version: {cls!r}")
            if any(not 0 <= place < len(made) for place in places):
                raise IndexError("an operand that is not there")
            node = cls.intern(tuple(made[place] for place in places), data)
            made.append(node)
            _ = node.facts  # which reads the operands and the data, as all that follows will
        return made[-1]
    except MatgradError:
        raise
    except Exception as error:
        raise ArgumentError(
            phrase("what was saved is not an expression that matgrad can read ({error})", error=error),
            fix=phrase("make it again; to keep expressions between versions, save str(expression)"),
        ) from error


def postorder(root: Expr | Iterable[Expr], enter: Any = None, below: Any = None) -> list[Expr]:
    """List the distinct nodes below ``root``, operands before the operations on them.

    Parameters
    ----------
    root : Expr or iterable of Expr
        Where to start.
    enter : callable, optional
        Says of a node whether to list it and go below it.
    below : callable, optional
        Says of a node that is listed whether to go below it.
    """
    order: list[Expr] = []
    seen: set[Expr] = set()
    stack: list[Expr | None] = [root] if isinstance(root, Expr) else list(root)
    while stack:
        node = stack.pop()
        if node is None:  # what stands below it is done with
            order.append(stack.pop())  # type: ignore[arg-type]
            continue
        if node in seen or (enter is not None and not enter(node)):
            continue
        seen.add(node)
        args = node.args
        if not args or (below is not None and not below(node)):
            order.append(node)
            continue
        stack += (node, None)
        stack += [arg for arg in reversed(args) if arg not in seen]
    return order


def closed_nodes(root: Expr | Iterable[Expr]) -> list[Expr]:
    """The distinct nodes that have a value by themselves: nothing under a Σ or a condition."""
    return postorder(root, below=lambda node: not node.scoped)


class Symbol(Expr):
    """A variable: a name, a shape, and what is declared of it; see :func:`matgrad.matrix`.

    Attributes
    ----------
    label : str
        Its name.
    shape : tuple of Dim
        Rows and columns.
    facts : Fact
        What is declared of it, and what follows.
    data : tuple
        ``(name, rows, columns, facts, is_differential)``.

    Examples
    --------
    >>> import matgrad as mg
    >>> S = mg.matrix("S", "n", "n", positive_definite=True)
    >>> S.label, S.describe(), S.T is S
    ('S', 'S (n×n)', True)
    """

    __slots__ = ()
    name = "symbol"
    form = "leaf"
    reading_cost = 1.0
    rank = 10

    @classmethod
    def make(
        cls, name: str, rows: Dim, columns: Dim, facts: Fact = Fact.NONE, *, differential: bool = False
    ) -> Symbol:
        """Make a variable; see :func:`matgrad.matrix` for the public way."""
        return cls.intern((), (check_label(name), rows, columns, of_one_type(closure(facts)), differential))

    @classmethod
    def stand_in(
        cls, name: str, rows: Dim, columns: Dim, facts: Fact = Fact.NONE, *, differential: bool = False
    ) -> Symbol:
        """Make a variable of ours that stands for something, under a name that no user's variable has."""
        return cls.intern((), (name, rows, columns, of_one_type(closure(facts)), differential))

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        # Every symbol comes by here, once.
        check_stand_in(data[0])
        return (data[1], data[2])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.intern(args, data)

    @classmethod
    def rank_of(cls, data: Data) -> int:
        # A differential comes after everything it is multiplied by: tr(A dX).
        return 90 if data[4] else cls.rank

    @property
    def label(self) -> str:
        """The name of the variable."""
        return str(self.data[0])

    @property
    def is_differential(self) -> bool:
        """Whether this is the change dX of a variable X."""
        return bool(self.data[4])

    def infer_facts(self) -> Fact:
        return self.data[3]  # type: ignore[no-any-return]

    def lead(self) -> str:
        return self.label

    @property
    def array_shape(self) -> tuple[Dim, ...]:
        """The axes of the array that is given for it."""
        return self.shape

    @property
    def has_own_axes(self) -> bool:
        """Whether those are others than rows and columns."""
        return False

    def change(self, label: str) -> Symbol:
        """The change of this variable, under a name that says so; it has the linear structure of this."""
        facts = self.facts & LINEAR_STRUCTURE & ~Fact.CONSTANT
        # The name was seen to with the variable, which may be a stand-in.
        return Symbol.stand_in(label, self.rows, self.columns, facts, differential=True)

    @property
    def declaration(self) -> str:
        """The name with all that tells the variable from others of that name."""
        words = ["the change of a variable"] if self.is_differential else []
        return " ".join([f"{self.label}:", shape_text(self.shape), *words, *fact_words(self.facts)])

    def require(self, other: Symbol) -> None:
        """Refuse another variable of the same name.

        Raises
        ------
        NameClashError
            Where the other differs in shape or in what is declared of it.
        """
        if other is not self:
            raise NameClashError(
                phrase(
                    "the name {name} stands for two variables, {declaration} and {other_declaration}",
                    name=self.label,
                    declaration=self.declaration,
                    other_declaration=other.declaration,
                ),
                fix=phrase("another name for one of them, or the same declaration for both"),
            )


def variables_among(nodes: Iterable[Expr]) -> dict[str, Symbol]:
    """The variables among some nodes by name, in the order of their names.

    Values are given to variables by their names: here it is seen to that a name says which.

    Raises
    ------
    NameClashError
        Where one name stands for two variables.
    """
    found: dict[str, Symbol] = {}
    for node in nodes:
        if isinstance(node, Symbol):
            known = found.setdefault(node.label, node)
            if known is not node:
                known.require(node)
    return dict(sorted(found.items()))


def symbols_of(root: Expr | Iterable[Expr]) -> dict[str, Symbol]:
    """The variables of an expression by name, in the order of their names.

    Raises
    ------
    NameClashError
        Where one name stands for two variables.
    """
    return variables_among(postorder(root))


def names_in(root: Expr | Iterable[Expr]) -> set[str]:
    """The names that are taken: of variables and of the dimensions of all parts."""
    nodes = postorder(root)
    sizes = {dim for node in nodes for dim in node.shape if dim is not ONE}
    return set(variables_among(nodes)).union(*(dim.symbols for dim in sizes))
