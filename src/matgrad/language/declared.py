"""What is declared of one name."""

from __future__ import annotations

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact, closure
from matgrad.core.records import dataclass
from matgrad.ops.indices.members import Family
from matgrad.ops.named_functions import Signature
from matgrad.printing.meanings import NamedThing


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of one name; a dimension that is left open is ``None``."""

    name: str
    rows: Dim | None
    columns: Dim | None
    facts: Fact = Fact.NONE
    is_function: bool = False
    signature: Signature | None = None
    """Of a function, what it takes and gives; without it, it is of one number."""
    is_differential: bool = False
    """Whether it is the change dX of a variable, handed over as one."""
    axes: int | None = None
    """How many axes its array has, where the declaration says it: ``n`` has one, ``n×1`` two."""

    family: tuple[tuple[str, Dim], ...] = ()
    """Of a family the letter and the last value of each index; the shape is that of a member."""
    above: str | None = None
    """The bracket that opens the index of its members where that stands above, as in ``x^{(i)}``; ``""``
    where it stands below, and ``None`` where no text says."""

    @property
    def is_family(self) -> bool:
        """Whether it has members."""
        return bool(self.family)

    @property
    def written(self) -> str:
        """How a member is written."""
        letters = [letter for letter, _ in self.family]
        return f"{self.name}_{''.join(letters) if all(len(x) == 1 for x in letters) else '_'.join(letters)}"

    @property
    def ndim(self) -> int:
        """The number of axes of its array in a NumPy function: that of a column is one."""
        if self.axes is not None:
            return self.axes
        return 2 if self.columns is not ONE else 1 if self.rows is not ONE else 0

    @property
    def is_count(self) -> bool:
        """Whether it is a whole number of which no more is said than that it is positive."""
        return (
            self.rows is ONE
            and self.columns is ONE
            and bool(self.facts & Fact.INTEGER)
            and not self.facts & ~closure(Fact.INTEGER | Fact.POSITIVE)
        )

    def thing(self) -> NamedThing:
        """What the name stands for."""
        if self.is_function:
            return NamedThing(
                self.name, "function", frozenset() if self.signature is None else self.signature.sizes
            )
        if self.is_family:
            return NamedThing(self.name, "family")
        if self.rows is ONE and self.columns is ONE:
            return NamedThing(self.name, "integer" if self.facts & Fact.INTEGER else "scalar")
        sizes = [dim.symbols for dim in (self.rows, self.columns) if dim is not None]
        kind = "vector" if self.columns is ONE else "matrix"
        return NamedThing(self.name, kind, frozenset().union(*sizes))

    def symbol(self) -> Symbol | None:
        """The variable, where its shape is declared in full."""
        if self.is_function or self.rows is None or self.columns is None:
            return None
        if self.is_family:
            return Family.of(self.name, self.family, self.rows, self.columns, self.facts, above=self.above)
        # The name was seen to where it was read, or with the variable it comes from, which may be a stand-in.
        return Symbol.stand_in(
            self.name, self.rows, self.columns, self.facts, differential=self.is_differential
        )
