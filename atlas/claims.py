"""The article's claims and what became of them, and where sources disagree: counts, words and HTML."""

from collections.abc import Callable, Mapping

import pandas as pd

from atlas import cards, figures, tables
from atlas.tables import VERDICTS


def options(claims: pd.DataFrame) -> list[str]:
    """Verdicts that occur, in the order of `VERDICTS`."""
    return [verdict for verdict in VERDICTS if (claims["verdict"] == verdict).any()]


def label(claims: pd.DataFrame) -> Callable[[str], str]:
    """Verdict -> "Supported (17)"."""
    counts = claims["verdict"].value_counts()
    return lambda verdict: f"{verdict.capitalize()} ({counts[verdict]})"


def summary(claims: pd.DataFrame) -> str:
    """ "Of 34 claims, 18 supported, 2 outdated, 8 contradicted and 6 not verifiable. …"."""
    counts = claims["verdict"].value_counts()
    parts = [f"{counts[verdict]} {verdict}" for verdict in options(claims)]
    found = f"Of {len(claims)} claims, {figures.join(parts) or 'none is checked'}."
    linked = "all but the opinions" if (claims["source_url"] == "").any() else "all"
    return f"{found} Each says why; {linked} link to a source."


def as_html(
    claims: pd.DataFrame,
    verdict: str | None,
    names: Mapping[str, str],
    links: Mapping[str, str] | None = None,
) -> str:
    """The claims (of one verdict, if given) as HTML; `names`: plant_id -> name, `links`: -> address."""
    rows = claims if verdict is None else claims[claims["verdict"] == verdict]
    return cards.template("claims.html").render(
        claims=rows.to_dict("records"), names=names, links=links or {}
    )


def disagreements_as_html(
    disagreements: pd.DataFrame, names: Mapping[str, str], links: Mapping[str, str]
) -> str:
    """What sources say differently, and which one the tables follow, as HTML."""
    rows = disagreements.to_dict("records")
    return cards.template("disagreements.html").render(rows=rows, names=names, links=links)


def map_links(known: tables.Tables) -> dict[str, str]:
    """plant_id -> address of its card on the map, from a page beside the map (under any base path)."""
    five = {plant_id: f"./?plant={plant_id}" for plant_id in known.plants["plant_id"]}
    return five | {plant_id: f"./?table=sites&plant={plant_id}" for plant_id in known.sites["plant_id"]}
