"""Escaping and splitting, held against Telegram's own parser."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.html import (
    _MAY_JOIN,
    CAPTION_LIMIT,
    ENTITY_LIMIT,
    _extends,
    _regional,
    bold,
    code,
    escape,
    folded_quote,
    italic,
    link,
    safe_url,
    split,
    to_plain,
    visible,
    visible_length,
)
from tests.messages.oracle import parse
from tests.messages.slow_split import split_slowly

WORDS = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")),
        st.sampled_from("<>&\"' \n\n..،إدلب😀👩‍👩‍👧🇸🇾é\u0301\u0651\u2068\u2069"),
    ),
    max_size=60,
)


WRAPS = (bold, italic, lambda text: link(text, "https://e.org/?a=1&b=2"))


@st.composite
def messages(draw: st.DrawFn) -> str:
    """Well-formed messages: stretches of text, plain or formatted, nested up to three deep."""
    html = ""
    for _ in range(draw(st.integers(0, 12))):
        piece = escape(draw(WORDS))
        for wrap in draw(
            st.lists(st.sampled_from([bold, italic, lambda t: link(t, "https://e.org/?a=1&b=2")]), max_size=3)
        ):
            piece = wrap(piece)
        if draw(st.booleans()):
            piece = draw(st.sampled_from([folded_quote, lambda t: t + "\n\n"]))(piece)
        html += piece * draw(st.sampled_from([1, 1, 1, 5]))
    return html


@given(WORDS)
def test_escaped_text_is_shown_as_it_was(text: str) -> None:
    assert parse(escape(text) + ".").text == text + "."


@given(messages())
def test_the_length_is_the_one_telegram_counts(html: str) -> None:
    parsed = parse(html + ".")
    assert visible(html + ".") == parsed.text
    assert visible_length(html + ".") == parsed.length


@given(messages(), st.integers(32, 200))
def test_parts_are_valid_messages_and_together_the_whole(html: str, limit: int) -> None:
    parts = split(html, limit)
    parsed = [parse(part) for part in parts]
    assert all(0 < part.length <= limit for part in parsed)
    assert all(part.text.strip() for part in parsed)
    assert all(len(part.entities) <= ENTITY_LIMIT for part in parsed)
    assert "".join("".join(part.text for part in parsed).split()) == "".join(visible(html).split())


@given(messages())
def test_a_message_that_fits_stays_one(html: str) -> None:
    parts = split(html)
    assert len(parts) == (1 if visible(html).strip() else 0) or visible_length(html) > 4096


@given(messages(), st.integers(32, 120))
def test_formatting_goes_on_in_the_next_part(html: str, limit: int) -> None:
    def in_bold(text: str) -> str:
        parsed = parse(text)
        units = parsed.text.encode("utf-16-le")
        bold_units = sorted(
            {at for start, n, kind in parsed.entities if "Bold" in kind for at in range(start, start + n)}
        )
        return "".join(b"".join(units[2 * at : 2 * at + 2] for at in bold_units).decode("utf-16-le").split())

    assert "".join(map(in_bold, split(html, limit))) == in_bold(html + ".")


@given(st.lists(st.text(alphabet="abcالدل😀", min_size=1, max_size=9), min_size=1, max_size=80), st.integers(32, 60))
def test_no_visible_character_is_lost_between_parts(words: list[str], limit: int) -> None:
    for between in (" ", "\n", "\n\n"):
        text = between.join(words)
        assert "".join(visible(part) for part in split(bold(text), limit)) == text


@given(st.text(max_size=300))
def test_any_text_at_all_gives_valid_messages(text: str) -> None:
    for part in split(text, 50):
        parse(part)


MARKUP = [
    *'<>/&;#x0123456789abiu=" href-quot\n',
    "<b>",
    "</b>",
    "</i>",
    "<a href=",
    '<a href="https://e.org">',
    "</a>",
    "<pre>",
    "</pre>",
    "<tg-spoiler>",
    "&#",
    "&lt;",
    "<blockquote expandable>",
]


@given(st.lists(st.sampled_from(MARKUP), max_size=120).map("".join))
def test_any_half_markup_gives_valid_messages(text: str) -> None:
    for part in split(text, 40):
        parse(part)


@given(st.lists(st.sampled_from(MARKUP), max_size=120).map("".join), messages(), st.integers(32, 120))
def test_parts_are_those_of_a_cut_character_by_character(markup: str, html: str, limit: int) -> None:
    for text in (html, markup, markup + html, html + "\n\n" + markup + html):
        assert split(text, limit) == split_slowly(text, limit)
        assert split(text) == split_slowly(text, 4096)


@pytest.mark.parametrize("between", ["", " ", "\n", "\n\n", "</i>\n", "<b>", "&#10;", "\u0301", "😀", "x"])
@pytest.mark.parametrize(
    "inside", ["كلمة ", "مَرَّ ", "word\n", "<b>n</b>", "<i>", "😀", "a&amp;\n\n", "\u200d", "e\u0301 b"]
)
def test_long_texts_are_cut_where_a_cut_character_by_character_falls(inside: str, between: str) -> None:
    for times, limit in ((1, 32), (7, 77), (60, 200)):
        text = ((inside * times + between) * 200)[:1200]
        assert split(text, limit) == split_slowly(text, limit)


def test_characters_taken_to_stand_alone_go_with_no_other() -> None:
    joining = {c for c in map(chr, range(0x110000)) if _extends(c) or _regional(c)}
    assert not {c for c in joining if c > "\u02ff" and not _MAY_JOIN.search(c)}


def test_cuts_fall_on_paragraphs_then_lines_then_words() -> None:
    paragraph = "word " * 11 + "end"
    assert split(f"{paragraph}\n\n{paragraph}", 70) == [paragraph + "\n\n", paragraph]
    assert split(f"{paragraph}\n{paragraph}", 70) == [paragraph + "\n", paragraph]
    assert split(paragraph, 40)[0].endswith("word ")


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧", "🇸🇾", "e\u0301", "مَّ", "👍🏽", "1\ufe0f\u20e3"])
def test_what_a_reader_sees_as_one_character_is_not_cut(cluster: str) -> None:
    for padding in range(20, 40):
        parts = split("x" * padding + cluster * 20, 32)
        for part in parts[1:]:
            assert not unicodedata.combining(part[0])
            assert part[0] not in "\u200d\ufe0f\u20e3🏽"
        assert sum(part.count(cluster) for part in parts) == 20


def test_a_caption_is_cut_shorter_and_many_marks_do_not_stop_it() -> None:
    assert all(visible_length(part) <= CAPTION_LIMIT for part in split("زَ" * 3000, CAPTION_LIMIT))
    assert all(visible_length(part) <= 4096 for part in split("a" + "\u0301" * 20_000))


def test_more_formatted_stretches_than_telegram_keeps_make_another_message() -> None:
    parts = split("".join(f"<b>{n}</b> " for n in range(250)))
    assert len(parts) == 3
    assert all(len(parse(part).entities) <= ENTITY_LIMIT for part in parts)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://e.org", "https://", "http:///x", "https://e.org/a b", "tg://user?id=1", "", None,
     "https://e.org/\u0000", "https://[", "https://e.org/" + "a" * 3000, "//e.org", "HTTPS"],
)  # fmt: skip
def test_links_lead_only_to_the_web(url: str | None) -> None:
    assert safe_url(url) is None
    assert link("word", url) == "word"


@given(st.text(max_size=50))
def test_no_address_breaks_out_of_its_link(path: str) -> None:
    parsed = parse(link("word", f"https://example.org/{path}"))
    assert parsed.text == "word"


def test_plain_renderings_show_links_and_lose_no_text() -> None:
    html = bold("A & B") + " " + link("here", "https://e.org/?a=1&b=2") + " " + code("/ask") + "\n" + italic("<end>")
    assert to_plain(html) == "A & B here <https://e.org/?a=1&b=2> /ask\n<end>"


def test_plain_text_has_no_control_characters_from_outside() -> None:
    assert "\x1b" not in to_plain(escape("\x1b[2J\x9b text"))
    assert "\x1b" not in to_plain("\x1b]0;title\x07 text")
