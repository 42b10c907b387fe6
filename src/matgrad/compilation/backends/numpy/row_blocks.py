"""Programs in blocks of rows as NumPy: a function for every part, and one that calls them block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from matgrad.compilation.backends.base.loading import load
from matgrad.compilation.backends.base.names import PYTHON_WORDS, Names
from matgrad.compilation.backends.numpy.source import numpy_source
from matgrad.compilation.backends.numpy.writer import Argument
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import INPUT
from matgrad.compilation.ir.program import Program
from matgrad.compilation.ir.split import Split
from matgrad.compilation.plan.row_blocks import Blocks, Part
from matgrad.core.records import dataclass


@dataclass
class BlockSource:
    """Generated code in parts.

    Attributes
    ----------
    parts : dict of str to str
        The source of each part, a module with one function, by the name of the function.
    text : str
        The source of the function that calls them.
    """

    parts: dict[str, str]
    text: str

    @property
    def whole(self) -> str:
        """All of it, to be read."""
        return "\n\n".join([*self.parts.values(), self.text])

    def load(self) -> Any:
        """The function."""
        scope = {name: load(text, name) for name, text in self.parts.items()}
        return load(self.text, "compute", scope)


def block_source(
    program: Program,
    blocks: Blocks,
    arguments: Mapping[str, Argument],
    flat: Sequence[bool],
    dtype: str,
    numbers: Sequence[bool],
) -> BlockSource:
    """The source of a program in blocks; the parameters are those of the writer of NumPy."""
    return _Writer(program, blocks, arguments, flat, dtype, numbers).write()


class _Writer:
    def __init__(
        self,
        program: Program,
        blocks: Blocks,
        arguments: Mapping[str, Argument],
        flat: Sequence[bool],
        dtype: str,
        numbers: Sequence[bool],
    ) -> None:
        self.program, self.blocks, self.given, self.dtype = program, blocks, arguments, dtype
        self.asked = {v: (one, number) for v, one, number in zip(program.outputs, flat, numbers, strict=True)}
        self.flat, self.numbers = flat, numbers
        names = Names(PYTHON_WORDS | {"np"})
        names.claim_function("compute")
        self.words = {label: names.claim(label) for label in program.inputs}
        self.start, self.stop = names.claim("start"), names.claim("stop")
        for value, label in blocks.names.items():
            if label not in self.words:
                self.words[label] = names.fresh("s" if value.kind == "scalar" else "t")
        self.fresh = partial(names.fresh, "u")
        self.functions = partial(names.fresh, "part")
        self.sources: dict[str, str] = {}
        self.filled: dict[str, tuple[int, ...]] = {}
        self.lines: list[str] = []

    def write(self) -> BlockSource:
        """All parts, and what calls them."""
        for part in self.blocks.parts:
            (self._pass if part.size else self._once)(part)
        results = self._results()
        head = f"def compute({', '.join(self.words[label] for label in self.program.inputs)}):"
        body = [f"    {line}" for line in [*self.lines, results]]
        return BlockSource(self.sources, "\n".join(["import numpy as np", "", "", head, *body, ""]))

    def _results(self) -> str:
        """The line that returns what was asked for: sums are brought to their form by a last part."""
        outputs = self.program.outputs
        made = {v: self.words[self.blocks.names[v]] for v in outputs if self.blocks.lies[v].is_split}
        whole = [place for place, v in enumerate(outputs) if v not in made]
        last = Program([], [], {}, self.program.sizes)
        inputs: dict[str, Value] = {}
        given = []
        for place in whole:
            v = outputs[place]
            label = self.blocks.names[v]
            inputs.setdefault(label, Value(place, INPUT, (), (label,), v.shape, v.facts))
            given.append(inputs[label])
        words = list(made.values())
        texts: dict[int, str] = {place: made[v] for place, v in enumerate(outputs) if v in made}
        if whole:
            last = Program(list(inputs.values()), given, inputs, self.program.sizes)
            name = self._function(last, [self.flat[p] for p in whole], [self.numbers[p] for p in whole])
            words = [self.fresh() for _ in whole]
            self.lines.append(f"{', '.join(words)} = {name}({', '.join(self.words[x] for x in inputs)})")
            texts |= dict(zip(whole, words, strict=True))
        listed = [texts[place] for place in range(len(outputs))]
        return f"return {listed[0]}" if len(listed) == 1 else f"return ({', '.join(listed)})"

    # ---- parts ---------------------------------------------------------------------------------------

    def _function(
        self,
        program: Program,
        flat: Sequence[bool] | None = None,
        numbers: Sequence[bool] | None = None,
        fill: Sequence[int] = (),
    ) -> str:
        """Write a part, and give the name of its function."""
        name = self.functions()
        outputs = program.outputs
        given = {label: self._argument(label, value) for label, value in program.inputs.items()}
        source = numpy_source(
            program,
            given,
            [v.kind == "vector" and v.columns == 1 for v in outputs] if flat is None else flat,
            self.dtype,
            [True] * len(outputs) if numbers is None else numbers,
            name=name,
            fill=fill,
        )
        self.sources[name], self.filled[name] = source.text, source.filled
        return name

    def _argument(self, label: str, value: Value) -> Argument:
        """How a part receives an array."""
        if label not in self.given:
            return Argument(0 if value.kind == "scalar" else 1 if value.columns == 1 else 2)
        known = self.given[label]
        cut = self.blocks.lies.get(self.program.inputs[label])
        order = known.order
        if (cut is Split.ROWS and order == "F") or (
            cut is Split.COLUMNS and order == "C" and known.axes == 2
        ):
            order = "" if value.kind == "matrix" else "C"
        return Argument(known.axes, order, known.exact)

    def _once(self, part: Part) -> None:
        name = self._function(part.program)
        targets = ", ".join(self.words[self.blocks.names[v]] for v in part.outputs)
        self.lines.append(f"{targets} = {name}({', '.join(self.words[x] for x in part.program.inputs)})")

    def _pass(self, part: Part) -> None:
        """A loop over blocks: sums are added up, results of rows are written to their places."""
        length, size = self.blocks.length, part.size
        flat = [self._is_flat(v) for v in part.outputs]
        numbers = [
            self.asked.get(v, (False, True))[1] or not self.blocks.lies[v].is_split for v in part.outputs
        ]
        split = [place for place, v in enumerate(part.outputs) if self.blocks.lies[v].is_split]
        name = self._function(part.program, flat, numbers, split)
        for v in part.outputs:
            if self.blocks.lies[v].is_split:
                self.lines.append(f"{self._word(v)} = np.empty({self._shape(v)}, np.{self.dtype})")
        sums = [v for v in part.outputs if not self.blocks.lies[v].is_split]
        full = length - length % size
        first = 0
        if sums:
            self._step(part, name, "0", str(size), initial=True)
            first = size
        self.lines.append(f"for {self.start} in range({first}, {full}, {size}):")
        self.lines.append(f"    {self.stop} = {self.start} + {size}")
        self._step(part, name, self.start, self.stop, indent="    ")
        if part.rest is not None:
            self._step(part, self._function(part.rest, flat, numbers, split), str(full), str(length))

    def _step(
        self, part: Part, name: str, start: str, stop: str, *, initial: bool = False, indent: str = ""
    ) -> None:
        """One block."""
        given = []
        for label in part.program.inputs:
            word = self.words[label]
            if label in part.cut:
                two = self.given[label].axes == 2 and part.cut[label] is Split.COLUMNS
                word += f"[{':, ' if two else ''}{start}:{stop}]"
            given.append(word)
        targets, after = {}, []
        for place, v in enumerate(part.outputs):
            word = self._word(v)
            if self.blocks.lies[v].is_split:
                side = ":, " if self.blocks.lies[v] is Split.COLUMNS else ""
                targets[place] = f"{word}[{side}{start}:{stop}]"
            elif initial:
                targets[place] = word
            else:
                targets[place] = self.fresh()
                after.append(f"{word} += {targets[place]}")
        given += [targets.pop(place) for place in self.filled[name]]
        call = f"{name}({', '.join(given)})"
        returned = f"{', '.join(targets.values())} = " if targets else ""
        self.lines.append(f"{indent}{returned}{call}")
        self.lines += [indent + line for line in after]

    def _word(self, v: Value) -> str:
        return self.words[self.blocks.names[v]]

    def _is_flat(self, v: Value) -> bool:
        """Whether a part gives a value with one axis: results as asked for, columns between parts."""
        if self.blocks.lies[v].is_split:
            return self.asked[v][0]
        return v.kind == "vector" and v.columns == 1

    def _shape(self, v: Value) -> str:
        return f"({v.rows},)" if self._is_flat(v) and v.columns == 1 else f"({v.rows}, {v.columns})"
