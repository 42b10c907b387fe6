"""Write the lines that are printed now into the cases: ``python -m tests.acceptance.update``.

Read the difference before you commit it: every line is one that a careful author would publish.
"""

from __future__ import annotations

import matgrad as mg
from tests.acceptance.loader import FOLDER, Case, cases, write_printed


def printed(case: Case) -> dict[str, str]:
    """What is printed of a case, by variable; the second derivative under the name with two strokes."""
    lines = {wrt: str(mg.derive(case.text, wrt, given=case.given)) for wrt in case.wrt}
    for wrt in case.second:
        lines[wrt + "''"] = str(mg.derive(case.text, wrt, given=case.given, order=2))
    return lines


def main() -> None:
    """Update both files."""
    for name in ("asked.toml", "bishop.toml"):
        write_printed(FOLDER / name, {case.name: printed(case) for case in cases(name)})


if __name__ == "__main__":
    main()
