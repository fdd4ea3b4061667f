"""Five addresses, tables of them, and who is asked: for the tests of geocoding."""

from datetime import date
from typing import Any

import pandas as pd

from atlas.geocoding import resolve
from atlas.geocoding.csv_cache import COLUMNS
from atlas.geocoding.place import Place
from atlas.geocoding.service import Ask, default_ask
from tests.nominatim import Clock, NominatimServer, Queue

FIVE = [
    (
        "cassino",
        "Cassino Plant",
        "Viale Giovanni Agnelli, 03030 Piedimonte San Germano FR, Italy",
        41.474,
        13.755,
    ),
    (
        "pomigliano",
        "Pomigliano d'Arco Plant",
        "Via Ex Aeroporto, 80038 Pomigliano d'Arco NA, Italy",
        40.9268,
        14.4013,
    ),
    ("melfi", "Melfi Plant", "Zona Industriale San Nicola, 85025 Melfi PZ, Italy", 41.0758, 15.7159),
    ("modena", "Modena Plant", "Viale Ciro Menotti 322, 41121 Modena MO, Italy", 44.6495, 10.941),
    (
        "toluca",
        "Toluca Plant",
        "Paseo Tollocan km 60.5, Zona Industrial, Toluca de Lerdo, Estado de México, Mexico",
        19.2903,
        -99.6068,
    ),
]
DAY = date(2026, 2, 1)
HEADER = ",".join(COLUMNS) + "\n"
MELFI = Place("Melfi, Italy", 41.0758, 15.7159, 300.0, "by hand", "https://example.org", DAY)


HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "'=1+1",
    "-9 Main Street",
    "@SUM(A1)",
    "${alert(1)}`\\1",
    "<script>alert(1)</script>",
    "a&q=b&limit=50#frag?x=%00",
    "'; DROP TABLE places; --",
    "../../etc/passwd",
    '"quoted", with\nnew line',
    "工場 東京都 🏭",
]


def asker(server: NominatimServer, clock: Clock, **env: str) -> Ask:
    found = default_ask(Queue(clock), {"ATLAS_GEOCODER_URL": server.url, **env})
    assert found is not None
    return found


def five() -> pd.DataFrame:
    return pd.DataFrame(
        [row[:3] for row in FIVE], columns=["plant_id", "name", "address"], index=[9, 9, 3, 2, 1]
    )


def one(address: Any = "Melfi, Italy", **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "plant_id": ["melfi"],
            "name": ["Melfi Plant"],
            "address": pd.Series([address], dtype=object),
            **columns,
        }
    )


def never(query: str) -> Place:
    raise AssertionError(f"asked about {query}")


def spot(located: resolve.Located) -> list[tuple[Any, ...]]:
    """Latitude and longitude of every row, None where there is none."""
    pairs = located.table[["latitude", "longitude"]].to_numpy().tolist()
    return [(None, None) if lat != lat else (lat, lon) for lat, lon in pairs]
