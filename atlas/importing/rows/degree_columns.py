"""Columns beside latitude and longitude that belong to them: minutes, seconds, hemisphere, the system.

    Latitude degrees | Latitude minutes | Latitude hemisphere -> one latitude

Touches nothing.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from atlas.earth import Floats
from atlas.importing import systems
from atlas.importing.roles.header_words import plain_words
from atlas.importing.rows import numbers, values
from atlas.importing.rows.step import FileCells

_AXES = {"latitude": r"lat|breite", "longitude": r"lon|lng|lange|laenge"}
_SIDES = {
    "latitude": r"(?i)^(n|s|north|south|nord|sud|süd|norte|sur)?$",
    "longitude": r"(?i)^(e|w|o|east|west|est|ost|este|ovest|ouest|oeste)?$",
}
_PARTS = {
    "minutes": r"m|min|mins|minutes?|minuti|minuten|minutos",
    "seconds": r"s|sec|secs|seconds?|secondi|sekunden|segundos",
}
_STATES_SYSTEM = re.compile(
    r"(utm )?(zone|fuso|huso|fuseau)|utm|epsg|crs|srs|srid|.*(coordinate|reference) system|projection|datum"
)
_IN_HEADER = re.compile(r"EPSG\W*\d{4,5}|UTM\W*(?:zone\W*)?\d{1,2}\W?(?:[NS]\b|north|south)", re.IGNORECASE)


def joined(cells: FileCells, latitude: pa.Array, longitude: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Returns latitude and longitude with the minutes, seconds and hemisphere of their other columns."""
    return _joined(cells, "latitude", latitude), _joined(cells, "longitude", longitude)


def _joined(cells: FileCells, axis: str, text: pa.Array) -> pa.Array:
    parts = dict(_companions(cells, axis))
    if not parts:
        return text
    value = numbers.numbers(text, cells.decimal, degrees=True)
    total = np.abs(value)
    for part, size in (("minutes", 60), ("seconds", 3600)):
        if part in parts:
            total = total + np.nan_to_num(numbers.numbers(parts[part], cells.decimal, degrees=True)) / size
    is_negative = np.signbit(value)
    if "side" in parts:
        is_negative |= pc.match_substring_regex(parts["side"], r"(?i)^(s|w|ov|ou|oe)").to_numpy(
            zero_copy_only=False
        )
    written = pa.array(
        [f"{number:.10g}" for number in np.where(is_negative, -total, total)], pa.large_string()
    )
    return pc.if_else(pa.array(~np.isnan(value)), written, text)


def _companions(cells: FileCells, axis: str) -> Iterator[tuple[str, pa.Array]]:
    """Yields the parts of an axis that stand in columns of their own."""
    for column in cells.raw.table.column_names:
        if cells.has_role(column):
            continue
        text = values.text_of(cells.raw.table.column(column))
        words = plain_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column))
        if (
            pc.any(pc.not_equal(text, "")).as_py()
            and pc.all(pc.match_substring_regex(text, _SIDES[axis])).as_py()
        ):
            yield "side", text
        elif re.search(_AXES[axis], words):
            for part, spelling in _PARTS.items():
                if re.search(rf"\b({spelling})$", words) and _are_sixtieths(text, cells.decimal):
                    yield part, text


def _are_sixtieths(text: pa.Array, decimal: str) -> bool:
    value: Floats = numbers.numbers(text, decimal, degrees=True)
    filled = value[~np.isnan(value)]
    return bool(len(filled) and ((filled >= 0) & (filled <= 60)).all())


def system(cells: FileCells, named: Sequence[str]) -> str:
    """Returns the reference system that headers or a column state for all rows; "" where none does."""
    for header in named:
        if stated := _IN_HEADER.search(header):
            return stated[0]
    for column in cells.raw.table.column_names:
        if _STATES_SYSTEM.fullmatch(plain_words(column)):
            distinct = [
                text for text in pc.unique(values.text_of(cells.raw.table.column(column))).to_pylist() if text
            ]
            if len(distinct) == 1 and systems.named(distinct[0]) is not None:
                return str(distinct[0])
    return ""
