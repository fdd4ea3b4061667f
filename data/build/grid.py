"""Points and lines on the Web Mercator grid: project, simplify, cut into cells. Touches nothing.

A grid has whole units, y down from the north-west corner. `WORLD_GRID` is a quarter pixel at zoom 5;
`FINE_GRID` is that of the cells, which are `CELL_EXTENT` units a side. Shapes in a cell reach
`CELL_MARGIN` beyond it, so that strokes do not end at its edge.
"""

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from atlas.basemap import CELL_ZOOM, MAX_LATITUDE
from data.build.inputs import LonLat

WORLD_GRID = 1 << 15
CELL_EXTENT = 1 << 13
FINE_GRID = CELL_EXTENT << CELL_ZOOM
CELL_MARGIN = CELL_EXTENT // 32
CELLS_A_SIDE = 1 << CELL_ZOOM

Point = tuple[int, int]
Line = list[Point]
Ring = list[Point]
"""A closed line; its first point may or may not stand again at its end."""
_Position = TypeVar("_Position")


def project(lon: float, lat: float, grid: int) -> Point:
    """Turns longitude and latitude into a point of a grid with `grid` units around the world."""
    lat = max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))
    y = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    return round((lon / 360 + 0.5) * grid), round(min(max(y, 0.0), 1.0) * grid)


def world_part(lon: float, lat: float) -> tuple[float, float]:
    """Turns longitude and latitude into parts of the world (0..1), exact to a unit of the fine grid."""
    x, y = project(lon, lat, FINE_GRID)
    return x / FINE_GRID, y / FINE_GRID


def on_grid(line: Iterable[LonLat], grid: int) -> Line:
    """Projects a line, without repeated points."""
    points: Line = []
    for lon, lat in line:
        point = project(lon, lat, grid)
        if not points or point != points[-1]:
            points.append(point)
    return points


def joined(refs: Iterable[int], arcs: Sequence[list[_Position]]) -> list[_Position]:
    """Joins arcs to a ring; `~n` is arc n backwards, and the point where two meet stands once."""
    points: list[_Position] = []
    for ref in refs:
        arc = arcs[ref] if ref >= 0 else arcs[~ref][::-1]
        points.extend(arc if not points else arc[1:])
    return points


def area(ring: Ring) -> float:
    """Returns the unsigned area of a ring."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def simplify(line: Line, least: float) -> Line:
    """Drops the points whose triangle with their neighbours is smaller than `least` (Visvalingam).

    Both ends stay; of a closed line at least four points (a triangle) stay.
    """
    keep = 4 if line[0] == line[-1] else 2
    left, right = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))

    def weight(i: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = line[left[i]], line[i], line[right[i]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    heap = [(weight(i), i) for i in range(1, len(line) - 1)]
    heapq.heapify(heap)
    weights, alive, dropped = {i: w for w, i in heap}, len(line), set[int]()
    while heap and alive > keep:
        now, i = heapq.heappop(heap)
        if i in dropped or now != weights[i]:
            continue
        if now >= least:
            break
        dropped.add(i)
        alive -= 1
        right[left[i]], left[right[i]] = right[i], left[i]
        for j in (left[i], right[i]):
            if 0 < j < len(line) - 1:
                weights[j] = max(now, weight(j))
                heapq.heappush(heap, (weights[j], j))
    return [point for i, point in enumerate(line) if i not in dropped]


def cells_of_ring(ring: Ring) -> Iterator[tuple[int, int, Ring]]:
    """Cuts a ring of the fine grid into cells with their margin: (x, y, ring in the cell's units)."""
    if ring[0] == ring[-1]:
        ring = ring[:-1]
    for x in _cells_along([point[0] for point in ring]):
        column = _clip(ring, 0, x)
        if len(column) < 3:
            continue
        for y in _cells_along([point[1] for point in column]):
            piece = _clip(column, 1, y)
            if len(piece) >= 3:
                yield x, y, _in_cell(piece, x, y)


def cells_of_line(line: Line) -> Iterator[tuple[int, int, Line]]:
    """Returns the runs of a line of the fine grid that touch a cell or its margin: (x, y, run)."""
    runs: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for a, b in itertools.pairwise(line):
        for cell in itertools.product(_cells_along([a[0], b[0]]), _cells_along([a[1], b[1]])):
            in_cell = runs[cell]
            if in_cell and in_cell[-1][-1] == a:
                in_cell[-1].append(b)
            else:
                in_cell.append([a, b])
    for (x, y), in_cell in runs.items():
        for run in in_cell:
            yield x, y, _in_cell(run, x, y)


def _cells_along(values: list[int]) -> range:
    """Returns the columns (or rows) of cells that values reach, with the margin."""
    first, last = (min(values) - CELL_MARGIN) // CELL_EXTENT, (max(values) + CELL_MARGIN) // CELL_EXTENT
    return range(max(0, first), min(CELLS_A_SIDE - 1, last) + 1)


def _in_cell(line: Line, x: int, y: int) -> Line:
    return [(px - x * CELL_EXTENT, py - y * CELL_EXTENT) for px, py in line]


def _clip(ring: Ring, axis: int, number: int) -> Ring:
    """Cuts a ring to a column (axis 0) or row (axis 1) of cells with its margin."""
    start = number * CELL_EXTENT
    half = _clip_half(ring, axis, start - CELL_MARGIN, -1)
    return _clip_half(half, axis, start + CELL_EXTENT + CELL_MARGIN, 1)


def _clip_half(ring: Ring, axis: int, limit: int, sign: int) -> Ring:
    """Cuts a ring to one side of a line (Sutherland-Hodgman), closed along the line."""
    out: Ring = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        inside_a, inside_b = sign * a[axis] <= sign * limit, sign * b[axis] <= sign * limit
        if inside_a:
            out.append(a)
        if inside_a != inside_b:
            other = a[1 - axis] + (b[1 - axis] - a[1 - axis]) * (limit - a[axis]) / (b[axis] - a[axis])
            out.append((limit, round(other)) if axis == 0 else (round(other), limit))
    return out
