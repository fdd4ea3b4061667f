"""Places: asked once, remembered for good, and a failure is never an answer."""

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from atlas import __version__
from atlas.errors import CacheError, ConfigurationError, GeocoderUnavailable
from atlas.geocoding import resolve, store
from atlas.geocoding.csv_cache import COLUMNS, FileCache, ShippedCache
from atlas.geocoding.place import Place, key_of, tidy
from atlas.geocoding.service import Ask, Geocode, GeocoderSettings, accuracy, default_ask, settings
from atlas.place_columns import PLACE_COLUMNS
from atlas.settings import cache_folder
from tests.nominatim import Clock, NominatimServer, Queue, failed, garbled, place

FIVE = [
    (
        "cassino",
        "Cassino Plant",
        "Viale Giovanni Agnelli, 03030 Piedimonte San Germano FR, Italy",
        41.474,
        13.755,
    ),
    (
        "pomigliano",
        "Pomigliano d'Arco Plant",
        "Via Ex Aeroporto, 80038 Pomigliano d'Arco NA, Italy",
        40.9268,
        14.4013,
    ),
    ("melfi", "Melfi Plant", "Zona Industriale San Nicola, 85025 Melfi PZ, Italy", 41.0758, 15.7159),
    ("modena", "Modena Plant", "Viale Ciro Menotti 322, 41121 Modena MO, Italy", 44.6495, 10.941),
    (
        "toluca",
        "Toluca Plant",
        "Paseo Tollocan km 60.5, Zona Industrial, Toluca de Lerdo, Estado de México, Mexico",
        19.2903,
        -99.6068,
    ),
]
DAY = date(2026, 2, 1)
HEADER = ",".join(COLUMNS) + "\n"
MELFI = Place("Melfi, Italy", 41.0758, 15.7159, 300.0, "by hand", "https://example.org", DAY)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[NominatimServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with NominatimServer(clock) as server:
        server.places = {address: place(lat, lon) for _, _, address, lat, lon in FIVE}
        yield server


@pytest.fixture
def ask(server: NominatimServer, clock: Clock) -> Ask:
    return asker(server, clock)


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    return FileCache(tmp_path / "cache" / "places.csv")


def asker(server: NominatimServer, clock: Clock, **env: str) -> Ask:
    found = default_ask(Queue(clock), {"ATLAS_GEOCODER_URL": server.url, **env})
    assert found is not None
    return found


def five() -> pd.DataFrame:
    return pd.DataFrame(
        [row[:3] for row in FIVE], columns=["plant_id", "name", "address"], index=[9, 9, 3, 2, 1]
    )


def one(address: Any = "Melfi, Italy", **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "plant_id": ["melfi"],
            "name": ["Melfi Plant"],
            "address": pd.Series([address], dtype=object),
            **columns,
        }
    )


def never(query: str) -> Place:
    raise AssertionError(f"asked about {query}")


def spot(located: resolve.Located) -> list[tuple[Any, ...]]:
    """Latitude and longitude of every row, None where there is none."""
    pairs = located.table[["latitude", "longitude"]].to_numpy().tolist()
    return [(None, None) if lat != lat else (lat, lon) for lat, lon in pairs]


# --- asked once, politely ---


def test_five_addresses_are_five_requests_one_second_apart(
    server: NominatimServer, ask: Ask, cache: FileCache
) -> None:
    """An empty cache means one request per address, one second apart by the limiter's clock."""
    located = resolve.locate(five(), caches=[cache], ask=ask, today=DAY)
    assert [request.query for request in server.requests] == [row[2] for row in FIVE]
    assert [request.time for request in server.requests] == [0.0, 1.0, 2.0, 3.0, 4.0]
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


def test_the_file_after_five_answers(ask: Ask, cache: FileCache) -> None:
    """The cache file is exactly the answers in the shipped format, and no temporary file is left."""
    resolve.locate(five().iloc[[2]], caches=[cache], ask=ask, today=DAY)
    assert cache.path.read_text(encoding="utf-8") == HEADER + (
        '"Zona Industriale San Nicola, 85025 Melfi PZ, Italy",41.0758,15.7159,100,nominatim,'
        "https://www.openstreetmap.org/way/42,2026-02-01\n"
    )
    assert list(cache.path.parent.iterdir()) == [cache.path]


