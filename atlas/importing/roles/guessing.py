"""Guesses what the columns of a stranger's table are: the name, the town, the latitude, ...

    >>> guess(pd.DataFrame({"Stabilimento": ["Cassino"], "Comune": ["Piedimonte"], "Breite": ["41,47"]}))
    {'name': 'Stabilimento', 'town': 'Comune', 'latitude': 'Breite'}

The words of each role are in `ROLES`, in English, Italian, German, French and Spanish; the strength of a
word says how certain it makes a role. The cells count too: a column called "Lat" that holds words is no
latitude, and a column of countries is a country whatever its name. A role gets a single column and a column
a single role; the most certain pair is taken first. Touches nothing.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from atlas.importing import letters
from atlas.importing.roles import cell_kinds
from atlas.importing.roles.header_words import NEVER, ROLES, SECOND_BEST, Role, plain_words
from atlas.text import fold

__all__ = ["ROLES", "guess", "header_score"]

LEAST = 31
_PLACES = {"latitude", "coordinates", "town", "address"}
SAMPLE = 2_000
MOST_LOOKED_AT = 200
_SURE = 100
_GOOD, _UNKNOWN, _BAD = 1.0, 0.9, 0.45
_NEEDS = {"postcode": 0.8, "status": 0.5}
"""Role -> the share of cells that must fit where the header does not make it sure (see `_SURE_ALONE`)."""
_SURE_ALONE = {"status": 100, "postcode": 100}
_LENGTHS = frozenset({"lange", "laenge", "breite", "long"})
_UNITS = frozenset(["km", "m", "mm", "cm", "ft", "feet", "mi", "miles", "meter", "metre", "meters", "metres"])
_NAMELESS = re.compile(r"^(column|unnamed|field|spalte|colonna|colonne|columna)?[\s_:]*\d*$|^\w$")


def guess(table: pd.DataFrame) -> dict[str, str]:
    """Returns role -> column of the table for the roles that some column has, in the order of `ROLES`."""
    samples = {str(name): _sample(table[name]) for name in table.columns}
    filled = {name: len(cells) / max(1, len(_some(table[name]))) for name, cells in samples.items()}
    pairs = {name for name, cells in samples.items() if cell_kinds.are_positions(cells.iloc[:50]) >= 0.9}
    surest = sorted(
        (-_score(role, column, cells, filled[column]), order, place, role.key, column)
        for order, role in enumerate(ROLES.values())
        for place, (column, cells) in enumerate(samples.items())
        if role.key == "coordinates" or column not in pairs
    )
    column_of: dict[str, str] = {}
    for score, _, _, role, column in surest:
        if -score >= LEAST and role not in column_of and column not in column_of.values():
            column_of[role] = column
    _drop_half_a_pair(column_of)
    column_of |= _by_values(samples, column_of)
    return {role: column_of[role] for role in ROLES if role in column_of}


def _is_something_else(role: str, column: str, cells: pd.Series) -> bool:
    """Whether the cells say that a header means another thing than it may."""
    if role == "region":  # "Asia" is no region of a country, "operating" no state of a federation
        return max(cell_kinds.are_parts_of_the_world(cells), cell_kinds.are_statuses(cells)) >= 0.5
    if role in ("address", "town"):
        return cell_kinds.are_links(cells) >= 0.5
    if role == "coordinates":
        return cell_kinds.are_links(cells) >= 0.5 and cell_kinds.are_positions(cells) < 0.5
    # A length and a breadth: degrees have decimals.
    is_length = role in ("latitude", "longitude") and _plain_header(column)[1] in _LENGTHS
    return is_length and cell_kinds.have_decimals(cells) < 0.5


def _drop_half_a_pair(column_of: dict[str, str]) -> None:
    """Drops an uncertain latitude or longitude without the other: "x" without a "y" is anything."""
    for role, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if role not in column_of or other in column_of:
            continue
        is_length = _plain_header(column_of[role])[1] in _LENGTHS
        if is_length or header_score(role, column_of[role]) < 80:
            del column_of[role]


def _some(cells: pd.Series) -> pd.Series:
    """Returns cells spread over the whole column."""
    return cells.iloc[:: max(1, len(cells) // SAMPLE)]


def _sample(cells: pd.Series) -> pd.Series:
    """Returns filled cells as text."""
    some = _some(cells)
    text = some.astype("str").str.slice(0, MOST_LOOKED_AT).str.strip()
    return text[(text != "") & some.notna().to_numpy()].reset_index(drop=True)


def _score(role: Role, column: str, cells: pd.Series, filled: float) -> float:
    sure = header_score(role.key, column)
    if not sure:
        return 0
    if not len(cells):
        # A filled column of another name wins.
        return LEAST + sure / 1000 + (column == role.key) if sure * 0.5 >= LEAST else 0
    if _is_something_else(role.key, column, cells):
        return 0
    share = role.fits(cells) if role.fits else 1.0
    if column == role.key and not (role.key == "country" and share < 0.5):
        return 2 * _SURE  # our own name for it
    if share < _NEEDS.get(role.key, 0) and sure < _SURE_ALONE.get(role.key, np.inf):
        return 0
    if role.key == "plant_id" and filled < 1:
        return 0  # an id that some rows lack is another number
    # Of two columns that say the same, the column with more filled cells wins.
    return sure * (_GOOD if share >= 0.8 else _UNKNOWN if share >= 0.5 else _BAD) * (0.9 + 0.1 * filled)


@lru_cache(maxsize=20_000)
def header_score(role: str, header: str) -> float:
    """Returns how certain a header alone makes that its column has a role, from 0 to 100."""
    whole, bare, inside = _plain_header(header)
    words = ROLES[role].words
    is_degrees = role in ("latitude", "longitude")
    if is_degrees and _LENGTHS & set(bare.split()[:1]) and _UNITS & set(whole.split()):
        return 0  # "Länge (km)"
    exact = max(words.get(whole, 0), words.get(bare, 0) - (1 if whole != bare else 0))
    if exact:
        return exact - (25 if inside & SECOND_BEST else 0)
    spoken = set(whole.split())
    if spoken & (NEVER | ROLES[role].never):
        return 0
    held = [
        strength * (0.5 + 0.35 * len(word.split()) / len(bare.split()))
        for word, strength in words.items()
        if f" {word} " in f" {bare} " and (len(word) > 2 or len(bare.split()) == 2)
    ]
    return max(held, default=0) - (25 if inside & SECOND_BEST else 0)


def is_word_for(role: str, header: str) -> bool:
    """Tells whether a header says that its column has a role, or says nothing at all."""
    return header_score(role, header) > 0 or bool(_NAMELESS.match(fold(header).strip()))


def _plain_header(header: str) -> tuple[str, str, frozenset[str]]:
    """Returns a header in small plain words, the same without its brackets, and the words in the brackets."""
    header = letters.mended(header)
    parted = re.sub(r"(?<=[a-zß-öø-ÿ])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", header)
    inside = " ".join(re.findall(r"[(\[]([^)\]]*)", parted))
    whole, bare = (plain_words(text) for text in (parted, re.sub(r"[(\[][^)\]]*[)\]]?", " ", parted)))
    return whole, bare or whole, frozenset(plain_words(inside).split())


# ---- columns whose header says nothing -------------------------------------------------------------


def _by_values(samples: Mapping[str, pd.Series], column_of: Mapping[str, str]) -> dict[str, str]:
    """Returns roles for columns without a role where the cells leave no doubt."""
    free = {
        column: cells
        for column, cells in samples.items()
        if column not in column_of.values() and len(cells) and not _is_about_others(column)
    }
    more: dict[str, str] = {}
    if not {"country", "country_code"} & set(column_of):
        best = max(free, key=lambda column: cell_kinds.are_countries(free[column]), default="")
        if best and cell_kinds.are_countries(free[best]) >= 0.8:
            more["country_code" if cell_kinds.are_codes(free[best]) > 0.8 else "country"] = best
    nameless = {column: cells for column, cells in free.items() if _NAMELESS.match(fold(column).strip())}
    if not {"latitude", "longitude", "coordinates"} & set(column_of):
        more |= _positions_by_values(nameless) or _pairs(free)
    elif "coordinates" not in column_of and not all(
        len(samples[column_of[role]]) for role in ("latitude", "longitude") if role in column_of
    ):
        more |= _pairs(free)
    if "opened_year" not in column_of:
        years = [c for c, cells in nameless.items() if c not in more.values() and _are_years(cells)]
        more |= {"opened_year": years[0]} if years else {}
    if "name" not in column_of:
        rest = {column: cells for column, cells in nameless.items() if column not in more.values()}
        texts = [column for column, cells in rest.items() if cell_kinds.are_titles(cells) > 0.8]
        if not texts and _PLACES & {*column_of, *more}:
            texts = [c for c, cells in free.items() if c not in more.values() and _tells_rows_apart(cells)]
        best = max(texts, key=lambda column: free[column].nunique(), default="")
        more |= {"name": best} if best else {}
    return more


def _tells_rows_apart(cells: pd.Series) -> bool:
    """Whether cells can be names of plants: short texts, nearly all different."""
    is_short = cells.str.len().mean() <= 60
    return bool(is_short and cells.nunique() >= 0.9 * len(cells) and cell_kinds.are_titles(cells) > 0.8)


def _is_about_others(column: str) -> bool:
    return bool(set(_plain_header(column)[0].split()) & NEVER)


def _are_years(cells: pd.Series) -> bool:
    return cell_kinds.share(cells, lambda text: re.fullmatch(r"(1[7-9]|20)\d\d", text)) >= 0.95


def _positions_by_values(free: Mapping[str, pd.Series]) -> dict[str, str]:
    if pairs := _pairs(free):
        return pairs
    most = {column: _most_degrees(cells) for column, cells in free.items()}
    numbers = {column: degrees for column, degrees in most.items() if degrees <= 180}
    order = list(free)
    for first, second in pairwise(order):
        if first in numbers and second in numbers and min(numbers[first], numbers[second]) <= 90:
            swapped = numbers[first] > 90
            return {
                "latitude": second if swapped else first,
                "longitude": first if swapped else second,
            }
    return {}


def _pairs(free: Mapping[str, pd.Series]) -> dict[str, str]:
    """Returns the first column in which nearly each cell is a whole position, whatever it is called."""
    pairs = [column for column, cells in free.items() if cell_kinds.are_positions(cells) >= 0.9]
    return {"coordinates": pairs[0]} if pairs else {}


def _most_degrees(cells: pd.Series) -> float:
    """Returns the largest number of a column of decimals, without its sign; infinity for another column."""
    if cell_kinds.share(cells, lambda text: re.fullmatch(r"[+-]?\d{1,3}[.,]\d{2,}", text)) < 0.8:
        return np.inf
    return float(pd.to_numeric(cells.str.replace(",", ".", regex=False), errors="coerce").abs().max())
