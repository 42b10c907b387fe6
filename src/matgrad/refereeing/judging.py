"""Judging one claim: the function is read with what the document says of it, and the claim is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from matgrad.calculus.derivative import AsItIs
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.question import Question
from matgrad.calculus.variable import differential_of
from matgrad.checking import check
from matgrad.checking.answer_names import Names
from matgrad.checking.checking import check_value
from matgrad.checking.verdict import Verdict
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import phrase
from matgrad.language.interpretation import Interpretation
from matgrad.language.latex.declaring import name_in_latex
from matgrad.language.latex.plain import plain_text
from matgrad.numeric.sizes import dims_in
from matgrad.ops.indices.members import Family
from matgrad.printing.names import printed_as
from matgrad.refereeing.declared_in_words import Said
from matgrad.refereeing.derivative_pieces import (
    NotUnderstoodError,
)
from matgrad.refereeing.formulas import (
    Tokens,
    key_of,
    letters_alone,
    names_used,
    plain,
    text_of,
)
from matgrad.refereeing.found import Found, Right
from matgrad.refereeing.inner_derivatives import as_written, without_derivatives
from matgrad.refereeing.known import Definition, stated
from matgrad.refereeing.likely_kinds import (
    likely_numbers,
    likely_vectors,
)
from matgrad.refereeing.subjects import Subject
from matgrad.results.parts import Part

_LETTERS = frozenset("klmpqrst")
"""Letters that an answer may have as places of entries."""
_UNFIT = ("nonconforming", "shape")
"""What may be due to how a name of which nothing is said was read."""


def judge(subject: Subject, right: Tokens) -> Found:
    """Judge one right side, without looking for what is wrong with it."""
    if subject.is_joint:
        return _judge_jointly(subject, right)
    right = subject.known.uncalled(subject.as_in_function(right))
    try:
        found = tried(subject, right)
    except MatgradError as error:
        found = Found("not understood", reason=error.problem)
    except NotUnderstoodError as error:
        return Found("not understood", reason=error.reason)
    if found.status == "verified":
        return found
    if subject.is_weighted and not subject.is_inverse_weighted:
        again = judge(replace(subject, is_inverse_weighted=True, readings={}), right)
        if again.status == "verified":
            return again
    is_read = found.status == "wrong" and not _is_unfit(found)
    for again in _otherwise(subject, right, is_read=is_read):
        if again.status == "verified" or (found.status == "not understood" and again.status == "wrong"):
            found = again
        if found.status == "verified":
            return found
    if found.status != "not understood" and _is_of_a_number(subject):
        return found
    by_numbers = list(_by_numbers(subject, right))
    for again in by_numbers:
        if again.status == "verified":
            return again
    used = {key for tokens in subject.texts() for key, _, _ in names_used(tokens)}
    own = [again for again in by_numbers if again.how["said"].keys() - subject.said.keys() <= used]
    if found.status == "wrong" and len(own) == 1 and not _is_unfit(own[0]):
        return own[0]  # what is wrong with it is told of the number that the function is
    return found


def _is_unfit(found: Found) -> bool:
    return found.verdict is not None and found.verdict.mistake in _UNFIT


def _is_of_a_number(subject: Subject) -> bool:
    """Whether a function is a number, as one has to be whose gradient is claimed; true of Jacobians."""
    if subject.notation.form in ("value", "jacobian"):
        return True
    try:
        return subject.read([]).expr.is_scalar
    except (MatgradError, NotUnderstoodError):
        return False


def _judge_jointly(subject: Subject, right: Tokens) -> Found:
    try:
        parts = subject.parts(right)
    except NotUnderstoodError as error:
        return Found("not understood", reason=error.reason)
    judged = [judge(part, terms) for part, terms in parts]
    for status in ("not understood", "wrong"):
        for found in judged:
            if found.status == status:
                return found
    return judged[0]


def tried(
    subject: Subject,
    right: Tokens,
    *,
    is_held: bool = False,
    is_sized: bool = True,
    said: Mapping[str, Said] | None = None,
    is_explained: bool = False,
) -> Found:
    """The verdict, with each way to lay out what stands inside."""
    subject = subject if said is None else replace(subject, said=said, readings={})
    first: Found | None = None
    for layout in ("mixed", "denominator", "numerator"):
        found = _once(subject, right, is_held, is_sized, layout, is_explained)
        if found.status == "verified":
            return found
        first = first or found
        if found.right is None or not found.right.names:
            break
    assert first is not None
    return first


def _once(
    subject: Subject, right: Tokens, is_held: bool, is_sized: bool, layout: str, is_explained: bool
) -> Found:
    read = subject.read([right], is_held=is_held, is_sized=is_sized)
    _require_known(subject, right, read)
    written, bindings, names = without_derivatives(subject, right, read, layout)
    answer = replace(_answer(subject, written, read), names=names)
    verdict = _verdict(subject, read, answer, bindings, is_explained=is_explained)
    how = {"is_held": is_held, "is_sized": is_sized}
    reason = as_written(verdict.reason, names)
    return Found("verified" if verdict.correct else "wrong", verdict, reason, answer, how)


def _require_known(subject: Subject, right: Tokens, read: Interpretation) -> None:
    """Refuse a right side with a letter of which nothing is known, which would be read as an index."""
    known = {printed_as(name) for name in (*read.symbols, *read.bindings)}
    known |= {name for dim in dims_in(list(read.symbols.values())) for name in dim.symbols}
    known |= {key_of(v).rpartition(" ")[2] for v in subject.variables}
    for key in letters_alone(right):
        if key in _LETTERS and key not in known and key not in subject.said and not subject.known.latest(key):
            raise NotUnderstoodError(
                phrase("{name} does not occur in the function, and is not defined", name=key)
            )


def _verdict(
    subject: Subject,
    read: Interpretation,
    answer: Right,
    bindings: Mapping[str, Expr],
    layout: str | None = None,
    *,
    is_explained: bool,
) -> Verdict:
    notation = subject.notation
    bound = {**read.bindings, **bindings}
    if notation.form == "value":
        some = next(iter(read.symbols.values()), None)
        if some is None:
            raise NotUnderstoodError(phrase("there is no variable in the function"))
        names = Names.of(
            read.expr,
            some,
            differential_of(some, set(read.symbols)),
            read.symbols.values(),
            bound,
            members=read.members,
        )
        return check_value(
            read.expr,
            some,
            answer.text,
            names,
            syntax="latex",
            language=subject.language,
            is_explained=is_explained,
        )
    variable, letters = subject.variable(read, subject.variables[0])
    if notation.turned or notation.top_turned:
        layout = "numerator" if notation.turned else "denominator"
    function, order, form = read.expr, notation.order, notation.form
    entries = [subject.entry(read, v) for v in subject.variables] if subject.is_mixed else []
    if subject.is_mixed and isinstance(variable, Family):
        raise NotUnderstoodError(phrase("a second derivative by two members is not understood"))
    if entries and entries[0] is not None and entries[1] is not None and entries[0][0] is entries[1][0]:
        # ∂²f/∂x_i ∂x_j is an entry of the Hessian.
        variable, letters = entries[0][0], (*entries[0][1], *entries[1][1])
    elif subject.is_mixed:
        # ∂²f/∂x ∂yᵀ is the Jacobian by y of the gradient by x.
        function, order, form = _gradient(subject, read, variable), 1, "auto"
        variable, letters = subject.variable(read, subject.variables[1])
    return check(
        function,
        variable,
        answer.text,
        symbols=read.symbols.values(),
        bindings=bound,
        members=read.members,
        layout=layout,
        order=order,
        form=form if form in ("differential", "jacobian") else "auto",
        syntax="latex",
        language=subject.language,
        letters=letters,
        is_explained=is_explained,
    )


def _gradient(subject: Subject, read: Interpretation, variable: Symbol | Part) -> Expr:
    """The gradient of the function by the first variable of a mixed derivative."""
    if not isinstance(variable, Symbol) or not read.expr.is_scalar:
        raise NotUnderstoodError(phrase("derivatives by several variables at once are not understood"))
    question = Question(read.expr, variable, layout="denominator").settled()
    found = Derivatives(read.expr, variable, AsItIs()).answer(question)
    assert isinstance(found, Expr)
    return found


def in_layout(subject: Subject, right: Tokens, layout: str, how: Mapping[str, Any]) -> Found:
    """The verdict where a layout is asked for, in the way in which it was found right."""
    if how.get("said") is not None:
        subject = replace(subject, said=how["said"], readings={})
        return in_layout(subject, right, layout, {**how, "said": None})
    right = subject.known.uncalled(subject.as_in_function(right))
    try:
        read = subject.read([right], is_sized=how.get("is_sized", True))
        written, bindings, _ = without_derivatives(subject, right, read, layout)
        answer = _answer(subject, written, read)
        verdict = _verdict(subject, read, answer, bindings, layout, is_explained=False)
    except (MatgradError, NotUnderstoodError):
        return Found("verified")
    return Found("verified" if verdict.correct else "wrong", verdict, verdict.reason, answer)


def _answer(subject: Subject, right: Tokens, read: Interpretation) -> Right:
    """A right side with the definitions that the function does not have."""
    bound = {printed_as(name) for name in read.bindings}
    needed = []
    for definition in subject.written_out(
        subject.known.used_by(right, {key_of(v) for v in subject.variables})
    ):
        name = name_in_latex(plain(definition.left)) or plain_text(plain(definition.left))
        if printed_as(name) not in bound and not _is_variable(subject, definition, read):
            needed.append(definition)
    text, places = text_of(subject.as_read(right))
    text += stated(needed, [right, *(d.body for d in needed)])
    return Right(text, places, {})


def _is_variable(subject: Subject, definition: Definition, read: Interpretation) -> bool:
    """Whether a defined name is a variable of the function as it is read."""
    name = name_in_latex(plain(definition.left)) or plain_text(plain(definition.left))
    return any(printed_as(label) == printed_as(name) for label in read.symbols)


def _otherwise(subject: Subject, right: Tokens, *, is_read: bool) -> Iterator[Found]:
    """The verdict without the sizes that are said; by a number; or with a family that is a vector."""
    ways: list[dict[str, object]] = [{"is_sized": False}]
    more = []
    if len(subject.variables) == 1:
        key, name = key_of(subject.variables[0]), plain(subject.variables[0])
        if not is_read and key not in subject.said and len(name) == 1 and name.islower():
            more.append({key: Said(key, name, "scalar")})
    if not is_read and (
        vectors := likely_vectors(
            [right, *subject.texts(), *subject.parameters(), *subject.bases()], subject.said
        )
    ):
        more.append(vectors)
    ways += [{"said": {**subject.said, **one}} for one in more]
    for way in ways:
        try:
            found = tried(subject, right, **way)  # type: ignore[arg-type]
            yield replace(found, how={**found.how, **way})
        except (MatgradError, NotUnderstoodError):
            continue


def _by_numbers(subject: Subject, right: Tokens) -> Iterator[Found]:
    """The verdict with a letter or two as numbers, as y in (wᵀx − y)² and C in C‖x‖², for a number.

    Two letters are taken where no single one of them will do, as the y and the b of log(1 + e^{−y(wᵀx + b)}).
    """
    letters = likely_numbers(subject.texts(), subject.variables, subject.said, [right])
    for count in (1, 2):
        is_enough = False
        for chosen in combinations(letters, count):
            said = {**subject.said, **{one.key: one for one in chosen}}
            if not _is_of_a_number(replace(subject, said=said, readings={})):
                continue
            is_enough = True
            try:
                found = tried(subject, right, said=said)
            except (MatgradError, NotUnderstoodError):
                continue
            yield replace(found, how={**found.how, "said": said})
        if is_enough:
            return
