"""What the base map is made from, as plain values: shapes of countries, lines, towns. Touches nothing."""

from dataclasses import dataclass
from typing import Any

from data.build.decisions import FAVOURED, RANK_FROM

LonLat = tuple[float, float]
LonLats = list[LonLat]
"""A line or a ring, in degrees."""
Countries = dict[str, dict[str, Any]]
"""GeoNames' countries by code: `name`, `isonumeric`, `capital`, `areakm2`, ..."""


@dataclass(frozen=True)
class Shape:
    """One country or territory as Natural Earth has it; a polygon's first ring is its outline."""

    number: str
    name: str
    polygons: list[list[LonLats]]


@dataclass(frozen=True)
class Town:
    """One place of GeoNames; `names.place_towns` decides `zoom` and `side`."""

    name: str
    lon: float
    lat: float
    population: int
    region: str
    capital: bool
    zoom: int = 0
    side: int = 0

    @property
    def country(self) -> str:
        return self.region[:2]

    @property
    def favoured(self) -> bool:
        return (self.name, self.country) in FAVOURED

    @property
    def rank(self) -> int:
        """0 for capitals and very large cities ... 4 for villages."""
        by_size = next((i for i, least in enumerate(RANK_FROM) if self.population >= least), len(RANK_FROM))
        return min(by_size, 1 if self.population >= 70_000 else 2) if self.capital else by_size


@dataclass(frozen=True)
class Inputs:
    """All that is read. `coarse` and `fine` are countries at 1:50m and 1:10m; the lines are 1:10m."""

    countries: Countries
    towns: list[Town]
    coarse: list[Shape]
    fine: list[Shape]
    lakes: list[LonLats]
    coastline: list[LonLats]
    land_borders: list[LonLats]
    region_borders: list[LonLats]
