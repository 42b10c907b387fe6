"""Riccati equations, recognised by their first and second order, not by how they are written."""

from __future__ import annotations

from dataclasses import replace

from matgrad.calculus.linear_terms import LinearTerm, LinearTerms, linear_terms
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import differential_of
from matgrad.core.errors import MatgradError, NotDifferentiableError, ShapeError
from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase, phrase, together
from matgrad.equations.kinds import Kind
from matgrad.ops.arithmetic import Sum, add, multiply, scale, split_number, subtract, summands
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import Eye, eye, zeros
from matgrad.ops.riccati import discrete_riccati, riccati
from matgrad.ops.transpose import Transpose, transpose
from matgrad.rewrite.simplify import simplify
from matgrad.verify.equality import same_value

_CONTINUOUS = Phrase("Riccati equation, continuous")
_DISCRETE = Phrase("Riccati equation, discrete")
_STABLE = Phrase(
    "({a}, {b}) is stabilisable and {c} sees every mode of {a} on the imaginary axis; of the solutions it is "
    "the one that makes {d} stable"
)
_INSIDE = Phrase(
    "({a}, {b}) is stabilisable and {c} sees every mode of {a} on the unit circle; of the solutions it is "
    "the one that makes the closed loop stable"
)

_STABLE_AROUND = Phrase(
    "{e} is invertible, ({a}, {b}) is stabilisable and {c} sees every mode of {a} on the imaginary axis; of "
    "the solutions it is the one that makes {d} stable"
)
_INSIDE_AROUND = Phrase(
    "{d} is invertible, ({a}, {b}) is stabilisable and {c} sees every mode of {a} on the unit circle; of the "
    "solutions it is the one that makes the closed loop stable"
)


def riccati_form(whole: Expr, unknown: Symbol) -> tuple[Kind, Expr] | None:
    """The kind and the solution of F(X) = 0 where that is a Riccati equation; ``None`` where it is none.

    Raises
    ------
    ShapeError
        When one of its matrices is not declared symmetric.
    """
    if unknown.rows != unknown.columns:
        return None
    found = _continuous(whole, unknown) or _discrete(whole, unknown)
    if found is not None:
        return found
    for e in _around(whole, unknown):
        # EᵀXE stands for X: by E⁻ᵀ F E⁻¹ it is an equation with A E⁻¹ for A.
        through = multiply(transpose(inv(e)), whole, inv(e))
        found = _continuous(through, unknown) or _discrete(through, unknown)
        if found is not None:
            kind, solution = found
            around = _STABLE_AROUND if kind.condition is _STABLE else _INSIDE_AROUND
            return replace(kind, condition=around, coefficients=(*kind.coefficients, e)), solution
    return None


def _around(whole: Expr, unknown: Symbol) -> list[Expr]:
    """The matrices that stand behind the unknown where it is of first order: A and E of Eᵀ X A."""
    changed = _change(whole, unknown)
    if changed is None:
        return []
    image, change = changed
    try:
        first = linear_terms(image.substitute({unknown: zeros(*unknown.shape)}), [change])
    except MatgradError:
        return []
    if first is None or not all(term.is_two_sided for term in first.terms):
        return []
    behind = dict.fromkeys(term.right for term in first.terms)
    return [e for e in behind if isinstance(e, (Symbol, Transpose)) and e.rows == e.columns]


def _without_inner_inverse(whole: Expr, unknown: Symbol) -> Expr:
    """(X⁻¹ + G)⁻¹ as X (I + G X)⁻¹, which has a value at X = 0."""

    def written(node: Expr) -> Expr | None:
        if not isinstance(node, Inverse) or not isinstance(node.args[0], Sum):
            return None
        terms = node.args[0].args
        if inv(unknown) not in terms:
            return None
        g = add(*(term for term in terms if term is not inv(unknown)))
        return multiply(unknown, inv(add(eye(unknown.rows), multiply(g, unknown))))

    return rewrite_bottom_up(whole, written)


