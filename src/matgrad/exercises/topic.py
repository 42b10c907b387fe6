"""What a topic is, and the list of them: a topic joins by being defined."""

from __future__ import annotations

from collections.abc import Callable

from matgrad.calculus.question import Question
from matgrad.core.errors import ArgumentError
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.words import LANGUAGES, Phrase, phrase
from matgrad.exercises.draw import Draw

LEVELS = (1, 2, 3)
"""The difficulties: one rule; a few rules together; as in an examination. See :mod:`.judging`."""


Generator = Callable[[Draw, int], Question]


@dataclass(frozen=True, slots=True, repr=False)
class Topic:
    """A topic of problems.

    Attributes
    ----------
    lesson : int
        Its place in a course.
    key : str
        Its name in commands and calls.
    title : Phrase
        Its name for people.
    generate : callable
        Draws a problem of a difficulty.
    """

    lesson: int
    key: str
    title: Phrase
    generate: Generator

    def __repr__(self) -> str:
        return f"<Topic {self.lesson}, {self.key}: {self.title.text()}>"


TOPICS: dict[str, Topic] = {}
"""All topics by their keys, in the order of a course."""


def topic(lesson: int, key: str, title: Phrase) -> Callable[[Generator], Generator]:
    """Register a generator of problems as a topic."""

    def register(generate: Generator) -> Generator:
        known = [*TOPICS.values(), Topic(lesson, key, title, generate)]
        TOPICS.clear()
        TOPICS.update((each.key, each) for each in sorted(known, key=lambda each: each.lesson))
        return generate

    return register


def find_topic(name: str) -> Topic:
    """The topic of that name, of which the beginning is enough.

    Raises
    ------
    ArgumentError
        When no topic, or more than one, begins like that.
    """
    wanted = name.strip().lower()
    if wanted in TOPICS:
        return TOPICS[wanted]
    found = [t for t in TOPICS.values() if wanted and t.key.startswith(wanted)]
    found += [t for t in TOPICS.values() if wanted in map(t.title.text, LANGUAGES) and t not in found]
    if len(found) != 1:
        near, listed = nearest(wanted, TOPICS, 0.7), ", ".join(TOPICS)
        raise ArgumentError(
            phrase("{name} is not a topic to practise", name=repr(name)),
            fix=phrase("{near}; the topics are {topics}", near=near, topics=listed) if near else listed,
        )
    return found[0]
