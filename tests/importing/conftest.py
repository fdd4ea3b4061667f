"""Files on disk that an operator names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from atlas.errors import DataError
from atlas.importing import importer
from atlas.importing import source as source_
from tests.importing.plant_files import Load


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """load(content, name): the table of a file with this content."""

    def write_and_load(content: str | bytes, name: str = "t.csv") -> importer.Imported:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return source_.load(str(path))

    return write_and_load


@pytest.fixture
def refused(load: Load) -> Callable[..., str]:
    """refused(content, name): the sentence about a file that is no plant table."""

    def sentence(content: str | bytes, name: str = "t.csv") -> str:
        with pytest.raises(DataError) as caught:
            load(content, name)
        return str(caught.value)

    return sentence
