"""The generated pages are up to date."""

from __future__ import annotations

import html

from docs import make_picture, make_reference


def test_reference_is_up_to_date() -> None:
    assert make_reference.TARGET.read_text(encoding="utf-8") == make_reference.reference(), "run make docs"


def test_picture_shows_what_is_printed() -> None:
    picture = html.unescape(make_picture.TARGET.read_text(encoding="utf-8")).replace("\u00a0", " ")
    for command in make_picture.COMMANDS:
        equation = next(line.strip() for line in make_picture.output(command).splitlines() if "∂" in line)
        assert equation in picture, "run make docs"
    assert "@font-face" not in picture
