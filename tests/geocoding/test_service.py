"""The configured geocoder: which service, how often, how exact, and what a failure is."""

from typing import Any

import pandas as pd
import pytest
from geopy.geocoders import SERVICE_TO_GEOCODER

from atlas import __version__
from atlas.errors import ConfigurationError, GeocoderUnavailable
from atlas.geocoding import resolve
from atlas.geocoding.csv_cache import FileCache
from atlas.geocoding.service import Ask, Geocode, GeocoderSettings, accuracy, default_ask, settings
from tests.geocoding.asking import DAY, asker, five, one, spot
from tests.nominatim import Clock, NominatimServer, Queue, failed, garbled


def test_default_settings() -> None:
    """Without environment the gazetteer answers, and nobody is asked."""
    assert settings({}).service == "gazetteer"
    assert not settings({}).is_public


def test_settings_of_the_public_nominatim() -> None:
    """It is asked once a second, as ourselves."""
    chosen = settings({"ATLAS_GEOCODER": "nominatim"})
    assert chosen.is_public
    assert chosen == GeocoderSettings(
        service="nominatim",
        scheme="https",
        domain="nominatim.openstreetmap.org",
        user_agent=f"alfa-romeo-plant-atlas/{__version__}",
        timeout_s=10.0,
        delay_s=1.0,
        key="",
    )


SERVERS = [
    ("", "0.1", "https", "nominatim.openstreetmap.org", 1.0),
    ("https://Nominatim.OpenStreetMap.org./", "0", "https", "nominatim.openstreetmap.org.", 1.0),
    ("http://nominatim.openstreetmap.org:80", "0", "http", "nominatim.openstreetmap.org:80", 1.0),
    ("http://localhost:8080/nominatim/", "0", "http", "localhost:8080/nominatim", 0.0),
    ("https://geo.example.org/openstreetmap.org", "0.5", "https", "geo.example.org/openstreetmap.org", 0.5),
    ("http://[::1]:8080", "0", "http", "[::1]:8080", 0.0),
]


@pytest.mark.parametrize(("url", "delay", "scheme", "domain", "delay_s"), SERVERS)
def test_server_and_delay(url: str, delay: str, scheme: str, domain: str, delay_s: float) -> None:
    """The address is split for geopy; only openstreetmap.org has a least delay."""
    env = {"ATLAS_GEOCODER": "nominatim", "ATLAS_GEOCODER_URL": url, "ATLAS_GEOCODER_DELAY_S": delay}
    chosen = settings(env)
    assert chosen.is_public == (delay_s == 1.0)
    assert (chosen.scheme, chosen.domain, chosen.delay_s) == (scheme, domain, delay_s)


WRONG = [
    (
        {"ATLAS_GEOCODER": "nominatin"},
        "ATLAS_GEOCODER is 'nominatin'; did you mean nominatim? allowed are none, ",
    ),
    ({"ATLAS_GEOCODER": "liveaddress"}, "allowed are none, gazetteer, arcgis"),
    ({"ATLAS_GEOCODER": "pelias"}, "needs its server's address in ATLAS_GEOCODER_URL"),
    ({"ATLAS_GEOCODER": "opencage"}, "The geocoder opencage needs a key in ATLAS_GEOCODER_KEY."),
    (
        {"ATLAS_GEOCODER": "nominatim", "ATLAS_GEOCODER_KEY": "s3cret"},
        "The geocoder nominatim takes no key: unset ATLAS_GEOCODER_KEY.",
    ),
    ({"ATLAS_GEOCODER_URL": "localhost:8080"}, "must be like https://geocoder.example.org/path"),
    ({"ATLAS_GEOCODER_URL": "https://me:s3cret@example.org"}, "must be like https://"),
    ({"ATLAS_GEOCODER_URL": "https://example.org?key=s3cret"}, "must be like https://"),
    ({"ATLAS_GEOCODER_URL": "http://example.org:port"}, "must be like https://"),
    ({"ATLAS_GEOCODER_URL": "file:///etc/passwd"}, "must be like https://"),
    (
        {"ATLAS_GEOCODER_TIMEOUT_S": "soon"},
        "ATLAS_GEOCODER_TIMEOUT_S is 'soon'; allowed are seconds from 0.01",
    ),
    ({"ATLAS_GEOCODER_TIMEOUT_S": "0"}, "ATLAS_GEOCODER_TIMEOUT_S is '0'"),
    ({"ATLAS_GEOCODER_DELAY_S": "nan"}, "ATLAS_GEOCODER_DELAY_S is 'nan'"),
    ({"ATLAS_GEOCODER_DELAY_S": "-1"}, "ATLAS_GEOCODER_DELAY_S is '-1'"),
    ({"ATLAS_GEOCODER_USER_AGENT": "me\r\nX-Evil: 1"}, "only plain ASCII text can be sent"),
]


