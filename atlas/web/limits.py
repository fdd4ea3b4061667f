"""Limits against misuse: how many expensive answers are made at once, and how long a request may be.

    await PICTURES.run(draw, request)       waits for its turn in a thread of its own
    LARGE_FILES.parts(parts)                a file while it is made: each part waits for its turn

A turn is one thread: what waits keeps none from the quick answers, and the pages share the processor with
one picture and one file, however many are asked for. A large file holds a turn only while a part of it is
made, so nobody can block the others by reading slowly. Who finds too many before them is told when to come
back.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from atlas.errors import Busy, SelectionError
from atlas.language import gettext, number

MOST_VALUES = 300
"""Times that a parameter may stand in an address: more than there are countries."""
LONGEST_NAME, LONGEST_VALUE = 100, 1_000
Result = TypeVar("Result")


class Turns:
    """Lets one thread work at a time; at most `most` requests wait or work, the others are `Busy`."""

    def __init__(self, *, most: int, retry_s: int) -> None:
        self._most, self._retry_s = most, retry_s
        self._taken = 0
        self._limiter = CapacityLimiter(1)

    async def run(self, work: Callable[[], Result]) -> Result:
        """Returns what the work returns, after those who came before; raises `Busy`."""
        self._take()
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._taken -= 1

    def parts(self, parts: Iterable[bytes]) -> AsyncIterator[bytes]:
        """Returns the parts of a file, each made in a turn; raises `Busy` before the first."""
        if self._taken >= self._most:
            raise self._busy()
        return self._made(parts)

    async def _made(self, parts: Iterable[bytes]) -> AsyncIterator[bytes]:
        self._taken += 1
        try:
            source = iter(parts)
            while (part := await to_thread.run_sync(next, source, None, limiter=self._limiter)) is not None:
                yield part
        finally:
            self._taken -= 1

    def _take(self) -> None:
        if self._taken >= self._most:
            raise self._busy()
        self._taken += 1

    def _busy(self) -> Busy:
        return Busy(
            gettext(
                "This server makes as many answers as it can at the moment. Try again in {number} seconds.",
                number=number(self._retry_s),
            ),
            self._retry_s,
        )


PICTURES = Turns(most=20, retry_s=10)
FILES = Turns(most=20, retry_s=10)
LARGE_FILES = Turns(most=10, retry_s=60)


def check_length(parameters: Sequence[tuple[str, str]]) -> None:
    """Raises `SelectionError` for more, or longer, parameters than any page or script of ours makes."""
    for name, times in Counter(name for name, _ in parameters).items():
        if times > MOST_VALUES:
            raise SelectionError(
                gettext(
                    "“{name}” may stand {number} times in an address, not more.",
                    name=name[:20],
                    number=number(MOST_VALUES),
                )
            )
    for name, value in parameters:
        if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise SelectionError(
                gettext(
                    "A parameter may have {letters} letters in its name and {number} in its value; “{name}” "
                    "has more.",
                    letters=number(LONGEST_NAME),
                    number=number(LONGEST_VALUE),
                    name=name[:20],
                )
            )


def shortened(parameters: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Returns the parameters of a page's address as far as they may go; a page never refuses one."""
    return [(name, value[:LONGEST_VALUE]) for name, value in parameters[: 10 * MOST_VALUES]]
