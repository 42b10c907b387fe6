"""From a function to its stationary point: the equations, one after the other, put back and verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from matgrad.calculus.pullback import pullback, pullbacks
from matgrad.calculus.variable import is_curved, project
from matgrad.core.dims import ONE
from matgrad.core.errors import (
    ArgumentError,
    MatgradError,
    ShapeError,
)
from matgrad.core.expr import Expr, Symbol, names_in, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import add, multiply, scale
from matgrad.ops.diagonals import diag
from matgrad.ops.indices.members import Family
from matgrad.ops.leaves import eye, is_zero, number
from matgrad.ops.power import power
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.asking import ask_for_definite, ask_for_square
from matgrad.stationarity.by_members import by_one_member
from matgrad.stationarity.dependent_constraints import (
    CONTRADICTS,
    CONTRADICTS_IN_GENERAL,
    FOLLOWS,
    TWICE,
    dependent,
    is_never,
)
from matgrad.stationarity.elimination import (
    Step,
    conditions_of,
    eliminated,
    in_domain,
    in_terms_of_others,
    put_back,
    under_logarithms,
)
from matgrad.stationarity.joint_constraints import joint_constraint
from matgrad.stationarity.members import by_members, member_of, stack_of, substituted
from matgrad.stationarity.multipliers import multipliers_of, paired, sign_in, with_multipliers
from matgrad.stationarity.natures import LINEAR_IN_EACH, Nature, is_multilinear, joined, nature_of
from matgrad.stationarity.partialling import partialled_out
from matgrad.stationarity.point import StationaryPoint
from matgrad.stationarity.quadratic_constraints import Ellipsoid, ellipsoid
from matgrad.stationarity.roots import Several, several_points
from matgrad.stationarity.solving import solve
from matgrad.stationarity.spectral import Spectral, singular_pair, spectral_solution
from matgrad.stationarity.verdicts import IN_GENERAL, NO_SOLUTION, NONE, POINT
from matgrad.stationarity.verifying import is_never_definite, verified
from matgrad.verify.claims import NOT_ASKED_FOR, Verification
from matgrad.verify.equality import POINTS

NEVER_ZERO = Phrase("the derivative {what} is never zero")
NOT_BY_THEM = Phrase("the derivative {what} does not depend on {names}: it is zero everywhere or nowhere")
OUTSIDE = Phrase("{what} would have to be {value}, which is not positive definite")
PROFILE = Phrase("with {what} at its own point, what is left is {others}")
ON_UNIT = Phrase("{what} is {by}, by a variable with orthonormal columns")


def find_stationary(
    function: Expr,
    variables: Sequence[Symbol],
    constraints: Sequence[Expr] = (),
    *,
    check: bool = True,
    names: Mapping[str, Expr] | None = None,
) -> StationaryPoint:
    """Find where the derivative of a scalar function is zero; parameters as for :func:`matgrad.stationary`.

    Raises
    ------
    ShapeError
        When the function is no scalar.
    ArgumentError
        When a constraint is not linear in the variables, or a variable does not occur.
    VerificationError
        When a solution does not solve the equations at a random point.
    """
    if not function.is_scalar:
        raise ShapeError(
            phrase(
                "a stationary point is of a scalar function; {function} is not one",
                function=function.describe(),
            ),
            fix=phrase("its norm, its trace or the sum of its entries"),
        )
    known = symbols_of(function)
    for variable in variables:
        if variable not in known.values():
            raise ArgumentError(
                phrase("{variable} does not occur in {function}", variable=variable.label, function=function),
                fix=phrase("one of {known}", known=", ".join(known)) if known else None,
            )
    twice = [constraint for k, constraint in enumerate(constraints) if constraint in constraints[:k]]
    if twice:
        once = list(dict.fromkeys(constraints))
        at = find_stationary(function, variables, once, check=check, names=names)
        return replace(at, how=(*at.how, *(TWICE.filled(what=each) for each in dict.fromkeys(twice))))
    on_ellipsoids = _on_ellipsoids(function, variables, constraints, check=check, names=names or {})
    if on_ellipsoids is not None:
        return on_ellipsoids
    others = dependent(constraints, variables)
    wrong = [constraint for constraint, contradicts in others.items() if contradicts]
    if others and not wrong:
        kept = [constraint for constraint in constraints if constraint not in others]
        at = find_stationary(function, variables, kept, check=check, names=names)
        return _with_left_out(at, list(others))
    kept = [constraint for constraint in constraints if constraint not in others or constraint in wrong]
    if not wrong and len(variables) == 1:
        together = _by_joint_constraint(function, variables[0], constraints, check=check, names=names or {})
        if together is not None:
            return together
    ask_for_square(function, variables, constraints, find_stationary)
    ask_for_definite(function, variables, constraints, find_stationary)
    whole, multipliers = with_multipliers(function, variables, kept)
    by_member = (
        None
        if wrong
        else by_one_member(function, variables, constraints, find_stationary, check=check, names=names or {})
    )
    if by_member is not None:
        return by_member
    by_columns = None if wrong else _by_columns(function, variables, kept, check=check, names=names or {})
    if by_columns is not None:
        return by_columns
    gradients = pullbacks(whole, list(variables), number(1))
    equations: dict[Symbol, Expr] = {
        variable: simplify(project(gradients[variable], variable)) for variable in variables
    }
    if not constraints:
        spectral = spectral_solution(function, variables, equations[variables[0]])
        diagonal_one = None if spectral is not None else _by_diagonal(function, variables, equations)
        if diagonal_one is not None:
            spectral = diagonal_one
        if spectral is not None:
            return _spectral_point(function, variables, equations, spectral, check=check, names=names or {})
    for multiplier in multipliers:
        equations[multiplier] = simplify(pullback(whole, multiplier, number(1)))
    for equation in equations.values():
        never = bool(wrong) and is_never(constraints, variables)
        said = CONTRADICTS if never else CONTRADICTS_IN_GENERAL
        why = said.filled(what=wrong[0]) if wrong else _why_never_zero(equation, list(equations))
        if why is not None:
            never = never or why.english == NEVER_ZERO.english
            none = Verification(False, why=NONE if never else IN_GENERAL)
            return StationaryPoint(
                function,
                tuple(variables),
                equations,
                {},
                "not known",
                (why,),
                (),
                (),
                none,
                dict(names or {}),
            )
    if not constraints:
        by_blocks = _by_blocks(function, variables, equations, check=check, names=names or {})
        if by_blocks is not None:
            return by_blocks
    steps = eliminated(equations)
    if steps is None and not constraints and len(variables) > 1:
        profiled = _by_profile(function, variables, equations, check=check, names=names or {})
        if profiled is not None:
            return profiled
    solutions = {} if steps is None else put_back(steps)
    nature = _nature(function, variables, solutions, steps, bool(constraints))
    conditions = conditions_of(steps or (), solutions)
    inverted = [v for c in conditions if len(c.fields) == 1 for _, v in c.fields if isinstance(v, Expr)]
    written = in_terms_of_others(equations, variables, solutions) if solutions else {}
    conditions = (*conditions, *in_domain(function, {**solutions, **written}, variables, conditions))
    conditions = (*conditions, *under_logarithms(function, solutions, conditions))
    verification = Verification(False, why=NOT_ASKED_FOR if solutions else NO_SOLUTION)
    if solutions and check:
        verification = verified(equations, solutions, inverted)
        if not verification.verified:
            # What can be seen nowhere is no solution.
            solutions, conditions = {}, ()
            verification = Verification(False, why=NO_SOLUTION)
    several: Several | None = None
    outside = (
        next(
            (x for x in variables if x.has(Fact.POSITIVE_DEFINITE) and is_never_definite(solutions[x])), None
        )
        if solutions
        else None
    )
    if outside is not None:
        nature = Nature("not known", (OUTSIDE.filled(what=outside, value=solutions[outside]),))
        solutions, conditions, verification = {}, (), Verification(False, why=NONE)
    elif not solutions and not constraints and len(variables) == 1:
        several = several_points(function, variables[0], equations[variables[0]])
        if several is not None and several.points:
            nature, conditions = several.nature, several.conditions
            verification = Verification(True, POINTS) if check else Verification(False, why=NOT_ASKED_FOR)
            if len(several.points) == 1:
                solutions, several = dict(several.points[0].values), None
    how = tuple(dict.fromkeys(reason for _, way, _ in steps or () for reason in way.reasons))
    ordered = {symbol: solutions[symbol] for symbol in equations} if solutions else {}
    return StationaryPoint(
        function,
        tuple(variables),
        equations,
        ordered,
        nature.name,
        nature.why,
        conditions,
        how,
        verification,
        dict(names or {}),
        in_terms=written if ordered else {},
        points=several.points if several is not None else (),
    )


def _by_blocks(
    function: Expr,
    variables: Sequence[Symbol],
    equations: Mapping[Symbol, Expr],
    *,
    check: bool,
    names: Mapping[str, Expr],
) -> StationaryPoint | None:
    """The point by several vectors of one residual, each by what the others leave of it."""
    found = partialled_out(equations, {*names_in(function), *names})
    if found is None:
        return None
    solutions = found.values
    verification = Verification(False, why=NOT_ASKED_FOR)
    if check:
        verification = verified(equations, solutions)
        if not verification.verified:
            return None
    nature = nature_of(function, variables, solutions)
    return StationaryPoint(
        function,
        tuple(variables),
        equations,
        solutions,
        nature.name,
        nature.why,
        found.conditions,
        found.how,
        verification,
        dict(names),
        in_terms=found.written,
        parts=found.parts,
    )


def _by_profile(
    function: Expr,
    variables: Sequence[Symbol],
    equations: Mapping[Symbol, Expr],
    *,
    check: bool,
    names: Mapping[str, Expr],
) -> StationaryPoint | None:
    """The point of the function that is left where one variable is at its own point for the others'."""
    for variable in variables:
        way = None if is_curved(variable) else solve(equations[variable], variable)
        if way is None or variable in symbols_of(way.solved.value).values():
            continue
        others = [other for other in variables if other is not variable]
        value = simplify(way.solved.value)
        own = nature_of(function, [variable], {variable: value}, way.atom)
        try:
            rest = simplify(function.substitute({variable: value}))
            at = find_stationary(rest, others, check=False)
        except MatgradError:
            continue
        if not at.solutions:
            continue
        solutions: dict[Symbol, Expr] = dict(at.solutions)
        solutions[variable] = simplify(value.substitute({**solutions}))
        step = Step(variable, way, True)
        conditions = (*conditions_of([step], solutions), *at.conditions)
        nature = joined([(variable, own), *((other, Nature(at.nature, at.why)) for other in others[:1])])
        return StationaryPoint(
            function,
            tuple(variables),
            equations,
            {symbol: solutions[symbol] for symbol in variables},
            nature.name,
            nature.why,
            conditions,
            (PROFILE.filled(what=variable, others=rest), *at.how),
            verified(equations, solutions) if check else Verification(False, why=NOT_ASKED_FOR),
            dict(names),
        )
    return None


