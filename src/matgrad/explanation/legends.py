"""Signs that a reader may not know, explained in the line where they first stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.words import Phrase
from matgrad.explanation.entries import Indexed
from matgrad.explanation.lines import Label, Line
from matgrad.explanation.proofs import ADJUGATE
from matgrad.explanation.reasons import OF_MEMBER, symmetric
from matgrad.explanation.showing import expressions
from matgrad.explanation.sides import expression_label
from matgrad.ops.activations import Sigmoid
from matgrad.ops.arithmetic import Product
from matgrad.ops.determinant import Adjugate
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.guard import Guard
from matgrad.ops.kronecker import Commutation
from matgrad.ops.leaves import Eye, Number
from matgrad.ops.piecewise import Step
from matgrad.ops.power import Power
from matgrad.printing.shapes import square_root

OWN_K = Phrase("K alone is the K of the function")
ENTRY_POWER = Phrase("{sign} is the power of every entry")
BY_ENTRY = Phrase("{sign} divides entry by entry")
LOGISTIC = Phrase("{form} is the logistic function")
INDICATOR = Phrase("{sign} is 1 where the condition holds, and 0 elsewhere")
_ENTRY_SIGN = Label("M^∘k", r"M^{\circ k}", "M.^k")
_LOGISTIC = Label("σ(t) = 1/(1 + exp(−t))", r"\sigma(t) = 1/(1 + \exp(-t))", "sigmoid(t) = 1/(1 + exp(-t))")
_DIVISION = Label("⊘", r"\oslash", "./")
_CONDITION = Label("𝟏[…]", r"\mathbf{1}[\dots]", "step")
_OF_FUNCTIONS: dict[type[Expr], Phrase] = {
    Sigmoid: LOGISTIC.filled(form=_LOGISTIC),
    Step: INDICATOR.filled(sign=_CONDITION),
}


def with_legends(lines: Sequence[Line], function: Expr) -> tuple[Line, ...]:
    """The lines, each with what the signs mean that stand in it for the first time.

    Parameters
    ----------
    lines : sequence of Line
        The lines of a derivation.
    function : Expr
        F; what its author wrote needs no explanation.
    """
    known = {said for node in postorder(function) for said in _said(node, False)}
    has_own_k = any(isinstance(node, Symbol) and node.label == "K" for node in postorder(function))
    found = []
    for line in lines:
        new = dict.fromkeys(
            said
            for side in (line.left, line.right)
            if side is not None
            for expr in expressions(side)
            for node in postorder(expr)
            for said in _said(node, isinstance(side, Indexed) and not isinstance(expr, Product))
        )
        if OF_MEMBER in line.reasons:
            # It says what [k = l] is.
            known.add(Guard.legend)
        if any(reason.english == ADJUGATE.english for reason in line.reasons):
            known.add(Adjugate.legend)
        told = tuple(said for said in new if said not in known and said not in line.reasons)
        known.update(new)
        if has_own_k and Commutation.legend in told:
            told += (OWN_K,)
        found.append(replace(line, reasons=(*line.reasons, *told)) if told else line)
    return tuple(found)


def with_symmetries(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, each with the symmetric matrices by which a product in it is written as a squared norm."""
    known: set[Phrase] = {reason for line in lines for reason in line.reasons}
    found: list[Line] = []
    for line in lines:
        told = [
            reason
            for side in (line.left, line.right)
            if side is not None
            for expr in expressions(side)
            for node in postorder(expr)
            for reason in _symmetric_halves(node)
            if reason not in known
        ]
        known.update(told)
        # The function itself is what it is.
        new = dict.fromkeys(told if found else ())
        found.append(replace(line, reasons=(*line.reasons, *new)) if new else line)
    return tuple(found)


def _symmetric_halves(node: Expr) -> list[Phrase]:
    """Of yᵀA A y, which is written ‖Ay‖², that A is symmetric."""
    half = square_root(node) if isinstance(node, Product) and node.is_scalar else None
    matrices = [factor for factor in half or () if factor.rows is not ONE and factor.T is factor]
    return [symmetric(expression_label(factor)) for factor in matrices if not isinstance(factor, Eye)]


def _is_written_out(node: Power) -> bool:
    """Whether a power of every entry has a sign of its own: x ⊙ x, 1 ⊘ x, √x."""
    exponent = node.exponent
    if not isinstance(exponent, Number):
        return False
    return abs(exponent.value) in (1, Fraction(1, 2)) or (
        exponent.value == 2 and isinstance(node.args[0], Symbol)
    )


def _said(node: Expr, by_entry: bool) -> list[Phrase]:
    """What a sign means; ``by_entry`` says that powers of entries are written as those of numbers."""
    said = [] if (legend := node.explanation()) is None else [legend]
    if isinstance(node, Power) and not (node.is_scalar or by_entry or _is_written_out(node)):
        said.append(ENTRY_POWER.filled(sign=_ENTRY_SIGN))
    if isinstance(node, Hadamard) and any(_divides(factor) for factor in node.args) and not by_entry:
        said.append(BY_ENTRY.filled(sign=_DIVISION))
    if type(node) in _OF_FUNCTIONS:
        said.append(_OF_FUNCTIONS[type(node)])
    return said


def _divides(factor: Expr) -> bool:
    """Whether a factor is written behind ⊘."""
    return isinstance(factor, Power) and isinstance(factor.exponent, Number) and factor.exponent.value < 0
