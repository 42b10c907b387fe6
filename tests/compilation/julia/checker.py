"""Runs Julia text under Julia's rules, so that what Julia would refuse is found without Julia."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.compilation.julia.rules import (
    BASE,
    CONSTANTS,
    PACKAGES,
    PLAIN,
    Factored,
    Row,
    Type,
    Value,
    Wrapped,
    dense,
    is_number,
    kind,
    matrix,
    number,
    spread,
    whole,
)
from tests.compilation.julia.syntax import JuliaError, Node, Parser

_TYPES = ("Int", "Float64", "Matrix")


class _Return(Exception):  # noqa: N818
    def __init__(self, value: Value) -> None:
        self.value = value


class Module:
    """The functions of a text.

    Raises
    ------
    JuliaError
        For text that is no Julia, or Julia that is not known here.
    """

    def __init__(self, text: str) -> None:
        packages, self.functions = Parser(text).program()
        self.known: dict[str, Value] = {**BASE, **CONSTANTS}
        for package in packages:
            if package not in PACKAGES:
                raise JuliaError(f"there is no package {package}")
            self.known |= PACKAGES[package]
        for name in self.functions:
            if name in self.known or name in _TYPES:
                raise JuliaError(f"{name} is defined, and is a function of Julia")

    def call(self, name: str, *arguments: Value, **options: Value) -> Value:
        """Call a function that the text defines."""
        _, parameters, allowed, body = self.functions[name]
        if len(arguments) != len(parameters) or set(options) != set(allowed):
            raise JuliaError(f"{name} of {len(arguments)} arguments and {sorted(options)}")
        for parameter in parameters:
            if parameter in self.known or parameter in self.functions or parameter in _TYPES:
                raise JuliaError(f"the argument {parameter} hides a function of Julia")
        frame = _Frame(self, dict(zip(parameters, arguments, strict=True)) | options)
        try:
            frame.run(body)
        except _Return as returned:
            return returned.value
        raise JuliaError(f"{name} returns nothing")


class _Frame:
    """The names of one call."""

    def __init__(self, module: Module, names: Mapping[str, Value]) -> None:
        self.module, self.names = module, dict(names)
        self.whole: list[tuple[Value, int, int]] = []
        """What is indexed, the axis, and how many indices there are: the meaning of ``end``."""

    def run(self, body: Sequence[Node]) -> None:
        for statement in body:
            getattr(self, f"_{statement[0]}_statement")(*statement[1:])

    # ---- statements -----------------------------------------------------------------------------------

    def _return_statement(self, value: Node) -> None:
        raise _Return(self.value(value))

    def _expression_statement(self, value: Node) -> None:
        self.value(value)

    def _if_statement(self, condition: Node, body: Sequence[Node]) -> None:
        if self.truth(condition):
            self.run(body)

    def _for_statement(self, ranges: Sequence[tuple[str, Node]], body: Sequence[Node]) -> None:
        for _ in self.loop(ranges):
            self.run(body)

    def loop(self, ranges: Sequence[tuple[str, Node]]) -> Any:
        if not ranges:
            yield None
            return
        name, over = ranges[0]
        values = self.value(over)
        for value in values.tolist() if isinstance(values, np.ndarray) and values.ndim == 1 else values:
            self.names[name] = value
            yield from self.loop(ranges[1:])

    def _assign_statement(self, targets: Sequence[Node], node: Node) -> None:
        value = self.value(node)
        for target in targets:
            if target[0] == "name":
                self.set(target[1], value)
            elif target[0] == "tuple" and isinstance(value, tuple) and len(target[1]) == len(value):
                for part, item in zip(target[1], value, strict=True):
                    self.set(part[1], item)
            elif target[0] == "index" and target[1][0] == "name":
                self._put(self.value(target[1]), [self.value(i) for i in target[2]], value)
            else:
                raise JuliaError(f"an assignment of a {kind(value)} to {target}")

    def set(self, name: str, value: Value) -> None:
        # A name that is read as a function of Julia anywhere in the function would be the variable there too.
        if name in self.module.known or name in self.module.functions:
            raise JuliaError(f"the variable {name} hides a function of Julia")
        self.names[name] = value

    def _put(self, array: Any, places: Sequence[Value], value: Value) -> None:
        axes = zip(places, array.shape, strict=False)
        places = [np.arange(1, size + 1) if place is ... else place for place, size in axes]
        if len(places) == 1 and isinstance(places[0], tuple):
            _, flat, _ = places[0]
            array[np.unravel_index(flat, array.shape, order="F")] = number(value)
        elif all(map(is_number, places)):
            array[tuple(whole(p) - 1 for p in places)] = number(value)
        elif all(kind(p) == "Vector" for p in places) and dense(value).shape == tuple(map(len, places)):
            array[np.ix_(*(p - 1 for p in places))] = dense(value)
        else:
            raise JuliaError(f"a {kind(value)} is put at {places}")

    def truth(self, node: Node) -> bool:
        value = self.value(node)
        if not isinstance(value, (bool, np.bool_)):
            raise JuliaError(f"a {kind(value)} where true or false is expected")
        return bool(value)

    # ---- expressions ----------------------------------------------------------------------------------

    def value(self, node: Node) -> Value:
        method = getattr(self, f"_{node[0]}", None)
        if method is None:
            raise JuliaError(f"{node[0]} is not known here")
        return method(*node[1:])

    def _number(self, value: Value) -> Value:
        return value

    def _string(self, value: str) -> str:
        return value

    def _group(self, node: Node) -> Value:
        return self.value(node)

    def _tuple(self, parts: Sequence[Node]) -> Value:
        return tuple(self.value(part) for part in parts)

    def _name(self, name: str) -> Value:
        if name in self.names:
            return self.names[name]
        if name in self.module.functions:
            return lambda *arguments, **options: self.module.call(name, *arguments, **options)
        if name in _TYPES:
            return Type(name)
        if name in self.module.known:
            return self.module.known[name]
        raise JuliaError(f"{name} is not defined")

    def _unary(self, sign: str, node: Node) -> Value:
        value = self.value(node)
        if sign == "!":
            raise JuliaError("! is not known here")
        if sign == "+":
            return value
        if is_number(value):
            return -value
        return Row(-value.parent) if isinstance(value, Row) else -dense(value)

    def _binary(self, sign: str, left: Node, right: Node) -> Value:
        if sign == ":" and left[:2] == ("binary", ":"):
            start, step, stop = (whole(self.value(part)) for part in (left[2], left[3], right))
            return np.arange(start, stop + 1, step)
        if sign in ("&&", "||"):
            first = self.truth(left)
            return self.truth(right) if first == (sign == "&&") else first
        a, b = self.value(left), self.value(right)
        if sign == ":":
            return np.arange(whole(a), whole(b) + 1)
        with np.errstate(all="ignore"):
            return spread(PLAIN[sign[1:]], a, b) if sign[0] == "." else PLAIN[sign](a, b)

    def _ternary(self, condition: Node, yes: Node, no: Node) -> Value:
        return self.value(yes if self.truth(condition) else no)

    def _adjoint(self, node: Node) -> Value:
        value = self.value(node)
        if kind(value) == "Vector":
            return Row(value)
        if isinstance(value, Row):
            return value.parent
        if isinstance(value, Factored):
            return Factored(value.kind, value.matrix.T)
        if isinstance(value, Wrapped):
            turned = {"LowerTriangular": "UpperTriangular", "UpperTriangular": "LowerTriangular"}
            return Wrapped(turned.get(value.kind, value.kind), value.matrix.T)
        return value if is_number(value) else matrix(value).T

    def _field(self, node: Node, name: str) -> Value:
        value = self.value(node)
        if isinstance(value, Factored) and value.kind == "cholesky" and name == "L":
            return Wrapped("LowerTriangular", np.linalg.cholesky(value.matrix))
        raise JuliaError(f"a {kind(value)} has no {name}")

    def _typed(self, node: Node, name: str) -> Value:
        kind_of = self.value(node)
        if isinstance(kind_of, Type) and (kind_of.name, name) == ("Matrix", "Float64"):
            return Type("Matrix{Float64}")
        raise JuliaError(f"a type with {name} in braces")

    def _call(self, node: Node, plain: Sequence[Node], named: Mapping[str, Node]) -> Value:
        function = self.value(node)
        arguments = [self.value(part) for part in plain]
        options = {name: self.value(part) for name, part in named.items()}
        if isinstance(function, Type):
            return self._made(function.name, arguments)
        if not callable(function):
            raise JuliaError(f"a {kind(function)} is called")
        try:
            return function(*arguments, **options)
        except TypeError as error:
            raise JuliaError(f"{node}: {error}") from error

    def _made(self, name: str, arguments: Sequence[Value]) -> Value:
        if name == "Matrix{Float64}" and len(arguments) == 3:
            return np.eye(whole(arguments[1]), whole(arguments[2]))
        if name == "Matrix" and len(arguments) == 1:
            return matrix(arguments[0])
        if name in BASE:
            return BASE[name](*arguments)
        raise JuliaError(f"{name} of {len(arguments)} arguments")

    def _broadcast(self, node: Node, plain: Sequence[Node], named: Mapping[str, Node]) -> Value:
        if named:
            raise JuliaError("options of a function with a dot")
        function = self.value(node)
        entry = BASE[function.name] if isinstance(function, Type) else function
        if not callable(entry):
            raise JuliaError(f"a {kind(function)} is called")
        operands = [self.value(part) for part in plain]
        if len(operands) == 1 and isinstance(operands[0], list):  # rows or columns, each by each
            return np.array([number(entry(part)) for part in operands[0]])
        return spread(entry, *operands)

    def _index(self, node: Node, indices: Sequence[Node]) -> Value:
        array = dense(self.value(node))
        places = []
        for axis, index in enumerate(indices):
            self.whole.append((array, axis, len(indices)))
            places.append(self.value(index))
            self.whole.pop()
        if len(places) == 1 and isinstance(places[0], tuple):
            return array.ravel(order="F")[places[0][1]]
        if len(places) != array.ndim:
            raise JuliaError(f"{len(places)} indices of a {kind(array)}")
        found = []
        for place, size in zip(places, array.shape, strict=True):
            values = np.arange(1, size + 1) if place is ... else place
            if np.any(np.asarray(values) < 1) or np.any(np.asarray(values) > size):
                raise JuliaError(f"the index {values} of {size}")
            found.append(
                np.array([whole(v) for v in values.tolist()], int) - 1
                if np.ndim(values)
                else whole(values) - 1
            )
        for axis in reversed(range(len(found))):
            array = np.take(array, found[axis], axis=axis)
        return array

    def _all(self) -> Value:
        return ...

    def _last(self) -> Value:
        array, axis, count = self.whole[-1]
        return array.size if count == 1 else array.shape[axis]

    def _comprehension(self, entry: Node, loops: Sequence[Sequence[tuple[str, Node]]]) -> Value:
        if len(loops) == 1 and len(loops[0]) == 2:
            (row, rows), (column, columns) = loops[0]
            sizes = [len(self.value(over)) for over in (rows, columns)]
            # The first index runs fastest.
            entries = [number(self.value(entry)) for _ in self.loop([(column, columns), (row, rows)])]
            return np.array(entries, float).reshape(sizes, order="F")
        if any(len(group) > 1 for group in loops):
            raise JuliaError("a comprehension of more than two axes")
        return np.array([number(self.value(entry)) for _ in self.loop([group[0] for group in loops])])

    def _generator(
        self, entry: Node, loops: Sequence[Sequence[tuple[str, Node]]], condition: Node | None
    ) -> Value:
        each = self.loop([pair for group in loops for pair in group])
        found = [number(self.value(entry)) for _ in each if condition is None or self.truth(condition)]
        return np.array(found, float)

    def _vector(self, parts: Sequence[Node]) -> Value:
        return np.array([number(self.value(part)) for part in parts], dtype=None if parts else float)

    def _matrix(self, rows: Sequence[Sequence[Node]]) -> Value:
        made = [[self.value(part) for part in row] for row in rows]
        if all(len(row) == 1 and (is_number(row[0]) or kind(row[0]) == "Vector") for row in made):
            return np.concatenate([np.atleast_1d(row[0]) for row in made])
        wide = [[self._block(part) for part in row] for row in made]
        try:
            return np.vstack([np.hstack(row) for row in wide])
        except ValueError:
            raise JuliaError("blocks whose sizes do not fit") from None

    @staticmethod
    def _block(part: Value) -> Any:
        if is_number(part):
            return np.array([[part]])
        array = dense(part)
        return array if array.ndim == 2 else array[:, None]


def run(text: str, name: str, *arguments: Value) -> tuple[Value, ...]:
    """Call a function of a text; its results."""
    value = Module(text).call(name, *arguments)
    return value if isinstance(value, tuple) else (value,)
