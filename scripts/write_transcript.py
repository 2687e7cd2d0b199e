"""Write the README's transcript: the program's own answers over the bundled sample.

python scripts/write_transcript.py            write it
python scripts/write_transcript.py --check    exit 1 if it is not what the program says today
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
START, END = "<!-- transcript -->\n", "<!-- /transcript -->"
QUESTIONS = ("latest in Idlib since Saturday", "how many killed in Qah in November", "آخر الأخبار في قاح")


def transcript() -> str:
    """The questions with what `sitrep chat` answers, as a fenced block. Buttons are left out."""
    with tempfile.TemporaryDirectory() as home:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("SITREP_", "TELEGRAM_", "DATABASE_"))}
        blocks = [_answer(question, {**clean, "SITREP_HOME": home, "NO_COLOR": "1"}) for question in QUESTIONS]
    return "```text\n" + "\n\n".join(blocks) + "\n```\n"


def _answer(question: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input=question + "\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=120,
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith(("[1]", "│"))]
    return f"> {question}\n" + "\n".join(lines).strip()


def with_transcript(readme: str) -> str:
    """The README with today's transcript in its place."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return before + START + transcript() + END + after


def main() -> int:
    """Write, or check."""
    readme = README.read_text(encoding="utf-8")
    fresh = with_transcript(readme)
    if "--check" in sys.argv:
        if fresh != readme:
            print("README.md: the transcript is not what the program says today; run scripts/write_transcript.py")
        return int(fresh != readme)
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
