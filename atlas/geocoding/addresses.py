"""Addresses as people write them -> what they may mean, as keys (see `place_names`). Touches nothing.

An address is read from its end: country, region, town. `readings` gives every way to read it, the likeliest
first; the first with a place counts.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from atlas import country_names
from atlas.geocoding.place_names import LINKS, MOST_CHARACTERS, MOST_KEY, as_written, key, spellings, word_key

WORLD_POPULATION = 300_000  # a town that is meant although a country has its name
_STREET_WORDS = """
street st road rd avenue ave av avenida boulevard blvd drive dr lane ln way highway hwy route km via viale
corso piazza piazzale strada localita loc zona contrada rue place chemin quai allee strasse str platz weg
calle carretera ctra paseo plaza rua estrada rodovia ul ulica al aleja utca ut straat laan kade vej gade
gata gatan vagen tie katu prospekt ulitsa per shosse cadde caddesi cad sokak mah mahallesi sok jalan jl jln
thanon soi duong lot plot block sector estate park zone industrial industrielle parc poligono area box square
"""
_STREET = frozenset(_STREET_WORDS.split())
_STREET_ENDS = "strasse str weg platz gasse straat laan vagen gatan vej gade katu"
_STREET_END = tuple(_STREET_ENDS.split())


@dataclass(frozen=True, slots=True)
class Address:
    """A reading of an address as keys: countries, regions, towns.

    Without `countries` the town may lie in any of `among`, and without those anywhere. Only a town with
    `least` inhabitants is meant. `only_region`: what stands before the region is no street but an unknown
    place, so the town with the region's name is not meant.
    """

    countries: tuple[str, ...]
    region: tuple[str, ...]
    keys: tuple[str, ...]
    among: tuple[str, ...] = ()
    least: int = 0
    only_region: bool = False


Regions = Callable[[str], tuple[str, ...]]
"""The two letters of the countries that have a region with this key."""


def readings(text: str, countries: Mapping[str, str], regions: Regions) -> tuple[Address, ...]:
    """Reads an address from its end, in all ways in which it may be meant, the likeliest first.

    The longest name counts: "Santa Fe, New Mexico" lies in New Mexico. The whole text is tried before its
    parts. `countries` has the codes of countries by key.

    >>> readings("Viale Ciro Menotti 322, 41121 Modena MO, Italy", {"italy": "IT"}, lambda key: ())[0].keys
    ('modena', 'vialeciromenotti')
    """
    parts = [" ".join(part.split()) for part in re.split(r"[,;\n\t]", text[:MOST_CHARACTERS]) if part.strip()]
    if not parts:
        return ()
    parts = _with_whole_country(parts, countries)
    written, words = parts, _without_postcode(parts[-1].split())
    parts = [*parts[:-1], " ".join(words)]
    country = _country_from(words, countries)
    if country is None and (code := _code_at_end(text, parts, words)):
        return tuple(way for way in _with_code(parts, words, code, countries, regions) if way.keys)
    region = next(
        (i for i in range(len(words) if country is None else country + 1) if _is_region(words[i:], regions)),
        None,
    )
    ways = []
    if country is not None and (region is None or region == country):
        if len(parts) == 1 and country:  # "Staten Island", which is not in Iceland
            ways.append(Address((), (), _whole(words), least=WORLD_POPULATION))
        ways += _in_country(parts, country, countries)
    elif len(parts) == 1:
        ways.append(Address((), (), _whole(written[0].split())))
    if region is not None and (rest := _before(parts, region)):
        name = key(" ".join(words[region:]))
        ways.append(Address((), (name,), tuple(_towns(rest)), among=regions(name)))
    if country is None:
        among = () if region is None else regions(key(" ".join(words[region:])))
        ways += [replace(way, among=among) for way in _loosely(written)]
    return tuple(way for way in ways if way.keys or way.countries)


def left_out(text: str, found: str) -> str:
    """Returns what stands in an address before the name by whose key a place was found: a street.

    >>> left_out("Corso Agnelli 200, 10135 Torino, Italy", "torino"), left_out("Via Roma 5 Torino", "torino")
    ('Corso Agnelli 200', 'Via Roma 5')
    """
    parts = [" ".join(part.split()) for part in re.split(r"[,;\n\t]", text[:MOST_CHARACTERS]) if part.strip()]
    if len(parts) == 1:
        words = parts[0].split()
        ends = (first for first in range(len(words)) if key(" ".join(words[first:])) == found)
        return " ".join(words[: next(ends, 0)])
    last = next((place for place, part in enumerate(parts) if found in _towns([part])), len(parts) - 1)
    return ", ".join(parts[:last])


def _country_from(words: Sequence[str], countries: Mapping[str, str]) -> int | None:
    """Returns the word at which the country at the end of an address begins, the longest name first."""
    for first in range(len(words)):
        name = " ".join(words[first:])
        if key(name) in countries and len(name) > (3 if first else 2):  # "Bari BA" is in no BA
            return None if first and word_key(words[first - 1]) in LINKS else first
    return None


def _with_whole_country(parts: list[str], countries: Mapping[str, str]) -> list[str]:
    """Returns parts in which a country with a comma is one part: "Korea, Republic of"."""
    last = ", ".join(parts[-2:])
    code = country_names.code_of(last) if len(parts) > 1 and key(parts[-1]) not in countries else ""
    return [*parts[:-2], country_names.name_of(code)] if code else parts


def _without_postcode(words: list[str]) -> list[str]:
    """Returns words without the numbers at their end: "New Jersey 08103"."""
    last = max((place for place, word in enumerate(words, 1) if not any(map(str.isdigit, word))), default=0)
    return words[:last] or words


def _code_at_end(text: str, parts: Sequence[str], words: Sequence[str]) -> str:
    """Returns the key of a code of a region or country at the end of an address, or ""."""
    code = words[-1]
    is_code = code.isascii() and code.isalpha() and code.isupper() and 2 <= len(code) <= 3
    return key(code) if is_code and (len(parts) > 1 or len(words) > 1) and not text.isupper() else ""


def _with_code(
    parts: Sequence[str], words: Sequence[str], code: str, countries: Mapping[str, str], regions: Regions
) -> Iterator[Address]:
    """Yields the readings of "Detroit, MI", "Paris, FR", "Modena MO" and "Leoti, Kansas, US".

    A known code is meant: a town elsewhere is not.
    """
    rest = [*parts[:-1], *filter(None, [" ".join(words[:-1])])]
    towns = tuple(_towns(rest))
    country = (countries[code],) if code in countries else ()
    if len(parts) == 1:
        yield Address((), (), _whole(words))
    around = key(" ".join(_without_postcode(rest[-1].split())))
    if rest[1:] and country and country[0] in regions(around):
        yield from _in_country(parts, len(words) - 1, countries)
        return
    if regions(code):
        yield Address((), (code,), towns, among=regions(code))
    if country:
        yield from _in_country(parts, len(words) - 1, countries)
    if country or regions(code):  # a code of a finer region, as of the provinces of Italy
        yield Address((), (code,), towns, among=tuple(dict.fromkeys(countries.values())))
    else:
        yield from _loosely(parts)


def _is_street(part: str) -> bool:
    words = [word_key(word) for word in part.split()]
    return any(not word.isalpha() or word in _STREET or word.endswith(_STREET_END) for word in words if word)


def ends_in_region(text: str, regions: Regions) -> bool:
    """Says whether a town's cell names its region behind it: "Camden NJ", "Detroit Michigan"."""
    words = text.split()
    code = _code_at_end(text, [text], words) if words else ""
    return bool(code and regions(code)) or any(_is_region(words[i:], regions) for i in range(1, len(words)))


