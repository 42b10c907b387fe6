"""The page in a real browser: web/tests/browser.mjs, with the answers due to the whole table."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from matgrad.page import answer
from tests.page.table import table

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"


def missing() -> str | None:
    """Why the page cannot be tried in a browser here."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    if shutil.which("chromium") is None:
        return "Chromium is not installed"
    if not (WEB / "node_modules").is_dir() or not (ROOT / "src/matgrad/page/dist/index.html").is_file():
        return "the page is not built: make page"
    return None


@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_the_page_in_a_browser(tmp_path: Path) -> None:
    every = int(os.environ.get("MATGRAD_TABLE_EVERY", "1"))
    asked = [one.question for one in table()[::every]]
    answers = tmp_path / "table.json"
    answers.write_text(json.dumps([[one, answer(one)] for one in asked]), encoding="utf-8")
    environment = os.environ | {
        "MATGRAD_PYTHON": sys.executable,
        "MATGRAD_TABLE": str(answers),
        "PYTHONPATH": str(ROOT / "src"),
        "CHROMIUM": str(shutil.which("chromium")),
    }
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", "tests/browser.mjs"],
        cwd=WEB,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
