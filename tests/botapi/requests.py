"""Reading what a bot sent: query string, form, JSON or multipart, all four being allowed by the Bot API."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from tests.botapi.errors import ApiError, malformed
from tests.botapi.spec import Upload

MAX_BODY_BYTES = 60 * 2**20


async def read_call(request: web.BaseRequest) -> dict[str, Any]:
    """The parameters as sent: text from forms, values from JSON, `Upload` for files. Raises 400 or 413."""
    raw: dict[str, Any] = dict(request.query) if request.query_string else {}
    if not request.can_read_body:
        return raw
    kind = request.content_type
    if kind == "multipart/form-data":
        raw.update(await _read_multipart(request))
        return raw
    body = await request.read()
    try:
        if kind == "application/json":
            values = json.loads(body) if body else {}
            if not isinstance(values, dict):
                raise malformed("can't parse JSON object")
            raw.update(values)
        elif kind == "application/x-www-form-urlencoded":
            raw.update(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        raise malformed("can't parse request body") from None
    return raw


async def _read_multipart(request: web.BaseRequest) -> dict[str, Any]:
    values: dict[str, Any] = {}
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise malformed("can't parse request body")
        data = bytes(await part.read(decode=True))
        size += len(data)
        if size > MAX_BODY_BYTES:
            raise ApiError(413, "Request Entity Too Large", violation=True)
        if part.filename is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            values[part.name] = Upload(part.filename, kind, data)
        else:
            values[part.name] = data.decode()
    return values
