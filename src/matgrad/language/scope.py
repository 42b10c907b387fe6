"""What each name of a text stands for, found before its shapes are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field

from matgrad.core.dims import ONE, SCALAR, Dim
from matgrad.core.expr import Symbol
from matgrad.core.facts import LINEAR_STRUCTURE, SQUARE_ONLY, Fact
from matgrad.core.records import dataclass
from matgrad.language import syntax as s
from matgrad.language.decisions import POWER_LETTERS, TRANSPOSES
from matgrad.language.declarations import Declarations, Declared
from matgrad.language.inference import Unknowns
from matgrad.language.letters_by_place import Places
from matgrad.language.literals import letters_of_literals
from matgrad.language.names import identity_size, is_capital, is_greek, is_letter, with_subscripts
from matgrad.ops.indices.members import Family
from matgrad.ops.registry import FUNCTIONS


@dataclass(slots=True)
class Scope:
    """The names of a text.

    Attributes
    ----------
    declarations : Declarations
        What is declared.
    bindings : dict of str to Node
        The trees of the names bound by ``where``.
    dimensions : set of str
        Names that stand for dimensions: of declared shapes, or used as sizes and indices.
    integers : set of str
        Undeclared names that are used as exponents.
    used : set of str
        All names that occur.
    symbols : dict of str to Symbol
        The variables met so far, in the order in which they are met.
    """

    declarations: Declarations
    bindings: dict[str, s.Node] = field(default_factory=dict)
    dimensions: set[str] = field(default_factory=set)
    integers: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    scalars: set[str] = field(default_factory=set)
    """Undeclared letters that are nothing but base and exponent of a power: a^b."""
    once: set[str] = field(default_factory=set)
    """Names that occur at one place only."""
    behind: set[str] = field(default_factory=set)
    """Names that stand nowhere but side by side with a factor before them: the T of XTX and of (XTX)⁻¹XTy."""
    symbols: dict[str, Symbol] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)
    """Letters that occur as indices: below signs of summation and in subscripts."""
    turned: set[str] = field(default_factory=set)
    """Names that are transposed, as no number is."""
    columns: set[str] = field(default_factory=set)
    """Names that stand last behind a matrix or a row."""
    vectors: set[str] = field(default_factory=set)
    """Undeclared Greek letters that stand where a vector does: λ', and behind a matrix or a row."""
    arrays: set[str] = field(default_factory=set)
    """Those of them that are numbers in no reading: the θ of sum(θ)."""
    entered: set[str] = field(default_factory=set)
    """Names that occur with such a letter in their subscript: of these x_1 is an entry as well."""

    def survey(self, trees: Sequence[s.Node]) -> None:
        """Find the names used as dimensions, as indices and as exponents."""
        self.dimensions |= self.declarations.dimensions
        occurs: Counter[str] = Counter()
        in_powers: Counter[str] = Counter()
        behind: Counter[str] = Counter()
        exponents: set[str] = set()
        places = Places()
        for tree in trees:
            for node in s.walk(tree):
                places.look(node)
                match node:
                    case s.Name(text=text):
                        occurs[text] += 1
                        self._survey_identity(text)
                    case s.Product(factors=factors):
                        behind.update(f.text for o, f in factors[1:] if not o and isinstance(f, s.Name))
                    case s.OnesSign(sizes=sizes) | s.ZeroSign(sizes=sizes):
                        self._survey_dims(sizes)
                    case s.Call(function=function, args=args):
                        self._survey_call(function.text, args)
                    case s.Indexed(bounds=bounds, conditions=conditions):
                        self.letters |= {bound.index.text for bound in bounds}
                        parts = [part for condition in conditions for part in s.walk(condition)]
                        self.letters |= {part.text for part in parts if isinstance(part, s.Name)}
                        self._survey_dims(end for b in bounds for end in (b.first, b.last) if end is not None)
                    case s.Index(items=items):
                        self._survey_dims(items)
                    case s.Power(operator="^", base=s.Name(text=a), exponent=s.Name(text=b)) if {
                        a,
                        b,
                    } <= POWER_LETTERS and a not in self.declarations.entries:
                        in_powers.update((a, b))
                        exponents.add(b)
                    case s.Power(exponent=exponent, base=base):
                        if not (isinstance(base, s.Name) and base.text == "e"):
                            self._survey_exponent(exponent)
        self.turned = places.turned
        self.columns = places.columns
        self.dimensions |= {name for name in places.sizes if not self.is_variable(name)}
        known = {*places.turned, *self.dimensions, *self.letters}
        self.scalars |= {name for name in places.numbers - known if not self.is_variable(name)}
        told = {*known, *places.columns}
        self.scalars |= {name for name in places.times - told if not self.is_variable(name)}
        entries = letters_of_literals(trees, known)
        self.scalars |= {name for name in entries - known if not self.is_variable(name)}
        self.arrays = {name for name in places.arrays if not self.is_variable(name)}
        self.vectors = {name for name in places.vectors if not self.is_variable(name)} | self.arrays
        self.used |= occurs.keys()
        self.behind |= {name for name, times in behind.items() if occurs[name] == times}
        self.once |= {name for name, times in occurs.items() if times == 1}
        self.scalars |= {letter for letter, times in in_powers.items() if occurs[letter] == times}
        self.integers |= exponents - self.scalars - self.declarations.entries.keys()
        # The i of x[i] under a sum over i is no dimension.
        bound = {letter for letter in self.letters if len(letter) == 1 and letter.islower()}
        # Nor is the ij of (WH)_{ij} one.
        pairs = {name for name in self.dimensions if len(name) > 1 and self.letters.issuperset(name)}
        self.dimensions -= (bound | pairs) - self.declarations.dimensions
        self.integers -= self.dimensions | self.letters
        for tree in trees:
            for node in s.walk(tree):
                if isinstance(node, s.Name) and "_" in node.text:
                    for stem, below in with_subscripts(node.text):
                        if below and all(letter in self.letters for letter in below):
                            self.entered.add(stem)
                elif isinstance(node, s.Subscripted):
                    names = {p.text for item in node.items for p in s.walk(item) if isinstance(p, s.Name)}
                    if not names.isdisjoint(self.letters):
                        self.entered.add(node.base.text)

    def _survey_identity(self, name: str) -> None:
        """The T of I_T is a size where it is no variable."""
        size = identity_size(name)
        if isinstance(size, str) and not self.is_variable(name) and not self.is_variable(size):
            self.dimensions.add(size)

    def _survey_call(self, name: str, args: tuple[s.Node, ...]) -> None:
        declared = self.declarations.entries.get(name)
        if declared is not None and declared.signature is not None:
            for arg, shape in zip(args, declared.signature.arguments, strict=False):
                if isinstance(arg, s.Name) and shape == SCALAR:
                    self.scalars.add(arg.text)
        entry = FUNCTIONS.get(name.rpartition(".")[2])
        if entry is None:
            return
        if len(args) == 1 and isinstance(args[0], s.Group) and args[0].is_list:
            args = args[0].items
        kinds = [parameter.kind for parameter in entry.parameters]
        self._survey_dims(arg for arg, kind in zip(args, kinds, strict=False) if kind == "dim")

    def _survey_dims(self, trees: Iterable[s.Node]) -> None:
        for tree in trees:
            for node in s.walk(tree):
                if (
                    isinstance(node, s.Name)
                    and node.text not in ("end", "None")
                    and (not self.is_variable(node.text) or self.is_count(node.text))
                    and node.text not in self.declarations.ranges
                ):
                    self.dimensions.add(node.text)

    def _survey_exponent(self, exponent: s.Node) -> None:
        for node in s.walk(exponent):
            if isinstance(node, s.Name):
                plain = node.text not in TRANSPOSES and not is_capital(node.text) and not is_greek(node.text)
                if plain and is_letter(node.text) and not self.is_variable(node.text):
                    self.integers.add(node.text)
            elif not isinstance(node, (s.Sum, s.Signed, s.Num, s.Group)) and not (
                isinstance(node, s.Product) and all(isinstance(f, (s.Num, s.Name)) for _, f in node.factors)
            ):
                return

    def is_variable(self, name: str) -> bool:
        """Whether a name is declared as a variable or bound."""
        return name in self.declarations.entries or name in self.bindings

    def is_count(self, name: str) -> bool:
        """Whether a name is declared as a whole number, which may be a dimension or an index."""
        declared = self.declarations.entries.get(name)
        return declared is not None and declared.is_count

    def symbol(self, name: str, unknowns: Unknowns) -> Symbol:
        """The variable of that name, with open dimensions where nothing is declared of them."""
        known = self.symbols.get(name)
        if known is not None:
            return known
        declared = self.declarations.entries.get(name)
        base = self._differential_base(name) if declared is None else None
        if base is not None:
            origin = self._make(base, self.declarations.entries.get(base), unknowns)
            facts = origin.facts & LINEAR_STRUCTURE & ~Fact.CONSTANT
            symbol = Symbol.stand_in(name, origin.rows, origin.columns, facts, differential=True)
        else:
            symbol = self._make(name, declared, unknowns)
        self.symbols[name] = symbol
        return symbol

    def axes(self, name: str) -> int:
        """How many axes the array of a variable has in a NumPy function, whatever its sizes are."""
        declared = self.declarations.entries.get(name)
        base = self._differential_base(name) if declared is None else None
        return self.axes(base) if base is not None else (declared or self._by_convention(name)).ndim

    def _make(self, name: str, declared: Declared | None, unknowns: Unknowns) -> Symbol:
        if declared is None:
            declared = self._by_convention(name)
        rows, columns = declared.rows, declared.columns
        if declared.is_family:
            rows = unknowns.dim(f"{name}.rows") if rows is None else rows
            square = declared.facts & SQUARE_ONLY
            columns = rows if square else unknowns.dim(f"{name}.columns") if columns is None else columns
            return Family.of(name, declared.family, rows, columns, declared.facts, above=declared.above)
        if rows is None:
            rows = unknowns.dim(f"{name}.rows")
        if columns is None:
            columns = rows if declared.facts & SQUARE_ONLY else unknowns.dim(f"{name}.columns")
        return Symbol.stand_in(name, rows, columns, declared.facts, differential=declared.is_differential)

    def _by_convention(self, name: str) -> Declared:
        """Capitals are matrices, Greek letters scalars, exponents integers, other names vectors."""
        if name in self.integers:
            return Declared(name, ONE, ONE, Fact.INTEGER)
        if is_capital(name) and name not in self.scalars:
            return Declared(name, None, None)
        if name in self.scalars or (is_greek(name) and name not in self.vectors):
            return Declared(name, ONE, ONE)
        return Declared(name, None, ONE)

    def _differential_base(self, name: str) -> str | None:
        """The X of a name dX, where X is a variable or a single letter."""
        base = name[1:]
        if not name.startswith("d") or not base:
            return None
        declared = self.declarations.entries.get(base)
        if declared is not None:
            return None if declared.is_function else base
        return base if is_letter(base) and base[0].isalpha() else None

    def open_dims(self) -> list[Dim]:
        """The dimensions of the variables, in the order in which they were met."""
        return [dim for symbol in self.symbols.values() for dim in symbol.shape]
