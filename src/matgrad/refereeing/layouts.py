"""Whether a document keeps to one layout: derivatives by columns are columns in one, rows in the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from matgrad.calculus.presentation import LAYOUTS
from matgrad.checking.verdict import Verdict
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.refereeing.documents import Section
from matgrad.refereeing.formulas import Tokens, key_of
from matgrad.refereeing.found import Found
from matgrad.refereeing.outline import Scope
from matgrad.refereeing.subjects import Subject


@dataclass(frozen=True)
class Laid:
    """A claim that is right in some layout.

    Attributes
    ----------
    index : int
        Its number.
    section, left, right
        Where it stands, and its sides.
    subject, verdict
        What it is about, and what was found.
    scope : tuple of int
        The headings over it.
    said : str
        The layout that is said to be used there; empty for none.
    is_told : bool
        Whether its own sentence says that it is a row.
    how : mapping
        In which of the ways to read it it was found right.
    """

    index: int
    section: Section
    left: Tokens
    right: Tokens
    subject: Subject
    verdict: Verdict
    scope: Scope
    said: str
    is_told: bool
    how: Mapping[str, Any]

    @property
    def variable(self) -> Tokens:
        """The variable."""
        return self.subject.variables[0]

    @property
    def is_by_unknown_matrix(self) -> bool:
        """Whether the variable is a matrix of which nothing is said: it may be understood to be symmetric."""
        expected, said = self.verdict.expected, self.subject.said.get(key_of(self.variable))
        is_matrix = expected is not None and not (expected.variable.is_vector or expected.variable.is_row)
        return is_matrix and (said is None or not (said.shape or said.facts))

    @property
    def group(self) -> str:
        """Claims of one group have to be laid out alike; empty for one that no layout decides."""
        notation, verdict = self.subject.notation, self.verdict
        if (
            self.is_told
            or verdict.layout is None
            or notation.turned
            or notation.top_turned
            or notation.order > 1
        ):
            return ""
        if notation.kind not in ("quotient", "nabla") or verdict.form not in ("gradient", "jacobian"):
            return ""
        return f"{verdict.form} {notation.kind}"


Check = Callable[[Laid, str], Found]


def settle(claims: Sequence[Laid], check: Check) -> Iterator[tuple[Laid, Found, Phrase, str]]:
    """The claims that are laid out otherwise than the document says, or than most of its claims.

    Parameters
    ----------
    claims : sequence of Laid
        The claims that are right in some layout.
    check : callable
        Checks a claim in a layout.

    Notes
    -----
    Under different headings, conventions may differ: where more than one claim is laid out otherwise than
    under another heading, all that is known is that layouts are mixed.
    """
    groups: dict[tuple[str, str], list[Laid]] = defaultdict(list)
    alone: dict[Scope, list[Laid]] = defaultdict(list)
    for claim in claims:
        if claim.group:
            groups[claim.group, claim.said].append(claim)
        if claim.group == "gradient nabla" and not claim.said:
            alone[claim.scope[:1]].append(claim)
    for beside in alone.values():
        yield from _turned_alone(beside, check)
    for (group, said), members in groups.items():
        nabla = [c.verdict.layout for c in groups.get(("gradient nabla", said), [])]
        is_said = bool(said) and group.endswith("quotient")
        layouts = {c.verdict.layout for c in members}
        if not is_said and len(layouts) < 2:
            continue
        # What is right in both layouts, as for a symmetric result, is of no layout.
        wrong = {
            layout: [(c, found) for c in members if (found := check(c, layout)).status == "wrong"]
            for layout in ("numerator", "denominator")
        }
        if is_said:
            usual = said
        else:
            votes = {layout: len(members) - len(wrong[layout]) + nabla.count(layout) for layout in wrong}
            usual = max(("denominator", "numerator"), key=votes.__getitem__)
        if not is_said and not wrong["numerator" if usual == "denominator" else "denominator"]:
            continue
        for claim, found in wrong[usual]:
            if found.verdict is None or found.verdict.mistake != "layout":
                continue
            examples = [c for c in members if all(c is not one for one, _ in wrong[usual])]
            near = [c for c in examples if c.scope == claim.scope]
            is_alone = len(wrong[usual]) == 1 and len(examples) > 1
            if not is_said and (claim.is_by_unknown_matrix or not (near or is_alone)):
                found = replace(found, status="ambiguous")
            other = LAYOUTS["numerator" if usual == "denominator" else "denominator"]
            if is_said:
                reason = phrase(
                    "this is {other} layout, and the document says that it uses {usual} layout",
                    other=other,
                    usual=LAYOUTS[usual],
                )
            else:
                others = near or examples
                where = str(others[0].section.place(others[0].left[0].span[0])) if others else ""
                reason = phrase(
                    "layouts are mixed: this is {other} layout, and {place} is in {usual} layout",
                    other=other,
                    usual=LAYOUTS[usual],
                    place=where,
                )
            yield claim, found, reason, usual


def _turned_alone(claims: Sequence[Laid], check: Check) -> Iterator[tuple[Laid, Found, Phrase, str]]:
    """The one ∇ by a matrix in a document, where it is transposed: ∇ has the shape of its variable.

    Of several that are all transposed it is a convention.
    """
    if len(claims) != 1 or claims[0].verdict.layout != "numerator":
        return
    (claim,) = claims
    expected = claim.verdict.expected
    if expected is None or expected.variable.is_vector or expected.variable.is_row:
        return
    found = check(claim, "denominator")
    if found.status != "wrong" or found.verdict is None or found.verdict.mistake != "layout":
        return
    if claim.is_by_unknown_matrix:
        found = replace(found, status="ambiguous")
    reason = phrase("this is the transpose of the gradient: ∇ has the shape of its variable")
    yield claim, found, reason, "denominator"
