"""Roles: what the columns of real tables are, whoever named them and in whichever language."""

import pandas as pd
import pytest

from atlas import columns, country_names
from atlas.importing.roles import guessing

OURS = ["plant_id", "name", "official_name", "address", "town", "region", "country", "country_code",
        "latitude", "longitude", "opened_year", "owner"]  # fmt: skip
TABLES = {
    "ours": (OURS, {name: name for name in OURS}),
    "a list of steel plants": (
        ["Plant ID", "Plant name (English)", "Plant name (other language)", "Other plant names (English)",
         "Owner", "Owner GEM ID", "Parent", "Location address", "Municipality",
         "Subnational unit (province/state)", "Country/Area", "Region", "Coordinates", "Coordinate accuracy",
         "GEM wiki page", "Start date", "Retired date", "Workforce size", "Status"],
        {"plant_id": "Plant ID", "name": "Plant name (English)", "owner": "Owner", "address":
         "Location address", "town": "Municipality", "region": "Subnational unit (province/state)",
         "country": "Country/Area", "coordinates": "Coordinates", "opened_year": "Start date",
         "closed_year": "Retired date", "employees": "Workforce size", "status": "Status",
         "wikipedia_url": "GEM wiki page"},
    ),
    "a list of coal plants": (
        ["GEM unit/phase ID", "GEM location ID", "Country/Area", "Plant name", "Unit name",
         "Plant name (other)", "Owner", "Parent", "Capacity (MW)", "Status", "Start year", "Retired year",
         "Location", "Local Area (taluk, county)", "Major Area (prefecture, district)",
         "Subnational unit (province, state)", "Region", "Latitude", "Longitude", "Location accuracy"],
        {"plant_id": "GEM unit/phase ID", "name": "Plant name", "country": "Country/Area", "owner": "Owner",
         "status": "Status", "opened_year": "Start year", "closed_year": "Retired year", "town": "Location",
         "local_area": "Local Area (taluk, county)", "larger_area": "Major Area (prefecture, district)",
         "region": "Subnational unit (province, state)", "latitude": "Latitude", "longitude": "Longitude"},
    ),
    "power plants": (
        ["country", "country_long", "name", "gppd_idnr", "capacity_mw", "latitude", "longitude",
         "primary_fuel", "commissioning_year", "owner", "source", "url", "geolocation_source"],
        {"country": "country_long", "country_code": "country", "name": "name", "plant_id": "gppd_idnr",
         "latitude": "latitude", "longitude": "longitude", "opened_year": "commissioning_year",
         "owner": "owner"},
    ),
    "American": (
        ["Utility ID", "Utility Name", "Plant Code", "Plant Name", "Street Address", "City", "State", "Zip",
         "County", "Latitude", "Longitude", "NERC Region"],
        {"plant_id": "Plant Code", "name": "Plant Name", "address": "Street Address", "town": "City",
         "region": "State", "postcode": "Zip", "local_area": "County", "latitude": "Latitude",
         "longitude": "Longitude"},
    ),
    "European": (
        ["facilityName", "parentCompanyName", "street", "city", "postalCode", "countryCode", "countryName",
         "Longitude", "Latitude", "FacilityInspireId"],
        {"name": "facilityName", "address": "street", "town": "city", "postcode": "postalCode",
         "country_code": "countryCode", "country": "countryName", "longitude": "Longitude",
         "latitude": "Latitude", "plant_id": "FacilityInspireId"},
    ),
    "Italian": (
        ["Stabilimento", "Indirizzo", "CAP", "Comune", "Provincia", "Regione", "Paese", "Latitudine",
         "Longitudine", "Anno di apertura", "Dipendenti", "Proprietario"],
        {"name": "Stabilimento", "address": "Indirizzo", "postcode": "CAP", "town": "Comune", "larger_area":
         "Provincia", "region": "Regione", "country": "Paese", "latitude": "Latitudine", "longitude":
         "Longitudine", "opened_year": "Anno di apertura", "employees": "Dipendenti",
         "owner": "Proprietario"},
    ),
    "German": (
        ["Werk", "Anschrift", "PLZ", "Stadt", "Bundesland", "Land", "Breite", "Länge", "Eröffnung",
         "Mitarbeiter", "Eigentümer"],
        {"name": "Werk", "address": "Anschrift", "postcode": "PLZ", "town": "Stadt", "region": "Bundesland",
         "country": "Land", "latitude": "Breite", "longitude": "Länge", "opened_year": "Eröffnung",
         "employees": "Mitarbeiter", "owner": "Eigentümer"},
    ),
    "French": (
        ["Usine", "Adresse", "Code postal", "Ville", "Département", "Région", "Pays", "Année d'ouverture"],
        {"name": "Usine", "address": "Adresse", "postcode": "Code postal", "town": "Ville", "larger_area":
         "Département", "region": "Région", "country": "Pays", "opened_year": "Année d'ouverture"},
    ),
    "Spanish": (
        ["Planta", "Dirección", "Municipio", "Provincia", "Comunidad autónoma", "País", "Latitud",
         "Longitud", "Año de apertura"],
        {"name": "Planta", "address": "Dirección", "town": "Municipio", "larger_area": "Provincia",
         "region": "Comunidad autónoma", "country": "País", "latitude": "Latitud", "longitude": "Longitud",
         "opened_year": "Año de apertura"},
    ),
}  # fmt: skip
CELLS = {
    "country": ["Italy", "China"], "country_code": ["IT", "CN"], "latitude": ["45.1", "30.25"],
    "longitude": ["7.2", "120.5"], "coordinates": ["45.1, 7.2", "30.25, 120.5"], "opened_year":
    ["1972", "1998"], "closed_year": ["2001", "2010"], "employees": ["1200", "300"],
    "postcode": ["10135", "00184"], "wikipedia_url": ["https://en.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/B"],
}  # fmt: skip


