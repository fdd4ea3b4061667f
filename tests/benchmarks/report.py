"""Raw numbers -> medians, ratios against the limits, and Markdown tables: `as_markdown`, `verdicts`.

Knows nothing of how the numbers came about; `results.json` is all it needs.
"""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.benchmarks.tables import FILTERED

Raw = Mapping[str, Any]
Record = Mapping[str, Any]

NAMES = {
    "bare": "bare Streamlit page",
    "naive-5": "naive app, 5 plants",
    "naive-36000": "naive app, 36,000",
    "naive-1000000": "naive app, 1,000,000",
    "ours-5": "ours, the five plants",
    "ours-36000": "ours, 36,000",
    "ours-1000000": "ours, 1,000,000",
    "datasette-36000": "Datasette with cluster map, 36,000",
}
BUSY, CROWDED = "20 visitors every 2 s", "50 visitors every 4 s"
LOCAL, FAST_4G, SLOW_4G = "this machine", "Fast 4G", "Slow 4G"
IN_TIME_S = 0.3
NOTHING = "–"


@dataclass(frozen=True)
class Figure:
    """Several measurements of one thing."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure | None":
        return cls(statistics.median(values), min(values), max(values)) if values else None

    def words(self, decimals: int) -> str:
        """The median, and the smallest and largest in brackets when they look different."""
        middle, low, high = (f"{value:,.{decimals}f}" for value in (self.median, self.low, self.high))
        return middle if low == middle == high else f"{middle} ({low}–{high})"


@dataclass(frozen=True)
class Limit:
    """One promise: `value` finds what was measured (None: not measured), and `bound` is what it may be."""

    words: str
    bound: float
    unit: str
    value: Callable[[Raw], float | None]
    sense: Literal["at most", "at least"] = "at most"


@dataclass(frozen=True)
class Verdict:
    """A limit and what came of it; `is_met` None: not measured."""

    limit: Limit
    value: float | None
    is_met: bool | None

    @property
    def words(self) -> str:
        if self.value is None:
            return "not measured"
        if self.is_met:
            return "met"
        if not self.limit.bound:
            return f"missed by {_number(self.value)}"
        ratio = self.value / self.limit.bound
        return f"missed by {100 * (ratio - 1 if ratio > 1 else 1 - ratio):.0f} %"


# ---- from raw numbers ------------------------------------------------------------------------------


def figure(raw: Raw, case: str, *path: str) -> Figure | None:
    """A value of all rounds of a case in the browser, such as `figure(raw, "ours-5", "open", "done_s")`."""
    found = [_at(record, path) for record in raw.get("browser", ()) if record["case"] == case]
    return Figure.of([value for value in found if value is not None])


def opening(raw: Raw, case: str, line: str, cache: str, name: str) -> Figure | None:
    """A value of all openings of a case on a line: `opening(raw, "bare", "Fast 4G", "cold", "done_s")`."""
    found = [
        record.get(name)
        for record in raw.get("openings", ())
        if (record["case"], record["cache"]) == (case, cache) and record["line"].startswith(line)
    ]
    return Figure.of([value for value in found if value is not None])


def moves(raw: Raw, case: str, kind: Literal["zoom_ms", "pan_ms"]) -> Figure | None:
    """All zooms or pans of all rounds of a case, in milliseconds."""
    found = [_at(record, ("moves", kind)) for record in raw.get("browser", ()) if record["case"] == case]
    return Figure.of([value for one in found for value in one or ()])


def requests(raw: Raw, case: str) -> dict[str, float] | None:
    """Requests while the map was moved, by kind, per round; reruns of the script are one kind."""
    rounds = [
        record["moves"] for record in raw.get("browser", ()) if record["case"] == case and "moves" in record
    ]
    if not rounds:
        return None
    total: Counter[str] = Counter()
    for one in rounds:
        total.update(one["requests_by_kind"])
        total["reruns"] += one["reruns"]
    return {kind: count / len(rounds) for kind, count in total.items() if count}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def visitors(raw: Raw, case: str, load: str) -> Record | None:
    """What a load on a case gave: p50, p95 and longest time, and the raw record; None: not measured."""
    records = (one for one in raw.get("visitors", ()) if (one["case"], one["load"]) == (case, load))
    found = next(records, None)
    if found is None:
        return None
    times = found["latencies_s"]
    if not times:
        return {**found, "p50": None, "p95": None, "max": None}
    return {**found, "p50": percentile(times, 0.5), "p95": percentile(times, 0.95), "max": max(times)}


def ratio(above: float | None, below: float | None) -> float | None:
    """`above / below`; None if one of them is not known."""
    return None if above is None or not below else above / below


# ---- limits ----------------------------------------------------------------------------------------


def _median(case: str, *path: str) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        found = figure(raw, case, *path)
        return found.median if found else None

    return value


def _median_opening(case: str, line: str, name: str, per: float = 1) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        found = opening(raw, case, line, "cold", name)
        return found.median / per if found else None

    return value


def _against_bare(line: str) -> Callable[[Raw], float | None]:
    return _ratio(_median_opening("ours-5", line, "done_s"), _median_opening("bare", line, "done_s"))


def _median_move(case: str, kind: Literal["zoom_ms", "pan_ms"]) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        found = moves(raw, case, kind)
        return found.median if found else None

    return value


def _ratio(
    above: Callable[[Raw], float | None], below: Callable[[Raw], float | None]
) -> Callable[[Raw], float | None]:
    return lambda raw: ratio(above(raw), below(raw))


def _asked_about_plants(case: str) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        found = requests(raw, case)
        return None if found is None else sum(found.get(kind, 0) for kind in ("positions", "other", "reruns"))

    return value


def _late(case: str, load: str) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        found = visitors(raw, case, load)
        return found["p95"] if found else None

    return value


def _errors(case: str, load: str) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        found = visitors(raw, case, load)
        return float(found["errors"]) if found else None

    return value


def _cpu_ms_each(case: str, load: str) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        found = visitors(raw, case, load)
        return ratio(1000 * found["cpu_s"], len(found["latencies_s"])) if found else None

    return value


def _carried(case: str) -> Callable[[Raw], float | None]:
    """The most changes a second of which 95 % are answered in time, without an error."""

    def value(raw: Raw) -> float | None:
        loads = [one for one in raw.get("capacity", ()) if one["case"] == case]
        carried = [
            len(load["latencies_s"]) / load["seconds"]
            for load in loads
            if load["latencies_s"]
            and not load["errors"]
            and percentile(load["latencies_s"], 0.95) <= IN_TIME_S
        ]
        return max(carried, default=0.0) if loads else None

    return value


def _offline(case: str, key: str, per: float = 1) -> Callable[[Raw], float | None]:
    def value(raw: Raw) -> float | None:
        record = next((one for one in raw.get("offline", ()) if one["case"] == case), None)
        if record is None:
            return None
        return float(statistics.median(record[key])) / per

    return value


def _peak_gb(raw: Raw) -> float | None:
    found = figure(raw, "ours-1000000", "server_peak_mb")
    return found.high / 1000 if found else None


_OPEN_FIVE = _median("ours-5", "open", "done_s")
LIMITS = (
    Limit("open 5, against a bare page", 1.35, "×", _against_bare(LOCAL)),
    Limit("the same on Fast 4G, cold", 1, "×", _against_bare(FAST_4G)),
    Limit("the same on Slow 4G, cold", 1, "×", _against_bare(SLOW_4G)),
    Limit("5: first answer readable", 0.15, "s", _median_opening("ours-5", LOCAL, "readable_s")),
    Limit("the same on Fast 4G", 0.5, "s", _median_opening("ours-5", FAST_4G, "readable_s")),
    Limit("5: transferred, cold", 1_200, "kB", _median_opening("ours-5", FAST_4G, "bytes", 1e3)),
    Limit("5: layout shift", 0.05, "in all", _median_opening("ours-5", FAST_4G, "layout_shift")),
    Limit("5: filter to one country", 0.2, "s", _median("ours-5", "filter", "done_s")),
    Limit("5: all again", 0.25, "s", _median("ours-5", "all", "done_s")),
    Limit(
        "open 36,000, against our 5", 1.2, "×", _ratio(_median("ours-36000", "open", "done_s"), _OPEN_FIVE)
    ),
    Limit("36,000: filter to one country", 0.25, "s", _median("ours-36000", "filter", "done_s")),
    Limit(
        "36,000: all again, faster than naive",
        8,
        "×",
        _ratio(_median("naive-36000", "all", "done_s"), _median("ours-36000", "all", "done_s")),
        "at least",
    ),
    Limit(
        "36,000: all again, fewer bytes than naive",
        100,
        "×",
        _ratio(_median("naive-36000", "all", "bytes"), _median("ours-36000", "all", "bytes")),
        "at least",
    ),
    Limit("36,000: zoom", 30, "ms", _median_move("ours-36000", "zoom_ms")),
    Limit("36,000: pan", 30, "ms", _median_move("ours-36000", "pan_ms")),
    Limit(
        "36,000: requests while moving, but names and base map",
        0,
        "a round",
        _asked_about_plants("ours-36000"),
    ),
    Limit(
        "open 1,000,000, against our 5", 2, "×", _ratio(_median("ours-1000000", "open", "done_s"), _OPEN_FIVE)
    ),
    Limit("1,000,000: filter to one country", 0.6, "s", _median("ours-1000000", "filter", "done_s")),
    Limit("1,000,000: pan", 50, "ms", _median_move("ours-1000000", "pan_ms")),
    Limit("1,000,000: server memory at most used", 1, "GB", _peak_gb),
    Limit(
        f"36,000, {BUSY}: p95, below naive",
        4,
        "×",
        _ratio(_late("naive-36000", BUSY), _late("ours-36000", BUSY)),
        "at least",
    ),
    Limit(f"36,000, {CROWDED}: p95", 0.6, "s", _late("ours-36000", CROWDED)),
    Limit(f"36,000, {CROWDED}: errors", 0, "in all", _errors("ours-36000", CROWDED)),
    Limit("5: server CPU of one filter change", 25, "ms", _cpu_ms_each("ours-5", BUSY)),
    Limit("36,000: server CPU of one filter change", 25, "ms", _cpu_ms_each("ours-36000", BUSY)),
    Limit("36,000, over all pages: changes a second in time", 35, "", _carried("ours-36000"), "at least"),
    Limit("offline map of 5: size", 2, "MB", _offline("ours-5", "bytes", 1e6)),
    Limit("offline map of 36,000: open", 3, "s", _offline("ours-36000", "open_s")),
)


def verdicts(raw: Raw) -> list[Verdict]:
    """Every limit, met or not."""
    return [_verdict(limit, limit.value(raw)) for limit in LIMITS]


def _verdict(limit: Limit, value: float | None) -> Verdict:
    if value is None:
        return Verdict(limit, None, None)
    return Verdict(limit, value, value <= limit.bound if limit.sense == "at most" else value >= limit.bound)


# ---- tables ----------------------------------------------------------------------------------------


def as_markdown(raw: Raw) -> str:
    """The whole report; sections without numbers are left out."""
    about = raw["about"]
    rounds = "one round" if about["rounds"] == 1 else f"medians of {about['rounds']} rounds"
    how = f"{about['machine']}; {rounds}, smallest–largest in brackets"
    parts = [
        "# How fast it is",
        f"Measured on {about['date']} by `python -m tests.benchmarks`: {how}.",
        *(f"**Note.** {note}" for note in raw.get("notes", ())),
    ]
    cases = list(dict.fromkeys(record["case"] for record in raw.get("browser", ())))
    if cases:
        parts += [_open_table(raw, cases), _filter_table(raw, cases), _moves_table(raw, cases)]
        parts += _problems(raw["browser"])
    if raw.get("openings"):
        parts += [_openings_table(raw), *_problems(raw["openings"])]
    parts += [_visitors_table(raw)] if raw.get("visitors") else []
    parts += [_capacity_table(raw)] if raw.get("capacity") else []
    parts += [_csv_table(raw)] if raw.get("csv") else []
    parts += [_offline_table(raw)] if raw.get("offline") else []
    return "\n\n".join([*parts, _limits_table(raw)]) + "\n"


def _open_table(raw: Raw, cases: Sequence[str]) -> str:
    bare = _median("bare", "open", "done_s")(raw)
    rows = []
    for case in cases:
        time, size = figure(raw, case, "open", "done_s"), figure(raw, case, "open", "bytes")
        rows.append(
            (
                _name(case),
                _words(time, 2),
                _number(ratio(time.median if time else None, bare)),
                _words(size, 1, per=1e6),
                _words(figure(raw, case, "open", "cpu_s"), 2),
                _words(figure(raw, case, "heap_mb"), 0),
                _words(figure(raw, case, "server_mb"), 0),
                _words(figure(raw, case, "server_peak_mb"), 0),
            )
        )
    heads = (
        "open to markers",
        "s",
        "× bare",
        "MB",
        "server CPU s",
        "browser heap MB",
        "server MB",
        "at most",
    )
    return _table(heads, rows)


def _openings_table(raw: Raw) -> str:
    """Each line with a cold and a warm cache, and on each the apps beside each other."""
    found = [(record["line"], record["cache"], record["case"]) for record in raw["openings"]]
    rows = []
    for line, cache, case in sorted(dict.fromkeys(found), key=lambda one: _place(found, one)):
        values = {
            name: opening(raw, case, line, cache, name)
            for name in ("readable_s", "done_s", "bytes", "layout_shift")
        }
        done, bare = values["done_s"], opening(raw, "bare", line, cache, "done_s")
        against_bare = ratio(done.median if done else None, bare.median if bare else None)
        rows.append(
            (
                f"{line}, {cache}",
                _name(case),
                _words(values["readable_s"], 2),
                _words(done, 2),
                _number(against_bare),
                _words(values["bytes"], 0, per=1e3),
                _words(values["layout_shift"], 3),
            )
        )
    heads = ("opening", "app", "readable s", "markers s", "× bare", "kB", "layout shift")
    return _table(heads, rows)


def _place(found: Sequence[tuple[str, str, str]], one: tuple[str, str, str]) -> tuple[int, int, int]:
    """Where a row stands: lines, caches and apps in the order in which they were measured."""
    orders = (list(dict.fromkeys(column)) for column in zip(*found, strict=True))
    line, cache, case = (order.index(value) for order, value in zip(orders, one, strict=True))
    return line, cache, case


def _filter_table(raw: Raw, cases: Sequence[str]) -> str:
    rows = []
    for case in cases:
        if figure(raw, case, "filter", "done_s") is None:
            continue
        cells = [
            cell
            for step in ("filter", "all")
            for cell in (
                _words(figure(raw, case, step, "done_s"), 2),
                _words(figure(raw, case, step, "bytes"), 0, per=1e3),
                _words(figure(raw, case, step, "cpu_s"), 2),
            )
        ]
        rows.append((_name(case), *cells))
    heads = ("filter", f"to {FILTERED} s", "kB", "server CPU s", "to all again s", "kB", "server CPU s")
    return _table(heads, rows)


def _moves_table(raw: Raw, cases: Sequence[str]) -> str:
    rows = []
    for case in cases:
        zoom, pan = moves(raw, case, "zoom_ms"), moves(raw, case, "pan_ms")
        asked = requests(raw, case)
        if zoom and pan and asked is not None:
            kinds = ", ".join(f"{count:.0f} {kind}" for kind, count in sorted(asked.items())) or "none"
            cells = (f"{one.median:.1f} / {one.high:.0f}" for one in (zoom, pan))
            rows.append((_name(case), *cells, kinds))
    heads = ("20 moves of the map", "zoom ms, median / longest", "pan ms", "requests a round")
    return _table(heads, rows)


def _visitors_table(raw: Raw) -> str:
    rows = []
    for record in raw["visitors"]:
        found = visitors(raw, record["case"], record["load"])
        if found:
            times = [_seconds(found[name]) for name in ("p50", "p95", "max")]
            done = f"{len(found['latencies_s'])} of {found['wanted']}"
            rows.append(
                (
                    record["load"],
                    _name(record["case"]),
                    *times,
                    done,
                    str(found["errors"]),
                    f"{found['bytes_per_run'] / 1e3:,.0f}",
                    f"{found['server_peak_mb']:,.0f}",
                )
            )
    heads = (
        "load",
        "app",
        "p50 s",
        "p95 s",
        "longest s",
        "answered",
        "errors",
        "kB each",
        "server MB at most",
    )
    return _table(heads, rows)


def _capacity_table(raw: Raw) -> str:
    """How many runs of pages a second one process carries; the visitors take their part of the same cores."""
    rows = []
    for record in raw["capacity"]:
        times, seconds = record["latencies_s"], record["seconds"]
        rows.append(
            (
                record["load"],
                _name(record["case"]),
                f"{len(times) / seconds:,.1f}",
                *(_seconds(percentile(times, share) if times else None) for share in (0.5, 0.95)),
                str(record["errors"]),
                f"{1000 * record['cpu_s'] / max(1, len(times)):,.0f}",
                f"{record['visitors_cpu_s'] / (record['cpu_s'] or 1):,.2f}",
            )
        )
    heads = (
        "load",
        "app",
        "answered a second",
        "p50 s",
        "p95 s",
        "errors",
        "server CPU ms each",
        "CPU of the visitors, to that",
    )
    return _table(heads, rows)


def _csv_table(raw: Raw) -> str:
    rows = []
    for record in raw["csv"]:
        time = Figure.of(record["seconds"])
        speed = ratio(record["bytes"] / 1e6, time.median if time else None)
        rows.append(
            (
                _name(record["case"]),
                _words(time, 2),
                f"{record['bytes'] / 1e6:.1f}",
                _number(speed),
                record.get("problem", ""),
            )
        )
    rows.append((_name("naive-36000"), "none over HTTP", NOTHING, NOTHING, ""))
    return _table(("CSV over HTTP", "s", "MB", "MB/s", ""), rows)


def _offline_table(raw: Raw) -> str:
    rows = [
        (
            _name(record["case"]),
            _words(Figure.of(record["bytes"]), 1, per=1e6),
            _words(Figure.of(record["made_s"]), 2),
            _words(Figure.of(record["open_s"]), 2),
        )
        for record in raw["offline"]
    ]
    return _table(("offline map", "MB", "download s", "open from disk s"), rows)


def _limits_table(raw: Raw) -> str:
    """All limits; of a run of one part, only those that it is about."""
    is_whole = "browser" in raw and "visitors" in raw
    rows = [
        (
            one.limit.words,
            f"{one.limit.sense} {_number(one.limit.bound)} {one.limit.unit}",
            NOTHING if one.value is None else f"{_number(one.value)} {one.limit.unit}",
            one.words,
        )
        for one in verdicts(raw)
        if is_whole or one.value is not None
    ]
    return _table(("limit", "promised", "measured", ""), rows)


def _problems(records: Sequence[Record]) -> list[str]:
    found = [(record["case"], record["problem"]) for record in records if record.get("problem")]
    return [f"{_name(case)}: {problem}." for case, problem in dict.fromkeys(found)]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _name(case: str) -> str:
    return NAMES.get(case, case)


def _words(found: Figure | None, decimals: int, *, per: float = 1) -> str:
    if found is None:
        return NOTHING
    return Figure(found.median / per, found.low / per, found.high / per).words(decimals)


def _number(value: float | None) -> str:
    """Three digits that count, no zeros behind them."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _seconds(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def _at(record: Record, path: Sequence[str]) -> Any:
    found: Any = record
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
