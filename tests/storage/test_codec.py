"""Values as JSON: the same back, whatever is in them; tolerant of fields of other versions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from conflict.claims import Claim
from conflict.errors import StorageError
from conflict.facts import EventFacts
from storage.codec import from_json, to_json
from storage.types import clean
from tests.storage.values import any_claims, any_facts, words


@given(any_facts)
def test_facts_come_back_the_same(facts: EventFacts) -> None:
    assert from_json(EventFacts, json.loads(json.dumps(to_json(facts)))) == facts


@given(any_claims)
def test_claims_come_back_the_same(claim: Claim) -> None:
    assert from_json(Claim, json.loads(json.dumps(to_json(claim)))) == claim


@given(any_facts)
def test_fields_of_a_later_version_are_ignored(facts: EventFacts) -> None:
    assert from_json(EventFacts, {**to_json(facts), "weather": "clear"}) == facts


def test_what_is_no_such_value_is_a_storage_error() -> None:
    with pytest.raises(StorageError, match="EventFacts"):
        from_json(EventFacts, {"sub_event_type": "Tea party"})


@given(words)
def test_cleaned_text_keeps_its_length(text: str) -> None:
    assert len(clean(text)) == len(text)
    assert "\0" not in clean(text)
    assert clean(text).encode().decode() == clean(text)
