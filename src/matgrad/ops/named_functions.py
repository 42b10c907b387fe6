"""Functions that are only names, of arguments and results of any shape: ∇f(x), J_g(x), A′(t), ∇²f(x).

Of f: ℝᵐˣⁿ → ℝ the derivative is the gradient, of the shape of its argument; of a function of a scalar it
has the shape of the result; of any other it is the Jacobian J with vec(dg) = J vec(dx). Each derivative is
again a function of the same arguments, so that there are derivatives of every order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from matgrad.core.arrays import Array, Arrays, Functions, Planning
from matgrad.core.dims import ONE, SCALAR, Shape, all_symbols, same, shape_text
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import LINEAR_STRUCTURE, Fact, closure, fact_words, is_outside
from matgrad.core.labels import check_label
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.reshaping import ReshapeMap
from matgrad.ops.transpose import transpose
from matgrad.ops.undefined import Undefined

_LOWERED = str.maketrans("123456789", "₁₂₃₄₅₆₇₈₉")
_MOST_ARGUMENTS = 9
_BOUND = 64
_CHAIN_RULE = Phrase("chain rule", "Magnus & Neudecker (2019)", "ch. 5, sec. 11")


_SECOND = Phrase("∂₁₂g is the Jacobian of vec(∂₁g) by the second argument, and so on")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives.

    Attributes
    ----------
    arguments : tuple of Shape
        The shapes of its arguments.
    result : Shape
        The shape of its values.
    facts : Fact
        What is known of its values.
    """

    arguments: tuple[Shape, ...]
    result: Shape
    facts: Fact = Fact.NONE

    @property
    def sizes(self) -> frozenset[str]:
        """The dimensions that it names."""
        return all_symbols([*self.arguments, self.result])

    @property
    def text(self) -> str:
        """The signature as declarations write it: ``(n, m) -> p``."""
        taken = [_shape(shape) for shape in self.arguments]
        known = "".join(" " + word for word in fact_words(self.facts))
        before = taken[0] if len(taken) == 1 else f"({', '.join(taken)})"
        return f"{before} -> {_shape(self.result)}{known}"


def _shape(shape: Shape) -> str:
    if shape == SCALAR:
        return "scalar"
    sizes = [f"({dim})" if len(dim.terms) > 1 else str(dim) for dim in shape]
    return str(shape[0]) if shape[1] is ONE else "×".join(sizes)


