"""Derivatives by entries in matrix form: in the direction of a single-entry matrix.

∂X/∂X_kl is the matrix E with a one at (k, l) and zeros elsewhere (Matrix Cookbook, sec. 9.7), so
that ∂F/∂X_kl is the linear map of the derivative applied to E. This needs no notation for the
entries of F, and so reaches every operation: Kronecker products, blocks, functions of matrices.
"""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import differential_of, project
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol, names_in, symbols_of
from matgrad.core.words import Phrase
from matgrad.explanation.differentiations import AGAIN, NamedDifferentiation
from matgrad.explanation.exponential import is_trace_of_exponential, series_lines
from matgrad.explanation.families import Places, for_each, shown, written_places
from matgrad.explanation.lines import LET, THEREFORE, Formula, Label, Line, Side, Written, alike
from matgrad.explanation.reasons import HALF, MEMBER, SIMPLIFIED
from matgrad.explanation.sides import entry_label, quotient, symbol_label
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.letters import letters_for
from matgrad.ops.indices.members import Family
from matgrad.ops.leaves import number, single_entry, unit
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose

_COOKBOOK = "Matrix Cookbook"

SINGLE_ENTRY = Phrase(
    "the derivative of {x} by its entry {entry}: the single-entry matrix",
    _COOKBOOK,
    "sec. 9.7",
)
UNIT = Phrase("the derivative of {x} by its entry {entry}: the unit vector")
WITHIN = Phrase(
    "{e} is the single-entry matrix within the structure of {x}",
    _COOKBOOK,
    "sec. 9.7",
)
ALONG = Phrase("differentiate in the direction {e}")
PICKED = Phrase("the inner product with {e} picks one entry")
ALL_ENTRIES = Phrase("all entries together")
COLUMN = Phrase(
    "vec of {e} is a unit vector: one column of the Jacobian for each entry",
)
SUMMED = Phrase("a change is the sum of its entries times {e}")


