"""Limits: expensive answers are made one at a time, too many are sent away, and addresses have an end."""

import threading
import time
from collections.abc import Iterator

import anyio
import pytest
from starlette.testclient import TestClient

from atlas.catalog import sheets
from atlas.errors import Busy
from atlas.web import limits, routes
from atlas.web.limits import Turns
from tests.web.server import problem


class Work:
    """Counts how many of it run at the same time; `most` is the highest count."""

    def __init__(self) -> None:
        self.lock, self.now, self.most, self.done = threading.Lock(), 0, 0, 0

    def __call__(self) -> int:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self.lock:
            self.now -= 1
            self.done += 1
        return self.done


def test_one_at_a_time_and_too_many_are_sent_away() -> None:
    """Those who wait get their answer; the others hear when to come back, and may then."""
    work, turns, refused = Work(), Turns(most=3, retry_s=7), []

    async def ask() -> None:
        try:
            await turns.run(work)
        except Busy as error:
            refused.append((str(error), error.retry_s))

    async def crowd() -> None:
        async with anyio.create_task_group() as asking:
            for _ in range(5):
                asking.start_soon(ask)
        assert await turns.run(work) == 4

    anyio.run(crowd)
    sentence = "This server makes as many answers as it can at the moment. Try again in 7 seconds."
    assert (work.most, work.done, refused) == (1, 4, [(sentence, 7)] * 2)


def test_a_mistake_gives_its_turn_back() -> None:
    """Whatever happens in it."""
    turns = Turns(most=1, retry_s=1)

    def fail() -> None:
        raise ValueError

    async def twice() -> None:
        for _ in range(2):
            with pytest.raises(ValueError, match=r"^$"):
                await turns.run(fail)

    anyio.run(twice)


def test_who_reads_slowly_blocks_nobody() -> None:
    """A large file holds its turn only while a part is made; its place is free when it ends, or is left."""
    work, turns = Work(), Turns(most=2, retry_s=1)

    def parts() -> Iterator[bytes]:
        for number in range(3):
            work()
            yield bytes([number])

    async def read() -> list[bytes]:
        slow = turns.parts(parts())
        assert await anext(slow) == b"\0"
        whole = [part async for part in turns.parts(parts())]
        left = turns.parts(parts())
        assert await anext(left) == b"\0"
        with pytest.raises(Busy):
            turns.parts(parts())
        await left.aclose()  # type: ignore[attr-defined]
        assert await anext(turns.parts(parts())) == b"\0"
        return whole + [part async for part in slow]

    assert anyio.run(read) == [b"\0", b"\1", b"\2", b"\1", b"\2"]
    assert work.most == 1


@pytest.mark.parametrize(
    ("turns", "path"),
    [("PICTURES", "/api/preview.png"), ("FILES", "/api/plants.xlsx"), ("LARGE_FILES", "/api/plants.csv")],
)
def test_the_api_says_when_to_come_back(
    client: TestClient, own: sheets.Sheet, monkeypatch: pytest.MonkeyPatch, turns: str, path: str
) -> None:
    """With 503 and `Retry-After`; small files are made all the same."""
    monkeypatch.setattr(limits, turns, Turns(most=0, retry_s=30))
    monkeypatch.setattr(routes, "FEW_ROWS", 300)
    monkeypatch.setattr(routes, "ROWS_A_PART", 600)
    answer = client.get(path)
    assert problem(answer) == (
        503,
        "This server makes as many answers as it can at the moment. Try again in 30 seconds.",
    )
    assert answer.headers["retry-after"] == "30"
    assert client.head("/api/plants.xlsx").status_code == 200
    assert client.get("/api/plants.xlsx?limit=10").status_code == 200


LONG = [
    ([("q", "x")] * 301, "“q” may stand 300 times in an address, not more."),
    ([("q", "x" * 1_001)], "letters in its name and 1,000 in its value; “q” has more."),
    ([("x" * 101, "y")], "“xxxxxxxxxxxxxxxxxxxx” has more."),
]


@pytest.mark.parametrize(("parameters", "words"), LONG)
@pytest.mark.parametrize("path", ["/api/plants.csv", "/api/preview.png"])
def test_addresses_have_an_end(
    client: TestClient, path: str, parameters: list[tuple[str, str]], words: str
) -> None:
    """The API says how long they may be; a page shows what it can."""
    status, sentence = problem(client.get(path, params=parameters))
    assert (status, sentence.endswith(words)) == (400, True)
    assert client.get("/", params=parameters).status_code == 200
