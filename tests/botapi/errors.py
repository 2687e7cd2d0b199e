"""What Telegram answers when it refuses a call."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal: HTTP status, description in Telegram's words, and `parameters` (retry_after, migrate_to_chat_id).

    `violation` tells a call that no bot should ever make (malformed, too long, unknown field) from one that may
    happen to a correct bot (blocked, flood, message already gone).
    """

    def __init__(
        self, status: int, description: str, *, violation: bool = False, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.violation = violation
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON that the bot receives."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def malformed(description: str) -> ApiError:
    """400 for a call that is wrong in itself: recorded as a violation."""
    return ApiError(400, f"Bad Request: {description}", violation=True)


def refused(description: str) -> ApiError:
    """400 for a well-formed call that does not fit the state of the chat."""
    return ApiError(400, f"Bad Request: {description}")


def forbidden(description: str) -> ApiError:
    """403: blocked, kicked, deactivated."""
    return ApiError(403, f"Forbidden: {description}")


def flood(seconds: int) -> ApiError:
    """429: too fast, with the whole seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", parameters={"retry_after": seconds})
