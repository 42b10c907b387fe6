"""The tools over the Model Context Protocol, on standard input and output."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
from anyio import BrokenWorkerProcess, CapacityLimiter, to_process
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server

from matgrad import __version__
from matgrad.cli.tools.calls import TOOLS, Answered, Tool, call, refusal
from matgrad.cli.tools.fields import schema_of
from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase

INSTRUCTIONS = """Matrix calculus that is verified: derivatives, their derivations, matrix equations, code.

Do not state a derivative of matrices from memory: derive it, or check what you have. Write expressions as
plain text ("norm(A x - b)^2", "log det(X' A X)") or LaTeX, and declare in `given` what is known of the
variables ("A: m×n symmetric, x: n"). Every answer begins with how the text was understood; an error shows
the place (^^^) and what to write instead. What is not known is refused, never guessed."""


def serve(seconds: float) -> None:
    """Serve the tools until the input ends.

    Parameters
    ----------
    seconds : float
        How long one call may take.
    """
    anyio.run(_serve, seconds)


async def _serve(seconds: float) -> None:
    desk = _Desk(seconds)
    server: Server[Any] = Server(
        "matgrad",
        version=__version__,
        title="matgrad",
        instructions=INSTRUCTIONS,
        on_list_tools=desk.tools,
        on_call_tool=desk.called,
    )
    async with stdio_server() as (incoming, outgoing), desk.open():
        await server.run(incoming, outgoing, server.create_initialization_options())


class _Desk:
    """Takes calls, and has each answered by a process that can be ended.

    What is asked may take long, need more stack than there is, or be meant to do harm: the server goes on.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._places = CapacityLimiter(min(4, os.cpu_count() or 1))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Have a process at hand before it is asked for."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._answer, "check", {"expression": "x' A x", "wrt": "x", "answer": "2 A x"})
            yield
            group.cancel_scope.cancel()

    async def tools(
        self, context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """The tools that there are."""
        return types.ListToolsResult(tools=[_described(name, tool) for name, tool in TOOLS.items()])

    async def called(
        self, context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """The answer to a call."""
        found = await self._answer(params.name, params.arguments or {})
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=found.text)],
            structured_content=found.record,
            is_error=found.is_error,
        )

    async def _answer(self, name: str, arguments: dict[str, Any]) -> Answered:
        seconds = self._seconds * (TOOLS[name].patience if name in TOOLS else 1)
        async with self._places:
            try:
                with anyio.fail_after(seconds):
                    return await to_process.run_sync(
                        call, name, arguments, cancellable=True, limiter=CapacityLimiter(1)
                    )
            except TimeoutError:
                return refusal(
                    ArgumentError(
                        phrase("this took longer than {seconds} seconds", seconds=f"{seconds:g}"),
                        fix=phrase("its parts, one by one"),
                    )
                )
            except BrokenWorkerProcess:
                return refusal(
                    ArgumentError(
                        phrase("this is more than the engine can work out"),
                        fix=phrase("its parts, one by one"),
                    )
                )


def _described(name: str, tool: Tool) -> types.Tool:
    return types.Tool(
        name=name,
        title=tool.title,
        description=tool.said,
        input_schema=schema_of(tool.fields),
        output_schema={"type": "object", "required": list(tool.holds)},
        annotations=types.ToolAnnotations(
            title=tool.title, read_only_hint=True, idempotent_hint=True, open_world_hint=False
        ),
    )
