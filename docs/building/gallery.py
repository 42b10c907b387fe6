"""The gallery: a page for every golden case, and one on which to find them."""

from __future__ import annotations

import html
import json
import re
import shlex
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import matgrad as mg
from docs.building.mathematics import inline
from matgrad import printing
from matgrad.cli.present import code_of, describe_form
from matgrad.core.errors import MatgradError
from matgrad.core.expr import postorder
from matgrad.explanation import Derivation
from matgrad.explanation.citations import sources, together
from matgrad.explanation.derivation import METHODS
from matgrad.explanation.lines import Line
from matgrad.explanation.rendering import latex_row
from matgrad.language import Interpretation
from matgrad.ops.arithmetic import Product
from matgrad.ops.registry import FUNCTIONS
from matgrad.printing.left_side import name_of
from matgrad.results import Result
from tests.golden.loader import Case, cases

HOW = {
    "differential": "By differentials",
    "definition": "From the entries",
    "chain": "By the chain rule",
}

SPELLED = {"⁻¹": "-inverse-", "^-1": "-inverse-", "⁺": "-pinv-", "'": "t"}
"""What tells names apart that have the same letters, in addresses."""

INDEX = """\
---
hide-toc: true
---

# Gallery

Every formula of the books that matgrad is held to: {number} derivatives, each with its derivation and its
code. All are tested, line by line.

```{{raw}} html
<form class="gallery-filter" role="search" onsubmit="return false">
<input type="search" id="gallery-text" aria-label="Words or a formula"
 placeholder="log det, ridge, (57), softmax …">
<select id="gallery-topic" aria-label="Topic">
<option value="">all topics</option>{topics}
</select>
<select id="gallery-function" aria-label="Function">
<option value="">all functions</option>{functions}
</select>
<output id="gallery-count">{number} cases</output>
</form>
<ol class="gallery">
{entries}
</ol>
<script src="../_static/gallery.js"></script>
```
"""


@dataclass(frozen=True)
class Entry:
    """A golden case with what matgrad says of it."""

    case: Case
    options: dict[str, Any]
    result: Result
    read: Interpretation

    @cached_property
    def functions(self) -> list[str]:
        """The functions of the language that it is about, as typed or as understood."""
        typed = re.findall(r"[^\W\d]\w*", self.case.expression)
        # The operation called product is that of matrices; the function, of entries.
        understood = [node.name for node in postorder(self.read.expr) if not isinstance(node, Product)]
        return sorted({FUNCTIONS[name].name for name in (*typed, *understood) if name in FUNCTIONS})

    @property
    def question(self) -> str:
        """The function, in LaTeX."""
        return (
            f"{name_of(self.read.expr, '', 'latex')} = {printing.line(self.read.expr, 'latex', names=False)}"
        )

    @property
    def spaces(self) -> str:
        """Where its variables are from, in LaTeX."""
        symbols = self.read.symbols.values()
        return r",\; ".join(
            [
                *([printing.describe_symbols(symbols, "latex")] if symbols else []),
                *self.read.function_spaces("latex"),
            ]
        )

    @property
    def command(self) -> str:
        """The command that asks for it, a line for each option where it is long."""
        options = [f"--{name} {_quoted(str(value))}" for name, value in self.options.items()]
        parts = [f"matgrad diff {_quoted(self.case.expression)}", f"--wrt {_quoted(self.case.wrt)}", *options]
        return _fitted(" ".join(parts), " \\\n  ".join(parts))

    @property
    def call(self) -> str:
        """The call of Python that asks for it, a line for each argument where it is long."""
        options = [f"{name}={_string(value)}" for name, value in self.options.items()]
        arguments = [_string(self.case.expression), _string(self.case.wrt), *options]
        lines = "".join(f"    {argument},\n" for argument in arguments)
        return _fitted(f"mg.derive({', '.join(arguments)})", f"mg.derive(\n{lines})")

    def derivations(self) -> Iterator[Derivation]:
        """The derivation by each method that reaches it."""
        for method in METHODS:
            try:
                yield mg.explain(
                    self.case.expression, self.case.wrt, method=method, verify=False, **self.options
                )
            except MatgradError:
                continue


def _asked(case: Case) -> dict[str, Any]:
    """What is asked besides the function and the variable, where it is not what is usual."""
    asked: dict[str, Any] = {}
    if case.given:
        asked["given"] = case.given
    if case.order != 1:
        asked["order"] = case.order
    if case.form != "gradient":
        asked["form"] = case.form
    if case.layout != "numerator":
        asked["layout"] = case.layout
    if case.convention != "subspace":
        asked["convention"] = case.convention
    return asked


def _fitted(line: str, lines: str) -> str:
    """The one line where a page has room for it."""
    return line if len(line) <= 80 else lines


def _quoted(text: str) -> str:
    """A word of a command: in double quotes where it needs some, because formulas have primes."""
    if shlex.quote(text) == text:
        return text
    return f'"{text}"' if not re.search(r'["$`\\!]', text) else shlex.quote(text)


