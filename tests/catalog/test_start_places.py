"""Starts: what a text means as a place to measure from, and what is said where it means none."""

from collections.abc import Sequence
from typing import Any

import pytest
from geopy.location import Location

from atlas import settings
from atlas.catalog import loader, start_places
from atlas.catalog.sheets import Sheet
from atlas.importing import source
from atlas.text import fold

OWN = """id,name,country,town,lat,lon
b1,Bursa works,Türkiye,Bursa,40.2,29.1
b2,Twin,Türkiye,Izmir,38.4,27.1
b3,Twin,Germany,Jena,50.9,11.6
b4,Lost,Germany,,,
"""


def place(matched: str, latitude: float, longitude: float, **raw: Any) -> Location:
    """A town as the gazetteer tells it."""
    about = {"name": matched.split(",")[0], "matched": matched, "own_accuracy_m": 9000, "sure": "sure"}
    return Location(matched, (latitude, longitude), about | raw)


TURIN = place("Turin, Piedmont, Italy", 45.07, 7.69)
TOWNS: dict[str, Sequence[Location]] = {
    "Turin": [TURIN],
    "Torin": [place("Turin, Piedmont, Italy", 45.07, 7.69, sure="likely")],
    "Torino": [TURIN],
    "Halle": [
        place("Halle, Saxony-Anhalt, Germany", 51.5, 11.97, sure="ambiguous"),
        place("Halle, Westphalia, Germany", 52.06, 8.36),
        place("Halle, Flanders, Belgium", 50.73, 4.24),
        place("Halle, Flanders, Belgium", 51.23, 4.65),
    ],
    "Springfield": [place("Springfield, Missouri, United States", 37.2, -93.3, sure="ambiguous")],
}


def ask(text: str) -> Sequence[Location]:
    return TOWNS.get(text, [])


@pytest.fixture
def sheets() -> list[Sheet]:
    return list(loader.open_catalog().sheets.values())


