"""The checklist for an upgrade names places that there are."""

import re
import socket
from pathlib import Path
from typing import Any

import pytest
import streamlit_folium

from atlas.drawing import folium_map
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
    ("tests/screen/test_internals.py", "streamlit_folium.st_folium("),
    ("tests/serving/test_proxy_slow.py", "def test_a_killed_replica"),
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


def atlas_map() -> folium_map.AtlasMap:
    return folium_map.AtlasMap(highlight=["IT"], online=folium_map.online_layers(), statuses=["now"])


def test_a_prepared_map_is_what_st_folium_sends(
    hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the letter, whatever a plant is called, even like the text in whose place the data come."""
    monkeypatch.chdir(tmp_path)
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(streamlit_folium, "_component_func", lambda **arguments: sent.append(arguments))
    changing = {"text": hostile, "later": [folium_map.LATER]}
    blank = folium_map.literal(folium_map.LATER)
    fixed = folium_map.literal({"names": [hostile, folium_map.LATER, blank]})
    streamlit_folium.st_folium(
        atlas_map(),
        key="map",
        height=480,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=folium_map.PlantLayer(fixed, changing),
        on_change=lambda: None,
    )
    layer = folium_map.PlantLayer(fixed, folium_map.LATER)
    prepared = internals.prepare_map(atlas_map(), layer, key="map", height_px=480, blank=blank)
    internals.show_map(prepared, folium_map.literal(changing), key="map", on_change=lambda: None)
    whole, ours = ({name: sent[name] for name in sent if name != "on_change"} for sent in sent)
    assert ours == whole
    assert list(tmp_path.iterdir()) == []
