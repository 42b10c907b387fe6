"""What the names in an answer may stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.records import dataclass
from matgrad.language.declarations import Declarations, Declared, read_given
from matgrad.numeric.sizes import dims_in
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.ops.indices.members import Family
from matgrad.ops.named_functions import Signature, only_named
from matgrad.printing.names import printed_as

_SPELLINGS = (("lambda", "λ", "lam", "lmbda", "lambd", "lamda", "lambda_"), ("epsilon", "ε", "eps"))
"""Names that are one in the eyes of their readers: code cannot have the name lambda."""


@dataclass(frozen=True)
class Names:
    """What the names in an answer may stand for.

    Attributes
    ----------
    symbols : dict of str to Symbol
        The variables of the function, and those declared beside it.
    variable, change : Symbol
        The variable X and the symbol dX.
    bindings : mapping of str to Expr
        What the function named with ``where``.
    functions : mapping of str to Signature or None
        The undefined functions, with what they take and give where it is declared.
    dimensions : frozenset of str
        The names of dimensions.
    letters : frozenset of str
        The indices of the member that the derivative is by, as they were asked for.
    """

    symbols: dict[str, Symbol]
    change: Symbol
    bindings: Mapping[str, Expr]
    functions: Mapping[str, Signature | None]
    dimensions: frozenset[str]
    variable: Symbol
    letters: frozenset[str] = frozenset()
    members: tuple[DefinedMembers, ...] = ()

    @classmethod
    def of(
        cls,
        function: Expr,
        variable: Symbol,
        change: Symbol,
        declared: Iterable[Symbol],
        bindings: Mapping[str, Expr],
        letters: Iterable[str] = (),
        members: Iterable[DefinedMembers] = (),
    ) -> Names:
        """Collect the names of a function."""
        nodes = postorder(function)
        symbols = {**{symbol.label: symbol for symbol in declared}, **symbols_of(function)}
        functions = {name: getattr(node, "function", None) for name, node in only_named(nodes)}
        shapes = [*nodes, *symbols.values()]
        dimensions = frozenset(name for dim in dims_in(shapes) for name in dim.symbols)
        own = (frozenset(letters), tuple(members))
        return cls(symbols, change, dict(bindings), functions, dimensions, variable, *own)

    @property
    def has_d(self) -> bool:
        """Whether ``d(…)`` is the differential of what stands in the brackets."""
        return "d" not in self.functions.keys() | self.symbols.keys() | self.bindings.keys() | self.dimensions

    @property
    def aliases(self) -> dict[str, Symbol]:
        """Other spellings of a variable, where nothing else has that name: lam for λ."""
        taken = self.symbols.keys() | self.bindings.keys() | self.functions.keys() | self.dimensions
        printed = {printed_as(name) for name in taken}
        groups = [(names, set(names) & self.symbols.keys()) for names in _SPELLINGS]
        return {
            name: self.symbols[min(meant)]
            for names, meant in groups
            if len(meant) == 1
            for name in names
            if printed_as(name) not in printed
        }

    def declarations(self) -> Declarations:
        """The names as declarations of the text language."""
        found = read_given(list(self.symbols.values()))
        functions = {**self.functions, **({"d": None} if self.has_d else {})}
        for name in sorted(functions.keys() - found.entries.keys()):
            found.add(Declared(name, None, None, is_function=True, signature=functions[name]))
        for name, value in self.bindings.items():
            is_spelling = isinstance(value, Symbol) and printed_as(value.label) == printed_as(name)
            if name not in found.entries and not is_spelling:
                found.add(Declared(name, value.rows, value.columns))
        for name, symbol in self.aliases.items():
            found.add(Declared(name, symbol.rows, symbol.columns))
        for one in self.members:
            if one.family.label not in found.entries:
                indices = tuple(letter for letter, _ in one.family.ranges)
                found.readings[one.family.label] = (indices, str(one.body))
                found.ranges.update(one.family.ranges)
        found.sizes |= self.dimensions - found.entries.keys()
        found.free = self.free
        found.is_whole = True
        return found

    @property
    def free(self) -> set[str]:
        """Letters that may stand below a name; the indices of an entry asked for are sizes as well."""
        return self.places() | self.letters

    def places(self) -> set[str]:
        """Letters for the places of a member, or of an entry, that the answer may be by."""
        taken = self.dimensions | self.symbols.keys() | self.bindings.keys() | self.functions.keys()
        return {*"klmpqrstij", *self.letters, *own_letters(self.variable)} - taken


def own_letters(variable: Symbol) -> tuple[str, ...]:
    """The letters that a family was declared with, which name the first of two members: ∂²f/∂μ_g ∂μ_kᵀ."""
    return tuple(letter for letter, _ in variable.ranges) if isinstance(variable, Family) else ()
