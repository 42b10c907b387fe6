"""Documents: LaTeX, Markdown and notebooks, each as words and formulas with their places."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import field
from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.core.lazy import cached_property, regex
from matgrad.core.records import dataclass
from matgrad.core.words import alternatives, phrase
from matgrad.language.latex.macros import Macros, collect
from matgrad.refereeing.files_beside import Beside, input_at
from matgrad.refereeing.latex_source import blank, pieces_of, take_macros, without_comments
from matgrad.refereeing.source_pieces import Defined, Piece

KINDS = ("tex", "md", "ipynb")

_FENCE = regex(
    r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<kind>[^\n`]*)\n"
    r"(?P<body>.*?)(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_CODE = regex(r"(?<!`)(`+)(?!`)(?P<body>.*?)(?<!`)\1(?!`)", re.DOTALL)
_IN_CODE = regex(r"\$`([^`\n]*)`\$")
"""A formula as GitHub has it, safe from the marks of Markdown."""
_HTML_COMMENT = regex(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A place in a document: the line and the column, counted from 1; in a notebook those of the cell.

    What stands in a file that the document takes in has the place of that file, which is then named.
    """

    line: int
    column: int
    cell: int | None = None
    file: str | None = None

    def __str__(self) -> str:
        line = f"{self.line}:{self.column}"
        line = line if self.cell is None else f"cell {self.cell}:{line}"
        return line if self.file is None else f"{self.file}:{line}"

    def within(self, name: str) -> str:
        """The place with the name of the file that it is in."""
        return str(self) if self.file is not None else f"{name}:{self}"


@dataclass(frozen=True)
class Section:
    """A part of a document that is read as one text: all of it, or one cell of a notebook.

    Attributes
    ----------
    text : str
        What was written.
    readable : str
        The same without comments, code and definitions, every place what it was.
    pieces : tuple of Piece
        Its words and formulas, in order.
    cell : int or None
        The number of the cell of a notebook, from 1.
    file : str or None
        The file that it stands in, where that is another one than the document's.
    defined : tuple of Defined
        The macros that it defines, in order.
    """

    text: str
    readable: str
    pieces: tuple[Piece, ...]
    cell: int | None = None
    file: str | None = None
    defined: tuple[Defined, ...] = ()

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def place(self, offset: int) -> Place:
        """The line and column of an offset."""
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1, self.cell, self.file)


@dataclass(frozen=True)
class Document:
    r"""A document.

    Attributes
    ----------
    name : str
        What it is called in a report.
    sections : tuple of Section
        What it holds.
    macros : dict of str to Macro
        The macros that hold where it begins: those handed along, and the first of each name that it
        defines, as a formula may stand before the definition in Markdown.
    not_read : tuple of str
        The files that it takes in with ``\input`` and that are not read, as they are not beside it.
    """

    name: str
    sections: tuple[Section, ...]
    macros: Macros = field(default_factory=dict)
    not_read: tuple[str, ...] = ()


def read_document(
    text: str, kind: str, name: str, macros: str | None = None, *, folder: str | None = None
) -> Document:
    """Read a document.

    Parameters
    ----------
    text : str
        Its text.
    kind : {"tex", "md", "ipynb"}
        What it is.
    name : str
        What it is called.
    macros : str, optional
        Definitions of macros that it uses, beside its own.
    folder : str, optional
        The folder of the file, in which what it takes in is looked for; a text alone has none.

    Raises
    ------
    ArgumentError
        For a notebook that is none, and for a file that takes in itself.
    ParseError
        For a formula that never ends.
    """
    if kind not in KINDS:
        raise ArgumentError(phrase("{kind} is no kind of document", kind=repr(kind)), fix=alternatives(KINDS))
    known = collect(macros)
    not_read: tuple[str, ...] = ()
    try:
        if kind == "ipynb":
            cells = _cells(text, name)
            sections = [_markdown(source, number) for number, source in cells]
        elif kind == "md":
            sections = [_markdown(text, None)]
        else:
            sections, not_read = _latex(text, None if folder is None else Beside(folder, name))
    except RecursionError:
        raise ArgumentError(phrase("{name} is nested too deeply to be read", name=name)) from None
    own = {one.name: one.macro for section in reversed(sections) for one in reversed(section.defined)}
    return Document(name, tuple(sections), {**known, **own}, not_read)


