"""From several equations and unknowns to their kind and solution, put back and verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matgrad.calculus.linear_terms import LinearTerms, linear_terms
from matgrad.calculus.vec_form import entries_of
from matgrad.core.dims import ZERO, Dim, same
from matgrad.core.errors import ArgumentError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase, phrase
from matgrad.equations.kinds import Kind, Term
from matgrad.equations.solving import solve_equation
from matgrad.equations.structures import has_structure, structure_name
from matgrad.equations.system import EquationSystem
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.blocks import grid, part, vstack
from matgrad.ops.determinant import det
from matgrad.ops.diagonals import diag
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import number, zeros
from matgrad.ops.matrix_equation import is_unit
from matgrad.ops.pseudoinverse import pinv
from matgrad.ops.reshaping import reshape, vec
from matgrad.rewrite.simplify import simplify
from matgrad.verify.claims import NOT_ASKED_FOR, NOWHERE, Verification
from matgrad.verify.equality import POINTS, same_value

Sides = tuple[Expr, Expr]
Way = list[tuple[Symbol, Expr]]
Terms = tuple[tuple[Term, ...], ...]
"""The terms of one equation, those of each unknown together."""

_RECTANGULAR = Phrase("there are not as many equations as unknowns")
_NEVER = Phrase("never: the equations depend on each other whatever the coefficients")
_INDEPENDENT = Phrase("linear equations for the independent entries of {names}")
_ENTRIES_UNIQUE = Phrase("the matrix of the equations on the independent entries has independent columns")
_ON_ENTRIES = Phrase("the matrix on the independent entries of the unknowns")
_FOR_SOME = Phrase("solutions with these structures exist for particular right sides only")
_ON_VEC = Phrase(
    "LU of the matrix on vec of the unknowns where that is small, else GMRES preconditioned by the largest "
    "terms of each unknown"
)
_QZ = Phrase("generalised Schur forms (QZ) and a triangular pair of equations", "Kågström & Westin (1989)")


def solve_equations(
    sides: Sequence[Sides], unknowns: Sequence[Symbol], *, verify: bool = True
) -> EquationSystem:
    """Find the kind of several linear equations in several unknowns and their solution, which is put back.

    Parameters
    ----------
    sides : sequence of pairs of Expr
        The left and the right side of each.
    unknowns : sequence of Symbol
        What they are solved for.
    verify : bool
        Whether to put the solution back at random points.

    Raises
    ------
    ArgumentError
        When an unknown does not occur, or an equation is not linear in all of them.
    VerificationError
        When the solution, put back, does not solve them.
    """
    wholes = [subtract(left, right) for left, right in sides]
    everything = {symbol for whole in wholes for symbol in symbols_of(whole).values()}
    for unknown in unknowns:
        if unknown not in everything:
            raise ArgumentError(phrase("{unknown} does not occur in the equations", unknown=unknown.label))
    found = []
    for (left, right), whole in zip(sides, wholes, strict=True):
        taken = linear_terms(whole, unknowns)
        if taken is None:
            names = ", ".join(unknown.label for unknown in unknowns)
            raise ArgumentError(
                phrase(
                    "{left} = {right} is not linear in {names} together", left=left, right=right, names=names
                ),
                fix=phrase("equations of terms A X B and A X' B"),
            )
        if not taken.terms:
            raise ArgumentError(phrase("{left} = {right} holds none of the unknowns", left=left, right=right))
        found.append(taken)
    system = _system(sides, unknowns, found)
    if not verify:
        return system
    checked = replace(system, verification=_verified(system))
    if (
        not checked.verification.verified
        and system.solution is not None
        and _is_never_unique(found, unknowns)
    ):
        form = replace(system.form, condition=_NEVER, is_never_unique=True)
        why = Verification(False, why=_NEVER)
        return replace(
            system, form=form, solution=None, way=(), needed=(), no_solution=_NEVER, verification=why
        )
    return checked


def _is_never_unique(found: Sequence[LinearTerms], unknowns: Sequence[Symbol]) -> bool:
    """Whether the matrix on vec of the unknowns is singular at random points, as of dependent equations."""
    matrix = grid([[simplify(taken.map_of(x).kronecker()) for x in unknowns] for taken in found])
    try:
        return same_value(det(matrix), number(0))
    except MatgradError:
        return False


def _verified(system: EquationSystem) -> Verification:
    if system.solution is None:
        return Verification(False, why=system.no_solution)
    back: dict[Expr, Expr] = dict(zip(system.unknowns, system.solution, strict=True))
    try:
        equal = all(same_value(left.substitute(back), right.substitute(back)) for left, right in system.sides)
    except MatgradError as error:
        return Verification(False, why=NOWHERE.filled(why=error.problem))
    if not equal:
        raise VerificationError(
            phrase(
                "{system} does not solve the equations at a random point: this is an "
                "error of matgrad, to be reported",
                system=system,
            )
        )
    return Verification(True, POINTS)


def _system(
    sides: Sequence[Sides], unknowns: Sequence[Symbol], found: Sequence[LinearTerms]
) -> EquationSystem:
    normal = tuple(
        (add(*(term.expr for term in taken.terms)), simplify(scale(-1, taken.rest))) for taken in found
    )
    terms: tuple[Terms, ...] = ()
    if all(term.is_two_sided for taken in found for term in taken.terms):
        terms = tuple(tuple(_terms_of(taken, unknown) for unknown in unknowns) for taken in found)
    pair = coefficients_of_pair(terms)
    if pair is not None:
        kind = Kind(
            Phrase("coupled Sylvester equations"),
            Phrase("det({a} − λ{c}) and det({b} − λ{d}) have no root in common, infinity included"),
            _QZ,
            pair,
            in_formulas=True,
        )
    else:
        kind = Kind(
            Phrase("linear equations in {count} unknowns").filled(count=len(unknowns))
            if len(unknowns) > 1
            else Phrase("several linear equations in one unknown"),
            Phrase("the matrix of the equations on vec of the unknowns is invertible"),
            _ON_VEC,
        )
    system = EquationSystem(
        tuple(sides),
        tuple(unknowns),
        kind,
        normal,
        terms,
        None,
        (),
        (),
        Verification(False, why=NOT_ASKED_FOR),
    )
    if any(structure_name(x) for x in unknowns):
        return _structured(system, found)
    if not same(_count(unknowns), _count([left for left, _ in normal])):
        return replace(system, no_solution=_RECTANGULAR)
    found_way = _eliminated([subtract(*both) for both in normal], list(unknowns))
    if found_way is None:
        values = dict(zip(unknowns, _on_vec(unknowns, found, normal), strict=True))
        return replace(system, solution=tuple(values.values()), way=tuple(values.items()))
    return _by_elimination(system, *found_way)


def _by_elimination(system: EquationSystem, way: Way, needed: list[Expr]) -> EquationSystem:
    """The system with its unknowns one after the other."""
    known: dict[Expr, Expr] = {}
    for unknown, value in way:
        known[unknown] = simplify(value.substitute(known))
    solution = tuple(known[x] for x in system.unknowns)
    inside = {node for value in solution for node in postorder(value)}
    # What has cancelled is not needed.
    needed = [x for x in dict.fromkeys(needed) if inside & {inv(x), inv(x.T)}]
    return replace(system, solution=solution, way=tuple(way), needed=tuple(needed))


def _structured(system: EquationSystem, found: Sequence[LinearTerms]) -> EquationSystem:
    """By elimination where what comes out has the structures, else on the independent entries."""
    unknowns = system.unknowns
    form = replace(
        system.form,
        name=_INDEPENDENT.filled(names=", ".join(x.label for x in unknowns)),
        condition=_ENTRIES_UNIQUE,
        method=_ON_ENTRIES,
        coefficients=(),
        in_formulas=False,
    )
    system = replace(system, form=form)
    wholes = [subtract(*both) for both in system.normal]
    found_way = _eliminated(wholes, list(unknowns)) if len(wholes) == len(unknowns) else None
    if found_way is not None:
        by_steps = _by_elimination(system, *found_way)
        values = by_steps.solution or ()
        if all(has_structure(value, x) for x, value in zip(unknowns, values, strict=True)):
            return by_steps
    values = _on_vec(unknowns, found, system.normal)
    back: dict[Expr, Expr] = dict(zip(unknowns, values, strict=True))
    try:
        fine = all(same_value(left.substitute(back), right.substitute(back)) for left, right in system.sides)
    except MatgradError:
        fine = False
    if not fine:
        return replace(system, form=replace(form, exists=_FOR_SOME), no_solution=_FOR_SOME)
    return replace(system, solution=values, way=tuple(zip(unknowns, values, strict=True)))


def _terms_of(taken: LinearTerms, unknown: Symbol) -> tuple[Term, ...]:
    terms = []
    for term in taken.of(unknown):
        assert term.left is not None
        assert term.right is not None
        if is_unit(term.left) and not is_unit(term.right):
            terms.append(Term(term.left, multiply(term.coefficient, term.right), term.transposed))
        else:
            terms.append(Term(multiply(term.coefficient, term.left), term.right, term.transposed))
    return tuple(terms)


def _count(xs: Sequence[Expr]) -> Dim:
    return sum((x.rows * x.columns for x in xs), ZERO)


def coefficients_of_pair(terms: Sequence[Terms]) -> tuple[Expr, Expr, Expr, Expr] | None:
    """A, B, D and E of A X + Y B = C and D X + Y E = F, where the equations are of that form."""
    if len(terms) != 2 or any(len(of_one) != 2 for of_one in terms):
        return None
    if any(len(some) != 1 or some[0].turned or not some[0].is_square for one in terms for some in one):
        return None
    (a, b), (d, e) = ([some[0] for some in one] for one in terms)
    # A unit may stand on either side: of X + Y B = C too.
    if not all(is_unit(term.right) for term in (a, d)) or not all(is_unit(term.left) for term in (b, e)):
        return None
    if not (same(a.left.rows, d.left.rows) and same(b.right.rows, e.right.rows)):
        return None
    return a.left, b.right, d.left, e.right


# ---- by elimination ---------------------------------------------------------------------------------------


def _eliminated(wholes: list[Expr], unknowns: list[Symbol]) -> tuple[Way, list[Expr]] | None:
    """One unknown after the other, each from an equation where it stands in a single term A X B.

    Returns
    -------
    tuple or None
        The value of each unknown by those before it, and what must be invertible for that.
    """
    if len(wholes) != len(unknowns):
        return None
    if len(unknowns) == 1:
        last = _last(wholes[0], unknowns[0])
        return None if last is None else ([(unknowns[0], last)], [])
    choices: list[tuple[int, int, int, Symbol, Term, list[Expr]]] = []
    for i, whole in enumerate(wholes):
        taken = linear_terms(whole, unknowns)
        if taken is None:
            return None
        for unknown in unknowns:
            of = taken.of(unknown)
            if len(of) == 1 and of[0].is_two_sided:
                (term,) = _terms_of(taken, unknown)
                if term.is_square:
                    needed = [x for x in (term.left, term.right) if not _is_invertible(x)]
                    choices.append((len(needed), len(choices), i, unknown, term, needed))
    for _, _, i, unknown, term, needed in sorted(choices, key=lambda choice: choice[:2]):
        rest = wholes[i].substitute({unknown: zeros(*unknown.shape)})
        value = multiply(inv(term.left), scale(-1, rest), inv(term.right))
        value = simplify(value.T if term.turned else value)
        others = [simplify(w.substitute({unknown: value})) for w in wholes[:i] + wholes[i + 1 :]]
        inner = _eliminated(others, [x for x in unknowns if x is not unknown])
        if inner is not None:
            way, more = inner
            return [*way, (unknown, value)], [*needed, *more]
    return None


def _last(whole: Expr, unknown: Symbol) -> Expr | None:
    """The only unknown that is left, where its equation is of a kind with one solution."""
    try:
        found = solve_equation(whole, zeros(*whole.shape), unknown, verify=False)
    except ArgumentError:
        return None
    is_nearest = len(found.terms) == 1 and not found.terms[0].is_square
    return None if is_nearest else found.solution


def _is_invertible(x: Expr) -> bool:
    return is_unit(x) or x.has(Fact.INVERTIBLE)


# ---- on vec -----------------------------------------------------------------------------------------------


def _on_vec(
    unknowns: Sequence[Symbol], found: Sequence[LinearTerms], normal: Sequence[Sides]
) -> tuple[Expr, ...]:
    """By the inverse of the matrix on the independent entries of the unknowns, below each other."""
    entries = [entries_of(x) for x in unknowns]
    matrix = grid(
        [
            [simplify(multiply(taken.map_of(own.variable).kronecker(), own.spread)) for own in entries]
            for taken in found
        ]
    )
    is_square = same(matrix.rows, matrix.columns)
    column = multiply(
        inv(matrix) if is_square else pinv(matrix), vstack(*(vec(right) for _, right in normal))
    )
    values = []
    first = ZERO
    for x, own in zip(unknowns, entries, strict=True):
        past = first + own.vector.rows
        here = part(column, (first, past, ZERO, column.columns))
        first = past
        if own.reason is not None:
            here = diag(here) if x.facts & Fact.DIAGONAL else reshape(multiply(own.spread, here), *x.shape)
        elif not x.is_vector:
            here = reshape(here, *x.shape)
        values.append(here)
    return tuple(values)
