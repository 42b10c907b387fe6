"""Minimisation by SciPy, with compiled values, gradients and Hessian-vector products."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from inspect import signature
from typing import Any

import numpy as np

from matgrad.compilation.backends.base.supplied import called_in
from matgrad.compilation.backends.numpy.function import compile_expressions
from matgrad.core.errors import ArgumentError, DomainError, EvaluationError, ShapeError
from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.suggestions import nearest
from matgrad.core.words import phrase
from matgrad.numeric.sizes import dims_in
from matgrad.optimization.conditions import read_conditions
from matgrad.optimization.constant_parts import split
from matgrad.optimization.constraints import Constraint, as_given, compiled_constraint
from matgrad.optimization.feasibility import handed_over, in_our_words, region, why_none
from matgrad.optimization.kinks import is_stationary, way_down
from matgrad.optimization.limits import limits_of
from matgrad.optimization.methods import METHODS, Method, chosen_method
from matgrad.optimization.objective import Objective
from matgrad.optimization.optimality import Optimality, examine
from matgrad.optimization.places import as_user_gave, read_places
from matgrad.optimization.progress import Progress
from matgrad.optimization.scipy_run import StoppedError, UnboundedError, check_settings, run_scipy
from matgrad.results.linear_maps import changes_of, gradient_of, pushforward_of

FEASIBLE = 1e-6
"""Up to how much, relative to the size of the point, a constraint may be missed."""

FLAT = 1e-7
"""How long a gradient may be, relative to the value, where values no longer tell a descent."""

RESTARTS = 8
"""How often a saddle or a maximum is left for another run."""


def minimize_expression(
    f: Expr,
    variables: Sequence[Symbol],
    data: Mapping[Any, Any],
    x0: Any,
    *,
    method: str | None = None,
    bounds: Any = None,
    tol: float | None = None,
    options: Mapping[str, Any] | None = None,
    callback: Callable[[Any], Any] | None = None,
    progress: bool | None = None,
    verify: bool = True,
    single: bool = True,
    constraints: Any = None,
    declared: Mapping[str, Symbol] | None = None,
    keywords: Sequence[str] = (),
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """Minimise a scalar expression over variables; see :func:`matgrad.minimize`."""
    if not f.is_scalar:
        raise ShapeError(
            phrase("only a scalar can be minimised; {f} is not one", f=f.describe()),
            fix=phrase("take its sum or its norm"),
        )
    known = {**(declared or {}), **symbols_of([f, *variables])}
    conditions, objects = read_conditions(constraints, known, variables)
    exprs = [f, *variables, *(c.expr for c in conditions)]
    sizes_named = {name for dim in dims_in(postorder(exprs)) for name in dim.symbols}
    _check_keywords(keywords, {*known, *symbols_of(exprs), *sizes_named})
    check_settings(tol, options)
    if callback is not None and not callable(callback):
        raise ArgumentError(phrase("callback is no function but {callback}", callback=repr(callback)))
    places, sizes, arrays = read_places([f, *(c.expr for c in conditions)], variables, data, x0, single)
    limits = limits_of(places, bounds, single)
    chosen = chosen_method(method, limits, bool(conditions or objects))

    def built(exprs: Expr | Sequence[Expr]) -> Callable[..., Any]:
        return _with(compile_expressions(exprs, check=False, functions=functions or {}), sizes)

    gradients = [gradient_of(f, variable, verify=verify) for variable in variables]
    changes = changes_of(variables, names_in(f))
    product: Callable[..., Any] | None = None
    parts: dict[Symbol, Expr] = {}

    def second() -> list[Expr]:
        return [pushforward_of(g, variables, changes, verify=verify) for g in gradients]

    if chosen.uses_products or chosen.uses_hessian:
        try:
            products, parts = split(second(), changes)
            product = built(products)
        except EvaluationError:
            # Of functions that are only names second derivatives need not be known.
            if method is not None or not called_in([f]):
                raise
            chosen, parts = METHODS["bfgs"], {}
    first = built([f, *gradients, *parts.values()])
    names = [symbol.label for symbol in parts]
    objective = Objective(
        places,
        arrays,
        first,
        product,
        lambda: built(second()),
        [c.label for c in changes],
        names,
        Progress(progress),
    )
    compiled = [
        compiled_constraint(
            condition, places, arrays, built,
            (condition.expr.rows.value(sizes), condition.expr.columns.value(sizes)),
            second=chosen.bends_constraints, verify=verify,
        )
        for condition in conditions
    ]  # fmt: skip
    start = np.concatenate([p.coordinates.start(p.start) for p in places])
    within = None if objects else region(limits, compiled, start)
    start = _ready(objective, built(f), start, within)
    given = handed_over(compiled, start, chosen)
    given += [as_given(constraint, places) for constraint in objects]
    settings = dict(options or {})
    if given and tol is None:
        settings = {**chosen.constrained, **settings}
    arguments = {
        "jac": True if chosen.uses_gradient else None,
        "hessp": objective.hessian_product if chosen.uses_products else None,
        "hess": objective.hessian if chosen.uses_hessian else None,
        "bounds": limits,
        "tol": tol,
        "options": settings,
        "callback": _callback(callback, objective, single),
        "constraints": given,
    }
    with objective.progress:
        function = objective if chosen.uses_gradient else objective.value
        named = {k: v for k, v in arguments.items() if v is not None}
        result: Any = None
        seen: Optimality | None = None
        for _ in range(RESTARTS):
            former, (result, seen) = (result, seen), (run_scipy(function, start, chosen, named), None)
            if former[1] is not None and former[1].is_sharper and not result.success:
                result, seen = former
                break
            if objects or not result.success or not np.isfinite(result.x).all():
                break
            reached = np.asarray(result.x, dtype=np.float64)
            around = region(limits, compiled, reached)
            seen = examine(objective, reached, limits, compiled, around, sharpen=tol is None and not options)
            if seen is None or seen.below is None:
                break
            start = seen.below
    return _completed(result, objective, chosen, single, compiled, limits, not objects, start, tol, seen)


def _ready(
    objective: Objective,
    alone: Callable[..., Any],
    start: Any,
    within: Callable[[Any], Any | None] | None,
) -> Any:
    """A point to start from: the one given, or one below it where that has no gradient, or the gradient 0.

    Raises
    ------
    DomainError
        Where the function has no value there.
    """
    outside = None
    try:
        _, gradient = objective.strict(start)
    except (DomainError, np.linalg.LinAlgError, FloatingPointError) as error:
        outside, gradient = error, np.full_like(start, np.nan)
    except UnboundedError:
        return start

    def value(z: Any) -> float:
        with np.errstate(all="ignore"):
            return float(alone(**objective.data, **objective.arrays(z)))

    if outside is not None:
        # The gradient may have no value where the function has one.
        try:
            here = value(start)
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            here = np.nan
        if not np.isfinite(here):
            raise DomainError(
                phrase("the starting point is outside the domain: {outside}", outside=outside),
                fix=phrase("another x0"),
            ) from None
    if within is None or (np.isfinite(gradient).all() and gradient.any()):
        return start
    try:
        below = way_down(value, objective.strict, start, within)
    except UnboundedError:
        return start
    return start if below is None else below


ARGUMENTS = (
    "x0", "method", "constraints", "bounds", "tol", "options", "callback", "progress", "given", "verify",
    "functions",
)  # fmt: skip
"""The arguments of :func:`matgrad.minimize` by keyword."""


def _check_keywords(keywords: Sequence[str], names: Collection[str]) -> None:
    for word in keywords:
        if word not in names:
            near = nearest(word, [*ARGUMENTS, *sorted(names)], 0.5)
            raise ArgumentError(
                phrase(
                    "{word} is neither an argument of minimize nor a variable of what is minimised",
                    word=repr(word),
                ),
                fix=near or phrase("leave {word} out", word=repr(word)),
            )


def _with(function: Any, sizes: Mapping[str, int]) -> Callable[..., Any]:
    """A compiled function that takes from the arrays what it needs."""
    needed = set(function.signature.symbols)
    free = {name: sizes[name] for name in function.signature.free}

    def call(**arrays: Any) -> Any:
        return function(**free, **{name: array for name, array in arrays.items() if name in needed})

    return call


def _callback(
    callback: Callable[..., Any] | None, objective: Objective, single: bool
) -> Callable[..., Any] | None:
    """The callback of SciPy: with the point, or as ``intermediate_result`` with the value beside it."""
    from scipy.optimize import OptimizeResult

    if callback is None:
        return None
    try:
        takes_result = set(signature(callback).parameters) == {"intermediate_result"}
    except (TypeError, ValueError):  # a builtin says nothing of its parameters
        takes_result = False

    def reached(z: Any, *state: Any) -> Any:
        point = as_user_gave(objective.places, list(objective.arrays(z).values()), single)
        try:
            if not takes_result:
                return callback(point)
            result: Any = OptimizeResult()
            result.update(x=point, fun=objective.value(z))
            return callback(intermediate_result=result)
        except StopIteration:
            raise StoppedError(z) from None

    return reached


def _falls_on(objective: Objective, z: Any, start: Any, within: Callable[[Any], Any | None]) -> bool:
    """Whether a method went very far, and the function is lower farther on, within all limits."""
    if np.abs(z - start).max(initial=0) < 1e8 * (1 + np.abs(start).max(initial=0)):
        return False
    here, farther = objective.value(z), within(z + (z - start))
    if farther is None:
        return False
    try:
        return objective.strict(farther)[0] < here - 1e-3 * abs(here)
    except UnboundedError:
        return True
    except (DomainError, np.linalg.LinAlgError, FloatingPointError):
        return False


def _is_slope(
    objective: Objective, z: Any, tol: float | None, limits: Any, constraints: Sequence[Constraint]
) -> bool:
    """Whether the function falls from a point at the rate that its gradient says, and that is not small.

    Along bounds that are near, and where no constraint is missed more than at the point.
    """
    try:
        here, gradient = objective.strict(z)
        size = 1 + np.abs(z).max(initial=0)
        if limits is not None:
            near = 1e-3 * size
            held = np.where(gradient > 0, z - limits.lb <= near, limits.ub - z <= near)
            gradient = np.where(held, 0.0, gradient)
        rate = float(np.linalg.norm(gradient))
        if not (rate * size > 1e-3 * (1 + abs(here)) and rate > 10 * (tol or 0)):
            return False
        step = 1e-4 * size
        there = z - step * gradient / rate
        if any(constraint.missed_by(there) > constraint.missed_by(z) + 1e-12 for constraint in constraints):
            return False
        return bool(objective.strict(there)[0] < here - step * rate / 2)
    except UnboundedError:
        return True
    except (DomainError, np.linalg.LinAlgError, FloatingPointError):
        return False


def _completed(
    result: Any,
    objective: Objective,
    method: Method,
    single: bool,
    constraints: Sequence[Constraint],
    limits: Any,
    known: bool,
    start: Any,
    tol: float | None,
    seen: Optimality | None,
) -> Any:
    """The result in terms of the variables: the minimiser, the gradient there, and whether it is one."""
    z, places = np.asarray(result.x, dtype=np.float64), objective.places
    free = known and limits is None and not constraints
    unbounded = not np.isfinite(z).all()
    at, vanishes = None, False
    try:
        value, gradient = objective.strict(z)
        at = objective.last
        vanishes = bool(np.linalg.norm(gradient) <= FLAT * (1 + abs(value)))
    except UnboundedError:
        unbounded = True
    except (DomainError, np.linalg.LinAlgError, FloatingPointError):
        if result.success:
            result.success, result.message = False, "The function or its gradient has no value there."
    if not unbounded and known:
        unbounded = _falls_on(objective, z, start, region(limits, constraints, z))
    if not unbounded and result.success and known and _is_slope(objective, z, tol, limits, constraints):
        result.success, result.message = False, f"Stopped where the function still falls: {result.message}"
    if seen is not None:
        result.curvature = seen.curvature
        if result.success and not unbounded and seen.reservation is not None:
            result.success, result.message = False, f"{seen.reservation} ({result.message})"
    if unbounded:
        result.success, result.message = False, "The function has no lower bound: it falls without end."
    elif not result.success and free and is_stationary(objective.strict, z):
        result.success = True
        result.message = (
            "The gradient is zero to the precision of the values."
            if vanishes
            else "A kink at which zero is a subgradient."
        )
    if constraints and not unbounded:
        missed = max(constraint.missed_by(z) for constraint in constraints)
        result.constr_violation = missed
        if missed > FEASIBLE * (1 + np.abs(z).max(initial=0)) and result.success:
            result.success, result.message = False, f"A constraint is missed by {missed:.3g}."
        if not result.success:
            said = in_our_words(result.message, method, constraints)
            result.message = why_none(constraints, limits, z) or said
    result.x = as_user_gave(places, list(objective.arrays(z).values()), single)
    gradients = at.gradients if at else [np.full_like(p.start, np.nan) for p in places]
    result.jac = as_user_gave(places, gradients, single)
    return result
