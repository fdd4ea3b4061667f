"""Decides which of the places of one name is meant: the rules of the gazetteer. Touches nothing.

A `Question` is a row as keys (see `place_names`), an `Entry` a place that has a key. The rules:

* A town counts only inside its region; of namesakes there the largest is taken. A county or a district in a
  finer column narrows the search further. A cell without a match is passed over: the next cell is tried.
* Cells are tried from fine to coarse; then pieces of the plant's name, the longest first; a piece that occurs
  in several regions of the table is a firm or a kind of plant, not a town.
* A county stands for its towns where they lie close together (`COUNTY_REACH_KM`), a region never does.

The numbers below were chosen on tables of industrial sites.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from atlas import earth
from atlas.geocoding import place_names

COUNTRY, REGION, TOWN = 0, 1, 4

COUNTY_REACH_KM = 60  # a county whose people live within this may stand for a town
SEAT_REACH_KM = 70  # the town that a larger county is named after says too little about a site in it
TIGHT_REACH_KM = 25  # in a larger county than this a town in the plant's name is the better clue
REGION_REACH_KM = 30  # the same for a county in the region's column
AROUND_COUNTY_KM = 60  # a town so far from a county's middle may be in it, whatever the borders say
AROUND_TOWN_KM = 100  # a town and the town that its local area is named after
APART_KM = 50  # namesakes closer than this are one place
COMMON_IN = 4  # regions in which a piece of a plant's name occurs before it is no town
OWN_NAME = 3  # how many times larger a town must be to win under another name
AMBIGUOUS_NAME = 2  # a town in a plant's name must be so many times larger than the next
CLEAR = 3  # a town so many times larger than its namesakes is likely the one
LEAST_SHARE = 0.1  # of a region's people, for a town with the region's name
AROUND_POPULATION = 10_000  # a town of this size may name its region: "Kaluga"
ALONE_POPULATION = 10_000  # a town in a plant's name where the region is not known


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A region or town. `regions` are the numbers of the regions around it, from the largest to its own.

    `own_name`: the key is its own name, not another name of the place.
    """

    level: int
    country: str
    name: str
    latitude: float
    longitude: float
    population: int
    regions: tuple[int, ...]
    reach_km: int
    own_name: bool

    @property
    def weight(self) -> float:
        """How likely the entry is meant, compared with its namesakes."""
        return (self.population + 50) * (OWN_NAME if self.own_name else 1)

    @property
    def accuracy_m(self) -> float:
        """How far from this point a site with this address may be, in metres."""
        return 1_000.0 * max(self.reach_km, 35) if self.level < TOWN else accuracy_m(self.population)


def accuracy_m(population: int) -> float:
    """Returns how far from a town's middle a site of the town may be, in metres.

    Nearly four of five of 2,900 gas power plants and ports that are named after a town lie nearer, of dams
    and mines about half; the town of 10,000 has 10 km, the city of a million 19 km.
    """
    return float(round(9_000 + 1_000 * math.sqrt(population / 10_000), -2))


Entries = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True, eq=False)
class Clue:
    """A cell: the role of its column and the keys under which its place may be known."""

    role: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A row as keys: countries (none: anywhere), region, clues from fine to coarse."""

    countries: tuple[str, ...]
    region: tuple[str, ...]
    clues: tuple[Clue, ...]

    def keys(self) -> Iterator[str]:
        """Yields all keys that the match may need."""
        yield from self.region
        for clue in self.clues:
            yield from clue.keys

    def of(self, role: str) -> tuple[str, ...]:
        for clue in self.clues:
            if clue.role == role:
                return clue.keys
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A place, the role of the cell that named it, and its namesakes elsewhere in the area."""

    entry: Entry
    role: str
    others: tuple[Entry, ...] = ()
    in_region: bool = False

    @property
    def sure(self) -> str:
        """How far to trust the match: "sure", "likely" or "ambiguous"."""
        if self.role == "typo" or any(other.weight * CLEAR > self.entry.weight for other in self.others):
            return "ambiguous"
        is_sure = self.entry.own_name and (self.in_region or not self.others) and self.role != "name"
        return "sure" if is_sure and self.entry.level == TOWN else "likely"


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """The regions of one name, and their numbers: where towns are looked for."""

    regions: tuple[Entry, ...]
    numbers: frozenset[int]

    @property
    def level(self) -> int:
        return self.regions[0].level

    @property
    def reach_km(self) -> int:
        return self.regions[0].reach_km

    def holds(self, hit: Entry) -> bool:
        return not self.numbers.isdisjoint(hit.regions)

    def is_near(self, hit: Entry) -> bool:
        return any(
            distance_km(hit, region) <= min(region.reach_km + 15, AROUND_COUNTY_KM) for region in self.regions
        )


