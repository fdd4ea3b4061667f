"""The benchmarks measure what they say: tables, the naive app, the report. No time is measured here."""

import json
from itertools import islice, pairwise
from pathlib import Path

import folium
import numpy as np
import pandas as pd
import pytest
import streamlit as st
from folium.plugins import FastMarkerCluster
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest

from tests.benchmarks import __main__ as command_line
from tests.benchmarks import cases, naive_server, report, tables, visitors

BENCHMARKS = Path(__file__).parent / "benchmarks"


@pytest.fixture(scope="module")
def middle() -> pd.DataFrame:
    return tables.plants(36_000)


# ---- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [5, 1_000])
def test_the_same_seed_gives_the_same_table(rows: int) -> None:
    pd.testing.assert_frame_equal(tables.plants(rows), tables.plants(rows))


def test_another_seed_gives_another_table() -> None:
    assert not tables.plants(1_000, seed=1).equals(tables.plants(1_000, seed=2))


@pytest.mark.parametrize("rows", [1, 5, 999, 36_000])
def test_a_table_has_the_rows_asked_for(rows: int) -> None:
    table = tables.plants(rows)
    assert len(table) == rows
    assert table["plant_id"].is_unique


def test_columns_and_their_kinds(middle: pd.DataFrame) -> None:
    kinds = {name: str(kind) for name, kind in middle.dtypes.items()}
    texts = ("plant_id", "name", "town", "region", "country", "owner", "status")
    assert kinds == {
        **dict.fromkeys(texts, "str"),
        "opened_year": "int64",
        "latitude": "float64",
        "longitude": "float64",
    }
    assert list(middle.columns) == [*texts[:6], "opened_year", "status", "latitude", "longitude"]


def test_the_filtered_country_has_its_share(middle: pd.DataFrame) -> None:
    assert 0.04 < (middle["country"] == "Italy").mean() < 0.05


def test_the_filtered_country_is_in_the_smallest_table() -> None:
    assert "Italy" in set(tables.plants(5)["country"])


def test_one_in_a_hundred_has_no_coordinates(middle: pd.DataFrame) -> None:
    assert (~tables.mappable(middle)).sum() == 360
    assert middle["latitude"].isna().equals(middle["longitude"].isna())


def test_all_other_coordinates_are_on_earth(middle: pd.DataFrame) -> None:
    placed = middle[tables.mappable(middle)]
    assert placed["latitude"].between(-60, 81).all()
    assert placed["longitude"].between(-180, 180).all()


def test_plants_stand_as_real_ones_do(middle: pd.DataFrame) -> None:
    placed = middle[tables.mappable(middle)]
    shares = placed["town"].value_counts(normalize=True)
    assert middle["country"].nunique() == 64
    assert len(shares) > 500
    assert shares.iloc[:32].sum() > 0.3, "few towns are large"
    assert 0.01 < placed.duplicated(["latitude", "longitude"]).mean() < 0.05, "some share a spot"
    assert set(middle["status"]) == set(tables.STATUSES)


def test_stored_tables_are_the_same_both_ways_and_kept(tmp_path: Path) -> None:
    files = tables.stored(1_000, tmp_path)
    from_csv, from_parquet = pd.read_csv(files.csv), pd.read_parquet(files.parquet)
    pd.testing.assert_frame_equal(from_csv, from_parquet)
    pd.testing.assert_frame_equal(from_parquet, tables.plants(1_000))
    written = files.csv.stat().st_mtime_ns, files.parquet.stat().st_mtime_ns
    again = tables.stored(1_000, tmp_path)
    assert (again.csv.stat().st_mtime_ns, again.parquet.stat().st_mtime_ns) == written
    assert sorted(tmp_path.iterdir()) == sorted([files.csv, files.parquet])


def test_stored_bytes_do_not_change(tmp_path: Path) -> None:
    one, other = tables.stored(500, tmp_path / "one"), tables.stored(500, tmp_path / "other")
    assert one.csv.read_bytes() == other.csv.read_bytes()
    assert one.parquet.read_bytes() == other.parquet.read_bytes()


def test_the_densest_spot_is_among_the_most_plants() -> None:
    latitude = [45.1, 45.2, 45.3, -10.0, np.nan]
    longitude = [9.1, 9.2, 9.3, 20.0, np.nan]
    table = pd.DataFrame({"latitude": latitude, "longitude": longitude})
    assert tables.densest_spot(table) == (45.2, 9.2)


# ---- apps ------------------------------------------------------------------------------------------


@pytest.fixture
def naive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    """The naive app over five plants; Folium's own files are put back afterwards."""
    for owner in (folium.Map, FastMarkerCluster):
        for name in ("default_js", "default_css"):
            monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setenv("BENCHMARK_TABLE", str(tables.stored(5, tmp_path).csv))
    monkeypatch.setenv("BENCHMARK_ASSETS", "/assets")
    st.cache_data.clear()
    return AppTest.from_file(BENCHMARKS / "naive.py", default_timeout=30).run()


