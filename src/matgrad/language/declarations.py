"""Declarations: ``A: m×n, S: n×n symmetric, x: n, t: scalar, k: integer, f: function``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any, NamedTuple

from matgrad.core.dims import ONE, Dim, shape_text
from matgrad.core.errors import ArgumentError, DeclarationError, MatgradError
from matgrad.core.expr import Symbol
from matgrad.core.facts import ON_SIMPLEX, SQUARE_ONLY, Fact, closure
from matgrad.core.labels import without_mark
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.core.written_dims import read_dim
from matgrad.language import syntax as s
from matgrad.language.declared import Declared as Declared
from matgrad.language.declared_body import (
    NAME,
    Evidence,
    are_names,
    fact_name,
    facts_in,
    gather,
    only_facts,
    set_of_numbers,
    split_shape,
    take_apart,
)
from matgrad.language.declared_indices import index_range, read_member, reading_of
from matgrad.language.declared_names import colon_fix, names_in, typed
from matgrad.language.declared_shapes import is_of_numbers, read_shape, segments
from matgrad.language.declared_signs import Sign, check_bounds, is_number, positive_fix, signs_of
from matgrad.language.declared_sizes import lengths_of_vec
from matgrad.language.latex.declaring import name_in_latex
from matgrad.language.latex.plain import plain_text
from matgrad.language.names import Vocabulary, is_capital, is_greek, is_public, plain
from matgrad.language.signatures import is_signature, read_signature, sides
from matgrad.language.vec_names import Signs
from matgrad.ops.indices.members import Family
from matgrad.ops.variables import check_facts
from matgrad.printing.meanings import require_one_meaning
from matgrad.printing.names import printed_as

_HEAD = regex(r"\s*([^:∈]*?)\s*(:|∈|\bin\b)\s*(.*)", re.DOTALL)


class _Source(NamedTuple):
    """The text that a declaration is in, where its body starts, and what is known of its words."""

    text: str
    place: int
    is_member: bool
    evidence: Evidence

    def located(self, error: DeclarationError) -> MatgradError:
        """The error with its place in the whole text."""
        if error.span is None:
            return error
        start, end = error.span
        error.text, error.span = self.text, (self.place + start, self.place + end)
        return error


_SIZE_WORDS = frozenset(("dimension", "size"))


@dataclass(slots=True)
class Declarations:
    """All that is declared.

    Attributes
    ----------
    entries : dict of str to Declared
        What is declared of each name, in the order of the declarations.
    sizes : set of str
        The names declared as dimensions, which are numbers and no variables.
    ranges : dict of str to Dim
        The last value of each index that is declared.
    from_zero : set of str
        The indices that are counted from 0, and the names whose members or entries are; all others
        are counted from 1.
    readings : dict of str to (tuple of str, str)
        Of names that read others, as x_i = X[i,:]', the indices and the text.
    free : set of str
        Letters that stand for a place which nothing binds, as the k of a derivative by x_k.
    is_whole : bool
        Whether no other variable can be meant, as in an answer in the names of a function.
    """

    entries: dict[str, Declared] = field(default_factory=dict)
    sizes: set[str] = field(default_factory=set)
    ranges: dict[str, Dim] = field(default_factory=dict)
    from_zero: set[str] = field(default_factory=set)
    readings: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    is_whole: bool = False

    @property
    def symbols(self) -> dict[str, Symbol]:
        """The variables whose shapes are declared in full."""
        found = ((name, entry.symbol()) for name, entry in self.entries.items())
        return {name: symbol for name, symbol in found if symbol is not None}

    @property
    def functions(self) -> frozenset[str]:
        """The names declared as functions."""
        return frozenset(name for name, entry in self.entries.items() if entry.is_function)

    @property
    def families(self) -> frozenset[str]:
        """The names of which there are members."""
        return frozenset(name for name, entry in self.entries.items() if entry.is_family)

    @property
    def dimensions(self) -> frozenset[str]:
        """The names of the dimensions."""
        shapes = [(e.rows, e.columns) for e in self.entries.values()]
        lasts = [last.symbols for last in self.ranges.values()]
        sizes = [e.signature.sizes for e in self.entries.values() if e.signature is not None]
        return frozenset(self.sizes).union(
            *sizes, *lasts, *(d.symbols for shape in shapes for d in shape if d is not None)
        )

    def declares(self, name: str) -> bool:
        """Whether a name is that of a variable, a function or a dimension."""
        return name in self.entries or name in self.dimensions

    def vocabulary(self) -> Vocabulary:
        """What the declarations say of the names of a text."""
        variables = {name for name, entry in self.entries.items() if not entry.is_function}
        names = [*self.entries, *sorted(self.dimensions)]
        spellings: dict[str, str] = {}
        for name in names:
            spellings.setdefault(printed_as(name), name)
        for name in names:
            spellings.setdefault(printed_as(without_mark(name)), name)
        indices = set(self.ranges)
        return Vocabulary(
            {*variables, *self.dimensions},
            set(self.functions),
            spellings=spellings,
            indices=indices,
            vec_signs=self.vec_signs,
        )

    @property
    def vec_signs(self) -> Signs:
        """What is said for D_n and L_n being the matrices of vec."""
        sizes = (size for entry in self.entries.values() for size in (entry.rows, entry.columns))
        return Signs(self.is_whole, frozenset(str(size) for size in sizes if size is not None))

    def add(self, entry: Declared) -> None:
        """Take in one declaration.

        Raises
        ------
        DeclarationError
            When it contradicts an earlier one.
        """
        alike = next((n for n in self.entries if printed_as(n) == printed_as(entry.name)), entry.name)
        if alike != entry.name:
            if replace(self.entries[alike], name=entry.name) == entry:
                return  # the same variable in another spelling
            raise DeclarationError(
                phrase(
                    "{alike} and {entry} are one name: they are printed alike", alike=alike, entry=entry.name
                ),
                fix=phrase("another name for one"),
            )
        known = self.entries.get(entry.name)
        if known is not None and known != entry:
            raise DeclarationError(phrase("{entry} is declared twice, and differently", entry=entry.name))
        self.entries[entry.name] = entry

    def checked(self) -> Declarations:
        """These declarations, in which no name stands for a dimension and something else.

        Raises
        ------
        DeclarationError
            Where a name would be both, or two dimensions are printed alike.
        """
        require_one_meaning(self.dimensions, [entry.thing() for entry in self.entries.values()])
        return self

    def count(self, letter: str, last: Dim) -> Dim:
        """How many values an index has up to a last one."""
        return last + 1 if letter in self.from_zero else last

    def with_families(self, ranges: Mapping[str, Dim] | None = None) -> Declarations:
        """These declarations, in which a name with a subscript that is an index is that of a family.

        Parameters
        ----------
        ranges : mapping of str to Dim, optional
            Ranges of indices that are known otherwise.
        """
        known = {**(ranges or {}), **self.ranges}
        for name, entry in list(self.entries.items()):
            base, letters = read_member(name, known)
            if entry.is_function or entry.is_family or not letters:
                continue
            if base in self.entries:
                raise DeclarationError(
                    phrase(
                        "{name} would be a member of the family {base}, and {base} is declared as well",
                        name=name,
                        base=base,
                    ),
                    fix=phrase("another name for one of them"),
                )
            family = tuple((letter, self.count(letter, known[letter])) for letter in letters)
            if not self.from_zero.isdisjoint(letters):
                self.from_zero.add(base)
            self.entries = {
                (base if other == name else other): (
                    replace(entry, name=base, family=family) if other == name else one
                )
                for other, one in self.entries.items()
            }
        return self

    def with_sizes(self) -> Declarations:
        """These declarations, in which a whole number that is a dimension is that dimension."""
        for name in self.dimensions & self.entries.keys():
            if self.entries[name].is_count:
                del self.entries[name]
                self.sizes.add(name)
        shapes = [(entry.rows, entry.columns) for entry in self.entries.values()]
        products = lengths_of_vec(shapes, self.dimensions - self.sizes)
        for name, entry in list(self.entries.items()) if products else []:
            rows, columns = (d and d.substitute(products) for d in (entry.rows, entry.columns))
            self.entries[name] = replace(entry, rows=rows, columns=columns)
        return self


def parse_declarations(text: str) -> Declarations:
    """Read declarations.

    Parameters
    ----------
    text : str
        Declarations such as ``"A: m×n, S: n×n symmetric, x: n, t: scalar, k: integer"``. Instead of
        ``×`` stand ``x`` or ``by``; instead of commas, semicolons or new lines.

    Returns
    -------
    Declarations
        What is declared of each name.

    Raises
    ------
    DeclarationError
        When a declaration cannot be understood or contradicts another one.

    Examples
    --------
    >>> from matgrad.language import parse_declarations
    >>> parse_declarations("S: n×n symmetric, t: scalar").symbols["S"].is_square
    True
    """
    text = plain_text(text)
    return _read(text, _evidence([text])).with_families().with_sizes().checked()


def _evidence(texts: Iterable[str]) -> Evidence:
    """What the bodies of all declarations say of the words in them."""
    heads = [_HEAD.fullmatch(segment) for text in texts for _, segment in segments(typed(text))]
    bodies = [part for head in heads if head is not None for part in sides(head[3])]
    sizes = [head[1].strip() for head in heads if head is not None and head[3].strip() in _SIZE_WORDS]
    return gather([body for body in bodies if body.strip() not in _SIZE_WORDS], sizes)


def _read(text: str, evidence: Evidence) -> Declarations:
    """Read declarations by what is known of the words in them and beside them."""
    result = Declarations()
    waiting: list[tuple[str, s.Span]] = []
    latest: list[str] = []
    signs: list[Sign] = []
    for place, segment in segments(typed(text)):
        head = _HEAD.fullmatch(segment)
        try:
            read = reading_of(segment)
            if read is not None:
                result.readings[read[0]] = read[1:]
                continue
            index = index_range(segment, text, place)
            if index is not None:
                letter, start, last = index
                if start == 0:
                    result.from_zero.add(letter)
                if result.ranges.setdefault(letter, last) is not last:
                    raise DeclarationError(
                        phrase("the range of {letter} is declared twice, and differently", letter=letter)
                    )
                continue
            found = signs_of(segment, place)
            if found:
                if not found[0].is_equation:
                    signs += [Sign(plain(name), found[0].words, where) for name, where in waiting]
                    waiting = []
                signs += found
                continue
            check_bounds(segment, place, text)
            in_latex = name_in_latex(segment if head is None else head[1])
            if head is not None and (in_latex is not None or are_names(head[1])):
                names = [name for name, _ in waiting] + ([in_latex] if in_latex else names_in(head[1]))
                source = _Source(text, place + head.start(3), head[2] != ":", evidence)
                if head[3].strip() in _SIZE_WORDS:
                    result.sizes |= set(map(plain, names))
                    waiting = []
                    continue
                for name in names:
                    result.add(_declared(plain(name), head[3], source))
                latest, waiting = [plain(name) for name in names], []
            elif not waiting and latest and only_facts(segment):
                for name in latest:
                    old = result.entries.pop(name)
                    result.add(_with_facts(old, facts_in(take_apart(name, segment, evidence).facts)))
            elif NAME.match(segment) or in_latex is not None:
                waiting.append((in_latex or segment, (place, place + len(segment))))
            elif NAME.match(segment.split()[0]) and only_facts(segment.partition(" ")[2]):
                name, _, words = segment.partition(" ")
                source = _Source(text, place + len(name) + 1, False, evidence)
                result.add(_declared(plain(name), words, source))
            else:
                raise DeclarationError(phrase("this is not a declaration"), fix=colon_fix(segment))
        except ArgumentError as error:
            raise DeclarationError(
                error.problem, fix=error.remedy, text=text, span=(place, place + len(segment))
            ) from None
        except DeclarationError as error:
            raise error.located(text, (place, place + len(segment))) from None
    if waiting:
        name, where = waiting[0]
        example = "m×n" if is_capital(name) else "n"
        raise DeclarationError(
            phrase("{name} has no shape", name=name), fix=f"{name}: {example}", text=text, span=where
        )
    for sign in signs:
        _take_in(sign, result, text)
    return result


def _take_in(sign: Sign, declarations: Declarations, text: str) -> None:
    """Add what ``lambda > 0`` says to what is declared of the name; λ and t are numbers where nothing is.

    Raises
    ------
    DeclarationError
        Where it may be said of a number or of a vector, of a definite matrix or of entries.
    """
    facts = facts_in([sign.words])
    shown = printed_as(sign.name)
    known = next((entry for entry in declarations.entries.values() if printed_as(entry.name) == shown), None)
    is_matrix = sign.is_of_matrices
    if known is None and (is_matrix or is_number(sign.name)):
        size = None if is_matrix else ONE
        declarations.entries[sign.name] = Declared(sign.name, size, size, facts)
        return
    if known is None and sign.name in declarations.dimensions:
        return  # a size is positive
    if known is None or known.is_function or (known.columns is not ONE and not is_matrix):
        raise sign.asks(text)
    try:
        declarations.entries[known.name] = _with_facts(known, facts)
    except MatgradError as error:
        raise DeclarationError(error.problem, fix=error.remedy, text=text, span=sign.span) from None


def _with_facts(entry: Declared, facts: Fact) -> Declared:
    return _checked(replace(entry, facts=closure(entry.facts | facts)))


def _checked(entry: Declared) -> Declared:
    """Refuse facts that a matrix of that shape cannot have; a square one needs one dimension."""
    if entry.rows is not None and entry.columns is not None:
        check_facts(entry.name, (entry.rows, entry.columns), entry.facts)
        if entry.facts & Fact.INVERTIBLE and entry.rows is ONE:
            return replace(entry, facts=entry.facts & ~(SQUARE_ONLY | Fact.ORTHONORMAL_COLUMNS))
    return entry


def _declared(name: str, text: str, source: _Source) -> Declared:
    """Read what stands after the colon."""
    if is_signature(text):
        signature = read_signature(name, text, lambda part: _shape_in(name, part, source))
        return Declared(name, None, None, is_function=True, signature=signature)
    try:
        body = take_apart(name, text, source.evidence)
        numbers = set_of_numbers(name, body, source.is_member, source.evidence)
    except DeclarationError as error:
        raise source.located(error) from None
    facts = facts_in(body.facts)
    if body.kind == "function":
        if body.shape:
            raise DeclarationError(
                phrase(
                    "{name} is declared a function, and something besides: functions are of one number",
                    name=name,
                ),
                fix=phrase("{name}: function", name=name),
            )
        return Declared(name, None, None, facts, is_function=True)
    if numbers is not None:
        return Declared(name, ONE, ONE, facts if numbers == "R" else closure(facts | Fact.INTEGER))
    if not body.shape:
        return _checked(_of_kind(name, body.kind, facts))
    is_space = is_of_numbers(body.shape)
    if (source.is_member or body.shape.startswith("ℝ")) and not is_space:
        raise source.located(
            DeclarationError(
                phrase("{shape} is no set that is known here", shape=body.shape),
                fix=positive_fix(name, body.shape)
                if body.shape.startswith("ℝ_+")
                else phrase(
                    "{name} ∈ ℝ, {name} ∈ ℝ^n, {name} ∈ ℝ^(m×n), or the size after a colon: {name}: n",
                    name=name,
                ),
                span=(body.start, body.start + len(body.shape)),
            )
        )
    if body.shape.startswith("R") and "R" in source.evidence.dimensions and is_space:
        raise source.located(
            DeclarationError(
                phrase("{shape} may be of the set ℝ, or of the dimension R", shape=body.shape),
                fix=phrase(
                    "ℝ{shape} for the set, ({body_shape}) for a power of the dimension",
                    shape=body.shape[1:],
                    body_shape=body.shape,
                ),
                span=(body.start, body.start + len(body.shape)),
            )
        )
    shape, axes = read_shape(body.shape, source.text, source.place + body.start)
    if body.kind in ("scalar", "number") and shape != (ONE, ONE):
        raise DeclarationError(
            phrase(
                "{name} is declared a {kind} of shape {shape}",
                name=name,
                kind=body.kind,
                shape=shape_text(shape),
            ),
            fix=f"{name}: scalar",
        )
    is_vector = shape[1] is ONE or shape[0] is ONE
    if "one_hot" in map(fact_name, body.facts) and shape[1] is not ONE:
        raise DeclarationError(
            phrase("one-hot of the matrix {name} may be its rows or its columns", name=name),
            fix=phrase(
                "{name}: {shape} one-hot rows, or {name}: {shape} one-hot columns",
                name=name,
                shape=shape_text(shape),
            ),
        )
    if (
        body.kind == "matrix"
        and len(split_shape(body.shape)) == 1
        and shape[1] is ONE
        and "^" not in body.shape
    ) or ("vector" in body.kind and not is_vector):
        raise DeclarationError(
            phrase(
                "{name} is declared a {kind} of shape {shape}",
                name=name,
                kind=body.kind,
                shape=shape_text(shape),
            ),
            fix=f"{name}: {'m×n' if body.kind == 'matrix' else 'n'}",
        )
    if body.kind.startswith("row") and shape[1] is ONE:
        shape = (shape[1], shape[0])
    axes = 0 if body.kind in ("scalar", "number") else 2 if shape[0] is ONE and shape[1] is not ONE else axes
    return _checked(Declared(name, *shape, facts, axes=axes))


def _shape_in(name: str, text: str, source: _Source) -> tuple[Dim | None, Dim | None, Fact]:
    """A shape in the declaration of a function, with its facts."""
    entry = _declared(name, text, source)
    return entry.rows, entry.columns, entry.facts


def _of_kind(name: str, kind: str, facts: Fact) -> Declared:
    """The shape of a declaration that states none."""
    if kind in ("scalar", "number") or (
        not kind and facts & Fact.INTEGER and not facts & (SQUARE_ONLY | ON_SIMPLEX)
    ):
        return Declared(name, ONE, ONE, facts)
    if kind in ("vector", "column vector", "column") or (not kind and facts & Fact.SIMPLEX):
        return Declared(name, None, ONE, facts)
    if kind.startswith("row"):
        return Declared(name, ONE, None, facts)
    if (
        kind == "matrix"
        or facts & (SQUARE_ONLY | Fact.ORTHONORMAL_COLUMNS | Fact.SIMPLEX_ROWS)
        or (facts and is_capital(name))
    ):
        return Declared(name, None, None, facts)
    if facts:
        # Greek letters are numbers where no more is said, and so they are where a fact is.
        return Declared(name, ONE if is_greek(name) else None, ONE, facts)
    raise DeclarationError(
        phrase("nothing is declared of {name}", name=name),
        fix=f"{name}: {'m×n' if is_capital(name) else 'n'}",
    )


def read_given(given: Any) -> Declarations:
    """Read declarations in any of the forms that the public functions take.

    Parameters
    ----------
    given : str, mapping, iterable of Symbol, or None
        Text; or names with a shape, a length, a text or a variable each; or variables.

    Raises
    ------
    DeclarationError
        When a declaration cannot be understood.
    ArgumentError
        When ``given`` is of another type.
    """
    if given is None:
        return Declarations()
    if isinstance(given, Declarations):
        return given
    if isinstance(given, str):
        return parse_declarations(given)
    result = Declarations()
    if isinstance(given, Mapping):
        evidence = _evidence([f"{k}: {v if isinstance(v, str) else _sizes_of(v)}" for k, v in given.items()])
        for name, value in given.items():
            if isinstance(value, str) and value.strip() in _SIZE_WORDS and isinstance(name, str):
                result.sizes |= _read(f"{name}: {value}", evidence).sizes
            else:
                result.add(_from_value(name, value, evidence))
        made = any(isinstance(value, Symbol) for value in given.values())
        return (result if made else result.with_sizes()).checked()
    if isinstance(given, Iterable) and getattr(given, "ndim", None) != 0:
        for symbol in given:
            if not isinstance(symbol, Symbol):
                raise ArgumentError(
                    phrase("{symbol} is not a variable", symbol=repr(symbol)), fix='mg.matrix("A", "m", "n")'
                )
            result.add(_from_symbol(symbol.label, symbol))
            if isinstance(symbol, Family):
                result.ranges.update(symbol.ranges)
        return result.checked()
    raise ArgumentError(
        phrase("declarations are a text, a mapping or variables, not {name}", name=type(given).__name__),
        fix='"A: m×n, x: n"',
    )


def _from_symbol(name: str, symbol: Symbol) -> Declared:
    if symbol.label != name:
        raise ArgumentError(
            phrase("the variable {symbol} is given under the name {name}", symbol=symbol.label, name=name)
        )
    if isinstance(symbol, Family):
        return Declared(name, *symbol.member_shape, symbol.member_facts, family=symbol.ranges)
    return Declared(name, symbol.rows, symbol.columns, symbol.facts, is_differential=symbol.is_differential)


def _sizes_of(value: Any) -> str:
    """A shape that is no text, as text."""
    if isinstance(value, Symbol):
        value = value.shape
    return "×".join(map(str, value)) if isinstance(value, (tuple, list)) and value else "1"


def _from_value(name: Any, value: Any, evidence: Evidence) -> Declared:
    if not isinstance(name, str) or not NAME.match(name) or not is_public(name):
        raise ArgumentError(phrase("{name} is not a name for a variable", name=repr(name)))
    name = plain(name)
    if isinstance(value, Symbol):
        return _from_symbol(name, value)
    if isinstance(value, str):
        return _read(f"{name}: {value}", evidence).entries[name]
    if isinstance(value, (tuple, list)) and len(value) <= 2:
        dims = [read_dim(d) for d in value] + [ONE, ONE]
        return Declared(name, dims[0], dims[1], axes=len(value))
    if isinstance(value, (int, Dim)):
        return Declared(name, Dim.of(value), ONE, axes=1)
    raise ArgumentError(
        phrase("{value} is not a declaration of {name}", value=repr(value), name=name),
        fix=phrase('"{name}: m×n" or ("m", "n")', name=name),
    )
