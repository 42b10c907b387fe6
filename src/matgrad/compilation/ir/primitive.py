"""Primitives, and the values that they give: what programs are made of.

A primitive says once what is known of it: what it computes, what it costs, how it is written in comments,
how it depends on exponentials, where its value lies in memory. How it is written in a language stands in the
folder of that language. Every value has two axes here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.sizes import plain
from matgrad.compilation.ir.spelling import ADD, Speller, Text
from matgrad.compilation.ir.split import Split
from matgrad.compilation.ir.stored import Stored
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass

Shape = tuple[int, int]

PRIMITIVES: dict[str, Primitive] = {}
"""The vocabulary, by name."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Primitive:
    """One step that programs are made of.

    Attributes
    ----------
    name : str
        What it is called.
    meaning : str
        What it computes of its operands and parameters.
    flops : callable
        The additions, multiplications and function values that a value takes.
    work : callable, optional
        An estimate of the time of a value beyond that of starting it, in multiplications of a matrix product;
        by default that of its flops, or of passing over its entries.
    spelled : callable, optional
        How a value is written in a comment; by default as a function of its operands.
    title : str
        What stands before the notation of its operand in the comment of a line of its own.
    degree : callable, optional
        The degree of a value in the exponentials among its operands, from the degrees of those;
        ``None``, or no rule, where it has none.
    split : callable, optional
        How a value lies on several machines, from how its operands lie and the length of the split dimension;
        without a rule it needs all of them.
    stored : callable, optional
        How a value is held where operands are sparse; without a rule it reads every entry of them.
    rule : str
        The rule that a plan names where it is used, in words; none where it is what everybody would write.
    otherwise : callable, optional
        The flops that a value with a rule would take without it.
    numbers : callable, optional
        The numbers among its parameters that the code will hold.
    takes_number : bool
        Whether a number in front of it may as well stand in front of one of its operands.
    is_free : bool
        Whether it costs nothing.
    is_repeatable : bool
        Whether it is written wherever it is used.
    is_inline : bool
        Whether NumPy code may hold it inside the line of its only use.
    mentions_twice : bool
        Whether code mentions its first operand twice.
    is_virtual : bool
        Whether it is formed only where the value itself is needed: others read what it is made of.
    is_spread : bool
        Whether a sum adds it without forming it.
    is_on_diagonal : bool
        Whether a sum adds it on the diagonal only.
    is_structure : bool
        Whether a value is kept as what it is made of: forming it would lose its structure.
    is_cheap_factor : bool
        Whether a product with it is no multiplication.
    is_exact : bool
        Whether its entries are entries of its operand: a difference of such is as exact as the data are.
    in_operand : bool
        Whether its value may lie in the memory of its first operand.
    is_foreign : bool
        Whether its value lies in memory that belongs to the caller or to every call.
    allocates : bool
        Whether its value is known to be a new array; of others nothing is assumed.
    is_factorisation : bool
        Whether its value is no array but something that others read.
    keeps_operands : bool
        Whether who reads its value reads its operands as well.
    is_inverse : bool
        Whether its value is an inverse, which products replace by solves.
    is_singular : bool
        Whether it reads a factorisation, and has a value where what is factorised is singular.
    is_structured : bool
        Whether it only occurs in programs planned for a backend that asks for it.
    """

    name: str
    meaning: str
    flops: Callable[[Value], int]
    work: Callable[[Value], float] | None = None
    spelled: Callable[[Speller[Value], Value], Text] | None = None
    title: str = ""
    degree: Callable[[Value, Sequence[Fraction]], Fraction | None] | None = None
    split: Callable[[Value, Sequence[Split], int], Split] | None = None
    stored: Callable[[Value], Stored | None] | None = None
    rule: str = ""
    otherwise: Callable[[Value], int] | None = None
    numbers: Callable[[Value], Iterable[Scalar]] | None = None
    takes_number: bool = False
    is_free: bool = False
    is_repeatable: bool = False
    is_inline: bool = False
    mentions_twice: bool = False
    is_virtual: bool = False
    is_spread: bool = False
    is_on_diagonal: bool = False
    is_structure: bool = False
    is_cheap_factor: bool = False
    is_exact: bool = False
    in_operand: bool = False
    is_foreign: bool = False
    allocates: bool = False
    is_factorisation: bool = False
    keeps_operands: bool = False
    is_inverse: bool = False
    is_singular: bool = False
    is_structured: bool = False

    def __post_init__(self) -> None:
        if self.name in PRIMITIVES:
            raise ValueError(f"there are two primitives {self.name}")
        PRIMITIVES[self.name] = self

    @property
    def words(self) -> str:
        """Its name as a reader would write it."""
        return self.name.replace("_", " ")

    @property
    def reads_once(self) -> bool:
        """Whether it reads its operands where it is formed and never again."""
        return (self.allocates or self.is_factorisation) and not (self.is_virtual or self.keeps_operands)

    def spell(self, speller: Speller[Value], value: Value) -> Text:
        """How a value is written in a comment."""
        if self.spelled is not None:
            return self.spelled(speller, value)
        return Text(f"{self.words}({', '.join(speller.operand(arg, ADD) for arg in value.args)})")

    def __repr__(self) -> str:
        return self.name.upper()


@dataclass(eq=False, slots=True)
class Value:
    """The result of one primitive.

    Attributes
    ----------
    index : int
        Its place in the order of making; operands come before.
    op : Primitive
        The primitive.
    args : tuple of Value
        The operands.
    params : tuple
        What the primitive needs besides operands.
    shape : tuple of int
        Rows and columns.
    facts : Fact
        What is known of it.
    stored : Stored, optional
        How it is held where it is no array: sparse, or by its products alone.
    """

    index: int
    op: Primitive
    args: tuple[Value, ...]
    params: tuple[Any, ...]
    shape: Shape
    facts: Fact = Fact.NONE
    stored: Stored | None = None

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.shape[0]

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self.shape[1]

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns as numbers, to compare plans."""
        rows, columns = self.shape
        return plain(rows), plain(columns)

    @property
    def kind(self) -> str:
        """``"scalar"``, ``"vector"`` (a row or a column), ``"matrix"`` or ``"factorisation"``."""
        if self.op.is_factorisation:
            return "factorisation"
        if self.shape == (1, 1):
            return "scalar"
        return "vector" if 1 in self.shape else "matrix"

    @property
    def is_of_stored(self) -> bool:
        """Whether it is no array, or made of such."""
        return self.stored is not None or any(arg.stored is not None for arg in self.args)

    @property
    def symmetric(self) -> bool:
        """Whether it is known to be symmetric."""
        return bool(self.facts & Fact.SYMMETRIC)

    def __repr__(self) -> str:
        operands = ", ".join(f"v{arg.index}" for arg in self.args)
        return f"v{self.index} = {self.op.name}({operands}{', ' if self.params else ''}{self.params or ''})"
