"""Settings: each variable is a row whose text becomes a value or a sentence."""

from pathlib import Path
from typing import Any

import pytest

from atlas import __version__, settings
from atlas.errors import ConfigurationError
from atlas.web import health

UNSET = [
    (settings.PLANTS, ""),
    (settings.TITLE, ""),
    (settings.REFRESH_S, None),
    (settings.REFRESH_KEY, ""),
    (settings.CACHE_DIR, None),
    (settings.DATABASE_URL, ""),
    (settings.PUBLIC_URL, ""),
    (settings.CORRECTIONS, ""),
    (settings.FRAME_ANCESTORS, "'self'"),
    (settings.UPLOADS_MB, 1024),
    (settings.GEOCODER, ""),
    (settings.GEOCODER_URL, ""),
    (settings.GEOCODER_KEY, ""),
    (settings.GEOCODER_USER_AGENT, f"alfa-romeo-plant-atlas/{__version__}"),
    (settings.GEOCODER_TIMEOUT_S, 10.0),
    (settings.GEOCODER_DELAY_S, 1.0),
]


def test_every_setting_has_a_value_when_it_is_not_set() -> None:
    """Missing or blank, it is the same; the cache folder is the user's own."""
    assert [row for row, _ in UNSET] == list(settings.SETTINGS)
    for row, value in UNSET:
        assert row.read({}) == row.read({row.name: " "})
        assert value is None or row.read({}) == value
    assert settings.REFRESH_S.read({}) is None
    assert settings.CACHE_DIR.read({}).name == "alfa-romeo-plant-atlas"


SET = [
    (settings.PLANTS, " ~/plants.csv ", "~/plants.csv"),
    (settings.TITLE, " Our plants ", "Our plants"),
    (settings.REFRESH_S, "600", 600.0),
    (settings.REFRESH_KEY, "0123456789abcdef", "0123456789abcdef"),
    (settings.CACHE_DIR, "/srv/atlas", Path("/srv/atlas")),
    (settings.PUBLIC_URL, "https://atlas.example.org/alfa/", "https://atlas.example.org/alfa"),
    (settings.FRAME_ANCESTORS, "self, https://a.org/", "'self' https://a.org"),
    (settings.CORRECTIONS, "https://a.org/new?body={text}", "https://a.org/new?body={text}"),
    (settings.CORRECTIONS, "mailto:me@a.org", "mailto:me@a.org?subject={title}&body={text}"),
    (settings.CORRECTIONS, "mailto:me@a.org?subject=Atlas", "mailto:me@a.org?subject=Atlas"),
    (settings.UPLOADS_MB, "64", 64),
    (settings.GEOCODER, "Nominatim", "nominatim"),
    (settings.GEOCODER_USER_AGENT, "my-application", "my-application"),
    (settings.GEOCODER_TIMEOUT_S, "0.5", 0.5),
    (settings.GEOCODER_DELAY_S, "0", 0.0),
]


@pytest.mark.parametrize(("row", "text", "value"), SET)
def test_a_text_becomes_a_value(row: settings.Setting[Any], text: str, value: object) -> None:
    """Without the spaces around it."""
    assert row.read({row.name: text}) == value


WRONG = [
    (settings.REFRESH_S, "0", "is '0'; allowed are seconds from 1 to 86400."),
    (settings.REFRESH_KEY, "short", "must be plain ASCII text of at least 16 characters."),
    (settings.CACHE_DIR, "~nobody-here/x", "is '~nobody-here/x', but there is no such home folder."),
    (settings.PUBLIC_URL, "atlas.example.org", "is “atlas.example.org”; write an address such as"),
    (settings.FRAME_ANCESTORS, "none self", "says none and names sites as well."),
    (settings.CORRECTIONS, "javascript:alert(1)", "write an address that begins with https:// or mailto:."),
    (settings.CORRECTIONS, "https://a.org/ b", "write an address that begins with https:// or mailto:."),
    (settings.UPLOADS_MB, "0", "is “0”; it must be a whole number from 1 on."),
    (settings.GEOCODER_USER_AGENT, "a\nb", "only plain ASCII text can be sent."),
    (settings.GEOCODER_TIMEOUT_S, "nan", "is 'nan'; allowed are seconds from 0.01 to 3600."),
    (settings.GEOCODER_DELAY_S, "3601", "is '3601'; allowed are seconds from 0 to 3600."),
]


@pytest.mark.parametrize(("row", "text", "sentence"), WRONG)
def test_a_wrong_text_is_a_sentence_and_a_problem(
    row: settings.Setting[Any], text: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the variable, and the check says it once."""
    monkeypatch.setenv(row.name, text)
    with pytest.raises(ConfigurationError) as raised:
        row.read()
    assert str(raised.value).startswith(row.name)
    assert sentence in str(raised.value)
    assert health.run().problems == [str(raised.value)]


SHEETS = [
    ("/data/plants.xlsx#2024 (new)", "/data/plants.xlsx", "2024 (new)"),
    ("https://example.org/plants.xlsx?key=1#My%20sheet", "https://example.org/plants.xlsx?key=1", "My sheet"),
    ("/data/plants#1.csv", "/data/plants#1.csv", ""),
    ("/data/plants.xlsx", "/data/plants.xlsx", ""),
]


@pytest.mark.parametrize(("source", "file", "sheet"), SHEETS)
def test_a_sheet_of_a_workbook(source: str, file: str, sheet: str) -> None:
    """It stands behind the file; the title is the file's."""
    assert settings.with_sheet(source) == (file, sheet)
    assert settings.title_of(source) == settings.title_of(file)


def test_what_is_no_file() -> None:
    """A drive of Windows is none of them."""
    assert [settings.is_database(text) for text in ("sqlite:///a.db?table=b", "mysql+pymysql://h/d")] == [
        True
    ] * 2
    files = (
        r"C:\data\plants.csv",
        "C:/data/plants.csv",
        "/data/plants.csv",
        "https://example.org/plants.csv",
    )
    assert [settings.is_database(text) for text in files] == [False] * 4
    assert [settings.is_remote(text) for text in files] == [False, False, False, True]