class Applied(Expr):
    """A function that is only a name, or a derivative of it, at its arguments.

    ``data`` is ``(name, arguments, result, facts, order)``: the signature, and the arguments by which it is
    differentiated, one after the other.
    """

    __slots__ = ()
    name = "applied"
    oscillates = True
    reason = _CHAIN_RULE
    legend = None

    def explanation(self) -> Phrase | None:
        # ∇f, ∇²f, J_g and primes are known to readers.
        written_out = len(self._by_matrices) > 1 and not (self._is_scalar and len(self.order) == 2)
        return _SECOND if written_out else None

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        label, arguments, order = data[0], data[1], data[4]
        result: Shape = data[2]
        if len(args) != len(arguments):
            raise ArgumentError(
                phrase(
                    "{label} takes {wanted}, not {count}",
                    label=label,
                    wanted=phrase("1 argument")
                    if len(arguments) == 1
                    else phrase("{count} arguments", count=len(arguments)),
                    count=len(args),
                ),
                fix=f"{label}: {Signature(arguments, result).text}",
            )
        for arg, shape in zip(args, arguments, strict=True):
            if not (same(arg.rows, shape[0]) and same(arg.columns, shape[1])):
                raise ShapeError(
                    phrase(
                        "{label} is declared {arguments}; {arg} is not {shape}",
                        label=label,
                        arguments=Signature(arguments, result).text,
                        arg=arg.describe(),
                        shape=shape_text(shape),
                    )
                )
        shape = result
        for index in order:
            shape = _derivative_shape(shape, arguments[index])
        return shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        label, arguments, result, facts, order = data
        return applied(label, Signature(arguments, result, Fact(facts)), args, order)

    @property
    def label(self) -> str:
        """The name of the function."""
        return str(self.data[0])

    @property
    def function(self) -> Signature:
        """What the function takes and gives."""
        return Signature(self.data[1], self.data[2], Fact(self.data[3]))

    @property
    def order(self) -> tuple[int, ...]:
        """The arguments by which it is differentiated."""
        return self.data[4]  # type: ignore[no-any-return]

    @classmethod
    def rank_of(cls, data: Data) -> int:
        # A derivative comes after what it is multiplied by, as a differential does: tr(A⁻¹A′).
        return 60 if data[4] else cls.rank

    def infer_facts(self) -> Fact:
        function = self.function
        if not self.order:
            return function.facts
        if all(function.arguments[i] == SCALAR for i in self.order):
            return function.facts & LINEAR_STRUCTURE
        return Fact.SYMMETRIC if self._is_hessian else Fact.NONE

    @property
    def is_of_numbers(self) -> bool:
        """Whether it takes numbers and gives one, so that it can be taken of every entry of arrays."""
        return self.shape == SCALAR and all(shape == SCALAR for shape in self.data[1])

    @property
    def called(self) -> str:
        """What it takes and gives, a derivative as such."""
        return Signature(self.data[1], self.shape).text

    @property
    def _is_scalar(self) -> bool:
        return bool(self.function.result == SCALAR)

    @property
    def _is_hessian(self) -> bool:
        """Whether it is the second derivative of a scalar by one argument, by which it is symmetric."""
        function, by = self.function, self._by_matrices
        return function.result == SCALAR and len(by) == 2 and by[0] == by[1]

    @property
    def _by_matrices(self) -> list[int]:
        return [i for i in self.order if self.function.arguments[i] != SCALAR]

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if closure(self.infer_facts()) & Fact.SYMMETRIC else None

    def linear_map(self, index: int) -> LinearMap:
        slope = applied(self.label, self.function, self.args, (*self.order, index))
        argument = self.args[index].shape
        if self.shape == SCALAR:
            return lm.Scale(slope, SCALAR) if argument == SCALAR else lm.Inner(slope)
        if argument == SCALAR:
            return lm.Outer(slope)
        column = (argument[0] * argument[1], ONE)
        image = (self.rows * self.columns, ONE)
        maps: list[LinearMap] = [lm.Left(slope, column)]
        if self.shape != image:
            maps.insert(0, ReshapeMap(image, self.shape))
        if argument != column:
            maps.append(ReshapeMap(argument, column))
        return lm.compose(*maps)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        """Stand in a definite smooth function, chosen by the name, and its true derivatives.

        Whatever holds for every function holds for this one, so that verification can compare numbers:
        vec f = C sin(Σ W_a vec(x_a) + φ) + c, with numbers made of the letters of the name.
        """
        function = self.function
        sizes = [_count(xp.shape(value)) for value in values]
        rows, columns = (xp.size(dim) for dim in function.result)
        units = min(max([*sizes, rows * columns]) + 2, 12)
        inside = xp.constant([[_number(self.label, "φ", q)] for q in range(units)])
        for place, (value, size) in enumerate(zip(values, sizes, strict=True)):
            weights = xp.constant(_weights(self.label, place, units, size))
            inside = xp.add(inside, xp.matmul(weights, xp.reshape(value, size, 1)))
        waves = xp.map(_wave(len(self.order)), inside)
        outer = _entries(self.label, rows, columns, units, function.facts)
        for index in self.order:
            outer = _times(outer, _weights(self.label, index, units, sizes[index]))
        result = xp.matmul(xp.constant(outer), waves)
        if not self.order:
            result = xp.add(result, xp.constant(_offset(rows, columns, function.facts)))
        return xp.reshape(result, xp.size(self.rows), xp.size(self.columns))

    def planned(self, plan: Planning, *values: Array) -> Array:
        xp = plan.arrays
        called = "call_each" if self.is_of_numbers else "call"
        return plan.primitive(called, values, xp.size(self.rows), xp.size(self.columns), code_name(self))

    def lead(self) -> str:
        return self.label

    def notation(self) -> Notation:
        label, order, several = self.label, self.order, len(self.args) > 1
        shown = "{name}"
        digits = "".join(str(i + 1) for i in order)
        by = self._by_matrices
        if not order:
            name = plain = label
            raised = latex = shown
        elif not several and not by:
            name, raised = label + "'" * len(order), shown + _primes(len(order))
            latex = shown + ("'" * len(order) if len(order) < 4 else f"^{{({len(order)})}}")
            plain = f"D{digits}_{label}"
        elif self.function.result == SCALAR and len(by) == len(order) and len(by) < 3:
            mark = digits if several else ""
            name = plain = f"{('grad', 'H')[len(by) - 1]}{mark}_{label}"
            square = ("", "²")[len(by) - 1]
            raised = f"∇{square}{mark.translate(_LOWERED)}{shown}"
            below = f"_{{{{{mark}}}}}" if mark else ""  # doubled, as {1} is the place of an argument
            latex = rf"\nabla{'^{{2}}' if square else ''}{below} {shown}"
        elif len(order) == 1 and not several:
            name = plain = f"J_{label}"
            raised, latex = f"J_{shown}", f"J_{{{{{shown}}}}}"
        else:
            name = plain = f"D{digits}_{label}"
            raised, latex = f"∂{digits.translate(_LOWERED)}{shown}", rf"\partial_{{{{{digits}}}}} {shown}"
        return Notation(
            f"{name}({{*}})", f"{raised}({{*}})", rf"{latex}\left({{*}}\right)", f"{plain}({{*}})", label
        )


