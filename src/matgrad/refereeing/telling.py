"""What is told of the claims of a document: each with its place, its reason and its right line."""

from __future__ import annotations

from dataclasses import field, replace

from matgrad.core.errors import MatgradError
from matgrad.core.records import dataclass
from matgrad.core.words import text_in
from matgrad.language.latex.declaring import name_in_latex
from matgrad.printing.names import unicode_name
from matgrad.refereeing.authors_style import corrected_sides
from matgrad.refereeing.claims import Claim
from matgrad.refereeing.documents import Section
from matgrad.refereeing.formulas import Tokens, plain
from matgrad.refereeing.found import Found
from matgrad.refereeing.judging import in_layout
from matgrad.refereeing.known import Known
from matgrad.refereeing.layouts import Laid, settle
from matgrad.refereeing.least_edits import Mended, mended
from matgrad.refereeing.primed_names import as_primed
from matgrad.refereeing.quoting import quoted, rewritten, shown, span
from matgrad.refereeing.subjects import Subject
from matgrad.refereeing.time_limit import TookTooLongError, limited


@dataclass
class Telling:
    """The claims of a document as they are told.

    Attributes
    ----------
    known : Known
        What is known where the document is read.
    language : str
        The language of the messages.
    seconds : float
        The longest that one claim may take.
    claims : list of Claim
        What was told.
    laid : list of Laid
        The claims that are right in some layout.
    """

    known: Known
    language: str
    seconds: float
    claims: list[Claim] = field(default_factory=list)
    laid: list[Laid] = field(default_factory=list)
    primed: frozenset[str] = frozenset()
    """The names that go with a prime in the document."""
    written: tuple[tuple[str, str], ...] = ()
    """The names that were put in for derivatives in the claim that is read, and what was written."""
    is_directional: bool = False
    """Whether the claim that is read is a derivative in a direction, which has no dX."""
    is_told: bool = False
    """Whether the sentence that is read says that a derivative is a row."""

    def claim(
        self,
        section: Section,
        left: Tokens,
        right: Tokens,
        found: Found,
        subject: Subject | None = None,
        was: Tokens | None = None,
        name: str = "",
    ) -> None:
        """Take in what was found of a right side; of a claim in words, the left side is a name alone."""
        start, end = span(left)
        first, last = span(right)
        text, places = quoted(section, [(first, last)] if name else [(start, end), (first, last)])
        if name:
            text, places = f"{name} = {text}", [*([-1] * (len(name) + 3)), *places]
        marked = None
        verdict, answer = found.verdict, found.right
        if (
            found.status == "wrong"
            and verdict is not None
            and verdict.place is not None
            and answer is not None
        ):
            spots = [answer.places[k] for k in range(*verdict.place) if k < len(answer.places)]
            inside = [k for k, place in enumerate(places) if spots and min(spots) <= place <= max(spots)]
            marked = (inside[0], inside[-1] + 1) if inside else None
        corrected = right_line = ""
        both = (f"{name or plain(left)} = {shown(right)}", "")
        if found.status == "wrong" and verdict is not None and subject is not None:
            source = name or quoted(section, [(start, end)])[0]
            written = [*left, *right, *subject.body]
            usual = self._usual_layout(subject)
            with_one_change = None if was is not None else self._mended(subject, right, found)
            side, right_line = corrected_sides(verdict, written, None if was is None else plain(was), usual)
            if self.is_directional and with_one_change is None:
                side = right_line = ""
            if subject.is_joint or subject.notation.is_squared:
                side = right_line = ""  # what is right is known of the terms of one variable alone
            written_so = side if with_one_change is None else rewritten(section, right, with_one_change)
            side = side if with_one_change is None else shown(with_one_change.tokens)
            corrected = f"{source} = {written_so}" if side else ""
            both = (both[0], f"{name or plain(left)} = {side}" if side else "")
        reason = (
            text_in(self.language, found.reason)
            if found.status != "verified" or verdict is None
            else verdict.reason
        )
        mistake = verdict.mistake if verdict is not None and found.status in ("wrong", "ambiguous") else ""
        claim = Claim(
            text,
            section.place(start if start <= first and not self._is_below(section, left, first) else first),
            found.status,
            reason,
            corrected,
            right_line,
            mistake,
            marked,
            both,
        )
        self.claims.append(self._in_authors_names(claim))
        if subject is not None and found.status == "verified" and verdict is not None and subject.variables:
            number, scope, layout = len(self.claims) - 1, self.known.scope, self.known.layout
            self.laid.append(
                Laid(number, section, left, right, subject, verdict, scope, layout, self.is_told, found.how)
            )

    def _in_authors_names(self, claim: Claim) -> Claim:
        if not self.primed and not self.written:
            return claim

        def own(text: str) -> str:
            for name, written in self.written:
                unicode = unicode_name(name_in_latex(name) or name)
                text = text.replace(name, written).replace(unicode, written)
            return as_primed(text, self.primed)

        shown = (own(claim.shown[0]), own(claim.shown[1]))
        return replace(
            claim,
            reason=own(claim.reason),
            corrected=own(claim.corrected),
            right=own(claim.right),
            shown=shown,
        )

    def _is_below(self, section: Section, left: Tokens, first: int) -> bool:
        """Whether a side stands on a line of its own, with other sides of the same left side above it."""
        above = section.readable[span(left)[1] : first]
        return "\n" in above and "=" in above.rstrip().removesuffix("=").rstrip("& ")

    def _mended(self, subject: Subject, right: Tokens, found: Found) -> Mended | None:
        try:
            with limited(self.seconds):
                return mended(subject, right, found)
        except (TookTooLongError, RecursionError, MatgradError):
            return None

    def _usual_layout(self, subject: Subject) -> str | None:
        """The layout of most claims before that are written in the same signs."""
        before = [laid.verdict.layout for laid in self.laid if laid.group.endswith(subject.notation.kind)]
        if subject.notation.kind == "quotient" and self.known.layout:
            return self.known.layout
        return "numerator" if before.count("numerator") > before.count("denominator") else None

    def unread(self, section: Section, start: int, end: int, found: Found) -> None:
        text, _ = quoted(section, [(start, end)])
        self.claims.append(
            Claim(text, section.place(start), found.status, text_in(self.language, found.reason))
        )

    def settle_layouts(self) -> None:
        """Name the claims that are laid out otherwise than the rest of the document."""
        for laid, found, reason, usual in settle(self.laid, self._in_layout):
            assert found.verdict is not None
            source = quoted(laid.section, [span(laid.left)])[0]
            written = [*laid.left, *laid.right, *laid.subject.body]
            side, right = corrected_sides(found.verdict, written, None, usual)
            old = self.claims[laid.index]
            self.claims[laid.index] = replace(
                old,
                status=found.status,
                reason=text_in(self.language, reason),
                corrected=f"{source} = {side}",
                right=right,
                mistake="layout",
                shown=(old.shown[0], f"{plain(laid.left)} = {side}"),
            )

    def _in_layout(self, laid: Laid, layout: str) -> Found:
        """What is found of a right side where a layout is asked for."""
        try:
            with limited(self.seconds):
                return in_layout(laid.subject, laid.right, layout, laid.how)
        except (TookTooLongError, RecursionError):
            return Found("verified")
