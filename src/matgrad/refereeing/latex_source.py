r"""A document in LaTeX: its macros, its formulas and the words between them."""

from __future__ import annotations

import re

from matgrad.core.errors import MatgradError, ParseError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language.latex.macros import collect
from matgrad.refereeing.source_pieces import Defined, FormulaPiece, Piece, ProsePiece

DISPLAYS = (
    "equation",
    "align",
    "gather",
    "multline",
    "eqnarray",
    "displaymath",
    "math",
    "flalign",
    "alignat",
    "dmath",
    "IEEEeqnarray",
    "subequations",
)
_NAMES = "|".join(DISPLAYS)
_VERBATIM = regex(
    r"\\begin\{(verbatim\*?|lstlisting|minted|comment|filecontents\*?|tikzpicture|algorithmic)\}.*?\\end\{\1\}"
    r"|\\iffalse\b.*?\\fi\b|\\verb\*?([^\sA-Za-z*])[^\n]*?\2",
    re.DOTALL,
)
_COMMENT = regex(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_DEFINITION = regex(
    r"\\(?:(?:re|provide)?newcommand|providecommand|DeclareRobustCommand|DeclareMathOperator|DeclarePairedDelimiter"
    r"|(?:New|Renew|Declare|Provide)DocumentCommand|def|gdef)\*?(?![A-Za-z])"
    r"|\\let\s*\\[A-Za-z@]+\s*=?\s*\\[A-Za-z@]+(?P<let>)"
)
_OPENING = regex(
    rf"(?<!\\)(?:\\\\)*(?P<open>\$\$|\$|\\\[|\\\(|\\begin\{{(?P<name>(?:{_NAMES})\*?)\}})|\\(?P<escaped>[^A-Za-z\[(])"
)


def blank(text: str, start: int, end: int) -> str:
    """A text with blanks in place of a stretch of it; lines stay where they are."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def without_comments(text: str) -> str:
    """A document without its comments and what is printed as it stands, every place what it was."""
    text = _VERBATIM.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    return _COMMENT.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), text)


def take_macros(text: str) -> tuple[str, tuple[Defined, ...]]:
    """A document without the definitions of macros, and these."""
    place = 0
    found: list[Defined] = []
    while (match := _DEFINITION.search(text, place)) is not None:
        start = match.start()
        end = match.end() if match["let"] is not None else _definition_end(text, match.end())
        try:
            is_kept = text.startswith("\\provide", start)
            found += [
                Defined(start, name, macro, is_kept) for name, macro in collect(text[start:end]).items()
            ]
        except MatgradError:
            pass  # A macro that cannot be read is named where a formula uses it.
        text = blank(text, start, end)
        place = end
    return text, tuple(found)


def _definition_end(text: str, place: int) -> int:
    """Where a definition ends: behind the first pair of braces that is not that of its name."""
    is_named = False
    while place < len(text):
        character = text[place]
        if character == "{":
            end = _closed(text, place)
            inside = text[place + 1 : end - 1].strip()
            place = end
            if is_named or not re.fullmatch(r"\\[A-Za-z@]+|\\.", inside):
                after = re.match(r"\s*\{", text[place:])
                if after is None or not text[:place].rstrip().endswith("}") or is_named:
                    return place
            is_named = True
        elif character == "[":
            place = text.find("]", place) + 1 or len(text)
        elif character == "\\":
            found = re.compile(r"\\(?:[A-Za-z@]+|.)").match(text, place)
            place = found.end() if found is not None else place + 1
            is_named = True
        elif character == "\n" and text[place : place + 2] == "\n\n":
            return place
        else:
            place += 1
    return place


def _closed(text: str, place: int) -> int:
    """The place behind the brace that closes the one that opens at a place."""
    depth = 0
    for i in range(place, len(text)):
        if text[i] in "{}" and text[i - 1 : i] != "\\":
            depth += 1 if text[i] == "{" else -1
            if depth == 0:
                return i + 1
    return len(text)


def pieces_of(text: str, start: int = 0, *, is_strict: bool = True) -> list[Piece]:
    """The formulas of a document and the words between them, in order.

    Parameters
    ----------
    text : str
        The document without comments and definitions.
    start : int
        Where it starts.
    is_strict : bool
        Whether a formula that never ends is an error; in Markdown a dollar may be a dollar.

    Raises
    ------
    ParseError
        For a formula that never ends.
    """
    pieces: list[Piece] = []
    place = start
    words = start
    while (found := _OPENING.search(text, place)) is not None:
        if found["escaped"] is not None:
            place = found.end()
            continue
        opened, inside = found.start("open"), found.end("open")
        end, after = _formula_end(text, found["open"], found["name"], inside)
        if end < 0 or (not is_strict and not _may_be_formula(text, found["open"], inside, end)):
            if is_strict:
                raise ParseError(
                    phrase("{opening} opens a formula that never ends", opening=found["open"]),
                    fix=phrase("its end"),
                    text=text,
                    span=(opened, inside),
                )
            place = inside
            continue
        if words < opened:
            pieces.append(ProsePiece(text[words:opened], words))
        is_display = found["open"] not in ("$", r"\(")
        if found["name"] is not None and found["name"].startswith(("alignat", "subequations", "IEEE")):
            inside = re.compile(r"\s*(?:\{\w+\})?").match(text, inside).end()  # type: ignore[union-attr]
        if found["name"] == "subequations":
            place = words = inside
            continue
        pieces.append(FormulaPiece(inside, end, is_display, found["name"] or ""))
        place = words = after
    if words < len(text):
        pieces.append(ProsePiece(text[words:], words))
    return pieces


def _formula_end(text: str, opening: str, name: str | None, inside: int) -> tuple[int, int]:
    """Where a formula ends, and the place behind its end; -1 where it never does."""
    if name is not None:
        closing = rf"\end{{{name}}}"
        end = text.find(closing, inside)
        return end, end + len(closing)
    closing = {"$$": r"\$\$", "$": r"\$", r"\[": r"\\\]", r"\(": r"\\\)"}[opening]
    limit = re.compile(r"\n[ \t]*\n").search(text, inside)
    found = re.compile(rf"(?<!\\)(?:\\\\)*({closing})").search(text, inside)
    if found is None or (limit is not None and limit.start() < found.start(1) and opening in ("$", r"\(")):
        return -1, -1
    return found.start(1), found.end(1)


def _may_be_formula(text: str, opening: str, inside: int, end: int) -> bool:
    """Whether dollars in Markdown enclose a formula and are no prices."""
    if opening != "$":
        return True
    is_tight = not text[inside].isspace() and not text[end - 1].isspace()
    return is_tight and end > inside and not text[end + 1 : end + 2].isdigit()
