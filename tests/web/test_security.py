"""Security: every answer keeps out everything but our own files and the optional layers."""

import re

import pytest
from starlette.testclient import TestClient

from atlas.web import security

EVERYTHING = [
    "/",
    "/sources",
    "/nothing",
    "/api/plants.csv",
    "/api/plants.csv?x=1",
    "/api/health",
    "/api/nothing",
    "/api/points/x.bin",
    "/api/points/x/names",
    "/assets/x/atlas.js",
    "/assets/x/nothing",
]


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_is_guarded(client: TestClient, path: str) -> None:
    """Nothing may come in but our own files and the optional layers, whatever is answered."""
    for answer in (client.get(path), client.post(path)):
        headers = answer.headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["connect-src"] == "'self'"
        assert policy["object-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'self'"
        assert re.findall(r"https?:\S+", policy["img-src"]) == [
            "https://server.arcgisonline.com",
            "https://tile.openstreetmap.org",
        ]
        assert [name for name, value in policy.items() if "http" in value] == ["img-src"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"


def test_hosts_of_layers() -> None:
    """Each host once, in order, always encrypted."""
    policy = security.security_headers(["https://b.org/{z}", "http://a.org:8080/x", "https://b.org/y"])
    assert "img-src 'self' data: blob: https://a.org https://b.org;" in policy["Content-Security-Policy"]