def _by_columns(
    function: Expr,
    variables: Sequence[Symbol],
    constraints: Sequence[Expr],
    *,
    check: bool,
    names: Mapping[str, Expr],
) -> StationaryPoint | None:
    """The point by families of numbers, each as the column or the matrix that it is."""
    found = symbols_of([function, *constraints]).values()
    columns: dict[Expr, Expr] = {
        x: Symbol.make(x.label, *x.shape, x.facts) for x in found if isinstance(x, Family) and x.is_of_numbers
    }
    if not any(x in columns for x in variables):
        return None
    try:
        at = find_stationary(
            simplify(function.substitute(columns)),
            [x for x in (columns.get(x, x) for x in variables) if isinstance(x, Symbol)],
            [simplify(constraint.substitute(columns)) for constraint in constraints],
            check=check,
            names=names,
        )
    except MatgradError:
        return None
    if not at.solutions:
        return None
    back: dict[Expr, Expr] = {column: family for family, column in columns.items()}

    def named(symbol: Symbol) -> Symbol:
        family = back.get(symbol, symbol)
        assert isinstance(family, Symbol)
        return family

    return replace(
        at,
        function=function,
        variables=tuple(variables),
        equations={named(x): e.substitute(back) for x, e in at.equations.items()},
        solutions={named(x): _in_members(e.substitute(back), named(x)) for x, e in at.solutions.items()},
        members={
            family: member_of(at.solutions[column].substitute(back), family)
            for column, family in ((x, named(x)) for x in at.variables)
            if isinstance(family, Family)
        },
        why=tuple(substituted(reason, back) for reason in at.why),
        conditions=tuple(substituted(condition, back) for condition in at.conditions),
    )


