"""The embedded gazetteer: towns by name, without asking anybody."""

import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopy.geocoders
import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from geopy.distance import geodesic

from atlas.errors import DataError
from atlas.geocoding import gazetteer
from atlas.geocoding.gazetteer import FILE, Gazetteer
from atlas.geocoding.shelves import accuracy_m

DATA = Path(__file__).parent.parent.parent / "data"
ROLES = {role: role for role in gazetteer.ROLES}
ADDRESSES = pd.read_csv(DATA / "places.csv")
# The works lie in a part of the municipality that the gazetteer does not know, 10 and 21 km from its middle.
FAR_OUT = {
    "Zona Industriale San Nicola, 85025 Melfi PZ, Italy",
    "Xerém, Duque de Caxias, Rio de Janeiro, Brazil",
}


@pytest.fixture(scope="module")
def known() -> Gazetteer:
    return gazetteer.load()


def town(known: Gazetteer, **fields: str) -> str:
    """What fields are taken for, in words; "" if for nothing."""
    found = known.geocode(fields)
    return found.raw["matched"] if found else ""


# ---- one place -------------------------------------------------------------------------------------


def test_it_is_a_geocoder_of_geopy(known: Gazetteer) -> None:
    assert isinstance(known, geopy.geocoders.base.Geocoder)
    found = known.geocode("Cassino, Italy", timeout=1)
    assert found.address == "Cassino, Lazio, Italy"
    assert (found.latitude, found.longitude) == pytest.approx((41.49, 13.83), abs=0.02)
    assert set(found.raw) == {
        *("name", "region", "country_code", "population", "accuracy_m", "own_accuracy_m"),
        *("matched", "level", "sure", "alternatives", "left_out"),
    }


@pytest.mark.parametrize(("query", "position", "accuracy"), ADDRESSES[["query"]].assign(
    position=list(zip(ADDRESSES["latitude"], ADDRESSES["longitude"], strict=True)),
    accuracy=ADDRESSES["accuracy_m"],
).to_numpy().tolist())  # fmt: skip
def test_the_addresses_of_all_sites_lead_to_their_towns(
    known: Gazetteer, query: str, position: tuple[float, float], accuracy: float
) -> None:
    found = known.geocode(query)
    away = geodesic((found.latitude, found.longitude), position).meters
    assert away <= (22_000 if query in FAR_OUT else found.raw["accuracy_m"] + accuracy)


@pytest.mark.parametrize(
    ("region", "expected"),
    [("Illinois", "Springfield, Illinois"), ("IL", "Springfield, Illinois"), ("Ohio", "Springfield, Ohio")],
)
def test_a_region_tells_namesakes_apart(known: Gazetteer, region: str, expected: str) -> None:
    fields = {"town": "Springfield", "region": region, "country": "United States"}
    assert town(known, **fields) == f"{expected}, United States"
    assert known.geocode(fields).raw["sure"] == "sure"


def test_without_a_region_the_largest_is_taken_and_said_to_be_ambiguous(known: Gazetteer) -> None:
    found = known.geocode({"town": "Springfield", "country": "USA"})
    assert found.raw["region"] == "Missouri"
    assert found.raw["sure"] == "ambiguous"
    assert found.raw["alternatives"] > 10


def test_all_namesakes_can_be_had(known: Gazetteer) -> None:
    places = known.geocode("Springfield, United States", exactly_one=False)
    assert len(places) == places[0].raw["alternatives"] + 1
    assert {"Illinois", "Missouri", "Massachusetts"} <= {place.raw["region"] for place in places}


