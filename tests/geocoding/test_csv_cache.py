"""Places in CSV files: whole after any crash, read strictly, and nothing in them is run."""

import os
import threading
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from atlas.errors import CacheError
from atlas.geocoding import resolve, store
from atlas.geocoding.csv_cache import FileCache, ShippedCache
from atlas.geocoding.place import tidy
from atlas.geocoding.service import Ask
from atlas.settings import cache_folder
from tests.geocoding.asking import DAY, HEADER, HOSTILE, MELFI, five, never, one, spot
from tests.nominatim import NominatimServer, place


def test_the_file_after_five_answers(ask: Ask, cache: FileCache) -> None:
    """The cache file is exactly the answers in the shipped format, and no temporary file is left."""
    resolve.locate(five().iloc[[2]], caches=[cache], ask=ask, today=DAY)
    assert cache.path.read_text(encoding="utf-8") == HEADER + (
        '"Zona Industriale San Nicola, 85025 Melfi PZ, Italy",41.0758,15.7159,100,nominatim,'
        "https://www.openstreetmap.org/way/42,2026-02-01\n"
    )
    assert list(cache.path.parent.iterdir()) == [cache.path]


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


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(server: NominatimServer, ask: Ask, cache: FileCache, text: str) -> None:
    """Whatever an address holds, it is asked as one parameter, found again in the file, and no formula."""
    server.places[tidy(text)] = place(45.0, 9.0)
    assert resolve.locate(one(text), caches=[cache], ask=ask, today=DAY).asked == 1
    again = resolve.locate(one(text), caches=[FileCache(cache.path)], ask=never)
    assert (spot(again), again.from_cache) == ([(45.0, 9.0)], 1)
    assert server.requests[0].query == tidy(text)
    assert not cache.path.read_text(encoding="utf-8").splitlines()[1].lstrip('"').startswith(("=", "-", "@"))


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
