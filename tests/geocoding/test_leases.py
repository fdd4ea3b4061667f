"""Leases: one holder at a time over threads, processes and machines, whoever dies; no places are needed."""

import threading
from typing import Any

import pytest

from atlas.geocoding.leases import LEASE_S, Leases, _Heartbeat, _Lease
from tests.geocoding.databases import Waiting, opened_by, waits
from tests.nominatim import Clock


def made(env: dict[str, str], clock: Clock, **seams: Any) -> Leases:
    opened = opened_by(env, clock)
    leases = Leases(opened, **{"sleep": clock.sleep} | seams)
    with opened.writing() as connection:
        leases.make(connection)
    return leases


def elsewhere(env: dict[str, str], clock: Clock) -> Leases:
    """The same leases, as another machine sees them that does not want to wait."""
    return made(env, clock, holder=lambda: "somebody else", sleep=waits)


@pytest.fixture
def leases(env: dict[str, str], clock: Clock) -> Leases:
    return made(env, clock)


def dies(holder: Leases, name: str) -> None:
    """Takes a lease and never ends or renews it."""
    assert holder._take(name, 0.0) == 0.0


def is_held(name: str, other: Leases) -> bool:
    """Whether another machine would have to wait for a lease."""
    try:
        with other.hold(name):
            return False
    except Waiting:
        return True


def test_a_lease_keeps_others_out(leases: Leases, env: dict[str, str], clock: Clock) -> None:
    """While one machine holds it, another waits; leases of other names are free."""
    other = elsewhere(env, clock)
    with leases.hold("melfi"):
        assert (is_held("melfi", other), is_held("modena", other)) == (True, False)
    assert not is_held("melfi", other)


def test_a_lease_ends_with_an_error(leases: Leases, env: dict[str, str], clock: Clock) -> None:
    """Whatever goes wrong while it is held, nobody waits for it afterwards."""
    with pytest.raises(ZeroDivisionError), leases.hold("melfi"):
        raise ZeroDivisionError
    assert not is_held("melfi", elsewhere(env, clock))


def test_waiting_can_become_needless(env: dict[str, str], clock: Clock) -> None:
    """The waiting side is given the reason, holds nothing, and takes nothing from the holder."""
    other, waited = elsewhere(env, clock), []
    leases = made(env, clock, sleep=waited.append)
    with other.hold("melfi"):
        with leases.hold("melfi", unless=lambda: "came" if len(waited) == 3 else None) as reason:
            assert reason == "came"
        assert is_held("melfi", made(env, clock, holder=lambda: "a third", sleep=waits))
    assert len(waited) == 3


def test_what_came_just_before_is_given_too(leases: Leases) -> None:
    """Between the last look and the lease somebody may have been done: there is another look."""
    looks = iter([None, "came"])
    with leases.hold("melfi", unless=lambda: next(looks)) as reason:
        assert reason == "came"


def test_threads_hold_it_one_after_another(env: dict[str, str], clock: Clock) -> None:
    """Also where all threads share one object."""
    leases, inside, most = made(env, clock), [], []

    def hold() -> None:
        with leases.hold("melfi"):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=hold) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1] * 8


def test_a_lease_runs_out(leases: Leases, env: dict[str, str], clock: Clock) -> None:
    """A dead holder blocks nobody for longer than the lease."""
    other = elsewhere(env, clock)
    dies(leases, "melfi")
    clock.now += LEASE_S - 1
    assert is_held("melfi", other)
    clock.now += 1
    assert not is_held("melfi", other)


def test_a_lease_is_renewed_while_its_holder_lives(leases: Leases, env: dict[str, str], clock: Clock) -> None:
    """However long a server takes, nobody else asks the same meanwhile."""
    with leases.hold("melfi"):
        clock.now += LEASE_S - 1
        leases._renew(["melfi"])
        clock.now += LEASE_S - 1
        assert is_held("melfi", elsewhere(env, clock))


def test_the_heart_beats_only_while_something_is_held() -> None:
    """Its thread renews what is held, and ends by itself."""
    seen: list[list[str]] = []
    beat = _Heartbeat(lambda names: seen.append(list(names)), 0.001)
    beat.add("melfi")
    thread = beat._thread
    while not seen:
        assert thread is not None
        thread.join(0.001)
    beat.remove("melfi")
    assert thread is not None
    thread.join(10)
    assert (thread.is_alive(), seen[0]) == (False, ["melfi"])


def test_turns_are_a_rest_apart(leases: Leases, env: dict[str, str], clock: Clock) -> None:
    """Over all machines: from the end of a turn to the next one, and for each name by itself."""
    starts = []
    for asker in (leases, made(env, clock, holder=lambda: "somebody else"), leases):
        with asker.turn("nominatim", 1.0):
            starts.append(clock.now)
            clock.now += 0.25
    assert starts == [1_000.0, 1_001.25, 1_002.5]
    with leases.turn("photon", 1.0):
        assert clock.now == 1_002.75


def test_a_turn_whose_holder_died(leases: Leases, env: dict[str, str], clock: Clock) -> None:
    """The next one comes when the lease has run out and the rest has passed."""
    dies(elsewhere(env, clock), "nominatim")
    with leases.turn("nominatim", 1.0):
        assert LEASE_S + 1 <= clock.now - 1_000 <= LEASE_S + 2


def test_a_clock_that_was_set_back(leases: Leases, env: dict[str, str], clock: Clock) -> None:
    """What seems to be held or used far in the future holds nobody up."""
    with leases.turn("nominatim", 1.0):
        pass
    dies(leases, "melfi")
    clock.now -= 500
    with leases.turn("nominatim", 1.0):
        assert clock.now == 500
    assert not is_held("melfi", elsewhere(env, clock))


BLOCKED = [
    # holder, until, freed, rest -> seconds to wait at 100, with leases of 30 s
    (("A", 120.0, 0.0), 0.0, 0.25),
    (("A", 120.0, 0.0), 0.4, 0.1),
    (("A", 120.0, 0.0), 60.0, 0.25),
    (("A", 100.0, 0.0), 0.0, 0.0),
    (("A", 99.5, 0.0), 1.0, 0.5),
    (("A", 161.0, 0.0), 1.0, 0.0),
    ((None, 0.0, 99.75), 1.0, 0.75),
    ((None, 0.0, 99.0), 1.0, 0.0),
    ((None, 0.0, 130.0), 1.0, 31.0),
    ((None, 0.0, 131.0), 1.0, 0.0),
    ((None, 120.0, 50.0), 0.0, 0.0),
]


@pytest.mark.parametrize(("row", "rest_s", "wait_s"), BLOCKED)
def test_how_long_to_wait(row: tuple[str | None, float, float], rest_s: float, wait_s: float) -> None:
    """A holder is looked at again soon; a free lease is waited for as long as it rests."""
    assert _Lease(*row).blocked_s(100.0, rest_s, 30.0) == wait_s
