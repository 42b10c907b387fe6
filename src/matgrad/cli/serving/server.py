"""The server of the page: from this machine, for this machine."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self'; font-src 'self'; img-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: itself. WebAssembly is compiled, no text is evaluated."""

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".bin": "application/octet-stream",
}
"""What files are, whatever the tables of this machine say."""


class PageHandler(SimpleHTTPRequestHandler):
    """Answers with the files of the page, and nothing else."""

    extensions_map = TYPES
    server_version = "matgrad"
    sys_version = ""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: Any) -> None:
        """Show no list of files."""
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of what is asked for."""


def page_folder() -> Path:
    """The folder of the page.

    Raises
    ------
    ArgumentError
        Where this installation was made without it.
    """
    folder = files("matgrad.page").joinpath("dist")
    if not folder.joinpath("index.html").is_file():
        raise ArgumentError(
            phrase("this installation has no page"),
            fix=phrase("make page in the source tree, which needs Node.js 20 and npm"),
        )
    with as_file(folder) as path:
        return path


def page_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the page for this machine alone."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(PageHandler, directory=str(folder)))
