"""What a page loads of Streamlit, found in a made-up and in the installed Streamlit."""

from pathlib import Path

import pytest
import streamlit
import streamlit_folium

from atlas.web.streamlit_files import MAP_COMPONENT, ON_THE_MAP_PAGE, StreamlitFiles, map_component

SHELL = """<head><link rel="shortcut icon" href="./favicon.png" />
<script type="module" crossorigin src="./static/js/index.a1.js"></script>
<link rel="modulepreload" crossorigin href="./static/js/shared.b-2.js">
<link rel="stylesheet" crossorigin href="./static/css/index.c3.css"></head>"""
SCRIPTS = {
    "index.a1.js": 'import{a}from"./shared.b-2.js";x(()=>import(`./Map.d4.js`)),y(()=>import("./Box.e5.js"))',
    "shared.b-2.js": "const name=`stMap`",  # in the first wave: not a chunk
    "Map.d4.js": 'import{a}from"./shared.b-2.js";import"./frame.f6.js";const x={"data-testid":`stMap`}',
    "Box.e5.js": "import {a as b} from './frame.f6.js';import'./ring.g7.js';className='stBox',x='stMapLike'",
    "frame.f6.js": "export const a=1",
    "ring.g7.js": 'import{b}from"./Box.e5.js";import"./gone.h8.js"',
    "Other.i9.js": "x=`stMap`",  # nothing loads it
}


@pytest.fixture
def made_up(tmp_path: Path) -> StreamlitFiles:
    (tmp_path / "static/js").mkdir(parents=True)
    (tmp_path / "index.html").write_text(SHELL)
    for name, text in SCRIPTS.items():
        (tmp_path / "static/js" / name).write_text(text)
    return StreamlitFiles(tmp_path)


def test_the_first_wave_stands_in_the_shell(made_up: StreamlitFiles) -> None:
    names = ["js/index.a1.js", "js/shared.b-2.js", "css/index.c3.css"]
    assert made_up.linked == [f"static/{name}" for name in names]


@pytest.mark.parametrize(
    ("elements", "names"),
    [
        (["stMap"], ["Map.d4.js", "frame.f6.js"]),
        (["stBox", "stMap"], ["Box.e5.js", "Map.d4.js", "frame.f6.js", "ring.g7.js"]),
        (["stNone"], []),
    ],
)
def test_the_second_wave_follows_imports(
    made_up: StreamlitFiles, elements: list[str], names: list[str]
) -> None:
    """Once each, also around a ring; not those of the first wave, nor any that is not there."""
    assert made_up.chunks(elements) == [f"static/js/{name}" for name in names]


@pytest.mark.parametrize("element", ON_THE_MAP_PAGE)
def test_the_installed_streamlit_has_a_chunk_for_each_element(element: str) -> None:
    """A new version that calls an element otherwise fails here, and only loses a head start."""
    folder = Path(streamlit.__file__).parent / "static"
    paths = StreamlitFiles(folder).chunks([element])
    assert paths
    assert all((folder / path).is_file() for path in paths)


def test_the_maps_component() -> None:
    """Its page and the script that the page names, under the name that Streamlit serves them by."""
    component = streamlit_folium._component_func
    page, script = map_component()
    assert component.name == MAP_COMPONENT
    for path in (page, script):
        assert (Path(component.path) / path.removeprefix(f"component/{MAP_COMPONENT}/")).is_file()
