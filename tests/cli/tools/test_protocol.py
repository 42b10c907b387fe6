"""The server, asked by a client of the SDK over the streams of a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from matgrad.cli.tools.calls import TOOLS
from tests.cli.tools.test_calls import GOOD

CHECK = {"expression": "norm(A x - b)^2", "wrt": "x"}


@asynccontextmanager
async def served(*options: str) -> AsyncIterator[Client]:
    """A client whose server runs."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "matgrad", "mcp", *options], env=dict(os.environ)
    )
    async with Client(command) as client:
        yield client


def with_server(work: Callable[[Client], Awaitable[None]], *options: str) -> None:
    async def run() -> None:
        async with served(*options) as client:
            await work(client)

    anyio.run(run)


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_a_client_lists_and_calls_every_tool() -> None:
    async def work(client: Client) -> None:
        assert client.instructions is not None
        assert "from memory" in client.instructions
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == list(TOOLS)
        assert all(
            tool.description and tool.annotations and tool.annotations.read_only_hint for tool in tools
        )
        for name, arguments, said in GOOD:
            result = await client.call_tool(name, arguments)  # holds the answer to its output schema
            assert not result.is_error, text_of(result)
            assert said in text_of(result)

    with_server(work)


def test_errors_are_answers_and_the_server_goes_on() -> None:
    async def work(client: Client) -> None:
        wrong = await client.call_tool("derive", CHECK | {"given": "A: m×n, x: m"})
        assert wrong.is_error
        assert "^^^" in text_of(wrong)
        assert "Try: " in text_of(wrong)
        unknown = await client.call_tool("differentiate", {})
        assert unknown.is_error
        deep = await client.call_tool("derive", {"expression": "exp(" * 2000 + "t" + ")" * 2000, "wrt": "t"})
        assert deep.is_error
        nothing = await client.call_tool("derive", {"expression": "x'\0x", "wrt": "x"})
        assert "u+0000" in text_of(nothing)
        chinese = await client.call_tool("check", CHECK | {"answer": "2 A (A x - b)", "lang": "zh"})
        assert "错误：" in text_of(chinese)

    with_server(work)


def test_calls_are_answered_side_by_side() -> None:
    async def work(client: Client) -> None:
        verdicts: dict[int, bool] = {}

        async def check(factor: int) -> None:
            result = await client.call_tool("check", CHECK | {"answer": f"{factor} A' (A x - b)"})
            content: Any = result.structured_content
            verdicts[factor] = content["correct"]

        async with anyio.create_task_group() as group:
            for factor in range(1, 9):
                group.start_soon(check, factor)
        assert verdicts == {factor: factor == 2 for factor in range(1, 9)}

    with_server(work)


def test_what_takes_too_long_is_ended() -> None:
    async def work(client: Client) -> None:
        slow = {"expression": "det(kron(kron(A, expm(A)), expm(A' A)))^3", "wrt": "A", "given": "A: 5×5"}
        result = await client.call_tool("derive", slow | {"order": 2})
        assert result.is_error
        assert "longer than 0.1 seconds" in text_of(result)

    with_server(work, "--seconds", "0.1")


def test_lines_that_are_no_messages_do_not_end_the_server() -> None:
    """Nor is anything else written to standard output than messages."""
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "by hand", "version": "1"},
        },
    }
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    broken = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": 7, "arguments": "x"}}
    listed = {"jsonrpc": "2.0", "id": 3, "method": "tools/list"}
    sent = [
        json.dumps(hello),
        json.dumps(ready),
        "no JSON",
        "{}",
        "[1]",
        json.dumps(broken),
        json.dumps(listed),
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "matgrad", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join(sent) + "\n")
        process.stdin.flush()
        answers: dict[object, Any] = {}
        while 3 not in answers:
            message = json.loads(process.stdout.readline())
            answers[message.get("id")] = message
        process.stdin.close()
        assert process.wait(30) == 0
    assert "error" in answers[2]
    assert len(answers[3]["result"]["tools"]) == len(TOOLS)


def test_without_the_sdk_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "import sys; sys.modules['mcp'] = None; from matgrad.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", hidden, "mcp"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2
    assert 'Try: pip install "matgrad[mcp]"' in done.stderr
