"""The command ``matgrad mcp``; the server and its SDK are loaded where it runs."""

from __future__ import annotations

import sys

import click

from matgrad.cli import tools
from matgrad.cli.commands import command
from matgrad.cli.present import present_error
from matgrad.cli.terminal import write
from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase

MCP_HELP = """Serve the engine as tools to language models and editors.

\b
  pip install "matgrad[mcp]"
  claude mcp add matgrad -- matgrad mcp
  {"mcpServers": {"matgrad": {"command": "matgrad", "args": ["mcp"]}}}

A server of the Model Context Protocol on standard input and output: a client starts it. Its tools derive,
check, explain, write on vec, solve, find stationary points, write code and audit texts. Nothing that is
sent to it is executed; it opens no file and no network.

Exit status: 0; 2 when the SDK of the protocol is not installed."""


@command(MCP_HELP)
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=60.0, help="How long one call may take, in seconds."
)
def mcp(
    seconds: float,
) -> int:
    """Serve the tools; the help text is above."""
    try:
        serve = tools.serve
    except ModuleNotFoundError:
        missing = ArgumentError(
            phrase("the SDK of the Model Context Protocol is not installed"), fix='pip install "matgrad[mcp]"'
        )
        write(sys.stderr, present_error(missing))
        return missing.exit_status
    serve(seconds)
    return 0
