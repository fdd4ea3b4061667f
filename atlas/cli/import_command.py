"""`python -m atlas import FILE -o OUT`: a table from anywhere in, a plant table and a report out.

Exit status 0: imported, also with reported rows; 3: refused, with one sentence on standard error. Nothing
is written unless all of it can be. Touches the files that it is given.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from atlas import arrow_text
from atlas.errors import AtlasError, DataError
from atlas.export import csv_file
from atlas.importing import importer, rejects
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files.raw_table import MOST_BYTES, FileOptions, check_size
from atlas.importing.problems import COLUMNS, KINDS
from atlas.text import shortened

REFUSED = 3
ENDINGS = (".csv", ".parquet")


def run(options: argparse.Namespace) -> int:
    """Runs the command; returns its exit status."""
    try:
        imported = _imported(options)
        files = _files(options, imported)
        for path, content in files.items():
            _write(path, content)
    except AtlasError as error:
        print(error, file=sys.stderr)
        return REFUSED
    if options.json:
        print(json.dumps(imported.as_json(), ensure_ascii=False))
    else:
        for sentence in _sentences(imported):
            print(sentence)
    return 0


def _imported(options: argparse.Namespace) -> importer.Imported:
    if options.output and options.output.suffix.lower() not in ENDINGS:
        raise DataError(f"{shortened(str(options.output))} must end in .csv or .parquet.")
    reading = FileOptions(options.encoding, options.delimiter, options.decimal, options.header, options.sheet)
    columns = ColumnRoles.from_json(_read(options.mapping)) if options.mapping else None
    path = Path(options.file)
    imported = importer.read(
        _read(path), path.name, options=reading, columns=columns, apply=kinds(options.apply)
    )
    return imported if imported.placed == imported.rows else _located(imported, options)


def _located(imported: importer.Imported, options: argparse.Namespace) -> importer.Imported:
    """Returns the table with the positions that the chain knows; why it knows no more is a warning."""
    from atlas.geocoding import chain  # its libraries take 0.4 s, and most tables state all positions

    find = chain.Finder(chain.offline(options.data) if options.offline else chain.configured(options.data))
    located = importer.locate(imported, find)
    return replace(located, warnings=[*located.warnings, *filter(None, [find.problem])])


def kinds(text: str) -> list[str]:
    """Returns the kinds of problems that `--apply` names; "all" are those whose fix cannot harm."""
    if text == "all":
        return [name for name, kind in KINDS.items() if kind.fix and not kind.moves]
    return [kind.strip() for kind in text.split(",") if kind.strip()]


def _read(path: Path) -> bytes:
    try:
        check_size(path.stat().st_size, path.name, MOST_BYTES)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "unknown reason").lower()
        raise DataError(f"{shortened(str(path))} cannot be read ({reason}). Check the path.") from error


def _files(options: argparse.Namespace, imported: importer.Imported) -> Mapping[Path, bytes]:
    """Returns path -> content of all files to write."""
    files: dict[Path, bytes] = {}
    if options.output:
        is_csv = options.output.suffix.lower() == ".csv"
        files[options.output] = csv_file.csv(imported.table) if is_csv else _parquet(imported.table)
    if options.report:
        files[options.report] = report_csv(imported)
    if options.rejects:
        files[options.rejects] = rejects.csv(imported)
    if options.save_mapping:
        files[options.save_mapping] = imported.mapping.to_json().encode("utf-8")
    return files


def report_csv(imported: importer.Imported) -> bytes:
    """Returns the report as CSV, its cells made harmless for spreadsheets."""
    texts = {name: "str" for name in COLUMNS if name != "row"}
    report = arrow_text.neutralise(imported.report.astype(texts))
    return report.to_csv(index=False, lineterminator="\r\n").encode("utf-8")


def _parquet(table: pd.DataFrame) -> bytes:
    return bytes(table.to_parquet(index=False))


def _write(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = (error.strerror or "unknown reason").lower()
        raise DataError(f"{shortened(str(path))} cannot be written ({reason}).") from error


def _sentences(imported: importer.Imported) -> list[str]:
    kinds = [f"{KINDS[kind].label}: {rows:,}" for kind, rows in imported.kinds.items()]
    fixes = ", ".join(imported.fixes)
    return [
        f"{imported.summary}.",
        *imported.warnings,
        *kinds,
        *([f"Fixes are proposed for: {fixes}. Apply them with --apply."] if fixes else []),
    ]
