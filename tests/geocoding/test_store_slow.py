"""A crowd at the shared places: each of them is asked for once, and in turn."""

import multiprocessing
import os
import time
from itertools import pairwise

import pytest

from tests import crowd
from tests.nominatim import NominatimServer, place

PROCESSES, THREADS, ADDRESSES = 8, 20, 50
# By hand with 1 s, as the public Nominatim wants it: ATLAS_TEST_DELAY_S=1 pytest -k crowd
DELAY_S = float(os.environ.get("ATLAS_TEST_DELAY_S") or 0.1)


def test_a_crowd_asks_once_and_in_turn(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """8 processes of 20 threads want 50 places: 50 requests, never two within the delay at the server."""
    queries = [f"Street {number}, Melfi" for number in range(ADDRESSES)]
    with NominatimServer(time.monotonic) as server:
        server.places = {query: place(41.0, 15.0) for query in queries}
        env |= {"ATLAS_GEOCODER_URL": server.url, "ATLAS_GEOCODER_DELAY_S": str(DELAY_S)}
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.crowd"])
        said = context.SimpleQueue()
        askers = [
            context.Process(target=crowd.visit, args=(number, THREADS, env, queries, said))
            for number in range(PROCESSES)
        ]
        for asker in askers:
            asker.start()
        answers = [answer for _ in askers for answer in said.get()]
        for asker in askers:
            asker.join()
    assert len(answers) == PROCESSES * THREADS
    assert {(problem, placed) for _, problem, placed in answers} == {(None, ADDRESSES)}
    assert sum(asked for asked, _, _ in answers) == ADDRESSES
    assert sorted(request.query for request in server.requests) == sorted(queries)
    times = [request.time for request in server.requests]
    assert min(later - earlier for earlier, later in pairwise(times)) >= DELAY_S
