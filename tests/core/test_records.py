"""Data classes that share their functions behave as those of the standard library do."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest

from matgrad.language import syntax as s


def test_values_by_place_by_name_and_by_default() -> None:
    name = s.Name(text="x", span=(0, 1))
    assert (name.span, name.text) == ((0, 1), "x")
    assert s.OnesSign((0, 1)).sizes == ()
    assert [f.name for f in fields(name)] == ["span", "text"]
    assert replace(name, text="y").text == "y"
    assert repr(name) == "Name(span=(0, 1), text='x')"


def test_wrong_values_are_errors() -> None:
    name: Any = s.Name
    with pytest.raises(TypeError):
        name((0, 1))
    with pytest.raises(TypeError):
        name((0, 1), "x", "y")
    with pytest.raises(TypeError):
        name((0, 1), "x", z=1)


def test_nothing_is_changed() -> None:
    name = s.Name((0, 1), "x")
    with pytest.raises(FrozenInstanceError):
        name.text = "y"  # type: ignore[misc]
    for again in (pickle.loads(pickle.dumps(name)), copy.deepcopy(name)):
        assert repr(again) == repr(name)
        assert again != name
