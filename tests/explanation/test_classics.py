"""The classic derivations as they are handed out, and what must hold for each line of them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.explanation.classics import BOOKS, CLASSICS, Classic, book, derivation, path_of


@pytest.mark.parametrize(("method", "language"), BOOKS)
def test_a_book_is_printed_as_it_was_read(method: str, language: str) -> None:
    assert book(method, language) == path_of(method, language).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CLASSICS, ids=lambda case: case.name)
@pytest.mark.parametrize("method", ["differential", "definition", "chain"])
def test_no_line_repeats_and_none_is_without_a_reason(case: Classic, method: str) -> None:
    lines = derivation(case, method).lines
    # The first line is the function; a second form of it, and every line after, says why.
    assert lines[0].left is not None
    assert all(line.reasons for line in lines[1:])
    shown = [(line.left and line.left.write("unicode"), line.right.write("unicode")) for line in lines]
    assert all(a != b and (b[0] is not None or a[1] != b[1]) for a, b in pairwise(shown))


@pytest.mark.parametrize("case", CLASSICS, ids=lambda case: case.name)
def test_no_index_has_the_name_of_a_dimension(case: Classic) -> None:
    dims = set(re.findall(r"[a-z]", " ".join(part.partition(":")[2] for part in case.given.split(","))))
    text = derivation(case, "definition").text()
    bound = {letter for group in re.findall(r"Σ_([a-z]+)", text) for letter in group}
    assert not bound & (dims & set("mnkpq"))
