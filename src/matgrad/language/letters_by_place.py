"""What the place of an undeclared letter says of it, where its kind is not that of its alphabet.

Greek letters are scalars; but nobody transposes a scalar, and nobody writes one behind a matrix: the β of Xβ
and the μ of w'μ are vectors.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import field

from matgrad.core.records import dataclass
from matgrad.language import syntax as s
from matgrad.language.decisions import COUNT_LETTERS, TRANSPOSES
from matgrad.language.names import is_capital, is_greek, is_letter
from matgrad.language.places import name_of
from matgrad.language.syntax import inner


class NumberByPlaceError(Exception):
    """An undeclared letter is a number where it stands, and the text is read once more with it as one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is a number here")
        self.name = name


_LOGARITHMS = frozenset(("log", "logdet", "lgamma"))
_JOINING = ("", "@", "*", "⋅")
_DENSITIES = frozenset(("gaussian_pdf", "gaussian_logpdf"))
_MATRICES = frozenset(("inv", "pinv", "diag", "Diag", "transpose"))
"""Functions behind which a factor is one of a product of matrices."""
_OF_TWO = frozenset(("dot", "vdot", "inner", "outer", "matmul"))
_OF_VECTORS = frozenset(
    (
        *("sum", "mean", "average", "var", "std", "prod", "cumsum", "cumprod"),
        *("norm", "norm1", "norm2", "norm_inf", "norm_p", "diag", "Diag", "diagflat", "vec", "toeplitz"),
        *("softmax", "log_softmax", "logsumexp"),
    )
)
"""Functions that say nothing of a number."""
_OF_ENTRIES = frozenset(("abs", "exp", "log", "ln", "sqrt", "square", "tanh", "sigmoid", "relu", "sign"))
_BETWEEN_ARRAYS = frozenset(("@", ".*", "⊙", "∘", "./", "⊘"))
"""Signs of products that a number needs no sign for."""


@dataclass(slots=True)
class Places:
    """What the places of letters say, piece by piece of a text.

    Attributes
    ----------
    vectors : set of str
        Greek letters that are transposed, of which a norm or an inner product is taken, alone or with
        others in a sum of nothing else, or that stand last behind a matrix or a row.
    arrays : set of str
        Those that are numbers in no reading: a sum or a mean is taken of them, or a sign of products of
        arrays stands beside them.
    turned : set of str
        All names that are transposed.
    columns : set of str
        All names that stand last behind a matrix or a row.
    numbers : set of str
        Letters that stand alone, or with numbers and roots, below a fraction line: the n of 1/n; and those
        of counts that are halved or stand before a logarithm: the N of N/2 log|Σ|, the D of D/2 log(2π).
    times : set of str
        The t of tA, of t d and of λt, a number where it stands in no place of a vector.
    sizes : set of str
        The n of 𝟏𝟏ᵀ/n, which is the size of the column of ones.
    """

    vectors: set[str] = field(default_factory=set)
    arrays: set[str] = field(default_factory=set)
    turned: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    times: set[str] = field(default_factory=set)

    def look(self, node: s.Node) -> None:
        """Take in one piece."""
        turned = turned_by(node)
        if turned is not None and (name := name_of(turned)) is not None:
            self.turned.add(name)
            if is_greek(name):
                self.vectors.add(name)
        if isinstance(node, s.Sum):
            self.vectors.update(_beside_columns(node))
        for whole in _of_vectors(node, turned):
            self.vectors.update(_greek_terms(whole))
        for whole in _of_arrays(node):
            self.arrays.update(_greek_terms(_entries(whole)))
        if isinstance(node, s.Call) and node.function.text in _DENSITIES and len(node.args) == 3:
            self._look_at_density(*node.args)
        if isinstance(node, s.Product):
            self.vectors.update(filter(is_greek, _behind_matrices(node)))
            self.columns.update(_behind_matrices(node))
            self.numbers.update(_below(node))
            self.numbers.update(_counts(node))
            self.numbers.update(_before_constants(node))
            self.numbers.update(_before_squares(node))
            self.numbers.update(_with_logarithm(node))
            self.times.update(_times(node))
            self.sizes.update(_averaging(node))

    def _look_at_density(self, x: s.Node, mean: s.Node, covariance: s.Node) -> None:
        """Beside a matrix Σ the mean is a vector; beside a variance σ² both are numbers."""
        names = [part.text for part in s.walk(covariance) if isinstance(part, s.Name)]
        if any(is_capital(name) for name in names):
            self.vectors.update(_greek_terms(mean))
        else:
            letters = [part.text for part in (inner(x), inner(mean)) if isinstance(part, s.Name)]
            self.numbers.update(name for name in letters if is_letter(name) and not is_capital(name))


