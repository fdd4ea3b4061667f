"""Reads where distances start from a text: a plant, coordinates or a town; else a sentence says why not.

geopy reads coordinates. The built-in gazetteer knows the towns, without a network; it is loaded when the
first town is wanted.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from geopy.location import Location
from geopy.point import Point

from atlas import country_names, earth
from atlas.catalog import figures
from atlas.catalog.sheets import Sheet
from atlas.language import gettext, gettext_noop, ngettext
from atlas.place_columns import accuracy_in_words
from atlas.text import fold, shortened

MOST_CHOICES = 8
MOST_NAMES = 2_000
LEAST_LIKE = 0.5
HOW_TO_WRITE = gettext_noop("Write coordinates as latitude, longitude in degrees, such as 45.46, 9.19.")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COORDINATES = re.compile(r"[\s\d.,;:+\-–−°º'’′\"”″nsewo]*", re.IGNORECASE)
_DECIMAL_COMMAS = re.compile(r"\s*-?\d+(?:,\d+)?\s*;\s*-?\d+(?:,\d+)?\s*")
_KINDS = (
    "plant",
    "works",
    "factory",
    "mill",
    "facility",
    "stabilimento",
    "werk",
    "usine",
    "planta",
    "fábrica",
)
_MARKS = re.compile(r"[°º'’′\"”″]")
Ask = Callable[[str], Sequence[Location]]


@dataclass(frozen=True)
class Start:
    """A place to measure from. `asked` is its text in an address; `name` is short, `label` in full.

    `plant`: the id of the plant that it is, or ""; `about`: how sure the position is, in words.
    """

    asked: str
    name: str
    label: str
    latitude: float
    longitude: float
    plant: str = ""
    about: str = ""

    @property
    def here(self) -> tuple[float, float]:
        """Returns latitude and longitude."""
        return self.latitude, self.longitude


@dataclass(frozen=True)
class Choice:
    """One of several places of a name: `asked` is the text that leads to it."""

    label: str
    asked: str


@dataclass(frozen=True)
class Reading:
    """The meaning of a text: a start, or a sentence; `choices` are others that may have been meant."""

    start: Start | None = None
    sentence: str = ""
    choices: tuple[Choice, ...] = ()


def find(text: str, sheets: Sequence[Sheet], ask: Ask | None = None) -> Reading:
    """Reads a text as the id of a plant, coordinates, the name of a plant, or else a town.

    `sheets`: the table on show, then others whose plants may be named by id. `ask` gives the towns of a
    name, the likeliest first; by default it is the gazetteer.
    """
    text = " ".join(text.split())
    if not text:
        return Reading()
    for sheet in sheets:
        row = sheet.index.row_of(text)
        if row is not None:
            return _plant(sheet, row)
    if any(character.isdigit() for character in text) and _COORDINATES.fullmatch(text):
        return _point(text)
    for names in (_full_names, _names_without_kind, _names_with_place):
        for sheet in sheets:
            if rows := names(text, sheet):
                return _plants_called(text, sheet, rows)
    return _town(text, sheets, (ask or ask_gazetteer)(text))


def ask_gazetteer(text: str) -> Sequence[Location]:
    """Returns the towns of a name ("Turin, Italy") in the built-in gazetteer, the likeliest first."""
    from atlas.geocoding import gazetteer  # only when a town is wanted: most visits need none

    towns = gazetteer.load()
    town, *around = (part.strip() for part in text.split(","))
    whole = (
        {"town": town, "country": around[-1], "region": around[0] if around[1:] else ""} if around else None
    )
    answer = towns.geocode(text, exactly_one=False) or (whole and towns.geocode(whole, exactly_one=False))
    return answer if isinstance(answer, list) else []


# ---- plants ----------------------------------------------------------------------------------------


def _plant(sheet: Sheet, row: int) -> Reading:
    plant = sheet.table.iloc[row]
    name = str(plant["name"])
    latitude, longitude = float(plant["latitude"]), float(plant["longitude"])
    if not earth.is_usable(np.array([latitude]), np.array([longitude]))[0]:
        return Reading(
            sentence=gettext("The position of {name} is not known, so no distance from it is.", name=name)
        )
    (place,) = figures.places_in_words(sheet.table.iloc[[row]])
    label = f"{name} ({place})" if place else name
    how = accuracy_in_words(plant["accuracy_m"], str(plant["geocoder"]))
    plant_id = str(plant["plant_id"])
    about = gettext("Position: {accuracy}.", accuracy=how)
    return Reading(Start(plant_id, name, label, latitude, longitude, plant_id, about))


def _full_names(text: str, sheet: Sheet) -> Sequence[int]:
    """Returns the rows of the plants with this name."""
    return _rows(sheet.table["name"].str.lower() == text.lower())


def _names_without_kind(text: str, sheet: Sheet) -> Sequence[int]:
    """Returns the rows of the plants whose name is the text and a word for a plant: "Portello Plant"."""
    names = {f"{text} {kind}".lower() for kind in _KINDS} | {f"{kind} {text}".lower() for kind in _KINDS}
    return _rows(sheet.table["name"].str.lower().isin(names))


def _names_with_place(text: str, sheet: Sheet) -> Sequence[int]:
    """Returns the rows of the plants with this name in the place behind it: "Portello, Milan"."""
    name, _, rest = text.partition(",")
    around = {fold(part.strip()) for part in rest.split(",") if part.strip()}
    rows = (_full_names(name, sheet) or _names_without_kind(name, sheet)) if around else ()
    places = sheet.table.reindex(columns=["town", "region", "country"])
    return [row for row in rows if around <= {fold(str(cell)) for cell in places.iloc[row]}]


def _rows(is_wanted: "pd.Series[bool]") -> Sequence[int]:
    rows: list[int] = np.flatnonzero(is_wanted.to_numpy(bool)).tolist()
    return rows


def _plants_called(text: str, sheet: Sheet, rows: Sequence[int]) -> Reading:
    """Returns the only plant of these rows; several plants are choices."""
    if len(rows) == 1:
        return _plant(sheet, rows[0])
    some = sheet.table.iloc[list(rows[:MOST_CHOICES])]
    labels = [
        f"{name}, {place or plant_id}"
        for name, place, plant_id in zip(
            some["name"], figures.places_in_words(some), some["plant_id"], strict=True
        )
    ]
    choices = tuple(Choice(*pair) for pair in zip(labels, some["plant_id"], strict=True))
    sentence = ngettext(
        "{number} plant is called “{name}”. Which one?",
        "{number} plants are called “{name}”. Which one?",
        len(rows),
        name=shortened(text),
    )
    return Reading(sentence=sentence, choices=choices)


# ---- coordinates -----------------------------------------------------------------------------------


def _point(text: str) -> Reading:
    plain = _plain_degrees(text)
    numbers = [float(number) for number in _NUMBER.findall(plain)]
    beyond = len(numbers) == 2 and numbers[0] > 90
    # geopy looks for coordinates anywhere in a text: in "45,46 9,19" it finds 9 and 19.
    is_plain = len(numbers) == 2 or (len(numbers) in (4, 6) and _MARKS.search(plain))
    try:
        point = Point.from_string(plain) if is_plain and not beyond else None
    except ValueError:
        point = None
    if point is None or int(numbers[0]) != int(abs(point.latitude)):
        sentences = [
            gettext("“{text}” is no place on Earth that we can read.", text=shortened(text)),
            gettext("Latitudes end at 90 degrees.") if beyond else "",
            gettext(HOW_TO_WRITE),
        ]
        return Reading(sentence=" ".join(filter(None, sentences)))
    label = in_degrees(point.latitude, point.longitude)
    return Reading(Start(text, label, label, point.latitude, point.longitude))


def _plain_degrees(text: str) -> str:
    """Returns coordinates as geopy reads them.

    >>> _plain_degrees("45,07; 7,68"), _plain_degrees("–33.87, 151.21")
    ('45.07; 7.68', '-33.87, 151.21')
    """
    text = re.sub(r"(?<![\d°'″”\"])\s*[−–]\s*(?=\d)", " -", text).strip().replace("º", "°")
    return re.sub(r"(?<=\d),(?=\d)", ".", text) if _DECIMAL_COMMAS.fullmatch(text) else text


def in_degrees(latitude: float, longitude: float) -> str:
    """Returns "45.46° N, 9.19° E", with up to four decimals (some 10 m)."""
    north, east = (f"{abs(degrees):.4f}".rstrip("0").rstrip(".") for degrees in (latitude, longitude))
    return ", ".join(
        (
            gettext("{degrees}° N", degrees=north)
            if latitude >= 0
            else gettext("{degrees}° S", degrees=north),
            gettext("{degrees}° E", degrees=east)
            if longitude >= 0
            else gettext("{degrees}° W", degrees=east),
        )
    )


# ---- towns -----------------------------------------------------------------------------------------


def _town(text: str, sheets: Sequence[Sheet], found: Sequence[Location]) -> Reading:
    places = [place for place in found if math.isfinite(place.latitude) and math.isfinite(place.longitude)]
    if not places or places[0].raw.get("sure") == "guess" or not _is_like(text, _name(places[0])):
        return _unknown(text, sheets, [Choice(_label(place), _full(place)) for place in places[:1]])
    best = places[0]
    start = Start(text, _name(best), _label(best), best.latitude, best.longitude, about=_about(best))
    others = tuple(_choice(place, places) for place in places[1 : MOST_CHOICES + 1])
    return Reading(start, _how_read(text, start, best, has_others=bool(others)), others)


def _is_like(text: str, name: str) -> bool:
    """Whether a town's name is in a text or written like a part of it: Genova is Genoa, Milan no Syracuse."""
    parts = [fold(part).strip() for part in text.split(",")]
    return fold(name) in fold(text) or any(
        SequenceMatcher(None, part, fold(name)).ratio() >= LEAST_LIKE for part in parts
    )


