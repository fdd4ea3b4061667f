"""The embedded base map: complete, within its budgets, and true at places that people know."""

import gzip
import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas import basemap
from atlas.errors import DataError

KB = 1000
Point = tuple[int, int]
INDEX = json.loads(gzip.decompress(basemap.read("index.json")))
FILES = sorted(INDEX["files"])
CELLS = [name for name in FILES if name.startswith("tiles/")]


@cache
def load(name: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(gzip.decompress(basemap.read(name)))
    return decoded


def decode(text: str) -> list[Point]:
    """Reads an encoded polyline letter by letter, as the browser does."""
    numbers, value, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    points, x, y = [], 0, 0
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def inside(point: tuple[float, float], rings: list[list[Point]]) -> bool:
    """Whether a point is inside by the even-odd rule, the rule the browser fills with."""
    x, y = point
    crossings = 0
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                crossings += 1
    return crossings % 2 == 1


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """Longitude and latitude -> parts of the world (0..1)."""
    return lon / 360 + 0.5, 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


@cache
def world_land() -> dict[str, list[list[Point]]]:
    """The rings of each country code in world.json."""
    world = load("world.json")
    arcs = [decode(arc) for kind in world["arcs"].values() for arc in kind]
    land: dict[str, list[list[Point]]] = {}
    for country in world["countries"]:
        for refs in country["rings"]:
            ring = [point for ref in refs for point in (arcs[ref] if ref >= 0 else arcs[~ref][::-1])]
            land.setdefault(country["code"], []).append(ring)
    return land


def world_code_at(lon: float, lat: float) -> str | None:
    grid = load("world.json")["grid"]
    x, y = mercator(lon, lat)
    return next((code for code, rings in world_land().items() if inside((x * grid, y * grid), rings)), None)


def cell_code_at(lon: float, lat: float) -> str | None:
    cells = load("world.json")["cells"]
    x, y = (part * 2 ** cells["zoom"] for part in mercator(lon, lat))
    land = load(f"tiles/{cells['zoom']}/{int(x)}/{int(y)}.json")["land"]
    place = (x % 1 * cells["extent"], y % 1 * cells["extent"])
    return next((code for code, texts in land.items() if inside(place, [decode(t) for t in texts])), None)


def cell_lines(cell: dict[str, Any]) -> Iterator[str]:
    for kind in ("coast", "border", "disputed", "region", "province", "district", "lakes", "shore"):
        yield from cell.get(kind, [])
    for rings in cell.get("land", {}).values():
        yield from rings


PLACES = [
    ("Rome", 12.4964, 41.9028, "IT"),
    ("Vatican City is not a hole in Italy's neighbourhood", 12.6, 41.8, "IT"),
    ("Sicily", 14.2, 37.5, "IT"),
    ("Sardinia", 9.0, 40.0, "IT"),
    ("Cassino plant", 13.755, 41.474, "IT"),
    ("Pomigliano plant", 14.4013, 40.9268, "IT"),
    ("Toluca", -99.61, 19.29, "MX"),
    ("Vladivostok", 131.885, 43.115, "RU"),
    ("Chukotka west of 180", 177.0, 66.5, "RU"),
    ("Chukotka east of 180", -175.0, 66.8, "RU"),
    ("Viti Levu", 178.0, -17.8, "FJ"),
    ("Kansas", -98.0, 38.5, "US"),
    ("Pristina", 21.16, 42.66, "XK"),
    ("Northern Cyprus", 33.4, 35.27, "CY"),
    ("Hargeisa", 44.06, 9.56, "SO"),
    ("Maseru", 27.6, -29.4, "LS"),
    ("Simferopol", 34.1, 44.95, "UA"),
    ("South Pole's coast", 0.0, -80.0, "AQ"),
]


def test_index_lists_exactly_the_files_that_are_there() -> None:
    """No file is forgotten, none is left over from an earlier build."""
    folder = basemap.DATA / "basemap"
    on_disk = {path.relative_to(folder).as_posix().removesuffix(".gz") for path in folder.rglob("*.gz")}
    assert on_disk == {"index.json", *FILES}
    assert set(basemap.names()) == on_disk


@pytest.mark.parametrize("name", FILES)
def test_every_file_decodes_and_has_the_size_in_the_index(name: str) -> None:
    """Each file is gzip without a time stamp, JSON inside, of the listed size."""
    raw = basemap.read(name)
    assert len(raw) == INDEX["files"][name]
    assert raw[4:8] == b"\0\0\0\0"
    assert isinstance(load(name), dict)


def test_budgets_hold() -> None:
    """First paint stays small, and so does the repository."""
    sizes = INDEX["files"]
    assert sizes["world.json"] <= 200 * KB
    assert max(sizes[name] for name in CELLS) <= 200 * KB
    assert sum(sizes.values()) <= 8000 * KB


def test_world_lists_the_cells_that_exist() -> None:
    """The browser asks for a cell only when the world file says there is one."""
    cells = load("world.json")["cells"]
    size = 2 ** cells["zoom"]
    listed = {
        f"tiles/{cells['zoom']}/{i % size}/{i // size}.json"
        for i, c in enumerate(cells["present"])
        if c == "1"
    }
    assert listed == set(CELLS)


def test_no_line_of_the_world_crosses_half_of_it() -> None:
    """No streaks across the map where a country crosses the antimeridian."""
    world = load("world.json")
    half = world["grid"] / 2
    visible = [arc for kind, arcs in world["arcs"].items() if kind != "edge" for arc in arcs]
    longest = max(
        abs(a[0] - b[0])
        for line in [*visible, *world["lakes"]]
        for a, b in zip(decode(line), decode(line)[1:], strict=False)
    )
    assert longest < half / 4  # the 49th parallel is the longest honest line


def test_no_ring_of_the_world_leaves_the_world() -> None:
    """Rings are cut at ±180 degrees and at the ends of Web Mercator."""
    grid = load("world.json")["grid"]
    numbers = [n for rings in world_land().values() for ring in rings for point in ring for n in point]
    assert (min(numbers), max(numbers)) == (0, grid)


def test_cells_stay_near_their_square() -> None:
    """Fills are cut to the cell and its margin; a line may stick out by one step of the coast."""
    extent = load("world.json")["cells"]["extent"]
    for name in CELLS:
        for texts in load(name).get("land", {}).values():
            numbers = [n for text in texts for point in decode(text) for n in point]
            assert min(numbers) >= -extent / 32
            assert max(numbers) <= extent * 33 / 32


@pytest.mark.parametrize(
    "code", ["IT", "MX", "RU", "FJ", "US", "XK", "EH", "PS", "TW", "VA", "SM", "MT", "TV"]
)
def test_countries_are_present(code: str) -> None:
    """Large, small and disputed countries are all drawn."""
    assert world_land()[code]


@pytest.mark.parametrize(("place", "lon", "lat", "code"), PLACES)
def test_places_are_in_their_country(place: str, lon: float, lat: float, code: str) -> None:
    """Coarse world and fine cells agree with the atlas on the shelf."""
    assert (world_code_at(lon, lat), cell_code_at(lon, lat)) == (code, code), place


@pytest.mark.parametrize(
    ("lon", "lat"), [(-40.0, 30.0), (12.0, 40.0), (15.0, 43.0), (180.0, 0.0), (50.5, 41.5)]
)
def test_the_sea_is_nobodys(lon: float, lat: float) -> None:
    """The Atlantic, the Tyrrhenian, the Adriatic, the Pacific and the Caspian are water."""
    assert world_code_at(lon, lat) is None


@pytest.mark.parametrize(
    ("lon", "lat", "town"),
    [
        (13.83, 41.486, "Cassino"),
        (14.383, 40.91, "Pomigliano d'Arco"),
        (10.925, 44.648, "Modena"),
        (15.65, 40.99, "Melfi"),
        (-99.65, 19.29, "Toluca"),
    ],
)
def test_the_plants_towns_have_names(lon: float, lat: float, town: str) -> None:
    """Who zooms in on a plant finds its town."""
    x, y = mercator(lon, lat)
    shown = {}
    for file in ("world.json", f"tiles/5/{int(x * 32)}/{int(y * 32)}.json"):
        towns = load(file)["towns"]
        shown |= dict(zip(towns["names"], (int(zoom, 16) for zoom in towns["zoom"]), strict=True))
    assert shown[town] <= 10


def test_names_columns_belong_together() -> None:
    """Each town has one place, zoom, rank and side, and zooms are those of its file."""
    for name, zooms in [("world.json", "345"), *[(cell, "6789abcd") for cell in CELLS]]:
        towns = load(name).get("towns")
        if towns:
            lengths = {len(towns[column]) for column in ("names", "zoom", "rank", "side")}
            assert lengths == {len(decode(towns["at"]))}, name
            assert set(towns["zoom"]) <= set(zooms), name


def test_version_is_a_short_hash_and_stable() -> None:
    """The version goes into URLs that are cached for ever."""
    assert basemap.version() == INDEX["version"] == basemap.version()
    assert len(INDEX["version"]) == 12
    assert int(INDEX["version"], 16) >= 0


def test_attribution_names_both_sources() -> None:
    """GeoNames asks for it, Natural Earth deserves it."""
    assert INDEX["attribution"] == "Natural Earth · GeoNames (CC BY 4.0)"
    assert [source["name"] for source in INDEX["sources"]] == ["Natural Earth", "GeoNames"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "../plants.csv",
        "tiles/../world.json",
        "/etc/passwd",
        "world.json.gz",
        "WORLD.JSON",
        "tiles/5/99/99.json",
        "world.json\0",
    ],
)
def test_only_listed_names_are_read(name: str) -> None:
    """A name from a URL can reach nothing but the base map."""
    with pytest.raises(KeyError):
        basemap.read(name)


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    """The error names the file and the way out."""
    with pytest.raises(DataError) as caught:
        basemap.version(tmp_path)
    assert str(caught.value) == (
        f"The base map's file {tmp_path}/basemap/index.json.gz cannot be read; restore the folder"
        " data/basemap from the repository or build it again with `python -m data.build basemap`."
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b"[]"), gzip.compress(b'{"files": {}}')],
    ids=["empty", "not gzip", "a list", "no version"],
)
def test_a_damaged_index_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    """Half a copy of the repository is said plainly."""
    path = tmp_path / "basemap" / "index.json.gz"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"index\.json\.gz is damaged; restore the folder"):
        basemap.version(tmp_path)


