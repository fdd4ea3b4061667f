"""Places: asked once, remembered for good, and a failure is never an answer."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from atlas.geocoding import resolve
from atlas.geocoding.csv_cache import FileCache, ShippedCache
from atlas.geocoding.place import Place
from atlas.geocoding.service import Ask
from atlas.place_columns import PLACE_COLUMNS
from tests.geocoding.asking import DAY, FIVE, HEADER, MELFI, asker, five, never, one, spot
from tests.nominatim import Clock, NominatimServer, failed, garbled, place

# --- asked once, politely ---


def test_five_addresses_are_five_requests_one_second_apart(
    server: NominatimServer, ask: Ask, cache: FileCache
) -> None:
    """An empty cache means one request per address, one second apart by the limiter's clock."""
    located = resolve.locate(five(), caches=[cache], ask=ask, today=DAY)
    assert [request.query for request in server.requests] == [row[2] for row in FIVE]
    assert [request.time for request in server.requests] == [1_000.0, 1_001.0, 1_002.0, 1_003.0, 1_004.0]
    assert spot(located) == [row[3:] for row in FIVE]
    assert (located.asked, located.from_cache, located.problem) == (5, 0, None)


def test_run_again_asks_nothing(server: NominatimServer, ask: Ask, cache: FileCache) -> None:
    """The second run, and one after a restart, make no request and say the same."""
    first = resolve.locate(five(), caches=[cache], ask=ask, today=DAY)
    server.requests.clear()
    for again in (cache, FileCache(cache.path)):
        located = resolve.locate(five(), caches=[again], ask=ask, today=DAY)
        assert (located.asked, located.from_cache, server.requests) == (0, 5, [])
        pd.testing.assert_frame_equal(located.table, first.table)


def test_same_address_is_asked_once_per_run(server: NominatimServer, ask: Ask, cache: FileCache) -> None:
    """Addresses that differ in case, width or white space are one question."""
    texts = [
        "Melfi , Italy",
        "MELFI,Italy",
        "  Melfi,\u00a0 \n Italy ",
        "Ｍelfi, Italy",
        "Mel\u00adfi, Italy",
    ]
    server.places["Melfi, Italy"] = place(41.0, 15.7)
    table = pd.DataFrame({"plant_id": list("abcde"), "name": list("ABCDE"), "address": texts})
    located = resolve.locate(table, caches=[cache], ask=ask, today=DAY)
    assert [request.query for request in server.requests] == ["Melfi, Italy"]
    assert spot(located) == [(41.0, 15.7)] * 5


def test_two_threads_asking_the_same_place_ask_once(
    server: NominatimServer, ask: Ask, cache: FileCache
) -> None:
    """Who comes while another is asking waits for that answer, also through another cache object."""
    looked = threading.Event()

    class Watched(FileCache):
        def get_many(self, keys: Iterable[str]) -> dict[str, Place]:
            found = super().get_many(keys)
            looked.set()
            return found

    server.hold()
    done: list[resolve.Located] = []

    def run(own: FileCache) -> None:
        done.append(resolve.locate(five().iloc[[2]], caches=[own], ask=ask, today=DAY))

    first = threading.Thread(target=run, args=(cache,))
    second = threading.Thread(target=run, args=(Watched(cache.path),))
    first.start()
    assert server.asked.wait(10)
    second.start()
    assert looked.wait(10)
    server.released.set()
    first.join(10)
    second.join(10)
    assert sorted(located.asked for located in done) == [0, 1]
    assert (len(server.requests), [spot(located) for located in done]) == (1, [[(41.0758, 15.7159)]] * 2)


# --- failures, misses, refreshes ---


