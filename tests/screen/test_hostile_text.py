"""Text from a table is text on every page, whatever it is called."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from atlas import columns
from atlas.screen import page_parts
from tests.screen.conftest import Show
from tests.screen.page import (
    MAP,
    MARKUP,
    PLANTS,
    SOURCES,
    html,
    is_sound,
    names,
    opened,
    plant_layer,
    unescaped,
    widget,
)


@pytest.fixture
def renamed(edited: Path, hostile_names: tuple[str, ...]) -> list[str]:
    """plants.csv with one plant for each hostile name, which is its town, owner and role as well."""
    path = edited / "plants.csv"
    with path.open(encoding="utf-8", newline="") as file:
        first, *_ = rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first), lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
        for number, name in enumerate(hostile_names):
            texts = dict.fromkeys(("name", "official_name", "town", "region", "owner", "role"), name)
            writer.writerow({**first, **texts, "plant_id": f"p{number}"})
    return [*(row["name"] for row in rows), *hostile_names]


def test_hostile_names_on_the_map_page(
    renamed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are data on the map and text in the table and the box; nothing runs on the server."""
    monkeypatch.chdir(tmp_path)
    app = opened()
    assert is_sound(app)
    assert names(app) == renamed
    assert plant_layer(app)["names"] == renamed
    assert not (tmp_path / "pwned").exists()


def test_hostile_names_on_the_plants_page(renamed: list[str]) -> None:
    """The rows have the names as they are."""
    app = opened(PLANTS, plant="p5")
    assert is_sound(app)
    assert names(app) == renamed


def test_hostile_names_on_the_sources_page(renamed: list[str]) -> None:
    """The box offers the names as they are, and the selected plant's facts have them."""
    app = opened(SOURCES, plant="p5")
    assert is_sound(app)
    (box,) = app.selectbox
    assert (box.value, box.options) == ("p5", renamed)


def test_a_hostile_name_on_its_card(renamed: list[str]) -> None:
    """The card of a plant called like an image tag shows the tag as text."""
    app = opened(plant="p5")
    assert is_sound(app)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html(app)
    assert "<img" not in html(app)


def test_hostile_names_side_by_side(renamed: list[str]) -> None:
    """Neither the cells nor the heads of the comparison read a name as Markdown."""
    app = opened(PLANTS)
    (compare,) = [one for one in app.main.multiselect if one.label == "Pinned plants"]
    markup = "[link](https://evil.example) **bold** :red[x] $x$"
    compare.select(markup).select("<img src=x onerror=alert(1)>").run()
    assert is_sound(app)
    table = app.table[0].value
    assert table.loc["≠ Town"].tolist()[0] == page_parts.plain(markup)
    assert str(table.columns[0]) == page_parts.plain(markup)


def test_plain_text_is_plain(hostile: str) -> None:
    """Text for places that read Markdown keeps no mark that means something there."""
    escaped = page_parts.plain(hostile)
    assert re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()<>#+|~$:&]", escaped) is None
    assert re.sub(r"\\([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\1", escaped) == hostile


@pytest.fixture
def hostile_table(show: Show, hostile_names: tuple[str, ...]) -> list[str]:
    """A table whose columns and values are called like code; the names of its plants."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["name", "country", "status", *hostile_names])
    for number, name in enumerate(hostile_names):
        other = hostile_names[number % 2]
        cells = [hostile_names[5 + number // (1 + column) % 3] for column in range(len(hostile_names))]
        writer.writerow([name, other, other, *cells])
    show(text.getvalue(), "plants.csv")
    return list(hostile_names)


@pytest.mark.parametrize("page", [MAP, PLANTS])
def test_hostile_columns_are_text(
    hostile_table: list[str], page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of columns, their values, help and cards: nothing runs and nothing is markup."""
    monkeypatch.chdir(tmp_path)
    app = opened(page, plant="img-src-x-onerror-alert-1")
    assert is_sound(app)
    assert names(app) == hostile_table
    assert not (tmp_path / "pwned").exists()
    assert "<img" not in html(app)
    assert "<script" not in html(app)
    groups = app.sidebar.button_group
    assert len(groups) == 9
    read = [text for group in groups for text in (group.label, group.proto.help, *group.options)]
    for table in app.dataframe:
        read += [one.get("help", "") for one in json.loads(table.proto.columns).values()]
        assert set(table.value.columns) <= {*hostile_table, "name", "country", "status", *columns.BY_NAME}
    assert [text for text in read if MARKUP.search(text)] == []


def test_hostile_columns_side_by_side(hostile_table: list[str]) -> None:
    """Neither cells nor heads nor the names of facts are read as Markdown."""
    app = opened(PLANTS)
    widget(app, "multiselect", "Pinned plants").select("null").select("`backtick`").run()
    assert is_sound(app)
    table = app.table[0].value
    read = [*table.index, *table.columns, *table.to_numpy().ravel()]
    assert [text for text in read if MARKUP.search(str(text))] == []
    assert "[link](https://evil.example) **bold** :red[x] $x$" in [
        unescaped(fact).removeprefix("≠ ") for fact in table.index
    ]


def test_filtering_by_a_hostile_value(hostile_table: list[str]) -> None:
    """Choosing one is like choosing any other, and the sentence quotes it as text."""
    app = opened()
    for value in hostile_table[:2]:
        app.sidebar.button_group[0].select(value).run()
        assert is_sound(app)
        (sentence,) = [one.value for one in app.header]
        assert MARKUP.search(sentence) is None
        assert value in unescaped(sentence)
    app.sidebar.button_group[0].unselect(hostile_table[0]).run()
    assert names(app) == hostile_table[1::2]
