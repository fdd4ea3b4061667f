"""Decides which of the places of one name is meant: the rules of the gazetteer. Touches nothing.

A `TownQuery` is a row as keys (see `place_names`), an `Entry` a place that has a key. The rules:

* A town counts only inside its region; of namesakes there the largest is taken. A county or a district in a
  finer column narrows the search further. A cell without a match is passed over: the next cell is tried.
* Cells are tried from fine to coarse; then pieces of the plant's name, the longest first; a piece that occurs
  in several regions of the table is a firm or a kind of plant, not a town.
* A county stands for its towns where they lie close together (`COUNTY_REACH_KM`), a region never does.

The numbers below were chosen on tables of industrial sites.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from atlas.geocoding import place_names
from atlas.geocoding.shelves import (
    CITY,
    LARGE_POPULATION,
    REGION,
    TOWN,
    Entry,
    distance_km,
)

COUNTY_REACH_KM = 60  # a county whose people live within this may stand for a town
SEAT_REACH_KM = 70  # the town that a larger county is named after says too little about a site in it
TIGHT_REACH_KM = 25  # in a larger county than this a town in the plant's name is the better clue
REGION_REACH_KM = 30  # the same for a county in the region's column
AROUND_COUNTY_KM = 60  # a town so far from a county's middle may be in it, whatever the borders say
AROUND_TOWN_KM = 100  # a town and the town that its local area is named after
APART_KM = 50  # namesakes closer than this are one place
COMMON_IN = 4  # regions in which a piece of a plant's name occurs before it is no town
STATED_SHARE = 0.85  # of the places that may be meant lie within `accuracy_m`; not all places are known
AMBIGUOUS_NAME = 2  # a town in a plant's name must be so many times larger than the next
CLEAR = 3  # a town so many times larger than its namesakes is likely the one
ALIAS_POPULATION = 15_000  # a smaller town under another name, in any country, is a guess
LEAST_SHARE = 0.1  # of a region's people, for a town with the region's name
AROUND_POPULATION = 10_000  # a town of this size may name its region: "Kaluga"
ALONE_POPULATION = 10_000  # a town in a plant's name where the stated region is not known
ALONE_OF_SEVERAL = 20_000  # the same where it has namesakes that are `ALONE` times smaller
ALONE = 10
CITY_POPULATION = 100_000  # a town that is only a part of what a plant's name says

WIDER = {"name": 1.3, "guess": 1.5}
"""By the role of the cell, and of a guess: how many times farther from a town a site may be."""

Entries = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True, eq=False)
class Clue:
    """A cell: the role of its column and the keys under which its place may be known.

    `whole`: the key of all that a plant's name says.
    """

    role: str
    keys: tuple[str, ...]
    whole: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class TownQuery:
    """A row as keys: countries (none: `among`, or anywhere), region, clues from fine to coarse.

    Only a town with `least` inhabitants is meant; `only_region`: not one with the region's name.
    `instead` is what the row may mean if this has no match.
    """

    countries: tuple[str, ...]
    region: tuple[str, ...]
    clues: tuple[Clue, ...]
    among: tuple[str, ...] = ()
    least: int = 0
    only_region: bool = False
    instead: "TownQuery | None" = None

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
    """A place, the role of the cell that named it, its namesakes there (`is_anywhere`: in the world)."""

    entry: Entry
    role: str
    others: tuple[Entry, ...] = ()
    in_region: bool = False
    key: str = ""
    is_guess: bool = False
    is_anywhere: bool = False

    @property
    def sure(self) -> str:
        """How far to trust the match: "sure", "likely", "ambiguous" or "guess"."""
        if self.is_guess:
            return "guess"
        if any(other.weight * CLEAR > self.entry.weight for other in self.others):
            return "ambiguous"
        is_sure = (
            self.entry.own_name
            and (self.in_region or not self.others)
            and self.role not in ("name", "country")
        )
        return "sure" if is_sure and self.entry.level == TOWN else "likely"

    @property
    def accuracy_m(self) -> float:
        """Returns within which distance four of five of the places that may be meant lie, in metres."""
        metres = self.entry.accuracy_m * WIDER.get(self.role, 1) * (WIDER["guess"] if self.is_guess else 1)
        power = 1 if self.is_anywhere else 0.5  # within a country, villages have sites as well
        own, *weights = (entry.weight**power for entry in (self.entry, *self.others))
        wanted = STATED_SHARE * (own + sum(weights)) - own
        reaches = (1_000 * distance_km(other, self.entry) + other.accuracy_m for other in self.others)
        for reach_m, weight in sorted(zip(reaches, weights, strict=True)):
            if wanted <= 0:
                break
            metres, wanted = max(metres, reach_m), wanted - weight
        return float(round(metres, -2))


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


def common_pieces(queries: Iterable[TownQuery], by_country: Mapping[str, Entries]) -> frozenset[str]:
    """Returns pieces of plants' names that occur in several regions: firms and kinds of plants, not towns."""
    where: dict[str, set[tuple[str, ...]]] = {}
    for query in queries:
        entries = by_country.get(query.countries[0], {}) if query.countries else {}
        place = query.countries[:1] + query.region[:1]
        for piece in query.of("name"):
            if piece in entries:
                where.setdefault(piece, set()).add(place)
    return frozenset(piece for piece, places in where.items() if len(places) >= COMMON_IN)


