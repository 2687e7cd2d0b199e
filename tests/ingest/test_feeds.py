"""Feeds of every kind and condition: items in plain text, or one clear reason."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sources.encodings import decode, known
from ingest.sources.feeds import Feed, FeedItem, by_id, read_feed
from ingest.sources.markup import plain_words
from ingest.sources.stamps import instant_of
from ingest.sources.unreadable import Unreadable

SHARED = Path(__file__).parents[3] / "shared" / "data" / "feeds"
AT = datetime(2019, 12, 2, 10, 30, 5, tzinfo=UTC)
ARABIC = "قصف مدفعي على بلدة في ريف المدينة الجنوبي، وقال المرصد إن القوات تقدمت"
RUSSIAN = "Артиллерийский обстрел посёлка, сообщает наблюдатель на месте"


def read(text: str | bytes, **given_of_it: str) -> Feed:
    found = read_feed(text.encode() if isinstance(text, str) else text, **given_of_it)
    assert isinstance(found, Feed), found
    return found


def refused(text: str | bytes) -> str:
    found = read_feed(text.encode() if isinstance(text, str) else text)
    assert isinstance(found, Unreadable), found
    assert "\n" not in found.reason
    return found.reason


def rss(items: str, root: str = '<rss version="2.0">') -> str:
    return f'<?xml version="1.0"?>{root}<channel><title>Wire</title>{items}</channel></rss>'


def only(feed: Feed) -> FeedItem:
    (item,) = feed.items
    return item


FORMS = {
    "rss 2.0": """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
        xmlns:atom="http://www.w3.org/2005/Atom"><channel>
        <atom:link href="https://example.org/feed" rel="self"/><title>Wire</title><link>https://example.org/</link>
        <image><title>Logo</title><link>https://other.example/</link></image><language>en-GB</language>
        <item><media:title>Picture</media:title><title>Shelling in the north</title>
        <link>https://example.org/1?utm_source=rss#top</link><guid isPermaLink="false">n1</guid>
        <pubDate>Mon, 02 Dec 2019 13:30:05 +0300</pubDate><dc:creator>A. Reporter</dc:creator>
        <description>Short.</description><content:encoded><![CDATA[<p>Shells fell.</p><p>Two were hurt.</p>]]>
        </content:encoded><source url="https://b.example/feed">Agency B</source></item></channel></rss>""",
    "rss 0.91": """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
        "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Wire</title>
        <link>https://example.org/</link><language>en</language><item><title>Shelling in the north</title>
        <link>https://example.org/1</link><description>Shells fell.&lt;br&gt;Two were hurt.</description>
        </item></channel></rss>""",
    "rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>Wire</title>
        <link>https://example.org/</link></channel><item rdf:about="n1"><title>Shelling in the north</title>
        <link>https://example.org/1</link><dc:date>2019-12-02T10:30:05Z</dc:date><dc:creator>A. Reporter</dc:creator>
        <description>Shells fell.&lt;br/&gt;Two were hurt.</description></item></rdf:RDF>""",
    "atom 1.0": """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://example.org/">
        <title type="html">Wire</title><link rel="self" href="/feed"/><link href="/"/><entry><id>n1</id>
        <title>Shelling in the north</title><link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="1"/>
        <published>2019-12-02T10:30:05Z</published><updated>2019-12-02T11:00:00Z</updated>
        <author><name>A. Reporter</name><email>a@example.org</email></author><content type="xhtml">
        <div xmlns="http://www.w3.org/1999/xhtml"><p>Shells fell.</p><script>bad()</script><p>Two were hurt.</p></div>
        </content><source><title>Agency B</title><id>b</id><updated>2001-01-01T00:00:00Z</updated></source>
        </entry></feed>""",
    "atom 0.3": """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Wire</title>
        <link rel="alternate" type="text/html" href="https://example.org/"/><entry><id>n1</id>
        <title mode="escaped" type="text/html">Shelling in the north</title><issued>2019-12-02T10:30:05Z</issued>
        <modified>2019-12-02T11:00:00Z</modified><link rel="alternate" href="https://example.org/1"/>
        <content type="text/html" mode="escaped">Shells fell.&lt;br&gt;Two were hurt.</content></entry></feed>""",
    "json": """{"version": "https://jsonfeed.org/version/1.1", "title": "Wire", "home_page_url": "https://example.org/",
        "language": "en", "items": [{"id": "n1", "url": "https://example.org/1", "title": "Shelling in the north",
        "content_html": "<p>Shells fell.</p><p>Two were hurt.</p>", "date_published": "2019-12-02T10:30:05Z",
        "date_modified": "2019-12-02T11:00:00Z", "authors": [{"name": "A. Reporter"}]}, 7, null]}""",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str) -> None:
    feed = read(FORMS[form], url="https://example.org/feed")
    item = only(feed)
    assert (feed.title, feed.url, feed.form) == ("Wire", "https://example.org/", form.split()[0])
    assert (item.title, item.text) == ("Shelling in the north", "Shells fell.\nTwo were hurt.")
    assert (item.url, item.language) == ("https://example.org/1", "en")
    assert item.item_id == ("https://example.org/1" if form == "rss 0.91" else "n1")
    assert item.published_at == (None if form == "rss 0.91" else AT)
    if form in ("rss 2.0", "rdf", "atom 1.0", "json"):
        assert item.author == "A. Reporter"
    if form in ("rss 2.0", "atom 1.0"):
        assert item.source == "Agency B"
    if form in ("atom 1.0", "atom 0.3", "json"):
        assert item.updated_at == datetime(2019, 12, 2, 11, tzinfo=UTC)


