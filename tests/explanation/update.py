"""Write the derivations that are printed now into the transcripts: ``python -m tests.explanation.update``.

Read the difference before you commit it: every line that changes is one that a lecturer would hand out.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.explanation import classics
from tests.explanation.every_case import printed, transcripts

_HERE = Path(__file__).parent
_LINES = re.compile(r"lines = '''\n(.*?)\n?'''", re.DOTALL)


def update(method: str) -> None:
    """The transcripts of one method."""
    path = _HERE / f"{method}.toml"
    texts = iter(printed(case, method) for case in transcripts(method))
    text = path.read_text(encoding="utf-8")
    new = _LINES.sub(lambda _: f"lines = '''\n{next(texts)}\n'''", text)
    path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    for each in ("differential", "definition", "chain"):
        update(each)
    for method, language in classics.BOOKS:
        path = classics.path_of(method, language)
        path.parent.mkdir(exist_ok=True)
        path.write_text(classics.book(method, language), encoding="utf-8")
