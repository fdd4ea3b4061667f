"""Long lookups: they run beside the page, tell how far they are, and stop when told to."""

import threading
from collections.abc import Callable

import pytest

from atlas.errors import GeocoderUnavailable
from atlas.geocoding.background import Lookup
from tests.nominatim import Clock

WAIT_S = 30


class Steps:
    """Work of ten steps that waits for the test before each, and takes two seconds for each."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.may_go, self.went = clock, threading.Semaphore(0), threading.Semaphore(0)

    def __call__(
        self, *, on_progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> list[int]:
        done: list[int] = []
        while len(done) < 10:
            assert self.may_go.acquire(timeout=WAIT_S)
            if cancelled():
                break
            self.clock.sleep(2)
            done.append(len(done))
            on_progress(len(done), 10)
            self.went.release()
        return done

    def go(self, steps: int) -> None:
        for _ in range(steps):
            self.may_go.release()
            assert self.went.acquire(timeout=WAIT_S)


def test_it_tells_how_far_it_is() -> None:
    """Steps done, of how many, and how long the rest will take."""
    clock = Clock()
    steps = Steps(clock)
    lookup = Lookup(steps, clock=clock)
    assert (lookup.progress, lookup.left_s(), lookup.is_done) == ((0, 0), None, False)
    steps.go(4)
    assert (lookup.progress, lookup.left_s(), lookup.is_done) == ((4, 10), 12, False)
    steps.go(6)
    assert lookup.wait(WAIT_S)
    assert (lookup.result, lookup.progress, lookup.left_s()) == (list(range(10)), (10, 10), 0)


def test_it_can_be_cancelled() -> None:
    """What was found so far is the result."""
    steps = Steps(Clock())
    lookup = Lookup(steps)
    steps.go(3)
    lookup.cancel()
    steps.may_go.release()
    assert lookup.wait(WAIT_S)
    assert (lookup.result, lookup.is_cancelled, lookup.problem) == ([0, 1, 2], True, "")


def test_a_problem_is_a_sentence() -> None:
    """An error that was raised on purpose ends the work with its sentence."""

    def work(**_: object) -> None:
        raise GeocoderUnavailable("The geocoder cannot be reached.")

    lookup: Lookup[None] = Lookup(work)
    assert lookup.wait(WAIT_S)
    assert (lookup.result, lookup.problem) == (None, "The geocoder cannot be reached.")


def test_a_mistake_of_ours_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    def work(**_: object) -> None:
        raise ZeroDivisionError

    lookup: Lookup[None] = Lookup(work)
    lookup._thread.join(WAIT_S)
    assert lookup.is_done
    assert lookup.problem == "Something went wrong on our side; the log of the server says what."
