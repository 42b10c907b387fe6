"""Write what is printed now: ``python -m tests.stationarity.update``; read the difference."""

from __future__ import annotations

import re

from tests.stationarity.derivations import LANGUAGES, book, path_of
from tests.stationarity.test_estimators import CASES, FILE, point


def main() -> None:
    """Update the files."""
    text = FILE.read_text(encoding="utf-8")
    head, *parts = text.split("[[case]]")
    new = []
    for case, part in zip(CASES, parts, strict=True):
        line = "printed = " + repr(str(point(case))).replace("'", '"') + "\n"
        new.append(re.sub(r"printed = .*\n", "", part).replace("nature = ", line + "nature = ", 1))
    text = "[[case]]".join([head, *new])
    FILE.write_text(text, encoding="utf-8")
    for language in LANGUAGES:
        path_of(language).write_text(book(language), encoding="utf-8")


if __name__ == "__main__":
    main()
