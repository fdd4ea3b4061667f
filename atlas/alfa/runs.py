"""The models that a plant builds or built, and how many of its facts have a source."""

from dataclasses import dataclass

import pandas as pd

from atlas.alfa import tables
from atlas.words import join

MAX_LED = 5


@dataclass(frozen=True)
class Run:
    """One model's time at a plant; `end_year` None: still built."""

    brand: str
    model: str
    start_year: int
    end_year: int | None

    @property
    def years(self) -> str:
        """Returns "since 2016", "1972" or "1972–1989"."""
        if self.end_year is None:
            return f"since {self.start_year}"
        return (
            str(self.start_year) if self.end_year == self.start_year else f"{self.start_year}–{self.end_year}"
        )


def runs_of(production: pd.DataFrame, plant_id: str, *, brand: str | None = None) -> list[Run]:
    """Returns the models of a plant, newest first; only those of `brand`, if it is given."""
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
    """Returns the brands other than Alfa Romeo at a plant, now or before, in the order of the table."""
    rows = production[(production["plant_id"] == plant_id) & (production["brand"] != tables.BRAND)]
    return list(dict.fromkeys(rows["brand"]))


def now_in_words(table: pd.DataFrame) -> str:
    """Returns where Alfa Romeos are built today: "Alfa Romeos are built today (…) at A and B." """
    names = table.loc[table["status"] == "now", "name"].tolist()
    if not names:
        return f"No plant in this table builds Alfa Romeos today ({tables.AS_OF})."
    more = f" and {len(names) - MAX_LED:,} more" if len(names) > MAX_LED else ""
    return f"Alfa Romeos are built today ({tables.AS_OF}) at {join(names[:MAX_LED])}{more}."


def facts_with_sources(sources: pd.DataFrame, plant_id: str) -> pd.DataFrame:
    """Returns the rows of `sources` about a plant: its cells, its position, its models and its output."""
    key = sources["row_key"]
    own = (sources["table"].isin(["plants", "sites", "places"])) & (key == plant_id)
    joined = sources["table"].isin(["production", "output"]) & key.str.startswith(f"{plant_id}|")
    return sources[own | joined].reset_index(drop=True)


def coverage(facts: pd.DataFrame) -> str:
    """Returns "65 of 66 facts have a source; 4 have low confidence."."""
    sourced = int((facts["read_from"] != "none").sum())
    low = int((facts["confidence"] == "low").sum())
    has = "has" if low == 1 else "have"
    return f"{sourced} of {len(facts)} facts have a source; {low} {has} low confidence."
