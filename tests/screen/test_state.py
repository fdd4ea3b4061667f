"""The keys of the session: all in one file, all different."""

import ast
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from atlas.catalog import filters
from atlas.screen import state

ROOT = Path(__file__).parent.parent.parent
KEYS = {name: value for name, value in vars(state).items() if name.isupper() and isinstance(value, str)}


def test_keys_differ() -> None:
    """No two names share a key, and none is that of a filter."""
    assert len(set(KEYS.values())) == len(KEYS)
    assert not {*KEYS.values()} & {row.key for row in filters.FILTERS}


def test_a_key_with_an_addition_is_no_other_key() -> None:
    """What is put behind a key ("atlas-near-cassino") cannot make another key of it."""
    longer = {(key, other) for key in KEYS.values() for other in KEYS.values() if other.startswith(f"{key}-")}
    with_additions = {
        state.NEIGHBOUR_BUTTON,
        state.CAR_BUTTON,
        state.START_BUTTON,
        state.FILE,
        state.PASTED_TEXT,
        state.REMARK,
        state.FIX_BUTTON,
        state.CORRECTED_FILE,
        state.CSV_BUTTON,
    }
    assert {key for key, _ in longer} & with_additions == set()


def spelled_out(path: Path) -> Iterator[str]:
    """The places in a script where a key of the session is a literal."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        values: list[ast.expr] = []
        if isinstance(node, ast.Call):
            values = [word.value for word in node.keywords if word.arg == "key"]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("session_state"):
            values = [node.slice]
        for value in values:
            first = value.values[0] if isinstance(value, ast.JoinedStr) else value
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"{path.name}, line {node.lineno}: {ast.unparse(value)}"


def test_no_other_file_spells_a_key() -> None:
    """Pages and their modules name keys as `state.…`."""
    scripts = [*(ROOT / "pages").glob("*.py"), *(ROOT / "atlas" / "screen").rglob("*.py")]
    assert len(scripts) > 20
    assert [place for script in scripts for place in spelled_out(script)] == []


def test_an_equal_value_is_not_put_again() -> None:
    """A value that the widget has already is not sent to the browser as a new one."""

    def script() -> None:
        import streamlit as st

        from atlas.screen import state

        state.put("text", "a")
        st.text_input("Text", key="text")

    app = AppTest.from_function(script, default_timeout=60).run()
    assert (app.text_input[0].value, app.text_input[0].proto.set_value) == ("a", True)
    app.run()
    assert (app.text_input[0].value, app.text_input[0].proto.set_value) == ("a", False)
    app.text_input[0].input("b").run()
    assert app.text_input[0].value == "a"
