"""Files from outside: read whole with their date and source, or refused in one clear line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict.errors import InputError, SitrepError, UsageError
from conflict.events import ReportKind
from ingest.sources.files import language_of, parse_published, read_file

FEEDS = Path(__file__).parents[3] / "shared" / "data" / "feeds"
STORY = "Shells fell on a village on Monday.\nTwo people were hurt, a resident said."
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Northern Wire</title>
<item><title>Shelling</title><link>https://example.org/1</link><guid>1</guid>
<pubDate>Mon, 02 Dec 2019 10:30:05 GMT</pubDate>
<description><![CDATA[<p>Shells fell on a <b>village</b>.</p><script>x()</script><p>Two were hurt.</p>]]></description>
</item>
<item><title>Undated</title><link>javascript:alert(1)</link><guid>2</guid><description>More.</description></item>
</channel></rss>"""


def write(folder: Path, content: str | bytes, name: str = "story.txt") -> Path:
    place = folder / name
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    return place


def test_a_plain_text_carries_what_the_person_says_of_it(tmp_path: Path) -> None:
    (report,) = read_file(write(tmp_path, STORY), source="Middle East Eye", title="Shelling", published="2019-12-02")
    assert (report.text, report.title, report.publisher) == (STORY, "Shelling", "Middle East Eye")
    assert (report.source_id, report.language, report.kind) == ("middle-east-eye", "en", ReportKind.TEXT)
    assert report.published_at == datetime(2019, 12, 2, tzinfo=UTC)


def test_no_date_means_undated(tmp_path: Path) -> None:
    assert read_file(write(tmp_path, STORY))[0].published_at is None


def test_twice_is_once_and_another_source_is_another_report(tmp_path: Path) -> None:
    one = read_file(write(tmp_path, STORY), source="A")[0]
    assert read_file(write(tmp_path, STORY, "copy.txt"), source="A")[0].report_id == one.report_id
    assert read_file(write(tmp_path, STORY), source="B")[0].report_id != one.report_id
    assert read_file(write(tmp_path, STORY + " More."), source="A")[0].report_id != one.report_id


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = "قصف مدفعي على بلدة في ريف إدلب"
    (report,) = read_file(write(tmp_path, text.encode(encoding)))
    assert (report.text, report.language) == (text, "ar")


def test_other_encodings_must_be_declared(tmp_path: Path) -> None:
    place = write(tmp_path, "قصف مدفعي".encode("cp1256"))
    with pytest.raises(InputError, match=r"not UTF-8.*iconv"):
        read_file(place)
    assert read_file(place, encoding="windows-1256")[0].text == "قصف مدفعي"
    with pytest.raises(UsageError, match="no encoding 'klingon'"):
        read_file(place, encoding="klingon")


def test_a_title_repeated_as_the_first_line_is_told_once(tmp_path: Path) -> None:
    (report,) = read_file(write(tmp_path, "Shelling  in the north\n\n" + STORY), title="Shelling in the North")
    assert report.text == STORY


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "binary"),
        (b"%PDF-1.7 text", "PDF"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"words\x00words", "binary"),
        (b"1234 ... 5678", "no words"),
        (b"<?xml version='1.0'?><note>x</note>", "no RSS or Atom"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel></channel></rss>", "without readable items"),
        (b"<html><body></body></html>", "no article text"),
        (b"a " * (3 * 1024 * 1024), "larger than 5 MB"),
    ],
)
def test_what_cannot_be_read_ends_in_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_file(write(tmp_path, content))
    assert "\n" not in str(caught.value)
    assert "story.txt" in str(caught.value)


def test_folders_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_file(tmp_path)
    with pytest.raises(InputError, match="is not there"):
        read_file(tmp_path / "missing.txt")


def test_feed_items_date_themselves_and_links_are_web_addresses(tmp_path: Path) -> None:
    first, second = read_file(write(tmp_path, RSS, "feed.xml"))
    assert (first.publisher, first.kind, first.title) == ("Northern Wire", ReportKind.FEED_ITEM, "Shelling")
    assert first.text == "Shells fell on a village.\nTwo were hurt."
    assert (first.url, first.external_id) == ("https://example.org/1", "1")
    assert first.published_at == datetime(2019, 12, 2, 10, 30, 5, tzinfo=UTC)
    assert (second.url, second.published_at) == (None, None)
    declared = read_file(tmp_path / "feed.xml", source="Mine", published="2019-12-03")
    assert [r.published_at and r.published_at.day for r in declared] == [2, 3]
    assert declared[0].publisher == "Mine"


def test_an_article_page_gives_its_text_and_date(tmp_path: Path) -> None:
    body = "".join(
        f"<p>Paragraph {n}: shells fell on the village again on Monday, a resident said.</p>" for n in range(8)
    )
    page = f"""<!DOCTYPE html><html><head><title>Shelling in the north</title>
    <meta property="article:published_time" content="2019-12-02T10:00:00Z"></head>
    <body><nav>Menu Home</nav><article><h1>Shelling in the north</h1>{body}</article></body></html>"""
    (report,) = read_file(write(tmp_path, page, "page.html"), source="Outlet")
    assert report.kind is ReportKind.ARTICLE
    assert "Paragraph 7: shells fell" in report.text
    assert report.published_at is not None
    assert report.published_at.date() == date(2019, 12, 2)
    undated = read_file(write(tmp_path, page.replace("2019-12-02T10:00:00Z", ""), "other.html"), source="Outlet")
    assert undated[0].published_at is None


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]>',
        '<!-- x --><!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd">',
        '<?pi ?>\n<!ENTITY a "b">',
    ],
)
def test_feeds_that_declare_entities_are_refused(tmp_path: Path, prolog: str) -> None:
    bomb = RSS.replace("?>", "?>" + prolog, 1)
    with pytest.raises(InputError, match="DTD or entities"):
        read_file(write(tmp_path, bomb, "bomb.xml"))


def test_shared_feeds_are_read_or_refused_never_worse() -> None:
    if not FEEDS.is_dir():
        pytest.skip("shared/data/feeds is not beside this checkout")
    for place in sorted((FEEDS / "hostile").iterdir()):
        with pytest.raises(InputError):
            read_file(place)
    assert all(r.text for place in (FEEDS / "real").iterdir() for r in read_file(place))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(str.encode)
    | st.text(max_size=99).map(lambda t: RSS[:250].encode() + t.encode())
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    place = write(tmp_path, content, "any.txt")
    refused = ""
    try:
        reports = read_file(place)
    except SitrepError as error:
        reports, refused = [], str(error)
    assert bool(reports) != bool(refused)
    assert "\n" not in refused
    assert all(r.report_id and r.text for r in reports)


def test_dates_of_publication() -> None:
    assert parse_published("2019-12-02T18:00Z") == datetime(2019, 12, 2, 18, tzinfo=UTC)
    assert parse_published("2019-12-02T18:00+02:00") == datetime(2019, 12, 2, 16, tzinfo=UTC)
    assert parse_published(date(2019, 12, 2)) == datetime(2019, 12, 2, tzinfo=UTC)
    assert parse_published(None) is None
    with pytest.raises(UsageError, match="not a date"):
        parse_published("last Monday")


def test_languages_are_told_by_script_and_small_words() -> None:
    assert language_of("Viele Spieler wünschen sich eine Version, die es bisher noch nicht gibt, sagen sie") is None
    assert language_of("The army shelled the village on Sunday, and two people were hurt in it") == "en"
    assert language_of("امریکی عسکری امداد کی بندش کی وجوہات") is None
    assert language_of("Привет, мир") is None
