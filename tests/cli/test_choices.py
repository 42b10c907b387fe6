"""The words that options choose from are those of the package."""

from __future__ import annotations

from typing import get_args

from matgrad.calculus.presentation import CONVENTIONS, FORMS, LAYOUTS, Convention, Layout
from matgrad.cli.check import CheckedForm
from matgrad.cli.request import Form, Language, Method
from matgrad.core.words import LANGUAGES
from matgrad.explanation.derivation import METHODS


def test_choices_are_those_of_the_package() -> None:
    assert get_args(Layout) == tuple(LAYOUTS)
    assert get_args(Convention) == tuple(CONVENTIONS)
    assert get_args(Language) == LANGUAGES
    assert get_args(Method) == METHODS
    assert {*get_args(Form), *get_args(CheckedForm)} <= {"auto", *FORMS}
