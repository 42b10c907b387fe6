"""The derivation of a sum over indices: term by term, and what of it belongs to a member.

So the method of differentials does it; the others have families for the parts that depend on an index.
"""

from __future__ import annotations

from matgrad.calculus.by_member import stacked
from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.calculus.pushforward import pushforward
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import Phrase
from matgrad.explanation import reasons as why, second_derivatives
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.differentiations import differentiations_of
from matgrad.explanation.lines import THEREFORE, Formula, Label, Line
from matgrad.explanation.subject import Subject
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.reshaping import vec
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import transpose
from matgrad.printing.left_side import left_side

JACOBIAN = Phrase("vec(dF) = J vec(dX): read off J", context="sums over indices")
READ_OFF = Phrase("df = tr(Gᵀ dX): read off G", context="sums over indices")


def holds_sum(function: Expr, variable: Symbol) -> bool:
    """Whether a function is one through sums over indices, which have no matrix form."""
    return any(node.binds for node in dependent_nodes(function, variable))


def require_members(subject: Subject) -> None:
    """Refuse what is derived by all members of a family at once.

    Raises
    ------
    NotDifferentiableError
        Naming the derivatives by one member.
    """
    by_one = subject.form in ("gradient", "derivative", "differential") and subject.order == 1
    if isinstance(subject.variable, Family) and not by_one and subject.result.by_member is None:
        name = subject.variable.label
        raise NotDifferentiableError(
            f"steps by the members of {name} are shown of derivatives of scalar functions, up to the second",
            fix="the order 1 or 2, as a gradient, a Hessian or a differential",
        )


def derivation(subject: Subject) -> Derivation:
    """The derivation by differentials.

    Raises
    ------
    NotDifferentiableError
        For other forms than the first derivatives of a scalar function.
    """
    function, variable, change = subject.plain, subject.variable, subject.change
    answer = subject.answer
    is_first = subject.form in ("gradient", "derivative", "differential") and subject.order == 1
    is_hessian = subject.form == "hessian" and subject.order == 2 and not subject.result.half
    is_jacobian = subject.form == "jacobian" and subject.order == 1 and not subject.result.half
    if not (is_first or is_hessian or is_jacobian):
        raise NotDifferentiableError(
            "the steps of a sum over an index by differentials are shown for derivatives up to the second",
            fix="the method chain, or the form gradient, jacobian, hessian or differential",
        )
    if not isinstance(answer, Expr):
        raise NotDifferentiableError("the steps of a sum over an index are shown for expressions")
    moved = Formula(subject.simplify(pushforward(function, variable, change)))
    lines = [Line(Formula(subject.function), subject.name)]
    if function is not subject.function:
        reasons = subject.simplify.reasons(subject.function) or (why.SIMPLIFIED,)
        lines.append(Line(Formula(function), None, reasons, claims=((lines[0].right, Formula(function)),)))  # type: ignore[arg-type]
    exact = Formula(pushforward(function, variable, change))
    rules = (why.TERM_BY_TERM, *_rules(function, variable))
    lines.append(Line(moved, subject.name.differential(), rules, claims=((exact, moved),)))
    if is_hessian:
        first, second = differentiations_of(subject, renames=False)
        assert isinstance(first.answer, Expr)
        _read_off(subject, subject.result.derivatives.first().gradient, exact, lines, first.left)
        lines += second_derivatives.lines_of(subject, second.given, second.name_before)
    elif is_jacobian:
        whole = transpose(answer) if subject.layout == "denominator" else answer
        claim = (Formula(vec(exact.expr)), Formula(multiply(whole, vec(change))))
        lines.append(Line(Formula(answer), subject.left_side, (JACOBIAN,), THEREFORE, (claim,)))
    elif subject.form == "gradient":
        _read_off(subject, answer, exact, lines, subject.left_side)
    elif subject.form == "derivative":
        lines.append(Line(Formula(answer), subject.left_side, (), THEREFORE))
    return subject.derivation("differential", lines, {})


def _read_off(subject: Subject, answer: Expr, exact: Formula, lines: list[Line], left: Label) -> None:
    """The gradient, and what of it belongs to a member."""
    shown = subject.gradient_by_member
    whole = Formula(inner_product(answer, subject.change))
    if shown is None:
        lines.append(Line(Formula(answer), left, (READ_OFF,), THEREFORE, ((exact, whole),)))
        return
    question = subject.result.question
    plain = Label(
        *(
            left_side("gradient", subject.function, subject.variable, 1, None, "subspace", medium)
            for medium in ("unicode", "latex", "text")
        )
    )
    together = Formula(inner_product(stacked(shown), subject.change))
    if not question.variable.is_family:
        lines.append(Line(Formula(answer), plain, (READ_OFF,), THEREFORE, ((exact, whole),)))
    lines.append(Line(Formula(shown.expr), left, (why.MEMBER,), THEREFORE, ((exact, together),)))


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