def test_every_request_says_who_asks(server: NominatimServer, ask: Ask) -> None:
    """The user agent names the atlas and its version, and Nominatim's /search is asked."""
    resolve.locate(one(), caches=[], ask=ask)
    assert [(r.user_agent, r.path) for r in server.requests] == [
        (f"alfa-romeo-plant-atlas/{__version__}", "/search")
    ]


def test_a_server_below_a_path(server: NominatimServer, clock: Clock) -> None:
    """A server's path is kept, and a pasted /search is not doubled."""
    for tail in ("/geo", "/geo/search/"):
        resolve.locate(one(), caches=[], ask=asker(server, clock, ATLAS_GEOCODER_URL=server.url + tail))
    assert [request.path for request in server.requests] == ["/geo/search", "/geo/search"]


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


def test_two_askers_take_turns(server: NominatimServer, clock: Clock) -> None:
    """Two sessions with the same service and server take turns, a second apart."""
    turns = Queue(clock)
    for _ in range(2):
        ask = default_ask(turns, {"ATLAS_GEOCODER_URL": server.url})
        resolve.locate(one(), caches=[], ask=ask)
    assert [request.time for request in server.requests] == [0.0, 1.0]


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


def test_threads_do_not_lose_each_others_answers(cache: FileCache) -> None:
    """Twenty threads through twenty objects save twenty places in one file."""

    def put(number: int) -> None:
        FileCache(cache.path).put(replace(MELFI, query=f"Place {number}"))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(FileCache(cache.path).get_many(f"place {n}" for n in range(20))) == sorted(
        f"place {n}" for n in range(20)
    )


# --- failures, misses, refreshes ---

FAILURES = [
    (failed(500), "failed (HTTP status 500). Try again later", 2),
    (failed(503), "failed (HTTP status 503). Try again later", 2),
    (failed(404), "failed (HTTP status 404). Try again later, check ATLAS_GEOCODER_URL", 1),
    (failed(429), "wants fewer requests (HTTP status 429). Try again later, raise ATLAS_GEOCODER_DELAY_S", 1),
    (failed(403), "refused us (HTTP status 403). Check ATLAS_GEOCODER_KEY and ATLAS_GEOCODER_USER_AGENT", 1),
    (failed(400), "did not accept the request (HTTP status 400). Check the address", 1),
    (garbled(b"<html>Welcome to the hotel</html>"), "gave an answer that makes no sense. Check ATLAS_", 1),
    (garbled(b"\xff\xfe"), "gave an answer that makes no sense", 1),
    (garbled(b"{}"), "gave an answer that makes no sense", 1),
    (garbled(b"null"), "gave an answer that makes no sense", 1),
    (garbled(b'"hello"'), "gave an answer that makes no sense", 1),
    (garbled(b"[{}]"), "gave an answer that makes no sense", 1),
    (garbled(b'[{"display_name": "x", "lat": NaN, "lon": NaN}]'), "gave an answer that makes no sense", 1),
    (garbled(b'[{"display_name": "x", "lat": "200", "lon": "10"}]'), "gave an answer that makes no sense", 1),
    (
        garbled(b'[{"display_name": "x", "lat": "10", "lon": "200"}]'),
        "(impossible coordinates 10.0, 200.0)",
        1,
    ),
    (garbled(b'[{"display_name": "x", "lat": "0", "lon": "0"}]'), "(impossible coordinates 0.0, 0.0)", 1),
    (garbled(b'[{"display_name": "x", "lat": "10"}]'), "gave an answer that makes no sense", 1),
    (garbled(b"[" * 100_000), "gave an answer that makes no sense", 1),
]


@pytest.mark.filterwarnings("ignore:Latitude normalization")
@pytest.mark.parametrize(("answer", "sentence", "requests"), FAILURES)
def test_a_failure_is_a_sentence_and_is_never_remembered(
    server: NominatimServer, ask: Ask, cache: FileCache, answer: Any, sentence: str, requests: int
) -> None:
    """No failure is an answer: asking stops at once, one sentence says why, nothing is written."""
    server.answer = answer
    located = resolve.locate(five(), caches=[cache], ask=ask, today=DAY)
    assert located.problem is not None
    assert located.problem.startswith(f"The geocoder nominatim at {server.url} ")
    assert sentence in located.problem
    assert (len(server.requests), located.asked, located.not_found) == (requests, 0, [])
    assert not cache.path.exists()


