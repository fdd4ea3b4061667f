"""Visitors who come and go for minutes: does the server answer all of them, and does it stay as it is?

Half of the visitors stay, the others leave after a while, as a closed tab does, and another comes in their
place, a session of its own. Each filters and changes pages at its own times.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

from google.protobuf.message import DecodeError
from websockets.exceptions import WebSocketException

from tests.benchmarks import visitors
from tests.benchmarks.cases import Case, Truth
from tests.benchmarks.servers import Server

STAY_S, EVERY_S, LOOK_EVERY_S = 45.0, 6.0, 5.0
OPENING_AT_ONCE = 5
WENT_WRONG = (OSError, WebSocketException, visitors.WentWrong, TimeoutError, DecodeError)


@dataclass(frozen=True)
class Look:
    """What a server takes at a moment, in seconds after the start."""

    at_s: float
    memory_mb: float
    threads: int
    open_files: int


@dataclass
class Found:
    """What was seen: `waits_s` of each change, how many came, what went wrong, what the server took."""

    looks: list[Look] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    came: int = 0
    errors: list[str] = field(default_factory=list)

    def between(self, first_s: float, last_s: float) -> Look:
        """The medians of what the server took between two moments."""
        looks = [look for look in self.looks if first_s <= look.at_s <= last_s] or self.looks[:1]
        return Look(
            last_s,
            median(look.memory_mb for look in looks),
            round(median(look.threads for look in looks)),
            round(median(look.open_files for look in looks)),
        )

    def wait_s(self, share: float) -> float:
        """The time that this share of the changes took at most."""
        waits = sorted(self.waits_s) or [0.0]
        return waits[min(len(waits) - 1, int(share * len(waits)))]


async def visit(case: Case, server: Server, truth: Truth, *, seats: int, seconds: float) -> Found:
    """Lets visitors come to so many seats, for so long."""
    found, door = Found(), asyncio.Semaphore(OPENING_AT_ONCE)
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        group.create_task(watch(server, end, found))
        for number in range(seats):
            group.create_task(_seat(case, server.url, truth, number, end, found, door))
    return found


async def watch(server: Server, end: float, found: Found) -> None:
    """Notes every few seconds what the server takes."""
    began = time.monotonic()
    while time.monotonic() < end:
        found.looks.append(
            Look(time.monotonic() - began, server.memory_mb(), server.threads(), server.open_files())
        )
        await asyncio.sleep(LOOK_EVERY_S)


async def _seat(
    case: Case, url: str, truth: Truth, number: int, end: float, found: Found, door: asyncio.Semaphore
) -> None:
    """One visitor after another until the end, or one who stays."""
    await asyncio.sleep(EVERY_S * number / 50)
    while time.monotonic() + EVERY_S < end:
        until = end if number % 2 else min(end, time.monotonic() + STAY_S)
        found.came += 1
        try:
            async with AsyncExitStack() as stack:
                async with door:
                    visitor = await visitors.come(case, url, truth, stack)
                await _stay(visitor, truth, number, until, found)
        except WENT_WRONG as error:
            found.errors.append(visitors.in_words(error))
            await asyncio.sleep(EVERY_S)


async def _stay(visitor: visitors.Visitor, truth: Truth, number: int, until: float, found: Found) -> None:
    plan = visitors.plan(truth, number, pages=True)
    while time.monotonic() + EVERY_S < until:
        await asyncio.sleep(EVERY_S)
        country, page = next(plan)
        if page is not None:
            visitor.turn_page(page)
        began = time.perf_counter()
        await visitor.run(country, truth.rows[country])
        found.waits_s.append(time.perf_counter() - began)


async def come_and_leave(case: Case, server: Server, truth: Truth, *, sessions: int) -> list[str]:
    """Opens the page so many times, a few at once, and closes each at once; what went wrong."""
    door, errors = asyncio.Semaphore(OPENING_AT_ONCE), []

    async def one() -> None:
        async with door:
            try:
                async with AsyncExitStack() as stack:
                    await visitors.come(case, server.url, truth, stack)
            except WENT_WRONG as error:
                errors.append(visitors.in_words(error))

    async with asyncio.TaskGroup() as group:
        for _ in range(sessions):
            group.create_task(one())
    return errors