def test_a_server_that_is_down_leaves_what_is_known(
    server: NominatimServer, ask: Ask, cache: FileCache
) -> None:
    """Two answered plants stay placed and cached when the server goes away; the others wait, unmissed."""
    resolve.locate(five().iloc[:2], caches=[cache], ask=ask, today=DAY)
    server.stop()
    located = resolve.locate(five(), caches=[cache], ask=ask, today=DAY)
    assert located.problem == (
        f"The geocoder nominatim at {server.url} cannot be reached (connection refused). "
        "Check the network and ATLAS_GEOCODER_URL, or choose another service with ATLAS_GEOCODER."
    )
    assert spot(located) == [row[3:] for row in FIVE[:2]] + [(None, None)] * 3
    assert (located.from_cache, located.not_found, len(cache.rows())) == (2, [], 2)
    assert resolve.describe(located) == (
        "2 of 5 plants have a place: 2 in the cache. 3 were not looked up. " + located.problem
    )


def test_a_failure_half_way_keeps_the_answers_before_it(
    server: NominatimServer, ask: Ask, cache: FileCache
) -> None:
    """Answers are saved as they arrive, so the next run asks only for the rest."""
    server.answer = lambda query: server.search(query) if "Melfi" not in query else (500, b"")
    assert resolve.locate(five(), caches=[cache], ask=ask, today=DAY).asked == 2
    server.answer = server.search
    server.requests.clear()
    located = resolve.locate(five(), caches=[FileCache(cache.path)], ask=ask, today=DAY)
    assert (len(server.requests), located.asked, located.from_cache) == (3, 3, 2)


def test_a_slow_server_is_a_timeout(server: NominatimServer, clock: Clock, cache: FileCache) -> None:
    """A server that keeps us waiting is unavailable, not empty."""
    server.hold()
    ask = asker(server, clock, ATLAS_GEOCODER_TIMEOUT_S="0.05")
    located = resolve.locate(one(), caches=[cache], ask=ask, today=DAY)
    assert located.problem is not None
    assert "did not answer within 0.05 s. Try again later, raise ATLAS_GEOCODER_TIMEOUT_S" in located.problem
    assert not cache.path.exists()


def test_no_such_place_is_remembered_for_thirty_days(
    server: NominatimServer, ask: Ask, cache: FileCache
) -> None:
    """A miss is a row without coordinates, kept for 29 days and asked again on the 30th."""
    asked = []
    for day in (date(2026, 2, 1), date(2026, 3, 2), date(2026, 3, 3)):
        located = resolve.locate(one("Atlantis"), caches=[FileCache(cache.path)], ask=ask, today=day)
        assert (located.not_found, located.problem, spot(located)) == (["Melfi Plant"], None, [(None, None)])
        asked.append(located.asked)
    assert (asked, len(server.requests)) == ([1, 0, 1], 2)
    assert (
        cache.path.read_text(encoding="utf-8") == f"{HEADER}Atlantis,,,,nominatim,{server.url},2026-03-03\n"
    )
    assert resolve.describe(located) == "0 of 1 plant has a place. No such place was found for Melfi Plant."


def test_refresh_asks_again_and_says_what_moved(server: NominatimServer, ask: Ask, cache: FileCache) -> None:
    """A refreshed place outranks the shipped one from then on, and `describe` tells the distance."""
    shipped = FileCache(cache.path.with_name("shipped.csv"))
    shipped.put(replace(MELFI, query=FIVE[2][2]))
    caches = [ShippedCache(shipped.path), cache]
    server.places[FIVE[2][2]] = place(41.0858, 15.7159)
    later = date(2026, 2, 2)
    located = resolve.locate(five().iloc[[2]], caches=caches, ask=ask, refresh=True, today=later)
    assert (located.changed, len(server.requests)) == (["Melfi Plant moved by 1,111 m"], 1)
    assert resolve.describe(located) == (
        "1 of 1 plant has a place: 1 by asking. Changed: Melfi Plant moved by 1,111 m."
    )
    assert spot(resolve.locate(five().iloc[[2]], caches=caches, today=later)) == [(41.0858, 15.7159)]


@pytest.mark.parametrize("answer", [garbled(b"[]"), failed(500)])
def test_a_refresh_that_knows_less_takes_nothing_away(
    server: NominatimServer, ask: Ask, cache: FileCache, answer: Any
) -> None:
    """Neither a miss nor a failure replaces a known place."""
    cache.put(MELFI)
    before = cache.path.read_bytes()
    server.answer = answer
    located = resolve.locate(one(), caches=[cache], ask=ask, refresh=True, today=DAY)
    assert (spot(located), cache.path.read_bytes()) == ([(41.0758, 15.7159)], before)
    assert (located.from_cache, located.not_found) == (1, [])


