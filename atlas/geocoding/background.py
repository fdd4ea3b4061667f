"""A long lookup of places in a thread of its own, which a page watches, and ends when nobody waits for it.

    lookup = Lookup(partial(chain.locate_table, table, roles, ask))
    lookup.progress      # (3, 120): questions done, and of how many
    lookup.left_s()      # how long the rest may take
    lookup.cancel()      # stops before the next question; what was found is saved

Knows neither Streamlit nor geocoders; `work` gets `on_progress` and `cancelled`.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from atlas.errors import AtlasError

UNFORESEEN = "Something went wrong on our side; the log of the server says what."
Result = TypeVar("Result")
Found = TypeVar("Found", covariant=True)


class Work(Protocol[Found]):
    """What runs: calls `on_progress(done, of)` now and then, and stops soon once `cancelled()`."""

    def __call__(
        self, *, on_progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> Found: ...


class Lookup(Generic[Result]):
    """Runs `work` from the start on. `result` is there when it `is_done`, or `problem` is a sentence."""

    def __init__(self, work: Work[Result], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._work, self._clock = work, clock
        self._cancelled, self._done = threading.Event(), threading.Event()
        self._started_s = clock()
        self.progress = (0, 0)
        self.result: Result | None = None
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="lookup", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return self._done.is_set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """No further question is asked."""
        self._cancelled.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is done, at the latest after some seconds."""
        return self._done.wait(seconds)

    def left_s(self) -> float | None:
        """Seconds that the rest may take, as fast as so far; None before the first answer."""
        done, total = self.progress
        if not done:
            return None
        return (self._clock() - self._started_s) / done * (total - done)

    def _run(self) -> None:
        self.problem = UNFORESEEN
        try:
            self.result = self._work(on_progress=self._progressed, cancelled=self._cancelled.is_set)
            self.problem = ""
        except AtlasError as error:
            self.problem = str(error)
        finally:
            # Its table must not outlive it.
            del self._work
            self._done.set()

    def _progressed(self, done: int, total: int) -> None:
        self.progress = (done, total)
