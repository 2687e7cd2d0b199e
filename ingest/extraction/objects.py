"""What an attack hits, and from how far: armed targets, states that attack from afar, what bears a word in its name.

An attack on soldiers, police, a post or a convoy is an armed clash. A state's "attack" on anything else, with no
troops or guns named, comes from afar: an air strike, by Russia and Ukraine shelling.
"""

from __future__ import annotations

from ingest.extraction.tags import Tag, Tagged, forms

_REACH = 6  # words between an attack and what it hits
_ARMED = ("state", "opposition", "unnamed")
_BY = frozenset(
    {
        "by",
        "from",
        "after",
        "near",
        "before",
        "when",
        "while",
        "as",
        "of",
        "across",
        "in",
        "over",
        "around",
        "former",
        "من",
        "في",
        "قرب",
        "بعد",
    }
)
_STATES = ("israel", "russia", "ukraine", "turkey", "iran", "united_states", "saudi_arabia", "france")
_HELD = frozenset({"held", "controlled", "run"})
# What an attack begins with; words that say how people died ("beheaded", "bodies") are none of these.
_ATTACKS = frozenset(
    (
        "attack", "attacked", "attacks", "attacking", "assault", "assaulted", "assaults", "assaulting", "raid",
        "raided", "raids", "stormed", "storming", "ambushed", "opened", "opens", "fired", "shot", "هاجم", "هاجمت",
        "هاجموا",        "يهاجم", "هجوم", "هجوما", "هجمات", "اقتحم", "اقتحموا", "استهدف", "استهداف", "استهدفت",
    )
)  # fmt: skip
_PEOPLE_FIRST = ("civilians", "protesters")


def is_attack(tagged: Tagged, trigger: Tag) -> bool:
    """Whether a trigger is a word for attacking somebody, not for how somebody died."""
    return any(not _ATTACKS.isdisjoint(forms(w.key)) for w in tagged.words[trigger.first : trigger.last])


def hits_armed(tagged: Tagged, trigger: Tag) -> bool:
    """Whether the first that stands after the word for the attack is armed: "attacked a police checkpoint"."""
    start = next(
        (i + 1 for i in range(trigger.first, trigger.last) if not _ATTACKS.isdisjoint(forms(tagged.words[i].key))),
        trigger.last,
    )
    arabic = "\u0600" <= tagged.words[trigger.first].key[:1] <= "\u06ff"
    on = None
    if arabic:  # who attacks stands before what is attacked: "هاجم مسلحون حاجزا", "هجوم شنه مسلحون على حاجز"
        on = next(
            (i for i in range(start, min(start + 2 * _REACH, len(tagged.words))) if tagged.words[i].key == "علي"), None
        )
        start = start if on is None else on + 1
    first_of_all = start if arabic and on is None else -1
    near = [t for t in tagged.tags if start <= t.first < start + _REACH]
    for index in range(start, min(start + _REACH, len(tagged.words))):
        word = tagged.words[index]
        if word.key in _BY or (word.sign and word.key != "-"):
            return False
        here = [t for t in near if t.first == index]
        for tag in here:
            if tag.category == "group" and tag.value in _PEOPLE_FIRST:
                return False
            if tag.category in ("target", "unnamed_places") or (tag.category == "role" and tag.value in _PEOPLE_FIRST):
                return False
        if any(_is_armed(tagged, tag) for tag in here if index != first_of_all or tag.category == "armed_target"):
            return True
    return False


def _is_armed(tagged: Tagged, tag: Tag) -> bool:
    if tag.category == "armed_target":
        return True
    if tag.category == "actor" and tag.last - tag.first == 1 and (tag.value.endswith("_gov") or tag.value in _STATES):
        return False  # "attacks on Ukraine": the country, not its army
    if tag.category == "actor" or (tag.category == "group" and tag.value in _ARMED):
        return not (tag.last < len(tagged.words) and tagged.words[tag.last].key in _HELD)
    return False


def from_afar(tagged: Tagged, trigger: Tag) -> bool:
    """Whether a state attacks with no troops or guns named: "Israeli attack on a villa", "هجوم روسي على"."""
    noun = tagged.words[trigger.first].key
    if trigger.last - trigger.first > 1 or not any(form in _FROM_AFAR for form in forms(noun)):
        return False
    if tagged.by("armed_target") or any(w.value in ("gun", "blade") for w in tagged.by("weapon")):
        return False
    own = any(
        (a.first < trigger.first < a.last and a.detail == "national")  # "Israeli attack"
        or (a.last == trigger.first and a.value in _STATES and a.last - a.first == 1)  # "Israel attacked"
        for a in tagged.by("actor")
    )
    return own or any(n.first == trigger.last or n.last == trigger.first for n in tagged.by("nationality"))


_FROM_AFAR = frozenset(
    {"attack", "attacks", "attacked", "attacking", "هجوم", "هجوما", "هجمات", "استهداف", "اعتداء", "اعتداءات", "عدوان"}
)
_LAUNCHERS = ("russia", "ukraine")  # most of what they fire at towns is rockets, missiles and shells


def strikes_abroad(tagged: Tagged, trigger: Tag) -> bool:
    """Whether a state attacks that fights from the air in other countries: what it hits may be armed as well."""
    near = [t for t in (*tagged.by("actor"), *tagged.by("nationality")) if abs(t.first - trigger.first) <= 2]
    return any(t.value in _ABROAD for t in near)


_ABROAD = ("israel", "united_states", "us_coalition", "france", "saudi_arabia", "iran", "turkey")


def fired_by(tagged: Tagged, trigger: Tag) -> str:
    """The sub-type of what a state does from afar, no means being named."""
    near = [t for t in (*tagged.by("actor"), *tagged.by("nationality")) if abs(t.first - trigger.first) <= 2]
    return "shelling" if any(t.value in _LAUNCHERS for t in near) else "air_strike"


def in_a_name(tagged: Tagged, trigger: Tag) -> bool:
    """Whether a word only stands in a name: "Hayat Tahrir al-Sham" liberates nothing."""
    return any(
        a.last - a.first > 1 and a.first <= trigger.first and trigger.last <= a.last and a.detail != "national"
        for a in tagged.by("actor")
    )


_CAUSE = frozenset({"has", "have", "had", "that", "which", "and", "it", "were", "been", "was", "are", "being", "be"})


def is_adjective(tagged: Tagged, trigger: Tag) -> bool:
    """Whether "displaced" only says who people are: "visited displaced families"; not "clashes displaced families"."""
    word = tagged.words[trigger.first]
    if word.key == "internally":
        return not trigger.first or tagged.words[trigger.first - 1].key not in _CAUSE
    if word.key != "displaced" or trigger.last - trigger.first > 2:
        return False
    following = tagged.words[trigger.first + 1].key if trigger.first + 1 < len(tagged.words) else ""
    if following not in _DISPLACED:
        return False
    if not trigger.first:
        return True
    before = tagged.words[trigger.first - 1]
    caused = any(t.last == trigger.first and t.value != "displacement" for t in tagged.by("trigger"))
    return not (caused or before.key in _CAUSE)


_DISPLACED = frozenset({"people", "persons", "families", "households", "civilians", "residents"})
