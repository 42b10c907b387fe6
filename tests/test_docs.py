"""The generated pages are up to date."""

from __future__ import annotations

from docs import make_reference


def test_reference_is_up_to_date() -> None:
    assert make_reference.TARGET.read_text(encoding="utf-8") == make_reference.reference(), "run make docs"
