"""The memory of a table: the newest results of each kind."""

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
