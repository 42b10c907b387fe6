"""From two sides and an unknown to the kind of an equation and its solution, put back and verified."""

from __future__ import annotations

from dataclasses import replace

from matgrad.calculus.linear_terms import LinearTerms, linear_terms
from matgrad.calculus.structure import structure_of
from matgrad.core.dims import ONE, same
from matgrad.core.errors import ArgumentError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import FACT_ADJECTIVES
from matgrad.core.words import Phrase, phrase
from matgrad.equations.equation import Equation
from matgrad.equations.inverted import inverted_form
from matgrad.equations.kinds import ENTRYWISE, Kind, Term, kind_of
from matgrad.equations.quadratic import require_symmetric_weights, riccati_form
from matgrad.equations.rank_one import MOST, solved_with_updates, update_of, updated_kind
from matgrad.equations.structures import (
    ONLY_ZERO,
    for_some,
    has_structure,
    need_not_exist,
    only_for_some,
    only_where,
)
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.hadamard import hadamard
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import number, zeros
from matgrad.ops.matrix_equation import is_unit, matrix_equation
from matgrad.ops.power import power
from matgrad.ops.pseudoinverse import pinv
from matgrad.ops.reshaping import reshape, vec
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify
from matgrad.verify.claims import NOT_ASKED_FOR, NOWHERE, Verification
from matgrad.verify.equality import POINTS, same_value

_VEC = Phrase("linear equation for vec({x})")
_NEAREST_VEC = Phrase("least squares of a linear equation for vec({x})")
_BY_TERMS = Phrase(
    "LU of the matrix on vec(X) where that is small, else column by column or row by row where these are "
    "apart, else GMRES preconditioned by an equation that is near"
)
_ONE_NUMBER = Phrase("never: {a} is but one number; the smallest solution is taken")
_RECTANGULAR = Phrase("there are not as many equations as unknowns")


def solve_equation(left: Expr, right: Expr, unknown: Symbol, *, verify: bool = True) -> Equation:
    """Find the kind of an equation and its solution, which is put back.

    Parameters
    ----------
    left, right : Expr
        Its sides.
    unknown : Symbol
        What it is solved for.
    verify : bool
        Whether to put the solution back at random points.

    Raises
    ------
    ArgumentError
        When the unknown does not occur, or the equation is of no kind that is known.
    VerificationError
        When the solution, put back, does not solve it.
    """
    whole = subtract(left, right)
    if unknown not in symbols_of(whole).values():
        raise ArgumentError(
            phrase(
                "{unknown} cancels: {left} = {right} does not depend on it",
                unknown=unknown.label,
                left=left,
                right=right,
            )
        )
    found = linear_terms(whole, [unknown])
    equation = _linear(left, right, unknown, found) if found is not None else None
    equation = equation or _quadratic(left, right, unknown)
    if equation is None:
        raise ArgumentError(
            phrase(
                "{left} = {right} is neither linear in {unknown} nor a Riccati equation for it",
                left=left,
                right=right,
                unknown=unknown.label,
            ),
            fix=phrase(
                "an equation of terms A X B and A X' B, A X^2 B = C, A inv(X) B = C, X A X' = B, "
                "A' X + X A - X G X + Q = 0, or X = A' X A - A' X B inv(R + B' X B) B' X A + Q"
            ),
        )
    if found is not None:
        equation = _as_declared(equation)
    return replace(equation, verification=_verified(equation)) if verify else equation


def _as_declared(equation: Equation) -> Equation:
    """A linear equation, its condition that for a solution of the structure that is declared."""
    unknown, form = equation.unknown, equation.form
    if equation.solution is not None:
        exists = need_not_exist(equation.solution, unknown)
        return replace(equation, form=replace(form, exists=exists))
    exists, structure = for_some(unknown), structure_of(unknown)
    if exists is None or structure is None:
        return equation
    if form.is_never_unique and not structure.is_curved:
        # What can be added to a solution need not be of the structure: no skew matrix commutes with A.
        condition = ONLY_ZERO.filled(structure=FACT_ADJECTIVES[structure.fact])
        form = replace(form, condition=condition, coefficients=equation.normal[:1], is_never_unique=False)
        equation = replace(equation, no_solution=exists)
    return replace(equation, form=replace(form, exists=exists))