def _change(whole: Expr, unknown: Symbol) -> tuple[Expr, Symbol] | None:
    change = differential_of(unknown, names_in(whole))
    try:
        return pushforward(whole, unknown, change), change
    except NotDifferentiableError:
        return None


def _continuous(whole: Expr, unknown: Symbol) -> tuple[Kind, Expr] | None:
    """By dF = L[dX] + dX G X + X G dX, whose part that is linear in X tells G, and the rest A."""
    changed = _change(whole, unknown)
    if changed is None:
        return None
    image, change = changed
    second = linear_terms(image, [unknown])
    if second is None or not second.terms or not all(term.is_two_sided for term in second.terms):
        return None
    # The term that has X on its left end is X G dX.
    inner = next((t for t in second.terms if isinstance(t.left, Eye) and not t.transposed), None)
    first = linear_terms(second.rest, [change])
    if inner is None or first is None:
        return None
    middle = linear_terms(multiply(inner.coefficient, inner.right), [change])  # type: ignore[arg-type]
    if middle is None or len(middle.terms) != 1 or not isinstance(middle.terms[0].right, Eye):
        return None
    g = multiply(middle.terms[0].coefficient, middle.terms[0].left)  # type: ignore[arg-type]
    a = _right_factor(first.terms)
    if a is None:
        return None
    q = whole.substitute({unknown: zeros(*unknown.shape)})
    for sign in (1, -1):
        # ±F = AᵀX + XA − XGX + Q
        a1, g1, q1 = (simplify(scale(s * sign, part)) for s, part in ((1, a), (-1, g), (1, q)))
        x = unknown
        candidate = add(multiply(transpose(a1), x), multiply(x, a1), scale(-1, multiply(x, g1, x)), q1)
        if _agree(scale(sign, whole), candidate) and _is_of_control(g1):
            kind = Kind(
                _CONTINUOUS,
                _STABLE,
                Phrase("the ordered Schur form of the Hamiltonian matrix", "Laub (1979)"),
                (a1, g1, q1, subtract(a1, multiply(g1, x))),
            )
            _require_symmetric(g1, q1)
            return kind, riccati(a1, g1, q1)
    return None


def _require_symmetric(g: Expr, q: Expr) -> None:
    """Ask for the declarations by which G and Q are symmetric, where there are some.

    Raises
    ------
    ShapeError
        Where one of them is not known to be symmetric, and would be.
    """
    asked: dict[str, Symbol] = {}
    for part in (g, q):
        if part.has(Fact.SYMMETRIC):
            continue
        square = [x for x in symbols_of(part).values() if x.is_square and not x.has(Fact.SYMMETRIC)]
        for chosen in (*([x] for x in square), square):
            declared = {x: Symbol.make(x.label, *x.shape, x.facts | Fact.SYMMETRIC) for x in chosen}
            if part.substitute(declared).has(Fact.SYMMETRIC):
                asked |= {x.label: x for x in chosen}
                break
    if asked:
        raise _not_symmetric(asked)


def require_symmetric_weights(whole: Expr, unknown: Symbol) -> None:
    """Ask for declarations by which an equation is a Riccati equation: R of R⁻¹, and Q by itself, symmetric.

    Raises
    ------
    ShapeError
        Where it is one with them.
    """
    inverses = [node.args[0] for node in postorder(whole) if isinstance(node, Inverse)]
    inside = {x for node in inverses for x in (summands(node))}
    terms = summands(whole)
    alone = {
        split_number(term)[1]
        for term in terms
        if all(split_number(term)[1] not in postorder(other) for other in terms if other is not term)
    }
    weights = [
        x
        for x in symbols_of(whole).values()
        if x in inside | alone and x.is_square and x is not unknown and not x.has(Fact.SYMMETRIC)
    ]
    if not weights:
        return
    declared = {x: Symbol.make(x.label, *x.shape, x.facts | Fact.SYMMETRIC) for x in weights}
    if riccati_form(whole.substitute(dict(declared)), unknown) is not None:
        raise _not_symmetric({x.label: x for x in weights})