def test_retries_keep_the_limit(server: NominatimServer, ask: Ask) -> None:
    """A request that is tried again waits its second like any other."""
    server.answer = failed(500)
    resolve.locate(one(), caches=[], ask=ask)
    assert server.requests[1].time - server.requests[0].time >= 1.0


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


def test_the_cause_is_kept(server: NominatimServer, ask: Ask) -> None:
    """Asking directly raises `GeocoderUnavailable` from geopy's own error."""
    server.answer = failed(403)
    with pytest.raises(GeocoderUnavailable) as caught:
        ask("Melfi")
    assert type(caught.value.__cause__).__name__ == "GeocoderInsufficientPrivileges"


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
    assert resolve.describe(located) == "0 of 1 plants have a place. No such place was found for Melfi Plant."


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
        "1 of 1 plants have a place: 1 by asking. Changed: Melfi Plant moved by 1,111 m."
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
    assert resolve.describe(located) == "0 of 1 plants have a place. 1 was not looked up."


def test_an_empty_table() -> None:
    """No rows are no trouble."""
    located = resolve.locate(one().iloc[:0], caches=[], ask=never)
    assert (list(located.table), len(located.table)) == (
        ["plant_id", "name", "address", *PLACE_COLUMNS],
        0,
    )


HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "'=1+1",
    "-9 Main Street",
    "@SUM(A1)",
    "${alert(1)}`\\1",
    "<script>alert(1)</script>",
    "a&q=b&limit=50#frag?x=%00",
    "'; DROP TABLE places; --",
    "../../etc/passwd",
    '"quoted", with\nnew line',
    "工場 東京都 🏭",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(server: NominatimServer, ask: Ask, cache: FileCache, text: str) -> None:
    """Whatever an address holds, it is asked as one parameter, found again in the file, and no formula."""
    server.places[tidy(text)] = place(45.0, 9.0)
    assert resolve.locate(one(text), caches=[cache], ask=ask, today=DAY).asked == 1
    again = resolve.locate(one(text), caches=[FileCache(cache.path)], ask=never)
    assert (spot(again), again.from_cache) == ([(45.0, 9.0)], 1)
    assert server.requests[0].query == tidy(text)
    assert not cache.path.read_text(encoding="utf-8").splitlines()[1].lstrip('"').startswith(("=", "-", "@"))


# --- accuracy ---

ACCURACIES = [
    ({"boundingbox": ["41.0", "41.0", "15.0", "15.0"]}, 10.0),
    ({"boundingbox": ["41.0", "41.01", "15.0", "15.0"]}, 555.0),
    ({"boundingbox": ["-90", "90", "-180", "180"], "type": "country"}, 5_000_000.0),
    ({"boundingbox": ["-10", "10", "-180", "180"]}, 5_000_000.0),
    ({"boundingbox": ["x", "41", "15", "15"], "addresstype": "town"}, 5_000.0),
    ({"boundingbox": None, "type": "house"}, 100.0),
    ({"properties": {"type": "street"}}, 1_000.0),
    ({"type": "country"}, 500_000.0),
]


@pytest.mark.parametrize(("raw", "metres"), ACCURACIES)
def test_accuracy(raw: dict[str, Any], metres: float) -> None:
    """Half the diagonal of the box, else by kind, between 10 m and 5,000 km."""
    assert accuracy(raw) == metres


def test_accuracy_unknown() -> None:
    """An answer that says nothing of its size has no accuracy, rather than a made-up one."""
    assert pd.isna(accuracy({"type": "unheard-of"}))


# --- the cache file ---