# --- what a row says itself ---


def test_rows_with_usable_coordinates_keep_them() -> None:
    """Own coordinates win, also as text; accuracy is unknown and the table is named unless it says more."""
    table = pd.DataFrame(
        {
            "plant_id": ["a", "b", "c"],
            "name": ["A", "B", "C"],
            "address": ["x", "y", None],
            "latitude": ["45.5", "-90", "200"],
            "longitude": ["9.1", "180", "9"],
            "accuracy_m": [None, 300, 5],
            "geocoder": [None, "GPS", "GPS"],
        },
        index=["i", "i", "k"],
    )
    before = table.copy(deep=True)
    located = resolve.locate(table, caches=[], ask=never)
    pd.testing.assert_frame_equal(table, before)
    expected = before.assign(
        latitude=[45.5, -90.0, float("nan")],
        longitude=[9.1, 180.0, float("nan")],
        accuracy_m=[float("nan"), 300.0, float("nan")],
        geocoder=pd.array(["given in the table", "GPS", ""], dtype="str"),
    )
    pd.testing.assert_frame_equal(located.table, expected)
    assert (located.from_table, located.from_cache, located.asked, located.not_found) == (2, 0, 0, [])


def test_new_columns_come_last(cache: FileCache) -> None:
    """A table without places gets exactly the place columns after its own, with their types."""
    cache.put(MELFI)
    located = resolve.locate(one(), caches=[cache])
    assert list(located.table) == ["plant_id", "name", "address", *PLACE_COLUMNS]
    assert [str(located.table[name].dtype) for name in PLACE_COLUMNS] == ["float64"] * 3 + ["str"]
    assert located.table.iloc[0].tolist() == [
        "melfi",
        "Melfi Plant",
        "Melfi, Italy",
        41.0758,
        15.7159,
        300.0,
        "by hand",
    ]


@pytest.mark.parametrize("empty", ["", "  ", None, float("nan"), pd.NA])
def test_without_an_address_the_town_is_asked(server: NominatimServer, ask: Ask, empty: Any) -> None:
    """An empty address means "town, region, country", leaving out what is empty."""
    table = one(empty, town=["Melfi "], region=[empty], country=["Italy"])
    resolve.locate(table, caches=[], ask=ask)
    assert [request.query for request in server.requests] == ["Melfi, Italy"]


@pytest.mark.parametrize("nothing", ["", " , ,", None, "???", "\x00\x1b", "\ud800", "long " * 81])
def test_what_is_no_query_is_not_asked(nothing: Any) -> None:
    """Empty, wordless or endless texts are neither asked nor called "not found"."""
    located = resolve.locate(one(nothing), caches=[], ask=never)
    assert (spot(located), located.not_found, located.problem) == ([(None, None)], [], None)
    assert resolve.describe(located) == "0 of 1 plant has a place. 1 was not looked up."


def test_an_empty_table() -> None:
    """No rows are no trouble."""
    located = resolve.locate(one().iloc[:0], caches=[], ask=never)
    assert (list(located.table), len(located.table)) == (
        ["plant_id", "name", "address", *PLACE_COLUMNS],
        0,
    )


def test_progress_and_cancel(ask: Ask, cache: FileCache) -> None:
    """Progress counts the questions; raising from it ends the run and what was asked is saved."""
    steps = []

    def stop_after_two(done: int, total: int) -> None:
        steps.append((done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resolve.locate(five(), caches=[cache], ask=ask, on_progress=stop_after_two, today=DAY)
    assert (steps, len(cache.rows())) == ([(1, 5), (2, 5)], 2)


def test_today_is_today(ask: Ask, cache: FileCache) -> None:
    """Without a date given, answers carry today's."""
    before = datetime.now(UTC).date()
    resolve.locate(one("Atlantis"), caches=[cache], ask=ask)
    assert before <= cache.rows()[0].retrieved <= datetime.now(UTC).date()
