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

from atlas import bundle, maps, points

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
ALL = np.ones(3, dtype=bool)
SPECIAL = set("{}<>&'_`$%#")
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def config(table: pd.DataFrame = TABLE, shown: Any = ALL, plant: str = "", **more: str) -> dict[str, Any]:
    words = {"version": "v1", "fit_key": "all", "words": "3 plants.", **more}
    return maps.plant_layer_config(table, points.pack(table), shown, plant=plant, **words)


def decode(literal: str) -> Any:
    """What JSON.parse(literal) gives in a browser."""
    return json.loads(json.loads(literal))


def data_in(script: str, function: str) -> Any:
    """The data that a rendered script hands to one of our functions."""
    found = re.findall(rf'{re.escape(function)}\(\w+, JSON\.parse\(("(?:[^"\\\n]|\\.)*")\)\);', script)
    assert len(found) == 1, script
    return decode(found[0])


def atlas_map(highlight: tuple[str, ...] = ("IT", "MX")) -> maps.AtlasMap:
    return maps.AtlasMap(highlight=highlight, online=maps.online_layers())


# --- the literal ---


@given(DATA)
def test_data_arrives_as_it_was(data: Any) -> None:
    """Any data, any text: the browser reads exactly what was written."""
    assert decode(maps.literal(data)) == data


@given(DATA)
def test_nothing_that_a_template_knows_is_left(data: Any) -> None:
    """No character of Jinja, HTML, template strings or streamlit-folium's rewriting; ASCII in one line."""
    literal = maps.literal(data)
    assert set(literal) & SPECIAL == set()
    assert literal.isascii()
    assert literal.isprintable()


def test_a_hostile_literal(hostile: str) -> None:
    """The names that break other maps."""
    literal = maps.literal([hostile])
    assert set(literal) & SPECIAL == set()
    assert decode(literal) == [hostile]


def test_a_literal_by_hand() -> None:
    """The exact bytes of a small one."""
    assert maps.literal({"a_b": "{{x}}"}) == (r'"\u007b\"a\u005fb\": \"\u007b\u007bx\u007d\u007d\"\u007d"')


def test_not_a_number_is_refused() -> None:
    """NaN is no JSON: it would blank the whole map."""
    with pytest.raises(ValueError, match="JSON compliant"):
        maps.literal([float("nan")])


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


