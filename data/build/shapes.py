"""Countries, lakes and region borders as lines of a grid. Touches nothing.

Countries: rings cut at the antimeridian -> arcs that neighbours share, so that a border is simplified
once and drawn once.
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import shapely

from atlas.basemap import MAX_LATITUDE
from data.build.decisions import CODES, DISPUTED_AREAS, DISPUTED_PAIRS, MERGED, REASSIGNED, SHORT_NAMES
from data.build.grid import Line, Point, Ring, area, joined, on_grid, simplify
from data.build.inputs import Countries, Inputs, LonLats, Shape, Town

# ---- countries -------------------------------------------------------------------------------------


@dataclass
class Area:
    """One country or territory: rings in longitude and latitude, none across ±180°."""

    key: str
    code: str
    name: str
    rings: list[LonLats] = field(default_factory=list)


def areas_of(shapes: Iterable[Shape], countries: Countries) -> list[Area]:
    """Returns the countries with code, English name and clean rings, as `decisions` has them."""
    by_number = {str(row["isonumeric"]).zfill(3): code for code, row in countries.items()}
    areas: dict[str, Area] = {}
    for shape in shapes:
        key = MERGED.get(shape.name, shape.name)
        code = CODES.get(shape.name, by_number.get(shape.number, ""))
        name = SHORT_NAMES.get(code) or (countries[code]["name"] if code in countries else shape.name)
        if key not in areas or shape.name == key:
            rings = areas[key].rings if key in areas else []
            areas[key] = Area(key, code, name, rings)
        for polygon in shape.polygons:
            areas[key].rings.extend(cut_at_antimeridian(polygon))
    _reassign(areas)
    return [areas[key] for key in sorted(areas)]


def _reassign(areas: Mapping[str, Area]) -> None:
    """Moves the rings named in REASSIGNED from one country to another."""
    for source, target, place in REASSIGNED:
        point = shapely.Point(place)
        moved = [ring for ring in areas[source].rings if shapely.Polygon(ring).contains(point)]
        if len(moved) != 1:
            raise SystemExit(f"REASSIGNED {source} -> {target}: {len(moved)} rings contain {place}.")
        areas[source].rings.remove(moved[0])
        areas[target].rings.append(moved[0])


def cut_at_antimeridian(polygon: list[LonLats]) -> Iterator[LonLats]:
    """Cuts the rings of a polygon at ±180° and at the ends of Web Mercator where they cross them."""
    rings = [_unwrapped(ring) for ring in polygon]
    if all(abs(lon) <= 180 and abs(lat) < 85 for ring in rings for lon, lat in ring):
        yield from rings
        return
    whole = shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
    for turn in (-360, 0, 360):
        box = shapely.box(turn - 180, -MAX_LATITUDE, turn + 180, MAX_LATITUDE)
        for part in shapely.get_parts(shapely.intersection(whole, box)):
            if part.geom_type == "Polygon" and not part.is_empty:
                for ring in _rings_of(part):
                    yield [(lon - turn, lat) for lon, lat in ring]


def _unwrapped(ring: LonLats) -> LonLats:
    """Makes longitudes continuous; a ring around the pole is closed through the pole."""
    out, shift = [ring[0]], 0
    for (before, _), (lon, lat) in itertools.pairwise(ring):
        if lon - before > 180:
            shift -= 360
        elif lon - before < -180:
            shift += 360
        out.append((lon + shift, lat))
    if abs(out[-1][0] - out[0][0]) > 180:
        out += [(out[-1][0], -90.0), (out[0][0], -90.0), out[0]]
    return out


def _rings_of(polygon: Any) -> Iterator[LonLats]:
    """Returns the outline of a polygon and its holes."""
    for ring in (polygon.exterior, *polygon.interiors):
        yield [(x, y) for x, y in ring.coords]


# ---- arcs that neighbours share --------------------------------------------------------------------

_Arc = tuple[Point, ...]
KINDS = ("coast", "border", "disputed", "edge")


@dataclass(frozen=True)
class Topology:
    """Arcs on a grid by kind, and for each area its rings as arc numbers (`~n` = backwards)."""

    arcs: dict[str, list[Line]]
    rings: dict[str, list[list[int]]]

    @cached_property
    def _numbered(self) -> list[Line]:
        return [arc for kind in self.arcs.values() for arc in kind]

    def points(self, key: str) -> list[Ring]:
        """Returns the rings of an area as points."""
        return [joined(refs, self._numbered) for refs in self.rings[key]]


def topology_of(areas: Iterable[Area], grid: int, *, smallest: float, least: float) -> Topology:
    """Turns areas into simplified arcs that neighbours share; specks below `smallest` go."""
    rings = {area_.key: _grid_rings(area_, grid, smallest) for area_ in areas}
    ends = _junctions([ring for group in rings.values() for ring in group], grid)
    pieces = {key: [_arcs_of(ring, ends) for ring in group] for key, group in rings.items()}
    owners: dict[_Arc, list[str]] = defaultdict(list)
    for key, group in pieces.items():
        for arc, _ in itertools.chain.from_iterable(group):
            owners[arc].append(key)
    kinds = {arc: _kind_of(arc, keys, grid) for arc, keys in owners.items()}
    by_kind = {kind: [arc for arc in sorted(owners) if kinds[arc] == kind] for kind in KINDS}
    number = {arc: i for i, arc in enumerate(itertools.chain.from_iterable(by_kind.values()))}
    return Topology(
        {kind: [simplify(list(arc), least) for arc in arcs] for kind, arcs in by_kind.items()},
        {
            key: [[number[arc] if ahead else ~number[arc] for arc, ahead in ring] for ring in group]
            for key, group in pieces.items()
        },
    )


def _grid_rings(area_: Area, grid: int, smallest: float) -> list[Ring]:
    """Projects an area's rings; specks below `smallest` go, but never all."""
    rings = []
    for ring in area_.rings:
        points = on_grid(ring, grid)
        if len(points) > 1 and points[0] == points[-1]:
            points.pop()
        if len(points) >= 3:
            rings.append(points)
    rings.sort(key=area, reverse=True)
    return [ring for i, ring in enumerate(rings) if i == 0 or area(ring) >= smallest]


