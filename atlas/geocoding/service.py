"""Asks the configured geocoder: which service, where, how often, and how exact its answers are.

The only module that knows geopy's geocoders, besides our own (`gazetteer`, which needs no network). Nothing
is set up before the first question; the service is the one that `settings` names.

The rules:

* An address without a service is taken for a Nominatim; a key never appears in a message.
* Between an answer and the next request passes `ATLAS_GEOCODER_DELAY_S`, never less than 1 s at
  openstreetmap.org; with 0, requests do not wait for each other either.
* "There is no such place" is an answer; a failure is not (`GeocoderUnavailable`).
* Every request waits for its turn (see `store`), also when it is repeated. Only time-outs, lost connections
  and server errors are repeated, once; a refusal never.
* The public Nominatim is for everybody: a run asks it about `MOST_PUBLIC` addresses at most.
* `accuracy_m` of an answer is half the diagonal of its bounding box, else `KIND_METRES` by its kind, between
  10 m and 5,000 km; NaN when the answer tells neither.
"""

import difflib
import inspect
import logging
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from geopy import exc
from geopy.adapters import AdapterHTTPError, URLLibAdapter
from geopy.distance import geodesic
from geopy.geocoders import SERVICE_TO_GEOCODER, get_geocoder_for_service

from atlas.errors import ConfigurationError, GeocoderUnavailable
from atlas.geocoding.place import Place, Turns
from atlas.language import gettext, number
from atlas.settings import (
    GEOCODER,
    GEOCODER_DELAY_S,
    GEOCODER_KEY,
    GEOCODER_TIMEOUT_S,
    GEOCODER_URL,
    GEOCODER_USER_AGENT,
)

KIND_METRES = {
    **dict.fromkeys(("house", "housenumber", "building", "address", "industrial", "works", "venue"), 100.0),
    **dict.fromkeys(("street", "road", "highway", "residential"), 1_000.0),
    **dict.fromkeys(("neighbourhood", "suburb", "quarter", "hamlet", "village", "postcode"), 2_000.0),
    **dict.fromkeys(("town", "city", "municipality", "locality", "localadmin"), 5_000.0),
    **dict.fromkeys(("county", "district"), 30_000.0),
    **dict.fromkeys(("state", "region", "province"), 150_000.0),
    "country": 500_000.0,
}
GAZETTEER = "gazetteer"
MOST_PUBLIC = 100
_OFFLINE = ("none", GAZETTEER)
_LEAST_M, _MOST_M = 10.0, 5_000_000.0
_KEYS = ("api_key", "apikey", "subscription_key", "username")
_GARBAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_REFUSALS = (exc.GeocoderAuthenticationFailure, exc.GeocoderInsufficientPrivileges)

# geopy logs whole tracebacks, and addresses with the key in them; what matters of both is in our sentences.
logging.getLogger("geopy").setLevel(logging.CRITICAL)

Ask = Callable[[str], Place]


@dataclass(frozen=True)
class GeocoderSettings:
    """Which service is asked, where, as whom and how often; "none" and "gazetteer" are never asked."""

    service: str
    scheme: str
    domain: str
    user_agent: str
    timeout_s: float
    delay_s: float
    key: str = field(repr=False)

    @property
    def address(self) -> str:
        return f"{self.scheme}://{self.domain}" if self.domain else ""

    @property
    def is_public(self) -> bool:
        """A server of OpenStreetMap's, which all the world shares."""
        return _is_public(self.domain)


def settings(env: Mapping[str, str] = os.environ) -> GeocoderSettings:
    """Returns the geocoder that the environment names; raises `ConfigurationError`."""
    url = GEOCODER_URL.read(env)
    service = GEOCODER.read(env) or ("nominatim" if url else GAZETTEER)
    takes = {} if service in _OFFLINE else _takes(service)
    scheme, domain = _server(service, takes, url)
    least_delay = 1.0 if _is_public(domain) else 0.0
    return GeocoderSettings(
        service=service,
        scheme=scheme,
        domain=domain,
        user_agent=GEOCODER_USER_AGENT.read(env),
        timeout_s=GEOCODER_TIMEOUT_S.read(env),
        delay_s=max(least_delay, GEOCODER_DELAY_S.read(env)),
        key=_key(service, takes, GEOCODER_KEY.read(env)),
    )


