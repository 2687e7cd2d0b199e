"""Links as they are kept: one spelling for one page, and only what a reader may safely open."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_LINK = 2_000  # characters
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, unreserved
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")
_HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class LinkRules:
    """What of a link is not the page: names of parameters, beginnings of such, and hosts that stand for others."""

    tracking: frozenset[str]
    prefixes: tuple[str, ...]
    mobile: dict[str, str]


@cache
def link_rules() -> LinkRules:
    """The rules of data/links.toml."""
    table = tomllib.loads(files("ingest").joinpath("data", "links.toml").read_text(encoding="utf-8"))
    return LinkRules(
        frozenset(name.lower() for name in table["tracking"]), tuple(table["tracking_prefixes"]), dict(table["mobile"])
    )


def web_address(link: object) -> str | None:
    """A link that may be shown: http or https, of bounded length, with a host, without spaces and credentials."""
    text = str(link or "").strip()
    if len(text) >= MAX_LINK or not text.lower().startswith(("http://", "https://")) or _split(text) is None:
        return None
    return text


def absolute(link: str | None, base: str | None) -> str | None:
    """A link as seen from the document it stands in; None when that gives no web address."""
    text = (link or "").strip()
    if not text:
        return None
    try:
        return web_address(urljoin(base, text) if base else text)
    except ValueError:
        return None


def canonical_link(link: str | None) -> str | None:
    """The one spelling of a link: small host, no fragment, no tracking, no default port, plain percent-signs.

    The order of parameters, a slash at the end and http beside https stay as they are: they may matter. None for what
    is no web address. Applying it twice changes nothing more.
    """
    text = web_address(link)
    parts = _split(text) if text else None
    if parts is None or parts.hostname is None:
        return None
    rules, scheme = link_rules(), parts.scheme.lower()
    host = _ascii_host(parts.hostname)
    if host is None:
        return None
    port = parts.port
    where = rules.mobile.get(host, host) + ("" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}")
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair, rules))
    # "#!" begins a path of pages that are drawn by a script; any other fragment is a place within the page.
    fragment = f"#{_percent(parts.fragment)}" if parts.fragment.startswith("!") else ""
    path = _percent(parts.path) or "/"
    found = f"{scheme}://{where}{path}" + (f"?{_percent(query)}" if query else "") + fragment
    return found if len(found) < MAX_LINK else None


def link_key(link: str | None) -> str | None:
    """What two links of one page have in common, for comparing only: no scheme, no `www.`, no slash at the end."""
    found = canonical_link(link)
    if found is None:
        return None
    rest = found.partition("://")[2].removeprefix("www.")
    return rest.rstrip("/") or rest


def _split(text: str) -> SplitResult | None:
    if any(c <= " " or c == "\\" or "\x7f" <= c <= "\xa0" or "\ud800" <= c <= "\udfff" for c in text):
        return None
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and "@" not in parts.netloc and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if usable else None


def _ascii_host(host: str) -> str | None:
    """A host in small ASCII letters; names in other scripts in the form that look-ups use."""
    name = host.rstrip(".").lower()
    if ":" in name:
        return f"[{name}]"
    try:
        name = name if name.isascii() else name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return name if name and len(name) <= 253 and set(name) <= _HOST else None


def _tracks(pair: str, rules: LinkRules) -> bool:
    name = pair.partition("=")[0].lower()
    return name in rules.tracking or name.startswith(rules.prefixes)


def _percent(text: str) -> str:
    """Percent-encoding in one spelling: capitals, nothing encoded that need not be, nothing left bare that must be."""
    if text.isascii() and "%" not in text and not set(text) & set("<>\"'`{}|^"):
        return text
    out: list[str] = []
    at = 0
    while at < len(text):
        c = text[at]
        if c == "%" and len(pair := text[at + 1 : at + 3]) == 2 and set(pair) <= _HEX:
            meant = chr(int(pair, 16))
            out.append(meant if meant in _PLAIN else f"%{pair.upper()}")
            at += 3
            continue
        out.append(c if c.isascii() and c not in "%<>\"'`{}|^" else "".join(f"%{b:02X}" for b in c.encode("utf-8")))
        at += 1
    return "".join(out)
