"""Messages in a terminal: bold and links shown, wrapped, and nothing from outside can steer the terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.terminal import columns, draw, safe


def test_bold_links_and_quotes_are_shown() -> None:
    html = (
        '<b>Idlib</b> &amp; <a href="https://example.org/?a=1&amp;b=2">source</a>\n<blockquote>one\ntwo</blockquote>end'
    )
    assert draw(html) == "Idlib & source (https://example.org/?a=1&b=2)\n│ one\n│ two\nend"
    assert draw("<b>Idlib</b> <b><i>now</i></b>", colour=True) == "\x1b[1mIdlib\x1b[0m \x1b[1;3mnow\x1b[0m"


def test_lines_are_wrapped_at_spaces_by_columns_and_links_stay_whole() -> None:
    link = "https://example.org/" + "x" * 40
    lines = draw(f'a bb ccc dddd <a href="{link}">s</a>', width=10).split("\n")
    assert lines == ["a bb ccc", "dddd s", f"({link})"] or link in lines[-1]
    assert all(columns(line) <= 10 for line in lines if link not in line)
    assert columns("漢字") == 4
    assert columns("e\u0301\u2068") == 1


def test_arabic_keeps_its_order_and_its_isolates() -> None:
    assert draw("قصف على \u2068Tal Dam\u2069") == "قصف على \u2068Tal Dam\u2069"


@given(st.text(alphabet=st.characters(), max_size=200), st.booleans(), st.one_of(st.none(), st.integers(10, 80)))
def test_no_control_character_gets_through(text: str, colour: bool, width: int | None) -> None:
    drawn = draw(text, colour=False, width=width)
    assert all(c == "\n" or not (ord(c) < 32 or 127 <= ord(c) < 160 or 0x202A <= ord(c) <= 0x202E) for c in drawn)
    assert "\x1b[2J" not in draw(f"<b>{text}\x1b[2J</b>", colour=colour)


@given(st.text(max_size=300))
def test_what_is_safe_stays_so(text: str) -> None:
    assert safe(safe(text)) == safe(text)
