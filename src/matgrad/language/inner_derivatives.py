"""Derivatives within an expression: ``grad(f, x)' v``, ``d(tr(X^3), X)``, ``hess(f, x, y)``."""

from __future__ import annotations

from matgrad.calculus.derivative import AsItIs
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.question import Question
from matgrad.core.dims import SCALAR
from matgrad.core.errors import ArgumentError, ParseError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.host import Host, Visit
from matgrad.ops.named_functions import Signature

FORMS = {
    "grad": "gradient",
    "gradient": "gradient",
    "hess": "hessian",
    "hessian": "hessian",
    "jac": "jacobian",
    "jacobian": "jacobian",
    "d": "auto",
    "diff": "auto",
}
"""The names of derivatives, where a variable follows the function, and the form that each asks for."""


def is_derivative(node: s.Call, is_declared: bool) -> bool:
    """Whether a call asks for a derivative: of a function, by a variable."""
    return node.function.text in FORMS and len(node.args) in (2, 3) and not is_declared


def order_of_form(form: str, function: Signature) -> tuple[int, ...] | None:
    """By which arguments a function of one argument is differentiated; nothing where it has no such form."""
    if len(function.arguments) != 1:
        return None
    of_scalar, by_scalar = function.result == SCALAR, function.arguments[0] == SCALAR
    has_form = {
        "gradient": of_scalar,
        "hessian": of_scalar,
        "jacobian": not of_scalar and not by_scalar,
        "auto": True,
    }
    return ((0, 0) if form == "hessian" else (0,)) if has_form[form] else None


class InnerDerivatives:
    """Elaborates the derivatives in one text."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def derivative(self, node: s.Call) -> Visit:
        """Elaborate ``grad(f, x)``."""
        name, form = node.function.text, FORMS[node.function.text]
        if node.keywords or node.primes or (len(node.args) == 3 and form != "hessian"):
            raise ArgumentError(
                phrase("{name} takes a function and a variable", name=name), fix=f"{name}(f, x)"
            )
        function = self._host.expect((yield node.args[0]), node.args[0])
        variables = []
        for arg in node.args[1:]:
            variable = self._host.expect((yield arg), arg)
            if not isinstance(variable, Symbol):
                raise ParseError(
                    phrase("{arg} is not a variable to differentiate by", arg=self._host.say.quote(arg)),
                    fix=f"{name}(f, x)",
                    text=self._host.text,
                    span=arg.span,
                )
            variables.append(variable)
        other = variables[1] if len(variables) == 2 and variables[1] is not variables[0] else None
        order = 2 if form == "hessian" else 1
        question = Question(function, variables[0], order=order, form=form, other=other).settled()
        found = Derivatives(function, variables[0], AsItIs()).answer(question)
        assert isinstance(found, Expr)
        self._host.derived(question)
        return found