GOOD = "Melfi,41,15,300,by hand,,2026-02-01\n"
BROKEN = [
    (b"", ["is empty"]),
    (b"name,lat\n", ["has the header 'name,lat'", HEADER.strip()]),
    ((HEADER + "Melfi,41,15\n").encode(), ["has 3 columns in row 2 instead of 7"]),
    (
        (HEADER + GOOD + "Modena,91,15,300,,,2026-02-01\n").encode(),
        ["row 3, column latitude, the value '91'"],
    ),
    ((HEADER + "Melfi,41,181,300,,,2026-02-01\n").encode(), ["row 2, column longitude, the value '181'"]),
    ((HEADER + "Melfi,41,nan,300,,,2026-02-01\n").encode(), ["row 2, column longitude, the value 'nan'"]),
    ((HEADER + "Melfi,41,,300,,,2026-02-01\n").encode(), ["row 2, column longitude, the value ''"]),
    ((HEADER + "Melfi,41,15,-3,,,2026-02-01\n").encode(), ["row 2, column accuracy_m, the value '-3'"]),
    ((HEADER + "Melfi,41,15,1_000,,,2026-02-01\n").encode(), ["row 2, column accuracy_m, the value '1_000'"]),
    ((HEADER + "Melfi,41,15,300,,,yesterday\n").encode(), ["row 2, column retrieved, the value 'yesterday'"]),
    ((HEADER + " ,41,15,300,,,2026-02-01\n").encode(), ["row 2, column query, the value ' '"]),
    ((HEADER + GOOD + GOOD.upper()).encode(), ["row 3, column query, the value 'MELFI' a second time"]),
    ((HEADER + '"Melfi,41').encode(), ["is not a CSV file"]),
    (HEADER.encode() + b"Caf\xe9,41,15,300,,,2026-02-01\n", ["is not UTF-8 text"]),
]


@pytest.mark.parametrize(("content", "words"), BROKEN)
def test_a_broken_cache_says_where_and_is_not_overwritten(
    tmp_path: Path, content: bytes, words: list[str]
) -> None:
    """The sentence names file, row, column, value and the way out; nothing is asked, nothing written."""
    path = tmp_path / "places.csv"
    path.write_bytes(content)
    with pytest.raises(CacheError) as caught:
        FileCache(path).put(MELFI)
    for word in [str(path), *words, "Correct the file, or delete it to start afresh."]:
        assert word in str(caught.value)
    located = resolve.locate(one(), caches=[FileCache(path)], ask=never)
    assert (located.problem, path.read_bytes()) == (str(caught.value), content)


def test_a_file_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """A byte order mark, CRLF and blank lines are no reason to refuse a good file."""
    path = tmp_path / "places.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + GOOD + "\n").replace("\n", "\r\n").encode())
    assert FileCache(path).get_many(["melfi"])["melfi"].accuracy_m == 300.0


