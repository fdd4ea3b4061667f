"""Results: what a selection shows equals a slow reference, is worked out once, and stays bounded."""

import base64
import gc
import weakref
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas import earth
from atlas.catalog import filters, points, readable, results
from atlas.catalog.figures import Totals
from atlas.catalog.filters import Selection
from atlas.catalog.index import Index, counts, index_of
from atlas.text import fold

ALL = Selection("plants")
TABLE = pd.DataFrame(
    [
        ("a", "Cassino", "Piedimonte", "Italy", "now", "Giulia; Stelvio", "", 41.474, 13.755),
        ("b", "Modena", "", "Italy", "now", "", "4C", 44.65, 10.94),
        ("c", "Toluca", "", "", "none", "", "", np.nan, np.nan),
        ("d", "Suva", "Suva", "Fiji", "before", "", "4C; 33", -18.1, 178.4),
        ("e", "Apia", "Apia", "Samoa", "none", "", "", -13.8, -171.8),
    ],
    columns=[
        "plant_id",
        "name",
        "town",
        "country",
        "status",
        "models_now",
        "models_before",
        "latitude",
        "longitude",
    ],
)


def results_of(table: pd.DataFrame, **more: int) -> tuple[results.Results, Index]:
    """Results of a table, with its index; the table's own filters if it is not about Alfa Romeos."""
    rows = filters.FILTERS if "models_now" in table else filters.rows_for(table)
    index = index_of(table, rows)
    packed = points.pack(table, np.zeros(len(table), "u1"))
    return results.Results(table, index, packed, **more), index


def of(selection: Selection, table: pd.DataFrame = TABLE) -> results.Result:
    return results_of(table)[0].of(selection)


def chosen(q: str = "", plant: str = "", **choices: tuple[str, ...]) -> Selection:
    return Selection("plants", tuple(choices.items()), q, plant)


# --- by hand ---

TOTALS = [
    (ALL, Totals(plants=5, countries=3, building_now=2, unplaced=1)),
    (chosen(country=("Italy",)), Totals(2, 1, 2, 0)),
    (chosen(country=("not stated",)), Totals(1, 0, 0, 1)),
    (chosen(model=("4C",), status=("before",)), Totals(1, 1, 0, 0)),
    (chosen(q="nothing like this"), Totals(0, 0, 0, 0)),
]


@pytest.mark.parametrize(("selection", "totals"), TOTALS)
def test_totals(selection: Selection, totals: Totals) -> None:
    """Plants, countries that are stated, those building now, those without a position."""
    result = of(selection)
    assert result.totals == totals
    assert result.is_empty is (totals.plants == 0)


def test_what_is_shown() -> None:
    """Row numbers, the mask of the table and the bits of the map say the same."""
    result = of(chosen(country=("Italy", "Samoa")))
    assert result.rows.tolist() == [0, 1, 4]
    assert result.shown.tolist() == [True, True, False, False, True]
    assert [result.shows(row) for row in range(5)] == [True, True, False, False, True]
    assert result.mask == base64.b64encode(bytes([0b11010000])).decode()
    assert result.head["plant_id"].tolist() == ["a", "b", "e"]
    assert of(ALL).mask is None


def test_the_area_may_cross_the_date_line() -> None:
    """Fiji and Samoa are shown beside each other, not with the world between them."""
    assert of(chosen(country=("Fiji", "Samoa"))).bounds == [[-18.1, 178.4], [-13.8, pytest.approx(188.2)]]
    assert of(chosen(country=("not stated",))).bounds is None


def test_an_empty_table() -> None:
    """No row: nothing is shown, and nothing breaks."""
    results_, index = results_of(TABLE.iloc[:0])
    result = results_.of(ALL)
    assert (result.totals, result.rows.tolist(), result.mask, result.bounds) == (
        Totals(0, 0, 0, 0),
        [],
        None,
        None,
    )
    assert results_.ordered(result, "name", descending=True).tolist() == []
    assert result.counts == counts(index, ALL)