def test_undated_items_stay_undated() -> None:
    for words in ("", "<pubDate></pubDate>", "<pubDate>yesterday</pubDate>", "<pubDate>Thu, 01 Jan 1970</pubDate>"):
        assert only(read(rss(f"<item><title>Shelling</title>{words}</item>"))).published_at is None


def test_an_update_keeps_its_id_and_changes_its_hash() -> None:
    def version(number: int, words: str) -> FeedItem:
        guid = f"<guid>https://example.org/a#{number}</guid><link>https://example.org/a?at_medium=RSS</link>"
        return only(read(rss(f"<item><title>Shelling</title>{guid}<description>{words}</description></item>")))

    first, again, update = version(0, "Two hurt."), version(0, "<p>Two  hurt.</p>"), version(1, "Three hurt.")
    assert first.item_id == again.item_id == update.item_id == "https://example.org/a"
    assert first.content_hash == again.content_hash != update.content_hash
    assert by_id([first]) == {first.item_id: first.content_hash}


def test_items_that_share_a_page_stay_apart() -> None:
    posts = "".join(
        f"<item><guid>https://example.org/live#{n}</guid><link>https://example.org/live</link><title>{n}</title></item>"
        for n in ("a", "b", "c", "c")
    )
    assert [item.title for item in read(rss(posts)).items] == ["a", "b", "c"]


def test_escapes_are_undone_and_markup_never_passes() -> None:
    cases = {
        "AT&amp;amp;T &amp;#8220;x&amp;#8221;": "AT&T “x”",
        "5 &lt; 6": "5 < 6",
        "&lt;b&gt;Bold&lt;/b&gt;": "Bold",
        "<![CDATA[Caf&eacute; <i>x</i>]]>": "Café x",
        "Caf&eacute; &nbsp; bar": "Café bar",
        "Oil & gas &LT;b&GT; &bogus; <![CDATA[& &amp;]]>": "Oil & gas &bogus; & &",
        "a\x07b\u200fc": "ab\u200fc",
    }
    for given_words, meant in cases.items():
        assert only(read(rss(f"<item><title>{given_words}</title></item>"))).title == meant
    shown = only(read(rss("<item><description>&lt;img src=x onerror=y&gt;&lt;p&gt;Hit&lt;/p&gt;</description></item>")))
    assert shown.text == "Hit"


def test_links_are_absolute_web_addresses_or_none() -> None:
    def link(words: str) -> str | None:
        feed = read(rss(f"<item><title>x</title>{words}</item>"), url="https://example.org/a/feed.xml")
        return only(feed).url

    assert link("<link>../b?fbclid=1</link>") == "https://example.org/b"
    assert link("<link> https://example.org/1 </link>") == "https://example.org/1"
    assert link("<guid>https://example.org/2</guid>") == "https://example.org/2"
    assert link('<guid isPermaLink="false">https://example.org/2</guid>') is None
    assert link("<link>javascript:alert(1)</link>") is None
    assert link("<link>http://me:pw@example.org/</link>") is None
    assert link("<link></link>") is None


