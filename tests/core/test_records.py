"""Data classes that are made fast behave as those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any

import pytest

from matgrad.core import records
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


def made_by(decorator: Any) -> tuple[Any, ...]:
    """Classes of every kind that is used here, made by a decorator."""

    @decorator(frozen=True, slots=True)
    class Point:
        """A point."""

        x: float
        ways: list[int] = field(default_factory=list)
        name: str = field(default="p", compare=False)

    @decorator(frozen=True, slots=True)
    class Named(Point):
        """A point with more to it."""

        of: str = "all"

    @decorator(frozen=True)
    class Single:
        """One field."""

        x: Any

    @decorator
    class Counted:
        """What may change."""

        x: int

        def __post_init__(self) -> None:
            self.twice = 2 * self.x

    @decorator(kw_only=True, eq=False, repr=False)
    class Told:
        """By name only."""

        x: int
        y: int = 2

    return Point, Named, Single, Counted, Told


def seen(classes: tuple[Any, ...]) -> list[Any]:
    """What there is to see of the classes and of their objects."""
    point, named, single, counted, told = classes
    nan = float("nan")
    made = (point(1.0), named(1.0, of="x"), single(nan), counted(3), told(x=1))
    found: list[Any] = [str(inspect.signature(c)).replace("'", "") for c in classes]
    found += [repr(x).split(" object")[0].rsplit(".", 1)[-1] for x in made]
    found += [point(1.0) == point(1.0, name="q"), point(1.0) == point(2.0), point(1.0) == named(1.0)]
    found += [single(nan) == made[2], made[4] == told(x=1), counted(3) == made[3], made[3].twice]
    found += [hash(single(1)) == hash(single(1)), counted.__hash__, replace(made[1], x=2.0).of]
    found += [c.__match_args__ for c in classes] + [[f.name for f in fields(c)] for c in classes]
    found += [hasattr(made[0], "__dict__"), hasattr(made[2], "__dict__"), made[0].ways is point(1.0).ways]
    for action in (lambda: setattr(made[1], "x", 3), lambda: delattr(made[2], "x"), lambda: point(), told):
        with pytest.raises((FrozenInstanceError, TypeError)) as caught:
            action()
        found.append((type(caught.value), str(caught.value).split("<locals>.")[-1]))
    return found


def test_classes_are_as_those_of_the_standard_library() -> None:
    assert seen(made_by(records.dataclass)) == seen(made_by(dataclasses.dataclass))