def _string(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def entries(topics: Sequence[str] | None = None) -> Iterator[Entry]:
    """All golden cases, derived; of some topics only where they are named."""
    for case in cases():
        if topics is None or case.topic in topics:
            asked = _asked(case)
            result = mg.derive(case.expression, case.wrt, **asked)
            yield Entry(case, asked, result, mg.interpret(case.expression, case.given or None))


def _pages(found: Sequence[Case]) -> Iterator[str]:
    """The address of each case: names that differ in the case of letters alone are numbered."""
    taken: Counter[str] = Counter()
    for case in found:
        spelled = case.name
        for sign, word in SPELLED.items():
            spelled = spelled.replace(sign, word)
        spelled = unicodedata.normalize("NFKC", spelled).lower()
        page = f"{case.topic}/{re.sub('[^a-z0-9]+', '-', spelled).strip('-')}"
        taken[page] += 1
        yield page if taken[page] == 1 else f"{page}-{taken[page]}"


def write(folder: Path, only: Sequence[str] | None = None) -> None:
    """Write the pages of the gallery into a folder of their own.

    Parameters
    ----------
    folder : Path
        What lies in it is replaced.
    only : sequence of str, optional
        The topics to be shown; all of them by default.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    found = list(entries(only))
    pages = list(_pages([entry.case for entry in found]))
    for place, (page, entry) in enumerate(zip(pages, found, strict=True)):
        path = folder / f"{page}.md"
        path.parent.mkdir(exist_ok=True)
        before, after = pages[place - 1 : place], pages[place + 1 : place + 2]
        path.write_text(_page(entry, before, after), encoding="utf-8")
    (folder / "index.md").write_text(_index(pages, found), encoding="utf-8")


def _index(pages: Sequence[str], found: Sequence[Entry]) -> str:
    titles = {entry.case.topic: entry.case.title for entry in found}
    functions = Counter(name for entry in found for name in entry.functions)
    return INDEX.format(
        number=len(found),
        topics="".join(
            f'<option value="{topic}">{html.escape(title)}</option>' for topic, title in titles.items()
        ),
        functions="".join(f"<option>{name}</option>" for name in sorted(functions)),
        entries="\n".join(_item(page, entry) for page, entry in zip(pages, found, strict=True)),
    )


def _item(page: str, entry: Entry) -> str:
    case = entry.case
    words = " ".join(
        [case.name, case.expression, case.printed or "", case.given, case.source, *entry.functions]
    )
    return (
        f'<li data-topic="{case.topic}" data-functions="{" ".join(entry.functions)}"'
        f' data-words="{html.escape(words.lower())}">'
        f'<a href="{page}.html">{html.escape(_title(case))}</a>'
        f'<span class="source">{html.escape(case.source or case.title)}</span>'
        f"{_formula(entry.question)}{_formula(entry.result.line('latex'))}</li>"
    )


def _title(case: Case) -> str:
    return case.name[0].upper() + case.name[1:]


def _page(entry: Entry, before: Sequence[str], after: Sequence[str]) -> str:
    case, result = entry.case, entry.result
    # Sphinx would escape the signs of Markdown otherwise than Markdown does.
    title = re.sub(r"([\\`*_{}\[\]<>$|])", r"\\\1", _title(case))
    said = [describe_form(result, "unicode"), *result.notes, str(result.verification)]
    parts = [
        "---\norphan: true\nhide-toc: true\n---",
        f"# {title}",
        _raw(f'<p class="source">{_shelf(case)}</p>'),
        _raw(f'<p class="question">{_formula(entry.question)}</p>'),
        *([_raw(f"<p>where {inline(entry.spaces)}</p>")] if entry.spaces else []),
        "## Answer",
        _raw(f'<div class="answer">{_formula(result.line("latex"))}</div>'),
        _raw("".join(f'<p class="said">{html.escape(remark)}</p>' for remark in said)),
        "## Derivation",
        *_derivations(entry),
        "## Code",
        f"```bash\n{entry.command}\n```",
        f"```python\nimport matgrad as mg\n\n{entry.call}\n```",
        *_numpy(result),
        _raw(f'<nav class="gallery-around">{_around(before, after)}</nav>'),
    ]
    return "\n\n".join(parts) + "\n"


def _shelf(case: Case) -> str:
    """The topic, which leads to its other cases, and the source."""
    topic = f'<a href="../index.html#topic={case.topic}">{html.escape(case.title)}</a>'
    return f"{topic}. {html.escape(case.source or case.sources)}"


def _raw(text: str) -> str:
    return f"```{{raw}} html\n{text}\n```"


def _around(before: Sequence[str], after: Sequence[str]) -> str:
    links = [
        *(f'<a href="../{page}.html" rel="prev">← before</a>' for page in before),
        '<a href="../index.html">all cases</a>',
        *(f'<a href="../{page}.html" rel="next">next →</a>' for page in after),
    ]
    return " ".join(links)


def _derivations(entry: Entry) -> Iterator[str]:
    for place, derivation in enumerate(entry.derivations()):
        said = [*derivation.notes, *sources((r for line in derivation.lines for r in line.reasons), "en")]
        below = "".join(f"<p>{html.escape(each)}</p>" for each in said)
        opened = " open" if place == 0 else ""
        steps = "".join(map(_step, derivation.lines))
        yield _raw(
            f'<details class="derivation"{opened}><summary>{HOW[derivation.method]}</summary>'
            f'<table class="steps">{steps}</table><div class="sources">{below}</div></details>'
        )


def _step(line: Line) -> str:
    row = latex_row(line, together(line.reasons, "en"))
    return (
        f"<tr><td>{_formula(row.left)}</td><td>{_formula(f'{{}}{row.relation} {row.right}')}</td>"
        f'<td class="rules">{html.escape(row.reason)}</td></tr>'
    )


def _formula(latex: str) -> str:
    """A formula as large as on a line of its own, which may be broken into lines."""
    return inline(rf"\displaystyle {latex}") if latex else ""


def _numpy(result: Result) -> Iterator[str]:
    try:
        yield f"```python\n{code_of(result, 'numpy')}```"
    except MatgradError:
        return
