"""A program in two parts: what some arguments do not touch is computed once, the rest each time."""

from __future__ import annotations

from collections.abc import Collection

from matgrad.compilation.backends.numpy.writer import Argument
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import INPUT
from matgrad.compilation.ir.program import Program, live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.core.labels import free_name


class Hoisted:
    """The two parts of a program.

    Parameters
    ----------
    program : Program
        The whole.
    moving : collection of str
        The arguments that differ from one time to the next.

    Attributes
    ----------
    once : Program
        Computes what does not depend on the moving arguments.
    again : Program
        Computes the outputs from the moving arguments, those of the whole, and what was kept.
    kept : dict of str to Argument
        The arguments of ``again`` that are the results of ``once``, in order.
    """

    def __init__(self, program: Program, moving: Collection[str]) -> None:
        self._recorder = Recorder(program.sizes)
        self._recorder.resume(program.values)
        self._moving = {program.inputs[name] for name in moving}
        for value in program.values:
            if any(arg in self._moving for arg in value.args):
                self._moving.add(value)
        self._done: dict[Value, Value] = {}
        self._kept: dict[Value, Value] = {}
        outputs = [self._again(program, value) for value in program.outputs]
        inputs = {**program.inputs, **{str(v.params[0]): v for v in self._kept.values()}}
        names = {self._done[v]: name for v, name in program.names.items() if v in self._done}
        self.again = Program(live_values(outputs), outputs, inputs, program.sizes, names)
        sources = list(self._kept)
        fixed = {name: value for name, value in program.inputs.items() if name not in moving}
        self.once = Program(live_values(sources), sources, fixed, program.sizes)
        self.kept = {str(new.params[0]): Argument(_axes(old), "") for old, new in self._kept.items()}

    def _again(self, program: Program, value: Value) -> Value:
        """A value as it is made from what is kept."""
        stack = [value]
        while stack:
            top = stack[-1]
            if top in self._done:
                stack.pop()
                continue
            if top.op is not INPUT and top not in self._moving and not top.op.is_structure:
                name = free_name(f"kept{len(self._kept) + 1}", program.inputs)
                self._kept[top] = self._recorder.make(INPUT, (), top.shape, (name,), top.facts)
                self._done[top] = self._kept[top]
                continue
            waiting = [arg for arg in top.args if arg not in self._done]
            if waiting:
                stack += waiting
                continue
            args = [self._done[arg] for arg in top.args]
            same = all(a is b for a, b in zip(args, top.args, strict=True))
            made = top if same else self._recorder.make(top.op, args, top.shape, top.params, top.facts)
            self._done[top] = made
        return self._done[value]


def _axes(value: Value) -> int:
    """How many axes the generated code gives a value."""
    if value.kind == "scalar":
        return 0
    return 1 if value.kind == "vector" and value.columns == 1 else 2