def _is_public(domain: str) -> bool:
    host = urlsplit(f"//{domain}").hostname or ""
    return f".{host.rstrip('.')}".endswith(".openstreetmap.org")


def _takes(service: str) -> Mapping[str, inspect.Parameter]:
    """Returns the options of a service of geopy; knows services that need a server and a key at most."""
    options = {name: inspect.signature(kind).parameters for name, kind in SERVICE_TO_GEOCODER.items()}
    usable = {name: takes for name, takes in options.items() if _needs(takes) <= {"domain", *_KEYS}}
    if service not in usable:
        allowed = [*_OFFLINE, *usable]
        near = "".join(f"did you mean {name}? " for name in difflib.get_close_matches(service, allowed, n=1))
        raise ConfigurationError(
            f"ATLAS_GEOCODER is {service[:60]!r}; {near}allowed are {', '.join(allowed)}."
        )
    return usable[service]


def _needs(takes: Mapping[str, inspect.Parameter]) -> set[str]:
    return {name for name, option in takes.items() if option.default is inspect.Parameter.empty}


def _server(service: str, takes: Mapping[str, inspect.Parameter], url: str) -> tuple[str, str]:
    if not url:
        if "domain" in _needs(takes):
            raise ConfigurationError(
                f"The geocoder {service} needs its server's address in ATLAS_GEOCODER_URL."
            )
        usual = {name: takes[name].default for name in ("scheme", "domain") if name in takes}
        return usual.get("scheme") or "https", usual.get("domain") or ""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not re.fullmatch(r"[!-~]+", url) or re.search("[@?#]", url):
        raise ConfigurationError(
            "ATLAS_GEOCODER_URL must be like https://geocoder.example.org/path, without user name, ? or #."
        )
    if takes and not {"scheme", "domain"} <= set(takes):
        raise ConfigurationError(f"The geocoder {service} has one fixed address: unset ATLAS_GEOCODER_URL.")
    return parts.scheme, parts.netloc.lower() + parts.path.rstrip("/").removesuffix("/search")


def _key(service: str, takes: Mapping[str, inspect.Parameter], given: str) -> str:
    name = _key_name(takes)
    if given and takes and not name:
        raise ConfigurationError(f"The geocoder {service} takes no key: unset ATLAS_GEOCODER_KEY.")
    if name in _needs(takes) and not given:
        raise ConfigurationError(f"The geocoder {service} needs a key in ATLAS_GEOCODER_KEY.")
    return given


def _key_name(takes: Mapping[str, inspect.Parameter]) -> str:
    """Returns the option that carries the key; a user name only where the service demands it."""
    names = [name for name in _KEYS if name in takes and (name != "username" or name in _needs(takes))]
    return names[0] if names else ""


class _Adapter(URLLibAdapter):  # type: ignore[misc]  # geopy has no types
    """One request is one request: no retries behind our back, and `null` or `{}` is no answer."""

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        answer = super().get_json(url, timeout=timeout, headers=headers)
        if not answer and not isinstance(answer, list):
            raise exc.GeocoderParseError("an empty answer that is not a list")
        return answer