def _verified(equation: Equation) -> Verification:
    if equation.solution is None:
        return Verification(False, why=equation.no_solution)
    back = {equation.unknown: equation.solution}
    left, right = equation.left.substitute(back), equation.right.substitute(back)
    if len(equation.terms) == 1 and not equation.terms[0].is_square:
        # What is left over is orthogonal to all that is reached: Aᵀ(A X B − C)Bᵀ = 0.
        (term,) = equation.terms
        left, right = (multiply(term.left.T, side, term.right.T) for side in (left, right))
    matrix = equation.matrix
    nearest = equation.form.is_never_unique or (matrix is not None and not same(matrix.rows, matrix.columns))
    if matrix is not None and not equation.is_entrywise and nearest:
        left, right = (multiply(transpose(matrix), vec(side)) for side in (left, right))
    try:
        equal = same_value(left, right)
    except MatgradError as error:
        return Verification(False, why=NOWHERE.filled(why=error.problem))
    if not equal:
        raise VerificationError(
            phrase(
                "{equation} does not solve the equation at a random point: this is an "
                "error of matgrad, to be reported",
                equation=equation,
            )
        )
    return Verification(True, POINTS)


_UNSEEN = Verification(False, why=NOT_ASKED_FOR)


def _linear(left: Expr, right: Expr, unknown: Symbol, found: LinearTerms) -> Equation:
    c = simplify(scale(-1, found.rest))
    if not all(term.is_two_sided for term in found.terms):
        return _on_vec(left, right, unknown, found, c)
    terms = [_term(term.coefficient, term.left, term.right, term.transposed) for term in found.terms]
    if any(is_unit(scale(-1, term.left)) and is_unit(term.right) for term in terms):
        # A X B − X = C is written with X in front.
        terms = [replace(term, left=scale(-1, term.left)) for term in terms]
        c = simplify(scale(-1, c))
        whole = scale(-1, add(*(term.expr for term in found.terms)))
    else:
        whole = add(*(term.expr for term in found.terms))
    terms = [term for term in terms if not term.turned] + [term for term in terms if term.turned]
    normal = (whole, c)
    kind = kind_of(terms, unknown)
    if kind.is_never_unique:
        return Equation(
            left, right, unknown, kind, normal, tuple(terms), None, _UNSEEN, kind.condition_of(str)
        )
    solution, why = _solution(terms, c, unknown)
    return Equation(left, right, unknown, kind, normal, tuple(terms), solution, _UNSEEN, why)


def _term(coefficient: Expr, left: Expr | None, right: Expr | None, turned: bool) -> Term:
    """A term with its number at the coefficient that is no identity: A X − X B = C is A X + X (−B) = C."""
    assert left is not None
    assert right is not None
    if is_unit(left) and not is_unit(right):
        return Term(left, multiply(coefficient, right), turned)
    return Term(multiply(coefficient, left), right, turned)


def _solution(terms: list[Term], c: Expr, unknown: Symbol) -> tuple[Expr | None, Phrase]:
    plain = sum(not term.turned for term in terms)
    if len(terms) == 1 and not terms[0].is_square:
        term = terms[0] if plain else terms[0].flipped
        x = multiply(_pinv(term.left), c if plain else c.T, _pinv(term.right))
    else:
        try:
            x = matrix_equation(plain, *(part for term in terms for part in (term.left, term.right)), c)
        except MatgradError:
            return None, _RECTANGULAR
    return _of_structure(simplify(x), unknown)


def _pinv(x: Expr) -> Expr:
    """The pseudoinverse, of a column or a row aᵀ/aᵀa."""
    if x.is_scalar or ONE not in x.shape:
        return pinv(x)
    return multiply(transpose(x), power(inner_product(x, x), number(-1)))


def _of_structure(x: Expr, unknown: Symbol) -> tuple[Expr | None, Phrase]:
    """A formula, where it has the structure that the unknown is declared with."""
    return (x, Phrase("")) if has_structure(x, unknown) else (None, only_for_some(x, unknown))


