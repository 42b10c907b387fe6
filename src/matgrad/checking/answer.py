"""Reading an answer: its text in the names of the function that was differentiated."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import field, replace

from matgrad.calculus.by_member import ByMember, stacked
from matgrad.calculus.components_over_indices import summed_over
from matgrad.calculus.pushforward import pushforward
from matgrad.checking.answer_diagonals import diagonals_written_out
from matgrad.checking.answer_entries import (
    Entry,
    axes,
    check_letters,
    entry_named,
    of_all_pairs,
    places_in,
    put_together,
)
from matgrad.checking.answer_left_side import LeftSide, read_left_side
from matgrad.checking.answer_names import Names, own_letters
from matgrad.checking.answer_places import (
    UNIT,
    FreeLetterError,
    blocks_of,
    bound_in,
    check_free_letters,
    defined_in,
    entries_of,
    is_of_entries,
    is_open,
    is_used_behind,
    kept_apart_in,
    letters_below,
    letters_of_places,
    letters_written,
    nodes_of,
    unknown_name,
    with_letters_below,
)
from matgrad.checking.open_sizes import choices_of_sizes
from matgrad.checking.other_readings import Reading, has_star, other_readings
from matgrad.checking.prose import without_prose
from matgrad.core.dims import ONE, Dim, Shape, all_symbols, same
from matgrad.core.errors import MatgradError, ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.records import dataclass
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.declarations import Declared
from matgrad.language.elaborate import Elaborator
from matgrad.language.inference import Unknowns
from matgrad.language.interpretation import Interpretation, choose_dialect, elaborate, statements_in
from matgrad.language.reader import main_statement
from matgrad.language.scope import Scope
from matgrad.numeric.sizes import dims_in, dims_of_data
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.kronecker import commutation
from matgrad.ops.leaves import Dimension, unit
from matgrad.ops.transpose import transpose
from matgrad.ops.undefined import Undefined
from matgrad.results.parts import Part
from matgrad.rewrite.simplify import simplify

_ANSWER, _DERIVATIVE = "the answer", "the derivative"
_SECOND = frozenset("jlqs")
"""Letters of columns in X_ij, X_kl, X_pq, X_rs, also where no letter of the row occurs."""

_WHOLE = Phrase("note: the left side is one entry, and the right side is read as all of them")


@dataclass(frozen=True)
class Answer:
    """An answer that was read.

    Attributes
    ----------
    text : str
        What was written, left side included.
    expr : Expr or None
        What it means; ``None`` where its factors or terms do not conform.
    left : LeftSide
        What its left side asks for.
    tree : Node or None
        Its syntax tree, where it was written as text.
    bindings : dict of str to Node
        The trees of the names bound by ``where`` in the answer.
    dialect : str
        The dialect it was read in.
    refusal : ShapeError or None
        Why it means nothing.
    others : tuple of Expr
        What it means with other sizes of its ``I`` and ``e_1``, where the shape leaves a choice.
    notes : dict of Expr to Phrase or None
        What is to be said of how it is read, for each meaning.
    at_entry : Expr or None
        What it says that an entry of the derivative is, where it is told entry by entry.
    """

    text: str
    expr: Expr | None
    left: LeftSide = field(default_factory=LeftSide)
    tree: s.Node | None = None
    bindings: dict[str, s.Node] = field(default_factory=dict)
    dialect: str = "matlab"
    refusal: ShapeError | None = None
    others: tuple[Expr, ...] = ()
    notes: dict[Expr, Phrase | None] = field(default_factory=dict)
    at_entry: Expr | None = None

    @property
    def meanings(self) -> list[Expr]:
        """All that it may mean, the usual sizes first; none where it does not conform."""
        return [] if self.expr is None else [self.expr, *self.others]

    @property
    def nodes(self) -> Iterator[s.Node]:
        """What was written, piece by piece, with what ``where`` binds; nothing where it is no text."""
        return nodes_of(self.tree, self.bindings)


class Reader:
    """Reads answers to one problem.

    Parameters
    ----------
    names : Names
        What names may stand for.
    shapes : sequence of (Dim, Dim)
        The shapes that an answer may have, the usual one first; open dimensions, as that of ``I``,
        are settled by them.
    of : (Dim, Dim), optional
        The shape of what is differentiated: of the function, or of its gradient for second derivatives.
    layout : str, optional
        The layout asked for, in which entries are put together.
    part : Part, optional
        The part of a variable that the derivative is by.
    is_second : bool
        Whether second derivatives are asked for.

    Attributes
    ----------
    entry : Entry or None
        The entry that the answer is by its left side.
    written : dict of str to str
        The letters as they were written, of those that have other ones because they are sizes as well.
    """

    def __init__(
        self,
        names: Names,
        shapes: Iterable[Shape],
        *,
        of: Shape | None = None,
        layout: str | None = None,
        part: Part | None = None,
        is_second: bool = False,
    ) -> None:
        self.names, self.part, self.is_second = names, part, is_second
        self.of, self.layout = of, layout
        self.shapes = list(dict.fromkeys(shapes))
        self._declarations = names.declarations()
        self.entry: Entry | None = None
        self.written: dict[str, str] = {}
        self._at_entry: Expr | None = None
        self._letters: frozenset[str] | None = None
        self._matrices: dict[str, Expr] = {}
        self._aliases = names.aliases

    def read(self, text: str, syntax: str = "auto") -> Answer:
        """Read an answer; one whose factors or terms do not conform comes without a meaning.

        Raises
        ------
        ParseError
            When the text is not an expression, with its place in the text.
        UnknownNameError
            When a name stands for nothing in the function.
        """
        plain = without_prose(text, self.names.symbols)
        left = read_left_side(plain)
        if left.form == "function" and is_used_behind(plain[: left.end - 1].strip(), plain[left.end :]):
            left = LeftSide()  # r = Ax − b; 2Aᵀr
        self.entry = self._entry_named(left)
        if self.entry is not None and left.layout is None:
            # An entry of the derivative says where it stands, whatever the layout.
            left = replace(left, layout=self.layout or self.entry.layout)
        self._letters = self._letters_left(left)
        # Blanks in place of the left side keep every place in the text what it was.
        body = " " * left.end + plain[left.end :]
        try:
            dialect = choose_dialect(plain, syntax)
            known = self._declarations
            words = known.vocabulary()
            words.variables |= defined_in(body)
            statements = statements_in(dialect, body, known, words, is_answer=True)
            main = main_statement(statements, body)
            trees = {s.name: s.tree for s in statements if s is not main and s.name and s.tree is not None}
            assert main.tree is not None
            if self.entry is not None:
                main.tree, trees = self._with_own_letters(main.tree, trees)
                self._letters = self.entry.letters
            trees = self._without_claims(trees, body, dialect)
            free = known.free = self.names.free - bound_in(main.tree)
            main.tree, trees = diagonals_written_out(
                main.tree, trees, body, free, lambda piece: self._is_number(piece, trees, body, dialect)
            )
            try:
                reading, notes = self._reading(Reading(main.tree, trees), body, dialect)
                apart = known.free & kept_apart_in(main.tree)
                if all(not expr.is_scalar and apart & self._letters_of(expr, apart) for expr in notes):
                    # A whole matrix has no letter left for an entry: the sum runs over both.
                    known.free -= apart
                    reading, notes = self._reading(Reading(main.tree, trees), body, dialect)
            except ShapeError as error:
                if not isinstance(error, FreeLetterError):
                    self._check_written(main.tree, trees, body, dialect)
                return Answer(text, None, left, main.tree, trees, dialect, error, at_entry=self._at_entry)
        except MatgradError as error:
            error.text = text if error.text == body else error.text
            raise
        if self.entry is not None and self._at_entry is None:
            notes = {one: said or _WHOLE for one, said in notes.items()}
        expr, *others = notes
        return Answer(
            text,
            expr,
            left,
            reading.tree,
            reading.bindings,
            dialect,
            others=tuple(others),
            notes=notes,
            at_entry=self._at_entry,
        )

    def _reading(
        self, as_it_stands: Reading, text: str, dialect: str
    ) -> tuple[Reading, dict[Expr, Phrase | None]]:
        """How an answer is read, and what it may mean so, each with what is to be said of it.

        Where it has no shape of the derivative as it stands, it is read in another way that has one.
        """
        found: dict[Expr, Phrase | None] = {}
        reading, refusal = as_it_stands, None
        try:
            meanings = self._all_meanings(reading.tree, reading.bindings, text, dialect)
            found = dict.fromkeys(meanings)
        except ShapeError as error:
            refusal = error
        is_misfit = not any(expr.shape in self.shapes for expr in found)
        if self.shapes and (is_misfit or has_star(as_it_stands.tree)):
            fitting: dict[Expr, Phrase | None] = {}

            def is_vector(piece: s.Node) -> bool:
                bindings = as_it_stands.bindings
                try:
                    found = elaborate(piece, text, self._declarations, bindings=bindings, dialect=dialect)
                except MatgradError:
                    return False
                return found.expr.is_vector or found.expr.is_row

            for other in other_readings(as_it_stands.tree, as_it_stands.bindings, is_vector):
                try:
                    meanings = self._all_meanings(other.tree, other.bindings, text, dialect)
                except MatgradError:
                    continue
                fits = [expr for expr in meanings if expr.shape in self.shapes and expr not in fitting]
                reading = other if fits and not fitting else reading
                fitting |= dict.fromkeys(fits, other.note)
            found = {**fitting, **{expr: None for expr in found if expr not in fitting}}
        if not found and refusal is not None:
            raise refusal
        return reading, found

    def _is_number(self, piece: s.Node, bindings: Mapping[str, s.Node], text: str, dialect: str) -> bool:
        try:
            found = elaborate(piece, text, self._declarations, bindings=bindings, dialect=dialect)
        except MatgradError:
            return False
        return found.expr.is_scalar

    def _check_written(self, tree: s.Node, bindings: Mapping[str, s.Node], text: str, dialect: str) -> None:
        """Refuse a name that stands for nothing in an answer that has no meaning.

        Raises
        ------
        UnknownNameError
            With the names of the function.
        """
        known = {*bindings, *self._declarations.free, *bound_in(tree), "T"}
        for node in nodes_of(tree, bindings):
            if isinstance(node, s.Name) and node.text not in known and node.text[:1].isalpha():
                try:
                    alone = elaborate(node, text, self._declarations, dialect=dialect)
                except MatgradError:
                    continue
                self._check_names(alone, node, {}, text)

    def _all_meanings(
        self, tree: s.Node, bindings: Mapping[str, s.Node], text: str, dialect: str
    ) -> list[Expr]:
        """What an answer may mean; a K that nothing is said of is the commutation matrix that fits."""
        written = {node.text for node in nodes_of(tree, bindings) if isinstance(node, s.Name)}
        known = self._declarations.entries.keys() | self._declarations.dimensions | bindings.keys()
        sizes = dict.fromkeys((self.names.variable.shape, *([self.of] if self.of is not None else [])))
        kinds: list[dict[str, Expr]] = [
            {"K": commutation(*pair)} for shape in sizes for pair in (shape, shape[::-1])
        ]
        choices = kinds if "K" in written - known else [{}]
        found: list[Expr] = []
        refusal: ShapeError | None = None
        for choice in choices:
            self._matrices = choice
            for name, matrix in self._matrices.items():
                self._declarations.entries[name] = Declared(name, *matrix.shape)
            try:
                found += self.meanings(tree, bindings, text, dialect)
            except ShapeError as error:
                refusal = refusal or error
        if not found and refusal is not None:
            raise refusal
        return found

    def _with_own_letters(
        self, tree: s.Node, bindings: Mapping[str, s.Node]
    ) -> tuple[s.Node, dict[str, s.Node]]:
        """An answer in which the letters of its entry are no sizes: the k of ∂f/∂U_ik, for k columns of U."""
        assert self.entry is not None
        used = {letter for part in (tree, *bindings.values()) for letter in letters_written(part)}
        taken = self.entry.letters & self.names.dimensions
        spare = iter(sorted(self.names.places() - used - self.entry.letters))
        others = dict(zip(sorted(taken), spare, strict=False))
        if len(others) < len(taken):
            return tree, dict(bindings)
        self.entry = self.entry.renamed(others)
        self.written = {other: letter for letter, other in others.items()}
        renamed = {name: with_letters_below(part, others) for name, part in bindings.items()}
        return with_letters_below(tree, others), renamed

    def _without_claims(self, trees: Mapping[str, s.Node], text: str, dialect: str) -> dict[str, s.Node]:
        """The definitions of an answer without what it repeats of a variable: where S = Sᵀ.

        Raises
        ------
        ParseError
            For what is not known of the variable.
        """
        found: dict[str, s.Node] = {}
        for name, tree in trees.items():
            symbol = self.names.symbols.get(name)
            if symbol is None or symbol.label not in {n.text for n in s.walk(tree) if isinstance(n, s.Name)}:
                found[name] = tree
            elif simplify(self.meaning(tree, {}, text, dialect)) is not symbol:
                raise ParseError(
                    phrase("this is not known of {name}, a variable of the function", name=name),
                    fix=phrase("what is known of it is declared with the function"),
                    text=text,
                    span=tree.span,
                )
        return found

    def meaning(self, tree: s.Node, bindings: Mapping[str, s.Node], text: str, dialect: str) -> Expr:
        """What a syntax tree means in the names of the function."""
        return self.meanings(tree, bindings, text, dialect)[0]

    def meanings(self, tree: s.Node, bindings: Mapping[str, s.Node], text: str, dialect: str) -> list[Expr]:
        """What a syntax tree may mean in the names of the function: the usual sizes of I and e_1 first."""
        readings = [elaborate(tree, text, self._declarations, bindings=bindings, dialect=dialect)]
        parts = list(nodes_of(tree, bindings))
        written = {node.text for node in parts if isinstance(node, s.Name)}
        letters = written.union(*map(letters_below, parts)) & self._declarations.free
        has_open = any(map(is_open, parts))
        is_misfit = bool(self.shapes) and readings[0].expr.shape not in self.shapes and has_open
        if is_misfit or self._foreign(readings[0], readings[0].expr, letters):
            shapes = self._shapes_of_open(letters)
            settled = (self._settled(tree, bindings, text, dialect, shape, letters) for shape in shapes)
            readings = [found for found in settled if found is not None] or readings
        self._check_names(readings[0], tree, bindings, text)
        told: list[Expr] = []
        for found in readings:
            expr = found.bindings.get(_ANSWER, found.expr)
            defined = {**self.names.bindings, **found.bindings}
            for choice in choices_of_sizes(expr, self.names, self.shapes) or [expr]:
                carried_out = self._with_meanings(choice, defined)
                if self._letters is not None:
                    inside = self._letters_of(carried_out, written)
                    check_free_letters(inside, self._letters, [tree, *bindings.values()], text)
                whole = self._of_all(carried_out, written)
                told.append(whole if self.part is None else self.part.read(whole))
        told = list(dict.fromkeys(told))
        return [matrix for one in told for matrix in self._of_entries(one, written) or [one]]

    def _shapes_of_open(self, letters: Set[str]) -> Sequence[Shape]:
        """The shapes that settle the size of I: the whole's; by two members that of one block."""
        family = self.names.variable
        if not (isinstance(family, Family) and self.is_second):
            return self.shapes
        size = family.member_shape[0] * family.member_shape[1]
        is_told = len(letters | (self._letters or letters)) >= 2 * len(family.ranges)
        return [(size, size)] if is_told else [*self.shapes, (size, size)]

    def _of_entries(self, expr: Expr, written: Set[str]) -> list[Expr]:
        """The matrices of which a number with one letter for each axis is the entry: A_ij is A."""
        if not expr.is_scalar:
            return []
        inside = self._letters_of(expr, written)
        letters = sorted(inside)
        entry = self._entry_by_letters(letters)
        if entry is not None:
            return [self.whole_of(entry, expr)]
        found: list[Expr] = []
        for rows, columns in self.shapes:
            axes = [size for size in (rows, columns) if size is not ONE]
            if not letters or len(axes) != len(letters):
                continue
            if any(not same(size, axes[letters.index(at)]) for at, size in places_in(expr) if at in letters):
                letters = letters[::-1]  # only so the lengths fit
            row = ONE if rows is ONE else Dim.symbol(letters[0])
            column = ONE if columns is ONE else Dim.symbol(letters[-1])
            whole = multiply(unit(row, rows), expr, transpose(unit(column, columns)))
            for letter, size in zip(letters, axes, strict=True):
                whole = summed_over(whole, letter, ONE, size)
            found.append(whole)
        return found

    def whole_of(self, entry: Entry, expr: Expr) -> Expr:
        """The derivative of which a number is the entry."""
        of = self.of or expr.shape
        check_letters(entry, expr, of, self.names.change.shape)
        return put_together(entry, expr, of, self.names.change, self.layout)

    def _entry_named(self, left: LeftSide) -> Entry | None:
        """The entry that the left side says the answer is: ∂f/∂X_ij, ∂F_ij/∂X_kl."""
        variable = self.names.variable
        if self.of is None or self.part is not None or entries_of(variable) is None:
            return None
        return entry_named(
            left, self.of, variable, self.names.places() | self.names.dimensions, self.is_second
        )

    def _letters_left(self, left: LeftSide) -> frozenset[str] | None:
        """The letters that the right side has free by the left one; ``None`` where that says nothing."""
        if self.entry is not None:
            return self.entry.letters
        letters = left.letters & self.names.places()
        return letters if letters and not left.letters & self.names.dimensions else None

    def _entry_by_letters(self, letters: list[str]) -> Entry | None:
        """The entry that an answer with so many letters is, in the order of the alphabet."""
        variable = self.names.variable
        rows = axes(self.of) if self.of is not None else 0
        columns = axes(variable.shape)
        if self.part is not None or rows + columns < 3 or len(letters) != rows + columns or not rows:
            return None
        is_of_entries = entries_of(variable) is not None
        return Entry(tuple(letters[:rows]), tuple(letters[rows:])) if is_of_entries else None

    def _with_meanings(self, expr: Expr, defined: Mapping[str, Expr]) -> Expr:
        """An expression with unit vectors, and with what is named and its changes."""
        units = {
            label: unit(Dim.of(int(m[1]) if m[1].isdigit() else m[1]), symbol.rows)
            for label, symbol in symbols_of(expr).items()
            if label not in self.names.symbols and (m := UNIT.match(label))
        }
        changes = {
            label: pushforward(self._carried_out(defined[label[1:]]), self.names.variable, self.names.change)
            for label, symbol in symbols_of(expr).items()
            if self._is_change_of(symbol, defined)
        }
        return self._carried_out(
            expr.substitute({**units, **changes, **self.names.bindings, **self._aliases, **self._matrices})
        )

    def _is_change_of(self, symbol: Symbol, defined: Container[str]) -> bool:
        """Whether a symbol is the change of a named part: the dr of df = 2rᵀ dr."""
        return symbol.is_differential and symbol is not self.names.change and symbol.label[1:] in defined

    def _letters_of(self, expr: Expr, written: Set[str]) -> set[str]:
        """The letters of places in an answer; one that was written may stand as a number as well: k y_k."""
        nodes = postorder(expr)
        inside = {name for node in nodes for name in letters_of_places(node)} - self.names.dimensions
        numbers = (dim for node in nodes if isinstance(node, Dimension) for dim in dims_of_data(node.data))
        return inside | {name for dim in numbers for name in dim.symbols} & written & self.names.places()

    def _of_all(self, expr: Expr, written: Set[str]) -> Expr:
        """An answer by one member or one entry as that by all of them: the formula at every place."""
        variable = self.names.variable
        inside = self._letters_of(expr, written)
        if self.entry is not None and expr.is_scalar and inside <= self.entry.letters:
            self._at_entry = expr
            return self.whole_of(self.entry, expr)
        named = inside | (self._letters or inside)
        if isinstance(variable, Family) and self.is_second and len(named) == 2 * len(variable.ranges):
            own = own_letters(variable)
            ordered = sorted(named, key=lambda name: (name not in own, name))
            return of_all_pairs(expr, variable, ordered, self.names.change)
        family = variable if isinstance(variable, Family) else entries_of(variable)
        if isinstance(variable, Family) and self.is_second:
            family = blocks_of(variable)
        if family is None or expr.shape != family.member_shape or expr.shape == variable.shape:
            return expr
        if not (inside or variable.is_family) or len(inside) > len(family.ranges):
            return expr
        letters = [*sorted(inside), *(f"any_{k}" for k in range(len(family.ranges)))][: len(family.ranges)]
        lengths = {letter: size for letter, (_, size) in zip(letters, family.ranges, strict=True)}
        is_turned = any(not same(size, lengths.get(at, size)) for at, size in places_in(expr))
        if is_turned or (len(inside) == 1 < len(family.ranges) and inside <= _SECOND):
            letters = letters[::-1]
        return stacked(ByMember(family, (tuple(map(Dim.symbol, letters)),), expr))

    def _carried_out(self, expr: Expr) -> Expr:
        """An expression with the differentials ``d(…)`` in it carried out."""
        names = self.names
        if not names.has_d:
            return expr

        def differential(node: Expr) -> Expr | None:
            if isinstance(node, Undefined) and node.data == ("d", 0):
                return pushforward(node.args[0], names.variable, names.change)
            return None

        return rewrite_bottom_up(expr, differential)

    def variations(self, answer: Answer) -> Callable[[s.Node, Mapping[str, s.Node]], Expr]:
        """A quick way to read changed versions of an answer, one after the other."""
        trees = [tree for tree in (answer.tree, *answer.bindings.values()) if tree is not None]
        scope, unknowns = Scope(self._declarations, answer.bindings), Unknowns()
        scope.survey(trees)
        elaborator = Elaborator(answer.text, scope, unknowns, dialect=answer.dialect)

        by_entries = any(is_of_entries(node) for tree in trees for node in s.walk(tree))
        written = {node.text for tree in trees for node in s.walk(tree) if isinstance(node, s.Name)}
        slow = bool(answer.bindings or self.names.bindings or written & self._aliases.keys()) or by_entries

        def read(tree: s.Node, bindings: Mapping[str, s.Node]) -> Expr:
            if slow or any(is_open(node) for node in s.walk(tree)):
                return self.meaning(tree, bindings, answer.text, answer.dialect)
            return self._carried_out(elaborator.expect(elaborator.run(tree), tree))

        return read

    def _foreign(self, found: Interpretation, expr: Expr, letters: Set[str]) -> bool:
        """Whether a dimension of the answer is none of the function's, nor a letter of a place."""
        shapes = [expr.shape, *(symbol.shape for symbol in found.symbols.values())]
        inside = {name for dim in dims_in(postorder(expr)) for name in dim.symbols}
        return bool((all_symbols(shapes) | inside) - self.names.dimensions - letters)

    def _settled(
        self,
        tree: s.Node,
        bindings: Mapping[str, s.Node],
        text: str,
        dialect: str,
        shape: Shape,
        letters: Set[str],
    ) -> Interpretation | None:
        """The answer read so that it has a given shape; ``None`` where it cannot have it."""
        known = self._declarations
        declarations = replace(known, entries=dict(known.entries), sizes=set(known.sizes))
        declarations.entries[_DERIVATIVE] = Declared(_DERIVATIVE, *shape)
        names = [(1, s.Name(tree.span, name)) for name in (_ANSWER, _DERIVATIVE)]
        whole = s.Sum(tree.span, list(names))
        try:
            found = elaborate(
                whole, text, declarations, bindings={**bindings, _ANSWER: tree}, dialect=dialect
            )
        except ShapeError:
            return None
        found.symbols.pop(_DERIVATIVE)
        return None if self._foreign(found, found.bindings[_ANSWER], letters) else found

    def _check_names(
        self, found: Interpretation, tree: s.Node, bindings: Mapping[str, s.Node], text: str
    ) -> None:
        """Refuse variables that the function does not have."""
        names = self.names
        known = {*names.symbols, *names.bindings, *self._aliases, *self._matrices, names.change.label}
        for label in found.symbols:
            is_unit = UNIT.match(label) and found.symbols[label].is_vector
            defined = {*names.bindings, *bindings}
            if label in known or is_unit or self._is_change_of(found.symbols[label], defined):
                continue
            written = (node for node in nodes_of(tree, bindings) if isinstance(node, s.Name))
            places = (node.span for node in written if node.text == label)
            if found.symbols[label].is_differential:
                raise UnknownNameError(
                    phrase(
                        "{label} is no change here: only {variable} changes",
                        label=label,
                        variable=names.variable.label,
                    ),
                    fix=names.change.label,
                    text=text,
                    span=next(places, (0, len(text))),
                )
            raise unknown_name(label, sorted(names.symbols), next(places, (0, len(text))), text)
