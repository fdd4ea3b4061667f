"""The memory of a table: the newest results of each kind."""

from contextlib import suppress
from types import SimpleNamespace

import pytest

from atlas import memory
from atlas.errors import Busy
from atlas.memory import SMALL_BYTES, Memory, Workplace


def test_what_is_kept_is_bounded() -> None:
    """The oldest leave when there are many; each table has its own; what is not kept is made again."""
    made: list[str] = []

    def ask(memory: Memory, key: str) -> str:
        return memory.of("kind", key, lambda: made.append(key) or f"{len(made)} {key}", most=2)  # type: ignore[func-returns-value]

    five, every = Memory(), Memory()
    assert [ask(five, key) for key in "aabcca"] == ["1 a", "1 a", "2 b", "3 c", "3 c", "4 a"]
    assert ask(every, "a") == "5 a"
    assert five.of("another kind", "a", lambda: "own", most=2) == "own"


@pytest.mark.parametrize(("rows", "times"), [(memory.MANY_ROWS, 1), (memory.MANY_ROWS - 1, 0)])
def test_memory_is_given_back_after_many_rows(rows: int, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not after few: it takes as long, and each visitor's table would pay for it."""
    asked: list[bool] = []
    pool = SimpleNamespace(release_unused=lambda: asked.append(True))
    monkeypatch.setattr(memory.pa, "default_memory_pool", lambda: pool)
    memory.give_back(rows)
    assert len(asked) == times


def test_few_large_tables_at_a_time() -> None:
    """Others wait; small ones do not, and who finds no room is told so."""
    place = Workplace(places=1, most=2, wait_s=0.02)
    with place.turn(SMALL_BYTES):
        with place.turn(SMALL_BYTES - 1):
            pass
        with pytest.raises(Busy, match="Try again in a minute"), place.turn(SMALL_BYTES):
            pytest.fail("no place is free")
    full = Workplace(places=1, most=1, wait_s=60)
    with full.turn(SMALL_BYTES), pytest.raises(Busy), full.turn(SMALL_BYTES):
        pytest.fail("no room is left")
    with full.turn(SMALL_BYTES), suppress(ZeroDivisionError), place.turn(SMALL_BYTES):
        _ = 1 / 0
    with full.turn(SMALL_BYTES), place.turn(SMALL_BYTES):
        pass