@pytest.fixture
def own(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> list[Sheet]:
    """The sheet of an operator's table."""
    path = tmp_path / "own.csv"
    path.write_text(OWN, encoding="utf-8")
    monkeypatch.setenv(settings.PLANTS.name, str(path))
    assert source.load(str(path)).table["plant_id"].tolist() == ["b1", "b2", "b3", "b4"]
    return list(loader.open_catalog().sheets.values())


def found(text: str, sheets: Sequence[Sheet]) -> start_places.Start:
    start = start_places.find(text, sheets, ask).start
    assert start
    return start


def test_nothing_asked(sheets: list[Sheet]) -> None:
    """No text, no start and no complaint."""
    assert start_places.find("  ", sheets, ask) == start_places.Reading()


def test_a_plant_by_id(sheets: list[Sheet]) -> None:
    """Of the table on show, or of another; how sure its position is is said."""
    start = found("cassino", sheets)
    assert (start.plant, start.name) == ("cassino", "Cassino Plant")
    assert start.label == "Cassino Plant (Piedimonte San Germano, Italy)"
    assert start.about == "Position: within about 2 km (estimate on the map)."
    assert found("mirafiori", sheets).name == "Mirafiori Plant"


def test_a_plant_by_name(own: list[Sheet]) -> None:
    """Capitals do not matter; of several each is offered, by its id; without position a sentence."""
    assert found("bursa WORKS", own).plant == "b1"
    twins = start_places.find("Twin", own, ask)
    assert twins.start is None
    assert twins.sentence == "2 plants are called “Twin”. Which one?"
    assert twins.choices == (
        start_places.Choice("Twin, Izmir, Türkiye", "b2"),
        start_places.Choice("Twin, Jena, Germany", "b3"),
    )
    lost = start_places.find("b4", own, ask)
    assert lost == start_places.Reading(
        sentence="The position of Lost is not known, so no distance from it is."
    )


COORDINATES = [
    ("45.46, 9.19", (45.46, 9.19), "45.46° N, 9.19° E"),
    ("45.46 9.19", (45.46, 9.19), "45.46° N, 9.19° E"),
    ("45.46;9.19", (45.46, 9.19), "45.46° N, 9.19° E"),
    ("45.46N 9.19E", (45.46, 9.19), "45.46° N, 9.19° E"),
    ("45.46° N, 9.19° E", (45.46, 9.19), "45.46° N, 9.19° E"),
    ("45°27'36\"N 9°11'24\"E", (45.46, 9.19), "45.46° N, 9.19° E"),
    ("−33.86, 151.21", (-33.86, 151.21), "33.86° S, 151.21° E"),
    ("17.7 S, 178 W", (-17.7, -178), "17.7° S, 178° W"),
    ("90, 0", (90, 0), "90° N, 0° E"),
    ("-0.5, -0.5", (-0.5, -0.5), "0.5° S, 0.5° W"),
    ("45,07; 7,68", (45.07, 7.68), "45.07° N, 7.68° E"),
    ("–33.87, 151.21", (-33.87, 151.21), "33.87° S, 151.21° E"),
    ("33.87, –151.21", (33.87, -151.21), "33.87° N, 151.21° W"),
    ("10, 190", (10, -170), "10° N, 170° W"),
]


@pytest.mark.parametrize(("text", "here", "label"), COORDINATES)
def test_coordinates(text: str, here: tuple[float, float], label: str, sheets: list[Sheet]) -> None:
    """The ways in which people write them; the address keeps what was written."""
    start = found(text, sheets)
    assert start.here == pytest.approx(here)
    assert (start.name, start.plant, start.asked) == (label, "", text)


@pytest.mark.parametrize(
    "text", ["95, 9", "45,46 9,19", "45.46", "45.46, 9.19, 100", "1 2 3 4 5 6", "....1", "9°"]
)
def test_numbers_that_are_no_coordinates(text: str, sheets: list[Sheet]) -> None:
    """One sentence says how to write them; nothing is guessed."""
    answer = start_places.find(text, sheets, ask)
    assert answer.start is None
    assert answer.sentence.startswith(f"“{text}” is no place on Earth that we can read. ")
    assert answer.sentence.endswith(start_places.HOW_TO_WRITE)
    assert ("Latitudes end at 90 degrees." in answer.sentence) == (text == "95, 9")


def test_a_town(sheets: list[Sheet]) -> None:
    """Its name, its full name, and from where it is measured."""
    start = found("Turin", sheets)
    assert (start.name, start.label, start.here) == ("Turin", "Turin, Piedmont, Italy", (45.07, 7.69))
    assert start.about == "Measured from the centre of the town, within about 9 km (GeoNames)."


def test_a_town_that_is_only_likely(sheets: list[Sheet]) -> None:
    """What the text was read as is said."""
    answer = start_places.find("Torin", sheets, ask)
    assert answer.start
    assert answer.sentence == "“Torin” is read as Turin, Piedmont, Italy."
    assert start_places.find("Torino", sheets, ask).sentence == ""


def test_namesakes_are_offered(sheets: list[Sheet]) -> None:
    """The likeliest is taken, the others are a click away; what no name tells apart is told by degrees."""
    answer = start_places.find("Halle", sheets, ask)
    assert answer.start
    assert answer.start.label == "Halle, Saxony-Anhalt, Germany"
    assert answer.sentence == "Several places are called “Halle”. This is Halle, Saxony-Anhalt, Germany."
    assert [choice.asked for choice in answer.choices] == [
        "Halle, Westphalia, Germany",
        "50.7300, 4.2400",
        "51.2300, 4.6500",
    ]
    assert [choice.label for choice in answer.choices][1:] == [
        "Halle, Flanders, Belgium, 50.73° N, 4.24° E",
        "Halle, Flanders, Belgium, 51.23° N, 4.65° E",
    ]
    alone = start_places.find("Springfield", sheets, ask)
    assert alone.sentence.endswith("Add a region or a country for another.")


def test_an_unknown_name(sheets: list[Sheet]) -> None:
    """A sentence, and a near name of a plant or a town of the table where there is one."""
    near = start_places.find("Casino Plant", sheets, ask)
    assert near.sentence == ("No place or plant called “Casino Plant” is known here. Did you mean this?")
    assert near.choices[0] == start_places.Choice("Cassino Plant", "cassino")
    far = start_places.find("zzzz", sheets, ask)
    assert far.sentence.endswith("Try a town with its country, or coordinates.")
    assert far.choices == ()


def test_a_hostile_text(hostile: str, sheets: list[Sheet]) -> None:
    """Is unknown, in one sentence of a bearable length."""
    answer = start_places.find(hostile * 20, sheets, ask)
    assert answer.start is None
    assert len(answer.sentence) < 240


def test_the_gazetteer_is_asked_for_towns_only(sheets: list[Sheet], monkeypatch: pytest.MonkeyPatch) -> None:
    """A plant and coordinates need no gazetteer."""
    asked: list[str] = []
    monkeypatch.setattr(start_places, "ask_gazetteer", lambda text: asked.append(text) or [])
    for text in ("cassino", "45.46, 9.19", "95, 9", "Melfi plant", "Turin"):
        start_places.find(text, sheets)
    assert asked == ["Turin"]


@pytest.mark.parametrize("text", ["Portello", "portello plant"])
def test_a_plants_name_comes_first(text: str, sheets: list[Sheet]) -> None:
    """Of any table, with or without the word for a plant."""
    assert found(text, sheets).name == "Portello Plant"


def test_a_guess_is_a_question(sheets: list[Sheet]) -> None:
    """A misspelt name and another name of a small town are asked about, never taken."""
    for text, town in (
        ("Cassinno, Italy", "Cassino, Lazio, Italy"),
        ("Alfa", "Alva, Oklahoma, United States"),
    ):
        answer = start_places.find(text, sheets)
        assert answer.start is None
        assert "Did you mean" in answer.sentence
        assert town in [choice.asked for choice in answer.choices]
        assert not any(choice.label.endswith("?") for choice in answer.choices)


def test_a_street_is_not_dropped_in_silence(sheets: list[Sheet]) -> None:
    """It is said that distances are from the town."""
    answer = start_places.find("Corso Agnelli 200, Torino, Italy", sheets)
    assert answer.start
    assert answer.start.name == "Turin"
    assert answer.sentence == (
        "“Corso Agnelli 200” is not known here; distances are from Turin, Piemonte, Italy."
    )
    for text in ("Turin, Italy", "Santa Fe, New Mexico", "Singapore"):
        assert start_places.find(text, sheets).sentence == ""


REAL = [("Torino, Italy", (45.07, 7.69)), ("torino,Piedmont,ITALY", (45.07, 7.69))]


@pytest.mark.parametrize(("text", "here"), REAL)
def test_the_built_in_gazetteer_answers(text: str, here: tuple[float, float], sheets: list[Sheet]) -> None:
    """By any of a town's names; within ten kilometres."""
    start = start_places.find(text, sheets).start
    assert start
    assert start.here == pytest.approx(here, abs=0.1)
    assert fold(start.name) in ("turin", "torino")


def test_a_plant_with_its_place_behind_it(sheets: list[Sheet]) -> None:
    """ "Cassino Plant, Italy" is the plant, "Cassino Plant, France" is not."""
    place = sheets[0].table.set_index("plant_id").loc["cassino"]
    assert found(f"Cassino, {place['town']}, Italy", sheets).plant == "cassino"
    assert start_places.find("Cassino Plant, France", sheets, lambda text: []).start is None


def test_a_town_that_only_once_had_the_name_is_asked_about() -> None:
    """Milan in New York is unknown; Syracuse, once called so, is offered and not taken."""
    reading = start_places.find("Milan, NY", [])
    assert reading.start is None
    assert "Syracuse, New York, United States" in [choice.label for choice in reading.choices]
    genoa = start_places.find("Genova", [])
    assert genoa.start is not None
    assert genoa.start.label == "Genoa, Liguria, Italy"


def test_namesakes_are_offered_the_largest_first() -> None:
    """And the accuracy is that of the town that is taken."""
    reading = start_places.find("San Jose", [])
    assert reading.choices[0].label == "San José, Costa Rica"
    assert reading.start is not None
    assert "within about 28.5 km" in reading.start.about