# Conditions


@pytest.mark.parametrize(
    "broken",
    [
        rss("<item><title>A</title><description>x<br>y</description></item><item><title>B</title></item>"),
        rss("<item><title>A</title><description>x & y &bogus; z</description></item><item><title>B</title></item>"),
        "\n\n" + rss("<item><title>A</title></item><item><title>B</title></item>"),
        rss("<item><title>A</title><item><title>B</title></item>"),
        rss("<item><dc:x>1</dc:x><title>A</title></item><item><title>B</title></item>"),
        rss("<item><title>A</title></item><item><title>B\x00</title></item>"),
    ],
)
def test_badly_written_feeds_still_give_their_items(broken: str) -> None:
    assert [item.title for item in read(broken).items] == ["A", "B"]


def test_a_feed_cut_short_gives_its_whole_items_and_says_so() -> None:
    whole = rss("".join(f"<item><title>T{n}</title><description>{'word ' * 9}</description></item>" for n in range(5)))
    cut = read(whole[: whole.index("T4") + 30])
    assert [item.title for item in cut.items] == ["T0", "T1", "T2", "T3"]
    assert cut.flaws == ("it breaks off in the middle",)
    assert read(whole).flaws == ()


def test_a_feed_without_news_is_a_feed() -> None:
    assert read(rss("")).items == ()
    assert read('{"version": "https://jsonfeed.org/version/1", "items": []}').items == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        (" \ufeff\n", "is empty"),
        ("Not found", "is not XML"),
        ("<!DOCTYPE html><html><body>Login</body></html>", "web page"),
        ("<html><head></head></html>", "web page"),
        ("<?xml version='1.0'?><urlset><url/></urlset>", "XML but no feed"),
        ('<!DOCTYPE rss [<!ENTITY a "b">]><rss/>', "DTD or entities"),
        ('<?xml version="1.0"?><!-- x --><!doctype rss SYSTEM "file:///etc/passwd"><rss/>', "DTD or entities"),
        ('<!DOCTYPE rss PUBLIC "-//Netscape x//" "u" [<!ENTITY a "b">]><rss/>', "DTD or entities"),
        ("<!-- never closed", "not XML"),
        ('{"version": "2", "items": []}', "no JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1"}', "without a list"),
        ('{"a": ' + "[" * 100, "more values"),
        ("{" + '"a":{},' * 70_000, "more values"),
        ("{nonsense", "not JSON"),
        ("<rss>" + " " * 5_300_000, "larger than 5 MiB"),
    ],
)
def test_what_is_no_feed_has_a_reason(content: str, words: str) -> None:
    assert words in refused(content)


def test_bare_ampersands_without_end_cost_nothing_more() -> None:
    found = only(read(rss("<item><title>A</title><description>" + "&" * 500_000 + "</description></item>")))
    assert found.title == "A"


