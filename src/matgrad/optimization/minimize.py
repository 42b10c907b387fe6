"""Minimisation by SciPy, with compiled values, gradients and Hessian-vector products."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from matgrad.compilation.backends.numpy.function import compile_expressions
from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.numeric.sizes import dims_in
from matgrad.optimization.conditions import read_conditions
from matgrad.optimization.constant_parts import split
from matgrad.optimization.constraints import Constraint, as_given, compiled_constraint
from matgrad.optimization.kinks import is_stationary, way_down
from matgrad.optimization.places import Place, as_user_gave, limits_of, read_places
from matgrad.optimization.progress import Progress
from matgrad.optimization.scipy_run import UnboundedError, run_scipy
from matgrad.results.linear_maps import changes_of, gradient_of, pushforward_of

VALUES_ONLY = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})
"""Methods of SciPy that use no derivative."""

WITH_PRODUCTS = frozenset({"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"})
"""Methods that use Hessian-vector products."""

WITH_HESSIAN = frozenset({"dogleg", "trust-exact"})
"""Methods that need the whole Hessian."""

WITH_BOUNDS = frozenset(
    {"nelder-mead", "l-bfgs-b", "tnc", "slsqp", "powell", "trust-constr", "cobyla", "cobyqa"}
)
"""Methods that keep to bounds."""

WITH_CONSTRAINTS = frozenset({"slsqp", "trust-constr", "cobyla", "cobyqa"})
"""Methods that keep to constraints."""

UNBOUNDED = -1e100
"""A value below which a function is taken to have no lower bound."""

FEASIBLE = 1e-6
"""Up to how much, relative to the size of the point, a constraint may be missed."""


METHODS = VALUES_ONLY | WITH_PRODUCTS | WITH_HESSIAN | WITH_BOUNDS | {"cg", "bfgs"}


@dataclass
class Evaluated:
    """What is known at one point."""

    z: Any
    arrays: dict[str, Any]
    gradients: list[Any]
    parts: dict[str, Any]


@dataclass
class Objective:
    """The function to minimise in flat coordinates, with what a method may ask of it.

    A point outside the domain has the value ∞, so that a line search comes back from it.
    """

    places: list[Place]
    data: dict[str, Any]
    first: Callable[..., Any]
    """The value, the gradients, and the parts of products that depend on the point alone."""
    product: Callable[..., Any] | None
    changes: list[str]
    parts: list[str]
    progress: Progress
    last: Evaluated | None = None

    def arrays(self, z: Any) -> dict[str, Any]:
        """The arrays of the variables at a point."""
        return {p.variable.label: p.coordinates.point(z[p.part]) for p in self.places}

    def strict(self, z: Any) -> tuple[float, Any]:
        """Value and gradient; raises outside the domain."""
        # What is not finite is seen below; NumPy need not warn of it.
        with np.errstate(all="ignore"):
            arrays = self.arrays(z)
            value, *rest = self.first(**self.data, **arrays)
        if value < UNBOUNDED:
            raise UnboundedError(z)
        if not np.isfinite(value):
            raise DomainError("the function is not finite there")
        gradients = rest[: len(self.places)]
        parts = dict(zip(self.parts, rest[len(self.places) :], strict=True))
        self.last = Evaluated(z.copy(), arrays, gradients, parts)
        flat = [p.coordinates.pull(z[p.part], g) for p, g in zip(self.places, gradients, strict=True)]
        return float(value), np.concatenate(flat)

    def __call__(self, z: Any) -> tuple[float, Any]:
        """Value and gradient."""
        try:
            value, gradient = self.strict(z)
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            return np.inf, np.zeros_like(z)
        if not np.isfinite(gradient).all():  # at a kink; SciPy would stop with an error of its own
            gradient = np.where(np.isfinite(gradient), gradient, 0.0)
        self.progress.evaluated(value, gradient)
        return value, gradient

    def value(self, z: Any) -> float:
        """The value alone."""
        return self(z)[0]

    def hessian_product(self, z: Any, v: Any) -> Any:
        """The Hessian at a point times a vector; the vector itself where there is no Hessian."""
        v = np.asarray(v, dtype=z.dtype).ravel()
        try:
            with np.errstate(all="ignore"):
                bent = self._bent(z, v)
        except (DomainError, np.linalg.LinAlgError, FloatingPointError):
            return v
        return bent if np.isfinite(bent).all() else v

    def _bent(self, z: Any, v: Any) -> Any:
        at = self.last
        if at is None or not np.array_equal(at.z, z):
            self.strict(z)
            at = self.last
        assert at is not None
        assert self.product is not None
        changes = {
            name: p.coordinates.direction(z[p.part], v[p.part])
            for p, name in zip(self.places, self.changes, strict=True)
        }
        bent = self.product(**self.data, **at.arrays, **at.parts, **changes)
        flat = [
            p.coordinates.pull(z[p.part], h) + p.coordinates.bend(z[p.part], v[p.part], g)
            for p, h, g in zip(self.places, bent, at.gradients, strict=True)
        ]
        self.progress.multiplied()
        return np.concatenate(flat)

    def hessian(self, z: Any) -> Any:
        """The whole Hessian, column by column."""
        return np.column_stack([self.hessian_product(z, column) for column in np.eye(len(z))])


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
) -> Any:
    """Minimise a scalar expression over variables; see :func:`matgrad.minimize`."""
    if not f.is_scalar:
        raise ShapeError(
            f"only a scalar can be minimised; {f.describe()} is not one", fix="take its sum or its norm"
        )
    known = {**(declared or {}), **symbols_of([f, *variables])}
    conditions, objects = read_conditions(constraints, known, variables)
    exprs = [f, *variables, *(c.expr for c in conditions)]
    sizes_named = {name for dim in dims_in(postorder(exprs)) for name in dim.symbols}
    _check_keywords(keywords, {*known, *symbols_of(exprs), *sizes_named})
    if options is not None and not isinstance(options, Mapping):
        raise ArgumentError(f"options are given by name, not as {options!r}", fix='{"maxiter": 100}')
    if callback is not None and not callable(callback):
        raise ArgumentError(f"callback is no function but {callback!r}")
    places, sizes, arrays = read_places([f, *(c.expr for c in conditions)], variables, data, x0, single)
    limits = limits_of(places, bounds, single)
    chosen = _method(method, limits, bool(conditions or objects))
    gradients = [gradient_of(f, variable, verify=verify) for variable in variables]
    changes = changes_of(variables, symbols_of(f))
    product: Callable[..., Any] | None = None
    parts: dict[Symbol, Expr] = {}
    if chosen in WITH_PRODUCTS | WITH_HESSIAN:
        whole = [pushforward_of(g, variables, changes, verify=verify) for g in gradients]
        products, parts = split(whole, changes)
        product = _with(compile_expressions(products, check=False), sizes)
    first = _with(compile_expressions([f, *gradients, *parts.values()], check=False), sizes)
    names = [symbol.label for symbol in parts]
    objective = Objective(
        places, arrays, first, product, [c.label for c in changes], names, Progress(progress)
    )
    compiled = [
        compiled_constraint(
            condition, places, arrays, lambda function: _with(function, sizes),
            (condition.expr.rows.value(sizes), condition.expr.columns.value(sizes)),
            second=chosen == "trust-constr", verify=verify,
        )
        for condition in conditions
    ]  # fmt: skip
    start = np.concatenate([p.coordinates.start(p.start) for p in places])
    within = None if objects else _region(limits, compiled, start)
    start = _ready(objective, f, sizes, start, within)
    given = [c.for_scipy(start, chosen == "trust-constr") for c in compiled]
    given += [as_given(constraint, places) for constraint in objects]
    settings = dict(options or {})
    if given and chosen == "slsqp" and tol is None:
        settings = {"ftol": 1e-10, "maxiter": 1000, **settings}
    arguments = {
        "jac": None if chosen in VALUES_ONLY else True,
        "hessp": objective.hessian_product if chosen in WITH_PRODUCTS else None,
        "hess": objective.hessian if chosen in WITH_HESSIAN else None,
        "bounds": limits,
        "tol": tol,
        "options": settings,
        "callback": _callback(callback, places, single),
        "constraints": given,
    }
    with objective.progress:
        function = objective.value if chosen in VALUES_ONLY else objective
        result = run_scipy(function, start, chosen, {k: v for k, v in arguments.items() if v is not None})
    return _completed(result, objective, single, compiled, limits, not objects, start, tol)


def _region(limits: Any, constraints: Sequence[Constraint], start: Any) -> Callable[[Any], Any | None]:
    """What brings a point within the bounds, and refuses it where a constraint is missed more than before."""
    most = [constraint.missed_by(start) + 1e-12 for constraint in constraints]

    def within(z: Any) -> Any | None:
        inside = z if limits is None else np.clip(z, limits.lb, limits.ub)
        missed = (constraint.missed_by(inside) for constraint in constraints)
        return inside if all(far <= near for far, near in zip(missed, most, strict=True)) else None

    return within


def _ready(
    objective: Objective,
    f: Expr,
    sizes: Mapping[str, int],
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
    alone = _with(compile_expressions(f, check=False), sizes)

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
                f"the starting point is outside the domain: {outside}", fix="another x0"
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
)  # fmt: skip
"""The arguments of :func:`matgrad.minimize` by keyword."""


def _check_keywords(keywords: Sequence[str], names: Collection[str]) -> None:
    for word in keywords:
        if word not in names:
            close = get_close_matches(word, [*ARGUMENTS, *sorted(names)], n=3, cutoff=0.5)
            raise ArgumentError(
                f"{word!r} is neither an argument of minimize nor a variable of what is minimised",
                fix=" or ".join(close) or f"leave {word!r} out",
            )


def _with(function: Any, sizes: Mapping[str, int]) -> Callable[..., Any]:
    """A compiled function that takes from the arrays what it needs."""
    needed = set(function.signature.symbols)
    free = {name: sizes[name] for name in function.signature.free}

    def call(**arrays: Any) -> Any:
        return function(**free, **{name: array for name, array in arrays.items() if name in needed})

    return call


def _method(method: str | None, limits: Any, constrained: bool) -> str:
    """The method asked for, or the one that fits: a trust region, in bounds L-BFGS-B, else SLSQP."""
    if method is None:
        if constrained:
            return "slsqp"
        return "l-bfgs-b" if limits is not None else "trust-ncg"
    if not isinstance(method, str):
        raise ArgumentError(f"a method is named by a word of scipy.optimize.minimize, not {method!r}")
    chosen = method.lower()
    if chosen not in METHODS:
        close = get_close_matches(chosen, METHODS, n=1, cutoff=0.4)
        raise ArgumentError(
            f"{method!r} is no method of scipy.optimize.minimize; those are {', '.join(sorted(METHODS))}",
            fix=f"method={close[0]!r}" if close else None,
        )
    if limits is not None and chosen not in WITH_BOUNDS:
        raise ArgumentError(f"{method} keeps to no bounds", fix="method='L-BFGS-B'")
    if constrained and chosen not in WITH_CONSTRAINTS:
        raise ArgumentError(
            f"{method} keeps to no constraints; {', '.join(sorted(WITH_CONSTRAINTS))} do",
            fix="method='SLSQP'",
        )
    return chosen


def _callback(
    callback: Callable[[Any], Any] | None, places: Sequence[Place], single: bool
) -> Callable[..., Any] | None:
    if callback is None:
        return None

    def reached(z: Any, *state: Any) -> Any:
        return callback(as_user_gave(places, [p.coordinates.point(z[p.part]) for p in places], single))

    return reached


def _falls_on(objective: Objective, z: Any, start: Any) -> bool:
    """Whether a method went very far, and the function is lower farther on."""
    if np.abs(z - start).max(initial=0) < 1e8 * (1 + np.abs(start).max(initial=0)):
        return False
    here = objective.value(z)
    try:
        return objective.strict(z + (z - start))[0] < here - 1e-3 * abs(here)
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
    single: bool,
    constraints: Sequence[Constraint],
    limits: Any,
    known: bool,
    start: Any,
    tol: float | None,
) -> Any:
    """The result in terms of the variables: the minimiser, the gradient there, and whether it is one."""
    z, places = np.asarray(result.x, dtype=np.float64), objective.places
    free = known and limits is None and not constraints
    unbounded = not np.isfinite(z).all()
    try:
        objective.strict(z)
    except UnboundedError:
        unbounded = True
    except (DomainError, np.linalg.LinAlgError, FloatingPointError):
        if result.success:
            result.success, result.message = False, "The function or its gradient has no value there."
    if not unbounded and result.success and free:
        unbounded = _falls_on(objective, z, start)
    if not unbounded and result.success and known and _is_slope(objective, z, tol, limits, constraints):
        result.success, result.message = False, f"Stopped where the function still falls: {result.message}"
    if unbounded:
        result.success, result.message = False, "The function has no lower bound: it falls without end."
    elif not result.success and free and is_stationary(objective.strict, z):
        result.success, result.message = True, "A kink at which zero is a subgradient."
    if constraints and not unbounded:
        missed = max(constraint.missed_by(z) for constraint in constraints)
        result.constr_violation = missed
        if missed > FEASIBLE * (1 + np.abs(z).max(initial=0)) and result.success:
            result.success, result.message = False, f"A constraint is missed by {missed:.3g}."
    at = objective.last
    result.x = as_user_gave(places, list(objective.arrays(z).values()), single)
    fresh = at is not None and np.array_equal(at.z, z)
    gradients = at.gradients if fresh and at else [np.full_like(p.start, np.nan) for p in places]
    result.jac = as_user_gave(places, gradients, single)
    return result