def _how_read(text: str, start: Start, best: Location, *, has_others: bool) -> str:
    """Returns how a text was read, where it may mean something else; "" where it may not."""
    sure, left_out = best.raw.get("sure"), best.raw.get("left_out")
    if left_out:
        return gettext(
            "“{part}” is not known here; distances are from {place}.",
            part=shortened(left_out),
            place=start.label,
        )
    if sure != "sure" and fold(start.name) not in fold(text):
        return gettext("“{text}” is read as {place}.", text=shortened(text), place=start.label)
    if not has_others and sure != "ambiguous":
        return ""
    sentence = gettext(
        "Several places are called “{text}”. This is {place}.", text=shortened(text), place=start.label
    )
    way_out = gettext("Add a region or a country for another.")
    return sentence if has_others else f"{sentence} {way_out}"


def _name(place: Location) -> str:
    return str(place.raw.get("name") or _full(place).split(",")[0])


def _full(place: Location) -> str:
    return str(place.raw.get("matched") or place.address)


def _label(place: Location) -> str:
    """Returns a place with its country in the current language."""
    head, comma, country = _full(place).rpartition(", ")
    return f"{head}{comma}{country_names.in_language(country)}"


def _about(place: Location) -> str:
    accuracy = place.raw.get("own_accuracy_m")
    if not accuracy:
        return ""
    sure = accuracy_in_words(float(accuracy), "GeoNames")
    if place.raw.get("level") == "county":
        return gettext("Measured from the centre of the county, {accuracy}.", accuracy=sure)
    return gettext("Measured from the centre of the town, {accuracy}.", accuracy=sure)