class Geocode:
    """Asks the configured service about one query at a time; set up when the first question comes."""

    def __init__(self, chosen: GeocoderSettings, turns: Turns) -> None:
        self.chosen, self.turns = chosen, turns

    def __call__(self, query: str) -> Place:
        """Returns a place or a miss (see `Place.found`); raises `GeocoderUnavailable`."""
        try:
            return self._request(query)
        except exc.GeocoderServiceError as error:
            if not _may_pass(error):
                raise _unavailable(self.chosen, error) from error
        try:
            return self._request(query)
        except exc.GeocoderServiceError as error:
            raise _unavailable(self.chosen, error) from error

    def _request(self, query: str) -> Place:
        """Sends one request, when it is our turn."""
        geocoder = self._geocoder
        with self.turns.turn(f"{self.chosen.service} {self.chosen.domain}", self.chosen.delay_s):
            try:
                return _place(geocoder.geocode(query), query, self.chosen)
            except _GARBAGE as error:
                raise _unavailable(self.chosen, error) from error

    @cached_property
    def _geocoder(self) -> Any:
        chosen, takes = self.chosen, _takes(self.chosen.service)
        options: dict[str, Any] = {"user_agent": chosen.user_agent, "timeout": chosen.timeout_s}
        if chosen.domain and {"scheme", "domain"} <= set(takes):
            options |= {"scheme": chosen.scheme, "domain": chosen.domain}
        if chosen.key:
            options[_key_name(takes)] = chosen.key
        try:
            return get_geocoder_for_service(chosen.service)(adapter_factory=_Adapter, **options)
        except exc.ConfigurationError as error:
            reason = _without_key(str(error), chosen)
            raise ConfigurationError(f"The geocoder {chosen.service} cannot be set up: {reason}") from error


def default_ask(turns: Turns, env: Mapping[str, str] = os.environ) -> Ask | None:
    """Returns the configured service, None for a service that is never asked. Sets nothing up yet."""
    chosen = settings(env)
    return None if chosen.service in _OFFLINE else Geocode(chosen, turns)


def in_words(seconds: float) -> str:
    """Returns a long time as people say it.

    >>> in_words(35_000)
    '9 h 43 min'
    """
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("{minutes} min", minutes=str(rest))
    if not rest:
        return gettext("{hours} h", hours=number(hours))
    return gettext("{hours} h {minutes} min", hours=number(hours), minutes=str(rest))


def _may_pass(error: Exception) -> bool:
    """Whether the same request may do better a moment later."""
    if isinstance(error, (exc.GeocoderTimedOut, exc.GeocoderUnavailable)):
        return True
    return type(error) is exc.GeocoderServiceError and not 300 <= _status(error) < 500


def _place(location: Any, query: str, chosen: GeocoderSettings) -> Place:
    today = datetime.now(UTC).date()
    if location is None:
        return Place(query, math.nan, math.nan, math.nan, chosen.service, chosen.address, today)
    raw = location.raw if isinstance(location.raw, dict) else {}
    latitude, longitude = location.latitude, location.longitude
    if "lat" in raw or "lon" in raw:  # geopy wraps 200 degrees to -160 and takes nothing for 0
        latitude, longitude = float(raw["lat"]), float(raw["lon"])
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or latitude == longitude == 0:
        raise exc.GeocoderParseError(f"impossible coordinates {latitude}, {longitude}")
    source = _openstreetmap(raw) or chosen.address
    return Place(query, round(latitude, 7), round(longitude, 7), accuracy(raw), chosen.service, source, today)


def accuracy(raw: Mapping[str, Any]) -> float:
    """Returns how far off an answer may be, in metres; NaN if the answer does not say."""
    words = {**_properties(raw), **raw}
    metres = _half_diagonal(raw.get("boundingbox"))
    for name in ("addresstype", "type", "class", "category", "layer", "osm_value"):
        if math.isnan(metres):
            metres = KIND_METRES.get(str(words.get(name)), math.nan)
    return metres if math.isnan(metres) else float(round(min(max(metres, _LEAST_M), _MOST_M)))


def _half_diagonal(box: Any) -> float:
    """Returns metres for a box of south, north, west, east; the most for a box that goes round the world."""
    try:
        south, north, west, east = map(float, box)
        metres = geodesic((south, west), (north, east)).meters / 2
    except (TypeError, ValueError):
        return math.nan
    return _MOST_M if abs(east - west) >= 180 else float(metres)