def _of_vectors(node: s.Node, turned: s.Node | None) -> Iterator[s.Node]:
    """What is a vector or a matrix by what is done to it: it is transposed, or has a norm."""
    if turned is not None:
        yield turned
    if isinstance(node, s.Bars) and node.double:
        yield node.operand


def _of_arrays(node: s.Node) -> Iterator[s.Node]:
    """What is no number in any reading: of what functions of arrays are, beside @ and the dotted signs."""
    if isinstance(node, s.Call) and node.args:
        name = node.function.text.rpartition(".")[2]
        if name in _OF_TWO:
            yield from node.args[:2]
        elif name in _OF_VECTORS:
            yield node.args[0]
    elif isinstance(node, s.Method) and node.name.text in _OF_VECTORS | _OF_TWO:
        yield from (node.operand, *(node.args or ()))
    elif isinstance(node, s.Power) and node.operator == ".^":
        yield node.base
    elif isinstance(node, s.Product):
        for (_, left), (operator, right) in itertools.pairwise(node.factors):
            if operator in _BETWEEN_ARRAYS:
                yield from (left, right) if operator in ("@", ".*", "⊙", "∘") else (right,)


def _entries(node: s.Node) -> s.Node:
    """What stands under functions of every entry, powers and signs: the θ of abs(θ) and of 2 θ**2."""
    while True:
        bare = inner(node)
        if isinstance(bare, s.Signed):
            node = bare.operand
        elif isinstance(bare, s.Power) and isinstance(inner(bare.exponent), s.Num):
            node = bare.base
        elif isinstance(bare, s.Call) and bare.function.text.rpartition(".")[2] in _OF_ENTRIES:
            node = bare.args[0]
        elif isinstance(bare, s.Product) and sum(not isinstance(f, s.Num) for _, f in bare.factors) == 1:
            node = next(f for _, f in bare.factors if not isinstance(f, s.Num))
        else:
            return node


def _below(node: s.Product) -> Iterator[str]:
    """The letters below a line; of a / b, two letters of one kind, none."""
    above = inner(node.factors[0][1])
    is_letter_above = len(node.factors) == 2 and isinstance(above, s.Name) and not is_greek(above.text)
    for operator, factor in node.factors[1:]:
        if operator == "/" and not (is_letter_above and isinstance(inner(factor), s.Name)):
            yield from _letters_of(factor)


def _before_constants(node: s.Product) -> Iterator[str]:
    """The s of sI and the r of r𝟏, which multiply as numbers only."""
    for (_, factor), (operator, constant) in itertools.pairwise(node.factors):
        bare = inner(constant)
        is_identity = isinstance(bare, s.Name) and (bare.text == "I" or bare.text.startswith("I_"))
        name = name_of(factor)
        is_constant = operator in ("", "*", "⋅", "∗") and (is_identity or isinstance(bare, s.OnesSign))
        if is_constant and name is not None and is_letter(name) and not is_capital(name):
            yield name


def _before_squares(node: s.Product) -> Iterator[str]:
    """The m of m‖v‖², m v'v and m v'Av, which nobody means as a vector."""
    factors = [inner(factor) for operator, factor in node.factors if operator != "/"]
    factors = [inner(f.operand) if isinstance(f, s.Signed) else f for f in factors]
    at = next((i for i, factor in enumerate(factors) if not isinstance(factor, s.Num | s.Product)), None)
    name = None if at is None else name_of(factors[at])
    if at is None or name is None or not is_letter(name) or is_capital(name):
        return
    if _is_of_one_vector(factors[at + 1 :], name):
        yield name


def _times(node: s.Product) -> Iterator[str]:
    """The t of e^{tA}, of x + t d and of ωt: before another letter, or behind a Greek one."""
    factors = [f.operand if isinstance(f, s.Signed) else f for _, f in node.factors]
    for left, right in itertools.pairwise(factors):
        is_before = name_of(left) == "t" and not isinstance(inner(right), s.Num)
        if is_before or (name_of(right) == "t" and is_greek(name_of(left) or "")):
            yield "t"


