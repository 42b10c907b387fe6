"""The referee reads a document from its start to its end, and checks every derivative that it claims."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial

from matgrad.calculus.presentation import require_word
from matgrad.core.languages import require_language
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.refereeing.aliases import aliases_in, with_functions
from matgrad.refereeing.claims_in_words import OF_ALL, SAME, InWords, claims_in_words
from matgrad.refereeing.declared_in_words import Said, Sentence, is_told_a_row, layout_said
from matgrad.refereeing.definitions import EQUALS, defined_by, definition_of, sigma_of
from matgrad.refereeing.derivative_pieces import (
    NotUnderstoodError,
    changes_in,
    holds_derivative,
    is_function,
    is_zero,
)
from matgrad.refereeing.documents import Document, Section
from matgrad.refereeing.doubts import (
    as_condition,
    explained,
    held_by,
    reads_like,
    with_conditions,
    with_left_overs,
    with_sum_one,
)
from matgrad.refereeing.entries import whole_of
from matgrad.refereeing.findings import Report
from matgrad.refereeing.formulas import Tokens, key_of, plain
from matgrad.refereeing.found import Found
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.judging import in_layout, judge
from matgrad.refereeing.known import Definition, Known, LayoutSaid
from matgrad.refereeing.later import Later
from matgrad.refereeing.least_edits import mended
from matgrad.refereeing.other_signs import in_usual_signs, is_in_a_direction
from matgrad.refereeing.outline import Outline, Scope, is_over
from matgrad.refereeing.primed_names import primed_names, with_primed_names
from matgrad.refereeing.reading_order import Formula, Words, formulas_of, words_of
from matgrad.refereeing.remarks import remarks_of
from matgrad.refereeing.rows import Statement, statements_of
from matgrad.refereeing.solved import solved_in
from matgrad.refereeing.stacks import likely_stacks
from matgrad.refereeing.subjects import Subject, subject_of
from matgrad.refereeing.telling import Telling
from matgrad.refereeing.time_limit import SECONDS, TookTooLongError, limited
from matgrad.refereeing.unused import CURVED, SAID, SUMS_TO_ONE, with_other_readings
from matgrad.refereeing.upstream import Through, Upstream
from matgrad.refereeing.written_derivatives import (
    Notation,
    derivative_on_left,
    is_by_partial_signs,
    named,
    with_differentials,
)

_CLAIMS = regex(r"\\partial|\\nabla|∂|∇|\\mathrm\s*\{?d|frac\s*\{\s*d")
Progress = Callable[[int, int], None]


def audit(
    document: Document,
    *,
    layout: str | None = None,
    language: str = "en",
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> Report:
    """Check every derivative that a document claims.

    Parameters
    ----------
    document : Document
        The document.
    layout : str, optional
        The layout that derivatives are to be in, where the document does not say it.
    language : str
        The language of the messages.
    seconds : float
        The longest that one claim may take.
    progress : callable, optional
        Called with the number of formulas read and of all.
    """
    require_language(language)
    if layout is not None:
        require_word(layout, phrase("layout"), ("numerator", "denominator"))
    known = Known()
    telling = Telling(known, language, seconds)
    return _Referee(document, layout or "", language, seconds, progress, known, telling).report()


@dataclass
class _Referee:
    document: Document
    layout: str
    language: str
    seconds: float
    progress: Progress | None
    known: Known
    telling: Telling
    number: int = 0
    around: str = ""
    """What stands under the same headings."""
    near: str = ""
    """The words of the sentence that is read, and of the one before it."""
    later: Later = field(default_factory=Later)
    """The definitions and the stacks of the whole document."""
    right: dict[tuple[object, ...], Found] = field(default_factory=dict)
    """What was found right before, by all that it was judged by."""
    upstream: Upstream = field(default_factory=Upstream)
    """The derivatives that are only given."""
    last: Tokens = field(default_factory=list)
    """The function that was defined or differentiated last."""

    def report(self) -> Report:
        outline = Outline(self.document.sections)
        parts = []
        macros = dict(self.document.macros)
        if self.layout:
            self.known.layouts.append(LayoutSaid(self.layout, (), True))
        sections = self.document.sections
        read = [formulas_of(one, macros, partial(outline.text, k)) for k, one in enumerate(sections)]
        primed = primed_names(formula.tokens for formulas in read for formula in formulas)
        aliases = aliases_in(formula.tokens for formulas in read for formula in formulas)
        self.telling.primed = frozenset(primed)
        for k, section in enumerate(sections):
            formulas = [
                replace(one, tokens=with_functions(with_primed_names(one.tokens, primed), aliases))
                for one in read[k]
            ]
            words = words_of(section, formulas)
            parts.append((section, formulas, words))
            for one in words:
                scope = outline.scope(k, one.sentence.start)
                self.known.everywhere += [(scope, said) for said in one.said]
                self._take_layout(one, scope, outline)
        self._look_ahead(parts, outline)
        count = sum(len(formulas) for _, formulas, _ in parts)
        for k, (section, formulas, words) in enumerate(parts):
            waiting = deque(words)
            tokens = [formula.tokens for formula in formulas]
            told = {one.number: one for w in words for one in claims_in_words(w.sentence, tokens)}
            for number, formula in enumerate(formulas):
                while waiting and waiting[0].since <= formula.piece.start:
                    one = waiting.popleft()
                    if not one.sentence.is_conditional:
                        self.known.scope = outline.scope(k, one.sentence.start)
                        for said in one.said:
                            self.known.say(said)
                self.known.scope = outline.scope(k, formula.piece.start)
                self.around = outline.text(k, formula.piece.start)
                if number in told and not formula.error:
                    self._in_words(section, told[number])
                else:
                    self._formula(section, formula, words)
                self.number += 1
                if self.progress is not None:
                    self.progress(self.number, count)
        self.telling.settle_layouts()
        return Report(self.document.name, tuple(self.telling.claims), self.language, self.document.not_read)

    def _look_ahead(
        self, parts: Sequence[tuple[Section, list[Formula], list[Words]]], outline: Outline
    ) -> None:
        """Take in what the document defines anywhere, and which matrices have names for their rows."""
        for k, (section, formulas, words) in enumerate(parts):
            tokens = [formula.tokens for formula in formulas]
            for one in words:
                scope = outline.scope(k, one.sentence.start)
                self.later.take_words(one.sentence.words, tokens, scope)
            for formula in formulas:
                scope = outline.scope(k, formula.piece.start)
                before = section.readable[max(0, formula.piece.start - 60) : formula.piece.start]
                before = re.split(r"[.;。；]\s", before.strip())[-1]
                for statement in statements_of(formula.tokens, formula.piece.environment):
                    if statement.is_equation and (found := defined_by(statement, self.number)) is not None:
                        found = replace(found, scope=scope)
                        self.later.take(found, statement.relations[0], before)
                self.number += 1
        self.number = 0

    def _take_layout(self, words: Words, scope: Scope, outline: Outline) -> None:
        """Take in a layout that the document says it uses; ``--layout`` stands before all of them."""
        layout = layout_said(words.sentence.words)
        if layout and not self.layout:
            is_general = not scope or scope[0] == outline.first or bool(OF_ALL.search(words.sentence.words))
            self.known.layouts.append(LayoutSaid(layout, scope, is_general))

    # ---- formulas -------------------------------------------------------------------------------

    def _formula(self, section: Section, formula: Formula, words: Sequence[Words]) -> None:
        piece = formula.piece
        if formula.error is not None:
            text = section.readable[piece.start : piece.end]
            if _CLAIMS.search(text) and "=" in text:
                self.telling.unread(
                    section, piece.start, piece.end, Found("not understood", reason=formula.error.problem)
                )
            return
        own = next((w for w in words if w.sentence.start <= piece.start < w.sentence.end), None)
        at = 0 if own is None else list(words).index(own)
        self.near = (
            " ".join(w.sentence.words for w in words[max(0, at - 1) : at + 1]) if own is not None else ""
        )
        self.telling.is_told = own is not None and is_told_a_row(own.sentence.words)
        before = section.readable[max(0, piece.start - 60) : piece.start]
        before = re.split(r"[.;。；]\s", before.strip())[-1]
        said = dict(self.known.said)
        if own is not None and own.sentence.is_conditional:
            for one in own.said:
                said[one.key] = said[one.key].joined(one) if one.key in said else one
        statements = statements_of(formula.tokens, piece.environment)
        for k, statement in enumerate(statements):
            if statement.is_equation:
                statements[k] = in_usual_signs(statement, self.known)
        for one in remarks_of(statements):
            said[one.key] = said[one.key].joined(one) if one.key in said else one
        # What a row names may be said of names in the row below it.
        for statement in statements:
            if statement.is_equation:
                self._define(statement, own.sentence if own is not None else None, before, ahead=True)
        for statement in statements:
            if statement.is_equation:
                statement = in_usual_signs(statement, self.known)
                self._statement(section, statement, said, own.sentence if own is not None else None, before)

    def _statement(
        self,
        section: Section,
        statement: Statement,
        said: dict[str, Said],
        sentence: Sentence | None,
        before: str,
    ) -> None:
        if is_by_partial_signs(statement.sides):
            statement = replace(statement, sides=[with_differentials(side) for side in statement.sides])
        sides = statement.sides
        self.telling.is_directional = statement.is_directional
        for j, side in enumerate(sides[:-1]):
            has_changes = bool(changes_in(sides[j + 1 :]))
            notation = derivative_on_left(side, has_changes)
            if notation is not None and (notation.form != "differential" or has_changes or notation.function):
                if all(r in EQUALS for r in statement.relations[: j + 1]):
                    self._derivative(section, statement, j, notation, said)
                    if j and head_of(sides[0]) is not None:
                        self._name(sides[0], sides[-1] if len(sides) > j + 1 else side)
                return
        if is_in_a_direction(sides[0]):
            reason = phrase("a derivative in this direction is not understood")
            self.telling.claim(section, sides[0], sides[1], Found("not understood", reason=reason))
            return
        self.upstream.take(statement, self.known)
        self._value(section, statement, said, before)

    def _define(self, statement: Statement, sentence: Sentence | None, before: str, *, ahead: bool) -> None:
        """Take in the definition that an equation is."""
        definition = defined_by(statement, self.number)
        if definition is None and sentence is not None:
            solved = solved_in(statement, sentence.words, self.known, self.number)
            if solved is not None and not self.known.has(solved):
                self.known.define(solved)
            return
        if definition is not None and is_function(definition.left) and definition.parameters:
            definition = sigma_of(definition)
        if definition is None or self.known.has(definition):
            return
        if any(t.is_command("dots", "ldots", "cdots", "dotsc", "vdots", "ddots") for t in definition.body):
            # A matrix whose entries are only hinted at is one like any other, or a diagonal one.
            if "diag" in plain(definition.body):
                self.known.say(Said(definition.key, plain(definition.left), facts=("diagonal",)))
            return
        if self.known.may_define(definition, statement.relations[0], sentence, before):
            if self.known.latest(definition.key) is not None and SAME.search(before):
                return
            self.known.define(definition)
            if definition.parameters:
                self.last = definition.left
            whole = whole_of(definition)
            if whole is not None and self.known.latest(whole.key) is None:
                self.known.define(whole)

    def _in_words(self, section: Section, told: InWords) -> None:
        """Check a claim in words; where the function is not named, it is the last one."""
        notation = told.notation
        is_named = bool(notation.function)
        if not is_named:
            notation = replace(notation, function=self.last)
        if not notation.function:
            return
        subject = self._subject(notation, told.sides, self.known.said)
        for right in told.sides:
            if isinstance(subject, Found):
                if is_named:
                    self.telling.claim(section, right, right, subject, name=named(notation))
                return
            found, subject = self._settled(subject, told.sides, right, self.known.said)
            if not is_named and found.status != "verified":
                reason = phrase("it is not said of which function; of the last one it is wrong")
                found = Found("ambiguous", reason=reason) if found.status == "wrong" else found
            self.telling.claim(section, right, right, found, subject, name=named(notation))

    def _name(self, left: Tokens, body: Tokens) -> None:
        """Give a name to a derivative by what is claimed of it."""
        head = head_of(left)
        if head is not None and not holds_derivative(body):
            self.known.define(Definition(key_of(head[0]), head[0], head[1], body, self.number))

    # ---- claims ---------------------------------------------------------------------------------

    def _derivative(
        self, section: Section, statement: Statement, j: int, notation: Notation, said: dict[str, Said]
    ) -> None:
        """Check the right sides of a derivative."""
        self.last = notation.function
        rights = statement.sides[j + 1 :]
        relations = statement.relations[j:]
        through = self._through(notation, rights, said)
        if through is not None:
            rights, said = list(through.rights), {**{one.key: one for one in through.said}, **said}
            self.known.define(through.definition)
            self.telling.written = through.written
        subject = self._subject(notation, rights, said)
        left = statement.sides[j]
        wrong: list[Tokens] = []
        last: Tokens | None = None
        for relation, right in zip(relations, rights, strict=True):
            if relation == "=:" and last is not None:
                self._name(right, last)
            if relation not in EQUALS:
                break  # of ∇f = 0 with a sign over it, and of ≤, nothing is claimed
            if not right:
                continue
            if isinstance(subject, Found):
                if not is_zero(right):
                    self.telling.claim(section, left, right, subject)
                break
            found, subject = self._settled(subject, rights, right, said)
            if is_zero(right) and found.status != "verified":
                break  # a condition
            last = right
            found = as_condition(subject, rights, found)
            if found.status == "wrong" and wrong and self._follows(subject, wrong[-1], right):
                continue
            if found.status == "wrong":
                wrong.append(right)
            self.telling.claim(section, left, right, found, subject)
        if through is not None:
            self.known.forget(through.definition)
            self.telling.written = ()
        variables = [*notation.variables, *(subject.variables if isinstance(subject, Subject) else ())]
        self.known.claim([key_of(variable) for variable in variables])

    def _through(
        self, notation: Notation, rights: Sequence[Tokens], said: Mapping[str, Said]
    ) -> Through | None:
        """A claim on a function that is not defined through what it depends on, in the layout that fits."""
        found = list(self.upstream.through(notation, rights, self.known))
        for through in found:
            self.known.define(through.definition)
            own = {**{one.key: one for one in through.said}, **said}
            subject = self._subject(notation, through.rights, own)
            is_right = isinstance(subject, Subject) and self._is_right(subject, through)
            self.known.forget(through.definition)
            if is_right:
                return through
        return found[0] if found else None

    def _is_right(self, subject: Subject, through: Through) -> bool:
        """Whether the first side of a claim is right, in the layout that its derivatives are in."""
        found = self._judged(subject, through.rights[0])
        if found.status != "verified" or not through.layout:
            return found.status == "verified"
        again = partial(in_layout, subject, through.rights[0], through.layout, found.how)
        return self._within_time(subject, lambda: (again(), subject))[0].status == "verified"

    def _settled(
        self, subject: Subject, rights: Sequence[Tokens], right: Tokens, said: Mapping[str, Said]
    ) -> tuple[Found, Subject]:
        """What is found of a right side, by all that was said before, else by what was said near it alone."""
        found = self._judged(subject, right)
        if found.status == "verified":
            return found, subject
        tried = [subject]
        for depth in range(1, len(self.known.scope) + 1):
            known = self.known.near(depth)
            try:
                here = self._subject_of(subject.notation, rights, known, self._said_near(known, said))
            except NotUnderstoodError:
                break
            if any(reads_like(here, other, right) for other in tried):
                continue
            tried.append(here)
            again = self._judged(here, right)
            if again.status == "verified":
                held = held_by(subject, here, right)
                if not held:
                    return again, here
                reason = phrase(
                    "right where {names} is held fixed; wrong where it changes with the variable",
                    names=", ".join(held),
                )
                return replace(again, status="ambiguous", reason=reason), here
            if again.status == "wrong" or found.status == "not understood":
                found, subject = again, here
        if found.status in ("wrong", "not understood"):
            found, subject = self._read_on(subject, found, right)
            if found.status in ("verified", "ambiguous"):
                return found, subject
            found, subject = self._within_time(subject, lambda: self._doubted(subject, found, right))
        return found, subject

    def _read_on(self, subject: Subject, found: Found, right: Tokens) -> tuple[Found, Subject]:
        """What is found with what is defined after the claim, and with matrices for their named rows."""
        first = found
        known = self.later.explained(subject, right, self.number)
        if known is not None:
            further = replace(subject, known=known, readings={})
            again = self._judged(further, right)
            if again.status == "verified" or (again.status == "wrong" and first.status != "wrong"):
                found, subject = again, further
            if found.status == "verified":
                return found, subject
        stacks = self.later.stacks_at(self.known.scope)
        said = subject.stacked(right, stacks)
        if said is not None:
            again = self._judged(said, right)
            if again.status == "verified" or found.status != "wrong" or not _is_meant(found):
                found, subject = again, said
        elif found.status == "not understood":
            for one in likely_stacks([right, *subject.texts()], stacks):
                other = subject.stacked(right, {one.member: one})
                if other is None:
                    break
                again = self._judged(other, right)
                if again.status == "verified":
                    reason = phrase(
                        "right where the rows of {matrix} are called {member}, which is not said",
                        matrix=plain(one.matrix),
                        member=one.member,
                    )
                    return replace(again, status="ambiguous", reason=reason), other
        return found, subject

    def _doubted(self, subject: Subject, found: Found, right: Tokens) -> tuple[Found, Subject]:
        """What is wrong with a right side that is wrong under every reading, and a reading that shows it."""
        sums_to_one = SUMS_TO_ONE.search(self.around) is not None
        for with_one, name in with_sum_one(subject, right):
            again = judge(with_one, right)
            if again.status == "verified" and sums_to_one:
                return again, subject
            if again.status == "verified":
                reason = phrase("right where the entries of {name} sum to 1, which is not said", name=name)
                return replace(again, status="ambiguous", reason=reason), subject
            if again.status == "wrong" and sums_to_one:
                again = explained(with_one, again, right)
                if again.status == "wrong" and mended(with_one, right, again) is not None:
                    return again, with_one
        with_all, unused, every = with_conditions(subject, right)
        if with_all is not None:
            again = judge(with_all, right)
            if again.status == "verified":
                return again, with_all
            if again.status != "wrong":
                unused = every
        entrywise = replace(subject, is_entrywise=True, readings={})
        again = judge(entrywise, right)
        if again.status == "verified" and not _is_meant(found):
            return again, entrywise
        if again.status == "verified":
            reason = phrase("right if functions and powers are taken entry by entry")
            return replace(again, status="ambiguous", reason=reason), subject
        if again.status == "wrong" and not _is_meant(found) and _is_meant(again):
            found, subject = again, entrywise
        found = (
            with_left_overs(subject, explained(subject, found, right)) if found.status == "wrong" else found
        )
        curved = CURVED.search(self.near) or SAID.search(self.near)
        statement = unused[0].text if unused else curved[0] if curved else ""
        if found.status == "wrong" and statement:
            reason = phrase(
                "“{statement}” is said and was not used: without it this is wrong", statement=statement
            )
            found = replace(found, status="ambiguous", reason=reason)
        return (with_other_readings(subject, right, found) if found.status == "wrong" else found), subject

    def _judged(self, subject: Subject, right: Tokens) -> Found:
        same = subject.claim_of(right)
        if same not in self.right:
            found = self._within_time(subject, lambda: (judge(subject, right), subject))[0]
            if found.status != "verified":
                return found
            self.right[same] = found
        return self.right[same]

    def _explained(self, subject: Subject, found: Found, right: Tokens) -> Found:
        return self._within_time(subject, lambda: (explained(subject, found, right), subject))[0]

    def _within_time(
        self, subject: Subject, judged: Callable[[], tuple[Found, Subject]]
    ) -> tuple[Found, Subject]:
        try:
            with limited(self.seconds):
                return judged()
        except TookTooLongError:
            reason = phrase("it took longer than {seconds} s", seconds=f"{self.seconds:g}")
        except RecursionError:
            reason = phrase("the formula is nested too deeply")
        except Exception as error:  # a failure of ours at one claim is no reason to be silent on all others
            reason = phrase("matgrad fails at it: {error}", error=type(error).__name__)
        return Found("not understood", reason=reason), subject

    def _follows(self, subject: Subject, before: Tokens, right: Tokens) -> bool:
        """Whether a wrong side is equal to the wrong one before it."""
        same = replace(subject, notation=Notation(before, form="value"), body=before, readings={})
        return self._judged(same, right).status == "verified"

    def _subject(
        self, notation: Notation, rights: Sequence[Tokens], said: dict[str, Said]
    ) -> Subject | Found:
        """What a claim is about; what is said where that is not known."""
        reason: str | Phrase = ""
        for depth in range(len(self.known.scope) + 1):
            known = self.known.near(depth) if depth else self.known.as_it_is()
            try:
                return self._subject_of(notation, rights, known, self._said_near(known, said))
            except NotUnderstoodError as error:
                reason = reason or error.reason
        further = self.later.function_of(notation, self.known, self.number)
        if further is not None:
            try:
                return self._subject_of(notation, rights, further, said)
            except NotUnderstoodError:
                pass
        return Found("not understood", reason=reason)

    def _said_near(self, known: Known, said: Mapping[str, Said]) -> dict[str, Said]:
        """What is said of names where only what is near is known; a condition holds always."""
        own = {key: one for key, one in said.items() if self.known.said.get(key) is not one}
        return {**known.said, **own}

    def _subject_of(
        self, notation: Notation, rights: Sequence[Tokens], known: Known, said: Mapping[str, Said]
    ) -> Subject:
        before = [laid.variable for laid in self.telling.laid if is_over(laid.scope, self.known.scope)]
        return subject_of(notation, rights, known, said, self.language, before)

    def _value(self, section: Section, statement: Statement, said: dict[str, Said], before: str) -> None:
        """Check that the sides of a definition are equal, as far as they are understood."""
        definition = definition_of(statement, self.number)
        if definition is None or statement.relations[0] not in EQUALS:
            return
        earlier = self.known.latest(definition.key)
        sides = list(zip(statement.relations[1:], statement.sides[2:], strict=True))
        body = statement.sides[1]
        if earlier is not None and not _same(earlier, definition) and SAME.search(before):
            body, sides = earlier.body, [("=", statement.sides[1]), *sides]
        elif earlier is None or not _same(earlier, definition):
            return
        notation = Notation(body, form="value")
        subject = Subject(notation, body, [], self.known, said, self.language, definition.key)
        last = body
        for relation, right in sides:
            if relation != "=" or not right:
                break
            found = self._judged(subject, right)
            if found.status == "wrong":
                found = self._explained(subject, found, right)
            if found.status == "not understood":
                continue
            if (
                found.status == "wrong"
                and found.verdict is not None
                and found.verdict.mistake in ("shape", "nonconforming")
            ):
                continue
            self.telling.claim(section, statement.sides[0], right, found, subject, was=last)
            if found.status == "wrong":
                break
            last = right


def _is_meant(found: Found) -> bool:
    """Whether a right side has a meaning: it is understood, and its pieces fit together."""
    is_fitting = found.verdict is None or found.verdict.mistake not in ("nonconforming", "shape")
    return found.status != "not understood" and is_fitting


def _same(one: Definition, other: Definition) -> bool:
    return one.key == other.key and one.place == other.place
