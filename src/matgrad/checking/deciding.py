"""One check, once everything is read: the comparison by value, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from matgrad.calculus.presentation import CONVENTIONS, FORMS, LAYOUTS
from matgrad.calculus.question import Question
from matgrad.calculus.structure import adjective_of
from matgrad.calculus.variable import is_curved
from matgrad.checking.answer import Answer, Reader
from matgrad.checking.answer_places import FreeLetterError
from matgrad.checking.case import Case, Field, Finding, Target, fitting, shape_unicode, uses, written
from matgrad.checking.counterexample import Counterexample, counterexample
from matgrad.checking.diagnosis import diagnose
from matgrad.checking.messages import MESSAGES, say
from matgrad.checking.numbers_beside import without_its_ones
from matgrad.checking.trial import Trial, compared
from matgrad.checking.verdict import Verdict
from matgrad.checking.views import View, Views
from matgrad.core.errors import EvaluationError, MatgradError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.ops.leaves import is_zero
from matgrad.ops.transpose import transpose
from matgrad.printing.left_side import name_of
from matgrad.results import Answers, Result, check_names
from matgrad.results.parts import Part, settled
from matgrad.rewrite.simplify import simplify
from matgrad.verify.derivative_check import least_entries, verify_claim
from matgrad.verify.equality import Comparison

TOO_LARGE = 2_500
"""Matrices with more entries than this are not compared in arbitrary precision."""


class Checking:
    """One check, once everything is read.

    Parameters
    ----------
    question : Question
        What is asked.
    views : Views
        The derivative in all its forms.
    reader : Reader
        Reads changed versions of the answer.
    answer : Answer
        The answer.
    language : str
        The language of the verdict.
    answers : Answers, optional
        Right answers; ``None`` where the answer is to be no derivative.
    values : list of View, optional
        What it is to be instead.
    part : Part, optional
        The part of a variable that the question is by; its change stands in the function.
    by_entries : bool
        Whether the right answer is shown entry by entry.
    is_explained : bool
        Whether it is said what is wrong.
    """

    def __init__(
        self,
        question: Question,
        views: Views,
        reader: Reader,
        answer: Answer,
        language: str,
        *,
        answers: Answers | None = None,
        values: list[View] | None = None,
        part: Part | None = None,
        by_entries: bool = False,
        is_explained: bool = True,
    ) -> None:
        self.by_entries, self.is_explained = by_entries, is_explained
        self.question, self.views, self.reader, self.part = question, views, reader, part
        self.answer, self.language = answer, language
        self.wanted = views.wanted() if values is None else values
        found = None if answers is None else self._expected(answers)
        # The whole has no name in its own line: df = df.
        names = {n: e for n, e in reader.names.bindings.items() if found is None or e is not found.expr}
        self.expected = None if found is None else replace(found, names=names)

    def _expected(self, answers: Answers) -> Result:
        """The derivative, verified, in the form that the answer is in."""
        question, expr = self.question, self.answer.expr
        form = question.form
        if form == "auto" and expr is not None and uses(expr, self.views.change):
            form = "differential"
        if self.by_entries and question.order == 1:
            form = "components"
        is_row = question.layout == "numerator" and question.order == 1 and question.variable.is_vector
        if is_row and question.function.is_scalar and form in ("auto", "gradient"):
            form = "jacobian"  # as the gradient is printed in that layout
        check_names(question.function, question.variable)
        found = answers.to(replace(question, form=form))
        return found if self.part is None else settled(found, self.part)

    def verdict(self) -> Verdict:
        """Compare, and explain where that fails."""
        expr, change = self.answer.expr, self.views.change
        right = self.expected.expr if self.expected is not None else None
        needed = [self.question.function, *([right] if isinstance(right, Expr) else [])]
        hoped = self.answer.meanings
        if least_entries([*needed, *hoped]) > TOO_LARGE:
            raise EvaluationError(
                phrase("the declared sizes are too large to compare answers in arbitrary precision"),
                fix=phrase("sizes that are names, as in A: m×n"),
            )
        telling = [e for e in needed[1:] if not is_zero(e)]
        trial = Trial(needed, [*hoped, *telling], [*self.reader.names.symbols.values(), change])
        for meaning in self.answer.meanings:
            found = self._plain_zero() or _matching(meaning, fitting(self.wanted, meaning, change), trial)
            found = found or self._on_curve(meaning)
            if found is not None:
                beside = without_its_ones(self.answer, self.reader, self.question.function)
                if beside is not None:
                    return replace(self._wrong(beside), note=self._note(meaning))
                return replace(self._right(*found), note=self._note(meaning) or self._quotient(found[0]))
        if expr is not None:
            others = [] if self.expected is None else [v for v in self.views.all() if v not in self.wanted]
            found = _matching(expr, fitting(others, expr, change), trial)
            if found is not None:
                return self._wrong(self._not_asked(found[0]))
        if not trial.points:
            raise EvaluationError(
                phrase(
                    "no random point was found where the function and its derivative are "
                    "defined, so that nothing can be compared"
                ),
                fix=phrase("declare what is known, such as positive or invertible"),
            )
        targets = [Target(v) for v in fitting(self.wanted, expr, change)] if expr is not None else []
        case = Case(self.question, self.views, self.answer, self.reader, trial, targets, self.wanted)
        # A letter that the left side does not have is the mistake: no changed answer is looked for.
        is_told = isinstance(self.answer.refusal, FreeLetterError)
        finding = diagnose(case) if self.is_explained and not is_told else None
        verdict = self._wrong(finding if finding is not None else self._unexplained())
        return verdict if expr is None else replace(verdict, note=self._note(expr))

    def _note(self, meaning: Expr) -> str:
        """What is said of how an answer is read."""
        note = self.answer.notes.get(meaning)
        return note.text(self.language) if note is not None else ""

    def _quotient(self, view: View) -> str:
        """What is said of a differential that stands beside df/dx."""
        if view.form != "differential" or not self.answer.left.bottom:
            return ""
        name = name_of(self.question.function, "", "unicode")
        said = phrase(
            "note: this is the differential: it stands beside d{name}, not beside a quotient", name=name
        )
        return said.text(self.language)

    def _plain_zero(self) -> tuple[View, Comparison] | None:
        """The form that a plain 0 is, which stands for zeros of any shape."""
        expr = self.answer.expr
        if expr is None or not (is_zero(expr) and expr.is_scalar):
            return None
        view = next((view for view in self.wanted if is_zero(view.expr())), None)
        return (view, Comparison(True)) if view is not None else None

    def _on_curve(self, expr: Expr) -> tuple[View, Comparison] | None:
        """The differential, where it is right only for changes that keep X on its curved set."""
        question, change = self.question, self.views.change
        view = next((v for v in fitting(self.wanted, expr, change) if v.form == "differential"), None)
        if view is None or question.order != 1 or view.stacked or not is_curved(question.variable):
            return None
        try:
            verification = verify_claim(
                question.function, question.variable, [expr], lambda xp, at, v: at[0], change=change
            )
        except MatgradError:
            return None
        return (view, Comparison(True, verification.untried)) if verification.verified else None

    def _right(self, view: View, comparison: Comparison) -> Verdict:
        """The verdict on a right answer."""
        variable = self.question.variable
        name = f"right_{view.form}"
        if view.form == "jacobian":
            name = f"right_jacobian_{view.layout}"
        elif (view.form, view.layout) in (("gradient", "numerator"), ("derivative", "denominator")):
            name += "_turned"
        shape = shape_unicode(view.shape)
        if view.form == "function":
            return self._verdict(True, say("right_value", self.language), comparison=comparison)
        reason = say(name, self.language, name=written(variable), shape=shape)
        if view.convention is not None and view.form in ("gradient", "jacobian", "hessian"):
            reason = say(
                f"convention_{view.convention}",
                self.language,
                what=reason,
                fact=adjective_of(variable).text(self.language),
                name=written(variable),
            )
        return self._verdict(
            True,
            reason,
            form=view.form,
            layout=view.layout,
            convention=view.convention,
            comparison=comparison,
        )

    def _not_asked(self, view: View) -> Finding:
        """A right answer in another form, layout or convention than is asked for."""
        question, variable = self.question, self.question.variable
        wanted = self.wanted[0] if self.wanted else view
        if question.form not in ("auto", view.form) and view.form != wanted.form:
            return Finding("form", 0, {"given": _the(view.form), "wanted": _the(wanted.form)})
        if view.convention != wanted.convention and view.convention and wanted.convention:
            fields: dict[str, Field] = {
                "given": CONVENTIONS[view.convention],
                "wanted": CONVENTIONS[wanted.convention],
                "fact": adjective_of(variable),
                "name": variable,
            }
            return Finding("convention", 0, fields)
        if self.reader.entry is not None:
            return Finding("letters", 0)
        given, asked = view.layout or "numerator", wanted.layout or "numerator"
        return Finding("layout", 0, {"given": LAYOUTS[given], "wanted": LAYOUTS[asked]})

    def _unexplained(self) -> Finding:
        """What is said where no mistake explains the answer."""
        answer = self.answer
        if answer.expr is None:
            assert answer.refusal is not None
            if isinstance(answer.refusal, FreeLetterError):
                return Finding("free_letter", 9, {"why": answer.refusal.problem}, answer.refusal.span)
            return Finding("nonconforming", 9, {"why": self._misfit(answer.refusal)}, answer.refusal.span)
        if not any(True for _ in fitting(self.wanted, answer.expr, self.views.change)):
            forms = [view for view in self.wanted if view.form == self.wanted[0].form]
            shapes = " / ".join(dict.fromkeys(shape_unicode(view.shape) for view in forms[:2]))
            return Finding("shape", 9, {"given": shape_unicode(answer.expr.shape), "wanted": shapes})
        return Finding("unexplained", 9)

    def _misfit(self, refusal: ShapeError) -> Phrase:
        """Which two pieces of the answer do not conform, with their shapes."""
        answer = self.answer
        assert answer.tree is not None
        for node in answer.nodes:
            pieces = list(node.children())
            if not isinstance(node, (s.Product, s.Sum)):
                continue
            for left, right in pairwise(pieces):
                if (left.span[0], right.span[1]) != refusal.span:
                    continue
                shapes = [self._shape(piece) for piece in (left, right)]
                quoted = [answer.text[slice(*piece.span)].strip() for piece in (left, right)]
                name = "misfit_product" if isinstance(node, s.Product) else "misfit_sum"
                fields = {"left": quoted[0], "right": quoted[1], "first": shapes[0], "second": shapes[1]}
                return MESSAGES[name].filled(**fields)
        return MESSAGES["misfit"].filled(why=refusal.problem)

    def _shape(self, piece: s.Node) -> str:
        """The shape of a piece of the answer."""
        answer = self.answer
        try:
            expr = self.reader.meaning(piece, answer.bindings, answer.text, answer.dialect)
        except MatgradError:
            return "?"
        return shape_unicode(expr.shape)

    def _wrong(self, finding: Finding) -> Verdict:
        if self.part is not None:
            finding = replace(
                finding,
                fields={
                    key: self.part.at_zero(value) if isinstance(value, Expr) else value
                    for key, value in finding.fields.items()
                },
            )
        return self._verdict(
            False,
            finding.message(self.language),
            suggestion=self._suggestion(finding),
            mistake=finding.mistake,
            mistakes=finding.mistakes,
            counterexample=self._counterexample(finding),
            hint=finding.advice(self.language),
            place=finding.place,
            named=finding.named,
        )

    @property
    def _line(self) -> str:
        """What is right, as a line."""
        return self.expected.line("unicode") if self.expected else written(self.question.function)

    def _suggestion(self, finding: Finding) -> str:
        """The derivative as it is shown beside an explanation: in the layout that this leads to."""
        question, target = self.question, finding.target
        if target is not None and target.view.form == "gradient" and question.layout is None:
            view = target.view
            first = next((v for v in self.wanted if v.shape == view.shape and v.form == view.form), view)
            if first.layout != view.layout:
                name = name_of(question.function, "", "unicode")
                return f"∂{name}/∂{written(transpose(question.variable))} = {written(simplify(target.expr))}"
        return self._line

    def _counterexample(self, finding: Finding) -> Counterexample | None:
        """Small numbers on which the answer fails, where it has the shape of a right one."""
        expr, change = self.answer.expr, self.views.change
        view = next(fitting(self.wanted, expr, change), None) if expr is not None else None
        if finding.target is not None and expr is not None and finding.target.view.shape == expr.shape:
            view = finding.target.view
        if expr is None or view is None or self.part is not None or not self.is_explained:
            return None
        question = self.question
        return counterexample(
            question.function, question.variable, expr, view.expr(), change, finding.mistakes
        )

    def _verdict(
        self,
        correct: bool,
        reason: str,
        *,
        comparison: Comparison | None = None,
        suggestion: str = "",
        **more: Any,
    ) -> Verdict:
        return Verdict(
            correct,
            reason,
            suggestion or self._line,
            self.answer.text,
            self.expected,
            language=self.language,
            untried=comparison.said(self.language, written) if comparison else "",
            **more,
        )


def _the(form: str) -> Phrase:
    return Phrase("the {form}").filled(form=FORMS[form])


def _matching(expr: Expr, views: Iterable[View], trial: Trial) -> tuple[View, Comparison] | None:
    """The first of some forms of the derivative that an expression is, and how far that was tried."""
    rejected = []
    for view in views:
        candidate = view.expr()
        found = trial.compared(expr, candidate)
        if found.equal:
            return view, found
        rejected.append((view, candidate))
    # What machine numbers told apart is looked at once more with all digits.
    again = ((view, compared(expr, candidate)) for view, candidate in rejected)
    return next(((view, found) for view, found in again if found.equal), None)
