"""Place names as people write them -> keys under which the gazetteer knows them. Touches nothing.

A key has no accents, case, spaces or punctuation: "Ma'anshan", "Ma-an-shan" and "MAANSHAN" have the same;
other scripts than Latin stay what they are. A cell of a table is read from its whole text down to its parts:

    "Sant'Antonio (near St. Louis), Dakota County"
        -> santantonionearstlouisdakotacounty, santantonio, nearstlouis, dakotacounty, ...
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from atlas import country_names

MOST_CHARACTERS = 300
MOST_KEY = 60
WORLD_POPULATION = 300_000  # a town that is meant although a country has its name
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ə": "e", "ħ": "h"}
)
_NO_LETTERS = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())
_PARTS = re.compile(r"\s*[,;/|()\[\]{}+&\n\t、，；（）]\s*|\s+[-–—]\s+|\s+(?:and|und|et)\s+")
_WORDS = re.compile(r"[^\s\-–—_.,;:/|()\[\]{}\"“”]+")

# Words that say what kind of area a name is, in the languages of real tables; keys, so without accents.
_KINDS = """
respublika krayi vilayeti avtonomnyy avtonomnaya mintaqasi taluk division counties regency capital
statistical city town township village municipality municipal metropolitan metropolis borough county
parish district districts region regional province provincial prefecture state republic territory
department subdivision subdistrict governorate commune community canton ward area zone greater taluka
tehsil tahsil mandal block upazila thana zila kabupaten kota kecamatan kelurahan desa provinsi daerah
mukim bandar kampung shi xian qu sheng zhen xiang qi meng zhou banner league autonomous prefecturelevel
ken fu to gun cho machi mura si gu do eup myeon dong ri special selfgoverning gwangyeoksi huyen tinh
quan phuong xa thi thanh pho tx tp barangay brgy bayan lungsod poblacion amphoe tambon changwat mueang
khet oblast oblasti krai kray raion rayon rajon okrug gorod selo obshtina opstina voivodeship
wojewodztwo powiat gmina judet comuna orasul kraj okres obec megye jaras zupanija grad landkreis kreis
bezirk stadt gemeinde regierungsbezirk bundesland freistaat provincia comune citta regione provincie
gemeente departement arrondissement ville departamento municipio ciudad estado distrito partido regiao
cidade freguesia concelho concejo il ili ilce ilcesi wilaya wilayah wilayat muhafazat governate
shahrestan ostan bakhsh fylke kommune kommun lan laani kunta maakunta amt lääni urban rural north south
east west central industrial park estate ap zizhizhou zizhiqu zizhixian diqu zangzu yizu miaozu dongzu
buyizu buyei hanizu hani daizu dai baizu bai lisuzu qiangzu tujiazu zhuangzu huizu hui mengguzu menggu
kazak kirgiz uygur zhuang tibetan miao yi
"""
_LINKING = "of the de del della dello di da do dos das du des la le el"
_ABOUT = "near close outside around vicinity port harbour harbor puerto"
# North and south are no kinds: they tell namesakes apart.
ADMINISTRATIVE = frozenset(_KINDS.split()) - {"north", "south", "east", "west", "central"}
_LINKS, _NEAR = frozenset(_LINKING.split()), frozenset(_ABOUT.split())
_SUFFIX = re.compile(
    r"(?:市|县|縣|区|區|省|郡|町|村|镇|鎮|乡|乡|府|都|시|군|구|읍|면|도)$|(?<=\w{3})[\-‐](?:shi|gun|si|gu|do|ken|cho|ku)$",
    re.IGNORECASE,
)
_SHORT = {
    "st": ("saint", "sankt", "sint"),
    "ste": ("sainte",),
    "sta": ("santa",),
    "sto": ("santo",),
    "s": ("san", "santa", "santo", "sao", "sankt"),
    "ft": ("fort",),
    "mt": ("mount", "mont"),
    "pt": ("port", "point"),
    "saint": ("st",),
    "sankt": ("st",),
    "fort": ("ft",),
    "mount": ("mt",),
}


def key(text: str) -> str:
    """Returns the key of a name.

    >>> key("Pomigliano d'Arco"), key("ŁÓDŹ"), key("Sankt-Peterburg"), key("唐山市")
    ('pomiglianodarco', 'lodz', 'sanktpeterburg', '唐山市')
    """
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = unicodedata.normalize("NFC", "".join(sign for sign in text if not unicodedata.combining(sign)))
        text = text if text.isalnum() else "".join(filter(str.isalnum, text))
    else:
        text = text.translate(_NO_LETTERS)
    return text.replace("iy", "y").replace("yy", "y")  # Primorskiy and Primorsky


word_key = lru_cache(maxsize=100_000)(key)  # names of plants share most of their words


@lru_cache(maxsize=100_000)
def spellings(text: str) -> tuple[str, ...]:
    """Returns the keys under which the place of a cell may be known, the whole text first.

    >>> spellings("Kota Bekasi")
    ('kotabekasi', 'bekasi')
    """
    text = " ".join(text[:MOST_CHARACTERS].split())
    if text.isascii() and text.isalpha():  # one plain word, as most cells are, has no parts
        return (whole,) if 1 < len(whole := key(text)) <= MOST_KEY else ()
    parts = [text, *(part for part in _PARTS.split(text) if part and part != text)]
    keys: dict[str, None] = {}
    for way in (_as_written, _without_kind):
        for part in parts:
            if part is text or not all(word_key(word) in ADMINISTRATIVE for word in words_of(part)):
                keys |= dict.fromkeys(way(part))
    return tuple(spelling for spelling in keys if 1 < len(spelling) <= MOST_KEY)


def _as_written(part: str) -> Iterator[str]:
    yield key(part)
    words = part.split()
    for short in _SHORT.get(word_key(words[0]), ()) if len(words) > 1 else ():
        yield key(" ".join([short, *words[1:]]))


def _without_kind(part: str) -> Iterator[str]:
    """Yields a part without the words that say what kind of area it is: "Kabupaten Bekasi" is Bekasi."""
    bare = _SUFFIX.sub("", part)
    if bare != part:
        yield key(bare)
    words = words_of(bare)
    keys = [word_key(word) for word in words]
    kept = [i for i, word in enumerate(keys) if word and word not in ADMINISTRATIVE and word not in _NEAR]
    if not kept or len(kept) == len(words):
        return
    while len(kept) > 1 and keys[kept[0]] in _LINKS:
        kept = kept[1:]
    while len(kept) > 1 and keys[kept[-1]] in _LINKS:
        kept = kept[:-1]
    yield "".join(keys[kept[0] : kept[-1] + 1])
    yield "".join(keys[i] for i in kept)


def words_of(text: str) -> list[str]:
    """Returns the words of a text, without punctuation around them."""
    return _WORDS.findall(text)


# Words in the names of plants that are no places.
_PLANT = """
plant plants power station stations powerstation works work steel steelworks steelmaking iron ironworks
mill mills minimill factory refinery smelter unit units phase stage expansion project company co corp
corporation ltd limited inc llc plc gmbh ag kg sa spa srl nv bv ab as oy ooo oao pao zao jsc pjsc pt tbk
pvt private group holding holdings industries industry industrial energy electric electricity generation
generating thermal thermoelectric termoelectrica central centrale usina termeletrica bioenergy biomass
biogas bioelectric waste wte landfill cogeneration cogen chp heat coal gas lng oil fired combined cycle
ccpp ccgt tpp gres tec tes pltu pltg pltgu pltmg pltd hydro hydroelectric hydropower dam solar wind farm
park nuclear npp geothermal mine mines mining terminal port harbour harbor coke coking sugar paper pulp
cement chemical chemicals chemistry petrochemical fertilizer fertiliser metal metals metallurgical
metallurgy special alloy stainless rolling melting eaf bof dri hbi new old east west north south eastern
western northern southern upper lower the and of de del da do la le el al san st i ii iii iv v vi a b c
d e no number city county district province center centre facility ultra mega super critical
supercritical captive self use peaker peaking reserve
"""
_PLANT_WORDS = frozenset(_PLANT.split())


@lru_cache(maxsize=100_000)
def pieces(name: str) -> tuple[str, ...]:
    """Returns keys of one to four words of a plant's name that may name its town, the longest first."""
    words = [word for word in map(word_key, words_of(name[:MOST_CHARACTERS])) if word and not word.isdigit()][
        :14
    ]
    is_plain = [word in _PLANT_WORDS for word in words]
    keys: dict[str, None] = {}
    for length in (4, 3, 2, 1):
        for start in range(len(words) - length + 1):
            if all(is_plain[start : start + length]):
                continue
            piece = "".join(words[start : start + length])
            if 2 < len(piece) <= MOST_KEY or (len(piece) == 2 and not piece.isascii()):
                keys.setdefault(piece)
    return tuple(keys)


