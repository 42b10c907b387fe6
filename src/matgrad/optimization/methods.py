"""The methods of :func:`scipy.optimize.minimize`, each with what it uses and what it keeps to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.words import phrase


@dataclass(frozen=True)
class Method:
    """All that is to be said of a method.

    Attributes
    ----------
    name : str
        What SciPy calls it, in small letters.
    uses_gradient, uses_products, uses_hessian : bool
        What it computes with besides values: the gradient, products of the Hessian with vectors, or the
        whole Hessian.
    keeps_bounds, keeps_constraints : bool
        What it keeps to.
    bends_constraints : bool
        Whether it asks for second derivatives of constraints.
    needs_independent : bool
        Whether it breaks down over equations of which one follows from others.
    constrained : mapping
        Its options under constraints, where neither options nor a tolerance are given.
    common : tuple of str
        Options that SciPy's documentation does not list for it.
    meanings : mapping of str to str
        What its messages mean, in the words of what was asked.
    """

    name: str
    uses_gradient: bool = True
    uses_products: bool = False
    uses_hessian: bool = False
    keeps_bounds: bool = False
    keeps_constraints: bool = False
    bends_constraints: bool = False
    needs_independent: bool = False
    constrained: Mapping[str, Any] = field(default_factory=dict)
    common: tuple[str, ...] = ("maxiter", "disp")
    meanings: Mapping[str, str] = field(default_factory=dict)


_SLSQP = {
    "Singular matrix C in LSQ subproblem": "the equality constraints depend on each other there",
    "More equality constraints than independent variables": "there are more equality constraints than "
    "coordinates to meet them with",
    "Singular matrix E in LSQ subproblem": "the function falls without a bound that the model sees",
    "Inequality constraints incompatible": "the constraints contradict each other to first order there",
    "Positive directional derivative for linesearch": "no step that the model proposes lowers the function "
    "and the misses of the constraints",
    "Rank-deficient equality constraint subproblem HFTI": "the equality constraints depend on each other",
}

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("bfgs"),
        Method("cg"),
        Method("cobyla", uses_gradient=False, keeps_bounds=True, keeps_constraints=True),
        Method("cobyqa", uses_gradient=False, keeps_bounds=True, keeps_constraints=True),
        Method("dogleg", uses_hessian=True),
        Method("l-bfgs-b", keeps_bounds=True),
        Method("nelder-mead", uses_gradient=False, keeps_bounds=True),
        Method("newton-cg", uses_products=True),
        Method("powell", uses_gradient=False, keeps_bounds=True),
        Method(
            "slsqp",
            keeps_bounds=True,
            keeps_constraints=True,
            needs_independent=True,
            constrained={"ftol": 1e-10, "maxiter": 1000},
            meanings=_SLSQP,
        ),
        Method("tnc", keeps_bounds=True, common=("disp",)),
        Method(
            "trust-constr",
            uses_products=True,
            keeps_bounds=True,
            keeps_constraints=True,
            bends_constraints=True,
        ),
        Method("trust-exact", uses_hessian=True),
        Method("trust-krylov", uses_products=True),
        Method("trust-ncg", uses_products=True),
    )
}
"""Every method by its name."""


def chosen_method(method: str | None, limits: Any, constrained: bool) -> Method:
    """The method asked for, or the one that fits: a trust region, in bounds L-BFGS-B, else SLSQP.

    Raises
    ------
    ArgumentError
        For a method that there is not, or that keeps to no bounds or constraints where there are some.
    """
    if method is None:
        if constrained:
            return METHODS["slsqp"]
        return METHODS["l-bfgs-b" if limits is not None else "trust-ncg"]
    if not isinstance(method, str):
        raise ArgumentError(
            phrase(
                "a method is named by a word of scipy.optimize.minimize, not {method}", method=repr(method)
            )
        )
    chosen = METHODS.get(method.lower())
    if chosen is None:
        near = nearest(method, METHODS, 0.4)
        raise ArgumentError(
            phrase(
                "{method} is no method of scipy.optimize.minimize; those are {methods}",
                method=repr(method),
                methods=", ".join(METHODS),
            ),
            fix=f"method={near!r}" if near else None,
        )
    if limits is not None and not chosen.keeps_bounds:
        raise ArgumentError(phrase("{method} keeps to no bounds", method=method), fix="method='L-BFGS-B'")
    if constrained and not chosen.keeps_constraints:
        those = ", ".join(name for name, other in METHODS.items() if other.keeps_constraints)
        raise ArgumentError(
            phrase("{method} keeps to no constraints; {those} do", method=method, those=those),
            fix="method='SLSQP'",
        )
    return chosen
