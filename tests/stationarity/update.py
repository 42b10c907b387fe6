"""Write the lines that are printed now: ``python -m tests.stationarity.update``; read the difference."""

from __future__ import annotations

import re

from tests.stationarity.test_estimators import CASES, FILE, point


def main() -> None:
    """Update the file."""
    text = FILE.read_text(encoding="utf-8")
    for case in CASES:
        start = text.index(f'name = "{case["name"]}"')
        end = text.find("[[case]]", start)
        part = text[start : end if end > 0 else len(text)]
        line = "printed = " + repr(str(point(case))).replace("'", '"') + "\n"
        new = re.sub(r"printed = .*\n", "", part).replace("nature = ", line + "nature = ", 1)
        text = text.replace(part, new)
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
