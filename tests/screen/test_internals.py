"""The checklist for an upgrade names places that there are."""

import re
import socket
from pathlib import Path

import pytest

from atlas.screen import internals

ROOT = Path(__file__).parent.parent.parent
CHECKLIST = (internals.__doc__ or "").split("- ")[1:]

PLACES = [
    ("atlas/web/streamlit_files.py", "index.html"),
    ("atlas/web/*.py", "__streamlit"),
    ("atlas/drawing/browser/page/*.css", ".stMain"),
    ("atlas/screen/filter_widgets.py", "def relabel"),
    ("atlas/drawing/folium_map.py", "class AtlasMap"),
    ("atlas/drawing/browser/map/plants.js", "feature_group.length = 0"),
    ("atlas/drawing/browser/map/plants.js", "_getNewPixelOrigin"),
    ("atlas/importing/files/excel.py", "._worksheet_path"),
    ("tests/screen/page.py", "._page_hash"),
]


@pytest.mark.parametrize(("files", "text"), PLACES)
def test_what_is_to_be_checked_is_there(files: str, text: str) -> None:
    """Each place of the list still does what the list says; a place that is gone leaves the list."""
    assert any(text in path.read_text(encoding="utf-8") for path in ROOT.glob(files))


def test_each_line_of_the_list_is_held() -> None:
    """Each item of the checklist names a place that the test above looks at."""
    words = [item.replace("filter_widgets.relabel", "atlas/screen/filter_widgets.py") for item in CHECKLIST]
    files = [files.removesuffix("/*.py") for files, _ in PLACES]
    assert [item for item in words if not any(name in item for name in files)] == []
    assert {name for name in files if not any(name in item for item in words)} == set()


def test_nothing_else_uses_what_lies_behind_streamlit() -> None:
    """No other module of the pages imports from the inside of Streamlit."""
    inside = re.compile(r"^\s*(from|import) streamlit\.", re.MULTILINE)
    scripts = [*(ROOT / "pages").glob("*.py"), *(ROOT / "atlas").rglob("*.py"), ROOT / "dashboard.py"]
    assert [path.name for path in scripts if inside.search(path.read_text(encoding="utf-8"))] == [
        "internals.py"
    ]


def test_messages_are_sent_at_once() -> None:
    """As Streamlit makes the socket: without the number of the protocol, so asyncio leaves it alone."""
    with socket.socket(family=socket.AF_INET) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        internals.send_at_once()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
