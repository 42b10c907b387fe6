"""Doubts about a claim that is found to be wrong: other readings, what is wrong, and how little mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matgrad.checking.verdict import Verdict
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Symbol
from matgrad.core.words import phrase
from matgrad.language.latex.declaring import name_in_latex
from matgrad.language.latex.lexer import cut
from matgrad.language.latex.plain import plain_text
from matgrad.printing.names import printed_as
from matgrad.refereeing.conditions import INVOLUTION, TALL, UNIT, WIDE, Condition, value_of
from matgrad.refereeing.declared_in_words import Said
from matgrad.refereeing.derivative_pieces import NotUnderstoodError, is_zero
from matgrad.refereeing.formulas import (
    Tokens,
    key_of,
    last_sign,
    name_end,
    names_used,
    plain,
    whole_name,
)
from matgrad.refereeing.found import Found
from matgrad.refereeing.inner_names import left_over
from matgrad.refereeing.judging import judge, tried
from matgrad.refereeing.known import Definition
from matgrad.refereeing.likely_kinds import likely_vectors
from matgrad.refereeing.subjects import Subject

_MULTIPLIERS = (["lambda"], ["nu"], ["mu"], ["eta"], ["kappa"], ["gamma"], ["Lambda"])
_ASSUMED = frozenset(("fact", "facts"))
_GRANTED = _ASSUMED | {"structure_ignored", "not_symmetric", "matrix_function"}
"""Mistakes that are none under a reading that a document may mean."""
_PLAIN = frozenset(("sign", "factor", "factor_transpose", "lost_term", "term_sign", "term_factor"))
"""Mistakes that say clearly what is wrong."""


def as_condition(subject: Subject, rights: Sequence[Tokens], found: Found) -> Found:
    """What is found of a side that is set to zero: a constraint has either sign of a Lagrange multiplier."""
    verdict = found.verdict
    is_sign = verdict is not None and verdict.mistake == "sign" and len(verdict.mistakes) < 2
    keys = [key_of(variable).split()[0] for variable in subject.variables]
    if (
        found.status != "wrong"
        or not is_sign
        or not any(map(is_zero, rights))
        or keys[:1] not in _MULTIPLIERS
    ):
        return found
    reason = phrase("the sign is wrong, which does not matter where a multiplier's is set to zero")
    return replace(found, status="ambiguous", reason=reason)


def explained(subject: Subject, found: Found, right: Tokens) -> Found:
    """What is wrong with a right side that was found to be wrong, once every other reading was tried."""
    if subject.is_joint:
        for part, terms in subject.parts(right):
            if (again := judge(part, terms)).status == "wrong":
                return explained(part, again, terms)
        return found
    right = subject.known.uncalled(subject.as_in_function(right))
    held = [d for d in subject.definitions() if not d.parameters]
    other: Found | None = None
    if held and subject.notation.form != "value":
        for again in _attempts(subject, right, is_held=True):
            if again.status == "verified":
                names = ", ".join(plain(d.left) for d in held)
                reason = phrase(
                    "right where {names} is held fixed; wrong where it changes with the variable",
                    names=names,
                )
                return replace(again, status="ambiguous", reason=reason)
            other = other or again
    everywhere = subject.known.said_anywhere()
    everywhere = {
        key: said.joined(replace(everywhere[key], shape=said.shape)) if key in everywhere else said
        for key, said in subject.said.items()
    } | {key: said for key, said in everywhere.items() if key not in subject.said}
    defined = {d.key for d in subject.definitions()}
    says_more = subject.given([right], defined, is_sized=True) != replace(subject, said=everywhere).given(
        [right], defined, is_sized=True
    )
    is_right_elsewhere = says_more and any(
        again.status == "verified" for again in _attempts(subject, right, said=everywhere)
    )
    found = tried(subject, right, **found.how, is_explained=True)
    if is_right_elsewhere:
        return replace(found, status="ambiguous")
    verdict = found.verdict
    if other is not None and verdict is not None and verdict.mistake not in _PLAIN:
        other = tried(subject, right, **other.how, is_explained=True)
        if other.verdict is not None and other.verdict.mistake in _PLAIN:
            found, verdict = other, other.verdict
    if verdict is None:
        return found
    if verdict.mistake in ("nonconforming", "shape") and (square := _unsaid_matrices(subject, right)):
        for again in _attempts(subject, right, said={**subject.said, **square}):
            if again.status == "verified":
                names = ", ".join(said.name for said in square.values())
                reason = phrase("right where all of {names} are square, which is not said", names=names)
                return replace(found, status="ambiguous", reason=reason)
    if len(verdict.mistakes) > 1 and not _GRANTED.issuperset(verdict.mistakes):
        return found  # what may be granted of one mistake leaves the other
    if verdict.mistake in ("structure_ignored", "not_symmetric"):
        return replace(found, status="ambiguous")
    if verdict.mistake == "matrix_function":
        reason = phrase("right if functions and powers are taken entry by entry")
        return replace(found, status="ambiguous", reason=reason)
    if verdict.mistake in _ASSUMED and not _is_known_general(subject, verdict):
        return replace(found, status="ambiguous")
    return found


def with_left_overs(subject: Subject, found: Found) -> Found:
    """What is found of a derivative by a name, where what that is made of also stands elsewhere."""
    names = [plain(v) for v in subject.variables if left_over(subject.body, v, subject.known)]
    if found.status != "wrong" or not names:
        return found
    reason = phrase(
        "the function has {name} and also what {name} is made of: it is not said what is held fixed",
        name=names[0],
    )
    return replace(found, status="ambiguous", reason=reason)


def _unsaid_matrices(subject: Subject, right: Tokens) -> dict[str, Said]:
    """The capital letters of which no size is said, as square matrices."""
    found: dict[str, Said] = {}
    for tokens in (right, *subject.texts()):
        for key, start, end in names_used(tokens):
            said = subject.said.get(key)
            is_raised = start > 0 and (
                tokens[start - 1].is_sign("^")
                or (tokens[start - 1].is_sign("{") and start > 1 and tokens[start - 2].is_sign("^"))
            )
            is_free = subject.known.latest(key) is None and end == name_end(tokens, start)
            if (
                is_free
                and not is_raised
                and len(key) == 1
                and key.isupper()
                and not (said is not None and said.shape)
            ):
                facts = said.facts if said is not None else ()
                found[key] = Said(key, plain(tokens[start:end]), r"n_{9} \times n_{9}", facts)
    return found


def reads_like(subject: Subject, other: Subject, right: Tokens) -> bool:
    """Whether a claim is read alike by another subject."""
    if subject.text(is_held=False) != other.text(is_held=False):
        return False
    defined = {d.key for d in subject.definitions()}
    keys = {key_of(v) for v in subject.variables}
    return subject.given([right], defined, is_sized=True) == other.given(
        [right], defined, is_sized=True
    ) and [d.body for d in subject.known.used_by(right, keys)] == [
        d.body for d in other.known.used_by(right, keys)
    ]


def held_by(subject: Subject, other: Subject, right: Tokens) -> list[str]:
    """The names that change with the variable here, and are held fixed by a reading that leaves them out.

    Where the variable itsubject is introduced anew for the other reading, it is another one than theirs.
    """
    keys = {key_of(v) for v in subject.variables}
    if any(other.known.introduces(key) for key in keys):
        return []
    kept = {d.key for d in other.known.used_by([*other.body, *right], keys)} | {other.name}
    found = []
    for definition in subject.known.used_by([*subject.body, *right], keys):
        below = [definition, *subject.known.used_by(definition.body, keys)]
        used = {key for d in below for key, _, _ in names_used(d.body)}
        is_left = definition.key not in kept and not definition.parameters and used & keys
        if is_left and not other.known.speaks_of(definition.key):
            found.append(plain(definition.left))
    return found


def with_sum_one(subject: Subject, right: Tokens) -> Iterator[tuple[Subject, str]]:
    r"""The readings in which the entries of one vector of a right side sum to 1, and that vector.

    The vector is put in as a softmax of another one, which is any with that sum: the y of one-hot labels in
    ``-\\sum_k y_k \\log p_k``.
    """
    texts = [right, *subject.texts()]
    if not any(t.is_command("log", "ln") for tokens in texts for t in tokens):
        return
    variables = {key_of(v) for v in subject.variables}
    for key, start, end in names_used(right):
        is_free = key not in variables and subject.known.latest(key) is None and len(key) == 1
        if not (is_free and key.islower() and end == name_end(right, start)):
            continue
        name = right[start:end]
        known = subject.known.as_it_is()
        known.define(Definition(key, name, (), cut(rf"\operatorname{{softmax}}({_ANY})"), 0))
        said = {k: one for k, one in subject.said.items() if k != key}
        like = subject.said.get(key) or likely_vectors(texts, {}).get(key)
        if like is not None and like.shape:
            other = cut(_ANY)
            said[key_of(other)] = Said(key_of(other), _ANY, like.shape)
        yield replace(subject, known=known, said=said, readings={}), plain(name)


def with_conditions(
    subject: Subject, right: Tokens
) -> tuple[Subject | None, list[Condition], list[Condition]]:
    r"""The reading that uses what is stated of names, such as y ∈ {−1, 1}ⁿ, what it leaves, and all.

    A name is put in as what has its property whatever a free name is: sign(u) for entries ±1. The variable
    itself stays free.
    """
    stated: dict[str, tuple[Tokens, Condition]] = {}
    for tokens in (right, *subject.texts()):
        for key, start, end in names_used(tokens):
            said = subject.said.get(key)
            conditions = () if said is None else said.conditions
            if said is not None and "symmetric" in said.facts:
                conditions = tuple(one for one in conditions if one.kind != INVOLUTION)  # it is declared
            if conditions and key not in stated:
                stated[key] = tokens[start:end], conditions[0]
    variables = {key_of(v) for v in subject.variables}
    known, others = subject.known.as_it_is(), dict(subject.said)
    unused: list[Condition] = []
    for number, (key, (name, condition)) in enumerate(stated.items()):
        below = last_sign(name, "_")
        whole = name[:below] if below > 0 and condition.kind != UNIT else name
        free = rf"\breve{{{'uvwabc'[number % 6]}}}"
        value = value_of(condition, free)
        if not value or not variables.isdisjoint((key, key_of(whole))) or known.latest(key_of(whole)):
            unused.append(condition)
            continue
        like = [one for one in (others.pop(key, None), others.pop(key_of(whole), None)) if one is not None]
        kind = () if key_of(whole)[0].isupper() else ("vector",)
        shape = next((one.shape for one in like if one.shape not in ("", "scalar", "1")), "")
        if whole is name and like and like[0].shape in ("scalar", "1"):
            kind, shape = (), like[0].shape
        known.define(Definition(key_of(whole), whole, (), value, 0))
        if condition.kind in (TALL, WIDE):
            kind = ("orthonormal",)
            sizes = shape.split(r"\times")
            shape = r" \times ".join(reversed(sizes)) if condition.kind == WIDE else shape
            scale = cut(condition.scale)
            if whole_name(scale) and key_of(scale) not in others and known.latest(key_of(scale)) is None:
                others[key_of(scale)] = Said(key_of(scale), plain(scale), "scalar", ("positive",))
        free_key = key_of(cut(free))
        others[free_key] = Said(free_key, free, shape, kind)
    if len(unused) == len(stated):
        return None, unused, unused
    every = [condition for _, condition in stated.values()]
    return replace(subject, known=known, said=others, readings={}), unused, every


_ANY = r"\breve{u}"
"""A vector that no author has."""


def _attempts(subject: Subject, right: Tokens, **how: object) -> Iterator[Found]:
    for is_sized in (True, False):
        try:
            yield tried(subject, right, is_sized=is_sized, **how)  # type: ignore[arg-type]
        except (MatgradError, NotUnderstoodError):
            continue


def _is_known_general(subject: Subject, verdict: Verdict) -> bool:
    """Whether the document says so much of the matrices of a verdict that no more can be meant."""
    names = [printed_as(e.label) for e in verdict.named if isinstance(e, Symbol)]
    texts = [subject.body, *(d.body for d in subject.definitions())]
    keys = {key: plain(tokens[a:b]) for tokens in texts for key, a, b in names_used(tokens)}
    for key, written in keys.items():
        name = name_in_latex(written) or plain_text(written)
        if names and printed_as(name) not in names:
            continue
        said = subject.said.get(key)
        if said is not None and said.general:
            return True
    return False
