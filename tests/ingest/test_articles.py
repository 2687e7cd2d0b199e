"""Articles out of pages, and pages that hold none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sources import article_worker
from ingest.sources.article_worker import ArticleReader
from ingest.sources.articles import Article, read_article
from ingest.sources.unreadable import Unreadable

URL = "https://www.example.org/news/1"
PARAGRAPHS = "".join(
    f"<p>Paragraph {n}: shells fell on the village again on Monday, and a resident said two were hurt.</p>"
    for n in range(8)
)


def page(body: str = PARAGRAPHS, head: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="en"><head><title>Shelling in the north</title>{head}</head><body>
    <nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Shelling in the north</h1>{body}</article>
    <footer>All rights reserved</footer></body></html>"""


def read(text: str | bytes, url: str | None = URL) -> Article:
    found = read_article(text, url=url)
    assert isinstance(found, Article), found
    return found


def reason(text: str | bytes) -> str:
    found = read_article(text)
    assert isinstance(found, Unreadable), found
    return found.reason


def test_an_article_gives_its_words_only() -> None:
    found = read(page())
    assert found.title == "Shelling in the north"
    assert found.text.startswith("Paragraph 0: shells fell")
    assert found.text.count("\n") == 7
    assert "rights reserved" not in found.text
    assert (found.language, found.url, found.published_at) == ("en", URL, None)


@pytest.mark.parametrize(
    ("head", "meant", "day_only"),
    [
        ('<meta property="article:published_time" content="2019-12-02T12:30:00+02:00">', (2019, 12, 2, 10, 30), False),
        (
            '<script type="application/ld+json">[{"@graph": [{"datePublished": "2019-12-02T10:30:00Z"}]}]</script>',
            (2019, 12, 2, 10, 30),
            False,
        ),
        ('<meta itemprop="datePublished" content="2019-12-02">', (2019, 12, 2), True),
        ('<script type="application/ld+json">{"datePublished": 5, "x": </script>', None, False),
        ("", None, False),
    ],
)
def test_the_date_is_the_one_the_page_declares(head: str, meant: tuple[int, ...] | None, day_only: bool) -> None:
    found = read(page(head=head))
    expected = datetime(*meant, tzinfo=UTC) if meant else None  # type: ignore[arg-type,misc]  # parts of a date
    assert (found.published_at, found.day_only) == (expected, day_only)


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("https://example.org/news/one?utm_source=x", "https://example.org/news/one"),
        ("/news/one", "https://www.example.org/news/one"),
        ("https://elsewhere.example/one", URL),
        ("javascript:alert(1)", URL),
    ],
)
def test_a_page_names_its_address_on_its_own_host_only(named: str, meant: str) -> None:
    assert read(page(head=f'<link rel="canonical" href="{named}">')).url == meant


def test_menus_stubs_and_paywalls_have_a_reason() -> None:
    menu = "<ul>" + "".join(f'<li><a href="/{n}">Headline {n} about the war</a></li>' for n in range(60)) + "</ul>"
    assert "list of links" in reason(f"<html><body>{menu}</body></html>")
    stub = "<p>Shells fell on a village in the north of the country on Monday.</p>"
    assert "too little" in reason(page(stub))
    assert "do not pay" in reason(page(f"{stub}<p>Subscribe to continue reading.</p>"))
    walled = '<script type="application/ld+json">{"isAccessibleForFree": false, "datePublished": "2019-12-02"}</script>'
    assert "do not pay" in reason(page(stub * 5, walled))
    assert read(page(PARAGRAPHS * 3, walled)).text
    assert isinstance(read_article(page(stub), stubs=True), Article)
    words = "قصف مدفعي على بلدة في ريف المدينة الجنوبي، وقال المرصد إن القوات تقدمت."
    arabic = "".join(f"<p>{words} {n}.</p>" for n in range(8))
    assert read(page(arabic).replace('"en"', '"ar"')).language == "ar"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not HTML"),
        (b"\x00\x01\x02", "not HTML"),
        ("words only", "not HTML"),
        ("<html><body></body></html>", "no article text"),
        ("<p>" + "x" * 3_200_000, "larger than 3 MiB"),
        ("<div>" * 50_000, "40,000 tags"),
        ("<script>" + "<b>" * 50_000, "no article text"),
        ("<script" * 300_000, "40,000 tags"),
        ("<div>" * 39_000 + "deep", ""),
        ("<style>" * 400 + "</style>" + "<!--" * 300, ""),
    ],
)
def test_pages_that_cannot_be_read_have_a_reason(content: str | bytes, words: str) -> None:
    assert words in reason(content)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="<>/apbdiv =\"'&;!-é\x00", max_size=200))
def test_any_page_is_an_article_or_a_reason(content: bytes | str) -> None:
    found = read_article(content, stubs=True)
    assert found.text if isinstance(found, Article) else found.reason


async def test_a_process_of_its_own_reads_the_same_and_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:secret")
    head = '<meta property="article:published_time" content="2019-12-02T12:30:00+02:00">'
    async with ArticleReader(seconds=20) as reader:
        both = await asyncio.gather(*(reader.read(page(head=head).encode(), url=URL) for _ in range(2)))
        assert both == [read(page(head=head))] * 2
        assert await reader.read(b"words") == Unreadable("is not HTML")
        process = reader._process
        assert process is not None
        process.kill()
        await process.wait()
        assert await reader.read(b"words") == Unreadable("made its reader fail")
        assert isinstance(await reader.read(page().encode()), Article)

        async def never(*_: object) -> Article:
            await asyncio.Event().wait()
            raise AssertionError

        monkeypatch.setattr(article_worker, "_ask", never)
        reader._seconds = 0.05
        assert await reader.read(page().encode()) == Unreadable("was not read within 0.05 s")
        assert reader._process is None
