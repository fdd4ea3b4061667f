"""`python -m atlas check | locate | import`: the atlas without its pages.

A command imports its packages when it runs: their libraries take longer to load than many a command takes.
"""

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from atlas import __version__
from atlas.errors import AtlasError, DataError
from atlas.paths import DATA

if TYPE_CHECKING:
    import pandas as pd

    from atlas.geocoding.resolve import Located


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit status: 0 in order, 1 not, 3 a table refused."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a pipe on Windows may not know every letter
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except AtlasError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Every answer so far is saved; run the command again to go on.", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m atlas", description="The Alfa Romeo plant atlas.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        metavar="FOLDER",
        help="data folder (default: data/)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="say whether data, map files, cache and geocoder are in order")
    check.set_defaults(run=_check)
    locate = commands.add_parser(
        "locate",
        help="find positions: of every plant, or of every row of a file",
        description="Finds positions: of every plant of the atlas, or of every row of FILE. Asks only for "
        "places that nobody has asked for yet, and goes on where an earlier run was stopped.",
    )
    _add_locate(locate)
    locate.set_defaults(run=_locate)
    bring = commands.add_parser("import", help="read a table of plants, say what is wrong with its rows")
    _add_import(bring)
    bring.set_defaults(run=_import)
    return parser


def _add_locate(locate: argparse.ArgumentParser) -> None:
    locate.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a table of yours, CSV or Parquet")
    locate.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help="where to write FILE with latitude, longitude, accuracy_m, geocoder, matched and "
        "position_certainty behind its own columns (.csv or .parquet); its cells are written as they are, "
        "also those that a spreadsheet would run as a formula",
    )
    locate.add_argument(
        "--geocoder",
        metavar="NAME",
        help="gazetteer, a service of geopy, or none (default: ATLAS_GEOCODER, else gazetteer)",
    )
    locate.add_argument("--most", type=_count, metavar="N", help="ask about N places at most in this run")
    locate.add_argument("--refresh", action="store_true", help="ask again for places that are known")
    locate.add_argument(
        "--cache",
        type=Path,
        metavar="CSV",
        help="CSV file to fill with the answers (default: your own places, see ATLAS_CACHE_DIR)",
    )


def _add_import(bring: argparse.ArgumentParser) -> None:
    bring.add_argument("file", metavar="FILE", help="CSV, Excel (.xlsx), GeoJSON or Parquet")
    bring.add_argument("--mapping", type=Path, metavar="FILE", help="which column is what, as JSON")
    bring.add_argument("--save-mapping", type=Path, metavar="FILE", help="keep which column is what")
    bring.add_argument("--offline", action="store_true", help="ask no geocoder, look towns up here only")
    bring.add_argument("-o", "--output", type=Path, metavar="FILE", help="table to write: .csv or .parquet")
    bring.add_argument("--report", type=Path, metavar="FILE", help="report to write, as CSV")
    bring.add_argument("--rejects", type=Path, metavar="FILE", help="rows with a problem to write, as CSV")
    bring.add_argument("--json", action="store_true", help="print one JSON object")
    bring.add_argument("--apply", default="", metavar="KINDS", help="fixes to apply: swapped,sign,… or all")
    bring.add_argument("--encoding", default="", help="utf-8, cp1252, … (default: found out)")
    bring.add_argument("--delimiter", default="", help="a character, or tab (default: found out)")
    bring.add_argument("--decimal", default="", help=". or , (default: found out)")
    bring.add_argument("--sheet", default="", help="sheet of a workbook (default: the first with a table)")
    header = bring.add_mutually_exclusive_group()
    header.add_argument("--header", action="store_true", default=None, help="the first row names the columns")
    header.add_argument("--no-header", action="store_false", dest="header", help="it is a plant")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _import(options: argparse.Namespace) -> int:
    from atlas.cli import import_command

    return import_command.run(options)


def _check(options: argparse.Namespace) -> int:
    from atlas.web import health

    report = health.run(options.data)
    for sentence in report.findings:
        print(f"ok       {sentence}")
    for sentence in report.notes:
        print(f"note     {sentence}")
    for sentence in report.problems:
        print(f"problem  {sentence}")
    print("Everything is in order." if report.is_sound else "Something needs attention.")
    return 0 if report.is_sound else 1


def _locate(options: argparse.Namespace) -> int:
    if bool(options.file) != bool(options.output):
        raise DataError("FILE and -o OUT belong together: python -m atlas locate plants.csv -o located.csv")
    return _locate_file(options) if options.file else _locate_plants(options)


def _locate_plants(options: argparse.Namespace) -> int:
    import pandas as pd

    from atlas import settings
    from atlas.alfa import tables
    from atlas.catalog import loader
    from atlas.geocoding import resolve
    from atlas.importing.source import load

    source = settings.operators_table()
    ours = None if source else tables.load(options.data)
    plants = pd.concat([ours.plants, ours.sites]) if ours else load(source).table
    located = _placed(options, plants, loader.roles_of(plants))
    print(resolve.describe(located))
    return 1 if located.problem else 0


def _locate_file(options: argparse.Namespace) -> int:
    from atlas.cli import locate_command
    from atlas.geocoding import resolve

    locate_command.check(options.file, options.output)
    original = locate_command.read(options.file)
    with _without_collector():
        located = _placed(options, original.table, original.roles)
    locate_command.write(*locate_command.located(original, located.table), options.output)
    print(resolve.describe(located, "rows"))
    return 1 if located.problem else 0


@contextmanager
def _without_collector() -> Iterator[None]:
    """Stops the garbage collector: to look through a million objects in use takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _placed(options: argparse.Namespace, table: "pd.DataFrame", roles: Mapping[str, str]) -> "Located":
    from tqdm import tqdm

    from atlas.geocoding import chain

    env = {**os.environ, **({"ATLAS_GEOCODER": options.geocoder} if options.geocoder else {})}
    links = chain.configured(options.data, env, most=options.most, file=options.cache)
    with tqdm(total=0, unit="place", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return chain.locate_table(table, roles, links, on_progress=show, refresh=options.refresh)


if __name__ == "__main__":
    sys.exit(main())