def _is_region(words: Sequence[str], regions: Regions) -> bool:
    name = key(" ".join(words))
    return len(name) > 3 and bool(regions(name))


def _before(parts: Sequence[str], first: int) -> list[str]:
    """Returns the parts without the words of the last part from the word `first` on."""
    return [*parts[:-1], *filter(None, [" ".join(parts[-1].split()[:first])])]


def _in_country(parts: Sequence[str], first: int, countries: Mapping[str, str]) -> list[Address]:
    words = parts[-1].split()
    codes = (countries[key(" ".join(words[first:]))],)
    rest = _before(parts, first)
    if not rest:  # "Singapore"; "Salvador" may be the town, "Georgia" is no village
        country = Address(codes, (), ())
        return [country, Address((), (), _whole(words), least=WORLD_POPULATION), country]
    ways = [Address(codes, (), _whole(words))] if len(parts) == 1 else []  # "San Salvador"
    if len(rest) == 1 and " " in rest[0]:  # "New York, USA"
        ways.append(Address(codes, (), _whole(rest[0].split())))
    ways += [replace(way, countries=codes) for way in _loosely(rest)]
    words = rest[-1].split()
    inner = _country_from(words, countries)  # "Hong Kong, China"
    if inner is None:
        return ways
    is_territory = countries[key(" ".join(words[inner:]))] in country_names.TERRITORIES.get(codes[0], ())
    within = _in_country(rest, inner, countries)
    return [*within, *ways] if is_territory else [*ways, *within]