def test_a_town_outside_the_named_region_is_not_found(known: Gazetteer) -> None:
    assert town(known, town="Chicago", region="Texas", country="United States") == ""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("MODENA, italy", "Modena, Emilia-Romagna, Italy"),
        ("Lodz, Poland", "Łódź, Łódzkie, Poland"),
        ("München, Deutschland", "Munich, Bayern, Germany"),
        ("Wolfsburg, Germania", "Wolfsburg, Niedersachsen, Germany"),
        ("唐山市, China", "Tangshan, Hebei Sheng, China"),
        ("Ma-an-shan, China", "Ma'anshan, Anhui Sheng, China"),
        ("Ft. Worth, Texas, USA", "Fort Worth, Texas, United States"),
        ("Sta. Rosa, Laguna, Philippines", "Santa Rosa, Calabarzon, Philippines"),
        ("Bari BA", "Bari, Puglia, Italy"),
        ("Detroit, MI", "Detroit, Michigan, United States"),
        ("Springfield Illinois", "Springfield, Illinois, United States"),
        ("Paris", "Paris, Île-de-France, France"),
        ("Paris, Texas", "Paris, Texas, United States"),
        ("Via Roma 5, 70121 Bari, Italy", "Bari, Puglia, Italy"),
    ],
)
def test_names_as_people_write_them(known: Gazetteer, query: str, expected: str) -> None:
    assert known.geocode(query).raw["matched"].replace("’", "'") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("New York", "New York City, New York, United States"),
        ("New York, USA", "New York City, New York, United States"),
        ("Los Angeles", "Los Angeles, California, United States"),
        ("Fort Worth", "Fort Worth, Texas, United States"),
        ("Singapore", "Singapore"),
        ("Hong Kong", "Hong Kong"),
        ("Hong Kong, China", "Hong Kong"),
        ("Luxembourg", "Luxembourg"),
        ("Monaco", "Monaco, Municipality of Monaco"),
        ("San Salvador", "San Salvador, El Salvador"),
        ("6th of October City", "6th of October City, Al Jīzah, Egypt"),
        ("Cancun", "Cancún, Quintana Roo, Mexico"),
        ("Islamabad", "Islamabad, Pakistan"),
        ("Bali", "Bāli, West Bengal, India"),
        ("Genova", "Genoa, Liguria, Italy"),
        ("Halle", "Halle (Saale), Sachsen-Anhalt, Germany"),
        ("Via Roma 5 Torino", "Turin, Piemonte, Italy"),
    ],
)
def test_the_whole_text_and_large_towns_come_first(known: Gazetteer, query: str, expected: str) -> None:
    """The town of a whole text is meant before that of its words, own names before those of far towns."""
    assert known.geocode(query).raw["matched"] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Santa Fe, New Mexico", "Santa Fe, New Mexico, United States"),
        ("Santa Fe New Mexico", "Santa Fe, New Mexico, United States"),
        ("Newark, New Jersey", "Newark, New Jersey, United States"),
        ("Belfast, Northern Ireland", "Belfast, Northern Ireland, United Kingdom"),
        ("Baotou, Inner Mongolia", "Baotou, Nei Mongol Zizhiqu, China"),
        ("Atlanta, Georgia", "Atlanta, Georgia, United States"),
        ("Batumi, Georgia", "Batumi, Ajaria, Georgia"),
        ("Lae, Papua New Guinea", "Lae, Morobe, Papua New Guinea"),
    ],
)
def test_a_state_may_hold_a_countrys_name(known: Gazetteer, query: str, expected: str) -> None:
    """The longest name counts."""
    assert known.geocode(query).raw["matched"] == expected


def test_choices_bear_the_name(known: Gazetteer) -> None:
    """San in Mali is no San Francisco."""
    places = known.geocode("San Francisco", exactly_one=False)
    assert len(places) > 10
    assert {place.raw["name"][:13] for place in places} == {"San Francisco"}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"town": "Philadelphia, PA"}, "Philadelphia, Pennsylvania, United States"),
        ({"town": "Guadalajara, Mexico"}, "Guadalajara, Jalisco, Mexico"),
        ({"town": "Columbus, GA", "country": "United States"}, "Columbus, Georgia, United States"),
        ({"town": "Columbus, OH", "country": "United States"}, "Columbus, Ohio, United States"),
        ({"town": "Rome, Georgia", "country": "USA"}, "Rome, Georgia, United States"),
    ],
)
def test_a_town_with_commas_is_read_as_an_address(
    known: Gazetteer, cells: dict[str, str], expected: str
) -> None:
    """State and country in the cell count."""
    assert located(known, [{role: cells.get(role, "") for role in gazetteer.ROLES}]) == [expected]


