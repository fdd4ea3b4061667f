"""Embed: a clean map in a frame of another site, for those who may, and nothing for the others."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from atlas import settings
from atlas.errors import ConfigurationError
from atlas.screen import download_menu
from atlas.web import health, routes, security

FRAME = Path(__file__).parent.parent / "pages" / "frame.py"

# ---- who may ---------------------------------------------------------------------------------------

ANCESTORS = [
    ("", "'self'"),
    ("  ", "'self'"),
    ("self", "'self'"),
    ("'none'", "'none'"),
    ("*", "*"),
    ("https://example.org", "https://example.org"),
    ("https://Example.org/", "https://example.org"),
    ("self, https://*.example.org:8443 http://localhost:8600", None),
    ("https://a.org https://a.org", "https://a.org"),
]


@pytest.mark.parametrize(("value", "expected"), ANCESTORS)
def test_who_may_show_the_map(value: str, expected: str | None) -> None:
    """As the header says it; by default our own pages only."""
    expected = expected or "'self' https://*.example.org:8443 http://localhost:8600"
    assert settings.FRAME_ANCESTORS.read({"ATLAS_FRAME_ANCESTORS": value}) == expected
    assert settings.FRAME_ANCESTORS.read({}) == "'self'"


WRONG = [
    "example.org",
    "https://example.org/path",
    "https://example.org;script-src",
    "https://*",
    "https://exa mple.org;",
    "javascript:alert(1)",
    "self none",
    "https://a.org\r\nX-Evil:1",
]


@pytest.mark.parametrize("value", WRONG)
def test_a_wrong_value_is_a_sentence(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` says it; the server starts and keeps to our own pages."""
    monkeypatch.setenv("ATLAS_FRAME_ANCESTORS", value)
    with pytest.raises(ConfigurationError, match="ATLAS_FRAME_ANCESTORS") as raised:
        settings.FRAME_ANCESTORS.read()
    assert str(raised.value) in health.run().problems
    assert settings.safe_frame_ancestors() == "'self'"


def test_the_header_says_who_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """On every answer: a frame within the frame asks for it too."""
    monkeypatch.setenv("ATLAS_FRAME_ANCESTORS", "self https://example.org")
    client = TestClient(Starlette(routes=routes.routes(), middleware=[Middleware(security.SecurityHeaders)]))
    for path in ("/api/health", "/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert policy.endswith("; frame-ancestors 'self' https://example.org")
    assert "Frames: the map may be shown in pages of 'self' https://example.org." in health.run().findings


# ---- the snippet -----------------------------------------------------------------------------------


def test_the_snippet_carries_the_selection(hostile: str) -> None:
    """One element whose address says the selection, whatever was searched for."""
    text = download_menu.snippet(
        "https://a.org/atlas/", {"q": [hostile], "status": ["now", "none"]}, title=hostile
    )
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attributes)))

        def handle_data(self, data: str) -> None:
            raise AssertionError(data)

    Reader().feed(text)
    [(tag, attributes)] = found
    address = str(attributes.pop("src"))
    start = "https://a.org/atlas/?embed=true&q="
    assert address.startswith(start)
    assert address.endswith("&status=now&status=none")
    assert attributes.pop("title") == hostile
    assert (tag, attributes) == (
        "iframe",
        {"width": "100%", "height": "520", "loading": "lazy", "style": "border: 0"},
    )


# ---- the page --------------------------------------------------------------------------------------


def embedded(*, is_embedded: bool = True, **query: str) -> AppTest:
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    app.context = {"is_embedded": is_embedded}
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def line(app: AppTest) -> str:
    return next(one.proto.body for one in app.get("html") if "atlas-embedded" in one.proto.body)


def test_the_map_and_one_line() -> None:
    """No sidebar, heading, figures or table; the link opens the same selection."""
    app = embedded(country="Italy", plant="modena")
    assert not app.exception
    assert [len(app.sidebar), len(app.title), len(app.dataframe), len(app.button)] == [0, 0, 0, 0]
    [shown] = [one for one in app.main if getattr(one.proto, "json_args", "")]
    assert "fills" in shown.proto.json_args
    assert "4 plants in Italy. Selected: Modena Plant." in line(app)
    assert 'href="/?country=Italy&amp;plant=modena" target="_blank" rel="noopener"' in line(app)


def test_without_a_frame_the_page_is_whole() -> None:
    """The same address without `embed=true`."""
    app = embedded(is_embedded=False, country="Italy")
    assert app.title[0].value == "Where Alfa Romeos are made"
    assert len(app.sidebar) > 0


def test_what_cannot_be_shown_is_said() -> None:
    """In the one line there is."""
    app = embedded(country="Mars", q="nothing like this")
    assert "No plant matching “nothing like this”. Country: there is no “Mars” in this table" in line(app)
