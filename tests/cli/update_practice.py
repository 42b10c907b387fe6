"""Hold the sessions of the transcripts again and write them down: ``python -m tests.cli.update_practice``.

Read the difference before it is committed.
"""

from __future__ import annotations

from tests.cli.conftest import run_matgrad
from tests.cli.test_practice import TRANSCRIPTS, replayed

if __name__ == "__main__":
    for path in TRANSCRIPTS:
        path.write_text(replayed(path.read_text(encoding="utf-8"), run_matgrad), encoding="utf-8")
