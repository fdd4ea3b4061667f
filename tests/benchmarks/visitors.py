"""Many visitors at once over the real web socket: how long does a change of the country filter take?

Each visitor is a session of its own that speaks as Streamlit's page does: it opens the page, then changes
the filter at its own times and waits for the end of the script's run; with `Load.pages` every third change
is another page instead. As a browser would, a visitor tells its address, keeps large messages and names
those it still has, so that the server need not send them again; unlike a browser it draws nothing, and its
map never asks for a second run. (The naive app's map does so in a browser, after each change.)

One process, apart from the server, on this machine only; every load is bounded in visitors and time.
"""

import asyncio
import itertools
import math
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.benchmarks.cases import Case, Truth
from tests.benchmarks.servers import Server
from tests.benchmarks.tables import FILTERED

TIMEOUT_S = 60
_OPENING_AT_ONCE = 3  # visitors come a few at a time; the measurement begins when all are there
MAX_AGE = 2  # runs of the script that a page keeps a message it no longer gets (global.maxCachedMessageAge)
_COUNTRIES = 3  # the most frequent ones, besides the one that the browser filters by
_PLACEHOLDER = "PLACEHOLDER_AUTH_TOKEN"  # what Streamlit's page sends where there is no login
_SMALL_BYTES = 64_000

Record = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """So many visitors, each changing the filter every so many seconds, for so long."""

    visitors: int
    every_s: float
    seconds: float = 30
    pages: bool = False

    @property
    def key(self) -> str:
        words = f"{self.visitors} visitors every {self.every_s:g} s"
        return f"{words}, over all pages" if self.pages else words


LOADS = (Load(20, 2), Load(50, 4))
STEPS = tuple(Load(visitors, 2, 20, pages=True) for visitors in (30, 50, 70, 90))
"""Loads that grow, to see how many runs of pages a second one process carries."""


class WentWrong(Exception):
    """A run of the script that did not end well, or did not show what it should; says how."""


@dataclass
class Visitor:
    """One session: what its page would know."""

    connection: ClientConnection
    app: str
    page: str = ""
    pages: Sequence[str] = ()
    address: str = ""
    box: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    runs: int = 0
    kept: dict[str, int] = field(default_factory=dict)

    async def open(self, plants: int) -> None:
        """The first run."""
        await self.run("", plants)

    async def run(self, country: str, plants: int) -> int:
        """One change of the filter ("" for all), until the script has run; the bytes that came for it."""
        await self.connection.send(self._question(country))
        words = f"{plants:,} plant".encode()
        found, received = False, 0
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                raw = await self.connection.recv()
                if isinstance(raw, str):
                    raise WentWrong("a message that is no protocol buffer")
                received += len(raw)
                found = found or words in raw
                if self._is_end(raw):
                    break
        self._forget()
        if not found:
            raise WentWrong(f"nothing says “{words.decode()}”")
        return received

    def turn_page(self, number: int) -> None:
        """Makes the next run that of another page, as a click on its link does."""
        if self.pages:
            self.page = self.pages[number % len(self.pages)]

    def _question(self, country: str) -> bytes:
        question = BackMsg()
        rerun = question.rerun_script
        rerun.page_script_hash, rerun.query_string = self.page, self.address
        rerun.cached_message_hashes.extend(self.kept)
        if self.box:
            widget = rerun.widget_states.widgets.add(id=self.box)
            widget.string_array_value.data.extend([self.labels[country]] if country else [])
        return bytes(question.SerializeToString())

    def _is_end(self, raw: bytes) -> bool:
        """Reads one message; whether it is the last of a run. Raises `WentWrong` for a run that failed."""
        kept = _head(raw) if len(raw) > _SMALL_BYTES else None
        if kept:
            self.kept[kept] = self.runs
            return False
        message = ForwardMsg.FromString(raw)
        if message.metadata.cacheable and message.hash:
            self.kept[message.hash] = self.runs
        self._note(message)
        if message.WhichOneof("type") != "script_finished":
            return False
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return False  # the script asked for a run anew: that one counts
        if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            raise WentWrong("the script did not finish")
        return True

    def _note(self, message: ForwardMsg) -> None:
        """Keeps what a page would: where it is, where it can go, and messages that it need not get again."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            self.kept[message.ref_hash] = self.runs
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        if kind == "navigation":
            self.page = message.navigation.page_script_hash
            self.pages = [page.page_script_hash for page in message.navigation.app_pages]
        if kind == "page_info_changed":
            self.address = message.page_info_changed.query_string
        if kind == "delta":
            self._note_element(message.delta.new_element)

    def _note_element(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise WentWrong(f"the page shows an error: {element.exception.message[:80]}")
        box = getattr(element, kind) if kind in ("multiselect", "button_group") else None
        if box is not None and box.label == "Country":
            self.box = box.id
            options = box.options if kind == "multiselect" else [option.content for option in box.options]
            self.labels = {_country_of(option): option for option in options}

    def _forget(self) -> None:
        self.runs += 1
        self.kept = {name: run for name, run in self.kept.items() if self.runs - run <= MAX_AGE}


def measure(
    cases: Sequence[tuple[Case, Server, Truth]],
    loads: Sequence[Load],
    *,
    progress: Callable[[str], None],
) -> list[Record]:
    """Every load on every case, one after another."""
    records = []
    for load, (case, server, truth) in itertools.product(loads, cases):
        progress(f"{load.key}: {case.key}")
        before_s, own_s = server.cpu_s(), time.process_time()
        record = asyncio.run(_visit(case, server, truth, load))
        records.append(
            {
                "case": case.key,
                "load": load.key,
                "visitors": load.visitors,
                "seconds": load.seconds,
                "pages": load.pages,
                **record,
                "cpu_s": round(server.cpu_s() - before_s, 2),
                "visitors_cpu_s": round(time.process_time() - own_s, 2),  # what the visitors took from it
                "server_mb": server.memory_mb(),
                "server_peak_mb": server.peak_memory_mb(),
            }
        )
    return records


async def _visit(case: Case, server: Server, truth: Truth, load: Load) -> Record:
    found = _Found(absent=load.visitors)
    async with asyncio.TaskGroup() as group:
        for number in range(load.visitors):
            group.create_task(_one(case, server.url, truth, load, number, found))
    return {
        "latencies_s": [round(value, 4) for value in found.latencies_s],
        "opened_s": [round(value, 4) for value in found.opened_s],
        "errors": len(found.errors),
        "error_examples": sorted(set(found.errors))[:3],
        "wanted": sum(len(_times(load, number)) for number in range(load.visitors)),
        "bytes_per_run": round(found.received / max(1, len(found.latencies_s))),
    }


@dataclass
class _Found:
    """What all visitors of one load found; `start` is the time when the last of them had opened the page."""

    absent: int
    all_there: asyncio.Event = field(default_factory=asyncio.Event)
    door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_OPENING_AT_ONCE))
    start: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    opened_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    received: int = 0

    def one_more_there(self) -> None:
        self.absent -= 1
        if not self.absent:
            self.start = time.monotonic()
            self.all_there.set()


def _times(load: Load, number: int) -> list[float]:
    """When a visitor changes the filter, in seconds after the start: all visitors evenly spread."""
    first = load.every_s * number / load.visitors
    return [first + load.every_s * turn for turn in range(math.ceil((load.seconds - first) / load.every_s))]


def _wishes(rows: Mapping[str, int], number: int) -> Iterator[str]:
    """The countries that a visitor asks for in turn; each third time all ("")."""
    largest = sorted((name for name in rows if name), key=lambda name: (-rows[name], name))[:_COUNTRIES]
    choice = random.Random(number)
    names = sorted({FILTERED, *largest})
    while True:
        yield from choice.sample(names, k=min(2, len(names)))
        yield ""


def plan(truth: Truth, number: int, *, pages: bool) -> Iterator[tuple[str, int | None]]:
    """What a visitor does in turn: the filter's country, and with `pages` each third time another page."""
    country, wishes = "", _wishes(truth.rows, number)
    for turn in itertools.count():
        if pages and turn % 3 == 2:
            yield country, number + turn // 3 + 1
        else:
            country = next(wishes)
            yield country, None


