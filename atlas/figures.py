"""Figures and facts: totals of a selection, the story of one plant, words for what is on the map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from geopy.distance import geodesic

from atlas import tables
from atlas.filters import Filter, Selection, describe
from atlas.words import join

MAX_NAMED = 20
MAX_LED = 5
KM_A_MILE = 1.609344
KM_A_DEGREE = 110.5  # of latitude, where it is shortest
MAX_MEASURED = 200


@dataclass(frozen=True)
class Totals:
    """Headline figures of the shown rows; `unplaced` have no position and are not on the map."""

    plants: int
    countries: int
    building_now: int
    unplaced: int


@dataclass(frozen=True)
class Run:
    """One model's time at a plant; `end_year` None: still built."""

    brand: str
    model: str
    start_year: int
    end_year: int | None

    @property
    def years(self) -> str:
        if self.end_year is None:
            return f"since {self.start_year}"
        return (
            str(self.start_year) if self.end_year == self.start_year else f"{self.start_year}–{self.end_year}"
        )


def runs(production: pd.DataFrame, plant_id: str, *, brand: str | None = None) -> list[Run]:
    """A plant's models, newest first; those of one brand if `brand` is given."""
    rows = production[production["plant_id"] == plant_id]
    rows = rows if brand is None else rows[rows["brand"] == brand]
    rows = rows.sort_values(["start_year", "model"], ascending=[False, True])
    ends = [None if pd.isna(year) else int(year) for year in rows["end_year"]]
    return [
        Run(brand, model, int(start), end)
        for brand, model, start, end in zip(
            rows["brand"], rows["model"], rows["start_year"], ends, strict=True
        )
    ]


def other_brands(production: pd.DataFrame, plant_id: str) -> list[str]:
    """Brands other than Alfa Romeo that the plant builds or built, in the order of the table."""
    rows = production[(production["plant_id"] == plant_id) & (production["brand"] != tables.BRAND)]
    return list(dict.fromkeys(rows["brand"]))


def in_words(rows: Sequence[Filter], selection: Selection, head: pd.DataFrame, figures: Totals) -> str:
    """The map in a sentence or two: how many, where, and (up to twenty) which.

    `rows` are the table's filters, `head` the first of the shown plants.
    """
    sentence = describe(rows, selection, figures.plants, figures.countries)
    names = [
        f"{name} ({town or country})" if town or country else name for name, town, country in _named(head)
    ]
    if not names:
        return f"{sentence}."
    rest = f" and {figures.plants - len(names):,} more" if figures.plants > len(names) else ""
    return f"{sentence}: {', '.join(names)}{rest}."


def now_in_words(table: pd.DataFrame) -> str:
    """Where Alfa Romeos are built today, from the table: "Built today (…) at A and B." """
    names = table.loc[table["status"] == "now", "name"].tolist()
    if not names:
        return f"No plant in this table builds Alfa Romeos today ({tables.AS_OF})."
    more = f" and {len(names) - MAX_LED:,} more" if len(names) > MAX_LED else ""
    return f"Alfa Romeos are built today ({tables.AS_OF}) at {join(names[:MAX_LED])}{more}."


@dataclass(frozen=True)
class Neighbour:
    """Another plant of the table and how far it is, as the crow flies."""

    plant_id: str
    name: str
    km: float

    @property
    def words(self) -> str:
        """ "Pomigliano d'Arco Plant, 82 km (51 miles)"."""
        near = f"{self.km:.0f} km ({self.km / KM_A_MILE:.0f} miles)"
        return f"{self.name}, {near if self.km >= 1 else 'less than 1 km (0.6 miles)'}"


def neighbours(table: pd.DataFrame, row: int, *, within_km: float) -> list[Neighbour]:
    """The plants of a placed table around the one in `row`, nearest first; at most `MAX_MEASURED`."""
    latitude, longitude = table["latitude"].to_numpy(float), table["longitude"].to_numpy(float)
    here = (latitude[row], longitude[row])
    if np.isnan(here).any():
        return []
    # Degrees rule most of a million plants out, before any is measured.
    north = np.abs(latitude - here[0]) * KM_A_DEGREE
    east = np.abs((longitude - here[1] + 180) % 360 - 180) * KM_A_DEGREE
    east *= np.cos(np.radians(np.minimum(np.abs(latitude), 89.9)))
    rough = np.hypot(north, east)
    near = np.flatnonzero(rough <= within_km * 1.1)
    near = near[np.argsort(rough[near], kind="stable")][: MAX_MEASURED + 1]
    ids, names = table["plant_id"], table["name"]
    found = [
        Neighbour(ids.iloc[one], names.iloc[one], geodesic(here, (latitude[one], longitude[one])).km)
        for one in near.tolist()
        if one != row
    ]
    return sorted((one for one in found if one.km <= within_km), key=lambda one: one.km)


def facts_with_sources(sources: pd.DataFrame, plant_id: str) -> pd.DataFrame:
    """Rows of `sources` about one plant: its own cells, its position, its models and its output."""
    key = sources["row_key"]
    own = (sources["table"].isin(["plants", "sites", "places"])) & (key == plant_id)
    joined = sources["table"].isin(["production", "output"]) & key.str.startswith(f"{plant_id}|")
    return sources[own | joined].reset_index(drop=True)


def coverage(facts: pd.DataFrame) -> str:
    """ "65 of 66 facts have a source; 4 have low confidence."."""
    sourced = int((facts["read_from"] != "none").sum())
    low = int((facts["confidence"] == "low").sum())
    has = "has" if low == 1 else "have"
    return f"{sourced} of {len(facts)} facts have a source; {low} {has} low confidence."


def places_in_words(table: pd.DataFrame) -> list[str]:
    """For each row, "Melfi, Italy": its town and country as far as the table has them."""
    return [", ".join(filter(None, pair)) for pair in zip(*_texts(table, "town", "country"), strict=True)]


def _named(head: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(*_texts(head.iloc[:MAX_NAMED], "name", "town", "country"), strict=True))


def _texts(table: pd.DataFrame, *names: str) -> list[list[str]]:
    return [table[name].tolist() if name in table else [""] * len(table) for name in names]