@pytest.mark.parametrize(("env", "sentence"), WRONG)
def test_wrong_settings_say_what_is_allowed(env: dict[str, str], sentence: str) -> None:
    """A wrong variable is named with what it may be, without what may be secret."""
    with pytest.raises(ConfigurationError) as caught:
        settings(env)
    assert sentence in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "service", ["photon", "arcgis", "geonames", "google", "herev7", "azure", "tomtom", "here"]
)
def test_other_services_can_be_set_up(service: str) -> None:
    """Services with other names for the key and without a server of their own are constructed by geopy."""
    key = {} if service in ("photon", "arcgis") else {"ATLAS_GEOCODER_KEY": "s3cret"}
    ask = default_ask(Queue(Clock()), {"ATLAS_GEOCODER": service, **key})
    assert isinstance(ask, Geocode)
    assert type(ask._geocoder) is SERVICE_TO_GEOCODER[service]


def test_none_never_asks() -> None:
    """The service "none" is nobody to ask, and the gazetteer is not asked question by question."""
    for service in (" None ", "gazetteer", ""):
        assert default_ask(Queue(Clock()), {"ATLAS_GEOCODER": service}) is None
    assert spot(resolve.locate(one(), caches=[], ask=None)) == [(None, None)]


def test_a_user_agent_that_geopy_refuses() -> None:
    """geopy's own refusal becomes a sentence of ours."""
    env = {"ATLAS_GEOCODER": "nominatim", "ATLAS_GEOCODER_USER_AGENT": "my-application"}
    ask = default_ask(Queue(Clock()), env)
    assert ask is not None
    with pytest.raises(ConfigurationError, match="The geocoder nominatim cannot be set up"):
        ask("Melfi")


def test_the_key_is_in_no_message(server: NominatimServer, clock: Clock) -> None:
    """A key reaches the server and nothing else: no repr, no sentence."""
    env = {"ATLAS_GEOCODER": "pelias", "ATLAS_GEOCODER_KEY": "s3cret/k&y"}
    ask = asker(server, clock, **env)
    assert "s3cret" not in repr(settings({"ATLAS_GEOCODER_URL": server.url, **env})) + repr(vars(ask))
    server.answer = failed(403)
    problem = resolve.locate(one(), caches=[], ask=ask).problem
    assert problem is not None
    assert problem.startswith(f"The geocoder pelias at {server.url} refused us")
    assert "s3cret" not in problem
    assert server.requests[0].path == "/v1/search"


def test_a_key_that_is_part_of_the_address_is_masked(server: NominatimServer, clock: Clock) -> None:
    """Even a service that wants its key in the path gets it without our sentences telling it."""
    env = {
        "ATLAS_GEOCODER": "pelias",
        "ATLAS_GEOCODER_KEY": "s3cret",
        "ATLAS_GEOCODER_URL": f"{server.url}/s3cret",
    }
    server.answer = failed(403)
    problem = resolve.locate(one(), caches=[], ask=asker(server, clock, **env)).problem
    assert problem is not None
    assert problem.startswith(f"The geocoder pelias at {server.url}/*** refused us")


# --- asking ---


def test_every_request_says_who_asks(server: NominatimServer, ask: Ask) -> None:
    """The user agent names the atlas and its version, and Nominatim's /search is asked."""
    resolve.locate(one(), caches=[], ask=ask)
    assert [(r.user_agent, r.path) for r in server.requests] == [
        (f"alfa-romeo-plant-atlas/{__version__}", "/search")
    ]


def test_a_server_below_a_path(server: NominatimServer, clock: Clock) -> None:
    """A server's path is kept, and a pasted /search is not doubled."""
    for tail in ("/geo", "/geo/search/"):
        resolve.locate(one(), caches=[], ask=asker(server, clock, ATLAS_GEOCODER_URL=server.url + tail))
    assert [request.path for request in server.requests] == ["/geo/search", "/geo/search"]


def test_two_askers_take_turns(server: NominatimServer, clock: Clock) -> None:
    """Two sessions with the same service and server take turns, a second apart."""
    turns = Queue(clock)
    for _ in range(2):
        ask = default_ask(turns, {"ATLAS_GEOCODER_URL": server.url})
        resolve.locate(one(), caches=[], ask=ask)
    assert [request.time for request in server.requests] == [1_000.0, 1_001.0]


