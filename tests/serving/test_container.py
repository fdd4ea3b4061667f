"""The container file and its ignore file name what there is, and nobody runs as root."""

import os
import re
import warnings

import pytest

from tests.serving import container, nginx

TEXT = container.CONTAINERFILE.read_text(encoding="utf-8")
IGNORED = container.IGNORE.read_text(encoding="utf-8").splitlines()
COMPOSE = (container.ROOT / ".container" / "compose.yaml").read_text(encoding="utf-8")
RUNS = (
    "requirements.txt",
    "constraints.txt",
    "LICENSE",
    "dashboard.py",
    ".streamlit",
    "atlas",
    "data",
    "pages",
)


def test_what_runs_is_copied_and_nothing_else() -> None:
    """The ignore file lets through what the container file copies, all of which there is."""
    assert sorted(container.copied()) == sorted(RUNS)
    assert sorted(line[1:] for line in IGNORED if line.startswith("!")) == sorted(RUNS)
    assert [path for path in RUNS if not (container.ROOT / path).exists()] == []


def test_nobody_runs_as_root() -> None:
    """The last stage ends as a user with a number, which engines can check, and has a health check."""
    last = dict(container.steps(TEXT.rsplit("\nFROM ", 1)[1].partition("\n")[2]))
    assert int(last["USER"]) > 1000
    assert "/_stcore/health" in last["HEALTHCHECK"]


def test_the_proxy_is_set_up_as_the_docs_say() -> None:
    """Its file is the recipe, and the compose file has the names and folders that stand in it."""
    recipe = (container.ROOT / ".container" / "nginx.conf").read_text(encoding="utf-8")
    assert recipe == nginx.block("### nginx")
    assert re.findall(r"server (atlas-\d):8501", recipe) == re.findall(
        r"^  (atlas-\d):", COMPOSE, re.MULTILINE
    )
    assert "./nginx.conf:/etc/nginx/conf.d/atlas.conf:ro" in COMPOSE
    assert "./certificate:/etc/nginx/atlas:ro" in COMPOSE
    assert "read_only: true" in COMPOSE


def test_the_container_serves() -> None:
    """Built and run with TEST_CONTAINER=1; it takes minutes and asks package servers."""
    if os.environ.get("TEST_CONTAINER") != "1":
        message = "NOT TESTED: the container is built and run by `python -m tests.serving.container` only"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    assert container.main() == 0
