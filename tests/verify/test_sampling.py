"""Samples have the facts that are declared, sizes make sense, and curves leave as they should."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest

from matgrad.core.dims import ONE, Dim, Shape, dims, minimum
from matgrad.core.errors import EvaluationError, NotDifferentiableError
from matgrad.core.expr import Data, Expr, Symbol, postorder
from matgrad.core.facts import FACT_NAMES, LINEAR_STRUCTURE, ON_SIMPLEX, Fact, closure, fact_words
from matgrad.numeric.contradictions import contradiction
from matgrad.numeric.precise import PreciseArrays
from matgrad.verify.choose_sizes import SizeConstraints, choose_sizes
from matgrad.verify.directions import direction, move
from matgrad.verify.sampling import ATTEMPTS, STYLES, sample, samples

M, N, P = dims("m n p")
SINGLE = sorted(set(FACT_NAMES.values()))
KNOWN = {closure(a | b) for a, b in combinations(SINGLE, 2)} | {closure(a) for a in SINGLE} | {Fact.NONE}
CANNOT_BE = [
    closure(Fact.SKEW | Fact.POSITIVE_DEFINITE), closure(Fact.DIAGONAL | Fact.POSITIVE),
    closure(Fact.SKEW | Fact.POSITIVE), closure(Fact.ORTHOGONAL | Fact.POSITIVE),
    closure(Fact.PERMUTATION | Fact.SKEW),
]  # fmt: skip
ORDERED = sorted(KNOWN)


class Beside(Expr):
    """Test operation that holds operands and data."""

    __slots__ = ()
    name = ""

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape


def beside(*args: Expr, data: Data = ()) -> Expr:
    return Beside.intern(args, data)


def square(facts: Fact) -> Symbol:
    return Symbol.make("X", N, N, facts)


def drawn(symbol: Symbol, xp: PreciseArrays, seed: int) -> dict[str, list[list[object]]] | None:
    try:
        return sample([symbol], xp, random.Random(seed), STYLES[seed % len(STYLES)])
    except EvaluationError:
        return None


@pytest.mark.parametrize("facts", ORDERED, ids=[" ".join(fact_words(f)) or "nothing" for f in ORDERED])
def test_samples_have_their_facts_and_curves_their_directions(facts: Fact) -> None:
    found = 0
    symbol = square(facts)
    for n in (2, 3, 4):
        xp = PreciseArrays({"n": n})
        for seed in range(len(STYLES)):
            values = drawn(symbol, xp, seed)
            if values is None:
                break
            found += 1
            value = values["X"]
            assert contradiction(facts, np.array(xp.floats(value))) is None
            rng = random.Random(seed)
            try:
                along = direction(symbol, values, xp, rng)
            except NotDifferentiableError:
                continue
            structure = symbol.facts & LINEAR_STRUCTURE
            if not facts & Fact.ORTHONORMAL_COLUMNS:
                assert contradiction(structure, np.array(xp.floats(along))) is None
            h = xp.ctx.mpf(10) ** -10
            ahead, behind = (move(symbol, value, along, step, xp) for step in (h, -h))
            quotient = xp.scalar_times([[1 / (2 * h)]], xp.subtract(ahead, behind))
            assert xp.largest(xp.subtract(quotient, along)) < 1e-15
            assert xp.largest(xp.subtract(move(symbol, value, along, 0, xp), value)) < 1e-35
            kept = facts & (structure | Fact.ORTHOGONAL | Fact.ORTHONORMAL_COLUMNS | Fact.IDEMPOTENT)
            assert contradiction(kept, np.array(xp.floats(move(symbol, value, along, h * 10**8, xp)))) is None
    assert (
        found
        or facts & ON_SIMPLEX
        or any(facts & never == never for never in CANNOT_BE)
        or (facts & Fact.ORTHONORMAL_COLUMNS and facts & Fact.POSITIVE)
        or (facts & (Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR) and facts & Fact.POSITIVE)
    )


@pytest.mark.parametrize("facts", CANNOT_BE)
def test_contradicting_facts_are_refused(facts: Fact) -> None:
    with pytest.raises(EvaluationError, match="no 3×3 sample was found for X, declared"):
        sample([square(facts)], PreciseArrays({"n": 3}), random.Random(1))


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_orthonormal_columns(columns: int) -> None:
    symbol = Symbol.make("Q", M, N, Fact.ORTHONORMAL_COLUMNS)
    xp = PreciseArrays({"m": 4, "n": columns})
    rng = random.Random(5)
    values = sample([symbol], xp, rng)
    along = direction(symbol, values, xp, rng)
    gram = xp.matmul(xp.transpose(values["Q"]), along)
    assert xp.largest(xp.add(gram, xp.transpose(gram))) < 1e-36
    moved = move(symbol, values["Q"], along, 1, xp)
    assert xp.largest(xp.subtract(xp.matmul(xp.transpose(moved), moved), xp.eye(columns))) < 1e-35
    assert xp.largest(along) > 0.1


def test_general_samples_are_readable_and_not_symmetric() -> None:
    xp = PreciseArrays({"n": 3, "m": 2})
    values = sample([square(Fact.NONE), Symbol.make("y", M, ONE)], xp, random.Random(0))
    assert all(len(f"{x:g}") <= 5 for row in xp.floats(values["X"]) for x in row)
    assert contradiction(Fact.SYMMETRIC, np.array(xp.floats(values["X"]))) is not None
    assert len({x for row in xp.floats(values["X"]) for x in row}) == 9


def test_samples_are_the_same_each_time_and_vary() -> None:
    X, y = Symbol.make("X", M, N), Symbol.make("y", M, ONE)
    xp = PreciseArrays({})
    runs = [
        [
            (sizes, xp.floats(values["X"]), xp.floats(values["y"]))
            for sizes, values in samples([beside(X, y)], seed)
        ]
        for seed in (0, 0, 1)
    ]
    assert len(runs[0]) == ATTEMPTS
    assert runs[0] == runs[1] != runs[2]
    tall = [sizes["m"] > sizes["n"] for sizes, _, _ in runs[0]]
    assert tall[0]
    assert not tall[1]
    entries = [np.array(x) for _, x, _ in runs[0]]
    assert any((x > 0).all() for x in entries)
    assert any(((x > 0) & (x < 1)).all() for x in entries)
    assert any((x > 1).all() for x in entries)
    assert any((x < 0).any() and (x > 0).any() for x in entries)
    assert any(np.abs(x).max() < 0.35 for x in entries)


def test_undeclared_square_matrices_are_also_tried_definite() -> None:
    X = square(Fact.NONE)
    arrays = [np.array(PreciseArrays({}).floats(values["X"])) for _, values in samples([X])]
    assert any(contradiction(closure(Fact.POSITIVE_DEFINITE), x) is None for x in arrays)
    assert any(np.linalg.slogdet(x)[0] > 0 and not np.allclose(x, x.T) for x in arrays)


def sizes_for(*exprs: Expr, attempt: int = 0) -> dict[str, int]:
    return choose_sizes(SizeConstraints.of(postorder(exprs)), random.Random(attempt), attempt)


def test_sizes_are_small_and_distinct() -> None:
    X, Y = Symbol.make("X", M, N), Symbol.make("Y", N, P)
    for attempt in range(40):
        sizes = sizes_for(X, Y, attempt=attempt)
        assert sorted(sizes) == ["m", "n", "p"]
        assert len(set(sizes.values())) == 3
        assert set(sizes.values()) <= {2, 3, 4, 5}
    assert sizes_for(square(Fact.NONE)) == {"n": 3}


def test_sizes_of_composite_dimensions_are_whole_and_positive() -> None:
    half = M.halved()
    wide = Symbol.make("B", N - M, half)
    vech = Symbol.make("v", (N * (N + 1)).halved(), minimum(M, N))
    for attempt in range(30):
        sizes = sizes_for(wide, vech, attempt=attempt)
        assert sizes["m"] % 2 == 0
        assert sizes["n"] > sizes["m"]
    with pytest.raises(EvaluationError, match="no sizes"):
        sizes_for(Symbol.make("B", M - M * N, ONE))


def test_sizes_honour_what_variables_are() -> None:
    for attempt in range(8):
        tall = sizes_for(
            Symbol.make("Q", M, N, Fact.ORTHONORMAL_COLUMNS), Symbol.make("Y", N, M), attempt=attempt
        )
        assert tall["m"] > tall["n"]
        assert sizes_for(square(closure(Fact.SKEW | Fact.INVERTIBLE)), attempt=attempt)["n"] == 4


def test_sizes_leave_room_for_what_is_picked() -> None:
    X = Symbol.make("X", M, N)
    assert min(sizes_for(beside(X, data=(Dim.of(7),))).values()) >= 7
    for attempt in range(8):
        sizes = sizes_for(beside(X, data=(Dim.of("i"), N)), attempt=attempt)
        assert 1 <= sizes["i"] <= min(sizes["m"], sizes["n"])


def test_sizes_of_many_dimensions_stay_small() -> None:
    layers = [Symbol.make(f"W{k}", Dim.of(f"n{k}"), Dim.of(f"n{k + 1}")) for k in range(200)]
    sizes = sizes_for(*layers)
    assert max(sizes.values()) <= 6
