"""Articles read in a process of their own: it can be ended when a page takes too long or too much memory.

No library that takes pages apart can promise a time for every page that somebody could write. So the process that
reads them holds no secrets and no connection, may use a bounded amount of memory, and is killed and started anew when
a page passes its time.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from ingest.sources.articles import MAX_BYTES, Article, read_article
from ingest.sources.unreadable import Unreadable

_MEMORY: Final = 1024 * 1024 * 1024  # of address space, bytes
_PAGES: Final = 200  # read by one process before a fresh one takes over: the library keeps caches
_START: Final = 20.0  # seconds, for the libraries to be imported
_REPLY: Final = 4 * 1024 * 1024


class ArticleReader:
    """Reads pages one at a time, each within `seconds`; use as `async with ArticleReader() as reader`.

    The process is started with the first page and ended with the block.
    """

    def __init__(self, *, seconds: float = 10.0) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._pages = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def read(self, page: bytes, *, charset: str | None = None, url: str | None = None) -> Article | Unreadable:
        """The article of a page, as `read_article`; Unreadable also when it takes too long."""
        if len(page) > MAX_BYTES:
            return read_article(page)  # says so without reading
        async with self._turn:
            try:
                process = await self._started()
                async with asyncio.timeout(self._seconds):
                    return await _ask(process, page, {"bytes": len(page), "charset": charset, "url": url})
            except TimeoutError:
                await self._end()
                return Unreadable(f"was not read within {self._seconds:g} s")
            except (OSError, EOFError, ValueError):
                await self._end()
                return Unreadable("made its reader fail")
            except BaseException:
                await self._end()  # cancelled in the middle: what it would answer belongs to nobody
                raise

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._pages >= _PAGES:
            await self._end()
        if self._process is None:
            # A process of its own sees none of our environment, where the bot's token is.
            root = Path(__file__).parents[2]
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_REPLY,
                env={"PYTHONPATH": str(root), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            )
            self._pages = 0
            async with asyncio.timeout(_START):
                if await _reply(self._process) != {"ready": True}:
                    raise EOFError
        self._pages += 1
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()


async def _ask(process: asyncio.subprocess.Process, page: bytes, request: dict[str, Any]) -> Article | Unreadable:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    process.stdin.write(json.dumps(request).encode() + b"\n" + page)
    await process.stdin.drain()
    reply = await _reply(process)
    return Unreadable(str(reply["reason"])) if "reason" in reply else _article(reply)


async def _reply(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    found = json.loads(line)
    if not isinstance(found, dict):
        raise TypeError
    return found


def _article(reply: dict[str, Any]) -> Article:
    values: dict[str, Any] = {field.name: reply.get(field.name) for field in fields(Article)}
    for name in ("published_at", "updated_at"):
        values[name] = datetime.fromisoformat(str(values[name])) if values[name] else None
    return Article(**values)


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer pages until the input ends; for each a line of JSON."""
    _tell(answers, {"ready": True})
    while line := questions.readline():
        request = json.loads(line)
        page = questions.read(request["bytes"])
        try:
            found = read_article(page, charset=request["charset"], url=request["url"])
        except MemoryError:
            found = Unreadable("takes too much memory to read")
        _tell(answers, asdict(found))


def _tell(answers: BinaryIO, words: dict[str, Any]) -> None:
    answers.write(json.dumps(words, default=str).encode() + b"\n")
    answers.flush()


def _bound_memory() -> None:
    try:
        import resource  # not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    _bound_memory()
    import trafilatura  # noqa: F401 - before the first page, so that its time is not the page's

    _serve(sys.stdin.buffer, sys.stdout.buffer)
