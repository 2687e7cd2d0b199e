"""Updates by chance are what they claim to be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Update

from tests.botapi import spec, strategies
from tests.botapi.updates import Updates

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@QUICK
@given(strategies.updates())
def test_well_formed_updates_keep_to_the_specification(update: dict[str, Any]) -> None:
    queue = Updates()
    queue.push_raw(update)
    (sent, _) = queue.made.items[0]
    assert Update.de_json(sent, None) is not None


@QUICK
@given(strategies.damaged_updates())
def test_damaged_updates_can_be_queued_all_the_same(update: dict[str, Any]) -> None:
    queue = Updates()
    queue.allow(strategies.kinds())
    number = queue.push_raw(update, check=False)
    assert number == 1


@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.parametrize("kind", strategies.kinds())
def test_every_kind_can_be_made(kind: str, data: st.DataObject) -> None:
    update = data.draw(strategies.updates(kind))
    assert list(update) == [kind]
    spec.load().check("Update", {"update_id": 1, **update})
