"""Scripted trouble: what goes wrong with the next calls, as a test asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import ApiError

DESCRIPTIONS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the next `times` fitting calls, after letting `skip` of them pass.

    `kind`: `error` (answer `status`), `slow` (serve after `seconds`), `drop` (close the connection), `hang` (never
    answer), `garbage` (an answer that is not JSON, as a proxy gives it). With `accepted` the call is carried out
    first, so that the bot cannot know. `method` and `chat` None mean any. `used` counts.
    """

    kind: str
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    skip: int = 0
    accepted: bool = False
    status: int = 500
    description: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    used: int = 0

    def error(self) -> ApiError:
        """The refusal, in Telegram's words unless the test gave others."""
        text = self.description or DESCRIPTIONS.get(self.status, "Internal Server Error")
        text = text.replace("{retry_after}", str(self.parameters.get("retry_after", 1)))
        return ApiError(self.status, text, parameters=self.parameters or None)


class Faults:
    """The faults now scripted, oldest first; the first that fits a call is used."""

    def __init__(self) -> None:
        self.scripted: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Script one more."""
        self.scripted.append(fault)
        return fault

    def clear(self) -> None:
        """All is well again."""
        self.scripted.clear()

    def next(self, method: str, chat: int | None) -> Fault | None:
        """The trouble that this call meets, or None; its turn is used up."""
        for fault in self.scripted:
            if fault.method not in (None, method) or (fault.chat is not None and fault.chat != chat):
                continue
            # Unnamed faults mean the bot's own calls: a poll in flight is not what "any next call" should hit.
            if fault.method is None and method == "getUpdates":
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.used += 1
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.scripted.remove(fault)
            return fault
        return None