def distance_km(a: Entry, b: Entry) -> float:
    """Returns the great-circle distance; good to half a percent."""
    phi, other = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(a.longitude - b.longitude)
    chord = math.sin((phi - other) / 2) ** 2 + math.cos(phi) * math.cos(other) * math.sin(turn / 2) ** 2
    return 2 * earth.RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def common_pieces(questions: Iterable[Question], by_country: Mapping[str, Entries]) -> frozenset[str]:
    """Returns pieces of plants' names that occur in several regions: firms and kinds of plants, not towns."""
    where: dict[str, set[tuple[str, ...]]] = {}
    for question in questions:
        entries = by_country.get(question.countries[0], {}) if question.countries else {}
        place = question.countries[:1] + question.region[:1]
        for piece in question.of("name"):
            if piece in entries:
                where.setdefault(piece, set()).add(place)
    return frozenset(piece for piece, places in where.items() if len(places) >= COMMON_IN)


def best_match(question: Question, by_country: Mapping[str, Entries], common: frozenset[str]) -> Match | None:
    """Returns the place that a question is about, or None.

    `by_country` has the entries of each country by key.
    """
    if not question.countries:
        return _anywhere(question, by_country, common)
    first, *dependent = question.countries
    entries = by_country.get(first, {})
    if best := _in_country(question, entries, common):
        return best
    if _area(question.region, entries) is None:  # "China, Hong Kong": the region is a country to us
        elsewhere = replace(question, region=())
        for code in dependent:
            if best := _in_country(elsewhere, by_country.get(code, {}), common):
                return best
    return None


def _anywhere(question: Question, by_country: Mapping[str, Entries], common: frozenset[str]) -> Match | None:
    """Returns the largest match of all countries; of those with the region, if any has it."""
    wanted = {key for clue in question.clues if clue.role != "name" for key in clue.keys}
    matches = [
        best
        for entries in by_country.values()
        if not wanted.isdisjoint(entries) and (best := _in_country(question, entries, common))
    ]
    matches = [match for match in matches if match.in_region] or matches
    matches.sort(key=lambda match: -match.entry.weight)
    if not matches:
        return None
    best = matches[0]
    regions = (hit for entries in by_country.values() for key in wanted for hit in entries.get(key, ()))
    most = max((hit.population for hit in regions if hit.level == REGION), default=0)
    if not best.in_region and best.entry.population < LEAST_SHARE * most:
        return None  # "Texas" is the state, not a village in Mexico
    return replace(best, others=(*best.others, *(match.entry for match in matches[1:])))


def _in_country(question: Question, entries: Entries, common: frozenset[str]) -> Match | None:
    base = _area(question.region, entries) or _around(question.region, entries)
    areas = _narrowed(question, entries, base)
    postponed = []
    for clue in question.clues:
        if clue.role == "name":
            best = _named(clue, question.region, entries, areas, common)
        else:
            reach = _own_reach(clue, entries, areas)
            if reach > TIGHT_REACH_KM:
                postponed += [clue] if reach <= SEAT_REACH_KM else []
                continue
            best = _town(
                clue, entries, areas, _seats(question, entries, areas) if clue.role == "town" else ()
            )
        if best:
            return best
    for clue in postponed:
        if best := _town(clue, entries, areas, ()):
            return best
    return _stand_in(areas, base)


def _as_area(regions: Sequence[Entry]) -> Area:
    return Area(tuple(regions), frozenset(region.regions[-1] for region in regions))


def _area(keys: Iterable[str], entries: Entries, inside: Area | None = None) -> Area | None:
    """Returns the regions that a cell names, of the highest level that has any, inside `inside`."""
    for key in keys:
        hits = [
            hit
            for hit in entries.get(key, ())
            if REGION <= hit.level < TOWN and (inside is None or inside.holds(hit))
        ]
        if hits:
            least = min(hit.level for hit in hits)
            return _as_area([hit for hit in hits if hit.level == least])
    return None


def _around(keys: Iterable[str], entries: Entries) -> Area | None:
    """Returns the region around a town that is given as a region: "Kaluga" for Kaluzhskaya oblast."""
    for key in keys:
        hits = [
            hit
            for hit in entries.get(key, ())
            if hit.level == TOWN and hit.regions and hit.population >= AROUND_POPULATION
        ]
        if hits:
            town = max(hits, key=lambda hit: hit.population)
            return _as_area([replace(town, level=REGION, regions=town.regions[:1], reach_km=10_000)])
    return None