def _properties(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = raw.get("properties")
    return properties if isinstance(properties, dict) else {}


def _openstreetmap(raw: Mapping[str, Any]) -> str:
    """Returns the page of the OpenStreetMap object that an answer names, else ""."""
    words = {**_properties(raw), **raw}
    kind = {"n": "node", "w": "way", "r": "relation"}.get(str(words.get("osm_type"))[:1].lower())
    number = words.get("osm_id")
    return f"https://www.openstreetmap.org/{kind}/{number}" if kind and isinstance(number, int) else ""


def _status(error: Exception) -> int:
    """Returns the HTTP status behind an error of geopy, 0 if there was none."""
    return int(error.__cause__.status_code) if isinstance(error.__cause__, AdapterHTTPError) else 0


def _unavailable(chosen: GeocoderSettings, error: Exception) -> GeocoderUnavailable:
    status = _status(error)
    # Translators: other sentences begin with it: "{geocoder} refused us{code}."
    who = gettext("The geocoder {service}", service=chosen.service)
    if chosen.address:
        who = gettext("The geocoder {service} at {address}", service=chosen.service, address=chosen.address)
    http_status = gettext("HTTP status {status}", status=str(status))
    code = f" ({http_status})" if status else ""
    what, way_out = _failure(chosen, error, {"geocoder": who, "code": code})
    return GeocoderUnavailable(_without_key(f"{what} {way_out}", chosen))


def _failure(chosen: GeocoderSettings, error: Exception, who: Mapping[str, str]) -> tuple[str, str]:
    """Returns what happened, and the way out; `who`: `geocoder`, and the `code` of its answer in brackets."""
    if isinstance(error, exc.GeocoderQuotaExceeded):
        return gettext("{geocoder} wants fewer requests{code}.", **who), gettext(
            "Try again later, raise ATLAS_GEOCODER_DELAY_S or choose another service with ATLAS_GEOCODER."
        )
    if isinstance(error, _REFUSALS):
        return gettext("{geocoder} refused us{code}.", **who), gettext(
            "Check ATLAS_GEOCODER_KEY and ATLAS_GEOCODER_USER_AGENT, or choose another service with "
            "ATLAS_GEOCODER."
        )
    if isinstance(error, exc.GeocoderQueryError):
        return gettext("{geocoder} did not accept the request{code}.", **who), gettext(
            "Check the address asked and ATLAS_GEOCODER_URL, or choose another service with ATLAS_GEOCODER."
        )
    if isinstance(error, exc.GeocoderTimedOut) and not who["code"]:
        seconds = number(chosen.timeout_s, 3)
        return gettext("{geocoder} did not answer within {seconds} s.", seconds=seconds, **who), gettext(
            "Try again later, raise ATLAS_GEOCODER_TIMEOUT_S or choose another service with ATLAS_GEOCODER."
        )
    if who["code"]:
        return gettext("{geocoder} failed{code}.", **who), gettext(
            "Try again later, check ATLAS_GEOCODER_URL or choose another service with ATLAS_GEOCODER."
        )
    if isinstance(error, exc.GeocoderServiceError) and not isinstance(error, exc.GeocoderParseError):
        reason = re.sub(r"^(<urlopen error )?\[Errno -?\d+\] ", "", str(error)).lower()[:200]
        return gettext("{geocoder} cannot be reached ({reason}).", reason=reason, **who), gettext(
            "Check the network and ATLAS_GEOCODER_URL, or choose another service with ATLAS_GEOCODER."
        )
    return _nonsense(error, who["geocoder"])


def _nonsense(error: Exception, geocoder: str) -> tuple[str, str]:
    way_out = gettext("Check ATLAS_GEOCODER_URL, or choose another service with ATLAS_GEOCODER.")
    if not str(error).startswith("impossible"):
        return gettext("{geocoder} gave an answer that makes no sense.", geocoder=geocoder), way_out
    what = gettext(
        "{geocoder} gave an answer that makes no sense ({reason}).", geocoder=geocoder, reason=str(error)
    )
    return what, way_out


def _without_key(text: str, chosen: GeocoderSettings) -> str:
    for shape in {chosen.key, quote(chosen.key), quote_plus(chosen.key)} - {""}:
        text = text.replace(shape, "***")
    return text
