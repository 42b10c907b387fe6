"""Random well-shaped expressions over all operations.

Every function of the language brings an example; the variables of an example are replaced by
other expressions of the same shape with the declared facts, and so on to a depth. A new operation
takes part by being registered.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import matgrad as mg
from matgrad.core.dims import Dim, shape_text
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import eye, number
from matgrad.ops.operators import to_expr
from matgrad.ops.power import exp
from matgrad.ops.reductions import total
from matgrad.ops.trace import inner_product
from matgrad.ops.trigonometric import sin, tanh
from tests.properties.functions import functions_in_order

DIMS = ("m", "n", "p")
ENTRYWISE_EXAMPLES = (
    ("A*B", "A: m×n, B: n×p"),
    ("A + B", "A: m×n, B: m×n"),
    ("A - 2*B", "A: m×n, B: m×n"),
    ("A'", "A: n×m"),
    ("A .* B", "A: m×n, B: m×n"),
    ("t*A", "t: scalar, A: m×n"),
    ("A*x", "A: m×n, x: n"),
    ("x'*A*y", "x: m, A: m×n, y: n"),
    ("x*y'", "x: m, y: n"),
    ("t*s", "t: scalar, s: scalar"),
    ("x'*y", "x: n, y: n"),
    ("A .^ 2", "A: m×n"),
    ("A .^ 3", "A: m×n"),
    ("X^2", "X: n×n"),
    ("X^-1", "X: n×n spd"),
    ("A ./ B", "A: m×n, B: m×n positive"),
    ("f(A)", "A: m×n, f: function"),
    ("[A, B]", "A: m×n, B: m×p"),
    ("[A, zeros(m, 2)]", "A: m×n"),
    ("A[1:2, :]", "A: m×n"),
    ("A[1, 2]", "A: m×n"),
    ("A[:, 1]", "A: m×n"),
    ("diag(x)*A", "x: m, A: m×n"),
    ("A + [1, 2; 3, 4]", "A: 2×2"),
    ("commutation(2, 3)*x", "x: 6"),
)
"""What is written with signs and brackets rather than with a name."""


@dataclass(frozen=True)
class Template:
    """An example whose variables are holes."""

    expr: Expr
    holes: tuple[Symbol, ...]


@cache
def templates() -> tuple[Template, ...]:
    """One template for every function, and those for the signs."""
    pairs = [(f.example, f.given) for f in functions_in_order()] + list(ENTRYWISE_EXAMPLES)
    return tuple(_template(mg.parse(text, given)) for text, given in pairs)


def _template(expr: Expr) -> Template:
    return Template(expr, tuple(symbols_of(expr).values()))


SLOW = {
    "logm", "frechet", "frechet_matrix", "sqrtm", "expm", "singular_vectors", "eigenvectors",
    "real_matrix_power",
}  # fmt: skip
"""Operations whose nesting takes long in arbitrary precision; they are not put into each other."""


class Generator:
    """Draws expressions; the same random numbers give the same expression."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.count = 0

    def draw(self, depth: int) -> Expr:
        """An expression of any shape."""
        return self._fill(self.rng.choice(templates()), depth)

    def scalar(self, depth: int) -> Expr:
        """A scalar expression."""
        expr = self.draw(depth)
        if expr.is_scalar:
            return expr
        weights = self._variable("W", expr.shape, Fact.NONE)
        return inner_product(weights, expr) if self.rng.random() < 0.5 else total(expr)

    def _fill(self, template: Template, depth: int) -> Expr:
        sizes = {}
        names = sorted({name for hole in template.holes for d in hole.shape for name in d.symbols})
        for name in names:
            sizes[name] = Dim.of(self.rng.choice(DIMS))
        try:
            replacements: dict[object, object] = {
                Dim.symbol(k): v for k, v in sizes.items() if Dim.symbol(k) is not v
            }
            expr = template.expr.substitute(replacements) if replacements else template.expr
            filled = {hole.label: self._hole(hole, depth) for hole in symbols_of(expr).values()}
            return expr.substitute(filled)
        except mg.MatgradError:
            return self._variable("A", (Dim.of("m"), Dim.of("n")), Fact.NONE)

    def _hole(self, hole: Symbol, depth: int) -> Expr:
        """An expression with the shape and the facts of a hole."""
        if depth <= 0 or hole.facts & (Fact.INTEGER | Fact.CONSTANT) or self.rng.random() < 0.35:
            return self._variable(hole.label, hole.shape, hole.facts)
        inner = self._shaped(hole.shape, depth - 1)
        if inner is None or inner.tree_size > 60 or _slow(inner) > 1:
            return self._variable(hole.label, hole.shape, hole.facts)
        return _with_facts(inner, hole.facts)

    def _shaped(self, shape: tuple[Dim, Dim], depth: int) -> Expr | None:
        """A random expression of that shape, or nothing after some tries."""
        for _ in range(6):
            expr = self.draw(depth)
            if expr.shape == shape:
                return expr
            if expr.shape == (shape[1], shape[0]):
                return expr.T
        rows, columns = shape
        inner = self.draw(depth)
        left = self._variable("L", (rows, inner.rows), Fact.NONE)
        right = self._variable("R", (inner.columns, columns), Fact.NONE)
        return left @ inner @ right

    def _variable(self, label: str, shape: tuple[Dim, Dim], facts: Fact) -> Expr:
        """A variable; now and then one that is used already."""
        number = self.rng.randrange(3)
        tag = f"{label}{number}_{shape_text(shape)}_{int(facts)}"
        words = "".join(
            c if c.isalnum() else " " for c in tag.replace("×", "x").replace("*", "t").replace("+", "p")
        )
        name = "_".join(words.split())
        if facts & Fact.INTEGER:
            return to_expr(self.rng.randrange(1, 4))
        return Symbol.make(name, *shape, facts)


