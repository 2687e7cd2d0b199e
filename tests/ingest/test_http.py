"""What is fetched from outside, over real HTTP on loopback: whole and in bounds, or refused with a reason."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
import tracemalloc
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.addresses import Allowance
from ingest.bodies import Body, BodyError
from ingest.hosts import Hosts
from ingest.http import Client, Fetched, Limits, Refused, Request, Result, Unchanged, Validators, Why
from ingest.lookups import LookUp
from tests.ingest.servers import Asked, answer, chunked, serving

LOOPBACK = Allowance.parse(["127.0.0.1", "::1"])
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Limits(total=5, connect=2, read=2, pause=0, max_bytes=200_000)
FEED = b"<rss version='2.0'><channel/></rss>"


async def fetch(
    request: Request | str,
    *,
    allow: Allowance = LOOPBACK,
    limits: Limits = QUICK,
    look_up: LookUp | None = None,
    tls: ssl.SSLContext | None = None,
) -> Result:
    given_request = Request(request) if isinstance(request, str) else request
    async with Client(allow=allow, limits=limits, look_up=look_up, tls=tls, now=lambda: NOW) as client:
        return await client.fetch(given_request)


def refused(result: Result) -> Refused:
    assert isinstance(result, Refused), result
    assert "\n" not in result.reason
    assert result.reason.endswith(".")
    return result


def fetched(result: Result) -> Fetched:
    assert isinstance(result, Fetched), result
    return result


def names(**hosts: str) -> LookUp:
    """A name server of our own; underscores stand for dots."""
    table = {name.replace("_", "."): addresses.split() for name, addresses in hosts.items()}

    async def look_up(host: str, port: int) -> Sequence[str]:
        if host not in table:
            raise OSError("unknown name")
        return table[host]

    return look_up


# What comes whole


async def test_an_answer_comes_with_what_is_needed_next_time() -> None:
    sent = answer(
        FEED,
        Content_Type="application/rss+xml; charset=windows-1256",
        ETag='W/"1"',
        Last_Modified="Sun, 22 Nov 2026 10:00:00 GMT",
        Cache_Control="max-age=600",
    )
    async with serving({"/feed": sent}) as server:
        result = fetched(await fetch(Request(server.url("/feed"), accept="application/rss+xml")))
    assert (result.body, result.content_type, result.charset) == (FEED, "application/rss+xml", "windows-1256")
    assert result.validators == Validators('W/"1"', "Sun, 22 Nov 2026 10:00:00 GMT")
    assert (result.fresh_for, result.moved_to) == (timedelta(minutes=10), None)
    (asked,) = server.asked
    assert asked.headers["user-agent"].startswith("Sitrep/")
    assert asked.headers["accept-encoding"] == "gzip, deflate"
    assert asked.headers["accept"] == "application/rss+xml"
    assert "cookie" not in asked.headers


async def test_nothing_new_is_told_apart() -> None:
    async with serving({"/": answer(status="304 Not Modified", length=-1, ETag='"2"')}) as server:
        result = await fetch(Request(server.url(), validators=Validators('"1"', "Sun, 22 Nov 2026 10:00:00 GMT")))
    assert isinstance(result, Unchanged)
    assert result.validators == Validators('"2"', "Sun, 22 Nov 2026 10:00:00 GMT")
    assert server.asked[0].headers["if-none-match"] == '"1"'
    assert server.asked[0].headers["if-modified-since"] == "Sun, 22 Nov 2026 10:00:00 GMT"


async def test_304_unasked_for_is_no_answer() -> None:
    async with serving({"/": answer(status="304 Not Modified", length=-1)}) as server:
        assert refused(await fetch(server.url())).why is Why.STATUS


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        ("GZIP", gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]) + b"\x00\x00"),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED, wbits=-15)),
        ("identity", FEED),
    ],
    ids=["gzip", "x-gzip", "two parts", "deflate", "bare deflate", "as it is"],  # the bytes hold the time of day
)
@pytest.mark.parametrize("in_chunks", [True, False])
async def test_packed_bodies_are_unpacked(encoding: str, packed: bytes, in_chunks: bool) -> None:
    pieces = [packed[i : i + 7] for i in range(0, len(packed), 7)]
    sent = chunked(pieces, Content_Encoding=encoding) if in_chunks else answer(packed, Content_Encoding=encoding)
    async with serving({"/": sent}) as server:
        assert fetched(await fetch(server.url())).body == FEED


async def test_forms_are_posted_with_their_headers() -> None:
    async with serving({"/token": answer(b"{}")}) as server:
        request = Request(server.url("/token"), form={"grant_type": "password"}, headers={"X-Key": "k"})
        assert fetched(await fetch(request)).body == b"{}"
    assert server.asked[0].line.startswith("POST /token")
    assert (server.asked[0].body, server.asked[0].headers["x-key"]) == (b"grant_type=password", "k")


# Bounds


@pytest.mark.parametrize(
    ("sent", "why", "words"),
    [
        (answer(b"x" * 200_001), Why.SIZE, "says that it is 200 kB"),
        (answer(b"x", length=10**12), Why.SIZE, "says that it is"),
        (answer(b"x" * 300_000, length=-1), Why.SIZE, "larger than 200 kB"),
        (chunked([b"x" * 50_000] * 5), Why.SIZE, "larger than 200 kB"),
        (answer(gzip.compress(b"x" * 200_001), Content_Encoding="gzip"), Why.SIZE, "when unpacked"),
        (answer(zlib.compress(b"x" * 9_000_000), Content_Encoding="deflate"), Why.SIZE, "when unpacked"),
        (answer(FEED, length=500), Why.BROKEN, "broke off in the middle, or sent less"),
        (chunked([FEED])[:-7], Why.BROKEN, "broke off in the middle"),
        (answer(gzip.compress(FEED)[:-9], Content_Encoding="gzip"), Why.BROKEN, "breaks off in the middle"),
        (answer(gzip.compress(b"") * 70, Content_Encoding="gzip"), Why.BROKEN, "more than 64 parts"),
        (answer(FEED, Content_Encoding="gzip"), Why.BROKEN, "not packed as it says"),
        (answer(FEED, Content_Encoding="br"), Why.BROKEN, "packed as br"),
        (answer(FEED, Content_Encoding="gzip, gzip"), Why.BROKEN, "packed as gzip, gzip"),
        (answer(FEED, X_Long="y" * 20_000), Why.BROKEN, "monstrous headers"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Why.BROKEN, "no HTTP at all"),
        (b"", Why.CONNECTION, "hung up"),
    ],
)
async def test_what_passes_a_bound_or_lies_is_refused(sent: bytes, why: Why, words: str) -> None:
    async with serving({"/": sent}) as server:
        result = refused(await fetch(server.url()))
    assert result.why is why
    assert words in result.reason
    assert result.passing == (why is not Why.SIZE)


async def test_more_than_said_is_never_taken_for_the_body() -> None:
    async with serving({"/": answer(FEED + b"rubbish", length=len(FEED))}) as server:
        result = await fetch(server.url())
    assert isinstance(result, Refused) or result == Fetched(server.url(), FEED)


def test_a_bomb_stops_at_the_bound() -> None:
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1_048_576)
    bomb = b"".join(packer.compress(zeros) for _ in range(64)) + packer.flush()  # 64 MiB in 65 kB
    tracemalloc.start()
    try:
        body = Body("gzip", 5_000_000)
        with pytest.raises(BodyError, match=r"larger than 4\.77 MiB when unpacked"):
            body.add(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 25_000_000


@given(st.binary(max_size=3000), st.integers(1, 200), st.sampled_from(["gzip", "deflate", "raw", None]))
def test_bodies_come_out_as_they_went_in(content: bytes, step: int, how: str | None) -> None:
    packed = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "raw": lambda c: zlib.compress(c, wbits=-15),
        None: bytes,
    }[how](content)
    body = Body({"raw": "deflate"}.get(how or "", how), 3000)
    for at in range(0, len(packed), step):
        body.add(packed[at : at + step])
    assert body.finish() == content


@given(st.binary(max_size=500), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_are_unpacked_or_refused(rubbish: bytes, encoding: str) -> None:
    body = Body(encoding, 1000)
    reason, unpacked = "", b""
    try:
        body.add(rubbish)
        unpacked = body.finish()
    except BodyError as error:
        reason = str(error)
    assert reason or len(unpacked) <= 1000


async def drip(_: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(b"", length=10_000))
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silent(_: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_an_answer_that_drips_or_never_comes_ends_in_time() -> None:
    async with serving({"/drip": drip, "/silent": silent}) as server:
        limits = Limits(total=0.15, connect=1, read=1, pause=0)
        dripping = refused(await fetch(server.url("/drip"), limits=limits))
        never = refused(await fetch(server.url("/silent"), limits=Limits(total=5, connect=1, read=0.1, pause=0)))
    assert (dripping.why, never.why, dripping.passing) == (Why.TIME, Why.TIME, True)
    assert "within 0.15 s" in dripping.reason


async def test_slow_hosts_do_not_hold_up_others() -> None:
    limits = Limits(total=0.4, pause=0, at_once_per_host=2)
    async with (
        serving({"/": silent}) as slow,
        serving({"/": answer(FEED)}) as good,
        Client(allow=LOOPBACK, limits=limits) as client,
    ):
        waiting = [asyncio.create_task(client.fetch(Request(slow.url()))) for _ in range(4)]
        results = await asyncio.gather(*(client.fetch(Request(good.url())) for _ in range(6)))
        assert all(isinstance(result, Fetched) for result in results)
        assert not any(task.done() for task in waiting)
        assert all(isinstance(result, Refused) for result in await asyncio.gather(*waiting))


# Statuses


@pytest.mark.parametrize(
    ("status", "after", "wait", "passing"),
    [
        ("429 Too Many Requests", "120", timedelta(minutes=2), True),
        ("503 Service Unavailable", "Sun, 22 Nov 2026 12:05:00 GMT", timedelta(minutes=5), True),
        ("503 Service Unavailable", "soon", None, True),
        ("410 Gone", None, None, False),
        ("404 Not Found", None, None, False),
        ("206 Partial Content", None, None, False),
    ],
)
async def test_statuses_say_what_to_do(status: str, after: str | None, wait: timedelta | None, passing: bool) -> None:
    sent = answer(b"sorry", status, Retry_After=after) if after else answer(b"sorry", status)
    async with serving({"/": sent}) as server:
        result = refused(await fetch(server.url("/?key=secret")))
    assert (result.retry_after, result.passing, result.status) == (wait, passing, int(status[:3]))
    assert "secret" not in result.reason


# Where it may go


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.org/", "not http"),
        ("file:///etc/passwd", "not http"),
        ("//example.org/", "not http"),
        ("http://", "names no host"),
        ("http://user:pw@example.org/", "user name or password"),
        ("http://@example.org/", "user name or password"),
        ("http://127.0.0.1/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://[::ffff:127.0.0.1]/", "loopback"),
        ("http://[64:ff9b::7f00:1]/", "loopback"),
        ("http://[64:ff9b::a9fe:a9fe]/", "link-local"),
        ("http://[fe80::1%25eth0]/", "network card"),
        ("http://169.254.169.254/latest/meta-data/", "link-local"),
        ("http://2130706433/", "unusual form"),
        ("http://0x7f000001/", "unusual form"),
        ("http://0177.0.0.1/", "unusual form"),
        ("http://127.1/", "unusual form"),
        ("http://127.0.0.1./", "loopback"),
        ("http://①②⑦.⓪.⓪.①/", "loopback"),
        ("http://8.8.8.8:22/", "another service"),
        ("http://exa mple.org/", "spaces"),
        ("http://example.org\\@127.0.0.1/", "backslashes"),
        ("http://example.org/" + "a" * 2000, "longer than"),
        ("http://example.org:99999/", "not a web address"),
    ],
)
async def test_links_that_may_not_be_asked(url: str, words: str) -> None:
    result = refused(await fetch(url, allow=Allowance()))
    assert result.why is Why.LINK
    assert words in result.reason
    assert "pw" not in result.reason


async def test_names_are_checked_where_they_lead() -> None:
    look_up = names(evil_example="127.0.0.1", mixed_example="10.0.0.1 ::1", mapped_example="::ffff:10.0.0.1")
    async with serving({"/": answer(FEED)}) as server:
        for host, what in (("evil", "loopback"), ("mixed", "loopback"), ("mapped", "private")):
            url = server.url(host=f"{host}.example")
            result = refused(await fetch(url, allow=Allowance(), look_up=look_up))
            assert (result.why, what in result.reason) == (Why.LINK, True)
    assert server.asked == []


async def test_an_allowed_host_keeps_its_name_and_goes_to_the_checked_address() -> None:
    looked_up: list[str] = []

    async def look_up(host: str, port: int) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["192.0.2.1"]

    async with serving({"/": answer(FEED)}) as server:
        allow = Allowance.parse(["feeds.internal"])
        assert fetched(await fetch(server.url(host="feeds.internal"), allow=allow, look_up=look_up)).body == FEED
    assert looked_up == ["feeds.internal"]
    assert server.asked[0].headers["host"] == f"feeds.internal:{server.port}"


async def test_a_name_that_later_leads_inside_is_checked_again() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def look_up(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with (
        serving({"/": answer(FEED)}) as server,
        Client(allow=LOOPBACK, limits=QUICK, look_up=look_up) as client,
    ):
        assert isinstance(await client.fetch(Request(server.url(host="rebinding.example"))), Fetched)
        result = refused(await client.fetch(Request(server.url(host="rebinding.example"))))
    assert "10.0.0.1, which is private" in result.reason


async def test_unknown_names_and_closed_ports() -> None:
    unknown = refused(await fetch("http://nowhere.example/", look_up=names()))
    assert (unknown.why, "name servers" in unknown.reason) == (Why.CONNECTION, True)
    async with serving({}) as server:
        closed = server.url()
    assert refused(await fetch(closed)).why is Why.CONNECTION


async def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    async with serving({"/": answer(FEED)}) as proxy, serving({"/": answer(FEED)}) as server:
        monkeypatch.setenv("http_proxy", proxy.url())
        assert fetched(await fetch(server.url())).body == FEED
    assert proxy.asked == []
    assert "authorization" not in server.asked[0].headers


# Redirects


async def test_redirects_are_followed_and_told_when_for_good() -> None:
    steps = {
        "/1": answer(status="301 Moved", Location="/2"),
        "/2": answer(status="308 Moved", Location="3?a=b#c"),
        "/3": answer(FEED),
        "/once": answer(status="302 Found", Location="/3", Set_Cookie="track=1"),
        "/far": answer(status="302 Found", Location="/1"),
        "/farther": answer(status="302 Found", Location="/far"),
        "/round": answer(status="307 Again", Location="/round"),
        "/nowhere": answer(status="302 Found"),
    }
    async with serving(dict(steps)) as server:
        moved = fetched(await fetch(server.url("/1")))
        assert moved.moved_to == moved.url == server.url("/3?a=b")
        assert fetched(await fetch(server.url("/once"))).moved_to is None
        assert "cookie" not in server.asked[-1].headers
        assert fetched(await fetch(server.url("/far"))).body == FEED
        for path in ("/farther", "/round"):
            result = refused(await fetch(server.url(path)))
            assert (result.why, "more than 3 times" in result.reason) == (Why.REDIRECT, True)
        assert refused(await fetch(server.url("/nowhere"))).why is Why.REDIRECT


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "http://2130706433/",
        "http://me:pw@127.0.0.1/",
        "http://[bad/",
    ],
)
async def test_redirects_are_checked_again(location: str) -> None:
    async with serving({"/": answer(status="302 Found", Location=location)}) as server:
        only = Allowance.parse(["127.0.0.1"])
        assert refused(await fetch(server.url(), allow=only)).why is Why.REDIRECT
    assert len(server.asked) == 1


async def test_secrets_stay_with_the_first_origin() -> None:
    async with (
        serving({"/": answer(FEED)}) as other,
        serving({"/": answer(status="302 Found", Location=other.url())}) as server,
    ):
        assert isinstance(await fetch(Request(server.url(), headers={"X-Key": "k"})), Fetched)
    assert server.asked[0].headers["x-key"] == "k"
    assert "x-key" not in other.asked[0].headers


async def test_a_posted_form_is_not_sent_on() -> None:
    async with serving({"/": answer(status="307 On", Location="/x"), "/x": answer(FEED)}) as server:
        assert refused(await fetch(Request(server.url(), form={"a": "b"}))).status == 307
    assert len(server.asked) == 1


# TLS


def certify(name: str, folder: Path) -> tuple[Path, Path]:
    """A key and a certificate of our own for a name; skips where openssl is absent."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days"]
    command += ["2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not there to make a certificate")
    return key, certificate