def _junctions(rings: Iterable[Ring], grid: int) -> set[Point]:
    """Returns the points where lines meet or where a ring reaches or leaves the edge of the world."""
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for i, point in enumerate(ring):
            neighbours[point].update((ring[i - 1], ring[(i + 1) % len(ring)]))
    edge = {0, grid}
    return {p for p, near in neighbours.items() if len(near) > 2 or p[0] in edge or p[1] in edge}


def _arcs_of(ring: Ring, ends: set[Point]) -> list[tuple[_Arc, bool]]:
    """Splits a ring at junctions: the arcs as all neighbours write them, and whether the ring goes along."""
    pieces = [tuple(piece) for piece in _split(ring, ends)]
    return [(min(piece, piece[::-1]), piece <= piece[::-1]) for piece in pieces]


def _split(ring: Ring, ends: set[Point]) -> Iterator[Line]:
    """Splits a ring at junctions; without any it is one closed piece that starts at its least point."""
    starts = [i for i, point in enumerate(ring) if point in ends]
    if not starts:
        first = ring.index(min(ring))
        yield [*ring[first:], *ring[: first + 1]]
        return
    turned = [*ring[starts[0] :], *ring[: starts[0] + 1]]
    piece = [turned[0]]
    for point in turned[1:]:
        piece.append(point)
        if point in ends:
            yield piece
            piece = [point]


def _kind_of(arc: _Arc, keys: list[str], grid: int) -> str:
    """Says what an arc is: "edge" for a cut at the edge of the world or a line within a country."""
    owners = set(keys)
    if len(keys) > 1 and len(owners) == 1:
        return "edge"
    for axis in (0, 1):
        if all(p[axis] == arc[0][axis] and p[axis] in (0, grid) for p in arc):
            return "edge"
    if len(owners) < 2:
        return "coast"
    return "disputed" if owners & DISPUTED_AREAS or owners in DISPUTED_PAIRS else "border"


