r"""Derivatives that stand within a right side: each is put in by its value, under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from matgrad.calculus.derivative import AsItIs
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.question import Question
from matgrad.calculus.variable import differential_of
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.words import phrase
from matgrad.language.interpretation import Interpretation, interpret
from matgrad.language.latex.declaring import name_in_latex
from matgrad.language.latex.lexer import cut
from matgrad.language.latex.plain import plain_text
from matgrad.ops.transpose import transpose
from matgrad.printing.names import printed_as, unicode_name
from matgrad.refereeing.derivative_pieces import (
    NotUnderstoodError,
    is_function,
    may_begin,
    named_tokens,
    operand_end,
)
from matgrad.refereeing.formulas import (
    Tokens,
    group_end,
    is_upright_d,
    key_of,
    name_end,
    plain,
    skip,
    text_of,
    whole_name,
)
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.known import stated
from matgrad.refereeing.subjects import Subject, subject_of
from matgrad.refereeing.written_derivatives import Notation, derivative_at, unwrapped
from matgrad.rewrite.simplify import simplify

_FIRST_LABEL = 901
"""What derivatives within a formula are called G with, a number that no author has."""


def without_derivatives(
    subject: Subject, right: Tokens, read: Interpretation, layout: str
) -> tuple[Tokens, dict[str, Expr], dict[str, str]]:
    """A right side with names for the derivatives in it, their values, and how they were written."""
    out: Tokens = []
    bindings: dict[str, Expr] = {}
    written: dict[str, str] = {}
    i = 0
    while i < len(right):
        if subject.notation.form == "differential" and (end := _end_of_change(subject, right, i, read)):
            name = name_end(right, skip(right, is_upright_d(right, i)))
            written_name = plain(right[skip(right, is_upright_d(right, i)) : name])
            variable, _ = subject.variable(read, subject.variables[0])
            is_own = key_of(right[skip(right, is_upright_d(right, i)) : name]) == key_of(subject.variables[0])
            value = variable if is_own else _value_of_name(subject, written_name, read)
            if value is not None:
                label = f"G_{_FIRST_LABEL + len(bindings)}"
                assert isinstance(variable, Symbol)
                assert isinstance(value, Expr)
                change = differential_of(variable, set(read.symbols))
                bindings[label] = simplify(pushforward(value, variable, change))
                written[label] = plain(right[i:end])
                out += named_tokens(label, right[i].span[0], right[end - 1].span[1])
                i = end
                continue
        primed = _primed_at(subject, right, i)
        if primed is not None:
            called, inside, end = primed
            label = f"G_{_FIRST_LABEL + len(bindings)}"
            bindings[label] = _slope_at(subject, called, inside, read)
            written[label] = plain(right[i:end])
            out += named_tokens(label, right[i].span[0], right[end - 1].span[1])
            i = end
            continue
        found = derivative_at(right, i) if may_begin(right[i]) else None
        if found is None:
            out.append(right[i])
            i += 1
            continue
        notation, end = found
        if not notation.function:
            start = skip(right, end)
            end = operand_end(right, start)
            notation = replace(notation, function=unwrapped(right[start:end]))
        else:
            after = skip(right, end)
            if (
                after < len(right)
                and right[after].is_sign("(")
                and whole_name(right[after + 1 : group_end(right, after) - 1])
            ):
                end = group_end(right, after)
        label = f"G_{_FIRST_LABEL + len(bindings)}"
        bindings[label] = _value_of(subject, notation, read, layout)
        written[label] = plain(right[i:end])
        out += named_tokens(label, right[i].span[0], right[end - 1].span[1])
        i = end
    return out, bindings, written


def _primed_at(subject: Subject, right: Tokens, i: int) -> tuple[Tokens, Tokens, int] | None:
    """A function with a prime and an argument that starts at a place: its name, the argument, and its end."""
    end = name_end(right, i) or i
    end = i + 1 if end == i and right[i].kind == "command" and is_function(right[i : i + 1]) else end
    at = skip(right, end)
    if end == i or at >= len(right) or not right[at].is_sign("'"):
        return None
    at = skip(right, at + 1)
    if at < len(right) and right[at].is_command("left", "big", "bigl", "Big", "Bigl"):
        at = skip(right, at + 1)
    name = right[i:end]
    definition = subject.known.latest(key_of(name))
    is_defined = definition is not None and len(definition.parameters) == 1
    if at >= len(right) or not right[at].is_sign("(") or not (is_function(name) or is_defined):
        return None
    behind = group_end(right, at)
    inside = [
        t for t in right[at + 1 : behind - 1] if not t.is_command("right", "big", "bigr", "Big", "Bigr")
    ]
    return name, inside, behind


def _slope_at(subject: Subject, name: Tokens, inside: Tokens, read: Interpretation) -> Expr:
    """The slope of a function of numbers at an argument, entry by entry where that is none."""
    known = [*read.symbols.values()]
    known += [
        Symbol.stand_in(label, *value.shape)
        for label, value in read.bindings.items()
        if label not in read.symbols
    ]
    argument = interpret(text_of(subject.as_read(inside))[0], known, syntax="latex").expr
    place = Symbol.stand_in("t_900", *argument.shape)
    called = f"{text_of(name)[0].strip()}(t_{{900}})"
    definition = subject.known.latest(key_of(name))
    where = stated([definition], [cut(called)]) if definition is not None else ""
    text = called if argument.is_scalar else rf"\operatorname{{sum}}({called})"
    value = interpret(text + where, [place], syntax="latex").expr
    slope = Derivatives(value, place, AsItIs()).answer(Question(value, place).settled())
    if not isinstance(slope, Expr):
        raise NotUnderstoodError(phrase("a derivative within the formula is not understood"))
    argument = argument.substitute(
        {label: value for label, value in read.bindings.items() if label in symbols_of(argument)}
    )
    return slope.substitute({"t_900": argument})


def as_written(reason: str, names: Mapping[str, str]) -> str:
    """A reason with what the author wrote for the names that were put in for derivatives."""
    for label, written in names.items():
        number = label.removeprefix("G_")
        for name in (f"G_{{{number}}}", label, unicode_name(label)):
            reason = reason.replace(name, written)
    return reason


def _end_of_change(subject: Subject, right: Tokens, i: int, read: Interpretation) -> int:
    """Where the change of a defined name ends that starts here, as dr does for r = Ax − b; 0 for none.

    That of the variable itself needs a value only where a vector d is in the function, beside an upright d.
    """
    start = is_upright_d(right, i)
    if start == i or right[i].is_command("partial") or (right[i].kind == "letter" and right[i].glued):
        return 0
    at = skip(right, start)
    end = name_end(right, at)
    key = key_of(right[at:end])
    is_own = key in {key_of(v) for v in subject.variables}
    if is_own:
        return end if right[i].kind == "command" and "d" in read.symbols else 0
    return end if end > at and subject.known.latest(key) is not None else 0


def _value_of_name(subject: Subject, written: str, read: Interpretation) -> Expr | None:
    """What a name that the function is made of stands for."""
    name = name_in_latex(written) or plain_text(written)
    return next((v for label, v in read.bindings.items() if printed_as(label) == printed_as(name)), None)


def _value_of(subject: Subject, notation: Notation, read: Interpretation, layout: str) -> Expr:
    """The value of a derivative within a right side."""
    if notation.kind == "nabla" and not notation.variables and head_of(notation.function) is None:
        notation = replace(notation, variables=tuple(subject.variables))  # ∇(xᵀMx) in a line on ∇f
    subject = subject_of(notation, [], subject.known, subject.said, subject.language)
    if len(subject.variables) != 1 or notation.form == "differential":
        raise NotUnderstoodError(phrase("a derivative within the formula is not understood"))
    text = subject.text(is_held=False)
    defined = {
        printed_as(name_in_latex(plain(d.left)) or plain_text(plain(d.left))) for d in subject.definitions()
    }
    known = [symbol for label, symbol in read.symbols.items() if printed_as(label) not in defined]
    known += [
        Symbol.stand_in(name, *value.shape)
        for name, value in read.bindings.items()
        if printed_as(name) not in defined and name not in read.symbols
    ]
    inner = interpret(text, known, syntax="latex")
    variable, _ = subject.variable(inner, subject.variables[0])
    if not isinstance(variable, Symbol):
        raise NotUnderstoodError(phrase("a derivative within the formula is not understood"))
    layout = "numerator" if notation.turned else layout
    question = Question(inner.expr, variable, notation.order, layout=layout).settled()
    found = Derivatives(inner.expr, variable, AsItIs()).answer(question)
    if not isinstance(found, Expr):
        raise NotUnderstoodError(phrase("a derivative within the formula is not understood"))
    if layout == "numerator" and inner.expr.is_scalar and found.shape == variable.shape:
        found = transpose(found)  # a question of a number has the shape of its variable in every layout
    return found.substitute(
        {name: value for name, value in read.bindings.items() if name in symbols_of(found)}
    )
