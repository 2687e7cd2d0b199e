"""Run the server in its own process: `python -m tests.botapi --port 8081 --token 1:x`; people are played over HTTP."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from tests.botapi.limits import Limits
from tests.botapi.server import TOKEN, BotApiServer


async def serve(arguments: argparse.Namespace) -> None:
    """Listen until SIGTERM or SIGINT."""
    server = BotApiServer(
        token=arguments.token,
        port=arguments.port,
        strict=not arguments.fast,
        limits=Limits() if arguments.limits else None,
        latency=arguments.latency,
        keep_calls=not arguments.fast,
        open_all_chats=arguments.open_all_chats,
    )
    server.allow_control()
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    async with server:
        print(f"{server.root} token {server.token}", flush=True)
        await stopped.wait()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description="A Telegram Bot API for tests.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--limits", action="store_true", help="answer 429 as Telegram does")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every call takes")
    parser.add_argument("--fast", action="store_true", help="for benchmarks: texts not parsed, calls not kept")
    parser.add_argument("--open-all-chats", action="store_true", help="any positive chat_id exists")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
