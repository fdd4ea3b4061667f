"""README and docs are true: they name what there is, and what they name is there."""

import ast
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas import columns, settings, site
from atlas.alfa import schemas, tables
from atlas.catalog import filters
from atlas.export import excel_file, formats
from atlas.web import routes

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README, *_ = TEXTS = [path.read_text(encoding="utf-8") for path in PAGES]
DOCS = "\n".join(TEXTS)
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
DATA_README = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "atlas").rglob("*.py"))


@pytest.mark.parametrize("page", site.PAGES, ids=lambda page: page.title)
def test_every_page_is_in_the_readme(page: site.PageRow) -> None:
    """Each page stands in the table of pages with its address."""
    assert f"| {page.title} | `/{page.url_path}` |" in README


PARAMETERS = [
    *(filters.TABLE, *(row.key for row in filters.FILTERS), filters.PLANT, filters.PINS),
    *formats.OPTIONS,
]
EXAMPLES = sorted(set(re.findall(r"http://localhost:8501(/api/[^\s\"`]*)", DOCS)) - {"/api/refresh"})
"""Addresses to read; the one that does something has tests of its own."""


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_in_the_docs(name: str) -> None:
    """Each parameter of a URL stands in the table of parameters."""
    assert f"| `{name}` |" in API


@pytest.mark.parametrize("name", [name for page in site.PAGES for name in page.parameters])
def test_every_parameter_of_one_page_is_in_the_readme(name: str) -> None:
    """A page's own parameters are explained where the pages are."""
    assert f"`{name}=" in README.split("## What you can do")[1].split("## ")[0]


@pytest.mark.parametrize("name", [column.name for column in columns.COLUMNS])
def test_every_column_of_an_own_table_is_in_the_docs(name: str) -> None:
    """Who brings a table finds each column that we know, but for those that we work out."""
    worked_out = (
        "models_now",
        "models_before",
        "alfa_years",
        "geocoder",
        "distance_km",
        "distance_miles",
        "position_certainty",
    )
    assert (f"`{name}`" in DOCS.split("## Show your own table")[1].split("## ")[0]) != (name in worked_out)


def test_every_status_is_in_the_docs() -> None:
    """A script's author finds the values of `status`."""
    assert [f"`{status}`" in API for status in tables.STATUSES] == [True] * len(tables.STATUSES)


def test_every_api_path_is_in_the_docs() -> None:
    """Each path below /api is explained."""
    paths = [
        route.path for route in routes.routes() if route.path.startswith("/api/") and "{" not in route.path
    ]
    assert paths
    assert [path for path in paths if path not in API] == []


def test_every_format_is_in_the_docs() -> None:
    """Each file stands in the table of addresses; the one limit is the one that holds."""
    assert [form.file for form in formats.FORMATS if f"| `{form.path}` |" not in API] == []
    assert f"{excel_file.MOST_ROWS:,}" in API


@pytest.mark.parametrize("address", EXAMPLES)
def test_every_example_in_the_docs_works(address: str) -> None:
    """What somebody copies from it is answered with rows."""
    answer = TestClient(Starlette(routes=routes.routes())).get(address)
    assert answer.status_code == 200
    assert int(answer.headers["x-total-count"]) > 0


def test_there_are_examples_for_all_who_are_promised_one() -> None:
    """curl, pandas, Excel, Observable and QGIS."""
    assert {urlsplit(address).path for address in EXAMPLES} == {
        "/api/plants.csv",
        "/api/plants.xlsx",
        "/api/plants.json",
        "/api/plants.geojson",
    }
    assert [name for name in ("curl", "pandas", "Excel", "Observable", "QGIS") if name not in API] == []


