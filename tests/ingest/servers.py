"""Servers on loopback for the client's tests: each answers every connection with bytes written down in the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """One request as the server read it."""

    line: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Server:
    """A server that answers with `answers` by path, and remembers what it was asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


def answer(
    body: bytes = b"", status: str = "200 OK", *, length: int | None = None, close: bool = True, **headers: str
) -> bytes:
    """The bytes of an answer; `length` may lie, -1 leaves it out."""
    lines = [f"HTTP/1.1 {status}"]
    if length != -1:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if close:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(pieces: list[bytes], **headers: str) -> bytes:
    """The bytes of an answer in chunks."""
    head = answer(b"", "200 OK", length=-1, close=True, Transfer_Encoding="chunked", **headers)
    return head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


@asynccontextmanager
async def serving(answers: dict[str, bytes | Answer]) -> AsyncIterator[Server]:
    """A server on a free port of 127.0.0.1 while the block lasts."""
    tasks: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
            asked = Asked(head[0], headers, await reader.readexactly(int(headers.get("content-length", "0"))))
            server.asked.append(asked)
            path = asked.line.split(" ")[1].partition("?")[0]
            given = answers.get(path, answer(b"", "404 Not Found"))
            if isinstance(given, bytes):
                writer.write(given)
                await writer.drain()
            else:
                await given(asked, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(one, "127.0.0.1", 0)
    server = Server(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
