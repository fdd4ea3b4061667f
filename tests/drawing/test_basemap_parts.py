"""A cell of the base map in two parts: together they are the cell."""

import gzip
import json
import re
from typing import Any

import pytest

from atlas import basemap
from atlas.drawing import basemap_parts
from atlas.drawing.basemap_parts import CLOSE_ZOOM
from atlas.paths import ASSETS


def load(content: bytes) -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(content)))


def towns(cell: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The towns of a file as rows."""
    columns = cell.get("towns", {"names": [], "at": "", "zoom": "", "rank": "", "side": "", "capital": []})
    places = map(tuple, basemap.decode(columns["at"]).tolist())
    capitals = [number in columns["capital"] for number in range(len(columns["names"]))]
    texts = (columns[name] for name in ("names", "zoom", "rank", "side"))
    return list(zip(*texts, places, capitals, strict=True))


CELLS = ["tiles/5/17/11.json", "tiles/5/16/11.json", "tiles/5/0/15.json"]


@pytest.mark.parametrize("name", [name for name in CELLS if name in basemap.names()])
def test_both_parts_are_the_cell(name: str) -> None:
    """Nothing is lost and nothing is sent twice."""
    whole = load(basemap.read(name))
    first = load(basemap_parts.read(name))
    close = load(basemap_parts.read(name.replace(".json", "-close.json")))
    assert first.pop("more", False) is bool(close)
    assert towns(first) + towns(close) == towns(whole)
    both = {**first, **close}
    assert {**both, "towns": whole["towns"]} == whole if "towns" in whole else both == whole
    assert set(first) & set(close) <= {"towns"}


def test_the_first_part_is_what_a_first_view_draws() -> None:
    """A third of the bytes, without the towns that show only close by."""
    name = "tiles/5/16/11.json"
    first, close = basemap_parts.read(name), basemap_parts.read(name.replace(".json", "-close.json"))
    assert len(first) < len(basemap.read(name)) / 3
    assert {int(zoom, 16) < CLOSE_ZOOM for _, zoom, *_ in towns(load(first))} == {True}
    assert {int(zoom, 16) < CLOSE_ZOOM for _, zoom, *_ in towns(load(close))} == {False}
    assert "district" not in load(first)


def test_the_browser_asks_where_the_cell_is_cut() -> None:
    script = (ASSETS / "map" / "basemap.js").read_text(encoding="utf-8")
    assert re.findall(r"CLOSE_ZOOM = (\d+);", script) == [str(CLOSE_ZOOM)]
    assert f"zoom >= {CLOSE_ZOOM} && path(context, data.district" in script


def test_the_world_is_names_and_land() -> None:
    """Names are a twentieth of the bytes; both parts have the countries in the same order."""
    whole = load(basemap.read("world.json"))
    names, land = load(basemap_parts.read("world.json")), load(basemap_parts.read("world-land.json"))
    assert names.pop("more") is True
    both = zip(names.pop("countries"), land.pop("countries"), strict=True)
    assert [{**name, **shape} for name, shape in both] == whole["countries"]
    assert {**names, **land, "countries": whole["countries"]} == whole
    assert len(basemap_parts.read("world.json")) < len(basemap.read("world.json")) / 10


def test_other_files_are_whole() -> None:
    assert basemap_parts.read("index.json") == basemap.read("index.json")


@pytest.mark.parametrize("name", ["tiles/5/99/99.json", "tiles/5/99/99-close.json", "world-close.json", ""])
def test_there_is_no_part_of_what_does_not_exist(name: str) -> None:
    with pytest.raises(KeyError):
        basemap_parts.read(name)
