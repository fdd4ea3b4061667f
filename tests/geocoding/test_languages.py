"""What a visitor is told of a lookup is in the language of the visitor, also by the thread that looks up."""

from pathlib import Path

import pandas as pd
import pytest
from geopy import exc

from atlas import language
from atlas.geocoding import background, chain, resolve, service
from atlas.geocoding.background import Lookup
from atlas.paths import DATA
from tests.pseudo_language import left_in_english

FAILURES = [
    exc.GeocoderQuotaExceeded(),
    exc.GeocoderAuthenticationFailure(),
    exc.GeocoderQueryError(),
    exc.GeocoderTimedOut(),
    exc.GeocoderUnavailable("[Errno 111] Connection refused"),
    exc.GeocoderParseError("impossible coordinates 95, 200"),
    ValueError("no JSON"),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_failure(error: Exception, pseudo_language: str) -> None:
    """What happened, and the way out."""
    chosen = service.settings({"ATLAS_GEOCODER_URL": "http://127.0.0.1:1/{path}"})
    with language.spoken(pseudo_language):
        said = str(service._unavailable(chosen, error))
    assert left_in_english(said) == ""
    assert "http://127.0.0.1:1/{path}" in said


def test_the_rules_of_a_public_service(pseudo_language: str, tmp_path: Path) -> None:
    """Said when the run ends, with how long all would take."""
    env = {"ATLAS_GEOCODER": "nominatim", "ATLAS_CACHE_DIR": str(tmp_path)}
    limit = chain.configured(DATA, env).limit
    assert limit
    with language.spoken(pseudo_language):
        assert left_in_english(limit.reason(35_000)) == ""
        assert "35.000 ŵöüld tåké åböüt [9 h 43 míņ]." in limit.reason(35_000)


def test_a_lookup_speaks_the_language_of_whoever_started_it(pseudo_language: str) -> None:
    """Its thread is another than the visitor's."""
    table = pd.DataFrame({"name": ["Nowhere"], "address": ["Nowhere 1"]})

    def work(**more: object) -> str | None:
        return resolve.locate(table, caches=[], ask=lambda _: None, cancelled=lambda: True).problem  # type: ignore[arg-type,return-value]

    with language.spoken(pseudo_language):
        lookup = Lookup(work)
    assert lookup.wait(10)
    assert left_in_english(lookup.result or "English") == ""


def test_a_mistake_of_ours(pseudo_language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends a lookup with a sentence, too."""
    monkeypatch.setattr(background.threading, "excepthook", lambda _: None)

    def work(**more: object) -> str:
        raise ZeroDivisionError

    with language.spoken(pseudo_language):
        lookup = Lookup(work)
    assert lookup.wait(10)
    assert left_in_english(lookup.problem) == ""
    assert lookup.problem.startswith("[")
