"""Groups: the numbers behind the map's marks, at every zoom, against a slow reference.

The reference looks at the whole world at once; the browser looks at what a view needs and asks back.
Both must say the same.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from atlas.paths import ASSETS
from tests.browser.group_reference import MAP, MOST, PAD, Case, case, cases, radius, reference, scatter
from tests.browser.layer_page import Plants, mask, plants

SCRIPT = ASSETS / "map" / "groups.js"
ZOOMS = range(1, 19)

DRIVER = """(() => {
    const { pick, group, members, openZoom, bytes } = AtlasGroups;
    const columns = ({ packed, size }) => {
        const { buffer } = bytes(packed);
        return { x: new Uint32Array(buffer, 0, size), y: new Uint32Array(buffer, 4 * size, size),
            status: new Uint8Array(buffer, 8 * size, size) };
    };
    const around = (x, y, zoom, [width, height]) => {
        const px = 2 ** (zoom - 24);
        const left = Math.round(x * px - width / 2), top = Math.round(y * px - height / 2);
        return { left, top, right: left + width, bottom: top + height };
    };
    const bare = ({ place, row, count, kinds, x, y, copy }) => ({ place, row, count, kinds, x, y, copy });

    // Looks at each plant that is in no group yet; what two views say of a group must be the same.
    window.survey = (table, mask, zoom, size) => {
        const { x, y, status } = columns(table);
        const points = pick({ x, y, status }, mask);
        const seen = new Map(), taken = new Set(), differences = [];
        for (let i = 0; i < points.size; i++) {
            if (!taken.has(points.rows ? points.rows[i] : i)) {
                const { grid, groups } = group(points, zoom, around(points.x[i], points.y[i], zoom, size));
                for (const one of groups) {
                    const then = seen.get(one.place);
                    const rows = then && points.size > 500 ? then.rows : members(grid, one.host);
                    const now = { ...bare(one), rows, x: one.x - one.copy * 256 * 2 ** zoom, copy: 0 };
                    if (!then) {
                        seen.set(one.place, now);
                        rows.forEach((row) => taken.add(row));
                    } else if (String([then.rows, then.kinds]) !== String([rows, now.kinds])) {
                        differences.push([then, now]);
                    }
                }
            }
        }
        return { groups: [...seen.values()], differences };
    };
    window.surveys = (table, mask, zooms, size) => zooms.map((zoom) => survey(table, mask, zoom, size));
    window.views = (table, mask, zoom, views) => {
        const points = pick(columns(table), mask);
        let last = null;
        return views.map((view) => {
            const fresh = group(points, zoom, view), again = group(points, zoom, view, last);
            last = again.grid;
            return { groups: fresh.groups.map(bare), again: again.groups.map(bare), cols: fresh.grid.cols };
        });
    };
    window.openZooms = (table, mask, rows, size, from) => {
        const all = columns(table), points = pick(all, mask);
        const [x, y] = size;
        return rows.map((row) => openZoom(points, all.x[row], all.y[row], { x, y }, from, 18));
    };
    window.picked = (table, mask) => {
        const { rows, x, status } = pick(columns(table), mask);
        return { rows: rows && [...rows], x: [...x], status: [...status] };
    };
})()"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page with groups.js and nothing else."""
    page = chromium.new_page()
    page.add_script_tag(path=SCRIPT)
    page.evaluate(DRIVER)
    yield page
    page.close()


@pytest.fixture
def hasty_page(page: Page) -> Iterator[Page]:
    """The same, but it first counts next to nothing around a view, so that it often has to count again."""
    source = SCRIPT.read_text(encoding="utf-8")
    hasty = source.replace("const USUAL_CHAIN = 7;", "const USUAL_CHAIN = 0.01;")
    assert hasty != source
    page.evaluate(hasty)
    page.evaluate(DRIVER)
    yield page
    page.evaluate(source)
    page.evaluate(DRIVER)


def ask(page: Page, what: str, *told: Any) -> Any:
    """The answer of one of the driver's functions; as text, which Playwright hands over many times faster."""
    return json.loads(page.evaluate(f"(told) => JSON.stringify({what}(...told))", list(told)))


