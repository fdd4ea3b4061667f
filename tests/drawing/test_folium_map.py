"""Maps: what the browser gets is data, whatever a plant is called, and nothing runs on the way there."""

import json
import re
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pandas as pd
import pytest
import streamlit_folium
from hypothesis import given
from hypothesis import strategies as st

from atlas.alfa import tables
from atlas.catalog import filters, points, results, sheets
from atlas.catalog.index import index_of
from atlas.drawing import browser_files, folium_map
from atlas.paths import ASSETS

TABLE = pd.DataFrame(
    {
        "plant_id": ["cas", "lost", "tol"],
        "name": ["Cassino Plant", "Lost Plant", "Toluca Plant"],
        "town": ["Piedimonte", "Nowhere", ""],
        "country": ["Italy", "Italy", "Mexico"],
        "status": ["now", "none", "none"],
        "latitude": [41.474, np.nan, 19.2903],
        "longitude": [13.755, np.nan, -99.6068],
        "accuracy_m": [1000.0, np.nan, np.nan],
    }
)
EVERY = filters.Selection("plants")
STATUSES = tuple(tables.STATUSES[status] for status in ("now", "before", "none"))
CODES = np.array([0, 2, 2], "u1")
SPECIAL = set("{}<>&'_`$%#")
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def sheet(table: pd.DataFrame = TABLE, version: str = "v1") -> sheets.Sheet:
    """A table on show, without the catalog."""
    index = index_of(table)
    packed = points.pack(table, np.resize(CODES, len(table)))
    return sheets.Sheet(
        key="plants",
        title="Plants",
        about_alfa=True,
        table=table,
        index=index,
        points=packed,
        categories=STATUSES,
        codes=np.resize(CODES, len(table)),
        results=results.Results(table, index, packed),
        version=version,
        problem=None,
    )


def changing(
    one: sheets.Sheet | None = None, selection: filters.Selection = EVERY, **more: Any
) -> dict[str, Any]:
    """What changes with a click: `selection` (its plant is the selected one) of a sheet."""
    one = one or sheet()
    words = {"fit_key": "all", "words": "3 plants.", **more}
    return folium_map.changing_config(one, one.results.of(selection), plant=selection.plant, **words)


def layer(
    one: sheets.Sheet | None = None, kind: type[folium_map.PlantLayer] = folium_map.PlantLayer, **more: Any
) -> folium_map.PlantLayer:
    one = one or sheet()
    return kind(folium_map.literal(folium_map.fixed_config(one)), changing(one, **more))


def decode(literal: str) -> Any:
    """What JSON.parse(literal) gives in a browser."""
    return json.loads(json.loads(literal))


def data_in(script: str, function: str) -> list[Any]:
    """The data that a rendered script hands to one of our functions."""
    parse = r'JSON\.parse\("(?:[^"\\\n]|\\.)*"\)'
    (call,) = re.findall(rf"{re.escape(function)}\(\w+((?:, {parse})+)\);", script)
    return [decode(text[11:-1]) for text in re.findall(parse, call)]


class WholeMap(folium_map.AtlasMap):
    """The map with the page that Folium would make of it."""

    render = folium.Map.render


class WholeLayer(folium_map.PlantLayer):
    """The plants with their part of that page."""

    render = folium.FeatureGroup.render


def atlas_map(
    highlight: tuple[str, ...] = ("IT", "MX"), kind: type[folium_map.AtlasMap] = folium_map.AtlasMap
) -> folium_map.AtlasMap:
    return kind(highlight=highlight, online=folium_map.online_layers(), statuses=STATUSES)


# --- the literal ---


@given(DATA)
def test_data_arrives_as_it_was(data: Any) -> None:
    """Any data, any text: the browser reads exactly what was written."""
    assert decode(folium_map.literal(data)) == data


@given(DATA)
def test_nothing_that_a_template_knows_is_left(data: Any) -> None:
    """No character of Jinja, HTML, template strings or streamlit-folium's rewriting; ASCII in one line."""
    literal = folium_map.literal(data)
    assert set(literal) & SPECIAL == set()
    assert literal.isascii()
    assert literal.isprintable()


