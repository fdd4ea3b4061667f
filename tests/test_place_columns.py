"""The columns of a position: what a table states, and what was looked up for the rest."""

import numpy as np
import pandas as pd

from atlas.place_columns import CERTAINTY, GIVEN, PLACE_COLUMNS, is_unsure, with_place_columns, with_places

NAN = float("nan")


def test_a_table_says_itself_how_it_was_placed() -> None:
    """Its own columns stay; where it has none, each position counts as given."""
    table = pd.DataFrame({"latitude": [1.0, NAN], "longitude": [2.0, NAN]})
    assert with_place_columns(table)["geocoder"].tolist() == [GIVEN, ""]
    assert with_place_columns(table)["accuracy_m"].isna().all()
    told = table.assign(accuracy_m=[5, 6], geocoder=["survey", "guess"])
    pd.testing.assert_frame_equal(with_place_columns(told), told)


def test_rows_are_filled_and_the_others_stay() -> None:
    """By their place, whatever the table's index is; the table that was given is not changed."""
    table = pd.DataFrame({"latitude": [1.0, NAN, NAN], "longitude": [2.0, NAN, NAN]}, index=[7, 7, 9])
    before = table.copy()
    places = pd.DataFrame([(3.0, 4.0, 500.0, "gazetteer")], columns=list(PLACE_COLUMNS))
    placed = with_places(table, np.array([2]), places)
    assert placed["latitude"].fillna(0).tolist() == [1.0, 0.0, 3.0]
    assert placed["accuracy_m"].fillna(0).tolist() == [0.0, 0.0, 500.0]
    assert placed["geocoder"].tolist() == [GIVEN, "", "gazetteer"]
    assert placed.index.tolist() == [7, 7, 9]
    pd.testing.assert_frame_equal(table, before)


def test_an_accuracy_in_words_is_none() -> None:
    """A column that is only called so does not stop the others from being filled."""
    table = pd.DataFrame({"latitude": [1.0, NAN], "longitude": [2.0, NAN], "accuracy_m": ["about 1 km", "7"]})
    places = pd.DataFrame([(3.0, 4.0, 500.0, "gazetteer")], columns=list(PLACE_COLUMNS))
    assert with_places(table, np.array([1]), places)["accuracy_m"].fillna(0).tolist() == [0.0, 500.0]


def test_how_sure_a_position_is_stands_beside_it() -> None:
    """Only in tables with a row that was looked up; other rows have none."""
    table = pd.DataFrame({"latitude": [45.0, np.nan], "longitude": [7.0, np.nan]})
    places = pd.DataFrame(
        {"latitude": [41.5], "longitude": [13.8], "accuracy_m": [2e4], "geocoder": ["gazetteer"]}
    )
    rows = np.array([1])
    assert CERTAINTY not in with_places(table, rows, places)
    sure = with_places(table, rows, places.assign(position_certainty="ambiguous"))
    assert sure[CERTAINTY].tolist() == ["", "ambiguous"]


def test_a_table_without_the_column_has_no_unsure_position() -> None:
    assert is_unsure(pd.DataFrame({"name": ["A", "B"]})).tolist() == [False, False]
    table = pd.DataFrame({CERTAINTY: ["sure", "likely", "ambiguous", "guess", ""]})
    assert is_unsure(table).tolist() == [False, False, True, True, False]
