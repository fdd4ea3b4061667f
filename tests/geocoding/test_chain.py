"""The chain: the table's own positions, what is known, then the gazetteer or a service."""

import os
from pathlib import Path

import pandas as pd
import pytest

from atlas.geocoding import chain, csv_cache, service, store
from atlas.paths import DATA
from tests.nominatim import NominatimServer, place

ROLES = {"plant_id": "id", "name": "Plant", "country": "Country/Area", "region": "State", "town": "City"}
TABLE = pd.DataFrame(
    {
        "id": ["1", "2", "3"],
        "Plant": ["Modena Works", "Nowhere Works", ""],
        "Country/Area": ["Italy", "Italy", "Italy"],
        "State": ["Emilia-Romagna", "", ""],
        "City": ["Modena", "Qqqqq", ""],
    },
    index=[7, 7, 7],
)


def located(table: pd.DataFrame, links: chain.Chain, **roles: str) -> list[tuple[str, str]]:
    """Who found each row, and what matched; the index and the own columns are as they were."""
    found = chain.locate_table(table, {**ROLES, **roles}, links).table
    pd.testing.assert_frame_equal(found[list(table.columns)], table)
    return list(zip(found["geocoder"], found["matched"], strict=True))


def test_offline_by_default() -> None:
    """Nothing set: the gazetteer, no service, nothing written. A country alone is no position."""
    links = chain.configured(DATA)
    assert (links.ask, links.limit) == (None, None)
    modena, nowhere, country = located(TABLE, links)
    assert (modena[0], modena[1].split(",")[0]) == ("gazetteer", "Modena")
    assert (nowhere, country) == (("", ""), ("", ""))


def test_the_order(data_folder: Path, nominatim: NominatimServer) -> None:
    """The table's own position, then what ships, then what was asked before, then the service: once each."""
    query = "Modena, Emilia-Romagna, Italy"
    nominatim.places = {query: place(44.65, 10.94)}
    links = chain.configured(data_folder)
    assert located(TABLE, links) == [("nominatim", query), ("", ""), ("", "")]
    assert [request.query for request in nominatim.requests] == [query, "Qqqqq, Italy"]
    offline = chain.offline(data_folder)
    assert located(TABLE, offline)[0] == ("nominatim", query)
    with (data_folder / "places.csv").open("a", encoding="utf-8") as file:
        file.write(f'"{query}",44,10,300,by hand,,2099-02-01\n')
    assert located(TABLE, chain.offline(data_folder))[0] == ("by hand", query)
    own = TABLE.assign(where=["44.6, 10.9", "95, 10", ""])
    assert located(own, offline, coordinates="where")[0] == ("given in the table", "")
    assert len(nominatim.requests) == 2


def test_what_the_gazetteer_finds_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hide a better answer later."""
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "own"))
    located(TABLE, chain.configured(DATA))
    assert list(tmp_path.iterdir()) == []


def test_pages_never_ask(nominatim: NominatimServer) -> None:
    """Whatever service is set, their chain has none; with "none" not even the gazetteer."""
    links = chain.offline(DATA)
    assert (links.ask, links.towns is None) == (None, False)
    assert chain.offline(DATA, {**os.environ, "ATLAS_GEOCODER": "none"}).towns is None


def test_the_public_nominatim_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """100 addresses a run, with the reason, the estimate and the ways out; --most cannot lift it."""
    for most in (None, 100, 5_000):
        links = chain.configured(DATA, {"ATLAS_GEOCODER": "nominatim"}, most=most)
        assert links.limit is not None
        assert links.limit.most == 100
        sentence = links.limit.reason(35_000)
        for words in (
            "nominatim.openstreetmap.org",
            "35,000 would take about 9 h 43 min",
            "ATLAS_GEOCODER_URL",
        ):
            assert words in sentence
    fewer = chain.configured(DATA, {"ATLAS_GEOCODER": "nominatim"}, most=5)
    assert fewer.limit is not None
    assert fewer.limit.most == 5
    own = {"ATLAS_GEOCODER_URL": "http://localhost:8080"}
    assert chain.configured(DATA, own).limit is None


def test_cancelled_between_two_questions(nominatim: NominatimServer) -> None:
    """What was asked is kept, the sentence says how far it came, and the next run goes on."""
    links = chain.configured(DATA)
    answers = iter([False, True])
    stopped = chain.locate_table(TABLE, ROLES, links, cancelled=lambda: next(answers))
    assert stopped.problem == "Stopped after 1 of 2 questions. Start it again to go on."
    chain.locate_table(TABLE, ROLES, links)
    assert [request.query for request in nominatim.requests] == [
        "Modena, Emilia-Romagna, Italy",
        "Qqqqq, Italy",
    ]


def test_a_file_to_fill(nominatim: NominatimServer, tmp_path: Path) -> None:
    """Answers go to the CSV file that is named, and only there."""
    links = chain.configured(DATA, file=tmp_path / "fill.csv")
    chain.locate_table(TABLE, ROLES, links)
    assert len(csv_cache.FileCache(tmp_path / "fill.csv").rows()) == 2
    assert store.open_store().status().misses == 0


QUERIES = [
    (("Via Roma 1", "41121", "Modena", "", "MO", "Italy"), "Via Roma 1, 41121 Modena, MO, Italy"),
    (("Via Roma 1, Modena", "", "Modena", "", "MO", "Italy"), "Via Roma 1, Modena, Italy"),
    (
        ("Corso 200, 10135 Torino TO, Italy", "", "Turin", "", "", "Italy"),
        "Corso 200, 10135 Torino TO, Italy",
    ),
    (("", "", "", "Pune taluk", "", "India"), "Pune taluk, India"),
    (("", "", "", "", "Lazio", "Italy"), ""),
    (("", "", "", "", "", ""), ""),
]


@pytest.mark.parametrize(("cells", "query"), QUERIES)
def test_what_a_service_is_asked(cells: tuple[str, str, str, str, str, str], query: str) -> None:
    """All that says where, nothing twice; less than a town is not asked."""
    assert chain._query(*cells) == query


def test_durations() -> None:
    """As people say them."""
    said = {seconds: service.in_words(seconds) for seconds in (5, 60, 3_600, 35_000)}
    assert said == {5: "1 min", 60: "1 min", 3_600: "1 h", 35_000: "9 h 43 min"}