def _choice(place: Location, places: Sequence[Location]) -> Choice:
    """Returns a place as a choice: by its full name, or by its coordinates where others share the name."""
    full = _full(place)
    if [_full(other) for other in places].count(full) == 1:
        return Choice(_label(place), full)
    where = in_degrees(round(place.latitude, 2), round(place.longitude, 2))
    return Choice(f"{_label(place)}, {where}", f"{place.latitude:.4f}, {place.longitude:.4f}")


def _unknown(text: str, sheets: Sequence[Sheet], towns: Sequence[Choice] = ()) -> Reading:
    """Returns what may have been meant, and takes none of it: plants with the word, close names, `towns`."""
    sentence = gettext("No place or plant called “{text}” is known here.", text=shortened(text))
    named: dict[str, Choice] = {}
    for sheet in sheets:
        for name, asked in _names(sheet):
            named.setdefault(fold(name), Choice(name, asked))
    wanted = fold(text)
    near = get_close_matches(wanted, named, n=3, cutoff=0.7)
    near += [name for name in named if f" {wanted} " in f" {name} "]
    choices = tuple(dict.fromkeys([*(named[name] for name in near), *towns]))[:MOST_CHOICES]
    hint = gettext("Try a town with its country, or coordinates.")
    if choices:
        hint = gettext("Did you mean this?") if len(choices) == 1 else gettext("Did you mean one of these?")
    return Reading(sentence=f"{sentence} {hint}", choices=choices)


def _names(sheet: Sheet) -> list[tuple[str, str]]:
    """Returns the names in the table, each with the text that leads to it: plants, then towns."""
    head = sheet.table.iloc[:MOST_NAMES]
    names: list[tuple[str, Any]] = list(zip(head["name"], head["plant_id"], strict=True))
    towns = head["town"] if "town" in head else head["name"].iloc[:0]
    return [*names, *((town, town) for town in towns if town)]
