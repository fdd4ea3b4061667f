"""The embedded gazetteer: towns by name, without asking anybody."""

import pandas as pd
import pytest

from atlas import gazetteer


@pytest.fixture(scope="module")
def known() -> gazetteer.Gazetteer:
    return gazetteer.load()


def test_a_town_and_its_country_are_enough(known):
    found = known.geocode({"town": "Cassino", "country": "Italy"})
    assert (found.latitude, found.longitude) == pytest.approx((41.49, 13.83), abs=0.02)
    assert found.raw["name"] == "Cassino"


def test_a_table_keeps_its_rows_order_and_index(known):
    table = pd.DataFrame(
        {"Town": ["Melfi", None, "Toluca"], "Land": ["Italy", "Italy", "Mexico"]}, index=[7, 3, 7]
    )
    out = known.places(table, {"town": "Town", "country": "Land"})
    assert list(out.index) == [7, 3, 7]
    assert list(out.columns) == ["latitude", "longitude", "accuracy_m", "geocoder", "matched"]
    assert list(out["geocoder"]) == ["gazetteer", "", "gazetteer"]
