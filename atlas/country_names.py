"""Names and codes of countries, as people and statistics write them -> ISO 3166-1 alpha-2.

    >>> code_of("Italia"), code_of("Korea, Rep."), code_of("Myanmar (Burma)"), code_of("Atlantis")
    ('IT', 'KR', 'MM', '')

The names are Unicode CLDR's in nine languages (Babel, BSD) and the standard's own (pycountry, LGPL 2.1, used
unmodified). The order of words, notes in brackets, abbreviations such as "Rep." and words for a form of
state do not matter, but where they tell countries apart. Both libraries are read at the first question.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from atlas import language
from atlas.text import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LANGUAGES = ("en", "it", "de", "fr", "es", "pt", "nl", "pl", "tr")
# What people write and neither Unicode nor the standard lists.
_OTHER_NAMES = {
    "UK": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB",
    "Great Britain": "GB", "Britain": "GB", "Gran Bretagna": "GB", "Großbritannien": "GB",
    "Grande-Bretagne": "GB", "Gran Bretaña": "GB", "Inghilterra": "GB", "Schottland": "GB", "America": "US",
    "United States of America": "US", "EE.UU.": "US", "EEUU": "US", "Stati Uniti d'America": "US",
    "Korea": "KR", "EL": "GR", "Turkey": "TR", "Czech Republic": "CZ", "Tschechische Republik": "CZ",
    "Repubblica Ceca": "CZ", "République tchèque": "CZ", "República Checa": "CZ", "Ivory Coast": "CI",
    "Cape Verde": "CV", "Swaziland": "SZ", "Burma": "MM", "Myanmar": "MM", "Macedonia": "MK",
    "Palestine": "PS", "West Bank and Gaza": "PS", "Hong Kong": "HK", "Macau": "MO", "Macao": "MO",
    "DRC": "CD", "DR Congo": "CD", "Democratic Republic of Congo": "CD", "Kinshasa Congo": "CD",
    "Congo": "CG", "Brazzaville Congo": "CG", "East Timor": "TL", "Holland": "NL", "Olanda": "NL",
    "UAE": "AE", "Vatican": "VA", "PRC": "CN", "Falkland Islands": "FK", "US Virgin Islands": "VI",
    "Russia": "RU", "Weißrussland": "BY", "Byelorussia": "BY", "Bielorussia": "BY", "Biélorussie": "BY",
    "North Korea": "KP", "South Korea": "KR", "Korea, Dem. People's Rep.": "KP", "XKX": "XK", "Lao": "LA",
    "Saint Martin": "MF", "Sint Maarten": "SX", "Samoa": "WS", "Micronesia": "FM", "Georgia": "GE",
    "Republic of China": "TW", "PR China": "CN", "People's Republic China": "CN", "DPRK": "KP",
    "Korea, Dem. Rep.": "KP", "ROK": "KR", "N. Korea": "KP", "S. Korea": "KR", "Russian Fed.": "RU",
    "Bosnia": "BA", "Trinidad": "TT", "Libyan Arab Jamahiriya": "LY", "Bundesrepublik Deutschland": "DE",
    "Repubblica Italiana": "IT", "République française": "FR", "Holy See": "VA",
}  # fmt: skip
TERRITORIES = {
    "FR": ("GP", "MQ", "GF", "RE", "YT", "NC", "PF", "PM", "BL", "MF", "WF", "TF"),
    "US": ("PR", "VI", "GU", "AS", "MP", "UM"),
    "GB": ("GI", "IM", "JE", "GG", "BM", "KY", "VG", "TC", "AI", "MS", "SH", "FK", "GS", "IO", "PN"),
    "NL": ("AW", "CW", "SX", "BQ"),
    "DK": ("GL", "FO"),
    "CN": ("HK", "MO", "TW"),
    "NO": ("SJ",),
    "FI": ("AX",),
    "AU": ("CX", "CC", "NF", "HM"),
    "NZ": ("CK", "NU", "TK"),
}
"""A state -> the territories with codes of their own that are also said to be in it."""

_SHORT = {
    "rep": "republic", "dem": "democratic", "fed": "federated", "sts": "states", "isl": "islands",
    "is": "islands", "pdr": "peoples democratic republic", "st": "saint", "people": "peoples",
    "u s": "us", "usa": "us", "dpr": "democratic peoples republic",
}  # fmt: skip
_LINKS = _set("the of and de del della dei la le les l el die der und y e et du des do da sar s")
# Never "democratic", "peoples", "north", "state": they tell two places apart.
_FORMS = _set(
    "republic islamic arab federal federative kingdom plurinational bolivarian rb fyr fyrom former yugoslav "
    "principality commonwealth mainland cooperative socialist repubblica republik republique republica "
    "republiek darussalam grand duchy sultanate federation"
)


def code_of(text: str) -> str:
    """Returns the two-letter code of the country that a cell names or gives a code of; else ""."""
    return _code_of(text.strip()) if len(text) <= 80 else ""


@lru_cache(maxsize=20_000)
def _code_of(text: str) -> str:
    exact, by_words = _codes()
    if code := exact.get(plain(text)):
        return code
    if not re.search(r"\s|\w[^\w\s]\w", text):  # a single word is known or not
        return ""
    words = _words(text)
    code = by_words.get(words) or by_words.get(words - _FORMS, "")
    return code or next(filter(None, map(_both, _parted(text))), "")


def _parted(text: str) -> Iterator[tuple[str, str]]:
    """Yields a name and the note beside it: "Burma (Myanmar)", "Taiwan, China"."""
    if bracket := re.fullmatch(r"(.+?)\s*[(\[](.+?)[)\]]\s*", text):
        yield bracket[1] if len(bracket[1]) > 3 else "", ""
    head, comma, tail = text.partition(",")
    if comma:
        yield head, tail
        yield tail, head


def _both(parts: tuple[str, str]) -> str:
    """Returns the code of a name, whose note names the same country or the state that it belongs to."""
    code = code_of(parts[0])
    state = code_of(parts[1]) if parts[1] else code
    return code if code == state or code in TERRITORIES.get(state, ()) else ""


def name_of(code: str) -> str:
    """Returns the country's usual English name; "" for an unknown code."""
    import pycountry

    country = pycountry.countries.get(alpha_2=code) if code else None
    if country is None:
        return "Kosovo" if code == "XK" else ""
    return str(getattr(country, "common_name", country.name))


