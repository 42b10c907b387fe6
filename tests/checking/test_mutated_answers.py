"""Right answers to golden cases, made wrong in a known way: never accepted, and the way is named."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

import matgrad as mg
from matgrad import printing
from matgrad.checking import Verdict, check
from matgrad.core.expr import Expr, symbols_of
from matgrad.ops.arithmetic import Sum, add
from matgrad.rewrite.expanding import expanded
from tests.checking.test_right_answers import derived, read
from tests.golden.loader import Case, cases

CHOSEN = [case for case in cases() if case.form != "components"][::6]
PARTS = 6

TERMS = {"lost_term", "extra_term", "term_sign", "term_factor", "factor", "sign"}
NAMED: dict[str, set[str]] = {
    "factor": {"factor", "number"},
    "sign": {"sign", "layout"},
    "scalar": {"scalar_factor_extra", "other_function"},
    "turned": {"layout"},
    "extra": {"extra_term", "fact", "facts", *TERMS},
    "lost": {"lost_term", "diagonal_twice", *TERMS},
    "term": {"term_sign", *TERMS},
    "leaf": {
        "factor_transpose",
        "both_turned",
        "transpose_throughout",
        "step_transposed",
        "layout",
        "swapped",
        "lost_term",
        "fact",
        "facts",
        "factor",
        "function_itself",
        "term_sign",
        "symbols_swapped",
    },
}
"""What may be said of each way of going wrong; a wrong term may leave a simple factor behind."""


def mutations(case: Case, right: Expr) -> Iterator[tuple[str, Expr]]:
    """The derivative made wrong, with the way in which it is."""
    rng = random.Random(case.id)
    yield "factor", mg.simplify(right * rng.choice([2, 3]))
    yield "sign", -right
    size = next((d for d in right.shape if not d.is_integer), None)
    if size is not None:
        yield "scalar", printing_safe(f"{size}") * right
    has_layout = case.form in ("gradient", "jacobian") and not read(case)[1].is_scalar
    if has_layout and right.rows is not right.columns:
        yield "turned", right.T
    parts = expanded(right)
    if isinstance(parts, Sum):
        place = rng.randrange(len(parts.args))
        rest = add(*(part for i, part in enumerate(parts.args) if i != place))
        yield "lost", rest
        yield "term", rest - parts.args[place]
    squares = [s for s in symbols_of(right).values() if s.is_square and not s.is_scalar and s.T is not s]
    if squares:
        symbol = rng.choice(squares)
        yield "leaf", right.substitute({symbol: symbol.T})


def printing_safe(size: str) -> Expr:
    """A dimension as a number."""
    return mg.parse(size, f"{', '.join(n for n in size if n.isalpha())}: dimension")


def is_wrong(case: Case, right: Expr, mutated: Expr) -> bool:
    """Whether the change really made it wrong, also as the transpose of a right answer."""
    if mutated.shape == right.shape and mg.equivalent(mutated, right):
        return False
    has_layout = case.form in ("gradient", "jacobian") and not read(case)[1].is_scalar
    return has_layout or mutated.shape != right.T.shape or not mg.equivalent(mutated, right.T)


def found(case: Case) -> list[tuple[str, Expr, Verdict]]:
    """The mutations of a case that are wrong, and what is said of them."""
    function, variable = read(case)
    right = derived(case)
    results = []
    for way, mutated in mutations(case, right):
        if not is_wrong(case, right, mutated):
            continue
        layouts = {"gradient": "denominator", "jacobian": case.layout}
        layout = None if variable.is_scalar else layouts.get(case.form)
        verdict = check(
            function.expr,
            variable,
            printing.text(mutated),
            symbols=function.symbols.values(),
            order=case.order,
            form=case.form,
            layout=layout,
            convention=case.convention,
        )
        results.append((way, mutated, verdict))
    return results


@pytest.mark.parametrize("part", range(PARTS))
def test_never_accepted_and_the_way_is_named(part: int, capsys: pytest.CaptureFixture[str]) -> None:
    results = [(case, *result) for case in CHOSEN[part::PARTS] for result in found(case)]
    for case, way, mutated, verdict in results:
        assert not verdict.correct, (case.id, way, str(mutated))
    missed = [r for r in results if r[3].mistake not in NAMED[r[1]]]
    with capsys.disabled():
        print(f"\nmutated, part {part}: named in {len(results) - len(missed)} of {len(results)}")
        for case, way, mutated, verdict in missed:
            print(f"  {case.expression} by {case.wrt}: {mutated}\n    {way}: {verdict.reason}")
    assert len(missed) <= 0.05 * len(results)
