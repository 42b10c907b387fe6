"""Large expressions are printed with a name for each shared part, in one pass, and read back."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad import printing
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.printing.graph_names import named_on_graph


def gradient(layers: int, skip: bool) -> Expr:
    """The gradient of ‖h − y‖² by the first weights, with h = tanh(W h), and with h added."""
    h: Expr = mg.vector("x", "n")
    for i in range(layers):
        inside = mg.tanh(mg.matrix(f"W{i}", "n", "n") @ h)
        h = inside + h if skip else inside
    return mg.gradient(mg.norm(h - mg.vector("y", "n")) ** 2, "W0", verify=False)


@pytest.mark.parametrize("skip", [True, False])
def test_what_is_printed_grows_with_the_depth_and_is_read_back(skip: bool) -> None:
    few, many = (printing.line(gradient(layers, skip), "text") for layers in (25, 100))
    assert len(many) < 5.5 * len(few)
    whole = gradient(25, skip)
    assert mg.parse(few, list(symbols_of(whole).values())) is whole


def test_names_stand_after_those_they_use_and_clash_with_none() -> None:
    whole = gradient(25, True)
    main, bindings = named_on_graph(whole)
    before = set(symbols_of(whole))
    for symbol, value in bindings:
        assert symbol.label not in before
        assert symbols_of(value).keys() <= before
        before.add(symbol.label)
    assert len(postorder(main)) < 30
    back = main
    for symbol, value in reversed(bindings):
        back = back.substitute({symbol: value})
    assert back is whole


def test_letters_of_the_author_are_left_to_the_author() -> None:
    h: Expr = mg.vector("h1", "n")
    for i in range(30):
        h = mg.tanh(mg.matrix(f"u{i}", "n", "n") @ h) + h
    g = mg.gradient(mg.norm(h) ** 2, "h1", verify=False)
    _, bindings = named_on_graph(g)
    assert bindings
    assert not {s.label for s, _ in bindings} & symbols_of(g).keys()
    assert not any(s.label[0] in "hu" for s, _ in bindings)
