"""What an operation says of itself in a word; nobody keeps tables of operations elsewhere."""

from __future__ import annotations

from typing import ClassVar

from matgrad.core.notation import Notation
from matgrad.core.words import Phrase


class Traits:
    """The attributes of operations that are the same for all operands, each as it mostly is.

    Methods of :class:`matgrad.core.expr.Expr` say what depends on the operands.
    """

    __slots__ = ()

    reason: ClassVar[Phrase | None] = None
    """The rule of its differential; ``None`` where it has no operands, or needs no rule."""
    legend: ClassVar[Phrase | None] = None
    """What its sign means, where a reader may not know it."""
    linearity: ClassVar[str] = ""
    """``"each"`` where it is linear in each operand by itself, ``"together"`` where it is in all of them at
    once, as a sum; every other operation is a function with a derivative of its own."""
    mirrored: ClassVar[tuple[int, Notation] | None] = None
    """How f(−x) is written: a sign, and the notation of the rest with x in it. max(−x) is −min(x)."""
    form: ClassVar[str] = "call"
    """How it is written: as a ``"call"`` f(x), a ``"leaf"``, a ``"sum"``, a ``"product"``, ``"infix"``, as a
    ``"power"`` or ``"postfix"``; simplification weighs it by that."""
    reading_cost: ClassVar[float] = 1.6
    """What a leaf costs to read, or the name and the brackets of a call; a variable costs 1."""
    no_derivative: ClassVar[Phrase | None] = None
    """Where it has none, in words: "where the rank is not full"."""
    kink: ClassVar[str] = ""
    """What decides on its branch, where it has several: the ``"sign"`` of each entry of its operand, or
    which entry is the ``"largest"``, or the ``"largest of columns"``. Samples are taken on every branch; see
    ``kinks``."""
    saturates: ClassVar[bool] = False
    """Whether it tends to 1 or −1, and is rounded to it."""
    grows_fast: ClassVar[bool] = False
    """Whether a value of it may be so large that others are lost beside it."""
    tends: ClassVar[bool] = False
    """Whether it tends to a number or a line; ``rounding`` says how fast."""
    oscillates: ClassVar[bool] = False
    """Whether it has a period, or what stands in for it does: of large operands it needs every digit before
    the point."""
    most_digits: ClassVar[int | None] = None
    """How many digits it gets at most, where it takes long with many."""
    binds: ClassVar[bool] = False
    """Whether it binds an index, the first of its data, in its first operand: a sum over data."""
    is_family: ClassVar[bool] = False
    """Whether it is the stack of the members of a family."""
    scoped: ClassVar[bool] = False
    """Whether its operand has a value only at certain values of indices; see ``scoped_value``."""
    needs_gaps: ClassVar[bool] = False
    """Whether it is undefined where eigenvalues coincide or a rank is not full, as in large sizes only."""
    moves_entries: ClassVar[bool] = False
    """Whether it only puts the entries of its one operand elsewhere."""
    joins_factors: ClassVar[bool] = False
    """Whether a product with it may have a value where its factors have none, as x log x at 0: before it is
    computed, it is looked for what belongs to it."""
    worth_keeping: ClassVar[bool] = False
    """Whether its value is computed once where it is needed often; of a product it is not, so that the order
    of its factors may be chosen."""
    shown_in_words: ClassVar[str] = ""
    """How a sentence names it, where its name does not say."""
