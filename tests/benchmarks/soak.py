"""Visitors who come and go for minutes: what memory does the server have, and does it stay?

A few visitors are there at any time. Each filters and changes pages at its own times, leaves after a while as
a closed tab does, and another comes, a session of its own. Nothing here judges a time.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from google.protobuf.message import DecodeError
from websockets.exceptions import WebSocketException

from tests.benchmarks import visitors
from tests.benchmarks.cases import Case, Truth
from tests.benchmarks.servers import Server

VISITORS, STAY_S, EVERY_S, LOOK_EVERY_S = 12, 15.0, 2.0, 5.0
SECONDS, QUICK_SECONDS = 600.0, 60.0

Record = dict[str, Any]


def measure(
    case: Case, server: Server, truth: Truth, *, seconds: float, progress: Callable[[str], None]
) -> Record:
    """The server's memory over time, in MB, with how many came, what they did, and what went wrong."""
    progress(f"soak of {seconds:.0f} s: {case.key}")
    found = asyncio.run(_soak(case, server, truth, seconds))
    return {"case": case.key, "seconds": seconds, "visitors": VISITORS, **found}


async def _soak(case: Case, server: Server, truth: Truth, seconds: float) -> Record:
    found: Record = {"came": 0, "changes": 0, "errors": [], "memory_mb": []}
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(VISITORS):
            group.create_task(_seat(case, server.url, truth, number, end, found))
        group.create_task(_look(server, end, found))
    return {**found, "errors": len(found["errors"]), "error_examples": sorted(set(found["errors"]))[:3]}


async def _look(server: Server, end: float, found: Record) -> None:
    began = time.monotonic()
    while time.monotonic() < end:
        found["memory_mb"].append((round(time.monotonic() - began), round(server.memory_mb(), 1)))
        await asyncio.sleep(LOOK_EVERY_S)


async def _seat(case: Case, url: str, truth: Truth, number: int, end: float, found: Record) -> None:
    """One visitor after another until the end, the first ones not all at once."""
    await asyncio.sleep(STAY_S * number / VISITORS)
    while time.monotonic() < end:
        found["came"] += 1
        try:
            async with AsyncExitStack() as stack:
                visitor = await visitors.come(case, url, truth, stack)
                await _stay(visitor, truth, number, min(end, time.monotonic() + STAY_S), found)
        except (OSError, WebSocketException, visitors.WentWrong, TimeoutError, DecodeError) as error:
            found["errors"].append(visitors.in_words(error))
            await asyncio.sleep(EVERY_S)


async def _stay(visitor: visitors.Visitor, truth: Truth, number: int, until: float, found: Record) -> None:
    plan = visitors.plan(truth, number, pages=True)
    while time.monotonic() < until:
        await asyncio.sleep(EVERY_S)
        country, page = next(plan)
        if page is not None:
            visitor.turn_page(page)
        await visitor.run(country, truth.rows[country])
        found["changes"] += 1
