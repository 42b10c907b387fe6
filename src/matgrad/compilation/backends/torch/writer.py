"""Writes programs for PyTorch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matgrad.compilation.backends.base.library.algebra import itself, of_number
from matgrad.compilation.backends.base.library.complete import ARRAYS
from matgrad.compilation.backends.base.library.writer import ArrayWriter, Found
from matgrad.compilation.backends.base.python import Import
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.backends.base.tree import (
    Attribute,
    Call,
    Grouped,
    Listed,
    Name,
    Node,
    Number,
    assign,
    method,
)
from matgrad.compilation.backends.base.writer import Line
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import COLUMN_MAX, DET_LU, LU_FACTOR

TORCH = Table("PyTorch", ARRAYS)


class TorchWriter(ArrayWriter):
    """Writes a program for PyTorch."""

    table = TORCH
    library = Import("torch", "", "torch")
    functions = Import("matgrad.compilation.backends.torch", "functions", "more")
    names_of_functions = ArrayWriter.names_of_functions | {
        "sigmoid": "sigmoid", "relu": "relu", "erf": "erf",
    }  # fmt: skip

    def dtype(self) -> Node:
        model = self.model()
        if model is None:
            return self.lib("get_default_dtype")
        if self.pasted is not None:
            return self.lib("result_type", model, Number(1.0))
        return Attribute(model, "dtype")

    def received_number(self, name: Name) -> Node:
        # A number of Python has no type; beside an array it takes that of the array.
        has_array = any(value.kind != "scalar" for value in self.program.inputs.values())
        model = self.model() if has_array else name
        assert model is not None
        place = {"device": Attribute(model, "device")} if has_array else {}
        dtype = self.lib("result_type", model, Number(1.0))
        return method(self.lib("as_tensor", name, dtype=dtype, **place), "reshape", Grouped(()))

    def preamble(self, needs: Iterable[object]) -> list[Line]:
        lines = super().preamble(needs)
        if Found("device") in needs:
            model = self.model()
            found = self.lib("get_default_device") if model is None else Attribute(model, "device")
            lines.append(Line(assign(Name("device"), found)))
        return lines

    @property
    def device(self) -> Node:
        """Where constants lie."""
        return Name("device", Found("device"))

    def made(self, name: str, *args: Node) -> Call:
        return self.lib(name, *args, dtype=self.type, device=self.device)

    def lifted(self, number: Node) -> Call:
        return self.made("tensor", number)

    def arange(self, n: Node) -> Node:
        return self.lib("arange", n, device=self.device)

    def cast(self, truth: Node) -> Node:
        return method(truth, "to", self.type)

    def places(self, value: Value) -> Node:
        return method(super().places(value), "to", self.device)

    def kron(self, a: Node, b: Node) -> Node:
        return self.own("kron", a, b)

    def blocks(self, rows: Sequence[Sequence[Node]]) -> Node:
        lines = [self.lib("hstack", Listed(tuple(row))) if len(row) > 1 else row[0] for row in rows]
        return self.lib("vstack", Listed(tuple(lines))) if len(lines) > 1 else lines[0]


@TORCH.writes(COLUMN_MAX)
def _column_max(w: TorchWriter, v: Value) -> Node:
    first, a = v.args[0], w.array(v.args[0])
    if first.rows == 1:
        return a
    return method(a, "max") if first.columns == 1 else method(a, "amax", Number(0))


@TORCH.writes(LU_FACTOR)
@of_number(itself)
def _lu_factor(w: TorchWriter, v: Value) -> Node:
    # PyTorch refuses to factorise a singular matrix, whose determinant is 0.
    if all(user.op.is_singular for user in w.program.values if v in user.args):
        return w.array(v.args[0])
    return w.own("lu_factor", w.array(v.args[0]))


@TORCH.writes(DET_LU)
@of_number(itself)
def _det_lu(w: TorchWriter, v: Value) -> Node:
    return w.lib("linalg.det", w.array(v.args[0].args[0]))