def test_a_listed_but_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """A cell lost from the folder is named."""
    path = tmp_path / "basemap" / "index.json.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b'{"version": "0", "files": {"world.json": 1}}'))
    with pytest.raises(DataError, match=r"world\.json\.gz cannot be read; restore the folder"):
        basemap.read("world.json", tmp_path)


# ---- how lines are written -------------------------------------------------------------------------

UNITS = st.integers(-(1 << 20), 1 << 20)


@given(st.lists(st.tuples(UNITS, UNITS)))
def test_a_line_is_read_as_it_was_written(points: list[Point]) -> None:
    """No point is lost or moved, not even of an empty line."""
    text = basemap.encode(points)
    assert decode(text) == points
    assert [tuple(point) for point in basemap.decode(text).tolist()] == points


def test_lines_of_the_world_are_read_as_the_browser_reads_them() -> None:
    """Every lake and every coast gives the points of the simple way to read it."""
    world = load("world.json")
    lines = [*world["lakes"], *world["arcs"]["coast"]]
    assert [basemap.decode(line).tolist() for line in lines] == [
        [list(p) for p in decode(line)] for line in lines
    ]
    assert [basemap.encode(decode(line)) for line in lines] == lines


def test_an_arc_is_joined_forwards_or_backwards() -> None:
    """`~n` is arc n backwards, so that two neighbours share one border."""
    arcs = [np.array([[0, 0], [4, 0]]), np.array([[0, 0], [2, 3], [4, 0]])]
    assert basemap.ring([0, ~1], arcs).tolist() == [[0, 0], [4, 0], [4, 0], [2, 3], [0, 0]]