def test_large_towns_of_the_states_are_found_by_name_and_state(known: Gazetteer) -> None:
    """99 of 100 of the "Name, TX" of the two largest states, without a country."""
    columns = ["level", "country", "name", "latitude", "longitude", "population", "regions"]
    rows = parquet.read_table(FILE, columns=columns).to_pandas()
    states = rows[(rows["country"] == "US") & (rows["level"] == 1)].set_index("name")["regions"]
    right = []
    for state, code in (("Texas", "TX"), ("California", "CA")):
        (number,) = states[state]
        is_in = np.array([number in regions for regions in rows["regions"]])
        towns = rows[is_in & (rows["level"] == 4)].nlargest(150, "population")
        out = known.places(pd.DataFrame({"town": towns["name"] + f", {code}"}), {"town": "town"})
        right += (np.abs(out["latitude"].to_numpy() - towns["latitude"].to_numpy() / 1e4) < 0.2).tolist()
    assert np.mean(right) >= 0.99


def test_names_of_two_words_lead_to_their_towns(known: Gazetteer) -> None:
    """97 of 100 of the 200 largest; at most one of 100 is far off."""
    rows = parquet.read_table(FILE, columns=["level", "name", "latitude", "population"]).to_pandas()
    towns = rows[(rows["level"] == 4) & rows["name"].str.contains(" ")].nlargest(200, "population")
    out = known.places(pd.DataFrame({"address": towns["name"]}), {"address": "address"})
    steps = np.abs(out["latitude"].to_numpy() - towns["latitude"].to_numpy() / 1e4)
    assert np.mean(steps < 0.2) >= 0.97
    assert np.mean(steps > 1) <= 0.01


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Taranto steel works", "Taranto, Puglia, Italy"),
        ("Acciaierie d'Italia Taranto", "Taranto, Puglia, Italy"),
        ("TARANTO 2 C.LE", "Taranto, Puglia, Italy"),
        ("Acciaierie d'Italia Racconigi", ""),
        ("Liberty Steel Georgetown", ""),
        ("Energy from Waste Frome", ""),
    ],
)
def test_a_name_without_a_region_must_be_the_town(known: Gazetteer, name: str, expected: str) -> None:
    """Or have a city in it: any other word may be a firm, and a firm stands anywhere; it is a guess."""
    out = known.places(pd.DataFrame([{"country": "Italy", "name": name}]), ROLES)
    assert out["matched"].tolist() == [expected]
    assert out["position_certainty"].tolist() == ["guess" if expected else ""]


def test_namesakes_widen_the_circle(known: Gazetteer) -> None:
    """Springfield may be any of thirty; with its state it is one."""
    rows = [
        {"town": "Springfield", "country": "United States", "region": region} for region in ("", "Illinois")
    ]
    out = known.places(pd.DataFrame(rows), ROLES)
    assert out["position_certainty"].tolist() == ["ambiguous", "sure"]
    assert out["accuracy_m"].iloc[0] > 500_000
    assert out["accuracy_m"].iloc[1] < 20_000


def test_a_misspelt_town_is_a_question(known: Gazetteer) -> None:
    found = known.geocode("Cassinno, Italy")
    assert found.raw["matched"] == "Cassino, Lazio, Italy"
    assert found.raw["sure"] == "guess"


@pytest.mark.parametrize("query", ["Italy", "Lombardy, Italy", "Texas", "Georgia"])
def test_a_region_or_a_country_is_never_a_town(known: Gazetteer, query: str) -> None:
    assert known.geocode(query) is None


@pytest.mark.parametrize(
    "query", ["", "   ", ",,;", "🏭", "a" * 100_000, "\x00\x01\x02", "x, " * 5_000, "12345"]
)
def test_nonsense_is_not_found(known: Gazetteer, query: str) -> None:
    assert known.geocode(query) is None


@pytest.mark.parametrize(
    "word", ["None", "nan", "NULL", "Unknown", "TBD", "Various", "Sin datos", "-", "N/A"]
)
def test_a_word_for_nothing_is_no_town(known: Gazetteer, word: str) -> None:
    """There is a town called None, but no table means it."""
    assert town(known, town=word, country="Italy") == ""


@pytest.mark.parametrize(
    ("country", "name", "expected"),
    [
        ("England", "Cambridge", "Cambridge, England, United Kingdom"),
        ("Korea, Rep.", "Pohang", "Pohang, Gyeongsangbuk-do, South Korea"),
        ("EL", "Volos", "Volos, Thessalía, Greece"),
        ("中国", "Tangshan", "Tangshan, Hebei Sheng, China"),
    ],
)
def test_countries_as_people_write_them(known: Gazetteer, country: str, name: str, expected: str) -> None:
    """By the list of the ground floor, and by the gazetteer's own names."""
    assert town(known, town=name, country=country) == expected


