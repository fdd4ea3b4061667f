"""Reads texts as people write them: numbers, degrees, years.

    >>> numbers(pa.array(["1.234,5", "45,07", "1e3", "many"]), ",")
    array([1234.5 ,   45.07, 1000.  ,     nan])

The decimal mark decides which number a cell is, never whether it is a number: so a table that we write
reads back the same. Touches nothing.
"""

import re
from functools import lru_cache
from typing import Any

import lat_lon_parser
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from atlas.earth import Floats

FIRST_YEAR, LAST_YEAR = 1500, 2100
_PLAIN = r"^-?[0-9]+(\.[0-9]+)?$"
_WHOLE = r"^-?[0-9]+$"
_READY = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_SPACED = r"^[+-]?[1-9][0-9]{0,2}([ \x{00a0}\x{202f}\x{2009}'’][0-9]{3})+([.,][0-9]+)?$"
_EXACT = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?$"
_MAYBE_DEGREES = re.compile(
    r"""^[NSEWO]?[\s+-]*\d[\d\s.,°º˚:dmDM'’′´`"”″“]*s?\s*[NSEWO]?\.?$""", re.IGNORECASE
)
_PAIR = (
    r"^[(\[]?\s*(?P<first>[+-]?[0-9]+(?:[.,][0-9]+)?)\s*°?\s*[,;/ ]\s*"
    r"(?P<second>[+-]?[0-9]+(?:[.,][0-9]+)?)\s*°?\s*[)\]]?$"
)
_POINT = r"^(?i:point)\s*\(\s*(?P<second>[+-]?[0-9.]+)\s+(?P<first>[+-]?[0-9.]+)\s*\)$"
_HALVES = re.compile(
    r"^\s*(?P<first>[NS][^NSEWO]+|[^NSEWO]+[NS])[\s,;/]+(?P<second>[EWO][^NSEWO]+|[^NSEWO]+[EWO])\s*$",
    re.IGNORECASE,
)
_CIRCA = r"(?:ca\.?|circa|c\.|um|etwa|vers|verso|env\.?|environ|hacia|about|around|approx\.?|~|≈)"
_ABOUT = re.compile(rf"^(?:{_CIRCA}\s*(\d{{4}})|(\d{{4}})\s*(?:\?|\(?{_CIRCA}\)?))$", re.IGNORECASE)
_MONTH = r"(?:0?[1-9]|1[0-2])"
_MONTH_NAME = (
    r"(?i:jan|gen|ene|feb|fév|mar|mär|apr|avr|abr|ma[iyg]|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|o[kct]t"
    r"|nov|de[zc]|déc|dic)"
)
_DATE = (
    rf"^(?:(?P<a>[0-9]{{4}})(?:-{_MONTH}|[-/.]{_MONTH}[-/.][0-9]{{1,2}})"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?P<b>[0-9]{4})"
    rf"|{_MONTH}[/.](?P<c>[0-9]{{4}})"
    rf"|(?:[0-9]{{1,2}}\.? )?{_MONTH_NAME}\p{{L}}{{0,7}}\.?[ ,-]{{1,2}}(?:[0-9]{{1,2}},? )?(?P<d>[0-9]{{4}}))"
    r"(?:[T ][0-9:.]+Z?)?$"
)


def numbers(text: pa.Array, decimal: str, *, degrees: bool = False) -> Floats:
    """Returns the numbers of cells, NaN for other cells. `degrees`: "45,123" can have no thousands."""
    has_thousands = decimal == "," and not degrees  # "1.234" is more than a thousand then
    if pc.all(pc.match_substring_regex(text, rf"{_WHOLE if has_thousands else _PLAIN}|^$")).as_py():
        return _to_float(text)
    tidy = pc.replace_substring(text, "−", "-")
    tidy = pc.replace_substring_regex(tidy, r"\s*°$", "") if degrees else tidy
    tidy = pc.replace_substring_regex(tidy, r"^\+([0-9.,])", r"\1")
    spaced = pc.match_substring_regex(tidy, _SPACED)
    tidy = pc.if_else(spaced, pc.replace_substring_regex(tidy, r"[ \x{00a0}\x{202f}\x{2009}'’]", ""), tidy)
    for mark, other in ((",", "."), (".", ",")):
        tidy = _without_thousands(tidy, mark, other, is_likely=mark != decimal and not degrees)
    ready = pc.replace_substring(tidy, ",", ".")
    return _to_float(ready)


