"""Checking a derivation line by line: which line is the first wrong one, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field, replace
from typing import Any, Literal

from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.question import Question
from matgrad.calculus.variable import differential_of
from matgrad.checking.answer import Reader
from matgrad.checking.answer_left_side import equals_signs, read_left_side
from matgrad.checking.answer_names import Names
from matgrad.checking.case import claimed_change, fitting
from matgrad.checking.checking import check, check_value
from matgrad.checking.messages import MESSAGES, say
from matgrad.checking.trial import confirmed
from matgrad.checking.verdict import Judgement, Verdict
from matgrad.checking.views import Views
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.languages import require_language
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language import interpret
from matgrad.language.declarations import Declarations, parse_declarations, read_given
from matgrad.results import Answers
from matgrad.rewrite.simplify import simplify

Status = Literal["given", "right", "wrong", "follows"]

_NAME = regex(r"[^\W\d]\w*(?:\s*\([^()=]*\))?")
_CHANGE = regex(r"d\s*([^\W\d]\w*)")
_OF_WHAT = regex(r"d\s*(.+)")
_BY_WHAT = regex(r"/\s*(?:∂|d|D)\s*(?:vech?\s*\(?\s*)?([^\W\d]\w*)")
_WRT = regex(r"(?:wrt|with respect to|variable)\s*[: ]\s*([^\W\d]\w*)\s*", re.IGNORECASE)
_TOP = regex(r"(?:∂|d|D)\s*[²2^]*\s*(?:vech?\s*\(?\s*)?([^\W\d]\w*)")


@dataclass(frozen=True)
class Step:
    """One equation of a derivation.

    Attributes
    ----------
    number : int
        The number of its line in the text.
    text : str
        What was written.
    status : {"given", "right", "wrong", "follows"}
        ``"given"`` for a definition; ``"follows"`` for one that is wrong as well, but equal to the
        wrong one before it.
    verdict : Verdict or None
        What is said of it; ``None`` for a definition.
    """

    number: int
    text: str
    status: Status
    verdict: Verdict | None = None


@dataclass(frozen=True, repr=False)
class DerivationVerdict(Judgement):
    """Which lines of a derivation are right.

    Attributes
    ----------
    steps : tuple of Step
        The equations, in order.
    language : str
        The language of the messages.
    """

    steps: tuple[Step, ...]
    language: str = "en"

    @property
    def correct(self) -> bool:
        """Whether every line is right."""
        return self.first_wrong is None

    @property
    def first_wrong(self) -> Step | None:
        """The first line that is wrong."""
        return next((step for step in self.steps if step.status == "wrong"), None)

    @property
    def headline(self) -> str:
        """What is wrong in the first wrong line, or that none is."""
        wrong = self.first_wrong
        if wrong is None or wrong.verdict is None:
            return say("all_right", self.language)
        return f"{say('first_wrong', self.language, number=wrong.number)} {wrong.verdict.headline}"

    def lines(self) -> list[str]:
        """What is shown, line by line."""
        shown = []
        width = max((len(str(step.number)) for step in self.steps), default=1)
        for step in self.steps:
            mark = say(f"line_{step.status}", self.language)
            shown.append(f"{step.number:>{width}}  {mark}  {step.text}")
        wrong = self.first_wrong
        if wrong is None:
            return [*shown, say("all_right", self.language)]
        assert wrong.verdict is not None
        head, *rest = wrong.verdict.lines()
        return [*shown, "", say("first_wrong", self.language, number=wrong.number), head, *rest]


def check_derivation(
    text: str,
    variable: str | None = None,
    *,
    given: Any = None,
    layout: str | None = None,
    convention: str | None = None,
    syntax: str = "auto",
    language: str = "en",
) -> DerivationVerdict:
    """Check a derivation of several lines, and find the first wrong one.

    Parameters
    ----------
    text : str
        One statement a line; blank lines and what follows ``#`` are skipped. A line is

        - a declaration: ``A: n×n symmetric, x: n``;
        - the variable: ``wrt x``, where it is not given and not the only one with a differential;
        - a definition: ``f = x' A x``, ``r = A x - b``; a name that is defined may be used below;
        - the differential of a defined name, or of an expression: ``df = 2 x' A dx``,
          ``d(inv(X)) = -inv(X) dX inv(X)``. ``d(…)`` may stand on the right side as well, and so
          may dr for a defined r;
        - a derivative: ``grad = …``, ``∂f/∂x = …``, ``df/dx = …``, ``J = …``, ``H = …``;
        - a continuation of the line before: ``= …``. One line may hold several equals signs.

    variable : str, optional
        The variable, where the text does not say it.
    given : str, optional
        Declarations, besides those of the text.
    layout, convention, syntax, language
        As for :func:`check`.

    Raises
    ------
    ParseError
        When a line cannot be read; it is named in the message.
    ArgumentError
        When it is not clear what the variable is, or nothing is derived.

    Examples
    --------
    >>> from matgrad.checking import check_derivation
    >>> verdict = check_derivation('''
    ... A: n×n, x: n
    ... f = x' A x
    ... df = dx' A x + x' A dx
    ...    = 2 x' A dx
    ... ''')
    >>> verdict.first_wrong.number
    5
    """
    require_language(language)
    reading = _Reading(read_given(given), variable, layout, convention, syntax, language)
    rows = list(_rows(text))
    reading.survey(rows)
    steps: list[Step] = []
    for number, row in rows:
        try:
            steps += reading.steps(number, row)
        except MatgradError as error:
            error.problem = MESSAGES["line_number"].filled(number=number, message=error.problem)
            raise
    if all(step.status == "given" for step in steps):
        raise ArgumentError(phrase("nothing is derived in this text"), fix=phrase("df = …, or grad = …"))
    return DerivationVerdict(tuple(steps), language)


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    for number, raw in enumerate(text.splitlines(), start=1):
        row = raw.partition("#")[0].rstrip()
        if row.strip():
            yield number, row


def _is_declaration(row: str) -> bool:
    return "=" not in row and (":" in row or "∈" in row)


@dataclass
class _Meaning:
    """What the left side of a line stands for, so that ``= …`` can go on."""

    form: str
    function: Expr
    layout: str | None = None
    order: int = 1


@dataclass
class _Reading:
    """A derivation as far as it is read."""

    declarations: Declarations
    variable_name: str | None
    layout: str | None
    convention: str | None
    syntax: str
    language: str
    symbols: dict[str, Symbol] = field(default_factory=dict)
    defined: dict[str, Expr] = field(default_factory=dict)
    current: _Meaning | None = None
    mistakes: dict[tuple[Expr, bool, int], Expr | None] = field(default_factory=dict)
    """What the last wrong line claimed of each function."""
    answers: dict[Expr, Answers] = field(default_factory=dict)
    """What is right of each function."""

    def survey(self, rows: list[tuple[int, str]]) -> None:
        """Read the declarations, and find out what the variable is."""
        named = []
        for number, row in rows:
            found = _WRT.fullmatch(row.strip())
            if found is not None:
                self.variable_name = self.variable_name or found[1]
            elif _is_declaration(row):
                try:
                    more = parse_declarations(row)
                    for entry in more.entries.values():
                        self.declarations.add(entry)
                except MatgradError as error:
                    error.problem = MESSAGES["line_number"].filled(number=number, message=error.problem)
                    raise
                self.declarations.sizes |= more.sizes
            else:
                named += _BY_WHAT.findall(row)
        if self.variable_name is None and len(set(named)) == 1:
            self.variable_name = named[0]
        if self.variable_name is None:
            self.variable_name = self._only_change([row for _, row in rows])

    def _only_change(self, rows: list[str]) -> str:
        """The one name whose differential occurs and that is not defined by the text itself."""
        text = "\n".join(row for row in rows if not _is_declaration(row))
        lefts = {row[: places[0]].strip() for row in rows if (places := equals_signs(row))}
        changes = dict.fromkeys(re.findall(r"(?<!\w)d([^\W\d]\w*)", text))
        names: list[str] = [
            n for n in changes if n not in lefts and re.search(rf"(?<!\w){re.escape(n)}(?!\w)", text)
        ]
        if len(names) != 1:
            raise ArgumentError(
                phrase("with respect to what? There are {changes}", changes=", ".join(f"d{n}" for n in names))
                if names
                else phrase("with respect to what?"),
                fix=phrase("a line that says it: wrt x"),
            )
        return names[0]

    def steps(self, number: int, row: str) -> Iterator[Step]:
        """The equations of a line."""
        if _is_declaration(row) or _WRT.fullmatch(row.strip()):
            return
        places = equals_signs(row)
        left = row[: places[0]].strip() if places else ""
        ends = [*places[1:], len(row)]
        starts = [place + 1 for place in places] or [0]
        ends = ends if places else [len(row)]
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            # Blanks in place of the rest keep every place in the line what it was.
            right = " " * start + row[start:end]
            shown = row.strip() if len(starts) == 1 else row[:end].strip() if i == 0 else f"= {right.strip()}"
            yield self._step(number, shown, row, right, left if i == 0 else "")

    def _step(self, number: int, shown: str, row: str, right: str, left: str) -> Step:
        if left and self._defines(left, right):
            return Step(number, shown, "given")
        if left:
            self.current = self._meaning(left, row)
        elif self.current is None:
            raise ArgumentError(
                phrase("this line has no left side to go on from"), fix=f"f = {right.strip()}"
            )
        assert self.current is not None
        verdict = replace(self._verdict(self.current, right), answer=row)
        if verdict.correct:
            return Step(number, shown, "right", verdict)
        claimed = self._claimed(self.current, right)
        key = (self.current.function, self.current.form == "value", self.current.order)
        before, self.mistakes[key] = self.mistakes.get(key), claimed
        status: Status = "wrong"
        if claimed is not None and before is not None and claimed.shape == before.shape:
            status = "follows" if confirmed(claimed, before) else "wrong"
        return Step(number, shown, status, verdict)

    # ---- what a line means ----------------------------------------------------------------------

    @property
    def variable(self) -> Symbol:
        """The variable of the derivation."""
        assert self.variable_name is not None
        found = self.symbols.get(self.variable_name)
        if found is None:
            raise ArgumentError(
                phrase(
                    "{variable_name} does not occur in what was defined so far",
                    variable_name=self.variable_name,
                ),
                fix=phrase("f = …, with {variable_name} in it", variable_name=self.variable_name),
            )
        return found

    def _change(self) -> Symbol:
        return differential_of(self.variable, set(self.symbols))

    def _names(self, function: Expr) -> Names:
        change = self._change()
        bindings = dict(self.defined)
        for name, expr in self.defined.items():
            if f"d{name}" not in self.symbols and f"d{name}" != change.label:
                bindings[f"d{name}"] = simplify(pushforward(expr, self.variable, change))
        return Names.of(function, self.variable, change, self.symbols.values(), bindings)

    def _defines(self, left: str, right: str) -> bool:
        """Take in the definition of a new name; whether the line is one."""
        name = left.partition("(")[0].strip()
        if not _NAME.fullmatch(left) or name in self.defined or name in self.symbols:
            return False
        # A cost may be called J, or a matrix H; but grad is the derivative of something.
        form = read_left_side(f"{left} =").form
        if form not in ("", "function") and (self.defined or form == "gradient"):
            return False
        given = Declarations(dict(self.declarations.entries), set(self.declarations.sizes))
        for symbol in [*self.symbols.values(), *self._defined_symbols()]:
            if symbol.label not in given.entries:
                given.add(read_given([symbol]).entries[symbol.label])
        read = interpret(right, given, syntax=self.syntax)
        known = {symbol.label for symbol in self._defined_symbols()}
        self.symbols.update({label: s for label, s in read.symbols.items() if label not in known})
        self.defined[name] = read.expr.substitute(
            {label: expr for label, expr in self.defined.items() if label in symbols_of(read.expr)}
        )
        self.current = _Meaning("value", self.defined[name])
        return True

    def _defined_symbols(self) -> list[Symbol]:
        # The answer of a line goes by "the derivative", which no user writes.
        return [Symbol.stand_in(name, *expr.shape) for name, expr in self.defined.items()]

    def _meaning(self, left: str, row: str) -> _Meaning:
        """What a left side stands for."""
        if not self.defined:
            raise ArgumentError(
                phrase("the function is not defined yet"), fix=phrase("f = … on a line before")
            )
        name = left.partition("(")[0].strip()
        if name in self.defined:
            return _Meaning("value", self.defined[name])
        change = _CHANGE.fullmatch(left)
        if change is not None and change[1] in self.defined:
            return _Meaning("differential", self.defined[change[1]])
        side = read_left_side(f"{left} =")
        order = 2 if side.form == "hessian" or re.match(r"d\s*\^?\{?[²2]", left) else 1
        if side.form == "differential" and order == 1:
            inside = _OF_WHAT.fullmatch(left)
            assert inside is not None
            start = row.index(left) + left.index(inside[1])
            text = " " * start + inside[1]
            function = self._main(left)
            reader = Reader(self._names(function), [])
            expr = reader.read(text, self.syntax).expr
            return _Meaning("differential", function if expr is None else expr)
        form = "" if side.form == "function" else side.form
        return _Meaning(form or "derivative", self._main(left), side.layout, order)

    def _main(self, left: str) -> Expr:
        """The function whose derivative a left side stands for."""
        top = _TOP.match(left)
        for name in (top[1] if top is not None else None, "f", "F"):
            if name in self.defined:
                return self.defined[name]
        return list(self.defined.values())[-1]

    def _verdict(self, meaning: _Meaning, right: str) -> Verdict:
        names = self._names(meaning.function)
        if meaning.form == "value":
            return check_value(
                meaning.function, self.variable, right, names, syntax=self.syntax, language=self.language
            )
        forms = {"gradient", "jacobian", "hessian", "differential"}
        return check(
            meaning.function,
            self.variable,
            right,
            symbols=self.symbols.values(),
            bindings=names.bindings,
            layout=meaning.layout or self.layout,
            convention=self.convention,
            order=meaning.order,
            form=meaning.form if meaning.form in forms else "auto",
            syntax=self.syntax,
            language=self.language,
            answers=self._answers(meaning.function),
        )

    def _answers(self, function: Expr) -> Answers:
        """Right answers about a function, which several lines may be about."""
        known = self.answers.get(function)
        if known is None:
            known = self.answers[function] = Answers(function, self.variable)
        return known

    def _claimed(self, meaning: _Meaning, right: str) -> Expr | None:
        """What a right side claims: a value, or the change of the function that it gives.

        ``None`` where it does not conform, so that it claims nothing.
        """
        question = Question(meaning.function, self.variable, meaning.order)
        views = Views(question, self._answers(meaning.function).derivatives)
        reader = Reader(self._names(meaning.function), [view.shape for view in views.all()])
        expr = reader.read(right, self.syntax).expr
        if expr is None or meaning.form == "value":
            return expr
        view = next(fitting(views.all(), expr, views.change), None)
        return None if view is None else claimed_change(view, expr, question, views.change)