def test_shipped_places_come_without_asking(tmp_path: Path) -> None:
    """A start with everything shipped asks nobody, and creates neither folder nor file."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "places.csv").write_text(HEADER + '"Melfi, Italy",41,15,300,by hand,,2026-02-01\n')
    env = {"ATLAS_CACHE_DIR": str(tmp_path / "own")}
    located = resolve.locate(one(), caches=store.default_caches(tmp_path / "data", env), ask=never)
    assert (spot(located), located.from_cache, (tmp_path / "own").exists()) == ([(41.0, 15.0)], 1, False)


def test_a_missing_shipped_file_is_told(tmp_path: Path) -> None:
    """A product without its places says so instead of asking the network for them."""
    env = {"ATLAS_CACHE_DIR": str(tmp_path / "own")}
    located = resolve.locate(one(), caches=store.default_caches(tmp_path, env), ask=never)
    assert located.problem is not None
    assert located.problem.startswith(
        f"The file {tmp_path / 'places.csv'} that ships with the atlas is missing."
    )


def test_a_cache_that_cannot_be_written_is_told_before_asking(tmp_path: Path) -> None:
    """Without a place to save answers nothing is asked; what is known is still shown."""
    (tmp_path / "own").write_text("a file, not a folder")
    caches = [FileCache(tmp_path / "read.csv"), FileCache(tmp_path / "own" / "places.csv")]
    caches[0].put(MELFI)
    shipped = [ShippedCache(caches[0].path), caches[1]]
    assert resolve.locate(one(), caches=shipped, ask=never).problem is None
    table = pd.concat([one(), one("Atlantis")])
    located = resolve.locate(table, caches=shipped, ask=never)
    assert located.problem == (
        f"The cache folder {tmp_path / 'own'} cannot be written (file exists). "
        "Set ATLAS_CACHE_DIR to a folder that can."
    )
    assert spot(located) == [(41.0758, 15.7159), (None, None)]


def test_a_crash_while_saving_leaves_the_old_file(
    ask: Ask, cache: FileCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the last step fails the old file is whole, no other file is left, and the answer is still shown."""
    cache.put(MELFI)
    before = cache.path.read_bytes()

    def crash(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", crash)
    located = resolve.locate(five(), caches=[cache], ask=ask, today=DAY)
    assert located.problem is not None
    assert "cannot be written (no space left on device)" in located.problem
    assert spot(located)[:2] == [(41.474, 13.755), (None, None)]
    assert (cache.path.read_bytes(), list(cache.path.parent.iterdir())) == (before, [cache.path])


def test_cache_folder(tmp_path: Path) -> None:
    """The environment chooses the folder; without it the folder is named after the product."""
    assert cache_folder({"ATLAS_CACHE_DIR": str(tmp_path)}) == tmp_path
    assert cache_folder({}).name == "alfa-romeo-plant-atlas"


@pytest.mark.parametrize("text", [*HOSTILE, "İSTANBUL", "Straße, ﬁ", "K\u0301o", "a ,, b"])
def test_a_key_is_its_own_key(text: str) -> None:
    """Making a key or a tidy text again changes nothing."""
    assert (key_of(key_of(text)), tidy(tidy(text))) == (key_of(text), tidy(text))


# --- settings ---


def test_default_settings() -> None:
    """Without environment the gazetteer answers, and nobody is asked."""
    assert settings({}).service == "gazetteer"
    assert not settings({}).is_public


def test_settings_of_the_public_nominatim() -> None:
    """It is asked once a second, as ourselves."""
    chosen = settings({"ATLAS_GEOCODER": "nominatim"})
    assert chosen.is_public
    assert chosen == GeocoderSettings(
        service="nominatim",
        scheme="https",
        domain="nominatim.openstreetmap.org",
        user_agent=f"alfa-romeo-plant-atlas/{__version__}",
        timeout_s=10.0,
        delay_s=1.0,
        key="",
    )


SERVERS = [
    ("", "0.1", "https", "nominatim.openstreetmap.org", 1.0),
    ("https://Nominatim.OpenStreetMap.org./", "0", "https", "nominatim.openstreetmap.org.", 1.0),
    ("http://nominatim.openstreetmap.org:80", "0", "http", "nominatim.openstreetmap.org:80", 1.0),
    ("http://localhost:8080/nominatim/", "0", "http", "localhost:8080/nominatim", 0.0),
    ("https://geo.example.org/openstreetmap.org", "0.5", "https", "geo.example.org/openstreetmap.org", 0.5),
    ("http://[::1]:8080", "0", "http", "[::1]:8080", 0.0),
]


@pytest.mark.parametrize(("url", "delay", "scheme", "domain", "delay_s"), SERVERS)
def test_server_and_delay(url: str, delay: str, scheme: str, domain: str, delay_s: float) -> None:
    """The address is split for geopy; only openstreetmap.org has a least delay."""
    env = {"ATLAS_GEOCODER": "nominatim", "ATLAS_GEOCODER_URL": url, "ATLAS_GEOCODER_DELAY_S": delay}
    chosen = settings(env)
    assert chosen.is_public == (delay_s == 1.0)
    assert (chosen.scheme, chosen.domain, chosen.delay_s) == (scheme, domain, delay_s)


WRONG = [
    (
        {"ATLAS_GEOCODER": "nominatin"},
        "ATLAS_GEOCODER is 'nominatin'; did you mean nominatim? allowed are none, ",
    ),
    ({"ATLAS_GEOCODER": "liveaddress"}, "allowed are none, gazetteer, arcgis"),
    ({"ATLAS_GEOCODER": "pelias"}, "needs its server's address in ATLAS_GEOCODER_URL"),
    ({"ATLAS_GEOCODER": "opencage"}, "The geocoder opencage needs a key in ATLAS_GEOCODER_KEY."),
    (
        {"ATLAS_GEOCODER": "nominatim", "ATLAS_GEOCODER_KEY": "s3cret"},
        "The geocoder nominatim takes no key: unset ATLAS_GEOCODER_KEY.",
    ),
    ({"ATLAS_GEOCODER_URL": "localhost:8080"}, "must be like https://geocoder.example.org/path"),
    ({"ATLAS_GEOCODER_URL": "https://me:s3cret@example.org"}, "must be like https://"),
    ({"ATLAS_GEOCODER_URL": "https://example.org?key=s3cret"}, "must be like https://"),
    ({"ATLAS_GEOCODER_URL": "http://example.org:port"}, "must be like https://"),
    ({"ATLAS_GEOCODER_URL": "file:///etc/passwd"}, "must be like https://"),
    (
        {"ATLAS_GEOCODER_TIMEOUT_S": "soon"},
        "ATLAS_GEOCODER_TIMEOUT_S is 'soon'; allowed are seconds from 0.01",
    ),
    ({"ATLAS_GEOCODER_TIMEOUT_S": "0"}, "ATLAS_GEOCODER_TIMEOUT_S is '0'"),
    ({"ATLAS_GEOCODER_DELAY_S": "nan"}, "ATLAS_GEOCODER_DELAY_S is 'nan'"),
    ({"ATLAS_GEOCODER_DELAY_S": "-1"}, "ATLAS_GEOCODER_DELAY_S is '-1'"),
    ({"ATLAS_GEOCODER_USER_AGENT": "me\r\nX-Evil: 1"}, "only plain ASCII text can be sent"),
]


@pytest.mark.parametrize(("env", "sentence"), WRONG)
def test_wrong_settings_say_what_is_allowed(env: dict[str, str], sentence: str) -> None:
    """A wrong variable is named with what it may be, without what may be secret."""
    with pytest.raises(ConfigurationError) as caught:
        settings(env)
    assert sentence in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "service", ["photon", "arcgis", "geonames", "google", "herev7", "azure", "tomtom", "here"]
)
def test_other_services_can_be_set_up(service: str) -> None:
    """Services with other names for the key and without a server of their own are constructed by geopy."""
    key = {} if service in ("photon", "arcgis") else {"ATLAS_GEOCODER_KEY": "s3cret"}
    ask = default_ask(Queue(Clock()), {"ATLAS_GEOCODER": service, **key})
    assert isinstance(ask, Geocode)
    assert callable(ask._geocoder.geocode)