def told(table: Plants) -> dict[str, Any]:
    return {"packed": base64.b64encode(table.packed).decode(), "size": len(table)}


# ---- every plant is in one group -----------------------------------------------------------------------


def px(steps: npt.NDArray[np.uint32], zoom: int) -> npt.NDArray[np.float64]:
    return steps.astype(float) * 2.0 ** (zoom - 24)


def least_gap(groups: list[dict[str, Any]], zoom: int) -> float:
    """The least distance between the rims of two discs, around the world."""
    world = 256 * 2**zoom
    x, y = (np.array([group[axis] for group in groups]) for axis in "xy")
    radii = radius(np.array([group["count"] for group in groups]))
    order = np.argsort(x)
    x, y, radii = (np.concatenate([part[order], part[order]]) for part in (x, y, radii))
    x[len(order) :] += world
    least = np.inf
    for step in range(1, len(order)):
        dx = x[step:] - x[:-step]
        if dx.min() > 56:
            break
        gap = np.hypot(dx, y[step:] - y[:-step]) - radii[step:] - radii[:-step]
        least = min(least, gap.min())
    return least


@given(cases(2000))
@settings(max_examples=15)
def test_every_plant_is_in_one_group_at_every_zoom(page: Page, sample: Case) -> None:
    """Groups hold each shown plant once, count all and per status, lie among their plants, do not touch.

    Whatever view one looks from, a group is the same.
    """
    surveys = ask(page, "surveys", told(sample.table), sample.mask, list(ZOOMS), MAP)
    for zoom, found in zip(ZOOMS, surveys, strict=True):
        groups = found["groups"]
        assert found["differences"] == []
        rows = np.array([row for group in groups for row in group["rows"]], int)
        assert sorted(rows) == np.flatnonzero(sample.shown).tolist()
        assert [group["count"] for group in groups] == [len(group["rows"]) for group in groups]
        assert all(group["row"] in group["rows"] for group in groups)
        if groups:
            assert [group["kinds"] for group in groups] == kinds_of(groups, sample.table.status[rows])
            assert are_among(groups, sample.table.x[rows], sample.table.y[rows], zoom)
            assert least_gap(groups, zoom) > 0


def first_places(groups: list[dict[str, Any]]) -> npt.NDArray[Any]:
    """Where the rows of each group begin, in the rows of all groups one after another."""
    return np.cumsum([0] + [group["count"] for group in groups[:-1]])


def kinds_of(groups: list[dict[str, Any]], status: npt.NDArray[np.uint8]) -> list[list[int]]:
    """How many of each status each group should have."""
    of_kind = status[:, None] == np.arange(16)[None, :]
    return np.add.reduceat(of_kind.astype(int), first_places(groups)).tolist()


def are_among(groups: list[dict[str, Any]], x: npt.NDArray[Any], y: npt.NDArray[Any], zoom: int) -> bool:
    """Whether each group lies in the box of its plants, taken on its copy of the world."""
    world, slack = 256 * 2**zoom, 1e-6
    group_x, group_y = (np.array([group[axis] for group in groups]) for axis in "xy")
    count = [group["count"] for group in groups]
    across = px(x, zoom) + world * np.round((np.repeat(group_x, count) - px(x, zoom)) / world)
    inside = [
        (np.minimum.reduceat(part, first_places(groups)) - slack <= place)
        & (np.maximum.reduceat(part, first_places(groups)) + slack >= place)
        for part, place in ((across, group_x), (px(y, zoom), group_y))
    ]
    return bool(np.all(inside))


@given(cases(600), st.sampled_from([(1280, 560), (390, 560), (2560, 1440)]))
@settings(max_examples=15)
def test_groups_are_those_of_the_slow_reference(page: Page, sample: Case, size: tuple[int, int]) -> None:
    """The rows of every group are the same as by brute force over all pairs of cells of the world."""
    zooms = [1, 2, 3, 4, 6, 9, 13, 18]
    surveys = ask(page, "surveys", told(sample.table), sample.mask, zooms, size)
    for zoom, found in zip(zooms, surveys, strict=True):
        assert sorted(group["rows"] for group in found["groups"]) == reference(sample, zoom, size)