@pytest.mark.parametrize("name", ["title", "description"])
def test_depth_width_and_length_are_bounded(name: str) -> None:
    deep = rss(f"<item><title>A</title><{name}>" + "<b>" * 100_000)
    wide = rss(f"<item><title>A</title><{name} " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/></item>")
    long = rss(f"<item><title>A</title><{name}>{'word ' * 500_000}</{name}></item>")
    many = rss(
        "<item><title>A</title></item>" * 2
        + "".join(f"<item><guid>{n}</guid><title>A</title></item>" for n in range(3_000))
    )
    tracemalloc.start()
    try:
        for bomb in (deep, wide, long, many):
            found = read_feed(bomb.encode())
            assert isinstance(found, Unreadable) or all(len(item.text) <= 200_000 for item in found.items)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000
    assert read(many).flaws == ("only its first 2,000 items were read",)


# Encodings


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (ARABIC, "windows-1256"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        ("Des obus près d'Alep, évacuée", "latin-1"),
    ],
)
@pytest.mark.parametrize("said", ["in the feed", "by the server", "nowhere", "wrongly"])
def test_encodings_declared_and_undeclared(words: str, encoding: str, said: str) -> None:
    declared = {"in the feed": f' encoding="{encoding}"', "wrongly": ' encoding="utf-8"'}.get(said, "")
    text = f'<?xml version="1.0"{declared}?><rss><channel><item><title>{words}</title></item></channel></rss>'
    feed = read_feed(text.encode(encoding), charset=encoding if said == "by the server" else None)
    assert isinstance(feed, Feed)
    assert only(feed).title == words
    assert bool(feed.flaws) == (said in ("nowhere", "wrongly"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["ISO-8859-1", "utf-8", "klingon", "unicode_escape"])
def test_what_the_bytes_show_beats_what_is_declared(encoding: str, declared: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><rss><channel><item><title>{ARABIC}</title></item></channel></rss>'
    )
    assert only(read(text.encode(encoding))).title == ARABIC


@pytest.mark.parametrize(
    "name", ["idna", "unicode_escape", "zlib", "rot13", "utf-7", "x" * 50, "é", "", "\x00", "mbcs"]
)
def test_only_character_encodings_are_used(name: str) -> None:
    assert known(name) is None


def test_a_damaged_byte_does_not_lose_the_rest() -> None:
    raw = rss(f"<item><title>{ARABIC}</title></item>").encode().replace("قصف".encode(), b"\xd9" + "قصف".encode())
    feed = read(raw)
    assert (only(feed).title or "").endswith(ARABIC)
    assert any("could not be read as utf-8" in flaw for flaw in feed.flaws)


# Parts


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Mon, 02 Dec 2019 10:30:05 GMT", AT),
        ("02 Dec 2019 12:30:05 EET", AT),
        ("Mon Dec 02 12:30:05 EET 2019", AT),
        ("2019-12-02T13:30:05+03:00", AT),
        ("2019-12-02 10:30:05.123456789Z", AT.replace(microsecond=123456)),
        ("2019-12-02 10:30:05 UTC", AT),
        ("2019-12-02", AT.replace(hour=0, minute=0, second=0)),
        ("Mon, 02 Dec 2019", AT.replace(hour=0, minute=0, second=0)),
        ("2019-12", None),
        ("0000-00-00 00:00:00", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("31 Feb 2019 10:00:00 GMT", None),
        ("soon", None),
        (None, None),
    ],
)
def test_dates_of_feeds(words: str | None, meant: datetime | None) -> None:
    assert instant_of(words) == meant


@given(st.text(max_size=40))
def test_any_words_are_an_aware_date_or_none(words: str) -> None:
    found = instant_of(words)
    assert found is None or found.utcoffset() is not None


@given(st.text(alphabet="<>/&;!-[]\"' abpABP\n\x00\ud800é=", max_size=80))
def test_no_tag_survives(words: str) -> None:
    shown = plain_words(words)
    assert "\x00" not in shown
    assert not any(line != " ".join(line.split()) for line in shown.splitlines())
    shown.encode("utf-8")


@settings(max_examples=150)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda words: rss(words).encode("utf-8", "surrogatepass"))
    | st.sampled_from(sorted(FORMS)).flatmap(
        lambda form: st.tuples(st.integers(0, 900), st.binary(max_size=8)).map(
            lambda cut: FORMS[form].encode()[: cut[0]] + cut[1] + FORMS[form].encode()[cut[0] + 3 :]
        )
    )
)
def test_any_bytes_give_items_or_a_reason(content: bytes) -> None:
    found = read_feed(content)
    if isinstance(found, Unreadable):
        assert found.reason
    else:
        assert all(item.item_id and item.text for item in found.items)
        assert len({item.item_id for item in found.items}) == len(found.items)
    assert decode(content).text is not None


def test_shared_feeds_give_items_or_a_reason() -> None:
    if not SHARED.is_dir():
        pytest.skip("shared/data/feeds is not beside this checkout")
    for place in sorted((SHARED / "hostile").iterdir()):
        assert refused(place.read_bytes())
    for place in sorted((SHARED / "real").iterdir()):
        feed = read(place.read_bytes())
        assert all(item.text and item.url and item.published_at for item in feed.items)
    for place in sorted((SHARED / "encodings").iterdir()):
        found = read_feed(place.read_bytes())
        words = found.reason if isinstance(found, Unreadable) else f"{found.title} {found.items} {found.flaws}"
        assert words
        assert "\ufffd" not in words