def best_match(query: TownQuery, by_country: Mapping[str, Entries], common: frozenset[str]) -> Match | None:
    """Returns the place that a query is about, or None.

    `by_country` has the entries of each country by key.
    """
    if not query.countries:
        return _anywhere(query, by_country, common)
    first, *dependent = query.countries
    entries = by_country.get(first, {})
    if best := _in_country(query, entries, common):
        return best
    if _area(query.region, entries) is None:  # "Nouméa, France": a territory is a country to us
        elsewhere = replace(
            query, region=(), clues=tuple(clue for clue in query.clues if clue.role != "name")
        )
        for code in dependent:
            best = _in_country(elsewhere, by_country.get(code, {}), common)
            if best and best.role != "country":
                return best
    return None


def _anywhere(query: TownQuery, by_country: Mapping[str, Entries], common: frozenset[str]) -> Match | None:
    """Returns the largest match of all countries; of those with the region, if any has it."""
    wanted = [key for clue in query.clues if clue.role != "name" for key in clue.keys]
    among = {code: by_country[code] for code in query.among or by_country if code in by_country}
    matches = [
        best
        for entries in among.values()
        if not entries.keys().isdisjoint(wanted) and (best := _in_country(query, entries, common))
    ]
    matches = [match for match in matches if match.in_region] or ([] if query.among else matches)
    if not matches:
        return None
    rank = {key: place for place, key in reversed(list(enumerate(wanted)))}

    def order(match: Match) -> tuple[int, bool, float]:  # Bethlehem, PA is not Belém, Pará
        is_other_name = match.in_region and not match.entry.own_name
        return rank.get(match.key, len(rank)), is_other_name, -match.entry.weight_anywhere

    matches.sort(key=order)
    best = matches[0]
    entry = best.entry
    if query.least and place_names.key(entry.name) != best.key:
        return None
    if entry.population < max(query.least, 0 if best.in_region else _least_population(wanted, among)):
        return None
    others = [hit for match in matches if match.key == best.key for hit in (match.entry, *match.others)]
    others = [hit for hit in others if hit is not entry and (hit.own_name or not entry.own_name)]
    is_guess = not (entry.own_name or best.in_region or entry.population >= ALIAS_POPULATION)
    if is_guess and query.instead:
        return None
    others.sort(key=lambda hit: -hit.weight_anywhere)
    is_guess = is_guess or best.is_guess or query.least > 0
    return replace(best, others=tuple(others), is_guess=is_guess, is_anywhere=not best.in_region)


def _least_population(keys: Sequence[str], by_country: Mapping[str, Entries]) -> float:
    """Returns how large a town must be that bears the name of a region: "Texas" is no village in Mexico."""
    hits = (hit for entries in by_country.values() for key in keys for hit in entries.get(key, ()))
    most = max((hit.population for hit in hits if hit.level == REGION), default=0)
    return min(LEAST_SHARE * most, LARGE_POPULATION)


def _in_country(query: TownQuery, entries: Entries, common: frozenset[str]) -> Match | None:
    base = _area(query.region, entries) or _around(query.region, entries)
    areas = _narrowed(query, entries, base)
    postponed = []
    for clue in query.clues:
        if clue.role == "name":
            best = _named(clue, query.region, entries, areas, common)
        else:
            reach = _own_reach(clue, entries, areas)
            if reach > TIGHT_REACH_KM:
                postponed += [clue] if reach <= SEAT_REACH_KM else []
                continue
            best = _town(clue, entries, areas, _seats(query, entries, areas) if clue.role == "town" else ())
        if best and not (query.only_region and _is_own_region(best, areas, query.region)):
            return best
    for clue in postponed:
        if best := _town(clue, entries, areas, ()):
            return best
    if not areas and CITY in entries and not (query.instead and any(clue.keys for clue in query.clues)):
        return Match(entries[CITY][0], "country")
    return None if query.instead else _stand_in(areas, base)


def _is_own_region(match: Match, areas: Sequence[Area], region: Sequence[str]) -> bool:
    """Whether a town only has its region's name: "Carneirinho, São Paulo" does not say the town São Paulo."""
    return bool(areas) and areas[0].level == REGION and match.key in region


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


def _narrowed(query: TownQuery, entries: Entries, base: Area | None) -> list[Area]:
    """Returns the areas that a row names, each inside the previous area."""
    areas = [base] if base else []
    for role in ("larger_area", "local_area"):
        inner = _area(query.of(role), entries, areas[-1] if areas else None)
        if inner and (not areas or (inner.level >= areas[-1].level and inner.numbers != areas[-1].numbers)):
            areas.append(inner)
    return areas


