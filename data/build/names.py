"""Decides for each name from which zoom on it is shown and on which side of its dot. Touches nothing.

**Names are placed here, not in the browser**, so that no two names overlap at any zoom. A name's box
contains its own dot; two such boxes that are apart at one zoom are apart at every later one. So the
browser draws names without thinking, and they never jump or flicker.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import shapely

from data.build.decisions import (
    CAPITAL_FROM,
    NAME_AT,
    POPULATION_FROM,
    SEAS,
    SKIPPED,
    SPACING,
    TOWN_SIZES,
    UNNAMED,
)
from data.build.grid import WORLD_GRID, Ring, area, world_part
from data.build.inputs import Town
from data.build.shapes import Area, Topology

NEVER = 99
SEA_SIZE = 13
COUNTRY_ZOOMS = range(2, 11)

# ---- boxes around texts ----------------------------------------------------------------------------

Box = tuple[float, float, float, float]
"""West, north, east, south in pixels; of a text around its place, of a map at one zoom."""


def text_width(text: str, size: float) -> float:
    """Estimates how wide a text is in a Helvetica-like face, in pixels, a little on the safe side."""
    narrow, wide, width = set("iljtfrI.,'-|()[] "), set("mwMWÆŒ@"), 0.0
    for letter in text:
        if letter in narrow:
            width += 0.32
        elif letter in wide:
            width += 0.88
        else:
            width += 0.69 if letter.isupper() else 0.56
    return width * size * 1.04


def town_boxes(town: Town) -> list[Box]:
    """Returns the boxes of a name right of, left of, above and below its dot; each contains the dot."""
    size = TOWN_SIZES[town.rank]
    width, half = text_width(town.name, size) + 6, size * 0.62
    return [
        (-4, -half, width, half),
        (-width, -half, 4, half),
        (-width / 2, -half * 2 - 4, width / 2, 4),
        (-width / 2, -4, width / 2, half * 2 + 4),
    ]


def sea_box(name: str) -> Box:
    """Returns the box of a sea's name, in slightly spaced letters."""
    lines = sea_lines(name)
    return _box_of_lines([text_width(line, SEA_SIZE) * 1.12 for line in lines], SEA_SIZE)


def sea_lines(name: str) -> list[str]:
    """Cuts the name of a sea into two lines, the last word (Sea, Ocean, Bay) below."""
    head, _, tail = name.rpartition(" ")
    return [head, tail] if head and len(name) > 8 else [name]


def two_lines(name: str) -> list[str]:
    """Cuts a long name of several words into two lines of about the same length."""
    words = name.split(" ")
    if len(words) < 2 or len(name) <= 10:
        return [name]
    cuts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    shortest = min(cuts, key=lambda cut: max(len(cut[0]), len(cut[1])))
    return list(shortest)


def _box_of_lines(widths: list[float], size: float) -> Box:
    width, height = max(widths), size * 1.25 * len(widths)
    return -width / 2, -height / 2, width / 2, height / 2


