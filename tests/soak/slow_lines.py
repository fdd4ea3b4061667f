"""Many who take a large table over slow lines, and many who are connected and say nothing."""

import asyncio
import time
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from websockets.asyncio.client import connect

from tests.benchmarks.servers import Server
from tests.soak.crowd import EVERY_S, Found, watch

BYTES_A_SECOND = 100_000
_PIECE = 10_000


async def hold(server: Server, *, downloads: int, idle: int, seconds: float) -> Found:
    """Keeps so many slow downloads and silent connections, and asks for a few rows all the time."""
    found, end = Found(), time.monotonic() + seconds
    async with AsyncExitStack() as stack:
        for _ in range(idle):
            await stack.enter_async_context(
                connect(
                    f"ws://{urlsplit(server.url).netloc}/_stcore/stream",
                    subprotocols=["streamlit"],  # type: ignore[list-item]
                    origin=server.url,  # type: ignore[arg-type]
                    ping_interval=None,
                )
            )
        async with asyncio.TaskGroup() as group:
            group.create_task(watch(server, end, found))
            group.create_task(_ask(server, end, found))
            for _ in range(downloads):
                group.create_task(_take(server, end, found))
    return found


async def _ask(server: Server, end: float, found: Found) -> None:
    """Asks for ten rows now and then, and notes how long that takes."""
    while time.monotonic() < end:
        began = time.perf_counter()
        answer = await _request(server, "/api/plants.csv?limit=10")
        head = await answer[0].read()
        answer[1].close()
        found.waits_s.append(time.perf_counter() - began)
        if b" 200 " not in head[:20]:
            found.errors.append(head[:80].decode(errors="replace"))
        await asyncio.sleep(EVERY_S / 6)


async def _take(server: Server, end: float, found: Found) -> None:
    """Takes the whole table slowly, until the end."""
    found.came += 1
    reader, writer = await _request(server, "/api/plants.csv")
    while time.monotonic() < end:
        part = await reader.read(_PIECE)
        if not part:
            found.errors.append("a download ended before its time")
            break
        await asyncio.sleep(_PIECE / BYTES_A_SECOND)
    writer.close()


async def _request(server: Server, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port, limit=_PIECE)
    writer.write(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path.encode())
    await writer.drain()
    return reader, writer
