"""Reads where distances start from a text: a plant, coordinates or a town; else a sentence says why not.

geopy reads coordinates. The built-in gazetteer knows the towns, without a network; it is loaded when the
first town is wanted.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from geopy.location import Location
from geopy.point import Point

from atlas import earth, words
from atlas.catalog import figures
from atlas.catalog.sheets import Sheet
from atlas.text import fold

MOST_CHOICES = 8
MOST_NAMES = 2_000
HOW_TO_WRITE = "Write coordinates as latitude, longitude in degrees, such as 45.46, 9.19."
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COORDINATES = re.compile(r"[\s\d.,;:+\-−°º'’′\"”″nsewo]*", re.IGNORECASE)
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
    plants = _plants_called(text, sheets[0])
    if plants.choices or plants.start:
        return plants
    return _town(text, sheets[0], (ask or ask_gazetteer)(text))


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
        return Reading(sentence=f"The position of {name} is not known, so no distance from it is.")
    (place,) = figures.places_in_words(sheet.table.iloc[[row]])
    label = f"{name} ({place})" if place else name
    how = words.accuracy_in_words(plant["accuracy_m"], str(plant["geocoder"]))
    plant_id = str(plant["plant_id"])
    return Reading(Start(plant_id, name, label, latitude, longitude, plant_id, f"Position: {how}."))


def _plants_called(text: str, sheet: Sheet) -> Reading:
    """Reads a text as the name of a plant in the table on show; several plants are choices."""
    rows = np.flatnonzero((sheet.table["name"].str.lower() == text.lower()).to_numpy(bool))
    if len(rows) == 1:
        return _plant(sheet, int(rows[0]))
    some = sheet.table.iloc[rows[:MOST_CHOICES]]
    labels = [
        f"{name}, {place or plant_id}"
        for name, place, plant_id in zip(
            some["name"], figures.places_in_words(some), some["plant_id"], strict=True
        )
    ]
    choices = tuple(Choice(*pair) for pair in zip(labels, some["plant_id"], strict=True))
    sentence = f"{len(rows):,} plants are called “{words.shortened(text)}”. Which one?" if choices else ""
    return Reading(sentence=sentence, choices=choices)


# ---- coordinates -----------------------------------------------------------------------------------


def _point(text: str) -> Reading:
    numbers = [float(number) for number in _NUMBER.findall(text)]
    beyond = len(numbers) == 2 and numbers[0] > 90
    # geopy looks for coordinates anywhere in a text: in "45,46 9,19" it finds 9 and 19.
    is_plain = len(numbers) == 2 or (len(numbers) in (4, 6) and _MARKS.search(text))
    try:
        point = (
            Point.from_string(text.replace("−", "-").replace("º", "°")) if is_plain and not beyond else None
        )
    except ValueError:
        point = None
    if point is None or int(numbers[0]) != int(abs(point.latitude)):
        why = "Latitudes end at 90 degrees. " if beyond else ""
        return Reading(
            sentence=f"“{words.shortened(text)}” is no place on Earth that we can read. {why}{HOW_TO_WRITE}"
        )
    label = in_degrees(point.latitude, point.longitude)
    return Reading(Start(text, label, label, point.latitude, point.longitude))


def in_degrees(latitude: float, longitude: float) -> str:
    """Returns "45.46° N, 9.19° E", with up to four decimals (some 10 m)."""

    def side(degrees: float, names: str) -> str:
        text = f"{abs(degrees):.4f}".rstrip("0").rstrip(".")
        return f"{text}° {names[0] if degrees >= 0 else names[1]}"

    return f"{side(latitude, 'NS')}, {side(longitude, 'EW')}"


# ---- towns -----------------------------------------------------------------------------------------


def _town(text: str, sheet: Sheet, found: Sequence[Location]) -> Reading:
    places = [place for place in found if math.isfinite(place.latitude) and math.isfinite(place.longitude)]
    if not places:
        return _unknown(text, sheet)
    best = places[0]
    start = Start(text, _name(best), _full(best), best.latitude, best.longitude, about=_about(best))
    others = tuple(_choice(place, places) for place in places[1 : MOST_CHOICES + 1])
    return Reading(start, _how_read(text, start, best, has_others=bool(others)), others)


def _how_read(text: str, start: Start, best: Location, *, has_others: bool) -> str:
    """Returns how a text was read, where it may mean something else; "" where it may not."""
    sure = best.raw.get("sure")
    if sure != "sure" and fold(start.name) not in fold(text):
        return f"“{words.shortened(text)}” is read as {start.label}."
    if not has_others and sure != "ambiguous":
        return ""
    sentence = f"Several places are called “{words.shortened(text)}”. This is {start.label}."
    return sentence if has_others else f"{sentence} Add a region or a country for another."


def _name(place: Location) -> str:
    return str(place.raw.get("name") or _full(place).split(",")[0])


def _full(place: Location) -> str:
    return str(place.raw.get("matched") or place.address)


def _about(place: Location) -> str:
    accuracy, level = place.raw.get("accuracy_m"), place.raw.get("level", "town")
    if not accuracy:
        return ""
    sure = words.accuracy_in_words(float(accuracy), "GeoNames")
    return f"Measured from the centre of the {level}, {sure}."


def _choice(place: Location, places: Sequence[Location]) -> Choice:
    """Returns a place as a choice: by its full name, or by its coordinates where others share the name."""
    full = _full(place)
    if [_full(other) for other in places].count(full) == 1:
        return Choice(full, full)
    where = in_degrees(round(place.latitude, 2), round(place.longitude, 2))
    return Choice(f"{full}, {where}", f"{place.latitude:.4f}, {place.longitude:.4f}")


def _unknown(text: str, sheet: Sheet) -> Reading:
    sentence = f"No place or plant called “{words.shortened(text)}” is known here."
    choices: dict[str, Choice] = {}
    for name, asked in _names(sheet):
        choices.setdefault(fold(name), Choice(name, asked))
    near = get_close_matches(fold(text), choices, n=3, cutoff=0.7)
    hint = "Did you mean this?" if len(near) == 1 else "Did you mean one of these?"
    hint = hint if near else "Try a town with its country, or coordinates."
    return Reading(sentence=f"{sentence} {hint}", choices=tuple(choices[name] for name in near))


def _names(sheet: Sheet) -> list[tuple[str, str]]:
    """Returns the names in the table, each with the text that leads to it: plants, then towns."""
    head = sheet.table.iloc[:MOST_NAMES]
    names: list[tuple[str, Any]] = list(zip(head["name"], head["plant_id"], strict=True))
    towns = head["town"] if "town" in head else head["name"].iloc[:0]
    return [*names, *((town, town) for town in towns if town)]