def kind_of(name: str, text: str) -> str:
    """What a document is, by the end of its name, else by what it holds."""
    ending = name.rpartition(".")[2].lower()
    known = {
        "tex": "tex",
        "ltx": "tex",
        "latex": "tex",
        "md": "md",
        "markdown": "md",
        "rmd": "md",
        "qmd": "md",
        "ipynb": "ipynb",
    }
    if ending in known:
        return known[ending]
    if text.lstrip().startswith("{") and '"cells"' in text:
        return "ipynb"
    is_latex = re.search(
        r"\\(?:documentclass|section|begin\{(?:document|align|equation|theorem|proof))", text
    )
    return "tex" if is_latex else "md"


def _latex(text: str, beside: Beside | None) -> tuple[list[Section], tuple[str, ...]]:
    """A document in LaTeX, with the files that it takes in at their places."""
    sections: list[Section] = []
    not_read: list[str] = []
    # Where what is put off until a file was read goes on: the text, where it starts, and the file.
    waiting = [(text, without_comments(text), -1, None if beside is None else beside.main)]
    while waiting:
        whole, bare, start, file = waiting.pop()
        found = input_at(bare, max(start, 0)) if beside is not None else None
        end = len(bare) if found is None else found.start
        readable, defined = take_macros(blank(blank(bare, 0, max(start, 0)), end, len(bare)))
        body = _body_start(bare) if start < 0 else start
        shown = None if file is None or beside is None or file == beside.main else file
        if end > body:
            pieces = pieces_of(readable, body)
            sections.append(Section(whole, readable, tuple(pieces), file=shown, defined=defined))
        if found is None or beside is None or file is None:
            if beside is not None and file is not None:
                beside.close()
            continue
        waiting.append((whole, bare, found.end, file))
        inside = beside.open(found.name)
        if inside is None:
            not_read.append(found.name)
        else:
            waiting.append((inside, without_comments(inside), 0, beside.current))
    return sections, tuple(dict.fromkeys(not_read))


def _body_start(text: str) -> int:
    found = re.search(r"\\begin\{document\}", text)
    return found.end() if found is not None else 0


def _markdown(text: str, cell: int | None) -> Section:
    """A text in Markdown; code is blanked, but for blocks and spans of mathematics."""

    def block(match: re.Match[str]) -> str:
        if match["kind"].strip().strip("{}") != "math":
            return re.sub(r"[^\n]", " ", match[0])
        # $$ in place of the fence; what is longer is blank.
        at, end = match.start("body") - match.start(), match.end("body") - match.start()
        head = re.sub(r"[^\n]", " ", match[0][:at])
        tail = re.sub(r"[^\n]", " ", match[0][end:])
        return "$$" + head[2:] + match["body"] + "$$" + tail[2:] if len(tail) > 1 else match[0]

    def span(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    readable = _HTML_COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    readable = _FENCE.sub(block, readable)
    readable = _IN_CODE.sub(lambda m: f" ${m[1]}$ ", readable)
    readable = _CODE.sub(span, readable)
    readable = _without_line_comments(readable)
    readable, defined = take_macros(readable)
    return Section(text, readable, tuple(pieces_of(readable, is_strict=False)), cell, defined=defined)


def _without_line_comments(text: str) -> str:
    """Comments of TeX within displays; in words a per cent is one."""
    return re.sub(
        r"\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}",
        lambda m: without_comments(m[0]),
        text,
        flags=re.DOTALL,
    )


def _cells(text: str, name: str) -> list[tuple[int, str]]:
    """The markdown cells of a notebook, with their numbers among all cells."""
    try:
        book: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or phrase("it is nested too deeply")
        raise ArgumentError(phrase("{name} is no notebook: {reason}", name=name, reason=reason)) from None
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise ArgumentError(phrase("{name} is no notebook: it has no cells", name=name))
    found = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
            continue
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise ArgumentError(
                phrase("{name} is no notebook: cell {number} holds no text", name=name, number=number)
            )
        found.append((number, source))
    return found
