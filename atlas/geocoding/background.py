"""Runs a geocoding job in a thread, with progress, estimate and cancel.

    lookup = Lookup(partial(chain.locate_table, table, roles, ask))
    lookup.progress      # (3, 120): questions done, and of how many
    lookup.left_s()      # how long the rest may take
    lookup.cancel()      # stops before the next question; all answers so far are saved

Knows neither Streamlit nor geocoders; `work` gets `on_progress` and `cancelled`.
"""

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, Protocol, TypeVar

from atlas.errors import AtlasError
from atlas.language import gettext, gettext_noop

UNFORESEEN = gettext_noop("Something went wrong on our side; the log of the server says what.")
Outcome = TypeVar("Outcome")
Outcome_co = TypeVar("Outcome_co", covariant=True)


class Work(Protocol[Outcome_co]):
    """A job: calls `on_progress(done, total)` now and then, and stops soon after `cancelled()` is true."""

    def __call__(
        self, *, on_progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> Outcome_co: ...


class Lookup(Generic[Outcome]):
    """Runs `work` from its creation on; when it `is_done` there is a `result`, or `problem` is a sentence.

    It speaks the language of whoever started it.
    """

    def __init__(self, work: Work[Outcome], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._work, self._clock = work, clock
        self._cancelled, self._done = threading.Event(), threading.Event()
        self._started_s = clock()
        self.progress = (0, 0)
        self.result: Outcome | None = None
        self.problem = ""
        run = copy_context().run
        self._thread = threading.Thread(target=run, args=(self._run,), name="lookup", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return self._done.is_set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Stops the job before its next question."""
        self._cancelled.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until the job is done or `seconds` have passed; returns whether it is done."""
        return self._done.wait(seconds)

    def left_s(self) -> float | None:
        """Returns the seconds that the rest may take at the speed so far; None before the first answer."""
        done, total = self.progress
        if not done:
            return None
        return (self._clock() - self._started_s) / done * (total - done)

    def _run(self) -> None:
        self.problem = gettext(UNFORESEEN)
        try:
            self.result = self._work(on_progress=self._progressed, cancelled=self._cancelled.is_set)
            self.problem = ""
        except AtlasError as error:
            self.problem = str(error)
        finally:
            # The table of the job must not outlive it.
            del self._work
            self._done.set()

    def _progressed(self, done: int, total: int) -> None:
        self.progress = (done, total)
