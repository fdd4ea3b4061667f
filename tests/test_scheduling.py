"""Tests that share a server or a browser stay in one process."""

import pytest

from tests.scheduling import group

GROUPS = [
    ("tests/browser/test_map.py::test_theme[dark]", "tests/browser/"),
    ("tests/geocoding/test_store.py::test_hosts[tests/web/test_x.py::y]", "tests/geocoding/"),
    ("tests/geocoding/test_store_slow.py::test_a_crowd", "tests/geocoding/test_store_slow.py"),
    ("tests/web/test_health.py::test_status[browser]", "tests/web/test_health.py"),
    ("tests/test_cli.py::test_check", "tests/test_cli.py"),
]


@pytest.mark.parametrize(("test", "expected"), GROUPS)
def test_who_stays_together(test: str, expected: str) -> None:
    """The browser tests, those of the shared places, and each other file; slow ones are apart."""
    assert group(test) == expected


def test_slow_tests_come_last(request: pytest.FixtureRequest) -> None:
    """So that a mistake shows before their minute is over."""
    are_slow = [item.get_closest_marker("slow") is not None for item in request.session.items]
    assert are_slow == sorted(are_slow)
