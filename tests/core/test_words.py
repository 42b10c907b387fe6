"""Phrases: one type for words in each language, with fields that may be phrases themselves."""

from __future__ import annotations

from matgrad.core.words import Phrase

SYMMETRIC = Phrase("{name} is symmetric", "{name} 是对称矩阵")


def test_fields_are_filled_in_the_language_of_the_whole() -> None:
    whole = Phrase("{what}; that is all", "{what}；仅此而已", "a book", "ch. 1").filled(what=SYMMETRIC)
    assert whole.text(name="X") == "X is symmetric; that is all"
    assert whole.text("zh", name="X") == "X 是对称矩阵；仅此而已"
    assert whole.citation == "a book, ch. 1"


def test_what_is_filled_in_stays() -> None:
    inner = Phrase("where {name} is 0", "{name} 为 0 处").filled(name="relu")
    whole = Phrase("no derivative {where}", "{where}不可导").filled(where=inner)
    assert whole.text(name="x") == "no derivative where relu is 0"


def test_a_phrase_may_be_given_at_the_last_moment() -> None:
    assert (
        Phrase("in {layout} layout", "{layout}布局").text("zh", layout=Phrase("mixed", "混合")) == "混合布局"
    )


def test_a_phrase_without_fields_is_no_template() -> None:
    assert Phrase("ℝ^{n}", "ℝ^{n}").text() == "ℝ^{n}"
