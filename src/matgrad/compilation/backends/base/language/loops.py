"""How languages with matrices write sums and products over indices: as loops."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from matgrad.compilation.backends.base.language.table import writes
from matgrad.compilation.backends.base.language.writer import TextWriter
from matgrad.compilation.backends.base.tree import (
    Binary,
    End,
    For,
    If,
    Kind,
    Name,
    Node,
    Number,
    Slice,
    Update,
    assign,
    entrywise,
    index,
    of_kind,
    times,
)
from matgrad.compilation.backends.base.writer import Line, scaled
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives.loops import Repeat
from matgrad.core.dims import Dim
from matgrad.core.records import dataclass


@writes(ir.LOOP, names_operand=True)
def _loop(w: TextWriter, v: Value) -> Node:
    w.all(v.args)
    total = w.named(v)
    start = Number(1) if v.params[0].is_product else _zeros(w, v)
    w.lines.append(Line(assign(total, start), w.notation.of(v)))
    _run(w, v, total)
    return total


def _run(w: TextWriter, v: Value, total: Name) -> None:
    """The lines that add the terms of a loop to what there is."""
    repeat: Repeat = v.params[0]
    given, opened = w.all(v.args), 0
    if repeat.index:
        index_name = w.claim_index(repeat.index)
        w.lines.append(Line(For(index_name, w.size(repeat.first), w.size(repeat.last))))
        opened += 1
    if repeat.conditions:
        w.lines.append(Line(If(tuple(_compared(w, c[0], c[1]) for c in repeat.conditions))))
        opened += 1
    with w.inside(repeat, given):
        term = _Term.of(w, repeat)
        w.put_off = term.parts
        w.write_values()
        if term.is_loop:
            _run(w, repeat.body, total)
        else:
            target, value = term.written(w, total)
            if repeat.is_product:
                w.lines.append(Line(assign(target, times(target, value))))
            elif w.has_updates:
                w.lines.append(Line(Update(target, "+", value)))
            else:
                w.lines.append(Line(assign(target, entrywise("+", target, value))))
    w.lines += [Line(End())] * opened


@dataclass(frozen=True)
class _Term:
    """How a term is added: a loop to what there is, and what has a place among zeros at its place.

    Attributes
    ----------
    core : Value
        The term without what stands in front of it.
    parts : frozenset of Value
        What is not written for itself.
    numbers : tuple of Fraction or float
        Numbers in front of it.
    scalars : tuple of Value
        Scalars in front of it.
    block : Value, optional
        What stands among zeros; none where it is a single 1, or nothing is known.
    start : int or Size, optional
        How many rows of zeros stand before it.
    """

    core: Value
    parts: frozenset[Value]
    numbers: tuple[Scalar, ...] = ()
    scalars: tuple[Value, ...] = ()
    block: Value | None = None
    start: Any = None

    @classmethod
    def of(cls, w: TextWriter, repeat: Repeat) -> _Term:
        body = core = repeat.body
        if repeat.is_product:
            return cls(body, frozenset())
        if body.op is ir.LOOP and not body.params[0].is_product:
            return cls(body, frozenset({body}))
        parts, numbers, scalars = [core], list[Scalar](), list[Value]()
        while core.op in (ir.SCALE, ir.SCALAR_TIMES):
            if core.op is ir.SCALE:
                numbers.append(core.params[0])
            else:
                scalars.append(core.args[0])
            core = core.args[-1]
            parts.append(core)
        block, start = _placed(core)
        if start is None or any(w.uses.get(part, 0) > 1 for part in parts):
            return cls(body, frozenset())
        return cls(core, frozenset(parts), tuple(numbers), tuple(scalars), block, start)

    @property
    def is_loop(self) -> bool:
        """Whether it is a loop itself."""
        return self.core.op is ir.LOOP and bool(self.parts)

    def written(self, w: TextWriter, total: Name) -> tuple[Node, Node]:
        """What it is added to, and what is added."""
        if self.start is None:
            return total, w(self.core)
        rows = 1 if self.block is None else self.block.rows
        is_entry = rows == 1 and self.core.columns == 1
        first = w.size(self.start + 1)
        places: list[Node] = [first if is_entry else Slice(first, w.size(self.start + rows))]
        if self.core.columns != 1:
            places.append(Slice())
        target = of_kind(index(total, *places), Kind.NUMBER if is_entry else total.kind)
        value: Node | None = None if self.block is None else w(self.block)
        for scalar in w.all(self.scalars):
            value = scalar if value is None else times(scalar, value)
        for number in self.numbers:
            value = scaled(number, Number(1) if value is None else value)
        return target, Number(1) if value is None else value


def _placed(core: Value) -> tuple[Value | None, Any]:
    """What stands among zeros, and how many rows of zeros stand before it."""
    if core.op is ir.UNIT:
        return None, core.params[0]
    if core.op is ir.MATMUL and core.args[0].op is ir.UNIT and core.args[1].rows == 1:
        return core.args[1], core.args[0].params[0]
    if core.op is ir.GRID and core.params[0] == 1:
        blocks = [place for place, block in enumerate(core.args) if block.op is not ir.ZEROS]
        if len(blocks) == 1:
            before: Any = 0
            for block in core.args[: blocks[0]]:
                before = before + block.rows
            return core.args[blocks[0]], before
    return None, None


@writes(ir.GIVEN, ir.GIVEN_FACTOR)
def _given(w: TextWriter, v: Value) -> Node:
    return w.given[v.params[0]]


def _zeros(w: TextWriter, v: Value) -> Node:
    return Number(0) if v.kind == "scalar" else w.zeros(v)


def _compared(w: TextWriter, sign: str, distance: Dim) -> Node:
    """A condition with what is taken away on the other side: i ≥ j + 1, as i > j."""
    left = Dim({m: c for m, c in distance.terms if c > 0})
    right = Dim({m: -c for m, c in distance.terms if c < 0})
    operator = {"≥": ">=", "=": "==", "≠": "!="}[sign]
    if sign == "≥" and _has_one(right):
        right, operator = right - 1, ">"
    return Binary(operator, _side(w, left), _side(w, right), kind=Kind.NUMBER)


def _has_one(side: Dim) -> bool:
    return any(not monomial and coefficient == 1 for monomial, coefficient in side.terms)


def _side(w: TextWriter, side: Dim) -> Node:
    return w.sizes.polynomial(side) if side.terms else Number(Fraction(0))
