"""The page is served to this machine, with its policy and the types of its files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from matgrad.cli.serving.server import POLICY, page_server
from tests.cli.in_process import called


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "page" / "engine").mkdir(parents=True)
    for name in ("index.html", "engine/a.wasm", "engine/a.mjs", "engine/a.bin"):
        (tmp_path / "page" / name).write_text("matgrad")
    (tmp_path / "secret.txt").write_text("secret")
    server = page_server(tmp_path / "page", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def get(port: int, path: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/engine/a.wasm", "application/wasm"),
        ("/engine/a.mjs", "text/javascript; charset=utf-8"),
        ("/engine/a.bin", "application/octet-stream"),
    ],
)
def test_files_come_with_their_type_and_the_policy(port: int, path: str, kind: str) -> None:
    response = get(port, path)
    assert response.status == 200
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Security-Policy"] == POLICY
    assert POLICY.startswith("default-src 'none'")
    assert "unsafe-inline" not in POLICY
    assert "'unsafe-eval'" not in POLICY


@pytest.mark.parametrize(
    "path", ["/engine/", "/nothing", "/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd"]
)
def test_nothing_else_is_served(port: int, path: str) -> None:
    assert get(port, path).status == 404


def test_a_port_that_is_taken_is_told(port: int) -> None:
    done = called(["serve", "--port", str(port)])
    assert done.status == 2
    assert "no page" in done.stderr or f"port {port}" in done.stderr
