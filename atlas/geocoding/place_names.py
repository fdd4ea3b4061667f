"""Place names as people write them -> keys under which the gazetteer knows them. Touches nothing.

A key has no accents, case, spaces or punctuation: "Ma'anshan", "Ma-an-shan" and "MAANSHAN" have the same;
other scripts than Latin stay what they are. A cell of a table is read from its whole text down to its parts:

    "Sant'Antonio (near St. Louis), Dakota County"
        -> santantonionearstlouisdakotacounty, santantonio, nearstlouis, dakotacounty, ...
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MOST_CHARACTERS = 300
MOST_KEY = 60
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
LINKS, _NEAR = frozenset(_LINKING.split()), frozenset(_ABOUT.split())
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
    for way in (as_written, _without_kind):
        for part in parts:
            if part is text or not all(word_key(word) in ADMINISTRATIVE for word in words_of(part)):
                keys |= dict.fromkeys(way(part))
    return tuple(spelling for spelling in keys if 1 < len(spelling) <= MOST_KEY)


def as_written(part: str) -> Iterator[str]:
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
    while len(kept) > 1 and keys[kept[0]] in LINKS:
        kept = kept[1:]
    while len(kept) > 1 and keys[kept[-1]] in LINKS:
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
kraftwerk heizkraftwerk kernkraftwerk wasserkraftwerk pumpspeicherwerk gaskraftwerk kohlekraftwerk stahlwerk
werk kw hkw kkw gkw akw wkw termoelettrica idroelettrica stabilimento acciaieria cartiera zuccherificio
termica nucleaire nuclear aciers acierie sucrerie cimenterie papeterie siderurgica acearia nucleare termosolar
grupo gruppo groupe tranche elektrownia elektrocieplownia huta elektrarna teplarna eromu voimalaitos voimala
kt kraftverk kraftvarmeverk varmeverk stalverk bruk santrali santral termik elektrik gres grs tets hes res
gt st cgt ct gtcc ocgt ccppgt cct pp ps tps hpp tpp dg stp ntpc powerhouse powerplant biopower bioenergie
biogasanlage vattenkraftwerk eolico parque parc eolien windpark solarpark photovoltaic pv
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
    words = [word for word in map(word_key, words_of(name[:MOST_CHARACTERS])) if word and word.isalpha()]
    said = [place for place, word in enumerate(words) if word not in _PLANT_WORDS]
    return "".join(words[said[0] : said[-1] + 1]) if said else ""
