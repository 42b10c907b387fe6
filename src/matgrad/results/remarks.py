"""What a reader must know besides a formula: how a variable is meant, and where there is no derivative."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from matgrad.calculus.components import Components
from matgrad.calculus.dependence import dependent_nodes
from matgrad.calculus.pullback import pullbacks
from matgrad.calculus.question import Question
from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import is_fixed
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.leaves import Number, is_zero, number
from matgrad.ops.power import Power
from matgrad.results.jumps import exposed_jumps, jumps_of
from matgrad.rewrite.simplify import simplify
from matgrad.rewrite.squares import squared

AT_ROOTS = Phrase("no derivative where the argument of a norm or root is 0")


def meaning_of(question: Question) -> Phrase | None:
    """How a structured variable is meant in the answer to a settled question; ``None`` for a general one."""
    structure = structure_of(question.variable)
    if structure is None:
        return None
    if structure.is_fixed:
        addition = Phrase("it cannot change, and the derivative is zero")
    elif question.free is not None:
        addition = Phrase("on vech, its independent entries")
    elif question.convention == "independent" and structure.has_pairs and question.form == "gradient":
        addition = Phrase("one partial derivative for each independent entry", context="remark")
    elif structure.is_curved:
        addition = Phrase("projected on the tangent space")
    elif question.form == "gradient":
        addition = Phrase("the gradient within that subspace")
    else:
        return structure.description
    return Phrase("{structure}; {addition}").filled(structure=structure.description, addition=addition)


def _is_norm_like(node: Expr) -> bool:
    """Whether a node is a root whose operand may vanish."""
    if not isinstance(node, Power) or node.args[0].facts & (Fact.POSITIVE | Fact.CONSTANT):
        return False
    exponent = node.exponent
    return isinstance(exponent, Number) and 0 < exponent.value < 1


def remarks_on(
    function: Expr, variable: Symbol, shown: Expr | Components | None, order: int = 1
) -> list[Phrase]:
    """What a reader must know besides the formula; ``{name}`` is the variable. At a point none is shown."""
    nodes = postorder(function)
    occurs = any(node is variable for node in nodes)
    remarks: list[Phrase] = []
    if not occurs:
        remarks.append(
            Phrase(
                "the expression does not depend on {name}: the derivative is zero",
            )
        )
    elif isinstance(shown, Expr) and is_zero(shown) and order == 2:
        remarks.append(Phrase("the first derivative does not change with {name}: the second is zero"))
    elif isinstance(shown, Expr) and is_zero(shown) and order == 1:
        remarks.append(
            Phrase(
                "the expression does not change with {name}: the derivative is zero",
            )
        )
    if occurs and variable.facts & Fact.INTEGER and not is_fixed(variable):
        remarks.append(
            Phrase(
                "{name} is declared whole: the derivative is that of the same formula for real {name}",
            )
        )
    if occurs and any(_is_norm_like(node) for node in nodes):
        remarks.append(AT_ROOTS)
    if occurs and any(_is_norm_like(node) and squared(node.args[0]) is not None for node in nodes):
        remarks.append(Phrase("at the zero of a norm its subgradient 0 is computed"))
    if isinstance(shown, Expr):
        remarks += legends_of(function, shown)
    if occurs:
        remarks += _kinks_of(function, [variable], nodes) if order == 1 else _places_of(nodes)
    return remarks


def without_derivative(function: Expr, variables: Sequence[Symbol]) -> list[Phrase]:
    """Where a function has no derivative by some variables, though it may have a value."""
    nodes = dependent_nodes(function, *variables)
    return [*([AT_ROOTS] if any(map(_is_norm_like, nodes)) else []), *_kinks_of(function, variables, nodes)]


def _kinks_of(function: Expr, variables: Sequence[Symbol], nodes: Sequence[Expr]) -> list[Phrase]:
    """Where a function has no derivative, but for kinks of its parts that it does not have itself.

    The square of max(0, 1 − x) has a derivative at 1: 2 max(0, 1 − x) does not jump there.
    """
    with_kinks = [node for node in nodes if node.where_no_derivative() is not None]
    jumps = {node: jumps_of(node) for node in with_kinks}
    if not any(jumps.values()):
        return _places_of(with_kinks)
    taken = names_in(function)
    label = next(f"g{k}" for k in count() if f"g{k}" not in taken)
    weight = number(1) if function.is_scalar else Symbol.make(label, *function.shape)
    slopes = pullbacks(function, list(variables), weight)
    left = exposed_jumps([function, *(simplify(slopes[variable]) for variable in variables)])
    return _places_of(node for node in with_kinks if not jumps[node] or jumps[node] & left)


def _places_of(nodes: Iterable[Expr]) -> list[Phrase]:
    kinks = {node.where_no_derivative() for node in nodes} - {None}
    return _in_order({Phrase("no derivative {where}").filled(where=kink) for kink in kinks})


def legends_of(function: Expr, shown: Expr) -> list[Phrase]:
    """What the functions are that a result shows and its reader did not write."""
    said = _said(postorder(function))
    return _in_order({node.explanation() for node in postorder(shown)} - {None} - said)


def _said(nodes: Iterable[Expr]) -> set[Phrase | None]:
    """The legends of operations that the reader wrote."""
    return {node.explanation() for node in nodes}


def _in_order(phrases: Iterable[Phrase | None]) -> list[Phrase]:
    return sorted((phrase for phrase in phrases if phrase is not None), key=Phrase.text)