@pytest.mark.parametrize("seed", range(4))
def test_how_much_is_counted_around_a_view_changes_nothing(hasty_page: Page, seed: int) -> None:
    """One who counts less than is needed notices it, and counts more until it is enough."""
    dense = case("uniform", 700, 1, seed)
    dense = Case(plants(0.5 + dense.table.x / 2**32 / 64, 0.4 + dense.table.y / 2**32 / 64), dense.shown)
    for sample, zoom in (
        (dense, 9),
        (dense, 10),
        (case("lattice", 600, 1, seed), 6),
        (case("clusters", 400, 1, seed), 5),
    ):
        found = ask(hasty_page, "survey", told(sample.table), sample.mask, zoom, (90, 60))
        assert found["differences"] == []
        assert sorted(group["rows"] for group in found["groups"]) == reference(sample, zoom, (90, 60))


@given(cases(700))
@settings(max_examples=15)
def test_a_mask_picks_its_rows(page: Page, sample: Case) -> None:
    """A mask as numpy packs it leaves the rows that it shows, in order, with their columns."""
    picked = ask(page, "picked", told(sample.table), mask(sample.shown))
    assert picked["rows"] == np.flatnonzero(sample.shown).tolist()
    assert picked["x"] == sample.table.x[sample.shown].tolist()
    assert picked["status"] == sample.table.status[sample.shown].tolist()


# ---- panning -------------------------------------------------------------------------------------------


def same_in_both(
    one: list[dict[str, Any]], other: list[dict[str, Any]], view: dict[str, int], shifted: Any
) -> None:
    """Groups whose centres both views show are the same groups at the same place."""
    left, right = max(view["left"], shifted["left"]), min(view["right"], shifted["right"])
    top, bottom = max(view["top"], shifted["top"]), min(view["bottom"], shifted["bottom"])

    def common(groups: list[dict[str, Any]]) -> list[Any]:
        inside = [
            group
            for group in groups
            if left - PAD < group["x"] < right + PAD and top - PAD < group["y"] < bottom + PAD
        ]
        keys = ("place", "copy", "row", "count", "kinds")
        return sorted(
            [group[key] for key in keys] + [round(group["x"], 4), round(group["y"], 4)] for group in inside
        )

    assert common(one) == common(other)


def view_at(x: float, y: float, size: tuple[int, int] = MAP) -> dict[str, int]:
    left, top = round(x), round(y)
    return {"left": left, "top": top, "right": left + size[0], "bottom": top + size[1]}


def compare(page: Page, sample: Case, zoom: int, views: list[dict[str, int]]) -> list[Any]:
    """All views against the first, each asked afresh and each with the grid of the one before."""
    seen = ask(page, "views", told(sample.table), sample.mask, zoom, views)
    for view, found in zip(views, seen, strict=True):
        same_in_both(found["groups"], found["again"], view, view)
        same_in_both(seen[0]["groups"], found["groups"], views[0], view)
    return list(seen)


