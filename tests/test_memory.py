"""The memory of a table: the newest results of each kind."""

from types import SimpleNamespace

import pytest

from atlas import memory
from atlas.memory import Memory


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
