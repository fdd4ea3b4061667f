"""The article's claims and the verdicts on them, in counts and words."""

from collections.abc import Callable

import pandas as pd

from atlas.alfa import tables
from atlas.alfa.schemas import VERDICTS
from atlas.language import gettext, join, number, pgettext


def options(claims: pd.DataFrame) -> list[str]:
    """Returns the verdicts that occur, in the order of `VERDICTS`."""
    return [verdict for verdict in VERDICTS if (claims["verdict"] == verdict).any()]


def label(claims: pd.DataFrame) -> Callable[[str], str]:
    """Returns a function: verdict -> "Supported (17)"."""
    counts = claims["verdict"].value_counts()
    return lambda verdict: f"{in_words(verdict).capitalize()} ({number(int(counts[verdict]))})"


def in_words(verdict: str) -> str:
    """Returns a verdict in the current language."""
    words = {
        "supported": pgettext("claims", "supported"),
        "outdated": pgettext("claims", "outdated"),
        "contradicted": pgettext("claims", "contradicted"),
        "not verifiable": pgettext("claims", "not verifiable"),
    }
    return words[verdict]


def summary(claims: pd.DataFrame) -> str:
    """Returns "Of 34 claims, 18 supported, 2 outdated, 8 contradicted and 6 not verifiable. …"."""
    counts = claims["verdict"].value_counts()
    parts = [f"{number(int(counts[verdict]))} {in_words(verdict)}" for verdict in options(claims)]
    verdicts = join(parts) or gettext("none is checked")
    all_claims = {"claims": number(len(claims)), "verdicts": verdicts}
    opening = gettext("Of {claims} claims, {verdicts}.", **all_claims)
    if (claims["source_url"] == "").any():
        linked = gettext("Each says why; all but the opinions link to a source.")
    else:
        linked = gettext("Each says why; all link to a source.")
    return f"{opening} {linked}"


def map_links(data: tables.Tables) -> dict[str, str]:
    """Returns plant_id -> address of its card on the map, from a page beside the map (on any base path)."""
    five = {plant_id: f"./?plant={plant_id}" for plant_id in data.plants["plant_id"]}
    return five | {plant_id: f"./?table=sites&plant={plant_id}" for plant_id in data.sites["plant_id"]}