@lru_cache(maxsize=100_000)
def bare_name(name: str) -> str:
    """Returns the key of all that a plant's name says beside the words for plants; "" if nothing is left.

    >>> bare_name("Aschaffenburg biomass power station"), bare_name("Liberty Steel Georgetown")
    ('aschaffenburg', 'libertysteelgeorgetown')
    """
    words = [word for word in map(word_key, words_of(name[:MOST_CHARACTERS])) if word and not word.isdigit()]
    said = [place for place, word in enumerate(words) if word not in _PLANT_WORDS]
    return "".join(words[said[0] : said[-1] + 1]) if said else ""


@dataclass(frozen=True, slots=True)
class Address:
    """A reading of an address as keys: countries, regions, towns.

    Without `countries` the town may lie in any of `among`, and without those anywhere. Only a town with
    `least` inhabitants is meant.
    """

    countries: tuple[str, ...]
    region: tuple[str, ...]
    keys: tuple[str, ...]
    among: tuple[str, ...] = ()
    least: int = 0


Regions = Callable[[str], tuple[str, ...]]
"""The two letters of the countries that have a region with this key."""


def readings(text: str, countries: Mapping[str, str], regions: Regions) -> tuple[Address, ...]:
    """Reads an address from its end, in all ways in which it may be meant, the likeliest first.

    The longest name counts: "Santa Fe, New Mexico" lies in New Mexico. The whole text is tried before its
    parts. `countries` has the codes of countries by key.

    >>> readings("Viale Ciro Menotti 322, 41121 Modena MO, Italy", {"italy": "IT"}, lambda key: ())
    (Address(countries=('IT',), region=('mo',), keys=('modena', 'vialeciromenotti'), among=(), least=0),)
    """
    parts = [" ".join(part.split()) for part in re.split(r"[,;\n\t]", text[:MOST_CHARACTERS]) if part.strip()]
    if not parts:
        return ()
    words = _without_postcode(parts[-1].split())
    country = _country_from(words, countries)
    if country is None and (code := _code_at_end(text, parts, words)):
        return tuple(way for way in _with_code(parts, words, code, countries, regions) if way.keys)
    region = next(
        (i for i in range(len(words) if country is None else country + 1) if _is_region(words[i:], regions)),
        None,
    )
    ways = []
    if country is not None and (region is None or region == country):
        ways += _in_country(parts, country, countries)
    elif len(parts) == 1:
        ways.append(Address((), (), _whole(words)))
    if region is not None and (rest := _before(parts, region)):
        name = key(" ".join(words[region:]))
        ways.append(Address((), (name,), tuple(_towns(rest)), among=regions(name)))
    if country is None:
        ways += _loosely(parts)
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
            return None if first and word_key(words[first - 1]) in _LINKS else first
    return None


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
        yield Address(country, (around,), tuple(_towns(rest[:-1])))
    if regions(code):
        yield Address((), (code,), towns, among=regions(code))
    if country:
        yield from (Address(country, way.region, way.keys) for way in _loosely(rest))
    if country or regions(code):  # a code of a finer region, as of the provinces of Italy
        yield Address((), (code,), towns, among=tuple(dict.fromkeys(countries.values())))
    else:
        yield from _loosely(parts)


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
    ways += [Address(codes, way.region, way.keys) for way in _loosely(rest)]
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
    keys = dict.fromkeys(spelling for text in texts if text for spelling in _as_written(text))
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
    ways = [Address((), tuple(filter(None, [*last, *regions])), tuple(filter(None, [*towns, *last])))]
    words = parts[0].split()
    number = max((place for place, word in enumerate(words) if any(map(str.isdigit, word))), default=0)
    if len(parts) == 1 and number:  # "Via Roma 5 Torino"
        ways.append(Address((), (), _whole(words[number + 1 :])))
    return ways