async def _one(case: Case, url: str, truth: Truth, load: Load, number: int, found: _Found) -> None:
    """One visitor from coming to going; what goes wrong is counted, and the visitor stays."""
    try:
        async with AsyncExitStack() as stack:
            try:
                async with found.door:
                    began = time.perf_counter()
                    visitor = await come(case, url, truth, stack)
                    found.opened_s.append(time.perf_counter() - began)
            finally:
                found.one_more_there()
            await found.all_there.wait()
            wanted = plan(truth, number, pages=load.pages)
            for due in _times(load, number):
                await asyncio.sleep(found.start + due - time.monotonic())
                if time.monotonic() > found.start + load.seconds:
                    break  # the server was too slow for all that this visitor wanted
                country, page = next(wanted)
                if page is not None:
                    visitor.turn_page(page)
                await _change(visitor, country, truth, found)
    except (OSError, WebSocketException, WentWrong, TimeoutError, DecodeError) as error:
        found.errors.append(in_words(error))


async def come(case: Case, url: str, truth: Truth, stack: AsyncExitStack) -> Visitor:
    """A visitor who has opened the page; leaves with the stack."""
    connection = await stack.enter_async_context(
        connect(
            f"ws://{urlsplit(url).netloc}/_stcore/stream",
            subprotocols=["streamlit", _PLACEHOLDER],  # type: ignore[list-item]
            origin=url,  # type: ignore[arg-type]
            max_size=None,
            compression=None,
            ping_interval=None,  # as in a browser
        )
    )
    visitor = Visitor(connection, case.app)
    await visitor.open(truth.rows[""])
    return visitor


async def _change(visitor: Visitor, country: str, truth: Truth, found: _Found) -> None:
    sent = time.perf_counter()
    try:
        size = await visitor.run(country, truth.rows[country])
        found.received += size  # not in one line: others add to it while this one waits
    except WentWrong as error:
        found.errors.append(in_words(error))
    found.latencies_s.append(time.perf_counter() - sent)


def _country_of(option: str) -> str:
    """The country of an option that may be Markdown and may have a number behind it: "Italy (4)"."""
    return re.sub(r" \([\d,]+\)$", "", option.replace("\\", ""))


def in_words(error: BaseException) -> str:
    """What went wrong, for the report."""
    if isinstance(error, TimeoutError):
        return f"no answer in {TIMEOUT_S} s"
    return str(error) or type(error).__name__


def _head(raw: bytes) -> str | None:
    """The hash of a large message that a page would keep: its first two fields, without reading the rest.

    Reading megabytes in the load generator would take the processor away from the server.
    """
    if raw[:1] != b"\x0a":  # field 1, the hash
        return None
    end = 2 + raw[1]
    if raw[end : end + 1] != b"\x12":  # field 2, the metadata, which say whether to keep it
        return None
    head = ForwardMsg.FromString(raw[: end + 2 + raw[end + 1]])
    return head.hash if head.metadata.cacheable else None