def _not_symmetric(asked: dict[str, Symbol]) -> ShapeError:
    """That matrices of a Riccati equation are not declared symmetric."""
    names = together(asked)
    return ShapeError(
        phrase("a Riccati equation has symmetric matrices; {names} is not declared symmetric", names=names)
        if len(asked) == 1
        else phrase(
            "a Riccati equation has symmetric matrices; {names} are not declared symmetric", names=names
        ),
        fix=phrase(
            "declare {declared}",
            declared=", ".join(f"{name}: {x.rows}×{x.columns} symmetric" for name, x in asked.items()),
        ),
    )


def _is_of_control(g: Expr) -> bool:
    """Whether the sign is that of a control problem: G not known to be negative."""
    return not scale(-1, g).has(Fact.POSITIVE_SEMIDEFINITE)


def _right_factor(terms: tuple[LinearTerm, ...]) -> Expr | None:
    """The A of X A among terms."""
    for term in terms:
        if term.is_two_sided and isinstance(term.left, Eye) and not term.transposed:
            assert term.right is not None
            return multiply(term.coefficient, term.right)
    return None


def _discrete(whole: Expr, unknown: Symbol) -> tuple[Kind, Expr] | None:
    """By the inverse of R + BᵀXB or of I + GX in it, and A from what is of first order at X = 0."""
    whole = _without_inner_inverse(whole, unknown)
    changed = _change(whole, unknown)
    if changed is None:
        return None
    image, change = changed
    try:
        q = whole.substitute({unknown: zeros(*unknown.shape)})
        image = image.substitute({unknown: zeros(*unknown.shape)})
    except MatgradError:  # where X = 0 has no inverse it is none
        return None
    first = linear_terms(image, [change])
    if first is None:
        return None
    # Aᵀ dX A beside dX itself.
    twice = (
        t.right
        for t in first.terms
        if t.right is not None and t.left in (transpose(t.right), scale(-1, transpose(t.right)))
    )
    a = next((right for right in twice if not isinstance(right, Eye)), None)
    if a is None:
        return None
    for sign in (1, -1):
        for node in postorder(whole):
            if not isinstance(node, Inverse) or unknown not in postorder(node):
                continue
            inside = linear_terms(node.args[0], [unknown])
            if inside is None or len(inside.terms) != 1 or not inside.terms[0].is_two_sided:
                continue
            q1 = simplify(scale(sign, q))
            g, through = _of_inverse(inside, unknown)
            candidate = add(
                multiply(transpose(a), unknown, a), scale(-1, unknown),
                scale(-1, multiply(transpose(a), through, a)), q1,
            )  # fmt: skip
            if _agree(scale(sign, whole), candidate):
                kind = Kind(
                    _DISCRETE,
                    _INSIDE,
                    Phrase("the ordered QZ form of the symplectic pencil", "Pappas, Laub & Sandell (1980)"),
                    (a, g, q1),
                )
                _require_symmetric(g, q1)
                return kind, discrete_riccati(a, g, q1)
    return None


def _of_inverse(inside: LinearTerms, x: Symbol) -> tuple[Expr, Expr]:
    """G, and X − X (I + G X)⁻¹ as it is written with R + BᵀXB, I + GX or I + XG."""
    (term,), r = inside.terms, inside.rest
    assert term.left is not None
    assert term.right is not None
    front, behind = multiply(term.coefficient, term.left), multiply(term.coefficient, term.right)
    if isinstance(r, Eye) and isinstance(term.right, Eye):
        return simplify(front), multiply(x, inv(add(r, multiply(front, x))), front, x)
    if isinstance(r, Eye) and isinstance(term.left, Eye):
        return simplify(behind), multiply(x, behind, inv(add(r, multiply(x, behind))), x)
    b = term.right
    through = inv(add(r, multiply(transpose(b), x, b)))
    return simplify(multiply(b, inv(r), transpose(b))), multiply(x, b, through, transpose(b), x)


def _agree(a: Expr, b: Expr) -> bool:
    if a is b or simplify(subtract(a, b)) is zeros(*a.shape):
        return True
    try:
        # The solution is symmetric: both need agree on symmetric X only.
        return same_value(a, b)
    except MatgradError:
        return False
