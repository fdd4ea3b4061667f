"""The API asked for what its description allows, and for what it does not: schemathesis finds nothing."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from starlette.applications import Starlette
from starlette.middleware import Middleware

from atlas.web import routes, security

OPERATIONS = [
    *(f"GET /api/plants.{ending}" for ending in ("csv", "xlsx", "geojson", "kml", "html", "json")),
    "GET /api/sources.csv",
    "GET /api/preview.png",
    "GET /api/health",
    "GET /api/changes.atom",
    "POST /api/refresh",
    "GET /api/points/{version}.bin",
    "GET /api/points/{version}/names",
]
WITHOUT_MISTAKES = {"GET /api/health", "GET /api/changes.atom", "GET /api/points/{version}.bin"}
"""Addresses that take no parameter, or any text as one."""


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    return described()


def described() -> dict[str, Any]:
    app = Starlette(routes=routes.routes(), middleware=[Middleware(security.SecurityHeaders)])
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


def ask(operation: Any, mode: GenerationMode, *, times: int) -> list[int]:
    """Asks for an address as the description allows, or not; checks each answer, returns their statuses."""
    statuses: list[int] = []

    @settings(max_examples=times, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        statuses.append(case.call_and_validate().status_code)

    check()
    return statuses


def test_every_address_is_asked_for(operations: dict[str, Any]) -> None:
    """None is left out here but the description itself."""
    assert sorted(operations) == sorted(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_what_is_allowed_is_answered(operations: dict[str, Any], label: str) -> None:
    """With a status, a media type and a content that the description names."""
    statuses = ask(operations[label], GenerationMode.POSITIVE, times=12)
    assert set(statuses) <= ({403} if "refresh" in label else {200, 404} if "points" in label else {200})


@pytest.mark.parametrize("label", [label for label in OPERATIONS if label not in WITHOUT_MISTAKES])
def test_what_is_not_allowed_is_refused(operations: dict[str, Any], label: str) -> None:
    """With a problem, and never with a mistake of ours."""
    statuses = ask(operations[label], GenerationMode.NEGATIVE, times=12)
    assert statuses
    assert max(statuses) < 500


def test_the_filters_of_an_operators_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its values and ranges are described as exactly."""
    kinds = [(("Italy", "Peru")[n % 2], ("gas", "coal", "coal")[n % 3]) for n in range(40)]
    lines = [f"Plant {n},{country},{fuel},{n * 10 + 0.5},1,{n}" for n, (country, fuel) in enumerate(kinds)]
    (tmp_path / "t.csv").write_text(
        "\n".join(["name,country,fuel,capacity_mw,lat,lon", *lines]), encoding="utf-8"
    )
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "t.csv"))
    operation = described()["GET /api/plants.csv"]
    assert {parameter.name for parameter in operation.query} >= {"country", "fuel", "capacity_mw"}
    assert set(ask(operation, GenerationMode.POSITIVE, times=25)) == {200}
    ask(operation, GenerationMode.NEGATIVE, times=25)
