"""Is an answer right? Decided by value, in every form in which a derivative may be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from matgrad.calculus.question import Question
from matgrad.checking.answer import Answer, Reader
from matgrad.checking.answer_entries import axes
from matgrad.checking.answer_left_side import (
    LeftSide,
    equals_signs,
    order_named,
    read_left_side,
    without_condition,
)
from matgrad.checking.answer_names import Names
from matgrad.checking.case import uses
from matgrad.checking.deciding import Checking
from matgrad.checking.pasted import check_lines, lines_of
from matgrad.checking.prose import before_another_wording, without_prose
from matgrad.checking.told_by_cases import in_one_formula
from matgrad.checking.verdict import Verdict
from matgrad.checking.views import View, Views
from matgrad.core.dims import Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.languages import require_language
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase
from matgrad.numeric.sizes import dims_in
from matgrad.ops.convert import to_expr
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.ops.leaves import dimension
from matgrad.ops.transpose import transpose
from matgrad.results import Answers
from matgrad.results.parts import Part

_CONDITION = Phrase("note: = 0 asks where the derivative vanishes, and is no part of it")
_ANOTHER = Phrase("note: what is said behind “or” holds on a condition, and is not looked at")


def check(
    function: Expr,
    variable: Symbol | Part,
    answer: str | Expr | float,
    *,
    symbols: Iterable[Symbol] = (),
    bindings: Mapping[str, Expr] | None = None,
    layout: str | None = None,
    convention: str | None = None,
    order: int = 1,
    form: str = "auto",
    syntax: str = "auto",
    language: str = "en",
    answers: Answers | None = None,
    letters: Iterable[str] = (),
    members: Iterable[DefinedMembers] = (),
    is_explained: bool = True,
) -> Verdict:
    """Decide whether an answer is the derivative of a function, and say what is wrong if not.

    The derivative is derived and verified; the answer is compared with it by value, at random
    points of several shapes in arbitrary precision. Any correct form is right: either layout, the
    gradient as column or row, the Jacobian on vec, the differential in dX, and for a symmetric
    variable either convention, unless a layout, convention or form is asked for.

    Parameters
    ----------
    function : Expr
        F, of any shape.
    variable : Symbol or Part
        X, or a part of it such as an entry, a row or the diagonal.
    answer : str or Expr
        The answer: the right side alone, or with a left side (``∂f/∂x = …``, ``df = …``,
        ``grad = …``), with ``where`` and definitions after it if need be; or a derivation of several lines,
        of which the first wrong one is told.
    symbols : iterable of Symbol
        Declared variables that the function does not hold.
    bindings : mapping of str to Expr, optional
        Names for parts of the function that the answer may use.
    members : iterable of DefinedMembers
        The same with indices: the rows x_i of X.
    layout : {"numerator", "denominator", "mixed"}, optional
        The layout asked for. In numerator layout the gradient of a scalar is a row (or has the
        transposed shape of X), in denominator layout it has the shape of X; mixed is the gradient
        in the shape of X and Jacobians in numerator layout.
    convention : {"subspace", "independent"}, optional
        How a symmetric variable is meant; see :func:`matgrad.gradient`.
    order : int
        The order of the derivative.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"`` or ``"differential"``; ``"auto"`` for any.
    syntax : str
        The dialect of the answer; see :func:`matgrad.parse`.
    language : {"en", "zh"}
        The language of the verdict.
    answers : Answers, optional
        Right answers about the function and the variable, where some were derived before.
    letters : iterable of str
        The indices of the member that the derivative is by, as they were asked for: the t of z_t.
    is_explained : bool
        Whether a wrong answer is explained, which takes most of the time; where many readings are tried, only
        the last one needs it.

    Raises
    ------
    ParseError
        When the answer is not an expression, or uses a name that the function does not have.
    NotDifferentiableError
        When the function has no derivative, or none is known.
    EvaluationError
        When nothing can be compared: no point is found where the function is defined, or the
        declared sizes are too large.

    Examples
    --------
    >>> import matgrad as mg
    >>> from matgrad.checking import check
    >>> f = mg.parse("x' A x", "A: n×n, x: n")
    >>> x = mg.vector("x", "n")
    >>> check(f, x, "A x + A' x").correct
    True
    """
    require_language(language)
    as_asked = partial(
        check,
        layout=layout,
        convention=convention,
        order=order,
        form=form,
        syntax=syntax,
        language=language,
        letters=letters,
        is_explained=is_explained,
    )
    own = symbols_of(function)
    answer = in_one_formula(answer) if isinstance(answer, str) else answer
    plain = without_condition(without_prose(answer, own), own) if isinstance(answer, str) else None
    if plain is not None:
        verdict = as_asked(
            function, variable, plain, symbols=symbols, bindings=bindings, answers=answers, members=members
        )
        return replace(verdict, note=verdict.note or _CONDITION.text(language))
    first = before_another_wording(answer) if isinstance(answer, str) else None
    if first is not None:
        verdict = as_asked(
            function, variable, first, symbols=symbols, bindings=bindings, answers=answers, members=members
        )
        return replace(verdict, note=verdict.note or _ANOTHER.text(language))
    lines = lines_of(answer, own) if isinstance(answer, str) else []
    if lines and not equals_signs(lines[0]):
        # Two sides of which none is the derivative are an equation, and no answer.
        are_answers = (
            _is_right(
                as_asked, function, variable, side,
                symbols=symbols, bindings=bindings, answers=answers, members=members, is_explained=False,
            )
            for side in lines
        )  # fmt: skip
        lines = lines if any(are_answers) else []
    if lines:
        # The derivative that all lines are compared with is derived once.
        known = Answers(function, variable) if answers is None and isinstance(variable, Symbol) else answers

        same_names = partial(
            check,
            symbols=symbols,
            bindings=bindings or {},
            syntax=syntax,
            language=language,
            is_explained=is_explained,
        )

        def check_line(line: str) -> Verdict:
            return as_asked(
                function,
                variable,
                line,
                symbols=symbols,
                bindings=bindings or {},
                answers=known,
                members=members,
            )

        def check_part(name: str, line: str, defined: str) -> Verdict | None:
            if known is None or isinstance(variable, Part):
                return None
            change = known.derivatives.change
            names = Names.of(function, variable, change, symbols, bindings or {}, letters, members)
            value = Reader(names, []).read(name + defined, syntax).expr
            if value is None:
                return None
            if read_left_side(line).bottom != name:
                return same_names(value, variable, line + defined)
            stand_in = Symbol.stand_in(name, *value.shape)
            parts = {value: stand_in, transpose(value): transpose(stand_in)}
            outer = rewrite_bottom_up(function, parts.get)
            return None if uses(outer, variable) else same_names(outer, stand_in, line)

        return check_lines(lines, check_line, check_part, language)
    if isinstance(answer, str) and form == "auto" and order == 1 and isinstance(variable, Symbol):
        left = read_left_side(without_prose(answer, own))
        order = order_named(left, function.is_scalar, axes(variable.shape)) or order
    if form == "hessian" or (order == 2 and form in ("gradient", "jacobian") and function.is_scalar):
        form, order = "hessian", max(order, 2)
    by_entries = form == "components"
    if by_entries:
        form = "auto"  # an answer is read by its entries whatever the form; what is shown is in this one
    part = None
    if isinstance(variable, Part):
        # The answer is a function of X: with a change of the part in X it is right where it is without.
        part, function, variable = variable, variable.inserted(function), variable.symbol
        letters = (*letters, *part.indices)
    question = Question(function, variable, order, form, layout, convention)
    answers = answers or Answers(function, variable)
    views = Views(question, answers.derivatives)
    names = Names.of(function, variable, views.change, symbols, bindings or {}, letters, members)
    shapes = [view.shape for view in views.wanted()]
    of = variable.shape if order == 2 and function.is_scalar else function.shape
    reader = Reader(names, shapes, of=of, layout=layout, part=part, is_second=order == 2)
    if isinstance(answer, str):
        read = reader.read(answer, syntax)
        counted = _counted(names, read)
        if counted and part is None and not members:
            # Σ_{i<k} in an answer makes a size of the integer k: it is one in the function as well.
            return as_asked(
                function.substitute(counted),
                variable,
                answer,
                symbols=[symbol for symbol in names.symbols.values() if symbol not in counted],
                bindings={name: value.substitute(counted) for name, value in names.bindings.items()},
                order=order,
                form=form,
            )
    else:
        given = to_expr(answer)
        read = Answer(str(given), given if part is None else part.read(given))
    question = _as_named(views, read.left)
    return Checking(
        question,
        views.asked(question),
        reader,
        read,
        language,
        answers=answers,
        part=part,
        by_entries=by_entries,
        is_explained=is_explained,
    ).verdict()


def _is_right(check: Callable[..., Verdict], *args: Any, **options: Any) -> bool:
    """Whether a side is read, and right."""
    try:
        return check(*args, **options).correct
    except MatgradError:
        return False


def _counted(names: Names, answer: Answer) -> dict[Symbol, Expr]:
    """The integers of the function that an answer uses as the ends of sums, as sizes."""
    sizes = {
        name for meaning in answer.meanings for dim in dims_in(postorder(meaning)) for name in dim.symbols
    }
    return {
        symbol: dimension(Dim.symbol(label))
        for label, symbol in names.symbols.items()
        if label in sizes and symbol.is_scalar and symbol.has(Fact.INTEGER)
    }


def check_value(
    value: Expr,
    variable: Symbol,
    answer: str,
    names: Names,
    *,
    syntax: str = "auto",
    language: str = "en",
    is_explained: bool = True,
) -> Verdict:
    """Decide whether a text has the value of an expression, as a line of a derivation must.

    Parameters
    ----------
    value : Expr
        The value that is due.
    variable : Symbol
        The variable of the derivation.
    answer : str
        The text.
    names : Names
        What its names may stand for.
    syntax, language, is_explained
        As in :func:`check`.

    Raises
    ------
    ParseError
        When the text is not an expression, or uses a name that stands for nothing.
    """
    question = Question(value, variable)
    view = View("function", None, None, "", value.shape, lambda: value)
    reader = Reader(names, [value.shape])
    return Checking(
        question,
        Views(question),
        reader,
        reader.read(answer, syntax),
        language,
        values=[view],
        is_explained=is_explained,
    ).verdict()


def _as_named(views: Views, left: LeftSide) -> Question:
    """What is asked, with what the left side of the answer says of it."""
    question = views.question
    if question.form == "auto" and question.order == 1 and left.order is not None:
        question = replace(question, order=left.order)
    if question.form == "auto" and left.form in {view.form for view in views.asked(question).all()}:
        question = replace(question, form=left.form)
    return question if question.layout is not None else replace(question, layout=left.layout)