def _in_members(value: Expr, symbol: Symbol) -> Expr:
    return stack_of(value, symbol) if isinstance(symbol, Family) else by_members(value)


def _with_left_out(at: StationaryPoint, left_out: Sequence[Expr]) -> StationaryPoint:
    """The point, with what is said of constraints that follow from others, which are tried at it too."""
    if at.solutions and at.verification.verified:
        inverted = [
            v for c in at.conditions if len(c.fields) == 1 for _, v in c.fields if isinstance(v, Expr)
        ]
        tried = {Symbol.stand_in(f"c{k}", *each.shape): each for k, each in enumerate(left_out)}
        seen = verified(tried, at.solutions, inverted)
        at = at if seen.verified else replace(at, verification=seen)
    return replace(at, how=(*at.how, *(FOLLOWS.filled(what=each) for each in left_out)))


def _by_joint_constraint(
    function: Expr,
    variable: Symbol,
    constraints: Sequence[Expr],
    *,
    check: bool,
    names: Mapping[str, Expr],
) -> StationaryPoint | None:
    """The point with several constraints A X = B, by the one that they make together."""
    taken = {*names_in([function, *constraints]), *names}
    joint = joint_constraint(constraints, variable, taken)
    if joint is None:
        return None
    try:
        at = find_stationary(function, [variable], [joint.constraint], check=False)
    except MatgradError:
        return None
    if not at.solutions:
        return None
    back = joint.values
    known = list(at.solutions.values())
    value, multiplier = (part.substitute(back) for part in known)
    multipliers = multipliers_of(constraints, taken)
    shares = joint.shares(multiplier)
    pulls = [
        pullback(inner_product(m, c), variable, number(1))
        for m, c in zip(multipliers, constraints, strict=True)
    ]
    slope = simplify(add(pullback(function, variable, number(1)), *pulls))
    equations = {variable: slope, **dict(zip(multipliers, constraints, strict=True))}
    solutions = {variable: value, **dict(zip(multipliers, shares, strict=True))}
    conditions = tuple(substituted(condition, back) for condition in at.conditions)
    inverted = [v for c in conditions if len(c.fields) == 1 for _, v in c.fields if isinstance(v, Expr)]
    verification = Verification(False, why=NOT_ASKED_FOR)
    if check:
        c = back[joint.matrix]
        verification = verified(equations, solutions, inverted, [c if joint.is_behind else c.T])
        if not verification.verified:
            return None
    return StationaryPoint(
        function,
        (variable,),
        equations,
        solutions,
        at.nature,
        at.why,
        conditions,
        at.how,
        verification,
        {**names, joint.matrix.label: back[joint.matrix]},
    )