def _on_vec(left: Expr, right: Expr, unknown: Symbol, found: LinearTerms, c: Expr) -> Equation:
    """What is linear in another way: entry by entry where it is that, else as a linear system on vec(X)."""
    normal = (add(*(term.expr for term in found.terms)), c)
    factors = [term.entrywise for term in found.terms]
    if all(factor is not None for factor in factors):
        whole = simplify(add(*(factor for factor in factors if factor is not None)))
        x, why = _of_structure(simplify(hadamard(c, power(whole, number(-1)))), unknown)
        return Equation(left, right, unknown, _entrywise_kind(whole), normal, (), x, _UNSEEN, why, whole)
    matrix = simplify(found.map_of(unknown).kronecker())
    updated = _with_updates(left, right, unknown, found, c, normal, matrix)
    if updated is not None:
        return updated
    if len(found.terms) == 1 and (update := update_of(found.terms[0])) is not None:
        w, v = update.image, update.weights
        sizes = multiply(inner_product(w, w), inner_product(v, v))
        smallest = simplify(multiply(inner_product(w, c), power(sizes, number(-1)), v))
        kind = Kind(
            _NEAREST_VEC.filled(x=unknown.label),
            _ONE_NUMBER,
            Phrase("the smallest of the solutions, a multiple of one matrix"),
            (update.seen(unknown),),
            is_never_unique=True,
        )
        x, why = _of_structure(smallest, unknown)
        return Equation(left, right, unknown, kind, normal, (), x, _UNSEEN, why, matrix, found.terms)
    is_square = same(matrix.rows, matrix.columns)
    kind = Kind(
        (_VEC if is_square else _NEAREST_VEC).filled(x=unknown.label),
        Phrase("{a} is invertible") if is_square else Phrase("{a} has independent columns"),
        _BY_TERMS if is_square else Phrase("singular values"),
        (matrix,),
    )
    x = multiply(inv(matrix) if is_square else pinv(matrix), vec(c))
    x, why = _of_structure(simplify(x if unknown.is_vector else reshape(x, *unknown.shape)), unknown)
    return Equation(left, right, unknown, kind, normal, (), x, _UNSEEN, why, matrix, found.terms)


def _with_updates(
    left: Expr,
    right: Expr,
    unknown: Symbol,
    found: LinearTerms,
    c: Expr,
    normal: tuple[Expr, Expr],
    matrix: Expr,
) -> Equation | None:
    """Where there are terms tr(VᵀX) W: by the formula of Woodbury, if the equation without them has one."""
    parted = [(term, update_of(term)) for term in found.terms]
    updates = [update for _, update in parted if update is not None]
    others = tuple(term for term, update in parted if update is None)
    if not (others and 0 < len(updates) <= MOST):
        return None
    rest = replace(found, terms=others)

    def solve(side: Expr) -> Expr:
        one = _linear(left, right, unknown, replace(rest, rest=scale(-1, side)))
        if one.solution is None or one.form.is_never_unique:
            raise ArgumentError(one.no_solution)
        return one.solution

    try:
        alone = _linear(left, right, unknown, rest)
        formula, pivots = solved_with_updates(solve, updates, c)
    except MatgradError:
        return None
    x, why = _of_structure(formula, unknown)
    kind = updated_kind(alone.form, pivots)
    return Equation(left, right, unknown, kind, normal, (), x, _UNSEEN, why, matrix, found.terms)


def _entrywise_kind(factor: Expr) -> Kind:
    return Kind(
        ENTRYWISE,
        Phrase("no entry of {a} is zero"),
        Phrase("division entry by entry"),
        (factor,),
    )


def _formula(whole: Expr, unknown: Symbol) -> Expr | None:
    """The solution of a linear equation with as many equations as unknowns."""
    found = linear_terms(whole, [unknown])
    if found is None or not same(whole.rows * whole.columns, unknown.rows * unknown.columns):
        return None
    one = _linear(whole, zeros(*whole.shape), unknown, found)
    if one.form.is_never_unique or not all(term.is_square for term in one.terms):
        return None
    return one.solution


def _quadratic(left: Expr, right: Expr, unknown: Symbol) -> Equation | None:
    whole = subtract(left, right)
    found, is_inverted = riccati_form(whole, unknown), False
    if found is None:
        require_symmetric_weights(whole, unknown)
        found = inverted_form(whole, unknown, _formula)
        is_inverted = True
    if found is None:
        return None
    kind, solution = found
    if has_structure(solution, unknown):
        exists = need_not_exist(solution, unknown) if is_inverted else None
    else:
        exists = only_where(solution, unknown)
        if exists is None:
            raise ArgumentError(
                phrase(
                    "no formula is known for the solution of {normal_form}: {no_solution}",
                    normal_form=f"{left} = {right}",
                    no_solution=only_for_some(solution, unknown),
                ),
                fix=phrase("{unknown} without the declaration", unknown=unknown.label),
            )
    kind = replace(kind, exists=exists or kind.exists)
    return Equation(left, right, unknown, kind, (left, right), (), solution, _UNSEEN)
