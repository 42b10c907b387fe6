"""The planner: lowers expressions in several ways and keeps the cheapest program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from matgrad.compilation.ir.cost import flops, total_effort
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import INVERSE_CHOLESKY, INVERSE_LU, SOLVE_CHOLESKY, SOLVE_LU, SUM
from matgrad.compilation.ir.program import Choice, Program, live_values, make_program
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.ir.stored import Stored
from matgrad.compilation.plan.chain_order import Chains, Keys, shared_runs
from matgrad.compilation.plan.common_factors import with_factors_in_front
from matgrad.compilation.plan.logistic import by_one_exponential
from matgrad.compilation.plan.lowering import Lowering
from matgrad.compilation.plan.near_data import near_data, read_early
from matgrad.compilation.plan.orienting import oriented
from matgrad.compilation.plan.place_numbers import NumberPlacement
from matgrad.compilation.plan.reusing import reused
from matgrad.compilation.plan.sparse_data import refuse_filling
from matgrad.compilation.plan.stable_exponentials import shifted
from matgrad.compilation.plan.sums_of_lines import summed_together, taken_before
from matgrad.core.author_names import author_names
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.rewrite.computable_forms import for_computing

NOTHING_HELD: Mapping[str, Stored] = {}
"""Every argument is an array."""


class TooManyValuesError(Exception):
    """A program is longer than was allowed."""


@dataclass(frozen=True)
class Options:
    """How a plan is made.

    Attributes
    ----------
    explicit_inverse : bool
        Whether inverses are formed and multiplied by; otherwise products with them are solves.

    structured : bool
        Whether the backend writes the structured primitives.

    loops : bool
        Whether the backend writes loops: sums and products over indices are made of them.

    patterns : bool
        Whether the backend computes with bands, Toeplitz and circulant matrices by their diagonals.

    branches : bool
        Whether its code may decide by values that it meets, so that the general form stands by where a
        special one has no value.

    limit : int, optional
        How many values the first program that is found may have.
    """

    explicit_inverse: bool = False
    structured: bool = False
    loops: bool = False
    branches: bool = False
    patterns: bool = False
    limit: int | None = None


@dataclass(frozen=True)
class _Way:
    """One way of lowering."""

    distribute: str = "cheaper"
    shared: bool = False
    partial: bool = False
    low_rank: bool = False
    """Whether a diagonal plus a matrix of low rank, and sums of ⊗ in one basis, are solved with as such."""

    reuse: bool = False
    """Whether inverses that are formed in any case are multiplied by."""

    explicit: tuple[Value, ...] = ()
    """Inverses that are formed to be multiplied by, where that is cheaper than solving."""


class Planner:
    """Plans expressions, for one set of sizes after another.

    What does not depend on sizes is done once: the forms in which the expressions are computed.

    Parameters
    ----------
    exprs : sequence of Expr
        What to compute; all outputs share their work.
    options : Options, optional
        How to plan.
    symbols : mapping of str to Symbol, optional
        The arguments by name, in order, also those that no expression holds; by default those that one holds.
    """

    def __init__(
        self,
        exprs: Sequence[Expr],
        options: Options | None = None,
        symbols: Mapping[str, Symbol] | None = None,
    ) -> None:
        self.exprs = exprs
        self.options = options or Options()
        self.symbols = symbols_of(exprs) if symbols is None else symbols
        self._names = author_names()

    def program(self, sizes: Mapping[str, int], held: Mapping[str, Stored] = NOTHING_HELD) -> Program:
        """The cheapest program found for given sizes, with all arguments among its inputs, in order.

        Parameters
        ----------
        sizes : mapping of str to int
            The number that each symbolic dimension stands for.
        held : mapping of str to Stored, optional
            How the arguments are held that are no arrays.

        Raises
        ------
        DomainError
            When an expression has no value at these sizes.
        EvaluationError
            For an undefined function; where a sparse argument would have to be filled in, and is too large.
        ArgumentError
            When a number is too large for a double.
        TooManyValuesError
            When the first program found is longer than the options allow.
        """
        try:
            search = _Search(self._forms, sizes, self.options, held)
            outputs, inputs = search.best()
        except OverflowError:
            # An exact number beside a rounded one, such as 10^400 √2.
            raise ArgumentError(
                phrase("a number in the expression is too large for a double"),
                fix=phrase("another unit, so that it is smaller"),
            ) from None
        arguments = {name: inputs[name] for name in self.symbols}
        program = make_program(outputs[: len(self.exprs)], arguments, sizes)
        program.choices = search.choices
        if held:
            refuse_filling(program)
        if self.options.structured:
            values, early = read_early(program.values)
            program.values, brought = near_data(values)
            program.apart = early | brought | taken_before(program.values)
        found = {search.value(form): name for name, form in self._named_forms}
        program.names = {value: found[value] for value in program.values if value in found}
        return program

    @cached_property
    def _named_forms(self) -> list[tuple[str, Expr]]:
        """The names that the author of a text defined, with the forms in which they may be computed."""
        pairs = []
        for name, value in self._names.items():
            forms = [value, *for_computing([value])]
            pairs += [(name, form) for form in dict.fromkeys(forms) if form.args]
        return pairs

    @cached_property
    def _forms(self) -> list[Expr]:
        """What is computed for the expressions, and the arguments."""
        return for_computing([*self.exprs, *self.symbols.values()])


class _Search:
    """The search for the cheapest program at given sizes."""

    def __init__(
        self, roots: Sequence[Expr], sizes: Mapping[str, int], options: Options, held: Mapping[str, Stored]
    ) -> None:
        self.roots = roots
        self.recorder = Recorder(sizes)
        self.recorder.held = held
        self.recorder.explicit_inverse = options.explicit_inverse
        self.recorder.structured = options.structured
        self.recorder.loops = options.loops
        self.recorder.patterns = options.patterns
        self.recorder.branches = options.branches
        self.options = options
        self.inverses: set[Value] = set()
        self.runs: dict[Keys, int] = {}
        self.lowered: dict[_Way, tuple[float, list[Value], Lowering]] = {}
        self.values: Mapping[Expr, Value] = {}
        self.turned: Mapping[Value, Value] = {}
        self.choices: list[Choice] = []

    def best(self) -> tuple[list[Value], Mapping[str, Value]]:
        """The outputs, and the arguments by name."""
        way = _Way()
        first = self._lower(way)
        self.runs = shared_runs(first[2].seen, self.recorder)
        changes: list[dict[str, Any]] = [
            {"partial": True},
            {"distribute": "never"},
            {"distribute": "always"},
        ]
        self.inverses = {v for v in live_values(first[1]) if v.op.is_inverse}
        if self.inverses:
            changes.append({"reuse": True})
        if self.runs:
            changes.insert(0, {"shared": True})
        if self.options.structured and _solves_with_sums(first[1]):
            changes.insert(0, {"low_rank": True})
        for change in changes:
            way = self._better(way, replace(way, **change))
        if self.options.structured and not self.options.explicit_inverse:
            for inverse in _solved_with_much(self.recorder, self._lower(way)[1]):
                way = self._better(way, replace(way, explicit=(*way.explicit, inverse)))
        _, outputs, lowering = self._lower(way)
        self.values = lowering.values
        before = shifted(self.recorder, outputs)
        outputs, self.turned = oriented(self.recorder, before)
        self._choose("oriented", outputs, before)
        shared = by_one_exponential(self.recorder, outputs)
        if any(a is not b for a, b in zip(shared, outputs, strict=True)):
            # It saves exponentials and not always steps: both counts are said as they are.
            counts = (sum(map(flops, live_values(found))) for found in (shared, outputs))
            self.choices.append(Choice(_RULES["logistic"], *counts))
        outputs = shared
        for rule, rewritten in _LAST:
            before, outputs = outputs, rewritten(self.recorder, outputs)
            self._choose(rule, outputs, before)
        return NumberPlacement(self.recorder).outputs(outputs), lowering.inputs

    def _better(self, way: _Way, other: _Way) -> _Way:
        """The way of the two that costs less."""
        found, before = self._lower(other), self._lower(way)
        changed = next(f.name for f in fields(way) if getattr(other, f.name) != getattr(way, f.name))
        if found[0] < before[0]:
            if changed != "distribute":
                self._choose(changed, found[1], before[1])
            return other
        if other.distribute == "never":
            self._choose(changed, before[1], found[1])
        return way

    def _choose(self, changed: str, outputs: Sequence[Value], others: Sequence[Value]) -> None:
        """Note a rule by which a program has fewer flops than without it."""
        count, otherwise = (sum(map(flops, live_values(found))) for found in (outputs, others))
        if count < otherwise:
            self.choices.append(Choice(_RULES[changed], count, otherwise))

    def value(self, expr: Expr) -> Value | None:
        """The value of an expression that was computed on the way."""
        value = self.values.get(expr)
        return value if value is None else self.turned.get(value, value)

    def _lower(self, way: _Way) -> tuple[float, list[Value], Lowering]:
        known = self.lowered.get(way)
        if known is None:
            # First as if nothing were shared, then with what the first needs counted as made.
            known = self._lower_once(way, set())
            again = self._lower_once(way, set(live_values(known[1])), known[2].chains.made)
            known = self.lowered[way] = again if again[0] < known[0] else known
        return known

    def _lower_once(
        self, way: _Way, wanted: set[Value], made: dict[Keys, Value] | None = None
    ) -> tuple[float, list[Value], Lowering]:
        self.recorder.partial = way.partial
        self.recorder.low_rank = way.low_rank
        self.recorder.formed = {*way.explicit, *(self.inverses if way.reuse else ())}
        runs = self.runs if way.shared else None
        chains = Chains(self.recorder, runs, wanted, distribute=way.distribute, made=made)
        lowering = Lowering(self.recorder, chains)
        outputs = lowering.lower(self.roots)
        values = live_values(outputs)
        if self.options.limit is not None and len(values) > self.options.limit:
            raise TooManyValuesError
        return total_effort(values), outputs, lowering


def _solves_with_sums(outputs: Sequence[Value]) -> bool:
    """Whether a sum is factorised, which may be a diagonal plus a matrix of low rank."""
    return any(v.op.is_factorisation and v.args[0].op is SUM for v in live_values(outputs))


def _solved_with_much(xp: Recorder, outputs: Sequence[Value]) -> list[Value]:
    """The inverses of matrices that are solved with for as many right sides as they have rows, or more."""
    columns: dict[Value, int] = {}
    for v in live_values(outputs):
        if v.op in _INVERSES:
            columns[v.args[0]] = columns.get(v.args[0], 0) + v.extent[1]
    ops = {v.args[0]: _INVERSES[v.op] for v in live_values(outputs) if v.op in _INVERSES}
    return [
        xp.make(ops[factor], (factor,), factor.shape)
        for factor, count in columns.items()
        if count >= factor.extent[0]
    ]


_INVERSES = {SOLVE_CHOLESKY: INVERSE_CHOLESKY, SOLVE_LU: INVERSE_LU}

_LAST = (("together", summed_together), ("in front", with_factors_in_front), ("reused", reused))
"""What is done when the program is found, in order, by the names of the rules."""

_RULES = {
    "low_rank": "low rank plus diagonal by its small matrix, sums of ⊗ in bases of eigenvectors",
    "shared": "products that several need are made once",
    "partial": "parts and diagonals of products from rows and columns",
    "distribute": "sums among factors multiplied out",
    "reuse": "inverses that are wanted in any case are multiplied by",
    "explicit": "an inverse formed rather than solved with",
    "oriented": "transposes and multiples of what is computed already taken from that",
    "logistic": "logistic functions of one argument by one exponential and more of the cheap steps",
    "together": "sums of lines of several matrices as those of one combination",
    "in front": "factors that the terms of a sum have in common in front of it",
    "reused": "what is computed besides taken where it is a part of something else",
}
"""What a plan says of the ways in which it was found, by the name of the field, and of what is done after."""