def test_the_naive_app_shows_and_filters(naive: AppTest) -> None:
    assert not naive.exception
    assert naive.markdown[0].value == "5 plants"
    naive.multiselect[0].select("Italy").run()
    assert not naive.exception
    assert naive.markdown[0].value == "1 plants"
    assert naive.dataframe[0].value["country"].tolist() == ["Italy"]


def test_the_bare_page_is_bare() -> None:
    page = AppTest.from_file(BENCHMARKS / "bare.py").run()
    assert [title.value for title in page.title] == ["Bare"]


def test_the_naive_map_finds_its_files() -> None:
    for name in ("leaflet.js", "leaflet.css", "images/marker-icon.png", "leaflet.markercluster.js"):
        assert naive_server.compressed(name)
    for name in ("nothing.js", "../__init__.py", "images/../../__init__.py"):
        with pytest.raises(KeyError):
            naive_server.compressed(name)


# ---- visitors --------------------------------------------------------------------------------------


def test_visitors_are_spread_evenly_and_stay_in_time() -> None:
    load = visitors.Load(visitors=4, every_s=2, seconds=5)
    assert [visitors._times(load, number) for number in range(4)] == [
        [0, 2, 4],
        [0.5, 2.5, 4.5],
        [1, 3],
        [1.5, 3.5],
    ]


def test_a_visitor_asks_for_two_countries_then_for_all() -> None:
    wishes = visitors._wishes({"": 9, "Italy": 1, "Chile": 3, "Peru": 2, "Cuba": 2, "Iran": 1}, 7)
    asked = [next(wishes) for _ in range(30)]
    assert asked[2::3] == [""] * 10
    assert set(asked) <= {"", "Italy", "Chile", "Peru", "Cuba"}
    assert all(one != other for one, other in pairwise(asked))


def test_each_third_change_may_be_another_page() -> None:
    """The filter stays as it is then; the next pages are others."""
    truth = cases.Truth(3, 1, (0.0, 0.0), {"": 3, "Italy": 2, "Chile": 1})
    planned = list(islice(visitors.plan(truth, 4, pages=True), 9))
    assert [page for _, page in planned] == [None, None, 5, None, None, 6, None, None, 7]
    assert [planned[turn][0] for turn in (2, 5, 8)] == [planned[turn][0] for turn in (1, 4, 7)]
    assert {page for _, page in islice(visitors.plan(truth, 4, pages=False), 9)} == {None}


@pytest.mark.parametrize(
    ("option", "country"),
    [("Italy \\(4\\)", "Italy"), ("Côte d'Ivoire (1,200)", "Côte d'Ivoire"), ("Peru", "Peru")],
)
def test_the_country_of_an_option(option: str, country: str) -> None:
    assert visitors._country_of(option) == country


@pytest.mark.parametrize("is_cacheable", [True, False])
def test_the_head_of_a_large_message_is_enough(is_cacheable: bool) -> None:
    message = ForwardMsg(hash="a" * 32)
    message.metadata.cacheable = is_cacheable
    message.metadata.delta_path.extend([0, 1, 300])
    message.delta.new_element.markdown.body = "x" * 100_000
    assert visitors._head(message.SerializeToString()) == ("a" * 32 if is_cacheable else None)


def test_a_message_without_a_head_is_read_in_full() -> None:
    assert visitors._head(ForwardMsg(script_finished=0).SerializeToString()) is None


# ---- report ----------------------------------------------------------------------------------------


def _visit(case: str, number: int, open_s: float, **steps: object) -> dict[str, object]:
    opened = {"done_s": open_s, "bytes": 5_000_000, "cpu_s": 0.5}
    return {
        "case": case,
        "round": number,
        "open": opened,
        "server_mb": 200.0,
        "server_peak_mb": 210.0,
        **steps,
    }


def _opening(
    case: str, line: str, cache: str, readable_s: float, done_s: float, size: int, shift: float
) -> dict[str, object]:
    found = {"readable_s": readable_s, "done_s": done_s, "bytes": size, "layout_shift": shift}
    return {"case": case, "line": line, "cache": cache, "round": 1, **found}


def _step(seconds: float, size: int) -> dict[str, float]:
    return {"done_s": seconds, "bytes": size, "cpu_s": 0.1}


def _crowd(*, visitors: int, seconds: float, waits: list[float], errors: int) -> dict[str, object]:
    return {
        "case": "ours-36000",
        "load": f"{visitors} visitors every 2 s, over all pages",
        "seconds": seconds,
        "latencies_s": waits,
        "errors": errors,
        "cpu_s": 14.0,
        "visitors_cpu_s": 7.0,
    }


