"""Points that cannot be right are not drawn; plants at sea, near borders and on far islands are."""

import numpy as np
import pytest

from atlas.importing import importer

RIGHT = [
    ("offshore wind in the North Sea", "Germany", 54.99, 6.27),
    ("far out on the Dogger Bank", "United Kingdom", 54.77, 1.91),
    ("oil platform off Norway", "Norway", 61.2, 1.83),
    ("oil platform off Brazil", "Brazil", -25.4, -42.7),
    ("beyond a border", "France", 49.4, 6.4),
    ("deep in the neighbour", "Italy", 47.2, 11.4),
    ("an island of its own", "Colombia", 12.58, -81.70),
    ("atolls", "Maldives", -0.69, 73.16),
    ("a territory", "France", -21.1, 55.5),
    ("the sea of a territory", "United Kingdom", -51.0, -62.5),
    ("a state that was parted", "Sudan", 4.85, 31.6),
    ("two states of one name", "Congo", -11.66, 27.48),
    ("Alaska", "United States", 52.9, 173.2),
]
WRONG = [
    ("without its sign", "United States", 40.4, 79.9, "sign"),
    ("exchanged", "Italy", 7.68, 45.07, "swapped"),
    ("in Antarctica", "India", -75.0, 78.0, "country"),
    ("in mid-ocean", "Poland", 0.0, -30.0, "country"),
    ("on another continent", "Germany", 35.7, 139.7, "country"),
]
OTHERS = [(f"p{n}", "Spain", 40.0 + n / 100, -3.7) for n in range(30)]


def read(rows: list[tuple[object, ...]], *, apply: tuple[str, ...] = ()) -> importer.Imported:
    lines = [",".join(map(str, row[:4])) for row in [*rows, *OTHERS]]
    return importer.read(
        "\n".join(["name,country,lat,lon", *lines]).encode(), "plants.csv", apply=list(apply)
    )


@pytest.mark.parametrize("row", RIGHT, ids=lambda row: row[0])
def test_a_point_that_can_be_right_is_drawn(row: tuple[str, str, float, float]) -> None:
    """Also where the report has a doubt, which the row then shows."""
    shown = importer.shown(read([row]))
    assert shown.loc[0, ["latitude", "longitude"]].tolist() == [row[2], row[3]]
    assert "stated_position" not in shown


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row[0])
def test_a_point_that_cannot_be_right_is_not_drawn(row: tuple[str, str, float, float, str]) -> None:
    """The row stays, with the words why and the point as it is stated; the others stay on the map."""
    imported = read([row])
    assert imported.table.loc[0, ["latitude", "longitude"]].tolist() == [row[2], row[3]]
    (line,) = imported.report.to_dict("records")
    assert line["kind"] == row[4]
    assert line["reason"].endswith("The stated point is not drawn.")
    shown = importer.shown(imported)
    assert len(shown) == imported.rows
    assert shown["latitude"].isna().tolist() == [True] + [False] * len(OTHERS)
    assert shown["stated_position"].tolist() == [f"{row[2]:.10g}, {row[3]:.10g}"] + [""] * len(OTHERS)
    assert shown["import_problem"].tolist() == [line["reason"]] + [""] * len(OTHERS)


def test_a_mended_point_is_drawn() -> None:
    """Where it was mended to."""
    shown = importer.shown(read([WRONG[0]], apply=("sign",)))
    assert shown.loc[0, ["latitude", "longitude"]].tolist() == [40.4, -79.9]
    assert not {"import_problem", "stated_position"} & set(shown)


def test_accepted_points_are_drawn() -> None:
    """Whoever knows better has all drawn as stated, and keeps the words."""
    shown = importer.shown(read(list(WRONG), apply=("country",)))
    assert shown["longitude"].tolist()[: len(WRONG)] == [row[3] for row in WRONG]
    assert (shown["import_problem"] != "").sum() == len(WRONG)


def test_countries_of_owners_are_no_countries_of_plants() -> None:
    """Where every other row contradicts its country, the column is about something else."""
    rows = [(f"p{n}", "Germany", 40.0 + n / 10, -3.7) for n in range(40)]
    imported = read(list(rows))
    assert imported.kinds == {"country": 40}
    assert not imported.wrong.any()


def test_a_large_table_keeps_its_rows_in_the_order_of_the_file() -> None:
    """With a duplicate left out, the words still stand beside their own row."""
    imported = read([OTHERS[0], WRONG[3]], apply=("duplicate",))
    shown = importer.shown(imported)
    assert np.flatnonzero(imported.wrong).tolist() == [1]
    assert shown.loc[imported.wrong, "name"].tolist() == ["in mid-ocean"]
    assert (shown["import_problem"] != "").to_numpy().nonzero()[0].tolist() == [1]
