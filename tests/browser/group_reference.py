"""What `test_groups` compares the browser with: tables to group, and the groups by a slow reference.

The reference looks at the whole world at once and goes through the cells from heavy to light.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from tests.browser.layer_page import Plants, mask, plants

MAP = (1280, 560)
PAD = 40
MOST = 500


# ---- tables ------------------------------------------------------------------------------------------


def clusters(random: np.random.Generator, count: int) -> tuple[Any, Any]:
    centre = random.random((7, 2))[random.integers(0, 7, count)]
    wide = 10 ** random.uniform(-7, -1.5)
    return centre[:, 0] + random.normal(0, wide, count), centre[:, 1] + random.normal(0, wide, count)


def lattice(random: np.random.Generator, count: int) -> tuple[Any, Any]:
    side = max(1, round(count**0.5))
    step = 2.0 ** -random.integers(6, 24)
    return 0.4 + step * (np.arange(count) % side), 0.3 + step * (np.arange(count) // side)


KINDS = {
    "uniform": lambda random, count: (random.random(count), random.random(count)),
    "clusters": clusters,
    "lattice": lattice,
    "line": lambda random, count: (np.linspace(0.2, 0.2 + random.random(), count), np.full(count, 0.4)),
    "one spot": lambda random, count: (np.full(count, 0.7), np.full(count, 0.3)),
    "antimeridian": lambda random, count: (random.normal(0, 2e-3, count), random.normal(0.4, 2e-3, count)),
    "poles": lambda random, count: (random.random(count), random.choice([0.0, 1.0, 0.0001, 0.9999], count)),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A table and the rows of it that a filter shows."""

    table: Plants
    shown: npt.NDArray[np.bool_]

    @property
    def mask(self) -> str | None:
        return None if self.shown.all() else mask(self.shown)


def case(kind: str, count: int, share: float, seed: int) -> Case:
    random = np.random.default_rng(seed)
    table = plants(*KINDS[kind](random, count), random.integers(0, 14, count))
    return Case(table, random.random(count) < share)


def cases(most: int) -> st.SearchStrategy[Case]:
    sizes = st.one_of(st.integers(0, 40), st.integers(250, 350), st.integers(0, most))
    shares = st.sampled_from([1.0, 1.0, 0.5, 0.03])
    return st.builds(
        case, st.sampled_from(sorted(KINDS)), sizes.map(lambda n: min(n, most)), shares, st.integers(0, 99)
    )


# ---- the reference -----------------------------------------------------------------------------------


def radius(count: npt.NDArray[Any]) -> npt.NDArray[Any]:
    grown = np.minimum(28, np.floor(15 + 2.2 * np.log2(np.maximum(count, 1)) + 0.5))
    return np.where(count < 2, 11, grown)


def rules(count: int, zoom: int, size: tuple[int, int]) -> tuple[int, float, float]:
    """Cell bits, least distance of hosts, reach; by the formula in rulesFor's words."""
    if count <= 300:
        return min(4, 4 + zoom), 0, 58
    width, height = (side + 2 * PAD for side in size)
    # Oler: at most 2/sqrt(3) * area / d^2 + half the rim / d + 1 points fit that are d apart.
    fits = (
        d
        for d in range(8, 10_000, 8)
        if 2 / 3**0.5 * width * height / d**2 + (width + height) / d + 1 <= MOST
    )
    apart = min(next(fits), 64 * 2**zoom)
    bits = next(bits for bits in range(5, 20) if 2 ** (bits + 1) >= apart)
    return min(bits, 4 + zoom), apart, max(apart, 58)


def scatter(number: int) -> int:
    """MurmurHash3's finalizer, as published."""
    number &= 0xFFFFFFFF
    number = ((number ^ (number >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    number = ((number ^ (number >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return number ^ (number >> 16)


def reference(sample: Case, zoom: int, size: tuple[int, int] = MAP) -> list[list[int]]:
    """The rows of each group, from a look at the whole world and all pairs of cells."""
    rows = np.flatnonzero(sample.shown)
    bits, apart, reach = rules(len(rows), zoom, size)
    shift, width = 24 - zoom + bits, 2**bits
    around_world = 2 ** (32 - shift)
    x, y = sample.table.x[rows].astype(np.int64), sample.table.y[rows].astype(np.int64)
    names, cell, count = np.unique(
        (y >> shift) * around_world + (x >> shift), return_inverse=True, return_counts=True
    )
    middle = [
        np.bincount(cell, part & (2**shift - 1), len(names)) * (width / 2**shift / count) for part in (x, y)
    ]
    line, col = names // around_world, names % around_world
    turns = (col[None, :] - col[:, None] + around_world // 2) % around_world - around_world // 2
    across = turns * width + middle[0][None, :] - middle[0][:, None]
    down = (line[None, :] - line[:, None]) * width + middle[1][None, :] - middle[1][:, None]
    distance = np.sqrt(across * across + down * down)
    around = (count[None, :] * (distance < reach)).sum(1) if len(names) else count
    room = radius(around[:, None] - count[None, :]) + radius(around[None, :] - count[:, None]) + 2
    touches = (distance < np.maximum(room, apart)) & (distance < reach)
    weight = [int(n).bit_length() * 2**32 + scatter(int(name)) for n, name in zip(count, names, strict=True)]
    host = np.full(len(names), -1)
    for one in sorted(range(len(names)), key=lambda one: -weight[one]):
        near = np.flatnonzero(touches[one] & (host == np.arange(len(names))))
        near = near[np.lexsort((turns[one, near], line[near]))]  # of two as near, the north-western one
        host[one] = near[distance[one, near].argmin()] if len(near) else one
    return sorted(rows[host[cell] == one].tolist() for one in np.unique(host))