@pytest.mark.parametrize(("header", "wanted"), TABLES.values(), ids=[*TABLES])
def test_real_headers(header: list[str], wanted: dict[str, str]) -> None:
    """Every column gets its role, and what is somebody else's name, id or country gets none."""
    role_of = {column: role for role, column in wanted.items()}
    cells = {name: CELLS.get(role_of.get(name, ""), [f"{name} a", f"{name} b"]) for name in header}
    assert guessing.guess(pd.DataFrame(cells)) == {
        role: wanted[role] for role in guessing.ROLES if role in wanted
    }
    assert set(guessing.guess(pd.DataFrame(columns=header)).items()) >= {("name", wanted["name"])}


@pytest.mark.parametrize("header", ["where", "site"])
def test_a_second_column_says_where(header: str) -> None:
    """Beside the plants' names; alone a column "site" is their name."""
    table = pd.DataFrame({"name": ["A works", "B"], header: ["Philadelphia, PA", "Guadalajara, Mexico"]})
    assert guessing.guess(table) == {"name": "name", "town": header}


def test_roles_are_called_as_our_columns() -> None:
    """Where there is a column of ours, the role has its key and its label."""
    known = {key: role.label for key, role in guessing.ROLES.items() if key in columns.BY_NAME}
    assert len(known) > 15
    assert {"coordinates", "larger_area", "local_area", "postcode"} == set(guessing.ROLES) - set(known)
    assert {key: columns.BY_NAME[key].label.split(" (°)")[0] for key in known} == known


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"Location": ["Cassino", "Melfi"]}, "town"),
        ({"Location": ["Via Roma 1, Cassino", "Viale Europa 12, Melfi"]}, "address"),
        ({"Location": ["41.47, 13.75", "40.99, 15.71"]}, "coordinates"),
        ({"Standort": ["41.47, 13.75", "40.99, 15.71"]}, "coordinates"),
    ],
)
def test_one_word_that_means_many_things(cells: dict[str, list[str]], wanted: str) -> None:
    """The cells decide."""
    assert guessing.guess(pd.DataFrame(cells)) == {wanted: next(iter(cells))}


def test_an_id_that_stands_twice_is_none() -> None:
    """The place's id stands in the row of each of its units; theirs is the id."""
    table = pd.DataFrame({"GEM location ID": ["L1", "L1"], "GEM unit ID": ["G1", "G2"]})
    assert guessing.guess(table) == {"plant_id": "GEM unit ID"}


def test_the_fuller_column_wins() -> None:
    """Two columns that say the same: the one with more in it."""
    table = pd.DataFrame({"Lat": ["", "", "1.5"], "Latitude": ["45.1", "46.2", "47.3"]})
    assert guessing.guess(table) == {"latitude": "Latitude"}


def test_a_table_without_a_header() -> None:
    """Countries, positions, years and names are known by their cells."""
    table = pd.DataFrame(
        {
            "column 1": ["Cassino Plant", "Melfi Plant", "Toluca Plant"],
            "column 2": ["Italy", "Italia", "Messico"],
            "column 3": ["41.474", "40.987", "19.284"],
            "column 4": ["13.755", "15.712", "-99.655"],
            "column 5": ["1972", "1993", "1968"],
        }
    )
    assert guessing.guess(table) == {
        "name": "column 1",
        "country": "column 2",
        "latitude": "column 3",
        "longitude": "column 4",
        "opened_year": "column 5",
    }