def in_language(name: str) -> str:
    """Returns the name of a country in the current language; as it is in English or where it is unknown."""
    code = language.current().code
    return name if code == language.ENGLISH or not name else _in(name, code)


@lru_cache(maxsize=20_000)
def _in(name: str, code: str) -> str:
    from babel import Locale

    return str(Locale.parse(code).territories.get(code_of(name), name))


def plain(text: str) -> str:
    """Returns a name to compare: without accents, capitals, points, hyphens, "the" and "&"."""
    words = re.sub(r"[^\w]+", " ", fold(text).replace("&", " and ").replace(".", "")).strip()
    return words.removeprefix("the ")


def _words(text: str) -> frozenset[str]:
    """Returns the words of a name that count, abbreviations written out."""
    spoken = plain(re.sub(r"(?<=\w)['’´`]s\b", "s", text.replace(".", ". "))).split()
    joined = re.sub(r"\bu s( a)?\b", "us", " ".join(spoken)).split()
    return frozenset(" ".join(_SHORT.get(word, word) for word in joined).split()) - _LINKS


@lru_cache(maxsize=1)
def _codes() -> tuple[Mapping[str, str], Mapping[frozenset[str], str]]:
    """Returns plain name or code -> code, and the words of a name -> code."""
    names = dict(_named())
    exact = {plain(name): code for name, code in names.items()}
    by_words = {words: code for name, code in names.items() if len(name) > 3 and (words := _words(name))}
    return exact, by_words


def _named() -> Iterator[tuple[str, str]]:
    """Yields names and codes with the country's code; of two that are alike the later counts."""
    import pycountry
    from babel import Locale

    codes = [(country.alpha_2, country) for country in pycountry.countries]
    for code_of_language in reversed(LANGUAGES):
        territories = Locale(code_of_language).territories
        yield from ((territories[code], code) for code, _ in codes if code in territories)
        yield territories["XK"], "XK"
    for code, country in codes:
        whole = (country.name, getattr(country, "common_name", ""), getattr(country, "official_name", ""))
        yield from ((name, code) for name in whole if name)
    yield from _OTHER_NAMES.items()
    for code, country in codes:
        yield code, code
        yield country.alpha_3, code
    yield "XK", "XK"


def known_names() -> Mapping[str, str]:
    """Returns plain name or code -> code, all that `code_of` knows as it stands."""
    return _codes()[0]
