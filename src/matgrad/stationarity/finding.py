"""From a function to its stationary point: the equations, one after the other, put back and verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from matgrad.calculus.linear_terms import linear_terms
from matgrad.calculus.pullback import pullback, pullbacks
from matgrad.calculus.variable import project
from matgrad.core.dims import ONE
from matgrad.core.errors import (
    ArgumentError,
    DomainError,
    EvaluationError,
    MatgradError,
    ShapeError,
    VerificationError,
)
from matgrad.core.expr import Expr, Symbol, names_in, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.ops.arithmetic import Product, add, scale, subtract
from matgrad.ops.diagonals import diag
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye, is_zero, number
from matgrad.ops.trace import inner_product
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.linear import NOT_ZERO, is_positive, plain
from matgrad.stationarity.natures import LINEAR_IN_EACH, Nature, is_multilinear, joined, nature_of
from matgrad.stationarity.point import IN_GENERAL, NO_SOLUTION, NONE, StationaryPoint
from matgrad.stationarity.solving import Way, solve
from matgrad.stationarity.spectral import Spectral, spectral_solution
from matgrad.verify.claims import DIGITS, NOT_ASKED_FOR, NOWHERE, Verification
from matgrad.verify.equality import POINTS
from matgrad.verify.search import Search

NEVER_ZERO = Phrase("the derivative {what} is never zero")
NOT_BY_THEM = Phrase("the derivative {what} does not depend on {names}: it is zero everywhere or nowhere")
DEFINITE = Phrase("{what} is positive definite")
POSITIVE = Phrase("{what} is positive")
POSITIVE_ENTRIES = Phrase("the entries of {what} are positive")


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
            f"a stationary point is of a scalar function; {function.describe()} is not one",
            fix="its norm, its trace or the sum of its entries",
        )
    known = symbols_of(function)
    for variable in variables:
        if variable not in known.values():
            raise ArgumentError(
                f"{variable.label} does not occur in {function}",
                fix=f"one of {', '.join(known)}" if known else None,
            )
    whole, multipliers = _with_multipliers(function, variables, constraints)
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
        why = _why_never_zero(equation, list(equations))
        if why is not None:
            none = Verification(False, why=NONE if why.english == NEVER_ZERO.english else IN_GENERAL)
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
    steps = _eliminated(equations)
    solutions = {} if steps is None else _put_back(steps)
    nature = _nature(function, variables, solutions, steps, bool(constraints))
    conditions = _conditions(steps or (), solutions)
    inverted = [v for c in conditions if len(c.fields) == 1 for _, v in c.fields if isinstance(v, Expr)]
    conditions = (*conditions, *_in_domain(solutions, variables, conditions))
    verification = Verification(False, why=NOT_ASKED_FOR if solutions else NO_SOLUTION)
    if solutions and check:
        verification = verified(equations, solutions, inverted)
        if not verification.verified:
            # What can be seen nowhere is no solution.
            solutions, conditions = {}, ()
            verification = Verification(False, why=NO_SOLUTION)
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


def _with_multipliers(
    function: Expr, variables: Sequence[Symbol], constraints: Sequence[Expr]
) -> tuple[Expr, list[Symbol]]:
    """The Lagrange function, and its multipliers."""
    taken = names_in([function, *constraints])
    whole, found = function, []
    for place, constraint in enumerate(constraints):
        if linear_terms(constraint, variables) is None:
            listed = ", ".join(variable.label for variable in variables)
            raise ArgumentError(
                f"the constraint {constraint} = 0 is not linear in {listed}",
                fix="linear constraints; for XᵀX = I declare X orthogonal, or with orthonormal columns",
            )
        if not any(variable in symbols_of(constraint).values() for variable in variables):
            raise ArgumentError(f"the constraint {constraint} = 0 holds no variable that may change")
        is_matrix = not (constraint.is_scalar or constraint.is_vector)
        base = "Lambda" if is_matrix else "lambda"
        name = base if len(constraints) == 1 else f"{base}_{place + 1}"
        while name in taken:
            name += "0"
        multiplier = Symbol.make(name, constraint.rows, constraint.columns, Fact.NONE)
        found.append(multiplier)
        whole = add(whole, inner_product(multiplier, constraint))
    return whole, found


class Step(NamedTuple):
    """An unknown that was solved for, and whether by its own equation."""

    variable: Symbol
    way: Way
    is_own: bool


def _eliminated(equations: Mapping[Symbol, Expr]) -> list[Step] | None:
    """Solve one equation after the other, each solution put into those that are left."""
    open_ones, left, own = list(equations), list(equations.values()), dict(equations)
    steps: list[Step] = []
    while open_ones:
        found = _next_step(open_ones, left)
        if found is None:
            return None
        place, variable, way = found
        value = simplify(way.solved.value)
        if variable in symbols_of(value).values():
            return None
        steps.append(Step(variable, way, left[place] is own.get(variable)))
        open_ones.remove(variable)
        own.pop(variable, None)
        del left[place]
        try:
            changed = [simplify(equation.substitute({variable: value})) for equation in left]
        except MatgradError:
            return None
        own = {
            other: new
            for other, old in own.items()
            for before, new in zip(left, changed, strict=True)
            if before is old
        }
        left = changed
    return steps


def _next_step(open_ones: Sequence[Symbol], left: Sequence[Expr]) -> tuple[int, Symbol, Way] | None:
    """An equation that can be solved for an unknown: for its own first, free of the others first."""
    found: tuple[int, Symbol, Way] | None = None
    for place, equation in enumerate(left):
        for variable in (open_ones[place], *open_ones) if place < len(open_ones) else open_ones:
            if variable not in symbols_of(equation).values() or equation.shape != variable.shape:
                continue
            way = solve(equation, variable)
            if way is None:
                continue
            if not any(other in symbols_of(way.solved.value).values() for other in open_ones):
                return place, variable, way
            found = found or (place, variable, way)
    return found


def _conditions(steps: Sequence[Step], solutions: Mapping[Symbol, Expr]) -> tuple[Phrase, ...]:
    """The conditions of all steps, in terms of what is given; those that hold anyway are left out."""
    found: list[Phrase] = []
    for _, way, _ in steps:
        for condition in way.solved.conditions:
            if len(condition.fields) > 1:
                found.append(condition)
                continue
            ((name, value),) = condition.fields
            assert isinstance(value, Expr)
            there = simplify(value.substitute(dict(solutions)))
            is_definite = there.has(Fact.POSITIVE_DEFINITE)
            if not (is_definite or is_positive(there) or is_positive(scale(-1, there))):
                found.append(replace(condition, fields=((name, plain(there)),)))
    return tuple(dict.fromkeys(found))


def _in_domain(
    solutions: Mapping[Symbol, Expr], variables: Sequence[Symbol], others: Sequence[Phrase]
) -> Iterator[Phrase]:
    """The conditions that a solution is of the kind that its variable was declared to be."""
    not_zero = any(condition.english == NOT_ZERO.english for condition in others)
    for variable in variables if solutions else ():
        value = solutions[variable]
        if variable.is_scalar or variable.is_vector:
            is_said = not_zero and bool(value.facts & Fact.NONNEGATIVE)
            if variable.facts & Fact.POSITIVE and not is_said and not is_positive(value):
                yield (POSITIVE if variable.is_scalar else POSITIVE_ENTRIES).filled(what=value)
        elif variable.has(Fact.POSITIVE_DEFINITE) and not value.has(Fact.POSITIVE_DEFINITE):
            yield DEFINITE.filled(what=value)


def _put_back(steps: Sequence[Step]) -> dict[Symbol, Expr]:
    """The solutions, each in terms of what is given alone."""
    found: dict[Symbol, Expr] = {}
    for variable, way, _ in reversed(steps):
        value = simplify(way.solved.value)
        found[variable] = simplify(value.substitute(found)) if found else value
    return found


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


def verified(
    equations: Mapping[Symbol, Expr], solutions: Mapping[Symbol, Expr], inverted: Sequence[Expr] = ()
) -> Verification:
    """Put solutions back into the equations, at random points where simplification does not show it.

    Parameters
    ----------
    equations, solutions : mapping of Symbol to Expr
        What is zero, and where.
    inverted : sequence of Expr
        Matrices that are invertible by condition: a point where one is not says nothing.

    Raises
    ------
    VerificationError
        When an equation does not hold.
    """
    for equation in equations.values():
        try:
            left = equation.substitute(dict(solutions))
            # Also of what holds anyway it is seen whether the conditions ever do.
            holds = (is_zero(left) and not inverted) or vanishes(left, inverted)
        except MatgradError as error:
            return Verification(False, why=NOWHERE.filled(why=error.message))
        if not holds:
            raise VerificationError(
                f"the stationary point found does not solve {equation} = 0: this is an error of matgrad, "
                "to be reported"
            )
    return Verification(True, POINTS)


def vanishes(expr: Expr, inverted: Sequence[Expr] = ()) -> bool:
    """Whether an expression is zero at random points where some matrices are invertible.

    Raises
    ------
    EvaluationError
        When no such point is found.
    """
    matrices = [matrix for matrix in inverted if matrix.is_square and not matrix.is_scalar]
    checks = [subtract(eye(m.rows), Product.intern((m, inv(m)), (Fraction(1), 0))) for m in matrices]
    search = Search([expr, *checks], POINTS, thorough=True)
    for sample in search:
        try:
            values, xp = sample.values(DIGITS)
            found, *rest = evaluate_nodes([expr, *checks], values, xp)
            if any(_largest(one) > 1e-20 for one in rest):
                raise DomainError.degenerate("a matrix is not invertible")
            size = _largest(found)
            if size:
                values, xp = sample.values(3 * DIGITS)
                (precise,) = evaluate_nodes([expr], values, xp)
                if _largest(precise) > size * 1e-30:
                    return False
        except (MatgradError, ArithmeticError) as error:
            search.refuse(sample, error)
            continue
        search.accept(sample)
    if not search.agreed:
        raise EvaluationError("no random point was found where the solution is defined")
    return True


def _largest(array: Any) -> Any:
    return max((abs(entry) for row in array for entry in row), default=0)