def _own_reach(clue: Clue, entries: Entries, areas: Sequence[Area]) -> float:
    """Returns how far the county of a cell reaches, in km; 0 if the cell names no county."""
    if clue.role not in ("local_area", "larger_area") or not areas:
        return 0
    own = _area(clue.keys, entries, areas[0])
    return own.reach_km if own and own.level > REGION else 0


def _seats(query: TownQuery, entries: Entries, areas: Sequence[Area]) -> Sequence[Entry]:
    """Returns the towns that the local area may be named after."""
    return [
        hit
        for key in query.of("local_area")[:4]
        for hit in entries.get(key, ())
        if hit.level == TOWN and (not areas or areas[0].holds(hit))
    ]


def _town(clue: Clue, entries: Entries, areas: Sequence[Area], seats: Sequence[Entry]) -> Match | None:
    """Returns the largest town of a cell's name in the narrowest area that has any; near a seat if given."""
    for key in clue.keys:
        hits = [hit for hit in entries.get(key, ()) if hit.level == TOWN]
        if areas:
            within = [hit for hit in hits if areas[0].holds(hit)]
            is_county = areas[0].level > REGION  # Scunthorpe is not in Lincolnshire by law
            hits = within or [hit for hit in hits if is_county and areas[0].is_near(hit)]
        if len(areas) > 1:
            close = ([hit for hit in hits if area.holds(hit) or area.is_near(hit)] for area in areas[:0:-1])
            hits = next(filter(None, close), [])
        if seats:
            hits = [hit for hit in hits if any(distance_km(hit, seat) <= AROUND_TOWN_KM for seat in seats)]
        if hits:
            return _largest(hits, clue.role, areas, key)
    return None


def _largest(hits: Sequence[Entry], role: str, areas: Sequence[Area], key: str) -> Match:
    best = max(hits, key=lambda hit: hit.weight)
    others = [hit for hit in hits if hit is not best and distance_km(hit, best) > APART_KM]
    return Match(best, role, tuple(others), bool(areas), key, is_guess=role == "name" and not areas)


def _named(
    clue: Clue, region: Sequence[str], entries: Entries, areas: Sequence[Area], common: frozenset[str]
) -> Match | None:
    """Returns the town in a plant's name: of the longest piece, or a smaller town in the same county."""
    matches = []
    for key in clue.keys:
        is_part = not areas and key != clue.whole
        if key in common or key not in entries or (is_part and _is_wide_region(entries[key])):
            continue
        hits = [hit for hit in entries[key] if hit.level == TOWN and (not areas or areas[-1].holds(hit))]
        if hits and _is_meant(key, best := _largest(hits, "name", areas, key), region, areas, is_part):
            matches.append(best)
    # The region's own name says least.
    matches.sort(key=lambda match: place_names.key(match.entry.name) in region)
    best_of_all = matches[0] if matches else None
    for other in matches[1:]:
        if best_of_all and _is_finer(other.entry, best_of_all.entry):
            best_of_all = other
    return best_of_all


def _is_meant(key: str, best: Match, region: Sequence[str], areas: Sequence[Area], is_part: bool) -> bool:
    """Whether a piece of a plant's name is likely its town, not a namesake of something else.

    Without a region, the town must be all that the name says, or a city if it `is_part` of that.
    """
    entry, others = best.entry, best.others
    if not areas:
        if len(key) < 4 or (is_part and not entry.own_name):
            return False
        least = max(CITY_POPULATION if is_part else 0, ALONE_POPULATION if region else 0)
        least = max(least, 0 if entry.own_name else ALIAS_POPULATION, ALONE_OF_SEVERAL if others else 0)
        return entry.population >= least and all(entry.weight >= ALONE * other.weight for other in others)
    if key in region and entry.population < LEAST_SHARE * areas[0].regions[0].population:
        return False
    return all(entry.weight >= AMBIGUOUS_NAME * other.weight for other in others)


def _is_wide_region(entries: Iterable[Entry]) -> bool:
    """Whether a name is also that of a region much wider than a town: "Rostov"."""
    return any(entry.level == REGION and entry.reach_km > COUNTY_REACH_KM for entry in entries)


def _is_finer(town: Entry, than: Entry) -> bool:
    """Whether a town is a smaller one of the same county."""
    return town.population < than.population and not set(town.regions[1:]).isdisjoint(than.regions[1:])


def _stand_in(areas: Sequence[Area], base: Area | None) -> Match | None:
    """Returns the middle of the narrowest county, if its people live close enough together."""
    if not areas or areas[-1].level <= REGION:
        return None
    most = REGION_REACH_KM if areas[-1] is base else COUNTY_REACH_KM
    return Match(areas[-1].regions[0], "county") if areas[-1].reach_km <= most else None