def test_a_town_in_an_unknown_country_is_not_found(known: Gazetteer) -> None:
    assert town(known, town="Cassino", country="Atlantis") == ""


def test_larger_towns_are_less_exact() -> None:
    assert accuracy_m(0) < accuracy_m(10_000) < accuracy_m(1_000_000) < 30_000


# ---- whole tables ----------------------------------------------------------------------------------


def located(known: Gazetteer, rows: list[dict[str, Any]]) -> list[str]:
    return known.places(pd.DataFrame(rows), ROLES)["matched"].tolist()


def test_a_table_keeps_its_rows_order_and_index(known: Gazetteer) -> None:
    table = pd.DataFrame(
        {
            "Town": ["Melfi", None, "Toluca", math.nan, 7],
            "Land": ["Italy", "Italy", "Mexico", "Italy", "Italy"],
        },
        index=[7, 3, 7, 1, 0],
    )
    before = table.copy()
    out = known.places(table, {"town": "Town", "country": "Land"})
    assert list(out.index) == [7, 3, 7, 1, 0]
    assert list(out.columns) == [
        *("latitude", "longitude", "accuracy_m", "geocoder", "matched", "position_certainty")
    ]
    assert list(out["position_certainty"]) == ["sure", "", "likely", "", ""]
    assert list(out["geocoder"]) == ["gazetteer", "", "gazetteer", "", ""]
    assert out["latitude"].isna().tolist() == [False, True, False, True, True]
    pd.testing.assert_frame_equal(table, before)


def test_an_empty_table_and_absent_columns_are_no_problem(known: Gazetteer) -> None:
    assert len(known.places(pd.DataFrame({"a": []}), {"town": "a"})) == 0
    assert known.places(pd.DataFrame({"a": ["Rome"]}), {"town": "b"})["geocoder"].tolist() == [""]


def test_columns_are_tried_from_fine_to_coarse(known: Gazetteer) -> None:
    row = {"country": "Italy", "region": "Lazio", "town": "no such hamlet", "local_area": "Cassino"}
    assert located(known, [row]) == ["Cassino, Lazio, Italy"]


def test_a_county_tells_namesakes_inside_a_region_apart(known: Gazetteer) -> None:
    """Pennsylvania has more than one Centerville."""
    rows = [
        {"country": "United States", "region": "Pennsylvania", "town": "Centerville", "local_area": county}
        for county in ("Washington County", "Crawford County")
    ]
    places = known.places(pd.DataFrame(rows), ROLES)
    assert places["latitude"].tolist() == pytest.approx([40.05, 41.74], abs=0.1)


def test_a_small_county_stands_for_its_towns_and_says_so(known: Gazetteer) -> None:
    row = {"country": "United States", "region": "Ohio", "local_area": "Ottawa County"}
    place = known.places(pd.DataFrame([row]), ROLES).iloc[0]
    assert place["matched"] == "middle of Ottawa County, Ohio, United States"
    assert place["accuracy_m"] >= 35_000


@pytest.mark.parametrize(
    ("country", "region", "name", "expected"),
    [
        ("Germany", "Bavaria", "Aschaffenburg biomass power station", "Aschaffenburg, Bayern, Germany"),
        ("Italy", "Apulia", "Acciaierie d'Italia Taranto steel plant", "Taranto, Puglia, Italy"),
        ("Russia", "Kaluga Oblast", "NLMK Kaluga", "Kaluga, Kaluzhskaya oblast', Russia"),
        ("Germany", "Bavaria", "Thermal power station unit 3", ""),
    ],
)
def test_a_plants_name_may_name_its_town(
    known: Gazetteer, country: str, region: str, name: str, expected: str
) -> None:
    assert located(known, [{"country": country, "region": region, "name": name}]) == [expected]


def test_a_word_in_names_of_many_regions_is_a_firm(known: Gazetteer) -> None:
    """There is a village called Tata, but not in every state."""
    regions = ["Texas", "Ohio", "Illinois", "Pennsylvania", "Indiana"]
    rows = [{"country": "United States", "region": one, "name": "Washington mill"} for one in regions]
    assert located(known, rows) == [""] * 5
    assert located(known, rows[4:]) == ["Washington, Indiana, United States"]


