"""What a referee finds in a document."""

from __future__ import annotations

from collections import Counter
from typing import Any

from matgrad.checking.verdict import Judgement
from matgrad.core.records import dataclass
from matgrad.core.words import listed, phrase
from matgrad.refereeing.claims import WORDS, Claim
from matgrad.refereeing.html_report import page_of


@dataclass(frozen=True, repr=False)
class Report(Judgement):
    """What a referee found in one document. It is true where nothing is wrong.

    Attributes
    ----------
    name : str
        What the document is called.
    claims : tuple of Claim
        Every claim, in the order of the document.
    language : str
        The language of the messages.
    not_read : tuple of str
        The files that the document takes in and that were not read.
    """

    name: str
    claims: tuple[Claim, ...]
    language: str = "en"
    not_read: tuple[str, ...] = ()

    @property
    def correct(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    @property
    def wrong(self) -> tuple[Claim, ...]:
        """The claims that are wrong."""
        return tuple(claim for claim in self.claims if claim.status == "wrong")

    @property
    def counts(self) -> dict[str, int]:
        """How many claims there are of each status."""
        found = Counter(claim.status for claim in self.claims)
        return {status: found[status] for status in WORDS}  # type: ignore[index]

    @property
    def headline(self) -> str:
        """How many claims there are."""
        return self.summary()

    def summary(self) -> str:
        """How many claims there are, in one line."""
        if not self.claims:
            return phrase("{name}: no claims found", name=self.name).text(self.language)
        parts = listed(
            phrase("{count} {status}", count=n, status=WORDS[status])
            for status, n in self.counts.items()
            if n
        )
        claims = phrase("1 claim") if len(self.claims) == 1 else phrase("{n} claims", n=len(self.claims))
        said = phrase("{claims}: {parts}", claims=claims, parts=parts)
        return f"{self.name}: {said.text(self.language)}"

    def lines(self) -> list[str]:
        """What is shown, line by line."""
        shown: list[str] = []
        for claim in self.claims:
            shown += self.lines_of(claim)
        return [*shown, *([""] if shown else []), *self.notes(), self.summary()]

    def notes(self) -> list[str]:
        """What was left out."""
        if not self.not_read:
            return []
        text = phrase(
            "not read, as not in the folder of the document: {names}", names=", ".join(self.not_read)
        )
        return [text.text(self.language)]

    def lines_of(self, claim: Claim) -> list[str]:
        """What is shown of one claim."""
        said = claim.text if claim.status == "verified" else claim.reason
        head = phrase("{status}: {said}", status=WORDS[claim.status], said=said).text(self.language)
        lines = [f"{claim.place.within(self.name)}: {head}"]
        if claim.status == "verified":
            return lines
        lines.append(f"  {claim.text}")
        if claim.marked is not None:
            start, end = claim.marked
            lines.append("  " + " " * start + "^" * max(end - start, 1))
        if claim.corrected:
            lines.append("  " + phrase("right: {line}", line=claim.corrected).text(self.language))
        return lines

    def record(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "schema": 1,
            "file": self.name,
            "counts": {status.replace(" ", "_"): n for status, n in self.counts.items()},
            "not_read": list(self.not_read),
            "claims": [claim.record() for claim in self.claims],
        }

    def html(self) -> str:
        """The report as one page of HTML that needs nothing from elsewhere."""
        return page_of([self])
