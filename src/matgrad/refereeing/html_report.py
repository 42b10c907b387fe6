"""The report as one page of HTML: formulas as MathML, which browsers show by themselves, and nothing loaded.

What a document holds is untrusted. Every text is escaped, MathML is made of known elements alone, and the
policy of the page forbids scripts and whatever would be loaded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Protocol
from xml.etree import ElementTree

from matgrad.core.words import phrase
from matgrad.refereeing.claims import WORDS, Claim

_ELEMENTS = frozenset(
    (
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
        "mover",
        "munder",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mstyle",
        "mpadded",
        "mphantom",
        "mfenced",
        "menclose",
        "merror",
    )
)
_ATTRIBUTES = frozenset(
    (
        "display",
        "mathvariant",
        "stretchy",
        "fence",
        "form",
        "accent",
        "accentunder",
        "linethickness",
        "columnalign",
        "rowspacing",
        "columnspacing",
        "displaystyle",
        "minsize",
        "maxsize",
        "movablelimits",
        "width",
        "lspace",
        "rspace",
        "separator",
        "scriptlevel",
        "symmetric",
    )
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --good: #18794e; --bad: #c62a2f; --doubt: #946800; --quiet: #687076; }
@media (prefers-color-scheme: dark) {
  :root { --good: #4cc38a; --bad: #ff6369; --doubt: #f1a10d; --quiet: #9ba1a6; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .2rem; overflow-wrap: anywhere; }
.counts { color: var(--quiet); margin: 0 0 1rem; }
article { border-left: .3rem solid var(--quiet); padding: .4rem 0 .4rem 1rem; margin: .8rem 0; }
article.verified { border-color: var(--good); } article.wrong { border-color: var(--bad); }
article.ambiguous { border-color: var(--doubt); }
.head { display: flex; gap: .8rem; align-items: baseline; flex-wrap: wrap; }
.status { font-weight: 600; } .verified .status { color: var(--good); } .wrong .status { color: var(--bad); }
.ambiguous .status { color: var(--doubt); }
.place { color: var(--quiet); font-variant-numeric: tabular-nums; }
.formula { overflow-x: auto; padding: .3rem 0; } math { font-size: 1.1rem; }
.label { color: var(--quiet); font-size: .85rem; }
code { font: .85rem/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
details { color: var(--quiet); } p { margin: .2rem 0; }
"""


class Reported(Protocol):
    """What a report says."""

    @property
    def name(self) -> str:
        """What the document is called."""
        ...

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Its claims."""
        ...

    @property
    def language(self) -> str:
        """The language of the messages."""
        ...

    def summary(self) -> str:
        """How many claims there are, in one line."""
        ...

    def notes(self) -> list[str]:
        """What was left out."""
        ...


def page_of(reports: Sequence[Reported]) -> str:
    """One page of HTML for some reports.

    Parameters
    ----------
    reports : sequence of Report
        The reports, all in one language.
    """
    language = reports[0].language if reports else "en"
    title = phrase("Derivatives, checked").text(language)
    body = "".join(_report(report) for report in reports)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        f"{body}</body>\n</html>\n"
    )


def _report(report: Reported) -> str:
    claims = "".join(_claim(claim, report.language) for claim in report.claims)
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in report.notes())
    counts = escape(report.summary().removeprefix(f"{report.name}: "))
    head = f'<h2>{escape(report.name)}</h2>\n<p class="counts">{counts}</p>\n{notes}'
    return f"<section>\n{head}{claims}</section>\n"


def _claim(claim: Claim, language: str) -> str:
    kind = claim.status.replace(" ", "-")
    source = phrase("source").text(language)
    parts = [
        f'<article class="{kind}">',
        f'<div class="head"><span class="status">{escape(WORDS[claim.status].text(language))}</span>'
        f'<span class="place">{escape(str(claim.place))}</span></div>',
        f'<div class="formula">{formula(claim.shown[0] or claim.text)}</div>',
    ]
    if claim.status != "verified":
        parts.append(f"<p>{escape(claim.reason)}</p>")
    if claim.corrected:
        parts.append(f'<div class="label">{escape(phrase("as it should be").text(language))}</div>')
        parts.append(f'<div class="formula">{formula(claim.shown[1] or claim.corrected)}</div>')
    texts = [claim.text, *([claim.corrected] if claim.corrected else [])]
    rows = "<br>".join(f"<code>{escape(text)}</code>" for text in texts)
    parts.append(f"<details><summary>{escape(source)}</summary>{rows}</details>\n</article>\n")
    return "\n".join(parts)


def formula(text: str) -> str:
    """A formula as MathML; as its source where it cannot be written so, or latex2mathml is not there."""
    shown = f"<code>{escape(text)}</code>"
    try:
        from latex2mathml.converter import convert
    except ImportError:
        return shown
    try:
        written = convert(text, display="block")
        root = ElementTree.fromstring(written)
    except (
        Exception,
        RecursionError,
    ):  # whatever a hostile formula does to the converter, the source is shown
        return shown
    return _safe(root) if root.tag.rpartition("}")[2] == "math" else shown


def _safe(root: ElementTree.Element) -> str:
    """MathML of known elements and attributes alone; of any other element what stands in it."""
    out: list[str] = []
    waiting: list[ElementTree.Element | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            out.append(node)
            continue
        tag = node.tag.rpartition("}")[2]
        after = escape(node.tail or "") if node is not root else ""
        inside: list[ElementTree.Element | str] = list(reversed(list(node)))
        if tag not in _ELEMENTS:
            waiting += [after, *inside, escape(node.text or "")]
            continue
        attributes = "".join(
            f' {name}="{escape(value)}"' for name, value in node.attrib.items() if name in _ATTRIBUTES
        )
        text = _in_font(node.text or "", node.get("mathvariant", ""))
        waiting += [after, f"</{tag}>", *inside, f"<{tag}{attributes}>{escape(text)}"]
    return "".join(out)


def _in_font(text: str, font: str) -> str:
    """A letter or digit as the character of its font: browsers know no other than upright and italic."""
    if font in ("", "normal", "italic") or len(text) != 1:
        return text
    kind = unicodedata.name(text, "").removeprefix("LATIN ").removeprefix("GREEK ")
    for style in (font.replace("-italic", " italic"), font.replace("-italic", "")):
        try:
            return unicodedata.lookup(f"MATHEMATICAL {style.upper()} {kind.replace(' LETTER', '')}")
        except KeyError:
            continue
    return text