def _primes(order: int) -> str:
    return ("", "′", "″", "‴")[order] if order < 4 else f"⁽{order}⁾"


def _derivative_shape(shape: Shape, argument: Shape) -> Shape:
    """The shape of the derivative of a function of that shape by an argument."""
    if argument == SCALAR:
        return shape
    if shape == SCALAR:
        return argument
    return (shape[0] * shape[1], argument[0] * argument[1])


def applied(label: str, function: Signature, args: Sequence[Expr], order: Sequence[int] = ()) -> Expr:
    """A function that is only a name at its arguments, or a derivative of it.

    Derivatives by scalars come first, as they do not change the shape; of a scalar function, second
    derivatives by two arguments are written in the order of the arguments.

    Parameters
    ----------
    label : str
        The name of the function.
    function : Signature
        What it takes and gives.
    args : sequence of Expr
        Its arguments.
    order : sequence of int
        The places of the arguments by which it is differentiated, one after the other.

    Raises
    ------
    ArgumentError
        For another number of arguments.
    ShapeError
        For an argument of another shape.
    """
    check_label(label, Phrase("a function"))
    if not 1 <= len(function.arguments) <= _MOST_ARGUMENTS:
        raise ArgumentError(
            phrase(
                "a function takes 1 to {most_arguments} arguments, not {count}",
                most_arguments=_MOST_ARGUMENTS,
                count=len(function.arguments),
            )
        )
    by_scalars = sorted(i for i in order if function.arguments[i] == SCALAR)
    by = [i for i in order if function.arguments[i] != SCALAR]
    if function.result == SCALAR and len(by) == 2 and by[0] > by[1]:
        return transpose(applied(label, function, args, (*by_scalars, by[1], by[0])))
    data = (label, function.arguments, function.result, int(function.facts), (*by_scalars, *by))
    return Applied.intern(tuple(args), data)


def only_named(nodes: Iterable[Expr]) -> Iterator[tuple[str, Expr]]:
    """The nodes that apply functions which are only names, each with the name of its function."""
    return ((str(node.data[0]), node) for node in nodes if isinstance(node, (Applied, Undefined)))


def text_name(node: Expr) -> str:
    """The name in text of a function that is only a name, or of a derivative: ``f'``."""
    return node.notation().text.partition("(")[0]


def code_name(node: Expr) -> str:
    """Its name in code: ``D1_f``."""
    return node.notation().numpy.partition("(")[0]


# ---- the function that stands in -----------------------------------------------------------------


def _count(shape: tuple[int, int]) -> int:
    return shape[0] * shape[1]


def _number(*seed: Any) -> Fraction:
    """A number from −1 to 1, not near 0, that depends on the seed alone."""
    digest = blake2b(repr(seed).encode(), digest_size=4).digest()
    whole = int.from_bytes(digest, "big")
    size = Fraction(_BOUND // 4 + whole // 2 % (3 * _BOUND // 4), _BOUND)
    return size if whole % 2 else -size


@lru_cache(maxsize=256)
def _weights(label: str, place: int, units: int, size: int) -> list[list[Fraction]]:
    """The weights W_a of an argument."""
    return [[_number(label, place, q, j) for j in range(size)] for q in range(units)]


@lru_cache(maxsize=256)
def _entries(label: str, rows: int, columns: int, units: int, facts: Fact) -> list[list[Fraction]]:
    """The weights C of the entries of the result, column by column, of the structure that it has."""
    table = []
    for j in range(columns):
        for i in range(rows):
            low, high, sign = min(i, j), max(i, j), 1
            if facts & (Fact.SYMMETRIC | Fact.SKEW):
                sign = -1 if facts & Fact.SKEW and i < j else 1
                place = (high, low)
            else:
                place = (i, j)
            factor = Fraction(0 if is_outside(facts, i, j) else sign, units)
            table.append([factor * _number(label, "C", *place, q) for q in range(units)])
    return table


def _offset(rows: int, columns: int, facts: Fact) -> list[list[Fraction | int]]:
    """A constant part, by which positive values are positive, and square matrices are far from singular."""
    is_square = rows == columns > 1 and not facts & Fact.SKEW
    whole = 2 if facts & (Fact.POSITIVE | Fact.NONNEGATIVE) else 0
    return [[whole + (2 * rows if is_square and i == j else 0)] for j in range(columns) for i in range(rows)]


def _wave(order: int) -> Any:
    """The derivative of sin of an order."""

    def entry(f: Functions, t: Any) -> Any:
        wave = (f.sin, f.cos)[order % 2](t)
        return wave if order % 4 < 2 else -wave

    return entry


def _times(outer: list[list[Fraction]], weights: list[list[Fraction]]) -> list[list[Fraction]]:
    """One more index behind those of a table of products: the places of the table come first."""
    return [
        [entry * row[j] for entry, row in zip(entries, weights, strict=True)]
        for j in range(len(weights[0]))
        for entries in outer
    ]