def _without_thousands(text: pa.Array, mark: str, other: str, *, is_likely: bool) -> pa.Array:
    """ "1,234,567" and "1,234.5" have thousands for sure; "1,234" where the mark is not for decimals."""
    m, o = re.escape(mark), re.escape(other)
    surely = rf"^-?[1-9][0-9]{{0,2}}(({m}[0-9]{{3}}){{2,}}|({m}[0-9]{{3}})+{o}[0-9]+)({o}[0-9]+)?$"
    also = rf"|^-?[1-9][0-9]{{0,2}}{m}[0-9]{{3}}$" if is_likely else ""
    return pc.if_else(
        pc.match_substring_regex(text, surely + also), pc.replace_substring(text, mark, ""), text
    )


def _to_float(text: pa.Array) -> Floats:
    ready = pc.if_else(pc.match_substring_regex(text, _READY), text, pa.scalar(None, text.type))
    number = pc.cast(ready, pa.float64()).to_numpy(zero_copy_only=False)
    return np.array(number, "float64")


def typed(text: pa.Array, decimal: str) -> pa.Array | None:
    """Returns the numbers of a column in which all filled cells are numbers; None for a column of text.

    Whole numbers are integers. Codes with leading zeros, exponents and very long numbers stay text.
    """
    filled = pc.not_equal(text, "")
    if not pc.any(filled).as_py():
        return None
    plain = pc.match_substring_regex(text, _EXACT)
    has_thousands = decimal == "," and pc.any(pc.match_substring(text, ".")).as_py()
    if has_thousands or not pc.all(pc.or_(plain, pc.invert(filled))).as_py():
        if not _are_written_numbers(text):
            return None
        value = numbers(text, decimal)
        whole = bool((value[~np.isnan(value)] % 1 == 0).all()) and not _has_decimals(text, decimal)
        return pa.array(value, pa.int64() if whole else pa.float64(), from_pandas=True)
    cells = pc.if_else(filled, text, pa.scalar(None, text.type))
    is_whole = not pc.any(pc.match_substring(text, ".")).as_py()
    return cells.cast(pa.int64() if is_whole else pa.float64())


def _are_written_numbers(text: pa.Array) -> bool:
    """Whether all are numbers, also with a comma or thousands, but without leading zero or exponent."""
    digits = pc.replace_substring_regex(text, r"[ \x{00a0}\x{202f}\x{2009}'’.,-]", "")
    if (pc.max(pc.utf8_length(digits)).as_py() or 0) > 15:
        return False
    shape = (
        rf"^$|{_EXACT}|^-?(0|[1-9][0-9]*),[0-9]+$|^-?[1-9][0-9]{{0,2}}(,[0-9]{{3}})+(\.[0-9]+)?$"
        rf"|^-?[1-9][0-9]{{0,2}}(\.[0-9]{{3}})+(,[0-9]+)?$|{_SPACED}"
    )
    return bool(pc.all(pc.match_substring_regex(text, shape)).as_py())


def _has_decimals(text: pa.Array, decimal: str) -> bool:
    mark = re.escape(decimal)
    return bool(pc.any(pc.match_substring_regex(text, rf"{mark}[0-9]{{1,2}}$|{mark}[0-9]{{4,}}$")).as_py())


# ---- degrees ---------------------------------------------------------------------------------------