def _whole(words: Sequence[str]) -> tuple[str, ...]:
    """Returns the keys of words as one name, as they are and without postcodes and house numbers."""
    texts = (" ".join(words), " ".join(word for word in words if not any(map(str.isdigit, word))))
    keys = dict.fromkeys(spelling for text in texts if text for spelling in as_written(text))
    return tuple(spelling for spelling in keys if 1 < len(spelling) <= MOST_KEY)


def _towns(parts: Sequence[str]) -> dict[str, None]:
    """Returns the keys of parts, those of the last part first, without postcodes and house numbers."""
    texts = (" ".join(w for w in part.split() if not any(map(str.isdigit, w))) for part in reversed(parts))
    return dict.fromkeys(spelling for text in texts if text for spelling in spellings(text))


def _loosely(parts: Sequence[str]) -> list[Address]:
    """Reads the parts of an address without its country: each may be the region or the town."""
    regions: dict[str, None] = {}
    towns: dict[str, None] = {}
    last: tuple[str, ...] = ()
    for part in reversed(parts):
        words = [word for word in part.split() if not any(map(str.isdigit, word))]
        if words and words[-1].isupper() and 2 <= len(words[-1]) <= 3:  # "Modena MO"
            regions.setdefault(key(words.pop()))
        elif part is parts[-1] and len(words) == len(part.split()) and len(parts) > 1:  # "..., Minas Gerais"
            last = spellings(part)
            continue
        elif part is parts[-1] and len(words) > 1:  # "Springfield Illinois"
            regions.update(dict.fromkeys(key(" ".join(words[first:])) for first in range(1, len(words))))
            towns.setdefault(key(" ".join(words)))
            towns.update(dict.fromkeys(key(" ".join(words[:end])) for end in range(len(words) - 1, 0, -1)))
        towns.update(dict.fromkeys(spellings(" ".join(words))))
    around, places = tuple(filter(None, [*last, *regions])), tuple(filter(None, towns))
    if last and not any(map(_is_street, parts[:-1])):
        ways = [Address((), around, places), Address((), around, last, only_region=True)]
    else:
        ways = [Address((), around, (*places, *last))]
    words = parts[0].split()
    number = max((place for place, word in enumerate(words) if any(map(str.isdigit, word))), default=0)
    if len(parts) == 1 and number:  # "Via Roma 5 Torino"
        ways.append(Address((), (), _whole(words[number + 1 :])))
    return ways
