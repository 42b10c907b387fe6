"""What is computed for an expression: the same value, in a form that has it where the written one has none.

A quotient such as x/‖x‖, x log x, det(A) A⁻¹ or V f(Λ) Vᵀ has a value, or a limit, where its factors have
none: at 0, at a singular matrix, where eigenvalues coincide. Arithmetic sees 0·∞ there, so the factors
are put together before anything is computed. Where a limit does not exist nothing is put together, and
what is computed is infinite, no number, or refused, as the arithmetic has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import cast

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, postorder
from matgrad.core.facts import Fact
from matgrad.core.substitution import rewrite_bottom_up, with_equal_operands
from matgrad.ops import robust_values as robust
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale
from matgrad.ops.blocks import vstack
from matgrad.ops.determinant import Adjugate, Determinant, adjugate, det, logdet
from matgrad.ops.diagonals import Diag
from matgrad.ops.eigenvalues import Eigenvalues, Eigenvectors
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.identities.scalar_products import total
from matgrad.ops.inverse import Inverse
from matgrad.ops.kronecker import commutation, kron
from matgrad.ops.leaves import Number, Ones, dimension, number, ones
from matgrad.ops.piecewise import Abs, sign
from matgrad.ops.power import Log, Power, exp, log, power
from matgrad.ops.reshaping import vec
from matgrad.ops.singular_values import Polar, SingularValues, SingularVectors, left_singular_vectors
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose, transpose
from matgrad.rewrite.accurate_forms import recentred, without_cancellation
from matgrad.rewrite.cumulative_forms import of_cumulative_product
from matgrad.rewrite.expanding import expanded
from matgrad.rewrite.lifting import lifted_all
from matgrad.rewrite.projectors import has_projectors, of_projectors
from matgrad.rewrite.removable import removed
from matgrad.rewrite.replacing import holds, replaced_in, substituted, times_held
from matgrad.rewrite.squares import (
    entry_norms,
    entry_squares,
    is_long_square,
    is_pole,
    is_root,
    quadratic,
    root_of_squares,
    squared,
    squared_rows,
    squares,
    sum_of_powers,
)

MOST_TERMS = 64
"""Products that would have more terms than this are not multiplied out."""


def for_computing(roots: Sequence[Expr]) -> list[Expr]:
    """The expressions to compute for the given ones.

    Parameters
    ----------
    roots : sequence of Expr
        What is wanted; parts that are shared stay so.
    """
    roots = without_cancellation(removed(lifted_all(roots, computed=True)))
    if has_projectors(postorder(roots)):
        roots = _rewritten(roots, of_projectors)
    if any(
        node.joins_factors or is_root(node) or is_pole(node) or is_long_square(node)
        for node in postorder(roots)
    ):
        roots = _rewritten(_rewritten(_without_null_space(roots), _joined), _norms)
    return recentred(roots)


def _rewritten(roots: Sequence[Expr], rule: Callable[[Expr], Expr]) -> list[Expr]:
    """Apply a rule to every node once, operands first."""
    done: dict[Expr, Expr] = {}
    for node in postorder(roots):
        args = tuple(done[arg] for arg in node.args)
        done[node] = rule(with_equal_operands(node, args))
    return [done[root] for root in roots]


# ---- norms -----------------------------------------------------------------------------------


def _norms(node: Expr) -> Expr:
    """Roots of sums of squares as norms, which neither overflow nor underflow."""
    root = squared(node.args[0]) if isinstance(node, Log) else None
    if root is not None:
        return scale(2, log(robust.Norm.of(root)))
    if is_long_square(node):
        # Multiplied from one end, what vanishes in the middle would meet large numbers at the other.
        return robust.SquaredNorm.of(cast(Expr, squared(node)))
    if not (is_root(node) or is_pole(node)) or not isinstance(node, Power):
        return node
    base = node.args[0]
    if isinstance(base, Determinant) and base.args[0].facts & Fact.POSITIVE_DEFINITE:
        # det(S)^(1/n) is of the size of S, where det(S) may be too small or large for a number.
        return exp(multiply(node.exponent, logdet(base.args[0])))
    if not isinstance(node.exponent, Number):
        scaled = _scaled_sum(node)
        return node if scaled is None else scaled
    twice = number(2 * node.exponent.value)
    whole = root_of_squares(node.args[0])
    if whole is not None:
        return power(robust.Norm.of(whole), twice)
    scaled = _scaled_sum(node)
    if scaled is not None:
        return scaled
    parts = entry_squares(node.args[0])
    if parts is not None:
        return power(entry_norms(parts), twice)
    rows = squared_rows(node.args[0])
    return node if rows is None else power(robust.RowNorms.of(rows), twice)


def _over_entry_norms(node: Hadamard) -> Expr | None:
    """X ⊙ (X ⊙ X + Y ⊙ Y)^q with 0 where both are 0, and where the powers together have no pole."""
    for place, factor in enumerate(node.args):
        parts = entry_squares(factor.args[0]) if isinstance(factor, Power) else None
        exponent = factor.args[1] if parts else None
        if parts is None or not isinstance(exponent, Number) or exponent.value >= 0:
            continue
        others = node.args[:place] + node.args[place + 1 :]
        if sum(_times_among(others, part) for _, part in parts) + 2 * exponent.value < 0:
            continue
        guarded = robust.PowerOrZero.of(entry_norms(parts), number(2 * exponent.value))
        return hadamard(guarded, *others)
    return None


def _times_among(factors: Iterable[Expr], x: Expr) -> Fraction:
    """How often x is among factors, powers counted."""
    base = content(x)[1]
    count = Fraction(0)
    for factor in factors:
        if isinstance(factor, Power) and factor.args[0] is base and isinstance(factor.exponent, Number):
            count += factor.exponent.value
        elif content(factor)[1] is base:
            count += 1
    return count


# ---- putting factors together ----------------------------------------------------------------


def _joined(node: Expr) -> Expr:
    """A product with those of its factors put together that have a value only together."""
    if isinstance(node, Hadamard):
        over = _over_entry_norms(node)
        over = of_cumulative_product(node) if over is None else over
        return _entries_times_logarithm(node) if over is None else over
    if isinstance(node, Trace):
        return _trace_of_logarithm(node)
    if not isinstance(node, Product):
        return node
    whole = _det_hessian(node)
    if whole is not None:
        return _joined(whole)
    terms = _multiplied_out(node)
    if len(terms) > 1:
        return add(*_rewritten(terms, _joined))
    for rule in (_unit_vectors, _unit_rows, _adjugates, _bases, _logarithms, _p_norm, _powers_of_zero):
        changed = rule(node)
        if changed is not None:
            return _joined(changed)
    return _with_checked_inverses(node)


def _poles(node: Product) -> list[tuple[int, Power, Expr]]:
    """The places of scalar factors ‖r‖⁻ᵏ, and their r."""
    found = []
    for place, scalar in enumerate(node.scalars):
        if isinstance(scalar, Power) and isinstance(scalar.exponent, Number) and scalar.exponent.value < 0:
            root = squared(scalar.args[0])
            if root is not None:
                found.append((place, scalar, root))
    return found


def _multiplied_out(node: Product) -> list[Expr]:
    """The terms of a product of which a factor, a sum, holds what belongs to another factor."""
    sums = [place for place, factor in enumerate(node.args) if isinstance(factor, Sum)]
    for place in sums:
        factor = node.args[place]
        others = node.args[:place] + node.args[place + 1 :]
        if len(factor.args) <= MOST_TERMS and _belongs(factor.args, others):
            before, after = node.args[:place], node.args[place + 1 :]
            front = number(node.coefficient)
            return [multiply(front, *before, term, *after) for term in factor.args]
    return [node]


def _belongs(terms: Iterable[Expr], others: Sequence[Expr]) -> bool:
    """Whether a term of a sum has a pole that other factors lift, or lifts theirs."""
    poles = [root for _, _, root in _poles_of(others)]
    inverses = _singular(others)
    for term in terms:
        factors = term.args if isinstance(term, Product) else (term,)
        for root in poles:
            if any(holds(factor, root) or _is_norm_of(factor, root) for factor in factors):
                return True
        for _, _, root in _poles_of(factors):
            if any(holds(other, root) for other in others):
                return True
        for matrix in inverses:
            if any(isinstance(n, Inverse) and n.args[0] is matrix for f in factors for n in postorder(f)):
                return True
        for factor in factors:
            if isinstance(factor, Log) and any(holds(other, factor.args[0]) for other in others):
                return True
    return False


def _poles_of(factors: Sequence[Expr]) -> list[tuple[int, Power, Expr]]:
    scalars = tuple(f for f in factors if f.is_scalar)
    return _poles(Product.intern(scalars, (Fraction(1), len(scalars)))) if scalars else []


def _is_norm_of(factor: Expr, root: Expr) -> bool:
    base = factor.args[0] if isinstance(factor, Power) else factor
    return squared(base) is root


def _unit_vectors(node: Product) -> Expr | None:
    """r ‖r‖⁻ᵏ as r/‖r‖ times what is left of the power: the subgradient 0 of a norm at 0.

    The gradient of no norm has two of them; where a product does, as the cosine xᵀy/(‖x‖ ‖y‖), it has no
    limit at 0, and they are no numbers there.
    """
    for place, pole, root in _poles(node):
        factors = replaced_in(node, place, root, robust.OverNorm.of(root))
        if factors is not None:
            assert isinstance(pole.exponent, Number)
            rest = power(pole.args[0], number(pole.exponent.value + Fraction(1, 2)))
            return _directed(multiply(number(node.coefficient), rest, *factors))
    return None


def _directed(node: Expr) -> Expr:
    """A product without subgradients where it has several that nothing else makes vanish."""
    factors = node.args if isinstance(node, Product) else (node,)
    units = {unit for unit in _units(node) if not any(holds(factor, unit.args[0]) for factor in factors)}
    if sum(times_held(factor, unit) for unit in units for factor in factors) < 2:
        return node
    directions: dict[Expr, Expr] = {unit: robust.Direction.of(unit.args[0]) for unit in units}
    return rewrite_bottom_up(node, directions.get)


def _units(node: Expr) -> list[robust.OverNorm]:
    """The vectors over their norms among the factors of a product."""
    return [part for part in postorder(node) if isinstance(part, robust.OverNorm)]


def _unit_rows(node: Product) -> Expr | None:
    """diag(‖y_i‖⁻ᵏ) Y as the rows over their norms, times what is left of the power."""
    for place, factor in enumerate(node.chain):
        if not (isinstance(factor, Diag) and isinstance(factor.args[0], Power)):
            continue
        base, exponent = factor.args[0].args
        root = squared_rows(base)
        if root is None or not isinstance(exponent, Number) or exponent.value >= 0:
            continue
        rest = power(base, number(exponent.value + Fraction(1, 2)))
        unit = robust.RowsOverNorms.of(root)
        for other, old, new in ((place + 1, root, unit), (place - 1, transpose(root), transpose(unit))):
            if 0 <= other < len(node.chain) and node.chain[other] is old:
                chain = list(node.chain)
                chain[place], chain[other] = Diag.rebuild((rest,), ()), new
                return multiply(number(node.coefficient), *node.scalars, *chain)
    return None


def _powers_of_zero(node: Product) -> Expr | None:
    """s^q with a pole where s is 0, as 0 there, beside factors that vanish at least as fast.

    For s = xᵀAx with A positive semidefinite beside x, and for s = xᵀx + yᵀy beside x or y.
    """
    for place, scalar in enumerate(node.scalars):
        if not isinstance(scalar, Power) or scalar.exponent.facts & Fact.NONNEGATIVE:
            continue
        base, exponent = scalar.args
        if isinstance(exponent, Number) and exponent.value >= 0:
            continue
        others = (*node.scalars[:place], *node.scalars[place + 1 :], *node.chain)
        parts = squares(base)
        if parts and isinstance(exponent, Number) and not any(isinstance(part, Number) for part in parts):
            held = sum(times_held(other, part) for other in others for part in parts)
            if held + 2 * exponent.value >= 0:
                norm = robust.Norm.of(vstack(*map(vec, parts)))
                guarded = robust.PowerOrZero.of(norm, number(2 * exponent.value))
                return multiply(number(node.coefficient), guarded, *others)
        if _lifts(base, exponent, others):
            guarded = robust.PowerOrZero.of(base, exponent)
            return multiply(number(node.coefficient), guarded, *others)
    return None


def _scaled_sum(node: Power) -> Expr | None:
    """(Σ|x|ᵖ)^q as ‖x‖^(pq) (Σ|x/‖x‖|ᵖ)^q, which neither overflows nor underflows."""
    x, degree = sum_of_powers(node.args[0])
    if x is None or degree is None or isinstance(x, robust.Computed):
        return None
    unit = robust.OverNorm.of(x)
    whole = power(robust.Norm.of(x), expanded(multiply(degree, node.exponent)))
    return multiply(whole, power(substituted(node.args[0], x, unit), node.exponent))


def _p_norm(node: Product) -> Expr | None:
    """(Σ|x|ᵖ)^q ⋅ |x|^r with q < 0 in terms of x/‖x‖, with 0 at 0 where the powers together have no pole."""
    for place, scalar in enumerate(node.scalars):
        if not isinstance(scalar, Power):
            continue
        base, exponent = scalar.args
        x, degree = sum_of_powers(base)
        if x is None or degree is None or isinstance(x, robust.Computed) or exponent.facts & Fact.NONNEGATIVE:
            continue
        others = [*node.scalars[:place], *node.scalars[place + 1 :], *node.chain]
        slopes = {f: _degree(f) for other in others for f in _factors(other) if _is_slope(f, x)}
        if not slopes or any(not f.is_vector and f.is_row for f in slopes):
            continue
        unit = robust.OverNorm.of(x)
        scaled: dict[Expr, Expr] = {f: substituted(f, x, unit) for f in slopes}
        count = [sum(f in _factors(other) for other in others) for f in slopes]
        powers = [multiply(number(n), r) for n, r in zip(count, slopes.values(), strict=True)]
        left = expanded(add(multiply(degree, exponent), *powers))
        if isinstance(left, Number) and left.value < 0:
            continue
        rest = [_with_factors(other, scaled) for other in others]
        lifted = robust.PowerOrZero.of(substituted(base, x, unit), exponent)
        return multiply(number(node.coefficient), power(robust.Norm.of(x), left), lifted, *rest)
    return None


def _degree(factor: Expr) -> Expr:
    return factor.exponent if isinstance(factor, Power) else number(1)


def _lifts(base: Expr, exponent: Expr, others: Sequence[Expr]) -> bool:
    """Whether other factors are 0 wherever a sum of powers or a quadratic form is, and as small."""
    x = quadratic(base)
    if x is not None:
        count = sum(times_held(other, x) for other in others)
        return isinstance(exponent, Number) and count + 2 * exponent.value >= 0
    return False


def _factors(x: Expr) -> Iterable[Expr]:
    x = x.args[0] if isinstance(x, (Transpose, Diag)) else x
    return x.args if isinstance(x, Hadamard) else (x,)


def _with_factors(x: Expr, new: Mapping[Expr, Expr]) -> Expr:
    """An operand with those of its :func:`_factors` replaced that have a replacement."""
    if isinstance(x, (Transpose, Diag)):
        return x.rebuild((_with_factors(x.args[0], new),), x.data)
    if isinstance(x, Hadamard):
        return x.rebuild(tuple(new.get(factor, factor) for factor in x.args), x.data)
    return new.get(x, x)


def _is_slope(factor: Expr, x: Expr) -> bool:
    """Whether a factor is |x| or a power of it."""
    base = factor.args[0] if isinstance(factor, Power) else factor
    return base is x or (isinstance(base, Abs) and base.args[0] is x)


# ---- determinants and inverses ---------------------------------------------------------------


def _singular(factors: Sequence[Expr]) -> list[Expr]:
    """The matrices whose determinant is among some factors, and that need not be invertible."""
    found = []
    for factor in factors:
        base = factor.args[0] if isinstance(factor, Power) else factor
        if isinstance(base, Determinant):
            matrix = base.args[0]
            known = Fact.INVERTIBLE | Fact.POSITIVE_DEFINITE | Fact.ORTHOGONAL
            if not matrix.facts & known:
                found.append(matrix)
            if isinstance(matrix, Product) and all(f.is_square for f in matrix.chain):
                found += [f.args[0] if isinstance(f, Transpose) else f for f in matrix.chain]
    return found


def _adjugates(node: Product) -> Expr | None:
    """det(A) A⁻¹ as the adjugate, which singular matrices have too."""
    for place, scalar in enumerate(node.scalars):
        base, exponent = scalar.args if isinstance(scalar, Power) else (scalar, number(1))
        if not isinstance(base, Determinant) or not isinstance(exponent, Number) or exponent.value < 1:
            continue
        whole = base.args[0]
        for matrix in _singular([scalar]):
            rest = [power(base, number(exponent.value - 1))]
            if matrix is not whole and isinstance(whole, Product):
                factors = list(whole.chain)
                where = next(i for i, f in enumerate(factors) if matrix in (f, f.T))
                rest += [det(f) for i, f in enumerate(factors) if i != where]
                front = multiply(number(whole.coefficient), *whole.scalars)
                rest.append(power(front, dimension(whole.rows)))
            inverted = Inverse.rebuild((matrix,), ())
            changed = replaced_in(node, place, inverted, _adjugate_like_the_inverse(matrix))
            if changed is not None:
                return multiply(number(node.coefficient), *rest, *changed)
    return None


def _adjugate_like_the_inverse(x: Expr) -> Expr:
    """The adjugate; its skew part for a skew matrix, whose adjugate is symmetric where the order is odd."""
    whole = adjugate(x)
    if not x.facts & Fact.SKEW:
        return whole
    return scale(Fraction(1, 2), add(whole, scale(-1, transpose(whole))))


def _with_checked_inverses(node: Product) -> Expr:
    """A product of an adjugate and an inverse of one matrix, which has a limit that is not found here.

    Where the matrix is singular up to rounding, numbers would come out that mean nothing.
    """
    parts = postorder(node)
    adjugates = {part.args[0] for part in parts if isinstance(part, Adjugate)}
    inverses: dict[Expr, Expr] = {
        part: robust.CheckedInverse.of(part.args[0])
        for part in parts
        if isinstance(part, Inverse) and part.args[0] in adjugates
    }
    return rewrite_bottom_up(node, inverses.get) if inverses else node


def _det_hessian(node: Product) -> Expr | None:
    """det(X) (vec(X⁻ᵀ) vec(X⁻ᵀ)ᵀ − (X⁻¹ ⊗ X⁻ᵀ) K) as the Hessian of the determinant, of singular X too."""
    for scalar in node.scalars:
        if isinstance(scalar, Determinant) and _singular([scalar]):
            for place, factor in enumerate(node.chain):
                front, core = content(factor)
                sign, pattern = content(_hessian_over_det(scalar.args[0]))
                if core is pattern:
                    chain = list(node.chain)
                    chain[place] = robust.DetHessian.of(scalar.args[0], more=(factor.shape,))
                    others = [other for other in node.scalars if other is not scalar]
                    return multiply(number(node.coefficient * front / sign), *others, *chain)
    return None


def _hessian_over_det(x: Expr) -> Expr:
    """The Hessian of det(X) over det(X), vec(X⁻ᵀ) vec(X⁻ᵀ)ᵀ − (X⁻¹ ⊗ X⁻ᵀ) K."""
    inverted = Inverse.rebuild((x,), ())
    column = vec(transpose(inverted))
    outer = multiply(column, transpose(column))
    pairs = multiply(kron(inverted, transpose(inverted)), commutation(x.rows, x.rows))
    return add(outer, scale(-1, pairs))


# ---- bases of eigenvectors and singular vectors ----------------------------------------------


def _bases(node: Product) -> Expr | None:
    """V diag(f(λ)) Vᵀ and U diag(f(σ)) Vᵀ, which any basis gives where values coincide."""
    chain = node.chain
    for i, left in enumerate(chain):
        middle = chain[i + 1] if i + 2 < len(chain) and isinstance(chain[i + 1], Diag) else None
        right_place = i + 1 if middle is None else i + 2
        if right_place >= len(chain):
            break
        right = chain[right_place].T
        pair = _any_basis(left, right)
        if pair is None or (middle is not None and not _is_of_spectrum(middle.args[0], left.args[0])):
            continue
        factors = [*chain[:i], pair[0], *chain[i + 1 : right_place], transpose(pair[1])]
        return multiply(number(node.coefficient), *node.scalars, *factors, *chain[right_place + 1 :])
    return None


def _any_basis(left: Expr, right: Expr) -> tuple[Expr, Expr] | None:
    if isinstance(left, Eigenvectors) and left is right:
        vectors = robust.AnyEigenvectors.of(left.args[0])
        return vectors, vectors
    if isinstance(left, SingularVectors) and isinstance(right, SingularVectors) and left.args == right.args:
        if left.data != right.data:
            return _singular_basis(left.args[0], left.columns, right.data[0] == "left")
        kind = robust.AnyLeftVectors if left.data[0] == "left" else robust.AnyRightVectors
        basis = kind.of(left.args[0], more=(left.shape,))
        return basis, basis
    return None


def _singular_basis(x: Expr, rank: Dim, turned: bool) -> tuple[Expr, Expr]:
    """The U and V of U diag(f(σ)) Vᵀ, or of its transpose, with 0 for f(0): a subgradient at a kink."""
    pair = (
        robust.RangeVectors.of(x, more=((x.rows, rank),)),
        robust.CoupledVectors.of(x, more=((x.columns, rank),)),
    )
    return pair[::-1] if turned else pair


def _without_null_space(roots: Sequence[Expr]) -> Sequence[Expr]:
    """Roots with polar factors that singular matrices have too, where no equation is solved with them."""
    nodes = postorder(roots)
    if not any(isinstance(node, Polar) for node in nodes):
        return roots
    strict: set[Expr] = set()
    for node in nodes:
        held = [[part for part in postorder(arg) if isinstance(part, Polar)] for arg in node.args]
        if not (isinstance(node, Sum) or node.linearity == "each") or sum(map(bool, held)) > (
            len(node.args) if isinstance(node, Sum) else 1
        ):
            strict.update(part for parts in held for part in parts)
    return _rewritten(
        roots, lambda node: _polar(node) if isinstance(node, Polar) and node not in strict else node
    )


def _polar(node: Polar) -> Expr:
    """U Vᵀ without the vectors of singular values that are 0: the subgradient of the nuclear norm."""
    whole = left_singular_vectors(node.args[0])
    left, right = _singular_basis(node.args[0], whole.columns, False)
    return multiply(left, transpose(right))


def _is_of_spectrum(column: Expr, matrix: Expr) -> bool:
    """Whether the entries of a column are one function of the eigenvalues or singular values."""
    if isinstance(column, (Eigenvalues, SingularValues)):
        return column.args[0] in (matrix, matrix.T)
    if isinstance(column, (Sum, Hadamard, Elementwise)):
        return all(_is_of_spectrum(arg, matrix) for arg in column.args)
    if isinstance(column, Power):
        return _is_of_spectrum(column.args[0], matrix)
    if isinstance(column, Product):
        return all(_is_of_spectrum(factor, matrix) for factor in column.chain) and len(column.chain) == 1
    return isinstance(column, Ones)


# ---- logarithms of zero ----------------------------------------------------------------------


def _logarithm(factor: Expr) -> tuple[Expr, int] | None:
    """The u and k of log(u)ᵏ, where u may be 0."""
    base, exponent = factor.args if isinstance(factor, Power) else (factor, number(1))
    if not isinstance(base, Log) or base.args[0].facts & Fact.POSITIVE:
        return None
    if not isinstance(exponent, Number) or exponent.value.denominator != 1 or exponent.value < 1:
        return None
    return base.args[0], int(exponent.value)


def _entries_times_logarithm(node: Hadamard) -> Expr:
    """a ⊙ log u with 0 where a is 0."""
    for place, factor in enumerate(node.args):
        others = node.args[:place] + node.args[place + 1 :]
        if isinstance(factor, Sum) and len(factor.args) <= MOST_TERMS and _belongs(factor.args, others):
            return add(*_rewritten([hadamard(term, *others) for term in factor.args], _joined))
        found = _logarithm(factor)
        if found is not None:
            return robust.TimesLogarithm.of(hadamard(*others), found[0], more=(found[1],))
    return node


def _trace_of_logarithm(node: Trace) -> Expr:
    """tr(Aᵀ log(U)) = Σ A ⊙ log U, with 0 where A is 0."""
    product = node.args[0]
    if isinstance(product, Product) and len(product.chain) == 2 and not product.scalars:
        left, right = product.chain
        for a, factor in ((transpose(left), right), (right, transpose(left))):
            turned = _logarithm(transpose(factor))
            found = _logarithm(factor) or (turned and (transpose(turned[0]), turned[1]))
            if found:
                entries = robust.TimesLogarithm.of(a, found[0], more=(found[1],))
                return scale(product.coefficient, multiply(transpose(ones(a.rows)), entries, ones(a.columns)))
    return node


def _logarithms(node: Product) -> Expr | None:
    """t log t of scalars, and aᵀ log(u) of columns."""
    for place, scalar in enumerate(node.scalars):
        found = _logarithm(scalar)
        others = [*node.scalars[:place], *node.scalars[place + 1 :]]
        if found is not None and others:
            product = robust.TimesLogarithm.of(multiply(*others), found[0], more=(found[1],))
            return multiply(number(node.coefficient), product, *node.chain)
        root = None if found is None else squared(found[0])
        if found is not None and root is not None and any(holds(other, root) for other in node.chain):
            norm = robust.Norm.of(root)
            lifted = robust.TimesLogarithm.of(sign(norm), norm, more=(found[1],))
            return multiply(number(node.coefficient * 2 ** found[1]), lifted, *node.chain)
    if node.is_scalar and len(node.chain) == 2:
        row, column = node.chain
        for a, factor in ((row.T, column), (column, row.T)):
            found = _logarithm(factor)
            if found is not None and not isinstance(a, Ones):
                entries = robust.TimesLogarithm.of(a, found[0], more=(found[1],))
                return multiply(number(node.coefficient), *node.scalars, total(entries))
    return None