# ---- lakes and region borders ----------------------------------------------------------------------


def united_lakes(lines: Iterable[LonLats]) -> list[LonLats]:
    """Returns the rings of lakes and their islands, united: some are there twice and more finely."""
    rings = [shapely.Polygon(ring) for ring in lines if len(ring) > 3]
    water, islands = ([r.buffer(0) for r in rings if r.exterior.is_ccw == way] for way in (False, True))
    lakes = shapely.difference(shapely.unary_union(water), shapely.unary_union(islands))
    return [ring for lake in shapely.get_parts(lakes) for ring in _rings_of(lake)]


def lakes_on_grid(lakes: Iterable[LonLats], grid: int, *, smallest: float, least: float) -> list[Ring]:
    """Projects and simplifies lakes; those below `smallest` go."""
    rings = [on_grid(lake, grid) for lake in lakes]
    return sorted(simplify(ring, least) for ring in rings if len(ring) > 3 and area(ring) >= smallest)


def region_lines(inputs: Inputs, towns: list[Town]) -> dict[str, list[LonLats]]:
    """Returns region borders by level: region, province (within a region), district (very fine regions).

    The shape file says nothing about its lines and mixes levels (all Italian provinces are in it).
    GeoNames knows the region of each town, so: cut the land into faces, let the towns in a face vote,
    and a line with the same region on both sides is a mere province line.
    """
    every = [*inputs.region_borders, *inputs.coastline, *inputs.land_borders]
    network = shapely.unary_union([shapely.LineString(line) for line in every])
    tree = shapely.STRtree(shapely.get_parts(shapely.polygonize([network])))
    regions = _region_of_faces(tree, towns)
    minute = _minute_countries(set(regions.values()), inputs.countries)
    levels: dict[str, list[LonLats]] = {"region": [], "province": [], "district": []}
    for line in inputs.region_borders:
        sides = [regions.get(face, "") for face in _faces_beside(line, tree)]
        if not sides:
            continue  # a line across water
        if any(side[:2] in minute for side in sides):
            levels["district"].append(line)
        else:
            levels["province" if len(sides) == 2 and sides[0] == sides[1] else "region"].append(line)
    return {level: merged(lines) for level, lines in levels.items()}


def _region_of_faces(tree: Any, towns: list[Town]) -> dict[int, str]:
    """Returns the region that most towns in a face are in, by number of the face."""
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    places = shapely.points([(town.lon, town.lat) for town in towns])
    for town, face in zip(*tree.query(places, predicate="within"), strict=True):
        votes[int(face)][towns[town].region] += 1
    return {face: max(sorted(count), key=count.__getitem__) for face, count in votes.items()}


def _minute_countries(regions: set[str], countries: Countries) -> set[str]:
    """Returns the codes of countries whose regions are as small as other countries' municipalities."""
    number = Counter(region[:2] for region in regions)
    return {code for code, n in number.items() if code in countries and countries[code]["areakm2"] / n < 1200}


def _faces_beside(line: LonLats, tree: Any) -> list[int]:
    """Returns the faces left and right of a line's longest step."""
    (ax, ay), (bx, by) = max(itertools.pairwise(line), key=lambda step: math.dist(*step))
    length = math.dist((ax, ay), (bx, by)) or 1.0
    nx, ny = (ay - by) / length * 1e-4, (bx - ax) / length * 1e-4
    x, y = (ax + bx) / 2, (ay + by) / 2
    beside = [shapely.Point(x + nx, y + ny), shapely.Point(x - nx, y - ny)]
    faces = [tree.query(point, predicate="within") for point in beside]
    return [int(numbers[0]) for numbers in faces if len(numbers)]


def merged(lines: list[LonLats]) -> list[LonLats]:
    """Joins lines that continue each other, in a stable order."""
    parts = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines)))
    return sorted([(float(x), float(y)) for x, y in part.coords] for part in parts)