@lru_cache(maxsize=4_096)
def degrees(cell: str, east: str = "E") -> float:
    """Returns the degrees of a cell with degrees, minutes and seconds ("41°29′N", "41 29 13 N"), else NaN.

    `east`: whether the letter O is "E" (German Ost) or "W" (Ovest, Ouest, Oeste).
    """
    text = cell.strip()
    if len(text) > 40 or not _MAYBE_DEGREES.match(text):
        return np.nan
    # The library takes the s of seconds for south.
    text = re.sub(r"(?<=\d)\s*[dD](?=\s*\d)", "° ", text)
    text = re.sub(r"(?<=\d)\s*[mM](?=\s*\d)", "' ", text)
    text = re.sub(r"(?<=\d)\s*s(?=\s*[NSEWO]?$)", '"', text)
    text = re.sub(r"[oO]", east, text).replace(",", ".").replace("º", "°").replace("˚", "°")
    try:
        value = float(lat_lon_parser.parse(text.upper()))
    except (ValueError, TypeError, AttributeError, IndexError, KeyError):
        return np.nan
    return value if abs(value) <= 180 else np.nan


def pairs(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Returns the halves of "45.1, 7.2", "(45,1; 7,2)", "POINT(7.2 45.1)", "45°6′N 7°12′E" as text, latitude
    first; the whole text twice where it has no halves.
    """
    pair, point = pc.extract_regex(text, _PAIR), pc.extract_regex(text, _POINT)
    first, second = (_either(pair, point, name) for name in ("first", "second"))
    rest = np.flatnonzero((pc.is_null(first)).to_numpy(zero_copy_only=False))
    if len(rest):
        cells = text.take(pa.array(rest)).to_pylist()
        halves = [_HALVES.match(cell) if len(cell) < 100 else None for cell in cells]
        firsts = [half["first"] if half else cell for half, cell in zip(halves, cells, strict=True)]
        seconds = [half["second"] if half else cell for half, cell in zip(halves, cells, strict=True)]
        first, second = _put(first, rest, firsts), _put(second, rest, seconds)
    return first, second


def _either(pair: Any, point: Any, name: str) -> pa.Array:
    return pc.coalesce(pc.struct_field(pair, name), pc.struct_field(point, name)).cast(pa.large_string())


def _put(cells: pa.Array, rows: Any, texts: list[str]) -> pa.Array:
    mask = np.zeros(len(cells), bool)
    mask[rows] = True
    return pc.replace_with_mask(cells, pa.array(mask), pa.array(texts, pa.large_string()))


# ---- years -----------------------------------------------------------------------------------------


def years(text: pa.Array) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    """Returns the years of cells (NaN if unreadable), which of them are only about right, and the year that
    may be meant by an unreadable cell ("since 1972": 1972).

    A date counts as its year.
    """
    plain = pc.match_substring_regex(text, r"^[0-9]{4}(\.0+)?$")
    year = _to_float(pc.if_else(plain, text, pa.scalar("", text.type)))
    about, meant = np.zeros(len(year), bool), np.full(len(year), np.nan)
    rest = pc.and_(pc.invert(plain), pc.not_equal(text, ""))
    if pc.any(rest).as_py():
        date = pc.extract_regex(text, _DATE)
        of_date = pc.coalesce(*(_filled(pc.struct_field(date, name)) for name in "abcd"))
        year = np.where(np.isnan(year), _to_float(pc.fill_null(of_date.cast(pa.large_string()), "")), year)
        for row in np.flatnonzero(rest.to_numpy(zero_copy_only=False) & np.isnan(year)):
            about[row], value = _odd_year(text[int(row)].as_py())
            (year if about[row] else meant)[row] = value
    outside = (year < FIRST_YEAR) | (year > LAST_YEAR)
    year[outside] = np.nan
    return year, about & ~outside, meant


def _filled(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)


@lru_cache(maxsize=4_096)
def _odd_year(cell: str) -> tuple[bool, float]:
    about = _ABOUT.match(cell.strip()) if len(cell) < 40 else None
    if about:
        return True, float(about[1] or about[2])
    years = re.findall(r"(?<!\d)\d{4}(?!\d)", cell[:60])
    is_clear = len(years) == 1 and FIRST_YEAR <= int(years[0]) <= LAST_YEAR
    return False, float(years[0]) if is_clear else np.nan
