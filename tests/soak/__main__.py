"""Serves crowds for minutes and says whether the server held: `python -m tests.soak`.

    crowd     50 visitors for ten minutes, half of them coming and going
    sessions  200 sessions opened and closed, twice: the second time takes no more memory than the first
    slow      1,000,000 plants, 20 slow downloads and 200 silent connections

`--only crowd` runs a part, `--quick` tries them out in a minute. Prints a row for each; the exit status is 1
where a limit was passed. The machine should do nothing else meanwhile.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import platformdirs
import psutil

from tests.benchmarks import cases
from tests.benchmarks.cases import OURS_LARGE, OURS_SMALL, Case, Truth
from tests.benchmarks.servers import Server, running
from tests.soak import crowd, slow_lines

SEATS, MINUTES, SESSIONS, DOWNLOADS, IDLE = 50, 10.0, 200, 20, 200
MOST_GROWTH = 0.05
MORE_THREADS, MORE_FILES = 5, 20
KEPT_S = 125.0  # Streamlit keeps a session that lost its connection for two minutes
_QUICK = 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of it, to try it out; nothing but errors counts"
    )
    parser.add_argument("--only", choices=PARTS, help="one part")
    options = parser.parse_args(arguments)
    share = _QUICK if options.quick else 1.0
    work = Path(platformdirs.user_cache_dir("alfa-romeo-plant-atlas")) / "soak"
    print(f"{psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f} at the start", flush=True)
    passed = []
    for name, (case, part) in PARTS.items():
        if options.only in (None, name):
            with running([cases.command(case, work)], work / "logs") as servers:
                server = servers[case.key]
                passed += part(case, server, cases.truth(case, server)[0], share)
    print("\n".join(passed) or "All limits were held.")
    return 1 if passed else 0


def in_a_crowd(case: Case, server: Server, truth: Truth, share: float) -> list[str]:
    """What was too much while visitors came and went."""
    seconds = 60 * MINUTES * share
    found = asyncio.run(crowd.visit(case, server, truth, seats=SEATS, seconds=seconds))
    # By then as many sessions are kept as ever are: those who stay, and those who left two minutes ago.
    warm, last = found.between(0.3 * seconds, 0.45 * seconds), found.between(0.85 * seconds, seconds)
    _say(
        f"{SEATS} visitors, {seconds:.0f} s: {found.came} came, {len(found.waits_s):,} changes, "
        f"{len(found.errors)} errors; p50 {found.wait_s(0.5):.2f} s, p95 {found.wait_s(0.95):.2f} s, "
        f"longest {found.wait_s(1):.2f} s"
    )
    for part in range(0, 11, 2):
        look = found.between((part - 1) / 10 * seconds, part / 10 * seconds)
        _say(f"  at {part * 10} %: {look.memory_mb:.0f} MB, {look.threads} threads, {look.open_files} files")
    return [*set(found.errors), *(_grown(warm, last) if share == 1 else ())]


def opened_and_closed(case: Case, server: Server, truth: Truth, share: float) -> list[str]:
    """What was too much after sessions had come and gone."""
    errors, looks = [], []
    for _ in range(2):
        count = round(SESSIONS * share)
        errors += asyncio.run(crowd.come_and_leave(case, server, truth, sessions=count))
        time.sleep(KEPT_S if share == 1 else 1)
        # Somebody comes: only then are the sessions forgotten whose time is over.
        errors += asyncio.run(crowd.come_and_leave(case, server, truth, sessions=1))
        time.sleep(2)
        looks.append(crowd.Look(0, server.memory_mb(), server.threads(), server.open_files()))
        look = looks[-1]
        _say(f"{count} sessions opened and closed: {look.memory_mb:.0f} MB, {look.threads} threads")
    return [*set(errors), *(_grown(*looks) if share == 1 else ())]


def over_slow_lines(_case: Case, server: Server, _truth: Truth, share: float) -> list[str]:
    """What went wrong while many took a large table slowly."""
    before = server.memory_mb()
    found = asyncio.run(slow_lines.hold(server, downloads=DOWNLOADS, idle=IDLE, seconds=90 * share))
    _say(
        f"{DOWNLOADS} slow downloads of 1,000,000 plants and {IDLE} silent connections: "
        f"{len(found.waits_s)} other requests, {len(found.errors)} errors, p50 {found.wait_s(0.5):.2f} s, "
        f"p95 {found.wait_s(0.95):.2f} s; memory {before:.0f} MB before, {found.looks[-1].memory_mb:.0f} MB "
        f"meanwhile, {server.memory_mb():.0f} MB after"
    )
    return sorted(set(found.errors))


def _grown(first: crowd.Look, last: crowd.Look) -> list[str]:
    """Sentences about what grew more than it may."""
    grew = last.memory_mb / first.memory_mb - 1
    found = [f"Memory grew by {grew:.1%}."] if grew > MOST_GROWTH else []
    if last.threads > first.threads + MORE_THREADS:
        found.append(f"Threads went from {first.threads} to {last.threads}.")
    if last.open_files > first.open_files + MORE_FILES:
        found.append(f"Open files went from {first.open_files} to {last.open_files}.")
    return found


def _say(words: str) -> None:
    print(words, flush=True)


PARTS: dict[str, tuple[Case, Callable[[Case, Server, Truth, float], list[str]]]] = {
    "crowd": (OURS_SMALL, in_a_crowd),
    "sessions": (OURS_SMALL, opened_and_closed),
    "slow": (OURS_LARGE, over_slow_lines),
}

if __name__ == "__main__":
    sys.exit(main())
