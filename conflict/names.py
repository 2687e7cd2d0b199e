"""Three keys by which spellings of one place name meet, from strict to lenient, in Latin and Arabic script.

`normal` forgets case, diacritics, apostrophes, punctuation and Arabic letter variants: the same spelling, typed anew.
`folded` forgets how Arabic was romanised: articles and their assimilation, which vowel, doubled letters, dh/d, q/k.
`skeleton` keeps consonants only, so that Arabic script and any romanisation meet ("إدلب", "Idlib", "Edleb": dlb).

A key is for comparing, never for showing. All three take any text, never raise, and take time linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = "'’‘`´ʻʼʽʾʿˈˊˋ′ʹʺ\"“”״׳＇\u02bb\u0149"
_INVISIBLE = "\u0640\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_LATIN_LETTERS = {
    "ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ə": "a", "ħ": "h", "ŋ": "n",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ŧ": "t", "ɣ": "g",
}  # fmt: skip
# Letters written for one another in Arabic-script place names (hamza seats, ta marbuta, Persian and Urdu forms).
_ARABIC_LETTERS = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك",
    "ة": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ؤ": "و", "ئ": "ي", "ء": "", "ۆ": "و", "ۇ": "و", "ڤ": "ف",
    "گ": "ك", "ګ": "ك", "پ": "ب", "ڕ": "ر", "ڵ": "ل", "ێ": "ي",
}  # fmt: skip
_CLEAN = str.maketrans(
    dict.fromkeys(_APOSTROPHES + _INVISIBLE, "")
    | _LATIN_LETTERS
    | _ARABIC_LETTERS
    | {chr(0x0660 + n): str(n) for n in range(10)}
    | {chr(0x06F0 + n): str(n) for n in range(10)}
)
_WORD = re.compile(r"[^\W_]+")

# The article as it is written, assimilated to the letter that follows or not. French and Spanish forms come along.
_ARTICLES = "al el il ul l an en in ar er ur as es us ash esh ush at et ut ath eth ad ed ud adh edh az ez uz aj ej"
ARTICLES = frozenset(_ARTICLES.split())
# First words of place names and their other spellings; the value only has to be the same for all of them.
_GENERIC = {
    spelling: key
    for key, spellings in {
        "tal": "tall tell tel til tal",
        "ayn": "ain ein ayn eyn aain ayin",
        "um": "umm oum um om oumm",
        "kafr": "kafr kafar kfar kufr kefr kfr kefar",
        "dayr": "deir dayr der dair deyr",
        "bayt": "beit bayt bait bet beyt",
        "jabal": "jabal jebel gebel djebel jabel jbel",
        "xirbat": "khirbet khirbat kherbet kharbet khirba khirbah",
        "abu": "abu abou abul aboul abo abi abil bu",
        "ʃayx": "sheikh shaykh sheik cheikh shekh sheykh shaikh",
        "qalat": "qalat qalaat qala qalah kalat kalaat qalet",
        "mar": "maar",
        "marat": "maarat maarrat maaret marat maarret maara",
    }.items()
    for spelling in spellings.split()
}
_DIGRAPHS = (
    ("tsch", "ʃ"), ("sch", "ʃ"), ("tch", "ʃ"), ("tsh", "ʃ"), ("sh", "ʃ"), ("ch", "ʃ"), ("zh", "j"), ("dj", "j"),
    ("kh", "x"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("ph", "f"), ("ck", "k"), ("q", "k"), ("c", "k"),
)  # fmt: skip
_ATTACHED_ARTICLE = re.compile(r"(?:al|el)(?=[^aeiouy]..)")
_VOWELS = re.compile(r"[aeiouy]+(?:w(?![aeiouy]))?")
_LATIN_VOWEL_LETTERS = re.compile(r"[aeiouyw]+")
_ARABIC_SKELETON = {
    "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "x", "د": "d", "ذ": "d", "ر": "r", "ز": "z",
    "س": "s", "ش": "ʃ", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "غ": "g", "ف": "f", "ق": "k", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "چ": "ʃ", "ژ": "j",
}  # fmt: skip


def normal(name: str) -> str:
    """The name without case, diacritics, apostrophes, punctuation, Arabic letter variants: "Ma‘arrat an-Nu‘mān" is
    "maarrat an numan". Words are kept apart by one space. Idempotent. Empty when nothing of a name is left."""
    if name.isascii():
        return " ".join(_WORD.findall(name.lower().replace("'", "").replace("`", "").replace('"', "")))
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(text.translate(_CLEAN)))


def folded(name: str) -> str:
    """The name without the habits of romanising it: "Saraqib", "Saraqeb" and "Sarāqib" are one; no spaces.

    Scripts other than Latin and Arabic keep their normal form.
    """
    return "".join(folded_words(name))


def folded_words(name: str) -> tuple[str, ...]:
    """The parts that `folded` joins, one for each word that counts; the article is left out if more remains."""
    words = normal(_dotted_z(name)).split()
    if len(words) > 1:
        words = [word for word in words if word not in ARTICLES] or words
    return tuple(part for word in words if (part := fold_word(word)))


def skeleton(name: str) -> str:
    """The consonants of the name, the same from Arabic script and from Latin: "دير الزور" and "Deir ez-Zor" are "drzr".

    Empty for other scripts. Below three letters it says too little to find a place by.
    """
    words = normal(_dotted_z(name)).split()
    if len(words) > 1:
        words = [word for word in words if word not in ARTICLES] or words
    # The ta marbuta is heard as a t inside a name: "Maarrat al-Numan".
    words = [word[:-1] + "ت" if word[-1] == "ه" else word for word in words[:-1]] + words[-1:]
    return "".join(_skeleton_word(word) for word in words)


def is_arabic(text: str) -> bool:
    """Whether any letter of the text is of the Arabic script."""
    return any("\u0620" <= letter <= "\u06ff" or "\u0750" <= letter <= "\u077f" for letter in text)


@lru_cache(maxsize=16384)
def fold_word(word: str) -> str:
    """One word, already `normal`, folded by its script."""
    if word.isascii() or not is_arabic(word):
        return _fold_latin(word)
    return _fold_arabic(word)


def _fold_latin(word: str) -> str:
    word = _GENERIC.get(word, word)
    if len(word) > 5:
        word = _without_attached_article(word)
    for letters, key in _DIGRAPHS:
        word = word.replace(letters, key)
    word = _single(_VOWELS.sub("a", word).replace("v", "w"))
    return word[:2] + word[2:].rstrip("ah")


def _fold_arabic(word: str) -> str:
    word = _without_arabic_article(word).replace("ظ", "ض")
    if len(word) > 3 and word[-1] in "اه":
        word = word[:-1]
    return word


@lru_cache(maxsize=4096)
def _skeleton_word(word: str) -> str:
    if is_arabic(word):
        word = _without_arabic_article(word).removesuffix("ه")
        return _single("".join(_ARABIC_SKELETON.get(letter, letter if letter.isdigit() else "") for letter in word))
    if not word[0].isascii() and "ʃ" not in word:
        return ""
    word = _GENERIC.get(word, word)
    if len(word) > 5:
        word = _without_attached_article(word)
    for letters, key in _DIGRAPHS:
        word = word.replace(letters, key)
    word = word.replace("p", "b").replace("v", "f").removesuffix("h")
    return _single(_LATIN_VOWEL_LETTERS.sub("", word))


def _without_attached_article(word: str) -> str:
    """ "Alraqqa" as "raqqa"; "Aleppo" stays."""
    match = _ATTACHED_ARTICLE.match(word)
    return word[2:] if match else word


def _without_arabic_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 3 else word


def _single(word: str) -> str:
    """The word with doubled letters written once."""
    return "".join(letter for n, letter in enumerate(word) if n == 0 or letter != word[n - 1])


def _dotted_z(name: str) -> str:
    """GeoNames writes ظ as z with a cedilla; newspapers write it dh, d or z. Here it is a d."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFD", name).replace("z\u0327", "d").replace("Z\u0327", "d").replace("ẓ", "d")
