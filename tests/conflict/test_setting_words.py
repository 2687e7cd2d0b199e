"""Settings in words, in both languages; questions are none. Zones of places by country and nearness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.places import Place
from conflict.setting_words import SettingWish, setting_in, setting_of
from conflict.vocabulary import PlaceLevel
from conflict.zones import is_zone, zone_of

SAID = {
    "quiet hours 22:30 to 6": SettingWish("quiet", (1350, 360)),
    "Quiet hours 22-7": SettingWish("quiet", (1320, 420)),
    "quiet 10 pm to 7 am": SettingWish("quiet", (1320, 420)),
    "quiet hours": SettingWish("quiet"),
    "quiet off": SettingWish("no_quiet"),
    "ساعات الهدوء من ٢٢ إلى ٧": SettingWish("quiet", (1320, 420)),
    "daily digest at 8": SettingWish("digest", (480,)),
    "weekly digest friday 18:30": SettingWish("digest", (1110, 4)),
    "weekly digest": SettingWish("digest", (480, 0)),
    "digest off": SettingWish("no_digest"),
    "موجز يومي الساعة 8 مساءً": SettingWish("digest", (1200,)),
    "snooze 8 hours": SettingWish("snooze", (8,)),
    "snooze": SettingWish("snooze", (1,)),
    "snooze 24": SettingWish("snooze", (24,)),
    "unmute": SettingWish("wake"),
    "Damascus time": SettingWish("zone", zone="Damascus"),
    "my time zone is Deir ez-Zor": SettingWish("zone", zone="Deir ez-Zor"),
    "توقيت دمشق": SettingWish("zone", zone="دمشق"),
    "Asia/Damascus": SettingWish("zone", zone="Asia/Damascus"),
    "UTC+3": SettingWish("zone", zone="Etc/GMT-3"),
}
QUESTIONS = (
    "quiet in Idlib?", "is it quiet in Idlib", "latest in Idlib", "snooze Idlib", "digest of Aleppo",
    "quiet hours 25-7", "هدوء في إدلب", "how many killed since 8", "", "time", "x" * 500, "digest 8:75",
)  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_settings_in_words(text: str) -> None:
    assert setting_in(text) == SAID[text]
    assert setting_of(text) == SAID[text]


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions_are_no_settings(text: str) -> None:
    assert setting_in(text) is None


def test_after_the_command_a_bare_name_is_a_place_whose_time_is_meant() -> None:
    assert setting_of("Aleppo") == SettingWish("zone", zone="Aleppo")
    assert setting_of("this is far too long to be a place") is None


@given(st.text(max_size=120))
def test_anything_at_all_is_read_without_an_error(text: str) -> None:
    found = setting_in(text)
    assert found is None or all(0 <= value < 1440 for value in found.values)


def place(code: str | None, latitude: float | None = None, longitude: float | None = None) -> Place:
    return Place("gn:1", "X", PlaceLevel.SETTLEMENT, country_code=code, latitude=latitude, longitude=longitude)


def test_the_zone_of_a_place() -> None:
    assert zone_of(place("SY", 35.9, 36.6)) == "Asia/Damascus"
    assert zone_of(place("PS", 31.5, 34.46)) == "Asia/Gaza"
    assert zone_of(place("PS", 31.53, 35.1)) == "Asia/Hebron"
    assert zone_of(place("CD", -1.68, 29.22)) == "Africa/Lubumbashi"
    assert zone_of(place("SD")) == "Africa/Khartoum"
    assert zone_of(place(None)) is None
    assert not is_zone("../etc/passwd")
    assert not is_zone("Nowhere/Land")