class Board:
    """Boxes already on the map at one zoom, found by buckets of 256 px."""

    def __init__(self, zoom: int) -> None:
        self.zoom = zoom
        self.scale = 256 << zoom
        self.buckets: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def at(self, x: float, y: float, box: Box, pad: float = 0) -> Box:
        """Moves a box to a place (parts of the world), with free space around it."""
        px, py = x * self.scale, y * self.scale
        return px + box[0] - pad, py + box[1] - pad * 0.6, px + box[2] + pad, py + box[3] + pad * 0.6

    def free(self, box: Box) -> bool:
        """Says whether a box touches none that is there."""
        return not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for bucket in self._near(box)
            for other in self.buckets[bucket]
        )

    def put(self, box: Box) -> None:
        """Adds a box."""
        for bucket in self._near(box):
            self.buckets[bucket].append(box)

    def _near(self, box: Box) -> Iterator[tuple[int, int]]:
        for bx in range(int(box[0] // 256), int(box[2] // 256) + 1):
            for by in range(int(box[1] // 256), int(box[3] // 256) + 1):
                yield bx, by


# ---- countries -------------------------------------------------------------------------------------


@dataclass
class CountryName:
    """A country's name: where, how large, and at which zooms; `side` is the width of a square as large."""

    code: str
    name: str
    x: float
    y: float
    side: float
    first: int = NEVER
    last: int = 0

    @property
    def size(self) -> float:
        """The height of its letters in pixels."""
        return 14.0 if self.side > 0.06 else 12.5 if self.side > 0.025 else 11.5 if self.side > 0.01 else 10.5

    @property
    def box(self) -> Box:
        """The box of the name in spaced capitals, in at most two lines."""
        lines = two_lines(self.name)
        widths = [text_width(line.upper(), self.size) + len(line) * self.size * 0.16 for line in lines]
        return _box_of_lines(widths, self.size)

    def width_at(self, zoom: int) -> float:
        """The width of the country in pixels."""
        return self.side * (256 << zoom)


def country_names(areas: Iterable[Area], topology: Topology, towns: Iterable[Town]) -> list[CountryName]:
    """Places the names of countries; the larger country wins, and names that find no place are left out."""
    names = _largest_first(areas, topology)
    boards = {zoom: Board(zoom) for zoom in COUNTRY_ZOOMS}
    capitals = {town.country: town for town in towns if town.capital}
    for name in names:
        box = name.box
        last = max([5] + [zoom for zoom in range(5, 10) if name.width_at(zoom) <= 1100])
        fitting = [zoom for zoom in range(2, last + 1) if box[2] - box[0] <= 1.35 * name.width_at(zoom)]
        if name.code in capitals and fitting:
            _step_aside(name, range(max(4, fitting[0]), last + 1), capitals[name.code])
        for zoom in range(2, last + 1):
            placed = boards[zoom].at(name.x, name.y, box, 8)
            if name.first == NEVER and zoom in fitting and boards[zoom].free(placed):
                name.first, name.last = zoom, last
            if name.first <= zoom:
                boards[zoom].put(placed)
    return [name for name in names if name.first < NEVER]


def _largest_first(areas: Iterable[Area], topology: Topology) -> list[CountryName]:
    """Returns the name of each code at the middle of its largest area, or where `decisions` wants it."""
    names = []
    for area_ in areas:
        rings = topology.points(area_.key)
        if area_.key in UNNAMED or not area_.code or not rings:
            continue
        largest = max(rings, key=area)
        wanted = NAME_AT.get(area_.code)
        x, y = world_part(*wanted) if wanted else middle(largest)
        names.append(CountryName(area_.code, area_.name, x, y, math.sqrt(area(largest)) / WORLD_GRID))
    names.sort(key=lambda name: (-name.side, name.code))
    firsts: dict[str, CountryName] = {}
    for name in names:
        firsts.setdefault(name.code, name)
    return list(firsts.values())


def _step_aside(name: CountryName, zooms: range, capital: Town) -> None:
    """Moves a country's name a little, to where its capital's name finds a place at the most zooms."""
    steps = [(x, y) for x in (0, 0.16, -0.16, 0.3, -0.3) for y in (0, 0.12, -0.12, 0.22, -0.22, 0.32, -0.32)]
    steps.sort(key=lambda step: (math.hypot(*step), step))
    x, y = world_part(capital.lon, capital.lat)

    def moved(step: tuple[float, float]) -> tuple[float, float]:
        return name.x + step[0] * name.side, name.y + step[1] * name.side

    def room(step: tuple[float, float]) -> int:
        boards = [Board(zoom) for zoom in zooms]
        for board in boards:
            board.put(board.at(*moved(step), name.box, 5))
        return max(sum(board.free(board.at(x, y, box, 6)) for board in boards) for box in town_boxes(capital))

    name.x, name.y = moved(max(steps, key=room))


def middle(ring: Ring) -> tuple[float, float]:
    """Returns a place deep inside a ring that is wide rather than high, as parts of the world."""
    flat = shapely.buffer(shapely.Polygon([(x, y * 2.2) for x, y in ring]), 0)
    if flat.is_empty:
        return ring[0][0] / WORLD_GRID, ring[0][1] / WORLD_GRID
    centre = shapely.maximum_inscribed_circle(max(shapely.get_parts(flat), key=shapely.area), 4).coords[0]
    return centre[0] / WORLD_GRID, centre[1] / 2.2 / WORLD_GRID


# ---- towns -----------------------------------------------------------------------------------------


def place_towns(towns: Iterable[Town], names: Iterable[CountryName]) -> list[Town]:
    """Returns the towns that are ever shown, with zoom and side."""
    fixed = _fixed_names(names)
    waiting = [
        (town, *world_part(town.lon, town.lat))
        for town in sorted(towns, key=_worth)
        if town.name not in SKIPPED
    ]
    shown: list[tuple[Town, float, float, Box]] = []
    for zoom in POPULATION_FROM:
        board = Board(zoom)
        for _, x, y, box in shown:
            board.put(board.at(x, y, box))
        later = [other for z, other in fixed.items() if z >= zoom]
        still_waiting = []
        for town, x, y in waiting:
            side = _free_side(town, x, y, board, later) if _is_allowed(town, zoom) else None
            if side is None:
                still_waiting.append((town, x, y))
                continue
            box = town_boxes(town)[side]
            board.put(board.at(x, y, box))
            shown.append((replace(town, zoom=zoom, side=side), x, y, box))
        waiting = still_waiting
    return [town for town, *_ in shown]


def _fixed_names(names: Iterable[CountryName]) -> dict[int, Board]:
    """Returns the boards of all zooms with the names of countries and seas on them."""
    boards = {zoom: Board(zoom) for zoom in POPULATION_FROM}
    rows = [(name.x, name.y, name.box, range(name.first, name.last + 1)) for name in names]
    for sea, lon, lat, first, last in SEAS:
        rows.append((*world_part(lon, lat), sea_box(sea), range(first, last + 1)))
    for x, y, box, zooms in rows:
        for zoom in set(zooms) & set(boards):
            boards[zoom].put(boards[zoom].at(x, y, box))
    return boards


def _worth(town: Town) -> tuple[bool, bool, int, str]:
    """Sorts towns of plants first, then capitals, then by size."""
    return not town.favoured, not (town.capital and town.population > 100_000), -town.population, town.name


def _is_allowed(town: Town, zoom: int) -> bool:
    """Says whether a town is important enough for a zoom."""
    least = CAPITAL_FROM.get(zoom, 0) if town.capital else POPULATION_FROM[zoom]
    return (town.favoured and zoom >= 8) or town.population >= least


def _free_side(town: Town, x: float, y: float, board: Board, later: list[Board]) -> int | None:
    """Returns the first side of the dot that is free now, and of countries and seas at every later zoom."""
    room = 1 if town.favoured else SPACING[board.zoom] / (2 if town.capital else 1)
    for side, box in enumerate(town_boxes(town)):
        if board.free(board.at(x, y, box, room)) and all(b.free(b.at(x, y, box, 5)) for b in later):
            return side
    return None
