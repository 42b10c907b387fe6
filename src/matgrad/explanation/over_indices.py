"""The derivation of a sum over indices: term by term, and what of it belongs to a member.

So the method of differentials does it; the others have families for the parts that depend on an index.
"""

from __future__ import annotations

from dataclasses import replace

from matgrad.calculus.by_member import moved_by, stacked
from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.calculus.pushforward import pushforward
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.words import Phrase, phrase
from matgrad.explanation import reasons as why, second_derivatives
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.differentiations import AGAIN, NamedDifferentiation, differentiations_of
from matgrad.explanation.lines import THEREFORE, Formula, Label, Line
from matgrad.explanation.subject import Subject
from matgrad.ops.arithmetic import CONSTANT_FACTORS, multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.reshaping import vec
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import transpose
from matgrad.printing.left_side import left_side

JACOBIAN = Phrase("vec(dF) = J vec(dX): read off J", context="sums over indices")


def holds_sum(function: Expr, variable: Symbol) -> bool:
    """Whether a function is one of the members of a family, or of sums that have no matrix form."""
    return isinstance(variable, Family) or any(node.binds for node in dependent_nodes(function, variable))


def is_constant(subject: Subject) -> bool:
    """Whether the members of a family do not occur in a function: nothing is to be shown but that."""
    return isinstance(subject.variable, Family) and subject.variable not in postorder(subject.plain)


def require_members(subject: Subject) -> None:
    """Refuse what is derived by all members of a family at once.

    Raises
    ------
    NotDifferentiableError
        Naming the derivatives by one member.
    """
    is_whole = subject.form in ("gradient", "derivative", "differential")
    if isinstance(subject.variable, Family) and not is_whole and subject.result.by_member is None:
        name = subject.variable.label
        raise NotDifferentiableError(
            phrase(
                "steps by the members of {name} are shown of gradients, Hessians and "
                "differentials, and of Jacobians in numerator layout",
                name=name,
            ),
            fix=phrase("one of these forms"),
        )


def derivation(subject: Subject) -> Derivation:
    """The derivation by differentials.

    Raises
    ------
    NotDifferentiableError
        For components.
    """
    function = subject.plain
    if not isinstance(subject.answer, Expr):
        raise NotDifferentiableError(
            phrase("the steps of a sum over an index by differentials are shown for expressions"),
            fix=phrase("the method definition, or the form gradient, jacobian, hessian or differential"),
        )
    given = subject.typed
    lines = [Line(given, subject.name, claims=((Formula(subject.function), given),))]
    if function is not subject.function:
        reasons = subject.simplify.reasons(subject.function) or (why.SIMPLIFIED,)
        lines.append(Line(Formula(function), None, reasons, claims=((given, Formula(function)),)))
    for step in differentiations_of(subject, renames=False):
        if step.order == 2 and step.form == "hessian":
            lines += second_derivatives.lines_of(step)
        else:
            lines += _differentiated(subject, step)
    return subject.derivation("differential", lines, {})


def _differentiated(subject: Subject, step: NamedDifferentiation) -> list[Line]:
    """The differential of what is differentiated, and the derivative that is read off it."""
    function, variable, change = step.function, step.variable, step.change
    exact = Formula(pushforward(function, variable, change))
    moved = Formula(step.simplify(exact.expr))
    has_sums = any(node.binds for node in dependent_nodes(function, variable))
    rules = ((why.TERM_BY_TERM,) if has_sums else ()) + _rules(function, variable) or (CONSTANT_FACTORS,)
    if step.order > 1:
        rules = (AGAIN, *rules)
    elif not any(node is variable for node in postorder(function)):
        rules = (why.constant(variable),)
    called = step.left if step.form == "differential" else step.name.differential()
    lines = [Line(moved, called, rules, claims=((exact, moved),))]
    answer = step.answer
    assert isinstance(answer, Expr)
    if step.form == "derivative":
        lines.append(Line(Formula(answer), step.left, (why.divide(variable),), THEREFORE))
    elif step.form == "gradient":
        whole = step.derivative.gradient
        if step.is_last:
            assert isinstance(subject.answer, Expr)
            whole = subject.answer
        _read_off(subject, step, whole, exact, lines)
    elif step.form == "jacobian":
        lines.append(_jacobian(subject, step, exact))
    return lines


def _jacobian(subject: Subject, step: NamedDifferentiation, exact: Formula) -> Line:
    """The Jacobian read off a differential, by one member of a family or by the whole variable."""
    shown, answer, change = subject.result.by_member, subject.answer, step.change
    assert isinstance(answer, Expr)
    if shown is not None:
        upright = replace(shown, expr=transpose(shown.expr)) if step.turned else shown
        together = Formula(moved_by(upright, change, step.function.shape))
        return Line(Formula(shown.expr), step.left, (why.MEMBER,), THEREFORE, ((exact, together),))
    if step.free is not None:
        half = multiply(step.derivative.on_vec, step.free)
        half = transpose(half) if step.turned else half
        return Line(Formula(answer), step.left, (why.HALF,), THEREFORE, ((Formula(half), Formula(answer)),))
    whole = transpose(answer) if step.turned else answer
    claim = (Formula(vec(exact.expr)), Formula(multiply(whole, vec(change))))
    return Line(Formula(answer), step.left, (JACOBIAN,), THEREFORE, (claim,))


def _read_off(
    subject: Subject, step: NamedDifferentiation, answer: Expr, exact: Formula, lines: list[Line]
) -> None:
    """The gradient, and what of it belongs to a member."""
    shown, variable = subject.gradient_by_member, subject.variable
    whole = Formula(inner_product(answer, subject.change))
    reasons: tuple[Phrase, ...] = (why.read_gradient(step.name.differential(), variable),)
    projected = why.within_structure(variable, step.convention, step.unprojected is not answer)
    if projected is not None:
        reasons = (*reasons, projected)
    if shown is None:
        lines.append(Line(Formula(answer), step.left, reasons, THEREFORE, ((exact, whole),)))
        return
    called = subject.result.called
    plain = Label(
        *(
            left_side("gradient", subject.function, variable, 1, None, "subspace", medium, called=called)
            for medium in ("unicode", "latex", "text")
        )
    )
    together = Formula(inner_product(stacked(shown), subject.change))
    if not subject.result.question.variable.is_family:
        lines.append(Line(Formula(answer), plain, reasons, THEREFORE, ((exact, whole),)))
    lines.append(Line(Formula(shown.expr), step.left, (why.MEMBER,), THEREFORE, ((exact, together),)))


def _rules(function: Expr, variable: Symbol) -> tuple[Phrase, ...]:
    """The rules of the operations that the variable passes through, outermost first."""
    order = dependent_nodes(function, variable)
    dependent = set(order)
    found: dict[Phrase, None] = {}
    for node in reversed(order):
        if node is variable or node.binds:
            continue
        reason = node.reason_for(differentiable_operands(node, dependent))
        if reason is not None and not _is_plain(node):
            found.setdefault(reason)
    return tuple(found)


def _is_plain(node: Expr) -> bool:
    """Whether the rule of a node is the linearity of sums and products with constants."""
    return node.linearity != ""