@pytest.mark.parametrize(
    ("country", "region", "name", "expected"),
    [
        ("Vietnam", "Binh Duong", "Thu Dau Mot", "Thủ Dầu Một"),
        ("France", "Lorraine", "Metz", "Metz"),
        ("South Korea", "North Gyeongsang", "Pohang", "Pohang"),
        ("China", "Hong Kong", "Tai Po", "Tai Po"),
    ],
)
def test_former_and_foreign_names_of_regions(
    known: Gazetteer, country: str, region: str, name: str, expected: str
) -> None:
    assert town(known, country=country, region=region, town=name).split(",")[0] == expected


def test_a_table_and_single_questions_agree(known: Gazetteer) -> None:
    rows = [{"country": "Italy", "region": "", "town": one} for one in ("Melfi", "Arese", "Rho", "Nowhere")]
    rows += [{"country": "Mexico", "region": "Jalisco", "town": one} for one in ("El Salto", "Tonalá")]
    together = known.places(pd.DataFrame(rows), ROLES)
    for row, place in zip(rows, together.itertuples(), strict=True):
        alone = known.geocode(row)
        assert place.matched == (alone.raw["matched"] if alone else "")
        assert alone is None or (place.latitude, place.longitude) == (alone.latitude, alone.longitude)


def noisy(name: str, chance: random.Random) -> str:
    """A name as somebody may type it."""
    ways = [str.upper, str.lower, "City of {}".format, "{} District".format, "near {}".format, "  {} ".format]
    return chance.choice(ways)(name)


def test_nine_of_ten_noisy_rows_of_sixty_countries_are_found_where_they_are(known: Gazetteer) -> None:
    columns = ["level", "country", "name", "latitude", "longitude", "population", "regions"]
    rows = parquet.read_table(FILE, columns=columns).to_pandas()
    countries = rows[rows["level"] == 0].set_index("country")["name"]
    regions = {one[-1]: name for one, name in rows[rows["level"] == 1][["regions", "name"]].to_numpy()}
    towns = rows[(rows["level"] == 4) & (rows["population"] >= 5_000)]
    largest = towns["country"].value_counts().index[:60]
    towns = towns[towns["country"].isin(largest)].groupby("country").sample(20, random_state=1)
    chance = random.Random(1)
    table = pd.DataFrame({
        "country": towns["country"].map(countries),
        "region": [next((regions[i] for i in has if i in regions), "") for has in towns["regions"]],
        "town": [noisy(name, chance) for name in towns["name"]],
    })  # fmt: skip
    out = known.places(table, ROLES)
    steps = (out["latitude"] - towns["latitude"] / 1e4).abs() + (
        out["longitude"] - towns["longitude"] / 1e4
    ).abs()
    assert len(out) == 1_200
    assert (steps < 0.25).mean() > 0.9
    assert (steps > 1).mean() < 0.02


# ---- the file --------------------------------------------------------------------------------------


def test_nothing_is_read_before_the_first_question(tmp_path: Path) -> None:
    Gazetteer(tmp_path / "absent.parquet")
    code = (
        "import sys; import atlas.geocoding.gazetteer as g; g.load(); print('pyarrow.dataset' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=DATA.parent
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("content", [None, b"", b"not a table"])
def test_a_missing_or_damaged_file_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "gazetteer.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(
        DataError, match=r"gazetteer\.parquet is missing or damaged\. Put the one that shipped"
    ):
        Gazetteer(path).geocode("Cassino")


def test_the_file_is_small_and_whole() -> None:
    assert FILE.stat().st_size <= 12_000_000
    levels = parquet.read_table(FILE, columns=["level"]).to_pandas()["level"].value_counts()
    assert levels[4] > 230_000
    assert levels[0] > 240


