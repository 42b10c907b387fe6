r"""What a formula says of its names, taken as declared: ``W \in \mathbb R^{d \times k}``, ``P \succ 0``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matgrad.core.errors import DeclarationError, MatgradError
from matgrad.core.facts import Fact, closure, fact_words
from matgrad.core.words import phrase
from matgrad.language.declarations import Declarations, Declared, parse_declarations, read_given
from matgrad.language.latex.domains import members_in
from matgrad.language.latex.macros import Macros
from matgrad.language.latex.said_facts import facts_in
from matgrad.ops.variables import check_facts
from matgrad.printing.names import printed_as


def with_what_is_said(
    declarations: Declarations, text: str, given: str | None, macros: Macros | None = None
) -> Declarations:
    """What is declared, and what the formula says of its names.

    Parameters
    ----------
    declarations : Declarations
        What is declared.
    text : str
        The formula, in LaTeX.
    given : str or None
        The text of the declarations; ``None`` where they are variables, of which nothing is changed.
    macros : dict of str to Macro, optional
        Macros that the text uses.

    Raises
    ------
    DeclarationError
        Where a fact is said of a variable that cannot have it, or that was made without it.
    """
    if given is not None:
        said = [m.declared for m in members_in(text) if m.name not in declarations.entries]
        declarations = _with_texts(declarations, given, said)
    for name, words, place in [*facts_in(text, macros), *_beside_members(text)]:
        entry = _entry(declarations, name)
        facts = _facts(words)
        if facts is None:
            continue  # words that say no fact are refused where the statement is read
        if entry is None and given is not None and name.isidentifier():
            declarations = _with_texts(declarations, given, [f"{name}: {words}"])
        if entry is None or entry.facts & facts == facts:
            continue
        if given is None:
            what = " ".join(fact_words(facts & ~entry.facts))
            raise DeclarationError(
                phrase(
                    "the formula says that {name} is {what}, and the variable is not declared so",
                    name=name,
                    what=what,
                ),
                fix=phrase("{name} declared as {what}, or the formula without that", name=name, what=what),
                text=text,
                span=place,
            )
        if entry.rows is not None and entry.columns is not None:
            try:
                check_facts(name, (entry.rows, entry.columns), facts)
            except MatgradError as error:
                raise DeclarationError(error.problem, fix=error.remedy, text=text, span=place) from None
        declarations.entries[entry.name] = replace(entry, facts=closure(entry.facts | facts))
    return declarations


def _beside_members(text: str) -> list[tuple[str, str, tuple[int, int]]]:
    r"""The facts beside ``A \in \mathbb R^{n \times n}``; what else stands there is prose."""
    found = []
    for member in members_in(text):
        count = len(member.after)
        behind = (" ".join(member.after[: count - k]) for k in range(count))
        ahead = (" ".join(member.before[k:]) for k in range(len(member.before)))
        for tried in (ahead, behind):
            words = next((words for words in tried if _facts(words) is not None), None)
            if words is not None:
                found.append((member.name, words, member.place))
    return found


def _facts(words: str) -> Fact | None:
    try:
        return parse_declarations(f"Z: n×n {words}").entries["Z"].facts
    except MatgradError:
        return None


def _with_texts(declarations: Declarations, given: str, said: Sequence[str]) -> Declarations:
    """The declarations with some more; those alone where the new ones are none."""
    if not any(said):
        return declarations
    try:
        return read_given(", ".join(filter(None, [given, *said])))
    except MatgradError:
        return declarations


def _entry(declarations: Declarations, name: str) -> Declared | None:
    """What is declared of a name, or of the family that it is a member of."""
    shown = printed_as(name)
    for entry in declarations.entries.values():
        is_member = entry.is_family and name.rpartition("_")[0] == entry.name
        if is_member or printed_as(entry.name) == shown:
            return entry
    return None