def test_the_name_of_a_person_is_no_plant() -> None:
    """A contact or an owner is nobody's plant, also where no other column is called name."""
    assert "name" not in guessing.guess(pd.DataFrame({"Contact name": ["Ann"], "Owner name": ["Fiat"]}))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Italy", "IT"), ("ITALIA", "IT"), ("Deutschland", "DE"), ("États-Unis", "US"), ("España", "ES"),
        ("USA", "US"), ("U.K.", "GB"), ("South Korea", "KR"), ("Korea, Republic of", "KR"),
        ("Korea, Democratic People's Republic of", "KP"), ("KOR", "KR"), ("it", "IT"),
        ("Côte d'Ivoire", "CI"),
        ("The Netherlands", "NL"), ("Bosnia & Herzegovina", "BA"), ("Türkiye", "TR"), ("Turkey", "TR"),
        ("Kosovo", "XK"), ("Atlantis", ""), ("", ""),
    ],
)  # fmt: skip
def test_countries(text: str, code: str) -> None:
    """Names in five languages, usual short forms and codes."""
    assert country_names.code_of(text) == code


def test_every_country_knows_its_own_name() -> None:
    """The name that we show leads back to the code."""
    codes = set(country_names.known_names().values())
    assert len(codes) == 250
    assert [code for code in codes if country_names.code_of(country_names.name_of(code)) != code] == []


WORLD = ["Asia", "Americas", "South-eastern Asia", "Latin America and the Caribbean", "Sub-Saharan Africa"]
WORLD += ["Europe", "Western Europe", "Middle East", "Australia and New Zealand", "Northern America"]


@pytest.mark.parametrize("province", ["State/Province", "province", "subnational-unit", "Subnational unit"])
def test_a_part_of_the_world_is_no_region(province: str) -> None:
    """Tables of the whole world have a column "Region" that says "Asia"; the province is another one."""
    cells = {"Region": WORLD, "Country/Area": ["Italy"] * 10, province: ["Lazio"] * 10}
    found = guessing.guess(pd.DataFrame({"Plant name": [f"Plant {n}" for n in range(10)], **cells}))
    assert found == {"name": "Plant name", "country": "Country/Area", "region": province}
    assert "region" not in guessing.guess(pd.DataFrame({"region": WORLD}))
    ours = ["Lazio", "Eastern Cape", "North Carolina", "South Australia", "West Africa Street", "Asiago"]
    assert guessing.guess(pd.DataFrame({"region": ours})) == {"region": "region"}


def test_a_project_is_named_before_its_units() -> None:
    """Lists of power stations have a row for each unit."""
    table = pd.DataFrame({"unit": ["1", "2"], "project": ["Turbigo power station"] * 2})
    assert guessing.guess(table)["name"] == "project"


LOOKALIKES = [
    (
        {"Construction start": ["1970"], "Commercial operation": ["1975"]},
        {"opened_year": "Commercial operation"},
    ),
    ({"Status": ["open"], "Status year": ["2020"]}, {"status": "Status"}),
    ({"Reporting year": ["2020"]}, {}),
    ({"CAP": ["A12"]}, {}),
    ({"CAP": ["10135"]}, {"postcode": "CAP"}),
    ({"ZIP": ["plants.zip"]}, {}),
    ({"Address": ["https://a.org/x"], "Street": ["Via Po 3"]}, {"address": "Street"}),
    ({"Location": ["https://a.org/x"]}, {}),
    ({"wiki-name": ["Works of Arese"]}, {"name": "wiki-name"}),
    ({"StartState": ["Texas"], "EndState": ["Ohio"]}, {"region": "StartState"}),
    (
        {"Länge (km)": ["12.5"], "Länge": ["7.5"], "Breite": ["45.1"]},
        {"latitude": "Breite", "longitude": "Länge"},
    ),
    ({"Länge": ["12"], "Breite": ["3"]}, {}),
    ({"Länge": ["12.5"], "Länge (km)": ["12.5"]}, {}),
    ({"Laenge_km": ["12.5"], "Breite [m]": ["3.5"]}, {}),
    ({"Long": ["7.5"], "Lat": ["45.1"]}, {"latitude": "Lat", "longitude": "Long"}),
    ({"State": ["operating"]}, {"status": "State"}),
    ({"State": ["Texas"]}, {"region": "State"}),
    ({"Estado": ["en servicio"]}, {"status": "Estado"}),
]


@pytest.mark.parametrize(("columns", "wanted"), LOOKALIKES)
def test_what_only_looks_like_a_role(columns: dict[str, list[str]], wanted: dict[str, str]) -> None:
    """Headers that mean something else, and cells that say so."""
    guessed = guessing.guess(pd.DataFrame(columns))
    assert {
        role: column for role, column in guessed.items() if role != "name" or column in wanted.values()
    } == wanted