# ---- territories, counties, codes ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"town": "Saint-Denis", "region": "La Réunion", "country": "France"}, "Saint-Denis, Reunion"),
        ({"town": "Saint-Denis", "country": "France"}, "Saint-Denis, Île-de-France, France"),
        ({"town": "Nouméa", "country": "France"}, "Nouméa, South Province, New Caledonia"),
        ({"town": "San Juan", "region": "PR", "country": "United States"}, "San Juan, Puerto Rico"),
        ({"town": "Dededo", "country": "USA"}, "Dededo, Guam"),
        ({"town": "Hong Kong", "country": "China"}, "Hong Kong"),
        ({"town": "Zzyzx", "country": "France"}, ""),
        ({"address": "San Juan, Puerto Rico, USA"}, "San Juan, Puerto Rico"),
        ({"address": "Saint-Denis, La Réunion, France"}, "Saint-Denis, Reunion"),
    ],
)
def test_a_territory_belongs_to_its_state(known: Gazetteer, fields: dict[str, str], expected: str) -> None:
    """It is looked in where the region names it, or where the state has no such town."""
    assert town(known, **fields) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"town": "Camden NJ", "country": "USA"}, "Camden, New Jersey, United States"),
        ({"town": "Detroit Michigan"}, "Detroit, Michigan, United States"),
        ({"town": "Ciudad Victoria", "country": "Mexico"}, "Ciudad Victoria, Tamaulipas, Mexico"),
        ({"address": "Camden, New Jersey 08103"}, "Camden, New Jersey, United States"),
        ({"address": "12 Main St, Springfield, IL 62701"}, "Springfield, Illinois, United States"),
        ({"address": "Milano, MI, IT"}, "Milan, Lombardia, Italy"),
        ({"address": "London, UK"}, "London, England, United Kingdom"),
        ({"address": "Gaza, Palestine, State of"}, "Gaza, Palestinian Territory"),
        ({"address": "Sector 3"}, "Sector 3, București, Romania"),
        ({"address": "Xyzzyville, PA"}, ""),
        ({"address": "Carneirinho dos Xyz, São Paulo, Brazil"}, ""),
        ({"address": "Avenida Paulista, São Paulo, Brazil"}, "São Paulo, Brazil"),
    ],
)
def test_codes_regions_and_postcodes_in_an_address(
    known: Gazetteer, fields: dict[str, str], expected: str
) -> None:
    """A region is no town, and a town that is not in the stated region is not taken from elsewhere."""
    assert town(known, **fields) == expected


@pytest.mark.parametrize(
    ("region", "name", "country", "expected"),
    [
        ("Altai Krai", "Barnaul", "Russia", "Barnaul, Altayskiy kray"),
        ("Kemerovo Oblast'", "Novokuznetsk", "Russia", "Novokuznetsk, Kemerovskaya oblast'"),
        ("Zaporizhzhya", "Enerhodar", "Ukraine", "Enerhodar, Zaporizka oblast"),
        ("Kiev Oblast", "Bila Tserkva", "Ukraine", "Bila Tserkva, Kyivska oblast"),
        ("Gomel Region", "Zhlobin", "Belarus", "Zhlobin, Homieĺskaja voblasć"),
        ("Lincolnshire", "Scunthorpe", "United Kingdom", "Scunthorpe, England"),
        ("Kent", "Rochester", "United Kingdom", "Rochester, England"),
        ("Hebei", "Wu'an", "China", "Wu’an, Hebei Sheng"),
        ("Shanxi", "Fenyang", "China", "Fenyang, Shanxi Sheng"),
    ],
)
def test_regions_as_they_are_called_in_english(
    known: Gazetteer, region: str, name: str, country: str, expected: str
) -> None:
    """A county also has the towns beside it that were taken out of it."""
    assert town(known, town=name, region=region, country=country).startswith(expected)


def test_a_small_town_of_that_name_is_meant_before_a_larger_one_with_another(known: Gazetteer) -> None:
    """Ashburn was once called Farmville."""
    assert town(known, town="Farmville", region="Virginia", country="US").startswith("Farmville, ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Smolensk TES", "Smolensk"), ("Gazprom Smolensk", ""), ("Gazprom Kazan TEC-1", "Kazan, ")],
)
def test_a_city_in_a_name_is_no_city_where_a_wide_region_has_its_name(
    known: Gazetteer, name: str, expected: str
) -> None:
    out = known.places(pd.DataFrame([{"country": "Russia", "name": name}]), ROLES)
    (matched,) = out["matched"]
    assert matched.startswith(expected)
    assert bool(matched) == bool(expected)


def test_the_circle_of_namesakes_holds_their_surroundings(known: Gazetteer) -> None:
    """The farther of two towns lies inside the circle, and so do the sites around it."""
    found, *others = known.geocode("Holly Springs, Mississippi, USA", exactly_one=False)
    away = max(geodesic(found.point, other.point).meters for other in others)
    assert found.raw["accuracy_m"] > away + 10_000