def _why_never_zero(equation: Expr, unknowns: Sequence[Symbol]) -> Phrase | None:
    """Why an equation has no solution; ``None`` where it may have one."""
    if is_zero(equation):
        return None
    signs = (equation, scale(-1, equation))
    if any(side.facts & Fact.POSITIVE or side.has(Fact.INVERTIBLE) for side in signs):
        return NEVER_ZERO.filled(what=equation)
    if not any(unknown in symbols_of(equation).values() for unknown in unknowns):
        names = ", ".join(unknown.label for unknown in unknowns)
        return NOT_BY_THEM.filled(what=equation, names=names)
    return None


def _by_diagonal(
    function: Expr, variables: Sequence[Symbol], equations: Mapping[Symbol, Expr]
) -> Spectral | None:
    """The point by a diagonal matrix, found by the column of its diagonal."""
    if len(variables) != 1 or not variables[0].facts & Fact.DIAGONAL or variables[0].is_scalar:
        return None
    (matrix,) = variables
    facts = Fact.POSITIVE if matrix.facts & Fact.POSITIVE_DEFINITE else Fact.NONE
    label = next(name for name in ("d", "s", "u", "v", "d0") if name not in names_in(function))
    entries = Symbol.make(label, matrix.rows, ONE, facts)
    try:
        found = find_stationary(
            simplify(function.substitute({matrix: diag(entries)})), [entries], check=False
        )
    except MatgradError:
        return None
    if not found.solutions:
        return None
    return Spectral(simplify(diag(found.solution)), found.nature, found.why, found.conditions)


def _spectral_point(
    function: Expr,
    variables: Sequence[Symbol],
    equations: Mapping[Symbol, Expr],
    found: Spectral,
    *,
    check: bool,
    names: Mapping[str, Expr],
) -> StationaryPoint:
    solutions = {variables[0]: found.value}
    verification = verified(equations, solutions) if check else Verification(False, why=NOT_ASKED_FOR)
    return StationaryPoint(
        function,
        tuple(variables),
        equations,
        solutions,
        found.nature,
        found.why,
        found.conditions,
        (),
        verification,
        dict(names),
    )


