"""Every link of the built site leads somewhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("img", "src"), ("link", "href"), ("script", "src"), ("source", "src")}
"""What a browser fetches to show a page."""

FILTERED = "gallery/index.html"
"""The page whose fragments are no places but what is looked for."""


class _Page(HTMLParser):
    """The places of a page, and what it refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.references: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            elif name in ("href", "src") and value:
                self.references.append((tag, name, value))


@cache
def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def broken(site: Path) -> Iterator[str]:
    """What is wrong with the links of a site, one line for each."""
    for path in sorted(site.rglob("*.html")):
        if "_static" not in path.relative_to(site).parts:
            for tag, name, reference in _read(path).references:
                problem = _problem(site, path, tag, name, reference)
                if problem:
                    yield f"{path.relative_to(site)}: {reference}: {problem}"


def _problem(site: Path, path: Path, tag: str, name: str, reference: str) -> str:
    parts = urlsplit(reference)
    if parts.scheme or parts.netloc:
        return "is loaded from elsewhere" if (tag, name) in LOADED and parts.scheme != "data" else ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return "is not there"
    place = unquote(parts.fragment)
    if not place or target.suffix != ".html" or target == (site / FILTERED).resolve():
        return ""
    return "" if place in _read(target).places else "has no such place"


def main(site: str) -> int:
    """Say what is broken; the status is 1 where something is."""
    found = list(broken(Path(site).resolve()))
    print("\n".join(found) or "every link of the site leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