MOVES = {
    "zoom_ms": [10, 20, 90],
    "pan_ms": [5, 40],
    "requests_by_kind": {"names": 2, "base map": 4},
    "reruns": 0,
}
RAW = {
    "about": {"date": "2026-11-22", "machine": "2 cores", "rounds": 3},
    "notes": ["Datasette was not measured."],
    "browser": [
        _visit("bare", 1, 1.0),
        _visit("bare", 2, 1.2),
        _visit("bare", 3, 1.1),
        _visit("ours-5", 1, 1.5),
        _visit("ours-5", 2, 1.6),
        _visit("ours-5", 3, 1.7),
        _visit("naive-36000", 1, 5.0, all=_step(2.4, 9_000_000)),
        _visit("ours-36000", 1, 2.0, filter=_step(0.33, 20_000), all=_step(0.3, 10_000), moves=MOVES),
    ],
    "openings": [
        _opening("bare", "this machine", "cold", 0.8, 0.8, 2_700_000, 0.0),
        _opening("ours-5", "this machine", "cold", 0.1, 1.2, 1_100_000, 0.01),
        _opening("ours-5", "this machine", "warm", 0.2, 0.9, 30_000, 0.0),
        _opening("bare", "Fast 4G (60 ms, 8 Mbit/s)", "cold", 3.0, 3.0, 2_700_000, 0.0),
        _opening("ours-5", "Fast 4G (60 ms, 8 Mbit/s)", "cold", 0.6, 2.4, 1_100_000, 0.01),
        {"case": "ours-5", "line": "Slow 4G", "cache": "cold", "round": 1, "problem": "no answer in 120 s"},
    ],
    "visitors": [
        {
            "case": "ours-36000",
            "load": "50 visitors every 4 s",
            "latencies_s": [number / 100 for number in range(1, 101)],
            "wanted": 101,
            "errors": 2,
            "bytes_per_run": 20_000,
            "server_peak_mb": 300.0,
        }
    ],
    "capacity": [
        _crowd(visitors=30, seconds=20, waits=[0.1] * 300, errors=0),
        _crowd(visitors=70, seconds=20, waits=[0.1] * 690 + [0.4] * 10, errors=0),
        _crowd(visitors=90, seconds=20, waits=[0.1] * 800 + [0.4] * 100, errors=0),
        _crowd(visitors=100, seconds=20, waits=[0.1] * 1000, errors=1),
    ],
    "csv": [{"case": "ours-36000", "seconds": [0.2, 0.1, 0.3], "bytes": 4_000_000}],
    "offline": [
        {"case": "ours-5", "bytes": [1_800_000], "made_s": [0.1], "open_s": [0.5]},
        {"case": "ours-36000", "bytes": [5_600_000], "made_s": [1.0, 1.2, 1.1], "open_s": [3.6, 3.2, 3.3]},
    ],
}


def test_a_figure_is_the_median_of_all_rounds() -> None:
    assert report.figure(RAW, "ours-5", "open", "done_s") == report.Figure(1.6, 1.5, 1.7)
    assert report.figure(RAW, "ours-5", "filter", "done_s") is None
    assert report.figure(RAW, "unknown", "open", "done_s") is None


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.5), (0.95, 0.95), (1, 1.0), (0.001, 0.01)])
def test_percentiles(share: float, expected: float) -> None:
    values = [number / 100 for number in range(100, 0, -1)]
    assert report.percentile(values, share) == expected


VERDICTS = {
    "open 5, against a bare page": (1.5, "missed by 11 %"),
    "the same on Fast 4G, cold": (0.8, "met"),
    "the same on Slow 4G, cold": (None, "not measured"),
    "5: first answer readable": (0.1, "met"),
    "the same on Fast 4G": (0.6, "missed by 20 %"),
    "5: transferred, cold": (1100, "met"),
    "5: layout shift": (0.01, "met"),
    "5: filter to one country": (None, "not measured"),
    "5: all again": (None, "not measured"),
    "open 36,000, against our 5": (1.25, "missed by 4 %"),
    "36,000: filter to one country": (0.33, "missed by 32 %"),
    "36,000: all again, faster than naive": (8, "met"),
    "36,000: all again, fewer bytes than naive": (900, "met"),
    "36,000: zoom": (20, "met"),
    "36,000: pan": (22.5, "met"),
    "36,000: requests while moving, but names and base map": (0, "met"),
    "open 1,000,000, against our 5": (None, "not measured"),
    "1,000,000: filter to one country": (None, "not measured"),
    "1,000,000: pan": (None, "not measured"),
    "1,000,000: server memory at most used": (None, "not measured"),
    "36,000, 20 visitors every 2 s: p95, below naive": (None, "not measured"),
    "36,000, 50 visitors every 4 s: p95": (0.95, "missed by 58 %"),
    "36,000, 50 visitors every 4 s: errors": (2, "missed by 2"),
    "5: server CPU of one filter change": (None, "not measured"),
    "36,000: server CPU of one filter change": (None, "not measured"),
    "36,000, over all pages: changes a second in time": (35, "met"),
    "offline map of 5: size": (1.8, "met"),
    "offline map of 36,000: open": (3.3, "missed by 10 %"),
}


