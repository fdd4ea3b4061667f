"""Figures of a selection: totals, the map in words, the plants around one plant."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from geopy.distance import geodesic

from atlas import country_names, earth
from atlas.catalog.filters import Filter, Selection
from atlas.catalog.selection import describe
from atlas.language import gettext, number

MAX_NAMED = 20
MAX_MEASURED = 200


@dataclass(frozen=True)
class Totals:
    """Headline figures of the shown rows; `unplaced` have no position and are not on the map."""

    plants: int
    countries: int
    building_now: int
    unplaced: int


def in_words(rows: Sequence[Filter], selection: Selection, head: pd.DataFrame, figures: Totals) -> str:
    """Returns the map in a sentence: how many plants, where, and up to `MAX_NAMED` names.

    `rows` are the table's filters, `head` the first of the shown plants.
    """
    sentence = describe(rows, selection, figures.plants, figures.countries)
    names = [
        f"{name} ({town or country})" if town or country else name for name, town, country in _named(head)
    ]
    if not names:
        return f"{sentence}."
    named = ", ".join(names)
    if figures.plants > len(names):
        named = gettext("{names} and {number} more", names=named, number=number(figures.plants - len(names)))
    return f"{sentence}: {named}."


@dataclass(frozen=True)
class Neighbour:
    """Another plant of the table and its distance, as the crow flies."""

    plant_id: str
    name: str
    km: float

    @property
    def words(self) -> str:
        """Returns "Pomigliano d'Arco Plant, 82 km (51 miles)"."""
        if self.km < 1:
            return gettext("{plant}, less than 1 km (0.6 miles)", plant=self.name)
        miles = number(self.km / earth.KM_A_MILE)
        return gettext("{plant}, {km} km ({miles} miles)", plant=self.name, km=number(self.km), miles=miles)


def neighbours(table: pd.DataFrame, row: int, *, within_km: float) -> list[Neighbour]:
    """Returns the plants around the plant in `row`, nearest first, at most `MAX_MEASURED`."""
    latitude, longitude = table["latitude"].to_numpy(float), table["longitude"].to_numpy(float)
    here = (latitude[row], longitude[row])
    if np.isnan(here).any():
        return []
    # A sphere rules most of a million plants out, before any is measured.
    rough = earth.sphere_km(latitude, longitude, *here)
    near = np.flatnonzero(rough <= within_km * 1.01)
    near = near[np.argsort(rough[near], kind="stable")][: MAX_MEASURED + 1]
    ids, names = table["plant_id"], table["name"]
    measured = [
        Neighbour(ids.iloc[other], names.iloc[other], geodesic(here, (latitude[other], longitude[other])).km)
        for other in near.tolist()
        if other != row
    ]
    around = [neighbour for neighbour in measured if neighbour.km <= within_km]
    return sorted(around, key=lambda neighbour: neighbour.km)


def places_in_words(table: pd.DataFrame) -> list[str]:
    """Returns "Melfi, Italy" for each row: town and country as far as the table has them."""
    pairs = zip(*_texts(table, "town", "country"), strict=True)
    return [", ".join(filter(None, (town, country_names.in_language(country)))) for town, country in pairs]


def _named(head: pd.DataFrame) -> list[tuple[str, str, str]]:
    rows = zip(*_texts(head.iloc[:MAX_NAMED], "name", "town", "country"), strict=True)
    return [(name, town, country_names.in_language(country)) for name, town, country in rows]


def _texts(table: pd.DataFrame, *names: str) -> list[list[str]]:
    return [table[name].tolist() if name in table else [""] * len(table) for name in names]
