"""The corrected facts in words."""

from dataclasses import replace
from datetime import date

import pandas as pd

from atlas.alfa import changes, schemas, tables
from atlas.paths import DATA

KNOWN = tables.load(DATA)


def told(*rows: tuple[str, ...]) -> list[changes.Change]:
    """The changes of a table with these rows."""
    table = pd.DataFrame(rows, columns=list(schemas.SCHEMAS["changes"].columns), dtype="str")
    return changes.newest_first(replace(KNOWN, changes=table))


def test_a_change_says_itself() -> None:
    """What it is about, what it says now, what it said before; numbers as people write them."""
    rows = told(
        (
            "2026-11-25",
            "production",
            "arese|Alfa Romeo|GTV / Spider (916)|1995",
            "start_year",
            "1993",
            "1995",
            "",
        ),
        ("2026-11-25", "sites", "betim", "site_area_m2", "", "2200000", "https://example.org/"),
        ("2026-11-25", "sites", "portello", "owner", "redeveloped", "", ""),
        ("2026-11-25", "output", "melfi|2023", "precision", "exact", "rounded", ""),
        ("2026-11-25", "claims", "c32", "verdict", "outdated", "supported", ""),
    )
    assert [row.words for row in rows] == [
        "Arese Plant, Alfa Romeo, GTV / Spider (916): Start is now 1995. Before, it was 1993.",
        "Betim Plant: Site area (m²) is now 2,200,000. Before, it was not stated.",
        "Portello Plant: Owner is no longer stated. Before, it was redeveloped.",
        "Melfi Plant, 2023: Precision of the figure is now rounded. Before, it was exact.",
        "“Legacy of more than a century”: Verdict is now supported. Before, it was outdated.",
    ]
    assert [row.plant_id for row in rows] == ["arese", "betim", "portello", "melfi", ""]


def test_the_newest_day_comes_first() -> None:
    """Rows of one day stay in their order; each has a name of its own that does not change."""
    rows = told(
        ("2026-11-25", "plants", "melfi", "employees", "1", "2", ""),
        ("2026-11-25", "plants", "modena", "employees", "1", "2", ""),
        ("2027-01-02", "plants", "toluca", "employees", "1", "2", ""),
    )
    assert [(row.plant_id, row.changed) for row in rows] == [
        ("toluca", date(2027, 1, 2)),
        ("melfi", date(2026, 11, 25)),
        ("modena", date(2026, 11, 25)),
    ]
    assert len({row.identifier for row in rows}) == 3
    assert (
        rows[1].identifier == told(("2026-11-25", "plants", "melfi", "employees", "1", "2", ""))[0].identifier
    )


def test_every_change_of_ours_can_be_told() -> None:
    """Each row has words, and no two have the same name."""
    rows = changes.newest_first(KNOWN)
    assert len({row.identifier for row in rows}) == len(rows) == len(KNOWN.changes)