def test_pandas_reads_what_the_docs_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines for pandas run as they stand there."""
    (code,) = re.findall(r"```python\n(.*?)```", API, flags=re.DOTALL)
    client = TestClient(Starlette(routes=routes.routes()))
    for name in ("read_csv", "read_excel"):
        read = getattr(pd, name)
        monkeypatch.setattr(pd, name, lambda url, read=read: read(io.BytesIO(client.get(url).content)))
    found: dict[str, Any] = {}
    exec(code, found)
    assert found["plants"]["plant_id"].tolist() == ["cassino", "pomigliano", "melfi", "modena"]
    assert len(found["sites"]) == 22


def test_settings_are_those_of_the_code() -> None:
    """The table of settings has the rows of the code, and the code names no other variable."""
    names = [row.name for row in settings.SETTINGS]
    assert re.findall(r"^\| `(ATLAS_\w+)`", DOCS, flags=re.MULTILINE) == names
    assert set(re.findall(r"ATLAS_[A-Z_]+[A-Z]", SOURCES)) == set(names)


@pytest.mark.parametrize("row", settings.SETTINGS, ids=lambda row: row.name)
def test_a_setting_is_explained_as_in_the_code(row: settings.Setting[Any]) -> None:
    """Meaning and default; the docs may go on behind the meaning, and link its words."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", DOCS)
    [line] = [line for line in text.splitlines() if line.startswith(f"| `{row.name}` |")]
    _, _, meaning, default, _ = re.split(r" ?\| ?", line)
    assert meaning.startswith(row.help)
    assert default == (f"`{row.default}`" if row.default else row.unset)


@pytest.mark.parametrize("name", sorted(schemas.SCHEMAS))
def test_every_table_and_column_is_explained(name: str) -> None:
    """Each file of data/ and each of its columns stands in data/README.md."""
    assert f"`{name}.csv`" in DATA_README
    assert [column for column in schemas.SCHEMAS[name].columns if f"`{column}`" not in DATA_README] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links and pictures name a file, and what stands behind a # is a heading of it."""
    text = page.read_text(encoding="utf-8")
    for file, heading in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not heading or heading in headings(target), heading


def headings(page: Path) -> list[str]:
    """The headings of a Markdown file as a link names them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def test_the_readme_is_one_page_and_leads_to_every_other() -> None:
    """At most 130 lines, and a link to each file of docs/."""
    assert len(README.splitlines()) <= 130
    assert [page.name for page in PAGES[1:] if f"](docs/{page.name})" not in README] == []


PACKAGES = sorted(path.parent.name for path in (ROOT / "atlas").glob("*/__init__.py"))


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_is_in_the_readme(name: str) -> None:
    """Where to change what has a row for each package: the first sentence of its docstring."""
    module = ast.parse((ROOT / "atlas" / name / "__init__.py").read_text(encoding="utf-8"))
    sentence = " ".join((ast.get_docstring(module) or "").split("\n\n")[0].split())
    assert f"| `atlas/{name}/` | {sentence} |" in README


COMMANDS = sorted(set(re.findall(r"\.venv/bin/(python -m atlas [^\n#]+)", DOCS)))


def test_every_command_is_in_the_docs() -> None:
    """check, locate and import."""
    assert {command.split()[3] for command in COMMANDS} == {"check", "locate", "import"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_documented_command_runs(command: str, tmp_path: Path) -> None:
    """What somebody copies runs as it stands there, with a table of their own where it names one."""
    table = pd.DataFrame(
        {"name": ["Works", "Mill"], "town": ["Turin", "Bari"], "country": ["Italy", "Italy"]}
    )
    table.to_csv(tmp_path / "plants.csv", index=False)
    table.to_csv(tmp_path / "FILE", index=False)
    table.to_excel(tmp_path / "plants.xlsx", index=False)
    cache = {"ATLAS_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *shlex.split(command)[1:]],
        cwd=tmp_path,
        env=os.environ | cache,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr


def test_the_two_commands_are_one_line_each() -> None:
    """A stranger copies one line to run the dashboard and one to test it."""
    lines = [line.strip() for line in README.splitlines() if line.startswith("    python3 -m venv")]
    install = "python3 -m venv .venv && .venv/bin/pip install -r"
    assert lines == [
        f"{install} requirements.txt && .venv/bin/streamlit run dashboard.py",
        f"{install} tests/requirements.txt && .venv/bin/pytest",
    ]
