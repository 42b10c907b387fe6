"""Parts of matrices, and matrices made of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, ZERO, Dim, Shape, positive_first, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import PATTERN, Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.leaves import Eye, Number, Ones, eye, is_zero, literal, number, ones, unit, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, transpose

Bounds = tuple[Dim, Dim, Dim, Dim]
"""First row, row past the last, first column, column past the last; counted from 0."""

_ROWS, _COLUMNS = phrase("rows"), phrase("columns")


def selections(shape: Shape, bounds: Bounds) -> tuple[Expr, Expr]:
    """The matrices R and C with X[r₀:r₁, c₀:c₁] = R X Cᵀ: rows of identities."""
    r0, r1, c0, c1 = bounds
    return part(eye(shape[0]), (r0, r1, ZERO, shape[0])), part(eye(shape[1]), (c0, c1, ZERO, shape[1]))


class Part(Expr):
    """Some consecutive rows and columns. ``data`` is the four bounds, counted from 0."""

    __slots__ = ()
    name = "part"
    linearity = "each"
    reason = Phrase("a part of a matrix is linear")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        x = args[0]
        for first, past, size, axis in (
            (data[0], data[1], x.rows, _ROWS),
            (data[2], data[3], x.columns, _COLUMNS),
        ):
            _check_bounds(x, first, past, size, axis)
        return (data[1] - data[0], data[3] - data[2])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return part(args[0], data)

    def infer_facts(self) -> Fact:
        x = self.args[0]
        facts = x.facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)
        if self.data[:2] == self.data[2:] and x.is_square:
            facts |= x.facts & (
                Fact.SYMMETRIC
                | Fact.SKEW
                | Fact.POSITIVE_DEFINITE
                | Fact.POSITIVE_SEMIDEFINITE
                | PATTERN
                | Fact.TOEPLITZ
            )
        return facts

    def linear_map(self, index: int) -> LinearMap:
        return PartMap(self.args[0].shape, self.data)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        r0, r1, c0, c1 = (xp.size(d) for d in self.data)
        rows, columns = xp.shape(values[0])
        if not (0 <= r0 <= r1 <= rows and 0 <= c0 <= c1 <= columns):
            raise ShapeError(
                phrase(
                    "the part {r0}:{r1}, {c0}:{c1} is outside a {rows}×{columns} matrix",
                    r0=r0,
                    r1=r1,
                    c0=c0,
                    c1=c1,
                    rows=rows,
                    columns=columns,
                )
            )
        return xp.part(values[0], slice(r0, r1), slice(c0, c1))

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        if isinstance(transposed[0], Transpose):
            return None
        return part(transposed[0], (*self.data[2:], *self.data[:2]))

    def notation(self) -> Notation:
        r0, r1, c0, c1 = self.data
        axes = [(r0, r1, self.args[0].rows), (c0, c1, self.args[0].columns)]
        if self.args[0].is_vector:
            axes.pop()
        ours = ", ".join(
            ":"
            if (a is ZERO and b is n)
            else positive_first(b)
            if b - a is ONE
            else f"{positive_first(a + 1)}:{positive_first(b)}"
            for a, b, n in axes
        )
        theirs = ", ".join(":" if (a is ZERO and b is n) else f"{a}:{b}" for a, b, n in axes)
        return Notation(f"{{0}}[{ours}]", f"{{0}}[{ours}]", rf"{{0}}_{{{ours}}}", f"{{0}}[{theirs}]")


def _check_bounds(x: Expr, first: Dim, past: Dim, size: Dim, axis: Phrase) -> None:
    """Refuse what is out of bounds whatever the sizes are: the entry n + 1 of n, an empty range."""
    if _is_above(ZERO, first) or past is first or _is_above(first, past):
        raise ShapeError(
            phrase(
                "the {axis} {first} to {past} of {x} are none",
                axis=axis,
                first=first + 1,
                past=past,
                x=x.describe(),
            )
        )
    if _is_above(past, size):
        raise ShapeError(
            phrase(
                "{x} has {size} {axis}; there is no number {past}",
                x=x.describe(),
                size=size,
                axis=axis,
                past=past,
            )
        )


def _is_above(left: Dim, right: Dim) -> bool:
    """Whether one dimension is greater than another wherever no dimension is 0."""
    terms = (left - right).terms
    return bool(terms) and all(factor > 0 for _, factor in terms)


def part(x: Expr, bounds: Bounds) -> Expr:
    """The rows r₀ up to r₁ and columns c₀ up to c₁ of a matrix, counted from 0, the ends exclusive.

    Raises
    ------
    ShapeError
        When the matrix has no such rows or columns.
    """
    r0, r1, c0, c1 = bounds
    Part.shape_rule((x,), bounds)
    if r0 is ZERO and c0 is ZERO and r1 is x.rows and c1 is x.columns:
        return x
    shape = (r1 - r0, c1 - c0)
    if is_zero(x):
        return zeros(*shape)
    if r1 - r0 is ONE and x.rows is not ONE:
        return part(multiply(transpose(unit(r1, x.rows)), x), (ZERO, ONE, c0, c1))
    if c1 - c0 is ONE and x.columns is not ONE:
        return part(multiply(x, unit(c1, x.columns)), (r0, r1, ZERO, ONE))
    if isinstance(x, Ones):
        return ones(*shape)
    if isinstance(x, Eye) and r0 is ZERO and r1 is x.rows:
        return pad(eye(c1 - c0), shape, (c0, c1, ZERO, c1 - c0))
    if isinstance(x, Eye) and c0 is ZERO and c1 is x.columns:
        return pad(eye(r1 - r0), shape, (ZERO, r1 - r0, r0, r1))
    if isinstance(x, Transpose):
        return transpose(part(x.args[0], (c0, c1, r0, r1)))
    if isinstance(x, Sum):
        return add(*(part(term, bounds) for term in x.args))
    if isinstance(x, Product):
        return _part_of_product(x, bounds)
    if isinstance(x, Part):
        a0, _, b0, _ = x.data
        return part(x.args[0], (a0 + r0, a0 + r1, b0 + c0, b0 + c1))
    if isinstance(x, Grid):
        chosen = _part_of_grid(x, bounds)
        if chosen is not None:
            return chosen
    return Part.intern((x,), bounds)


def _part_of_product(x: Product, bounds: Bounds) -> Expr:
    """Take the rows from the first factor and the columns from the last."""
    r0, r1, c0, c1 = bounds
    chain = list(x.chain)
    if len(chain) == 1 and (x.coefficient != 1 or x.scalars):
        chain[0] = part(chain[0], bounds)
    elif len(chain) > 1:
        chain[0] = part(chain[0], (r0, r1, ZERO, chain[0].columns))
        chain[-1] = part(chain[-1], (ZERO, chain[-1].rows, c0, c1))
    return multiply(number(x.coefficient), *x.scalars, *chain)


def pad(x: Expr, shape: Shape, bounds: Bounds) -> Expr:
    """The matrix of that shape with x at the bounds and zeros elsewhere."""
    r0, r1, c0, c1 = bounds
    heights = [d for d in (r0, r1 - r0, shape[0] - r1) if d is not ZERO]
    widths = [d for d in (c0, c1 - c0, shape[1] - c1) if d is not ZERO]
    row = 0 if r0 is ZERO else 1
    column = 0 if c0 is ZERO else 1
    return grid(
        [
            [x if (i, j) == (row, column) else zeros(h, w) for j, w in enumerate(widths)]
            for i, h in enumerate(heights)
        ]
    )


class Grid(Expr):
    """A matrix of blocks. ``data`` is ``(columns of blocks,)``; ``args`` the blocks, row by row."""

    __slots__ = ()
    name = "block"
    linearity = "together"
    reason = Phrase("block by block")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        width = data[0]
        rows = [args[i : i + width] for i in range(0, len(args), width)]
        for blocks in rows:
            for block in blocks[1:]:
                if not same(block.rows, blocks[0].rows):
                    raise ShapeError(
                        phrase(
                            "cannot put {block} and {block2} side by side: {rows} rows meet {block_rows}",
                            block=blocks[0].describe(),
                            block2=block.describe(),
                            rows=blocks[0].rows,
                            block_rows=block.rows,
                        )
                    )
        for column in zip(*rows, strict=True):
            for block in column[1:]:
                if not same(block.columns, column[0].columns):
                    raise ShapeError(
                        phrase(
                            "cannot put {column} above {block}: {columns} columns meet {block_columns}",
                            column=column[0].describe(),
                            block=block.describe(),
                            columns=column[0].columns,
                            block_columns=block.columns,
                        )
                    )
        height = rows[0][0].rows
        for blocks in rows[1:]:
            height = height + blocks[0].rows
        total = rows[0][0].columns
        for block in rows[0][1:]:
            total = total + block.columns
        return (height, total)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return grid([args[i : i + data[0]] for i in range(0, len(args), data[0])])

    @property
    def blocks(self) -> list[tuple[Expr, ...]]:
        """The blocks, row by row."""
        width = self.data[0]
        return [self.args[i : i + width] for i in range(0, len(self.args), width)]

    @property
    def heights(self) -> list[Dim]:
        """The rows of each row of blocks."""
        return [line[0].rows for line in self.blocks]

    @property
    def widths(self) -> list[Dim]:
        """The columns of each column of blocks."""
        return [block.columns for block in self.blocks[0]]

    def bounds_of(self, index: int) -> Bounds:
        """Where the block of that index stands."""
        width = self.data[0]
        i, j = divmod(index, width)
        r0 = c0 = ZERO
        for blocks in self.blocks[:i]:
            r0 = r0 + blocks[0].rows
        for block in self.blocks[0][:j]:
            c0 = c0 + block.columns
        block = self.args[index]
        return (r0, r0 + block.rows, c0, c0 + block.columns)

    def infer_facts(self) -> Fact:
        shared = Fact(-1)
        for arg in self.args:
            shared &= arg.facts
        return shared & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        return PadMap(self.args[index].shape, self.shape, self.bounds_of(index))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        width = self.data[0]
        return xp.grid([values[i : i + width] for i in range(0, len(values), width)])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        width = self.data[0]
        rows = [transposed[i : i + width] for i in range(0, len(transposed), width)]
        return grid([list(column) for column in zip(*rows, strict=True)])

    def notation(self) -> Notation:
        width = self.data[0]
        table = [[f"{{{i + j}}}" for j in range(width)] for i in range(0, len(self.args), width)]
        text = "[" + "; ".join(", ".join(row) for row in table) + "]"
        latex = r"\begin{{bmatrix}} " + r" \\ ".join(" & ".join(row) for row in table) + r" \end{{bmatrix}}"
        numpy = "block([" + ", ".join("[" + ", ".join(row) + "]" for row in table) + "])"
        return Notation(text, text, latex, numpy)


def grid(blocks: Sequence[Sequence[Expr]]) -> Expr:
    """A matrix of blocks given row by row.

    Raises
    ------
    ShapeError
        When blocks side by side differ in rows, or blocks below each other in columns.
    """
    width = len(blocks[0])
    if not width or any(len(row) != width for row in blocks):
        raise ShapeError(phrase("a block matrix needs the same number of blocks in every row"))
    args = tuple(block for row in blocks for block in row)
    if len(args) == 1:
        return args[0]
    shape = Grid.shape_rule(args, (width,))
    if all(is_zero(block) for block in args):
        return zeros(*shape)
    if all(isinstance(block, Number) for block in args):
        return literal([[block.data[0] for block in row] for row in blocks])
    if len(blocks) == 1 and any(_is_line(block, True) for block in args):
        return grid(
            [[part for block in args for part in (block.args if _is_line(block, True) else (block,))]]
        )
    if width == 1 and any(_is_line(block, False) for block in args):
        return grid(
            [[part] for block in args for part in (block.args if _is_line(block, False) else (block,))]
        )
    return Grid.intern(args, (width,))


def _is_line(x: Expr, across: bool) -> bool:
    """Whether an expression is one row of blocks, or one column of them."""
    return isinstance(x, Grid) and x.data[0] == (len(x.args) if across else 1)


def _part_of_grid(x: Grid, bounds: Bounds) -> Expr | None:
    """The part of a block matrix that is made of whole blocks, or lies in one row or column of them."""
    rows = _blocks_between(x.heights, bounds[0], bounds[1])
    columns = _blocks_between(x.widths, bounds[2], bounds[3])
    if rows is None or columns is None:
        return None
    (i0, i1, r0, r1), (j0, j1, c0, c1) = rows, columns
    tall = _taken(x.heights[i0:i1], r0, r1)
    wide = _taken(x.widths[j0:j1], c0, c1)
    if tall is not None and wide is not None:
        return grid(
            [
                [part(block, (*some, *others)) for block, others in zip(line[j0:j1], wide, strict=True)]
                for line, some in zip(x.blocks[i0:i1], tall, strict=True)
            ]
        )
    chosen = grid([line[j0:j1] for line in x.blocks[i0:i1]])
    return part(chosen, (r0, r1, c0, c1)) if (i1 - i0, j1 - j0) != (len(x.heights), len(x.widths)) else None


def _taken(sizes: Sequence[Dim], first: Dim, past: Dim) -> list[tuple[Dim, Dim]] | None:
    """What of each block is taken, where all are but the first and the last; ``None`` where it depends."""
    if len(sizes) == 1:
        return [(first, past)]
    left = past - sum(sizes[:-1], ZERO)
    if not (first is ZERO or _is_above(sizes[0], first)) or not (left is sizes[-1] or _is_above(left, ZERO)):
        return None
    return [(first, sizes[0]), *((ZERO, size) for size in sizes[1:-1]), (ZERO, left)]


@lru_cache(maxsize=256)
def _cuts(sizes: tuple[Dim, ...]) -> tuple[list[Dim], dict[Dim, int]]:
    """Where blocks of these sizes begin and end, and the number of each such place."""
    cuts = list(accumulate(sizes, initial=ZERO))
    return cuts, {cut: k for k, cut in enumerate(cuts)}


def _blocks_between(sizes: Sequence[Dim], first: Dim, past: Dim) -> tuple[int, int, Dim, Dim] | None:
    """The blocks that hold some consecutive rows, and where these stand in them; nothing where it depends."""
    cuts, places = _cuts(tuple(sizes))
    start, stop = places.get(first), places.get(past)
    if start is None:
        start = max((k for k, cut in enumerate(cuts[:-1]) if _is_above(first, cut)), default=0)
    if stop is None:
        stop = min((k for k, cut in enumerate(cuts) if k and _is_above(cut, past)), default=len(sizes))
    if start >= stop:
        return None
    return start, stop, first - cuts[start], past - cuts[start]


@function("hstack", numpy="hstack", example="sum(hstack(A, X)*b)", given="A: m×n, X: m×p, b: n+p")
def hstack(*blocks: Expr) -> Expr:
    """Matrices side by side."""
    return grid([blocks])


@function("vstack", numpy="vstack", example="b'*vstack(x, a)", given="a: n, x: m, b: m+n")
def vstack(*blocks: Expr) -> Expr:
    """Matrices one below the other."""
    return grid([[block] for block in blocks])


@dataclass(frozen=True, slots=True)
class PartMap(LinearMap):
    """V ↦ V[r₀:r₁, c₀:c₁]; its adjoint pads with zeros."""

    domain: Shape
    bounds: Bounds

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        r0, r1, c0, c1 = self.bounds
        return (r1 - r0, c1 - c0)

    def apply(self, v: Expr) -> Expr:
        return part(v, self.bounds)

    def adjoint(self) -> LinearMap:
        return PadMap(self.codomain, self.domain, self.bounds)


@dataclass(frozen=True, slots=True)
class PadMap(LinearMap):
    """V ↦ the matrix with V at [r₀:r₁, c₀:c₁] and zeros elsewhere."""

    domain: Shape
    codomain: Shape
    bounds: Bounds

    def apply(self, v: Expr) -> Expr:
        return pad(v, self.codomain, self.bounds)

    def adjoint(self) -> LinearMap:
        return PartMap(self.codomain, self.bounds)
