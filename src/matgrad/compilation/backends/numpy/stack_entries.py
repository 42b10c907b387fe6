"""How NumPy code computes of stacks."""

from __future__ import annotations

from matgrad.compilation.backends.base.library.stacks import numbers_of
from matgrad.compilation.backends.base.tree import Attribute, Grouped, Node, Number, call, method
from matgrad.compilation.backends.numpy.calls import multiplied, shape_of, two_axes
from matgrad.compilation.backends.numpy.table import writes
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives.stacks import Each, Member
from matgrad.compilation.ir.sizes import plain

_MODULE = "matgrad.compilation.backends.numpy.each_member"


def _axes(w: NumpyWriter, a: Value, *sizes: int) -> Node:
    """A value in another shape."""
    return w.np("reshape", w.argument(a), Grouped(tuple(w.size(n) for n in sizes)))


def _member(w: NumpyWriter, a: Value, member: Member, each: Each) -> Node:
    if not any(member.along):
        node = two_axes(w, a)
    else:
        counts = [n if along else 1 for n, along in zip(each.counts, member.along, strict=True)]
        node = _axes(w, a, *counts, *member.shape)
    return method(node, "swapaxes", Number(-1), Number(-2)) if member.turned else node


@writes(ir.EACH)
def _each(w: NumpyWriter, v: Value) -> Node:
    each: Each = v.params[0]
    operands = [_member(w, a, m, each) for a, m in zip(v.args, each.members, strict=True)]
    made = call(Attribute(w.own(_MODULE, "EACH"), each.function), *operands, *numbers_of(w, v))
    return method(made, "reshape", shape_of(w, v))


@writes(ir.SUM_EACH)
def _sum_each(w: NumpyWriter, v: Value) -> Node:
    outer, count = v.params
    if outer == 1:
        return method(_axes(w, v.args[0], count, *_plain_shape(v)), "sum", Number(0))
    cube = _axes(w, v.args[0], outer, count, v.rows // outer, v.columns)
    return method(method(cube, "sum", Number(1)), "reshape", shape_of(w, v))


def _plain_shape(v: Value) -> tuple[int, ...]:
    return v.shape if v.kind == "matrix" else (v.rows * v.columns,)


@writes(ir.CONTRACT)
def _contract(w: NumpyWriter, v: Value) -> Node:
    a, b = v.args
    cube = _axes(w, a, v.params[0], v.rows, a.columns)
    wide = method(method(cube, "swapaxes", Number(0), Number(1)), "reshape", w.size(v.rows), Number(-1))
    made = multiplied(w, wide, two_axes(w, b), plain(v.rows * b.rows * v.columns))
    return made if v.kind == "matrix" else method(made, "reshape", Number(-1))


@writes(ir.WEIGHTED_SUM)
def _weighted_sum(w: NumpyWriter, v: Value) -> Node:
    weights, stack = v.args
    flat = _axes(w, stack, weights.rows, v.rows * v.columns)
    made = multiplied(w, w(weights), flat, plain(stack.rows * stack.columns))
    return method(made, "reshape", shape_of(w, v)) if v.kind == "matrix" else made