def test_none_never_asks() -> None:
    """The service "none" is nobody to ask, and the gazetteer is not asked question by question."""
    for service in (" None ", "gazetteer", ""):
        assert default_ask(Queue(Clock()), {"ATLAS_GEOCODER": service}) is None
    assert spot(resolve.locate(one(), caches=[], ask=None)) == [(None, None)]


def test_a_user_agent_that_geopy_refuses() -> None:
    """geopy's own refusal becomes a sentence of ours."""
    env = {"ATLAS_GEOCODER": "nominatim", "ATLAS_GEOCODER_USER_AGENT": "my-application"}
    ask = default_ask(Queue(Clock()), env)
    assert ask is not None
    with pytest.raises(ConfigurationError, match="The geocoder nominatim cannot be set up"):
        ask("Melfi")


def test_the_key_is_in_no_message(server: NominatimServer, clock: Clock) -> None:
    """A key reaches the server and nothing else: no repr, no sentence."""
    env = {"ATLAS_GEOCODER": "pelias", "ATLAS_GEOCODER_KEY": "s3cret/k&y"}
    ask = asker(server, clock, **env)
    assert "s3cret" not in repr(settings({"ATLAS_GEOCODER_URL": server.url, **env})) + repr(vars(ask))
    server.answer = failed(403)
    problem = resolve.locate(one(), caches=[], ask=ask).problem
    assert problem is not None
    assert problem.startswith(f"The geocoder pelias at {server.url} refused us")
    assert "s3cret" not in problem
    assert server.requests[0].path == "/v1/search"


def test_a_key_that_is_part_of_the_address_is_masked(server: NominatimServer, clock: Clock) -> None:
    """Even a service that wants its key in the path gets it without our sentences telling it."""
    env = {
        "ATLAS_GEOCODER": "pelias",
        "ATLAS_GEOCODER_KEY": "s3cret",
        "ATLAS_GEOCODER_URL": f"{server.url}/s3cret",
    }
    server.answer = failed(403)
    problem = resolve.locate(one(), caches=[], ask=asker(server, clock, **env)).problem
    assert problem is not None
    assert problem.startswith(f"The geocoder pelias at {server.url}/*** refused us")


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
