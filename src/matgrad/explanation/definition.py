"""The definition: write the entries as sums, differentiate them by X_kl, and put the matrices together.

What has no entries that could be written down, an inverse or a determinant, keeps its own; its
derivative by entries is that of the engine's linear map, ∂(X⁻¹)_ij/∂X_kl = −(X⁻¹)_ik (X⁻¹)_lj.
Expressions that pass through operations without notation by entries are differentiated in the
direction of a single-entry matrix instead; see :mod:`matgrad.explanation.single_entry`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from matgrad.calculus.components import Components, EntryWriter, Indices
from matgrad.calculus.derivative import Derivative
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.terms import Index, Term, collected, contracted, times
from matgrad.calculus.variable import differential_of, project
from matgrad.core.dims import ONE
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.words import Phrase, phrase
from matgrad.explanation import second_derivatives
from matgrad.explanation.assembly import gradient_entry, jacobian_block
from matgrad.explanation.canonical import REARRANGED, canonical, rewriting, turned_signs
from matgrad.explanation.definition_words import (
    ALL_ENTRIES,
    CHAIN,
    INSERT,
    MATRICES,
    ON_VEC,
    RENAMED,
    SHOWN,
)
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.differentiations import AGAIN, NamedDifferentiation, differentiations_of
from matgrad.explanation.entries import Axis, Indexed, axes_of
from matgrad.explanation.entry_terms import (
    BY_ENTRY,
    Known,
    depending,
    entry_of,
    is_kept,
    of_columns,
    renamed,
    rules_of_entries,
    symmetries,
    turned_in,
    turned_over,
)
from matgrad.explanation.graph import FUNCTION, NAME, WRITE_OUT, Graph, graph_of
from matgrad.explanation.lines import EQUALS, LET, THEREFORE, Formula, Label, Line, Side, Written, alike
from matgrad.explanation.local_derivatives import along_structure
from matgrad.explanation.proofs import Setting, prove
from matgrad.explanation.reasons import (
    BY_ENTRIES,
    HALF,
    UNPROJECTED,
    delta,
    rule_in_entries,
    symmetric,
    within_structure,
)
from matgrad.explanation.sides import entry_label, expression_label, quotient, symbol_label
from matgrad.explanation.single_entry import SingleEntry
from matgrad.explanation.subject import Subject
from matgrad.explanation.total_differential import total_differential
from matgrad.ops.arithmetic import Sum, add, multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.leaves import number
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose

MOST_TERMS = 40
"""Sums of more terms by entries are not written; the derivative is taken along a single-entry matrix."""

MOST_FACTORS = 12
"""Nor are terms with more factors, those of deep networks."""


def derivation(subject: Subject) -> Derivation:
    """Derive by the definition: entry by entry.

    Raises
    ------
    NotDifferentiableError
        When there is no derivative, or none is known.
    """
    lines: list[Line] = []
    definitions: dict[Symbol, Expr] = {}
    known: dict[Expr, Known] = {}
    shown = _Shown(set(), {})
    for stage in differentiations_of(subject):
        if stage.is_by_members:
            lines += second_derivatives.lines_of(stage)
            continue
        taken = {subject.name.text, *(symbol.label for symbol in definitions.keys() - shown.names.keys())}
        try:
            # What is known by X says nothing of a second differentiation by Y.
            before = known if stage.variable is subject.variable else {}
            writer = _ByEntries(stage, taken, before, shown)
            lines += writer.write()
            definitions |= writer.graph.definitions | writer.named
            known |= writer.found
        except NotWrittenError:
            single = SingleEntry(stage, taken)
            lines += single.write()
            definitions |= single.definitions()
    return subject.derivation("definition", lines, definitions)


class NotWrittenError(NotDifferentiableError):
    """The entries of an expression cannot be written, or not within reason."""


class _Shown(NamedTuple):
    """What was shown on the way: the functions whose derivatives are, and the names in their proofs."""

    functions: set[Expr]
    names: dict[Symbol, Expr]


class _ByEntries:
    """The lines of one stage in index notation."""

    def __init__(
        self, stage: NamedDifferentiation, taken: set[str], before: Mapping[Expr, Known], shown: _Shown
    ) -> None:
        self.stage = stage
        self.proven, self.named = shown
        self.lines: list[Line] = []
        self._found: Expr | None = None
        names = {part: known.symbol for part, known in before.items()}
        taken = taken - {symbol.label for symbol in names.values()}
        self.graph: Graph = graph_of(
            stage.function,
            stage.variable,
            taken,
            True,
            names,
            stage.subject.authored,
            typed=stage.subject.typed_sums,
        )
        symbols = (stage.variable, *self.graph.definitions)
        self.labels = taken | set(symbols_of(stage.function)) | {symbol.label for symbol in symbols}
        # No index has the name of a dimension.
        dims = {dim for node in postorder(stage.function) for dim in node.shape}
        self.labels |= {name for dim in dims for name in dim.symbols}
        self.markers: dict[Symbol, Symbol] = {
            symbol: Symbol.stand_in("∂" + symbol.label, *symbol.shape, differential_of(symbol, set()).facts)
            for symbol in symbols
        }
        self.known: dict[Symbol, Known] = {known.symbol: known for known in before.values()}
        self.found: dict[Expr, Known] = {}
        letters = iter([c for c in "klstabcd" if c not in self.labels])
        rows, columns = stage.variable.shape
        self.x_row = "" if rows is ONE else next(letters)
        self.x_column = "" if columns is ONE else next(letters)
        self.columns: tuple[Axis, ...] = axes_of((self.x_row, self.x_column), stage.variable.shape)
        self.denominator = entry_label(symbol_label(stage.variable), self.x_row + self.x_column)

    # ---- what is written ----------------------------------------------------------------------------

    def write(self) -> list[Line]:
        """All lines of the stage.

        Raises
        ------
        NotWrittenError
            When the expression has no notation by entries.
        """
        if isinstance(self.stage.variable, Family):
            raise NotWrittenError(phrase("members are differentiated along unit vectors"))
        if self.stage.renamed is not None:
            self._add(self.stage.renamed, self.stage.name, [AGAIN], LET)
        for name, meaning in self.graph.names:
            if name not in self.known:
                self._add(Formula(meaning), symbol_label(name), [NAME], LET)
                self._quantity(symbol_label(name), meaning, meaning, name)
        stage = self.stage
        terms, rows = self._quantity(stage.name, self.graph.shown_top, stage.given, None)
        if stage.form == "components":
            self._components(terms, rows)
        elif stage.form == "differential":
            self.lines += total_differential(stage, terms, rows, self.columns)
        elif stage.is_on_vec and not stage.function.is_scalar:
            self._jacobian(terms, rows)
        else:
            self._gradient(terms, rows)
        return self.lines

    def _add(
        self,
        right: Written,
        left: Written | None = None,
        reasons: Sequence[Phrase] = (),
        relation: str = "=",
        claims: Sequence[tuple[Side, Side]] = (),
    ) -> None:
        self.lines.append(Line(right, left, tuple(reasons), relation, tuple(claims)))

    def _free(self, expr: Expr) -> tuple[Index, Index]:
        """The indices of an expression that is not scalar: i and j."""
        letters = iter([c for c in "ijgh" if c not in self.labels])
        row = "" if expr.rows is ONE else next(letters)
        return row, "" if expr.columns is ONE else next(letters)

    def _quantity(
        self, name: Label, expr: Expr, given: Expr, symbol: Symbol | None
    ) -> tuple[list[Term], tuple[Axis, ...]]:
        """A variable or the function by entries, and its derivative by entries."""
        row, column = self._free(expr)
        rows = axes_of((row, column), expr.shape)
        letters = ("" if row or column else "ij") + "pqrsuvwabcdefgh"
        indices = Indices(self.labels | {row, column, self.x_row, self.x_column}, letters)
        entries = self._entries(expr, row, column, indices)
        mark = row + column
        has_sums = any(term.sums for term in entries)
        is_plain = symbol is None and not (has_sums or mark or self.graph.names)
        side = Formula(expr) if is_plain else Indexed(tuple(collected(entries)), rows)
        reasons = [BY_ENTRIES] if has_sums or mark else [FUNCTION] if self.graph.names else []
        if symbol is None or has_sums or mark:
            self._add(side, entry_label(name, mark), reasons, claims=[(Formula(vec(given)), side)])
        held = self._differentiated(entries, indices)
        terms = self._inserted(held, indices)
        shown = self._proofs(expr, name)
        if symbol is not None:
            known = Known(symbol, tuple(terms), row, column)
            self.known[symbol] = self.found[self.graph.written_out(symbol)] = known
        if not shown:
            by_entry = rules_of_entries(entries, self.markers)
            self._derivative_lines(name, expr, held, terms, rows, symbol is None, by_entry)
        return terms, rows

    def _proofs(self, expr: Expr, name: Label) -> bool:
        """Why the functions in an expression have the derivatives that they have, each once.

        Returns
        -------
        bool
            Whether that is all there is to show: where the expression is one function of X, called ``name``.
        """
        nodes = postorder(expr)
        dependent = depending(nodes, set(self.markers))
        for node in nodes:
            if node not in dependent or not is_kept(node) or self.graph.written_out(node) in self.proven:
                continue
            inside = [symbol for symbol in self.markers if symbol in set(postorder(node))]
            if len(inside) != 1:
                continue
            is_whole = node is expr and inside[0] is self.stage.variable
            proof = prove(node, self._setting(inside[0], name if is_whole else None))
            if proof is not None:
                self.proven.add(self.graph.written_out(node))
                last = self.lines[-1].left
                if is_whole and last is not None and any(line.left == last for line in proof.lines):
                    # The proof says what the entries are.
                    self.lines.pop()
                self.lines += proof.lines
                self.named |= proof.definitions
                if is_whole:
                    return True
        return False

    def _setting(self, argument: Symbol, name: Label | None) -> Setting:
        """In what letters a function of an argument is differentiated."""
        if argument is self.stage.variable:
            by = (self.x_row, self.x_column)
        else:
            letters = iter([c for c in "pqrsuvabcd" if c not in {*self.labels, self.x_row, self.x_column}])
            rows, columns = argument.shape
            by = ("" if rows is ONE else next(letters), "" if columns is ONE else next(letters))
        taken = self.labels | {self.x_row, self.x_column, *(symbol.label for symbol in self.named)}
        is_variable = argument is self.stage.variable
        names = {meaning: symbol for symbol, meaning in self.named.items()}
        return Setting(argument, by, frozenset(taken), name, self.stage.simplify, is_variable, names)

    def _derivative_lines(
        self,
        name: Label,
        expr: Expr,
        held: list[Term],
        terms: list[Term],
        rows: tuple[Axis, ...],
        is_whole: bool,
        by_entry: Sequence[Phrase],
    ) -> None:
        """∂U_ij/∂X_kl with the derivatives of its parts, and with those inserted."""
        top = entry_label(name, "".join(index for index, _ in rows))
        left = quotient(top, self.denominator)
        partials = tuple((marker, symbol_label(symbol)) for symbol, marker in self.markers.items())
        whole = self.graph.written_out(expr)
        side = Indexed(tuple(terms), rows, self.columns)

        def exact() -> Expr:
            return Derivative(whole, self.stage.variable, self.stage.simplify).on_vec

        claim = along_structure(exact, side, self.stage.variable, False)
        shown = Indexed(tuple(collected(held)), rows, self.columns, partials, self.denominator)
        rules = self._rules(expr)
        by_entry = [rule for rule in by_entry if rule not in rules]
        if not by_entry and all(rule == SHOWN for rule in rules):
            by_entry = [BY_ENTRY.filled(entry=self.denominator)]
        changes = {entry[0] for term in held for entry in term.entries}
        if SHOWN in rules and self.markers[self.stage.variable] in changes:
            # What was shown above is inserted at once.
            rules.remove(SHOWN)
            self._add(side, left, [*rules, *by_entry, SHOWN], claims=[claim])
            return
        linear = changes & {*self.markers.values()} == {self.markers[self.stage.variable]} and not rules
        if linear and (len(held) == 1 or not is_whole):
            # Where X is just multiplied, its derivative is inserted at once.
            self._add(side, left, [*by_entry, self._delta(held)], claims=[claim])
            return
        if SHOWN in rules:
            rules.remove(SHOWN)
            rules = [*rules, CHAIN]
            by_entry = [rule for rule in by_entry if rule.english != BY_ENTRY.english]
        self._add(shown, left, [*rules, *by_entry], claims=[claim])
        reasons = []
        if any(self.markers[symbol] in changes for symbol in self.graph.definitions):
            reasons.append(INSERT)
        if self.markers[self.stage.variable] in changes:
            reasons.append(self._delta(held))
        if not alike(side, shown):
            self._add(side, None, reasons, claims=[claim])

    def _delta(self, held: Sequence[Term]) -> Phrase:
        """What the derivative of an entry of X by another one is, in the letters of a line."""
        marker = self.markers[self.stage.variable]
        row, column = next(entry[1:] for term in held for entry in term.entries if entry[0] is marker)
        return delta(self.stage.variable, row + column, self.x_row + self.x_column)

    def _rules(self, expr: Expr) -> list[Phrase]:
        """The rules of the functions whose entries are differentiated as a whole."""
        nodes = postorder(expr)
        dependent = depending(nodes, set(self.markers))
        found = (
            SHOWN if self.graph.written_out(node) in self.proven else rule_in_entries(node, expr)
            for node in nodes
            if node in dependent and is_kept(node)
        )
        return list(dict.fromkeys(rule for rule in found if rule is not None))

    # ---- entries ------------------------------------------------------------------------------------

    def _entries(self, expr: Expr, row: Index, column: Index, indices: Indices) -> list[Term]:
        """An expression by entries; functions of the variables keep theirs."""
        nodes = postorder(expr)
        dependent = depending(nodes, set(self.markers))
        whole = {n for n in nodes if n in self.markers or (n in dependent and is_kept(n))}
        whole |= {n for n in nodes if isinstance(n, Sum) and n not in dependent}
        return self._written(EntryWriter({}, dependent, indices, whole, True), expr, row, column)

    def _written(self, writer: EntryWriter, expr: Expr, row: Index, column: Index) -> list[Term]:
        try:
            terms = writer.entry(expr, row, column)
        except NotDifferentiableError as error:
            raise NotWrittenError(error.problem, fix=error.remedy) from None
        if len(terms) > MOST_TERMS:
            raise NotWrittenError(phrase("the entries have {count} terms", count=len(terms)))
        if any(term.over or term.conditions for term in terms):
            raise NotWrittenError(phrase("sums over data are differentiated along unit vectors"))
        return [contracted(of_columns(term)) for term in terms]

    def _differentiated(self, entries: list[Term], indices: Indices) -> list[Term]:
        """The product rule on every term, with ∂U_ab/∂X_kl as an entry of its own."""
        out: list[Term] = []
        for term in entries:
            for place, (expr, row, column) in enumerate(term.entries):
                inner = self._change(expr, row, column, indices)
                if inner:
                    rest = replace(term, entries=term.entries[:place] + term.entries[place + 1 :])
                    out += times([rest], inner)
        if len(out) > MOST_TERMS:
            raise NotWrittenError(phrase("the derivative has {count} terms", count=len(out)))
        return list(collected([contracted(term) for term in out]))

    def _change(self, expr: Expr, row: Index, column: Index, indices: Indices) -> list[Term]:
        """The derivative of one entry: of a variable, or of a function through its linear map."""
        if expr is self.stage.variable and expr.is_scalar:
            return [Term(Fraction(1))]  # ∂t/∂t = 1 is not worth a line
        if isinstance(expr, Symbol) and expr in self.markers:
            return [Term(Fraction(1), ((self.markers[expr], row, column),))]
        symbols = [symbol for symbol in self.markers if symbol in set(postorder(expr))]
        if not symbols:
            return []
        plain = add(*(pushforward(expr, symbol, self._direction(symbol)) for symbol in symbols))
        forms = [self._of_change(form, row, column, indices) for form in (self.stage.simplify(plain), plain)]
        return min(forms, key=len)

    def _direction(self, symbol: Symbol) -> Expr:
        """The change of a variable that stands for ∂U/∂X; of a number t by itself it is 1."""
        return number(1) if symbol is self.stage.variable and symbol.is_scalar else self.markers[symbol]

    def _of_change(self, moved: Expr, row: Index, column: Index, indices: Indices) -> list[Term]:
        """The entries of an expression that is linear in changes of the variables."""
        nodes = postorder(moved)
        changes = {marker for marker in self.markers.values() if marker in set(nodes)}
        dependent = depending(nodes, changes)
        whole = changes | {n for n in nodes if isinstance(n, Sum) and n not in dependent}
        return self._written(EntryWriter({}, dependent, indices, whole, True), moved, row, column)

    def _inserted(self, terms: Sequence[Term], indices: Indices) -> list[Term]:
        """Derivatives of variables inserted: deltas for X, what is known for the others."""
        pending, done = list(terms), []
        names: dict[Expr, Symbol] = {marker: symbol for symbol, marker in self.markers.items()}
        while pending:
            term = pending.pop(0)
            place = next((k for k, entry in enumerate(term.entries) if entry[0] in names), None)
            if place is None:
                done.append(contracted(term))
                if len(term.entries) > MOST_FACTORS:
                    raise NotWrittenError(phrase("the derivative has terms of too many factors"))
                continue
            expr, row, column = term.entries[place]
            rest = replace(term, entries=term.entries[:place] + term.entries[place + 1 :])
            symbol = names[expr]
            if symbol is self.stage.variable:
                pairs = ((row, self.x_row), (column, self.x_column))
                deltas = tuple((a, b) for a, b in pairs if a or b)
                inner = [Term(Fraction(1), deltas=deltas)]
            else:
                inner = [
                    renamed(t, self.known[symbol], row, column, indices) for t in self.known[symbol].terms
                ]
            pending += [contracted(t) for t in times([rest], inner)]
            if len(pending) + len(done) > MOST_TERMS:
                raise NotWrittenError(phrase("the derivative has too many terms"))
        return list(collected(done))

    # ---- back to matrices -----------------------------------------------------------------------------

    def _gradient(self, terms: list[Term], rows: tuple[Axis, ...]) -> None:
        """∂f/∂X from its entries; of the shape of F for a scalar variable."""
        stage, answer = self.stage, self.stage.answer
        assert isinstance(answer, Expr)
        axes = rows if stage.form == "derivative" else self.columns
        blocks = [gradient_entry(term, axes) for term in terms]
        plain = answer if stage.form == "derivative" else stage.unprojected
        found = [block for block in blocks if block is not None]
        left = (
            stage.left if stage.form == "derivative" else quotient(stage.name, symbol_label(stage.variable))
        )
        if len(found) == len(blocks) and found:
            whole = add(*found)
            if axes:
                self._as_entries(found, axes, rows)
            self._conclude(whole, plain, left)
        elif stage.form == "derivative" or self._projection() is None:
            column = vec(plain) if stage.form == "derivative" else transpose(vec(plain))
            claim: tuple[Side, Side] = (Indexed(tuple(terms), rows, self.columns), Formula(column))
            self._add(Formula(plain), left, [ALL_ENTRIES], THEREFORE, [claim])
        projection = self._projection()
        if stage.form == "jacobian":
            whole = vec(stage.unprojected) if stage.turned else transpose(vec(stage.unprojected))
            whole = whole if stage.free is None else multiply(whole, stage.free)
            reason = ALL_ENTRIES if stage.free is None else HALF
            self._add(Formula(answer), stage.left, [reason], THEREFORE, [(Formula(whole), Formula(answer))])
        elif projection is not None:
            claim = (Formula(stage.projected), Formula(answer))
            self._projected(answer, projection, claim)

    def _projected(self, answer: Expr, projection: Phrase, claim: tuple[Side, Side]) -> None:
        """What becomes of the gradient within the structure of X, in the variables."""
        stage = self.stage
        last = self.lines[-1]
        if stage.changes(self._found):
            reasons = [projection, WRITE_OUT] if self.graph.names else [projection]
            self._add(Formula(answer), stage.left, reasons, THEREFORE, [claim])
        elif last.relation != THEREFORE:
            self._add(Formula(answer), stage.left, [ALL_ENTRIES, projection], THEREFORE, [claim])
        elif alike(last.right, Formula(answer)):
            self.lines[-1] = replace(last, reasons=(*last.reasons, projection), claims=(*last.claims, claim))
        else:
            assert isinstance(last.right, Formula)
            reasons = [WRITE_OUT] if self.graph.names else [*rewriting(last.right.expr, answer)]
            self._add(Formula(answer), None, [*reasons, projection], claims=[claim])

    def _projection(self) -> Phrase | None:
        stage = self.stage
        if stage.form != "gradient":
            return None
        return within_structure(stage.variable, stage.convention, stage.changes(self._found))

    def _as_entries(self, blocks: Sequence[Expr], axes: Sequence[Axis], rows: tuple[Axis, ...]) -> None:
        """(AX)_kl + (AᵀX)_kl."""
        at = tuple(index for index, _ in axes)
        is_row = len(at) == 1 and blocks[0].is_row
        entries = []
        for block in blocks:
            row, column = ("", at[0]) if is_row else (at[0], at[1] if len(at) == 2 else "")
            entries.append(entry_of(block, row, column))
        side = Indexed(
            tuple(collected(entries)), rows, () if self.stage.form == "derivative" else self.columns
        )
        last = self.lines[-1].right
        if isinstance(last, Indexed) and not alike(side, last):
            turned = turned_in(last, side)
            if turned is not None:
                reasons = [symmetric(expression_label(each)) for each in turned]
            else:
                merged = len(side.terms) < len(blocks)
                sides = (at[0], at[1] if len(at) == 2 else "")
                reasons = [MATRICES, *(symmetries(last) if merged else turned_over(last, *sides))]
            self._add(side, None, reasons, claims=[(last, side)])

    def _conclude(self, whole: Expr, plain: Expr, left: Label) -> None:
        """The matrix of the entries, and the form in which the engine gives it."""
        variable, convention = self.stage.variable, self.stage.convention
        first = whole if whole.shape == plain.shape else transpose(whole)
        claim = (Formula(plain), Formula(first))
        if variable.is_scalar and plain.is_scalar:
            self._as_number(first, plain, left)
            return
        structured = self.stage.form == "gradient" and self._projection() is not None
        reasons = [ALL_ENTRIES]
        if structured:
            self._found = first
            # Outside of the structure of X, its gradient is not unique.
            claim = (
                Formula(project(plain, variable, convention)),
                Formula(project(first, variable, convention)),
            )
            if self.stage.changes(first):
                left = Label("G", "G")
                reasons.append(UNPROJECTED.filled(g=left, x=symbol_label(variable)))
        self._add(Formula(first), left, reasons, THEREFORE, [claim])
        if not structured and not alike(Formula(first), Formula(plain)):
            self._add(Formula(plain), None, self._rewriting(first, plain), claims=[claim])

    def _rewriting(self, found: Expr, form: Expr) -> list[Phrase]:
        """Why what was put together is what the engine gives: names written out, and what else is done."""
        if not any(node in self.graph.definitions for node in postorder(found)):
            return list(rewriting(found, form))
        written = self.graph.written_out(found)
        done: tuple[Phrase, ...] = ()
        if canonical(written)[0] is not canonical(form)[0]:
            done = self.stage.simplify.reasons(written) or rewriting(written, form)
        told = [reason for reason in done if reason is not REARRANGED]
        return list(dict.fromkeys([WRITE_OUT, *told, *turned_signs(found, form)]))

    def _as_number(self, first: Expr, plain: Expr, left: Label) -> None:
        """The derivative of a number by a number, which has no entries to be put together."""
        claim = (Formula(plain), Formula(first))
        last = self.lines[-1]
        again = self.stage.order > 1  # ∂g/∂t has still to be called ∂²f/∂t²
        relation = THEREFORE if again else EQUALS
        if isinstance(last.right, Indexed) and any(term.sums for term in last.right.terms):
            self._add(Formula(first), left if again else None, [MATRICES], relation, [claim])
        else:
            called = None if last.left is None and not again else left
            claims = (*last.claims, claim)
            self.lines[-1] = replace(
                last, left=called, right=Formula(first), relation=relation, claims=claims
            )
        if not alike(Formula(first), Formula(plain)):
            self._add(Formula(plain), None, self._rewriting(first, plain), claims=[claim])

    def _jacobian(self, terms: list[Term], rows: tuple[Axis, ...]) -> None:
        """∂vec(F)/∂vec(X)ᵀ from ∂F_ij/∂X_kl."""
        stage, answer = self.stage, self.stage.answer
        assert isinstance(answer, Expr)
        blocks = [jacobian_block(term, rows, self.columns) for term in terms]
        found = [block for block in blocks if block is not None]
        engine = stage.derivative.on_vec
        if stage.free is not None:
            half = multiply(engine, stage.free)
            if stage.form == "hessian":
                half = multiply(transpose(stage.free), half)
            elif stage.turned:
                half = transpose(half)
            self._add(Formula(answer), stage.left, [HALF], THEREFORE, [(Formula(half), Formula(answer))])
            return
        reason = ON_VEC if len(rows) == 2 or len(self.columns) == 2 else ALL_ENTRIES
        if len(found) == len(blocks) and found:
            whole = add(*found)
            if stage.turned:
                whole = transpose(whole)
            claim = along_structure(lambda: engine, Formula(whole), stage.variable, stage.turned)
            self._add(Formula(whole), stage.left, [reason], THEREFORE, [claim])
            if not alike(Formula(whole), Formula(answer)):
                why = self._rewriting(whole, answer)
                final = along_structure(lambda: engine, Formula(answer), stage.variable, stage.turned)
                self._add(Formula(answer), None, why, claims=[final])
            return
        claim = along_structure(lambda: engine, Formula(answer), stage.variable, stage.turned)
        self._add(Formula(answer), stage.left, [reason], THEREFORE, [claim])

    def _components(self, terms: list[Term], rows: tuple[Axis, ...]) -> None:
        """The formula of the engine, in its own letters."""
        answer = self.stage.answer
        assert isinstance(answer, Components)
        side = Indexed.of(answer)
        if not alike(side, self.lines[-1].right):
            engine = self.stage.derivative.on_vec
            claim = along_structure(lambda: engine, side, self.stage.variable, False)
            self._add(side, None, [RENAMED], claims=[claim])
