"""Tables of our own to edit, tables of an operator to show."""

from collections.abc import Callable
from pathlib import Path

import pytest

from atlas.catalog.loader import Library
from tests.screen.tables import OPERATORS

Edit = Callable[[str, str, str], None]
Show = Callable[..., Path]


@pytest.fixture
def edited(data_folder: Path, serve: Callable[[Path], Library]) -> Path:
    """The product runs on a copy of its data."""
    serve(data_folder)
    return data_folder


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    """show(text, name): the site is that of an operator's table with this content."""

    def write(text: str = OPERATORS, name: str = "power_plants.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("ATLAS_PLANTS", str(path))
        return path

    return write
