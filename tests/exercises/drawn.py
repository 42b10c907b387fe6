"""Exercises that several tests look at, drawn once."""

from __future__ import annotations

from functools import cache

from matgrad.exercises import Exercise, practice

SEEDS = range(20)


@cache
def first(topic: str, level: int, seed: int) -> Exercise:
    """The first exercise of a seed."""
    return next(practice(topic, level, seed))