def test_every_limit_is_judged() -> None:
    found = {one.limit.words: (one.value, one.words) for one in report.verdicts(RAW)}
    assert {
        words: (value and pytest.approx(value), said) for words, (value, said) in VERDICTS.items()
    } == found


def test_a_promise_that_is_missed_from_below_says_by_how_much() -> None:
    limit = report.Limit("faster", 8, "×", lambda _raw: 6.0, "at least")
    assert report._verdict(limit, 6.0).words == "missed by 25 %"


def test_the_report_as_markdown() -> None:
    text = report.as_markdown(RAW)
    rows = text.splitlines()
    assert rows[2].startswith("Measured on 2026-11-22 by `python -m tests.benchmarks`: 2 cores; ")
    assert rows[2].endswith("medians of 3 rounds, smallest–largest in brackets.")
    assert "**Note.** Datasette was not measured." in rows
    assert "| ours, the five plants | 1.60 (1.50–1.70) | 1.45 | 5.0 | 0.50 | – | 200 | 210 |" in rows
    assert "| this machine, cold | ours, the five plants | 0.10 | 1.20 | 1.5 | 1,100 | 0.010 |" in rows
    assert "| this machine, warm | ours, the five plants | 0.20 | 0.90 | – | 30 | 0.000 |" in rows
    assert "ours, the five plants: no answer in 120 s." in rows
    assert "| ours, 36,000 | 0.33 | 20 | 0.10 | 0.30 | 10 | 0.10 |" in rows
    assert "| ours, 36,000 | 20.0 / 90 | 22.5 / 40 | 4 base map, 2 names |" in rows
    assert "| 50 visitors every 4 s | ours, 36,000 | 0.50 | 0.95 | 1.00 | 100 of 101 | 2 | 20 | 300 |" in rows
    crowd = "| 70 visitors every 2 s, over all pages | ours, 36,000 | 35.0 | 0.10 | 0.10 | 0 | 20 | 0.50 |"
    assert crowd in rows
    assert "| ours, 36,000 | 0.20 (0.10–0.30) | 4.0 | 20 |  |" in rows
    assert "| ours, 36,000 | 5.6 | 1.10 (1.00–1.20) | 3.30 (3.20–3.60) |" in rows
    assert "| 36,000: filter to one country | at most 0.25 s | 0.33 s | missed by 32 % |" in rows


def test_a_report_of_one_part_leaves_the_others_out() -> None:
    text = report.as_markdown({"about": RAW["about"], "csv": RAW["csv"]})
    assert "open to markers" not in text
    assert "CSV over HTTP" in text
    assert "not measured" not in text


def test_what_went_wrong_is_said_once() -> None:
    broken = {"case": "naive-1000000", "problem": "open: no answer in 120 s", "server_mb": 1.0}
    text = report.as_markdown({**RAW, "browser": [*RAW["browser"], broken, broken]})
    assert text.count("naive app, 1,000,000: open: no answer in 120 s.") == 1


def test_raw_numbers_survive_json() -> None:
    assert report.as_markdown(json.loads(json.dumps(RAW))) == report.as_markdown(RAW)


# ---- command line ----------------------------------------------------------------------------------


def test_a_whole_run_is_written_into_the_project(tmp_path: Path) -> None:
    options = command_line._options(["--work", str(tmp_path)])
    assert (options.out, options.rounds, options.openings) == (BENCHMARKS / "results.md", 3, 5)


@pytest.mark.parametrize("arguments", [["--quick"], ["--only", "csv"], ["--only", "openings"]])
def test_a_part_of_a_run_does_not_take_its_place(arguments: list[str], tmp_path: Path) -> None:
    options = command_line._options([*arguments, "--work", str(tmp_path)])
    assert options.out == tmp_path / "results.md"


def test_the_naive_app_with_a_million_plants_is_asked_for() -> None:
    keys = [case.key for case in cases.chosen(quick=False, everything=False)]
    assert keys == [
        "bare",
        "naive-5",
        "ours-5",
        "naive-36000",
        "ours-36000",
        "ours-1000000",
        "datasette-36000",
    ]
    assert cases.chosen(quick=True, everything=True)[-1] == cases.NAIVE_LARGE