def _slow(expr: Expr) -> int:
    return sum(node.name in SLOW for node in postorder(expr))


def _with_facts(expr: Expr, facts: Fact) -> Expr:
    """Bring an expression into the set that the facts describe."""
    if expr.facts & facts == facts:
        return expr
    if facts & Fact.POSITIVE_SEMIDEFINITE:
        return expr @ expr.T + eye(expr.rows)
    if facts & (Fact.POSITIVE | Fact.NONNEGATIVE):
        return exp(sin(expr))
    if facts & Fact.SYMMETRIC:
        return expr + expr.T
    if facts & Fact.SKEW:
        return expr - expr.T
    return tanh(expr)


def shuffled(expr: Expr, rng: random.Random) -> Expr:
    """Build an expression again, with the operands of commutative operations in random order."""

    def rebuild(node: Expr, args: list[Expr]) -> Expr:
        if isinstance(node, (Sum, Hadamard)):
            rng.shuffle(args)
            build = add if isinstance(node, Sum) else hadamard
            total = args[0]
            for arg in args[1:]:
                total = build(total, arg) if rng.random() < 0.5 else build(arg, total)
            return total
        if isinstance(node, Product):
            count = node.data[1]
            scalars, chain = args[:count], args[count:]
            rng.shuffle(scalars)
            parts = [multiply(*chain[i:j]) for i, j in _cuts(len(chain), rng)]
            whole = multiply(*parts) if parts else number(1)
            for scalar in scalars:
                whole = multiply(scalar, whole) if rng.random() < 0.5 else multiply(whole, scalar)
            return multiply(whole, number(node.coefficient))
        return node.rebuild(tuple(args), node.data)

    built: dict[Expr, Expr] = {}
    for node in postorder(expr):
        built[node] = rebuild(node, [built[arg] for arg in node.args])
    return built[expr]


def _cuts(length: int, rng: random.Random) -> list[tuple[int, int]]:
    """Cut a chain into consecutive pieces."""
    if not length:
        return []
    places = sorted({0, length, *(rng.randrange(length + 1) for _ in range(2))})
    return list(pairwise(places))
