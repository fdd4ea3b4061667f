"""Offline maps for tests: `write` makes one as the dashboard does, `write_hostile` writes a table for it."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from atlas import site
from atlas.catalog import loader
from atlas.export import offline_map
from atlas.web import requests
from tests.conftest import HOSTILE

TODAY = date(2026, 11, 22)
# What a CSV file cannot hold, or what an importer may trim.
NAMES = [name for name in HOSTILE if "\x00" not in name and name.strip() == name]


def write(**params: Any) -> bytes:
    """The offline map of what an address with these parameters shows."""
    opened = loader.open_catalog()
    asked = [(key, text) for key, texts in params.items() for text in np.atleast_1d(texts).tolist()]
    return offline_map.html(
        opened, requests.select(asked, opened).selection, site=site.current(), today=TODAY
    )


def write_hostile(path: Path) -> None:
    rows = {"name": NAMES, "latitude": np.linspace(-50, 60, len(NAMES)).round(3), "longitude": 10.0}
    texts = dict.fromkeys(("town", "owner", "role", "Own <b>column</b>"), NAMES)
    pd.DataFrame(rows | texts).to_csv(path, index=False)