def _is_of_one_vector(factors: Sequence[s.Node], other: str) -> bool:
    """Whether a product is ‖v‖², v'v or a quadratic form v'Av, of some v that is not the other one."""
    if len(factors) == 1:
        bare = inner(factors[0])
        if isinstance(bare, s.Product):
            return _is_of_one_vector([factor for _, factor in bare.factors], other)
        if not isinstance(bare, s.Power) or turned_by(bare) is not None:
            return False
        base = inner(bare.base)
        is_norm = isinstance(base, s.Call) and base.function.text.rpartition(".")[2] == "norm"
        return is_norm or (isinstance(base, s.Bars) and base.double) or _is_of_one_vector([base], other)
    turned = turned_by(factors[0]) if factors else None
    vector = None if turned is None else name_of(turned)
    if vector in (None, other) or name_of(factors[-1]) != vector or is_capital(vector or ""):
        return False
    return all(is_capital(name_of(factor) or "") for factor in factors[1:-1])


def _counts(node: s.Product) -> Iterator[str]:
    """The n of n/2 and of n log x, and the N of 1/N, which a letter alone would not be."""
    for i, (operator, factor) in enumerate(node.factors):
        bare = inner(factor)
        if not isinstance(bare, s.Name) or bare.text not in COUNT_LETTERS:
            continue
        sign, after = node.factors[i + 1] if i + 1 < len(node.factors) else ("", bare)
        is_halved = sign == "/" and isinstance(inner(after), s.Num)
        is_before = i == 0 and isinstance(after, s.Call) and after.function.text in _LOGARITHMS
        if operator == "/" or is_halved or is_before:
            yield bare.text


def _with_logarithm(node: s.Product) -> Iterator[str]:
    """The N and the D of ND/2 log(2π): nobody multiplies a matrix by the logarithm of a constant."""
    bare = [inner(factor) for _, factor in node.factors]
    factors = [inner(f.operand) if isinstance(f, s.Signed) else f for f in bare]
    if any(isinstance(factor, s.Call) and _is_constant_logarithm(factor) for factor in factors):
        others = [factor for factor in factors if not isinstance(factor, (s.Num, s.Call))]
        names = [part.text for factor in others for part in s.walk(factor) if isinstance(part, s.Name)]
        if all(isinstance(factor, (s.Name, s.Product)) for factor in others) and all(map(is_letter, names)):
            yield from names


def _is_constant_logarithm(node: s.Call) -> bool:
    """Whether a call is log 2, log π or log(2π)."""
    if node.function.text not in _LOGARITHMS or len(node.args) != 1:
        return False
    parts = list(s.walk(node.args[0]))
    named = [part.text for part in parts if isinstance(part, s.Name)]
    return bool(parts) and all(name in ("pi", "π", "e") for name in named)


def divisors(node: s.Product) -> Iterator[str]:
    """The single letters by which a product is divided, in itself or in a fraction that is a factor."""
    for operator, factor in node.factors:
        bare = inner(factor)
        if operator == "/" and isinstance(bare, s.Name):
            yield bare.text
        elif (
            operator != "/"
            and isinstance(bare, s.Product)
            and all(isinstance(inner(f), (s.Num, s.Name)) for _, f in bare.factors)
        ):
            yield from divisors(bare)


def _averaging(node: s.Product) -> Iterator[str]:
    """The n of 𝟏𝟏ᵀ/n."""
    factors = [factor for _, factor in node.factors]
    if any(is_column_of_ones(a) and is_row_of_ones(b) for a, b in itertools.pairwise(factors)):
        yield from (name for name in divisors(node) if not is_greek(name))


def is_column_of_ones(node: s.Node) -> bool:
    """Whether a factor is a column of ones of no written size."""
    bare = inner(node)
    return (isinstance(bare, s.OnesSign) and not bare.sizes) or (isinstance(bare, s.Num) and bare.value == 1)


def is_row_of_ones(node: s.Node) -> bool:
    """Whether a factor is the transpose of such a column."""
    turned = turned_by(inner(node))
    return turned is not None and is_column_of_ones(turned)


