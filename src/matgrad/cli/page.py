"""The command ``matgrad serve``; the server is loaded where it runs, with all that serving takes."""

from __future__ import annotations

import errno
import sys

import click

from matgrad.cli import serving
from matgrad.cli.commands import command
from matgrad.cli.present import present_error
from matgrad.cli.terminal import write
from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase

SERVE_HELP = """Serve the page on this machine, without a network.

\b
  matgrad serve
  matgrad serve --port 9000

The page computes in the browser: nothing that is typed there leaves it. It is served to this machine alone,
until Ctrl-C.

Exit status: 0; 2 when the port is taken, or this installation has no page."""


@command(SERVE_HELP)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8317, help="Where to listen; 0 takes any that is free."
)
def serve(
    port: int,
) -> int:
    """Serve the page; the help text is above."""
    try:
        server = serving.page_server(serving.page_folder(), port)
    except ArgumentError as error:
        write(sys.stderr, present_error(error))
        return error.exit_status
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        refusal = ArgumentError(
            phrase("nothing can be served at port {port}: {strerror}", port=port, strerror=error.strerror),
            fix="--port 0",
        )
        write(sys.stderr, present_error(refusal))
        return refusal.exit_status
    with server:
        write(sys.stdout, [((f"http://127.0.0.1:{server.server_port}/", "result"),)])
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            write(sys.stdout, [()])
    return 0