def _on_ellipsoids(
    function: Expr,
    variables: Sequence[Symbol],
    constraints: Sequence[Expr],
    *,
    check: bool,
    names: Mapping[str, Expr],
) -> StationaryPoint | None:
    """The point with xᵀBx = c, or XᵀBX = cI, for each variable, by those with orthonormal columns."""
    if not len(variables) == len(constraints) in (1, 2):
        return None
    bound = paired(variables, constraints)
    taken = [function, *constraints]
    found = [ellipsoid(bound[x], x, taken) for x in variables] if bound else []
    ellipsoids = [one for one in found if one is not None]
    if len(ellipsoids) < len(variables):
        return None
    try:
        inside = simplify(function.substitute({one.variable: one.value(one.unit) for one in ellipsoids}))
        at = _on_units(inside, [one.unit for one in ellipsoids])
    except MatgradError:
        return None
    if at is None:
        return None
    multipliers = multipliers_of(constraints, names_in(taken), symmetric=True)
    equations: dict[Symbol, Expr] = {}
    solutions = {one.variable: simplify(one.value(at.values[one.unit])) for one in ellipsoids}
    sizes: dict[Symbol, Expr] = {}
    for one, multiplier in zip(ellipsoids, multipliers, strict=True):
        x, constraint = one.variable, bound[one.variable]
        slope = pullback(function, x, number(1))
        pull = pullback(inner_product(multiplier, constraint), x, number(1))
        # Xᵀ from the left: Xᵀ∂f/∂X + 2cΛ = 0.
        along = multiply(transpose(x), pull.substitute({multiplier: eye(multiplier.rows)}))
        scalar = simplify(along) if x.is_vector else scale(2 * sign_in(constraint, x), one.c)
        size = multiply(scale(-1, power(scalar, number(-1))), transpose(x), slope)
        equations[x], equations[multiplier] = simplify(add(slope, pull)), constraint
        sizes[multiplier] = simplify(size.substitute(dict(solutions)))
    solutions |= sizes
    return StationaryPoint(
        function,
        tuple(variables),
        equations,
        {symbol: solutions[symbol] for symbol in equations},
        at.nature,
        tuple(_of_ellipsoid(reason, ellipsoids) for reason in at.why),
        at.conditions,
        tuple(
            ON_UNIT.filled(what=one.variable, by=one.value(one.unit))
            for one in ellipsoids
            if one.unit.label != one.variable.label
        ),
        verified(equations, solutions, (), [x for x in solutions if not x.is_square])
        if check
        else Verification(False, why=NOT_ASKED_FOR),
        dict(names),
    )


def _of_ellipsoid(reason: Phrase, ellipsoids: Sequence[Ellipsoid]) -> Phrase:
    """Another point, said of the variables themselves."""
    fields = dict(reason.fields)
    one = next((one for one in ellipsoids if one.unit is fields.get("what")), None)
    value = fields.get("value")
    if reason.english != POINT.english or one is None or not isinstance(value, Expr):
        return reason
    changed = {**fields, "what": one.variable, "value": simplify(one.value(value))}
    return replace(reason, fields=tuple(changed.items()))


class OnUnits(NamedTuple):
    """A point in variables with orthonormal columns."""

    values: dict[Symbol, Expr]
    nature: str
    why: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]


def _on_units(function: Expr, units: Sequence[Symbol]) -> OnUnits | None:
    if not all(unit in symbols_of(function).values() for unit in units):
        return None
    if len(units) == 2:
        found = singular_pair(function, *units)
        return None if found is None else OnUnits(*found)
    at = find_stationary(function, units, check=False)
    return OnUnits(dict(at.solutions), at.nature, at.why, at.conditions) if at.solutions else None


def _nature(
    function: Expr,
    variables: Sequence[Symbol],
    solutions: Mapping[Symbol, Expr],
    steps: Sequence[Step] | None,
    constrained: bool,
) -> Nature:
    atom = steps[0].way.atom if steps is not None and len(steps) == 1 else None
    point = {variable: solutions[variable] for variable in variables} if solutions else None
    whole = nature_of(function, variables, point, atom, constrained=constrained)
    if whole.name != "not known" or constrained or steps is None or len(variables) < 2:
        return whole
    if is_multilinear(function, variables):
        return Nature("saddle", (LINEAR_IN_EACH,))
    if not all(step.is_own for step in steps):
        return whole
    natures = []
    rest = function
    for variable, way, _ in steps:
        value = simplify(way.solved.value)
        natures.append((variable, nature_of(rest, [variable], {variable: value}, way.atom)))
        rest = simplify(rest.substitute({variable: value}))
    return joined(natures)
