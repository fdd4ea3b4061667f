"""The finer files of the base map: shapes and towns of one cell of the zoom-5 grid. Touches nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from atlas.basemap import CELL_ZOOM, encode
from data.build.grid import (
    CELL_EXTENT,
    FINE_GRID,
    Line,
    Point,
    Ring,
    cells_of_line,
    cells_of_ring,
    on_grid,
    project,
    simplify,
)
from data.build.inputs import LonLats, Town
from data.build.shapes import Area, lakes_on_grid, topology_of


def cells_of(
    areas: list[Area], lakes: list[LonLats], regions: dict[str, list[LonLats]], towns: list[Town]
) -> dict[tuple[int, int], dict[str, Any]]:
    """Returns the content of the finer cells, by column and row."""
    topology = topology_of(areas, FINE_GRID, smallest=2, least=1.2)
    cells = Cells()
    for area_ in areas:
        for ring in topology.points(area_.key):
            cells.add_ring(ring, "land", area_.code)
    for kind in ("coast", "border", "disputed"):
        cells.add_lines(kind, topology.arcs[kind])
    for ring in lakes_on_grid(lakes, FINE_GRID, smallest=2, least=1.2):
        cells.add_ring(ring, "lakes")
        cells.add_lines("shore", [ring])
    for kind, lines in regions.items():
        on_cells = (on_grid(line, FINE_GRID) for line in lines)
        cells.add_lines(kind, [simplify(line, 2.5) for line in on_cells if len(line) > 1])
    cells.add_towns(towns)
    return dict(sorted(cells.content.items()))


class Cells:
    """The content of the cells, filled shape by shape."""

    def __init__(self) -> None:
        self.content: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)

    def add_lines(self, kind: str, lines: Iterable[Line]) -> None:
        """Adds lines of the fine grid."""
        for line in lines:
            for x, y, run in cells_of_line(line):
                self.content[x, y].setdefault(kind, []).append(encode(run))

    def add_ring(self, ring: Ring, *path: str) -> None:
        """Adds a ring of the fine grid under a key, or a key within a key."""
        for x, y, piece in cells_of_ring(ring):
            group = self.content[x, y]
            for step in path[:-1]:
                group = group.setdefault(step, {})
            group.setdefault(path[-1], []).append(encode(piece))

    def add_towns(self, towns: Iterable[Town]) -> None:
        """Adds the towns that the coarse world does not show."""
        groups: dict[tuple[int, int], list[Town]] = defaultdict(list)
        for town in towns:
            if town.zoom > CELL_ZOOM:
                x, y = project(town.lon, town.lat, FINE_GRID)
                groups[x // CELL_EXTENT, y // CELL_EXTENT].append(town)
        for cell, group in groups.items():
            self.content[cell]["towns"] = town_columns(group, _in_cell)


def _in_cell(town: Town) -> Point:
    """Returns where a town is in its cell."""
    x, y = project(town.lon, town.lat, FINE_GRID)
    return x % CELL_EXTENT, y % CELL_EXTENT


def town_columns(towns: Iterable[Town], place: Callable[[Town], Point]) -> dict[str, Any]:
    """Returns towns as columns; `place` turns a town into a point of the file's grid."""
    rows = sorted(((place(t), t) for t in towns), key=lambda row: (row[1].zoom, row[0], row[1].name))
    return {
        "names": [t.name for _, t in rows],
        "at": encode(p for p, _ in rows),
        "zoom": "".join(f"{t.zoom:x}" for _, t in rows),
        "rank": "".join(str(t.rank) for _, t in rows),
        "side": "".join(str(t.side) for _, t in rows),
        "capital": [i for i, (_, t) in enumerate(rows) if t.capital],
    }
