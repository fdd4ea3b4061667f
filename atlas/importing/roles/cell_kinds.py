"""Measures what the cells of a column can be: the share of countries, degrees, years, ...

Each function takes filled cells as text and returns a share from 0 to 1. Touches nothing.
"""

import re
from collections.abc import Callable

import pandas as pd

from atlas import country_names
from atlas.importing import position_text
from atlas.importing.roles import status_words

_DEGREES = re.compile(r"""^[NSEWO]?\s*[+-]?\d{1,3}([.,]\d+)?[\s°º:dD'′’"″.\d]*[NSEWO]?$""", re.IGNORECASE)
_PLAIN = re.compile(r"^[+-]?\d+([.,]\d+)?$")
_POSTCODE = re.compile(
    r"(?=(?:\W*\w){4})(?:[A-Z]{1,3}[ -]?)?\d[\dA-Z]{0,5}(?:[ -]?[\dA-Z]{2,4})?", re.IGNORECASE
)
_LINKS = ("http://", "https://", "www.")
_YEAR = re.compile(r"(?<!\d)(1[.,\s'’]?[7-9]|2[.,\s'’]?0)\d\d(?!\d)")


def share(cells: pd.Series, can_be: Callable[[str], object]) -> float:
    return sum(bool(can_be(text)) for text in cells) / max(1, len(cells))


def are_countries(cells: pd.Series) -> float:
    """Share of countries; two or three small letters are a word ("no", "it"), not a code."""
    return share(cells, lambda text: (len(text) > 3 or text.isupper()) and country_names.code_of(text))


def are_codes(cells: pd.Series) -> float:
    return share(cells, lambda text: len(text) in (2, 3) and text.isupper() and country_names.code_of(text))


def are_country_names(cells: pd.Series) -> float:
    """Share of countries in words; a column of codes scores low."""
    return are_countries(cells) * (0.4 if are_codes(cells) > 0.8 else 1)


def are_degrees(most: float) -> Callable[[pd.Series], float]:
    def can_be(text: str) -> bool:
        if _PLAIN.match(text):
            return abs(float(text.replace(",", "."))) <= most
        return bool(_DEGREES.match(text))

    return lambda cells: share(cells, can_be)


def are_positions(cells: pd.Series) -> float:
    return share(cells, position_text.is_position)


def have_decimals(cells: pd.Series) -> float:
    """Share of numbers with decimals, or with signs and letters of degrees."""
    return share(cells, lambda text: re.search(r"\d[.,]\d|[°º′']|\d\s*[NSEWO]\b", text))


def are_statuses(cells: pd.Series) -> float:
    return share(cells, status_words.meaning)


def are_postcodes(cells: pd.Series) -> float:
    return share(cells, _POSTCODE.fullmatch)


def are_years(cells: pd.Series) -> float:
    return share(cells, _YEAR.search)


def are_numbers(cells: pd.Series) -> float:
    return share(cells, lambda text: re.match(r"^[+-]?[\d.,'’\s]*\d$", text))


def are_texts(cells: pd.Series) -> float:
    return share(cells, lambda text: re.search(r"[^\W\d_]", text))


def are_links(cells: pd.Series) -> float:
    return share(cells, lambda text: text.startswith(_LINKS))


def are_no_links(cells: pd.Series) -> float:
    return 1 - are_links(cells)


def are_titles(cells: pd.Series) -> float:
    return share(cells, lambda text: re.search(r"[^\W\d_]", text) and not text.startswith(_LINKS))


def are_different(cells: pd.Series) -> float:
    return 1.0 if cells.is_unique else 0.0


def are_place_names(cells: pd.Series) -> float:
    """Share of texts that may be towns or regions; a column of addresses scores low."""
    return are_texts(cells) * (0.4 if share(cells, _looks_like_address) > 0.5 else 1)


def _looks_like_address(text: str) -> bool:
    return bool(re.search(r"\d", text)) and bool(re.search(r"[,;]|\b\d{1,4}[a-z]?$|^\d+\s", text))


_PART_OF_THE_WORLD = re.compile(
    r"(?:(?:north|south|east|west|central|latin|mid|sub|saharan|former)\w*[\s-]+(?:and\s+)?){0,3}"
    r"(?:asia|europe|africa|americas?|oceania|eurasia|antarctica|caribbean|pacific|(?:middle|far) east|"
    r"australia and new zealand|melanesia|micronesia|polynesia|emea|apac|mena|latam|cis)"
    r"(?:(?:\s*[/,&-]\s*|\s+and\s+(?:the\s+)?)[a-z\s]+)?",
    re.IGNORECASE,
)


def are_parts_of_the_world(cells: pd.Series) -> float:
    """Share of cells that name a part of the world larger than a country: "South-eastern Asia"."""
    return share(cells, _PART_OF_THE_WORLD.fullmatch)