class SingleEntry:
    """The lines of one stage, with E for ∂X/∂X_kl.

    Parameters
    ----------
    stage : NamedDifferentiation
        What is differentiated.
    taken : iterable of str
        Names that are in use.
    """

    def __init__(self, stage: NamedDifferentiation, taken: Iterable[str]) -> None:
        self.stage = stage
        used = {*taken, *symbols_of(stage.function), stage.variable.label}
        used |= {name for dim in stage.variable.shape for name in dim.symbols}
        used |= set(letters_for(stage.function).values()) | {str(letter) for letter in stage.letters}
        self.places = written_places(stage.variable, stage.letters)
        self.member = variable = shown(stage.variable, self.places)
        letters = "eδ" if variable.is_vector or variable.is_row else "EJ"
        label = next((c for c in letters if c not in used), "E_kl")
        self.row, self.column = _indices(stage, variable, used)
        entry = single_entry(self.row, self.column, *variable.shape)
        self.is_whole = project(entry, variable, stage.convention) is entry
        self.meaning = entry if self.is_whole else stage.simplify(project(entry, variable, stage.convention))
        self.symbol = Symbol.make(label, *variable.shape)
        self.lines: list[Line] = []

    def definitions(self) -> dict[Symbol, Expr]:
        """The name E and what it stands for."""
        return {} if self.member.is_scalar else {self.symbol: self.meaning}

    def write(self) -> list[Line]:
        """The lines."""
        stage = self.stage
        if stage.renamed is not None:
            self._add(stage.renamed, stage.name, AGAIN, LET)
        if self.member.is_scalar:
            along = self._along(number(1))
        else:
            reason = UNIT if self.member.is_vector or self.member.is_row else SINGLE_ENTRY
            reason = reason if self.is_whole else WITHIN
            self._add(Formula(self.meaning), symbol_label(self.symbol), reason, LET)
            along = self._along(self.symbol)
        exact = pushforward(stage.function, stage.variable, self._direction(self._entry()))
        reason = MEMBER if self.places.letters and self.member.is_scalar else ALONG
        if is_trace_of_exponential(stage.function, stage.variable):
            self.lines += series_lines(stage.function, stage.name, self._partial(), self.symbol)
        else:
            self._add(Formula(along), self._partial(), reason, claims=[self._claim(exact, along)])
        answer = stage.answer
        assert isinstance(answer, Expr)
        if stage.form == "gradient" and answer.shape != self.member.shape:
            return self._by_entry(along, answer)
        if stage.form == "derivative":
            if along is not answer:
                self._add(Formula(answer), None, ALL_ENTRIES, claims=[(Formula(along), Formula(answer))])
        elif stage.form == "gradient":
            entry = multiply(
                transpose(unit(self.row, answer.rows)), answer, unit(self.column, answer.columns)
            )
            if not alike(Formula(entry), Formula(along)):
                self._add(Formula(entry), None, PICKED, claims=[self._claim(along, entry)])
            claim = self._claim(stage.projected, answer)
            if not self.member.is_scalar:
                self._add(Formula(answer), stage.left, ALL_ENTRIES, THEREFORE, [claim])
            elif not alike(Formula(entry), Formula(answer)):
                self._add(Formula(answer), None, SIMPLIFIED, claims=[claim])
        elif stage.is_on_vec:
            self._jacobian(along, answer)
        else:
            whole = Formula(pushforward(stage.function, stage.variable, stage.change))
            self._add(Formula(answer), stage.left, SUMMED, THEREFORE, [(whole, Formula(answer))])
        return self.lines

    def _by_entry(self, along: Expr, answer: Expr) -> list[Line]:
        """A gradient of which an entry is shown, with letters of its own: what is found is that entry."""
        found = self.stage.subject.gradient_by_member
        assert found is not None
        letters = [place for place in (self.row, self.column) if not place.is_integer]
        renamed = {str(old): new for old, new in zip(found.places[0], letters, strict=True)}
        entry = answer.substitute(renamed)
        lasts = [dim for dim in self.stage.variable.shape if dim is not ONE]
        places = Places(tuple(letters), tuple(lasts))
        claim = (
            for_each(Formula(along.substitute({self.symbol: self.meaning})), places),
            for_each(Formula(entry), places),
        )
        self._add(Formula(entry), None, PICKED, claims=[claim])
        if entry is not answer:
            self._add(Formula(answer), self.stage.left, ALL_ENTRIES, THEREFORE)
        return self.lines

    def _entry(self) -> Expr:
        return number(1) if self.member.is_scalar else self.meaning

    def _direction(self, change: Expr) -> Expr:
        """A change of X; of a family one of the member that is spoken of."""
        variable = self.stage.variable
        return variable.stacked_at(change, self.stage.letters) if isinstance(variable, Family) else change

    def _along(self, change: Expr) -> Expr:
        """The derivative in a direction."""
        stage = self.stage
        if isinstance(stage.variable, Family):
            return stage.simplify(pushforward(stage.function, stage.variable, self._direction(change)))
        symbol = differential_of(stage.variable, {*names_in(stage.function), self.symbol.label})
        moved = stage.simplify(pushforward(stage.function, stage.variable, symbol))
        return stage.simplify(moved.substitute({symbol: change}))

    def _claim(self, exact: Expr, shown_as: Expr) -> tuple[Side, Side]:
        """That two expressions are the same, for every member."""
        return for_each(Formula(exact), self.places), for_each(Formula(shown_as), self.places)

    def _jacobian(self, along: Expr, answer: Expr) -> None:
        """The Jacobian, of which vec(∂F/∂X_kl) is one column."""
        stage = self.stage
        matrix = transpose(answer) if stage.turned else answer
        claims: list[tuple[Side, Side]] = []
        if stage.free is None:
            column = multiply(matrix, vec(self.meaning))
            claims.append(self._claim(vec(along), column))
            self._add(Formula(answer), stage.left, COLUMN, THEREFORE, claims)
            return
        whole = stage.derivative.on_vec
        half = multiply(whole, stage.free)
        if stage.form == "hessian":
            half = multiply(transpose(stage.free), half)
        elif stage.turned:
            half = transpose(half)
        self._add(Formula(answer), stage.left, HALF, THEREFORE, [(Formula(half), Formula(answer))])

    def _partial(self) -> Label:
        """∂F/∂X_kl."""
        return quotient(self.stage.name, entry_label(symbol_label(self.member), self._at))

    @property
    def _at(self) -> str:
        """The letters of an entry."""
        axes = zip((self.row, self.column), self.member.shape, strict=True)
        return "".join(str(index) for index, dim in axes if dim is not ONE)

    def _add(
        self,
        right: Written,
        left: Written | None,
        reason: Phrase,
        relation: str = "=",
        claims: Iterable[tuple[Side, Side]] = (),
    ) -> None:
        said = reason.filled(**self._words) if not reason.fields and "{" in reason.english else reason
        self.lines.append(Line(right, left, (said,), relation, tuple(claims)))

    @property
    def _words(self) -> dict[str, Label]:
        """X, E and X_kl, of which the reasons speak."""
        x = symbol_label(self.member)
        return {"x": x, "e": symbol_label(self.symbol), "entry": entry_label(x, self._at)}


def _indices(stage: NamedDifferentiation, variable: Symbol, used: set[str]) -> tuple[Dim, Dim]:
    """Two letters for an entry of X, where its axes are longer than 1."""
    names = {name for dim in (*stage.function.shape, *variable.shape) for name in dim.symbols}
    letters = iter([c for c in "klabcdstuv" if c not in used and c not in names])
    row, column = (Dim.of(1) if dim is ONE else Dim.symbol(next(letters)) for dim in variable.shape)
    return row, column