def with_denominators(factors: Sequence[tuple[str, s.Node]]) -> Sequence[tuple[str, s.Node]]:
    """The factors with the x'x of y'y / x'x as one: by a row alone nothing is divided."""
    at = next((i for i, (operator, _) in enumerate(factors) if operator == "/"), None)
    if at is None or at == 0 or len(factors) < at + 2:
        return factors
    below = factors[at:]
    turned = turned_by(below[0][1])
    name = None if turned is None else name_of(turned)
    last = name_of(below[-1][1])
    if name is None or is_capital(name) or any(operator for operator, _ in below[1:]):
        return factors
    between = [name_of(factor) for _, factor in below[1:-1]]
    if last is None or is_capital(last) or not all(n is not None and is_capital(n) for n in between):
        return factors
    span = (below[0][1].span[0], below[-1][1].span[1])
    whole = s.Group(span, (s.Product(span, [("", factor) for _, factor in below]),), False)
    return [*factors[:at], ("/", whole)]


def _letters_of(node: s.Node) -> Iterator[str]:
    """The lower-case letters of what is nothing but numbers, letters, their whole powers, sums and roots."""
    bare = inner(node)
    found: list[str] = []
    stack = [bare]
    while stack:
        part = inner(stack.pop())
        name = name_of(part)
        if name is not None and is_letter(name) and not is_capital(name):
            found.append(name)
        elif isinstance(part, s.Power) and part.operator == "^" and isinstance(inner(part.exponent), s.Num):
            stack.append(part.base)
        elif isinstance(part, s.Sum):
            stack += [term for _, term in part.terms]
        elif isinstance(part, s.Signed):
            stack.append(part.operand)
        elif isinstance(part, s.Product) and all(o in ("", "*", "⋅") for o, _ in part.factors):
            stack += [factor for _, factor in part.factors]
        elif isinstance(part, s.Call) and part.function.text == "sqrt" and len(part.args) == 1:
            stack.append(part.args[0])
        elif not isinstance(part, s.Num):
            return
    yield from found


def _behind_matrices(node: s.Product) -> Iterator[str]:
    factors = node.factors
    for i, (operator, factor) in enumerate(factors):
        if i == 0 or operator not in _JOINING:
            continue
        following = factors[i + 1] if i + 1 < len(factors) else None
        is_last = following is None or following[0] not in _JOINING or turned_by(following[1]) is not None
        if is_last and is_wide(factors[i - 1][1]):
            yield from _letter_terms(factor)


def _beside_columns(node: s.Sum) -> Iterator[str]:
    """The μ of μ - r𝟏, and the ε of Xβ + ε."""
    for _, term in node.terms:
        bare = inner(term)
        if not isinstance(bare, s.Product):
            continue
        (_, before), (operator, last) = bare.factors[-2:]
        names = [name_of(factor) for _, factor in bare.factors]
        is_product = operator in _JOINING and all(name is not None for name in names)
        is_column = is_product and is_capital(names[0] or "") and is_capital(name_of(before) or "")
        if isinstance(inner(last), s.OnesSign) or (is_column and not is_capital(names[-1] or "A")):
            yield from _greek_terms(node)
            return  # one such term says it of all, however many there are


def _greek_terms(node: s.Node) -> Iterator[str]:
    """The Greek letters that a piece is, or that are terms of it: the μ of (x - μ)' and of ‖μ‖."""
    return filter(is_greek, _letter_terms(node))


def _letter_terms(node: s.Node) -> Iterator[str]:
    """The names, but those of matrices, that a piece is, or that are terms of it."""
    bare = inner(node)
    terms = [term for _, term in bare.terms] if isinstance(bare, s.Sum) else [bare]
    for term in terms:
        name = name_of(term)
        if name is not None and not is_capital(name):
            yield name


def turned_by(node: s.Node) -> s.Node | None:
    """What is transposed by a piece."""
    if isinstance(node, s.Transposed):
        return node.operand if node.mark not in ("″", "‴") else None
    if isinstance(node, s.Power) and node.operator == "^":
        exponent = inner(node.exponent)
        if isinstance(exponent, s.TransposeSign) or (
            isinstance(exponent, s.Name) and exponent.text in TRANSPOSES
        ):
            return node.base
    return None


def is_wide(node: s.Node) -> bool:
    """Whether a factor is a matrix or a row by its looks."""
    bare = inner(node)
    name = name_of(bare)
    if name is not None:
        return is_capital(name) and name not in TRANSPOSES
    turned = turned_by(bare)
    if turned is not None:
        return not (isinstance(inner(turned), s.Num))
    if isinstance(bare, s.Power):
        return bare.operator == "^" and is_wide(bare.base)
    if isinstance(bare, s.Call):
        return bare.function.text in _MATRICES
    return False