def test_the_first_rows_for_people() -> None:
    """As many as asked for, in the table's order, in words; made once."""
    results_, _ = results_of(TABLE, head_rows=2)
    result = results_.of(chosen(status=("none", "before")))
    assert result.head["plant_id"].tolist() == ["c", "d"]
    pd.testing.assert_frame_equal(result.readable, readable.for_people(result.head))
    assert result.readable is result.readable


def test_a_table_of_another_kind() -> None:
    """Without countries and statuses there are none to count; the figures are still right."""
    table = TABLE[["plant_id", "name", "latitude", "longitude"]]
    assert of(ALL, table).totals == Totals(plants=5, countries=0, building_now=0, unplaced=1)


# --- against a slow reference ---

NAMES = st.sampled_from(["Ulsan", "ulsan", "Évora", "evora", "Zürich", "", "Aachen", "AACHEN", "工場"])
NUMBERS = st.sampled_from([1.5, -2.0, 0.0, 1e9, np.nan])
DEGREES = st.sampled_from([-179.0, -90.0, 0.0, 45.0, 179.0])


def own_table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """An operator's table of such rows, with a row number as id."""
    frame = pd.DataFrame(
        rows, columns=["name", "country", "status", "fuel", "size", "year", "latitude", "longitude"]
    )
    placed = frame["latitude"].notna()
    types = {"name": "str", "country": "str", "status": "str", "fuel": "str", "year": "Int64"}
    return frame.assign(
        plant_id=[str(number) for number in range(len(frame))],
        longitude=frame["longitude"].where(placed),
    ).astype({**types, "plant_id": "str", "size": "float64", "latitude": "float64", "longitude": "float64"})


TABLES = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from(["Italy", "Peru", ""]),
        st.sampled_from(["now", "off", ""]),
        st.sampled_from(["gas", "coal", "", "Gas "]),
        NUMBERS,
        st.sampled_from([1972, 1, None]),
        st.sampled_from([-80.0, 0.0, 45.5, np.nan]),
        DEGREES,
    ),
    max_size=30,
).map(own_table)


def selections(index: Index) -> st.SearchStrategy[Selection]:
    """Every selection that a page can make from a table."""
    choices = {
        key: st.lists(st.sampled_from(options.values), unique=True).map(tuple)
        for key, options in index.options.items()
        if options.values
    }
    return st.builds(
        lambda values, words: Selection("plants", tuple(pair for pair in values.items() if pair[1]), words),
        st.fixed_dictionaries(choices),
        st.sampled_from(["", "", "ulsan", "EVORA", "a", "gas a"]),
    )


def slow(table: pd.DataFrame, index: Index, selection: Selection, *, without: str = "") -> list[int]:
    """The rows shown, cell by cell; `without` one filter."""
    columns_of = {row.key: row.columns for row in index.rows}

    def fits(line: Any) -> bool:
        for key, values in selection.choices:
            if key != without and (getattr(line, columns_of[key][0]) or "not stated") not in values:
                return False
        text = [fold(getattr(line, name)) for name in columns_of["q"]]
        return all(any(word in cell for cell in text) for word in fold(selection.q).split())

    return [row for row, line in enumerate(table.itertuples(index=False)) if fits(line)]


@settings(max_examples=30)
@given(st.data())
def test_a_result_equals_the_slow_way(data: st.DataObject) -> None:
    """Rows, counts beside the options, totals, mask and area of any table and any selection."""
    table = data.draw(TABLES)
    all_results, index = results_of(table)
    selection = data.draw(selections(index))
    result = all_results.of(selection)
    rows = slow(table, index, selection)
    shown = table.iloc[rows]
    placed = table["latitude"].notna()
    assert result.rows.tolist() == rows
    assert np.flatnonzero(result.shown).tolist() == rows
    assert [row for row in range(len(table)) if result.shows(row)] == rows
    pd.testing.assert_frame_equal(result.head, shown)
    has_status = "status" in index.options
    assert result.totals == Totals(
        plants=len(rows),
        countries=shown.loc[shown["country"] != "", "country"].nunique(),
        building_now=int((shown["status"] == "now").sum()) if has_status else 0,
        unplaced=int(shown["latitude"].isna().sum()),
    )
    for key, options in index.options.items():
        (column,) = next(row.columns for row in index.rows if row.key == key)
        others = table.iloc[slow(table, index, selection, without=key)][column].replace("", "not stated")
        assert result.counts[key] == {value: int((others == value).sum()) for value in options.values}
    drawn = result.shown[placed]
    bits = None if drawn.all() else base64.b64encode(np.packbits(drawn).tobytes()).decode()
    assert result.mask == bits
    assert result.bounds == earth.bounds(table, np.array(rows, np.int32))