async def test_tls_proves_the_name_at_the_checked_address(tmp_path: Path) -> None:
    key, certificate = certify("feeds.internal", tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    asked_for: list[str | None] = []
    ours.sni_callback = lambda _socket, name, _context: asked_for.append(name)

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(status="302 Found", Location="http://feeds.internal/") if redirecting else answer(FEED))
        await writer.drain()
        writer.close()

    redirecting = False
    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=ours)
    port = server.sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cafile=str(certificate))
    look_up = names(feeds_internal="127.0.0.1", other_internal="127.0.0.1")
    try:
        url = f"https://feeds.internal:{port}/"
        assert fetched(await fetch(url, look_up=look_up, tls=trusting)).body == FEED
        for bad, context in ((url, None), (f"https://other.internal:{port}/", trusting)):
            assert refused(await fetch(bad, look_up=look_up, tls=context)).why is Why.TLS
        redirecting = True
        back = refused(await fetch(url, look_up=look_up, tls=trusting))
        assert (back.why, "back to http" in back.reason) == (Why.REDIRECT, True)
    finally:
        server.close()
    assert asked_for[0] == "feeds.internal"


# Manners


async def test_a_host_is_asked_with_pauses_and_few_at_once() -> None:
    time = 100.0
    started: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal time
        time += seconds

    hosts = Hosts(1, 2.0, lambda: time, sleep)

    async def visit(name: str) -> None:
        async with hosts.turn(name):
            started.append(time)

    await asyncio.gather(*(visit("a") for _ in range(4)))
    assert started == [100.0, 102.0, 104.0, 106.0]
    await visit("b")
    assert started[-1] == 106.0


async def test_hosts_long_quiet_are_forgotten() -> None:
    hosts = Hosts(1, 0.0, lambda: 1.0, asyncio.sleep)
    for number in range(5_000):
        async with hosts.turn(f"h{number}"):
            pass
    assert len(hosts._known) <= 2_000
