"""Computed forms that keep the digits which shorter forms lose: what is shown may be the shorter one.

What is shown of a derivative is what reads best. Where that is one step further than arithmetic should go,
the step is taken back before anything is computed, here and nowhere else:

- Nμ − Σxᵢ is summed as Σ(μ − xᵢ), whose terms are small where all xᵢ are near μ;
- x − mean(x) has a mean of 0 only up to the rounding of mean(x); what is shown of a derivative has it once,
  where the chain rule takes the mean off twice, and so it is taken off once more;
- r − s ⊙ (r − d), with steps s of 0 and 1, is d or r, whichever holds;
- log|det A| is the sum of the logarithms of the singular values of A, or of the diagonal of a triangular one:
  det A itself overflows;
- exp(S) of a symmetric matrix is V exp(Λ) Vᵀ (Higham, 2008, sec. 10.1), with no scaling to undo by squaring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, postorder
from matgrad.core.facts import Fact
from matgrad.core.substitution import with_equal_operands
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number, subtract
from matgrad.ops.comparisons import where
from matgrad.ops.determinant import Determinant
from matgrad.ops.diagonals import diag, diagonal
from matgrad.ops.eigenvalues import eigenvalues, eigenvectors
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import Ones, dimension, eye, number, ones
from matgrad.ops.matrix_functions import Expm
from matgrad.ops.piecewise import Abs, Step, absolute
from matgrad.ops.power import Log, exp, log, power
from matgrad.ops.reductions import column_mean, mean, row_mean
from matgrad.ops.robust_values import AsComputed, Less, OverNorm, RowsOverNorms
from matgrad.ops.singular_values import singular_values
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import Transpose
from matgrad.rewrite.expanding import expanded


def without_cancellation(roots: Sequence[Expr]) -> list[Expr]:
    """The expressions with those of their parts that lose digits in another form.

    Parameters
    ----------
    roots : sequence of Expr
        What is wanted; parts that are shared stay so.
    """
    nodes = postorder(roots)
    if any(isinstance(node, Expm) for node in nodes):
        roots = _rewritten(roots, _spectral)
    if any(isinstance(node, Log) for node in nodes):
        roots = _rewritten(roots, _logarithm_of_determinant)
    if any(isinstance(node, Step) for node in nodes):
        roots = _rewritten(roots, _by_pieces)
    if any(isinstance(node, Ones) for node in nodes):
        roots = _rewritten(_rewritten(roots, _without_centring_matrix), _summed_differences)
    return list(roots)


def _rewritten(roots: Sequence[Expr], rule: Callable[[Expr], Expr]) -> list[Expr]:
    """Apply a rule to every node once, operands first."""
    done: dict[Expr, Expr] = {}
    for node in postorder(roots):
        done[node] = rule(with_equal_operands(node, tuple(done[arg] for arg in node.args)))
    return [done[root] for root in roots]


def _spectral(node: Expr) -> Expr:
    """exp(S) by the eigenvalues of a symmetric matrix."""
    if not isinstance(node, Expm) or not node.args[0].has(Fact.SYMMETRIC):
        return node
    vectors = eigenvectors(node.args[0])
    return multiply(vectors, diag(exp(eigenvalues(node.args[0]))), vectors.T)


def _logarithm_of_determinant(node: Expr) -> Expr:
    """log|det A| by the singular values of A, by the diagonal of a triangular one."""
    if (
        not isinstance(node, Log)
        or not isinstance(node.args[0], Abs)
        or not isinstance(node.args[0].args[0], Determinant)
    ):
        return node
    matrix = node.args[0].args[0].args[0]
    is_triangular = matrix.has(Fact.LOWER_TRIANGULAR) or matrix.has(Fact.UPPER_TRIANGULAR)
    values = absolute(diagonal(matrix)) if is_triangular else singular_values(matrix)
    return inner_product(ones(*values.shape), log(values))


# ---- pieces ------------------------------------------------------------------------------------


def _by_pieces(node: Expr) -> Expr:
    """A + s ⊙ B as A + B where s is 1 and A elsewhere, where A + B has fewer terms than A and B."""
    if not isinstance(node, Sum):
        return node
    for mask in dict.fromkeys(factor for term in node.args for factor in _masks(term)):
        inside = [term for term in node.args if mask in _masks(term)]
        outside = [term for term in node.args if mask not in _masks(term)]
        if not outside:
            continue
        opened = [expanded(_without(term, mask)) for term in inside]
        whole = add(*outside, *opened)
        if _length(whole) < len(outside) + sum(map(_length, opened)):
            return where(mask, whole, add(*outside))
    return node


def _length(x: Expr) -> int:
    return len(x.args) if isinstance(x, Sum) else 1


def _masks(term: Expr) -> tuple[Expr, ...]:
    core = split_number(term)[1]
    factors = (
        core.args if isinstance(core, Hadamard) or (isinstance(core, Product) and core.is_scalar) else ()
    )
    return tuple(factor for factor in factors if isinstance(factor, Step))


def _without(term: Expr, mask: Expr) -> Expr:
    front, core = split_number(term)
    join = hadamard if isinstance(core, Hadamard) else multiply
    return scale(front, join(*(factor for factor in core.args if factor is not mask)))


# ---- sums of differences -----------------------------------------------------------------------


def _summed_differences(node: Expr) -> Expr:
    """n u − Y1 as −(Y − u1ᵀ)1, and u − Y1/n in the same way, with the n columns of Y; rows alike."""
    if not isinstance(node, Sum):
        return node
    for term in node.args:
        total = _total(term)
        if total is None:
            continue
        front, scalars, data, side = total
        for other in node.args:
            found = None if other is term else _differences(other, front, scalars, data, side)
            if found is not None:
                rest = [each for each in node.args if each is not term and each is not other]
                return _summed_differences(add(found, *rest))
    return node


def _total(term: Expr) -> tuple[Fraction, tuple[Expr, ...], Expr, str] | None:
    """The number, the scalars and the Y of a multiple of Y1 or 1ᵀY, where Y is there already."""
    front, core = split_number(term)
    if isinstance(core, Product) and core.is_scalar and core.chain:
        scalars: tuple[Expr, ...] = ()
        chain = core.chain
    elif isinstance(core, Product) and not core.chain:
        inner = [s for s in core.scalars if isinstance(s, Product) and s.chain]
        if len(inner) != 1:
            return None
        scalars, chain = tuple(s for s in core.scalars if s is not inner[0]), inner[0].chain
    elif isinstance(core, Product):
        scalars, chain = core.scalars, core.chain
    else:
        return None
    if len(chain) != 2 or any(isinstance(part, Product) for part in chain):
        return None
    left, right = chain
    if isinstance(right, Ones):
        return front, scalars, left, "right"
    return (front, scalars, right, "left") if isinstance(left.T, Ones) else None


def _differences(
    other: Expr, front: Fraction, scalars: tuple[Expr, ...], data: Expr, side: str
) -> Expr | None:
    """The sum of the differences of the columns or rows of Y from u, where n u is another term."""
    length = data.columns if side == "right" else data.rows
    if length.is_integer and int(length) == 1:
        return None
    weight = multiply(number(front), *scalars)
    alone = multiply(other, power(multiply(dimension(length), weight), number(-1)))
    if split_number(alone)[0] > 0 or not _is_plain(alone):
        return None
    along = ones(length)
    if side == "right":
        return multiply(weight, add(data, multiply(alone, along.T)), along)
    return multiply(weight, along.T, add(data, multiply(along, alone)))


def _is_plain(x: Expr) -> bool:
    """Whether an expression is a multiple of a variable by numbers."""
    core = split_number(x)[1]
    core = core.args[0] if isinstance(core, Transpose) else core
    return not core.args


# ---- means -------------------------------------------------------------------------------------


def recentred(roots: Sequence[Expr]) -> list[Expr]:
    """The differences from a mean that results are multiples of, with the mean taken off once more.

    A number is a sum of them, which has the error of the sum already.
    """
    if not any(isinstance(node, Ones) for node in postorder(roots)):
        return list(roots)
    done: dict[Expr, Expr] = {root: root for root in roots if root.is_scalar}
    for node in postorder([root for root in roots if not root.is_scalar], below=_is_multiple):
        known = _centred(node)
        if known is not None:
            done[node] = _again(*known)
        elif _is_multiple(node):
            args = tuple(done.get(arg, arg) for arg in node.args)
            done[node] = with_equal_operands(node, args)
        else:
            done[node] = node
    return [done[root] for root in roots]


def _without_centring_matrix(node: Expr) -> Expr:
    """(I − 11ᵀ/m) X as X − 1 (1ᵀX)/m, and in the same way from the right."""
    if not isinstance(node, Product) or len(node.chain) < 2:
        return node
    first, second, *_ = node.chain
    *_, before, last = node.chain
    front = (number(node.coefficient), *node.scalars)
    for sign in (1, -1):
        if first is scale(sign, centring_matrix(first.rows)):
            inside = subtract(second, multiply(ones(second.rows), column_mean(second)))
            return multiply(*front, number(sign), inside, *node.chain[2:])
    for sign in (1, -1):
        if last is scale(sign, centring_matrix(last.rows)):
            inside = subtract(before, multiply(row_mean(before), ones(before.columns).T))
            return multiply(*front, number(sign), *node.chain[:-2], inside)
    return node


def centring_matrix(n: Dim) -> Expr:
    """I − 11ᵀ/n."""
    return subtract(eye(n), multiply(power(dimension(n), number(-1)), ones(n), ones(n).T))


def _is_multiple(node: Expr) -> bool:
    """Whether a result is a multiple of its operands."""
    if isinstance(node, Product):
        chain = node.chain
        return not any(a is not b and a is b.T for a in chain for b in chain)  # no square
    return isinstance(node, (Sum, Hadamard, Transpose, OverNorm, RowsOverNorms)) and _centred(node) is None


def _again(centred: Expr, mean: Callable[[Expr], Expr]) -> Expr:
    """A difference from a mean without the mean that rounding has left it."""
    first = AsComputed.of(centred)
    return Less.of(first, mean(first))


def _centred(node: Expr) -> tuple[Expr, Callable[[Expr], Expr]] | None:
    """A difference from a mean with how the mean is taken; ``None`` for anything else."""
    if isinstance(node, Sum):
        for term in node.args:
            if not _holds_ones(term):
                continue
            rest = subtract(node, term)
            for mean in _MEANS:
                if scale(-1, mean(rest)) is term:
                    return node, mean
    return None


def _holds_ones(term: Expr) -> bool:
    core = split_number(term)[1]
    factors = core.chain if isinstance(core, Product) else (core,)
    return any(isinstance(f, Ones) or isinstance(f.T, Ones) for f in factors)


_MEANS: tuple[Callable[[Expr], Expr], ...] = (
    lambda x: multiply(mean(x), ones(*x.shape)),
    lambda x: multiply(row_mean(x), ones(x.columns).T),
    lambda x: multiply(ones(x.rows), column_mean(x)),
)
"""The means of all entries, of the rows and of the columns, each in the shape of what it is the mean of."""
