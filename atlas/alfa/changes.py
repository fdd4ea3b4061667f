"""The corrected facts: what a cell of the tables said before, what it says now, and since when.

They are rows of `changes.csv`; the feed `/api/changes.atom` tells them.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from atlas.alfa import tables
from atlas.columns import BY_NAME, as_text, of

_LABELS: Mapping[str, str] = {
    "model": "Model",
    "start_year": "Start",
    "end_year": "End",
    "precision": "Precision of the figure",
    "accuracy_m": "Accuracy of the position in metres",
    "verdict": "Verdict",
}
_REPLACED = "{subject}: {fact} is now {after}. Before, it was {before}."
_ADDED = "{subject}: {fact} is now {after}. Before, it was not stated."
_REMOVED = "{subject}: {fact} is no longer stated. Before, it was {before}."


@dataclass(frozen=True)
class Change:
    """A corrected fact. `subject`: the plant, model, year or claim that it is about, in words.

    `plant_id` is "" where it is about no plant, `source_url` where there is no page.
    """

    changed: date
    plant_id: str
    subject: str
    fact: str
    before: str
    after: str
    source_url: str

    @property
    def words(self) -> str:
        """Returns the change in two sentences; empty cells are "not stated"."""
        form = _REPLACED if self.before and self.after else _ADDED if self.after else _REMOVED
        return form.format(subject=self.subject, fact=self.fact, before=self.before, after=self.after)

    @property
    def identifier(self) -> str:
        """Returns a URN that is the same whenever and wherever the change is told."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.changed.isoformat()} {self.words}").urn


def newest_first(known: tables.Tables) -> list[Change]:
    """Returns all changes, those of the newest day first."""
    plants = tables.names(known)
    claims = dict(zip(known.claims["claim_id"], known.claims["claim"], strict=True))
    rows = known.changes.sort_values("date", ascending=False, kind="stable")
    return [
        Change(
            date.fromisoformat(row["date"]),
            plant_id if (plant_id := row["row_key"].split("|")[0]) in plants else "",
            _subject(row["row_key"], plants, claims),
            _LABELS.get(row["column"]) or BY_NAME[row["column"]].label,
            _shown(row["column"], row["before"]),
            _shown(row["column"], row["after"]),
            row["source_url"],
        )
        for row in rows.to_dict("records")
    ]


def _shown(column: str, text: str) -> str:
    """Returns a cell as people read it: "2,200,000"."""
    return as_text(of(column), int(text)) if text.isdecimal() and column in BY_NAME else text


def _subject(key: str, plants: Mapping[str, str], claims: Mapping[str, str]) -> str:
    """Returns what a key of `sources.csv` is about: "Arese Plant, Alfa Romeo, GTV / Spider (916)"."""
    first, *rest = key.split("|")
    about = rest[:-1] if len(rest) > 1 else rest  # the start year of a model only tells its rows apart
    return ", ".join([plants.get(first) or f"“{claims[first]}”", *about])
