"""A home folder of its own for each test, and the command line as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.botapi.fixtures import botapi

__all__ = ["botapi"]

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
SITREP = (sys.executable, "-m", "bot")

ARTICLE = """Two days of fighting between government forces and rebels near Saraqib killed 31 people, a monitor said.

On Sunday, warplanes struck Maaret al-Numan, killing six civilians, the Syrian Observatory for Human Rights said.

Rebels captured two villages from the army on Saturday, a local activist said.
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's environment with a home of its own and no settings of the developer's."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SITREP_", "TELEGRAM_", "DATABASE_"))}
    own = {"SITREP_HOME": str(home / "home"), "SITREP_POLL_SOURCES": "off"}  # no test asks real sources
    return {**clean, **own, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


@pytest.fixture
def sitrep(tmp_path: Path) -> Run:
    """Call `sitrep` with arguments; stdin is empty unless given."""

    def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SITREP, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment(tmp_path, **more),
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A short article in news manner, written for these tests; published Monday 2 December 2019."""
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path
