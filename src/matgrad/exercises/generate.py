"""An endless supply of exercises: drawn by seed, derived, verified, and judged."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.languages import require_language
from matgrad.core.words import phrase
from matgrad.exercises import matrix_topics, scalar_topics
from matgrad.exercises.draw import Draw, OutOfNamesError
from matgrad.exercises.exercise import Exercise
from matgrad.exercises.judging import Candidate, is_worth_setting
from matgrad.exercises.topic import LEVELS, TOPICS as TOPICS, Topic, find_topic
from matgrad.ops.arithmetic import Sum
from matgrad.printing.shapes import parts_of
from matgrad.results import answer_to

TRIES = 400
"""How often a problem is drawn before the seed is given up; more than a few dozen are never needed."""

RECENT = 8
"""A problem differs from that many before it by more than its letters, if one can be found."""

FAMILIES = (scalar_topics, matrix_topics)
"""The modules whose topics are known by being imported."""


def practice(
    topic: str | None = None, difficulty: int = 1, seed: int | None = None, *, language: str = "en"
) -> Iterator[Exercise]:
    """Problems in matrix calculus, as many as are asked for.

    Parameters
    ----------
    topic : str, optional
        ``"linear"``, ``"quadratic"``, ``"trace"``, ``"determinant"``, ``"inverse"``, ``"vector"``,
        ``"kronecker"``, ``"elementwise"``, ``"chain"`` or ``"hessian"``; all in turn where it is left
        out. The beginning of a name is enough.
    difficulty : {1, 2, 3}
        1: one rule of a table. 2: a few rules together, as affine arguments and sums of terms.
        3: as in an examination: products, compositions, declared facts.
    seed : int, optional
        The same seed gives the same problems in every version of Python; without one they are new
        each time.
    language : {"en", "zh"}
        The language of questions, hints and verdicts.

    Returns
    -------
    iterator of Exercise
        It does not end.

    Raises
    ------
    ArgumentError
        For a topic, difficulty, seed or language that does not exist.

    Examples
    --------
    >>> exercise = next(practice("quadratic", seed=6))
    >>> print(exercise.question())
    f(x) = xᵀMx where x ∈ ℝᵐ, M ∈ ℝ^{m×m}
    Find ∂f/∂x, a column of the shape of x (m×1).
    >>> exercise.check("2 M x").correct
    False
    >>> exercise.check("(M + M') x").correct
    True
    """
    require_language(language)
    if not isinstance(difficulty, int) or isinstance(difficulty, bool) or difficulty not in LEVELS:
        raise ArgumentError(
            phrase("{difficulty} is not a difficulty", difficulty=repr(difficulty)), fix=phrase("1, 2 or 3")
        )
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise ArgumentError(phrase("a seed is a whole number, not {seed}", seed=repr(seed)))
    chosen = tuple(TOPICS.values()) if topic is None else (find_topic(topic),)
    return _exercises(chosen, difficulty, new_seed() if seed is None else seed, language)


def new_seed() -> int:
    """A seed that nobody chose, short enough to be copied."""
    import random

    return random.SystemRandom().randrange(10**6)


def _exercises(topics: Sequence[Topic], difficulty: int, seed: int, language: str) -> Iterator[Exercise]:
    recent: deque[object] = deque(maxlen=RECENT)
    number = 0
    while True:
        topic = _next_topic(topics, difficulty, seed, number)
        candidate = _draw(topic, difficulty, f"{seed}/{topic.key}/{difficulty}/{number}", recent)
        recent.append(skeleton(candidate.function))
        number += 1
        yield Exercise(topic, difficulty, seed, number, candidate.result, language)


def _next_topic(topics: Sequence[Topic], difficulty: int, seed: int, number: int) -> Topic:
    """Each topic once in every round, in an order that the seed decides."""
    turn, place = divmod(number, len(topics))
    draw = Draw(f"{seed}/{difficulty}/{turn}")
    left = list(topics)
    for _ in range(place):
        left.remove(draw.choose(left))
    return draw.choose(left)


def _draw(topic: Topic, difficulty: int, seed: str, recent: Sequence[object]) -> Candidate:
    """The first problem that is worth setting and new; after many tries one that is not new."""
    second_best: Candidate | None = None
    for attempt in range(TRIES):
        if second_best is not None and attempt >= TRIES // 10:
            break
        candidate = _candidate(topic, difficulty, f"{seed}/{attempt}")
        if candidate is None:
            continue
        if skeleton(candidate.function) not in recent:
            return candidate
        second_best = second_best or candidate
    if second_best is None:
        raise ArgumentError(
            phrase("no problem of {key} was found for this seed", key=topic.key), fix=phrase("another seed")
        )
    return second_best


def _candidate(topic: Topic, difficulty: int, seed: str) -> Candidate | None:
    """Draw one problem; ``None`` where it is not worth setting."""
    try:
        result = answer_to(topic.generate(Draw(seed), difficulty), verify=False)
        # Verification is the longest part, and most that are thrown away are thrown away for less.
        if not is_worth_setting(Candidate(difficulty, result)):
            return None
        result = result.verified()
    except (MatgradError, OutOfNamesError):
        return None
    return Candidate(difficulty, result) if result.verification.verified else None


def skeleton(function: Expr) -> object:
    """A function with numbers and facts for its names: equal for renamed problems."""
    numbers: dict[Expr, int] = {}

    def of(node: Expr) -> object:
        if isinstance(node, Symbol):
            kind = "scalar" if node.is_scalar else "vector" if node.is_vector else "matrix"
            return kind, numbers.setdefault(node, len(numbers)), node.facts
        data = tuple(part for part in node.data if not isinstance(part, Dim))
        return (type(node), data, *map(of, _in_order(node)))

    return of(function)


def _in_order(node: Expr) -> Sequence[Expr]:
    """The operands of a node; what is added comes before what is taken away."""
    if not isinstance(node, Sum):
        return node.args
    return sorted(node.args, key=lambda term: parts_of(term).number < 0)
