"""Names and codes of countries, in five languages -> ISO 3166-1 alpha-2.

    >>> code_of("Italia"), code_of("Deutschland"), code_of("USA"), code_of("KOR"), code_of("Atlantis")
    ('IT', 'DE', 'US', 'KR', '')

The names are pycountry's (LGPL 2.1, used unmodified) with its translations; it is read at the first
question.
"""

import gettext
import re
from collections.abc import Mapping
from functools import lru_cache

import pycountry

from atlas.text import fold

LANGUAGES = ("it", "de", "fr", "es")
# What people write and no standard lists; Kosovo has no code of the standard but one in use.
_OTHER_NAMES = {
    "UK": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB",
    "Great Britain": "GB", "Gran Bretagna": "GB", "Großbritannien": "GB", "Grande-Bretagne": "GB",
    "Gran Bretaña": "GB", "Inghilterra": "GB", "U.S.": "US", "America": "US", "USA": "US",
    "EE.UU.": "US", "EEUU": "US", "Stati Uniti d'America": "US", "Russia": "RU", "Rusia": "RU",
    "Russie": "RU", "Russland": "RU", "South Korea": "KR", "Korea": "KR", "Republic of Korea": "KR",
    "Südkorea": "KR", "Corea del Sud": "KR", "Corée du Sud": "KR", "Corea del Sur": "KR",
    "North Korea": "KP", "Nordkorea": "KP", "Iran": "IR", "Syria": "SY", "Laos": "LA", "Vietnam": "VN",
    "Viet Nam": "VN", "Bolivia": "BO", "Venezuela": "VE", "Tanzania": "TZ", "Moldova": "MD",
    "Macedonia": "MK", "Turkey": "TR", "Czech Republic": "CZ", "Tschechische Republik": "CZ",
    "Repubblica Ceca": "CZ", "République tchèque": "CZ", "República Checa": "CZ", "Ivory Coast": "CI",
    "Cape Verde": "CV", "Swaziland": "SZ", "Burma": "MM", "Brunei": "BN", "Palestine": "PS", "Kosovo": "XK",
    "Taiwan": "TW", "Hong Kong": "HK", "Macau": "MO", "Macao": "MO", "DR Congo": "CD",
    "Democratic Republic of Congo": "CD", "Congo-Kinshasa": "CD", "DRC": "CD",
    "Congo": "CG", "Republic of the Congo": "CG",
    "Congo-Brazzaville": "CG", "The Gambia": "GM", "The Bahamas": "BS", "Micronesia": "FM",
    "East Timor": "TL", "Holland": "NL", "The Netherlands": "NL", "Olanda": "NL", "UAE": "AE",
    "St. Kitts and Nevis": "KN", "St. Lucia": "LC", "Vatican": "VA", "China, mainland": "CN",
    "Mainland China": "CN", "PRC": "CN", "Falkland Islands": "FK", "US Virgin Islands": "VI",
    "Réunion": "RE", "Curacao": "CW", "Sint Maarten": "SX", "Pays-Bas": "NL", "Tschechien": "CZ",
    "Weißrussland": "BY", "Bielorussia": "BY", "Biélorussie": "BY", "Byelorussia": "BY",
}  # fmt: skip


def code_of(text: str) -> str:
    """Returns the two-letter code of the country that a cell names or gives a code of; else ""."""
    return _codes().get(plain(text), "")


def name_of(code: str) -> str:
    """Returns the country's usual English name; "" for an unknown code."""
    country = pycountry.countries.get(alpha_2=code) if code else None
    if country is None:
        return "Kosovo" if code == "XK" else ""
    return str(getattr(country, "common_name", country.name))


def plain(text: str) -> str:
    """Returns a name to compare: without accents, capitals, points, hyphens, "the" and "&"."""
    words = re.sub(r"[^\w]+", " ", fold(text).replace("&", " and ").replace(".", "")).strip()
    return words.removeprefix("the ")


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    all_countries = list(pycountry.countries)
    for country in all_countries:
        names = [country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")]
        for name in filter(None, [*names, country.name.partition(",")[0] if "," in country.name else ""]):
            codes.setdefault(plain(name), country.alpha_2)
    for language in LANGUAGES:
        translated = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
        for country in all_countries:
            names = [country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")]
            for name in filter(None, names):
                codes.setdefault(plain(translated.gettext(name)), country.alpha_2)
    # "Korea, Democratic People's Republic of" begins like its neighbour: written down beats worked out.
    codes |= {plain(name): code for name, code in _OTHER_NAMES.items()}
    for country in all_countries:
        codes |= {country.alpha_2.casefold(): country.alpha_2, country.alpha_3.casefold(): country.alpha_2}
    return codes | {"xk": "XK", "xkx": "XK"}


def known_names() -> Mapping[str, str]:
    """Returns plain name or code -> code, all that `code_of` knows."""
    return _codes()
