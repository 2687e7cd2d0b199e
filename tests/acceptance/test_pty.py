"""The terminal chat in a real terminal: a prompt, a number that presses a button, Ctrl-C and Ctrl-D end it cleanly."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import environment

# Makes the pseudo-terminal the process's own, so that Ctrl-C in it becomes a signal.
LAUNCH = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "bot", "chat"])
"""
PROMPT = b"\n> "
CTRL_C, CTRL_D = b"\x03", b"\x04"


class Terminal:
    """A process in a terminal, typed at and read from."""

    def __init__(self, home: Path) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH],
            stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, env=environment(home, TERM="xterm"), cwd=home,
        )  # fmt: skip
        os.close(theirs)
        self.shown = b""

    def type(self, keys: bytes) -> None:
        """Press keys."""
        self.shown = b""
        os.write(self._ours, keys)

    def until(self, words: bytes, seconds: float = 40) -> str:
        """Read until these words are shown; what was shown since the last typing."""
        end = time.monotonic() + seconds
        while words not in self.shown.replace(b"\r", b""):
            assert time.monotonic() < end, f"{words!r} is not shown, but {self.shown[-2000:]!r}"
            if select.select([self._ours], [], [], 0.5)[0]:
                try:
                    self.shown += os.read(self._ours, 65536)
                except OSError:  # the other end is closed
                    break
        return self.shown.decode("utf-8", "replace").replace("\r", "")

    def rest(self) -> str:
        """What was shown last, read to its end."""
        while select.select([self._ours], [], [], 0)[0]:
            try:
                block = os.read(self._ours, 65536)
            except OSError:
                break
            if not block:
                break
            self.shown += block
        return self.shown.decode("utf-8", "replace")

    def close(self) -> None:
        """End what still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def test_a_number_presses_a_button_and_ctrl_c_ends_it(terminal: Terminal) -> None:
    terminal.until(PROMPT)
    terminal.type(b"latest in Idlib\n")
    answer = terminal.until(PROMPT)
    assert "SOHR" in answer
    assert "[1]" in answer
    terminal.type(b"1\n")
    assert "As of" in terminal.until(PROMPT)
    terminal.type(CTRL_C)
    assert terminal.process.wait(20) == 0
    assert "Traceback" not in terminal.rest()


def test_ctrl_d_ends_it(terminal: Terminal) -> None:
    terminal.until(PROMPT)
    terminal.type(CTRL_D)
    assert terminal.process.wait(20) == 0
    assert "Traceback" not in terminal.rest()
