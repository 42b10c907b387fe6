"""Which problems are worth setting: the rules by which drawn ones are thrown away.

The generators make well-formed functions; not every well-formed function is a problem that a
lecturer would set. A problem must have a derivative worth writing down, it must not be spoilt by
something that has nothing to do with its topic, and its effort, the length of the function and of its
derivative as simplification measures them, must fit the difficulty:

1. one rule: an entry of a table of derivatives;
2. a few rules together: affine arguments, sums of terms, the variable in two places;
3. as in an examination: products and compositions, declared facts, answers of a line.
"""

from __future__ import annotations

from collections.abc import Callable

from matgrad import printing
from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import Product
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.inverse import Inverse
from matgrad.ops.kronecker import Commutation, Kron
from matgrad.ops.leaves import is_zero
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.power import Power
from matgrad.ops.reshaping import Reshape
from matgrad.ops.transpose import Transpose
from matgrad.results import Result
from matgrad.rewrite.reading_cost import Cost
from matgrad.rewrite.simplify import simplify

EFFORT = {1: (3, 16), 2: (10, 26), 3: (16, 38)}
"""The least and the greatest effort of each difficulty."""

LONGEST_ANSWER = {1: 36, 2: 60, 3: 84}
"""How many signs an answer may have, so that it fits a line."""

LONGEST_FUNCTION = 52


@dataclass(frozen=True)
class Candidate:
    """The derivative of a problem that was drawn, before it is judged."""

    level: int
    result: Result

    @property
    def function(self) -> Expr:
        """What is differentiated."""
        return self.result.function

    @property
    def answer(self) -> Expr:
        """The derivative."""
        assert isinstance(self.result.expr, Expr)
        return self.result.expr

    @cached_property
    def function_nodes(self) -> list[Expr]:
        """The parts of the function."""
        return postorder(self.function)

    @cached_property
    def answer_nodes(self) -> list[Expr]:
        """The parts of the derivative."""
        return postorder(self.answer)

    @cached_property
    def effort(self) -> float:
        """The length of the function and of its derivative."""
        cost = Cost()
        return cost(self.function) + cost(self.answer)


Rule = Callable[[Candidate], bool]


def _has_derivative(candidate: Candidate) -> bool:
    return not is_zero(candidate.answer)


def _fits_difficulty(candidate: Candidate) -> bool:
    least, greatest = EFFORT[candidate.level]
    return least <= candidate.effort <= greatest


def _fits_line(candidate: Candidate) -> bool:
    function = printing.line(candidate.function, "unicode", names=False)
    answer = candidate.result.right_side("unicode")
    return len(function) <= LONGEST_FUNCTION and len(answer) <= LONGEST_ANSWER[candidate.level]


def _is_in_simplest_form(candidate: Candidate) -> bool:
    """A function that shortens under simplification asks for algebra, not for a derivative."""
    cost = Cost()
    return cost(simplify(candidate.function)) >= cost(candidate.function)


def _uses_known_signs(candidate: Candidate) -> bool:
    """No sign in the answer that would need an explanation, except the commutation matrix."""
    said = {node.explanation() for node in candidate.function_nodes}
    return all(
        isinstance(node, Commutation) or node.explanation() in said or not node.explanation()
        for node in candidate.answer_nodes
    )


def _gradient_is_a_matrix(candidate: Candidate) -> bool:
    """A gradient that only vec and Kronecker products can say is not for the topics of gradients."""
    if candidate.result.form != "gradient":
        return True
    return not any(isinstance(node, (Kron, Commutation, Reshape)) for node in candidate.answer_nodes)


def _inverts_only_what_varies(candidate: Candidate) -> bool:
    """(AX)⁻¹ is stored as X⁻¹A⁻¹, and the inverse of a constant only distracts."""
    varying = set(dependent_nodes(candidate.function, candidate.result.variable))
    return all(
        node in varying for node in candidate.function_nodes if isinstance(node, (Inverse, MatrixPower))
    )


def _turns_nothing_round(candidate: Candidate) -> bool:
    """Neither (X²)ᵀ, which was XᵀXᵀ, nor sum((A ⊙ X)ᵀ), which was sum(A ⊙ X)."""
    return not any(
        isinstance(node, Transpose) and not node.is_row and isinstance(node.args[0], (MatrixPower, Hadamard))
        for node in candidate.function_nodes
    )


def _transposes_for_a_reason(candidate: Candidate) -> bool:
    """No constant that occurs only as Cᵀ, unless in XᵀCᵀ, which is (CX)ᵀ."""
    varying = set(dependent_nodes(candidate.function, candidate.result.variable))
    plain, turned = set(), set()
    for node in candidate.function_nodes:
        if isinstance(node, Transpose):
            continue
        for before, arg in zip((None, *node.args), node.args, strict=False):
            inside = arg.args[0] if isinstance(arg, Transpose) else arg
            if not isinstance(inside, Symbol) or inside.is_vector or inside in varying:
                continue
            is_reversed = isinstance(node, Product) and isinstance(before, Transpose) and before in varying
            if inside is arg:
                plain.add(inside)
            elif not is_reversed:
                turned.add(inside)
    return turned <= plain


def _weighs_terms_once(candidate: Candidate) -> bool:
    """No term with two scalars in front, or a number and a scalar: λμ‖X‖², 3λ‖X‖²."""
    for node in candidate.function_nodes:
        if isinstance(node, Product):
            names = sum(isinstance(factor, Symbol) for factor in node.scalars)
            if names > 1 or (names and abs(node.coefficient) > 1):
                return False
    return True


def _starts_without_minus(candidate: Candidate) -> bool:
    """−sin(C − Y) is sin(Y − C), which the constructors turned round."""
    return not printing.begins_with_minus(candidate.function)


def _keeps_greek_for_scalars(candidate: Candidate) -> bool:
    """Where the variable is θ or β, no scalar has a Greek name."""
    variable = candidate.result.variable
    is_greek = variable.is_vector and len(variable.label) > 1
    return not (is_greek and any(isinstance(n, Symbol) and n.is_scalar for n in candidate.function_nodes))


def _multiplies_few_entrywise(candidate: Candidate) -> bool:
    """At most two factors in an entrywise product of the function, three in the answer."""
    return not any(
        isinstance(node, Hadamard) and len(node.args) > most
        for nodes, most in ((candidate.function_nodes, 2), (candidate.answer_nodes, 3))
        for node in nodes
    )


def _raises_columns_plainly(candidate: Candidate) -> bool:
    """No entrywise power beyond the square in the answer unless the function has one as well."""

    def powers(nodes: list[Expr]) -> set[Expr]:
        return {node.args[1] for node in nodes if isinstance(node, Power) and not node.is_scalar}

    return len(powers(candidate.answer_nodes) - powers(candidate.function_nodes)) <= 1


RULES: tuple[Rule, ...] = (
    _has_derivative,
    _fits_difficulty,
    _uses_known_signs,
    _gradient_is_a_matrix,
    _inverts_only_what_varies,
    _turns_nothing_round,
    _transposes_for_a_reason,
    _weighs_terms_once,
    _keeps_greek_for_scalars,
    _starts_without_minus,
    _multiplies_few_entrywise,
    _raises_columns_plainly,
    _is_in_simplest_form,
    _fits_line,
)
"""What a problem must meet, the cheap rules first."""


def is_worth_setting(candidate: Candidate) -> bool:
    """Whether a problem meets every rule."""
    return all(rule(candidate) for rule in RULES)