def test_a_hostile_name_is_data_on_the_map(
    hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rendered as st_folium renders it, a name runs nothing on the server and arrives letter for letter."""
    monkeypatch.chdir(tmp_path)
    table = TABLE.assign(name=hostile, town=hostile, country=hostile, plant_id=[hostile, "b", "c"])
    wanted = config(table, plant=hostile, words=hostile, fit_key=hostile, version=hostile)
    drawn = atlas_map(highlight=(hostile,))
    drawn.get_root().render()
    drawn.render()
    script = streamlit_folium._get_map_string(drawn)
    layer = streamlit_folium._get_feature_group_string(maps.PlantLayer(wanted), drawn)
    assert list(tmp_path.iterdir()) == []
    assert data_in(script, "AtlasMap.start")["highlight"] == [hostile]
    arrived = data_in(layer, "AtlasPlants.update")
    assert arrived == wanted
    assert (arrived["names"], arrived["selected"]) == ([hostile, hostile], 0)


def test_a_hostile_name_in_a_whole_page(
    hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the layer is a part of the map itself and the page is rendered by Folium alone."""
    monkeypatch.chdir(tmp_path)
    drawn = atlas_map()
    drawn.add_child(maps.PlantLayer(config(TABLE.assign(name=hostile))))
    page = drawn.get_root().render()
    assert list(tmp_path.iterdir()) == []
    assert data_in(page, "AtlasPlants.update")["names"] == [hostile, hostile]


def test_the_map_never_changes() -> None:
    """Two maps have the same script, so that the browser keeps the one it has."""
    one, two = atlas_map(), atlas_map()
    for drawn in (one, two):
        drawn.get_root().render()
        drawn.render()
    scripts = [streamlit_folium._get_map_string(drawn) for drawn in (one, two)]
    streamlit_folium._get_feature_group_string(maps.PlantLayer(config()), two)
    assert scripts[0] == scripts[1]
    assert "AtlasMap.start(map_div, " in scripts[0]


def test_no_file_from_elsewhere() -> None:
    """Scripts and styles come from our own routes, at an address with the version in it."""
    drawn = atlas_map()
    links = [link for _, link in (*drawn.default_js, *drawn.default_css)]
    assert links == [f"../../assets/{bundle.version()}/atlas.js"]


def test_only_the_optional_layers_name_other_servers() -> None:
    """The whole page of the map links to no other server; the layers' addresses are data, off at first."""
    drawn = atlas_map()
    page = drawn.get_root().render()
    settings = data_in(page, "AtlasMap.start")
    linked = re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+""", page)
    assert linked == []
    assert re.findall(r"https?:[^\s\"]*", page.replace(maps.literal(settings), "")) == []


def test_the_online_layers() -> None:
    """Streets and satellite: encrypted, with the placeholders of a tile and an attribution."""
    layers = maps.online_layers()
    assert [layer.name for layer in layers] == ["Streets (online)", "Satellite (online)"]
    for layer in layers:
        assert re.fullmatch(r"https://[\w.-]+/.*", layer.url)
        assert [part for part in ("{x}", "{y}", "{z}") if part not in layer.url] == []
        assert layer.attribution
        assert 15 <= layer.max_zoom <= 24


# --- the plant layer ---


def test_what_the_layer_holds() -> None:
    """All drawn plants in order; a plant without a position is not among them."""
    assert config() == {
        "announce": False,
        "version": "v1",
        "size": 2,
        "points": points.text(points.pack(TABLE).packed),
        "mask": None,
        "ids": ["cas", "tol"],
        "names": ["Cassino Plant", "Toluca Plant"],
        "places": ["Piedimonte, Italy", "Mexico"],
        "accuracy_m": [1000.0, None],
        "statuses": ["Builds Alfa Romeos now", "Built Alfa Romeos before", "No Alfa Romeo known"],
        "selected": -1,
        "fit": {"key": "all", "bounds": [[19.2903, -99.6068], [41.474, 13.755]]},
        "text": "3 plants.",
    }


MASKS = [
    ([True, True, True], None, [[19.2903, -99.6068], [41.474, 13.755]]),
    ([True, True, False], "gA==", [[41.474, 13.755], [41.474, 13.755]]),
    ([False, True, False], "AA==", None),
    ([False, False, False], "AA==", None),
]


@pytest.mark.parametrize(("shown", "mask", "bounds"), MASKS)
def test_a_filter_sends_a_mask(shown: list[bool], mask: str | None, bounds: Any) -> None:
    """Names and points stay; what changes are the mask and the area to fit."""
    changed = config(shown=np.array(shown))
    assert (changed["mask"], changed["fit"]["bounds"]) == (mask, bounds)
    same = {"version", "size", "points", "ids", "names", "places", "accuracy_m", "statuses", "text"}
    assert {key: changed[key] for key in same} == {key: config()[key] for key in same}


SELECTED = [
    ("cas", [True, True, True], 0),
    ("tol", [True, True, True], 1),
    ("lost", [True, True, True], -1),
    ("cas", [False, True, True], -1),
    ("nobody", [True, True, True], -1),
    ("", [True, True, True], -1),
]


@pytest.mark.parametrize(("plant", "shown", "place"), SELECTED)
def test_the_selected_plant(plant: str, shown: list[bool], place: int) -> None:
    """Its place among the drawn ones; none if it is filtered out or has no position."""
    assert config(shown=np.array(shown), plant=plant)["selected"] == place


def test_an_empty_table() -> None:
    """No plant: nothing to draw and nowhere to go, and still valid data."""
    empty = config(TABLE.iloc[:0], np.ones(0, dtype=bool))
    assert (empty["size"], empty["points"], empty["mask"], empty["fit"]["bounds"]) == (0, "", None, None)
    assert decode(maps.literal(empty)) == empty
