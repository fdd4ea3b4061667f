"""Measures our dashboard against a naive app and a bare page: `python -m tests.benchmarks`.

Prints tables and writes them to `results.md`, with all numbers in `results.json` beside it. Takes about half
an hour; the machine should do nothing else meanwhile. `--quick` is the short way, `--only openings` a part.
Asks nobody on the internet, but for Datasette, which is installed once into the work folder.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import platformdirs
import psutil

from tests.benchmarks import cases as all_cases
from tests.benchmarks import (
    chromium,
    csv_http,
    datasette,
    measure,
    offline_file,
    openings,
    report,
    visitors,
)
from tests.benchmarks.cases import (
    BARE,
    DATASETTE,
    NAIVE_MIDDLE,
    NAIVE_SMALL,
    OURS_MIDDLE,
    OURS_SMALL,
    Case,
    Truth,
)
from tests.benchmarks.servers import Command, NoServer, Server, running
from tests.browser.chromium import NoBrowser

HERE = Path(__file__).parent
PARTS = ("browser", "openings", "csv", "offline", "visitors", "capacity")
ROUNDS, OPENINGS = 3, 5
QUIET_LOAD = 0.5  # processes waiting for a core, before we start, that still count as a quiet machine
_OPENED = (BARE, NAIVE_SMALL, OURS_SMALL)
_VISITED = (NAIVE_SMALL, OURS_SMALL, NAIVE_MIDDLE, OURS_MIDDLE)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as with Ctrl-C, the servers are ended first
    try:
        raw = _run(options)
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        return 130
    except (NoBrowser, NoServer, chromium.BrowserFailed) as error:
        print(error, file=sys.stderr)
        return 1
    text = report.as_markdown(raw)
    print(text)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    numbers = options.out.with_suffix(".json")
    numbers.write_text(json.dumps(_rounded(raw), indent=1) + "\n", encoding="utf-8")
    print(f"Written to {options.out} and {numbers.name}.", file=sys.stderr)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 and 36,000 plants, one round, to try it out")
    parser.add_argument("--all", action="store_true", help="also the naive app with 1,000,000 plants")
    parser.add_argument(
        "--rounds", type=int, metavar="N", help=f"visits of every case ({ROUNDS}; {OPENINGS})"
    )
    parser.add_argument("--only", choices=PARTS, help="one part of the measurements")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where tables and Datasette are kept")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the report; its numbers go beside it")
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds must be at least 1")
    options.openings = options.rounds or (1 if options.quick else OPENINGS)
    options.rounds = options.rounds or (1 if options.quick else ROUNDS)
    work = options.work or Path(platformdirs.user_cache_dir("alfa-romeo-plant-atlas")) / "benchmarks"
    options.work = work.resolve()
    # Results of a part or of a trial must not take the place of whole ones.
    is_whole = not (options.quick or options.only)
    options.out = options.out or (HERE if is_whole else options.work) / "results.md"
    return options


def _run(options: argparse.Namespace) -> dict[str, Any]:
    began = time.monotonic()
    load = psutil.getloadavg()[0]

    def progress(words: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {words}", file=sys.stderr, flush=True)

    needs_browser = options.only in (None, "browser", "openings")
    if needs_browser:
        chromium.program()  # better now than after minutes
    wanted = _wanted(options)
    notes: list[str] = []
    progress("making tables and starting servers")
    commands, reasons = _commands(wanted, options.work)
    notes += reasons
    if load > QUIET_LOAD * (psutil.cpu_count() or 1):
        notes.append(f"The machine was busy when this began (load {load:.1f}): read the times with care.")
    raw: dict[str, Any] = {"about": {}, "notes": notes}
    with running(list(commands.values()), options.work / "logs") as servers:
        known = []
        for case in wanted:
            if case in commands:
                truth, note = all_cases.truth(case, servers[case.key])
                known.append((case, servers[case.key], truth))
                notes += [note] if note else []
        raw |= _measured(options, known, progress)
    browser = chromium.version() if needs_browser else ""
    raw["about"] = _about(options, browser, time.monotonic() - began)
    return raw


def _measured(
    options: argparse.Namespace,
    known: Sequence[tuple[Case, Server, Truth]],
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Raw numbers of the parts that are asked for."""

    def those(*cases: Case) -> list[tuple[Case, Server, Truth]]:
        return [one for one in known if one[0] in cases]

    lines = openings.LINES[:2] if options.quick else openings.LINES
    loads = [visitors.Load(5, 2, 6)] if options.quick else visitors.LOADS
    steps = [visitors.Load(5, 2, 6, pages=True)] if options.quick else visitors.STEPS
    parts: dict[str, Callable[[], Any]] = {
        "browser": lambda: measure.rounds(known, count=options.rounds, progress=progress),
        "openings": lambda: openings.measure(
            those(*_OPENED), lines, count=options.openings, progress=progress
        ),
        "csv": lambda: csv_http.measure(those(OURS_MIDDLE, DATASETTE), progress=progress),
        "offline": lambda: offline_file.measure(
            those(OURS_SMALL, OURS_MIDDLE), options.work, progress=progress
        ),
        "visitors": lambda: visitors.measure(those(*_VISITED), loads, progress=progress),
        "capacity": lambda: visitors.measure(those(OURS_SMALL, OURS_MIDDLE), steps, progress=progress),
    }
    return {name: part() for name, part in parts.items() if options.only in (None, name)}


def _wanted(options: argparse.Namespace) -> list[Case]:
    found = all_cases.chosen(quick=options.quick, everything=options.all)
    if options.only == "visitors":
        return [case for case in found if case in _VISITED]
    if options.only == "openings":
        return list(_OPENED)
    if options.only == "csv":
        return [OURS_MIDDLE, DATASETTE]
    if options.only in ("offline", "capacity"):
        return [OURS_SMALL, OURS_MIDDLE]
    return found


def _commands(wanted: Sequence[Case], work: Path) -> tuple[dict[Case, Command], list[str]]:
    """How to start the servers, and sentences on those that cannot be had here."""
    found, notes = {}, []
    for case in wanted:
        try:
            found[case] = all_cases.command(case, work)
        except datasette.Unavailable as error:
            notes.append(str(error))
    return found, notes


def _about(options: argparse.Namespace, browser: str, seconds: float) -> dict[str, Any]:
    memory = psutil.virtual_memory().total / 2**30
    programs = [
        f"Python {platform.python_version()}",
        f"Streamlit {metadata.version('streamlit')}",
        *([browser] if browser else []),
    ]
    machine = f"{psutil.cpu_count()} cores, {memory:.0f} GB RAM, {_system()}, {', '.join(programs)}"
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine,
        "commit": _commit(),
        "rounds": options.rounds,
        "openings": options.openings,
        "quick": options.quick,
        "only": options.only,
        "seconds": round(seconds),
    }


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _commit() -> str | None:
    """What was measured: the commit, marked when files differ from it; None outside of a repository."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*"],
            cwd=HERE,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return value


if __name__ == "__main__":
    sys.exit(main())
