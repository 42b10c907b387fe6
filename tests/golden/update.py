"""Write the lines that are printed now into the golden files: ``python -m tests.golden.update``.

Read the difference before you commit it: every line is one that a careful author would publish.
"""

from __future__ import annotations

from tests.golden.loader import FOLDER, cases, write_printed
from tests.golden.test_golden import derive


def main() -> None:
    """Update every file."""
    lines: dict[str, dict[str, str]] = {}
    for case in cases():
        result, _ = derive(case)
        lines.setdefault(case.topic, {})[case.name] = result.right_side("unicode")
    for topic, printed in lines.items():
        write_printed(FOLDER / f"{topic}.toml", printed)


if __name__ == "__main__":
    main()
