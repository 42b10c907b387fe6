"""The function that checks the derivatives of a document."""

from __future__ import annotations

import os
from pathlib import Path

from matgrad import refereeing
from matgrad.api.arguments import require_words
from matgrad.core.errors import ArgumentError
from matgrad.core.files import text_of_file
from matgrad.core.languages import speaking
from matgrad.core.words import language_asked, phrase


def audit(
    document: str | os.PathLike[str],
    *,
    kind: str | None = None,
    layout: str | None = None,
    macros: str | None = None,
    lang: str | None = None,
) -> refereeing.Report:
    r"""Check every derivative that a document claims.

    Claims are equations with a derivative on their left, ``\nabla f(x) = …``, ``\partial f/\partial X = …``
    and ``\mathrm{d}f = …``, and the further sides of such equations and of definitions. Functions and names
    are what the document says they are. Nothing in it is executed.

    Parameters
    ----------
    document : str or Path
        A path, or the text itself; a string of one line that is the name of a file is a path.
    kind : {"tex", "md", "ipynb"}, optional
        What it is, where its name does not say it: LaTeX, Markdown or a notebook.
    layout : str, optional
        The layout that derivatives are in, where the document does not say it.
    macros : str, optional
        Definitions of macros that stand in another file.
    lang : {"en", "zh"}, optional
        The language of the report.

    Returns
    -------
    Report
        With ``.claims``, ``.wrong``, ``.record()`` for JSON and ``.html()``; true where nothing is wrong.

    Raises
    ------
    ArgumentError
        For what cannot be read.
    ParseError
        For a formula that never ends.

    Examples
    --------
    >>> import matgrad as mg
    >>> report = mg.audit(r"Let $f(x) = \|Ax - b\|^2$. Then $\nabla f(x) = 2A(Ax - b)$.")
    >>> report.wrong[0].reason
    'a transpose is wrong: A should be Aᵀ'
    >>> report.wrong[0].corrected
    '\\nabla f(x) = 2A^\\top(Ax - b)'
    """
    lang = language_asked() if lang is None else lang
    with speaking(lang):
        require_words(kind=kind, layout=layout, lang=lang)
        text, name, folder = _text_of(document)
        kind = refereeing.kind_of(name, text) if kind is None else kind
        read = refereeing.read_document(text, kind, name, macros, folder=folder)
        return refereeing.audit(read, layout=layout, language=lang)


def _text_of(document: str | os.PathLike[str]) -> tuple[str, str, str | None]:
    """The text of a document, what it is called, and the folder that it is in."""
    if isinstance(document, os.PathLike):
        path = os.fsdecode(document)
        return text_of_file(path), path, str(Path(path).parent)
    if not isinstance(document, str):
        raise ArgumentError(
            phrase("a document is a path or a text, not {document}", document=repr(document)),
            fix='mg.audit("paper.tex")',
        )
    is_name = "\n" not in document and len(document) < 1000 and "$" not in document
    if is_name and (Path(document).is_file() or Path(document).suffix in (".tex", ".md", ".ipynb")):
        return text_of_file(document), document, str(Path(document).parent)
    return document, "text", None
