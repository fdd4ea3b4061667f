"""Datasette with its cluster map over the same plants: installed once, apart from everything else.

Kinder than its defaults: all rows come in one answer (by default a visitor must ask for each further
thousand), and its map asks for no tiles. Installs two packages and what they need into a virtual
environment in the benchmark's folder; where that is impossible, `Unavailable` says so and the run goes on.
"""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd

from tests.benchmarks.servers import Command

PACKAGES = ("datasette==0.65.5", "datasette-cluster-map==0.18.2")
PAGE = "/plants/plants"
CSV = "/plants/plants.csv?_stream=1"
_INSTALL_S = 300
_NO_TILE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_SETTINGS = {"max_returned_rows": 100_000, "max_csv_mb": 0, "sql_time_limit_ms": 20_000}


class Unavailable(Exception):
    """Datasette cannot be installed here; says why."""


def command(key: str, csv: Path, work: Path) -> Command:
    """How to serve the table; installs Datasette and fills its database if that was not done before."""
    folder = work / "datasette"
    folder.mkdir(parents=True, exist_ok=True)
    program = _installed(folder / "-".join(PACKAGES).replace("==", "-"))
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps({"plugins": {"datasette-cluster-map": {"tile_layer": _NO_TILE}}}))
    settings = [part for name, value in _SETTINGS.items() for part in ("--setting", name, str(value))]
    serve = [str(program), "serve", "--immutable", str(_database(csv, folder / csv.stem))]
    where = ["--host", "127.0.0.1", "--port", "{port}", "--metadata", str(metadata)]
    return Command(key, [*serve, *where, *settings], folder, ready="/-/versions.json")


def _installed(environment: Path) -> Path:
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    done = environment / "installed"
    if not done.exists():
        for step in (
            [sys.executable, "-m", "venv", "--clear", str(environment)],
            [str(scripts / "python"), "-m", "pip", "install", "--quiet", *PACKAGES],
        ):
            _run(step)
        done.touch()
    return scripts / "datasette"


def _run(step: list[str]) -> None:
    try:
        subprocess.run(
            step, check=True, capture_output=True, text=True, timeout=_INSTALL_S, stdin=subprocess.DEVNULL
        )
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"Datasette was not measured: it cannot be installed here ({last}).") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable("Datasette was not measured: it cannot be installed here.") from error


def _database(csv: Path, folder: Path) -> Path:
    database = folder / "plants.db"
    if not database.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = database.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        connection = sqlite3.connect(unfinished)
        try:
            pd.read_csv(csv).to_sql("plants", connection, index=False)
            connection.execute("create index country on plants (country)")
            connection.commit()
        finally:
            connection.close()
        unfinished.replace(database)
    return database