@given(cases(2000), st.integers(1, 18), st.integers(-700, 700), st.integers(-400, 400))
@settings(max_examples=60)
def test_panning_regroups_nothing(page: Page, sample: Case, zoom: int, right: int, down: int) -> None:
    """Shifted by whole cells or odd pixels, a view shows the same groups wherever both look."""
    if len(sample.table):
        x, y = px(sample.table.x[:1], zoom)[0] - 640, px(sample.table.y[:1], zoom)[0] - 280
        shifts = [
            (0, 0),
            (right, down),
            (right | 1, 0),
            (0, down | 1),
            (32 * (right // 32), 32),
            (-16, 16 * 9),
        ]
        compare(page, sample, zoom, [view_at(x + dx, y + dy) for dx, dy in shifts])


@given(cases(1000), st.integers(1, 18), st.sampled_from([-3, -1, 1, 2]))
@settings(max_examples=30)
def test_each_copy_of_the_world_shows_the_same(page: Page, sample: Case, zoom: int, worlds: int) -> None:
    """A view whole worlds away shows the same groups, that much further."""
    if len(sample.table):
        world = 256 * 2**zoom
        x, y = px(sample.table.x[:1], zoom)[0] - 640, px(sample.table.y[:1], zoom)[0] - 280
        here, there = ask(
            page,
            "views",
            told(sample.table),
            sample.mask,
            zoom,
            [view_at(x, y), view_at(x + worlds * world, y)],
        )
        moved = [
            group | {"x": group["x"] + worlds * world, "copy": group["copy"] + worlds}
            for group in here["groups"]
        ]
        same_in_both(moved, there["groups"], view_at(x + worlds * world, y), view_at(x + worlds * world, y))


def test_a_view_wider_than_the_world_shows_each_group_on_each_copy(page: Page) -> None:
    """At zoom 1 a map of 1,280 pixels shows the world two and a half times."""
    sample = Case(plants([0.1, 0.5], [0.5, 0.5]), np.ones(2, bool))
    (found,) = ask(page, "views", told(sample.table), None, 1, [view_at(-640, 0)])
    places = sorted((round(group["x"]), group["row"]) for group in found["groups"])
    assert places == [(-461, 0), (-256, 1), (51, 0), (256, 1), (563, 0)]


def weight(line: int, col: int, count: int, zoom: int) -> int:
    """What groups.js weighs a cell of 32 pixels with."""
    return count.bit_length() * 2**32 + scatter(line * 2 ** (3 + zoom) + col)


def downhill(zoom: int, orders: int = 13) -> Case:
    """A chain of cells, each touched by a slightly heavier one: what the last does depends on the first.

    Made by one who knows the weights: always on to the heaviest neighbour that is still lighter.
    """
    line, col, count = 2 ** (2 + zoom), 2 ** (2 + zoom), 2**orders - 1
    path = [(line, col, count)]
    while count:
        ahead = [(line + up, col + 1) for up in (-1, 0, 1)]
        lighter = [one for one in ahead if weight(*one, count, zoom) < weight(*path[-1], zoom)]
        if lighter:
            line, col = max(lighter, key=lambda one: weight(*one, count, zoom))
            path.append((line, col, count))
        else:
            count //= 2
    cells = np.repeat(np.array(path), [count for *_, count in path], axis=0)
    middle = (cells[:, :2] + 0.5) / 2 ** (3 + zoom)
    return Case(plants(middle[:, 1], middle[:, 0]), np.ones(len(cells), bool))


def test_a_chain_longer_than_any_margin_regroups_nothing(page: Page) -> None:
    """Along a chain of ever lighter cells all views agree; those at its end look back as far as they must."""
    zoom = 8
    sample = downhill(zoom)
    x, y = px(sample.table.x, zoom), px(sample.table.y, zoom)
    assert x.max() - x.min() > 1200
    usual = (MAP[0] + 2 * (PAD + 58 + 7 * 58)) / 32 + 2
    views = [view_at(left, y[0] - 280) for left in range(round(x.min()) - 1400, round(x.max()) + 100, 93)]
    seen = ask(page, "views", told(sample.table), None, zoom, views)
    for i, j in zip(range(len(views)), range(1, len(views)), strict=False):
        same_in_both(seen[i]["groups"], seen[j]["groups"], views[i], views[j])
    assert max(found["cols"] for found in seen) > usual
    found = ask(page, "survey", told(sample.table), None, zoom, MAP)
    assert found["differences"] == []
    assert sorted(group["rows"] for group in found["groups"]) == reference(sample, zoom)


STAIRS = {
    "falling to the east": lambda i: (i, 0, 60 - i),
    "falling to the south": lambda i: (0, i, 60 - i),
    "falling to the north-west": lambda i: (-i, -i, 60 - i),
    "all the same": lambda i: (i, 0, 6),
    "every second cell": lambda i: (2 * i, 0, 8),
}


@pytest.mark.parametrize("stairs", STAIRS.values(), ids=STAIRS)
def test_rows_of_cells_regroup_nothing(page: Page, stairs: Any) -> None:
    """Cells side by side with steadily falling or equal numbers of plants: all views agree."""
    zoom = 10
    cells = np.array([stairs(i) for i in range(60)])
    cells = np.repeat(cells, cells[:, 2], axis=0)
    middle = (cells[:, :2] + 2 ** (2 + zoom) + 0.5) / 2 ** (3 + zoom)
    sample = Case(plants(middle[:, 0], middle[:, 1]), np.ones(len(cells), bool))
    found = ask(page, "survey", told(sample.table), None, zoom, MAP)
    assert found["differences"] == []
    assert sorted(group["rows"] for group in found["groups"]) == reference(sample, zoom)
    x, y = px(sample.table.x[:1], zoom)[0] - 640, px(sample.table.y[:1], zoom)[0] - 280
    for dx, dy in ((1, 0), (0, 1), (-1, -1)):
        compare(page, sample, zoom, [view_at(x + 40 * dx + i * dx, y + i * dy) for i in range(0, 400, 57)])


# ---- how many ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(390, 560), (1280, 560), (2560, 1440), (5120, 300)])
def test_no_view_draws_more_than_500_things(page: Page, size: tuple[int, int]) -> None:
    """A dense table, and plants as close side by side as single marks can stand."""
    dense = case("uniform", 30_000, 1, 1)
    zoom = 6
    step = 2.0 ** (-8 - zoom)  # one pixel at this zoom
    for spread in (25, 33, 42, 47, 58, 66):
        line, col = np.divmod(np.arange(150 * 70), 150)
        x, y = 0.3 + (col + line % 2 / 2) * spread * step, 0.4 + line * spread * 0.87 * step
        tight = Case(plants(x, y), np.ones(len(x), bool))
        assert most_drawn(page, tight, zoom, size, [(0.3, 0.4)]) <= MOST
    assert max(most_drawn(page, dense, zoom, size, [(0.3, 0.4), (0.9, 0.5)]) for zoom in range(2, 7)) <= MOST


def most_drawn(
    page: Page, sample: Case, zoom: int, size: tuple[int, int], places: list[tuple[float, float]]
) -> int:
    views = [view_at(256 * 2**zoom * x, 256 * 2**zoom * y, size) for x, y in places]
    seen = ask(page, "views", told(sample.table), sample.mask, zoom, views)
    return max(len(found["groups"]) for found in seen)


# ---- one plant -----------------------------------------------------------------------------------------


@given(cases(400), st.integers(0, 10**6), st.sampled_from([9, 12]))
@settings(max_examples=15)
def test_the_zoom_of_a_link_is_the_smallest_that_frees_the_plant(
    page: Page, sample: Case, pick: int, least: int
) -> None:
    """From that zoom on nothing more is to be gained: it stands with as few others as at the largest zoom."""
    rows = np.flatnonzero(sample.shown)
    if not len(rows):
        return
    row = int(rows[pick % len(rows)])
    company = {}
    for zoom in range(least, 19):
        company[zoom] = len(next(group for group in reference(sample, zoom) if row in group))
    expected = min(zoom for zoom, others in company.items() if others == company[18])
    assert ask(page, "openZooms", told(sample.table), sample.mask, [row], MAP, least) == [expected]


def test_a_plant_with_a_neighbour_stands_alone_when_they_are_far_enough_apart(page: Page) -> None:
    """Two plants 30 m apart on the equator are 12 px apart at zoom 16, 25 at 17: alone from there."""
    sample = plants([0.5, 0.5 + 30 / 40_075_017], [0.5, 0.5])
    assert ask(page, "openZooms", told(sample), None, [0, 1], MAP, 9) == [17, 17]


def test_plants_on_one_spot_need_no_zoom(page: Page) -> None:
    """Two on the same spot never come apart: the smallest zoom will do, unless a third one is near."""
    assert ask(page, "openZooms", told(plants([0.5, 0.5], [0.5, 0.5])), None, [0], MAP, 9) == [9]
    three = plants([0.5, 0.5, 0.5 + 30 / 40_075_017], [0.5] * 3)
    assert ask(page, "openZooms", told(three), None, [0], MAP, 9) == [18]
