"""The article's claims and the verdicts on them, in counts and words."""

from collections.abc import Callable

import pandas as pd

from atlas import language
from atlas.alfa import tables
from atlas.alfa.tables import VERDICTS


def options(claims: pd.DataFrame) -> list[str]:
    """Returns the verdicts that occur, in the order of `VERDICTS`."""
    return [verdict for verdict in VERDICTS if (claims["verdict"] == verdict).any()]


def label(claims: pd.DataFrame) -> Callable[[str], str]:
    """Returns a function: verdict -> "Supported (17)"."""
    counts = claims["verdict"].value_counts()
    return lambda verdict: f"{verdict.capitalize()} ({counts[verdict]})"


def summary(claims: pd.DataFrame) -> str:
    """Returns "Of 34 claims, 18 supported, 2 outdated, 8 contradicted and 6 not verifiable. …"."""
    counts = claims["verdict"].value_counts()
    parts = [f"{counts[verdict]} {verdict}" for verdict in options(claims)]
    verdicts = f"Of {len(claims)} claims, {language.join(parts) or 'none is checked'}."
    linked = "all but the opinions" if (claims["source_url"] == "").any() else "all"
    return f"{verdicts} Each says why; {linked} link to a source."


def map_links(data: tables.Tables) -> dict[str, str]:
    """Returns plant_id -> address of its card on the map, from a page beside the map (on any base path)."""
    five = {plant_id: f"./?plant={plant_id}" for plant_id in data.plants["plant_id"]}
    return five | {plant_id: f"./?table=sites&plant={plant_id}" for plant_id in data.sites["plant_id"]}