FAILURES = [
    (failed(500), "failed (HTTP status 500). Try again later", 2),
    (failed(503), "failed (HTTP status 503). Try again later", 2),
    (failed(404), "failed (HTTP status 404). Try again later, check ATLAS_GEOCODER_URL", 1),
    (failed(429), "wants fewer requests (HTTP status 429). Try again later, raise ATLAS_GEOCODER_DELAY_S", 1),
    (failed(403), "refused us (HTTP status 403). Check ATLAS_GEOCODER_KEY and ATLAS_GEOCODER_USER_AGENT", 1),
    (failed(400), "did not accept the request (HTTP status 400). Check the address", 1),
    (garbled(b"<html>Welcome to the hotel</html>"), "gave an answer that makes no sense. Check ATLAS_", 1),
    (garbled(b"\xff\xfe"), "gave an answer that makes no sense", 1),
    (garbled(b"{}"), "gave an answer that makes no sense", 1),
    (garbled(b"null"), "gave an answer that makes no sense", 1),
    (garbled(b'"hello"'), "gave an answer that makes no sense", 1),
    (garbled(b"[{}]"), "gave an answer that makes no sense", 1),
    (garbled(b'[{"display_name": "x", "lat": NaN, "lon": NaN}]'), "gave an answer that makes no sense", 1),
    (garbled(b'[{"display_name": "x", "lat": "200", "lon": "10"}]'), "gave an answer that makes no sense", 1),
    (
        garbled(b'[{"display_name": "x", "lat": "10", "lon": "200"}]'),
        "(impossible coordinates 10.0, 200.0)",
        1,
    ),
    (garbled(b'[{"display_name": "x", "lat": "0", "lon": "0"}]'), "(impossible coordinates 0.0, 0.0)", 1),
    (garbled(b'[{"display_name": "x", "lat": "10"}]'), "gave an answer that makes no sense", 1),
    (garbled(b"[" * 100_000), "gave an answer that makes no sense", 1),
]


@pytest.mark.filterwarnings("ignore:Latitude normalization")
@pytest.mark.parametrize(("answer", "sentence", "requests"), FAILURES)
def test_a_failure_is_a_sentence_and_is_never_remembered(
    server: NominatimServer, ask: Ask, cache: FileCache, answer: Any, sentence: str, requests: int
) -> None:
    """No failure is an answer: asking stops at once, one sentence says why, nothing is written."""
    server.answer = answer
    located = resolve.locate(five(), caches=[cache], ask=ask, today=DAY)
    assert located.problem is not None
    assert located.problem.startswith(f"The geocoder nominatim at {server.url} ")
    assert sentence in located.problem
    assert (len(server.requests), located.asked, located.not_found) == (requests, 0, [])
    assert not cache.path.exists()


def test_the_cause_is_kept(server: NominatimServer, ask: Ask) -> None:
    """Asking directly raises `GeocoderUnavailable` from geopy's own error."""
    server.answer = failed(403)
    with pytest.raises(GeocoderUnavailable) as caught:
        ask("Melfi")
    assert type(caught.value.__cause__).__name__ == "GeocoderInsufficientPrivileges"


# --- accuracy ---

ACCURACIES = [
    ({"boundingbox": ["41.0", "41.0", "15.0", "15.0"]}, 10.0),
    ({"boundingbox": ["41.0", "41.01", "15.0", "15.0"]}, 555.0),
    ({"boundingbox": ["-90", "90", "-180", "180"], "type": "country"}, 5_000_000.0),
    ({"boundingbox": ["-10", "10", "-180", "180"]}, 5_000_000.0),
    ({"boundingbox": ["x", "41", "15", "15"], "addresstype": "town"}, 5_000.0),
    ({"boundingbox": None, "type": "house"}, 100.0),
    ({"properties": {"type": "street"}}, 1_000.0),
    ({"type": "country"}, 500_000.0),
]


@pytest.mark.parametrize(("raw", "metres"), ACCURACIES)
def test_accuracy(raw: dict[str, Any], metres: float) -> None:
    """Half the diagonal of the box, else by kind, between 10 m and 5,000 km."""
    assert accuracy(raw) == metres


def test_accuracy_unknown() -> None:
    """An answer that says nothing of its size has no accuracy, rather than a made-up one."""
    assert pd.isna(accuracy({"type": "unheard-of"}))