def slow_order(table: pd.DataFrame, rows: list[int], column: str, *, descending: bool) -> list[int]:
    """Stable, small and capital letters alike, empty cells last in either direction."""
    cells = table[column]
    keys = cells.str.lower().mask(cells == "") if cells.dtype == "str" else cells
    ordered = keys.iloc[rows].sort_values(ascending=not descending, kind="stable", na_position="last")
    return ordered.index.tolist()


@settings(max_examples=30)
@given(st.data())
def test_an_order_equals_the_slow_way(data: st.DataObject) -> None:
    """Text, whole and other numbers, up and down: what is equal keeps the table's order."""
    table = data.draw(TABLES)
    all_results, index = results_of(table)
    selection = data.draw(selections(index))
    result = all_results.of(selection)
    rows = slow(table, index, selection)
    for column in ("name", "country", "size", "year", "latitude"):
        for descending in (False, True):
            found = all_results.ordered(result, column, descending=descending).tolist()
            assert found == slow_order(table, rows, column, descending=descending), (column, descending)
    assert all_results.ordered(result, "").tolist() == rows
    assert all_results.ordered(result, "", descending=True).tolist() == rows[::-1]


def test_an_order_by_hand() -> None:
    """Capitals do not matter, equal names keep their order, what is empty comes last both ways."""
    names = ["Ulsan", "aachen", "", "ulsan", "Berlin", "AACHEN"]
    table = own_table([(name, "", "", "", 1.0, None, 1.0, 1.0) for name in names])
    all_results, _ = results_of(table)
    result = all_results.of(ALL)
    assert [names[row] for row in all_results.ordered(result, "name")] == [
        "aachen",
        "AACHEN",
        "Berlin",
        "Ulsan",
        "ulsan",
        "",
    ]
    assert [names[row] for row in all_results.ordered(result, "name", descending=True)] == [
        "Ulsan",
        "ulsan",
        "Berlin",
        "aachen",
        "AACHEN",
        "",
    ]


# --- remembered ---


def test_the_plant_does_not_matter() -> None:
    """A click on a plant asks for nothing again: it is the very same result."""
    all_results, _ = results_of(TABLE)
    first = all_results.of(chosen(country=("Italy",), plant="a"))
    assert all_results.of(chosen(country=("Italy",), plant="b")) is first
    assert all_results.of(chosen(country=("Italy",))) is first
    assert all_results.of(chosen(country=("Fiji",), plant="a")) is not first


def test_no_more_than_the_last_are_remembered() -> None:
    """Whoever types many words does not fill the memory: the oldest results are let go."""
    all_results, _ = results_of(TABLE)
    kept = [weakref.ref(all_results.of(chosen(q=f"word {n}"))) for n in range(results.MOST_KEPT + 10)]
    gc.collect()
    assert [one() is not None for one in kept] == [False] * 10 + [True] * results.MOST_KEPT


def test_nobody_changes_what_is_remembered() -> None:
    """Rows and masks are handed out anew, so that a page cannot spoil another's."""
    all_results, _ = results_of(TABLE)
    result = all_results.of(ALL)
    result.rows[:] = 0
    result.shown[:] = False
    all_results.ordered(result, "name")[:] = 0
    assert result.rows.tolist() == [0, 1, 2, 3, 4]
    assert result.shown.all()
    assert all_results.ordered(result, "name").tolist() == [4, 0, 1, 3, 2]
    assert all_results.of(ALL) is result


def test_the_table_is_left_alone() -> None:
    """Nothing here changes the table."""
    table = TABLE.copy()
    all_results, _ = results_of(table)
    all_results.ordered(all_results.of(chosen(q="a")), "name", descending=True)
    pd.testing.assert_frame_equal(table, TABLE)
