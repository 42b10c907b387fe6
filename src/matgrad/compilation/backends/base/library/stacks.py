"""How array libraries write what is computed of stacks."""

from __future__ import annotations

from typing import Any

from matgrad.compilation.backends.base.library.table import writes
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.tree import Grouped, Node, Number, Word, method, product
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives.stacks import Each, Member


def members_of(w: Any, v: Value) -> list[Node]:
    """The operands as arrays with an axis for each of the stack, before rows and columns."""
    each: Each = v.params[0]
    return [_members(w, arg, member, each) for arg, member in zip(v.args, each.members, strict=True)]


def _members(w: Any, arg: Value, member: Member, each: Each) -> Node:
    counts = [w.size(n) if along else Number(1) for n, along in zip(each.counts, member.along, strict=True)]
    leading = counts if any(member.along) else []
    shape = Grouped((*leading, *(w.size(n) for n in member.shape)))
    node: Node = w.lib("reshape", w.array(arg), shape)
    return method(node, "swapaxes", Number(-1), Number(-2)) if member.turned else node


def numbers_of(w: Any, v: Value) -> list[Node]:
    """What a function needs besides members."""
    return [
        Word(p) if isinstance(p, bool) else w.size(p) if isinstance(p, int) else Number(p)
        for p in v.params[0].numbers
    ]


def _function_of(v: Value) -> str:
    """The name of the function of ours that computes something of every member."""
    return f"stacks.{v.params[0].function}"


@writes(ir.EACH)
def _each(w: ArrayWriter, v: Value) -> Node:
    made = w.own(_function_of(v), *members_of(w, v), *numbers_of(w, v))
    return method(made, "reshape", w.extent(v))


@writes(ir.SUM_EACH)
def _sum_each(w: ArrayWriter, v: Value) -> Node:
    outer, count = v.params
    rows = v.rows // outer
    shape = Grouped((w.size(outer), w.size(count), w.size(rows), w.size(v.columns)))
    return method(
        method(w.lib("reshape", w.array(v.args[0]), shape), "sum", Number(1)), "reshape", w.extent(v)
    )


@writes(ir.CONTRACT)
def _contract(w: ArrayWriter, v: Value) -> Node:
    a, b = v.args
    cube = Grouped(tuple(w.size(n) for n in (v.params[0], v.rows, a.columns)))
    wide = method(w.lib("reshape", w.array(a), cube), "swapaxes", Number(0), Number(1))
    wide = method(wide, "reshape", Grouped((w.size(v.rows), Number(-1))))
    return w.reshaped(v, product(wide, w.matrix(b)))


@writes(ir.WEIGHTED_SUM)
def _weighted_sum(w: ArrayWriter, v: Value) -> Node:
    weights, stack = v.args
    flat = w.lib("reshape", w.array(stack), Grouped((w.size(weights.rows), Number(-1))))
    return method(product(w.array(weights), flat), "reshape", w.extent(v))
