"""Formatted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.botapi import html
from tests.botapi.errors import ApiError


@pytest.mark.parametrize(
    "text",
    [
        "<b>Idlib</b> &amp; <i>Aleppo</i>",
        "<b>a<i>b</i></b>",
        "💥 <b>💥</b> <code>x</code>",
        "<blockquote expandable>long\nlist</blockquote>",
        '<a href="https://e.org/?a=1&amp;b=2">source</a>',
        '<pre><code class="language-json">{}</code></pre>',
        "<tg-spoiler>x</tg-spoiler><u>y</u><s>z</s>",
        "<b>إدلب</b>، 30 تشرين الثاني",
        "a &lt; b",
    ],
)
def test_what_was_sent_is_what_is_shown(text: str) -> None:
    assert html.parse(text, "HTML").html == text


def test_white_space_at_the_ends_goes_and_entities_follow() -> None:
    text = html.parse(" \n<b> 💥 x</b> <i> </i>\n", "HTML")
    assert text == html.Text("💥 x", [{"type": "bold", "offset": 0, "length": 4}])


def test_links_are_found_but_not_inside_links() -> None:
    text = html.parse('<a href="https://e.org/">https://e.org/</a> https://a.org', "HTML")
    assert [entity["type"] for entity in text.entities] == ["text_link", "url"]


@given(st.text(max_size=40), st.sampled_from(["b", "i", "u", "s", "code", "blockquote"]))
def test_any_escaped_text_passes(text: str, tag: str) -> None:
    from html import escape

    parsed = html.parse(f"<{tag}>{escape(text)}</{tag}>", "HTML") if "\x00" not in text else html.Text("", [])
    assert len(parsed.plain) <= len(text)
    assert html.utf16_length(parsed.plain) == len(parsed.plain.encode("utf-16-le", "replace")) // 2


@given(st.text(alphabet="<>&;/abi\"= 'pre", max_size=30))
def test_any_markup_is_read_or_refused(text: str) -> None:
    try:
        shown = html.parse(text, "HTML").html
    except ApiError as error:
        shown = error.description
        assert shown.startswith("Bad Request: can't parse entities: ")
    else:
        assert html.parse(shown, "HTML").html == shown


def test_without_the_parser_tags_are_taken_away() -> None:
    assert html.parse("<b>Idlib</b> &amp; x", "HTML", strict=False) == html.Text("Idlib & x", [])