def _narrowed(question: Question, entries: Entries, base: Area | None) -> list[Area]:
    """Returns the areas that a row names, each inside the previous area."""
    areas = [base] if base else []
    for role in ("larger_area", "local_area"):
        inner = _area(question.of(role), entries, areas[-1] if areas else None)
        if inner and (not areas or (inner.level >= areas[-1].level and inner.numbers != areas[-1].numbers)):
            areas.append(inner)
    return areas


def _own_reach(clue: Clue, entries: Entries, areas: Sequence[Area]) -> float:
    """Returns how far the county of a cell reaches, in km; 0 if the cell names no county."""
    if clue.role not in ("local_area", "larger_area") or not areas:
        return 0
    own = _area(clue.keys, entries, areas[0])
    return own.reach_km if own and own.level > REGION else 0


def _seats(question: Question, entries: Entries, areas: Sequence[Area]) -> Sequence[Entry]:
    """Returns the towns that the local area may be named after."""
    return [
        hit
        for key in question.of("local_area")[:4]
        for hit in entries.get(key, ())
        if hit.level == TOWN and (not areas or areas[0].holds(hit))
    ]


def _town(clue: Clue, entries: Entries, areas: Sequence[Area], seats: Sequence[Entry]) -> Match | None:
    """Returns the largest town of a cell's name in the narrowest area that has any; near a seat if given."""
    for key in clue.keys:
        hits = [hit for hit in entries.get(key, ()) if hit.level == TOWN]
        if areas:
            hits = [hit for hit in hits if areas[0].holds(hit)]
        if len(areas) > 1:
            close = ([hit for hit in hits if area.holds(hit) or area.is_near(hit)] for area in areas[:0:-1])
            hits = next(filter(None, close), [])
        if seats:
            hits = [hit for hit in hits if any(distance_km(hit, seat) <= AROUND_TOWN_KM for seat in seats)]
        if hits:
            return _largest(hits, clue.role, areas)
    return None


def _largest(hits: Sequence[Entry], role: str, areas: Sequence[Area]) -> Match:
    best = max(hits, key=lambda hit: hit.weight)
    others = [hit for hit in hits if hit is not best and distance_km(hit, best) > APART_KM]
    return Match(best, role, tuple(others), in_region=bool(areas))


def _named(
    clue: Clue, region: Sequence[str], entries: Entries, areas: Sequence[Area], common: frozenset[str]
) -> Match | None:
    """Returns the town in a plant's name: of the longest piece, or a smaller town in the same county."""
    matches = []
    for key in clue.keys:
        if key in common or key not in entries:
            continue
        hits = [hit for hit in entries[key] if hit.level == TOWN and (not areas or areas[-1].holds(hit))]
        if hits and _is_meant(key, best := _largest(hits, "name", areas), region, areas):
            matches.append(best)
    # The region's own name says least.
    matches.sort(key=lambda match: place_names.key(match.entry.name) in region)
    best_of_all = matches[0] if matches else None
    for other in matches[1:]:
        if best_of_all and _is_finer(other.entry, best_of_all.entry):
            best_of_all = other
    return best_of_all


def _is_meant(key: str, best: Match, region: Sequence[str], areas: Sequence[Area]) -> bool:
    """Whether a piece of a plant's name is likely its town, not a namesake of something else."""
    entry, others = best.entry, best.others
    if not areas:
        if len(key) < 4:
            return False
        if region:  # a region that nobody knows
            return not others and entry.population >= ALONE_POPULATION
        return all(entry.weight >= CLEAR * other.weight for other in others)
    if key in region and entry.population < LEAST_SHARE * areas[0].regions[0].population:
        return False
    return all(entry.weight >= AMBIGUOUS_NAME * other.weight for other in others)


def _is_finer(town: Entry, than: Entry) -> bool:
    """Whether a town is a smaller one of the same county."""
    return town.population < than.population and not set(town.regions[1:]).isdisjoint(than.regions[1:])


def _stand_in(areas: Sequence[Area], base: Area | None) -> Match | None:
    """Returns the middle of the narrowest county, if its people live close enough together."""
    if not areas or areas[-1].level <= REGION:
        return None
    most = REGION_REACH_KM if areas[-1] is base else COUNTY_REACH_KM
    return Match(areas[-1].regions[0], "county") if areas[-1].reach_km <= most else None
