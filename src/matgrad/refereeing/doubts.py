"""Doubts about a claim that is found to be wrong: other readings, what is wrong, and how little mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from matgrad.checking.verdict import Verdict
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Symbol
from matgrad.core.words import phrase
from matgrad.language.latex.declaring import name_in_latex
from matgrad.language.latex.lexer import Token, cut
from matgrad.language.latex.plain import plain_text
from matgrad.printing.names import printed_as
from matgrad.refereeing.authors_style import transpose_of
from matgrad.refereeing.derivative_pieces import NotUnderstoodError
from matgrad.refereeing.formulas import Tokens, names_used, plain, skip, whole_name, with_depth
from matgrad.refereeing.judging import Found, Subject

_ASSUMED = frozenset(("fact", "facts"))
_PLAIN = frozenset(("sign", "factor", "factor_transpose", "lost_term", "term_sign", "term_factor"))
"""Mistakes that say clearly what is wrong."""


def explained(subject: Subject, found: Found, right: Tokens) -> Found:
    """What is wrong with a right side that was found to be wrong, once every other reading was tried."""
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
    found = subject.tried(right, **found.how, is_explained=True)
    if is_right_elsewhere:
        return replace(found, status="ambiguous")
    verdict = found.verdict
    if other is not None and verdict is not None and verdict.mistake not in _PLAIN:
        other = subject.tried(right, **other.how, is_explained=True)
        if other.verdict is not None and other.verdict.mistake in _PLAIN:
            found, verdict = other, other.verdict
    if verdict is None:
        return found
    if verdict.mistake in ("structure_ignored", "not_symmetric"):
        return replace(found, status="ambiguous")
    if verdict.mistake == "matrix_function":
        reason = phrase("right if functions and powers are taken entry by entry")
        return replace(found, status="ambiguous", reason=reason)
    if verdict.mistake in _ASSUMED and not _is_known_general(subject, verdict):
        return replace(found, status="ambiguous")
    return found


def mended(subject: Subject, right: Tokens, found: Found) -> Tokens | None:
    """The right side with one transpose or one sign mended, where that makes it right."""
    verdict, answer = found.verdict, found.right
    if verdict is None or answer is None or verdict.mistake not in ("factor_transpose", "sign"):
        return None
    if verdict.mistake == "sign":
        if sum(depth <= 0 and token.is_sign("+-") for _, token, depth in with_depth(right)):
            return None
        mended = [Token("sign", "-", right[0].span), *right]
    elif verdict.place is not None:
        spots = {answer.places[k] for k in range(*verdict.place) if k < len(answer.places)}
        inside = [i for i, token in enumerate(right) if token.span[0] in spots]
        if not inside or inside != list(range(inside[0], inside[-1] + 1)):
            return None
        end = inside[-1] + 1
        if not whole_name(right[inside[0] : end]):
            return None
        after = skip(right, end)
        if after < len(right) and right[after].is_sign("^'"):
            return None
        mended = [*right[:end], *cut("^" + transpose_of([*right, *subject.body])), *right[end:]]
    else:
        return None
    return mended if subject.judge(mended).status == "verified" else None


def _attempts(subject: Subject, right: Tokens, **how: object) -> Iterator[Found]:
    for is_sized in (True, False):
        try:
            yield subject.tried(right, is_sized=is_sized, **how)  # type: ignore[arg-type]
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