def test_a_hostile_literal(hostile: str) -> None:
    """The names that break other maps."""
    literal = folium_map.literal([hostile])
    assert set(literal) & SPECIAL == set()
    assert decode(literal) == [hostile]


def test_a_literal_by_hand() -> None:
    """The exact bytes of a small one."""
    assert folium_map.literal({"a_b": "{{x}}"}) == (
        r'"\u007b\"a\u005fb\": \"\u007b\u007bx\u007d\u007d\"\u007d"'
    )


def test_not_a_number_is_refused() -> None:
    """NaN is no JSON: it would blank the whole map."""
    with pytest.raises(ValueError, match="JSON compliant"):
        folium_map.literal([float("nan")])


# --- through the real Folium and streamlit-folium ---


def test_stock_folium_does_run_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why all this is needed, and that these tests can fail: a stock marker's tooltip runs on the server."""
    monkeypatch.chdir(tmp_path)
    stock = folium.Map(tiles=None)
    folium.Marker((0, 0), tooltip="{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}").add_to(
        stock
    )
    stock.get_root().render()
    assert (tmp_path / "pwned").exists()


def as_st_folium(
    drawn: folium_map.AtlasMap, plants: folium_map.PlantLayer, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """What the real st_folium sends to the browser."""
    sent: dict[str, Any] = {}
    monkeypatch.setattr(streamlit_folium, "_component_func", lambda **arguments: sent.update(arguments))
    streamlit_folium.st_folium(drawn, key="map", returned_objects=[], feature_group_to_add=plants)
    return sent


def test_a_hostile_name_is_data_on_the_map(
    hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On its way through st_folium a name runs nothing on the server and arrives letter for letter."""
    monkeypatch.chdir(tmp_path)
    table = TABLE.assign(name=hostile, town=hostile, country=hostile, plant_id=[hostile, "b", "c"])
    one = sheet(table, version=hostile)
    wanted = changing(one, filters.Selection("plants", plant=hostile), words=hostile, fit_key=hostile)
    plants = folium_map.PlantLayer(folium_map.literal(folium_map.fixed_config(one)), wanted)
    sent = as_st_folium(atlas_map(highlight=(hostile,)), plants, monkeypatch)
    assert list(tmp_path.iterdir()) == []
    (settings,) = data_in(sent["script"], "AtlasMap.start")
    assert settings["highlight"] == [hostile]
    assert data_in(sent["feature_group"], "AtlasPlants.update") == [folium_map.fixed_config(one), wanted]
    assert (folium_map.fixed_config(one)["about"]["names"], wanted["selected"]) == ([hostile, hostile], 0)


def test_the_map_never_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two maps have the same script, whatever is shown, so that the browser keeps the one it has."""
    moved = layer(words="Fewer.", fit_key="other")
    scripts = [as_st_folium(atlas_map(), plants, monkeypatch)["script"] for plants in (layer(), moved)]
    assert scripts[0] == scripts[1]
    assert "AtlasMap.start(map_div, " in scripts[0]


def test_no_page_is_missed(hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The map renders no page, and yet st_folium sends the same as of one that does."""
    monkeypatch.chdir(tmp_path)
    one = sheet(TABLE.assign(name=hostile))
    ours = as_st_folium(atlas_map((hostile,)), layer(one, words=hostile), monkeypatch)
    whole = as_st_folium(atlas_map((hostile,), WholeMap), layer(one, WholeLayer, words=hostile), monkeypatch)
    same = ("script", "html", "id", "key", "js_links", "css_links", "default")
    assert {name: ours[name] for name in same} == {name: whole[name] for name in same}
    lines = [
        [line.strip() for line in sent["feature_group"].splitlines() if line.strip()]
        for sent in (whole, ours)
    ]
    # A whole page puts the group on the map itself; st_folium does so too, in a line of its own.
    assert lines[1] == [line for line in lines[0] if not line.endswith(".addTo(map_div);")]
    assert "map_div.addLayer(feature_group_feature_group_0);" in lines[1]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_rendered() -> None:
    """Neither the map nor the plants on it become a page, which would be compiled with every run."""
    ours, whole = atlas_map(), atlas_map(kind=WholeMap)
    ours.add_child(layer())
    whole.add_child(layer(kind=WholeLayer))
    assert ours.render() == ""
    assert "AtlasPlants" not in ours.get_root().render()
    assert "AtlasPlants" in whole.get_root().render()


def test_no_file_from_elsewhere() -> None:
    """Scripts and styles come from our own routes, at an address with the version in it."""
    drawn = atlas_map()
    links = [link for _, link in (*drawn.default_js, *drawn.default_css)]
    assert links == [f"../../assets/{browser_files.version()}/atlas.js"]


def test_only_the_optional_layers_name_other_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent names no other server; the layers' addresses are data, off at first."""
    sent = as_st_folium(atlas_map(), layer(), monkeypatch)
    texts = [sent[name] for name in ("script", "header", "html", "feature_group")]
    together = "\n".join([*texts, *sent["js_links"], *sent["css_links"]])
    (settings,) = data_in(sent["script"], "AtlasMap.start")
    assert settings["online"][0]["url"].startswith("https://")
    assert re.findall(r"""(?:https?:)?//[\w.-]+""", together.replace(folium_map.literal(settings), "")) == []


def test_the_online_layers() -> None:
    """Streets and satellite: encrypted, with the placeholders of a tile and an attribution."""
    layers = folium_map.online_layers()
    assert [layer.name for layer in layers] == ["Streets (online)", "Satellite (online)"]
    for layer in layers:
        assert re.fullmatch(r"https://[\w.-]+/.*", layer.url)
        assert [part for part in ("{x}", "{y}", "{z}") if part not in layer.url] == []
        assert layer.attribution
        assert 15 <= layer.max_zoom <= 24


def test_the_map_knows_its_statuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The legend's words are settings of the map; a table without statuses has none."""
    for statuses in ((), ("running", "<b>closed</b>")):
        drawn = folium_map.AtlasMap(highlight=(), online=(), statuses=statuses)
        (settings,) = data_in(as_st_folium(drawn, layer(), monkeypatch)["script"], "AtlasMap.start")
        assert (settings["statuses"], settings["highlight"], settings["online"]) == ([*statuses], [], [])


# --- the plant layer ---


def test_what_the_browser_needs_once() -> None:
    """All drawn plants in order; a plant without a position is not among them."""
    assert folium_map.fixed_config(sheet()) == {
        "version": "v1",
        "size": 2,
        "statuses": ["Builds Alfa Romeos now", "Built Alfa Romeos before", "No Alfa Romeo known"],
        "main": 0,
        "points": points.text(points.pack(TABLE, CODES).packed),
        "about": {
            "ids": ["cas", "tol"],
            "names": ["Cassino Plant", "Toluca Plant"],
            "places": ["Piedimonte, Italy", "Mexico"],
            "accuracy_m": [1000.0, None],
        },
        "points_url": None,
        "names_url": None,
    }


def test_what_changes() -> None:
    """The plants shown, the selected one, the area to fit and the map in words; no plant by name."""
    assert changing() == {
        "version": "v1",
        "mask": None,
        "selected": -1,
        "fit": {"key": "all", "bounds": [[19.2903, -99.6068], [41.474, 13.755]]},
        "text": "3 plants.",
    }


def test_lines_from_a_start() -> None:
    """Numbers of points, not of rows; the view holds the start and the nearest, and is set first."""
    lines = folium_map.Lines("Turin", (45.07, 7.69), np.array([0, 2], np.int32))
    moving = changing(lines=lines)
    assert moving["lines"] == {"name": "Turin", "here": [45.07, 7.69], "places": [0, 1]}
    assert moving["fit"] == {
        "key": "all from (45.07, 7.69)",
        "bounds": [[19.2903, -99.6068], [45.07, 13.755]],
        "is_first": True,
    }
    alone = changing(lines=folium_map.Lines("Turin", (45.07, 7.69), np.array([], np.int32)))
    assert alone["fit"]["bounds"] == [[45.07, 7.69], [45.07, 7.69]]


def many(size: int) -> pd.DataFrame:
    """`size` plants with a position, after one without."""
    numbers = range(size + 1)
    table = pd.DataFrame(
        {"plant_id": [f"p{n}" for n in numbers], "name": [f"Plant {n}" for n in numbers], "accuracy_m": 5.0}
    )
    return table.assign(latitude=np.linspace(-60, 60, size + 1), longitude=1.0).assign(
        latitude=lambda one: one["latitude"].where(one.index > 0)
    )


def test_a_large_table_is_fetched() -> None:
    """300 plants travel with the page; of more, the page holds addresses of ours with the version in them."""
    few, large = (folium_map.fixed_config(sheet(many(size))) for size in (300, 301))
    assert (few["size"], len(few["about"]["ids"])) == (300, 300)
    assert (few["points_url"], few["names_url"]) == (None, None)
    assert large == {
        "version": "v1",
        "size": 301,
        "statuses": [*STATUSES],
        "main": 0,
        "points": None,
        "about": None,
        "points_url": "../../api/points/v1.bin",
        "names_url": "../../api/points/v1/names",
    }
    assert len(json.dumps(changing(sheet(many(301))))) < 300


def test_points_by_name() -> None:
    """Any points, in the order asked for, also twice; a table may lack town and country."""
    assert folium_map.about(sheet(many(10)), [7, 0, 7]) == {
        "ids": ["p8", "p1", "p8"],
        "names": ["Plant 8", "Plant 1", "Plant 8"],
        "places": ["", "", ""],
        "accuracy_m": [5.0, 5.0, 5.0],
    }
    assert folium_map.about(sheet(), []) == {"ids": [], "names": [], "places": [], "accuracy_m": []}


MASKS: list[tuple[filters.Selection, str | None, Any]] = [
    (EVERY, None, [[19.2903, -99.6068], [41.474, 13.755]]),
    (filters.Selection("plants", (), "italy"), "gA==", [[41.474, 13.755], [41.474, 13.755]]),
    (filters.Selection("plants", (), "lost"), "AA==", None),
    (filters.Selection("plants", (), "nothing like this"), "AA==", None),
]


@pytest.mark.parametrize(("selection", "mask", "bounds"), MASKS)
def test_a_filter_sends_a_mask(selection: filters.Selection, mask: str | None, bounds: Any) -> None:
    """What changes are the mask and the area to fit; the rest is as before."""
    changed = changing(selection=selection)
    assert (changed["mask"], changed["fit"]["bounds"]) == (mask, bounds)
    same = {"version", "selected", "text"}
    assert {key: changed[key] for key in same} == {key: changing()[key] for key in same}


SELECTED = [
    ("cas", "", 0),
    ("tol", "", 1),
    ("lost", "", -1),
    ("cas", "lost", -1),
    ("nobody", "", -1),
    ("", "", -1),
]


@pytest.mark.parametrize(("plant", "search", "place"), SELECTED)
def test_the_selected_plant(plant: str, search: str, place: int) -> None:
    """Its place among the drawn ones; none if it is filtered out or has no position."""
    assert changing(selection=filters.Selection("plants", (), search, plant))["selected"] == place


def test_pinned_plants_wear_a_pin() -> None:
    """Those that are shown and have a position; without pins nothing is sent."""
    assert changing(pins=("tol", "lost", "cas"))["pins"] == [1, 0]
    assert changing(selection=filters.Selection("plants", (), "lost"), pins=("cas",))["pins"] == []
    assert "pins" not in changing()


def test_an_empty_table() -> None:
    """No plant: nothing to draw and nowhere to go, and still valid data."""
    empty = sheet(TABLE.iloc[:0])
    fixed, moving = folium_map.fixed_config(empty), changing(empty)
    assert (fixed["size"], fixed["points"], moving["mask"], moving["fit"]["bounds"]) == (0, "", None, None)
    assert fixed["about"] == {"ids": [], "names": [], "places": [], "accuracy_m": []}
    assert decode(folium_map.literal([fixed, moving])) == [fixed, moving]


def test_scripts_use_only_what_is_loaded_before_them() -> None:
    """Each global is made before any script names it, and every script of the map is in the bundle."""
    script = browser_files.read("atlas.js").content.decode()
    made: list[str] = []
    for name, makes in re.findall(r"window\.(Atlas\w+)( = )?", script):
        if makes:
            made.append(name)
        assert name in made
    from_rows = ["AtlasLooks"]
    assert len(made) == len(set(made)) == len(from_rows) + len(list((ASSETS / "map").glob("*.js")))
