"""`python -m atlas check | locate | import`: the atlas without its pages."""

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from atlas import __version__, catalog, checks, geocoding, importing, imports, placecache, places, tables
from atlas.errors import AtlasError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status: 0 in order, 1 not, 3 a table refused."""
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
        default=catalog.DATA_FOLDER,
        metavar="FOLDER",
        help="data folder (default: data/)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="say whether data, map files, cache and geocoder are in order")
    check.set_defaults(run=_check)
    locate = commands.add_parser(
        "locate", help="find the position of every plant, ask for those not known yet"
    )
    locate.add_argument("--refresh", action="store_true", help="ask again for places that are known")
    locate.add_argument(
        "--cache",
        type=Path,
        metavar="FILE",
        help="file to fill (default: places.csv in your own cache folder)",
    )
    locate.set_defaults(run=_locate)
    bring = commands.add_parser("import", help="read a table of plants, say what is wrong with its rows")
    importing.add_arguments(bring)
    bring.set_defaults(run=importing.run)
    return parser


def _check(options: argparse.Namespace) -> int:
    report = checks.run(options.data)
    for sentence in report.findings:
        print(f"ok       {sentence}")
    for sentence in report.notes:
        print(f"note     {sentence}")
    for sentence in report.problems:
        print(f"problem  {sentence}")
    print("Everything is in order." if report.is_sound else "Something needs attention.")
    return 0 if report.is_sound else 1


def _locate(options: argparse.Namespace) -> int:
    source = catalog.operators_table()
    known = None if source else tables.load(options.data)
    plants = pd.concat([known.plants, known.sites]) if known else imports.load(source).table
    shipped, own = placecache.default_caches(options.data)
    own = placecache.FileCache(options.cache) if options.cache else own
    with tqdm(total=0, unit="place", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        located = places.locate(
            plants,
            caches=[shipped, own],
            ask=geocoding.default_ask(),
            on_progress=show,
            refresh=options.refresh,
        )
    print(places.describe(located))
    return 1 if located.problem else 0


if __name__ == "__main__":
    sys.exit(main())
