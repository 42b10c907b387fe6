"""Exercises that several tests look at, drawn once."""

from __future__ import annotations

from functools import cache

from matgrad.exercises import Exercise, practice

SEEDS = range(20)


@cache
def first(topic: str, level: int, seed: int) -> Exercise:
    """The first exercise of a seed."""
    return next(practice(topic, level, seed))


def shows(step: str, answer: str) -> bool:
    """Whether a text shows the answer; one of a letter or two, such as Aᵀ, only where it stands alone."""
    if len(answer) > 3:
        return answer in step
    return step.endswith(f" = {answer}")
